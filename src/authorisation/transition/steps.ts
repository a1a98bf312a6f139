/** Taking a camera over from an older system: asked for with the estate file, decided by a named person. */

import { addDays, civilDay, daysBetween, type Result } from '#base/base.ts'
import { inTransaction, type Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { transitionDaysMax, transitionRules, typeOf } from '#policy/policy.ts'
import type { RunningCamera } from '#register/register.ts'
import type { Person } from '#web/web.ts'
import { aboutOf, act, type By, denied, no, principalAt, reason, yes } from '../asking.ts'
import { keepTried, tryCamera } from '../device.ts'
import { evaluate, type Standing, standingOf } from '../evaluate.ts'
import type { AuthorisationDeps } from '../parts.ts'
import { lockDeployment, nextReference } from '../store.ts'
import { inTurn } from '../turns.ts'
import { neverAllowed } from './keep-going.ts'
import { firstDayOf, hasOpenDeployment, insertTakenOver, writeDecision } from './store.ts'

/**
 * Enters a deployment that waits for the decision. Called within the import's own transaction; the tasks come with the
 * next look at waiting deployments, within a minute. False: the camera has authority, or waits for it, already.
 */
export async function takeOver(
  deps: Pick<AuthorisationDeps, 'packs'>,
  tx: Tx,
  camera: RunningCamera,
): Promise<boolean> {
  const pack = deps.packs.packOf(camera.provider)
  const type = typeOf(pack.values, camera.placement)
  // The import names these in words before; nobody gets past it another way.
  if (type === undefined || type.place === 'home') return false
  if (await hasOpenDeployment(tx, camera.cameraId)) return false
  const reference = await nextReference(tx, camera.provider, camera.nowMs)
  const deployment = await insertTakenOver(tx, {
    ...camera,
    reference,
    type: type.code,
    policyVersion: pack.version,
    lawfulBasis: camera.basis,
    fromDay: civilDay(camera.nowMs, camera.timeZone),
  })
  await append(tx, {
    kind: 'transition.asked',
    actor: camera.by,
    provider: camera.provider,
    about: { deployment, camera: camera.cameraId, system: camera.systemId, site: camera.siteId },
    data: { reference, type: type.code, policy: `${pack.provider}@${pack.version}` },
    personal: { reason: camera.reason },
    atMs: camera.nowMs,
  })
  return true
}

/** May this person decide here? The pack's role at this place, and never who brought the camera in. */
export function mayDecide(person: Person, { file, pack }: Standing): boolean {
  const { transition, deployment: d, site } = file
  return (
    transition !== null &&
    transition.askedBy !== person.id &&
    principalAt(person, d.provider, site).roles.includes(transitionRules(pack).decider.value)
  )
}

/** Last day that may still be given, counted from the device's first; null: its days are spent. */
export function lastDayPossible(firstDay: string | null, today: string, daysMax: number): string | null {
  const last = addDays(firstDay ?? today, Math.min(daysMax, transitionDaysMax) - 1)
  return last < today ? null : last
}

export type TransitionAnswer = {
  readonly outcome: 'allowed' | 'refused' | 'withdrawn'
  readonly reason: string
  /** Last day, whole; asked with 'allowed' alone. */
  readonly untilDay: string | null
}

/** Lets the camera go on until a day, refuses it, or takes an earlier yes back at once. */
export function decideTransition(by: By & TransitionAnswer): Promise<Result<{ untilDay: string | null }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const { file, pack } = standing
      const { transition, deployment: d } = file
      if (transition === null)
        return no(
          reason('transition', 'This camera was asked for in the ordinary way. It needs no such decision.'),
        )
      const rules = transitionRules(pack)
      const role = pack.values.roles.find((r) => r.code === rules.decider.value)?.title ?? rules.decider.value
      if (transition.askedBy === by.person.id)
        return denied([
          reason(
            'transition-asker',
            'You brought this camera in, so somebody else must decide.',
            rules.decider.clause,
          ),
        ])
      if (!mayDecide(by.person, standing))
        return denied([
          reason('transition-role', `Only the ${role} decides whether it may go on.`, rules.decider.clause),
        ])
      if (by.reason.trim() === '') return no(reason('reason', 'Say why'))
      if (by.outcome === 'withdrawn' && transition.decision?.outcome !== 'allowed')
        return no(reason('outcome', 'It isn’t allowed to go on, so there is nothing to take back.'))
      const span =
        by.outcome === 'allowed' ? await spanFor(tx, standing, by.untilDay, nowMs) : yes(transition.span)
      if (!span.ok) return span
      await writeDecision(
        tx,
        d.id,
        { outcome: by.outcome, reason: by.reason, by: by.person.id, role: rules.decider.value, atMs: nowMs },
        span.value,
      )
      await append(tx, {
        kind: `transition.${by.outcome}`,
        actor: by.person.id,
        provider: d.provider,
        about: aboutOf(standing),
        data: {
          role: rules.decider.value,
          lacks: standing.gates.filter((g) => g.state !== 'met').map((g) => g.code),
          ...(by.outcome === 'allowed' && span.value ? { untilDay: span.value.untilDay } : {}),
        },
        personal: { reason: by.reason },
        atMs: nowMs,
      })
      return yes({ untilDay: by.outcome === 'allowed' ? (span.value?.untilDay ?? null) : null })
    },
  })
}

type Span = NonNullable<NonNullable<Standing['file']['transition']>['span']>

async function spanFor(
  tx: Tx,
  standing: Standing,
  untilDay: string | null,
  nowMs: number,
): Promise<Result<Span>> {
  const { file, pack } = standing
  const never = neverAllowed(standing)
  if (never !== null) return no(reason('transition-never', never))
  const { daysMax } = transitionRules(pack)
  const today = civilDay(nowMs, file.deployment.timeZone)
  const firstDay = await firstDayOf(tx, file.camera.id)
  const last = lastDayPossible(firstDay, today, daysMax.value)
  if (last === null)
    return no(
      reason(
        'untilDay',
        `This camera has had its ${daysMax.value} days. It needs an ordinary authority now.`,
        daysMax.clause,
      ),
    )
  if (untilDay === null) return no(reason('untilDay', 'Give the last day'))
  if (untilDay < today) return no(reason('untilDay', 'The last day must be today or later'))
  if (untilDay > last)
    return no(
      reason(
        'untilDay',
        `At most ${daysMax.value} days in all: the last day is ${last} at the latest, ${daysBetween(today, last) + 1} days with today.`,
        daysMax.clause,
      ),
    )
  const fromDay = file.transition?.span?.fromDay ?? today
  return yes({ firstDay: firstDay ?? today, fromDay, untilDay, aimVersion: file.camera.aimVersion })
}

/**
 * Has the recorder try the camera's address once it may go on, so that nobody has to press for each of four hundred.
 * What it says is kept and the facts are looked at again: when the camera answers, its mandate is signed.
 */
export async function probeTakenOver(deps: AuthorisationDeps, deploymentId: string): Promise<void> {
  const standing = await standingOf(deps.sql, deps, deploymentId, deps.clock.nowMs())
  if (standing === null) return
  const { camera, deployment: d } = standing.file
  if (camera.recorderId === null || camera.rtspUrl === null || camera.probe?.code === 'ok') return
  const tried = await tryCamera(deps, camera.id)
  await inTurn(deps.sql, () =>
    inTransaction(deps.sql, async (tx) => {
      if ((await lockDeployment(tx, d.id)) === null) return
      const of = { aimVersion: camera.aimVersion, by: null, nowMs: deps.clock.nowMs() }
      if (!(await keepTried(tx, standing, tried, of))) return
      await evaluate(tx, deps, d.id, null)
    }),
  )
}
