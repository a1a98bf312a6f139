import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drawClock } from '#simulator/clock-strip.ts'

/** A film whose every picture carries its number (from 0) in the strip that `readClock` reads. */
export type ClipOrder = {
  readonly codec: 'h264' | 'h265'
  readonly audio: boolean
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly kbps: number
  readonly seconds: number
  /** How often the film follows itself in the file; picture numbers begin at 0 again each time. Default 1. */
  readonly loops?: number
}

/** In the strip of a clip, time is counted from here: the first picture's epoch ms. */
export const clipEpochMs = Date.UTC(2000, 0, 1)

const folder = join(tmpdir(), `overt-rig-${process.getuid?.() ?? 0}`)
/** Changes when the making of clips does, so that no old one is found. */
const recipe = 3

async function run(command: string, args: readonly string[], feed?: () => Iterable<Buffer>): Promise<void> {
  const child = spawn(command, args, { stdio: [feed ? 'pipe' : 'ignore', 'ignore', 'pipe'] })
  let words = ''
  child.stderr!.on('data', (chunk) => {
    words = (words + chunk).slice(-2000)
  })
  const closed = once(child, 'close')
  if (feed && child.stdin) {
    // When ffmpeg ends early its exit code tells; the broken pipe adds nothing.
    child.stdin.on('error', () => undefined)
    for (const piece of feed()) {
      if (!child.stdin.write(piece)) await Promise.race([once(child.stdin, 'drain'), closed])
    }
    child.stdin.end()
  }
  const [code] = await closed
  if (code !== 0) throw new Error(`${command} could not make the clip: ${words}`)
}

/** Clips of this process, done or being made: tests side by side may ask for the same one. */
const clips = new Map<string, Promise<string>>()

/** Makes the clip, or finds the one made earlier with the same order. Returns the path of an MP4. */
export function makeClip(order: ClipOrder): Promise<string> {
  const name = createHash('sha256')
    .update(JSON.stringify([recipe, order]))
    .digest('hex')
    .slice(0, 16)
  const clip = clips.get(name) ?? findClip(order, name)
  clips.set(name, clip)
  return clip
}

async function findClip(order: ClipOrder, name: string): Promise<string> {
  const path = join(folder, `${name}.mp4`)
  if (existsSync(path)) return path
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const unfinished = join(folder, `${name}.${process.pid}.part.mp4`)
  try {
    if ((order.loops ?? 1) > 1) {
      const once = await makeClip({ ...order, loops: 1 })
      const times = String((order.loops ?? 1) - 1)
      await run('ffmpeg', ['-v', 'error', '-y', '-stream_loop', times, '-i', once, '-c', 'copy', unfinished])
    } else await film(order, unfinished)
    await rename(unfinished, path)
  } finally {
    await rm(unfinished, { force: true })
  }
  return path
}

async function film(order: ClipOrder, path: string): Promise<void> {
  const { width, height, fps, kbps, seconds, codec, audio } = order
  const stripHeight = 2 * Math.floor(width / 80)
  const strip = Buffer.alloc(width * stripHeight)
  function* strips(): Iterable<Buffer> {
    for (let frame = 0; frame < seconds * fps; frame += 1) {
      const drawn = Buffer.alloc(strip.length, 16)
      const epochMs = clipEpochMs + Math.round((frame * 1000) / fps)
      drawClock(drawn, width, stripHeight, { epochMs, frame, camera: 0 })
      yield drawn
    }
  }
  const gop = String(fps * 2)
  const rate = `${kbps}k`
  const video =
    codec === 'h264'
      ? ['-c:v', 'libx264', '-preset', 'superfast', '-profile:v', 'main', '-sc_threshold', '0', '-bf', '0']
      : ['-c:v', 'libx265', '-preset', 'ultrafast', '-tag:v', 'hvc1']
  // A constant rate with filler, as cameras have it: all cameras then cost the recorder the same.
  const rateControl = ['-b:v', rate, '-maxrate', rate, '-bufsize', rate]
  const codecParams =
    codec === 'h264'
      ? ['-x264-params', 'nal-hrd=cbr:aud=1:force-cfr=1']
      : ['-x265-params', `bframes=0:keyint=${gop}:min-keyint=${gop}:scenecut=0:open-gop=0:log-level=error`]
  await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-y'],
      ...['-f', 'lavfi', '-i', `testsrc2=s=${width}x${height}:r=${fps}`],
      ...[
        '-f',
        'rawvideo',
        '-pix_fmt',
        'gray',
        '-s',
        `${width}x${stripHeight}`,
        '-r',
        String(fps),
        '-i',
        '-',
      ],
      ...(audio ? ['-f', 'lavfi', '-i', 'sine=r=16000'] : []),
      '-filter_complex',
      `[0]noise=alls=6:allf=t[back];[back][1]overlay=0:${height - stripHeight}:format=yuv420[out]`,
      ...['-map', '[out]', ...(audio ? ['-map', '2:a', '-c:a', 'aac', '-b:a', '32k'] : [])],
      ...['-t', String(seconds), ...video, '-pix_fmt', 'yuv420p', '-g', gop, '-keyint_min', gop],
      ...rateControl,
      ...codecParams,
      path,
    ],
    strips,
  )
}
