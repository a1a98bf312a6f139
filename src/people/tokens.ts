/** Access tokens for programs: made by a signed-in person, shown once, kept as a hash, with that person's rights. */
import { newId, newSecret, ok, type Result, refuse } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import * as access from './access-store.ts'
import { type PeopleParts, secretHash } from './parts.ts'

const dayMs = 86_400_000
export const tokenDays = ['30', '90', '365'] as const
export const tokensMax = 20

export async function makeToken(
  parts: PeopleParts,
  personId: string,
  label: string,
  days: number,
): Promise<Result<{ readonly secret: string; readonly untilMs: number }>> {
  const nowMs = parts.realClock.nowMs()
  // The prefix lets a scanner of leaked secrets know one of ours when it sees it.
  const secret = `overt_${newSecret()}`
  const untilMs = nowMs + days * dayMs
  return inTransaction(parts.sql, async (tx) => {
    if ((await access.tokensOf(tx, personId, nowMs)).length >= tokensMax) {
      return refuse({
        code: 'too-many-tokens',
        message: `You have ${tokensMax} tokens. End one first`,
        clause: null,
      })
    }
    const id = newId(nowMs)
    await access.insertToken(tx, { id, personId, label, secretHash: secretHash(secret), nowMs, untilMs })
    await parts.record(tx, {
      kind: 'person.token-made',
      actor: personId,
      provider: null,
      about: { person: personId, token: id },
      data: { days },
      personal: { label },
      atMs: parts.clock.nowMs(),
    })
    return ok({ secret, untilMs })
  })
}

/** False where the person has no such token. */
export async function endToken(parts: PeopleParts, personId: string, id: string): Promise<boolean> {
  return inTransaction(parts.sql, async (tx) => {
    const ended = await access.revokeToken(tx, personId, id, parts.realClock.nowMs())
    if (!ended) return false
    await parts.record(tx, {
      kind: 'person.token-revoked',
      actor: personId,
      provider: null,
      about: { person: personId, token: id },
      atMs: parts.clock.nowMs(),
    })
    return true
  })
}
