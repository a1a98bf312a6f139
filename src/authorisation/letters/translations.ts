/**
 * A letter in another language: somebody translates it, it is put in once, and from then on it is used for everybody who
 * reads that language. It is tied to the English words it was made from, so a letter that says something else is never
 * sent in its name.
 */
import { civilDay, newId, type Result } from '#base/base.ts'
import { closeTask, openTask } from '#casework/casework.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { placeOf } from '#register/register.ts'
import { dayWords, languageName } from '#web/web.ts'
import { aboutOf, act, type By, denied, no, reason, yes } from '../asking.ts'
import type { Standing } from '../evaluate.ts'
import { lettersBy } from './letter-facts.ts'
import type { Wording } from './letter-print.ts'
import { commissionerPhone, type LetterFacts, letterSays } from './letter-says.ts'
import { type Batch, findBatch } from './letter-store.ts'
import { bodyText, readTranslation, wordsHash } from './letter-text.ts'
import { mayWrite } from './may-write.ts'
import { insertTranslation, type Translation, translationsOf } from './translation-store.ts'
import { readForm } from './who-gets.ts'

/** Plain or easy words of a language, as a batch may need them. */
export type Needed = { readonly language: string; readonly easy: boolean }

export const englishOf = (facts: LetterFacts, easy: boolean) => letterSays(facts, easy ? 'easy' : 'plain')

/** Languages that piles of this batch wait for or are printed in, plain words before easy ones. */
export const languagesNeeded = (batch: Pick<Batch, 'forms'>): readonly Needed[] => {
  const needed = new Map<string, Needed>()
  for (const { code } of batch.forms) {
    const { language, easy } = readForm(code)
    if (language !== null) needed.set(`${language} ${easy}`, { language, easy })
  }
  return [...needed.values()].sort(
    (a, b) => a.language.localeCompare(b.language) || Number(a.easy) - Number(b.easy),
  )
}

/**
 * The translation of exactly these English words, and the newest of other words (what it was before the letter
 * changed): where there is only that, nothing is printed in its name.
 */
export async function translationFor(
  sql: Query,
  of: { readonly deploymentId: string; readonly facts: LetterFacts } & Needed,
): Promise<{ readonly current: Translation | null; readonly older: Translation | null }> {
  const hash = wordsHash(englishOf(of.facts, of.easy))
  const all = (await translationsOf(sql, of.deploymentId, of.facts.kind)).filter(
    (one) => one.language === of.language && one.easy === of.easy,
  )
  const older = all.filter((one) => one.ofHash !== hash).toSorted((a, b) => b.putInMs - a.putInMs)
  return { current: all.find((one) => one.ofHash === hash) ?? null, older: older[0] ?? null }
}

/** A translation as words to set. It was read when it was put in, so it can be read again. */
export function wordingOf(facts: LetterFacts, one: Translation): Wording {
  const read = readTranslation(one.body, englishOf(facts, one.easy), [])
  if (!read.ok) throw new Error(`a translation that was kept can't be read: ${read.mistakes.join(' ')}`)
  return {
    letter: read.letter,
    language: one.language,
    translated: `In ${languageName(one.language)}, translated by ${one.translatedBy} on ${dayWords(one.translatedOn)}`,
  }
}

export const inEnglishWords = (facts: LetterFacts, easy: boolean): Wording => ({
  letter: englishOf(facts, easy),
  language: 'en',
  translated: null,
})

/** What stands in a letter in every language as it is: how to reach people, and how long pictures are kept. */
export function mustStand(facts: LetterFacts, easy: boolean): readonly string[] {
  const english = bodyText(englishOf(facts, easy))
  const { phone, email, web } = facts.contact
  return [phone, email, web, facts.notice, commissionerPhone, String(facts.retentionDays)].filter(
    (one) => one !== '' && english.includes(one),
  )
}

/** One task for each pile that waits for a translation, without a name in it. */
export async function askForTranslation(
  tx: Tx,
  { file, pack }: Standing,
  of: {
    readonly batchId: string
    readonly facts: LetterFacts
    readonly form: string
    readonly count: number
    readonly dueMs: number | null
    readonly nowMs: number
  },
): Promise<void> {
  const { deployment: d, site } = file
  const { language, easy, hand } = readForm(of.form)
  if (language === null || hand) return
  const { current } = await translationFor(tx, { deploymentId: d.id, facts: of.facts, language, easy })
  if (current !== null) return
  await openTask(tx, {
    kind: 'letters.translation',
    provider: d.provider,
    ...placeOf(site),
    title: `${of.count === 1 ? 'One letter' : `${of.count} letters`} about ${d.reference} can’t go out before the letter is translated: ${languageName(language)}${easy ? ', easy words' : ''}.`,
    roles: [...lettersBy(pack)],
    about: {
      deployment: d.id,
      letters: of.batchId,
      form: of.form,
      language,
      of: wordsHash(englishOf(of.facts, easy)),
    },
    dueMs: of.dueMs,
    clause: null,
    nowMs: of.nowMs,
  })
}

export type NewTranslation = Needed & {
  readonly batchId: string
  readonly body: string
  readonly translatedBy: string
  readonly translatedOn: string
}

/** Keeps a translation of what this batch says; every pile that waited for it can be printed. */
export function putTranslation(by: By & NewTranslation): Promise<Result<{ id: string }>> {
  return act({
    ...by,
    afterEnd: true,
    async work(tx, standing, nowMs) {
      const decision = mayWrite(standing, by.person)
      if (!decision.allowed) return denied(decision.reasons)
      const { deployment: d } = standing.file
      const batch = await findBatch(tx, d.id, by.batchId)
      const needed = batch === null ? [] : languagesNeeded(batch)
      if (batch === null || !needed.some((one) => one.language === by.language && one.easy === by.easy))
        return no(reason('not-found', 'There are no such letters, or you may not see them.'))
      if (by.translatedOn > civilDay(nowMs, d.timeZone))
        return no(reason('translatedOn', 'The day of the translation can’t be still to come'))
      const english = englishOf(batch.facts, by.easy)
      const read = readTranslation(by.body, english, mustStand(batch.facts, by.easy))
      if (!read.ok) return no(...read.mistakes.map((mistake) => reason('body', mistake)))
      const id = newId(nowMs)
      const ofHash = wordsHash(english)
      await insertTranslation(tx, {
        id,
        provider: d.provider,
        deploymentId: d.id,
        kind: batch.kind,
        easy: by.easy,
        language: by.language,
        ofHash,
        body: by.body,
        translatedBy: by.translatedBy,
        translatedOn: by.translatedOn,
        putInBy: by.person.id,
        putInMs: nowMs,
      })
      await append(tx, {
        kind: 'letters.translated',
        actor: by.person.id,
        provider: d.provider,
        about: { ...aboutOf(standing), letters: batch.id, translation: id },
        data: { kind: batch.kind },
        atMs: nowMs,
      })
      // Whatever batch waited for these words.
      await closeTask(tx, {
        kind: 'letters.translation',
        about: { deployment: d.id, language: by.language, of: ofHash },
        by: by.person.id,
        nowMs,
      })
      return yes({ id })
    },
  })
}
