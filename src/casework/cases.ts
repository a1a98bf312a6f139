import { newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'

export const caseKinds = ['antisocial-behaviour', 'crime', 'complaint', 'safety', 'request', 'other'] as const
export type CaseKind = (typeof caseKinds)[number]

export const caseKindLabels: Readonly<Record<CaseKind, string>> = {
  'antisocial-behaviour': 'Anti-social behaviour',
  crime: 'Crime',
  complaint: 'Complaint',
  safety: 'Safety',
  request: 'Request for footage',
  other: 'Something else',
}

export type Case = {
  readonly id: string
  readonly provider: string
  /** Ours, `C-2026-0001`. */
  readonly reference: string
  readonly theirReference: string | null
  readonly kind: CaseKind
  readonly title: string
  /** Where it is about: an area, or one place of the register. Neither: the whole landlord. */
  readonly area: string | null
  readonly siteId: string | null
  readonly openedMs: number
  readonly openedBy: string
  readonly closedMs: number | null
}

/**
 * What somebody may see of the cases: a condition over `casework."case" as c`. Rooms above make it, since they know the
 * places and how far roles reach.
 */
export type CaseReach = (sql: Query) => ReturnType<Query>

export const caseListMax = 200

/** Opens a case with the provider's next reference of the year (UTC), and says so in the ledger. */
export async function openCase(
  tx: Tx,
  given: {
    readonly provider: string
    readonly kind: CaseKind
    readonly title: string
    readonly theirReference: string | null
    readonly area?: string | null
    readonly siteId?: string | null
    readonly by: string
    readonly nowMs: number
  },
): Promise<Case> {
  const year = new Date(given.nowMs).getUTCFullYear()
  // One row per provider and year, locked until commit: a reference is never given twice and none is skipped.
  const [number] = await tx<{ last: number }[]>`
    insert into casework.case_number (provider, year, last) values (${given.provider}, ${year}, 1)
    on conflict (provider, year) do update set last = casework.case_number.last + 1 returning last`
  const reference = `C-${year}-${String(number!.last).padStart(4, '0')}`
  const [row] = await tx<Row[]>`
    insert into casework."case" (id, provider, reference, their_reference, kind, title, area, site_id, opened_at, opened_by)
    values (${newId(given.nowMs)}, ${given.provider}, ${reference}, ${given.theirReference}, ${given.kind},
            ${given.title}, ${given.area ?? null}, ${given.siteId ?? null}, ${given.nowMs}, ${given.by})
    returning *`
  const made = toCase(row!)
  await append(tx, {
    kind: 'case.opened',
    actor: given.by,
    provider: given.provider,
    about: { case: made.id, ...(made.siteId === null ? {} : { site: made.siteId }) },
    data: { reference, kind: given.kind },
    personal: { title: given.title },
    atMs: given.nowMs,
  })
  return made
}

/** Closes an open case; closing it again changes nothing. */
export async function closeCase(
  tx: Tx,
  given: { readonly id: string; readonly by: string; readonly nowMs: number },
): Promise<boolean> {
  const [row] = await tx<Row[]>`
    update casework."case" set closed_at = ${given.nowMs}
    where id = ${given.id} and closed_at is null returning *`
  if (!row) return false
  await append(tx, {
    kind: 'case.closed',
    actor: given.by,
    provider: row.provider,
    about: { case: row.id, ...(row.site_id === null ? {} : { site: row.site_id }) },
    data: { reference: row.reference },
    atMs: given.nowMs,
  })
  return true
}

/** A case within reach, or null: one out of reach looks the same as none. */
export async function findCase(sql: Query, reach: CaseReach, idOrReference: string): Promise<Case | null> {
  const [row] = await sql<Row[]>`
    select c.* from casework."case" as c
    where (c.id::text = ${idOrReference} or c.reference = ${idOrReference}) and ${reach(sql)}
    order by c.opened_at desc limit 1`
  return row ? toCase(row) : null
}

/** By its id, for what hangs on it: the caller has decided that the person may see that. */
export async function caseById(sql: Query, id: string): Promise<Case | null> {
  const [row] = await sql<Row[]>`select * from casework."case" where id = ${id}`
  return row ? toCase(row) : null
}

/** Cases within reach: open ones first, then newest; `text` looks in both references and the title. */
export async function listCases(sql: Query, reach: CaseReach, text: string): Promise<readonly Case[]> {
  const like = `%${text.replace(/[%_\\]/g, '\\$&')}%`
  const rows = await sql<Row[]>`
    select c.* from casework."case" as c
    where ${reach(sql)}
      and (${text} = '' or c.reference ilike ${like} or c.their_reference ilike ${like} or c.title ilike ${like})
    order by c.closed_at is not null, c.opened_at desc limit ${caseListMax}`
  return rows.map(toCase)
}

type Row = {
  id: string
  provider: string
  reference: string
  their_reference: string | null
  kind: CaseKind
  title: string
  area: string | null
  site_id: string | null
  opened_at: number
  opened_by: string
  closed_at: number | null
}

const toCase = (row: Row): Case => ({
  id: row.id,
  provider: row.provider,
  reference: row.reference,
  theirReference: row.their_reference,
  kind: row.kind,
  title: row.title,
  area: row.area,
  siteId: row.site_id,
  openedMs: row.opened_at,
  openedBy: row.opened_by,
  closedMs: row.closed_at,
})
