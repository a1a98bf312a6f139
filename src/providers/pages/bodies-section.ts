/** Who stands behind the policy and what they said, as a section of the document's page. */
import type { Pack } from '#policy/policy.ts'
import { components as c, dayWords, type Html, html, marks, type View } from '#web/web.ts'
import { bodyFor, wantedWords } from '../bodies.ts'
import type { Word, WordKind } from '../bodies-store.ts'
import type { PolicyReview } from '../document-store.ts'

const kindWords: Readonly<Record<WordKind, string>> = {
  approved: 'Approved the policy',
  shown: 'Was shown what came of the review',
}

export function bodies(
  view: View,
  facts: {
    readonly pack: Pack
    readonly words: readonly Word[]
    readonly reviews: readonly PolicyReview[]
    readonly mayKeep: boolean
    readonly today: string
  },
): Html | null {
  const { pack, words } = facts
  const kinds = (['approved', 'shown'] as const).filter((kind) => bodyFor(pack, kind) !== null)
  if (kinds.length === 0 && words.length === 0) return null
  const wanted = wantedWords(pack, words, facts.reviews[0])
  return html`${marks.h2('Who stands behind it', 'bodies')}${marks.bullets(
    kinds.map((kind) => {
      const waits = wanted.some((one) => one.kind === kind)
      const so = waits
        ? marks.stateTag('waiting', kind === 'approved' ? 'Not approved yet' : 'Not shown to them yet')
        : marks.stateTag('lawful', 'Nothing waits')
      return html`${bodyFor(pack, kind)} ${kind === 'approved' ? 'approves it' : 'watches over how it is kept'}: ${so}`
    }),
  )}${c.table({
    caption: 'What they said',
    captionHidden: true,
    columns: [{ text: 'On' }, { text: 'Who' }, { text: 'What' }, { text: 'Version' }, { text: 'Minute' }],
    rows: words.map((one) => [
      dayWords(one.givenOn),
      one.body,
      kindWords[one.kind],
      dayWords(one.version),
      one.minute ?? '–',
    ]),
    empty: marks.paragraph('Nothing is on record yet.'),
  })}${
    facts.mayKeep && kinds.length > 0
      ? c.details(
          'Record what they said',
          c.form({
            view,
            action: `/policy/${pack.provider}/words`,
            body: html`${c.radios({
              name: 'kind',
              label: 'What happened?',
              view,
              choices: kinds.map((kind) => ({
                value: kind,
                text: `${bodyFor(pack, kind)}: ${kindWords[kind].charAt(0).toLowerCase()}${kindWords[kind].slice(1)}`,
              })),
            })}${c.dateInput({ name: 'givenOn', label: 'On which day?', view, value: facts.today })}${c.input(
              {
                name: 'minute',
                label: 'Where is it minuted? (if it is)',
                hint: 'Such as a number of the minutes. No person’s name.',
                view,
                maxlength: 200,
              },
            )}${c.button({ text: 'Record it' })}`,
          }),
          view.refused !== null && 'givenOn-day' in view.refused.values,
        )
      : null
  }`
}
