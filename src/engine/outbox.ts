import { type Json, type Log, story } from '#base/base.ts'
import type { Query, Sql, Tx } from './connect.ts'

export type Payload = { readonly [name: string]: Json }
export type Listener = (payload: Payload, tx: Tx) => Promise<void>
export type Listeners = Readonly<Record<string, Listener>>

export type Outbox = {
  /** Stops taking messages and waits for the ones in hand. */
  close(): Promise<void>
  /** Resolves when nothing is waiting for our listeners except what is backing off after a failure. */
  drained(): Promise<void>
}

const channel = 'overt_outbox'
/** A lost NOTIFY (server restarted between) costs at most this. */
const pollMs = 1_000
const retryFirstMs = 500
const retryMostMs = 300_000
const errorCharactersMax = 500

/**
 * Tells higher floors something, in the transaction that makes it true. Messages of one topic and key are handled in
 * the order in which they were published; a transaction that waited for another's row lock publishes after it.
 * @param options.key e.g. the camera id: a failing message holds up only later ones with the same topic and key
 */
export async function publish(
  tx: Tx,
  topic: string,
  payload: Payload,
  options: { key?: string } = {},
): Promise<void> {
  await tx`
    with message as (
      insert into engine.outbox (topic, key, payload)
      values (${topic}, ${options.key ?? ''}, ${tx.json(payload as never)})
    )
    select pg_notify(${channel}, ${topic})`
}

/**
 * Hands messages to their listeners, each in a transaction of its own together with its removal: what a listener
 * writes with `tx` happens exactly once, anything else it does at least once. Several processes may run it; one topic
 * is handled by one of them at a time.
 */
export async function startOutbox(sql: Sql, listeners: Listeners, options: { log: Log }): Promise<Outbox> {
  const { log } = options
  let closing = false
  const workers = Object.entries(listeners).map(([topic, listener]) =>
    startWorker(sql, topic, listener, log, () => closing),
  )
  const wake = (topic: string): void => {
    for (const worker of workers) if (topic === '' || worker.topic === topic) worker.wake()
  }
  const listening = await sql.listen(channel, wake, () => wake(''))
  const timer = setInterval(() => wake(''), pollMs)
  timer.unref()
  return {
    async close() {
      closing = true
      clearInterval(timer)
      for (const worker of workers) worker.wake()
      await Promise.all(workers.map((worker) => worker.done))
      await listening.unlisten().catch((error: unknown) => {
        log.debug({ why: story(error) }, 'the outbox connection was gone already')
      })
    },
    async drained() {
      const topics = Object.keys(listeners)
      for (;;) {
        const [row] = await sql<{ n: number }[]>`
          select count(*) as n from engine.outbox m
          where topic = any(${topics}) and attempts = 0 and not exists (
            select from engine.outbox b where b.topic = m.topic and b.key = m.key and b.id < m.id and b.attempts > 0)`
        if (row?.n === 0) return
        wake('')
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
  }
}

function startWorker(
  sql: Sql,
  topic: string,
  listener: Listener,
  log: Log,
  closing: () => boolean,
): { topic: string; wake(): void; done: Promise<void> } {
  let wakeUp = (): void => undefined
  let pending = true
  const wake = (): void => {
    pending = true
    wakeUp()
  }
  const run = async (): Promise<void> => {
    while (!closing()) {
      if (!pending) {
        await new Promise<void>((resolve) => {
          wakeUp = resolve
          if (pending) resolve()
        })
        continue
      }
      pending = false
      try {
        while (!closing() && (await handleNext(sql, topic, listener, log))) {
          // One after the other: order is the promise.
        }
      } catch (error) {
        // The database is away; the poll tries again.
        log.warn({ topic, why: story(error) }, "couldn't look for messages")
      }
    }
  }
  return { topic, wake, done: run() }
}

class Poison extends Error {
  readonly id: number
  constructor(id: number, cause: unknown) {
    super('the listener failed', { cause })
    this.id = id
  }
}

/** Handles the oldest message that is due. @returns false when there is none, or another process has the topic */
async function handleNext(sql: Sql, topic: string, listener: Listener, log: Log): Promise<boolean> {
  try {
    return await sql.begin(async (tx) => {
      const [lock] = await tx<{ mine: boolean }[]>`
        select pg_try_advisory_xact_lock(hashtext('engine.outbox'), hashtext(${topic})) as mine`
      if (!lock?.mine) return false
      // The head of each key; of those, the oldest not backing off.
      const [message] = await tx<{ id: number; payload: Payload }[]>`
        select id, payload from engine.outbox m
        where topic = ${topic} and (retry_at is null or retry_at <= clock_timestamp())
          and not exists (
            select from engine.outbox b where b.topic = m.topic and b.key = m.key and b.id < m.id)
        order by id limit 1`
      if (!message) return false
      try {
        await listener(message.payload, tx)
      } catch (error) {
        throw new Poison(message.id, error)
      }
      await tx`delete from engine.outbox where id = ${message.id}`
      return true
    })
  } catch (error) {
    if (!(error instanceof Poison)) throw error
    const why = story(error.cause)
    const [row] = await sql<{ attempts: number }[]>`
      update engine.outbox set
        attempts = attempts + 1,
        last_error = ${why.slice(0, errorCharactersMax)},
        retry_at = clock_timestamp()
          + make_interval(secs => least(${retryFirstMs}::float8 * power(2, least(attempts, 20)), ${retryMostMs}) / 1000)
      where id = ${error.id} returning attempts`
    log.error(
      { topic, message: error.id, attempts: row?.attempts, why },
      'a message was not handled; it will be tried again',
    )
    return true
  }
}

/** Messages that failed and wait for their next attempt, for the administrator's page; oldest first, at most 100. */
export async function outboxTroubles(sql: Query): Promise<
  {
    id: number
    topic: string
    key: string
    attempts: number
    publishedMs: number
    retryMs: number | null
    why: string
  }[]
> {
  return await sql`
    select id, topic, key, attempts, published_at as "publishedMs", retry_at as "retryMs", last_error as why
    from engine.outbox where attempts > 0 order by id limit 100`
}
