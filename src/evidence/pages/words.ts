/** Small things that every page of this room prints. */
import type { Reason } from '#base/base.ts'
import { clauseHref, clauseLabel, type Pack } from '#policy/policy.ts'
import { type FieldError, type Html, marks, type Person } from '#web/web.ts'
import type { Outcome } from '../exhibits.ts'
import type { Disclosure } from '../store.ts'

export function signedIn(person: Person | null): Person {
  // Every route of this room asks for a permission, so the web lets nobody else in.
  if (person === null) throw new Error('this page needs a person')
  return person
}

export const labelOf = (
  list: readonly { readonly code: string; readonly label: string }[],
  code: string,
): string => list.find((each) => each.code === code)?.label ?? code

export const clauseMark = (pack: Pack, clause: string | null): Html | null =>
  clause === null ? null : marks.clause(clauseLabel(pack, clause), clauseHref(pack, clause))

/** Reasons as errors beside the boxes they speak of; a clause is printed with each. */
export const asErrors = (
  outcome: Extract<Outcome<unknown>, { ok: false }>,
  fieldOf: Readonly<Record<string, string>> = {},
): FieldError[] =>
  outcome.reasons.map((reason: Reason & { readonly field?: string }) => ({
    field: reason.field ?? fieldOf[reason.code] ?? null,
    message: reason.message,
    clause: reason.clause,
  }))

export const packState = (disclosure: Disclosure): Html =>
  ({
    making: marks.stateTag('waiting', 'Being made'),
    ready: marks.stateTag('lawful', 'Ready'),
    failed: marks.stateTag('attention', 'Not made'),
    removed: marks.stateTag('stopped', 'File removed'),
  })[disclosure.state]

export function sizeWords(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} kB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
