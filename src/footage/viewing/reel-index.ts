/**
 * A reel's index as the hub keeps it: the rows as bytes, with the times of its fragments beside them for searching.
 * No keys here, so it may be cached; an hour of two-second fragments takes about 130 kB.
 */
import { hash } from 'node:crypto'
import { Failure } from '#base/base.ts'
import {
  decodeIndex,
  decodePrelude,
  type IndexEntry,
  indexEntryBytes,
  type ReelHead,
} from '#formats/reel/reel.ts'

export type ReelIndex = {
  readonly head: ReelHead
  readonly prelude: Buffer
  /** SHA-256 of the prelude: every record is bound to it. */
  readonly headHash: Buffer
  readonly rows: Buffer
  /** Rows of media records, with their times; in order. */
  readonly rowOf: Uint32Array
  readonly sequence: Uint32Array
  readonly startMs: Float64Array
  readonly endMs: Float64Array
  /** 1 where the fragment starts with a keyframe. */
  readonly keyframe: Uint8Array
  /** Row of the initialisation segment, or null while there is none. */
  readonly initRow: number | null
}

export function readReelIndex(prelude: Buffer, rows: Buffer, expected: { reelId: string }): ReelIndex {
  const { head } = decodePrelude(prelude)
  if (head.reel !== expected.reelId)
    throw new Failure('data-loss', 'the recorder gave the index of another reel')
  if (rows.byteLength % indexEntryBytes !== 0)
    throw new Failure('data-loss', "a reel's index has the wrong length")
  const entries = decodeIndex(rows)
  const media = entries.flatMap((entry, row) => (entry.type === 'media' ? [row] : []))
  const initRow = entries.findIndex((entry) => entry.type === 'init')
  return {
    head,
    prelude,
    headHash: hash('sha256', prelude, 'buffer'),
    rows,
    rowOf: Uint32Array.from(media),
    sequence: Uint32Array.from(media, (row) => entries[row]!.sequence),
    startMs: Float64Array.from(media, (row) => entries[row]!.startMs),
    endMs: Float64Array.from(media, (row) => entries[row]!.endMs),
    keyframe: Uint8Array.from(media, (row) => (entries[row]!.startsWithKeyframe ? 1 : 0)),
    initRow: initRow < 0 ? null : initRow,
  }
}

/** One row, decoded. */
export function rowAt(index: ReelIndex, row: number): IndexEntry {
  const at = row * indexEntryBytes
  return decodeIndex(index.rows.subarray(at, at + indexEntryBytes))[0]!
}

/** Number of the fragment (among media) that shows `ms`, or of the first one after it; null when none follows. */
export function fragmentAt(index: ReelIndex, ms: number): number | null {
  let low = 0
  let high = index.endMs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (index.endMs[middle]! > ms) high = middle
    else low = middle + 1
  }
  return low < index.endMs.length ? low : null
}

/** The fragment from which a picture at `fragment` can be decoded; itself when no keyframe precedes it. */
export function keyframeFor(index: ReelIndex, fragment: number): number {
  for (let at = fragment; at >= 0; at -= 1) if (index.keyframe[at] === 1) return at
  return fragment
}

/** Fragments with pictures of the span, first to last inclusive, from the keyframe that opens them; null when none. */
export function fragmentsIn(
  index: ReelIndex,
  fromMs: number,
  toMs: number,
): { first: number; last: number } | null {
  const at = fragmentAt(index, fromMs)
  if (at === null || index.startMs[at]! >= toMs) return null
  let last = at
  while (last + 1 < index.startMs.length && index.startMs[last + 1]! < toMs) last += 1
  return { first: keyframeFor(index, at), last }
}
