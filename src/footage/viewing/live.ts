/**
 * Live view: sealed records of an open reel as the recorder makes them, opened for each viewer under their own viewing.
 * One stream from the recorder serves all who look at a camera; nobody's viewing opens anything for another's.
 */
import { hash } from 'node:crypto'
import type { WebSocket } from 'ws'
import { type Clock, type Log, story } from '#base/base.ts'
import type { Sql } from '#engine/engine.ts'
import type { Frame } from '#formats/link/link.ts'
import {
  chainBytes,
  decodePrelude,
  decodeRecordHeader,
  openRecord,
  type RecordHeader,
  type ReelHead,
  recordHeaderBytes,
} from '#formats/reel/reel.ts'
import { findCamera, type Packs } from '#register/register.ts'
import type { Person, WebSocketEndpoint } from '#web/web.ts'
import type { Authority } from '../deps.ts'
import type { Keyring } from '../keyring/keyring.ts'
import type { LinkServer } from '../link/server.ts'
import type { Viewing } from '../viewing-store.ts'
import { allowedWhole, authorisedTimes, type Times } from './authority.ts'
import { notShownWords, validViewing } from './serve.ts'
import type { ServedLog } from './served.ts'

/** 24 bytes before each payload: kind (1 init, 2 media), seven zeros, start (ms) and decode time (90 kHz), float64. */
export const liveHeaderBytes = 24
const recordBytesMax = 64 * 1024 * 1024
/** A browser this far behind is let go: what waits for it are clear pictures in our memory. */
const bufferedBytesMax = 8 * 1024 * 1024
const viewersMax = 50
const lookAgainMs = 1_000

type LiveParts = {
  readonly sql: Sql
  readonly clock: Clock
  readonly log: Log
  readonly keyring: Keyring
  readonly authority: Pick<Authority, 'intervals'>
  readonly link: Pick<LinkServer, 'live' | 'read' | 'linked'>
  readonly served: ServedLog
  readonly packs: Packs
  rightsOf(personId: string): Promise<Pick<Person, 'roles' | 'qualifications' | 'conflicts'> | null>
}

export type LiveHub = {
  readonly webSockets: readonly WebSocketEndpoint[]
  /** A mandate ended: what was known of this camera's authority is asked anew before the next picture. */
  authorityChanged(cameraId: string): void
  close(): void
}

type Viewer = { socket: WebSocket; viewing: Viewing; person: Person; reel: string | null }

type Stream = {
  readonly cameraId: string
  readonly recorderId: string
  readonly viewers: Set<Viewer>
  stop(): void
  head: ReelHead | null
  headHash: Buffer | null
  init: { header: RecordHeader; record: Buffer } | null
  times: { value: Times; atMs: number } | null
}

export function createLiveHub(parts: LiveParts): LiveHub {
  const { clock, log, keyring, link } = parts
  const streams = new Map<string, Stream>()

  function startStream(cameraId: string, recorderId: string): Stream {
    const pieces: Buffer[] = []
    let bytes = 0
    let turn: Promise<void> = Promise.resolve()
    const stream: Stream = {
      cameraId,
      recorderId,
      viewers: new Set(),
      stop: () => undefined,
      head: null,
      headHash: null,
      init: null,
      times: null,
    }
    const asked = link.live(recorderId, cameraId, (frame: Frame) => {
      if (frame.prelude) {
        const { head, bytes: prelude } = decodePrelude(frame.payload)
        turn = turn.then(() => {
          stream.head = head
          stream.headHash = hash('sha256', prelude, 'buffer')
          stream.init = null
        })
        return
      }
      bytes += frame.payload.byteLength
      if (bytes > recordBytesMax) throw new RangeError('a live record is too long')
      pieces.push(frame.payload)
      if (!frame.endsRecord) return
      const record = Buffer.concat(pieces.splice(0))
      bytes = 0
      turn = turn.then(() => take(stream, record)).catch((error: unknown) => endAll(stream, story(error)))
    })
    stream.stop = () => asked.stop()
    asked.done.then(
      () => turn.then(() => endAll(stream, 'the camera stopped')),
      (error: unknown) => endAll(stream, story(error)),
    )
    streams.set(cameraId, stream)
    return stream
  }

  function endAll(stream: Stream, why: string): void {
    if (streams.get(stream.cameraId) === stream) streams.delete(stream.cameraId)
    for (const viewer of stream.viewers) viewer.socket.close(1001, 'live-ended')
    stream.viewers.clear()
    log.debug({ camera: stream.cameraId, why }, 'a live stream ended')
  }

  async function timesOf(stream: Stream): Promise<Times> {
    const nowMs = clock.monotonicMs()
    if (stream.times === null || nowMs - stream.times.atMs > lookAgainMs) {
      const value = authorisedTimes(await parts.authority.intervals(stream.cameraId))
      stream.times = { value, atMs: nowMs }
    }
    return stream.times.value
  }

  async function take(stream: Stream, record: Buffer): Promise<void> {
    const header = decodeRecordHeader(record)
    if (typeof header === 'string' || stream.head === null) return
    if (header.type === 'init') stream.init = { header, record }
    if (header.type !== 'media') return
    if (stream.init === null) {
      const first = await link.read(stream.recorderId, stream.head.reel, 0, 0)
      const firstHeader = decodeRecordHeader(first)
      if (typeof firstHeader === 'string' || firstHeader.type !== 'init') return
      stream.init = { header: firstHeader, record: first }
    }
    if (!allowedWhole(await timesOf(stream), header.startMs, header.endMs)) return
    for (const viewer of stream.viewers) await show(stream, viewer, header, record)
    if (stream.viewers.size === 0) stream.stop()
  }

  async function show(stream: Stream, viewer: Viewer, header: RecordHeader, record: Buffer): Promise<void> {
    const head = stream.head!
    if (viewer.reel !== head.reel) {
      if (!header.startsWithKeyframe) return
      const { init } = stream
      const clear = init === null ? null : openWith(keyring, stream, init.header, init.record)
      if (clear === null) return
      send(
        viewer,
        JSON.stringify({ type: 'init', codec: head.codec, width: head.width, height: head.height }),
      )
      send(viewer, framed(1, init!.header, clear))
      viewer.reel = head.reel
    }
    // The viewing may have ended, or its person's right been taken away, since the picture before.
    const rights = await parts.rightsOf(viewer.person.id)
    const { qualifications = [], roles = [], conflicts = [] } = rights ?? {}
    const now = { ...viewer.person, roles, qualifications, conflicts }
    const valid = await validViewing(parts, viewer.viewing.id, now)
    if (!valid.ok) {
      stream.viewers.delete(viewer)
      viewer.socket.close(1000, valid.why)
      return
    }
    await parts.served.note(viewer.viewing, stream.cameraId, header.startMs, header.endMs)
    const clear = openWith(keyring, stream, header, record)
    if (clear !== null) send(viewer, framed(2, header, clear))
  }

  function send(viewer: Viewer, data: Buffer | string): void {
    if (viewer.socket.readyState !== viewer.socket.OPEN) return
    if (viewer.socket.bufferedAmount > bufferedBytesMax) viewer.socket.close(1013, 'too-slow')
    else viewer.socket.send(data)
  }

  async function join(socket: WebSocket, person: Person, viewingId: string, cameraId: string): Promise<void> {
    const valid = await validViewing(parts, viewingId, person)
    if (!valid.ok) return socket.close(1008, valid.why)
    const viewing = valid.value
    if (viewing.kind !== 'live' || !viewing.cameraIds.includes(cameraId))
      return socket.close(1008, 'no-viewing')
    const camera = await findCamera(parts.sql, cameraId)
    if (camera?.recorderId == null || !link.linked(camera.recorderId))
      return socket.close(1013, 'unreachable')
    const stream = streams.get(cameraId) ?? startStream(cameraId, camera.recorderId)
    if (stream.viewers.size >= viewersMax) return socket.close(1013, 'too-many')
    const viewer: Viewer = { socket, viewing, person, reel: null }
    stream.viewers.add(viewer)
    const leave = (): void => {
      stream.viewers.delete(viewer)
      if (stream.viewers.size === 0 && streams.get(cameraId) === stream) {
        streams.delete(cameraId)
        stream.stop()
      }
      parts.served.tell(viewing.id).catch((error: unknown) => {
        log.error({ why: story(error) }, "couldn't tell the ledger what was seen live")
      })
    }
    if (socket.readyState === socket.OPEN) socket.on('close', leave)
    else leave()
  }

  return {
    webSockets: [
      {
        path: '/viewings/:id/live',
        kind: 'session',
        permission: 'footage.live',
        messageBytesMax: 1024,
        onConnection(socket, person, request) {
          const { id = '' } = request.params
          const { camera = '' } = request.query
          const uuid = /^[0-9a-f-]{36}$/
          if (person === null || !uuid.test(id) || !uuid.test(camera)) return socket.close(1008, 'no-viewing')
          join(socket, person, id, camera).catch((error: unknown) => {
            log.error({ reference: request.requestId, why: story(error) }, "couldn't start a live view")
            socket.close(1011, 'failed')
          })
        },
      },
    ],
    authorityChanged(cameraId) {
      const stream = streams.get(cameraId)
      if (stream !== undefined) stream.times = null
    },
    close() {
      for (const stream of [...streams.values()]) {
        stream.stop()
        endAll(stream, 'the hub stops')
      }
    },
  }
}

function openWith(keyring: Keyring, stream: Stream, header: RecordHeader, record: Buffer): Buffer | null {
  const key = keyring.keysOf(stream.head!)?.keyOf(header.sequence) ?? null
  if (key === null) return null
  const end = recordHeaderBytes + header.bodyBytes
  if (record.byteLength !== end && record.byteLength !== end + chainBytes) return null
  const clear = openRecord(
    key,
    stream.headHash!,
    record.subarray(0, recordHeaderBytes),
    record.subarray(recordHeaderBytes, end),
  )
  key.fill(0)
  return clear
}

function framed(kind: 1 | 2, header: RecordHeader, clear: Buffer): Buffer {
  const frame = Buffer.alloc(liveHeaderBytes + clear.byteLength)
  frame.writeUInt8(kind, 0)
  frame.writeDoubleBE(header.startMs, 8)
  frame.writeDoubleBE(Number(header.decodeTime), 16)
  clear.copy(frame, liveHeaderBytes)
  return frame
}

export const liveEndWords = (why: string): string =>
  (notShownWords as Readonly<Record<string, string>>)[why] ?? 'The live view ended.'
