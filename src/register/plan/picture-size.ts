/** How many pixels a picture is wide and high, by its own head; null when it doesn't say. Nothing is decoded. */
export function pictureSize(bytes: Buffer): { readonly width: number; readonly height: number } | null {
  if (bytes.length > 24 && bytes.toString('latin1', 12, 16) === 'IHDR')
    return sane(bytes.readUInt32BE(16), bytes.readUInt32BE(20))
  return bytes[0] === 0xff && bytes[1] === 0xd8 ? jpegSize(bytes) : null
}

/**
 * ITU T.81 B.1.1: segments with their lengths, up to the frame header (SOF0 to SOF15 but for DHT, JPG and DAC).
 * KNOWN GAP: a photo that says "turn me" in its EXIF is taken as it lies; the page fits it in without stretching it.
 */
function jpegSize(bytes: Buffer): { readonly width: number; readonly height: number } | null {
  let at = 2
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return null
    const marker = bytes[at + 1]!
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return sane(bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5))
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return null
}

/** A plan is no thread: 20 times as high as wide, or the other way, is a mistake. */
const sane = (width: number, height: number): { readonly width: number; readonly height: number } | null =>
  width > 0 && height > 0 && width <= 20 * height && height <= 20 * width ? { width, height } : null
