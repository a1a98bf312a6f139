import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from './clock.ts'
import { writeFileDurably } from './durable.ts'
import type { Log } from './log.ts'

/**
 * The time that a process lives by. It never runs back: a durable mark remembers the latest instant known, and a clock that
 * stands before it is not believed; time then counts on from the mark by the monotonic clock, marked uncertain. So a
 * clock set back, before or after a restart, never prolongs a mandate. A clock that leaps forward is believed (that
 * only ends authority early) and told.
 */
export type MarkedClock = Clock & {
  /** How far the time may be from the host's clock, ms; grows while the clock is not believed. */
  uncertaintyMs(): number
  /** Writes the mark if it is due. Call about once a second. */
  keep(): Promise<void>
  close(): Promise<void>
}

/** A clock that leaps by more than this is told as a step; less is what NTP does while it settles. */
const stepMs = 500
const markEveryMs = 5000

/**
 * @param folder where `time-mark.json` is kept
 * @param onStep told when the clock leapt forward, with the time before and after
 */
export async function openMarkedClock(
  folder: string,
  clock: Clock,
  log: Log,
  onStep: (fromMs: number, toMs: number) => void,
): Promise<MarkedClock> {
  const path = join(folder, 'time-mark.json')
  let lastMs = await readMark(path)
  let lastMonotonicMs = clock.monotonicMs()
  let markedMs = 0
  let behindMs = 0
  let told = false
  let first = true

  function nowMs(): number {
    const monotonicMs = clock.monotonicMs()
    const continuedMs = lastMs + (monotonicMs - lastMonotonicMs)
    const hostMs = clock.nowMs()
    let result: number
    if (hostMs >= lastMs && hostMs >= continuedMs - stepMs) {
      // Between the mark of an earlier process and now any time may have passed; only a running one sees a leap.
      if (!first && hostMs > continuedMs + stepMs) onStep(Math.round(continuedMs), hostMs)
      result = hostMs
      behindMs = 0
      told = false
    } else if (hostMs >= continuedMs - stepMs) {
      result = lastMs // a little behind: stand still until the clock has caught up
    } else {
      result = continuedMs
      behindMs = continuedMs - hostMs
      if (!told)
        log.warn({ behindMs: Math.round(behindMs) }, 'the clock was set back; time counts on from the mark')
      told = true
    }
    first = false
    lastMs = result
    lastMonotonicMs = monotonicMs
    return Math.floor(result)
  }

  async function write(): Promise<void> {
    const ms = nowMs()
    await writeFileDurably(path, `${JSON.stringify({ v: 1, ms })}\n`)
    markedMs = ms
  }

  nowMs()
  await write()
  return {
    nowMs,
    monotonicMs: () => clock.monotonicMs(),
    uncertaintyMs: () => Math.round(behindMs),
    async keep() {
      if (nowMs() - markedMs >= markEveryMs) await write()
    },
    close: write,
  }
}

/** A mark that cannot be read counts as none: authority is then judged by the host's clock, as at the first start. */
async function readMark(path: string): Promise<number> {
  try {
    const { ms } = JSON.parse(await readFile(path, 'utf8')) as { ms: unknown }
    return Number.isSafeInteger(ms) ? (ms as number) : 0
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return 0
    throw error
  }
}
