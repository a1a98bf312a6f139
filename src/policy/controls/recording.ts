/** Controls at the recorder: what may be stored, until when, and how it lies there. */
import type { Control } from '../controls.ts'

const recorder = 'src/recorder/recorder.test.ts'
const link = 'src/recorder/link/link.test.ts'
const lifetime = 'src/authorisation/authorisation.test.ts'
const reel = 'src/formats/reel/reel.test.ts'
const keyring = 'src/footage/keyring/keyring.test.ts'
const camera = 'tests/journeys/main-job-camera.test.ts'
const promises =
  'tests/promises/landlord.test.ts: whatever people do, no picture without authority, nothing kept too long, nothing lost, nothing readable by a thief'

export const recording: readonly Control[] = [
  {
    id: 'recording.only-under-mandate',
    strength: 'enforced',
    says: 'A recorder stores pictures only under a signed mandate that is in force. One is signed when every step of the policy is done; else only for a single picture while it is fitted, or for a time, by a named person, for a camera of an older system.',
    by: [
      'src/recorder/mandate-store.ts MandateStore',
      'src/recorder/capture.ts Capture',
      'src/authorisation/mandates.ts issueMandate',
    ],
    tests: [
      `${lifetime}: when the last gate closes a mandate is signed that a recorder takes, and no sooner`,
    ],
    denies: [
      `${recorder}: without a mandate records nothing, and with one of tomorrow waits`,
      `${recorder}: does not obey a mandate that was altered`,
      promises,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'recording.stops-at-expiry',
    strength: 'enforced',
    says: 'Recording stops by itself when authority ends, to the second, whether the hub can be reached or not.',
    by: ['src/recorder/capture.ts Capture', 'src/authorisation/periodic.ts expireDue'],
    tests: [
      `${lifetime}: authority runs out by itself at the end of its last day, and a warning comes before`,
    ],
    denies: [
      `${recorder}: records until its mandate ends, to the second, and every picture is there`,
      `${recorder}: a clock set back does not prolong a mandate, not even over a restart`,
      `${camera}: a camera at the end of its days stops by itself, with the hub dead`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'recording.ends-when-withdrawn',
    strength: 'enforced',
    says: 'When an approval or a resident’s agreement is taken back, authority ends at that instant; what was stored after it is shown to nobody and its keys are destroyed.',
    by: [
      'src/authorisation/decisions.ts withdrawApproval',
      'src/authorisation/decisions.ts withdrawAgreement',
      'src/footage/early-ends.ts settleEarlyEnds',
    ],
    tests: [
      `${camera}: an approver withdraws it: at that instant it may record no more, and the removal waits for somebody`,
    ],
    denies: [
      `${lifetime}: withdrawing an approval ends authority at that instant, with a signed word and a task to take it down`,
      `${lifetime}: a resident who withdraws agreement ends the camera in their home at once`,
      'src/footage/footage.test.ts: what was recorded after an authority ended is shown to nobody, its keys are destroyed, the rest stays',
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'recording.removal-task',
    strength: 'evidenced',
    says: 'When a camera’s authority ends, taking it down is a task of those who install, until they record that it was done.',
    by: ['src/authorisation/evaluate.ts bringTasksInLine', 'src/authorisation/decisions.ts recordRemoval'],
    tests: [
      `${lifetime}: withdrawing an approval ends authority at that instant, with a signed word and a task to take it down`,
    ],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'recording.no-sound',
    strength: 'enforced',
    says: 'The recorder fetches no sound unless the mandate asks for it, and no mandate does by itself.',
    by: ['src/authorisation/mandates.ts issueMandate', 'src/recorder/rtsp/session.ts chooseStreams'],
    tests: [
      `${lifetime}: when the last gate closes a mandate is signed that a recorder takes, and no sooner`,
    ],
    denies: ['src/recorder/camera-stream.test.ts: takes no sound unless asked, and sound in step when asked'],
    rules: [],
    gate: null,
  },
  {
    id: 'recording.gaps-told',
    strength: 'evidenced',
    says: 'Every picture that the camera sends is kept, and each time without pictures is recorded with its cause.',
    by: ['src/recorder/capture.ts Capture', 'src/recorder/reel-writer.ts ReelWriter'],
    tests: [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the test’s name as it stands in its file
      'src/recorder/camera-stream.test.ts: keeps every picture of ${kind}, none twice',
      `${recorder}: tells a silent camera and a lost connection apart, and goes on by itself`,
      'tests/fault/kill.test.ts: kill -9 of any part loses no sealed fragment, and everything comes back',
    ],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'recording.sealed',
    strength: 'enforced',
    says: 'Footage is encrypted as it is stored, under a key for each camera and day that lies elsewhere; any change to it is found.',
    by: ['src/formats/reel/seal.ts createReelSealer', 'src/footage/keyring/keyring.ts openKeyring'],
    tests: [`${recorder}: closes the reel at local midnight, and each day has its own key`],
    denies: [
      `${reel}: no frame without a key: nothing of a body stands in the file, and another day’s key opens nothing`,
      `${reel}: any flipped bit is found`,
      `${keyring}: no reel key and no key of a record stands clear in the folder`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'recorder.only-enrolled',
    strength: 'enforced',
    says: 'Footage lies only on recorders that were enrolled here, in the storage they were given, and they obey only a hub that proves itself.',
    by: [
      'src/footage/link/enrolment.ts enrol',
      'src/recorder/storage.ts Storage',
      'src/recorder/link/hub-link.ts HubLink',
    ],
    tests: [],
    denies: [
      'src/footage/footage.test.ts: a token enrols one recorder within its time, and only the right key links',
      `${recorder}: refuses a second recorder in its folder, and a storage that is not its own`,
      `${link}: does not obey a hub that cannot prove itself`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'recorder.health-told',
    strength: 'evidenced',
    says: 'Each camera’s page says whether pictures truly arrive; a camera that is connected and silent is not called recording.',
    by: ['src/desk/standing.ts glance', 'src/footage/link/server.ts createLinkServer'],
    tests: [
      'src/desk/standing.test.ts: only a mandate in force and arriving pictures together are called well',
      'src/footage/footage.test.ts: connected is not recording, and a recorder that is silent is not known to record',
    ],
    denies: [],
    rules: [],
    gate: null,
  },
]
