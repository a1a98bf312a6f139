/** Which of a person's roles count at a place, whether a declared conflict stands in the way, and for whom they act. */
import type { Principal } from './facts.ts'
import { type Qualification, qualificationsAt } from './training.ts'

/** Where something is, as far as a role's reach and a declared conflict ask. */
export type Place = {
  readonly provider: string
  readonly area: string | null
  readonly patch?: string | null
  readonly siteId?: string | null
  readonly caseId?: string | null
  /** Whose asking or writing is decided on. */
  readonly personIds?: readonly (string | null)[]
}

/** Somebody signed in, as far as a policy looks at them. */
export type Holder = {
  readonly id: string
  readonly administrator: boolean
  readonly roles: readonly {
    readonly provider: string
    readonly role: string
    readonly areas: readonly string[]
    /** Whose role it is, where the holder only stands in for them. */
    readonly deputyFor?: string | null
  }[]
  /** Training and licences that are in date. */
  readonly qualifications?: readonly Qualification[]
  readonly conflicts?: readonly { readonly kind: 'site' | 'case' | 'person'; readonly id: string }[]
  readonly outside?: boolean
}

/** The words of a reach that hold a place: its area by name, its patch and its site by code. */
export const reachKeys = (place: Pick<Place, 'area' | 'patch' | 'siteId'>): readonly string[] => [
  ...(place.area === null ? [] : [place.area]),
  ...(place.patch ? [`patch:${place.patch}`] : []),
  ...(place.siteId ? [`site:${place.siteId}`] : []),
]

/** Grants that reach a place: those of its landlord with an empty reach (all of it) or one that holds the place. */
export function grantsAt<G extends { readonly provider: string; readonly areas: readonly string[] }>(
  held: readonly G[],
  place: Place,
): G[] {
  const keys = reachKeys(place)
  return held.filter(
    (h) =>
      h.provider === place.provider && (h.areas.length === 0 || keys.some((key) => h.areas.includes(key))),
  )
}

/** Codes of the roles that reach a place of this landlord and area. */
export const rolesAt = (
  held: readonly { readonly provider: string; readonly role: string; readonly areas: readonly string[] }[],
  provider: string,
  area: string | null,
): string[] => grantsAt(held, { provider, area }).map((h) => h.role)

/** A person at a place, for `decide`. With `role`, they stand in for somebody only where it is for that role. */
export function principalAt(person: Holder, place: Place, role?: string): Principal {
  const grants = grantsAt(person.roles, place)
  const own = new Set(grants.filter((g) => !g.deputyFor).map((g) => g.role))
  const lent = grants.filter(
    (g) => g.deputyFor && !own.has(g.role) && (role === undefined || g.role === role),
  )
  const touches = (conflict: { readonly kind: string; readonly id: string }): boolean =>
    (conflict.kind === 'site' && conflict.id === place.siteId) ||
    (conflict.kind === 'case' && conflict.id === place.caseId) ||
    (conflict.kind === 'person' && (place.personIds ?? []).includes(conflict.id))
  return {
    id: person.id,
    roles: [...new Set(grants.map((g) => g.role))],
    administrator: person.administrator,
    conflicted: (person.conflicts ?? []).some(touches),
    standsInFor: [...new Set(lent.map((g) => g.deputyFor as string))],
    qualifications: qualificationsAt(person.qualifications, place.provider),
    ...(person.outside ? { outside: true } : {}),
  }
}

/** Whom they act for in this role here, or null: it is their own, or they do not have it. */
export const deputyFor = (person: Holder, place: Place, role: string): string | null =>
  principalAt(person, place, role).standsInFor?.[0] ?? null
