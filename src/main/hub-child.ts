import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Config, Failure, type Home, type Log } from '#base/base.ts'
import { type Supervised, silentAfterMs, supervise } from './supervise.ts'

/**
 * The hub as a child of `up`, and the few things that `up` asks of it over their channel: a recorder's enrolment token,
 * the set-up link, and, for a demo home only, the fictional staff.
 */
export type HubChild = Supervised & {
  listening(): Promise<{ readonly url: string }>
  /** Waits until `/health` says ok: the database answers and the recorder has spoken. */
  healthy(): Promise<void>
  setUpWords(): Promise<string>
  /** Asks and waits for the answer of the same name; asked again when the hub was restarted in between. */
  ask(question: { readonly kind: string } & Record<string, unknown>): Promise<Record<string, unknown>>
}

const program = resolve(import.meta.dirname, '../main.ts')
const answerWithinMs = 20_000

export function startHub(parts: { config: Config; home: Home; databaseUrl: string; log: Log }): HubChild {
  const { config, home, log } = parts
  const { DATABASE_OWNER_URL: _, ...env } = process.env
  let port = String(config.port)
  const url = Promise.withResolvers<string>()
  let asked = 0
  const waiting = new Map<number, (answer: Record<string, unknown>) => void>()
  const child = supervise({
    name: 'hub',
    program,
    args: ['hub'],
    // The hub never sees the role that migrates.
    env: () => ({
      ...env,
      DATABASE_URL: parts.databaseUrl,
      OVERT_HOME: home.path,
      OVERT_UNDER_UP: '1',
      OVERT_PORT: port,
    }),
    silentAfterMs,
    log,
    onMessage(message) {
      if (message['kind'] === 'ready') {
        // A port that the system chose is kept when the hub is started again: the recorder knows no other.
        port = new URL(String(message['url'])).port
        url.resolve(String(message['url']))
      }
      const answered = waiting.get(Number(message['answers']))
      if (answered !== undefined) {
        waiting.delete(Number(message['answers']))
        answered(message)
      }
    },
  })
  const ask: HubChild['ask'] = async (question) => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await child.ready()
      asked += 1
      const number = asked
      const answer = new Promise<Record<string, unknown>>((resolve) => waiting.set(number, resolve))
      if (child.send({ ...question, ask: number })) {
        const timeout = new AbortController()
        const found = await Promise.race([
          answer,
          delay(answerWithinMs, null, { signal: timeout.signal }).catch(() => null),
        ])
        timeout.abort()
        if (found !== null) {
          if (typeof found['failure'] === 'string') throw new Failure('conflict', found['failure'])
          return found
        }
      }
      waiting.delete(number)
    }
    throw new Failure('unavailable', `The hub did not answer "${question.kind}". Its log says why.`)
  }
  return {
    ...child,
    ask,
    async listening() {
      await child.ready()
      return { url: await url.promise }
    },
    async healthy() {
      const { url: at } = await this.listening()
      for (;;) {
        const answer = await fetch(`${at}/health`).catch(() => null)
        const body = (await answer?.json().catch(() => null)) as { status?: string } | null | undefined
        if (body?.status === 'ok') return
        await delay(100)
      }
    },
    async setUpWords() {
      const answer = await ask({ kind: 'set-up-link' })
      const link = answer['link']
      return typeof link === 'string'
        ? `\nNobody can sign in yet. Open this link once, within a day, to choose the policy and your password:\n  ${link}\n(If it is lost, restart: a new one is printed.)\n`
        : ''
    },
  }
}
