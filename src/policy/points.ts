/**
 * The points on which policies of landlords differ: one key each, with its type and with what a policy's silence means,
 * said once for all packs. A point is either written in a pack under `points`, or read from the values that decide.
 */
import { z } from 'zod'
import type { Pack } from './pack.ts'
import { conduct } from './points/conduct.ts'
import { fromValues, type Read } from './points/from-values.ts'
import { government } from './points/government.ts'
import { residents } from './points/residents.ts'
import { clauseId, type Values } from './values.ts'

export type PointType =
  | { readonly kind: 'choice' | 'many'; readonly of: readonly string[] }
  | { readonly kind: 'yesno' | 'days' | 'months' | 'words' }

export type Point = {
  readonly key: string
  readonly label: string
  readonly type: PointType
  /** What Overt uses where the policy is silent; null: the landlord must decide before going live (`before`). */
  readonly silence:
    | {
        readonly uses: PointValue
        readonly why: string
        /** Row of the list of capabilities that will go by this answer; left out where something does already. */
        readonly waitsFor?: string
      }
    | ({ readonly uses: null; readonly why: string; readonly before: Before } & Effect)
}

/** What follows here from the landlord's answer. */
export type Effect = {
  /** One sentence for the page on which it is decided. Of what is not built it says what the answer is kept for. */
  readonly does: string
  /** Row of the list of capabilities that will go by the answer; left out where something does already. */
  readonly waitsFor?: string
}

/** What waits until the landlord has decided: every camera, those outside homes, or no camera but the work it is about. */
export type Before = 'every-camera' | 'shared-areas' | 'no-camera'

export type PointValue = string | number | boolean | readonly string[]

/** Points that a pack writes under `points`. */
export const writtenPoints: readonly Point[] = [...conduct, ...government, ...residents]

export const pointKeys: readonly string[] = [
  ...writtenPoints.map((point) => point.key),
  ...Object.keys(fromValues),
]

const outOfScope = z.literal('out-of-scope')

export function schemaOf(type: PointType): z.ZodType<PointValue> {
  switch (type.kind) {
    case 'choice':
      return z.enum(type.of as [string, ...string[]])
    case 'many':
      return z.array(z.enum(type.of as [string, ...string[]])).min(1)
    case 'yesno':
      return z.boolean()
    case 'days':
      return z.union([z.int().min(1).max(366), outOfScope])
    case 'months':
      return z.int().min(1).max(120)
    case 'words':
      return z.string().trim().min(1).max(200)
  }
}

const written = (type: PointType) =>
  z.strictObject({ value: schemaOf(type), clause: clauseId, why: z.string().max(600).optional() })

/** Everything wrong with a pack's `points`: `key` is where, '' for the list itself. */
export function pointMistakes(given: Values['points']): { readonly key: string; readonly message: string }[] {
  const found: { key: string; message: string }[] = []
  const known = new Set(writtenPoints.map((point) => point.key))
  for (const key of Object.keys(given))
    if (key in fromValues)
      found.push({ key, message: `points.${key} is read from the values above; leave it out here` })
    else if (!known.has(key)) found.push({ key, message: `points.${key} is not a point that Overt knows` })
  for (const { key, type } of writtenPoints) {
    if (!(key in given))
      found.push({
        key: '',
        message: `points.${key} is missing: give { value: …, clause: … }, or \`silent\` where the document does not say`,
      })
    else if (given[key] !== 'silent') {
      const checked = written(type).safeParse(given[key])
      for (const issue of checked.error?.issues ?? [])
        found.push({
          key,
          message: `points.${[key, ...issue.path].join('.')}: ${issue.message}${'of' in type ? ` (${type.of.join(', ')})` : ''}`,
        })
    }
  }
  return found
}

export type PointSaid = {
  readonly key: string
  readonly label: string
  /** What the policy says, or what is used where it is silent; null where the landlord must decide first. */
  readonly words: string | null
  readonly silent: boolean
  /** The landlord filled the silence itself. */
  readonly decided: boolean
  readonly clauses: readonly string[]
  readonly why: string | null
}

/** After the reason of a safe answer that nothing carries out yet: nobody should think that it is. */
const notYet = 'Overt does not do this, or not all of it, yet.'

const saidBy = new WeakMap<object, readonly PointSaid[]>()

/** All points of a pack, in one fixed order. Worked out once for each pack: pages ask again and again. */
export function points(pack: Pick<Pack, 'values' | 'decided'>): readonly PointSaid[] {
  const known = saidBy.get(pack)
  if (known !== undefined) return known
  const found = pointsOf(pack)
  saidBy.set(pack, found)
  return found
}

function pointsOf(pack: Pick<Pack, 'values' | 'decided'>): readonly PointSaid[] {
  const said = writtenPoints.map(({ key, label, type, silence }): PointSaid => {
    const given = pack.values.points[key]
    if (given === undefined || given === 'silent') {
      const own = silence.uses === null ? pack.decided?.get(key) : undefined
      const uses = own ?? silence.uses
      return {
        key,
        label,
        words: uses === null ? null : inWords(uses),
        silent: true,
        decided: own !== undefined,
        clauses: [],
        why:
          silence.uses === null || silence.waitsFor === undefined ? silence.why : `${silence.why} ${notYet}`,
      }
    }
    const { value, clause, why } = written(type).parse(given)
    return {
      key,
      label,
      words: inWords(value),
      silent: false,
      decided: false,
      clauses: [clause],
      why: why ?? null,
    }
  })
  const read = Object.entries(fromValues).map(([key, { label, read: from }]): PointSaid => {
    const answer: Read = from(pack.values)
    return { key, label, ...answer, silent: answer.clauses.length === 0, decided: false }
  })
  return [...said, ...read].sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** A label within a sentence: “Kinds of placement” begins small, “CCTV in a new building” keeps its capitals. */
export const inSentence = (label: string): string =>
  label.replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase())

/** A value as people read it. */
export function inWords(value: PointValue): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return String(value)
  return (typeof value === 'string' ? [value] : value).map(codeWords).join(', ')
}

/** Codes whose own words would leave people guessing. */
const plainer: Readonly<Record<string, string>> = {
  'permanent-only': 'before permanent cameras only',
  'payers-but-new-build': 'those who pay are asked, except in new buildings',
  'every-shared-camera': 'before every camera in a shared area',
  'not-asked': 'people are told and not asked',
  'not-bound': 'the landlord is not bound by it',
  'guidelines-followed': 'its guidelines are followed',
  'other-policy': 'another policy says',
  'dpo-at-once': 'the data protection officer at once',
  'dpo-always': 'the data protection officer, always',
  'voluntary-and-shared': 'handed in freely, and shared where it must be',
  'resident-answers': 'the resident does',
}

/** One code of a point's list as people read it. */
export const codeWords = (code: string): string => plainer[code] ?? code.replaceAll('-', ' ')
