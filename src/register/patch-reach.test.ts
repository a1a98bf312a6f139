/**
 * Goal: somebody whose role reaches one patch learns nothing of what lies outside it, from no list, count, search hit,
 * map, export or history. Method: the same things inside and outside of one patch, asked for over HTTP by everybody's
 * rows; nothing outside has a word in common with what is inside.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import type { Person } from '#web/web.ts'
import { insertCamera } from './camera-store.ts'
import { insertSite } from './site-store.ts'
import { insertSystem } from './system-store.ts'
import { noon, person, type TestRegister, testRegister } from './test-register.ts'
import { insertVisit } from './visit-store.ts'

const everywhere = person('progress', 'system-manager')
const people = new Map<string, Person>([['maya', everywhere]])
let land: TestRegister
type Home = {
  readonly patch: string
  readonly site: string
  readonly system: string
  readonly camera: string
  readonly device: string
  readonly visit: string
}
let inside: Home
let outside: Home

before(async () => {
  land = await testRegister(people)
  inside = await furnish('Alder')
  outside = await furnish('Birch')
  // Two more outside, so that a count over all differs from a count within.
  for (const n of [1, 2]) await furnish(`Birch ${n}`)
  people.set('pia', person('progress', 'system-manager', [`patch:${inside.patch}`]))
  people.set('sid', person('progress', 'system-manager', [`site:${inside.site}`]))
  people.set('nil', person('progress', 'system-manager', ['Nowhere']))
})
after(() => land?.close())

const made = async (path: string, body: object): Promise<string> => {
  const answer = await land.post('maya', path, body)
  assert.equal(answer.status, 201, answer.text)
  return (answer.json() as { id: string }).id
}

/** One of everything in a patch of its own, each with this word in its name, in one area. */
async function furnish(word: string): Promise<Home> {
  const patch = await made('/patches/new', { name: `${word} patch`, area: 'South' })
  const base = { provider: 'progress', by: everywhere.id, nowMs: noon }
  const [site, system, camera] = await inTransaction(land.db.sql, async (tx) => {
    const siteId = await insertSite(tx, {
      ...base,
      name: `${word} Court`,
      address: [`1 ${word} Street`],
      kind: 'communal',
      timeZone: 'Europe/London',
      area: 'South',
      patchId: patch,
    })
    const systemId = await insertSystem(tx, {
      ...base,
      siteId,
      name: `${word} doors`,
      purposes: ['crime-asb'],
      managerId: null,
    })
    const cameraId = await insertCamera(tx, { ...base, systemId, label: `${word} door`, position: 'There' })
    return [siteId, systemId, cameraId] as const
  })
  await land.db.sql`update register.site set latitude = 52.9, longitude = -1.4 where id = ${site}`
  const device = await made('/devices/new', {
    provider: 'progress',
    kind: 'screen',
    owner: 'landlord',
    name: `${word} screen`,
    siteId: site,
    serial: `${word}-1`,
  })
  const supplier = newId(noon)
  await land.db.owner`
    insert into register.supplier (id, provider, name, does, processor, created_at, created_by)
    values (${supplier}, 'progress', 'A firm', array['maintain'], false, ${noon}, ${everywhere.id})
    on conflict do nothing`
  const visit = await inTransaction(land.db.sql, (tx) =>
    insertVisit(tx, {
      ...base,
      supplierId: supplier,
      siteId: site,
      systemId: null,
      engineer: `${word} Doe`,
      accountId: null,
      purpose: 'A look',
      supervisorId: newId(noon),
      fromMs: noon + 3_600_000,
      untilMs: noon + 7_200_000,
    }),
  )
  return { patch, site, system, camera, device, visit }
}

const pages = [
  '/register',
  '/register?text=Court',
  '/register?text=Birch',
  '/sites',
  '/sites?text=Birch',
  '/sites/map',
  '/systems',
  '/devices',
  '/patches',
  '/suppliers',
  '/estate/export/progress',
  '/estate/export/progress?format=json',
]

/** The page as its reader gets it, and the answer of the API: neither may tell more than the other. */
async function said(who: string, path: string): Promise<string> {
  const page = await fetch(`${land.url}${path}`, { headers: { cookie: `overt_session=${who}` } })
  const api = await land.get(who, path)
  return `${await page.text()}\n${api.status < 300 ? api.text : ''}`
}

test('no list, search, map or export names what lies outside of the patch, while it names what lies inside', async () => {
  for (const path of pages) {
    for (const who of ['pia', 'sid', 'nil']) {
      // What somebody typed stands in the field again.
      const text = (await said(who, path)).replaceAll(/value="Birch"|“Birch”|text=Birch|Search: Birch/g, '')
      assert.doesNotMatch(text, /Birch/, `${who} at ${path}`)
      for (const id of Object.values(outside)) assert.ok(!text.includes(id), `${who} at ${path}`)
    }
    if (!/Birch|suppliers/.test(path) && path !== '/register') {
      const kept = await said('pia', path)
      assert.match(kept, /Alder/, `pia at ${path}`)
    }
    assert.equal((await land.get('maya', path)).status, 200, path)
  }
})

test('counts are of what lies within reach', async () => {
  const counted = async (who: string) =>
    ((await land.get(who, '/register')).json() as { counts: Record<string, number> }).counts
  assert.deepEqual(await counted('maya'), { site: 4, system: 4, camera: 4, device: 4, supplier: 4 })
  for (const who of ['pia', 'sid'])
    assert.deepEqual(await counted(who), { site: 1, system: 1, camera: 1, device: 1, supplier: 0 }, who)
  assert.deepEqual(await counted('nil'), { site: 0, system: 0, camera: 0, device: 0, supplier: 0 })
  const hits = async (who: string, text: string) =>
    ((await land.get(who, `/register?text=${text}`)).json() as { total: number }).total
  assert.deepEqual(
    await Promise.all(['maya', 'pia', 'sid', 'nil'].map((who) => hits(who, 'Court'))),
    [16, 4, 4, 0],
  )
  const found = async (who: string) => (await land.get(who, '/sites')).json() as unknown
  assert.equal(JSON.stringify(await found('pia')).match(/"name"/g)?.length, 1)
  assert.match(await said('pia', '/patches'), /Alder patch/)
})

test('neither a page nor the history of a thing outside is there, and those inside are', async () => {
  for (const who of ['pia', 'sid'])
    for (const [what, path] of [
      ['site', 'sites'],
      ['system', 'systems'],
      ['device', 'devices'],
    ] as const)
      for (const [home, status] of [
        [inside, 200],
        [outside, 404],
      ] as const) {
        assert.equal((await land.get(who, `/${path}/${home[what]}`)).status, status, `${who} ${path}`)
        const history = await land.get(who, `/register/changes/${what}/${home[what]}`)
        assert.equal(history.status, status, `${who}: history of ${what}`)
      }
  for (const [home, status] of [
    [inside, 200],
    [outside, 404],
  ] as const) {
    assert.equal((await land.get('pia', `/register/changes/camera/${home.camera}`)).status, status)
    assert.equal((await land.get('pia', `/register/changes/patch/${home.patch}`)).status, status)
    assert.equal((await land.get('pia', `/visits/${home.visit}`)).status, status)
    assert.equal((await land.get('sid', `/visits/${home.visit}`)).status, status)
    assert.equal((await land.get('nil', `/register/changes/camera/${home.camera}`)).status, 404)
  }
})
