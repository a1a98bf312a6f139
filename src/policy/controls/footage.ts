/** Controls over looking, keeping and handing over. */
import type { Control } from '../controls.ts'

const footageTest = 'src/footage/footage.test.ts'
const decide = 'src/policy/decide.test.ts'
const evidence = 'src/evidence/evidence.test.ts'
const keyring = 'src/footage/keyring/keyring.test.ts'
const people = 'src/people/people.test.ts'
const journey = 'tests/journeys/main-job-footage.test.ts'

const refusedWithout = `${footageTest}: a viewing without reason, case, purpose or right is refused, and nothing is opened`
const noPicture = `${footageTest}: without a viewing there is no picture: not by page, not by API, not by a guessed address`
const handOver = `${evidence}: a hand-over needs a listed recipient, a fitting basis and a need, is told, and its pack is verified`
const factMissing = `${decide}: an allowed question with a needed fact emptied or turned round is denied, and says why`

const looking = {
  by: ['src/footage/viewing/open-viewing.ts openViewing', 'src/policy/decide.ts decide'],
  gate: null,
}
const handing = { by: ['src/evidence/hand-over.ts handOver', 'src/policy/decide.ts decide'], gate: null }

export const footage: readonly Control[] = [
  {
    id: 'viewing.reason-first',
    strength: 'enforced',
    says: 'Nobody sees a picture before their reason is in the ledger.',
    ...looking,
    tests: [`${journey}: the reason is in the ledger before the first picture is asked for`],
    denies: [refusedWithout, noPicture],
    rules: ['view-reason'],
  },
  {
    id: 'viewing.case',
    strength: 'enforced',
    says: 'Nobody sees a picture without naming the case it belongs to.',
    ...looking,
    tests: [`${footageTest}: a viewing with its reason shows the picture, and the ledger had it before`],
    denies: [refusedWithout],
    rules: ['case'],
  },
  {
    id: 'viewing.purpose-listed',
    strength: 'enforced',
    says: 'Footage can be looked at only with a purpose chosen from the policy’s own list.',
    ...looking,
    tests: [`${footageTest}: a viewing with its reason shows the picture, and the ledger had it before`],
    denies: [refusedWithout],
    rules: ['view-purpose'],
  },
  {
    id: 'viewing.roles-only',
    strength: 'enforced',
    says: 'Only the roles that the policy names can look, at recordings and at what was kept as evidence; others are not even shown the form, and an administrator sees nothing.',
    ...looking,
    tests: [],
    denies: [
      'src/footage/player.test.ts: whoever has no right is not even shown the form',
      `${decide}: a person without roles, or with roles of nobody, is denied`,
      `${decide}: an administrator without a role never sees, keeps or hands over a picture`,
    ],
    rules: [],
  },
  {
    id: 'viewing.reach',
    strength: 'enforced',
    says: 'A role counts only at its own landlord and within its own areas.',
    by: ['src/policy/reach.ts rolesAt', 'src/register/reach.ts reachOf'],
    tests: [`${people}: has only the roles of that landlord whose reach covers the place`],
    denies: [
      `${decide}: a role counts only at its own provider and within its areas`,
      'src/register/register.test.ts: a role reaches its own landlord and its own areas',
      'src/authorisation/authorisation.test.ts: people of another landlord see nothing, find nothing and decide nothing',
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'viewing.no-other-way',
    strength: 'enforced',
    says: 'There is no way to a picture but an open viewing: no page, no address, no program; it ends by itself.',
    by: ['src/footage/viewing/serve.ts validViewing'],
    tests: [],
    denies: [
      noPicture,
      `${footageTest}: a viewing gives its own span and no more, and ends by its person, by time and by losing the role`,
      `${journey}: without a viewing there is no picture: not by page, API, guessed address or another person’s right`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'viewing.logged',
    strength: 'evidenced',
    says: 'Who looked, at which camera, at what span and why is in the ledger, down to what was truly sent.',
    by: ['src/footage/viewing/served.ts createServedLog'],
    tests: [
      `${footageTest}: what was sent is in the ledger as spans, also when the hub dies in between`,
      `${journey}: when the viewing is over nothing more is shown, and the spans served are in the ledger`,
    ],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'live.own-right',
    strength: 'enforced',
    says: 'Watching live is a right of its own, needs its own viewing, and stops with it.',
    by: ['src/footage/viewing/open-viewing.ts openViewing', 'src/footage/viewing/live.ts createLiveHub'],
    tests: [`${footageTest}: live pictures need their own viewing, come as they are made, and stop with it`],
    denies: [`${journey}: live is a right of its own`],
    rules: ['live-mandate'],
    gate: null,
  },
  {
    id: 'retention.at-most',
    strength: 'enforced',
    says: 'When its days are over nobody sees, keeps or hands over footage any more; its keys are destroyed, in every copy, and the recorder removes the rest.',
    by: ['src/footage/expiry.ts expire', 'src/recorder/retention.ts removeExpired'],
    tests: [
      `${journey}: at the end of retention the keys and reels are gone, the timeline says why, the exhibit plays`,
    ],
    denies: [
      `${footageTest}: at its time footage is gone from keyring and recorder, a hold stays, and old copies yield nothing`,
      `${keyring}: a day is destroyed in one act, in both copies, and an old second copy does not bring it back`,
      `${keyring}: what is past its time opens nothing for anybody who looks, also while its destruction waits for a person`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'retention.never-longer',
    strength: 'enforced',
    says: 'For what is already recorded, the days can be made fewer and never more.',
    by: ['src/footage/keyring/keyring.ts openKeyring'],
    tests: [],
    denies: [`${keyring}: retention can be shortened for what is recorded and never lengthened`],
    rules: [],
    gate: null,
  },
  {
    id: 'retention.by-system',
    // How long a purpose needs pictures is somebody's judgement.
    strength: 'evidenced',
    says: 'Each system can keep pictures for fewer days than the policy allows, never for more; the days stand in its assessment, which is asked for again each year.',
    by: ['src/register/system-store.ts keptDays', 'src/authorisation/assess.ts locationTable'],
    tests: [
      'src/authorisation/keeps-less.test.ts: a system that keeps less is told to its recorder, and what was recorded before keeps its days',
    ],
    denies: [
      'src/authorisation/keeps-less.test.ts: a system never keeps more than the policy allows, whatever its record says',
      'src/register/controllers.test.ts: a system keeps fewer days than the policy allows, never more, and the change is told',
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'retention.hold-with-an-end',
    strength: 'enforced',
    says: 'Only a hold with a reason, a case and an end keeps footage longer; it ends by itself.',
    by: ['src/footage/holds.ts holdSpan', 'src/footage/holds.ts endDueHolds'],
    tests: [`${keyring}: a held record outlives its day, its neighbour does not, and the release ends it`],
    denies: [
      `${footageTest}: a hold ends by itself at its end, and nothing that is not recorded can be held`,
      factMissing,
    ],
    rules: ['hold-end'],
    gate: null,
  },
  {
    id: 'exhibit.held-for-a-case',
    strength: 'enforced',
    says: 'Evidence is made only from footage that is held, for a case, by those who may; the original is never changed.',
    by: ['src/evidence/exhibits.ts makeExhibit'],
    tests: [`${journey}: a marked span becomes exhibit AK/1`],
    denies: [
      `${evidence}: a span becomes an exhibit only for who may, with a case, under initials of their own`,
    ],
    rules: ['exhibit-held'],
    gate: null,
  },
  {
    id: 'evidence.checkable',
    strength: 'enforced',
    says: 'What is handed over is a pack that its receiver can open and check without us; one changed bit is found and named.',
    by: ['src/evidence/make-pack.ts writePackFolder', 'src/formats/pack/verify.ts verifyPackFiles'],
    tests: [
      'src/evidence/page.test.ts: a true pack is verified in the browser, plays, and asks nothing of any network',
    ],
    denies: [
      'src/evidence/pack.test.ts: a bit flipped in any file, at any place, names that file',
      'src/evidence/pack.test.ts: a pack whose sums were all made again by somebody else is still not verified',
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'disclosure.recipient-and-basis',
    strength: 'enforced',
    says: 'Footage can be handed only to a kind of recipient that the policy names, on a basis that fits.',
    ...handing,
    tests: [
      `${journey}: it is handed over to a named recipient on a stated basis, the DPO is told, and the pack is fetched`,
    ],
    denies: [handOver, factMissing],
    rules: ['disclose-basis'],
  },
  {
    id: 'disclosure.recipient-stated',
    // Who somebody is, is the word of whoever hands over.
    strength: 'evidenced',
    says: 'Whoever hands over states who receives it, by name and kind; the data protection officer looks at each hand-over afterwards.',
    by: ['src/evidence/hand-over.ts handOver', 'src/evidence/hand-over.ts seeDisclosure'],
    gate: null,
    tests: [handOver],
    denies: [factMissing],
    rules: ['disclose-recipient'],
  },
  {
    id: 'disclosure.necessity',
    strength: 'enforced',
    says: 'Nothing is handed over before somebody has written why the recipient needs it.',
    ...handing,
    tests: [],
    denies: [handOver, factMissing],
    rules: ['disclose-necessity'],
  },
  {
    id: 'disclosure.dpo-told',
    strength: 'enforced',
    says: 'The data protection officer gets a notice of every hand-over, written in the same act.',
    ...handing,
    tests: [handOver],
    denies: [factMissing],
    rules: ['disclose-dpo'],
  },
  {
    id: 'disclosure.logged',
    strength: 'enforced',
    says: 'No hand-over happens without its entry in the ledger.',
    ...handing,
    tests: [handOver],
    denies: [factMissing],
    rules: ['disclose-log'],
  },
]
