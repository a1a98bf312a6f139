import type { Socket } from 'node:net'

/**
 * Reads all connections together, a few times a second, into one buffer. A camera sends hundreds of small packets a
 * second; woken for each, a recorder of 100 cameras spends most of its time waking (measured: twice the processor
 * time). The kernel keeps what arrives meanwhile; a camera that brings much is read more often, so that its window
 * never fills. The beat is uneven on purpose: it must not fall in step with the pictures and hide their delay.
 */
export class Pacer {
  /** Every connection is read into this and parsed before the next is read. */
  readonly buffer: Buffer = Buffer.allocUnsafeSlow(262_144)
  /** Beats that each connection still waits. */
  readonly #waiting = new Map<Socket, number>()
  readonly #beatMs: number
  #timer: NodeJS.Timeout | null = null

  /** `beatMs` is the shortest time between two reads of one connection; 0 reads everything at once as it comes. */
  constructor(beatMs = 50) {
    this.#beatMs = beatMs
  }

  /** From now on the socket is read on the beat; it must stop itself after each read. Gives false when there is no beat. */
  join(socket: Socket): boolean {
    if (this.#beatMs === 0) return false
    this.#waiting.set(socket, 1)
    this.#timer ??= setTimeout(this.#beat, this.#beatMs)
    return true
  }

  leave(socket: Socket): void {
    this.#waiting.delete(socket)
  }

  /** A read brought so many bytes: the less, the longer until the next. */
  read(socket: Socket, bytes: number): void {
    if (this.#waiting.has(socket)) this.#waiting.set(socket, bytes < 65_536 ? 4 : bytes < 131_072 ? 2 : 1)
  }

  readonly #beat = (): void => {
    for (const [socket, beats] of this.#waiting) {
      if (beats === 1) socket.resume()
      // A socket that had nothing to read stays open for reading; counting on below one does no harm.
      this.#waiting.set(socket, beats - 1)
    }
    this.#timer =
      this.#waiting.size === 0 ? null : setTimeout(this.#beat, this.#beatMs * (0.8 + Math.random() * 0.4))
  }
}
