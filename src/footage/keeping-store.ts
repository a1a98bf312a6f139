/** The SQL of holds, early ends of authority and expiry. */
import { isId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import type { Hold } from './model.ts'
import type { ReelRow } from './store.ts'

// ---- keys gone -----------------------------------------------------------------------------------------------------

/** Marks reels whose keys no longer exist. */
export async function destroyReelKeysRow(
  sql: Query,
  reelIds: readonly string[],
  gone: { atMs: number; cause: NonNullable<ReelRow['deletedCause']>; clause: string | null },
): Promise<void> {
  if (reelIds.length === 0) return
  await sql`
    update footage.reel
    set keys_destroyed_at = ${gone.atMs}, deleted_cause = ${gone.cause}, deleted_clause = ${gone.clause}
    where id = any(${reelIds as string[]}::uuid[]) and keys_destroyed_at is null`
}

/** Reels of a recorder whose keys are gone and that no standing hold needs: their files are to be removed. */
export async function reelsToUnlink(
  sql: Query,
  recorderId: string,
  held: ReadonlySet<string>,
): Promise<readonly string[]> {
  const rows = await sql<{ id: string }[]>`
    select r.id from footage.reel r
    where r.recorder_id = ${recorderId} and r.keys_destroyed_at is not null and r.unlinked_at is null
      and r.closed_at is not null and not exists (
        select 1 from footage.hold_part p join footage.hold h on h.id = p.hold_id
        where p.reel_id = r.id and h.ended_at is null)
    order by r.opened_at limit 1000`
  return rows.map((row) => row.id).filter((id) => !held.has(id))
}

export async function noteUnlinkOrdered(
  sql: Query,
  reelIds: readonly string[],
  nowMs: number,
): Promise<void> {
  if (reelIds.length === 0) return
  await sql`
    update footage.reel set unlink_ordered_at = ${nowMs}
    where id = any(${reelIds as string[]}::uuid[]) and unlink_ordered_at is null`
}

// ---- early ends ----------------------------------------------------------------------------------------------------

export type EarlyEnd = {
  readonly mandateId: string
  readonly cameraId: string
  readonly recorderId: string
  readonly endedMs: number
  readonly cause: string
  readonly acknowledgedMs: number | null
  readonly overrunMs: number | null
  readonly fragmentsDestroyed: number | null
  readonly settledMs: number | null
}

type EarlyEndColumns = {
  mandate_id: string
  camera_id: string
  recorder_id: string
  ended_at: number
  cause: string
  acknowledged_at: number | null
  overrun_ms: number | null
  fragments_destroyed: number | null
  settled_at: number | null
}
const toEarlyEnd = (row: EarlyEndColumns): EarlyEnd => ({
  mandateId: row.mandate_id,
  cameraId: row.camera_id,
  recorderId: row.recorder_id,
  endedMs: row.ended_at,
  cause: row.cause,
  acknowledgedMs: row.acknowledged_at,
  overrunMs: row.overrun_ms,
  fragmentsDestroyed: row.fragments_destroyed,
  settledMs: row.settled_at,
})

export async function insertEarlyEnd(
  tx: Query,
  end: Pick<EarlyEnd, 'mandateId' | 'cameraId' | 'recorderId' | 'endedMs' | 'cause'>,
): Promise<void> {
  await tx`
    insert into footage.early_end (mandate_id, camera_id, recorder_id, ended_at, cause)
    values (${end.mandateId}, ${end.cameraId}, ${end.recorderId}, ${end.endedMs}, ${end.cause})
    on conflict (mandate_id) do nothing`
}

/** Only the recorder that had the mandate can say that it obeyed. */
export async function acknowledgeEarlyEnd(
  sql: Query,
  recorderId: string,
  mandateId: string,
  nowMs: number,
): Promise<void> {
  await sql`
    update footage.early_end set acknowledged_at = ${nowMs}
    where mandate_id::text = ${mandateId} and recorder_id = ${recorderId} and acknowledged_at is null`
}

/** Ends that the recorder knows of and whose footage has not been looked through yet. */
export async function earlyEndsToSettle(sql: Query, recorderId: string): Promise<readonly EarlyEnd[]> {
  const rows = await sql<EarlyEndColumns[]>`
    select * from footage.early_end where recorder_id = ${recorderId} and settled_at is null order by ended_at limit 1000`
  return rows.map(toEarlyEnd)
}

export async function earlyEndsOf(sql: Query, cameraId: string): Promise<readonly EarlyEnd[]> {
  const rows = await sql<EarlyEndColumns[]>`
    select * from footage.early_end where camera_id = ${cameraId} order by ended_at desc limit 100`
  return rows.map(toEarlyEnd)
}

export async function settleEarlyEnd(
  tx: Tx,
  mandateId: string,
  settled: { overrunMs: number; fragments: number; nowMs: number },
): Promise<boolean> {
  const rows = await tx`
    update footage.early_end
    set overrun_ms = ${settled.overrunMs}, fragments_destroyed = ${settled.fragments}, settled_at = ${settled.nowMs}
    where mandate_id = ${mandateId} and settled_at is null`
  return rows.count === 1
}

// ---- holds ---------------------------------------------------------------------------------------------------------

export type HoldPartRow = {
  readonly reelId: string
  readonly fromSequence: number
  readonly toSequence: number
}

type HoldColumns = {
  id: string
  provider: string
  camera_id: string
  from_at: number
  to_at: number
  owner_id: string
  reason: string
  case_id: string | null
  made_at: number
  ends_at: number
  ended_at: number | null
  fragments: number
  bytes: number
}
const toHold = (row: HoldColumns): Hold => ({
  id: row.id,
  provider: row.provider,
  cameraId: row.camera_id,
  fromMs: row.from_at,
  toMs: row.to_at,
  ownerId: row.owner_id,
  reason: row.reason,
  caseId: row.case_id,
  madeMs: row.made_at,
  endsMs: row.ends_at,
  releasedMs: row.ended_at,
  fragments: row.fragments,
  bytes: row.bytes,
})

export async function insertHold(tx: Tx, hold: Hold, parts: readonly HoldPartRow[]): Promise<void> {
  await tx`
    insert into footage.hold
      (id, provider, camera_id, from_at, to_at, owner_id, reason, case_id, made_at, ends_at, fragments, bytes)
    values (${hold.id}, ${hold.provider}, ${hold.cameraId}, ${hold.fromMs}, ${hold.toMs}, ${hold.ownerId},
            ${hold.reason}, ${hold.caseId}, ${hold.madeMs}, ${hold.endsMs}, ${hold.fragments}, ${hold.bytes})`
  for (const part of parts) {
    await tx`
      insert into footage.hold_part (hold_id, reel_id, from_sequence, to_sequence)
      values (${hold.id}, ${part.reelId}, ${part.fromSequence}, ${part.toSequence})`
  }
}

export async function findHold(sql: Query, id: string): Promise<Hold | null> {
  if (!isId(id)) return null
  const [row] = await sql<HoldColumns[]>`select * from footage.hold where id = ${id}`
  return row ? toHold(row) : null
}

export async function lockHold(tx: Tx, id: string): Promise<Hold | null> {
  const [row] = await tx<HoldColumns[]>`select * from footage.hold where id = ${id} for update`
  return row ? toHold(row) : null
}

export async function partsOf(sql: Query, holdId: string): Promise<readonly HoldPartRow[]> {
  const rows = await sql<{ reel_id: string; from_sequence: number; to_sequence: number }[]>`
    select p.reel_id, p.from_sequence, p.to_sequence from footage.hold_part p
    join footage.reel r on r.id = p.reel_id
    where p.hold_id = ${holdId} order by r.opened_at, r.id, p.from_sequence`
  return rows.map((row) => ({
    reelId: row.reel_id,
    fromSequence: row.from_sequence,
    toSequence: row.to_sequence,
  }))
}

export async function endHold(
  tx: Tx,
  id: string,
  end: { atMs: number; cause: 'released' | 'end-reached' | 'keys-gone'; by: string | null },
): Promise<boolean> {
  const rows = await tx`
    update footage.hold set ended_at = ${end.atMs}, ended_cause = ${end.cause}, ended_by = ${end.by}
    where id = ${id} and ended_at is null`
  return rows.count === 1
}

/** Standing holds whose end has come. */
export async function holdsDue(sql: Query, nowMs: number): Promise<readonly Hold[]> {
  const rows = await sql<HoldColumns[]>`
    select * from footage.hold where ended_at is null and ends_at <= ${nowMs} order by ends_at limit 1000`
  return rows.map(toHold)
}

export async function holdsOn(
  sql: Query,
  cameraId: string,
  fromMs: number,
  toMs: number,
): Promise<readonly Hold[]> {
  const rows = await sql<HoldColumns[]>`
    select * from footage.hold
    where camera_id = ${cameraId} and ended_at is null and from_at < ${toMs} and to_at > ${fromMs}
    order by from_at limit 1000`
  return rows.map(toHold)
}

export async function standingHolds(sql: Query, providers: readonly string[]): Promise<readonly Hold[]> {
  const rows = await sql<HoldColumns[]>`
    select * from footage.hold where ended_at is null and provider = any(${providers as string[]})
    order by ends_at limit 1000`
  return rows.map(toHold)
}

/** Ids of every hold that stands, whichever provider: what the keyring's holds are compared with at start. */
export async function everyStandingHold(sql: Query): Promise<ReadonlySet<string>> {
  const rows = await sql<{ id: string }[]>`select id from footage.hold where ended_at is null`
  return new Set(rows.map((row) => row.id))
}

// ---- expiry --------------------------------------------------------------------------------------------------------

export type Expiry = {
  readonly group: string
  readonly goneBy: string
  readonly timeZone: string
  readonly goneByMs: number
  readonly destroyedMs: number
  readonly cameraDays: number
  readonly agreedBy: string | null
  readonly agreedRecorder: string | null
}

export async function insertExpiry(tx: Tx, expiry: Expiry): Promise<boolean> {
  const rows = await tx`
    insert into footage.expiry
      (key_group, gone_by, time_zone, gone_by_at, destroyed_at, camera_days, agreed_by, agreed_recorder)
    values (${expiry.group}, ${expiry.goneBy}, ${expiry.timeZone}, ${expiry.goneByMs}, ${expiry.destroyedMs},
            ${expiry.cameraDays}, ${expiry.agreedBy}, ${expiry.agreedRecorder})
    on conflict (key_group) do nothing`
  return rows.count === 1
}

/** Groups whose destruction the database remembers, for the replay after a keyring was restored from a copy. */
export async function expiredGroups(sql: Query): Promise<readonly { group: string; goneByMs: number }[]> {
  const rows = await sql<{ key_group: string; gone_by_at: number }[]>`
    select key_group, gone_by_at from footage.expiry`
  return rows.map((row) => ({ group: row.key_group, goneByMs: row.gone_by_at }))
}

export async function reelsUnderKids(
  sql: Query,
  kids: readonly string[],
): Promise<readonly { id: string; cameraId: string; day: string; keysDestroyedMs: number | null }[]> {
  if (kids.length === 0) return []
  const rows = await sql<{ id: string; camera_id: string; day: string; keys_destroyed_at: number | null }[]>`
    select id, camera_id, day, keys_destroyed_at from footage.reel where kid = any(${kids as string[]})`
  return rows.map((row) => ({
    id: row.id,
    cameraId: row.camera_id,
    day: row.day,
    keysDestroyedMs: row.keys_destroyed_at,
  }))
}

/** Reels whose keys the database believes to exist, for comparing with the keyring at start. */
export async function reelsWithKeys(
  sql: Query,
): Promise<readonly { id: string; kid: string; goneByMs: number }[]> {
  const rows = await sql<{ id: string; kid: string; gone_by_at: number }[]>`
    select id, kid, gone_by_at from footage.reel where keys_destroyed_at is null`
  return rows.map((row) => ({ id: row.id, kid: row.kid, goneByMs: row.gone_by_at }))
}
