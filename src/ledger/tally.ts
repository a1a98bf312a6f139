import type { Query } from '#engine/engine.ts'

/** How many entries of one kind a landlord has in one hour. */
export type TalliedHour = {
  readonly provider: string
  readonly kind: string
  /** The code under `data.cause`, '' where the entry has none. */
  readonly cause: string
  /** Beginning of the UTC hour of the entries' own times. */
  readonly hourMs: number
  readonly entries: number
}

/**
 * Counts landlords' entries numbered above `after`, `entriesMax` at most, so that a count can be kept beside the ledger
 * and brought up to date by reading only what is new. Entries of the installation itself are not counted.
 * @returns `to`: the last number looked at; `after` itself when there is nothing new
 */
export async function tallyAfter(
  sql: Query,
  after: number,
  entriesMax: number,
): Promise<{ readonly to: number; readonly hours: readonly TalliedHour[] }> {
  const [last] = await sql<{ to: number | null }[]>`
    select max(number) as "to" from ledger.entry where number > ${after} and number <= ${after + entriesMax}`
  const to = last?.to ?? null
  if (to === null) return { to: after, hours: [] }
  const hours = await sql<TalliedHour[]>`
    select provider, kind, coalesce(left(leaf::jsonb -> 'data' ->> 'cause', 80), '') as cause,
      at_ms / 3600000 * 3600000 as "hourMs", count(*) as entries
    from ledger.entry where number > ${after} and number <= ${to} and provider is not null
    group by 1, 2, 3, 4`
  return { to, hours }
}
