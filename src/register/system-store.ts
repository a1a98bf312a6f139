/** All SQL about systems. */
import { newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { listMax } from './listing.ts'

export type System = {
  readonly id: string
  readonly provider: string
  readonly siteId: string
  readonly name: string
  /** Codes of the pack's purposes. */
  readonly purposes: readonly string[]
  readonly managerId: string | null
}

export async function insertSystem(
  tx: Tx,
  system: Omit<System, 'id'> & { readonly by: string; readonly nowMs: number },
): Promise<string> {
  const id = newId(system.nowMs)
  await tx`
    insert into register.system (id, provider, site_id, name, purposes, manager_id, created_at, created_by)
    values (${id}, ${system.provider}, ${system.siteId}, ${system.name}, ${system.purposes as string[]},
            ${system.managerId}, ${system.nowMs}, ${system.by})`
  return id
}

export async function findSystem(sql: Query, id: string): Promise<System | null> {
  const [row] = await sql<SystemRow[]>`select * from register.system where id = ${id}`
  return row ? toSystem(row) : null
}

export async function systemsById(sql: Query, ids: readonly string[]): Promise<ReadonlyMap<string, System>> {
  const rows = await sql<
    SystemRow[]
  >`select * from register.system where id = any (${ids as string[]}::uuid[])`
  return new Map(rows.map((row) => [row.id, toSystem(row)]))
}

export async function systemsAt(sql: Query, siteId: string): Promise<readonly System[]> {
  const rows = await sql<SystemRow[]>`
    select * from register.system where site_id = ${siteId} order by name, id limit ${listMax}`
  return rows.map(toSystem)
}

/** Names who answers for a system; null: nobody yet. */
export async function setManager(tx: Tx, systemId: string, managerId: string | null): Promise<void> {
  await tx`update register.system set manager_id = ${managerId} where id = ${systemId}`
}

type SystemRow = {
  id: string
  provider: string
  site_id: string
  name: string
  purposes: string[]
  manager_id: string | null
}

const toSystem = (row: SystemRow): System => ({
  id: row.id,
  provider: row.provider,
  siteId: row.site_id,
  name: row.name,
  purposes: row.purposes,
  managerId: row.manager_id,
})
