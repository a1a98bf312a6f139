import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId } from '#base/base.ts'
import { openTask } from '#casework/casework.ts'
import { inTransaction } from '#engine/engine.ts'
import { controlCounts, controls } from '#policy/policy.ts'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import { catalogue } from './ledger-catalogue.ts'
import { policyStanding } from './policy-standing.ts'

let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
after(async () => {
  await db.drop()
})

const nowMs = Date.parse('2026-11-22T12:00:00Z')
const monthMs = Date.parse('2026-11-01T00:00:00Z')
const derby = { slug: 'derby-homes', timeZone: 'Europe/London' }

test('what a control is counted by exists: the control, and each kind of ledger entry', () => {
  const wrong = Object.entries(controlCounts).flatMap(([id, line]) => [
    ...(controls.has(id) ? [] : [`there is no control ${id}`]),
    ...[...(line.uses ?? []), ...(line.breaches ?? [])]
      .filter((kind) => catalogue[kind.split(':')[0]!] === undefined)
      .map((kind) => `${id}: nobody writes ${kind}`),
  ])
  assert.deepEqual(wrong, [])
})

test('work that a rule asks for and that is late stands against that rule, at that landlord, without what it is about', async () => {
  const open = (provider: string, clause: string | null, dueMs: number) =>
    inTransaction(db.sql, (tx) =>
      openTask(tx, {
        kind: 'test.look',
        provider,
        title: 'Look at 14 Alder Row',
        roles: ['asb-manager'],
        about: { thing: newId(nowMs) },
        dueMs,
        clause,
        nowMs: monthMs,
      }),
    )
  await open('derby-homes', 'derby-4.2.5-a', nowMs - 1)
  await open('derby-homes', 'derby-4.2.5-a', nowMs + 1)
  await open('derby-homes', null, nowMs - 1)
  await open('progress', 'progress-7.1-a', nowMs - 1)
  const { troubles, exceptions } = await policyStanding(db.sql, derby, monthMs, nowMs)
  assert.deepEqual(troubles, [
    { clause: 'derby-4.2.5-a', control: null, words: '1 thing that it asks for is late.' },
  ])
  assert.deepEqual(exceptions, [])
})

test('work done late this month stands against its rule this month, and no longer in the next', async () => {
  const about = { thing: newId(nowMs) }
  await inTransaction(db.sql, (tx) =>
    openTask(tx, {
      kind: 'test.done',
      provider: 'whg',
      title: 'Look',
      roles: ['supervisor'],
      about,
      dueMs: monthMs + 1,
      clause: 'whg-6.1-b',
      nowMs: monthMs,
    }),
  )
  await db.sql`update casework.task set closed_at = ${nowMs - 1} where kind = 'test.done'`
  const whg = { slug: 'whg', timeZone: 'Europe/London' }
  assert.deepEqual(
    (await policyStanding(db.sql, whg, monthMs, nowMs)).troubles.map(({ words }) => words),
    ['1 thing that it asks for was done late.'],
  )
  const decemberMs = Date.parse('2026-12-01T00:00:00Z')
  assert.deepEqual((await policyStanding(db.sql, whg, decemberMs, decemberMs + 1)).troubles, [])
})

test('a hold and a leave to go on are exceptions in force, told by number and end', async () => {
  await db.sql`
    insert into footage.hold (id, provider, camera_id, from_at, to_at, owner_id, reason, made_at, ends_at, fragments, bytes)
    values (${newId(nowMs)}, 'derby-homes', ${newId(nowMs)}, ${nowMs - 9000}, ${nowMs - 5000}, ${newId(nowMs)}, 'A theft.',
      ${nowMs - 1000}, ${nowMs + 86_400_000}, 2, 100)`
  const { exceptions } = await policyStanding(db.sql, derby, monthMs, nowMs)
  assert.ok(
    exceptions.some(
      ({ control, words }) =>
        control === 'retention.at-most' &&
        words === '1 hold on deletion, each with an owner and an end; the last ends on 23 November 2026.',
    ),
    JSON.stringify(exceptions),
  )
})
