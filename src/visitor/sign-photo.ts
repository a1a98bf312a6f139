/**
 * A made-up photo of a printed sign on a brick wall, as an installer's telephone would take it: a little askew, shaded,
 * grainy, and with the sign's real QR code. For the demo and for journeys; the same address gives the same picture.
 */
import { crc32, deflateSync } from 'node:zlib'
import encodeQR from 'qr'

const width = 960
const height = 1280

type Colour = readonly [number, number, number]
const mortar: Colour = [176, 166, 152]
const paper: Colour = [244, 243, 238]
const yellow: Colour = [250, 206, 62]
const teal: Colour = [18, 82, 94]
const ink: Colour = [30, 38, 36]

/** A grain that doesn't change from one making to the next. */
function grain(x: number, y: number): number {
  const mixed = Math.imul(x * 374_761_393 + y * 668_265_263, 1_274_126_177)
  return ((mixed ^ (mixed >>> 13)) & 15) - 8
}

function brick(x: number, y: number): Colour {
  const row = Math.floor(y / 62)
  const along = x + (row % 2) * 75
  if (y % 62 < 6 || along % 150 < 6) return mortar
  const shade = (Math.imul(row * 31 + Math.floor(along / 150), 2_654_435_761) >>> 28) * 2
  return [138 + shade, 82 + shade / 2, 64 + shade / 2]
}

/** The sign's own colours; u and v run from 0 to 1 across and down it. */
function sign(u: number, v: number, code: readonly (readonly boolean[])[]): Colour {
  if (v < 0.2) {
    // The warning triangle, and two bars where the heading stands.
    const inTriangle = v > 0.045 && v < 0.165 && Math.abs(u - 0.17) < (v - 0.045) * 0.75
    const inWords =
      u > 0.34 && u < 0.8 && (Math.abs(v - 0.075) < 0.018 || (Math.abs(v - 0.135) < 0.018 && u < 0.66))
    return inTriangle || inWords ? ink : yellow
  }
  if (v < 0.62) {
    const line = (v - 0.26) / 0.042
    const inLine = line > 0 && line % 1 < 0.4 && u > 0.08 && u < 0.3 + ((Math.floor(line) * 37) % 50) / 100
    return inLine ? ink : paper
  }
  const left = 0.08
  const side = 0.46
  const cu = (u - left) / side
  const cv = (v - 0.65) / (side / Math.SQRT2)
  if (cu < 0 || cu >= 1 || cv < 0 || cv >= 1) {
    const inWords = u > 0.6 && u < 0.9 && v > 0.7 && v < 0.86 && ((v - 0.7) / 0.04) % 1 < 0.35
    return inWords ? paper : teal
  }
  return code[Math.floor(cv * code.length)]![Math.floor(cu * code.length)] ? [12, 14, 14] : [250, 250, 246]
}

/** PNG bytes of the photo. `address`: what the code holds. */
export function signPhoto(address: string): Buffer<ArrayBuffer> {
  const code = encodeQR(address, 'raw', { ecc: 'quartile', border: 4 })
  const pixels = Buffer.alloc((width * 3 + 1) * height)
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      // Turned by three degrees, and a little narrower at the top, as seen from below.
      const [dx, dy] = [x - width / 2, y - height / 2]
      const [rx, ry] = [dx * 0.9986 + dy * 0.0523, -dx * 0.0523 + dy * 0.9986]
      const narrow = 1 + ry / 9_000
      const u = rx / (600 * narrow) + 0.5
      const v = ry / 848 + 0.5
      const on = u >= 0 && u < 1 && v >= 0 && v < 1
      const shadow = !on && u > 0.01 && u < 1.015 && v > 0.01 && v < 1.012 ? 0.6 : 1
      const light = (0.82 + 0.18 * (1 - y / height)) * shadow
      const colour = on ? sign(u, v, code) : brick(x, y)
      const at = y * (width * 3 + 1) + 1 + x * 3
      for (let c = 0; c < 3; c += 1)
        pixels[at + c] = Math.max(0, Math.min(255, colour[c]! * light + grain(x, y)))
    }
  return png(pixels)
}

/** Rows of RGB, each with a leading 0 for "no filter" (PNG §9), as a file. */
function png(rows: Buffer): Buffer<ArrayBuffer> {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows, { level: 6 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(kind: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(kind, 'latin1'), data])
  const framed = Buffer.alloc(typed.length + 8)
  framed.writeUInt32BE(data.length, 0)
  framed.set(typed, 4)
  framed.writeUInt32BE(crc32(typed), typed.length + 4)
  return framed
}
