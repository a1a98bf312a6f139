/** For tests: the pages of this room, the register and casework on a real server, seen by a real browser. */
import { silentLog } from '#base/base.ts'
import { caseworkRoutes, providersOf } from '#casework/casework.ts'
import { able, actions } from '#policy/policy.ts'
import { placeTyped, reachOf, registerRoutes } from '#register/register.ts'
import { launchBrowser, type TestBrowser, type Visitor } from '#tests/journeys/browser.ts'
import { createWeb, type NavItem, type Person } from '#web/web.ts'
import { authorisationRoutes } from './routes.ts'
import type { TestLandlords } from './test-landlord.ts'
import { takeOver } from './transition/steps.ts'
import { takenOverAs } from './transition/store.ts'

export type TestPages = {
  readonly url: string
  readonly browser: TestBrowser
  /** A browser of the person who is known by this name. */
  as(who: string): Promise<Visitor>
  close(): Promise<void>
}

/**
 * @param people by the name that stands for their session and their token; may grow while the server runs
 * @param recorders that the landlord's cameras may hang on
 */
export async function servePages(
  land: TestLandlords,
  people: ReadonlyMap<string, Person>,
  nav: readonly NavItem[],
  recorders: readonly { readonly id: string; readonly name: string }[] = [],
): Promise<TestPages> {
  const named = async () => new Map([...people.values()].map((p) => [p.id, { name: p.name }]))
  const app = await createWeb({
    routes: [
      ...authorisationRoutes({ ...land.deps, named }),
      ...registerRoutes({
        sql: land.deps.sql,
        packs: land.packs,
        named,
        staffOf: async () => [...people.values()].map(({ id, name }) => ({ id, name })),
        box: land.deps.box,
        recordersFor: async () => recorders,
        takeOver: (tx, camera) => takeOver(land.deps, tx, camera),
        takenOverAs: (person, cameras) =>
          takenOverAs(land.deps.sql, cameras, reachOf(person, 'deployment.view', land.packs)),
      }),
      ...caseworkRoutes({
        sql: land.deps.sql,
        providers: () => land.packs.list(),
        named,
        seenBy: (person) => (sql) => sql`c.provider = any (${[...providersOf(person)]}::text[])`,
        placeTyped: (person, typed) =>
          placeTyped(land.deps.sql, { everywhere: false, held: person.roles }, land.packs, typed, true),
        placeName: async () => null,
        related: async () => [],
      }),
    ],
    authenticate: async ({ session, bearer }) => {
      const found = people.get(session ?? bearer ?? '')
      return found ? { ...found, via: bearer ? 'token' : 'session' } : null
    },
    permits: (who, permission) =>
      able(
        land.packs.packOf(who.roles[0]!.provider),
        { roles: who.roles.map((r) => r.role), administrator: who.administrator },
        permission as never,
      ),
    healthy: async () => true,
    nav,
    permissions: actions,
    clock: land.clock,
    log: silentLog,
    publicUrl: null,
    csrfSecret: 'a secret of thirty-two characters',
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const browser = await launchBrowser()
  return {
    url,
    browser,
    async as(who) {
      const visitor = await browser.visitor(url)
      await visitor.context.addCookies([{ name: 'overt_session', value: who, url }])
      return visitor
    },
    async close() {
      await browser.close()
      await app.close()
    },
  }
}
