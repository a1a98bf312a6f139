/** The policy as a document, as HTML: whose it is, who agreed it, when it is due, where it is made known, in what languages. */
import { clauseHref, clauseLabel, type Pack } from '#policy/policy.ts'
import {
  components as c,
  dayWords,
  type Html,
  html,
  marks,
  moment,
  type Page,
  until,
  type View,
} from '#web/web.ts'
import type { Word } from '../bodies-store.ts'
import type { Consultation } from '../consultation-store.ts'
import { roleTitle } from '../deps.ts'
import { isOpen, latestNext, type ReviewDue } from '../document.ts'
import type { PolicyReview, Publication, Translation } from '../document-store.ts'
import type { FormatRequest } from '../format-requests.ts'
import type { Provider } from '../model.ts'
import { bodies } from './bodies-section.ts'
import { partsNavigation } from './parts.ts'
import { documentWords, monthWords, since } from './policy-page.ts'

export type DocumentFacts = {
  readonly provider: Provider
  readonly pack: Pack
  readonly due: ReviewDue
  readonly overdue: boolean
  readonly reviews: readonly PolicyReview[]
  readonly words: readonly Word[]
  readonly publications: readonly Publication[]
  readonly translations: readonly Translation[]
  readonly consultations: readonly Consultation[]
  /** Who asked for another language or form; empty for those who don’t keep the policy. */
  readonly requests: readonly FormatRequest[]
  readonly names: ReadonlyMap<string, { readonly name: string }>
  readonly mayKeep: boolean
  readonly today: string
  readonly nowMs: number
}

export function documentPage(view: View, facts: DocumentFacts): Page {
  const { provider, pack } = facts
  return {
    title: `${provider.name}: the policy as a document`,
    wide: true,
    back: { href: '/policy', text: 'All policies' },
    body: html`${marks.heading({
      title: 'The document',
      caption: `${provider.name}: ${pack.title}`,
      state: facts.overdue
        ? marks.stateTag('attention', 'Review overdue')
        : marks.stateTag('lawful', 'In time'),
      lead: html`Due to be looked at again by ${dayWords(facts.due.day)}.`,
    })}${partsNavigation(pack.provider, 'document')}${about(facts)}${marks.h2('To take away', 'formats')}${formats(
      `/policy/${pack.provider}/print`,
    )}${marks.h2('Looked at again', 'reviews')}${reviews(view, facts)}${bodies(view, facts)}${marks.h2(
      'Made known',
      'publication',
    )}${publication(view, facts)}${marks.h2('Other languages and easy read', 'translations')}${translations(
      facts,
    )}${requests(view, facts)}${marks.h2('What people say about it', 'consultations')}${consultations(facts)}`,
  }
}

/** Where it comes from: the clause, or that the document doesn't say. */
const from = (
  pack: Pack,
  source: { readonly clause: string | null; readonly silent?: unknown; readonly why?: string | null },
): Html =>
  source.clause === null
    ? html`<span class="overt-muted">The policy does not say. ${source.why ?? (typeof source.silent === 'string' ? source.silent : '')}</span>`
    : html`${marks.clause(clauseLabel(pack, source.clause), clauseHref(pack, source.clause))}${source.why ? html` <span class="overt-muted">${source.why}</span>` : null}`

function about({ provider, pack }: DocumentFacts): Html {
  const { document, upkeep } = pack.values
  return c.summaryList({
    rows: [
      { key: 'Document', value: html`${documentWords(pack)}, of ${dayWords(pack.version)}` },
      { key: 'Decides here since', value: since(provider, pack) },
      {
        key: 'Kept by',
        value: html`${roleTitle(pack, upkeep.ownerRole.value)} ${from(pack, upkeep.ownerRole)}`,
      },
      { key: 'Written by', value: html`${upkeep.author.value} ${from(pack, upkeep.author)}` },
      {
        key: 'Written for',
        value: marks.bullets(upkeep.audience.map((a) => html`${a.label} ${from(pack, a)}`)),
      },
      {
        key: 'Agreed by',
        value: marks.bullets(
          upkeep.approvals.map(
            (a) =>
              html`${a.body}${a.on === null ? null : html`, ${monthWords(a.on)}`} ${from(pack, a)}${
                a.doubt === null
                  ? null
                  : html`<br>${marks.stateTag('attention', 'This cannot be right or is unclear')} ${a.doubt}`
              }`,
          ),
        ),
      },
      {
        key: 'Asked about it then',
        value:
          upkeep.consulted.length === 0
            ? 'The document tells of nobody.'
            : marks.bullets(upkeep.consulted.map((one) => html`${one.label} ${from(pack, one)}`)),
      },
      {
        key: 'Looked at again',
        value: html`${
          upkeep.reviewMonths.value === null
            ? 'On the day that it names'
            : upkeep.reviewMonths.value === 12
              ? 'Every year at least'
              : `Every ${upkeep.reviewMonths.value / 12} years`
        }. By: ${upkeep.reviewer.value} ${from(pack, upkeep.reviewMonths)}`,
      },
      {
        key: 'Sooner when',
        value:
          upkeep.earlier.length === 0
            ? 'The document does not say.'
            : marks.bullets(upkeep.earlier.map((one) => html`${one.label} ${from(pack, one)}`)),
      },
      {
        key: 'The document says',
        value: html`Next review ${monthWords(document.nextReview.value)} ${from(pack, document.nextReview)}`,
      },
    ],
  })
}

/** The four forms in which a policy can be taken away. */
export const formats = (href: string): Html =>
  marks.bullets([
    marks.link(`${href}?format=pdf`, 'PDF'),
    marks.link(`${href}?format=large`, 'PDF in large print'),
    marks.link(`${href}?format=text`, 'Plain text'),
  ])

const outcomes = { stays: 'Stays as it is', 'to-change': 'To be changed', changed: 'Changed' } as const

function reviews(view: View, facts: DocumentFacts): Html {
  const latest = latestNext(facts.pack, facts.today)
  return html`${c.table({
    caption: 'Reviews of the policy',
    captionHidden: true,
    columns: [
      { text: 'On' },
      { text: 'What came of it' },
      { text: 'Note' },
      { text: 'Next by' },
      { text: 'Recorded by' },
    ],
    rows: facts.reviews.map((review) => [
      dayWords(review.reviewedOn),
      outcomes[review.outcome],
      review.note,
      dayWords(review.nextReview),
      review.by === null ? 'Overt' : (facts.names.get(review.by)?.name ?? 'somebody who has left'),
    ]),
    empty: marks.paragraph('No review has been recorded here yet.'),
  })}${
    facts.mayKeep
      ? c.details(
          'Record a review',
          c.form({
            view,
            action: `/policy/${facts.pack.provider}/reviews`,
            body: html`${c.dateInput({ name: 'reviewedOn', label: 'When was it looked at?', view, value: facts.today })}${c.radios(
              {
                name: 'outcome',
                label: 'What came of it?',
                view,
                choices: [
                  { value: 'stays', text: outcomes.stays },
                  {
                    value: 'to-change',
                    text: outcomes['to-change'],
                    hint: 'A change is a new version of the pack.',
                  },
                  { value: 'changed', text: outcomes.changed },
                ],
              },
            )}${c.textarea({ name: 'note', label: 'Who took part, and why', view, rows: 3, maxlength: 4000 })}${c.dateInput(
              {
                name: 'nextReview',
                label: 'When is it due again?',
                view,
                value: latest,
                ...(latest === null
                  ? {}
                  : {
                      hint: `${dayWords(latest)} at the latest, ${facts.pack.values.upkeep.reviewMonths.silent ? 'because the policy gives no rhythm' : 'by the policy’s own rhythm'}.`,
                    }),
              },
            )}${c.button({ text: 'Record the review' })}`,
          }),
          view.refused !== null && 'reviewedOn-day' in view.refused.values,
        )
      : null
  }`
}

const channelsAsked = {
  website: 'the website',
  intranet: 'the intranet',
  pdf: 'a copy to take away',
  staff: 'word to staff',
} as const
const channelWords = { website: 'Public page', intranet: 'Intranet', staff: 'Told to staff' } as const

function publication(view: View, facts: DocumentFacts): Html {
  const { pack } = facts
  const action = `/policy/${pack.provider}/publications`
  const open = facts.publications.filter((one) => one.endedMs === null)
  const onWeb = open.some((one) => one.channel === 'website')
  const asked = pack.values.upkeep.channels
  return html`${
    asked.length === 0
      ? marks.paragraph('The policy does not say where it is made known.')
      : marks.bullets(
          asked.map(
            (one) =>
              html`It is to be made known by ${channelsAsked[one.code]}. ${from(pack, one)} ${
                one.code === 'pdf' || open.some((made) => made.channel === one.code)
                  ? marks.stateTag('lawful', 'Done')
                  : marks.stateTag('waiting', 'Not yet')
              }`,
          ),
        )
  }${c.table({
    caption: 'Where the policy is made known',
    captionHidden: true,
    columns: [
      { text: 'Where' },
      { text: 'Version' },
      { text: 'Since' },
      { text: 'Until' },
      { text: 'Address' },
    ],
    rows: facts.publications.map((one) => [
      channelWords[one.channel],
      html`${dayWords(one.version)}${one.endedMs === null && (one.version !== pack.version || one.revision !== pack.revision) && one.channel !== 'website' ? html` ${marks.stateTag('attention', 'An older version')}` : null}`,
      moment(one.atMs, facts.provider.timeZone),
      one.endedMs === null ? 'now' : moment(one.endedMs, facts.provider.timeZone),
      one.channel === 'website'
        ? marks.link(`/published/${pack.provider}`, `/published/${pack.provider}`)
        : (one.address ?? '–'),
    ]),
    empty: marks.paragraph(
      'It is not made known anywhere yet. Without that, only people with an account can read it.',
    ),
  })}${
    facts.mayKeep
      ? html`${c.form({
          view,
          action: onWeb ? `${action}/end` : action,
          body: html`${c.hidden('channel', 'website')}${c.button({
            text: onWeb ? 'Close the public page' : 'Open the public page',
            kind: onWeb ? 'warning' : 'primary',
          })}`,
        })}${c.details(
          'Record that it is on the intranet, or was sent to staff',
          c.form({
            view,
            action,
            body: html`${c.radios({
              name: 'channel',
              label: 'Where',
              view,
              choices: [
                { value: 'intranet', text: 'Intranet' },
                { value: 'staff', text: 'Sent to staff' },
              ],
            })}${c.input({ name: 'address', label: 'Address of the page, if there is one', view, width: 'two-thirds', maxlength: 500 })}${c.button({ text: 'Record' })}`,
          }),
          view.refused !== null && 'address' in view.refused.values,
        )}`
      : null
  }`
}

function translations({ pack, translations: list, mayKeep }: DocumentFacts): Html {
  return html`${c.table({
    caption: 'Translations',
    captionHidden: true,
    columns: [{ text: 'Language' }, { text: 'Translated on' }, { text: 'State' }],
    rows: list.map((one) => [
      html`<a class="govuk-link" href="/policy/${pack.provider}/translations/${one.id}"><bdi lang="${one.language}">${one.languageName}</bdi>${one.easyRead ? ', easy read' : null}</a>`,
      dayWords(one.translatedOn),
      one.ofHash === pack.hash
        ? marks.stateTag('lawful', 'Up to date')
        : marks.stateTag('attention', 'The policy has changed since'),
    ]),
    empty: marks.paragraph('There is none yet.'),
  })}${mayKeep ? c.button({ text: 'Add a translation', href: `/policy/${pack.provider}/translations/new`, kind: 'secondary' }) : null}`
}

/** Their words are shown to who keeps the policy alone, and go when they have what they need. */
function requests(view: View, { pack, requests: list }: DocumentFacts): Html | null {
  if (list.length === 0) return null
  return html`${marks.h3('Asked for by people')}${list.map((one) =>
    marks.card({
      body: html`${marks.paragraph(html`<strong>${one.wanted}</strong>, asked on ${moment(one.atMs)}. ${one.contact === null ? 'They did not say how to reach them.' : `Reach them at: ${one.contact}`}`)}${c.form(
        {
          view,
          action: `/policy/${pack.provider}/formats`,
          body: html`${c.hidden('request', one.id)}${c.button({ text: 'They have it: erase this', kind: 'secondary' })}`,
        },
      )}`,
    }),
  )}`
}

function consultations({ pack, consultations: list, mayKeep, nowMs }: DocumentFacts): Html {
  return html`${c.table({
    caption: 'Consultations on the policy',
    captionHidden: true,
    columns: [
      { text: 'What about' },
      { text: 'Open' },
      { text: 'Answers', numeric: true },
      { text: 'State' },
    ],
    rows: list.map((one) => [
      mayKeep ? marks.link(`/policy/${pack.provider}/consultations/${one.id}`, one.title) : one.title,
      html`${moment(one.opensMs)} until ${until(one.closesMs)}`,
      String(one.answers),
      consultationState(one, nowMs),
    ]),
    empty: marks.paragraph('Nobody has been asked here yet.'),
  })}${mayKeep ? c.button({ text: 'Ask people about the policy', href: `/policy/${pack.provider}/consultations/new`, kind: 'secondary' }) : null}`
}

export const consultationState = (one: Consultation, nowMs: number): Html =>
  one.outcome !== null
    ? marks.stateTag('stopped', 'Outcome told')
    : isOpen(one, nowMs)
      ? marks.stateTag('lawful', 'Open')
      : nowMs < one.opensMs
        ? marks.stateTag('waiting', 'Not open yet')
        : marks.stateTag('attention', 'Closed; outcome to be told')
