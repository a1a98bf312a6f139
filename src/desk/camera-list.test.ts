/**
 * Goal: trouble comes first over the whole list of cameras, as each camera's own words say it, and neither a line nor a
 * count tells of what is out of reach. Method: hundreds of cameras in every state in a real database, each in a state by
 * its number, the desk's rows on a real server, a real browser.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type CameraGroup, cameraGroups } from '#authorisation/authorisation.ts'
import { noon, person, type TestLandlords, testLandlords } from '#authorisation/test-landlord.ts'
import { newId, silentLog } from '#base/base.ts'
import type { CameraState } from '#footage/footage.ts'
import { able, actions } from '#policy/policy.ts'
import { insertSite, insertSystem } from '#register/register.ts'
import { launchBrowser, type TestBrowser, type Visitor } from '#tests/journeys/browser.ts'
import { createWeb, type Person } from '#web/web.ts'
import { deskRoutes } from './routes.ts'

const each = 24
/** What a camera is made to be, and where it must stand then. */
const kinds: readonly (readonly [string, CameraGroup])[] = [
  ['recording', 'lawful'],
  ['silent', 'attention'],
  ['for-now', 'attention'],
  ['not-yet', 'waiting'],
  ['asked', 'waiting'],
  ['commissioning', 'waiting'],
  ['mandate-ended', 'waiting'],
  ['stopped', 'stopped'],
  ['stop-lifted', 'lawful'],
  ['ended', 'stopped'],
  ['never-asked', 'stopped'],
  ['ended-then-asked', 'waiting'],
]

let land: TestLandlords
let web: Awaited<ReturnType<typeof createWeb>>
let url: string
let browser: TestBrowser
const recording = new Set<string>()
const people = new Map<string, Person>()
const all = person('derby-homes', 'housing-officer')
const north = person('derby-homes', 'housing-officer', ['North'])
const other = person('progress', 'operator')
let patched: Person

before(async () => {
  land = await testLandlords()
  const site = await place('Elm Court', 'North')
  const far = await place('Oak Court', 'South')
  patched = person('derby-homes', 'housing-officer', [`site:${far.site}`])
  for (const one of [all, north, other, patched]) people.set(one.username, one)
  for (const [n, [kind]] of kinds.entries())
    for (let i = 0; i < each; i += 1) await makeCamera(kind, i % 3 === 0 ? far : site, `${i} of ${n}`)
  web = await createWeb({
    routes: deskRoutes({
      sql: land.deps.sql,
      clock: land.clock,
      packs: land.packs,
      recorders: land.deps.recorders,
      cameraState: async (cameraId) =>
        ({
          cameraId,
          state: recording.has(cameraId) ? 'recording' : 'unknown',
          words: 'The recorder can’t be reached.',
          sinceMs: null,
          lastFrameMs: null,
          untilMs: null,
          mandateId: null,
          heardMs: null,
        }) satisfies CameraState,
      recordingCameras: () => [...recording],
      named: async () => new Map(),
      rolesHeld: async () => [],
      mail: null,
      demo: null,
    }),
    authenticate: async ({ session, bearer }) => people.get(session ?? bearer ?? '') ?? null,
    permits: (who, permission) =>
      able(
        land.packs.packOf(who.roles[0]!.provider),
        { roles: who.roles.map((r) => r.role), administrator: false },
        permission as never,
      ),
    healthy: async () => true,
    nav: [{ href: '/cameras', text: 'Cameras', permission: 'register.view' }],
    permissions: actions,
    clock: land.clock,
    log: silentLog,
    publicUrl: null,
    csrfSecret: 'a secret of thirty-two characters',
  })
  url = await web.listen({ port: 0, host: '127.0.0.1' })
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await web?.close()
  await land?.close()
})

type Place = { readonly site: string; readonly system: string }

async function place(name: string, area: string): Promise<Place> {
  const base = { provider: 'derby-homes', by: all.id, nowMs: noon }
  return await land.deps.sql.begin(async (tx) => {
    const site = await insertSite(tx, {
      ...base,
      name,
      address: ['1 Example Street'],
      kind: 'communal',
      timeZone: 'Europe/London',
      area,
    })
    const system = await insertSystem(tx, {
      ...base,
      siteId: site,
      name: 'Hallway',
      managerId: null,
      purposes: ['asb'],
    })
    return { site, system }
  })
}

/** Rows as authorisation writes them; the paths that lead there are tested in its own room. */
async function makeCamera(kind: string, at: Place, label: string): Promise<void> {
  const { owner } = land.db
  const camera = newId(noon)
  await owner`
    insert into register.camera (id, provider, system_id, label, position, created_at, created_by)
    values (${camera}, 'derby-homes', ${at.system}, ${`${kind} ${label}`}, 'There', ${noon}, ${all.id})`
  if (kind === 'never-asked') return
  if (kind === 'ended-then-asked') await deploy(camera, at, 'ended')
  const deployment = await deploy(camera, at, kind)
  if (kind === 'asked' || kind === 'ended-then-asked') return
  await mandate(camera, deployment, kind)
  if (kind.startsWith('stop'))
    await owner`
      insert into authorisation.stop (id, deployment_id, stopped_at, stopped_by, reason, lifted_at, lifted_by, lifted_reason)
      values (${newId(noon)}, ${deployment}, ${noon}, ${all.id}, 'A test', ${kind === 'stopped' ? null : noon},
              ${kind === 'stopped' ? null : all.id}, ${kind === 'stopped' ? null : 'Over'})`
  // What a recorder says doesn't make an ended authority lawful.
  if (!['silent'].includes(kind)) recording.add(camera)
}

let asked = 0
async function deploy(camera: string, at: Place, kind: string): Promise<string> {
  const id = newId(noon)
  asked += 1
  const ended = kind === 'ended' ? noon : null
  await land.db.owner`
    insert into authorisation.deployment
      (id, reference, provider, type, policy_version, site_id, system_id, camera_id, purposes, lawful_basis, reason,
       alternatives, from_day, until_day, removal_day, review_day, time_zone, proposed_by, proposed_at, ended_at, ended_cause)
    values (${id}, ${`D-2026-${String(asked).padStart(5, '0')}`}, 'derby-homes', 'home-temporary', ${land.packs.packOf('derby-homes').version},
       ${at.site}, ${at.system}, ${camera}, ${['asb']}, 'public-task', 'A reason', 'None', '2026-11-22', '2026-12-19',
       '2026-12-20', '2026-12-10', 'Europe/London', ${all.id}, ${noon - (kind === 'ended' ? 1 : 0)}, ${ended},
       ${ended === null ? null : 'withdrawn'})`
  return id
}

async function mandate(camera: string, deployment: string, kind: string): Promise<void> {
  const from = kind === 'not-yet' ? noon + 1 : noon - 1_000
  const over = kind === 'ended' || kind === 'mandate-ended'
  const type = kind === 'for-now' ? 'transitional' : kind === 'commissioning' ? 'commissioning' : 'ordinary'
  await land.db.owner`
    insert into authorisation.mandate
      (id, deployment_id, camera_id, recorder_id, counter, class, from_at, until_at, authority_until_at, retention_days,
       jws, certificate, issued_at, ended_at, ended_cause)
    values (${newId(noon)}, ${deployment}, ${camera}, ${newId(noon)}, 1, ${type}, ${from}, ${noon + 86_400_000},
       ${noon + 86_400_000}, 31, 'x', 'x', ${noon}, ${over ? noon : null}, ${over ? 'withdrawn' : null})`
}

type Line = { readonly id: string; readonly label: string; readonly state: CameraGroup }

const ask = async (who: Person, query = ''): Promise<readonly Line[]> => {
  const answer = await fetch(`${url}/api/v1/cameras${query}`, {
    headers: { authorization: `Bearer ${who.username}` },
  })
  assert.equal(answer.status, 200)
  return (await answer.json()) as Line[]
}
const askAll = async (who: Person, query = '?'): Promise<readonly Line[]> => {
  const lines: Line[] = []
  for (let page = 1; ; page += 1) {
    const found = await ask(who, `${query}&page=${page}`)
    if (found.length === 0) return lines
    lines.push(...found)
  }
}
async function at(who: Person): Promise<Visitor> {
  const visitor = await browser.visitor(url)
  await visitor.context.addCookies([{ name: 'overt_session', value: who.username, url }])
  return visitor
}

test('trouble comes first over all pages, and each camera stands where its own words say', async () => {
  const lines = await askAll(all)
  assert.equal(lines.length, kinds.length * each)
  assert.equal(new Set(lines.map((line) => line.id)).size, lines.length, 'no camera is on two pages')
  const ranks = lines.map((line) => cameraGroups.indexOf(line.state))
  assert.deepEqual(
    ranks,
    ranks.toSorted((a, b) => a - b),
  )
  const first = lines.slice(0, each).map((line) => line.label.split(' ')[0])
  assert.deepEqual(
    [...new Set(first)],
    ['silent'],
    'a mandate without pictures comes before one that is only for now',
  )
  for (const [kind, state] of kinds) {
    const these = lines.filter((line) => line.label.startsWith(`${kind} `))
    assert.equal(these.length, each, kind)
    assert.deepEqual([...new Set(these.map((line) => line.state))], [state], kind)
  }
})

test('a list can be narrowed by state, area, landlord and words, and what is no such choice shows all', async () => {
  const waiting = await askAll(all, '?state=waiting')
  assert.equal(waiting.length, each * kinds.filter(([, state]) => state === 'waiting').length)
  assert.ok(waiting.every((line) => line.state === 'waiting'))
  assert.equal((await askAll(all, '?area=South')).length, (each * kinds.length) / 3)
  assert.equal((await askAll(all, '?provider=progress')).length, 0)
  assert.equal((await askAll(all, '?text=never-asked')).length, each)
  assert.equal((await askAll(all, '?state=nonsense&area=&provider=')).length, each * kinds.length)
})

test('neither lines nor counts nor choices tell of cameras out of reach', async () => {
  const whole = each * kinds.length
  assert.equal((await askAll(north)).length, (whole / 3) * 2)
  assert.equal((await askAll(north, '?area=South')).length, 0)
  assert.equal((await askAll(patched)).length, whole / 3)
  assert.equal((await askAll(other)).length, 0)
  const page = await at(north)
  await page.visit('/cameras')
  await page.sees(`${(whole / 3) * 2} cameras:`)
  await page.doesNotSee('South')
  await page.doesNotSee('Oak Court')
  await page.close()
})

test('the page tells how many stand in which way over the whole list, in a browser', async () => {
  const page = await at(all)
  await page.visit('/cameras')
  await page.sees('288 cameras: 48 in trouble, 120 waiting, 72 stopped, 48 lawful and recording.')
  await page.picture('cameras')
  await page.pick('State', 'In trouble')
  await page.pick('Area', 'South')
  await page.press('Search')
  await page.sees(/Lawful, not recording/)
  await page.doesNotSee('Elm Court')
  await page.picture('cameras-narrowed')
  await page.fill('Camera, place or serial number', 'never-asked')
  await page.press('Search')
  await page.sees('Nothing found for “never-asked”')
  await page.picture('cameras-nothing')
  await page.visit('/cameras?page=6')
  await page.sees('288 in all, 50 on a page.')
  await page.close()
})
