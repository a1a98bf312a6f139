/**
 * Reads a reel without any key: what it holds, whether its chain is whole, where a torn tail begins. Portable: bytes
 * come from a file, a `Blob` or memory, hashing from whoever calls (WebCrypto by default).
 */
import { Failure } from '#base/base.ts'
import {
  chainBytes,
  decodePrelude,
  decodeRecordHeader,
  preludeFixedBytes,
  preludeLength,
  type RecordHeader,
  type ReelHead,
  recordHeaderBytes,
  recordsMax,
  trailerBytes,
} from './layout.ts'
import {
  type CloseBody,
  decodeCloseBody,
  decodeGapBody,
  decodeIndex,
  decodeTrailer,
  type GapBody,
  type IndexEntry,
} from './tail.ts'

/** Bytes that can be read from anywhere. `read` gives fewer bytes only at the end. */
export type Source = {
  readonly size: number
  read(offset: number, length: number): Promise<Uint8Array>
}

export function bytesSource(bytes: Uint8Array): Source {
  return {
    size: bytes.byteLength,
    read: async (offset, length) => bytes.subarray(offset, Math.min(offset + length, bytes.byteLength)),
  }
}

/** SHA-256 over parts laid end to end. */
export type Hasher = (parts: readonly Uint8Array[]) => Uint8Array | Promise<Uint8Array>

/** WebCrypto's SHA-256, in Node and in browsers alike. */
export const webHasher: Hasher = async (parts) => {
  let joined = parts[0] ?? new Uint8Array()
  if (parts.length > 1) joined = joinBytes(parts)
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined as Uint8Array<ArrayBuffer>))
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.byteLength
  const joined = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.byteLength
  }
  return joined
}

/** `hash` is SHA-256(header ‖ body); null when the scan did not verify. */
export type ReelRecord = RecordHeader & { readonly offset: number; readonly hash: Uint8Array | null }

export type ReelScan = {
  readonly head: ReelHead
  readonly headHash: Uint8Array
  readonly records: readonly ReelRecord[]
  readonly gaps: readonly (GapBody & { readonly fromMs: number; readonly toMs: number })[]
  /** `closed`: whole to its trailer. `open`: ends on a record's end. `torn`: bytes after `validBytes` are no record. */
  readonly state: 'closed' | 'open' | 'torn'
  readonly close: CloseBody | null
  /** Everything before this offset is whole (and, when verified, in the chain). */
  readonly validBytes: number
  /** Chain head of what is whole. */
  readonly chain: Uint8Array
  /** Why it is torn, in words. */
  readonly problem: string | null
}

export type ScanOptions = {
  /** Hash every body and follow the chain (true), or trust lengths and stored chain values (false). Default true. */
  readonly verify?: boolean
  readonly sha256?: Hasher
}

/**
 * Walks the records. Throws `Failure` only when the head itself is unusable; everything after it that does not fit is
 * reported as `torn`, at the offset from which it is.
 */
export async function scanReel(source: Source, options: ScanOptions = {}): Promise<ReelScan> {
  const sha256 = options.sha256 ?? webHasher
  const { head, bytes: prelude } = await readPrelude(source)
  const headHash = await sha256([prelude])
  const records: ReelRecord[] = []
  const gaps: (GapBody & { fromMs: number; toMs: number })[] = []
  let offset = prelude.byteLength
  let chain: Uint8Array = headHash
  let close: CloseBody | null = null
  const found = (state: ReelScan['state'], problem: string | null): ReelScan => ({
    head,
    headHash,
    records,
    gaps,
    state,
    close,
    validBytes: offset,
    chain,
    problem,
  })

  while (offset < source.size) {
    const headerBytes = await source.read(offset, recordHeaderBytes)
    const header = decodeRecordHeader(headerBytes)
    if (typeof header === 'string') return found('torn', header)
    if (header.sequence !== records.length)
      return found('torn', `record ${header.sequence} stands where ${records.length} should`)
    if (records.length >= recordsMax) return found('torn', `there are more than ${recordsMax} records`)
    const end = offset + recordHeaderBytes + header.bodyBytes + chainBytes
    if (end > source.size) return found('torn', `record ${header.sequence} is cut short`)
    const wantsBody =
      options.verify !== false || header.type === 'gap' || header.type === 'close' || header.type === 'index'
    const body = wantsBody ? await source.read(offset + recordHeaderBytes, header.bodyBytes) : null
    const stored = (await source.read(end - chainBytes, chainBytes)).slice()
    let hash: Uint8Array | null = null
    if (options.verify !== false) {
      hash = await sha256([headerBytes, body as Uint8Array])
      const next = await sha256([chain, hash])
      if (!sameBytes(next, stored)) return found('torn', `record ${header.sequence} is not what was chained`)
    }
    const record = { ...header, offset, hash }
    let closeHere: CloseBody | null = null
    try {
      if (header.type === 'gap')
        gaps.push({ ...decodeGapBody(body as Uint8Array), fromMs: header.startMs, toMs: header.endMs })
      if (header.type === 'index') matchIndex(decodeIndex(body as Uint8Array), records)
      if (header.type === 'close') closeHere = decodeCloseBody(body as Uint8Array)
    } catch (error) {
      if (error instanceof Failure) return found('torn', error.message)
      throw error
    }
    records.push(record)
    if (closeHere === null) {
      chain = stored
      offset = end
      continue
    }
    const index = records.at(-2)
    const trailer = decodeTrailer((await source.read(end, trailerBytes + 1)).slice())
    if (
      index?.type !== 'index' ||
      closeHere.indexOffset !== index.offset ||
      trailer === null ||
      trailer.indexOffset !== index.offset ||
      trailer.closeOffset !== record.offset
    ) {
      records.pop()
      return found('torn', 'the end of the reel does not fit its index')
    }
    chain = stored
    offset = end + trailerBytes
    close = closeHere
    return found('closed', null)
  }
  return found('open', null)
}

/** The first bytes of a reel, read and checked. Throws `Failure`. */
export async function readPrelude(source: Source): Promise<{ head: ReelHead; bytes: Uint8Array }> {
  const length = preludeLength(await source.read(0, preludeFixedBytes))
  return decodePrelude(await source.read(0, length))
}

/**
 * The index of a closed reel in two small reads, or null when the reel has none (it is open or torn). Not verified:
 * use `scanReel` where it matters.
 */
export async function readIndex(source: Source): Promise<IndexEntry[] | null> {
  if (source.size < trailerBytes) return null
  const trailer = decodeTrailer((await source.read(source.size - trailerBytes, trailerBytes)).slice())
  if (trailer === null || trailer.indexOffset + recordHeaderBytes > source.size) return null
  const header = decodeRecordHeader(await source.read(trailer.indexOffset, recordHeaderBytes))
  if (typeof header === 'string' || header.type !== 'index') return null
  return decodeIndex(await source.read(trailer.indexOffset + recordHeaderBytes, header.bodyBytes))
}

/** Facts of a closed reel from its last bytes, in three small reads; null when it is open or torn. Not verified. */
export async function readClose(source: Source): Promise<(CloseBody & { chainHead: Uint8Array }) | null> {
  if (source.size < trailerBytes) return null
  const trailer = decodeTrailer((await source.read(source.size - trailerBytes, trailerBytes)).slice())
  if (trailer === null || trailer.closeOffset + recordHeaderBytes > source.size) return null
  const header = decodeRecordHeader(await source.read(trailer.closeOffset, recordHeaderBytes))
  if (typeof header === 'string' || header.type !== 'close') return null
  const bodyOffset = trailer.closeOffset + recordHeaderBytes
  if (bodyOffset + header.bodyBytes + chainBytes + trailerBytes !== source.size) return null
  const close = decodeCloseBody(await source.read(bodyOffset, header.bodyBytes))
  return { ...close, chainHead: (await source.read(bodyOffset + header.bodyBytes, chainBytes)).slice() }
}

/** A record's own hash, which stands for it in the chain when the record itself is not handed over. */
export async function recordHash(header: Uint8Array, body: Uint8Array, sha256: Hasher = webHasher) {
  return await sha256([header, body])
}

/** The chain after one more record. */
export async function extendChain(chain: Uint8Array, hash: Uint8Array, sha256: Hasher = webHasher) {
  return await sha256([chain, hash])
}

/** For `finishReel`: what was scanned, as index entries. The scan must have verified, else their hashes are unknown. */
export function entriesOf(records: readonly ReelRecord[]): IndexEntry[] {
  return records.map(({ hash, ...record }) => ({
    hash: hash ?? unverified(),
    offset: record.offset,
    sequence: record.sequence,
    type: record.type,
    startsWithKeyframe: record.startsWithKeyframe,
    bodyBytes: record.bodyBytes,
    frames: record.frames,
    startMs: record.startMs,
    endMs: record.endMs,
    decodeTime: record.decodeTime,
    duration: record.duration,
  }))
}

/**
 * Where a cut-off reel goes on, for `finishReel`. An index without its close record was written by a dying close: the
 * chain before it stands at the end of the record before, so it is dropped too.
 */
export async function finishPoint(
  scan: ReelScan,
  source: Source,
): Promise<{ offset: number; chain: Uint8Array; entries: IndexEntry[] }> {
  const last = scan.records.at(-1)
  if (last?.type !== 'index')
    return { offset: scan.validBytes, chain: scan.chain, entries: entriesOf(scan.records) }
  const chain =
    scan.records.length === 1 ? scan.headHash : await source.read(last.offset - chainBytes, chainBytes)
  return { offset: last.offset, chain: chain.slice(), entries: entriesOf(scan.records.slice(0, -1)) }
}

function unverified(): never {
  throw new Error('entries need a verified scan')
}

function matchIndex(entries: readonly IndexEntry[], records: readonly ReelRecord[]): void {
  const same =
    entries.length === records.length &&
    entries.every((entry, row) => {
      const record = records[row]!
      return (
        entry.offset === record.offset &&
        entry.sequence === record.sequence &&
        entry.type === record.type &&
        entry.bodyBytes === record.bodyBytes &&
        entry.frames === record.frames &&
        entry.startMs === record.startMs &&
        entry.endMs === record.endMs &&
        entry.decodeTime === record.decodeTime &&
        entry.duration === record.duration &&
        (record.hash === null || sameBytes(entry.hash, record.hash)) &&
        entry.startsWithKeyframe === record.startsWithKeyframe
      )
    })
  if (!same) throw new Failure('data-loss', 'The index of this reel does not match its records.')
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, at) => byte === b[at])
}
