import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, closeSync, constants, openSync, renameSync, statSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Failure, type Log, story } from '#base/base.ts'
import { connect, socketUrl } from './connect.ts'
import { type Place, preparePlace } from './postgres-place.ts'

/** The embedded server of one home, watched and started again when it dies, until `close`. */
export type RunningPostgres = {
  /** For the role `overt_app`, which runs the hub. */
  readonly url: string
  /** For the role `overt_owner`, which migrates. */
  readonly ownerUrl: string
  /** For the superuser; tests and rescue only. */
  readonly adminUrl: string
  /** Process id of the postmaster now; changes when it is started again. */
  pid(): number
  /** Resolves when the server couldn't be brought back and we gave up; never resolves on `close`. */
  readonly exited: Promise<void>
  close(): Promise<void>
}

export const roles = { admin: 'overt_admin', owner: 'overt_owner', app: 'overt_app' } as const
export const databaseName = 'overt'

const logBytesMax = 5_000_000
/** Crash recovery replays at most max_wal_size (1 GB): a minute or two on a slow disk. */
const readyWithinMs = 300_000
/** After kill -9 the old backends must first notice and go: measured 0.3-3 s. */
const startWithinMs = 60_000
const restartsInARowMax = 10

/**
 * Starts PostgreSQL on this home's data; one that an earlier, killed Overt left running is ended first.
 * Socket only, fsync on, checksums on. Dies with this process where `setpriv` exists (Linux); elsewhere it is found
 * and replaced at the next start. The caller holds the home's lock.
 * @param options.shared a running server is used as it is and left running: for commands beside a running hub
 * @param options.settings further `-c name=value`; tests only
 */
export async function startPostgres(options: {
  home: string
  log: Log
  shared?: boolean
  settings?: Readonly<Record<string, string>>
}): Promise<RunningPostgres> {
  const { log } = options
  const place = await preparePlace(options.home, log)
  await initialise(place, log)

  let server = await startServer(place, options, log)
  let closing = false
  let gaveUp = (): void => undefined
  const exited = new Promise<void>((resolve) => {
    gaveUp = resolve
  })
  const adminUrl = socketUrl(place.socket, roles.admin, 'postgres')
  try {
    await createRolesAndDatabase(adminUrl, log)
  } catch (error) {
    await stop(server)
    throw error
  }

  const watch = async (): Promise<void> => {
    for (let failures = 0; !closing; ) {
      await server.gone
      if (closing) return
      log.error({ pid: server.pid }, 'PostgreSQL died; starting it again')
      try {
        server = await startServer(place, options, log)
        failures = 0
        log.info({ pid: server.pid }, 'PostgreSQL is back')
      } catch (error) {
        failures += 1
        log.error({ failures, why: story(error) }, "PostgreSQL couldn't be started again")
        if (failures >= restartsInARowMax) return gaveUp()
        await delay(Math.min(500 * 2 ** failures, 30_000), undefined, { ref: false })
      }
    }
    // A restart that finished while close() ran belongs to nobody: end it too.
    if (closing && !leaveRunning) await stop(server)
  }
  const leaveRunning = options.shared === true && server.child === null
  const watching = leaveRunning ? Promise.resolve() : watch()

  return {
    url: socketUrl(place.socket, roles.app, databaseName),
    ownerUrl: socketUrl(place.socket, roles.owner, databaseName),
    adminUrl,
    pid: () => server.pid,
    exited,
    async close() {
      closing = true
      if (leaveRunning) return
      await stop(server)
      await Promise.race([watching, delay(startWithinMs, undefined, { ref: false })])
    },
  }
}

type Server = { readonly pid: number; readonly child: ChildProcess | null; readonly gone: Promise<void> }

/**
 * Starts a server. One that already runs on this data belonged to a process that was killed (two live ones are kept
 * apart by the lock on the home): where the kernel ends it with its parent it is going down this very moment, so it is
 * never used but ended in order and replaced. A command beside a running hub uses it instead.
 */
async function startServer(
  place: Place,
  options: { shared?: boolean; settings?: Readonly<Record<string, string>> },
  log: Log,
): Promise<Server> {
  const settings = options.settings ?? {}
  const deadline = performance.now() + startWithinMs
  for (;;) {
    const running = await findRunning(place, log)
    if (running !== null && options.shared === true) return running
    if (running !== null) {
      log.info({ pid: running.pid }, 'ending a PostgreSQL that an earlier Overt left running')
      await stop(running)
    }
    const child = launch(place, settings)
    const gone = new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      child.once('error', () => resolve())
    })
    let alive = true
    void gone.then(() => {
      alive = false
    })
    const readyBy = performance.now() + readyWithinMs
    while (alive && performance.now() < readyBy) {
      // The one that answers may still be the one before, on its way out.
      if ((await postmasterPid(place)) === child.pid && (await answers(place, log))) {
        return { pid: child.pid!, child, gone }
      }
      await Promise.race([gone, delay(25)])
    }
    if (alive) {
      child.kill('SIGQUIT')
      throw new Failure('unavailable', `PostgreSQL didn't answer within ${readyWithinMs / 1000} seconds`)
    }
    if (performance.now() > deadline) {
      throw new Failure('unavailable', `PostgreSQL didn't start: ${await lastWords(place)}`)
    }
    // "lock file postmaster.pid already exists" or "shared memory block is still in use": the one before is going.
    await delay(250)
  }
}

function launch(place: Place, settings: Readonly<Record<string, string>>): ChildProcess {
  const chosen: Record<string, string> = {
    listen_addresses: '',
    unix_socket_directories: place.socket,
    unix_socket_permissions: '0700',
    port: '5432',
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    max_connections: '120',
    shared_buffers: '128MB',
    timezone: 'UTC',
    jit: 'off',
    // A statement's values are people's data; the log gets neither them nor the DETAIL line that repeats them.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_statement: 'none',
    log_timezone: 'UTC',
    ...settings,
  }
  const args = ['-D', place.data, ...Object.entries(chosen).flatMap(([k, v]) => ['-c', `${k}=${v}`])]
  const program = join(place.bin, 'postgres')
  const setpriv = findSetpriv()
  const [command, argv] =
    setpriv === null
      ? ([program, args] as const)
      : // SIGINT is PostgreSQL's fast shutdown; the kernel sends it when our process ends, however it ends.
        ([setpriv, ['--pdeathsig', 'INT', program, ...args]] as const)
  const output = openLog(join(place.folder, 'postgres.log'))
  const child = spawn(command, argv, {
    ...identity(place),
    cwd: '/',
    // Its own session, so Ctrl-C in a terminal reaches us first and we end it in order.
    detached: true,
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  child.unref()
  const onExit = (): void => {
    child.kill('SIGINT')
  }
  process.once('exit', onExit)
  child.once('exit', () => process.removeListener('exit', onExit))
  return child
}

async function findRunning(place: Place, log: Log): Promise<Server | null> {
  const pid = await postmasterPid(place)
  if (pid === null || !lives(pid) || !(await answers(place, log))) return null
  const gone = (async () => {
    while (lives(pid)) await delay(200, undefined, { ref: false })
  })()
  return { pid, child: null, gone }
}

async function stop(server: Server): Promise<void> {
  const ended = Promise.race([server.gone.then(() => true), delay(30_000, false, { ref: false })])
  signal(server.pid, 'SIGINT')
  // `gone` alone doesn't keep the event loop alive (the child is unreferenced), so a timer does.
  const keepAlive = setInterval(() => undefined, 1000)
  try {
    if (await ended) return
    signal(server.pid, 'SIGQUIT')
    await Promise.race([server.gone, delay(10_000)])
  } finally {
    clearInterval(keepAlive)
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function postmasterPid(place: Place): Promise<number | null> {
  const text = await readFile(join(place.data, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(text.split('\n')[0])
  return Number.isSafeInteger(pid) && pid > 1 ? pid : null
}

/** Whether a server for exactly this data folder answers on the socket. */
async function answers(place: Place, log: Log): Promise<boolean> {
  const sql = connect(socketUrl(place.socket, roles.admin, 'postgres'), { max: 1, log })
  try {
    const found = await Promise.race([
      sql<{ data_directory: string }[]>`show data_directory`,
      delay(5_000, null, { ref: false }),
    ])
    return found !== null && found[0]?.data_directory === place.data
  } catch {
    // Not there, starting up, recovering or shutting down: all mean "not yet".
    return false
  } finally {
    await sql.end({ timeout: 0 })
  }
}

async function initialise(place: Place, log: Log): Promise<void> {
  const version = await readFile(join(place.data, 'PG_VERSION'), 'utf8').catch(() => null)
  if (version !== null) {
    if (version.trim() === '18') return
    throw new Failure(
      'unsupported',
      `${place.data} holds a PostgreSQL ${version.trim()} database; this Overt has PostgreSQL 18. Keep the Overt that made it, or move the data by a dump.`,
    )
  }
  // Made under another name and renamed whole, so a killed first start leaves nothing half made.
  const draft = `${place.data}.new`
  await rm(draft, { recursive: true, force: true })
  const argv = [
    '-D',
    draft,
    '-U',
    roles.admin,
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--data-checksums',
    '--no-instructions',
  ]
  // PostgreSQL's own C.UTF-8: an update of the operating system can't silently reorder our indexes.
  argv.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C')
  await run(place, join(place.bin, 'initdb'), argv)
  // Only the socket, whose folder is private to the account; no network line at all.
  await writeFile(join(draft, 'pg_hba.conf'), 'local all all trust\n')
  await rename(draft, place.data)
  log.info({ folder: place.folder }, 'made a new database')
}

async function createRolesAndDatabase(adminUrl: string, log: Log): Promise<void> {
  const sql = connect(adminUrl, { max: 1, log })
  try {
    const [role] = await sql<{ n: number }[]>`
      select count(*) as n from pg_roles where rolname in (${roles.owner}, ${roles.app})`
    if (role?.n !== 2) {
      for (const name of [roles.owner, roles.app]) {
        const found = await sql`select 1 from pg_roles where rolname = ${name}`
        if (found.length === 0) await sql`create role ${sql(name)} login`
      }
    }
    const found = await sql`select 1 from pg_database where datname = ${databaseName}`
    if (found.length === 0) await sql`create database ${sql(databaseName)} owner ${sql(roles.owner)}`
  } finally {
    await sql.end({ timeout: 5 })
  }
}

async function run(place: Place, program: string, argv: readonly string[]): Promise<void> {
  const child = spawn(program, argv, { ...identity(place), cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] })
  let words = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-2000)
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  }).catch((error: unknown) => {
    throw new Failure('unavailable', `couldn't run ${program}`, error)
  })
  if (code !== 0) throw new Failure('unavailable', `${program} failed: ${words.trim()}`)
}

/** As whom and with what surroundings: nothing of our own environment (secrets, PG*) reaches the server. */
const identity = (place: Place) => ({
  env: { PATH: '/usr/bin:/bin', LANG: 'C', TZ: 'UTC' },
  ...(place.account === null ? {} : { uid: place.account.uid, gid: place.account.gid }),
})

function findSetpriv(): string | null {
  for (const path of ['/usr/bin/setpriv', '/bin/setpriv']) {
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // Not here.
    }
  }
  return null
}

function openLog(path: string): number {
  try {
    if (statSync(path).size > logBytesMax) renameSync(path, `${path}.1`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return openSync(path, 'a', 0o600)
}

async function lastWords(place: Place): Promise<string> {
  const text = await readFile(join(place.folder, 'postgres.log'), 'utf8').catch(() => '')
  return text.trim().split('\n').slice(-3).join(' | ') || 'it said nothing'
}
