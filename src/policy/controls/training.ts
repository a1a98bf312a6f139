/** Controls of what people learn, hold and read, and of looking that needs a second person. */
import type { Control } from '../controls.ts'

const training = 'src/main/training.test.ts'
const second = 'src/footage/second-person.test.ts'
const deciders =
  'src/authorisation/licensed-deciders.test.ts: nobody approves without the licence and the training that the policy asks of deciders, in date and recorded here'
const exceptions = 'src/footage/exceptions.test.ts'

const untrained = `${second}: without the training that the policy asks there is no viewing, recorded or live, and the clause says so`
const evidenceToo =
  'src/evidence/evidence.test.ts: who lacks the training that the policy asks watches no exhibit and fetches no pack of one'
const midway = `${second}: training or a licence that ends in the middle of a viewing ends the viewing, at the API and on the live socket`
const ownRecord = `${training}: nobody records their own training or licence, nor anybody without the right`
const instant = `${training}: a licence counts through its last day and not one instant longer`
const newStarter = `${training}: somebody new has days from their start to learn and to read, and a manager hears when they are late`

const gates = [
  'src/policy/decide.ts decide',
  'src/footage/viewing/open-viewing.ts openViewing',
  'src/footage/viewing/serve.ts validViewing',
]

export const trainingControls: readonly Control[] = [
  {
    id: 'people.training-first',
    // What is recorded about somebody's training can be false.
    strength: 'evidenced',
    says: 'Whoever has no record in date of the training that the policy asks gets no picture, or decides nothing, as the policy says.',
    by: gates,
    tests: [],
    denies: [untrained, evidenceToo, deciders, ownRecord],
    rules: ['training-current'],
    gate: null,
  },
  {
    id: 'people.licence-first',
    // The number on a card is typed in by somebody.
    strength: 'evidenced',
    says: 'Whoever has no record in date of the licence that the policy asks gets no picture, or decides nothing, as the policy says.',
    by: gates,
    tests: [
      `${training}: a manager records a licence for somebody else; its number is in no ledger entry and no answer`,
    ],
    denies: [deciders, ownRecord, instant],
    rules: ['licence-current'],
    gate: null,
  },
  {
    id: 'people.ended-at-once',
    strength: 'enforced',
    says: 'A licence or training that has ended, or was taken back, opens nothing from that instant; a viewing open then is over.',
    by: ['src/people/standing.ts standingAt', 'src/footage/viewing/serve.ts validViewing'],
    tests: [],
    denies: [
      instant,
      midway,
      `${training}: what was a mistake or was revoked is taken back, and counts for nothing from that instant`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'people.licence-warned',
    strength: 'evidenced',
    says: 'A licence that ends warns its holder and the managers 120, 60 and 30 days before.',
    by: ['src/people/training-reminders.ts remindEverybody', 'src/people/training-state.ts needsOf'],
    tests: [`${training}: a licence warns its holder and the managers 120, 60 and 30 days before its end`],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'people.training-recorded',
    strength: 'evidenced',
    says: 'Each role has its courses, with what they cover and how people learn them; who has done which, by whom it was given and who has not is recorded, shown and chased.',
    by: ['src/people/training.ts recordQualification', 'src/people/training-reminders.ts remind'],
    tests: [
      newStarter,
      `${training}: a person sees what is asked of them, what waits for it, and by which clause`,
    ],
    denies: [ownRecord],
    rules: [],
    gate: null,
  },
  {
    id: 'people.induction-due',
    strength: 'evidenced',
    says: 'Somebody new has an induction due by a day counted from their start; when it is late a manager hears of it.',
    by: ['src/people/training-state.ts needsOf', 'src/people/training-reminders.ts remind'],
    tests: [newStarter],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'people.briefed',
    strength: 'evidenced',
    says: 'A briefing goes to the roles that it is for; each says that they have read it, and who has not is shown and chased.',
    by: ['src/people/training-reading.ts giveBriefing', 'src/people/training-reading.ts sayRead'],
    tests: [
      `${training}: a briefing goes to its roles; each says that they have read it, and nobody else can`,
    ],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'people.policy-read',
    strength: 'evidenced',
    says: 'Everybody with a role says that they have read the policy, once for each version; who has not is shown and chased.',
    by: ['src/people/training-reading.ts acknowledge', 'src/people/training-reminders.ts remind'],
    tests: [
      `${training}: who has read the policy says so once for its version, and who has not is shown and chased`,
    ],
    denies: [`${training}: an older version, an unticked box or another landlord’s policy is not read`],
    rules: [],
    gate: null,
  },
  {
    id: 'viewing.forbidden-purposes',
    strength: 'enforced',
    says: 'A purpose that the policy forbids opens no viewing, whatever the reason.',
    by: ['src/policy/derive.ts derive', 'src/footage/viewing/open-viewing.ts openViewing'],
    tests: [],
    denies: [`${second}: a purpose that the policy forbids opens nothing, whatever the reason`],
    rules: ['view-forbidden'],
    gate: null,
  },
  {
    id: 'viewing.exceptions-decided',
    // Whether a reason is clear and fits is a person's word.
    strength: 'evidenced',
    says: 'An exception is asked for with a reason, decided by somebody else in the role that the policy pack names, and ends on its day.',
    by: ['src/footage/viewing/leaves.ts askLeave', 'src/footage/viewing/leaves.ts answerLeave'],
    tests: [],
    denies: [
      `${exceptions}: only a purpose that the policy leaves open can be excepted, with a reason and an end that it allows`,
      `${exceptions}: the role that the policy names decides, never who asked; it ends on its day or when it is taken back`,
    ],
    rules: ['view-forbidden'],
    gate: null,
  },
  {
    id: 'viewing.colleague-second-person',
    // "It is no colleague" can be a false answer.
    strength: 'evidenced',
    says: 'Who looks for a colleague sees nothing before a second person has agreed to just that, and nothing after that is taken back.',
    by: ['src/footage/viewing/leaves.ts answerLeave', 'src/footage/viewing/serve.ts validViewing'],
    tests: [],
    denies: [
      `${second}: who looks for a colleague opens nothing until a second person has agreed, and then only what was asked`,
      `${second}: a no opens nothing, and a yes is worth nothing after its hours`,
      'src/evidence/evidence.test.ts: a span becomes an exhibit only for who may, with a case, under initials of their own',
    ],
    rules: ['colleague-consent'],
    gate: null,
  },
]
