import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import type { Person } from '#web/web.ts'
import {
  type CaseReach,
  closeCase,
  closeTask,
  findCase,
  listCases,
  openCase,
  openTask,
  tasksFor,
} from './casework.ts'

let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
after(async () => {
  await db.drop()
})

const nowMs = Date.parse('2026-11-22T12:00:00Z')
const holder = (provider: string, role: string, areas: readonly string[] = []): Person => ({
  id: newId(nowMs),
  name: 'A',
  username: 'a',
  roles: [{ provider, role, areas }],
  administrator: false,
  via: 'session',
})
const task = (change: object = {}) => ({
  kind: 'test.look',
  provider: 'p',
  title: 'Look at it',
  roles: ['warden'],
  about: { thing: newId(nowMs) },
  nowMs,
  ...change,
})

test('the same work is open once, however often it is asked for', async () => {
  const one = task()
  const ids = await Promise.all(
    [1, 2, 3].map(() => inTransaction(db.sql, (tx) => openTask(tx, { ...one, title: 'Look again' }))),
  )
  assert.equal(new Set(ids).size, 1)
  const closed = await inTransaction(db.sql, (tx) => closeTask(tx, { ...one, nowMs: nowMs + 1 }))
  assert.equal(closed, 1)
  const again = await inTransaction(db.sql, (tx) => openTask(tx, one))
  assert.notEqual(again, ids[0])
})

test('a task waits for those whose role reaches it, and for nobody else', async () => {
  const sees = async (person: Person, id: string) => (await tasksFor(db.sql, person)).some((t) => t.id === id)
  const open = (change: object) => inTransaction(db.sql, (tx) => openTask(tx, task(change)))
  const everywhere = await open({})
  const north = await open({ area: 'north' })
  const mine = holder('p', 'sweeper')
  const named = await open({ personId: mine.id, roles: [] })
  assert.equal(await sees(holder('p', 'warden'), everywhere), true)
  assert.equal(await sees(holder('p', 'warden', ['north']), north), true)
  assert.equal(await sees(holder('p', 'warden', ['south']), north), false)
  const [patchId, siteId] = [newId(nowMs), newId(nowMs)]
  const placed = await open({ area: 'north', patchId, siteId })
  for (const word of ['north', `patch:${patchId}`, `site:${siteId}`])
    assert.equal(await sees(holder('p', 'warden', ['south', word]), placed), true, word)
  for (const word of ['south', `patch:${siteId}`, `site:${patchId}`])
    assert.equal(await sees(holder('p', 'warden', [word]), placed), false, word)
  assert.equal(await sees(holder('q', 'warden', [`site:${siteId}`]), placed), false)
  assert.equal(await sees(holder('p', 'warden', ['north']), everywhere), false)
  assert.equal(await sees(holder('q', 'warden'), everywhere), false)
  assert.equal(await sees(holder('p', 'sweeper'), everywhere), false)
  assert.equal(await sees(mine, named), true)
  assert.equal(await sees(holder('p', 'warden'), named), false)
})

test('references count on without a gap or a double, each landlord and year for itself', async () => {
  const open = (provider: string, atMs: number) =>
    inTransaction(db.sql, (tx) =>
      openCase(tx, {
        provider,
        kind: 'antisocial-behaviour',
        title: 'Noise',
        theirReference: null,
        by: newId(nowMs),
        nowMs: atMs,
      }),
    )
  const made = await Promise.all(Array.from({ length: 12 }, () => open('p', nowMs)))
  assert.deepEqual(
    made.map((c) => c.reference).sort(),
    Array.from({ length: 12 }, (_, i) => `C-2026-${String(i + 1).padStart(4, '0')}`),
  )
  assert.equal((await open('q', nowMs)).reference, 'C-2026-0001')
  assert.equal((await open('p', Date.parse('2027-01-02T00:00:00Z'))).reference, 'C-2027-0001')
})

const at =
  (provider: string): CaseReach =>
  (sql) =>
    sql`c.provider = ${provider}`

test('a case out of reach looks the same as none', async () => {
  const made = await inTransaction(db.sql, (tx) =>
    openCase(tx, {
      provider: 'r',
      kind: 'crime',
      title: 'Broken door',
      theirReference: 'CR/77 50%',
      by: newId(nowMs),
      nowMs,
    }),
  )
  assert.equal((await findCase(db.sql, at('r'), made.reference))?.id, made.id)
  assert.equal(await findCase(db.sql, at('p'), made.id), null)
  assert.deepEqual(
    (await listCases(db.sql, at('r'), '50%')).map((c) => c.id),
    [made.id],
  )
  assert.deepEqual(await listCases(db.sql, at('p'), 'Broken'), [])
  const close = { id: made.id, by: newId(nowMs), nowMs }
  assert.equal(await inTransaction(db.sql, (tx) => closeCase(tx, close)), true)
  assert.equal(await inTransaction(db.sql, (tx) => closeCase(tx, close)), false)
})
