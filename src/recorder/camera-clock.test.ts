import { equal, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { CameraClock } from './camera-clock.ts'

/** Runs a camera for so many seconds; gives the wall time the clock gave each picture, and the true one. */
function run(seconds: number, options: { rate?: number; delayMs: (i: number) => number; startRtp?: number }) {
  const clock = new CameraClock(90_000)
  const pictures: { given: number; truth: number; atMs: number }[] = []
  for (let i = 0; i < seconds * 15; i += 1) {
    const truth = 1_000_000 + (i * 1000) / 15
    const atMs = truth + options.delayMs(i)
    const rtp = ((options.startRtp ?? 0) + Math.round(i * 6000 * (options.rate ?? 1))) >>> 0
    const pts = clock.unwrap(rtp)
    clock.arrival(pts, atMs)
    if (i > 0 && i % 30 === 0) clock.slew(atMs)
    pictures.push({ given: clock.wallMs(pts), truth, atMs })
    equal(clock.stepped, false)
  }
  return pictures.slice(30)
}

describe('wall time of pictures', () => {
  it('is right within the least delay, however late single pictures come, over the turn of the RTP count', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(900), { minLength: 40, maxLength: 200 }),
        fc.nat(2 ** 32 - 1),
        (delays, startRtp) => {
          // Every tenth picture comes at once, the others as late as they like.
          const pictures = run(40, {
            startRtp,
            delayMs: (i) => (i % 10 === 0 ? 0 : delays[i % delays.length]!),
          })
          for (const { given, truth } of pictures) ok(Math.abs(given - truth) <= 1, `${given - truth} ms`)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('follows a camera two in a hundred fast or slow, and is never stepped', () => {
    for (const rate of [1.02, 0.98]) {
      const pictures = run(120, { rate, delayMs: () => 5 })
      for (const [i, { given, truth }] of pictures.entries()) {
        ok(Math.abs(given - truth) < 500, `${rate}: ${given - truth} ms`)
        const before = pictures[i - 1]
        if (before) ok(given > before.given && given - before.given < 160)
      }
    }
  })

  it('tells when the camera began another count', () => {
    const clock = new CameraClock(90_000)
    for (let i = 0; i < 300; i += 1) {
      clock.arrival(clock.unwrap(i * 6000), 1000 + i * 66.67)
      clock.slew(1000 + i * 66.67)
    }
    // Pictures that claim to be three seconds later than they can be.
    for (let i = 300; i < 320; i += 1) clock.arrival(clock.unwrap(i * 6000 + 270_000), 1000 + i * 66.67)
    equal(clock.stepped, true)
  })
})
