/**
 * What follows from the facts. After every change a deployment is looked at once: authority that has run out ends, a
 * mandate that has lost its ground ends, and when all gates hold a mandate is signed. The tasks that wait for people are
 * brought in line with the gates. Run twice it changes nothing more.
 */

import { addDays, civilDay, startOfDayMs } from '#base/base.ts'
import { closeTask, openTask, tasksAbout } from '#casework/casework.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { allMet, type Gate, gates, type Pack, rolesFor } from '#policy/policy.ts'
import { keptDays, placeOf } from '#register/register.ts'
import { dayWords } from '#web/web.ts'
import { isCharged } from './consultation-store.ts'
import { breachesOf, gateFacts } from './facts.ts'
import { authorityOf, planLease, renewalDue } from './lease.ts'
import { currentMandate } from './mandate-store.ts'
import { endMandate, issueMandate } from './mandates.ts'
import type { Deployment, DeploymentFile, EndCause, MandateEndCause } from './model.ts'
import type { AuthorisationDeps } from './parts.ts'
import { bringSignsInLine, bringSignTasksInLine } from './signs-in-line.ts'
import { bringSoundInLine, bringSoundTasksInLine } from './sound-mandate.ts'
import { endDeployment, findDeployment, lockDeployment, readFiles } from './store.ts'
import {
  bringTransitionTasksInLine,
  endTransitional,
  issueTransitional,
  stepsDueMs,
} from './transition/keep-going.ts'
import { isUnsure } from './unsure.ts'

export type Parts = Pick<AuthorisationDeps, 'clock' | 'packs' | 'keys' | 'dayPublicKeys' | 'recorders'>

/** The file, the pack it stands under, and the gates as they are. */
export type Standing = { readonly file: DeploymentFile; readonly pack: Pack; readonly gates: readonly Gate[] }

export async function standingOf(
  sql: Query,
  deps: Pick<Parts, 'packs' | 'recorders'>,
  id: string,
  nowMs: number,
): Promise<Standing | null> {
  const deployment = await findDeployment(sql, id)
  return deployment === null ? null : (await standingsOf(sql, deps, [deployment], nowMs))[0]!
}

/** The same for a list, in as many questions as for one. */
export async function standingsOf(
  sql: Query,
  deps: Pick<Parts, 'packs' | 'recorders'>,
  deployments: readonly Deployment[],
  nowMs: number,
): Promise<readonly Standing[]> {
  const recorders = new Map((await deps.recorders()).map((r) => [r.id, r]))
  return (await readFiles(sql, deployments)).map((file) => {
    const { provider, policyVersion, proposedMs } = file.deployment
    const pack = deps.packs.packOf(provider, { version: policyVersion, askedMs: proposedMs })
    const recorder = recorders.get(file.camera.recorderId ?? '')
    const known =
      recorder !== undefined && (recorder.providers === undefined || recorder.providers.includes(provider))
    return { file, pack, gates: gates(pack, gateFacts(file, known, nowMs)) }
  })
}

/** See the head of this file. Takes the deployment's lock; `actor` is who set it off, null for the clock. */
export async function evaluate(tx: Tx, deps: Parts, id: string, actor: string | null): Promise<void> {
  if ((await lockDeployment(tx, id)) === null) return
  const nowMs = deps.clock.nowMs()
  let standing = (await standingOf(tx, deps, id, nowMs))!
  const authority = authorityOf(standing.file.deployment)
  if (standing.file.deployment.ended === null && authority.untilMs !== null && authority.untilMs <= nowMs) {
    await endAuthority(tx, deps, standing.file.deployment, {
      cause: 'expired',
      atMs: authority.untilMs,
      by: null,
      reason: null,
    })
    standing = (await standingOf(tx, deps, id, nowMs))!
  }
  if (standing.file.deployment.ended === null) {
    if (await bringSignsInLine(tx, deps, standing, nowMs)) standing = (await standingOf(tx, deps, id, nowMs))!
    await endBroken(tx, deps, standing, nowMs)
    await issueWhenDue(tx, deps, standing, actor, nowMs)
    await bringSoundInLine(tx, deps, standing, actor, nowMs)
    await issueTransitional(tx, deps, standing, actor, nowMs)
    standing = (await standingOf(tx, deps, id, nowMs))!
  }
  await bringTasksInLine(tx, standing, nowMs)
  await bringSoundTasksInLine(tx, standing, nowMs)
  await bringSignTasksInLine(tx, standing, nowMs)
}

async function endBroken(tx: Tx, deps: Parts, standing: Standing, nowMs: number): Promise<void> {
  const { file, pack } = standing
  const mandate = await currentMandate(tx, file.camera.id)
  if (mandate?.deploymentId !== file.deployment.id || mandate.class === 'commissioning') return
  if (mandate.class === 'transitional') return endTransitional(tx, deps, standing, mandate, nowMs)
  const over = breachesOf(file, pack, nowMs).filter((b) => b.endsMs <= nowMs)
  const otherRecorder = mandate.recorderId !== file.camera.recorderId
  if (over.length > 0 || otherRecorder)
    await endMandate(tx, deps, mandate, { cause: 'gate-reopened', atMs: nowMs })
}

async function issueWhenDue(
  tx: Tx,
  deps: Parts,
  standing: Standing,
  actor: string | null,
  nowMs: number,
): Promise<void> {
  const { file, pack } = standing
  const { deployment: d } = file
  if (!allMet(standing.gates) || isStopped(file)) return
  if (await isUnsure(tx, file.camera.id)) return
  const current = await currentMandate(tx, file.camera.id)
  const own = current?.deploymentId === d.id && current.class === 'ordinary'
  // Only the authority that this one continues gives way to it.
  if (current !== null && current.deploymentId !== d.id && current.deploymentId !== d.extendsId) return
  const retentionDays = keptDays(file.system, keptFor(deps, pack, d.provider))
  if (own && current.retentionDays <= retentionDays && !renewalDue(d, current.untilMs, nowMs)) return
  const lease = planLease(d, nowMs, own ? current.fromMs : null)
  if (lease === null) return
  const soundOver = own && current.audioUntilMs !== null && current.audioUntilMs <= nowMs
  await issueMandate(tx, deps, {
    file,
    pack,
    retentionDays,
    gates: standing.gates,
    class: 'ordinary',
    lease,
    actor,
    nowMs,
    audioUntilMs: soundOver ? null : own ? current.audioUntilMs : null,
    replaces: soundOver ? 'audio-expired' : 'replaced',
  })
  // A fresh approval takes over from the authority it continues, without a break.
  if (d.extendsId !== null) {
    const before = await findDeployment(tx, d.extendsId)
    if (before !== null && before.ended === null)
      await endAuthority(tx, deps, before, { atMs: nowMs, cause: 'extended', by: actor, reason: null })
  }
}

/**
 * Days for which a mandate signed now lets footage be kept. A newer policy that keeps less is told to the recorder at
 * once, by a new mandate; one that keeps more waits for a new decision.
 */
export const keptFor = (deps: Pick<Parts, 'packs'>, pack: Pack, provider: string): number =>
  Math.min(pack.values.retentionDays.value, deps.packs.packOf(provider).values.retentionDays.value)

export const isStopped = (file: DeploymentFile): boolean => file.stop !== null && file.stop.lifted === null

/** Ends a deployment for good, and its mandate with it, at one instant. False when it had ended before. */
export async function endAuthority(
  tx: Tx,
  deps: Pick<Parts, 'keys'>,
  d: Deployment,
  end: {
    readonly cause: EndCause
    readonly atMs: number
    readonly by: string | null
    readonly reason: string | null
  },
): Promise<boolean> {
  if (!(await endDeployment(tx, d.id, end))) return false
  await append(tx, {
    kind: 'deployment.ended',
    actor: end.by,
    provider: d.provider,
    about: { deployment: d.id, camera: d.cameraId, system: d.systemId },
    data: { cause: end.cause, endedMs: end.atMs, reference: d.reference },
    ...(end.reason ? { personal: { reason: end.reason } } : {}),
    atMs: end.atMs,
  })
  const mandate = await currentMandate(tx, d.cameraId)
  if (mandate?.deploymentId === d.id) {
    const cause: MandateEndCause = end.cause === 'refused' ? 'withdrawn' : end.cause
    await endMandate(tx, deps, mandate, { cause, atMs: end.atMs, actor: end.by })
  }
  return true
}

/** Was anything put up that somebody has to take down? */
export const somethingHangs = (file: DeploymentFile): boolean =>
  file.deployment.removed === null && (file.installation !== null || file.mandates.length > 0)

/** Days inside a sentence of the policy's, in words. */
export const withDayWords = (text: string): string =>
  text.replace(/\b\d{4}-\d{2}-\d{2}\b/g, (day) => dayWords(day))

const daysToHandCharge = 28

/** What people agreed to pay goes to finance: asked for once, where they were consulted, until it is on record. */
async function askForCharge(tx: Tx, { file, pack }: Standing, nowMs: number): Promise<void> {
  const { deployment: d, consultation: c, site } = file
  const about = { deployment: d.id }
  if (!isCharged(c) || c.result === null || c.chargeHandedMs !== null || c.deploymentId !== d.id)
    await closeTask(tx, { kind: 'consultation.charge', about, nowMs })
  else
    await openTask(tx, {
      kind: 'consultation.charge',
      provider: d.provider,
      ...placeOf(site),
      title: `${d.reference}: people agreed to pay for its upkeep. Give finance the line, and record that they have it.`,
      roles: rolesFor(pack, 'consultation.run'),
      about,
      dueMs: c.result.atMs + daysToHandCharge * 86_400_000,
      clause: pack.values.consultation.chargeBasis.clause,
      nowMs,
    })
}

/** Opens a task for each gate whose turn has come, closes those of the others, and opens removal when it is over. */
async function bringTasksInLine(tx: Tx, standing: Standing, nowMs: number): Promise<void> {
  const { file, pack, gates: list } = standing
  await bringTransitionTasksInLine(tx, standing, nowMs)
  const { deployment: d, site } = file
  const about = { deployment: d.id }
  const type = pack.values.deploymentTypes.find((t) => t.code === d.type)
  const over = d.ended !== null
  // Due by the end of the first day: until then nothing was lost. What opens later has till the end of the next day.
  const firstDayOverMs = startOfDayMs(addDays(d.fromDay, 1), d.timeZone)
  const late = firstDayOverMs <= nowMs
  const dueMs = late ? startOfDayMs(addDays(civilDay(nowMs, d.timeZone), 2), d.timeZone) : firstDayOverMs
  const asked = new Set<string>()
  for (const gate of list) {
    if (over || gate.state !== 'open' || gate.who.length === 0) continue
    const kind = `gate.${gate.code.replace(':', '.')}`
    asked.add(kind)
    await openTask(tx, {
      kind,
      provider: d.provider,
      ...placeOf(site),
      title: `${gate.label} for ${d.reference}: ${withDayWords(gate.why)}`.slice(0, 300),
      roles: gate.who,
      about,
      dueMs: file.transition ? stepsDueMs(standing) : dueMs,
      keepDue: late,
      clause: gate.clause,
      nowMs,
    })
  }
  // A gate that is gone closes its task too: what the landlord has decided by now, or a newer version no longer asks.
  for (const { kind } of await tasksAbout(tx, about))
    if (kind.startsWith('gate.') && !asked.has(kind)) await closeTask(tx, { kind, about, nowMs })
  const remove = somethingHangs(file) && (over ? d.ended?.cause !== 'extended' : isStopped(file))
  if (remove)
    await openTask(tx, {
      kind: 'deployment.remove',
      provider: d.provider,
      ...placeOf(site),
      title: over
        ? `Take down the camera of ${d.reference}: its authority has ended.`
        : `${d.reference} is stopped: take the camera down, or have an approver let it go on.`,
      roles: rolesFor(pack, 'deployment.install'),
      about,
      dueMs: (d.ended?.atMs ?? file.stop?.atMs ?? nowMs) + 86_400_000,
      clause: type?.removalDateNeeded.clause ?? null,
      nowMs,
    })
  else await closeTask(tx, { kind: 'deployment.remove', about, nowMs })
  await askForCharge(tx, standing, nowMs)
  if (over) await closeTask(tx, { kind: 'deployment.ending', about, nowMs })
  // Nobody is told any more of a camera that is gone.
  if (over) await closeTask(tx, { kind: 'letters.*', about, nowMs })
  if (over || !isStopped(file)) await closeTask(tx, { kind: 'deployment.restored', about, nowMs })
}
