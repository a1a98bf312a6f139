/** Cases: list, open, look, close. Tasks have no page of their own: the home page shows them. */
import { z } from 'zod'
import { inTransaction, type Sql } from '#engine/engine.ts'
import {
  type Answer,
  components as c,
  type FieldError,
  fields,
  html,
  marks,
  moment,
  type Page,
  type Person,
  type Route,
  route,
  type View,
} from '#web/web.ts'
import {
  type Case,
  type CaseKind,
  type CaseReach,
  caseKindLabels,
  caseKinds,
  caseListMax,
  closeCase,
  findCase,
  listCases,
  openCase,
} from './cases.ts'

export type CaseworkDeps = {
  readonly sql: Sql
  /** Landlords with their names, for a choice where somebody works for two. */
  providers(): readonly { readonly slug: string; readonly name: string }[]
  named(ids: readonly string[]): Promise<ReadonlyMap<string, { readonly name: string }>>
  /** What hangs on a case in rooms above: viewings, holds, exhibits. Only what this person may see. */
  /** Which cases somebody may see: those about what their roles reach. */
  seenBy(person: Person): CaseReach
  /** The place or area of the register that somebody means, within their reach alone; else what to do about it. */
  placeTyped(
    person: Person,
    typed: string,
  ): Promise<
    | {
        readonly found: {
          readonly provider: string
          readonly area: string | null
          readonly siteId: string | null
        }
      }
    | { readonly say: string }
  >
  placeName(siteId: string): Promise<string | null>
  related(
    caseId: string,
    person: Person,
  ): Promise<readonly { readonly text: string; readonly href: string }[]>
}

const none: Answer = { notFound: 'There is no such case, or you may not see it.' }
const looking = { none: 'a case by itself shows no picture of anybody' }
/** Landlords of which somebody's role reaches all: there alone they may open a case about the whole. */
const wholeOf = (person: Person) => [
  ...new Set(person.roles.filter(({ areas }) => areas.length === 0).map(({ provider }) => provider)),
]

const newCase = z.object({
  provider: z.preprocess((v) => v || null, fields.code('the landlord').nullable()),
  place: fields.optionalText('the place', 200),
  kind: fields.choice<CaseKind>('what kind of case it is', caseKinds),
  title: fields.text('what it is about', 200),
  theirReference: fields.optionalText('their reference', 100),
  /** Where the person came from, to go back there with the reference. */
  backTo: z
    .string()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop some of them, which makes another address
    .regex(/^\/(?![/\\])[^\u0000-\u001f\u007f]*$/)
    .max(300)
    .optional()
    .catch(undefined),
})

export function caseworkRoutes(deps: CaseworkDeps): Route[] {
  return [
    route({
      method: 'GET',
      path: '/cases',
      permission: 'task.view',
      ledger: looking,
      input: z.object({ text: z.string().max(100).optional() }),
      api: { summary: 'Cases about what your roles reach' },
      async handler(ask) {
        const text = ask.input.text ?? ''
        const cases = await listCases(deps.sql, deps.seenBy(ask.person!), text)
        return { data: cases, page: () => listPage(cases, text) }
      },
    }),
    route({
      method: 'GET',
      path: '/cases/new',
      permission: 'task.view',
      ledger: { none: 'an empty form says nothing about anybody' },
      input: z.object({ backTo: z.string().max(300).optional() }),
      async handler(ask) {
        const page = openPage(deps, ask.view, ask.person!, ask.input.backTo)
        return { data: null, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/cases/new',
      permission: 'task.view',
      ledger: 'case.opened',
      input: newCase,
      form: async (ask) => openPage(deps, ask.view, ask.person!, String(ask.input['backTo'] ?? '')),
      api: { summary: 'Open a case' },
      async handler(ask) {
        const where = await whereOf(deps, ask.person!, ask.input)
        if ('refusal' in where) return where
        const made = await inTransaction(deps.sql, (tx) =>
          openCase(tx, {
            ...where,
            kind: ask.input.kind,
            title: ask.input.title,
            theirReference: ask.input.theirReference,
            by: ask.person!.id,
            nowMs: ask.nowMs,
          }),
        )
        const backTo = ask.input.backTo
        const location = backTo
          ? `${backTo}${backTo.includes('?') ? '&' : '?'}case=${made.reference}`
          : `/cases/${made.id}`
        return { data: made, created: true, location, flash: `Case ${made.reference} is open.` }
      },
    }),
    route({
      method: 'GET',
      path: '/cases/:id',
      permission: 'task.view',
      ledger: looking,
      input: z.object({ id: fields.id('a case') }),
      api: { summary: 'A case' },
      async handler(ask) {
        const found = await findCase(deps.sql, deps.seenBy(ask.person!), ask.input.id)
        if (!found) return none
        const related = await deps.related(found.id, ask.person!)
        const names = await deps.named([found.openedBy])
        const where =
          found.siteId === null ? null : ((await deps.placeName(found.siteId)) ?? 'A place that is gone')
        const by = names.get(found.openedBy)?.name ?? 'somebody who has left'
        return { data: { ...found, related }, page: () => casePage(ask.view, found, where, by, related) }
      },
    }),
    route({
      method: 'POST',
      path: '/cases/:id/close',
      permission: 'task.view',
      ledger: 'case.closed',
      input: z.object({ id: fields.id('a case') }),
      api: { summary: 'Close a case' },
      async handler(ask) {
        const found = await findCase(deps.sql, deps.seenBy(ask.person!), ask.input.id)
        if (!found) return none
        await inTransaction(deps.sql, (tx) =>
          closeCase(tx, { id: found.id, by: ask.person!.id, nowMs: ask.nowMs }),
        )
        return { data: null, location: `/cases/${found.id}`, flash: `Case ${found.reference} is closed.` }
      },
    }),
  ]
}

/** What a new case is about, as far as this person's roles reach: a case that its opener may not see is opened by nobody. */
async function whereOf(
  deps: CaseworkDeps,
  person: Person,
  given: { readonly provider: string | null; readonly place: string | null },
): Promise<
  | { readonly provider: string; readonly area: string | null; readonly siteId: string | null }
  | { readonly refusal: readonly FieldError[] }
> {
  if (given.place !== null) {
    const typed = await deps.placeTyped(person, given.place)
    if ('say' in typed) return { refusal: [{ field: 'place', message: typed.say }] }
    const { provider, area, siteId } = typed.found
    return { provider, area, siteId }
  }
  const whole = wholeOf(person)
  if (whole.length === 0)
    return { refusal: [{ field: 'place', message: 'Enter the place that it is about' }] }
  const provider = given.provider ?? (whole.length === 1 ? whole[0]! : null)
  if (provider === null || !whole.includes(provider))
    return { refusal: [{ field: 'provider', message: 'Choose the landlord' }] }
  return { provider, area: null, siteId: null }
}

function listPage(cases: readonly Case[], text: string): Page {
  return {
    title: 'Cases',
    wide: true,
    body: html`${marks.heading({
      title: 'Cases',
      lead: 'A case is why somebody looks at footage, keeps it or asks for it.',
    })}${c.button({ text: 'Open a case', href: '/cases/new' })}${marks.filterForm({
      action: '/cases',
      fields: c.input({
        name: 'text',
        label: 'Search by number or words',
        value: text,
        type: 'search',
        width: 20,
      }),
      text: 'Search',
      ...(text ? { clear: '/cases' } : {}),
    })}${c.table({
      caption: 'Cases',
      captionHidden: true,
      columns: [
        { text: 'Case' },
        { text: 'About' },
        { text: 'Kind' },
        { text: 'Their reference' },
        { text: 'State' },
      ],
      rows: cases.map((one) => [
        marks.link(`/cases/${one.id}`, one.reference),
        one.title,
        caseKindLabels[one.kind],
        one.theirReference ?? 'none',
        one.closedMs === null ? marks.stateTag('waiting', 'Open') : marks.stateTag('stopped', 'Closed'),
      ]),
      empty: marks.emptyState({
        title: text ? 'Nothing found' : 'No case is open',
        body: text
          ? 'Try part of a reference or of the title.'
          : 'Open one before you look at footage that belongs to it.',
      }),
    })}${cases.length >= caseListMax ? marks.small(`Only the newest ${caseListMax} are shown. Search for the one you need.`) : null}`,
  }
}

function openPage(deps: CaseworkDeps, view: View, person: Person, backTo: string | undefined): Page {
  const whole = wholeOf(person)
  const providers = deps.providers().filter((p) => whole.includes(p.slug))
  return {
    title: 'Open a case',
    back: { href: '/cases', text: 'Cases' },
    body: html`${marks.heading({ title: 'Open a case', lead: 'It gets a number that you can use everywhere.' })}${c.form(
      {
        view,
        action: '/cases/new',
        body: html`${backTo ? c.hidden('backTo', backTo) : null}${
          providers.length > 1
            ? c.radios({
                name: 'provider',
                label: 'Landlord',
                labelSize: 's',
                view,
                choices: providers.map((p) => ({ value: p.slug, text: p.name })),
              })
            : null
        }${c.radios({
          name: 'kind',
          label: 'What kind of case is it?',
          labelSize: 's',
          view,
          choices: caseKinds.map((kind) => ({ value: kind, text: caseKindLabels[kind] })),
        })}${c.input({
          name: 'title',
          label: 'What is it about?',
          labelSize: 's',
          hint: 'A few words. Leave names out.',
          view,
          width: 'two-thirds',
        })}${c.input({
          name: 'place',
          label: 'Where is it about?',
          labelSize: 's',
          hint:
            whole.length === 0
              ? 'The name of a place or an area, as the register has it. Those who work there see the case.'
              : 'The name of a place or an area, as the register has it. Those who work there see the case. Leave it empty if it is about everywhere: then only those who work everywhere see it.',
          view,
          width: 'two-thirds',
        })}${c.input({
          name: 'theirReference',
          label: 'Their reference, if there is one',
          hint: 'A crime number, or the number of a complaint.',
          view,
          width: 20,
        })}${c.button({ text: 'Open the case' })}`,
      },
    )}`,
  }
}

function casePage(
  view: View,
  one: Case,
  where: string | null,
  by: string,
  related: readonly { readonly text: string; readonly href: string }[],
): Page {
  return {
    title: `Case ${one.reference}`,
    back: { href: '/cases', text: 'Cases' },
    body: html`${marks.heading({
      title: one.title,
      caption: one.reference,
      state: one.closedMs === null ? marks.stateTag('waiting', 'Open') : marks.stateTag('stopped', 'Closed'),
    })}${c.summaryList({
      rows: [
        { key: 'Kind', value: caseKindLabels[one.kind] },
        { key: 'About', value: where ?? one.area ?? 'The whole landlord' },
        { key: 'Their reference', value: one.theirReference ?? 'None' },
        { key: 'Opened', value: html`${moment(one.openedMs)} by ${by}` },
        ...(one.closedMs === null ? [] : [{ key: 'Closed', value: moment(one.closedMs) }]),
      ],
    })}${marks.h2('What belongs to it')}${
      related.length > 0
        ? marks.bullets(related.map((r) => marks.link(r.href, r.text)))
        : marks.paragraph('Nothing yet: no footage has been looked at or kept for this case.')
    }${
      one.closedMs === null
        ? c.form({
            view,
            action: `/cases/${one.id}/close`,
            body: c.button({ text: 'Close this case', kind: 'secondary' }),
          })
        : null
    }`,
  }
}
