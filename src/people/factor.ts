/**
 * The second step at sign-in: a code of six digits that the person's own device makes from a shared key and the time
 * (RFC 6238, one span of 30 seconds early or late), or a recovery code. A code opens once. The key is sealed in the
 * database; recovery codes are there as hashes. Wrong codes count and wait like wrong passwords.
 */
import { createHash, randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { newId, ok, type Result, refuse } from '#base/base.ts'
import { inTransaction, type Tx } from '#engine/engine.ts'
import * as access from './access-store.ts'
import * as factors from './factor-store.ts'
import { type PeopleParts, secretHash } from './parts.ts'
import { countTry, forgetTries, type Session, startSession } from './sign-in.ts'
import type { Account } from './store.ts'

/** A key that was shown must be confirmed within this time. */
export const pendingMs = 15 * 60_000
const spanSeconds = 30
export const recoveryCodesMade = 10

const no = (code: string, message: string) => refuse({ code, message, clause: null })

const totpOf = (key: string, username: string): TOTP =>
  new TOTP({
    issuer: 'Overt',
    label: username,
    secret: Secret.fromBase32(key),
    algorithm: 'SHA1',
    digits: 6,
    period: spanSeconds,
  })

/** Number of the span of 30 seconds that a code belongs to, or null: it is no code of this key around now. */
export function spanOfCode(key: string, code: string, realMs: number): number | null {
  if (!/^\d{6}$/.test(code)) return null
  const delta = totpOf(key, '').validate({ token: code, timestamp: realMs, window: 1 })
  return delta === null ? null : Math.floor(realMs / 1000 / spanSeconds) + delta
}

const plainCode = (typed: string): string => typed.replace(/[\s-]/g, '').toUpperCase()
const recoveryHash = (code: string): Buffer => createHash('sha256').update(plainCode(code)).digest()
/** 80 bits as four groups of four. */
const newRecoveryCode = (): string =>
  new Secret({ buffer: new Uint8Array(randomBytes(10)).buffer }).base32.match(/.{4}/g)!.join('-')

const triesOf = (personId: string): Buffer =>
  createHash('sha256').update(`overt second step\n${personId}`).digest()

/** Shows a new key to somebody who has proved their password (and, where one is set up, their present code). */
export async function beginFactor(parts: PeopleParts, personId: string): Promise<void> {
  const key = new Secret({ size: 20 }).base32
  await inTransaction(parts.sql, (tx) =>
    factors.keepPending(tx, personId, parts.box.seal(personId, key), parts.realClock.nowMs()),
  )
}

/** The key that waits to be confirmed, and its address for a QR code; null: none, or it has waited too long. */
export async function pendingFactor(
  parts: PeopleParts,
  account: Pick<Account, 'id' | 'username'>,
): Promise<{ readonly key: string; readonly address: string } | null> {
  const factor = await factors.factorOf(parts.sql, account.id)
  if (!factor?.pending || parts.realClock.nowMs() - factor.pendingMs! > pendingMs) return null
  const key = parts.box.open(account.id, factor.pending)
  return { key, address: totpOf(key, account.username).toString() }
}

/** Confirms the shown key by its first code. Every other browser is out: it has not passed the second step. */
export async function confirmFactor(
  parts: PeopleParts,
  personId: string,
  typed: string,
  session: string,
): Promise<Result<{ readonly recoveryCodes: readonly string[] }>> {
  const realMs = parts.realClock.nowMs()
  const tried = await countTry(parts, triesOf(personId))
  if (!tried.counted) return tooMany(tried.waitMs)
  return inTransaction(parts.sql, async (tx) => {
    const factor = await factors.factorOf(tx, personId)
    if (!factor?.pending || realMs - factor.pendingMs! > pendingMs)
      return no('code', 'That took too long. Begin again, and the page shows you a new key')
    const span = spanOfCode(parts.box.open(personId, factor.pending), plainCode(typed), realMs)
    if (span === null || !(await factors.confirmPending(tx, personId, factor.pending, span, realMs)))
      return no('code', 'This code is not right. Type the six digits that your device shows now')
    await forgetTries(tx, triesOf(personId))
    await factors.deleteHalfSessionsOf(tx, personId)
    await factors.keepOnlySession(tx, personId, secretHash(session))
    const recoveryCodes = await freshRecoveryCodes(parts, tx, personId)
    await note(parts, tx, 'person.second-step-on', personId, personId, {})
    return ok({ recoveryCodes })
  })
}

async function freshRecoveryCodes(parts: PeopleParts, tx: Tx, personId: string): Promise<readonly string[]> {
  const codes = Array.from({ length: recoveryCodesMade }, newRecoveryCode)
  await factors.replaceRecoveryCodes(tx, personId, codes.map(recoveryHash), parts.realClock.nowMs())
  return codes
}

/** New recovery codes for somebody who has just given a code; the old ones are dead. */
export async function renewRecoveryCodes(parts: PeopleParts, personId: string): Promise<readonly string[]> {
  return inTransaction(parts.sql, async (tx) => {
    const codes = await freshRecoveryCodes(parts, tx, personId)
    await note(parts, tx, 'person.recovery-codes-made', personId, personId, { codes: codes.length })
    return codes
  })
}

const tooMany = (waitMs: number) =>
  no('code', `There were too many wrong codes. Wait ${Math.ceil(waitMs / 60_000)} minutes and try again`)

/**
 * A code of somebody whose second step is set up: six digits of now, or a recovery code. A code that was taken is
 * refused when it comes again. Counts before it looks, so that a hundred guesses at once are no more than one by one.
 */
export async function proveCode(
  parts: PeopleParts,
  personId: string,
  typed: string,
): Promise<Result<{ readonly recovery: boolean }>> {
  const tried = await countTry(parts, triesOf(personId))
  if (!tried.counted) return tooMany(tried.waitMs)
  const realMs = parts.realClock.nowMs()
  const code = plainCode(typed)
  const taken = await inTransaction(parts.sql, async (tx) => {
    const factor = await factors.factorOf(tx, personId)
    if (!factor?.secret) return null
    const span = spanOfCode(parts.box.open(personId, factor.secret), code, realMs)
    if (span !== null) {
      if (!(await factors.takeStep(tx, personId, span))) return null
      await forgetTries(tx, triesOf(personId))
      return { recovery: false }
    }
    if (!(await factors.useRecoveryCode(tx, personId, recoveryHash(code), realMs))) return null
    await forgetTries(tx, triesOf(personId))
    const left = await factors.recoveryCodesLeft(tx, personId)
    await note(parts, tx, 'person.recovery-code-used', personId, personId, { left })
    return { recovery: true }
  })
  if (taken) return ok(taken)
  await inTransaction(parts.sql, (tx) =>
    note(parts, tx, 'person.second-step-failed', null, personId, {
      failures: tried.failures,
      blocked: tried.waitMs > 0,
    }),
  )
  if (tried.waitMs > 0) return tooMany(tried.waitMs)
  return no(
    'code',
    'This code is not right, or it was used already. Type the six digits that your device shows now',
  )
}

/** Who stands before the second step, or null: the page is used, too old or never was. */
export const beforeSecondStep = (parts: PeopleParts, secret: string): Promise<string | null> =>
  factors.personOfHalf(parts.sql, secretHash(secret), parts.realClock.nowMs())

/** The second step itself. Null: somebody was faster with the same page. */
export async function passSecondStep(
  parts: PeopleParts,
  half: { readonly secret: string; readonly personId: string },
  typed: string,
  before: string | null,
  ip: string,
): Promise<Result<Session | null>> {
  const proved = await proveCode(parts, half.personId, typed)
  if (!proved.ok) return proved
  return inTransaction(parts.sql, async (tx) => {
    if (!(await factors.useHalfSession(tx, secretHash(half.secret)))) return ok(null)
    const steps = ['password', proved.value.recovery ? 'recovery-code' : 'code']
    return ok(await startSession(parts, tx, half.personId, steps, before, ip))
  })
}

/** An administrator takes a lost device off somebody else's account, who is told and signed out. */
export async function resetFactor(
  parts: PeopleParts,
  tx: Tx,
  account: Account,
  by: { readonly id: string; readonly name: string },
  why: string,
): Promise<Result<null>> {
  if (account.id === by.id)
    return no('own-account', 'You cannot do this for yourself. Ask another administrator')
  if (!(await factors.forgetFactor(tx, account.id)))
    return no('no-second-step', 'This account has no second step that could be reset')
  await factors.deleteHalfSessionsOf(tx, account.id)
  const sessions = await access.deleteSessionsOf(tx, account.id)
  const tokens = await access.revokeTokensOf(tx, account.id, parts.realClock.nowMs())
  await tell(
    parts,
    tx,
    account.id,
    `${by.name} has taken the device for codes off your account. If you did not ask for that, tell your data protection officer.`,
  )
  await note(
    parts,
    tx,
    'person.second-step-reset',
    by.id,
    account.id,
    { sessions, tokens },
    { why, name: account.name },
  )
  return ok(null)
}

/** Tells a person something about their own account: on every page, until they say that they have read it. */
export async function tell(parts: PeopleParts, tx: Tx, personId: string, words: string): Promise<void> {
  const atMs = parts.clock.nowMs()
  await factors.insertNotice(tx, { id: newId(atMs), personId, words: words.slice(0, 500), atMs })
}

async function note(
  parts: PeopleParts,
  tx: Tx,
  kind: string,
  actor: string | null,
  personId: string,
  data: { readonly [name: string]: number | boolean },
  personal?: { readonly [name: string]: string },
): Promise<void> {
  await parts.record(tx, {
    kind,
    actor,
    provider: null,
    about: { person: personId },
    data,
    ...(personal ? { personal } : {}),
    atMs: parts.clock.nowMs(),
  })
}
