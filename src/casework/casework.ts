/**
 * casework: what waits for whom (tasks), and why somebody looks at, holds or asks for footage (cases).
 * Promises: opening the same work twice opens it once; a case reference is never given twice; nobody sees the work or
 * the cases of a landlord that they have no role at, counts included.
 * Never: decides anything, or knows what a camera is. Rooms above open a task when something waits and close it when
 * it doesn't; `about` holds ids that mean something to them alone.
 */
import type { Person } from '#web/web.ts'
import { caseKindLabels } from './cases.ts'

export * from './cases.ts'
export * from './chasing.ts'
export * from './hand-on.ts'
export { lateWork } from './late.ts'
export { type CaseworkDeps, caseworkRoutes } from './pages.ts'
export * from './tasks.ts'

const kindWords = (kind: string): string =>
  (caseKindLabels as Readonly<Record<string, string>>)[kind]?.toLowerCase() ?? kind

/** Ledger entries of this room in plain words. */
export const ledgerEvents: Readonly<
  Record<string, (leaf: { data?: unknown; about: Readonly<Record<string, string>> }) => string>
> = {
  'case.opened': (leaf) =>
    `A case was opened: ${text(leaf.data, 'reference')} (${kindWords(text(leaf.data, 'kind'))}).`,
  'case.closed': (leaf) => `Case ${text(leaf.data, 'reference')} was closed.`,
  'task.escalated': (leaf) =>
    `Work was ${text(leaf.data, 'daysLate')} days late and was told to: ${text(leaf.data, 'to')}.`,
}

function text(data: unknown, key: string): string {
  const value = (data as Record<string, unknown> | undefined)?.[key]
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return value.map(String).join(', ').replaceAll('-', ' ')
  return typeof value === 'string' ? value : 'not stated'
}

/** Providers at which the person holds any role. Who has none has no casework. */
export const providersOf = (person: Person): readonly string[] => [
  ...new Set(person.roles.map((r) => r.provider)),
]
