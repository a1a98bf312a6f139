/** Who stands in for whom: for oneself, for one's reports, and for an administrator for everybody. */
import { z } from 'zod'
import { addDays, civilDay, startOfDayMs } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import {
  components,
  day,
  fields,
  type Html,
  html,
  marks,
  type Page,
  type Person,
  type Route,
  route,
  type View,
} from '#web/web.ts'
import { absentChoices, type Deputy, deputiesSeenBy, endDeputy, nameDeputy } from '../deputies.ts'
import { type PeopleParts, unlessRefused } from '../parts.ts'
import { staff } from '../store.ts'

const input = z.object({
  for: fields.id('who is absent'),
  deputy: fields.id('who stands in'),
  roles: fields.codes('the roles', { min: 1, max: 20 }),
  from: fields.day('the first day'),
  to: fields.day('the last day'),
})

const titleOf = (parts: PeopleParts, provider: string, role: string): string =>
  parts
    .providers()
    .find(({ slug }) => slug === provider)
    ?.roles.find(({ code }) => code === role)?.title ?? role
const zoneOf = (parts: PeopleParts, provider: string): string =>
  parts.providers().find(({ slug }) => slug === provider)?.rules?.timeZone ?? 'Europe/London'

async function page(parts: PeopleParts, me: Person, view: View): Promise<Page> {
  const nowMs = parts.clock.nowMs()
  const [list, absent] = await Promise.all([
    deputiesSeenBy(parts.sql, me, nowMs),
    absentChoices(parts.sql, me),
  ])
  const slugs = me.administrator
    ? parts.providers().map(({ slug }) => slug)
    : [...new Set(me.roles.map(({ provider }) => provider))]
  const colleagues = new Map<string, string>()
  for (const slug of slugs) for (const { id, name } of await staff(parts.sql, slug)) colleagues.set(id, name)
  const choices = parts
    .providers()
    .filter(({ slug }) => slugs.includes(slug))
    .flatMap((provider) =>
      provider.roles
        .filter(
          ({ code }) =>
            absent.length > 1 ||
            me.roles.some((held) => held.role === code && held.provider === provider.slug),
        )
        .map((role) => ({
          value: `${provider.slug}:${role.code}`,
          text: slugs.length > 1 ? `${role.title} at ${provider.name}` : role.title,
        })),
    )
  return {
    title: 'Deputies',
    back: { href: '/account', text: 'Your account' },
    body: html`${marks.heading({ title: 'Deputies', lead: 'While somebody is away, a colleague can act in their roles. The colleague’s own licence and training count, and the record says for whom they acted.' })}
${table(parts, list, view)}
${marks.h2('Name a deputy')}
${
  choices.length === 0 || absent.length === 0
    ? marks.paragraph('You have no role that somebody could take over.')
    : components.form({
        view,
        action: '/deputies',
        body: html`${components.select({ view, name: 'for', label: 'Who is away?', value: absent[0]?.id ?? '', options: absent.map(({ id, name }) => ({ value: id, text: id === me.id ? `${name} (you)` : name })) })}
${components.select({ view, name: 'deputy', label: 'Who stands in?', empty: 'Choose a colleague', options: [...colleagues].filter(([id]) => absent.length > 1 || id !== me.id).map(([value, text]) => ({ value, text })) })}
${components.checkboxes({ view, name: 'roles', label: 'In which roles?', small: true, choices })}
${components.dateInput({ view, name: 'from', label: 'First day', value: civilDay(nowMs, 'Europe/London') })}
${components.dateInput({ view, name: 'to', label: 'Last day' })}
${components.button({ text: 'Name the deputy' })}`,
      })
}`,
  }
}

function table(parts: PeopleParts, list: readonly Deputy[], view: View): Html {
  return components.table({
    caption: 'Now and to come',
    columns: [
      { text: 'Away' },
      { text: 'Deputy' },
      { text: 'Roles' },
      { text: 'Days' },
      { text: 'End it', hidden: true },
    ],
    rows: list.map((one) => {
      const zone = zoneOf(parts, one.provider)
      return [
        one.absent,
        one.deputy,
        one.roles.map((role) => titleOf(parts, one.provider, role)).join(', '),
        html`${day(civilDay(one.fromMs, zone))} to ${day(civilDay(one.untilMs - 1, zone))}`,
        components.form({
          view,
          action: `/deputies/${one.id}/end`,
          classes: 'overt-inline',
          body: html`<button type="submit" class="overt-head__button">End<span class="govuk-visually-hidden">: ${one.deputy} for ${one.absent}</span></button>`,
        }),
      ]
    }),
    empty: html`<p class="govuk-body overt-muted">Nobody stands in for anybody.</p>`,
  })
}

export function deputyRoutes(parts: PeopleParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/deputies',
      permission: 'signed-in',
      ledger: { none: 'a person sees who stands in for them, for whom they do, and their reports' },
      api: { summary: 'Who stands in for whom' },
      async handler({ person, view }) {
        const deputies = await deputiesSeenBy(parts.sql, person!, parts.clock.nowMs())
        const shown = await page(parts, person!, view)
        return { data: { deputies }, page: () => shown }
      },
    }),
    route({
      method: 'POST',
      path: '/deputies',
      permission: 'signed-in',
      ledger: 'person.deputy-named',
      input,
      form: ({ person, view }) => page(parts, person!, view),
      api: { summary: 'Name a deputy: for, deputy, roles as landlord:role, from and to as days' },
      async handler({ input: given, person }) {
        const providers = [...new Set(given.roles.map((code) => code.split(':')[0]!))]
        const [provider] = providers
        if (providers.length !== 1 || !parts.providers().some(({ slug }) => slug === provider))
          return { refusal: [{ field: 'roles', message: 'Choose roles of one landlord at a time' }] }
        const zone = zoneOf(parts, provider!)
        const done = await unlessRefused(parts.sql, (tx) =>
          nameDeputy(
            parts,
            tx,
            {
              absentId: given.for,
              deputyId: given.deputy,
              provider: provider!,
              roles: given.roles.map((code) => code.slice(code.indexOf(':') + 1)),
              fromMs: startOfDayMs(given.from, zone),
              untilMs: startOfDayMs(addDays(given.to, 1), zone),
            },
            person!,
          ),
        )
        if (!done.ok)
          return {
            refusal: done.reasons.map(({ code, message }) => ({
              field: code === 'until' ? 'to' : code,
              message,
            })),
          }
        return {
          data: done.value,
          created: true,
          location: '/deputies',
          flash: 'The deputy is named, and both are told',
        }
      },
    }),
    route({
      method: 'POST',
      path: '/deputies/:id/end',
      permission: 'signed-in',
      ledger: 'person.deputy-ended',
      input: z.object({ id: fields.id('a deputy') }),
      api: { summary: 'End a deputy’s time at once' },
      async handler({ input: given, person }) {
        const ended = await inTransaction(parts.sql, (tx) => endDeputy(parts, tx, given.id, person!))
        if (!ended) return { notFound: 'There is no such deputy, or you may not end it.' }
        return { data: null, location: '/deputies', flash: 'Ended' }
      },
    }),
  ]
}
