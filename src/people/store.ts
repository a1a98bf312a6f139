/**
 * SQL of accounts and the roles given to them; what lets somebody in stands in `access-store.ts`. One function a statement;
 * times are ms since the epoch.
 */
import { isId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { qualificationColumns } from './training-store.ts'

export type Role = {
  readonly provider: string
  readonly role: string
  readonly areas: readonly string[]
  /** From here on it is not held. Null or absent: no end. */
  readonly untilMs?: number | null
}

export type Account = {
  readonly id: string
  readonly username: string
  readonly name: string
  readonly email: string | null
  readonly administrator: boolean
  readonly active: boolean
  /** False until the person has chosen a password by their invitation. */
  readonly hasPassword: boolean
  readonly madeMs: number
  readonly deactivatedMs: number | null
  /** As they were given, ended ones too: what is held now is `standing.ts`'s to say. */
  readonly roles: readonly Role[]
  readonly kind: 'staff' | 'engineer'
  readonly managerId: string | null
  /** Has a confirmed second step. */
  readonly hasFactor: boolean
  /** Training and licences as recorded, each with its end (null: none). */
  readonly qualifications: readonly {
    readonly provider: string
    readonly code: string
    readonly untilMs: number | null
  }[]
}

/** An `Account`, as columns of people.person. */
export const accountColumns = (sql: Query) => sql`
  person.id, person.username, person.name, person.email, person.administrator, person.active,
  person.password_hash is not null as "hasPassword", person.made_at as "madeMs", person.deactivated_at as "deactivatedMs",
  coalesce((
    select jsonb_agg(jsonb_build_object('provider', role.provider, 'role', role.role, 'areas', role.areas,
      'untilMs', floor(extract(epoch from role.until) * 1000)) order by role.provider, role.role)
    from people.role where role.person_id = person.id
  ), '[]'::jsonb) as roles,
  person.kind, person.manager_id as "managerId", ${qualificationColumns(sql)},
  exists (select from people.factor where factor.person_id = person.id and factor.secret is not null) as "hasFactor"`

export const countPeople = async (sql: Query): Promise<number> =>
  (await sql<{ count: number }[]>`select count(*) from people.person`)[0]!.count

/** Held until the transaction ends: two set-ups, or two last administrators leaving, come one after the other. */
export const lockPeople = async (tx: Tx): Promise<void> => {
  await tx`lock table people.person in share row exclusive mode`
}

export async function insertPerson(
  tx: Tx,
  person: {
    id: string
    username: string
    name: string
    email: string | null
    administrator: boolean
    passwordHash: string | null
    nowMs: number
    by: string | null
  },
): Promise<boolean> {
  const made = await tx`
    insert into people.person (id, username, name, email, administrator, password_hash, password_at, made_at, made_by)
    values (${person.id}, ${person.username}, ${person.name}, ${person.email}, ${person.administrator},
      ${person.passwordHash}, ${person.passwordHash === null ? null : person.nowMs}::timestamptz,
      ${person.nowMs}::timestamptz, ${person.by})
    on conflict (username) do nothing`
  return made.count === 1
}

export async function replaceRoles(
  tx: Tx,
  personId: string,
  roles: readonly Role[],
  nowMs: number,
  by: string | null,
): Promise<void> {
  const kept = roles.map((role) => `${role.provider}/${role.role}`)
  await tx`
    delete from people.role
    where person_id = ${personId} and not (provider || '/' || role = any (${kept}::text[]))`
  // A role that stays with its end is the grant that it was: saving a form does not give it again.
  for (const role of roles) {
    await tx`
      insert into people.role (person_id, provider, role, areas, given_at, given_by, until)
      values (${personId}, ${role.provider}, ${role.role}, ${[...role.areas]}::text[], ${nowMs}::timestamptz, ${by},
        ${role.untilMs ?? null}::timestamptz)
      on conflict (person_id, provider, role) do update set
        areas = excluded.areas, until = excluded.until,
        given_at = case when role.until is distinct from excluded.until then excluded.given_at else role.given_at end,
        given_by = case when role.until is distinct from excluded.until then excluded.given_by else role.given_by end`
  }
}

export async function accountById(sql: Query, id: string): Promise<Account | null> {
  if (!isId(id)) return null
  const [row] = await sql<Account[]>`select ${accountColumns(sql)} from people.person where id = ${id}`
  return row ?? null
}

/** For sign-in alone: the only read of a hash. */
export async function passwordOf(
  sql: Query,
  username: string,
): Promise<{ id: string; active: boolean; passwordHash: string | null } | null> {
  const [row] = await sql<{ id: string; active: boolean; passwordHash: string | null }[]>`
    select id, active, password_hash as "passwordHash" from people.person where username = ${username}`
  return row ?? null
}

/** Whether an open account still has this password; it keeps both until the transaction ends. */
export async function holdPassword(tx: Tx, id: string, passwordHash: string): Promise<boolean> {
  const rows = await tx`
    select 1 from people.person where id = ${id} and active and password_hash = ${passwordHash} for share`
  return rows.count === 1
}

export const accountsAll = (sql: Query): Promise<Account[]> =>
  sql<
    Account[]
  >`select ${accountColumns(sql)} from people.person order by active desc, lower(name), id limit 5000`

export async function activeAdministrators(sql: Query): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*) from people.person where administrator and active and password_hash is not null`
  return row!.count
}

export async function updatePerson(
  tx: Tx,
  id: string,
  person: { name: string; email: string | null; administrator: boolean },
): Promise<void> {
  await tx`
    update people.person set name = ${person.name}, email = ${person.email}, administrator = ${person.administrator}
    where id = ${id}`
}

export async function setActive(tx: Tx, id: string, active: boolean, nowMs: number): Promise<void> {
  await tx`
    update people.person set active = ${active}, deactivated_at = ${active ? null : nowMs}::timestamptz
    where id = ${id}`
}

export async function setPassword(tx: Tx, id: string, passwordHash: string, nowMs: number): Promise<void> {
  await tx`
    update people.person set password_hash = ${passwordHash}, password_at = ${nowMs}::timestamptz where id = ${id}`
}

export async function namesOf(sql: Query, ids: readonly string[]): Promise<{ id: string; name: string }[]> {
  return sql<
    { id: string; name: string }[]
  >`select id, name from people.person where id = any(${[...ids]}::uuid[])`
}

export const holders = (
  sql: Query,
  provider: string,
  role: string,
  nowMs: number | null,
): Promise<{ id: string; name: string; areas: string[] }[]> =>
  sql<{ id: string; name: string; areas: string[] }[]>`
    select person.id, person.name, role.areas
    from people.role join people.person on person.id = role.person_id
    where role.provider = ${provider} and role.role = ${role} and person.active
      and (${nowMs}::timestamptz is null or role.until is null or role.until > ${nowMs}::timestamptz)
    order by lower(person.name), person.id`

/** Every role that stands in the account of somebody who works for a landlord, ended or not, by name. */
export const grantsOfStaff = (sql: Query, provider: string) =>
  sql<
    {
      personId: string
      name: string
      role: string
      areas: string[]
      untilMs: number | null
      givenMs: number
    }[]
  >`
    select person.id as "personId", person.name, role.role, role.areas, role.until as "untilMs", role.given_at as "givenMs"
    from people.role join people.person on person.id = role.person_id
    where role.provider = ${provider} and person.active and person.kind = 'staff'
    order by lower(person.name), person.id, role.role`

export const staff = (sql: Query, provider: string): Promise<{ id: string; name: string }[]> =>
  sql<{ id: string; name: string }[]>`
    select person.id, person.name from people.person
    where person.active and exists (
      select from people.role where role.person_id = person.id and role.provider = ${provider}
    )
    order by lower(person.name), person.id limit 5000`

export async function peopleAt(sql: Query, providers: readonly string[]): Promise<readonly string[]> {
  const rows = await sql<{ id: string }[]>`
    select distinct person_id as id from people.role where provider = any(${[...providers]}::text[])`
  return rows.map(({ id }) => id)
}
