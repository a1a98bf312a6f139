import assert from 'node:assert/strict'
import { createHash, createPrivateKey, decapsulate, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import fc from 'fast-check'
import { Failure } from '#base/base.ts'
import {
  bytesSource,
  decodeIndex,
  decodeRecordHeader,
  encodeRecordHeader,
  finishPoint,
  finishReel,
  fragmentKey,
  gapCauses,
  type Hasher,
  hpkeInfo,
  hpkeOpen,
  hpkeSeal,
  newDayKey,
  openRecord,
  openSealed,
  type ReelScan,
  readClose,
  readIndex,
  recordHeaderBytes,
  scanReel,
  tagBytes,
  unwrapReelKey,
  wrapAad,
} from './reel.ts'
import { joined, sampleDay, sampleFacts, samplePieces, sampleSealer } from './sample.ts'

const sha256: Hasher = (parts) => {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part)
  return digest.digest()
}
const scan = (bytes: Uint8Array) => scanReel(bytesSource(bytes), { sha256 })

/** The stored parts of record `sequence`. */
function cut(bytes: Buffer, read: ReelScan, sequence: number) {
  const record = read.records[sequence]!
  const at = record.offset + recordHeaderBytes
  return { header: bytes.subarray(record.offset, at), body: bytes.subarray(at, at + record.bodyBytes) }
}

const bodies = [
  Buffer.from('init segment'),
  Buffer.from('first fragment'),
  Buffer.from('second'),
  Buffer.from(''),
]

test('what was sealed is opened with its own key and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 400 }), { minLength: 1, maxLength: 6 }),
      async (given) => {
        const clear = given.map((body) => Buffer.from(body))
        const sealer = sampleSealer()
        const bytes = joined(samplePieces(sealer, clear))
        assert.equal(bytes.byteLength, sealer.bytes())
        const read = await scan(bytes)
        assert.equal(read.state, 'closed', read.problem ?? '')
        assert.equal(Buffer.from(read.chain).toString('hex'), sealer.chainHead())
        assert.deepEqual(read.head, sealer.head)
        const reelKey = unwrapReelKey(read.head, sampleDay.privateKey)
        for (const [sequence, body] of clear.entries()) {
          const { header, body: sealed } = cut(bytes, read, sequence)
          const key = fragmentKey(reelKey, sequence)
          assert.deepEqual(openRecord(key, read.headHash, header, sealed), body)
          assert.deepEqual(Buffer.from((await openSealed(key, read.headHash, header, sealed))!), body)
          const others = fragmentKey(reelKey, sequence + 1)
          assert.throws(() => openRecord(others, read.headHash, header, sealed), Failure)
          assert.equal(await openSealed(others, read.headHash, header, sealed), null)
        }
      },
    ),
    { numRuns: 40 },
  )
})

test('no frame without a key: nothing of a body stands in the file, and another day’s key opens nothing', async () => {
  const body = randomBytes(2_000)
  const sealer = sampleSealer()
  const bytes = joined(samplePieces(sealer, [body, body]))
  for (let at = 0; at + 8 <= body.byteLength; at += 8)
    assert.equal(bytes.indexOf(body.subarray(at, at + 8)), -1)
  const read = await scan(bytes)
  assert.throws(() => unwrapReelKey(read.head, newDayKey().privateKey), /does not open/)
  // A head that was moved to another camera or day does not give its key even to the right holder.
  assert.throws(
    () => unwrapReelKey({ ...read.head, day: '2026-11-23' }, sampleDay.privateKey),
    /does not open/,
  )
  assert.throws(
    () => unwrapReelKey({ ...read.head, camera: 'another' }, sampleDay.privateKey),
    /does not open/,
  )
})

test('any flipped bit is found', async () => {
  const whole = joined(samplePieces(sampleSealer(), bodies))
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.byteLength - 1), fc.nat(7), async (at, bit) => {
      const altered = Buffer.from(whole)
      altered[at]! ^= 1 << bit
      const read = await scan(altered).catch((error: unknown) => {
        assert.ok(error instanceof Failure)
        return null
      })
      if (read === null) return
      assert.notEqual(read.state, 'closed')
      assert.ok(read.validBytes <= at || read.validBytes < whole.byteLength)
    }),
    { numRuns: 1_500 },
  )
})

test('a removed, doubled or reordered record is found', async () => {
  const pieces = samplePieces(sampleSealer(), [...bodies, Buffer.from('third'), Buffer.from('fourth')])
  const last = pieces.length - 1
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: last - 1 }),
      fc.integer({ min: 1, max: last - 1 }),
      fc.constantFrom('remove', 'double', 'swap'),
      async (a, b, how) => {
        fc.pre(how !== 'swap' || a !== b)
        const altered = [...pieces]
        if (how === 'remove') altered.splice(a, 1)
        else if (how === 'double') altered.splice(a, 0, altered[a]!)
        else [altered[a], altered[b]] = [altered[b]!, altered[a]!]
        assert.equal((await scan(joined(altered))).state, 'torn')
      },
    ),
    { numRuns: 200 },
  )
})

test('a reel cut off at any byte keeps every whole record, and is finished without a key', async () => {
  const sealer = sampleSealer()
  const pieces = samplePieces(sealer, bodies)
  const whole = joined(pieces)
  const ends = pieces.map((_, i) => joined(pieces.slice(0, i + 1)).byteLength)
  for (let length = 0; length < whole.byteLength; length += 1) {
    const torn = whole.subarray(0, length)
    if (length < sealer.prelude.byteLength) {
      await assert.rejects(scan(torn), Failure)
      continue
    }
    const read = await scan(torn)
    assert.notEqual(read.state, 'closed')
    const kept = ends.slice(1, -1).filter((end) => end <= length).length
    const point = await finishPoint(read, bytesSource(torn))
    assert.equal(point.entries.length, kept, `cut at ${length}`)
    const gap = { fromMs: 9_000, toMs: 9_500, cause: 'recorder-stopped' as const }
    const finished = finishReel(point, gap, 9_500)
    const again = Buffer.concat([torn.subarray(0, point.offset), ...finished.buffers])
    assert.equal(again.byteLength, finished.summary.bytes)
    const reread = await scan(again)
    assert.equal(reread.state, 'closed', reread.problem ?? '')
    assert.equal(Buffer.from(reread.chain).toString('hex'), finished.summary.chainHead)
    assert.equal(reread.close?.reason, 'recovered')
    assert.equal(reread.gaps.at(-1)?.cause, 'recorder-stopped')
  }
})

test('the index at the end tells where everything is, in two small reads', async () => {
  const sealer = sampleSealer()
  const bytes = joined(samplePieces(sealer, bodies))
  const read = await scan(bytes)
  const index = await readIndex(bytesSource(bytes))
  assert.deepEqual(
    index?.map((entry) => [
      entry.offset,
      entry.sequence,
      entry.type,
      Buffer.from(entry.hash).toString('hex'),
    ]),
    read.records
      .slice(0, -2)
      .map((record) => [
        record.offset,
        record.sequence,
        record.type,
        Buffer.from(record.hash!).toString('hex'),
      ]),
  )
  const close = await readClose(bytesSource(bytes))
  assert.equal(Buffer.from(close!.chainHead).toString('hex'), sealer.chainHead())
  assert.equal(close?.fragments, 3)
  assert.equal(close?.frames, 90)
  assert.equal(await readIndex(bytesSource(bytes.subarray(0, -1))), null)
  assert.throws(() => decodeIndex(new Uint8Array(79)), Failure)
})

test('headers come back as they were written, with and without times of the source', () => {
  const ms = fc.integer({ min: 0, max: 4_102_444_800_000 })
  fc.assert(
    fc.property(
      ms,
      fc.nat(100_000),
      fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
      fc.option(fc.nat()),
      fc.boolean(),
      (startMs, length, decodeTime, rtp, audio) => {
        const header = {
          ...sampleFacts,
          type: 'media' as const,
          sequence: 7,
          bodyBytes: 16,
          startMs,
          endMs: startMs + length,
          decodeTime,
          rtp,
          ntp: rtp === null ? null : { time: decodeTime, rtp },
          audio,
        }
        const bytes = new Uint8Array(recordHeaderBytes)
        encodeRecordHeader(header, bytes)
        assert.deepEqual(decodeRecordHeader(bytes), header)
      },
    ),
  )
})

test('nothing is sealed past the mandate or day end, or after closing', () => {
  const sealer = sampleSealer()
  assert.throws(() => sealer.media({ ...sampleFacts, endMs: 100_001 }, Buffer.alloc(1)), RangeError)
  sealer.media({ ...sampleFacts, endMs: 100_000 }, Buffer.alloc(1))
  sealer.close('mandate-over', 100_000)
  assert.throws(() => sealer.media(sampleFacts, Buffer.alloc(1)), /closed/)
  assert.throws(() => sealer.close('hour', 100_000), /closed/)
})

test('HPKE is RFC 9180’s: the RFC’s shared secret, and @hpke/core both ways', async () => {
  // RFC 9180 appendix A.1.1: DHKEM(X25519, HKDF-SHA256), mode base.
  const receiver = Buffer.from('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8', 'hex')
  const enc = Buffer.from('37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431', 'hex')
  const key = createPrivateKey({ key: receiver, format: 'raw-private', asymmetricKeyType: 'x25519' })
  assert.equal(
    decapsulate(key, enc).toString('hex'),
    'fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc',
  )
  const suite = new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  })
  const pair = newDayKey()
  const aad = wrapAad({ camera: 'c', day: 'd', reel: 'r' })
  const secret = randomBytes(32)
  const publicKey = await suite.kem.deserializePublicKey(Buffer.from(pair.publicKey, 'base64url'))
  const theirs = await suite.seal({ recipientPublicKey: publicKey, info: hpkeInfo }, secret, aad)
  assert.deepEqual(
    hpkeOpen(pair.privateKey, hpkeInfo, aad, new Uint8Array(theirs.enc), new Uint8Array(theirs.ct)),
    secret,
  )
  const ours = hpkeSeal(pair.publicKey, hpkeInfo, aad, secret)
  const recipientKey = await suite.kem.deserializePrivateKey(pair.privateKey)
  const opened = await suite.open({ recipientKey, enc: ours.enc, info: hpkeInfo }, ours.ciphertext, aad)
  assert.deepEqual(Buffer.from(opened), secret)
  assert.throws(
    () => hpkeOpen(pair.privateKey, hpkeInfo, Buffer.from('x'), ours.enc, ours.ciphertext),
    Failure,
  )
})

test('arbitrary bytes are refused with a Failure, never anything else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (bytes, dressed) => {
      const prefix = dressed ? Buffer.from('OVERTREL\0\0\0\u0001\0\0\0\u0002{}') : Buffer.alloc(0)
      await assert.rejects(scan(Buffer.concat([prefix, bytes])), Failure)
    }),
  )
  assert.equal(gapCauses.length, 9)
  assert.equal(tagBytes, 16)
})
