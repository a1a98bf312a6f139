/** Letters as HTML: what there is to send about a camera, one letter to read, one batch with its piles. */
import { civilDay } from '#base/base.ts'
import { components as c, dayWords, type Html, html, marks, moment, type Page, type View } from '#web/web.ts'
import type { Standing } from '../evaluate.ts'
import { ownView, placeTitle, roleTitles, typedText } from '../pages/words.ts'
import { lettersBy } from './letter-facts.ts'
import { type LetterFacts, type LetterKind, letterKindLabels, letterSays } from './letter-says.ts'
import { addressDaysMax, type Batch, type LetterRow } from './letter-store.ts'
import { lettersMax } from './who-gets.ts'

const at = ({ file }: Standing): string => `/deployments/${file.deployment.id}/letters`
const letters = (count: number): string => (count === 1 ? '1 letter' : `${count} letters`)

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
export function onePage(standing: Standing, facts: LetterFacts): Page {
  const letter = letterSays(facts, 'plain')
  return {
    title: letter.title,
    back: { href: at(standing), text: 'Letters' },
    body: html`${marks.heading({ title: letter.title, caption: `${facts.landlord}, ${dayWords(facts.day)}`, lead: letter.lead })}${letter.sections.map(
      ({ title, lines }) =>
        html`${marks.h2(title)}${lines.length > 1 ? marks.bullets(lines) : marks.paragraph(lines[0] ?? '')}`,
    )}${letter.slip.length === 0 ? null : html`${marks.h2('Your answer')}${marks.bullets(letter.slip)}`}`,
  }
}

export function batchPage(
  view: View,
  standing: Standing,
  batch: Batch,
  extra: {
    readonly writes: boolean
    /** Who made it. */
    readonly name: string
    /** Personal; empty for who may not know, or once erased. */
    readonly rows: readonly LetterRow[]
    readonly nowMs: number
  },
): Page {
  const { file, pack } = standing
  const { deployment: d } = file
  const base = `${at(standing)}/batches/${batch.id}`
  const standard = batch.forms.find((form) => form.code === 'standard')?.count ?? 0
  const special = batch.letters - standard
  const prints = extra.writes && batch.erasedMs === null
  const own = ownView(view, `${base}/sent`)
  return {
    title: 'Letters made',
    back: { href: at(standing), text: 'Letters' },
    body: html`${marks.heading({
      title: `${letters(batch.letters)}: ${standard} standard, ${special} in another form`,
      caption: `${d.reference} · ${letterKindLabels[batch.kind]}`,
      state:
        batch.sentOn === null
          ? marks.stateTag('waiting', 'Not sent yet')
          : marks.stateTag('lawful', `Sent on ${dayWords(batch.sentOn)}`),
      lead: 'Look at the piles before anything is printed. What nothing here can make is somebody’s task.',
    })}${c.table({
      caption: 'Piles',
      captionHidden: true,
      columns: [{ text: 'Form' }, { text: 'Letters', numeric: true }, { text: 'What to do' }],
      rows: batch.forms.map((form, index) => [
        form.words,
        String(form.count),
        whatToDo(view, standing, batch, { form, index, prints, writes: extra.writes }),
      ]),
    })}${
      extra.writes
        ? null
        : c.insetText(
            `Whose letters these are, and what each person needs, is seen by: ${roleTitles(pack, lettersBy(pack))}.`,
          )
    }${
      extra.writes && batch.sentOn === null
        ? html`${marks.h2('Sent', 'sent')}${c.form({
            view: own,
            action: `${base}/sent`,
            body: html`${c.dateInput({ name: 'day', label: 'Day on which they went out', labelSize: 's', view: own, value: civilDay(extra.nowMs, d.timeZone) })}${c.button({ text: 'They went out' })}`,
          })}`
        : null
    }${extra.writes ? whoGets(view, base, batch, extra.rows) : null}${marks.small(
      html`Made by ${extra.name}, ${moment(batch.madeMs, d.timeZone)}. ${
        batch.erasedMs === null
          ? `Names and addresses are erased ${addressDaysMax} days after.`
          : html`Names and addresses were erased on ${moment(batch.erasedMs, d.timeZone)}.`
      }`,
    )}`,
  }
}

function whatToDo(
  view: View,
  standing: Standing,
  batch: Batch,
  of: {
    readonly form: Batch['forms'][number]
    readonly index: number
    readonly prints: boolean
    readonly writes: boolean
  },
): Html | string {
  const base = `${at(standing)}/batches/${batch.id}`
  if (of.form.code.includes('hand('))
    return of.writes
      ? html`<p class="govuk-body">A task is open for it. To make it from: ${marks.link(`${at(standing)}/${batch.kind}/text`, 'plain text')} or ${marks.link(`${at(standing)}/${batch.kind}/easy-text`, 'easy words')}.</p>${c.form(
          {
            view: { ...view, refused: null },
            action: `${base}/by-hand`,
            body: html`${c.hidden('form', of.form.code)}${c.button({ text: 'They have it', kind: 'secondary' })}`,
          },
        )}`
      : 'A task is open for it'
  if (!of.prints) return batch.erasedMs === null ? '–' : 'Erased'
  return marks.link(
    `${base}/print/${of.index}`,
    html`${of.form.code.includes('text') ? 'Plain text' : 'Print (PDF)'}<span class="govuk-visually-hidden">: ${of.form.words}</span>`,
  )
}

function whoGets(view: View, base: string, batch: Batch, rows: readonly LetterRow[]): Html | null {
  if (batch.erasedMs !== null) return null
  const wordsOf = (code: string) => batch.forms.find((form) => form.code === code)?.words ?? code
  return html`${c.details(
    'Who gets which',
    c.table({
      caption: 'Who gets which letter',
      columns: [{ text: 'Number' }, { text: 'Name' }, { text: 'Address' }, { text: 'Form' }],
      rows: rows.map((row) => [
        row.reference ?? '–',
        row.name ?? '–',
        typedText(row.address),
        wordsOf(row.form),
      ]),
    }),
  )}${c.form({
    view: { ...view, refused: null },
    action: `${base}/erase`,
    body: c.button({ text: 'Erase names and addresses', kind: 'secondary' }),
  })}`
}
