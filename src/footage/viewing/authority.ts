/** Which times may be shown: pure sums over the intervals in which a camera had authority. */
import type { AuthorityInterval } from '../deps.ts'

export type Times = readonly { readonly fromMs: number; readonly toMs: number }[]

/**
 * The times in which ordinary or transitional authority stood, joined where they touch or overlap. What was made under
 * a commissioning mandate is for its one still and for no viewing.
 */
export function authorisedTimes(intervals: readonly AuthorityInterval[]): Times {
  const sorted = intervals
    .filter((interval) => interval.class !== 'commissioning' && interval.untilMs > interval.fromMs)
    .toSorted((a, b) => a.fromMs - b.fromMs)
  const joined: { fromMs: number; toMs: number }[] = []
  for (const { fromMs, untilMs } of sorted) {
    const last = joined.at(-1)
    if (last !== undefined && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, untilMs)
    else joined.push({ fromMs, toMs: untilMs })
  }
  return joined
}

/**
 * Whose rules speak for an instant: the authority in force then, else the one before it, else the first after it. A span
 * that is marked a little too wide is the same camera's. null: it never had any.
 */
export function intervalFor<Interval extends Pick<AuthorityInterval, 'fromMs' | 'untilMs'>>(
  intervals: readonly Interval[],
  atMs: number,
): Interval | null {
  const sorted = intervals.toSorted((a, b) => a.fromMs - b.fromMs)
  return (
    sorted.findLast((one) => one.fromMs <= atMs && atMs < one.untilMs) ??
    sorted.findLast((one) => one.fromMs <= atMs) ??
    sorted[0] ??
    null
  )
}

/** Does one authorised time hold the whole of a fragment? A fragment that reaches past the end is not shown at all. */
export function allowedWhole(times: Times, startMs: number, endMs: number): boolean {
  return times.some((time) => startMs >= time.fromMs && endMs <= time.toMs)
}

/** The parts of a span that lie in the times. */
export function partsOfSpan(times: Times, fromMs: number, toMs: number): Times {
  return times
    .map((time) => ({ fromMs: Math.max(time.fromMs, fromMs), toMs: Math.min(time.toMs, toMs) }))
    .filter((part) => part.toMs > part.fromMs)
}

/** The parts of a span that lie in none of the times. */
export function partsOutside(times: Times, fromMs: number, toMs: number): Times {
  const edges = joinTimes(partsOfSpan(times, fromMs, toMs))
  const begins = [fromMs, ...edges.map((time) => time.toMs)]
  const ends = [...edges.map((time) => time.fromMs), toMs]
  return begins.map((from, n) => ({ fromMs: from, toMs: ends[n]! })).filter((part) => part.toMs > part.fromMs)
}

/** Joins times that touch, overlap or lie within `slackMs` of each other. */
export function joinTimes(times: Times, slackMs = 0): Times {
  const joined: { fromMs: number; toMs: number }[] = []
  for (const time of times.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1)
    if (last !== undefined && time.fromMs <= last.toMs + slackMs) last.toMs = Math.max(last.toMs, time.toMs)
    else joined.push({ ...time })
  }
  return joined
}
