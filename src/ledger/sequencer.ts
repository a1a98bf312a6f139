import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Clock,
  Failure,
  type Home,
  type Json,
  type Log,
  newId,
  story,
  writeFileDurably,
} from '#base/base.ts'
import type { Sql, Tx } from '#engine/engine.ts'
import { leafHash, signCheckpoint, treeRoot, verifyCheckpoint } from '#formats/log/log.ts'
import { type Leaf, leafText } from './entry.ts'
import type { LedgerKey } from './key.ts'
import {
  addBatch,
  growTiles,
  type LogRow,
  newestLog,
  readerOf,
  readPending,
  readTiles,
  rightEdge,
} from './store.ts'

/**
 * Numbers what was appended and signs the tree over it. Several hubs may run one; the database lets one batch in at a
 * time. Nothing of the tree is kept in memory between batches, so there is nothing to rebuild after a failure.
 */
export type Sequencer = {
  /** Resolves when everything committed before the call is numbered and signed. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** Provable within 2 s: 0.2 s until the next look, a batch of this size takes about 0.4 s (measured). */
export const everyMs = 200
export const batchMax = 5_000
/** Any fixed number: whoever holds it sequences, others look again later. */
const lockNumber = 0x1ed6e2

export type SequencerParts = {
  readonly sql: Sql
  readonly home: Pick<Home, 'path' | 'id' | 'born'>
  readonly key: LedgerKey
  readonly clock: Clock
  readonly log: Log
}

/**
 * Checks that key, name and database belong together, opens the first log of a new home, and starts.
 * @throws Failure('data-loss') when the ledger was signed with another key than the one in the home
 */
export async function startSequencer(parts: SequencerParts): Promise<Sequencer> {
  const newest = await newestLog(parts.sql)
  if (newest !== null && !newest.publicKey.equals(parts.key.publicKey)) {
    throw new Failure(
      'data-loss',
      'The ledger in the database was signed with another key than OVERT_HOME/keys/ledger.key. Put the right key back; a new one would look like a forgery to everybody who holds a checkpoint.',
    )
  }
  if (newest !== null && !newest.origin.startsWith(`${originOf(parts.home)}/`)) {
    throw new Failure(
      'conflict',
      `The ledger in the database is ${newest.origin}, but this home is ${originOf(parts.home)}. Set OVERT_HOME or DATABASE_URL so that they belong together.`,
    )
  }
  // Looked at once, here: a database is restored only while nothing runs on it.
  await openLogIfDue(parts, await readHead(parts))

  let closing = false
  let wakeUp = (): void => undefined
  let running: Promise<void> | null = null
  const round = (): Promise<void> => {
    running ??= sequenceAll(parts).finally(() => {
      running = null
    })
    return running
  }
  const loop = (async () => {
    while (!closing) {
      try {
        await round()
      } catch (error) {
        parts.log.error({ why: story(error) }, "couldn't sequence the ledger; it will be tried again")
      }
      if (closing) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs)
        wakeUp = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  })()
  return {
    async flush() {
      // A round that is under way may have begun before the caller's commit.
      await running?.catch(() => undefined)
      await round()
    },
    async close() {
      closing = true
      wakeUp()
      await loop
    },
  }
}

/** Sequences until nothing is pending. Another process at work is left to it. */
async function sequenceAll(parts: SequencerParts): Promise<void> {
  for (;;) {
    const [waiting] = await parts.sql`select 1 from ledger.pending limit 1`
    if (waiting === undefined) return
    await openLogIfDue(parts, null)
    const more = await parts.sql.begin((tx) => sequenceBatch(tx, parts))
    if (more === null) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      continue
    }
    await keepHead(parts.home.path, more)
  }
}

/** One batch in one transaction. @returns the signed checkpoint, or null when another process is sequencing */
async function sequenceBatch(tx: Tx, parts: SequencerParts): Promise<string | null> {
  const [lock] = await tx<{ mine: boolean }[]>`select pg_try_advisory_xact_lock(${lockNumber}) as mine`
  if (!lock?.mine) return null
  const log = await newestLog(tx)
  if (log === null) throw new Failure('data-loss', 'the ledger has no log')
  const pending = await readPending(tx, batchMax)
  if (pending.length === 0) return (await newestNote(tx, log)) ?? null
  return await addLeaves(tx, parts, log, pending)
}

async function newestNote(tx: Tx, log: LogRow): Promise<string | undefined> {
  const [row] = await tx<{ note: string }[]>`
    select note from ledger.checkpoint where log_id = ${log.id} order by size desc limit 1`
  return row?.note
}

async function addLeaves(
  tx: Tx,
  parts: SequencerParts,
  log: LogRow,
  pending: readonly { seq: number; leaf: string }[],
): Promise<string> {
  const edge = await readTiles(tx, log.id, rightEdge(log.size))
  const grown = growTiles(
    log.size,
    edge,
    pending.map(({ leaf }) => leafHash(Buffer.from(leaf))),
  )
  const size = log.size + pending.length
  const replaced = new Set(grown.map((tile) => `${tile.level}/${tile.index}`))
  const untouched = edge.filter((tile) => !replaced.has(`${tile.level}/${tile.index}`))
  const root = treeRoot(readerOf([...grown, ...untouched]), size)
  const note = signCheckpoint(
    { origin: log.origin, size, root },
    { name: log.origin, publicKey: log.publicKey },
    parts.key.privateKey,
  )
  await addBatch(tx, {
    log,
    seqs: pending.map(({ seq }) => seq),
    tiles: grown,
    root,
    note,
    atMs: parts.clock.nowMs(),
  })
  return note
}

/** `overt/<home id>` or, for a home born as demo, `overt-demo/<home id>`; a log's name adds the year. */
export const originOf = (home: Pick<Home, 'id' | 'born'>): string =>
  `${home.born === 'demo' ? 'overt-demo' : 'overt'}/${home.id}`

/**
 * Opens a log where there is none for this year (UTC, by Overt's clock; a clock set back opens nothing), or where the
 * database knows less than was already signed, which means that a backup was restored: the old name is never signed
 * again at a lower size, and the new log opens by saying what was lost.
 */
async function openLogIfDue(parts: SequencerParts, head: Head | null): Promise<void> {
  const due = logDue(parts, await newestLog(parts.sql), head)
  if (due === null) return
  const note = await parts.sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${lockNumber})`
    const last = await newestLog(tx)
    const still = logDue(parts, last, head)
    return still === null ? null : await openLog(tx, parts, last, still)
  })
  if (note === null) return
  await keepHead(parts.home.path, note)
  parts.log.info({ year: due.year, part: due.part }, 'opened a log of the ledger')
}

type Due = {
  readonly year: number
  readonly part: number /** The note that the database has lost. */
  readonly lost: string | null
}

function logDue(parts: SequencerParts, last: LogRow | null, head: Head | null): Due | null {
  const year = new Date(parts.clock.nowMs()).getUTCFullYear()
  if (head !== null && (last === null || isAhead(head, last))) {
    // Never a name that was signed before: the part after the newest that anybody may hold a checkpoint of.
    const from = partOf(head.origin)
    return year > from.year
      ? { year, part: 1, lost: head.note }
      : { year: from.year, part: from.part + 1, lost: head.note }
  }
  return last === null || year > last.year ? { year, part: 1, lost: null } : null
}

async function openLog(tx: Tx, parts: SequencerParts, last: LogRow | null, due: Due): Promise<string> {
  const nowMs = parts.clock.nowMs()
  const origin = `${originOf(parts.home)}/${due.year}${due.part === 1 ? '' : `.${due.part}`}`
  const previous = last === null ? null : ((await newestNote(tx, last)) ?? null)
  const [opened] = await tx<{ id: number }[]>`
    select ledger.open_log(${origin}, ${due.year}, ${due.part}, ${parts.key.publicKey}, ${nowMs}::timestamptz) as id`
  const leaf: Leaf = {
    v: 1,
    id: newId(nowMs),
    kind: due.lost === null ? 'ledger.opened' : 'ledger.resumed',
    at: nowMs,
    actor: null,
    provider: null,
    about: {},
    data: { origin, previous, ...(due.lost === null ? {} : { lost: due.lost }) } as { [name: string]: Json },
    personal: {},
  }
  const text = leafText(leaf)
  await tx`insert into ledger.pending (id, leaf) values (${leaf.id}, ${text})`
  const [row] = await tx<{ seq: number }[]>`select seq from ledger.pending where id = ${leaf.id}`
  const log = await newestLog(tx)
  if (log === null || log.id !== opened?.id) throw new Failure('conflict', 'the ledger moved on')
  return await addLeaves(tx, parts, log, [{ seq: row!.seq, leaf: text }])
}

/**
 * The newest checkpoint is also kept in the home, outside the database: a database that comes back older than this
 * was restored from a backup. Written after the commit, so it may lag by one batch and never leads.
 */
const headFile = (home: string): string => join(home, 'ledger-head')

async function keepHead(home: string, note: string): Promise<void> {
  await writeFileDurably(headFile(home), note)
}

type Head = { readonly origin: string; readonly size: number; readonly note: string }

async function readHead(parts: SequencerParts): Promise<Head | null> {
  const note = await readFile(headFile(parts.home.path), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (note === null) return null
  const origin = note.split('\n')[0] ?? ''
  const checkpoint = verifyCheckpoint(note, { name: origin, publicKey: parts.key.publicKey })
  if (checkpoint === null) {
    throw new Failure(
      'data-loss',
      `${headFile(parts.home.path)} is not a checkpoint signed by this home's key.`,
    )
  }
  return { origin: checkpoint.origin, size: checkpoint.size, note }
}

function partOf(origin: string): { year: number; part: number } {
  const [year, part] = (origin.split('/')[2] ?? '').split('.')
  return { year: Number(year), part: part === undefined ? 1 : Number(part) }
}

function isAhead(head: Head, last: LogRow): boolean {
  const at = partOf(head.origin)
  if (at.year !== last.year) return at.year > last.year
  if (at.part !== last.part) return at.part > last.part
  return head.size > last.size
}
