/** What must be true of a home after any fault: the questions are always the same. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { silentLog } from '#base/base.ts'
import { connect, startPostgres } from '#engine/engine.ts'
import { openKeyring } from '#footage/footage.ts'
import type { GapCause } from '#formats/reel/reel.ts'
import { decodeFrames, examineRun } from '#tests/rig/oracle.ts'
import { type OpenedReel, openReel, reelsUnder } from '#tests/rig/reels.ts'
import type { Fragment } from './estate.ts'

type Span = { readonly fromMs: number; readonly toMs: number }

/** Holes shorter than this are the spacing of pictures and the clock's slewing, not lost footage. */
const holeMs = 200
const program = join(import.meta.dirname, '..', '..', 'src', 'main.ts')

/** Opens every reel with the keyring's keys: none may be torn, none may fail to open. */
export async function openEverything(
  home: string,
  keyringFolder: string,
  film = false,
): Promise<OpenedReel[]> {
  const keyring = await openKeyring({
    folder: keyringFolder,
    copy: null,
    passphrase: null,
    expectedId: null,
    nowMs: Date.now(),
    log: silentLog,
  })
  try {
    const opened: OpenedReel[] = []
    for (const path of await reelsUnder(join(home, 'recorder'))) {
      const reel = await openReel(
        path,
        (head) => {
          const keys = keyring.keysOf(head)
          assert.ok(keys !== null, `the keyring has no key for ${path}`)
          return (sequence) => {
            const key = keys.keyOf(sequence)
            assert.ok(key !== null, `the keyring has no key for record ${sequence} of ${path}`)
            return key
          }
        },
        { film },
      )
      assert.equal(reel.scan.state, 'closed', `${path} is ${reel.scan.state}: ${reel.scan.problem}`)
      assert.equal(reel.frames, reel.framesClaimed, `${path}: its headers count pictures that are not there`)
      opened.push(reel)
    }
    return opened
  } finally {
    await keyring.close()
  }
}

/**
 * No fragment that lay sealed on the disk before a fault is gone or different after it. A whole reel may be gone by the
 * hub's order (a commissioning reel after its one still, say); those are returned, to be looked up in the catalogue.
 */
export function nothingLost(
  before: ReadonlyMap<string, Fragment>,
  after: ReadonlyMap<string, Fragment>,
): Set<string> {
  const here = new Set([...after.values()].map(({ path }) => path))
  const gone = new Set<string>()
  for (const [name, fragment] of before) {
    if (here.has(fragment.path) || existsSync(fragment.path)) {
      assert.deepEqual(after.get(name), fragment, `${name} was sealed before the fault and is lost`)
    } else gone.add(basename(fragment.path, '.reel'))
  }
  return gone
}

/** Parts of `span` that none of `covers` covers, longer than a hole may be. */
export function uncovered(span: Span, covers: readonly Span[]): Span[] {
  const holes: Span[] = []
  let atMs = span.fromMs
  for (const cover of covers.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (cover.fromMs - atMs > holeMs) holes.push({ fromMs: atMs, toMs: Math.min(cover.fromMs, span.toMs) })
    atMs = Math.max(atMs, cover.toMs)
    if (atMs >= span.toMs) break
  }
  if (span.toMs - atMs > holeMs) holes.push({ fromMs: atMs, toMs: span.toMs })
  return holes
}

type Gap = Span & { readonly camera: string; readonly cause: GapCause }

/** The hub's catalogue: its gaps, and which reels it had removed and why. */
export type Catalogue = { readonly gaps: readonly Gap[]; readonly removed: ReadonlyMap<string, string> }

export async function readCatalogue(home: string): Promise<Catalogue> {
  const postgres = await startPostgres({ home, log: silentLog })
  try {
    const sql = connect(postgres.url, { max: 1, log: silentLog })
    try {
      const rows = await sql<{ camera: string; from: number; to: number | null; cause: GapCause }[]>`
        select camera_id as camera, from_at as "from", to_at as "to", cause from footage.gap`
      const gaps = rows.map(({ camera, from, to, cause }) => ({
        camera,
        fromMs: from,
        toMs: to ?? Number.MAX_SAFE_INTEGER,
        cause,
      }))
      const removed = await sql<{ id: string; cause: string }[]>`
        select id, deleted_cause as cause from footage.reel
        where unlink_ordered_at is not null and keys_destroyed_at is not null`
      return { gaps, removed: new Map(removed.map(({ id, cause }) => [id, cause])) }
    } finally {
      await sql.end()
    }
  } finally {
    await postgres.close()
  }
}

/** Every hole between a camera's first and last picture has a cause that somebody can name. */
export function everyGapHasItsCause(reels: readonly OpenedReel[], catalogued: readonly Gap[]): void {
  const cameras = new Set(reels.map(({ head }) => head.camera))
  for (const camera of cameras) {
    const own = reels.filter(({ head }) => head.camera === camera)
    const media = own.flatMap(({ scan }) =>
      scan.records
        .filter(({ type }) => type === 'media')
        .map(({ startMs, endMs }) => ({ fromMs: startMs, toMs: endMs })),
    )
    if (media.length === 0) continue
    const span = {
      fromMs: Math.min(...media.map(({ fromMs }) => fromMs)),
      toMs: Math.max(...media.map(({ toMs }) => toMs)),
    }
    const gaps = [
      ...own.flatMap(({ scan }) => scan.gaps),
      ...catalogued.filter((gap) => gap.camera === camera),
    ]
    for (const gap of gaps)
      assert.notEqual(gap.cause, 'unknown', `a gap of camera ${camera} without a known cause`)
    const holes = uncovered(span, [...media, ...gaps])
    assert.deepEqual(holes, [], `camera ${camera} has holes that no gap accounts for`)
  }
}

/** ffmpeg decodes all of it, and no picture is there twice or missing without a hole in the record around it. */
export async function everyPictureOnce(reels: readonly OpenedReel[]): Promise<number> {
  let pictures = 0
  for (const reel of reels) {
    if (reel.frames === 0) continue
    const decoded = await decodeFrames(reel.film)
    assert.equal(decoded.length, reel.frames, `${reel.path}: ffmpeg sees another number of pictures`)
    const run = examineRun(decoded)
    assert.equal(run.repeated, 0, `${reel.path}: a picture is there twice`)
    assert.equal(run.unreadable, 0, `${reel.path}: a picture's clock can't be read`)
    if (reel.scan.gaps.length === 0)
      assert.equal(run.missing, 0, `${reel.path}: a picture is missing without a gap`)
    pictures += decoded.length
  }
  return pictures
}

/** `overt ledger verify` beside the stopped home. */
export async function ledgerVerifies(home: string, keyring: string): Promise<void> {
  const env = { ...process.env, OVERT_HOME: home, OVERT_KEYRING: keyring, NODE_NO_WARNINGS: '1' }
  await promisify(execFile)(process.execPath, [program, 'ledger', 'verify'], { env })
}
