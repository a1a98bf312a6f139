/**
 * Opens a viewing: asks the policy for each camera, then writes ledger entry and row in one transaction. Nothing is
 * shown on any other way, and nothing before this is durable.
 */
import { type Decision, newId, type Reason, type Result, refuse } from '#base/base.ts'
import { type CaseKind, closeTask, findCase, openCase } from '#casework/casework.ts'
import { inTransaction, type Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { decide, grantsAt, type Pack, principalAt, rolesFor } from '#policy/policy.ts'
import { type Camera, findCamera } from '#register/register.ts'
import type { Person } from '#web/web.ts'
import { casesSeenBy } from '../cases-seen.ts'
import type { FootageDeps } from '../deps.ts'
import { exceptionsOf, findLeave, type Leave } from '../leave-store.ts'
import { reelsIn } from '../store.ts'
import { endViewing, insertViewing, type Viewing } from '../viewing-store.ts'
import { allowedWhole, authorisedTimes, partsOfSpan } from './authority.ts'
import { fits } from './leaves.ts'

/** A viewing lasts this long at most, whatever a pack says. */
export const viewingHoursMax = 8
export const camerasMax = 16

export type Wanted = {
  readonly kind: 'recorded' | 'live'
  readonly cameraIds: readonly string[]
  /** Ignored for live. */
  readonly fromMs: number
  readonly toMs: number
  readonly purpose: string
  readonly reason: string
  readonly caseReference: string
  /** A case that is opened with the viewing, about the first camera's place; nothing is opened when the viewing is refused. */
  readonly newCase?: NewCase | null
  /** The person looked for works for the landlord. */
  readonly colleague: boolean
  /** The leave of a second person that this looking stands on; '' when there is none. */
  readonly leaveId: string
}

export type NewCase = { readonly kind: CaseKind; readonly title: string }

const no = (code: string, message: string) => refuse({ code, message, clause: null })

export async function openViewing(
  deps: FootageDeps,
  person: Person,
  wanted: Wanted,
): Promise<Result<Viewing>> {
  const nowMs = deps.clock.nowMs()
  if (wanted.cameraIds.length === 0 || wanted.cameraIds.length > camerasMax) {
    return no('cameras', `Choose between one and ${camerasMax} cameras.`)
  }
  if (wanted.kind === 'recorded') {
    if (wanted.toMs <= wanted.fromMs) return no('span', 'The end must be after the beginning.')
    if (wanted.fromMs >= nowMs)
      return no('future', 'The span has not begun yet. Choose a time in the past, or ask for live view.')
  }
  const cameras = await Promise.all(wanted.cameraIds.map((id) => findCamera(deps.sql, id)))
  const provider = cameras[0]?.provider
  if (cameras.some((camera) => camera === null || camera.provider !== provider) || provider === undefined) {
    return no('no-camera', 'There is no such camera, or the cameras belong to different landlords.')
  }
  const pack = deps.packs.packOf(provider)
  const found =
    wanted.caseReference === ''
      ? null
      : await findCase(deps.sql, casesSeenBy(person, provider), wanted.caseReference)
  if (wanted.caseReference !== '' && found === null) {
    return no(
      'no-case',
      `There is no case ${wanted.caseReference} here. Check the reference, or open the case first.`,
    )
  }
  const toOpen = found === null ? (wanted.newCase ?? null) : null
  const { consent, exception } = await leavesFor(deps, person, provider, wanted, nowMs)
  const leave = consent ?? exception
  const reasons: Reason[] = []
  for (const camera of cameras as readonly Camera[]) {
    const decision = await askPolicy(deps, pack, person, camera, {
      ...wanted,
      nowMs,
      caseReference: found?.reference ?? (toOpen === null ? '' : 'C-new'),
      caseId: found?.id ?? null,
      consented: consent !== null,
      exception: exception !== null,
    })
    if (!decision.allowed) reasons.push(...decision.reasons)
  }
  if (reasons.length > 0) return refuse(...uniqueReasons(reasons))
  const live = wanted.kind === 'live'
  const minutes = live ? pack.values.live.minutesMax.value : pack.values.viewing.minutesMax.value
  const expiresMs = Math.min(
    nowMs + Math.min(minutes * 60_000, viewingHoursMax * 3_600_000),
    consent?.untilMs ?? Number.POSITIVE_INFINITY,
    exception?.untilMs ?? Number.POSITIVE_INFINITY,
  )
  const wantedViewing: Viewing = {
    id: newId(nowMs),
    kind: wanted.kind,
    personId: person.id,
    provider,
    cameraIds: wanted.cameraIds,
    fromMs: live ? nowMs : wanted.fromMs,
    toMs: live ? expiresMs : Math.min(wanted.toMs, nowMs),
    purpose: wanted.purpose,
    reason: wanted.reason,
    caseId: found?.id ?? null,
    openedMs: nowMs,
    expiresMs,
    endedMs: null,
    leaveId: leave?.id ?? null,
  }
  const lentBy = lender(pack, person, cameras[0] as Camera, live ? 'footage.live' : 'footage.view')
  const viewing = await inTransaction(deps.sql, async (tx) => {
    const its = toOpen === null ? found : await openCaseAt(tx, cameras[0] as Camera, toOpen, person, nowMs)
    const viewing = { ...wantedViewing, caseId: its?.id ?? null }
    const entry = await append(tx, {
      kind: live ? 'viewing.live-opened' : 'viewing.opened',
      actor: person.id,
      provider,
      about: {
        viewing: viewing.id,
        ...Object.fromEntries(viewing.cameraIds.map((id, n) => [n === 0 ? 'camera' : `camera-${n + 1}`, id])),
        ...(its === null ? {} : { case: its.id }),
        ...(lentBy === null ? {} : { deputyFor: lentBy }),
        ...(leave === null ? {} : { leave: leave.id }),
      },
      data: {
        fromMs: viewing.fromMs,
        toMs: viewing.toMs,
        purpose: viewing.purpose,
        caseReference: its?.reference ?? null,
        expiresMs,
        colleague: wanted.colleague,
        policy: `${pack.provider}@${pack.version}`,
      },
      personal: { reason: viewing.reason },
      atMs: nowMs,
    })
    await insertViewing(tx, viewing, entry)
    if (leave !== null)
      await closeTask(tx, { kind: 'leave.answered', about: { leave: leave.id }, by: person.id, nowMs })
    return viewing
  })
  return { ok: true, value: viewing }
}

/** A case about a camera's place. */
export const openCaseAt = (tx: Tx, camera: Camera, given: NewCase, person: Person, nowMs: number) =>
  openCase(tx, {
    ...given,
    provider: camera.provider,
    siteId: camera.siteId,
    theirReference: null,
    by: person.id,
    nowMs,
  })

/** For whom they stand in, where only that lets them look; null: they look in a role of their own. */
function lender(pack: Pack, person: Person, camera: Camera, action: 'footage.live' | 'footage.view') {
  const able = rolesFor(pack, action)
  const grants = grantsAt(person.roles, { ...camera, patch: camera.patchId }).filter(({ role }) =>
    able.includes(role),
  )
  return grants.some((grant) => !grant.deputyFor) ? null : (grants[0]?.deputyFor ?? null)
}

/** A person ends their viewing, or it is ended for them; ending it twice changes nothing. */
export async function closeViewing(deps: FootageDeps, viewing: Viewing, by: string): Promise<boolean> {
  const nowMs = deps.clock.nowMs()
  return inTransaction(deps.sql, async (tx) => {
    if (!(await endViewing(tx, viewing.id, nowMs))) return false
    await append(tx, {
      kind: 'viewing.ended',
      actor: by,
      provider: viewing.provider,
      about: { viewing: viewing.id, camera: viewing.cameraIds[0]! },
      atMs: nowMs,
    })
    return true
  })
}

/** A second person's yes to just this looking, and an exception in force for its purpose. */
async function leavesFor(
  deps: FootageDeps,
  person: Person,
  provider: string,
  wanted: Wanted,
  nowMs: number,
): Promise<{ readonly consent: Leave | null; readonly exception: Leave | null }> {
  const looking = { ...wanted, personId: person.id }
  const [named, exceptions] = await Promise.all([
    wanted.leaveId === '' ? null : findLeave(deps.sql, wanted.leaveId),
    exceptionsOf(deps.sql, person.id, provider, nowMs),
  ])
  return {
    consent: named?.kind === 'colleague' && fits(named, looking, nowMs) ? named : null,
    exception: exceptions.find((leave) => fits(leave, looking, nowMs)) ?? null,
  }
}

type Asked = Wanted & {
  readonly nowMs: number
  readonly caseId: string | null
  readonly consented: boolean
  readonly exception: boolean
}

async function askPolicy(
  deps: FootageDeps,
  pack: Pack,
  person: Person,
  camera: Camera,
  asked: Asked,
): Promise<Decision> {
  const intervals = await deps.authority.intervals(camera.id)
  const times = authorisedTimes(intervals)
  const principal = principalAt(person, { ...camera, patch: camera.patchId, caseId: asked.caseId })
  const resource = { type: 'Camera', id: camera.id } as const
  const { purpose, reason, caseReference, colleague, consented, exception, nowMs } = asked
  const looking = { purpose, reason, caseReference, colleague, consented, exception }
  if (asked.kind === 'live') {
    const mandateNow = times.some((time) => nowMs >= time.fromMs && nowMs < time.toMs)
    const deploymentType = (await deps.authority.deploymentType(camera.id, nowMs)) ?? ''
    return decide(pack, {
      principal,
      action: 'footage.live',
      resource,
      context: { deploymentType, ...looking, mandateNow },
    })
  }
  const parts = partsOfSpan(times, asked.fromMs, asked.toMs)
  const reels = await reelsIn(deps.sql, camera.id, asked.fromMs, asked.toMs)
  const kept = reels.filter((reel) => reel.keysDestroyedMs === null)
  // Recorded, but none of it under authority: that is an overrun and nothing else. Where only a part is, the part
  // under authority may be seen and every fragment beyond is refused when it is asked for.
  const within = kept.filter((reel) =>
    allowedSome(times, reel.firstMs ?? reel.openedMs, reel.lastMs ?? nowMs, asked.fromMs, asked.toMs),
  )
  const at = parts[0]?.fromMs ?? asked.fromMs
  return decide(pack, {
    principal,
    action: 'footage.view',
    resource,
    context: {
      deploymentType: (await deps.authority.deploymentType(camera.id, at)) ?? '',
      ...looking,
      spanSeconds: Math.ceil((asked.toMs - asked.fromMs) / 1000),
      mandateThen: parts.length > 0,
      overrun: kept.length > 0 && within.length === 0,
    },
  })
}

function allowedSome(
  times: ReturnType<typeof authorisedTimes>,
  firstMs: number,
  lastMs: number,
  fromMs: number,
  toMs: number,
): boolean {
  if (allowedWhole(times, firstMs, lastMs)) return true
  return partsOfSpan(times, Math.max(firstMs, fromMs), Math.min(lastMs, toMs)).length > 0
}

function uniqueReasons(reasons: readonly Reason[]): Reason[] {
  return [
    ...new Map(
      reasons.map((reason) => [`${reason.code} ${reason.clause} ${reason.message}`, reason]),
    ).values(),
  ]
}
