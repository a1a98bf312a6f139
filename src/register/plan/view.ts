/** What a camera's view on the plan means: what it may never see, and what needs leave or a mask. Pure but for `viewsOf`. */
import type { Query } from '#engine/engine.ts'
import { type Cone, seesArea } from './geometry.ts'
import { type Area, areasOn, type PlacedCamera, placedOn, plansOf, settlementsOf } from './store.ts'

export const areaKinds = ['private-property', 'private-room', 'neighbour-window', 'shared', 'wall'] as const
export type AreaKind = (typeof areaKinds)[number]
export const areaKindLabels: Readonly<Record<AreaKind, string>> = {
  'private-property': 'Private property',
  'private-room': 'A private room, such as a bedroom or bathroom',
  'neighbour-window': 'A neighbour’s window or door',
  shared: 'Shared space',
  wall: 'A wall, fence or hedge',
}

export const settlementWays = ['permission', 'camera-mask'] as const
export type SettlementWay = (typeof settlementWays)[number]
export const settlementWayLabels: Readonly<Record<SettlementWay, string>> = {
  permission: 'Whose it is agreed in writing',
  'camera-mask': 'The camera itself hides it',
}

export type Settlement = {
  readonly id: string
  readonly cameraId: string
  readonly areaId: string
  /** The view that it was given for. */
  readonly viewVersion: number
  readonly way: SettlementWay
  readonly givenOn: string
  readonly note: string
  readonly proofId: string
}

/** What meeting an area asks for: nothing, leave or a mask, or that the camera looks elsewhere. */
export function demandOf(area: Pick<Area, 'kind' | 'seeThrough'>): 'nothing' | 'leave' | 'refused' {
  if (area.kind === 'private-room') return 'refused'
  if (area.kind === 'private-property' || area.kind === 'neighbour-window') return 'leave'
  // A wall hides what is behind it, and needs nothing itself, until somebody can be seen through it.
  return area.kind === 'wall' && area.seeThrough ? 'leave' : 'nothing'
}

export type Conflict = {
  readonly area: Area
  readonly demand: 'leave' | 'refused'
  readonly settlement: Settlement | null
}

/** What a view meets that isn't free to be seen, with the leave or mask that was recorded for this very view. */
export function conflictsOf(
  placed: Pick<PlacedCamera, 'cameraId' | 'cone' | 'version'>,
  areas: readonly Area[],
  settlements: readonly Settlement[],
): Conflict[] {
  return areas.flatMap((area): Conflict[] => {
    const demand = demandOf(area)
    if (demand === 'nothing' || !seesArea(placed.cone, area.corners)) return []
    const settlement =
      demand === 'refused'
        ? null
        : (settlements.find(
            (s) => s.cameraId === placed.cameraId && s.areaId === area.id && s.viewVersion === placed.version,
          ) ?? null)
    return [{ area, demand, settlement }]
  })
}

/** A camera's view as the policy's gate asks for it. */
export type FieldOfView = {
  /** It is drawn on the plan of its site. */
  readonly drawn: boolean
  /** It was re-aimed since. */
  readonly stale: boolean
  /** Names of private rooms in view. */
  readonly refused: readonly string[]
  /** What else is private in view, and how it was settled; null: not yet. */
  readonly private: readonly { readonly name: string; readonly way: SettlementWay | null }[]
}

const unseen: FieldOfView = { drawn: false, stale: false, refused: [], private: [] }

export function viewOf(
  camera: { readonly aimVersion: number },
  placed: PlacedCamera | undefined,
  conflicts: readonly Conflict[],
): FieldOfView {
  if (placed === undefined) return unseen
  return {
    drawn: true,
    stale: placed.aimVersion !== camera.aimVersion,
    refused: conflicts.filter((c) => c.demand === 'refused').map((c) => c.area.name),
    private: conflicts
      .filter((c) => c.demand === 'leave')
      .map((c) => ({ name: c.area.name, way: c.settlement?.way ?? null })),
  }
}

/** The views of several cameras, in as many questions as of one. */
export async function viewsOf(
  sql: Query,
  cameras: readonly { readonly id: string; readonly siteId: string; readonly aimVersion: number }[],
): Promise<(cameraId: string) => FieldOfView> {
  const plans = await plansOf(sql, [...new Set(cameras.map((c) => c.siteId))])
  if (plans.size === 0) return () => unseen
  const ids = [...plans.values()].map((p) => p.id)
  const [placed, areas, settlements] = [
    await placedOn(sql, ids),
    await areasOn(sql, ids),
    await settlementsOf(
      sql,
      cameras.map((c) => c.id),
    ),
  ]
  const views = new Map(
    cameras.map((camera) => {
      const planId = plans.get(camera.siteId)?.id
      const own = placed.find((p) => p.cameraId === camera.id && p.planId === planId)
      const conflicts =
        own === undefined
          ? []
          : conflictsOf(
              own,
              areas.filter((a) => a.planId === planId),
              settlements,
            )
      return [camera.id, viewOf(camera, own, conflicts)]
    }),
  )
  return (cameraId) => views.get(cameraId) ?? unseen
}

/** In words, for a page and its screen reader: "looks to the north-east, 90 degrees wide, 12 metres far". */
export function coneWords(cone: Cone): string {
  const names = [
    'the top',
    'the upper right',
    'the right',
    'the lower right',
    'the bottom',
    'the lower left',
    'the left',
    'the upper left',
  ]
  const where = names[Math.round(cone.direction / 45) % 8]!
  const wide =
    cone.angle >= 360 ? 'all around' : `towards ${where} of the plan, ${Math.round(cone.angle)} degrees wide`
  return `looks ${wide}, ${cone.range} metres far`
}
