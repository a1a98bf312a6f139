/** All SQL about who operates a system and the procedure they keep to. */
import { createHash } from 'node:crypto'
import { isId, newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import type { Document } from './documents.ts'

export type Procedure = {
  readonly id: string
  readonly systemId: string
  readonly version: number
  readonly title: string
  readonly duties: string
  /** An address in the landlord's library; null: the document itself is here. */
  readonly link: string | null
  readonly fileName: string | null
  readonly writtenMs: number
  readonly writtenBy: string
}

// ---- operators ----

/** Who operates these systems now. */
export async function operatorsOf(
  sql: Query,
  systemIds: readonly string[],
): Promise<(systemId: string) => readonly string[]> {
  const rows = await sql<{ system_id: string; person_id: string }[]>`
    select system_id, person_id from register.operator
    where ended_at is null and system_id = any (${systemIds as string[]}::uuid[]) order by named_at`
  return (systemId) => rows.filter((row) => row.system_id === systemId).map((row) => row.person_id)
}

/** False: they operate it already. */
export async function nameOperator(
  tx: Tx,
  of: { readonly systemId: string; readonly personId: string; readonly by: string; readonly nowMs: number },
): Promise<boolean> {
  const rows = await tx`
    insert into register.operator (system_id, person_id, named_at, named_by)
    values (${of.systemId}, ${of.personId}, ${of.nowMs}, ${of.by})
    on conflict do nothing`
  return rows.count === 1
}

export async function endOperator(
  tx: Tx,
  of: { readonly systemId: string; readonly personId: string; readonly nowMs: number },
): Promise<boolean> {
  const rows = await tx`
    update register.operator set ended_at = ${of.nowMs}
    where system_id = ${of.systemId} and person_id = ${of.personId} and ended_at is null`
  return rows.count === 1
}

// ---- procedures ----

/** The next version; whoever runs the system is asked again. Two at once get two versions, one after the other. */
export async function insertProcedure(
  tx: Tx,
  of: {
    readonly systemId: string
    readonly title: string
    readonly duties: string
    readonly link: string | null
    readonly file: Document | null
    readonly by: string
    readonly nowMs: number
  },
): Promise<{ readonly id: string; readonly version: number }> {
  await tx`select 1 from register.system where id = ${of.systemId} for update`
  const [row] = await tx<{ id: string; version: number }[]>`
    insert into register.procedure
      (id, system_id, version, title, duties, link, file_name, mime, bytes, sha256, written_at, written_by)
    select ${newId(of.nowMs)}, ${of.systemId},
      1 + coalesce((select max(version) from register.procedure where system_id = ${of.systemId}), 0),
      ${of.title}, ${of.duties}, ${of.link}, ${of.file?.name ?? null}, ${of.file?.mime ?? null},
      ${of.file?.bytes ?? null}::bytea,
      ${of.file ? createHash('sha256').update(of.file.bytes).digest() : null}::bytea, ${of.nowMs}::timestamptz,
      ${of.by}
    returning id, version`
  return row!
}

/** The newest procedure of each system that has one. */
export async function proceduresOf(
  sql: Query,
  systemIds: readonly string[],
): Promise<ReadonlyMap<string, Procedure>> {
  const rows = await sql<ProcedureRow[]>`
    select distinct on (system_id) id, system_id, version, title, duties, link, file_name, written_at, written_by
    from register.procedure where system_id = any (${systemIds as string[]}::uuid[])
    order by system_id, version desc`
  return new Map(rows.map((row) => [row.system_id, toProcedure(row)]))
}

export async function findProcedure(sql: Query, id: string): Promise<Procedure | null> {
  if (!isId(id)) return null
  const [row] = await sql<ProcedureRow[]>`
    select id, system_id, version, title, duties, link, file_name, written_at, written_by
    from register.procedure where id = ${id}`
  return row ? toProcedure(row) : null
}

/** The document, for those who may see its system. */
export async function procedureFile(sql: Query, id: string): Promise<Document | null> {
  const [row] = await sql<{ file_name: string; mime: Document['mime']; bytes: Buffer }[]>`
    select file_name, mime, bytes from register.procedure where id = ${id} and bytes is not null`
  return row ? { name: row.file_name, mime: row.mime, bytes: row.bytes } : null
}

/** Who has said that they know these procedures, and when. */
export async function acknowledgementsOf(
  sql: Query,
  procedureIds: readonly string[],
): Promise<(procedureId: string, personId: string) => number | null> {
  const rows = await sql<{ procedure_id: string; person_id: string; at: number }[]>`
    select * from register.acknowledgement where procedure_id = any (${procedureIds as string[]}::uuid[])`
  return (procedureId, personId) =>
    rows.find((row) => row.procedure_id === procedureId && row.person_id === personId)?.at ?? null
}

/** False: they had said so before. */
export async function acknowledge(
  tx: Tx,
  of: { readonly procedureId: string; readonly personId: string; readonly nowMs: number },
): Promise<boolean> {
  const rows = await tx`
    insert into register.acknowledgement (procedure_id, person_id, at)
    values (${of.procedureId}, ${of.personId}, ${of.nowMs}) on conflict do nothing`
  return rows.count === 1
}

type ProcedureRow = {
  id: string
  system_id: string
  version: number
  title: string
  duties: string
  link: string | null
  file_name: string | null
  written_at: number
  written_by: string
}

const toProcedure = (row: ProcedureRow): Procedure => ({
  id: row.id,
  systemId: row.system_id,
  version: row.version,
  title: row.title,
  duties: row.duties,
  link: row.link,
  fileName: row.file_name,
  writtenMs: row.written_at,
  writtenBy: row.written_by,
})
