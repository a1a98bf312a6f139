/** SQL of the second step. Keys arrive sealed, codes as hashes. Times are ms since the epoch, by real time. */
import type { Query, Tx } from '#engine/engine.ts'

export type Factor = {
  readonly secret: Buffer | null
  readonly confirmedMs: number | null
  readonly lastStep: number | null
  readonly pending: Buffer | null
  readonly pendingMs: number | null
}

export async function factorOf(sql: Query, personId: string): Promise<Factor | null> {
  const [row] = await sql<Factor[]>`
    select secret, confirmed_at as "confirmedMs", last_step::float8 as "lastStep", pending, pending_at as "pendingMs"
    from people.factor where person_id = ${personId}`
  return row ?? null
}

export async function keepPending(tx: Tx, personId: string, sealed: Buffer, realMs: number): Promise<void> {
  await tx`
    insert into people.factor (person_id, pending, pending_at) values (${personId}, ${sealed}, ${realMs}::timestamptz)
    on conflict (person_id) do update set pending = excluded.pending, pending_at = excluded.pending_at`
}

/** The pending key becomes the key, if it is still this one: of two who confirm at once, one does. */
export async function confirmPending(
  tx: Tx,
  personId: string,
  sealed: Buffer,
  step: number,
  realMs: number,
): Promise<boolean> {
  const done = await tx`
    update people.factor
    set secret = pending, confirmed_at = ${realMs}::timestamptz, last_step = ${step}, pending = null, pending_at = null
    where person_id = ${personId} and pending = ${sealed}`
  return done.count === 1
}

/** Takes the code of one span of 30 seconds, once: false where that span or a later one was taken already. */
export async function takeStep(tx: Tx, personId: string, step: number): Promise<boolean> {
  const done = await tx`
    update people.factor set last_step = ${step}
    where person_id = ${personId} and secret is not null and (last_step is null or last_step < ${step})`
  return done.count === 1
}

export async function replaceRecoveryCodes(
  tx: Tx,
  personId: string,
  hashes: readonly Buffer[],
  realMs: number,
): Promise<void> {
  await tx`delete from people.recovery_code where person_id = ${personId}`
  for (const hash of hashes) {
    await tx`
      insert into people.recovery_code (person_id, code_hash, made_at)
      values (${personId}, ${hash}, ${realMs}::timestamptz)`
  }
}

export async function useRecoveryCode(
  tx: Tx,
  personId: string,
  hash: Buffer,
  realMs: number,
): Promise<boolean> {
  const done = await tx`
    update people.recovery_code set used_at = ${realMs}::timestamptz
    where person_id = ${personId} and code_hash = ${hash} and used_at is null`
  return done.count === 1
}

export async function recoveryCodesLeft(sql: Query, personId: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*) from people.recovery_code where person_id = ${personId} and used_at is null`
  return row!.count
}

/** Whether there was one. The days of grace begin again with the next asking. */
export async function forgetFactor(tx: Tx, personId: string): Promise<boolean> {
  await tx`delete from people.recovery_code where person_id = ${personId}`
  await tx`update people.person set factor_asked_at = null where id = ${personId}`
  return (await tx`delete from people.factor where person_id = ${personId}`).count === 1
}

export async function insertHalfSession(
  tx: Tx,
  half: { secretHash: Buffer; personId: string; untilMs: number; realMs: number },
): Promise<void> {
  await tx`delete from people.half_session where until <= ${half.realMs}::timestamptz`
  await tx`
    insert into people.half_session (secret_hash, person_id, until)
    values (${half.secretHash}, ${half.personId}, ${half.untilMs}::timestamptz)`
}

export async function personOfHalf(sql: Query, secretHash: Buffer, realMs: number): Promise<string | null> {
  const [row] = await sql<{ personId: string }[]>`
    select half_session.person_id as "personId"
    from people.half_session join people.person on person.id = half_session.person_id
    where secret_hash = ${secretHash} and until > ${realMs}::timestamptz and person.active`
  return row?.personId ?? null
}

/** Whether it was there: of two who use one at once, one gets true. */
export async function useHalfSession(tx: Tx, secretHash: Buffer): Promise<boolean> {
  return (await tx`delete from people.half_session where secret_hash = ${secretHash}`).count === 1
}

export async function deleteHalfSessionsOf(tx: Tx, personId: string): Promise<void> {
  await tx`delete from people.half_session where person_id = ${personId}`
}

/** All but one of a person's sessions; that one has passed both steps now. */
export async function keepOnlySession(tx: Tx, personId: string, secretHash: Buffer): Promise<void> {
  await tx`delete from people.session where person_id = ${personId} and secret_hash <> ${secretHash}`
  await tx`
    update people.session set steps = array['password', 'code']
    where person_id = ${personId} and secret_hash = ${secretHash}`
}

export async function insertNotice(
  tx: Tx,
  notice: { id: string; personId: string; words: string; atMs: number },
): Promise<void> {
  await tx`
    insert into people.notice (id, person_id, words, at)
    values (${notice.id}, ${notice.personId}, ${notice.words}, ${notice.atMs}::timestamptz)`
}

export async function readNotices(sql: Query, personId: string, atMs: number): Promise<void> {
  await sql`
    update people.notice set read_at = ${atMs}::timestamptz where person_id = ${personId} and read_at is null`
}

/** Notes that somebody signed in from a network. True: they have before, but never from this one. */
export async function insertSignInPlace(
  tx: Tx,
  personId: string,
  placeHash: Buffer,
  atMs: number,
): Promise<boolean> {
  const [row] = await tx<{ first: boolean; others: number }[]>`
    with others as (
      select count(*) as others from people.sign_in_place
      where person_id = ${personId} and place_hash <> ${placeHash}
    ), noted as (
      insert into people.sign_in_place (person_id, place_hash, first_at, last_at)
      values (${personId}, ${placeHash}, ${atMs}::timestamptz, ${atMs}::timestamptz)
      on conflict (person_id, place_hash) do update set last_at = excluded.last_at
      returning first_at = last_at as first
    )
    select noted.first, others.others from noted, others`
  return row!.first && row!.others > 0
}
