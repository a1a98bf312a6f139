/**
 * All SQL of the register.
 *
 * Stays whole past 400 lines: one statement per function and one type per row, looked up by name.
 */
import { newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { type Reach, withinReach } from './reach.ts'

export const siteKinds = ['home', 'communal', 'office', 'land', 'other'] as const
export type SiteKind = (typeof siteKinds)[number]

export const siteKindLabels: Readonly<Record<SiteKind, string>> = {
  home: "A resident's home",
  communal: 'A shared part of a building, or the land around it',
  office: 'An office or workshop of ours',
  land: 'Open land, a car park, garages',
  other: 'Somewhere else',
}

export type Site = {
  readonly id: string
  readonly provider: string
  readonly name: string
  readonly address: readonly string[]
  readonly kind: SiteKind
  /** IANA name. */
  readonly timeZone: string
  readonly area: string | null
  readonly version: number
}

export type System = {
  readonly id: string
  readonly provider: string
  readonly siteId: string
  readonly name: string
  /** Codes of the pack's purposes. */
  readonly purposes: readonly string[]
  readonly managerId: string | null
}

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
  readonly retiredMs: number | null
  readonly version: number
  /** Grows when recorder, address or position changes: a reference picture is of one aim. */
  readonly aimVersion: number
}

/** Kinds of places that policies ask a sign at. */
export const signPlaces = ['entry', 'near-camera', 'at-camera'] as const
export type SignPlace = (typeof signPlaces)[number]
export const signPlaceLabels: Readonly<Record<SignPlace, string>> = {
  entry: 'At the entry to the space that the camera sees',
  'near-camera': 'Close to the camera',
  'at-camera': 'Where the camera is',
}

export type Sign = {
  readonly id: string
  readonly provider: string
  readonly systemId: string
  readonly cameraId: string | null
  readonly place: SignPlace
  /** Where exactly, in words. */
  readonly note: string
  readonly photoId: string
  readonly version: number
  readonly placedMs: number
  readonly placedBy: string
  readonly missingMs: number | null
}

/** Lists are cut here; pages say so and ask for a narrower search. */
export const listMax = 200

// ---- sites ----

export async function insertSite(
  tx: Tx,
  site: Omit<Site, 'id' | 'version'> & { readonly by: string; readonly nowMs: number },
): Promise<string> {
  const id = newId(site.nowMs)
  await tx`
    insert into register.site (id, provider, name, address, kind, time_zone, area, created_at, created_by)
    values (${id}, ${site.provider}, ${site.name}, ${site.address as string[]}, ${site.kind}, ${site.timeZone},
            ${site.area}, ${site.nowMs}, ${site.by})`
  return id
}

/** False when somebody changed the site since `version` was read: nothing is written then. */
export async function updateSite(
  tx: Tx,
  site: Pick<Site, 'id' | 'name' | 'address' | 'kind' | 'area' | 'version'>,
): Promise<boolean> {
  const rows = await tx`
    update register.site
    set name = ${site.name}, address = ${site.address as string[]}, kind = ${site.kind}, area = ${site.area},
        version = version + 1
    where id = ${site.id} and version = ${site.version}`
  return rows.count === 1
}

export async function findSite(sql: Query, id: string): Promise<Site | null> {
  const [row] = await sql<SiteRow[]>`select * from register.site where id = ${id}`
  return row ? toSite(row) : null
}

/** Several at once, by id; for lists. */
export async function sitesById(sql: Query, ids: readonly string[]): Promise<ReadonlyMap<string, Site>> {
  const rows = await sql<SiteRow[]>`select * from register.site where id = any (${ids as string[]}::uuid[])`
  return new Map(rows.map((row) => [row.id, toSite(row)]))
}

export async function listSites(sql: Query, reach: Reach, text = ''): Promise<readonly Site[]> {
  const rows = await sql<SiteRow[]>`
    select s.* from register.site s
    where ${withinReach(sql, reach, 's.provider', 's.area')}
      and (${text} = '' or s.name ilike ${like(text)} or array_to_string(s.address, ' ') ilike ${like(text)}
           or s.area ilike ${like(text)})
    order by s.name, s.id limit ${listMax}`
  return rows.map(toSite)
}

// ---- systems ----

export async function insertSystem(
  tx: Tx,
  system: Omit<System, 'id'> & { readonly by: string; readonly nowMs: number },
): Promise<string> {
  const id = newId(system.nowMs)
  await tx`
    insert into register.system (id, provider, site_id, name, purposes, manager_id, created_at, created_by)
    values (${id}, ${system.provider}, ${system.siteId}, ${system.name}, ${system.purposes as string[]},
            ${system.managerId}, ${system.nowMs}, ${system.by})`
  return id
}

export async function findSystem(sql: Query, id: string): Promise<System | null> {
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

/** Names who answers for a system; null: nobody yet. */
export async function setManager(tx: Tx, systemId: string, managerId: string | null): Promise<void> {
  await tx`update register.system set manager_id = ${managerId} where id = ${systemId}`
}

// ---- cameras ----

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

/** Where a camera's stream is. The last probe no longer speaks of it, so it goes. False: changed by somebody else. */
export async function setConnection(
  tx: Tx,
  camera: {
    readonly id: string
    readonly version: number
    readonly recorderId: string
    readonly rtspUrl: string
    readonly credentials: CredentialChange
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
        probe_code = null, probe_words = null, probe_at = null, version = version + 1
    where id = ${camera.id} and version = ${camera.version}`
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

export async function listCameras(sql: Query, reach: Reach, text = ''): Promise<readonly Camera[]> {
  const rows = await cameraRows(
    sql,
    sql`${withinReach(sql, reach, 'c.provider', 't.area')}
      and (${text} = '' or c.label ilike ${like(text)} or t.name ilike ${like(text)}
           or array_to_string(t.address, ' ') ilike ${like(text)})`,
  )
  return rows.map(toCamera)
}

const cameraRows = (sql: Query, where: ReturnType<Query>, limit = listMax) => sql<CameraRow[]>`
  select c.*, s.site_id, s.name as system_name, s.manager_id, t.name as site_name, t.kind as site_kind, t.area, t.time_zone
  from register.camera c
  join register.system s on s.id = c.system_id
  join register.site t on t.id = s.site_id
  where ${where}
  order by t.name, c.label, c.id limit ${limit}`

// ---- signs ----

export async function insertSign(
  tx: Tx,
  sign: {
    readonly provider: string
    readonly systemId: string
    readonly cameraId: string | null
    readonly place: SignPlace
    readonly note: string
    readonly photoId: string
    readonly by: string
    readonly nowMs: number
  },
): Promise<string> {
  const id = newId(sign.nowMs)
  await tx`
    insert into register.sign (id, provider, system_id, camera_id, place, note, photo_id, placed_at, placed_by)
    values (${id}, ${sign.provider}, ${sign.systemId}, ${sign.cameraId}, ${sign.place}, ${sign.note}, ${sign.photoId},
            ${sign.nowMs}, ${sign.by})`
  return id
}

type Signed = { readonly id: string; readonly systemId: string }

/** Signs of a camera, and those of its system that name no camera. */
export async function signsFor(sql: Query, camera: Signed): Promise<readonly Sign[]> {
  return (await signsOf(sql, [camera]))(camera)
}

/** The same for several cameras in one question. */
export async function signsOf(
  sql: Query,
  cameras: readonly Signed[],
): Promise<(camera: Signed) => readonly Sign[]> {
  const rows = await sql<SignRow[]>`
    select * from register.sign
    where removed_at is null and (camera_id = any (${cameras.map((c) => c.id)}::uuid[])
       or (camera_id is null and system_id = any (${cameras.map((c) => c.systemId)}::uuid[])))
    order by placed_at`
  const signs = rows.map(toSign)
  return ({ id, systemId }) =>
    signs.filter((s) => s.cameraId === id || (s.cameraId === null && s.systemId === systemId))
}

export async function findSign(sql: Query, id: string): Promise<Sign | null> {
  const [row] = await sql<SignRow[]>`select * from register.sign where id = ${id} and removed_at is null`
  return row ? toSign(row) : null
}

/** Somebody saw that it is gone. False: it was known, or it isn't in the register. */
export async function markSignMissing(tx: Tx, id: string, nowMs: number): Promise<boolean> {
  const rows = await tx`
    update register.sign set missing_at = ${nowMs}
    where id = ${id} and missing_at is null and removed_at is null`
  return rows.count === 1
}

/** Takes a sign out of the register, because the camera is gone or the entry was a mistake. */
export async function removeSign(tx: Tx, id: string, nowMs: number): Promise<boolean> {
  return (
    (await tx`update register.sign set removed_at = ${nowMs} where id = ${id} and removed_at is null`)
      .count === 1
  )
}

// ---- rows ----

type SiteRow = {
  id: string
  provider: string
  name: string
  address: string[]
  kind: SiteKind
  time_zone: string
  area: string | null
  version: number
}
type SystemRow = {
  id: string
  provider: string
  site_id: string
  name: string
  purposes: string[]
  manager_id: string | null
}
type CameraRow = {
  id: string
  provider: string
  system_id: string
  site_id: string
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
type SignRow = {
  id: string
  provider: string
  system_id: string
  camera_id: string | null
  place: SignPlace
  note: string
  photo_id: string
  version: number
  placed_at: number
  placed_by: string
  missing_at: number | null
}

const like = (text: string): string => `%${text.replace(/[%_\\]/g, '\\$&')}%`

const toSite = (row: SiteRow): Site => ({
  id: row.id,
  provider: row.provider,
  name: row.name,
  address: row.address,
  kind: row.kind,
  timeZone: row.time_zone,
  area: row.area,
  version: row.version,
})

const toSystem = (row: SystemRow): System => ({
  id: row.id,
  provider: row.provider,
  siteId: row.site_id,
  name: row.name,
  purposes: row.purposes,
  managerId: row.manager_id,
})

const toCamera = (row: CameraRow): Camera => ({
  id: row.id,
  provider: row.provider,
  systemId: row.system_id,
  siteId: row.site_id,
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
  retiredMs: row.retired_at,
  version: row.version,
  aimVersion: row.aim_version,
})

const toSign = (row: SignRow): Sign => ({
  id: row.id,
  provider: row.provider,
  systemId: row.system_id,
  cameraId: row.camera_id,
  place: row.place,
  note: row.note,
  photoId: row.photo_id,
  version: row.version,
  placedMs: row.placed_at,
  placedBy: row.placed_by,
  missingMs: row.missing_at,
})
