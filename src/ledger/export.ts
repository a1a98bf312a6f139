import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Failure } from '#base/base.ts'
import type { Query } from '#engine/engine.ts'
import { encodeEntries, encodeNoteKey, entriesPath, tilePath, tileWidth } from '#formats/log/log.ts'
import { allCheckpoints } from './proof.ts'
import { type LogRow, readLogs } from './store.ts'

/**
 * Writes one log into a folder in the layout of C2SP tlog-tiles, for others' tools and for `overt ledger verify --log`:
 * `checkpoint`, `key` (the note verifier's key), `tile/…`, `tile/entries/…`. No personal details are in it.
 */
export async function exportLog(sql: Query, origin: string, folder: string): Promise<void> {
  const log = (await readLogs(sql)).find((row) => row.origin === origin)
  const note = (await allCheckpoints(sql)).find((row) => row.origin === origin)
  if (log === undefined || note === undefined) throw new Failure('not-found', `there is no log ${origin}`)
  const put = async (path: string, bytes: Buffer | string): Promise<void> => {
    const to = join(folder, path)
    await mkdir(dirname(to), { recursive: true })
    await writeFile(to, bytes)
  }
  let hashes = note.size
  for (let level = 0; hashes > 0; level += 1) {
    for (let index = 0; index * tileWidth < hashes; index += 1) {
      const width = Math.min(tileWidth, hashes - index * tileWidth)
      const tile = await servedTile(sql, log, level, index, width)
      if (tile === null)
        throw new Failure('data-loss', `tile ${index} of level ${level} of ${origin} is missing`)
      await put(tilePath(level, index, width), tile)
    }
    hashes = Math.floor(hashes / tileWidth)
  }
  for (let bundle = 0; bundle * tileWidth < note.size; bundle += 1) {
    const width = Math.min(tileWidth, note.size - bundle * tileWidth)
    const entries = await servedEntries(sql, log, bundle, width)
    if (entries === null)
      throw new Failure('data-loss', `entries of bundle ${bundle} of ${origin} are missing`)
    await put(entriesPath(bundle, width), entries)
  }
  await put('key', `${encodeNoteKey({ name: origin, publicKey: log.publicKey })}\n`)
  await put('checkpoint', note.note)
}

/** A tile of exactly this width, or null: a narrower partial tile is the beginning of the stored one. */
export async function servedTile(
  sql: Query,
  log: LogRow,
  level: number,
  index: number,
  width: number,
): Promise<Buffer | null> {
  const [row] = await sql<{ hashes: Buffer }[]>`
    select hashes from ledger.tile where log_id = ${log.id} and level = ${level} and index = ${index}`
  return row === undefined || row.hashes.byteLength < width * 32 ? null : row.hashes.subarray(0, width * 32)
}

/** A bundle of exactly this many entries, or null. */
export async function servedEntries(
  sql: Query,
  log: LogRow,
  bundle: number,
  width: number,
): Promise<Buffer | null> {
  const from = bundle * tileWidth
  const rows = await sql<{ leaf: string }[]>`
    select leaf from ledger.entry
    where log_id = ${log.id} and index >= ${from} and index < ${from + width} order by index`
  return rows.length === width ? encodeEntries(rows.map((row) => Buffer.from(row.leaf))) : null
}
