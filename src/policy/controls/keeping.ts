/** Controls over how the policy itself is kept: its reviews, what people say of it, its papers, laws and readers. */
import type { Control } from '../controls.ts'

const file = 'src/providers/keeping.test.ts'
const held = `${file}: whether a rule held is counted: uses from the ledger, refusals as they are told, and what is known against it`
const refusals = `${file}: each refusal that somebody is shown is counted by its rule, and never who it was`
const odd = `${file}: what cannot be right in a document is said as it is`
const review = `${file}: a review is asked for in time, never later than the policy allows, and closes its task`
const published = `${file}: the policy is public once it is published, in four formats, and shut again when it is not`
const answered = `${file}: people answer about the policy without an account, in its time only, and nobody’s name is kept`
const translated = `${file}: a translation is shown as out of date as soon as the policy changes`
const requested = `${file}: somebody asks for another language or form, its keeper alone reads it, and the words go when it is given`
const library = `${file}: the library has what the policy names, opens at its step, and asks when a paper is due, dead or missing`
const standards = `${file}: the laws and standards that a policy names stand there from the start; a change asks for a look, an expiry is told`
const needs = `${file}: what a person needs is kept once, found by whoever writes to them, seen within reach only, and erased for good`

export const keeping: readonly Control[] = [
  {
    id: 'policy.held-this-month',
    strength: 'evidenced',
    says: 'The policy page says of each rule whether it held this month, how often it was used and how often it said no.',
    by: [
      'src/providers/held.ts heldByClause',
      'src/providers/counts.ts countUses',
      'src/providers/counts.ts countRefusal',
    ],
    tests: [held, refusals],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'policy.owner-role',
    strength: 'evidenced',
    says: 'Work on the document comes as tasks to the role that keeps it; nobody else but who runs the installation or answers for data protection can change anything.',
    by: ['src/providers/reminders.ts worksFor', 'src/providers/deps.ts mayKeep'],
    tests: [review],
    denies: [answered],
    rules: [],
    gate: null,
  },
  {
    id: 'policy.agreed-by',
    strength: 'displayed',
    says: 'The page of the document tells who agreed it and who was asked, and says so where that cannot be right.',
    by: ['src/providers/pages/document-page.ts documentPage'],
    tests: [odd],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'policy.review-due',
    strength: 'evidenced',
    says: 'A task asks for the review 90 days ahead, an overdue one is shown, and a next day later than the policy allows is refused.',
    by: ['src/providers/document.ts recordReview', 'src/providers/reminders.ts remind'],
    tests: [odd],
    denies: [review],
    rules: [],
    gate: null,
  },
  {
    id: 'policy.early-review',
    strength: 'evidenced',
    says: 'A change of a law, a standard or a paper that it leans on opens a task to look at the policy sooner.',
    by: ['src/providers/library.ts openCheck'],
    tests: [library, standards],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'policy.consulted',
    strength: 'evidenced',
    says: 'Anybody can be asked about the policy, with its own questions and between two days; answers are counted, and what came of them is told.',
    by: ['src/providers/document.ts takeAnswer', 'src/providers/document.ts sumUp'],
    tests: [answered],
    denies: [answered],
    rules: [],
    gate: null,
  },
  {
    id: 'policy.published',
    strength: 'evidenced',
    says: 'Where the policy is made known is recorded, and asked for where it is not; the public page always shows the version that decides.',
    by: ['src/providers/document.ts publish', 'src/providers/reminders.ts remind'],
    tests: [published],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'policy.formats',
    strength: 'displayed',
    says: 'The policy can be read as a page and taken away as a tagged PDF, in large print and as plain text.',
    by: ['src/providers/print/print.ts printed'],
    tests: [published],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'policy.translated',
    strength: 'evidenced',
    says: 'Anybody can ask for another language or form; translations and easy read are kept with their version, and a task asks for a new one when the policy changes.',
    by: [
      'src/providers/document.ts translate',
      'src/providers/format-requests.ts askForFormat',
      'src/providers/reminders.ts remind',
    ],
    tests: [translated, requested],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'adjustment.kept-once',
    strength: 'evidenced',
    says: 'What a person needs to read or hear from the landlord is recorded once, and found by whoever writes to them.',
    by: ['src/providers/adjustments.ts recordAdjustment', 'src/providers/adjustments.ts needsOf'],
    tests: [needs],
    denies: [needs],
    rules: [],
    gate: null,
  },
  {
    id: 'library.at-the-step',
    strength: 'displayed',
    says: 'The papers of the library are shown at the step that needs them.',
    by: ['src/providers/library.ts withGuidance', 'src/providers/library.ts libraryFor'],
    tests: [library],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'library.kept',
    strength: 'evidenced',
    says: 'Each paper that the policy names has its place in the library; a missing one, and one whose link is dead, is a task.',
    by: ['src/providers/library.ts libraryLines', 'src/providers/reminders.ts remind'],
    tests: [library],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'library.review-due',
    strength: 'evidenced',
    says: 'Each paper has a day of its own on which it is read again, never further off than the policy’s own rhythm.',
    by: ['src/providers/library.ts reviewPaper', 'src/providers/reminders.ts remind'],
    tests: [library],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'standards.register',
    strength: 'evidenced',
    says: 'Each law, code, standard and registration stands in a register with its edition, its owner and what answers it; a change asks for a look, an expiry is told 60 days before, and a registration without a number is a task.',
    by: ['src/providers/standards.ts standardLines', 'src/providers/standards.ts changeStandard'],
    tests: [standards],
    denies: [standards],
    rules: [],
    gate: null,
  },
]
