/** For tests: the register's pages and API on a real server, with two landlords on their real packs. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { manualClock, newId, silentLog } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { able, actions, isAction } from '#policy/policy.ts'
import { adoptPacks, openProviders } from '#providers/providers.ts'
import { testDatabase } from '#tests/database.ts'
import { createWeb, type Person } from '#web/web.ts'
import { credentialBox } from './credentials.ts'
import type { RegisterDeps } from './pages/parts.ts'
import { registerRoutes } from './routes.ts'

export const noon = Date.parse('2026-11-22T12:00:00Z')
const policies = join(import.meta.dirname, '..', '..', 'policies')

export function person(provider: string, role: string, areas: readonly string[] = []): Person {
  const id = newId(noon)
  return {
    id,
    name: `${role} ${id.slice(-4)}`,
    username: `${role}-${id.slice(-4)}`,
    roles: [{ provider, role, areas }],
    administrator: false,
    via: 'session',
  }
}

export type Given = {
  readonly status: number
  readonly location: string | null
  readonly text: string
  json(): never
}

/** `people` by the name under which they sign in. */
export async function testRegister(people: ReadonlyMap<string, Person>) {
  const db = await testDatabase()
  const clock = manualClock(noon)
  const packs = await openProviders({ sql: db.sql, folder: policies, clock, log: silentLog })
  await inTransaction(db.sql, (tx) =>
    adoptPacks(
      tx,
      packs,
      ['derby-homes', 'progress'].map((slug) => ({ slug, by: null, nowMs: noon })),
    ),
  )
  await packs.refresh()
  const deps: RegisterDeps = {
    sql: db.sql,
    packs,
    named: async () => new Map([...people.values()].map((one) => [one.id, { name: one.name }])),
    staffOf: async (provider: string) =>
      [...people.values()]
        .filter((one) => one.roles.some((held) => held.provider === provider))
        .map(({ id, name }) => ({ id, name })),
    box: credentialBox(randomBytes(32)),
    recordersFor: async () => [],
    takeOver: async () => false,
    takenOverAs: async () => new Map(),
  } as unknown as RegisterDeps
  const app = await createWeb({
    // A test asks more in a minute than anybody does.
    routes: registerRoutes(deps).map((row) => ({ ...row, rateMax: 10_000 })),
    authenticate: async ({ session, bearer }) => {
      const found = people.get(session ?? bearer ?? '')
      return found ? { ...found, via: bearer ? 'token' : 'session' } : null
    },
    permits(who, permission) {
      if (!isAction(permission)) throw new Error(permission)
      const decisions = who.roles.map((held) =>
        able(
          packs.packOf(held.provider),
          { roles: [held.role], administrator: who.administrator },
          permission,
        ),
      )
      return decisions.find((one) => one.allowed) ?? decisions[0]!
    },
    healthy: async () => true,
    nav: [{ href: '/register', text: 'Register', permission: 'register.view' }],
    permissions: actions,
    clock,
    log: silentLog,
    publicUrl: null,
    csrfSecret: 'a secret of thirty-two characters',
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const ask = async (
    method: string,
    name: string,
    path: string,
    body?: object | FormData,
  ): Promise<Given> => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${name}`,
        ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    return {
      status: answer.status,
      location: answer.headers.get('location'),
      text,
      json: () => JSON.parse(text) as never,
    }
  }
  return {
    db,
    deps,
    clock,
    packs,
    url,
    get: (name: string, path: string) => ask('GET', name, path),
    post: (name: string, path: string, body: object | FormData = {}) => ask('POST', name, path, body),
    async close() {
      await app.close()
      await db.drop()
    },
  }
}

export type TestRegister = Awaited<ReturnType<typeof testRegister>>
