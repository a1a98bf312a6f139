/** All SQL about sites. */
import { isId, newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { like, listMax } from './listing.ts'
import { type Reach, withinReach } from './reach.ts'

export const siteKinds = ['home', 'communal', 'office', 'land', 'other'] as const
export type SiteKind = (typeof siteKinds)[number]

export const siteKindLabels: Readonly<Record<SiteKind, string>> = {
  home: "A resident's home",
  communal: 'A shared part of a building, or the land around it',
  office: 'An office or workshop of ours',
  land: 'Open land, a car park, garages',
  other: 'Somewhere else',
}

export type Site = {
  readonly id: string
  readonly provider: string
  readonly name: string
  readonly address: readonly string[]
  readonly kind: SiteKind
  /** IANA name. */
  readonly timeZone: string
  readonly area: string | null
  /** The patch in which it lies; null: none. */
  readonly patchId: string | null
  /** Why the landlord's policy doesn't cover it; null: it does. */
  readonly outOfScope: string | null
  readonly version: number
}

export async function insertSite(
  tx: Tx,
  site: Omit<Site, 'id' | 'version' | 'patchId' | 'outOfScope'> &
    Partial<Pick<Site, 'patchId' | 'outOfScope'>> & { readonly by: string; readonly nowMs: number },
): Promise<string> {
  const id = newId(site.nowMs)
  await tx`
    insert into register.site (id, provider, name, address, kind, time_zone, area, patch_id, out_of_scope, created_at, created_by)
    values (${id}, ${site.provider}, ${site.name}, ${site.address as string[]}, ${site.kind}, ${site.timeZone},
            ${site.area}, ${site.patchId ?? null}, ${site.outOfScope ?? null}, ${site.nowMs}, ${site.by})`
  return id
}

/** False when somebody changed the site since `version` was read: nothing is written then. */
export async function updateSite(
  tx: Tx,
  site: Pick<Site, 'id' | 'name' | 'address' | 'kind' | 'area' | 'patchId' | 'outOfScope' | 'version'>,
): Promise<boolean> {
  const rows = await tx`
    update register.site
    set name = ${site.name}, address = ${site.address as string[]}, kind = ${site.kind}, area = ${site.area},
        patch_id = ${site.patchId}, out_of_scope = ${site.outOfScope}, version = version + 1
    where id = ${site.id} and version = ${site.version}`
  return rows.count === 1
}

export async function findSite(sql: Query, id: string): Promise<Site | null> {
  if (!isId(id)) return null
  const [row] = await sql<SiteRow[]>`select * from register.site where id = ${id}`
  return row ? toSite(row) : null
}

/** By its name, whatever its letters' case; null where a landlord has none or several of that name. */
export async function siteNamed(sql: Query, provider: string, name: string): Promise<Site | null> {
  const rows = await sql<SiteRow[]>`
    select * from register.site where provider = ${provider} and lower(name) = lower(${name.trim()}) limit 2`
  return rows.length === 1 ? toSite(rows[0]!) : null
}

/** Several at once, by id; for lists. */
export async function sitesById(sql: Query, ids: readonly string[]): Promise<ReadonlyMap<string, Site>> {
  const rows = await sql<SiteRow[]>`select * from register.site where id = any (${ids as string[]}::uuid[])`
  return new Map(rows.map((row) => [row.id, toSite(row)]))
}

export async function listSites(sql: Query, reach: Reach, text = ''): Promise<readonly Site[]> {
  const rows = await sql<SiteRow[]>`
    select s.* from register.site s
    where ${withinReach(sql, reach, 's.provider', 's.area', 's.id')}
      and (${text} = '' or s.name ilike ${like(text)} or array_to_string(s.address, ' ') ilike ${like(text)}
           or s.area ilike ${like(text)})
    order by s.name, s.id limit ${listMax}`
  return rows.map(toSite)
}

/** More places than this on a form would be no choice; a landlord with three thousand cameras has about a thousand. */
const choiceMax = 3_000

/**
 * All homes, or all places that are none, of one landlord within reach: for the place of something new.
 * @param provider null: of every landlord
 * @param homes null: homes and other places
 */
export async function sitesToChoose(
  sql: Query,
  reach: Reach,
  provider: string | null = null,
  homes: boolean | null = null,
): Promise<readonly Site[]> {
  const rows = await sql<SiteRow[]>`
    select s.* from register.site s
    where (${provider}::text is null or s.provider = ${provider})
      and (${homes}::boolean is null or (s.kind = 'home') = ${homes})
      and ${withinReach(sql, reach, 's.provider', 's.area', 's.id')}
    order by s.name, s.id limit ${choiceMax}`
  return rows.map(toSite)
}

type SiteRow = {
  id: string
  provider: string
  name: string
  address: string[]
  kind: SiteKind
  time_zone: string
  area: string | null
  patch_id: string | null
  out_of_scope: string | null
  version: number
}

const toSite = (row: SiteRow): Site => ({
  id: row.id,
  provider: row.provider,
  name: row.name,
  address: row.address,
  kind: row.kind,
  timeZone: row.time_zone,
  area: row.area,
  patchId: row.patch_id,
  outOfScope: row.out_of_scope,
  version: row.version,
})
