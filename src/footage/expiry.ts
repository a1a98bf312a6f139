/**
 * Retention. At the first instant of its day a whole day's keys are destroyed in one act; the files follow. What it
 * costs depends on what is deleted, never on what is kept.
 *
 * A clock that jumped must not destroy an archive: no more than two days' keys go at once by themselves. For more, a
 * person has to agree, and the clock of a linked recorder has to say the same time as ours (design §6, "Time is data").
 */
import type { Log } from '#base/base.ts'
import { civilDay, type Result, refuse } from '#base/base.ts'
import { closeTask, openTask } from '#casework/casework.ts'
import { inTransaction } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { keepings } from '#providers/providers.ts'
import type { FootageDeps } from './deps.ts'
import {
  destroyReelKeysRow,
  expiredGroups,
  insertExpiry,
  reelsUnderKids,
  reelsWithKeys,
} from './keeping-store.ts'
import { broughtForward, destroyAgain, keepLess } from './kept-less.ts'
import type { DueGroup } from './keyring/keyring.ts'
import type { LinkServer } from './link/server.ts'
import { findReel } from './store.ts'
import type { IndexCache } from './viewing/index-cache.ts'

export const daysAtOnceMax = 2
/** How far two clocks may differ and still say the same time. */
export const clocksAgreeMs = 60_000

export type ExpiryParts = Pick<FootageDeps, 'sql' | 'clock' | 'keyring' | 'authority' | 'packs'> & {
  readonly log: Log
  readonly indexes: IndexCache
  readonly link: Pick<LinkServer, 'linkedRecorders' | 'clockDifferenceMs' | 'orderUnlinks'>
}

export type Agreement = {
  readonly personId: string
  readonly recorderId: string
  /** For whose footage the person may speak. */
  readonly landlords: readonly string[]
}

export type Expired = {
  readonly destroyed: readonly DueGroup[]
  /** Days that wait for a person and a second clock. */
  readonly waiting: readonly DueGroup[]
}

/** Distinct days among groups: time zones of one day count once. */
export const daysOf = (groups: readonly DueGroup[], packs: FootageDeps['packs']): number =>
  new Set(
    groups.flatMap((group) => {
      const list = keepings(packs, group.landlord)
      // What a newer version brought forward is more than one day's footage, although it goes on one day.
      return group.cameraDays.map(({ day }) =>
        broughtForward(list, group, day) === null ? group.goneBy : `${group.goneBy} ${day}`,
      )
    }),
  ).size

/** What may go now: the limit counts days, whatever the number of cameras. */
export function mayGo(due: readonly DueGroup[], packs: FootageDeps['packs'], agreed: boolean): boolean {
  return agreed || daysOf(due, packs) <= daysAtOnceMax
}

/**
 * Who took on the version that brings these days forward has agreed to it, where nothing else is too much and a second
 * clock says that its day has come. Null: somebody has to be asked.
 */
function agreedByAdopting(parts: ExpiryParts, landlord: string, due: readonly DueGroup[]): Agreement | null {
  const list = keepings(parts.packs, landlord)
  const by = new Set<string | null>()
  const usual = due.filter((group) => {
    const early = group.cameraDays.map(({ day }) => broughtForward(list, group, day))
    for (const one of early) if (one !== null) by.add(one.by)
    return early.includes(null)
  })
  const [personId] = by
  const recorderId = secondClock(parts.link)
  return typeof personId === 'string' && recorderId !== null && daysOfGoing(usual) <= daysAtOnceMax
    ? { personId, recorderId, landlords: [landlord] }
    : null
}

const daysOfGoing = (groups: readonly DueGroup[]): number => new Set(groups.map(({ goneBy }) => goneBy)).size

/** Destroys what is due, or asks for a person where that would be too much at once. */
export async function expire(parts: ExpiryParts, agreement: Agreement | null = null): Promise<Expired> {
  const { clock, keyring, link, log, packs } = parts
  await keepLess(parts)
  const byLandlord = Map.groupBy(keyring.due(clock.nowMs()), (group) => group.landlord)
  const destroyed: DueGroup[] = []
  const waiting: DueGroup[] = []
  for (const [landlord, due] of byLandlord) {
    const many = !mayGo(due, packs, false)
    const agreed =
      (agreement?.landlords.includes(landlord) ? agreement : null) ??
      (many ? agreedByAdopting(parts, landlord, due) : null)
    if (mayGo(due, packs, agreed !== null)) {
      for (const group of due) await expireGroup(parts, group, many ? agreed : null)
      await answerPeople(parts, landlord, agreed)
      destroyed.push(...due)
    } else {
      log.error(
        { landlord, days: daysOf(due, packs) },
        'more than two days of footage would be destroyed at once',
      )
      await askPeople(parts, landlord, due)
      waiting.push(...due)
    }
  }
  if (destroyed.length > 0) for (const id of link.linkedRecorders()) await link.orderUnlinks(id)
  return { destroyed, waiting }
}

/**
 * Ledger and rows first, then the keys: a crash between leaves a day that is still due, and the next run ends it. The
 * other order could leave a deletion that no entry tells of.
 */
async function expireGroup(parts: ExpiryParts, group: DueGroup, agreement: Agreement | null): Promise<void> {
  const { sql, keyring, indexes, authority } = parts
  const nowMs = parts.clock.nowMs()
  const reels = await reelsUnderKids(
    sql,
    group.cameraDays.map(({ kid }) => kid),
  )
  const kept = reels.filter((reel) => reel.keysDestroyedMs === null)
  const byCameraDay = Map.groupBy(kept, (reel) => `${reel.cameraId} ${reel.day}`)
  const clauses = new Map<string, string | null>()
  for (const [cameraDay, [first]] of byCameraDay) {
    const { cameraId, day } = first!
    clauses.set(cameraDay, (await authority.retention(cameraId, day, group.goneBy)).clause)
  }
  await inTransaction(sql, async (tx) => {
    const isNew = await insertExpiry(tx, {
      group: group.name,
      goneBy: group.goneBy,
      timeZone: group.timeZone,
      goneByMs: group.goneByMs,
      destroyedMs: nowMs,
      cameraDays: group.cameraDays.length,
      agreedBy: agreement?.personId ?? null,
      agreedRecorder: agreement?.recorderId ?? null,
    })
    for (const [cameraDay, of] of byCameraDay) {
      await destroyReelKeysRow(
        tx,
        of.map((reel) => reel.id),
        { atMs: nowMs, cause: 'retention', clause: clauses.get(cameraDay) ?? null },
      )
    }
    if (!isNew) return
    await append(tx, {
      kind: 'footage.expired',
      actor: agreement?.personId ?? null,
      provider: group.landlord,
      about: agreement === null ? {} : { recorder: agreement.recorderId },
      data: {
        goneBy: group.goneBy,
        timeZone: group.timeZone,
        cameraDays: group.cameraDays.length,
        reels: kept.length,
        clause: [...clauses.values()][0] ?? null,
        lateMs: nowMs - group.goneByMs,
      },
      atMs: nowMs,
    })
  })
  await keyring.destroyGroup(group.name, nowMs)
  for (const { id } of reels) indexes.forget(id)
}

const taskKind = 'expiry.agree'

async function askPeople(parts: ExpiryParts, landlord: string, due: readonly DueGroup[]): Promise<void> {
  const nowMs = parts.clock.nowMs()
  const pack = parts.packs.packOf(landlord)
  await inTransaction(parts.sql, (tx) =>
    openTask(tx, {
      kind: taskKind,
      provider: landlord,
      title: `Footage of ${daysOf(due, parts.packs)} days waits to be deleted at once. Say whether the time is right.`,
      roles: [pack.values.dpoRole],
      about: { provider: landlord },
      dueMs: nowMs,
      clause: pack.values.retentionDays.clause,
      nowMs,
    }),
  )
}

async function answerPeople(parts: ExpiryParts, landlord: string, by: Agreement | null): Promise<void> {
  const nowMs = parts.clock.nowMs()
  await inTransaction(parts.sql, (tx) =>
    closeTask(tx, { kind: taskKind, about: { provider: landlord }, by: by?.personId ?? null, nowMs }),
  )
}

/** A linked recorder whose clock says the same time as ours, or null. */
export function secondClock(link: ExpiryParts['link']): string | null {
  for (const id of link.linkedRecorders()) {
    const difference = link.clockDifferenceMs(id)
    if (difference !== null && Math.abs(difference) <= clocksAgreeMs) return id
  }
  return null
}

/** A person agrees that several days go at once. Refused without a second clock that agrees. */
export async function agreeToExpire(
  parts: ExpiryParts,
  personId: string,
  landlords: readonly string[],
): Promise<Result<Expired>> {
  const recorderId = secondClock(parts.link)
  if (recorderId === null) {
    return refuse({
      code: 'no-second-clock',
      message:
        'No linked recorder shows the same time as the hub. Check the clocks of both, and try again when a recorder is linked.',
      clause: null,
    })
  }
  return { ok: true, value: await expire(parts, { personId, recorderId, landlords }) }
}

/**
 * At start, database and keyring are brought in step. What the database says was destroyed is destroyed again, should
 * an old keyring have come back; what the keyring no longer has is marked, should an old database have come back.
 */
export async function replayExpiries(
  parts: ExpiryParts,
): Promise<{ destroyedAgain: number; marked: number }> {
  const { sql, keyring } = parts
  const nowMs = parts.clock.nowMs()
  const inKeyring = new Set(keyring.due(Number.MAX_SAFE_INTEGER).map((group) => group.name))
  let destroyedAgain = 0
  for (const { group } of await expiredGroups(sql)) {
    if (inKeyring.has(group) && (await keyring.destroyGroup(group, nowMs))) destroyedAgain += 1
  }
  destroyedAgain += await destroyAgain(parts)
  await keepLess(parts, true)
  const lost = (await reelsWithKeys(sql)).filter((reel) => keyring.goneBy(reel.kid) === null)
  let marked = 0
  for (const reel of lost) {
    const row = await findReel(sql, reel.id)
    if (row === null || keyring.keysOf(row.head) !== null) continue
    const expired = row.goneByMs <= nowMs
    const today = civilDay(nowMs, row.timeZone)
    const clause = expired ? (await parts.authority.retention(row.cameraId, row.day, today)).clause : null
    await destroyReelKeysRow(sql, [row.id], {
      atMs: nowMs,
      cause: expired ? 'retention' : 'keyring-lost',
      clause,
    })
    marked += 1
  }
  return { destroyedAgain, marked }
}
