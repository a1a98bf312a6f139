/** All SQL about systems. */
import { isId, newId } from '#base/base.ts'
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
  /** Fewer days than the policy allows; null: as many as the policy says. */
  readonly retentionDays: number | null
  /** Civil day at the site from which these days hold for what is recorded. */
  readonly retentionFrom: string | null
  readonly createdMs: number
  readonly version: number
}

export async function insertSystem(
  tx: Tx,
  system: Omit<System, 'id' | 'retentionDays' | 'retentionFrom' | 'createdMs' | 'version'> & {
    readonly by: string
    readonly nowMs: number
  },
): Promise<string> {
  const id = newId(system.nowMs)
  await tx`
    insert into register.system (id, provider, site_id, name, purposes, manager_id, created_at, created_by)
    values (${id}, ${system.provider}, ${system.siteId}, ${system.name}, ${system.purposes as string[]},
            ${system.managerId}, ${system.nowMs}, ${system.by})`
  return id
}

export async function findSystem(sql: Query, id: string): Promise<System | null> {
  if (!isId(id)) return null
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

/** Systems after this one in the order of their ids, for going through all of them. */
export async function systemsAfter(sql: Query, afterId: string | null): Promise<readonly System[]> {
  const rows = await sql<SystemRow[]>`
    select * from register.system where ${afterId}::uuid is null or id > ${afterId}::uuid order by id limit ${listMax}`
  return rows.map(toSystem)
}

/** Systems that somebody manages or operates, for their own page. */
export async function systemsOf(sql: Query, personId: string): Promise<readonly System[]> {
  const rows = await sql<SystemRow[]>`
    select s.* from register.system s where s.manager_id = ${personId} or exists (
      select from register.operator o where o.system_id = s.id and o.person_id = ${personId} and o.ended_at is null)
    order by s.name, s.id limit ${listMax}`
  return rows.map(toSystem)
}

/** Days for which a system's pictures are kept, of the days that the policy allows. */
export const keptDays = (system: Pick<System, 'retentionDays'>, allowed: number): number =>
  Math.min(system.retentionDays ?? allowed, allowed)

/** False when somebody changed the system since `version` was read. */
export async function updateSystem(
  tx: Tx,
  system: Pick<System, 'id' | 'name' | 'purposes' | 'retentionDays' | 'retentionFrom' | 'version'>,
): Promise<boolean> {
  const rows = await tx`
    update register.system
    set name = ${system.name}, purposes = ${system.purposes as string[]}, retention_days = ${system.retentionDays},
        retention_from = ${system.retentionFrom}, version = version + 1
    where id = ${system.id} and version = ${system.version}`
  return rows.count === 1
}

/** Names who answers for a system; null: nobody yet. */
export async function setManager(tx: Tx, systemId: string, managerId: string | null): Promise<void> {
  await tx`update register.system set manager_id = ${managerId}, version = version + 1 where id = ${systemId}`
}

type SystemRow = {
  id: string
  provider: string
  site_id: string
  name: string
  purposes: string[]
  manager_id: string | null
  retention_days: number | null
  retention_from: string | null
  created_at: number
  version: number
}

const toSystem = (row: SystemRow): System => ({
  id: row.id,
  provider: row.provider,
  siteId: row.site_id,
  name: row.name,
  purposes: row.purposes,
  managerId: row.manager_id,
  retentionDays: row.retention_days,
  retentionFrom: row.retention_from,
  createdMs: row.created_at,
  version: row.version,
})
