/**
 * The clock is an argument everywhere: tests drift it, a demo home may move it, nothing else may.
 * Wall time is whole milliseconds since the Unix epoch; monotonic time only measures spans.
 */
export type Clock = {
  /** Wall time, ms since the Unix epoch. */
  nowMs(): number
  /** Monotonic time in ms with fractions; only differences mean anything. */
  monotonicMs(): number
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
}

/** A clock moved by a fixed offset: only a home initialised as demo may run on one. */
export function shiftedClock(inner: Clock, offsetMs: () => number): Clock {
  return { nowMs: () => inner.nowMs() + offsetMs(), monotonicMs: () => inner.monotonicMs() }
}

/** A clock that stands still until told otherwise, for tests and simulations. */
export function manualClock(startMs: number): Clock & { set(ms: number): void; advance(ms: number): void } {
  let wallMs = startMs
  let monoMs = 0
  return {
    nowMs: () => wallMs,
    monotonicMs: () => monoMs,
    set(ms) {
      wallMs = ms
    },
    advance(ms) {
      wallMs += ms
      monoMs += ms
    },
  }
}

/** The civil day (`2026-11-22`) at the site. Retention counts these, never spans of 24 hours. */
export function civilDay(epochMs: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timeZone).toPlainDate().toString()
}

/** The first instant of a civil day at the site, ms since the epoch. */
export function startOfDayMs(day: string, timeZone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime(timeZone).startOfDay().epochMilliseconds
}

/** The civil day `days` after `day` (negative: before). */
export function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString()
}

/** Whole civil days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days
}
