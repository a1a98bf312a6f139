/**
 * Cameras that an older system records already. No document of a landlord speaks of moving from one system to another,
 * so what holds while it is silent stands here once, for every pack that doesn't set it.
 */
import { z } from 'zod'
import type { Pack } from './pack.ts'
import { code, type Ruled, ruled } from './ruled.ts'

/** Nobody's policy may allow more: a takeover that takes longer is a system that was never authorised. */
export const transitionDaysMax = 90

export const transitionSchema = z.strictObject({
  /** The role that allows a camera to go on while its steps are caught up. */
  decider: ruled(code),
  /** Days in all for one camera, however often it is decided. */
  daysMax: ruled(z.int().min(1).max(transitionDaysMax)),
})

export type TransitionRules = { readonly decider: Ruled<string>; readonly daysMax: Ruled<number> }

export function transitionRules(pack: Pack): TransitionRules {
  return (
    pack.values.transition ?? {
      decider: {
        value: pack.values.dpoRole,
        silent: true,
        clause: null,
        why: 'The policy doesn’t say who may let a camera of an older system go on. Whoever answers for data protection decides, and never the person who brought it in.',
      },
      daysMax: {
        value: transitionDaysMax,
        silent: true,
        clause: null,
        why: 'The policy gives no time for changing systems. Three months are enough to assess, sign and approve a camera that hangs already.',
      },
    }
  )
}
