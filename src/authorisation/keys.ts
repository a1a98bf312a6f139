import { createPrivateKey, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, Failure, writeFileDurably } from '#base/base.ts'
import { type Signer, signCertificate, signerFromSeed } from '#formats/mandate/mandate.ts'

/**
 * The hub's keys for mandates. A recorder pins the root's public key at enrolment; the root vouches for dated signing
 * keys, which sign mandates and withdrawals. See docs/design/keys.md.
 */
export type HubKeys = {
  /** Raw Ed25519 public key, base64url: what a recorder pins. */
  readonly rootKey: string
  /** The signing key in force now with its certificate; a new one is made when the old one nears its end. */
  signing(): Promise<{ readonly signer: Signer; readonly certificate: string }>
}

const dayMs = 86_400_000
/** A mandate is a lease of at most 35 days and a recorder checks its certificate again at every start. */
const certificateDays = 400
/** Renewed this long before its end: nothing signed today may outlive its certificate. */
const renewDays = 60
/** A recorder whose clock is a little behind must not refuse a fresh certificate. */
const slackMs = dayMs

/** Opens the keys, making them at the first start. `folder` is `OVERT_HOME/keys`. */
export async function openHubKeys(folder: string, clock: Clock): Promise<HubKeys> {
  const root = signerFromSeed(await seedFile(join(folder, 'root.key')))
  let current = await readSigning(folder)
  let making: Promise<Signing> | null = null
  return {
    rootKey: root.publicKey,
    async signing() {
      const nowMs = clock.nowMs()
      if (current && nowMs >= current.fromMs && nowMs < current.untilMs - renewDays * dayMs) return current
      // Two askers at once must get the same key: the file holds one.
      making ??= makeSigning(folder, root, nowMs).finally(() => {
        making = null
      })
      current = await making
      return current
    },
  }
}

type Signing = { signer: Signer; certificate: string; fromMs: number; untilMs: number }

async function makeSigning(folder: string, root: Signer, nowMs: number): Promise<Signing> {
  const seed = randomBytes(32)
  const signer = signerFromSeed(seed)
  const fromMs = nowMs - slackMs
  const untilMs = nowMs + certificateDays * dayMs
  const certificate = signCertificate(root, { publicKey: signer.publicKey, fromMs, untilMs })
  // One file, so that a crash never leaves a key with another key's certificate.
  await writeFileDurably(
    join(folder, 'signing.json'),
    `${JSON.stringify({ v: 1, seed: seed.toString('base64url'), certificate, fromMs, untilMs })}\n`,
  )
  return { signer, certificate, fromMs, untilMs }
}

async function readSigning(folder: string): Promise<Signing | null> {
  const path = join(folder, 'signing.json')
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    const stored = JSON.parse(text) as Record<string, unknown>
    if (stored['v'] !== 1) throw new Failure('unsupported', `version ${String(stored['v'])}`)
    return {
      signer: signerFromSeed(Buffer.from(String(stored['seed']), 'base64url')),
      certificate: String(stored['certificate']),
      fromMs: Number(stored['fromMs']),
      untilMs: Number(stored['untilMs']),
    }
  } catch (error) {
    throw new Failure('data-loss', `couldn't read the signing key in ${path}`, error)
  }
}

async function seedFile(path: string): Promise<Buffer> {
  try {
    const seed = await readFile(path)
    if (seed.length !== 32) throw new Failure('data-loss', `${path} should hold 32 bytes, not ${seed.length}`)
    return seed
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const seed = randomBytes(32)
    // Refuse to go on with a seed that node:crypto doesn't take.
    createPrivateKey({ key: seed, format: 'raw-private', asymmetricKeyType: 'ed25519' })
    await writeFileDurably(path, seed)
    return seed
  }
}
