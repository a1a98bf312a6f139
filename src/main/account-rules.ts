/** What a landlord's policy says about accounts, in the shape in which people/ carries it out. */
import type { AccountRules } from '#people/people.ts'
import { type Action, type Pack, pictureActions, rolesFor } from '#policy/policy.ts'

const worked = new WeakMap<Pack, AccountRules>()

/** Worked out once a pack: every request asks. */
export function accountRules(pack: Pack): AccountRules {
  const known = worked.get(pack) ?? workedOut(pack)
  worked.set(pack, known)
  return known
}

function workedOut(pack: Pack): AccountRules {
  const { accounts, provider } = pack.values
  const having = (actions: readonly Action[]): readonly string[] => [
    ...new Set(actions.flatMap((action) => rolesFor(pack, action))),
  ]
  return {
    everybodyNeedsFactor: accounts.secondFactor.value === 'everybody',
    pictureRoles: having(pictureActions),
    graceDays: accounts.secondFactorGraceDays.value,
    roleMonthsMax: accounts.roleMonthsMax.value,
    areaRoles: accounts.areaRoles.map(({ role }) => role),
    reportRoles: accounts.reportRoles.map(({ role }) => role),
    deputyDaysMax: accounts.deputyDaysMax.value,
    conflictLifters: accounts.conflictLifters.map(({ role }) => role),
    engineerRoles: having(['deployment.install']),
    unusualUseTo: accounts.unusualUseTo.value,
    timeZone: provider.timeZone,
  }
}
