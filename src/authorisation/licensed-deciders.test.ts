/**
 * Goal: under whg only a colleague with a licence and the special training, both in date, decides on a camera. Method:
 * the real steps on real PostgreSQL; the decider's records are taken away one by one.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Person } from '#web/web.ts'
import { decideApproval, factsMark } from './steps.ts'
import { person, type TestLandlords, testLandlords } from './test-landlord.ts'
import { placements, value } from './test-placement.ts'

let land: TestLandlords
before(async () => {
  land = await testLandlords(['whg'])
})
after(() => land?.close())

test('nobody approves without the licence and the training that the policy asks of deciders, in date and recorded here', async () => {
  const { live, standing, stateOf } = placements(land)
  const id = await live(land.packs.packOf('whg'), 'communal-new-build', 'approval')
  const decider = person('whg', 'licensed-decider')
  const approve = async (qualifications: Person['qualifications']) =>
    decideApproval({
      deps: land.deps,
      person: { ...decider, ...(qualifications === undefined ? {} : { qualifications }) },
      deploymentId: id,
      role: 'licensed-decider',
      decision: 'approve',
      reason: '',
      mark: factsMark((await standing(id)).file),
    })
  const licence = { provider: 'whg', code: 'sia-public-space' }
  const training = { provider: 'whg', code: 'deciding-on-cctv' }
  for (const [held, clauses] of [
    [[], ['whg-2.3-b', 'whg-2.3-c']],
    [[training], ['whg-2.3-b']],
    [[licence], ['whg-2.3-c']],
    [[{ ...licence, provider: 'progress' }, training], ['whg-2.3-b']],
  ] as const) {
    const refused = await approve(held)
    assert.ok(!refused.ok)
    assert.deepEqual(refused.reasons.map(({ clause }) => clause).sort(), clauses)
    assert.equal(await stateOf(id, 'approval:licensed-decider'), 'open')
  }
  value(await approve([licence, training]))
})
