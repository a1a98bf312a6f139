/** What the installer records: connection, signs, checklist, reference picture. */
import type { Result } from '#base/base.ts'
import { publish } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { type CredentialChange, parseStreamAddress, recordProbe, setConnection } from '#register/register.ts'
import { aboutOf, act, ask, type By, denied, no, notHere, reason, seen, yes } from './asking.ts'
import type { Standing } from './evaluate.ts'
import { type ProbeResult, recordersFor } from './parts.ts'
import * as store from './store.ts'

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
      const own = await recordersFor(by.deps, file.deployment.provider)
      const recorder = own.find((r) => r.id === by.recorderId)
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
        about: { ...aboutOf(standing), recorder: recorder.id },
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
        about: aboutOf(now),
        data: { code: result.code },
        atMs: nowMs,
      })
      return yes(result)
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
        about: aboutOf(standing),
        data: { qualified: by.qualified, missing: missing.map((a) => a.item) },
        atMs: nowMs,
      })
      return yes({ missing: missing.length })
    },
  })
}
