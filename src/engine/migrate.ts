import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure, type Log, silentLog } from '#base/base.ts'
import { connect, type Sql } from './connect.ts'

/** One file of `database/`: `000012_ledger_tiles.sql` has number 12. */
export type Migration = {
  readonly number: number
  readonly name: string
  readonly text: string
  readonly sha256: string
}

const pattern = /^(\d{6})_[a-z0-9_]+\.sql$/
/** Any fixed number: whoever holds it migrates, others wait. */
const lockNumber = 0x0fe27

/** The migrations in a folder, in order. Files that aren't named like one are left alone (`schema.sql`). */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => pattern.test(name)).sort()
  const found = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8')
      return {
        number: Number(name.slice(0, 6)),
        name,
        text,
        sha256: createHash('sha256').update(text).digest('hex'),
      }
    }),
  )
  for (const [index, migration] of found.entries()) {
    if (index > 0 && found[index - 1]!.number === migration.number) {
      throw new Failure('invalid', `${found[index - 1]!.name} and ${migration.name} have the same number`)
    }
  }
  return found
}

/**
 * Brings the database to the newest form: every file not yet applied, in order, each in one transaction. Twice is
 * harmless; two at once wait for each other. The running role gets its rights from the files themselves: what a file
 * creates may be read and changed by `overt_app` unless that file revokes it.
 * @param ownerUrl the role that owns the tables; must be able to create roles only if `overt_app` is not there yet
 * @param upTo leaves out later files: for tests of a lower floor
 * @throws Failure('unsupported') where the database was made by a newer Overt; Failure('data-loss') where a file that
 * was applied has since been altered; Failure('invalid') naming the file that PostgreSQL refused
 */
export async function migrate(
  ownerUrl: string,
  folder: string,
  log: Log = silentLog,
  upTo: number = Number.POSITIVE_INFINITY,
): Promise<void> {
  const migrations = (await readMigrations(folder)).filter((migration) => migration.number <= upTo)
  const sql = connect(ownerUrl, { max: 1, log, name: 'overt migrate' })
  try {
    await sql`select pg_advisory_lock(${lockNumber})`
    await prepare(sql)
    const applied = await sql<{ number: number; name: string; sha256: string }[]>`
      select number, name, sha256 from engine.migration order by number`
    compare(migrations, applied)
    const done = new Set(applied.map((row) => row.number))
    for (const migration of migrations) {
      if (!done.has(migration.number)) await apply(sql, migration, log)
    }
  } finally {
    // Ending the connection gives the lock back too.
    await sql.end({ timeout: 5 })
  }
}

async function prepare(sql: Sql): Promise<void> {
  const found = await sql`select 1 from pg_roles where rolname = 'overt_app'`
  if (found.length === 0) {
    try {
      // Without a password nobody can sign in as it: the administrator makes the running login a member of it.
      await sql`create role overt_app nologin`
    } catch (error) {
      throw new Failure(
        'unavailable',
        'The database has no role overt_app and this owner may not create one. As an administrator run: create role overt_app nologin; grant overt_app to <the role in DATABASE_URL>;',
        error,
      )
    }
  }
  await sql`create schema if not exists engine`
  await sql`
    create table if not exists engine.migration (
      number integer primary key,
      name text not null,
      sha256 text not null,
      applied_at timestamptz not null default now()
    )`
}

function compare(
  migrations: readonly Migration[],
  applied: readonly { number: number; name: string; sha256: string }[],
): void {
  const ours = new Map(migrations.map((migration) => [migration.number, migration]))
  for (const row of applied) {
    const file = ours.get(row.number)
    if (file === undefined) {
      throw new Failure(
        'unsupported',
        `This database was made by a newer Overt: it has ${row.name}, which this one does not know. Start the newer Overt, or restore a backup made before it.`,
      )
    }
    if (file.sha256 !== row.sha256) {
      throw new Failure(
        'data-loss',
        `${file.name} has been altered since it was applied to this database. Put back the file as it was; changes go into a new file.`,
      )
    }
  }
}

async function apply(sql: Sql, migration: Migration, log: Log): Promise<void> {
  try {
    await sql.begin(async (tx) => {
      await tx.unsafe(migration.text).simple()
      await tx`
        insert into engine.migration (number, name, sha256)
        values (${migration.number}, ${migration.name}, ${migration.sha256})`
    })
  } catch (error) {
    throw new Failure('invalid', `couldn't apply ${migration.name}, so nothing of it was kept`, error)
  }
  log.info({ migration: migration.name }, 'applied')
}
