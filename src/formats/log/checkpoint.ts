/**
 * C2SP signed-note and tlog-checkpoint: three lines (origin, size, root) and Ed25519 signatures, as text. Several keys
 * may sign one note; a reader checks the one it knows.
 */
import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto'
import { Failure } from '#base/base.ts'
import type { Hash } from './tree.ts'

export type Checkpoint = {
  /** Unique name of the log, no scheme: `overt.example/ledger/2026`. */
  readonly origin: string
  readonly size: number
  readonly root: Hash
}

/** Name and raw Ed25519 public key under which a log or witness signs. */
export type NoteKey = { readonly name: string; readonly publicKey: Uint8Array }

const noteBytesMax = 65_536
const ed25519 = 1

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What is hashed for a key id: name ‖ newline ‖ 0x01 ‖ public key; the id is the first four bytes. */
function keyIdInput(key: NoteKey): Uint8Array<ArrayBuffer> {
  const name = bytes(`${key.name}\n`)
  const input = new Uint8Array(name.byteLength + 1 + key.publicKey.byteLength)
  input.set(name)
  input[name.byteLength] = ed25519
  input.set(key.publicKey, name.byteLength + 1)
  return input
}

function checkKeyName(name: string): void {
  if (name.length === 0 || name.length > 200 || /[+\s]/u.test(name))
    throw new Failure('invalid', `"${name}" cannot name a log key: no spaces and no "+".`)
}

/** `name+hexid+base64(0x01 ‖ key)`: the verifier key as Go's note package and others write it. */
export function encodeNoteKey(key: NoteKey): string {
  checkKeyName(key.name)
  const id = hash('sha256', keyIdInput(key), 'buffer').subarray(0, 4).toString('hex')
  return `${key.name}+${id}+${Buffer.concat([Buffer.of(ed25519), key.publicKey]).toString('base64')}`
}

/** Throws `Failure('invalid')`. The key id is only compared on use, when signatures are matched by it. */
export function decodeNoteKey(text: string): NoteKey {
  const match = /^([^+\s]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{44})$/.exec(text)
  const raw = match === null ? null : fromBase64(match[3]!)
  if (match === null || raw === null || raw.byteLength !== 33 || raw[0] !== ed25519)
    throw new Failure('invalid', 'This is not a log’s public key: it should read name+id+key.')
  return { name: match[1]!, publicKey: raw.slice(1) }
}

export function checkpointText(checkpoint: Checkpoint): string {
  if (
    checkpoint.origin.length === 0 ||
    /[\n]/.test(checkpoint.origin) ||
    !Number.isSafeInteger(checkpoint.size)
  )
    throw new Failure('invalid', 'A checkpoint needs an origin of one line and a whole size.')
  return `${checkpoint.origin}\n${checkpoint.size}\n${toBase64(checkpoint.root)}\n`
}

/** The signed note: text, empty line, one signature line. */
export function signCheckpoint(checkpoint: Checkpoint, key: NoteKey, privateKey: KeyObject): string {
  checkKeyName(key.name)
  const text = checkpointText(checkpoint)
  const id = hash('sha256', keyIdInput(key), 'buffer').subarray(0, 4)
  const signature = sign(null, bytes(text), privateKey)
  return `${text}\n— ${key.name} ${Buffer.concat([id, signature]).toString('base64')}\n`
}

export type Note = {
  readonly text: string
  readonly signatures: readonly { name: string; id: Uint8Array; signature: Uint8Array }[]
}

/** Takes a note apart; null when it is none. Checks no signature. */
export function readNote(note: string): Note | null {
  if (note.length > noteBytesMax) return null
  // C2SP signed-note: the signatures follow the last empty line.
  const split = note.lastIndexOf('\n\n')
  if (split < 0 || !note.endsWith('\n')) return null
  const text = note.slice(0, split + 1)
  const signatures: { name: string; id: Uint8Array; signature: Uint8Array }[] = []
  for (const line of note.slice(split + 2, -1).split('\n')) {
    const match = /^— ([^+\s]{1,200}) ([A-Za-z0-9+/=]+)$/.exec(line)
    const raw = match === null ? null : fromBase64(match[2]!)
    if (match === null || raw === null || raw.byteLength < 5 || signatures.length >= 100) return null
    signatures.push({ name: match[1]!, id: raw.slice(0, 4), signature: raw.slice(4) })
  }
  return { text, signatures }
}

/** The three lines of a checkpoint's text; null when they are not exactly that. */
export function readCheckpoint(text: string): Checkpoint | null {
  const [origin, size, root64, ...rest] = text.split('\n')
  if (!origin || size === undefined || root64 === undefined || rest.length === 0 || rest.at(-1) !== '')
    return null
  const root = fromBase64(root64)
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || root === null || root.byteLength !== 32) return null
  return Number.isSafeInteger(Number(size)) ? { origin, size: Number(size), root } : null
}

/** The checkpoint, when the key signed it; null when the note is malformed or the key's signature is missing or wrong. */
export function verifyCheckpoint(note: string, key: NoteKey): Checkpoint | null {
  const read = readNote(note)
  if (read === null || key.publicKey.byteLength !== 32) return null
  const id = hash('sha256', keyIdInput(key), 'buffer').subarray(0, 4)
  const signature = signatureOf(read, key.name, id)
  if (signature === null) return null
  const publicKey = createPublicKey({
    key: Buffer.from(key.publicKey),
    format: 'raw-public',
    asymmetricKeyType: 'ed25519',
  })
  return verify(null, bytes(read.text), publicKey, signature) ? readCheckpoint(read.text) : null
}

/** `verifyCheckpoint` on WebCrypto. */
export async function verifyCheckpointWeb(note: string, key: NoteKey): Promise<Checkpoint | null> {
  const read = readNote(note)
  if (read === null || key.publicKey.byteLength !== 32) return null
  const id = new Uint8Array(await crypto.subtle.digest('SHA-256', keyIdInput(key))).subarray(0, 4)
  const signature = signatureOf(read, key.name, id)
  if (signature === null) return null
  const raw = new Uint8Array(key.publicKey)
  const publicKey = await crypto.subtle.importKey('raw', raw, { name: 'Ed25519' }, false, ['verify'])
  const holds = await crypto.subtle.verify(
    'Ed25519',
    publicKey,
    new Uint8Array(signature),
    bytes(read.text).slice(),
  )
  return holds ? readCheckpoint(read.text) : null
}

function signatureOf(note: Note, name: string, id: Uint8Array): Uint8Array | null {
  const mine = note.signatures.find(
    (line) => line.name === name && line.id.every((byte, at) => byte === id[at]),
  )
  return mine === undefined || mine.signature.byteLength !== 64 ? null : mine.signature
}

function toBase64(value: Uint8Array): string {
  let binary = ''
  for (const byte of value) binary += String.fromCharCode(byte)
  return btoa(binary)
}

/** Strict: what would not be written the same way again is refused. */
function fromBase64(text: string): Uint8Array | null {
  try {
    const value = Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
    return toBase64(value) === text ? value : null
  } catch {
    // Not base64 at all, which null says.
    return null
  }
}
