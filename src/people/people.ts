/**
 * people: accounts, sign-in, roles with their reach, sessions and access tokens.
 * Promises: nobody learns which names exist; who is deactivated is out at once; a secret is stored only as its hash
 * and shown only once; every change of rights is in the ledger in its own transaction; an administrator runs the
 * installation and sees no picture by that. Never: decides what a role may do (the policy does), or knows a camera.
 */
import type { Person } from '#web/web.ts'

export {
  type Change,
  createAccount,
  hashPassword,
  holdersOf,
  type NewAccount,
  named,
  peopleAt,
  staffOf,
} from './accounts.ts'
export { conflictedAt } from './conflicts.ts'
export { type DigestDue, digestDone, digestFailed, digestsDue, digestTrouble, takeDigest } from './digests.ts'
export { ledgerEvents } from './events.ts'
export { type Holding, rolesHeld } from './held-by.ts'
export { trainingRoutes } from './pages/training-routes.ts'
export {
  type AccountRules,
  type PeopleEntry,
  type PeopleParts,
  type PlannedVisit,
  sessionMs,
} from './parts.ts'
export { passwordWeakness } from './passwords.ts'
export { peopleRoutes } from './routes.ts'
export { setupSecret } from './setup.ts'
export { authenticator } from './sign-in.ts'
export { rightsOf, type Standing } from './standing.ts'
export { type Account, accountById, type Role } from './store.ts'
export type { TrainingParts } from './training-parts.ts'
export { acknowledge } from './training-reading.ts'
export { remindEverybody } from './training-reminders.ts'
export { noticeUnusual } from './unusual.ts'
export type { Look, Refusal } from './unusual-rules.ts'

/** The person as a policy sees them at one landlord: roles whose reach covers the area (null: only unlimited reach). */
export function principalOf(
  person: Person,
  provider: string,
  area: string | null = null,
): { readonly id: string; readonly roles: readonly string[]; readonly administrator: boolean } {
  const roles = person.roles
    .filter(
      (held) =>
        held.provider === provider &&
        (held.areas.length === 0 || (area !== null && held.areas.includes(area))),
    )
    .map((held) => held.role)
  return { id: person.id, roles, administrator: person.administrator }
}
