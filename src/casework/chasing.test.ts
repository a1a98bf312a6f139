import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { newId } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { checkPack } from '#policy/policy.ts'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import {
  awaitedRoles,
  closeTask,
  escalateDue,
  type LateRules,
  openTask,
  tasksFor,
  toldOf,
} from './casework.ts'

let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
after(async () => {
  await db.drop()
})

const dayMs = 86_400_000
const nowMs = Date.parse('2026-11-22T12:00:00Z')
const packOf = (folder: string): LateRules =>
  checkPack(join(import.meta.dirname, '../../policies', folder)).pack!.values
const derby = packOf('derby-homes/2025-06-11')
const rules = new Map([['derby-homes', derby]])
const holder = (role: string, areas: readonly string[] = []) => ({
  id: newId(nowMs),
  roles: [{ provider: 'derby-homes', role, areas }],
})
const open = (change: object = {}) =>
  inTransaction(db.sql, (tx) =>
    openTask(tx, {
      kind: 'test.look',
      provider: 'derby-homes',
      title: 'Look at it',
      roles: ['housing-officer'],
      about: { thing: newId(nowMs) },
      dueMs: nowMs,
      nowMs,
      ...change,
    }),
  )
const escalate = (atMs: number) => escalateDue(db.sql, { nowMs: atMs, rules })
const seen = async (role: string, id: string, areas: readonly string[] = []) =>
  (await tasksFor(db.sql, holder(role, areas))).find((task) => task.id === id)
const afterDays = derby.work.escalateAfterDays.value

test('late work is told once to the roles above, and stays theirs whose it was', async () => {
  const id = await open()
  assert.equal(await escalate(nowMs + afterDays * dayMs - 1), 0)
  assert.equal(await seen('asb-manager', id), undefined)
  assert.equal(await escalate(nowMs + afterDays * dayMs), 1)
  assert.equal(await escalate(nowMs + (afterDays + 1) * dayMs), 0)
  const told = await seen('asb-manager', id)
  assert.equal(told?.own, false)
  assert.deepEqual(told?.escalatedTo, ['asb-manager'])
  assert.equal((await seen('housing-officer', id))?.own, true)
  const rows = await db.sql<{ leaf: string }[]>`
    select leaf from ledger.pending where leaf::jsonb ->> 'kind' = 'task.escalated'
    union all select leaf from ledger.entry where kind = 'task.escalated'`
  assert.equal(rows.filter(({ leaf }) => leaf.includes(id)).length, 1)
  assert.ok(!rows.some(({ leaf }) => leaf.includes('Look at it')), 'a title stands in the ledger')
})

test('who hears of late work sees no more of it than their role reaches', async () => {
  const north = await open({ area: 'north' })
  await escalate(nowMs + 30 * dayMs)
  assert.equal((await seen('asb-manager', north, ['north']))?.own, false)
  assert.equal(await seen('asb-manager', north, ['south']), undefined)
  assert.equal(await seen('policy-owner', north), undefined)
})

test('work that gets a later day is taken back, and what is done is on nobody’s list', async () => {
  const about = { thing: newId(nowMs) }
  const id = await open({ about })
  await escalate(nowMs + 30 * dayMs)
  assert.ok(await seen('asb-manager', id))
  await open({ about, dueMs: nowMs + 60 * dayMs })
  await escalate(nowMs + 31 * dayMs)
  assert.equal(await seen('asb-manager', id), undefined)
  await escalate(nowMs + 90 * dayMs)
  assert.ok(await seen('asb-manager', id))
  await inTransaction(db.sql, (tx) => closeTask(tx, { kind: 'test.look', about, nowMs }))
  assert.equal(await seen('asb-manager', id), undefined)
  assert.equal(await seen('housing-officer', id), undefined)
})

test('late work is told past a role that nobody holds who reaches it', async () => {
  const [first, second] = ['asb-manager', derby.dpoRole] as const
  assert.deepEqual(toldOf(derby, ['installer'], [first, second]), [first])
  assert.deepEqual(toldOf(derby, ['installer'], [second]), [second])
  assert.deepEqual(toldOf(derby, ['installer'], []), [first], 'nobody hears: the first, once somebody has it')
  assert.deepEqual(toldOf(derby, [second], [second]), [first], 'and never who is late')
  const south = await open({ area: 'south' })
  const rolesHeld = async () => [
    { role: first, areas: ['north'] },
    { role: second, areas: [] },
  ]
  await escalateDue(db.sql, { nowMs: nowMs + 30 * dayMs, rules, rolesHeld })
  assert.equal(await seen(first, south, ['south']), undefined)
  assert.deepEqual((await seen(second, south))?.escalatedTo, [second])
})

test('late work is never told only to those who are late', () => {
  assert.deepEqual(toldOf(derby, ['housing-officer']), ['asb-manager'])
  assert.deepEqual(toldOf(derby, ['asb-manager']), [derby.dpoRole])
  for (const folder of [
    'connexus/2023-11-01',
    'whg/2025-07-01',
    'progress/2025-01-01',
    'handcrafted/2025-05-07',
  ]) {
    const pack = packOf(folder)
    for (const late of [...pack.work.escalateTo.value, 'installer'])
      assert.ok(!toldOf(pack, [late]).includes(late), `${folder}: ${late} is told of its own lateness`)
  }
})

test('a landlord without a policy here has no late work told, and counts show no landlord but those asked for', async () => {
  const id = await open({ provider: 'elsewhere' })
  await escalate(nowMs + 90 * dayMs)
  const [row] = await db.sql<{ escalated: boolean }[]>`
    select escalated_at is not null as escalated from casework.task where id = ${id}`
  assert.equal(row!.escalated, false)
  const asked = { within: null, held: [], providers: ['elsewhere'], nowMs: nowMs + 1 }
  const waiting = await awaitedRoles(db.sql, asked)
  assert.deepEqual(
    waiting.map((one) => ({ ...one })),
    [{ provider: 'elsewhere', role: 'housing-officer', open: 1, overdue: 1, unreached: 1 }],
  )
  assert.deepEqual(await awaitedRoles(db.sql, { ...asked, providers: [] }), [])
  assert.deepEqual(
    await awaitedRoles(db.sql, { ...asked, within: [] }),
    [],
    'nor what lies beyond their reach',
  )
})
