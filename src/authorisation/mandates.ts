/**
 * Mandates: signed, renewed, ended. Whoever calls holds the deployment's lock (`lockDeployment`), so a mandate is never
 * issued on facts that another transaction is changing.
 */
import { addDays, newId, startOfDayMs } from '#base/base.ts'
import { publish, type Query, type Tx } from '#engine/engine.ts'
import { type Mandate, signMandate, signWithdrawal } from '#formats/mandate/mandate.ts'
import { append } from '#ledger/ledger.ts'
import type { Gate, Pack } from '#policy/policy.ts'
import { goneUnder, keepings } from '#providers/providers.ts'
import { dpiaThatCounts } from './facts.ts'
import type { Lease } from './lease.ts'
import {
  currentMandate,
  endMandateRow,
  findMandate,
  insertMandate,
  mandatesOfCamera,
  newestMandate,
  nextCounter,
} from './mandate-store.ts'
import type { DeploymentFile, MandateClass, MandateEndCause, MandateRow } from './model.ts'
import type { AuthorisationDeps } from './parts.ts'
import { isUnsure } from './unsure.ts'

type Signing = Pick<AuthorisationDeps, 'keys' | 'dayPublicKeys'>

/**
 * Signs a mandate on these facts and gives it its place: the one before it is replaced in the same act, so a camera never
 * has two. The recorder learns of it through the outbox (`mandate.issued`).
 */
export async function issueMandate(
  tx: Tx,
  deps: Signing,
  given: {
    readonly file: DeploymentFile
    readonly pack: Pack
    /** Shorter than the pack's where the policy in effect now asks for less; absent: the pack's own. */
    readonly retentionDays?: number
    readonly gates: readonly Gate[]
    readonly class: MandateClass
    readonly lease: Lease
    readonly actor: string | null
    readonly nowMs: number
    /** Sound until this instant; null or absent: none. */
    readonly audioUntilMs?: number | null
    /** Why the one before it ends. */
    readonly replaces?: 'replaced' | 'audio-expired'
  },
): Promise<MandateRow> {
  const { file, pack, lease, nowMs } = given
  const { deployment: d, camera } = file
  const recorderId = camera.recorderId
  if (recorderId === null) throw new Error('a mandate needs a recorder: the gates should have said so')
  if (await isUnsure(tx, camera.id)) throw new Error('nothing is signed for a camera that is unsure')
  const before = await currentMandate(tx, camera.id)
  const counter = await nextCounter(tx, camera.id)
  const id = newId(nowMs)
  const dpia = dpiaThatCounts(file)
  // A still is a picture; sound is only ever part of an ordinary mandate.
  const audioUntilMs = given.class === 'ordinary' ? (given.audioUntilMs ?? null) : null
  const claims: Mandate = {
    v: 1,
    id,
    counter,
    recorder: recorderId,
    camera: camera.id,
    provider: d.provider,
    system: d.systemId,
    deployment: d.id,
    class: given.class,
    purposes: d.purposes,
    streams: ['main'],
    fromMs: lease.fromMs,
    untilMs: lease.untilMs,
    audio: audioUntilMs !== null,
    ...(audioUntilMs === null ? {} : { audioUntilMs }),
    masks: [],
    retentionDays: given.retentionDays ?? pack.values.retentionDays.value,
    timeZone: d.timeZone,
    stillsMax: given.class === 'commissioning' ? 1 : 0,
    keys: await deps.dayPublicKeys(camera.id, lease.days),
    basis: {
      policy: `${d.provider}@${d.policyVersion}`,
      clauses: [...new Set(given.gates.flatMap((g) => (g.state === 'met' && g.clause ? [g.clause] : [])))],
      dpia: dpia === null ? null : { id: dpia.id, version: dpia.version },
      approvals: file.approvals
        .filter((a) => a.decision === 'approve' && a.proposalVersion === d.version)
        .map((a) => a.id),
      signs: file.signs.map((s) => ({ id: s.id, version: s.version })),
    },
  }
  const { signer, certificate } = await deps.keys.signing()
  const row = {
    id,
    deploymentId: d.id,
    cameraId: camera.id,
    recorderId,
    counter,
    class: given.class,
    fromMs: lease.fromMs,
    untilMs: lease.untilMs,
    authorityUntilMs: lease.authorityUntilMs,
    audioUntilMs,
    retentionDays: claims.retentionDays,
    jws: signMandate(claims, signer),
    certificate,
    issuedMs: nowMs,
  }
  if (before) {
    // A mandate for another recorder isn't taken over by a number that this one never hears of: it is withdrawn.
    if (before.recorderId !== recorderId)
      await endMandate(tx, deps, before, { cause: 'replaced', atMs: nowMs })
    else
      await endMandateRow(tx, before.id, {
        atMs: nowMs,
        cause: given.replaces ?? 'replaced',
        withdrawal: null,
        withdrawalCounter: null,
      })
  }
  await insertMandate(tx, row)
  await append(tx, {
    kind:
      before?.deploymentId === d.id && given.class === before.class ? 'mandate.renewed' : 'mandate.issued',
    actor: given.actor,
    provider: d.provider,
    about: { camera: camera.id, deployment: d.id, system: d.systemId, mandate: id, recorder: recorderId },
    data: {
      class: given.class,
      counter,
      fromMs: lease.fromMs,
      untilMs: lease.untilMs,
      authorityUntilMs: lease.authorityUntilMs,
      audioUntilMs,
      policy: claims.basis.policy,
    },
    atMs: nowMs,
  })
  await publish(
    tx,
    'mandate.issued',
    { deployment: d.id, camera: camera.id, recorder: recorderId, mandateId: id, counter },
    { key: camera.id },
  )
  return { ...row, ended: null, withdrawal: null, withdrawalCounter: null, overrunMs: null }
}

/**
 * Ends a mandate at an instant, with a signed word for its recorder. Frames at or after that instant are refused
 * everywhere from now on, whatever the recorder stores before the news arrives (design §5).
 */
export async function endMandate(
  tx: Tx,
  deps: Pick<AuthorisationDeps, 'keys'>,
  mandate: MandateRow,
  end: { readonly cause: MandateEndCause; readonly atMs: number; readonly actor?: string | null },
): Promise<boolean> {
  const counter = await nextCounter(tx, mandate.cameraId)
  const { signer } = await deps.keys.signing()
  const withdrawal = signWithdrawal(
    {
      v: 1,
      camera: mandate.cameraId,
      recorder: mandate.recorderId,
      mandate: mandate.id,
      counter,
      endedMs: end.atMs,
      cause: end.cause,
    },
    signer,
  )
  const ended = await endMandateRow(tx, mandate.id, {
    atMs: end.atMs,
    cause: end.cause,
    withdrawal,
    withdrawalCounter: counter,
  })
  if (!ended) return false
  const [owner] = await tx<{ provider: string; system_id: string }[]>`
    select provider, system_id from authorisation.deployment where id = ${mandate.deploymentId}`
  await append(tx, {
    kind: 'mandate.ended',
    actor: end.actor ?? null,
    provider: owner!.provider,
    about: {
      camera: mandate.cameraId,
      deployment: mandate.deploymentId,
      system: owner!.system_id,
      mandate: mandate.id,
      recorder: mandate.recorderId,
    },
    data: { cause: end.cause, class: mandate.class, endedMs: end.atMs, counter },
    atMs: Math.max(end.atMs, mandate.issuedMs),
  })
  await publish(
    tx,
    'mandate.ended',
    {
      deployment: mandate.deploymentId,
      camera: mandate.cameraId,
      recorder: mandate.recorderId,
      mandateId: mandate.id,
      counter,
      endedMs: end.atMs,
      cause: end.cause,
    },
    { key: mandate.cameraId },
  )
  return true
}

// ---- what footage asks ----

/**
 * The newest mandate of a camera as its recorder is to have it; null: none, or the newest one has been ended, or the
 * recorder has yet to say what it holds (unsure.ts).
 */
export async function mandateBundleFor(
  sql: Query,
  cameraId: string,
): Promise<{
  readonly jws: string
  readonly certificate: string
  readonly counter: number
  readonly mandateId: string
  readonly recorderId: string
} | null> {
  const newest = await newestMandate(sql, cameraId)
  if (newest === null || newest.ended !== null || (await isUnsure(sql, cameraId))) return null
  const { jws, certificate, counter, id, recorderId } = newest
  return { jws, certificate, counter, mandateId: id, recorderId }
}

/** The newest signed end for a camera, when nothing newer is in force; a recorder that was away gets it on its return. */
export async function withdrawalFor(
  sql: Query,
  keys: AuthorisationDeps['keys'],
  cameraId: string,
): Promise<{
  readonly jws: string
  readonly certificate: string
  readonly counter: number
  readonly mandateId: string
  readonly recorderId: string
  readonly endedMs: number
} | null> {
  const newest = await newestMandate(sql, cameraId)
  if (newest?.ended == null || newest.withdrawal === null || newest.withdrawalCounter === null) return null
  // Signed under the key of its day; the certificate of that key is the mandate's own unless keys were changed between.
  const certificate = await certificateOf(newest, keys)
  return {
    jws: newest.withdrawal,
    certificate,
    counter: newest.withdrawalCounter,
    mandateId: newest.id,
    recorderId: newest.recorderId,
    endedMs: newest.ended.atMs,
  }
}

const kidOf = (token: string): string => {
  const header = JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString('utf8')) as {
    kid?: string
  }
  return header.kid ?? ''
}

async function certificateOf(mandate: MandateRow, keys: AuthorisationDeps['keys']): Promise<string> {
  return kidOf(mandate.jws) === kidOf(mandate.withdrawal!)
    ? mandate.certificate
    : (await keys.signing()).certificate
}

export type AuthorityInterval = {
  readonly fromMs: number
  /** Exclusive: the end of the lease, or the instant at which it was ended if that came first. */
  readonly untilMs: number
  readonly mandateId: string
  readonly class: MandateClass
  readonly deploymentId: string
}

/** All spans in which a camera had authority, oldest first. A renewed lease goes on in the one that replaced it. */
export async function authorityIntervals(
  sql: Query,
  cameraId: string,
): Promise<readonly AuthorityInterval[]> {
  return intervalsOf(await mandatesOfCamera(sql, cameraId))
}

/** @param mandates of one camera, by counter. Pure. */
export function intervalsOf(mandates: readonly MandateRow[]): AuthorityInterval[] {
  const found: AuthorityInterval[] = []
  let next: { mandate: MandateRow; untilMs: number } | null = null
  for (const m of mandates.toReversed()) {
    // Until its recorder has the new lease it records under the old one, by the same authority: what ends the new one
    // ends the old one too, and nothing else does.
    const renewed: boolean =
      (m.ended?.cause === 'replaced' || m.ended?.cause === 'audio-expired') &&
      m.withdrawal === null &&
      next !== null &&
      next.mandate.deploymentId === m.deploymentId &&
      next.mandate.class === m.class
    const endMs: number = renewed ? next!.untilMs : (m.ended?.atMs ?? m.untilMs)
    const untilMs = Math.min(m.untilMs, endMs)
    next = { mandate: m, untilMs }
    if (untilMs > m.fromMs)
      found.unshift({
        fromMs: m.fromMs,
        untilMs,
        mandateId: m.id,
        class: m.class,
        deploymentId: m.deploymentId,
      })
  }
  return found
}

/** The mandate in force for a camera at an instant, by the hub's own record; null when there was none. */
export async function mandateAt(sql: Query, cameraId: string, ms: number): Promise<MandateRow | null> {
  const interval = (await authorityIntervals(sql, cameraId)).findLast((i) => i.fromMs <= ms && ms < i.untilMs)
  return interval ? findMandate(sql, interval.mandateId) : null
}

/**
 * How many days a camera-day's footage lives: the shortest of the mandates in force on it, since a promise already
 * given is never lengthened; the policy in effect where there was none. The clause is that of whatever ended it by the
 * civil day `until`: a version that has begun since may have shortened it.
 */
export async function retentionOf(
  sql: Query,
  packs: AuthorisationDeps['packs'],
  cameraId: string,
  day: string,
  until?: string,
): Promise<{ readonly days: number; readonly clause: string | null }> {
  const [camera] = await sql<
    { provider: string; time_zone: string; retention_days: number | null; retention_from: string | null }[]
  >`
    select c.provider, t.time_zone, s.retention_days, s.retention_from from register.camera c
    join register.system s on s.id = c.system_id join register.site t on t.id = s.site_id where c.id = ${cameraId}`
  if (!camera) return { days: 1, clause: null }
  const fromMs = startOfDayMs(day, camera.time_zone)
  const toMs = startOfDayMs(Temporal.PlainDate.from(day).add({ days: 1 }).toString(), camera.time_zone)
  const [row] = await sql<{ days: number | null; policy_version: string | null }[]>`
    select m.retention_days as days, d.policy_version
    from authorisation.mandate m join authorisation.deployment d on d.id = m.deployment_id
    where m.camera_id = ${cameraId} and m.from_at < ${toMs} and m.until_at > ${fromMs} and m.issued_at < ${toMs}
    order by m.retention_days, m.counter desc limit 1`
  const pack = row?.policy_version
    ? packs.packOf(camera.provider, { version: row.policy_version })
    : packs.packOf(camera.provider, { day })
  // A version that has taken effect since may keep less, never more.
  const inEffect = packs.packOf(camera.provider, { day })
  const own = row?.days ?? pack.values.retentionDays.value
  // A system that keeps less does so from the day on which somebody said so.
  const system = camera.retention_from !== null && day >= camera.retention_from ? camera.retention_days : null
  const days = Math.min(own, inEffect.values.retentionDays.value, system ?? own)
  const said = days < pack.values.retentionDays.value ? inEffect : pack
  const later = until === undefined ? null : goneUnder(keepings(packs, camera.provider), day, until)
  return {
    days,
    clause:
      later !== null && later.goneBy < addDays(day, days) ? later.clause : said.values.retentionDays.clause,
  }
}
