/** The SQL of training, licences, courses, briefings and acknowledgements. Times are ms, days are YYYY-MM-DD. */

import { createHash } from 'node:crypto'
import { isId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import type { CourseWay } from '#policy/policy.ts'

/** Part of every account query: what is recorded for a person, each with its end; the latest end of a code counts. */
export const qualificationColumns = (sql: Query) => sql`
  coalesce((
    select jsonb_agg(jsonb_build_object('provider', held.provider, 'code', held.code, 'untilMs', held.until_ms))
    from (
      select provider, code, case when bool_or(until is null) then null
        else floor(extract(epoch from max(until)) * 1000) end as until_ms
      from people.qualification
      where person_id = person.id and ended_at is null
      group by provider, code
    ) as held
  ), '[]'::jsonb) as qualifications`

export type Record = {
  readonly id: string
  readonly personId: string
  readonly provider: string
  readonly kind: 'training' | 'licence'
  readonly code: string
  readonly doneOn: string
  readonly givenBy: string | null
  /** Only its last four signs are shown. */
  readonly number: string | null
  readonly lastDay: string | null
  readonly untilMs: number | null
  readonly evidenceId: string | null
  readonly recordedMs: number
  readonly recordedBy: string
  readonly endedMs: number | null
  readonly endedWhy: string | null
}

const recordColumns = (sql: Query) => sql`
  id, person_id as "personId", provider, kind, code, done_on::text as "doneOn", given_by as "givenBy", number,
  last_day::text as "lastDay", until as "untilMs", evidence_id as "evidenceId", recorded_at as "recordedMs",
  recorded_by as "recordedBy", ended_at as "endedMs", ended_why as "endedWhy"`

export async function insertRecord(tx: Tx, made: Omit<Record, 'endedMs' | 'endedWhy'>): Promise<void> {
  await tx`
    insert into people.qualification (id, person_id, provider, kind, code, done_on, given_by, number, last_day, until,
      evidence_id, recorded_at, recorded_by)
    values (${made.id}, ${made.personId}, ${made.provider}, ${made.kind}, ${made.code}, ${made.doneOn}::date,
      ${made.givenBy}, ${made.number}, ${made.lastDay}::date, ${made.untilMs}::timestamptz, ${made.evidenceId},
      ${made.recordedMs}::timestamptz, ${made.recordedBy})`
}

export async function recordById(sql: Query, id: string): Promise<Record | null> {
  if (!isId(id)) return null
  const [row] = await sql<Record[]>`select ${recordColumns(sql)} from people.qualification where id = ${id}`
  return row ?? null
}

/** Newest first, ended ones too. */
export const recordsOf = (sql: Query, personId: string, provider: string): Promise<Record[]> =>
  sql<Record[]>`
    select ${recordColumns(sql)} from people.qualification
    where person_id = ${personId} and provider = ${provider} order by recorded_at desc limit 200`

/** What stands, of everybody at a landlord: the record of each person and code that lasts longest. */
export const standingRecords = (sql: Query, provider: string): Promise<Record[]> =>
  sql<Record[]>`
    select distinct on (person_id, code) ${recordColumns(sql)} from people.qualification
    where provider = ${provider} and ended_at is null
    order by person_id, code, until desc nulls first`

/** Of two who end it at once, one gets false. */
export async function endRecord(
  tx: Tx,
  id: string,
  by: string,
  why: string,
  nowMs: number,
): Promise<boolean> {
  const done = await tx`
    update people.qualification set ended_at = ${nowMs}::timestamptz, ended_by = ${by}, ended_why = ${why}
    where id = ${id} and ended_at is null`
  return done.count === 1
}

/** The number of a licence is forgotten, and the picture of the card with it; that there was one stays. */
export async function eraseNumber(tx: Tx, id: string): Promise<boolean> {
  const [before] = await tx<{ evidenceId: string | null }[]>`
    select evidence_id as "evidenceId" from people.qualification where id = ${id} and number is not null for update`
  if (before === undefined) return false
  await tx`update people.qualification set number = null, evidence_id = null where id = ${id}`
  if (before.evidenceId !== null) await tx`delete from people.evidence where id = ${before.evidenceId}`
  return true
}

export async function insertEvidence(
  tx: Tx,
  file: {
    readonly id: string
    readonly provider: string
    readonly mime: string
    readonly bytes: Buffer
    readonly by: string
    readonly nowMs: number
  },
): Promise<void> {
  await tx`
    insert into people.evidence (id, provider, mime, bytes, sha256, made_at, made_by)
    values (${file.id}, ${file.provider}, ${file.mime}, ${file.bytes},
      ${createHash('sha256').update(file.bytes).digest()}, ${file.nowMs}::timestamptz, ${file.by})`
}

export async function evidenceOf(
  sql: Query,
  recordId: string,
): Promise<{ readonly mime: string; readonly bytes: Buffer } | null> {
  const [row] = await sql<{ mime: string; bytes: Buffer }[]>`
    select evidence.mime, evidence.bytes from people.evidence
    join people.qualification on qualification.evidence_id = evidence.id
    where qualification.id = ${recordId}`
  return row ?? null
}

export type OwnCourse = {
  readonly id: string
  readonly provider: string
  readonly code: string
  readonly title: string
  readonly way: CourseWay
  readonly roles: readonly string[]
  readonly months: number | null
  readonly dueDays: number
  readonly covers: string
  readonly madeMs: number
}

export const ownCourses = (sql: Query, provider: string): Promise<OwnCourse[]> =>
  sql<OwnCourse[]>`
    select id, provider, code, title, way, roles, months, due_days as "dueDays", covers, made_at as "madeMs"
    from people.course where provider = ${provider} and retired_at is null order by made_at limit 100`

/** False: there is one of this code, now or earlier. */
export async function insertCourse(tx: Tx, course: OwnCourse, by: string): Promise<boolean> {
  const done = await tx`
    insert into people.course (id, provider, code, title, way, roles, months, due_days, covers, made_at, made_by)
    values (${course.id}, ${course.provider}, ${course.code}, ${course.title}, ${course.way},
      ${[...course.roles]}::text[], ${course.months}, ${course.dueDays}, ${course.covers},
      ${course.madeMs}::timestamptz, ${by})
    on conflict (provider, code) do nothing`
  return done.count === 1
}

/** Null: this landlord has no such course now. */
export async function retireCourse(
  tx: Tx,
  provider: string,
  id: string,
  nowMs: number,
): Promise<OwnCourse | null> {
  const [row] = await tx<OwnCourse[]>`
    update people.course set retired_at = ${nowMs}::timestamptz where id = ${id} and provider = ${provider} and retired_at is null
    returning id, provider, code, title, way, roles, months, due_days as "dueDays", covers, made_at as "madeMs"`
  return row ?? null
}

export type Briefing = {
  readonly id: string
  readonly provider: string
  readonly title: string
  readonly body: string
  readonly roles: readonly string[]
  readonly dueOn: string
  readonly givenMs: number
  readonly givenBy: string
}

const briefingColumns = (sql: Query) => sql`
  id, provider, title, body, roles, due_on::text as "dueOn", given_at as "givenMs", given_by as "givenBy"`

export async function insertBriefing(tx: Tx, briefing: Briefing): Promise<void> {
  await tx`
    insert into people.briefing (id, provider, title, body, roles, due_on, given_at, given_by)
    values (${briefing.id}, ${briefing.provider}, ${briefing.title}, ${briefing.body},
      ${[...briefing.roles]}::text[], ${briefing.dueOn}::date, ${briefing.givenMs}::timestamptz, ${briefing.givenBy})`
}

export async function briefingById(sql: Query, id: string): Promise<Briefing | null> {
  if (!isId(id)) return null
  const [row] = await sql<Briefing[]>`select ${briefingColumns(sql)} from people.briefing where id = ${id}`
  return row ?? null
}

export const briefingsAt = (sql: Query, provider: string): Promise<Briefing[]> =>
  sql<Briefing[]>`
    select ${briefingColumns(sql)} from people.briefing where provider = ${provider}
    order by given_at desc limit 200`

export type AcknowledgedKind = 'policy' | 'briefing' | 'procedure'

export type Acknowledged = {
  readonly personId: string
  readonly kind: AcknowledgedKind
  readonly subject: string
  readonly version: string
  readonly atMs: number
}

/** False: they had said so before. */
export async function insertAcknowledgement(tx: Tx, provider: string, made: Acknowledged): Promise<boolean> {
  const done = await tx`
    insert into people.acknowledgement (person_id, provider, kind, subject, version, at)
    values (${made.personId}, ${provider}, ${made.kind}, ${made.subject}, ${made.version}, ${made.atMs}::timestamptz)
    on conflict do nothing`
  return done.count === 1
}

/** Of everybody, or of one person. */
export const acknowledgements = (
  sql: Query,
  provider: string,
  personId: string | null = null,
): Promise<Acknowledged[]> =>
  sql<Acknowledged[]>`
    select person_id as "personId", kind, subject, version, at as "atMs" from people.acknowledgement
    where provider = ${provider} and (${personId}::uuid is null or person_id = ${personId})`

export type Member = {
  readonly id: string
  readonly name: string
  readonly madeMs: number
  readonly roles: readonly string[]
  /** Where their roles reach; empty: everywhere. */
  readonly areas: readonly string[]
}

/** Who left lately: nothing is asked of them any more. */
export async function leaversSince(sql: Query, sinceMs: number): Promise<readonly string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from people.person where not active and deactivated_at >= ${sinceMs}::timestamptz limit 5000`
  return rows.map(({ id }) => id)
}

/** Everybody active with a role at a landlord now, by name. */
export const membersOf = (
  sql: Query,
  provider: string,
  nowMs: number,
  personId: string | null = null,
): Promise<Member[]> =>
  sql<Member[]>`
    select person.id, person.name, person.made_at as "madeMs", array_agg(role.role order by role.role) as roles,
      case when bool_or(cardinality(role.areas) = 0) then '{}'::text[] else (
        select array_agg(distinct area) from people.role as mine, unnest(mine.areas) as area
        where mine.person_id = person.id and mine.provider = ${provider}
      ) end as areas
    from people.person join people.role on role.person_id = person.id
    where person.active and role.provider = ${provider} 
      and (role.until is null or role.until > ${nowMs}::timestamptz)
      and (${personId}::uuid is null or person.id = ${personId})
    group by person.id order by lower(person.name), person.id limit 5000`
