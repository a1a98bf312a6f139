/**
 * What changed in the register, field by field. Written in the transaction of the change. A secret is never written
 * down: whoever changes one gives null for before and after, and the entry says only that it changed.
 */
import { newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'

export const changeables = [
  'site',
  'patch',
  'system',
  'camera',
  'device',
  'supplier',
  'sign',
  'plan',
] as const
export type Changeable = (typeof changeables)[number]

export type Change = {
  readonly id: string
  readonly atMs: number
  /** Null: Overt itself. */
  readonly by: string | null
  readonly field: string
  readonly was: string | null
  readonly became: string | null
}

/** A field's name in words, with what it said before and says now. */
export type FieldChange = readonly [field: string, was: string | null, became: string | null]

/** Longest text that is written down of either side; a page shows it whole elsewhere. */
export const changeTextMax = 2_000
export const changesPerPage = 50

/** The fields of which before and after differ, in the order of `labels`. */
export function differences<T extends object>(
  before: T,
  after: T,
  labels: readonly (readonly [label: string, say: (of: T) => string | null])[],
): FieldChange[] {
  return labels
    .map(([label, say]) => [label, say(before) || null, say(after) || null] as const)
    .filter(([, was, became]) => was !== became)
}

/** Writes changes down; none is fine. */
export async function noteChanges(
  tx: Tx,
  of: {
    readonly what: Changeable
    readonly id: string
    readonly provider: string
    readonly by: string | null
    readonly atMs: number
  },
  fields: readonly FieldChange[],
): Promise<void> {
  if (fields.length === 0) return
  const rows = fields.map(([field, was, became]) => ({
    id: newId(of.atMs),
    provider: of.provider,
    what: of.what,
    object_id: of.id,
    at: of.atMs,
    by: of.by,
    field,
    was: was?.slice(0, changeTextMax) ?? null,
    became: became?.slice(0, changeTextMax) ?? null,
  }))
  await tx`insert into register.change ${tx(rows)}`
}

/** Newest first. The caller has decided that the person may see the thing. `page` counts from 1. */
export async function changesOf(
  sql: Query,
  what: Changeable,
  id: string,
  page = 1,
): Promise<{ readonly changes: readonly Change[]; readonly total: number }> {
  const rows = await sql<(ChangeRow & { total: number })[]>`
    select *, count(*) over () as total from register.change where what = ${what} and object_id = ${id}
    order by at desc, id desc limit ${changesPerPage} offset ${(page - 1) * changesPerPage}`
  return {
    total: rows[0]?.total ?? 0,
    changes: rows.map((row) => ({
      id: row.id,
      atMs: row.at,
      by: row.by,
      field: row.field,
      was: row.was,
      became: row.became,
    })),
  }
}

type ChangeRow = {
  id: string
  at: number
  by: string | null
  field: string
  was: string | null
  became: string | null
}
