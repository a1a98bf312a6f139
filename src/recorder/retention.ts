import { addDays, type Log, startOfDayMs, story } from '#base/base.ts'
import type { MandateStore } from './mandate-store.ts'
import type { Storage } from './storage.ts'

/**
 * Reels leave the disk on the hub's order: only the hub knows what a hold still needs. A recorder that never had a hub
 * lets them go by itself seven days after their retention ended. One whose hub hasn't been heard for a week does so only
 * when its disk gets short: their keys are the hub's and go without it, so that most are noise by then, but one may be held.
 */
const graceDays = 7
/** A disk of which less is free is short. */
const shortOf = 0.1

/**
 * May reels go without an order?
 * @param hubSilentMs since the hub was last linked; null: there is no hub
 */
export const mayRemoveAlone = (
  hubSilentMs: number | null,
  disk: { readonly freeBytes: number; readonly totalBytes: number },
): boolean =>
  hubSilentMs === null ||
  (hubSilentMs >= graceDays * 86_400_000 && disk.freeBytes < shortOf * disk.totalBytes)

/** The first instant at which a day's reels may be removed without an order. */
export function removableFromMs(day: string, retentionDays: number, timeZone: string): number {
  return startOfDayMs(addDays(day, retentionDays + graceDays), timeZone)
}

/** @returns ids of the reels removed */
export async function removeExpired(
  storage: Storage,
  mandates: MandateStore,
  nowMs: number,
  log: Log,
): Promise<readonly string[]> {
  const due: string[] = []
  const days = new Map<string, Set<string>>()
  const overdue = new Map<string, boolean>()
  for (const place of storage.reels()) {
    const key = `${place.camera}/${place.day}`
    let isDue = overdue.get(key)
    if (isDue === undefined) {
      const retention = mandates.retentionOf(place.camera, place.day)
      const zone = mandates.of(place.camera)?.mandate.timeZone ?? 'Europe/London'
      // Nothing known of the day: it stays until the hub says so.
      isDue = retention !== null && nowMs >= removableFromMs(place.day, retention, zone)
      overdue.set(key, isDue)
    }
    if (isDue) due.push(place.reel)
    else {
      const held = days.get(place.camera) ?? new Set()
      days.set(place.camera, held.add(place.day))
    }
  }
  try {
    await storage.unlink(due)
    for (const camera of mandates.cameras()) await mandates.forgetDays(camera, days.get(camera) ?? new Set())
  } catch (error) {
    log.error({ story: story(error) }, "couldn't remove reels past their time; tried again within the hour")
    return []
  }
  if (due.length > 0) log.info({ reels: due.length }, 'removed reels seven days past their retention')
  return due
}
