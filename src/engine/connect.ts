import type postgresTypes from 'postgres'
import { Failure, type Log } from '#base/base.ts'
import { postgres } from './driver.ts'

/** A pool of connections as one role. Rooms get it as an argument. */
export type Sql = postgresTypes.Sql
/** One open transaction. */
export type Tx = postgresTypes.TransactionSql
/** Where a function only asks or writes and doesn't care whether a transaction is open. */
export type Query = Sql | Tx

/** https://www.postgresql.org/docs/18/catalog-pg-type.html: these numbers never change. */
const oid = { int8: 20, date: 1082, timestamptz: 1184 } as const

/**
 * Opens a pool. What comes back is what the rooms speak: `timestamptz` is epoch ms (a number; a Date is taken too on
 * the way in), `date` is a civil day `'2026-11-22'`, `bigint` and `count(*)` are numbers (beyond 2^53: a Failure),
 * `bytea` is a Buffer, `jsonb` is parsed (write it with `sql.json(value)`, never `JSON.stringify`: that stores a string).
 * Nothing connects until the first query; a lost server is found again by itself.
 * @param url `postgresql://role:password@host/database`, or `…@localhost/database?host=/socket/folder` for a socket
 */
export function connect(url: string, options: { max?: number; log: Log; name?: string }): Sql {
  const { server, path } = parseUrl(url)
  return postgres(server, {
    ...(path === null ? {} : { path }),
    max: options.max ?? 10,
    connect_timeout: 15,
    connection: { application_name: options.name ?? 'overt' },
    onnotice: (notice) => options.log.debug({ code: notice['code'] }, notice['message'] ?? 'notice'),
    types: {
      instant: {
        to: oid.timestamptz,
        from: [oid.timestamptz],
        serialize: (at: number | Date | string) => instantText(at),
        parse: (text: string) => Temporal.Instant.from(text.replace(' ', 'T')).epochMilliseconds,
      },
      whole: {
        to: oid.int8,
        from: [oid.int8],
        serialize: (value: number | bigint) => String(value),
        parse: wholeNumber,
      },
      day: {
        to: oid.date,
        from: [oid.date],
        serialize: (day: string) => day,
        parse: (text: string) => text,
      },
    },
  })
}

/** Splits the libpq form of a socket URL, which postgres.js doesn't know, into what it does. */
export function parseUrl(url: string): { server: string; path: string | null } {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch (error) {
    throw new Failure(
      'invalid',
      'The database URL is not a URL. Write postgresql://role@host/database.',
      error,
    )
  }
  const folder = parsed.searchParams.get('host')
  if (folder === null) return { server: url, path: null }
  parsed.searchParams.delete('host')
  return { server: parsed.toString(), path: `${folder}/.s.PGSQL.${parsed.port || '5432'}` }
}

/** The URL of a database behind a socket. */
export const socketUrl = (folder: string, role: string, database: string): string =>
  `postgresql://${encodeURIComponent(role)}@localhost:5432/${encodeURIComponent(database)}?host=${encodeURIComponent(folder)}`

function instantText(at: number | Date | string): string {
  if (typeof at === 'string') return at
  return (at instanceof Date ? at : new Date(at)).toISOString()
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value))
    throw new Failure('data-loss', `${text} is too large to be counted exactly`)
  return value
}

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it throws.
 * The isolation is PostgreSQL's default (read committed): lock the rows you decide by (`for update`).
 */
export async function inTransaction<T>(sql: Sql, work: (tx: Tx) => Promise<T>): Promise<T> {
  return (await sql.begin((tx) => work(tx))) as T
}
