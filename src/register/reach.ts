import type { Query } from '#engine/engine.ts'
import { type Action, able, administratorActions, type Pack, rolesAt } from '#policy/policy.ts'
import type { Person } from '#web/web.ts'

/** The pack in force of a landlord, or a certain version of it; null when there is none. */
export type PackOf = (provider: string, version?: string) => Pack | null | Promise<Pack | null>

/** Where a person may do one thing: landlords, each with areas (none: all of it). Lists are cut by it in SQL. */
export type Reach = {
  /** Administrators, for what running the installation needs. */
  readonly everywhere: boolean
  readonly held: readonly { readonly provider: string; readonly areas: readonly string[] }[]
}

/** Which landlords and areas this person's roles open for an action. A role counts only at its own landlord. */
export async function reachOf(person: Person, action: Action, packOf: PackOf): Promise<Reach> {
  const everywhere = person.administrator && administratorActions.includes(action)
  const held: { provider: string; areas: readonly string[] }[] = []
  for (const role of person.roles) {
    const pack = await packOf(role.provider)
    if (pack && able(pack, { roles: [role.role], administrator: false }, action).allowed)
      held.push({ provider: role.provider, areas: role.areas })
  }
  return { everywhere, held }
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
export const providersIn = (reach: Reach): readonly string[] => [
  ...new Set(reach.held.map((h) => h.provider)),
]

/** The same rule as `reaches`, as SQL over two columns. */
export function withinReach(sql: Query, reach: Reach, provider: string, area: string) {
  if (reach.everywhere) return sql`true`
  const held = reach.held.map((h) => ({ provider: h.provider, areas: [...h.areas] }))
  return sql`exists (
    select 1 from jsonb_to_recordset(${sql.json(held)}) as h (provider text, areas jsonb)
    where h.provider = ${sql(provider)}
      and (jsonb_array_length(h.areas) = 0 or (${sql(area)} is not null and h.areas ? ${sql(area)})))`
}
