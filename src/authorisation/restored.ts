/**
 * After a restored backup a recorder knows more than the hub: its newest mandate or withdrawal may have a number that the
 * database doesn't remember signing. Signed on from the old number, a stop would be refused as old, and a renewal could
 * pass an end that was forgotten. So nothing is signed for a camera until its recorder has said what it holds (unsure.ts),
 * and then the number is caught up first. What was decided meanwhile is not known; the recorder only tells whether its
 * newest word lets it record. If it does, and every gate still holds here, it is renewed. If not, somebody ended the
 * authority after the backup: the camera stays stopped until a person who may says that it goes on.
 *
 * Not covered: a recorder that never heard of the end, or whose own folder was put back from the same old backup. Then
 * nobody holds the end any more.
 */
import { openTask } from '#casework/casework.ts'
import { inTransaction, publish, type Query, type Tx } from '#engine/engine.ts'
import { signWithdrawal } from '#formats/mandate/mandate.ts'
import { append } from '#ledger/ledger.ts'
import { allMet, rolesFor } from '#policy/policy.ts'
import { placeOf } from '#register/register.ts'
import { evaluate, isStopped, type Standing, standingOf } from './evaluate.ts'
import { planLease } from './lease.ts'
import { currentMandate, newestMandate, nextCounter } from './mandate-store.ts'
import { endMandate, issueMandate } from './mandates.ts'
import type { MandateRow } from './model.ts'
import type { AuthorisationDeps } from './parts.ts'
import { insertStop, lockDeployment } from './store.ts'
import { inTurn } from './turns.ts'
import { beSure, lockUnsure, type Unsure } from './unsure.ts'

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
/** In which somebody says whether a camera that a restored backup stopped may go on. */
const daysToSay = 3
const endedSince =
  'Overt’s database was restored from a backup, and this camera’s authority was ended after that backup was made.'
const unclear =
  'Overt’s database was restored from a backup, and this camera’s recorder doesn’t hold what Overt remembers of its authority.'

type Withdrawal = { readonly camera: string; readonly jws: string; readonly certificate: string }

/**
 * Compares what a recorder holds with what the database remembers. Nothing is done where they agree, but that the hub may
 * sign again for a camera of which it was unsure.
 * @returns signed ends for cameras that record under a mandate of which nothing is known here any more
 */
export async function heardCounters(
  deps: AuthorisationDeps,
  recorderId: string,
  words: readonly HeldWord[],
): Promise<readonly Withdrawal[]> {
  if (words.length === 0) return []
  const rows = await deps.sql<{ id: string; last: number; unsure: boolean }[]>`
    select w.id, coalesce(c.last, 0) as last, u.camera_id is not null as unsure
    from unnest(${words.map(({ cameraId }) => cameraId)}::uuid[]) as w (id)
    left join authorisation.counter c on c.camera_id = w.id
    left join authorisation.unsure u on u.camera_id = w.id`
  const remembered = new Map(rows.map((row) => [row.id, row]))
  const withdrawals: Withdrawal[] = []
  for (const word of words) {
    const { last, unsure } = remembered.get(word.cameraId)!
    if (word.counter <= last && !unsure) continue
    const heard = await inTurn(deps.sql, () =>
      inTransaction(deps.sql, (tx) => compare(tx, deps, recorderId, word)),
    )
    if (heard.withdrawal !== null) withdrawals.push(heard.withdrawal)
    // What was held back while unsure. Each in its own transaction; one that is missed here is looked at by the hour.
    for (const id of heard.look)
      await inTurn(deps.sql, () => inTransaction(deps.sql, (tx) => evaluate(tx, deps, id, null)))
  }
  return withdrawals
}

type Heard = { readonly withdrawal: Withdrawal | null; readonly look: readonly string[] }
const nothing: Heard = { withdrawal: null, look: [] }

async function compare(tx: Tx, deps: AuthorisationDeps, recorderId: string, word: HeldWord): Promise<Heard> {
  const nowMs = deps.clock.nowMs()
  const { cameraId } = word
  // The deployments' locks first, as everywhere, then the counter's. The one with the mandate comes first.
  const open = await openDeployments(tx, cameraId)
  for (const id of open) await lockDeployment(tx, id)
  const unsure = await lockUnsure(tx, cameraId)
  const last = await lastCounter(tx, cameraId)
  const standings: Standing[] = []
  for (const id of open) standings.push((await standingOf(tx, deps, id, nowMs))!)
  if (unsure !== null) {
    const newest = await newestMandate(tx, cameraId)
    if (
      knownHere(word, unsure, recorderId, newest) ||
      endedHere(word, newest, standings) ||
      (open.length === 0 && word.counter <= unsure.known && word.mayNot)
    ) {
      await beSure(tx, cameraId)
      if (newest !== null && newest.ended === null && word.counter < newest.counter)
        await tellAgain(tx, newest)
      return { withdrawal: null, look: open }
    }
  } else if (word.counter <= last) return nothing
  if (word.mayNot && nowMs - word.sinceMs < settledMs) return nothing
  await beSure(tx, cameraId)
  const known = unsure?.known ?? last
  return { withdrawal: await catchUp(tx, deps, { recorderId, word, standings, known, nowMs }), look: [] }
}

/** Is the recorder's newest word one that the restored database knew? Numbers above those may have been spent twice. */
function knownHere(word: HeldWord, unsure: Unsure, recorderId: string, newest: MandateRow | null): boolean {
  // Given to another recorder since: what the former one holds will not be heard.
  if (unsure.recorderId !== null && unsure.recorderId !== recorderId) return false
  if (word.counter !== unsure.known) return word.counter < unsure.known
  return newest === null ? word.mayNot : word.mandateId === newest.id
}

/** An end that went out while unsure and was obeyed, of an authority that nothing here would take up again by itself. */
const endedHere = (word: HeldWord, newest: MandateRow | null, standings: readonly Standing[]): boolean =>
  word.mayNot &&
  newest?.ended != null &&
  newest.id === word.mandateId &&
  newest.withdrawalCounter === word.counter &&
  standings.every(({ file }) => isStopped(file))

/** The recorder missed the newest mandate, and wasn't told while unsure. */
const tellAgain = (tx: Tx, m: MandateRow): Promise<void> =>
  publish(
    tx,
    'mandate.issued',
    {
      deployment: m.deploymentId,
      camera: m.cameraId,
      recorder: m.recorderId,
      mandateId: m.id,
      counter: m.counter,
    },
    { key: m.cameraId },
  )

async function catchUp(
  tx: Tx,
  deps: AuthorisationDeps,
  given: {
    readonly recorderId: string
    readonly word: HeldWord
    /** Of all open deployments of the camera, the one with the mandate first. */
    readonly standings: readonly Standing[]
    readonly known: number
    readonly nowMs: number
  },
): Promise<Withdrawal | null> {
  const { recorderId, word, standings, known, nowMs } = given
  const { cameraId } = word
  const ahead = word.counter > known
  await raise(tx, cameraId, word.counter)
  const standing = standings[0] ?? null
  const mandate = await currentMandate(tx, cameraId)
  const goesOn =
    ahead &&
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
    about: {
      camera: cameraId,
      recorder: recorderId,
      ...(standing === null ? {} : { deployment: standing.file.deployment.id }),
    },
    data: {
      held: word.counter,
      known,
      outcome: lease !== null ? 'renewed' : ahead ? 'stopped' : 'unclear',
    },
    atMs: nowMs,
  })
  if (lease !== null && standing !== null) {
    const { file, pack, gates } = standing
    await issueMandate(tx, deps, { file, pack, gates, class: mandate!.class, lease, actor: null, nowMs })
    return null
  }
  // All that are open: the end may have been that of one which took over after the backup.
  for (const one of standings)
    if (!isStopped(one.file)) await stop(tx, one, ahead ? endedSince : unclear, nowMs)
  if (mandate !== null) {
    await endMandate(tx, deps, mandate, { cause: 'stopped', atMs: nowMs })
    for (const { file } of standings) await evaluate(tx, deps, file.deployment.id, null)
    // Its word went to the mandate's own recorder.
    if (mandate.recorderId === recorderId) return null
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

async function stop(tx: Tx, { file, pack }: Standing, reason: string, nowMs: number): Promise<void> {
  const { deployment: d, site, camera } = file
  await insertStop(tx, d.id, null, reason, nowMs)
  await append(tx, {
    kind: 'deployment.stopped',
    actor: null,
    provider: d.provider,
    about: { deployment: d.id, camera: camera.id, system: d.systemId },
    data: { reference: d.reference },
    personal: { reason },
    atMs: nowMs,
  })
  await openTask(tx, {
    kind: 'deployment.restored',
    provider: d.provider,
    ...placeOf(site),
    title: `Camera “${camera.label}” is stopped: ${
      reason === endedSince
        ? 'its authority was ended after the backup from which Overt was restored'
        : 'after a restored backup its recorder doesn’t hold what Overt remembers'
    }. Say whether it may go on, or end it here too.`,
    roles: rolesFor(pack, 'deployment.withdraw'),
    about: { deployment: d.id },
    dueMs: nowMs + daysToSay * 86_400_000,
    keepDue: true,
    nowMs,
  })
}

/** Open deployments of a camera, the one whose mandate is in force first. */
async function openDeployments(sql: Query, cameraId: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select d.id, exists (select 1 from authorisation.mandate m where m.deployment_id = d.id and m.ended_at is null) as mandate
    from authorisation.deployment d where d.camera_id = ${cameraId} and d.ended_at is null
    order by mandate desc, d.id`
  return rows.map(({ id }) => id)
}

async function lastCounter(tx: Tx, cameraId: string): Promise<number> {
  const [row] = await tx<{ last: number }[]>`
    select last from authorisation.counter where camera_id = ${cameraId} for update`
  return row?.last ?? 0
}

/** Numbers only ever grow. */
async function raise(tx: Tx, cameraId: string, counter: number): Promise<void> {
  if (counter === 0) return
  await tx`
    insert into authorisation.counter (camera_id, last) values (${cameraId}, ${counter})
    on conflict (camera_id) do update set last = greatest(authorisation.counter.last, excluded.last)`
}
