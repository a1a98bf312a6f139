/**
 * A newer version begins to decide on its day. What runs keeps its authority and its version; what is different is listed,
 * and whoever answers for a difference that bears on a running camera gets a task for it.
 */
import type { Query, Tx } from '#engine/engine.ts'
import { type Difference, differences, type Pack, rolesFor, touches } from '#policy/policy.ts'

/** A camera's authority that goes on under the version it was made under. */
export type Running = {
  readonly id: string
  readonly reference: string
  readonly type: string
  readonly version: string
}

export type VersionEffect = {
  readonly provider: string
  readonly version: string
  readonly previous: string
  readonly effectMs: number
}

export type Seen = {
  readonly provider: string
  readonly version: string
  readonly difference: string
  readonly note: string
  readonly by: string
  readonly seenMs: number
}

/** One difference with the cameras that it bears on. */
export type Change = {
  readonly difference: Difference
  readonly running: readonly Running[]
  /** Roles of the newer version that answer for it. */
  readonly roles: readonly string[]
}

/** Cameras authorised under the newer version already keep to it. */
export function changesBetween(before: Pack, after: Pack, running: readonly Running[]): Change[] {
  return differences(before, after).map((difference) => {
    const wanted = rolesFor(after, difference.concerns)
    return {
      difference,
      running: running.filter((one) => one.version !== after.version && touches(difference, one.type)),
      roles: wanted.length > 0 ? wanted : rolesFor(after, 'policy.decide'),
    }
  })
}

/** "The policy changed: footage is kept for at most 21 days (was 30 days). It touches 3 cameras." */
export function taskTitle({ difference, running }: Change): string {
  const { label, before, after } = difference
  const what =
    before === null ? `new: ${after}` : after === null ? `no longer: ${before}` : `${after} (was ${before})`
  const cameras = running.length === 1 ? 'one running camera' : `${running.length} running cameras`
  const text = `The policy changed. ${label}: ${what}`
  const tail = ` It touches ${cameras}.`
  return `${text.length + tail.length > 298 ? `${text.slice(0, 297 - tail.length)}…` : `${text}.`}${tail}`
}

export async function insertEffect(tx: Tx, effect: VersionEffect): Promise<boolean> {
  const made = await tx`
    insert into providers.version_effect (provider, version, previous_version, effect_at)
    values (${effect.provider}, ${effect.version}, ${effect.previous}, ${effect.effectMs}::timestamptz)
    on conflict (provider, version) do nothing returning 1`
  return made.length === 1
}

export async function effectsOf(sql: Query, provider: string): Promise<VersionEffect[]> {
  return await sql<VersionEffect[]>`
    select provider, version, previous_version as "previous", effect_at as "effectMs"
    from providers.version_effect where provider = ${provider} order by effect_at desc, version desc`
}

export async function seenOf(sql: Query, provider: string): Promise<Seen[]> {
  return await sql<Seen[]>`
    select provider, version, difference, note, seen_by as "by", seen_at as "seenMs"
    from providers.difference_seen where provider = ${provider}`
}

/** False when somebody said so before. */
export async function insertSeen(tx: Tx, seen: Seen): Promise<boolean> {
  const made = await tx`
    insert into providers.difference_seen (provider, version, difference, note, seen_by, seen_at)
    values (${seen.provider}, ${seen.version}, ${seen.difference}, ${seen.note}, ${seen.by}, ${seen.seenMs}::timestamptz)
    on conflict do nothing returning 1`
  return made.length === 1
}
