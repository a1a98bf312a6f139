import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { inTransaction } from '#engine/engine.ts'
import { testDatabase } from '#tests/database.ts'
import { parseStreamAddress, sameDevice } from './address.ts'
import { credentialBox } from './credentials.ts'
import { checkPicture, pictureBytesMax, readPicture, storePicture } from './pictures.ts'
import { reaches } from './reach.ts'

test('an address is taken as pasted, without the password in it', () => {
  assert.deepEqual(parseStreamAddress(' rtsp://viewer:p%40ss@192.0.2.10:554/main?x=1 '), {
    ok: true,
    value: { url: 'rtsp://192.0.2.10:554/main?x=1', username: 'viewer', password: 'p@ss' },
  })
  assert.equal(parseStreamAddress('RTSP://camera-7.example.org/').ok, true)
  assert.equal(parseStreamAddress('rtsp://[2001:db8::7]:8554/a').ok, true)
})

test('what is no RTSP address is refused and says why', () => {
  const bad = [
    '',
    'http://192.0.2.10/',
    'rtsps://192.0.2.10/',
    'rtsp://',
    'rtsp://user@/x',
    'rtsp://192.0.2.10:0/',
    'rtsp://192.0.2.10:70000/',
    'rtsp://192.0.2.10/a b',
    'rtsp://192.0.2.10/a\r\nDESCRIBE x',
    'rtsp://192.0.2.10/#part',
    `rtsp://192.0.2.10/${'a'.repeat(500)}`,
    'rtsp://-host/',
    'rtsp://%31/',
  ]
  for (const text of bad) {
    const result = parseStreamAddress(text)
    assert.equal(result.ok, false, text)
    assert.match(result.ok ? '' : result.reasons[0]!.message, /^[A-Z].{15,}\.$/)
  }
})

test('two addresses lead to one device when host and port are the same, however they are written', () => {
  const one = 'rtsp://camera-7.example.org/main'
  for (const same of ['rtsp://CAMERA-7.example.org:554/sub?x=1', one]) assert.ok(sameDevice(one, same), same)
  for (const other of [
    'rtsp://camera-7.example.org:8554/main',
    'rtsp://camera-7.example.org.evil.example/main',
  ])
    assert.ok(!sameDevice(one, other), other)
  assert.ok(!sameDevice('rtsp://192.0.2.1/a', 'rtsp://192.0.2.10/a'))
})

test('a sealed password opens for its own camera and key only', () => {
  const box = credentialBox(randomBytes(32))
  const sealed = box.seal('camera-1', { username: 'viewer', password: 'grün:"secret' })
  assert.deepEqual(box.open('camera-1', sealed), { username: 'viewer', password: 'grün:"secret' })
  assert.equal(sealed.includes('secret'), false)
  assert.throws(() => box.open('camera-2', sealed), /type it again/)
  assert.throws(() => credentialBox(randomBytes(32)).open('camera-1', sealed), /type it again/)
  const bent = Buffer.from(sealed)
  bent[14]! ^= 1
  assert.throws(() => box.open('camera-1', bent), /type it again/)
  assert.throws(() => box.open('camera-1', sealed.subarray(0, 20)), /too short/)
})

test('a picture is what its first bytes say, and no larger than the limit', () => {
  const png = Buffer.from('\x89PNG\r\n\x1a\n????', 'latin1')
  const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0])
  assert.equal(checkPicture(png).ok, true)
  assert.equal(checkPicture(Buffer.concat([jpeg, Buffer.alloc(pictureBytesMax - 4)])).ok, true)
  assert.equal(checkPicture(Buffer.concat([jpeg, Buffer.alloc(pictureBytesMax - 3)])).ok, false)
  assert.equal(checkPicture(Buffer.from('<svg onload=alert(1)>')).ok, false)
  assert.equal(checkPicture(Buffer.from('GIF89a')).ok, false)
  assert.equal(checkPicture(undefined).ok, false)
})

test('a few bytes that claim billions of points are no picture that anybody gets to unpack', () => {
  const png = (width: number, height: number): Buffer => {
    const bytes = Buffer.alloc(40)
    bytes.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1')
    bytes.writeUInt32BE(width, 16)
    bytes.writeUInt32BE(height, 20)
    return bytes
  }
  assert.equal(checkPicture(png(12_000, 8_000)).ok, true)
  const bomb = checkPicture(png(60_000, 60_000))
  assert.match(bomb.ok ? '' : bomb.reasons[0]!.message, /too many points/)
})

test('a role reaches its own landlord and its own areas', () => {
  const reach = { everywhere: false, held: [{ provider: 'a', areas: ['north'] }] }
  assert.equal(reaches(reach, 'a', 'north'), true)
  assert.equal(reaches(reach, 'a', 'south'), false)
  assert.equal(reaches(reach, 'a', null), false)
  assert.equal(reaches(reach, 'b', 'north'), false)
  assert.equal(reaches({ everywhere: true, held: [] }, 'b', null), true)
})

test('a photo as large as a telephone makes it is kept', async () => {
  const photo = Buffer.alloc(pictureBytesMax, 1)
  photo.set([0xff, 0xd8, 0xff, 0xe0])
  assert.equal(pictureBytesMax, 12 * 1024 * 1024)
  const checked = checkPicture(photo)
  assert.ok(checked.ok)
  const db = await testDatabase()
  try {
    const id = await inTransaction(db.sql, (tx) =>
      storePicture(tx, { provider: 'progress', ...checked.value, by: null, nowMs: 1 }),
    )
    assert.equal((await readPicture(db.sql, id))?.bytes.length, pictureBytesMax)
  } finally {
    await db.drop()
  }
})
