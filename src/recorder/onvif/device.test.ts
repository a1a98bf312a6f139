/**
 * Goal: a recorder learns what a camera does besides filming, from cameras of several ages and tempers, and is led nowhere
 * by what a camera says. Method: simulated ONVIF devices on loopback, real HTTP, both ways of signing in.
 */
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { systemClock } from '#base/base.ts'
import { type DeviceSpec, type SimulatedDevice, startDevice } from '#simulator/device.ts'
import { allowNetworks } from '../rtsp/address.ts'
import { readDevice } from './device.ts'

const networks = allowNetworks(['127.0.0.0/8'])
const functions = [
  { kind: 'module', type: 'tt:CellMotionEngine', name: 'Motion' },
  { kind: 'rule', type: 'vendor:FaceRecognition', name: 'Front door <list> & "more"' },
] as const
const said = [
  { kind: 'module', type: 'CellMotionEngine', name: 'Motion' },
  { kind: 'rule', type: 'FaceRecognition', name: 'Front door <list> & "more"' },
]

async function asking<T>(spec: DeviceSpec, work: (device: SimulatedDevice) => Promise<T>): Promise<T> {
  const device = await startDevice(spec)
  try {
    return await work(device)
  } finally {
    await device.close()
  }
}

const read = (port: number, username: string | null = null, password: string | null = null) =>
  readDevice({ url: 'rtsp://127.0.0.1:8554/front', username, password, port }, networks, systemClock.nowMs)

for (const [what, spec] of [
  ['without a sign-in', {}],
  ['of the newer media service', { speaks: 'media2' }],
  ['behind an address translation, which names a host of its own', { namesHost: '192.0.2.77:8080' }],
  ['whose clock is two hours ahead', { username: 'viewer', password: 'pa<ss>&"', aheadMs: 7_200_000 }],
  ['that signs in by HTTP', { username: 'viewer', password: 'pa<ss>&"', auth: 'digest' }],
] as const satisfies readonly (readonly [string, DeviceSpec])[])
  test(`a camera ${what} says what is set up on it`, () =>
    asking({ ...spec, functions }, async (device) => {
      const answer = await read(
        device.port,
        ...('username' in spec ? ([spec.username, spec.password] as const) : []),
      )
      assert.equal(answer.code, 'ok')
      assert.deepEqual(answer.functions, said)
    }))

test('a camera without analytics does nothing more than film', () =>
  asking({ speaks: 'none' }, async (device) => {
    assert.deepEqual((await read(device.port)).functions, [])
    assert.equal((await read(device.port)).code, 'ok')
  }))

test('no user name, and a wrong one, are told apart', () =>
  asking({ username: 'viewer', password: 'right', functions }, async (device) => {
    assert.equal((await read(device.port)).code, 'needs-password')
    assert.equal((await read(device.port, 'viewer', 'wrong')).code, 'wrong-password')
    assert.equal((await read(device.port, 'viewer', 'right')).code, 'ok')
  }))

test('a wrong password by HTTP is tried once, not until the camera locks us out', () =>
  asking({ username: 'viewer', password: 'right', auth: 'digest', functions }, async (device) => {
    assert.equal((await read(device.port, 'viewer', 'wrong')).code, 'wrong-password')
    assert.equal(device.asked.get('GetServices'), 2)
  }))

test('what is no ONVIF is said to be none, and grows nothing', async () => {
  const bomb =
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "xxxxxxxxxx"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'
  for (const nonsense of ['', 'hello', '<html><p>Sign in</html>', '<a/>', bomb, 'x'.repeat(600_000)])
    await asking({ nonsense }, async (device) => {
      const answer = await read(device.port)
      assert.deepEqual([answer.code, answer.functions], ['not-onvif', []], nonsense.slice(0, 20))
    })
})

test('a port that refuses, one that says nothing, and a network that is not allowed', async () => {
  const silent = createServer((socket) => socket.resume())
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as { port: number }
  assert.equal((await read(port)).code, 'no-answer')
  await new Promise((resolve) => silent.close(resolve))
  assert.equal((await read(port)).code, 'refused')
  await asking({ functions }, async (device) => {
    const elsewhere = await readDevice(
      { url: 'rtsp://127.0.0.1/front', username: null, password: null, port: device.port },
      allowNetworks(['10.0.0.0/8']),
      systemClock.nowMs,
    )
    assert.equal(elsewhere.code, 'not-allowed')
    assert.equal(device.asked.size, 0)
  })
})
