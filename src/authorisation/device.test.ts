/** Goal: a camera that by its own word does more than was agreed gets no authority, and is noticed when it begins to. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { readDevicesDue } from './device.ts'
import { connectCamera, probeCamera } from './steps.ts'
import { noon, recorderId, type TestLandlords, testLandlords } from './test-landlord.ts'
import { placements, staffOf, value } from './test-placement.ts'

const dayMs = 24 * 3_600_000
const ok = { code: 'ok', words: 'It said.' }
const motion = { kind: 'module', type: 'CellMotionEngine', name: 'Motion' } as const
const faces = { kind: 'rule', type: 'FaceRecognition', name: 'Visitors' } as const
const counting = { kind: 'rule', type: 'PeopleCounting', name: 'Door' } as const

let land: TestLandlords
let { standing, stateOf, by, live } = {} as ReturnType<typeof placements>
before(async () => {
  land = await testLandlords(['progress'])
  ;({ standing, stateOf, by, live } = placements(land))
})
beforeEach(() => land.clock.set(noon))
after(async () => {
  await land.close()
})

const gateOf = async (id: string) => (await standing(id)).gates.find((gate) => gate.code === 'recorder')!
const entries = async (camera: string) =>
  (
    await land.db.sql<{ leaf: { about: { camera: string }; data: { code: string; beyond: number } } }[]>`
      select leaf::jsonb as leaf from ledger.pending where leaf::jsonb->>'kind' = 'camera.device-read' order by seq`
  ).flatMap(({ leaf }) => (leaf.about.camera === camera ? [leaf.data] : []))
const tasksFor = async (id: string) =>
  (
    await land.db.sql<{ title: string }[]>`
      select title from casework.task where closed_at is null and about->>'deployment' = ${id}`
  ).map((task) => task.title)

test('at the installation: what the policy rules out, or nobody asked for, holds the mandate back until it is off', async () => {
  const pack = land.packs.packOf('progress')
  const code = pack.values.deploymentTypes[0]!.code
  land.answerDevice({ ...ok, functions: [motion, faces] })
  const id = await live(pack, code, 'recorder')
  const fitter = staffOf(pack).able('deployment.install')
  assert.equal((await gateOf(id)).state, 'open')
  assert.match((await gateOf(id)).why, /rules out: “Recognising faces”/)
  assert.deepEqual(
    (await standing(id)).file.mandates.filter((m) => m.class === 'ordinary'),
    [],
  )
  land.answerDevice({ ...ok, functions: [motion, counting] })
  value(await probeCamera(by(fitter, id)))
  assert.match((await gateOf(id)).why, /not asked for: “Counts people or cars”/)
  // A camera that falls silent takes nothing back.
  land.answerDevice({ code: 'no-answer', words: 'Nothing answered.', functions: [] })
  value(await probeCamera(by(fitter, id)))
  assert.equal((await gateOf(id)).state, 'open')
  assert.equal((await standing(id)).file.camera.device!.code, 'no-answer')
  land.answerDevice({ ...ok, functions: [motion] })
  value(await probeCamera(by(fitter, id)))
  assert.equal((await gateOf(id)).state, 'met')
  const { camera } = (await standing(id)).file
  assert.deepEqual(
    (await entries(camera.id)).map(({ code: said, beyond }) => [said, beyond]),
    [
      ['ok', 1],
      ['ok', 1],
      ['no-answer', 0],
      ['ok', 0],
    ],
  )
})

test('of a running camera it is asked every day: what was switched on later is a task, and told once', async () => {
  const pack = land.packs.packOf('progress')
  land.answerDevice({ ...ok, functions: [motion] })
  const id = await live(pack, pack.values.deploymentTypes[0]!.code)
  const { camera } = (await standing(id)).file
  assert.equal((await standing(id)).file.mandates.filter((m) => m.class === 'ordinary').length, 1)
  land.answerDevice({ ...ok, functions: [motion, faces] })
  await readDevicesDue(land.deps)
  assert.equal(await stateOf(id, 'recorder'), 'met', 'asked again within the day')
  land.clock.set(land.clock.nowMs() + dayMs + 1)
  await readDevicesDue(land.deps)
  assert.equal(await stateOf(id, 'recorder'), 'open')
  assert.ok(
    (await tasksFor(id)).some((title) => /Recorder and camera/.test(title)),
    String(await tasksFor(id)),
  )
  land.clock.set(land.clock.nowMs() + dayMs + 1)
  await readDevicesDue(land.deps)
  assert.deepEqual(
    (await entries(camera.id)).map(({ beyond }) => beyond),
    [0, 1],
  )
})

test('what a camera said is forgotten with its address, and never kept of the one before', async () => {
  const pack = land.packs.packOf('progress')
  land.answerDevice({ ...ok, functions: [faces] })
  const id = await live(pack, pack.values.deploymentTypes[0]!.code, 'recorder')
  const fitter = staffOf(pack).able('deployment.install')
  const { camera } = (await standing(id)).file
  const moved = {
    ...by(fitter, id),
    recorderId,
    address: 'rtsp://192.0.2.99/main',
    username: '',
    password: '',
    noPassword: true,
    devicePort: 8080,
    version: camera.version,
  }
  value(await connectCamera(moved))
  const now = (await standing(id)).file.camera
  assert.deepEqual([now.device, now.devicePort], [null, 8080])
})
