/** The policy pages' rows: `/policy` and `/policy/:provider`, for people and for the API. */
import { z } from 'zod'
import { Failure } from '#base/base.ts'
import { carriedBy, type Pack, points, settings } from '#policy/policy.ts'
import { type Route, route } from '#web/web.ts'
import type { Provider, Providers } from './open.ts'
import { listPage, policyPage } from './pages.ts'

export type ProvidersDeps = { readonly providers: Providers }

const shows = { none: 'it shows published rules and nothing about a person' }

const oneProvider = z.object({
  provider: z.string().regex(/^[a-z][a-z0-9-]{0,59}$/),
  version: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .optional(),
})

export function providersRoutes({ providers }: ProvidersDeps): Route[] {
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
            listPage(list.map((provider) => ({ provider, pack: packOr(providers, provider, undefined) }))),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/policy/:provider',
      permission: 'policy.read',
      ledger: shows,
      input: oneProvider,
      api: { summary: 'One landlord’s policy: every clause, and what the pack sets' },
      async handler({ input }) {
        const provider = providers.find(input.provider)
        if (provider === null) return { notFound: 'No landlord of that name has adopted a policy here.' }
        const pack = packOr(providers, provider, input.version)
        if (pack === null) return { notFound: 'That landlord never adopted this version.' }
        return { data: packData(provider, pack), page: () => policyPage(provider, pack) }
      },
    }),
  ]
}

function packOr(providers: Providers, provider: Provider, version: string | undefined): Pack | null {
  try {
    return providers.packOf(provider.slug, version === undefined ? {} : { version })
  } catch (error) {
    if (error instanceof Failure && error.kind === 'not-found') return null
    throw error
  }
}

const providerData = ({ slug, name, versions }: Provider) => ({
  slug,
  name,
  versions: versions.map(({ version, fromDay, reference, title, hash }) => ({
    version,
    fromDay,
    reference,
    title,
    hash,
  })),
})

const packData = (provider: Provider, pack: Pack) => ({
  ...providerData(provider),
  version: pack.version,
  reference: pack.reference,
  title: pack.title,
  sections: pack.sections,
  clauses: [...pack.clauses.values()].map((clause) => ({ ...clause, strength: carriedBy(clause) })),
  settings: settings(pack),
  points: points(pack),
})
