/**
 * Goal: kill -9 of the hub while it appends and sequences loses no acknowledged entry and never leaves a log that
 * doesn't verify. Method: a child does both as fast as it can and is killed at random; the parent reads what it
 * acknowledged, checks the ledger each time against every checkpoint it has seen, and at the end sequences the rest.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { openHome, silentLog, systemClock } from '#base/base.ts'
import { testDatabase } from '#tests/database.ts'
import { allCheckpoints, ledgerKey, startSequencer, verifyLedger } from './ledger.ts'

const kills = process.env['OVERT_TEST_LONG'] === '1' ? 100 : 5

function hub(url: string, home: string): ChildProcess {
  const script = `
    import { existingHome, newId, systemClock } from '#base/base.ts'
    import { connect } from '#engine/engine.ts'
    import { append, ledgerKey, startSequencer } from '#ledger/ledger.ts'
    const log = { debug() {}, info() {}, warn() {}, error() {} }
    const sql = connect(${JSON.stringify(url)}, { log, max: 5 })
    const home = await existingHome(${JSON.stringify(home)})
    await startSequencer({ sql, home, key: await ledgerKey(home.path), clock: systemClock, log })
    for (;;) {
      const ids = await sql.begin((tx) => Promise.all([1, 2, 3].map((n) => append(tx, {
        kind: 'viewing.opened', actor: null, provider: null, about: { camera: newId(Date.now()) }, data: { n },
        personal: { reason: 'reason ' + n }, atMs: Date.now() }))))
      process.stdout.write(ids.join('\\n') + '\\n')
    }`
  return spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: import.meta.dirname,
  })
}

test(`kill -9 of the hub while it appends and signs, ${kills} times: nothing acknowledged is lost`, async () => {
  const db = await testDatabase({ upTo: 19 })
  const home = await openHome(await mkdtemp(join(tmpdir(), 'overt-kill-')), 'landlord', Date.now())
  const key = await ledgerKey(home.path)
  const acknowledged: string[] = []
  const outside: string[] = []
  for (let kill = 0; kill < kills; kill += 1) {
    const child = hub(db.url, home.path)
    let text = ''
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    for (let i = 0; i < 3000 && text.length < 3000; i += 1) await delay(10)
    await delay(Math.random() * 400)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('close', resolve))
    // A line cut in two at the end was acknowledged whole, but not told whole.
    acknowledged.push(...text.split('\n').slice(0, -1))
    const report = await verifyLedger(db.sql, { publicKey: key.publicKey, checkpoints: outside })
    assert.deepEqual(report.problems, [])
    outside.push(...(await allCheckpoints(db.sql)).map((checkpoint) => checkpoint.note))
  }
  const sequencer = await startSequencer({ sql: db.sql, home, key, clock: systemClock, log: silentLog })
  await sequencer.flush()
  await sequencer.close()
  const kept = new Set((await db.sql<{ id: string }[]>`select id from ledger.entry`).map((row) => row.id))
  assert.ok(acknowledged.length > kills * 20)
  assert.deepEqual(
    acknowledged.filter((id) => !kept.has(id)),
    [],
  )
  const report = await verifyLedger(db.sql, { publicKey: key.publicKey, checkpoints: outside })
  assert.deepEqual(report.problems, [])
  await db.drop()
  await rm(home.path, { recursive: true, force: true })
})
