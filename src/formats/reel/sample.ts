/** A small reel with everything in it, for the tests of this folder and of those who read reels. */
import type { Buffer } from 'node:buffer'
import { createReelSealer, type FragmentFacts, newDayKey, type ReelSealer } from './reel.ts'

export const sampleDay = newDayKey()

export const sampleFacts: FragmentFacts = {
  startsWithKeyframe: true,
  audio: false,
  frames: 30,
  startMs: 1_000,
  endMs: 3_000,
  decodeTime: 0n,
  duration: 180_000,
  uncertaintyMs: 5,
  monotonicUs: 77n,
  rtp: 12_345,
  ntp: { time: 1n << 60n, rtp: 99 },
}

export function sampleSealer(publicKey = sampleDay.publicKey): ReelSealer {
  return createReelSealer({
    reel: '019ab000-0000-7000-8000-00000000000a',
    recorder: '019ab000-0000-7000-8000-00000000000b',
    camera: '019ab000-0000-7000-8000-00000000000c',
    mandate: '019ab000-0000-7000-8000-00000000000d',
    counter: 3,
    day: '2026-11-22',
    timeZone: 'Europe/London',
    publicKey,
    openedMs: 1_000,
    untilMs: 100_000,
    previous: '0'.repeat(64),
    codec: 'avc1.64001f',
    width: 1920,
    height: 1080,
    epoch: 1,
  })
}

/** Pieces of a closed reel in order: prelude, one buffer for each record, and the end (index, close, trailer). */
export function samplePieces(sealer: ReelSealer, bodies: readonly Buffer[]): Buffer[] {
  const pieces = [sealer.prelude, joined(sealer.init(bodies[0]!, 1_000).buffers)]
  let startMs = 1_000
  for (const body of bodies.slice(1)) {
    const half = Math.floor(body.byteLength / 2)
    const facts = {
      ...sampleFacts,
      startMs,
      endMs: startMs + 2_000,
      decodeTime: BigInt((startMs - 1_000) * 90),
      rtp: startMs % 4_000 === 1_000 ? null : 12_345,
      ntp: startMs % 4_000 === 1_000 ? null : sampleFacts.ntp,
    }
    pieces.push(joined(sealer.media(facts, [body.subarray(0, half), body.subarray(half)]).buffers))
    startMs += 2_000
  }
  const gap = { fromMs: startMs, toMs: startMs + 500, cause: 'packets-lost' as const, lost: 4 }
  pieces.push(joined(sealer.gap(gap).buffers))
  pieces.push(joined(sealer.close('hour', startMs + 500).buffers))
  return pieces
}

export const joined = (buffers: readonly Buffer[]): Buffer => globalThis.Buffer.concat(buffers)
