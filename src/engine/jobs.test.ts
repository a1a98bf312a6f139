import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { manualClock, silentLog } from '#base/base.ts'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import { type Jobs, startJobs } from './engine.ts'

let db: TestDatabase
before(async () => {
  db = await testDatabase({ upTo: 9 })
})
after(async () => {
  await db.drop()
})

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1500 && !holds(); i += 1) await delay(10)
  assert.ok(holds(), 'the condition was not met within 15 seconds')
}

async function withJobs(
  work: (jobs: Jobs, clock: ReturnType<typeof manualClock>) => Promise<void>,
): Promise<void> {
  const clock = manualClock(1_800_000_000_000)
  const jobs = await startJobs(db.sql, { clock, log: silentLog })
  try {
    await work(jobs, clock)
  } finally {
    await jobs.close()
  }
}

test('a job is done once it is committed, and never when its transaction is rolled back', () =>
  withJobs(async (jobs) => {
    const done: unknown[] = []
    await jobs.define('count', async (data) => {
      done.push(data['n'])
    })
    await db.sql.begin((tx) => jobs.send(tx, 'count', { n: 1 }))
    await assert.rejects(
      db.sql.begin(async (tx) => {
        await jobs.send(tx, 'count', { n: 2 })
        throw new Error('no')
      }),
      /no/,
    )
    await jobs.send(db.sql, 'count', { n: 3 })
    await until(() => done.length === 2)
    assert.deepEqual(done, [1, 3])
  }))

test('a job for later waits for Overt’s own clock and comes forward when that is moved', () =>
  withJobs(async (jobs, clock) => {
    const done: unknown[] = []
    await jobs.define('later', async (data) => {
      done.push(data['what'])
    })
    await jobs.send(
      db.sql,
      'later',
      { what: 'in a month' },
      { startAfterMs: clock.nowMs() + 30 * 86_400_000 },
    )
    await jobs.tick()
    await delay(300)
    assert.deepEqual(done, [])
    clock.advance(30 * 86_400_000)
    await jobs.tick()
    await until(() => done.length === 1)
  }))

test('periodic work runs at once, then once a period, and once after a long jump', () =>
  withJobs(async (jobs, clock) => {
    let runs = 0
    jobs.every('renew', 3600, async () => {
      runs += 1
    })
    await jobs.tick()
    await jobs.tick()
    assert.equal(runs, 1)
    clock.advance(3_599_000)
    await jobs.tick()
    assert.equal(runs, 1)
    clock.advance(1_000)
    await jobs.tick()
    assert.equal(runs, 2)
    clock.advance(100 * 86_400_000)
    await jobs.tick()
    await jobs.tick()
    assert.equal(runs, 3)
  }))

test('of two processes one does the periodic work', () =>
  withJobs(async (first, clock) => {
    const second = await startJobs(db.sql, { clock, log: silentLog })
    let runs = 0
    const work = async (): Promise<void> => {
      runs += 1
    }
    first.every('sweep', 60, work)
    second.every('sweep', 60, work)
    await Promise.all([first.tick(), second.tick()])
    assert.equal(runs, 1)
    await second.close()
  }))

test('periodic work that failed is tried again before its period is over', () =>
  withJobs(async (jobs, clock) => {
    let runs = 0
    jobs.every('daily', 86_400, async () => {
      runs += 1
      if (runs === 1) throw new Error('the disk was away')
    })
    await jobs.tick()
    clock.advance(30_000)
    await jobs.tick()
    assert.equal(runs, 2)
    clock.advance(60_000)
    await jobs.tick()
    assert.equal(runs, 2)
  }))

test('a failing job does not take the others of its batch with it', () =>
  withJobs(async (jobs) => {
    const done: unknown[] = []
    await jobs.define('mixed', async (data) => {
      if (data['n'] === 1) throw new Error('this one fails')
      done.push(data['n'])
    })
    for (const n of [0, 1, 2]) await jobs.send(db.sql, 'mixed', { n })
    await until(() => done.length === 2)
    assert.deepEqual(done, [0, 2])
  }))
