/** A policy pack once loaded: values, clauses and the parsed access rules. Immutable; version = day of effect. */
import type { Strength } from './controls.ts'
import type { PointValue } from './points.ts'
import type { Values } from './values.ts'

export type ClauseKind = 'obligation' | 'permission' | 'prohibition' | 'definition' | 'measure' | 'role'

export type Clause = {
  /** As in the register of requirements: `derby-4.2.1-h`. */
  readonly id: string
  /** As printed in the document: `4.2.1`. */
  readonly number: string
  readonly section: string
  /** What it asks, in our words. */
  readonly text: string
  readonly kind: ClauseKind
  /** An ambiguity, gap or contradiction that a person should know of; null when none. */
  readonly note: string | null
  /** Names of the controls that carry it out; empty only when something still to come will. */
  readonly controls: readonly string[]
  /** Row of the list of capabilities (`C4`) that will carry it out, or the rest of it; null when nothing is missing. */
  readonly toCome: string | null
  /** Set where its controls are stronger than the clause as a whole: part of it happens outside the software. */
  readonly atMost: Strength | null
}

/** Where one access rule comes from. */
export type RuleSource = {
  readonly id: string
  readonly clause: string | null
  readonly message: string
  readonly effect: 'permit' | 'forbid'
  readonly actions: readonly string[]
  /** A house rule quotes the clause of this value (path in policy.yaml); null for a pack's own rule. */
  readonly value: string | null
  /** Id of the house rule that needn't be told when this one refused. */
  readonly instead: string | null
}

export type Pack = {
  /** Slug of the landlord. */
  readonly provider: string
  /** Day of effect, `2025-06-11`: the folder's name. */
  readonly version: string
  /** Raised when an adopted pack is written more fully; the document stays the same. */
  readonly revision: number
  readonly name: string
  readonly title: string
  readonly reference: string
  readonly values: Values
  /**
   * Where the document is silent and the landlord has decided, by key of `points.ts`; null for a pack that no landlord
   * has taken on (`withDecisions`).
   */
  readonly decided: ReadonlyMap<string, PointValue> | null
  readonly clauses: ReadonlyMap<string, Clause>
  /** Chapter headings in the document's order. */
  readonly sections: readonly { readonly code: string; readonly title: string }[]
  readonly rules: ReadonlyMap<string, RuleSource>
  /** SHA-256 over the folder's files (names and contents), hex. */
  readonly hash: string
  readonly folder: string
  /** Name under which the rules lie parsed in the engine; '' when they couldn't be parsed: then everything is denied. */
  readonly engineName: string
}
