/** How a recorder becomes ours: a token made by an administrator, used once, within its time. */
import { hash } from 'node:crypto'
import { newId, newSecret, type Result, refuse } from '#base/base.ts'
import { inTransaction, type Sql } from '#engine/engine.ts'
import type { EnrolAnswer, EnrolAsk } from '#formats/link/link.ts'
import { append } from '#ledger/ledger.ts'
import type { HubIdentity } from '../deps.ts'
import { findRecorderByKey, insertRecorder, insertToken, spendToken, takeToken } from '../store.ts'

/** A working day is time enough to carry it to the site. */
export const tokenHours = 24

const hashOf = (token: string): Buffer => hash('sha256', token, 'buffer')

/**
 * Makes a one-time token and gives its text, which is kept nowhere.
 * @param by who asked; null when the program enrols the recorder on its own machine
 */
export async function createEnrolmentToken(
  sql: Sql,
  given: {
    readonly name: string
    readonly nowMs: number
    readonly by: string | null
    readonly providers?: readonly string[]
  },
): Promise<string> {
  // The word before it says what it is for, and keeps it from beginning with a dash: programs take that for an option.
  const token = `overt_recorder_${newSecret()}`
  await inTransaction(sql, async (tx) => {
    const id = newId(given.nowMs)
    await insertToken(tx, {
      id,
      name: given.name,
      madeBy: given.by,
      madeMs: given.nowMs,
      expiresMs: given.nowMs + tokenHours * 3_600_000,
      hash: hashOf(token),
      providers: given.providers ?? [],
    })
    await append(tx, {
      kind: 'recorder.invited',
      actor: given.by,
      provider: null,
      about: { token: id },
      data: { untilMs: given.nowMs + tokenHours * 3_600_000 },
      atMs: given.nowMs,
    })
  })
  return token
}

const no = (code: string, message: string) => refuse({ code, message, clause: null })

/** Enrols a recorder. A wrong, used or old token is refused with the same words: nobody learns which. */
export async function enrol(
  sql: Sql,
  hub: HubIdentity,
  ask: EnrolAsk,
  nowMs: number,
): Promise<Result<EnrolAnswer>> {
  const publicKey = Buffer.from(ask.publicKey, 'base64url')
  if (publicKey.byteLength !== 32) return no('wrong-key', 'The identity key must have 32 bytes.')
  return inTransaction(sql, async (tx): Promise<Result<EnrolAnswer>> => {
    const token = await takeToken(tx, hashOf(ask.token))
    if (token === null || token.usedMs !== null || token.expiresMs <= nowMs) {
      return no(
        'wrong-token',
        'This token is not valid. Ask for a new one on the recorders page; each works once.',
      )
    }
    const known = await findRecorderByKey(tx, publicKey)
    if (known?.revokedMs != null) {
      return no('shut-out', 'This recorder was shut out. Empty its folder, so that it makes a new key.')
    }
    // Its first answer was lost on the way: it is told again who it is. Nothing is gained by another who knows its
    // public key, for the link asks for the private one.
    const id = known?.id ?? newId(nowMs)
    if (known === null) {
      await insertRecorder(tx, {
        id,
        name: token.name,
        publicKey,
        by: token.madeBy,
        nowMs,
        providers: token.providers,
      })
    }
    await spendToken(tx, token.id, id, nowMs)
    await append(tx, {
      kind: 'recorder.enrolled',
      actor: token.madeBy,
      provider: null,
      about: { recorder: id, token: token.id },
      data: { publicKey: ask.publicKey, providers: known?.providers ?? token.providers },
      atMs: nowMs,
    })
    const { rootKey, ledgerKey, name } = hub
    return { ok: true, value: { v: 1, recorder: id, rootKey, ledgerKey, hub: name } }
  })
}
