import { deepEqual, equal, throws } from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Framing } from './framing.ts'
import {
  bodyBytesMax,
  formatRequest,
  headersBytesMax,
  parseInterleaved,
  parseSession,
  RtspProtocolError,
} from './message.ts'

type Unit =
  | { kind: 'packet'; channel: number; payload: Uint8Array }
  | { kind: 'response'; status: number; body: string }

const unit: fc.Arbitrary<Unit> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('packet' as const),
      channel: fc.nat(255),
      payload: fc.uint8Array({ maxLength: 3000 }),
    },
    { noNullPrototype: true },
  ),
  fc.record(
    {
      kind: fc.constant('response' as const),
      status: fc.integer({ min: 100, max: 599 }),
      body: fc.string({ maxLength: 500 }),
    },
    { noNullPrototype: true },
  ),
)

function wire(units: readonly Unit[]): Buffer {
  return Buffer.concat(
    units.map((u) => {
      if (u.kind === 'packet') {
        const head = Buffer.from([0x24, u.channel, u.payload.length >> 8, u.payload.length & 255])
        return Buffer.concat([head, u.payload])
      }
      const body = Buffer.from(u.body)
      return Buffer.concat([
        Buffer.from(`RTSP/1.0 ${u.status} Word\r\nCSeq: 1\r\nContent-Length: ${body.length}\r\n\r\n`),
        body,
      ])
    }),
  )
}

function collect(chunks: readonly Buffer[]): Unit[] {
  const found: Unit[] = []
  const framing = new Framing({
    packet: (channel, bytes, start, end) =>
      found.push({ kind: 'packet', channel, payload: new Uint8Array(bytes.subarray(start, end)) }),
    message: (message) => {
      if (message.kind === 'response')
        found.push({ kind: 'response', status: message.status, body: message.body.toString() })
    },
  })
  for (const chunk of chunks) framing.push(chunk, chunk.length)
  return found
}

describe('framing', () => {
  it('finds the same packets and messages however the bytes were cut into reads', () => {
    fc.assert(
      fc.property(
        fc.array(unit, { maxLength: 12 }),
        fc.array(fc.nat(20_000), { maxLength: 30 }),
        (units, cuts) => {
          const bytes = wire(units)
          const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
          const chunks = [...at, bytes.length].map((end, i) => bytes.subarray(i === 0 ? 0 : at[i - 1], end))
          deepEqual(collect(chunks), units)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('never does anything but hand on or refuse, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 10 }), (chunks) => {
        try {
          collect(chunks.map((chunk) => Buffer.from(chunk)))
        } catch (error) {
          if (!(error instanceof RtspProtocolError)) throw error
        }
      }),
      { numRuns: 500 },
    )
  })

  it('refuses headers and bodies past their limits', () => {
    throws(
      () => collect([Buffer.from(`RTSP/1.0 200 OK\r\nX: ${'x'.repeat(headersBytesMax)}`)]),
      RtspProtocolError,
    )
    throws(
      () => collect([Buffer.from(`RTSP/1.0 200 OK\r\nContent-Length: ${bodyBytesMax + 1}\r\n\r\n`)]),
      RtspProtocolError,
    )
    throws(() => collect([Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')]), RtspProtocolError)
    throws(() => collect([Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')]), RtspProtocolError)
  })

  it('reads session and transport as cameras write them', () => {
    deepEqual(parseSession('4A3B;timeout=30'), { id: '4A3B', timeoutSeconds: 30 })
    deepEqual(parseSession(' 12345678 '), { id: '12345678', timeoutSeconds: 60 })
    deepEqual(parseInterleaved('RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=1'), { rtp: 2, rtcp: 3 })
    deepEqual(parseInterleaved('RTP/AVP/TCP;interleaved=4'), { rtp: 4, rtcp: 5 })
    equal(parseInterleaved('RTP/AVP;unicast;client_port=1-2'), null)
    equal(
      formatRequest('OPTIONS', 'rtsp://a/', { CSeq: '1' }),
      'OPTIONS rtsp://a/ RTSP/1.0\r\nCSeq: 1\r\n\r\n',
    )
  })
})
