/** SQL of versions of a policy that keep less than the one before. */
import type { Query, Tx } from '#engine/engine.ts'

/** `slug version` of each that was carried out to the end. */
export async function appliedVersions(sql: Query): Promise<ReadonlySet<string>> {
  const rows = await sql<{ provider: string; version: string }[]>`
    select provider, version from footage.kept_less where done_at is not null`
  return new Set(rows.map(({ provider, version }) => `${provider} ${version}`))
}

/** False where it was told before. */
export async function tellApplied(
  tx: Tx,
  one: {
    readonly provider: string
    readonly version: string
    readonly cameraDays: number
    readonly nowMs: number
  },
): Promise<boolean> {
  const rows = await tx`
    insert into footage.kept_less (provider, version, camera_days, told_at)
    values (${one.provider}, ${one.version}, ${one.cameraDays}, ${one.nowMs}::timestamptz)
    on conflict (provider, version) do nothing`
  return rows.count === 1
}

export async function markApplied(
  sql: Query,
  provider: string,
  versions: readonly string[],
  nowMs: number,
): Promise<void> {
  await sql`
    update footage.kept_less set done_at = greatest(told_at, ${nowMs}::timestamptz)
    where provider = ${provider} and version = any(${versions as string[]}::date[]) and done_at is null`
}

/** What is shown of when these camera-days are gone: the first instant of a civil day at the site. Never later. */
export async function reelsGoneBy(tx: Tx, kids: readonly string[], goneBy: string): Promise<void> {
  await tx`
    update footage.reel set gone_by_at = (${goneBy}::date::timestamp at time zone time_zone)
    where kid = any(${kids as string[]}) and keys_destroyed_at is null
      and gone_by_at > (${goneBy}::date::timestamp at time zone time_zone)`
}

/** Of these camera-days, those whose time was over and that the database remembers as destroyed. */
export async function kidsGone(sql: Query, kids: readonly string[]): Promise<readonly string[]> {
  if (kids.length === 0) return []
  const rows = await sql<{ kid: string }[]>`
    select distinct kid from footage.reel
    where kid = any(${kids as string[]}) and keys_destroyed_at is not null and deleted_cause = 'retention'`
  return rows.map(({ kid }) => kid)
}
