import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'
import { Failure } from '#base/base.ts'

/**
 * AES-256-GCM with a random 96-bit nonce: nonce ‖ ciphertext ‖ tag. `about` is bound to it as
 * associated data, so a sealed key can't be passed off as another's. NIST SP 800-38D allows 2^32 random nonces a key;
 * a group key seals a few thousand.
 */
export function sealBytes(key: KeyObject | Buffer, plain: Buffer, about: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(about))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** @throws Failure 'data-loss' when the key is another one, or a byte was changed. */
export function unsealBytes(key: KeyObject | Buffer, bytes: Buffer, about: string): Buffer {
  if (bytes.length < 28) throw new Failure('data-loss', `the sealed key "${about}" is too short`)
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
  decipher.setAAD(Buffer.from(about))
  decipher.setAuthTag(bytes.subarray(-16))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
  } catch (error) {
    throw new Failure('data-loss', `the sealed key "${about}" can't be opened with this keyring`, error)
  }
}

/** The same as a line of a key file holds it: base64url. */
export const seal = (key: KeyObject | Buffer, plain: Buffer, about: string): string =>
  sealBytes(key, plain, about).toString('base64url')

/** @throws Failure 'data-loss', as `unsealBytes` */
export const unseal = (key: KeyObject | Buffer, sealed: string, about: string): Buffer =>
  unsealBytes(key, Buffer.from(sealed, 'base64url'), about)
