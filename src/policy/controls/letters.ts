/** Controls about letters to households, and the forms in which people read them. */
import type { Control } from '../controls.ts'

const letters = 'src/authorisation/letters/letters.test.ts'
const says = `${letters}: a letter says what, why, where, until when, whom to ask, what people may ask for, and where to complain`
const inForm = `${letters}: letters are made for a list: each in the form that was told once, the rest as tasks, and whose it is in no entry`
const onlyThey = `${letters}: nobody makes, prints or forgets letters but those who may see what people need; nothing is half made`
const translations = 'src/authorisation/letters/translations.test.ts'
const once = `${translations}: a letter waits for its translation, which is put in once, serves everybody who reads it, and no letter that says something else`
const follows = `${translations}: needs follow a person to the household: by their place, and by their name or address where no number is given`
const anyLetters = `${translations}: a name in any letters keeps no list from being made: what paper lacks is somebody’s task, and no question mark is printed`
const signs = `${letters}: the sign step asks for the forms that people there read, and tells nobody whose they are; at a home it says nothing`

export const letterControls: readonly Control[] = [
  {
    id: 'letters.from-the-record',
    strength: 'evidenced',
    says: 'Letters that tell people of a camera, or ask those who would pay, are made from the record: what, why, where, until when, whom to ask, people’s rights and where to complain. How many went out and when is in the ledger.',
    by: [
      'src/authorisation/letters/letter-says.ts letterSays',
      'src/authorisation/letters/letter-steps.ts makeLetters',
      'src/authorisation/letters/letter-steps.ts lettersSent',
    ],
    tests: [says, inForm],
    denies: [onlyThey, `${letters}: no letter gives away a camera in a home or one marked for safety`],
    rules: [],
    gate: null,
  },
  {
    id: 'adjustment.on-every-letter',
    strength: 'evidenced',
    says: 'Each letter is made in the form that its reader told once; one in another language goes out once its translation is there, and what cannot be made here is somebody’s task. A place’s signs are asked for in the forms that people there read. Whose form it is stays with those who keep it.',
    by: [
      'src/authorisation/letters/letter-steps.ts formsFor',
      'src/authorisation/letters/who-gets.ts formFor',
      'src/authorisation/letters/translations.ts putTranslation',
      'src/authorisation/letters/sign-forms.ts signForms',
      'src/providers/adjustments.ts needsOfMany',
    ],
    tests: [inForm, signs, once, follows, anyLetters],
    denies: [onlyThey, inForm, once],
    rules: [],
    gate: null,
  },
]
