/**
 * A whole Overt at work, for being hurt: `demo` in a home of its own, with its simulated cameras, database, hub and
 * recorder as the processes they are in real life.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { scanReel } from '#formats/reel/reel.ts'
import { reelsUnder, sourceOf } from '#tests/rig/reels.ts'
import { surroundings } from '#tests/surroundings.ts'
import { descendants, familyOf, isAlive, namesHome, processes, type Seen } from './processes.ts'

export const victims = ['recorder', 'hub', 'postgres', 'parent'] as const
export type Victim = (typeof victims)[number]

/** A sealed record as it lay in its file: if it is ever gone or different, something was lost. */
export type Fragment = {
  readonly path: string
  readonly camera: string
  readonly sequence: number
  readonly offset: number
  readonly endMs: number
  /** Chain value behind it, hex. */
  readonly chain: string
}

export type Estate = {
  readonly home: string
  readonly keyring: string
  readonly url: () => string
  /** What it printed, for the story of a failure. */
  readonly words: () => string
  start(): Promise<void>
  /** Kills one part with SIGKILL; false when it is not running at this moment. */
  kill(victim: Victim): boolean
  /** All whole records on the recorder's disk now, by `path#sequence`. */
  fragments(): Promise<Map<string, Fragment>>
  healthy(withinMs: number): Promise<void>
  /** Ends it cleanly and waits for every process of it. */
  stop(): Promise<void>
  remove(): Promise<void>
}

/** All sealed fragments in the reels under a folder, by `path#sequence`. A reel with none holds no picture. */
export async function fragmentsUnder(folder: string): Promise<Map<string, Fragment>> {
  const found = new Map<string, Fragment>()
  for (const path of await reelsUnder(folder)) {
    // A reel in which nothing was sealed yet is removed when a recorder takes over from a killed one.
    const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    if (file === null) continue
    try {
      const source = await sourceOf(file)
      const { head, records } = await scanReel(source, { verify: false })
      for (const record of records) {
        if (record.type !== 'media') continue
        const chainAt = record.offset + 80 + record.bodyBytes
        const chain = Buffer.from(await source.read(chainAt, 32)).toString('hex')
        const { sequence, offset, endMs } = record
        found.set(`${path}#${sequence}`, { path, camera: head.camera, sequence, offset, endMs, chain })
      }
    } catch (error) {
      // A reel being born may have no whole head yet: it holds nothing.
      if ((error as Error).name !== 'Failure') throw error
    } finally {
      await file.close()
    }
  }
  return found
}

const program = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
/** A busy machine may run twenty other tests beside this one. */
const startWithinMs = 300_000

export async function createEstate(): Promise<Estate> {
  const folder = await mkdtemp(join(tmpdir(), 'overt-fault-'))
  const home = join(folder, 'home')
  const keyring = join(folder, 'keyring')
  let child: ChildProcess | null = null
  let address = ''
  let said = ''
  // After a kill -9 of the parent, the children of the old one are still stopping.
  const known = new Set<string>()

  const part = (victim: Victim): Seen | undefined => {
    const below = descendants(child!.pid!)
    for (const { key } of below) known.add(key)
    if (victim === 'postgres')
      return below.find(
        ({ name, parent }) =>
          name === 'postgres' && below.every((other) => other.pid !== parent || other.name !== 'postgres'),
      )
    return below.find(({ words }) => words.includes(`main.ts ${victim}`))
  }

  async function ended(): Promise<void> {
    let left: Seen[] = []
    for (let tries = 0; tries < 300; tries += 1) {
      left = processes().filter(({ key }) => known.has(key))
      if (left.length === 0) return
      await wait(100)
    }
    // Only what names this home is ended: a mistake of ours must not reach others.
    for (const { pid } of left) if (namesHome(pid, folder)) process.kill(pid, 'SIGKILL')
    const who = left.map(({ pid, words, name }) => `${pid} ${words || name}`).join('\n')
    throw new Error(`parts of Overt outlived their parent by half a minute:\n${who}`)
  }

  const estate: Estate = {
    home,
    keyring,
    url: () => address,
    words: () => said.slice(-6000),
    async start() {
      // A real supervisor would start `up` again at once, children of the last one or not: so do we.
      said += '\n--- start ---\n'
      const started = spawn(process.execPath, [program, 'demo'], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...surroundings(),
          OVERT_HOME: home,
          OVERT_KEYRING: keyring,
          OVERT_PORT: '0',
        },
      })
      child = started
      for (const key of familyOf(started.pid!)) known.add(key)
      const ready = new Promise<string>((resolve, reject) => {
        started.stdout!.on('data', (chunk) => {
          said += chunk
          const found = /^ready (http\S+)/m.exec(said.slice(said.lastIndexOf('--- start ---')))
          if (found) resolve(found[1]!)
        })
        started.stderr!.on('data', (chunk) => {
          said += chunk
        })
        started.on('exit', (code, signal) =>
          reject(new Error(`Overt ended (${signal ?? code}) while starting:\n${said.slice(-6000)}`)),
        )
        setTimeout(
          () => reject(new Error(`Overt did not start in time:\n${said.slice(-6000)}`)),
          startWithinMs,
        ).unref()
      })
      address = await ready
    },
    kill(victim) {
      part('recorder') // Learns of everything that runs now.
      const pid = victim === 'parent' ? child!.pid : part(victim)?.pid
      if (pid === undefined || !isAlive(pid)) return false
      process.kill(pid, 'SIGKILL')
      return true
    },
    fragments: () => fragmentsUnder(join(home, 'recorder')),
    async healthy(withinMs) {
      const deadline = performance.now() + withinMs
      let last = 'nothing answered'
      while (performance.now() < deadline) {
        try {
          const answer = await fetch(`${address}/health`, { signal: AbortSignal.timeout(2000) })
          last = await answer.text()
          if (answer.ok && (JSON.parse(last) as { status: string }).status === 'ok') return
        } catch (error) {
          last = String(error)
        }
        await wait(100)
      }
      throw new Error(`Overt was not healthy within ${withinMs} ms: ${last}\n${said.slice(-6000)}`)
    },
    async stop() {
      if (child === null) return
      const stopping = child
      for (const key of familyOf(stopping.pid!)) known.add(key)
      if (stopping.exitCode === null && stopping.signalCode === null) {
        const gone = once(stopping, 'exit')
        stopping.kill('SIGTERM')
        const force = setTimeout(() => stopping.kill('SIGKILL'), 30_000)
        await gone
        clearTimeout(force)
      }
      try {
        await ended()
      } finally {
        // An orphan that still holds our pipes must not keep the test waiting.
        stopping.stdout?.destroy()
        stopping.stderr?.destroy()
      }
    },
    async remove() {
      // Run as root, PostgreSQL lies where its own account can reach it, and the home says where.
      const elsewhere = await readFile(join(home, 'postgres-folder'), 'utf8').catch(() => '')
      if (elsewhere.trim() !== '') await rm(elsewhere.trim(), { recursive: true, force: true })
      await rm(folder, { recursive: true, force: true })
    },
  }
  return estate
}
