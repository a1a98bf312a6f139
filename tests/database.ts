/**
 * A real, migrated PostgreSQL database for one test file: `const db = await testDatabase()`, `await db.drop()` after.
 *
 * One cluster serves every test process. The first to ask starts `tests/postgres-keeper.ts`, which ends by itself a
 * while after the last process that used it is gone (counted by open sockets, so a killed test counts as gone). Where
 * `OVERT_TEST_PG` names another keeper's socket (tests/run.sh), that is used. A database is a file copy of a template
 * that is migrated once for each state of `database/`.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { connect as connectSocket, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { silentLog } from '#base/base.ts'
import { connect, migrate, type Sql } from '#engine/engine.ts'
import { readMigrations } from '#engine/migrate.ts'

export type TestDatabase = {
  /** As `overt_app`, the role the hub runs as. */
  readonly sql: Sql
  /** As `overt_owner`: migrations, and tampering behind the app's back. */
  readonly owner: Sql
  readonly url: string
  readonly ownerUrl: string
  readonly name: string
  /** Closes both pools and removes the database. */
  drop(): Promise<void>
}

export type Cluster = { readonly adminUrl: string; readonly ownerUrl: string; readonly url: string }

const migrationsFolder = join(import.meta.dirname, '..', 'database')
let cluster: Promise<{ urls: Cluster; socket: Socket }> | null = null

/**
 * @param options.migrated false: an empty database, for tests of migration itself
 * @param options.upTo the last migration's number: a lower floor's tests don't wait for the floors above
 */
export async function testDatabase(
  options: { migrated?: boolean; upTo?: number } = {},
): Promise<TestDatabase> {
  cluster ??= joinCluster()
  const { urls } = await cluster
  const admin = connect(urls.adminUrl, { max: 1, log: silentLog })
  const name = `test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`
  try {
    const template =
      options.migrated === false
        ? 'template0'
        : await migratedTemplate(admin, urls, options.upTo ?? Number.POSITIVE_INFINITY)
    await admin.unsafe(`create database ${name} template ${template} strategy file_copy owner overt_owner`)
  } finally {
    await admin.end({ timeout: 5 })
  }
  const url = databaseUrl(urls.url, name)
  const ownerUrl = databaseUrl(urls.ownerUrl, name)
  const sql = connect(url, { log: silentLog })
  const owner = connect(ownerUrl, { max: 2, log: silentLog })
  return {
    sql,
    owner,
    url,
    ownerUrl,
    name,
    async drop() {
      await Promise.all([sql.end({ timeout: 1 }), owner.end({ timeout: 1 })])
      const last = connect(urls.adminUrl, { max: 1, log: silentLog })
      await last.unsafe(`drop database if exists ${name} with (force)`)
      await last.end({ timeout: 5 })
    },
  }
}

function databaseUrl(url: string, name: string): string {
  const parsed = new URL(url)
  parsed.pathname = `/${name}`
  return parsed.toString()
}

/** Migrates a template database once for each content of `database/`, whichever process comes first. */
async function migratedTemplate(admin: Sql, urls: Cluster, upTo: number): Promise<string> {
  const migrations = (await readMigrations(migrationsFolder)).filter((migration) => migration.number <= upTo)
  const hash = createHash('sha256')
  for (const migration of migrations) hash.update(`${migration.name} ${migration.sha256}\n`)
  const name = `template_${hash.digest('hex').slice(0, 16)}`
  const ready = async () =>
    (await admin`select 1 from pg_database where datname = ${name} and datistemplate`).length > 0
  if (await ready()) return name
  await admin`select pg_advisory_lock(7301)`
  try {
    if (await ready()) return name
    await admin.unsafe(`drop database if exists ${name} with (force)`)
    await admin.unsafe(`create database ${name} owner overt_owner`)
    await migrate(databaseUrl(urls.ownerUrl, name), migrationsFolder, silentLog, upTo)
    // Only a finished one is marked, so a killed migration is done again.
    await admin.unsafe(`alter database ${name} is_template true`)
    return name
  } finally {
    await admin`select pg_advisory_unlock(7301)`
  }
}

/** The keeper's address: an abstract socket, which vanishes with its process, so it is lock and door in one. */
export const keeperAddress = (): string => {
  const given = process.env['OVERT_TEST_PG']
  if (given) return given
  const here = createHash('sha256')
    .update(import.meta.dirname)
    .digest('hex')
    .slice(0, 12)
  return `\0overt-test-pg-${process.getuid?.() ?? 0}-${here}`
}

// Holds a socket open for as long as this process lives; the keeper counts them.
async function joinCluster(): Promise<{ urls: Cluster; socket: Socket }> {
  const address = keeperAddress()
  const deadline = performance.now() + 60_000
  for (;;) {
    const found = await ask(address)
    if (found !== null) return found
    if (performance.now() > deadline) throw new Error('no test database came up within 60 seconds')
    spawn(process.execPath, [join(import.meta.dirname, 'postgres-keeper.ts'), address.replace('\0', '@')], {
      detached: true,
      stdio: 'ignore',
    }).unref()
    await delay(300)
  }
}

function ask(address: string): Promise<{ urls: Cluster; socket: Socket } | null> {
  return new Promise((resolve) => {
    const socket = connectSocket(address)
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk) => {
      text += chunk
      if (!text.includes('\n')) return
      // An open test must not be held up by it.
      socket.unref()
      resolve({ urls: JSON.parse(text) as Cluster, socket })
    })
    socket.once('error', () => resolve(null))
    socket.once('close', () => resolve(null))
  })
}
