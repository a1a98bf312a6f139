import type { Query } from '#engine/engine.ts'
import { consistencyProof, inclusionProof, type Step } from '#formats/log/log.ts'
import { type LogRow, readLogs, withNodes } from './store.ts'

/**
 * The way from a checkpoint that somebody holds to the newest one: within its log a consistency proof, then one step for
 * each further log, which opens with the end of the one before. Each is checked by `followStep`.
 * @param held log and size of the held checkpoint; null: the newest alone, to begin with
 * @returns in order; empty before anything was signed. A held checkpoint that the database knows nothing of (a restore) is
 * answered with the log that owns up to the loss, where there is one.
 */
export async function stepsFrom(
  sql: Query,
  held: { readonly origin: string; readonly size: number } | null,
): Promise<Step[]> {
  const logs = (await readLogs(sql)).filter((log) => log.size > 0)
  const newest = logs.at(-1)
  if (newest === undefined) return []
  if (held === null) return [await stepIn(sql, newest, newest.size)]
  const at = logs.findIndex((log) => log.origin === held.origin)
  const steps: Step[] = []
  const own = logs[at]
  // Also where it has not grown, or is shorter than what was held: the holder must see that to raise the alarm.
  if (own !== undefined) steps.push(await stepIn(sql, own, Math.min(held.size, own.size)))
  for (const log of logs.slice(at + 1)) steps.push(await firstStep(sql, log))
  return steps
}

async function stepIn(sql: Query, log: LogRow, fromSize: number): Promise<Step> {
  const path = await withNodes(sql, log.id, (read) => consistencyProof(read, fromSize, log.size))
  return { note: await noteOf(sql, log), fromSize, proof: path.map(base64), opening: null }
}

async function firstStep(sql: Query, log: LogRow): Promise<Step> {
  const [row] = await sql<{ leaf: string }[]>`
    select leaf from ledger.entry where log_id = ${log.id} and index = 0`
  const path = await withNodes(sql, log.id, (read) => inclusionProof(read, 0, log.size))
  return {
    note: await noteOf(sql, log),
    fromSize: 0,
    proof: [],
    opening: { leaf: row?.leaf ?? '', path: path.map(base64) },
  }
}

async function noteOf(sql: Query, log: LogRow): Promise<string> {
  const [row] = await sql<{ note: string }[]>`
    select note from ledger.checkpoint where log_id = ${log.id} and size = ${log.size}`
  return row?.note ?? ''
}

const base64 = (hash: Uint8Array): string => Buffer.from(hash).toString('base64')
