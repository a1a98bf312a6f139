/** A demo of its own for being attacked: what it prints and what it logs are kept apart, because only one may say secrets. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { surroundings } from '#tests/surroundings.ts'
import { passwordsIn } from './visitors.ts'

export type House = {
  readonly home: string
  readonly keyring: string
  readonly url: string
  readonly passwords: ReadonlyMap<string, string>
  /** Everything on standard error so far: the log. */
  log(): string
  close(): Promise<void>
}

const program = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
/** A machine full of other tests may need minutes. */
const readyWithinMs = 300_000

export async function openHouse(): Promise<House> {
  // The home itself, so that the database's own account can pass through its parent.
  const [home, keyring] = await Promise.all([
    mkdtemp(join(tmpdir(), 'overt-security-')),
    mkdtemp(join(tmpdir(), 'overt-security-keys-')),
  ])
  const child = spawn(process.execPath, [program, 'demo'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...surroundings(),
      OVERT_HOME: home,
      OVERT_KEYRING: keyring,
      OVERT_KEYRING_PASSPHRASE: 'a passphrase that no child needs',
      OVERT_PORT: '0',
    },
  })
  let printed = ''
  let logged = ''
  child.stderr.on('data', (chunk) => {
    logged += chunk
  })
  const gone = once(child, 'exit')
  async function close(): Promise<void> {
    child.kill('SIGTERM')
    const force = setTimeout(() => child.kill('SIGKILL'), 60_000)
    await gone
    clearTimeout(force)
    await Promise.all([
      rm(home, { recursive: true, force: true }),
      rm(keyring, { recursive: true, force: true }),
    ])
  }
  const url = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not ready in time:\n${logged}`)), readyWithinMs)
    child.stdout.on('data', (chunk) => {
      printed += chunk
      // The table of people comes after the address, and its last line is the administrator's.
      const found = /^ready (http\S+)[\s\S]*^ {2}robin +\S+/m.exec(printed)
      if (found === null) return
      clearTimeout(late)
      resolve(found[1]!)
    })
    child.on('exit', (code) => reject(new Error(`the demo ended (${code}):\n${logged.slice(-4000)}`)))
  }).catch(async (error) => {
    await close()
    throw error
  })
  return { home, keyring, url, passwords: passwordsIn(printed), log: () => logged, close }
}
