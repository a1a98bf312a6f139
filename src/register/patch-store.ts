/** All SQL about patches: the part of an area that one person looks after. */
import { isId, newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { listMax } from './listing.ts'
import { type Reach, withinReach } from './reach.ts'

export type Patch = {
  readonly id: string
  readonly provider: string
  readonly name: string
  readonly area: string | null
  /** Who looks after it; null: nobody yet. */
  readonly managerId: string | null
  readonly version: number
}

/** Null when the landlord has a patch of that name. */
export async function insertPatch(
  tx: Tx,
  patch: Omit<Patch, 'id' | 'version'> & { readonly by: string; readonly nowMs: number },
): Promise<string | null> {
  const rows = await tx<{ id: string }[]>`
    insert into register.patch (id, provider, name, area, manager_id, created_at, created_by)
    values (${newId(patch.nowMs)}, ${patch.provider}, ${patch.name}, ${patch.area}, ${patch.managerId}, ${patch.nowMs},
            ${patch.by})
    on conflict (provider, name) do nothing returning id`
  return rows[0]?.id ?? null
}

/** False when somebody changed it since `version` was read. */
export async function updatePatch(
  tx: Tx,
  patch: Pick<Patch, 'id' | 'name' | 'area' | 'managerId' | 'version'>,
): Promise<boolean> {
  const rows = await tx`
    update register.patch set name = ${patch.name}, area = ${patch.area}, manager_id = ${patch.managerId},
      version = version + 1
    where id = ${patch.id} and version = ${patch.version}`
  return rows.count === 1
}

export async function patchNamed(sql: Query, provider: string, name: string): Promise<Patch | null> {
  const [row] = await sql<PatchRow[]>`
    select * from register.patch where provider = ${provider} and name = ${name}`
  return row ? toPatch(row) : null
}

export async function findPatch(sql: Query, id: string): Promise<Patch | null> {
  if (!isId(id)) return null
  const [row] = await sql<PatchRow[]>`select * from register.patch where id = ${id}`
  return row ? toPatch(row) : null
}

export async function listPatches(sql: Query, reach: Reach): Promise<readonly (Patch & { sites: number })[]> {
  // A reach that names the patch itself holds it too, whatever area it lies in.
  const named = reach.held.flatMap(({ provider, areas }) => areas.map((word) => `${provider}\n${word}`))
  const rows = await sql<(PatchRow & { sites: number })[]>`
    select p.*, (select count(*) from register.site t where t.patch_id = p.id
                   and ${withinReach(sql, reach, 't.provider', 't.area', 't.id')}) as sites
    from register.patch p
    where ${withinReach(sql, reach, 'p.provider', 'p.area')}
      or p.provider || E'\\npatch:' || p.id = any (${named}::text[])
    order by p.name, p.id limit ${listMax}`
  return rows.map((row) => ({ ...toPatch(row), sites: row.sites }))
}

/** The patches of one landlord, for a choice on a form. */
export async function patchesOf(sql: Query, provider: string): Promise<readonly Patch[]> {
  const rows = await sql<PatchRow[]>`
    select * from register.patch where provider = ${provider} order by name limit ${listMax}`
  return rows.map(toPatch)
}

/** Who looks after the patch in which a site lies, or null. */
export async function patchManagerAt(sql: Query, siteId: string): Promise<string | null> {
  const [row] = await sql<{ manager_id: string | null }[]>`
    select p.manager_id from register.site t join register.patch p on p.id = t.patch_id where t.id = ${siteId}`
  return row?.manager_id ?? null
}

type PatchRow = {
  id: string
  provider: string
  name: string
  area: string | null
  manager_id: string | null
  version: number
}

const toPatch = (row: PatchRow): Patch => ({
  id: row.id,
  provider: row.provider,
  name: row.name,
  area: row.area,
  managerId: row.manager_id,
  version: row.version,
})
