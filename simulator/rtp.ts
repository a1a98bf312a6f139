/** RTP packets of one stream to one client, in RTSP's interleaved framing (RFC 2326 section 10.12). */
export type RtpStream = {
  /** Next sequence number, for the RTP-Info header. */
  readonly nextSequence: () => number
  /** One H.264 picture as packets (RFC 6184: single NAL units and FU-A), in one buffer ready to be written. */
  video(nals: readonly Buffer[], rtpTime: number, lose: () => boolean): Buffer
  /** Sound samples as one packet. */
  audio(payload: Buffer, rtpTime: number): Buffer
  /** A sender report (RFC 3550 section 6.4.1): which wall time belongs to which RTP time. */
  report(epochMs: number, rtpTime: number): Buffer
}

/** Fits an Ethernet frame with its headers, as cameras do even over TCP. */
const payloadBytesMax = 1400
/** Seconds between 1900 (NTP) and 1970 (Unix). */
const ntpEpochOffset = 2_208_988_800

export function createRtpStream(options: {
  readonly channel: number
  readonly payloadType: number
  readonly ssrc: number
  readonly firstSequence: number
}): RtpStream {
  const { channel, payloadType, ssrc } = options
  let sequence = options.firstSequence & 0xffff
  let packets = 0
  let octets = 0

  function packet(parts: readonly Buffer[], rtpTime: number, marker: boolean): Buffer[] {
    const size = parts.reduce((sum, part) => sum + part.length, 0)
    const head = Buffer.alloc(16)
    head[0] = 0x24
    head[1] = channel
    head.writeUInt16BE(12 + size, 2)
    head[4] = 0x80
    head[5] = (marker ? 0x80 : 0) | payloadType
    head.writeUInt16BE(sequence, 6)
    head.writeUInt32BE(rtpTime >>> 0, 8)
    head.writeUInt32BE(ssrc, 12)
    sequence = (sequence + 1) & 0xffff
    packets = (packets + 1) >>> 0
    octets = (octets + size) >>> 0
    return [head, ...parts]
  }

  return {
    nextSequence: () => sequence,
    video(nals, rtpTime, lose) {
      const out: Buffer[] = []
      const send = (parts: readonly Buffer[], marker: boolean) => {
        const bytes = packet(parts, rtpTime, marker)
        if (!lose()) out.push(...bytes)
      }
      for (const [index, nal] of nals.entries()) {
        const final = index === nals.length - 1
        if (nal.length <= payloadBytesMax) {
          send([nal], final)
          continue
        }
        // FU-A (RFC 6184 section 5.8): indicator with the unit's importance, header with its type.
        const indicator = (nal[0]! & 0xe0) | 28
        const type = nal[0]! & 0x1f
        for (let at = 1; at < nal.length; at += payloadBytesMax - 2) {
          const end = Math.min(nal.length, at + payloadBytesMax - 2)
          const flags = (at === 1 ? 0x80 : 0) | (end === nal.length ? 0x40 : 0)
          send([Buffer.from([indicator, flags | type]), nal.subarray(at, end)], final && end === nal.length)
        }
      }
      return Buffer.concat(out)
    },
    audio: (payload, rtpTime) => Buffer.concat(packet([payload], rtpTime, false)),
    report(epochMs, rtpTime) {
      const body = Buffer.alloc(4 + 28 + 16)
      body[0] = 0x24
      body[1] = channel + 1
      body.writeUInt16BE(28 + 16, 2)
      body[4] = 0x80
      body[5] = 200
      body.writeUInt16BE(6, 6)
      body.writeUInt32BE(ssrc, 8)
      const seconds = Math.floor(epochMs / 1000)
      body.writeUInt32BE((seconds + ntpEpochOffset) >>> 0, 12)
      body.writeUInt32BE(Math.floor(((epochMs - seconds * 1000) / 1000) * 4_294_967_296) >>> 0, 16)
      body.writeUInt32BE(rtpTime >>> 0, 20)
      body.writeUInt32BE(packets, 24)
      body.writeUInt32BE(octets, 28)
      // Source description with a canonical name, which RFC 3550 section 6.1 asks of every compound packet.
      body[32] = 0x81
      body[33] = 202
      body.writeUInt16BE(3, 34)
      body.writeUInt32BE(ssrc, 36)
      body[40] = 1
      body[41] = 5
      body.write('overt', 42)
      return body
    },
  }
}
