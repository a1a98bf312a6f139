/** Builds the room: link server, index cache, served log, timed work, and what other rooms ask of it. */
import { Failure, type Result, story } from '#base/base.ts'
import { openTask } from '#casework/casework.ts'
import { inTransaction, type Jobs, type Listeners } from '#engine/engine.ts'
import type { DayKey } from '#formats/mandate/mandate.ts'
import { append } from '#ledger/ledger.ts'
import { rolesFor } from '#policy/policy.ts'
import { type DeviceFunction, devicePortOf, findCamera, sealedCredentials } from '#register/register.ts'
import type { Health, WebSocketEndpoint } from '#web/web.ts'
import type { FootageDeps } from './deps.ts'
import { settleEarlyEnds } from './early-ends.ts'
import { type Agreement, agreeToExpire, type Expired, expire, replayExpiries } from './expiry.ts'
import { holdStands, readHeld, spanOf } from './held-footage.ts'
import { endDueHolds, type HoldWanted, holdSpan, releaseHold } from './holds.ts'
import { insertEarlyEnd } from './keeping-store.ts'
import { silentMs } from './link/camera-state.ts'
import { createLinkServer, type LinkServer } from './link/server.ts'
import { matchHolds } from './match-holds.ts'
import type { CameraState, HeldReel, Hold, Span, SpanFacts } from './model.ts'
import { type Capture, captureStill } from './still.ts'
import { listRecorders, noteKeyring } from './store.ts'
import { authorisedTimes } from './viewing/authority.ts'
import { createIndexCache } from './viewing/index-cache.ts'
import { closeLapsed } from './viewing/leaves.ts'
import { createLiveHub, type LiveHub } from './viewing/live.ts'
import type { ServeParts } from './viewing/serve.ts'
import { createServedLog } from './viewing/served.ts'

export type Footage = {
  readonly link: LinkServer
  readonly live: LiveHub
  readonly serve: ServeParts
  readonly webSockets: readonly WebSocketEndpoint[]
  /** For the outbox: what authorisation and register tell. */
  readonly listeners: Listeners
  /** For authorisation: public halves of the camera-day keys, made where there are none. */
  dayPublicKeys(cameraId: string, days: readonly string[]): Promise<readonly DayKey[]>
  recorders(): Promise<
    readonly { id: string; name: string; online: boolean; providers?: readonly string[] }[]
  >
  probe(cameraId: string): Promise<{ code: string; words: string }>
  /** What the camera says that it does besides filming, asked through its recorder. */
  readDevice(cameraId: string): Promise<{ code: string; words: string; functions: readonly DeviceFunction[] }>
  captureReference(capture: Capture): Promise<void>
  cameraState(cameraId: string): Promise<CameraState>
  /** The cameras of which `cameraState` says 'recording' now. */
  recordingCameras(): readonly string[]
  /** Whether a recorder spoke lately, for `/health`. A hub whose recorders are all revoked records nothing, like a new one. */
  recorderHealthy(): Promise<Health>
  /** For evidence. */
  spanOf(span: Span): Promise<SpanFacts>
  holdSpan(wanted: HoldWanted): Promise<Result<Hold>>
  readHeld(holdId: string): Promise<{ hold: Hold; reels: HeldReel[] } | null>
  /** Does it still keep its footage? What was opened from it is shown only while it does. */
  holdStands(holdId: string): Promise<boolean>
  releaseHold(holdId: string, by: string, reason: string): Promise<Result<Hold>>
  /** What is due goes now: for a demo whose clock was moved, and for tests. */
  expire(agreement?: Agreement): Promise<Expired>
  agreeToExpire(personId: string, landlords: readonly string[]): Promise<Result<Expired>>
  /** The newest ledger checkpoint goes to every linked recorder. */
  sendCheckpoints(): Promise<void>
  /** Sentences for administrators about what weakens the keyring here. */
  keyringNotices(facts: { readonly sharesDisk: boolean }): readonly string[]
  close(): Promise<void>
}

/** A camera's authority is asked for at least this often: a message lost between hub and recorder is told again. */
const checkpointSeconds = 60
const keepingSeconds = 20
const copySeconds = 3_600

export async function startFootage(deps: FootageDeps & { readonly jobs: Jobs | null }): Promise<Footage> {
  const { sql, clock, log, keyring, authority } = deps
  await noteKeyring(sql, keyring.id, clock.nowMs())
  const stopping = new AbortController()
  const working = new Set<Promise<unknown>>()
  const background = (what: string, work: Promise<unknown>): void => {
    const done = work
      .catch((error: unknown) => log.error({ why: story(error) }, `couldn't ${what}`))
      .finally(() => working.delete(done))
    working.add(done)
  }

  const link: LinkServer = createLinkServer(deps, {
    async settled(recorderId) {
      await settleEarlyEnds(parts, recorderId)
      await matchHolds(parts)
    },
    mandateRefused: (refusal) => noteRefusal(deps, refusal),
    reelChanged: (reelId) => indexes.forget(reelId),
  })
  const indexes = createIndexCache(link, () => clock.monotonicMs())
  const served = createServedLog(sql, clock, log)
  const serve: ServeParts = { sql, clock, keyring, authority, link, indexes, served, packs: deps.packs }
  const live = createLiveHub({ ...serve, log, link, rightsOf: deps.rightsOf })
  const parts = { sql, clock, log, keyring, authority, packs: deps.packs, indexes, link }

  const replayed = await replayExpiries(parts)
  await matchHolds(parts)
  await served.tell()
  if (replayed.destroyedAgain + replayed.marked > 0) {
    log.warn(replayed, 'keyring and database were brought in step')
    await inTransaction(sql, (tx) =>
      append(tx, {
        kind: 'keyring.replayed',
        actor: null,
        provider: null,
        about: {},
        data: replayed,
        atMs: clock.nowMs(),
      }),
    )
  }

  /** The recorder that reaches a camera, and the address as the recorder is told it; else why it can't be asked. */
  async function reachable(cameraId: string) {
    const camera = await findCamera(sql, cameraId)
    if (camera?.recorderId == null || camera.rtspUrl === null)
      return { why: { code: 'no-address', words: 'The camera has no recorder or no address yet.' } }
    if (!link.linked(camera.recorderId))
      return {
        why: {
          code: 'no-recorder',
          words: 'Its recorder can’t be reached now, so the address was not tried.',
        },
      }
    const row = (await deps.camerasOf(camera.recorderId)).find((one) => one.camera === cameraId)
    const needs = (await sealedCredentials(sql, cameraId)) !== null
    return {
      recorderId: camera.recorderId,
      address: {
        url: row?.url ?? camera.rtspUrl,
        username: needs ? (row?.username ?? null) : null,
        password: needs ? (row?.password ?? null) : null,
      },
    }
  }

  async function keepTime(): Promise<void> {
    await endDueHolds(parts)
    await expire(parts)
    for (const recorderId of link.linkedRecorders()) {
      await settleEarlyEnds(parts, recorderId)
      await link.orderUnlinks(recorderId)
    }
  }
  deps.jobs?.every('footage.keeping', keepingSeconds, keepTime)
  deps.jobs?.every('footage.leaves', 3_600, () => closeLapsed(deps))
  deps.jobs?.every('footage.checkpoints', checkpointSeconds, () => link.sendCheckpoints())
  deps.jobs?.every('footage.keyring-copy', copySeconds, async () => {
    const behind = await keyring.reconcile()
    if (behind !== null) log.error({ behind }, 'the second copy of the keyring is out of step')
  })

  return {
    link,
    live,
    serve,
    webSockets: [...link.webSockets, ...live.webSockets],
    listeners: {
      'mandate.issued': async (told) => {
        background('tell a mandate', link.tellMandate(String(told['recorder']), String(told['camera'])))
      },
      'mandate.ended': async (told, tx) => {
        if (told['cause'] !== 'replaced') {
          await insertEarlyEnd(tx, {
            mandateId: String(told['mandateId']),
            cameraId: String(told['camera']),
            recorderId: String(told['recorder']),
            endedMs: Number(told['endedMs']),
            cause: String(told['cause']),
          })
        }
        live.authorityChanged(String(told['camera']))
        background('tell an end', link.tellMandate(String(told['recorder']), String(told['camera'])))
      },
      'camera.changed': async () => {
        for (const recorderId of link.linkedRecorders())
          background('tell its cameras', link.refresh(recorderId))
      },
    },
    async dayPublicKeys(cameraId, days) {
      const camera = await findCamera(sql, cameraId)
      if (camera === null) throw new Failure('not-found', 'keys are asked for a camera that is not there')
      const site = { timeZone: camera.timeZone, landlord: camera.provider }
      const nowMs = clock.nowMs()
      const times = authorisedTimes(await authority.intervals(cameraId))
      const fresh = !times.some((time) => nowMs >= time.fromMs && nowMs < time.toMs)
      const keys: DayKey[] = []
      for (const [retentionDays, of] of await byRetention(deps, cameraId, days)) {
        keys.push(...(await keyring.publicKeysFor(cameraId, of, retentionDays, site, { fresh })))
      }
      return days.map((day) => keys.find((key) => key.day === day)!)
    },
    async recorders() {
      const rows = await listRecorders(sql)
      return rows
        .filter((row) => row.revokedMs === null)
        .map(({ id, name, providers }) => ({
          id,
          name,
          online: isOnline(link, id, clock.nowMs()),
          ...(providers.length === 0 ? {} : { providers }),
        }))
    },
    async probe(cameraId) {
      const found = await reachable(cameraId)
      if ('why' in found) return found.why
      const { code, words } = await link.probe(found.recorderId, found.address)
      return { code, words }
    },
    async readDevice(cameraId) {
      const found = await reachable(cameraId)
      if ('why' in found) return { ...found.why, functions: [] }
      const port = await devicePortOf(sql, cameraId)
      const { code, words, functions } = await link.device(found.recorderId, { ...found.address, port })
      return { code, words, functions }
    },
    async captureReference(capture) {
      background('take a reference picture', captureStill(parts, capture, stopping.signal))
    },
    cameraState: link.cameraState,
    recordingCameras: link.recordingCameras,
    async recorderHealthy() {
      const rows = (await listRecorders(sql)).filter((row) => row.revokedMs === null)
      if (rows.length === 0) return 'no-recorder'
      return rows.some((row) => isOnline(link, row.id, clock.nowMs())) ? true : 'recorder-silent'
    },
    spanOf: (span) => spanOf(parts, span),
    holdSpan: (wanted) => holdSpan(parts, wanted),
    readHeld: (holdId) => readHeld(parts, holdId),
    holdStands: (holdId) => holdStands(parts, holdId),
    releaseHold: (holdId, by, reason) => releaseHold(parts, holdId, { by, cause: 'released', reason }),
    expire: (agreement) => expire(parts, agreement ?? null),
    agreeToExpire: (personId, landlords) => agreeToExpire(parts, personId, landlords),
    sendCheckpoints: () => link.sendCheckpoints(),
    keyringNotices({ sharesDisk }) {
      const said: string[] = []
      if (keyring.opensBy === 'key-file') {
        said.push(
          'The keyring is opened by a key file that lies beside it. Whoever can read that folder can read all footage. Set OVERT_KEYRING_PASSPHRASE to change over to a passphrase.',
        )
      }
      if (sharesDisk) {
        said.push(
          'The keyring and the footage are on the same disk. Whoever takes that disk has both. Put OVERT_KEYRING on another one.',
        )
      }
      return said
    },
    async close() {
      stopping.abort()
      live.close()
      link.close()
      await Promise.allSettled(working)
      await served.close()
    },
  }
}

function isOnline(link: LinkServer, recorderId: string, nowMs: number): boolean {
  const heardMs = link.heardMs(recorderId)
  return link.linked(recorderId) && heardMs !== null && nowMs - heardMs <= silentMs
}

/** Days grouped by how long what is recorded on them is kept. */
async function byRetention(
  deps: FootageDeps,
  cameraId: string,
  days: readonly string[],
): Promise<Map<number, string[]>> {
  const found = new Map<number, string[]>()
  for (const day of days) {
    const { days: kept } = await deps.authority.retention(cameraId, day)
    found.set(kept, [...(found.get(kept) ?? []), day])
  }
  return found
}

async function noteRefusal(
  deps: FootageDeps,
  refusal: { readonly camera: string; readonly counter: number; readonly code: string },
): Promise<void> {
  const camera = await findCamera(deps.sql, refusal.camera)
  const nowMs = deps.clock.nowMs()
  await inTransaction(deps.sql, async (tx) => {
    await append(tx, {
      kind: 'mandate.refused',
      actor: null,
      provider: camera?.provider ?? null,
      about: { camera: refusal.camera },
      data: { code: refusal.code, counter: refusal.counter },
      atMs: nowMs,
    })
    if (camera === null) return
    await openTask(tx, {
      kind: 'mandate.refused',
      provider: camera.provider,
      area: camera.area,
      patchId: camera.patchId,
      siteId: camera.siteId,
      title: `The recorder of camera “${camera.label}” refuses its mandate. It may belong to another hub, or its clock is wrong.`,
      roles: rolesFor(deps.packs.packOf(camera.provider), 'deployment.install'),
      about: { camera: camera.id },
      // The camera records nothing meanwhile.
      dueMs: nowMs + 86_400_000,
      keepDue: true,
      nowMs,
    })
  })
}
