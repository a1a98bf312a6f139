/**
 * What the camera itself says that it does: asked at the installation and every day after it. What was not agreed opens
 * the gate of the camera, and so a task; a camera that no longer answers takes nothing back of what it said.
 */
import { canonicalJson, story } from '#base/base.ts'
import { inTransaction, type Sql, type Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { type Beyond, beyondAgreed, type Pack } from '#policy/policy.ts'
import { keepDeviceReading, recordProbe } from '#register/register.ts'
import { aboutOf } from './asking.ts'
import { evaluate, type Standing, standingOf } from './evaluate.ts'
import type { DeploymentFile } from './model.ts'
import type { AuthorisationDeps, DeviceSaid, ProbeResult } from './parts.ts'
import { lockDeployment } from './store.ts'
import { inTurn } from './turns.ts'

/** What the camera says that it does and nobody agreed to; null: it never said. */
export function beyondOf({ camera, deployment }: DeploymentFile, pack: Pack): Beyond | null {
  if (camera.device?.readMs == null) return null
  return beyondAgreed(pack.values.technologiesRefused, deployment.technologies, camera.device.functions)
}

/** What came of trying a camera's address; `said` is null where no camera answered. */
export type Tried = { readonly probe: ProbeResult; readonly said: DeviceSaid | null }

/** Has the recorder try the address and, where a camera answers, ask it what it does. Waits: never in a transaction. */
export async function tryCamera(
  deps: Pick<AuthorisationDeps, 'probe' | 'readDevice'>,
  cameraId: string,
): Promise<Tried> {
  const probe = await deps.probe(cameraId)
  return { probe, said: probe.code === 'ok' ? await deps.readDevice(cameraId) : null }
}

/** Keeps what came of it, with its entries. False: the address of `aimVersion` was changed while it was being tried. */
export async function keepTried(
  tx: Tx,
  standing: Standing,
  { probe, said }: Tried,
  of: { readonly aimVersion: number; readonly by: string | null; readonly nowMs: number },
): Promise<boolean> {
  const { camera, deployment: d } = standing.file
  const fits = await recordProbe(tx, camera.id, { ...probe, atMs: of.nowMs, aimVersion: of.aimVersion })
  if (!fits) return false
  await append(tx, {
    kind: 'camera.probed',
    actor: of.by,
    provider: d.provider,
    about: aboutOf(standing),
    data: { code: probe.code },
    atMs: of.nowMs,
  })
  if (said !== null) await keepSaid(tx, standing, said, of.by, of.nowMs)
  return true
}

/** Keeps what a camera said, and an entry of it where it is news. False: the address has changed since. */
async function keepSaid(
  tx: Tx,
  { file, pack }: Standing,
  said: DeviceSaid,
  by: string | null,
  nowMs: number,
): Promise<boolean> {
  const { camera, deployment: d } = file
  const kept = await keepDeviceReading(tx, camera.id, { ...said, atMs: nowMs, aimVersion: camera.aimVersion })
  if (!kept) return false
  const before = camera.device
  const news =
    before === null ||
    before.code !== said.code ||
    (said.code === 'ok' && canonicalJson(before.functions) !== canonicalJson(said.functions))
  if (!news) return true
  const beyond =
    said.code === 'ok' ? beyondAgreed(pack.values.technologiesRefused, d.technologies, said.functions) : null
  await append(tx, {
    kind: 'camera.device-read',
    actor: by,
    provider: d.provider,
    about: { deployment: d.id, camera: camera.id },
    data: {
      code: said.code,
      functions: said.functions.length,
      beyond: beyond === null ? 0 : beyond.refused.length + beyond.unsaid.length,
    },
    atMs: nowMs,
  })
  return true
}

/** Asked again after so long: somebody may switch something on by the camera's own page. */
const againMs = 24 * 3_600_000
/** In one round, one after the other: a dead camera takes 12 s. */
const atOnceMax = 200

/** Asks the cameras of open deployments that were not asked for a day. One that fails holds up no other. */
export async function readDevicesDue(deps: AuthorisationDeps): Promise<void> {
  for (const { deployment, camera, aim } of await dueDevices(deps.sql, deps.clock.nowMs() - againMs)) {
    try {
      const said = await deps.readDevice(camera)
      // Nothing was asked: its recorder is away, and says so on its own.
      if (said.code === 'no-recorder' || said.code === 'no-address') continue
      await inTurn(deps.sql, () =>
        inTransaction(deps.sql, async (tx) => {
          if ((await lockDeployment(tx, deployment)) === null) return
          const nowMs = deps.clock.nowMs()
          const standing = await standingOf(tx, deps, deployment, nowMs)
          if (standing === null || standing.file.camera.aimVersion !== aim) return
          if (await keepSaid(tx, standing, said, null, nowMs)) await evaluate(tx, deps, deployment, null)
        }),
      )
    } catch (error) {
      deps.log.error(
        { deployment, why: story(error) },
        'a camera could not be asked what it does; it is tried again',
      )
    }
  }
}

type DueDevice = { readonly deployment: string; readonly camera: string; readonly aim: number }

/** Cameras that answered their recorder once, under an open deployment, and were last asked before `beforeMs`. */
async function dueDevices(sql: Sql, beforeMs: number): Promise<readonly DueDevice[]> {
  return await sql<DueDevice[]>`
    select d.id as deployment, d.camera_id as camera, c.aim_version as aim
    from authorisation.deployment d
    join register.camera c on c.id = d.camera_id
    left join register.device_reading r on r.camera_id = c.id
    where d.ended_at is null and c.retired_at is null and c.recorder_id is not null and c.probe_code = 'ok'
      and (r.tried_at is null or r.tried_at < ${beforeMs})
    order by r.tried_at nulls first, d.id limit ${atOnceMax}`
}
