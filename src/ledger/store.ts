import type { Query, Tx } from '#engine/engine.ts'
import { type Hash, type NodeReader, nodeHash, tileWidth } from '#formats/log/log.ts'

/** A year's log (or a further part of it after a restored backup). */
export type LogRow = {
  readonly id: number
  readonly origin: string
  readonly year: number
  readonly part: number
  readonly publicKey: Buffer
  readonly firstNumber: number
  readonly size: number
  readonly root: Buffer
}

export type TileRow = { readonly level: number; readonly index: number; readonly hashes: Buffer }

/** All logs, oldest first; the last one is open. */
export async function readLogs(sql: Query): Promise<LogRow[]> {
  return await sql<LogRow[]>`
    select id, origin, year, part, public_key as "publicKey", first_number as "firstNumber", size, root
    from ledger.log order by id`
}

export async function newestLog(sql: Query): Promise<LogRow | null> {
  const [row] = await sql<LogRow[]>`
    select id, origin, year, part, public_key as "publicKey", first_number as "firstNumber", size, root
    from ledger.log order by id desc limit 1`
  return row ?? null
}

export async function readPending(sql: Query, most: number): Promise<{ seq: number; leaf: string }[]> {
  return await sql<{ seq: number; leaf: string }[]>`
    select seq, leaf from ledger.pending order by seq limit ${most}`
}

export async function readTiles(
  sql: Query,
  logId: number,
  wanted: readonly { level: number; index: number }[],
): Promise<TileRow[]> {
  if (wanted.length === 0) return []
  return await sql<TileRow[]>`
    select level, index, hashes from ledger.tile t
    join unnest(${wanted.map((tile) => tile.level)}::int[], ${wanted.map((tile) => tile.index)}::bigint[])
      as w (level, index) using (level, index)
    where t.log_id = ${logId}`
}

/** Hands a batch to the database's own function, which alone may number entries (database/000010_ledger_log.sql). */
export async function addBatch(
  tx: Tx,
  batch: {
    readonly log: LogRow
    readonly seqs: readonly number[]
    readonly tiles: readonly TileRow[]
    readonly root: Hash
    readonly note: string
    readonly atMs: number
  },
): Promise<void> {
  await tx`
    select ledger.add_batch(
      ${batch.log.id}, ${batch.log.size}, ${batch.seqs as number[]}::bigint[],
      ${batch.tiles.map((tile) => tile.level)}::int[], ${batch.tiles.map((tile) => tile.index)}::bigint[],
      ${batch.tiles.map((tile) => tile.hashes.toString('base64'))}::text[],
      ${Buffer.from(batch.root)}, ${batch.note}, ${batch.atMs}::timestamptz)`
}

const name = (level: number, index: number): string => `${level}/${index}`

/** The tile (tile level, tile index) in which a node's hashes lie, and which of them. */
function place(
  level: number,
  index: number,
): { tileLevel: number; tileIndex: number; from: number; count: number } {
  const tileLevel = Math.floor(level / 8)
  const inTile = level % 8
  const perTile = tileWidth / 2 ** inTile
  const tileIndex = Math.floor(index / perTile)
  return { tileLevel, tileIndex, from: (index - tileIndex * perTile) * 2 ** inTile, count: 2 ** inTile }
}

/** Reads tree nodes out of tiles that are in memory. Asking for one that isn't there is a bug. */
export function readerOf(tiles: readonly TileRow[]): NodeReader {
  const held = new Map(tiles.map((tile) => [name(tile.level, tile.index), tile.hashes]))
  return (level, index) => {
    const at = place(level, index)
    const hashes = held.get(name(at.tileLevel, at.tileIndex))
    if (hashes === undefined || hashes.byteLength < (at.from + at.count) * 32) {
      throw new RangeError(`node ${index} of level ${level} is not in the tiles at hand`)
    }
    return tileRoot(splitHashes(hashes.subarray(at.from * 32, (at.from + at.count) * 32)))
  }
}

/**
 * Runs a calculation over the tree twice: first to learn which tiles it asks for (what it asks never depends on what
 * it gets), then with them.
 */
export async function withNodes<T>(
  sql: Query,
  logId: number,
  calculate: (read: NodeReader) => T,
): Promise<T> {
  const wanted = new Map<string, { level: number; index: number }>()
  const blank = Buffer.alloc(32)
  calculate((level, index) => {
    const at = place(level, index)
    wanted.set(name(at.tileLevel, at.tileIndex), { level: at.tileLevel, index: at.tileIndex })
    return blank
  })
  return calculate(readerOf(await readTiles(sql, logId, [...wanted.values()])))
}

/** The tiles along the right edge of a tree of `size` leaves: all that further leaves can change. */
export function rightEdge(size: number): { level: number; index: number }[] {
  const tiles: { level: number; index: number }[] = []
  let hashes = size
  for (let level = 0; hashes > 0; level += 1) {
    if (hashes % tileWidth !== 0) tiles.push({ level, index: Math.floor(hashes / tileWidth) })
    hashes = Math.floor(hashes / tileWidth)
  }
  return tiles
}

/**
 * Adds leaf hashes to a tree of `size` leaves.
 * @param edge the tiles of `rightEdge(size)`
 * @returns every tile that changed or began, whole; enough of them, with the untouched edge, for the new root
 */
export function growTiles(size: number, edge: readonly TileRow[], leaves: readonly Hash[]): TileRow[] {
  const changed: TileRow[] = []
  let added: readonly Hash[] = leaves
  let before = size
  for (let level = 0; added.length > 0; level += 1) {
    const finished: Hash[] = []
    let index = Math.floor(before / tileWidth)
    let hashes = [...splitHashes(edge.find((tile) => tile.level === level && tile.index === index)?.hashes)]
    for (const hash of added) {
      hashes.push(hash)
      if (hashes.length < tileWidth) continue
      const tile = { level, index, hashes: Buffer.concat(hashes) }
      changed.push(tile)
      finished.push(tileRoot(hashes))
      index += 1
      hashes = []
    }
    if (hashes.length > 0) changed.push({ level, index, hashes: Buffer.concat(hashes) })
    before = Math.floor(before / tileWidth)
    added = finished
  }
  return changed
}

/** The root over 2^n hashes of one tile. */
function tileRoot(hashes: readonly Hash[]): Hash {
  let row = hashes
  while (row.length > 1) {
    const below = row
    row = Array.from({ length: below.length / 2 }, (_, n) => nodeHash(below[n * 2]!, below[n * 2 + 1]!))
  }
  return row[0]!
}

function splitHashes(hashes: Buffer | undefined): Hash[] {
  if (hashes === undefined) return []
  return Array.from({ length: hashes.byteLength / 32 }, (_, n) => hashes.subarray(n * 32, n * 32 + 32))
}
