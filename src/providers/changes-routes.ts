/** `/policy/:provider/changes`: what a newer version changed, for whom, and that somebody saw to it. */
import { z } from 'zod'
import { inTransaction, type Query } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { able } from '#policy/policy.ts'
import { type Answer, fields, type Person, type Route, route } from '#web/web.ts'
import { type Change, changesBetween, effectsOf, insertSeen, type Running, seenOf } from './changes.ts'
import { changesPage, changesPath, type ShownEffect, seePage } from './changes-pages.ts'
import { belongs, noPolicy, notTheirs, type ProvidersDeps } from './deps.ts'

export type ChangesDeps = Pick<ProvidersDeps, 'sql' | 'providers' | 'tasks' | 'named'> & {
  running(sql: Query, slug: string): Promise<readonly Running[]>
}

const slug = z.string().regex(/^[a-z][a-z0-9-]{0,59}$/)
const one = z.object({
  provider: slug,
  version: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  difference: z.string().regex(/^[A-Za-z0-9_-]{16}$/),
})
const said = one.extend({ note: fields.text('what was done about it', 1_000) })

const rolesThere = (person: Person, provider: string): string[] =>
  person.roles.filter((held) => held.provider === provider).map((held) => held.role)

export function changesRoutes(deps: ChangesDeps): Route[] {
  const { providers, sql } = deps

  const effects = async (provider: string): Promise<ShownEffect[]> => {
    const [list, seen, running] = await Promise.all([
      effectsOf(sql, provider),
      seenOf(sql, provider),
      deps.running(sql, provider),
    ])
    return list.map((effect) => {
      const after = providers.packOf(provider, { version: effect.version })
      const before = providers.packOf(provider, { version: effect.previous })
      return {
        effect,
        after,
        changes: changesBetween(before, after, running),
        seen: seen.filter((each) => each.version === effect.version),
      }
    })
  }

  const may = (person: Person | null, provider: string, change: Change): boolean =>
    person !== null && rolesThere(person, provider).some((role) => change.roles.includes(role))

  /** The one difference, to somebody who answers for it; null else. */
  const wanted = async (person: Person | null, ask: z.infer<typeof one>) => {
    if (person === null || providers.find(ask.provider) === null) return null
    const shown = (await effects(ask.provider)).find(({ effect }) => effect.version === ask.version)
    const change = shown?.changes.find(({ difference }) => difference.id === ask.difference)
    return shown && change && may(person, ask.provider, change) ? { shown, change } : null
  }

  return [
    route({
      method: 'GET',
      path: '/policy/:provider/changes',
      permission: 'policy.read',
      ledger: { none: 'it shows what changed in a policy' },
      input: z.object({ provider: slug }),
      api: { summary: 'What newer versions of a landlord’s policy changed, and which cameras that bears on' },
      async handler({ input, person }) {
        const provider = providers.find(input.provider)
        if (provider === null) return noPolicy
        if (!belongs(person, input.provider)) return notTheirs
        const list = await effects(input.provider)
        const names = await deps.named([...new Set(list.flatMap((each) => each.seen.map((row) => row.by)))])
        const pack = list[0]?.after
        const linked =
          pack !== undefined &&
          able(pack, { roles: rolesThere(person!, input.provider), administrator: false }, 'deployment.view')
            .allowed
        return {
          data: list.map(({ effect, changes, seen }) => ({
            ...effect,
            differences: changes.map(({ difference, running, roles }) => ({
              ...difference,
              roles,
              running: running.map((each) => each.reference),
              seen: seen.some((row) => row.difference === difference.id),
            })),
          })),
          page: () =>
            changesPage({
              provider,
              effects: list,
              names,
              linked,
              may: (change) => may(person, input.provider, change),
            }),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/policy/:provider/changes/:version/:difference',
      permission: 'task.view',
      ledger: { none: 'it shows a form' },
      input: one,
      async handler(ask): Promise<Answer> {
        const found = await wanted(ask.person, ask.input)
        if (found === null) return notTheirs
        return {
          data: null,
          page: () => seePage(providers.find(ask.input.provider)!, found.shown, found.change, ask.view),
        }
      },
    }),
    route({
      method: 'POST',
      path: '/policy/:provider/changes/:version/:difference',
      permission: 'task.view',
      ledger: 'policy.difference-seen',
      input: said,
      async form(ask) {
        const given = one.parse(ask.input)
        const found = await wanted(ask.person, given)
        if (found === null) throw new Error('a form was refused that nobody could have been shown')
        return seePage(providers.find(given.provider)!, found.shown, found.change, ask.view)
      },
      api: { summary: 'Say what was done about a difference' },
      async handler(ask): Promise<Answer> {
        const { provider, version, difference, note } = ask.input
        const found = await wanted(ask.person, ask.input)
        if (found === null) return notTheirs
        const by = ask.person!.id
        const first = await inTransaction(sql, async (tx) => {
          const made = await insertSeen(tx, { provider, version, difference, note, by, seenMs: ask.nowMs })
          if (!made) return false
          await append(tx, {
            kind: 'policy.difference-seen',
            actor: by,
            provider,
            about: { provider },
            data: { version, difference },
            personal: { note },
            atMs: ask.nowMs,
          })
          await deps.tasks.close(tx, {
            kind: 'policy.changed',
            about: { provider, version, difference },
            by,
            nowMs: ask.nowMs,
          })
          return true
        })
        return {
          data: { seen: true },
          location: changesPath(provider),
          flash: first ? 'It is noted what was done.' : 'Somebody had already said what was done.',
        }
      },
    }),
  ]
}
