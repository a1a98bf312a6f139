/** Signing in and out, and choosing a password by a one-time link. */
import { z } from 'zod'
import { inTransaction } from '#engine/engine.ts'
import {
  components,
  fields,
  html,
  marks,
  type Page,
  type Route,
  route,
  spanWords,
  type View,
} from '#web/web.ts'
import { acceptInvitation, hashPassword, invited } from '../accounts.ts'
import { beforeSecondStep, passSecondStep } from '../factor.ts'
import type { PeopleParts } from '../parts.ts'
import { passwordLengthMax, passwordLengthMin, passwordWeakness } from '../passwords.ts'
import { beginSecondStep, signIn, signOut, startSession } from '../sign-in.ts'
import type { Account } from '../store.ts'

/** A page of ours, else home: never another site. */
const ownPath = (next: unknown): string =>
  typeof next === 'string' &&
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop some of them, which makes another address
  /^\/(?![/\\])[^\u0000-\u001f\u007f]{0,499}$/.test(next) &&
  !next.startsWith('/sign-in')
    ? next
    : '/'

function signInPage(view: View, next: string): Page {
  return {
    title: 'Sign in',
    body: html`${marks.heading({ title: 'Sign in', lead: 'Use the name that the person who looks after accounts gave you.' })}
${components.form({
  view,
  action: '/sign-in',
  body: html`${components.hidden('next', next)}
${components.input({ view, name: 'username', label: 'Username', width: 20, autocomplete: 'username', spellcheck: false, autocapitalize: 'none', maxlength: 60 })}
${components.passwordInput({ view, name: 'password', label: 'Password' })}
${components.button({ text: 'Sign in' })}`,
})}
${components.details(
  'I cannot sign in',
  html`<p class="govuk-body">Ask the person who looks after accounts at your landlord for a new link. Nobody else can give you one, and nobody will ever ask for your password.</p>`,
)}`,
  }
}

export const passwordHint = `At least ${passwordLengthMin} characters. Three or four words that only you would put together work well.`

/** A password to be chosen: long enough here; whether it is easy to guess is asked where the names are known. */
export const newPassword = z
  .string({ error: () => 'Enter a password' })
  .min(1, 'Enter a password')
  .max(passwordLengthMax, `Use ${passwordLengthMax} characters or fewer`)

function welcomePage(view: View, account: Account): Page {
  return {
    title: 'Choose your password',
    body: html`${marks.heading({
      title: 'Choose your password',
      caption: `Welcome, ${account.name}`,
      lead: html`You will sign in as <strong>${account.username}</strong>.`,
    })}${components.form({
      view,
      body: html`${components.passwordInput({ view, name: 'password', label: 'New password', hint: passwordHint, autocomplete: 'new-password' })}
${components.button({ text: 'Save and sign in' })}`,
    })}`,
  }
}

const linkIsDead =
  'This link has been used, is older than seven days, or was replaced by a newer one. Ask for another.'

const codePageIsDead =
  'This page was for one sign-in, and it is used or older than ten minutes. Sign in again with your password.'

const codeInput = z.object({
  step: z.string().max(100),
  next: z.string().max(1000).optional(),
  code: fields.text('the code', 40),
})

function codePage(view: View, step: string, next: string): Page {
  return {
    title: 'Enter your code',
    back: { href: '/sign-in', text: 'Sign in' },
    body: html`${marks.heading({ title: 'Enter your code', lead: 'Your password is right. Now type the six digits that your device shows.' })}
${components.form({
  view,
  action: `/sign-in/code/${step}`,
  body: html`${components.hidden('next', next)}
${components.input({ view, name: 'code', label: 'Code', hint: 'Six digits, or one of your recovery codes', width: 20, autocomplete: 'one-time-code', spellcheck: false, autocapitalize: 'none', maxlength: 40 })}
${components.button({ text: 'Continue' })}`,
})}
${components.details(
  'I have no device and no recovery code',
  html`<p class="govuk-body">Ask the person who looks after accounts at your landlord to take the lost device off your account. They will want to be sure that it is you.</p>`,
)}`,
  }
}

export function signInRoutes(parts: PeopleParts): readonly Route[] {
  const welcomeInput = z.object({ secret: z.string().max(100), password: newPassword })
  return [
    route({
      method: 'GET',
      path: '/sign-in',
      permission: 'public',
      ledger: { none: 'only shows an empty form' },
      input: z.object({ next: z.string().max(1000).optional() }),
      async handler({ input, person, view }) {
        if (person) return { redirect: ownPath(input.next) }
        return { data: null, page: () => signInPage(view, ownPath(input.next)) }
      },
    }),
    route({
      method: 'POST',
      path: '/sign-in',
      permission: 'public',
      ledger: 'person.signed-in',
      rateMax: 30,
      input: z.object({
        username: fields.text('your username', 200),
        password: z
          .string({ error: () => 'Enter your password' })
          .min(1, 'Enter your password')
          .max(1000, 'Enter your password'),
        next: z.string().max(1000).optional(),
      }),
      form: async ({ view, input }) => signInPage(view, ownPath(input['next'])),
      async handler({ input, session, ip }) {
        const done = await signIn(parts, {
          username: input.username,
          password: input.password,
          before: session,
          ip,
        })
        if (done.ok && 'step' in done) {
          const next = new URLSearchParams({ next: ownPath(input.next) })
          return { data: null, location: `/sign-in/code/${done.step}?${next}` }
        }
        if (done.ok) return { data: null, location: ownPath(input.next), session: done.session }
        const message =
          done.waitMs > 0
            ? `There were too many wrong tries. Wait ${spanWords(done.waitMs)} and try again`
            : 'The username or the password is not right'
        return { refusal: [{ field: 'username', message }] }
      },
    }),
    route({
      method: 'GET',
      path: '/sign-in/code/:step',
      permission: 'public',
      ledger: { none: 'only shows an empty form to who has given the right password' },
      rateMax: 30,
      input: codeInput.omit({ code: true }),
      async handler({ input, view }) {
        if ((await beforeSecondStep(parts, input.step)) === null) return { notFound: codePageIsDead }
        return { data: null, page: () => codePage(view, input.step, ownPath(input.next)) }
      },
    }),
    route({
      method: 'POST',
      path: '/sign-in/code/:step',
      permission: 'public',
      ledger: 'person.signed-in',
      rateMax: 30,
      input: codeInput,
      form: async ({ view, input }) => codePage(view, String(input['step']), ownPath(input['next'])),
      async handler({ input, session, ip }) {
        const personId = await beforeSecondStep(parts, input.step)
        if (personId === null) return { notFound: codePageIsDead }
        const half = { secret: input.step, personId }
        const done = await passSecondStep(parts, half, input.code, session, ip)
        if (!done.ok) return { refusal: done.reasons.map(({ message }) => ({ field: 'code', message })) }
        if (done.value === null) return { notFound: codePageIsDead }
        return { data: null, location: ownPath(input.next), session: done.value }
      },
    }),
    route({
      method: 'POST',
      path: '/sign-out',
      permission: 'public',
      ledger: 'person.signed-out',
      async handler({ session }) {
        if (session !== null) await signOut(parts, session)
        return { data: null, location: '/sign-in', session: null, flash: 'You are signed out' }
      },
    }),
    route({
      method: 'GET',
      path: '/welcome/:secret',
      permission: 'public',
      ledger: { none: 'only shows an empty form to who has the link' },
      rateMax: 30,
      input: z.object({ secret: z.string().max(100) }),
      async handler({ input, view }) {
        const account = await invited(parts, input.secret)
        if (!account) return { notFound: linkIsDead }
        return { data: null, page: () => welcomePage(view, account) }
      },
    }),
    route({
      method: 'POST',
      path: '/welcome/:secret',
      permission: 'public',
      ledger: 'person.password-changed',
      rateMax: 30,
      input: welcomeInput,
      async form({ view, input }) {
        const account = await invited(parts, String(input['secret']))
        return account
          ? welcomePage(view, account)
          : {
              title: 'Link not found',
              body: html`${marks.heading({ title: 'Link not found', lead: linkIsDead })}`,
            }
      },
      async handler({ input, session, ip }) {
        const account = await invited(parts, input.secret)
        if (!account) return { notFound: linkIsDead }
        const weakness = passwordWeakness(input.password, [account.username, account.name])
        if (weakness) return { refusal: [{ field: 'password', message: weakness }] }
        const hash = await hashPassword(input.password)
        // A new password alone opens no account that asks for a code too.
        const started = await inTransaction(parts.sql, async (tx) => {
          if (!(await acceptInvitation(parts, tx, account, input.secret, hash))) return null
          return account.hasFactor
            ? { step: await beginSecondStep(parts, tx, account.id) }
            : startSession(parts, tx, account.id, ['password'], session, ip)
        })
        if (!started) return { notFound: linkIsDead }
        if ('step' in started)
          return {
            data: null,
            location: `/sign-in/code/${started.step}?next=%2F`,
            flash: 'Your password is saved',
          }
        return { data: null, location: '/', session: started, flash: 'Your password is saved' }
      },
    }),
  ]
}
