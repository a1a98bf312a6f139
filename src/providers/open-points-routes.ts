/** `/policy/:provider/open`: what the policy leaves to the landlord, and the landlord's decision on each. */
import { z } from 'zod'
import { inTransaction } from '#engine/engine.ts'
import {
  able,
  inSentence,
  inWords,
  mustDecide,
  openPoints,
  type Pack,
  type PointType,
} from '#policy/policy.ts'
import { type Answer, type Ask, fields, type Person, type Route, route } from '#web/web.ts'
import { decisionsAt } from './decisions.ts'
import { belongs, landlord, noPolicy, notTheirs, type ProvidersDeps } from './deps.ts'
import { decidePage, openPointsPage } from './open-points-pages.ts'

export type OpenPointsDeps = Pick<ProvidersDeps, 'sql' | 'providers' | 'named'>

const slug = z.string().regex(/^[a-z][a-z0-9-]{0,59}$/)
const key = z.string().regex(/^[a-z][a-z_]{0,39}\.[a-z][a-z_]{0,59}$/)
const onePoint = z.object({ provider: slug, key })
const answered = onePoint.extend({
  answer: z
    .union([z.string().max(300), z.array(z.string().max(300)).max(30), z.number(), z.boolean()])
    .optional(),
  reason: fields.text('why the landlord decides it this way', 1_000),
})

const rolesAtLandlord = (person: Person, provider: string): string[] =>
  person.roles.filter((held) => held.provider === provider).map((held) => held.role)

const mayDecide = (person: Person | null, pack: Pack): boolean =>
  person !== null &&
  able(pack, { roles: rolesAtLandlord(person, pack.provider), administrator: false }, 'policy.decide').allowed

export function openPointRoutes(deps: OpenPointsDeps): Route[] {
  const { providers } = deps

  const seen = async (person: Person | null, provider: string) => {
    const found = landlord(deps, provider)
    if (found === null) return null
    const decisions = providers.decisions(provider)
    const names = await deps.named([...new Set(decisions.map((one) => one.by))])
    const may = found.provider.group === null && mayDecide(person, found.pack)
    return { ...found, decisions, names, may }
  }

  const formOf = async (ask: Ask<unknown>, provider: string, wanted: string) => {
    const view = await seen(ask.person, provider)
    const point = view && mustDecide(view.pack).find((one) => one.key === wanted)
    return view && point && view.may ? { view, point } : null
  }

  return [
    route({
      method: 'GET',
      path: '/policy/:provider/open',
      permission: 'policy.read',
      ledger: { none: 'it shows what a policy leaves open and what was decided' },
      input: z.object({ provider: slug }),
      api: { summary: 'What a landlord’s policy leaves open, and what the landlord decided' },
      async handler({ input, person }) {
        const view = await seen(person, input.provider)
        if (view === null) return noPolicy
        if (!belongs(person, input.provider)) return notTheirs
        const counting = decisionsAt(view.decisions, null)
        return {
          data: {
            open: openPoints(view.pack).map(({ key: name, label, type, silence }) => ({
              key: name,
              label,
              type,
              before: silence.uses === null ? silence.before : null,
              does: silence.uses === null ? silence.does : null,
            })),
            decided: counting.map(({ key: name, value, role, decidedMs, version }) => ({
              key: name,
              value,
              role,
              decidedMs,
              version,
            })),
          },
          page: () => openPointsPage(view),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/policy/:provider/open/:key',
      permission: 'policy.decide',
      ledger: { none: 'it shows a form' },
      input: onePoint,
      async handler(ask): Promise<Answer> {
        const found = await formOf(ask, ask.input.provider, ask.input.key)
        if (found === null) return notTheirs
        return { data: null, page: () => decidePage(found.view, found.point, ask.view) }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/open/:key',
      permission: 'policy.decide',
      ledger: 'policy.point-decided',
      input: answered,
      async form(ask) {
        const { provider, key: wanted } = onePoint.parse(ask.input)
        const found = await formOf(ask, provider, wanted)
        if (found === null) throw new Error('a form was refused that nobody could have been shown')
        return decidePage(found.view, found.point, ask.view)
      },
      api: { summary: 'Decide what the policy leaves open' },
      async handler(ask): Promise<Answer> {
        const { input } = ask
        const found = await formOf(ask, input.provider, input.key)
        if (found === null) return notTheirs
        const value = answerOf(found.point.type, input.answer)
        const again = (view: typeof ask.view) => decidePage(found.view, found.point, view)
        if (value === null)
          return { refusal: [{ field: 'answer', message: askFor(found.point.type) }], again }
        const made = await inTransaction(deps.sql, (tx) =>
          providers.decidePoint(tx, {
            slug: input.provider,
            key: input.key,
            value,
            reason: input.reason,
            by: ask.person!.id,
            roles: rolesAtLandlord(ask.person!, input.provider),
            nowMs: ask.nowMs,
          }),
        )
        if (!made.ok)
          return made.reasons.some((reason) => reason.code === 'value')
            ? { refusal: [{ field: 'answer', message: askFor(found.point.type) }], again }
            : { refusal: made.reasons, again }
        await providers.refresh()
        return {
          data: { key: input.key, value },
          created: true,
          location: `/policy/${input.provider}/open`,
          flash: `Decided: ${inSentence(found.point.label)}: ${inWords(made.value.value)}.`,
        }
      },
    }),
  ]
}

/** What a form or the API sends, as the kind of answer that the point asks for; null when it is none. */
function answerOf(type: PointType, given: unknown): string | number | boolean | string[] | null {
  if (given === undefined || given === '') return null
  switch (type.kind) {
    case 'many':
      return Array.isArray(given) ? given.map(String) : [String(given)]
    case 'yesno':
      return given === true || given === 'yes' ? true : given === false || given === 'no' ? false : null
    case 'days':
    case 'months':
      return /^\s*\d{1,4}\s*$/.test(String(given)) ? Number(given) : null
    default:
      return typeof given === 'string' ? given.trim() : null
  }
}

const askFor = (type: PointType): string =>
  ({
    choice: 'Choose the landlord’s answer',
    many: 'Choose at least one answer',
    yesno: 'Choose yes or no',
    days: 'Enter a whole number of days from 1 to 366',
    months: 'Enter a whole number of months from 1 to 120',
    words: 'Enter the landlord’s answer in a few words',
  })[type.kind]
