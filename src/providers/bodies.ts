/**
 * Those who stand behind a policy: a board that approves it, a committee that watches over how it is kept. Where the
 * document names nobody the landlord decides who; their word on each version, and on each review, is asked for and kept.
 */
import { newId, ok, type Result, refuse } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { type Pack, pointValue } from '#policy/policy.ts'
import { insertWord, type Word, type WordKind } from './bodies-store.ts'
import type { ProvidersDeps } from './deps.ts'
import type { PolicyReview } from './document-store.ts'

/** Who gives a word of this kind; null: nobody is named, or the document itself says that they approved it. */
export function bodyFor(pack: Pack, kind: WordKind): string | null {
  if (kind === 'approved' && pack.decided?.has('govern.policy_approver') !== true) return null
  const named = pointValue(pack, kind === 'approved' ? 'govern.policy_approver' : 'govern.oversight')
  return named === null ? null : String(named)
}

/** Words that are still to be asked for. */
export function wantedWords(
  pack: Pack,
  words: readonly Word[],
  newest: PolicyReview | undefined,
): readonly { readonly kind: WordKind; readonly body: string }[] {
  const missing = (kind: WordKind, given: boolean) => {
    const body = bodyFor(pack, kind)
    return body === null || given ? [] : [{ kind, body }]
  }
  const approved = words.some((one) => one.kind === 'approved' && one.version === pack.version)
  const shown = words.some(
    (one) => one.kind === 'shown' && newest !== undefined && one.givenOn >= newest.reviewedOn,
  )
  return [...missing('approved', approved), ...(newest === undefined ? [] : missing('shown', shown))]
}

export const wordTasks: Readonly<Record<WordKind, string>> = {
  approved: 'policy.approve',
  shown: 'policy.show',
}

/** Keeps the word of a body, as it was minuted. Refused where nobody is named for it, and for a day still to come. */
export async function recordWord(
  parts: Pick<ProvidersDeps, 'sql' | 'tasks'>,
  pack: Pack,
  given: Pick<Word, 'kind' | 'givenOn' | 'minute'> & { readonly today: string },
  { by, nowMs }: { readonly by: string; readonly nowMs: number },
): Promise<Result<Word>> {
  const no = (code: string, message: string) => refuse({ code, message, clause: null })
  const body = bodyFor(pack, given.kind)
  if (body === null)
    return no(
      'kind',
      given.kind === 'approved'
        ? 'The policy says itself who approved it, or the landlord has yet to decide who does.'
        : 'Nobody is named yet who watches over how the policy is kept.',
    )
  if (given.givenOn > given.today) return no('givenOn', 'The day must not be in the future')
  const { kind, givenOn, minute } = given
  const row: Word = { id: newId(nowMs), version: pack.version, kind, body, givenOn, minute, by, atMs: nowMs }
  await inTransaction(parts.sql, async (tx) => {
    await insertWord(tx, pack.provider, row)
    await append(tx, {
      kind: 'policy.word-given',
      actor: by,
      provider: pack.provider,
      about: { provider: pack.provider, word: row.id },
      data: { version: pack.version, kind, givenOn },
      personal: { body, ...(minute === null ? {} : { minute }) },
      atMs: nowMs,
    })
    await parts.tasks.close(tx, { kind: wordTasks[kind], about: { provider: pack.provider }, by, nowMs })
  })
  return ok(row)
}
