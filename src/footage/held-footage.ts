/** Which records show a span, and held footage handed on: sealed, byte for byte as on the recorder's disk, with its keys. */
import { Failure } from '#base/base.ts'
import { chainBytes, decodeRecordHeader, recordHeaderBytes } from '#formats/reel/reel.ts'
import type { HoldParts } from './holds.ts'
import { findHold, type HoldPartRow, partsOf } from './keeping-store.ts'
import type { HeldRecord, HeldReel, Hold, Span, SpanFacts } from './model.ts'
import { findReel, gapsIn, type ReelRow, reelsIn } from './store.ts'
import { allowedWhole, authorisedTimes } from './viewing/authority.ts'
import { fragmentsIn, type ReelIndex, rowAt } from './viewing/reel-index.ts'

/** Records read from the recorder at once. */
const readAtOnce = 16

export type Chosen = {
  reel: ReelRow
  index: ReelIndex
  from: number
  to: number
  init: number
  bytes: number
  fragments: number
}

/** Rows of a span in one reel: the fragments that show it, from the keyframe that opens them, and the init segment. */
export function choose(
  reel: ReelRow,
  index: ReelIndex,
  span: Span,
  times: ReturnType<typeof authorisedTimes>,
): Chosen[] {
  const range = fragmentsIn(index, span.fromMs, span.toMs)
  if (range === null || index.initRow === null) return []
  const init = rowAt(index, index.initRow).sequence
  const chosen: Chosen[] = []
  let lastN = -2
  for (let n = range.first; n <= range.last; n += 1) {
    if (!allowedWhole(times, index.startMs[n]!, index.endMs[n]!)) continue
    const row = rowAt(index, index.rowOf[n]!)
    const last = chosen.at(-1)
    // Between neighbouring fragments there may be a gap record: it goes with them, so that the records have no hole.
    if (last !== undefined && n === lastN + 1) {
      last.to = row.sequence
      last.bytes += row.bodyBytes
      last.fragments += 1
    } else {
      chosen.push({
        reel,
        index,
        from: row.sequence,
        to: row.sequence,
        init,
        bytes: row.bodyBytes,
        fragments: 1,
      })
    }
    lastN = n
  }
  return chosen
}

/** The hold's footage as sealed records with their keys, reel by reel in order; null when the hold has ended. */
export async function readHeld(
  parts: HoldParts,
  holdId: string,
): Promise<{ hold: Hold; reels: HeldReel[] } | null> {
  const hold = await findHold(parts.sql, holdId)
  if (hold === null || !(await holdStands(parts, holdId))) return null
  const rows = Map.groupBy(await partsOf(parts.sql, holdId), (part) => part.reelId)
  const reels: HeldReel[] = []
  for (const [reelId, ranges] of rows) {
    const reel = await findReel(parts.sql, reelId)
    if (reel === null) throw new Failure('data-loss', `the reel ${reelId} of a hold has no row`)
    const index = await parts.indexes.get(reel)
    reels.push({
      reelId,
      recorderId: reel.recorderId,
      mandateId: reel.mandateId,
      headBytes: index.prelude,
      tailBytes:
        reel.records === null
          ? null
          : await parts.link.read(reel.recorderId, reelId, reel.records - 1, reel.records),
      chainHead: reel.chainHead?.toString('hex') ?? null,
      ledgerEntry: reel.ledgerEntry,
      codec: reel.head.codec,
      records: heldRecords(parts, holdId, reel, index, ranges),
    })
  }
  return { hold, reels }
}

/** Is the hold in force: neither released nor past its end, whether or not its end was carried out yet? */
export async function holdStands(parts: Pick<HoldParts, 'sql' | 'clock'>, holdId: string): Promise<boolean> {
  const hold = await findHold(parts.sql, holdId)
  return hold !== null && hold.releasedMs === null && parts.clock.nowMs() < hold.endsMs
}

async function* heldRecords(
  parts: HoldParts,
  holdId: string,
  reel: ReelRow,
  index: ReelIndex,
  ranges: readonly HoldPartRow[],
): AsyncGenerator<HeldRecord> {
  const init = index.initRow === null ? null : rowAt(index, index.initRow).sequence
  const wanted: { from: number; to: number }[] = init === null ? [] : [{ from: init, to: init }]
  for (const { fromSequence, toSequence } of ranges) wanted.push({ from: fromSequence, to: toSequence })
  for (const { from, to } of wanted) {
    for (let at = from; at <= to; at += readAtOnce) {
      const bytes = await parts.link.read(reel.recorderId, reel.id, at, Math.min(to, at + readAtOnce - 1))
      const keys = parts.keyring.heldKeys(holdId, reel.id)
      for (const record of splitRecords(bytes)) {
        if (record.kind === 'clear') {
          yield { ...record, key: null }
          continue
        }
        const key = keys?.keyOf(record.sequence) ?? null
        if (key === null) throw new Failure('data-loss', `the hold has no key for record ${record.sequence}`)
        yield { ...record, key }
      }
    }
  }
}

type Record = Omit<HeldRecord, 'key'>

/** Whole records laid end to end, taken apart. */
function splitRecords(bytes: Buffer): Record[] {
  const records: Record[] = []
  let at = 0
  while (at < bytes.byteLength) {
    const header = decodeRecordHeader(bytes, at)
    if (typeof header === 'string') throw new Failure('data-loss', `the recorder sent no record: ${header}`)
    const end = at + recordHeaderBytes + header.bodyBytes + chainBytes
    if (end > bytes.byteLength) throw new Failure('data-loss', 'the recorder sent half a record')
    records.push({
      sequence: header.sequence,
      kind: header.type === 'init' || header.type === 'media' ? header.type : 'clear',
      startMs: header.startMs,
      endMs: header.endMs,
      keyframe: header.startsWithKeyframe,
      bytes: bytes.subarray(at, end),
    })
    at = end
  }
  return records
}

/** What stands recorded in a span. Needs the recorder for what lies in it; rows only where it can't be reached. */
export async function spanOf(parts: HoldParts, span: Span): Promise<SpanFacts> {
  const { cameraId, fromMs, toMs } = span
  const [reels, gaps, intervals] = await Promise.all([
    reelsIn(parts.sql, cameraId, fromMs, toMs),
    gapsIn(parts.sql, cameraId, fromMs, toMs),
    parts.authority.intervals(cameraId),
  ])
  const times = authorisedTimes(intervals)
  const nowMs = parts.clock.nowMs()
  const kept = reels.filter((reel) => parts.keyring.keysAt(reel.head, nowMs) !== null)
  const chosen: Chosen[] = []
  for (const reel of kept) chosen.push(...choose(reel, await parts.indexes.get(reel), span, times))
  const first = chosen[0]
  const last = chosen.at(-1)
  const timeOf = (one: Chosen, sequence: number, end: boolean): number => {
    const n = one.index.sequence.indexOf(sequence)
    return end ? one.index.endMs[n]! : one.index.startMs[n]!
  }
  return {
    ...span,
    reels: kept.map((reel) => ({
      reelId: reel.id,
      mandateId: reel.mandateId,
      recorderId: reel.recorderId,
      day: reel.day,
      chainHead: reel.chainHead?.toString('hex') ?? null,
      closed: reel.closedMs !== null,
    })),
    gaps,
    fragments: chosen.reduce((sum, one) => sum + one.fragments, 0),
    bytes: chosen.reduce((sum, one) => sum + one.bytes, 0),
    firstMs: first === undefined ? null : timeOf(first, first.from, false),
    lastMs: last === undefined ? null : timeOf(last, last.to, true),
  }
}
