/** Rows of the policy as a document: reviews, publication, formats and translations. */
import { z } from 'zod'
import { civilDay } from '#base/base.ts'
import type { Pack } from '#policy/policy.ts'
import { type Ask, fields, type Page, type Route, route, type View } from '#web/web.ts'
import { recordWord } from '../bodies.ts'
import { wordsOf } from '../bodies-store.ts'
import { consultationsOf } from '../consultation-store.ts'
import { belongs, landlord, mayKeep, mayNotKeep, notTheirs, type ProvidersDeps } from '../deps.ts'
import { atField, publish, recordReview, reviewDue, translate, unpublish } from '../document.ts'
import { channels, publicationsOf, reviewsOf, translationBody, translationsOf } from '../document-store.ts'
import { answerRequest, openRequests } from '../format-requests.ts'
import type { Provider } from '../model.ts'
import { printed, printFormats } from '../print/print.ts'
import { documentPage } from './document-page.ts'
import { gone, shows, slug } from './parts.ts'
import { newTranslationPage, translationPage } from './translation-pages.ts'

const one = z.object({ provider: slug })
const httpsAddress = (value: unknown) =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : null

const review = one.extend({
  reviewedOn: fields.day('when it was looked at'),
  outcome: fields.choice('what came of it', ['stays', 'to-change', 'changed']),
  note: fields.text('who took part, and why', 4000),
  nextReview: fields.day('when it is due again'),
})

const word = one.extend({
  kind: fields.choice('what happened', ['approved', 'shown']),
  givenOn: fields.day('the day'),
  minute: fields.optionalText('where it is minuted', 200),
})

const publication = one.extend({
  channel: fields.choice('where', channels),
  address: z.preprocess(
    httpsAddress,
    z
      .url({ protocol: /^https?$/, error: 'Enter an address that begins with https://' })
      .max(500, 'The address must be 500 characters or fewer')
      .nullable(),
  ),
})

const translation = one.extend({
  language: z.preprocess(
    (value) => (typeof value === 'string' ? value.trim() : value),
    z
      .string('Enter the language’s code')
      .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$/, 'Enter the language’s code, like pl or ur'),
  ),
  languageName: fields.text('the language’s own name', 60),
  easyRead: fields.tick(),
  translatedOn: fields.day('when it was translated'),
  body: fields.optionalText('the translation', 200_000),
})

/** A translation as a file. */
const fileBytesMax = 10 * 1024 * 1024

export function documentRoutes(deps: ProvidersDeps): Route[] {
  const page = async (view: View, provider: Provider, pack: Pack, ask: Ask<unknown>): Promise<Page> =>
    documentPage(view, await factsOf(deps, provider, pack, ask))
  return [
    route({
      method: 'GET',
      path: '/policy/:provider/document',
      permission: 'policy.read',
      ledger: shows,
      input: one,
      api: { summary: 'A policy as a document: owner, reviews, publication, translations, consultations' },
      async handler(ask) {
        const found = landlord(deps, ask.input.provider)
        if (found === null || !belongs(ask.person, ask.input.provider)) return notTheirs
        const { pack, provider } = found
        const facts = await factsOf(deps, provider, pack, ask)
        const { due, overdue, reviews, words, publications, translations, consultations } = facts
        return {
          data: {
            upkeep: pack.values.upkeep,
            due,
            overdue,
            reviews,
            words,
            publications,
            translations,
            consultations,
          },
          page: () => documentPage(ask.view, facts),
        }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/reviews',
      permission: 'policy.keep',
      ledger: 'policy.reviewed',
      input: review,
      api: { summary: 'Record that the policy was looked at again' },
      form: (ask) => formAgain(deps, ask, page),
      async handler(ask) {
        const found = landlord(deps, ask.input.provider)
        if (found === null) return notTheirs
        if (!mayKeep(ask.person, found.pack)) return mayNotKeep(found.pack)
        const { provider: _provider, ...given } = ask.input
        const today = civilDay(ask.nowMs, found.provider.timeZone)
        const done = await recordReview(
          deps,
          found.pack,
          { ...given, today },
          { by: ask.person!.id, nowMs: ask.nowMs },
        )
        if (!done.ok)
          return {
            refusal: atField(done.reasons[0]?.code === 'future' ? 'reviewedOn' : 'nextReview', done.reasons),
            again: (view) => page(view, found.provider, found.pack, ask),
          }
        return {
          data: done.value,
          created: true,
          location: `/policy/${found.pack.provider}/document`,
          flash: 'The review is recorded.',
        }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/words',
      permission: 'policy.keep',
      ledger: 'policy.word-given',
      input: word,
      api: { summary: 'Record that a body approved the policy, or was shown what came of its review' },
      form: (ask) => formAgain(deps, ask, page),
      async handler(ask) {
        const found = landlord(deps, ask.input.provider)
        if (found === null) return notTheirs
        if (!mayKeep(ask.person, found.pack)) return mayNotKeep(found.pack)
        const { provider: _provider, ...given } = ask.input
        const today = civilDay(ask.nowMs, found.provider.timeZone)
        const deed = { by: ask.person!.id, nowMs: ask.nowMs }
        const done = await recordWord(deps, found.pack, { ...given, today }, deed)
        if (!done.ok)
          return {
            refusal: atField(done.reasons[0]?.code === 'kind' ? 'kind' : 'givenOn', done.reasons),
            again: (view) => page(view, found.provider, found.pack, ask),
          }
        return {
          data: done.value,
          created: true,
          location: `/policy/${found.pack.provider}/document`,
          flash: 'It is recorded.',
        }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/publications',
      permission: 'policy.keep',
      ledger: 'policy.published',
      input: publication,
      api: { summary: 'Make the policy known: open its public page, or record where it stands' },
      form: (ask) => formAgain(deps, ask, page),
      async handler(ask) {
        const found = landlord(deps, ask.input.provider)
        if (found === null) return notTheirs
        if (!mayKeep(ask.person, found.pack)) return mayNotKeep(found.pack)
        const { channel } = ask.input
        await publish(
          deps,
          found.pack,
          { channel, address: channel === 'website' ? null : ask.input.address },
          {
            by: ask.person!.id,
            nowMs: ask.nowMs,
          },
        )
        return {
          data: null,
          location: `/policy/${found.pack.provider}/document`,
          flash:
            channel === 'website'
              ? 'The public page is open: anybody can read the policy there.'
              : 'Recorded.',
        }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/publications/end',
      permission: 'policy.keep',
      ledger: 'policy.unpublished',
      input: one.extend({ channel: fields.choice('where', channels) }),
      api: { summary: 'The policy is no longer made known there' },
      async handler(ask) {
        const found = landlord(deps, ask.input.provider)
        if (found === null) return notTheirs
        if (!mayKeep(ask.person, found.pack)) return mayNotKeep(found.pack)
        await unpublish(deps, found.pack, ask.input.channel, { by: ask.person!.id, nowMs: ask.nowMs })
        return { data: null, location: `/policy/${found.pack.provider}/document`, flash: 'It is closed.' }
      },
    }),
    route({
      method: 'GET',
      path: '/policy/:provider/print',
      permission: 'policy.read',
      ledger: shows,
      rateMax: 30,
      input: one.extend({ format: z.enum(printFormats).catch('pdf').default('pdf') }),
      async handler({ input }) {
        const found = landlord(deps, input.provider)
        return found === null ? notTheirs : { file: await printed(found.pack, input.format) }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/formats',
      permission: 'policy.keep',
      ledger: 'policy.format-given',
      input: one.extend({ request: fields.id('a request') }),
      api: { summary: 'Somebody has the policy in the language or form that they asked for' },
      async handler(ask) {
        const found = landlord(deps, ask.input.provider)
        if (found === null) return notTheirs
        if (!mayKeep(ask.person, found.pack)) return mayNotKeep(found.pack)
        await answerRequest(deps, found.pack, ask.input.request, { by: ask.person!.id, nowMs: ask.nowMs })
        return {
          data: null,
          location: `/policy/${found.pack.provider}/document`,
          flash: 'What they wrote is erased.',
        }
      },
    }),
    ...translationRoutes(deps),
  ]
}

function translationRoutes(deps: ProvidersDeps): Route[] {
  return [
    route({
      method: 'GET',
      path: '/policy/:provider/translations/new',
      permission: 'policy.keep',
      ledger: shows,
      input: one,
      async handler(ask) {
        const found = landlord(deps, ask.input.provider)
        if (found === null) return notTheirs
        if (!mayKeep(ask.person, found.pack)) return mayNotKeep(found.pack)
        const today = civilDay(ask.nowMs, found.provider.timeZone)
        return { data: null, page: () => newTranslationPage(ask.view, found.pack, today) }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/translations',
      permission: 'policy.keep',
      ledger: 'policy.translated',
      uploads: { field: 'file', files: 1, bytesMax: fileBytesMax, mimes: ['application/pdf', 'text/plain'] },
      input: translation,
      api: { summary: 'Keep a translation of the policy' },
      async form(ask) {
        const found = landlord(deps, String(ask.input['provider']))
        if (found === null || !mayKeep(ask.person, found.pack)) return gone
        return newTranslationPage(ask.view, found.pack, civilDay(ask.nowMs, found.provider.timeZone))
      },
      async handler(ask) {
        const found = landlord(deps, ask.input.provider)
        if (found === null) return notTheirs
        if (!mayKeep(ask.person, found.pack)) return mayNotKeep(found.pack)
        const today = civilDay(ask.nowMs, found.provider.timeZone)
        const { body, provider: _provider, ...given } = ask.input
        const file = ask.files['file'] ?? null
        const wrong =
          (body === null) === (file === null)
            ? { field: 'body', message: 'Type the translation in, or choose a file: one of the two.' }
            : given.translatedOn > today
              ? { field: 'translatedOn', message: 'The day of the translation can’t be still to come.' }
              : null
        if (wrong !== null)
          return { refusal: [wrong], again: (view) => newTranslationPage(view, found.pack, today) }
        const id = await translate(
          deps,
          found.pack,
          { ...given, body, file },
          { by: ask.person!.id, nowMs: ask.nowMs },
        )
        return {
          data: { id },
          created: true,
          location: `/policy/${found.pack.provider}/document`,
          flash: 'The translation is kept.',
        }
      },
    }),
    route({
      method: 'GET',
      path: '/policy/:provider/translations/:id',
      permission: 'policy.read',
      ledger: shows,
      input: one.extend({ id: fields.id('a translation') }),
      async handler(ask) {
        const found = landlord(deps, ask.input.provider)
        if (found === null || !belongs(ask.person, ask.input.provider)) return notTheirs
        return translationAnswer(deps, found.pack, ask.input.id, `/policy/${found.pack.provider}/document`)
      },
    }),
  ]
}

/** A translation as a page, or as the file that somebody put in. */
export async function translationAnswer(
  deps: Pick<ProvidersDeps, 'sql'>,
  pack: Pack,
  id: string,
  back: string,
) {
  const list = await translationsOf(deps.sql, pack.provider)
  const about = list.find((translated) => translated.id === id)
  const content = about === undefined ? null : await translationBody(deps.sql, pack.provider, id)
  if (about === undefined || content === null) return notTheirs
  if (content.file !== null)
    return { file: { mime: about.mime!, body: content.file, filename: about.filename! } }
  return { data: about, page: () => translationPage(pack, about, content.body ?? '', back) }
}

async function factsOf(deps: ProvidersDeps, provider: Provider, pack: Pack, ask: Ask<unknown>) {
  const { sql } = deps
  const [reviews, words, publications, translations, consultations] = await Promise.all([
    reviewsOf(sql, provider.slug),
    wordsOf(sql, provider.slug),
    publicationsOf(sql, provider.slug),
    translationsOf(sql, provider.slug),
    consultationsOf(sql, provider.slug),
  ])
  const keeps = mayKeep(ask.person, pack)
  const due = reviewDue(pack, reviews[0])
  const today = civilDay(ask.nowMs, provider.timeZone)
  const people = reviews.flatMap((row) => row.by ?? [])
  return {
    provider,
    pack,
    due,
    overdue: due.day < today,
    reviews,
    words,
    publications,
    translations,
    consultations,
    names: await deps.named([...new Set(people)]),
    requests: keeps ? await openRequests(sql, provider.slug) : [],
    mayKeep: keeps,
    today,
    nowMs: ask.nowMs,
  }
}

async function formAgain(
  deps: ProvidersDeps,
  ask: Ask<Readonly<Record<string, unknown>>>,
  page: (view: View, provider: Provider, pack: Pack, ask: Ask<unknown>) => Promise<Page>,
): Promise<Page> {
  const found = landlord(deps, String(ask.input['provider']))
  if (found === null || !mayKeep(ask.person, found.pack)) return gone
  return page(ask.view, found.provider, found.pack, ask)
}
