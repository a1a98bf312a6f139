/**
 * `node simulator/main.ts --port 8554 --cameras hallway,front-door,car-park` starts simulated cameras and prints
 * `ready rtsp://…` with their addresses. `--cameras 3` takes the first three scenes in turn. Lines on standard input
 * (`fault hallway silence`, `fault hallway none`) begin and end faults.
 */
import { readFileSync, statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { type Clock, shiftedClock, systemClock } from '../src/base/base.ts'
import {
  type CameraSpec,
  type FaultKind,
  faultKinds,
  type SceneKind,
  sceneKinds,
  startCameras,
} from './cameras.ts'
import { startDevice } from './device.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    cameras: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    user: { type: 'string' },
    password: { type: 'string' },
    audio: { type: 'boolean', default: false },
    /** Where the cameras' ONVIF services answer; none without. */
    'device-port': { type: 'string' },
    /** A file with whole milliseconds to add to the cameras' clock; read again when it changes. */
    'offset-file': { type: 'string' },
    'time-zone': { type: 'string', default: 'Europe/London' },
    /** End when the process that started this one has gone, even by kill -9. */
    'with-parent': { type: 'boolean', default: false },
  },
})

const captions: Readonly<Record<SceneKind, string>> = {
  hallway: 'Birch Court - first floor',
  'front-door': 'Alder Row - front door',
  'car-park': 'Birch Court - car park',
}

function readSpecs(list: string): CameraSpec[] {
  const names = /^\d+$/.test(list)
    ? Array.from({ length: Number(list) }, (_, index) => {
        const scene = sceneKinds[index % sceneKinds.length]!
        return index < sceneKinds.length ? scene : `${scene}-${Math.floor(index / sceneKinds.length) + 1}`
      })
    : list.split(',')
  return names.map((name) => {
    const scene = sceneKinds.find((kind) => name.startsWith(kind)) ?? 'hallway'
    const signIn = values.user === undefined ? {} : { username: values.user, password: values.password ?? '' }
    return { name, scene, caption: captions[scene], audio: values.audio, ...signIn }
  })
}

/** The offset is looked up at most twice a second: somebody moving the demo's clock sees it at once. */
function fileClock(path: string): Clock {
  let offsetMs = 0
  let changedMs = -1
  let lookedMs = Number.NEGATIVE_INFINITY
  return shiftedClock(systemClock, () => {
    if (performance.now() - lookedMs > 500) {
      lookedMs = performance.now()
      try {
        const { mtimeMs } = statSync(path)
        if (mtimeMs !== changedMs) offsetMs = Number(readFileSync(path, 'utf8').trim()) || 0
        changedMs = mtimeMs
      } catch (error) {
        // No file means no offset: a home whose clock was never moved has none.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
        offsetMs = 0
        changedMs = -1
      }
    }
    return offsetMs
  })
}

const specs = readSpecs(values.cameras)
const offsetFile = values['offset-file']
const clock = offsetFile === undefined ? systemClock : fileClock(offsetFile)
const device =
  values['device-port'] === undefined
    ? null
    : await startDevice({
        port: Number(values['device-port']),
        host: values.host,
        clock,
        functions: [{ kind: 'module', type: 'tt:CellMotionEngine', name: 'Movement' }],
        ...(values.user === undefined ? {} : { username: values.user, password: values.password ?? '' }),
      })
const cameras = await startCameras({
  cameras: specs,
  port: Number(values.port),
  host: values.host,
  seed: Number(values.seed),
  timeZone: values['time-zone'],
  clock,
  onEnd: (reason) => {
    process.stderr.write(`The cameras' encoder ended (${reason}).\n`)
    process.exit(1)
  },
})
process.stdout.write(`ready ${Object.values(cameras.urls).join(' ')}\n`)
process.send?.({ kind: 'ready' })

let stopping = false
async function stop(): Promise<void> {
  if (stopping) return
  stopping = true
  await cameras.close()
  await device?.close()
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
if (values['with-parent']) {
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) void stop()
  }, 500)
}
createInterface({ input: process.stdin }).on('line', (line) => {
  const [word, name = '', kind = ''] = line.trim().split(/\s+/)
  const known = kind === 'none' || faultKinds.includes(kind as FaultKind)
  if (word === 'fault' && known && specs.some((spec) => spec.name === name)) {
    cameras.fault(name, kind as FaultKind | 'none')
    process.stdout.write(`fault ${name} ${kind}\n`)
  } else if (line.trim() !== '') {
    process.stdout.write(`Say: fault NAME KIND. Kinds: none, ${faultKinds.join(', ')}\n`)
  }
})
