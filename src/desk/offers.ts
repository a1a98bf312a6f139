import { type Action, actions } from '#policy/policy.ts'
import { type Packs, reachOf } from '#register/register.ts'
import type { Person } from '#web/web.ts'

/** What a person may do anywhere at all: enough to offer a link; the page behind it decides again. */
export function offers(person: Person, packs: Packs): ReadonlySet<Action> {
  return new Set(
    actions.filter((action) => {
      const reach = reachOf(person, action, packs)
      return reach.everywhere || reach.held.length > 0
    }),
  )
}
