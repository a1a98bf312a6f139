/** Somebody needs the policy in another language or form: asked on the public page, answered by who keeps the policy. */
import { addDays, civilDay, newId, ok, type Result, refuse } from '#base/base.ts'
import { inTransaction, type Query } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import type { Pack } from '#policy/policy.ts'
import type { ProvidersDeps } from './deps.ts'

export type FormatRequest = {
  readonly id: string
  readonly wanted: string
  readonly contact: string | null
  readonly atMs: number
}

/** Within this time somebody should have an answer. */
const answerDays = 14
/** More than this at once is a flood, and the page says to ring instead. */
export const openRequestsMax = 200

export async function openRequests(sql: Query, provider: string): Promise<FormatRequest[]> {
  return await sql<FormatRequest[]>`
    select id, wanted, contact, at as "atMs" from providers.format_request
    where provider = ${provider} and answered_at is null order by at limit ${openRequestsMax}`
}

/** Words of the person stay out of task and ledger: they stand here alone, until it is answered. */
export async function askForFormat(
  parts: Pick<ProvidersDeps, 'sql' | 'tasks'>,
  pack: Pack,
  given: { readonly wanted: string; readonly contact: string | null },
  nowMs: number,
): Promise<Result<string>> {
  return await inTransaction(parts.sql, async (tx): Promise<Result<string>> => {
    const waiting = await tx`
      select 1 from providers.format_request where provider = ${pack.provider} and answered_at is null
      limit ${openRequestsMax}`
    if (waiting.count >= openRequestsMax)
      return refuse({
        code: 'full',
        message: 'Too many people have asked to be answered soon. Please tell the landlord directly.',
        clause: null,
      })
    const id = newId(nowMs)
    await tx`
      insert into providers.format_request (id, provider, wanted, contact, at)
      values (${id}, ${pack.provider}, ${given.wanted}, ${given.contact}, ${nowMs}::timestamptz)`
    await append(tx, {
      kind: 'policy.format-asked',
      actor: null,
      provider: pack.provider,
      about: { provider: pack.provider, formatRequest: id },
      atMs: nowMs,
    })
    const { timeZone } = pack.values.provider
    await parts.tasks.open(tx, {
      kind: 'policy.format',
      provider: pack.provider,
      title: 'Somebody needs the CCTV policy in another language or form. See what they ask for.',
      roles: [pack.values.upkeep.ownerRole.value],
      about: { provider: pack.provider, formatRequest: id },
      dueMs: Temporal.PlainDate.from(addDays(civilDay(nowMs, timeZone), answerDays)).toZonedDateTime(timeZone)
        .epochMilliseconds,
      clause: null,
      nowMs,
    })
    return ok(id)
  })
}

/** They have what they need; what they wrote is erased. False where it was answered before. */
export async function answerRequest(
  parts: Pick<ProvidersDeps, 'sql' | 'tasks'>,
  pack: Pack,
  id: string,
  { by, nowMs }: { readonly by: string; readonly nowMs: number },
): Promise<boolean> {
  return await inTransaction(parts.sql, async (tx) => {
    const done = await tx`
      update providers.format_request
      set wanted = null, contact = null, answered_at = greatest(at, ${nowMs}::timestamptz), answered_by = ${by}
      where id = ${id} and provider = ${pack.provider} and answered_at is null`
    if (done.count === 0) return false
    await append(tx, {
      kind: 'policy.format-given',
      actor: by,
      provider: pack.provider,
      about: { provider: pack.provider, formatRequest: id },
      atMs: nowMs,
    })
    await parts.tasks.close(tx, { kind: 'policy.format', about: { formatRequest: id }, by, nowMs })
    return true
  })
}
