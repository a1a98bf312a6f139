/** Declaring "my neighbour", "my relative", and lifting what somebody else declared. */
import { z } from 'zod'
import {
  components,
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
  conflictKinds,
  conflictsOf,
  type DeclaredConflict,
  declareConflict,
  liftConflict,
  liftsAt,
  openConflictsAt,
} from '../conflicts.ts'
import { type PeopleParts, unlessRefused } from '../parts.ts'
import { staff } from '../store.ts'

/** With more places than a choice can hold, the name is typed. */
const listedMax = 200

const kindWords = { site: 'A place', case: 'A case', person: 'A colleague' } as const

const input = z.object({
  kind: fields.choice('what it is about', conflictKinds),
  site: fields.optionalText('the place', 200),
  caseReference: fields.optionalText('the reference of the case', 40),
  colleague: fields.optionalText('the colleague', 40),
  why: fields.text('why', 500),
})

async function page(parts: PeopleParts, me: Person, view: View): Promise<Page> {
  const lifts = liftsAt(parts, me)
  const [mine, open, sites] = await Promise.all([
    conflictsOf(parts.sql, me.id),
    openConflictsAt(parts.sql, lifts),
    parts.places?.sites(me, '') ?? [],
  ])
  const colleagues = new Map<string, string>()
  for (const slug of new Set(me.roles.map(({ provider }) => provider)))
    for (const { id, name } of await staff(parts.sql, slug)) if (id !== me.id) colleagues.set(id, name)
  const others = open.filter(({ personId }) => personId !== me.id)
  return {
    title: 'Conflicts of interest',
    back: { href: '/account', text: 'Your account' },
    body: html`${marks.heading({ title: 'Conflicts of interest', lead: 'A neighbour, a relative, a friend: say so here, and somebody else decides and looks in your place.' })}
${
  mine.length === 0
    ? null
    : components.table({
        caption: 'What you have declared',
        columns: [{ text: 'About' }, { text: 'Why' }, { text: 'State' }],
        rows: mine.map((one) => [one.label, one.why, stateOf(one)]),
      })
}
${others.map((one) => liftForm(one, view))}
${marks.h2('Declare a conflict')}
${marks.paragraph('From that moment you cannot decide or look there. Only somebody else can lift it.')}
${components.form({
  view,
  action: '/conflicts',
  body: html`${components.radios({
    view,
    name: 'kind',
    label: 'What is it about?',
    choices: [
      {
        value: 'site',
        text: kindWords.site,
        reveals:
          sites.length < listedMax
            ? components.select({
                view,
                name: 'site',
                label: 'Which place?',
                empty: 'Choose a place',
                options: sites.map(({ id, name }) => ({ value: id, text: name })),
              })
            : components.input({
                view,
                name: 'site',
                label: 'Which place?',
                hint: 'Its name, as the register has it',
                width: 'two-thirds',
                maxlength: 200,
              }),
      },
      {
        value: 'case',
        text: kindWords.case,
        reveals: components.input({
          view,
          name: 'caseReference',
          label: 'Reference of the case',
          hint: 'Like C-2026-0001',
          width: 20,
          maxlength: 40,
        }),
      },
      {
        value: 'person',
        text: kindWords.person,
        hint: 'You then decide on nothing that they ask for',
        reveals: components.select({
          view,
          name: 'colleague',
          label: 'Which colleague?',
          empty: 'Choose a colleague',
          options: [...colleagues].map(([value, text]) => ({ value, text })),
        }),
      },
    ],
  })}
${components.textarea({ view, name: 'why', label: 'Why?', hint: 'A few words, like “my sister lives here”. Only those who may lift it read this.', rows: 3, maxlength: 500 })}
${components.button({ text: 'Declare it' })}`,
})}`,
  }
}

const stateOf = (one: DeclaredConflict) =>
  one.liftedMs === null
    ? marks.stateTag('waiting', 'Stands')
    : html`${marks.stateTag('lawful', 'Lifted')}<br><span class="overt-muted">${moment(one.liftedMs)}, ${one.liftedBy}: ${one.liftReason}</span>`

const liftForm = (one: DeclaredConflict, view: View) =>
  marks.card({
    title: `${one.person}: ${one.label}`,
    body: html`<p class="govuk-body">${one.why} <span class="overt-muted">Declared ${moment(one.declaredMs)}.</span></p>
${components.form({
  view,
  action: `/conflicts/${one.id}/lift`,
  body: html`${components.input({ view, name: `reason-${one.id}`, id: `reason-${one.id}`, label: 'Why may they decide and look there after all?', maxlength: 500 })}${components.button({ text: 'Lift it', kind: 'secondary' })}`,
})}`,
  })

export function conflictRoutes(parts: PeopleParts): readonly Route[] {
  /** The place of this id or name, or the only one that what was typed fits, within what this person may see. */
  async function placeOf(me: Person, typed: string) {
    const listed = (await parts.places?.sites(me, '')) ?? []
    const chosen = listed.find(({ id }) => id === typed)
    if (chosen) return chosen
    const fitting = (await parts.places?.sites(me, typed)) ?? []
    const named = fitting.filter(({ name }) => name.toLowerCase() === typed.toLowerCase())
    return (named.length > 0 ? named : fitting).length === 1 ? (named[0] ?? fitting[0]) : undefined
  }
  /** What was chosen, if this person may see it. */
  async function chosen(me: Person, given: z.infer<typeof input>) {
    const slugs = [...new Set(me.roles.map(({ provider }) => provider))]
    if (given.kind === 'site') {
      const site = given.site === null ? null : await placeOf(me, given.site)
      return site ? { thingId: site.id, label: site.name, provider: site.provider ?? slugs[0] } : 'site'
    }
    if (given.kind === 'case') {
      const found = given.caseReference === null ? null : await parts.places?.caseBy(me, given.caseReference)
      return found ? { thingId: found.id, label: found.name, provider: found.provider } : 'caseReference'
    }
    for (const slug of slugs) {
      const one = (await staff(parts.sql, slug)).find(({ id }) => id === given.colleague && id !== me.id)
      if (one) return { thingId: one.id, label: one.name, provider: slug }
    }
    return 'colleague'
  }
  const sayWhich = {
    site: 'Choose a place. Where you type it, use its whole name as the register has it',
    caseReference: 'There is no such case here. Check the reference',
    colleague: 'Choose a colleague',
  } as const
  return [
    route({
      method: 'GET',
      path: '/conflicts',
      permission: 'signed-in',
      ledger: { none: 'a person sees what they declared, and what they may lift' },
      api: { summary: 'Conflicts that I declared' },
      async handler({ person, view }) {
        const [mine, shown] = await Promise.all([
          conflictsOf(parts.sql, person!.id),
          page(parts, person!, view),
        ])
        return { data: { conflicts: mine }, page: () => shown }
      },
    }),
    route({
      method: 'POST',
      path: '/conflicts',
      permission: 'signed-in',
      ledger: 'person.conflict-declared',
      input,
      form: ({ person, view }) => page(parts, person!, view),
      api: { summary: 'Declare a conflict with a place, a case or a colleague' },
      async handler({ input: given, person }) {
        const thing = await chosen(person!, given)
        if (typeof thing === 'string')
          return { refusal: [{ field: thing, message: sayWhich[thing as keyof typeof sayWhich] }] }
        if (thing.provider === undefined)
          return { refusal: [{ field: 'kind', message: 'You work for no landlord here' }] }
        const conflict = { ...thing, provider: thing.provider, kind: given.kind, why: given.why }
        const done = await unlessRefused(parts.sql, (tx) => declareConflict(parts, tx, person!, conflict))
        if (!done.ok) return { refusal: done.reasons.map(({ message }) => ({ field: 'kind', message })) }
        return {
          data: done.value,
          created: true,
          location: '/conflicts',
          flash: 'Declared. Somebody else decides and looks there now',
        }
      },
    }),
    route({
      method: 'POST',
      path: '/conflicts/:id/lift',
      permission: 'signed-in',
      ledger: 'person.conflict-lifted',
      input: z.looseObject({
        id: fields.id('a declaration'),
        reason: fields.optionalText('the reason', 500),
      }),
      api: { summary: 'Lift somebody else’s declaration, with a reason' },
      async handler({ input: given, person }) {
        const field = `reason-${given.id}`
        const typed =
          given.reason ?? fields.optionalText('the reason', 500).safeParse(given[field]).data ?? null
        if (liftsAt(parts, person!).length === 0) return { notFound: 'There is no such open declaration.' }
        if (typed === null)
          return {
            refusal: [{ field, message: 'Say why it is lifted' }],
            again: (view) => page(parts, person!, view),
          }
        const done = await unlessRefused(parts.sql, (tx) => liftConflict(parts, tx, given.id, person!, typed))
        if (done.ok)
          return { data: null, location: '/conflicts', flash: 'The conflict is lifted, and they are told' }
        return done.reasons[0]!.code === 'not-found'
          ? { notFound: done.reasons[0]!.message }
          : { refusal: done.reasons, forbidden: true }
      },
    }),
  ]
}
