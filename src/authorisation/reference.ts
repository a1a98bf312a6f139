/** The reference picture: one still under a commissioning mandate, judged by the installer, looked at by few. */

import { newId, type Result } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { allMet, type Gate } from '#policy/policy.ts'
import { checkPicture, type PictureMime, readPicture, storePicture } from '#register/register.ts'
import type { Person } from '#web/web.ts'
import { aboutOf, act, ask, type By, denied, no, notHere, reason, yes } from './asking.ts'
import { evaluate, isStopped, type Standing } from './evaluate.ts'
import { referenceThatCounts } from './facts.ts'
import { authorityOf, commissioningMinutesMax, planCommissioning } from './lease.ts'
import { currentMandate } from './mandate-store.ts'
import { endMandate, issueMandate } from './mandates.ts'
import type { AuthorisationDeps } from './parts.ts'
import { removeReference } from './reference-gone.ts'
import * as store from './store.ts'
import { inTurn } from './turns.ts'
import { isUnsure, unsureWords } from './unsure.ts'

/** Gates that the installer closes on site; a picture for them may be taken when all others hold. */
const onSite: readonly string[] = ['signs', 'site-checklist', 'field-of-view', 'reference-picture']

/** Not even one still is taken of a private room. */
const seesPrivateRoom = (gate: Gate): boolean => gate.code === 'field-of-view' && gate.state === 'blocked'

/**
 * Issues the commissioning mandate for one still, the installer present, and tells footage. Everything but the work on
 * site must be agreed before the first picture is taken, test pictures included.
 */
export async function captureReference(by: By): Promise<Result<{ mandateId: string; untilMs: number }>> {
  const issued = await act({
    ...by,
    async work(tx, standing, nowMs) {
      const { file, pack } = standing
      const d = file.deployment
      const decision = ask(pack, by.person, standing, 'reference.capture', {
        deploymentType: d.type,
        minutes: commissioningMinutesMax,
      })
      if (!decision.allowed) return denied(decision.reasons)
      const open = standing.gates.filter(
        (g) => g.state !== 'met' && (!onSite.includes(g.code) || seesPrivateRoom(g)),
      )
      if (open.length > 0)
        return no(...open.map((g) => reason(g.code, `Not yet: ${g.label}. ${g.why}`, g.clause)))
      if (isStopped(file)) return no(reason('stopped', 'It is stopped. An approver must let it go on first.'))
      if (referenceThatCounts(file)?.accepted)
        return no(reason('reference', 'The reference picture is taken and accepted already.'))
      const { untilMs } = authorityOf(d)
      if (untilMs !== null && nowMs >= untilMs) return no(reason('dates', 'The last day has passed.'))
      if (await isUnsure(tx, d.cameraId)) return no(reason('unsure', unsureWords))
      const lease = planCommissioning(d.timeZone, nowMs, commissioningMinutesMax)
      const mandate = await issueMandate(tx, by.deps, {
        file,
        pack,
        gates: standing.gates,
        class: 'commissioning',
        lease,
        actor: by.person.id,
        nowMs,
      })
      return yes({ mandateId: mandate.id, untilMs: mandate.untilMs, cameraId: d.cameraId })
    },
  })
  if (!issued.ok) return issued
  const { cameraId, mandateId, untilMs } = issued.value
  await by.deps.captureReference({ deploymentId: by.deploymentId, cameraId, mandateId, untilMs })
  return yes({ mandateId, untilMs })
}

/**
 * Footage gives the still; the commissioning mandate has done its work and ends with it. What is stored is sealed under a
 * key of the keyring, which is made first: without it there would be a picture that nobody can ever let go.
 */
export async function recordReference(
  deps: AuthorisationDeps,
  given: {
    readonly deploymentId: string
    readonly jpeg: Buffer
    readonly reelId: string
    /** When the frame was seen. */
    readonly atMs: number
  },
): Promise<Result<{ referenceId: string }>> {
  const picture = checkPicture(given.jpeg)
  if (!picture.ok) return picture
  const pictureId = newId(deps.clock.nowMs())
  const bytes = await deps.stills.seal(pictureId, picture.value.bytes)
  const taken = await keepReference(deps, given, { id: pictureId, bytes, mime: picture.value.mime })
  if (!taken.ok) await deps.stills.destroy(pictureId)
  return taken
}

function keepReference(
  deps: AuthorisationDeps,
  given: { readonly deploymentId: string; readonly reelId: string; readonly atMs: number },
  sealed: { readonly id: string; readonly bytes: Buffer; readonly mime: PictureMime },
): Promise<Result<{ referenceId: string }>> {
  return inTurn(deps.sql, () =>
    inTransaction(deps.sql, async (tx) => {
      const deployment = await store.lockDeployment(tx, given.deploymentId)
      if (deployment === null) return notHere
      const file = await store.readFile(tx, deployment)
      const nowMs = deps.clock.nowMs()
      const mandate = await currentMandate(tx, deployment.cameraId)
      if (mandate?.deploymentId !== deployment.id || mandate.class !== 'commissioning')
        return no(reason('reference', 'No picture was asked for, or the time for it is over.'))
      if (given.atMs < mandate.fromMs || given.atMs >= mandate.untilMs)
        return no(reason('reference', 'The picture was not taken under its mandate.'))
      const attachmentId = await storePicture(tx, {
        provider: deployment.provider,
        ...sealed,
        by: null,
        nowMs,
      })
      const referenceId = await store.insertReference(tx, deployment.id, {
        attachmentId,
        reelId: given.reelId,
        aimVersion: file.camera.aimVersion,
        takenMs: given.atMs,
      })
      await append(tx, {
        kind: 'reference.taken',
        actor: null,
        provider: deployment.provider,
        about: {
          deployment: deployment.id,
          camera: deployment.cameraId,
          reel: given.reelId,
          mandate: mandate.id,
        },
        data: { takenMs: given.atMs },
        atMs: nowMs,
      })
      await endMandate(tx, deps, mandate, { cause: 'reference-taken', atMs: nowMs })
      await evaluate(tx, deps, deployment.id, null)
      return yes({ referenceId })
    }),
  )
}

/** The installer looked: it shows what was agreed and nothing private, or it has to be taken again. */
export async function judgeReference(
  by: By & { readonly referenceId: string; readonly accepted: boolean },
): Promise<Result<{ live: boolean }>> {
  let gone: string | null = null
  const judged = await judge(by, (id) => {
    gone = id
  })
  if (judged.ok && gone !== null) await by.deps.stills.destroy(gone)
  return judged
}

function judge(
  by: By & { readonly referenceId: string; readonly accepted: boolean },
  removed: (id: string | null) => void,
): Promise<Result<{ live: boolean }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const decision = ask(standing.pack, by.person, standing, 'reference.capture', {
        deploymentType: standing.file.deployment.type,
        minutes: commissioningMinutesMax,
      })
      if (!decision.allowed) return denied(decision.reasons)
      const picture = referenceThatCounts(standing.file)
      if (picture === null || picture.id !== by.referenceId)
        return no(reason('facts-changed', 'This is not the newest picture any more. Look at the newest one.'))
      if (!(await store.judgeReference(tx, picture.id, by.accepted, by.person.id, nowMs)))
        return no(reason('decided', 'Somebody has said already what this picture shows.'))
      await append(tx, {
        kind: by.accepted ? 'reference.accepted' : 'reference.refused',
        actor: by.person.id,
        provider: standing.file.deployment.provider,
        about: aboutOf(standing),
        atMs: nowMs,
      })
      // Refused because it shows what it must not: nobody needs it again.
      if (!by.accepted) removed(await removeReference(tx, picture.id, nowMs))
      const others = standing.gates.filter((g) => g.code !== 'reference-picture')
      return yes({ live: by.accepted && allMet(others) })
    },
  })
}

/**
 * The reference still for somebody who takes it or decides on it. It is a picture of a place, so each look is in the
 * ledger before the first byte leaves (promise 2); the reason is the check of the installation.
 */
export async function lookAtReference(
  deps: AuthorisationDeps,
  person: Person,
  standing: Standing,
): Promise<{ readonly mime: string; readonly bytes: Buffer } | null> {
  const { reference } = standing.file
  if (reference?.attachmentId == null) return null
  await inTransaction(deps.sql, (tx) =>
    append(tx, {
      kind: 'reference.seen',
      actor: person.id,
      provider: standing.file.deployment.provider,
      about: aboutOf(standing),
      data: { purpose: 'check-installation' },
      atMs: deps.clock.nowMs(),
    }),
  )
  const stored = await readPicture(deps.sql, reference.attachmentId)
  if (stored === null || !reference.sealed) return stored
  const bytes = deps.stills.open(reference.attachmentId, stored.bytes)
  return bytes === null ? null : { mime: stored.mime, bytes }
}
