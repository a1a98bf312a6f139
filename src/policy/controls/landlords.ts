/** Controls over landlords themselves: groups, what a policy leaves open, and newer versions. */
import type { Control } from '../controls.ts'

const decisions = 'src/providers/decisions.test.ts'
const authorisation = 'src/authorisation/authorisation.test.ts'

export const landlords: readonly Control[] = [
  {
    id: 'group.one-policy',
    strength: 'enforced',
    says: 'Every landlord of a group decides by the group’s policy and by nothing else, and none can leave it.',
    by: ['src/providers/open.ts openProviders', 'src/providers/group.ts insertSubsidiary'],
    tests: ['src/providers/landlords.test.ts: a landlord joins a group and follows it, through the page'],
    denies: [
      `${decisions}: a subsidiary decides by the policy and the decisions of its group, and can take on no other`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'policy.open-points-decided',
    strength: 'enforced',
    says: 'Where the policy is silent and only the landlord can answer, no camera that waits for it records until it has.',
    by: ['src/policy/decided.ts openPointsGate', 'src/providers/decisions.ts checkDecision'],
    tests: [
      `${decisions}: when all is decided the gate is gone, and with the last decision the task closes`,
      `${decisions}: a decision is kept with who, role, reason and its ledger entry, and is the value that counts`,
    ],
    denies: [
      `${decisions}: until the landlord has decided what its policy leaves open, a gate holds every camera back and says who decides`,
      `${decisions}: nobody else decides: no role, another role, an administrator; nor a point that the policy sets, nor a value that does not fit`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'policy.newer-version-told',
    strength: 'evidenced',
    says: 'A newer version decides from its day on; whoever answers for a difference that bears on a running camera is told, and says what was done.',
    by: ['src/providers/changes.ts changesBetween', 'src/policy/differences.ts differences'],
    tests: [
      `${authorisation}: a newer version of the policy decides from its day on; what runs keeps its authority and its version`,
    ],
    denies: [],
    rules: [],
    gate: null,
  },
]
