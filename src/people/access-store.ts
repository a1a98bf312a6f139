/** SQL of what lets somebody in: sessions, tokens, one-time links, and how often a wrong password was tried. */
import type { Query, Tx } from '#engine/engine.ts'
import { type Account, accountColumns } from './store.ts'

export type Token = {
  readonly id: string
  readonly label: string
  readonly madeMs: number
  readonly untilMs: number
  readonly usedMs: number | null
}

// ---- sessions ----

export async function insertSession(
  tx: Tx,
  session: { secretHash: Buffer; personId: string; steps: readonly string[]; nowMs: number; untilMs: number },
): Promise<void> {
  await tx`
    insert into people.session (secret_hash, person_id, steps, started_at, seen_at, until)
    values (${session.secretHash}, ${session.personId}, ${[...session.steps]}::text[], ${session.nowMs}::timestamptz,
      ${session.nowMs}::timestamptz, ${session.untilMs}::timestamptz)`
}

export type Seen = Account & {
  /** When this session or token was last noted as used. */
  readonly seenMs: number | null
  /** When the second step was first asked of them, in real time. */
  readonly factorAskedMs: number | null
}

const seenColumns = (sql: Query) => sql`${accountColumns(sql)}, person.factor_asked_at as "factorAskedMs"`

export async function seenById(sql: Query, id: string): Promise<Seen | null> {
  const [row] = await sql<Seen[]>`
    select ${seenColumns(sql)}, null::timestamptz as "seenMs" from people.person where id = ${id}`
  return row ?? null
}

/** Who a live session belongs to, with what they may do: one round trip, because every page asks it. */
export async function personOfSession(
  sql: Query,
  secretHash: Buffer,
  nowMs: number,
  idleMs: number,
): Promise<Seen | null> {
  const [row] = await sql<Seen[]>`
    select ${seenColumns(sql)}, session.seen_at as "seenMs"
    from people.session join people.person on person.id = session.person_id
    where session.secret_hash = ${secretHash} and session.until > ${nowMs}::timestamptz
      and session.seen_at > ${nowMs - idleMs}::timestamptz and person.active`
  return row ?? null
}

export async function touchSession(sql: Query, secretHash: Buffer, nowMs: number): Promise<void> {
  await sql`
    update people.session set seen_at = ${nowMs}::timestamptz
    where secret_hash = ${secretHash} and seen_at < ${nowMs}::timestamptz`
}

export async function deleteSession(tx: Query, secretHash: Buffer): Promise<string | null> {
  const [row] = await tx<{ personId: string }[]>`
    delete from people.session where secret_hash = ${secretHash} returning person_id as "personId"`
  return row?.personId ?? null
}

export async function deleteSessionsOf(tx: Tx, personId: string): Promise<number> {
  return (await tx`delete from people.session where person_id = ${personId}`).count
}

export async function deleteOldSessions(sql: Query, nowMs: number, idleMs: number): Promise<void> {
  await sql`
    delete from people.session
    where until <= ${nowMs}::timestamptz or seen_at <= ${nowMs - idleMs}::timestamptz`
}

export async function countSessions(
  sql: Query,
  personId: string,
  nowMs: number,
  idleMs: number,
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*) from people.session
    where person_id = ${personId} and until > ${nowMs}::timestamptz and seen_at > ${nowMs - idleMs}::timestamptz`
  return row!.count
}

// ---- tokens ----

export async function insertToken(
  tx: Tx,
  token: { id: string; personId: string; label: string; secretHash: Buffer; nowMs: number; untilMs: number },
): Promise<void> {
  await tx`
    insert into people.token (id, person_id, label, secret_hash, made_at, until)
    values (${token.id}, ${token.personId}, ${token.label}, ${token.secretHash}, ${token.nowMs}::timestamptz,
      ${token.untilMs}::timestamptz)`
}

export async function personOfToken(sql: Query, secretHash: Buffer, nowMs: number): Promise<Seen | null> {
  const [row] = await sql<Seen[]>`
    select ${seenColumns(sql)}, token.used_at as "seenMs"
    from people.token join people.person on person.id = token.person_id
    where token.secret_hash = ${secretHash} and token.until > ${nowMs}::timestamptz
      and token.revoked_at is null and person.active`
  return row ?? null
}

export async function touchToken(sql: Query, secretHash: Buffer, nowMs: number): Promise<void> {
  await sql`update people.token set used_at = ${nowMs}::timestamptz where secret_hash = ${secretHash}`
}

export const tokensOf = (sql: Query, personId: string, nowMs: number): Promise<Token[]> =>
  sql<Token[]>`
    select id, label, made_at as "madeMs", until as "untilMs", used_at as "usedMs"
    from people.token
    where person_id = ${personId} and revoked_at is null and until > ${nowMs}::timestamptz
    order by made_at desc limit 200`

/** Null where the person has no such live token. */
export async function revokeToken(tx: Tx, personId: string, id: string, nowMs: number): Promise<boolean> {
  const done = await tx`
    update people.token set revoked_at = ${nowMs}::timestamptz
    where id = ${id} and person_id = ${personId} and revoked_at is null`
  return done.count === 1
}

export async function revokeTokensOf(tx: Tx, personId: string, nowMs: number): Promise<number> {
  const done = await tx`
    update people.token set revoked_at = ${nowMs}::timestamptz where person_id = ${personId} and revoked_at is null`
  return done.count
}

// ---- one-time links ----

export async function replaceInvitation(
  tx: Tx,
  invitation: { secretHash: Buffer; personId: string; untilMs: number },
): Promise<void> {
  await tx`
    insert into people.invitation (secret_hash, person_id, until)
    values (${invitation.secretHash}, ${invitation.personId}, ${invitation.untilMs}::timestamptz)
    on conflict (person_id) do update set secret_hash = excluded.secret_hash, until = excluded.until`
}

export async function invitedBy(sql: Query, secretHash: Buffer, nowMs: number): Promise<Account | null> {
  const [row] = await sql<Account[]>`
    select ${accountColumns(sql)}
    from people.invitation join people.person on person.id = invitation.person_id
    where invitation.secret_hash = ${secretHash} and invitation.until > ${nowMs}::timestamptz and person.active`
  return row ?? null
}

/** Whether it was there: of two who use one link at once, one gets true. */
export async function useInvitation(tx: Tx, secretHash: Buffer): Promise<boolean> {
  return (await tx`delete from people.invitation where secret_hash = ${secretHash}`).count === 1
}

export async function forgetInvitation(tx: Tx, personId: string): Promise<void> {
  await tx`delete from people.invitation where person_id = ${personId}`
}

export async function replaceSetup(tx: Tx, secretHash: Buffer): Promise<void> {
  await tx`
    insert into people.setup (single, secret_hash) values (true, ${secretHash})
    on conflict (single) do update set secret_hash = excluded.secret_hash, made_at = now()`
}

/** Of the link that is good now: a day old at most. */
export async function setupHash(sql: Query): Promise<Buffer | null> {
  const [row] = await sql<{ secretHash: Buffer }[]>`
    select secret_hash as "secretHash" from people.setup where made_at > now() - interval '1 day'`
  return row?.secretHash ?? null
}

export async function endSetup(tx: Tx): Promise<void> {
  await tx`delete from people.setup`
}

// ---- wrong sign-ins ----

/** Tries of one name come one after the other, also the first, which has no row yet. Until the transaction ends. */
export async function lockAttempt(tx: Tx, nameHash: Buffer): Promise<void> {
  await tx`select pg_advisory_xact_lock(${nameHash.readInt32BE(0)}, ${nameHash.readInt32BE(4)})`
}

export async function attemptOf(
  sql: Query,
  nameHash: Buffer,
): Promise<{ failures: number; lastMs: number; blockedMs: number | null } | null> {
  const [row] = await sql<{ failures: number; lastMs: number; blockedMs: number | null }[]>`
    select failures, last_at as "lastMs", blocked_until as "blockedMs" from people.attempt where name_hash = ${nameHash}`
  return row ?? null
}

/** Counts one more, and gives the number so far. A day without any starts again at one. */
export async function noteFailure(tx: Tx, nameHash: Buffer, nowMs: number): Promise<number> {
  const dayMs = 86_400_000
  const [row] = await tx<{ failures: number }[]>`
    insert into people.attempt (name_hash, failures, last_at)
    values (${nameHash}, 1, ${nowMs}::timestamptz)
    on conflict (name_hash) do update set
      failures = case when attempt.last_at < ${nowMs - dayMs}::timestamptz then 1 else attempt.failures + 1 end,
      last_at = excluded.last_at
    returning failures`
  return row!.failures
}

export async function block(tx: Tx, nameHash: Buffer, untilMs: number): Promise<void> {
  await tx`update people.attempt set blocked_until = ${untilMs}::timestamptz where name_hash = ${nameHash}`
}

export async function forgetAttempts(tx: Tx, nameHash: Buffer): Promise<void> {
  await tx`delete from people.attempt where name_hash = ${nameHash}`
}

export async function deleteOldAttempts(sql: Query, nowMs: number): Promise<void> {
  await sql`delete from people.attempt where last_at < ${nowMs - 86_400_000}::timestamptz`
}
