/** A place or an area by what somebody typed, within their reach alone: nobody learns of places elsewhere. */
import type { Query } from '#engine/engine.ts'
import type { Packs, Reach } from './reach.ts'
import { withinReach } from './reach.ts'
import { listSites } from './site-store.ts'

/** What was meant: one place of the register, or an area by its name. */
export type TypedPlace = {
  readonly provider: string
  readonly name: string
  readonly area: string | null
  readonly siteId: string | null
}
export type TypedAnswer =
  | { readonly found: TypedPlace }
  /** None or several fit: what to do about it, for the field. */
  | { readonly say: string }

/** So many names are offered where several fit; more would be a list to read and not a help. */
const offeredMax = 5

/**
 * The place meant by `typed`: of exactly that name, or the only one whose name, address or area holds the words.
 * @param areas whether the name of a whole area will do as well
 */
export async function placeTyped(
  sql: Query,
  reach: Reach,
  packs: Pick<Packs, 'find'>,
  typed: string,
  areas: boolean,
): Promise<TypedAnswer> {
  const name = typed.trim()
  const here = (provider: string) => packs.find(provider) !== null
  const sites = (await listSites(sql, reach, name)).filter(({ provider }) => here(provider))
  const same = sites.filter((one) => one.name.toLowerCase() === name.toLowerCase())
  const whole = areas ? (await areasNamed(sql, reach, name)).filter(({ provider }) => here(provider)) : []
  const meant: TypedPlace[] = [
    ...(same.length > 0 || whole.length > 0 ? same : sites).map(asPlace),
    ...whole.map(({ provider, area }) => ({ provider, name: area, area, siteId: null })),
  ]
  if (meant.length === 1) return { found: meant[0]! }
  if (meant.length === 0)
    return { say: 'Your roles reach no such place. Type its name as the register has it' }
  const names = [...new Set(meant.map((one) => one.name))].slice(0, offeredMax).join('; ')
  return { say: `Several places fit: ${names}. Type the whole name of the one you mean` }
}

/** Areas of this name, whatever its letters' case, of which a reach holds the whole. */
const areasNamed = (sql: Query, reach: Reach, name: string) => sql<{ provider: string; area: string }[]>`
  select distinct s.provider, s.area from register.site s
  where lower(s.area) = lower(${name}) and ${withinReach(sql, reach, 's.provider', 's.area')}
  order by s.provider, s.area limit ${offeredMax}`

const asPlace = (site: { provider: string; name: string; id: string }): TypedPlace => ({
  provider: site.provider,
  name: site.name,
  area: null,
  siteId: site.id,
})
