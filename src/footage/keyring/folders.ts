import { mkdir, open, readdir, readFile, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Failure, syncFolder, writeFileDurably } from '#base/base.ts'

/**
 * The files of a keyring: small, durable, and overwritten with zeros before they are let go.
 * KNOWN GAP: a journal or a flash disk may keep old blocks whatever we write over them. What protects those is the
 * master key; put the keyring on an encrypted disk, and open it by passphrase.
 */
const fileKinds = ['groups', 'holds', 'stills'] as const
export type FileKind = (typeof fileKinds)[number]

const pathOf = (folder: string, kind: FileKind, name: string): string => join(folder, kind, `${name}.keys`)

export async function prepareFolder(folder: string): Promise<void> {
  try {
    for (const kind of fileKinds) await mkdir(join(folder, kind), { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new Failure('unavailable', `couldn't make the keyring's folder ${folder}`, error)
  }
}

export async function listFiles(folder: string, kind: FileKind): Promise<string[]> {
  const names = await readdir(join(folder, kind))
  return names.filter((name) => name.endsWith('.keys')).map((name) => name.slice(0, -'.keys'.length))
}

export async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

export const readKeys = (folder: string, kind: FileKind, name: string): Promise<string | null> =>
  readText(pathOf(folder, kind, name))

/** Adds lines to a file that exists already; they are on the disk when this returns. */
export async function appendKeys(folder: string, kind: FileKind, name: string, lines: string): Promise<void> {
  const handle = await open(pathOf(folder, kind, name), 'a', 0o600)
  try {
    await handle.writeFile(lines)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

async function zero(handle: Awaited<ReturnType<typeof open>>): Promise<void> {
  const { size } = await handle.stat()
  await handle.write(Buffer.alloc(size), 0, size, 0)
  await handle.sync()
}

/** Replaces (or makes) a whole file: the new one is durable before the old bytes are overwritten. */
export async function replaceKeys(folder: string, kind: FileKind, name: string, text: string): Promise<void> {
  const path = pathOf(folder, kind, name)
  const old = await open(path, 'r+').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  try {
    await writeFileDurably(path, text)
    if (old !== null) await zero(old)
  } finally {
    await old?.close()
  }
}

/** Destroys a file: zeros over its bytes, then the name removed, each durable. Already gone is fine. */
export async function destroyKeys(folder: string, kind: FileKind, name: string): Promise<void> {
  await destroyFile(pathOf(folder, kind, name))
}

export async function destroyFile(path: string): Promise<void> {
  let handle: Awaited<ReturnType<typeof open>>
  try {
    handle = await open(path, 'r+')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  try {
    await zero(handle)
  } finally {
    await handle.close()
  }
  await unlink(path)
  await syncFolder(dirname(path))
}

/** Leftovers of a write cut short hold sealed keys too. */
export async function sweepTemporaries(folder: string): Promise<void> {
  for (const inside of ['', ...fileKinds]) {
    for (const name of await readdir(join(folder, inside))) {
      if (name.endsWith('.tmp')) await destroyFile(join(folder, inside, name))
    }
  }
}

/** Adds a line to the list of what was destroyed, making the file at the first. */
export async function appendLine(path: string, line: string): Promise<void> {
  const handle = await open(path, 'a', 0o600)
  try {
    await handle.writeFile(`${line}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await syncFolder(dirname(path))
}
