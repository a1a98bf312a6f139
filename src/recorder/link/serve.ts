import { payloadBytesMax } from '#formats/link/link.ts'
import {
  bodyBytesMax,
  chainBytes,
  decodeTrailer,
  encodeIndex,
  entriesOf,
  type IndexEntry,
  readIndex,
  readPrelude,
  recordHeaderBytes,
  scanReel,
  trailerBytes,
} from '#formats/reel/reel.ts'
import type { Capture } from '../capture.ts'
import { FileSource } from '../file-source.ts'
import type { Storage } from '../storage.ts'

/**
 * Answers the hub's questions for sealed bytes: a reel's index, and whole records of it, of reels open and closed. What
 * leaves here is as sealed as it lies on the disk.
 */
export type Part = {
  readonly payload: Buffer
  readonly prelude: boolean
  readonly endsRecord: boolean
  readonly last: boolean
}

/** A request that cannot be answered; `code` is one of the link's. */
export class Unanswerable extends Error {
  readonly code: 'no-such-reel' | 'no-such-record' | 'unreadable' | 'busy'
  constructor(code: Unanswerable['code'], message: string) {
    super(message)
    this.code = code
  }
}

const indexesKept = 16

export class ReelServer {
  readonly #storage: Storage
  readonly #captures: ReadonlyMap<string, Capture>
  /** Rows of closed reels asked for lately: a viewer asks for many spans of the same hour. */
  readonly #indexes = new Map<string, readonly IndexEntry[]>()

  constructor(storage: Storage, captures: ReadonlyMap<string, Capture>) {
    this.#storage = storage
    this.#captures = captures
  }

  forget(reels: readonly string[]): void {
    for (const reel of reels) this.#indexes.delete(reel)
  }

  async *index(reel: string): AsyncGenerator<Part> {
    const source = await this.#open(reel)
    try {
      const bytes = this.#openReel(reel)?.prelude ?? (await this.#writtenPrelude(source))
      yield { payload: Buffer.from(bytes), prelude: true, endsRecord: false, last: false }
      const rows = Buffer.from(encodeIndex(await this.#entries(reel, source)))
      let at = 0
      do {
        const payload = rows.subarray(at, at + payloadBytesMax)
        at += payload.length
        yield { payload, prelude: false, endsRecord: false, last: at >= rows.length }
      } while (at < rows.length)
    } finally {
      await source.close()
    }
  }

  async *read(reel: string, fromSequence: number, toSequence: number): AsyncGenerator<Part> {
    const source = await this.#open(reel)
    try {
      const entries = await this.#entries(reel, source)
      const tail = toSequence < entries.length ? [] : await tailOf(source)
      const places = [...entries.map((entry) => ({ offset: entry.offset, end: endOf(entry) })), ...tail]
      if (fromSequence > toSequence || toSequence >= places.length) {
        throw new Unanswerable('no-such-record', 'The reel has no such record (yet).')
      }
      for (let sequence = fromSequence; sequence <= toSequence; sequence += 1) {
        const { offset, end } = places[sequence]!
        if (end - offset > recordBytesMax)
          throw new Unanswerable('unreadable', 'A record is longer than any may be.')
        for (let at = offset; at < end; ) {
          const bytes = await source.read(at, Math.min(payloadBytesMax, end - at))
          if (bytes.length === 0)
            throw new Unanswerable('unreadable', 'The reel is shorter than its index says.')
          at += bytes.length
          const endsRecord = at >= end
          // Copied: the source's block is used again for the next record.
          yield {
            payload: Buffer.from(bytes),
            prelude: false,
            endsRecord,
            last: endsRecord && sequence === toSequence,
          }
        }
      }
    } finally {
      await source.close()
    }
  }

  /** The reel, if it is the one that its camera is filling now. What it holds may not be on the disk yet. */
  #openReel(reel: string) {
    const place = this.#storage.find(reel)
    const open = place === null ? null : (this.#captures.get(place.camera)?.reels.open ?? null)
    return open?.head.reel === reel ? open : null
  }

  async #writtenPrelude(source: FileSource): Promise<Uint8Array> {
    if (source.size === 0) throw new Unanswerable('busy', 'The reel is being written. Ask again in a moment.')
    return (await readPrelude(source)).bytes
  }

  async #open(reel: string): Promise<FileSource> {
    const place = this.#storage.find(reel)
    if (place === null) throw new Unanswerable('no-such-reel', 'This recorder does not hold that reel.')
    try {
      return await FileSource.open(place.path, 65_536)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        throw new Unanswerable('no-such-reel', 'This recorder does not hold that reel any more.')
      }
      throw error
    }
  }

  async #entries(reel: string, source: FileSource): Promise<readonly IndexEntry[]> {
    const known = this.#indexes.get(reel)
    if (known) return known
    const place = this.#storage.find(reel)
    const capture = place === null ? undefined : this.#captures.get(place.camera)
    if (capture?.reels.open?.head.reel === reel) {
      return capture.reels.writer.writtenEntries().filter((entry) => endOf(entry) <= source.size)
    }
    const rows = await readIndex(source)
    if (rows === null) return entriesOf((await scanReel(source)).records) // closing this moment, or given up
    this.#indexes.set(reel, rows)
    if (this.#indexes.size > indexesKept) this.#indexes.delete(this.#indexes.keys().next().value!)
    return rows
  }
}

/** Index and close record of a closed reel: the two that no row of the index stands for. */
async function tailOf(source: FileSource): Promise<{ offset: number; end: number }[]> {
  if (source.size < trailerBytes) return []
  const trailerAt = source.size - trailerBytes
  const trailer = decodeTrailer((await source.read(trailerAt, trailerBytes)).slice())
  if (trailer === null) return []
  return [
    { offset: trailer.indexOffset, end: trailer.closeOffset },
    { offset: trailer.closeOffset, end: trailerAt },
  ]
}

const recordBytesMax = recordHeaderBytes + bodyBytesMax + chainBytes

const endOf = (entry: IndexEntry): number => entry.offset + recordHeaderBytes + entry.bodyBytes + chainBytes
