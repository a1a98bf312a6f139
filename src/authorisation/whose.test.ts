/**
 * Goal: nobody gets round "somebody else must decide" by letting another press the button. Method: Derby Homes on its real
 * pack; people who hold two roles, as happens in small teams.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Result } from '#base/base.ts'
import type { Person } from '#web/web.ts'
import { standingOf } from './evaluate.ts'
import {
  answerDpia,
  decideApproval,
  factsMark,
  liftStop,
  propose,
  revise,
  stopDeployment,
  writeDpia,
} from './steps.ts'
import { homeProposal, person, type TestLandlords, testLandlords } from './test-landlord.ts'

let land: TestLandlords
before(async () => {
  land = await testLandlords(['derby-homes'])
})
after(async () => {
  await land.close()
})

const officer = person('derby-homes', 'housing-officer')
const asb = person('derby-homes', 'asb-manager')
const dpo = person('derby-homes', 'data-protection-officer')
const also = (who: Person, role: string, deputyFor: string | null = null): Person => ({
  ...who,
  roles: [...who.roles, { provider: 'derby-homes', role, areas: [], deputyFor }],
})

function value<T>(result: Result<T>): T {
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.reasons))
  return result.value
}
const codes = (result: Result<unknown>) => (result.ok ? [] : result.reasons.map((r) => r.code))
const clauses = (result: Result<unknown>) => (result.ok ? [] : result.reasons.map((r) => r.clause))
const by = (who: Person, deploymentId: string) => ({ deps: land.deps, person: who, deploymentId })
const standing = async (id: string) => (await standingOf(land.deps.sql, land.deps, id, land.clock.nowMs()))!
const asked = async () => value(await propose(land.deps, officer, homeProposal())).id

async function write(id: string, who: Person, submit: boolean): Promise<string> {
  const { pack } = await standing(id)
  const answers = Object.fromEntries(pack.values.dpia.questions.map((q) => [q.code, 'As far as needed.']))
  value(await writeDpia({ ...by(who, id), answers, submit }))
  return (await standing(id)).file.dpias[0]!.id
}
const accept = (who: Person, id: string, dpiaId: string) =>
  answerDpia({ ...by(who, id), dpiaId, outcome: 'accepted', reason: '', mark: null })
const approve = async (who: Person, id: string) =>
  decideApproval({
    ...by(who, id),
    role: 'asb-manager',
    decision: 'approve',
    reason: '',
    mark: factsMark((await standing(id)).file),
  })

test('who wrote any of an assessment does not accept it, whoever sent it', async () => {
  const id = await asked()
  const both = also(dpo, 'housing-officer')
  await write(id, both, false)
  const sent = await write(id, officer, true)
  assert.deepEqual(codes(await accept(both, id, sent)), ['dpia-not-author'])
  const standsIn = also(person('derby-homes', 'housing-officer'), 'data-protection-officer', both.id)
  assert.deepEqual(codes(await accept(standsIn, id, sent)), ['deputy-not-for-author'])
  value(await accept(person('derby-homes', 'data-protection-officer'), id, sent))
})

test('who changed a proposal does not approve it, whoever asked first', async () => {
  const id = await asked()
  const { version } = (await standing(id)).file.deployment
  value(await revise(land.deps, asb, id, { ...homeProposal({ reason: 'In my own words.' }), version }))
  value(await accept(dpo, id, await write(id, officer, true)))
  assert.deepEqual(codes(await approve(asb, id)), ['approve-not-proposer'])
  value(await approve(person('derby-homes', 'asb-manager'), id))
})

test('nobody who only stands in for the manager authorises the 28 days in a home', async () => {
  const id = await asked()
  value(await accept(dpo, id, await write(id, officer, true)))
  const away = person('derby-homes', 'asb-manager')
  const deputy = also(person('derby-homes', 'area-housing-services-manager'), 'asb-manager', away.id)
  assert.deepEqual(clauses(await approve(deputy, id)), ['derby-4.2.1-i'])
  const colleague = also(person('derby-homes', 'asb-manager'), 'asb-manager', away.id)
  value(await approve(colleague, id))
})

test('a stopped camera goes on only by the word of somebody who may approve it', async () => {
  const id = await asked()
  value(await stopDeployment({ ...by(officer, id), reason: '' }))
  const head = person('derby-homes', 'head-of-housing-management')
  assert.deepEqual(clauses(await liftStop({ ...by(head, id), reason: 'A mistake.' })), ['derby-4.2.1-d'])
  value(await liftStop({ ...by(asb, id), reason: 'A mistake.' }))
})
