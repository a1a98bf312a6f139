import { type Reason, story } from '#base/base.ts'
import {
  cataloguePageMax,
  checkHubProof,
  decodeHubMessage,
  encodeMessage,
  type HeldReel,
  type HubMessage,
  linkPath,
  newNonce,
  type RecorderMessage,
  recorderProof,
} from '#formats/link/link.ts'
import type { ReelHead, ReelSummary, Sealed } from '#formats/reel/reel.ts'
import type { GapFact } from '../camera-reels.ts'
import type { Enrolment } from '../enrolment.ts'
import type { Parts, RecorderListener } from '../start.ts'
import { Answers } from './answers.ts'
import { CheckpointKeeper } from './checkpoint-keeper.ts'

/**
 * The recorder's end of the link: dials its hub for ever, proves itself, has the hub prove itself, tells state and
 * gaps as they happen, and does what it is told as far as signatures allow. Losing it changes nothing about recording.
 */
const software = 'overt 0.1'
const retryMsMax = 5000
const meetingMsMax = 10_000
/** Bytes that will not go out for this long mean that nobody is there. */
const stuckMs = 30_000

type Stage = 'away' | 'meeting' | 'in'

export class HubLink implements RecorderListener {
  readonly #parts: Parts
  readonly #enrolment: Enrolment
  readonly #url: URL
  readonly #home: string
  readonly #answers: Answers
  #checkpoints: CheckpointKeeper | null = null
  #socket: WebSocket | null = null
  #stage: Stage = 'away'
  #closed = false
  #retryMs = 250
  #retryTimer: NodeJS.Timeout | null = null
  #statusTimer: NodeJS.Timeout | null = null
  #statusSoon: NodeJS.Timeout | null = null
  #turn: Promise<void> = Promise.resolve()
  #stuckSince: number | null = null
  #statusMs = 5000

  constructor(parts: Parts, enrolment: Enrolment, hubUrl: string, home: string) {
    this.#parts = parts
    this.#enrolment = enrolment
    this.#home = home
    this.#url = new URL(linkPath, hubUrl)
    this.#url.protocol = this.#url.protocol === 'https:' ? 'wss:' : 'ws:'
    this.#answers = new Answers(parts, {
      say: (message) => this.#send(message),
      bytes: (bytes) => this.#sendBytes(bytes),
      backlog: () => (this.#stage === 'in' ? (this.#socket?.bufferedAmount ?? 0) : null),
    })
  }

  get linked(): boolean {
    return this.#stage === 'in'
  }

  start(): void {
    this.#dial().catch((error: unknown) => {
      this.#parts.log.error({ story: story(error) }, "couldn't dial the hub")
      this.#dialLater()
    })
  }

  /** Sends what is queued, then ends the link. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#retryTimer) clearTimeout(this.#retryTimer)
    const socket = this.#socket
    if (socket === null) return
    if (this.#stage === 'in') {
      this.#send(await this.#status())
      const untilMs = performance.now() + 1000
      while (socket.bufferedAmount > 0 && performance.now() < untilMs)
        await new Promise((r) => setTimeout(r, 10))
    }
    socket.close(1000, 'stopping')
    this.#ended(socket, 'stopping')
  }

  // The way in -----------------------------------------------------------------------------------------------------

  async #dial(): Promise<void> {
    this.#checkpoints ??= await CheckpointKeeper.open(this.#home, this.#enrolment.ledgerKey)
    if (this.#closed) return
    const socket = new WebSocket(this.#url)
    socket.binaryType = 'arraybuffer'
    this.#socket = socket
    this.#stage = 'meeting'
    const nonce = newNonce()
    const late = setTimeout(() => this.#ended(socket, 'the hub did not answer in time'), meetingMsMax)
    socket.addEventListener('open', () => {
      this.#send({
        type: 'hello',
        v: 1,
        recorder: this.#enrolment.recorder,
        nonce,
        software,
        counters: this.#parts.mandates.counters().slice(0, 1000),
        checkpointSize: this.#checkpoints!.held?.size ?? 0,
        checkpointOrigin: this.#checkpoints!.held?.origin ?? null,
      })
    })
    socket.addEventListener('message', (event) => {
      const data: unknown = event.data
      const decoded = decodeHubMessage(typeof data === 'string' ? data : '')
      if (!decoded.ok) return this.#ended(socket, decoded.reasons[0]!.message)
      const message = decoded.value
      if (this.#stage === 'meeting') {
        if (message.type === 'welcome') clearTimeout(late)
        this.#meet(socket, nonce, message)
        return
      }
      if (message.type === 'read' || message.type === 'index') void this.#answers.bytes(message)
      else if (message.type === 'probe') void this.#answers.probe(message)
      else if (message.type === 'device') void this.#answers.device(message)
      else {
        // Orders are carried out one after the other, in the order they were given.
        this.#turn = this.#turn
          .then(() => this.#obey(message))
          .catch((error: unknown) => {
            this.#parts.log.error(
              { type: message.type, story: story(error) },
              "couldn't do what the hub asked",
            )
          })
      }
    })
    const end = (why: string) => {
      clearTimeout(late)
      this.#ended(socket, why)
    }
    socket.addEventListener('close', (event) => end(event.reason || 'closed'))
    socket.addEventListener('error', () => end('not reachable'))
  }

  #provenBy: { hubNonce: string } | null = null

  #meet(socket: WebSocket, nonce: string, message: HubMessage): void {
    if (message.type === 'challenge' && this.#provenBy === null) {
      const meeting = { recorder: this.#enrolment.recorder, recorderNonce: nonce, hubNonce: message.nonce }
      const proven = checkHubProof(meeting, {
        certificate: message.certificate,
        signature: message.signature,
        rootKey: this.#enrolment.rootKey,
        nowMs: this.#parts.nowMs(),
      })
      if (!proven.ok) {
        this.#parts.log.error({ code: proven.reasons[0]!.code }, `not our hub: ${proven.reasons[0]!.message}`)
        this.#ended(socket, 'not our hub')
        return
      }
      this.#provenBy = { hubNonce: message.nonce }
      this.#send({ type: 'proof', signature: recorderProof(meeting, this.#enrolment.identity.privateKey) })
      return
    }
    if (message.type !== 'welcome' || this.#provenBy === null) {
      this.#ended(socket, 'the hub did not prove itself')
      return
    }
    this.#stage = 'in'
    this.#retryMs = 250
    this.#statusMs = Math.min(5000, message.statusSeconds * 1000)
    this.#parts.log.info({ hubAheadMs: message.nowMs - this.#parts.nowMs() }, 'linked with the hub')
    // Beside the orders, not before them: telling of a year's reels takes a while, and a withdrawal must not wait.
    this.#tellAll(socket).catch((error: unknown) =>
      this.#ended(socket, `couldn't tell what is held: ${story(error)}`),
    )
    this.#statusTimer = setInterval(() => this.#tellStatus(), this.#statusMs)
  }

  #ended(socket: WebSocket, why: string): void {
    if (this.#socket !== socket) return
    if (this.#stage === 'in' || this.#retryMs === 250)
      this.#parts.log.warn({ why }, 'no link with the hub; recording goes on')
    this.#socket = null
    this.#stage = 'away'
    this.#provenBy = null
    this.#stuckSince = null
    if (this.#statusTimer) clearInterval(this.#statusTimer)
    if (this.#statusSoon) clearTimeout(this.#statusSoon)
    this.#statusSoon = null
    this.#answers.linkLost()
    try {
      socket.close()
    } catch {
      // A socket that never opened has nothing to close.
    }
    this.#dialLater()
  }

  #dialLater(): void {
    if (this.#closed) return
    this.#retryTimer = setTimeout(() => this.start(), this.#retryMs * (0.75 + Math.random() * 0.5))
    this.#retryMs = Math.min(retryMsMax, this.#retryMs * 2)
  }

  // What is told ---------------------------------------------------------------------------------------------------

  #send(message: RecorderMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(encodeMessage(message))
  }

  changed(): void {
    // Many cameras change at once when a switch fails: one word for all of them.
    if (this.#stage !== 'in' || this.#statusSoon !== null) return
    this.#statusSoon = setTimeout(() => {
      this.#statusSoon = null
      this.#tellStatus()
    }, 50)
  }

  #tellStatus(): void {
    const socket = this.#socket
    if (socket === null || this.#stage !== 'in') return
    if (socket.bufferedAmount === 0) this.#stuckSince = null
    else this.#stuckSince ??= performance.now()
    if (this.#stuckSince !== null && performance.now() - this.#stuckSince > stuckMs) {
      this.#ended(socket, 'stuck')
      return
    }
    this.#status().then(
      (status) => this.#send(status),
      (error: unknown) =>
        this.#parts.log.warn({ story: story(error) }, "couldn't tell the hub how things are"),
    )
  }

  async #status(): Promise<RecorderMessage> {
    return {
      type: 'status',
      nowMs: this.#parts.nowMs(),
      uncertaintyMs: this.#parts.uncertaintyMs(),
      disk: await this.#parts.storage.disk(),
      cameras: [...this.#parts.captures.values()].map((capture) => capture.status()),
    }
  }

  /** After every meeting: how things are, everything held, and the gaps that go on. */
  async #tellAll(socket: WebSocket): Promise<void> {
    this.#send(await this.#status())
    const told = new Set<string>()
    let page: HeldReel[] = []
    let pages = 0
    const flush = (last: boolean) => {
      this.#send({ type: 'catalogue', page: pages, last, reels: page })
      pages += 1
      page = []
    }
    for (;;) {
      // Reels that opened while we were telling belong to it too: what the last page did not bring counts as gone.
      const untold = this.#parts.storage.reels().filter((place) => !told.has(place.reel))
      if (untold.length === 0) break
      for (const place of untold) {
        told.add(place.reel)
        const open = this.#parts.captures.get(place.camera)?.reels.open
        const held =
          open?.head.reel === place.reel
            ? { head: open.head, closed: null }
            : await this.#parts.storage.held(place)
        if (held === null) continue
        page.push(held)
        if (page.length >= cataloguePageMax) flush(false)
        if (this.#socket !== socket) return
      }
    }
    flush(true)
    for (const camera of this.#parts.mandates.cameras()) {
      for (const gap of this.#parts.mandates.gaps(camera))
        this.gap(camera, { ...gap, lost: null, reel: null })
    }
  }

  gap(camera: string, gap: GapFact): void {
    const { fromMs, toMs, cause, detail, lost, reel } = gap
    this.#send({ type: 'gap', camera, reel, fromMs, toMs, cause, detail, lost })
  }

  opened(head: ReelHead): void {
    this.#answers.opened(head)
    this.#send({ type: 'reel-opened', head })
  }

  sealed(head: ReelHead, record: Sealed): void {
    this.#answers.sealed(head, record)
  }

  closed(head: ReelHead, summary: ReelSummary): void {
    this.#answers.closed(head)
    const { chainHead, records, fragments, frames, bytes, firstMs, lastMs, reason } = summary
    this.#send({
      type: 'reel-closed',
      head,
      chainHead,
      records,
      fragments,
      frames,
      bytes,
      firstMs,
      lastMs,
      reason,
    })
  }

  unlinked(reels: readonly string[]): void {
    for (let at = 0; at < reels.length; at += 1000)
      this.#send({ type: 'unlinked', reels: reels.slice(at, at + 1000) })
  }

  // What is asked --------------------------------------------------------------------------------------------------

  async #obey(message: HubMessage): Promise<void> {
    const { mandates, captures } = this.#parts
    switch (message.type) {
      case 'cameras':
        return await this.#parts.setCameras(message.cameras)
      case 'mandate': {
        const { camera, jws, certificate } = message
        const result = await mandates.accept(camera, jws, certificate, this.#parts.nowMs())
        if (!result.ok) return this.#refused(camera, result.reasons[0]!)
        await this.#parts.authorityChanged(camera)
        const { id: mandate, counter } = result.value
        return this.#send({ type: 'mandate-accepted', camera, mandate, counter })
      }
      case 'withdraw': {
        const { camera, jws, certificate } = message
        const result = await mandates.withdraw(camera, jws, certificate, this.#parts.nowMs())
        if (!result.ok) return this.#refused(camera, result.reasons[0]!)
        await this.#parts.authorityChanged(camera)
        const { mandate, counter } = result.value
        return this.#send({
          type: 'withdrawn',
          camera,
          mandate,
          counter,
          lastFrameMs: captures.get(camera)?.reels.lastEndMs ?? null,
        })
      }
      case 'live':
        return this.#answers.live(message)
      case 'cut':
        return captures.get(message.camera)?.cut()
      case 'unlink': {
        const open = new Set([...captures.values()].map((capture) => capture.reels.open?.head.reel))
        const gone = await this.#parts.storage.unlink(message.reels.filter((reel) => !open.has(reel)))
        this.#answers.forget(gone)
        return this.#send({ type: 'unlinked', reels: gone })
      }
      case 'checkpoint': {
        const { note, fromSize, proof, opening = null } = message
        const verdict = await this.#checkpoints!.show({ note, fromSize, proof, opening })
        if (verdict.kept) {
          if (verdict.lost)
            this.#parts.log.error({ size: verdict.size }, 'the ledger says that it lost entries')
          return this.#send({ type: 'checkpoint-kept', size: verdict.size })
        }
        this.#parts.log.error(
          { code: verdict.code },
          'the hub showed a ledger that does not extend the one held here',
        )
        const { code, heldNote } = verdict
        return this.#send({ type: 'checkpoint-refused', code, heldNote, shownNote: note })
      }
      case 'challenge':
      case 'welcome':
      case 'read':
      case 'index':
      case 'probe':
      case 'device':
        return
    }
  }

  #refused(camera: string, { code, message }: Reason): void {
    this.#parts.log.warn({ camera, code }, 'a mandate or withdrawal was refused')
    const counter = this.#parts.mandates.counter(camera)
    this.#send({ type: 'mandate-refused', camera, counter, code, words: message })
  }

  #sendBytes(bytes: Buffer): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(bytes as Buffer<ArrayBuffer>)
  }
}
