/**
 * Memory for clear media: fixed chunks taken from one pool and given back when their fragment is sealed. 100 cameras
 * of 2 Mbit/s hold about 32 MB of them at a time, whatever the size of a single picture.
 */
export const chunkBytes = 65_536

export class ChunkPool {
  readonly #free: Buffer[] = []
  readonly #freeMax: number

  /** At most `freeMax` unused chunks are kept; what is above goes back to the system. */
  constructor(freeMax = 512) {
    this.#freeMax = freeMax
  }

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(chunkBytes)
  }

  /** Chunks come back wiped: what a heap dump or a swapped page could show is what is being worked on, no more. */
  give(chunk: Buffer, used: number): void {
    chunk.fill(0, 0, used)
    if (this.#free.length < this.#freeMax) this.#free.push(chunk)
  }
}

/** Bytes in order over chunks, with a way back to an earlier mark and four bytes that can be written later. */
export class ChunkWriter {
  readonly #pool: ChunkPool
  #chunks: Buffer[] = []
  #used: number[] = []
  #length = 0

  constructor(pool: ChunkPool) {
    this.#pool = pool
  }

  get length(): number {
    return this.#length
  }

  append(bytes: Buffer, start: number, end: number): void {
    let at = start
    while (at < end) {
      let last = this.#chunks.length - 1
      if (last < 0 || this.#used[last] === chunkBytes) last = this.#grow()
      const used = this.#used[last]!
      const take = Math.min(end - at, chunkBytes - used)
      bytes.copy(this.#chunks[last]!, used, at, at + take)
      this.#used[last] = used + take
      at += take
    }
    this.#length += end - start
  }

  /** Leaves four bytes open, never across two chunks; `fill` writes them. */
  reserve32(): { chunk: Buffer; at: number } {
    let last = this.#chunks.length - 1
    if (last < 0 || this.#used[last]! > chunkBytes - 4) last = this.#grow()
    const at = this.#used[last]!
    this.#used[last] = at + 4
    this.#length += 4
    return { chunk: this.#chunks[last]!, at }
  }

  /** Takes back everything after the first `length` bytes. */
  truncate(length: number): void {
    while (this.#length > length) {
      const last = this.#chunks.length - 1
      const back = Math.min(this.#used[last]!, this.#length - length)
      this.#chunks[last]!.fill(0, this.#used[last]! - back, this.#used[last]!)
      this.#used[last] = this.#used[last]! - back
      this.#length -= back
      if (this.#used[last] === 0) {
        this.#pool.give(this.#chunks.pop()!, 0)
        this.#used.pop()
      }
    }
  }

  /** The bytes as views, valid until `release`. */
  parts(): Buffer[] {
    return this.#chunks.map((chunk, i) => chunk.subarray(0, this.#used[i]))
  }

  release(): void {
    for (const [i, chunk] of this.#chunks.entries()) this.#pool.give(chunk, this.#used[i]!)
    this.#chunks = []
    this.#used = []
    this.#length = 0
  }

  #grow(): number {
    this.#chunks.push(this.#pool.take())
    return this.#used.push(0) - 1
  }
}
