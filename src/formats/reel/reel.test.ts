import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  bytesSource,
  createReelSealer,
  fragmentKey,
  newDayKey,
  openRecord,
  openSealed,
  recordHeaderBytes,
  scanReel,
  unwrapReelKey,
} from './reel.ts'

const day = newDayKey()
export function sampleReel() {
  const sealer = createReelSealer({
    reel: 'reel-1',
    recorder: 'recorder-1',
    camera: 'camera-1',
    mandate: 'mandate-1',
    counter: 3,
    day: '2026-11-22',
    timeZone: 'Europe/London',
    publicKey: day.publicKey,
    openedMs: 1_000,
    untilMs: 100_000,
    previous: '0'.repeat(64),
    codec: 'avc1.64001f',
    width: 1920,
    height: 1080,
    epoch: 1,
  })
  const buffers: Buffer[] = [sealer.prelude]
  buffers.push(...sealer.init(Buffer.from('init'), 1000).buffers)
  const facts = {
    startsWithKeyframe: true,
    audio: false,
    frames: 30,
    startMs: 1000,
    endMs: 3000,
    decodeTime: 0n,
    duration: 180000,
    uncertaintyMs: 5,
    monotonicUs: 77n,
    rtp: 12345,
    ntp: { time: 1n << 60n, rtp: 99 },
  }
  buffers.push(...sealer.media(facts, [Buffer.from('moof'), Buffer.from('mdat')]).buffers)
  buffers.push(...sealer.gap({ fromMs: 3000, toMs: 4000, cause: 'packets-lost', lost: 4 }).buffers)
  buffers.push(...sealer.media({ ...facts, startMs: 4000, endMs: 6000 }, Buffer.from('second')).buffers)
  const closed = sealer.close('hour', 6000)
  buffers.push(...closed.buffers)
  return { bytes: Buffer.concat(buffers), sealer, closed }
}

test('what was sealed is opened with its own key and nothing else', async () => {
  const { bytes, sealer, closed } = sampleReel()
  assert.equal(bytes.byteLength, sealer.bytes())
  const scan = await scanReel(bytesSource(bytes))
  assert.equal(scan.problem, null)
  assert.equal(scan.state, 'closed')
  assert.equal(Buffer.from(scan.chain).toString('hex'), closed.summary.chainHead)
  assert.equal(scan.gaps[0]?.cause, 'packets-lost')
  const reelKey = unwrapReelKey(scan.head, day.privateKey)
  const record = scan.records[1]!
  const header = bytes.subarray(record.offset, record.offset + recordHeaderBytes)
  const body = bytes.subarray(
    record.offset + recordHeaderBytes,
    record.offset + recordHeaderBytes + record.bodyBytes,
  )
  assert.equal(openRecord(fragmentKey(reelKey, 1), scan.headHash, header, body).toString(), 'moofmdat')
  assert.equal(
    Buffer.from((await openSealed(fragmentKey(reelKey, 1), scan.headHash, header, body))!).toString(),
    'moofmdat',
  )
  assert.throws(() => openRecord(fragmentKey(reelKey, 2), scan.headHash, header, body), /does not open/)
  assert.equal(await openSealed(fragmentKey(reelKey, 2), scan.headHash, header, body), null)
})
