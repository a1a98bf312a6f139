/** Letters as tagged PDFs (PDF/UA-1), one file for a pile: each letter begins on a page of its own. */
import { join } from 'node:path'
import { dayWords, printable, typeset } from '#web/web.ts'
import { type LetterFacts, letterSays } from './letter-says.ts'
import type { Household } from './who-gets.ts'

const template = join(import.meta.dirname, 'letter.typ')

export type PrintAs = { readonly large: boolean; readonly easy: boolean }

/** A letter to nobody in particular, for reading before any is made. */
const toEverybody = ['To the household']

/**
 * @param households empty: one letter that names nobody
 * @throws Failure `unavailable` when it could not be set
 */
export function letterPdf(
  facts: LetterFacts,
  { large, easy }: PrintAs,
  households: readonly Household[],
): Promise<Buffer> {
  return typeset({
    template,
    data: printable(letterData(facts, { large, easy }, households)).value,
    as: 'pdf',
  })
}

/** What the template is given. */
export function letterData(facts: LetterFacts, { large, easy }: PrintAs, households: readonly Household[]) {
  const letter = letterSays(facts, easy ? 'easy' : 'plain')
  return {
    large,
    landlord: facts.landlord,
    day: dayWords(facts.day),
    reference: `Our reference: ${facts.reference}`,
    title: letter.title,
    lead: letter.lead,
    // What is an address or a way to reach somebody reads badly with a mark before each line.
    sections: letter.sections.map(({ title, lines }) => ({
      title,
      lines,
      list: !/^(Questions and complaints|Talk to us|If we do not put it right|Not happy with us\?)$/.test(
        title,
      ),
    })),
    slip: letter.slip,
    slipBack:
      facts.asked === null
        ? ''
        : `Send this back to ${facts.landlord}, reference ${facts.reference}, by ${dayWords(facts.asked.closesOn)}. You need not give your name.`,
    letters:
      households.length === 0
        ? [toEverybody]
        : households.map((one) => [
            ...(one.name === null ? toEverybody : [one.name]),
            ...one.address.split(/,\s*|\n/).filter((line) => line !== ''),
          ]),
  }
}

/** People may have typed letters that the typeface lacks: then no paper is printed with "?" in somebody's name. */
export const unprintableIn = (households: readonly Household[]): readonly number[] =>
  households.flatMap((one, at) => (printable([one.name ?? '', one.address]).lacking ? [at + 1] : []))
