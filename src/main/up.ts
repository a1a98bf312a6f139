/**
 * `up` and `demo`: one machine with everything on it. Starts PostgreSQL, migrates, starts the hub and a recorder as
 * children (the demo: the simulated cameras and the staff too) and keeps them alive. Killed itself, its children notice
 * and stop; the next `up` takes over what it left.
 */
import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import {
  type Config,
  createLog,
  Failure,
  type Home,
  type Log,
  lockFolder,
  openHome,
  readConfig,
  story,
  systemClock,
} from '#base/base.ts'
import { checkOwner, checkRunningRole, migrate, startPostgres } from '#engine/engine.ts'
import { readPacks } from '#providers/providers.ts'
import { startDemo } from './demo.ts'
import { startHub } from './hub-child.ts'
import { startLocalRecorder } from './recorder-child.ts'

export const migrations = resolve(import.meta.dirname, '../../database')
const policies = resolve(import.meta.dirname, '../../policies')

/** Runs until told to stop; the exit code. */
export async function up(born: Home['born']): Promise<number> {
  const config = readConfig(process.env)
  const log = createLog('up', config.logLevel)
  await checkBeforehand(config)
  const home = await openHome(config.home, born, systemClock.nowMs())
  const unlock = lockFolder(home.path, 'up')
  const started: { close(): Promise<void> }[] = []
  const stopped = Promise.withResolvers<number>()
  process.on('SIGTERM', () => stopped.resolve(0))
  process.on('SIGINT', () => stopped.resolve(0))
  process.on('SIGHUP', () => stopped.resolve(0))
  try {
    // Asked to stop while still starting: what has started is closed in order, like at any other stop.
    return await Promise.race([stopped.promise, run(config, home, started, log).then(() => stopped.promise)])
  } finally {
    await closeAll(started, log)
    unlock()
  }
}

async function run(
  config: Config,
  home: Home,
  started: { close(): Promise<void> }[],
  log: Log,
): Promise<void> {
  const database = await openDatabase(config, log)
  started.push(database)
  const own = config.databaseUrl !== null
  if (own) await checkOwner(database.ownerUrl)
  await migrate(database.ownerUrl, migrations)
  if (own) await checkRunningRole(database.url)
  const hub = startHub({ config, home, databaseUrl: database.url, log })
  started.push(hub)
  const { url } = await hub.listening()
  const demo = home.born === 'demo' ? await startDemo({ home, hub, url, log }) : null
  if (demo !== null) started.push(demo)
  const recorder = await startLocalRecorder({ config, home, hub, url, log })
  started.push(recorder)
  // First: a recorder that can't start is said at once, and without one the hub has nothing to wait for.
  await recorder.ready()
  await hub.healthy()
  const words = demo === null ? await hub.setUpWords() : await demo.populate()
  process.stdout.write(`ready ${url}\n${words}`)
}

/** What can be known to be wrong is said before anything is made. */
async function checkBeforehand(config: Config): Promise<void> {
  if ((config.databaseUrl === null) !== (config.databaseOwnerUrl === null)) {
    throw new Failure(
      'invalid',
      'Set both DATABASE_URL (the running role) and DATABASE_OWNER_URL (the role that migrates), or neither.',
    )
  }
  readPacks(policies)
  const folders = [
    ['OVERT_HOME', config.home],
    ['OVERT_KEYRING', config.keyring],
    ['OVERT_KEYRING_COPY', config.keyringCopy],
  ] as const
  for (const [variable, folder] of folders) {
    if (folder === null) continue
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    } catch (error) {
      throw new Failure(
        'invalid',
        `Overt can't write to ${folder}. Choose another folder in ${variable}`,
        error,
      )
    }
  }
}

type Database = { readonly url: string; readonly ownerUrl: string; close(): Promise<void> }

async function openDatabase(config: Config, log: Log): Promise<Database> {
  if (config.databaseUrl !== null && config.databaseOwnerUrl !== null) {
    return { url: config.databaseUrl, ownerUrl: config.databaseOwnerUrl, close: async () => undefined }
  }
  const running = await startPostgres({ home: config.home, log })
  running.exited.then(() => {
    // Nothing can be done or recorded without it, and a supervisor above us may have better luck.
    log.error({}, 'PostgreSQL stopped and would not start again')
    process.exitCode = 1
    process.kill(process.pid, 'SIGTERM')
  })
  return running
}

/** In reverse: what was started last leans on what was started first. */
async function closeAll(started: readonly { close(): Promise<void> }[], log: Log): Promise<void> {
  for (const part of started.toReversed()) {
    try {
      await part.close()
    } catch (error) {
      log.error(
        { reason: story(new Failure('unavailable', "couldn't stop a part cleanly", error)) },
        'stopping',
      )
    }
  }
}
