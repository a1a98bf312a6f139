import { audioTrack, videoTrack } from './boxes.ts'
import { type ChunkPool, ChunkWriter } from './chunks.ts'

/**
 * Gathers the pictures (and sound) of one fragment and writes them as CMAF: `moof` + `mdat` with a decode time that
 * runs on from fragment to fragment (ISO/IEC 14496-12 §8.8). Media bytes stay where they were received into;
 * only the `moof` is made at the end.
 */
export type Fragment = {
  /** `moof` and `mdat` header, then the media; views into pooled memory, valid until `release`. */
  readonly parts: readonly Buffer[]
  readonly bytes: number
  readonly frames: number
  readonly startsWithKeyframe: boolean
  readonly audio: boolean
  /** How long its sound lasts, in ticks of the audio clock. */
  readonly soundTicks: number
  /** Presentation times in 90 kHz ticks on the stream's own unwrapped line: first picture, and what follows the last. */
  readonly firstPts: number
  readonly endPts: number
}

/** A fragment is two seconds: 240 pictures at 120 a second. What is beyond is cut early, never dropped. */
export const framesMax = 1000
/** One picture of a 12 Mpixel camera is at most a few MB. */
export const unitBytesMax = 16 * 1024 * 1024

const syncSample = 0x02000000
const otherSample = 0x01010000

export class FragmentBuilder {
  readonly #media: ChunkWriter
  readonly #sizes = new Uint32Array(framesMax)
  readonly #pts = new Float64Array(framesMax)
  readonly #keys = new Uint8Array(framesMax)
  #frames = 0
  #unitStart = 0
  #unitOpen = false
  #nal: { chunk: Buffer; at: number } | null = null
  #nalStart = 0
  #sound: { bytes: Buffer; pts: number }[] = []
  #moofs = 0

  constructor(pool: ChunkPool) {
    this.#media = new ChunkWriter(pool)
  }

  get frames(): number {
    return this.#frames
  }
  /** Presentation time of the first picture; meaningless when there is none. */
  get firstPts(): number {
    return this.#pts[0]!
  }
  get unitBytes(): number {
    return this.#media.length - this.#unitStart
  }

  begin(pts: number, keyframe: boolean): void {
    this.#unitStart = this.#media.length
    this.#unitOpen = true
    this.#pts[this.#frames] = pts
    this.#keys[this.#frames] = keyframe ? 1 : 0
  }

  nalBegin(): void {
    this.#nal = this.#media.reserve32()
    this.#nalStart = this.#media.length
  }
  nalPart(bytes: Buffer, start: number, end: number): void {
    this.#media.append(bytes, start, end)
  }
  nalEnd(): void {
    const { chunk, at } = this.#nal!
    const length = this.#media.length - this.#nalStart
    chunk[at] = length >>> 24
    chunk[at + 1] = length >>> 16
    chunk[at + 2] = length >>> 8
    chunk[at + 3] = length
  }

  commit(): void {
    if (!this.#unitOpen) return
    this.#unitOpen = false
    this.#sizes[this.#frames] = this.#media.length - this.#unitStart
    this.#frames += 1
  }

  drop(): void {
    if (!this.#unitOpen) return
    this.#unitOpen = false
    this.#media.truncate(this.#unitStart)
  }

  /** One AAC frame; `pts` in the audio clock. */
  sound(bytes: Buffer, pts: number): void {
    this.#sound.push({ bytes, pts })
  }

  /**
   * Closes the fragment. `nextPts` is the presentation time of the picture after it, null when none is known: then
   * the last picture lasts as long as the one before. `decodeTimeOf` turns presentation times into decode time,
   * `audioTimeOf` the same for sound. Null when no picture is in it.
   */
  take(
    nextPts: number | null,
    decodeTimeOf: (pts: number) => number,
    audioTimeOf: (pts: number) => number,
    frameTicks: number,
  ): Fragment | null {
    const n = this.#frames
    if (n === 0) return null
    const pts = this.#pts.subarray(0, n)
    // With reordered pictures (B-frames) decode order is not presentation order: decode times are the presentation
    // times sorted, and each sample carries the difference (trun version 1, signed).
    let reordered = false
    for (let i = 1; i < n; i += 1) if (pts[i]! < pts[i - 1]!) reordered = true
    const dts = reordered ? Float64Array.from(pts).sort() : pts
    const lastTicks = n > 1 ? dts[n - 1]! - dts[n - 2]! : frameTicks
    const followed = nextPts !== null && nextPts > dts[n - 1]!
    const endPts = followed && !reordered ? nextPts : dts[n - 1]! + Math.max(1, lastTicks)
    const videoBytes = this.#media.length
    const sound = this.#sound
    const trackFields = 4 + (reordered ? 4 : 0)
    const perFrame = 8 + trackFields
    const videoTraf = 8 + 16 + 20 + 20 + n * perFrame
    const audioTraf = sound.length === 0 ? 0 : 8 + 16 + 20 + 20 + sound.length * 8
    const moofBytes = 8 + 16 + videoTraf + audioTraf
    const soundBytes = sound.reduce((sum, s) => sum + s.bytes.length, 0)
    const head = Buffer.allocUnsafeSlow(moofBytes + 8)
    let at = 0
    const w32 = (value: number) => {
      at = head.writeUInt32BE(value, at)
    }
    const open = (bytes: number, type: string) => {
      w32(bytes)
      at += head.write(type, at, 'latin1')
    }
    this.#moofs += 1
    open(moofBytes, 'moof')
    open(16, 'mfhd')
    w32(0)
    w32(this.#moofs)
    const traf = (bytes: number, track: number, decodeTime: number, timescaleNote: 'video' | 'audio') => {
      open(bytes, 'traf')
      open(16, 'tfhd')
      w32(0x020000) // default-base-is-moof
      w32(track)
      open(20, 'tfdt')
      w32(0x01000000)
      at = head.writeBigUInt64BE(BigInt(Math.max(0, Math.round(decodeTime))), at)
      open(bytes - 8 - 16 - 20, 'trun')
      w32(timescaleNote === 'audio' ? 0x000301 : reordered ? 0x01000f01 : 0x000701)
    }
    traf(videoTraf, videoTrack, decodeTimeOf(dts[0]!), 'video')
    w32(n)
    w32(moofBytes + 8)
    for (let i = 0; i < n; i += 1) {
      const next = i + 1 < n ? dts[i + 1]! : endPts
      w32(Math.max(0, next - dts[i]!))
      w32(this.#sizes[i]!)
      w32(this.#keys[i] === 1 ? syncSample : otherSample)
      if (reordered) at = head.writeInt32BE(pts[i]! - dts[i]!, at)
    }
    if (sound.length > 0) {
      traf(audioTraf, audioTrack, audioTimeOf(sound[0]!.pts), 'audio')
      w32(sound.length)
      w32(moofBytes + 8 + videoBytes)
      for (let i = 0; i < sound.length; i += 1) {
        const next = sound[i + 1]?.pts ?? sound[i]!.pts + 1024
        w32(Math.max(1, next - sound[i]!.pts))
        w32(sound[i]!.bytes.length)
      }
    }
    w32(8 + videoBytes + soundBytes)
    head.write('mdat', at, 'latin1')
    const startsWithKeyframe = this.#keys[0] === 1
    return {
      parts: [head, ...this.#media.parts(), ...sound.map((s) => s.bytes)],
      bytes: head.length + videoBytes + soundBytes,
      frames: n,
      startsWithKeyframe,
      audio: sound.length > 0,
      soundTicks: sound.length === 0 ? 0 : sound.at(-1)!.pts + 1024 - sound[0]!.pts,
      firstPts: dts[0]!,
      endPts,
    }
  }

  /** Gives the memory of what was taken back. A picture begun must be committed or dropped before. */
  release(): void {
    this.#media.release()
    this.#frames = 0
    this.#sound = []
    this.#unitStart = 0
  }
}
