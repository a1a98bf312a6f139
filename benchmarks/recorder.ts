/**
 * `npm run bench -- recorder`: what sealing costs. Overt's recorder alone (one process, mandates signed for the purpose)
 * and one `ffmpeg -c copy` per camera record the same cameras, one after the other, for the same time; processor time
 * and memory are read from /proc over the window after the warm-up, children included. Then every reel is opened with
 * its keys and its pictures counted; some are decoded too and each picture's number looked at.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { decodeFrames, examineRun } from '#tests/rig/oracle.ts'
import type { OpenedReel } from '#tests/rig/reels.ts'
import { runFfmpeg } from './recorder-ffmpeg.ts'
import { type Kept, runOvert } from './recorder-overt.ts'
import { sourceClip, sourceNumbers, startSources } from './recorder-sources.ts'

const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** Connecting many cameras, and finishing files, beyond warm-up and window. */
const marginSeconds = 60

type Frames = { expected: number; kept: number; lost: number }

/** Pictures of one camera: how many there were between its first and last, how many are there. */
function countCamera(reels: readonly OpenedReel[], fromMs: number, toMs: number): Frames {
  const withPictures = reels.filter((reel) => reel.frames > 0).sort((a, b) => a.firstMs - b.firstMs)
  const first = withPictures[0]
  const last = withPictures.at(-1)
  const perTick = sourceClip.fps / 90_000
  const windowFrames = Math.round(((toMs - fromMs) / 1000) * sourceClip.fps)
  if (first === undefined || last === undefined)
    return { expected: windowFrames, kept: 0, lost: windowFrames }
  const kept = withPictures.reduce((sum, reel) => sum + reel.frames, 0)
  // Decode times run on across the reels of one epoch; where there are more epochs, wall time tells.
  const epochs = new Set(withPictures.map((reel) => reel.head.epoch)).size
  const between =
    epochs === 1
      ? Math.round((last.toTicks - first.fromTicks) * perTick)
      : Math.round(((last.lastMs - first.firstMs) / 1000) * sourceClip.fps)
  // Late for the window, or gone before its end (a fragment may be two seconds long): those pictures count as lost.
  const lateMs = Math.max(0, first.firstMs - fromMs)
  const earlyMs = Math.max(0, toMs - last.lastMs - 2100)
  const expected = Math.max(between, kept) + Math.round(((lateMs + earlyMs) / 1000) * sourceClip.fps)
  return { expected, kept, lost: expected - kept }
}

async function judge(kept: Kept, cameras: number, decode: number, numbered: boolean): Promise<Frames> {
  const sum: Frames = { expected: 0, kept: 0, lost: 0 }
  const step = Math.max(1, Math.floor(cameras / Math.max(1, decode)))
  for (let camera = 0; camera < cameras; camera += 1) {
    const film = camera % step === 0 && camera / step < decode
    const reels = await kept.openCamera(camera, film)
    const frames = countCamera(reels, kept.fromMs, kept.toMs)
    for (const reel of reels) {
      if (reel.scan.state !== 'closed')
        throw new Error(`a reel of camera ${camera} is ${reel.scan.state}: ${reel.scan.problem}`)
      if (reel.frames !== reel.framesClaimed) {
        throw new Error(
          `camera ${camera}: headers claim ${reel.framesClaimed} pictures, ${reel.frames} are there`,
        )
      }
      if (!film || reel.frames === 0) continue
      const decoded = await decodeFrames(reel.film)
      if (decoded.length !== reel.frames) {
        throw new Error(`camera ${camera}: ${reel.frames} samples but ${decoded.length} decoded pictures`)
      }
      if (!numbered) continue
      const run = examineRun(decoded, sourceNumbers)
      say(`  camera ${camera}: ${decoded.length} pictures decoded, ${JSON.stringify(run)}`)
      if (run.missing + run.repeated + run.unreadable > frames.lost) {
        frames.lost = run.missing + run.repeated + run.unreadable
        frames.expected = frames.kept + frames.lost
      }
    }
    sum.expected += frames.expected
    sum.kept += frames.kept
    sum.lost += frames.lost
  }
  return sum
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: {
      cameras: { type: 'string', default: '100' },
      seconds: { type: 'string', default: '150' },
      warmup: { type: 'string', default: '30' },
      source: { type: 'string' },
      /** Where both write; a real disk, not memory. */
      folder: { type: 'string', default: tmpdir() },
      /** How many cameras' pictures to decode and look at, besides counting all of them. */
      decode: { type: 'string', default: '4' },
    },
  })
  const cameras = Number(values.cameras)
  const seconds = Number(values.seconds)
  const warmupSeconds = Number(values.warmup)
  if (!(cameras >= 1 && seconds >= 5 && warmupSeconds >= 0))
    throw new Error('give --cameras, --seconds, --warmup as numbers')

  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GB`
  say(`${cameras} cameras, ${warmupSeconds} s warm-up and ${seconds} s measured, twice; on ${machine}`)
  await mkdir(values.folder, { recursive: true })
  const folder = await mkdtemp(join(values.folder, 'overt-bench-'))
  say('making the cameras ready (the first time this films a minute of video)')
  const sources = await startSources(cameras, warmupSeconds + seconds + marginSeconds, values.source ?? null)
  try {
    const overtFolder = join(folder, 'overt')
    await mkdir(overtFolder)
    say('Overt records, sealing')
    const overt = await runOvert({ cameras, sources, folder: overtFolder, warmupSeconds, seconds })
    say('opening every reel')
    const frames = await judge(overt, cameras, Number(values.decode), values.source === undefined)
    say(`${JSON.stringify(frames)}`)
    await rm(overtFolder, { recursive: true })

    const ffmpegFolder = join(folder, 'ffmpeg')
    await mkdir(ffmpegFolder)
    say('ffmpeg records, one process per camera')
    const ffmpeg = await runFfmpeg({ cameras, sources, folder: ffmpegFolder, warmupSeconds, seconds })

    const perHour = (cost: { cpuSeconds: number; wallSeconds: number }) =>
      (cost.cpuSeconds / cost.wallSeconds) * (3600 / cameras)
    return {
      bench: 'recorder',
      cameras,
      cpu_s_per_camera_hour: { overt: rounded(perHour(overt), 2), ffmpeg: rounded(perHour(ffmpeg), 2) },
      pss_mb: { overt: rounded(overt.pssMb, 1), ffmpeg: rounded(ffmpeg.pssMb, 1) },
      cpu_ratio: rounded(overt.cpuSeconds / overt.wallSeconds / (ffmpeg.cpuSeconds / ffmpeg.wallSeconds), 3),
      memory_ratio: rounded(overt.pssMb / ffmpeg.pssMb, 3),
      frames,
    }
  } finally {
    await sources.close()
    await rm(folder, { recursive: true, force: true })
  }
}
