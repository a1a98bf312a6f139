/** Checks one reel's part of a pack: records, keys, chain, ledger proof and mandate. Portable. */
import { Failure } from '#base/base.ts'
import { decodeNoteKey, leafHashWeb, verifyCheckpointWeb, verifyInclusionWeb } from '#formats/log/log.ts'
import { type Mandate, readMandate } from '#formats/mandate/mandate.ts'
import {
  chainBytes,
  decodeGapBody,
  decodePrelude,
  decodeRecordHeader,
  openSealed,
  type Prelude,
  type RecordHeader,
  recordHeaderBytes,
  recordsMax,
  sameBytes,
  webHasher,
} from '#formats/reel/reel.ts'
import { fromBase64, fromHex, parseJson, toHex } from './bytes.ts'
import { mandatePath, type PackReel, type PackStatement, recordsPath, reelPath } from './statement.ts'

type Blame = (file: string, what: string) => void
type Bytes = (name: string) => Promise<Uint8Array | null>

export type VerifiedReel = {
  readonly reel: string
  readonly init: Uint8Array
  readonly media: readonly {
    readonly sequence: number
    readonly startMs: number
    readonly clear: Uint8Array
  }[]
}

type Record_ = {
  readonly header: RecordHeader
  readonly headerBytes: Uint8Array
  readonly body: Uint8Array
  readonly chain: Uint8Array
  readonly file: string
}

/** The opened reel, or null with the file to blame. */
export async function verifyReel(
  bytes: Bytes,
  statement: PackStatement,
  reel: PackReel,
  blame: Blame,
): Promise<VerifiedReel | null> {
  const headPath = reelPath(reel.reel, 'head.bin')
  const prelude = await readHead(await bytes(headPath))
  if (
    prelude === null ||
    prelude.head.reel !== reel.reel ||
    prelude.head.mandate !== reel.mandate ||
    prelude.head.camera !== statement.camera.id
  ) {
    blame(headPath, 'This is not the head of the reel that the pack speaks of.')
    return null
  }
  const headHash = await webHasher([prelude.bytes])
  const records = await readRecords(bytes, reel, blame)
  if (records === null) return null
  if (!(await checkChain(bytes, reel, headHash, records, blame))) return null
  if (!(await checkLedger(bytes, statement, reel, prelude, blame))) return null
  const mandate = await checkMandate(bytes, statement, prelude, blame)
  if (mandate === null) return null
  return await openRecords(bytes, statement, reel, headHash, records, mandate, blame)
}

async function readHead(bytes: Uint8Array | null): Promise<Prelude | null> {
  if (bytes === null) return null
  try {
    const prelude = decodePrelude(bytes)
    return prelude.bytes.byteLength === bytes.byteLength ? prelude : null
  } catch (error) {
    if (error instanceof Failure) return null
    throw error
  }
}

/** The records of the stated ranges, whole, none missing. */
async function readRecords(bytes: Bytes, reel: PackReel, blame: Blame): Promise<Record_[] | null> {
  const records: Record_[] = []
  const wanted = sequencesOf(reel)
  for (let part = 1; part <= reel.recordFiles; part += 1) {
    const file = recordsPath(reel.reel, part)
    const content = await bytes(file)
    if (content === null) {
      blame(file, 'The file is missing.')
      return null
    }
    for (let at = 0; at < content.byteLength; ) {
      const header = decodeRecordHeader(content, at)
      if (typeof header === 'string' || header.sequence !== wanted[records.length]) {
        blame(file, 'A sealed record is missing or damaged.')
        return null
      }
      const body = at + recordHeaderBytes
      const end = body + header.bodyBytes + chainBytes
      if (end > content.byteLength) {
        blame(file, 'A sealed record is cut short.')
        return null
      }
      records.push({
        header,
        headerBytes: content.subarray(at, body),
        body: content.subarray(body, end - chainBytes),
        chain: content.subarray(end - chainBytes, end),
        file,
      })
      at = end
    }
  }
  if (records.length !== wanted.length || records[0]?.header.type !== 'init') {
    blame(recordsPath(reel.reel, Math.max(1, reel.recordFiles)), 'Sealed records are missing.')
    return null
  }
  return records
}

function sequencesOf(reel: PackReel): number[] {
  const sequences: number[] = []
  for (const { from, to } of reel.ranges)
    for (let at = from; at <= to && sequences.length <= recordsMax; at += 1) sequences.push(at)
  return sequences
}

/** Follows the chain over every record of the reel: those at hand by their bytes, the others by their hash. */
async function checkChain(
  bytes: Bytes,
  reel: PackReel,
  headHash: Uint8Array,
  records: readonly Record_[],
  blame: Blame,
): Promise<boolean> {
  const file = reelPath(reel.reel, 'chain.bin')
  const hashes = await bytes(file)
  if (hashes === null || reel.records > recordsMax || hashes.byteLength !== reel.records * 32) {
    blame(file, 'The hashes of the chain are missing or cut short.')
    return false
  }
  let chain = headHash
  let next = 0
  for (let sequence = 0; sequence < reel.records; sequence += 1) {
    const stated = hashes.subarray(sequence * 32, sequence * 32 + 32)
    const record = records[next]
    const here = record?.header.sequence === sequence
    if (here && !sameBytes(await webHasher([record.headerBytes, record.body]), stated)) {
      blame(record.file, 'A sealed record is not what was chained when it was recorded.')
      return false
    }
    chain = await webHasher([chain, stated])
    if (!here) continue
    next += 1
    if (!sameBytes(chain, record.chain)) {
      blame(file, 'The chain of the recording is broken.')
      return false
    }
  }
  if (next !== records.length || toHex(chain) !== reel.chainHead) {
    blame(file, 'The chain of the recording does not end as the ledger says.')
    return false
  }
  return true
}

/** The leaf names this reel and its chain head, and stands in the log under a checkpoint signed by its key. */
async function checkLedger(
  bytes: Bytes,
  statement: PackStatement,
  reel: PackReel,
  prelude: Prelude,
  blame: Blame,
): Promise<boolean> {
  const file = reelPath(reel.reel, 'ledger.json')
  const value = parseJson(await bytes(file))
  const no = (what: string): boolean => {
    blame(file, what)
    return false
  }
  if (value === null) return no('The ledger proof cannot be read.')
  const { leaf, index, origin, path, checkpoint } = value
  if (typeof leaf !== 'string' || typeof checkpoint !== 'string' || typeof origin !== 'string')
    return no('The ledger proof cannot be read.')
  if (typeof index !== 'number' || !Array.isArray(path) || path.length > 64)
    return no('The ledger proof cannot be read.')
  const said = parseJson(new TextEncoder().encode(leaf))
  const about = said?.['about'] as Record<string, unknown> | undefined
  const data = said?.['data'] as Record<string, unknown> | undefined
  if (
    about?.['reel'] !== reel.reel ||
    data?.['chainHead'] !== reel.chainHead ||
    about['camera'] !== prelude.head.camera
  )
    return no('The ledger entry speaks of another recording.')
  const hashes: Uint8Array[] = []
  for (const step of path) {
    const hash = typeof step === 'string' ? fromBase64(step) : null
    if (hash === null) return no('The ledger proof cannot be read.')
    hashes.push(hash)
  }
  const { publicKey } = decodeNoteKey(statement.keys.ledger)
  const signed = await verifyCheckpointWeb(checkpoint, { name: origin, publicKey })
  if (signed === null || signed.origin !== origin)
    return no('The ledger’s checkpoint is not signed by its key.')
  const leafHash = await leafHashWeb(new TextEncoder().encode(leaf))
  if (!(await verifyInclusionWeb(leafHash, index, signed.size, hashes, signed.root)))
    return no('The entry does not stand in the ledger.')
  return true
}

async function checkMandate(
  bytes: Bytes,
  statement: PackStatement,
  prelude: Prelude,
  blame: Blame,
): Promise<Mandate | null> {
  const { head } = prelude
  const file = mandatePath(head.mandate)
  const value = parseJson(await bytes(file))
  if (value === null || typeof value['jws'] !== 'string' || typeof value['certificate'] !== 'string') {
    blame(file, 'The mandate cannot be read.')
    return null
  }
  // A mandate is signed before it is obeyed, with a key that was in force at the signing; the reel was opened later,
  // maybe after the key had been changed, so the certificate is asked about the mandate's own beginning or the opening.
  const ask = (nowMs: number) =>
    readMandate({
      jws: value['jws'] as string,
      certificate: value['certificate'] as string,
      rootKey: statement.keys.root,
      nowMs,
    })
  let result = await ask(head.openedMs)
  if (!result.ok) result = await ask(certificateStart(value['certificate'] as string) ?? head.openedMs)
  if (!result.ok) {
    blame(file, 'The mandate is not signed by the landlord’s key.')
    return null
  }
  const mandate = result.value
  const key = mandate.keys.find((each) => each.day === head.day)
  if (
    mandate.id !== head.mandate ||
    mandate.counter !== head.counter ||
    mandate.camera !== head.camera ||
    mandate.recorder !== head.recorder ||
    key?.kid !== head.kid ||
    mandate.timeZone !== head.timeZone
  ) {
    blame(file, 'The mandate is for another recording.')
    return null
  }
  return mandate
}

function certificateStart(certificate: string): number | null {
  try {
    const payload = certificate.split('.')[1] ?? ''
    const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { fromMs?: unknown }
    return typeof claims.fromMs === 'number' ? claims.fromMs : null
  } catch {
    // Not a certificate: the first answer stands.
    return null
  }
}

/** Opens every sealed record with its key; frames lie inside the mandate. */
async function openRecords(
  bytes: Bytes,
  statement: PackStatement,
  reel: PackReel,
  headHash: Uint8Array,
  records: readonly Record_[],
  mandate: Mandate,
  blame: Blame,
): Promise<VerifiedReel | null> {
  const file = reelPath(reel.reel, 'keys.json')
  const keys = parseJson(await bytes(file))
  if (keys === null) {
    blame(file, 'The keys cannot be read.')
    return null
  }
  let init: Uint8Array | null = null
  const media: { sequence: number; startMs: number; clear: Uint8Array }[] = []
  for (const { header, headerBytes, body, file: from } of records) {
    if (header.type === 'gap') {
      if (!gapIsStated(statement, header, body)) {
        blame(from, 'A gap in the recording is not told in the pack.')
        return null
      }
      continue
    }
    if (header.type !== 'init' && header.type !== 'media') continue
    const key = keys[String(header.sequence)]
    const raw = typeof key === 'string' && /^[0-9a-f]{64}$/.test(key) ? fromHex(key) : null
    const clear = raw === null ? null : await openSealed(raw, headHash, headerBytes, body)
    if (clear === null) {
      blame(file, `The key of record ${header.sequence} is missing or wrong.`)
      return null
    }
    if (header.type === 'init') init = clear
    else if (header.startMs < mandate.fromMs || header.endMs > mandate.untilMs) {
      blame(from, 'Footage lies outside the time of its mandate.')
      return null
    } else media.push({ sequence: header.sequence, startMs: header.startMs, clear })
  }
  return init === null ? null : { reel: reel.reel, init, media }
}

function gapIsStated(statement: PackStatement, header: RecordHeader, body: Uint8Array): boolean {
  try {
    const { cause } = decodeGapBody(body)
    // Before the first or after the last fragment of the span it needn't be told.
    if (header.endMs <= statement.fromMs || header.startMs >= statement.toMs) return true
    return statement.gaps.some(
      (gap) => gap.cause === cause && gap.fromMs <= header.startMs && gap.toMs >= header.endMs,
    )
  } catch (error) {
    if (error instanceof Failure) return false
    throw error
  }
}
