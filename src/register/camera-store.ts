/** All SQL about cameras. */
import { isId, newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { type DeviceReading, type DeviceReadingRow, toDeviceReading } from './device-reading.ts'
import { listMax } from './listing.ts'
import type { SiteKind } from './site-store.ts'

export type Camera = {
  readonly id: string
  readonly provider: string
  readonly systemId: string
  readonly siteId: string
  readonly siteName: string
  readonly siteKind: SiteKind
  readonly systemName: string
  readonly managerId: string | null
  readonly area: string | null
  /** The patch in which its place lies; null: none. */
  readonly patchId: string | null
  readonly timeZone: string
  readonly label: string
  readonly position: string
  readonly model: string
  readonly serial: string
  /** The recorder that records it; its row belongs to footage. Null until installed. */
  readonly recorderId: string | null
  /** Without user name and password. */
  readonly rtspUrl: string | null
  /** A user name or password is stored; what they are is never shown. */
  readonly hasCredentials: boolean
  /** What the recorder said when it last tried the address. */
  readonly probe: { readonly code: string; readonly words: string; readonly atMs: number } | null
  /** Port of its own services (ONVIF); null: the usual one. */
  readonly devicePort: number | null
  /** What it says that it does besides filming; null: not asked since the address changed. */
  readonly device: DeviceReading | null
  readonly retiredMs: number | null
  readonly version: number
  /** Grows when recorder, address or position changes: a reference picture is of one aim. */
  readonly aimVersion: number
}

export async function insertCamera(
  tx: Tx,
  camera: {
    readonly provider: string
    readonly systemId: string
    readonly label: string
    readonly position: string
    readonly model?: string
    readonly serial?: string
    readonly by: string
    readonly nowMs: number
  },
): Promise<string> {
  const id = newId(camera.nowMs)
  await tx`
    insert into register.camera (id, provider, system_id, label, position, model, serial, created_at, created_by)
    values (${id}, ${camera.provider}, ${camera.systemId}, ${camera.label}, ${camera.position},
            ${camera.model ?? ''}, ${camera.serial ?? ''}, ${camera.nowMs}, ${camera.by})`
  return id
}

/** False when somebody changed the camera since `version` was read. A changed position is a changed aim. */
export async function updateCamera(
  tx: Tx,
  camera: Pick<Camera, 'id' | 'label' | 'position' | 'model' | 'serial' | 'version'>,
): Promise<boolean> {
  const rows = await tx`
    update register.camera
    set label = ${camera.label}, position = ${camera.position}, model = ${camera.model}, serial = ${camera.serial},
        aim_version = aim_version + case when position = ${camera.position} then 0 else 1 end, version = version + 1
    where id = ${camera.id} and version = ${camera.version}`
  return rows.count === 1
}

/** What to do with the stored user name and password: keep them, replace them (sealed), or take them away. */
export type CredentialChange = 'keep' | 'none' | Buffer

/** Where a camera's stream is. What was last tried and read there no longer speaks of it, so it goes. False: changed by somebody else. */
export async function setConnection(
  tx: Tx,
  camera: {
    readonly id: string
    readonly version: number
    readonly recorderId: string
    readonly rtspUrl: string
    readonly credentials: CredentialChange
    /** Absent: the usual one. */
    readonly devicePort?: number | null
  },
): Promise<boolean> {
  const credentials =
    camera.credentials === 'keep'
      ? tx`credentials`
      : tx`${camera.credentials === 'none' ? null : camera.credentials}::bytea`
  const rows = await tx`
    update register.camera
    set recorder_id = ${camera.recorderId}, rtsp_url = ${camera.rtspUrl}, credentials = ${credentials},
        aim_version = aim_version + case
          when recorder_id is not distinct from ${camera.recorderId}::uuid
           and rtsp_url is not distinct from ${camera.rtspUrl}::text then 0 else 1 end,
        device_port = ${camera.devicePort ?? null},
        probe_code = null, probe_words = null, probe_at = null, version = version + 1
    where id = ${camera.id} and version = ${camera.version}`
  if (rows.count === 1) await tx`delete from register.device_reading where camera_id = ${camera.id}`
  return rows.count === 1
}

/** Stores what the recorder said about an address, unless the address has changed since it was asked. */
export async function recordProbe(
  tx: Query,
  cameraId: string,
  result: {
    readonly code: string
    readonly words: string
    readonly atMs: number
    readonly aimVersion?: number
  },
): Promise<boolean> {
  const rows = await tx`
    update register.camera set probe_code = ${result.code}, probe_words = ${result.words}, probe_at = ${result.atMs}
    where id = ${cameraId} and (${result.aimVersion ?? null}::integer is null or aim_version = ${result.aimVersion ?? null})`
  return rows.count === 1
}

export async function findCamera(sql: Query, id: string): Promise<Camera | null> {
  if (!isId(id)) return null
  const [row] = await cameraRows(sql, sql`c.id = ${id}`)
  return row ? toCamera(row) : null
}

export async function camerasById(sql: Query, ids: readonly string[]): Promise<ReadonlyMap<string, Camera>> {
  const rows = await cameraRows(sql, sql`c.id = any (${ids as string[]}::uuid[])`, 10_000)
  return new Map(rows.map((row) => [row.id, toCamera(row)]))
}

/** Locks the camera until the transaction ends. */
export async function lockCamera(tx: Tx, id: string): Promise<Camera | null> {
  await tx`select 1 from register.camera where id = ${id} for update`
  return findCamera(tx, id)
}

export async function camerasAt(sql: Query, siteId: string): Promise<readonly Camera[]> {
  return (await cameraRows(sql, sql`s.site_id = ${siteId}`)).map(toCamera)
}

/** Cameras of these systems that are still in use. */
export async function camerasOfSystems(
  sql: Query,
  systemIds: readonly string[],
): Promise<(systemId: string) => readonly Camera[]> {
  const rows = await cameraRows(
    sql,
    sql`c.system_id = any (${systemIds as string[]}::uuid[]) and c.retired_at is null`,
    10_000,
  )
  const cameras = rows.map(toCamera)
  return (systemId) => cameras.filter((camera) => camera.systemId === systemId)
}

/** Cameras that a recorder is to know of, with the sealed credentials for `CredentialBox.open`. */
export async function camerasOfRecorder(
  sql: Query,
  recorderId: string,
): Promise<readonly (Camera & { readonly credentials: Buffer | null })[]> {
  const rows = await cameraRows(
    sql,
    sql`c.recorder_id = ${recorderId} and c.rtsp_url is not null and c.retired_at is null`,
    10_000,
  )
  return rows.map((row) => ({ ...toCamera(row), credentials: row.credentials }))
}

/** One camera's sealed credentials, for a probe. */
export async function sealedCredentials(sql: Query, cameraId: string): Promise<Buffer | null> {
  const [row] = await sql<{ credentials: Buffer | null }[]>`
    select credentials from register.camera where id = ${cameraId}`
  return row?.credentials ?? null
}

const cameraRows = (sql: Query, where: ReturnType<Query>, limit = listMax) => sql<CameraRow[]>`
  select c.*, s.site_id, s.name as system_name, s.manager_id, t.name as site_name, t.kind as site_kind, t.area, t.patch_id, t.time_zone,
    r.tried_at as device_tried_at, r.code as device_code, r.words as device_words, r.read_at as device_read_at, r.functions as device_functions
  from register.camera c
  left join register.device_reading r on r.camera_id = c.id
  join register.system s on s.id = c.system_id
  join register.site t on t.id = s.site_id
  where ${where}
  order by t.name, c.label, c.id limit ${limit}`

type CameraRow = DeviceReadingRow & {
  device_port: number | null
  id: string
  provider: string
  system_id: string
  site_id: string
  patch_id: string | null
  site_name: string
  site_kind: SiteKind
  system_name: string
  manager_id: string | null
  area: string | null
  time_zone: string
  label: string
  position: string
  model: string
  serial: string
  recorder_id: string | null
  rtsp_url: string | null
  credentials: Buffer | null
  probe_code: string | null
  probe_words: string | null
  probe_at: number | null
  retired_at: number | null
  version: number
  aim_version: number
}

const toCamera = (row: CameraRow): Camera => ({
  id: row.id,
  provider: row.provider,
  systemId: row.system_id,
  siteId: row.site_id,
  patchId: row.patch_id,
  siteName: row.site_name,
  siteKind: row.site_kind,
  systemName: row.system_name,
  managerId: row.manager_id,
  area: row.area,
  timeZone: row.time_zone,
  label: row.label,
  position: row.position,
  model: row.model,
  serial: row.serial,
  recorderId: row.recorder_id,
  rtspUrl: row.rtsp_url,
  hasCredentials: row.credentials !== null,
  probe:
    row.probe_at === null
      ? null
      : { code: row.probe_code ?? '', words: row.probe_words ?? '', atMs: row.probe_at },
  devicePort: row.device_port,
  device: toDeviceReading(row),
  retiredMs: row.retired_at,
  version: row.version,
  aimVersion: row.aim_version,
})
