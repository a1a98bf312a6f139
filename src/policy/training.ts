/**
 * What a pack asks its people to have learned, to hold and to have read, and what nobody may do before. Pure: the
 * section `training` of policy.yaml, and the one sum that says what is still missing.
 */
import { z } from 'zod'
import type { Action } from './actions.ts'
import { code, line, ruled, words } from './ruled.ts'

/** How people learn. */
export const courseWays = [
  'induction',
  'on-the-job',
  'team-session',
  'briefing',
  'course',
  'reading',
] as const
export type CourseWay = (typeof courseWays)[number]

/** What can wait for training or a licence. To stop, to hold and to tell never waits for any. */
export const gatedActions = [
  'deployment.approve',
  'footage.view',
  'footage.live',
  'exhibit.make',
] as const satisfies readonly Action[]
export type GatedAction = (typeof gatedActions)[number]

const before = z.array(line({ action: z.enum(gatedActions) })).default([])

export const trainingSchema = z.strictObject({
  courses: z
    .array(
      line({
        code,
        title: words,
        way: z.enum(courseWays),
        /** Roles that need it; an empty list is everybody who works for the landlord. */
        for: z.array(code).max(20),
        /** Months after which it is due again; null: once. */
        months: ruled(z.int().min(1).max(120).nullable()),
        /** Days that somebody new in the role has for it. */
        dueDays: ruled(z.int().min(1).max(365)),
        covers: z.array(words).min(1).max(12),
        before,
      }),
    )
    .max(20),
  licences: z
    .array(
      line({
        code,
        title: words,
        /** The licensed activity, as printed on the licence. */
        sector: words,
        for: z.array(code).max(20),
        warnDays: ruled(z.array(z.int().min(1).max(365)).min(1).max(5)),
        before,
      }),
    )
    .max(10),
  /** Whether nobody gets a picture or decides before training and licences are recorded and in date. */
  comesFirst: ruled(z.boolean()),
  /** Days that a role-holder has to read the policy and say so, from its adoption or from the role. */
  policyReadDays: ruled(z.int().min(1).max(120)),
})

export type Training = z.output<typeof trainingSchema>

/** One thing that must be recorded and in date before an action. */
export type Need = {
  readonly kind: 'training' | 'licence'
  readonly code: string
  readonly title: string
  readonly clause: string | null
}

const nothing: readonly Need[] = []

/** Everything that the pack asks before an action, whoever does it. */
export function needsBefore(training: Training, action: string): readonly Need[] {
  if (!(gatedActions as readonly string[]).includes(action)) return nothing
  const of = (kind: Need['kind'], list: Training['courses'] | Training['licences']): Need[] =>
    list.flatMap(({ code: name, title, before: gates }) =>
      gates
        .filter((gate) => gate.action === action)
        .map((gate) => ({ kind, code: name, title, clause: gate.clause })),
    )
  return [...of('licence', training.licences), ...of('training', training.courses)]
}

/** What of it this person does not have in date. Empty: nothing stands in the way. */
export const missingFor = (
  training: Training,
  action: string,
  held: readonly string[] | undefined,
): readonly Need[] => needsBefore(training, action).filter((need) => !(held ?? []).includes(need.code))

/** One thing that a person has in date, at one landlord. */
export type Qualification = { readonly provider: string; readonly code: string }

/** Codes of what is in date at a landlord. */
export const qualificationsAt = (held: readonly Qualification[] | undefined, provider: string): string[] =>
  (held ?? []).filter((one) => one.provider === provider).map((one) => one.code)

/** What is wrong with the section: roles that do not exist, and gates that nobody would ever be asked to meet. */
export function trainingMistakes(
  training: Training,
  abilities: Readonly<Record<string, readonly Action[]>>,
): { readonly path: readonly PropertyKey[]; readonly message: string }[] {
  const found: { path: readonly PropertyKey[]; message: string }[] = []
  const seen = new Set<string>()
  const lists = [
    ['courses', training.courses],
    ['licences', training.licences],
  ] as const
  for (const [list, items] of lists)
    for (const [index, item] of items.entries()) {
      const at = ['training', list, index]
      if (seen.has(item.code)) found.push({ path: at, message: `"${item.code}" stands here a second time` })
      seen.add(item.code)
      for (const role of item.for)
        if (abilities[role] === undefined)
          found.push({ path: [...at, 'for'], message: `"${role}" is not one of this pack's roles` })
      for (const { action } of item.before)
        for (const [role, able] of Object.entries(abilities))
          if (able.includes(action) && item.for.length > 0 && !item.for.includes(role))
            found.push({
              path: [...at, 'for'],
              message: `${action} waits for "${item.code}", and role "${role}" may do it, so it belongs under "for"`,
            })
    }
  const gates = lists.flatMap(([, items]) => [...items]).some((item) => item.before.length > 0)
  if (gates !== training.comesFirst.value)
    found.push({
      path: ['training', 'comesFirst'],
      message: 'comesFirst and the lists under "before" belong together: give both or neither',
    })
  return found
}
