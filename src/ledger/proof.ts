import { Failure } from '#base/base.ts'
import type { Query } from '#engine/engine.ts'
import {
  type Checkpoint,
  consistencyProof,
  inclusionProof,
  leafHash,
  verifyCheckpoint,
  verifyInclusion,
} from '#formats/log/log.ts'
import type { Leaf } from './entry.ts'
import { type LogRow, newestLog, readLogs, withNodes } from './store.ts'

/** That one entry is in the log: enough for an outsider with our public key, offline. */
export type LedgerProof = {
  readonly v: 1
  readonly origin: string
  readonly index: number
  /** The leaf as hashed (UTF-8). */
  readonly leaf: string
  /** Audit path (RFC 6962 section 2.1.1), base64. */
  readonly path: readonly string[]
  /** Signed checkpoint (C2SP note) whose tree the path leads to. */
  readonly checkpoint: string
}

/** The newest signed checkpoint of the open log; null before the first. */
export async function checkpoint(sql: Query): Promise<{ origin: string; size: number; note: string } | null> {
  const log = await newestLog(sql)
  return log === null ? null : await checkpointOf(sql, log)
}

async function checkpointOf(
  sql: Query,
  log: LogRow,
): Promise<{ origin: string; size: number; note: string } | null> {
  const [row] = await sql<{ size: number; note: string }[]>`
    select size, note from ledger.checkpoint where log_id = ${log.id} order by size desc limit 1`
  return row === undefined ? null : { origin: log.origin, size: row.size, note: row.note }
}

/** The newest checkpoint of every log, oldest log first: what an outsider should keep. */
export async function allCheckpoints(sql: Query): Promise<{ origin: string; size: number; note: string }[]> {
  const notes = await Promise.all((await readLogs(sql)).map((log) => checkpointOf(sql, log)))
  return notes.filter((note) => note !== null)
}

/**
 * The proof of one entry against the newest checkpoint of its log.
 * @returns null while the entry isn't sequenced yet (see `waitSequenced`), or was never appended
 */
export async function proof(sql: Query, entryId: string): Promise<LedgerProof | null> {
  const [row] = await sql<
    { index: number; leaf: string; logId: number; origin: string; size: number; note: string }[]
  >`
    select e.index, e.leaf, l.id as "logId", l.origin, c.size, c.note
    from ledger.entry e
    join ledger.log l on l.id = e.log_id
    cross join lateral (
      select size, note from ledger.checkpoint where log_id = l.id order by size desc limit 1) c
    where e.id = ${entryId}`
  if (row === undefined) return null
  const path = await withNodes(sql, row.logId, (read) => inclusionProof(read, row.index, row.size))
  return {
    v: 1,
    origin: row.origin,
    index: row.index,
    leaf: row.leaf,
    path: path.map((hash) => Buffer.from(hash).toString('base64')),
    checkpoint: row.note,
  }
}

/** Waits until an entry that is committed is numbered and signed. @throws Failure('unavailable') after `withinMs` */
export async function waitSequenced(sql: Query, entryId: string, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const [row] = await sql`select 1 from ledger.entry where id = ${entryId}`
    if (row !== undefined) return
    if (performance.now() > deadline) {
      throw new Failure('unavailable', `ledger entry ${entryId} was not sequenced within ${withinMs} ms`)
    }
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/**
 * That the tree of `newSize` begins with the tree of `oldSize` (RFC 6962 section 2.1.2), base64: for who holds an
 * earlier checkpoint of that log and is given a newer one.
 * @throws Failure('not-found') for a log or size that isn't there
 */
export async function consistency(
  sql: Query,
  origin: string,
  oldSize: number,
  newSize: number,
): Promise<string[]> {
  const log = (await readLogs(sql)).find((row) => row.origin === origin)
  if (log === undefined || !(oldSize >= 0 && oldSize <= newSize && newSize <= log.size)) {
    throw new Failure('not-found', `there is no log ${origin} that grew from ${oldSize} to ${newSize}`)
  }
  const path = await withNodes(sql, log.id, (read) => consistencyProof(read, oldSize, newSize))
  return path.map((hash) => Buffer.from(hash).toString('base64'))
}

/**
 * Checks a proof with nothing but the ledger's public key.
 * @param publicKey raw Ed25519, 32 bytes
 * @returns the leaf and the checkpoint it was proved against, or why it can't be believed
 */
export function checkProof(
  proof: LedgerProof,
  publicKey: Uint8Array,
): { ok: true; leaf: Leaf; checkpoint: Checkpoint } | { ok: false; why: string } {
  const known = verifyCheckpoint(proof.checkpoint, { name: proof.origin, publicKey })
  if (known === null) return { ok: false, why: 'the checkpoint is not signed by this key' }
  if (known.origin !== proof.origin)
    return { ok: false, why: `the checkpoint is of another log, ${known.origin}` }
  const path = proof.path.map((hash) => Buffer.from(hash, 'base64'))
  if (!verifyInclusion(leafHash(Buffer.from(proof.leaf)), proof.index, known.size, path, known.root)) {
    return { ok: false, why: `entry ${proof.index} is not in the tree that the checkpoint signs` }
  }
  return { ok: true, leaf: JSON.parse(proof.leaf) as Leaf, checkpoint: known }
}
