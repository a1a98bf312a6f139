/** SQL of the words of those who stand behind a policy. */
import type { Query, Tx } from '#engine/engine.ts'

/** approved: this version. shown: what came of the review before that day. */
export type WordKind = 'approved' | 'shown'

export type Word = {
  readonly id: string
  readonly version: string
  readonly kind: WordKind
  readonly body: string
  readonly givenOn: string
  readonly minute: string | null
  readonly by: string | null
  readonly atMs: number
}

/** Newest first. */
export async function wordsOf(sql: Query, provider: string): Promise<Word[]> {
  return await sql<Word[]>`
    select id, version, kind, body, given_on as "givenOn", minute, by_person as by, at as "atMs"
    from providers.word where provider = ${provider} order by given_on desc, at desc limit 100`
}

export async function insertWord(tx: Tx, provider: string, row: Word): Promise<void> {
  await tx`
    insert into providers.word (id, provider, version, kind, body, given_on, minute, by_person, at)
    values (${row.id}, ${provider}, ${row.version}, ${row.kind}, ${row.body}, ${row.givenOn}, ${row.minute}, ${row.by},
      ${row.atMs}::timestamptz)`
}
