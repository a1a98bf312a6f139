/**
 * Holds: a stop on deletion for exactly one span of one camera, with an owner, a reason and an end. It takes effect at
 * once, by copying the keys of the span's fragments under a key of its own; the bytes stay with the recorder, which
 * removes no file that a hold needs.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { Failure, newId, type Reason, type Result, refuse } from '#base/base.ts'
import { inTransaction, type Sql } from '#engine/engine.ts'
import { chainBytes, decodeRecordHeader, recordHeaderBytes } from '#formats/reel/reel.ts'
import { append } from '#ledger/ledger.ts'
import type { FootageDeps } from './deps.ts'
import {
  endHold,
  everyStandingHold,
  findHold,
  type HoldPartRow,
  holdsDue,
  insertHold,
  lockHold,
  partsOf,
} from './keeping-store.ts'
import type { HoldPart } from './keyring/keyring.ts'
import type { LinkServer } from './link/server.ts'
import type { HeldRecord, HeldReel, Hold, Span, SpanFacts } from './model.ts'
import { findReel, gapsIn, type ReelRow, reelsIn } from './store.ts'
import { allowedWhole, authorisedTimes } from './viewing/authority.ts'
import type { IndexCache } from './viewing/index-cache.ts'
import { fragmentsIn, type ReelIndex, rowAt } from './viewing/reel-index.ts'

export type HoldParts = Pick<FootageDeps, 'sql' | 'clock' | 'keyring' | 'authority'> & {
  readonly indexes: IndexCache
  readonly link: Pick<LinkServer, 'read' | 'orderUnlinks' | 'linked' | 'cut'>
}

export type HoldWanted = Span & {
  readonly provider: string
  /** Who answers for it. */
  readonly ownerId: string
  readonly reason: string
  readonly caseId: string | null
  readonly endsMs: number
  /** Made by whom the hold is for: an exhibit's id, so that a second try finds the first hold. */
  readonly id?: string
}

/** Records read from the recorder at once when handing held footage on. */
const readAtOnce = 16
/** A recorder closes a reel in well under a second; without its word the hold is placed on the open one. */
const cutMs = 3_000
const lookMs = 50

const no = (code: string, message: string) => refuse({ code, message, clause: null })

type Chosen = {
  reel: ReelRow
  index: ReelIndex
  from: number
  to: number
  init: number
  bytes: number
  fragments: number
}

/** Rows of a span in one reel: the fragments that show it, from the keyframe that opens them, and the init segment. */
function choose(
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

/** Places a hold. Refused where nothing is left to hold, or a recorder can't say what it has. */
export async function holdSpan(parts: HoldParts, wanted: HoldWanted): Promise<Result<Hold>> {
  const { sql, clock, keyring } = parts
  const nowMs = clock.nowMs()
  if (wanted.toMs <= wanted.fromMs) return no('span', 'The end must be after the beginning.')
  if (wanted.toMs > nowMs)
    return no('future', 'Only what has been recorded can be held. Choose an end in the past.')
  if (wanted.endsMs <= nowMs) return no('ends', 'A hold needs an end in the future.')
  const id = wanted.id ?? newId(nowMs)
  const before = await findHold(sql, id)
  if (before !== null) return { ok: true, value: before }
  const times = authorisedTimes(await parts.authority.intervals(wanted.cameraId))
  await cutOpenReels(parts, wanted)
  const chosen: Chosen[] = []
  let gone = 0
  for (const reel of await reelsIn(sql, wanted.cameraId, wanted.fromMs, wanted.toMs)) {
    if (keyring.keysOf(reel.head) === null) {
      gone += 1
      continue
    }
    let index: ReelIndex
    try {
      index = await parts.indexes.get(reel)
    } catch (error) {
      if (!(error instanceof Failure) || error.kind === 'data-loss') throw error
      return no(
        'unreachable',
        'The recorder that has this footage can’t be reached now. Try again when it is linked.',
      )
    }
    chosen.push(...choose(reel, index, wanted, times))
  }
  if (chosen.length === 0) {
    return gone > 0
      ? no('deleted', 'The footage of this span was deleted at the end of its time.')
      : no('nothing-there', 'Nothing was recorded in this span.')
  }
  const reasons: Reason[] = []
  const keyParts = chosen.flatMap((one) => keysFor(parts, one, reasons))
  if (reasons.length > 0) return refuse(reasons[0]!)
  const hold: Hold = {
    id,
    cameraId: wanted.cameraId,
    fromMs: wanted.fromMs,
    toMs: wanted.toMs,
    ownerId: wanted.ownerId,
    reason: wanted.reason,
    caseId: wanted.caseId,
    provider: wanted.provider,
    endsMs: wanted.endsMs,
    madeMs: nowMs,
    releasedMs: null,
    fragments: chosen.reduce((sum, one) => sum + one.fragments, 0),
    bytes: chosen.reduce((sum, one) => sum + one.bytes, 0),
  }
  // Keys first: a crash between leaves a hold in the keyring that no row knows, which the next start removes. The other
  // order could leave a hold that promises what it can't open.
  const rows = partRows(chosen)
  await keyring.placeHold(id, keyParts, {
    camera: hold.cameraId,
    provider: hold.provider,
    fromMs: hold.fromMs,
    toMs: hold.toMs,
    owner: hold.ownerId,
    caseId: hold.caseId,
    madeMs: nowMs,
    endsMs: hold.endsMs,
    fragments: hold.fragments,
    bytes: hold.bytes,
    parts: rows.map(({ reelId, fromSequence, toSequence }) => ({
      reel: reelId,
      from: fromSequence,
      to: toSequence,
    })),
  })
  try {
    await inTransaction(sql, async (tx) => {
      await append(tx, {
        kind: 'hold.placed',
        actor: hold.ownerId,
        provider: hold.provider,
        about: { hold: id, camera: hold.cameraId, ...(hold.caseId === null ? {} : { case: hold.caseId }) },
        data: {
          fromMs: hold.fromMs,
          toMs: hold.toMs,
          endsMs: hold.endsMs,
          fragments: hold.fragments,
          bytes: hold.bytes,
        },
        personal: { reason: hold.reason },
        atMs: nowMs,
      })
      await insertHold(tx, hold, rows)
    })
  } catch (error) {
    await keyring.destroyHold(id, nowMs)
    throw error
  }
  return { ok: true, value: hold }
}

/** Has a reel that is still written closed, so that its chain head is in the ledger when the span is handed over. */
async function cutOpenReels(parts: HoldParts, span: Span): Promise<void> {
  const open = (await reelsIn(parts.sql, span.cameraId, span.fromMs, span.toMs)).filter(
    (reel) => reel.closedMs === null,
  )
  for (const reel of open) {
    if (!parts.link.linked(reel.recorderId)) continue
    parts.link.cut(reel.recorderId, span.cameraId)
    for (
      let waited = 0;
      waited < cutMs && (await findReel(parts.sql, reel.id))?.closedMs === null;
      waited += lookMs
    ) {
      await delay(lookMs)
    }
  }
}

function partRows(chosen: readonly Chosen[]): HoldPartRow[] {
  return chosen.map(({ reel, from, to }) => ({ reelId: reel.id, fromSequence: from, toSequence: to }))
}

function keysFor(parts: HoldParts, one: Chosen, reasons: Reason[]): HoldPart[] {
  const keys = parts.keyring.keysOf(one.reel.head)
  const list = (from: number, to: number): HoldPart | null => {
    const found: Buffer[] = []
    for (let sequence = from; sequence <= to; sequence += 1) {
      const key = keys?.keyOf(sequence) ?? null
      if (key === null) return null
      found.push(key)
    }
    return { reel: one.reel.id, from, to, keys: found }
  }
  const made =
    one.init < one.from ? [list(one.init, one.init), list(one.from, one.to)] : [list(one.from, one.to)]
  if (made.some((part) => part === null)) {
    reasons.push({ code: 'deleted', message: 'Part of this span was deleted a moment ago.', clause: null })
  }
  return made.filter((part) => part !== null)
}

/** The hold's footage as sealed records with their keys, reel by reel in order; null when the hold has ended. */
export async function readHeld(
  parts: HoldParts,
  holdId: string,
): Promise<{ hold: Hold; reels: HeldReel[] } | null> {
  const hold = await findHold(parts.sql, holdId)
  if (hold === null || hold.releasedMs !== null) return null
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

/** Ends a hold: its keys are destroyed at once, and files that nothing else needs are ordered away. */
export async function releaseHold(
  parts: HoldParts,
  holdId: string,
  end: { readonly by: string | null; readonly cause: 'released' | 'end-reached'; readonly reason: string },
): Promise<Result<Hold>> {
  const nowMs = parts.clock.nowMs()
  const hold = await inTransaction(parts.sql, async (tx) => {
    const found = await lockHold(tx, holdId)
    if (found === null || found.releasedMs !== null) return null
    await endHold(tx, holdId, { atMs: nowMs, cause: end.cause, by: end.by })
    await append(tx, {
      kind: 'hold.ended',
      actor: end.by,
      provider: found.provider,
      about: { hold: holdId, camera: found.cameraId },
      data: { cause: end.cause },
      ...(end.reason === '' ? {} : { personal: { reason: end.reason } }),
      atMs: nowMs,
    })
    return found
  })
  if (hold === null) return no('ended', 'This hold has ended already.')
  await parts.keyring.destroyHold(holdId, nowMs)
  for (const recorderId of await recordersOf(parts.sql, holdId)) await parts.link.orderUnlinks(recorderId)
  return { ok: true, value: { ...hold, releasedMs: nowMs } }
}

async function recordersOf(sql: Sql, holdId: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>()
  for (const { reelId } of await partsOf(sql, holdId)) {
    const reel = await findReel(sql, reelId)
    if (reel !== null) ids.add(reel.recorderId)
  }
  return ids
}

/** Holds whose end has come. */
export async function endDueHolds(parts: HoldParts): Promise<number> {
  const due = await holdsDue(parts.sql, parts.clock.nowMs())
  for (const hold of due) await releaseHold(parts, hold.id, { by: null, cause: 'end-reached', reason: '' })
  return due.length
}

/**
 * Brings rows in step with the keyring, which decides: a hold that an older, restored database doesn't know gets its
 * row back; a row whose keys are gone is ended. Reels that the recorder hasn't told of yet make it wait for them.
 */
export async function matchHolds(parts: HoldParts): Promise<{ found: number; ended: number }> {
  const { sql, keyring } = parts
  const nowMs = parts.clock.nowMs()
  const standing = await everyStandingHold(sql)
  const inKeyring = new Map(keyring.holds().map((hold) => [hold.id, hold]))
  let found = 0
  for (const [id, about] of inKeyring) {
    if (standing.has(id) || (await findHold(sql, id)) !== null) continue
    const reels = await Promise.all(about.parts.map(({ reel }) => findReel(sql, reel)))
    if (reels.some((reel) => reel === null)) continue
    await inTransaction(sql, async (tx) => {
      const hold: Hold = {
        id,
        cameraId: about.camera,
        fromMs: about.fromMs,
        toMs: about.toMs,
        ownerId: about.owner,
        reason: 'The reason is not known any more: the database was restored from before this hold.',
        caseId: about.caseId,
        provider: about.provider,
        endsMs: Math.max(about.endsMs, about.madeMs + 1),
        madeMs: about.madeMs,
        releasedMs: null,
        fragments: about.fragments,
        bytes: about.bytes,
      }
      await insertHold(
        tx,
        hold,
        about.parts.map(({ reel, from, to }) => ({ reelId: reel, fromSequence: from, toSequence: to })),
      )
      await append(tx, {
        kind: 'hold.recovered',
        actor: null,
        provider: about.provider,
        about: { hold: id, camera: about.camera },
        data: { fromMs: about.fromMs, toMs: about.toMs, endsMs: about.endsMs },
        atMs: nowMs,
      })
    })
    found += 1
  }
  let ended = 0
  for (const id of standing) {
    if (inKeyring.has(id)) continue
    await inTransaction(sql, async (tx) => {
      const hold = await lockHold(tx, id)
      if (hold === null || !(await endHold(tx, id, { atMs: nowMs, cause: 'keys-gone', by: null }))) return
      await append(tx, {
        kind: 'hold.ended',
        actor: null,
        provider: hold.provider,
        about: { hold: id, camera: hold.cameraId },
        data: { cause: 'keys-gone' },
        atMs: nowMs,
      })
      ended += 1
    })
  }
  // A hold that a crash left in the keyring after its end: the row says that it ended.
  for (const id of inKeyring.keys()) {
    const row = await findHold(sql, id)
    if (row !== null && row.releasedMs !== null) await keyring.destroyHold(id, nowMs)
  }
  return { found, ended }
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
  const kept = reels.filter((reel) => parts.keyring.keysOf(reel.head) !== null)
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
