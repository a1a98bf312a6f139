/**
 * All SQL about recorders, their reels and gaps. Looking is in viewing-store.ts, holds and expiry in keeping-store.ts.
 * Stays whole past 400 lines: one short statement after the other, looked up by name.
 */
import { isId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import type { ReelHead } from '#formats/reel/reel.ts'
import type { Gap } from './model.ts'

// ---- keyring -------------------------------------------------------------------------------------------------------

/** The keyring under which this installation recorded last, or null before the first. */
export async function knownKeyring(sql: Query): Promise<string | null> {
  const [row] = await sql<{ id: string }[]>`
    select id from footage.keyring order by last_opened_at desc, id desc limit 1`
  return row?.id ?? null
}

export async function noteKeyring(sql: Query, id: string, nowMs: number): Promise<void> {
  await sql`
    insert into footage.keyring (id, first_opened_at, last_opened_at) values (${id}, ${nowMs}, ${nowMs})
    on conflict (id) do update set last_opened_at = greatest(footage.keyring.last_opened_at, excluded.last_opened_at)`
}

// ---- recorders -----------------------------------------------------------------------------------------------------

export type Token = {
  readonly id: string
  readonly name: string
  readonly madeBy: string | null
  readonly madeMs: number
  readonly expiresMs: number
  readonly usedMs: number | null
  /** Landlords whose cameras the recorder may dial; empty: all. */
  readonly providers: readonly string[]
}

export async function insertToken(
  sql: Query,
  token: Omit<Token, 'usedMs'> & { readonly hash: Buffer },
): Promise<void> {
  await sql`
    insert into footage.enrolment_token (id, token_hash, name, made_by, made_at, expires_at, providers)
    values (${token.id}, ${token.hash}, ${token.name}, ${token.madeBy}, ${token.madeMs}, ${token.expiresMs},
      ${token.providers as string[]})`
}

/** Tokens nobody used yet, newest first. */
export async function openTokens(sql: Query, nowMs: number): Promise<readonly Token[]> {
  const rows = await sql<TokenRow[]>`
    select id, name, made_by, made_at, expires_at, used_at, providers from footage.enrolment_token
    where used_at is null and expires_at > ${nowMs} order by made_at desc limit 50`
  return rows.map(toToken)
}

type TokenRow = {
  id: string
  name: string
  made_by: string | null
  made_at: number
  expires_at: number
  used_at: number | null
  providers: string[]
}
const toToken = (row: TokenRow): Token => ({
  id: row.id,
  name: row.name,
  madeBy: row.made_by,
  madeMs: row.made_at,
  expiresMs: row.expires_at,
  usedMs: row.used_at,
  providers: row.providers,
})

/** Locks the token until commit, so that two recorders with one token meet here and one of them gets null. */
export async function takeToken(tx: Tx, hash: Buffer): Promise<Token | null> {
  const [row] = await tx<TokenRow[]>`
    select id, name, made_by, made_at, expires_at, used_at, providers from footage.enrolment_token
    where token_hash = ${hash} for update`
  return row ? toToken(row) : null
}

export async function spendToken(tx: Tx, id: string, recorderId: string, nowMs: number): Promise<void> {
  await tx`
    update footage.enrolment_token set used_at = ${nowMs}, recorder_id = ${recorderId} where id = ${id}`
}

export type RecorderRow = {
  readonly id: string
  readonly name: string
  readonly publicKey: Buffer
  readonly enrolledMs: number
  readonly revokedMs: number | null
  readonly heardMs: number | null
  readonly status: unknown
  readonly clockDifferenceMs: number | null
  /** Landlords whose cameras it may dial; empty: all. */
  readonly providers: readonly string[]
}

type RecorderColumns = {
  id: string
  name: string
  public_key: Buffer
  enrolled_at: number
  revoked_at: number | null
  heard_at: number | null
  status: unknown
  clock_difference_ms: number | null
  providers: string[]
}
const toRecorder = (row: RecorderColumns): RecorderRow => ({
  id: row.id,
  name: row.name,
  publicKey: row.public_key,
  enrolledMs: row.enrolled_at,
  revokedMs: row.revoked_at,
  heardMs: row.heard_at,
  status: row.status,
  clockDifferenceMs: row.clock_difference_ms,
  providers: row.providers,
})

export async function insertRecorder(
  tx: Tx,
  recorder: {
    id: string
    name: string
    publicKey: Buffer
    by: string | null
    nowMs: number
    providers: readonly string[]
  },
): Promise<void> {
  await tx`
    insert into footage.recorder (id, name, public_key, enrolled_at, enrolled_by, providers)
    values (${recorder.id}, ${recorder.name}, ${recorder.publicKey}, ${recorder.nowMs}, ${recorder.by},
      ${recorder.providers as string[]})`
}

export async function findRecorder(sql: Query, id: string): Promise<RecorderRow | null> {
  if (!isId(id)) return null
  const [row] = await sql<RecorderColumns[]>`select * from footage.recorder where id = ${id}`
  return row ? toRecorder(row) : null
}

export async function findRecorderByKey(sql: Query, publicKey: Buffer): Promise<RecorderRow | null> {
  const [row] = await sql<RecorderColumns[]>`select * from footage.recorder where public_key = ${publicKey}`
  return row ? toRecorder(row) : null
}

export async function listRecorders(sql: Query): Promise<readonly RecorderRow[]> {
  const rows = await sql<RecorderColumns[]>`
    select * from footage.recorder order by revoked_at nulls first, name limit 1000`
  return rows.map(toRecorder)
}

export async function revokeRecorder(tx: Tx, id: string, by: string, nowMs: number): Promise<boolean> {
  const rows = await tx`
    update footage.recorder set revoked_at = ${nowMs}, revoked_by = ${by} where id = ${id} and revoked_at is null`
  return rows.count === 1
}

export async function noteHeard(
  sql: Query,
  id: string,
  heard: { atMs: number; status: unknown; clockDifferenceMs: number | null },
): Promise<void> {
  await sql`
    update footage.recorder set heard_at = ${heard.atMs}, status = ${sql.json(heard.status as never)},
      clock_difference_ms = coalesce(${heard.clockDifferenceMs}, clock_difference_ms)
    where id = ${id}`
}

export type CameraStateRow = {
  readonly cameraId: string
  readonly recorderId: string
  readonly code: string
  readonly sinceMs: number
  readonly lastFrameMs: number | null
  readonly mandateId: string | null
  readonly toldMs: number
}

export async function noteCameraStates(sql: Query, states: readonly CameraStateRow[]): Promise<void> {
  for (const s of states) {
    await sql`
      insert into footage.camera_state (camera_id, recorder_id, code, since_at, last_frame_at, mandate_id, told_at)
      values (${s.cameraId}, ${s.recorderId}, ${s.code}, ${s.sinceMs}, ${s.lastFrameMs}, ${s.mandateId}, ${s.toldMs})
      on conflict (camera_id) do update set recorder_id = excluded.recorder_id, code = excluded.code,
        since_at = excluded.since_at, mandate_id = excluded.mandate_id, told_at = excluded.told_at,
        last_frame_at = coalesce(excluded.last_frame_at, footage.camera_state.last_frame_at)`
  }
}

export async function findCameraState(sql: Query, cameraId: string): Promise<CameraStateRow | null> {
  const [row] = await sql<
    {
      recorder_id: string
      code: string
      since_at: number
      last_frame_at: number | null
      mandate_id: string | null
      told_at: number
    }[]
  >`select * from footage.camera_state where camera_id = ${cameraId}`
  if (row === undefined) return null
  return {
    cameraId,
    recorderId: row.recorder_id,
    code: row.code,
    sinceMs: row.since_at,
    lastFrameMs: row.last_frame_at,
    mandateId: row.mandate_id,
    toldMs: row.told_at,
  }
}

// ---- reels ---------------------------------------------------------------------------------------------------------

export type ReelRow = {
  readonly id: string
  readonly recorderId: string
  readonly cameraId: string
  readonly mandateId: string
  readonly day: string
  readonly timeZone: string
  readonly kid: string
  readonly head: ReelHead
  readonly openedMs: number
  readonly closedMs: number | null
  readonly firstMs: number | null
  readonly lastMs: number | null
  readonly records: number | null
  readonly bytes: number | null
  readonly chainHead: Buffer | null
  readonly ledgerEntry: string | null
  readonly goneByMs: number
  readonly keysDestroyedMs: number | null
  readonly deletedClause: string | null
  readonly deletedCause: 'retention' | 'overrun' | 'keyring-lost' | null
  readonly unlinkOrderedMs: number | null
  readonly unlinkedMs: number | null
  readonly missingMs: number | null
}

type ReelColumns = {
  id: string
  recorder_id: string
  camera_id: string
  mandate_id: string
  day: string
  time_zone: string
  kid: string
  head: ReelHead
  opened_at: number
  closed_at: number | null
  first_at: number | null
  last_at: number | null
  records: number | null
  bytes: number | null
  chain_head: Buffer | null
  ledger_entry: string | null
  gone_by_at: number
  keys_destroyed_at: number | null
  deleted_clause: string | null
  deleted_cause: ReelRow['deletedCause']
  unlink_ordered_at: number | null
  unlinked_at: number | null
  missing_at: number | null
}
const toReel = (row: ReelColumns): ReelRow => ({
  id: row.id,
  recorderId: row.recorder_id,
  cameraId: row.camera_id,
  mandateId: row.mandate_id,
  day: row.day,
  timeZone: row.time_zone,
  kid: row.kid,
  head: row.head,
  openedMs: row.opened_at,
  closedMs: row.closed_at,
  firstMs: row.first_at,
  lastMs: row.last_at,
  records: row.records,
  bytes: row.bytes,
  chainHead: row.chain_head,
  ledgerEntry: row.ledger_entry,
  goneByMs: row.gone_by_at,
  keysDestroyedMs: row.keys_destroyed_at,
  deletedClause: row.deleted_clause,
  deletedCause: row.deleted_cause,
  unlinkOrderedMs: row.unlink_ordered_at,
  unlinkedMs: row.unlinked_at,
  missingMs: row.missing_at,
})

/** A reel that a recorder holds; a second telling changes nothing. True when it was new. */
export async function insertReel(
  sql: Query,
  head: ReelHead,
  recorderId: string,
  goneByMs: number,
): Promise<boolean> {
  const rows = await sql`
    insert into footage.reel
      (id, recorder_id, camera_id, mandate_id, day, time_zone, kid, head, opened_at, gone_by_at)
    values (${head.reel}, ${recorderId}, ${head.camera}, ${head.mandate}, ${head.day}, ${head.timeZone}, ${head.kid},
            ${sql.json(head as never)}, ${head.openedMs}, ${goneByMs})
    on conflict (id) do nothing`
  return rows.count === 1
}

export type ReelClose = {
  readonly reelId: string
  readonly recorderId: string
  readonly closedMs: number
  readonly chainHead: Buffer
  readonly records: number
  readonly bytes: number
  readonly firstMs: number | null
  readonly lastMs: number | null
  readonly ledgerEntry: string
}

/** False when the row is closed already, belongs to another recorder or doesn't exist. */
export async function closeReel(tx: Tx, close: ReelClose): Promise<boolean> {
  const rows = await tx`
    update footage.reel set closed_at = ${close.closedMs}, chain_head = ${close.chainHead}, records = ${close.records},
      bytes = ${close.bytes}, first_at = ${close.firstMs}, last_at = ${close.lastMs}, ledger_entry = ${close.ledgerEntry}
    where id = ${close.reelId} and recorder_id = ${close.recorderId} and closed_at is null`
  return rows.count === 1
}

/** Locks the row until commit. */
export async function lockReel(tx: Tx, id: string): Promise<ReelRow | null> {
  const [row] = await tx<ReelColumns[]>`select * from footage.reel where id = ${id} for update`
  return row ? toReel(row) : null
}

export async function findReel(sql: Query, id: string): Promise<ReelRow | null> {
  const [row] = await sql<ReelColumns[]>`select * from footage.reel where id = ${id}`
  return row ? toReel(row) : null
}

/** A reel lasts an hour at most, so what touches a span was opened at most an hour before it (and a little). */
const reelMostMs = 2 * 3_600_000

/** Reels that can hold pictures of a span, in order. */
export async function reelsIn(
  sql: Query,
  cameraId: string,
  fromMs: number,
  toMs: number,
): Promise<readonly ReelRow[]> {
  const rows = await sql<ReelColumns[]>`
    select * from footage.reel
    where camera_id = ${cameraId} and opened_at < ${toMs} and opened_at > ${fromMs - reelMostMs}
      and (closed_at is null or coalesce(last_at, opened_at) > ${fromMs})
    order by opened_at, id`
  return rows.map(toReel)
}

export async function reelsOfKid(sql: Query, kid: string): Promise<readonly ReelRow[]> {
  const rows = await sql<ReelColumns[]>`select * from footage.reel where kid = ${kid} order by opened_at, id`
  return rows.map(toReel)
}

export async function reelsOfMandate(sql: Query, mandateId: string): Promise<readonly ReelRow[]> {
  const rows = await sql<ReelColumns[]>`
    select * from footage.reel where mandate_id = ${mandateId} order by opened_at, id`
  return rows.map(toReel)
}

/** Ids of reels that a recorder should hold: not ordered away and not known to be missing. */
export async function reelsHeldBy(sql: Query, recorderId: string): Promise<readonly ReelRow[]> {
  const rows = await sql<ReelColumns[]>`
    select * from footage.reel where recorder_id = ${recorderId} and unlinked_at is null`
  return rows.map(toReel)
}

export async function noteMissing(sql: Query, ids: readonly string[], nowMs: number): Promise<void> {
  if (ids.length === 0) return
  await sql`
    update footage.reel set missing_at = ${nowMs} where id = any(${ids as string[]}::uuid[]) and missing_at is null`
}

/** Has this recorder ever had a reel of the camera? Then it may tell of gaps there, also after the camera moved on. */
export async function hasRecorded(sql: Query, recorderId: string, cameraId: string): Promise<boolean> {
  const rows = await sql`
    select 1 from footage.reel where camera_id = ${cameraId} and recorder_id = ${recorderId} limit 1`
  return rows.length > 0
}

export async function noteUnlinked(
  sql: Query,
  recorderId: string,
  ids: readonly string[],
  nowMs: number,
): Promise<void> {
  if (ids.length === 0) return
  await sql`
    update footage.reel set unlinked_at = ${nowMs}
    where id = any(${ids as string[]}::uuid[]) and recorder_id = ${recorderId} and unlinked_at is null`
}

// ---- gaps ----------------------------------------------------------------------------------------------------------

/** A gap as told; telling it again with a later end lengthens it, and an open one is closed by its end. */
export async function noteGap(sql: Query, recorderId: string, gap: Gap): Promise<void> {
  await sql`
    insert into footage.gap (camera_id, recorder_id, from_at, to_at, cause)
    values (${gap.cameraId}, ${recorderId}, ${gap.fromMs}, ${gap.toMs}, ${gap.cause})
    on conflict (camera_id, from_at, cause) do update set to_at = case
      when footage.gap.to_at is null then excluded.to_at
      when excluded.to_at is null then footage.gap.to_at
      else greatest(footage.gap.to_at, excluded.to_at) end`
}

export async function gapsIn(
  sql: Query,
  cameraId: string,
  fromMs: number,
  toMs: number,
): Promise<readonly Gap[]> {
  const rows = await sql<{ from_at: number; to_at: number | null; cause: string }[]>`
    select from_at, to_at, cause from footage.gap
    where camera_id = ${cameraId} and from_at < ${toMs} and (to_at is null or to_at > ${fromMs})
    order by from_at limit 10000`
  return rows.map((row) => ({ cameraId, fromMs: row.from_at, toMs: row.to_at, cause: row.cause }))
}
