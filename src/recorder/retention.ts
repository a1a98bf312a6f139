import { addDays, type Log, startOfDayMs, story } from '#base/base.ts'
import type { MandateStore } from './mandate-store.ts'
import type { Storage } from './storage.ts'

/**
 * Reels leave the disk on the hub's order: only the hub knows what a hold still needs. Without a hub, or when it hasn't
 * been heard for seven days, they leave seven days after their retention ended. By then their keys are gone and they are
 * noise; a recorder whose hub is away for good must not fill up with it.
 */
const graceDays = 7

/** May reels go without an order? @param hubSilentMs since the hub was last linked; null: there is no hub */
export const mayRemoveAlone = (hubSilentMs: number | null): boolean =>
  hubSilentMs === null || hubSilentMs >= graceDays * 86_400_000

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
