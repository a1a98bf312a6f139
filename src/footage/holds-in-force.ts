import type { Query } from '#engine/engine.ts'

/** How many holds of a landlord stop a deletion now, and when the last of them ends; null: none does. */
export async function holdsInForce(
  sql: Query,
  provider: string,
): Promise<{ readonly holds: number; readonly lastEndsMs: number } | null> {
  const [row] = await sql<{ holds: number; lastEndsMs: number | null }[]>`
    select count(*) as holds, max(ends_at) as "lastEndsMs" from footage.hold
    where provider = ${provider} and ended_at is null`
  return row === undefined || row.lastEndsMs === null
    ? null
    : { holds: row.holds, lastEndsMs: row.lastEndsMs }
}
