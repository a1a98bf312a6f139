/** Letters as tagged PDFs (PDF/UA-1), one file for a pile: each letter begins on a page of its own. */
import { join } from 'node:path'
import { direction, printable, typeset } from '#web/web.ts'
import type { Letter, LetterFacts } from './letter-says.ts'
import { inEnglish } from './letter-text.ts'
import type { Household } from './who-gets.ts'

const template = join(import.meta.dirname, 'letter.typ')

/** A letter's words in one language. */
export type Wording = {
  readonly letter: Letter
  /** `en`, or the code of a translation. */
  readonly language: string
  /** Who translated it and when, in English; null: nobody had to. */
  readonly translated: string | null
}

/** A letter to nobody in particular, for reading before any is made. */
const toEverybody = ['To the household']

/**
 * @param households empty: one letter that names nobody
 * @throws Failure `unavailable` when it could not be set
 */
export function letterPdf(
  facts: LetterFacts,
  wording: Wording,
  large: boolean,
  households: readonly Household[],
): Promise<Buffer> {
  return typeset({
    template,
    data: printable(letterData(facts, wording, large, households)).value,
    as: 'pdf',
  })
}

/** Has paper all its letters? A translation may be in a script that no typeface here has. */
export const canPrint = (facts: LetterFacts, wording: Wording): boolean =>
  !printable(letterData(facts, wording, false, [])).lacking

/** What the template is given. */
export function letterData(
  facts: LetterFacts,
  { letter, language, translated }: Wording,
  large: boolean,
  households: readonly Household[],
) {
  const [lang = 'en', ...more] = language.split('-')
  return {
    large,
    lang,
    // Typst knows regions by two letters; a script among them (zh-Hant) is told by the letters themselves.
    region: more.find((part) => /^[A-Z]{2}$/.test(part)) ?? (lang === 'en' ? 'GB' : ''),
    rtl: direction(language) === 'rtl',
    landlord: facts.landlord,
    ...headOf(facts, language),
    translated: translated ?? '',
    title: letter.title,
    lead: letter.lead,
    sections: letter.sections.map(({ title, lines, bare }) => ({ title, lines, list: bare !== true })),
    slip: letter.slip ?? { title: '', boxes: [], words: '', back: '' },
    letters:
      households.length === 0
        ? [language === 'en' ? toEverybody : []]
        : households.map((one) => [
            ...(one.name === null ? toEverybody : [one.name]),
            ...one.address.split(/,\s*|\n/).filter((line) => line !== ''),
          ]),
  }
}

/** Day and reference as they stand above a letter. Nobody translates them: the day is written as its readers write days. */
export function headOf(facts: Pick<LetterFacts, 'day' | 'reference'>, language: string) {
  if (language === 'en') return inEnglish(facts)
  const at = Temporal.PlainDate.from(facts.day)
  return {
    day: at.toLocaleString(language, { dateStyle: 'long', calendar: 'gregory' }),
    reference: facts.reference,
  }
}

/** Names or addresses with letters that no typeface at hand has: no paper is printed with "?" in somebody's name. */
export const canAddress = ({ name, address }: Household): boolean => !printable([name ?? '', address]).lacking
