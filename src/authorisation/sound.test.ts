/**
 * Goal: a mandate carries sound only after somebody asked with a reason and an end, all who must agreed, the assessment
 * was written again and the signs say so; and it goes on without sound at its end. Method: real PostgreSQL, a pack that
 * lets sound be decided on and one that does not, real mandates read as a recorder reads them.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { addDays, startOfDayMs } from '#base/base.ts'
import { verifyMandate } from '#formats/mandate/mandate.ts'
import { authorityIntervals, mandateBundleFor } from './mandates.ts'
import { evaluateAll, expireDue } from './periodic.ts'
import { askSound, decideSound, endSound, placeSign } from './steps.ts'
import { jpeg, noon, recorderId, type TestLandlords, testLandlords } from './test-landlord.ts'
import { codes, day0, placements, staffOf, value } from './test-placement.ts'

let land: TestLandlords
let { standing, by, assess, live } = {} as ReturnType<typeof placements>
before(async () => {
  land = await testLandlords(['progress', 'derby-homes'])
  ;({ standing, by, assess, live } = placements(land))
})
after(async () => {
  await land.close()
})

async function mandateOf(id: string) {
  const { camera } = (await standing(id)).file
  const bundle = await mandateBundleFor(land.deps.sql, camera.id)
  assert.ok(bundle, 'there is no mandate')
  const { rootKey } = land.deps.keys
  return value(
    verifyMandate({
      jws: bundle.jws,
      certificate: bundle.certificate,
      rootKey,
      nowMs: land.clock.nowMs(),
      lastCounter: 0,
      recorder: recorderId,
    }),
  )
}

const untilDay = addDays(day0, 6)
const request = {
  purposes: ['crime-asb'],
  reason: 'Threats are spoken, and no picture shows them.',
  untilDay,
}

/** A camera at a site of Progress that records, with the purpose for which sound may be. */
async function running() {
  land.clock.set(noon)
  const pack = land.packs.packOf('progress')
  const staff = staffOf(pack)
  const id = await live(pack, 'communal-permanent', null, { purposes: ['crime-asb'] })
  return { pack, staff, id }
}

/** Agreed by everybody; the signs still say that there is no sound. */
async function agreed() {
  const { pack, staff, id } = await running()
  const asker = staff.as('operational-officer')
  value(await askSound({ ...by(asker, id), ...request }))
  land.clock.advance(1000)
  await assess(id, pack, staff)
  for (const { role } of pack.values.sound.approvals)
    value(
      await decideSound({ ...by(staff.as(role), id), role, decision: 'approve', reason: 'It is needed.' }),
    )
  return { pack, staff, id, asker }
}

async function hangSigns(id: string, staff: ReturnType<typeof staffOf>): Promise<void> {
  const { pack } = await standing(id)
  for (const place of pack.values.sign.places)
    value(await placeSign({ ...by(staff.as('installer'), id), place: place.code, note: '', photo: jpeg }))
}

test('sound is off: no mandate carries it, and a policy that keeps it off refuses whoever asks', async () => {
  const { id } = await running()
  assert.equal((await mandateOf(id)).audio, false)
  const derby = land.packs.packOf('derby-homes')
  const home = await live(derby, 'home-temporary')
  const officer = staffOf(derby).as('housing-officer')
  const refused = await askSound({ ...by(officer, home), ...request, purposes: ['asb'] })
  assert.deepEqual(codes(refused), ['sound-allowed'])
  assert.equal((await mandateOf(home)).audio, false)
})

test('sound is asked for with a reason and an end, for a purpose that the policy names for it', async () => {
  const { staff, id } = await running()
  const asker = staff.as('operational-officer')
  const wrong = await askSound({
    ...by(asker, id),
    purposes: ['property-security'],
    reason: 'x',
    untilDay: addDays(day0, 28),
  })
  assert.deepEqual(codes(wrong).sort(), ['purposes', 'untilDay'])
  assert.equal(wrong.ok ? '' : wrong.reasons.find((r) => r.code === 'purposes')!.clause, 'progress-4.2.4-b')
  assert.deepEqual(codes(await askSound({ ...by(staff.as('installer'), id), ...request })), ['able'])
  value(await askSound({ ...by(asker, id), ...request }))
  assert.deepEqual(codes(await askSound({ ...by(asker, id), ...request })), ['sound'])
})

test('never by whoever asked, never one person twice, and not before the assessment has sound in it', async () => {
  const { pack, staff, id } = await running()
  const manager = staff.as('system-manager')
  const dpo = staff.as('data-protection-officer')
  value(await askSound({ ...by(manager, id), ...request }))
  land.clock.advance(1000)
  const yes = { decision: 'approve' as const, reason: 'It is needed.' }
  assert.deepEqual(codes(await decideSound({ ...by(dpo, id), role: 'data-protection-officer', ...yes })), [
    'sound-assessed',
  ])
  await assess(id, pack, staff)
  assert.equal((await standing(id)).file.dpias[0]!.locations![0]!.audio, true)
  assert.deepEqual(codes(await decideSound({ ...by(manager, id), role: 'system-manager', ...yes })), [
    'sound-not-asker',
  ])
  value(await decideSound({ ...by(dpo, id), role: 'data-protection-officer', ...yes }))
  const both = { ...dpo, roles: [...dpo.roles, ...manager.roles] }
  assert.deepEqual(codes(await decideSound({ ...by(both, id), role: 'system-manager', ...yes })), [
    'sound-once',
  ])
  assert.equal((await mandateOf(id)).audio, false)
})

test('the signs say so first; then the mandate carries sound, until the end of its last day and no longer', async () => {
  const { staff, id } = await agreed()
  assert.equal((await mandateOf(id)).audio, false)
  const before_ = await mandateOf(id)
  await hangSigns(id, staff)
  const sounding = await mandateOf(id)
  const endMs = startOfDayMs(addDays(untilDay, 1), 'Europe/London')
  assert.equal(sounding.audio, true)
  assert.equal(sounding.audioUntilMs, endMs)
  assert.ok(sounding.counter > before_.counter)
  assert.ok(sounding.untilMs > endMs, 'the pictures go on after the sound')

  // Renewed daily, with the same end of sound.
  land.clock.set(noon + 86_400_000)
  await evaluateAll(land.deps, 'all')
  assert.equal((await mandateOf(id)).audioUntilMs, endMs)

  land.clock.set(endMs)
  await expireDue(land.deps)
  const silent = await mandateOf(id)
  assert.equal(silent.audio, false)
  assert.equal(silent.audioUntilMs, undefined)
  const { file } = await standing(id)
  assert.equal(file.sound!.ended?.cause, 'expired')
  assert.equal(file.mandates.find((m) => m.ended?.cause === 'audio-expired')?.audioUntilMs, endMs)
  // Not a second without authority for the pictures.
  const spans = (await authorityIntervals(land.deps.sql, file.camera.id)).filter(
    (s) => s.class === 'ordinary',
  )
  for (const [i, span] of spans.entries())
    if (i > 0) assert.ok(span.fromMs <= spans[i - 1]!.untilMs, 'a hole between two mandates')
  land.clock.set(noon)
})

test('sound that somebody ends stops with a signed word, and the camera goes on without', async () => {
  const { staff, id, asker } = await agreed()
  await hangSigns(id, staff)
  assert.equal((await mandateOf(id)).audio, true)
  land.clock.advance(60_000)
  value(await endSound(by(asker, id)))
  const { mandates } = (await standing(id)).file
  const ended = mandates.find((m) => m.ended?.cause === 'audio-withdrawn')
  assert.ok(ended?.withdrawal, 'no signed word for the recorder')
  const silent = await mandateOf(id)
  assert.equal(silent.audio, false)
  assert.ok(silent.counter > ended.withdrawalCounter!)
  assert.deepEqual(codes(await endSound(by(asker, id))), ['sound'])
})

test('one refusal ends the request', async () => {
  const { staff, id } = await running()
  value(await askSound({ ...by(staff.as('operational-officer'), id), ...request }))
  const dpo = staff.as('data-protection-officer')
  value(
    await decideSound({
      ...by(dpo, id),
      role: 'data-protection-officer',
      decision: 'refuse',
      reason: 'Pictures will do.',
    }),
  )
  assert.equal((await standing(id)).file.sound!.ended?.cause, 'refused')
  const manager = staff.as('system-manager')
  const late = { role: 'system-manager', decision: 'approve' as const, reason: 'Yes.' }
  assert.deepEqual(codes(await decideSound({ ...by(manager, id), ...late })), ['sound'])
})
