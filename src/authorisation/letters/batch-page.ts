/** One batch of letters as HTML: its piles, what is to be done with each, and who gets which. */
import { civilDay } from '#base/base.ts'
import {
  components as c,
  dayWords,
  type Html,
  html,
  languageName,
  marks,
  moment,
  type Page,
  type View,
} from '#web/web.ts'
import type { Standing } from '../evaluate.ts'
import { ownView, roleTitles, typedText } from '../pages/words.ts'
import { lettersBy } from './letter-facts.ts'
import { at, letters } from './letter-pages.ts'
import { letterKindLabels } from './letter-says.ts'
import { addressDaysMax, type Batch, type LetterRow } from './letter-store.ts'
import type { Translation } from './translation-store.ts'
import { readForm } from './who-gets.ts'

/** Where a language stands in this batch. */
export type InLanguage = {
  readonly language: string
  readonly easy: boolean
  /** Null: nobody has put it in yet. */
  readonly current: Translation | null
  /** Of words that the letter doesn't say any more. */
  readonly older: Translation | null
  /** A typeface here has all its letters. */
  readonly printable: boolean
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
    /** Numbers of people who live here, need something special, and get none of these. */
    readonly left: readonly string[]
    readonly languages: readonly InLanguage[]
    /** Codes of piles for which a task is open. */
    readonly waiting: ReadonlySet<string>
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
    })}${leftOut(extra.left)}${c.table({
      caption: 'Piles',
      captionHidden: true,
      columns: [{ text: 'Form' }, { text: 'Letters', numeric: true }, { text: 'What to do' }],
      rows: batch.forms.map((form, index) => [
        form.words,
        String(form.count),
        whatToDo(view, standing, batch, { form, index, prints, ...extra }),
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

/** Nobody who told us what they need is missed in silence. */
const leftOut = (numbers: readonly string[]): Html | null =>
  numbers.length === 0
    ? null
    : c.insetText(
        html`${numbers.length === 1 ? 'One person who lives here and told us what they need gets' : `${numbers.length} people who live here and told us what they need get`} none of these letters: ${numbers.join(', ')}. Make one for them, too, if they should know.`,
      )

function whatToDo(
  view: View,
  standing: Standing,
  batch: Batch,
  of: {
    readonly form: Batch['forms'][number]
    readonly index: number
    readonly prints: boolean
    readonly writes: boolean
    readonly languages: readonly InLanguage[]
    readonly waiting: ReadonlySet<string>
  },
): Html | string {
  const base = `${at(standing)}/batches/${batch.id}`
  const form = readForm(of.form.code)
  const words = form.easy ? 'easy' : 'plain'
  const spoken = of.languages.find((one) => one.language === form.language && one.easy === form.easy)
  const source = html`${marks.link(`${base}/words/plain`, 'plain text')} or ${marks.link(`${base}/words/easy`, 'easy words')}`
  const theyHaveIt = c.form({
    view: { ...view, refused: null },
    action: `${base}/by-hand`,
    body: html`${c.hidden('form', of.form.code)}${c.button({ text: 'They have it', kind: 'secondary' })}`,
  })
  if ((form.hand || spoken?.current === null) && !of.waiting.has(of.form.code))
    return marks.stateTag('lawful', 'Nobody waits for it any more')
  if (form.hand)
    return of.writes
      ? html`<p class="govuk-body">A task is open for it. To make it from: ${source}.</p>${spoken === undefined ? null : html`${readLine(standing, spoken)}${translationLine(base, spoken)}`}${theyHaveIt}`
      : 'A task is open for it'
  if (spoken !== undefined && spoken.current === null)
    return of.writes
      ? html`<p class="govuk-body">${marks.stateTag('waiting', 'Not translated yet')}</p>${translationLine(base, spoken)}<p class="govuk-body">To translate it from: ${marks.link(`${base}/words/${words}`, 'the English text')}.</p>${theyHaveIt}`
      : 'Waits for its translation'
  const read =
    spoken === undefined
      ? null
      : html`${readLine(standing, spoken)}${of.writes ? translationLine(base, spoken) : null}`
  if (!of.prints) return html`${batch.erasedMs === null ? '–' : 'Erased'}${read}`
  if (spoken !== undefined && !spoken.printable && !form.text)
    return html`${read}<p class="govuk-body">No typeface here has its letters, so there is no PDF. Open it to read, and print it from your browser.</p>${theyHaveIt}`
  return html`<p class="govuk-body">${marks.link(
    `${base}/print/${of.index}`,
    html`${form.text ? 'Plain text' : 'Print (PDF)'}<span class="govuk-visually-hidden">: ${of.form.words}</span>`,
  )}</p>${read}`
}

const readLine = (standing: Standing, { language, current }: InLanguage): Html | null =>
  current === null
    ? null
    : html`<p class="govuk-body">${marks.link(`${at(standing)}/translations/${current.id}/html`, `Read it in ${languageName(language)}`)}</p>`

/** Where a translation is put in, or put right. */
function translationLine(base: string, { language, easy, current, older }: InLanguage): Html {
  const link = marks.link(
    `${base}/translations/${language}/${easy ? 'easy' : 'plain'}`,
    current === null
      ? `Put the translation in: ${languageName(language)}${easy ? ', easy words' : ''}`
      : html`Put it right<span class="govuk-visually-hidden">: ${languageName(language)}${easy ? ', easy words' : ''}</span>`,
  )
  return html`<p class="govuk-body">${link}</p>${
    current !== null || older === null
      ? null
      : marks.small(
          `There is one of ${dayWords(older.translatedOn)}, of a letter that said something else. It is not used.`,
        )
  }`
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
