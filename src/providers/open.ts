import { type Clock, civilDay, Failure, type Log, ok, type Reason, type Result, refuse } from '#base/base.ts'
import { inTransaction, type Sql, type Tx } from '#engine/engine.ts'
import type { Pack } from '#policy/policy.ts'
import { readPacks } from './packs.ts'
import { type AdoptedVersion, allProviders, allVersions, ensureProvider, insertVersion } from './store.ts'

export type Provider = {
  readonly slug: string
  /** What people read. */
  readonly name: string
  readonly timeZone: string
  readonly versions: readonly AdoptedVersion[]
}

export type Adoption = {
  readonly slug: string
  /** The landlord's own name where it differs from the document's. */
  readonly name?: string
  /** Day of effect of the pack; the newest on disk when not given. */
  readonly version?: string
  /** First day to decide by it; today when not given. */
  readonly fromDay?: string
  readonly by: string | null
  readonly nowMs: number
}

/** Appends to the ledger in the same transaction: `main` hands in ledger's `append`. */
export type AppendToLedger = (
  tx: Tx,
  entry: {
    kind: string
    actor: string | null
    provider: string | null
    about: { [name: string]: string }
    data: { [name: string]: string }
    atMs: number
  },
) => Promise<unknown>

export type Providers = {
  /** Every pack on disk, adopted or not: what a first administrator chooses from. */
  readonly packs: readonly Pack[]
  /** The adopted landlords, by name. */
  list(): readonly Provider[]
  /** null when nobody of that slug has adopted a policy here. */
  find(slug: string): Provider | null
  /**
   * The pack to decide by: that of a version (as kept with an earlier decision), or the one in effect on a civil
   * day, today when not told. @throws Failure('not-found')
   */
  packOf(slug: string, at?: { readonly day?: string; readonly version?: string }): Pack
  /** A landlord takes on a pack. Adopting the same version again changes nothing. */
  adopt(tx: Tx, adoption: Adoption): Promise<Result<Provider>>
  /** Reads again what was adopted, by another process too. */
  refresh(): Promise<void>
}

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
}): Promise<Providers> {
  const { sql, clock, record } = parts
  const packs = readPacks(parts.folder)
  const onDisk = new Map(packs.map((pack) => [`${pack.provider}@${pack.version}`, pack]))
  let providers: readonly Provider[] = []

  const refresh = async () => {
    const versions = await allVersions(sql)
    for (const version of versions)
      holdAgainstDisk(version, onDisk.get(`${version.provider}@${version.version}`))
    const rows = await allProviders(sql)
    providers = rows.map(({ slug, name, timeZone }) => ({
      slug,
      name,
      timeZone,
      versions: versions.filter((version) => version.provider === slug),
    }))
  }
  await recordRevisions(parts, onDisk)
  await refresh()
  parts.log.info({ packs: packs.length, providers: providers.length }, 'policy packs read')

  const find = (slug: string) => providers.find((provider) => provider.slug === slug) ?? null

  return {
    packs,
    list: () => providers,
    find,
    refresh,

    packOf(slug, at = {}) {
      const provider = find(slug)
      if (provider === null)
        throw new Failure('not-found', `No landlord "${slug}" has adopted a policy here.`)
      const day = at.day ?? civilDay(clock.nowMs(), provider.timeZone)
      const version = at.version ?? inEffect(provider.versions, day)?.version
      const adopted = provider.versions.some((v) => v.version === version)
      const pack = onDisk.get(`${slug}@${version}`)
      if (!adopted || pack === undefined)
        throw new Failure(
          'not-found',
          `${provider.name} has no policy in effect ${at.version ? `of version ${at.version}` : `on ${day}`}.`,
        )
      return pack
    },

    async adopt(tx, adoption) {
      const chosen = choose(packs, adoption)
      if (!chosen.ok) return chosen
      const pack = chosen.value
      const known = find(pack.provider)
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
      const provider: Provider = { slug: row.slug, name: row.name, timeZone: row.timeZone, versions }
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

/** Packs of adopted versions that were written more fully since: each is recorded, once, before anything is decided. */
async function recordRevisions(
  parts: { readonly sql: Sql; readonly clock: Clock; readonly record?: AppendToLedger },
  onDisk: ReadonlyMap<string, Pack>,
): Promise<void> {
  for (const version of await allVersions(parts.sql)) {
    const pack = onDisk.get(`${version.provider}@${version.version}`)
    if (pack === undefined || pack.revision <= version.revision) continue
    const revised: AdoptedVersion = {
      ...version,
      revision: pack.revision,
      hash: pack.hash,
      reference: pack.reference,
      title: pack.title,
      adoptedBy: null,
      adoptedMs: parts.clock.nowMs(),
    }
    await inTransaction(parts.sql, async (tx) => {
      if ((await insertVersion(tx, revised)) && parts.record)
        await parts.record(tx, { ...entryOf(revised), kind: 'policy.revised' })
    })
  }
}

function holdAgainstDisk(version: AdoptedVersion, pack: Pack | undefined): void {
  const place = `policies/${version.provider}/${version.version}`
  if (pack === undefined)
    throw new Failure(
      'data-loss',
      `${place} was adopted and is gone. Decisions were made under it: put the folder back as it was.`,
    )
  if (pack.revision < version.revision)
    throw new Failure(
      'unsupported',
      `${place} is revision ${pack.revision}, and this installation already decides by revision ${version.revision}. Start the Overt that brought it, or put that folder back.`,
    )
  if (pack.hash !== version.hash)
    throw new Failure(
      'data-loss',
      `${place} was adopted and has been changed since. Put the files back as they were. A change of the policy is a new version in a folder of its own day; a fuller writing of the same document raises its revision.`,
    )
}

const entryOf = (version: AdoptedVersion) => ({
  kind: 'policy.adopted',
  actor: version.adoptedBy,
  provider: version.provider,
  about: { provider: version.provider },
  data: {
    version: version.version,
    revision: String(version.revision),
    fromDay: version.fromDay,
    hash: version.hash,
    reference: version.reference,
  },
  atMs: version.adoptedMs,
})
