import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Query, Sql } from '#engine/engine.ts'
import { decodeEntries, entriesPath, tilePath, tileWidth, verifyCheckpoint } from '#formats/log/log.ts'
import { commitment, type Leaf } from './entry.ts'
import { type LogRow, readLogs } from './store.ts'
import { type LogReport, type LogSource, type Problem, problemsMax, verifyLog } from './verify-log.ts'

export type LedgerReport = {
  /** True when nothing is wrong. */
  readonly ok: boolean
  readonly problems: readonly Problem[]
  /** What the reader should know though nothing is wrong with it. */
  readonly notes: readonly string[]
  readonly logs: readonly LogReport[]
  readonly entries: number
}

export type Against = {
  /** Raw Ed25519 key, given to the reader before and by another way than the ledger itself. */
  readonly publicKey: Uint8Array
  /** Checkpoints (signed notes) kept outside. Without any, a log rewritten by who has its key isn't found. */
  readonly checkpoints: readonly string[]
}

/**
 * Checks the whole ledger in a database: every leaf, tile and checkpoint of every log, the chain of the logs, personal
 * details against their commitments, and the search index against the leaves.
 */
export async function verifyLedger(sql: Sql, against: Against): Promise<LedgerReport> {
  const logs = await readLogs(sql)
  const reports: LogReport[] = []
  const problems: Problem[] = []
  for (const log of logs) {
    if (!log.publicKey.equals(against.publicKey)) {
      problems.push(about(log.origin, 'key', `${log.origin} names another public key than the one you gave`))
    }
    const outside = against.checkpoints.filter((note) => originOfNote(note) === log.origin)
    const report = await verifyLog(await databaseSource(sql, log), against.publicKey, outside)
    reports.push(report)
    problems.push(...report.problems)
    if (report.size !== log.size) {
      problems.push(
        about(
          log.origin,
          'chain',
          `${log.origin} says it has ${log.size} entries, but ${report.size} are signed`,
        ),
      )
    }
  }
  const notes: string[] = []
  problems.push(...(await verifyChain(sql, logs, against)))
  problems.push(...missingLogs(logs, against))
  problems.push(...(await verifyPersonal(sql, logs)))
  problems.push(...(await verifySearch(sql, logs)))
  const stated = await statedLosses(sql, logs, against)
  const remaining = problems.filter((problem) => {
    const loss = problem.what === 'cut-back' ? stated.get(problem.log) : undefined
    if (loss === undefined || problem.until === null || problem.until > loss.size) return true
    notes.push(`${problem.log} lost entries in a restore, and the log after it says so: ${loss.words}`)
    return false
  })
  const [pending] = await sql<{ n: number }[]>`select count(*) as n from ledger.pending`
  if ((pending?.n ?? 0) > 0) notes.push(`${pending?.n} entries are committed but not signed yet`)
  if (against.checkpoints.length === 0) {
    notes.push('no earlier checkpoint was given: a log rewritten by who holds its key would not be noticed')
  }
  return {
    ok: remaining.length === 0,
    problems: remaining.slice(0, problemsMax),
    notes,
    logs: reports,
    entries: logs.reduce((sum, log) => sum + log.size, 0),
  }
}

/** Checks one log exported to a folder (`exportLog`, or fetched over HTTP): C2SP tlog-tiles' layout. */
export async function verifyFolder(folder: string, against: Against): Promise<LedgerReport> {
  const notes = [await readFile(join(folder, 'checkpoint'), 'utf8')]
  const origin = originOfNote(notes[0]!)
  const known = verifyCheckpoint(notes[0]!, { name: origin, publicKey: against.publicKey })
  const size = known?.size ?? Number(notes[0]!.split('\n')[1])
  const source: LogSource = {
    origin,
    notes,
    async tile(level, index) {
      return await readWidest(folder, (width) => tilePath(level, index, width))
    },
    async *leaves() {
      for (let bundle = 0; bundle * tileWidth < size; bundle += 1) {
        const bytes = await readWidest(folder, (width) => entriesPath(bundle, width))
        if (bytes === null) continue
        for (const [n, leaf] of decodeEntries(bytes).entries()) {
          const index = bundle * tileWidth + n
          if (index < size) yield { index, leaf: Buffer.from(leaf).toString('utf8') }
        }
      }
    },
  }
  const outside = against.checkpoints.filter((note) => originOfNote(note) === origin)
  const report = await verifyLog(source, against.publicKey, outside)
  const strange = against.checkpoints.filter((note) => originOfNote(note) !== origin)
  return {
    ok: report.problems.length === 0,
    problems: report.problems,
    notes: strange.map((note) => `a checkpoint of another log, ${originOfNote(note)}, was left aside`),
    logs: [report],
    entries: report.size,
  }
}

async function readWidest(folder: string, path: (width: number) => string): Promise<Buffer | null> {
  const full = path(tileWidth)
  const whole = await readFile(join(folder, full)).catch(() => null)
  if (whole !== null) return whole
  const widths = (await readdir(join(folder, `${full}.p`)).catch(() => [])).map(Number).sort((a, b) => b - a)
  return widths.length === 0 ? null : await readFile(join(folder, path(widths[0]!)))
}

const originOfNote = (note: string): string => note.split('\n')[0] ?? ''

const about = (
  log: string,
  what: Problem['what'],
  message: string,
  index: number | null = null,
): Problem => ({
  log,
  index,
  until: index === null ? null : index + 1,
  what,
  message,
})

async function databaseSource(sql: Sql, log: LogRow): Promise<LogSource> {
  const notes = await sql<{ note: string }[]>`
    select note from ledger.checkpoint where log_id = ${log.id} order by size`
  return {
    origin: log.origin,
    notes: notes.map(({ note }) => note),
    async tile(level, index) {
      const [row] = await sql<{ hashes: Buffer }[]>`
        select hashes from ledger.tile where log_id = ${log.id} and level = ${level} and index = ${index}`
      return row?.hashes ?? null
    },
    async *leaves() {
      const rows = sql<{ index: number; leaf: string }[]>`
        select index, leaf from ledger.entry where log_id = ${log.id} order by index`.cursor(2000)
      for await (const batch of rows) yield* batch
    },
  }
}

/** Each log's first leaf holds the checkpoint with which the one before it ended. */
async function verifyChain(sql: Query, logs: readonly LogRow[], against: Against): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const [at, log] of logs.entries()) {
    const before = logs[at - 1]
    const [row] = await sql<{ leaf: string }[]>`
      select leaf from ledger.entry where log_id = ${log.id} and index = 0`
    if (row === undefined) continue
    const opening = JSON.parse(row.leaf) as Leaf
    const previous = opening.data['previous']
    if (before === undefined) {
      if (previous !== null && previous !== undefined) {
        problems.push(about(log.origin, 'chain', `${log.origin} continues a log that is no longer here`, 0))
      }
      continue
    }
    const known =
      typeof previous === 'string'
        ? verifyCheckpoint(previous, { name: before.origin, publicKey: against.publicKey })
        : null
    if (known === null || known.size !== before.size || !before.root.equals(known.root)) {
      problems.push(
        about(log.origin, 'chain', `${log.origin} doesn't open with the end of ${before.origin}`, 0),
      )
    }
    if (before.firstNumber + before.size !== log.firstNumber) {
      problems.push(about(log.origin, 'chain', `the numbering breaks off before ${log.origin}`, 0))
    }
  }
  return problems
}

function missingLogs(logs: readonly LogRow[], against: Against): Problem[] {
  const here = new Set(logs.map((log) => log.origin))
  return against.checkpoints
    .filter((note) => !here.has(originOfNote(note)))
    .map((note) =>
      about(
        originOfNote(note),
        'removed',
        `the log ${originOfNote(note)}, of which a checkpoint was kept, is not here`,
      ),
    )
}

/** What logs that were opened after a restore say was lost: by name of the log that was cut back. */
async function statedLosses(
  sql: Query,
  logs: readonly LogRow[],
  against: Against,
): Promise<Map<string, { size: number; words: string }>> {
  const stated = new Map<string, { size: number; words: string }>()
  for (const log of logs) {
    const [row] = await sql<{ leaf: string }[]>`
      select leaf from ledger.entry where log_id = ${log.id} and index = 0 and kind = 'ledger.resumed'`
    const lost = row === undefined ? undefined : (JSON.parse(row.leaf) as Leaf).data['lost']
    if (typeof lost !== 'string') continue
    const known = verifyCheckpoint(lost, { name: originOfNote(lost), publicKey: against.publicKey })
    if (known === null) continue
    stated.set(known.origin, {
      size: known.size,
      words: `${log.origin} opens by naming ${known.size} entries as signed`,
    })
  }
  return stated
}

async function verifyPersonal(sql: Sql, logs: readonly LogRow[]): Promise<Problem[]> {
  const problems: Problem[] = []
  const originOf = (logId: number | null): string => logs.find((log) => log.id === logId)?.origin ?? 'ledger'
  const rows = sql<
    {
      entryId: string
      field: string
      salt: Buffer | null
      body: string | null
      leaf: string
      index: number
      logId: number
    }[]
  >`
    select p.entry_id as "entryId", p.field, p.salt, p.body, e.leaf, e.index, e.log_id as "logId"
    from ledger.personal p join ledger.entry e on e.id = p.entry_id
    where p.erased_at is null`.cursor(1000)
  for await (const batch of rows) {
    for (const row of batch) {
      const kept = (JSON.parse(row.leaf) as Leaf).personal[row.field]
      if (kept === commitment(row.salt!, row.entryId, row.field, row.body!)) continue
      problems.push(
        about(
          originOf(row.logId),
          'personal',
          `${row.field} of entry ${row.index} is not what was recorded`,
          row.index,
        ),
      )
    }
  }
  const gone = await sql<{ field: string; index: number; logId: number }[]>`
    select f.field, e.index, e.log_id as "logId"
    from ledger.entry e cross join lateral jsonb_object_keys(e.leaf::jsonb -> 'personal') as f (field)
    where not exists (select from ledger.personal p where p.entry_id = e.id and p.field = f.field)
    order by e.number limit ${problemsMax}`
  for (const row of gone) {
    problems.push(
      about(
        originOf(row.logId),
        'personal',
        `${row.field} of entry ${row.index} is gone without a record of its erasure`,
        row.index,
      ),
    )
  }
  const unrecorded = await sql<{ field: string; index: number; logId: number }[]>`
    select p.field, e.index, e.log_id as "logId"
    from ledger.personal p join ledger.entry e on e.id = p.entry_id
    where p.erased_at is not null
      and not exists (
        select from ledger.mention m join ledger.entry x using (number)
        where m.value = p.entry_id::text and m.name = 'entry' and x.kind = 'ledger.erased'
          and x.leaf::jsonb -> 'data' ->> 'field' = p.field)
      and not exists (
        select from ledger.pending x
        where x.leaf::jsonb ->> 'kind' = 'ledger.erased' and x.leaf::jsonb -> 'about' ->> 'entry' = p.entry_id::text)
    order by e.number limit ${problemsMax}`
  for (const row of unrecorded) {
    problems.push(
      about(
        originOf(row.logId),
        'personal',
        `${row.field} of entry ${row.index} was erased without an entry that says so`,
        row.index,
      ),
    )
  }
  const orphans = await sql<{ entryId: string }[]>`
    select distinct p.entry_id as "entryId" from ledger.personal p
    where not exists (select from ledger.entry e where e.id = p.entry_id)
      and not exists (select from ledger.pending q where q.id = p.entry_id)
    limit ${problemsMax}`
  for (const row of orphans) {
    problems.push(
      about(
        'ledger',
        'removed',
        `entry ${row.entryId} was committed with personal details, but was removed before it was signed`,
      ),
    )
  }
  return problems
}

/** The search index must lead to every entry, or an entry could be hidden from the page without touching a leaf. */
async function verifySearch(sql: Query, logs: readonly LogRow[]): Promise<Problem[]> {
  const rows = await sql<{ index: number; logId: number }[]>`
    with expected as (
      select m.value, e.number, m.key as name from ledger.entry e, jsonb_each_text(e.leaf::jsonb -> 'about') m
      union all
      select e.actor, e.number, 'actor' from ledger.entry e where e.actor is not null
    ), different as (
      (table expected except select value, number, name from ledger.mention)
      union
      (select value, number, name from ledger.mention except table expected)
    )
    select distinct e.index, e.log_id as "logId" from different d join ledger.entry e using (number)
    order by e.log_id, e.index limit ${problemsMax}`
  const problems = rows.map((row) =>
    about(
      logs.find((log) => log.id === row.logId)?.origin ?? 'ledger',
      'search',
      `entry ${row.index} can't be found by what it is about: the search index was altered`,
      row.index,
    ),
  )
  const numbers = await sql<{ index: number; logId: number }[]>`
    select e.index, e.log_id as "logId" from ledger.entry e join ledger.log l on l.id = e.log_id
    where e.number <> l.first_number + e.index order by e.number limit ${problemsMax}`
  for (const row of numbers) {
    problems.push(
      about(
        logs.find((log) => log.id === row.logId)?.origin ?? 'ledger',
        'search',
        `entry ${row.index} has a wrong running number`,
        row.index,
      ),
    )
  }
  return problems
}
