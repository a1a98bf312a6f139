import { existsSync, writeFileSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Clock,
  createLog,
  Failure,
  type Log,
  lockFolder,
  openMarkedClock,
  story,
  systemClock,
  writeFileDurably,
} from '#base/base.ts'
import type { CameraRow, CameraStatus } from '#formats/link/link.ts'
import type { ReelHead, ReelSummary, Sealed } from '#formats/reel/reel.ts'
import { readAlone } from './alone.ts'
import type { GapFact } from './camera-reels.ts'
import { Capture, type CaptureEvents } from './capture.ts'
import { type Enrolment, enrol, readEnrolment } from './enrolment.ts'
import { HubLink } from './link/hub-link.ts'
import { MandateStore } from './mandate-store.ts'
import { ChunkPool } from './media/chunks.ts'
import { mayRemoveAlone, removeExpired } from './retention.ts'
import { allowNetworks } from './rtsp/address.ts'
import { Pacer } from './rtsp/pacer.ts'
import { Storage } from './storage.ts'
import { Syncer } from './syncer.ts'

export type RecorderOptions = {
  /** Folder for identity, mandates and, unless said otherwise, reels. Absolute. */
  readonly home: string
  /** Folder of the reels, where it is another disk. */
  readonly storage?: string
  /** Folder of mandates for a recorder without a hub; by default the home itself when it holds `alone.json`. */
  readonly alone?: string
  /** Base address of the hub (`https://…`) and, the first time, its one-time token. */
  readonly hub?: { readonly url: string; readonly token?: string }
  /** Networks in which cameras may stand, CIDR. None allowed means no camera is ever dialled. */
  readonly allow: readonly string[]
  readonly name?: string
  readonly clock?: Clock
  readonly log?: Log
  /** Seconds without a packet after which a playing camera counts as silent. Default 10. */
  readonly silentAfterSeconds?: number
  /** Shortest time between two reads of one connection, ms; 0 reads at once. Default 50. */
  readonly beatMs?: number
}

export type RecorderStatus = {
  readonly recorder: string
  readonly linked: boolean
  readonly cameras: readonly CameraStatus[]
}

export type RunningRecorder = {
  status(): RecorderStatus
  /** Closes every reel ('recorder-stopped') and gives the folder back. */
  close(): Promise<void>
}

const tickMs = 250

/** What the recorder's parts are to each other, for the link. */
export type Parts = {
  readonly recorder: string
  readonly log: Log
  readonly nowMs: () => number
  readonly uncertaintyMs: () => number
  readonly mandates: MandateStore
  readonly storage: Storage
  readonly captures: ReadonlyMap<string, Capture>
  readonly networks: ReturnType<typeof allowNetworks>
  setCameras(rows: readonly CameraRow[]): Promise<void>
  /** A camera that was never listed may still get a mandate; it is kept until the list names it. */
  authorityChanged(camera: string): Promise<void>
}

export type RecorderListener = CaptureEvents & { unlinked(reels: readonly string[]): void }

/** Starts recording. Throws Failure when the folder is taken, foreign, or says too little. */
export async function startRecorder(options: RecorderOptions): Promise<RunningRecorder> {
  const log = options.log ?? createLog('recorder')
  const networks = allowNetworks(options.allow)
  forbidCoreDumps(log)
  await mkdir(options.home, { recursive: true, mode: 0o700 })
  const unlock = lockFolder(options.home, 'recorder')
  try {
    return await start(options, networks, log, unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

async function start(
  options: RecorderOptions,
  networks: ReturnType<typeof allowNetworks>,
  log: Log,
  unlock: () => void,
): Promise<RunningRecorder> {
  const { home } = options
  const captures = new Map<string, Capture>()
  /** When reels past their time were last looked for, monotonic; null: look at once. */
  let expiredAtMs: number | null = null
  const time = await openMarkedClock(home, options.clock ?? systemClock, log, (fromMs, toMs) => {
    log.warn({ fromMs, toMs }, 'the clock leapt')
    // Not from within whoever asked for the time.
    setImmediate(() => {
      expiredAtMs = null
      for (const capture of captures.values()) capture.clockStepped(fromMs)
    })
  })
  const aloneFolder = options.alone ?? (options.hub === undefined ? home : null)
  const alone = aloneFolder === null ? null : await readAlone(aloneFolder)
  const enrolment = alone ? null : await takeEnrolment(options, log)
  const recorder = alone?.recorder ?? enrolment!.recorder
  const rootKey = alone?.rootKey ?? enrolment!.rootKey
  const mandates = await MandateStore.open({ folder: join(home, 'mandates-held'), rootKey, recorder, log })

  const storage = await openStorage(options, time.nowMs(), log)
  const unlockStorage = lockFolder(storage.folder, 'recorder-storage')
  const recovered = await storage.recover(
    time.nowMs(),
    // What was noted as missing before the reel's last picture had ended by then; its end was just not yet on the disk.
    async (camera, lastMs) => (await mandates.gapsSince(camera, lastMs)).at(-1)?.cause ?? 'recorder-stopped',
  )
  if (recovered > 0) log.warn({ reels: recovered }, 'made reels whole that an earlier end had cut off')

  const pacer = new Pacer(options.beatMs)
  const pool = new ChunkPool()
  const syncer = new Syncer()
  let listener: RecorderListener | null = null
  const events: CaptureEvents = {
    changed: () => listener?.changed(),
    gap: (camera: string, gap: GapFact) => listener?.gap(camera, gap),
    opened: (head: ReelHead) => listener?.opened(head),
    sealed: (head: ReelHead, record: Sealed) => listener?.sealed(head, record),
    closed: (head: ReelHead, summary: ReelSummary) => listener?.closed(head, summary),
  }

  async function captureOf(camera: string): Promise<Capture> {
    const known = captures.get(camera)
    if (known) return known
    const made = await Capture.create({
      recorder,
      camera,
      mandates,
      storage,
      syncer,
      time,
      pacer,
      pool,
      networks,
      log,
      events,
      ...(options.silentAfterSeconds === undefined
        ? {}
        : { silentAfterMs: options.silentAfterSeconds * 1000 }),
    })
    captures.set(camera, made)
    return made
  }

  async function useCameras(rows: readonly CameraRow[]): Promise<void> {
    const listed = new Set(rows.map((row) => row.camera))
    for (const row of rows) (await captureOf(row.camera)).setSource(row)
    for (const [camera, capture] of captures) if (!listed.has(camera)) capture.setSource(null)
    events.changed()
  }

  const camerasFile = join(home, 'cameras.json')
  const parts: Parts = {
    recorder,
    log,
    nowMs: time.nowMs,
    uncertaintyMs: time.uncertaintyMs,
    mandates,
    storage,
    captures,
    networks,
    async setCameras(rows) {
      // Kept so that a recorder restarted without its hub records on. The passwords in it are why a stolen recorder's
      // cameras need new ones; the file is readable by this process alone.
      await writeFileDurably(camerasFile, `${JSON.stringify({ v: 1, cameras: rows })}\n`)
      await useCameras(rows)
    },
    async authorityChanged(camera) {
      ;(await captureOf(camera)).authorityChanged()
    },
  }

  if (alone) {
    for (const [camera, jws] of alone.mandates) {
      const result = await mandates.accept(camera, jws, alone.certificate, time.nowMs())
      if (!result.ok)
        log.error({ camera, code: result.reasons[0]?.code }, `mandate refused: ${result.reasons[0]?.message}`)
    }
    await useCameras(alone.cameras)
  } else {
    for (const camera of mandates.cameras()) await captureOf(camera)
    await useCameras(await readCameras(camerasFile))
  }
  const link = enrolment ? new HubLink(parts, enrolment, options.hub?.url ?? enrolment.hubUrl, home) : null
  listener = link
  link?.start()

  let ticking = false
  const ticker = setInterval(() => {
    for (const capture of captures.values()) capture.tick()
    if (ticking) return
    ticking = true
    keepHouse()
      .catch((error: unknown) =>
        log.error({ story: story(error) }, "couldn't keep the time mark or remove old reels"),
      )
      .finally(() => {
        ticking = false
      })
  }, tickMs)
  let hubHeardMs = performance.now()
  async function keepHouse(): Promise<void> {
    await time.keep()
    if (link?.linked) hubHeardMs = performance.now()
    if (expiredAtMs !== null && performance.now() - expiredAtMs < 3_600_000) return
    expiredAtMs = performance.now()
    const hubSilentMs = link === null ? null : performance.now() - hubHeardMs
    if (!mayRemoveAlone(hubSilentMs, await storage.disk())) return
    const removed = await removeExpired(storage, mandates, time.nowMs(), log)
    if (removed.length > 0) listener?.unlinked(removed)
  }

  let closing: Promise<void> | null = null
  return {
    status: () => ({
      recorder,
      linked: link?.linked ?? false,
      cameras: [...captures.values()].map((capture) => capture.status()),
    }),
    close() {
      closing ??= (async () => {
        clearInterval(ticker)
        const stopped = await Promise.allSettled([...captures.values()].map((capture) => capture.stop()))
        for (const end of stopped)
          if (end.status === 'rejected') log.error({ story: story(end.reason) }, "couldn't close a camera")
        await link?.close()
        await mandates.settled()
        await time
          .close()
          .catch((error: unknown) => log.warn({ story: story(error) }, "couldn't keep the time mark"))
        unlockStorage()
        unlock()
      })()
      return closing
    },
  }
}

async function takeEnrolment(options: RecorderOptions, log: Log): Promise<Enrolment> {
  const known = await readEnrolment(options.home)
  if (known) return known
  if (!options.hub?.token) {
    throw new Failure(
      'invalid',
      'This recorder is not enrolled. Make a token on the hub’s recorders page and set it as OVERT_RECORDER_TOKEN.',
    )
  }
  return await enrol(options.home, options.hub.url, options.hub.token, options.name ?? 'Recorder', log)
}

async function openStorage(options: RecorderOptions, nowMs: number, log: Log): Promise<Storage> {
  const folder = options.storage ?? join(options.home, 'reels')
  const file = join(options.home, 'storage-known.json')
  const known = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as { id: string }).id : null
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { storage, id } = await Storage.open(folder, known, nowMs, log)
  if (known === null) await writeFileDurably(file, `${JSON.stringify({ v: 1, id })}\n`)
  return storage
}

async function readCameras(path: string): Promise<readonly CameraRow[]> {
  if (!existsSync(path)) return []
  return (JSON.parse(await readFile(path, 'utf8')) as { cameras: CameraRow[] }).cameras
}

/** Memory holds up to two seconds of clear video; a crash must not write it down (core(5): filter 0 dumps nothing). */
function forbidCoreDumps(log: Log): void {
  try {
    writeFileSync('/proc/self/coredump_filter', '0')
  } catch (error) {
    log.warn({ story: story(error) }, 'core dumps could not be forbidden; switch them off for this service')
  }
}

/**
 * Runs until told to stop: SIGTERM, SIGINT, or the end of the parent that started it. Closes reels on the way out.
 * @returns the exit code
 */
export async function runRecorder(options: RecorderOptions): Promise<number> {
  const log = options.log ?? createLog('recorder')
  const { promise: asked, resolve } = Promise.withResolvers<string>()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
  // Heard from the first moment on: a parent that dies while we start must not leave us behind with the folder locked.
  process.once('disconnect', () => resolve('parent'))
  if (process.send !== undefined && !process.connected) resolve('parent')
  const recorder = await startRecorder({ ...options, log })
  if (process.connected) process.send?.({ kind: 'ready', recorder: recorder.status().recorder })
  log.info({ cameras: recorder.status().cameras.length }, 'recording')
  log.info({ why: await asked }, 'stopping')
  await recorder.close()
  if (process.connected) process.disconnect?.()
  return 0
}
