/**
 * Authority that ended before its time. What a recorder stored after that instant is shown to nobody from the moment
 * the hub records the end; once the recorder has been reached, the keys of it are destroyed while those of what came
 * before live on, and the overrun is written down.
 */
import { Failure, type Log, story } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { findCamera } from '#register/register.ts'
import type { FootageDeps } from './deps.ts'
import { destroyReelKeysRow, type EarlyEnd, earlyEndsToSettle, settleEarlyEnd } from './keeping-store.ts'
import type { Kept } from './keyring/keyring.ts'
import type { LinkServer } from './link/server.ts'
import { type ReelRow, reelsOfKid, reelsOfMandate } from './store.ts'
import { allowedWhole, authorisedTimes, type Times } from './viewing/authority.ts'
import type { IndexCache } from './viewing/index-cache.ts'
import { type ReelIndex, rowAt } from './viewing/reel-index.ts'

export type EarlyEndParts = Pick<FootageDeps, 'sql' | 'clock' | 'keyring' | 'authority'> & {
  readonly log: Log
  readonly indexes: IndexCache
  readonly link: Pick<LinkServer, 'linked'>
}

/** A recorder that says nothing of a withdrawal has nothing to say once it has been linked this long with no reel open. */
const quietMs = 60_000

/** Looks through what a recorder stored after each early end that it knows of. Gives how many were settled. */
export async function settleEarlyEnds(parts: EarlyEndParts, recorderId: string): Promise<number> {
  let settled = 0
  for (const end of await earlyEndsToSettle(parts.sql, recorderId)) {
    try {
      if (await settleOne(parts, end)) settled += 1
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'unavailable') throw error
      // The recorder went away again: on its return this is tried anew.
      parts.log.info({ mandate: end.mandateId, why: story(error) }, 'an early end could not be settled yet')
    }
  }
  return settled
}

async function settleOne(parts: EarlyEndParts, end: EarlyEnd): Promise<boolean> {
  const { sql, keyring } = parts
  const nowMs = parts.clock.nowMs()
  if (!parts.link.linked(end.recorderId)) return false
  if (end.acknowledgedMs === null && nowMs - end.endedMs < quietMs) return false
  const reels = await reelsOfMandate(sql, end.mandateId)
  if (reels.some((reel) => reel.closedMs === null)) return false
  const intervals = await parts.authority.intervals(end.cameraId)
  const times = authorisedTimes(intervals)
  const commissioning = intervals.some((i) => i.mandateId === end.mandateId && i.class === 'commissioning')
  const beyond = await beyondAuthority(parts, reels, times)
  for (const kid of new Set(beyond.map(({ reel }) => reel.kid))) await narrow(parts, kid, times, nowMs)
  const lastMs = Math.max(end.endedMs, ...beyond.map((one) => one.lastMs))
  const overrunMs = commissioning ? 0 : lastMs - end.endedMs
  const fragments = beyond.reduce((sum, one) => sum + one.fragments, 0)
  const provider = (await findCamera(sql, end.cameraId))?.provider ?? null
  await inTransaction(sql, async (tx) => {
    if (!(await settleEarlyEnd(tx, end.mandateId, { overrunMs, fragments, nowMs }))) return
    const emptied = reels.filter(
      (reel) => reel.keysDestroyedMs === null && keyring.keysOf(reel.head) === null,
    )
    await destroyReelKeysRow(
      tx,
      emptied.map((reel) => reel.id),
      { atMs: nowMs, cause: 'overrun', clause: null },
    )
    await append(tx, {
      kind: 'footage.overrun-destroyed',
      actor: null,
      provider,
      about: { camera: end.cameraId, mandate: end.mandateId, recorder: end.recorderId },
      data: { endedMs: end.endedMs, overrunMs, fragments, cause: end.cause },
      atMs: nowMs,
    })
  })
  if (!commissioning) await parts.authority.noteOverrun(end.mandateId, overrunMs)
  return true
}

type Beyond = { reel: ReelRow; fragments: number; lastMs: number }

/** Reels with fragments that no authority covers and whose keys still exist. */
async function beyondAuthority(
  parts: EarlyEndParts,
  reels: readonly ReelRow[],
  times: Times,
): Promise<Beyond[]> {
  const found: Beyond[] = []
  for (const reel of reels) {
    const keys = parts.keyring.keysOf(reel.head)
    if (keys === null) continue
    const index = await parts.indexes.get(reel)
    let fragments = 0
    let lastMs = 0
    for (let n = 0; n < index.rowOf.length; n += 1) {
      if (allowedWhole(times, index.startMs[n]!, index.endMs[n]!)) continue
      if (keys.keyOf(index.sequence[n]!) === null) continue
      fragments += 1
      lastMs = Math.max(lastMs, index.endMs[n]!)
    }
    if (fragments > 0) found.push({ reel, fragments, lastMs })
  }
  return found
}

/** Leaves of a camera-day only the keys of what lies under authority. */
async function narrow(parts: EarlyEndParts, kid: string, times: Times, nowMs: number): Promise<void> {
  const keep: Kept[] = []
  for (const reel of await reelsOfKid(parts.sql, kid)) {
    if (parts.keyring.keysOf(reel.head) === null) continue
    keep.push(...keptOf(await parts.indexes.get(reel), reel, times))
  }
  await parts.keyring.narrow(kid, keep, nowMs)
}

/** What of one reel lives on: all of it, or the runs of its records that lie under authority, with what opens them. */
export function keptOf(index: ReelIndex, reel: Pick<ReelRow, 'closedMs'>, times: Times): Kept[] {
  const runs: { from: number; to: number }[] = []
  let refused = 0
  let lastN = -2
  for (let n = 0; n < index.rowOf.length; n += 1) {
    if (!allowedWhole(times, index.startMs[n]!, index.endMs[n]!)) {
      refused += 1
      continue
    }
    const sequence = index.sequence[n]!
    const last = runs.at(-1)
    if (last !== undefined && lastN === n - 1) last.to = sequence
    else runs.push({ from: sequence, to: sequence })
    lastN = n
  }
  if (runs.length === 0) return []
  if (refused === 0 && reel.closedMs !== null) return [{ head: index.head, whole: true }]
  const init = index.initRow === null ? null : rowAt(index, index.initRow).sequence
  if (init !== null && runs[0]!.from === init + 1) runs[0]!.from = init
  else if (init !== null) runs.unshift({ from: init, to: init })
  return runs.map(({ from, to }) => ({ head: index.head, from, to }))
}
