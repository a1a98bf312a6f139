import { story } from '#base/base.ts'
import { encodeFrameHeader, type HubMessage, type RecorderMessage } from '#formats/link/link.ts'
import type { ReelHead, Sealed } from '#formats/reel/reel.ts'
import { readDevice } from '../onvif/device.ts'
import { probeCamera } from '../rtsp/probe.ts'
import type { Parts } from '../start.ts'
import { LiveFeed } from './live-feed.ts'
import { ReelServer, Unanswerable } from './serve.ts'

/** What the hub asks and does not order: sealed bytes of reels, live records, and what stands at an address. */
type Asked<Type extends HubMessage['type']> = Extract<HubMessage, { type: Type }>

export type Outlet = {
  say(message: RecorderMessage): void
  bytes(bytes: Buffer): void
  /** Bytes that the link has not taken yet; null when there is no link. */
  backlog(): number | null
}

/** The hub may wait for bytes; other work of the recorder may not wait for the hub. */
const backlogMax = 4 * 1024 * 1024
const answersAtOnceMax = 16
const probesAtOnceMax = 4

export class Answers {
  readonly #parts: Parts
  readonly #out: Outlet
  readonly #reels: ReelServer
  readonly #feeds = new Map<number, LiveFeed>()
  /** Prelude and init record of each camera's open reel, for who begins to look in the middle of it. */
  readonly #opened = new Map<string, { head: ReelHead; prelude: Buffer; init: readonly Buffer[] | null }>()
  #answering = 0
  #probing = 0
  /** Counts links, so that an answer begun on one is not finished on another. */
  #links = 0

  constructor(parts: Parts, out: Outlet) {
    this.#parts = parts
    this.#out = out
    this.#reels = new ReelServer(parts.storage, parts.captures)
  }

  linkLost(): void {
    this.#links += 1
    for (const feed of this.#feeds.values()) this.#parts.captures.get(feed.camera)?.live(false)
    this.#feeds.clear()
  }

  forget(reels: readonly string[]): void {
    this.#reels.forget(reels)
  }

  // Live -----------------------------------------------------------------------------------------------------------

  opened(head: ReelHead): void {
    const prelude = this.#parts.captures.get(head.camera)?.reels.open?.prelude
    if (!prelude) return
    this.#opened.set(head.camera, { head, prelude, init: null })
    for (const feed of this.#feeds.values()) if (feed.camera === head.camera) feed.reel(head, prelude)
  }

  sealed(head: ReelHead, record: Sealed): void {
    const opened = this.#opened.get(head.camera)
    if (record.sequence === 0 && opened?.head.reel === head.reel) opened.init = record.buffers
    if (this.#feeds.size === 0) return
    for (const feed of this.#feeds.values()) if (feed.camera === head.camera) feed.record(record.buffers)
  }

  closed(head: ReelHead): void {
    if (this.#opened.get(head.camera)?.head.reel === head.reel) this.#opened.delete(head.camera)
  }

  live({ request, camera, on }: Asked<'live'>): void {
    const capture = this.#parts.captures.get(camera)
    if (on && capture === undefined) {
      this.#failed(request, 'no-such-reel', 'This recorder has no such camera.')
      return
    }
    if (on) {
      const feed = new LiveFeed(
        request,
        camera,
        (bytes) => this.#out.bytes(bytes),
        () => this.#out.backlog() ?? 0,
      )
      this.#feeds.set(request, feed)
      const opened = this.#opened.get(camera)
      if (opened) {
        feed.reel(opened.head, opened.prelude)
        if (opened.init) feed.record(opened.init)
      }
    } else {
      this.#feeds.get(request)?.end()
      this.#feeds.delete(request)
    }
    capture?.live([...this.#feeds.values()].some((feed) => feed.camera === camera))
  }

  // Stored bytes ---------------------------------------------------------------------------------------------------

  async bytes(message: Asked<'read' | 'index'>): Promise<void> {
    const { request, reel } = message
    if (this.#answering >= answersAtOnceMax) {
      this.#failed(request, 'busy', 'Too much is asked at once.')
      return
    }
    const link = this.#links
    this.#answering += 1
    try {
      const parts =
        message.type === 'index'
          ? this.#reels.index(reel)
          : this.#reels.read(reel, message.fromSequence, message.toSequence)
      let part = 0
      for await (const { payload, ...flags } of parts) {
        while (this.#links === link && (this.#out.backlog() ?? 0) > backlogMax) {
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
        if (this.#links !== link) return
        this.#out.bytes(
          Buffer.concat([encodeFrameHeader({ request, part, ...flags }, payload.length), payload]),
        )
        part += 1
      }
    } catch (error) {
      if (error instanceof Unanswerable) this.#failed(request, error.code, error.message)
      else {
        this.#parts.log.error({ reel, story: story(error) }, "couldn't read a reel")
        this.#failed(request, 'unreadable', 'The reel could not be read.')
      }
    } finally {
      this.#answering -= 1
    }
  }

  // Addresses ------------------------------------------------------------------------------------------------------

  probe({ request, url, username, password }: Asked<'probe'>): Promise<void> {
    return this.#tried(request, async () => {
      const result = await probeCamera({ url, username, password }, this.#parts.networks)
      this.#out.say({ type: 'probe-result', request, ...result })
    })
  }

  device({ request, url, username, password, port }: Asked<'device'>): Promise<void> {
    return this.#tried(request, async () => {
      const result = await readDevice(
        { url, username, password, port },
        this.#parts.networks,
        this.#parts.nowMs,
      )
      this.#out.say({ type: 'device-result', request, ...result })
    })
  }

  async #tried(request: number, work: () => Promise<void>): Promise<void> {
    if (this.#probing >= probesAtOnceMax) {
      this.#failed(request, 'busy', 'Other cameras are being looked for. Try again.')
      return
    }
    this.#probing += 1
    try {
      await work()
    } finally {
      this.#probing -= 1
    }
  }

  #failed(request: number, code: string, words: string): void {
    this.#out.say({ type: 'failed', request, code, words })
  }
}
