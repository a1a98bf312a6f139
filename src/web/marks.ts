/**
 * Overt's own components, for what GOV.UK and MoJ have none: the four states, clauses beside facts, gates, the day
 * count, the timeline, and designed empty and silent states. Markup only: no inline style (the content security
 * policy forbids it), pictures as SVG with words beside them.
 */
import { taskList } from './components.ts'
import { type Html, html, type Printable, trusted } from './html.ts'

/** The four states. Each has its own shape as well as its own colour, and always words. */
export type State = 'lawful' | 'waiting' | 'attention' | 'stopped'

const shapes: Readonly<Record<State, string>> = {
  lawful:
    '<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="M4.6 8.3l2.3 2.4 4.5-5" fill="none" stroke="#fff" stroke-width="2"/>',
  waiting:
    '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2"/><path d="M8 4.5V8l2.4 1.8" fill="none" stroke="currentColor" stroke-width="2"/>',
  attention:
    '<path d="M8 1l7.2 13.4H.8z" fill="currentColor"/><path d="M8 6v4M8 11.4v1.6" stroke="#fff" stroke-width="2"/>',
  stopped:
    '<rect x="1.5" y="1.5" width="13" height="13" rx="2" fill="currentColor"/><path d="M5 8h6" stroke="#fff" stroke-width="2"/>',
}

/** The shape alone, for web's own frame; pages use `stateTag`, which has words. */
export const stateShape = (state: State): Html =>
  trusted(
    `<svg class="overt-state__shape" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">${shapes[state]}</svg>`,
  )

/** A state in words with its shape: `stateTag('lawful', 'Lawful and recording')`. */
export function stateTag(state: State, text: string): Html {
  return html`<strong class="overt-state overt-state--${state}">${stateShape(state)}${text}</strong>`
}

/** The page's h1 with a small caption over it, and the sentence that comes before any table. */
export function heading(options: {
  readonly title: Printable
  readonly caption?: Printable
  readonly lead?: Printable
  readonly state?: Html
}): Html {
  return html`<div class="overt-heading">${
    options.caption ? html`<span class="overt-heading__caption">${options.caption}</span>` : null
  }<h1 class="govuk-heading-xl overt-heading__title">${options.title}</h1>${options.state}${
    options.lead ? html`<p class="govuk-body-l overt-heading__lead">${options.lead}</p>` : null
  }</div>`
}

export const h2 = (text: Printable, id?: string): Html =>
  html`<h2 class="govuk-heading-m"${id ? html` id="${id}"` : null}>${text}</h2>`
export const h3 = (text: Printable): Html => html`<h3 class="govuk-heading-s">${text}</h3>`
export const paragraph = (text: Printable): Html => html`<p class="govuk-body">${text}</p>`
export const small = (text: Printable): Html => html`<p class="govuk-body-s overt-muted">${text}</p>`
export const link = (href: string, text: Printable): Html =>
  html`<a class="govuk-link" href="${href}">${text}</a>`
export const bullets = (items: readonly Printable[]): Html =>
  html`<ul class="govuk-list govuk-list--bullet">${items.map((item) => html`<li>${item}</li>`)}</ul>`

/** The rule that asks for something, in small print: "Derby Homes 4.2.1". */
export function clause(reference: string, href?: string): Html {
  const words = html`<span class="govuk-visually-hidden">Rule: </span>${reference}`
  return href
    ? html`<a class="overt-clause" href="${href}">${words}</a>`
    : html`<span class="overt-clause">${words}</span>`
}

/** The words and the address of a rule by its id (`derby-4.2.1-h`), or null where nobody knows it. */
export type ClauseWords = (id: string) => { readonly text: string; readonly href: string } | null

/** The rule behind a refusal, after its sentence; nothing for a rule without words: an id tells people nothing. */
export function clauseMark(
  id: string | null | undefined,
  clauseWords: ClauseWords,
  linked = true,
): Html | null {
  const words = id ? clauseWords(id) : null
  return words === null ? null : html` ${clause(words.text, linked ? words.href : undefined)}`
}

/** Said wherever the landlord's policy leaves something open: what Overt does instead, and why. */
export function silent(options: { readonly uses: Printable; readonly why?: Printable }): Html {
  return html`<p class="overt-silent"><strong>The policy does not say.</strong> Overt uses: ${options.uses}.${
    options.why ? html` <span class="overt-silent__why">${options.why}</span>` : null
  }</p>`
}

export type GateLine = {
  readonly label: string
  readonly state: 'met' | 'open' | 'blocked'
  /** "Derby Homes 4.2.1", or null where the policy is silent. */
  readonly clause: string | null
  readonly clauseHref?: string
  readonly silent?: boolean
  /** Whose turn it is, as words: "Data protection officer". */
  readonly who?: string
  readonly why?: string
  /** Where the person looking can do it; leave out when it isn't their turn. */
  readonly href?: string
}

const gateState = {
  met: { state: 'lawful', text: 'Done' },
  open: { state: 'waiting', text: 'Waiting' },
  blocked: { state: 'attention', text: 'Blocked' },
} as const

/** What must be true before a camera may record: each gate with its state, whose turn it is, and the rule. */
export function gateList(gates: readonly GateLine[], idPrefix = 'gates'): Html {
  return html`<div class="overt-gates">${taskList(
    gates.map((gate) => {
      const state = gateState[gate.state]
      const hint = html`${gate.why ? html`<span class="overt-gates__why">${gate.why}</span>` : null}${
        gate.who && gate.state !== 'met'
          ? html`<span class="overt-gates__who">Whose turn: ${gate.who}</span>`
          : null
      }${
        gate.silent
          ? html`<span class="overt-gates__silent">The policy does not say; Overt asks for it</span>`
          : gate.clause
            ? clauseInHint(gate.clause, gate.href ? undefined : gate.clauseHref)
            : null
      }`
      return {
        title: gate.label,
        hint,
        status: stateTag(state.state, state.text),
        ...(gate.href ? { href: gate.href } : {}),
      }
    }),
    idPrefix,
  )}</div>`
}

const clauseInHint = (reference: string, href: string | undefined): Html => clause(reference, href)

/**
 * "Day 9 of 28": one box a day up to 62 days, a plain bar beyond. `day` counts from 1; 0 means not started, above
 * `of` means over. The picture is hidden from screen readers because the words say the same.
 */
export function dayCount(options: {
  readonly day: number
  readonly of: number
  /** "Ends on 3 December 2026 at 11:59pm". */
  readonly ends?: string
  readonly clause?: string | null
  /** From this day on the bar says "soon". */
  readonly warnFromDay?: number
}): Html {
  const { day, of } = options
  const over = day > of
  const soon = !over && options.warnFromDay !== undefined && day >= options.warnFromDay
  const tone = over ? 'stopped' : soon ? 'attention' : 'lawful'
  const width = 560
  const shown = Math.max(0, Math.min(day, of))
  let bars = ''
  if (of <= 62) {
    const step = width / of
    for (let index = 0; index < of; index += 1) {
      const kind = index + 1 < shown || over ? 'past' : index + 1 === shown ? 'today' : 'left'
      bars += `<rect class="overt-days__box overt-days__box--${kind}" x="${(index * step + 1).toFixed(2)}" y="2" width="${(step - 2).toFixed(2)}" height="20" rx="2"/>`
    }
  } else {
    const part = ((shown / of) * width).toFixed(2)
    bars = `<rect class="overt-days__box overt-days__box--left" x="0" y="2" width="${width}" height="20" rx="2"/><rect class="overt-days__box overt-days__box--past" x="0" y="2" width="${part}" height="20" rx="2"/>`
  }
  const words =
    day < 1 ? `Not started. ${of} days at most` : over ? `Over after ${of} days` : `Day ${day} of ${of}`
  return html`<div class="overt-days overt-days--${tone}"><p class="overt-days__words"><strong>${words}</strong>${
    options.ends ? html`<span class="overt-days__ends">${options.ends}</span>` : null
  }${options.clause ? clause(options.clause) : null}</p>${trusted(
    `<svg class="overt-days__picture" viewBox="0 0 ${width} 24" preserveAspectRatio="none" aria-hidden="true" focusable="false">${bars}</svg>`,
  )}</div>`
}

export type StripSpan = {
  readonly fromMs: number
  readonly toMs: number
  readonly kind: 'kept' | 'held' | 'gap' | 'deleted' | 'refused' | 'marked'
}

/**
 * A strip of time: what is kept, what is held, what is missing. `marks` are the labels of the axis ("14:00"). Islands
 * find it by `data-module="overt-timeline"` and take its data attributes; without script it is a picture with a
 * sentence, and the page gives the same facts as a table.
 */
export function timelineStrip(options: {
  readonly fromMs: number
  readonly toMs: number
  readonly spans: readonly StripSpan[]
  readonly marks: readonly { readonly atMs: number; readonly text: string }[]
  /** The sentence that says what the picture shows. */
  readonly words: string
  readonly data?: Readonly<Record<string, string>>
}): Html {
  const width = 1000
  const length = Math.max(1, options.toMs - options.fromMs)
  const x = (ms: number) => (Math.max(0, Math.min(1, (ms - options.fromMs) / length)) * width).toFixed(2)
  const boxes = options.spans
    .map((span) => {
      const left = x(span.fromMs)
      const wide = Math.max(1, Number(x(span.toMs)) - Number(left)).toFixed(2)
      return stripShapes[span.kind]
        .map(
          ([y, height]) =>
            `<rect class="overt-strip__span overt-strip__span--${span.kind}" x="${left}" y="${y}" width="${wide}" height="${height}"/>`,
        )
        .join('')
    })
    .join('')
  const ticks = options.marks
    .map(
      (mark) => `<line class="overt-strip__tick" x1="${x(mark.atMs)}" x2="${x(mark.atMs)}" y1="0" y2="40"/>`,
    )
    .join('')
  const kinds = [...new Set(options.spans.map((span) => span.kind))]
  return html`<figure class="overt-strip" data-module="overt-timeline" data-from="${options.fromMs}" data-to="${options.toMs}"${Object.entries(
    options.data ?? {},
  ).map(([key, value]) => html` data-${key}="${value}"`)}>${trusted(
    `<svg class="overt-strip__picture" viewBox="0 0 ${width} 40" preserveAspectRatio="none" aria-hidden="true" focusable="false">${boxes}${ticks}</svg>`,
  )}${axisMarks(options)}
<figcaption class="overt-strip__words">${options.words}<span class="overt-strip__key">${kinds.map(
    (kind) => html`<span class="overt-strip__kind overt-strip__kind--${kind}">${stripWords[kind]}</span>`,
  )}</span></figcaption></figure>`
}

/** Each label under its own line. Percentages, not a viewBox, so that letters keep their shape at every width. */
function axisMarks(options: {
  readonly fromMs: number
  readonly toMs: number
  readonly marks: readonly { readonly atMs: number; readonly text: string }[]
}): Html {
  const length = Math.max(1, options.toMs - options.fromMs)
  return html`<svg class="overt-strip__marks" aria-hidden="true" focusable="false">${options.marks.map(
    (mark) => {
      const share = ((mark.atMs - options.fromMs) / length) * 100
      const anchor = share < 3 ? 'start' : share > 97 ? 'end' : 'middle'
      return html`<text x="${share.toFixed(2)}%" y="17" text-anchor="${anchor}">${mark.text}</text>`
    },
  )}</svg>`
}

const stripWords: Readonly<Record<StripSpan['kind'], string>> = {
  kept: 'Recorded',
  held: 'Held',
  gap: 'Nothing recorded',
  deleted: 'Deleted',
  refused: 'Not allowed to be shown',
  marked: 'Marked',
}

/** Each kind has its own shape as well as its colour: bars as [y, height] of 40. */
const stripShapes: Readonly<Record<StripSpan['kind'], readonly (readonly [number, number])[]>> = {
  kept: [[0, 40]],
  held: [
    [0, 33],
    [36, 4],
  ],
  gap: [[16, 8]],
  deleted: [[32, 8]],
  refused: [
    [0, 12],
    [28, 12],
  ],
  marked: [[0, 40]],
}

/** A designed empty page: what would stand here, and the one thing to do. */
export function emptyState(options: {
  readonly title: string
  readonly body: Printable
  readonly action?: Html
}): Html {
  return html`<div class="overt-empty"><h2 class="govuk-heading-m">${options.title}</h2><p class="govuk-body">${options.body}</p>${options.action}</div>`
}

/** A box around things that belong together, with a heading. */
export function card(options: {
  readonly title?: Printable
  readonly body: Printable
  readonly state?: State
  readonly href?: string
  readonly headingLevel?: 2 | 3
}): Html {
  const level = trusted(options.headingLevel === 3 ? 'h3' : 'h2')
  const title = options.href ? link(options.href, options.title) : options.title
  return html`<section class="overt-card${options.state ? html` overt-card--${options.state}` : null}">${
    options.title ? html`<${level} class="govuk-heading-s overt-card__title">${title}</${level}>` : null
  }${options.body}</section>`
}

export const cards = (...items: readonly Printable[]): Html => html`<div class="overt-cards">${items}</div>`

/** Two columns on a wide screen (main first), one under the other on a phone. */
export const columns = (main: Printable, side: Printable): Html =>
  html`<div class="overt-columns"><div class="overt-columns__main">${main}</div><div class="overt-columns__side">${side}</div></div>`

/** A picture with its words. `alt` says what is to be seen; empty only where the caption says all. */
export function picture(options: {
  readonly src: string
  readonly alt: string
  readonly caption?: Printable
  readonly width?: number
  readonly height?: number
}): Html {
  return html`<figure class="overt-picture"><img src="${options.src}" alt="${options.alt}"${
    options.width ? html` width="${options.width}"` : null
  }${options.height ? html` height="${options.height}"` : null}>${
    options.caption ? html`<figcaption>${options.caption}</figcaption>` : null
  }</figure>`
}

/** A form that only narrows what a page shows: method get, one row on a wide screen. */
export function filterForm(options: {
  readonly action: string
  readonly fields: Html
  readonly text?: string
  readonly clear?: string
}): Html {
  return html`<form class="overt-filter" method="get" action="${options.action}" role="search"><div class="overt-filter__fields">${options.fields}</div><button type="submit" class="govuk-button govuk-button--secondary" data-module="govuk-button">${options.text ?? 'Show'}</button>${
    options.clear ? html`<a class="govuk-link overt-filter__clear" href="${options.clear}">Clear</a>` : null
  }</form>`
}

/** A secret shown once (a set-up link, a token), easy to select and copy by hand. */
export function secretOnce(label: string, secret: string): Html {
  return html`<div class="overt-secret"><label class="govuk-label govuk-label--s" for="secret">${label}</label><input class="govuk-input overt-secret__value" id="secret" readonly spellcheck="false" value="${secret}"></div>`
}
