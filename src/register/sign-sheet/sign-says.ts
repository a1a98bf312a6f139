/** What a sign says, from facts. Pure: the same facts give the same words, and only other words make a new version. */
import { canonicalJson } from '#base/base.ts'

/** Whom to ask about the cameras of a landlord; at least one way. */
export type SignContact = {
  readonly name: string
  readonly phone: string
  readonly email: string
  readonly web: string
  readonly post: string
}

/** Everything on a sign that may change. */
export type SignSays = {
  readonly operator: string
  /** Labels of the policy's purposes. */
  readonly purposes: readonly string[]
  /** Null: the landlord has not said yet whom to ask, so no sign can be made. */
  readonly contact: SignContact | null
  /** Sound is recorded or heard. */
  readonly audio: boolean
  /** Somebody may be watching as it happens. */
  readonly monitored: boolean
  /** In which other languages the landlord's policy can be read, by their own names. */
  readonly languages: readonly string[]
}

/** What keeps a sign from being made, in plain words. */
export function signLacks(says: SignSays): readonly string[] {
  return [
    ...(says.operator === '' ? ['the name of who runs the camera'] : []),
    ...(says.purposes.length === 0 ? ['what the camera is for'] : []),
    ...(says.contact === null ? ['whom people can ask'] : []),
  ]
}

export const sameWords = (one: SignSays, other: SignSays): boolean =>
  canonicalJson(one) === canonicalJson(other)

/** A heading with its lines; a line by itself is set bold. */
type Block = readonly [string, readonly string[]]

/** The words below the heading, in order. */
export function signLines(says: SignSays): readonly Block[] {
  const contact = says.contact
  const ask = contact === null ? [] : contactLines(contact)
  return [
    ['Why', purposeLines(says.purposes)],
    ['What is recorded', [says.audio ? 'Pictures and sound' : 'Pictures. No sound.']],
    ...(says.monitored ? [['Watched', ['Somebody may be watching these pictures live.']] as const] : []),
    ['Who runs it', [says.operator]],
    ['Questions, your pictures, complaints', ask],
  ]
}

/** On paper: who, then each way on its own line. */
export const contactLines = (contact: SignContact): readonly string[] =>
  [contact.name, contact.phone, contact.email, contact.web, contact.post.replaceAll('\n', ', ')].filter(
    (text) => text !== '',
  )

/** A sign has room for so many purposes; the page behind its code has all. */
const purposesShownMax = 4

function purposeLines(purposes: readonly string[]): readonly string[] {
  const shown = purposes.slice(0, purposesShownMax)
  const more = purposes.length - shown.length
  return more === 0 ? shown : [...shown, `and ${more} more: see the code below`]
}

const changeWords: readonly [keyof SignSays, string][] = [
  ['operator', 'who runs it'],
  ['purposes', 'what it is for'],
  ['contact', 'whom to ask'],
  ['audio', 'sound'],
  ['monitored', 'live watching'],
  ['languages', 'languages'],
]

/** What a new version says differently from the one before: "whom to ask, sound". */
export const changeOf = (before: SignSays, after: SignSays): string =>
  changeWords
    .filter(([key]) => canonicalJson(before[key]) !== canonicalJson(after[key]))
    .map(([, words]) => words)
    .join(', ')

/** Does the new version tell of something that nobody may learn late: sound, somebody watching, another operator? */
export const mustBeTold = (before: SignSays, after: SignSays): boolean =>
  (after.audio && !before.audio) ||
  (after.monitored && !before.monitored) ||
  after.operator !== before.operator
