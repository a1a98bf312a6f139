/**
 * Search and long lists: one indexed question over everything that the register holds, cut by the person's reach inside
 * the question itself, so that neither a line nor a count tells of what they may not see.
 */
import type { Query } from '#engine/engine.ts'
import { like, listMax } from './listing.ts'
import { type Reach, withinReach } from './reach.ts'

export const findableKinds = ['site', 'system', 'camera', 'device', 'supplier'] as const
export type FindableKind = (typeof findableKinds)[number]

export type Found = {
  readonly kind: FindableKind
  readonly id: string
  readonly provider: string
  readonly area: string | null
  readonly title: string
  /** Where it is, or what it is. */
  readonly note: string
  /** The system it belongs to, when it belongs to one. */
  readonly systemId: string | null
  readonly siteId: string | null
}

export const foundPerPage = 50
/** A page number beyond this is a mistake or an attack: nobody turns 200 pages. */
export const pageMax = 10_000
/** Of what somebody types only so many words are looked for. */
export const searchWordsMax = 8

export type Sought = {
  readonly text?: string
  readonly kinds?: readonly FindableKind[]
  readonly provider?: string | null
  readonly area?: string | null
}

/**
 * What is looked for and within reach, as a condition on `register.findable f`, and what comes first of it: all the words
 * typed, in any order, anywhere in a word; what begins with them comes first. For lists that a room above puts in its own order.
 */
export function findableWhere(sql: Query, reach: Reach, sought: Sought) {
  const words = wordsOf(sought.text ?? '')
  const kinds = sought.kinds ?? findableKinds
  // One condition for each word: only so does the index serve them (`like all` would read every line).
  const holds = words.reduce((all, word) => sql`${all} and f.words like ${like(word)}`, sql`true`)
  return {
    where: sql`f.kind = any (${kinds as string[]}::text[]) and ${holds}
      and ${sought.provider ? sql`f.provider = ${sought.provider}` : sql`true`}
      and ${sought.area ? sql`f.area = ${sought.area}` : sql`true`}
      and ${withinReach(sql, reach, 'f.provider', 'f.area', 'f.site_id')}`,
    begins: words.length === 0 ? sql`1 = 0` : sql`lower(f.title) like ${like(words[0]!).slice(1)}`,
  }
}

/**
 * What holds all the words typed. What begins with them comes first, then by name.
 * @param options.page counts from 1
 */
export async function find(
  sql: Query,
  reach: Reach,
  options: Sought & { readonly page?: number },
): Promise<{ readonly found: readonly Found[]; readonly total: number }> {
  const page = Math.max(1, options.page ?? 1)
  const { where, begins } = findableWhere(sql, reach, options)
  const rows = await sql<(FoundRow & { total: number })[]>`
    select f.kind, f.id, f.provider, f.area, f.title, f.note, f.system_id, f.site_id, count(*) over () as total
    from register.findable f
    where ${where}
    order by ${begins} desc, f.title, f.id
    limit ${foundPerPage} offset ${(page - 1) * foundPerPage}`
  return {
    total: rows[0]?.total ?? 0,
    found: rows.map((row) => ({
      kind: row.kind,
      id: row.id,
      provider: row.provider,
      area: row.area,
      title: row.title,
      note: row.note,
      systemId: row.system_id,
      siteId: row.site_id,
    })),
  }
}

/** Ids of every place, system, camera and piece of kit within reach. */
export async function idsWithin(sql: Query, reach: Reach): Promise<readonly string[]> {
  const rows = await sql<{ id: string }[]>`
    select f.id from register.findable f
    where f.kind <> 'supplier' and ${withinReach(sql, reach, 'f.provider', 'f.area', 'f.site_id')}`
  return rows.map(({ id }) => id)
}

/** How many there are of each kind within reach. */
export async function countsByKind(
  sql: Query,
  reach: Reach,
): Promise<Readonly<Record<FindableKind, number>>> {
  const rows = await sql<{ kind: FindableKind; count: number }[]>`
    select f.kind, count(*) as count from register.findable f
    where ${withinReach(sql, reach, 'f.provider', 'f.area', 'f.site_id')} group by f.kind`
  const counts = { site: 0, system: 0, camera: 0, device: 0, supplier: 0 }
  for (const row of rows) counts[row.kind] = row.count
  return counts
}

/** The areas in which anything of these kinds lies within reach: for a choice above a list. */
export async function areasFound(
  sql: Query,
  reach: Reach,
  kinds: readonly FindableKind[],
): Promise<readonly string[]> {
  const { where } = findableWhere(sql, reach, { kinds })
  const rows = await sql<{ area: string }[]>`
    select distinct f.area from register.findable f where ${where} and f.area is not null
    order by f.area limit ${listMax}`
  return rows.map((row) => row.area)
}

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .slice(0, searchWordsMax)

type FoundRow = {
  kind: FindableKind
  id: string
  provider: string
  area: string | null
  title: string
  note: string
  system_id: string | null
  site_id: string | null
}
