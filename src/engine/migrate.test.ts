import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { Failure } from '#base/base.ts'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import { migrate } from './engine.ts'

let db: TestDatabase
let folder: string
beforeEach(async () => {
  db = await testDatabase({ migrated: false })
  folder = await mkdtemp(join(tmpdir(), 'overt-migrate-'))
  await writeFile(
    join(folder, '000001_first.sql'),
    `grant usage on schema engine to overt_app;
     alter default privileges grant usage on schemas to overt_app;
     alter default privileges grant select, insert, update, delete on tables to overt_app;
     create schema room; create table room.thing (id integer);`,
  )
})
afterEach(async () => {
  await db.drop()
  await rm(folder, { recursive: true, force: true })
})

test('a migration twice is harmless, and a new file is applied to what is there', async () => {
  await migrate(db.ownerUrl, folder)
  await db.sql`insert into room.thing values (1)`
  await migrate(db.ownerUrl, folder)
  await writeFile(join(folder, '000002_second.sql'), 'alter table room.thing add column name text')
  await migrate(db.ownerUrl, folder)
  assert.deepEqual([...(await db.sql`select * from room.thing`)], [{ id: 1, name: null }])
})

test('two programs that migrate at once do it once', async () => {
  await writeFile(join(folder, '000002_slow.sql'), 'select pg_sleep(0.2); create table room.slow ()')
  await Promise.all([
    migrate(db.ownerUrl, folder),
    migrate(db.ownerUrl, folder),
    migrate(db.ownerUrl, folder),
  ])
  const rows = await db.owner`select number from engine.migration order by number`
  assert.deepEqual(
    rows.map((row) => row['number']),
    [1, 2],
  )
})

test('a file that PostgreSQL refuses is named and leaves nothing behind', async () => {
  await writeFile(join(folder, '000002_broken.sql'), 'create table room.half (); select nonsense')
  await assert.rejects(migrate(db.ownerUrl, folder), (error) => {
    assert.ok(error instanceof Failure)
    assert.match(error.message, /000002_broken\.sql/)
    return true
  })
  assert.equal((await db.owner`select to_regclass('room.half') as it`)[0]!['it'], null)
  // Mended, the same file goes in.
  await writeFile(join(folder, '000002_broken.sql'), 'create table room.half ()')
  await migrate(db.ownerUrl, folder)
})

test('a database made by a newer Overt is refused in plain words', async () => {
  await writeFile(join(folder, '000099_future.sql'), 'select 1')
  await migrate(db.ownerUrl, folder)
  await rm(join(folder, '000099_future.sql'))
  await assert.rejects(migrate(db.ownerUrl, folder), /made by a newer Overt: it has 000099_future\.sql/)
})

test('an applied file that was altered since is refused by name', async () => {
  await migrate(db.ownerUrl, folder)
  await writeFile(join(folder, '000001_first.sql'), 'create schema room')
  await assert.rejects(migrate(db.ownerUrl, folder), /000001_first\.sql has been altered/)
})

test('the running role may change rows but neither tables nor what was migrated', async () => {
  await migrate(db.ownerUrl, folder)
  await db.sql`insert into room.thing values (2)`
  await db.sql`delete from room.thing`
  await assert.rejects(db.sql`create table room.mine ()`, /permission denied/)
  await assert.rejects(db.sql`truncate room.thing`, /permission denied/)
  await assert.rejects(db.sql`drop table room.thing`, /must be owner/)
  await assert.rejects(db.sql`delete from engine.migration`, /permission denied/)
})
