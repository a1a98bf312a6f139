/** The SQL of viewings and of what they were sent. */
import { isId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'

export type Viewing = {
  readonly id: string
  readonly kind: 'recorded' | 'live'
  readonly personId: string
  readonly provider: string
  readonly cameraIds: readonly string[]
  readonly fromMs: number
  readonly toMs: number
  /** Code of the pack's list. */
  readonly purpose: string
  readonly reason: string
  readonly caseId: string | null
  readonly openedMs: number
  readonly expiresMs: number
  readonly endedMs: number | null
  /** The leave that it stands on, or null. */
  readonly leaveId: string | null
}

type Columns = {
  id: string
  kind: Viewing['kind']
  person_id: string
  provider: string
  camera_ids: string[]
  from_at: number
  to_at: number
  purpose: string
  reason: string
  case_id: string | null
  opened_at: number
  expires_at: number
  ended_at: number | null
  leave_id: string | null
}
const toViewing = (row: Columns): Viewing => ({
  id: row.id,
  kind: row.kind,
  personId: row.person_id,
  provider: row.provider,
  cameraIds: row.camera_ids,
  fromMs: row.from_at,
  toMs: row.to_at,
  purpose: row.purpose,
  reason: row.reason,
  caseId: row.case_id,
  openedMs: row.opened_at,
  expiresMs: row.expires_at,
  endedMs: row.ended_at,
  leaveId: row.leave_id,
})

export async function insertViewing(tx: Tx, viewing: Viewing, ledgerEntry: string): Promise<void> {
  await tx`
    insert into footage.viewing (id, kind, person_id, provider, camera_ids, from_at, to_at, purpose, reason, case_id,
      opened_at, expires_at, ledger_entry, leave_id)
    values (${viewing.id}, ${viewing.kind}, ${viewing.personId}, ${viewing.provider},
      ${viewing.cameraIds as string[]}, ${viewing.fromMs}, ${viewing.toMs}, ${viewing.purpose}, ${viewing.reason},
      ${viewing.caseId}, ${viewing.openedMs}, ${viewing.expiresMs}, ${ledgerEntry},
      ${viewing.leaveId})`
}

/** Somebody else's viewing looks the same as none. */
export async function findViewing(sql: Query, id: string, personId: string): Promise<Viewing | null> {
  if (!isId(id)) return null
  const [row] = await sql<Columns[]>`
    select id, kind, person_id, provider, camera_ids, from_at, to_at, purpose, reason, case_id, opened_at, expires_at,
      ended_at, leave_id
    from footage.viewing where id = ${id} and person_id = ${personId}`
  return row ? toViewing(row) : null
}

export async function endViewing(tx: Tx, id: string, nowMs: number): Promise<boolean> {
  const rows = await tx`update footage.viewing set ended_at = ${nowMs} where id = ${id} and ended_at is null`
  return rows.count === 1
}

export async function viewingsOfPerson(sql: Query, personId: string): Promise<readonly Viewing[]> {
  const rows = await sql<Columns[]>`
    select id, kind, person_id, provider, camera_ids, from_at, to_at, purpose, reason, case_id, opened_at, expires_at,
      ended_at, leave_id
    from footage.viewing where person_id = ${personId} order by opened_at desc limit 50`
  return rows.map(toViewing)
}

export type ServedRow = {
  readonly viewingId: string
  readonly cameraId: string
  readonly minuteMs: number
  readonly fromMs: number
  readonly toMs: number
}

/** Written before the first picture of that minute leaves. */
export async function openServedMinute(sql: Query, row: ServedRow): Promise<void> {
  await sql`
    insert into footage.viewing_served (viewing_id, camera_id, minute_at, from_at, to_at)
    values (${row.viewingId}, ${row.cameraId}, ${row.minuteMs}, ${row.fromMs}, ${row.toMs})
    on conflict (viewing_id, camera_id, minute_at) do update set told_at = null,
      from_at = least(footage.viewing_served.from_at, excluded.from_at),
      to_at = greatest(footage.viewing_served.to_at, excluded.to_at)`
}

/** Sets the exact span of a minute and that the ledger has it. */
export async function tellServed(tx: Tx, rows: readonly ServedRow[], nowMs: number): Promise<void> {
  for (const row of rows) {
    await tx`
      update footage.viewing_served set told_at = ${nowMs}, from_at = least(from_at, ${row.fromMs}),
        to_at = greatest(to_at, ${row.toMs})
      where viewing_id = ${row.viewingId} and camera_id = ${row.cameraId} and minute_at = ${row.minuteMs}`
  }
}

/** Minutes that the ledger doesn't have yet, with their viewing: after a crash, or of a viewing going on. */
export async function untoldServed(
  sql: Query,
): Promise<readonly (ServedRow & { personId: string; provider: string; kind: Viewing['kind'] })[]> {
  const rows = await sql<
    {
      viewing_id: string
      camera_id: string
      minute_at: number
      from_at: number
      to_at: number
      person_id: string
      provider: string
      kind: Viewing['kind']
    }[]
  >`
    select s.*, v.person_id, v.provider, v.kind from footage.viewing_served s
    join footage.viewing v on v.id = s.viewing_id
    where s.told_at is null order by s.viewing_id, s.camera_id, s.minute_at limit 10000`
  return rows.map((row) => ({
    viewingId: row.viewing_id,
    cameraId: row.camera_id,
    minuteMs: row.minute_at,
    fromMs: row.from_at,
    toMs: row.to_at,
    personId: row.person_id,
    provider: row.provider,
    kind: row.kind,
  }))
}

/** What a viewing was sent, by minute. */
export async function servedOf(sql: Query, viewingId: string): Promise<readonly ServedRow[]> {
  const rows = await sql<{ camera_id: string; minute_at: number; from_at: number; to_at: number }[]>`
    select camera_id, minute_at, from_at, to_at from footage.viewing_served
    where viewing_id = ${viewingId} order by camera_id, minute_at limit 50000`
  return rows.map((row) => ({
    viewingId,
    cameraId: row.camera_id,
    minuteMs: row.minute_at,
    fromMs: row.from_at,
    toMs: row.to_at,
  }))
}
