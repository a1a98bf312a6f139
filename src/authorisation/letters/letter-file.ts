/** A letter as a file: PDF or plain text, to nobody by name or one pile of a batch. */
import type { Answer } from '#web/web.ts'
import { headOf, letterPdf, type Wording } from './letter-print.ts'
import type { LetterFacts } from './letter-says.ts'
import { letterText } from './letter-text.ts'
import type { Household } from './who-gets.ts'

const headers = { 'cache-control': 'private, no-store' }

/** One letter to nobody in particular, or one pile of a batch. */
export async function fileOf(
  facts: LetterFacts,
  wording: Wording,
  as: { readonly large: boolean; readonly text: boolean; readonly easy: boolean },
  households: readonly Household[],
  name: string,
): Promise<Answer> {
  const easy = as.easy ? '-easy' : ''
  if (as.text)
    return {
      file: {
        mime: 'text/plain; charset=utf-8',
        body: Buffer.from(
          letterText(facts, wording.letter, headOf(facts, wording.language), wording.language),
        ),
        filename: `${name}${easy}.txt`,
        headers,
      },
    }
  return {
    file: {
      mime: 'application/pdf',
      body: await letterPdf(facts, wording, as.large, households),
      filename: `${name}${easy}${as.large ? '-large-print' : ''}.pdf`,
      headers,
    },
  }
}
