/** What somebody could do with copies made yesterday: reels, the whole database, a keyring as the hub has it today. */

import { open } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { silentLog } from '#base/base.ts'
import { connect, startPostgres } from '#engine/engine.ts'
import { openKeyring } from '#footage/footage.ts'
import {
  fragmentKey,
  openRecord,
  type ReelHead,
  recordHeaderBytes,
  scanReel,
  unwrapReelKey,
} from '#formats/reel/reel.ts'
import { reelsUnder, sourceOf } from '#tests/rig/reels.ts'

/** The database of a home that runs, as its owner reaches it past the hub. */
export async function databaseOf(home: string) {
  const server = await startPostgres({ home, log: silentLog, shared: true })
  const sql = connect(server.ownerUrl, { max: 1, log: silentLog, name: 'overt journey' })
  return {
    /** Everything in every table, as COPY writes it. */
    async dump(): Promise<string> {
      const tables = await sql<{ name: string }[]>`
        select format('%I.%I', schemaname, tablename) as name from pg_tables
        where schemaname not in ('pg_catalog', 'information_schema')`
      let all = ''
      for (const { name } of tables)
        all += await text(await sql.unsafe(`copy (select * from ${name}) to stdout`).readable())
      return all
    },
    /** Changes one word of a ledger entry's leaf behind the hub's back. */
    async alterLeaf(id: string): Promise<void> {
      const changed = await sql`
        update ledger.entry set leaf = replace(leaf, '"kind":"viewing.opened"', '"kind":"viewing.closed"')
        where id = ${id} and leaf like '%"kind":"viewing.opened"%'`
      if (changed.count !== 1) throw new Error(`there is no entry ${id} to alter`)
    },
    async close(): Promise<void> {
      await sql.end({ timeout: 5 })
      await server.close()
    },
  }
}

type Sealed = {
  readonly sequence: number
  /** Whether this key opens the record. */
  opens(key: Uint8Array): boolean
}

/** Every reel under a folder with its sealed media records. */
async function* reelsOf(folder: string): AsyncIterable<{ head: ReelHead; records: Sealed[] }> {
  for (const path of await reelsUnder(folder)) {
    const file = await open(path, 'r')
    try {
      const source = await sourceOf(file)
      const scan = await scanReel(source, { verify: false })
      const records: Sealed[] = []
      for (const record of scan.records) {
        if (record.type !== 'media') continue
        const stored = Buffer.from(await source.read(record.offset, recordHeaderBytes + record.bodyBytes))
        const [header, body] = [stored.subarray(0, recordHeaderBytes), stored.subarray(recordHeaderBytes)]
        records.push({
          sequence: record.sequence,
          opens: (key) => succeeds(() => openRecord(key, scan.headHash, header, body)),
        })
      }
      yield { head: scan.head, records }
    } finally {
      await file.close()
    }
  }
}

/** Opening fails by throwing, whatever is wrong with the key. */
function succeeds(work: () => unknown): boolean {
  try {
    work()
    return true
  } catch {
    return false
  }
}

export type Yield = {
  /** Reels of which a copy of the keyring still has the day's key. */
  readonly reels: number
  /** Fragments that open, whether by the day's key or by a hold's. */
  readonly fragments: number
  readonly sealed: number
  /** Reels of which a hold keeps a part. */
  readonly heldReels: ReadonlySet<string>
  /** One true fragment key, to see that the search for keys finds one that is there. */
  readonly aKey: Buffer | null
}

/** What the reels under a folder yield with a copy of the hub's keyring. */
export async function yieldOf(folder: string, keyringFolder: string): Promise<Yield> {
  const keyring = await openKeyring({
    folder: keyringFolder,
    copy: null,
    passphrase: null,
    expectedId: null,
    nowMs: Date.now(),
    log: silentLog,
  })
  try {
    let [reels, fragments, sealed] = [0, 0, 0]
    let aKey: Buffer | null = null
    for await (const { head, records } of reelsOf(folder)) {
      const own = keyring.keysOf(head)
      if (own !== null) reels += 1
      const held = keyring.holds().flatMap(({ id }) => keyring.heldKeys(id, head.reel) ?? [])
      for (const record of records) {
        const keys = [own, ...held].flatMap((some) => some?.keyOf(record.sequence) ?? [])
        const key = keys.find((one) => record.opens(one)) ?? null
        if (key === null) sealed += 1
        else {
          fragments += 1
          aKey ??= Buffer.from(key)
        }
      }
    }
    return { reels, fragments, sealed, heldReels: new Set(keyring.heldReels()), aKey }
  } finally {
    await keyring.close()
  }
}

/** Everything in a text that could be 32 secret bytes: Base64, base64url, hex, and COPY's `\\x…`. */
function secretsIn(words: string): Buffer[] {
  const found = new Map<string, Buffer>()
  const keep = (bytes: Buffer): void => {
    if (bytes.length === 32) found.set(bytes.toString('hex'), bytes)
  }
  for (const [run] of words.matchAll(/(?<![0-9a-f])(?:[0-9a-f]{2}){32,4096}(?![0-9a-f])/g)) {
    const bytes = Buffer.from(run, 'hex')
    for (let at = 0; at + 32 <= bytes.length; at += 32) keep(bytes.subarray(at, at + 32))
    keep(bytes.subarray(-32))
  }
  for (const [run] of words.matchAll(/(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{43}(?![A-Za-z0-9+/_-])/g))
    keep(Buffer.from(run, run.includes('+') || run.includes('/') ? 'base64' : 'base64url'))
  return [...found.values()]
}

/** How many of the reels open by anything in these words: as a day's key, a reel's, or a fragment's. */
export async function openedBy(folder: string, words: string): Promise<{ tried: number; reels: number }> {
  const secrets = secretsIn(words)
  let reels = 0
  for await (const { head, records } of reelsOf(folder)) {
    const opens = (key: Uint8Array, at: number): boolean => {
      const record = records[at]
      return record !== undefined && (record.opens(key) || record.opens(fragmentKey(key, record.sequence)))
    }
    const any = secrets.some((secret) => {
      let reelKey: Uint8Array | null = null
      succeeds(() => {
        reelKey = unwrapReelKey(head, secret)
      })
      return opens(secret, 0) || (reelKey !== null && opens(reelKey, 0))
    })
    if (any) reels += 1
  }
  return { tried: secrets.length, reels }
}
