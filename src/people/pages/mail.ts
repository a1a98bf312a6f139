/** A person's own choice of address and of how often they are written to. */
import { z } from 'zod'
import { inTransaction } from '#engine/engine.ts'
import {
  components,
  fields,
  html,
  marks,
  type Page,
  type Person,
  type Route,
  route,
  type View,
} from '#web/web.ts'
import { chooseDigest, type DigestRhythm, digestOf, digestRhythms } from '../digests.ts'
import type { PeopleParts } from '../parts.ts'

const words: Readonly<Record<DigestRhythm, { readonly text: string; readonly hint: string }>> = {
  daily: { text: 'Every working day', hint: 'In the morning, when something waits for you' },
  weekly: { text: 'On Mondays', hint: 'Once a week, when something waits for you' },
  never: { text: 'Never', hint: 'You look at My work by yourself' },
}

async function mailPage(parts: PeopleParts, person: Person, view: View): Promise<Page> {
  const own = await digestOf(parts.sql, person.id)
  return {
    title: 'E-mail to you',
    back: { href: '/account', text: 'Your account' },
    body: html`${marks.heading({
      title: 'E-mail to you',
      lead: 'Overt can write to you about how much waits for you.',
    })}
${marks.paragraph('It tells numbers and days only: no names, no addresses, no cameras. For the rest you sign in.')}
${components.form({
  view,
  action: '/account/mail',
  body: html`${components.input({ view, name: 'email', label: 'Your email address', hint: 'Leave it empty to get none.', type: 'email', width: 30, value: own.email ?? '', autocomplete: 'email', spellcheck: false })}
${components.radios({ view, name: 'often', label: 'How often?', value: own.often, choices: digestRhythms.map((value) => ({ value, ...words[value] })) })}
${components.button({ text: 'Save' })}`,
})}`,
  }
}

export function mailRoutes(parts: PeopleParts): readonly Route[] {
  const again = async (ask: { person: Person | null; view: View }): Promise<Page> =>
    mailPage(parts, ask.person!, ask.view)
  return [
    route({
      method: 'GET',
      path: '/account/mail',
      permission: 'signed-in',
      ledger: { none: 'a person looks at their own choice' },
      api: { summary: 'Your address for e-mail, and how often you are written to' },
      async handler({ person, view }) {
        const page = await mailPage(parts, person!, view)
        return { data: await digestOf(parts.sql, person!.id), page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/account/mail',
      permission: 'signed-in',
      ledger: 'person.mail-chosen',
      rateMax: 20,
      input: z.object({
        email: fields.email('your email address'),
        often: fields.choice<DigestRhythm>('how often', digestRhythms),
      }),
      form: again,
      api: { summary: 'Choose your address for e-mail, and how often you are written to' },
      async handler({ person, input }) {
        await inTransaction(parts.sql, (tx) => chooseDigest(parts, tx, person!.id, input))
        return { data: input, location: '/account/mail', flash: 'Your choice is saved' }
      },
    }),
  ]
}
