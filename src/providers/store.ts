import type { Query, Tx } from '#engine/engine.ts'

export type ProviderRow = {
  readonly slug: string
  readonly name: string
  readonly timeZone: string
  readonly createdMs: number
}

export type AdoptedVersion = {
  readonly provider: string
  /** Day of effect of the document: the pack's folder. */
  readonly version: string
  /** Of the pack that writes the document out; the highest on record decides. */
  readonly revision: number
  /** Day from which this installation decides by it. */
  readonly fromDay: string
  readonly hash: string
  readonly reference: string
  readonly title: string
  readonly adoptedBy: string | null
  readonly adoptedMs: number
}

export async function allProviders(sql: Query): Promise<ProviderRow[]> {
  return await sql<ProviderRow[]>`
    select slug, name, time_zone as "timeZone", created_at as "createdMs" from providers.provider order by name`
}

/** The newest revision of each adopted version. */
export async function allVersions(sql: Query): Promise<AdoptedVersion[]> {
  return await sql<AdoptedVersion[]>`
    select * from (
      select distinct on (provider, version) provider, version, revision, from_day as "fromDay", hash, reference,
        title, adopted_by as "adoptedBy", adopted_at as "adoptedMs"
      from providers.adopted_version order by provider, version, revision desc
    ) newest order by provider, "fromDay", version`
}

/** Makes the landlord, or keeps the one there is: a second adoption may not rename it. */
export async function ensureProvider(tx: Tx, row: ProviderRow): Promise<void> {
  await tx`
    insert into providers.provider (slug, name, time_zone, created_at)
    values (${row.slug}, ${row.name}, ${row.timeZone}, ${row.createdMs}::timestamptz)
    on conflict (slug) do nothing`
}

export async function insertVersion(tx: Tx, row: AdoptedVersion): Promise<boolean> {
  const made = await tx`
    insert into providers.adopted_version
      (provider, version, revision, from_day, hash, reference, title, adopted_by, adopted_at)
    values (${row.provider}, ${row.version}, ${row.revision}, ${row.fromDay}, ${row.hash}, ${row.reference}, ${row.title},
      ${row.adoptedBy}, ${row.adoptedMs}::timestamptz)
    on conflict (provider, version, revision) do nothing
    returning 1`
  return made.length === 1
}
