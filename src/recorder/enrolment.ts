import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure, type Log, writeFileDurably } from '#base/base.ts'
import { enrolAnswer, enrolPath } from '#formats/link/link.ts'
import { type Signer, signerFromSeed } from '#formats/mandate/mandate.ts'

/** Who this recorder is, whose it is, and what it pinned the day it was enrolled. Kept in `enrolment.json` for good. */
export type Enrolment = {
  readonly recorder: string
  /** The hub's root key, raw Ed25519, base64url: mandates by anybody else are refused. */
  readonly rootKey: string
  /** The ledger's note key. */
  readonly ledgerKey: string
  readonly hubUrl: string
  /** Own Ed25519 identity. */
  readonly identity: Signer
}

type Kept = { v: 1; recorder: string; rootKey: string; ledgerKey: string; hubUrl: string; seed: string }

export async function readEnrolment(home: string): Promise<Enrolment | null> {
  let kept: Kept
  try {
    kept = JSON.parse(await readFile(join(home, 'enrolment.json'), 'utf8')) as Kept
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new Failure(
      'data-loss',
      'enrolment.json cannot be read. Remove it and enrol this recorder again.',
      error,
    )
  }
  if (kept.v !== 1) throw new Failure('unsupported', 'enrolment.json was written by a newer version.')
  const { recorder, rootKey, ledgerKey, hubUrl, seed } = kept
  return { recorder, rootKey, ledgerKey, hubUrl, identity: signerFromSeed(Buffer.from(seed, 'base64url')) }
}

/** Shows the token to the hub and keeps its answer. The identity's seed is on disk before the token is spent. */
export async function enrol(
  home: string,
  hubUrl: string,
  token: string,
  name: string,
  log: Log,
): Promise<Enrolment> {
  const seedFile = join(home, 'identity.seed')
  let seed: Buffer
  try {
    seed = Buffer.from((await readFile(seedFile, 'utf8')).trim(), 'base64url')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    seed = randomBytes(32)
    await writeFileDurably(seedFile, `${seed.toString('base64url')}\n`)
  }
  const identity = signerFromSeed(seed)
  let response: Response
  try {
    response = await fetch(new URL(enrolPath, hubUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ v: 1, token, publicKey: identity.publicKey, name }),
      redirect: 'error',
      signal: AbortSignal.timeout(15_000),
    })
  } catch (error) {
    throw new Failure('unavailable', `The hub at ${new URL(hubUrl).host} does not answer.`, error)
  }
  // A busy or broken hub has refused nothing: whoever watches this process tries again.
  if (response.status >= 500 || response.status === 429) {
    throw new Failure(
      'unavailable',
      `The hub at ${new URL(hubUrl).host} is busy or broken (${response.status}).`,
    )
  }
  if (!response.ok) {
    throw new Failure(
      'forbidden',
      `The hub refused the token (${response.status}). Make a new one on its recorders page.`,
    )
  }
  const body = (await response.json()) as { data?: unknown }
  const answer = enrolAnswer.safeParse(body.data ?? body)
  if (!answer.success)
    throw new Failure('unsupported', 'The hub answered in a way this version does not know.')
  const { recorder, rootKey, ledgerKey } = answer.data
  const kept: Kept = { v: 1, recorder, rootKey, ledgerKey, hubUrl, seed: seed.toString('base64url') }
  await writeFileDurably(join(home, 'enrolment.json'), `${JSON.stringify(kept, null, 2)}\n`)
  log.info({ recorder }, 'enrolled')
  return { recorder, rootKey, ledgerKey, hubUrl, identity }
}
