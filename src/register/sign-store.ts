/** All SQL about signs. */
import { isId, newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'

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
  /** Of its words, as the photo proves it. */
  readonly version: number
  readonly placedMs: number
  readonly placedBy: string
  /** Since when somebody says that it doesn't do its work any more; see `trouble`. */
  readonly missingMs: number | null
  readonly trouble: SignTrouble | null
  /** The sheet that hangs here; null: recorded before signs were made from the record. */
  readonly sheetId: string | null
  /** How its photo proves it; null as `sheetId`. */
  readonly proof: SignProof | null
  /** When it was last proved to hang. */
  readonly seenMs: number | null
}

/** Its code was read in the photo; a second person vouched for it; or it waits for that person. */
export type SignProof = 'read' | 'word' | 'waiting'
export type SignTrouble = 'missing' | 'damaged'

export async function insertSign(
  tx: Tx,
  sign: {
    readonly provider: string
    readonly systemId: string
    readonly cameraId: string | null
    readonly place: SignPlace
    readonly note: string
    readonly photoId: string
    readonly sheetId: string
    readonly version: number
    readonly proof: SignProof
    readonly by: string
    readonly nowMs: number
  },
): Promise<string> {
  const id = newId(sign.nowMs)
  await tx`
    insert into register.sign (id, provider, system_id, camera_id, place, note, photo_id, sheet_id, version, proof,
                               placed_at, placed_by, seen_at)
    values (${id}, ${sign.provider}, ${sign.systemId}, ${sign.cameraId}, ${sign.place}, ${sign.note}, ${sign.photoId},
            ${sign.sheetId}, ${sign.version}, ${sign.proof}, ${sign.nowMs}, ${sign.by},
            ${sign.proof === 'waiting' ? null : sign.nowMs})`
  return id
}

/** A later photo proves that it still hangs. */
export async function seeSign(
  tx: Tx,
  id: string,
  seen: { readonly photoId: string; readonly proof: 'read' | 'word'; readonly nowMs: number },
): Promise<void> {
  await tx`
    update register.sign set photo_id = ${seen.photoId}, proof = ${seen.proof}, seen_at = ${seen.nowMs}
    where id = ${id}`
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
  if (!isId(id)) return null
  const [row] = await sql<SignRow[]>`select * from register.sign where id = ${id} and removed_at is null`
  return row ? toSign(row) : null
}

/** Somebody saw that it is gone or can't be read. False: it was known, or it isn't in the register. */
export async function markSignMissing(
  tx: Tx,
  id: string,
  nowMs: number,
  trouble: SignTrouble = 'missing',
): Promise<boolean> {
  const rows = await tx`
    update register.sign set missing_at = ${nowMs}, trouble = ${trouble}
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
  trouble: SignTrouble | null
  sheet_id: string | null
  proof: SignProof | null
  seen_at: number | null
}

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
  trouble: row.missing_at === null ? null : (row.trouble ?? 'missing'),
  sheetId: row.sheet_id,
  proof: row.proof,
  seenMs: row.seen_at,
})
