/** The rows of letters in other languages: the English words to translate, putting a translation in, and reading it. */
import { z } from 'zod'
import { civilDay } from '#base/base.ts'
import type { Query } from '#engine/engine.ts'
import { type Answer, fields, marks, type Page, type Person, type Route, route, type View } from '#web/web.ts'
import { seen } from '../asking.ts'
import { at, by as byOf, done, missing, ofDeployment } from '../deployment-rows.ts'
import type { Standing } from '../evaluate.ts'
import type { AuthorisationDeps } from '../parts.ts'
import type { InLanguage } from './batch-page.ts'
import { letterFacts } from './letter-facts.ts'
import { fileOf } from './letter-file.ts'
import { onePage } from './letter-pages.ts'
import { canPrint } from './letter-print.ts'
import type { LetterFacts } from './letter-says.ts'
import { type Batch, batchesOf, findBatch } from './letter-store.ts'
import { bodyText, translationLettersMax, wordsHash } from './letter-text.ts'
import { mayWrite } from './may-write.ts'
import { translationPage } from './translation-page.ts'
import { findTranslation, type Translation } from './translation-store.ts'
import {
  englishOf,
  languagesNeeded,
  type Needed,
  putTranslation,
  translationFor,
  wordingOf,
} from './translations.ts'

const looking = { none: 'a letter is words for the post, and shows no picture of anybody' }
const noLetters: Answer = { notFound: 'There are no such letters, or you may not see them.' }
const kindsOfWords = ['plain', 'easy'] as const
const wordsField = fields.choice('plain or easy words', kindsOfWords)
const ofWords = z.object({ ...ofDeployment, batch: fields.id('letters'), words: wordsField })
const ofLanguage = ofWords.extend({
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$/, 'Enter the language’s code, like pl or ur'),
})
const printsPerMinute = 60

/** Where each language of a batch stands. */
export async function inLanguages(
  sql: Query,
  deploymentId: string,
  batch: Batch,
): Promise<readonly InLanguage[]> {
  const of = async (needed: Needed): Promise<InLanguage> => {
    const found = await translationFor(sql, { deploymentId, facts: batch.facts, ...needed })
    return {
      ...needed,
      ...found,
      printable: found.current !== null && canPrint(batch.facts, wordingOf(batch.facts, found.current)),
    }
  }
  return await Promise.all(languagesNeeded(batch).map(of))
}

/** A batch and one of its languages, for somebody who may put words into it. */
async function writing(
  deps: AuthorisationDeps,
  person: Person,
  of: { readonly id: string; readonly batch: string; readonly language: string; readonly words: string },
): Promise<{ standing: Standing; batch: Batch; one: InLanguage } | null> {
  const standing = await seen(deps.sql, deps, person, of.id)
  if (standing === null || !mayWrite(standing, person).allowed) return null
  const batch = await findBatch(deps.sql, standing.file.deployment.id, of.batch)
  const all = batch === null ? [] : await inLanguages(deps.sql, standing.file.deployment.id, batch)
  const one = all.find(({ language, easy }) => language === of.language && easy === (of.words === 'easy'))
  return batch === null || one === undefined ? null : { standing, batch, one }
}

/** The facts whose words a translation was made from: of a batch, or of the letter as it is now; null: of neither. */
async function factsOf(
  deps: AuthorisationDeps,
  standing: Standing,
  one: Translation,
): Promise<LetterFacts | null> {
  const fits = (facts: LetterFacts) => wordsHash(englishOf(facts, one.easy)) === one.ofHash
  const now = await letterFacts(deps.sql, deps, standing, one.kind, deps.clock.nowMs())
  if (now.ok && fits(now.facts)) return now.facts
  const batches = await batchesOf(deps.sql, standing.file.deployment.id)
  return batches.find(({ kind, facts }) => kind === one.kind && fits(facts))?.facts ?? null
}

export const translationRoutes = (deps: AuthorisationDeps): Route[] => {
  const shown = async (
    view: View,
    person: Person,
    of: { readonly id: string; readonly batch: string; readonly language: string; readonly words: string },
  ): Promise<Page> => {
    const found = await writing(deps, person, of)
    if (found === null)
      return { title: 'Not found', body: marks.heading({ title: 'There are no such letters' }) }
    const { standing, batch, one } = found
    return translationPage(
      view,
      standing,
      batch,
      one,
      civilDay(deps.clock.nowMs(), standing.file.deployment.timeZone),
    )
  }
  return [
    route({
      method: 'GET',
      path: '/deployments/:id/letters/batches/:batch/words/:words',
      permission: 'deployment.view',
      ledger: looking,
      input: ofWords,
      async handler(ask) {
        const standing = await seen(deps.sql, deps, ask.person!, ask.input.id)
        const batch =
          standing === null ? null : await findBatch(deps.sql, standing.file.deployment.id, ask.input.batch)
        if (batch === null) return noLetters
        return {
          file: {
            mime: 'text/plain; charset=utf-8',
            body: Buffer.from(bodyText(englishOf(batch.facts, ask.input.words === 'easy'))),
            filename: `letter-${batch.kind}-${batch.facts.reference}-${ask.input.words}-words.txt`,
            headers: { 'cache-control': 'private, no-store' },
          },
        }
      },
    }),
    route({
      method: 'GET',
      path: '/deployments/:id/letters/batches/:batch/translations/:language/:words',
      permission: 'adjustment.keep',
      ledger: looking,
      input: ofLanguage,
      async handler(ask) {
        const found = await writing(deps, ask.person!, ask.input)
        if (found === null) return noLetters
        const page = await shown(ask.view, ask.person!, ask.input)
        return { data: null, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/deployments/:id/letters/batches/:batch/translations/:language/:words',
      permission: 'adjustment.keep',
      ledger: 'letters.translated',
      input: ofLanguage.extend({
        body: fields.text('the translation', translationLettersMax),
        translatedBy: fields.text('who translated it', 120),
        translatedOn: fields.day('when it was translated'),
      }),
      form: (ask) =>
        shown(ask.view, ask.person!, {
          id: String(ask.input['id']),
          batch: String(ask.input['batch']),
          language: String(ask.input['language']),
          words: String(ask.input['words']),
        }),
      async handler(ask) {
        const { batch, words, ...given } = ask.input
        const result = await putTranslation({
          ...byOf(deps)(ask),
          ...given,
          batchId: batch,
          easy: words === 'easy',
        })
        return done(
          result,
          at(ask, `/letters/batches/${batch}`),
          'The translation is kept, and used for everybody who reads this language.',
          ['body', 'translatedBy', 'translatedOn'],
        )
      },
    }),
    route({
      method: 'GET',
      path: '/deployments/:id/letters/translations/:translation/:format',
      permission: 'deployment.view',
      ledger: looking,
      rateMax: printsPerMinute,
      input: z.object({
        ...ofDeployment,
        translation: fields.id('a translation'),
        format: fields.choice('a form', ['html', 'pdf', 'large', 'text']),
      }),
      async handler(ask) {
        const standing = await seen(deps.sql, deps, ask.person!, ask.input.id)
        if (standing === null) return missing
        const one = await findTranslation(deps.sql, standing.file.deployment.id, ask.input.translation)
        const facts = one === null ? null : await factsOf(deps, standing, one)
        if (one === null || facts === null) return noLetters
        const wording = wordingOf(facts, one)
        const { format } = ask.input
        const printable = canPrint(facts, wording)
        const href = at(ask, `/letters/translations/${one.id}`)
        if (format === 'html')
          return { data: one, page: () => onePage(standing, facts, wording, { href, printable }) }
        if (format !== 'text' && !printable)
          return {
            refusal: [
              {
                field: null,
                message:
                  'No typeface here has the letters of this translation, so there is no PDF of it. Open it to read, and print it from your browser.',
              },
            ],
          }
        const as = { large: format === 'large', text: format === 'text', easy: one.easy }
        return fileOf(facts, wording, as, [], `letter-${one.kind}-${facts.reference}-${one.language}`)
      },
    }),
  ]
}
