/** `/landlords`: the landlords of this installation, another one, a group, and a newer version of a policy. */
import { z } from 'zod'
import { addDays, civilDay, type Result } from '#base/base.ts'
import { inTransaction, type Tx } from '#engine/engine.ts'
import { type Answer, fields, type Page, type Route, route, type View } from '#web/web.ts'
import type { ProvidersDeps } from './deps.ts'
import { type LandlordsView, landlordsPage } from './landlords-page.ts'
import type { Provider } from './model.ts'

export type LandlordsDeps = Pick<ProvidersDeps, 'sql' | 'clock' | 'providers'>

const slug = z.string().regex(/^[a-z][a-z0-9-]{0,59}$/)
const shortName = z.preprocess(
  (given) => (typeof given === 'string' ? given.trim() : given),
  z.string({ error: () => 'Enter a short name' }).regex(/^[a-z][a-z0-9-]{0,59}$/, {
    error: 'A short name has small letters, digits and hyphens, and begins with a letter',
  }),
)
const ownPolicy = z.object({
  policy: fields.code('a policy'),
  ownName: fields.text('the landlord’s name', 120),
})
const joining = z.object({
  slug: shortName,
  name: fields.text('the landlord’s name', 120),
  group: fields.code('the landlord whose policy it follows'),
})
/** A policy may be taken on up to two years ahead; never for a day that has passed, since decisions stand. */
const daysAheadMax = 731
const newer = z.object({
  provider: slug,
  version: z.string({ error: () => 'Choose a version' }).regex(/^\d{4}-\d{2}-\d{2}$/, 'Choose a version'),
  fromDay: z.preprocess(
    (given) => (typeof given === 'string' ? given.trim() : given),
    z.iso.date({ error: () => 'Enter the first day as 2026-12-01' }),
  ),
})

export function landlordsRoutes(deps: LandlordsDeps): Route[] {
  const { providers, sql, clock } = deps

  const seen = (): LandlordsView => {
    const list = providers.list()
    const today = (provider: Provider) => civilDay(clock.nowMs(), provider.timeZone)
    return {
      landlords: list.map((provider) => {
        const own = providers.packs.filter((pack) => pack.provider === provider.slug)
        return {
          provider,
          current:
            provider.versions.findLast((version) => version.fromDay <= today(provider))?.version ?? null,
          coming: provider.versions.filter((version) => version.fromDay > today(provider)),
          waiting:
            provider.group === null
              ? own.filter((pack) => !provider.versions.some((version) => version.version === pack.version))
              : [],
          today: today(provider),
        }
      }),
      policies: providers.packs.filter((pack) => providers.find(pack.provider) === null),
    }
  }
  const page = (view: View): Page => landlordsPage(seen(), view)

  /** One act of an administrator: kept whole, known everywhere at once, or refused with what was typed. */
  const act = async (
    field: string,
    work: (tx: Tx) => Promise<Result<Provider>>,
    flash: (made: Provider) => string,
  ): Promise<Answer> => {
    const made = await inTransaction(sql, work)
    if (!made.ok) {
      const errors = made.reasons.map(({ code, message }) => ({
        field: ['slug', 'name', 'group'].includes(code) ? code : field,
        message,
      }))
      return { refusal: errors, again: page }
    }
    await providers.refresh()
    await inTransaction(sql, (tx) => providers.bringTasksInLine(tx))
    return {
      data: { slug: made.value.slug, name: made.value.name },
      created: true,
      location: '/landlords',
      flash: flash(made.value),
    }
  }
  const form = async (ask: { readonly view: View }): Promise<Page> => page(ask.view)

  return [
    route({
      method: 'GET',
      path: '/landlords',
      permission: 'providers.manage',
      ledger: { none: 'it shows which landlords decide by which policy' },
      api: { summary: 'The landlords of this installation, their groups and the versions they decide by' },
      async handler(ask) {
        const { landlords, policies } = seen()
        return {
          data: {
            landlords: landlords.map(({ provider, current, coming, waiting }) => ({
              slug: provider.slug,
              name: provider.name,
              group: provider.group,
              version: current,
              coming: coming.map(({ version, fromDay }) => ({ version, fromDay })),
              waiting: waiting.map((pack) => pack.version),
            })),
            policies: policies.map((pack) => `${pack.provider}@${pack.version}`),
          },
          page: () => page(ask.view),
        }
      },
    }),
    route({
      method: 'POST',
      path: '/landlords',
      permission: 'providers.manage',
      ledger: 'policy.adopted',
      input: ownPolicy,
      form,
      api: { summary: 'Add a landlord with a policy of its own' },
      async handler(ask) {
        const [wanted, version] = ask.input.policy.split('@') as [string, string | undefined]
        if (version === undefined || providers.find(wanted) !== null)
          return {
            refusal: [{ field: 'policy', message: 'Choose a policy that no landlord has yet' }],
            again: page,
          }
        return act(
          'policy',
          (tx) =>
            providers.adopt(tx, {
              slug: wanted,
              version,
              name: ask.input.ownName,
              by: ask.person!.id,
              nowMs: ask.nowMs,
            }),
          (made) => `${made.name} is added. Give its people their roles.`,
        )
      },
    }),
    route({
      method: 'POST',
      path: '/landlords/group',
      permission: 'providers.manage',
      ledger: 'provider.joined-group',
      input: joining,
      form,
      api: { summary: 'Add a landlord that decides by the policy of its group, for good' },
      async handler(ask) {
        return act(
          'slug',
          (tx) => providers.addSubsidiary(tx, { ...ask.input, by: ask.person!.id, nowMs: ask.nowMs }),
          (made) => `${made.name} is added and decides by the policy of its group.`,
        )
      },
    }),
    route({
      method: 'POST',
      path: '/landlords/:provider/versions',
      permission: 'providers.manage',
      ledger: 'policy.adopted',
      input: newer,
      form,
      api: { summary: 'Take on a newer version of a landlord’s policy, from a day on' },
      async handler(ask) {
        const { provider: wanted, version, fromDay } = ask.input
        const provider = providers.find(wanted)
        if (provider === null) return { notFound: 'No landlord of that name is here.' }
        const refused = (field: string, message: string): Answer => ({
          refusal: [{ field, message }],
          again: page,
        })
        if (provider.versions.some((one) => one.version === version))
          return refused('version', `${provider.name} has taken on that version already`)
        const today = civilDay(ask.nowMs, provider.timeZone)
        if (fromDay < today)
          return refused('fromDay', 'The first day can’t have passed: what was decided then stands as it is')
        if (fromDay > addDays(today, daysAheadMax))
          return refused('fromDay', 'The first day is at most two years ahead')
        return act(
          'version',
          (tx) =>
            providers.adopt(tx, { slug: wanted, version, fromDay, by: ask.person!.id, nowMs: ask.nowMs }),
          (made) => `${made.name} decides by the version of ${version} from ${fromDay} on.`,
        )
      },
    }),
  ]
}
