/** What carries each clause out, and how strongly: for the loading of packs, the policy page and `policy report`. */
import type { Rule } from './cedar.ts'
import { controls, ownRule, type Strength, weakest } from './controls.ts'
import type { Clause, Pack } from './pack.ts'
import type { Values } from './values.ts'

/** Everything wrong with what one clause says carries it out. `values` is null when policy.yaml could not be read. */
export function checkCarried(clause: Clause, values: Values | null, rules: readonly Rule[]): string[] {
  const found: string[] = []
  if (clause.controls.length === 0 && clause.toCome === null)
    found.push(
      `clause ${clause.id} has neither \`controls\` nor \`to_come\`: say what carries it out (policy.shown, where it only tells something)`,
    )
  const gates = new Set(values?.deploymentTypes.flatMap((type) => type.gates.map((g) => g.code)))
  for (const id of clause.controls) {
    const control = controls.get(id)
    if (control === undefined) found.push(`clause ${clause.id}: there is no control "${id}"`)
    else if (values !== null && control.gate !== null && !gates.has(control.gate))
      found.push(
        `clause ${clause.id}: control "${id}" works through the gate "${control.gate}", which no placement of this pack has`,
      )
  }
  if (new Set(clause.controls).size < clause.controls.length)
    found.push(`clause ${clause.id} names a control twice`)
  if (
    clause.controls.includes(ownRule) &&
    !rules.some((rule) => rule.effect === 'forbid' && rule.clause === clause.id)
  )
    found.push(
      `clause ${clause.id} names ${ownRule}, but no rule that refuses in access.cedar quotes this clause`,
    )
  return found
}

/**
 * Strength of a clause as it is carried today: that of its weakest control, or less where the pack says so; null while
 * something of it is still to come, whatever its controls already do.
 */
export function carriedBy(clause: Clause): Strength | null {
  if (clause.toCome !== null) return null
  const own = clause.controls.flatMap((id) => controls.get(id)?.strength ?? [])
  return weakest(clause.atMost === null ? own : [...own, clause.atMost])
}

export type ProviderReport = {
  readonly version: string
  readonly clauses: number
  readonly enforced: readonly string[]
  readonly evidenced: readonly string[]
  readonly displayed: readonly string[]
  /** Clause id to the row of the list of capabilities that will bring it, or the rest of it. */
  readonly to_come: Readonly<Record<string, string>>
  /** Clause id to the controls that work today. */
  readonly controls: Readonly<Record<string, readonly string[]>>
}

/** Every clause of every pack, by landlord, in exactly one of four lists. */
export function policyReport(packs: readonly Pack[]): Record<string, ProviderReport> {
  return Object.fromEntries(
    packs.map((pack) => {
      const all = [...pack.clauses.values()]
      const of = (strength: Strength) => all.filter((c) => carriedBy(c) === strength).map((c) => c.id)
      const report: ProviderReport = {
        version: pack.version,
        clauses: all.length,
        enforced: of('enforced'),
        evidenced: of('evidenced'),
        displayed: of('displayed'),
        to_come: Object.fromEntries(all.flatMap((c) => (c.toCome === null ? [] : [[c.id, c.toCome]]))),
        controls: Object.fromEntries(all.map((c) => [c.id, c.controls])),
      }
      return [pack.provider, report]
    }),
  )
}
