/**
 * One recorder's connection: who it is, what it is asked, what it answers. Text messages are handled one after the
 * other; answers to requests (binary) go straight to who asked. A message that doesn't fit the table ends the link.
 */
import type { WebSocket } from 'ws'
import { type Clock, Failure, type Log, story } from '#base/base.ts'
import {
  decodeFrame,
  decodeRecorderMessage,
  encodeMessage,
  type Frame,
  type HubMessage,
  hubProof,
  newNonce,
  type RecorderMessage,
  recorderProofHolds,
} from '#formats/link/link.ts'
import type { HubIdentity } from '../deps.ts'

export type Hello = Extract<RecorderMessage, { type: 'hello' }>
export type Probe = Extract<RecorderMessage, { type: 'probe-result' }>
export type DeviceAnswer = Extract<RecorderMessage, { type: 'device-result' }>
type AskedAddress = {
  readonly url: string
  readonly username: string | null
  readonly password: string | null
}

/** A request that has no binary answer yet: `index`, `read`, `live` or `probe`, without its number. */
export type LinkRequest =
  | { readonly type: 'index'; readonly reel: string }
  | {
      readonly type: 'read'
      readonly reel: string
      readonly fromSequence: number
      readonly toSequence: number
    }
  | { readonly type: 'live'; readonly camera: string; readonly on: true }

export type Session = {
  readonly recorderId: string
  readonly hello: Hello
  send(message: HubMessage): void
  /** Asks for sealed bytes. Frames come in order; the last one ends it. */
  ask(request: LinkRequest, onFrame: (frame: Frame) => void): { readonly done: Promise<void>; stop(): void }
  probe(address: AskedAddress): Promise<Probe>
  /** What the camera there says that it does besides filming. */
  device(address: AskedAddress & { port: number | null }): Promise<DeviceAnswer>
  close(why: string): void
}

export type SessionEvents = {
  /** Raw Ed25519 key (base64url) of an enrolled, not revoked recorder, or null. */
  keyOf(recorderId: string): Promise<string | null>
  opened(session: Session): Promise<void>
  message(session: Session, message: RecorderMessage): Promise<void>
  closed(session: Session): void
}

const signInMs = 10_000
/** The longest time without one frame of an answer. */
const answerMs = 15_000
const probeMs = 15_000
/** Messages waiting to be handled; more than this and the recorder has to wait (its socket is paused). */
const queueMax = 64
const requestsMax = 200

type Waiting = {
  onFrame(frame: Frame): void
  resolve(): void
  reject(error: unknown): void
  part: number
  live: boolean
  timer: NodeJS.Timeout | null
}

export function startSession(
  socket: WebSocket,
  options: { clock: Clock; log: Log; hub: HubIdentity; events: SessionEvents; statusSeconds: number },
): void {
  const { clock, log, hub, events } = options
  const waiting = new Map<number, Waiting>()
  /** What was asked about an address and is not answered yet. */
  const tries = new Map<
    number,
    { resolve(p: Probe | DeviceAnswer): void; reject(e: unknown): void; timer: NodeJS.Timeout }
  >()
  let lastRequest = 0
  let session: Session | null = null
  let stage: 'hello' | 'proof' | 'in' | 'out' = 'hello'
  let meeting: {
    recorder: string
    recorderNonce: string
    hubNonce: string
    key: string
    hello: Hello
  } | null = null
  let queued = 0
  let turn: Promise<void> = Promise.resolve()

  const signIn = setTimeout(() => end('did not sign in in time'), signInMs)

  function end(why: string): void {
    if (stage === 'out') return
    log.info({ recorder: meeting?.recorder ?? null, why }, 'a recorder link ended')
    stage = 'out'
    clearTimeout(signIn)
    const lost = new Failure('unavailable', "the recorder's link was lost")
    for (const one of waiting.values()) {
      if (one.timer !== null) clearTimeout(one.timer)
      one.reject(lost)
    }
    waiting.clear()
    for (const one of tries.values()) {
      clearTimeout(one.timer)
      one.reject(lost)
    }
    tries.clear()
    socket.close(1008, why.slice(0, 100))
    if (session !== null) events.closed(session)
  }

  function send(message: HubMessage): void {
    if (stage !== 'out') socket.send(encodeMessage(message))
  }

  function nextRequest(): number {
    if (stage !== 'in') throw new Failure('unavailable', "the recorder isn't linked")
    if (waiting.size + tries.size >= requestsMax)
      throw new Failure('too-many', 'too much is asked of this recorder')
    lastRequest = lastRequest >= 0xffff_ffff ? 1 : lastRequest + 1
    return lastRequest
  }

  function ask(request: LinkRequest, onFrame: (frame: Frame) => void): { done: Promise<void>; stop(): void } {
    const number = nextRequest()
    const live = request.type === 'live'
    const done = new Promise<void>((resolve, reject) => {
      waiting.set(number, { onFrame, resolve, reject, part: 0, live, timer: null })
    })
    refreshTimer(number)
    send({ ...request, request: number })
    return {
      done,
      stop() {
        if (request.type === 'live' && waiting.has(number)) {
          send({ type: 'live', request: number, camera: request.camera, on: false })
        }
      },
    }
  }

  function refreshTimer(number: number): void {
    const one = waiting.get(number)
    if (one === undefined) return
    if (one.timer !== null) clearTimeout(one.timer)
    // A live camera may be silent for long; its link says when it is lost.
    one.timer = one.live
      ? null
      : setTimeout(
          () => finish(number, new Failure('unavailable', 'the recorder did not answer in time')),
          answerMs,
        )
  }

  function finish(number: number, error: unknown): void {
    const one = waiting.get(number)
    if (one === undefined) return
    waiting.delete(number)
    if (one.timer !== null) clearTimeout(one.timer)
    if (error === null) one.resolve()
    else one.reject(error)
  }

  function takeFrame(bytes: Buffer): void {
    const decoded = decodeFrame(bytes)
    if (decoded.ok) takeAnswer(decoded.value)
    else end(decoded.reasons[0]!.message)
  }

  function takeAnswer(frame: Frame): void {
    const one = waiting.get(frame.request)
    if (one === undefined) return // Asked no longer.
    let trouble: unknown = null
    if (frame.part !== one.part) trouble = new Failure('data-loss', 'part of an answer is missing')
    else {
      one.part += 1
      try {
        one.onFrame(frame)
      } catch (error) {
        trouble = error
      }
    }
    if (trouble !== null || frame.last) finish(frame.request, trouble)
    else refreshTimer(frame.request)
  }

  async function takeMessage(message: RecorderMessage): Promise<void> {
    if (stage === 'out') return
    if (stage === 'hello') {
      if (message.type !== 'hello') return end('did not say hello first')
      const key = await events.keyOf(message.recorder)
      if (key === null) return end('is not enrolled here')
      const hubNonce = newNonce()
      meeting = { recorder: message.recorder, recorderNonce: message.nonce, hubNonce, key, hello: message }
      stage = 'proof'
      const { signer, certificate } = await hub.signing()
      const signature = hubProof(meeting, signer.privateKey)
      send({ type: 'challenge', v: 1, nonce: hubNonce, certificate, signature })
      return
    }
    if (stage === 'proof') {
      if (message.type !== 'proof' || meeting === null) return end('did not prove who it is')
      if (!recorderProofHolds(meeting, meeting.key, message.signature))
        return end('could not prove who it is')
      clearTimeout(signIn)
      stage = 'in'
      session = makeSession(meeting.hello)
      send({ type: 'welcome', nowMs: clock.nowMs(), statusSeconds: options.statusSeconds })
      await events.opened(session)
      return
    }
    if (message.type === 'hello' || message.type === 'proof') return end('signed in twice')
    if (message.type === 'failed') {
      const failure = new Failure(failureKind(message.code), `the recorder: ${message.words}`)
      takeTry(message.request)?.reject(failure)
      return finish(message.request, failure)
    }
    if (message.type === 'probe-result' || message.type === 'device-result')
      return takeTry(message.request)?.resolve(message)
    await events.message(session!, message)
  }

  function tryAddress(messageOf: (request: number) => HubMessage): Promise<Probe | DeviceAnswer> {
    const number = nextRequest()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        tries.delete(number)
        reject(new Failure('unavailable', 'the recorder did not answer in time'))
      }, probeMs)
      tries.set(number, { resolve, reject, timer })
      send(messageOf(number))
    })
  }

  /** Answered once: whoever waits is given out and forgotten. */
  function takeTry(request: number) {
    const one = tries.get(request)
    tries.delete(request)
    clearTimeout(one?.timer)
    return one
  }

  const makeSession = (hello: Hello): Session => ({
    recorderId: hello.recorder,
    hello,
    send,
    ask,
    probe: (address) => tryAddress((request) => ({ type: 'probe', request, ...address })) as Promise<Probe>,
    device: (address) =>
      tryAddress((request) => ({ type: 'device', request, ...address })) as Promise<DeviceAnswer>,
    close: end,
  })

  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (stage === 'out') return
    const bytes = Buffer.isBuffer(data) ? data : Buffer.concat(data as unknown as Buffer[])
    if (isBinary) {
      if (stage !== 'in') return end('sent bytes before it signed in')
      return takeFrame(bytes)
    }
    const decoded = decodeRecorderMessage(bytes.toString('utf8'))
    if (!decoded.ok) return end(decoded.reasons[0]!.message)
    const message = decoded.value
    // Answers must not wait behind work that may itself be waiting for them.
    if (
      stage === 'in' &&
      (message.type === 'failed' || message.type === 'probe-result' || message.type === 'device-result')
    ) {
      void takeMessage(message)
      return
    }
    queued += 1
    if (queued >= queueMax) socket.pause()
    turn = turn
      .then(() => takeMessage(message))
      .catch((error: unknown) => {
        // What couldn't be stored now is told again: after a new sign-in the catalogue says everything.
        log.error(
          { recorder: meeting?.recorder ?? null, type: message.type, why: story(error) },
          'a message of a recorder failed',
        )
        end('could not be heard')
      })
      .finally(() => {
        queued -= 1
        if (queued < queueMax / 2) socket.resume()
      })
  })
  socket.on('close', () => end('closed'))
  socket.on('error', (error: Error) => end(error.message))
}

function failureKind(code: string): ConstructorParameters<typeof Failure>[0] {
  if (code === 'no-such-reel' || code === 'no-such-record') return 'not-found'
  if (code === 'unreadable') return 'data-loss'
  return 'unavailable'
}
