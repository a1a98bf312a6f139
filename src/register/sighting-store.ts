/** All SQL about photos of signs, and what came of each. */
import { newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { listMax } from './listing.ts'

export type Sighting = {
  readonly id: string
  readonly signId: string
  readonly version: number
  readonly photoId: string
  readonly takenMs: number
  readonly takenBy: string
  readonly proof: 'read' | 'waiting' | 'word' | 'refused' | 'passed'
  /** Why its code can't be read. */
  readonly reason: string
  readonly answered: { readonly atMs: number; readonly by: string; readonly answer: string } | null
}

export async function insertSighting(
  tx: Tx,
  sighting: Omit<Sighting, 'id' | 'takenMs' | 'answered'>,
  nowMs: number,
): Promise<string> {
  const id = newId(nowMs)
  if (sighting.proof === 'read')
    await tx`
      update register.sign_sighting set proof = 'passed' where sign_id = ${sighting.signId} and proof = 'waiting'`
  await tx`
    insert into register.sign_sighting (id, sign_id, version, photo_id, taken_at, taken_by, proof, reason)
    values (${id}, ${sighting.signId}, ${sighting.version}, ${sighting.photoId}, ${nowMs}, ${sighting.takenBy},
            ${sighting.proof}, ${sighting.reason})`
  return id
}

/** The second person's word. False: it is answered already, or the person took the photo. */
export async function answerSighting(
  tx: Tx,
  id: string,
  answer: {
    readonly proof: 'word' | 'refused'
    readonly words: string
    readonly by: string
    readonly nowMs: number
  },
): Promise<boolean> {
  const rows = await tx`
    update register.sign_sighting
    set proof = ${answer.proof}, answer = ${answer.words}, answered_by = ${answer.by}, answered_at = ${answer.nowMs}
    where id = ${id} and proof = 'waiting' and taken_by <> ${answer.by}`
  return rows.count === 1
}

/** Photos of everything that ever hung of this sheet, newest first. */
export async function sightingsOf(sql: Query, sheetId: string): Promise<readonly Sighting[]> {
  const rows = await sql<SightingRow[]>`
    select p.* from register.sign_sighting p join register.sign g on g.id = p.sign_id
    where g.sheet_id = ${sheetId} order by p.taken_at desc, p.id desc limit ${listMax}`
  return rows.map(toSighting)
}

type SightingRow = {
  id: string
  sign_id: string
  version: number
  photo_id: string
  taken_at: number
  taken_by: string
  proof: Sighting['proof']
  reason: string
  answered_at: number | null
  answered_by: string | null
  answer: string
}

const toSighting = (row: SightingRow): Sighting => ({
  id: row.id,
  signId: row.sign_id,
  version: row.version,
  photoId: row.photo_id,
  takenMs: row.taken_at,
  takenBy: row.taken_by,
  proof: row.proof,
  reason: row.reason,
  answered:
    row.answered_at === null
      ? null
      : { atMs: row.answered_at, by: row.answered_by ?? '', answer: row.answer },
})
