import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Sources } from './recorder-sources.ts'
import { measureWindow, type WindowCost } from './window.ts'

/** The reference: one `ffmpeg -c copy` to a fragmented MP4 for each camera. */
export async function runFfmpeg(options: {
  readonly cameras: number
  readonly sources: Sources
  readonly folder: string
  readonly warmupSeconds: number
  readonly seconds: number
}): Promise<WindowCost & { readonly files: readonly string[] }> {
  const children: ChildProcess[] = []
  const files: string[] = []
  const words: string[] = []
  let stopping = false
  const alive = () => {
    const ended = children.findIndex((child) => child.exitCode !== null || child.signalCode !== null)
    if (!stopping && ended >= 0)
      throw new Error(`ffmpeg for camera ${ended} ended early: ${words[ended] ?? ''}`)
  }
  try {
    for (let camera = 0; camera < options.cameras; camera += 1) {
      const file = join(options.folder, `cam${camera}.mp4`)
      const child = spawn(
        'ffmpeg',
        [
          ...['-nostdin', '-v', 'error', '-rtsp_transport', 'tcp', '-i', options.sources.url(camera)],
          ...[
            '-an',
            '-c',
            'copy',
            '-f',
            'mp4',
            '-movflags',
            'frag_keyframe+empty_moov+default_base_moof',
            file,
          ],
        ],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      )
      child.stderr!.on('data', (chunk) => {
        words[camera] = ((words[camera] ?? '') + chunk).slice(-500)
      })
      children.push(child)
      files.push(file)
    }
    await wait(options.warmupSeconds * 1000)
    alive()
    for (const [camera, file] of files.entries()) {
      const size = await stat(file).then(
        (found) => found.size,
        () => 0,
      )
      if (size < 10_000)
        throw new Error(`ffmpeg wrote nothing for camera ${camera} in the warm-up: ${words[camera] ?? ''}`)
    }
    const cost = await measureWindow(
      children.map((child) => child.pid!),
      options.seconds,
      alive,
    )
    stopping = true
    await end(children)
    for (const file of files) {
      const handle = await open(file, 'r+')
      await handle.sync()
      await handle.close()
    }
    return { ...cost, files }
  } finally {
    stopping = true
    await end(children)
  }
}

/** Asks each to finish its file; whoever has not after ten seconds is killed. */
export async function end(children: readonly ChildProcess[]): Promise<void> {
  await Promise.all(
    children.map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      const force = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await gone
      clearTimeout(force)
    }),
  )
}
