/**
 * Binary frames: sealed bytes that answer a request, in parts. 16 bytes of header (request u32, part u32, flags u32,
 * payload length u32, big-endian), then the payload.
 */
import { type Reason, type Result, refuse } from '#base/base.ts'

export const frameHeaderBytes = 16
export const payloadBytesMax = 1024 * 1024

export type Frame = {
  readonly request: number
  /** From 0, without holes. */
  readonly part: number
  /** No part follows. A `live` request ends with an empty last part. */
  readonly last: boolean
  /** The payload is a reel's whole prelude: first of an `index` answer, and before each reel of `live`. */
  readonly prelude: boolean
  /** The payload ends a whole record (`live` and `read` may cut records into parts). */
  readonly endsRecord: boolean
  readonly payload: Buffer
}

const flagLast = 1
const flagPrelude = 2
const flagEndsRecord = 4
const flagsKnown = 7

/** Header and payload as two buffers, not joined. Throws `RangeError` past 1 MiB. */
export function encodeFrameHeader(frame: Omit<Frame, 'payload'>, payloadBytes: number): Buffer {
  if (payloadBytes > payloadBytesMax) throw new RangeError(`a frame of ${payloadBytes} bytes is too long`)
  const header = Buffer.allocUnsafe(frameHeaderBytes)
  header.writeUInt32BE(frame.request, 0)
  header.writeUInt32BE(frame.part, 4)
  header.writeUInt32BE(
    (frame.last ? flagLast : 0) | (frame.prelude ? flagPrelude : 0) | (frame.endsRecord ? flagEndsRecord : 0),
    8,
  )
  header.writeUInt32BE(payloadBytes, 12)
  return header
}

export function encodeFrame(frame: Frame): Buffer {
  return Buffer.concat([encodeFrameHeader(frame, frame.payload.byteLength), frame.payload])
}

const why = (code: string, message: string): Reason => ({ code, message, clause: null })

/** The payload is a view of `bytes`, not a copy. Refusals: 'cut-short', 'too-large', 'unknown-flags'. */
export function decodeFrame(bytes: Buffer): Result<Frame> {
  if (bytes.byteLength < frameHeaderBytes) return refuse(why('cut-short', 'The frame has no whole header.'))
  const length = bytes.readUInt32BE(12)
  if (length > payloadBytesMax) return refuse(why('too-large', 'The frame is longer than the link allows.'))
  if (bytes.byteLength !== frameHeaderBytes + length)
    return refuse(why('cut-short', 'The frame is not as long as it says.'))
  const flags = bytes.readUInt32BE(8)
  if ((flags & ~flagsKnown) !== 0) return refuse(why('unknown-flags', 'The frame has flags we do not know.'))
  return {
    ok: true,
    value: {
      request: bytes.readUInt32BE(0),
      part: bytes.readUInt32BE(4),
      last: (flags & flagLast) !== 0,
      prelude: (flags & flagPrelude) !== 0,
      endsRecord: (flags & flagEndsRecord) !== 0,
      payload: bytes.subarray(frameHeaderBytes),
    },
  }
}
