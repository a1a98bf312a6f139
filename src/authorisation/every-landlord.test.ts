/**
 * Goal: under each of the five policies, each kind of placement gets its mandate through its own steps, and through all of
 * them: one step left out and there is none. Method: real PostgreSQL, the real packs, people who hold one role each,
 * taken from what the pack itself says who may do.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { addDays, type Result } from '#base/base.ts'
import { type Action, type Pack, rolesFor } from '#policy/policy.ts'
import type { Person } from '#web/web.ts'
import { standingOf } from './evaluate.ts'
import { mandateBundleFor } from './mandates.ts'
import { evaluateAll } from './periodic.ts'
import type { Proposal } from './proposal.ts'
import { recordReference } from './reference.ts'
import {
  answerChecklist,
  answerDpia,
  captureReference,
  connectCamera,
  decideApproval,
  eraseFromConsultation,
  factsMark,
  handChargeOver,
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
import {
  homeProposal,
  jpeg,
  noon,
  person,
  recorderId,
  type TestLandlords,
  testLandlords,
} from './test-landlord.ts'

const slugs = ['derby-homes', 'connexus', 'whg', 'progress', 'handcrafted']
/** What each policy has: a new kind of placement joins the test by itself, a lost one fails it. */
const placements: Readonly<Record<string, readonly string[]>> = {
  'derby-homes': ['home-temporary', 'communal-temporary'],
  connexus: ['communal-permanent', 'home-temporary', 'access-system'],
  whg: ['communal-permanent', 'communal-new-build'],
  progress: ['communal-permanent', 'communal-temporary'],
  handcrafted: ['communal-permanent', 'house-doorbell'],
}
const day0 = '2026-11-22'

let land: TestLandlords
before(async () => {
  land = await testLandlords(slugs)
})
after(async () => {
  await land.close()
})

function value<T>(result: Result<T>): T {
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.reasons))
  return result.value
}
const codes = (result: Result<unknown>) => (result.ok ? [] : result.reasons.map((r) => r.code))

/** One person for each role, the same all through a test. */
function staffOf(pack: Pack) {
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

const standing = async (id: string) => (await standingOf(land.deps.sql, land.deps, id, land.clock.nowMs()))!
const stateOf = async (id: string, code: string) =>
  (await standing(id)).gates.find((g) => g.code === code)?.state
const by = (who: Person, deploymentId: string) => ({ deps: land.deps, person: who, deploymentId })

function proposalFor(pack: Pack, code: string, change: Partial<Proposal> = {}): Proposal {
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

const opening = {
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

async function consult(id: string, pack: Pack, runner: Person, decider: Person, role: string): Promise<void> {
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

/** Every step that the placement has, each by a person whose role has it. */
async function live(pack: Pack, code: string, leaveOut: string | null = null): Promise<string> {
  const staff = staffOf(pack)
  const type = pack.values.deploymentTypes.find((t) => t.code === code)!
  const has = (gate: string) => leaveOut !== gate && type.gates.some((g) => g.code === gate)
  const proposer = staff.able('deployment.propose')
  const { id } = value(await propose(land.deps, proposer, proposalFor(pack, code)))
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
  if (has('dpia')) {
    const author = staff.able('dpia.write')
    const answers = Object.fromEntries(pack.values.dpia.questions.map((q) => [q.code, 'As far as needed.']))
    value(await writeDpia({ ...by(author, id), answers, submit: true }))
    const dpia = (await standing(id)).file.dpias[0]!
    const dpo = staff.able('dpia.accept', [author])
    value(await answerDpia({ ...by(dpo, id), dpiaId: dpia.id, outcome: 'accepted', reason: '', mark: null }))
  }
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

describe('every kind of placement of every policy', () => {
  for (const [slug, types] of Object.entries(placements)) {
    test(`${slug}: the test knows every one`, () => {
      const known = land.packs.packOf(slug).values.deploymentTypes.map((t) => t.code)
      assert.deepEqual([...types].sort(), [...known].sort())
    })
    for (const code of types)
      test(`${slug}, ${code}: comes to a mandate by its own steps`, async () => {
        land.clock.set(noon)
        const pack = land.packs.packOf(slug)
        const id = await live(pack, code)
        const { file, gates } = await standing(id)
        assert.deepEqual(
          gates.filter((g) => g.state !== 'met'),
          [],
        )
        const bundle = await mandateBundleFor(land.deps.sql, file.camera.id)
        assert.ok(bundle, `${slug} ${code} has no mandate`)
        assert.equal(file.mandates.filter((m) => m.class === 'ordinary' && m.ended === null).length, 1)
      })
  }

  for (const [slug, types] of Object.entries(placements))
    for (const code of types)
      test(`${slug}, ${code}: has no mandate with one of its steps left out`, async () => {
        const pack = land.packs.packOf(slug)
        const type = pack.values.deploymentTypes.find((t) => t.code === code)!
        const leavable = ['consultation', 'dpia', 'resident-agreement', 'signs', 'site-checklist', 'approval']
        for (const gate of type.gates.map((g) => g.code).filter((g) => leavable.includes(g))) {
          land.clock.set(noon)
          const early = gate === 'dpia' && type.approvals.length > 0
          if (early) continue // then nobody can approve: told in the deny cases of the pack
          const id = await live(pack, code, gate)
          const { camera } = (await standing(id)).file
          assert.equal(
            await mandateBundleFor(land.deps.sql, camera.id),
            null,
            `${slug} ${code} without ${gate}`,
          )
        }
      })
})

describe('a consultation', () => {
  test('asks long enough, about a cost, inside its days, and counts for as many cameras as it asked about', async () => {
    land.clock.set(noon)
    const pack = land.packs.packOf('connexus')
    const staff = staffOf(pack)
    const officer = staff.as('housing-officer')
    const decider = staff.as('line-manager')
    const proposal = proposalFor(pack, 'communal-permanent', { siteName: 'Long Court' })
    const { id } = value(await propose(land.deps, officer, proposal))
    const refused = await openConsultation({
      ...by(officer, id),
      ...opening,
      closesOn: addDays(day0, 3),
      yearlyCost: 0,
    })
    assert.deepEqual(codes(refused).sort(), ['closesOn', 'yearlyCost'])
    assert.equal(
      refused.ok ? '' : refused.reasons.find((r) => r.code === 'yearlyCost')!.clause,
      'connexus-3.3-b',
    )
    assert.deepEqual(codes(await openConsultation({ ...by(staff.as('installer'), id), ...opening })), [
      'able',
    ])
    await consult(id, pack, officer, decider, 'line-manager')
    const { consultation } = (await standing(id)).file
    assert.equal(consultation!.householdPence, 5001)
    const late = { stance: 'for' as const, cameOn: day0, way: 'letter' as const, who: null, words: null }
    assert.deepEqual(codes(await recordAnswer({ ...by(officer, id), ...late })), ['consultation'])

    // A second camera of the same system was not asked about.
    const { siteId } = (await standing(id)).file.deployment
    const { id: second } = value(
      await propose(land.deps, officer, {
        ...proposal,
        siteId,
        cameraLabel: 'Second camera',
        fromDay: '2026-12-13',
      }),
    )
    assert.equal((await standing(second)).file.consultation, null)
    assert.equal(await stateOf(second, 'consultation'), 'open')

    value(await handChargeOver(by(officer, id)))
    assert.deepEqual(codes(await handChargeOver(by(officer, id))), ['charge'])
  })

  test('against the camera blocks it, until another one says otherwise', async () => {
    land.clock.set(noon)
    const pack = land.packs.packOf('whg')
    const staff = staffOf(pack)
    const asker = staff.as('colleague')
    const proposal = proposalFor(pack, 'communal-permanent', { siteName: 'No Court' })
    const { id } = value(await propose(land.deps, asker, proposal))
    value(await openConsultation({ ...by(asker, id), ...opening }))
    assert.deepEqual(codes(await openConsultation({ ...by(asker, id), ...opening })), ['consultation'])
    land.clock.set(Date.parse('2026-12-20T12:00:00Z'))
    const result = {
      ...by(staff.as('licensed-decider'), id),
      role: 'licensed-decider',
      outcome: 'no' as const,
      reason: 'Nobody wants to pay.',
      counts: { for: 0, against: 0, comment: 0 },
    }
    value(await stateResult(result))
    assert.equal(await stateOf(id, 'consultation'), 'blocked')
    assert.deepEqual(codes(await stateResult(result)), ['consultation'])
    const again = { ...opening, opensOn: '2026-12-20', closesOn: '2027-01-20' }
    value(await openConsultation({ ...by(asker, id), ...again }))
    assert.equal(await stateOf(id, 'consultation'), 'open')
    land.clock.set(noon)
  })

  test('forgets who was asked and who answered, and keeps that they did', async () => {
    land.clock.set(noon)
    const pack = land.packs.packOf('connexus')
    const staff = staffOf(pack)
    const officer = staff.as('housing-officer')
    const proposal = proposalFor(pack, 'communal-permanent', { siteName: 'Quiet Court' })
    const { id } = value(await propose(land.deps, officer, proposal))
    value(await openConsultation({ ...by(officer, id), ...opening }))
    const answer = {
      stance: 'against' as const,
      cameOn: day0,
      way: 'visit' as const,
      who: 'B. Example',
      words: 'No.',
    }
    const { answerId } = value(await recordAnswer({ ...by(officer, id), ...answer }))
    value(await eraseFromConsultation({ ...by(officer, id), answerId }))
    value(await eraseFromConsultation({ ...by(officer, id), answerId: null }))
    assert.deepEqual(codes(await eraseFromConsultation({ ...by(officer, id), answerId })), ['erased'])
    const { consultation } = (await standing(id)).file
    assert.deepEqual(consultation!.counts, { for: 0, against: 1, comment: 0 })
    const left = await land.db.owner<{ n: number }[]>`
      select count(*)::int as n from authorisation.consultation_answer a
      join authorisation.consultation c on c.id = a.consultation_id
      where c.deployment_id = ${id} and (a.who is not null or a.words is not null or c.contacts is not null)`
    assert.equal(left[0]!.n, 0)
  })

  test('is not needed for a new building, but only before anybody lives there', async () => {
    land.clock.set(noon)
    const pack = land.packs.packOf('whg')
    const staff = staffOf(pack)
    const runner = staff.as('colleague')
    const { id } = value(
      await propose(land.deps, runner, proposalFor(pack, 'communal-new-build', { siteName: 'New Court' })),
    )
    const given = { ...by(runner, id), design: 'Drawing 7' }
    const refused = await recordNewBuild({ ...given, firstTenancyDay: day0 })
    assert.deepEqual(codes(refused), ['firstTenancyDay'])
    assert.equal(refused.ok ? '' : refused.reasons[0]!.clause, 'whg-2.9-a')
    value(await recordNewBuild({ ...given, firstTenancyDay: '2026-12-24' }))
    assert.equal(await stateOf(id, 'consultation'), 'met')
    // The work took longer: people moved in first.
    land.clock.set(Date.parse('2026-12-24T09:00:00Z'))
    await evaluateAll(land.deps, 'waiting')
    assert.equal(await stateOf(id, 'consultation'), 'open')
    const other = value(
      await propose(
        land.deps,
        runner,
        proposalFor(pack, 'communal-permanent', {
          siteName: 'Old Court',
          fromDay: '2026-12-24',
          reviewDay: '2027-12-24',
        }),
      ),
    )
    assert.deepEqual(
      codes(await recordNewBuild({ ...by(runner, other.id), design: 'x', firstTenancyDay: '2027-06-01' })),
      ['newBuild'],
    )
    land.clock.set(noon)
  })
})
