/** Rows of asking people about the policy, for who keeps it. The public side is in public-routes.ts. */
import { z } from 'zod'
import { addDays, civilDay } from '#base/base.ts'
import type { Pack } from '#policy/policy.ts'
import { fields, type Page, type Route, route, type View } from '#web/web.ts'
import {
  answerers,
  answersOf,
  type Consultation,
  countAnswers,
  findConsultation,
} from '../consultation-store.ts'
import { landlord, mayKeep, mayNotKeep, notTheirs, type ProvidersDeps } from '../deps.ts'
import { atField, eraseWords, openConsultation, sumUp, takeAnswer } from '../document.ts'
import { answerLengthMax, answersPage, newConsultationPage, ownQuestionsMax } from './consultation-pages.ts'
import { gone, shows, slug } from './parts.ts'

const one = z.object({ provider: slug })
const oneConsultation = one.extend({ id: fields.id('a consultation') })

const opening = one.extend({
  title: fields.text('what it is called', 160),
  intro: fields.text('why you ask', 4000),
  questions: fields.codes('the questions', { max: 12 }),
  own1: fields.optionalText('the question', 300),
  own2: fields.optionalText('the question', 300),
  own3: fields.optionalText('the question', 300),
  opensOn: fields.day('the first day'),
  closesOn: fields.day('the last day'),
})

/** Answers arrive as `answer-<code>`: any code here, those that were asked are taken from them. */
export const answering = z.looseObject({
  provider: slug,
  id: fields.id('a consultation'),
  who: z.preprocess((value) => value || 'not-said', z.enum(answerers)),
})

export function answersIn(
  given: Readonly<Record<string, unknown>>,
  of: Consultation,
): Record<string, string> {
  return Object.fromEntries(
    of.questions.flatMap(({ code }) => {
      const said = given[`answer-${code}`]
      return typeof said === 'string' && said.trim() !== ''
        ? [[code, said.replace(/\r\n?/g, '\n').trim()]]
        : []
    }),
  )
}

/** What is too long is said beside its question, and stays as it was typed. */
export const tooLong = (answers: Readonly<Record<string, string>>) =>
  Object.entries(answers).flatMap(([code, said]) =>
    said.length > answerLengthMax
      ? [
          {
            field: `answer-${code}`,
            message: `The answer must be ${answerLengthMax.toLocaleString('en-GB')} characters or fewer`,
          },
        ]
      : [],
  )

const perPage = 50

export function consultationRoutes(deps: ProvidersDeps): Route[] {
  const found = async (person: Parameters<typeof mayKeep>[0], provider: string, id: string) => {
    const at = landlord(deps, provider)
    if (at === null) return { answer: notTheirs } as const
    if (!mayKeep(person, at.pack)) return { answer: mayNotKeep(at.pack) } as const
    const consultation = await findConsultation(deps.sql, provider, id)
    return consultation === null ? ({ answer: notTheirs } as const) : { ...at, consultation }
  }
  const show = async (
    view: View,
    pack: Pack,
    of: Consultation,
    page: number,
    nowMs: number,
  ): Promise<Page> => {
    const pages = Math.max(1, Math.ceil(of.answers / perPage))
    const at = Math.min(page, pages)
    const answers = await answersOf(deps.sql, of.id, { skip: (at - 1) * perPage, most: perPage })
    const counts = await countAnswers(deps.sql, of.id)
    return answersPage(view, pack, of, { answers, counts, page: at, pages }, nowMs)
  }
  return [
    route({
      method: 'GET',
      path: '/policy/:provider/consultations/new',
      permission: 'policy.keep',
      ledger: shows,
      input: one,
      async handler(ask) {
        const at = landlord(deps, ask.input.provider)
        if (at === null) return notTheirs
        if (!mayKeep(ask.person, at.pack)) return mayNotKeep(at.pack)
        return {
          data: null,
          page: () => newConsultationPage(ask.view, at.pack, offered(ask.nowMs, at.provider.timeZone)),
        }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/consultations',
      permission: 'policy.keep',
      ledger: 'policy.consultation-opened',
      input: opening,
      api: { summary: 'Ask people about the policy' },
      async form(ask) {
        const at = landlord(deps, String(ask.input['provider']))
        if (at === null || !mayKeep(ask.person, at.pack)) return gone
        return newConsultationPage(ask.view, at.pack, offered(ask.nowMs, at.provider.timeZone))
      },
      async handler(ask) {
        const at = landlord(deps, ask.input.provider)
        if (at === null) return notTheirs
        if (!mayKeep(ask.person, at.pack)) return mayNotKeep(at.pack)
        const { input } = ask
        const again = (view: View) =>
          newConsultationPage(view, at.pack, offered(ask.nowMs, at.provider.timeZone))
        const own = [input.own1, input.own2, input.own3].slice(0, ownQuestionsMax)
        const questions = [
          ...at.pack.values.upkeep.questions
            .filter((q) => input.questions.includes(q.code))
            .map(({ code, ask: words }) => ({ code, ask: words })),
          ...own.flatMap((words, index) =>
            words === null ? [] : [{ code: `own-${index + 1}`, ask: words }],
          ),
        ]
        if (questions.length === 0)
          return {
            refusal: [{ field: 'questions', message: 'Choose a question, or write one of your own.' }],
            again,
          }
        const startOf = (day: string) =>
          Temporal.PlainDate.from(day).toZonedDateTime(at.provider.timeZone).epochMilliseconds
        const made = await openConsultation(
          deps,
          at.pack,
          {
            title: input.title,
            intro: input.intro,
            questions,
            opensMs: startOf(input.opensOn),
            closesMs: startOf(addDays(input.closesOn, 1)),
          },
          { by: ask.person!.id, nowMs: ask.nowMs },
        )
        if (!made.ok) return { refusal: atField('closesOn', made.reasons), again }
        return {
          data: { id: made.value },
          created: true,
          location: `/policy/${at.pack.provider}/consultations/${made.value}`,
          flash: 'It stands on its public page.',
        }
      },
    }),
    route({
      method: 'GET',
      path: '/policy/:provider/consultations/:id',
      permission: 'policy.keep',
      ledger: shows,
      input: oneConsultation.extend({ page: z.coerce.number().int().min(1).max(1000).catch(1) }),
      api: { summary: 'What people said about the policy' },
      async handler(ask) {
        const at = await found(ask.person, ask.input.provider, ask.input.id)
        if ('answer' in at) return at.answer
        const page = await show(ask.view, at.pack, at.consultation, ask.input.page, ask.nowMs)
        return { data: at.consultation, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/consultations/:id/answers',
      permission: 'policy.keep',
      ledger: 'policy.answered',
      input: answering.extend({ heardBy: fields.choice('how it came', ['paper', 'spoken']) }),
      api: { summary: 'Type in an answer that came on paper or was spoken' },
      async form(ask) {
        const at = await found(ask.person, String(ask.input['provider']), String(ask.input['id']))
        if ('answer' in at) return gone
        return show(ask.view, at.pack, at.consultation, 1, ask.nowMs)
      },
      async handler(ask) {
        const at = await found(ask.person, ask.input.provider, ask.input.id)
        if ('answer' in at) return at.answer
        const answers = answersIn(ask.input, at.consultation)
        const again = (view: View) => show(view, at.pack, at.consultation, 1, ask.nowMs)
        const long = tooLong(answers)
        if (long.length > 0) return { refusal: long, again }
        const taken = await takeAnswer(
          deps,
          at.consultation,
          { who: ask.input.who, heardBy: ask.input.heardBy, answers },
          { by: ask.person!.id, nowMs: ask.nowMs },
        )
        if (!taken.ok) return { refusal: taken.reasons, again }
        return {
          data: { id: taken.value },
          created: true,
          location: `/policy/${at.pack.provider}/consultations/${at.consultation.id}`,
          flash: 'The answer is kept.',
        }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/consultations/:id/outcome',
      permission: 'policy.keep',
      ledger: 'policy.consultation-summed-up',
      input: oneConsultation.extend({ outcome: fields.text('what came of it', 8000) }),
      api: { summary: 'Tell what came of asking people' },
      async form(ask) {
        const at = await found(ask.person, String(ask.input['provider']), String(ask.input['id']))
        if ('answer' in at) return gone
        return show(ask.view, at.pack, at.consultation, 1, ask.nowMs)
      },
      async handler(ask) {
        const at = await found(ask.person, ask.input.provider, ask.input.id)
        if ('answer' in at) return at.answer
        const done = await sumUp(deps, at.consultation, ask.input.outcome, {
          by: ask.person!.id,
          nowMs: ask.nowMs,
        })
        if (!done.ok)
          return {
            refusal: done.reasons,
            again: (view) => show(view, at.pack, at.consultation, 1, ask.nowMs),
          }
        return {
          data: null,
          location: `/policy/${at.pack.provider}/consultations/${at.consultation.id}`,
          flash: 'The outcome is told, and stands on the public page.',
        }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/consultations/:id/erase',
      permission: 'policy.keep',
      ledger: 'policy.answer-erased',
      input: oneConsultation.extend({ answer: fields.id('an answer') }),
      api: { summary: 'Erase the words of one answer; it still counts' },
      async handler(ask) {
        const at = await found(ask.person, ask.input.provider, ask.input.id)
        if ('answer' in at) return at.answer
        await eraseWords(deps, at.consultation, ask.input.answer, { by: ask.person!.id, nowMs: ask.nowMs })
        return {
          data: null,
          location: `/policy/${at.pack.provider}/consultations/${at.consultation.id}`,
          flash: 'The words are erased.',
        }
      },
    }),
  ]
}

/** Three weeks are offered; the person chooses. */
const offered = (nowMs: number, timeZone: string) => {
  const today = civilDay(nowMs, timeZone)
  return { opens: today, closes: addDays(today, 21) }
}
