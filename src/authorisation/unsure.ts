/**
 * After a restored backup the hub keeps silent about a camera until its recorder has said what it holds: whatever was
 * ended since the backup was ended by a number that may be spent again meanwhile, and would be taken for the newer word.
 * The recorder goes by the newest word it has. Ends go out all the same; see restored.ts for what is done with its answer.
 */
import type { Clock, Log } from '#base/base.ts'
import { inTransaction, type Query, type Sql, type Tx } from '#engine/engine.ts'
import { resumedLogs } from '#ledger/ledger.ts'

export type Unsure = {
  /** The highest number that the restored database knew for the camera; 0: none. */
  readonly known: number
  /** The camera's recorder by the restored database; null: none. */
  readonly recorderId: string | null
}

/** Said wherever a mandate is held back for it. */
export const unsureWords =
  'Waiting for the recorder to say what it holds, after a restored backup. Until then nothing new is signed for this camera.'

/** At the hub's start, once the sequencer has looked for a restore, and before anything is signed or told. */
export async function unsureAfterRestore(given: {
  readonly sql: Sql
  readonly clock: Clock
  readonly log: Log
}): Promise<void> {
  if (await beUnsure(given.sql, await resumedLogs(given.sql), given.clock.nowMs()))
    given.log.warn({}, 'a backup was restored: cameras get no new mandate until their recorder was heard')
}

/**
 * Makes every camera unsure, once for each log that a restore opened. A start that was cut short does it at the next.
 * A camera that still is unsure from an earlier restore keeps the lower number that was known then.
 * @param origins names of the logs that open by saying what was lost (`resumedLogs` of the ledger)
 * @returns whether there was a restore that had not been noted
 */
export async function beUnsure(sql: Sql, origins: readonly string[], nowMs: number): Promise<boolean> {
  if (origins.length === 0) return false
  return await inTransaction(sql, async (tx) => {
    const fresh = await tx`
      insert into authorisation.restored_log (origin, noted_at)
      select origin, ${nowMs}::timestamptz from unnest(${origins as string[]}::text[]) as o (origin)
      on conflict (origin) do nothing`
    if (fresh.count === 0) return false
    // Those without a recorder too: after the backup they may have been given one.
    await tx`
      insert into authorisation.unsure (camera_id, since, known, recorder_id)
      select c.id, ${nowMs}::timestamptz, coalesce(n.last, 0), c.recorder_id
      from register.camera c left join authorisation.counter n on n.camera_id = c.id
      on conflict (camera_id) do nothing`
    return true
  })
}

export async function isUnsure(sql: Query, cameraId: string): Promise<boolean> {
  return (await sql`select 1 from authorisation.unsure where camera_id = ${cameraId}`).length > 0
}

/** The row, locked until commit. */
export async function lockUnsure(tx: Tx, cameraId: string): Promise<Unsure | null> {
  const [row] = await tx<{ known: number; recorder_id: string | null }[]>`
    select known, recorder_id from authorisation.unsure where camera_id = ${cameraId} for update`
  return row === undefined ? null : { known: row.known, recorderId: row.recorder_id }
}

export async function beSure(tx: Tx, cameraId: string): Promise<void> {
  await tx`delete from authorisation.unsure where camera_id = ${cameraId}`
}
