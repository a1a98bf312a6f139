import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { signCertificate, signerFromSeed } from '#formats/mandate/mandate.ts'
import {
  checkHubProof,
  decodeFrame,
  decodeHubMessage,
  decodeRecorderMessage,
  encodeFrame,
  encodeMessage,
  type HubMessage,
  hubProof,
  newNonce,
  payloadBytesMax,
  recorderProof,
  recorderProofHolds,
} from './link.ts'

const root = signerFromSeed(Buffer.alloc(32, 1))
const signing = signerFromSeed(Buffer.alloc(32, 2))
const identity = signerFromSeed(Buffer.alloc(32, 3))
const certificate = signCertificate(root, { publicKey: signing.publicKey, fromMs: 0, untilMs: 1000 })
const meeting = { recorder: 'r1', recorderNonce: newNonce(), hubNonce: newNonce() }

test('each side proves itself to the other, once and in its own direction', () => {
  const signature = recorderProof(meeting, identity.privateKey)
  assert.ok(recorderProofHolds(meeting, identity.publicKey, signature))
  assert.ok(!recorderProofHolds({ ...meeting, hubNonce: newNonce() }, identity.publicKey, signature))
  assert.ok(!recorderProofHolds({ ...meeting, recorder: 'r2' }, identity.publicKey, signature))
  const proof = {
    certificate,
    signature: hubProof(meeting, signing.privateKey),
    rootKey: root.publicKey,
    nowMs: 10,
  }
  const code = (other: object, at = meeting) => {
    const result = checkHubProof(at, { ...proof, ...other })
    return result.ok ? 'ok' : result.reasons[0]?.code
  }
  assert.equal(code({}), 'ok')
  assert.equal(code({ rootKey: signing.publicKey }), 'certificate-foreign')
  assert.equal(code({ nowMs: 1000 }), 'certificate-not-in-force')
  assert.equal(code({ signature }), 'signature-wrong')
  assert.equal(code({}, { ...meeting, recorderNonce: newNonce() }), 'signature-wrong')
})

test('a message comes back as it was sent; a stranger, a long one or an extra field is refused', () => {
  const message: HubMessage = { type: 'read', request: 1, reel: 'reel-1', fromSequence: 0, toSequence: 9 }
  assert.deepEqual(decodeHubMessage(encodeMessage(message)), { ok: true, value: message })
  const code = (text: string) => {
    const result = decodeHubMessage(text)
    return result.ok ? 'ok' : result.reasons[0]?.code
  }
  assert.equal(code('{'), 'not-json')
  assert.equal(code('null'), 'unknown-type')
  assert.equal(code('{"type":"toString"}'), 'unknown-type')
  assert.equal(code(JSON.stringify({ ...message, extra: 1 })), 'wrong-shape')
  assert.equal(code(JSON.stringify({ ...message, request: 0 })), 'wrong-shape')
  assert.equal(code(' '.repeat(2 * 1024 * 1024 + 1)), 'too-large')
  assert.equal(decodeRecorderMessage(encodeMessage(message)).ok, false)
})

test('arbitrary JSON never makes a decoder throw', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      decodeHubMessage(text)
      decodeRecorderMessage(text)
    }),
  )
})

test('a binary frame comes back, and any other length than it says is refused', () => {
  fc.assert(
    fc.property(
      fc.nat(0xffff_ffff),
      fc.nat(0xffff_ffff),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      fc.uint8Array({ maxLength: 200 }),
      (request, part, last, prelude, endsRecord, bytes) => {
        const frame = { request, part, last, prelude, endsRecord, payload: Buffer.from(bytes) }
        const encoded = encodeFrame(frame)
        assert.deepEqual(decodeFrame(encoded), { ok: true, value: frame })
        assert.equal(decodeFrame(encoded.subarray(0, -1)).ok, false)
        assert.equal(decodeFrame(Buffer.concat([encoded, Buffer.of(0)])).ok, false)
      },
    ),
  )
  const payload = Buffer.alloc(payloadBytesMax + 1)
  assert.throws(() =>
    encodeFrame({ request: 1, part: 0, last: true, prelude: false, endsRecord: false, payload }),
  )
})
