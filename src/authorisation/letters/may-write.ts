/** Who makes letters about a camera: whoever may see, at its place, what people there need. */
import { able } from '#policy/policy.ts'
import type { Person } from '#web/web.ts'
import { principalAt } from '../asking.ts'
import type { Standing } from '../evaluate.ts'

/** May this person see, at this place, what people need? Only then do they make or print letters. */
export function mayWrite({ file, pack }: Standing, person: Person): ReturnType<typeof able> {
  const { roles } = principalAt(person, file.deployment.provider, file.site)
  return able(pack, { roles: [...roles], administrator: false }, 'adjustment.keep')
}
