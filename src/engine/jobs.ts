import { type Db, PgBoss } from 'pg-boss'
import { type Clock, Failure, type Json, type Log, story } from '#base/base.ts'
import type { Query, Sql } from './connect.ts'

export type JobData = { readonly [name: string]: Json }

export type Jobs = {
  /**
   * Periodic work, by Overt's own clock: at once if it never ran or is overdue, then every `seconds`. One process of
   * several does it. A time jump makes it due once, not many times. When it fails it runs again after `retrySeconds`
   * or one period, whichever is shorter.
   */
  every(name: string, seconds: number, work: () => Promise<void>): void
  /** Says how jobs of a name are done. Done at least once: a killed worker's job is done again after its heartbeat. */
  define(name: string, handler: (data: JobData) => Promise<void>): Promise<void>
  /**
   * Orders a job; with a transaction, only if that commits.
   * @param options.startAfterMs an instant by Overt's own clock (epoch ms), so a demo's time travel brings it forward
   */
  send(sql: Query, name: string, data: JobData, options?: { startAfterMs?: number }): Promise<void>
  /** Does everything periodic that is due now and hands over jobs that have come due: for tests and time travel. */
  tick(): Promise<void>
  close(): Promise<void>
}

const schema = 'jobs'
const tickMs = 250
const retrySeconds = 30
/** A worker that says nothing for this long is taken for dead and its job is given to another. */
const heartbeatSeconds = 20

/**
 * Starts timed work and the job queue on the given pool.
 * Everything is owned by the migrating role, so the queue's tables are there before (000002_engine_jobs.sql).
 */
export async function startJobs(sql: Sql, options: { clock: Clock; log: Log }): Promise<Jobs> {
  const { clock, log } = options
  const boss = new PgBoss({
    db: executor(sql),
    schema,
    migrate: false,
    createSchema: false,
    schedule: false,
    reindex: false,
    monitorVacuum: false,
    useListenNotify: true,
    monitorIntervalSeconds: 10,
    superviseIntervalSeconds: 10,
  })
  boss.on('error', (error) => log.warn({ why: story(error) }, 'the job queue had trouble'))
  boss.on('warning', (warning) => log.debug({ why: warning.message }, 'the job queue warns'))
  await boss.start()

  type Periodic = {
    readonly name: string
    readonly seconds: number
    readonly work: () => Promise<void>
    running: boolean
    /** By Overt's clock: asking the database earlier is of no use, unless the clock is set back (see `isDue`). */
    askedMs: number
    nextMs: number
  }
  const periodic: Periodic[] = []
  let closing = false

  const isDue = (entry: Periodic): boolean => {
    const nowMs = clock.nowMs()
    return nowMs >= entry.nextMs || nowMs < entry.askedMs
  }

  const runPeriodic = async (entry: Periodic): Promise<void> => {
    if (entry.running || closing || !isDue(entry)) return
    entry.running = true
    try {
      const nowMs = clock.nowMs()
      const turn = await claim(sql, entry.name, entry.seconds, nowMs)
      entry.askedMs = nowMs
      entry.nextMs = turn.lastMs + entry.seconds * 1000
      if (!turn.ours) return
      try {
        await entry.work()
      } catch (error) {
        log.error({ job: entry.name, why: story(error) }, 'periodic work failed; it will be tried again')
        const again = Math.min(entry.seconds, retrySeconds)
        entry.nextMs = nowMs + again * 1000
        await sql`
          update engine.timer set last_at = ${nowMs - (entry.seconds - again) * 1000}::timestamptz
          where name = ${entry.name}`
      }
    } finally {
      entry.running = false
    }
  }

  const handOver = async (): Promise<void> => {
    const [waiting] =
      await sql`select 1 from engine.later where due_at <= ${clock.nowMs()}::timestamptz limit 1`
    if (waiting === undefined) return
    await sql.begin(async (tx) => {
      const due = await tx<{ job: string; data: JobData }[]>`
        delete from engine.later where id in (
          select id from engine.later where due_at <= ${clock.nowMs()}::timestamptz
          order by due_at limit 500 for update skip locked)
        returning job, data`
      for (const { job, data } of due) await boss.send(job, data as object, { db: executor(tx) })
    })
  }

  const tick = async (): Promise<void> => {
    await Promise.all([...periodic.map(runPeriodic), handOver()])
  }
  let ticking: Promise<void> | null = null
  const timer = setInterval(() => {
    if (ticking !== null || closing) return
    ticking = tick()
      .catch((error: unknown) => log.warn({ why: story(error) }, "couldn't look for work"))
      .finally(() => {
        ticking = null
      })
  }, tickMs)
  timer.unref()

  const queues = new Map<string, Promise<void>>()
  const queue = (name: string): Promise<void> => {
    let made = queues.get(name)
    if (made === undefined) {
      made = boss
        .createQueue(name, {
          notify: true,
          heartbeatSeconds,
          retryLimit: 1_000_000,
          retryDelay: 5,
          retryBackoff: true,
          retryDelayMax: 600,
        })
        .catch((error: unknown) => {
          queues.delete(name)
          throw error
        })
      queues.set(name, made)
    }
    return made
  }

  return {
    every(name, seconds, work) {
      if (periodic.some((entry) => entry.name === name))
        throw new Failure('invalid', `${name} is defined twice`)
      periodic.push({ name, seconds, work, running: false, askedMs: 0, nextMs: Number.NEGATIVE_INFINITY })
    },
    async define(name, handler) {
      await queue(name)
      await boss.work<JobData>(
        name,
        {
          batchSize: 5,
          burstWhenBatchFull: true,
          perJobResults: true,
          pollingIntervalSeconds: 1,
          notifyPollingIntervalSeconds: 5,
        },
        async (jobs) => {
          const results: { id: string; status: 'completed' | 'failed'; output?: object }[] = []
          for (const job of jobs) {
            try {
              await handler(job.data)
              results.push({ id: job.id, status: 'completed' })
            } catch (error) {
              log.error({ job: name, id: job.id, why: story(error) }, 'a job failed; it will be tried again')
              results.push({ id: job.id, status: 'failed', output: { why: story(error).slice(0, 500) } })
            }
          }
          return results
        },
      )
    },
    async send(at, name, data, when = {}) {
      await queue(name)
      if (when.startAfterMs !== undefined && when.startAfterMs > clock.nowMs()) {
        await at`
          insert into engine.later (job, data, due_at)
          values (${name}, ${at.json(data as never)}, ${when.startAfterMs}::timestamptz)`
        return
      }
      await boss.send(name, data as object, { db: executor(at) })
    },
    tick,
    async close() {
      closing = true
      clearInterval(timer)
      await ticking
      await boss.stop({ graceful: true, timeout: 10_000, close: false })
    },
  }
}

/** Takes one period's turn: ours for exactly one caller. A clock set back by more than a period is due again. */
async function claim(
  sql: Sql,
  name: string,
  seconds: number,
  nowMs: number,
): Promise<{ ours: boolean; lastMs: number }> {
  const rows = await sql`
    insert into engine.timer as t (name, last_at) values (${name}, ${nowMs}::timestamptz)
    on conflict (name) do update set last_at = excluded.last_at
    where t.last_at <= excluded.last_at - make_interval(secs => ${seconds})
       or t.last_at > excluded.last_at + make_interval(secs => ${seconds})
    returning 1`
  if (rows.length > 0) return { ours: true, lastMs: nowMs }
  const [row] = await sql<{ lastMs: number }[]>`
    select last_at as "lastMs" from engine.timer where name = ${name}`
  return { ours: false, lastMs: row?.lastMs ?? nowMs }
}

/** PostgreSQL's number for timestamptz: pg-boss expects Dates where our rooms expect epoch ms. */
const timestamptz = 1184

/** pg-boss on our own pool or transaction. */
function executor(sql: Query): Db {
  const db: Db = {
    async executeSql(text, values) {
      const given = (values ?? []) as never[]
      if (/^\s*begin\b/i.test(text) && 'reserve' in sql) {
        // Several statements with their own transaction: postgres.js allows that on a reserved connection only.
        const reserved = await (sql as Sql).reserve()
        try {
          return { rows: rowsOf(await reserved.unsafe(text)) }
        } catch (error) {
          await reserved`rollback`.catch(() => undefined)
          throw error
        } finally {
          reserved.release()
        }
      }
      // A text without values may hold several statements, which can't be prepared.
      return { rows: rowsOf(await sql.unsafe(text, given, { prepare: given.length > 0 })) }
    },
  }
  if (!('listen' in sql)) return db
  return {
    ...db,
    async listen(name, onNotification, onReconnect) {
      const listening = await sql.listen(name, onNotification, onReconnect)
      return { close: () => listening.unlisten() }
    },
  }
}

type Rows = { columns?: { name: string; type: number }[] } & Record<string, unknown>[]

function rowsOf(result: unknown): Record<string, unknown>[] {
  // Several statements give several results; pg-boss reads the last that has rows.
  const list = result as (Rows | Record<string, unknown>)[]
  if (Array.isArray(list[0])) return (list as Rows[]).flatMap((part) => rowsOf(part))
  const rows = result as Rows
  const instants = (rows.columns ?? []).filter((column) => column.type === timestamptz)
  for (const row of rows) {
    for (const { name } of instants) if (typeof row[name] === 'number') row[name] = new Date(row[name])
  }
  return rows
}
