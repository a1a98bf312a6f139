/** A month of reels as a recorder would have written them: real heads, keys and indexes, bodies only where they are read. */
import { createCipheriv, hash } from 'node:crypto'
import { access, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { addDays, canonicalJson, type Json, newId, startOfDayMs } from '#base/base.ts'
import type { Keyring } from '#footage/footage.ts'
import {
  encodeIndex,
  encodePrelude,
  encodeRecordHeader,
  encodeTrailer,
  fragmentKey,
  type IndexEntry,
  indexEntryBytes,
  newReelKey,
  type RecordHeader,
  type ReelHead,
  recordHeaderBytes,
  wrapReelKey,
} from '#formats/reel/reel.ts'

/** Two seconds of 2 Mbit/s video. */
export const fragmentBytes = 500_000
export const fragmentsPerHour = 1_800
const fragmentMs = 2_000
const hourMs = 3_600_000

/** One fragment: of a camera, on a day, in an hour of it. */
export type Moment = {
  readonly camera: string
  readonly day: string
  readonly hour: number
  readonly fragment: number
}

export type Archive = {
  readonly recorder: string
  readonly cameras: readonly string[]
  /** Id of the mandate under which each camera recorded. */
  readonly mandateOf: ReadonlyMap<string, string>
  readonly today: string
  readonly days: number
  /** Fragments that will be looked at: these are sealed for real. */
  readonly wanted: readonly Moment[]
  readonly folder: string
  readonly site: { readonly timeZone: string; readonly landlord: string }
}

export const momentMs = ({ day, hour, fragment }: Moment, timeZone: string): number =>
  startOfDayMs(day, timeZone) + hour * hourMs + fragment * fragmentMs

export async function makeArchive(keyring: Keyring, archive: Archive): Promise<number> {
  const real = new Map<string, Set<number>>()
  for (const moment of archive.wanted) {
    const key = `${moment.camera} ${moment.day} ${moment.hour}`
    real.set(key, (real.get(key) ?? new Set()).add(moment.fragment))
  }
  await access(join(archive.folder, 'storage.json'))
  let reels = 0
  for (let ago = archive.days; ago >= 1; ago -= 1) {
    const day = addDays(archive.today, -ago)
    for (const camera of archive.cameras) {
      // A day longer than the archive, so that nothing falls due while it is measured.
      const [key] = await keyring.publicKeysFor(camera, [day], archive.days + 1, archive.site)
      await mkdir(join(archive.folder, camera, day), { recursive: true })
      await Promise.all(
        Array.from({ length: 24 }, (_, hour) => {
          const fragments = real.get(`${camera} ${day} ${hour}`) ?? new Set<number>()
          return writeReel(archive, { camera, day, hour, key: key!, fragments })
        }),
      )
      reels += 24
    }
  }
  return reels
}

const clearFacts = { audio: false, uncertaintyMs: 5, monotonicUs: 0n, rtp: null, ntp: null }

const initBytes = 716
const overheadBytes = recordHeaderBytes + 32

const fragmentOffset = (preludeBytes: number, n: number): number =>
  preludeBytes + overheadBytes + initBytes + n * (overheadBytes + fragmentBytes)

let template: { readonly preludeBytes: number; readonly rows: Buffer } | null = null

/** Index rows of an hour: encoded once, then only the times are changed, for thousands of reels are made. */
function rowsFor(preludeBytes: number, openedMs: number): Buffer {
  if (template?.preludeBytes !== preludeBytes) {
    const entries: IndexEntry[] = [
      {
        offset: preludeBytes,
        sequence: 0,
        type: 'init',
        startsWithKeyframe: false,
        bodyBytes: initBytes,
        frames: 0,
        startMs: 0,
        endMs: 0,
        decodeTime: 0n,
        duration: 0,
        hash: Buffer.alloc(32),
      },
    ]
    for (let n = 0; n < fragmentsPerHour; n += 1) {
      entries.push({
        offset: fragmentOffset(preludeBytes, n),
        sequence: n + 1,
        type: 'media',
        startsWithKeyframe: true,
        bodyBytes: fragmentBytes,
        frames: 30,
        startMs: n * fragmentMs,
        endMs: (n + 1) * fragmentMs,
        decodeTime: BigInt(n * fragmentMs * 90),
        duration: fragmentMs * 90,
        hash: Buffer.alloc(32),
      })
    }
    template = { preludeBytes, rows: Buffer.from(encodeIndex(entries)) }
  }
  const rows = Buffer.from(template.rows)
  for (let at = 0; at < rows.byteLength; at += indexEntryBytes) {
    const n = at / indexEntryBytes
    const startMs = n === 0 ? openedMs : openedMs + (n - 1) * fragmentMs
    rows.writeBigInt64BE(BigInt(startMs), at + 24)
    rows.writeBigInt64BE(BigInt(n === 0 ? startMs : startMs + fragmentMs), at + 32)
    rows.writeBigUInt64BE(BigInt(n === 0 ? 0 : startMs * 90), at + 40)
  }
  return rows
}

async function writeReel(
  archive: Archive,
  given: {
    camera: string
    day: string
    hour: number
    key: { kid: string; publicKey: string }
    fragments: ReadonlySet<number>
  },
) {
  const { camera, day, hour, key } = given
  const openedMs = startOfDayMs(day, archive.site.timeZone) + hour * hourMs
  const reel = newId(openedMs)
  const reelKey = newReelKey()
  const head: ReelHead = {
    v: 1,
    reel,
    recorder: archive.recorder,
    camera,
    stream: 'main',
    mandate: archive.mandateOf.get(camera)!,
    counter: 1,
    day,
    timeZone: archive.site.timeZone,
    kid: key.kid,
    ...wrapReelKey(reelKey, key.publicKey, { camera, day, reel }),
    openedMs,
    untilMs: openedMs + hourMs,
    previous: '0'.repeat(64),
    codec: 'avc1.64001f',
    width: 1920,
    height: 1080,
    timescale: 90_000,
    epoch: 1,
  }
  const prelude = encodePrelude(head)
  const headHash = hash('sha256', prelude, 'buffer')
  const rows = rowsFor(prelude.byteLength, openedMs)
  const file = await open(join(archive.folder, camera, day, `${reel}.reel`), 'wx', 0o600)
  try {
    await file.write(prelude, 0, prelude.byteLength, 0)
    const seal = async (header: RecordHeader, body: Buffer, offset: number): Promise<void> => {
      const headerBytes = Buffer.alloc(recordHeaderBytes)
      encodeRecordHeader(header, headerBytes)
      const cipher = createCipheriv('aes-256-gcm', fragmentKey(reelKey, header.sequence), Buffer.alloc(12))
      cipher.setAAD(Buffer.concat([headHash, headerBytes]))
      const sealed = [headerBytes, cipher.update(body), cipher.final(), cipher.getAuthTag(), Buffer.alloc(32)]
      const bytes = Buffer.concat(sealed)
      await file.write(bytes, 0, bytes.byteLength, offset)
    }
    const at = {
      ...clearFacts,
      startMs: openedMs,
      endMs: openedMs,
      frames: 0,
      decodeTime: 0n,
      duration: 0,
      startsWithKeyframe: false,
    }
    await seal(
      { ...at, type: 'init', sequence: 0, bodyBytes: initBytes },
      Buffer.alloc(initBytes - 16),
      prelude.byteLength,
    )
    for (const n of given.fragments) {
      const startMs = openedMs + n * fragmentMs
      const facts = {
        ...clearFacts,
        type: 'media' as const,
        sequence: n + 1,
        bodyBytes: fragmentBytes,
        startMs,
        endMs: startMs + fragmentMs,
        frames: 30,
        decodeTime: BigInt(startMs * 90),
        duration: fragmentMs * 90,
        startsWithKeyframe: true,
      }
      await seal(
        facts,
        Buffer.alloc(fragmentBytes - 16, String(startMs)),
        fragmentOffset(prelude.byteLength, n),
      )
    }
    const records = fragmentsPerHour + 1
    let offset = fragmentOffset(prelude.byteLength, fragmentsPerHour)
    const indexOffset = offset
    const lastMs = openedMs + hourMs
    const close = {
      v: 1,
      reason: 'hour',
      records: records + 1,
      fragments: fragmentsPerHour,
      frames: 30 * fragmentsPerHour,
      firstMs: openedMs,
      lastMs,
      indexOffset,
    }
    const tail: Buffer[] = []
    let closeOffset = 0
    for (const [type, body] of [
      ['index', rows],
      ['close', Buffer.from(canonicalJson(close as unknown as Json))],
    ] as const) {
      if (type === 'close') closeOffset = offset
      const headerBytes = Buffer.alloc(recordHeaderBytes)
      encodeRecordHeader(
        {
          ...at,
          type,
          startMs: lastMs,
          endMs: lastMs,
          sequence: records + (type === 'close' ? 1 : 0),
          bodyBytes: body.byteLength,
        },
        headerBytes,
      )
      tail.push(headerBytes, body, Buffer.alloc(32))
      offset += recordHeaderBytes + body.byteLength + 32
    }
    tail.push(Buffer.from(encodeTrailer(indexOffset, closeOffset)))
    const bytes = Buffer.concat(tail)
    await file.write(bytes, 0, bytes.byteLength, indexOffset)
  } finally {
    await file.close()
  }
}
