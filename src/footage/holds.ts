/**
 * Holds: a stop on deletion for exactly one span of one camera, with an owner, a reason and an end. It takes effect at
 * once, by copying the keys of the span's fragments under a key of its own; the bytes stay with the recorder, which
 * removes no file that a hold needs.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { Failure, newId, type Reason, type Result, refuse } from '#base/base.ts'
import { inTransaction, type Sql } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import type { FootageDeps } from './deps.ts'
import { type Chosen, choose } from './held-footage.ts'
import {
  endHold,
  findHold,
  type HoldPartRow,
  holdsDue,
  insertHold,
  lockHold,
  partsOf,
} from './keeping-store.ts'
import type { HoldPart } from './keyring/keyring.ts'
import type { LinkServer } from './link/server.ts'
import type { Hold, Span } from './model.ts'
import { findReel, reelsIn } from './store.ts'
import { authorisedTimes } from './viewing/authority.ts'
import type { IndexCache } from './viewing/index-cache.ts'
import type { ReelIndex } from './viewing/reel-index.ts'

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

/** A recorder closes a reel in well under a second; without its word the hold is placed on the open one. */
const cutMs = 3_000
const lookMs = 50

const no = (code: string, message: string) => refuse({ code, message, clause: null })

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
    if (keyring.keysAt(reel.head, nowMs) === null) {
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
  const keys = parts.keyring.keysAt(one.reel.head, parts.clock.nowMs())
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
