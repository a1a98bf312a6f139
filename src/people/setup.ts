/**
 * The first administrator. While nobody exists, each start prints a new one-time link; the older one is dead then. Who
 * has it chooses the landlord's policy and becomes the administrator, which gives no right to any picture.
 */
import { newId, newSecret, ok, type Result, refuse } from '#base/base.ts'
import { inTransaction, type Query, type Sql } from '#engine/engine.ts'
import * as access from './access-store.ts'
import { type PeopleParts, plainUsername, sameHash, secretHash, unlessRefused } from './parts.ts'
import { hashPassword } from './passwords.ts'
import { type Session, startSession } from './sign-in.ts'
import * as store from './store.ts'

/** A new secret for `/setup/…`, or null when somebody exists already. Shown once, on the terminal. */
export async function setupSecret(sql: Sql): Promise<string | null> {
  return inTransaction(sql, async (tx) => {
    await store.lockPeople(tx)
    if ((await store.countPeople(tx)) > 0) return null
    const secret = newSecret()
    await access.replaceSetup(tx, secretHash(secret))
    return secret
  })
}

export async function setupHolds(sql: Query, secret: string): Promise<boolean> {
  const stored = await access.setupHash(sql)
  return stored !== null && sameHash(stored, secretHash(secret))
}

export async function setUp(
  parts: PeopleParts,
  wanted: {
    secret: string
    pack: string
    /** Of the landlord; null where the pack says it. */
    landlord: string | null
    name: string
    username: string
    password: string
  },
): Promise<Result<Session>> {
  const passwordHash = await hashPassword(wanted.password)
  const outcome = await unlessRefused<Session>(parts.sql, async (tx) => {
    await store.lockPeople(tx)
    if ((await store.countPeople(tx)) > 0 || !(await setupHolds(tx, wanted.secret))) {
      return refuse({
        code: 'setup-used',
        message: 'This link has been used already. Sign in instead',
        clause: null,
      })
    }
    const nowMs = parts.clock.nowMs()
    const id = newId(nowMs)
    const username = plainUsername(wanted.username)
    await store.insertPerson(tx, {
      id,
      username,
      name: wanted.name,
      email: null,
      administrator: true,
      passwordHash,
      nowMs,
      by: null,
    })
    await parts.record(tx, {
      kind: 'person.set-up',
      actor: id,
      provider: null,
      about: { person: id },
      data: { pack: wanted.pack },
      personal: { name: wanted.name, username },
      atMs: nowMs,
    })
    const adopted = await parts.adoptPack(tx, wanted.pack, { personId: id, name: wanted.landlord, nowMs })
    if (!adopted.ok) return adopted
    await access.endSetup(tx)
    return ok(await startSession(parts, tx, id, ['password'], null))
  })
  if (outcome.ok) await parts.afterSetup?.()
  return outcome
}
