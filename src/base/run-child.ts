/**
 * Runs one of our own programs for a piece of work that doesn't belong in the hub's process: input on standard input,
 * result on standard output. It gets nothing of the hub's environment: passphrase and database address are not its
 * business.
 */
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { Failure } from './failures.ts'

/** The work takes about a second; a busy machine may need far more. */
const secondsMax = 60
const saidMax = 2_000
const outBytesMaxDefault = 64 * 1024 * 1024

/** What a child may be given beyond its input, and how much it may answer. */
export type ChildLimits = {
  /** Flags for Node itself, before the program: `--permission` and what it leaves open. */
  readonly flags?: readonly string[]
  readonly secondsMax?: number
  readonly outBytesMax?: number
}

/** A child fills a processor and takes up to 200 MB: without a limit a few hundred requests at once take the hub down. */
const childrenMax = Math.max(2, availableParallelism())
const waitingMax = 64

/**
 * First come first served, so many at once; whoever comes when too many wait already is turned away.
 * @throws Failure `too-many`
 */
export function queueFor(atOnceMax: number, waitersMax: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running < atOnceMax) running += 1
    else {
      if (waiting.length >= waitersMax) throw new Failure('too-many', 'too much is asked for at once')
      // Whoever ends hands its place on, so `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}

const inTurn = queueFor(childrenMax, waitingMax)

/**
 * Rejects with what the child said on standard error when it did not end well, and when it took too long or said too
 * much: it is killed then. With `Failure` `too-many` when too many wait for their turn.
 */
export const runChild = (
  program: string,
  input: string | Buffer,
  limits: ChildLimits = {},
): Promise<Buffer> => inTurn(() => run(program, input, limits))

function run(program: string, input: string | Buffer, limits: ChildLimits): Promise<Buffer> {
  const outBytesMax = limits.outBytesMax ?? outBytesMaxDefault
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...(limits.flags ?? []), program], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {},
      timeout: (limits.secondsMax ?? secondsMax) * 1000,
      killSignal: 'SIGKILL',
    })
    const out: Buffer[] = []
    const said: Buffer[] = []
    let bytes = 0
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength
      if (bytes > outBytesMax) child.kill('SIGKILL')
      else out.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < 20) said.push(chunk)
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out))
      else
        reject(
          new Error(`ended with ${code ?? 'a signal'}: ${Buffer.concat(said).toString().slice(0, saidMax)}`),
        )
    })
    // A child that died first closes its input; its exit code tells.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}
