/**
 * When a reference picture goes: it is a picture of a place like any other (promise 3). A refused one goes at once, one
 * whose place a newer one took the next hour, and the last one with the pictures of its camera: as many days after the
 * authority ended as those were kept. That there was one stays on record.
 */
import { inTransaction, type Query, type Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import type { AuthorisationDeps } from './parts.ts'
import { lockDeployment } from './store.ts'
import { inTurn } from './turns.ts'

/**
 * Deletes the picture itself. One that a continuation still shows stays there until that lets it go.
 * @returns the id of the picture that is gone, whose key is to be destroyed once this is committed; null: none is
 */
export async function removeReference(tx: Tx, referenceId: string, nowMs: number): Promise<string | null> {
  const [row] = await tx<{ attachment_id: string }[]>`
    select attachment_id from authorisation.reference_picture where id = ${referenceId} and gone_at is null for update`
  if (row === undefined) return null
  await tx`
    update authorisation.reference_picture set attachment_id = null, gone_at = ${nowMs} where id = ${referenceId}`
  const removed = await tx`
    delete from register.attachment a where a.id = ${row.attachment_id}
      and not exists (select 1 from authorisation.reference_picture where attachment_id = a.id)`
  return removed.count === 0 ? null : row.attachment_id
}

/** Deletes all whose time is over, with their keys, and keys that a crash left without a picture. */
export async function forgetReferences(
  deps: Pick<AuthorisationDeps, 'sql' | 'clock' | 'stills'>,
): Promise<void> {
  for (const due of await dueReferences(deps.sql, deps.clock.nowMs())) {
    const gone = await inTurn(deps.sql, () =>
      inTransaction(deps.sql, async (tx) => {
        if ((await lockDeployment(tx, due.deployment)) === null) return null
        const nowMs = deps.clock.nowMs()
        const removed = await removeReference(tx, due.id, nowMs)
        await append(tx, {
          kind: 'reference.deleted',
          actor: null,
          provider: due.provider,
          about: { deployment: due.deployment, camera: due.camera },
          atMs: nowMs,
        })
        return removed
      }),
    )
    if (gone !== null) await deps.stills.destroy(gone)
  }
  await destroyLeftKeys(deps)
}

/** A picture is on record within seconds of its key. */
const onRecordWithinMs = 3_600_000

/** A database restored from before a deletion brings its picture back, and no key; one from before a picture ends its key. */
async function destroyLeftKeys({
  sql,
  clock,
  stills,
}: Pick<AuthorisationDeps, 'sql' | 'clock' | 'stills'>): Promise<void> {
  const old = stills.all().filter(({ madeMs }) => madeMs <= clock.nowMs() - onRecordWithinMs)
  if (old.length === 0) return
  const rows = await sql<{ id: string }[]>`
    select id from register.attachment where id = any (${old.map(({ id }) => id)}::uuid[])`
  const there = new Set(rows.map(({ id }) => id))
  for (const { id } of old) if (!there.has(id)) await stills.destroy(id)
}

type Due = {
  readonly id: string
  readonly deployment: string
  readonly camera: string
  readonly provider: string
}

async function dueReferences(sql: Query, nowMs: number): Promise<readonly Due[]> {
  return await sql<Due[]>`
    select r.id, d.id as deployment, d.camera_id as camera, d.provider
    from authorisation.reference_picture r join authorisation.deployment d on d.id = r.deployment_id
    where r.gone_at is null and (
      r.refused_at is not null
      or exists (select 1 from authorisation.reference_picture n
                 where n.deployment_id = r.deployment_id and n.accepted_at is not null and n.taken_at > r.taken_at)
      or d.ended_at + make_interval(days => coalesce(
           (select max(m.retention_days) from authorisation.mandate m where m.deployment_id = d.id), 1)) <= ${nowMs}::timestamptz)
    order by r.taken_at limit 500`
}
