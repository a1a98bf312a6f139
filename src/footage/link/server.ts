/**
 * The hub's end of every recorder's link: recorders that are linked now, what their cameras do, and the way to ask for
 * sealed bytes. It tells a recorder which cameras it has and what it may do with them, at once and again after every
 * sign-in, and writes down what recorders tell.
 */
import { Failure, isId, type Result, story } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import {
  type CameraStatus,
  type EnrolAnswer,
  type EnrolAsk,
  type Frame,
  linkPath,
  type RecorderMessage,
  textBytesMax,
} from '#formats/link/link.ts'
import { append, stepsFrom } from '#ledger/ledger.ts'
import type { WebSocketEndpoint } from '#web/web.ts'
import type { FootageDeps } from '../deps.ts'
import { acknowledgeEarlyEnd, noteUnlinkOrdered, reelsToUnlink } from '../keeping-store.ts'
import type { CameraState } from '../model.ts'
import { findRecorder, hasRecorded, noteCameraStates, noteGap, noteHeard, noteUnlinked } from '../store.ts'
import { recordingNow, stateOf } from './camera-state.ts'
import { compareHeld, isItsOwn, noteClosed, noteHeldPage, noteOpened } from './catalogue.ts'
import { enrol } from './enrolment.ts'
import { type DeviceAnswer, type LinkRequest, type Probe, type Session, startSession } from './session.ts'

/** How often a recorder says how it is; it also speaks at every change. */
export const statusSeconds = 5
const notItsOwn = "a recorder told of what can't be its own; it was not believed"
/** Bytes that one answer may bring. A whole fragment has at most 64 MiB. */
const answerBytesMax = 96 * 1024 * 1024

export type CatalogueSettled = (recorderId: string) => Promise<void>

export type LinkServer = {
  readonly webSockets: readonly WebSocketEndpoint[]
  enrol(ask: EnrolAsk): Promise<Result<EnrolAnswer>>
  linked(recorderId: string): boolean
  linkedRecorders(): readonly string[]
  /** Its clock minus ours, ms, by its last status while linked; null when it isn't linked. */
  clockDifferenceMs(recorderId: string): number | null
  /** Prelude and index rows of a reel; throws `Failure` ('unavailable', 'not-found', 'data-loss'). */
  index(recorderId: string, reelId: string): Promise<{ prelude: Buffer; rows: Buffer }>
  /** Whole records, from first to last inclusive, as on the disk. */
  read(recorderId: string, reelId: string, fromSequence: number, toSequence: number): Promise<Buffer>
  live(recorderId: string, cameraId: string, onFrame: (frame: Frame) => void): ReturnType<Session['ask']>
  probe(recorderId: string, address: Parameters<Session['probe']>[0]): Promise<Probe>
  device(recorderId: string, address: Parameters<Session['device']>[0]): Promise<DeviceAnswer>
  /** Tells a recorder again which cameras it has and what each may do. */
  refresh(recorderId: string): Promise<void>
  /** Tells the recorder of one camera about its mandate or withdrawal. */
  tellMandate(recorderId: string, cameraId: string): Promise<void>
  /** Asks for the camera's open reel to be closed now: a span of it is wanted as evidence. Not linked: nothing. */
  cut(recorderId: string, cameraId: string): void
  /** Orders files away whose keys are gone and that no hold needs. */
  orderUnlinks(recorderId: string): Promise<number>
  cameraState(cameraId: string): Promise<CameraState>
  recordingCameras(): readonly string[]
  /** When a recorder last said something in this process, or null. */
  heardMs(recorderId: string): number | null
  sendCheckpoints(): Promise<void>
  dismiss(recorderId: string): void
  close(): void
}

type Known = {
  session: Session
  heardMs: number
  clockDifferenceMs: number | null
  cameras: ReadonlyMap<string, CameraStatus>
  held: Set<string>
  /** Cameras that are this recorder's now. */
  listed: ReadonlySet<string>
  /** What it holds of our ledger. */
  checkpoint: { readonly origin: string; readonly size: number } | null
  shownOrigin: string
}

export function createLinkServer(
  deps: FootageDeps,
  tell: {
    /** After the catalogue of a recorder is complete, and after a withdrawal was obeyed. */
    settled: CatalogueSettled
    /** A camera's mandate was refused by its recorder. */
    mandateRefused(refusal: Extract<RecorderMessage, { type: 'mandate-refused' }>): Promise<void>
    reelChanged(reelId: string): void
  },
): LinkServer {
  const { sql, clock, log, keyring } = deps
  const known = new Map<string, Known>()

  function sessionOf(recorderId: string): Session {
    const one = known.get(recorderId)
    if (one === undefined) throw new Failure('unavailable', "the recorder isn't linked now")
    return one.session
  }

  async function collect(recorderId: string, request: LinkRequest): Promise<Frame[]> {
    const frames: Frame[] = []
    let bytes = 0
    await sessionOf(recorderId).ask(request, (frame) => {
      bytes += frame.payload.byteLength
      if (bytes > answerBytesMax) throw new Failure('too-large', 'a recorder sent more than can be asked for')
      frames.push(frame)
    }).done
    return frames
  }

  async function tellCamera(session: Session, camera: string): Promise<void> {
    const bundle = await deps.authority.bundle(camera)
    if (bundle !== null) return session.send({ type: 'mandate', camera, ...bundle })
    const withdrawal = await deps.authority.withdrawal(camera)
    if (withdrawal !== null) session.send({ type: 'withdraw', camera, ...withdrawal })
  }

  async function tellAll(one: Known): Promise<void> {
    const { session } = one
    const cameras = await deps.camerasOf(session.recorderId)
    one.listed = new Set(cameras.map(({ camera }) => camera))
    session.send({ type: 'cameras', cameras: [...cameras] })
    for (const { camera } of cameras) await tellCamera(session, camera)
    // A camera taken away from this recorder while it was out of reach: its end must be heard too.
    for (const { camera } of session.hello.counters) {
      if (one.listed.has(camera)) continue
      const withdrawal = await deps.authority.withdrawal(camera)
      if (withdrawal !== null) session.send({ type: 'withdraw', camera, ...withdrawal })
    }
  }

  /** From the checkpoint that the recorder holds to the newest, over the turn of a year if need be. */
  async function tellCheckpoint(one: Known): Promise<void> {
    for (const step of await stepsFrom(sql, one.checkpoint)) {
      one.shownOrigin = originOfNote(step.note)
      one.session.send({
        type: 'checkpoint',
        note: step.note,
        fromSize: step.fromSize,
        proof: [...step.proof],
        opening: step.opening === null ? null : { leaf: step.opening.leaf, path: [...step.opening.path] },
      })
    }
  }

  async function opened(session: Session): Promise<void> {
    known.get(session.recorderId)?.session.close('linked again')
    const one: Known = {
      session,
      heardMs: clock.nowMs(),
      clockDifferenceMs: null,
      cameras: new Map(),
      held: new Set(),
      listed: new Set(),
      checkpoint:
        session.hello.checkpointOrigin == null
          ? null
          : { origin: session.hello.checkpointOrigin, size: session.hello.checkpointSize },
      shownOrigin: '',
    }
    known.set(session.recorderId, one)
    log.info({ recorder: session.recorderId, software: session.hello.software }, 'a recorder linked')
    await tellAll(one)
    await tellCheckpoint(one)
  }

  async function takeStatus(
    one: Known,
    message: Extract<RecorderMessage, { type: 'status' }>,
  ): Promise<void> {
    const nowMs = clock.nowMs()
    one.clockDifferenceMs = message.nowMs - nowMs
    // Of cameras that are another recorder's it can say nothing.
    const own = message.cameras.filter((camera) => one.listed.has(camera.camera))
    one.cameras = new Map(own.map((camera) => [camera.camera, camera]))
    const recorderId = one.session.recorderId
    await noteHeard(sql, recorderId, {
      atMs: nowMs,
      status: message,
      clockDifferenceMs: one.clockDifferenceMs,
    })
    await noteCameraStates(
      sql,
      own.map((camera) => ({
        cameraId: camera.camera,
        recorderId,
        code: camera.code === null ? camera.state : `${camera.state}:${camera.code}`.slice(0, 60),
        sinceMs: camera.sinceMs,
        lastFrameMs: camera.lastFrameMs,
        mandateId: camera.mandate,
        toldMs: nowMs,
      })),
    )
    const words = own.map(({ camera, counter, mandate, state, sinceMs }) => ({
      cameraId: camera,
      counter,
      mandateId: mandate,
      mayNot: state === 'no-mandate',
      sinceMs,
    }))
    for (const end of (await deps.authority.heardCounters?.(recorderId, words)) ?? [])
      one.session.send({ type: 'withdraw', ...end })
  }

  async function takeCatalogue(
    one: Known,
    message: Extract<RecorderMessage, { type: 'catalogue' }>,
  ): Promise<void> {
    const recorderId = one.session.recorderId
    if (message.page === 0) one.held.clear()
    const foreign = await noteHeldPage(sql, keyring, deps.authority, recorderId, message.reels, clock.nowMs())
    if (foreign.length > 0) log.error({ recorder: recorderId, reels: foreign.length }, notItsOwn)
    for (const { head } of message.reels) one.held.add(head.reel)
    if (!message.last) return
    await compareHeld(sql, recorderId, one.held, clock.nowMs())
    one.held.clear()
    await tell.settled(recorderId)
    await orderUnlinks(recorderId)
  }

  async function message(session: Session, told: RecorderMessage): Promise<void> {
    const one = known.get(session.recorderId)
    if (one === undefined || one.session !== session) return
    const nowMs = clock.nowMs()
    one.heardMs = nowMs
    const recorderId = session.recorderId
    switch (told.type) {
      case 'status':
        return takeStatus(one, told)
      case 'catalogue':
        return takeCatalogue(one, told)
      case 'reel-opened':
        if (!(await isItsOwn(sql, deps.authority, told.head, recorderId, keyring)))
          return disbelieve(recorderId, told.head.camera)
        await noteOpened(sql, keyring, told.head, nowMs)
        return tell.reelChanged(told.head.reel)
      case 'reel-closed': {
        const { type: _, head, ...closed } = told
        if (!(await isItsOwn(sql, deps.authority, head, recorderId, keyring)))
          return disbelieve(recorderId, head.camera)
        await noteClosed(sql, keyring, head, closed, nowMs)
        return tell.reelChanged(head.reel)
      }
      case 'gap':
        if (!(await speaksFor(one, told.camera))) return disbelieve(recorderId, told.camera)
        return noteGap(sql, recorderId, {
          cameraId: told.camera,
          fromMs: told.fromMs,
          toMs: told.toMs,
          cause: told.cause,
        })
      case 'withdrawn':
        await acknowledgeEarlyEnd(sql, recorderId, told.mandate, nowMs)
        return tell.settled(recorderId)
      case 'mandate-refused':
        if (!one.listed.has(told.camera)) return disbelieve(recorderId, told.camera)
        log.warn(
          { recorder: recorderId, camera: told.camera, code: told.code },
          'a recorder refused a mandate',
        )
        return tell.mandateRefused(told)
      case 'mandate-accepted':
        return
      case 'checkpoint-kept':
        one.checkpoint = { origin: one.shownOrigin, size: told.size }
        return
      case 'checkpoint-refused':
        return refusedCheckpoint(recorderId, told)
      case 'unlinked':
        return noteUnlinked(sql, recorderId, told.reels, nowMs)
      default:
        return
    }
  }

  /** A camera that is its own now, or that it has recorded. */
  const speaksFor = async (one: Known, cameraId: string): Promise<boolean> =>
    one.listed.has(cameraId) || (isId(cameraId) && (await hasRecorded(sql, one.session.recorderId, cameraId)))

  function disbelieve(recorderId: string, camera: string): void {
    log.error({ recorder: recorderId, camera }, notItsOwn)
  }

  /** The worst that a recorder can say: this hub showed it a ledger that is not the one it knows. */
  async function refusedCheckpoint(
    recorderId: string,
    told: Extract<RecorderMessage, { type: 'checkpoint-refused' }>,
  ): Promise<void> {
    log.error(
      { recorder: recorderId, code: told.code },
      'a recorder refused our ledger: it does not extend what it holds',
    )
    await inTransaction(sql, (tx) =>
      append(tx, {
        kind: 'ledger.disputed',
        actor: null,
        provider: null,
        about: { recorder: recorderId },
        data: { code: told.code, heldNote: told.heldNote, shownNote: told.shownNote },
        atMs: clock.nowMs(),
      }),
    )
  }

  async function orderUnlinks(recorderId: string): Promise<number> {
    const one = known.get(recorderId)
    if (one === undefined) return 0
    const reels = await reelsToUnlink(sql, recorderId, keyring.heldReels())
    if (reels.length === 0) return 0
    await noteUnlinkOrdered(sql, reels, clock.nowMs())
    one.session.send({ type: 'unlink', reels: [...reels] })
    return reels.length
  }

  return {
    webSockets: [
      {
        path: linkPath,
        kind: 'recorder',
        messageBytesMax: textBytesMax,
        onConnection: (socket) =>
          startSession(socket, {
            clock,
            log,
            hub: deps.hub,
            statusSeconds,
            events: {
              keyOf: async (id) => {
                const recorder = await recorderOrNull(deps, id)
                return recorder === null ? null : recorder.toString('base64url')
              },
              opened,
              message,
              closed(session) {
                if (known.get(session.recorderId)?.session === session) known.delete(session.recorderId)
              },
            },
          }),
      },
    ],
    enrol: (ask) => enrol(sql, deps.hub, ask, clock.nowMs()),
    linked: (recorderId) => known.has(recorderId),
    linkedRecorders: () => [...known.keys()],
    clockDifferenceMs: (recorderId) => known.get(recorderId)?.clockDifferenceMs ?? null,
    async index(recorderId, reelId) {
      const frames = await collect(recorderId, { type: 'index', reel: reelId })
      return {
        prelude: Buffer.concat(frames.filter((frame) => frame.prelude).map((frame) => frame.payload)),
        rows: Buffer.concat(frames.filter((frame) => !frame.prelude).map((frame) => frame.payload)),
      }
    },
    async read(recorderId, reelId, fromSequence, toSequence) {
      const frames = await collect(recorderId, { type: 'read', reel: reelId, fromSequence, toSequence })
      return frames.length === 1 ? frames[0]!.payload : Buffer.concat(frames.map((frame) => frame.payload))
    },
    live: (recorderId, cameraId, onFrame) =>
      sessionOf(recorderId).ask({ type: 'live', camera: cameraId, on: true }, onFrame),
    probe: (recorderId, address) => sessionOf(recorderId).probe(address),
    device: (recorderId, address) => sessionOf(recorderId).device(address),
    async refresh(recorderId) {
      const one = known.get(recorderId)
      if (one !== undefined) await tellAll(one)
    },
    async tellMandate(recorderId, cameraId) {
      const one = known.get(recorderId)
      if (one !== undefined) await tellCamera(one.session, cameraId)
    },
    cut: (recorderId, cameraId) => known.get(recorderId)?.session.send({ type: 'cut', camera: cameraId }),
    orderUnlinks,
    cameraState: (cameraId) => stateOf(deps, known, cameraId),
    recordingCameras: () => recordingNow(known, clock.nowMs()),
    heardMs: (recorderId) => known.get(recorderId)?.heardMs ?? null,
    async sendCheckpoints() {
      for (const one of known.values()) {
        try {
          await tellCheckpoint(one)
        } catch (error) {
          log.error({ recorder: one.session.recorderId, why: story(error) }, "couldn't send a checkpoint")
        }
      }
    },
    dismiss: (recorderId) => known.get(recorderId)?.session.close('no longer enrolled'),
    close() {
      for (const one of [...known.values()]) one.session.close('the hub stops')
    },
  }
}

/** A checkpoint's first line is the name of its log (C2SP tlog-checkpoint). */
const originOfNote = (note: string): string => note.slice(0, Math.max(0, note.indexOf('\n')))

async function recorderOrNull(deps: FootageDeps, id: string): Promise<Buffer | null> {
  if (!/^[0-9a-f-]{36}$/.test(id)) return null
  const row = await findRecorder(deps.sql, id)
  return row === null || row.revokedMs !== null ? null : row.publicKey
}
