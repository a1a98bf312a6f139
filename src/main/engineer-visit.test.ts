/**
 * Goal: a supplier's visit and the account of its engineer are one thing, seen from two sides. Method: the real rows of
 * people and register on a real database, joined as the hub joins them; only the clock is ours.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { manualClock, secretBox, silentLog } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { createAccount, type PeopleParts, peopleRoutes, rightsOf } from '#people/people.ts'
import { actions, outsideActions, pictureActions } from '#policy/policy.ts'
import { adoptPacks, openProviders, type Providers } from '#providers/providers.ts'
import {
  credentialBox,
  handRegisterOn,
  insertSite,
  reachOf,
  registerInHand,
  registerRoutes,
} from '#register/register.ts'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import { launchBrowser, type TestBrowser, type Visitor } from '#tests/journeys/browser.ts'
import { createWeb, type Person } from '#web/web.ts'
import { accountRules } from './account-rules.ts'
import { visitsOf } from './people-build.ts'
import { permits } from './permits.ts'

const noon = Date.parse('2026-11-22T12:00:00Z')
const hour = 3_600_000
const day = '2026-11-22'
const slug = 'derby-homes'
const clock = manualClock(noon)
let db: TestDatabase
let packs: Providers
let parts: PeopleParts
let web: Awaited<ReturnType<typeof createWeb>>
let url: string
let browser: TestBrowser
let siteId: string
let supplierId: string
const ids = new Map<string, string>()

before(async () => {
  db = await testDatabase()
  const { sql } = db
  packs = await openProviders({
    sql,
    folder: join(import.meta.dirname, '../../policies'),
    clock,
    log: silentLog,
  })
  await inTransaction(sql, (tx) => adoptPacks(tx, packs, [{ slug, by: null, nowMs: noon }]))
  await packs.refresh()
  parts = {
    sql,
    clock,
    realClock: clock,
    log: silentLog,
    record: append,
    box: secretBox(randomBytes(32), 'test'),
    providers: () =>
      packs.list().map(({ slug: landlord, name }) => {
        const pack = packs.packOf(landlord)
        return { slug: landlord, name, roles: pack.values.roles, rules: accountRules(pack) }
      }),
    packs: () => [],
    adoptPack: async () => assert.fail('nothing is adopted here'),
    visits: visitsOf({ sql, clock, providers: packs }),
  }
  await makePerson('ada', { administrator: true })
  await makePerson('hugo', { roles: [{ provider: slug, role: 'housing-officer', areas: [] }] })
  await makePerson('sue', { roles: [{ provider: slug, role: 'housing-officer', areas: [] }] })
  const named = async (wanted: readonly string[]) =>
    new Map(
      (
        await sql<{ id: string; name: string }[]>`
          select id, name from people.person where id = any (${wanted as string[]}::uuid[])`
      ).map(({ id, name }) => [id, { name }]),
    )
  web = await createWeb({
    routes: [
      ...peopleRoutes(parts, null),
      ...registerRoutes({
        sql,
        packs,
        named,
        staffOf: async () => [...ids].map(([name, id]) => ({ id, name })),
        box: credentialBox(randomBytes(32)),
        recordersFor: async () => [],
        takeOver: async () => false,
        takenOverAs: async () => new Map(),
      }),
    ],
    authenticate: ({ session, bearer }) => personOf(bearer ?? session ?? '', bearer ? 'token' : 'session'),
    permits: (person, permission) => permits(packs, person, permission),
    healthy: async () => true,
    nav: [],
    permissions: actions,
    clock,
    log: silentLog,
    publicUrl: null,
    csrfSecret: 'a secret of thirty-two characters',
  })
  url = await web.listen({ port: 0, host: '127.0.0.1' })
  browser = await launchBrowser()
  siteId = await inTransaction(sql, (tx) =>
    insertSite(tx, {
      provider: slug,
      name: 'Elm Court',
      address: ['1 Example Street'],
      kind: 'communal',
      timeZone: 'Europe/London',
      area: null,
      by: ids.get('ada')!,
      nowMs: noon,
    }),
  )
  const made = (await post('ada', '/suppliers/new', {
    provider: slug,
    name: 'Bright Lens',
    does: ['maintain'],
    processor: 'no',
    contractReference: 'LH-1',
    contractFrom: '2026-01-01',
    contractUntil: '2027-12-31',
    note: '',
  })) as { id: string }
  supplierId = made.id
})
after(async () => {
  await browser?.close()
  await web?.close()
  await db?.drop()
})

async function makePerson(
  username: string,
  more: Partial<Pick<Person, 'administrator' | 'roles'>>,
): Promise<void> {
  const made = await inTransaction(db.sql, (tx) =>
    createAccount(
      tx,
      { username, name: `Name of ${username}`, ...more },
      { record: append, nowMs: noon, by: null },
    ),
  )
  assert.ok(made.ok)
  ids.set(username, made.value.id)
}

/** By the same code that answers a signed-in person's requests. */
async function personOf(username: string, via: Person['via']): Promise<Person | null> {
  const id = ids.get(username)
  const standing = id === undefined ? null : await rightsOf(parts, id)
  return standing && { id: id!, name: `Name of ${username}`, username, ...standing, via }
}

const send = (who: string, path: string, body: object) =>
  fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${who}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
async function post(who: string, path: string, body: object): Promise<unknown> {
  const answer = await send(who, path, body)
  const text = await answer.text()
  assert.ok(answer.ok, `${path}: ${answer.status} ${text}`)
  return text === '' ? null : JSON.parse(text)
}
const plan = async (
  from: string,
  until: string,
  supervisor = 'hugo',
  engineer = 'Pat Doe',
): Promise<string> => {
  const purpose = 'Mend the dome.'
  const supervisorId = ids.get(supervisor)
  const asked = { siteId, supplierId, engineer, purpose, supervisorId, day, from, until }
  return ((await post('ada', '/visits/new', asked)) as { id: string }).id
}
const letIn = async (visit: string, username: string): Promise<void> => {
  const role = `${slug}:crime-prevention-installer`
  const made = (await post('ada', '/accounts/engineer', { visit, role, username, checked: 'yes' })) as {
    id: string
  }
  ids.set(username, made.id)
}
const isIn = async (who: string) => (await personOf(who, 'token')) !== null
async function at(who: string): Promise<Visitor> {
  const visitor = await browser.visitor(url)
  await visitor.context.addCookies([{ name: 'overt_session', value: who, url }])
  return visitor
}

test('an engineer’s account is open from being let in to having left, and both pages tell the same', async () => {
  const visit = await plan('13:00', '15:00')
  const ada = await at('ada')
  await ada.visit(`/visits/${visit}`)
  await ada.sees('None. Let them in with one')
  await ada.press('Let them in with one')
  assert.equal(await ada.page.getByLabel('For which visit?').inputValue(), visit)
  await ada.fill('Username', 'pat')
  await ada.tick('I have checked that they come from the supplier')
  await ada.press('Let them in')
  const [row] = await db.sql<{ id: string }[]>`select id from people.person where username = 'pat'`
  ids.set('pat', row!.id)
  assert.ok(!(await isIn('pat')), 'not before they are there')
  clock.set(noon + 45 * 60_000)
  assert.equal((await send('ada', `/visits/${visit}/arrive`, { identity: 'no such way' })).status, 422)
  assert.ok(!(await isIn('pat')), 'not before they are known')
  const alone = await send('ada', `/visits/${visit}/arrive`, { identity: 'card' })
  assert.equal(alone.status, 422, 'who made the account does not open it as well')
  assert.match(await alone.text(), /administrator does not let engineers in/)
  assert.ok(!(await isIn('pat')))
  await post('hugo', `/visits/${visit}/arrive`, { identity: 'card' })
  assert.ok(await isIn('pat'))
  assert.deepEqual(
    (await personOf('pat', 'token'))!.roles.map(({ areas }) => areas),
    [[`site:${siteId}`]],
  )
  const pat = (await personOf('pat', 'token'))!
  const may = (action: (typeof actions)[number], of = pat) => permits(packs, of, action).allowed
  for (const action of actions.filter((one) => !outsideActions.includes(one)))
    assert.equal(
      may(action),
      ['deployment.stop', 'policy.read', 'task.view'].includes(action),
      `${action}: the landlord’s own fitters may, somebody from outside may not`,
    )
  assert.ok(outsideActions.every((action) => may(action)))
  assert.ok(may('footage.view', { ...pat, outside: false }), 'the role itself gives it to staff')
  for (const action of [...pictureActions, 'register.edit'] as const)
    assert.deepEqual(reachOf(pat, action, packs).held, [], action)
  assert.equal((await send('pat', '/visits/new', {})).status, 403, 'and they plan no visit of their own')
  await ada.visit(`/visits/${visit}`)
  await ada.sees('Pat Doe: open until they have left')
  await ada.picture('engineer-visit-open')
  await ada.press('Pat Doe')
  await ada.sees('Bright Lens at Elm Court')
  await ada.sees('Put them out now')
  await ada.picture('engineer-account-open')
  await post('ada', `/accounts/${ids.get('pat')}/hours/end`, {})
  assert.ok(!(await isIn('pat')), 'put out')
  await ada.visit(`/visits/${visit}`)
  await ada.sees('None. Let them in with one')
  await post('ada', `/accounts/${ids.get('pat')}/hours`, {
    visit,
    role: `${slug}:crime-prevention-installer`,
  })
  assert.ok(await isIn('pat'), 'let in again for the same visit')
  await post('hugo', `/visits/${visit}/leave`, { touched: 'The cover of the dome.' })
  assert.ok(!(await isIn('pat')), 'out with having left, two hours before the end')
  await ada.visit(`/accounts/${ids.get('pat')}`)
  await ada.sees('Over')
  await ada.visit(`/visits/${visit}`)
  await ada.sees('shut, for the visit is over')
  await ada.close()
})

test('the visit’s end shuts the account by itself, and calling the visit off lets nobody in', async () => {
  clock.set(noon)
  const visit = await plan('12:15', '14:00')
  await letIn(visit, 'pat2')
  await post('hugo', `/visits/${visit}/arrive`, { identity: 'called' })
  clock.set(noon + 2 * hour - 1)
  assert.ok(await isIn('pat2'))
  clock.set(noon + 2 * hour)
  assert.ok(!(await isIn('pat2')))
  const off = await plan('15:00', '16:00')
  await letIn(off, 'pat3')
  await post('hugo', `/visits/${off}/cancel`, {})
  clock.set(noon + 3 * hour)
  assert.equal((await send('hugo', `/visits/${off}/arrive`, { identity: 'card' })).status, 422)
  assert.ok(!(await isIn('pat3')))
  const role = `${slug}:crime-prevention-installer`
  assert.equal((await send('ada', `/accounts/${ids.get('pat3')}/hours`, { visit: off, role })).status, 422)
})

test('when whoever stays with an engineer leaves, a successor does, or nobody is let in', async () => {
  clock.set(noon)
  const going = await plan('12:15', '14:00', 'sue')
  await letIn(going, 'pat4')
  const coming = await plan('16:00', '17:00', 'sue')
  await letIn(coming, 'pat5')
  await post('sue', `/visits/${going}/arrive`, { identity: 'known' })
  const sue = ids.get('sue')!
  const inHand = (await registerInHand(db.sql, sue)).find(({ what }) => what.includes('visits'))
  assert.equal(inHand?.count, 2)
  await inTransaction(db.sql, (tx) => handRegisterOn(tx, sue, ids.get('hugo')!, noon))
  assert.ok(await isIn('pat4'), 'somebody else stays with them')
  await inTransaction(db.sql, (tx) => handRegisterOn(tx, ids.get('hugo')!, null, noon))
  assert.ok(!(await isIn('pat4')))
  clock.set(noon + 4 * hour)
  assert.equal((await send('ada', `/visits/${coming}/arrive`, { identity: 'card' })).status, 422)
  assert.ok(!(await isIn('pat5')))
})
