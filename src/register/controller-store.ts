/** All SQL about who is a system's controller and who its processors are (UK GDPR Art 4(7), 4(8), 26, 28). */
import type { Query, Tx } from '#engine/engine.ts'
import { type Proof, proofsOf, type Supplier, suppliersById } from './supplier-store.ts'
import { findSystem, type System } from './system-store.ts'

export const controllerKinds = ['own', 'landlord', 'outside'] as const
export type ControllerKind = (typeof controllerKinds)[number]

export type Controller = {
  readonly kind: ControllerKind
  /** Slug of another landlord of this installation. */
  readonly landlord: string | null
  /** A body that is no landlord here. */
  readonly body: string | null
  readonly contact: string
  /** That body as a supplier of the landlord, where it is one. */
  readonly supplierId: string | null
  /** With whom it decides jointly; empty: with nobody. */
  readonly joint: string
}

/** What holds until somebody says otherwise: the landlord itself, alone. */
export const ownController: Controller = {
  kind: 'own',
  landlord: null,
  body: null,
  contact: '',
  supplierId: null,
  joint: '',
}

/** A supplier with what it showed, for telling whether it may handle pictures. */
export type Papers = { readonly supplier: Supplier; readonly proofs: readonly Proof[] }
export type Processor = Papers & { readonly does: string }
export type Roles = {
  readonly controller: Controller
  /** The controller as a supplier of the landlord, with its papers. */
  readonly controllerPapers: Papers | null
  readonly processors: readonly Processor[]
}

/** Controllers and processors of these systems, in a few questions however many there are. */
export async function rolesOf(
  sql: Query,
  systemIds: readonly string[],
): Promise<(systemId: string) => Roles> {
  const [controllers, named] = await Promise.all([
    sql<ControllerRow[]>`
      select * from register.system_controller where system_id = any (${systemIds as string[]}::uuid[])`,
    sql<{ system_id: string; supplier_id: string; does: string }[]>`
      select p.system_id, p.supplier_id, p.does from register.system_processor p
      join register.supplier s on s.id = p.supplier_id
      where p.system_id = any (${systemIds as string[]}::uuid[]) and p.ended_at is null order by s.name, s.id`,
  ])
  const ids = [
    ...new Set([
      ...named.map((row) => row.supplier_id),
      ...controllers.flatMap((row) => (row.supplier_id === null ? [] : [row.supplier_id])),
    ]),
  ]
  const [suppliers, proofs] =
    ids.length === 0 ? [new Map<string, Supplier>(), () => []] : await papersOf(sql, ids)
  const papers = (id: string): Papers => ({ supplier: suppliers.get(id)!, proofs: proofs(id) })
  return (systemId) => {
    const row = controllers.find((one) => one.system_id === systemId)
    return {
      controller: row === undefined ? ownController : toController(row),
      controllerPapers: row === undefined || row.supplier_id === null ? null : papers(row.supplier_id),
      processors: named
        .filter((one) => one.system_id === systemId)
        .map((one) => ({ ...papers(one.supplier_id), does: one.does })),
    }
  }
}

const papersOf = (sql: Query, ids: readonly string[]) =>
  Promise.all([suppliersById(sql, ids), proofsOf(sql, ids)])

/** False when somebody changed the system since `version` was read. */
export async function setController(
  tx: Tx,
  given: Controller & {
    readonly systemId: string
    readonly version: number
    readonly by: string
    readonly nowMs: number
  },
): Promise<boolean> {
  const rows = await tx`
    update register.system set version = version + 1 where id = ${given.systemId} and version = ${given.version}`
  if (rows.count === 0) return false
  await tx`
    insert into register.system_controller
      (system_id, kind, landlord, body, contact, supplier_id, joint, set_at, set_by)
    values (${given.systemId}, ${given.kind}, ${given.landlord}, ${given.body}, ${given.contact},
      ${given.supplierId}, ${given.joint}, ${given.nowMs}, ${given.by})
    on conflict (system_id) do update set kind = excluded.kind, landlord = excluded.landlord, body = excluded.body,
      contact = excluded.contact, supplier_id = excluded.supplier_id, joint = excluded.joint, set_at = excluded.set_at,
      set_by = excluded.set_by`
  return true
}

/** False when the supplier is a processor of the system already. */
export async function nameProcessor(
  tx: Tx,
  given: {
    readonly systemId: string
    readonly supplierId: string
    readonly does: string
    readonly by: string
    readonly nowMs: number
  },
): Promise<boolean> {
  const rows = await tx`
    insert into register.system_processor (system_id, supplier_id, does, named_at, named_by)
    values (${given.systemId}, ${given.supplierId}, ${given.does}, ${given.nowMs}, ${given.by})
    on conflict do nothing`
  return rows.count === 1
}

/** False when it was none. */
export async function endProcessor(
  tx: Tx,
  given: { readonly systemId: string; readonly supplierId: string; readonly nowMs: number },
): Promise<boolean> {
  const rows = await tx`
    update register.system_processor set ended_at = ${given.nowMs}::timestamptz
    where system_id = ${given.systemId} and supplier_id = ${given.supplierId} and ended_at is null`
  return rows.count === 1
}

/** Systems whose standing hangs on a supplier's papers. */
export async function systemsOfSupplier(sql: Query, supplierId: string): Promise<readonly System[]> {
  const rows = await sql<{ system_id: string }[]>`
    select system_id from register.system_processor where supplier_id = ${supplierId} and ended_at is null
    union select system_id from register.system_controller where supplier_id = ${supplierId}`
  const found = await Promise.all(rows.map((row) => findSystem(sql, row.system_id)))
  return found.filter((system) => system !== null)
}

/** For a landlord's privacy notice: others who are controllers, alone or jointly, of some of its systems. */
export async function controllersBeside(sql: Query, provider: string): Promise<readonly Controller[]> {
  const rows = await sql<ControllerRow[]>`
    select c.* from register.system_controller c join register.system s on s.id = c.system_id
    where s.provider = ${provider} and (c.kind <> 'own' or c.joint <> '') order by c.body, c.landlord, c.system_id`
  return rows.map(toController)
}

type ControllerRow = {
  system_id: string
  kind: ControllerKind
  landlord: string | null
  body: string | null
  contact: string
  supplier_id: string | null
  joint: string
}

const toController = (row: ControllerRow): Controller => ({
  kind: row.kind,
  landlord: row.landlord,
  body: row.body,
  contact: row.contact,
  supplierId: row.supplier_id,
  joint: row.joint,
})
