/**
 * The clear bodies of a reel: gap, index and close records, and the trailer, as docs/reference/reel.md writes them down.
 * Portable, as layout.ts.
 */
import { Failure } from '#base/base.ts'
import {
  type CloseReason,
  closeReasons,
  flagKeyframe,
  type GapCause,
  gapCauses,
  indexEntryBytes,
  isCount,
  isText,
  latin1,
  type RecordType,
  recordsMax,
  recordTypes,
  trailerBytes,
  trailerMagic,
  typeCodes,
} from './layout.ts'

const utf8 = new TextEncoder()
const fromUtf8 = new TextDecoder('utf-8', { fatal: true })

export type GapBody = {
  readonly v: 1
  readonly cause: GapCause
  /** A code for the cause behind the cause (`ECONNRESET`, `rtsp-454`), never free text; null when there is none. */
  readonly detail: string | null
  /** Frames or packets known to be missing; null when nobody can know. */
  readonly lost: number | null
}

export type CloseBody = {
  readonly v: 1
  readonly reason: CloseReason
  /** Records before this one. */
  readonly records: number
  readonly fragments: number
  readonly frames: number
  /** Span of the media; null when the reel holds none. */
  readonly firstMs: number | null
  readonly lastMs: number | null
  /** Where the index record begins. */
  readonly indexOffset: number
}

/** One line of the index record, for every record before it. */
export type IndexEntry = {
  readonly offset: number
  readonly sequence: number
  readonly type: RecordType
  readonly startsWithKeyframe: boolean
  readonly bodyBytes: number
  readonly frames: number
  readonly startMs: number
  readonly endMs: number
  readonly decodeTime: bigint
  readonly duration: number
  /** SHA-256(header ‖ body): stands for the record in the chain where the record itself is not at hand. */
  readonly hash: Uint8Array
}

export function encodeIndex(entries: readonly IndexEntry[]): Uint8Array {
  const bytes = new Uint8Array(entries.length * indexEntryBytes)
  const view = new DataView(bytes.buffer)
  for (const [row, entry] of entries.entries()) {
    const at = row * indexEntryBytes
    view.setBigUint64(at, BigInt(entry.offset))
    view.setUint32(at + 8, entry.sequence)
    view.setUint32(at + 12, entry.bodyBytes)
    view.setUint8(at + 16, typeCodes[entry.type])
    view.setUint8(at + 17, entry.startsWithKeyframe ? flagKeyframe : 0)
    view.setUint16(at + 18, entry.frames)
    view.setUint32(at + 20, entry.duration)
    view.setBigInt64(at + 24, BigInt(entry.startMs))
    view.setBigInt64(at + 32, BigInt(entry.endMs))
    view.setBigUint64(at + 40, entry.decodeTime)
    bytes.set(entry.hash, at + 48)
  }
  return bytes
}

export function decodeIndex(bytes: Uint8Array): IndexEntry[] {
  if (bytes.byteLength % indexEntryBytes !== 0 || bytes.byteLength / indexEntryBytes > recordsMax)
    throw new Failure('data-loss', 'The index of this reel has the wrong length.')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries: IndexEntry[] = []
  for (let at = 0; at < bytes.byteLength; at += indexEntryBytes) {
    const type = recordTypes[view.getUint8(at + 16) - 1]
    const offset = Number(view.getBigUint64(at))
    if (type === undefined || !Number.isSafeInteger(offset))
      throw new Failure('data-loss', 'The index of this reel has an entry that cannot be read.')
    entries.push({
      offset,
      sequence: view.getUint32(at + 8),
      type,
      startsWithKeyframe: (view.getUint8(at + 17) & flagKeyframe) !== 0,
      bodyBytes: view.getUint32(at + 12),
      frames: view.getUint16(at + 18),
      startMs: Number(view.getBigInt64(at + 24)),
      endMs: Number(view.getBigInt64(at + 32)),
      decodeTime: view.getBigUint64(at + 40),
      duration: view.getUint32(at + 20),
      hash: bytes.slice(at + 48, at + indexEntryBytes),
    })
  }
  return entries
}

/** The last 24 bytes of a closed reel: where its index and its close record begin. */
export function encodeTrailer(indexOffset: number, closeOffset: number): Uint8Array {
  const bytes = new Uint8Array(trailerBytes)
  bytes.set(utf8.encode(trailerMagic))
  const view = new DataView(bytes.buffer)
  view.setBigUint64(8, BigInt(indexOffset))
  view.setBigUint64(16, BigInt(closeOffset))
  return bytes
}

export function decodeTrailer(bytes: Uint8Array): { indexOffset: number; closeOffset: number } | null {
  if (bytes.byteLength !== trailerBytes || latin1(bytes.subarray(0, 8)) !== trailerMagic) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { indexOffset: Number(view.getBigUint64(8)), closeOffset: Number(view.getBigUint64(16)) }
}

/** A gap's or close record's clear body, read back. */
export function decodeGapBody(body: Uint8Array): GapBody {
  const value = clearJson(body) as Partial<GapBody>
  if (
    value.v !== 1 ||
    !gapCauses.includes(value.cause as GapCause) ||
    !(value.detail === null || isText(64)(value.detail)) ||
    !(value.lost === null || isCount(value.lost))
  )
    throw new Failure('data-loss', 'A gap record cannot be read.')
  return value as GapBody
}

export function decodeCloseBody(body: Uint8Array): CloseBody {
  const value = clearJson(body) as Partial<CloseBody>
  const countOrNull = (n: unknown) => n === null || isCount(n)
  if (
    value.v !== 1 ||
    !closeReasons.includes(value.reason as CloseReason) ||
    ![value.records, value.fragments, value.frames, value.indexOffset].every(isCount) ||
    !countOrNull(value.firstMs) ||
    !countOrNull(value.lastMs)
  )
    throw new Failure('data-loss', 'The close record cannot be read.')
  return value as CloseBody
}

const clearBodyBytesMax = 4096

function clearJson(body: Uint8Array): object {
  if (body.byteLength > clearBodyBytesMax) throw new Failure('too-large', 'A clear record is too long.')
  try {
    const value: unknown = JSON.parse(fromUtf8.decode(body))
    if (typeof value === 'object' && value !== null) return value
  } catch (cause) {
    throw new Failure('data-loss', 'A clear record is not JSON.', cause)
  }
  throw new Failure('data-loss', 'A clear record is not an object.')
}
