/** Opens sealed records in Node, where many are opened in a row: synchronous, no copies. */
import { createDecipheriv } from 'node:crypto'
import { Failure } from '#base/base.ts'
import { recordHeaderBytes, tagBytes } from './layout.ts'
import { recordAad } from './open-web.ts'

const nonce = new Uint8Array(12)

/**
 * @param key the record's own 32-byte key (`fragmentKey`)
 * @param headHash SHA-256 of the reel's prelude
 * @param header the 80 header bytes as stored
 * @param body ciphertext and tag as stored
 * @returns the clear body. Throws `Failure('data-loss')` when a bit differs or the key is another's.
 */
export function openRecord(
  key: Uint8Array,
  headHash: Uint8Array,
  header: Uint8Array,
  body: Uint8Array,
): Buffer {
  if (header.byteLength !== recordHeaderBytes || body.byteLength < tagBytes)
    throw new Failure('data-loss', 'This record is cut short.')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce)
    decipher.setAAD(recordAad(headHash, header))
    decipher.setAuthTag(body.subarray(body.byteLength - tagBytes))
    const clear = decipher.update(body.subarray(0, body.byteLength - tagBytes))
    decipher.final()
    return clear
  } catch (cause) {
    throw new Failure(
      'data-loss',
      'This record does not open: it was altered, or the key is not its own.',
      cause,
    )
  }
}
