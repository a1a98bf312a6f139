/**
 * Goal: kill -9 of PostgreSQL in the middle of appends loses nothing that was acknowledged and breaks no proof; a
 * database that comes back older than what was signed never signs the same log again. Method: a PostgreSQL of its own
 * with fsync on, started as the hub starts it; real kills and a real file-level backup.
 */
import assert from 'node:assert/strict'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type Home, newId, openHome, readConfig, silentLog, systemClock } from '#base/base.ts'
import { connect, migrate, type RunningPostgres, type Sql, startPostgres } from '#engine/engine.ts'
import {
  append,
  checkpoint,
  ledgerExportCommand,
  ledgerKey,
  ledgerVerifyCommand,
  publicKeyFile,
  resumedLogs,
  startSequencer,
  verifyLedger,
} from './ledger.ts'

const migrations = join(import.meta.dirname, '..', '..', 'database')
const kills = process.env['OVERT_TEST_LONG'] === '1' ? 100 : 5

const entry = (n: number) => ({
  kind: 'viewing.opened',
  actor: null,
  provider: 'derby-homes',
  about: { camera: newId(Date.now()) },
  data: { n },
  ...(n % 3 === 0 ? { personal: { reason: `reason ${n}` } } : {}),
  atMs: Date.now(),
})

async function withHome(
  work: (home: Home, pg: RunningPostgres, sql: Sql) => Promise<RunningPostgres>,
): Promise<void> {
  const home = await openHome(await mkdtemp(join(tmpdir(), 'overt-restore-')), 'landlord', Date.now())
  const pg = await startPostgres({ home: home.path, log: silentLog })
  await migrate(pg.ownerUrl, migrations, silentLog, 19)
  const sql = connect(pg.url, { log: silentLog })
  let last = pg
  try {
    last = await work(home, pg, sql)
  } finally {
    await sql.end({ timeout: 1 })
    await last.close()
    await rm(home.path, { recursive: true, force: true })
  }
}

test(`kill -9 of PostgreSQL during appends, ${kills} times: every acknowledged entry is there, in a log that verifies`, () =>
  withHome(async (home, pg, sql) => {
    const key = await ledgerKey(home.path)
    const sequencer = await startSequencer({ sql, home, key, clock: systemClock, log: silentLog })
    const acknowledged = new Set<string>()
    const outside: string[] = []
    let stop = false
    let n = 0
    const writer = async (): Promise<void> => {
      while (!stop) {
        n += 1
        try {
          acknowledged.add(await sql.begin((tx) => append(tx, entry(n))))
        } catch {
          // Not acknowledged: it may be there or not.
          await delay(20)
        }
      }
    }
    const writers = Array.from({ length: 4 }, writer)
    try {
      for (let kill = 0; kill < kills; kill += 1) {
        const before = acknowledged.size
        for (let i = 0; i < 3000 && acknowledged.size < before + 20; i += 1) await delay(10)
        assert.ok(acknowledged.size >= before + 20, 'appends go on after a kill')
        const now = await checkpoint(sql).catch(() => null)
        if (now !== null) outside.push(now.note)
        const pid = pg.pid()
        process.kill(pid, 'SIGKILL')
        for (let i = 0; i < 3000 && pg.pid() === pid; i += 1) await delay(10)
      }
    } finally {
      stop = true
      await Promise.all(writers)
    }
    for (let i = 0; i < 100; i += 1) {
      if (
        await sequencer.flush().then(
          () => true,
          () => false,
        )
      )
        break
      await delay(100)
    }
    await sequencer.close()
    const kept = new Set((await sql<{ id: string }[]>`select id from ledger.entry`).map((row) => row.id))
    assert.deepEqual(
      [...acknowledged].filter((id) => !kept.has(id)),
      [],
    )
    const report = await verifyLedger(sql, { publicKey: key.publicKey, checkpoints: outside })
    assert.deepEqual(report.problems, [])
    assert.ok(outside.length >= kills / 2)
    return pg
  }))

test('a restored database opens a new log that says what was lost, and verify tells loss from forgery', () =>
  withHome(async (home, first, sql) => {
    const key = await ledgerKey(home.path)
    const parts = { home, key, clock: systemClock, log: silentLog }
    const said: string[] = []
    const command = (args: readonly string[] = []): Promise<number> =>
      ledgerVerifyCommand(args, {
        config: readConfig({ OVERT_HOME: home.path }),
        log: silentLog,
        write: (text) => said.push(text),
      })
    let sequencer = await startSequencer({ ...parts, sql })
    for (let n = 0; n < 5; n += 1) await sql.begin((tx) => append(tx, entry(n)))
    await sequencer.flush()
    await sequencer.close()
    await sql.end()
    await first.close()
    const backup = `${home.path}-backup`
    await cp(join(home.path, 'postgres', 'data'), backup, { recursive: true, preserveTimestamps: true })

    let pg = await startPostgres({ home: home.path, log: silentLog })
    let again = connect(pg.url, { log: silentLog })
    sequencer = await startSequencer({ ...parts, sql: again })
    for (let n = 0; n < 3; n += 1) await again.begin((tx) => append(tx, entry(n)))
    await sequencer.flush()
    const lost = (await checkpoint(again))!
    assert.equal(lost.size, 9)
    // Beside the running hub, the command finds it whole.
    assert.equal(await command(), 0)
    assert.match(said.at(-1)!, /verified: all 9 entries/)
    await sequencer.close()
    await again.end()
    await pg.close()

    // Restored: the files as they were, their owner too.
    const { execFileSync } = await import('node:child_process')
    execFileSync('rm', ['-rf', join(home.path, 'postgres', 'data')])
    execFileSync('cp', ['-a', backup, join(home.path, 'postgres', 'data')])
    if (process.getuid?.() === 0) {
      execFileSync('chown', [
        '-R',
        '--reference',
        join(home.path, 'postgres'),
        join(home.path, 'postgres', 'data'),
      ])
    }
    await rm(backup, { recursive: true, force: true })

    pg = await startPostgres({ home: home.path, log: silentLog })
    again = connect(pg.url, { log: silentLog })
    const file = join(home.path, 'kept-outside.txt')
    const { writeFile } = await import('node:fs/promises')
    await writeFile(file, lost.note)
    // Before the hub has said anything, it is a log cut back.
    assert.equal(await command(['--checkpoint', file]), 1)
    assert.match(
      said.at(-1)!,
      /cut back: it has 6 entries, but a checkpoint kept outside shows that it had 9/,
    )
    assert.deepEqual(await resumedLogs(again), [])
    sequencer = await startSequencer({ ...parts, sql: again })
    const [resumed] = await resumedLogs(again)
    await again.begin((tx) => append(tx, entry(1)))
    await sequencer.flush()
    const now = (await checkpoint(again))!
    assert.match(now.origin, /\/\d{4}\.2$/)
    assert.equal(resumed, now.origin)
    assert.equal(now.size, 2)
    assert.equal(await command(['--checkpoint', file]), 0)
    assert.match(said.at(-1)!, /lost entries in a restore/)
    // A second start finds nothing new to say.
    await sequencer.close()
    sequencer = await startSequencer({ ...parts, sql: again })
    assert.equal((await checkpoint(again))!.origin, now.origin)
    await sequencer.close()
    assert.equal(await command(['--nonsense']), 2)
    // Who may not use this machine takes a folder away, and checks it against the checkpoint and the key they have.
    const away = join(home.path, 'away')
    const take = (...args: string[]): Promise<number> =>
      ledgerExportCommand(args, {
        config: readConfig({ OVERT_HOME: home.path }),
        log: silentLog,
        write: (text) => said.push(text),
      })
    assert.equal(await take(), 2)
    assert.equal(await take('--log', away), 2)
    assert.equal(await take(away), 0)
    assert.deepEqual(
      (await readdir(away)).sort(),
      [lost.origin, now.origin].map((o) => o.split('/')[2]).sort(),
    )
    await assert.rejects(take(away), /is not empty/)
    await writeFile(file, now.note)
    const there = join(away, now.origin.split('/')[2]!)
    const given = ['--checkpoint', file, '--key', publicKeyFile(home.path)]
    assert.equal(await command(['--log', there, ...given]), 0)
    assert.match(said.at(-1)!, /verified: all 2 entries/)
    await rm(join(there, 'tile'), { recursive: true })
    assert.equal(await command(['--log', there, ...given]), 1)
    await again.end()
    return pg
  }))
