/** A person's own account: what they may do, their password, their browsers and their access tokens. */
import { z } from 'zod'
import {
  components,
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
import { countSessions, type Token, tokensOf } from '../access-store.ts'
import { readNotices } from '../factor-store.ts'
import { idleMsOf, type PeopleParts } from '../parts.ts'
import { passwordWeakness } from '../passwords.ts'
import { changePassword, signOutEverywhere } from '../sign-in.ts'
import { endToken, makeToken, tokenDays } from '../tokens.ts'
import { watchesAt } from '../unusual.ts'
import { newPassword, passwordHint } from './sign-in.ts'

/** Signed in by a browser: a program's token must not change how its person signs in. */
const byBrowser = (person: Person | null): Person => {
  if (person === null) throw new Error('the row asks for a signed-in person')
  return person
}
const tokenRefusal = {
  forbidden: true,
  refusal: [
    { code: 'browser-only', message: 'Do this on the account page, signed in with a browser', clause: null },
  ],
} as const

/** Roles in the policy's own words. */
export function roleLines(parts: PeopleParts, roles: Person['roles']): Html {
  const providers = parts.providers()
  return html`<ul class="govuk-list">${roles.map((held) => {
    const provider = providers.find((one) => one.slug === held.provider)
    const title = provider?.roles.find((one) => one.code === held.role)?.title ?? held.role
    const named = held.areas.filter((word) => !word.includes(':')).join(', ')
    const reach = held.areas.length > 0 ? `, in ${named === '' ? 'named places' : named}` : ''
    return html`<li>${title} at ${provider?.name ?? held.provider}${reach}${held.deputyFor ? ', as a deputy' : ''}${held.untilMs ? html`, until ${moment(held.untilMs)}` : null}</li>`
  })}</ul>`
}

async function accountPage(parts: PeopleParts, person: Person, view: View): Promise<Page> {
  const nowMs = parts.realClock.nowMs()
  const [tokens, sessions] = await Promise.all([
    tokensOf(parts.sql, person.id, nowMs),
    countSessions(parts.sql, person.id, nowMs, idleMsOf(parts)),
  ])
  return {
    title: 'Your account',
    body: html`${marks.heading({ title: 'Your account', lead: 'What you may do comes from your roles, and from what your landlord’s policy gives them.' })}
${components.summaryList({
  rows: [
    { key: 'Name', value: person.name },
    { key: 'Username', value: person.username },
    {
      key: 'Roles',
      value:
        person.roles.length > 0
          ? roleLines(parts, person.roles)
          : 'None yet. The person who looks after accounts can give you some.',
    },
    ...(person.administrator
      ? [
          {
            key: 'Administrator',
            value: 'Yes: accounts, recorders and places. This gives no right to any picture.',
          },
        ]
      : []),
  ],
})}
${
  (person.remarks ?? []).some(({ href }) => href === '/account')
    ? components.form({
        view,
        action: '/account/read',
        body: components.button({ text: 'I have read what was told to me', kind: 'secondary' }),
      })
    : null
}
${marks.h2('Training')}
${marks.paragraph(html`${marks.link('/account/training', 'My training')}: what you have learned, hold and have read, and what is still asked of you. ${marks.link('/leaves', 'Permission to look')}: what you asked a second person.`)}
${marks.h2('Password')}
${components.form({
  view,
  action: '/account/password',
  body: html`${components.passwordInput({ view, name: 'current', label: 'Current password' })}
${components.passwordInput({ view, name: 'password', label: 'New password', hint: passwordHint, autocomplete: 'new-password' })}
${components.button({ text: 'Change password', kind: 'secondary' })}`,
})}
${marks.h2('Second step')}
${marks.paragraph(html`Signing in can also ask for a code from your own device. ${marks.link('/account/second-step', 'Set up or change your second step')}`)}
${marks.h2('E-mail')}
${marks.paragraph(html`Overt can tell you by e-mail how much waits for you. ${marks.link('/account/mail', 'Choose your address and how often')}`)}
${marks.h2('When you are away, or too close')}
${marks.bullets([
  marks.link('/deputies', 'Name somebody who stands in for you'),
  marks.link('/conflicts', 'Declare a conflict of interest'),
  ...(watchesAt(parts, person).length > 0
    ? [marks.link('/unusual-use', 'Unusual use that you look into')]
    : []),
])}
${marks.h2('Where you are signed in')}
${marks.paragraph(sessions === 1 ? 'Only here.' : `In ${sessions} browsers, this one among them.`)}
${components.form({ view, action: '/account/sign-out-everywhere', body: components.button({ text: 'Sign out everywhere', kind: 'secondary' }) })}
${marks.h2('Access tokens')}
${marks.paragraph('A token lets a program do what you may do, and no more. Everything it does is written down under your name.')}
${tokenTable(tokens, view)}
${components.form({
  view,
  action: '/account/tokens',
  body: html`${components.input({ view, name: 'label', label: 'What is the token for?', width: 30, maxlength: 80 })}
${components.select({ view, name: 'days', label: 'How long is it good for?', value: '90', options: tokenDays.map((days) => ({ value: days, text: `${days} days` })) })}
${components.button({ text: 'Make a token', kind: 'secondary' })}`,
})}`,
  }
}

function tokenTable(tokens: readonly Token[], view: View): Html {
  return components.table({
    caption: 'Your tokens',
    captionHidden: true,
    columns: [
      { text: 'For' },
      { text: 'Good until' },
      { text: 'Last used' },
      { text: 'End it', hidden: true },
    ],
    rows: tokens.map((token) => [
      token.label,
      moment(token.untilMs),
      token.usedMs === null ? 'Never' : moment(token.usedMs),
      components.form({
        view,
        action: `/account/tokens/${token.id}/end`,
        classes: 'overt-inline',
        body: html`<button type="submit" class="overt-head__button">End<span class="govuk-visually-hidden"> the token for ${token.label}</span></button>`,
      }),
    ]),
    empty: html`<p class="govuk-body overt-muted">You have no tokens.</p>`,
  })
}

export function accountRoutes(parts: PeopleParts): readonly Route[] {
  const again = async (ask: { person: Person | null; view: View }) =>
    accountPage(parts, byBrowser(ask.person), ask.view)
  return [
    route({
      method: 'GET',
      path: '/account',
      permission: 'signed-in',
      ledger: { none: 'a person looks at their own account' },
      api: { summary: 'Who the token belongs to, and their roles' },
      async handler({ person, view }) {
        const me = byBrowser(person)
        const page = me.via === 'session' ? await accountPage(parts, me, view) : null
        const { id, name, username, roles, administrator } = me
        return { data: { id, name, username, roles, administrator }, page: () => page! }
      },
    }),
    route({
      method: 'POST',
      path: '/account/password',
      permission: 'signed-in',
      ledger: 'person.password-changed',
      rateMax: 20,
      input: z.object({
        current: z
          .string({ error: () => 'Enter your current password' })
          .min(1, 'Enter your current password')
          .max(1000),
        password: newPassword,
      }),
      form: again,
      async handler({ person, input }) {
        const me = byBrowser(person)
        if (me.via !== 'session') return tokenRefusal
        const weakness = passwordWeakness(input.password, [me.username, me.name])
        if (weakness) return { refusal: [{ field: 'password', message: weakness }] }
        const session = await changePassword(parts, me, input.current, input.password)
        if (!session)
          return { refusal: [{ field: 'current', message: 'Your current password is not right' }] }
        return {
          data: null,
          location: '/account',
          session: { secret: session.secret, untilMs: session.untilMs },
          flash:
            session.tokens === 0
              ? 'Your password is changed, and your other browsers are signed out'
              : 'Your password is changed, your other browsers are signed out, and your access tokens have ended',
        }
      },
    }),
    route({
      method: 'POST',
      path: '/account/read',
      permission: 'signed-in',
      ledger: { none: 'a person says that they have read what they were told about their own account' },
      async handler({ person }) {
        await readNotices(parts.sql, byBrowser(person).id, parts.clock.nowMs())
        return { data: null, location: '/account' }
      },
    }),
    route({
      method: 'POST',
      path: '/account/sign-out-everywhere',
      permission: 'signed-in',
      ledger: 'person.signed-out-everywhere',
      async handler({ person }) {
        await signOutEverywhere(parts, byBrowser(person).id)
        return { data: null, location: '/sign-in', session: null, flash: 'You are signed out everywhere' }
      },
    }),
    route({
      method: 'POST',
      path: '/account/tokens',
      permission: 'signed-in',
      ledger: 'person.token-made',
      input: z.object({
        label: fields.text('what the token is for', 80),
        days: fields.choice('how long it is good for', tokenDays),
      }),
      form: again,
      async handler({ person, input }) {
        const me = byBrowser(person)
        if (me.via !== 'session') return tokenRefusal
        const made = await makeToken(parts, me.id, input.label, Number(input.days))
        if (!made.ok)
          return { refusal: made.reasons.map((one) => ({ field: 'label', message: one.message })) }
        return {
          // No API row: a token cannot make tokens. The page is shown once, as the answer to the POST.
          data: null,
          page: () => ({
            title: 'Your new token',
            back: { href: '/account', text: 'Your account' },
            body: html`${marks.heading({ title: 'Your new token', caption: input.label })}
${components.warningText('Copy it now. It is not kept here and cannot be shown again.')}
${marks.secretOnce('Token', made.value.secret)}
${marks.paragraph(html`It is good until ${moment(made.value.untilMs)}. Send it as <code>Authorization: Bearer …</code> to addresses under <code>/api/v1</code>.`)}`,
          }),
        }
      },
    }),
    route({
      method: 'POST',
      path: '/account/tokens/:id/end',
      permission: 'signed-in',
      ledger: 'person.token-revoked',
      input: z.object({ id: fields.id('a token') }),
      async handler({ person, input }) {
        const ended = await endToken(parts, byBrowser(person).id, input.id)
        if (!ended) return { notFound: 'You have no such token.' }
        return { data: null, location: '/account', flash: 'The token is ended' }
      },
    }),
  ]
}
