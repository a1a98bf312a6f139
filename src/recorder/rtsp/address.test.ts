import { deepEqual, equal, rejects, throws } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Failure } from '#base/base.ts'
import { allowNetworks, parseCameraAddress, resolveAllowed } from './address.ts'
import type { RtspTrouble } from './trouble.ts'

describe('camera addresses', () => {
  it('are read with their quirks, and without the password in them', () => {
    const address = parseCameraAddress('rtsp://officer:p%40ss:word@10.0.0.9/h264?ch=1&sub=0')
    equal(address.url, 'rtsp://10.0.0.9/h264?ch=1&sub=0')
    equal(address.port, 554)
    deepEqual(address.credentials, { username: 'officer', password: 'p@ss:word' })
    equal(parseCameraAddress('rtsp://[fd00::1]:8554').host, 'fd00::1')
  })

  it('that are none are refused', () => {
    for (const text of [
      '',
      'http://10.0.0.1/',
      'rtsp://',
      'rtsp://a b/',
      'rtsp://a/\r\nX: 1',
      'rtsp://a:0/',
      'rtsp://a:99999/',
      `rtsp://a/${'x'.repeat(3000)}`,
    ]) {
      throws(
        () => parseCameraAddress(text),
        (error: RtspTrouble) => error.code === 'not-a-camera',
        text,
      )
    }
  })

  it('are reached only in networks allowed, whatever clothes they wear', async () => {
    const networks = allowNetworks(['192.168.7.0/24', '10.0.0.5', 'fd00::/8'])
    for (const yes of ['192.168.7.255', '10.0.0.5', 'fd12::1', '::ffff:10.0.0.5'])
      equal(networks.allows(yes), true, yes)
    for (const no of [
      '192.168.8.1',
      '10.0.0.6',
      '127.0.0.1',
      '::1',
      '::ffff:127.0.0.1',
      'fe80::1',
      'nowhere',
      '',
    ]) {
      equal(networks.allows(no), false, no)
    }
    equal(allowNetworks([]).allows('10.0.0.1'), false)
    equal(await resolveAllowed(parseCameraAddress('rtsp://10.0.0.5/'), networks), '10.0.0.5')
    // A name is judged by what it resolves to.
    await rejects(
      resolveAllowed(parseCameraAddress('rtsp://localhost/'), networks),
      (e: RtspTrouble) => e.code === 'not-allowed',
    )
    equal(
      await resolveAllowed(parseCameraAddress('rtsp://localhost/'), allowNetworks(['127.0.0.0/8'])),
      '127.0.0.1',
    )
  })

  it('allow lists with a mistake are refused at start', () => {
    for (const text of ['10.0.0.0/33', '10.0.0', 'fd00::/129', '10.0.0.0/x', ''])
      throws(() => allowNetworks([text]), Failure)
  })
})
