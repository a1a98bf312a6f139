/** For tests: a landlord whose people have decided all that its policy leaves open, so that cameras can go live. */
import { newId } from '#base/base.ts'
import type { Tx } from '#engine/engine.ts'
import { openPoints, type Point, rolesFor } from '#policy/policy.ts'
import type { Providers } from '#providers/providers.ts'

/** Some answer that fits, the last of a list: it covers all places and asks nobody about a camera. */
export const someAnswer = ({ type }: Point): unknown =>
  type.kind === 'choice'
    ? type.of.at(-1)
    : type.kind === 'many'
      ? [type.of.at(-1)]
      : type.kind === 'yesno'
        ? false
        : type.kind === 'words'
          ? 'The board'
          : 12

/** Decides all that is open. Call `refresh` afterwards. */
export async function decideEverything(
  tx: Tx,
  providers: Providers,
  slug: string,
  nowMs: number,
): Promise<void> {
  const pack = providers.packOf(slug)
  for (const point of openPoints(pack)) {
    const made = await providers.decidePoint(tx, {
      slug,
      key: point.key,
      value: someAnswer(point),
      reason: 'Decided before the first camera.',
      by: newId(nowMs),
      roles: rolesFor(pack, 'policy.decide'),
      nowMs,
    })
    if (!made.ok) throw new Error(made.reasons.map((reason) => reason.message).join(' '))
  }
}
