/** The SQL of letters in other languages. */
import type { Query, Tx } from '#engine/engine.ts'
import type { LetterKind } from './letter-says.ts'

/** One letter in one language, as somebody translated it. */
export type Translation = {
  readonly id: string
  readonly provider: string
  readonly deploymentId: string
  readonly kind: LetterKind
  readonly easy: boolean
  readonly language: string
  /** `wordsHash` of the English letter that it was made from. */
  readonly ofHash: string
  /** As it was put in, laid out like the English text. */
  readonly body: string
  readonly translatedBy: string
  readonly translatedOn: string
  readonly putInBy: string
  readonly putInMs: number
}

const columns = (sql: Query) => sql`
  id, provider, deployment_id as "deploymentId", kind, easy, language, of_hash as "ofHash", body,
  translated_by as "translatedBy", translated_on as "translatedOn", put_in_by as "putInBy", put_in_at as "putInMs"`

export async function insertTranslation(tx: Tx, row: Translation): Promise<void> {
  await tx`
    insert into authorisation.letter_translation (id, provider, deployment_id, kind, easy, language, of_hash, body,
      translated_by, translated_on, put_in_by, put_in_at)
    values (${row.id}, ${row.provider}, ${row.deploymentId}, ${row.kind}, ${row.easy}, ${row.language}, ${row.ofHash},
      ${row.body}, ${row.translatedBy}, ${row.translatedOn}, ${row.putInBy}, ${row.putInMs})`
}

/** Newest of each language and kind of words, whatever English letter it was made from. */
export async function translationsOf(
  sql: Query,
  deploymentId: string,
  kind: LetterKind,
): Promise<readonly Translation[]> {
  return await sql<Translation[]>`
    select distinct on (language, easy, of_hash) ${columns(sql)} from authorisation.letter_translation
    where deployment_id = ${deploymentId} and kind = ${kind}
    order by language, easy, of_hash, put_in_at desc, id desc`
}

export async function findTranslation(
  sql: Query,
  deploymentId: string,
  id: string,
): Promise<Translation | null> {
  const [row] = await sql<Translation[]>`
    select ${columns(sql)} from authorisation.letter_translation where id = ${id} and deployment_id = ${deploymentId}`
  return row ?? null
}
