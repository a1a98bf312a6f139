/** For the administrator: who has an account, what each may do, and closing an account at once. */
import { z } from 'zod'
import { inTransaction } from '#engine/engine.ts'
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
import { activate, changeAccount, createAccount, invite, renewRole } from '../accounts.ts'
import { letInsOf } from '../engineers.ts'
import { resetFactor } from '../factor.ts'
import { inHandOf, leave, wordsOf } from '../leaving.ts'
import { type PeopleParts, unlessRefused } from '../parts.ts'
import { type Account, accountById, accountsAll, staff } from '../store.ts'
import { roleLines } from './account.ts'
import { engineerPart, openVisits } from './engineers.ts'
import { grantsPart, latestEnd, rights, rightsForm, rolesTyped } from './rights-fields.ts'
import { usernameField } from './setup.ts'

const accountState = (account: Account): Html =>
  !account.active
    ? marks.stateTag('stopped', 'Closed')
    : account.hasPassword
      ? marks.stateTag('lawful', 'In use')
      : marks.stateTag('waiting', 'Has not signed in yet')

async function choicesFor(parts: PeopleParts) {
  const slugs = parts.providers().map(({ slug }) => slug)
  const [patches, staffs] = await Promise.all([
    Promise.all(slugs.map(async (slug) => (await parts.places?.patches(slug)) ?? [])),
    Promise.all(slugs.map((slug) => staff(parts.sql, slug))),
  ])
  const managers = new Map(staffs.flat().map((one) => [one.id, one]))
  return { patches: patches.flat(), managers: [...managers.values()] }
}

async function accountPage(parts: PeopleParts, view: View, account: Account, me: Person): Promise<Page> {
  const choices = await choicesFor(parts)
  const inHand = account.active ? await inHandOf(parts, parts.sql, account.id) : []
  const letIns = account.kind === 'engineer' ? await letInsOf(parts, parts.sql, account.id) : []
  const closing = account.active
    ? html`${marks.h2('Close this account')}${marks.paragraph('They are signed out at once, everywhere, and their access tokens end. What they did stays in the ledger.')}
${inHand.length === 0 ? marks.paragraph('They have nothing in hand.') : marks.paragraph(`In their hand: ${wordsOf(inHand)}.`)}
${components.form({
  view,
  action: `/accounts/${account.id}/close`,
  body: html`${
    inHand.length === 0
      ? null
      : components.select({
          view,
          name: 'successor',
          label: 'Who takes it over?',
          empty: 'The holders of their role',
          options: choices.managers
            .filter(({ id }) => id !== account.id)
            .map(({ id, name }) => ({ value: id, text: name })),
        })
  }${components.button({ text: 'Close the account', kind: 'warning' })}`,
})}`
    : html`${marks.h2('Open this account again')}${marks.paragraph('They can sign in again with their password, and have the roles shown here.')}
${components.form({ view, action: `/accounts/${account.id}/open`, body: components.button({ text: 'Open the account', kind: 'secondary' }) })}`
  return {
    title: account.name,
    back: { href: '/accounts', text: 'Accounts' },
    body: html`${marks.heading({ title: account.name, caption: account.username, state: accountState(account) })}
${
  account.id === me.id
    ? html`${components.insetText('This is your own account. Another administrator has to change your rights.')}${account.roles.length > 0 ? roleLines(parts, account.roles) : null}`
    : html`${
        account.kind === 'engineer'
          ? engineerPart(parts, view, account, letIns, await openVisits(parts, me))
          : html`${grantsPart(parts, view, account)}${components.form({
              view,
              action: `/accounts/${account.id}`,
              body: html`${rightsForm(parts, view, account, choices)}${components.button({ text: 'Save' })}`,
            })}`
      }
${
  account.active
    ? html`${marks.h2('Password')}${marks.paragraph('A new link lets them choose a new password. You never see it.')}
${components.form({ view, action: `/accounts/${account.id}/invite`, body: components.button({ text: 'Make a password link', kind: 'secondary' }) })}`
    : null
}${
  account.hasFactor
    ? html`${marks.h2('Lost device')}${marks.paragraph('Takes the device for codes off this account. They are signed out and told.')}
${components.form({
  view,
  action: `/accounts/${account.id}/second-step`,
  body: html`${components.input({ view, name: 'why', label: 'How do you know that it is them?', maxlength: 300 })}${components.button({ text: 'Take the device off', kind: 'secondary' })}`,
})}`
    : null
}${closing}`
}`,
  }
}

export function linkPage(account: { name: string; id: string }, secret: string, origin: string): Page {
  return {
    title: 'Password link',
    back: { href: `/accounts/${account.id}`, text: account.name },
    body: html`${marks.heading({ title: 'Password link', caption: account.name, lead: `Give this link to ${account.name}, and to nobody else. They choose their password with it.` })}
${components.warningText('Copy it now. It works once, for seven days, and cannot be shown again.')}
${marks.secretOnce('Link', `${origin}/welcome/${secret}`)}`,
  }
}

export function accountsRoutes(parts: PeopleParts, publicUrl: string | null): readonly Route[] {
  const originOf = (headers: Readonly<Record<string, unknown>>) =>
    publicUrl?.replace(/\/$/, '') ?? `http://${String(headers['host'] ?? '')}`
  const accountAgain = async (ask: {
    view: View
    input: Readonly<Record<string, unknown>>
    person: Person | null
  }): Promise<Page> => {
    const account = await accountById(parts.sql, String(ask.input['id']))
    if (!account) return { title: 'Accounts', body: marks.heading({ title: 'There is no such account' }) }
    return accountPage(parts, ask.view, account, ask.person!)
  }
  const newPage = async (view: View): Promise<Page> => ({
    title: 'New account',
    back: { href: '/accounts', text: 'Accounts' },
    body: html`${marks.heading({ title: 'New account', lead: 'You get a link to give to the person. They choose their own password with it.' })}
${components.form({
  view,
  action: '/accounts',
  body: html`${components.input({ view, name: 'username', label: 'Username', hint: 'For signing in, for example j.smith', width: 20, autocomplete: 'off', spellcheck: false, autocapitalize: 'none', maxlength: 60 })}
${rightsForm(parts, view, null, await choicesFor(parts))}${components.button({ text: 'Make the account' })}`,
})}`,
  })
  const byId = z.object({ id: fields.id('an account') })
  const nobody = { notFound: 'There is no such account.' } as const

  return [
    route({
      method: 'GET',
      path: '/accounts',
      permission: 'people.manage',
      ledger: { none: 'shows the accounts to the administrator; what is changed there is recorded' },
      api: { summary: 'All accounts with their roles' },
      async handler() {
        const accounts = await accountsAll(parts.sql)
        return {
          data: { accounts },
          page: () => ({
            title: 'Accounts',
            body: html`${marks.heading({ title: 'Accounts', lead: 'Who can sign in, and in which roles. The policy decides what a role may do.' })}
${components.buttonGroup(
  components.button({ text: 'New account', href: '/accounts/new' }),
  components.button({ text: 'Let an engineer in', href: '/accounts/engineer', kind: 'secondary' }),
)}
${marks.paragraph(html`${marks.link('/accounts/leavers', 'People who left')} · ${marks.link('/deputies', 'Deputies')}`)}
${components.table({
  caption: 'People',
  columns: [{ text: 'Name' }, { text: 'Roles' }, { text: 'State' }],
  rows: accounts.map((account) => [
    html`${marks.link(`/accounts/${account.id}`, account.name)}<br><span class="overt-muted">${account.username}</span>`,
    html`${account.roles.length > 0 ? roleLines(parts, account.roles) : account.administrator ? null : html`<span class="overt-muted">None</span>`}${account.administrator ? components.tag('Administrator', 'teal') : null}`,
    account.deactivatedMs === null
      ? accountState(account)
      : html`${accountState(account)}<br><span class="overt-muted">${moment(account.deactivatedMs)}</span>`,
  ]),
})}`,
          }),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/accounts/new',
      permission: 'people.manage',
      ledger: { none: 'only shows an empty form' },
      async handler({ view }) {
        const shown = await newPage(view)
        return { data: null, page: () => shown }
      },
    }),
    route({
      method: 'POST',
      path: '/accounts',
      permission: 'people.manage',
      ledger: 'person.created',
      input: rights.extend({ username: usernameField }),
      form: ({ view }) => newPage(view),
      api: { summary: 'Make an account; the answer holds the one-time password link' },
      async handler({ input, person, headers }) {
        const roles = rolesTyped(parts, input, null)
        if (!Array.isArray(roles)) return { refusal: [roles as FieldError] }
        const by = person!.id
        const done = await unlessRefused(parts.sql, async (tx) => {
          const made = await createAccount(
            tx,
            {
              username: input.username,
              name: input.name,
              email: input.email,
              administrator: input.administrator,
              roles,
              managerId: input.manager,
            },
            { record: parts.record, nowMs: parts.clock.nowMs(), by },
          )
          if (!made.ok) return made
          const link = await invite(parts, tx, made.value.id, by)
          return link.ok
            ? { ok: true as const, value: { id: made.value.id, secret: link.value.secret } }
            : link
        })
        if (!done.ok)
          return { refusal: done.reasons.map((one) => ({ field: 'username', message: one.message })) }
        const { id, secret } = done.value
        const origin = originOf(headers)
        return {
          data: { id, link: `${origin}/welcome/${secret}` },
          status: 201,
          page: () => linkPage({ id, name: input.name }, secret, origin),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/accounts/:id',
      permission: 'people.manage',
      ledger: { none: 'shows one account to the administrator; what is changed there is recorded' },
      input: byId,
      async handler({ input, view, person }) {
        const account = await accountById(parts.sql, input.id)
        if (!account) return nobody
        const shown = await accountPage(parts, view, account, person!)
        return { data: account, page: () => shown }
      },
    }),
    route({
      method: 'POST',
      path: '/accounts/:id',
      permission: 'people.manage',
      ledger: 'person.changed',
      input: rights.extend({ id: fields.id('an account') }),
      api: { summary: 'Change an account: name, roles, reach' },
      async form({ view, input, person }) {
        const account = await accountById(parts.sql, String(input['id']))
        if (!account) return { title: 'Accounts', body: marks.heading({ title: 'There is no such account' }) }
        return accountPage(parts, view, account, person!)
      },
      async handler({ input, person }) {
        const account = await accountById(parts.sql, input.id)
        if (!account) return nobody
        const roles = rolesTyped(parts, input, account)
        if (!Array.isArray(roles)) return { refusal: [roles as FieldError] }
        const { name, email, administrator, manager } = input
        const change = { name, email, administrator, roles, managerId: manager }
        const done = await unlessRefused(parts.sql, (tx) =>
          changeAccount(parts, tx, input.id, change, person!.id),
        )
        if (!done.ok) return { refusal: done.reasons }
        return { data: null, location: `/accounts/${input.id}`, flash: 'The account is changed' }
      },
    }),
    route({
      method: 'POST',
      path: '/accounts/:id/invite',
      permission: 'people.manage',
      ledger: 'person.invited',
      input: byId,
      async handler({ input, person, headers }) {
        const account = await accountById(parts.sql, input.id)
        if (!account) return nobody
        const link = await unlessRefused(parts.sql, (tx) => invite(parts, tx, account.id, person!.id))
        if (!link.ok) return { refusal: link.reasons }
        return { data: null, page: () => linkPage(account, link.value.secret, originOf(headers)) }
      },
    }),
    route({
      method: 'POST',
      path: '/accounts/:id/second-step',
      permission: 'people.manage',
      ledger: 'person.second-step-reset',
      input: z.object({ id: fields.id('an account'), why: fields.text('how you know that it is them', 300) }),
      form: accountAgain,
      async handler({ input, person }) {
        const account = await accountById(parts.sql, input.id)
        if (!account) return nobody
        const done = await unlessRefused(parts.sql, (tx) =>
          resetFactor(parts, tx, account, person!, input.why),
        )
        if (!done.ok) return { refusal: done.reasons }
        return {
          data: null,
          location: `/accounts/${account.id}`,
          flash: `${account.name} can set up a new device, and has been told`,
        }
      },
    }),
    route({
      method: 'POST',
      path: '/accounts/:id/close',
      permission: 'people.manage',
      ledger: 'person.deactivated',
      input: byId.extend({ successor: fields.optionalText('who takes it over', 40) }),
      form: accountAgain,
      api: {
        summary: 'Close an account: out at once, and what they had in hand goes to a successor or the role',
      },
      async handler({ input, person }) {
        const account = await accountById(parts.sql, input.id)
        if (!account) return nobody
        if (input.successor !== null && !fields.id('').safeParse(input.successor).success)
          return { refusal: [{ field: 'successor', message: 'Choose a colleague from the list' }] }
        const done = await unlessRefused(parts.sql, (tx) =>
          leave(parts, tx, account.id, input.successor, person!.id),
        )
        if (!done.ok)
          return {
            refusal: done.reasons.map((one) =>
              one.code === 'successor' ? { field: 'successor', message: one.message } : one,
            ) as typeof done.reasons,
          }
        const handed = done.value.length === 0 ? '' : `. Handed on: ${wordsOf(done.value)}`
        return {
          data: { handedOn: done.value },
          location: `/accounts/${account.id}`,
          flash: `${account.name} is out${handed}`,
        }
      },
    }),
    route({
      method: 'POST',
      path: '/accounts/:id/renew',
      permission: 'people.manage',
      ledger: 'person.role-renewed',
      input: byId.extend({ role: fields.code('the role') }),
      api: {
        summary: 'Give a role again, for as long as the policy lets it be given: role as landlord:role',
      },
      async handler({ input, person }) {
        const account = await accountById(parts.sql, input.id)
        if (!account) return nobody
        const [provider, role] = [input.role.split(':')[0]!, input.role.slice(input.role.indexOf(':') + 1)]
        const untilMs = latestEnd(parts, provider, role, parts.clock.nowMs())
        const done = await unlessRefused(parts.sql, (tx) =>
          renewRole(parts, tx, account.id, { provider, role, untilMs }, person!.id),
        )
        if (!done.ok) return { refusal: done.reasons }
        return { data: null, location: `/accounts/${account.id}`, flash: 'The role is given again' }
      },
    }),
    route({
      method: 'POST',
      path: '/accounts/:id/open',
      permission: 'people.manage',
      ledger: 'person.activated',
      input: byId,
      async handler({ input, person }) {
        const account = await accountById(parts.sql, input.id)
        if (!account) return nobody
        await inTransaction(parts.sql, (tx) => activate(parts, tx, account.id, person!.id))
        return { data: null, location: `/accounts/${account.id}`, flash: `${account.name} can sign in again` }
      },
    }),
  ]
}
