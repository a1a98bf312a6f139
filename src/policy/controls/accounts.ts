/** Controls of who has which right for how long: second step, reach, ends, deputies, conflicts, engineers, unusual use. */
import type { Control } from '../controls.ts'

const standing = 'src/people/standing.test.ts'
const factor = 'src/people/factor.test.ts'
const asked = 'src/authorisation/authorisation.test.ts'
const unusual = 'src/people/unusual.test.ts'

export const accounts: readonly Control[] = [
  {
    id: 'people.second-step',
    strength: 'enforced',
    says: 'Who may see footage or manages the installation also gives a code from their own device; after the days of grace there is none of either without it.',
    by: ['src/people/factor.ts proveCode', 'src/people/standing.ts withoutPictures'],
    tests: [
      `${factor}: a code opens once, an older one never again, and a clock half a minute off is fine`,
      `${factor}: is taken off by another administrator, which signs its person out and tells them; nobody does it for themselves`,
    ],
    denies: [
      `${factor}: the right password alone opens nothing but the page for the code`,
      `${factor}: wrong codes count and wait, also when a hundred come at once`,
      `${factor}: every page says so in the days of grace; after them no pictures and no administration, until it is set up`,
      `${factor}: a new password by a link still asks for the code`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'people.area-and-line',
    strength: 'enforced',
    says: 'A role that the policy ties to areas reaches those written beside it; a line manager reaches what their own reports reach; without either it reaches nothing.',
    by: ['src/people/standing.ts standingAt', 'src/policy/reach.ts grantsAt'],
    tests: [`${standing}: by area, by patch and by place, and no further`],
    denies: [
      `${standing}: an area role without an area reaches nothing, and the form asks for one`,
      `${standing}: a line manager reaches what their own reports reach, and nothing when they have none`,
      'src/footage/cases-seen.test.ts: a case is listed and found by those whose role reaches what it is about, and by nobody else',
      'src/footage/footage.test.ts: a case out of reach is no reason to look, and a new one is opened with the viewing alone',
      'src/desk/ledger-pages.test.ts: whose role reaches a part of a landlord reads the entries about that part, and finds no other',
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'people.authority-ends',
    strength: 'enforced',
    says: 'A role that may see footage is given until a day, and is gone on it by itself; only somebody else can give it again.',
    by: ['src/people/standing.ts endOf', 'src/people/pages/rights-fields.ts rolesTyped'],
    tests: [
      `${standing}: that may see footage ends when the policy says, is given again by somebody else, and saving a form is no fresh grant`,
    ],
    denies: [
      `${standing}: is gone on the day without anything having run, and its holder is told before`,
      `${standing}: ends when the policy says also where nobody wrote an end, and a later end than that counts for nothing`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'people.leavers-out',
    strength: 'enforced',
    says: 'Who leaves is out at once, and what they had in hand goes to somebody named or stands on a page until it does.',
    by: ['src/people/leaving.ts leave'],
    tests: [`${standing}: with something still in hand stands on the page until it is handed on`],
    denies: [
      `${standing}: is out at once with everything, and what they had in hand goes to the successor`,
      `${factor}: ends access tokens and every other browser`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'people.deputies',
    strength: 'enforced',
    says: 'A deputy acts for somebody absent in named roles from day to day, is named as such, and helps nobody around another person’s decision.',
    by: ['src/people/deputies.ts nameDeputy', 'src/policy/reach.ts principalAt'],
    tests: [`${standing}: holds the roles from the first day to the last, and the record says for whom`],
    denies: [
      `${standing}: gets nothing that the absent person no longer holds, and lends on nothing`,
      `${asked}: a deputy approves for somebody absent and is named as such, but not what the absent person asked for or agreed to`,
      `${standing}: is named by the person, their manager or an administrator, never by anybody else, and not for too long`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'people.conflicts',
    strength: 'enforced',
    says: 'Who declares a conflict neither decides nor looks there, until somebody else whom the policy names lifts it with a reason.',
    by: ['src/people/conflicts.ts liftConflict', 'src/policy/decide.ts decide'],
    tests: [`${standing}: is about a case or a colleague too, and about nothing that one may not see`],
    denies: [
      `${standing}: stands at once, is lifted by somebody else whom the policy names with a reason, and never by its own person`,
      `${asked}: who declared a conflict with the place, or with who asked, does not approve there`,
    ],
    rules: ['no-conflict'],
    gate: null,
  },
  {
    id: 'people.engineers-for-hours',
    strength: 'enforced',
    says: 'An engineer’s account opens only while a planned visit of their supplier goes on, at its place and under somebody’s eyes, for putting cameras in and nothing else, and is shut when they leave, at the latest at its end to the minute.',
    by: ['src/people/engineers.ts letIn', 'src/people/standing.ts standingAt'],
    tests: [],
    denies: [
      `${standing}: is let in for a planned visit, from being known there until its end, and is out to the minute without anything running`,
      `${standing}: is out the moment that they are said to have left, and lets nobody in of a visit called off`,
      `${standing}: gets no other role, no visit out of reach, of another’s or with nobody to stay with them, and can be put out at once`,
      'src/policy/decide.test.ts: somebody let in from outside does nothing but put cameras in, in whatever role',
      'src/main/engineer-visit.test.ts: an engineer’s account is open from being let in to having left, and both pages tell the same',
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'people.engineer-checked',
    strength: 'evidenced',
    says: 'Before an engineer from outside is let in, somebody says that they checked who it is.',
    by: ['src/people/pages/engineers.ts engineerRoutes'],
    tests: [
      `${standing}: gets no other role, no visit out of reach, of another’s or with nobody to stay with them, and can be put out at once`,
    ],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'people.unusual-noticed',
    strength: 'evidenced',
    says: 'Plain rules notice unusual use; somebody else looks into it and answers with a reason.',
    by: ['src/people/unusual.ts noticeUnusual', 'src/people/unusual-rules.ts findings'],
    tests: [
      `${unusual}: is told once, to others than the person, and answered with a reason`,
      `${unusual}: looking soon after somebody else opened the account is told, before it and long after it not`,
      `${unusual}: many viewings: nineteen in an hour are work, twenty are told, and twenty over two hours are work`,
    ],
    denies: [],
    rules: [],
    gate: null,
  },
]
