import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'
import { Failure } from '#base/base.ts'

/**
 * AES-256-GCM with a random 96-bit nonce, written as base64url of nonce ‖ ciphertext ‖ tag. `about` is bound to it as
 * associated data, so a sealed key can't be passed off as another's. NIST SP 800-38D allows 2^32 random nonces a key;
 * a group key seals a few thousand.
 */
export function seal(key: KeyObject | Buffer, plain: Buffer, about: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(about))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  )
}

/** @throws Failure 'data-loss' when the key is another one, or a byte was changed. */
export function unseal(key: KeyObject | Buffer, sealed: string, about: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url')
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
