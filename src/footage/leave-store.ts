/** The SQL of leaves: a second person's word before somebody looks. */
import { isId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'

export type Leave = {
  readonly id: string
  readonly kind: 'colleague' | 'exception'
  readonly provider: string
  readonly personId: string
  readonly cameraIds: readonly string[]
  readonly viewingKind: 'recorded' | 'live'
  /** Null for a live view and for an exception. */
  readonly fromMs: number | null
  readonly toMs: number | null
  readonly purpose: string
  readonly reason: string
  readonly caseId: string | null
  readonly askedMs: number
  /** Worth nothing from here on. */
  readonly untilMs: number
  readonly decided: {
    readonly atMs: number
    readonly by: string
    readonly role: string
    readonly agreed: boolean
    readonly reason: string
  } | null
  readonly endedMs: number | null
}

const columns = (sql: Query) => sql`
  id, kind, provider, person_id as "personId", camera_ids as "cameraIds", viewing_kind as "viewingKind",
  from_at as "fromMs", to_at as "toMs", purpose, reason, case_id as "caseId", asked_at as "askedMs",
  until as "untilMs", decided_at as "decidedMs", decided_by as "decidedBy", decided_role as "decidedRole", agreed,
  decided_reason as "decidedReason", ended_at as "endedMs"`

type Row = Omit<Leave, 'decided'> & {
  decidedMs: number | null
  decidedBy: string
  decidedRole: string
  agreed: boolean
  decidedReason: string
}

const toLeave = ({ decidedMs, decidedBy, decidedRole, agreed, decidedReason, ...rest }: Row): Leave => ({
  ...rest,
  decided:
    decidedMs === null
      ? null
      : { atMs: decidedMs, by: decidedBy, role: decidedRole, agreed, reason: decidedReason },
})

export async function insertLeave(tx: Tx, leave: Leave): Promise<void> {
  await tx`
    insert into footage.leave (id, kind, provider, person_id, camera_ids, viewing_kind, from_at, to_at, purpose, reason,
      case_id, asked_at, until)
    values (${leave.id}, ${leave.kind}, ${leave.provider}, ${leave.personId}, ${[...leave.cameraIds]}::uuid[],
      ${leave.viewingKind}, ${leave.fromMs}, ${leave.toMs}, ${leave.purpose}, ${leave.reason}, ${leave.caseId},
      ${leave.askedMs}, ${leave.untilMs})`
}

export async function findLeave(sql: Query, id: string): Promise<Leave | null> {
  if (!isId(id)) return null
  const [row] = await sql<Row[]>`select ${columns(sql)} from footage.leave where id = ${id}`
  return row ? toLeave(row) : null
}

/** Of two who decide at once, one gets false. `untilMs`: until when a yes is good. */
export async function decideLeave(
  tx: Tx,
  id: string,
  decided: NonNullable<Leave['decided']>,
  untilMs: number,
): Promise<boolean> {
  const done = await tx`
    update footage.leave set decided_at = ${decided.atMs}, decided_by = ${decided.by}, decided_role = ${decided.role},
      agreed = ${decided.agreed}, decided_reason = ${decided.reason}, until = ${untilMs}
    where id = ${id} and decided_at is null and ended_at is null and until > ${decided.atMs}`
  return done.count === 1
}

export async function endLeave(tx: Tx, id: string, by: string, nowMs: number): Promise<boolean> {
  const done = await tx`
    update footage.leave set ended_at = ${nowMs}, ended_by = ${by}
    where id = ${id} and ended_at is null and until > ${nowMs}`
  return done.count === 1
}

const inForce = (sql: Query, nowMs: number) => sql`agreed and ended_at is null and until > ${nowMs}`

export async function leaveHolds(sql: Query, id: string, nowMs: number): Promise<boolean> {
  const rows = await sql`select 1 from footage.leave where id = ${id} and ${inForce(sql, nowMs)}`
  return rows.length > 0
}

/** Leaves whose time ended since an instant. */
export async function lapsedSince(sql: Query, sinceMs: number, nowMs: number): Promise<readonly string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from footage.leave where until > ${sinceMs} and until <= ${nowMs} limit 5000`
  return rows.map(({ id }) => id)
}

/** Exceptions in force for this person, newest first. */
export async function exceptionsOf(
  sql: Query,
  personId: string,
  provider: string,
  nowMs: number,
): Promise<readonly Leave[]> {
  const rows = await sql<Row[]>`
    select ${columns(sql)} from footage.leave
    where person_id = ${personId} and provider = ${provider} and kind = 'exception' and ${inForce(sql, nowMs)}
    order by asked_at desc limit 50`
  return rows.map(toLeave)
}

export async function leavesOf(sql: Query, personId: string): Promise<readonly Leave[]> {
  const rows = await sql<Row[]>`
    select ${columns(sql)} from footage.leave where person_id = ${personId} order by asked_at desc limit 50`
  return rows.map(toLeave)
}

/** Everything asked at these landlords, what waits first. */
export async function leavesAt(sql: Query, providers: readonly string[]): Promise<readonly Leave[]> {
  if (providers.length === 0) return []
  const rows = await sql<Row[]>`
    select ${columns(sql)} from footage.leave where provider = any(${[...providers]})
    order by decided_at is not null, asked_at desc limit 100`
  return rows.map(toLeave)
}
