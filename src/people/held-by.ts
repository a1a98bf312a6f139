/**
 * Who holds the roles of a landlord now, and how far each reaches. The same rule as for signing in: what is past its end, or
 * reaches nothing, is held by nobody, so that a role which stands in somebody's account alone shows as vacant.
 */
import type { PeopleParts } from './parts.ts'
import { endOf, rulesOf } from './standing.ts'
import { areasOfReports } from './standing-store.ts'
import { grantsOfStaff } from './store.ts'

export type Holding = {
  readonly role: string
  readonly personId: string
  readonly name: string
  /** Empty: the whole landlord. */
  readonly areas: readonly string[]
}

/** By name. An administrator's account says nothing here: running the installation is no role of a landlord. */
export async function rolesHeld(
  parts: Pick<PeopleParts, 'sql' | 'providers'>,
  provider: string,
  nowMs: number,
): Promise<readonly Holding[]> {
  const rule = rulesOf(parts)(provider)
  const held: Holding[] = []
  for (const grant of await grantsOfStaff(parts.sql, provider)) {
    const end = endOf(rule, grant)
    if (end !== null && end <= nowMs) continue
    const leads = rule?.reportRoles.includes(grant.role) ?? false
    const areas = leads
      ? await areasOfReports(parts.sql, grant.personId, provider, rule!.areaRoles, nowMs)
      : grant.areas
    const bound = leads || (rule?.areaRoles.includes(grant.role) ?? false)
    if (bound && areas.length === 0) continue
    held.push({ role: grant.role, personId: grant.personId, name: grant.name, areas })
  }
  return held
}
