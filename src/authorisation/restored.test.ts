/**
 * Goal: after a restored backup nothing is signed or told for a camera until its recorder has said what it holds, and no
 * end that only the recorder remembers is undone by a number spent again. Method: real PostgreSQL; a live camera is what
 * the backup knew, and the recorder's words are given by hand as after a longer life that was forgotten.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId, type Result } from '#base/base.ts'
import { tasksFor } from '#casework/casework.ts'
import { inTransaction } from '#engine/engine.ts'
import { verifyWithdrawal } from '#formats/mandate/mandate.ts'
import { evaluate } from './evaluate.ts'
import { newestMandate } from './mandate-store.ts'
import { issueMandate } from './mandates.ts'
import { type HeldWord, heardCounters } from './restored.ts'
import {
  answerChecklist,
  answerDpia,
  captureReference,
  connectCamera,
  decideApproval,
  evaluateAll,
  factsMark,
  homeProposal,
  jpeg,
  judgeReference,
  liftStop,
  mandateBundleFor,
  noon,
  person,
  placeSign,
  probeCamera,
  propose,
  recordAgreement,
  recorderId,
  recordReference,
  standingOf,
  stopDeployment,
  type TestLandlords,
  testLandlords,
  withdrawalFor,
  writeDpia,
} from './test-landlord.ts'
import { beUnsure, isUnsure } from './unsure.ts'

let land: TestLandlords
before(async () => {
  land = await testLandlords()
})
after(async () => {
  await land.close()
})

const officer = person('derby-homes', 'housing-officer')
const asb = person('derby-homes', 'asb-manager')
const dpo = person('derby-homes', 'data-protection-officer')
const fitter = person('derby-homes', 'crime-prevention-installer')
const day = 86_400_000

function value<T>(result: Result<T>): T {
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.reasons))
  return result.value
}
const standing = async (id: string) => (await standingOf(land.deps.sql, land.deps, id, land.clock.nowMs()))!

/** A camera to the last step before its reference picture, or with it. */
async function home({ live }: { live: boolean }): Promise<{ id: string; camera: string }> {
  const { id } = value(await propose(land.deps, officer, homeProposal()))
  const by = (who: typeof officer) => ({ deps: land.deps, person: who, deploymentId: id })
  const { file, pack } = await standing(id)
  const answers = Object.fromEntries(pack.values.dpia.questions.map((q) => [q.code, 'As far as needed.']))
  value(await writeDpia({ ...by(officer), answers, submit: true }))
  const dpia = (await standing(id)).file.dpias[0]!
  value(await answerDpia({ ...by(dpo), dpiaId: dpia.id, outcome: 'accepted', reason: '', mark: null }))
  value(
    await recordAgreement({
      ...by(officer),
      residentName: 'R. Example',
      how: 'in-writing',
      toldNotToTamper: true,
      day: '2026-11-22',
    }),
  )
  const mark = factsMark((await standing(id)).file)
  value(await decideApproval({ ...by(asb), role: 'asb-manager', decision: 'approve', reason: '', mark }))
  value(
    await connectCamera({
      ...by(fitter),
      recorderId,
      address: 'rtsp://viewer:secret@192.0.2.10:554/main',
      username: '',
      password: '',
      noPassword: false,
      version: file.camera.version,
    }),
  )
  value(await probeCamera(by(fitter)))
  for (const place of pack.values.sign.places)
    value(await placeSign({ ...by(fitter), place: place.code, note: '', photo: jpeg }))
  const met = pack.values.siteChecklist.map((item) => item.code)
  value(
    await answerChecklist({
      ...by(fitter),
      met,
      notes: {},
      qualified: true,
      qualification: 'Card 4711',
      kit: ['Camera, serial 1'],
    }),
  )
  if (live) {
    value(await captureReference(by(fitter)))
    const atMs = land.clock.nowMs() + 1000
    const { referenceId } = value(
      await recordReference(land.deps, { deploymentId: id, jpeg, reelId: newId(noon), atMs }),
    )
    value(await judgeReference({ ...by(fitter), referenceId, accepted: true }))
  }
  return { id, camera: file.camera.id }
}

let restores = 1
/** The hub starts on a database that was put back. */
const restore = async (): Promise<void> => {
  restores += 1
  assert.equal(await beUnsure(land.deps.sql, [`overt/test/2026.${restores}`], land.clock.nowMs()), true)
}
const newest = async (camera: string) => (await newestMandate(land.deps.sql, camera))!
const bundle = (camera: string) => mandateBundleFor(land.deps.sql, camera)
const unsure = (camera: string) => isUnsure(land.deps.sql, camera)
const look = (id: string) => inTransaction(land.deps.sql, (tx) => evaluate(tx, land.deps, id, null))
const hear = (word: Omit<HeldWord, 'sinceMs'>, from = recorderId) =>
  heardCounters(land.deps, from, [{ ...word, sinceMs: land.clock.nowMs() - 60_000 }])
const outcomes = async (camera: string): Promise<unknown[]> => {
  const rows = await land.db.owner<{ leaf: string }[]>`
    select leaf from ledger.pending where leaf like ${`%${camera}%mandate.recorder-ahead%`} order by seq`
  return rows.map(({ leaf }) => JSON.parse(leaf).data.outcome)
}
const told = async (camera: string): Promise<number> => {
  const rows = await land.db.owner`select 1 from engine.outbox where payload ->> 'camera' = ${camera}`
  return rows.length
}

test('until the recorder is heard no mandate is signed and none is told, by the clock or by anybody', async () => {
  const { id, camera } = await home({ live: true })
  const before = await newest(camera)
  await restore()
  assert.equal(await bundle(camera), null)
  const { file, pack, gates } = await standing(id)
  const given = { file, pack, gates, class: 'ordinary' as const, actor: null, nowMs: noon }
  const lease = { fromMs: noon, untilMs: noon + day, authorityUntilMs: null, days: ['2026-11-22'] }
  await assert.rejects(inTransaction(land.deps.sql, (tx) => issueMandate(tx, land.deps, { ...given, lease })))
  // Without a mandate in force a new one would be due at once.
  await land.db
    .owner`update authorisation.mandate set ended_at = ${noon}::timestamptz, ended_cause = 'gate-reopened' where id = ${before.id}`
  await evaluateAll(land.deps, 'all')
  await look(id)
  assert.equal((await newest(camera)).counter, before.counter)
})

test('a commissioning mandate waits for the recorder too', async () => {
  const { id, camera } = await home({ live: false })
  await restore()
  const asked = await captureReference({ deps: land.deps, person: fitter, deploymentId: id })
  assert.deepEqual(asked.ok ? [] : asked.reasons.map((r) => r.code), ['unsure'])
  assert.deepEqual(await hear({ cameraId: camera, counter: 0, mandateId: null, mayNot: true }), [])
  value(await captureReference({ deps: land.deps, person: fitter, deploymentId: id }))
})

test('a camera whose recorder holds what the hub remembers goes on, and a due lease is renewed', async () => {
  const due = await home({ live: true })
  const short = await newest(due.camera)
  await land.db
    .owner`update authorisation.mandate set until_at = ${noon + day}::timestamptz where id = ${short.id}`
  await restore()
  await hear({ cameraId: due.camera, counter: short.counter, mandateId: short.id, mayNot: false })
  assert.equal((await bundle(due.camera))?.counter, short.counter + 1)

  const { id, camera } = await home({ live: true })
  const mandate = await newest(camera)
  await restore()
  await hear({ cameraId: camera, counter: mandate.counter, mandateId: mandate.id, mayNot: false })
  assert.equal((await bundle(camera))?.mandateId, mandate.id)
  assert.equal((await standing(id)).file.stop, null)
  assert.deepEqual(await outcomes(camera), [])
  // One whose lease ran out while all was down knows of no end either.
  await restore()
  await hear({ cameraId: camera, counter: mandate.counter, mandateId: mandate.id, mayNot: true })
  assert.equal((await standing(id)).file.stop, null)
})

test('a recorder that missed the newest mandate is told it once it was heard', async () => {
  const { camera } = await home({ live: true })
  const mandate = await newest(camera)
  await restore()
  const before = await told(camera)
  await hear({ cameraId: camera, counter: 0, mandateId: null, mayNot: true })
  assert.equal((await bundle(camera))?.mandateId, mandate.id)
  assert.equal(await told(camera), before + 1)
})

test('an end that was forgotten stands, though the restored hub would have spent its number or a higher one', async () => {
  const { id, camera } = await home({ live: true })
  const mandate = await newest(camera)
  // A lease of two days: each look at it would renew it, and the second pass the number of the end.
  await land.db
    .owner`update authorisation.mandate set until_at = ${noon + 2 * day}::timestamptz where id = ${mandate.id}`
  await restore()
  for (let days = 0; days < 2; days++) {
    land.clock.advance(day / 2)
    await evaluateAll(land.deps, 'all')
  }
  assert.equal((await newest(camera)).id, mandate.id)
  await hear({ cameraId: camera, counter: mandate.counter + 1, mandateId: mandate.id, mayNot: true })
  assert.deepEqual(await outcomes(camera), ['stopped'])
  assert.equal(await bundle(camera), null)
  assert.ok((await withdrawalFor(land.deps.sql, land.deps.keys, camera))!.counter > mandate.counter + 1)
  await evaluateAll(land.deps, 'all')
  assert.equal(await bundle(camera), null)
  const tasks = (await tasksFor(land.deps.sql, asb)).filter((t) => t.about['deployment'] === id)
  assert.ok(tasks.some((t) => t.kind === 'deployment.restored'))
  // Only a person lets it go on.
  value(await liftStop({ deps: land.deps, person: asb, deploymentId: id, reason: 'It was a mistake.' }))
  assert.ok((await bundle(camera))!.counter > mandate.counter + 2)
  land.clock.set(noon)
})

test('a recorder that has just started and says that it may not record is asked again', async () => {
  const { camera } = await home({ live: true })
  const mandate = await newest(camera)
  await restore()
  const word = { cameraId: camera, counter: mandate.counter + 1, mandateId: newId(noon), mayNot: true }
  await heardCounters(land.deps, recorderId, [{ ...word, sinceMs: land.clock.nowMs() - 1000 }])
  assert.equal(await unsure(camera), true)
  await hear({ ...word, mayNot: false })
  assert.deepEqual(await outcomes(camera), ['renewed'])
  assert.equal((await bundle(camera))?.counter, mandate.counter + 2)
})

test('a stop while unsure goes out at once, and again with a number that its recorder obeys', async () => {
  const { id, camera } = await home({ live: true })
  const mandate = await newest(camera)
  await restore()
  value(await stopDeployment({ deps: land.deps, person: officer, deploymentId: id, reason: '' }))
  const first = (await withdrawalFor(land.deps.sql, land.deps.keys, camera))!
  assert.equal(first.counter, mandate.counter + 1)
  // It records under a renewal of that very number, which nobody here remembers: the stop was refused as old.
  const held = newId(noon)
  const ends = await hear({ cameraId: camera, counter: mandate.counter + 1, mandateId: held, mayNot: false })
  const end = value(
    verifyWithdrawal({
      jws: ends[0]!.jws,
      certificate: ends[0]!.certificate,
      rootKey: land.deps.keys.rootKey,
      nowMs: land.clock.nowMs(),
      lastCounter: mandate.counter + 1,
      recorder: recorderId,
    }),
  )
  assert.equal(end.mandate, held)
  assert.equal(await bundle(camera), null)
  assert.equal(await unsure(camera), false)
})

test('a stop while unsure that its recorder obeyed needs no second one', async () => {
  const { id, camera } = await home({ live: true })
  const mandate = await newest(camera)
  await restore()
  value(await stopDeployment({ deps: land.deps, person: officer, deploymentId: id, reason: '' }))
  const ends = await hear({
    cameraId: camera,
    counter: mandate.counter + 1,
    mandateId: mandate.id,
    mayNot: true,
  })
  assert.deepEqual(ends, [])
  assert.deepEqual(await outcomes(camera), [])
  assert.equal(await unsure(camera), false)
  value(await liftStop({ deps: land.deps, person: asb, deploymentId: id, reason: 'A mistake.' }))
  assert.equal((await bundle(camera))?.counter, mandate.counter + 2)
})

test('another recorder than the backup knew settles nothing: a person is asked', async () => {
  const { id, camera } = await home({ live: true })
  await restore()
  await hear({ cameraId: camera, counter: 0, mandateId: null, mayNot: true }, newId(noon))
  assert.deepEqual(await outcomes(camera), ['unclear'])
  assert.notEqual((await standing(id)).file.stop, null)
  assert.equal(await bundle(camera), null)
})

test('a restore makes cameras unsure once, and a second one forgets nothing of the first', async () => {
  const { camera } = await home({ live: true })
  const mandate = await newest(camera)
  assert.equal(await beUnsure(land.deps.sql, [], noon), false)
  await restore()
  const again = `overt/test/2026.${restores}`
  await hear({ cameraId: camera, counter: mandate.counter, mandateId: mandate.id, mayNot: false })
  assert.equal(await beUnsure(land.deps.sql, [again], noon), false)
  assert.equal(await unsure(camera), false)
  await restore()
  await land.db.owner`update authorisation.counter set last = last + 5 where camera_id = ${camera}`
  await restore()
  // A number below the counter of now, but above what the first restored database knew.
  await hear({ cameraId: camera, counter: mandate.counter + 3, mandateId: mandate.id, mayNot: true })
  assert.deepEqual(await outcomes(camera), ['stopped'])
})
