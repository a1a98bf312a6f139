/** The one reference picture under a commissioning mandate: the first whole picture, and nothing else of it. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Failure, type Log, story } from '#base/base.ts'
import type { FootageDeps } from './deps.ts'
import type { LinkServer } from './link/server.ts'
import { reelsOfMandate } from './store.ts'
import { readReelIndex, rowAt } from './viewing/reel-index.ts'
import { open } from './viewing/serve.ts'

const stillBytesMax = 5 * 1024 * 1024
const childMs = 20_000
const lookEveryMs = 500
const unreadableMax = 10

export type Capture = {
  readonly deploymentId: string
  readonly cameraId: string
  readonly mandateId: string
  readonly untilMs: number
}

type StillParts = Pick<FootageDeps, 'sql' | 'clock' | 'keyring' | 'authority'> & {
  readonly log: Log
  readonly link: Pick<LinkServer, 'index' | 'read' | 'linked'>
}

/** Looks for the picture until the mandate is over or `signal` says stop. */
export async function captureStill(
  parts: StillParts,
  capture: Capture,
  signal: AbortSignal,
): Promise<boolean> {
  let unreadable = 0
  while (!signal.aborted && parts.clock.nowMs() < capture.untilMs) {
    try {
      if (await tryOnce(parts, capture)) return true
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      // A reel asked for in the moment in which it is written may not read yet; one that never does is given up.
      if (error.kind === 'data-loss') unreadable += 1
      if (unreadable >= unreadableMax) throw error
      parts.log.debug({ mandate: capture.mandateId, why: story(error) }, 'no reference picture yet')
    }
    await delay(lookEveryMs, undefined, { signal }).catch(() => undefined)
  }
  return false
}

async function tryOnce(parts: StillParts, capture: Capture): Promise<boolean> {
  for (const reel of await reelsOfMandate(parts.sql, capture.mandateId)) {
    if (!parts.link.linked(reel.recorderId)) continue
    const { prelude, rows } = await parts.link.index(reel.recorderId, reel.id)
    const index = readReelIndex(prelude, rows, { reelId: reel.id })
    const first = index.keyframe.indexOf(1)
    if (first < 0 || index.initRow === null) continue
    const keys = parts.keyring.keysOf(index.head)
    const wanted = [rowAt(index, index.initRow).sequence, index.sequence[first]!]
    const clear: Buffer[] = []
    for (const sequence of wanted) {
      const record = await parts.link.read(reel.recorderId, reel.id, sequence, sequence)
      const key = keys?.keyOf(sequence) ?? null
      if (key === null) throw new Failure('data-loss', 'the key of the reference picture is gone')
      clear.push(open(index, record, key, sequence))
    }
    const jpeg = await decodeStill(clear)
    for (const bytes of clear) bytes.fill(0)
    const taken = await parts.authority.recordReference({
      deploymentId: capture.deploymentId,
      jpeg,
      reelId: reel.id,
      atMs: index.startMs[first]!,
    })
    jpeg.fill(0)
    if (!taken.ok)
      parts.log.warn(
        { mandate: capture.mandateId, code: taken.reasons[0]?.code },
        'a reference picture was not taken',
      )
    return true
  }
  return false
}

/** Decodes the first picture of a fragment to JPEG, in a process that ends with it. Nothing is written to disk. */
export async function decodeStill(parts: readonly Buffer[]): Promise<Buffer> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'still-child.ts')], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {},
    timeout: childMs,
    killSignal: 'SIGKILL',
  })
  const chunks: Buffer[] = []
  let bytes = 0
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength
    if (bytes > stillBytesMax) child.kill('SIGKILL')
    else chunks.push(chunk)
  })
  // A child that dies early closes its input: its exit code tells, not the broken pipe.
  child.stdin.on('error', () => undefined)
  for (const part of parts) child.stdin.write(part)
  child.stdin.end()
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0 || bytes === 0) throw new Failure('data-loss', "couldn't decode the reference picture")
  return Buffer.concat(chunks)
}
