import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Log, story, syncFolder } from '#base/base.ts'
import {
  type CloseReason,
  createReelSealer,
  type FragmentFacts,
  type GapCause,
  type IndexEntry,
  type ReelHead,
  type ReelSealer,
  type ReelStart,
  type ReelSummary,
  type Sealed,
} from '#formats/reel/reel.ts'
import type { ReelPlace, Storage } from './storage.ts'
import type { Syncer } from './syncer.ts'

/**
 * Seals one camera's fragments and writes them behind its capture: sealing happens as a fragment closes, writing
 * follows from a bounded queue, so a slow disk never holds up a camera. A full disk is waited out with the queue kept;
 * any other failed write gives the reel up (it is made whole by `Storage.finish`) and the next fragment opens another.
 */
export type WriterEvents = {
  opened(head: ReelHead): void
  /** A record was sealed; its buffers are final but not yet on disk. */
  sealed(head: ReelHead, record: Sealed): void
  /** The reel is whole on disk, synced. */
  closed(head: ReelHead, summary: ReelSummary): void
  /** 'ENOSPC' and the like while the disk refuses; null when it takes again. */
  trouble(code: string | null): void
  /** A reel was given up; what is on disk of it is whole up to this instant. */
  broken(fromMs: number, code: string): void
}

export type OpenReel = {
  readonly head: ReelHead
  readonly place: ReelPlace
  readonly prelude: Buffer
  readonly sealer: ReelSealer
  /** Bytes that are in the file (not yet synced, perhaps). */
  writtenBytes: number
  /** Set when a write failed: to be closed at the next chance. */
  failed: boolean
}

type Item = {
  readonly reel: OpenReel & { handle: FileHandle | null; broken: boolean; syncedMs: number }
  readonly buffers: readonly Buffer[]
  readonly bytes: number
  readonly offset: number
  /** End of the media in it, for knowing from when on something is missing. */
  readonly endMs: number
  readonly close: ReelSummary | null
}
type Reel = Item['reel']

/** Eight MiB are half a minute of 2 Mbit/s: longer than a disk takes to wake, far less than the machine's memory. */
export const ringBytesMax = 8 * 1024 * 1024
const iovecMax = 512
const retryMs = 500

export class ReelWriter {
  readonly #storage: Storage
  readonly #syncer: Syncer
  readonly #events: WriterEvents
  readonly #log: Log
  readonly #ringBytes: number
  readonly #queue: Item[] = []
  #queuedBytes = 0
  #open: Reel | null = null
  #chain: string
  #running: Promise<void> | null = null
  /** A reel was given up and is being made whole: its successor needs its chain head. */
  #salvaging = false
  #abandoned = false
  /** From when on the disk has refused, by its code. */
  #trouble: string | null = null

  /** `chain`: chain head of the camera's newest reel. */
  constructor(parts: {
    storage: Storage
    syncer: Syncer
    events: WriterEvents
    log: Log
    chain: string
    ringBytes?: number
  }) {
    this.#storage = parts.storage
    this.#syncer = parts.syncer
    this.#events = parts.events
    this.#log = parts.log
    this.#chain = parts.chain
    this.#ringBytes = parts.ringBytes ?? ringBytesMax
  }

  get open(): OpenReel | null {
    return this.#open
  }
  get trouble(): string | null {
    return this.#trouble
  }
  /** False: the queue is full, the next fragment has to become a gap. */
  hasRoom(): boolean {
    return this.#queuedBytes < this.#ringBytes && !this.#salvaging
  }

  start(start: Omit<ReelStart, 'previous'>, init: Buffer): void {
    const sealer = createReelSealer({ ...start, previous: this.#chain })
    const { head, prelude } = sealer
    const place = this.#storage.place(head.camera, head.day, head.reel)
    this.#open = {
      head,
      place,
      prelude,
      sealer,
      writtenBytes: 0,
      failed: false,
      handle: null,
      broken: false,
      syncedMs: head.openedMs,
    }
    this.#add({ buffers: [prelude], bytes: prelude.length, offset: 0 }, head.openedMs, null)
    this.#events.opened(head)
    this.#record(sealer.init(init, start.openedMs), start.openedMs)
  }

  media(facts: FragmentFacts, parts: readonly Buffer[]): void {
    this.#record(this.#open!.sealer.media(facts, parts), facts.endMs)
  }

  gap(gap: {
    fromMs: number
    toMs: number
    cause: GapCause
    detail: string | null
    lost: number | null
  }): void {
    this.#record(this.#open!.sealer.gap(gap), gap.toMs)
  }

  /** Closes the open reel; no-op when none is. */
  finish(reason: CloseReason, nowMs: number): void {
    const reel = this.#open
    if (reel === null) return
    const sealed = reel.sealer.close(reel.failed ? 'write-failed' : reason, nowMs)
    this.#chain = sealed.summary.chainHead
    this.#add(sealed, nowMs, sealed.summary)
    this.#open = null
  }

  /** Rows so far of an open reel that are in the file. */
  writtenEntries(): IndexEntry[] {
    const reel = this.#open
    if (reel === null) return []
    return reel.sealer.entries().filter((entry) => entry.offset < reel.writtenBytes)
  }

  /** Waits until everything is on disk, or gives up when the disk refuses (what is torn is made whole at the next start). */
  async close(): Promise<void> {
    this.#abandoned = true
    await this.#running
  }

  #record(sealed: Sealed, endMs: number): void {
    this.#add(sealed, endMs, null)
    this.#events.sealed(this.#open!.head, sealed)
  }

  #add(
    piece: { buffers: readonly Buffer[]; bytes: number; offset: number },
    endMs: number,
    close: ReelSummary | null,
  ): void {
    const { buffers, bytes, offset } = piece
    this.#queue.push({ reel: this.#open!, buffers, bytes, offset, endMs, close })
    this.#queuedBytes += bytes
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    await null // let the caller finish what it is adding: one write for all of it
    try {
      while (this.#queue.length > 0) {
        const { reel } = this.#queue[0]!
        if (reel.broken) {
          this.#drop(reel)
          continue
        }
        // All that waits for the same reel goes out in one call.
        let count = 0
        let vectors = 0
        while (
          count < this.#queue.length &&
          this.#queue[count]!.reel === reel &&
          (count === 0 || vectors + this.#queue[count]!.buffers.length <= iovecMax)
        ) {
          vectors += this.#queue[count]!.buffers.length
          count += 1
        }
        const items = this.#queue.slice(0, count)
        try {
          await this.#write(reel, items)
        } catch (error) {
          const code = (error as NodeJS.ErrnoException).code ?? 'EUNKNOWN'
          if (code === 'ENOSPC' || code === 'EDQUOT') {
            if (await this.#waitForRoom(reel, code)) continue
            return
          }
          this.#breakReel(reel, items[0]!, code, error)
          continue
        }
        this.#queue.splice(0, count)
        for (const item of items) {
          this.#queuedBytes -= item.bytes
          for (const buffer of item.buffers) freeNow(buffer)
        }
        if (this.#trouble !== null) {
          this.#trouble = null
          this.#events.trouble(null)
        }
      }
    } finally {
      this.#running = null
    }
  }

  async #write(reel: Reel, items: readonly Item[]): Promise<void> {
    reel.handle ??= await this.#create(reel)
    let buffers = items.flatMap((item) => item.buffers)
    let at = items[0]!.offset
    while (buffers.length > 0) {
      const { bytesWritten } = await reel.handle.writev(buffers.slice(0, 1024), at)
      at += bytesWritten
      let left = bytesWritten
      let whole = 0
      while (whole < buffers.length && left >= buffers[whole]!.length) {
        left -= buffers[whole]!.length
        whole += 1
      }
      buffers = buffers.slice(whole)
      if (left > 0) buffers[0] = buffers[0]!.subarray(left)
    }
    reel.writtenBytes = at
    const last = items.at(-1)!
    if (last.close === null) {
      const endMs = last.endMs
      this.#syncer.dirty(
        reel,
        () => reel.handle!.datasync(),
        (error) => {
          if (error === null) reel.syncedMs = endMs
          else this.#breakReel(reel, null, (error as NodeJS.ErrnoException).code ?? 'EUNKNOWN', error)
        },
      )
      return
    }
    await this.#syncer.settled(reel)
    await reel.handle.datasync()
    await reel.handle.close()
    reel.handle = null
    this.#events.closed(reel.head, last.close)
  }

  async #create(reel: Reel): Promise<FileHandle> {
    const dayFolder = dirname(reel.place.path)
    const made = await mkdir(dayFolder, { recursive: true, mode: 0o700 })
    const handle = await open(reel.place.path, 'w', 0o600)
    await syncFolder(dayFolder)
    if (made !== undefined) {
      await syncFolder(dirname(dayFolder))
      await syncFolder(this.#storage.folder)
    }
    return handle
  }

  /** True: try again. The queue stays; the sealed bytes in it are written to the same place. */
  async #waitForRoom(reel: Reel, code: string): Promise<boolean> {
    reel.failed = true
    if (this.#trouble === null) {
      this.#trouble = code
      this.#log.error({ camera: reel.head.camera, code }, 'the disk is full; recording waits for room')
      this.#events.trouble(code)
    }
    if (this.#abandoned) {
      await reel.handle?.close()
      return false
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs))
    return true
  }

  #breakReel(reel: Reel, first: Item | null, code: string, error: unknown): void {
    if (reel.broken) return
    reel.broken = true
    this.#log.error(
      { camera: reel.head.camera, reel: reel.head.reel, story: story(error) },
      "couldn't write a reel",
    )
    if (this.#open === reel) {
      reel.sealer.abandon()
      this.#open = null
    }
    this.#trouble = code
    this.#events.trouble(code)
    // After a failed sync nothing since the last good one may be trusted; after a failed write, nothing of the batch.
    const items = this.#queue.filter((item) => item.reel === reel)
    const fromMs =
      first === null ? reel.syncedMs : Math.min(reel.syncedMs, ...items.map((item) => item.endMs))
    this.#events.broken(fromMs, code)
    this.#drop(reel)
    void this.#salvage(reel)
  }

  #drop(reel: Reel): void {
    for (let i = this.#queue.length - 1; i >= 0; i -= 1) {
      if (this.#queue[i]!.reel !== reel) continue
      this.#queuedBytes -= this.#queue[i]!.bytes
      this.#queue.splice(i, 1)
    }
  }

  async #salvage(reel: Reel): Promise<void> {
    this.#salvaging = true
    try {
      // Not at once: a disk that failed this moment mostly fails the next.
      if (!this.#abandoned) await new Promise((resolve) => setTimeout(resolve, 1000))
      await reel.handle?.close()
      reel.handle = null
      await this.#storage.finish(reel.place, () => 'unknown', reel.syncedMs)
      this.#chain = await this.#storage.newestChain(reel.head.camera)
    } catch (error) {
      this.#log.warn(
        { reel: reel.head.reel, story: story(error) },
        "couldn't make a reel whole yet; the next start will",
      )
    } finally {
      this.#salvaging = false
    }
  }
}

const freeFromBytes = 16_384

/**
 * Gives sealed bytes back to the system at once. Left to the collector they look like memory running out: at 50 cameras
 * it ran once a second for them, at half of the recorder's processor time. Small ones stay: the link keeps a reel's
 * first record for who begins to look in the middle.
 */
function freeNow(buffer: Buffer): void {
  const memory = buffer.buffer
  if (buffer.byteLength < freeFromBytes || memory.byteLength !== buffer.byteLength) return
  if (memory instanceof ArrayBuffer && !memory.detached) memory.transfer(0)
}
