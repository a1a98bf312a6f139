/** What a pack sets about people's accounts: the second factor, how far a role reaches, how long it lasts, who stands in. */
import { z } from 'zod'
import type { Action } from './actions.ts'
import { code, line, ruled } from './ruled.ts'

export const accountsSchema = z.strictObject({
  /** Who must also give a code from their own device: those who may see footage and administrators, or everybody. */
  secondFactor: ruled(z.enum(['footage-and-administrators', 'everybody'])),
  /** Days from the first asking in which work goes on without it. */
  secondFactorGraceDays: ruled(z.int().min(0).max(60)),
  /** A role that may see footage is given for so many months at most; null: without an end. */
  roleMonthsMax: ruled(z.int().min(1).max(60).nullable()),
  /** Roles that reach the areas written beside them and nothing else: without an area they reach nothing. */
  areaRoles: z.array(line({ role: code })),
  /** Roles that reach exactly what the area roles of their holder's own reports reach. */
  reportRoles: z.array(line({ role: code })),
  /** Longest time for which somebody stands in for somebody absent. */
  deputyDaysMax: ruled(z.int().min(1).max(184)),
  /** Who may lift a declared conflict, with a reason. Never the person who declared it. */
  conflictLifters: z.array(line({ role: code })).min(1),
  /** Who is told of unusual use, and answers it. */
  unusualUseTo: ruled(code),
})

export type AccountValues = z.output<typeof accountsSchema>

/** Having one of these, a role may see pictures of people. */
export const pictureActions: readonly Action[] = [
  'footage.view',
  'footage.live',
  'exhibit.make',
  'exhibit.view',
  'disclosure.make',
]
