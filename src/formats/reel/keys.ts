/**
 * Keys of a reel: the camera-day key pair, the reel key wrapped to it by HPKE (RFC 9180 base mode,
 * DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM), and a key for each fragment. Node only; the browser never
 * sees a reel key.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  decapsulate,
  encapsulate,
  generateKeyPairSync,
  hash,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { Failure } from '#base/base.ts'
import type { ReelHead } from './layout.ts'

export const hpkeInfo = Buffer.from('overt reel 1')
const fragmentInfo = Buffer.from('overt fragment 1')
const reelKeyBytes = 32

/** The first 16 bytes of SHA-256 of a raw public key, base64url: 22 characters. */
export function keyId(rawPublicKey: Uint8Array): string {
  return hash('sha256', rawPublicKey, 'buffer').subarray(0, 16).toString('base64url')
}

/** A camera's key pair for one civil day. `privateKey` is 32 raw bytes: it belongs in the keyring and nowhere else. */
export function newDayKey(): { kid: string; publicKey: string; privateKey: Buffer } {
  const pair = generateKeyPairSync('x25519')
  const raw = pair.publicKey.export({ format: 'raw-public' })
  return {
    kid: keyId(raw),
    publicKey: raw.toString('base64url'),
    privateKey: pair.privateKey.export({ format: 'raw-private' }),
  }
}

function dayPublicKey(publicKey: string): KeyObject {
  const raw = Buffer.from(publicKey, 'base64url')
  if (raw.byteLength !== 32) throw new Failure('invalid', 'A camera-day public key must have 32 bytes.')
  return createPublicKey({ key: raw, format: 'raw-public', asymmetricKeyType: 'x25519' })
}

// RFC 9180 section 5.1: suite_id = "HPKE" || I2OSP(kem_id, 2) || I2OSP(kdf_id, 2) || I2OSP(aead_id, 2).
const suite = Buffer.concat([Buffer.from('HPKE'), Buffer.from([0x00, 0x20, 0x00, 0x01, 0x00, 0x02])])
const label = Buffer.from('HPKE-v1')

function labeledExtract(salt: Uint8Array, name: string, ikm: Uint8Array): Buffer {
  return createHmac('sha256', salt).update(label).update(suite).update(name).update(ikm).digest()
}

/** One block of HKDF-Expand is enough: nothing here is longer than 32 bytes. */
function labeledExpand(prk: Buffer, name: string, info: Uint8Array, length: number): Buffer {
  const blockInput = Buffer.concat([
    Buffer.from([0, length]),
    label,
    suite,
    Buffer.from(name),
    info,
    Buffer.of(1),
  ])
  return createHmac('sha256', prk).update(blockInput).digest().subarray(0, length)
}

const none = Buffer.alloc(0)

/** RFC 9180 section 5.1, KeySchedule in mode base (no psk), for one message (sequence 0, so the base nonce). */
function keySchedule(sharedSecret: Uint8Array, info: Uint8Array): { key: Buffer; nonce: Buffer } {
  const context = Buffer.concat([
    Buffer.of(0),
    labeledExtract(none, 'psk_id_hash', none),
    labeledExtract(none, 'info_hash', info),
  ])
  const secret = labeledExtract(sharedSecret, 'secret', none)
  return {
    key: labeledExpand(secret, 'key', context, 32),
    nonce: labeledExpand(secret, 'base_nonce', context, 12),
  }
}

/** HPKE single-shot seal to a raw X25519 public key (base64url). */
export function hpkeSeal(
  publicKey: string,
  info: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): { enc: Buffer; ciphertext: Buffer } {
  const { sharedKey, ciphertext: enc } = encapsulate(dayPublicKey(publicKey))
  const { key, nonce } = keySchedule(sharedKey, info)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad)
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
  key.fill(0)
  sharedKey.fill(0)
  return { enc, ciphertext }
}

/** HPKE single-shot open with a raw X25519 private key (32 bytes). Throws `Failure('data-loss')` on a wrong key. */
export function hpkeOpen(
  privateKey: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  enc: Uint8Array,
  ciphertext: Uint8Array,
): Buffer {
  try {
    const own = createPrivateKey({
      key: Buffer.from(privateKey),
      format: 'raw-private',
      asymmetricKeyType: 'x25519',
    })
    const sharedKey = decapsulate(own, Buffer.from(enc))
    const { key, nonce } = keySchedule(sharedKey, info)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(aad)
    decipher.setAuthTag(ciphertext.subarray(ciphertext.byteLength - 16))
    const plaintext = decipher.update(ciphertext.subarray(0, ciphertext.byteLength - 16))
    decipher.final()
    return plaintext
  } catch (cause) {
    throw new Failure('data-loss', 'This key does not open what was wrapped.', cause)
  }
}

/** The wrapped key is bound to its reel: the AAD of the HPKE message names camera, day and reel. */
export function wrapAad(head: Pick<ReelHead, 'camera' | 'day' | 'reel'>): Buffer {
  return Buffer.from(`${head.camera} ${head.day} ${head.reel}`)
}

export function newReelKey(): Buffer {
  return randomBytes(reelKeyBytes)
}

export function wrapReelKey(
  reelKey: Uint8Array,
  publicKey: string,
  head: Pick<ReelHead, 'camera' | 'day' | 'reel'>,
): { enc: string; wrapped: string } {
  const { enc, ciphertext } = hpkeSeal(publicKey, hpkeInfo, wrapAad(head), reelKey)
  return { enc: enc.toString('base64url'), wrapped: ciphertext.toString('base64url') }
}

/** The reel's 32-byte key, for who holds the camera-day's private key (raw, 32 bytes). Throws `Failure`. */
export function unwrapReelKey(head: ReelHead, privateKey: Uint8Array): Buffer {
  return hpkeOpen(
    privateKey,
    hpkeInfo,
    wrapAad(head),
    Buffer.from(head.enc, 'base64url'),
    Buffer.from(head.wrapped, 'base64url'),
  )
}

/** HKDF-SHA-256 (RFC 5869), no salt, info "overt fragment 1" and the sequence in 4 bytes: one record's own key. */
export function fragmentKey(reelKey: Uint8Array, sequence: number): Buffer {
  const info = Buffer.allocUnsafe(fragmentInfo.byteLength + 4)
  info.set(fragmentInfo)
  info.writeUInt32BE(sequence, fragmentInfo.byteLength)
  return Buffer.from(hkdfSync('sha256', reelKey, none, info, 32))
}
