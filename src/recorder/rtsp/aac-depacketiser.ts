import type { AudioParameters } from '../media/boxes.ts'
import type { SdpMedia } from './sdp.ts'

/** The part of RFC 3640 that cameras use (mode AAC-hbr): whole frames, or one frame over several packets. */
export class AacDepacketiser {
  readonly parameters: AudioParameters
  readonly #payloadType: number
  readonly #sizeBits: number
  readonly #indexBits: number
  readonly #onFrame: (bytes: Buffer, timestamp: number) => void
  #partial: Buffer[] = []
  #partialMissing = 0

  /** Null when the session description doesn't say enough to play the sound later. */
  static create(
    media: SdpMedia,
    onFrame: (bytes: Buffer, timestamp: number) => void,
  ): AacDepacketiser | null {
    const config = media.parameters.get('config') ?? ''
    const sizeBits = Number(media.parameters.get('sizelength') ?? '13')
    const indexBits = Number(media.parameters.get('indexlength') ?? '3')
    if (
      !/^([0-9a-f]{2}){2,64}$/i.test(config) ||
      sizeBits < 1 ||
      sizeBits > 16 ||
      sizeBits + indexBits !== 16
    )
      return null
    return new AacDepacketiser(media, Buffer.from(config, 'hex'), sizeBits, indexBits, onFrame)
  }

  private constructor(
    media: SdpMedia,
    config: Buffer,
    sizeBits: number,
    indexBits: number,
    onFrame: (bytes: Buffer, timestamp: number) => void,
  ) {
    this.parameters = { clockRate: media.clockRate, channels: media.channels, config }
    this.#payloadType = media.payloadType
    this.#sizeBits = sizeBits
    this.#indexBits = indexBits
    this.#onFrame = onFrame
  }

  /** One RTP packet in `bytes[start..end]`; frames are copied out (they are a few hundred bytes). */
  push(bytes: Buffer, start: number, end: number): void {
    if (end - start < 14 || bytes[start]! >> 6 !== 2 || (bytes[start + 1]! & 0x7f) !== this.#payloadType)
      return
    const timestamp = bytes.readUInt32BE(start + 4)
    let at = start + 12 + (bytes[start]! & 0x0f) * 4
    if ((bytes[start]! & 0x10) !== 0 && at + 4 <= end) at += 4 + bytes.readUInt16BE(at + 2) * 4
    const stop = (bytes[start]! & 0x20) !== 0 ? end - bytes[end - 1]! : end
    if (at + 4 > stop) return
    const headers = bytes.readUInt16BE(at) / 16
    if (!Number.isInteger(headers) || headers < 1 || headers > 64) return
    let data = at + 2 + headers * 2
    for (let i = 0; i < headers && data <= stop; i += 1) {
      const size = bytes.readUInt16BE(at + 2 + i * 2) >> this.#indexBits
      const whole = data + size <= stop
      if (!whole && headers > 1) return
      if (!whole || this.#partialMissing > 0) {
        this.#part(bytes, data, stop, size, timestamp)
        return
      }
      this.#onFrame(Buffer.from(bytes.subarray(data, data + size)), timestamp + i * 1024)
      data += size
    }
  }

  #part(bytes: Buffer, start: number, end: number, size: number, timestamp: number): void {
    if (this.#partialMissing === 0) {
      this.#partial = []
      this.#partialMissing = Math.min(size, 1 << this.#sizeBits)
    }
    const take = Math.min(end - start, this.#partialMissing)
    this.#partial.push(Buffer.from(bytes.subarray(start, start + take)))
    this.#partialMissing -= take
    if (this.#partialMissing > 0) return
    this.#onFrame(Buffer.concat(this.#partial), timestamp)
    this.#partial = []
  }
}
