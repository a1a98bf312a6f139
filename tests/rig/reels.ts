/**
 * Reads sealed reels the way an auditor would: each record opened with its key, pictures counted from the samples inside
 * and not from what a header claims, and put together as a film that ffmpeg can judge.
 */
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  fragmentKey,
  openRecord,
  type ReelHead,
  type ReelScan,
  recordHeaderBytes,
  type Source,
  scanReel,
  unwrapReelKey,
} from '#formats/reel/reel.ts'

export type OpenedReel = {
  readonly path: string
  readonly head: ReelHead
  readonly scan: ReelScan
  /** Video samples in all opened fragments. */
  readonly frames: number
  /** Frames as the clear headers claim them. */
  readonly framesClaimed: number
  /** First decode time and the end of the last sample, 90 kHz; both 0 when nothing is in it. */
  readonly fromTicks: number
  readonly toTicks: number
  readonly firstMs: number
  readonly lastMs: number
  /** Initialisation segment and fragments, in order; empty when `film` was not asked for. */
  readonly film: Buffer
}

type Box = { readonly type: string; readonly body: Buffer }

/** The boxes of ISO/IEC 14496-12 directly inside these bytes. */
export function* boxesIn(bytes: Buffer): Generator<Box> {
  let at = 0
  while (at + 8 <= bytes.length) {
    const size = bytes.readUInt32BE(at)
    if (size < 8 || at + size > bytes.length)
      throw new Error(`a box of ${size} bytes at ${at} of ${bytes.length}`)
    yield { type: bytes.toString('latin1', at + 4, at + 8), body: bytes.subarray(at + 8, at + size) }
    at += size
  }
  if (at !== bytes.length) throw new Error('bytes left over after the last box')
}

/** Samples of track 1 in a media fragment, from its track run boxes. */
export function samplesIn(fragment: Buffer): number {
  let samples = 0
  for (const moof of boxesIn(fragment)) {
    if (moof.type !== 'moof') continue
    for (const traf of boxesIn(moof.body)) {
      if (traf.type !== 'traf') continue
      let track = 0
      for (const box of boxesIn(traf.body)) {
        if (box.type === 'tfhd') track = box.body.readUInt32BE(4)
        if (box.type === 'trun' && track === 1) samples += box.body.readUInt32BE(4)
      }
    }
  }
  return samples
}

/** A file as `scanReel` reads it; what is appended later is not seen. */
export async function sourceOf(file: FileHandle): Promise<Source> {
  const { size } = await file.stat()
  return {
    size,
    async read(offset, length) {
      const wanted = Math.max(0, Math.min(length, size - offset))
      const bytes = Buffer.alloc(wanted)
      const { bytesRead } = await file.read(bytes, 0, wanted, offset)
      return bytes.subarray(0, bytesRead)
    },
  }
}

/** Gives the key of each record of a reel, by its number. */
export type RecordKeys = (head: ReelHead) => (sequence: number) => Uint8Array

/** Record keys from the raw private keys of camera-days. */
export const keysFromPrivate =
  (privateKeyOf: (head: ReelHead) => Uint8Array): RecordKeys =>
  (head) => {
    const reelKey = unwrapReelKey(head, privateKeyOf(head))
    return (sequence) => fragmentKey(reelKey, sequence)
  }

/** Opens every record of a reel; throws when one does not open. */
export async function openReel(
  path: string,
  keysOf: RecordKeys,
  options: { readonly film?: boolean } = {},
): Promise<OpenedReel> {
  const file = await open(path, 'r')
  try {
    const source = await sourceOf(file)
    const scan = await scanReel(source)
    const keyOf = keysOf(scan.head)
    const parts: Buffer[] = []
    let frames = 0
    let framesClaimed = 0
    let [fromTicks, toTicks, firstMs, lastMs] = [0, 0, 0, 0]
    for (const record of scan.records) {
      if (record.type !== 'init' && record.type !== 'media') continue
      const stored = Buffer.from(await source.read(record.offset, recordHeaderBytes + record.bodyBytes))
      const clear = openRecord(
        keyOf(record.sequence),
        scan.headHash,
        stored.subarray(0, recordHeaderBytes),
        stored.subarray(recordHeaderBytes),
      )
      if (options.film) parts.push(clear)
      if (record.type === 'init') continue
      if (framesClaimed === 0) {
        fromTicks = Number(record.decodeTime)
        firstMs = record.startMs
      }
      frames += samplesIn(clear)
      framesClaimed += record.frames
      toTicks = Number(record.decodeTime) + record.duration
      lastMs = record.endMs
    }
    const film = Buffer.concat(parts)
    return { path, head: scan.head, scan, frames, framesClaimed, fromTicks, toTicks, firstMs, lastMs, film }
  } finally {
    await file.close()
  }
}

/** Paths of all reels under a folder, in order of name. */
export async function reelsUnder(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true })
  return found
    .filter((name) => name.endsWith('.reel'))
    .sort()
    .map((name) => join(folder, name))
}
