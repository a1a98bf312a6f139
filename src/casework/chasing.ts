/**
 * Work that is late: told once to the roles above, and untold when it gets a later day. Whose it was, it stays; who hears
 * of it sees it beside their own. Also which roles work waits for, so that a role nobody holds shows.
 */
import { inTransaction, type Query, type Sql } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import type { Values } from '#policy/policy.ts'

/** What a landlord's policy says of late work. */
export type LateRules = Pick<Values, 'work' | 'dpoRole'>

type LateRow = { id: string; kind: string; roles: string[]; due_at: number; words: (string | null)[] }

/** The roles that somebody holds whose reach holds one of these words, or everything. */
const reaching = (
  held: readonly { readonly role: string; readonly areas: readonly string[] }[],
  words: readonly (string | null)[],
): readonly string[] =>
  held
    .filter(({ areas }) => areas.length === 0 || areas.some((area) => words.includes(area)))
    .map(({ role }) => role)

const dayMs = 86_400_000
const atOnce = 200

/**
 * The roles that hear of late work: the first of the pack's that isn't late itself, else who answers for data protection.
 * @param held roles that somebody holds who reaches the work; a role that would hear nothing is passed over while another can
 */
export function toldOf(
  rules: LateRules,
  late: readonly string[],
  held: readonly string[] | null = null,
): readonly string[] {
  const others = rules.work.escalateTo.value.filter((role) => !late.includes(role))
  const hearing = [...others, ...(late.includes(rules.dpoRole) ? [] : [rules.dpoRole])].find((role) =>
    held?.includes(role),
  )
  if (hearing !== undefined) return [hearing]
  const above = others[0]
  if (above !== undefined) return [above]
  return late.includes(rules.dpoRole) ? rules.work.escalateTo.value : [rules.dpoRole]
}

/**
 * Tells what is late by now, each with its ledger entry; takes back what got a later day meanwhile. Twice changes nothing.
 * @returns how many tasks were told
 */
export async function escalateDue(
  sql: Sql,
  parts: {
    readonly nowMs: number
    readonly rules: ReadonlyMap<string, LateRules>
    /** Who holds the roles of a landlord, and how far each reaches. Left out: every role is taken as held. */
    rolesHeld?(
      provider: string,
    ): Promise<readonly { readonly role: string; readonly areas: readonly string[] }[]>
  },
): Promise<number> {
  const { nowMs } = parts
  await sql`
    update casework.task set escalated_at = null, escalated_to = '{}'
    where closed_at is null and escalated_at is not null and (due_at is null or due_at > ${nowMs})`
  let told = 0
  for (const [provider, rules] of parts.rules) {
    const held = (await parts.rolesHeld?.(provider)) ?? null
    const beforeMs = nowMs - rules.work.escalateAfterDays.value * dayMs
    for (let more = true; more; ) {
      const batch = await inTransaction(sql, async (tx) => {
        const rows = await tx<LateRow[]>`
          select id, kind, roles, due_at, array_append(place, area) as words from casework.task
          where closed_at is null and escalated_at is null and provider = ${provider} and due_at <= ${beforeMs}
          order by due_at limit ${atOnce} for update skip locked`
        for (const row of rows) {
          const to = toldOf(rules, row.roles, held && reaching(held, row.words))
          await tx`update casework.task set escalated_at = ${nowMs}, escalated_to = ${to as string[]} where id = ${row.id}`
          await append(tx, {
            kind: 'task.escalated',
            actor: null,
            provider,
            about: { task: row.id },
            data: {
              task: row.kind,
              roles: row.roles,
              to: [...to],
              daysLate: Math.floor((nowMs - row.due_at) / dayMs),
            },
            atMs: nowMs,
          })
        }
        return rows.length
      })
      told += batch
      more = batch === atOnce
    }
  }
  return told
}

/** A role that open work of a landlord waits for. */
export type Awaited = {
  readonly provider: string
  readonly role: string
  readonly open: number
  readonly overdue: number
  /** Of the open: at places to which nobody's role reaches who could do it. */
  readonly unreached: number
}

type Reaching = { readonly provider: string; readonly areas: readonly string[] }

/** Words of a reach, of which somebody's whole is none. */
const wordsOf = (held: readonly Reaching[]) => ({
  everywhere: held.some(({ areas }) => areas.length === 0),
  words: [...new Set(held.flatMap(({ areas }) => areas))],
})

/**
 * For each role how much waits for it, work named to one person left out. Counts only, and only of work at places that
 * `within` reaches (null: all): what it is, its holders see.
 */
export async function awaitedRoles(
  sql: Query,
  asked: {
    readonly within: readonly Reaching[] | null
    readonly providers: readonly string[]
    readonly held: readonly (Reaching & { readonly role: string })[]
    readonly nowMs: number
  },
): Promise<readonly Awaited[]> {
  const found = await Promise.all(
    asked.providers.map((provider) => {
      const here = ({ provider: at }: Reaching) => at === provider
      const mine = asked.within === null ? null : wordsOf(asked.within.filter(here))
      const held = [...Map.groupBy(asked.held.filter(here), ({ role }) => role)].map(([role, those]) => ({
        role,
        ...wordsOf(those),
      }))
      // Most roles are held by somebody who reaches everything: their work needs no look at its place.
      const everywhere = held.filter((one) => one.everywhere).map(({ role }) => role)
      const partly = held.filter((one) => !one.everywhere).map(({ role, words }) => ({ role, words }))
      return sql<Awaited[]>`
        with partly as (
          select * from jsonb_to_recordset(${sql.json(partly)}) as h (role text, words text[])
        ), open as (
          select t.roles, t.due_at < ${asked.nowMs} as late, not (t.roles && ${everywhere}::text[]) and not exists (
              select 1 from partly h where h.role = any (t.roles) and h.words && array_append(t.place, t.area)
            ) as unreached
          from casework.task t
          where t.closed_at is null and t.person_id is null and t.provider = ${provider}
            and (${mine === null || mine.everywhere} or array_append(t.place, t.area) && ${mine?.words ?? []}::text[])
        )
        select ${provider} as provider, r.role, count(*)::int as open, count(*) filter (where o.late)::int as overdue,
          count(*) filter (where o.unreached)::int as unreached
        from open o cross join unnest(o.roles) as r (role)
        group by r.role order by r.role`
    }),
  )
  return found.flatMap((rows) => [...rows])
}
