import { BitReader } from './bits.ts'

/**
 * What a parameter set says that the recorder must know: picture size, the codec string (RFC 6381) and what the
 * configuration boxes of ISO/IEC 14496-15 repeat. Everything else is left unread.
 */
export type VideoShape = {
  readonly width: number
  readonly height: number
  /** `avc1.4d4028`, `hvc1.1.6.L120.90` */
  readonly codec: string
}

export type H264Shape = VideoShape & {
  /** For the profiles whose `avcC` repeats them (High and above), else null. */
  readonly high: {
    readonly chromaFormat: number
    readonly bitDepthLuma: number
    readonly bitDepthChroma: number
  } | null
}

export type H265Shape = VideoShape & {
  /** general_profile_space … general_level_idc as the 12 bytes that `hvcC` repeats. */
  readonly profileTierLevel: Buffer
  readonly chromaFormat: number
  readonly bitDepthLuma: number
  readonly bitDepthChroma: number
  readonly temporalLayers: number
  readonly temporalIdNested: boolean
}

const sideMax = 16_384

function checkedSize(width: number, height: number): { width: number; height: number } {
  if (!(width > 0 && height > 0 && width <= sideMax && height <= sideMax)) {
    throw new RangeError(`a picture of ${width} × ${height} is not one`)
  }
  return { width, height }
}

/** H.264 §7.3.2.1.1. Throws RangeError when it cannot be one. */
export function readH264Sps(sps: Uint8Array): H264Shape {
  if (sps.length < 5 || (sps[0]! & 0x1f) !== 7) throw new RangeError('not an H.264 sequence parameter set')
  const profile = sps[1]!
  const codec = `avc1.${Buffer.from(sps.subarray(1, 4)).toString('hex')}`
  const bits = new BitReader(sps, 4)
  bits.ue()
  let chromaFormat = 1
  let separatePlanes = 0
  let high: H264Shape['high'] = null
  if ([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135].includes(profile)) {
    chromaFormat = bits.ue()
    if (chromaFormat === 3) separatePlanes = bits.bit()
    const bitDepthLuma = bits.ue() + 8
    const bitDepthChroma = bits.ue() + 8
    if (chromaFormat > 3 || bitDepthLuma > 14 || bitDepthChroma > 14) {
      throw new RangeError('the sequence parameter set is damaged')
    }
    if ([100, 110, 122, 244].includes(profile)) high = { chromaFormat, bitDepthLuma, bitDepthChroma }
    bits.skip(1)
    if (bits.bit() === 1) {
      for (let i = 0; i < (chromaFormat === 3 ? 12 : 8); i += 1)
        if (bits.bit() === 1) skipScalingList(bits, i < 6 ? 16 : 64)
    }
  }
  bits.ue()
  const orderType = bits.ue()
  if (orderType === 0) bits.ue()
  else if (orderType === 1) {
    bits.skip(1)
    bits.se()
    bits.se()
    const cycle = bits.ue()
    if (cycle > 255) throw new RangeError('the sequence parameter set is damaged')
    for (let i = 0; i < cycle; i += 1) bits.se()
  }
  bits.ue()
  bits.skip(1)
  const widthBlocks = bits.ue() + 1
  const heightUnits = bits.ue() + 1
  const framesOnly = bits.bit()
  if (framesOnly === 0) bits.skip(1)
  bits.skip(1)
  let [left, right, top, bottom] = [0, 0, 0, 0]
  if (bits.bit() === 1) {
    left = bits.ue()
    right = bits.ue()
    top = bits.ue()
    bottom = bits.ue()
  }
  const planes = separatePlanes === 1 ? 0 : chromaFormat
  const cropX = planes === 1 || planes === 2 ? 2 : 1
  const cropY = (planes === 1 ? 2 : 1) * (2 - framesOnly)
  return {
    ...checkedSize(
      widthBlocks * 16 - cropX * (left + right),
      heightUnits * 16 * (2 - framesOnly) - cropY * (top + bottom),
    ),
    codec,
    high,
  }
}

function skipScalingList(bits: BitReader, size: number): void {
  let last = 8
  let next = 8
  for (let i = 0; i < size; i += 1) {
    if (next !== 0) next = (last + bits.se() + 256) % 256
    last = next === 0 ? last : next
  }
}

/** H.265 §7.3.2.2. Throws RangeError when it cannot be one. */
export function readH265Sps(sps: Uint8Array): H265Shape {
  if (sps.length < 16 || ((sps[0]! >> 1) & 0x3f) !== 33)
    throw new RangeError('not an H.265 sequence parameter set')
  const bits = new BitReader(sps, 2)
  bits.skip(4)
  const subLayersLess1 = bits.bits(3)
  const temporalIdNested = bits.bit() === 1
  const profileTierLevel = Buffer.alloc(12)
  for (let i = 0; i < 12; i += 1) profileTierLevel[i] = bits.bits(8)
  const present: [boolean, boolean][] = []
  for (let i = 0; i < subLayersLess1; i += 1) present.push([bits.bit() === 1, bits.bit() === 1])
  if (subLayersLess1 > 0) bits.skip(2 * (8 - subLayersLess1))
  for (const [profile, level] of present) bits.skip((profile ? 88 : 0) + (level ? 8 : 0))
  bits.ue()
  const chromaFormat = bits.ue()
  if (chromaFormat > 3) throw new RangeError('the sequence parameter set is damaged')
  const separatePlanes = chromaFormat === 3 ? bits.bit() : 0
  let width = bits.ue()
  let height = bits.ue()
  if (bits.bit() === 1) {
    const planes = separatePlanes === 1 ? 0 : chromaFormat
    const cropX = planes === 1 || planes === 2 ? 2 : 1
    const cropY = planes === 1 ? 2 : 1
    const left = bits.ue()
    const right = bits.ue()
    const top = bits.ue()
    const bottom = bits.ue()
    width -= cropX * (left + right)
    height -= cropY * (top + bottom)
  }
  const bitDepthLuma = bits.ue() + 8
  const bitDepthChroma = bits.ue() + 8
  if (bitDepthLuma > 16 || bitDepthChroma > 16) throw new RangeError('the sequence parameter set is damaged')
  return {
    ...checkedSize(width, height),
    codec: h265Codec(profileTierLevel),
    profileTierLevel,
    chromaFormat,
    bitDepthLuma,
    bitDepthChroma,
    temporalLayers: subLayersLess1 + 1,
    temporalIdNested,
  }
}

/** ISO/IEC 14496-15 annex E.3: `hvc1.` profile, compatibility bits in reverse, tier and level, constraint bytes. */
function h265Codec(ptl: Buffer): string {
  const space = ['', 'A', 'B', 'C'][ptl[0]! >> 6]
  const tier = (ptl[0]! >> 5) & 1 ? 'H' : 'L'
  let compatibility = 0
  for (let i = 0; i < 32; i += 1) compatibility += ((ptl.readUInt32BE(1) >>> i) & 1) * 2 ** (31 - i)
  const constraints = [...ptl.subarray(5, 11)]
  while (constraints.length > 0 && constraints.at(-1) === 0) constraints.pop()
  return [
    `hvc1.${space}${ptl[0]! & 0x1f}`,
    compatibility.toString(16),
    `${tier}${ptl[11]}`,
    ...constraints.map((byte) => byte.toString(16)),
  ].join('.')
}

/** The id a parameter set goes by, so that a new one with the same id takes the old one's place. */
export function h264SetId(nal: Uint8Array): string {
  const type = nal[0]! & 0x1f
  return `${type}:${new BitReader(nal.subarray(0, 64), type === 7 ? 4 : 1).ue()}`
}

export function h265SetId(nal: Uint8Array): string {
  const type = (nal[0]! >> 1) & 0x3f
  if (type === 32) return `32:${new BitReader(nal.subarray(0, 64), 2).bits(4)}`
  if (type === 34) return `34:${new BitReader(nal.subarray(0, 64), 2).ue()}`
  // An SPS keeps its id behind profile_tier_level; there is one video sequence in a camera's stream.
  return `${type}:0`
}
