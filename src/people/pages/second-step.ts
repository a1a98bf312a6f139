/** Setting up the second step: the key as a QR code and as text, its first code, and recovery codes shown once. */
import QRCode from 'qrcode'
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
import { beginFactor, confirmFactor, pendingFactor, proveCode, renewRecoveryCodes } from '../factor.ts'
import { factorOf, recoveryCodesLeft } from '../factor-store.ts'
import type { PeopleParts } from '../parts.ts'
import { ownPasswordHolds } from '../sign-in.ts'

const back = { href: '/account/second-step', text: 'Second step' }
const browserOnly = {
  forbidden: true,
  refusal: [
    { code: 'browser-only', message: 'Do this on the account page, signed in with a browser', clause: null },
  ],
} as const

const passwordField = z
  .string({ error: () => 'Enter your password' })
  .min(1, 'Enter your password')
  .max(1000, 'Enter your password')

async function mainPage(parts: PeopleParts, me: Person, view: View): Promise<Page> {
  const factor = await factorOf(parts.sql, me.id)
  const left = factor?.secret ? await recoveryCodesLeft(parts.sql, me.id) : 0
  const begin = html`${components.form({
    view,
    action: '/account/second-step',
    body: html`${components.passwordInput({ view, name: 'password', label: 'Your password' })}
${factor?.secret ? components.input({ view, name: 'code', label: 'A code of the device you use now', hint: 'Or a recovery code', width: 20, autocomplete: 'one-time-code', maxlength: 40 }) : null}
${components.button({ text: factor?.secret ? 'Change the device' : 'Show me the key' })}`,
  })}`
  return {
    title: 'Second step',
    back: { href: '/account', text: 'Your account' },
    body: html`${marks.heading({
      title: 'Second step',
      lead: 'When you sign in, Overt also asks for six digits that only your own device knows. Then a stolen password opens nothing.',
      state: factor?.secret ? marks.stateTag('lawful', 'In use') : marks.stateTag('waiting', 'Not set up'),
    })}
${
  factor?.secret
    ? html`${components.summaryList({
        rows: [
          { key: 'Set up', value: moment(factor.confirmedMs!) },
          { key: 'Recovery codes left', value: String(left) },
        ],
      })}
${marks.h2('New recovery codes')}
${marks.paragraph('The codes that you have kept stop working.')}
${components.form({
  view,
  action: '/account/second-step/codes',
  body: html`${components.input({ view, name: 'now', label: 'A code of your device', width: 10, autocomplete: 'one-time-code', maxlength: 40 })}${components.button({ text: 'Make new codes', kind: 'secondary' })}`,
})}
${marks.h2('Another device')}
${marks.paragraph('The old device works until the new one is set up.')}`
    : html`${marks.paragraph('You need an app that makes codes, on a phone or a computer. Any app for “one-time codes” or “authenticator” will do. It needs no connection and costs nothing.')}${marks.paragraph('Your other browsers will be signed out.')}`
}${begin}`,
  }
}

async function enrolPage(parts: PeopleParts, me: Person, view: View): Promise<Page | null> {
  const pending = await pendingFactor(parts, me)
  if (pending === null) return null
  // Black on white with its quiet zone, so that a phone reads it off any screen.
  const picture = await QRCode.toDataURL(pending.address, { margin: 4, scale: 5, errorCorrectionLevel: 'M' })
  return {
    title: 'Set up your second step',
    back,
    body: html`${marks.heading({ title: 'Set up your second step', lead: 'Scan this with the app on your device, then type the six digits that it shows.' })}
${marks.picture({ src: picture, alt: 'QR code that holds your key. The key is written below.', caption: 'For your own device only' })}
${marks.paragraph(html`<strong>Or type this key:</strong> <code id="key">${grouped(pending.key)}</code>`)}
${components.form({
  view,
  action: '/account/second-step/confirm',
  body: html`${components.input({ view, name: 'code', label: 'Six digits from your device', width: 10, autocomplete: 'one-time-code', maxlength: 40 })}
${components.button({ text: 'Confirm' })}`,
})}
${components.details('My codes are always refused', html`<p class="govuk-body">Codes are made from the time. Set the clock of your device to “automatic” and try again.</p>`)}`,
  }
}

const grouped = (key: string): string => key.match(/.{1,4}/g)!.join(' ')

function codesPage(codes: readonly string[]): Page {
  return {
    title: 'Your recovery codes',
    back: { href: '/account', text: 'Your account' },
    body: html`${marks.heading({ title: 'Your recovery codes', lead: 'Each opens your account once, with your password, when you do not have your device.' })}
${components.warningText('Print or write them down now. They cannot be shown again.')}
${codeList(codes)}
${marks.paragraph('Keep them on paper, away from your device.')}`,
  }
}

const codeList = (codes: readonly string[]): Html =>
  html`<ul class="govuk-list govuk-list--spaced">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>`

export function secondStepRoutes(parts: PeopleParts): readonly Route[] {
  const again = async ({ person, view }: { person: Person | null; view: View }) =>
    mainPage(parts, person!, view)
  const enrolAgain = async ({ person, view }: { person: Person | null; view: View }) =>
    (await enrolPage(parts, person!, view)) ?? mainPage(parts, person!, view)
  return [
    route({
      method: 'GET',
      path: '/account/second-step',
      permission: 'signed-in',
      ledger: { none: 'a person looks at their own account' },
      async handler({ person, view }) {
        const page = await mainPage(parts, person!, view)
        return { data: null, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/account/second-step',
      permission: 'signed-in',
      ledger: { none: 'shows a new key to its person; it counts for nothing until a code confirms it' },
      rateMax: 20,
      input: z.object({ password: passwordField, code: fields.optionalText('the code', 40) }),
      form: again,
      async handler({ person, input }) {
        const me = person!
        if (me.via !== 'session') return browserOnly
        if (!(await ownPasswordHolds(parts, me.username, input.password)))
          return { refusal: [{ field: 'password', message: 'Your password is not right' }] }
        if ((await factorOf(parts.sql, me.id))?.secret) {
          if (input.code === null)
            return { refusal: [{ field: 'code', message: 'Enter a code of the device you use now' }] }
          const proved = await proveCode(parts, me.id, input.code)
          if (!proved.ok)
            return { refusal: proved.reasons.map(({ message }) => ({ field: 'code', message })) }
        }
        await beginFactor(parts, me.id)
        return { data: null, location: '/account/second-step/new' }
      },
    }),
    route({
      method: 'GET',
      path: '/account/second-step/new',
      permission: 'signed-in',
      ledger: { none: 'shows a key that counts for nothing yet to its own person' },
      async handler({ person, view }) {
        const page = await enrolPage(parts, person!, view)
        return page === null ? { redirect: '/account/second-step' } : { data: null, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/account/second-step/confirm',
      permission: 'signed-in',
      ledger: 'person.second-step-on',
      rateMax: 30,
      input: z.object({ code: fields.text('the six digits', 40) }),
      form: enrolAgain,
      async handler({ person, input, session }) {
        if (person!.via !== 'session' || session === null) return browserOnly
        const done = await confirmFactor(parts, person!.id, input.code, session)
        if (!done.ok) return { refusal: done.reasons.map(({ message }) => ({ field: 'code', message })) }
        return { data: null, page: () => codesPage(done.value.recoveryCodes) }
      },
    }),
    route({
      method: 'POST',
      path: '/account/second-step/codes',
      permission: 'signed-in',
      ledger: 'person.recovery-codes-made',
      rateMax: 20,
      input: z.object({ now: fields.text('a code of your device', 40) }),
      form: again,
      async handler({ person, input }) {
        if (person!.via !== 'session') return browserOnly
        const proved = await proveCode(parts, person!.id, input.now)
        if (!proved.ok) return { refusal: proved.reasons.map(({ message }) => ({ field: 'now', message })) }
        const codes = await renewRecoveryCodes(parts, person!.id)
        return { data: null, page: () => codesPage(codes) }
      },
    }),
  ]
}
