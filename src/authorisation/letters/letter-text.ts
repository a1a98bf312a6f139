/**
 * A letter as plain text: for screen readers, e-mail, whoever makes braille or audio from it, and whoever translates it.
 * A translation comes back in the same shape and is read into a letter again, so it is set like any other. Pure.
 */
import { createHash } from 'node:crypto'
import { dayWords, direction } from '#web/web.ts'
import type { Letter, LetterFacts } from './letter-says.ts'

const underline = (text: string, sign: string): string => `${text}\n${sign.repeat(text.length)}`

/** What the letter says, without day and reference: these stand on paper in every language. */
export function bodyText({ title, lead, sections, slip }: Letter): string {
  return `${[
    underline(title, '='),
    lead,
    ...sections.map((section) => `${underline(section.title, '-')}\n${section.lines.join('\n')}`),
    ...(slip === null
      ? []
      : [
          `${underline(slip.title, '-')}\n${slip.boxes.map((box) => `[ ] ${box}`).join('\n')}\n${slip.words}\n${slip.back}`,
        ]),
  ].join('\n\n')}\n`
}

/** For whoever gets it: who writes, when, and what to name when they answer. */
export const letterText = (
  facts: Pick<LetterFacts, 'landlord' | 'day' | 'reference'>,
  letter: Letter,
  words: { readonly day: string; readonly reference: string } = inEnglish(facts),
  language = 'en',
): string => {
  const body = bodyText(letter)
  return `${facts.landlord}\n${words.day}\n${words.reference}\n\n${direction(language) === 'rtl' ? body.replace(spaced, '\u2066$&\u2069') : body}`
}

/** A number in groups, like a telephone number: among letters from right to left its groups would change places. */
export const spaced = /[+\d][\d ()-]{5,}\d/g

export const inEnglish = (facts: Pick<LetterFacts, 'day' | 'reference'>) => ({
  day: dayWords(facts.day),
  reference: `Our reference: ${facts.reference}`,
})

/** Two letters with the same words have the same: what a translation was made from. */
export const wordsHash = (letter: Letter): string =>
  createHash('sha256').update(bodyText(letter)).digest('hex')

export const translationLettersMax = 30_000

/** Below a heading; some programs make dashes of hyphens. */
const ruled = /^\s*[=\-–—_]{3,}\s*$/
const box = /^\s*(\[\s*\]|☐|□)\s*/
/** Marks that show nothing; a program that keeps Arabic and English apart leaves them. */
const unseen = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g

/**
 * A translation, laid out as `bodyText` lays out the English letter: as many headings, each with a line of signs below
 * it, and as many boxes. Or every mistake, in plain words: a letter that lost a part is not sent to anybody.
 * @param must what stands in every language as it is: telephone numbers, addresses, lengths of time
 */
export function readTranslation(
  typed: string,
  english: Letter,
  must: readonly string[],
):
  | { readonly ok: true; readonly letter: Letter }
  | { readonly ok: false; readonly mistakes: readonly string[] } {
  const parts = partsOf(typed.normalize('NFC').replace(unseen, ''))
  const wanted = 1 + english.sections.length + (english.slip === null ? 0 : 1)
  if (parts.length !== wanted)
    return {
      ok: false,
      mistakes: [
        `The letter has ${wanted} headings, and this text has ${parts.length}. Keep the line of signs (==== or ----) below each heading, and leave nothing out.`,
      ],
    }
  const [first, ...rest] = parts
  const empty = parts.filter((part) => part.lines.length === 0).map((part) => part.title)
  const mistakes = empty.map((title) => `Nothing stands below “${title}”.`)
  const slip = english.slip === null ? null : slipIn(rest.pop()!, english.slip.boxes.length)
  if (slip === 'boxes')
    mistakes.push(
      `The slip for the answer needs ${english.slip!.boxes.length} lines that begin with [ ], then the words above the empty lines, then where to send it.`,
    )
  const said = comparable(typed)
  for (const one of must)
    if (!said.includes(comparable(one))) mistakes.push(`“${one}” stands in the letter, and not in this text.`)
  if (mistakes.length > 0 || slip === 'boxes') return { ok: false, mistakes }
  return {
    ok: true,
    letter: {
      title: first!.title,
      lead: first!.lines.join(' '),
      sections: rest.map((part, at) => ({
        ...part,
        ...(english.sections[at]!.bare === true ? { bare: true as const } : {}),
      })),
      slip,
    },
  }
}

type Part = { readonly title: string; readonly lines: readonly string[] }

/** Headings with what stands below each; what stands above the first is nobody's. */
function partsOf(text: string): Part[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const heads = lines.flatMap((line, at) =>
    at > 0 && ruled.test(line) && lines[at - 1] !== '' ? [at - 1] : [],
  )
  return heads.map((head, n) => ({
    title: lines[head]!,
    lines: lines.slice(head + 2, heads[n + 1] ?? lines.length).filter((line) => line !== ''),
  }))
}

function slipIn({ title, lines }: Part, boxes: number): NonNullable<Letter['slip']> | 'boxes' {
  const ticked = lines.filter((line) => box.test(line)).map((line) => line.replace(box, ''))
  const [words, ...back] = lines.filter((line) => !box.test(line))
  if (ticked.length !== boxes || words === undefined || back.length === 0) return 'boxes'
  return { title, boxes: ticked, words, back: back.join(' ') }
}

/** First of the ten digits, in scripts that have their own: Arabic, Persian and Urdu, Hindi, Bengali, Punjabi. */
const zeros = [0x660, 0x6f0, 0x966, 0x9e6, 0xa66]

/** Letters and digits alone, digits as in English. */
const comparable = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/\p{Nd}/gu, (digit) => {
      const code = digit.codePointAt(0)!
      const zero = zeros.find((one) => code >= one && code < one + 10)
      return zero === undefined ? digit : String(code - zero)
    })
    .replace(/[^\p{L}\p{Nd}]/gu, '')
    .toLowerCase()
