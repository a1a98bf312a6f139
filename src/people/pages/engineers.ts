/** Letting an engineer from outside in, for hours, at named places; and the page of those who left. */
import { z } from 'zod'
import { civilDay, startOfDayMs } from '#base/base.ts'
import {
  components,
  type FieldError,
  fields,
  type Html,
  html,
  marks,
  moment,
  type Page,
  type Person,
  type Route,
  route,
  type View,
} from '#web/web.ts'
import { createAccount, invite } from '../accounts.ts'
import {
  type EngineerHours,
  endHours,
  hoursMax,
  makeEngineer,
  type NewHours,
  openHours,
} from '../engineers.ts'
import { handOn, type Leaver, leavers, wordsOf } from '../leaving.ts'
import { type Named, type PeopleParts, unlessRefused } from '../parts.ts'
import { type Account, accountById, staff } from '../store.ts'
import { linkPage } from './accounts.ts'
import { usernameField } from './setup.ts'

const hoursFields = {
  role: fields.code('the role'),
  sites: fields.codes('at least one place', { min: 1, max: 50 }),
  visit: fields.optionalText('the number of the visit', 100),
  supervisor: fields.id('who supervises'),
  day: fields.day('the day'),
  time: fields.time('the time'),
  hours: fields.whole('the number of hours', 1, hoursMax),
}
const hoursInput = z.object(hoursFields)

/** The fields of some hours; `managers` are the colleagues who can supervise. */
function hoursForm(
  parts: PeopleParts,
  view: View,
  managers: readonly Named[],
  sites: readonly Named[],
): Html {
  const nowMs = parts.clock.nowMs()
  const roles = parts.providers().flatMap((provider) =>
    provider.roles
      .filter(({ code }) => provider.rules?.engineerRoles.includes(code))
      .map((role) => ({
        value: `${provider.slug}:${role.code}`,
        text: `${role.title} at ${provider.name}`,
      })),
  )
  const time = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO('Europe/London')
  return html`${components.select({ view, name: 'role', label: 'What do they do?', value: roles[0]?.value ?? '', options: roles })}
${components.checkboxes({ view, name: 'sites', label: 'At which places?', hint: 'They see these and no other.', small: true, choices: sites.slice(0, 100).map(({ id, name }) => ({ value: id, text: name })) })}
${components.input({ view, name: 'visit', label: 'Number of the visit (optional)', hint: 'As the supplier’s visit is written in the register', width: 20, maxlength: 100 })}
${components.select({ view, name: 'supervisor', label: 'Who supervises?', empty: 'Choose a colleague', options: managers.map(({ id, name }) => ({ value: id, text: name })) })}
${components.dateInput({ view, name: 'day', label: 'From which day?', value: civilDay(nowMs, 'Europe/London') })}
${components.input({ view, name: 'time', label: 'From what time?', hint: 'Like 09:30', width: 5, value: time.toPlainTime().toString({ smallestUnit: 'minute' }) })}
${components.input({ view, name: 'hours', label: 'For how many hours?', hint: `At most ${hoursMax}. Then they are out, to the minute.`, width: 3, value: '4', inputmode: 'numeric' })}`
}

/** On the account page of an engineer: when they were let in, and letting them in again. */
export function engineerPart(
  parts: PeopleParts,
  view: View,
  account: Account,
  hours: readonly EngineerHours[],
  managers: readonly Named[],
  sites: readonly Named[],
): Html {
  const nowMs = parts.clock.nowMs()
  const open = hours.find((one) => one.endedMs === null && one.untilMs > nowMs)
  return html`${components.insetText('An engineer from outside. This account opens only in the hours below.')}
${components.table({
  caption: 'When they were let in',
  columns: [{ text: 'From' }, { text: 'Until' }, { text: 'Supervised by' }, { text: 'State' }],
  rows: hours.map((one) => [
    moment(one.fromMs),
    moment(one.endedMs ?? one.untilMs),
    one.supervisor,
    one.endedMs !== null
      ? marks.stateTag('stopped', 'Put out')
      : one.untilMs <= nowMs
        ? marks.stateTag('stopped', 'Over')
        : one.fromMs > nowMs
          ? marks.stateTag('waiting', 'To come')
          : marks.stateTag('lawful', 'In'),
  ]),
  empty: html`<p class="govuk-body overt-muted">Never yet.</p>`,
})}
${open ? components.form({ view, action: `/accounts/${account.id}/hours/end`, body: components.button({ text: 'Put them out now', kind: 'warning' }) }) : null}
${
  account.active && !open
    ? html`${marks.h2('Let them in')}${components.form({ view, action: `/accounts/${account.id}/hours`, body: html`${hoursForm(parts, view, managers, sites)}${components.button({ text: 'Let them in' })}` })}`
    : null
}`
}

export async function everySite(parts: PeopleParts, person: Person): Promise<readonly Named[]> {
  return (await parts.places?.sites(person, '')) ?? []
}

export function engineerRoutes(parts: PeopleParts, publicUrl: string | null): readonly Route[] {
  const managers = async (): Promise<readonly Named[]> => {
    const found = new Map<string, Named>()
    for (const { slug } of parts.providers())
      for (const one of await staff(parts.sql, slug)) found.set(one.id, one)
    return [...found.values()]
  }
  const newPage = async (view: View, person: Person): Promise<Page> => ({
    title: 'Let an engineer in',
    back: { href: '/accounts', text: 'Accounts' },
    body: html`${marks.heading({ title: 'Let an engineer in', lead: 'Somebody from outside who puts cameras in or repairs them. They get an account that opens for hours, at the places that you choose, and shows no footage.' })}
${components.form({
  view,
  action: '/accounts/engineer',
  body: html`${components.input({ view, name: 'name', label: 'Full name', hint: 'As on the card that they showed you', width: 30, maxlength: 120, autocomplete: 'off' })}
${components.input({ view, name: 'username', label: 'Username', width: 20, autocomplete: 'off', spellcheck: false, autocapitalize: 'none', maxlength: 60 })}
${components.checkbox({ view, name: 'checked', label: 'I have checked that they come from the supplier', hint: 'Ring the supplier at the number that you have on file, or look at their card.' })}
${hoursForm(parts, view, await managers(), await everySite(parts, person))}
${components.button({ text: 'Let them in' })}`,
})}`,
  })
  /** Typed hours as the room keeps them, or what is wrong with them. */
  async function read(given: z.infer<typeof hoursInput>, person: Person): Promise<NewHours | FieldError> {
    const [slug, role] = [given.role.split(':')[0]!, given.role.slice(given.role.indexOf(':') + 1)]
    const provider = parts.providers().find((one) => one.slug === slug)
    if (!provider?.rules?.engineerRoles.includes(role))
      return { field: 'role', message: 'Choose what they do from the list' }
    const sites = await everySite(parts, person)
    if (!given.sites.every((id) => sites.some((one) => one.id === id && (one.provider ?? slug) === slug)))
      return { field: 'sites', message: `Choose places of ${provider.name}` }
    const [hour, minute] = given.time.split(':').map(Number) as [number, number]
    const fromMs = Temporal.Instant.fromEpochMilliseconds(startOfDayMs(given.day, provider.rules.timeZone))
      .toZonedDateTimeISO(provider.rules.timeZone)
      .with({ hour, minute }).epochMilliseconds
    return {
      provider: slug,
      role,
      sites: given.sites,
      visit: given.visit,
      supervisorId: given.supervisor,
      fromMs,
      untilMs: fromMs + given.hours * 3_600_000,
    }
  }
  const byId = z.object({ id: fields.id('an account') })
  const nobody = { notFound: 'There is no such account.' } as const
  return [
    route({
      method: 'GET',
      path: '/accounts/engineer',
      permission: 'people.manage',
      ledger: { none: 'only shows an empty form' },
      async handler({ view, person }) {
        const page = await newPage(view, person!)
        return { data: null, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/accounts/engineer',
      permission: 'people.manage',
      ledger: 'person.engineer-let-in',
      input: hoursInput.extend({
        name: fields.text('the full name', 120),
        username: usernameField,
        checked: fields.confirmed('Check that they come from the supplier, and say so'),
      }),
      form: ({ view, person }) => newPage(view, person!),
      api: {
        summary:
          'Make an engineer’s account and let it in for hours; the answer holds the one-time password link',
      },
      async handler({ input, person, headers }) {
        const hours = await read(input, person!)
        if ('message' in hours) return { refusal: [hours] }
        const by = person!.id
        const done = await unlessRefused(parts.sql, async (tx) => {
          const context = { record: parts.record, nowMs: parts.clock.nowMs(), by }
          const made = await createAccount(tx, { username: input.username, name: input.name }, context)
          if (!made.ok) return made
          await makeEngineer(tx, made.value.id)
          const opened = await openHours(parts, tx, made.value.id, hours, by)
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
          page: () => linkPage({ id, name: input.name }, secret, origin),
        }
      },
    }),
    route({
      method: 'POST',
      path: '/accounts/:id/hours',
      permission: 'people.manage',
      ledger: 'person.engineer-let-in',
      input: hoursInput.extend({ id: fields.id('an account') }),
      api: { summary: 'Let an engineer’s account in again' },
      async handler({ input, person }) {
        const account = await accountById(parts.sql, input.id)
        if (!account) return nobody
        const hours = await read(input, person!)
        if ('message' in hours) return { refusal: [hours] }
        const done = await unlessRefused(parts.sql, (tx) =>
          openHours(parts, tx, account.id, hours, person!.id),
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
        const done = await unlessRefused(parts.sql, (tx) => endHours(parts, tx, input.id, person!.id))
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
