/** After a restore of keyring or database: which holds stand is what the keyring says. */
import { inTransaction } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import type { HoldParts } from './holds.ts'
import { endHold, everyStandingHold, findHold, insertHold, lockHold } from './keeping-store.ts'
import type { Hold } from './model.ts'
import { findReel } from './store.ts'

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
