import { encodeFrameHeader, payloadBytesMax } from '#formats/link/link.ts'
import type { ReelHead } from '#formats/reel/reel.ts'

/**
 * Sealed records of a camera on their way to who looks live, as they are sealed. A viewer on a thin link loses whole
 * records, never halves, and never slows recording down.
 */
export class LiveFeed {
  readonly request: number
  readonly camera: string
  readonly #send: (bytes: Buffer) => void
  /** Bytes the link has not taken yet. */
  readonly #backlog: () => number
  #part = 0
  #reel: string | null = null

  constructor(request: number, camera: string, send: (bytes: Buffer) => void, backlog: () => number) {
    this.request = request
    this.camera = camera
    this.#send = send
    this.#backlog = backlog
  }

  /** A reel begins, or is open already: its prelude and its init record. */
  reel(head: ReelHead, prelude: Buffer): void {
    if (this.#reel === head.reel) return
    this.#reel = head.reel
    this.#frame(prelude, { prelude: true, endsRecord: false, last: false })
  }

  record(buffers: readonly Buffer[]): void {
    if (this.#reel === null || this.#backlog() > backlogBytesMax) return
    const record = Buffer.concat(buffers)
    for (let at = 0; at < record.length; ) {
      const payload = record.subarray(at, at + payloadBytesMax)
      at += payload.length
      this.#frame(payload, { prelude: false, endsRecord: at >= record.length, last: false })
    }
  }

  end(): void {
    this.#frame(Buffer.alloc(0), { prelude: false, endsRecord: false, last: true })
  }

  #frame(payload: Buffer, flags: { prelude: boolean; endsRecord: boolean; last: boolean }): void {
    const header = encodeFrameHeader({ request: this.request, part: this.#part, ...flags }, payload.length)
    this.#part += 1
    this.#send(Buffer.concat([header, payload]))
  }
}

const backlogBytesMax = 8 * 1024 * 1024
