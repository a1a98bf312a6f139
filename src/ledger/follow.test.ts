import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { manualClock, newId, openHome, silentLog } from '#base/base.ts'
import { followStep, leafHash, nodesOf, type Step, signCheckpoint, treeRoot } from '#formats/log/log.ts'
import { testDatabase } from '#tests/database.ts'
import { append, type LedgerKey, ledgerKey, startSequencer, stepsFrom } from './ledger.ts'

const startMs = Date.UTC(2026, 11, 30, 12)

/** What a recorder does: holds one note, takes what follows. */
function follower(key: LedgerKey) {
  let held: string | null = null
  let losses = 0
  return {
    at: () => {
      const [origin, size] = (held ?? '').split('\n')
      return held === null ? null : { origin: origin!, size: Number(size) }
    },
    losses: () => losses,
    take(steps: readonly Step[]): string | null {
      for (const step of steps) {
        const verdict = followStep(held, step, key.publicKey)
        if (!verdict.ok) return verdict.code
        held = verdict.note
        if (verdict.lost) losses += 1
      }
      return null
    },
  }
}

test('a recorder follows the ledger over two turns of the year, however long it was away', async () => {
  const db = await testDatabase({ upTo: 19 })
  const home = await openHome(await mkdtemp(join(tmpdir(), 'overt-follow-')), 'landlord', startMs)
  const key = await ledgerKey(home.path)
  const clock = manualClock(startMs)
  const sequencer = await startSequencer({ sql: db.sql, home, key, clock, log: silentLog })
  const near = follower(key)
  const away = follower(key)
  assert.equal(away.take(await stepsFrom(db.sql, null)), null)
  for (let n = 0; n < 30; n += 1) {
    clock.advance(25 * 86_400_000)
    await db.sql.begin((tx) =>
      append(tx, {
        kind: 'camera.moved',
        actor: null,
        provider: null,
        about: { camera: newId(startMs) },
        atMs: clock.nowMs(),
      }),
    )
    await sequencer.flush()
    assert.equal(near.take(await stepsFrom(db.sql, near.at())), null)
  }
  assert.match(near.at()!.origin, /\/2029$|\/2028$/)
  assert.equal(away.take(await stepsFrom(db.sql, away.at())), null)
  assert.deepEqual(away.at(), near.at())
  // Asked again, it is shown the same one, so that a log rewritten at the same size is seen too.
  assert.equal((await stepsFrom(db.sql, near.at())).length, 1)
  assert.equal(near.take(await stepsFrom(db.sql, near.at())), null)
  assert.equal(near.losses() + away.losses(), 0)

  // A log of a new year that doesn't open with the end that was held is refused, though it is signed.
  const forged = { kind: 'ledger.opened', data: { previous: null } }
  const leaf = JSON.stringify(forged)
  const origin = `overt/${home.id}/2031`
  const root = treeRoot(nodesOf([leafHash(Buffer.from(leaf))]), 1)
  const note = signCheckpoint(
    { origin, size: 1, root },
    { name: origin, publicKey: key.publicKey },
    key.privateKey,
  )
  assert.equal(near.take([{ note, fromSize: 0, proof: [], opening: { leaf, path: [] } }]), 'rewritten')
  assert.equal(near.take([{ note, fromSize: 0, proof: [], opening: null }]), 'unproven')
  assert.equal(
    near.take([{ note: note.replace('/2031', '/2032'), fromSize: 0, proof: [], opening: null }]),
    'unsigned',
  )
  await sequencer.close()
  await db.drop()
  await rm(home.path, { recursive: true, force: true })
})

test('a recorder follows a restored ledger that owns up to its loss, and no other', async () => {
  const home = await openHome(await mkdtemp(join(tmpdir(), 'overt-follow-')), 'landlord', startMs)
  const key = await ledgerKey(home.path)
  const clock = manualClock(startMs)
  const record = async (db: Awaited<ReturnType<typeof testDatabase>>, count: number): Promise<void> => {
    const sequencer = await startSequencer({ sql: db.sql, home, key, clock, log: silentLog })
    for (let n = 0; n < count; n += 1) {
      await db.sql.begin((tx) =>
        append(tx, {
          kind: 'camera.moved',
          actor: null,
          provider: null,
          about: { camera: newId(startMs) },
          atMs: startMs,
        }),
      )
      await sequencer.flush()
    }
    await sequencer.close()
  }
  const first = await testDatabase({ upTo: 19 })
  await record(first, 5)
  const recorder = follower(key)
  assert.equal(recorder.take(await stepsFrom(first.sql, null)), null)
  const head = join(home.path, 'ledger-head')
  const kept = await readFile(head, 'utf8')

  // The database is lost altogether and made anew: the head in the home knows better.
  const second = await testDatabase({ upTo: 19 })
  await record(second, 2)
  assert.equal(recorder.take(await stepsFrom(second.sql, recorder.at())), null)
  assert.equal(recorder.losses(), 1)
  assert.match(recorder.at()!.origin, /\/2026\.2$/)

  // The same with the head thrown away as well: another history under the first name. Nobody who kept a checkpoint follows.
  await rm(head)
  const third = await testDatabase({ upTo: 19 })
  const strict = follower(key)
  assert.equal(strict.take(await stepsFrom(first.sql, null)), null)
  await record(third, 2)
  assert.equal(strict.take(await stepsFrom(third.sql, strict.at())), 'shrunk')
  await record(third, 3)
  assert.equal(strict.take(await stepsFrom(third.sql, strict.at())), 'rewritten')
  await record(third, 9)
  assert.equal(strict.take(await stepsFrom(third.sql, strict.at())), 'rewritten')
  await writeFile(head, kept)
  for (const db of [first, second, third]) await db.drop()
  await rm(home.path, { recursive: true, force: true })
})
