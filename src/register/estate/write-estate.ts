/** Takes a checked file over into the register: all of it or nothing, in the caller's transaction. */
import { publish, type Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { insertCamera, lockCamera, setConnection, updateCamera } from '../camera-store.ts'
import type { CredentialBox } from '../credentials.ts'
import { insertSite } from '../site-store.ts'
import { insertSystem, setManager } from '../system-store.ts'
import type { Checked } from './check-rows.ts'
import type { CameraStep, SiteStep, SystemStep } from './known.ts'
import { type Counts, setCoordinates, setReference, setTakenOver } from './store.ts'

/** A camera that an older system records today: authorisation asks for authority to take it over. */
export type RunningCamera = {
  readonly provider: string
  readonly siteId: string
  readonly systemId: string
  readonly cameraId: string
  readonly timeZone: string
  readonly purposes: readonly string[]
  readonly placement: string
  readonly basis: string
  readonly reason: string
  readonly by: string
  readonly nowMs: number
}

export type Writing = {
  readonly provider: string
  readonly importId: string
  readonly timeZone: string
  readonly by: string
  readonly nowMs: number
  readonly box: Pick<CredentialBox, 'seal'>
  /** False: it has authority, or waits for it, already. */
  takeOver(tx: Tx, camera: RunningCamera): Promise<boolean>
}

/** Carries the line at which a file can't be taken over after all, so that the transaction rolls back. */
export class CannotWrite extends Error {
  readonly line: number
  readonly why: string
  constructor(line: number, why: string) {
    super(`line ${line}: ${why}`)
    this.line = line
    this.why = why
  }
}

/** @throws CannotWrite where the register says no to a line: nothing at all is taken over then */
export async function writeEstate(tx: Tx, checked: Checked, w: Writing): Promise<Counts> {
  const entered = (kind: string, about: Record<string, string>) =>
    append(tx, { kind, actor: w.by, provider: w.provider, about, atMs: w.nowMs })
  const siteIds = new Map<SiteStep, string>()
  const systemIds = new Map<SystemStep, string>()
  let [sites, systems, cameras, changed, takenOver] = [0, 0, 0, 0, 0]

  for (const site of checked.sites) {
    const id =
      site.id ??
      (await insertSite(tx, {
        ...site,
        provider: w.provider,
        timeZone: w.timeZone,
        by: w.by,
        nowMs: w.nowMs,
      }))
    siteIds.set(site, id)
    if (site.id === null) {
      sites += 1
      await entered('site.added', { site: id })
    }
    if (site.latitude !== null && (site.id === null || site.coordinatesChange))
      await setCoordinates(tx, id, site.latitude, site.longitude)
    if (site.id !== null && site.coordinatesChange) await entered('site.changed', { site: id })
  }
  for (const system of checked.systems) {
    const siteId = siteIds.get(system.site)!
    const id =
      system.id ??
      (await insertSystem(tx, { ...system, provider: w.provider, siteId, by: w.by, nowMs: w.nowMs }))
    systemIds.set(system, id)
    if (system.id === null) {
      systems += 1
      await entered('system.added', { system: id, site: siteId })
    } else if (system.managerChange) {
      await setManager(tx, id, system.managerId)
      await entered('system.manager-named', { system: id, person: system.managerId! })
    }
  }
  for (const camera of checked.cameras) {
    const systemId = systemIds.get(camera.system)!
    const id = camera.id ?? (await addCamera(tx, camera, systemId, w))
    if (camera.id === null) {
      cameras += 1
      await entered('camera.added', { camera: id, system: systemId })
    } else if (camera.changes.length > 0) {
      changed += 1
      await changeCamera(tx, camera, id, systemId, w)
    }
    if (camera.id === null || camera.changes.length > 0) {
      await connect(tx, camera, id, systemId, w)
      if (camera.reference !== null && !(await setReference(tx, id, camera.reference)))
        throw new CannotWrite(camera.line, 'Another camera of your landlord has this reference already.')
      await setTakenOver(tx, {
        cameraId: id,
        importId: w.importId,
        daysKept: camera.daysKept,
        sign: camera.sign,
        running: camera.running !== null,
      })
    }
    if (camera.running !== null) {
      const asked = await w.takeOver(tx, {
        provider: w.provider,
        siteId: siteIds.get(camera.system.site)!,
        systemId,
        cameraId: id,
        timeZone: w.timeZone,
        purposes: camera.system.purposes,
        ...camera.running,
        by: w.by,
        nowMs: w.nowMs,
      })
      if (asked) takenOver += 1
    }
  }
  return { sites, systems, cameras, changed, takenOver }
}

const addCamera = (tx: Tx, camera: CameraStep, systemId: string, w: Writing): Promise<string> =>
  insertCamera(tx, {
    provider: w.provider,
    systemId,
    label: camera.label,
    position: camera.position,
    model: camera.model,
    serial: camera.serial,
    by: w.by,
    nowMs: w.nowMs,
  })

async function changeCamera(
  tx: Tx,
  camera: CameraStep,
  id: string,
  systemId: string,
  w: Writing,
): Promise<void> {
  const standing = await lockCamera(tx, id)
  if (standing === null) throw new CannotWrite(camera.line, 'This camera is no longer in the register.')
  const moved = standing.position !== camera.position
  await updateCamera(tx, {
    id,
    version: standing.version,
    label: camera.label,
    position: camera.position,
    model: camera.model,
    serial: camera.serial,
  })
  await append(tx, {
    kind: 'camera.changed',
    actor: w.by,
    provider: w.provider,
    about: { camera: id, system: systemId },
    data: { moved },
    atMs: w.nowMs,
  })
  // What it stood on may be gone: authorisation looks at once.
  if (moved) await publish(tx, 'camera.moved', { camera: id }, { key: id })
}

async function connect(tx: Tx, camera: CameraStep, id: string, systemId: string, w: Writing): Promise<void> {
  if (camera.connection === null) return
  const standing = (await lockCamera(tx, id))!
  const elsewhere =
    standing.recorderId !== camera.connection.recorderId || standing.rtspUrl !== camera.connection.url
  const newWord =
    camera.id === null ? camera.credentials !== null : camera.changes.includes('user name and password')
  if (!elsewhere && !newWord) return
  await setConnection(tx, {
    id,
    version: standing.version,
    recorderId: camera.connection.recorderId,
    rtspUrl: camera.connection.url,
    credentials: camera.credentials === null ? 'keep' : w.box.seal(id, camera.credentials),
  })
  await append(tx, {
    kind: 'camera.connected',
    actor: w.by,
    provider: w.provider,
    about: { camera: id, system: systemId, recorder: camera.connection.recorderId },
    data: { credentials: newWord ? 'replaced' : 'kept' },
    atMs: w.nowMs,
  })
  // The recorder learns the address; authorisation looks at what its mandate stood on.
  const { recorderId: recorder } = camera.connection
  await publish(tx, 'camera.changed', { camera: id, recorder, before: standing.recorderId }, { key: id })
  await publish(tx, 'camera.moved', { camera: id }, { key: id })
}
