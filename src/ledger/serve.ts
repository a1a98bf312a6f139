import type { Query } from '#engine/engine.ts'
import { parseTilePath } from '#formats/log/log.ts'
import { servedEntries, servedTile } from './export.ts'
import { readLogs } from './store.ts'

/**
 * What a log serves under its prefix (C2SP tlog-tiles): `checkpoint`, `tile/<level>/<index>[.p/<width>]` and
 * `tile/entries/<index>[.p/<width>]`.
 * @param log the last part of the log's name, `2026` or `2026.2`
 * @returns null for what isn't there; a full tile never changes, so `forever` may be kept by caches
 */
export async function servedFile(
  sql: Query,
  log: string,
  path: string,
): Promise<{ readonly body: Buffer; readonly text: boolean; readonly forever: boolean } | null> {
  const row = (await readLogs(sql)).find((each) => each.origin.split('/')[2] === log)
  if (row === undefined) return null
  if (path === 'checkpoint') {
    const [found] = await sql<{ note: string }[]>`
      select note from ledger.checkpoint where log_id = ${row.id} order by size desc limit 1`
    return found === undefined ? null : { body: Buffer.from(found.note), text: true, forever: false }
  }
  const wanted = parseTilePath(path)
  if (wanted === null) return null
  const body =
    wanted.level === 'entries'
      ? await servedEntries(sql, row, wanted.index, wanted.width)
      : await servedTile(sql, row, wanted.level, wanted.index, wanted.width)
  return body === null ? null : { body, text: false, forever: true }
}
