/**
 * What somebody needs to be able to read or hear what we tell them (Equality Act 2010 s 20): told once, kept once, and
 * asked for by every room that writes to people. Health shows through it, so words about a person stay out of the
 * ledger and can be erased.
 */
import { newId, ok, type Result, refuse } from '#base/base.ts'
import { inTransaction, type Query } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { able, type Place, reachKeys } from '#policy/policy.ts'
import type { Person } from '#web/web.ts'
import {
  type Adjustment,
  type AdjustmentFormat,
  type AdjustmentReach,
  adjustmentByReference,
  adjustmentsAtHome,
  adjustmentsByReference,
  eraseAdjustment,
  homesOf,
  insertAdjustment,
  updateAdjustment,
} from './adjustments-store.ts'
import { type ProvidersDeps, packOr } from './deps.ts'
import type { Providers } from './model.ts'

type Deed = { readonly by: string; readonly nowMs: number }

/** Where a place of the register lies, as far as a role's reach asks. */
export type PlaceLies = Pick<Place, 'area'> & { readonly patchId?: string | null }

/**
 * Where this person may see and keep what people need: landlord by landlord, with the areas of their roles. `withHomes`
 * adds people who live at a place that a role reaches, whatever area stands beside their name.
 */
export function adjustmentReach(providers: Pick<Providers, 'packOf'>, person: Person): AdjustmentReach {
  return person.roles.flatMap(({ provider, role, areas }) => {
    const pack = packOr(providers, provider)
    return pack !== null && able(pack, { roles: [role], administrator: false }, 'adjustment.keep').allowed
      ? [{ provider, areas: [...areas] }]
      : []
  })
}

/** The same, with the homes that it holds today: a role may reach them by area, by patch or by the place itself. */
export async function withHomes(
  sql: Query,
  reach: AdjustmentReach,
  placesById: (ids: readonly string[]) => Promise<ReadonlyMap<string, PlaceLies>>,
): Promise<AdjustmentReach> {
  return await Promise.all(
    reach.map(async (one) => {
      if (one.areas.length === 0) return one
      const places = await placesById(await homesOf(sql, one.provider))
      const homes = [...places].filter(([siteId, lies]) => holdsPlace(one.areas, siteId, lies))
      return { ...one, homes: homes.map(([siteId]) => siteId) }
    }),
  )
}

const holdsPlace = (words: readonly string[], siteId: string, { area, patchId = null }: PlaceLies): boolean =>
  words.length === 0 || reachKeys({ area, patch: patchId, siteId }).some((key) => words.includes(key))

/** Does the reach hold somebody of this area, or who lives at this place of the register? */
export const reaches = (
  reach: AdjustmentReach,
  provider: string,
  area: string | null,
  homeSite: string | null = null,
): boolean =>
  reach.some(
    (r) =>
      r.provider === provider &&
      (r.areas.length === 0 ||
        (area !== null && r.areas.includes(area)) ||
        (homeSite !== null && (r.homes ?? []).includes(homeSite))),
  )

/** Does the reach hold this place, whether or not anybody's needs are kept there? */
export const reachesPlace = (
  reach: AdjustmentReach,
  provider: string,
  siteId: string,
  lies: PlaceLies,
): boolean => reach.some((r) => r.provider === provider && holdsPlace(r.areas, siteId, lies))

/** How to write to one person. */
export type Needs = Pick<Adjustment, 'formats' | 'language' | 'contactWay' | 'contact' | 'note'>

/**
 * What to keep to in a letter, notice or sign for the person with this number at this landlord; null: nothing special
 * is known. For rooms that write to people; it asks nobody's permission, so it is never shown as a list.
 */
export async function needsOf(sql: Query, provider: string, reference: string): Promise<Needs | null> {
  const found = await adjustmentByReference(sql, provider, reference.trim())
  if (found === null) return null
  const { formats, language, contactWay, contact, note } = found
  return { formats, language, contactWay, contact, note }
}

/** What a writer learns of one person: their needs, or that these are kept out of the writer's reach. */
export type NeedsSeen = { readonly reach: true; readonly needs: Needs } | { readonly reach: false }

const seenBy =
  (reach: AdjustmentReach) =>
  (one: Adjustment): NeedsSeen =>
    reaches(reach, one.provider, one.area, one.homeSite) ? { reach: true, needs: one } : { reach: false }

/** The same for a whole list, by number in small letters, as far as the writer's reach goes. */
export async function needsOfMany(
  sql: Query,
  reach: AdjustmentReach,
  provider: string,
  references: readonly string[],
): Promise<ReadonlyMap<string, NeedsSeen>> {
  const found = await adjustmentsByReference(sql, provider, references)
  return new Map([...found].map(([reference, one]) => [reference, seenBy(reach)(one)]))
}

/** Somebody whose needs are kept, as a writer at the place of their home finds them on a list of households. */
export type Resident = Needs & Pick<Adjustment, 'reference' | 'name'>

/**
 * Those who live at a place and whose needs are kept, as far as the writer's reach goes. Who reaches the place reaches
 * who lives there, so `homes` has to stand in the reach.
 */
export async function needingAt(
  sql: Query,
  reach: AdjustmentReach,
  provider: string,
  siteId: string,
): Promise<readonly Resident[]> {
  const there = await adjustmentsAtHome(sql, provider, siteId)
  return there.filter((one) => reaches(reach, one.provider, one.area, one.homeSite))
}

/** In which forms and languages people at a place read: for its signs. Never who, and never how many. */
export async function formsNeededAt(
  sql: Query,
  provider: string,
  siteId: string,
): Promise<{ readonly formats: readonly AdjustmentFormat[]; readonly languages: readonly string[] }> {
  const there = await adjustmentsAtHome(sql, provider, siteId)
  return {
    formats: [...new Set(there.flatMap((one) => one.formats))].sort(),
    languages: [...new Set(there.flatMap((one) => one.language ?? []))].sort(),
  }
}

const taken = refuse({
  code: 'there-already',
  message: 'What this person needs is kept already. Search for their number, and change it there.',
  clause: null,
})

export async function recordAdjustment(
  parts: Pick<ProvidersDeps, 'sql'>,
  given: Omit<Adjustment, 'id' | 'by' | 'atMs' | 'changedMs' | 'endedMs'>,
  { by, nowMs }: Deed,
): Promise<Result<string>> {
  const id = newId(nowMs)
  return await inTransaction(parts.sql, async (tx): Promise<Result<string>> => {
    if (!(await insertAdjustment(tx, { ...given, id, by, atMs: nowMs, changedMs: nowMs }))) return taken
    await tell(tx, 'adjustment.recorded', given.provider, id, { by, nowMs })
    return ok(id)
  })
}

export async function changeAdjustment(
  parts: Pick<ProvidersDeps, 'sql'>,
  before: Adjustment,
  given: Needs & Pick<Adjustment, 'name' | 'homeSite'>,
  { by, nowMs }: Deed,
): Promise<Result<null>> {
  return await inTransaction(parts.sql, async (tx): Promise<Result<null>> => {
    if (!(await updateAdjustment(tx, { ...before, ...given, changedMs: nowMs }, before.changedMs)))
      return refuse({
        code: 'changed',
        message: 'Somebody else changed this meanwhile. Look at it again, then type your change.',
        clause: null,
      })
    await tell(tx, 'adjustment.changed', before.provider, before.id, { by, nowMs })
    return ok(null)
  })
}

/** Takes every word about the person out for good (UK GDPR Art 17). That there was an entry stays, without anybody's name. */
export async function forgetAdjustment(
  parts: Pick<ProvidersDeps, 'sql'>,
  before: Adjustment,
  { by, nowMs }: Deed,
): Promise<boolean> {
  return await inTransaction(parts.sql, async (tx) => {
    if (!(await eraseAdjustment(tx, before.id, nowMs))) return false
    await tell(tx, 'adjustment.erased', before.provider, before.id, { by, nowMs })
    return true
  })
}

const tell = (
  tx: Parameters<typeof append>[0],
  kind: string,
  provider: string,
  adjustment: string,
  { by, nowMs }: Deed,
) => append(tx, { kind, actor: by, provider, about: { provider, adjustment }, atMs: nowMs })
