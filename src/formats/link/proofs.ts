/**
 * Who is at the other end. The recorder signs the hub's nonce with its identity key; the hub signs the recorder's with
 * the signing key that the pinned root key vouches for. Each signature names both nonces and its direction, so none
 * serves twice or the other way round. Neither text can be a JWS, which has no spaces or line ends.
 */
import { type KeyObject, randomBytes, sign } from 'node:crypto'
import { type Reason, type Result, refuse } from '#base/base.ts'
import { isCertificate, readToken, signatureHolds } from '#formats/mandate/mandate.ts'

/** 32 random bytes, base64url. */
export const newNonce = (): string => randomBytes(32).toString('base64url')

export type Meeting = {
  readonly recorder: string
  readonly recorderNonce: string
  readonly hubNonce: string
}

const text = (side: 'recorder' | 'hub', meeting: Meeting): Buffer =>
  Buffer.from(`overt link 1 ${side}\n${meeting.recorder}\n${meeting.recorderNonce}\n${meeting.hubNonce}\n`)

/** Ed25519 by the recorder's identity key, base64url. */
export const recorderProof = (meeting: Meeting, identity: KeyObject): string =>
  sign(null, text('recorder', meeting), identity).toString('base64url')

/** Ed25519 by the hub's signing key, base64url. */
export const hubProof = (meeting: Meeting, signingKey: KeyObject): string =>
  sign(null, text('hub', meeting), signingKey).toString('base64url')

export const recorderProofHolds = (meeting: Meeting, publicKey: string, signature: string): boolean =>
  signatureHolds(publicKey, text('recorder', meeting), Buffer.from(signature, 'base64url'))

const why = (code: string, message: string): Reason => ({ code, message, clause: null })

/** Refusals: 'certificate-foreign', 'certificate-not-in-force', 'signature-wrong'. */
export function checkHubProof(
  meeting: Meeting,
  proof: {
    readonly certificate: string
    readonly signature: string
    readonly rootKey: string
    readonly nowMs: number
  },
): Result<null> {
  const token = readToken(proof.certificate)
  if (
    token === null ||
    token.typ !== 'overt-certificate+jws' ||
    !isCertificate(token.claims) ||
    !signatureHolds(proof.rootKey, token.signed, token.signature)
  )
    return refuse(
      why('certificate-foreign', 'This hub’s key is not vouched for by the root key that we know.'),
    )
  const { fromMs, untilMs, publicKey } = token.claims
  if (proof.nowMs < fromMs || proof.nowMs >= untilMs)
    return refuse(why('certificate-not-in-force', 'This hub’s key is not in force at this time.'))
  if (!signatureHolds(publicKey, text('hub', meeting), Buffer.from(proof.signature, 'base64url')))
    return refuse(why('signature-wrong', 'This hub could not prove that it holds its key.'))
  return { ok: true, value: null }
}
