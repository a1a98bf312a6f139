/**
 * What a letter to a household says, from facts. Pure: nobody types it, so it says what the record says, in the policy's
 * terms, and all that people must be told (UK GDPR Art 13). Twice: in plain words, and in easy words.
 */
import type { SignContact } from '#register/register.ts'
import { dayWords } from '#web/web.ts'

export const letterKinds = ['told', 'consultation'] as const
export type LetterKind = (typeof letterKinds)[number]
export const letterKindLabels: Readonly<Record<LetterKind, string>> = {
  told: 'Telling people about the camera',
  consultation: 'Asking those who would pay',
}

/** Everything that a letter depends on; kept with each batch. */
export type LetterFacts = {
  readonly kind: LetterKind
  readonly landlord: string
  readonly reference: string
  /** Where, roughly. */
  readonly place: string
  /** Labels of the policy's purposes. */
  readonly purposes: readonly string[]
  readonly fromDay: string
  /** Null: it stays until a review says otherwise. */
  readonly untilDay: string | null
  readonly reviewDay: string | null
  readonly retentionDays: number
  readonly sound: boolean
  readonly watched: boolean
  /** It records already; absent: it is planned. */
  readonly records?: true
  readonly contact: SignContact
  /** Who may be given pictures. */
  readonly recipients: readonly string[]
  readonly policyTitle: string
  /** Address of the landlord's privacy notice. */
  readonly notice: string
  /** Languages in which the policy itself can be read. */
  readonly languages: readonly string[]
  readonly day: string
  /** Null in a letter that only tells. */
  readonly asked: {
    readonly payers: string
    readonly cameras: number
    readonly opensOn: string
    readonly closesOn: string
    readonly questions: readonly string[]
    readonly yearlyCost: string
    /** What each household would pay a year; null: the landlord pays. */
    readonly householdCost: string | null
    readonly decidedBy: string
  } | null
}

export type Section = {
  readonly title: string
  readonly lines: readonly string[]
  /** Lines that stand by themselves, like those of an address: a mark before each reads badly. */
  readonly bare?: true
}

export type Letter = {
  readonly title: string
  readonly lead: string
  readonly sections: readonly Section[]
  /** To be torn off and sent back; null: nothing is asked. */
  readonly slip: {
    readonly title: string
    /** One to tick. */
    readonly boxes: readonly string[]
    /** Stands above the lines to write on. */
    readonly words: string
    /** Where it goes, and until when. */
    readonly back: string
  } | null
}

/** What keeps a letter from being made, in plain words. */
export const letterLacks = (facts: {
  readonly contact: unknown
  readonly purposes: readonly string[]
}): string[] => [
  ...(facts.purposes.length === 0 ? ['what the camera is for'] : []),
  ...(facts.contact === null ? ['whom people can ask'] : []),
]

export const commissionerPhone = '0303 123 1113'

const commissioner = [
  'Information Commissioner’s Office, Wycliffe House, Water Lane, Wilmslow, Cheshire SK9 5AF',
  `Telephone ${commissionerPhone}, ico.org.uk`,
]

const ways = (contact: SignContact): readonly string[] =>
  [contact.name, contact.phone, contact.email, contact.web, contact.post.replaceAll('\n', ', ')].filter(
    (text) => text !== '',
  )

const reach = (contact: SignContact): string => ways(contact).join(' · ')

const until = (facts: LetterFacts): string =>
  facts.untilDay !== null
    ? `${facts.records === true ? 'At the latest until' : `At the latest from ${dayWords(facts.fromDay)} to`} the end of ${dayWords(facts.untilDay)}. It stops then by itself. Going on takes a new decision.`
    : `${facts.records === true ? 'It records now.' : `From ${dayWords(facts.fromDay)} at the earliest.`}${facts.reviewDay === null ? '' : ` By ${dayWords(facts.reviewDay)} we look again at whether it is still needed.`}`

const recorded = (facts: LetterFacts): string =>
  `${facts.sound ? 'Pictures and sound.' : 'Pictures. No sound.'} ${facts.watched ? 'Somebody may watch live.' : 'Nobody watches live.'}`

const languagesLine = (facts: LetterFacts): readonly string[] =>
  facts.languages.length === 0 ? [] : [`Our policy can be read in: ${facts.languages.join(', ')}.`]

/** The letter in plain words, or in short and easy ones. */
export function letterSays(facts: LetterFacts, words: 'plain' | 'easy'): Letter {
  return words === 'easy' ? easy(facts) : plain(facts)
}

function plain(facts: LetterFacts): Letter {
  const { landlord, place, asked } = facts
  return {
    title: asked === null ? `A camera at ${place}` : `CCTV at ${place}: what do you think?`,
    lead:
      asked === null
        ? `${landlord} ${facts.records === true ? 'has' : 'plans'} a camera where you live. This letter says what it is for, how long it stays, and what you can do.`
        : `${landlord} would like to ${facts.records === true ? 'keep' : 'put in'} CCTV. Before anything is decided we ask the people who live there. Please tell us what you think by ${dayWords(asked.closesOn)}.`,
    sections: [
      ...(asked === null
        ? []
        : [
            {
              title: 'What we ask you',
              lines: asked.questions,
            },
            { title: 'What it would cost', lines: costs(asked) },
          ]),
      {
        title: 'What it is',
        lines: [
          `${asked !== null && asked.cameras > 1 ? `${asked.cameras} cameras` : 'A camera'} at ${place}. Signs will show where.`,
          recorded(facts),
        ],
      },
      { title: 'Why', lines: facts.purposes },
      { title: 'How long', lines: [until(facts)] },
      {
        title: 'What happens to the pictures',
        lines: [
          `They are kept for ${facts.retentionDays} days at most and then destroyed. Only what is needed for a case or a request is kept longer, with a reason and an end.`,
          'Nobody may look without a reason that is written down. Each look is written in a record that cannot be changed unseen.',
          `Pictures are given only to those who need them for a lawful reason: ${facts.recipients.join('; ')}.`,
        ],
      },
      {
        title: 'Your rights',
        lines: [
          'You can ask us for the pictures of you, ask us to correct or delete something about you, or object to the camera. It costs nothing, and you need not say why you ask for your pictures.',
          `The whole privacy notice: ${facts.notice}`,
          `The rules we keep to: ${facts.policyTitle}.`,
          ...languagesLine(facts),
        ],
      },
      {
        title: 'Questions and complaints',
        bare: true,
        lines: [
          reach(facts.contact),
          'Tell us if you are unhappy about the camera. We look into it and answer you.',
          'Do you need large print, easy words, another language, braille or audio? Tell us once. We keep to it in every letter.',
        ],
      },
      {
        title: 'If we do not put it right',
        bare: true,
        lines: [`You can complain to the Information Commissioner at any time. ${commissioner.join('. ')}.`],
      },
      ...(asked === null
        ? []
        : [
            {
              title: 'What happens next',
              lines: [
                `We read every answer that comes from ${dayWords(asked.opensOn)} to ${dayWords(asked.closesOn)}. Nothing has been decided yet. Who then says what came of it, and why: ${asked.decidedBy}.`,
              ],
            },
          ]),
    ],
    slip: slipOf(facts),
  }
}

const costs = (asked: NonNullable<LetterFacts['asked']>): readonly string[] => [
  `Running it would cost about ${asked.yearlyCost} a year.`,
  asked.householdCost === null
    ? `${asked.payers}: you would pay nothing. We pay it.`
    : `${asked.payers}: each household would pay ${asked.householdCost} a year with the service charge.`,
]

function easy(facts: LetterFacts): Letter {
  const { asked } = facts
  return {
    title: asked === null ? 'A camera where you live' : 'We want to ask you about cameras',
    lead: `This letter is from ${facts.landlord}. It is about ${facts.place}.`,
    sections: [
      {
        title: facts.records === true ? 'What it is' : 'What we want to do',
        lines: [
          asked === null
            ? facts.records === true
              ? 'There is a camera where you live.'
              : 'We want to put up a camera.'
            : `We would like to ${facts.records === true ? 'keep' : 'put up'} ${asked.cameras > 1 ? 'cameras' : 'a camera'}. Nothing is decided yet.`,
          facts.sound ? 'It makes a film with sound.' : 'It makes a film. It does not hear you.',
          facts.watched
            ? 'Somebody may watch the film while it is made.'
            : 'Nobody watches it while it is made.',
        ],
      },
      { title: 'Why', lines: facts.purposes },
      ...(asked === null
        ? []
        : [
            {
              title: 'Please tell us',
              lines: [...asked.questions, `Tell us by ${dayWords(asked.closesOn)}.`],
            },
            {
              title: 'Money',
              lines: [
                asked.householdCost === null
                  ? 'You would pay nothing.'
                  : `Each home would pay ${asked.householdCost} a year.`,
              ],
            },
          ]),
      {
        title: 'How long',
        lines: [
          facts.records === true ? 'It films now.' : `It starts on ${dayWords(facts.fromDay)} or later.`,
          facts.untilDay === null
            ? 'We check again and again if we still need it.'
            : `It stops on ${dayWords(facts.untilDay)}.`,
        ],
      },
      {
        title: 'The film',
        lines: [
          `We keep it for ${facts.retentionDays} days at most. Then it is gone.`,
          'Nobody may look without a good reason.',
          'We write down each time somebody looks.',
          'We give it to others only when the law lets us.',
        ],
      },
      {
        title: 'What you can do',
        lines: [
          'You can ask to see the film of you.',
          'You can ask us to correct it or to delete it.',
          'You can tell us that you do not want the camera, and why.',
          'You can ask us anything. It costs nothing.',
        ],
      },
      { title: 'Talk to us', bare: true, lines: ways(facts.contact) },
      {
        title: 'Not happy with us?',
        bare: true,
        lines: [
          'You can also ask the Information Commissioner for help. They check how people are filmed.',
          ...commissioner,
        ],
      },
      { title: 'More to read', lines: [facts.notice, ...languagesLine(facts)] },
    ],
    slip: slipOf(facts),
  }
}

function slipOf({ asked, landlord, reference, contact }: LetterFacts): Letter['slip'] {
  if (asked === null) return null
  const to = [landlord, contact.post.replaceAll('\n', ', ')].filter((part) => part !== '').join(', ')
  const or = contact.email || contact.web || contact.phone
  return {
    title: 'Your answer',
    boxes: ['I am for it', 'I am against it', 'Neither: I have something to say'],
    words: 'Your words:',
    back: `Send this back to ${to}${or === '' ? '' : `, or tell us: ${or}`}. Our reference is ${reference}. We need it by ${dayWords(asked.closesOn)}. You need not give your name.`,
  }
}
