import { type FileHandle, open } from 'node:fs/promises'
import type { Source } from '#formats/reel/reel.ts'

/** A reel's bytes on disk, for who scans or serves it. Reads whole blocks ahead, so that small reads cost little. */
export class FileSource implements Source {
  readonly #handle: FileHandle
  readonly size: number
  #block: Buffer = Buffer.alloc(0)
  #blockAt = 0
  readonly #blockBytes: number

  static async open(path: string, blockBytes = 262_144): Promise<FileSource> {
    const handle = await open(path, 'r')
    const { size } = await handle.stat()
    return new FileSource(handle, size, blockBytes)
  }

  private constructor(handle: FileHandle, size: number, blockBytes: number) {
    this.#handle = handle
    this.size = size
    this.#blockBytes = blockBytes
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (offset >= this.size) return new Uint8Array()
    const wanted = Math.min(length, this.size - offset)
    const inBlock = offset - this.#blockAt
    if (inBlock >= 0 && inBlock + wanted <= this.#block.length) {
      return this.#block.subarray(inBlock, inBlock + wanted)
    }
    const bytes = Buffer.allocUnsafe(Math.min(Math.max(wanted, this.#blockBytes), this.size - offset))
    let filled = 0
    while (filled < bytes.length) {
      const { bytesRead } = await this.#handle.read(bytes, filled, bytes.length - filled, offset + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    this.#block = bytes.subarray(0, filled)
    this.#blockAt = offset
    return this.#block.subarray(0, Math.min(wanted, filled))
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }
}
