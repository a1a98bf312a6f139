/**
 * The judge of our video: Debian's ffmpeg decodes it, and the strip in each picture says which picture it is. Nothing of
 * Overt's own reading code is used here.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type ClockReading, readClock } from '#simulator/clock-strip.ts'

export type DecodedFrame = {
  /** Presentation time in the file, ms. */
  readonly ptsMs: number
  /** What the strip says, or null when it can't be read. */
  readonly clock: ClockReading | null
}

async function outputOf(command: string, args: readonly string[], input?: Uint8Array) {
  const child = spawn(command, args, { stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'] })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout!.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr!.on('data', (chunk: Buffer) => err.push(chunk))
  // ffprobe stops reading once it knows enough; its exit code tells whether it was content.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(input)
  const [code] = await once(child, 'close')
  return { code: code as number | null, out: Buffer.concat(out), words: Buffer.concat(err).toString() }
}

/**
 * Decodes the video of an MP4 or fragmented MP4 (a path, or the bytes themselves) and reads every picture's strip.
 * Throws when ffmpeg finds any error in it.
 */
export async function decodeFrames(film: string | Uint8Array): Promise<DecodedFrame[]> {
  const [from, input] = typeof film === 'string' ? [film, undefined] : ['pipe:0', film]
  const probe = [
    '-v',
    'error',
    '-select_streams',
    'v:0',
    '-show_entries',
    'stream=width,height',
    '-of',
    'csv=p=0',
  ]
  const size = await outputOf('ffprobe', [...probe, from], input)
  const [width = 0, height = 0] = size.out.toString().trim().split(/[,\n]/).map(Number)
  if (!width || !height) throw new Error(`ffprobe found no video: ${size.words}`)
  const cut = 2 * Math.floor(width / 80)
  // The strips of a long film at full size would fill memory; where whole blocks stay whole, 640 across is enough.
  const small = width > 640 && width % 80 === 0
  const across = small ? 640 : width
  const strip = small ? 16 : cut
  const scale = small ? `,scale=${across}:${strip}:flags=area` : ''
  const decoded = await outputOf(
    'ffmpeg',
    [
      ...[
        '-v',
        'info',
        '-nostats',
        '-xerror',
        '-err_detect',
        'explode',
        '-copyts',
        '-i',
        from,
        '-map',
        '0:v:0',
      ],
      ...['-vf', `crop=${width}:${cut}:0:${height - cut},showinfo${scale}`, '-fps_mode', 'passthrough'],
      ...['-pix_fmt', 'gray', '-f', 'rawvideo', '-'],
    ],
    input,
  )
  if (decoded.code !== 0) throw new Error(`ffmpeg could not decode the film: ${decoded.words.slice(-1500)}`)
  const times = [...decoded.words.matchAll(/Parsed_showinfo.* pts_time:(-?[\d.e+-]+)/g)].map((found) =>
    Number(found[1]),
  )
  const bytes = across * strip
  const count = decoded.out.length / bytes
  if (count !== times.length) throw new Error(`ffmpeg gave ${count} pictures and ${times.length} times`)
  return times.map((seconds, index) => ({
    ptsMs: seconds * 1000,
    clock: readClock(decoded.out.subarray(index * bytes, (index + 1) * bytes), across, strip),
  }))
}

/** What is wrong with a run of pictures; all zero when every picture is there once and in order. */
export type RunFaults = {
  readonly unreadable: number
  readonly missing: number
  readonly repeated: number
  /** Largest difference, in ms, between the spacing of the clocks in the pictures and that of the file. */
  readonly skewMs: number
}

/** Compares each picture with the one before. `modulo`: numbers begin at 0 again after so many (a looped clip). */
export function examineRun(frames: readonly DecodedFrame[], modulo = 2 ** 24): RunFaults {
  let unreadable = 0
  let missing = 0
  let repeated = 0
  let skewMs = 0
  const first = frames.find((frame) => frame.clock !== null)
  let previous: ClockReading | null = null
  for (const frame of frames) {
    if (frame.clock === null) {
      unreadable += 1
      continue
    }
    if (previous !== null) {
      const step = (frame.clock.frame - previous.frame + modulo) % modulo
      if (step === 0) repeated += 1
      else if (step > modulo / 2) repeated += 1
      else missing += step - 1
    }
    // A looped clip's own clock begins again with its numbers; only an endless one can be compared.
    if (modulo === 2 ** 24) {
      const inPicture = frame.clock.epochMs - first!.clock!.epochMs
      skewMs = Math.max(skewMs, Math.abs(inPicture - (frame.ptsMs - first!.ptsMs)))
    }
    previous = frame.clock
  }
  return { unreadable, missing: Math.max(0, missing - unreadable), repeated, skewMs }
}
