import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  type Mandate,
  signerFromSeed,
  signMandate,
  signWithdrawal,
  verifyMandate,
  verifyWithdrawal,
  type Withdrawal,
} from './mandate.ts'

const vector = JSON.parse(readFileSync(new URL('./vectors/ordinary.json', import.meta.url), 'utf8')) as {
  signingSeed: string
  rootKey: string
  certificate: string
  mandate: Mandate
  jws: string
  withdrawal: Withdrawal
  withdrawalJws: string
  nowMs: number
}

test('version 1 mandates and withdrawals are written and read as they always were', () => {
  const signer = signerFromSeed(Buffer.from(vector.signingSeed, 'hex'))
  assert.equal(signMandate(vector.mandate, signer), vector.jws)
  assert.equal(signWithdrawal(vector.withdrawal, signer), vector.withdrawalJws)
  const { certificate, rootKey, nowMs } = vector
  const check = { certificate, rootKey, nowMs, lastCounter: 0, recorder: vector.mandate.recorder }
  assert.deepEqual(verifyMandate({ ...check, jws: vector.jws }), { ok: true, value: vector.mandate })
  assert.deepEqual(verifyWithdrawal({ ...check, jws: vector.withdrawalJws }), {
    ok: true,
    value: vector.withdrawal,
  })
})
