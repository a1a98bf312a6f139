import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { VideoAssembler } from './video-assembler.ts'

// Parameter sets of a 640 × 360 film by x264 and x265.
const sps = Buffer.from('6742c016d9005005bb011000000300100000030 1e0f162e4'.replace(/ /g, ''), 'hex')
const pps = Buffer.from('68cb83cb20', 'hex')

type Picture = { timestamp: number; key: boolean; nals: Buffer[] }

/** Packets of pictures, each NAL unit alone, two in an aggregate, or cut into fragments of `size`. */
function packets(
  pictures: readonly Picture[],
  size: number,
  aggregate: boolean,
  firstSequence = 65_530,
): Buffer[] {
  const out: Buffer[] = []
  let sequence = firstSequence
  const add = (timestamp: number, marker: boolean, payload: Buffer) => {
    const head = Buffer.alloc(12)
    head[0] = 0x80
    head[1] = 96 | (marker ? 0x80 : 0)
    head.writeUInt16BE(sequence & 0xffff, 2)
    head.writeUInt32BE(timestamp >>> 0, 4)
    sequence += 1
    out.push(Buffer.concat([head, payload]))
  }
  for (const { timestamp, nals } of pictures) {
    for (let i = 0; i < nals.length; i += 1) {
      const nal = nals[i]!
      const last = i === nals.length - 1
      const next = nals[i + 1]
      if (nal.length > size) {
        for (let at = 1; at < nal.length; at += size) {
          const end = at + size >= nal.length
          const fu = (at === 1 ? 0x80 : 0) | (end ? 0x40 : 0) | (nal[0]! & 0x1f)
          add(
            timestamp,
            last && end,
            Buffer.concat([Buffer.from([(nal[0]! & 0xe0) | 28, fu]), nal.subarray(at, at + size)]),
          )
        }
      } else if (aggregate && next && next.length <= size) {
        const sized = [nal, next].flatMap((n) => [Buffer.from([n.length >> 8, n.length & 255]), n])
        add(timestamp, i + 1 === nals.length - 1, Buffer.concat([Buffer.from([24]), ...sized]))
        i += 1
      } else add(timestamp, last, nal)
    }
  }
  return out
}

function assemble(list: readonly Buffer[]) {
  const units: { timestamp: number; key: boolean; nals: Buffer[] }[] = []
  let open: { timestamp: number; key: boolean; nals: Buffer[] } | null = null
  let nal: Buffer[] = []
  let lost = 0
  let told = 0
  const assembler = new VideoAssembler('h264', 96, {
    parameters: () => undefined,
    begin: (timestamp, key) => {
      open = { timestamp, key, nals: [] }
    },
    nalBegin: () => {
      nal = []
    },
    nalPart: (bytes, start, end) => nal.push(Buffer.from(bytes.subarray(start, end))),
    nalEnd: () => open!.nals.push(Buffer.concat(nal)),
    commit: () => units.push(open!),
    drop: () => {
      open = null
    },
    lost: (count) => {
      lost += count
      told += 1
    },
  })
  for (const packet of list) {
    // Not at the start of its memory, as in a receive buffer.
    const shifted = Buffer.concat([Buffer.alloc(7), packet, Buffer.alloc(3)])
    assembler.push(shifted, 7, 7 + packet.length)
  }
  assembler.finish()
  return { units, lost, told }
}

const slice = (key: boolean) =>
  fc
    .uint8Array({ minLength: 2, maxLength: 400 })
    .map((body) => Buffer.concat([Buffer.from([key ? 0x65 : 0x41, 0x88]), body]))
const picture = (key: boolean) =>
  fc.record({
    sei: fc.option(
      fc.uint8Array({ minLength: 2, maxLength: 90 }).map((b) => Buffer.concat([Buffer.from([0x06]), b])),
      { nil: null },
    ),
    slices: fc.array(slice(key), { minLength: 1, maxLength: 3 }),
  })
const film = fc
  .tuple(picture(true), fc.array(picture(false), { maxLength: 8 }), fc.nat(2 ** 32 - 1))
  .map(([first, rest, start]): Picture[] =>
    [first, ...rest].map((p, i) => ({
      timestamp: (start + i * 6000) >>> 0,
      key: i === 0,
      nals: [...(i === 0 ? [sps, pps] : []), ...(p.sei ? [p.sei] : []), ...p.slices],
    })),
  )
const kept = (p: Picture) => ({ ...p, nals: p.nals.filter((nal) => nal !== sps && nal !== pps) })

describe('pictures out of packets', () => {
  it('come out bit for bit, however they were packed, sequence numbers turning over', () => {
    fc.assert(
      fc.property(film, fc.integer({ min: 20, max: 300 }), fc.boolean(), (pictures, size, aggregate) => {
        const { units, lost } = assemble(packets(pictures, size, aggregate))
        deepEqual(units, pictures.map(kept))
        equal(lost, 0)
      }),
      { numRuns: 200 },
    )
  })

  it('with packets missing: no picture comes out changed, and the loss is told', () => {
    fc.assert(
      fc.property(
        film,
        fc.integer({ min: 20, max: 200 }),
        fc.boolean(),
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 4 }),
        (pictures, size, aggregate, drops) => {
          const all = packets(pictures, size, aggregate)
          const gone = new Set(drops.map((d) => d % all.length))
          const { units, lost } = assemble(all.filter((_, i) => !gone.has(i)))
          // Missing at the very beginning or end nobody can see from inside; in between it is counted.
          const left = all.map((_, i) => i).filter((i) => !gone.has(i))
          const between = left.length === 0 ? 0 : left.at(-1)! - left[0]! + 1 - left.length
          equal(lost, between)
          for (const unit of units) {
            const original = pictures.map(kept).find((p) => p.timestamp === unit.timestamp)!
            // Whole NAL units missing at a picture's unseen edges may shorten it only where the loss was outside.
            const whole = unit.nals.every((nal) => original.nals.some((o) => o.equals(nal)))
            ok(whole, 'every part is one that was sent, whole')
            if (unit.nals.length !== original.nals.length) ok(gone.size > 0)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('a hole in the middle of a picture drops that picture only', () => {
    const body = Buffer.alloc(500, 7)
    const pictures = [0, 1, 2].map((i) => ({
      timestamp: i * 6000,
      key: i === 0,
      nals: [
        ...(i === 0 ? [sps, pps] : []),
        Buffer.concat([Buffer.from([i === 0 ? 0x65 : 0x41, 0x88]), body]),
      ],
    }))
    const all = packets(pictures, 100, false)
    const middle = all.findIndex((p) => p.readUInt32BE(4) === 6000) + 2
    const { units, lost, told } = assemble(all.filter((_, i) => i !== middle))
    deepEqual(
      units.map((u) => u.timestamp),
      [0, 12_000],
    )
    deepEqual([lost, told], [1, 1])
  })

  it('never throws on noise', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 20 }),
        fc.boolean(),
        (noise, h265) => {
          const assembler = new VideoAssembler(h265 ? 'h265' : 'h264', 96, {
            parameters() {},
            begin() {},
            nalBegin() {},
            nalPart() {},
            nalEnd() {},
            commit() {},
            drop() {},
            lost() {},
          })
          noise.forEach((bytes, i) => {
            const packet = Buffer.concat([Buffer.from([0x80, 96, 0, i, 0, 0, 0, i >> 2, 0, 0, 0, 0]), bytes])
            assembler.push(packet, 0, packet.length)
          })
          assembler.finish()
        },
      ),
      { numRuns: 1000 },
    )
  })
})
