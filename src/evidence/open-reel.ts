/** Opens held records and lays them out as films: for a pack, and for who watches an exhibit. */
import { hash } from 'node:crypto'
import { Failure } from '#base/base.ts'
import {
  chainBytes,
  decodeGapBody,
  decodePrelude,
  decodeRecordHeader,
  openRecord,
  type RecordHeader,
  type ReelHead,
  recordHeaderBytes,
} from '#formats/reel/reel.ts'

/** A reel's part of a span, as footage hands it over. */
export type SealedPart = {
  /** The reel's prelude. */
  readonly headBytes: Buffer
  /** The init record and then the span's records, gaps included; `key` is null for clear ones. */
  readonly records: AsyncIterable<{ readonly bytes: Buffer; readonly key: Buffer | null }>
}

export type Fragment = { readonly reel: string; readonly header: RecordHeader; readonly clear: Buffer }

export type OpenedReel = {
  readonly head: ReelHead
  readonly headers: readonly RecordHeader[]
  readonly init: Buffer
  readonly fragments: readonly Fragment[]
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number; readonly cause: string }[]
  readonly keys: Readonly<Record<string, string>>
}

/** Sealed bytes opened at once; a browser holds as much in memory while it checks a pack. */
export const openedBytesMax = 1024 * 1024 * 1024

/** A film is cut where more than this is missing: nobody wants to watch a still for longer. */
const stillSecondsMax = 60
const filmBytesMax = 400 * 1024 * 1024

/**
 * @param sealed told of every record's stored bytes, in order
 * Throws `Failure('data-loss')` when a record or its key is not what it should be.
 */
export async function openReel(part: SealedPart, sealed: (bytes: Buffer) => void): Promise<OpenedReel> {
  const { head, bytes: prelude } = decodePrelude(part.headBytes)
  const headHash = hash('sha256', prelude, 'buffer')
  const headers: RecordHeader[] = []
  const fragments: Fragment[] = []
  const gaps: { fromMs: number; toMs: number; cause: string }[] = []
  const keys: Record<string, string> = {}
  let init: Buffer | null = null
  for await (const { bytes, key } of part.records) {
    sealed(bytes)
    const header = decodeRecordHeader(bytes)
    if (typeof header === 'string') throw new Failure('data-loss', `A held record cannot be read: ${header}.`)
    const body = bytes.subarray(recordHeaderBytes, bytes.byteLength - chainBytes)
    headers.push(header)
    if (header.type === 'gap')
      gaps.push({ fromMs: header.startMs, toMs: header.endMs, cause: decodeGapBody(body).cause })
    if (key === null) continue
    keys[String(header.sequence)] = key.toString('hex')
    const clear = openRecord(key, headHash, bytes.subarray(0, recordHeaderBytes), body)
    if (header.type === 'init') init = clear
    else fragments.push({ reel: head.reel, header, clear })
  }
  if (init === null || fragments.length === 0)
    throw new Failure('data-loss', 'A held reel has no picture in this span.')
  return { head, headers, init, fragments, gaps, keys }
}

export type Film = { readonly head: ReelHead; readonly init: Buffer; readonly fragments: Fragment[] }

/** One film as long as the pictures fit together: same parameters, running decode time, no long stand-still. */
export function filmsOf(reels: readonly Pick<OpenedReel, 'head' | 'init' | 'fragments'>[]): Film[] {
  const films: Film[] = []
  let bytes = 0
  let nextTime = 0n
  for (const reel of reels) {
    for (const fragment of reel.fragments) {
      const { decodeTime, duration } = fragment.header
      const film = films.at(-1)
      const still = Number(decodeTime - nextTime) / 90_000
      const fits =
        film?.init.equals(reel.init) === true &&
        still >= 0 &&
        still <= stillSecondsMax &&
        bytes + fragment.clear.byteLength <= filmBytesMax
      if (fits) film.fragments.push(fragment)
      else {
        films.push({ head: reel.head, init: reel.init, fragments: [fragment] })
        bytes = 0
      }
      bytes += fragment.clear.byteLength
      nextTime = decodeTime + BigInt(duration)
    }
  }
  return films
}
