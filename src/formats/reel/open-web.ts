/** Opens sealed records on WebCrypto: the receiver's browser, and Node where the same code must run in both. */
import { recordHeaderBytes, tagBytes } from './layout.ts'

const nonce = new Uint8Array(12)

/** The clear body, or null instead of a throw when it does not open. */
export async function openSealed(
  key: Uint8Array,
  headHash: Uint8Array,
  header: Uint8Array,
  body: Uint8Array,
): Promise<Uint8Array | null> {
  if (header.byteLength !== recordHeaderBytes || body.byteLength < tagBytes || key.byteLength !== 32)
    return null
  try {
    const own = await crypto.subtle.importKey('raw', own8(key), 'AES-GCM', false, ['decrypt'])
    const algorithm = {
      name: 'AES-GCM',
      iv: nonce,
      additionalData: recordAad(headHash, header),
      tagLength: 128,
    }
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, own, own8(body)))
  } catch (error) {
    if (error instanceof DOMException && error.name === 'OperationError') return null
    throw error
  }
}

/** What a record is bound to: its reel (hash of the prelude) and its own header. */
export function recordAad(headHash: Uint8Array, header: Uint8Array): Uint8Array<ArrayBuffer> {
  const aad = new Uint8Array(headHash.byteLength + header.byteLength)
  aad.set(headHash)
  aad.set(header, headHash.byteLength)
  return aad
}

const own8 = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>
