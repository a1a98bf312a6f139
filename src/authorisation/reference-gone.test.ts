/** Goal: a reference picture is kept no longer than it is needed, and what is left says that there was one. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { evaluateAll } from './periodic.ts'
import { lookAtReference, recordReference } from './reference.ts'
import { forgetReferences } from './reference-gone.ts'
import { captureReference, judgeReference, probeCamera, withdrawApproval } from './steps.ts'
import { jpeg, noon, type TestLandlords, testLandlords } from './test-landlord.ts'
import { placements, staffOf, value } from './test-placement.ts'

const dayMs = 24 * 3_600_000

let land: TestLandlords
let { standing, by, live } = {} as ReturnType<typeof placements>
before(async () => {
  land = await testLandlords(['progress'])
  ;({ standing, by, live } = placements(land))
})
beforeEach(() => land.clock.set(noon))
after(async () => {
  await land.close()
})

const stills = async () =>
  (
    await land.db.sql<{ n: number }[]>`select count(*) as n from register.attachment where created_by is null`
  )[0]!.n
const deleted = async (id: string) =>
  (
    await land.db.sql<{ n: number }[]>`
      select count(*) as n from ledger.pending
      where leaf::jsonb->>'kind' = 'reference.deleted' and leaf::jsonb->'about'->>'deployment' = ${id}`
  )[0]!.n

async function running() {
  const pack = land.packs.packOf('progress')
  const id = await live(pack, pack.values.deploymentTypes[0]!.code)
  return { id, staff: staffOf(pack) }
}

test('the picture goes as many days after the authority ended as the camera’s pictures were kept, not before', async () => {
  const { id, staff } = await running()
  const before = await stills()
  value(await withdrawApproval({ ...by(staff.able('deployment.withdraw'), id), reason: 'No longer needed.' }))
  const kept = (await standing(id)).file.mandates.find((m) => m.class === 'ordinary')!.retentionDays
  land.clock.set(land.clock.nowMs() + kept * dayMs - 1000)
  await forgetReferences(land.deps)
  assert.equal(await stills(), before)
  land.clock.set(land.clock.nowMs() + 2000)
  await forgetReferences(land.deps)
  assert.equal(await stills(), before - 1)
  assert.equal((await standing(id)).file.reference!.attachmentId, null)
  assert.equal(await lookAtReference(land.deps, staff.able('deployment.install'), await standing(id)), null)
  assert.equal(await deleted(id), 1)
  await forgetReferences(land.deps)
  assert.equal(await deleted(id), 1)
})

test('what is stored of a picture is sealed, is shown to who may look, and is nothing without its key', async () => {
  const { id, staff } = await running()
  const { reference } = (await standing(id)).file
  const [stored] = await land.db.sql<{ bytes: Buffer }[]>`
    select bytes from register.attachment where id = ${reference!.attachmentId}`
  assert.ok(!stored!.bytes.includes(jpeg))
  const look = async () => lookAtReference(land.deps, staff.able('deployment.install'), await standing(id))
  assert.deepEqual((await look())?.bytes, jpeg)
  // As after a restore: the picture is back, its key is not.
  land.stillKeys.delete(reference!.attachmentId!)
  assert.equal(await look(), null)
})

test('a key without a picture goes, but not before its picture can be on record', async () => {
  await land.deps.stills.seal('01900000-0000-7000-8000-0000000000ee', jpeg)
  const left = () => land.stillKeys.has('01900000-0000-7000-8000-0000000000ee')
  await forgetReferences(land.deps)
  assert.ok(left())
  land.clock.set(noon + 3_600_001)
  await forgetReferences(land.deps)
  assert.ok(!left())
})

test('of a running camera the picture stays', async () => {
  const { id } = await running()
  land.clock.set(noon + 300 * dayMs)
  await evaluateAll(land.deps, 'waiting')
  await forgetReferences(land.deps)
  assert.notEqual((await standing(id)).file.reference!.attachmentId, null)
})

test('a refused picture goes at once, and another can be taken', async () => {
  const pack = land.packs.packOf('progress')
  // A camera that does too much gets no picture; so this one is taken by hand, below.
  const faces = { kind: 'rule', type: 'FaceRecognition', name: '' } as const
  land.answerDevice({ code: 'ok', words: 'Said.', functions: [faces] })
  const id = await live(pack, pack.values.deploymentTypes[0]!.code, 'recorder')
  land.answerDevice({ code: 'ok', words: 'Said.', functions: [] })
  const fitter = staffOf(pack).able('deployment.install')
  value(await probeCamera(by(fitter, id)))
  const before = await stills()
  const keys = land.stillKeys.size
  for (const accepted of [false, true]) {
    land.clock.set(land.clock.nowMs() + 60_000)
    value(await captureReference(by(fitter, id)))
    const given = { jpeg, reelId: '01900000-0000-7000-8000-0000000000ff', atMs: land.clock.nowMs() + 1000 }
    const { referenceId } = value(await recordReference(land.deps, { deploymentId: id, ...given }))
    assert.equal(await stills(), before + 1)
    value(await judgeReference({ ...by(fitter, id), referenceId, accepted }))
    assert.equal(await stills(), before + (accepted ? 1 : 0))
    assert.equal(land.stillKeys.size, keys + (accepted ? 1 : 0))
  }
  await forgetReferences(land.deps)
  assert.equal(await stills(), before + 1)
})
