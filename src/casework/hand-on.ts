import type { Query, Tx } from '#engine/engine.ts'

/** How many open tasks name this person. */
export async function tasksInHand(sql: Query, personId: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*) from casework.task where person_id = ${personId} and closed_at is null`
  return row!.count
}

/**
 * Gives a person's open tasks to somebody else; with null to the roles that each names. A task that names no role goes
 * to the one that `roleAt` gives for its landlord, so that it lands with somebody.
 */
export async function handTasksOn(
  tx: Tx,
  fromId: string,
  toId: string | null,
  roleAt: (provider: string) => string | null,
): Promise<number> {
  if (toId !== null) {
    const rows = await tx`
      update casework.task set person_id = ${toId} where person_id = ${fromId} and closed_at is null`
    return rows.count
  }
  const providers = await tx<{ provider: string }[]>`
    select distinct provider from casework.task where person_id = ${fromId} and closed_at is null`
  let handed = 0
  for (const { provider } of providers) {
    const role = roleAt(provider)
    const rows = await tx`
      update casework.task
      set person_id = null, roles = case when cardinality(roles) > 0 then roles else array[${role}::text] end
      where person_id = ${fromId} and closed_at is null and provider = ${provider}
        and (cardinality(roles) > 0 or ${role}::text is not null)`
    handed += rows.count
  }
  return handed
}

/** Which of these cases are closed. */
export async function closedAmong(sql: Query, caseIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await sql<{ id: string }[]>`
    select id from casework."case" where closed_at is not null and id = any (${[...caseIds]}::uuid[])`
  return new Set(rows.map(({ id }) => id))
}
