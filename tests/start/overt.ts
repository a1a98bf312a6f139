/** `npm start` as a person meets it: a process, its words, its exit code. Knows nothing of Overt's inside. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { descendants, familyOf, processes, type Seen } from '#tests/fault/processes.ts'
import { surroundings } from '#tests/surroundings.ts'

export const repository = join(import.meta.dirname, '..', '..')

export type Place = {
  readonly folder: string
  readonly home: string
  readonly keyring: string
  remove(): Promise<void>
}

/** A new folder with room for a home and a keyring, that the database's own account can pass through. */
export async function newPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'overt-start-'))
  await chmod(folder, 0o711)
  return {
    folder,
    home: join(folder, 'home'),
    keyring: join(folder, 'keyring'),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

export type Running = {
  readonly url: string
  readonly pid: number
  words(): string
  /** Processes below it, by what their command line holds. */
  part(words: string): Seen | undefined
  stop(): Promise<number | null>
}

export type Ended = {
  readonly code: number | null
  readonly words: string
  readonly out: string
  readonly err: string
}

const startWithinMs = 150_000

function launch(
  command: string,
  place: Pick<Place, 'home' | 'keyring'>,
  env: NodeJS.ProcessEnv,
  from: string,
): ChildProcess {
  return spawn(process.execPath, [join(from, 'src', 'main.ts'), command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...surroundings(),
      OVERT_HOME: place.home,
      OVERT_KEYRING: place.keyring,
      OVERT_PORT: '0',
      ...env,
    },
  })
}

function listen(child: ChildProcess): { out: string; err: string } {
  const said = { out: '', err: '' }
  child.stdout!.on('data', (chunk) => {
    said.out += chunk
  })
  child.stderr!.on('data', (chunk) => {
    said.err += chunk
  })
  return said
}

/** Starts it and waits for `ready`; its end before that is the failure of the test. */
export async function begin(
  place: Pick<Place, 'home' | 'keyring'>,
  options: { command?: 'up' | 'demo'; env?: NodeJS.ProcessEnv; from?: string } = {},
): Promise<Running> {
  const child = launch(options.command ?? 'up', place, options.env ?? {}, options.from ?? repository)
  const said = listen(child)
  const tellAll = (): string => `${said.out}\n${said.err.slice(-6000)}`
  const deadline = performance.now() + startWithinMs
  // The words after `ready` come in the same breath, but not always in the same chunk.
  let url = ''
  while (url === '') {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`Overt ended (${child.signalCode ?? child.exitCode}) while starting:\n${tellAll()}`)
    if (performance.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`Overt did not start in time:\n${tellAll()}`)
    }
    await wait(50)
    url = /^ready (http\S+)\n/m.exec(said.out)?.[1] ?? ''
  }
  await wait(100)
  return {
    url,
    pid: child.pid!,
    words: tellAll,
    part: (words) => descendants(child.pid!).find((one) => one.words.includes(words)),
    async stop() {
      const known = new Set(familyOf(child.pid!))
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit')
        child.kill('SIGTERM')
        const force = setTimeout(() => child.kill('SIGKILL'), 40_000)
        await gone
        clearTimeout(force)
      }
      for (let tries = 0; tries < 300 && processes().some(({ key }) => known.has(key)); tries += 1)
        await wait(100)
      return child.exitCode
    },
  }
}

/** Runs it to its own end: for starts that must be refused, and for commands. */
export async function runToEnd(
  place: Pick<Place, 'home' | 'keyring'>,
  options: { command?: string; env?: NodeJS.ProcessEnv; from?: string; withinMs?: number } = {},
): Promise<Ended> {
  const child = launch(options.command ?? 'up', place, options.env ?? {}, options.from ?? repository)
  const said = listen(child)
  const late = setTimeout(() => child.kill('SIGTERM'), options.withinMs ?? 300_000)
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(late)
  return { code, ...said, words: said.out + said.err }
}

/** What a person reads: log lines are for machines, everything else is for them. */
export const plainWords = (ended: Ended): string[] =>
  ended.err.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('{'))

/** One sentence (or two), told once, for a person; and the program has ended as one that failed. */
export function saysOnly(ended: Ended, words: RegExp): void {
  assert.equal(ended.code, 1, `it ended with ${ended.code}:\n${ended.words}`)
  const plain = plainWords(ended)
  assert.equal(plain.length, 1, `one line was expected:\n${ended.words}`)
  assert.match(plain[0]!, words)
  assert.doesNotMatch(ended.words, /\bat .*\.ts:\d+/, 'a stack is no sentence')
  assert.doesNotMatch(ended.out, /ready/)
}

/** A copy of the program, for a landlord who changed what came with it. */
export async function copyOfProgram(to: string): Promise<string> {
  for (const part of ['src', 'policies', 'database', 'build', 'package.json'])
    await cp(join(repository, part), join(to, part), { recursive: true }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error
      },
    )
  await symlink(join(repository, 'node_modules'), join(to, 'node_modules'))
  return to
}
