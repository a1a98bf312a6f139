import type { Json } from '#base/base.ts'
import type { Query } from '#engine/engine.ts'
import type { Leaf, LedgerEvents } from './entry.ts'

/** An entry for a page: the leaf, where it stands, and what may still be read of its personal details. */
export type ListedEntry = {
  /** Counts through all logs; what pages go by. */
  readonly number: number
  readonly origin: string
  readonly index: number
  readonly id: string
  readonly kind: string
  readonly atMs: number
  readonly actor: string | null
  readonly provider: string | null
  readonly about: Readonly<Record<string, string>>
  readonly data: { readonly [name: string]: Json }
  /** Not erased, by field. */
  readonly personal: Readonly<Record<string, string>>
  /** Erased, by field. */
  readonly erased: Readonly<Record<string, { readonly atMs: number; readonly why: string }>>
}

/**
 * What staff of some landlords may read: entries of their landlords, and of the installation itself those that are
 * about no camera and about no person but their own (sign-ins, accounts). Another landlord's staff are not theirs.
 */
export type EntryReach = {
  readonly providers: readonly string[]
  readonly people: readonly string[]
  /** For who reaches a part of a landlord: ids of what lies there. Entries that name one of these are read too. */
  readonly things?: readonly string[]
  /** Ids of those who work in that part alone: entries about people only are read too, when they name one of these. */
  readonly colleagues?: readonly string[]
}

export type EntryFilter = {
  /** An id that the entry is about in any role, or of who acted. */
  readonly about?: string | null
  readonly kind?: string | null
  /** Only what these landlords may read; null: everything. */
  readonly reach: EntryReach | null
  readonly fromMs?: number | null
  /** Exclusive. */
  readonly untilMs?: number | null
}

/** Keyset paging: entries before or after a number, so a page costs the same however long the ledger is. */
export type EntryPage = {
  readonly entries: readonly ListedEntry[]
  /** Pass as `before` for the next older page; null: there is none. */
  readonly older: number | null
  /** Pass as `after` for the next newer page; null: this is the newest. */
  readonly newer: number | null
}

export const pageSize = 50
/**
 * Entries are numbered in the order in which they were sequenced, which is nearly that of their times: a batch and a
 * transaction that stayed open may put this many between.
 */
const disorderMax = 10_000

/** Newest first. */
export async function listEntries(
  sql: Query,
  filter: EntryFilter,
  at: { before?: number | null; after?: number | null } = {},
): Promise<EntryPage> {
  const [low, high] = await numberRange(sql, filter)
  const forward = at.after !== undefined && at.after !== null
  const above = Math.max(low, forward ? at.after! + 1 : 0)
  const below = Math.min(high, !forward && at.before ? at.before : Number.MAX_SAFE_INTEGER)
  const direction = forward ? sql`asc` : sql`desc`
  // One row for each entry however often it names the id, and still read along the index: a page of somebody with a
  // million entries costs what a page costs.
  const source = filter.about ? sql`ledger.mention m join ledger.entry e using (number)` : sql`ledger.entry e`
  const about = filter.about
    ? sql`and m.value = ${filter.about} and m.number >= ${above} and m.number < ${below} and not exists (
        select from ledger.mention o where o.value = m.value and o.number = m.number and o.name < m.name)`
    : sql``
  const order = filter.about ? sql`m.number` : sql`e.number`
  const rows = await sql<{ number: number }[]>`
    select e.number from ${source}
    where e.number >= ${above} and e.number < ${below} ${about}
      ${filter.kind ? sql`and e.kind = ${filter.kind}` : sql``}
      ${filter.reach === null ? sql`` : sql`and ${withinReach(sql, filter.reach)}`}
      ${filter.fromMs ? sql`and e.at_ms >= ${filter.fromMs}` : sql``}
      ${filter.untilMs ? sql`and e.at_ms < ${filter.untilMs}` : sql``}
    order by ${order} ${direction} limit ${pageSize + 1}`
  const more = rows.length > pageSize
  const numbers = rows.slice(0, pageSize).map((row) => row.number)
  if (forward) numbers.reverse()
  const entries = await readNumbers(sql, numbers)
  const first = numbers[0]
  const last = numbers.at(-1)
  return {
    entries,
    older: last !== undefined && (forward || more) ? last : null,
    newer: first !== undefined && (forward ? more : Boolean(at.before)) ? first : null,
  }
}

/** What an entry that is about people alone may name. */
const peopleOnly = ['person', 'other', 'successor', 'deputy', 'deputyFor', 'alarm', 'qualification', 'token']

const names = (sql: Query, ids: readonly string[]) =>
  sql`e.number in (select m.number from ledger.mention m where m.value = any (${[...ids]}::text[]))`

const withinReach = (sql: Query, { providers, people, things = [], colleagues = [] }: EntryReach) => sql`(
  e.provider = any (${[...providers]}::text[])
  or (e.provider is null and not (e.leaf::jsonb -> 'about' ? 'camera')
    and coalesce(e.leaf::jsonb -> 'about' ->> 'person' = any (${[...people]}::text[]), true))
  ${things.length === 0 ? sql`` : sql`or ${names(sql, things)}`}
  ${
    colleagues.length === 0
      ? sql``
      : sql`or (${names(sql, colleagues)} and not exists (
          select from jsonb_object_keys(e.leaf::jsonb -> 'about') as name (word)
          where name.word <> all (${[...peopleOnly]}::text[])))`
  })`

/** Dates narrowed to running numbers, so that an old span is found without walking there from the newest entry. */
async function numberRange(sql: Query, filter: EntryFilter): Promise<[number, number]> {
  const [row] = await sql<{ low: number | null; high: number | null }[]>`
    select
      (select number from ledger.entry where at_ms >= ${filter.fromMs ?? 0} order by at_ms limit 1) as low,
      (select number from ledger.entry where at_ms < ${filter.untilMs ?? Number.MAX_SAFE_INTEGER}
        order by at_ms desc limit 1) as high`
  return [
    filter.fromMs ? Math.max(0, (row?.low ?? Number.MAX_SAFE_INTEGER) - disorderMax) : 0,
    filter.untilMs ? (row?.high ?? -1) + 1 + disorderMax : Number.MAX_SAFE_INTEGER,
  ]
}

/** One entry by its id, or null (also when it lies outside `reach`). */
export async function readEntry(
  sql: Query,
  id: string,
  reach: EntryReach | null,
): Promise<ListedEntry | null> {
  const [row] = await sql<{ number: number }[]>`
    select e.number from ledger.entry e
    where e.id = ${id} ${reach === null ? sql`` : sql`and ${withinReach(sql, reach)}`}`
  return row === undefined ? null : ((await readNumbers(sql, [row.number]))[0] ?? null)
}

async function readNumbers(sql: Query, numbers: readonly number[]): Promise<ListedEntry[]> {
  if (numbers.length === 0) return []
  const rows = await sql<{ number: number; origin: string; index: number; leaf: string }[]>`
    select e.number, l.origin, e.index, e.leaf
    from ledger.entry e join ledger.log l on l.id = e.log_id
    where e.number = any (${numbers as number[]}::bigint[])`
  const leaves = rows.map((row) => ({ ...row, leaf: JSON.parse(row.leaf) as Leaf }))
  const details = await sql<
    { entryId: string; field: string; body: string | null; erasedMs: number | null; why: string | null }[]
  >`
    select entry_id as "entryId", field, body, erased_at as "erasedMs", erased_why as why
    from ledger.personal where entry_id = any (${leaves.map(({ leaf }) => leaf.id)}::uuid[]) order by field`
  const byNumber = new Map(leaves.map((row) => [row.number, row]))
  return numbers.flatMap((number) => {
    const row = byNumber.get(number)
    if (row === undefined) return []
    const own = details.filter((detail) => detail.entryId === row.leaf.id)
    return [
      {
        number,
        origin: row.origin,
        index: row.index,
        id: row.leaf.id,
        kind: row.leaf.kind,
        atMs: row.leaf.at,
        actor: row.leaf.actor,
        provider: row.leaf.provider,
        about: row.leaf.about,
        data: row.leaf.data,
        personal: Object.fromEntries(own.filter((d) => d.body !== null).map((d) => [d.field, d.body!])),
        erased: Object.fromEntries(
          own.filter((d) => d.erasedMs !== null).map((d) => [d.field, { atMs: d.erasedMs!, why: d.why! }]),
        ),
      },
    ]
  })
}

/**
 * What is committed and not yet signed: normally nothing, or entries of the last second. An entry older than a minute
 * means that the sequencer stands still, which administrators must be told.
 */
export async function backlog(
  sql: Query,
): Promise<{ readonly entries: number; readonly oldestMs: number | null }> {
  const [row] = await sql<{ entries: number; oldestMs: number | null }[]>`
    select count(*) as entries, min((leaf::jsonb ->> 'at')::bigint) as "oldestMs" from ledger.pending`
  return row ?? { entries: 0, oldestMs: null }
}

/** The ledger's own kinds, in plain words. */
export const ledgerEvents: LedgerEvents = {
  'ledger.opened': ({ data }) =>
    data['previous'] === null
      ? 'The ledger was opened.'
      : 'A new log was opened for the year, beginning with the checkpoint of the one before.',
  'ledger.resumed': () =>
    'The ledger went on after its database was restored from a backup. It names the last checkpoint that was signed before, so what was lost can be counted.',
  'ledger.erased': ({ data }) => `A personal detail (${data['field']}) of an earlier entry was erased.`,
}

/** Names of the logs that open by saying what a restored backup lost (`ledger.resumed`), oldest first. */
export async function resumedLogs(sql: Query): Promise<string[]> {
  const rows = await sql<{ origin: string }[]>`
    select l.origin from ledger.log l join ledger.entry e on e.number = l.first_number
    where e.kind = 'ledger.resumed' order by l.id`
  return rows.map(({ origin }) => origin)
}
