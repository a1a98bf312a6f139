import { h264Parameters, h265Parameters, type VideoParameters } from '../media/boxes.ts'
import { h264SetId, h265SetId } from '../media/parameter-sets.ts'

/**
 * RTP packets in, access units out: H.264 (RFC 6184: single NAL, STAP-A, FU-A) and H.265 (RFC 7798: single, AP, FU).
 * Bytes go straight from the receive buffer into the sink; only what stands before the first slice of a picture
 * (SEI) and a fragmented parameter set are held, in two small buffers.
 *
 * A unit with a hole in it is never passed on as whole: it is dropped and the loss is told. Delimiters, filler and
 * parameter sets that the initialisation segment already carries are left out of the units.
 */
export type UnitSink = {
  /** The parameter sets that hold from the next unit (a keyframe) on. */
  parameters(parameters: VideoParameters): void
  /** A picture begins; `timestamp` is the RTP timestamp as it came. */
  begin(timestamp: number, keyframe: boolean): void
  nalBegin(): void
  nalPart(bytes: Buffer, start: number, end: number): void
  nalEnd(): void
  /** The picture begun last is whole. */
  commit(): void
  /** The picture begun last has a hole: forget its bytes. */
  drop(): void
  /** `packets` are missing before what comes next. */
  lost(packets: number): void
}

type NalKind = 'slice' | 'keyslice' | 'set' | 'skip' | 'other'

type Codec = {
  readonly name: 'h264' | 'h265'
  readonly headerBytes: 1 | 2
  type(bytes: Buffer, at: number): number
  kind(type: number): NalKind
  setId(nal: Uint8Array): string
}

const h264: Codec = {
  name: 'h264',
  headerBytes: 1,
  type: (bytes, at) => bytes[at]! & 0x1f,
  kind(type) {
    if (type === 5) return 'keyslice'
    if (type >= 1 && type <= 4) return 'slice'
    if (type === 7 || type === 8) return 'set'
    if (type === 9 || type === 12) return 'skip'
    return 'other'
  },
  setId: h264SetId,
}

const h265: Codec = {
  name: 'h265',
  headerBytes: 2,
  type: (bytes, at) => (bytes[at]! >> 1) & 0x3f,
  kind(type) {
    if (type >= 16 && type <= 21) return 'keyslice'
    if (type < 32) return 'slice'
    if (type >= 32 && type <= 34) return 'set'
    if (type === 35 || type === 38) return 'skip'
    return 'other'
  },
  setId: h265SetId,
}

const setsMax = 64
const setBytesMax = 8192
/** SEI before the first slice: signed video and analytics stay under this; more is left out. */
const heldBytesMax = 262_144

export class VideoAssembler {
  readonly #codec: Codec
  readonly #sink: UnitSink
  readonly #payloadType: number
  readonly #sets = new Map<string, Buffer>()
  #setsChanged = false
  #setsUsable = false
  #sequence = -1
  #timestamp = -1
  #markerSeen = true
  /** A picture was begun in the sink. */
  #unitOpen = false
  /** What remains of this picture is of no use (a hole, or no keyframe yet). */
  #skipping = false
  #waitingForKeyframe = true
  #fragmentOpen: 'no' | 'slice' | 'held' = 'no'
  #held = Buffer.allocUnsafeSlow(2048)
  #heldLength = 0
  /** Ends of the whole NAL units in `#held`. */
  readonly #heldEnds: number[] = []
  readonly #header = Buffer.allocUnsafeSlow(2)
  /** Packets of a kind this program does not know (interleaved mode): told once by who asks. */
  unsupportedPackets = 0

  constructor(name: 'h264' | 'h265', payloadType: number, sink: UnitSink) {
    this.#codec = name === 'h264' ? h264 : h265
    this.#payloadType = payloadType
    this.#sink = sink
  }

  /** Parameter sets of the session description (`sprop-…`). Broken ones are left out: they come in the stream too. */
  addSets(nals: readonly Buffer[]): void {
    for (const nal of nals) {
      if (nal.length > this.#codec.headerBytes && this.#kindAt(nal, 0) === 'set')
        this.#set(nal, 0, nal.length)
    }
  }

  /** One RTP packet (RFC 3550 §5.1) in `bytes[start..end]`. */
  push(bytes: Buffer, start: number, end: number): void {
    if (end - start < 12 || bytes[start]! >> 6 !== 2) return
    const second = bytes[start + 1]!
    if ((second & 0x7f) !== this.#payloadType) return
    const first = bytes[start]!
    const sequence = (bytes[start + 2]! << 8) | bytes[start + 3]!
    const timestamp =
      ((bytes[start + 4]! << 24) |
        (bytes[start + 5]! << 16) |
        (bytes[start + 6]! << 8) |
        bytes[start + 7]!) >>>
      0
    let at = start + 12 + (first & 0x0f) * 4
    if ((first & 0x10) !== 0) {
      if (at + 4 > end) return
      at += 4 + ((bytes[at + 2]! << 8) | bytes[at + 3]!) * 4
    }
    let payloadEnd = end
    if ((first & 0x20) !== 0) payloadEnd -= bytes[end - 1]!
    const hole = this.#sequence === -1 ? 0 : (sequence - this.#sequence - 1) & 0xffff
    if (hole >= 0x8000) return // late or twice: over TCP it can only be the server repeating itself
    this.#sequence = sequence
    if (hole > 0) this.#holeBefore(hole, timestamp, bytes, at, payloadEnd)
    else if (timestamp !== this.#timestamp) this.#nextUnit(timestamp)
    this.#markerSeen = (second & 0x80) !== 0
    if (at < payloadEnd && !this.#skipping) this.#payload(bytes, at, payloadEnd)
  }

  /** The connection ended: what is whole is kept, what is not is dropped. */
  finish(): void {
    if (!this.#markerSeen) this.#abandonUnit()
    this.#endUnit()
  }

  #holeBefore(hole: number, timestamp: number, bytes: Buffer, at: number, end: number): void {
    const sameUnit = timestamp === this.#timestamp
    if (sameUnit || !this.#markerSeen) this.#abandonUnit()
    if (!sameUnit) {
      this.#nextUnit(timestamp)
      if (!this.#startsUnit(bytes, at, end)) this.#skipping = true
    }
    this.#sink.lost(hole)
  }

  #abandonUnit(): void {
    if (this.#unitOpen) this.#sink.drop()
    this.#unitOpen = false
    this.#skipping = true
    this.#fragmentOpen = 'no'
    this.#dropHeld()
  }

  #nextUnit(timestamp: number): void {
    this.#endUnit()
    this.#timestamp = timestamp
    this.#skipping = false
  }

  #endUnit(): void {
    if (this.#fragmentOpen !== 'no') {
      // A fragmented NAL unit whose last part never came, without a hole in the numbers: the server cut it off.
      this.#abandonUnit()
      this.#sink.lost(0)
    }
    if (this.#unitOpen) this.#sink.commit()
    this.#unitOpen = false
    this.#dropHeld()
  }

  #dropHeld(): void {
    this.#heldLength = 0
    this.#heldEnds.length = 0
  }

  #kindAt(bytes: Buffer, at: number): NalKind {
    return this.#codec.kind(this.#codec.type(bytes, at))
  }

  /** After a hole: does this payload open a picture? Delimiter, parameter set, SEI, or the slice of its first block. */
  #startsUnit(bytes: Buffer, at: number, end: number): boolean {
    if (at + 3 >= end) return false
    const type = this.#codec.type(bytes, at)
    const h = this.#codec.headerBytes
    const aggregate = this.#codec.name === 'h264' ? 24 : 48
    const fragment = this.#codec.name === 'h264' ? 28 : 49
    if (type === fragment) {
      const fu = bytes[at + h]!
      const inner = this.#codec.name === 'h264' ? fu & 0x1f : fu & 0x3f
      const kind = this.#codec.kind(inner)
      if ((fu & 0x80) === 0) return false
      // first_mb_in_slice = 0 and first_slice_segment_in_pic_flag are both one set bit right after the header.
      return kind === 'slice' || kind === 'keyslice' ? (bytes[at + h + 1]! & 0x80) !== 0 : true
    }
    if (type === aggregate) return this.#startsUnit(bytes, at + h + 2, end)
    const kind = this.#codec.kind(type)
    return kind === 'slice' || kind === 'keyslice' ? (bytes[at + h]! & 0x80) !== 0 : true
  }

  #payload(bytes: Buffer, at: number, end: number): void {
    const h = this.#codec.headerBytes
    if (end - at < h) return
    const type = this.#codec.type(bytes, at)
    if (this.#codec.name === 'h264') {
      if (type === 28) this.#fragment(bytes, at, end)
      else if (type === 24) this.#aggregate(bytes, at + 1, end)
      else if (type >= 1 && type <= 23) this.#nal(bytes, at, end)
      else if (type !== 0) this.unsupportedPackets += 1
    } else if (type === 49) this.#fragment(bytes, at, end)
    else if (type === 48) this.#aggregate(bytes, at + 2, end)
    else if (type < 48) this.#nal(bytes, at, end)
    else this.unsupportedPackets += 1
  }

  #aggregate(bytes: Buffer, start: number, end: number): void {
    let at = start
    while (at + 2 <= end && !this.#skipping) {
      const length = (bytes[at]! << 8) | bytes[at + 1]!
      at += 2
      if (length === 0) continue
      if (at + length > end) {
        this.#abandonUnit()
        this.#sink.lost(0)
        return
      }
      this.#nal(bytes, at, at + length)
      at += length
    }
  }

  #nal(bytes: Buffer, start: number, end: number): void {
    if (end - start < this.#codec.headerBytes) return
    const kind = this.#kindAt(bytes, start)
    if (kind === 'slice' || kind === 'keyslice') {
      if (!this.#openUnit(kind === 'keyslice')) return
      this.#sink.nalBegin()
      this.#sink.nalPart(bytes, start, end)
      this.#sink.nalEnd()
    } else if (kind === 'set') this.#set(bytes, start, end)
    else if (kind === 'other') {
      if (this.#unitOpen) {
        this.#sink.nalBegin()
        this.#sink.nalPart(bytes, start, end)
        this.#sink.nalEnd()
      } else if (this.#hold(bytes, start, end)) this.#heldEnds.push(this.#heldLength)
    }
  }

  /** FU-A (RFC 6184 §5.8) and FU (RFC 7798 §4.4.3): one NAL unit in several packets. */
  #fragment(bytes: Buffer, at: number, end: number): void {
    const isH264 = this.#codec.name === 'h264'
    const h = this.#codec.headerBytes
    if (end - at < h + 2) return
    const fu = bytes[at + h]!
    if ((fu & 0x80) !== 0) {
      if (this.#fragmentOpen !== 'no') {
        this.#abandonUnit()
        this.#sink.lost(0)
        return
      }
      if (isH264) this.#header[0] = (bytes[at]! & 0xe0) | (fu & 0x1f)
      else {
        this.#header[0] = (bytes[at]! & 0x81) | ((fu & 0x3f) << 1)
        this.#header[1] = bytes[at + 1]!
      }
      const kind = this.#kindAt(this.#header, 0)
      if (kind === 'slice' || kind === 'keyslice') {
        if (!this.#openUnit(kind === 'keyslice')) return
        this.#fragmentOpen = 'slice'
        this.#sink.nalBegin()
        this.#sink.nalPart(this.#header, 0, h)
      } else {
        this.#fragmentOpen = 'held'
        this.#hold(this.#header, 0, h)
      }
    }
    if (this.#fragmentOpen === 'no') {
      // A middle part without its beginning and without a hole in the numbers: we joined in the middle.
      if (this.#unitOpen) {
        this.#abandonUnit()
        this.#sink.lost(0)
      }
      this.#skipping = true
      return
    }
    if (this.#fragmentOpen === 'slice') this.#sink.nalPart(bytes, at + h + 1, end)
    else if (!this.#hold(bytes, at + h + 1, end)) {
      this.#abandonUnit()
      this.#sink.lost(0)
      return
    }
    if ((fu & 0x40) === 0) return
    if (this.#fragmentOpen === 'slice') this.#sink.nalEnd()
    else this.#endHeld()
    this.#fragmentOpen = 'no'
  }

  /** A fragmented NAL unit that is no slice is whole in `#held`: keep it there, or take it out as a parameter set. */
  #endHeld(): void {
    const start = this.#heldEnds.at(-1) ?? 0
    const kind = this.#kindAt(this.#held, start)
    if (kind === 'other' && !this.#unitOpen) {
      this.#heldEnds.push(this.#heldLength)
      return
    }
    const end = this.#heldLength
    this.#heldLength = start
    if (kind !== 'skip') this.#nal(this.#held, start, end)
  }

  #hold(bytes: Buffer, start: number, end: number): boolean {
    const needed = this.#heldLength + end - start
    if (needed > heldBytesMax) return false
    if (needed > this.#held.length) {
      const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(needed)))
      this.#held.copy(larger, 0, 0, this.#heldLength)
      this.#held = larger
    }
    bytes.copy(this.#held, this.#heldLength, start, end)
    this.#heldLength = needed
    return true
  }

  #set(bytes: Buffer, start: number, end: number): void {
    let stop = end
    while (stop > start && bytes[stop - 1] === 0) stop -= 1 // trailing_zero_8bits is no part of the set
    if (stop - start > setBytesMax) return
    let id: string
    try {
      id = this.#codec.setId(bytes.subarray(start, stop))
    } catch {
      return // too short to be one; the next keyframe brings it again
    }
    const known = this.#sets.get(id)
    if (known && known.length === stop - start && bytes.compare(known, 0, known.length, start, stop) === 0)
      return
    if (!known && this.#sets.size >= setsMax) return
    this.#sets.set(id, Buffer.from(bytes.subarray(start, stop)))
    this.#setsChanged = true
  }

  /** Before the first slice of a picture. False: this picture is not for us. */
  #openUnit(keyframe: boolean): boolean {
    if (this.#unitOpen) return true
    if (keyframe && this.#setsChanged) this.#announceSets()
    if ((this.#waitingForKeyframe && !keyframe) || !this.#setsUsable) {
      this.#skipping = true
      this.#dropHeld()
      return false
    }
    this.#waitingForKeyframe = false
    this.#unitOpen = true
    this.#sink.begin(this.#timestamp, keyframe)
    let from = 0
    for (const to of this.#heldEnds) {
      this.#sink.nalBegin()
      this.#sink.nalPart(this.#held, from, to)
      this.#sink.nalEnd()
      from = to
    }
    this.#dropHeld()
    return true
  }

  #announceSets(): void {
    const of = (type: number) =>
      [...this.#sets].filter(([id]) => id.startsWith(`${type}:`)).map(([, nal]) => nal)
    try {
      const parameters =
        this.#codec.name === 'h264' ? h264Parameters(of(7), of(8)) : h265Parameters(of(32), of(33), of(34))
      this.#setsChanged = false
      this.#setsUsable = true
      this.#sink.parameters(parameters)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.#setsUsable = false // damaged or not all here: pictures wait for better ones
    }
  }
}
