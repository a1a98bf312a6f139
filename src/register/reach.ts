import type { Query } from '#engine/engine.ts'
import { type Action, able, administratorActions, rolesAt } from '#policy/policy.ts'
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
  const held = person.roles.filter(
    ({ provider, role }) =>
      packs.find(provider) !== null &&
      able(packs.packOf(provider), { roles: [role], administrator: false }, action).allowed,
  )
  return { everywhere: person.administrator && administratorActions.includes(action), held }
}

/** Does the reach hold a place of this landlord and area? */
export const reaches = (reach: Reach, provider: string, area: string | null): boolean =>
  reach.everywhere ||
  rolesAt(
    reach.held.map((h) => ({ ...h, role: 'any' })),
    provider,
    area,
  ).length > 0

/** Landlords in reach, for a choice on a form. */
export const providersIn = (reach: Reach, packs: Packs): readonly { slug: string; name: string }[] =>
  packs.list().filter(({ slug }) => reach.everywhere || reach.held.some((h) => h.provider === slug))

/** The same rule as `reaches`, as SQL over two columns. */
export function withinReach(sql: Query, reach: Reach, provider: string, area: string) {
  if (reach.everywhere) return sql`true`
  const held = reach.held.map((h) => ({ provider: h.provider, areas: [...h.areas] }))
  return sql`exists (
    select 1 from jsonb_to_recordset(${sql.json(held)}) as h (provider text, areas jsonb)
    where h.provider = ${sql(provider)}
      and (jsonb_array_length(h.areas) = 0 or (${sql(area)} is not null and h.areas ? ${sql(area)})))`
}
