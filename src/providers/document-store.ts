/** SQL of the policy as a document: reviews, publication and translations. */
import type { Query, Tx } from '#engine/engine.ts'

export type PolicyReview = {
  readonly id: string
  readonly version: string
  readonly reviewedOn: string
  readonly outcome: 'stays' | 'to-change' | 'changed'
  readonly note: string
  readonly nextReview: string
  readonly by: string | null
  readonly atMs: number
}

export async function reviewsOf(sql: Query, provider: string): Promise<PolicyReview[]> {
  return await sql<PolicyReview[]>`
    select id, version, reviewed_on as "reviewedOn", outcome, note, next_review as "nextReview", by_person as by,
      at as "atMs"
    from providers.policy_review where provider = ${provider} order by at desc limit 50`
}

export async function insertReview(tx: Tx, provider: string, row: PolicyReview): Promise<void> {
  await tx`
    insert into providers.policy_review
      (id, provider, version, reviewed_on, outcome, note, next_review, by_person, at)
    values (${row.id}, ${provider}, ${row.version}, ${row.reviewedOn}, ${row.outcome}, ${row.note}, ${row.nextReview},
      ${row.by}, ${row.atMs}::timestamptz)`
}

export const channels = ['website', 'intranet', 'staff'] as const
export type Channel = (typeof channels)[number]

export type Publication = {
  readonly id: string
  readonly version: string
  readonly revision: number
  readonly channel: Channel
  readonly address: string | null
  readonly by: string | null
  readonly atMs: number
  readonly endedMs: number | null
}

/** Newest first; those in force first of all. */
export async function publicationsOf(sql: Query, provider: string): Promise<Publication[]> {
  return await sql<Publication[]>`
    select id, version, revision, channel, address, by_person as by, at as "atMs", ended_at as "endedMs"
    from providers.publication where provider = ${provider}
    order by ended_at is not null, at desc limit 50`
}

export async function isPublished(sql: Query, provider: string, channel: Channel): Promise<boolean> {
  const rows = await sql`
    select 1 from providers.publication
    where provider = ${provider} and channel = ${channel} and ended_at is null`
  return rows.length > 0
}

/** Takes the place of what stood on the channel before. */
export async function insertPublication(
  tx: Tx,
  provider: string,
  row: Omit<Publication, 'endedMs'>,
): Promise<void> {
  await endPublication(tx, provider, row.channel, row.atMs)
  await tx`
    insert into providers.publication (id, provider, version, revision, channel, address, by_person, at)
    values (${row.id}, ${provider}, ${row.version}, ${row.revision}, ${row.channel}, ${row.address}, ${row.by},
      ${row.atMs}::timestamptz)`
}

export async function endPublication(
  tx: Tx,
  provider: string,
  channel: Channel,
  atMs: number,
): Promise<boolean> {
  const ended = await tx`
    update providers.publication set ended_at = greatest(at, ${atMs}::timestamptz)
    where provider = ${provider} and channel = ${channel} and ended_at is null`
  return ended.count > 0
}

export type Translation = {
  readonly id: string
  readonly version: string
  readonly ofHash: string
  readonly language: string
  readonly languageName: string
  readonly easyRead: boolean
  readonly translatedOn: string
  readonly mime: string | null
  readonly filename: string | null
  readonly by: string | null
  readonly atMs: number
}

/** Those in force, by language. */
export async function translationsOf(sql: Query, provider: string): Promise<Translation[]> {
  return await sql<Translation[]>`
    select id, version, of_hash as "ofHash", language, language_name as "languageName", easy_read as "easyRead",
      translated_on as "translatedOn", mime, filename, by_person as by, at as "atMs"
    from providers.translation where provider = ${provider} and ended_at is null
    order by language, easy_read limit 60`
}

export async function translationBody(
  sql: Query,
  provider: string,
  id: string,
): Promise<{ readonly body: string | null; readonly file: Buffer | null } | null> {
  const [row] = await sql<{ body: string | null; file: Buffer | null }[]>`
    select body, file from providers.translation
    where provider = ${provider} and id = ${id} and ended_at is null`
  return row ?? null
}

/** Takes the place of the one of the same language. */
export async function insertTranslation(
  tx: Tx,
  provider: string,
  row: Translation & { readonly body: string | null; readonly file: Buffer | null },
): Promise<void> {
  await tx`
    update providers.translation set ended_at = greatest(at, ${row.atMs}::timestamptz)
    where provider = ${provider} and language = ${row.language} and easy_read = ${row.easyRead}
      and ended_at is null`
  await tx`
    insert into providers.translation (id, provider, version, of_hash, language, language_name, easy_read,
      translated_on, body, file, mime, filename, by_person, at)
    values (${row.id}, ${provider}, ${row.version}, ${row.ofHash}, ${row.language}, ${row.languageName},
      ${row.easyRead}, ${row.translatedOn}, ${row.body}, ${row.file}, ${row.mime}, ${row.filename}, ${row.by},
      ${row.atMs}::timestamptz)`
}
