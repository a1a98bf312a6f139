import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { splitAnnexB } from './annex-b.ts'
import { type CameraOrder, orderCamera, orderPicture, readUnits } from './encoder-wire.ts'

/** An encoded picture, cut into NAL units without start codes. */
export type AccessUnit = { readonly frame: number; readonly key: boolean; readonly nals: readonly Buffer[] }

export type Encoder = {
  /** Sequence and picture parameter sets (H.264 NAL units without start codes) by camera number. */
  readonly parameters: ReadonlyMap<number, readonly Buffer[]>
  /** Asks for a picture; it comes back through `onUnit`, in order. */
  paint(camera: number, frame: number, epochMs: number, key: boolean): void
  close(): Promise<void>
}

const startTimeoutMs = 60_000

/** Starts the encoder child and waits until every camera's parameter sets are known. */
export async function startEncoder(
  orders: readonly CameraOrder[],
  onUnit: (camera: number, unit: AccessUnit) => void,
  onEnd: (reason: string) => void,
): Promise<Encoder> {
  const path = fileURLToPath(new URL('./encoder-child.ts', import.meta.url))
  // Nothing of the parent's environment is needed; a debugger's flags would collide with the parent's port.
  const child: ChildProcess = spawn(process.execPath, [path], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '', NODE_NO_WARNINGS: '1' },
  })
  const input = child.stdin!
  const parameters = new Map<number, readonly Buffer[]>()
  let closing = false
  let failed: (error: Error) => void = () => undefined
  let known: () => void = () => undefined
  const ready = new Promise<void>((resolve, reject) => {
    known = resolve
    failed = reject
  })
  readUnits(child.stdout!, {
    parameters(camera, annexB) {
      parameters.set(camera, splitAnnexB(annexB))
      if (parameters.size === orders.length) known()
    },
    unit(camera, frame, key, annexB) {
      onUnit(camera, { frame, key, nals: splitAnnexB(annexB) })
    },
  })
  // The child may die while we write to it; its exit says so, and the broken pipe adds nothing.
  input.on('error', () => undefined)
  child.on('error', (error) => failed(error))
  const gone = once(child, 'exit').then(([code, signal]) => {
    failed(new Error(`the simulator's encoder ended (${signal ?? code}) before it was ready`))
    if (!closing) onEnd(String(signal ?? code))
  })
  for (const order of orders) orderCamera(input, order)
  const timer = setTimeout(() => failed(new Error('the encoder was not ready in a minute')), startTimeoutMs)
  try {
    await ready
  } catch (error) {
    closing = true
    child.kill('SIGKILL')
    throw error
  } finally {
    clearTimeout(timer)
  }
  return {
    parameters,
    paint: (camera, frame, epochMs, key) => {
      if (input.writable) orderPicture(input, camera, frame, epochMs, key)
    },
    async close() {
      closing = true
      input.end()
      const force = setTimeout(() => child.kill('SIGKILL'), 3000)
      await gone
      clearTimeout(force)
    },
  }
}
