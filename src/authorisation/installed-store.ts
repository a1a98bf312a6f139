/** The SQL of what an installer leaves on record: photos of the place, and a database that pictures are matched with. */
import { newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'

export type SitePhoto = {
  readonly id: string
  readonly attachmentId: string
  readonly note: string
  readonly takenBy: string
  readonly takenMs: number
}

export type Matching = {
  readonly id: string
  readonly database: string
  readonly owner: string
  readonly checkedOn: string
  /** Last day on which the check counts. */
  readonly goodUntil: string
  readonly recordedBy: string
  readonly recordedMs: number
}

/** More photos of one place than this are refused. */
export const sitePhotosMax = 20

export async function insertSitePhoto(
  tx: Tx,
  deploymentId: string,
  photo: Omit<SitePhoto, 'id'>,
): Promise<string> {
  const id = newId(photo.takenMs)
  await tx`
    insert into authorisation.site_photo (id, deployment_id, attachment_id, note, taken_by, taken_at)
    values (${id}, ${deploymentId}, ${photo.attachmentId}, ${photo.note}, ${photo.takenBy}, ${photo.takenMs})`
  return id
}

export async function sitePhotosOf(
  sql: Query,
  deploymentIds: readonly string[],
): Promise<ReadonlyMap<string, readonly SitePhoto[]>> {
  const rows = await sql<
    {
      id: string
      deployment_id: string
      attachment_id: string
      note: string
      taken_by: string
      taken_at: number
    }[]
  >`
    select * from authorisation.site_photo where deployment_id = any (${deploymentIds as string[]}::uuid[])
    order by taken_at, id`
  return new Map(
    [...Map.groupBy(rows, (row) => row.deployment_id)].map(([id, own]) => [
      id,
      own.map((row) => ({
        id: row.id,
        attachmentId: row.attachment_id,
        note: row.note,
        takenBy: row.taken_by,
        takenMs: row.taken_at,
      })),
    ]),
  )
}

/** Takes the place of the one before it. */
export async function insertMatching(tx: Tx, deploymentId: string, m: Omit<Matching, 'id'>): Promise<string> {
  await endMatching(tx, deploymentId, m.recordedBy, m.recordedMs)
  const id = newId(m.recordedMs)
  await tx`
    insert into authorisation.matching
      (id, deployment_id, database_name, owner, checked_on, good_until, recorded_by, recorded_at)
    values (${id}, ${deploymentId}, ${m.database}, ${m.owner}, ${m.checkedOn}, ${m.goodUntil}, ${m.recordedBy},
            ${m.recordedMs})`
  return id
}

export async function endMatching(tx: Tx, deploymentId: string, by: string, nowMs: number): Promise<boolean> {
  const rows = await tx`
    update authorisation.matching set ended_at = ${nowMs}, ended_by = ${by}
    where deployment_id = ${deploymentId} and ended_at is null`
  return rows.count === 1
}

export async function matchingsOf(
  sql: Query,
  deploymentIds: readonly string[],
): Promise<ReadonlyMap<string, Matching>> {
  const rows = await sql<
    {
      id: string
      deployment_id: string
      database_name: string
      owner: string
      checked_on: string
      good_until: string
      recorded_by: string
      recorded_at: number
    }[]
  >`
    select * from authorisation.matching
    where deployment_id = any (${deploymentIds as string[]}::uuid[]) and ended_at is null`
  return new Map(
    rows.map((row) => [
      row.deployment_id,
      {
        id: row.id,
        database: row.database_name,
        owner: row.owner,
        checkedOn: row.checked_on,
        goodUntil: row.good_until,
        recordedBy: row.recorded_by,
        recordedMs: row.recorded_at,
      },
    ]),
  )
}
