/**
 * Runs one of our own programs for a piece of work that doesn't belong in the hub's process: input on standard input,
 * result on standard output. It gets nothing of the hub's environment: passphrase and database address are not its
 * business.
 */
import { spawn } from 'node:child_process'

/** The work takes about a second; a busy machine may need far more. */
const secondsMax = 60
const saidMax = 2_000

/** Rejects with what the child said on standard error when it did not end well. */
export function runChild(program: string, input: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const run = spawn(process.execPath, [program], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {},
      timeout: secondsMax * 1000,
    })
    const out: Buffer[] = []
    const said: Buffer[] = []
    run.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    run.stderr.on('data', (chunk: Buffer) => said.push(chunk))
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
