/** Controls about signs: what they say, that they hang, and what stands behind their codes. */
import type { Control } from '../controls.ts'

const sheets = 'src/register/sign-sheet/sign-sheet.test.ts'
const steps = 'src/authorisation/signs.test.ts'
const pages = 'src/authorisation/sign-pages.test.ts'

export const signs: readonly Control[] = [
  {
    id: 'sign.words',
    strength: 'enforced',
    says: 'A sign is made from the record alone: no sign without who runs the camera, why, and whom to ask, and with sound and live watching on it wherever they may happen. Other facts make a new version.',
    by: [
      'src/register/sign-sheet/sign-sheet.ts signSheet',
      'src/authorisation/sign-facts.ts saysOf',
      'src/authorisation/signs-in-line.ts bringSignsInLine',
    ],
    tests: [
      `${sheets}: what a sign says follows from the facts, and only other words are a change`,
      `${steps}: a camera asked for has its sign at once: operator, purpose and contact come from the record`,
    ],
    denies: [`${sheets}: no sign is made without who runs the camera, why, and whom to ask`],
    rules: [],
    gate: null,
  },
  {
    id: 'sign.read-back',
    strength: 'evidenced',
    says: 'The code in the photo of a sign is read: it says which sign and which version hangs there. Another, an older or a strange one is refused; where no photo can show it, a second person confirms it.',
    by: [
      'src/register/sign-sheet/read-photo.ts readPhotoCodes',
      'src/authorisation/sign-steps.ts placeSign',
      'src/authorisation/sign-steps.ts answerForSign',
    ],
    tests: [
      `${sheets}: a printed sign is read back from photos that are small, askew, blurred, dark and grainy`,
      `${steps}: a photo proves a sign by its code alone: a stranger’s, another camera’s and an older one are refused in words`,
      `${steps}: each sign of a place needs its own photo`,
    ],
    denies: [
      `${steps}: a photo proves a sign by its code alone: a stranger’s, another camera’s and an older one are refused in words`,
      `${steps}: a photo that can’t be read waits for a second person, who is never the first`,
    ],
    rules: [],
    gate: 'signs',
  },
  {
    id: 'sign.kept-true',
    strength: 'evidenced',
    says: 'Each sign is looked at once a month with a photo. When what it must say changes, its installer is told and the old photo proves nothing; what people must learn at once has days, not weeks.',
    by: [
      'src/authorisation/signs-in-line.ts bringSignTasksInLine',
      'src/authorisation/sign-facts.ts isOutdated',
      'src/authorisation/sign-steps.ts reportSignMissing',
    ],
    tests: [
      `${steps}: each sign is looked at once a month: a task comes before, and a photo that is read closes it`,
      `${steps}: when other words are due a running camera goes on for 28 days, its installer is told, and then nothing is renewed`,
      `${steps}: a sign that doesn’t tell yet what people must learn at once has the grace of a missing one, and no more`,
      `${steps}: anybody of the landlord reports a missing or damaged sign, nobody else; unmended it ends the mandate`,
    ],
    denies: [],
    rules: [],
    gate: 'signs',
  },
  {
    id: 'public.sign-page',
    strength: 'displayed',
    says: 'Behind the code of each sign anybody reads, without an account, who runs the cameras, why, how long pictures are kept, whom to ask, how to get pictures of themselves and where to complain.',
    by: ['src/register/sign-sheet/public-page.ts publicSignRoutes'],
    tests: [
      `${pages}: a listed sign names its place, and says when what was read is out of date or over`,
      `${pages}: the register of signs, a sign, whom to ask and the page behind the code read well in a browser`,
    ],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'public.privacy-notice',
    strength: 'displayed',
    says: 'A privacy notice that anybody can read is made from the register: what films, whether voices are recorded, what for, on which legal ground, for how long, and whom to ask.',
    by: ['src/register/sign-sheet/public-page.ts publicSignRoutes'],
    tests: [`${pages}: the privacy notice says what the register holds, sound included, and names no place`],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'public.gives-nothing-away',
    strength: 'enforced',
    says: 'The page behind a sign in a home, or one marked for safety, says nothing of where it is or whether anything records, before, during and after; its address can’t be guessed.',
    by: ['src/register/sign-sheet/public-page.ts publicSignRoutes'],
    tests: [
      `${pages}: the page behind a sign in a home is the same before, during and after the camera’s life, and names no place`,
    ],
    denies: [`${pages}: a guessed, mistyped or half an address leads nowhere, and guessing is slowed down`],
    rules: [],
    gate: null,
  },
]
