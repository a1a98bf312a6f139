/** The three cameras whose lives the demo begins: who asks, where, and why, in the words that people would use. */

/** What the simulated cameras show. */
export const scenes = ['front-door', 'hallway', 'car-park'] as const

export type Life = {
  readonly label: string
  readonly landlord: string
  readonly scene: (typeof scenes)[number]
  readonly proposer: string
  readonly dpiaAuthor: string
  readonly dpo: string
  readonly installer: string
  /** Who approves, in turn; roles are the pack's. */
  readonly approvers: readonly { readonly username: string; readonly role: string }[]
  readonly type: string
  readonly days: number | null
  readonly place: Readonly<Record<string, string>>
  readonly position: string
  readonly reason: string
  readonly alternatives: string
  readonly install: boolean
}

export const lives: readonly Life[] = [
  {
    label: 'Front door, 14 Alder Row',
    landlord: 'derby-homes',
    scene: 'front-door',
    type: 'home-temporary',
    days: 28,
    proposer: 'olivia',
    dpiaAuthor: 'olivia',
    dpo: 'dina',
    installer: 'tom',
    approvers: [{ username: 'amir', role: 'asb-manager' }],
    place: { siteName: '14 Alder Row', siteAddress: '14 Alder Row, Fernside', siteKind: 'home' },
    position: 'Inside the porch, looking at the front step and the path to the gate.',
    reason:
      'The front door was kicked and painted on four nights this month. The resident is afraid to go out.',
    alternatives: 'Warning letters, a brighter porch light and patrols were tried for six weeks.',
    install: true,
  },
  {
    label: 'First floor hallway, Birch Court',
    landlord: 'derby-homes',
    scene: 'hallway',
    type: 'communal-temporary',
    days: 28,
    proposer: 'olivia',
    dpiaAuthor: 'olivia',
    dpo: 'dina',
    installer: 'tom',
    approvers: [{ username: 'amir', role: 'asb-manager' }],
    place: { siteName: 'Birch Court', siteAddress: 'Birch Court, Mill Lane, Fernside', siteKind: 'communal' },
    position: 'At the stair head, along the hallway; doors of flats are outside the view.',
    reason: 'Drug dealing on the stairs, reported by five households. Fire doors are wedged open.',
    alternatives: 'A door entry system was mended, patrols doubled and letters sent to every flat.',
    install: false,
  },
  {
    label: 'Car park, Larkhill House',
    landlord: 'progress',
    scene: 'car-park',
    type: 'communal-permanent',
    days: null,
    proposer: 'sam',
    dpiaAuthor: 'sam',
    dpo: 'ben',
    installer: 'ruth',
    approvers: [],
    place: {
      siteName: 'Larkhill House',
      siteAddress: 'Larkhill House, Station Road, Larkhill',
      siteKind: 'communal',
    },
    position: 'On the lamp post by the gate, over the parking bays; no windows in view.',
    reason: 'Eleven cars were broken into since spring.',
    alternatives: 'Lighting was renewed and the gate repaired; break-ins went on.',
    install: true,
  },
]

/** Answers to the questions of an assessment, by code; others are answered with the reason and the position. */
export const dpiaAnswers: Readonly<Record<string, string>> = {
  vulnerable: 'Children live nearby. The view is kept to the entrance, and nobody watches it live.',
  told: 'By a sign at the entrance and one near the camera, and by a letter to each household.',
  access: 'The anti-social behaviour manager, for a case and a stated reason.',
  sharing: 'The police, on request, with the need recorded.',
  risks:
    'Visitors are filmed going about their day. The view is narrow, sound is off, and footage is kept briefly.',
}
