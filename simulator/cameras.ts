/**
 * Simulated cameras: real RTSP over TCP, a drawn scene, a running clock burnt in twice, once for people and once for
 * programs (`readClock`). They let anybody try Overt, and let its tests say exactly which pictures were kept.
 * Promises: no real person is ever in a picture; the same seed gives the same faults; a frame number is never used
 * twice, and never skipped while the camera is watched and without a fault. Never does: stand in for recorder or hub.
 * The encoder (node-av, FFmpeg with x264) runs in a child process; drawing is our own code.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { type Clock, systemClock } from '../src/base/base.ts'
import type { CameraCounts, CameraSpec, Cameras } from './camera.ts'
import { type Encoder, startEncoder } from './encoder.ts'
import { type FaultKind, seeded } from './faults.ts'
import { createFeed, type Feed } from './feed.ts'
import { type Manner, type Served, serveConnection } from './session.ts'

export type { CameraCounts, CameraSpec, Cameras, SceneKind } from './camera.ts'
export { sceneKinds } from './camera.ts'
export { type ClockReading, drawClock, readClock, stripBox } from './clock-strip.ts'
export { type FaultKind, faultKinds } from './faults.ts'

type Camera = {
  readonly spec: CameraSpec
  readonly feed: Feed
  readonly served: Served
  readonly counts: {
    connections: number
    soundSetups: number
    refusedSignIns: number
    droppedPackets: number
  }
  /** A listener of its own, and the port it was given. */
  own: { server: Server; port: number } | null
}

/** One in fifty: enough to damage a picture every second or so. */
const lossRate = 0.02

const manners: readonly string[] = ['refuse', 'wrong-password', 'never-answer', 'garbage', 'no-video']

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

/**
 * Starts the cameras and waits until they can be watched. `port` 0 takes any free one; `seed` moves the scenery and
 * decides which packets get lost; `clock` is the time that the cameras show and report.
 */
export async function startCameras(options: {
  readonly cameras: readonly CameraSpec[]
  readonly port?: number
  readonly host?: string
  readonly clock?: Clock
  readonly seed?: number
  readonly timeZone?: string
  /** Called when the encoder child has died by itself; the cameras are then silent for good. */
  readonly onEnd?: (reason: string) => void
}): Promise<Cameras> {
  const { clock = systemClock, seed = 1, host = '127.0.0.1', timeZone = 'Europe/London' } = options
  const cameras = new Map<string, Camera>()
  const order = options.cameras.map((spec, index) => ({
    camera: index,
    scene: spec.scene,
    caption: spec.caption ?? spec.name,
    seed: seed + index * 101,
    timeZone,
  }))
  const feeds: Feed[] = []
  const encoder: Encoder = await startEncoder(
    order,
    (camera, unit) => feeds[camera]?.encoded(unit),
    options.onEnd ?? (() => undefined),
  )

  for (const [index, spec] of options.cameras.entries()) {
    const feed = createFeed({ clock, paint: (frame, ms, key) => encoder.paint(index, frame, ms, key) })
    feeds[index] = feed
    const counts = { connections: 0, soundSetups: 0, refusedSignIns: 0, droppedPackets: 0 }
    const signIn =
      spec.username === undefined
        ? null
        : { username: spec.username, password: spec.password ?? '', kind: spec.auth ?? ('digest' as const) }
    const served: Served = {
      path: spec.name,
      feed,
      parameters: encoder.parameters.get(index) ?? [],
      signIn,
      audio: spec.audio ?? false,
      sockets: new Set<Socket>(),
      manner: 'normal',
      lose: () => false,
      soundAsked: () => {
        counts.soundSetups += 1
      },
      signInRefused: () => {
        counts.refusedSignIns += 1
      },
    }
    cameras.set(spec.name, { spec, feed, served, counts, own: null })
  }

  const all = new Set<Socket>()
  function accept(socket: Socket, only: Camera | null): void {
    all.add(socket)
    socket.on('close', () => all.delete(socket))
    if (only !== null) {
      only.counts.connections += 1
      only.served.sockets.add(socket)
      if (only.served.manner === 'garbage')
        socket.end(Buffer.from(Array.from({ length: 600 }, (_, i) => (i * 37) & 255)))
    }
    serveConnection(socket, (path) => {
      const camera = only ?? cameras.get(path)
      if (camera === undefined || camera.spec.name !== path) return undefined
      if (only === null && !camera.served.sockets.has(socket)) camera.counts.connections += 1
      return camera.served
    })
  }

  const shared = createServer((socket) => accept(socket, null))
  const port = await listen(shared, options.port ?? 0, host)
  const urls: Record<string, string> = {}
  async function openOwn(camera: Camera, ownPort: number): Promise<void> {
    const server = createServer((socket) => accept(socket, camera))
    camera.own = { server, port: await listen(server, ownPort, host) }
  }
  for (const [name, camera] of cameras) {
    if (camera.spec.port !== undefined) await openOwn(camera, camera.spec.port)
    urls[name] = `rtsp://${host}:${camera.own?.port ?? port}/${name}`
  }

  const cut = (camera: Camera) => {
    for (const socket of camera.served.sockets) socket.destroy()
  }

  function begin(camera: Camera, kind: FaultKind | 'none'): void {
    if (kind === 'drop-connection') {
      cut(camera)
      return
    }
    const { served, feed, own } = camera
    served.manner = manners.includes(kind) ? (kind as Manner) : 'normal'
    feed.behave(
      kind === 'silence'
        ? 'silent'
        : kind === 'clock-drift'
          ? 'drift'
          : kind === 'clock-step'
            ? 'step'
            : 'normal',
    )
    const random = seeded(seed)
    served.lose =
      kind === 'drop-packets'
        ? () => {
            const lost = random() < lossRate
            if (lost) camera.counts.droppedPackets += 1
            return lost
          }
        : () => false
    if (served.manner !== 'normal') cut(camera)
    if (own !== null) {
      if (kind === 'refuse') own.server.close()
      else if (!own.server.listening) void openOwn(camera, own.port)
    }
  }

  return {
    urls,
    fault(name, kind) {
      const camera = cameras.get(name)
      if (camera === undefined) throw new Error(`there is no simulated camera called ${name}`)
      begin(camera, kind)
    },
    counts(name): CameraCounts {
      const camera = cameras.get(name)
      if (camera === undefined) throw new Error(`there is no simulated camera called ${name}`)
      return { ...camera.counts, frames: camera.feed.frames(), watching: camera.feed.watching() }
    },
    async close() {
      for (const socket of all) socket.destroy()
      shared.close()
      for (const camera of cameras.values()) {
        camera.own?.server.close()
        camera.feed.close()
      }
      await encoder.close()
    },
  }
}
