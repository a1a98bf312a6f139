/** What the room is given from outside, built in main, and who may do what at which landlord. */
import { type Clock, Failure } from '#base/base.ts'
import type { Sql, Tx } from '#engine/engine.ts'
import { able, type Pack, rolesFor } from '#policy/policy.ts'
import type { Answer, Person } from '#web/web.ts'
import type { Standing } from './held.ts'
import type { Provider, Providers } from './model.ts'

/** Work for a role: casework's `openTask`. The same kind and `about` open it once. */
export type Work = {
  readonly kind: string
  readonly provider: string
  readonly title: string
  readonly roles: readonly string[]
  readonly about: Readonly<Record<string, string>>
  readonly dueMs: number | null
  /** Work that is open already keeps the day that it was given. */
  readonly keepDue?: boolean
  readonly clause: string | null
  readonly nowMs: number
}

/**
 * The day of work for which nothing names one: four weeks after it was first asked for. Without a day nobody would ever
 * be told that it is late, and the rule that asks for it would seem to hold.
 */
export const inDueTime = (nowMs: number): { readonly dueMs: number; readonly keepDue: true } => ({
  dueMs: nowMs + daysInDueTime * 86_400_000,
  keepDue: true,
})
const daysInDueTime = 28

export type TaskBook = {
  open(tx: Tx, work: Work): Promise<unknown>
  /** Every open task of this kind about these ids; none is fine. */
  close(
    tx: Tx,
    done: {
      readonly kind: string
      readonly about: Readonly<Record<string, string>>
      readonly by: string | null
      readonly nowMs: number
    },
  ): Promise<unknown>
}

/** A place of the register, as this room asks for it. */
export type KnownPlace = {
  readonly name: string
  readonly area: string | null
  readonly patchId?: string | null
}

export type ProvidersDeps = {
  readonly sql: Sql
  readonly clock: Clock
  readonly providers: Providers
  readonly tasks: TaskBook
  /** What rooms above know against the policy, or in exception of it, since an instant. */
  standing(provider: string, sinceMs: number): Promise<Standing>
  /** The landlord's place of this name, whatever its letters' case; null: none. Absent: nobody asks for places. */
  placeNamed?(provider: string, name: string): Promise<({ readonly id: string } & KnownPlace) | null>
  /** Places by their ids. */
  placesById?(ids: readonly string[]): Promise<ReadonlyMap<string, KnownPlace>>
  /** Names of accounts. */
  named(ids: readonly string[]): Promise<ReadonlyMap<string, { readonly name: string }>>
}

export const noPolicy: Answer = { notFound: 'No landlord of that name has adopted a policy here.' }
export const notTheirs: Answer = { notFound: 'There is no such page, or you may not see it.' }

/** The landlord and the pack that it decides by today; null where there is none, or none in effect yet. */
export function landlord(
  deps: Pick<ProvidersDeps, 'providers'>,
  slug: string,
): { readonly provider: Provider; readonly pack: Pack } | null {
  const provider = deps.providers.find(slug)
  const pack = provider === null ? null : packOr(deps.providers, slug)
  // Under the landlord’s own name, which may differ from the one on the document that it took on.
  return provider === null || pack === null ? null : { provider, pack: { ...pack, name: provider.name } }
}

/** The pack of a version, or of today; null where the landlord has none such. */
export function packOr(providers: Pick<Providers, 'packOf'>, slug: string, version?: string): Pack | null {
  try {
    return providers.packOf(slug, version === undefined ? {} : { version })
  } catch (error) {
    if (error instanceof Failure && error.kind === 'not-found') return null
    throw error
  }
}

/** Works for this landlord, or runs the installation: sees its counts, papers and standards. */
export const belongs = (person: Person | null, slug: string): boolean =>
  person !== null && (person.administrator || person.roles.some((role) => role.provider === slug))

export function mayKeep(person: Person | null, pack: Pack): boolean {
  if (person === null) return false
  const roles = person.roles.filter((role) => role.provider === pack.provider).map((role) => role.role)
  return able(pack, { roles, administrator: person.administrator }, 'policy.keep').allowed
}

/** The refusal of somebody who may keep another landlord's policy, and not this one's. */
export const mayNotKeep = (pack: Pack): Answer => ({
  refusal: [
    {
      code: 'able-or-administrator',
      message: `To keep the policy of ${pack.name} and its papers you need one of these roles there: ${roleTitles(pack, rolesFor(pack, 'policy.keep'))}.`,
      clause: null,
    },
  ],
  forbidden: true,
})

export const roleTitle = (pack: Pack, code: string): string =>
  pack.values.roles.find((role) => role.code === code)?.title ?? code

export const roleTitles = (pack: Pack, codes: readonly string[]): string =>
  codes.map((code) => roleTitle(pack, code)).join(', ')
