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
  // Shorter than what was held, as after a restore, and a further log owns up to that: then that one is the next step.
  const restored =
    own !== undefined && own.size < held.size ? await ownsUp(sql, logs.slice(at + 1), held) : -1
  // Also where it has not grown, or is shorter and nothing owns up to it: the holder must see that to raise the alarm.
  if (own !== undefined && restored < 0) steps.push(await stepIn(sql, own, Math.min(held.size, own.size)))
  for (const log of logs.slice(at + 1 + Math.max(restored, 0))) steps.push(await firstStep(sql, log))
  return steps
}

/** Which of these logs begins by saying that at least as much of the held one was lost; -1 when none does. */
async function ownsUp(
  sql: Query,
  logs: readonly LogRow[],
  held: { readonly origin: string; readonly size: number },
): Promise<number> {
  for (const [n, log] of logs.entries()) {
    const { data } = JSON.parse(await openingOf(sql, log)) as { data?: { lost?: unknown } }
    const [origin, size] = typeof data?.lost === 'string' ? data.lost.split('\n') : []
    if (origin === held.origin && Number(size) >= held.size) return n
  }
  return -1
}

async function stepIn(sql: Query, log: LogRow, fromSize: number): Promise<Step> {
  const path = await withNodes(sql, log.id, (read) => consistencyProof(read, fromSize, log.size))
  return { note: await noteOf(sql, log), fromSize, proof: path.map(base64), opening: null }
}

async function firstStep(sql: Query, log: LogRow): Promise<Step> {
  const leaf = await openingOf(sql, log)
  const path = await withNodes(sql, log.id, (read) => inclusionProof(read, 0, log.size))
  return {
    note: await noteOf(sql, log),
    fromSize: 0,
    proof: [],
    opening: { leaf, path: path.map(base64) },
  }
}

async function openingOf(sql: Query, log: LogRow): Promise<string> {
  const [row] = await sql<{ leaf: string }[]>`
    select leaf from ledger.entry where log_id = ${log.id} and index = 0`
  return row?.leaf ?? '{}'
}

async function noteOf(sql: Query, log: LogRow): Promise<string> {
  const [row] = await sql<{ note: string }[]>`
    select note from ledger.checkpoint where log_id = ${log.id} and size = ${log.size}`
  return row?.note ?? ''
}

const base64 = (hash: Uint8Array): string => Buffer.from(hash).toString('base64')
