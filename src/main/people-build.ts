/** What people/ is given: the rooms above it as functions, so that it knows none of them. */
import { join } from 'node:path'
import { type Clock, type Home, type Log, openSecretBox, systemClock } from '#base/base.ts'
import { closedAmong, closeTask, findCase, handTasksOn, openTask, tasksInHand } from '#casework/casework.ts'
import type { Sql } from '#engine/engine.ts'
import { withExhibits } from '#evidence/evidence.ts'
import { casesSeenBy, closeViewingsOf, handHoldsOn, holdsInHand, lookedSince } from '#footage/footage.ts'
import { append, listEntries } from '#ledger/ledger.ts'
import type { PeopleParts, Refusal } from '#people/people.ts'
import { baseline, type Providers } from '#providers/providers.ts'
import {
  giveVisit,
  handRegisterOn,
  listSites,
  openVisits,
  patchesOf,
  reachOf,
  registerInHand,
  takeVisits,
  visitsById,
  visitWindowOf,
} from '#register/register.ts'
import { accountRules } from './account-rules.ts'

type Floor = {
  readonly sql: Sql
  readonly clock: Clock
  readonly log: Log
  readonly providers: Providers
  readonly home: Home
}

export async function peopleParts({ sql, clock, log, providers, home }: Floor): Promise<PeopleParts> {
  return {
    box: await openSecretBox(join(home.path, 'keys', 'second-steps.key'), 'overt second step 1'),
    sql,
    clock,
    realClock: systemClock,
    log,
    record: append,
    providers: () =>
      providers.list().map(({ slug, name }) => {
        const pack = providers.packOf(slug)
        return { slug, name, roles: pack.values.roles, rules: accountRules(pack) }
      }),
    packs: () =>
      providers.packs.map((pack) => ({
        code: `${pack.provider}@${pack.version}`,
        title: pack.provider === baseline ? 'No policy of our own yet: begin with the strictest' : pack.name,
        hint: `${pack.title}, ${pack.reference}, in effect from ${pack.version}`,
        needsName: pack.provider === baseline,
      })),
    adoptPack(tx, code, { personId, name, nowMs }) {
      const [slug, version] = code.split('@') as [string, string | undefined]
      return providers.adopt(tx, {
        slug,
        ...(version === undefined ? {} : { version }),
        ...(name === null ? {} : { name }),
        by: personId,
        nowMs,
      })
    },
    afterSetup: () => providers.refresh(),
    work: workOf(providers),
    use: useOf(sql),
    places: placesOf(sql, providers),
    visits: visitsOf({ sql, clock, providers }),
  }
}

/** What names a person in the rooms above, and how it goes to somebody else. */
const workOf = (providers: Providers): NonNullable<PeopleParts['work']> => ({
  async inHand(sql, personId) {
    return [
      { what: 'open tasks', count: await tasksInHand(sql, personId) },
      { what: 'holds on footage', count: await holdsInHand(sql, personId) },
      ...(await registerInHand(sql, personId)),
    ]
  },
  async handOn(tx, fromId, toId, nowMs) {
    await closeViewingsOf(tx, fromId, nowMs)
    const roleAt = (slug: string): string | null =>
      providers.find(slug) === null ? null : providers.packOf(slug).values.dpoRole
    return [
      { what: 'open tasks', count: await handTasksOn(tx, fromId, toId, roleAt) },
      { what: 'holds on footage', count: toId === null ? 0 : await handHoldsOn(tx, fromId, toId) },
      ...(await handRegisterOn(tx, fromId, toId, nowMs)),
    ]
  },
})

const entryPagesMax = 40

/** Entries of these kinds that name a person, by whom they were made. */
async function aboutPeople(
  sql: Sql,
  kinds: readonly string[],
  sinceMs: number,
): Promise<readonly (Refusal & { readonly actor: string | null })[]> {
  const found: (Refusal & { readonly actor: string | null })[] = []
  for (const kind of kinds) {
    let before: number | null = null
    for (let page = 0; page < entryPagesMax; page++) {
      const filter = { kind, reach: null, fromMs: sinceMs }
      const entries = await listEntries(sql, filter, before === null ? {} : { before })
      for (const { about, actor, atMs } of entries.entries)
        if (about['person'] !== undefined) found.push({ personId: about['person'], actor, atMs })
      before = entries.older
      if (before === null) break
    }
  }
  return found
}

const useOf = (sql: Sql): NonNullable<PeopleParts['use']> => ({
  async looks(sinceMs) {
    const looks = await lookedSince(sql, sinceMs)
    const cases = [...new Set(looks.flatMap(({ caseId }) => caseId ?? []))]
    const [closed, exhibits] = await Promise.all([closedAmong(sql, cases), withExhibits(sql, cases)])
    return looks.map(({ caseId, ...look }) => ({
      ...look,
      outcome: caseId !== null && (closed.has(caseId) || exhibits.has(caseId)),
    }))
  },
  refusals: (sinceMs) => aboutPeople(sql, ['person.sign-in-failed', 'person.second-step-failed'], sinceMs),
  async letInAnew(sinceMs) {
    const kinds = ['person.created', 'person.invited', 'person.second-step-reset']
    // What the program did by itself (a demo's people) and what somebody did for themselves is no other's hand.
    return (await aboutPeople(sql, kinds, sinceMs)).filter(
      ({ actor, personId }) => actor !== null && actor !== personId,
    )
  },
  openTask: (tx, { alarm, provider, roles, title, nowMs }) =>
    openTask(tx, {
      kind: 'people.unusual-use',
      provider,
      title,
      roles,
      about: { alarm },
      dueMs: nowMs + 7 * 86_400_000,
      nowMs,
    }),
  closeTask: (tx, { alarm, by, nowMs }) =>
    closeTask(tx, { kind: 'people.unusual-use', about: { alarm }, by, nowMs }),
})

/** The register's visits are the only times at which an engineer's account opens. */
export const visitsOf = ({
  sql,
  clock,
  providers,
}: Pick<Floor, 'sql' | 'clock' | 'providers'>): NonNullable<PeopleParts['visits']> => ({
  open: (person) => openVisits(sql, reachOf(person, 'register.view', providers), clock.nowMs()),
  byId: visitsById,
  give: giveVisit,
  take: takeVisits,
  goingOn: visitWindowOf,
})

const placesOf = (sql: Sql, providers: Providers): NonNullable<PeopleParts['places']> => ({
  sites: async (person, text) =>
    (await listSites(sql, reachOf(person, 'register.view', providers), text)).map(
      ({ id, name, provider }) => ({ id, name, provider }),
    ),
  patches: async (provider) =>
    (await patchesOf(sql, provider)).map(({ id, name }) => ({ id, name, provider })),
  async caseBy(person, reference) {
    const found = await findCase(sql, casesSeenBy(person), reference)
    return found && { id: found.id, name: found.reference, provider: found.provider }
  },
})
