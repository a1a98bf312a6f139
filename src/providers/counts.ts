/**
 * Counts behind "did it hold this month": how often each kind of act stands in the ledger, and how often each rule said
 * no. The first is brought up to date from the ledger; the second is written as the refusal is told.
 */
import { civilDay } from '#base/base.ts'
import { inTransaction, type Query, type Sql } from '#engine/engine.ts'
import { tallyAfter } from '#ledger/ledger.ts'
import type { Refusal } from '#web/web.ts'
import { packOr } from './deps.ts'
import type { Providers } from './model.ts'

/** One step of counting; a ledger of a million entries is caught up with in twenty. */
const entriesPerStep = 50_000

/**
 * Counts what the ledger holds since the last time. Several may call it at once: the cursor's row is locked, so every
 * entry is counted exactly once, and who finds it locked leaves the work to the one that has it.
 */
export async function countUses(sql: Sql, zoneOf: (provider: string) => string): Promise<void> {
  for (;;) {
    const seen = await inTransaction(sql, async (tx) => {
      const [cursor] = await tx<{ to: number }[]>`
        select counted_to as "to" from providers.use_cursor for update skip locked`
      if (cursor === undefined) return 0
      const from = cursor.to
      const { to, hours } = await tallyAfter(tx, from, entriesPerStep)
      if (to === from) return 0
      const rows = hours.map((hour) => ({
        provider: hour.provider,
        kind: hour.kind,
        cause: hour.cause,
        day: civilDay(hour.hourMs, zoneOf(hour.provider)),
        uses: hour.entries,
      }))
      // Summed first: two hours of one day may not meet in one statement's conflict.
      if (rows.length > 0)
        await tx`
          insert into providers.use_count (provider, kind, cause, day, uses)
          select provider, kind, cause, day::date, sum(uses)
          from jsonb_to_recordset(${tx.json(rows)}) as r (provider text, kind text, cause text, day text, uses bigint)
          group by 1, 2, 3, 4
          on conflict (provider, day, kind, cause) do update set uses = use_count.uses + excluded.uses`
      await tx`update providers.use_cursor set counted_to = ${to}`
      return to - from
    })
    if (seen < entriesPerStep) return
  }
}

export type Uses = { readonly kind: string; readonly cause: string; readonly uses: number }
export type Refusals = { readonly clause: string; readonly rule: string; readonly refusals: number }

/** Both counts of a landlord between two civil days, both included. */
export async function countsBetween(
  sql: Query,
  provider: string,
  fromDay: string,
  toDay: string,
): Promise<{ readonly uses: readonly Uses[]; readonly refusals: readonly Refusals[] }> {
  const uses = await sql<Uses[]>`
    select kind, cause, sum(uses)::bigint as uses from providers.use_count
    where provider = ${provider} and day between ${fromDay} and ${toDay} group by 1, 2`
  const refusals = await sql<Refusals[]>`
    select clause, rule, sum(refusals)::bigint as refusals from providers.refusal_count
    where provider = ${provider} and day between ${fromDay} and ${toDay} group by 1, 2`
  return { uses, refusals }
}

/**
 * Counts a refusal, rule by rule, for the landlord whose rule it was. A reason without a clause (law, design, a role not
 * held) counts for the landlord of the other reasons, or the only one that the person works for; where that is
 * anybody's guess it isn't counted.
 */
export async function countRefusal(
  parts: { readonly sql: Sql; readonly providers: Providers; readonly nowMs: number },
  refused: Refusal,
): Promise<void> {
  const own = [...new Set((refused.person?.roles ?? []).map((role) => role.provider))]
  const landlordOf = (clause: string) =>
    parts.providers.list().find(({ slug }) => packOr(parts.providers, slug)?.clauses.has(clause))?.slug ??
    null
  const named = refused.reasons.flatMap(({ clause }) => (clause === null ? [] : (landlordOf(clause) ?? [])))
  const fallback = named[0] ?? (own.length === 1 ? own[0]! : null)
  const rows = new Map<string, { provider: string; clause: string; rule: string; day: string }>()
  for (const { clause, code } of refused.reasons) {
    const provider = (clause === null ? null : landlordOf(clause)) ?? fallback
    const found = provider === null ? null : parts.providers.find(provider)
    if (found === null) continue
    const rule = code.slice(0, 80) || 'unnamed'
    rows.set(`${found.slug} ${clause} ${rule}`, {
      provider: found.slug,
      clause: clause ?? '',
      rule,
      day: civilDay(parts.nowMs, found.timeZone),
    })
  }
  if (rows.size === 0) return
  await parts.sql`
    insert into providers.refusal_count (provider, day, clause, rule, refusals)
    select provider, day::date, clause, rule, 1
    from jsonb_to_recordset(${parts.sql.json([...rows.values()])})
      as r (provider text, day text, clause text, rule text)
    order by 1, 2, 3, 4
    on conflict (provider, day, clause, rule) do update set refusals = refusal_count.refusals + 1`
}
