/**
 * Goal: a system keeps pictures for as long as its purpose needs, and never for longer than the policy allows. Method: a
 * real camera under Progress's policy (31 days); its system is told to keep less, and what a recorder is told and the keys
 * are made for is looked at.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inTransaction } from '#engine/engine.ts'
import { findSystem, updateSystem } from '#register/register.ts'
import { retentionOf } from './mandates.ts'
import { evaluateAll } from './periodic.ts'
import { noon, type TestLandlords, testLandlords } from './test-landlord.ts'
import { day0, placements } from './test-placement.ts'

let land: TestLandlords
before(async () => {
  land = await testLandlords(['progress'])
})
after(async () => {
  await land.close()
})

async function keep(systemId: string, days: number | null, from: string | null) {
  await inTransaction(land.deps.sql, async (tx) => {
    const before = (await findSystem(tx, systemId))!
    assert.ok(await updateSystem(tx, { ...before, retentionDays: days, retentionFrom: from }))
  })
  await evaluateAll(land.deps, 'all')
}

test('a system that keeps less is told to its recorder, and what was recorded before keeps its days', async () => {
  land.clock.set(noon)
  const { standing, live } = placements(land)
  const id = await live(land.packs.packOf('progress'), 'communal-permanent')
  const { camera, system } = (await standing(id)).file
  const told = async () =>
    (await standing(id)).file.mandates.find((m) => m.class === 'ordinary' && m.ended === null)!.retentionDays
  const kept = async (day: string) => (await retentionOf(land.deps.sql, land.deps.packs, camera.id, day)).days
  assert.equal(await told(), 31)
  land.clock.set(noon + 2 * 86_400_000)
  await keep(system.id, 7, '2026-11-24')
  assert.equal(await told(), 7)
  assert.deepEqual([await kept(day0), await kept('2026-11-24'), await kept('2026-12-20')], [31, 7, 7])
})

test('a system never keeps more than the policy allows, whatever its record says', async () => {
  land.clock.set(noon)
  const { standing, live } = placements(land)
  const id = await live(land.packs.packOf('progress'), 'communal-permanent')
  const { camera, system } = (await standing(id)).file
  await keep(system.id, 400, day0)
  const mandates = (await standing(id)).file.mandates.filter((m) => m.class === 'ordinary')
  assert.ok(mandates.every((m) => m.retentionDays <= 31))
  assert.equal((await retentionOf(land.deps.sql, land.deps.packs, camera.id, day0)).days, 31)
})
