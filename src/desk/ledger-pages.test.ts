import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Home, manualClock, newId, openHome, silentLog } from '#base/base.ts'
import { parseTilePath, verifyCheckpoint } from '#formats/log/log.ts'
import {
  append,
  checkProof,
  erasePersonal,
  type LedgerKey,
  ledgerEvents,
  ledgerKey,
  type Sequencer,
  startSequencer,
} from '#ledger/ledger.ts'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import { createWeb, type Person } from '#web/web.ts'
import { ledgerRoutes } from './ledger-pages.ts'

const startMs = Date.UTC(2026, 10, 22, 12)
let db: TestDatabase
let home: Home
let key: LedgerKey
let sequencer: Sequencer
let web: Awaited<ReturnType<typeof createWeb>>
const reader = newId(startMs)
const camera = newId(startMs)
const elsewhere = newId(startMs)
const colleague = newId(startMs)

const people: Record<string, Person> = {
  all: { id: reader, name: 'Dee Officer', username: 'dee', roles: [], administrator: false, via: 'session' },
  narrow: { id: newId(startMs), name: 'N', username: 'n', roles: [], administrator: false, via: 'session' },
  derby: { id: newId(startMs), name: 'D', username: 'd', roles: [], administrator: false, via: 'session' },
}

before(async () => {
  db = await testDatabase({ upTo: 19 })
  home = await openHome(await mkdtemp(join(tmpdir(), 'overt-ledger-pages-')), 'landlord', startMs)
  key = await ledgerKey(home.path)
  sequencer = await startSequencer({ sql: db.sql, home, key, clock: manualClock(startMs), log: silentLog })
  web = await createWeb({
    routes: ledgerRoutes({
      sql: db.sql,
      key,
      describe: {
        ...ledgerEvents,
        'viewing.opened': ({ data }) => `A viewing of ${data['minutes']} minutes was opened.`,
      },
      providersOf: (person) =>
        person.username === 'dee' ? null : person.username === 'n' ? [] : ['derby-homes'],
      partOf: async (person) =>
        person.username === 'n'
          ? { things: [elsewhere], colleagues: [colleague] }
          : { things: [], colleagues: [] },
      peopleAt: async () => [people['derby']!.id],
      named: async (ids) =>
        new Map(ids.filter((id) => id === reader).map((id) => [id, { name: 'Dee Officer' }])),
      landlord: (slug) => slug,
      inTitles: (_slug, data) => data,
      hrefOf: (name, id) => (name === 'camera' ? `/cameras/${id}` : null),
      timeZone: 'Europe/London',
    }),
    authenticate: async ({ session, bearer }) => people[bearer ?? session ?? ''] ?? null,
    permits: (_, permission) => ({ allowed: permission === 'ledger.read', reasons: [] }),
    healthy: async () => true,
    nav: [],
    clock: manualClock(startMs),
    log: silentLog,
    publicUrl: null,
    csrfSecret: 'x'.repeat(40),
  })
})
after(async () => {
  await web.close()
  await sequencer.close()
  await db.drop()
  await rm(home.path, { recursive: true, force: true })
})

const record = async (n: number, over: object = {}): Promise<string> =>
  await db.sql.begin((tx) =>
    append(tx, {
      kind: 'viewing.opened',
      actor: reader,
      provider: 'derby-homes',
      about: { camera },
      data: { minutes: n },
      atMs: startMs + n * 1000,
      ...over,
    }),
  )

const get = (url: string, as = 'all') =>
  web.inject({ url: `/api/v1${url}`, headers: { authorization: `Bearer ${as}` } })
const see = (url: string, as = 'all') => web.inject({ url, cookies: { overt_session: as } })
type List = {
  entries: { number: number; data: { minutes: number }; words: string }[]
  older: number | null
  newer: number | null
}
const pageOf = async (url: string, as = 'all'): Promise<List> => (await get(url, as)).json() as List

test('entries are listed newest first, page by page there and back, in plain words', async () => {
  await Promise.all(Array.from({ length: 120 }, (_, n) => record(n)))
  await sequencer.flush()
  const first = await pageOf('/ledger')
  assert.equal(first.entries.length, 50)
  assert.equal(first.newer, null)
  assert.match(first.entries[0]!.words, /A viewing of \d+ minutes was opened/)
  const second = await pageOf(`/ledger?before=${first.older}`)
  const third = await pageOf(`/ledger?before=${second.older}`)
  assert.equal(third.older, null)
  const numbers = [first, second, third].flatMap((page) => page.entries.map((entry) => entry.number))
  assert.deepEqual(
    numbers,
    Array.from({ length: 121 }, (_, n) => 120 - n),
  )
  const back = await pageOf(`/ledger?after=${third.newer}`)
  assert.deepEqual(back.entries, second.entries)
  const top = await pageOf(`/ledger?after=${back.newer}`)
  assert.deepEqual(top.entries, first.entries)
  assert.equal(top.newer, null)
})

test('entries are found by what they are about, by kind, by person and by day', async () => {
  const other = newId(startMs)
  await record(7, { about: { system: other }, kind: 'camera.moved', atMs: startMs + 3 * 86_400_000 })
  await sequencer.flush()
  assert.equal((await pageOf(`/ledger?about=${other}`)).entries.length, 1)
  assert.equal((await pageOf(`/ledger?about=${newId(startMs)}`)).entries.length, 0)
  assert.equal((await pageOf(`/ledger?about=${reader}&kind=camera.moved`)).entries.length, 1)
  assert.equal((await pageOf('/ledger?from=2026-11-25&to=2026-11-25')).entries.length, 1)
  assert.equal((await pageOf('/ledger?from=2026-11-26')).entries.length, 0)
  // One from before the test's clock reads 2026-11-22 12:00; none earlier than that day.
  assert.equal((await pageOf('/ledger?to=2026-11-21')).entries.length, 0)
})

test('an entry of another landlord is neither listed nor opened', async () => {
  const id = await record(1, { provider: 'progress' })
  await sequencer.flush()
  assert.equal((await get(`/ledger/entries/${id}`)).statusCode, 200)
  assert.equal((await get(`/ledger/entries/${id}`, 'derby')).statusCode, 404)
  const seen = await pageOf('/ledger', 'derby')
  assert.ok(seen.entries.length > 0)
  assert.ok(!JSON.stringify(seen).includes(id))
  assert.equal(
    (await web.inject({ url: '/ledger/logs/2026/tile/entries/000.p/1', cookies: {}, headers: {} }))
      .statusCode >= 300,
    true,
  )
})

test('an entry’s page gives a proof that anybody can check, and shows what was erased as erased', async () => {
  const id = await record(2, { personal: { reason: 'Mr Smith <fell>' } })
  await sequencer.flush()
  const before = (await get(`/ledger/entries/${id}`)).json() as { proof: never; personal: object }
  assert.deepEqual(before.personal, { reason: 'Mr Smith <fell>' })
  assert.ok(checkProof(before.proof, key.publicKey).ok)
  const page = await see(`/ledger/entries/${id}`)
  assert.equal(page.statusCode, 200)
  assert.match(page.body, /Mr Smith &lt;fell&gt;/)
  await db.sql.begin((tx) =>
    erasePersonal(tx, id, 'reason', 'request', { actor: reader, provider: 'derby-homes', atMs: startMs }),
  )
  const after = (await get(`/ledger/entries/${id}`)).json() as {
    personal: object
    erased: object
    proof: never
  }
  assert.deepEqual(after.personal, {})
  assert.deepEqual(Object.keys(after.erased), ['reason'])
  assert.ok(checkProof(after.proof, key.publicKey).ok)
})

test('checkpoints are open to all; leaves and tiles are not', async () => {
  // What the looks before left to be numbered would make a newer checkpoint between two questions.
  await sequencer.flush()
  const note = await web.inject({ url: '/ledger/checkpoint' })
  assert.equal(note.statusCode, 200)
  const known = verifyCheckpoint(note.body, { name: `overt/${home.id}/2026`, publicKey: key.publicKey })
  assert.ok(known !== null && known.size > 120)
  assert.equal((await web.inject({ url: '/ledger/logs/2026/checkpoint' })).body, note.body)
  assert.equal((await web.inject({ url: '/ledger/logs/2031/checkpoint' })).statusCode, 404)
  for (const url of [
    '/ledger',
    '/ledger/logs/2026/tile/0/000.p/5',
    '/ledger/logs/2026/tile/entries/000.p/5',
  ]) {
    assert.notEqual((await web.inject({ url })).statusCode, 200, url)
  }
  assert.ok(parseTilePath('tile/0/000.p/5') !== null)
})

test('the pages are drawn: full, filtered to nothing, and the checkpoints with how to check', async () => {
  assert.match((await see('/ledger')).body, /A viewing of \d+ minutes was opened/)
  assert.match((await see('/ledger')).body, /Dee Officer/)
  assert.match((await see(`/ledger?about=${newId(startMs)}`)).body, /No entry matches/)
  assert.match((await see('/ledger/checkpoints')).body, new RegExp(`overt/${home.id}/2026`))
  assert.equal((await see('/ledger?before=nonsense')).statusCode, 422)
  const wrong = await see('/ledger?from-day=31&from-month=2&from-year=2026')
  assert.equal(wrong.statusCode, 422)
  assert.match(wrong.body, /must be a real date/)
  assert.match(wrong.body, /value="31"/)
})

test('the installation’s own entries are read with care: nobody learns what another landlord’s staff or cameras did', async () => {
  const [theirs, others] = [people['derby']!.id, newId(startMs)]
  const about = (mentioned: Record<string, string>, over: object = {}) =>
    record(1, { actor: null, provider: null, about: mentioned, ...over })
  const own = await about({ person: theirs })
  const foreign = await about({ person: others }, { actor: others })
  const anyone = await about({ recorder: newId(startMs) })
  const unplaced = await about({ camera })
  await sequencer.flush()
  const seen = async (id: string, as: string) => (await get(`/ledger/entries/${id}`, as)).statusCode
  for (const id of [own, foreign, anyone, unplaced]) assert.equal(await seen(id, 'all'), 200)
  assert.equal(await seen(own, 'derby'), 200)
  assert.equal(await seen(anyone, 'derby'), 200)
  assert.equal(await seen(foreign, 'derby'), 404)
  assert.equal(await seen(unplaced, 'derby'), 404)
  assert.deepEqual((await pageOf(`/ledger?about=${others}`, 'derby')).entries, [])
  assert.equal((await pageOf(`/ledger?about=${theirs}`, 'derby')).entries.length, 1)
})

test('whose role reaches a part of a landlord reads the entries about that part, and finds no other', async () => {
  const there = await record(1, { about: { camera: elsewhere } })
  const here = await record(2)
  const aboutThem = await record(3, { about: { person: colleague } })
  await record(4, { actor: colleague })
  await record(5, { about: { person: reader } })
  await sequencer.flush()
  type Read = { entries: { id: string; provider: string | null }[] }
  const { entries } = (await get('/ledger', 'narrow')).json() as Read
  assert.deepEqual(
    entries.filter(({ provider }) => provider !== null).map(({ id }) => id),
    [aboutThem, there],
  )
  assert.equal((await get(`/ledger/entries/${there}`, 'narrow')).statusCode, 200)
  assert.equal((await get(`/ledger/entries/${here}`, 'narrow')).statusCode, 404)
  assert.equal((await see(`/ledger/entries/${here}/proof`, 'narrow')).statusCode, 404)
  assert.deepEqual((await pageOf(`/ledger?about=${camera}`, 'narrow')).entries, [])
})
