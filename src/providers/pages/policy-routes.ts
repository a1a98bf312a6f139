/** `/policy` and `/policy/:provider`: the landlords, and one policy clause by clause with whether it held this month. */
import { z } from 'zod'
import { civilDay } from '#base/base.ts'
import { carriedBy, type Pack, points, settings } from '#policy/policy.ts'
import { type Person, type Route, route } from '#web/web.ts'
import { countsBetween } from '../counts.ts'
import { belongs, noPolicy, type ProvidersDeps, packOr } from '../deps.ts'
import { type Held, heldByClause, heldStates } from '../held.ts'
import type { Provider } from '../model.ts'
import { countNow } from '../reminders.ts'
import { shows, slug } from './parts.ts'
import { listPage, policyPage, type Shown, strengthFilters } from './policy-page.ts'

const oneProvider = z.object({
  provider: slug,
  version: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .optional(),
  // What isn't one of the list narrows nothing: an old address keeps working.
  text: z.string().trim().max(100).catch('').default(''),
  strength: z
    .enum(['', ...strengthFilters])
    .catch('')
    .default(''),
  state: z
    .enum(['', ...heldStates])
    .catch('')
    .default(''),
})

export function policyRoutes(deps: ProvidersDeps): Route[] {
  const { providers } = deps
  return [
    route({
      method: 'GET',
      path: '/policy',
      permission: 'policy.read',
      ledger: shows,
      api: { summary: 'The landlords of this installation and the policy versions they adopted' },
      async handler() {
        const list = providers.list()
        return {
          data: list.map(providerData),
          page: () =>
            listPage(list.map((provider) => ({ provider, pack: packOr(providers, provider.slug) }))),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/policy/:provider',
      permission: 'policy.read',
      ledger: shows,
      input: oneProvider,
      api: {
        summary: 'One landlord’s policy: every clause, what the pack sets, and whether it held this month',
      },
      async handler({ input, person }) {
        const provider = providers.find(input.provider)
        if (provider === null) return noPolicy
        const pack = packOr(providers, provider.slug, input.version)
        if (pack === null) return { notFound: 'That landlord never adopted this version.' }
        const month = await heldThisMonth(deps, provider, pack, person)
        const shown: Shown = {
          held: month?.held ?? null,
          month: month?.words ?? '',
          filter: { text: input.text, strength: input.strength, state: month === null ? '' : input.state },
          belongs: belongs(person, provider.slug),
        }
        return {
          data: packData(provider, pack, shown.held),
          page: () => policyPage(provider, pack, shown),
        }
      },
    }),
  ]
}

/**
 * Whether each clause held since the first of this month: for those who work for the landlord, and for the version that
 * decides today; else null.
 */
export async function heldThisMonth(
  deps: ProvidersDeps,
  provider: Provider,
  pack: Pack,
  person: Person | null,
): Promise<{ readonly held: ReadonlyMap<string, Held>; readonly words: string } | null> {
  if (!belongs(person, provider.slug) || packOr(deps.providers, provider.slug)?.version !== pack.version)
    return null
  await countNow(deps)
  const today = civilDay(deps.clock.nowMs(), provider.timeZone)
  const first = Temporal.PlainDate.from(today).with({ day: 1 })
  const counts = await countsBetween(deps.sql, provider.slug, first.toString(), today)
  const standing = await deps.standing(
    provider.slug,
    first.toZonedDateTime(provider.timeZone).epochMilliseconds,
  )
  return {
    held: heldByClause(pack, counts, standing),
    words: first.toLocaleString('en-GB', { month: 'long', year: 'numeric' }),
  }
}

const providerData = ({ slug: code, name, versions }: Provider) => ({
  slug: code,
  name,
  versions: versions.map(({ version, fromDay, reference, title, hash }) => ({
    version,
    fromDay,
    reference,
    title,
    hash,
  })),
})

const packData = (provider: Provider, pack: Pack, held: ReadonlyMap<string, Held> | null) => ({
  ...providerData(provider),
  version: pack.version,
  reference: pack.reference,
  title: pack.title,
  sections: pack.sections,
  clauses: [...pack.clauses.values()].map((clause) => ({
    ...clause,
    strength: carriedBy(clause),
    ...(held === null ? {} : { held: held.get(clause.id) ?? null }),
  })),
  settings: settings(pack),
  points: points(pack),
})
