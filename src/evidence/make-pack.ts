/**
 * Writes the files of a pack into a folder: sealed records as they were held, keys of exactly these, hashes of the rest
 * of the chain, ledger proofs, mandates, films, cover sheet and the page that checks it all. Gives the statement, whose
 * sum goes into the ledger. What is clear here was ordered by somebody; the folder is removed once it is zipped.
 */
import { createHash, hash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Failure } from '#base/base.ts'
import { type Signer, signPackSeal } from '#formats/mandate/mandate.ts'
import {
  assembleVideo,
  bagInfoPath,
  bagInfoText,
  bagItPath,
  bagItText,
  coverPath,
  indexPath,
  mandatePath,
  manifestPath,
  manifestText,
  type PackFile,
  type PackReel,
  type PackStatement,
  type PackVideo,
  recordsFileBytesMax,
  recordsPath,
  reelPath,
  sealPath,
  sealText,
  statementPath,
  statementText,
  tagManifestPath,
} from '#formats/pack/pack.ts'
import { chainBytes, decodeIndex, decodeRecordHeader, recordHeaderBytes } from '#formats/reel/reel.ts'
import type { LedgerProof } from '#ledger/ledger.ts'
import { filmsOf, type OpenedReel, openedBytesMax, openReel, type SealedPart } from './open-reel.ts'

/** A held reel's part of a span, as footage hands it over. */
export type ReelPart = SealedPart & {
  readonly reelId: string
  readonly mandateId: string
  /** The index and close records, whole and end to end. */
  readonly tailBytes: Buffer
  readonly chainHead: string
  readonly proof: LedgerProof
  readonly mandate: { readonly jws: string; readonly certificate: string }
}

/** What the statement says that no file tells by itself. */
export type PackFacts = Omit<
  PackStatement,
  'v' | 'kind' | 'files' | 'reels' | 'videos' | 'keys' | 'uncertaintyMs' | 'gaps'
> & {
  /** Gaps that no reel holds (between reels), from the catalogue. */
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number; readonly cause: string }[]
}

export type PackParts = {
  readonly facts: PackFacts
  readonly reels: AsyncIterable<ReelPart>
  readonly signer: Signer
  readonly certificate: string
  readonly rootKey: string
  /** The ledger's note key, `name+id+key`. */
  readonly ledgerKey: string
  /** The tagged PDF for this statement. */
  coverSheet(statement: PackStatement): Promise<Buffer>
  /** The offline page. */
  readonly page: Buffer
}

export type MadePack = { readonly statement: PackStatement; readonly sha256: string }

/** Fills `folder`, which must be empty. Throws `Failure` ('too-large', 'data-loss', 'not-found'). */
export async function writePackFolder(folder: string, parts: PackParts): Promise<MadePack> {
  const files: PackFile[] = []
  const put = async (path: string, content: string | readonly Uint8Array[] | Uint8Array): Promise<void> => {
    const chunks =
      typeof content === 'string'
        ? [Buffer.from(content)]
        : content instanceof Uint8Array
          ? [content]
          : content
    const digest = createHash('sha256')
    let bytes = 0
    for (const chunk of chunks) {
      digest.update(chunk)
      bytes += chunk.byteLength
    }
    await mkdir(dirname(join(folder, path)), { recursive: true, mode: 0o700 })
    await writeFile(join(folder, path), chunks, { mode: 0o600, flag: 'wx' })
    files.push({ path, bytes, sha256: digest.digest('hex') })
  }

  const read: ReadReel[] = []
  const mandates = new Set<string>()
  let bytes = 0
  for await (const part of parts.reels) {
    const reel = await readReel(part, (more) => {
      bytes += more
      if (bytes > openedBytesMax)
        throw new Failure(
          'too-large',
          'The span is too long for one pack. Mark shorter spans and hand over each.',
        )
    })
    read.push(reel)
    await putReel(put, part, reel)
    if (!mandates.has(part.mandateId))
      await put(mandatePath(part.mandateId), `${JSON.stringify(part.mandate)}\n`)
    mandates.add(part.mandateId)
  }
  if (read.length === 0) throw new Failure('not-found', 'There is no footage in this span any more.')

  const videos: PackVideo[] = []
  for (const film of filmsOf(read)) {
    const path = `data/video/${parts.facts.exhibit.reference.replaceAll('/', '-')}${videos.length === 0 ? '' : `-part-${videos.length + 1}`}.mp4`
    const made = assembleVideo(
      film.init,
      film.fragments.map((fragment) => fragment.clear),
    )
    await put(path, made.parts)
    const first = film.fragments[0]!
    const last = film.fragments.at(-1)!
    videos.push({
      path,
      codec: film.head.codec,
      width: film.head.width,
      height: film.head.height,
      frames: made.frames,
      firstMs: first.header.startMs,
      lastMs: last.header.endMs,
      reels: [...new Set(film.fragments.map((fragment) => fragment.reel))],
      from: { reel: first.reel, sequence: first.header.sequence },
      to: { reel: last.reel, sequence: last.header.sequence },
    })
  }

  const headers = read.flatMap((reel) => reel.headers)
  const facts: Omit<PackStatement, 'files'> = {
    ...parts.facts,
    v: 1,
    kind: 'overt-pack',
    reels: read.map((reel) => reel.entry),
    videos,
    keys: { root: parts.rootKey, ledger: parts.ledgerKey },
    uncertaintyMs: Math.max(0, ...headers.map((header) => header.uncertaintyMs)),
    gaps: allGaps(read, parts.facts.gaps),
  }
  await put(coverPath, await parts.coverSheet({ ...facts, files: [...files] }))
  await put(indexPath, parts.page)
  const statement: PackStatement = { ...facts, files: [...files] }
  return { statement, sha256: await putStatement(put, files, statement, parts) }
}

type Put = (path: string, content: string | readonly Uint8Array[] | Uint8Array) => Promise<void>

/** Statement, seal and the BagIt files, each of which follows from the ones before. */
async function putStatement(
  put: Put,
  files: PackFile[],
  statement: PackStatement,
  parts: PackParts,
): Promise<string> {
  await put(statementPath, statementText(statement))
  const sha256 = files.at(-1)!.sha256
  const { madeMs, pack } = statement
  const jws = signPackSeal({ v: 1, pack, sha256, madeMs }, parts.signer)
  await put(sealPath, sealText({ jws, certificate: parts.certificate, rootKey: parts.rootKey, madeMs }))
  const payload = files.filter((file) => file.path.startsWith('data/'))
  await put(bagItPath, bagItText)
  const sum = payload.reduce((all, file) => all + file.bytes, 0)
  await put(bagInfoPath, bagInfoText(statement, { bytes: sum, files: payload.length }))
  await put(manifestPath, manifestText(payload))
  await put(tagManifestPath, manifestText(files.filter((file) => !file.path.startsWith('data/'))))
  return sha256
}

type ReadReel = OpenedReel & {
  readonly entry: PackReel
  readonly files: readonly (readonly Buffer[])[]
  readonly hashes: Buffer
}

async function readReel(part: ReelPart, count: (bytes: number) => void): Promise<ReadReel> {
  const files: Buffer[][] = [[]]
  let inFile = 0
  const opened = await openReel(part, (bytes) => {
    count(bytes.byteLength)
    if (inFile > 0 && inFile + bytes.byteLength > recordsFileBytesMax) {
      files.push([])
      inFile = 0
    }
    files.at(-1)!.push(bytes)
    inFile += bytes.byteLength
  })
  const { head, headers } = opened
  const hashes = chainHashes(part.tailBytes)
  const entry: PackReel = {
    reel: head.reel,
    mandate: head.mandate,
    ranges: rangesOf(headers.map((header) => header.sequence)),
    records: hashes.byteLength / 32,
    chainHead: part.chainHead,
    recordFiles: files.length,
  }
  return { ...opened, entry, files, hashes }
}

function rangesOf(sequences: readonly number[]): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = []
  for (const sequence of sequences) {
    const last = ranges.at(-1)
    if (last !== undefined && sequence === last.to + 1) last.to = sequence
    else ranges.push({ from: sequence, to: sequence })
  }
  return ranges
}

/** The hash of every record of a closed reel: of those before the index from its rows, of index and close their own. */
function chainHashes(tail: Buffer): Buffer {
  const index = recordAt(tail, 0, 'index')
  const rows = decodeIndex(index.body)
  const close = recordAt(tail, index.end, 'close')
  return Buffer.concat([...rows.map((row) => row.hash), index.hash, close.hash])
}

function recordAt(bytes: Buffer, at: number, type: 'index' | 'close') {
  const header = decodeRecordHeader(bytes, at)
  if (typeof header === 'string' || header.type !== type)
    throw new Failure('data-loss', `The ${type} record of a held reel cannot be read.`)
  const bodyEnd = at + recordHeaderBytes + header.bodyBytes
  return {
    body: bytes.subarray(at + recordHeaderBytes, bodyEnd),
    hash: hash('sha256', bytes.subarray(at, bodyEnd), 'buffer'),
    end: bodyEnd + chainBytes,
  }
}

async function putReel(put: Put, part: ReelPart, reel: ReadReel): Promise<void> {
  const id = reel.head.reel
  await put(reelPath(id, 'head.bin'), part.headBytes)
  for (const [at, records] of reel.files.entries()) await put(recordsPath(id, at + 1), records)
  await put(reelPath(id, 'chain.bin'), reel.hashes)
  await put(reelPath(id, 'keys.json'), `${JSON.stringify(reel.keys, null, 1)}\n`)
  await put(reelPath(id, 'ledger.json'), `${JSON.stringify(part.proof, null, 1)}\n`)
}

/** Gaps of reels and catalogue, earliest first, each once. */
function allGaps(
  reels: readonly ReadReel[],
  others: readonly { readonly fromMs: number; readonly toMs: number; readonly cause: string }[],
) {
  const all = [...reels.flatMap((reel) => reel.gaps), ...others]
  const seen = new Map(all.map((gap) => [`${gap.fromMs} ${gap.toMs} ${gap.cause}`, gap]))
  return [...seen.values()].sort((a, b) => a.fromMs - b.fromMs)
}
