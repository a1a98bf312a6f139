/**
 * Leave to look: asked for by one person, decided by another in a role that the pack names, never by who asked. Given
 * for exactly what was asked, for a while; taken back, it ends the viewings that stand on it.
 */
import { newId, type Reason, type Result, refuse } from '#base/base.ts'
import { closeTask, openTask } from '#casework/casework.ts'
import { inTransaction, type Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { type Pack, principalAt } from '#policy/policy.ts'
import { type Camera, findCamera } from '#register/register.ts'
import type { Person } from '#web/web.ts'
import type { FootageDeps } from '../deps.ts'
import { decideLeave, endLeave, insertLeave, type Leave, lapsedSince } from '../leave-store.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** A question that nobody answers goes away. */
const waitDaysMax = 14

type Deps = Pick<FootageDeps, 'sql' | 'clock' | 'packs'>

const no = (code: string, message: string, clause: string | null = null) => refuse({ code, message, clause })

/** Roles of the pack that decide on this kind, and the clause that says so. */
export function decidersOf(
  pack: Pack,
  kind: Leave['kind'],
): { readonly roles: readonly string[]; readonly clause: string | null } {
  const { colleagueConsent, exceptions } = pack.values.viewing
  const from = kind === 'colleague' ? colleagueConsent : exceptions.decidedBy
  return { roles: from.value, clause: from.clause }
}

/** The role in which a person may decide on it at each of its cameras; null: they may not. */
export async function deciding(
  deps: Deps,
  person: Person,
  leave: Pick<Leave, 'kind' | 'provider' | 'cameraIds' | 'personId' | 'caseId'>,
): Promise<string | null> {
  if (person.id === leave.personId || deps.packs.find(leave.provider) === null) return null
  const { roles } = decidersOf(deps.packs.packOf(leave.provider), leave.kind)
  const cameras = await Promise.all(leave.cameraIds.map((id) => findCamera(deps.sql, id)))
  const held = cameras.map((camera) => {
    if (camera === null) return []
    const at = principalAt(person, {
      ...camera,
      patch: camera.patchId,
      caseId: leave.caseId,
      personIds: [leave.personId],
    })
    // Somebody with a declared conflict decides nothing here, and nobody stands in for the one who asks.
    return at.conflicted || at.standsInFor?.includes(leave.personId) ? [] : at.roles
  })
  return roles.find((role) => held.every((at) => at.includes(role))) ?? null
}

export type Asked = Pick<
  Leave,
  'kind' | 'viewingKind' | 'cameraIds' | 'fromMs' | 'toMs' | 'purpose' | 'reason' | 'caseId'
> & {
  /** An exception's wished end; null: as long as the pack lets it. */
  readonly untilMs: number | null
}

/** Asks. The caller has made sure that the person may look at these cameras at all. */
export async function askLeave(
  deps: Deps,
  person: Person,
  camera: Camera,
  asked: Asked,
): Promise<Result<Leave>> {
  const nowMs = deps.clock.nowMs()
  const pack = deps.packs.packOf(camera.provider)
  const { roles, clause } = decidersOf(pack, asked.kind)
  if (asked.kind === 'exception') {
    const meant = pack.values.viewing.forbiddenPurposes.find((one) => one.code === asked.purpose)
    if (meant === undefined || !meant.exception)
      return no('leave-purpose', 'The policy allows no exception for that.', meant?.clause ?? null)
  }
  if (roles.length === 0)
    return no('leave-nobody', 'The policy names nobody who could allow this, so it cannot be asked.', clause)
  if (asked.reason.trim() === '') return no('reason', 'Say why you need to look.')
  const longestMs = nowMs + daysOf(pack, asked.kind) * dayMs
  if (asked.untilMs !== null && (asked.untilMs <= nowMs || asked.untilMs > longestMs))
    return no(
      'until',
      `Choose a last day from today to ${pack.values.viewing.exceptions.daysMax.value} days ahead.`,
      pack.values.viewing.exceptions.daysMax.clause,
    )
  const { untilMs: wished, ...what } = asked
  const leave: Leave = {
    ...what,
    id: newId(nowMs),
    provider: camera.provider,
    personId: person.id,
    askedMs: nowMs,
    untilMs: wished ?? longestMs,
    decided: null,
    endedMs: null,
  }
  await inTransaction(deps.sql, async (tx) => {
    await insertLeave(tx, leave)
    await tell(tx, 'leave.asked', leave, person.id, nowMs, { reason: leave.reason })
    await openTask(tx, {
      kind: 'leave.decide',
      provider: leave.provider,
      area: camera.area,
      patchId: camera.patchId,
      siteId: camera.siteId,
      title:
        leave.kind === 'colleague'
          ? 'Somebody wants to look for a colleague and needs your yes or no'
          : 'Somebody asks for an exception and needs your yes or no',
      roles,
      about: { leave: leave.id },
      dueMs: Math.min(leave.untilMs, nowMs + 2 * dayMs),
      clause,
      nowMs,
    })
  })
  return { ok: true, value: leave }
}

const daysOf = (pack: Pack, kind: Leave['kind']): number =>
  kind === 'colleague' ? waitDaysMax : pack.values.viewing.exceptions.daysMax.value

/** Yes or no, with a reason, by one who may; the one who asked never decides. */
export async function answerLeave(
  deps: Deps,
  person: Person,
  leave: Leave,
  answer: { readonly agreed: boolean; readonly reason: string },
): Promise<Result<null>> {
  const nowMs = deps.clock.nowMs()
  const role = await deciding(deps, person, leave)
  const pack = deps.packs.packOf(leave.provider)
  if (role === null) {
    const { clause } = decidersOf(pack, leave.kind)
    return no(
      'leave-role',
      person.id === leave.personId
        ? 'You asked for this, so somebody else must decide.'
        : 'None of the roles you hold here decides on this.',
      clause,
    )
  }
  if (answer.reason.trim() === '') return no('reason', 'Say why.')
  const decided = { atMs: nowMs, by: person.id, role, ...answer }
  // An exception ends when it was asked to end; a yes to one looking is good for some hours.
  const untilMs =
    leave.kind === 'exception' || !answer.agreed
      ? leave.untilMs
      : nowMs + pack.values.viewing.consentHours.value * hourMs
  return inTransaction(deps.sql, async (tx): Promise<Result<null>> => {
    if (!(await decideLeave(tx, leave.id, decided, untilMs)))
      return no('decided', 'This was decided already, or its time is over. Nothing more is needed from you.')
    await tell(tx, answer.agreed ? 'leave.given' : 'leave.refused', { ...leave, untilMs }, person.id, nowMs, {
      reason: answer.reason,
    })
    await closeTask(tx, { kind: 'leave.decide', about: { leave: leave.id }, by: person.id, nowMs })
    await openTask(tx, {
      kind: 'leave.answered',
      provider: leave.provider,
      title: answer.agreed
        ? 'Your question was answered: you may look'
        : 'Your question was answered: you may not look',
      roles: [],
      personId: leave.personId,
      about: { leave: leave.id },
      dueMs: answer.agreed ? untilMs : nowMs + 3 * dayMs,
      nowMs,
    })
    return { ok: true, value: null }
  })
}

/** What is over asks nobody for anything any more. */
export async function closeLapsed(deps: Pick<Deps, 'sql' | 'clock'>): Promise<void> {
  const nowMs = deps.clock.nowMs()
  const over = await lapsedSince(deps.sql, nowMs - 40 * dayMs, nowMs)
  await inTransaction(deps.sql, async (tx) => {
    for (const leave of over) await closeTask(tx, { kind: 'leave.*', about: { leave }, nowMs })
  })
}

/** Takes it back: by who asked, or by whoever may decide. What stands on it ends with it. */
export async function takeBackLeave(deps: Deps, person: Person, leave: Leave): Promise<Result<null>> {
  const nowMs = deps.clock.nowMs()
  if (person.id !== leave.personId && (await deciding(deps, person, leave)) === null)
    return no('leave-role', 'None of the roles you hold here decides on this.')
  return inTransaction(deps.sql, async (tx): Promise<Result<null>> => {
    if (!(await endLeave(tx, leave.id, person.id, nowMs)))
      return no('ended', 'It is over already. Nothing more is needed from you.')
    await tell(tx, 'leave.ended', leave, person.id, nowMs)
    await closeTask(tx, { kind: 'leave.*', about: { leave: leave.id }, by: person.id, nowMs })
    return { ok: true, value: null }
  })
}

async function tell(
  tx: Tx,
  kind: string,
  leave: Leave,
  actor: string,
  atMs: number,
  personal: Readonly<Record<string, string>> = {},
): Promise<void> {
  await append(tx, {
    kind,
    actor,
    provider: leave.provider,
    about: {
      leave: leave.id,
      person: leave.personId,
      camera: leave.cameraIds[0]!,
      ...(leave.caseId === null ? {} : { case: leave.caseId }),
    },
    data: { leave: leave.kind, purpose: leave.purpose, untilMs: leave.untilMs },
    personal,
    atMs,
  })
}

/** Is this leave good for just this looking? */
export function fits(
  leave: Leave,
  looking: {
    readonly personId: string
    readonly kind: 'recorded' | 'live'
    readonly cameraIds: readonly string[]
    readonly fromMs: number
    readonly toMs: number
    readonly purpose: string
  },
  nowMs: number,
): boolean {
  const within = looking.cameraIds.every((id) => leave.cameraIds.includes(id))
  const span =
    leave.fromMs === null ||
    leave.toMs === null ||
    (looking.fromMs >= leave.fromMs && looking.toMs <= leave.toMs)
  return (
    leave.decided?.agreed === true &&
    leave.endedMs === null &&
    nowMs < leave.untilMs &&
    leave.personId === looking.personId &&
    leave.viewingKind === looking.kind &&
    leave.purpose === looking.purpose &&
    within &&
    span
  )
}

/** The whole of a refusal is that a second person must agree: then that can be asked for. */
export const onlyConsentMissing = (reasons: readonly Reason[]): boolean =>
  reasons.length > 0 && reasons.every((reason) => reason.code === 'colleague-consent')
