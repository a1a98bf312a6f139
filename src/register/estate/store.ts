/** The SQL of estate files: the upload that waits, the register as a file is compared with it, and what goes out. */
import { isId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import type { CredentialBox } from '../credentials.ts'
import { type Reach, withinReach } from '../reach.ts'
import type { SignPlace } from '../sign-store.ts'
import type { Known, KnownCamera, KnownSite, KnownSystem } from './known.ts'

/** An unconfirmed upload is forgotten after this long: passwords stand in it. */
export const uploadHours = 24
/** A landlord's whole estate; what is more is said to be too much, never cut silently. */
export const estateMax = 20_000

export type Counts = {
  readonly sites: number
  readonly systems: number
  readonly cameras: number
  readonly changed: number
  readonly takenOver: number
}

export type Upload = {
  readonly id: string
  readonly provider: string
  readonly uploadedBy: string
  readonly uploadedMs: number
  readonly format: 'csv' | 'json'
  readonly sealed: Buffer | null
  readonly confirmedMs: number | null
  readonly counts: Counts | null
}

/** Keeps an upload and forgets the same person's earlier ones that were never confirmed. */
export async function insertUpload(
  tx: Tx,
  upload: {
    readonly id: string
    readonly provider: string
    readonly by: string
    readonly nowMs: number
    readonly sha256: Buffer
    readonly format: 'csv' | 'json'
    readonly sealed: Buffer
    readonly rows: number
    readonly problems: number
  },
): Promise<void> {
  await tx`
    update register.estate_import set sealed = null
    where uploaded_by = ${upload.by} and confirmed_at is null and sealed is not null`
  await tx`
    insert into register.estate_import (id, provider, uploaded_by, uploaded_at, sha256, format, sealed, rows, problems)
    values (${upload.id}, ${upload.provider}, ${upload.by}, ${upload.nowMs}, ${upload.sha256}, ${upload.format},
            ${upload.sealed}, ${upload.rows}, ${upload.problems})`
}

export async function findUpload(sql: Query, id: string): Promise<Upload | null> {
  if (!isId(id)) return null
  const [row] = await sql<UploadRow[]>`select * from register.estate_import where id = ${id}`
  return row ? toUpload(row) : null
}

/** Holds the upload until the transaction ends, so that it is confirmed once. */
export async function lockUpload(tx: Tx, id: string): Promise<Upload | null> {
  const [row] = await tx<UploadRow[]>`select * from register.estate_import where id = ${id} for update`
  return row ? toUpload(row) : null
}

export async function markConfirmed(tx: Tx, id: string, counts: Counts, nowMs: number): Promise<void> {
  await tx`
    update register.estate_import
    set confirmed_at = ${nowMs}, counts = ${tx.json(counts)}, sealed = null, problems = 0 where id = ${id}`
}

export async function forgetUpload(sql: Query, id: string): Promise<void> {
  await sql`update register.estate_import set sealed = null where id = ${id} and confirmed_at is null`
}

/** Takes away what was uploaded and not confirmed within a day. `main` calls it by the clock. */
export async function forgetOldUploads(sql: Query, nowMs: number): Promise<number> {
  const rows = await sql`
    update register.estate_import set sealed = null
    where sealed is not null and uploaded_at < ${nowMs - uploadHours * 3_600_000}`
  return rows.count
}

type UploadRow = {
  id: string
  provider: string
  uploaded_by: string
  uploaded_at: number
  format: 'csv' | 'json'
  sealed: Buffer | null
  confirmed_at: number | null
  counts: Counts | null
}
const toUpload = (row: UploadRow): Upload => ({
  id: row.id,
  provider: row.provider,
  uploadedBy: row.uploaded_by,
  uploadedMs: row.uploaded_at,
  format: row.format,
  sealed: row.sealed,
  confirmedMs: row.confirmed_at,
  counts: row.counts,
})

// ---- the register as a file is compared with it ----

/** Sites, systems and cameras of one landlord within reach, retired cameras left out. */
export async function readEstate(
  sql: Query,
  provider: string,
  reach: Reach,
  box: CredentialBox | null,
): Promise<Pick<Known, 'sites' | 'systems' | 'cameras'>> {
  const sites = await sql<(KnownSite & Record<string, unknown>)[]>`
    select t.id, t.name, t.address, t.kind, t.area, t.latitude, t.longitude from register.site t
    where t.provider = ${provider} and ${withinReach(sql, reach, 't.provider', 't.area', 't.id')}
    order by t.name, t.id limit ${estateMax}`
  const ids = sites.map((s) => s.id)
  const systems = await sql<SystemRow[]>`
    select id, site_id, name, purposes, manager_id from register.system where site_id = any (${ids}::uuid[])
    order by name, id`
  const cameras = await sql<CameraRow[]>`
    select c.id, c.system_id, s.site_id, c.reference, c.label, c.position, c.model, c.serial, c.recorder_id,
           c.rtsp_url, c.credentials, o.days_kept_before, o.sign_place, o.running
    from register.camera c join register.system s on s.id = c.system_id
    left join register.camera_taken_over o on o.camera_id = c.id
    where s.site_id = any (${ids}::uuid[]) and c.retired_at is null
    order by c.label, c.id`
  return {
    sites,
    systems: systems.map(
      (row): KnownSystem => ({
        id: row.id,
        siteId: row.site_id,
        name: row.name,
        purposes: row.purposes,
        managerId: row.manager_id,
      }),
    ),
    cameras: cameras.map(
      (row): KnownCamera => ({
        id: row.id,
        systemId: row.system_id,
        siteId: row.site_id,
        reference: row.reference,
        label: row.label,
        position: row.position,
        model: row.model,
        serial: row.serial,
        recorderId: row.recorder_id,
        rtspUrl: row.rtsp_url,
        credentials: row.credentials === null || box === null ? null : box.open(row.id, row.credentials),
        daysKept: row.days_kept_before,
        sign: row.sign_place,
        running: row.running,
      }),
    ),
  }
}

type SystemRow = {
  id: string
  site_id: string
  name: string
  purposes: string[]
  manager_id: string | null
}
type CameraRow = {
  id: string
  system_id: string
  site_id: string
  reference: string | null
  label: string
  position: string
  model: string
  serial: string
  recorder_id: string | null
  rtsp_url: string | null
  credentials: Buffer | null
  days_kept_before: number | null
  sign_place: SignPlace | null
  running: boolean | null
}

// ---- what a file says beyond the register's own columns ----

export async function setCoordinates(
  tx: Query,
  siteId: string,
  latitude: number | null,
  longitude: number | null,
): Promise<void> {
  await tx`update register.site set latitude = ${latitude}, longitude = ${longitude} where id = ${siteId}`
}

/** False: another camera of the landlord has this number, one that the person doesn't see. */
export async function setReference(tx: Tx, cameraId: string, reference: string): Promise<boolean> {
  const rows = await tx`
    update register.camera c set reference = ${reference}
    where c.id = ${cameraId} and not exists (
      select 1 from register.camera o where o.provider = c.provider and o.reference = ${reference} and o.id <> c.id)`
  return rows.count === 1
}

export async function setTakenOver(
  tx: Tx,
  camera: {
    readonly cameraId: string
    readonly importId: string
    readonly daysKept: number | null
    readonly sign: SignPlace | null
    readonly running: boolean
  },
): Promise<void> {
  await tx`
    insert into register.camera_taken_over (camera_id, import_id, days_kept_before, sign_place, running)
    values (${camera.cameraId}, ${camera.importId}, ${camera.daysKept}, ${camera.sign}, ${camera.running})
    on conflict (camera_id) do update
    set import_id = excluded.import_id,
        days_kept_before = coalesce(excluded.days_kept_before, register.camera_taken_over.days_kept_before),
        sign_place = coalesce(excluded.sign_place, register.camera_taken_over.sign_place),
        running = excluded.running or register.camera_taken_over.running`
}

/** What an uploaded file said of a camera; null: it came another way. */
export async function takenOver(
  sql: Query,
  cameraId: string,
): Promise<{ readonly daysKept: number | null; readonly sign: SignPlace | null } | null> {
  const [row] = await sql<{ days_kept_before: number | null; sign_place: SignPlace | null }[]>`
    select days_kept_before, sign_place from register.camera_taken_over where camera_id = ${cameraId}`
  return row === undefined ? null : { daysKept: row.days_kept_before, sign: row.sign_place }
}
