/** All SQL about site plans. */
import { newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import type { Cone, Polygon } from './geometry.ts'
import type { AreaKind, Settlement } from './view.ts'

export type Plan = {
  readonly id: string
  readonly siteId: string
  readonly pictureId: string
  readonly widthM: number
  readonly heightM: number
}

export type PlacedCamera = {
  readonly cameraId: string
  readonly cone: Cone
  readonly version: number
  readonly aimVersion: number
}

export type Area = {
  readonly id: string
  readonly name: string
  readonly kind: AreaKind
  readonly seeThrough: boolean
  readonly corners: Polygon
}

export async function currentPlan(sql: Query, siteId: string): Promise<Plan | null> {
  const [row] = await sql<PlanRow[]>`
    select * from register.plan where site_id = ${siteId} and replaced_at is null`
  return row ? toPlan(row) : null
}

export async function plansOf(sql: Query, siteIds: readonly string[]): Promise<ReadonlyMap<string, Plan>> {
  const rows = await sql<PlanRow[]>`
    select * from register.plan where site_id = any (${siteIds as string[]}::uuid[]) and replaced_at is null`
  return new Map(rows.map((row) => [row.site_id, toPlan(row)]))
}

/** The new plan takes the old one's place; what was drawn on that counts no more. */
export async function insertPlan(
  tx: Tx,
  plan: Omit<Plan, 'id'> & { readonly by: string; readonly nowMs: number },
): Promise<string> {
  const id = newId(plan.nowMs)
  await tx`update register.plan set replaced_at = ${plan.nowMs} where site_id = ${plan.siteId} and replaced_at is null`
  await tx`
    insert into register.plan (id, site_id, picture_id, width_m, height_m, uploaded_by, uploaded_at)
    values (${id}, ${plan.siteId}, ${plan.pictureId}, ${plan.widthM}, ${plan.heightM}, ${plan.by}, ${plan.nowMs})`
  return id
}

export async function placeOnPlan(
  tx: Tx,
  placed: {
    readonly planId: string
    readonly cameraId: string
    readonly cone: Cone
    readonly aimVersion: number
    readonly by: string
    readonly nowMs: number
  },
): Promise<void> {
  const { cone } = placed
  await tx`
    insert into register.plan_camera
      (plan_id, camera_id, x_m, y_m, direction, angle, range_m, aim_version, placed_by, placed_at)
    values (${placed.planId}, ${placed.cameraId}, ${cone.x}, ${cone.y}, ${cone.direction}, ${cone.angle}, ${cone.range},
            ${placed.aimVersion}, ${placed.by}, ${placed.nowMs})
    on conflict (plan_id, camera_id) do update
    set x_m = excluded.x_m, y_m = excluded.y_m, direction = excluded.direction, angle = excluded.angle,
        range_m = excluded.range_m, aim_version = excluded.aim_version, placed_by = excluded.placed_by,
        placed_at = excluded.placed_at, version = register.plan_camera.version + 1`
}

export async function placedOn(
  sql: Query,
  planIds: readonly string[],
): Promise<readonly (PlacedCamera & { planId: string })[]> {
  const rows = await sql<PlacedRow[]>`
    select * from register.plan_camera where plan_id = any (${planIds as string[]}::uuid[]) order by placed_at, camera_id`
  return rows.map((row) => ({
    planId: row.plan_id,
    cameraId: row.camera_id,
    cone: { x: row.x_m, y: row.y_m, direction: row.direction, angle: row.angle, range: row.range_m },
    version: row.version,
    aimVersion: row.aim_version,
  }))
}

/** More than this on one plan are refused: nobody finds their way among them. */
export const areasMax = 200

export async function insertArea(
  tx: Tx,
  area: Omit<Area, 'id'> & { readonly planId: string; readonly by: string; readonly nowMs: number },
): Promise<string | null> {
  const id = newId(area.nowMs)
  const corners = area.corners.map((p) => [p.x, p.y])
  const rows = await tx`
    insert into register.plan_area (id, plan_id, name, kind, see_through, corners, marked_by, marked_at)
    select ${id}, ${area.planId}, ${area.name}, ${area.kind}, ${area.seeThrough}, ${tx.json(corners)}, ${area.by}, ${area.nowMs}
    where (select count(*) from register.plan_area where plan_id = ${area.planId} and removed_at is null) < ${areasMax}`
  return rows.count === 1 ? id : null
}

export async function removeArea(tx: Tx, planId: string, id: string, nowMs: number): Promise<boolean> {
  const rows = await tx`
    update register.plan_area set removed_at = ${nowMs}
    where id = ${id} and plan_id = ${planId} and removed_at is null`
  return rows.count === 1
}

export async function areasOn(
  sql: Query,
  planIds: readonly string[],
): Promise<readonly (Area & { planId: string })[]> {
  const rows = await sql<AreaRow[]>`
    select * from register.plan_area where plan_id = any (${planIds as string[]}::uuid[]) and removed_at is null
    order by marked_at, id`
  return rows.map((row) => ({
    planId: row.plan_id,
    id: row.id,
    name: row.name,
    kind: row.kind,
    seeThrough: row.see_through,
    corners: row.corners.map(([x, y]) => ({ x, y })),
  }))
}

/** False: there is one for this view already. */
export async function insertSettlement(
  tx: Tx,
  settled: Omit<Settlement, 'id'> & { readonly by: string; readonly nowMs: number },
): Promise<boolean> {
  const rows = await tx`
    insert into register.view_settlement
      (id, camera_id, area_id, view_version, way, given_on, note, proof_id, recorded_by, recorded_at)
    values (${newId(settled.nowMs)}, ${settled.cameraId}, ${settled.areaId}, ${settled.viewVersion}, ${settled.way},
            ${settled.givenOn}, ${settled.note}, ${settled.proofId}, ${settled.by}, ${settled.nowMs})
    on conflict do nothing`
  return rows.count === 1
}

export async function withdrawSettlement(
  tx: Tx,
  cameraId: string,
  id: string,
  nowMs: number,
): Promise<boolean> {
  const rows = await tx`
    update register.view_settlement set withdrawn_at = ${nowMs}
    where id = ${id} and camera_id = ${cameraId} and withdrawn_at is null`
  return rows.count === 1
}

export async function settlementsOf(
  sql: Query,
  cameraIds: readonly string[],
): Promise<readonly Settlement[]> {
  const rows = await sql<SettlementRow[]>`
    select id, camera_id, area_id, view_version, way, given_on::text, note, proof_id from register.view_settlement
    where camera_id = any (${cameraIds as string[]}::uuid[]) and withdrawn_at is null order by recorded_at`
  return rows.map((row) => ({
    id: row.id,
    cameraId: row.camera_id,
    areaId: row.area_id,
    viewVersion: row.view_version,
    way: row.way,
    givenOn: row.given_on,
    note: row.note,
    proofId: row.proof_id,
  }))
}

type PlanRow = { id: string; site_id: string; picture_id: string; width_m: number; height_m: number }
type PlacedRow = {
  plan_id: string
  camera_id: string
  x_m: number
  y_m: number
  direction: number
  angle: number
  range_m: number
  version: number
  aim_version: number
}
type AreaRow = {
  id: string
  plan_id: string
  name: string
  kind: AreaKind
  see_through: boolean
  corners: [number, number][]
}
type SettlementRow = {
  id: string
  camera_id: string
  area_id: string
  view_version: number
  way: Settlement['way']
  given_on: string
  note: string
  proof_id: string
}

const toPlan = (row: PlanRow): Plan => ({
  id: row.id,
  siteId: row.site_id,
  pictureId: row.picture_id,
  widthM: row.width_m,
  heightM: row.height_m,
})
