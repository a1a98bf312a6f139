import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { writeFileDurably } from './durable.ts'
import { Failure } from './failures.ts'

/**
 * Secrets that the hub must be able to read again (camera passwords, keys of second factors), sealed under a key that
 * lies in a file beside the database and never in it: a copy of the database opens none of them.
 */
export type SecretBox = {
  seal(id: string, text: string): Buffer
  /** Throws `data-loss` when it was sealed for another id, under another label or another key. */
  open(id: string, sealed: Buffer): string
}

/** Opens the box whose key is at `path`, making the key at the first start. `label` parts one use from another. */
export async function openSecretBox(path: string, label: string): Promise<SecretBox> {
  let key: Buffer
  try {
    key = await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    key = randomBytes(32)
    await writeFileDurably(path, key)
  }
  if (key.length !== 32) throw new Failure('data-loss', `${path} should hold 32 bytes, not ${key.length}`)
  return secretBox(key, label)
}

/** AES-256-GCM (NIST SP 800-38D): nonce (12, random) ‖ ciphertext ‖ tag (16); label and id are bound in. */
export function secretBox(key: Buffer, label: string): SecretBox {
  const bound = (id: string) => Buffer.from(`${label}\0${id}`)
  return {
    seal(id, text) {
      // A random nonce is safe far beyond the number of secrets that a landlord ever seals (2^32 per key).
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bound(id))
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    },
    open(id, sealed) {
      if (sealed.length < 28) throw new Failure('data-loss', 'a sealed secret is too short')
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
          .setAAD(bound(id))
          .setAuthTag(sealed.subarray(-16))
        return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8')
      } catch (error) {
        throw new Failure('data-loss', "couldn't open a sealed secret", error)
      }
    },
  }
}
