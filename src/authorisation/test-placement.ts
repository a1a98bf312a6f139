/** For tests: a placement of any policy taken through its own steps, each by a person whose role has it. */
import assert from 'node:assert/strict'
import { addDays, type Result } from '#base/base.ts'
import { type Action, type Pack, rolesFor } from '#policy/policy.ts'
import type { Person } from '#web/web.ts'
import { standingOf } from './evaluate.ts'
import type { Proposal } from './proposal.ts'
import { recordReference } from './reference.ts'
import {
  answerChecklist,
  answerDpia,
  captureReference,
  connectCamera,
  decideApproval,
  factsMark,
  judgeReference,
  openConsultation,
  placeSign,
  probeCamera,
  propose,
  recordAgreement,
  recordAnswer,
  recordNewBuild,
  stateResult,
  writeDpia,
} from './steps.ts'
import { homeProposal, jpeg, person, recorderId, type TestLandlords } from './test-landlord.ts'

/** The day on which the test's clock begins. */
export const day0 = '2026-11-22'

export function value<T>(result: Result<T>): T {
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.reasons))
  return result.value
}
export const codes = (result: Result<unknown>) => (result.ok ? [] : result.reasons.map((r) => r.code))

/** One person for each role, the same all through a test. */
export function staffOf(pack: Pack) {
  const people = new Map<string, Person>()
  const as = (role: string): Person => {
    const known = people.get(role) ?? person(pack.provider, role)
    people.set(role, known)
    return known
  }
  const able = (action: Action, not: readonly Person[] = []): Person => {
    const role = rolesFor(pack, action).find((r) => !not.includes(as(r)))
    assert.ok(role, `${pack.provider}: nobody may ${action}`)
    return as(role)
  }
  return { as, able }
}

export function proposalFor(pack: Pack, code: string, change: Partial<Proposal> = {}): Proposal {
  const type = pack.values.deploymentTypes.find((t) => t.code === code)!
  // The purpose that the placement is for, where its first gate says so; else the policy's first.
  const purpose =
    pack.values.purposes.find((p) => p.code === 'access' && type.place === 'access') ??
    pack.values.purposes.find((p) => code !== 'home-temporary' || p.code !== 'access')!
  const until = type.permanence === 'temporary' ? addDays(day0, (type.maxDays.value ?? 20) - 1) : null
  return homeProposal({
    provider: pack.provider,
    type: code,
    siteName: `${pack.provider} ${code}`,
    siteKind: type.place === 'home' ? null : 'communal',
    purposes: [purpose.code],
    lawfulBasis: purpose.lawfulBases[0]!,
    incident: null,
    noOtherMeans: type.noOtherMeansNeeded.value ? true : null,
    fromDay: day0,
    untilDay: until,
    removalDay: until,
    reviewDay: until ?? '2027-11-22',
    ...change,
  })
}

export const opening = {
  payers: 'Flats 1 to 24',
  households: 24,
  cameras: 1,
  contacts: 'A. Example, Flat 1',
  ways: ['letter' as const, 'meeting' as const],
  opensOn: day0,
  closesOn: addDays(day0, 20),
  questions: ['Do you want it?', 'Would you pay for it?'],
  yearlyCost: 120_001,
}

/** The steps of one set of landlords. */
export function placements(land: TestLandlords) {
  const standing = async (id: string) => (await standingOf(land.deps.sql, land.deps, id, land.clock.nowMs()))!
  const stateOf = async (id: string, code: string) =>
    (await standing(id)).gates.find((g) => g.code === code)?.state
  const by = (who: Person, deploymentId: string) => ({ deps: land.deps, person: who, deploymentId })

  async function consult(
    id: string,
    pack: Pack,
    runner: Person,
    decider: Person,
    role: string,
  ): Promise<void> {
    value(await openConsultation({ ...by(runner, id), ...opening }))
    const answer = {
      stance: 'for' as const,
      cameOn: day0,
      way: 'letter' as const,
      who: 'A. Example',
      words: 'Yes.',
    }
    value(await recordAnswer({ ...by(runner, id), ...answer }))
    value(await recordAnswer({ ...by(runner, id), ...answer, stance: 'against' }))
    const counts = { for: 1, against: 1, comment: 0 }
    const result = { role, outcome: 'go-ahead' as const, reason: 'One each; the block was heard.', counts }
    assert.deepEqual(codes(await stateResult({ ...by(decider, id), ...result })), ['consultation-closed'])
    assert.equal(await stateOf(id, 'consultation'), 'open')
    land.clock.set(Date.parse(`${opening.closesOn}T23:00:00Z`))
    assert.deepEqual(codes(await stateResult({ ...by(decider, id), ...result })), ['consultation-closed'])
    land.clock.set(Date.parse(`${addDays(opening.closesOn, 1)}T12:00:00Z`))
    assert.equal(await stateOf(id, 'consultation'), 'open')
    assert.deepEqual(
      codes(await stateResult({ ...by(decider, id), ...result, counts: { for: 2, against: 0, comment: 0 } })),
      ['consultation-counted'],
    )
    const asker: Person = { ...runner, roles: [...runner.roles, ...decider.roles] }
    assert.ok(
      codes(await stateResult({ ...by(asker, id), ...result })).includes('consultation-not-proposer'),
      `${pack.provider}: whoever asked stated the result`,
    )
    value(await stateResult({ ...by(decider, id), ...result }))
    assert.equal(await stateOf(id, 'consultation'), 'met')
  }

  /** Written, sent, and accepted by somebody else. */
  async function assess(id: string, pack: Pack, staff: ReturnType<typeof staffOf>): Promise<void> {
    const author = staff.able('dpia.write')
    const answers = Object.fromEntries(pack.values.dpia.questions.map((q) => [q.code, 'As far as needed.']))
    value(await writeDpia({ ...by(author, id), answers, submit: true }))
    const dpia = (await standing(id)).file.dpias[0]!
    const dpo = staff.able('dpia.accept', [author])
    value(await answerDpia({ ...by(dpo, id), dpiaId: dpia.id, outcome: 'accepted', reason: '', mark: null }))
  }

  /** Every step that the placement has, each by a person whose role has it. */
  async function live(
    pack: Pack,
    code: string,
    leaveOut: string | null = null,
    change: Partial<Proposal> = {},
  ): Promise<string> {
    const staff = staffOf(pack)
    const type = pack.values.deploymentTypes.find((t) => t.code === code)!
    const has = (gate: string) => leaveOut !== gate && type.gates.some((g) => g.code === gate)
    const proposer = staff.able('deployment.propose')
    const { id } = value(await propose(land.deps, proposer, proposalFor(pack, code, change)))
    if (has('consultation') && code.includes('new-build'))
      value(
        await recordNewBuild({
          ...by(staff.able('consultation.run'), id),
          design: 'Drawing 7, stair A',
          firstTenancyDay: '2027-02-01',
        }),
      )
    else if (has('consultation')) {
      const role = pack.values.consultation.resultBy.value[0]!
      await consult(id, pack, proposer, staff.as(role), role)
    }
    if (has('dpia')) await assess(id, pack, staff)
    for (const approval of has('approval') ? type.approvals : [])
      value(
        await decideApproval({
          ...by(staff.as(approval.role), id),
          role: approval.role,
          decision: 'approve',
          reason: '',
          mark: factsMark((await standing(id)).file),
        }),
      )
    if (has('resident-agreement'))
      value(
        await recordAgreement({
          ...by(proposer, id),
          residentName: 'R. Example',
          how: 'in-writing',
          toldNotToTamper: true,
          day: day0,
        }),
      )
    await onSite(id, staff.able('deployment.install'), pack, leaveOut)
    return id
  }

  async function onSite(id: string, fitter: Person, pack: Pack, leaveOut: string | null): Promise<void> {
    const { camera } = (await standing(id)).file
    value(
      await connectCamera({
        ...by(fitter, id),
        recorderId,
        address: 'rtsp://192.0.2.10/main',
        username: '',
        password: '',
        noPassword: true,
        version: camera.version,
      }),
    )
    value(await probeCamera(by(fitter, id)))
    for (const place of leaveOut === 'signs' ? [] : pack.values.sign.places)
      value(await placeSign({ ...by(fitter, id), place: place.code, note: '', photo: jpeg }))
    if (leaveOut !== 'site-checklist')
      value(
        await answerChecklist({
          ...by(fitter, id),
          met: pack.values.siteChecklist.map((i) => i.code),
          notes: {},
          qualified: true,
          qualification: 'Card 4711',
          kit: ['Camera, M1, serial 1'],
        }),
      )
    const asked = await captureReference(by(fitter, id))
    if (!asked.ok) {
      assert.ok(leaveOut !== null, JSON.stringify(asked.reasons))
      return
    }
    const { referenceId } = value(
      await recordReference(land.deps, {
        deploymentId: id,
        jpeg,
        reelId: '01900000-0000-7000-8000-0000000000ff',
        atMs: land.clock.nowMs() + 1000,
      }),
    )
    value(await judgeReference({ ...by(fitter, id), referenceId, accepted: true }))
  }

  return { standing, stateOf, by, consult, assess, live }
}
