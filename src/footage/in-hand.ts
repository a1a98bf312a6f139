import type { Query, Tx } from '#engine/engine.ts'

/** How many standing holds this person answers for. */
export async function holdsInHand(sql: Query, personId: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*) from footage.hold where owner_id = ${personId} and ended_at is null`
  return row!.count
}

/** Gives a person's standing holds to somebody else: a hold has an owner, always. */
export async function handHoldsOn(tx: Tx, fromId: string, toId: string): Promise<number> {
  const rows = await tx`
    update footage.hold set owner_id = ${toId} where owner_id = ${fromId} and ended_at is null`
  return rows.count
}

/** Ends what somebody who is out still had open on their screen. */
export async function closeViewingsOf(tx: Tx, personId: string, nowMs: number): Promise<number> {
  const rows = await tx`
    update footage.viewing set ended_at = ${nowMs}::timestamptz where person_id = ${personId} and ended_at is null`
  return rows.count
}

export type Looked = {
  readonly personId: string
  readonly provider: string
  readonly cameraIds: readonly string[]
  readonly caseId: string | null
  readonly atMs: number
}

/** Who opened which viewing since then: when and of which camera, nothing of what was to be seen. */
export const lookedSince = (sql: Query, sinceMs: number): Promise<Looked[]> =>
  sql<Looked[]>`
    select person_id as "personId", provider, camera_ids as "cameraIds", case_id as "caseId", opened_at as "atMs"
    from footage.viewing where opened_at >= ${sinceMs}::timestamptz order by opened_at desc limit 100000`
