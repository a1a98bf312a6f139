/**
 * Seals one reel as its records come: the recorder's hot path. Each call gives the buffers to write, in order, without
 * joining them (`writev`); nothing clear stays behind. Node only.
 */
import { createCipheriv, createHash, hash } from 'node:crypto'
import { canonicalJson, type Json } from '#base/base.ts'
import { fragmentKey, keyId, newReelKey, wrapReelKey } from './keys.ts'
import {
  bodyBytesMax,
  type CloseReason,
  chainBytes,
  encodePrelude,
  encodeRecordHeader,
  type GapCause,
  type RecordHeader,
  type RecordType,
  type ReelHead,
  recordHeaderBytes,
  recordsMax,
  tagBytes,
  trailerBytes,
} from './layout.ts'
import { type CloseBody, encodeIndex, encodeTrailer, type GapBody, type IndexEntry } from './tail.ts'

/** What the recorder knows of a fragment; the sealer adds type, sequence and length. */
export type FragmentFacts = Omit<RecordHeader, 'type' | 'sequence' | 'bodyBytes'>

/** Everything of the head but what the sealer makes itself. `publicKey` is the raw camera-day key of `day`, base64url. */
export type ReelStart = Omit<ReelHead, 'v' | 'kid' | 'enc' | 'wrapped' | 'timescale' | 'stream'> & {
  readonly publicKey: string
}

export type Sealed = {
  /** To be written in order, at `offset` of the file. */
  readonly buffers: readonly Buffer[]
  readonly bytes: number
  readonly offset: number
  readonly sequence: number
  /** The record's row of the index, for who serves a reel that is still open; of `close`, the index record's. */
  readonly entry: IndexEntry
}

export type ReelSealer = {
  readonly head: ReelHead
  /** The opening bytes of the file; write them first. */
  readonly prelude: Buffer
  /** Seals an initialisation segment (once, before the first media record). */
  init(body: Buffer | readonly Buffer[], atMs: number): Sealed
  /** Seals one fragment (moof + mdat). Throws `RangeError` at or after `untilMs`: nobody records past it by mistake. */
  media(facts: FragmentFacts, body: Buffer | readonly Buffer[]): Sealed
  gap(gap: {
    readonly fromMs: number
    readonly toMs: number
    readonly cause: GapCause
    readonly detail?: string | null
    readonly lost?: number | null
  }): Sealed
  /** Index, close record and trailer. Forgets the key: nothing can be sealed after it. */
  close(reason: CloseReason, nowMs: number): Sealed & { readonly summary: ReelSummary }
  /** Forgets the key without closing (a failed write): the file is finished later by `finishReel`. */
  abandon(): void
  /** Of everything sealed so far, lower-case hex. */
  chainHead(): string
  /** Bytes handed out so far, prelude included. */
  bytes(): number
  records(): number
  /** The index so far: a row for each record. Grows with the reel; copy it to keep it. */
  entries(): readonly IndexEntry[]
}

export type ReelSummary = CloseBody & { readonly chainHead: string; readonly bytes: number }

const nonce = Buffer.alloc(12)
const never: FragmentFacts = {
  startsWithKeyframe: false,
  audio: false,
  frames: 0,
  startMs: 0,
  endMs: 0,
  decodeTime: 0n,
  duration: 0,
  uncertaintyMs: 0,
  monotonicUs: 0n,
  rtp: null,
  ntp: null,
}

export function createReelSealer(start: ReelStart): ReelSealer {
  const { publicKey, ...facts } = start
  const reelKey = newReelKey()
  const head: ReelHead = {
    ...facts,
    v: 1,
    stream: 'main',
    timescale: 90_000,
    kid: keyId(Buffer.from(publicKey, 'base64url')),
    ...wrapReelKey(reelKey, publicKey, start),
  }
  const prelude = Buffer.from(encodePrelude(head))
  const headHash = hash('sha256', prelude, 'buffer')
  const entries: IndexEntry[] = []
  const tail = createTail({ offset: prelude.byteLength, chain: headHash, entries })
  let key: Buffer | null = reelKey

  function forget(): void {
    key?.fill(0)
    key = null
  }

  function seal(type: RecordType, factsOf: FragmentFacts, body: Buffer | readonly Buffer[]): Sealed {
    if (key === null) throw new Error('this reel is closed')
    if (factsOf.endMs > head.untilMs)
      throw new RangeError(
        `a record until ${factsOf.endMs} reaches past the mandate or day end ${head.untilMs}`,
      )
    const parts = Array.isArray(body) ? (body as readonly Buffer[]) : [body as Buffer]
    let clearBytes = 0
    for (const part of parts) clearBytes += part.byteLength
    const header = tail.header(type, factsOf, clearBytes + tagBytes)
    const ownKey = fragmentKey(key, tail.sequence())
    // One key seals one record, so the nonce may be constant.
    const cipher = createCipheriv('aes-256-gcm', ownKey, nonce)
    cipher.setAAD(headHash)
    cipher.setAAD(header)
    const digest = createHash('sha256').update(header)
    const buffers: Buffer[] = [header]
    for (const part of parts) {
      const sealed = cipher.update(part)
      digest.update(sealed)
      buffers.push(sealed)
    }
    cipher.final()
    ownKey.fill(0)
    const tag = cipher.getAuthTag()
    return tail.add(type, factsOf, buffers, tag, digest.update(tag).digest())
  }

  return {
    head,
    prelude,
    init: (body, atMs) => seal('init', { ...never, startMs: atMs, endMs: atMs }, body),
    media: (factsOf, body) => seal('media', factsOf, body),
    gap(gap) {
      if (key === null) throw new Error('this reel is closed')
      return tail.gap(gap.fromMs, gap.toMs, gapBody(gap.cause, gap.detail, gap.lost))
    },
    close(reason, nowMs) {
      if (key === null) throw new Error('this reel is closed')
      forget()
      return tail.close(reason, nowMs)
    },
    abandon: forget,
    chainHead: () => tail.chain().toString('hex'),
    bytes: () => tail.offset(),
    records: () => tail.sequence(),
    entries: () => entries,
  }
}

export function gapBody(cause: GapCause, detail?: string | null, lost?: number | null): GapBody {
  return { v: 1, cause, detail: detail ?? null, lost: lost ?? null }
}

/**
 * What a reel that was cut off still needs: the gap, its index and its close record. They are clear, so no key is
 * needed. Truncate the file to `from.offset`, write the buffers there, sync.
 */
export function finishReel(
  from: { readonly offset: number; readonly chain: Uint8Array; readonly entries: readonly IndexEntry[] },
  gap: { readonly fromMs: number; readonly toMs: number; readonly cause: GapCause } | null,
  nowMs: number,
  reason: CloseReason = 'recovered',
): Sealed & { readonly summary: ReelSummary } {
  const tail = createTail({ ...from, entries: [...from.entries] })
  const gapped = gap === null ? null : tail.gap(gap.fromMs, gap.toMs, gapBody(gap.cause))
  const closed = tail.close(reason, nowMs)
  if (gapped === null) return closed
  return {
    ...closed,
    buffers: [...gapped.buffers, ...closed.buffers],
    bytes: gapped.bytes + closed.bytes,
    offset: gapped.offset,
  }
}

/** The growing end of a reel: offset, sequence, chain and the index to come. */
function createTail(from: { offset: number; chain: Uint8Array; entries: IndexEntry[] }) {
  const entries = from.entries
  let offset = from.offset
  let chain: Buffer = Buffer.from(from.chain)
  // The index is finished before the close record; a reel being finished has neither.
  let sequence = entries.length

  function header(type: RecordType, facts: FragmentFacts, bodyBytes: number): Buffer {
    if (bodyBytes > bodyBytesMax)
      throw new RangeError(`a body of ${bodyBytes} bytes is too long for a record`)
    if (sequence >= recordsMax) throw new RangeError(`a reel holds at most ${recordsMax} records`)
    const bytes = Buffer.allocUnsafeSlow(recordHeaderBytes)
    encodeRecordHeader({ ...facts, type, sequence, bodyBytes }, bytes)
    return bytes
  }

  /** chain = SHA-256(chain before ‖ SHA-256(header ‖ body)), so that a record left out of a pack is one hash. */
  function add(
    type: RecordType,
    facts: FragmentFacts,
    buffers: Buffer[],
    tag: Buffer | null,
    recordHash: Buffer,
  ): Sealed {
    chain = createHash('sha256').update(chain).update(recordHash).digest()
    // Tag and chain go out as one buffer: one iovec less for each fragment.
    const end = Buffer.allocUnsafeSlow((tag === null ? 0 : tagBytes) + chainBytes)
    if (tag !== null) end.set(tag)
    end.set(chain, end.byteLength - chainBytes)
    buffers.push(end)
    let bytes = 0
    for (const buffer of buffers) bytes += buffer.byteLength
    const entry: IndexEntry = {
      offset,
      sequence,
      type,
      startsWithKeyframe: facts.startsWithKeyframe,
      bodyBytes: bytes - recordHeaderBytes - chainBytes,
      frames: facts.frames,
      startMs: facts.startMs,
      endMs: facts.endMs,
      decodeTime: facts.decodeTime,
      duration: facts.duration,
      hash: recordHash,
    }
    const sealed: Sealed = { buffers, bytes, offset, sequence, entry }
    entries.push(entry)
    offset += bytes
    sequence += 1
    return sealed
  }

  function clear(type: RecordType, facts: FragmentFacts, body: Uint8Array): Sealed {
    const head = header(type, facts, body.byteLength)
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    return add(type, facts, [head, bytes], null, createHash('sha256').update(head).update(bytes).digest())
  }

  return {
    header,
    add,
    offset: () => offset,
    chain: () => chain,
    sequence: () => sequence,
    gap: (fromMs: number, toMs: number, body: GapBody) =>
      clear('gap', { ...never, startMs: fromMs, endMs: Math.max(fromMs, toMs) }, json(body)),
    close(reason: CloseReason, nowMs: number): Sealed & { summary: ReelSummary } {
      const media = entries.filter((entry) => entry.type === 'media')
      const at = { ...never, startMs: nowMs, endMs: nowMs }
      const index = clear('index', at, encodeIndex(entries))
      const body: CloseBody = {
        v: 1,
        reason,
        records: sequence,
        fragments: media.length,
        frames: media.reduce((sum, entry) => sum + entry.frames, 0),
        firstMs: media[0]?.startMs ?? null,
        lastMs: media.at(-1)?.endMs ?? null,
        indexOffset: index.offset,
      }
      const close = clear('close', at, json(body))
      const trailer = Buffer.from(encodeTrailer(index.offset, close.offset))
      offset += trailerBytes
      return {
        buffers: [...index.buffers, ...close.buffers, trailer],
        bytes: index.bytes + close.bytes + trailerBytes,
        offset: index.offset,
        sequence: close.sequence,
        entry: index.entry,
        summary: { ...body, chainHead: chain.toString('hex'), bytes: offset },
      }
    },
  }
}

const json = (value: GapBody | CloseBody): Buffer => Buffer.from(canonicalJson(value as unknown as Json))
