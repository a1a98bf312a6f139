/**
 * What a viewing is given. Every answer is for the viewing's own person, within its time, its span and the camera's
 * authority, and is in the log before it leaves. Keys are asked of the keyring for each picture and kept by nobody.
 */
import { type Clock, Failure } from '#base/base.ts'
import type { Sql } from '#engine/engine.ts'
import { chainBytes, decodeRecordHeader, openRecord, recordHeaderBytes } from '#formats/reel/reel.ts'
import { missingFor, principalAt, qualificationsAt } from '#policy/policy.ts'
import { findCamera, type Packs, reaches, reachOf } from '#register/register.ts'
import type { Person } from '#web/web.ts'
import type { Authority } from '../deps.ts'
import type { Keyring } from '../keyring/keyring.ts'
import { leaveHolds } from '../leave-store.ts'
import type { LinkServer } from '../link/server.ts'
import type { Gap } from '../model.ts'
import { findReel, gapsIn, type ReelRow, reelsIn } from '../store.ts'
import { findViewing, type Viewing } from '../viewing-store.ts'
import { allowedWhole, authorisedTimes, type Times } from './authority.ts'
import type { IndexCache } from './index-cache.ts'
import { fragmentAt, fragmentsIn, keyframeFor, type ReelIndex, rowAt } from './reel-index.ts'
import type { ServedLog } from './served.ts'

/** Why something isn't shown: a refusal, told in these words. */
export type NotShown =
  | 'no-viewing'
  | 'over'
  | 'no-right'
  | 'unqualified'
  | 'not-agreed'
  | 'conflicted'
  | 'outside'
  | 'no-authority'
  | 'deleted'
  | 'nothing-there'
  | 'unreachable'

export const notShownWords: Readonly<Record<NotShown, string>> = {
  'no-viewing': 'There is no such viewing of yours.',
  over: 'This viewing is over. Open a new one, with its reason, to look again.',
  'no-right': 'Your roles no longer let you look at this camera.',
  unqualified: 'Your training or licence for this is not in date any more, so the viewing is over.',
  'not-agreed': 'The leave that this viewing stands on is over or was taken back.',
  conflicted: 'You have declared a conflict here, so somebody else looks.',
  outside: 'This lies outside the span of the viewing.',
  'no-authority': 'This was recorded without authority, so nobody may see it.',
  deleted: 'This footage was deleted.',
  'nothing-there': 'Nothing was recorded here.',
  unreachable: 'The recorder that holds this can’t be reached now.',
}

export type Shown<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: NotShown }
const not = (why: NotShown): { readonly ok: false; readonly why: NotShown } => ({ ok: false, why })

export type ServeParts = {
  readonly sql: Sql
  readonly clock: Clock
  readonly keyring: Keyring
  readonly authority: Pick<Authority, 'intervals'>
  readonly link: Pick<LinkServer, 'read' | 'linked'>
  readonly indexes: IndexCache
  readonly served: ServedLog
  readonly packs: Packs
}

export type ReelState = 'kept' | 'deleted' | 'refused' | 'missing'

export type ViewingIndex = {
  readonly viewing: Viewing
  readonly cameraId: string
  readonly reels: readonly {
    readonly id: string
    readonly fromMs: number
    readonly toMs: number
    readonly state: ReelState
    readonly clause: string | null
    readonly cause: ReelRow['deletedCause']
    readonly codec: string
    readonly width: number
    readonly height: number
    readonly open: boolean
    /** The recorder can be asked for it now. */
    readonly reachable: boolean
  }[]
  readonly gaps: readonly Gap[]
  /** Times under authority within the span. */
  readonly authority: Times
}

/** One line for the player: sequence, start, end (ms), bytes, 1 for a keyframe, decode time (90 kHz), frames. */
export type FragmentLine = readonly [number, number, number, number, 0 | 1, number, number]

export type ReelFragments = {
  readonly reel: string
  readonly codec: string
  readonly fragments: readonly FragmentLine[]
}

export type Sought = {
  readonly reel: string
  readonly sequence: number
  readonly startMs: number
  readonly endMs: number
  readonly decodeTime: number
  readonly codec: string
  /** Initialisation segment and first fragment, clear, one after the other. */
  readonly bytes: Buffer
}

/**
 * The viewing, if it is this person's, still lasts, and the roles they hold now still reach each of its cameras. Who lost
 * the role at this landlord sees nothing more, whatever they may do at another.
 */
export async function validViewing(
  parts: Pick<ServeParts, 'sql' | 'clock' | 'packs'>,
  viewingId: string,
  person: Person,
): Promise<Shown<Viewing>> {
  const viewing = await findViewing(parts.sql, viewingId, person.id)
  if (viewing === null) return not('no-viewing')
  if (viewing.endedMs !== null || parts.clock.nowMs() >= viewing.expiresMs) return not('over')
  const reach = reachOf(person, viewing.kind === 'live' ? 'footage.live' : 'footage.view', parts.packs)
  const cameras = await Promise.all(viewing.cameraIds.map((id) => findCamera(parts.sql, id)))
  const reached = cameras.every(
    (camera) => camera !== null && !reach.everywhere && reaches(reach, camera.provider, camera.area, camera),
  )
  if (!reached) return not('no-right')
  // Declared while they look: from that moment they do not look here (the policy's rule no-conflict).
  const conflicted = cameras.some(
    (camera) =>
      camera !== null &&
      principalAt(person, { ...camera, patch: camera.patchId, caseId: viewing.caseId }).conflicted,
  )
  if (conflicted) return not('conflicted')
  // A licence can end in the middle of a viewing, and so can the leave of a second person.
  const nowMs = parts.clock.nowMs()
  const held = qualificationsAt(person.qualifications, viewing.provider)
  const { training } = parts.packs.packOf(viewing.provider).values
  const action = viewing.kind === 'live' ? 'footage.live' : 'footage.view'
  if (missingFor(training, action, held).length > 0) return not('unqualified')
  if (viewing.leaveId !== null && !(await leaveHolds(parts.sql, viewing.leaveId, nowMs)))
    return not('not-agreed')
  return { ok: true, value: viewing }
}

/** Reels and gaps of one camera in the viewing's span: what there is, without a picture. */
export async function indexOf(parts: ServeParts, viewing: Viewing, cameraId: string): Promise<ViewingIndex> {
  const { fromMs, toMs } = viewing
  const [reels, gaps, intervals] = await Promise.all([
    reelsIn(parts.sql, cameraId, fromMs, toMs),
    gapsIn(parts.sql, cameraId, fromMs, toMs),
    parts.authority.intervals(cameraId),
  ])
  const times = authorisedTimes(intervals)
  const nowMs = parts.clock.nowMs()
  return {
    viewing,
    cameraId,
    reels: reels.map((reel) => {
      const first = reel.firstMs ?? reel.openedMs
      const last = reel.lastMs ?? nowMs
      return {
        id: reel.id,
        fromMs: Math.max(first, fromMs),
        toMs: Math.min(last, toMs),
        state: stateOf(parts.keyring.keysAt(reel.head, nowMs) !== null, reel, times, first, last),
        clause: reel.deletedClause,
        cause: reel.deletedCause,
        codec: reel.head.codec,
        width: reel.head.width,
        height: reel.head.height,
        open: reel.closedMs === null,
        reachable: parts.link.linked(reel.recorderId),
      }
    }),
    gaps,
    authority: times
      .map((time) => ({ fromMs: Math.max(time.fromMs, fromMs), toMs: Math.min(time.toMs, toMs) }))
      .filter((time) => time.toMs > time.fromMs),
  }
}

/** The keyring decides what is deleted, not the row: a restored database revives nothing. */
function stateOf(hasKeys: boolean, reel: ReelRow, times: Times, first: number, last: number): ReelState {
  if (!hasKeys) return 'deleted'
  if (!times.some((time) => first < time.toMs && last > time.fromMs)) return 'refused'
  return reel.missingMs === null ? 'kept' : 'missing'
}

async function reelOf(parts: ServeParts, viewing: Viewing, reelId: string): Promise<Shown<ReelRow>> {
  const reel = await findReel(parts.sql, reelId)
  if (reel === null || !viewing.cameraIds.includes(reel.cameraId)) return not('nothing-there')
  return { ok: true, value: reel }
}

async function readIndex(parts: ServeParts, reel: ReelRow): Promise<Shown<ReelIndex>> {
  try {
    return { ok: true, value: await parts.indexes.get(reel) }
  } catch (error) {
    if (error instanceof Failure && (error.kind === 'unavailable' || error.kind === 'not-found'))
      return not('unreachable')
    throw error
  }
}

/** Times of the fragments of one reel that the viewing may have. */
export async function fragmentsOf(
  parts: ServeParts,
  viewing: Viewing,
  reelId: string,
): Promise<Shown<ReelFragments>> {
  const reel = await reelOf(parts, viewing, reelId)
  if (!reel.ok) return reel
  const [index, intervals] = await Promise.all([
    readIndex(parts, reel.value),
    parts.authority.intervals(reel.value.cameraId),
  ])
  if (!index.ok) return index
  const keys = parts.keyring.keysAt(index.value.head, parts.clock.nowMs())
  if (keys === null) return not('deleted')
  const times = authorisedTimes(intervals)
  const range = fragmentsIn(index.value, viewing.fromMs, viewing.toMs)
  const fragments: FragmentLine[] = []
  for (let n = range?.first ?? 0; range !== null && n <= range.last; n += 1) {
    const row = rowAt(index.value, index.value.rowOf[n]!)
    if (!allowedWhole(times, row.startMs, row.endMs)) continue
    fragments.push([
      row.sequence,
      row.startMs,
      row.endMs,
      row.bodyBytes,
      row.startsWithKeyframe ? 1 : 0,
      Number(row.decodeTime),
      row.frames,
    ])
  }
  return { ok: true, value: { reel: reelId, codec: index.value.head.codec, fragments } }
}

type Wanted = { index: ReelIndex; reel: ReelRow; times: Times; viewing: Viewing }

/** Opens one media record; noted as served before it is given. */
async function openFragment(parts: ServeParts, wanted: Wanted, n: number): Promise<Shown<Buffer>> {
  const { index, reel, times, viewing } = wanted
  const startMs = index.startMs[n]!
  const endMs = index.endMs[n]!
  const range = fragmentsIn(index, viewing.fromMs, viewing.toMs)
  if (range === null || n < range.first || n > range.last) return not('outside')
  if (!allowedWhole(times, startMs, endMs)) return not('no-authority')
  const row = rowAt(index, index.rowOf[n]!)
  const sealed = await readRecord(parts, reel, row.sequence)
  if (!sealed.ok) return sealed
  // Asked last: a key destroyed while the bytes were on their way opens nothing.
  const key = parts.keyring.keysAt(index.head, parts.clock.nowMs())?.keyOf(row.sequence) ?? null
  if (key === null) return not('deleted')
  await parts.served.note(viewing, reel.cameraId, startMs, endMs)
  return { ok: true, value: open(index, sealed.value, key, row.sequence) }
}

async function readRecord(parts: ServeParts, reel: ReelRow, sequence: number): Promise<Shown<Buffer>> {
  try {
    return { ok: true, value: await parts.link.read(reel.recorderId, reel.id, sequence, sequence) }
  } catch (error) {
    if (error instanceof Failure && (error.kind === 'unavailable' || error.kind === 'not-found'))
      return not('unreachable')
    throw error
  }
}

/** Opens a whole record as it came from the recorder, which is not trusted to have sent the right one. */
export function open(index: ReelIndex, record: Buffer, key: Buffer, sequence: number): Buffer {
  const header = decodeRecordHeader(record)
  if (typeof header === 'string') throw new Failure('data-loss', `the recorder sent no record: ${header}`)
  if (header.sequence !== sequence) throw new Failure('data-loss', 'the recorder sent another record')
  const end = recordHeaderBytes + header.bodyBytes
  if (record.byteLength < end || record.byteLength > end + chainBytes) {
    throw new Failure('data-loss', 'the recorder sent a record of the wrong length')
  }
  const clear = openRecord(
    key,
    index.headHash,
    record.subarray(0, recordHeaderBytes),
    record.subarray(recordHeaderBytes, end),
  )
  key.fill(0)
  return clear
}

/** The initialisation segment of a reel. */
async function openInit(parts: ServeParts, index: ReelIndex, reel: ReelRow): Promise<Shown<Buffer>> {
  if (index.initRow === null) return not('nothing-there')
  const { sequence } = rowAt(index, index.initRow)
  const sealed = await readRecord(parts, reel, sequence)
  if (!sealed.ok) return sealed
  const key = parts.keyring.keysAt(index.head, parts.clock.nowMs())?.keyOf(sequence) ?? null
  if (key === null) return not('deleted')
  return { ok: true, value: open(index, sealed.value, key, sequence) }
}

export async function fragmentBytes(
  parts: ServeParts,
  viewing: Viewing,
  reelId: string,
  sequence: number,
): Promise<Shown<Buffer>> {
  const found = await wantedReel(parts, viewing, reelId)
  if (!found.ok) return found
  const n = found.value.index.sequence.indexOf(sequence)
  return n < 0 ? not('nothing-there') : openFragment(parts, found.value, n)
}

export async function initBytes(parts: ServeParts, viewing: Viewing, reelId: string): Promise<Shown<Buffer>> {
  const found = await wantedReel(parts, viewing, reelId)
  if (!found.ok) return found
  const { index, reel, times } = found.value
  const range = fragmentsIn(index, viewing.fromMs, viewing.toMs)
  if (range === null) return not('outside')
  const any = allowedWhole(times, index.startMs[range.first]!, index.endMs[range.first]!)
  return any ? openInit(parts, index, reel) : not('no-authority')
}

async function wantedReel(parts: ServeParts, viewing: Viewing, reelId: string): Promise<Shown<Wanted>> {
  const reel = await reelOf(parts, viewing, reelId)
  if (!reel.ok) return reel
  return wantedOf(parts, viewing, reel.value)
}

async function wantedOf(parts: ServeParts, viewing: Viewing, reel: ReelRow): Promise<Shown<Wanted>> {
  const [index, intervals] = await Promise.all([
    readIndex(parts, reel),
    parts.authority.intervals(reel.cameraId),
  ])
  if (!index.ok) return index
  return { ok: true, value: { index: index.value, reel, times: authorisedTimes(intervals), viewing } }
}

/**
 * The first picture at an instant: initialisation segment and the fragment that shows `atMs` (or the first one after
 * it), from the keyframe that opens it. One request, one reading of the recorder's disk beyond the index.
 */
export async function seek(
  parts: ServeParts,
  viewing: Viewing,
  cameraId: string,
  atMs: number,
): Promise<Shown<Sought>> {
  if (!viewing.cameraIds.includes(cameraId)) return not('nothing-there')
  if (atMs < viewing.fromMs || atMs >= viewing.toMs) return not('outside')
  const reels = await reelsIn(parts.sql, cameraId, atMs, viewing.toMs)
  let why: NotShown = 'nothing-there'
  for (const reel of reels.slice(0, 3)) {
    const found = await wantedOf(parts, viewing, reel)
    if (!found.ok) {
      why = found.why
      continue
    }
    const { index } = found.value
    const at = fragmentAt(index, atMs)
    if (at === null) continue
    const n = keyframeFor(index, at)
    const [init, fragment] = await Promise.all([
      openInit(parts, index, reel),
      openFragment(parts, found.value, n),
    ])
    if (!fragment.ok || !init.ok) {
      why = fragment.ok ? (init as { why: NotShown }).why : fragment.why
      continue
    }
    const row = rowAt(index, index.rowOf[n]!)
    return {
      ok: true,
      value: {
        reel: reel.id,
        sequence: row.sequence,
        startMs: row.startMs,
        endMs: row.endMs,
        decodeTime: Number(row.decodeTime),
        codec: index.head.codec,
        bytes: Buffer.concat([init.value, fragment.value]),
      },
    }
  }
  return not(why)
}
