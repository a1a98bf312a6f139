/** The SQL of cameras taken over from an older system. */
import { newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { type Reach, withinReach } from '#register/register.ts'

export type Transition = {
  readonly deploymentId: string
  readonly askedBy: string
  readonly askedMs: number
  /** Null: nobody has decided yet. */
  readonly decision: {
    readonly outcome: 'allowed' | 'refused' | 'withdrawn'
    readonly reason: string
    readonly by: string
    readonly role: string
    readonly atMs: number
  } | null
  /** Null until it was allowed once. Days are whole and civil at the site. */
  readonly span: {
    /** The first day on which this device went on this way, under whatever name. */
    readonly firstDay: string
    readonly fromDay: string
    readonly untilDay: string
    readonly aimVersion: number
  } | null
}

/** A deployment for a camera that hangs already. What a proposal asks for besides is open, and its gates say so. */
export async function insertTakenOver(
  tx: Tx,
  d: {
    readonly provider: string
    readonly reference: string
    readonly type: string
    readonly policyVersion: string
    readonly siteId: string
    readonly systemId: string
    readonly cameraId: string
    readonly purposes: readonly string[]
    readonly lawfulBasis: string
    readonly reason: string
    readonly fromDay: string
    readonly timeZone: string
    readonly by: string
    readonly nowMs: number
  },
): Promise<string> {
  const id = newId(d.nowMs)
  await tx`
    insert into authorisation.deployment
      (id, reference, provider, type, policy_version, site_id, system_id, camera_id, purposes, lawful_basis, reason,
       alternatives, from_day, time_zone, proposed_by, proposed_at)
    values
      (${id}, ${d.reference}, ${d.provider}, ${d.type}, ${d.policyVersion}, ${d.siteId}, ${d.systemId}, ${d.cameraId},
       ${d.purposes as string[]}, ${d.lawfulBasis}, ${d.reason}, '', ${d.fromDay}, ${d.timeZone}, ${d.by}, ${d.nowMs})`
  await tx`
    insert into authorisation.transition (deployment_id, camera_id, asked_by, asked_at)
    values (${id}, ${d.cameraId}, ${d.by}, ${d.nowMs})`
  return id
}

/** Has the camera an authority that is open, or that waits? */
export async function hasOpenDeployment(tx: Tx, cameraId: string): Promise<boolean> {
  const rows = await tx`
    select 1 from authorisation.deployment where camera_id = ${cameraId} and ended_at is null`
  return rows.length > 0
}

/**
 * The first day on which this device was allowed to go on this way: the camera itself, or one with its serial number or
 * its address, so that entering it anew begins no new 90 days. Null: never.
 */
export async function firstDayOf(sql: Query, cameraId: string): Promise<string | null> {
  const [row] = await sql<{ first_day: string | null }[]>`
    select min(t.first_day)::text as first_day
    from authorisation.transition t
    join register.camera o on o.id = t.camera_id
    join register.camera c on c.id = ${cameraId}
    where o.provider = c.provider
      and (o.id = c.id or (c.serial <> '' and lower(o.serial) = lower(c.serial))
           or (c.rtsp_url is not null and o.rtsp_url = c.rtsp_url and o.recorder_id = c.recorder_id))`
  return row?.first_day ?? null
}

export async function writeDecision(
  tx: Tx,
  deploymentId: string,
  decision: NonNullable<Transition['decision']>,
  span: Transition['span'],
): Promise<void> {
  await tx`
    update authorisation.transition
    set decision = ${decision.outcome}, decision_reason = ${decision.reason}, decided_by = ${decision.by},
        decided_role = ${decision.role}, decided_at = ${decision.atMs}, first_day = ${span?.firstDay ?? null},
        from_day = ${span?.fromDay ?? null}, until_day = ${span?.untilDay ?? null},
        aim_version = ${span?.aimVersion ?? null}
    where deployment_id = ${deploymentId}`
}

/** By deployment; those that were proposed in the ordinary way have none. */
export async function transitionsOf(
  sql: Query,
  deploymentIds: readonly string[],
): Promise<ReadonlyMap<string, Transition>> {
  const rows = await sql<Row[]>`
    select * from authorisation.transition where deployment_id = any (${deploymentIds as string[]}::uuid[])`
  return new Map(rows.map((row) => [row.deployment_id, toTransition(row)]))
}

/** Open deployments of cameras on their way from an older system that somebody may see, undecided ones first. */
export async function openTransitions(sql: Query, reach: Reach, limit: number): Promise<readonly string[]> {
  const rows = await sql<{ id: string }[]>`
    select d.id from authorisation.transition t
    join authorisation.deployment d on d.id = t.deployment_id
    join register.site s on s.id = d.site_id
    where d.ended_at is null and ${withinReach(sql, reach, 'd.provider', 's.area', 's.id')}
      and not exists (select 1 from authorisation.mandate m where m.deployment_id = d.id and m.class = 'ordinary')
    order by t.decision is not null, t.until_day nulls first, s.name, d.reference limit ${limit}`
  return rows.map((row) => row.id)
}

/** What was said of cameras when they were last taken over, of those at places that somebody reaches; by camera. */
export async function takenOverAs(
  sql: Query,
  cameraIds: readonly string[],
  reach: Reach,
): Promise<
  ReadonlyMap<string, { readonly placement: string; readonly basis: string; readonly reason: string }>
> {
  const rows = await sql<{ camera_id: string; placement: string; basis: string; reason: string }[]>`
    select distinct on (d.camera_id) d.camera_id, d.type as placement, d.lawful_basis as basis, d.reason
    from authorisation.transition t
    join authorisation.deployment d on d.id = t.deployment_id
    join register.site s on s.id = d.site_id
    where d.camera_id = any (${cameraIds as string[]}::uuid[])
      and ${withinReach(sql, reach, 'd.provider', 's.area', 's.id')}
    order by d.camera_id, t.asked_at desc`
  return new Map(rows.map(({ camera_id, ...terms }) => [camera_id, terms]))
}

type Row = {
  deployment_id: string
  asked_by: string
  asked_at: number
  decision: 'allowed' | 'refused' | 'withdrawn' | null
  decision_reason: string | null
  decided_by: string | null
  decided_role: string | null
  decided_at: number | null
  first_day: string | null
  from_day: string | null
  until_day: string | null
  aim_version: number | null
}

const toTransition = (row: Row): Transition => ({
  deploymentId: row.deployment_id,
  askedBy: row.asked_by,
  askedMs: row.asked_at,
  decision:
    row.decision === null
      ? null
      : {
          outcome: row.decision,
          reason: row.decision_reason!,
          by: row.decided_by!,
          role: row.decided_role!,
          atMs: row.decided_at!,
        },
  span:
    row.from_day === null
      ? null
      : {
          firstDay: row.first_day!,
          fromDay: row.from_day,
          untilDay: row.until_day!,
          aimVersion: row.aim_version!,
        },
})
