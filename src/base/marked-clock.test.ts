import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { manualClock } from './clock.ts'
import { silentLog } from './log.ts'
import { openMarkedClock } from './marked-clock.ts'

const dayMs = 86_400_000

const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'overt-clock-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('a clock set back while we run is not followed, and counts on as uncertain', () =>
  inFolder(async (folder) => {
    const host = manualClock(10 * dayMs)
    const time = await openMarkedClock(folder, host, silentLog, () => undefined)
    host.set(9 * dayMs)
    assert.equal(time.nowMs(), 10 * dayMs)
    assert.ok(time.uncertaintyMs() >= dayMs - 1)
    await time.close()
  }))

test('a clock set back between two runs is not followed either', () =>
  inFolder(async (folder) => {
    const before = await openMarkedClock(folder, manualClock(10 * dayMs), silentLog, () => undefined)
    await before.close()
    const after = await openMarkedClock(folder, manualClock(3 * dayMs), silentLog, () => undefined)
    assert.ok(after.nowMs() >= 10 * dayMs)
    await after.close()
  }))

test('a leap forward is believed, and told', () =>
  inFolder(async (folder) => {
    const host = manualClock(dayMs)
    const steps: number[] = []
    const time = await openMarkedClock(folder, host, silentLog, (from, to) => steps.push(to - from))
    host.set(3 * dayMs)
    assert.equal(time.nowMs(), 3 * dayMs)
    assert.deepEqual(steps, [2 * dayMs])
    await time.close()
  }))

test('whatever the host clock does, time never runs back', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: -dayMs, max: dayMs }), fc.nat(10_000))), (moves) =>
      inFolder(async (folder) => {
        const host = manualClock(100 * dayMs)
        const time = await openMarkedClock(folder, host, silentLog, () => undefined)
        let last = time.nowMs()
        for (const [step, passed] of moves) {
          host.set(host.nowMs() + step)
          host.advance(passed)
          assert.ok(time.nowMs() >= last)
          last = time.nowMs()
        }
        await time.close()
      }),
    ),
    { numRuns: 50 },
  ))
