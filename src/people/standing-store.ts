/** SQL of what a person holds at one moment: own roles, those lent to them as a deputy, an engineer's for a visit. */
import type { Query, Tx } from '#engine/engine.ts'

export type Grant = {
  readonly provider: string
  readonly role: string
  readonly areas: readonly string[]
  readonly deputyFor: string | null
  readonly untilMs: number | null
  /** When it was given, from which a policy may count its end; null for an engineer's visit. */
  readonly givenMs: number | null
}

export type Conflict = { readonly kind: 'site' | 'case' | 'person'; readonly id: string }

/** One round trip, because every page asks it. An end that has passed is not held, whether or not anything ran. */
export async function heldAt(
  sql: Query,
  personId: string,
  nowMs: number,
): Promise<{ readonly grants: readonly Grant[]; readonly conflicts: readonly Conflict[] }> {
  const at = sql`${nowMs}::timestamptz`
  const [row] = await sql<{ grants: Grant[]; conflicts: Conflict[] }[]>`
    select
      coalesce((
        select jsonb_agg(jsonb_build_object('provider', g.provider, 'role', g.role, 'areas', g.areas,
          'deputyFor', g.absent_id, 'untilMs', floor(extract(epoch from g.until) * 1000),
          'givenMs', floor(extract(epoch from g.given_at) * 1000)) order by g.provider, g.role)
        from (
          select provider, role, areas, null::uuid as absent_id, until, given_at
          from people.role where person_id = ${personId} and (until is null or until > ${at})
          union all
          select role.provider, role.role, role.areas, deputy.absent_id, least(role.until, deputy.until), role.given_at
          from people.deputy
          join people.person as absent on absent.id = deputy.absent_id and absent.active
          join people.role on role.person_id = deputy.absent_id and role.provider = deputy.provider
            and role.role = any (deputy.roles) and (role.until is null or role.until > ${at})
          where deputy.deputy_id = ${personId} and deputy.ended_at is null
            and deputy.from_at <= ${at} and deputy.until > ${at}
        ) as g
      ), '[]'::jsonb) as grants,
      coalesce((
        select jsonb_agg(jsonb_build_object('kind', kind, 'id', thing_id))
        from people.conflict where person_id = ${personId} and lifted_at is null
      ), '[]'::jsonb) as conflicts`
  return row!
}

/** What an engineer holds while this visit goes on: its place, until its end. */
export async function heldForVisit(
  sql: Query,
  personId: string,
  visit: { readonly visitId: string; readonly siteId: string; readonly untilMs: number },
): Promise<readonly Grant[]> {
  const rows = await sql<{ provider: string; role: string }[]>`
    select provider, role from people.engineer
    where person_id = ${personId} and visit = ${visit.visitId} and ended_at is null`
  return rows.map((row) => ({
    ...row,
    areas: [`site:${visit.siteId}`],
    deputyFor: null,
    untilMs: visit.untilMs,
    givenMs: null,
  }))
}

/** What the area roles of somebody's reports reach at one landlord, down the line. */
export async function areasOfReports(
  sql: Query,
  managerId: string,
  provider: string,
  areaRoles: readonly string[],
  nowMs: number,
): Promise<readonly string[]> {
  const rows = await sql<{ area: string }[]>`
    with recursive report (id, depth) as (
      select id, 1 from people.person where manager_id = ${managerId} and active
      union
      select person.id, report.depth + 1
      from people.person join report on person.manager_id = report.id
      where person.active and report.depth < 6
    )
    select distinct unnest(role.areas) as area
    from report join people.role on role.person_id = report.id
    where report.id <> ${managerId} and role.provider = ${provider} and role.role = any (${[...areaRoles]}::text[])
      and (role.until is null or role.until > ${nowMs}::timestamptz)
    limit 500`
  return rows.map(({ area }) => area)
}

/** What they have been told and have not said they read. */
export const unreadNotices = (sql: Query, personId: string): Promise<{ id: string; words: string }[]> =>
  sql<{ id: string; words: string }[]>`
    select id, words from people.notice where person_id = ${personId} and read_at is null order by at limit 20`

export async function noteAsked(sql: Query, personId: string, realMs: number): Promise<void> {
  await sql`
    update people.person set factor_asked_at = ${realMs}::timestamptz
    where id = ${personId} and factor_asked_at is null`
}

/** Does `id` report to `managerId`, over however many others, or are they the same? */
export async function reportsTo(sql: Query, id: string, managerId: string): Promise<boolean> {
  const [row] = await sql<{ found: boolean }[]>`
    with recursive above (id, depth) as (
      select ${id}::uuid, 0
      union
      select person.manager_id, above.depth + 1 from people.person join above on person.id = above.id
      where person.manager_id is not null and above.depth < 50
    )
    select exists (select from above where id = ${managerId}) as found`
  return row!.found
}

export async function setManager(tx: Tx, id: string, managerId: string | null): Promise<void> {
  await tx`update people.person set manager_id = ${managerId} where id = ${id}`
}

/** False: they never had the role. */
export async function renewRole(
  tx: Tx,
  id: string,
  grant: { provider: string; role: string; untilMs: number | null },
  nowMs: number,
  by: string,
): Promise<boolean> {
  const done = await tx`
    update people.role set until = ${grant.untilMs}::timestamptz, given_at = ${nowMs}::timestamptz, given_by = ${by}
    where person_id = ${id} and provider = ${grant.provider} and role = ${grant.role}`
  return done.count === 1
}
