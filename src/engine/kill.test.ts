/**
 * Goal: a process that handles outbox messages may be killed with -9 at any moment; each message is still handled, what
 * a listener wrote with its transaction is there exactly once, and the order of each key is kept. Method: a child
 * listens and is killed at random while the parent publishes; then one child finishes in peace.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { testDatabase } from '#tests/database.ts'
import { publish } from './engine.ts'

const kills = process.env['OVERT_TEST_LONG'] === '1' ? 100 : 5

function listen(url: string): ChildProcess {
  const script = `
    import { connect, startOutbox } from '${import.meta.dirname}/engine.ts'
    const log = { debug() {}, info() {}, warn() {}, error() {} }
    const sql = connect(${JSON.stringify(url)}, { log, max: 3 })
    await startOutbox(sql, { counted: async ({ n, key }, tx) => {
      await tx\`insert into engine.heard (n, key) values (\${n}, \${key})\`
      await tx\`select pg_sleep(0.002)\`
    } }, { log })
    console.log('ready')`
  return spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: import.meta.dirname,
  })
}

test(`kill -9 of the process that handles messages, ${kills} times: none lost, none twice, order kept`, async () => {
  const db = await testDatabase({ upTo: 9 })
  await db.owner`create table engine.heard (at bigint generated always as identity, n integer, key text)`
  let published = 0
  for (let kill = 0; kill < kills; kill += 1) {
    const child = listen(db.url)
    await new Promise((resolve) => child.stdout!.once('data', resolve))
    const before = published
    while (published < before + 40) {
      const key = `camera ${published % 3}`
      await db.sql.begin((tx) => publish(tx, 'counted', { n: published, key }, { key }))
      published += 1
    }
    await delay(Math.random() * 60)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
  }
  const last = listen(db.url)
  const waiting = async (): Promise<number> =>
    (await db.sql<{ n: number }[]>`select count(*) as n from engine.outbox`)[0]!.n
  for (let i = 0; i < 3000 && (await waiting()) > 0; i += 1) await delay(10)
  last.kill('SIGKILL')
  const heard = await db.owner<{ n: number; key: string }[]>`select n, key from engine.heard order by at`
  assert.deepEqual(
    heard.map((row) => row.n).sort((a, b) => a - b),
    Array.from({ length: published }, (_, n) => n),
  )
  for (const key of ['camera 0', 'camera 1', 'camera 2']) {
    const own = heard.filter((row) => row.key === key).map((row) => row.n)
    assert.deepEqual(
      own,
      own.toSorted((a, b) => a - b),
    )
  }
  await db.drop()
})
