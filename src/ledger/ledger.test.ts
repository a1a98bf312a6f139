import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Home, manualClock, newId, openHome, silentLog } from '#base/base.ts'
import { verifyCheckpoint, verifyConsistency } from '#formats/log/log.ts'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import {
  append,
  backlog,
  checkProof,
  checkpoint,
  consistency,
  type Entry,
  erasePersonal,
  knowKinds,
  ledgerKey,
  proof,
  startSequencer,
} from './ledger.ts'

const startMs = Date.UTC(2026, 10, 22, 12)

let db: TestDatabase
let home: Home
before(async () => {
  db = await testDatabase({ upTo: 19 })
  home = await openHome(await mkdtemp(join(tmpdir(), 'overt-ledger-')), 'landlord', startMs)
})
after(async () => {
  await db.drop()
  await rm(home.path, { recursive: true, force: true })
})

const entry = (over: Partial<Entry> = {}): Entry => ({
  kind: 'viewing.opened',
  actor: newId(startMs),
  provider: 'derby-homes',
  about: { camera: newId(startMs) },
  data: { minutes: 5 },
  atMs: startMs,
  ...over,
})

const parts = async (clock = manualClock(startMs)) => ({
  sql: db.sql,
  home,
  key: await ledgerKey(home.path),
  clock,
  log: silentLog,
})

test('an appended entry is proved against a signed checkpoint, and one that was rolled back is nowhere', async () => {
  const id = await db.sql.begin((tx) => append(tx, entry()))
  assert.deepEqual(await backlog(db.sql), { entries: 1, oldestMs: startMs })
  assert.equal(await proof(db.sql, id), null)
  const sequencer = await startSequencer(await parts())
  let lost = ''
  await assert.rejects(
    db.sql.begin(async (tx) => {
      lost = await append(tx, entry({ personal: { reason: 'fight in the lobby' } }))
      throw new Error('the change failed')
    }),
    /the change failed/,
  )
  await sequencer.flush()
  assert.deepEqual(await backlog(db.sql), { entries: 0, oldestMs: null })
  const given = await proof(db.sql, id)
  const key = await ledgerKey(home.path)
  const checked = checkProof(given!, key.publicKey)
  assert.ok(checked.ok)
  assert.equal(checked.leaf.id, id)
  assert.deepEqual(checked.leaf.data, { minutes: 5 })
  assert.equal(await proof(db.sql, lost), null)
  assert.equal((await db.sql`select from ledger.personal where entry_id = ${lost}`).length, 0)
  // The deny cases: another leaf, another place, another key.
  assert.ok(!checkProof({ ...given!, leaf: given!.leaf.replace('5', '6') }, key.publicKey).ok)
  assert.ok(!checkProof({ ...given!, index: given!.index + 1 }, key.publicKey).ok)
  assert.ok(!checkProof(given!, Buffer.alloc(32, 7)).ok)
  await sequencer.close()
})

test('over many batches of odd sizes every entry has its proof, and every checkpoint extends every earlier one', async () => {
  const sequencer = await startSequencer(await parts())
  const ids: string[] = []
  for (const size of [1, 2, 3, 250, 1, 255, 256, 257, 7]) {
    await db.sql.begin(async (tx) => {
      for (let n = 0; n < size; n += 1) ids.push(await append(tx, entry({ data: { n } })))
    })
    await sequencer.flush()
  }
  const { publicKey } = await ledgerKey(home.path)
  for (const id of [...ids.slice(0, 300), ids.at(-1)!]) {
    const given = await proof(db.sql, id)
    const checked = checkProof(given!, publicKey)
    assert.ok(checked.ok, `${given?.index}`)
  }
  const notes = await db.sql<{ note: string }[]>`select note from ledger.checkpoint order by size`
  const known = notes.map(({ note }) => verifyCheckpoint(note, { name: note.split('\n')[0]!, publicKey })!)
  for (const [at, older] of known.entries()) {
    for (const newer of known.slice(at)) {
      const path = await consistency(db.sql, older.origin, older.size, newer.size)
      assert.ok(
        verifyConsistency(
          older.size,
          newer.size,
          path.map((hash) => Buffer.from(hash, 'base64')),
          older.root,
          newer.root,
        ),
      )
    }
  }
  await sequencer.close()
})

test('the running role can neither change nor remove what the ledger holds', async () => {
  for (const statement of [
    `update ledger.entry set leaf = '{}'`,
    'delete from ledger.entry',
    'truncate ledger.entry',
    `insert into ledger.entry (number, log_id, index, leaf) values (999999, 1, 999999, '{}')`,
    `update ledger.tile set hashes = ''`,
    'delete from ledger.tile',
    `update ledger.checkpoint set note = ''`,
    'delete from ledger.checkpoint',
    'update ledger.log set size = 0',
    'delete from ledger.pending',
    `update ledger.pending set leaf = '{}'`,
    'delete from ledger.personal',
    'delete from ledger.mention',
    'drop table ledger.entry',
    'alter table ledger.personal disable trigger all',
    `create or replace function ledger.only_erase() returns trigger language sql as ''`,
  ]) {
    await assert.rejects(db.sql.unsafe(statement), /permission denied|must be owner/, statement)
  }
})

test('personal details are erased with their salt, only once, and the entry keeps its proof', async () => {
  const sequencer = await startSequencer(await parts())
  const id = await db.sql.begin((tx) =>
    append(tx, entry({ personal: { reason: 'Mr Smith fell', name: 'Smith' } })),
  )
  await sequencer.flush()
  const by = { actor: null, provider: null, atMs: startMs + 1 }
  assert.equal(await db.sql.begin((tx) => erasePersonal(tx, id, 'reason', 'request', by)), true)
  assert.equal(await db.sql.begin((tx) => erasePersonal(tx, id, 'reason', 'request', by)), false)
  assert.equal(await db.sql.begin((tx) => erasePersonal(tx, id, 'shoe-size', 'request', by)), false)
  const rows =
    await db.sql`select field, salt, body, erased_why from ledger.personal where entry_id = ${id} order by field`
  assert.equal(rows[0]?.['body'], 'Smith')
  assert.deepEqual(rows[1], { field: 'reason', salt: null, body: null, erased_why: 'request' })
  await assert.rejects(
    db.sql`update ledger.personal set body = 'Jones' where entry_id = ${id} and field = 'name'`,
    /only be erased/,
  )
  const { publicKey } = await ledgerKey(home.path)
  assert.ok(checkProof((await proof(db.sql, id))!, publicKey).ok)
  await sequencer.close()
})

test('a year that turns closes the log, and the next opens with its last checkpoint', async () => {
  const clock = manualClock(Date.UTC(2026, 11, 31, 23, 59, 59))
  const sequencer = await startSequencer(await parts(clock))
  await db.sql.begin((tx) => append(tx, entry()))
  await sequencer.flush()
  const old = await checkpoint(db.sql)
  clock.advance(2_000)
  const id = await db.sql.begin((tx) => append(tx, entry()))
  await sequencer.flush()
  const now = await checkpoint(db.sql)
  assert.equal(old?.origin, `overt/${home.id}/2026`)
  assert.equal(now?.origin, `overt/${home.id}/2027`)
  assert.equal((await proof(db.sql, id))?.index, 1)
  const [first] = await db.sql<{ leaf: string }[]>`
    select e.leaf from ledger.entry e join ledger.log l on l.id = e.log_id where l.year = 2027 and e.index = 0`
  assert.equal(JSON.parse(first!.leaf).data.previous, old?.note)
  // A clock set back stays in the newer log.
  clock.set(Date.UTC(2026, 5, 1))
  await db.sql.begin((tx) => append(tx, entry()))
  await sequencer.flush()
  assert.equal((await checkpoint(db.sql))?.size, 3)
  await sequencer.close()
})

test('what can not be recorded well is refused before it is written', async () => {
  const bad: [Partial<Entry>, RegExp][] = [
    [{ kind: 'Viewing' }, /not a kind/],
    [{ about: { 'a b': 'x' } }, /can't name a field/],
    [{ about: { camera: 'x'.repeat(201) } }, /at most 200/],
    [{ data: { n: 1.5 } }, /whole numbers/],
    [{ data: { text: 'a\0b' } }, /not well-formed/],
    [{ data: { text: '\ud800' } }, /not well-formed/],
    [{ data: { text: 'x'.repeat(65_536) } }, /larger than/],
    [{ personal: { reason: 'x'.repeat(20_001) } }, /longer than/],
    [{ personal: { reason: 'a\0b' } }, /not well-formed/],
  ]
  for (const [over, why] of bad) {
    await assert.rejects(
      db.sql.begin((tx) => append(tx, entry(over))),
      why,
    )
  }
  knowKinds({ 'viewing.opened': () => 'Somebody looked.' })
  await assert.rejects(
    db.sql.begin((tx) => append(tx, entry({ kind: 'camera.moved' }))),
    /nobody can describe/,
  )
  await db.sql.begin((tx) => append(tx, entry()))
  knowKinds(null)
})

test('nothing that would hold up the sequencer gets past the program into the database', async () => {
  const sequencer = await startSequencer(await parts())
  const good = await db.sql.begin((tx) => append(tx, entry()))
  const [row] = await db.sql<{ leaf: string }[]>`select leaf from ledger.pending where id = ${good}`
  await sequencer.flush()
  const leaf = (row ?? (await proof(db.sql, good))!).leaf
  const other = newId(startMs)
  const bad: [string, string, RegExp][] = [
    [good, leaf, /already/],
    [other, leaf, /not a ledger entry/],
    [other, 'nonsense', /invalid input syntax/],
    [other, '{}', /not a ledger entry/],
    [other, leaf.replace(good, other).replace('"at":', '"at":"x","was":'), /not a ledger entry/],
    [other, leaf.replace(good, other).replace('"kind":"viewing', '"kind":"<b>'), /not a ledger entry/],
    [other, leaf.replace(good, other).replace(/"camera":"[^"]+"/, '"camera":null'), /not a ledger entry/],
    [other, leaf.replace(good, other).replace(/"camera":"[^"]+"/, `"camera":"${'x'.repeat(3000)}"`), /not a/],
  ]
  for (const [id, text, why] of bad) {
    await assert.rejects(db.sql`insert into ledger.pending (id, leaf) values (${id}, ${text})`, why, text)
  }
  await sequencer.flush()
  await sequencer.close()
})

test('a home born as demo says so in the name of its ledger', async () => {
  const other = await testDatabase({ upTo: 19 })
  const demo = await openHome(await mkdtemp(join(tmpdir(), 'overt-ledger-')), 'demo', startMs)
  const sequencer = await startSequencer({
    sql: other.sql,
    home: demo,
    key: await ledgerKey(demo.path),
    clock: manualClock(startMs),
    log: silentLog,
  })
  assert.equal((await checkpoint(other.sql))?.origin, `overt-demo/${demo.id}/2026`)
  await sequencer.close()
  // And neither another key nor another home's name goes on with it.
  await assert.rejects(startSequencer({ ...(await parts()), sql: other.sql }), /signed with another key/)
  await assert.rejects(
    startSequencer({ ...(await parts()), sql: other.sql, key: await ledgerKey(demo.path) }),
    /belong together/,
  )
  await other.drop()
  await rm(demo.path, { recursive: true, force: true })
})
