/** For tests: the real server with the rows of people on a real database; only the clocks are ours. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { manualClock, newId, ok, refuse, secretBox, silentLog } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { testDatabase } from '#tests/database.ts'
import { createWeb, html, marks, type Person } from '#web/web.ts'
import {
  type AccountRules,
  authenticator,
  createAccount,
  hashPassword,
  ledgerEvents,
  type PeopleParts,
  type PlannedVisit,
  peopleRoutes,
} from './people.ts'

export const startMs = Date.UTC(2026, 10, 22, 9)
export const goodPassword = 'three otters paddle home'

export const testRules: AccountRules = {
  everybodyNeedsFactor: false,
  pictureRoles: ['asb-manager'],
  graceDays: 14,
  roleMonthsMax: 12,
  areaRoles: ['area-colleague'],
  reportRoles: ['line-manager'],
  deputyDaysMax: 60,
  conflictLifters: ['data-protection-officer'],
  engineerRoles: ['installer'],
  unusualUseTo: 'data-protection-officer',
  timeZone: 'Europe/London',
}

/** The register's visits as main would hand them in; their own rules are tested in the register and in main. */
export function testVisits(
  clock: { nowMs(): number },
  places: readonly { readonly id: string; readonly name: string }[],
) {
  const all = new Map<string, PlannedVisit>()
  const accounts = new Map<string, string>()
  const over = (one: PlannedVisit): boolean =>
    one.leftMs !== null || one.cancelledMs !== null || one.untilMs <= clock.nowMs()
  return {
    plan(
      of: Pick<PlannedVisit, 'supervisorId' | 'fromMs' | 'untilMs'> & { readonly engineer?: string },
    ): string {
      const id = newId(startMs)
      all.set(id, {
        id,
        provider: 'derby-homes',
        siteId: places[0]!.id,
        siteName: places[0]!.name,
        timeZone: 'Europe/London',
        supplierName: 'Bright Lens',
        engineer: 'Eli Engineer',
        arrivedMs: null,
        leftMs: null,
        cancelledMs: null,
        ...of,
      })
      return id
    },
    change: (id: string, to: Partial<PlannedVisit>): unknown => all.set(id, { ...all.get(id)!, ...to }),
    parts: {
      open: async () => [...all.values()].filter((one) => !over(one)),
      byId: async (_sql, ids) => ids.flatMap((id) => all.get(id) ?? []),
      async give(_tx, visitId, personId) {
        if ((accounts.get(visitId) ?? personId) !== personId) return false
        accounts.set(visitId, personId)
        return true
      },
      async take(_tx, personId) {
        for (const [visit, account] of accounts) if (account === personId) accounts.delete(visit)
      },
      async goingOn(_sql, personId) {
        const one = [...all.values()].find(
          (visit) => accounts.get(visit.id) === personId && visit.arrivedMs !== null && !over(visit),
        )
        return one === undefined ? null : { visitId: one.id, siteId: one.siteId, untilMs: one.untilMs }
      },
    } satisfies NonNullable<PeopleParts['visits']>,
  }
}

const roles = [
  ['housing-officer', 'Housing officer'],
  ['asb-manager', 'ASB manager'],
  ['area-colleague', 'Area colleague'],
  ['line-manager', 'Line manager'],
  ['installer', 'Installer'],
  ['data-protection-officer', 'Data protection officer'],
].map(([code, title]) => ({ code: code!, title: title! }))

export async function openHouse(more: Partial<PeopleParts> = {}, rules?: AccountRules) {
  const db = await testDatabase()
  const realClock = manualClock(startMs)
  const clock = manualClock(startMs)
  const adopted: string[] = []
  const landlord = { slug: 'derby-homes', name: 'Derby Homes', roles, ...(rules ? { rules } : {}) }
  const parts: PeopleParts = {
    box: secretBox(randomBytes(32), 'test'),
    sql: db.sql,
    clock,
    realClock,
    log: silentLog,
    record: append,
    providers: () => [landlord],
    packs: () => [
      { code: 'derby-homes', title: 'Derby Homes' },
      { code: 'broken', title: 'Broken' },
      { code: 'nobodys', title: 'Nobody’s', needsName: true },
    ],
    async adoptPack(_tx, code, { name }) {
      if (code === 'broken')
        return refuse({ code: 'no', message: 'This pack cannot be adopted', clause: null })
      adopted.push(name === null ? code : `${code} as ${name}`)
      return ok(null)
    },
    ...more,
  }
  const app = await createWeb({
    routes: peopleRoutes(parts, null).map((row) => ({ ...row, rateMax: 10_000 })),
    ledgerKinds: Object.keys(ledgerEvents),
    authenticate: authenticator(parts),
    permits: (person, permission) => ({
      allowed: permission === 'people.manage' && person.administrator,
      reasons: [
        { code: 'administrator', message: 'Only an administrator looks after accounts', clause: null },
      ],
    }),
    notices: (person) =>
      (person?.remarks ?? []).map(({ text, href, link }) => html`${text} ${marks.link(href, link)}`),
    healthy: async () => true,
    nav: [{ href: '/accounts', text: 'Accounts', permission: 'people.manage' }],
    clock,
    log: silentLog,
    publicUrl: null,
    csrfSecret: 'z'.repeat(32),
  })
  const kinds = async (): Promise<string[]> =>
    (await db.owner<{ kind: string }[]>`select (leaf::jsonb)->>'kind' as kind from ledger.pending`).map(
      (row) => row.kind,
    )
  return {
    db,
    app,
    parts,
    clock,
    realClock,
    adopted,
    kinds,
    countOf: async (kind: string) => (await kinds()).filter((one) => one === kind).length,
    newBrowser: () => newBrowser(app),
    async makePerson(username: string, person: { administrator?: boolean; roles?: Person['roles'] } = {}) {
      const passwordHash = await hashPassword(goodPassword)
      const made = await inTransaction(db.sql, (tx) =>
        createAccount(
          tx,
          { username, name: `Name of ${username}`, passwordHash, ...person },
          { record: append, nowMs: startMs, by: null },
        ),
      )
      assert.ok(made.ok)
      return made.value.id
    },
    async signedIn(username: string) {
      const browser = newBrowser(app)
      const answer = await browser.signIn(username, goodPassword)
      assert.equal(answer.statusCode, 303, answer.body)
      return browser
    },
    async close() {
      await app.close()
      await db.drop()
    },
  }
}

export type House = Awaited<ReturnType<typeof openHouse>>
export type Browser = ReturnType<typeof newBrowser>

/** A browser: cookies kept, forms sent with the token of the page they stand on. */
function newBrowser(app: Awaited<ReturnType<typeof createWeb>>) {
  const jar = new Map<string, string>()
  const remember = (header: string | string[] | undefined) => {
    for (const line of [header ?? []].flat()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      if (value === '') jar.delete(name!)
      else jar.set(name!, value!)
    }
  }
  const cookies = () => Object.fromEntries(jar)
  const get = async (url: string) => {
    const answer = await app.inject({ url, cookies: cookies() })
    remember(answer.headers['set-cookie'])
    return answer
  }
  return {
    jar,
    get,
    async post(url: string, values: Record<string, string | string[]>, from = url) {
      const page = await get(from)
      const token = /name="_csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
      const body = new URLSearchParams({ _csrf: token })
      for (const [name, value] of Object.entries(values))
        for (const one of [value].flat()) body.append(name, one)
      const answer = await app.inject({
        method: 'POST',
        url,
        cookies: cookies(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: body.toString(),
      })
      remember(answer.headers['set-cookie'])
      return answer
    },
    signIn(username: string, password: string) {
      return this.post('/sign-in', { username, password })
    },
  }
}
