/**
 * What a landlord has decided where its policy is silent and Overt will not answer in its place. A decision fills a
 * silence and nothing else: what the document says stands, and a newer document that speaks takes the decision's place.
 */
import type { Gate } from './gates.ts'
import { layings } from './laying.ts'
import type { Pack } from './pack.ts'
import { inSentence, type Point, type PointValue, schemaOf, writtenPoints } from './points.ts'
import type { DeploymentType } from './values.ts'

export type PointDecision = { readonly key: string; readonly value: PointValue }

/**
 * The same pack with the landlord's decisions laid into its values. Keys that the pack sets itself, or gone ones, are
 * left out. @param pack as it was loaded: a pack that has decisions already would have them twice
 */
export function withDecisions(pack: Pack, decisions: readonly PointDecision[]): Pack {
  const laid = new Map<string, PointValue>()
  for (const { key, value } of decisions) {
    const point = mustDecide(pack).find((one) => one.key === key)
    const checked = point && schemaOf(point.type).safeParse(value)
    if (checked?.success) laid.set(key, checked.data)
  }
  const values = [...laid].reduce((so, [key, answer]) => layings[key]?.(so, answer) ?? so, pack.values)
  return { ...pack, decided: laid, values }
}

/** Points on which this policy is silent and the landlord has to decide, decided or not; in the order of the list. */
export const mustDecide = (pack: Pick<Pack, 'values'>): readonly Point[] =>
  writtenPoints.filter(
    (point) => point.silence.uses === null && (pack.values.points[point.key] ?? 'silent') === 'silent',
  )

/** Those that nobody has decided yet. */
export const openPoints = (pack: Pick<Pack, 'values' | 'decided'>): readonly Point[] =>
  mustDecide(pack).filter((point) => !pack.decided?.has(point.key))

/**
 * The value that counts: what the document says, else what the landlord decided, else what silence means; null where
 * the landlord has yet to decide. @throws where the key is not one that packs write under `points`
 */
export function pointValue(pack: Pick<Pack, 'values' | 'decided'>, key: string): PointValue | null {
  const point = writtenPoints.find((one) => one.key === key)
  if (point === undefined) throw new Error(`"${key}" is not a point that packs write`)
  const given = pack.values.points[key]
  if (given !== undefined && given !== 'silent') return (given as { value: PointValue }).value
  return pack.decided?.get(key) ?? point.silence.uses
}

/** Does a camera of this kind wait until the point is decided? */
export function waitsFor(point: Point, type: Pick<DeploymentType, 'place'>): boolean {
  if (point.silence.uses !== null) return false
  const { before } = point.silence
  return before === 'every-camera' || (before === 'shared-areas' && type.place !== 'home')
}

/**
 * The gate of a landlord that hasn't decided what it must: nothing where all is decided, and nothing for a pack that no
 * landlord has taken on, since nobody could have decided then.
 */
export function openPointsGate(pack: Pack, type: DeploymentType, who: readonly string[]): readonly Gate[] {
  if (pack.decided === null) return []
  const open = openPoints(pack).filter((point) => waitsFor(point, type))
  if (open.length === 0) return []
  return [
    {
      code: 'landlord-decisions',
      label: 'What the policy leaves open',
      state: 'open',
      clause: null,
      silent: true,
      silence: 'The policy says nothing about it, and Overt does not answer in the landlord’s place.',
      who,
      why: `The landlord has yet to decide: ${named(open)}.`,
    },
  ]
}

/** A title has room for three; the rest stand on the page of what is open. */
function named(open: readonly Point[]): string {
  const first = open.slice(0, 3).map((point) => inSentence(point.label))
  const more = open.length - first.length
  return `${first.join('; ')}${more === 0 ? '' : `; and ${more} more`}`
}
