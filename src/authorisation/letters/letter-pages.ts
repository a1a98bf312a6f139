/** Letters as HTML: what there is to send about a camera, and one letter to read. */
import {
  components as c,
  dayWords,
  direction,
  type Html,
  html,
  languageName,
  marks,
  moment,
  type Page,
  type Printable,
  type View,
} from '#web/web.ts'
import type { Standing } from '../evaluate.ts'
import { ownView, placeTitle, roleTitles } from '../pages/words.ts'
import { lettersBy } from './letter-facts.ts'
import { headOf, type Wording } from './letter-print.ts'
import { type LetterFacts, type LetterKind, letterKindLabels } from './letter-says.ts'
import type { Batch } from './letter-store.ts'
import { spaced } from './letter-text.ts'
import { lettersMax } from './who-gets.ts'

export const at = ({ file }: Standing): string => `/deployments/${file.deployment.id}/letters`
export const letters = (count: number): string => (count === 1 ? '1 letter' : `${count} letters`)

export function lettersPage(
  view: View,
  standing: Standing,
  extra: {
    /** `why`: in plain words why none of this kind can be made; null: one can. */
    readonly kinds: readonly { readonly kind: LetterKind; readonly why: string | null }[]
    readonly chosen: LetterKind | null
    readonly batches: readonly Batch[]
    readonly writes: boolean
    /** Numbers of people at this place who need something special; empty for who may not know. */
    readonly needing: readonly string[]
    readonly nowMs: number
  },
): Page {
  const { file, pack } = standing
  const { deployment: d } = file
  const possible = extra.kinds.filter((one) => one.why === null).map((one) => one.kind)
  return {
    title: 'Letters',
    back: { href: `/deployments/${d.id}`, text: `${d.reference}: ${file.camera.label}` },
    body: html`${marks.heading({
      title: 'Letters',
      caption: `${d.reference} · ${placeTitle(file)}`,
      lead: 'Made from the record, so they say what is true. Each person gets theirs in the form that they told us once.',
    })}${extra.kinds.map(({ kind, why }) =>
      marks.card({
        title: letterKindLabels[kind],
        ...(why === null ? {} : { state: 'stopped' as const }),
        body: why === null ? readLinks(standing, kind) : html`<p class="govuk-body">${why}</p>`,
      }),
    )}${
      possible.length === 0 || d.ended !== null
        ? null
        : extra.writes
          ? makeForm(view, standing, possible, extra)
          : c.insetText(
              `${roleTitles(pack, lettersBy(pack))} makes and prints them, because what people need is seen with it.`,
            )
    }${marks.h2('Made', 'made')}${c.table({
      caption: 'Letters made',
      captionHidden: true,
      columns: [{ text: 'When' }, { text: 'What' }, { text: 'Forms' }, { text: 'Sent' }],
      rows: extra.batches.map((one) => [
        marks.link(`${at(standing)}/batches/${one.id}`, moment(one.madeMs, d.timeZone)),
        html`${letterKindLabels[one.kind]}<br><span class="overt-muted">${letters(one.letters)}</span>`,
        html`${one.forms.map((form, index) => html`${index > 0 ? html`<br>` : null}${form.count} × ${form.words.toLowerCase()}`)}`,
        one.sentOn === null ? marks.stateTag('waiting', 'Not yet') : dayWords(one.sentOn),
      ]),
      empty: marks.emptyState({
        title: 'None yet',
        body: 'What is made stands here with its day and its forms.',
      }),
    })}`,
  }
}

function readLinks(standing: Standing, kind: LetterKind): Html {
  const link = (format: string, text: string): Html =>
    marks.link(
      `${at(standing)}/${kind}/${format}`,
      html`${text}<span class="govuk-visually-hidden">: ${letterKindLabels[kind]}</span>`,
    )
  return html`<p class="govuk-body">${link('html', 'Read it here')}</p><p class="govuk-body">To nobody by name, for a notice board or a stairwell: ${link('pdf', 'PDF')}, ${link('large', 'large print')}, ${link('easy', 'easy words')}, ${link('easy-large', 'easy words in large print')}, ${link('text', 'plain text')}.</p>`
}

function makeForm(
  view: View,
  standing: Standing,
  possible: readonly LetterKind[],
  extra: { readonly chosen: LetterKind | null; readonly needing: readonly string[] },
): Html {
  const own = ownView(view, at(standing))
  const { needing } = extra
  return html`${marks.h2('Make letters', 'make')}${
    needing.length === 0
      ? null
      : c.insetText(
          html`${needing.length === 1 ? 'One person who lives here has' : `${needing.length} people who live here have`} told us what they need. Don’t miss ${needing.length === 1 ? 'them' : 'any of them'}: ${needing.join(', ')}.`,
        )
  }${c.form({
    view: own,
    action: at(standing),
    body: html`${
      possible.length === 1
        ? c.hidden('kind', possible[0]!)
        : c.radios({
            name: 'kind',
            label: 'Which letter?',
            labelSize: 's',
            view: own,
            value: extra.chosen ?? '',
            choices: possible.map((kind) => ({ value: kind, text: letterKindLabels[kind] })),
            small: true,
          })
    }${c.textarea({
      name: 'households',
      label: 'Who gets one?',
      labelSize: 's',
      hint: html`A line each: your number for them; their name; their address. Number and name may be empty: “; ; Flat 2, Elm House, DE1 1AB”. Three columns pasted from a spreadsheet do as well. At most ${lettersMax} at a time. By the number we find what they need.`,
      view: own,
      rows: 8,
    })}${c.button({ text: 'Make the letters' })}`,
  })}`
}

/** One letter as a page: what somebody reads who listens to it or changes its letters. */
export function onePage(
  standing: Standing,
  facts: LetterFacts,
  { letter, language, translated }: Wording,
  /** Address of its files, and whether paper has all its letters; left out: they are linked elsewhere. */
  files?: { readonly href: string; readonly printable: boolean },
): Page {
  const { day } = headOf(facts, language)
  const line = (text: string) => inOrder(text, language)
  return {
    title: language === 'en' ? letter.title : `${languageName(language)}: ${facts.reference}`,
    back: { href: at(standing), text: 'Letters' },
    body: html`<div lang="${language}" dir="${direction(language)}">${marks.heading({
      title: letter.title,
      caption: html`<bdi lang="en">${facts.landlord}</bdi>, ${day}`,
      lead: line(letter.lead),
    })}${letter.sections.map(
      ({ title, lines, bare }) =>
        html`${marks.h2(title)}${bare === true || lines.length === 1 ? lines.map((text) => marks.paragraph(line(text))) : marks.bullets(lines.map(line))}`,
    )}${
      letter.slip === null
        ? null
        : html`${marks.h2(letter.slip.title)}${marks.bullets(letter.slip.boxes)}${marks.paragraph(line(letter.slip.back))}`
    }</div>${translated === null ? null : marks.small(translated)}${files === undefined ? null : fileLinks(files)}`,
  }
}

/** Telephone numbers keep their order among letters that run from right to left. */
function inOrder(text: string, language: string): Printable {
  if (direction(language) === 'ltr') return text
  const numbers = text.match(spaced) ?? []
  return html`${text.split(spaced).map((part, at) => html`${part}${at < numbers.length ? html`<bdi dir="ltr">${numbers[at]}</bdi>` : null}`)}`
}

function fileLinks({ href, printable }: { readonly href: string; readonly printable: boolean }): Html {
  const text = marks.link(`${href}/text`, 'plain text')
  return html`<p class="govuk-body">To nobody by name: ${
    printable
      ? html`${marks.link(`${href}/pdf`, 'PDF')}, ${marks.link(`${href}/large`, 'large print')}, ${text}.`
      : html`${text}. No typeface here has its letters, so print this page for paper.`
  }</p>`
}
