/**
 * Reads the QR codes in one photo: JPEG or PNG on standard input, a JSON list of their texts on standard output. A
 * process of its own, ended after one photo, because FFmpeg's libraries (GPL-3, through node-av) belong in no process
 * that holds keys, and a photo may come from anybody. It opens no file and no connection.
 */
import { Decoder, Demuxer, FilterAPI } from 'node-av/api'
import { AV_LOG_QUIET } from 'node-av/constants'
import { Log } from 'node-av/lib'
import { decodeQR } from 'qr/decode.js'
import { readSignAddress } from './sign-code.ts'

Log.setLevel(AV_LOG_QUIET)

/** One grey byte per pixel. */
type Grey = { readonly width: number; readonly height: number; readonly data: Uint8Array }

const chunks: Buffer[] = []
for await (const chunk of process.stdin) chunks.push(chunk as Buffer)

async function greyPicture(bytes: Buffer): Promise<Grey> {
  const format = bytes[0] === 0xff ? 'jpeg_pipe' : 'png_pipe'
  await using input = await Demuxer.open(bytes, { format })
  const stream = input.video()
  if (stream === undefined) throw new Error('there is no picture in this file')
  using decoder = await Decoder.create(stream)
  // Grey in full range; no larger than a phone's photo needs for a code that fills a tenth of it.
  using filter = FilterAPI.create("scale='min(iw,3200)':-1:flags=area,format=gray")
  for await (const frame of filter.frames(decoder.frames(input.packets(stream.index)))) {
    if (frame === null) continue
    return { width: frame.width, height: frame.height, data: new Uint8Array(frame.toBuffer()) }
  }
  throw new Error('no picture could be decoded')
}

/** More codes than this stand beside no sign. */
const codesMax = 4

/** All codes of a picture: each that was read is painted over, and the rest looked at again. */
function codesIn(picture: Grey): readonly string[] {
  const texts: string[] = []
  const rest = { ...picture, data: new Uint8Array(picture.data) }
  while (texts.length < codesMax) {
    let where: Box | null = null
    try {
      // The first plane of I420 is taken as grey.
      texts.push(
        decodeQR(rest, {
          format: 'I420',
          effort: 4,
          timeLimit: 1_500,
          pointsOnDetect: ({ boundingBox }) => {
            where = boundingBox
          },
        }),
      )
    } catch {
      return texts
    }
    if (where === null) return texts
    paintOver(rest, where)
  }
  return texts
}

type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

function paintOver({ width, height, data }: Grey, box: Box): void {
  const [left, right] = [Math.max(0, Math.floor(box.x)), Math.min(width, Math.ceil(box.x + box.width))]
  const bottom = Math.min(height, Math.ceil(box.y + box.height))
  for (let y = Math.max(0, Math.floor(box.y)); y < bottom; y += 1)
    if (right > left) data.fill(128, y * width + left, y * width + right)
}

function part({ width, data }: Grey, x: number, y: number, w: number, h: number): Grey {
  const cut = new Uint8Array(w * h)
  for (let row = 0; row < h; row += 1)
    cut.set(data.subarray((y + row) * width + x, (y + row) * width + x + w), row * w)
  return { width: w, height: h, data: cut }
}

/** Half as large, each pixel the mean of four: takes noise and the edges of pixels away. */
function halved({ width, height, data }: Grey): Grey {
  const w = width >> 1
  const h = height >> 1
  const small = new Uint8Array(w * h)
  for (let y = 0; y < h; y += 1)
    for (let x = 0; x < w; x += 1) {
      const at = 2 * y * width + 2 * x
      small[y * w + x] = (data[at]! + data[at + 1]! + data[at + width]! + data[at + width + 1]!) >> 2
    }
  return { width: w, height: h, data: small }
}

/** Darkest becomes black and lightest white, leaving out the outermost hundredth on each side. */
function stretched(picture: Grey): Grey {
  const counts = new Uint32Array(256)
  for (const value of picture.data) counts[value]! += 1
  const edge = picture.data.length / 100
  let low = 0
  for (let seen = counts[0]!; low < 255 && seen < edge; seen += counts[low]!) low += 1
  let high = 255
  for (let seen = counts[255]!; high > 0 && seen < edge; seen += counts[high]!) high -= 1
  const range = Math.max(1, high - low)
  return { ...picture, data: picture.data.map((v) => Math.max(0, Math.min(255, ((v - low) * 255) / range))) }
}

/** Edges made crisp again: the picture minus the mean of its surroundings, added once more. */
function sharpened({ width, height, data }: Grey): Grey {
  const crisp = new Uint8Array(data.length)
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      let sum = 0
      for (let dy = -1; dy <= 1; dy += 1)
        for (let dx = -1; dx <= 1; dx += 1)
          sum +=
            data[
              Math.max(0, Math.min(height - 1, y + dy)) * width + Math.max(0, Math.min(width - 1, x + dx))
            ]!
      const here = data[y * width + x]!
      crisp[y * width + x] = Math.max(0, Math.min(255, here + 2 * (here - sum / 9)))
    }
  return { width, height, data: crisp }
}

/**
 * Turned by half a right angle, on grey. A code is looked for along rows and columns: one that stands on its corner is
 * hard to see, and upright after this.
 */
function turned({ width, height, data }: Grey): Grey {
  const side = Math.ceil((width + height) * Math.SQRT1_2)
  const out = new Uint8Array(side * side).fill(128)
  for (let y = 0; y < side; y += 1)
    for (let x = 0; x < side; x += 1) {
      const fromX = (x - side / 2 + (y - side / 2)) * Math.SQRT1_2 + width / 2
      const fromY = (y - side / 2 - (x - side / 2)) * Math.SQRT1_2 + height / 2
      const [left, top] = [Math.floor(fromX), Math.floor(fromY)]
      if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) continue
      const [dx, dy] = [fromX - left, fromY - top]
      const at = top * width + left
      const above = data[at]! * (1 - dx) + data[at + 1]! * dx
      const below = data[at + width]! * (1 - dx) + data[at + width + 1]! * dx
      out[y * side + x] = above * (1 - dy) + below * dy
    }
  return { width: side, height: side, data: out }
}

/** Overlapping windows of half the picture's size, three by three. */
function* windows(picture: Grey): Generator<Grey> {
  const w = picture.width >> 1
  const h = picture.height >> 1
  for (const y of [0, h >> 1, picture.height - h])
    for (const x of [0, w >> 1, picture.width - w]) yield part(picture, x, y, w, h)
}

function* tries(whole: Grey): Generator<Grey> {
  yield whole
  const half = halved(whole)
  yield half
  yield stretched(half)
  yield sharpened(stretched(whole))
  yield halved(half)
  yield turned(half)
  yield turned(whole)
  for (const window of windows(whole)) {
    yield stretched(window)
    yield sharpened(stretched(halved(window)))
  }
}

// A file that can't be decoded holds no code that could be read.
const whole = await greyPicture(Buffer.concat(chunks)).catch(() => null)
const found = new Set<string>()
/** Of the processor's time, so that a busy machine looks as long as an idle one; whoever waits ends it by the clock. */
const workMsMax = 15_000
const workedMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
for (const picture of whole === null ? [] : tries(whole)) {
  if (picture.width < 20 || picture.height < 20) continue
  for (const text of codesIn(picture)) found.add(text)
  // Another code on the wall (a poster, a parcel box) is no reason to stop looking for the sign's.
  if ([...found].some((text) => readSignAddress(text) !== null) || workedMs() > workMsMax) break
}
await new Promise<void>((resolve, reject) => {
  process.stdout.write(JSON.stringify([...found]), (error) => (error ? reject(error) : resolve()))
})
process.exit(0)
