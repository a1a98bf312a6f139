/**
 * What a pack says about itself (`data/overt-pack.json`) and how its files are named. Everything else in the pack is
 * either listed here with its SHA-256 sum or follows from this file, so whatever was altered can be named.
 */
import { canonicalJson, type Json } from '#base/base.ts'

export const packVersion = 1

export type PackFile = { readonly path: string; readonly bytes: number; readonly sha256: string }

export type PackReel = {
  readonly reel: string
  readonly mandate: string
  /** Numbers of the records handed over whole, inclusive, in order, gaps among them; the first range is record 0 (init). */
  readonly ranges: readonly { readonly from: number; readonly to: number }[]
  /** Records in the whole reel: as many hashes stand in `chain.bin`. */
  readonly records: number
  /** Of the whole reel, as the ledger has it. */
  readonly chainHead: string
  /** How many files `records-01.bin` … there are. */
  readonly recordFiles: number
}

export type PackVideo = {
  readonly path: string
  readonly codec: string
  readonly width: number
  readonly height: number
  readonly frames: number
  readonly firstMs: number
  readonly lastMs: number
  /** The reels whose fragments it shows, in order. */
  readonly reels: readonly string[]
  /** Only these records of a reel, when a film was cut in parts; inclusive. */
  readonly from: { readonly reel: string; readonly sequence: number }
  readonly to: { readonly reel: string; readonly sequence: number }
}

export type PackStatement = {
  readonly v: 1
  readonly kind: 'overt-pack'
  readonly pack: string
  readonly software: string
  readonly madeMs: number
  readonly madeBy: string
  readonly provider: { readonly slug: string; readonly name: string; readonly policy: string }
  readonly exhibit: { readonly id: string; readonly reference: string; readonly description: string }
  readonly caseReference: string | null
  readonly camera: { readonly id: string; readonly name: string; readonly place: string }
  readonly purpose: string
  readonly recipient: { readonly kind: string; readonly name: string }
  readonly basis: {
    readonly code: string
    readonly label: string
    readonly law: string
    readonly necessity: string
  }
  readonly timeZone: string
  /** The span that was marked; what is handed over is the whole fragments that touch it. */
  readonly fromMs: number
  readonly toMs: number
  /** How far the recorder's clock may have been out, at most, ms. */
  readonly uncertaintyMs: number
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number; readonly cause: string }[]
  readonly reels: readonly PackReel[]
  readonly videos: readonly PackVideo[]
  /** Raw Ed25519 root key (base64url) and the ledger's note key: compare both with what the landlord publishes. */
  readonly keys: { readonly root: string; readonly ledger: string }
  readonly files: readonly PackFile[]
}

export const statementPath = 'data/overt-pack.json'
export const sealPath = 'data/overt-pack.jws.json'
export const coverPath = 'data/cover-sheet.pdf'
export const indexPath = 'index.html'
export const manifestPath = 'manifest-sha256.txt'
export const tagManifestPath = 'tagmanifest-sha256.txt'
export const bagItPath = 'bagit.txt'
export const bagInfoPath = 'bag-info.txt'
export const mandatePath = (mandate: string): string => `data/mandates/${mandate}.json`
export const reelPath = (reel: string, name: string): string => `data/sealed/${reel}/${name}`
export const recordsPath = (reel: string, part: number): string =>
  reelPath(reel, `records-${String(part).padStart(2, '0')}.bin`)

/** RFC 8493 section 2.1.1. */
export const bagItText = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'

/** A pack is files of at most this size, so that a browser can check each in memory. */
export const fileBytesMax = 512 * 1024 * 1024
export const filesMax = 5_000
export const recordsFileBytesMax = 256 * 1024 * 1024
export const statementBytesMax = 4 * 1024 * 1024

/** Names that a pack may have: nothing that leads out of its folder or means something to a shell. */
export const isSafePath = (path: string): boolean =>
  /^(?:[A-Za-z0-9][A-Za-z0-9._-]*\/)*[A-Za-z0-9][A-Za-z0-9._-]*$/.test(path) && path.length <= 200

export type Sum = { readonly path: string; readonly sha256: string }

/** BagIt manifest lines, sorted by path. */
export function manifestText(sums: readonly Sum[]): string {
  return [...sums]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, sha256 }) => `${sha256}  ${path}\n`)
    .join('')
}

/** `bag-info.txt` follows from the statement alone, so an altered one can be named. */
export function bagInfoText(statement: PackStatement, payload: { bytes: number; files: number }): string {
  return [
    `Source-Organization: ${line(statement.provider.name)}`,
    `External-Identifier: ${line(statement.exhibit.reference)}`,
    `Internal-Sender-Identifier: ${statement.pack}`,
    `Bagging-Date: ${new Date(statement.madeMs).toISOString().slice(0, 10)}`,
    `Payload-Oxum: ${payload.bytes}.${payload.files}`,
    `Bag-Software-Agent: ${line(statement.software)}`,
    '',
  ].join('\n')
}

const line = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ')

export const statementText = (statement: PackStatement): string => canonicalJson(statement as unknown as Json)

type Check = (value: unknown) => boolean
const text =
  (max: number, min = 1): Check =>
  (value) =>
    typeof value === 'string' && value.length >= min && value.length <= max
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const hex: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
const path: Check = (value) => typeof value === 'string' && isSafePath(value)
const id: Check = (value) => typeof value === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(value)
const list =
  (each: Check, max: number): Check =>
  (value) =>
    Array.isArray(value) && value.length <= max && value.every(each)
const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const given = value as Record<string, unknown>
    return (
      Object.keys(given).every((name) => Object.hasOwn(fields, name)) &&
      Object.entries(fields).every(([name, fits]) => fits(given[name]))
    )
  }
const point = shape({ reel: id, sequence: count })

const statementShape = shape({
  v: (value) => value === 1,
  kind: (value) => value === 'overt-pack',
  pack: id,
  software: text(100),
  madeMs: count,
  madeBy: text(200),
  provider: shape({ slug: text(64), name: text(200), policy: text(200) }),
  exhibit: shape({ id, reference: text(64), description: text(2000, 0) }),
  caseReference: (value) => value === null || text(64)(value),
  camera: shape({ id, name: text(200), place: text(500, 0) }),
  purpose: text(200, 0),
  recipient: shape({ kind: text(200), name: text(200) }),
  basis: shape({ code: text(64), label: text(300), law: text(300, 0), necessity: text(2000, 0) }),
  timeZone: text(64),
  fromMs: count,
  toMs: count,
  uncertaintyMs: count,
  gaps: list(shape({ fromMs: count, toMs: count, cause: text(64) }), 10_000),
  reels: list(
    shape({
      reel: id,
      mandate: id,
      ranges: list(shape({ from: count, to: count }), 1000),
      records: count,
      chainHead: hex,
      recordFiles: count,
    }),
    1000,
  ),
  videos: list(
    shape({
      path,
      codec: text(64),
      width: count,
      height: count,
      frames: count,
      firstMs: count,
      lastMs: count,
      reels: list(id, 1000),
      from: point,
      to: point,
    }),
    1000,
  ),
  keys: shape({ root: text(64), ledger: text(300) }),
  files: list(shape({ path, bytes: count, sha256: hex }), filesMax),
})

/** A parsed statement, or null when it is not exactly one of version 1. */
export function readStatement(bytes: Uint8Array): PackStatement | null {
  if (bytes.byteLength > statementBytesMax) return null
  try {
    const given = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const value: unknown = JSON.parse(given)
    return statementShape(value) && canonicalJson(value as Json) === given ? (value as PackStatement) : null
  } catch {
    // Not UTF-8, not JSON or not canonical: all that can be said is that it is no statement.
    return null
  }
}
