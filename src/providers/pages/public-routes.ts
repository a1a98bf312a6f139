/**
 * What anybody can read without an account, once the landlord has opened its public page: the policy in plain words,
 * its formats and translations, and what people are asked about it. Nothing here says where a camera is.
 */
import { z } from 'zod'
import type { Pack } from '#policy/policy.ts'
import {
  type Answer,
  components as c,
  dayWords,
  fields,
  html,
  marks,
  type Page,
  type Route,
  route,
  untilWords,
  type View,
} from '#web/web.ts'
import { type Consultation, consultationsOf, findConsultation } from '../consultation-store.ts'
import { landlord, type ProvidersDeps } from '../deps.ts'
import { isOpen, takeAnswer } from '../document.ts'
import { isPublished, type Translation, translationsOf } from '../document-store.ts'
import { askForFormat } from '../format-requests.ts'
import { printed, printFormats, sheetData } from '../print/print.ts'
import { publicConsultationPage } from './consultation-pages.ts'
import { answering, answersIn, tooLong } from './consultation-routes.ts'
import { formats } from './document-page.ts'
import { translationAnswer } from './document-routes.ts'
import { gone, slug } from './parts.ts'

const shown = { none: 'it shows what the landlord has published' }
const notThere: Answer = {
  notFound: 'There is no such page. The landlord may not have published its policy here.',
}
const one = z.object({ provider: slug })
/** People read a few pages; a program that copies them all is slowed down. */
const rateMax = 120
const printsPerMinute = 10
const answersPerMinute = 6

const asking = one.extend({
  wanted: fields.text('what you need', 300),
  contact: fields.optionalText('how we can reach you', 300),
})

export function publicRoutes(deps: ProvidersDeps): Route[] {
  const published = async (provider: string): Promise<Pack | null> => {
    // People outside know the landlord by its own name, whoever wrote the document.
    const pack = landlord(deps, provider)?.pack ?? null
    return pack !== null && (await isPublished(deps.sql, provider, 'website')) ? pack : null
  }
  const pageOf = async (view: View, pack: Pack, nowMs: number): Promise<Page> => {
    const translations = await translationsOf(deps.sql, pack.provider)
    const consultations = await consultationsOf(deps.sql, pack.provider)
    return publishedPage(view, pack, translations, consultations, nowMs)
  }
  /** A consultation has a public page of its own, whether the policy is published or not: its answers need one. */
  const asked = async (provider: string, id: string) => {
    const found = landlord(deps, provider)
    const consultation = found === null ? null : await findConsultation(deps.sql, provider, id)
    return found === null || consultation === null ? null : { pack: found.pack, consultation }
  }
  return [
    route({
      method: 'GET',
      path: '/published/:provider',
      permission: 'public',
      ledger: shown,
      rateMax,
      input: one,
      async handler(ask) {
        const pack = await published(ask.input.provider)
        if (pack === null) return notThere
        const page = await pageOf(ask.view, pack, ask.nowMs)
        return { data: null, page: () => page }
      },
    }),
    route({
      method: 'GET',
      path: '/published/:provider/print',
      permission: 'public',
      ledger: shown,
      rateMax: printsPerMinute,
      input: one.extend({ format: z.enum(printFormats).catch('pdf').default('pdf') }),
      async handler({ input }) {
        const pack = await published(input.provider)
        return pack === null ? notThere : { file: await printed(pack, input.format) }
      },
    }),
    route({
      method: 'POST',
      path: '/published/:provider/formats',
      permission: 'public',
      ledger: 'policy.format-asked',
      rateMax: answersPerMinute,
      input: asking,
      async form(ask) {
        const pack = await published(String(ask.input['provider']))
        return pack === null ? gone : pageOf(ask.view, pack, ask.nowMs)
      },
      async handler(ask) {
        const pack = await published(ask.input.provider)
        if (pack === null) return notThere
        const { wanted, contact } = ask.input
        const done = await askForFormat(deps, pack, { wanted, contact }, ask.nowMs)
        if (!done.ok) return { refusal: done.reasons, again: (view) => pageOf(view, pack, ask.nowMs) }
        return {
          data: null,
          location: `/published/${pack.provider}`,
          flash: 'Thank you. The landlord has been told what you need.',
        }
      },
    }),
    route({
      method: 'GET',
      path: '/published/:provider/translations/:id',
      permission: 'public',
      ledger: shown,
      rateMax,
      input: one.extend({ id: fields.id('a translation') }),
      async handler({ input }) {
        const pack = await published(input.provider)
        return pack === null
          ? notThere
          : translationAnswer(deps, pack, input.id, `/published/${pack.provider}`)
      },
    }),
    route({
      method: 'GET',
      path: '/published/:provider/consultations/:id',
      permission: 'public',
      ledger: shown,
      rateMax,
      input: one.extend({ id: fields.id('a consultation') }),
      async handler(ask) {
        const at = await asked(ask.input.provider, ask.input.id)
        if (at === null) return notThere
        return {
          data: null,
          page: () => publicConsultationPage(ask.view, at.pack, at.consultation, ask.nowMs),
        }
      },
    }),
    route({
      method: 'POST',
      path: '/published/:provider/consultations/:id',
      permission: 'public',
      ledger: 'policy.answered',
      rateMax: answersPerMinute,
      input: answering,
      async handler(ask) {
        const at = await asked(ask.input.provider, ask.input.id)
        if (at === null) return notThere
        const again = (view: typeof ask.view): Page =>
          publicConsultationPage(view, at.pack, at.consultation, ask.nowMs)
        const answers = answersIn(ask.input, at.consultation)
        const long = tooLong(answers)
        if (long.length > 0) return { refusal: long, again }
        const taken = await takeAnswer(
          deps,
          at.consultation,
          { who: ask.input.who, heardBy: 'web', answers },
          { by: null, nowMs: ask.nowMs },
        )
        if (!taken.ok) {
          const first = at.consultation.questions[0]?.code
          const field = taken.reasons[0]?.code === 'empty' && first !== undefined ? `answer-${first}` : null
          return { refusal: taken.reasons.map(({ message }) => ({ field, message })), again }
        }
        return {
          data: null,
          location: `/published/${at.pack.provider}/consultations/${at.consultation.id}`,
          flash: 'Thank you. Your answer is kept. What came of it will be told on this page.',
        }
      },
    }),
  ]
}

/** The policy for residents: every rule in plain words, without what only staff need. */
function publishedPage(
  view: View,
  pack: Pack,
  translations: readonly Translation[],
  consultations: readonly Consultation[],
  nowMs: number,
): Page {
  const sheet = sheetData(pack)
  const here = `/published/${pack.provider}`
  const shownNow = consultations.filter((one) => one.opensMs <= nowMs).slice(0, 5)
  return {
    title: `${pack.name}: ${pack.title}`,
    body: html`${marks.heading({ title: pack.title, caption: pack.name, lead: sheet.about })}${c.summaryList({
      rows: sheet.facts.map(([key, value]) => ({ key, value })),
    })}${
      shownNow.length === 0
        ? null
        : html`${marks.h2('Tell us what you think')}${marks.bullets(
            shownNow.map(
              (one) =>
                html`${marks.link(`${here}/consultations/${one.id}`, one.title)} ${
                  isOpen(one, nowMs)
                    ? `until ${untilWords(one.closesMs)}`
                    : one.outcome === null
                      ? 'closed'
                      : 'closed; see what came of it'
                }`,
            ),
          )}`
    }${marks.h2('To take away')}${formats(`${here}/print`)}${
      translations.length === 0
        ? null
        : html`${marks.h2('In other languages and easy read')}${marks.bullets(
            translations.map(
              (one) =>
                html`<a class="govuk-link" href="${here}/translations/${one.id}"><bdi lang="${one.language}">${one.languageName}</bdi>${one.easyRead ? ', easy read' : null}</a>${one.ofHash === pack.hash ? null : html` (of ${dayWords(one.translatedOn)}; the policy has changed since)`}`,
            ),
          )}`
    }${c.details(
      'Ask for it in another language or form',
      c.form({
        view,
        action: `${here}/formats`,
        body: html`${c.input({ name: 'wanted', label: 'What do you need?', hint: 'A language, easy read, braille, audio or something else.', view, width: 'two-thirds', maxlength: 300 })}${c.input(
          {
            name: 'contact',
            label: 'How can we reach you?',
            hint: 'An address, a number or an e-mail address. It is erased when you have what you need.',
            view,
            width: 'two-thirds',
            maxlength: 300,
          },
        )}${c.button({ text: 'Ask' })}`,
      }),
      view.refused !== null,
    )}${marks.h2('What it says')}<nav class="overt-contents" aria-label="Parts of the policy">${marks.bullets(
      sheet.sections.map((section, index) => marks.link(`#part-${index + 1}`, section.title)),
    )}</nav>${sheet.sections.map(
      (section, index) =>
        html`<section aria-labelledby="part-${index + 1}">${marks.h2(section.title, `part-${index + 1}`)}${section.rules.map(
          ([number, text]) =>
            html`<p class="govuk-body">${text} <span class="overt-muted">(${number})</span></p>`,
        )}</section>`,
    )}`,
  }
}
