/** The policy as a document: when it is looked at again, where it is made known, and what people said about it. */
import { newId, ok, type Reason, type Result, refuse } from '#base/base.ts'
import { inTransaction, type Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import type { Pack } from '#policy/policy.ts'
import {
  type Answerer,
  type Asked,
  type Consultation,
  eraseAnswer,
  findConsultation,
  type Hearing,
  insertAnswer,
  insertConsultation,
  setOutcome,
} from './consultation-store.ts'
import type { ProvidersDeps } from './deps.ts'
import {
  type Channel,
  endPublication,
  insertPublication,
  insertReview,
  insertTranslation,
  type PolicyReview,
} from './document-store.ts'

type Parts = Pick<ProvidersDeps, 'sql' | 'tasks'>
type Deed = { readonly by: string; readonly nowMs: number }

const no = (code: string, message: string, clause: string | null = null) => refuse({ code, message, clause })

/** The last day of a day, a month or a year as a document prints it. */
export function lastDayOf(vague: string): string {
  if (vague.length === 10) return vague
  if (vague.length === 4) return `${vague}-12-31`
  const month = Temporal.PlainYearMonth.from(vague)
  return month.toPlainDate({ day: month.daysInMonth }).toString()
}

export type ReviewDue = {
  readonly day: string
  /** The newest review says it; else the document. */
  readonly source: 'review' | 'document'
  readonly clause: string | null
}

/** When the policy is due to be looked at again. */
export function reviewDue(pack: Pack, newest: PolicyReview | undefined): ReviewDue {
  const { nextReview } = pack.values.document
  return newest === undefined
    ? { day: lastDayOf(nextReview.value), source: 'document', clause: nextReview.clause }
    : {
        day: newest.nextReview,
        source: 'review',
        clause: pack.values.upkeep.reviewMonths.clause ?? nextReview.clause,
      }
}

/** The latest day for the next review, by the document's own rhythm; null where it has none. */
export function latestNext(pack: Pack, reviewedOn: string): string | null {
  const months = pack.values.upkeep.reviewMonths.value
  return months === null ? null : Temporal.PlainDate.from(reviewedOn).add({ months }).toString()
}

/** Records that the policy was looked at again. Refused where the next time would be later than the document allows. */
export async function recordReview(
  parts: Parts,
  pack: Pack,
  given: Pick<PolicyReview, 'reviewedOn' | 'outcome' | 'note' | 'nextReview'> & { readonly today: string },
  { by, nowMs }: Deed,
): Promise<Result<PolicyReview>> {
  if (given.reviewedOn > given.today)
    return no('future', 'The policy can’t have been looked at on a day that is still to come.')
  if (given.nextReview <= given.today)
    return no('past', 'The next review must be on a day that is still to come.')
  const latest = latestNext(pack, given.reviewedOn)
  if (latest !== null && given.nextReview > latest)
    return no(
      'review-too-late',
      `${pack.values.upkeep.reviewMonths.silent ? 'The policy says nothing of how often it is looked at. Overt asks for it' : 'The policy asks for a review'} every ${pack.values.upkeep.reviewMonths.value} months, so the next one is due by ${latest} at the latest.`,
      pack.values.upkeep.reviewMonths.clause,
    )
  const { today: _today, ...told } = given
  const row: PolicyReview = { ...told, id: newId(nowMs), version: pack.version, by, atMs: nowMs }
  await inTransaction(parts.sql, async (tx) => {
    await insertReview(tx, pack.provider, row)
    await append(tx, {
      kind: 'policy.reviewed',
      actor: by,
      provider: pack.provider,
      about: { provider: pack.provider, review: row.id },
      data: { version: pack.version, outcome: row.outcome, nextReview: row.nextReview },
      atMs: nowMs,
    })
    for (const kind of ['policy.review', 'policy.review-early'])
      await parts.tasks.close(tx, { kind, about: { provider: pack.provider }, by, nowMs })
  })
  return ok(row)
}

/** Makes the version of today known. `website` opens the public page. */
export async function publish(
  parts: Parts,
  pack: Pack,
  given: { readonly channel: Channel; readonly address: string | null },
  { by, nowMs }: Deed,
): Promise<void> {
  await inTransaction(parts.sql, async (tx) => {
    const id = newId(nowMs)
    await insertPublication(tx, pack.provider, {
      id,
      version: pack.version,
      revision: pack.revision,
      ...given,
      by,
      atMs: nowMs,
    })
    await append(tx, {
      kind: 'policy.published',
      actor: by,
      provider: pack.provider,
      about: { provider: pack.provider, publication: id },
      data: { version: pack.version, channel: given.channel },
      atMs: nowMs,
    })
    await parts.tasks.close(tx, {
      kind: 'policy.publish',
      about: { provider: pack.provider, channel: given.channel },
      by,
      nowMs,
    })
  })
}

export async function unpublish(
  parts: Parts,
  pack: Pack,
  channel: Channel,
  { by, nowMs }: Deed,
): Promise<boolean> {
  return await inTransaction(parts.sql, async (tx) => {
    if (!(await endPublication(tx, pack.provider, channel, nowMs))) return false
    await append(tx, {
      kind: 'policy.unpublished',
      actor: by,
      provider: pack.provider,
      about: { provider: pack.provider },
      data: { version: pack.version, channel },
      atMs: nowMs,
    })
    return true
  })
}

export type NewTranslation = {
  readonly language: string
  readonly languageName: string
  readonly easyRead: boolean
  readonly translatedOn: string
  readonly body: string | null
  readonly file: { readonly bytes: Buffer; readonly mime: string; readonly filename: string } | null
}

/** Keeps a translation of the version of today; an older one of that language gives way. */
export async function translate(
  parts: Parts,
  pack: Pack,
  given: NewTranslation,
  { by, nowMs }: Deed,
): Promise<string> {
  const id = newId(nowMs)
  await inTransaction(parts.sql, async (tx) => {
    await insertTranslation(tx, pack.provider, {
      id,
      version: pack.version,
      ofHash: pack.hash,
      language: given.language,
      languageName: given.languageName,
      easyRead: given.easyRead,
      translatedOn: given.translatedOn,
      body: given.body,
      file: given.file?.bytes ?? null,
      mime: given.file?.mime ?? null,
      filename: given.file?.filename ?? null,
      by,
      atMs: nowMs,
    })
    await append(tx, {
      kind: 'policy.translated',
      actor: by,
      provider: pack.provider,
      about: { provider: pack.provider, translation: id },
      data: { version: pack.version, language: given.language, easyRead: given.easyRead },
      atMs: nowMs,
    })
    await parts.tasks.close(tx, {
      kind: 'policy.translation',
      about: { provider: pack.provider, language: `${given.language}${given.easyRead ? '+easy' : ''}` },
      by,
      nowMs,
    })
  })
  return id
}

export const consultationDaysMax = 366

/** Opens a consultation on the policy. Its questions are kept as they are asked. */
export async function openConsultation(
  parts: Parts,
  pack: Pack,
  given: {
    readonly title: string
    readonly intro: string
    readonly questions: readonly Asked[]
    readonly opensMs: number
    readonly closesMs: number
  },
  { by, nowMs }: Deed,
): Promise<Result<string>> {
  if (given.closesMs <= given.opensMs) return no('closes', 'The last day must be on or after the first.')
  if (given.closesMs <= nowMs) return no('closes', 'The last day must not have passed.')
  if (given.closesMs - given.opensMs > consultationDaysMax * 86_400_000)
    return no('closes', `A consultation lasts ${consultationDaysMax} days at most.`)
  const id = newId(nowMs)
  await inTransaction(parts.sql, async (tx) => {
    await insertConsultation(tx, {
      id,
      provider: pack.provider,
      version: pack.version,
      ...given,
      by,
      atMs: nowMs,
    })
    await append(tx, {
      kind: 'policy.consultation-opened',
      actor: by,
      provider: pack.provider,
      about: { provider: pack.provider, policyConsultation: id },
      data: {
        version: pack.version,
        questions: given.questions.length,
        opensMs: given.opensMs,
        closesMs: given.closesMs,
      },
      atMs: nowMs,
    })
  })
  return ok(id)
}

/** One consultation takes this many; a flood of nonsense ends there, and the landlord still hears people by letter. */
export const answersMax = 10_000

export const isOpen = (c: Consultation, nowMs: number): boolean => nowMs >= c.opensMs && nowMs < c.closesMs

/**
 * Takes an answer. Through the public page only between opening and closing; what came by letter or was spoken may be
 * typed in until the outcome is told.
 */
export async function takeAnswer(
  parts: Pick<Parts, 'sql'>,
  c: Consultation,
  given: {
    readonly who: Answerer
    readonly heardBy: Hearing
    readonly answers: Readonly<Record<string, string>>
  },
  { by, nowMs }: { readonly by: string | null; readonly nowMs: number },
): Promise<Result<string>> {
  if (given.heardBy === 'web' && !isOpen(c, nowMs))
    return no(
      'closed',
      nowMs < c.opensMs ? 'This has not opened yet.' : 'This has closed. Answers are no longer taken.',
    )
  if (c.outcome !== null) return no('closed', 'The outcome has been told, so no more answers are taken.')
  const answers = Object.fromEntries(
    c.questions.flatMap(({ code }) => {
      const said = given.answers[code]?.trim()
      return said ? [[code, said]] : []
    }),
  )
  if (Object.keys(answers).length === 0) return no('empty', 'Answer one question at least.')
  return await inTransaction(parts.sql, async (tx): Promise<Result<string>> => {
    const now = await lockedConsultation(tx, c)
    if (now === null || now.answers >= answersMax)
      return no('full', 'More answers came in than this page can take. Please tell the landlord directly.')
    const id = newId(nowMs)
    await insertAnswer(tx, c.id, { id, who: given.who, heardBy: given.heardBy, answers, atMs: nowMs })
    await append(tx, {
      kind: 'policy.answered',
      actor: by,
      provider: c.provider,
      about: { provider: c.provider, policyConsultation: c.id },
      data: { heardBy: given.heardBy },
      atMs: nowMs,
    })
    return ok(id)
  })
}

const lockedConsultation = async (tx: Tx, c: Consultation): Promise<Consultation | null> => {
  await tx`select 1 from providers.consultation where id = ${c.id} for update`
  return await findConsultation(tx, c.provider, c.id)
}

/** Says what came of it, once, after it has closed. */
export async function sumUp(
  parts: Parts,
  c: Consultation,
  outcome: string,
  { by, nowMs }: Deed,
): Promise<Result<null>> {
  if (nowMs < c.closesMs)
    return no('open', 'People may still answer. Say what came of it after the last day.')
  const done = await inTransaction(parts.sql, async (tx) => {
    if (!(await setOutcome(tx, c.id, outcome, nowMs))) return false
    await append(tx, {
      kind: 'policy.consultation-summed-up',
      actor: by,
      provider: c.provider,
      about: { provider: c.provider, policyConsultation: c.id },
      data: { answers: c.answers },
      atMs: nowMs,
    })
    await parts.tasks.close(tx, {
      kind: 'policy.consultation',
      about: { policyConsultation: c.id },
      by,
      nowMs,
    })
    return true
  })
  return done ? ok(null) : no('told', 'The outcome has been told already, and stays as it was told.')
}

/** Erases the words of one answer, where they give somebody away (UK GDPR Art 17). It still counts. */
export async function eraseWords(
  parts: Pick<Parts, 'sql'>,
  c: Consultation,
  id: string,
  { by, nowMs }: Deed,
): Promise<boolean> {
  return await inTransaction(parts.sql, async (tx) => {
    if (!(await eraseAnswer(tx, c.id, id, nowMs))) return false
    await append(tx, {
      kind: 'policy.answer-erased',
      actor: by,
      provider: c.provider,
      about: { provider: c.provider, policyConsultation: c.id },
      atMs: nowMs,
    })
    return true
  })
}

/** What refuses a form, beside the field that it is about. */
export const atField = (field: string, reasons: readonly Reason[]) =>
  reasons.map((reason) => ({ field, message: reason.message, clause: reason.clause }))
