/**
 * A pack as files: in a folder, or in the ZIP in which it is handed over. The ZIP holds its files unpacked and ends with
 * a comment, the SHA-256 of everything before it, so that a bit flipped between the files is found too.
 */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { configure, type Entry, Reader, Uint8ArrayWriter, ZipReader, ZipWriter } from '@zip.js/zip.js'
import { Failure } from '#base/base.ts'
import {
  filesMax,
  isSafePath,
  type PackFiles,
  type Problem,
  type Verification,
  type VerifyOptions,
  verifyPackFiles,
} from '#formats/pack/pack.ts'

// zip.js's workers are for pages; here everything is stored, so there is nothing to hand to them.
configure({ useWebWorkers: false })

const commentPrefix = 'overt-sha256:'
const commentBytes = commentPrefix.length + 64
/** End of central directory, without comment. */
const endBytes = 22

/** All files below a folder, named with `/`. Symbolic links are not followed: a pack has none. */
export async function folderFiles(folder: string): Promise<PackFiles> {
  const sizes = new Map<string, number>()
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries) {
    if (entry.isDirectory()) continue
    if (sizes.size > filesMax) break
    const path = join(entry.parentPath, entry.name)
    sizes.set(relative(folder, path).split(sep).join('/'), entry.isFile() ? (await stat(path)).size : 0)
  }
  return {
    names: [...sizes.keys()],
    size: (name) => sizes.get(name) ?? 0,
    read: (name) => readFile(join(folder, ...name.split('/'))),
  }
}

/** Writes a folder as ZIP: stored, in the order of names, each dated `madeMs`. */
export async function zipFolder(folder: string, zipPath: string, madeMs: number): Promise<void> {
  const files = await folderFiles(folder)
  const output = createWriteStream(zipPath, { mode: 0o600, flags: 'wx' })
  const digest = createHash('sha256')
  // The last 22 bytes are held back: their comment's length is only set once everything before is known.
  let held: Buffer = Buffer.alloc(0)
  const write = (bytes: Buffer): Promise<void> =>
    new Promise((resolve, reject) => output.write(bytes, (error) => (error ? reject(error) : resolve())))
  const sink = new WritableStream<Uint8Array>({
    async write(chunk) {
      const all = Buffer.concat([held, chunk])
      held = all.subarray(Math.max(0, all.byteLength - endBytes))
      const ready = all.subarray(0, all.byteLength - held.byteLength)
      digest.update(ready)
      await write(ready)
    },
  })
  try {
    const zip = new ZipWriter(sink, {
      level: 0,
      lastModDate: new Date(madeMs),
      extendedTimestamp: false,
      keepOrder: true,
    })
    for (const name of [...files.names].sort()) {
      const from = Readable.toWeb(createReadStream(join(folder, ...name.split('/'))))
      await zip.add(name, from as ReadableStream<Uint8Array>)
    }
    await zip.close()
    const end = Buffer.from(held)
    if (end.byteLength !== endBytes || end.readUInt32LE(0) !== 0x0605_4b50)
      throw new Failure('data-loss', 'The ZIP did not end as a ZIP does.')
    end.writeUInt16LE(commentBytes, 20)
    digest.update(end)
    await write(end)
    await write(Buffer.from(commentPrefix + digest.digest('hex')))
    await new Promise<void>((resolve, reject) =>
      output.end((error?: Error | null) => (error ? reject(error) : resolve())),
    )
    const handle = await open(zipPath, 'r+')
    await handle.sync()
    await handle.close()
  } catch (error) {
    output.destroy()
    throw error
  }
}

/** Reads parts of a file for zip.js, without loading it whole. */
class FileReader extends Reader<string> {
  readonly path: string
  constructor(path: string) {
    super(path)
    this.path = path
  }
  override async init(): Promise<void> {
    await super.init?.()
    this.size = (await stat(this.path)).size
  }
  override async readUint8Array(index: number, length: number): Promise<Uint8Array> {
    const handle = await open(this.path, 'r')
    try {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, this.size - index)))
      await handle.read(bytes, 0, bytes.byteLength, index)
      return bytes
    } finally {
      await handle.close()
    }
  }
}

/** The files of a ZIP; names that a pack can't have are kept as they are, to be named as problems. Throws `Failure`. */
export async function zipFiles(zipPath: string): Promise<PackFiles> {
  const entries = new Map<string, Entry>()
  try {
    const zip = new ZipReader(new FileReader(zipPath), { checkSignature: false })
    for await (const entry of zip.getEntriesGenerator()) {
      if (entries.size > filesMax) break
      if (!entry.directory) entries.set(entry.filename, entry)
    }
  } catch (cause) {
    throw new Failure('data-loss', 'The ZIP cannot be read.', cause)
  }
  return {
    names: [...entries.keys()],
    size: (name) => entries.get(name)?.uncompressedSize ?? 0,
    async read(name) {
      const entry = entries.get(name)
      // Stored files only: what unpacks to more than it takes was not made by us.
      if (entry === undefined || entry.directory || entry.compressionMethod !== 0 || !isSafePath(name))
        throw new Failure('data-loss', 'The file cannot be read.')
      return await entry.getData(new Uint8ArrayWriter())
    },
  }
}

/** Whether the ZIP is byte for byte as it was written. */
async function containerWhole(zipPath: string): Promise<boolean> {
  const { size } = await stat(zipPath)
  if (size < endBytes + commentBytes) return false
  const digest = createHash('sha256')
  await new Promise<void>((resolve, reject) => {
    createReadStream(zipPath, { end: size - commentBytes - 1 })
      .on('error', reject)
      .pipe(
        new Writable({
          write(chunk: Buffer, _, done) {
            digest.update(chunk)
            done()
          },
        }),
      )
      .on('finish', resolve)
      .on('error', reject)
  })
  const handle = await open(zipPath, 'r')
  try {
    const comment = Buffer.alloc(commentBytes)
    await handle.read(comment, 0, commentBytes, size - commentBytes)
    return comment.toString('latin1') === commentPrefix + digest.digest('hex')
  } finally {
    await handle.close()
  }
}

/**
 * Checks a pack, folder or ZIP, offline. Every problem names a file and says what is wrong with it.
 * Throws `Failure('not-found')` when there is nothing at `path`.
 */
export async function verifyPack(path: string, options: VerifyOptions = {}): Promise<Verification> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new Failure('not-found', `There is no pack at ${path}.`, cause)
  })
  if (found.isDirectory()) return await verifyPackFiles(await folderFiles(path), options)
  const name = path.split(sep).at(-1) ?? path
  const whole = await containerWhole(path)
  const container: Problem = { file: name, what: 'The ZIP itself was altered.' }
  let files: PackFiles
  try {
    files = await zipFiles(path)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const unreadable = { file: name, what: 'The ZIP cannot be read.' }
    return { ok: false, problems: [unreadable], found: [], statement: null, videos: [] }
  }
  const result = await verifyPackFiles(files, options)
  if (whole || !result.ok) return result
  return { ...result, ok: false, problems: [container] }
}
