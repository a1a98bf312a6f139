import {
  type H264Shape,
  type H265Shape,
  readH264Sps,
  readH265Sps,
  type VideoShape,
} from './parameter-sets.ts'

/**
 * Initialisation segments (ISO/IEC 14496-12 and -15, CMAF 23000-19): one video track at 90 kHz, and one AAC track
 * where the mandate carries sound. Track numbers are fixed: video 1, audio 2.
 */
export const videoTrack = 1
export const audioTrack = 2
export const videoTimescale = 90_000

export type VideoParameters = {
  readonly codec: 'h264' | 'h265'
  readonly shape: VideoShape
  /** NAL units without start code. Empty for H.264. */
  readonly vps: readonly Buffer[]
  readonly sps: readonly Buffer[]
  readonly pps: readonly Buffer[]
}

export type AudioParameters = {
  readonly clockRate: number
  readonly channels: number
  /** AudioSpecificConfig, ISO/IEC 14496-3 §1.6.2.1. */
  readonly config: Buffer
}

/** Builds the parameters of an epoch from parameter sets; throws RangeError when they cannot be used. */
export function h264Parameters(sps: readonly Buffer[], pps: readonly Buffer[]): VideoParameters {
  if (sps.length === 0 || pps.length === 0) throw new RangeError('parameter sets are missing')
  return { codec: 'h264', shape: readH264Sps(sps[0]!), vps: [], sps, pps }
}

export function h265Parameters(
  vps: readonly Buffer[],
  sps: readonly Buffer[],
  pps: readonly Buffer[],
): VideoParameters {
  if (vps.length === 0 || sps.length === 0 || pps.length === 0)
    throw new RangeError('parameter sets are missing')
  return { codec: 'h265', shape: readH265Sps(sps[0]!), vps, sps, pps }
}

const u8 = (...values: number[]) => Buffer.from(values)
const u16 = (value: number) => {
  const b = Buffer.alloc(2)
  b.writeUInt16BE(value)
  return b
}
const u32 = (...values: number[]) => {
  const b = Buffer.alloc(values.length * 4)
  for (const [i, value] of values.entries()) b.writeUInt32BE(value >>> 0, i * 4)
  return b
}

export function box(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 8)
  return Buffer.concat([u32(length), Buffer.from(type, 'latin1'), ...parts], length)
}

const fullBox = (type: string, version: number, flags: number, ...parts: readonly Uint8Array[]) =>
  box(type, u32(version * 2 ** 24 + flags), ...parts)

const identity = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)

export function initSegment(video: VideoParameters, audio: AudioParameters | null): Buffer {
  const tracks = [videoTrak(video), ...(audio ? [audioTrak(audio)] : [])]
  const extends_ = [trex(videoTrack), ...(audio ? [trex(audioTrack)] : [])]
  return Buffer.concat([
    box('ftyp', Buffer.from('iso6'), u32(1), Buffer.from('iso6cmfcisommp41')),
    box(
      'moov',
      fullBox(
        'mvhd',
        0,
        0,
        u32(0, 0, 1000, 0, 0x10000),
        u16(0x100),
        u16(0),
        u32(0, 0),
        identity,
        Buffer.alloc(24),
        u32(3),
      ),
      ...tracks,
      box('mvex', ...extends_),
    ),
  ])
}

const trex = (track: number) => fullBox('trex', 0, 0, u32(track, 1, 0, 0, 0))

function trak(
  track: number,
  size: { width: number; height: number },
  timescale: number,
  handler: Buffer,
  mediaHeader: Buffer,
  entry: Buffer,
): Buffer {
  const sound = track === audioTrack
  return box(
    'trak',
    fullBox(
      'tkhd',
      0,
      3,
      u32(0, 0, track, 0, 0, 0, 0),
      u16(0),
      u16(sound ? 1 : 0),
      u16(sound ? 0x100 : 0),
      u16(0),
      identity,
      u32(size.width * 65_536, size.height * 65_536),
    ),
    box(
      'mdia',
      fullBox('mdhd', 0, 0, u32(0, 0, timescale, 0), u16(0x55c4), u16(0)),
      fullBox('hdlr', 0, 0, u32(0), handler, Buffer.alloc(12), Buffer.from('Overt\0')),
      box(
        'minf',
        mediaHeader,
        box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))),
        box(
          'stbl',
          fullBox('stsd', 0, 0, u32(1), entry),
          fullBox('stts', 0, 0, u32(0)),
          fullBox('stsc', 0, 0, u32(0)),
          fullBox('stsz', 0, 0, u32(0, 0)),
          fullBox('stco', 0, 0, u32(0)),
        ),
      ),
    ),
  )
}

function videoTrak(video: VideoParameters): Buffer {
  const { width, height } = video.shape
  const entry = box(
    video.codec === 'h264' ? 'avc1' : 'hvc1',
    Buffer.alloc(6),
    u16(1),
    Buffer.alloc(16),
    u16(width),
    u16(height),
    u32(0x480000, 0x480000, 0),
    u16(1),
    Buffer.alloc(32),
    u16(0x18),
    u16(0xffff),
    video.codec === 'h264' ? avcC(video) : hvcC(video),
  )
  const vmhd = fullBox('vmhd', 0, 1, Buffer.alloc(8))
  return trak(videoTrack, { width, height }, videoTimescale, Buffer.from('vide'), vmhd, entry)
}

const sized = (nals: readonly Buffer[]) => nals.flatMap((nal) => [u16(nal.length), nal])

/** AVCDecoderConfigurationRecord, ISO/IEC 14496-15 §5.3.3.1. */
function avcC({ sps, pps, shape }: VideoParameters): Buffer {
  const first = sps[0]!
  const { high } = shape as H264Shape
  return box(
    'avcC',
    u8(1, first[1]!, first[2]!, first[3]!, 0xff, 0xe0 | sps.length),
    ...sized(sps),
    u8(pps.length),
    ...sized(pps),
    high === null
      ? u8()
      : u8(0xfc | high.chromaFormat, 0xf8 | (high.bitDepthLuma - 8), 0xf8 | (high.bitDepthChroma - 8), 0),
  )
}

/** HEVCDecoderConfigurationRecord, ISO/IEC 14496-15 §8.3.3.1. */
function hvcC(video: VideoParameters): Buffer {
  const shape = video.shape as H265Shape
  const arrays = (
    [
      [32, video.vps],
      [33, video.sps],
      [34, video.pps],
    ] as const
  ).flatMap(([type, nals]) => [u8(0x80 | type), u16(nals.length), ...sized(nals)])
  return box(
    'hvcC',
    u8(1),
    shape.profileTierLevel,
    u16(0xf000),
    u8(0xfc, 0xfc | shape.chromaFormat, 0xf8 | (shape.bitDepthLuma - 8), 0xf8 | (shape.bitDepthChroma - 8)),
    u16(0),
    u8((shape.temporalLayers << 3) | (shape.temporalIdNested ? 4 : 0) | 3, 3),
    ...arrays,
  )
}

function audioTrak(audio: AudioParameters): Buffer {
  const entry = box(
    'mp4a',
    Buffer.alloc(6),
    u16(1),
    Buffer.alloc(8),
    u16(audio.channels),
    u16(16),
    u32(0),
    u32((audio.clockRate & 0xffff) * 65_536),
    esds(audio.config),
  )
  const smhd = fullBox('smhd', 0, 0, u32(0))
  return trak(audioTrack, { width: 0, height: 0 }, audio.clockRate, Buffer.from('soun'), smhd, entry)
}

/** ES descriptor, ISO/IEC 14496-1 §7.2.6.5. */
function esds(config: Buffer): Buffer {
  const descriptor = (tag: number, ...parts: Buffer[]) => {
    const body = Buffer.concat(parts)
    return Buffer.concat([u8(tag, 0x80, 0x80, 0x80, body.length), body])
  }
  return fullBox(
    'esds',
    0,
    0,
    descriptor(
      3,
      u16(audioTrack),
      u8(0),
      descriptor(4, u8(0x40, 0x15, 0, 0, 0), u32(0, 0), descriptor(5, config)),
      descriptor(6, u8(2)),
    ),
  )
}
