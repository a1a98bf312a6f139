/**
 * Goal: a camera gets a mandate only when every gate of its landlord's policy is closed by the right people, each
 * refusal says why, and authority ends at the instant it is recorded. Method: real PostgreSQL, the two real packs,
 * real keys; the recorder's answers are given by hand.
 *
 * It stays whole past 400 lines: one camera's life, told in order by the same few people.
 */
import assert from 'node:assert/strict'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Result, silentLog } from '#base/base.ts'
import { tasksFor } from '#casework/casework.ts'
import { inTransaction } from '#engine/engine.ts'
import { verifyMandate, verifyWithdrawal } from '#formats/mandate/mandate.ts'
import { openProviders } from '#providers/providers.ts'
import { insertSite, reachOf } from '#register/register.ts'
import type { Person } from '#web/web.ts'
import { seen } from './asking.ts'
import { standingOf } from './evaluate.ts'
import { authorityIntervals, mandateAt, mandateBundleFor, retentionOf, withdrawalFor } from './mandates.ts'
import { mayOf } from './pages/standing-words.ts'
import { evaluateAll, expireDue, recordOverrun } from './periodic.ts'
import { answersFrom } from './propose.ts'
import { lookAtReference, recordReference } from './reference.ts'
import { runningAuthorities } from './running.ts'
import {
  answerChecklist,
  answerDpia,
  captureReference,
  connectCamera,
  decideApproval,
  factsMark,
  judgeReference,
  liftStop,
  placeSign,
  probeCamera,
  proposalSchema,
  propose,
  recordAgreement,
  recordRemoval,
  reportSignMissing,
  revise,
  stopDeployment,
  takeSignAway,
  withdrawAgreement,
  withdrawApproval,
  writeDpia,
} from './steps.ts'
import { deleteDraft, findDraft, insertDraft, listDeployments } from './store.ts'
import {
  administrator,
  homeProposal,
  jpeg,
  noon,
  person,
  recorderId,
  type TestLandlords,
  testLandlords,
} from './test-landlord.ts'

let land: TestLandlords
before(async () => {
  land = await testLandlords()
})
after(async () => {
  await land.close()
})

const officer = person('derby-homes', 'housing-officer')
const asb = person('derby-homes', 'asb-manager')
const area = person('derby-homes', 'area-housing-services-manager')
const dpo = person('derby-homes', 'data-protection-officer')
const fitter = person('derby-homes', 'crime-prevention-installer')
const stranger = person('progress', 'system-manager')

function value<T>(result: Result<T>): T {
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.reasons))
  return result.value
}
const codes = (result: Result<unknown>) => (result.ok ? [] : result.reasons.map((r) => r.code))
const clauses = (result: Result<unknown>) => (result.ok ? [] : result.reasons.map((r) => r.clause))

const by = (who: Person, deploymentId: string) => ({ deps: land.deps, person: who, deploymentId })
const standing = async (id: string) => (await standingOf(land.deps.sql, land.deps, id, land.clock.nowMs()))!
const mark = async (id: string) => factsMark((await standing(id)).file)
const gatesOf = async (id: string) =>
  Object.fromEntries((await standing(id)).gates.map((g) => [g.code, g.state]))

async function assess(id: string, author: Person, officerOfData: Person) {
  const { pack } = await standing(id)
  const answers = Object.fromEntries(pack.values.dpia.questions.map((q) => [q.code, 'As far as needed.']))
  value(await writeDpia({ ...by(author, id), answers, submit: true }))
  const dpia = (await standing(id)).file.dpias[0]!
  return answerDpia({
    ...by(officerOfData, id),
    dpiaId: dpia.id,
    outcome: 'accepted',
    reason: '',
    mark: null,
  })
}
const approve = async (who: Person, id: string, role: string, seenMark?: string) =>
  decideApproval({
    ...by(who, id),
    role,
    decision: 'approve',
    reason: '',
    mark: seenMark ?? (await mark(id)),
  })

/** Everything on site, to the accepted reference picture. */
async function install(id: string, who: Person) {
  const { file, pack } = await standing(id)
  value(
    await connectCamera({
      ...by(who, id),
      recorderId,
      address: 'rtsp://viewer:secret@192.0.2.10:554/main',
      username: '',
      password: '',
      noPassword: false,
      version: file.camera.version,
    }),
  )
  value(await probeCamera(by(who, id)))
  for (const place of pack.values.sign.places)
    value(await placeSign({ ...by(who, id), place: place.code, note: '', photo: jpeg }))
  value(
    await answerChecklist({
      ...by(who, id),
      met: pack.values.siteChecklist.map((i) => i.code),
      notes: {},
      qualified: true,
      qualification: 'Card 4711',
      kit: ['Camera, M1, serial 1'],
    }),
  )
  value(await captureReference(by(who, id)))
  const taken = value(
    await recordReference(land.deps, {
      deploymentId: id,
      jpeg,
      reelId: '01900000-0000-7000-8000-0000000000ff',
      atMs: land.clock.nowMs() + 1000,
    }),
  )
  return judgeReference({ ...by(who, id), referenceId: taken.referenceId, accepted: true })
}

async function liveHome(change = {}) {
  const { id } = value(await propose(land.deps, officer, homeProposal(change)))
  value(await assess(id, officer, dpo))
  value(
    await recordAgreement({
      ...by(officer, id),
      residentName: 'R. Example',
      how: 'in-writing',
      toldNotToTamper: true,
      day: '2026-11-22',
    }),
  )
  value(await approve(asb, id, 'asb-manager'))
  assert.equal(value(await install(id, fitter)).live, true)
  return id
}

test('when the last gate closes a mandate is signed that a recorder takes, and no sooner', async () => {
  const { id } = value(await propose(land.deps, officer, homeProposal()))
  const { camera } = (await standing(id)).file
  assert.equal(await mandateBundleFor(land.deps.sql, camera.id), null)
  const refusal = await approve(asb, id, 'asb-manager')
  assert.deepEqual(codes(refusal), ['approve-after-dpia'])
  assert.deepEqual(clauses(refusal), ['derby-4.2.5-b'])
  value(await assess(id, officer, dpo))
  value(await approve(asb, id, 'asb-manager'))
  const early = await captureReference(by(fitter, id))
  assert.deepEqual(codes(early).sort(), ['recorder', 'resident-agreement'])
  value(
    await recordAgreement({
      ...by(fitter, id),
      residentName: 'R. Example',
      how: 'in-person',
      toldNotToTamper: true,
      day: '2026-11-22',
    }),
  )
  assert.equal(value(await install(id, fitter)).live, true)

  const bundle = (await mandateBundleFor(land.deps.sql, camera.id))!
  const mandate = value(
    verifyMandate({
      jws: bundle.jws,
      certificate: bundle.certificate,
      rootKey: land.deps.keys.rootKey,
      nowMs: land.clock.nowMs(),
      lastCounter: 0,
      recorder: recorderId,
    }),
  )
  assert.equal(mandate.class, 'ordinary')
  assert.equal(mandate.untilMs, Date.parse('2026-12-20T00:00:00Z'))
  assert.equal(mandate.keys.length, 28)
  assert.equal(mandate.audio, false)
  assert.equal(mandate.retentionDays, land.packs.packOf('derby-homes').values.retentionDays.value)
  assert.ok(mandate.basis.clauses.includes('derby-4.2.1-d'))
  assert.equal(mandate.basis.signs.length, land.packs.packOf('derby-homes').values.sign.places.length)
  assert.deepEqual(new Set(Object.values(await gatesOf(id))), new Set(['met']))
})

test('a commissioning mandate is thirty minutes, one still, and ends with it', async () => {
  const id = await liveHome()
  const { mandates } = (await standing(id)).file
  const commissioning = mandates.find((m) => m.class === 'commissioning')!
  assert.equal(commissioning.ended?.cause, 'reference-taken')
  assert.equal(commissioning.untilMs - commissioning.fromMs, 30 * 60_000)
  const again = await recordReference(land.deps, {
    deploymentId: id,
    jpeg,
    reelId: commissioning.id,
    atMs: land.clock.nowMs(),
  })
  assert.deepEqual(codes(again), ['reference'])
})

test('never the proposer, never one person twice, and only the roles named', async () => {
  const proposal = homeProposal({
    type: 'communal-temporary',
    siteName: 'Block C',
    siteKind: 'communal',
    noOtherMeans: null,
  })
  const { id } = value(await propose(land.deps, asb, proposal))
  value(await assess(id, officer, dpo))
  assert.deepEqual(codes(await approve(asb, id, 'asb-manager')), ['approve-not-proposer'])
  assert.deepEqual(codes(await approve(officer, id, 'asb-manager')), ['communal-approval', 'able'])
  const both: Person = {
    ...area,
    roles: [...area.roles, { provider: 'derby-homes', role: 'asb-manager', areas: [] }],
  }
  value(await approve(both, id, 'area-housing-services-manager'))
  assert.deepEqual(clauses(await approve(both, id, 'asb-manager')), ['derby-4.3.1-c'])
  assert.equal((await gatesOf(id))['approval:asb-manager'], 'open')
  value(await approve(person('derby-homes', 'asb-manager'), id, 'asb-manager'))
  assert.equal((await gatesOf(id))['approval:asb-manager'], 'met')
})

test('a deputy approves for somebody absent and is named as such, but not what the absent person asked for or agreed to', async () => {
  const proposal = homeProposal({
    type: 'communal-temporary',
    siteName: 'Block D',
    siteKind: 'communal',
    noOtherMeans: null,
  })
  const { id } = value(await propose(land.deps, asb, proposal))
  value(await assess(id, officer, dpo))
  const lent = (from: Person, role: string): Person => {
    const deputy = person('derby-homes', 'housing-officer')
    return {
      ...deputy,
      roles: [...deputy.roles, { provider: 'derby-homes', role, areas: [], deputyFor: from.id }],
    }
  }
  assert.deepEqual(codes(await approve(lent(asb, 'asb-manager'), id, 'asb-manager')), [
    'deputy-not-for-proposer',
  ])
  value(await approve(area, id, 'area-housing-services-manager'))
  const both = { ...lent(area, 'asb-manager') }
  assert.deepEqual(codes(await approve(both, id, 'asb-manager')), ['deputy-not-second-voice'])
  const away = person('derby-homes', 'asb-manager')
  value(await approve(lent(away, 'asb-manager'), id, 'asb-manager'))
  const given = (await standing(id)).file.approvals.find(({ role }) => role === 'asb-manager')
  assert.equal(given?.deputyFor, away.id)
})

test('who declared a conflict with the place, or with who asked, does not approve there', async () => {
  const proposal = homeProposal({
    type: 'communal-temporary',
    siteName: 'Block E',
    siteKind: 'communal',
    noOtherMeans: null,
  })
  const { id } = value(await propose(land.deps, officer, proposal))
  value(await assess(id, officer, dpo))
  const { site } = (await standing(id)).file
  for (const conflict of [
    { kind: 'site', id: site.id },
    { kind: 'person', id: officer.id },
  ] as const)
    assert.deepEqual(
      codes(await approve({ ...area, conflicts: [conflict] }, id, 'area-housing-services-manager')),
      ['no-conflict'],
    )
  const elsewhere = { ...area, conflicts: [{ kind: 'site', id: asb.id }] } as Person
  value(await approve(elsewhere, id, 'area-housing-services-manager'))
})

test('the author of an assessment cannot accept it, and a returned one is written again', async () => {
  const writer: Person = {
    ...dpo,
    roles: [...dpo.roles, { provider: 'derby-homes', role: 'housing-officer', areas: [] }],
  }
  const { id } = value(await propose(land.deps, officer, homeProposal()))
  assert.deepEqual(codes(await assess(id, writer, writer)), ['dpia-not-author'])
  const dpia = (await standing(id)).file.dpias[0]!
  const other = person('derby-homes', 'data-protection-officer')
  const answer = { ...by(other, id), dpiaId: dpia.id, mark: null }
  assert.deepEqual(codes(await answerDpia({ ...answer, outcome: 'returned', reason: '' })), ['reason'])
  value(await answerDpia({ ...answer, outcome: 'returned', reason: 'Say who else is in the picture.' }))
  assert.equal((await gatesOf(id))['dpia'], 'open')
  assert.deepEqual(codes(await answerDpia({ ...answer, outcome: 'accepted', reason: '' })), ['decided'])
  value(await assess(id, officer, other))
  assert.equal((await standing(id)).file.dpias[0]!.version, 2)
  assert.deepEqual((await standing(id)).file.dpias[0]!.locations![0]!.place, 'Flat 4')
})

test('a decision made on facts that have changed is not taken', async () => {
  const { id } = value(await propose(land.deps, officer, homeProposal()))
  value(await assess(id, officer, dpo))
  const before = await mark(id)
  const { file } = await standing(id)
  value(
    await revise(land.deps, officer, id, {
      ...homeProposal({ reason: 'Another reason.' }),
      version: file.deployment.version,
    }),
  )
  assert.deepEqual(codes(await approve(asb, id, 'asb-manager', before)), ['facts-changed'])
  assert.deepEqual(codes(await approve(asb, id, 'asb-manager')), ['approve-after-dpia'])
  assert.deepEqual(
    codes(await revise(land.deps, officer, id, { ...homeProposal(), version: file.deployment.version })),
    ['facts-changed'],
  )
})

test('of two people who decide at the same moment one is told that it is done', async () => {
  const { id } = value(await propose(land.deps, officer, homeProposal()))
  value(await assess(id, officer, dpo))
  const seenMark = await mark(id)
  const results = await Promise.all(
    [asb, person('derby-homes', 'asb-manager')].map((who) => approve(who, id, 'asb-manager', seenMark)),
  )
  assert.equal(results.filter((r) => r.ok).length, 1)
  assert.deepEqual(results.flatMap(codes), ['facts-changed'])
})

test('dates beyond the policy are refused by clause, as are days past', async () => {
  const long = await propose(land.deps, officer, homeProposal({ untilDay: '2026-12-20', removalDay: null }))
  assert.deepEqual(codes(long), ['untilDay'])
  assert.deepEqual(clauses(long), ['derby-4.2.1-h'])
  assert.deepEqual(codes(await propose(land.deps, officer, homeProposal({ fromDay: '2026-11-21' }))), [
    'fromDay',
    'untilDay',
  ])
  const means = await propose(land.deps, officer, homeProposal({ noOtherMeans: false }))
  assert.deepEqual(clauses(means), ['derby-4.2.1-b'])
  assert.deepEqual(codes(await propose(land.deps, fitter, homeProposal())), ['able'])
})

test('people of another landlord see nothing, find nothing and decide nothing', async () => {
  const id = await liveHome()
  assert.equal(await seen(land.deps.sql, land.deps, stranger, id), null)
  assert.deepEqual(codes(await approve(stranger, id, 'asb-manager')), ['not-found'])
  assert.deepEqual(codes(await stopDeployment({ ...by(stranger, id), reason: '' })), ['not-found'])
  const reach = reachOf(stranger, 'deployment.view', land.packs)
  assert.deepEqual(await listDeployments(land.deps.sql, reach), [])
  assert.deepEqual(await tasksFor(land.deps.sql, stranger), [])
  const elsewhere = person('derby-homes', 'housing-officer', ['north'])
  assert.equal(await seen(land.deps.sql, land.deps, elsewhere, id), null)
})

test('withdrawing an approval ends authority at that instant, with a signed word and a task to take it down', async () => {
  const id = await liveHome()
  const { camera } = (await standing(id)).file
  land.clock.advance(60_000)
  const without = await withdrawApproval({ ...by(asb, id), reason: '' })
  assert.deepEqual(codes(without), ['withdraw-reason'])
  const { endedMs } = value(await withdrawApproval({ ...by(asb, id), reason: 'The case is closed.' }))
  assert.equal(endedMs, land.clock.nowMs())
  assert.equal(await mandateBundleFor(land.deps.sql, camera.id), null)
  const word = (await withdrawalFor(land.deps.sql, land.deps.keys, camera.id))!
  const withdrawal = value(
    verifyWithdrawal({
      jws: word.jws,
      certificate: word.certificate,
      rootKey: land.deps.keys.rootKey,
      nowMs: land.clock.nowMs(),
      lastCounter: 0,
      recorder: recorderId,
    }),
  )
  assert.equal(withdrawal.endedMs, endedMs)
  const intervals = await authorityIntervals(land.deps.sql, camera.id)
  assert.equal(intervals.at(-1)!.untilMs, endedMs)
  assert.equal(await mandateAt(land.deps.sql, camera.id, endedMs), null)
  assert.notEqual(await mandateAt(land.deps.sql, camera.id, endedMs - 1), null)
  await recordOverrun(land.deps, word.mandateId, 0)
  assert.equal((await standing(id)).file.mandates[0]!.overrunMs, 0)
  await recordOverrun(land.deps, word.mandateId, 1200)
  await recordOverrun(land.deps, word.mandateId, 800)
  assert.equal((await standing(id)).file.mandates[0]!.overrunMs, 1200)
  const mine = (await tasksFor(land.deps.sql, fitter)).filter((t) => t.about['deployment'] === id)
  assert.deepEqual(
    mine.map((t) => t.kind),
    ['deployment.remove'],
  )
  value(await recordRemoval(by(fitter, id)))
  assert.deepEqual(codes(await recordRemoval(by(fitter, id))), ['removed'])
  assert.deepEqual(codes(await approve(asb, id, 'asb-manager')), ['ended'])
})

test('stop needs no permission, going on does', async () => {
  const id = await liveHome()
  const { camera } = (await standing(id)).file
  const anyone = person('derby-homes', 'head-of-housing-management')
  value(await stopDeployment({ ...by(anyone, id), reason: '' }))
  assert.equal(await mandateBundleFor(land.deps.sql, camera.id), null)
  assert.deepEqual(codes(await stopDeployment({ ...by(anyone, id), reason: '' })), ['stopped'])
  assert.deepEqual(codes(await liftStop({ ...by(officer, id), reason: 'A mistake.' })), ['able'])
  land.clock.advance(1000)
  value(await liftStop({ ...by(asb, id), reason: 'A mistake.' }))
  assert.notEqual(await mandateBundleFor(land.deps.sql, camera.id), null)
  value(await stopDeployment({ ...by(administrator(), id), reason: '' }))
  assert.equal(await mandateBundleFor(land.deps.sql, camera.id), null)
})

test('a resident who withdraws agreement ends the camera in their home at once', async () => {
  const id = await liveHome()
  value(await withdrawAgreement({ ...by(officer, id), how: 'by-phone' }))
  const { file } = await standing(id)
  assert.equal(file.deployment.ended?.cause, 'agreement-withdrawn')
  assert.equal(file.mandates[0]!.ended?.atMs, land.clock.nowMs())
})

test('a camera that is connected elsewhere loses its mandate until it is looked at again', async () => {
  const id = await liveHome()
  const { camera } = (await standing(id)).file
  value(
    await connectCamera({
      ...by(fitter, id),
      recorderId,
      address: 'rtsp://192.0.2.99/other',
      username: '',
      password: '',
      noPassword: true,
      version: camera.version,
    }),
  )
  assert.equal((await standing(id)).file.mandates[0]!.ended?.cause, 'gate-reopened')
  assert.equal(await mandateBundleFor(land.deps.sql, camera.id), null)
  assert.equal((await gatesOf(id))['recorder'], 'open')
})

test('a stored password is never sent to another device than the one it was typed for', async () => {
  const id = await liveHome()
  const connect = async (address: string, more: object = {}) =>
    connectCamera({
      ...by(fitter, id),
      recorderId,
      address,
      username: '',
      password: '',
      noPassword: false,
      version: (await standing(id)).file.camera.version,
      ...more,
    })
  value(await connect('rtsp://192.0.2.10/main', { username: 'viewer', password: 'Sw0rdfish' }))
  const { camera } = (await standing(id)).file
  for (const elsewhere of ['rtsp://192.0.2.66/main', 'rtsp://192.0.2.10:8554/main'])
    assert.deepEqual(codes(await connect(elsewhere)), ['username'], elsewhere)
  const now = (await standing(id)).file.camera
  assert.deepEqual([now.rtspUrl, now.version], [camera.rtspUrl, camera.version], 'nothing was changed')
  value(await connect('rtsp://192.0.2.10/sub'))
  assert.equal((await standing(id)).file.camera.hasCredentials, true, 'another stream of the same device')
  value(await connect('rtsp://192.0.2.66/main', { noPassword: true }))
  assert.equal((await standing(id)).file.camera.hasCredentials, false)
})

test('a refusal ends the proposal with its reason', async () => {
  const { id } = value(await propose(land.deps, officer, homeProposal()))
  const common = { ...by(asb, id), role: 'asb-manager', mark: await mark(id) }
  assert.deepEqual(codes(await decideApproval({ ...common, decision: 'refuse', reason: '' })), ['reason'])
  value(await decideApproval({ ...common, decision: 'defer', reason: 'After the visit on Monday.' }))
  value(
    await decideApproval({
      ...common,
      mark: await mark(id),
      decision: 'refuse',
      reason: 'A door entry system does it.',
    }),
  )
  assert.equal((await standing(id)).file.deployment.ended?.cause, 'refused')
})

test('authority runs out by itself at the end of its last day, and a warning comes before', async () => {
  const id = await liveHome()
  const { camera } = (await standing(id)).file
  const end = Date.parse('2026-12-20T00:00:00Z')
  land.clock.set(end - 7 * 86_400_000)
  await evaluateAll(land.deps, 'all')
  const warned = (await tasksFor(land.deps.sql, officer)).find(
    (t) => t.kind === 'deployment.ending' && t.about['deployment'] === id,
  )
  assert.match(warned!.title, /ends in 6 days/)
  land.clock.set(end - 1)
  await expireDue(land.deps)
  assert.equal((await standing(id)).file.deployment.ended, null)
  land.clock.set(end + 4000)
  await expireDue(land.deps)
  const { file } = await standing(id)
  assert.deepEqual(file.deployment.ended, { atMs: end, cause: 'expired', by: null, reason: null })
  assert.equal(file.mandates[0]!.ended?.atMs, end)
  assert.equal((await authorityIntervals(land.deps.sql, camera.id)).at(-1)!.untilMs, end)
  land.clock.set(noon)
})

test('a lease is renewed daily with a higher number, and going on takes a fresh approval', async () => {
  const id = await liveHome()
  const { camera, deployment } = (await standing(id)).file
  const answers = await answersFrom(land.deps, deployment)
  const proposal = proposalSchema.parse({
    ...answers,
    fromDay: '2026-12-10',
    untilDay: '2027-01-05',
    removalDay: '',
    reviewDay: '2027-01-10',
  })
  const next = value(await propose(land.deps, officer, proposal, id))
  assert.deepEqual(codes(await propose(land.deps, officer, proposal, id)), ['extends'])
  assert.equal((await gatesOf(next.id))['approval:asb-manager'], 'blocked')
  assert.equal((await gatesOf(next.id))['reference-picture'], 'met')
  value(await assess(next.id, officer, dpo))
  value(await approve(asb, next.id, 'asb-manager'))
  value(
    await recordAgreement({
      ...by(officer, next.id),
      residentName: 'R. Example',
      how: 'in-writing',
      toldNotToTamper: true,
      day: '2026-11-22',
    }),
  )
  const old = (await mandateBundleFor(land.deps.sql, camera.id))!
  land.clock.set(Date.parse('2026-12-10T00:00:30Z'))
  await evaluateAll(land.deps, 'waiting')
  const now = (await mandateBundleFor(land.deps.sql, camera.id))!
  assert.ok(now.counter > old.counter)
  assert.equal((await standing(id)).file.deployment.ended?.cause, 'extended')
  assert.equal((await standing(next.id)).file.mandates[0]!.untilMs, Date.parse('2027-01-06T00:00:00Z'))
  land.clock.set(noon)
})

test('no camera is asked for at a place that the policy does not cover', async () => {
  const communal = land.packs
    .packOf('derby-homes')
    .values.deploymentTypes.find((t) => t.code === 'communal-temporary')!
  const at = (siteKind: 'office' | 'communal' | 'land') =>
    propose(
      land.deps,
      officer,
      homeProposal({ type: communal.code, siteName: 'Depot', siteKind, noOtherMeans: null }),
    )
  const refused = await at('office')
  assert.equal(refused.ok, false)
  assert.ok(!refused.ok && refused.reasons.some((r) => r.code === 'siteKind' && r.clause === 'derby-3.2-a'))
  // The document defines what it covers, and open land is not among it.
  const openLand = await at('land')
  assert.ok(!openLand.ok && openLand.reasons.some((r) => r.code === 'siteKind' && r.clause === 'derby-3.1-b'))
  assert.equal((await at('communal')).ok, true)
  const siteId = await inTransaction(land.deps.sql, (tx) =>
    insertSite(tx, {
      provider: 'derby-homes',
      name: 'Shared hall',
      address: ['Mill Lane'],
      kind: 'communal',
      area: null,
      outOfScope: 'The council runs the cameras here.',
      timeZone: 'Europe/London',
      by: officer.id,
      nowMs: noon,
    }),
  )
  const there = homeProposal({ type: communal.code, siteId, noOtherMeans: null })
  assert.ok(codes(await propose(land.deps, officer, there)).includes('siteId'))
})

test('a new camera never comes into a system that somebody else controls', async () => {
  const communal = land.packs
    .packOf('derby-homes')
    .values.deploymentTypes.find((t) => t.code === 'communal-temporary')!
  const { sql } = land.deps
  const siteId = await inTransaction(sql, (tx) =>
    insertSite(tx, {
      provider: 'derby-homes',
      name: 'Market arcade',
      address: ['Mill Lane'],
      kind: 'communal',
      area: null,
      timeZone: 'Europe/London',
      by: officer.id,
      nowMs: noon,
    }),
  )
  const asked = async () => {
    const proposal = homeProposal({ type: communal.code, siteId, noOtherMeans: null })
    const made = await propose(land.deps, officer, proposal)
    assert.ok(made.ok, JSON.stringify(made))
    const [row] = await sql<{ system_id: string }[]>`
      select system_id from authorisation.deployment where id = ${made.value.id}`
    return row!.system_id
  }
  const first = await asked()
  assert.equal(await asked(), first, 'one system for one purpose at a place')
  await sql`
    insert into register.system_controller (system_id, kind, body, contact, set_at, set_by)
    values (${first}, 'outside', 'Town Council', 'Town Hall', now(), ${officer.id})`
  const own = await asked()
  assert.notEqual(own, first)
  assert.equal(await asked(), own)
})

test('the same camera is asked for differently where the policies differ', async () => {
  const manager = person('progress', 'system-manager')
  const proposer = person('progress', 'operational-officer')
  const pack = land.packs.packOf('progress')
  const type = pack.values.deploymentTypes.find((t) => t.place === 'communal')!
  const purpose = pack.values.purposes[0]!
  const proposal = homeProposal({
    provider: 'progress',
    type: type.code,
    siteName: 'Court',
    siteKind: 'communal',
    purposes: [purpose.code],
    lawfulBasis: purpose.lawfulBases[0]!,
    incident: null,
    noOtherMeans: null,
  })
  const asker = [proposer, manager].find((p) => reachOf(p, 'deployment.propose', land.packs).held.length > 0)!
  const { id } = value(await propose(land.deps, asker, proposal))
  const list = (await standing(id)).gates
  assert.equal(
    list.some((g) => g.code.startsWith('approval:')),
    false,
  )
  assert.equal(list.find((g) => g.code === 'dpia')!.clause?.startsWith('progress-'), true)
  assert.equal(
    (await retentionOf(land.deps.sql, land.packs, (await standing(id)).file.camera.id, '2026-11-22')).days,
    31,
  )
  assert.deepEqual(codes(await propose(land.deps, officer, proposal)).includes('able'), true)
})

test('a recorder of another landlord can neither be chosen nor relied on', async () => {
  const { id } = value(await propose(land.deps, officer, homeProposal()))
  const foreign = {
    ...land.deps,
    recorders: async () => [{ id: recorderId, name: 'Theirs', online: true, providers: ['progress'] }],
  }
  const { file } = await standing(id)
  const connection = {
    person: fitter,
    deploymentId: id,
    recorderId,
    address: 'rtsp://192.0.2.10/main',
    username: '',
    password: '',
    noPassword: false,
    version: file.camera.version,
  }
  assert.deepEqual(codes(await connectCamera({ ...connection, deps: foreign })), ['recorderId'])
  value(await connectCamera({ ...connection, deps: land.deps }))
  value(await probeCamera(by(fitter, id)))
  assert.equal((await gatesOf(id))['recorder'], 'met')
  const now = await standingOf(land.deps.sql, foreign, id, land.clock.nowMs())
  assert.equal(now!.gates.find((g) => g.code === 'recorder')!.state, 'open')
})

test('a missing sign may be put back within its grace, and ends the mandate after it', async () => {
  const id = await liveHome()
  const { camera, signs } = (await standing(id)).file
  const sign = signs[0]!
  value(await reportSignMissing({ ...by(officer, id), signId: sign.id }))
  assert.deepEqual(codes(await reportSignMissing({ ...by(asb, id), signId: sign.id })), ['sign'])
  assert.equal((await gatesOf(id))['signs'], 'open')
  assert.notEqual(await mandateBundleFor(land.deps.sql, camera.id), null)
  const told = (await tasksFor(land.deps.sql, fitter)).filter((t) => t.about['deployment'] === id)
  assert.deepEqual(
    told.map((t) => t.kind),
    ['gate.signs'],
  )
  land.clock.set(Date.parse('2026-11-24T23:59:00Z'))
  await evaluateAll(land.deps, 'all')
  assert.notEqual(await mandateBundleFor(land.deps.sql, camera.id), null)
  land.clock.set(Date.parse('2026-11-25T00:00:00Z'))
  await evaluateAll(land.deps, 'all')
  assert.equal(await mandateBundleFor(land.deps.sql, camera.id), null)
  value(await takeSignAway({ ...by(fitter, id), signId: sign.id }))
  value(await placeSign({ ...by(fitter, id), place: sign.place, note: '', photo: jpeg }))
  assert.notEqual(await mandateBundleFor(land.deps.sql, camera.id), null)
  land.clock.set(noon)
})

test('what opens after the first day is due the day after, and stays due then; what was late stays late', async () => {
  const { id } = value(await propose(land.deps, officer, homeProposal()))
  const dueOf = async (who: Person, kind: string) =>
    (await tasksFor(land.deps.sql, who)).find((t) => t.about['deployment'] === id && t.kind === kind)?.dueMs
  assert.equal(await dueOf(officer, 'gate.dpia'), Date.parse('2026-11-23T00:00:00Z'))
  land.clock.set(Date.parse('2026-11-25T12:00:00Z'))
  value(await assess(id, officer, dpo))
  assert.equal(await dueOf(asb, 'gate.approval.asb-manager'), Date.parse('2026-11-27T00:00:00Z'))
  land.clock.set(Date.parse('2026-11-28T12:00:00Z'))
  await evaluateAll(land.deps, 'waiting')
  assert.equal(await dueOf(asb, 'gate.approval.asb-manager'), Date.parse('2026-11-27T00:00:00Z'))
  assert.equal(await dueOf(fitter, 'gate.site-checklist'), Date.parse('2026-11-23T00:00:00Z'))
  land.clock.set(noon)
})

test('a kind of trouble outside the list needs words, a refused technology its clause, and there is no short cut', async () => {
  const refused = await propose(
    land.deps,
    officer,
    homeProposal({
      incident: 'other',
      incidentOther: null,
      technologies: ['facial-recognition'],
      urgent: true,
    }),
  )
  assert.deepEqual(codes(refused).sort(), ['incidentOther', 'propose-technology', 'urgent'])
  assert.ok(clauses(refused).includes('derby-1.3-c'))
  assert.deepEqual(codes(await propose(land.deps, officer, homeProposal({ incident: 'made-up' }))), [
    'incident',
  ])
  const { id } = value(
    await propose(
      land.deps,
      officer,
      homeProposal({ incident: 'other', incidentOther: 'Cuckooing', technologies: ['movement'] }),
    ),
  )
  const { deployment } = (await standing(id)).file
  assert.deepEqual(
    [deployment.incident, deployment.incidentOther, deployment.technologies],
    [null, 'Cuckooing', ['movement']],
  )
  assert.equal(proposalSchema.safeParse({ ...homeProposal(), need: '' }).success, false)
  assert.equal(proposalSchema.safeParse({ ...homeProposal(), detail: 'everything' }).success, false)
})

test('the reference still is for those who take it or decide on it, and each look is in the ledger', async () => {
  const id = await liveHome()
  assert.equal(mayOf(await standing(id), officer).still, false)
  assert.equal(mayOf(await standing(id), asb).still, true)
  const still = await lookAtReference(land.deps, asb, await standing(id))
  assert.deepEqual(still?.bytes, jpeg)
  const looks = await land.db.owner<{ n: number }[]>`
    select count(*) as n from ledger.pending where leaf like ${`%${id}%reference.seen%`}`
  assert.equal(looks[0]!.n, 1)
})

test('twenty people who act at once all get their answer', async () => {
  const { id } = value(await propose(land.deps, officer, homeProposal()))
  const slow = {
    ...land.deps,
    // Like footage: it asks the database over a connection of its own.
    recorders: async () => {
      await land.deps.sql`select 1`
      return land.deps.recorders()
    },
  }
  const answers = { 'answer-x': 'y' }
  const results = await Promise.all(
    Array.from({ length: 20 }, () =>
      writeDpia({ deps: slow, person: officer, deploymentId: id, answers, submit: false }),
    ),
  )
  assert.equal(results.filter((r) => r.ok).length, 20)
})

test('a draft sent twice at once is one proposal, and one camera in the register', async () => {
  const draft = () =>
    insertDraft(land.deps.sql, {
      provider: 'derby-homes',
      personId: officer.id,
      answers: {},
      extendsId: null,
      nowMs: land.clock.nowMs(),
    })
  const id = await draft()
  const asked = async () =>
    (await land.deps.sql`select id from authorisation.deployment where proposed_by = ${officer.id}`).length
  const before = await asked()
  const send = (draftId: string, change = {}) =>
    propose(land.deps, officer, homeProposal(change), null, draftId)
  const sent = await Promise.all([send(id), send(id), send(id)])
  assert.equal(sent.filter((one) => one.ok).length, 1)
  assert.equal(await asked(), before + 1)
  assert.equal((await send(id)).ok, false)
  assert.equal(await asked(), before + 1)
  // What is refused by a rule stays a draft.
  const other = await draft()
  assert.equal((await send(other, { noOtherMeans: false })).ok, false)
  assert.notEqual(await findDraft(land.deps.sql, other, officer.id), null)
})

test('a draft is its writer’s own', async () => {
  const draft = await insertDraft(land.deps.sql, {
    provider: 'derby-homes',
    personId: officer.id,
    answers: {},
    extendsId: null,
    nowMs: noon,
  })
  assert.equal(await deleteDraft(land.deps.sql, draft, asb.id), false)
  assert.equal(await findDraft(land.deps.sql, draft, asb.id), null)
  assert.notEqual(await findDraft(land.deps.sql, draft, officer.id), null)
})

test('a newer version of the policy decides from its day on; what runs keeps its authority and its version', async () => {
  const id = await liveHome({ cameraLabel: 'Camera across two versions' })
  const before = await standing(id)
  const folder = await mkdtemp(join(tmpdir(), 'overt-versions-'))
  try {
    const policies = join(import.meta.dirname, '..', '..', 'policies')
    for (const slug of ['derby-homes', 'progress'])
      await cp(join(policies, slug), join(folder, slug), { recursive: true })
    const newer = join(folder, 'derby-homes', '2026-12-01')
    await cp(join(folder, 'derby-homes', '2025-06-11'), newer, { recursive: true })
    const yaml = await readFile(join(newer, 'policy.yaml'), 'utf8')
    await writeFile(
      join(newer, 'policy.yaml'),
      yaml
        .replace('effective: { value: "2025-06-11"', 'effective: { value: "2026-12-01"')
        .replace(
          /^retentionDays:\n {2}silent: true\n {2}uses: 30$/m,
          'retentionDays:\n  silent: true\n  uses: 21',
        )
        .replace(/(maxDays: \{ value: )28/, '$114'),
    )
    const tasks: { kind: string; title: string; roles: readonly string[] }[] = []
    const packs = await openProviders({
      sql: land.deps.sql,
      folder,
      clock: land.clock,
      log: silentLog,
      tasks: { open: async (_tx, task) => tasks.push(task), close: async () => 0 },
      running: runningAuthorities,
    })
    await inTransaction(land.deps.sql, async (tx) => {
      value(
        await packs.adopt(tx, {
          slug: 'derby-homes',
          version: '2026-12-01',
          fromDay: '2026-12-01',
          by: null,
          nowMs: land.clock.nowMs(),
        }),
      )
    })
    await packs.refresh()
    const deps = { ...land.deps, packs }
    const changed = () => tasks.filter((task) => task.kind === 'policy.changed')
    const lookAgain = () => inTransaction(land.deps.sql, (tx) => packs.bringTasksInLine(tx))

    await lookAgain()
    assert.equal(packs.packOf('derby-homes').version, '2025-06-11')
    assert.deepEqual(changed(), [])
    const [coming] = tasks.filter((task) => task.kind === 'policy.keeps-less')
    assert.match(
      coming!.title,
      /^From 1 December 2026 the CCTV policy keeps footage for 21 days, not 30\./,
      'whoever may hold footage hears of it before the day',
    )
    assert.ok(coming!.roles.includes('asb-manager'))

    // Its day comes.
    land.clock.set(Date.parse('2026-12-01T09:00:00Z'))
    await lookAgain()
    assert.equal(packs.packOf('derby-homes').version, '2026-12-01')
    const titles = changed().map((task) => task.title)
    assert.ok(
      titles.some((title) => /Footage is kept for at most: 21 days \(was 30 days\)\. It touches/.test(title)),
      titles.join('\n'),
    )
    assert.ok(
      titles.some((title) => /In a resident's home: a camera runs for: 14 days \(was 28 days\)/.test(title)),
    )
    for (const task of changed()) assert.ok(task.roles.length > 0, task.title)
    const told = changed().length
    await lookAgain()
    assert.equal(changed().length, told, 'told once')

    // What runs goes on, under the version it was made under, and keeps less from now on.
    await evaluateAll(deps, 'all')
    const after = (await standingOf(land.deps.sql, deps, id, land.clock.nowMs()))!
    assert.equal(after.pack.version, '2025-06-11')
    assert.equal(after.file.deployment.policyVersion, '2025-06-11')
    assert.equal(after.file.deployment.untilDay, before.file.deployment.untilDay)
    assert.deepEqual(after.file.signs, before.file.signs)
    const bundle = await mandateBundleFor(land.deps.sql, before.file.camera.id)
    assert.ok(bundle)
    assert.deepEqual(
      after.gates.filter((gate) => gate.state !== 'met').map((gate) => gate.code),
      [],
    )
    assert.deepEqual(
      after.file.approvals.map((one) => one.id),
      before.file.approvals.map((one) => one.id),
    )
    const kept = async (day: string) =>
      (await retentionOf(land.deps.sql, packs, before.file.camera.id, day)).days
    assert.equal(await kept('2026-12-02'), 21)
    assert.equal(
      await kept('2026-11-25'),
      30,
      'what was recorded before was promised so; the keyring shortens it on the day (footage)',
    )
    const newest = after.file.mandates.toSorted((a, b) => a.counter - b.counter).at(-1)!
    assert.equal(newest.retentionDays, 21, 'the recorder hears of it by a new mandate')
    const counter = bundle.counter
    await evaluateAll(deps, 'all')
    const again = await mandateBundleFor(land.deps.sql, before.file.camera.id)
    assert.equal(again!.counter, counter, 'once')

    // What is asked for now is asked for under the newer one.
    const refused = await propose(
      deps,
      officer,
      homeProposal({ fromDay: '2026-12-01', untilDay: '2026-12-28' }),
    )
    assert.equal(refused.ok, false, 'the newer version allows 14 days')
    const fresh = value(
      await propose(
        deps,
        officer,
        homeProposal({
          cameraLabel: 'Camera under the newer version',
          fromDay: '2026-12-01',
          untilDay: '2026-12-14',
          removalDay: '2026-12-15',
        }),
      ),
    )
    assert.equal(
      (await standingOf(land.deps.sql, deps, fresh.id, land.clock.nowMs()))!.pack.version,
      '2026-12-01',
    )
  } finally {
    land.clock.set(noon)
    await rm(folder, { recursive: true, force: true })
  }
})
