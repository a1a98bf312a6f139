/** A translation: the form to put one in, and the page to read one. */
import type { Pack } from '#policy/policy.ts'
import { components as c, dayWords, direction, html, marks, type Page, type View } from '#web/web.ts'
import type { Translation } from '../document-store.ts'

export function newTranslationPage(view: View, pack: Pack, today: string): Page {
  return {
    title: 'Add a translation',
    back: { href: `/policy/${pack.provider}/document`, text: 'The document' },
    body: html`${marks.heading({
      title: 'Add a translation',
      caption: `${pack.name}: ${pack.title}`,
      lead: 'It is shown as out of date as soon as the policy changes.',
    })}${c.form({
      view,
      action: `/policy/${pack.provider}/translations`,
      files: true,
      body: html`${c.input({
        name: 'language',
        label: 'Code of the language',
        hint: 'Two or three letters: pl for Polish, ur for Urdu, en for English.',
        view,
        width: 5,
        autocapitalize: 'none',
        spellcheck: false,
      })}${c.input({
        name: 'languageName',
        label: 'Its own name',
        hint: 'As its readers write it: polski, اردو, English.',
        view,
        width: 20,
      })}${c.checkbox({ name: 'easyRead', label: 'It is in easy read', hint: 'Short sentences with pictures.', view })}${c.dateInput(
        { name: 'translatedOn', label: 'When was it translated?', view, value: today },
      )}${c.textarea({ name: 'body', label: 'The translation', hint: 'Type or paste it here, or choose a file below.', view, rows: 12 })}${c.fileUpload(
        { name: 'file', label: 'Or a file', hint: 'PDF or plain text, 10 MB at most.', view },
      )}${c.button({ text: 'Keep the translation' })}`,
    })}`,
  }
}

export function translationPage(pack: Pack, about: Translation, body: string, back: string): Page {
  const paragraphs = body.split(/\n{2,}/).filter((part) => part.trim() !== '')
  return {
    title: `${pack.title}: ${about.languageName}`,
    back: { href: back, text: 'Back' },
    body: html`${marks.heading({
      title: html`<bdi lang="${about.language}">${about.languageName}</bdi>${about.easyRead ? ', easy read' : null}`,
      caption: `${pack.name}: ${pack.title}`,
      state:
        about.ofHash === pack.hash
          ? marks.stateTag('lawful', 'Up to date')
          : marks.stateTag('attention', 'The policy has changed since'),
      lead: `Translated on ${dayWords(about.translatedOn)}, from the version of ${dayWords(about.version)}.`,
    })}<div lang="${about.language}" dir="${direction(about.language)}">${paragraphs.map(
      (part) =>
        html`<p class="govuk-body">${part.split('\n').map((row, index) => html`${index > 0 ? html`<br>` : null}${row}`)}</p>`,
    )}</div>`,
  }
}
