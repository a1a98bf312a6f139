/** What there is in a span or on a day, in order: one list for the camera's day and for a viewing. */
import { components as c, clockWords, type Html, html, marks } from '#web/web.ts'

export type ListedSpan = {
  readonly fromMs: number
  /** null: still going on. */
  readonly toMs: number | null
  readonly what: string | Html
}

const sliverMs = 1000

/** What takes a second or more, in order; slivers of less, of which a start makes several, are folded away. */
export function spansList(options: {
  readonly caption: string
  readonly captionHidden?: boolean
  readonly spans: readonly ListedSpan[]
  readonly timeZone: string
  /** Said where there is no span at all. */
  readonly empty: string
}): Html {
  const { timeZone } = options
  const inOrder = options.spans.toSorted((a, b) => a.fromMs - b.fromMs)
  const isSliver = ({ fromMs, toMs }: ListedSpan) => toMs !== null && toMs - fromMs < sliverMs
  const slivers = inOrder.filter(isSliver)
  const folded = slivers.length > 0 && slivers.length < inOrder.length
  const main = c.table({
    caption: options.caption,
    captionHidden: options.captionHidden ?? false,
    columns: [{ text: 'From' }, { text: 'To' }, { text: 'What became of it' }],
    rows: (folded ? inOrder.filter((span) => !isSliver(span)) : inOrder).map(({ fromMs, toMs, what }) => [
      clockWords(fromMs, timeZone),
      toMs === null ? 'Still going on' : clockWords(toMs, timeZone),
      what,
    ]),
    empty: marks.emptyState({ title: 'Nothing was recorded', body: options.empty }),
  })
  if (!folded) return main
  const said =
    slivers.length === 1
      ? 'One piece shorter than a second'
      : `${slivers.length} pieces shorter than a second`
  return html`${main}${c.details(
    said,
    c.table({
      caption: said,
      captionHidden: true,
      columns: [{ text: 'At' }, { text: 'What became of it' }],
      rows: slivers.map(({ fromMs, what }) => [clockWords(fromMs, timeZone), what]),
    }),
  )}`
}
