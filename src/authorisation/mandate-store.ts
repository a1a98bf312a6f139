/** The SQL of mandates and of the counters that recorders hold against us. */
import type { Query, Tx } from '#engine/engine.ts'
import type { MandateClass, MandateEndCause, MandateRow } from './model.ts'

/** Spends the camera's next counter. Locked until commit, so that no two messages ever carry the same one. */
export async function nextCounter(tx: Tx, cameraId: string): Promise<number> {
  const [row] = await tx<{ last: number }[]>`
    insert into authorisation.counter (camera_id, last) values (${cameraId}, 1)
    on conflict (camera_id) do update set last = authorisation.counter.last + 1 returning last`
  return row!.last
}

export async function insertMandate(
  tx: Tx,
  m: Omit<MandateRow, 'ended' | 'withdrawal' | 'withdrawalCounter' | 'overrunMs'>,
): Promise<void> {
  await tx`
    insert into authorisation.mandate
      (id, deployment_id, camera_id, recorder_id, counter, class, from_at, until_at, authority_until_at,
       retention_days, jws, certificate, issued_at, audio_until_at)
    values (${m.id}, ${m.deploymentId}, ${m.cameraId}, ${m.recorderId}, ${m.counter}, ${m.class}, ${m.fromMs},
            ${m.untilMs}, ${m.authorityUntilMs}, ${m.retentionDays}, ${m.jws}, ${m.certificate}, ${m.issuedMs},
            ${m.audioUntilMs})`
}

/** The mandate that hasn't ended, replaced or run out by word; its lease may have run out by itself. */
export async function currentMandate(sql: Query, cameraId: string): Promise<MandateRow | null> {
  const [row] = await sql<Row[]>`
    select * from authorisation.mandate where camera_id = ${cameraId} and ended_at is null`
  return row ? toMandate(row) : null
}

export async function newestMandate(sql: Query, cameraId: string): Promise<MandateRow | null> {
  const [row] = await sql<Row[]>`
    select * from authorisation.mandate where camera_id = ${cameraId} order by counter desc limit 1`
  return row ? toMandate(row) : null
}

export async function findMandate(sql: Query, id: string): Promise<MandateRow | null> {
  const [row] = await sql<Row[]>`select * from authorisation.mandate where id = ${id}`
  return row ? toMandate(row) : null
}

/** Newest first. A deployment renewed daily for ten years has 3,650, of which a page needs the newest. */
const mandatesShownMax = 100

export async function mandatesOfAll(
  sql: Query,
  deploymentIds: readonly string[],
): Promise<ReadonlyMap<string, readonly MandateRow[]>> {
  const rows = await sql<Row[]>`
    select m.* from unnest(${deploymentIds as string[]}::uuid[]) as d (id),
      lateral (select * from authorisation.mandate where deployment_id = d.id
               order by counter desc limit ${mandatesShownMax}) m
    order by m.counter desc`
  return Map.groupBy(rows.map(toMandate), (m) => m.deploymentId)
}

export async function mandatesOfCamera(sql: Query, cameraId: string): Promise<readonly MandateRow[]> {
  const rows = await sql<Row[]>`
    select * from authorisation.mandate where camera_id = ${cameraId} order by counter`
  return rows.map(toMandate)
}

/** Marks the end; false when it had ended. Without a withdrawal for one that is only replaced. */
export async function endMandateRow(
  tx: Tx,
  id: string,
  end: {
    readonly atMs: number
    readonly cause: MandateEndCause
    readonly withdrawal: string | null
    readonly withdrawalCounter: number | null
  },
): Promise<boolean> {
  const rows = await tx`
    update authorisation.mandate
    set ended_at = ${end.atMs}, ended_cause = ${end.cause}, withdrawal = ${end.withdrawal},
        withdrawal_counter = ${end.withdrawalCounter}
    where id = ${id} and ended_at is null`
  return rows.count === 1
}

/** Mandates whose authority has run out at or before `nowMs` and that nobody has ended yet. */
export async function runOut(sql: Query, nowMs: number): Promise<readonly MandateRow[]> {
  const rows = await sql<Row[]>`
    select * from authorisation.mandate
    where ended_at is null and authority_until_at <= ${nowMs} order by authority_until_at limit 1000`
  return rows.map(toMandate)
}

/** Only ever grows: a later word from the recorder can add to the overrun, never hide some. */
export async function setOverrun(tx: Query, mandateId: string, overrunMs: number): Promise<void> {
  await tx`
    update authorisation.mandate set overrun_ms = greatest(coalesce(overrun_ms, 0), ${overrunMs})
    where id = ${mandateId} and ended_at is not null`
}

type Row = {
  id: string
  deployment_id: string
  camera_id: string
  recorder_id: string
  counter: number
  class: MandateClass
  from_at: number
  until_at: number
  authority_until_at: number | null
  audio_until_at: number | null
  retention_days: number
  jws: string
  certificate: string
  issued_at: number
  ended_at: number | null
  ended_cause: MandateEndCause | null
  withdrawal: string | null
  withdrawal_counter: number | null
  overrun_ms: number | null
}

const toMandate = (row: Row): MandateRow => ({
  id: row.id,
  deploymentId: row.deployment_id,
  cameraId: row.camera_id,
  recorderId: row.recorder_id,
  counter: row.counter,
  class: row.class,
  fromMs: row.from_at,
  untilMs: row.until_at,
  authorityUntilMs: row.authority_until_at,
  audioUntilMs: row.audio_until_at,
  retentionDays: row.retention_days,
  jws: row.jws,
  certificate: row.certificate,
  issuedMs: row.issued_at,
  ended: row.ended_at === null ? null : { atMs: row.ended_at, cause: row.ended_cause! },
  withdrawal: row.withdrawal,
  withdrawalCounter: row.withdrawal_counter,
  overrunMs: row.overrun_ms,
})
