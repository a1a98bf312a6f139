/** Putting in a letter's translation: the English text beside where the other goes. */
import {
  components as c,
  dayWords,
  type Html,
  html,
  languageName,
  marks,
  type Page,
  type View,
} from '#web/web.ts'
import type { Standing } from '../evaluate.ts'
import type { InLanguage } from './batch-page.ts'
import { at } from './letter-pages.ts'
import type { Batch } from './letter-store.ts'
import { bodyText } from './letter-text.ts'
import { englishOf } from './translations.ts'

export function translationPage(
  view: View,
  standing: Standing,
  batch: Batch,
  { language, easy, current, older }: InLanguage,
  today: string,
): Page {
  const base = `${at(standing)}/batches/${batch.id}`
  const words = easy ? 'easy' : 'plain'
  const before = current ?? older
  return {
    title: `The letter: ${languageName(language)}`,
    back: { href: base, text: 'Letters made' },
    wide: true,
    body: html`${marks.heading({
      title: `The letter: ${languageName(language)}`,
      caption: `${standing.file.deployment.reference}${easy ? ' · easy words' : ''}`,
      lead: 'It is used for everybody on the list who reads this language, and again for later lists as long as the letter says the same.',
    })}${staleLine(current, older)}${marks.columns(
      c.form({
        view,
        action: `${base}/translations/${language}/${words}`,
        body: html`${c.textarea({
          name: 'body',
          label: 'The translation',
          labelSize: 's',
          hint: 'Laid out like the English text: each heading with its line of signs below, and [ ] before each box. Day and reference are put in by themselves.',
          view,
          value: before?.body ?? '',
          rows: 24,
        })}${c.input({
          name: 'translatedBy',
          label: 'Who translated it?',
          labelSize: 's',
          hint: 'A person or a firm. It stands at the foot of the letter.',
          view,
          value: before?.translatedBy ?? '',
          width: 'two-thirds',
          maxlength: 120,
        })}${c.dateInput({ name: 'translatedOn', label: 'When?', labelSize: 's', view, value: today })}${c.button({ text: 'Use it' })}`,
      }),
      html`${marks.h2('The English text')}<p class="govuk-body">${marks.link(`${base}/words/${words}`, 'As a file')}</p>${lines(bodyText(englishOf(batch.facts, easy)))}`,
    )}`,
  }
}

const staleLine = (current: InLanguage['current'], older: InLanguage['older']): Html | null =>
  current !== null || older === null
    ? null
    : c.insetText(
        `The letter says something else than on ${dayWords(older.translatedOn)}, when ${older.translatedBy} translated it. That text stands below to start from. It is used for nobody before it is put right.`,
      )

/** As it is laid out, line by line. */
const lines = (text: string): Html =>
  html`${text
    .trim()
    .split(/\n{2,}/)
    .map(
      (part) =>
        html`<p class="govuk-body-s">${part.split('\n').map((line, at) => html`${at > 0 ? html`<br>` : null}${line}`)}</p>`,
    )}`
