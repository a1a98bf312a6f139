/**
 * Brings written bytes to the disk itself: each file within 2.5 s of its first unsynced write, few at a time, so that
 * slow syncs never take all the threads that writes need. With fragments of up to two seconds, a power cut takes at
 * most five seconds of footage.
 */
type Entry = {
  sinceMs: number
  sync(): Promise<void>
  done(error: unknown): void
}

export const syncAfterMs = 2500
const atOnceMax = 2

export class Syncer {
  readonly #dirty = new Map<object, Entry>()
  readonly #running = new Map<object, Promise<void>>()
  #timer: NodeJS.Timeout | null = null

  /** `file` has bytes that are not on the disk yet. `done` gets null, or what went wrong. */
  dirty(file: object, sync: () => Promise<void>, done: (error: unknown) => void): void {
    const known = this.#dirty.get(file)
    this.#dirty.set(file, { sinceMs: known?.sinceMs ?? performance.now(), sync, done })
    this.#timer ??= setTimeout(this.#look, 500)
  }

  /** Waits for a sync of this file that is under way and forgets one that was due: the caller syncs it itself. */
  async settled(file: object): Promise<void> {
    this.#dirty.delete(file)
    await this.#running.get(file)
  }

  readonly #look = (): void => {
    const nowMs = performance.now()
    for (const [file, entry] of this.#dirty) {
      if (this.#running.size >= atOnceMax) break
      if (nowMs - entry.sinceMs < syncAfterMs || this.#running.has(file)) continue
      this.#dirty.delete(file)
      const run = entry
        .sync()
        .then(
          () => entry.done(null),
          (error: unknown) => entry.done(error),
        )
        .finally(() => {
          this.#running.delete(file)
          this.#look()
        })
      this.#running.set(file, run)
    }
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = this.#dirty.size === 0 ? null : setTimeout(this.#look, 500)
  }
}
