import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, Failure, type Log } from '#base/base.ts'
import { connect, type Sql, startPostgres } from '#engine/engine.ts'
import { exportLog } from './export.ts'
import { decodePublicKey, publicKeyFile } from './key.ts'
import { allCheckpoints } from './proof.ts'
import { type LedgerReport, verifyFolder, verifyLedger } from './verify.ts'

const usage = `overt ledger verify [--checkpoint FILE …] [--key FILE] [--log FOLDER]

  --checkpoint FILE  a checkpoint that was kept outside (repeat for several)
  --key FILE         the ledger's public key, as it was given to you (default: OVERT_HOME/keys/ledger.pub)
  --log FOLDER       check an exported log instead of the database
`

type Parts = { readonly config: Config; readonly log: Log; write(text: string): void }

/**
 * `overt ledger verify`: says in plain words whether the ledger is whole, and names each entry that isn't. Runs beside
 * a running hub, or alone.
 * @returns exit code: 0 whole, 1 not whole, 2 not asked properly
 */
export async function ledgerVerifyCommand(args: readonly string[], parts: Parts): Promise<number> {
  const asked = readArguments(args)
  if (asked === null) {
    parts.write(usage)
    return 2
  }
  const publicKey = decodePublicKey(await readGiven(asked.key ?? publicKeyFile(parts.config.home)))
  const checkpoints = await Promise.all(asked.checkpoints.map(readGiven))
  const against = { publicKey, checkpoints }
  const report =
    asked.folder === null
      ? await withDatabase(parts, 'overt ledger verify', (sql) => verifyLedger(sql, against))
      : await verifyFolder(asked.folder, against)
  parts.write(words(report, asked.key === null))
  return report.ok ? 0 : 1
}

function readArguments(
  args: readonly string[],
): { checkpoints: string[]; key: string | null; folder: string | null } | null {
  const checkpoints: string[] = []
  let key: string | null = null
  let folder: string | null = null
  for (let at = 0; at < args.length; at += 2) {
    const value = args[at + 1]
    if (value === undefined) return null
    if (args[at] === '--checkpoint') checkpoints.push(value)
    else if (args[at] === '--key') key = value
    else if (args[at] === '--log') folder = value
    else return null
  }
  return { checkpoints, key, folder }
}

async function readGiven(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new Failure('not-found', `couldn't read ${path}`, error)
  }
}

/**
 * `overt ledger export FOLDER`: every log, each in a folder named for its year, for whoever may not use this machine.
 * Runs beside a running hub, or alone. No personal detail is in it.
 * @returns exit code: 0 written, 2 not asked properly
 * @throws Failure('conflict') when the folder has something in it: two exports must not mix
 */
export async function ledgerExportCommand(args: readonly string[], parts: Parts): Promise<number> {
  const [folder, ...rest] = args
  if (folder === undefined || folder.startsWith('-') || rest.length > 0) {
    parts.write('overt ledger export FOLDER\n\n  FOLDER  a new or empty folder\n')
    return 2
  }
  await mkdir(folder, { recursive: true })
  if ((await readdir(folder)).length > 0)
    throw new Failure('conflict', `${folder} is not empty: name a new folder`)
  const notes = await withDatabase(parts, 'overt ledger export', async (sql) => {
    const newest = await allCheckpoints(sql)
    for (const { origin } of newest) await exportLog(sql, origin, join(folder, yearOf(origin)))
    return newest
  })
  for (const { origin, size } of notes)
    parts.write(`${join(folder, yearOf(origin))}: ${size} entries of ${origin}\n`)
  parts.write(
    'Give these folders away as they are. Whoever has them checks each with: ledger verify --log FOLDER --key FILE\n',
  )
  return 0
}

const yearOf = (origin: string): string => origin.split('/')[2] ?? origin

async function withDatabase<T>(parts: Parts, name: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const { config, log } = parts
  const server =
    config.databaseUrl === null ? await startPostgres({ home: config.home, log, shared: true }) : null
  const sql = connect(config.databaseUrl ?? server!.url, { max: 3, log, name })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 5 })
    await server?.close()
  }
}

function words(report: LedgerReport, ownKey: boolean): string {
  const lines = report.logs.map(
    (log) => `${log.origin}: ${log.size} entries, root ${Buffer.from(log.root).toString('base64')}`,
  )
  for (const problem of report.problems) lines.push(`WRONG  ${problem.log}: ${problem.message}`)
  for (const note of report.notes) lines.push(`note   ${note}`)
  if (ownKey)
    lines.push(
      'note   the key was taken from this home; an outsider brings the one they were given, with --key',
    )
  lines.push(
    report.ok
      ? `verified: all ${report.entries} entries are as they were recorded`
      : `NOT VERIFIED: ${report.problems.length} thing${report.problems.length === 1 ? ' is' : 's are'} wrong, see above`,
  )
  return `${lines.join('\n')}\n`
}
