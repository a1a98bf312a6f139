/**
 * What a camera may see that is private. The gate is a pack's to ask for (`field-of-view` among a placement's gates); how
 * a view of private property can be settled is said here once for every pack that doesn't set it.
 */
import { z } from 'zod'
import type { Pack } from './pack.ts'
import { type Ruled, ruled } from './ruled.ts'

export const privateViews = ['permission-or-mask', 'mask'] as const
export type PrivateViews = (typeof privateViews)[number]

export const fieldOfViewSchema = z.strictObject({
  /** What lets private property be in view: leave in writing or a mask, or a mask alone. A private room: nothing. */
  privateProperty: ruled(z.enum(privateViews)),
})

export function privateViewRule(pack: Pack): Ruled<PrivateViews> {
  return (
    pack.values.fieldOfView?.privateProperty ?? {
      value: 'permission-or-mask',
      silent: true,
      clause: null,
      why: 'The policy doesn’t say how a view of private property is settled. People may agree in writing to be filmed; where nobody can be asked, it is hidden.',
    }
  )
}

/** A camera's view as it is drawn on the plan of its site, for the gate. */
export type FieldOfViewFacts = {
  readonly drawn: boolean
  /** The camera was re-aimed since it was drawn. */
  readonly stale: boolean
  /** Private rooms in view: nothing settles them. */
  readonly refused: readonly string[]
  readonly private: readonly { readonly name: string; readonly way: 'permission' | 'camera-mask' | null }[]
}

/** What is in view and not settled as this pack wants it. */
export const unsettled = (pack: Pack, view: FieldOfViewFacts): readonly string[] =>
  view.private
    .filter(({ way }) => way === null || (way === 'permission' && privateViewRule(pack).value === 'mask'))
    .map(({ name }) => name)
