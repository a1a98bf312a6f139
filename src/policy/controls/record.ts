/** Controls over people, the register, the ledger and the policy itself. */
import type { Control } from '../controls.ts'

const people = 'src/people/people.test.ts'
const tamper = 'src/ledger/tamper.test.ts'
const providers = 'src/providers/providers.test.ts'
const policyPage = `${providers}: the policy page shows every clause, what it sets, and what the document leaves open`

export const record: readonly Control[] = [
  {
    id: 'people.own-account',
    strength: 'enforced',
    says: 'Everybody signs in as themselves; guessing is slowed down, sessions end, and closing an account puts its person out at once.',
    by: ['src/people/sign-in.ts authenticator', 'src/people/accounts.ts deactivate'],
    tests: [`${people}: a session ends when unused for 30 minutes, and after 12 hours whatever happens`],
    denies: [
      `${people}: a wrong name and a wrong password say the same, count the same, and leave the same entry`,
      `${people}: closing an account puts its person out at once, browser and token, and it is in the ledger`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'people.roles-only',
    strength: 'enforced',
    says: 'Only the roles that the policy names for this step can take it.',
    by: ['src/policy/decide.ts decide', 'src/main/permits.ts permits'],
    tests: ['src/policy/decide.test.ts: what a menu offers is told by role, with the roles that would do'],
    denies: [
      'src/policy/decide.test.ts: a person without roles, or with roles of nobody, is denied',
      'src/web/server.test.ts: a permission refused says why, by clause, and the handler is never called',
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'register.kept',
    strength: 'evidenced',
    says: 'Sites, systems, cameras and signs stand in the register, and each change to them in the ledger.',
    by: ['src/register/camera-store.ts insertCamera', 'src/register/system-store.ts insertSystem'],
    tests: ['src/authorisation/pages.test.ts: places and cases: empty, long, refused, found'],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'ledger.every-act',
    strength: 'evidenced',
    says: 'Each act is written into the ledger in the same step as the act itself, in words that people can read.',
    by: ['src/ledger/entry.ts append', 'src/ledger/sequencer.ts startSequencer'],
    tests: [
      'src/ledger/ledger.test.ts: an appended entry is proved against a signed checkpoint, and one that was rolled back is nowhere',
      'src/web/server.test.ts: refuses a row without a permission, without a ledger event or reason, or twice the same address',
    ],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'ledger.unchangeable',
    strength: 'enforced',
    says: 'Nobody can change, remove or reorder what the ledger holds without being found by whoever kept an earlier checkpoint.',
    by: ['src/ledger/verify-log.ts verifyLog', 'src/recorder/link/checkpoint-keeper.ts CheckpointKeeper'],
    tests: [`${tamper}: a true ledger verifies, against every checkpoint that was ever given out`],
    denies: [
      `${tamper}: a changed leaf is named`,
      `${tamper}: a log rewritten and signed again is found by who kept an earlier checkpoint, and not otherwise`,
      'src/ledger/ledger.test.ts: the running role can neither change nor remove what the ledger holds',
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'policy.as-adopted',
    strength: 'enforced',
    says: 'Overt decides by the version that was adopted, from its day on, and does not start when that version was changed.',
    by: ['src/providers/open.ts openProviders', 'src/policy/load.ts checkPack'],
    tests: [
      `${providers}: nobody has a policy until one is adopted; then it decides, under the landlord’s own name`,
    ],
    denies: [
      `${providers}: an adopted version that was changed or lost on disk stops the start, and says so`,
      `${providers}: the running role cannot change or forget an adopted version`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'policy.own-rule',
    strength: 'enforced',
    says: 'A rule written for this clause refuses everything else, and says so.',
    by: ['src/policy/decide.ts decide', 'src/policy/cedar.ts askRules'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the test’s name as it stands in its file
    tests: ['src/policy/packs.test.ts: ${name} is sound and every case comes out as written'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the test’s name as it stands in its file
    denies: ['src/policy/packs.test.ts: ${name}: every rule of the pack has refused somebody in a case'],
    rules: [],
    gate: null,
  },
  {
    id: 'policy.shown',
    strength: 'displayed',
    says: 'It is told here, on the policy page.',
    by: ['src/providers/pages/policy-page.ts policyPage'],
    tests: [policyPage],
    denies: [],
    rules: [],
    gate: null,
  },
]
