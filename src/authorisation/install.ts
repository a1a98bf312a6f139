/** What the installer records: connection, signs, checklist, reference picture. */
import { civilDay, type Reason, type Result } from '#base/base.ts'
import { publish } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import {
  type CredentialChange,
  differences,
  noteChanges,
  parseStreamAddress,
  sameDevice,
  setConnection,
} from '#register/register.ts'
import { aboutOf, act, ask, type By, denied, no, notHere, reason, seen, yes } from './asking.ts'
import { keepTried, tryCamera } from './device.ts'
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
    /** Port of the camera's own services (ONVIF); null or absent: the usual one. */
    readonly devicePort?: number | null
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
      const { hasCredentials, recorderId, rtspUrl } = file.camera
      const there = recorderId === recorder.id && rtspUrl !== null && sameDevice(rtspUrl, address.value.url)
      if (credentials === 'keep' && hasCredentials && !there)
        return no(
          reason(
            'username',
            'This address leads to another device. Type the user name and password again, so that it is not given those of the old one, or say that it needs none.',
          ),
        )
      const written = await setConnection(tx, {
        id: file.camera.id,
        version: by.version,
        recorderId: recorder.id,
        rtspUrl: address.value.url,
        credentials,
        devicePort: by.devicePort ?? null,
      })
      if (!written)
        return no(reason('facts-changed', 'Somebody else changed this camera meanwhile. Look at it again.'))
      // That a password changed is told; the password never is.
      await noteChanges(
        tx,
        {
          what: 'camera',
          id: file.camera.id,
          provider: file.deployment.provider,
          by: by.person.id,
          atMs: nowMs,
        },
        [
          ...differences(
            {
              recorder: own.find((r) => r.id === file.camera.recorderId)?.name ?? null,
              url: file.camera.rtspUrl,
              port: file.camera.devicePort,
            },
            { recorder: recorder.name, url: address.value.url, port: by.devicePort ?? null },
            [
              ['Recorder', (of) => of.recorder],
              ['Address of the stream', (of) => of.url],
              ['ONVIF port', (of) => (of.port === null ? null : String(of.port))],
            ],
          ),
          ...(credentials === 'keep'
            ? []
            : [
                [
                  credentials === 'none' ? 'User name and password taken away' : 'User name and password',
                  null,
                  null,
                ] as const,
              ]),
        ],
      )
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

/**
 * Asks the recorder to try the address now, and, where a camera answers, what that camera does besides filming. Keeps what
 * both say. Waits for them outside any transaction.
 */
export async function probeCamera(by: By): Promise<Result<ProbeResult>> {
  const standing = await seen(by.deps.sql, by.deps, by.person, by.deploymentId)
  if (standing === null) return notHere
  const decision = mayInstall(by, standing)
  if (!decision.allowed) return denied(decision.reasons)
  const { camera } = standing.file
  if (camera.recorderId === null || camera.rtspUrl === null)
    return no(reason('address', 'Choose a recorder and type the camera’s address first.'))
  const tried = await tryCamera(by.deps, camera.id)
  return act({
    ...by,
    async work(tx, now, nowMs) {
      const { aimVersion } = camera
      return (await keepTried(tx, now, tried, { aimVersion, by: by.person.id, nowMs }))
        ? yes(tried.probe)
        : no(reason('facts-changed', 'The address was changed while it was being tried. Try it again.'))
    },
  })
}

/** Ticks that need more than a tick: what proves that the installer may, and what was fitted. */
function unproven(
  { pack }: Standing,
  met: readonly string[],
  stated: {
    readonly qualified: boolean
    readonly qualification: string
    readonly qualificationUntil: string | null
    readonly kit: readonly string[]
  },
  today: string,
): Reason[] {
  const item = (code: string) => pack.values.siteChecklist.find((i) => i.code === code)
  const clauseOf = (code: string) => item(code)?.clause ?? null
  const listed = met.includes('equipment-listed')
  return [
    ...(stated.qualified && stated.qualification === ''
      ? [reason('qualification', 'Say what shows that you are qualified', clauseOf('qualified'))]
      : []),
    ...(stated.qualified && stated.qualificationUntil !== null && stated.qualificationUntil < today
      ? [reason('qualificationUntil', 'This qualification has run out', clauseOf('qualified'))]
      : []),
    ...(listed && stated.kit.length === 0
      ? [reason('kit', 'List what was fitted, with its serial numbers', clauseOf('equipment-listed'))]
      : []),
  ]
}

/** The site checklist of the pack, item by item, and the installer's word that they are qualified. */
export function answerChecklist(
  by: By & {
    readonly met: readonly string[]
    readonly notes: Readonly<Record<string, string>>
    readonly qualified: boolean
    /** What proves it: certificate, card, employer's word. */
    readonly qualification?: string
    /** Its last day; null or absent: it has none. */
    readonly qualificationUntil?: string | null
    /** What was fitted, a line each: what, make and model, serial number. */
    readonly kit?: readonly string[]
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
      const stated = {
        qualified: by.qualified,
        qualification: by.qualification ?? '',
        qualificationUntil: by.qualificationUntil ?? null,
        kit: by.kit ?? [],
      }
      const wrong = unproven(standing, by.met, stated, civilDay(nowMs, file.deployment.timeZone))
      if (wrong.length > 0) return no(...wrong)
      await store.saveChecklist(tx, file.deployment.id, answers, stated, by.person.id, nowMs)
      const missing = answers.filter((a) => !a.met)
      await append(tx, {
        kind: 'checklist.answered',
        actor: by.person.id,
        provider: file.deployment.provider,
        about: aboutOf(standing),
        data: { qualified: by.qualified, missing: missing.map((a) => a.item), kit: stated.kit.length },
        ...(stated.qualification === '' ? {} : { personal: { qualification: stated.qualification } }),
        atMs: nowMs,
      })
      return yes({ missing: missing.length })
    },
  })
}
