/**
 * Typed wrappers around the macros of GOV.UK Frontend and MoJ Frontend: options in, `Html` out. The only file that
 * touches Nunjucks, and it renders no template but those two packages' own. A misspelt option is a type error here,
 * where in a template it would print nothing.
 *
 * Stays whole past 400 lines: one short function per component, all of one shape, looked up by name.
 *
 * Form fields take `view` (from `ask.view`): then a refused form shows again what was typed and the error beside the
 * field, without the page doing anything. Plain strings are escaped; only `Html` passes as markup.
 */
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import nunjucks from 'nunjucks'
import { type Html, html, isHtml, trusted } from './html.ts'
import type { FieldError, View } from './route.ts'

const require = createRequire(import.meta.url)
const govukFolder = dirname(dirname(dirname(require.resolve('govuk-frontend/dist/govuk/all.mjs'))))
const mojFolder = dirname(dirname(require.resolve('@ministryofjustice/frontend/moj/all.mjs')))

const environment = new nunjucks.Environment(
  new nunjucks.FileSystemLoader([`${govukFolder}/dist`, mojFolder], { watch: false, noCache: false }),
  { autoescape: true, trimBlocks: true, lstripBlocks: true },
)

type Options = { readonly [key: string]: unknown }

const compiled = new Map<string, nunjucks.Template>()

/** Renders one macro. Exported for the test that runs GDS's own fixtures through it; pages use the wrappers below. */
export function macro(name: string, file: string, options: Options): Html {
  let template = compiled.get(name)
  if (!template) {
    template = nunjucks.compile(
      `{% from "${file}" import ${name} %}{{ ${name}(options) }}`,
      environment,
    ) as nunjucks.Template
    compiled.set(name, template)
  }
  return trusted(template.render({ options }).trim())
}

const govuk = (component: string, options: Options): Html => {
  const camel = component.replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase())
  return macro(`govuk${camel}`, `govuk/components/${component}/macro.njk`, options)
}
const moj = (component: string, options: Options): Html => {
  const camel = component.replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase())
  return macro(`moj${camel}`, `moj/components/${component}/macro.njk`, options)
}

/** Text that is escaped, or markup that web/ made. */
export type Content = string | Html

const content = (value: Content): { html: string } | { text: string } =>
  isHtml(value) ? { html: value.text } : { text: value }
const contentOr = (value: Content | null | undefined): { html: string } | { text: string } | undefined =>
  value === null || value === undefined || value === '' ? undefined : content(value)
const flat = (value: Content): string => (isHtml(value) ? value.text : html`${value}`.text)

// ---- what every form field shares ----

type Field = {
  readonly name: string
  readonly label: Content
  /** 's' to 'xl' make the label look like a heading; `labelIsPage` makes it the page's h1 as well. */
  readonly labelSize?: 's' | 'm' | 'l' | 'xl'
  readonly labelIsPage?: boolean
  readonly labelHidden?: boolean
  readonly hint?: Content
  /** Supplies what was typed before a refusal, and the error. */
  readonly view?: View
  /** Shown when nothing was typed before. */
  readonly value?: string | number | null
  readonly error?: string
  readonly id?: string
}

/** The error for a field of a refused form, with the clause that asks for it. */
export function errorOf(view: View | undefined, name: string): FieldError | null {
  return view?.refused?.errors.find((error) => error.field === name) ?? null
}

/** What was typed in a field of a refused form, else `fallback`. */
export function typed(view: View | undefined, name: string, fallback: unknown = ''): string {
  // A page may hold several forms: what this one did not send keeps its own value.
  const value = view?.refused && name in view.refused.values ? view.refused.values[name] : fallback
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? '' : String(value)
}

function typedMany(
  view: View | undefined,
  name: string,
  fallback: readonly string[] = [],
): readonly string[] {
  if (!view?.refused) return fallback
  const value = view.refused.values[name]
  if (Array.isArray(value)) return value.map(String)
  return value === undefined || value === null || value === '' ? [] : [String(value)]
}

const errorMessage = (field: { view?: View; name: string; error?: string }): { text: string } | undefined => {
  const message = field.error ?? errorOf(field.view, field.name)?.message
  return message === undefined ? undefined : { text: message }
}

const labelOf = (field: Field) => ({
  ...content(field.label),
  isPageHeading: field.labelIsPage ?? false,
  classes: field.labelHidden
    ? 'govuk-visually-hidden'
    : field.labelSize
      ? `govuk-label--${field.labelSize}`
      : '',
})

const shared = (field: Field) => ({
  id: field.id ?? field.name,
  name: field.name,
  label: labelOf(field),
  hint: contentOr(field.hint),
  errorMessage: errorMessage(field),
})

// ---- form fields ----

export function input(
  field: Field & {
    readonly type?: 'text' | 'email' | 'tel' | 'url' | 'search'
    readonly inputmode?: 'numeric' | 'decimal' | 'email' | 'tel' | 'url'
    readonly width?: 2 | 3 | 4 | 5 | 10 | 20 | 30 | 'one-half' | 'two-thirds' | 'full'
    readonly autocomplete?: string
    readonly spellcheck?: boolean
    readonly autocapitalize?: 'none' | 'words' | 'sentences'
    readonly prefix?: string
    readonly suffix?: string
    readonly maxlength?: number
  },
): Html {
  const width =
    field.width === undefined
      ? ''
      : typeof field.width === 'number'
        ? `govuk-input--width-${field.width}`
        : `govuk-!-width-${field.width}`
  return govuk('input', {
    ...shared(field),
    type: field.type ?? 'text',
    inputmode: field.inputmode,
    value: typed(field.view, field.name, field.value),
    classes: width,
    autocomplete: field.autocomplete,
    spellcheck: field.spellcheck,
    autocapitalize: field.autocapitalize,
    prefix: field.prefix === undefined ? undefined : { text: field.prefix },
    suffix: field.suffix === undefined ? undefined : { text: field.suffix },
    attributes: field.maxlength === undefined ? undefined : { maxlength: String(field.maxlength) },
  })
}

/** A password is never shown again, so there is no `value`. */
export function passwordInput(
  field: Omit<Field, 'value'> & { readonly autocomplete?: 'current-password' | 'new-password' },
): Html {
  return govuk('password-input', {
    ...shared(field),
    autocomplete: field.autocomplete ?? 'current-password',
  })
}

export function textarea(field: Field & { readonly rows?: number; readonly maxlength?: number }): Html {
  const options = {
    ...shared(field),
    rows: String(field.rows ?? 5),
    value: typed(field.view, field.name, field.value),
  }
  return field.maxlength === undefined
    ? govuk('textarea', options)
    : govuk('character-count', { ...options, maxlength: field.maxlength, threshold: '75' })
}

export type Option = { readonly value: string; readonly text: string }

/** `empty` is the first, valueless line ("Choose a site"). */
export function select(
  field: Field & { readonly options: readonly Option[]; readonly empty?: string },
): Html {
  const chosen = typed(field.view, field.name, field.value)
  const items = field.options.map((option) => ({ ...option, selected: option.value === chosen }))
  return govuk('select', {
    ...shared(field),
    items: field.empty === undefined ? items : [{ value: '', text: field.empty }, ...items],
  })
}

export type Choice = {
  readonly value: string
  readonly text: Content
  readonly hint?: Content
  /** Shown only while this choice is made (always shown without script). */
  readonly reveals?: Html
  readonly disabled?: boolean
}

const fieldset = (field: Field) => ({
  legend: {
    ...content(field.label),
    isPageHeading: field.labelIsPage ?? false,
    classes: field.labelHidden
      ? 'govuk-visually-hidden'
      : field.labelSize
        ? `govuk-fieldset__legend--${field.labelSize}`
        : '',
  },
})

export function radios(
  field: Field & { readonly choices: readonly Choice[]; readonly inline?: boolean; readonly small?: boolean },
): Html {
  const chosen = typed(field.view, field.name, field.value)
  return govuk('radios', {
    idPrefix: field.id ?? field.name,
    name: field.name,
    fieldset: fieldset(field),
    hint: contentOr(field.hint),
    errorMessage: errorMessage(field),
    classes:
      `${field.inline ? 'govuk-radios--inline ' : ''}${field.small ? 'govuk-radios--small' : ''}`.trim(),
    items: field.choices.map((choice) => ({
      ...content(choice.text),
      value: choice.value,
      checked: choice.value === chosen,
      hint: contentOr(choice.hint),
      disabled: choice.disabled ?? false,
      conditional: choice.reveals ? { html: choice.reveals.text } : undefined,
    })),
  })
}

export function checkboxes(
  field: Omit<Field, 'value'> & {
    readonly choices: readonly Choice[]
    readonly values?: readonly string[]
    readonly small?: boolean
  },
): Html {
  const chosen = typedMany(field.view, field.name, field.values)
  return govuk('checkboxes', {
    idPrefix: field.id ?? field.name,
    name: field.name,
    fieldset: fieldset(field),
    hint: contentOr(field.hint),
    errorMessage: errorMessage(field),
    classes: field.small ? 'govuk-checkboxes--small' : '',
    items: field.choices.map((choice) => ({
      ...content(choice.text),
      value: choice.value,
      checked: chosen.includes(choice.value),
      hint: contentOr(choice.hint),
      disabled: choice.disabled ?? false,
      conditional: choice.reveals ? { html: choice.reveals.text } : undefined,
    })),
  })
}

/** One box to tick, without a legend. */
export function checkbox(field: {
  readonly name: string
  readonly label: Content
  readonly hint?: Content
  readonly value?: string
  readonly checked?: boolean
  readonly view?: View
  readonly error?: string
}): Html {
  const value = field.value ?? 'yes'
  const checked = field.view?.refused
    ? typedMany(field.view, field.name).includes(value)
    : (field.checked ?? false)
  return govuk('checkboxes', {
    idPrefix: field.name,
    name: field.name,
    errorMessage: errorMessage(field),
    items: [{ ...content(field.label), value, checked, hint: contentOr(field.hint) }],
  })
}

/**
 * Three boxes; the input schema sees one field `name` as `YYYY-MM-DD` (see `fields.day`). `value` is a civil day.
 */
export function dateInput(field: Field): Html {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(typeof field.value === 'string' ? field.value : '')
  const before = parts
    ? { day: String(Number(parts[3])), month: String(Number(parts[2])), year: parts[1]! }
    : { day: '', month: '', year: '' }
  const error = errorMessage(field)
  const box = (part: 'day' | 'month' | 'year', label: string, width: number) => ({
    id: part === 'day' ? field.name : `${field.name}-${part}`,
    name: part,
    label,
    value: typed(field.view, `${field.name}-${part}`, before[part]),
    classes: `govuk-input--width-${width}${error ? ' govuk-input--error' : ''}`,
  })
  return govuk('date-input', {
    id: `${field.name}-group`,
    namePrefix: field.name,
    fieldset: fieldset(field),
    hint: contentOr(field.hint),
    errorMessage: error,
    items: [box('day', 'Day', 2), box('month', 'Month', 2), box('year', 'Year', 4)],
  })
}

/** The form needs `enctype="multipart/form-data"`; `formOpen({ files: true })` sets it. */
export function fileUpload(
  field: Omit<Field, 'value'> & {
    readonly accept?: string
    readonly multiple?: boolean
    readonly capture?: 'environment'
  },
): Html {
  return govuk('file-upload', {
    ...shared(field),
    multiple: field.multiple ?? false,
    attributes: {
      ...(field.accept ? { accept: field.accept } : {}),
      ...(field.capture ? { capture: field.capture } : {}),
    },
  })
}

/** A whole form: method post, CSRF field, no browser bubbles (our own error summary speaks instead). */
export function form(options: {
  readonly view: View
  readonly action?: string
  readonly files?: boolean
  readonly body: Html
  readonly classes?: string
}): Html {
  return html`<form method="post" action="${options.action ?? options.view.path}" novalidate${
    options.files ? trusted(' enctype="multipart/form-data"') : null
  }${options.classes ? html` class="${options.classes}"` : null}>${options.view.csrfField}${options.body}</form>`
}

export function hidden(name: string, value: string | number): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`
}

export function button(options: {
  readonly text: string
  readonly kind?: 'primary' | 'secondary' | 'warning'
  /** Makes it a link that looks like a button: only for going somewhere, never for doing something. */
  readonly href?: string
  readonly name?: string
  readonly value?: string
  /** Guards against a double press (one second). */
  readonly once?: boolean
  readonly start?: boolean
  readonly attributes?: Readonly<Record<string, string>>
}): Html {
  return govuk('button', {
    text: options.text,
    href: options.href,
    name: options.name,
    value: options.value,
    preventDoubleClick: options.href === undefined ? (options.once ?? true) : undefined,
    isStartButton: options.start ?? false,
    classes: options.kind && options.kind !== 'primary' ? `govuk-button--${options.kind}` : '',
    attributes: options.attributes,
  })
}

export function buttonGroup(...items: readonly Html[]): Html {
  return html`<div class="govuk-button-group">${items}</div>`
}

// ---- showing things ----

export type SummaryRow = {
  readonly key: Content
  readonly value: Content
  readonly actions?: readonly { readonly href: string; readonly text: string; readonly hidden?: string }[]
}

/** Key and value pairs; with `title`, a card. Check-your-answers pages use the rows' `actions` ("Change"). */
export function summaryList(options: {
  readonly rows: readonly SummaryRow[]
  readonly title?: Content
  readonly cardActions?: readonly { readonly href: string; readonly text: string; readonly hidden?: string }[]
  readonly noBorder?: boolean
  readonly headingLevel?: 2 | 3 | 4
}): Html {
  const action = (item: { href: string; text: string; hidden?: string }) => ({
    href: item.href,
    text: item.text,
    visuallyHiddenText: item.hidden,
  })
  return govuk('summary-list', {
    classes: options.noBorder ? 'govuk-summary-list--no-border' : '',
    card: options.title
      ? {
          title: { ...content(options.title), headingLevel: options.headingLevel ?? 2 },
          actions: options.cardActions ? { items: options.cardActions.map(action) } : undefined,
        }
      : undefined,
    rows: options.rows.map((row) => ({
      key: content(row.key),
      value: content(row.value),
      actions: row.actions ? { items: row.actions.map(action) } : undefined,
    })),
  })
}

export type Column = { readonly text: Content; readonly numeric?: boolean; readonly hidden?: boolean }

/**
 * A table with a caption (required: it is what a screen reader announces). On a phone its rows become sheets with each
 * column's name; with `scrolls` (many short columns to compare) it scrolls inside its frame instead. The first cell of
 * a row is its header unless `plain`.
 */
export function table(options: {
  readonly caption: string
  readonly captionHidden?: boolean
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Content[])[]
  readonly plain?: boolean
  readonly scrolls?: boolean
  /** Shown in place of the table when there are no rows. */
  readonly empty?: Html
}): Html {
  if (options.rows.length === 0 && options.empty) return options.empty
  const format = (index: number) => (options.columns[index]?.numeric ? 'numeric' : undefined)
  const label = (index: number) => {
    const column = options.columns[index]
    return options.scrolls || !column || column.hidden || typeof column.text !== 'string'
      ? undefined
      : { 'data-label': column.text }
  }
  const rendered = govuk('table', {
    caption: options.caption,
    captionClasses: options.captionHidden ? 'govuk-visually-hidden' : 'govuk-table__caption--m',
    firstCellIsHeader: !options.plain,
    head: options.columns.map((column, index) => ({
      ...content(
        column.hidden ? html`<span class="govuk-visually-hidden">${column.text}</span>` : column.text,
      ),
      format: format(index),
    })),
    rows: options.rows.map((row) =>
      row.map((cell, index) => ({ ...content(cell), format: format(index), attributes: label(index) })),
    ),
  })
  // Only what scrolls needs to be reached by keyboard, so that it can be scrolled by keyboard.
  return options.scrolls
    ? html`<div class="overt-table overt-table--scrolls" role="region" aria-label="${options.caption}" tabindex="0">${rendered}</div>`
    : html`<div class="overt-table overt-table--stacks">${rendered}</div>`
}

export function tag(
  text: string,
  colour?: 'grey' | 'green' | 'teal' | 'yellow' | 'orange' | 'red' | 'blue',
): Html {
  return govuk('tag', { text, classes: colour ? `govuk-tag--${colour}` : '' })
}

export function notificationBanner(options: {
  readonly body: Content
  readonly kind?: 'success' | 'notice'
  readonly title?: string
}): Html {
  const body = isHtml(options.body)
    ? options.body
    : html`<p class="govuk-notification-banner__heading">${options.body}</p>`
  return govuk('notification-banner', {
    html: body.text,
    type: options.kind === 'success' ? 'success' : undefined,
    titleText: options.title ?? (options.kind === 'success' ? 'Done' : 'Please note'),
  })
}

/** `rule` gives the mark of a rule by its id; the second argument says whether it may be a link of its own. */
export function errorSummary(
  errors: readonly FieldError[],
  title = 'There is a problem',
  rule: (id: string, linked: boolean) => Html | null = () => null,
): Html {
  return govuk('error-summary', {
    titleText: title,
    errorList: errors.map((error) => ({
      // The summary links to the field, and a link holds no link: there the rule is words alone.
      html: html`${error.message}${error.clause ? rule(error.clause, error.field === null) : null}`.text,
      href: error.field === null ? undefined : `#${error.field}`,
    })),
  })
}

export const insetText = (body: Content): Html => govuk('inset-text', content(body))
export const warningText = (body: Content): Html =>
  govuk('warning-text', { ...content(body), iconFallbackText: 'Warning' })
export const details = (summary: string, body: Content, open = false): Html =>
  govuk('details', { summaryText: summary, ...content(body), open })
export const panel = (title: string, body: Content): Html =>
  govuk('panel', { titleText: title, ...content(body) })

export type TaskItem = {
  readonly title: Content
  readonly href?: string
  readonly hint?: Content
  /** A tag (`stateTag`, `tag`) or plain words. */
  readonly status: Content
}

export function taskList(items: readonly TaskItem[], idPrefix = 'tasks'): Html {
  return govuk('task-list', {
    idPrefix,
    items: items.map((item) => ({
      title: content(item.title),
      href: item.href,
      hint: contentOr(item.hint),
      status: content(item.status),
    })),
  })
}

export type TimelineEvent = {
  readonly title: Content
  readonly by?: Content
  /** ms since the epoch, and the words to show for it (the page knows the site's time zone). */
  readonly atMs: number
  readonly when: string
  readonly body?: Content
}

/** MoJ's timeline of events, newest first as given. MoJ's own macro brings a date library; ours takes words. */
export function timelineOfEvents(events: readonly TimelineEvent[], headingLevel: 2 | 3 = 3): Html {
  const tagName = headingLevel === 2 ? 'h2' : 'h3'
  return html`<div class="moj-timeline">${events.map(
    (event) => html`<div class="moj-timeline__item"><div class="moj-timeline__header">
<${trusted(tagName)} class="moj-timeline__title">${event.title}</${trusted(tagName)}>
${event.by ? html`<p class="moj-timeline__byline">by ${event.by}</p>` : null}</div>
<p class="moj-timeline__date"><time datetime="${new Date(event.atMs).toISOString()}">${event.when}</time></p>
${event.body ? html`<div class="moj-timeline__description">${event.body}</div>` : null}</div>`,
  )}</div>`
}

/** Pages 1 to `pages`; `href(page)` makes the link. Nothing for a single page. */
export function pagination(options: {
  readonly page: number
  readonly pages: number
  href(page: number): string
  readonly label?: string
}): Html {
  const { page, pages } = options
  if (pages <= 1) return html``
  const near = [...new Set([1, page - 1, page, page + 1, pages])]
    .filter((n) => n >= 1 && n <= pages)
    .sort((a, b) => a - b)
  const items: Options[] = []
  for (const [index, n] of near.entries()) {
    if (index > 0 && n - near[index - 1]! > 1) items.push({ ellipsis: true })
    items.push({ number: n, current: n === page, href: options.href(n) })
  }
  return govuk('pagination', {
    landmarkLabel: options.label ?? 'Pages',
    items,
    previous: page > 1 ? { href: options.href(page - 1), text: 'Previous' } : undefined,
    next: page < pages ? { href: options.href(page + 1), text: 'Next' } : undefined,
  })
}

/** For long lists read by a cursor: only "earlier" and "later". */
export function olderNewer(options: {
  readonly newer?: string | null
  readonly older?: string | null
  readonly label?: string
}): Html {
  if (!options.newer && !options.older) return html``
  return govuk('pagination', {
    landmarkLabel: options.label ?? 'Pages',
    previous: options.newer ? { href: options.newer, text: 'Newer' } : undefined,
    next: options.older ? { href: options.older, text: 'Older' } : undefined,
  })
}

export function breadcrumbs(items: readonly { readonly text: string; readonly href?: string }[]): Html {
  return govuk('breadcrumbs', { items: [...items], collapseOnMobile: true })
}

export const backLink = (href: string, text: string): Html => govuk('back-link', { href, text })
export const skipLink = (): Html =>
  govuk('skip-link', { href: '#content', text: 'Skip to what this page says' })

export function tabs(
  title: string,
  items: readonly { readonly id: string; readonly label: string; readonly body: Html }[],
): Html {
  return govuk('tabs', {
    title,
    items: items.map((item) => ({ id: item.id, label: item.label, panel: { html: item.body.text } })),
  })
}

export function serviceNavigation(options: {
  readonly items: readonly { readonly href: string; readonly text: string; readonly current: boolean }[]
  readonly label: string
}): Html {
  return govuk('service-navigation', {
    navigationLabel: options.label,
    menuButtonText: 'Menu',
    navigation: options.items.map((item) => ({ href: item.href, text: item.text, active: item.current })),
  })
}

/** MoJ's row of links between the parts of one thing ("Overview", "Footage", "Record"). */
export function subNavigation(
  label: string,
  items: readonly { readonly href: string; readonly text: string; readonly current?: boolean }[],
): Html {
  return moj('sub-navigation', {
    label,
    items: items.map((item) => ({ href: item.href, text: item.text, active: item.current ?? false })),
  })
}

/** GOV.UK markup for a group of fields under one legend. */
export function fieldGroup(legend: Content, body: Html, size: 's' | 'm' | 'l' = 'm'): Html {
  return govuk('fieldset', {
    legend: { ...content(legend), classes: `govuk-fieldset__legend--${size}` },
    html: flat(body),
  })
}

/** Compiles what most pages use, so that the first visitor does not wait for it. */
export function warmComponents(): void {
  const items = [{ href: '/', text: 'x', current: false }]
  serviceNavigation({ label: 'x', items })
  input({ name: 'x', label: 'x' })
  passwordInput({ name: 'x', label: 'x' })
  button({ text: 'x' })
  table({ caption: 'x', columns: [{ text: 'x' }], rows: [['x']] })
  taskList([{ title: 'x', status: tag('x') }])
  summaryList({ rows: [{ key: 'x', value: 'x' }], title: 'x' })
  errorSummary([{ field: 'x', message: 'x' }])
  details('x', 'x')
  skipLink()
}
