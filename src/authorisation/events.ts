/** Ledger entries of this room in plain words. */
import { dayWords, untilWords } from '#web/web.ts'

type Leaf = { data?: unknown; about: Readonly<Record<string, string>> }

const causes: Readonly<Record<string, string>> = {
  expired: 'its time was over',
  withdrawn: 'an approver withdrew it',
  stopped: 'somebody stopped it',
  'agreement-withdrawn': 'the resident withdrew their agreement',
  refused: 'the approval was refused',
  extended: 'a fresh approval took over',
  replaced: 'another mandate took its place',
  'audio-expired': 'the time for sound was over',
  'audio-withdrawn': 'somebody ended the sound',
  'reference-taken': 'the reference picture was taken',
  'gate-reopened': 'something that it stood on no longer held',
}
const asDeputy = (leaf: Leaf): string =>
  leaf.about['deputyFor'] === undefined ? '' : ', by a deputy for somebody absent'

/** "its time was over" for a cause code, to go after "because". */
export const causeWords = (cause: string): string => causes[cause] ?? cause

export const ledgerEvents: Readonly<Record<string, (leaf: Leaf) => string>> = {
  'deployment.proposed': (l) =>
    `Camera ${text(l, 'reference')} was proposed under ${policyWords(text(l, 'policy'))}.`,
  'deployment.revised': (l) =>
    `A proposal was changed (version ${text(l, 'version')}), so assessment and approval are asked for again.`,
  'dpia.submitted': (l) =>
    `Data protection impact assessment version ${text(l, 'version')} was sent to the DPO.`,
  'dpia.accepted': (l) => `Data protection impact assessment version ${text(l, 'version')} was accepted.`,
  'dpia.returned': (l) =>
    `Data protection impact assessment version ${text(l, 'version')} was returned with reasons.`,
  'approval.given': (l) => `A camera was approved by the ${text(l, 'role')}${asDeputy(l)}.`,
  'approval.refused': (l) => `A camera was refused by the ${text(l, 'role')}${asDeputy(l)}.`,
  'approval.deferred': (l) => `A decision on a camera was put off by the ${text(l, 'role')}${asDeputy(l)}.`,
  'consultation.opened': (l) =>
    `${text(l, 'households')} households were asked about CCTV that they would pay for, until ${dayOr(text(l, 'closesOn'))}.`,
  'consultation.answered': (l) => `An answer to a consultation was recorded (${text(l, 'stance')}).`,
  'consultation.answer-erased': () => 'Who answered a consultation, and in what words, was erased.',
  'consultation.contacts-erased': () => 'The list of those who were consulted was erased.',
  'consultation.called-off': () => 'A consultation was called off.',
  'consultation.stated': (l) =>
    `A consultation ended ${text(l, 'outcome') === 'go-ahead' ? 'in favour of the camera' : 'against the camera'} (${text(l, 'for')} for, ${text(l, 'against')} against), stated by the ${text(l, 'role')}.`,
  'consultation.new-build': (l) =>
    `A camera was recorded as fitted before anybody lives there (first tenancy ${dayOr(text(l, 'firstTenancyDay'))}).`,
  'letters.made': (l) =>
    `${text(l, 'letters')} letters were made to ${text(l, 'kind') === 'told' ? 'tell people about a camera' : 'ask those who would pay for a camera'}: ${text(l, 'standard')} standard, ${text(l, 'otherwise')} in another form.`,
  'letters.sent': (l) => `${text(l, 'letters')} letters about a camera went out on ${dayOr(text(l, 'day'))}.`,
  'letters.given-by-hand': (l) =>
    `${text(l, 'letters')} of those whom a letter doesn’t reach were told in their own form.`,
  'letters.translated': () => 'A translation of a letter about a camera was put in.',
  'letters.addresses-erased': () => 'Who letters about a camera went to was erased.',
  'consultation.charge-handed': () => 'The running cost of a camera was handed to finance.',
  'site.photographed': () => 'A photo of where a camera hangs was added.',
  'matching.recorded': (l) =>
    `A database that pictures are matched with was recorded, checked on ${dayOr(text(l, 'checkedOn'))}.`,
  'matching.off': () => 'Matching pictures with a database was switched off.',
  'sound.asked': (l) => `Sound was asked for, until ${dayOr(text(l, 'untilDay'))}.`,
  'sound.approved': (l) => `The ${text(l, 'role')} agreed to sound.`,
  'sound.refused': (l) => `The ${text(l, 'role')} refused sound.`,
  'sound.ended': (l) => `Sound ended at ${instant(l, 'endedMs')} because ${causeWords(text(l, 'cause'))}.`,
  'agreement.recorded': (l) => `A resident’s agreement of ${dayOr(text(l, 'day'))} was recorded.`,
  'agreement.withdrawn': () => 'A resident withdrew their agreement.',
  'checklist.answered': () => 'The site checklist was filled in.',
  'reference.taken': () => 'The reference picture was taken under a commissioning mandate.',
  'reference.seen': () => 'Somebody looked at a reference picture, to check the installation.',
  'reference.accepted': () => 'The reference picture was found to show only what was agreed.',
  'reference.refused': () => 'The reference picture was refused, deleted, and has to be taken again.',
  'reference.deleted': () =>
    'A reference picture was deleted: a newer one took its place, or its camera’s pictures have gone.',
  'mandate.issued': (l) =>
    `${l.data && text(l, 'class') === 'commissioning' ? 'A commissioning mandate' : 'A mandate'} was signed, number ${text(l, 'counter')}, until ${instant(l, 'untilMs')}.`,
  'mandate.renewed': (l) =>
    `A mandate was renewed, number ${text(l, 'counter')}, until ${instant(l, 'untilMs')}.`,
  'mandate.ended': (l) =>
    `A mandate ended at ${instant(l, 'endedMs')} because ${causeWords(text(l, 'cause'))}.`,
  'mandate.recorder-ahead': (l) =>
    text(l, 'outcome') === 'renewed'
      ? `A recorder holds a newer mandate (number ${text(l, 'held')}) than Overt remembers (${text(l, 'known')}): the database was restored. It was renewed.`
      : text(l, 'outcome') === 'unclear'
        ? `A recorder doesn’t hold what Overt remembers (it holds number ${text(l, 'held')}, Overt ${text(l, 'known')}): the database was restored. The camera is stopped until somebody says whether it may go on.`
        : `A recorder holds a newer decision (number ${text(l, 'held')}) than Overt remembers (${text(l, 'known')}): the database was restored. The camera is stopped until somebody says whether it may go on.`,
  'transition.asked': (l) =>
    `Authority was asked for to take camera ${text(l, 'reference')} over from an older system, under ${policyWords(text(l, 'policy'))}.`,
  'transition.allowed': (l) =>
    `The ${text(l, 'role')} let a camera of an older system go on until ${dayOr(text(l, 'untilDay'))}, while its open steps are caught up.`,
  'transition.refused': (l) => `The ${text(l, 'role')} refused to let a camera of an older system go on.`,
  'transition.withdrawn': (l) =>
    `The ${text(l, 'role')} took back that a camera of an older system may go on.`,
  'deployment.stopped': (l) => `Camera ${text(l, 'reference')} was stopped.`,
  'deployment.resumed': (l) => `Camera ${text(l, 'reference')} was let go on after a stop.`,
  'deployment.ended': (l) =>
    `The authority for camera ${text(l, 'reference')} ended because ${causeWords(text(l, 'cause'))}.`,
  'deployment.removed': (l) => `Camera ${text(l, 'reference')} was taken down.`,
}

function text(leaf: Leaf, key: string): string {
  const value = (leaf.data as Record<string, unknown> | undefined)?.[key]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : 'not stated'
}

function instant(leaf: Leaf, key: string): string {
  const value = (leaf.data as Record<string, unknown> | undefined)?.[key]
  return typeof value === 'number' ? untilWords(value, 'Europe/London', true) : 'not stated'
}

const dayOr = (day: string): string => (/^\d{4}-\d{2}-\d{2}$/.test(day) ? dayWords(day) : day)

/** `derby-homes@2025-06-11` → "the policy of 11 June 2025". */
const policyWords = (version: string): string => `the policy of ${dayOr(version.split('@')[1] ?? version)}`
