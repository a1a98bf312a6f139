import type { Query } from '#engine/engine.ts'
import { type Action, able, administratorActions, grantsAt, outsideActions } from '#policy/policy.ts'
import type { Providers } from '#providers/providers.ts'
import type { Person } from '#web/web.ts'

/** The landlords here and their packs. */
export type Packs = Pick<Providers, 'packOf' | 'find' | 'list'>

/** Where a person may do one thing: landlords, each with areas (none: all of it). Lists are cut by it in SQL. */
export type Reach = {
  /** Administrators, for what running the installation needs. */
  readonly everywhere: boolean
  readonly held: readonly { readonly provider: string; readonly areas: readonly string[] }[]
}

/** Which landlords and areas this person's roles open for an action. A role counts only at its own landlord. */
export function reachOf(person: Person, action: Action, packs: Packs): Reach {
  if (person.outside && !outsideActions.includes(action)) return { everywhere: false, held: [] }
  const held = person.roles.filter(
    ({ provider, role }) =>
      packs.find(provider) !== null &&
      able(packs.packOf(provider), { roles: [role], administrator: false }, action).allowed,
  )
  return { everywhere: person.administrator && administratorActions.includes(action), held }
}

/** Do two landlords decide under one group? */
export function shareGroup(packs: Pick<Packs, 'find'>, one: string, other: string): boolean {
  const head = (slug: string) => packs.find(slug)?.group ?? slug
  return head(one) === head(other)
}

/** Does the reach hold a place: by landlord and area, or by the patch and the site where they are known? */
export const reaches = (
  reach: Reach,
  provider: string,
  area: string | null,
  site: { readonly siteId?: string | null; readonly patchId?: string | null } = {},
): boolean =>
  reach.everywhere ||
  grantsAt(reach.held, { provider, area, patch: site.patchId ?? null, siteId: site.siteId ?? null }).length >
    0

/** Where something at a site is, for a task about it: by all that a reach may name. */
export const placeOf = (site: {
  readonly id: string
  readonly area: string | null
  readonly patchId: string | null
}) => ({ area: site.area, patchId: site.patchId, siteId: site.id })

/** Landlords in reach, for a choice on a form. */
export const providersIn = (reach: Reach, packs: Packs): readonly { slug: string; name: string }[] =>
  packs.list().filter(({ slug }) => reach.everywhere || reach.held.some((h) => h.provider === slug))

/**
 * The same rule as `reaches`, as SQL over the columns of landlord and area, and of the site's id where there is one. Held
 * landlords and areas are two lists worked out beforehand, because this is asked of every line of a long list.
 */
export function withinReach(sql: Query, reach: Reach, provider: string, area: string, site?: string) {
  if (reach.everywhere) return sql`true`
  const whole = reach.held.filter((h) => h.areas.length === 0).map((h) => h.provider)
  const parts = reach.held.flatMap((h) => h.areas.map((word) => `${h.provider}\n${word}`))
  const byPlace =
    site === undefined || !parts.some((part) => /\n(patch|site):/.test(part))
      ? sql`false`
      : sql`exists (
          select 1 from register.site as place where place.id = ${sql(site)}
            and (place.provider || E'\\nsite:' || place.id = any (${parts}::text[])
              or place.provider || E'\\npatch:' || place.patch_id = any (${parts}::text[])))`
  return sql`(${sql(provider)} = any (${whole}::text[])
    or ${sql(provider)} || E'\\n' || ${sql(area)} = any (${parts}::text[]) or ${byPlace})`
}

/**
 * As SQL: does a reach hold what a row is about, be it one place, an area or (neither) a whole landlord? A place counts
 * where it lies today, not where it lay when the row was written.
 */
export function placedWithin(sql: Query, reach: Reach, provider: string, area: string, site: string) {
  return sql`(case when ${sql(site)} is null then ${withinReach(sql, reach, provider, area)}
    else exists (select 1 from register.site as spot where spot.id = ${sql(site)} and spot.provider = ${sql(provider)}
      and ${withinReach(sql, reach, 'spot.provider', 'spot.area', 'spot.id')}) end)`
}
