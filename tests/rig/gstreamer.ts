/**
 * GStreamer's RTSP server as a rig of cameras that nobody here wrote: what works against it and against the simulator
 * is not merely our two halves agreeing with each other.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type ClipOrder, makeClip } from './clip.ts'

export { clipEpochMs } from './clip.ts'

export type Rig = {
  /** `rtsp://127.0.0.1:PORT/NAME`, without user and password. */
  url(name: string): string
  readonly port: number
  /** Process id: SIGSTOP makes all its cameras stall, SIGCONT lets them go on. */
  readonly pid: number
  close(): Promise<void>
}

export type RigMount = { readonly name: string; readonly clip: ClipOrder }

/** A small film that is quickly made: 640x360, 15 pictures a second, one keyframe in two seconds. */
export const smallClip = (codec: 'h264' | 'h265' = 'h264', audio = false, seconds = 60): ClipOrder => ({
  codec,
  audio,
  width: 640,
  height: 360,
  fps: 15,
  kbps: 400,
  seconds,
})

/** Starts the server; its mounts play their film from the beginning to whoever comes first, at natural speed. */
export async function startGstreamer(options: {
  readonly mounts: readonly RigMount[]
  readonly port?: number
  /** Digest sign-in for all mounts. */
  readonly user?: string
  readonly password?: string
}): Promise<Rig> {
  const mounts: { path: string; launch: string }[] = []
  for (const { name, clip } of options.mounts) {
    const path = await makeClip(clip)
    const video = clip.codec === 'h264' ? 'h264parse ! rtph264pay' : 'h265parse ! rtph265pay'
    const sound = clip.audio ? ' d.audio_0 ! queue ! aacparse ! rtpmp4gpay name=pay1 pt=97' : ''
    mounts.push({
      path: `/${name}`,
      launch: `( filesrc location=${path} ! qtdemux name=d d.video_0 ! queue ! ${video} name=pay0 pt=96 config-interval=-1${sound} )`,
    })
  }
  const script = fileURLToPath(new URL('./rtsp-server.py', import.meta.url))
  // Debian's own Python: the one that has Debian's GStreamer bindings.
  const child = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'pipe'] })
  let words = ''
  child.stderr.on('data', (chunk) => {
    words = (words + chunk).slice(-2000)
  })
  const closed = once(child, 'close')
  child.stdin.on('error', () => undefined)
  const { user = null, password = null } = options
  child.stdin.write(`${JSON.stringify({ port: options.port ?? 0, user, password, mounts })}\n`)
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const ready = /^ready (\d+)$/.exec(line)
      if (ready) resolve(Number(ready[1]))
    })
    child.on('error', reject)
    closed.then(() => reject(new Error(`GStreamer's RTSP server ended before it was ready: ${words}`)))
  })
  return {
    port,
    pid: child.pid!,
    url: (name) => `rtsp://127.0.0.1:${port}/${name}`,
    async close() {
      child.stdin.end()
      child.kill('SIGCONT')
      const force = setTimeout(() => child.kill('SIGKILL'), 2000)
      await closed
      clearTimeout(force)
    },
  }
}
