/** Controls of what a landlord decided, and of newer versions: that they are carried out, not only kept. */
import type { Control } from '../controls.ts'

const laying = 'src/policy/laying.test.ts'
const decided = 'src/authorisation/decided.test.ts'
const bodies = 'src/providers/bodies.test.ts'

const keptLess = 'src/footage/kept-less.test.ts'

export const decidedControls: readonly Control[] = [
  {
    id: 'retention.newer-version-shortens',
    strength: 'enforced',
    says: 'A newer version that keeps footage for a shorter time shortens what is recorded already, from its own day on, holds excepted; one that keeps longer lengthens nothing.',
    by: ['src/footage/kept-less.ts keepLess', 'src/providers/kept.ts goneUnder'],
    tests: [
      'src/providers/kept.test.ts: a longer time never extends what is recorded, a shorter one shortens it from its day on and not before',
    ],
    denies: [
      `${keptLess}: a version that keeps longer extends nothing that is recorded`,
      `${keptLess}: a version that keeps less shortens what is recorded on its day, not before, and the timeline names its clause`,
      `${keptLess}: many days at once need a second clock beside the word of whoever took the version on; until then nobody sees them`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'policy.decisions-carried-out',
    strength: 'enforced',
    says: 'What the landlord decided where its policy is silent holds as if the policy had said it.',
    by: ['src/policy/decided.ts withDecisions', 'src/policy/laying.ts layings'],
    tests: [
      `${laying}: each point that a landlord must decide is carried out somewhere, or says that it waits and for what`,
      `${laying}: whatever is decided, the values stay sound, and nothing is said in the name of a clause`,
      'src/main/training.test.ts: what a landlord decided that people hold and learn is due as if its policy had said it',
    ],
    denies: [
      `${laying}: what people must hold, once decided, comes before a picture and before a decision`,
      `${decided}: people whom the landlord decided to ask are asked, about what they would pay, and somebody states the result`,
      `${decided}: a camera at a place that the landlord’s decision leaves out is refused, and one that it covers is not`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'proposal.hidden-refused',
    // Whether a camera is hidden is what its asker says.
    strength: 'evidenced',
    says: 'A hidden camera is refused when it is asked for, with how surveillance law stands at this landlord.',
    by: ['src/policy/laying.ts withoutHiddenCameras', 'src/policy/decide.ts decide'],
    tests: [],
    denies: [
      `${laying}: a hidden camera is refused under every policy, and the refusal says how surveillance law stands there`,
    ],
    rules: ['propose-technology'],
    gate: null,
  },
  {
    id: 'policy.bodies-asked',
    strength: 'evidenced',
    says: 'Whoever approves the policy, or watches over how it is kept, is asked for their word, and what they said is on record.',
    by: ['src/providers/bodies.ts wantedWords', 'src/providers/bodies.ts recordWord'],
    tests: [
      `${bodies}: after a review, what came of it is to be shown to whoever watches over the policy`,
      `${bodies}: where the landlord decided to make its policy known, that is asked for until it is on record`,
    ],
    denies: [
      `${bodies}: whoever approves the policy is asked for each version, until their approval is on record`,
      `${bodies}: a document that says who approved it asks nobody again`,
    ],
    rules: [],
    gate: null,
  },
]
