import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { signAlone } from '#recorder/recorder.ts'
import { keysFromPrivate, type OpenedReel, openReel, reelsUnder } from '#tests/rig/reels.ts'
import { end } from './recorder-ffmpeg.ts'
import type { Sources } from './recorder-sources.ts'
import { measureWindow, type WindowCost } from './window.ts'

export type Kept = WindowCost & {
  /** The measured window, wall time. */
  readonly fromMs: number
  readonly toMs: number
  /** Opens all reels of one camera with its keys; `film` keeps the clear video too. */
  openCamera(camera: number, film: boolean): Promise<OpenedReel[]>
}

const program = join(import.meta.dirname, '..', 'src', 'main.ts')

const cameraName = (camera: number): string => `cam${camera}`

/** Overt's recorder as an operator would run it without a hub: one process, a folder of signed mandates, reels on disk. */
export async function runOvert(options: {
  readonly cameras: number
  readonly sources: Sources
  readonly folder: string
  readonly warmupSeconds: number
  readonly seconds: number
}): Promise<Kept> {
  const home = join(options.folder, 'recorder')
  const keys = join(options.folder, 'keys')
  const nowMs = Date.now()
  await signAlone({
    out: home,
    keys,
    cameras: Array.from({ length: options.cameras }, (_, camera) => ({
      camera: cameraName(camera),
      url: options.sources.url(camera),
    })),
    fromMs: nowMs - 60_000,
    untilMs: nowMs + 86_400_000,
    timeZone: 'Europe/London',
    retentionDays: 31,
    nowMs,
  })
  const hosts = new Set<string>()
  for (let camera = 0; camera < options.cameras; camera += 1)
    hosts.add(new URL(options.sources.url(camera)).hostname)
  const allowed = [...hosts].flatMap((host) => ['--allow', `${host}/32`])
  const child = spawn(process.execPath, [program, 'recorder', '--home', home, ...allowed], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], OVERT_LOG: 'warn', NODE_NO_WARNINGS: '1' },
  })
  let words = ''
  child.stderr.on('data', (chunk) => {
    words = (words + chunk).slice(-3000)
  })
  const alive = () => {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the recorder ended early: ${words}`)
  }
  try {
    await wait(options.warmupSeconds * 1000)
    alive()
    const fromMs = Date.now()
    const cost = await measureWindow([child.pid!], options.seconds, alive)
    const toMs = Date.now()
    // Its own last act is to close and sync every reel.
    await end([child])
    if (child.exitCode !== 0)
      throw new Error(`the recorder ended with ${child.exitCode ?? child.signalCode}: ${words}`)
    const paths = await reelsUnder(home)
    return {
      ...cost,
      fromMs,
      toMs,
      async openCamera(camera, film) {
        const file = join(keys, 'day-keys', `${cameraName(camera)}.json`)
        const known = JSON.parse(await readFile(file, 'utf8')) as {
          keys: { kid: string; privateKey: string }[]
        }
        const keysOf = keysFromPrivate((head) => {
          const key = known.keys.find(({ kid }) => kid === head.kid)
          if (key === undefined) throw new Error(`no day key ${head.kid} for ${head.camera}`)
          return Buffer.from(key.privateKey, 'base64url')
        })
        const own = paths.filter((path) => path.includes(`/${cameraName(camera)}/`))
        const opened: OpenedReel[] = []
        for (const path of own) opened.push(await openReel(path, keysOf, { film }))
        return opened
      },
    }
  } finally {
    await end([child])
  }
}
