/**
 * After a restored backup a recorder knows more than the hub: its newest mandate or withdrawal has a higher number than
 * any that the database remembers signing. Signed on from the old number, a stop would be refused as old, so the number
 * is caught up first. What was decided meanwhile is not known; the recorder only tells whether its newest word lets it
 * record. If it does, and every gate still holds here, it is renewed. If not, somebody ended the authority after the
 * backup: the camera stays stopped until a person who may says that it goes on.
 *
 * KNOWN GAP: only a number higher than our newest is seen as lost history. Where the restored hub renews a lease before it
 * has heard from the recorder, it may reach or pass the number of an end that it forgot (one renewal a day): on a tie the
 * recorder refuses and we don't stop, past it the recorder records again. To come: after `ledger.resumed` no mandate is
 * signed or told for a camera until its recorder's words were compared. Until then: the guide's list of stops.
 */
import { openTask } from '#casework/casework.ts'
import { inTransaction, type Tx } from '#engine/engine.ts'
import { signWithdrawal } from '#formats/mandate/mandate.ts'
import { append } from '#ledger/ledger.ts'
import { allMet, rolesFor } from '#policy/policy.ts'
import { evaluate, isStopped, standingOf } from './evaluate.ts'
import { planLease } from './lease.ts'
import { currentMandate, nextCounter } from './mandate-store.ts'
import { endMandate, issueMandate } from './mandates.ts'
import type { AuthorisationDeps } from './parts.ts'
import { insertStop, lockDeployment } from './store.ts'

/** What a recorder says of one camera that is its own. */
export type HeldWord = {
  readonly cameraId: string
  /** Number of the newest mandate or withdrawal that it holds. */
  readonly counter: number
  /** Id of its newest mandate, withdrawn or not; null: none. */
  readonly mandateId: string | null
  /** It may not record, and since when it may not. */
  readonly mayNot: boolean
  readonly sinceMs: number
}

/** A recorder that has just started says 'no mandate' until it has looked: it is believed after this long. */
const settledMs = 4_000
const reason =
  'Overt’s database was restored from a backup, and this camera’s authority was ended after that backup was made.'

type Withdrawal = { readonly camera: string; readonly jws: string; readonly certificate: string }

/**
 * Compares what a recorder holds with what the database remembers. Nothing is done where they agree.
 * @returns signed ends for cameras that record under a mandate of which nothing is known here any more
 */
export async function heardCounters(
  deps: AuthorisationDeps,
  recorderId: string,
  words: readonly HeldWord[],
): Promise<readonly Withdrawal[]> {
  const told = words.filter(({ counter }) => counter > 0)
  if (told.length === 0) return []
  const rows = await deps.sql<{ id: string; last: number }[]>`
    select camera_id as id, last from authorisation.counter
    where camera_id = any (${told.map(({ cameraId }) => cameraId)}::uuid[])`
  const last = new Map(rows.map((row) => [row.id, row.last]))
  const withdrawals: Withdrawal[] = []
  for (const word of told) {
    if (word.counter <= (last.get(word.cameraId) ?? 0)) continue
    if (word.mayNot && deps.clock.nowMs() - word.sinceMs < settledMs) continue
    const withdrawal = await inTransaction(deps.sql, (tx) => catchUp(tx, deps, recorderId, word))
    if (withdrawal !== null) withdrawals.push(withdrawal)
  }
  return withdrawals
}

async function catchUp(
  tx: Tx,
  deps: AuthorisationDeps,
  recorderId: string,
  word: HeldWord,
): Promise<Withdrawal | null> {
  const nowMs = deps.clock.nowMs()
  const { cameraId } = word
  // The deployment's lock first, as everywhere, then the counter's.
  const open = await tx<{ id: string; mandate: boolean }[]>`
    select d.id, exists (select 1 from authorisation.mandate m where m.deployment_id = d.id and m.ended_at is null) as mandate
    from authorisation.deployment d where d.camera_id = ${cameraId} and d.ended_at is null
    order by mandate desc, d.id limit 1`
  const deployment = open[0]?.id ?? null
  if (deployment !== null) await lockDeployment(tx, deployment)
  const before = await raise(tx, cameraId, word.counter)
  if (before === null) return null
  const standing = deployment === null ? null : await standingOf(tx, deps, deployment, nowMs)
  const mandate = await currentMandate(tx, cameraId)
  const goesOn =
    !word.mayNot &&
    mandate !== null &&
    standing !== null &&
    allMet(standing.gates) &&
    !isStopped(standing.file)
  const lease = goesOn ? planLease(standing.file.deployment, nowMs, mandate.fromMs) : null
  await append(tx, {
    kind: 'mandate.recorder-ahead',
    actor: null,
    provider: standing?.file.deployment.provider ?? null,
    about: { camera: cameraId, recorder: recorderId, ...(deployment === null ? {} : { deployment }) },
    data: { held: word.counter, known: before, outcome: lease === null ? 'stopped' : 'renewed' },
    atMs: nowMs,
  })
  if (lease !== null && standing !== null) {
    const { file, pack, gates } = standing
    await issueMandate(tx, deps, { file, pack, gates, class: mandate!.class, lease, actor: null, nowMs })
    return null
  }
  if (standing !== null && !isStopped(standing.file)) {
    const { deployment: d, site, camera } = standing.file
    await insertStop(tx, d.id, null, reason, nowMs)
    await append(tx, {
      kind: 'deployment.stopped',
      actor: null,
      provider: d.provider,
      about: { deployment: d.id, camera: cameraId, system: d.systemId },
      data: { reference: d.reference },
      personal: { reason },
      atMs: nowMs,
    })
    await openTask(tx, {
      kind: 'deployment.restored',
      provider: d.provider,
      area: site.area,
      title: `Camera “${camera.label}” is stopped: its authority was ended after the backup from which Overt was restored. Say whether it may go on, or end it here too.`,
      roles: rolesFor(standing.pack, 'deployment.withdraw'),
      about: { deployment: d.id },
      nowMs,
    })
  }
  if (mandate !== null) {
    await endMandate(tx, deps, mandate, { cause: 'stopped', atMs: nowMs })
    if (deployment !== null) await evaluate(tx, deps, deployment, null)
    return null
  }
  if (word.mayNot || word.mandateId === null) return null
  const { signer, certificate } = await deps.keys.signing()
  const counter = await nextCounter(tx, cameraId)
  const end = { endedMs: nowMs, cause: 'stopped' }
  const claims = {
    v: 1,
    camera: cameraId,
    recorder: recorderId,
    mandate: word.mandateId,
    counter,
    ...end,
  } as const
  return { camera: cameraId, jws: signWithdrawal(claims, signer), certificate }
}

/** Gives what was known before, or null when another has caught up meanwhile. Numbers only ever grow. */
async function raise(tx: Tx, cameraId: string, counter: number): Promise<number | null> {
  const [row] = await tx<{ last: number }[]>`
    select last from authorisation.counter where camera_id = ${cameraId} for update`
  const before = row?.last ?? 0
  if (before >= counter) return null
  await tx`
    insert into authorisation.counter (camera_id, last) values (${cameraId}, ${counter})
    on conflict (camera_id) do update set last = greatest(authorisation.counter.last, excluded.last)`
  return before
}
