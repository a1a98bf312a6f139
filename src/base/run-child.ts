/**
 * Runs one of our own programs for a piece of work that doesn't belong in the hub's process: input on standard input,
 * result on standard output. It gets nothing of the hub's environment: passphrase and database address are not its
 * business.
 */
import { spawn } from 'node:child_process'

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

/**
 * Rejects with what the child said on standard error when it did not end well, and when it took too long or said too
 * much: it is killed then.
 */
export function runChild(program: string, input: string | Buffer, limits: ChildLimits = {}): Promise<Buffer> {
  const outBytesMax = limits.outBytesMax ?? outBytesMaxDefault
  return new Promise((resolve, reject) => {
    const run = spawn(process.execPath, [...(limits.flags ?? []), program], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {},
      timeout: (limits.secondsMax ?? secondsMax) * 1000,
      killSignal: 'SIGKILL',
    })
    const out: Buffer[] = []
    const said: Buffer[] = []
    let bytes = 0
    run.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength
      if (bytes > outBytesMax) run.kill('SIGKILL')
      else out.push(chunk)
    })
    run.stderr.on('data', (chunk: Buffer) => {
      if (said.length < 20) said.push(chunk)
    })
    run.on('error', reject)
    run.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out))
      else
        reject(
          new Error(`ended with ${code ?? 'a signal'}: ${Buffer.concat(said).toString().slice(0, saidMax)}`),
        )
    })
    // A child that died first closes its input; its exit code tells.
    run.stdin.on('error', () => undefined)
    run.stdin.end(input)
  })
}
