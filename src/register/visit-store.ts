/** All SQL about visits of suppliers' engineers. What may follow what is decided in `visits.ts`. */
import { isId, newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { listMax } from './listing.ts'
import { type Reach, withinReach } from './reach.ts'

export const identityWays = ['card', 'called', 'known'] as const
export type IdentityWay = (typeof identityWays)[number]
export const identityWayLabels: Readonly<Record<IdentityWay, string>> = {
  card: 'They showed a card of their firm with their picture',
  called: 'Their firm was called at a number that we had already',
  known: 'Whoever let them in knows them',
}

export type Visit = {
  readonly id: string
  readonly provider: string
  readonly supplierId: string
  readonly supplierName: string
  readonly siteId: string
  readonly siteName: string
  readonly area: string | null
  /** The patch of its place; null: none. */
  readonly patchId: string | null
  readonly timeZone: string
  readonly systemId: string | null
  readonly engineer: string
  /** Their account in Overt, when they have one. */
  readonly accountId: string | null
  readonly purpose: string
  readonly supervisorId: string
  readonly fromMs: number
  readonly untilMs: number
  readonly identity: IdentityWay | null
  readonly arrivedMs: number | null
  readonly leftMs: number | null
  readonly touched: string | null
  readonly cancelledMs: number | null
}

export async function insertVisit(
  tx: Tx,
  given: Pick<
    Visit,
    | 'provider'
    | 'supplierId'
    | 'siteId'
    | 'systemId'
    | 'engineer'
    | 'accountId'
    | 'purpose'
    | 'supervisorId'
    | 'fromMs'
    | 'untilMs'
  > & { readonly by: string; readonly nowMs: number },
): Promise<string> {
  const id = newId(given.nowMs)
  await tx`
    insert into register.visit (id, provider, supplier_id, site_id, system_id, engineer, account_id, purpose,
      supervisor_id, from_at, until_at, planned_at, planned_by)
    values (${id}, ${given.provider}, ${given.supplierId}, ${given.siteId}, ${given.systemId}, ${given.engineer},
      ${given.accountId}, ${given.purpose}, ${given.supervisorId}, ${given.fromMs}, ${given.untilMs}, ${given.nowMs},
      ${given.by})`
  return id
}

export async function findVisit(sql: Query, id: string): Promise<Visit | null> {
  if (!isId(id)) return null
  const [row] = await visitRows(sql, sql`v.id = ${id}`)
  return row ? toVisit(row) : null
}

/** Locks the visit until the transaction ends. */
export async function lockVisit(tx: Tx, id: string): Promise<Visit | null> {
  await tx`select 1 from register.visit where id = ${id} for update`
  return findVisit(tx, id)
}

export async function visitsById(sql: Query, ids: readonly string[]): Promise<readonly Visit[]> {
  return (await visitRows(sql, sql`v.id = any (${ids.filter(isId)}::uuid[])`)).map(toVisit)
}

/** Visits within reach that are planned or going on, of which an engineer's account can be let in. */
export async function openVisits(sql: Query, reach: Reach, nowMs: number): Promise<readonly Visit[]> {
  const rows = await visitRows(
    sql,
    sql`v.left_at is null and v.cancelled_at is null and v.until_at > ${nowMs}::timestamptz
      and ${withinReach(sql, reach, 'v.provider', 't.area', 't.id')}`,
  )
  return rows.map(toVisit)
}

/** Whose account it is that is open during a visit. False: the visit is over, or another account has it. */
export async function giveVisit(tx: Tx, id: string, accountId: string): Promise<boolean> {
  const done = await tx`
    update register.visit set account_id = ${accountId}
    where id = ${id} and left_at is null and cancelled_at is null and (account_id is null or account_id = ${accountId})`
  return done.count === 1
}

/** The account has no part any more in visits that are not over. */
export async function takeVisits(tx: Tx, accountId: string): Promise<void> {
  await tx`update register.visit set account_id = null where account_id = ${accountId} and left_at is null`
}

export async function visitsOfSupplier(sql: Query, supplierId: string): Promise<readonly Visit[]> {
  return (await visitRows(sql, sql`v.supplier_id = ${supplierId}`)).map(toVisit)
}

export async function visitsAt(sql: Query, siteId: string): Promise<readonly Visit[]> {
  return (await visitRows(sql, sql`v.site_id = ${siteId}`)).map(toVisit)
}

/** Visits that should be over by `nowMs` and of which nobody has said that the engineer left. */
export async function overdueVisits(sql: Query, nowMs: number): Promise<readonly Visit[]> {
  const rows = await visitRows(
    sql,
    sql`v.left_at is null and v.cancelled_at is null and v.until_at <= ${nowMs}::timestamptz`,
  )
  return rows.map(toVisit)
}

export async function markArrived(
  tx: Tx,
  of: { readonly id: string; readonly identity: IdentityWay; readonly by: string; readonly nowMs: number },
): Promise<void> {
  await tx`
    update register.visit set arrived_at = ${of.nowMs}, arrived_by = ${of.by}, identity = ${of.identity}
    where id = ${of.id}`
}

export async function markLeft(
  tx: Tx,
  of: { readonly id: string; readonly touched: string; readonly by: string; readonly nowMs: number },
): Promise<void> {
  await tx`
    update register.visit set left_at = ${of.nowMs}, left_by = ${of.by}, touched = ${of.touched} where id = ${of.id}`
}

export async function markCancelled(tx: Tx, id: string, nowMs: number): Promise<void> {
  await tx`update register.visit set cancelled_at = ${nowMs} where id = ${id}`
}

/**
 * When an engineer's account may be used: from their arrival to the end of the visit, or until they left. Null: no
 * visit of theirs is going on. People asks this at every request of such an account.
 */
export async function visitWindowOf(
  sql: Query,
  accountId: string,
  nowMs: number,
): Promise<{ readonly visitId: string; readonly siteId: string; readonly untilMs: number } | null> {
  const [row] = await sql<{ id: string; site_id: string; until_at: number }[]>`
    select id, site_id, until_at from register.visit
    where account_id = ${accountId} and arrived_at is not null and left_at is null
      and until_at > ${nowMs}::timestamptz
    order by until_at desc limit 1`
  return row ? { visitId: row.id, siteId: row.site_id, untilMs: row.until_at } : null
}

const visitRows = (sql: Query, where: ReturnType<Query>) => sql<VisitRow[]>`
  select v.*, p.name as supplier_name, t.name as site_name, t.area, t.patch_id, t.time_zone
  from register.visit v join register.supplier p on p.id = v.supplier_id join register.site t on t.id = v.site_id
  where ${where} order by v.from_at desc, v.id limit ${listMax}`

type VisitRow = {
  id: string
  provider: string
  supplier_id: string
  supplier_name: string
  site_id: string
  site_name: string
  area: string | null
  patch_id: string | null
  time_zone: string
  system_id: string | null
  engineer: string
  account_id: string | null
  purpose: string
  supervisor_id: string
  from_at: number
  until_at: number
  identity: IdentityWay | null
  arrived_at: number | null
  left_at: number | null
  touched: string | null
  cancelled_at: number | null
}

const toVisit = (row: VisitRow): Visit => ({
  id: row.id,
  provider: row.provider,
  supplierId: row.supplier_id,
  supplierName: row.supplier_name,
  siteId: row.site_id,
  siteName: row.site_name,
  area: row.area,
  patchId: row.patch_id,
  timeZone: row.time_zone,
  systemId: row.system_id,
  engineer: row.engineer,
  accountId: row.account_id,
  purpose: row.purpose,
  supervisorId: row.supervisor_id,
  fromMs: row.from_at,
  untilMs: row.until_at,
  identity: row.identity,
  arrivedMs: row.arrived_at,
  leftMs: row.left_at,
  touched: row.touched,
  cancelledMs: row.cancelled_at,
})
