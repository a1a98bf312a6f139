/** Letting an engineer from outside in for a planned visit; and the page of those who left. */
import { z } from 'zod'
import {
  components,
  type FieldError,
  fields,
  type Html,
  html,
  marks,
  moment,
  momentWords,
  type Page,
  type Person,
  type Route,
  route,
  type View,
} from '#web/web.ts'
import { createAccount, invite } from '../accounts.ts'
import { type LetIn, type LetInState, letIn, letInState, makeEngineer, putOut } from '../engineers.ts'
import { handOn, type Leaver, leavers, wordsOf } from '../leaving.ts'
import { type Named, type PeopleParts, type PlannedVisit, unlessRefused } from '../parts.ts'
import { type Account, accountById, staff } from '../store.ts'
import { linkPage } from './accounts.ts'
import { usernameField } from './setup.ts'

const letInFields = {
  visit: fields.id('the visit'),
  role: fields.code('what they do'),
}
const letInInput = z.object(letInFields)

const visitWords = (visit: PlannedVisit): string =>
  `${visit.engineer} of ${visit.supplierName} at ${visit.siteName}, ${momentWords(visit.fromMs, visit.timeZone)}`

/** Which visit, and what they do there. The visit says the rest: place, times, and who stays with them. */
function letInForm(parts: PeopleParts, view: View, visits: readonly PlannedVisit[], chosen = ''): Html {
  const roles = parts.providers().flatMap((provider) =>
    provider.roles
      .filter(({ code }) => provider.rules?.engineerRoles.includes(code))
      .map((role) => ({
        value: `${provider.slug}:${role.code}`,
        text: `${role.title} at ${provider.name}`,
      })),
  )
  return html`${components.select({ view, name: 'visit', label: 'For which visit?', hint: 'The account opens when somebody there says that they are who they say, and is shut when they have left, at the latest at the visit’s end.', value: chosen, empty: 'Choose a visit', options: visits.map((visit) => ({ value: visit.id, text: visitWords(visit) })) })}
${components.select({ view, name: 'role', label: 'What do they do?', value: roles[0]?.value ?? '', options: roles })}`
}

const noVisitYet = (): Html =>
  marks.emptyState({
    title: 'No visit is planned',
    body: 'An engineer is let in for a visit of their supplier. Plan it first, on the page of the place: when, what for, and who stays with them.',
    action: marks.link('/sites', 'Places'),
  })

const stateTags: Readonly<Record<LetInState, Html>> = {
  'to come': marks.stateTag('waiting', 'Opens when they are let in'),
  in: marks.stateTag('attention', 'In'),
  over: marks.stateTag('stopped', 'Over'),
  'called off': marks.stateTag('stopped', 'Called off'),
  'put out': marks.stateTag('stopped', 'Put out'),
}

/** On the account page of an engineer: the visits that it was let in for, and letting it in for another. */
export function engineerPart(
  parts: PeopleParts,
  view: View,
  account: Account,
  letIns: readonly LetIn[],
  visits: readonly PlannedVisit[],
): Html {
  const nowMs = parts.clock.nowMs()
  const open = letIns.find((one) => ['to come', 'in'].includes(letInState(one, nowMs)))
  return html`${components.insetText('An engineer from outside. This account opens only while a visit below goes on.')}
${components.table({
  caption: 'Visits',
  columns: [{ text: 'Visit' }, { text: 'From' }, { text: 'Until' }, { text: 'This account' }],
  rows: letIns.map(({ visit, ...one }) => {
    const state = stateTags[letInState({ visit, putOutMs: one.putOutMs }, nowMs)]
    if (visit === null) return ['Not in the register', '', '', state]
    return [
      marks.link(`/visits/${visit.id}`, `${visit.supplierName} at ${visit.siteName}`),
      moment(visit.arrivedMs ?? visit.fromMs, visit.timeZone),
      moment(one.putOutMs ?? visit.leftMs ?? visit.untilMs, visit.timeZone),
      state,
    ]
  }),
  empty: html`<p class="govuk-body overt-muted">Never let in yet.</p>`,
})}
${open ? components.form({ view, action: `/accounts/${account.id}/hours/end`, body: components.button({ text: 'Put them out now', kind: 'warning' }) }) : null}
${
  account.active && !open
    ? html`${marks.h2('Let them in')}${
        visits.length === 0
          ? noVisitYet()
          : components.form({
              view,
              action: `/accounts/${account.id}/hours`,
              body: html`${letInForm(parts, view, visits)}${components.button({ text: 'Let them in' })}`,
            })
      }`
    : null
}`
}

/** Visits that an engineer's account can be let in for, as far as this person may see them. */
export const openVisits = async (parts: PeopleParts, person: Person): Promise<readonly PlannedVisit[]> =>
  (await parts.visits?.open(person)) ?? []

export function engineerRoutes(parts: PeopleParts, publicUrl: string | null): readonly Route[] {
  const managers = async (): Promise<readonly Named[]> => {
    const found = new Map<string, Named>()
    for (const { slug } of parts.providers())
      for (const one of await staff(parts.sql, slug)) found.set(one.id, one)
    return [...found.values()]
  }
  const newPage = async (view: View, person: Person, chosen = ''): Promise<Page> => {
    const visits = await openVisits(parts, person)
    return {
      title: 'Let an engineer in',
      back: { href: '/accounts', text: 'Accounts' },
      body: html`${marks.heading({ title: 'Let an engineer in', lead: 'Somebody from outside who puts cameras in or repairs them. They get an account for one planned visit, at its place, and it shows no footage.' })}
${
  visits.length === 0
    ? noVisitYet()
    : components.form({
        view,
        action: '/accounts/engineer',
        body: html`${letInForm(parts, view, visits, chosen)}
${components.input({ view, name: 'username', label: 'Username', width: 20, autocomplete: 'off', spellcheck: false, autocapitalize: 'none', maxlength: 60 })}
${components.checkbox({ view, name: 'checked', label: 'I have checked that they come from the supplier', hint: 'Ring the supplier at the number that you have on file.' })}
${components.button({ text: 'Let them in' })}`,
      })
}`,
    }
  }
  /** The visit that was chosen and what they do there, or what is wrong with it. */
  async function read(
    given: z.infer<typeof letInInput>,
    person: Person,
  ): Promise<{ readonly visit: PlannedVisit; readonly role: string } | FieldError> {
    const visit = (await openVisits(parts, person)).find(({ id }) => id === given.visit)
    if (visit === undefined) return { field: 'visit', message: 'Choose a visit from the list' }
    const colon = given.role.indexOf(':')
    if (given.role.slice(0, colon) !== visit.provider)
      return { field: 'role', message: 'Choose what they do at the landlord of that visit' }
    return { visit, role: given.role.slice(colon + 1) }
  }
  const byId = z.object({ id: fields.id('an account') })
  const nobody = { notFound: 'There is no such account.' } as const
  return [
    route({
      method: 'GET',
      path: '/accounts/engineer',
      permission: 'people.manage',
      ledger: { none: 'only shows an empty form' },
      input: z.object({ visit: z.string().max(40).catch('').default('') }),
      async handler({ view, person, input }) {
        const page = await newPage(view, person!, input.visit)
        return { data: null, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/accounts/engineer',
      permission: 'people.manage',
      ledger: 'person.engineer-let-in',
      input: letInInput.extend({
        username: usernameField,
        checked: fields.confirmed('Check that they come from the supplier, and say so'),
      }),
      form: ({ view, person }) => newPage(view, person!),
      api: {
        summary:
          'Make an engineer’s account and let it in for a planned visit; the answer holds the one-time password link',
      },
      async handler({ input, person, headers }) {
        const asked = await read(input, person!)
        if ('message' in asked) return { refusal: [asked] }
        const { visit, role } = asked
        const by = person!.id
        const done = await unlessRefused(parts.sql, async (tx) => {
          const context = { record: parts.record, nowMs: parts.clock.nowMs(), by }
          const made = await createAccount(tx, { username: input.username, name: visit.engineer }, context)
          if (!made.ok) return made
          await makeEngineer(tx, made.value.id)
          const opened = await letIn(parts, tx, made.value.id, { visitId: visit.id, role }, by)
          if (!opened.ok) return opened
          const link = await invite(parts, tx, made.value.id, by)
          return link.ok
            ? { ok: true as const, value: { id: made.value.id, secret: link.value.secret } }
            : link
        })
        if (!done.ok)
          return {
            refusal: done.reasons.map(({ code, message }) => ({
              field: code === 'username-taken' ? 'username' : code,
              message,
            })),
          }
        const { id, secret } = done.value
        const origin = publicUrl?.replace(/\/$/, '') ?? `http://${String(headers['host'] ?? '')}`
        return {
          data: { id, link: `${origin}/welcome/${secret}` },
          status: 201,
          page: () => linkPage({ id, name: visit.engineer }, secret, origin),
        }
      },
    }),
    route({
      method: 'POST',
      path: '/accounts/:id/hours',
      permission: 'people.manage',
      ledger: 'person.engineer-let-in',
      input: letInInput.extend({ id: fields.id('an account') }),
      api: { summary: 'Let an engineer’s account in for another visit' },
      async handler({ input, person }) {
        const account = await accountById(parts.sql, input.id)
        if (!account) return nobody
        const asked = await read(input, person!)
        if ('message' in asked) return { refusal: [asked] }
        const { visit, role } = asked
        const done = await unlessRefused(parts.sql, (tx) =>
          letIn(parts, tx, account.id, { visitId: visit.id, role }, person!.id),
        )
        if (!done.ok) return { refusal: done.reasons.map(({ code, message }) => ({ field: code, message })) }
        return { data: null, location: `/accounts/${account.id}`, flash: `${account.name} is let in` }
      },
    }),
    route({
      method: 'POST',
      path: '/accounts/:id/hours/end',
      permission: 'people.manage',
      ledger: 'person.engineer-out',
      input: byId,
      api: { summary: 'Put an engineer out at once' },
      async handler({ input, person }) {
        if (!(await accountById(parts.sql, input.id))) return nobody
        const done = await unlessRefused(parts.sql, (tx) => putOut(parts, tx, input.id, person!.id))
        if (!done.ok) return { refusal: done.reasons }
        return { data: null, location: `/accounts/${input.id}`, flash: 'They are out' }
      },
    }),
    route({
      method: 'GET',
      path: '/accounts/leavers',
      permission: 'people.manage',
      ledger: { none: 'shows whose account is closed and where their work went; hand-overs are recorded' },
      api: { summary: 'People who left, what is still in their hand, and what was handed on' },
      async handler({ view }) {
        const list = await leavers(parts)
        const colleagues = await managers()
        return { data: { leavers: list }, page: () => leaversPage(list, colleagues, view) }
      },
    }),
    route({
      method: 'POST',
      path: '/accounts/:id/hand-on',
      permission: 'people.manage',
      ledger: 'person.handed-on',
      input: byId.extend({ successor: fields.optionalText('who takes it over', 40) }),
      api: { summary: 'Hand on what somebody who left still has in hand' },
      async handler({ input, person }) {
        const account = await accountById(parts.sql, input.id)
        if (!account || account.active) return nobody
        const to = input.successor
        if (to !== null && !fields.id('').safeParse(to).success)
          return { refusal: [{ field: null, message: 'Choose a colleague from the list' }] }
        const done = await unlessRefused(parts.sql, (tx) => handOn(parts, tx, account.id, to, person!.id))
        if (!done.ok) return { refusal: done.reasons }
        return {
          data: { handedOn: done.value },
          location: '/accounts/leavers',
          flash:
            done.value.length === 0
              ? 'There was nothing left to hand on'
              : `Handed on: ${wordsOf(done.value)}`,
        }
      },
    }),
  ]
}

function leaversPage(list: readonly Leaver[], colleagues: readonly Named[], view: View): Page {
  const orphaned = list.filter(({ inHand }) => inHand.length > 0)
  return {
    title: 'People who left',
    back: { href: '/accounts', text: 'Accounts' },
    body: html`${marks.heading({
      title: 'People who left',
      lead:
        orphaned.length === 0
          ? 'Nothing is left in the hand of somebody who is gone.'
          : `${orphaned.length === 1 ? 'One person' : `${orphaned.length} people`} left with work in hand. Give it to somebody.`,
    })}
${orphaned.map((one) =>
  marks.card({
    title: one.name,
    body: html`<p class="govuk-body">${marks.stateTag('attention', `Still in hand: ${wordsOf(one.inHand)}`)}</p>
${components.form({
  view,
  action: `/accounts/${one.id}/hand-on`,
  body: html`${components.select({ view, name: 'successor', id: `successor-${one.id}`, label: 'Who takes it over?', empty: 'The holders of their role', options: colleagues.map(({ id, name }) => ({ value: id, text: name })) })}${components.button({ text: 'Hand it on' })}`,
})}`,
  }),
)}
${components.table({
  caption: 'Closed accounts',
  columns: [{ text: 'Who' }, { text: 'Left' }, { text: 'Handed on' }],
  rows: list.map((one) => [
    marks.link(`/accounts/${one.id}`, one.name),
    moment(one.leftMs),
    one.handed.length === 0
      ? html`<span class="overt-muted">Nothing was in hand</span>`
      : marks.bullets(
          one.handed.map(({ what, count, to }) =>
            what === 'engineers put out'
              ? `${what}: ${count}, because nobody supervises them`
              : `${what}: ${count}, to ${to ?? 'the holders of the role'}`,
          ),
        ),
  ]),
  empty: html`<p class="govuk-body overt-muted">Nobody has left yet.</p>`,
})}`,
  }
}
