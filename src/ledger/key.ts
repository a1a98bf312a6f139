import { createPrivateKey, createPublicKey, type KeyObject, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure, writeFileDurably } from '#base/base.ts'

/** The key under which this installation signs its ledger's checkpoints. Ed25519. */
export type LedgerKey = { readonly privateKey: KeyObject /** Raw, 32 bytes. */; readonly publicKey: Buffer }

export const ledgerKeyFromSeed = (seed: Uint8Array): LedgerKey => {
  const privateKey = createPrivateKey({
    key: Buffer.from(seed),
    format: 'raw-private',
    asymmetricKeyType: 'ed25519',
  })
  return { privateKey, publicKey: createPublicKey(privateKey).export({ format: 'raw-public' }) }
}

/** `OVERT_HOME/keys/ledger.key`: the seed, base64url. Beside it `ledger.pub`, the public key, to be handed out. */
const seedFile = (home: string): string => join(home, 'keys', 'ledger.key')
export const publicKeyFile = (home: string): string => join(home, 'keys', 'ledger.pub')

/** Reads the key, making it at the first start. Whether it is the one the ledger was signed with: see `openLedger`. */
export async function ledgerKey(home: string): Promise<LedgerKey> {
  let text: string
  try {
    text = await readFile(seedFile(home), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const seed = randomBytes(32)
    await writeFileDurably(seedFile(home), `${seed.toString('base64url')}\n`)
    const key = ledgerKeyFromSeed(seed)
    await writeFileDurably(publicKeyFile(home), `${encodePublicKey(key.publicKey)}\n`, 0o644)
    return key
  }
  const seed = Buffer.from(text.trim(), 'base64url')
  if (seed.byteLength !== 32) {
    throw new Failure('data-loss', `${seedFile(home)} doesn't hold a key. Put it back from its copy.`)
  }
  return ledgerKeyFromSeed(seed)
}

export const encodePublicKey = (publicKey: Uint8Array): string => Buffer.from(publicKey).toString('base64url')

/** Takes what `ledger.pub` holds: 43 characters base64url. Throws `Failure('invalid')`. */
export function decodePublicKey(text: string): Buffer {
  const raw = Buffer.from(text.trim(), 'base64url')
  if (raw.byteLength !== 32 || encodePublicKey(raw) !== text.trim()) {
    throw new Failure('invalid', "This is not a ledger's public key: it has 43 letters, digits, - and _.")
  }
  return raw
}
