/**
 * In which forms people who live at a place read its signs, for whoever prints and hangs them: never who, never how
 * many, and nothing at a home, where the form alone would say whose it is.
 */
import type { Query } from '#engine/engine.ts'
import { formsNeededAt } from '#providers/providers.ts'
import { type Html, html, languageName, marks } from '#web/web.ts'
import type { Standing } from '../evaluate.ts'
import { roleTitles } from '../pages/words.ts'
import { isUnlisted } from '../signs-in-line.ts'
import { lettersBy } from './letter-facts.ts'

/** One line for each form that is asked for; empty: none is, or nobody may be told. */
export async function signForms(sql: Query, { file, pack }: Standing): Promise<readonly string[]> {
  if (await isUnlisted(sql, pack, file)) return []
  const { formats, languages } = await formsNeededAt(sql, file.deployment.provider, file.site.id)
  const made = roleTitles(pack, lettersBy(pack))
  return [
    ...(formats.includes('large-print')
      ? ['Large print: print the sign at A3, and hang it where people can come close.']
      : []),
    ...(formats.includes('easy-read') || formats.includes('audio') || formats.includes('sign-language')
      ? [
          'Words that are hard to read: hang it so that the code can be reached by a telephone, which can read its page out.',
        ]
      : []),
    ...languages
      .filter((code) => code !== 'en')
      .map(
        (code) =>
          `In ${languageName(code)}: the sign is not made in it here. Ask for one to hang beside it: ${made}.`,
      ),
    ...(formats.includes('braille')
      ? [`In braille: it is not made here. Ask for a plate to hang beside it: ${made}.`]
      : []),
  ]
}

export const signFormsBox = (forms: readonly string[]): Html | null =>
  forms.length === 0
    ? null
    : marks.card({
        state: 'attention',
        title: 'Some people here read signs in another form',
        body: html`${marks.bullets(forms)}`,
      })
