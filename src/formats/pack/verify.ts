/**
 * Checks a whole pack: every file's sum, the seal on its statement, every sealed record and its key, each reel's chain up
 * to the head that stands in the landlord's ledger, the ledger proof, the mandate, and that the film is made of exactly
 * those records. The same code runs in Node and in the receiver's browser, without network: WebCrypto only.
 */
import { decodeNoteKey } from '#formats/log/log.ts'
import { readPackSeal } from '#formats/mandate/mandate.ts'
import { sameBytes } from '#formats/reel/reel.ts'
import { parseJson, sha256 } from './bytes.ts'
import {
  bagInfoPath,
  bagInfoText,
  bagItPath,
  bagItText,
  fileBytesMax,
  filesMax,
  indexPath,
  isSafePath,
  mandatePath,
  manifestPath,
  manifestText,
  type PackStatement,
  readStatement,
  reelPath,
  sealPath,
  statementPath,
  tagManifestPath,
} from './statement.ts'
import { type VerifiedReel, verifyReel } from './verify-reel.ts'
import { assembleVideo, type VideoFragment } from './video.ts'

export type Problem = { readonly file: string; readonly what: string }

/** A pack's files, wherever they are. `read` gives a whole file; names are as found and not yet trusted. */
export type PackFiles = {
  readonly names: readonly string[]
  size(name: string): number
  read(name: string): Promise<Uint8Array>
}

export type VerifiedVideo = {
  readonly path: string
  /** For the clock beside the film: where each fragment begins in it, and the wall time then. */
  readonly clock: readonly (VideoFragment & { readonly wallMs: number })[]
}

export type Verification = {
  readonly ok: boolean
  readonly problems: readonly Problem[]
  /** What was found true, in plain words, in the order of checking. */
  readonly found: readonly string[]
  /** Null when the statement itself can't be trusted. */
  readonly statement: PackStatement | null
  readonly videos: readonly VerifiedVideo[]
}

export type VerifyOptions = {
  /** The keys that the landlord published, when the receiver knows them from elsewhere. */
  readonly rootKey?: string
  readonly ledgerKey?: string
  /** Told now and then how far it is, 0 to 1. */
  readonly progress?: (done: number) => void
}

/** Left by operating systems in folders that somebody looked into; no part of any pack. */
const litter = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$/

const text = new TextEncoder()

export async function verifyPackFiles(files: PackFiles, options: VerifyOptions = {}): Promise<Verification> {
  const problems: Problem[] = []
  const found: string[] = []
  const blame = (file: string, what: string) => {
    if (!problems.some((problem) => problem.file === file)) problems.push({ file, what })
  }
  const names = files.names.filter((name) => !litter.test(name))
  if (names.length > filesMax) {
    blame('.', `There are more than ${filesMax} files.`)
    return { ok: false, problems, found, statement: null, videos: [] }
  }
  const cache = createCache(files, names, blame)
  const { statement, sound } = await checkStatement(cache, blame, options)
  if (statement === null) return { ok: false, problems, found, statement, videos: [] }
  await checkFiles(cache, statement, sound, blame, options)
  if (problems.length === 0) found.push('Every file is as it was when the pack was made.')

  const reels = new Map<string, VerifiedReel>()
  for (const reel of statement.reels) {
    // What was altered is named already; what follows from it would only blame its neighbours.
    const damaged = (file: string) =>
      file === mandatePath(reel.mandate) || file.startsWith(reelPath(reel.reel, ''))
    if (problems.some((problem) => damaged(problem.file))) continue
    const verified = await verifyReel(cache.bytes, statement, reel, blame)
    if (verified !== null) reels.set(reel.reel, verified)
  }
  if (reels.size === statement.reels.length && reels.size > 0) {
    found.push(
      'The sealed recording is what the recorder sealed: each part opens with its key, and the chain holds.',
    )
    found.push('The landlord’s ledger had recorded it, and its signed checkpoint proves that.')
    found.push('It was recorded under a signed mandate that was in force.')
  }
  const videos: VerifiedVideo[] = []
  for (const video of statement.videos) {
    const checked = await checkVideo(cache.bytes, video, reels, blame)
    if (checked !== null) videos.push(checked)
  }
  if (videos.length === statement.videos.length && videos.length > 0)
    found.push('The film is made of exactly those records: no frame was added, changed or left out.')
  options.progress?.(1)
  return { ok: problems.length === 0, problems, found, statement, videos }
}

type Blame = (file: string, what: string) => void
type Bytes = (name: string) => Promise<Uint8Array | null>

function createCache(files: PackFiles, names: readonly string[], blame: Blame) {
  const sums = new Map<string, string>()
  const present = new Set(names)
  async function bytes(name: string): Promise<Uint8Array | null> {
    if (!present.has(name)) return null
    if (files.size(name) > fileBytesMax) {
      blame(name, 'The file is larger than any file of a pack.')
      return null
    }
    try {
      return await files.read(name)
    } catch {
      // A drive or archive that gives the file no longer: for the receiver it is damaged.
      blame(name, 'The file cannot be read.')
      return null
    }
  }
  async function sum(name: string): Promise<string | null> {
    const known = sums.get(name)
    if (known !== undefined) return known
    const content = await bytes(name)
    if (content === null) return null
    const value = await sha256(content)
    sums.set(name, value)
    return value
  }
  return { names, present, bytes, sum, size: (name: string) => files.size(name) }
}
type Cache = ReturnType<typeof createCache>

/**
 * The statement is vouched for twice: by the landlord's seal and by the manifest. When they disagree the odd one out is
 * to blame; `sound` says whether its own bytes can be trusted to judge the rest.
 */
async function checkStatement(cache: Cache, blame: Blame, options: VerifyOptions) {
  const bytes = await cache.bytes(statementPath)
  const statement = bytes === null ? null : readStatement(bytes)
  const sum = await cache.sum(statementPath)
  if (bytes === null || sum === null) {
    blame(statementPath, 'The file is missing.')
    return { statement: null, sound: false }
  }
  const seal = await readSeal(cache)
  const inManifest = await manifestSays(cache, statementPath)
  const sealed = seal !== null && seal.sha256 === sum
  const listed = inManifest === sum
  if (!sealed && !listed) {
    blame(statementPath, 'The file was altered.')
    return { statement: null, sound: false }
  }
  if (statement === null) {
    blame(statementPath, 'The file does not say what a pack of version 1 says.')
    return { statement: null, sound: false }
  }
  if (!sealed)
    blame(sealPath, seal === null ? 'The landlord’s seal does not hold.' : 'The seal is for another pack.')
  else if (seal.rootKey !== statement.keys.root || seal.pack !== statement.pack)
    blame(sealPath, 'The seal is by another key or for another pack.')
  if (options.rootKey !== undefined && options.rootKey !== statement.keys.root)
    blame(statementPath, 'The pack names another root key than the one the landlord published.')
  if (options.ledgerKey !== undefined && !sameNoteKey(options.ledgerKey, statement.keys.ledger))
    blame(statementPath, 'The pack names another ledger key than the one the landlord published.')
  return { statement, sound: true }
}

/** The name in a note key is that of one year's log; the key is the same for all of them. */
function sameNoteKey(a: string, b: string): boolean {
  try {
    return sameBytes(decodeNoteKey(a).publicKey, decodeNoteKey(b).publicKey)
  } catch {
    // One of them is no key at all.
    return false
  }
}

async function readSeal(cache: Cache) {
  const value = parseJson(await cache.bytes(sealPath))
  if (value === null || Object.keys(value).sort().join() !== 'certificate,jws,madeMs,rootKey') return null
  const { jws, certificate, rootKey, madeMs } = value
  if (typeof jws !== 'string' || typeof certificate !== 'string' || typeof rootKey !== 'string') return null
  if (typeof madeMs !== 'number') return null
  const bytes = await cache.bytes(sealPath)
  // Only one way of writing it counts, so that no bit of this file is free.
  if (bytes === null || !sameBytes(bytes, text.encode(sealText({ jws, certificate, rootKey, madeMs }))))
    return null
  try {
    const result = await readPackSeal({ jws, certificate, rootKey, nowMs: madeMs })
    return result.ok && result.value.madeMs === madeMs ? { ...result.value, rootKey } : null
  } catch {
    // A key that is none: the seal does not hold.
    return null
  }
}

export function sealText(seal: {
  jws: string
  certificate: string
  rootKey: string
  madeMs: number
}): string {
  const { jws, certificate, rootKey, madeMs } = seal
  return `${JSON.stringify({ certificate, jws, madeMs, rootKey })}\n`
}

async function manifestSays(cache: Cache, path: string): Promise<string | null> {
  const bytes = await cache.bytes(manifestPath)
  if (bytes === null) return null
  const line = new TextDecoder()
    .decode(bytes)
    .split('\n')
    .find((each) => each.slice(66) === path)
  return line?.slice(0, 64) ?? null
}

/** Judges every file by the statement: each is listed in it or follows from it. */
async function checkFiles(
  cache: Cache,
  statement: PackStatement,
  sound: boolean,
  blame: Blame,
  options: VerifyOptions,
): Promise<void> {
  if (!sound) return
  const listed = new Map(statement.files.map((file) => [file.path, file]))
  const fixed = [statementPath, sealPath, manifestPath, tagManifestPath, bagItPath, bagInfoPath]
  for (const name of cache.names) {
    if (!isSafePath(name)) blame(name, 'The file has a name that no file of a pack has.')
    else if (!listed.has(name) && !fixed.includes(name)) blame(name, 'The file is not part of this pack.')
  }
  const total = statement.files.reduce((sum, file) => sum + file.bytes, 1)
  let done = 0
  for (const file of statement.files) {
    if (!cache.present.has(file.path)) blame(file.path, 'The file is missing.')
    else if (cache.size(file.path) !== file.bytes || (await cache.sum(file.path)) !== file.sha256)
      blame(file.path, 'The file was altered.')
    done += file.bytes
    // Opening the records afterwards takes about as long as adding up the sums.
    options.progress?.((done / total) * 0.5)
  }
  const payload = statement.files.filter((file) => file.path.startsWith('data/'))
  const sealSum = await cache.sum(sealPath)
  const sealListed = await manifestSays(cache, sealPath)
  const sealIsBad = (await readSeal(cache)) === null
  const sums = [
    ...payload,
    { path: statementPath, sha256: (await cache.sum(statementPath)) ?? '' },
    { path: sealPath, sha256: (sealIsBad ? sealListed : sealSum) ?? '' },
  ]
  const manifest = manifestText(sums)
  const extra = [statementPath, sealPath].map((path) => (cache.present.has(path) ? cache.size(path) : 0))
  const bagInfo = bagInfoText(statement, {
    bytes: payload.reduce((sum, file) => sum + file.bytes, 0) + extra.reduce((a, b) => a + b, 0),
    files: payload.length + 2,
  })
  const tagFiles = [
    { path: bagItPath, content: bagItText },
    { path: bagInfoPath, content: bagInfo },
    { path: manifestPath, content: manifest },
  ]
  const tagSums = [...statement.files.filter((file) => file.path === indexPath)] as {
    path: string
    sha256: string
  }[]
  for (const file of tagFiles)
    tagSums.push({ path: file.path, sha256: await sha256(text.encode(file.content)) })
  tagFiles.push({ path: tagManifestPath, content: manifestText(tagSums) })
  for (const { path, content } of tagFiles) {
    const bytes = await cache.bytes(path)
    if (bytes === null) blame(path, 'The file is missing.')
    else if (!sameBytes(bytes, text.encode(content))) blame(path, 'The file was altered.')
  }
  try {
    decodeNoteKey(statement.keys.ledger)
  } catch {
    blame(statementPath, 'The ledger key cannot be read.')
  }
}

async function checkVideo(
  bytes: Bytes,
  video: PackStatement['videos'][number],
  reels: ReadonlyMap<string, VerifiedReel>,
  blame: Blame,
): Promise<VerifiedVideo | null> {
  const given = await bytes(video.path)
  const parts = video.reels.map((reel) => reels.get(reel))
  if (given === null || parts.some((part) => part === undefined)) return null
  const clear: Uint8Array[] = []
  const starts: number[] = []
  for (const reel of parts as VerifiedReel[]) {
    for (const record of reel.media) {
      if (reel.reel === video.from.reel && record.sequence < video.from.sequence) continue
      if (reel.reel === video.to.reel && record.sequence > video.to.sequence) continue
      clear.push(record.clear)
      starts.push(record.startMs)
    }
  }
  try {
    const made = assembleVideo((parts as VerifiedReel[])[0]!.init, clear)
    let at = 0
    let same = made.bytes === given.byteLength && made.frames === video.frames
    for (const part of made.parts) {
      if (!same) break
      same = sameBytes(part, given.subarray(at, at + part.byteLength))
      at += part.byteLength
    }
    if (!same) {
      blame(video.path, 'The film is not made of the sealed records.')
      return null
    }
    return { path: video.path, clock: made.fragments.map((each, i) => ({ ...each, wallMs: starts[i] ?? 0 })) }
  } catch {
    blame(video.path, 'The film cannot be made from the sealed records.')
    return null
  }
}
