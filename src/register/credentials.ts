import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure, writeFileDurably } from '#base/base.ts'

/**
 * Cameras' user names and passwords, sealed under a key that lies in a file beside the database and never in it: a copy
 * of the database opens no camera. They are written, handed to the recorder that dials the camera, and never shown.
 */
export type CredentialBox = {
  seal(cameraId: string, credentials: Credentials): Buffer
  /** Throws `data-loss` when it was sealed for another camera or under another key. */
  open(cameraId: string, sealed: Buffer): Credentials
}
export type Credentials = { readonly username: string; readonly password: string }

const label = 'overt camera credentials 1'

/** Opens the box, making its key at the first start. `keysFolder` is `OVERT_HOME/keys`, mode 0700. */
export async function openCredentialBox(keysFolder: string): Promise<CredentialBox> {
  const path = join(keysFolder, 'camera-credentials.key')
  let key: Buffer
  try {
    key = await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    key = randomBytes(32)
    await writeFileDurably(path, key)
  }
  if (key.length !== 32) throw new Failure('data-loss', `${path} should hold 32 bytes, not ${key.length}`)
  return credentialBox(key)
}

/** AES-256-GCM (NIST SP 800-38D): nonce (12, random) ‖ ciphertext ‖ tag (16); the camera's id is bound in. */
export function credentialBox(key: Buffer): CredentialBox {
  const bound = (cameraId: string) => Buffer.from(`${label}\0${cameraId}`)
  return {
    seal(cameraId, credentials) {
      // A random nonce is safe far beyond the number of times cameras change their password (2^32 per key).
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bound(cameraId))
      const text = JSON.stringify([credentials.username, credentials.password])
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    },
    open(cameraId, sealed) {
      if (sealed.length < 28) throw new Failure('data-loss', "a camera's sealed password is too short")
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
          .setAAD(bound(cameraId))
          .setAuthTag(sealed.subarray(-16))
        const text = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
        const [username, password] = JSON.parse(text.toString('utf8')) as [string, string]
        return { username, password }
      } catch (error) {
        throw new Failure(
          'data-loss',
          "couldn't open a camera's sealed password: type it again on the camera's page",
          error,
        )
      }
    },
  }
}
