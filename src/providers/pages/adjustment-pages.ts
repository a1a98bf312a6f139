/** What people need, as HTML: the list, one person, and the form. */
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
import {
  type Adjustment,
  type AdjustmentFormat,
  adjustmentFormats,
  adjustmentsMax,
  type ContactWay,
  contactWays,
} from '../adjustments-store.ts'

export const formatWords: Readonly<Record<AdjustmentFormat, string>> = {
  'large-print': 'Large print',
  'easy-read': 'Easy read',
  'plain-text': 'Plain text, for a screen reader',
  braille: 'Braille',
  audio: 'Audio',
  'coloured-paper': 'Coloured paper',
  'sign-language': 'Sign language',
}

const contactWords: Readonly<Record<ContactWay, string>> = {
  letter: 'By letter',
  email: 'By e-mail',
  telephone: 'By telephone',
  'text-message': 'By text message',
  visit: 'By a visit',
  'somebody-else': 'Through somebody else',
}

const needsWords = (one: Pick<Adjustment, 'formats' | 'language'>): string =>
  [
    ...one.formats.map((format) => formatWords[format]),
    ...(one.language === null ? [] : [`In ${languageName(one.language)}`]),
  ].join(', ') || 'Nothing special'

export function adjustmentsPage(list: readonly Adjustment[], text: string): Page {
  return {
    title: 'What people need',
    wide: true,
    body: html`${marks.heading({
      title: 'What people need',
      lead: 'Large print, another language, a telephone call: told once, kept here, used for every letter and notice.',
    })}${c.button({ text: 'Add a person', href: '/adjustments/new' })}${marks.filterForm({
      action: '/adjustments',
      fields: c.input({
        name: 'text',
        label: 'Search by number or name',
        value: text,
        type: 'search',
        width: 20,
      }),
      text: 'Search',
      ...(text ? { clear: '/adjustments' } : {}),
    })}${c.table({
      caption: 'What people need',
      captionHidden: true,
      columns: [
        { text: 'Number' },
        { text: 'Name' },
        { text: 'Needs' },
        { text: 'Reached' },
        { text: 'Last changed' },
      ],
      rows: list.map((one) => [
        marks.link(`/adjustments/${one.id}`, one.reference ?? ''),
        one.name ?? '–',
        needsWords(one),
        contactWords[one.contactWay],
        dayWords(new Date(one.changedMs).toISOString().slice(0, 10)),
      ]),
      empty: marks.emptyState({
        title: text ? 'Nobody found' : 'Nobody yet',
        body: text
          ? 'Try part of the number or of the name.'
          : 'When somebody tells you what they need, add it here.',
      }),
    })}${list.length >= adjustmentsMax ? marks.small(`Only the newest ${adjustmentsMax} are shown. Search for the one you need.`) : null}`,
  }
}

/** `home`: name of the place where they live; empty: not said. */
const needFields = (view: View, one: Adjustment | null, home: string): Html =>
  html`${c.checkboxes({
    name: 'formats',
    label: 'What do they need?',
    view,
    values: one?.formats ?? [],
    choices: adjustmentFormats.map((format) => ({ value: format, text: formatWords[format] })),
  })}${c.input({
    name: 'language',
    label: 'Language, if it is not English',
    hint: 'Its code: pl for Polish, ur for Urdu.',
    view,
    value: one?.language ?? '',
    width: 5,
    autocapitalize: 'none',
    spellcheck: false,
  })}${c.radios({
    name: 'contactWay',
    label: 'How are they best reached?',
    view,
    value: one?.contactWay ?? '',
    choices: contactWays.map((way) => ({ value: way, text: contactWords[way] })),
  })}${c.input({ name: 'contact', label: 'Address, number or who to ask', view, value: one?.contact ?? '', width: 'two-thirds', maxlength: 300 })}${c.input({ name: 'home', label: 'Place where they live, if cameras may come there', hint: 'Its name in the register, like Elm House. Letters about that place then miss nobody, and its signs can be asked for in a form that people there can read.', view, value: home, width: 'two-thirds', maxlength: 200 })}${c.textarea(
    {
      name: 'note',
      label: 'Anything else',
      hint: 'Only what is needed to write or speak to them. Not why they need it.',
      view,
      value: one?.note ?? '',
      rows: 3,
      maxlength: 1000,
    },
  )}`

export function newAdjustmentPage(
  view: View,
  landlords: readonly { readonly slug: string; readonly name: string }[],
): Page {
  return {
    title: 'Add what a person needs',
    back: { href: '/adjustments', text: 'What people need' },
    body: html`${marks.heading({ title: 'Add what a person needs', lead: 'Ask them once. Everybody here then keeps to it.' })}${c.form(
      {
        view,
        action: '/adjustments',
        body: html`${
          landlords.length > 1
            ? c.radios({
                name: 'provider',
                label: 'Landlord',
                view,
                choices: landlords.map((one) => ({ value: one.slug, text: one.name })),
              })
            : null
        }${c.input({
          name: 'reference',
          label: 'Your number for the person',
          hint: 'Of the tenancy or the customer. Letters look them up by it.',
          view,
          width: 20,
          maxlength: 60,
        })}${c.input({ name: 'name', label: 'Name, if it helps', view, width: 'two-thirds', maxlength: 120 })}${c.input(
          {
            name: 'area',
            label: 'Area, if your role has areas',
            view,
            width: 20,
            maxlength: 100,
          },
        )}${needFields(view, null, '')}${c.button({ text: 'Keep it' })}`,
      },
    )}`,
  }
}

export function adjustmentPage(view: View, one: Adjustment, home: string): Page {
  if (one.endedMs !== null || one.reference === null)
    return {
      title: 'Erased',
      back: { href: '/adjustments', text: 'What people need' },
      body: html`${marks.heading({ title: 'Erased', lead: 'What was kept of this person’s needs is erased.' })}`,
    }
  return {
    title: `What ${one.reference} needs`,
    back: { href: '/adjustments', text: 'What people need' },
    body: html`${marks.heading({ title: one.name ?? one.reference, caption: one.reference, lead: needsWords(one) })}${c.form(
      {
        view,
        action: `/adjustments/${one.id}`,
        body: html`${c.hidden('seenMs', one.changedMs)}${c.input({ name: 'name', label: 'Name, if it helps', view, value: one.name ?? '', width: 'two-thirds', maxlength: 120 })}${needFields(view, one, home)}${c.button({ text: 'Keep the change' })}`,
      },
    )}${c.details(
      'Erase it',
      html`${marks.paragraph('Do this when they no longer need it, ask for it, or have moved away. It can’t be brought back.')}${c.form(
        {
          view,
          action: `/adjustments/${one.id}/erase`,
          body: c.button({ text: 'Erase for good', kind: 'warning' }),
        },
      )}`,
    )}`,
  }
}
