/** The policy pages as HTML: the list of landlords, and one policy, clause by clause. */
import {
  type Clause,
  carriedBy,
  clauseHref,
  clauseLabel,
  controls,
  type Pack,
  points,
  roleAbilities,
  type Setting,
  settings,
} from '#policy/policy.ts'
import { components, dayWords, type Html, html, marks, type Page } from '#web/web.ts'
import { type Held, type HeldState, heldStates } from '../held.ts'
import type { Provider } from '../model.ts'
import { partsNavigation } from './parts.ts'

/** `packs` gives the pack in effect for each landlord, or null where none is yet. */
export function listPage(list: readonly { readonly provider: Provider; readonly pack: Pack | null }[]): Page {
  return {
    title: 'Policy',
    body: html`${marks.heading({
      title: 'Policy',
      lead: 'Overt allows what the landlord’s own published policy allows. Here is each one, rule by rule.',
    })}${components.table({
      caption: 'Landlords and their policies',
      captionHidden: true,
      columns: [
        { text: 'Landlord' },
        { text: 'Document' },
        { text: 'Decides here since' },
        { text: 'Rules', numeric: true },
      ],
      rows: list.map(({ provider, pack }) => [
        marks.link(`/policy/${provider.slug}`, provider.name),
        pack === null ? 'none in effect yet' : documentWords(pack),
        pack === null ? '–' : since(provider, pack),
        String(pack?.clauses.size ?? 0),
      ]),
      empty: marks.paragraph(
        'No landlord has adopted a policy yet. The first administrator chooses one at set-up.',
      ),
    })}`,
  }
}

export type Shown = {
  /** Null for a version of another day, and for people of other landlords. */
  readonly held: ReadonlyMap<string, Held> | null
  /** "November 2026". */
  readonly month: string
  readonly filter: { readonly text: string; readonly strength: string; readonly state: string }
  /** Works here: the papers, standards and the document itself are open too. */
  readonly belongs: boolean
}

export const strengthFilters = ['enforced', 'evidenced', 'displayed', 'to-come'] as const

/** Every clause in the document's order with what it sets and whether it held; then who may do what, and what is left open. */
export function policyPage(provider: Provider, pack: Pack, shown: Shown): Page {
  const all = settings(pack)
  const open = all.filter((s) => s.clause === null)
  const clauses = matching(pack, shown)
  const narrowed = Object.values(shown.filter).some((given) => given !== '')
  return {
    title: `${provider.name}: policy`,
    wide: true,
    back: { href: '/policy', text: 'All policies' },
    body: html`${marks.heading({
      title: pack.title,
      caption: provider.name,
      lead: `The document in plain words: ${pack.clauses.size} rules, and under each what Overt does because of it.`,
    })}${shown.belongs ? partsNavigation(pack.provider, 'rules') : null}${
      narrowed ? null : html`${month(provider, shown)}${about(provider, pack)}`
    }${filter(provider, shown)}${
      narrowed
        ? marks.paragraph(
            html`<strong>${clauses.length} of ${pack.clauses.size} rules.</strong> ${marks.link(`/policy/${provider.slug}`, 'Show all')}`,
          )
        : contents(pack, shown)
    }${
      clauses.length === 0
        ? marks.emptyState(
            shown.filter.state === 'not-held' && shown.filter.text === ''
              ? { title: 'No such rule', body: 'Nothing is known against any rule this month.' }
              : { title: 'No rule is like that', body: 'Try a shorter word, or show all.' },
          )
        : clauseSections(pack, all, clauses, shown, narrowed)
    }${
      narrowed
        ? null
        : html`${fold('roles', 'Who may do what', `${pack.values.roles.length} roles`, roles(pack))}${fold(
            'points',
            'Where landlords differ',
            `${points(pack).length} points`,
            pointsTable(pack),
          )}${fold('silent', 'Where the policy does not say', `${open.length} things`, silences(pack, open))}`
    }`,
  }
}

function matching(pack: Pack, { held, filter: given }: Shown): readonly Clause[] {
  const words = given.text.toLowerCase().split(/\s+/).filter(Boolean)
  return [...pack.clauses.values()].filter((clause) => {
    const strength = carriedBy(clause) ?? 'to-come'
    if (given.strength !== '' && strength !== given.strength) return false
    if (given.state !== '' && held !== null && held.get(clause.id)?.state !== given.state) return false
    const text = `${clause.number} ${clause.id} ${clause.text} ${clause.note ?? ''}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

const stateWords: Readonly<
  Record<HeldState, { tag: 'lawful' | 'attention' | 'waiting' | 'stopped'; text: string; says: string }>
> = {
  held: { tag: 'lawful', text: 'Held this month', says: 'held' },
  'not-held': { tag: 'attention', text: 'Did not hold this month', says: 'did not hold' },
  unused: { tag: 'lawful', text: 'Not needed this month', says: 'were not needed' },
  uncounted: {
    tag: 'stopped',
    text: 'Nothing known against it',
    says: 'are not counted; nothing is known against them',
  },
  'to-come': { tag: 'waiting', text: 'Not in Overt yet', says: 'are not, or only partly, in Overt yet' },
}

/** The month in one look: how many rules held, and those that did not. */
function month(provider: Provider, { held, month: name }: Shown): Html | null {
  if (held === null) return null
  const by = Map.groupBy(held.values(), (one) => one.state)
  const broken = by.get('not-held')?.length ?? 0
  return marks.card({
    title: `Did it hold in ${name}?`,
    state: broken > 0 ? 'attention' : 'lawful',
    body: html`${marks.paragraph(
      broken === 0
        ? 'Nothing is known against any rule.'
        : html`<strong>${broken} ${broken === 1 ? 'rule' : 'rules'} did not hold.</strong>`,
    )}${marks.bullets(
      heldStates
        .filter((state) => by.has(state))
        .map((state) =>
          marks.link(
            `/policy/${provider.slug}?state=${state}`,
            `${by.get(state)!.length} ${stateWords[state].says}`,
          ),
        ),
    )}`,
  })
}

const filter = (provider: Provider, { held, filter: given }: Shown): Html =>
  marks.filterForm({
    action: `/policy/${provider.slug}`,
    fields: html`${components.input({ name: 'text', label: 'Search the rules', value: given.text, type: 'search', width: 20 })}${components.select(
      {
        name: 'strength',
        label: 'How firmly',
        value: given.strength,
        empty: 'All',
        options: [
          ...(['enforced', 'evidenced', 'displayed'] as const).map((value) => ({
            value,
            text: firmness[value],
          })),
          { value: 'to-come', text: 'Not in Overt yet' },
        ],
      },
    )}${
      held === null
        ? null
        : components.select({
            name: 'state',
            label: 'This month',
            value: given.state,
            empty: 'All',
            options: heldStates.map((value) => ({ value, text: stateWords[value].text })),
          })
    }`,
    text: 'Show',
  })

/** A part that opens: it opens by itself when an address leads to a rule in it. */
const fold = (id: string, title: string, remark: string, body: Html, open = false): Html =>
  html`<details class="overt-fold"${open ? html` open` : null}><summary class="overt-fold__summary"><h2 class="govuk-heading-m overt-fold__title" id="${id}">${title}</h2><span class="overt-fold__remark">${remark}</span></summary><div class="overt-fold__body">${body}</div></details>`

function about(provider: Provider, pack: Pack): Html {
  const { document } = pack.values
  const version = html`${dayWords(pack.version)}${document.effective.silent ? ' (the document gives no day of effect; this one stands in)' : null}`
  const rows = [
    { key: 'Document', value: documentWords(pack) },
    { key: 'Day of effect', value: version },
    { key: 'Decides here since', value: since(provider, pack) },
    { key: 'Next review', value: monthWords(document.nextReview.value) },
  ]
  if (provider.versions.length > 1) {
    const links = provider.versions.map((v) =>
      marks.link(
        `/policy/${provider.slug}?version=${v.version}`,
        `${dayWords(v.version)}, here from ${dayWords(v.fromDay)}`,
      ),
    )
    rows.push({ key: 'Versions', value: marks.bullets(links) })
  }
  return components.summaryList({ rows: [...rows, ...firmnessRows(pack)] })
}

export const documentWords = (pack: Pack): string =>
  pack.reference.toLowerCase() === pack.title.toLowerCase() ? pack.title : `${pack.title} (${pack.reference})`

export function since(provider: Provider, pack: Pack): string {
  const adopted = provider.versions.find((v) => v.version === pack.version)
  return adopted === undefined ? 'not yet' : dayWords(adopted.fromDay)
}

/** `2028-06` → "June 2028"; a whole day as a day, a year as it is. */
export function monthWords(given: string): string {
  if (given.length === 10) return dayWords(given)
  return given.length === 7 ? dayWords(`${given}-01`).replace(/^1 /, '') : given
}

/** A value that is a day or a month, in words; anything else as it is. */
const plainDays = (words: string): string =>
  /^\d{4}-\d{2}(-\d{2})?$/.test(words) ? monthWords(words) : words

const contents = (pack: Pack, { held, belongs }: Shown): Html =>
  html`<nav class="overt-contents overt-contents--wide" aria-label="Parts of the policy">${marks.bullets([
    ...pack.sections.map((s) => {
      const broken = clausesOf(pack, s.code).filter((c) => held?.get(c.id)?.state === 'not-held').length
      return html`${marks.link(`#section-${s.code}`, s.title)}${broken > 0 ? html` <strong>(${broken} did not hold)</strong>` : null}`
    }),
    marks.link('#roles', 'Who may do what'),
    marks.link('#points', 'Where landlords differ'),
    marks.link('#silent', 'Where the policy does not say'),
    ...(belongs
      ? [
          marks.link(`/policy/${pack.provider}/open`, 'What it leaves to the landlord, and what was decided'),
          marks.link(`/policy/${pack.provider}/changes`, 'What newer versions changed'),
        ]
      : []),
  ])}</nav>`

const clausesOf = (pack: Pack, section: string): Clause[] =>
  [...pack.clauses.values()].filter((clause) => clause.section === section)

function clauseSections(
  pack: Pack,
  all: readonly Setting[],
  clauses: readonly Clause[],
  shown: Shown,
  open: boolean,
): Html[] {
  const set = Map.groupBy(all, (s) => s.clause)
  const refusals = Map.groupBy(
    [...pack.rules.values()].filter((r) => r.effect === 'forbid'),
    (r) => r.clause,
  )
  return pack.sections.flatMap((section) => {
    const mine = clauses.filter((c) => c.section === section.code)
    if (mine.length === 0) return []
    const broken = mine.filter((c) => shown.held?.get(c.id)?.state === 'not-held').length
    const remark = `${mine.length} ${mine.length === 1 ? 'rule' : 'rules'}${broken > 0 ? `, ${broken} did not hold` : ''}`
    return [
      fold(
        `section-${section.code}`,
        section.title,
        remark,
        html`${mine.map(
          (clause) => html`<article class="overt-rule" id="${clause.id}">
<p class="govuk-body">${clause.text} <span class="overt-rule__number">${marks.clause(clause.number, `#${clause.id}`)}</span></p>
${clause.note ? marks.small(html`<strong>Note:</strong> ${clause.note}`) : null}
${carried(clause)}
${heldLine(shown.held?.get(clause.id) ?? null)}
${effects(set.get(clause.id) ?? [], refusals.get(clause.id)?.map((r) => r.message) ?? [])}</article>`,
        )}`,
        open,
      ),
    ]
  })
}

/** Whether it held, how often it was used and how often it said no; what is known against it; exceptions by right. */
function heldLine(held: Held | null): Html | null {
  if (held === null || held.state === 'to-come') return null
  const { tag, text } = stateWords[held.state]
  const counts =
    held.uses + held.refusals === 0 ? null : `Used ${times(held.uses)}, refused ${times(held.refusals)}.`
  return html`<div class="overt-held">${marks.stateTag(tag, text)}${counts === null ? null : html` <span class="overt-held__counts">${counts}</span>`}${
    held.troubles.length === 0
      ? null
      : html`<ul class="govuk-list govuk-list--bullet">${held.troubles.map((words) => html`<li>${words}</li>`)}</ul>`
  }${
    held.exceptions.length === 0
      ? null
      : html`<p class="govuk-body-s overt-held__exceptions"><strong>Exceptions in force:</strong> ${held.exceptions.join(' ')}</p>`
  }</div>`
}

const times = (n: number): string => (n === 1 ? 'once' : `${n.toLocaleString('en-GB')} times`)

/** How firmly a clause holds here, in words, and by what; never more than is so today. */
function carried(clause: Clause): Html {
  const says = clause.controls.flatMap((id) => (id === 'policy.shown' ? [] : (controls.get(id)?.says ?? [])))
  const strength = carriedBy(clause)
  const partly = says.length > 0 ? 'Partly carried out' : 'Not carried out by Overt yet'
  return marks.small(
    html`<strong>${strength === null ? partly : firmness[strength]}</strong>${
      says.length > 0 ? html`: ${says.join(' ')}` : strength === null ? html`. It is told here.` : html`.`
    }${strength === null && says.length > 0 ? html` The rest is not in Overt yet.` : null}`,
  )
}

const firmness = {
  enforced: 'Cannot be broken through Overt',
  evidenced: 'Recorded, and shown when missing',
  displayed: 'Told here, and not checked',
} as const

/** How many clauses hold how firmly. */
function firmnessRows(pack: Pack): { readonly key: string; readonly value: Html }[] {
  const by = Map.groupBy(pack.clauses.values(), carriedBy)
  const count = (strength: ReturnType<typeof carriedBy>) => by.get(strength)?.length ?? 0
  const lines = [
    `${count('enforced')} cannot be broken through Overt`,
    `${count('evidenced')} are recorded, and shown when missing`,
    `${count('displayed')} are told, and not checked`,
    `${count(null)} are not, or only partly, carried out by Overt yet`,
  ]
  return [{ key: 'Of its rules', value: marks.bullets(lines) }]
}

/** What follows from a clause here; nothing where nothing is set yet. */
function effects(set: readonly Setting[], refusals: readonly string[]): Html | null {
  if (set.length === 0 && refusals.length === 0) return null
  return html`<ul class="govuk-list overt-rule__effects">${set.map(
    (s) =>
      html`<li>${s.placement ? html`${s.placement}: ` : null}${s.label} <strong>${plainDays(s.words)}</strong>${
        s.why ? html`. <span class="overt-muted">${s.why}</span>` : null
      }</li>`,
  )}${refusals.map((message) => html`<li>Overt refuses anything else and says: “${message}”</li>`)}</ul>`
}

const roles = (pack: Pack): Html =>
  components.table({
    caption: 'Roles and what they may do',
    captionHidden: true,
    columns: [{ text: 'Role' }, { text: 'May' }, { text: 'Because of' }],
    rows: roleAbilities(pack).map((role) => [
      role.title,
      role.may.join('; '),
      role.clause === null
        ? html`The policy does not say. ${role.silent}`
        : marks.clause(clauseLabel(pack, role.clause), clauseHref(pack, role.clause)),
    ]),
  })

const pointsTable = (pack: Pack): Html =>
  components.table({
    caption: 'What this policy says where the policies of landlords differ',
    captionHidden: true,
    columns: [{ text: 'About' }, { text: 'This policy' }, { text: 'Because of' }],
    rows: points(pack).map((point) => [
      point.label,
      point.words ?? html`<strong>The landlord must decide before going live</strong>`,
      point.silent
        ? html`The policy does not say. ${point.why}`
        : html`${point.clauses.map((id) => html`${marks.clause(clauseLabel(pack, id), clauseHref(pack, id))} `)}${point.why}`,
    ]),
  })

function silences(pack: Pack, open: readonly Setting[]): Html {
  if (open.length === 0) return marks.paragraph('The document answers everything that Overt asks.')
  const placements = [null, ...pack.values.deploymentTypes.map((type) => type.label)]
  return html`${marks.paragraph(
    'The landlord can decide each of these; the decision becomes a new version of its policy.',
  )}${placements.map((placement) => {
    const rows = open.filter((s) => s.placement === placement)
    if (rows.length === 0) return null
    return components.table({
      caption: placement ?? 'Everywhere',
      columns: [{ text: 'Left open' }, { text: 'Overt uses' }, { text: 'Why' }],
      rows: rows.map((s) => [s.label, plainDays(s.words), s.why ?? '']),
    })
  })}`
}
