/** For tests: the policy's pages and API on a real server, with two landlords on their real packs and a real ledger. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock, newId, openHome, silentLog } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { ledgerKey, startSequencer } from '#ledger/ledger.ts'
import { able, actions, isAction } from '#policy/policy.ts'
import { testDatabase } from '#tests/database.ts'
import { createWeb, type Person } from '#web/web.ts'
import { countRefusal } from './counts.ts'
import type { ProvidersDeps, Work } from './deps.ts'
import type { Standing } from './held.ts'
import { adoptPacks, openProviders } from './open.ts'
import { providersRoutes } from './routes.ts'

/** Places of Derby Homes in the register, as far as this room asks for them. */
export const places = [
  { id: '01900000-0000-7000-8000-0000000000e1', name: 'Elm House', area: 'south' },
  { id: '01900000-0000-7000-8000-0000000000e2', name: 'Oak House', area: 'north' },
] as const

export const noon = Date.parse('2026-11-22T12:00:00Z')
const policies = join(import.meta.dirname, '..', '..', 'policies')

export const person = (provider: string, role: string, areas: readonly string[] = []): Person => ({
  id: newId(noon),
  name: `${role} of ${provider}`,
  username: role,
  roles: [{ provider, role, areas }],
  administrator: false,
  via: 'session',
})

export type Given = { readonly status: number; readonly text: string; json(): never }

/** `people` by the name under which they sign in. */
export async function testHouse(people: ReadonlyMap<string, Person>) {
  const db = await testDatabase()
  const clock = manualClock(noon)
  const home = await openHome(await mkdtemp(join(tmpdir(), 'overt-policy-')), 'landlord', noon)
  const sequencer = await startSequencer({
    sql: db.sql,
    home,
    key: await ledgerKey(home.path),
    clock,
    log: silentLog,
  })
  const providers = await openProviders({ sql: db.sql, folder: policies, clock, log: silentLog })
  await inTransaction(db.sql, (tx) =>
    adoptPacks(
      tx,
      providers,
      ['derby-homes', 'whg', 'connexus'].map((slug) => ({ slug, by: null, nowMs: noon })),
    ),
  )
  await providers.refresh()
  /** Open tasks, by kind and what they are about. */
  const tasks = new Map<string, Work>()
  const keyOf = (kind: string, about: object) => `${kind} ${JSON.stringify(about)}`
  let standing: Standing = { troubles: [], exceptions: [] }
  const deps: ProvidersDeps = {
    sql: db.sql,
    clock,
    providers,
    tasks: {
      open: async (_tx, work) => tasks.set(keyOf(work.kind, work.about), work),
      async close(_tx, { kind, about }) {
        for (const [key, work] of tasks)
          if (work.kind === kind && Object.entries(about).every(([name, id]) => work.about[name] === id))
            tasks.delete(key)
      },
    },
    standing: async () => standing,
    placeNamed: async (provider, name) =>
      provider === 'derby-homes' ? (places.find((one) => one.name === name) ?? null) : null,
    placesById: async (ids) =>
      new Map(places.filter(({ id }) => ids.includes(id)).map((one) => [one.id, one])),
    named: async () => new Map([...people.values()].map((one) => [one.id, { name: one.name }])),
  }
  const app = await createWeb({
    routes: providersRoutes(deps),
    authenticate: async ({ session, bearer }) => {
      const found = people.get(session ?? bearer ?? '')
      return found ? { ...found, via: bearer ? 'token' : 'session' } : null
    },
    permits(who, permission) {
      if (!isAction(permission)) throw new Error(permission)
      const decisions = who.roles.map((held) =>
        able(
          providers.packOf(held.provider),
          { roles: [held.role], administrator: who.administrator },
          permission,
        ),
      )
      return decisions.find((one) => one.allowed) ?? decisions[0]!
    },
    refused: (refusal) => countRefusal({ sql: db.sql, providers, nowMs: clock.nowMs() }, refusal),
    healthy: async () => true,
    nav: [],
    permissions: actions,
    clock,
    log: silentLog,
    publicUrl: null,
    csrfSecret: 'a secret of thirty-two characters',
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const given = async (answer: Response): Promise<Given> => {
    const text = await answer.text()
    return { status: answer.status, text, json: () => JSON.parse(text) as never }
  }
  return {
    db,
    deps,
    clock,
    providers,
    tasks,
    url,
    stand: (now: Standing) => {
      standing = now
    },
    /** Over the API, as somebody. */
    get: async (name: string, path: string) =>
      given(await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${name}` } })),
    post: async (name: string, path: string, body: object | FormData = {}) =>
      given(
        await fetch(`${url}/api/v1${path}`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${name}`,
            ...(body instanceof FormData ? {} : { 'content-type': 'application/json' }),
          },
          body: body instanceof FormData ? body : JSON.stringify(body),
        }),
      ),
    /** A page, signed in or (null) as anybody. */
    page: async (name: string | null, path: string) =>
      given(
        await fetch(`${url}${path}`, {
          redirect: 'manual',
          headers: name === null ? {} : { cookie: `overt_session=${name}` },
        }),
      ),
    /** A form filled in by anybody, with the cookie and token of its page. */
    async fill(path: string, values: Readonly<Record<string, string>>, token?: string, action = path) {
      const page = await fetch(`${url}${path}`)
      const text = await page.text()
      const csrf = token ?? /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? ''
      const cookie = page.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; ')
      return given(
        await fetch(`${url}${action}`, {
          method: 'POST',
          redirect: 'manual',
          headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ _csrf: csrf, ...values }),
        }),
      )
    },
    async close() {
      await app.close()
      await sequencer.close()
      await db.drop()
      await rm(home.path, { recursive: true, force: true })
    },
  }
}

export type TestHouse = Awaited<ReturnType<typeof testHouse>>
