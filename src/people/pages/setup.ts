/** The one page of a new installation: which policy, and who is the first administrator. */
import { z } from 'zod'
import {
  components,
  fields,
  type Html,
  html,
  marks,
  type Page,
  type Route,
  route,
  type View,
} from '#web/web.ts'
import type { PeopleParts } from '../parts.ts'
import { passwordWeakness } from '../passwords.ts'
import { setUp, setupHolds } from '../setup.ts'
import { newPassword, passwordHint } from './sign-in.ts'

const deadLink =
  'This set-up link has been used, was replaced, or is older than a day. While nobody has an account, starting Overt again prints a new one. Otherwise sign in.'

export const usernameField = z
  .string({ error: () => 'Enter a username' })
  .trim()
  .toLowerCase()
  .min(1, 'Enter a username')
  .max(60, 'The username must be 60 characters or fewer')
  .regex(
    /^[a-z0-9][a-z0-9._-]+$/,
    'Use two or more letters, digits, dots, dashes or underscores, starting with a letter or digit',
  )

/** A published policy says whose it is; the baseline is nobody's. */
const landlordName = (view: View): Html =>
  components.input({
    view,
    name: 'landlord',
    label: 'The landlord’s name',
    hint: 'As people know it: it stands on signs and letters. It can’t be changed here afterwards.',
    width: 30,
    maxlength: 120,
    autocomplete: 'organization',
  })

export function setupRoutes(parts: PeopleParts): readonly Route[] {
  const page = (view: View): Page => ({
    title: 'Set Overt up',
    body: html`${marks.heading({
      title: 'Set Overt up',
      lead: 'Two things are needed: the policy that this landlord has published, and somebody who looks after accounts and recorders.',
    })}${components.form({
      view,
      body: html`${components.radios({
        view,
        name: 'pack',
        label: 'Whose policy does this landlord follow?',
        labelSize: 'm',
        hint: 'Overt records and shows only what this policy allows.',
        choices: parts.packs().map((pack) => ({
          value: pack.code,
          text: pack.title,
          ...(pack.hint ? { hint: pack.hint } : {}),
          ...(pack.needsName ? { reveals: landlordName(view) } : {}),
        })),
      })}
${marks.h2('The first administrator')}
${marks.paragraph('This account manages people, recorders and places. By itself it shows no picture to anybody.')}
${components.input({ view, name: 'name', label: 'Full name', width: 30, autocomplete: 'name', maxlength: 120 })}
${components.input({ view, name: 'username', label: 'Username', hint: 'For signing in, for example j.smith', width: 20, autocomplete: 'username', spellcheck: false, autocapitalize: 'none', maxlength: 60 })}
${components.passwordInput({ view, name: 'password', label: 'Password', hint: passwordHint, autocomplete: 'new-password' })}
${components.button({ text: 'Set up and sign in' })}`,
    })}`,
  })
  const input = z.object({
    secret: z.string().max(100),
    pack: fields.code('a policy'),
    landlord: fields.optionalText('the landlord’s name', 120),
    name: fields.text('the full name', 120),
    username: usernameField,
    password: newPassword,
  })
  return [
    route({
      method: 'GET',
      path: '/setup/:secret',
      permission: 'public',
      ledger: { none: 'only shows an empty form to who has the link' },
      rateMax: 30,
      input: input.pick({ secret: true }),
      async handler(ask) {
        if (!(await setupHolds(parts.sql, ask.input.secret))) return { notFound: deadLink }
        return { data: null, page: () => page(ask.view) }
      },
    }),
    route({
      method: 'POST',
      path: '/setup/:secret',
      permission: 'public',
      ledger: 'person.set-up',
      rateMax: 30,
      input,
      async form({ view, input: typed }) {
        if (await setupHolds(parts.sql, String(typed['secret']))) return page(view)
        return { title: 'Link not found', body: marks.heading({ title: 'Link not found', lead: deadLink }) }
      },
      async handler(ask) {
        if (!(await setupHolds(parts.sql, ask.input.secret))) return { notFound: deadLink }
        const pack = parts.packs().find(({ code }) => code === ask.input.pack)
        if (pack === undefined) return { refusal: [{ field: 'pack', message: 'Choose a policy' }] }
        const landlord = pack.needsName ? ask.input.landlord : null
        if (pack.needsName && landlord === null)
          return { refusal: [{ field: 'landlord', message: 'Enter the landlord’s name' }] }
        const weakness = passwordWeakness(ask.input.password, [ask.input.username, ask.input.name])
        if (weakness) return { refusal: [{ field: 'password', message: weakness }] }
        const done = await setUp(parts, { ...ask.input, landlord })
        if (!done.ok) return { refusal: done.reasons }
        return {
          data: null,
          location: '/',
          session: done.value,
          flash: 'Overt is set up. Next, make accounts for the people who do the work.',
        }
      },
    }),
  ]
}
