/** Signs mandates, certificates and withdrawals (hub), and checks them synchronously (recorder). Node only. */
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto'
import { canonicalJson, Failure, type Json, type Reason, type Result, refuse } from '#base/base.ts'
import {
  isCertificate,
  isMandate,
  isPackSeal,
  isWithdrawal,
  type Mandate,
  type PackSeal,
  type SigningCertificate,
  type Withdrawal,
} from './claims.ts'
import { checkToken, type MandateCheck, type TokenKind } from './read.ts'

/** An Ed25519 key pair made from its 32-byte seed, with the id under which it is known. */
export type Signer = {
  readonly kid: string
  /** Raw, base64url. */
  readonly publicKey: string
  readonly privateKey: KeyObject
}

/** Throws `Failure('invalid')` when the seed has not 32 bytes. */
export function signerFromSeed(seed: Uint8Array): Signer {
  if (seed.byteLength !== 32) throw new Failure('invalid', 'A signing key’s seed must have 32 bytes.')
  const privateKey = createPrivateKey({
    key: Buffer.from(seed),
    format: 'raw-private',
    asymmetricKeyType: 'ed25519',
  })
  const raw = createPublicKey(privateKey).export({ format: 'raw-public' })
  return { kid: signingKeyId(raw), publicKey: raw.toString('base64url'), privateKey }
}

/** The first 16 bytes of SHA-256 of a raw public key, base64url: 22 characters. */
export function signingKeyId(rawPublicKey: Uint8Array): string {
  return hash('sha256', rawPublicKey, 'buffer').subarray(0, 16).toString('base64url')
}

function signToken(signer: Signer, typ: TokenKind, claims: object): string {
  const header = canonicalJson({ alg: 'EdDSA', kid: signer.kid, typ })
  const payload = canonicalJson(claims as Json)
  const signed = `${Buffer.from(header).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`
  return `${signed}.${sign(null, Buffer.from(signed), signer.privateKey).toString('base64url')}`
}

/** Compact JWS. Throws `Failure('invalid')` on claims that no recorder would take. */
export function signMandate(mandate: Mandate, signer: Signer): string {
  if (!isMandate(mandate)) throw new Failure('invalid', 'These claims are not a version 1 mandate.')
  return signToken(signer, 'overt-mandate+jws', mandate)
}

/** The root key's word for a signing key, `fromMs` to `untilMs` (exclusive). */
export function signCertificate(
  root: Signer,
  vouched: { readonly publicKey: string; readonly fromMs: number; readonly untilMs: number },
): string {
  const claims: SigningCertificate = {
    v: 1,
    use: 'mandate',
    kid: signingKeyId(Buffer.from(vouched.publicKey, 'base64url')),
    publicKey: vouched.publicKey,
    fromMs: vouched.fromMs,
    untilMs: vouched.untilMs,
  }
  if (!isCertificate(claims)) throw new Failure('invalid', 'These claims are not a version 1 certificate.')
  return signToken(root, 'overt-certificate+jws', claims)
}

export function signWithdrawal(withdrawal: Withdrawal, signer: Signer): string {
  if (!isWithdrawal(withdrawal)) throw new Failure('invalid', 'These claims are not a version 1 withdrawal.')
  return signToken(signer, 'overt-withdrawal+jws', withdrawal)
}

export function signPackSeal(seal: PackSeal, signer: Signer): string {
  if (!isPackSeal(seal)) throw new Failure('invalid', 'These claims are not a version 1 pack seal.')
  return signToken(signer, 'overt-pack+jws', seal)
}

export type RecorderCheck = MandateCheck & {
  /** Newest counter accepted for this camera, of mandate or withdrawal; 0 when none. */
  readonly lastCounter: number
  /** Own id: what was made for another recorder is refused. */
  readonly recorder: string
}

const why = (code: string, message: string): Reason => ({ code, message, clause: null })

/** Ed25519, synchronous; a malformed key does not hold. */
export function signatureHolds(publicKey: string, signed: Uint8Array, signature: Uint8Array): boolean {
  const raw = Buffer.from(publicKey, 'base64url')
  if (raw.byteLength !== 32) return false
  const key = createPublicKey({ key: raw, format: 'raw-public', asymmetricKeyType: 'ed25519' })
  return verify(null, signed, key, signature)
}

/**
 * Everything a recorder must know before it obeys. An equal counter passes, so that a stored mandate can be read back
 * at start; the hub never uses a counter twice. A mandate that is over, or not yet in force, also passes: what to do
 * then is the recorder's (it waits, or records nothing).
 *
 * Refusals: those of `checkToken`, 'other-recorder', 'older', 'keys-end-early'.
 */
export function verifyMandate(check: RecorderCheck): Result<Mandate> {
  const result = checkToken(check, 'overt-mandate+jws', isMandate, signatureHolds)
  if (!result.ok) return result
  const mandate = result.value
  if (mandate.recorder !== check.recorder)
    return refuse(why('other-recorder', 'This mandate was made for another recorder.'))
  if (mandate.counter < check.lastCounter)
    return refuse(
      why(
        'older',
        `This mandate has number ${mandate.counter}; number ${check.lastCounter} was seen before.`,
      ),
    )
  if (mandate.untilMs > keysEndMs(mandate))
    return refuse(why('keys-end-early', 'This mandate runs past the last day for which it carries a key.'))
  return result
}

/** Refusals: those of `checkToken`, 'other-recorder', 'older'. */
export function verifyWithdrawal(check: RecorderCheck): Result<Withdrawal> {
  const result = checkToken(check, 'overt-withdrawal+jws', isWithdrawal, signatureHolds)
  if (!result.ok) return result
  if (result.value.recorder !== check.recorder)
    return refuse(why('other-recorder', 'This withdrawal was made for another recorder.'))
  if (result.value.counter < check.lastCounter)
    return refuse(why('older', 'This withdrawal is older than what was seen before.'))
  return result
}

/** The end of the last day that has a key, at the site; 0 when there is none or the zone or day is not one we know. */
function keysEndMs(mandate: Mandate): number {
  const last = mandate.keys.at(-1)
  if (last === undefined) return 0
  try {
    const next = Temporal.PlainDate.from(last.day).add({ days: 1 })
    return next.toZonedDateTime(mandate.timeZone).startOfDay().epochMilliseconds
  } catch (error) {
    if (error instanceof RangeError) return 0
    throw error
  }
}
