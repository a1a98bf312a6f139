/**
 * What the landlord decided where its policy is silent holds for what is asked for: places that are covered, people who
 * are asked and what they would pay. Method: the real steps on real PostgreSQL, decided in between.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openTask, tasksAbout } from '#casework/casework.ts'
import { inTransaction } from '#engine/engine.ts'
import { type PointValue, rolesFor } from '#policy/policy.ts'
import { evaluateAll } from './periodic.ts'
import { openConsultation, propose } from './steps.ts'
import { noon, person, type TestLandlords, testLandlords } from './test-landlord.ts'
import { codes, opening, placements, proposalFor, staffOf, value } from './test-placement.ts'

let land: TestLandlords
before(async () => {
  land = await testLandlords(['derby-homes', 'baseline'])
})
after(() => land?.close())

async function decide(slug: string, key: string, answer: PointValue): Promise<void> {
  const pack = land.packs.packOf(slug)
  // What was asked for before goes on under the answer before.
  land.clock.set(land.clock.nowMs() + 1_000)
  const made = await inTransaction(land.deps.sql, (tx) =>
    land.packs.decidePoint(tx, {
      slug,
      key,
      value: answer,
      reason: 'Decided again.',
      by: person(slug, 'policy-owner').id,
      roles: rolesFor(pack, 'policy.decide'),
      nowMs: land.clock.nowMs(),
    }),
  )
  assert.ok(made.ok, JSON.stringify(made))
  await land.packs.refresh()
}

test('a camera at a place that the landlord’s decision leaves out is refused, and one that it covers is not', async () => {
  const pack = land.packs.packOf('baseline')
  const proposer = staffOf(pack).able('deployment.propose')
  const [type] = pack.values.deploymentTypes
  const at = (siteKind: 'communal' | 'land') =>
    propose(land.deps, proposer, proposalFor(pack, type!.code, { siteKind, siteName: `A ${siteKind}` }))
  await decide('baseline', 'scope.sites', ['communal'])
  const refused = await at('land')
  assert.deepEqual(codes(refused), ['siteKind'])
  assert.match(refused.ok ? '' : refused.reasons[0]!.message, /does not cover places of this kind/)
  assert.equal(refused.ok ? '' : refused.reasons[0]!.clause, null, 'no clause says so')
  value(await at('communal'))
  await decide('baseline', 'scope.sites', ['communal', 'car-parks'])
  value(await at('land'))
})

test('the task of a step that is no longer asked for is done with: what the landlord has decided by now', async () => {
  const pack = land.packs.packOf('derby-homes')
  const officer = staffOf(pack).able('deployment.propose')
  const { id } = value(
    await propose(land.deps, officer, proposalFor(pack, 'communal-temporary', { siteName: 'Waiting' })),
  )
  const waiting = async () => (await tasksAbout(land.db.sql, { deployment: id })).map(({ kind }) => kind)
  await inTransaction(land.db.sql, (tx) =>
    openTask(tx, {
      kind: 'gate.landlord-decisions',
      provider: 'derby-homes',
      title: 'The landlord has yet to decide.',
      roles: ['area-housing-services-manager'],
      about: { deployment: id },
      dueMs: null,
      nowMs: land.clock.nowMs(),
    }),
  )
  await evaluateAll(land.deps, 'all')
  const left = await waiting()
  assert.ok(!left.includes('gate.landlord-decisions'), left.join())
  assert.ok(left.includes('gate.dpia'), 'what is still asked for stays')
})

test('people whom the landlord decided to ask are asked, about what they would pay, and somebody states the result', async () => {
  const type = 'communal-temporary'
  const staff = staffOf(land.packs.packOf('derby-homes'))
  const { stateOf, by, consult, standing } = placements(land)
  const officer = staff.able('deployment.propose')
  const asked = (siteName: string) =>
    propose(land.deps, officer, proposalFor(land.packs.packOf('derby-homes'), type, { siteName }))
  const { id: before } = value(await asked('Before'))
  assert.equal(await stateOf(before, 'consultation'), undefined, 'nobody was to be asked then')
  await decide('derby-homes', 'consult.residents', 'every-shared-camera')
  await decide('derby-homes', 'consult.service_charge', 'whole-service')
  const { id } = value(await asked('After'))
  assert.equal(await stateOf(id, 'consultation'), 'open')
  const free = { ...opening, yearlyCost: 0 }
  assert.deepEqual(codes(await openConsultation({ ...by(officer, id), ...free })), ['yearlyCost'])
  const fitter = staff.as('crime-prevention-installer')
  assert.deepEqual(codes(await openConsultation({ ...by(fitter, id), ...opening })), ['able'])
  const pack = (await standing(id)).pack
  const [role] = pack.values.consultation.resultBy.value
  await consult(id, pack, officer, staff.as(role!), role!)
  assert.equal((await standing(id)).file.consultation!.householdPence, 5001)
  land.clock.set(noon)
})
