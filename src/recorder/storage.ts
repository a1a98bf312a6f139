import { hash } from 'node:crypto'
import { mkdir, open, readdir, readFile, statfs, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure, isId, type Log, newId, story, syncFolder, writeFileDurably } from '#base/base.ts'
import type { HeldReel } from '#formats/link/link.ts'
import {
  type CloseBody,
  chainBytes,
  decodeCloseBody,
  decodeRecordHeader,
  decodeTrailer,
  finishPoint,
  finishReel,
  type GapCause,
  readPrelude,
  recordHeaderBytes,
  scanReel,
  trailerBytes,
} from '#formats/reel/reel.ts'
import { FileSource } from './file-source.ts'

/**
 * The folder of sealed reels: `CAMERA/DAY/REEL.reel`. It has an identity, so that an empty mount point or another
 * disk is not taken for it. A reel cut off by a crash is made whole here: torn tail away, gap and close record added.
 */
export type ReelPlace = {
  readonly reel: string
  readonly camera: string
  readonly day: string
  readonly path: string
}

/** What the end of a closed reel says. */
export type ClosedEnd = { readonly close: CloseBody; readonly chainHead: string; readonly bytes: number }

const hashParts = (parts: readonly Uint8Array[]) =>
  hash('sha256', parts.length === 1 ? parts[0]! : Buffer.concat(parts), 'buffer')

export class Storage {
  readonly folder: string
  readonly #log: Log
  readonly #places = new Map<string, ReelPlace>()
  readonly #byCamera = new Map<string, Map<string, ReelPlace>>()

  /**
   * @param folder absolute; may be a mount of its own
   * @param knownId the identity this recorder wrote there before, null at the first start
   * @returns the storage and its identity, for the caller to keep
   */
  static async open(
    folder: string,
    knownId: string | null,
    nowMs: number,
    log: Log,
  ): Promise<{ storage: Storage; id: string }> {
    const file = join(folder, 'storage.json')
    let id: string | null = null
    try {
      id = (JSON.parse(await readFile(file, 'utf8')) as { id: string }).id
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    if (knownId !== null && id !== knownId) {
      throw new Failure(
        'conflict',
        `${folder} is not the storage this recorder was set up with${id === null ? ' (is the disk mounted?)' : ''}. Nothing was written.`,
      )
    }
    if (id === null) {
      id = newId(nowMs)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeFileDurably(file, `${JSON.stringify({ v: 1, id })}\n`)
    }
    const storage = new Storage(folder, log)
    await storage.#list()
    return { storage, id }
  }

  private constructor(folder: string, log: Log) {
    this.folder = folder
    this.#log = log
  }

  async #list(): Promise<void> {
    for (const camera of await readdir(this.folder, { withFileTypes: true })) {
      if (!camera.isDirectory()) continue
      for (const day of await readdir(join(this.folder, camera.name))) {
        for (const name of await readdir(join(this.folder, camera.name, day))) {
          const reel = name.slice(0, -5)
          if (!name.endsWith('.reel') || !isId(reel)) continue
          this.place(camera.name, day, reel)
        }
      }
    }
  }

  place(camera: string, day: string, reel: string): ReelPlace {
    const place = { reel, camera, day, path: join(this.folder, camera, day, `${reel}.reel`) }
    this.#places.set(reel, place)
    const own = this.#byCamera.get(camera) ?? new Map<string, ReelPlace>()
    this.#byCamera.set(camera, own.set(reel, place))
    return place
  }

  #forget(place: ReelPlace): void {
    this.#places.delete(place.reel)
    this.#byCamera.get(place.camera)?.delete(place.reel)
  }

  find(reel: string): ReelPlace | null {
    return this.#places.get(reel) ?? null
  }

  /** All reels, oldest first (ids sort by time). */
  reels(camera?: string): ReelPlace[] {
    const all = camera === undefined ? this.#places : this.#byCamera.get(camera)
    return [...(all?.values() ?? [])].sort((a, b) => (a.reel < b.reel ? -1 : 1))
  }

  async disk(): Promise<{ freeBytes: number; totalBytes: number }> {
    const { bavail, bsize, blocks } = await statfs(this.folder)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  }

  /**
   * Makes every reel that a crash or a failed write cut off whole again.
   * @param causeOf why the time from the end of what a reel holds (`lastMs`) to `nowMs` is missing
   */
  async recover(
    nowMs: number,
    causeOf: (camera: string, lastMs: number) => Promise<GapCause>,
  ): Promise<number> {
    let recovered = 0
    const waiting = this.reels()
    const look = async (): Promise<void> => {
      for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
        try {
          if ((await this.closedEnd(place)) !== null) continue
          await this.finish(place, (lastMs) => causeOf(place.camera, lastMs), nowMs)
          recovered += 1
        } catch (error) {
          // One unreadable file must not keep the others from recording. It stays as it is, for somebody to look at.
          this.#log.error(
            { reel: place.reel, camera: place.camera, story: story(error) },
            "couldn't make a reel whole",
          )
        }
      }
    }
    // A year of a large site is some hundred thousand reels: several at a time, so that recording begins soon.
    await Promise.all(Array.from({ length: 8 }, look))
    return recovered
  }

  /** Truncates what is torn, writes gap, index and close record. A reel without a usable head is removed: it holds nothing. */
  async finish(
    place: ReelPlace,
    causeOf: (lastMs: number) => GapCause | Promise<GapCause>,
    nowMs: number,
  ): Promise<void> {
    const source = await FileSource.open(place.path, 1024 * 1024)
    let finished: ReturnType<typeof finishReel>
    try {
      let scan: Awaited<ReturnType<typeof scanReel>>
      try {
        scan = await scanReel(source, { sha256: hashParts })
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        // The head is written and synced before anything is sealed, so a broken one stands before an empty reel.
        await unlink(place.path)
        this.#forget(place)
        this.#log.warn({ reel: place.reel, camera: place.camera }, 'removed a reel that was never begun')
        return
      }
      const from = await finishPoint(scan, source)
      const lastMs = scan.records.reduce(
        (last, r) => Math.max(last, r.type === 'media' || r.type === 'gap' ? r.endMs : 0),
        0,
      )
      const gapFromMs = lastMs === 0 ? scan.head.openedMs : lastMs
      const gapToMs = Math.max(gapFromMs, Math.min(nowMs, scan.head.untilMs))
      const gap =
        gapToMs > gapFromMs ? { fromMs: gapFromMs, toMs: gapToMs, cause: await causeOf(gapFromMs) } : null
      finished = finishReel(from, gap, Math.max(nowMs, gapToMs))
      if (scan.state === 'torn') {
        this.#log.warn(
          { reel: place.reel, camera: place.camera, tornBytes: source.size - scan.validBytes },
          'cut a torn tail off a reel',
        )
      }
    } finally {
      await source.close()
    }
    const handle = await open(place.path, 'r+')
    try {
      await handle.truncate(finished.offset)
      let at = finished.offset
      for (const buffer of finished.buffers) {
        await handle.write(buffer, 0, buffer.length, at)
        at += buffer.length
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  /** The close record of a closed reel in two small reads, null when the reel is open or torn. */
  async closedEnd(place: ReelPlace): Promise<ClosedEnd | null> {
    const source = await FileSource.open(place.path, 4096)
    try {
      return await readEnd(source)
    } finally {
      await source.close()
    }
  }

  /** Chain head of the newest reel of a camera, for the head of the next; 64 zeros when there is none. */
  async newestChain(camera: string): Promise<string> {
    const newest = this.reels(camera).at(-1)
    if (newest === undefined) return '0'.repeat(64)
    return (await this.closedEnd(newest))?.chainHead ?? '0'.repeat(64)
  }

  /** End of the newest footage or gap of a camera, null when it holds none. */
  async newestEndMs(camera: string): Promise<number | null> {
    for (const place of this.reels(camera).reverse().slice(0, 5)) {
      const end = await this.closedEnd(place)
      if (end?.close.lastMs != null) return end.close.lastMs
    }
    return null
  }

  /** Head and, when closed, the end of a reel; null when the file is gone or cannot be read. */
  async held(place: ReelPlace): Promise<HeldReel | null> {
    let source: FileSource
    try {
      source = await FileSource.open(place.path, 4096)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
    try {
      const { head } = await readPrelude(source)
      const end = await readEnd(source)
      return { head, closed: end === null ? null : closedFacts(end) }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      this.#log.error({ reel: place.reel, story: story(error) }, "a reel's head cannot be read")
      return null
    } finally {
      await source.close()
    }
  }

  /** Removes reels for good. Gone already is fine. */
  async unlink(reels: readonly string[]): Promise<string[]> {
    const folders = new Set<string>()
    const gone: string[] = []
    for (const reel of reels) {
      const place = this.#places.get(reel)
      if (place !== undefined) {
        try {
          await unlink(place.path)
          folders.add(join(this.folder, place.camera, place.day))
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
        }
        this.#forget(place)
      }
      gone.push(reel)
    }
    for (const folder of folders) await syncFolder(folder)
    return gone
  }
}

export function closedFacts(end: ClosedEnd) {
  const { records, fragments, frames, firstMs, lastMs, reason } = end.close
  return { chainHead: end.chainHead, records, fragments, frames, bytes: end.bytes, firstMs, lastMs, reason }
}

async function readEnd(source: FileSource): Promise<ClosedEnd | null> {
  if (source.size < trailerBytes) return null
  const trailer = decodeTrailer((await source.read(source.size - trailerBytes, trailerBytes)).slice())
  if (trailer === null || trailer.closeOffset + recordHeaderBytes + chainBytes + trailerBytes > source.size)
    return null
  const record = (
    await source.read(trailer.closeOffset, source.size - trailerBytes - trailer.closeOffset)
  ).slice()
  const header = decodeRecordHeader(record)
  if (typeof header === 'string' || header.type !== 'close') return null
  if (record.length !== recordHeaderBytes + header.bodyBytes + chainBytes) return null
  const close = decodeCloseBody(record.subarray(recordHeaderBytes, recordHeaderBytes + header.bodyBytes))
  return {
    close,
    chainHead: Buffer.from(record.subarray(record.length - chainBytes)).toString('hex'),
    bytes: source.size,
  }
}
