import { argon2, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { canonicalJson, Failure, isId, type Json, newId, writeFileDurably } from '#base/base.ts'
import { destroyFile, readText } from './folders.ts'
import { seal, unseal } from './sealing.ts'

/**
 * The master key seals every group key and hold key. It lies in `keyring.json`, itself sealed by what opens the
 * keyring: a key made from a passphrase (argon2id, RFC 9106), or `master.key` beside it, which protects against
 * nobody who can read the folder and is said to be weaker on every administrator's page.
 */
export type Master = {
  readonly keyringId: string
  readonly key: KeyObject
  readonly opensBy: 'passphrase' | 'key-file'
}

type Opens =
  | { by: 'passphrase'; memoryKiB: number; passes: number; parallelism: number; salt: string }
  | { by: 'key-file' }
type KeyringFile = { v: number; keyring: string; createdMs: number; opens: Opens; master: string }

// 64 MiB, three passes, four lanes: 73 ms measured on one 4-core machine; RFC 9106's second recommended choice.
const argonDefaults = { memoryKiB: 65_536, passes: 3, parallelism: 4 }
const argonLimits = { memoryKiB: 4_194_304, passes: 100, parallelism: 64 }

const about = (keyringId: string): string => `overt keyring 1 ${keyringId}`

async function keyOfPassphrase(passphrase: string, opens: Opens & { by: 'passphrase' }): Promise<Buffer> {
  for (const name of ['memoryKiB', 'passes', 'parallelism'] as const) {
    if (!Number.isSafeInteger(opens[name]) || opens[name] < 1 || opens[name] > argonLimits[name]) {
      throw new Failure('data-loss', `keyring.json asks for an impossible ${name}`)
    }
  }
  return Buffer.from(
    await promisify(argon2)('argon2id', {
      message: Buffer.from(passphrase.normalize('NFC')),
      nonce: Buffer.from(opens.salt, 'base64url'),
      parallelism: opens.parallelism,
      tagLength: 32,
      memory: opens.memoryKiB,
      passes: opens.passes,
    }),
  )
}

const keyFile = (folder: string): string => join(folder, 'master.key')

async function readKeyFile(folder: string): Promise<Buffer | null> {
  const text = await readText(keyFile(folder))
  if (text === null) return null
  const key = Buffer.from(text.trim(), 'hex')
  if (key.length !== 32) throw new Failure('data-loss', `${keyFile(folder)} is not a key of 32 bytes`)
  return key
}

async function write(folder: string, file: KeyringFile): Promise<void> {
  await writeFileDurably(join(folder, 'keyring.json'), `${canonicalJson(file as unknown as Json)}\n`)
}

/** The id in a folder's `keyring.json`, or null when there is none. */
export async function keyringIdIn(folder: string): Promise<string | null> {
  return (await readFileIn(folder))?.keyring ?? null
}

async function readFileIn(folder: string): Promise<KeyringFile | null> {
  const text = await readText(join(folder, 'keyring.json'))
  if (text === null) return null
  let file: KeyringFile
  try {
    file = JSON.parse(text) as KeyringFile
  } catch (error) {
    throw new Failure('data-loss', `${folder}/keyring.json can't be read`, error)
  }
  if (file.v !== 1) {
    throw new Failure('unsupported', `the keyring in ${folder} was made by a newer Overt (version ${file.v})`)
  }
  if (!isId(file.keyring)) throw new Failure('data-loss', `${folder}/keyring.json names no keyring`)
  return file
}

/** Writes `keyring.json` (and the key file) anew, so that from now on the given secret opens it. */
async function sealMaster(
  folder: string,
  kept: { keyring: string; createdMs: number },
  masterKey: Buffer,
  passphrase: string | null,
): Promise<void> {
  let opens: Opens
  let outer: Buffer
  if (passphrase === null) {
    opens = { by: 'key-file' }
    outer = (await readKeyFile(folder)) ?? randomBytes(32)
    await writeFileDurably(keyFile(folder), `${outer.toString('hex')}\n`)
  } else {
    opens = { by: 'passphrase', ...argonDefaults, salt: randomBytes(16).toString('base64url') }
    outer = await keyOfPassphrase(passphrase, opens)
  }
  const master = seal(outer, masterKey, about(kept.keyring))
  await write(folder, { v: 1, keyring: kept.keyring, createdMs: kept.createdMs, opens, master })
  // Only now: before this the old way still had to open it.
  if (passphrase !== null) await destroyFile(keyFile(folder))
}

/** A new keyring in an empty folder. */
export async function createMaster(
  folder: string,
  passphrase: string | null,
  nowMs: number,
): Promise<Master> {
  const keyring = newId(nowMs)
  const masterKey = randomBytes(32)
  await sealMaster(folder, { keyring, createdMs: nowMs }, masterKey, passphrase)
  return {
    keyringId: keyring,
    key: createSecretKey(masterKey),
    opensBy: passphrase ? 'passphrase' : 'key-file',
  }
}

/**
 * Opens the master key. A keyring that was opened by its key file and is now given a passphrase changes over to the
 * passphrase, and the key file is destroyed; the other way about is refused.
 */
export async function openMaster(folder: string, passphrase: string | null): Promise<Master> {
  const file = await readFileIn(folder)
  if (file === null) throw new Failure('data-loss', `there is no keyring in ${folder}`)
  let outer: Buffer
  if (file.opens.by === 'passphrase') {
    if (passphrase === null) {
      throw new Failure(
        'unavailable',
        `the keyring in ${folder} is opened by a passphrase. Set OVERT_KEYRING_PASSPHRASE and start again.`,
      )
    }
    outer = await keyOfPassphrase(passphrase, file.opens)
  } else {
    const found = await readKeyFile(folder)
    if (found === null) {
      throw new Failure('data-loss', `${keyFile(folder)} is missing: without it the keyring can't be opened`)
    }
    outer = found
  }
  let masterKey: Buffer
  try {
    masterKey = unseal(outer, file.master, about(file.keyring))
  } catch (error) {
    throw new Failure(
      'unavailable',
      file.opens.by === 'passphrase'
        ? `OVERT_KEYRING_PASSPHRASE does not open the keyring in ${folder}`
        : `${keyFile(folder)} does not open the keyring beside it`,
      error,
    )
  }
  if (file.opens.by === 'key-file' && passphrase !== null) {
    await sealMaster(folder, file, masterKey, passphrase)
  } else if (passphrase !== null) {
    await destroyFile(keyFile(folder)) // A change-over cut short after keyring.json was written.
  }
  return {
    keyringId: file.keyring,
    key: createSecretKey(masterKey),
    opensBy: passphrase === null ? 'key-file' : 'passphrase',
  }
}

/** Puts the same master key, opened by the same secret, into the second folder. */
export async function copyMaster(from: string, to: string): Promise<void> {
  const file = await readFileIn(from)
  if (file === null) throw new Failure('data-loss', `there is no keyring in ${from}`)
  if (file.opens.by === 'key-file') {
    const key = await readKeyFile(from)
    if (key !== null) await writeFileDurably(keyFile(to), `${key.toString('hex')}\n`)
  }
  await write(to, file)
  if (file.opens.by === 'passphrase') await destroyFile(keyFile(to))
}
