/** What a person has learned, holds and has read, what is still asked of them, and reading the policy and briefings. */
import { z } from 'zod'
import { actionLabels, type Pack } from '#policy/policy.ts'
import {
  components as c,
  day,
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
import { standsInTheWay } from '../training.ts'
import { landlordOf, type TrainingParts } from '../training-parts.ts'
import { sayRead } from '../training-reading.ts'
import { standingNeeds } from '../training-reminders.ts'
import type { Need } from '../training-state.ts'
import { acknowledgements, briefingById } from '../training-store.ts'
import { dayWordsOf, kindWords, needTag, rolesWords, sourceOf, waitsFor } from './training-words.ts'

const gone = { notFound: 'There is no such briefing, or it is not for you.' } as const

export const signedIn = (person: Person | null): Person => {
  if (person === null) throw new Error('the row asks for a signed-in person')
  return person
}

export function myTrainingRoutes(parts: TrainingParts): readonly Route[] {
  async function mine(person: Person) {
    const found = []
    for (const landlord of parts.landlords()) {
      if (!person.roles.some(({ provider }) => provider === landlord.slug)) continue
      const [standing] = await standingNeeds(parts, parts.sql, landlord, person.id)
      if (standing !== undefined) found.push({ landlord, needs: standing.needs })
    }
    return found
  }
  const page = async (view: View, person: Person): Promise<Page> => {
    const all = await mine(person)
    return {
      title: 'My training',
      back: { href: '/account', text: 'Your account' },
      body: html`${marks.heading({
        title: 'My training',
        lead: 'What the policy and your landlord ask you to learn, hold and read. Somebody else records training and licences; what you have read, you say yourself.',
      })}${
        all.length === 0
          ? marks.emptyState({ title: 'Nothing is asked of you', body: 'You have no role at a landlord.' })
          : all.map(({ landlord, needs }) => {
              const blocked = standsInTheWay(person, landlord)
              const unread = needs.find((need) => need.kind === 'policy' && need.state !== 'done')
              return html`${all.length > 1 ? marks.h2(landlord.name) : null}${
                blocked.length === 0
                  ? null
                  : c.warningText(
                      `You may not ${blocked.map(({ action }) => actionLabels[action]).join(' or ')} until this is recorded and in date: ${[
                        ...new Set(blocked.flatMap(({ missing }) => missing.map(({ title }) => title))),
                      ].join('; ')}.`,
                    )
              }${needTable(landlord.pack, needs, 'What is asked of you')}${
                unread === undefined
                  ? null
                  : html`${marks.h2('Read the policy')}${marks.paragraph(
                      html`${marks.link(`/policy/${landlord.slug}`, landlord.pack.title)} (${landlord.pack.reference}), the version of ${day(landlord.pack.version)}.`,
                    )}${c.form({
                      view,
                      action: '/account/training/policy',
                      body: html`${c.hidden('provider', landlord.slug)}${c.hidden('version', landlord.pack.version)}${c.checkbox(
                        {
                          view,
                          name: 'read',
                          label: 'I have read it and will keep to it',
                        },
                      )}${c.button({ text: 'Say that I have read it', once: true })}`,
                    })}`
              }`
            })
      }`,
    }
  }

  return [
    route({
      method: 'GET',
      path: '/account/training',
      permission: 'signed-in',
      ledger: { none: 'a person looks at what is recorded about themselves' },
      api: { summary: 'Your training, licences, and what you have read' },
      async handler({ person, view }) {
        const me = signedIn(person)
        const [all, shown] = [await mine(me), await page(view, me)]
        return {
          data: all.map(({ landlord, needs }) => ({
            provider: landlord.slug,
            needs: needs.map(plainNeed),
          })),
          page: () => shown,
        }
      },
    }),
    route({
      method: 'POST',
      path: '/account/training/policy',
      permission: 'signed-in',
      ledger: 'policy.acknowledged',
      api: { summary: 'Say that you have read this version of the policy' },
      input: z.object({
        provider: fields.code('a landlord'),
        version: fields.day('the version'),
        read: fields.confirmed('Tick the box when you have read it'),
      }),
      form: ({ view, person }) => page(view, signedIn(person)),
      async handler({ person, input, view }) {
        const me = signedIn(person)
        const landlord = landlordOf(parts, input.provider)
        if (landlord === null || !me.roles.some(({ provider }) => provider === input.provider))
          return { notFound: 'You have no role at this landlord.' }
        if (landlord.pack.version !== input.version) {
          const message = 'There is a newer version of the policy. Read that one, and say so again.'
          return {
            refusal: [{ field: 'read', message }],
            again: () => page(view, me),
          }
        }
        await sayRead(parts, me, landlord, {
          kind: 'policy',
          subject: landlord.slug,
          version: landlord.pack.version,
        })
        return { data: { read: true }, location: '/account/training', flash: 'It is written down.' }
      },
    }),
    route({
      method: 'GET',
      path: '/briefings/:id',
      permission: 'signed-in',
      ledger: { none: 'a note to colleagues; that it was read is told by its reader' },
      api: { summary: 'One briefing' },
      input: z.object({ id: fields.id('a briefing') }),
      async handler({ person, input, view }) {
        const found = await briefingFor(parts, signedIn(person), input.id)
        if (found === null) return gone
        const { briefing, landlord, said, mine: forMe } = found
        return {
          data: { ...briefing, read: said !== null },
          page: () => ({
            title: briefing.title,
            back: { href: '/account/training', text: 'My training' },
            body: html`${marks.heading({
              title: briefing.title,
              caption: `${landlord.name} · ${rolesWords(landlord, briefing.roles)}`,
              ...(said === null ? {} : { state: marks.stateTag('lawful', 'Read') }),
            })}${marks.small(html`Given ${moment(briefing.givenMs)}. Read by ${day(briefing.dueOn)}.`)}${briefing.body
              .split(/\n{2,}/)
              .map((part) => marks.paragraph(part))}${
              said !== null
                ? marks.small(html`You said that you have read it ${moment(said)}.`)
                : forMe
                  ? c.form({
                      view,
                      action: `/briefings/${briefing.id}/acknowledge`,
                      body: c.button({ text: 'I have read this', once: true }),
                    })
                  : null
            }`,
          }),
        }
      },
    }),
    route({
      method: 'POST',
      path: '/briefings/:id/acknowledge',
      permission: 'signed-in',
      ledger: 'briefing.acknowledged',
      api: { summary: 'Say that you have read a briefing' },
      input: z.object({ id: fields.id('a briefing') }),
      async handler({ person, input }) {
        const me = signedIn(person)
        const found = await briefingFor(parts, me, input.id)
        if (found === null || !found.mine) return gone
        await sayRead(parts, me, found.landlord, { kind: 'briefing', subject: input.id, version: '' })
        return { data: { read: true }, location: '/account/training', flash: 'It is written down.' }
      },
    }),
  ]
}

/** What the API says of a need: no record, so no number of a licence. */
export const plainNeed = ({ kind, code, title, state, day: on, clause, before }: Need) => ({
  kind,
  code,
  title,
  state,
  day: on,
  clause,
  before,
})

/** A briefing for somebody whom it is meant for, or who keeps the records; null for everybody else. */
async function briefingFor(parts: TrainingParts, person: Person, id: string) {
  const briefing = await briefingById(parts.sql, id)
  const landlord = briefing === null ? null : landlordOf(parts, briefing.provider)
  if (briefing === null || landlord === null) return null
  const roles = person.roles.filter(({ provider }) => provider === landlord.slug).map(({ role }) => role)
  const mine =
    roles.length > 0 &&
    briefing.givenBy !== person.id &&
    (briefing.roles.length === 0 || briefing.roles.some((role) => roles.includes(role)))
  const keeper = roles.some((role) => landlord.pack.values.abilities[role]?.includes('training.manage'))
  if (!mine && !keeper) return null

  const said = await acknowledgements(parts.sql, landlord.slug, person.id)
  const at = said.find((one) => one.kind === 'briefing' && one.subject === id)?.atMs ?? null
  return { briefing, landlord, mine, said: at }
}

export function needTable(pack: Pack, needs: readonly Need[], caption: string) {
  return c.table({
    caption,
    columns: [{ text: 'What' }, { text: 'State' }],
    rows: needs.map((need) => [
      html`${
        need.kind === 'briefing'
          ? marks.link(`/briefings/${need.code}`, need.title)
          : need.kind === 'policy'
            ? marks.link(`/policy/${pack.provider}`, need.title)
            : need.title
      }<br><span class="overt-muted">${kindWords[need.kind]}</span> ${sourceOf(pack, need)}${
        need.before.length === 0 ? null : html`<br>${waitsFor(need)}`
      }`,
      html`${needTag(need)}<br><span class="overt-muted">${dayWordsOf(need)}</span>`,
    ]),
  })
}
