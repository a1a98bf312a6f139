import type { Socket } from 'node:net'

/**
 * Reads all connections together, about ten times a second, into one buffer. A camera sends hundreds of small packets
 * a second; woken for each, a recorder of 100 cameras spends most of its time waking. The kernel keeps what arrives
 * meanwhile. The beat is uneven on purpose, so that it never falls in step with the pictures and hides their delay.
 */
export class Pacer {
  /** Every connection is read into this and parsed before the next is read. */
  readonly buffer: Buffer = Buffer.allocUnsafeSlow(262_144)
  readonly #sockets = new Set<Socket>()
  readonly #beatMs: number
  #timer: NodeJS.Timeout | null = null

  /** `beatMs` 0 reads everything at once as it comes. */
  constructor(beatMs = 100) {
    this.#beatMs = beatMs
  }

  /** From now on the socket is read on the beat; it must stop itself after each read. Gives false when there is no beat. */
  join(socket: Socket): boolean {
    if (this.#beatMs === 0) return false
    this.#sockets.add(socket)
    this.#timer ??= setTimeout(this.#beat, this.#beatMs)
    return true
  }

  leave(socket: Socket): void {
    this.#sockets.delete(socket)
  }

  readonly #beat = (): void => {
    for (const socket of this.#sockets) socket.resume()
    this.#timer =
      this.#sockets.size === 0 ? null : setTimeout(this.#beat, this.#beatMs * (0.8 + Math.random() * 0.4))
  }
}
