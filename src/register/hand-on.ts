import type { Query, Tx } from '#engine/engine.ts'

/** What in the register names a person who answers for it: plain words and how many. */
export type Named = { readonly what: string; readonly count: number }

export async function registerInHand(sql: Query, personId: string): Promise<readonly Named[]> {
  const [row] = await sql<
    { systems: number; patches: number; operated: number; devices: number; visits: number }[]
  >`
    select
      (select count(*) from register.system where manager_id = ${personId}) as systems,
      (select count(*) from register.patch where manager_id = ${personId}) as patches,
      (select count(*) from register.operator where person_id = ${personId} and ended_at is null) as operated,
      (select count(*) from register.device where holder_id = ${personId} and status = 'issued') as devices,
      (select count(*) from register.visit
       where supervisor_id = ${personId} and left_at is null and cancelled_at is null) as visits`
  return [
    { what: 'systems managed', count: row!.systems },
    { what: 'patches looked after', count: row!.patches },
    { what: 'systems operated', count: row!.operated },
    { what: 'engineers’ visits to stay with', count: row!.visits },
    { what: 'devices held (take them back in the register)', count: row!.devices },
  ]
}

/**
 * Gives systems and patches to somebody else; with null nobody manages them, which the register shows and chases. Who
 * operated a system stops; a successor is named as operator by the manager. A device is not handed on by software. With
 * nobody to stay with an engineer, a visit to come is called off, and one that goes on opens no account any more.
 */
export async function handRegisterOn(
  tx: Tx,
  fromId: string,
  toId: string | null,
  nowMs: number,
): Promise<readonly Named[]> {
  const systems = await tx`update register.system set manager_id = ${toId} where manager_id = ${fromId}`
  const patches = await tx`
    update register.patch set manager_id = ${toId}, version = version + 1 where manager_id = ${fromId}`
  const operated = await tx`
    update register.operator set ended_at = ${nowMs}::timestamptz where person_id = ${fromId} and ended_at is null`
  const visits =
    toId === null
      ? await tx`
          update register.visit
          set cancelled_at = case when arrived_at is null then ${nowMs}::timestamptz end, account_id = null
          where supervisor_id = ${fromId} and left_at is null and cancelled_at is null`
      : await tx`
          update register.visit set supervisor_id = ${toId}
          where supervisor_id = ${fromId} and left_at is null and cancelled_at is null`
  return [
    { what: 'systems managed', count: systems.count },
    { what: 'patches looked after', count: patches.count },
    { what: 'systems operated', count: operated.count },
    {
      what: toId === null ? 'engineers’ visits called off' : 'engineers’ visits to stay with',
      count: visits.count,
    },
  ]
}
