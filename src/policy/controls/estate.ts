/** Controls of cameras that were there before Overt, and of what a camera sees. */
import type { Control } from '../controls.ts'

const estate = 'src/register/estate/estate.test.ts'
const transition = 'src/authorisation/transition/transition.test.ts'
const pages = 'src/authorisation/transition/pages.test.ts'
const view = 'src/policy/field-of-view.test.ts'
const plan = 'src/register/plan/view.test.ts'
const geometry = 'src/register/plan/geometry.test.ts'

export const estateControls: readonly Control[] = [
  {
    id: 'register.estate-checked-first',
    strength: 'enforced',
    says: 'A landlord’s list of places and cameras is checked line by line before anything changes, and taken over whole or not at all.',
    by: ['src/register/estate/check-rows.ts checkRows', 'src/register/estate/write-estate.ts writeEstate'],
    tests: [
      `${estate}: one confirmation takes all of it over; the same file again changes nothing`,
      `${estate}: what goes out comes in again and changes nothing, as CSV and as JSON`,
    ],
    denies: [
      `${estate}: a check names every problem of every line with its column, and changes nothing`,
      `${estate}: when the register says no to one line, the lines before it are not taken over either`,
      `${estate}: a list goes out as far as a role reaches: not one name more`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'transition.named-decider',
    strength: 'enforced',
    says: 'A camera of an older system is recorded only when a named person lets it go on, never the one who brought it in; what it lacks is shown and chased.',
    by: [
      'src/authorisation/transition/steps.ts decideTransition',
      'src/authorisation/transition/keep-going.ts bringTransitionTasksInLine',
    ],
    tests: [
      `${transition}: a camera of an older system gets no mandate until somebody decides; then one that its recorder takes`,
      `${pages}: who answers for data protection lets cameras go on for now, sees what each lacks, and takes it back`,
    ],
    denies: [
      `${transition}: who brought a camera in never decides, nor another role, nor another landlord’s`,
      `${transition}: a camera in a home is never taken over this way`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'transition.lacks-shown',
    // Whether a camera hung there before Overt is somebody's word.
    strength: 'evidenced',
    says: 'A camera of an older system may go on for a time without this. Each step that it lacks is named where the decision is taken and on its page, and is a task until it is done or the camera stops.',
    by: [
      'src/authorisation/transition/keep-going.ts lacks',
      'src/authorisation/transition/keep-going.ts bringTransitionTasksInLine',
    ],
    tests: [
      `${pages}: who answers for data protection lets cameras go on for now, sees what each lacks, and takes it back`,
    ],
    denies: [`${estate}: what nobody could ask for anew does not come in as running already`],
    rules: [],
    gate: null,
  },
  {
    id: 'transition.ends-by-itself',
    strength: 'enforced',
    says: 'Leave for a camera of an older system ends by itself after 90 days in all at the latest, however often it is given and under whatever name the camera is entered.',
    by: [
      'src/authorisation/transition/steps.ts lastDayPossible',
      'src/authorisation/transition/keep-going.ts endTransitional',
    ],
    tests: [`${transition}: its lease is renewed while it runs, and never beyond its last day`],
    denies: [
      `${transition}: never more than 90 days in all, however often it is decided and under whatever name it is entered`,
      `${transition}: it stops by itself at the end of its last day, with a word to its recorder and a task`,
      'src/recorder/recorder.test.ts: records a camera taken over from an older system until its leave ends, to the second, and then nothing',
      `${transition}: re-aimed, taken back, refused or stopped it records nothing`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'install.field-of-view',
    strength: 'evidenced',
    says: 'What a camera sees is drawn on the plan of its place. Private property in view needs leave in writing or a mask in the camera, a private room stops it; without a plan the installer answers for it.',
    by: [
      'src/policy/gates.ts gates',
      'src/register/plan/view.ts conflictsOf',
      'src/register/plan/geometry.ts seesArea',
      'src/authorisation/facts.ts breachesOf',
    ],
    tests: [
      `${geometry}: a point that is both in the view and in the area is proof that they meet`,
      `${view}: without a plan whoever installs it answers for what it sees, on the checklist`,
      `${plan}: a wall needs no leave until somebody can be seen through it`,
      `${pages}: what a camera sees is drawn on the plan; private property needs leave, a private room stops it`,
    ],
    denies: [
      `${view}: a private room in view blocks it under every policy that asks, whatever was agreed`,
      `${view}: private property needs leave in writing or a mask; where the policy asks for a mask, leave is not enough`,
      `${transition}: a camera that comes to see a private room stops at once, and records again when it looks elsewhere`,
    ],
    rules: [],
    gate: 'field-of-view',
  },
]
