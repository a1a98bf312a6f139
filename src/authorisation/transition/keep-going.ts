/**
 * A mandate of class 'transitional': for a camera that an older system recorded, while what it lacks is caught up. It
 * needs a recorder and a camera that answers, a decision in force on its present aim, and nothing that is refused
 * outright. It ends by itself, and an ordinary mandate takes its place when every ordinary gate is met.
 */
import { addDays, civilDay, daysBetween, startOfDayMs } from '#base/base.ts'
import { closeTask, openTask } from '#casework/casework.ts'
import type { Tx } from '#engine/engine.ts'
import { type Gate, rolesFor, transitionRules, typeOf } from '#policy/policy.ts'
import { keptDays, placeOf } from '#register/register.ts'
import type { Parts, Standing } from '../evaluate.ts'
import { planLease, renewalDue } from '../lease.ts'
import { currentMandate } from '../mandate-store.ts'
import { endMandate, issueMandate } from '../mandates.ts'
import type { MandateEndCause, MandateRow } from '../model.ts'
import { isUnsure } from '../unsure.ts'

/** Days before its end from which its end is the first thing that is said of it. */
export const lastDays = 14

/** The lawful span as a lease wants it; null: it isn't allowed, or its days haven't come or are over. */
export function spanInForce({ file }: Pick<Standing, 'file'>, nowMs: number) {
  const { transition, deployment: d } = file
  if (transition?.decision?.outcome !== 'allowed' || transition.span === null) return null
  const today = civilDay(nowMs, d.timeZone)
  const { fromDay, untilDay } = transition.span
  return today < fromDay || today > untilDay ? null : { fromDay, untilDay, timeZone: d.timeZone }
}

/** What a camera lacks under the policy: every gate that isn't met. */
export const lacks = ({ gates }: Pick<Standing, 'gates'>): readonly Gate[] =>
  gates.filter((gate) => gate.state !== 'met')

/** Why a camera may not go on this way whoever decides, in words; null: it may. */
export function neverAllowed({ file, pack, gates }: Standing): string | null {
  const type = typeOf(pack.values, file.deployment.type)
  if (type === undefined) return 'The policy has no such kind of camera.'
  if (type.place === 'home' || file.site.kind === 'home')
    return 'A camera in a home never goes on this way: it needs the resident’s agreement first.'
  const refused = gates.find((gate) => gate.code === 'field-of-view' && gate.state === 'blocked')
  return refused === undefined ? null : refused.why
}

/** Why it doesn't record now although it was allowed; null: nothing stands in its way. */
export function hindrance(standing: Standing, nowMs: number): string | null {
  const { file, gates } = standing
  const never = neverAllowed(standing)
  if (never !== null) return never
  const { transition, camera } = file
  if (transition?.span == null || spanInForce(standing, nowMs) === null)
    return 'It isn’t allowed to go on, or its time is over.'
  if (transition.span.aimVersion !== camera.aimVersion)
    return 'The camera was re-aimed or connected elsewhere since it was decided. It has to be decided again.'
  if (camera.recorderId === null) return 'No recorder is set for this camera.'
  const recorder = gates.find((gate) => gate.code === 'recorder')
  if (camera.probe?.code !== 'ok' || (recorder !== undefined && recorder.state !== 'met'))
    return 'The recorder cannot reach the camera yet.'
  return null
}

/** Ends a transitional mandate whose ground is gone, at the instant at which it went. */
export async function endTransitional(
  tx: Tx,
  deps: Pick<Parts, 'keys'>,
  standing: Standing,
  mandate: MandateRow,
  nowMs: number,
): Promise<void> {
  const { outcome } = standing.file.transition?.decision ?? {}
  const over = mandate.authorityUntilMs !== null && mandate.authorityUntilMs <= nowMs
  const end: { cause: MandateEndCause; atMs: number } | null = over
    ? { cause: 'expired', atMs: mandate.authorityUntilMs! }
    : outcome !== 'allowed'
      ? { cause: 'withdrawn', atMs: nowMs }
      : mandate.recorderId !== standing.file.camera.recorderId || broken(standing, nowMs)
        ? { cause: 'gate-reopened', atMs: nowMs }
        : null
  if (end !== null) await endMandate(tx, deps, mandate, end)
}

/** A camera that doesn't answer for a while keeps its mandate; one that looks elsewhere doesn't. */
const broken = (standing: Standing, nowMs: number): boolean =>
  neverAllowed(standing) !== null ||
  spanInForce(standing, nowMs) === null ||
  standing.file.transition?.span?.aimVersion !== standing.file.camera.aimVersion

/** Signs or renews the transitional mandate when it is due. */
export async function issueTransitional(
  tx: Tx,
  deps: Parts,
  standing: Standing,
  actor: string | null,
  nowMs: number,
): Promise<void> {
  const { file, pack } = standing
  const span = spanInForce(standing, nowMs)
  if (span === null || hindrance(standing, nowMs) !== null) return
  if (file.stop !== null && file.stop.lifted === null) return
  if (await isUnsure(tx, file.camera.id)) return
  const current = await currentMandate(tx, file.camera.id)
  if (current !== null && current.deploymentId !== file.deployment.id) return
  // Taking the reference picture is one of the steps: its short mandate ends by itself first.
  if (current !== null && current.class !== 'transitional') return
  const inEffect = deps.packs.packOf(file.deployment.provider).values.retentionDays.value
  const retentionDays = keptDays(file.system, Math.min(pack.values.retentionDays.value, inEffect))
  const shorter = current !== null && current.retentionDays > retentionDays
  if (current !== null && !shorter && !renewalDue(span, current.untilMs, nowMs)) return
  const lease = planLease(span, nowMs, current?.fromMs ?? null)
  if (lease === null) return
  await issueMandate(tx, deps, {
    file,
    pack,
    retentionDays,
    gates: standing.gates,
    class: 'transitional',
    lease,
    actor,
    nowMs,
  })
}

/** When the steps of a taken-over camera are due: by its last day; null: it was asked for in the ordinary way. */
export function stepsDueMs({ file }: Pick<Standing, 'file'>): number | null {
  const span = file.transition?.span
  return span == null ? null : startOfDayMs(addDays(span.untilDay, 1), file.deployment.timeZone)
}

/** Asks for the decision, says what is left while it runs, and that it is over. */
export async function bringTransitionTasksInLine(tx: Tx, standing: Standing, nowMs: number): Promise<void> {
  const { file, pack } = standing
  const { transition, deployment: d, site } = file
  if (transition === null) return
  const { decider, daysMax } = transitionRules(pack)
  const about = { deployment: d.id }
  const common = { provider: d.provider, ...placeOf(site), about, nowMs }
  const ordinary = file.mandates.some((m) => m.class === 'ordinary')
  const done = d.ended !== null || ordinary
  const hands = [
    ...new Set([...rolesFor(pack, 'deployment.propose'), ...rolesFor(pack, 'deployment.install')]),
  ]
  const open = lacks(standing).length
  const steps = open === 1 ? 'one step is' : `${open} steps are`

  if (!done && transition.decision === null && neverAllowed(standing) === null)
    await openTask(tx, {
      ...common,
      kind: 'transition.decide',
      title: `${d.reference}: decide whether a camera of the older system may go on for now. ${steps.replace(/^./, (c) => c.toUpperCase())} open.`,
      roles: [decider.value],
      dueMs: transition.askedMs + 7 * 86_400_000,
      clause: decider.clause,
    })
  else await closeTask(tx, { kind: 'transition.decide', about, nowMs })

  const span = done ? null : spanInForce(standing, nowMs)
  const left = span === null ? 0 : daysBetween(civilDay(nowMs, d.timeZone), span.untilDay)
  if (span !== null && open > 0)
    await openTask(tx, {
      ...common,
      kind: 'transition.lacks',
      title:
        left <= lastDays
          ? `${d.reference} stops ${left === 0 ? 'tonight' : left === 1 ? 'tomorrow night' : `in ${left + 1} days`}: ${steps} open.`
          : `${d.reference} goes on for now: ${steps} open.`,
      // In the last two weeks whoever let it go on hears of it too.
      roles: left <= lastDays ? [...new Set([...hands, decider.value])] : hands,
      dueMs: stepsDueMs(standing),
      clause: daysMax.clause,
    })
  else await closeTask(tx, { kind: 'transition.lacks', about, nowMs })

  const over =
    !done && transition.span !== null && span === null && transition.decision?.outcome === 'allowed'
  if (over && civilDay(nowMs, d.timeZone) > transition.span!.untilDay)
    await openTask(tx, {
      ...common,
      kind: 'transition.over',
      title: `${d.reference} has stopped: its time to be taken over is up and ${steps} open. Do them, or take the camera down.`,
      roles: hands,
      dueMs: stepsDueMs(standing),
      clause: daysMax.clause,
    })
  else await closeTask(tx, { kind: 'transition.over', about, nowMs })
}
