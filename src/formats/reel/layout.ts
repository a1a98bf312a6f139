/**
 * The bytes of a reel, version 1, as docs/reference/reel.md writes them down: prelude and record headers, in and out
 * (clear bodies, index and trailer: tail.ts). Everything is big-endian. No keys, no hashing and nothing of Node's here:
 * the browser reads reels with this file too.
 */
import { canonicalJson, Failure, type Json } from '#base/base.ts'

export const reelVersion = 1
export const reelMagic = 'OVERTREL'
export const trailerMagic = 'OVERTEND'
/** "OREC": opens every record, so that a reader that lost its way says so at once. */
export const recordMarker = 0x4f52_4543
/** Magic 8, version 4, length of the head 4. */
export const preludeFixedBytes = 16
export const recordHeaderBytes = 80
export const tagBytes = 16
export const chainBytes = 32
export const indexEntryBytes = 80
export const trailerBytes = 24
/** A head is about 700 bytes; what is longer was not written by us. */
export const headBytesMax = 16_384
/** Two seconds of 200 Mbit/s video are 50 MB. */
export const bodyBytesMax = 64 * 1024 * 1024
/** An hour of two-second fragments is 1,800; a keyframe every 50 ms would make 72,000. */
export const recordsMax = 100_000

/** What a clear head says about the reel. All of it is bound to every record (AAD) and to the chain. */
export type ReelHead = {
  readonly v: 1
  /** UUIDv7. */
  readonly reel: string
  readonly recorder: string
  readonly camera: string
  readonly stream: 'main'
  /** Id and counter of the mandate under which every record of this reel was made. */
  readonly mandate: string
  readonly counter: number
  /** Civil day at the site, `2026-11-22`; the key's day. */
  readonly day: string
  readonly timeZone: string
  /** Key id of the camera-day key: base64url of the first 16 bytes of SHA-256 of the raw public key. */
  readonly kid: string
  /** HPKE encapsulated key (32 bytes) and wrapped reel key (48 bytes), base64url. */
  readonly enc: string
  readonly wrapped: string
  readonly openedMs: number
  /** The reel takes nothing at or after this instant: the mandate's end or the end of its day, whichever is first. */
  readonly untilMs: number
  /** Chain head of this camera's reel before this one, lower-case hex; 64 zeros when there is none. */
  readonly previous: string
  /** RFC 6381, `avc1.64001f`. */
  readonly codec: string
  readonly width: number
  readonly height: number
  readonly timescale: 90_000
  /** Counts the camera's parameter sets within one process; a new one starts a new reel. */
  readonly epoch: number
}

export const recordTypes = ['init', 'media', 'gap', 'index', 'close'] as const
export type RecordType = (typeof recordTypes)[number]
export const typeCodes: Readonly<Record<RecordType, number>> = {
  init: 1,
  media: 2,
  gap: 3,
  index: 4,
  close: 5,
}

export const gapCauses = [
  'camera-silent',
  'connection-lost',
  'packets-lost',
  'writer-behind',
  'disk-full',
  'no-mandate',
  'recorder-stopped',
  'clock-stepped',
  'unknown',
] as const
export type GapCause = (typeof gapCauses)[number]

export const closeReasons = [
  'hour',
  'midnight',
  'mandate-replaced',
  'mandate-over',
  'mandate-withdrawn',
  'parameters-changed',
  'connection-lost',
  'write-failed',
  'clock-stepped',
  'recorder-stopped',
  'asked',
  'recovered',
] as const
export type CloseReason = (typeof closeReasons)[number]

/** What a record's clear header says. Times are wall time in ms since the epoch, `endMs` exclusive. */
export type RecordHeader = {
  readonly type: RecordType
  readonly sequence: number
  /** Bytes of the body as stored: ciphertext and tag for init and media, clear bytes for the rest. */
  readonly bodyBytes: number
  readonly startsWithKeyframe: boolean
  /** The body carries a second track with sound. */
  readonly audio: boolean
  readonly frames: number
  readonly startMs: number
  readonly endMs: number
  /** 90 kHz, continuous across reels of one epoch. */
  readonly decodeTime: bigint
  readonly duration: number
  /** How far the host's clock may be out, ms. */
  readonly uncertaintyMs: number
  /** Host's monotonic clock when the first packet of the first frame arrived, µs. */
  readonly monotonicUs: bigint
  /** RTP timestamp of the first frame, null when the source has none. */
  readonly rtp: number | null
  /** The newest RTCP sender report: 64-bit NTP time and the RTP timestamp it stands for. */
  readonly ntp: { readonly time: bigint; readonly rtp: number } | null
}

export const flagKeyframe = 1
const flagAudio = 2
const flagRtp = 4
const flagNtp = 8
const flagsKnown = 15

const u32 = (value: number, what: string): number => {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff)
    throw new RangeError(`${what} is ${value}, not a 32-bit number`)
  return value
}

/** Writes the 80 bytes of a header at `offset` of `into`. */
export function encodeRecordHeader(header: RecordHeader, into: Uint8Array, offset = 0): void {
  const view = new DataView(into.buffer, into.byteOffset + offset, recordHeaderBytes)
  if (header.frames > 0xffff) throw new RangeError(`${header.frames} frames don't fit one record`)
  const flags =
    (header.startsWithKeyframe ? flagKeyframe : 0) |
    (header.audio ? flagAudio : 0) |
    (header.rtp === null ? 0 : flagRtp) |
    (header.ntp === null ? 0 : flagNtp)
  view.setUint32(0, recordMarker)
  view.setUint8(4, typeCodes[header.type])
  view.setUint8(5, flags)
  view.setUint16(6, header.frames)
  view.setUint32(8, u32(header.sequence, 'the sequence'))
  view.setUint32(12, u32(header.bodyBytes, 'the body length'))
  view.setBigInt64(16, BigInt(header.startMs))
  view.setBigInt64(24, BigInt(header.endMs))
  view.setBigUint64(32, header.decodeTime)
  view.setUint32(40, u32(header.duration, 'the duration'))
  view.setUint32(44, u32(Math.ceil(header.uncertaintyMs), 'the uncertainty'))
  view.setBigUint64(48, header.monotonicUs)
  view.setBigUint64(56, header.ntp?.time ?? 0n)
  view.setUint32(64, u32(header.ntp?.rtp ?? 0, 'the report’s RTP time'))
  view.setUint32(68, u32(header.rtp ?? 0, 'the RTP time'))
  view.setBigUint64(72, 0n)
}

/** A header read back, or the plain-words reason why these 80 bytes are none. */
export function decodeRecordHeader(bytes: Uint8Array, offset = 0): RecordHeader | string {
  if (bytes.byteLength - offset < recordHeaderBytes) return 'the record header is cut short'
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, recordHeaderBytes)
  if (view.getUint32(0) !== recordMarker) return 'there is no record where one should begin'
  const type = recordTypes[view.getUint8(4) - 1]
  if (type === undefined) return `the record type ${view.getUint8(4)} is not known`
  const flags = view.getUint8(5)
  if ((flags & ~flagsKnown) !== 0 || view.getBigUint64(72) !== 0n) return 'reserved bits are set'
  const bodyBytes = view.getUint32(12)
  if (bodyBytes > bodyBytesMax) return `a body of ${bodyBytes} bytes is longer than any record may be`
  const sealed = type === 'init' || type === 'media'
  if (sealed && bodyBytes < tagBytes) return 'a sealed body is too short to hold its tag'
  const startMs = Number(view.getBigInt64(16))
  const endMs = Number(view.getBigInt64(24))
  if (!Number.isSafeInteger(startMs) || !Number.isSafeInteger(endMs) || endMs < startMs)
    return 'the record ends before it starts'
  const hasNtp = (flags & flagNtp) !== 0
  const hasRtp = (flags & flagRtp) !== 0
  if (!hasNtp && (view.getBigUint64(56) !== 0n || view.getUint32(64) !== 0)) return 'reserved bits are set'
  if (!hasRtp && view.getUint32(68) !== 0) return 'reserved bits are set'
  return {
    type,
    sequence: view.getUint32(8),
    bodyBytes,
    startsWithKeyframe: (flags & flagKeyframe) !== 0,
    audio: (flags & flagAudio) !== 0,
    frames: view.getUint16(6),
    startMs,
    endMs,
    decodeTime: view.getBigUint64(32),
    duration: view.getUint32(40),
    uncertaintyMs: view.getUint32(44),
    monotonicUs: view.getBigUint64(48),
    rtp: hasRtp ? view.getUint32(68) : null,
    ntp: hasNtp ? { time: view.getBigUint64(56), rtp: view.getUint32(64) } : null,
  }
}

const utf8 = new TextEncoder()
const fromUtf8 = new TextDecoder('utf-8', { fatal: true })

/** The opening bytes of a reel: magic, version, length, canonical JSON head. */
export function encodePrelude(head: ReelHead): Uint8Array {
  const json = utf8.encode(canonicalJson(head as unknown as Json))
  const bytes = new Uint8Array(preludeFixedBytes + json.byteLength)
  bytes.set(utf8.encode(reelMagic))
  const view = new DataView(bytes.buffer)
  view.setUint32(8, reelVersion)
  view.setUint32(12, json.byteLength)
  bytes.set(json, preludeFixedBytes)
  return bytes
}

export type Prelude = { readonly head: ReelHead; readonly bytes: Uint8Array }

/** Length of the whole prelude, from its first 16 bytes. Throws `Failure` when these are not a reel's. */
export function preludeLength(fixed: Uint8Array): number {
  if (fixed.byteLength < preludeFixedBytes || latin1(fixed.subarray(0, 8)) !== reelMagic)
    throw new Failure('invalid', 'This is not a reel: it does not begin with OVERTREL.')
  const view = new DataView(fixed.buffer, fixed.byteOffset, fixed.byteLength)
  const version = view.getUint32(8)
  if (version !== reelVersion)
    throw new Failure('unsupported', `This reel has version ${version}; this program reads version 1.`)
  const length = view.getUint32(12)
  if (length > headBytesMax)
    throw new Failure(
      'too-large',
      `The head of this reel claims ${length} bytes; the most is ${headBytesMax}.`,
    )
  return preludeFixedBytes + length
}

/** Reads the prelude and checks every field of the head. Throws `Failure` (invalid, unsupported, too-large). */
export function decodePrelude(bytes: Uint8Array): Prelude {
  const length = preludeLength(bytes)
  if (bytes.byteLength < length) throw new Failure('data-loss', 'The head of this reel is cut short.')
  const own = bytes.slice(0, length)
  let head: unknown
  let text: string
  try {
    text = fromUtf8.decode(own.subarray(preludeFixedBytes))
    head = JSON.parse(text)
  } catch (cause) {
    throw new Failure('data-loss', 'The head of this reel is not JSON.', cause)
  }
  const problem = headProblem(head)
  if (problem !== null) throw new Failure('invalid', `The head of this reel is wrong: ${problem}.`)
  if (canonicalJson(head as Json) !== text)
    throw new Failure('invalid', 'The head of this reel is not canonical JSON.')
  return { head: head as ReelHead, bytes: own }
}

const shapes: Readonly<Record<keyof ReelHead, (value: unknown) => boolean>> = {
  v: (value) => value === 1,
  reel: isText(64),
  recorder: isText(64),
  camera: isText(64),
  stream: (value) => value === 'main',
  mandate: isText(64),
  counter: isCount,
  day: (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value),
  timeZone: isText(64),
  kid: (value) => typeof value === 'string' && /^[\w-]{22}$/.test(value),
  enc: (value) => typeof value === 'string' && /^[\w-]{43}$/.test(value),
  wrapped: (value) => typeof value === 'string' && /^[\w-]{64}$/.test(value),
  openedMs: isCount,
  untilMs: isCount,
  previous: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  codec: isText(64),
  width: isCount,
  height: isCount,
  timescale: (value) => value === 90_000,
  epoch: isCount,
}

export function isText(max: number): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && value.length > 0 && value.length <= max
}
export function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** What is wrong with a head, in words, or null. */
export function headProblem(head: unknown): string | null {
  if (typeof head !== 'object' || head === null || Array.isArray(head)) return 'it is not an object'
  const given = head as Record<string, unknown>
  for (const [name, fits] of Object.entries(shapes))
    if (!fits(given[name])) return `"${name}" is missing or has the wrong shape`
  for (const name of Object.keys(given)) if (!(name in shapes)) return `"${name}" is not a field of version 1`
  return null
}

export function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}
