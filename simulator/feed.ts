import type { Clock } from '../src/base/base.ts'
import type { AccessUnit } from './encoder.ts'
import { framesPerSecond } from './encoder-wire.ts'

/** A picture on its way to the viewers, with the camera's own times. */
export type TimedUnit = AccessUnit & {
  /** When it was taken by the camera's wall clock, ms since the epoch. */
  readonly epochMs: number
  /** The same instant in 90 kHz ticks since an arbitrary start; viewers add their own offset. */
  readonly ticks: number
}

export type Viewer = (unit: TimedUnit) => void

/** One camera's clock and shutter. It takes pictures only while somebody watches. */
export type Feed = {
  watch(viewer: Viewer): () => void
  /** Hands over what the encoder made of an earlier picture. */
  encoded(unit: AccessUnit): void
  /** `silent`: take nothing. `drift`: run 2% fast. `step`: wall clock an hour back. Any other: normal. */
  behave(as: 'normal' | 'silent' | 'drift' | 'step'): void
  readonly frames: () => number
  readonly watching: () => number
  close(): void
}

const intervalMs = 1000 / framesPerSecond
/** The encoder is that far behind: pictures are not taken until it has caught up. */
const unansweredMax = 30
/** Later than this, the missed moments are let go; before, they are caught up so that no number is missing. */
const lateMsMax = 1000
const driftRate = 0.02
const stepMs = -3_600_000

export function createFeed(options: {
  readonly clock: Clock
  readonly paint: (frame: number, epochMs: number, key: boolean) => void
}): Feed {
  const { clock, paint } = options
  const viewers = new Set<Viewer>()
  const unanswered = new Map<number, { epochMs: number; ticks: number }>()
  let timer: NodeJS.Timeout | null = null
  let nextMs = 0
  let frame = 0
  let keyNext = true
  let mode: 'normal' | 'silent' | 'drift' | 'step' = 'normal'
  let driftedMs = 0

  function take(dueMs: number): void {
    if (mode === 'silent' || unanswered.size >= unansweredMax) {
      keyNext = true
      return
    }
    if (mode === 'drift') driftedMs += intervalMs * driftRate
    const trueMs = clock.nowMs() - (clock.monotonicMs() - dueMs)
    const wallMs = Math.round(trueMs + (mode === 'drift' ? driftedMs : mode === 'step' ? stepMs : 0))
    frame += 1
    unanswered.set(frame, { epochMs: wallMs, ticks: Math.round((dueMs + driftedMs) * 90) })
    paint(frame, wallMs, keyNext)
    keyNext = false
  }

  function tick(): void {
    const nowMs = clock.monotonicMs()
    if (nowMs - nextMs > lateMsMax) nextMs += Math.floor((nowMs - nextMs) / intervalMs) * intervalMs
    while (nextMs <= nowMs) {
      take(nextMs)
      nextMs += intervalMs
    }
    timer = setTimeout(tick, Math.max(1, nextMs - clock.monotonicMs()))
  }

  return {
    watch(viewer) {
      viewers.add(viewer)
      if (timer === null) {
        nextMs = clock.monotonicMs()
        keyNext = true
        timer = setTimeout(tick, 0)
      }
      return () => {
        viewers.delete(viewer)
        if (viewers.size === 0 && timer !== null) {
          clearTimeout(timer)
          timer = null
        }
      }
    },
    encoded(unit) {
      const times = unanswered.get(unit.frame)
      unanswered.delete(unit.frame)
      if (times === undefined || mode === 'silent') return
      for (const viewer of viewers) viewer({ ...unit, ...times })
    },
    behave(as) {
      mode = as
    },
    frames: () => frame,
    watching: () => viewers.size,
    close() {
      if (timer !== null) clearTimeout(timer)
      timer = null
      viewers.clear()
    },
  }
}
