/** SQL of the register of laws, codes, standards and registrations. */
import type { Query, Tx } from '#engine/engine.ts'

export type StandardKind = 'statute' | 'code' | 'standard' | 'regulator' | 'registration'
export type StandardState = 'in-force' | 'amended' | 'repealed' | 'not-taken-up'

export type StandardRow = {
  readonly code: string
  readonly kind: StandardKind
  readonly title: string
  readonly edition: string | null
  readonly dated: string | null
  readonly ownerRole: string
  readonly expiresOn: string | null
  readonly number: string | null
  readonly state: StandardState
  readonly note: string | null
  readonly controls: readonly string[]
  readonly changedMs: number
  readonly checkedOn: string | null
}

export async function standardRows(sql: Query, provider: string): Promise<StandardRow[]> {
  return await sql<StandardRow[]>`
    select code, kind, title, edition, dated, owner_role as "ownerRole", expires_on as "expiresOn", number, state,
      note, controls, changed_at as "changedMs", checked_on as "checkedOn"
    from providers.standard where provider = ${provider} order by code limit 300`
}

export async function putStandard(tx: Tx, provider: string, row: StandardRow, by: string): Promise<void> {
  await tx`
    insert into providers.standard (provider, code, kind, title, edition, dated, owner_role, expires_on, number, state,
      note, controls, changed_at, changed_by, checked_on)
    values (${provider}, ${row.code}, ${row.kind}, ${row.title}, ${row.edition}, ${row.dated}, ${row.ownerRole},
      ${row.expiresOn}, ${row.number}, ${row.state}, ${row.note}, ${row.controls as string[]},
      ${row.changedMs}::timestamptz, ${by}, ${row.checkedOn})
    on conflict (provider, code) do update set kind = excluded.kind, title = excluded.title, edition = excluded.edition,
      dated = excluded.dated, owner_role = excluded.owner_role, expires_on = excluded.expires_on,
      number = excluded.number, state = excluded.state, note = excluded.note, controls = excluded.controls,
      changed_at = excluded.changed_at, changed_by = excluded.changed_by, checked_on = excluded.checked_on`
}

export type StandardChange = {
  readonly what: string
  readonly edition: string | null
  readonly state: StandardState
  readonly expiresOn: string | null
  readonly by: string | null
  readonly atMs: number
}

export async function insertChange(
  tx: Tx,
  provider: string,
  code: string,
  row: StandardChange & { readonly id: string },
): Promise<void> {
  await tx`
    insert into providers.standard_change (id, provider, code, what, edition, state, expires_on, by_person, at)
    values (${row.id}, ${provider}, ${code}, ${row.what}, ${row.edition}, ${row.state}, ${row.expiresOn}, ${row.by},
      ${row.atMs}::timestamptz)`
}

export async function changesOf(sql: Query, provider: string, code: string): Promise<StandardChange[]> {
  return await sql<StandardChange[]>`
    select what, edition, state, expires_on as "expiresOn", by_person as by, at as "atMs"
    from providers.standard_change where provider = ${provider} and code = ${code} order by at desc limit 100`
}
