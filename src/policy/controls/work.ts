/** Controls of work that waits: told, told on, and a role that nobody holds. */
import type { Control } from '../controls.ts'

export const work: readonly Control[] = [
  {
    id: 'work.told-daily',
    strength: 'evidenced',
    says: 'Each person is told by e-mail how much waits for them, and never what or about whom.',
    by: ['src/desk/digest.ts sendDigests', 'src/people/digests.ts digestsDue'],
    tests: [
      'src/desk/digest.test.ts: each working day from seven a person is told how much waits, once, and never what or about whom',
      'src/desk/digest.test.ts: who wants it weekly is written to on Mondays, who wants none never, and nobody at the weekend',
    ],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'work.late-is-told-on',
    strength: 'evidenced',
    says: 'Work that is late is told to the roles above, and stays theirs whose it was.',
    by: ['src/casework/chasing.ts escalateDue'],
    tests: [
      'src/casework/chasing.test.ts: late work is told once to the roles above, and stays theirs whose it was',
      'src/casework/chasing.test.ts: late work is never told only to those who are late',
      'src/casework/chasing.test.ts: late work is told past a role that nobody holds who reaches it',
    ],
    denies: [
      'src/casework/chasing.test.ts: who hears of late work sees no more of it than their role reaches',
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'work.vacant-role-shows',
    strength: 'displayed',
    says: 'A role that is needed and that nobody holds shows, with how much waits for it.',
    by: ['src/desk/roles-needed.ts neededRoles'],
    tests: [
      'src/desk/digest.test.ts: a role that nobody holds shows, to those whom it concerns, with how much waits for it',
      'src/people/held-by.test.ts: a role is held by those who would have it when they sign in, as far as it reaches, and by nobody else',
    ],
    denies: [],
    rules: [],
    gate: null,
  },
]
