import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { compactVerify, importJWK } from 'jose'
import {
  type Mandate,
  readMandate,
  signCertificate,
  signerFromSeed,
  signMandate,
  signWithdrawal,
  verifyMandate,
  verifyWithdrawal,
} from './mandate.ts'

const root = signerFromSeed(Buffer.alloc(32, 1))
const signer = signerFromSeed(Buffer.alloc(32, 2))
const day0 = Date.parse('2026-11-22T00:00:00Z')
const hour = 3_600_000
const mandate: Mandate = {
  v: 1,
  id: '019ab000-0000-7000-8000-000000000001',
  counter: 7,
  recorder: 'recorder-1',
  camera: 'camera-1',
  provider: 'derby-homes',
  system: 'system-1',
  deployment: 'deployment-1',
  class: 'ordinary',
  purposes: ['antisocial-behaviour'],
  streams: ['main'],
  fromMs: day0,
  untilMs: day0 + 24 * hour,
  audio: false,
  masks: [{ x: 0, y: 0, w: 100, h: 1000 }],
  retentionDays: 28,
  timeZone: 'Europe/London',
  stillsMax: 0,
  keys: [
    {
      day: '2026-11-22',
      kid: 'AAAAAAAAAAAAAAAAAAAAAA',
      publicKey: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    },
  ],
  basis: {
    policy: 'derby-homes@2025-06-11',
    clauses: ['derby-4.2.1-f'],
    dpia: { id: 'dpia-1', version: 2 },
    approvals: ['approval-1'],
    signs: [{ id: 'sign-1', version: 1 }],
  },
}
const certificate = signCertificate(root, {
  publicKey: signer.publicKey,
  fromMs: day0 - 24 * hour,
  untilMs: day0 + 900 * 24 * hour,
})
const check = (jws: string, other: object = {}) => ({
  jws,
  certificate,
  rootKey: root.publicKey,
  nowMs: day0 + hour,
  lastCounter: 7,
  recorder: 'recorder-1',
  ...other,
})
const code = (result: ReturnType<typeof verifyMandate> | ReturnType<typeof verifyWithdrawal>) =>
  result.ok ? 'ok' : result.reasons[0]?.code

test('a mandate comes back as it was signed, in Node and on WebCrypto', async () => {
  const jws = signMandate(mandate, signer)
  assert.deepEqual(verifyMandate(check(jws)), { ok: true, value: mandate })
  assert.deepEqual(await readMandate(check(jws)), { ok: true, value: mandate })
})

test('a JWS library that we did not write reads the same claims', async () => {
  const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: signer.publicKey }, 'EdDSA')
  const { payload, protectedHeader } = await compactVerify(signMandate(mandate, signer), key)
  assert.equal(protectedHeader.alg, 'EdDSA')
  assert.deepEqual(JSON.parse(Buffer.from(payload).toString()), mandate)
})

test('older, foreign, early and late mandates are refused, each with its reason', () => {
  const jws = signMandate(mandate, signer)
  assert.equal(code(verifyMandate(check(jws, { lastCounter: 8 }))), 'older')
  assert.equal(code(verifyMandate(check(jws, { recorder: 'recorder-2' }))), 'other-recorder')
  assert.equal(code(verifyMandate(check(jws, { rootKey: signer.publicKey }))), 'certificate-foreign')
  assert.equal(code(verifyMandate(check(jws, { nowMs: day0 + 900 * 24 * hour }))), 'certificate-not-in-force')
  assert.equal(code(verifyMandate(check(signMandate(mandate, root)))), 'signature-wrong')
  assert.equal(code(verifyMandate(check('x.y.z'))), 'unreadable')
  assert.equal(code(verifyMandate(check(certificate))), 'signature-wrong')
  const long = signMandate({ ...mandate, untilMs: mandate.untilMs + 1 }, signer)
  assert.equal(code(verifyMandate(check(long))), 'keys-end-early')
  assert.throws(() => signMandate({ ...mandate, extra: 1 } as unknown as Mandate, signer), /not a version 1/)
})

test('an end of sound comes back as it was signed, and never without sound', () => {
  const sounding = { ...mandate, audio: true, audioUntilMs: day0 + hour }
  const read = verifyMandate(check(signMandate(sounding, signer)))
  assert.deepEqual(read, { ok: true, value: sounding })
  for (const wrong of [
    { ...mandate, audio: false, audioUntilMs: day0 + hour },
    { ...mandate, audio: true, audioUntilMs: '1' },
  ])
    assert.throws(() => signMandate(wrong as unknown as Mandate, signer), /not a version 1/)
})

test('a withdrawal is read, and never passes for a mandate', () => {
  const withdrawal = {
    v: 1 as const,
    camera: 'camera-1',
    recorder: 'recorder-1',
    mandate: mandate.id,
    counter: 8,
    endedMs: day0 + 2 * hour,
    cause: 'approval-withdrawn',
  }
  const jws = signWithdrawal(withdrawal, signer)
  assert.deepEqual(verifyWithdrawal(check(jws)), { ok: true, value: withdrawal })
  assert.equal(code(verifyMandate(check(jws))), 'signature-wrong')
  assert.equal(code(verifyWithdrawal(check(jws, { lastCounter: 9 }))), 'older')
})

test('any flipped bit of a mandate or its certificate is refused', () => {
  const jws = signMandate(mandate, signer)
  const flip = (text: string, at: number, bit: number) => {
    const bytes = Buffer.from(text, 'latin1')
    bytes[at % bytes.length]! ^= 1 << bit
    return bytes.toString('latin1')
  }
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(7), fc.boolean(), (at, bit, inCertificate) => {
      const altered = inCertificate
        ? check(jws, { certificate: flip(certificate, at, bit) })
        : check(flip(jws, at, bit))
      assert.equal(verifyMandate(altered).ok, false)
    }),
    { numRuns: 500 },
  )
})

test('arbitrary text is refused and never throws', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (jws) => !verifyMandate(check(jws)).ok),
    { numRuns: 300 },
  )
  assert.equal(verifyMandate(check(randomBytes(200_000).toString('base64url'))).ok, false)
})
