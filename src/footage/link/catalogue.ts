/** What recorders tell of their reels and gaps, as rows and ledger entries. Telling a thing twice changes nothing. */

import { Failure } from '#base/base.ts'
import { inTransaction, type Query, type Sql } from '#engine/engine.ts'
import type { ClosedReel, HeldReel } from '#formats/link/link.ts'
import { headProblem, type ReelHead } from '#formats/reel/reel.ts'
import { append } from '#ledger/ledger.ts'
import { findCamera } from '#register/register.ts'
import type { Authority } from '../deps.ts'
import { destroyReelKeysRow } from '../keeping-store.ts'
import type { Keyring } from '../keyring/keyring.ts'
import {
  closeReel,
  findReel,
  insertReel,
  lockReel,
  noteMissing,
  noteUnlinked,
  type ReelRow,
  reelsHeldBy,
} from '../store.ts'

/**
 * Is this a reel that the recorder can have made? Its head names it, and a mandate that we issued to this recorder for
 * this camera. Throws `Failure('invalid')` for a head that no recorder of ours writes. False for one whose mandate we
 * gave to another, or don't know: it is left where it is and believed nothing. After a restored backup mandates signed
 * since are not known any more; then keyring and register decide together: the head names a key of this camera's day,
 * and the camera hangs at this recorder. The key's name alone proves nothing: it stands in every evidence pack.
 */
export async function isItsOwn(
  sql: Sql,
  authority: Pick<Authority, 'mandateOf'>,
  head: ReelHead,
  recorderId: string,
  keyring: Pick<Keyring, 'due'>,
): Promise<boolean> {
  checkHead(head, recorderId)
  const mandate = await authority.mandateOf(head.mandate)
  if (mandate === null) {
    if ((await findCamera(sql, head.camera))?.recorderId !== recorderId) return false
    const days = keyring.due(Number.MAX_SAFE_INTEGER).flatMap(({ cameraDays }) => cameraDays)
    return days.some(({ kid, camera, day }) => kid === head.kid && camera === head.camera && day === head.day)
  }
  return mandate !== null && mandate.recorderId === recorderId && mandate.cameraId === head.camera
}

function checkHead(head: ReelHead, recorderId: string): void {
  const problem = headProblem(head)
  if (problem !== null)
    throw new Failure('invalid', `a recorder told of a reel whose head is wrong: ${problem}`)
  if (head.recorder !== recorderId) throw new Failure('invalid', "a recorder told of another recorder's reel")
}

/** An overrun is settled while its reel is a few minutes old; two days leave room for a recorder that was away. */
const restoredAfterMs = 2 * 86_400_000

const landlordOf = async (sql: Query, cameraId: string): Promise<string | null> =>
  (await findCamera(sql, cameraId))?.provider ?? null

/**
 * A reel was opened. Its day's key may be gone already: an overrun that was settled while it was still written. One that
 * is new to us and old was recorded and deleted after the backup from which this database was restored.
 */
export async function noteOpened(sql: Query, keyring: Keyring, head: ReelHead, nowMs: number): Promise<void> {
  const goneBy = keyring.goneBy(head.kid)
  const isNew = await insertReel(sql, head, head.recorder, goneBy?.goneByMs ?? head.openedMs)
  if (isNew && keyring.keysOf(head) === null) {
    const cause = nowMs - head.openedMs > restoredAfterMs ? 'retention' : 'overrun'
    await destroyReelKeysRow(sql, [head.reel], { atMs: nowMs, cause, clause: null })
  }
}

/** A reel was closed: its chain head goes into the ledger in the same transaction as its row. */
export async function noteClosed(
  sql: Sql,
  keyring: Keyring,
  head: ReelHead,
  closed: ClosedReel,
  nowMs: number,
): Promise<boolean> {
  await noteOpened(sql, keyring, head, nowMs)
  return inTransaction(sql, async (tx) => {
    const row = await lockReel(tx, head.reel)
    if (row === null || row.closedMs !== null || row.recorderId !== head.recorder) return false
    const ledgerEntry = await append(tx, {
      kind: 'reel.closed',
      actor: null,
      provider: await landlordOf(tx, head.camera),
      about: { reel: head.reel, camera: head.camera, recorder: head.recorder, mandate: head.mandate },
      data: {
        chainHead: closed.chainHead,
        records: closed.records,
        fragments: closed.fragments,
        frames: closed.frames,
        bytes: closed.bytes,
        firstMs: closed.firstMs,
        lastMs: closed.lastMs,
        reason: closed.reason,
        previous: head.previous,
      },
      atMs: nowMs,
    })
    return closeReel(tx, {
      reelId: head.reel,
      recorderId: head.recorder,
      closedMs: Math.max(closed.lastMs ?? 0, head.openedMs),
      chainHead: Buffer.from(closed.chainHead, 'hex'),
      records: closed.records,
      bytes: closed.bytes,
      firstMs: closed.firstMs,
      lastMs: closed.lastMs,
      ledgerEntry,
    })
  })
}

/** One page of what a recorder holds. Gives the reels that can't be its own. */
export async function noteHeldPage(
  sql: Sql,
  keyring: Keyring,
  authority: Pick<Authority, 'mandateOf'>,
  recorderId: string,
  reels: readonly HeldReel[],
  nowMs: number,
): Promise<readonly string[]> {
  const foreign: string[] = []
  for (const { head, closed } of reels) {
    if (!(await isItsOwn(sql, authority, head, recorderId, keyring))) {
      foreign.push(head.reel)
      continue
    }
    if (closed === null) await noteOpened(sql, keyring, head, nowMs)
    else if ((await findReel(sql, head.reel))?.closedMs == null)
      await noteClosed(sql, keyring, head, closed, nowMs)
  }
  return foreign
}

/**
 * After the last page: what we thought the recorder holds and it doesn't. Files that should be there and aren't are
 * written down in the ledger, each once; those ordered away count as removed.
 * @returns reels of this recorder that it still holds, for renewing orders to remove
 */
export async function compareHeld(
  sql: Sql,
  recorderId: string,
  held: ReadonlySet<string>,
  nowMs: number,
): Promise<readonly ReelRow[]> {
  const rows = await reelsHeldBy(sql, recorderId)
  const absent = rows.filter((row) => !held.has(row.id))
  // One whose keys are gone was to be removed anyway; a restored database may not remember having ordered it.
  const isOrdered = (row: ReelRow): boolean => row.unlinkOrderedMs !== null || row.keysDestroyedMs !== null
  const ordered = absent.filter(isOrdered)
  const missing = absent.filter((row) => !isOrdered(row) && row.missingMs === null)
  await inTransaction(sql, async (tx) => {
    await noteUnlinked(
      tx,
      recorderId,
      ordered.map((row) => row.id),
      nowMs,
    )
    await noteMissing(
      tx,
      missing.map((row) => row.id),
      nowMs,
    )
    for (const row of missing) {
      await append(tx, {
        kind: 'reel.missing',
        actor: null,
        provider: await landlordOf(tx, row.cameraId),
        about: { reel: row.id, camera: row.cameraId, recorder: recorderId },
        data: { firstMs: row.firstMs ?? row.openedMs, lastMs: row.lastMs },
        atMs: nowMs,
      })
    }
  })
  return rows.filter((row) => held.has(row.id))
}
