/** A picture in planar YUV 4:2:0, BT.709, limited range: what the encoder takes. */
export type Picture = {
  readonly width: number
  readonly height: number
  readonly luma: Buffer
  readonly blue: Buffer
  readonly red: Buffer
  /** The three planes one after another, over the same memory. */
  readonly bytes: Buffer
}

export function newPicture(width: number, height: number): Picture {
  const size = width * height
  const bytes = Buffer.alloc((size * 3) / 2, 128)
  return {
    width,
    height,
    bytes,
    luma: bytes.subarray(0, size),
    blue: bytes.subarray(size, size + size / 4),
    red: bytes.subarray(size + size / 4),
  }
}

/** Red, green, blue, each 0 to 255. */
export type Colour = readonly [number, number, number]
export type Point = readonly [number, number]

/** Luma, blue and red difference of a colour (ITU-R BT.709, limited range). */
export function toYuv([r, g, b]: Colour): readonly [number, number, number] {
  return [
    16 + 0.1826 * r + 0.6142 * g + 0.062 * b,
    128 - 0.1006 * r - 0.3386 * g + 0.4392 * b,
    128 + 0.4392 * r - 0.3989 * g - 0.0403 * b,
  ]
}

export const shade = ([r, g, b]: Colour, by: number): Colour => [r * by, g * by, b * by]

export const mix = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
]

export type Paint = Colour | ((x: number, y: number) => Colour)

export type Canvas = {
  /** Fills a polygon; `alpha` 0 to 1, or by place. */
  fill(points: readonly Point[], paint: Paint, alpha?: number | ((x: number, y: number) => number)): void
  ellipse(cx: number, cy: number, rx: number, ry: number, paint: Paint, alpha?: number): void
  /** The finished picture: samples averaged to pixels, with a little fixed grain so that flat walls do not band. */
  toPicture(grain: () => number): Picture
}

/** Samples per pixel and axis: edges come out smooth without any work per frame, because scenes are drawn once. */
const samples = 2

/** A drawing surface for backgrounds, in pixels of the finished picture. */
export function createCanvas(width: number, height: number): Canvas {
  const w = width * samples
  const h = height * samples
  const data = new Float32Array(w * h * 3)

  function dot(px: number, py: number, paint: Paint, alpha: number): void {
    const [r, g, b] = typeof paint === 'function' ? paint((px + 0.5) / samples, (py + 0.5) / samples) : paint
    const at = (py * w + px) * 3
    data[at] = data[at]! + (r - data[at]!) * alpha
    data[at + 1] = data[at + 1]! + (g - data[at + 1]!) * alpha
    data[at + 2] = data[at + 2]! + (b - data[at + 2]!) * alpha
  }

  function row(py: number, fromX: number, toX: number, paint: Paint, alpha: (px: number) => number): void {
    const first = Math.max(0, Math.ceil(fromX - 0.5))
    const last = Math.min(w - 1, Math.ceil(toX - 0.5) - 1)
    for (let px = first; px <= last; px += 1) dot(px, py, paint, alpha(px))
  }

  return {
    fill(points, paint, alpha = 1) {
      const ys = points.map(([, y]) => y * samples)
      const top = Math.max(0, Math.floor(Math.min(...ys)))
      const bottom = Math.min(h - 1, Math.ceil(Math.max(...ys)))
      for (let py = top; py <= bottom; py += 1) {
        const crossings: number[] = []
        const middle = py + 0.5
        for (let index = 0; index < points.length; index += 1) {
          const [ax, ay] = points[index]!
          const [bx, by] = points[(index + 1) % points.length]!
          const y1 = ay * samples
          const y2 = by * samples
          if (y1 <= middle === y2 <= middle) continue
          crossings.push((ax + ((bx - ax) * (middle - y1)) / (y2 - y1)) * samples)
        }
        crossings.sort((a, b) => a - b)
        const opacity =
          typeof alpha === 'function'
            ? (px: number) => alpha((px + 0.5) / samples, (py + 0.5) / samples)
            : () => alpha
        for (let index = 0; index + 1 < crossings.length; index += 2) {
          row(py, crossings[index]!, crossings[index + 1]!, paint, opacity)
        }
      }
    },
    ellipse(cx, cy, rx, ry, paint, alpha = 1) {
      for (
        let py = Math.max(0, Math.floor((cy - ry) * samples));
        py < (cy + ry) * samples && py < h;
        py += 1
      ) {
        const dy = ((py + 0.5) / samples - cy) / ry
        if (dy * dy >= 1) continue
        const half = rx * Math.sqrt(1 - dy * dy)
        row(py, (cx - half) * samples, (cx + half) * samples, paint, () => alpha)
      }
    },
    toPicture(grain) {
      const picture = newPicture(width, height)
      const pixel: [number, number, number] = [0, 0, 0]
      const chroma = new Float32Array((width / 2) * (height / 2) * 2)
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) {
          pixel.fill(0)
          for (let sy = 0; sy < samples; sy += 1) {
            let at = ((y * samples + sy) * w + x * samples) * 3
            for (let sx = 0; sx < samples; sx += 1) {
              pixel[0] += data[at]!
              pixel[1] += data[at + 1]!
              pixel[2] += data[at + 2]!
              at += 3
            }
          }
          const area = samples * samples
          const [luma, blue, red] = toYuv([pixel[0] / area, pixel[1] / area, pixel[2] / area])
          picture.luma[y * width + x] = Math.max(16, Math.min(235, Math.round(luma + (grain() - 0.5) * 2)))
          const at = ((y >> 1) * (width / 2) + (x >> 1)) * 2
          chroma[at] = chroma[at]! + blue / 4
          chroma[at + 1] = chroma[at + 1]! + red / 4
        }
      }
      for (let index = 0; index < chroma.length / 2; index += 1) {
        picture.blue[index] = Math.round(chroma[index * 2]!)
        picture.red[index] = Math.round(chroma[index * 2 + 1]!)
      }
      return picture
    },
  }
}
