/**
 * A real span for tests: ffmpeg makes H.264, our sealer seals it under a mandate that our keys sign, and a small log
 * holds the chain head. Nothing here is a stand-in for a format: only database and recorder are missing.
 */
import { execFileSync } from 'node:child_process'
import {
  decodeNoteKey,
  encodeNoteKey,
  inclusionProof,
  leafHash,
  nodesOf,
  signCheckpoint,
  treeRoot,
} from '#formats/log/log.ts'
import { type Mandate, signCertificate, signerFromSeed, signMandate } from '#formats/mandate/mandate.ts'
import { createReelSealer, fragmentKey, newDayKey, unwrapReelKey } from '#formats/reel/reel.ts'
import type { PackFacts, ReelPart } from './make-pack.ts'

export const root = signerFromSeed(Buffer.alloc(32, 1))
export const signer = signerFromSeed(Buffer.alloc(32, 2))
const ledger = signerFromSeed(Buffer.alloc(32, 9))
const origin = 'overt.example/ledger/2026'
export const ledgerKey = encodeNoteKey({
  name: origin,
  publicKey: Buffer.from(ledger.publicKey, 'base64url'),
})

export const startMs = Date.parse('2026-11-22T14:03:00.000Z')
const camera = '019ab000-0000-7000-8000-00000000000c'
const recorder = '019ab000-0000-7000-8000-00000000000b'
const mandateId = '019ab000-0000-7000-8000-00000000000d'

export const certificate = signCertificate(root, {
  publicKey: signer.publicKey,
  fromMs: startMs - 86_400_000,
  untilMs: startMs + 86_400_000 * 365,
})

/** Fragmented H.264 with a running clock, one fragment a second; B-frames when asked for. */
export function filmFragments(seconds: number, options: { bFrames?: boolean; size?: string } = {}) {
  const bytes = execFileSync(
    '/usr/bin/ffmpeg',
    [
      ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=s=${options.size ?? '320x180'}:r=15:d=${seconds}`],
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-g', '15', '-keyint_min', '15', '-sc_threshold', '0'],
      ...['-bf', options.bFrames ? '2' : '0', '-pix_fmt', 'yuv420p', '-video_track_timescale', '90000'],
      ...['-movflags', 'frag_keyframe+empty_moov+default_base_moof', '-f', 'mp4', '-'],
    ],
    { maxBuffer: 1 << 28 },
  )
  const init: Buffer[] = []
  const fragments: Buffer[] = []
  for (let at = 0; at < bytes.byteLength; ) {
    const size = bytes.readUInt32BE(at)
    const type = bytes.toString('latin1', at + 4, at + 8)
    const box = bytes.subarray(at, at + size)
    if (type === 'ftyp' || type === 'moov') init.push(box)
    else if (type === 'moof') fragments.push(box)
    else if (type === 'mdat') fragments.push(Buffer.concat([fragments.pop()!, box]))
    at += size
  }
  return { init: Buffer.concat(init), fragments }
}

export type SampleOptions = {
  readonly seconds?: number
  readonly bFrames?: boolean
  /** Seconds of the span that are missing, as a gap record, after this many fragments. */
  readonly gapAfter?: number
  /** Fragments handed over: from and to, inclusive, counted from 0. */
  readonly pick?: readonly [number, number]
  readonly size?: string
}

/** One closed reel of which a span is handed over, and what a pack of it says. */
export function sampleSpan(options: SampleOptions = {}): { part: ReelPart; facts: PackFacts } {
  const { init, fragments } = filmFragments(options.seconds ?? 6, options)
  const day = newDayKey()
  const mandate: Mandate = {
    ...{ v: 1, id: mandateId, counter: 7, recorder, camera, provider: 'derby-homes', system: 'system-1' },
    ...{
      deployment: 'deployment-1',
      class: 'ordinary',
      purposes: ['antisocial-behaviour'],
      streams: ['main'],
    },
    ...{
      fromMs: startMs - 3_600_000,
      untilMs: startMs + 3_600_000,
      audio: false,
      masks: [],
      retentionDays: 28,
    },
    ...{ timeZone: 'Europe/London', stillsMax: 0 },
    keys: [{ day: '2026-11-22', kid: day.kid, publicKey: day.publicKey }],
    basis: { policy: 'derby-homes@2025-06-11', clauses: [], dpia: null, approvals: [], signs: [] },
  }
  const reelId = '019ab000-0000-7000-8000-00000000000a'
  const sealer = createReelSealer({
    ...{ reel: reelId, recorder, camera, mandate: mandateId, counter: 7, day: '2026-11-22' },
    ...{ timeZone: 'Europe/London', publicKey: day.publicKey, openedMs: startMs, untilMs: mandate.untilMs },
    ...{ previous: '0'.repeat(64), codec: 'avc1.64000c', width: 320, height: 180, epoch: 1 },
  })
  const reelKey = unwrapReelKey(sealer.head, day.privateKey)
  const records = [{ ...sealer.init(init, startMs), sealed: true }].map((sealed) => ({
    bytes: Buffer.concat(sealed.buffers),
    key: fragmentKey(reelKey, sealed.sequence) as Buffer | null,
  }))
  for (const [at, body] of fragments.entries()) {
    if (options.gapAfter === at) {
      const gap = sealer.gap({
        fromMs: startMs + at * 1000,
        toMs: startMs + at * 1000 + 40,
        cause: 'packets-lost',
      })
      records.push({ bytes: Buffer.concat(gap.buffers), key: null })
    }
    const facts = {
      ...{ startsWithKeyframe: true, audio: false, frames: 15, duration: 90_000, uncertaintyMs: 12 },
      ...{ startMs: startMs + at * 1000, endMs: startMs + (at + 1) * 1000, decodeTime: BigInt(at * 90_000) },
      ...{ monotonicUs: BigInt(at * 1_000_000), rtp: at * 90_000, ntp: null },
    }
    const sealed = sealer.media(facts, body)
    records.push({ bytes: Buffer.concat(sealed.buffers), key: fragmentKey(reelKey, sealed.sequence) })
  }
  const closed = sealer.close('hour', startMs + fragments.length * 1000)
  const [from, to] = options.pick ?? [0, fragments.length - 1]
  const picked = [records[0]!, ...records.slice(1 + from, 2 + to)]

  const leaf = JSON.stringify({
    about: { camera, mandate: mandateId, recorder, reel: reelId },
    data: { chainHead: closed.summary.chainHead },
    kind: 'reel.closed',
  })
  const leaves = ['{"n":0}', leaf, '{"n":2}'].map((text) => leafHash(Buffer.from(text)))
  const tree = nodesOf(leaves)
  const part: ReelPart = {
    reelId,
    mandateId,
    headBytes: sealer.prelude,
    // Without the trailer.
    tailBytes: Buffer.concat(closed.buffers).subarray(0, -24),
    chainHead: closed.summary.chainHead,
    records: (async function* () {
      yield* picked
    })(),
    proof: {
      v: 1,
      origin,
      index: 1,
      leaf,
      path: inclusionProof(tree, 1, 3).map((hash) => Buffer.from(hash).toString('base64')),
      checkpoint: signCheckpoint(
        { origin, size: 3, root: treeRoot(tree, 3) },
        decodeNoteKey(ledgerKey),
        ledger.privateKey,
      ),
    },
    mandate: { jws: signMandate(mandate, signer), certificate },
  }
  return { part, facts: sampleFacts(startMs + from * 1000 + 200, startMs + (to + 1) * 1000 - 200) }
}

function sampleFacts(fromMs: number, toMs: number): PackFacts {
  return {
    pack: '019ab000-0000-7000-8000-0000000000ff',
    software: 'Overt 0.1.0',
    madeMs: startMs + 86_400_000,
    madeBy: 'Priya Nair, ASB manager',
    provider: { slug: 'derby-homes', name: 'Fernside Homes (fictional)', policy: 'derby-homes@2025-06-11' },
    exhibit: {
      id: '019ab000-0000-7000-8000-0000000000ee',
      reference: 'PN/1',
      description: 'Two people at the lift door',
    },
    caseReference: 'C-2026-0001',
    camera: { id: camera, name: 'Hallway, ground floor', place: '1 Example Court' },
    purpose: 'To deal with antisocial behaviour',
    recipient: { kind: 'Police', name: 'PC 1234 Jones' },
    basis: {
      code: 'crime-prevention',
      label: 'To prevent or find crime',
      law: 'DPA 2018 Sch 2 para 2',
      necessity: 'The people in the picture may be those who broke the lift.',
    },
    timeZone: 'Europe/London',
    fromMs,
    toMs,
    gaps: [],
  }
}
