/**
 * Whether each clause of a policy held this month, from counts and from what is known to be late or broken. Pure.
 * A clause held when nothing is known against it; that it was never asked of anybody this month is said too.
 */
import { type Clause, carriedBy, controlCounts, controls, ownRule, type Pack } from '#policy/policy.ts'
import type { Refusals, Uses } from './counts.ts'

/** Something known that a clause or control did not hold, or an exception that is in force by right. */
export type Remark = {
  /** Clause id, or null where it is told by the control. */
  readonly clause: string | null
  readonly control: string | null
  /** One plain sentence without a person's name or address. */
  readonly words: string
}

export type Standing = { readonly troubles: readonly Remark[]; readonly exceptions: readonly Remark[] }

export const heldStates = ['held', 'not-held', 'unused', 'uncounted', 'to-come'] as const
export type HeldState =
  /** Used or asked for this month, and nothing is known against it. */
  | 'held'
  | 'not-held'
  /** Counted, and nobody needed it this month. */
  | 'unused'
  /** Nothing is known against it, and its work leaves no entry that could be counted. */
  | 'uncounted'
  | 'to-come'

export type Held = {
  readonly state: HeldState
  /** Ledger entries of this month that show its controls at work. */
  readonly uses: number
  readonly refusals: number
  readonly troubles: readonly string[]
  readonly exceptions: readonly string[]
}

export type Counts = { readonly uses: readonly Uses[]; readonly refusals: readonly Refusals[] }

export function heldByClause(pack: Pack, counts: Counts, standing: Standing): ReadonlyMap<string, Held> {
  const used = usesByKey(counts.uses)
  return new Map([...pack.clauses.values()].map((c) => [c.id, heldOf(c, pack, counts, used, standing)]))
}

function heldOf(
  clause: Clause,
  pack: Pack,
  counts: Counts,
  used: ReadonlyMap<string, number>,
  standing: Standing,
): Held {
  const mine = clause.controls.filter((id) => id !== 'policy.shown')
  const lines = mine.map((id) => controlCounts[id] ?? {})
  const kinds = new Set(lines.flatMap((line) => line.uses ?? []))
  const breaches = new Set(lines.flatMap((line) => line.breaches ?? []))
  const rules = new Set([
    ...mine.flatMap((id) => controls.get(id)?.rules ?? []),
    ...lines.flatMap((line) => line.rules ?? []),
    ...(mine.includes(ownRule) ? ownRulesOf(pack, clause.id) : []),
  ])
  const sum = (keys: Iterable<string>) => [...keys].reduce((all, key) => all + (used.get(key) ?? 0), 0)
  const uses = sum(kinds)
  const refusals = counts.refusals
    .filter((r) => r.clause === clause.id || (r.clause === '' && rules.has(r.rule)))
    .reduce((all, r) => all + r.refusals, 0)
  const broken = sum(breaches)
  const about = (list: readonly Remark[]) =>
    list
      .filter((r) => r.clause === clause.id || (r.control !== null && mine.includes(r.control)))
      .map((r) => r.words)
  const troubles = [
    ...about(standing.troubles),
    ...(broken > 0 ? [`The ledger holds ${broken} ${broken === 1 ? 'entry' : 'entries'} against it.`] : []),
  ]
  const counted = kinds.size > 0 || rules.size > 0
  const state =
    carriedBy(clause) === null
      ? 'to-come'
      : troubles.length > 0
        ? 'not-held'
        : uses + refusals > 0
          ? 'held'
          : counted
            ? 'unused'
            : 'uncounted'
  return { state, uses, refusals, troubles, exceptions: about(standing.exceptions) }
}

const ownRulesOf = (pack: Pack, clause: string): string[] =>
  [...pack.rules.values()].filter((r) => r.clause === clause && r.effect === 'forbid').map((r) => r.id)

/** By `kind` and by `kind:cause`. */
function usesByKey(uses: readonly Uses[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  const add = (key: string, n: number) => found.set(key, (found.get(key) ?? 0) + n)
  for (const { kind, cause, uses: n } of uses) {
    add(kind, n)
    if (cause !== '') add(`${kind}:${cause}`, n)
  }
  return found
}
