/** The landlords of an installation, kept in memory as the database has them, and every change to them. */
import { type Clock, civilDay, Failure, type Log, ok, type Reason, type Result, refuse } from '#base/base.ts'
import type { Query, Sql, Tx } from '#engine/engine.ts'
import { type Pack, withDecisions } from '#policy/policy.ts'
import { entryOf, holdAgainstDisk, recordRevisions } from './adopted.ts'
import { changesBetween, insertEffect, type Running, taskTitle } from './changes.ts'
import {
  allDecisions,
  checkDecision,
  type Decision,
  decisionsAt,
  entryOfDecision,
  insertDecision,
  newDecision,
  openPointsTask,
} from './decisions.ts'
import { inDueTime, type TaskBook } from './deps.ts'
import { allSubsidiaries, insertSubsidiary, whyNoSubsidiary } from './group.ts'
import { keepsLessTask, keepsLessWork } from './kept.ts'
import type { Adoption, AppendToLedger, Provider, Providers } from './model.ts'
import { baseline } from './new-pack.ts'
import { readPacks } from './packs.ts'
import { type AdoptedVersion, allProviders, allVersions, ensureProvider, insertVersion } from './store.ts'

/**
 * @param folder `policies/`
 * @throws Failure('invalid') with every mistake of every pack; Failure('data-loss') where an adopted version's folder
 * has changed or is gone
 */
export async function openProviders(parts: {
  readonly sql: Sql
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
  readonly record?: AppendToLedger
  readonly tasks?: TaskBook
  /** The authorities of a landlord that have not ended. */
  running?(sql: Query, slug: string): Promise<readonly Running[]>
}): Promise<Providers> {
  const { sql, clock, record } = parts
  const packs = readPacks(parts.folder)
  const onDisk = new Map(packs.map((pack) => [`${pack.provider}@${pack.version}`, pack]))
  let providers: readonly Provider[] = []
  let decisions: ReadonlyMap<string, readonly Decision[]> = new Map()
  /** Packs with the answers laid in, by landlord, version and which answers. */
  const laid = new Map<string, Pack>()

  const refresh = async () => {
    const versions = await allVersions(sql)
    for (const version of versions)
      holdAgainstDisk(version, onDisk.get(`${version.provider}@${version.version}`))
    const rows = await allProviders(sql)
    const groups = new Map((await allSubsidiaries(sql)).map((row) => [row.slug, row.group]))
    providers = rows.map(({ slug, name, timeZone }) => {
      const group = groups.get(slug) ?? null
      return { slug, name, timeZone, group, versions: versions.filter((v) => v.provider === (group ?? slug)) }
    })
    decisions = Map.groupBy(await allDecisions(sql), (one) => one.provider)
    laid.clear()
  }
  const taskOf = async (tx: Tx, slug: string, pack: Pack) => {
    if (parts.tasks === undefined) return
    const about = { provider: slug }
    const task = openPointsTask(pack)
    const nowMs = clock.nowMs()
    if (task === null) await parts.tasks.close(tx, { kind: 'policy.open', about, by: null, nowMs })
    else
      await parts.tasks.open(tx, {
        kind: 'policy.open',
        provider: slug,
        ...task,
        about,
        ...inDueTime(nowMs),
        clause: null,
        nowMs,
      })
  }
  /** Found by the clock, once: what runs goes on, and those who answer for a difference are told of it. */
  const tookEffect = async (tx: Tx, slug: string, current: AdoptedVersion, previous: AdoptedVersion) => {
    const nowMs = clock.nowMs()
    const effect = { provider: slug, version: current.version, previous: previous.version, effectMs: nowMs }
    if (!(await insertEffect(tx, effect))) return
    const running = (await parts.running?.(tx, slug)) ?? []
    const changes = changesBetween(
      packOf(slug, { version: previous.version }),
      packOf(slug, { version: current.version }),
      running,
    )
    if (record)
      await record(tx, {
        kind: 'policy.took-effect',
        actor: null,
        provider: slug,
        about: { provider: slug },
        data: {
          version: current.version,
          previous: previous.version,
          differences: String(changes.length),
          cameras: String(running.length),
        },
        atMs: nowMs,
      })
    for (const change of changes.filter((one) => one.running.length > 0))
      await parts.tasks?.open(tx, {
        kind: 'policy.changed',
        provider: slug,
        title: taskTitle(change),
        roles: change.roles,
        about: { provider: slug, version: current.version, difference: change.difference.id },
        ...inDueTime(nowMs),
        clause: change.difference.clause,
        nowMs,
      })
  }
  await recordRevisions(parts, onDisk)
  await refresh()
  parts.log.info({ packs: packs.length, providers: providers.length }, 'policy packs read')

  const find = (slug: string) => providers.find((provider) => provider.slug === slug) ?? null
  const decisionsOf = (slug: string) => decisions.get(find(slug)?.group ?? slug) ?? []

  const withAnswers = (slug: string, pack: Pack, askedMs: number | null): Pack => {
    const counting = decisionsAt(decisionsOf(slug), askedMs)
    const name = `${slug} ${pack.engineName} ${counting.map((one) => one.id).join(' ')}`
    const known = laid.get(name)
    if (known !== undefined) return known
    // A subsidiary's people hold their roles at the subsidiary.
    const own = { ...withDecisions(pack, counting), provider: slug }
    // The baseline is nobody's document, so it speaks by the name of whoever decides by it.
    const made =
      pack.provider === baseline ? { ...own, name: find(find(slug)?.group ?? slug)?.name ?? own.name } : own
    laid.set(name, made)
    return made
  }

  const packOf: Providers['packOf'] = (slug, at = {}) => {
    const provider = find(slug)
    if (provider === null) throw new Failure('not-found', `No landlord "${slug}" has adopted a policy here.`)
    const day = at.day ?? civilDay(clock.nowMs(), provider.timeZone)
    const version = at.version ?? inEffect(provider.versions, day)?.version
    const adopted = provider.versions.some((v) => v.version === version)
    const pack = onDisk.get(`${provider.group ?? slug}@${version}`)
    if (!adopted || pack === undefined)
      throw new Failure(
        'not-found',
        `${provider.name} has no policy in effect ${at.version ? `of version ${at.version}` : `on ${day}`}.`,
      )
    return withAnswers(slug, pack, at.askedMs ?? null)
  }

  return {
    packs,
    list: () => providers,
    find,
    refresh,

    packOf,

    decisions: decisionsOf,

    async decidePoint(tx, wanted) {
      const group = find(wanted.slug)?.group
      if (group)
        return refuse({
          code: 'group-decides',
          message: `${find(group)?.name ?? 'The group'} decides this for the whole group.`,
          clause: null,
        })
      const pack = packOf(wanted.slug)
      const checked = checkDecision(pack, wanted)
      if (!checked.ok) return checked
      const made = newDecision(pack, wanted, checked.value)
      const entry = entryOfDecision({ ...made, ledgerEntry: null }, checked.value.point)
      const kept = record ? await record(tx, entry) : null
      const decision = { ...made, ledgerEntry: typeof kept === 'string' ? kept : null }
      await insertDecision(tx, decision)
      const said = onDisk.get(`${wanted.slug}@${pack.version}`)!
      await taskOf(
        tx,
        wanted.slug,
        withDecisions(said, [...decisionsAt(decisionsOf(wanted.slug), null), decision]),
      )
      return ok(decision)
    },

    async bringTasksInLine(tx) {
      for (const { slug, group, versions } of providers) {
        const day = civilDay(clock.nowMs(), find(slug)!.timeZone)
        for (const work of keepsLessWork({ find, packOf }, slug, day, clock.nowMs()))
          await parts.tasks?.open(tx, work)
        const current = inEffect(versions, day)
        if (current === undefined) continue
        await parts.tasks?.close(tx, {
          kind: keepsLessTask,
          about: { provider: slug, version: current.version },
          by: null,
          nowMs: clock.nowMs(),
        })
        if (group === null) await taskOf(tx, slug, packOf(slug))
        const previous = inEffect(
          versions.filter((one) => one.fromDay < current.fromDay),
          day,
        )
        if (previous !== undefined) await tookEffect(tx, slug, current, previous)
      }
    },

    async addSubsidiary(tx, wanted) {
      const group = find(wanted.group)
      const refused = whyNoSubsidiary(wanted, group, find(wanted.slug), packs)
      if (refused !== null) return refuse(refused)
      await ensureProvider(tx, {
        slug: wanted.slug,
        name: wanted.name,
        timeZone: group!.timeZone,
        createdMs: wanted.nowMs,
      })
      await insertSubsidiary(tx, wanted)
      if (record)
        await record(tx, {
          kind: 'provider.joined-group',
          actor: wanted.by,
          provider: wanted.slug,
          about: { provider: wanted.slug, group: wanted.group },
          data: {},
          atMs: wanted.nowMs,
        })
      const provider: Provider = { ...group!, slug: wanted.slug, name: wanted.name, group: wanted.group }
      providers = [...providers, provider].sort((a, b) => a.name.localeCompare(b.name))
      return ok(provider)
    },

    async adopt(tx, adoption) {
      const chosen = choose(packs, adoption)
      if (!chosen.ok) return chosen
      const pack = chosen.value
      const known = find(pack.provider)
      if (known?.group)
        return refuse({
          code: 'in-a-group',
          message: `${known.name} decides by the policy of its group and takes on no other.`,
          clause: null,
        })
      const row = {
        slug: pack.provider,
        name: known?.name ?? adoption.name ?? pack.name,
        timeZone: pack.values.provider.timeZone,
        createdMs: adoption.nowMs,
      }
      const version: AdoptedVersion = {
        provider: pack.provider,
        version: pack.version,
        revision: pack.revision,
        fromDay: adoption.fromDay ?? civilDay(adoption.nowMs, row.timeZone),
        hash: pack.hash,
        reference: pack.reference,
        title: pack.title,
        adoptedBy: adoption.by,
        adoptedMs: adoption.nowMs,
      }
      await ensureProvider(tx, row)
      const made = await insertVersion(tx, version)
      if (made && record) await record(tx, entryOf(version))
      const versions = made
        ? [...(known?.versions ?? []), version].sort(byDay)
        : (known?.versions ?? (await allVersions(tx)).filter((v) => v.provider === row.slug))
      const provider: Provider = {
        slug: row.slug,
        name: row.name,
        timeZone: row.timeZone,
        group: null,
        versions,
      }
      // Known at once in this process. Should the transaction roll back, nobody holds a role there yet, and the next
      // `refresh` forgets it.
      providers = [...providers.filter((p) => p.slug !== row.slug), provider].sort((a, b) =>
        a.name.localeCompare(b.name),
      )
      return ok(provider)
    },
  }
}

/** Adopts several packs in one transaction. @throws Failure('invalid') when one of them can't be adopted */
export async function adoptPacks(
  tx: Tx,
  providers: Providers,
  adoptions: readonly Adoption[],
): Promise<Provider[]> {
  const made: Provider[] = []
  for (const adoption of adoptions) {
    const result = await providers.adopt(tx, adoption)
    if (!result.ok) throw new Failure('invalid', result.reasons.map((r) => r.message).join(' '))
    made.push(result.value)
  }
  return made
}

const byDay = (a: AdoptedVersion, b: AdoptedVersion) =>
  a.fromDay.localeCompare(b.fromDay) || a.version.localeCompare(b.version)

/** The latest whose first day has come; of two on one day, the newer document. */
function inEffect(versions: readonly AdoptedVersion[], day: string): AdoptedVersion | undefined {
  return [...versions].sort(byDay).findLast((version) => version.fromDay <= day)
}

function choose(packs: readonly Pack[], adoption: Adoption): Result<Pack> {
  const mine = packs.filter((pack) => pack.provider === adoption.slug)
  const pack = adoption.version === undefined ? mine.at(-1) : mine.find((p) => p.version === adoption.version)
  if (pack !== undefined) return ok(pack)
  const reason: Reason = {
    code: 'no-such-pack',
    message: `There is no policy pack for "${adoption.slug}"${adoption.version ? ` of ${adoption.version}` : ''}.`,
    clause: null,
  }
  return refuse(reason)
}
