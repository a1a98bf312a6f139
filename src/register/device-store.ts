/** All SQL about equipment: what there is, who holds it, where it has been. */
import { isId, newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { like, listMax } from './listing.ts'
import { type Reach, withinReach } from './reach.ts'
import { foundPerPage } from './search.ts'

export const deviceKinds = [
  'camera',
  'recorder',
  'screen',
  'doorbell',
  'body-worn',
  'dash-cam',
  'door-entry',
  'other',
] as const
export type DeviceKind = (typeof deviceKinds)[number]
export const deviceKindLabels: Readonly<Record<DeviceKind, string>> = {
  camera: 'Camera',
  recorder: 'Recorder',
  screen: 'Screen',
  doorbell: 'Video doorbell',
  'body-worn': 'Body-worn camera',
  'dash-cam': 'Dash cam',
  'door-entry': 'Door entry with a camera',
  other: 'Something else',
}

export const deviceStatuses = ['store', 'issued', 'installed', 'repair', 'retired'] as const
export type DeviceStatus = (typeof deviceStatuses)[number]
export const deviceStatusLabels: Readonly<Record<DeviceStatus, string>> = {
  store: 'In store',
  issued: 'Issued',
  installed: 'Installed',
  repair: 'Being repaired',
  retired: 'Retired',
}

export const deviceOwners = ['landlord', 'staff', 'supplier'] as const
export type DeviceOwner = (typeof deviceOwners)[number]
export const deviceOwnerLabels: Readonly<Record<DeviceOwner, string>> = {
  landlord: 'Ours',
  staff: 'A member of staff’s own',
  supplier: 'A supplier’s',
}

export type Device = {
  readonly id: string
  readonly provider: string
  readonly kind: DeviceKind
  readonly name: string
  readonly make: string
  readonly model: string
  readonly serial: string
  readonly owner: DeviceOwner
  readonly hasAudio: boolean
  /** Moves from job to job, so it is issued, returned and wiped. */
  readonly redeployable: boolean
  readonly status: DeviceStatus
  readonly siteId: string | null
  readonly siteName: string | null
  readonly area: string | null
  /** The patch of its place; null: none. */
  readonly patchId: string | null
  readonly systemId: string | null
  readonly cameraId: string | null
  readonly holderId: string | null
  readonly place: string
  /** It may hold somebody's pictures and is not given out before it is wiped. */
  readonly unwiped: boolean
  readonly declaredUntil: string | null
  readonly version: number
}

/** What the history tells of a device, field by field. */
export const deviceLabels: readonly (readonly [string, (of: Device) => string | null])[] = [
  ['Name', (of) => of.name],
  ['Kind', (of) => deviceKindLabels[of.kind]],
  ['Make', (of) => of.make],
  ['Model', (of) => of.model],
  ['Serial number', (of) => of.serial],
  ['Sound', (of) => (of.hasAudio ? 'It can record sound' : 'No sound')],
  ['Moves from job to job', (of) => (of.redeployable ? 'Yes' : 'No')],
  ['Where exactly', (of) => of.place],
  ['State', (of) => deviceStatusLabels[of.status]],
  ['Place', (of) => of.siteName],
]

export const deviceSteps = [
  'added',
  'issued',
  'returned',
  'installed',
  'repair',
  'wiped',
  'retired',
  'declared',
] as const
export type DeviceStepKind = (typeof deviceSteps)[number]

export type DeviceStep = {
  readonly what: DeviceStepKind
  readonly atMs: number
  readonly by: string
  readonly holderId: string | null
  readonly siteName: string | null
  readonly note: string
}

type NewDevice = Pick<
  Device,
  | 'provider'
  | 'kind'
  | 'name'
  | 'make'
  | 'model'
  | 'serial'
  | 'owner'
  | 'hasAudio'
  | 'redeployable'
  | 'status'
  | 'siteId'
  | 'systemId'
  | 'cameraId'
  | 'holderId'
  | 'place'
  | 'declaredUntil'
>

/** Where `insertDevice` gives null and `updateDevice` 'taken'. */
export const serialTaken = {
  field: 'serial',
  message: 'Another device of this make has that serial number already',
}

/** Null when the landlord has a device of that make and serial number. */
export async function insertDevice(
  tx: Tx,
  device: NewDevice & { readonly by: string; readonly nowMs: number },
): Promise<string | null> {
  const rows = await tx<{ id: string }[]>`
    insert into register.device (id, provider, kind, name, make, model, serial, owner, has_audio, redeployable, status,
      site_id, system_id, camera_id, holder_id, place, declared_until, unwiped, created_at, created_by)
    values (${newId(device.nowMs)}, ${device.provider}, ${device.kind}, ${device.name}, ${device.make}, ${device.model},
      ${device.serial}, ${device.owner}, ${device.hasAudio}, ${device.redeployable}, ${device.status}, ${device.siteId},
      ${device.systemId}, ${device.cameraId}, ${device.holderId}, ${device.place}, ${device.declaredUntil},
      ${device.status === 'issued' || device.status === 'installed'}, ${device.nowMs}, ${device.by})
    on conflict do nothing returning id`
  return rows[0]?.id ?? null
}

/** 'stale' when somebody changed it since `version` was read, 'taken' when another has its make and serial number. */
export async function updateDevice(
  tx: Tx,
  device: Pick<
    Device,
    | 'id'
    | 'provider'
    | 'name'
    | 'make'
    | 'model'
    | 'serial'
    | 'hasAudio'
    | 'redeployable'
    | 'place'
    | 'version'
  >,
): Promise<'done' | 'stale' | 'taken'> {
  const [taken] = await tx`
    select 1 from register.device
    where provider = ${device.provider} and id <> ${device.id} and serial <> '' and lower(serial) = ${device.serial.toLowerCase()}
      and lower(make) = ${device.make.toLowerCase()}`
  if (taken !== undefined) return 'taken'
  const rows = await tx`
    update register.device
    set name = ${device.name}, make = ${device.make}, model = ${device.model}, serial = ${device.serial},
        has_audio = ${device.hasAudio}, redeployable = ${device.redeployable}, place = ${device.place},
        version = version + 1
    where id = ${device.id} and version = ${device.version}`
  return rows.count === 1 ? 'done' : 'stale'
}

/** Where it is now and with whom. False when somebody changed it since `version` was read. */
export async function moveDevice(
  tx: Tx,
  to: Pick<
    Device,
    | 'id'
    | 'version'
    | 'status'
    | 'siteId'
    | 'systemId'
    | 'cameraId'
    | 'holderId'
    | 'place'
    | 'unwiped'
    | 'declaredUntil'
  >,
): Promise<boolean> {
  const rows = await tx`
    update register.device
    set status = ${to.status}, site_id = ${to.siteId}, system_id = ${to.systemId}, camera_id = ${to.cameraId},
        holder_id = ${to.holderId}, place = ${to.place}, unwiped = ${to.unwiped}, declared_until = ${to.declaredUntil},
        version = version + 1
    where id = ${to.id} and version = ${to.version}`
  return rows.count === 1
}

export async function recordStep(
  tx: Tx,
  step: {
    readonly deviceId: string
    readonly what: DeviceStepKind
    readonly by: string
    readonly holderId: string | null
    readonly siteId: string | null
    readonly note: string
    readonly nowMs: number
  },
): Promise<void> {
  await tx`
    insert into register.device_step (id, device_id, what, at, by, holder_id, site_id, note)
    values (${newId(step.nowMs)}, ${step.deviceId}, ${step.what}, ${step.nowMs}, ${step.by}, ${step.holderId},
            ${step.siteId}, ${step.note})`
}

/** Newest first. */
export async function stepsOf(sql: Query, deviceId: string): Promise<readonly DeviceStep[]> {
  const rows = await sql<
    {
      what: DeviceStepKind
      at: number
      by: string
      holder_id: string | null
      site_name: string | null
      note: string
    }[]
  >`
    select s.what, s.at, s.by, s.holder_id, t.name as site_name, s.note
    from register.device_step s left join register.site t on t.id = s.site_id
    where s.device_id = ${deviceId} order by s.at desc, s.id desc limit ${listMax}`
  return rows.map((row) => ({
    what: row.what,
    atMs: row.at,
    by: row.by,
    holderId: row.holder_id,
    siteName: row.site_name,
    note: row.note,
  }))
}

export async function findDevice(sql: Query, id: string): Promise<Device | null> {
  if (!isId(id)) return null
  const [row] = await deviceRows(sql, sql`d.id = ${id}`)
  return row ? toDevice(row) : null
}

/** What belongs to these systems; retired ones left out. */
export async function devicesOfSystems(
  sql: Query,
  systemIds: readonly string[],
): Promise<(systemId: string) => readonly Device[]> {
  const rows = await deviceRows(
    sql,
    sql`d.system_id = any (${systemIds as string[]}::uuid[]) and d.status <> 'retired'`,
  )
  const devices = rows.map(toDevice)
  return (systemId) => devices.filter((device) => device.systemId === systemId)
}

/** Declared dash cams whose declaration has run out by `day`, and kit that was returned and not wiped: for tasks. */
export async function dueDevices(sql: Query, day: string): Promise<readonly Device[]> {
  const rows = await deviceRows(
    sql,
    sql`d.status <> 'retired' and (d.declared_until < ${day}::date or (d.unwiped and d.status = 'store'))`,
    10_000,
  )
  return rows.map(toDevice)
}

/** A page of what the reach holds and what this person holds themselves, by kind, name and id. */
export async function listDevices(
  sql: Query,
  reach: Reach,
  options: {
    readonly text: string
    readonly kind: DeviceKind | null
    readonly status: DeviceStatus | null
    readonly page: number
    readonly personId: string
  },
): Promise<{ readonly devices: readonly Device[]; readonly total: number }> {
  const { text, kind, status, page } = options
  const rows = await deviceRows(
    sql,
    sql`
    (${withinReach(sql, reach, 'd.provider', 't.area', 't.id')} or d.holder_id = ${options.personId})
    and (${kind}::text is null or d.kind = ${kind}) and (${status}::text is null or d.status = ${status})
    and (${text} = '' or d.id in (select f.id from register.findable f where f.words like ${like(text.toLowerCase())}))`,
    foundPerPage,
    (page - 1) * foundPerPage,
  )
  return { devices: rows.map(toDevice), total: rows[0]?.total ?? 0 }
}

const deviceRows = (sql: Query, where: ReturnType<Query>, limit = listMax, offset = 0) => sql<DeviceRow[]>`
  select d.*, t.name as site_name, t.area, t.patch_id, count(*) over () as total
  from register.device d left join register.site t on t.id = d.site_id
  where ${where} order by d.kind, d.name, d.id limit ${limit} offset ${offset}`

type DeviceRow = {
  id: string
  provider: string
  kind: DeviceKind
  name: string
  make: string
  model: string
  serial: string
  owner: DeviceOwner
  has_audio: boolean
  redeployable: boolean
  status: DeviceStatus
  site_id: string | null
  site_name: string | null
  area: string | null
  patch_id: string | null
  system_id: string | null
  camera_id: string | null
  holder_id: string | null
  place: string
  unwiped: boolean
  declared_until: string | null
  version: number
  total: number
}

const toDevice = (row: DeviceRow): Device => ({
  id: row.id,
  provider: row.provider,
  kind: row.kind,
  name: row.name,
  make: row.make,
  model: row.model,
  serial: row.serial,
  owner: row.owner,
  hasAudio: row.has_audio,
  redeployable: row.redeployable,
  status: row.status,
  siteId: row.site_id,
  siteName: row.site_name,
  area: row.area,
  patchId: row.patch_id,
  systemId: row.system_id,
  cameraId: row.camera_id,
  holderId: row.holder_id,
  place: row.place,
  unwiped: row.unwiped,
  declaredUntil: row.declared_until,
  version: row.version,
})
