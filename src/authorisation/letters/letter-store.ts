/** The SQL of letters: batches, and who they go to until that is erased. */
import type { Query, Tx } from '#engine/engine.ts'
import type { LetterFacts, LetterKind } from './letter-says.ts'
import type { Household } from './who-gets.ts'

/** Form of a letter and how many went out in it. */
export type FormCount = { readonly code: string; readonly words: string; readonly count: number }

export type Batch = {
  readonly id: string
  readonly provider: string
  readonly deploymentId: string
  readonly kind: LetterKind
  readonly facts: LetterFacts
  readonly letters: number
  readonly forms: readonly FormCount[]
  readonly madeBy: string
  readonly madeMs: number
  readonly sentOn: string | null
  readonly erasedMs: number | null
}

export type LetterRow = Household & { readonly line: number; readonly form: string }

/** Names and addresses are kept so long after the making, for answers that ask what was sent; then deleted. */
export const addressDaysMax = 90
const batchesShownMax = 50

const columns = (sql: Query) => sql`
  id, provider, deployment_id as "deploymentId", kind, facts, letters, forms, made_by as "madeBy", made_at as "madeMs",
  sent_on as "sentOn", erased_at as "erasedMs"`

export async function insertBatch(
  tx: Tx,
  batch: Omit<Batch, 'sentOn' | 'erasedMs' | 'letters'>,
  rows: readonly LetterRow[],
): Promise<void> {
  await tx`
    insert into authorisation.letter_batch (id, provider, deployment_id, kind, facts, letters, forms, made_by, made_at)
    values (${batch.id}, ${batch.provider}, ${batch.deploymentId}, ${batch.kind}, ${tx.json(batch.facts as never)},
            ${rows.length}, ${tx.json(batch.forms as never)}, ${batch.madeBy}, ${batch.madeMs})`
  await tx`
    insert into authorisation.letter (batch_id, line, reference, name, address, form)
    select ${batch.id}, r.line, r.reference, r.name, r.address, r.form
    from jsonb_to_recordset(${tx.json(rows as never)})
      as r (line integer, reference text, name text, address text, form text)`
}

/** Newest first. */
export async function batchesOf(sql: Query, deploymentId: string): Promise<readonly Batch[]> {
  return await sql<Batch[]>`
    select ${columns(sql)} from authorisation.letter_batch
    where deployment_id = ${deploymentId} order by made_at desc, id desc limit ${batchesShownMax}`
}

export async function findBatch(sql: Query, deploymentId: string, id: string): Promise<Batch | null> {
  const [row] = await sql<Batch[]>`
    select ${columns(sql)} from authorisation.letter_batch where id = ${id} and deployment_id = ${deploymentId}`
  return row ?? null
}

/** Personal: who gets the letters of one form, or of every form. */
export async function lettersOf(
  sql: Query,
  batchId: string,
  form: string | null,
): Promise<readonly LetterRow[]> {
  return await sql<LetterRow[]>`
    select line, reference, name, address, form from authorisation.letter
    where batch_id = ${batchId} ${form === null ? sql`` : sql`and form = ${form}`} order by line`
}

/** False where it was recorded before. */
export async function markSent(tx: Tx, id: string, day: string, by: string): Promise<boolean> {
  const rows = await tx`
    update authorisation.letter_batch set sent_on = ${day}, sent_by = ${by} where id = ${id} and sent_on is null`
  return rows.count === 1
}

/** Deletes who the letters went to; what they said and how many there were stays. False where that was done before. */
export async function eraseAddresses(tx: Tx, id: string, nowMs: number): Promise<boolean> {
  await tx`delete from authorisation.letter where batch_id = ${id}`
  const rows = await tx`
    update authorisation.letter_batch set erased_at = ${nowMs} where id = ${id} and erased_at is null`
  return rows.count === 1
}

/** Batches whose addresses have been kept as long as they may be. */
export async function batchesToErase(sql: Query, nowMs: number): Promise<readonly Batch[]> {
  return await sql<Batch[]>`
    select ${columns(sql)} from authorisation.letter_batch
    where erased_at is null and made_at <= ${nowMs - addressDaysMax * 86_400_000} order by made_at limit 100`
}
