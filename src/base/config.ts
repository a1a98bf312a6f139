import { resolve } from 'node:path'
import { Failure } from './failures.ts'

/** What the installation is told by its environment. Read once, at start, by `main`; everything else gets values. */
export type Config = {
  /** Folder for database, recorder storage and signing keys (`OVERT_HOME`, default `./data`). Absolute. */
  readonly home: string
  /** Folder of the keyring (`OVERT_KEYRING`, default `./keyring`, beside the home and never inside it). Absolute. */
  readonly keyring: string
  /** Second copy of the keyring, or null (`OVERT_KEYRING_COPY`). */
  readonly keyringCopy: string | null
  readonly host: string
  /** TCP port of pages and API; 0 lets the system choose. */
  readonly port: number
  /** For the running role and the migrating role; null means the embedded PostgreSQL. */
  readonly databaseUrl: string | null
  readonly databaseOwnerUrl: string | null
  /** Address under which people reach the pages (`OVERT_PUBLIC_URL`), for links and the origin check. */
  readonly publicUrl: string | null
  /** The landlord's mail server (`OVERT_SMTP_URL`, with user and password where it asks), or null: nothing is sent. */
  readonly smtpUrl: string | null
  /** Whom mail comes from (`OVERT_MAIL_FROM`); needed with the server. */
  readonly mailFrom: string | null
  /** Where map pictures come from (`OVERT_MAP_TILES`), or null: maps are plain paper and nothing is fetched. */
  readonly mapTiles: string | null
  readonly logLevel: string
}

const levels = ['debug', 'info', 'warn', 'error']

export function readConfig(env: NodeJS.ProcessEnv): Config {
  const home = resolve(env['OVERT_HOME'] ?? './data')
  const keyring = resolve(env['OVERT_KEYRING'] ?? './keyring')
  if (`${keyring}/`.startsWith(`${home}/`)) {
    throw new Failure(
      'invalid',
      `OVERT_KEYRING (${keyring}) lies inside OVERT_HOME (${home}). Keys must not be backed up with what they open: choose a folder outside it.`,
    )
  }
  const portText = env['OVERT_PORT'] ?? '8080'
  const port = Number(portText)
  if (!/^\d{1,5}$/.test(portText) || port > 65_535) {
    throw new Failure('invalid', `OVERT_PORT is "${portText}". Give a number from 0 to 65535.`)
  }
  const databaseUrl = env['DATABASE_URL'] ?? null
  const databaseOwnerUrl = env['DATABASE_OWNER_URL'] ?? null
  const logLevel = env['OVERT_LOG'] ?? 'info'
  if (!levels.includes(logLevel)) {
    throw new Failure('invalid', `OVERT_LOG is "${logLevel}". Choose one of: ${levels.join(', ')}.`)
  }
  const smtpUrl = env['OVERT_SMTP_URL'] || null
  const mailFrom = env['OVERT_MAIL_FROM'] || null
  if (smtpUrl !== null && mailFrom === null)
    throw new Failure(
      'invalid',
      'OVERT_SMTP_URL needs OVERT_MAIL_FROM beside it: the address that Overt’s e-mail comes from.',
    )
  return {
    home,
    keyring,
    keyringCopy: env['OVERT_KEYRING_COPY'] ? resolve(env['OVERT_KEYRING_COPY']) : null,
    host: env['OVERT_HOST'] ?? '127.0.0.1',
    port,
    databaseUrl,
    databaseOwnerUrl,
    publicUrl: env['OVERT_PUBLIC_URL'] ?? null,
    smtpUrl,
    mailFrom,
    mapTiles: mapTilesIn(env['OVERT_MAP_TILES'] || null),
    logLevel,
  }
}

/** An address with {z}, {x} and {y}: whoever serves it learns which places people look at, so it is never a default. */
function mapTilesIn(given: string | null): string | null {
  if (given === null) return null
  const plain = given.replace(/\{[zxy]\}/g, '1')
  if (['{z}', '{x}', '{y}'].every((part) => given.includes(part)) && /^https?:\/\/[^\s"'{};,]+$/.test(plain))
    return given
  throw new Failure(
    'invalid',
    `OVERT_MAP_TILES is "${given}". Give an address like https://tiles.example.org/{z}/{x}/{y}.png, with {z}, {x} and {y} in it.`,
  )
}
