/** How long a mandate may run: pure sums over civil days at the site. */
import { addDays, civilDay, startOfDayMs } from '#base/base.ts'
import type { Deployment } from './model.ts'

/**
 * Keys are given this many days ahead: a site cut off from the hub goes on for five weeks and then stops by itself
 * (design §5). Renewed daily while linked.
 */
export const leaseDaysAhead = 35
/** An installer stands before the camera; one still needs no more. */
export const commissioningMinutesMax = 30

export type Lease = {
  readonly fromMs: number
  readonly untilMs: number
  /** End of the authority behind the lease; null: the policy sets none. */
  readonly authorityUntilMs: number | null
  /** Civil days, each of which gets a key. */
  readonly days: readonly string[]
}

/** The span that was approved: from the first instant of the first day to the last instant of the last. */
export function authorityOf(d: Pick<Deployment, 'fromDay' | 'untilDay' | 'timeZone'>): {
  readonly fromMs: number
  readonly untilMs: number | null
} {
  return {
    fromMs: startOfDayMs(d.fromDay, d.timeZone),
    untilMs: d.untilDay === null ? null : startOfDayMs(addDays(d.untilDay, 1), d.timeZone),
  }
}

/**
 * The lease that a mandate issued now carries, or null: not begun yet, or over.
 * @param startedMs when recording under this authority began; null for the first mandate
 */
export function planLease(
  d: Pick<Deployment, 'fromDay' | 'untilDay' | 'timeZone'>,
  nowMs: number,
  startedMs: number | null = null,
): Lease | null {
  const authority = authorityOf(d)
  if (nowMs < authority.fromMs) return null
  if (authority.untilMs !== null && nowMs >= authority.untilMs) return null
  const today = civilDay(nowMs, d.timeZone)
  const farthest = addDays(today, leaseDaysAhead)
  const last = d.untilDay !== null && d.untilDay < farthest ? d.untilDay : farthest
  return {
    fromMs: startedMs ?? nowMs,
    untilMs: startOfDayMs(addDays(last, 1), d.timeZone),
    authorityUntilMs: authority.untilMs,
    days: daysFromTo(today, last),
  }
}

/** A lease of `minutes` from now for the reference still; it may cross midnight. */
export function planCommissioning(timeZone: string, nowMs: number, minutes: number): Lease {
  const length = Math.min(minutes, commissioningMinutesMax) * 60_000
  const untilMs = nowMs + length
  return {
    fromMs: nowMs,
    untilMs,
    authorityUntilMs: untilMs,
    days: daysFromTo(civilDay(nowMs, timeZone), civilDay(untilMs - 1, timeZone)),
  }
}

/** Would a mandate issued now reach farther than the one in force? */
export function renewalDue(
  d: Pick<Deployment, 'fromDay' | 'untilDay' | 'timeZone'>,
  untilMs: number,
  nowMs: number,
): boolean {
  const lease = planLease(d, nowMs)
  return lease !== null && lease.untilMs > untilMs
}

function daysFromTo(first: string, last: string): string[] {
  const days: string[] = []
  for (let day = first; day <= last && days.length <= leaseDaysAhead; day = addDays(day, 1)) days.push(day)
  return days
}

/** "Day 9 of 28" at the site: 0 before the first day; null where the authority has no last day. */
export function dayOfAuthority(
  d: Pick<Deployment, 'fromDay' | 'untilDay' | 'timeZone'>,
  nowMs: number,
): { readonly day: number; readonly of: number } | null {
  if (d.untilDay === null) return null
  const from = Temporal.PlainDate.from(d.fromDay)
  const count = (day: string) => from.until(Temporal.PlainDate.from(day), { largestUnit: 'days' }).days + 1
  return { day: Math.max(0, count(civilDay(nowMs, d.timeZone))), of: count(d.untilDay) }
}
