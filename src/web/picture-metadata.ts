/**
 * Takes out of an uploaded picture whatever is not picture: where and when it was taken, by which device, by whom, the
 * small copy of the picture before it was cropped, and what an editor left (UK GDPR Art 5(1)(c): no more than is needed).
 * Parts are kept by a list, so what nobody here has heard of goes too. Nothing is decoded: the pixels stay to the bit.
 * Colour profiles stay, and so does which way up a JPEG is shown.
 */
import { crc32 } from 'node:zlib'

const takers: Readonly<Record<string, (bytes: Buffer) => Buffer | null>> = {
  'image/jpeg': bareJpeg,
  'image/png': barePng,
  'image/webp': bareWebp,
}

/**
 * The same picture without metadata; the bytes as they are where the type is none of JPEG, PNG and WebP.
 * Null: its parts don't fit together (cut short, say), so nobody can tell what is in it.
 */
export function withoutMetadata(bytes: Buffer, mime: string): Buffer | null {
  const take = takers[mime]
  return take === undefined ? bytes : take(bytes)
}

/** ITU T.81 B.1.1: markers and segments. Frames, tables, scans and restarts stay; of the application segments few do. */
function bareJpeg(bytes: Buffer): Buffer | null {
  const kept: Buffer[] = []
  let turned = 1
  let jfif = false
  let frame = false
  let scans = 0
  let at = 2
  while (at + 1 < bytes.length) {
    if (bytes[at] !== 0xff) return null
    const marker = bytes[at + 1]!
    if (marker === 0xff) {
      at += 1
      continue
    }
    // What stands behind the end (second pictures, films, a maker's trailer) is left behind.
    if (marker === 0xd9) return frame && scans > 0 ? jpegOf(kept, { turned, jfif }) : null
    if (at + 4 > bytes.length) return null
    const end = at + 2 + bytes.readUInt16BE(at + 2)
    // Standing alone here they make no sense: start, restart, TEM, or a reserved code.
    if (end < at + 4 || end > bytes.length || marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd8)) return null
    const body = bytes.subarray(at + 4, end)
    if (marker === 0xe0 && begins(body, 'JFIF\0')) jfif = true
    if (marker === 0xe1 && turned === 1) turned = turnedBy(body)
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) frame = true
    if (jpegKeeps(marker, body)) kept.push(bytes.subarray(at, end))
    at = end
    if (marker !== 0xda) continue
    scans += 1
    const next = scanEnd(bytes, at)
    if (!frame || next === null) return null
    kept.push(bytes.subarray(at, next))
    at = next
  }
  return null
}

const begins = (body: Buffer, text: string): boolean => body.toString('latin1', 0, text.length) === text

/** APP2 with a colour profile, and APP14 which says how colours are coded; APP0 is written anew. */
function jpegKeeps(marker: number, body: Buffer): boolean {
  if (marker === 0xe2) return begins(body, 'ICC_PROFILE\0')
  if (marker === 0xee) return begins(body, 'Adobe')
  return marker < 0xe0
}

/** Coded pixels run to the next marker that is neither a stuffed zero nor a restart (B.1.1.5). */
function scanEnd(bytes: Buffer, from: number): number | null {
  for (let at = bytes.indexOf(0xff, from); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at)) {
    const next = bytes[at + 1]!
    if (next === 0xff) at += 1
    else if (next === 0 || (next >= 0xd0 && next <= 0xd7)) at += 2
    else return at
  }
  return null
}

/** JFIF 1.02 without a small copy, where there was one; then how to turn it, alone in its EXIF. */
function jpegOf(kept: readonly Buffer[], { turned, jfif }: { turned: number; jfif: boolean }): Buffer {
  const head = Buffer.from('ffe000104a46494600010200000100010000', 'hex')
  const turn = Buffer.from(
    `ffe10022${Buffer.from('Exif\0\0MM\0*').toString('hex')}0000000800010112000300000001000${turned}000000000000`,
    'hex',
  )
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...(jfif ? [head] : []),
    ...(turned === 1 ? [] : [turn]),
    ...kept,
    Buffer.from([0xff, 0xd9]),
  ])
}

/** Orientation (tag 0x0112, TIFF 6.0 section 8) in an EXIF segment; 1, as it lies, where none can be read. */
function turnedBy(body: Buffer): number {
  if (!begins(body, 'Exif\0\0')) return 1
  const tiff = body.subarray(6)
  const little = begins(tiff, 'II')
  const short = (at: number): number =>
    at + 2 > tiff.length ? 0 : little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at)
  const long = (at: number): number =>
    at + 4 > tiff.length ? 0 : little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at)
  const first = long(4)
  for (let n = 0; n < short(first); n += 1) {
    const entry = first + 2 + n * 12
    if (entry + 12 > tiff.length) return 1
    if (short(entry) !== 0x0112) continue
    const value = short(entry + 8)
    return value >= 1 && value <= 8 ? value : 1
  }
  return 1
}

/** PNG (third edition) §5.6: what a picture is made of and how it is to be shown; text, time and EXIF are not here. */
const pngKept = new Set(
  'IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD pHYs acTL fcTL fdAT'.split(' '),
)

function barePng(bytes: Buffer): Buffer | null {
  const kept: Buffer[] = [bytes.subarray(0, 8)]
  let pixels = false
  let at = 8
  while (at + 12 <= bytes.length) {
    const end = at + 12 + bytes.readUInt32BE(at)
    if (end > bytes.length || crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4))
      return null
    const kind = bytes.toString('latin1', at + 4, at + 8)
    if (at === 8 && kind !== 'IHDR') return null
    if (kind === 'IDAT') pixels = true
    if (pngKept.has(kind)) kept.push(bytes.subarray(at, end))
    if (kind === 'IEND') return pixels ? Buffer.concat(kept) : null
    at = end
  }
  return null
}

/** RFC 9649 §2.7; within an ANMF stand the parts of one frame, and strangers among them. */
const webpKept = new Set(['VP8 ', 'VP8L', 'VP8X', 'ANIM', 'ANMF', 'ALPH', 'ICCP'])
/** "There is EXIF" and "there is XMP" in the first byte of VP8X. */
const webpFlags = 0x0c

function bareWebp(bytes: Buffer): Buffer | null {
  if (bytes.length < 20) return null
  const end = 8 + bytes.readUInt32LE(4)
  if (end > bytes.length) return null
  const parts = webpParts(bytes.subarray(12, end))
  if (parts === null || !parts.some((part) => /^(VP8[ L]|ANMF)$/.test(part.toString('latin1', 0, 4))))
    return null
  const body = Buffer.concat(parts)
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1')
  head.writeUInt32LE(body.length + 4, 4)
  return Buffer.concat([head, body])
}

function webpParts(bytes: Buffer): readonly Buffer[] | null {
  const kept: Buffer[] = []
  let at = 0
  while (at < bytes.length) {
    if (at + 8 > bytes.length) return null
    const size = bytes.readUInt32LE(at + 4)
    // Parts stand at even places.
    const end = at + 8 + size + (size % 2)
    if (end > bytes.length) return null
    const kind = bytes.toString('latin1', at, at + 4)
    const part = Buffer.from(bytes.subarray(at, end))
    at = end
    if (!webpKept.has(kind)) continue
    if (kind === 'VP8X') {
      if (size < 10) return null
      part[8]! &= ~webpFlags
    }
    const whole = kind === 'ANMF' ? bareFrame(part) : part
    if (whole === null) return null
    kept.push(whole)
  }
  return kept
}

/** ANMF: 16 bytes on the frame, then its parts. */
function bareFrame(part: Buffer): Buffer | null {
  const size = part.readUInt32LE(4)
  const parts = size < 16 ? null : webpParts(part.subarray(24, 8 + size))
  if (parts === null) return null
  const whole = Buffer.concat([part.subarray(0, 24), ...parts])
  whole.writeUInt32LE(whole.length - 8, 4)
  return whole
}
