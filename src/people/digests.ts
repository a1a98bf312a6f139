/** Who is told by e-mail how much waits for them, and how often. What is in it is said by rooms above. */
import type { Query, Sql, Tx } from '#engine/engine.ts'
import type { PeopleParts } from './parts.ts'

export const digestRhythms = ['daily', 'weekly', 'never'] as const
export type DigestRhythm = (typeof digestRhythms)[number]

export type DigestDue = { readonly personId: string; readonly email: string; readonly weekly: boolean }

/**
 * Active people with an address who have had none for this day yet: on working days those who want one daily, on
 * Mondays also those who want one weekly.
 * @param day civil day, `2026-11-23`
 */
export async function digestsDue(sql: Query, day: string): Promise<readonly DigestDue[]> {
  const { dayOfWeek } = Temporal.PlainDate.from(day)
  if (dayOfWeek > 5) return []
  return await sql<DigestDue[]>`
    select p.id as "personId", p.email, coalesce(d.often, 'daily') = 'weekly' as weekly
    from people.person p left join people.digest d on d.person_id = p.id
    where p.active and p.email is not null
      and (coalesce(d.often, 'daily') = 'daily' or (d.often = 'weekly' and ${dayOfWeek} = 1))
      and (d.last_day is null or d.last_day < ${day}::date)
    order by p.id`
}

/**
 * Takes this day's message before it is sent, so that nobody is written to twice: not after a crash, and not by two that
 * send at once. False: somebody has it.
 */
export async function takeDigest(sql: Query, personId: string, day: string): Promise<boolean> {
  const rows = await sql`
    insert into people.digest (person_id, last_day) values (${personId}, ${day}::date)
    on conflict (person_id) do update set last_day = excluded.last_day
      where people.digest.last_day is null or people.digest.last_day < excluded.last_day
    returning 1`
  return rows.length === 1
}

/** It went out, or had nothing in it. */
export async function digestDone(tx: Tx, personId: string): Promise<void> {
  await tx`update people.digest set failed_at = null where person_id = ${personId}`
}

/** The mail server did not take it: it is given back, to be tried again. */
export async function digestFailed(sql: Sql, personId: string, day: string, nowMs: number): Promise<void> {
  await sql`
    update people.digest set failed_at = ${nowMs}, last_day = ${day}::date - 1
    where person_id = ${personId} and last_day = ${day}::date`
}

/** How many people's last e-mail was refused by the mail server, and since when. */
export async function digestTrouble(
  sql: Query,
): Promise<{ readonly people: number; readonly sinceMs: number } | null> {
  const [row] = await sql<{ people: number; since: number | null }[]>`
    select count(*)::int as people, min(failed_at) as since from people.digest where failed_at is not null`
  return row!.since === null ? null : { people: row!.people, sinceMs: row!.since }
}

export async function digestOf(
  sql: Query,
  personId: string,
): Promise<{ readonly email: string | null; readonly often: DigestRhythm }> {
  const [row] = await sql<{ email: string | null; often: DigestRhythm }[]>`
    select p.email, coalesce(d.often, 'daily') as often
    from people.person p left join people.digest d on d.person_id = p.id where p.id = ${personId}`
  return row!
}

/** A person's own choice; with an address of their own. */
export async function chooseDigest(
  parts: Pick<PeopleParts, 'record' | 'clock'>,
  tx: Tx,
  personId: string,
  chosen: { readonly email: string | null; readonly often: DigestRhythm },
): Promise<void> {
  await tx`update people.person set email = ${chosen.email} where id = ${personId}`
  await tx`
    insert into people.digest (person_id, often) values (${personId}, ${chosen.often})
    on conflict (person_id) do update set often = excluded.often, failed_at = null`
  await parts.record(tx, {
    kind: 'person.mail-chosen',
    actor: personId,
    provider: null,
    about: { person: personId },
    data: { often: chosen.often, address: chosen.email !== null },
    atMs: parts.clock.nowMs(),
  })
}
