/** Controls of a camera's placement: need, kinds of technology, consultation, sound, and the record of its fitting. */
import type { Control } from '../controls.ts'

const lifetime = 'src/authorisation/authorisation.test.ts'
const everyLandlord = 'src/authorisation/every-landlord.test.ts'
const pages = 'src/authorisation/pages.test.ts'
const placementPages = 'src/authorisation/placement-pages.test.ts'
const installed = 'src/authorisation/installed.test.ts'
const sound = 'src/authorisation/sound.test.ts'
const device = 'src/authorisation/device.test.ts'
const recorderSound = 'src/recorder/sound.test.ts'

const fromTheFirstQuestion = `${pages}: a camera in a home, from the first question to the signed mandate and the stop`
const outsideTheList = `${lifetime}: a kind of trouble outside the list needs words, a refused technology its clause, and there is no short cut`
const consulted = `${placementPages}: those who would pay are consulted, and the result is stated by another person after the last day`
const longEnough = `${everyLandlord}: asks long enough, about a cost, inside its days, and counts for as many cameras as it asked about`

export const placement: readonly Control[] = [
  {
    id: 'purpose.trouble-listed',
    strength: 'enforced',
    says: 'The kind of trouble comes from the policy’s own list; another one only where the policy leaves the list open, and in words.',
    by: ['src/authorisation/proposal.ts checkIncident', 'src/authorisation/propose.ts propose'],
    tests: [outsideTheList],
    denies: [outsideTheList],
    rules: [],
    gate: 'purpose',
  },
  {
    id: 'purpose.aim-and-need',
    strength: 'evidenced',
    says: 'Whoever asks for a camera writes down its aim and why the need is pressing; assessment and approval show both.',
    by: ['src/authorisation/proposal.ts steps', 'src/authorisation/pages/words.ts needRows'],
    tests: [fromTheFirstQuestion, outsideTheList],
    denies: [],
    rules: [],
    gate: 'purpose',
  },
  {
    id: 'purpose.no-more-than-needed',
    strength: 'evidenced',
    says: 'Hours and detail are written down with why less would not do. The hours are shown; they do not switch the camera.',
    by: ['src/authorisation/proposal.ts steps', 'src/authorisation/pages/words.ts proportionRows'],
    tests: [fromTheFirstQuestion],
    denies: [],
    rules: [],
    gate: 'purpose',
  },
  {
    id: 'technology.refused',
    strength: 'evidenced',
    says: 'A proposal says what the camera does besides filming, and what the policy rules out is refused by its clause.',
    by: ['src/policy/placement.ts refusedTechnologies', 'src/authorisation/propose.ts propose'],
    tests: [outsideTheList],
    denies: [outsideTheList],
    rules: ['propose-technology'],
    gate: null,
  },
  {
    id: 'technology.read-from-device',
    strength: 'evidenced',
    says: 'The camera is asked, when it is fitted and every day after, what it does besides filming. What the policy rules out, or nobody asked for, holds its authority back and is a task.',
    by: [
      'src/recorder/onvif/device.ts readDevice',
      'src/policy/analytics.ts beyondAgreed',
      'src/policy/gates.ts gates',
    ],
    tests: [
      'src/recorder/onvif/device.test.ts: a camera without analytics does nothing more than film',
      `${device}: of a running camera it is asked every day: what was switched on later is a task, and told once`,
    ],
    denies: [
      `${device}: at the installation: what the policy rules out, or nobody asked for, holds the mandate back until it is off`,
    ],
    rules: [],
    gate: 'recorder',
  },
  {
    id: 'technology.matching-owned',
    strength: 'evidenced',
    says: 'Pictures are matched with a database only while somebody answers for it and its last check, a year old at most, counts.',
    by: ['src/authorisation/installed.ts recordMatching', 'src/authorisation/installed.ts matchingOn'],
    tests: [`${installed}: matching is off unless its database has an owner and a check that still counts`],
    denies: [`${installed}: matching is off unless its database has an owner and a check that still counts`],
    rules: [],
    gate: null,
  },
  {
    id: 'consultation.first',
    strength: 'evidenced',
    says: 'Those who would pay are consulted before a camera may record, and somebody other than the asker states the result after the last day.',
    by: ['src/policy/gates.ts gates', 'src/authorisation/consultation.ts stateResult'],
    tests: [consulted],
    denies: [longEnough, `${everyLandlord}: against the camera blocks it, until another one says otherwise`],
    rules: [
      'consultation-role',
      'consultation-not-proposer',
      'consultation-closed',
      'consultation-counted',
      'consultation-reason',
    ],
    gate: 'consultation',
  },
  {
    id: 'consultation.cost-shown',
    strength: 'evidenced',
    says: 'A consultation says what the camera costs to run for a year and what each household would pay.',
    by: ['src/authorisation/consultation.ts openConsultation'],
    tests: [consulted],
    denies: [longEnough],
    rules: [],
    gate: 'consultation',
  },
  {
    id: 'consultation.charge-handed',
    strength: 'evidenced',
    says: 'Once people have agreed, the charge goes to finance as one line; that finance has it is recorded, and asked for until it is.',
    by: [
      'src/authorisation/consultation.ts chargeLine',
      'src/authorisation/consultation.ts handChargeOver',
      'src/authorisation/evaluate.ts askForCharge',
    ],
    tests: [consulted],
    denies: [],
    rules: [],
    gate: 'consultation',
  },
  {
    id: 'consultation.new-building',
    strength: 'evidenced',
    says: 'A new building goes without a consultation only where the camera records before the first tenancy.',
    by: ['src/policy/gates.ts gates', 'src/authorisation/consultation.ts recordNewBuild'],
    tests: [`${placementPages}: a new building says why nobody is asked`],
    denies: [`${everyLandlord}: is not needed for a new building, but only before anybody lives there`],
    rules: [],
    gate: 'consultation',
  },
  {
    id: 'sound.agreed',
    strength: 'enforced',
    says: 'A mandate carries sound only after somebody asked with a reason and an end, the assessment was written again, all who must agree have, and the signs say so.',
    by: [
      'src/authorisation/sound.ts decideSound',
      'src/authorisation/sound-mandate.ts bringSoundInLine',
      'src/authorisation/mandates.ts issueMandate',
    ],
    tests: [
      `${sound}: the signs say so first; then the mandate carries sound, until the end of its last day and no longer`,
    ],
    denies: [
      `${sound}: sound is asked for with a reason and an end, for a purpose that the policy names for it`,
      `${sound}: never by whoever asked, never one person twice, and not before the assessment has sound in it`,
    ],
    rules: [
      'sound-role',
      'sound-not-asker',
      'sound-once',
      'sound-reason',
      'sound-purpose',
      'sound-end',
      'sound-assessed',
    ],
    gate: null,
  },
  {
    id: 'sound.ends',
    strength: 'enforced',
    says: 'Sound ends on its day by the recorder’s own clock, to the sample, whether the hub can be reached or not; pictures go on.',
    by: ['src/recorder/capture.ts Capture', 'src/authorisation/sound-mandate.ts bringSoundInLine'],
    tests: [
      `${sound}: the signs say so first; then the mandate carries sound, until the end of its last day and no longer`,
    ],
    denies: [
      `${recorderSound}: is stored until its last sample’s time and not one sample longer, and the pictures go on`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'install.recorded',
    strength: 'evidenced',
    says: 'The record of a fitting has who did it and what shows that they may, what was fitted with serial numbers, photos of the place, and the days of review and removal.',
    by: ['src/authorisation/install.ts answerChecklist', 'src/authorisation/installed.ts addSitePhoto'],
    tests: [fromTheFirstQuestion],
    denies: [`${installed}: a tick for qualified or for the equipment needs what proves it`],
    rules: [],
    gate: 'site-checklist',
  },
  {
    id: 'install.review-day',
    strength: 'evidenced',
    says: 'No camera records without a day on which somebody asks whether it is still needed.',
    by: ['src/policy/gates.ts gates', 'src/authorisation/proposal.ts checkDates'],
    tests: [fromTheFirstQuestion],
    denies: [`${installed}: a camera without a day of review is refused, an older one waits for it`],
    rules: [],
    gate: 'dates',
  },
]
