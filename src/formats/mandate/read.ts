/**
 * Takes a compact JWS apart and checks it. Portable: the signature check is WebCrypto's; `sign.ts` has the synchronous
 * one for the recorder. Only EdDSA over Ed25519 (RFC 8037) is accepted, whatever a header asks for.
 */
import { type Reason, type Result, refuse } from '#base/base.ts'
import {
  isCertificate,
  isMandate,
  isPackSeal,
  isWithdrawal,
  jwsBytesMax,
  type Mandate,
  type PackSeal,
  type Withdrawal,
} from './claims.ts'

export type TokenKind =
  | 'overt-mandate+jws'
  | 'overt-certificate+jws'
  | 'overt-withdrawal+jws'
  | 'overt-pack+jws'

export type Token = {
  readonly typ: string
  readonly kid: string
  readonly claims: unknown
  /** What was signed: the first two parts with their dot. */
  readonly signed: Uint8Array
  readonly signature: Uint8Array
}

/** Says whether `signature` over `signed` is by the raw Ed25519 public key (base64url). */
export type SignatureCheck = (publicKey: string, signed: Uint8Array, signature: Uint8Array) => boolean

const why = (code: string, message: string): Reason => ({ code, message, clause: null })

/** Splits and decodes a compact JWS; null when it is none of ours. Checks no signature. */
export function readToken(jws: string): Token | null {
  if (typeof jws !== 'string' || jws.length > jwsBytesMax) return null
  const [header64, payload64, signature64, more] = jws.split('.')
  if (header64 === undefined || payload64 === undefined || signature64 === undefined || more !== undefined)
    return null
  try {
    const header = JSON.parse(utf8(fromBase64url(header64))) as Record<string, unknown>
    const claims: unknown = JSON.parse(utf8(fromBase64url(payload64)))
    const signature = fromBase64url(signature64)
    const { alg, kid, typ } = header
    if (alg !== 'EdDSA' || typeof kid !== 'string' || typeof typ !== 'string') return null
    // RFC 7515 section 4.1.11: whoever sets "crit" wants something understood that version 1 does not have.
    if (Object.keys(header).length !== 3 || signature.byteLength !== 64) return null
    return { typ, kid, claims, signed: new TextEncoder().encode(`${header64}.${payload64}`), signature }
  } catch {
    // Not base64url or not JSON: the caller says "cannot be read", which is all there is to say.
    return null
  }
}

export type MandateCheck = {
  readonly jws: string
  readonly certificate: string
  /** The root key pinned at enrolment: raw Ed25519 public key, base64url. */
  readonly rootKey: string
  readonly nowMs: number
}

/**
 * The chain of signatures and the claims, with the signature check handed in. Refusals: 'unreadable',
 * 'certificate-foreign', 'certificate-not-in-force', 'signature-wrong', 'mandate-unreadable'.
 */
export function checkToken<Claims>(
  check: MandateCheck,
  typ: TokenKind,
  isClaims: (value: unknown) => value is Claims,
  signatureHolds: SignatureCheck,
): Result<Claims> {
  const certificate = readToken(check.certificate)
  const token = readToken(check.jws)
  if (certificate === null || token === null)
    return refuse(why('unreadable', 'This is not a signed statement that we can read.'))
  const vouched = certificate.claims
  if (
    certificate.typ !== 'overt-certificate+jws' ||
    !isCertificate(vouched) ||
    !signatureHolds(check.rootKey, certificate.signed, certificate.signature)
  )
    return refuse(
      why('certificate-foreign', 'The signing key is not vouched for by the root key that we know.'),
    )
  if (check.nowMs < vouched.fromMs || check.nowMs >= vouched.untilMs)
    return refuse(why('certificate-not-in-force', 'The signing key is not in force at this time.'))
  if (
    token.typ !== typ ||
    token.kid !== vouched.kid ||
    !signatureHolds(vouched.publicKey, token.signed, token.signature)
  )
    return refuse(
      why('signature-wrong', 'The signature does not fit: this was altered, or signed by another key.'),
    )
  if (!isClaims(token.claims))
    return refuse(
      why('unknown-shape', 'The statement holds fields or values that this version does not know.'),
    )
  return { ok: true, value: token.claims }
}

/** Signatures already checked elsewhere or to be checked by `signatureHoldsWeb`: runs `checkToken` in a browser. */
async function checkTokenWeb<Claims>(
  check: MandateCheck,
  typ: TokenKind,
  isClaims: (value: unknown) => value is Claims,
): Promise<Result<Claims>> {
  // `checkToken` is synchronous and WebCrypto is not: ask first which signatures hold, then let it decide.
  const certificate = readToken(check.certificate)
  const token = readToken(check.jws)
  const vouched = certificate?.claims
  const good = new Set<string>()
  if (certificate && token && isCertificate(vouched)) {
    if (await signatureHoldsWeb(check.rootKey, certificate.signed, certificate.signature))
      good.add(check.rootKey)
    if (await signatureHoldsWeb(vouched.publicKey, token.signed, token.signature)) good.add(vouched.publicKey)
  }
  return checkToken(check, typ, isClaims, (publicKey) => good.has(publicKey))
}

/**
 * For a receiver: signature, certificate and shape of a mandate, as of `nowMs` (give the time the footage was made).
 * Says nothing about counters, which only a recorder knows.
 */
export async function readMandate(check: MandateCheck): Promise<Result<Mandate>> {
  return await checkTokenWeb(check, 'overt-mandate+jws', isMandate)
}

export async function readWithdrawal(check: MandateCheck): Promise<Result<Withdrawal>> {
  return await checkTokenWeb(check, 'overt-withdrawal+jws', isWithdrawal)
}

export async function readPackSeal(check: MandateCheck): Promise<Result<PackSeal>> {
  return await checkTokenWeb(check, 'overt-pack+jws', isPackSeal)
}

/** Ed25519 on WebCrypto; a malformed key or signature does not hold. */
export async function signatureHoldsWeb(
  publicKey: string,
  signed: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const raw = fromBase64url(publicKey)
  if (raw.byteLength !== 32 || signature.byteLength !== 64) return false
  const key = await crypto.subtle.importKey('raw', raw, { name: 'Ed25519' }, false, ['verify'])
  return await crypto.subtle.verify('Ed25519', key, own(signature), own(signed))
}

const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>
const utf8 = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes)

/** Strict base64url without padding: what does not come back the same when written again is refused. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[\w-]*$/.test(text)) throw new SyntaxError('not base64url')
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0))
  if (toBase64url(bytes) !== text) throw new SyntaxError('not base64url')
  return bytes
}

export function toBase64url(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
