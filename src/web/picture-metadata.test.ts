import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { withoutMetadata } from './picture-metadata.ts'

const encode = (codec: string, more: readonly string[] = []): Buffer =>
  execFileSync(
    'ffmpeg',
    [
      ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x200:rate=1', '-frames:v', '1'],
      ...['-c:v', codec, ...more, '-f', codec.includes('webp') ? 'webp' : 'image2pipe', '-'],
    ],
    { maxBuffer: 20_000_000 },
  )

/** The decoded pixels, as somebody else's program sees them; which way up is not applied. */
const pixels = (picture: Buffer): Buffer =>
  execFileSync(
    'ffmpeg',
    ['-v', 'error', '-noautorotate', '-i', '-', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'],
    { input: picture, maxBuffer: 20_000_000 },
  )

const secrets = ['53.0321', 'SERIAL-4711', 'Ann Officer', 'PhoneMaker', 'a hidden second picture']
const hides = (picture: Buffer) => {
  for (const secret of secrets) assert.ok(!picture.includes(secret), `"${secret}" is still in the file`)
}

/** EXIF as a telephone writes it: turned by 90 degrees, maker, serial number, and a place as text. */
function exif(order: 'MM' | 'II', turned: number): Buffer {
  const tiff = Buffer.alloc(200)
  const little = order === 'II'
  const short = (value: number, at: number) =>
    little ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at)
  const long = (value: number, at: number) =>
    little ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at)
  tiff.write(order, 0, 'latin1')
  short(42, 2)
  long(8, 4)
  short(2, 8)
  // 0x010f Make, text of 11 at 100; 0x0112 Orientation.
  short(0x010f, 10)
  short(2, 12)
  long(11, 14)
  long(100, 18)
  short(0x0112, 22)
  short(3, 24)
  long(1, 26)
  short(turned, 30)
  tiff.write('PhoneMaker\0SERIAL-4711\0GPS 53.0321', 100, 'latin1')
  return tiff
}

const segment = (marker: number, body: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([head, body])
}
const text = (words: string) => Buffer.from(words, 'latin1')

function phoneJpeg(plain: Buffer, order: 'MM' | 'II', turned: number): Buffer {
  return Buffer.concat([
    plain.subarray(0, 2),
    segment(0xe1, Buffer.concat([text('Exif\0\0'), exif(order, turned)])),
    segment(0xe1, text('http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>Ann Officer, 53.0321</x:xmpmeta>')),
    segment(0xe2, text('MPF\0 a hidden second picture')),
    segment(0xed, text('Photoshop 3.0\0 8BIM Ann Officer')),
    segment(0xfe, text('SERIAL-4711')),
    plain.subarray(2),
    text('a hidden second picture'),
  ])
}

const chunk = (kind: string, body: Buffer): Buffer => {
  const typed = Buffer.concat([text(kind), body])
  const whole = Buffer.alloc(typed.length + 8)
  whole.writeUInt32BE(body.length, 0)
  whole.set(typed, 4)
  whole.writeUInt32BE(crc32(typed), typed.length + 4)
  return whole
}

function phonePng(plain: Buffer): Buffer {
  // Behind the head, which is 8 + 25 bytes.
  return Buffer.concat([
    plain.subarray(0, 33),
    chunk('eXIf', exif('II', 6)),
    chunk('tEXt', text('Author\0Ann Officer')),
    chunk('zTXt', text('Comment\0\0SERIAL-4711')),
    chunk('iTXt', text('XML:com.adobe.xmp\0\0\0\0\0 53.0321')),
    chunk('tIME', Buffer.from([7, 234, 11, 22, 12, 0, 0])),
    chunk('phNe', text('PhoneMaker')),
    plain.subarray(33),
    text('a hidden second picture'),
  ])
}

const riff = (parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat([text('WEBP'), ...parts])
  const head = Buffer.from('RIFF\0\0\0\0', 'latin1')
  head.writeUInt32LE(body.length, 4)
  return Buffer.concat([head, body])
}
const webpPart = (kind: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(8)
  head.write(kind, 0, 'latin1')
  head.writeUInt32LE(body.length, 4)
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)])
}

function phoneWebp(plain: Buffer): Buffer {
  // 320 by 200, with EXIF and XMP.
  const extended = Buffer.from([0x0c, 0, 0, 0, 0x3f, 1, 0, 0xc7, 0, 0])
  const picture =
    plain.subarray(12).toString('latin1', 0, 4) === 'VP8X' ? plain.subarray(30) : plain.subarray(12)
  return riff([
    webpPart('VP8X', extended),
    picture,
    webpPart('EXIF', exif('MM', 6)),
    webpPart('XMP ', text('Ann Officer')),
    webpPart('MAKR', text('a hidden second picture')),
  ])
}

test('a photo of a telephone loses place, device, author and hidden pictures, and not one pixel', () => {
  for (const more of [[], ['-q:v', '31']])
    for (const order of ['MM', 'II'] as const) {
      const plain = encode('mjpeg', more)
      const bare = withoutMetadata(phoneJpeg(plain, order, 1), 'image/jpeg')!
      hides(bare)
      assert.ok(!bare.includes('Exif'))
      assert.deepEqual(pixels(bare), pixels(plain))
      assert.deepEqual(withoutMetadata(bare, 'image/jpeg'), bare, 'a bare picture stays what it is')
    }
})

test('which way up a photo is shown stays, and is all that stays of its EXIF', () => {
  const plain = encode('mjpeg')
  for (const order of ['MM', 'II'] as const)
    for (const turned of [2, 3, 6, 8]) {
      const bare = withoutMetadata(phoneJpeg(plain, order, turned), 'image/jpeg')!
      hides(bare)
      const at = bare.indexOf('Exif\0\0MM')
      assert.equal(bare.readUInt16BE(at - 2), 34, 'the EXIF holds one entry')
      assert.equal(bare.readUInt16BE(at + 6 + 8), 1)
      assert.equal(bare.readUInt16BE(at + 6 + 10), 0x0112)
      assert.equal(bare.readUInt16BE(at + 6 + 18), turned)
      // Somebody else's program reads it as well.
      const told = execFileSync('ffprobe', ['-v', 'error', '-show_frames', '-i', '-'], { input: bare })
      assert.match(told.toString(), /DISPLAYMATRIX|Display Matrix/i)
      assert.deepEqual(pixels(bare), pixels(plain))
    }
  for (const turned of [0, 9, 65_535])
    assert.ok(!withoutMetadata(phoneJpeg(plain, 'MM', turned), 'image/jpeg')!.includes('Exif'))
})

test('colour profiles and restarts stay', () => {
  const plain = encode('mjpeg')
  const profile = segment(0xe2, text('ICC_PROFILE\0\x01\x01 the colours'))
  const bare = withoutMetadata(
    Buffer.concat([plain.subarray(0, 2), profile, plain.subarray(2)]),
    'image/jpeg',
  )!
  assert.ok(bare.includes('the colours'))
  // Pixels with stuffed zeros and restart marks in them.
  const made = Buffer.from(
    'ffd8ffc0000b080001000101011100ffdd00040001ffda0008010100003f0011ff0022ffd033ffffd9',
    'hex',
  )
  assert.equal(withoutMetadata(made, 'image/jpeg')!.toString('hex').includes('11ff0022ffd033'), true)
})

test('a PNG loses text, time, EXIF and unknown parts, and not one pixel', () => {
  const plain = encode('png')
  const bare = withoutMetadata(phonePng(plain), 'image/png')!
  hides(bare)
  for (const kind of ['eXIf', 'tEXt', 'zTXt', 'iTXt', 'tIME', 'phNe']) assert.ok(!bare.includes(kind))
  assert.deepEqual(pixels(bare), pixels(plain))
})

test('a WebP loses EXIF, XMP and unknown parts, and not one pixel', () => {
  const plain = encode('libwebp')
  const bare = withoutMetadata(phoneWebp(plain), 'image/webp')!
  hides(bare)
  for (const kind of ['EXIF', 'XMP ', 'MAKR']) assert.ok(!bare.includes(kind))
  assert.equal(bare[20]! & 0x0c, 0, 'it no longer says that there is EXIF or XMP')
  assert.equal(bare.readUInt32LE(4), bare.length - 8)
  assert.deepEqual(pixels(bare), pixels(plain))
})

test('a picture cut anywhere, or with a part that lies about its length, is refused', () => {
  const whole: readonly (readonly [string, Buffer])[] = [
    ['image/jpeg', encode('mjpeg')],
    ['image/png', encode('png')],
    ['image/webp', encode('libwebp')],
  ]
  for (const [mime, picture] of whole) {
    assert.notEqual(withoutMetadata(picture, mime), null)
    fc.assert(
      fc.property(fc.integer({ min: 3, max: picture.length - 1 }), (length) => {
        assert.equal(withoutMetadata(picture.subarray(0, length), mime), null)
      }),
      { numRuns: 200 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        const head = picture.subarray(0, mime === 'image/jpeg' ? 3 : 12)
        const made = withoutMetadata(Buffer.concat([head, noise]), mime)
        assert.ok(made === null || made.length <= head.length + noise.length)
      }),
      { numRuns: 500 },
    )
  }
  const png = Buffer.from(whole[1]![1])
  png[60]! ^= 1
  assert.equal(withoutMetadata(png, 'image/png'), null, 'its check sum does not match')
  const long = Buffer.concat([Buffer.from('ffd8ffe1ffff', 'hex'), Buffer.alloc(20)])
  assert.equal(withoutMetadata(long, 'image/jpeg'), null)
})

test('what is no picture passes as it is', () => {
  const paper = Buffer.from('%PDF-1.7')
  assert.equal(withoutMetadata(paper, 'application/pdf'), paper)
})
