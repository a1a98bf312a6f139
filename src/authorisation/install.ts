/** What the installer records: connection, signs, checklist, reference picture. */
import type { Result } from '#base/base.ts'
import { inTransaction, publish } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { allMet } from '#policy/policy.ts'
import {
  type CredentialChange,
  checkPicture,
  insertSign,
  markSignMissing,
  parseStreamAddress,
  readPicture,
  recordProbe,
  removeSign,
  type SignPlace,
  setConnection,
  signPlaceLabels,
  storePicture,
} from '#register/register.ts'
import type { Person } from '#web/web.ts'
import { act, ask, denied, no, notHere, reason, seen, yes } from './asking.ts'
import { evaluate, isStopped, type Standing } from './evaluate.ts'
import { referenceThatCounts } from './facts.ts'
import { authorityOf, commissioningMinutesMax, planCommissioning } from './lease.ts'
import { currentMandate } from './mandate-store.ts'
import { endMandate, issueMandate } from './mandates.ts'
import type { AuthorisationDeps, ProbeResult } from './parts.ts'
import * as store from './store.ts'
import { inTurn } from './turns.ts'

type By = { readonly deps: AuthorisationDeps; readonly person: Person; readonly deploymentId: string }

const about = ({ file: { deployment: d } }: Standing) => ({
  deployment: d.id,
  camera: d.cameraId,
  system: d.systemId,
})

const mayInstall = (by: By, standing: Standing) =>
  ask(standing.pack, by.person, standing, 'deployment.install', {
    deploymentType: standing.file.deployment.type,
  })

/**
 * Sets which recorder dials which address. A user name and password inside the address are taken out of it. Empty boxes
 * keep the stored ones; `noPassword` takes them away.
 */
export function connectCamera(
  by: By & {
    readonly recorderId: string
    readonly address: string
    readonly username: string
    readonly password: string
    readonly noPassword: boolean
    readonly version: number
  },
): Promise<Result<{ cameraId: string }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const { file } = standing
      const decision = mayInstall(by, standing)
      if (!decision.allowed) return denied(decision.reasons)
      const address = parseStreamAddress(by.address)
      if (!address.ok) return no(...address.reasons.map((r) => ({ ...r, code: 'address' })))
      const recorder = (await by.deps.recorders()).find((r) => r.id === by.recorderId)
      if (!recorder) return no(reason('recorderId', 'Choose a recorder from the list'))
      const username = by.username || address.value.username || ''
      const password = by.password || address.value.password || ''
      const credentials: CredentialChange = by.noPassword
        ? 'none'
        : username === '' && password === ''
          ? 'keep'
          : by.deps.box.seal(file.camera.id, { username, password })
      const written = await setConnection(tx, {
        id: file.camera.id,
        version: by.version,
        recorderId: recorder.id,
        rtspUrl: address.value.url,
        credentials,
      })
      if (!written)
        return no(reason('facts-changed', 'Somebody else changed this camera meanwhile. Look at it again.'))
      await append(tx, {
        kind: 'camera.connected',
        actor: by.person.id,
        provider: file.deployment.provider,
        about: { ...about(standing), recorder: recorder.id },
        data: { credentials: typeof credentials === 'string' ? credentials : 'replaced' },
        atMs: nowMs,
      })
      await publish(
        tx,
        'camera.changed',
        { camera: file.camera.id, recorder: recorder.id, before: file.camera.recorderId },
        { key: file.camera.id },
      )
      return yes({ cameraId: file.camera.id })
    },
  })
}

/** Asks the recorder to try the address now and keeps what it says. Waits for it outside any transaction. */
export async function probeCamera(by: By): Promise<Result<ProbeResult>> {
  const standing = await seen(by.deps.sql, by.deps, by.person, by.deploymentId)
  if (standing === null) return notHere
  const decision = mayInstall(by, standing)
  if (!decision.allowed) return denied(decision.reasons)
  const { camera } = standing.file
  if (camera.recorderId === null || camera.rtspUrl === null)
    return no(reason('address', 'Choose a recorder and type the camera’s address first.'))
  const result = await by.deps.probe(camera.id)
  return act({
    ...by,
    async work(tx, now, nowMs) {
      const fits = await recordProbe(tx, camera.id, {
        ...result,
        atMs: nowMs,
        aimVersion: camera.aimVersion,
      })
      if (!fits)
        return no(reason('facts-changed', 'The address was changed while it was being tried. Try it again.'))
      await append(tx, {
        kind: 'camera.probed',
        actor: by.person.id,
        provider: now.file.deployment.provider,
        about: about(now),
        data: { code: result.code },
        atMs: nowMs,
      })
      return yes(result)
    },
  })
}

/** A sign hangs and here is its photo. */
export function placeSign(
  by: By & { readonly place: SignPlace; readonly note: string; readonly photo: Buffer | undefined },
): Promise<Result<{ signId: string }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const { file } = standing
      const decision = mayInstall(by, standing)
      if (!decision.allowed) return denied(decision.reasons)
      const picture = checkPicture(by.photo)
      if (!picture.ok) return no(...picture.reasons.map((r) => ({ ...r, code: 'photo' })))
      const provider = file.deployment.provider
      const photoId = await storePicture(tx, { provider, ...picture.value, by: by.person.id, nowMs })
      const signId = await insertSign(tx, {
        provider,
        systemId: file.deployment.systemId,
        cameraId: file.deployment.cameraId,
        place: by.place,
        note: by.note,
        photoId,
        by: by.person.id,
        nowMs,
      })
      await append(tx, {
        kind: 'sign.placed',
        actor: by.person.id,
        provider,
        about: { ...about(standing), sign: signId },
        data: { place: by.place },
        atMs: nowMs,
      })
      return yes({ signId })
    },
  })
}

/** Anybody who may see the deployment can say that its sign is gone; the pack says how long that may last. */
export function reportSignMissing(by: By & { readonly signId: string }): Promise<Result<null>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const own = standing.file.signs.some((s) => s.id === by.signId)
      if (!own || !(await markSignMissing(tx, by.signId, nowMs)))
        return no(reason('sign', 'This is known already, or the sign is not in the register any more.'))
      await append(tx, {
        kind: 'sign.missing',
        actor: by.person.id,
        provider: standing.file.deployment.provider,
        about: { ...about(standing), sign: by.signId },
        atMs: nowMs,
      })
      return yes(null)
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
  if (reference === null) return null
  await inTransaction(deps.sql, (tx) =>
    append(tx, {
      kind: 'reference.seen',
      actor: person.id,
      provider: standing.file.deployment.provider,
      about: about(standing),
      data: { purpose: 'check-installation' },
      atMs: deps.clock.nowMs(),
    }),
  )
  return readPicture(deps.sql, reference.attachmentId)
}

export function takeSignAway(by: By & { readonly signId: string }): Promise<Result<null>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const decision = mayInstall(by, standing)
      if (!decision.allowed) return denied(decision.reasons)
      if (!standing.file.signs.some((s) => s.id === by.signId) || !(await removeSign(tx, by.signId, nowMs)))
        return no(reason('sign', 'This sign is not in the register any more.'))
      await append(tx, {
        kind: 'sign.removed',
        actor: by.person.id,
        provider: standing.file.deployment.provider,
        about: { ...about(standing), sign: by.signId },
        atMs: nowMs,
      })
      return yes(null)
    },
  })
}

/** The site checklist of the pack, item by item, and the installer's word that they are qualified. */
export function answerChecklist(
  by: By & {
    readonly met: readonly string[]
    readonly notes: Readonly<Record<string, string>>
    readonly qualified: boolean
  },
): Promise<Result<{ missing: number }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const { pack, file } = standing
      const decision = mayInstall(by, standing)
      if (!decision.allowed) return denied(decision.reasons)
      const answers = pack.values.siteChecklist.map((item) => ({
        item: item.code,
        met: by.met.includes(item.code),
        note: (by.notes[item.code] ?? '').slice(0, 1000),
      }))
      await store.saveChecklist(tx, file.deployment.id, answers, by.qualified, by.person.id, nowMs)
      const missing = answers.filter((a) => !a.met)
      await append(tx, {
        kind: 'checklist.answered',
        actor: by.person.id,
        provider: file.deployment.provider,
        about: about(standing),
        data: { qualified: by.qualified, missing: missing.map((a) => a.item) },
        atMs: nowMs,
      })
      return yes({ missing: missing.length })
    },
  })
}

/** Gates that the installer closes on site; a picture for them may be taken when all others hold. */
const onSite: readonly string[] = ['signs', 'site-checklist', 'reference-picture']

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
      const open = standing.gates.filter((g) => g.state !== 'met' && !onSite.includes(g.code))
      if (open.length > 0)
        return no(...open.map((g) => reason(g.code, `Not yet: ${g.label}. ${g.why}`, g.clause)))
      if (isStopped(file)) return no(reason('stopped', 'It is stopped. An approver must let it go on first.'))
      if (referenceThatCounts(file)?.accepted)
        return no(reason('reference', 'The reference picture is taken and accepted already.'))
      const { untilMs } = authorityOf(d)
      if (untilMs !== null && nowMs >= untilMs) return no(reason('dates', 'The last day has passed.'))
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

/** Footage gives the still; the commissioning mandate has done its work and ends with it. */
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
  return inTurn(deps.sql, () =>
    inTransaction(deps.sql, async (tx) => {
      const deployment = await store.lockDeployment(tx, given.deploymentId)
      if (deployment === null) return notHere
      const file = await store.readFile(tx, deployment)
      const picture = checkPicture(given.jpeg)
      if (!picture.ok) return picture
      const nowMs = deps.clock.nowMs()
      const mandate = await currentMandate(tx, deployment.cameraId)
      if (mandate?.deploymentId !== deployment.id || mandate.class !== 'commissioning')
        return no(reason('reference', 'No picture was asked for, or the time for it is over.'))
      if (given.atMs < mandate.fromMs || given.atMs >= mandate.untilMs)
        return no(reason('reference', 'The picture was not taken under its mandate.'))
      const attachmentId = await storePicture(tx, {
        provider: deployment.provider,
        ...picture.value,
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
export function judgeReference(
  by: By & { readonly referenceId: string; readonly accepted: boolean },
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
        about: about(standing),
        atMs: nowMs,
      })
      const others = standing.gates.filter((g) => g.code !== 'reference-picture')
      return yes({ live: by.accepted && allMet(others) })
    },
  })
}

export const signPlaceWords = (place: SignPlace): string => signPlaceLabels[place]
