/**
 * The machine-readable clock at the foot of every simulated picture: two rows of black and white blocks that say
 * when the picture was taken and which one it is. Blocks are 1/80 of the picture's width, so the strip survives
 * strong compression and any scaling that keeps the shape.
 *
 * Bits, most significant first: 48 epoch ms, 24 frame number, 8 camera number, 16 CRC-16/CCITT-FALSE of those ten
 * bytes. 96 bits, 48 to a row, centred.
 */
export type ClockReading = {
  /** Wall time of the picture by the camera's own clock, ms since the Unix epoch. */
  readonly epochMs: number
  /** Counts up by one with each picture the camera takes; wraps at 2^24. */
  readonly frame: number
  /** 0 to 255: which camera of the rig took it. */
  readonly camera: number
}

export const stripColumns = 48
export const stripRows = 2
const gridColumns = 80
/** Video luma of black and white (limited range), and the middle between them. */
const black = 16
const white = 235
const middle = 126

function crc16(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff
  }
  return crc
}

/** Where the strip lies in a picture of this size, in pixels; it ends at the picture's lower edge. */
export function stripBox(width: number, height: number): { x: number; y: number; block: number } {
  const block = Math.floor(width / gridColumns)
  return {
    x: Math.round((width - block * stripColumns) / 2),
    y: height - stripRows * block,
    block,
  }
}

function encode(reading: ClockReading): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeUIntBE(reading.epochMs, 0, 6)
  bytes.writeUIntBE(reading.frame & 0xffffff, 6, 3)
  bytes.writeUInt8(reading.camera & 0xff, 9)
  bytes.writeUInt16BE(crc16(bytes.subarray(0, 10)), 10)
  return bytes
}

/** Draws the strip into the luma plane of a picture. `stride` is bytes per row. */
export function drawClock(
  luma: Uint8Array,
  width: number,
  height: number,
  reading: ClockReading,
  stride = width,
): void {
  const bytes = encode(reading)
  const { x, y, block } = stripBox(width, height)
  for (let index = 0; index < stripColumns * stripRows; index += 1) {
    const lit = ((bytes[index >> 3] ?? 0) >> (7 - (index & 7))) & 1
    const left = x + (index % stripColumns) * block
    const top = y + Math.floor(index / stripColumns) * block
    for (let row = top; row < top + block; row += 1) {
      luma.fill(lit ? white : black, row * stride + left, row * stride + left + block)
    }
  }
}

/**
 * Reads the strip from the luma plane of a decoded picture, or null when no strip with a right check sum is there.
 * Each block is judged by the mean of its inner half, so blur at the edges does not matter.
 */
export function readClock(
  luma: Uint8Array,
  width: number,
  height: number,
  stride = width,
): ClockReading | null {
  const { x, y, block } = stripBox(width, height)
  if (block < 2 || y < 0) return null
  const inset = Math.floor(block / 4)
  const bytes = Buffer.alloc(12)
  for (let index = 0; index < stripColumns * stripRows; index += 1) {
    const left = x + (index % stripColumns) * block + inset
    const top = y + Math.floor(index / stripColumns) * block + inset
    const side = block - 2 * inset
    let sum = 0
    for (let row = 0; row < side; row += 1) {
      const start = (top + row) * stride + left
      for (let column = 0; column < side; column += 1) sum += luma[start + column] ?? 0
    }
    if (sum / (side * side) > middle) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (7 - (index & 7)))
  }
  if (bytes.readUInt16BE(10) !== crc16(bytes.subarray(0, 10))) return null
  return { epochMs: bytes.readUIntBE(0, 6), frame: bytes.readUIntBE(6, 3), camera: bytes.readUInt8(9) }
}
