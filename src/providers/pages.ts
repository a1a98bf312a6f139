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
import type { Provider } from './open.ts'

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

/** Every clause in the document's order with what it sets; then who may do what; then what the document leaves open. */
export function policyPage(provider: Provider, pack: Pack): Page {
  const all = settings(pack)
  const open = all.filter((s) => s.clause === null)
  return {
    title: `${provider.name}: policy`,
    back: { href: '/policy', text: 'All policies' },
    body: html`${marks.heading({
      title: pack.title,
      caption: provider.name,
      lead: `The document in plain words: ${pack.clauses.size} rules, and under each what Overt does because of it. It leaves ${open.length} things open; the last part says what Overt does there.`,
    })}${about(provider, pack)}${contents(pack)}${clauseSections(pack, all)}${marks.h2('Who may do what', 'roles')}${roles(pack)}${marks.h2('Where landlords differ', 'points')}${pointsTable(pack)}${marks.h2(
      'Where the policy does not say',
      'silent',
    )}${silences(pack, open)}`,
  }
}

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

const documentWords = (pack: Pack): string =>
  pack.reference.toLowerCase() === pack.title.toLowerCase() ? pack.title : `${pack.title} (${pack.reference})`

function since(provider: Provider, pack: Pack): string {
  const adopted = provider.versions.find((v) => v.version === pack.version)
  return adopted === undefined ? 'not yet' : dayWords(adopted.fromDay)
}

/** `2028-06` → "June 2028"; a whole day as a day, a year as it is. */
function monthWords(given: string): string {
  if (given.length === 10) return dayWords(given)
  return given.length === 7 ? dayWords(`${given}-01`).replace(/^1 /, '') : given
}

/** A value that is a day or a month, in words; anything else as it is. */
const plainDays = (words: string): string =>
  /^\d{4}-\d{2}(-\d{2})?$/.test(words) ? monthWords(words) : words

const contents = (pack: Pack): Html =>
  html`<nav class="overt-contents" aria-label="Parts of the policy">${marks.bullets([
    ...pack.sections.map((s) => marks.link(`#section-${s.code}`, s.title)),
    marks.link('#roles', 'Who may do what'),
    marks.link('#points', 'Where landlords differ'),
    marks.link('#silent', 'Where the policy does not say'),
  ])}</nav>`

function clauseSections(pack: Pack, all: readonly Setting[]): Html[] {
  const set = Map.groupBy(all, (s) => s.clause)
  const refusals = Map.groupBy(
    [...pack.rules.values()].filter((r) => r.effect === 'forbid'),
    (r) => r.clause,
  )
  return pack.sections.map((section) => {
    const mine = [...pack.clauses.values()].filter((c) => c.section === section.code)
    return html`<section aria-labelledby="section-${section.code}">${marks.h2(section.title, `section-${section.code}`)}${mine.map(
      (clause) => html`<article class="overt-rule" id="${clause.id}">
<p class="govuk-body">${clause.text} <span class="overt-rule__number">${marks.clause(clause.number, `#${clause.id}`)}</span></p>
${clause.note ? marks.small(html`<strong>Note:</strong> ${clause.note}`) : null}
${carried(clause)}
${effects(set.get(clause.id) ?? [], refusals.get(clause.id)?.map((r) => r.message) ?? [])}</article>`,
    )}</section>`
  })
}

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
        : html`${point.clauses.map((id) => html`${marks.clause(clauseLabel(pack, id), clauseHref(pack, id))} `)}`,
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
