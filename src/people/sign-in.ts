/**
 * Signing in and staying signed in. A wrong name and a wrong password look the same, take as long, count the same and
 * make the same ledger entry. A session's secret is new at every sign-in and is known only to its cookie.
 *
 * Steps: `password` is the first. Who has set a second one up (`factor.ts`) gets a half session instead, which opens
 * nothing but the page for the code; `startSession` takes the list of steps that were passed.
 */
import { createHash } from 'node:crypto'
import { newSecret } from '#base/base.ts'
import { inTransaction, type Tx } from '#engine/engine.ts'
import type { Person } from '#web/web.ts'
import * as access from './access-store.ts'
import { deleteHalfSessionsOf, insertHalfSession, insertSignInPlace } from './factor-store.ts'
import { idleMsOf, type PeopleParts, plainUsername, secretHash, sessionMs } from './parts.ts'
import { hashPassword, passwordHolds } from './passwords.ts'
import { personNow } from './standing.ts'
import * as store from './store.ts'

export type Session = { readonly secret: string; readonly untilMs: number }

/** Five tries are free; then 30 s, doubling with each further one, to 15 minutes. */
const freeTries = 5
const waitMsFirst = 30_000
const waitMsMax = 15 * 60_000

export const waitMsAfter = (failures: number): number =>
  failures < freeTries ? 0 : Math.min(waitMsMax, waitMsFirst * 2 ** Math.min(20, failures - freeTries))

export type Proof =
  | { readonly ok: true; readonly personId: string; readonly passwordHash: string }
  | { readonly ok: false; readonly waitMs: number }

const nameHashOf = (username: string) => createHash('sha256').update(`overt sign-in\n${username}`).digest()

/**
 * The first step. `waitMs` above 0: come back then. A try counts before the password is looked at, so that a hundred
 * guesses at once are no more than a hundred one after another.
 */
export async function provePassword(parts: PeopleParts, typedName: string, password: string): Promise<Proof> {
  const username = plainUsername(typedName)
  const nameHash = nameHashOf(username)
  const tried = await countTry(parts, nameHash)
  if (!tried.counted) return { ok: false, waitMs: tried.waitMs }
  const { failures, waitMs } = tried
  const found = await store.passwordOf(parts.sql, username)
  const holds = await passwordHolds(password, found?.passwordHash ?? null)
  if (found?.passwordHash && holds && found.active)
    return { ok: true, personId: found.id, passwordHash: found.passwordHash }
  return inTransaction(parts.sql, async (tx) => {
    await parts.record(tx, {
      kind: 'person.sign-in-failed',
      actor: null,
      provider: null,
      about: found ? { person: found.id } : {},
      data: { failures, blocked: waitMs > 0 },
      atMs: parts.clock.nowMs(),
    })
    return { ok: false as const, waitMs }
  })
}

/** Counts a try as wrong until it proves right; while the name waits, nothing is tried and nothing counted. */
export function countTry(
  parts: PeopleParts,
  nameHash: Buffer,
): Promise<{ counted: true; failures: number; waitMs: number } | { counted: false; waitMs: number }> {
  return inTransaction(parts.sql, async (tx) => {
    const nowMs = parts.realClock.nowMs()
    await access.lockAttempt(tx, nameHash)
    const attempt = await access.attemptOf(tx, nameHash)
    if (attempt?.blockedMs && attempt.blockedMs > nowMs) {
      return { counted: false as const, waitMs: attempt.blockedMs - nowMs }
    }
    const failures = await access.noteFailure(tx, nameHash, nowMs)
    const waitMs = waitMsAfter(failures)
    if (waitMs > 0) await access.block(tx, nameHash, nowMs + waitMs)
    return { counted: true as const, failures, waitMs }
  })
}

/** After the last step. Whatever session the browser had before is gone. */
export async function startSession(
  parts: PeopleParts,
  tx: Tx,
  personId: string,
  steps: readonly string[],
  before: string | null,
  ip: string | null = null,
): Promise<Session> {
  const nowMs = parts.realClock.nowMs()
  const session = { secret: newSecret(), untilMs: nowMs + sessionMs }
  if (before !== null) await access.deleteSession(tx, secretHash(before))
  await access.deleteOldSessions(tx, nowMs, idleMsOf(parts))
  await access.insertSession(tx, {
    secretHash: secretHash(session.secret),
    personId,
    steps,
    nowMs,
    untilMs: session.untilMs,
  })
  const newPlace = ip === null ? false : await noteSignInPlace(parts, tx, personId, ip)
  await parts.record(tx, {
    kind: 'person.signed-in',
    actor: personId,
    provider: null,
    about: { person: personId },
    data: { steps, ...(newPlace ? { newPlace } : {}) },
    atMs: parts.clock.nowMs(),
  })
  return session
}

export const forgetTries = (tx: Tx, of: Buffer): Promise<void> => access.forgetAttempts(tx, of)

/** IPv4 to its /24, IPv6 to its /48: the network somebody sits in, not their seat. */
export const networkOf = (ip: string): string => {
  const plain = ip.replace(/^::ffff:/, '')
  return plain.includes('.') ? plain.split('.').slice(0, 3).join('.') : plain.split(':').slice(0, 3).join(':')
}

/** Whether they have signed in before, but never from this network. */
async function noteSignInPlace(parts: PeopleParts, tx: Tx, personId: string, ip: string): Promise<boolean> {
  const placeHash = createHash('sha256')
    .update(`overt sign-in place\n${personId}\n${networkOf(ip)}`)
    .digest()
  return insertSignInPlace(tx, personId, placeHash, parts.clock.nowMs())
}

/** Between the right password and the code. */
const halfSessionMs = 10 * 60_000

/** After the right password of somebody with a second step: a secret that opens the page for the code and no other. */
export async function beginSecondStep(parts: PeopleParts, tx: Tx, personId: string): Promise<string> {
  const secret = newSecret()
  const realMs = parts.realClock.nowMs()
  await insertHalfSession(tx, {
    secretHash: secretHash(secret),
    personId,
    untilMs: realMs + halfSessionMs,
    realMs,
  })
  return secret
}

export type SignedIn =
  | { readonly ok: true; readonly session: Session }
  /** The password was right; the code comes next, on the page that `step` opens. */
  | { readonly ok: true; readonly step: string }
  | { readonly ok: false; readonly waitMs: number }

export async function signIn(
  parts: PeopleParts,
  asked: {
    readonly username: string
    readonly password: string
    readonly before: string | null
    readonly ip: string
  },
): Promise<SignedIn> {
  const proof = await provePassword(parts, asked.username, asked.password)
  if (!proof.ok) return proof
  return inTransaction(parts.sql, async (tx) => {
    // Proving took a while: a password changed or an account closed meanwhile lets nobody in.
    if (!(await store.holdPassword(tx, proof.personId, proof.passwordHash))) return { ok: false, waitMs: 0 }
    await access.forgetAttempts(tx, nameHashOf(plainUsername(asked.username)))
    await access.deleteOldAttempts(tx, parts.realClock.nowMs())
    const account = await store.accountById(tx, proof.personId)
    if (account?.hasFactor)
      return { ok: true as const, step: await beginSecondStep(parts, tx, proof.personId) }
    const steps = ['password']
    return {
      ok: true as const,
      session: await startSession(parts, tx, proof.personId, steps, asked.before, asked.ip),
    }
  })
}

export async function signOut(parts: PeopleParts, secret: string): Promise<void> {
  await inTransaction(parts.sql, async (tx) => {
    const personId = await access.deleteSession(tx, secretHash(secret))
    if (personId === null) return
    await parts.record(tx, {
      kind: 'person.signed-out',
      actor: personId,
      provider: null,
      about: { person: personId },
      atMs: parts.clock.nowMs(),
    })
  })
}

export async function signOutEverywhere(parts: PeopleParts, personId: string): Promise<void> {
  await inTransaction(parts.sql, async (tx) => {
    const sessions = await access.deleteSessionsOf(tx, personId)
    await parts.record(tx, {
      kind: 'person.signed-out-everywhere',
      actor: personId,
      provider: null,
      about: { person: personId },
      data: { sessions },
      atMs: parts.clock.nowMs(),
    })
  })
}

/** The password of somebody who is signed in, asked again before what a borrowed browser must not do. */
export async function ownPasswordHolds(
  parts: PeopleParts,
  username: string,
  password: string,
): Promise<boolean> {
  const proof = await provePassword(parts, username, password)
  if (!proof.ok) return false
  await inTransaction(parts.sql, (tx) => access.forgetAttempts(tx, nameHashOf(plainUsername(username))))
  return true
}

/**
 * Null: wrong current password. Else a fresh session for this browser; all others are out, and so is every program: who
 * changes a password because somebody else knew it must not leave them a token.
 */
export async function changePassword(
  parts: PeopleParts,
  person: Person,
  current: string,
  wanted: string,
): Promise<(Session & { readonly tokens: number }) | null> {
  if (!(await ownPasswordHolds(parts, person.username, current))) return null
  const hash = await hashPassword(wanted)
  return inTransaction(parts.sql, async (tx) => {
    const account = await store.accountById(tx, person.id)
    const tokens = await passwordChanged(parts, tx, person.id, hash)
    const session = await startSession(
      parts,
      tx,
      person.id,
      account?.hasFactor ? ['password', 'code'] : ['password'],
      null,
    )
    return { ...session, tokens }
  })
}

/** A new password, however it came about: every session, half session and token of before is over. */
export async function passwordChanged(
  parts: PeopleParts,
  tx: Tx,
  personId: string,
  passwordHash: string,
): Promise<number> {
  await store.setPassword(tx, personId, passwordHash, parts.clock.nowMs())
  // Half sessions first: one that is being passed at this moment is a session when the next line looks.
  await deleteHalfSessionsOf(tx, personId)
  const sessions = await access.deleteSessionsOf(tx, personId)
  const tokens = await access.revokeTokensOf(tx, personId, parts.realClock.nowMs())
  await access.forgetInvitation(tx, personId)
  await parts.record(tx, {
    kind: 'person.password-changed',
    actor: personId,
    provider: null,
    about: { person: personId },
    data: { sessions, tokens },
    atMs: parts.clock.nowMs(),
  })
  return tokens
}

/** Uses are noted to the minute: a page every second is one write a minute. */
const noteMs = 60_000

/** Who is asking, by cookie or bearer token; null for nobody we know. For `createWeb`. */
export function authenticator(parts: PeopleParts) {
  return async (credentials: {
    readonly session: string | null
    readonly bearer: string | null
  }): Promise<Person | null> => {
    const nowMs = parts.realClock.nowMs()
    const secret = credentials.bearer ?? credentials.session
    if (secret === null || secret.length > 200) return null
    const hash = secretHash(secret)
    const via = credentials.bearer === null ? 'session' : 'token'
    const seen =
      via === 'session'
        ? await access.personOfSession(parts.sql, hash, nowMs, idleMsOf(parts))
        : await access.personOfToken(parts.sql, hash, nowMs)
    if (!seen) return null
    if (seen.seenMs === null || nowMs - seen.seenMs >= noteMs) {
      await (via === 'session' ? access.touchSession : access.touchToken)(parts.sql, hash, nowMs)
    }
    return personNow(parts, seen, via)
  }
}
