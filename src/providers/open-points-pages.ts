/** What a landlord's policy leaves open, as pages: the list with what was decided and by whom, and one decision. */
import {
  codeWords,
  inWords,
  mustDecide,
  openPoints,
  type Pack,
  type Point,
  type PointType,
  points,
  rolesFor,
} from '#policy/policy.ts'
import { components as c, dayWords, type Html, html, marks, type Page, type View } from '#web/web.ts'
import { type Decision, decisionsAt } from './decisions.ts'
import { roleTitle, roleTitles } from './deps.ts'
import type { Provider } from './model.ts'

export type OpenPointsView = {
  readonly provider: Provider
  readonly pack: Pack
  readonly decisions: readonly Decision[]
  readonly names: ReadonlyMap<string, { readonly name: string }>
  /** May this person decide here? */
  readonly may: boolean
}

const waits: Readonly<Record<'every-camera' | 'shared-areas' | 'no-camera', string>> = {
  'every-camera': 'No camera records until this is decided',
  'shared-areas': 'No camera outside a home records until this is decided',
  'no-camera': 'No camera waits for this',
}

const doesWords = ({ silence }: Point): string => (silence.uses === null ? silence.does : '')

const waitsWords = (point: Point): string => (point.silence.uses === null ? waits[point.silence.before] : '')

export function openPointsPage({ provider, pack, decisions, names, may }: OpenPointsView): Page {
  const current = new Map(decisionsAt(decisions, null).map((one) => [one.key, one]))
  const open = openPoints(pack)
  const own = mustDecide(pack).filter((point) => !open.includes(point))
  const who = roleTitles(pack, rolesFor(pack, 'policy.decide'))
  const path = `/policy/${provider.slug}/open`
  const decide = (point: Point, text: string): Html | string =>
    may
      ? marks.link(
          `${path}/${point.key}`,
          html`${text}<span class="govuk-visually-hidden">: ${point.label}</span>`,
        )
      : ''
  return {
    title: `${provider.name}: what the policy leaves open`,
    back: { href: `/policy/${provider.slug}`, text: 'The policy' },
    body: html`${marks.heading({
      title: 'What the policy leaves open',
      caption: provider.name,
      lead:
        open.length === 0
          ? 'Everything that the policy leaves to the landlord is decided.'
          : `The policy says nothing about ${open.length === 1 ? 'one thing' : `${open.length} things`} that only the landlord can answer. Overt does not answer in its place.`,
    })}${may || open.length === 0 ? null : c.insetText(`These roles decide: ${who || 'none in this policy'}.`)}${
      provider.group === null
        ? null
        : c.insetText('This landlord is part of a group. The group decides for all of its landlords.')
    }${
      open.length === 0
        ? null
        : c.table({
            caption: 'Still to decide',
            columns: [
              { text: 'About' },
              { text: 'Why Overt asks' },
              { text: 'Until then' },
              { text: 'What follows' },
              { text: 'Decide', hidden: true },
            ],
            rows: open.map((point) => [
              point.label,
              point.silence.why,
              waitsWords(point),
              doesWords(point),
              decide(point, 'Decide'),
            ]),
          })
    }${
      own.length === 0
        ? null
        : c.table({
            caption: 'Decided by the landlord',
            columns: [
              { text: 'About' },
              { text: 'Answer' },
              { text: 'What follows' },
              { text: 'By whom, when and why' },
              { text: 'Change', hidden: true },
            ],
            rows: own.map((point) => {
              const one = current.get(point.key)
              return [
                point.label,
                html`<strong>${one ? inWords(one.value) : ''}</strong>`,
                doesWords(point),
                one ? decidedWords(pack, one, names) : '',
                decide(point, 'Decide again'),
              ]
            }),
          })
    }${earlier(pack, decisions, current, names)}${marks.h2('Where Overt uses a safe answer')}${marks.paragraph(
      'On these the policy is silent too. The answer beside each is the safe one. Overt goes by it, unless it says there that it does not yet; a new version of the policy can say otherwise.',
    )}${c.table({
      caption: 'Safe answers in use',
      captionHidden: true,
      columns: [{ text: 'About' }, { text: 'Overt uses' }, { text: 'Why' }],
      rows: points(pack)
        .filter((point) => point.silent && !point.decided && point.words !== null)
        .map((point) => [point.label, point.words ?? '', point.why ?? '']),
      empty: marks.paragraph('There are none.'),
    })}`,
  }
}

const decidedWords = (pack: Pack, one: Decision, names: OpenPointsView['names']): Html =>
  html`${names.get(one.by)?.name ?? 'Somebody who has left'}, ${roleTitle(pack, one.role)}, ${dayWords(
    new Date(one.decidedMs).toISOString().slice(0, 10),
  )}. ${one.reason}`

/** Answers that a later one took the place of: kept, and shown. */
function earlier(
  pack: Pack,
  all: readonly Decision[],
  current: ReadonlyMap<string, Decision>,
  names: OpenPointsView['names'],
): Html | null {
  const old = all.filter((one) => current.get(one.key)?.id !== one.id)
  if (old.length === 0) return null
  const label = new Map(mustDecide(pack).map((point) => [point.key, point.label]))
  return c.details(
    `Earlier answers (${old.length})`,
    marks.bullets(
      old.map(
        (one) =>
          html`${label.get(one.key) ?? one.key}: ${inWords(one.value)}. ${decidedWords(pack, one, names)}`,
      ),
    ),
  )
}

export function decidePage(
  { provider, pack, decisions }: Pick<OpenPointsView, 'provider' | 'pack' | 'decisions'>,
  point: Point,
  view: View,
): Page {
  const now = decisionsAt(decisions, null).find((one) => one.key === point.key)
  const path = `/policy/${provider.slug}/open`
  return {
    title: `${point.label}: ${provider.name}`,
    back: { href: path, text: 'What the policy leaves open' },
    body: html`${marks.heading({ title: point.label, caption: provider.name, lead: point.silence.why })}${marks.paragraph(
      `${waitsWords(point)}. The policy of ${dayWords(pack.version)} does not say.${now ? ` Decided so far: ${inWords(now.value)}. What was asked for before you decide again goes on under that.` : ''}`,
    )}${c.insetText(html`<strong>What follows:</strong> ${doesWords(point)}`)}${c.form({
      action: `${path}/${point.key}`,
      view,
      body: html`${answerField(point.type, view)}${c.textarea({
        name: 'reason',
        label: 'Why does the landlord decide it this way?',
        hint: 'It stands beside the answer and in the ledger. Name no resident.',
        view,
        rows: 4,
        maxlength: 1000,
      })}${c.button({ text: 'Decide' })}`,
    })}`,
  }
}

function answerField(type: PointType, view: View): Html {
  const field = { name: 'answer', label: 'The landlord’s answer', labelSize: 'm' as const, view }
  const sentence = (code: string) => {
    const words = codeWords(code)
    return words.charAt(0).toUpperCase() + words.slice(1)
  }
  switch (type.kind) {
    case 'choice':
      return c.radios({ ...field, choices: type.of.map((value) => ({ value, text: sentence(value) })) })
    case 'many':
      return c.checkboxes({
        ...field,
        hint: 'Choose all that hold.',
        choices: type.of.map((value) => ({ value, text: sentence(value) })),
      })
    case 'yesno':
      return c.radios({
        ...field,
        inline: true,
        choices: [
          { value: 'yes', text: 'Yes' },
          { value: 'no', text: 'No' },
        ],
      })
    case 'days':
      return c.input({ ...field, hint: 'Days, from 1 to 366.', inputmode: 'numeric', width: 3 })
    case 'months':
      return c.input({ ...field, hint: 'Months, from 1 to 120.', inputmode: 'numeric', width: 3 })
    case 'words':
      return c.input({
        ...field,
        hint: 'In a few words, such as a board or a committee. No person’s name.',
        maxlength: 200,
      })
  }
}
