import {
  bodyBytesMax,
  contentLength,
  headersBytesMax,
  parseMessageHead,
  RtspProtocolError,
  type RtspRequest,
  type RtspResponse,
} from './message.ts'

/**
 * Splits one RTSP connection into interleaved packets (RFC 2326 §10.12: `$`, channel, 16-bit length) and messages.
 * Packets are handed on as positions in the caller's receive buffer: nothing is allocated per packet. Only a packet
 * or message that straddles two reads is copied, into one buffer that lives as long as the connection.
 */
export type FramingHandlers = {
  /** `start..end` of `bytes` is the payload (RTP or RTCP); valid only during the call. */
  packet(channel: number, bytes: Buffer, start: number, end: number): void
  message(message: RtspResponse | RtspRequest): void
}

const dollar = 0x24

export class Framing {
  readonly #handlers: FramingHandlers
  /** What is left of an incomplete packet or message; grows to what one packet or message may need at most. */
  #carry: Buffer = Buffer.alloc(0)
  #carryLength = 0

  constructor(handlers: FramingHandlers) {
    this.#handlers = handlers
  }

  /** Takes the bytes just received; throws RtspProtocolError when they cannot be RTSP. */
  push(bytes: Buffer, length: number): void {
    let at = 0
    while (this.#carryLength > 0 && at < length) {
      const wanted = this.#wanted()
      const take = Math.min(wanted, length - at)
      this.#append(bytes, at, at + take)
      at += take
      const consumed = this.#parse(this.#carry, 0, this.#carryLength)
      if (consumed > 0) {
        // `#wanted` never asks past the end of the unit being completed when it is a packet; of a message, the
        // text after it may be here too.
        this.#carry.copyWithin(0, consumed, this.#carryLength)
        this.#carryLength -= consumed
      }
    }
    if (at < length) {
      const consumed = this.#parse(bytes, at, length)
      this.#append(bytes, at + consumed, length)
    }
  }

  /** How many bytes more may complete the unit in the carry buffer. */
  #wanted(): number {
    if (this.#carry[0] !== dollar) return 1024
    if (this.#carryLength < 4) return 4 - this.#carryLength
    return 4 + this.#carry.readUInt16BE(2) - this.#carryLength
  }

  #append(bytes: Buffer, start: number, end: number): void {
    const needed = this.#carryLength + end - start
    if (needed > headersBytesMax + bodyBytesMax + 65_540) {
      throw new RtspProtocolError('the answer never ends')
    }
    if (needed > this.#carry.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(4096, 2 ** Math.ceil(Math.log2(needed))))
      this.#carry.copy(larger, 0, 0, this.#carryLength)
      this.#carry = larger
    }
    bytes.copy(this.#carry, this.#carryLength, start, end)
    this.#carryLength = needed
  }

  /** Hands on every whole unit in `bytes[start..end]`; gives the number of bytes used. */
  #parse(bytes: Buffer, start: number, end: number): number {
    let at = start
    while (at < end) {
      const first = bytes[at]!
      if (first === dollar) {
        if (end - at < 4) break
        const packetEnd = at + 4 + ((bytes[at + 2]! << 8) | bytes[at + 3]!)
        if (packetEnd > end) break
        this.#handlers.packet(bytes[at + 1]!, bytes, at + 4, packetEnd)
        at = packetEnd
      } else if (first === 0x0d || first === 0x0a) {
        at += 1 // stray line ends between messages are common and mean nothing
      } else {
        const used = this.#parseMessage(bytes, at, end)
        if (used === 0) break
        at += used
      }
    }
    return at - start
  }

  #parseMessage(bytes: Buffer, start: number, end: number): number {
    const first = bytes[start]!
    // Every RTSP start line opens with a capital letter: a method or "RTSP/". Anything else is lost framing.
    if (first < 0x41 || first > 0x5a) throw new RtspProtocolError('the answer is not RTSP')
    const window = bytes.subarray(start, Math.min(end, start + headersBytesMax))
    let headEnd = window.indexOf('\r\n\r\n')
    let separator = 4
    const bare = window.indexOf('\n\n')
    if (bare !== -1 && (headEnd === -1 || bare < headEnd)) {
      headEnd = bare
      separator = 2
    }
    if (headEnd === -1) {
      if (end - start >= headersBytesMax) throw new RtspProtocolError('the answer has too many headers')
      const line = window.indexOf('\n')
      if (line !== -1) parseMessageHead(window.toString('latin1', 0, line).trimEnd()) // junk is refused at once
      return 0
    }
    const head = parseMessageHead(window.toString('latin1', 0, headEnd))
    const bodyLength = contentLength(head.headers)
    const bodyStart = start + headEnd + separator
    if (bodyStart + bodyLength > end) return 0
    const body = Buffer.from(bytes.subarray(bodyStart, bodyStart + bodyLength))
    this.#handlers.message({ ...head, body })
    return bodyStart + bodyLength - start
  }
}
