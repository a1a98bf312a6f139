/** SQL of what people are asked about the policy, and what they said. */
import type { Query, Tx } from '#engine/engine.ts'

export type Asked = { readonly code: string; readonly ask: string }

export type Consultation = {
  readonly id: string
  readonly provider: string
  readonly version: string
  readonly title: string
  readonly intro: string
  readonly questions: readonly Asked[]
  readonly opensMs: number
  readonly closesMs: number
  readonly by: string | null
  readonly atMs: number
  readonly outcome: string | null
  readonly outcomeMs: number | null
  readonly answers: number
}

export const answerers = ['resident', 'neighbour', 'colleague', 'partner', 'other', 'not-said'] as const
export type Answerer = (typeof answerers)[number]
export const hearings = ['web', 'paper', 'spoken'] as const
export type Hearing = (typeof hearings)[number]

export type ConsultationAnswer = {
  readonly id: string
  readonly who: Answerer
  readonly heardBy: Hearing
  /** By code of the question; null once erased. */
  readonly answers: Readonly<Record<string, string>> | null
  readonly atMs: number
}

const columns = (sql: Query) => sql`
  c.id, c.provider, c.version, c.title, c.intro, c.questions, c.opens_at as "opensMs", c.closes_at as "closesMs",
  c.by_person as by, c.at as "atMs", c.outcome, c.outcome_at as "outcomeMs",
  (select count(*) from providers.consultation_answer a where a.consultation = c.id) as answers`

/** Newest first. */
export async function consultationsOf(sql: Query, provider: string): Promise<Consultation[]> {
  return await sql<Consultation[]>`
    select ${columns(sql)} from providers.consultation c where c.provider = ${provider}
    order by c.opens_at desc limit 50`
}

export async function findConsultation(
  sql: Query,
  provider: string,
  id: string,
): Promise<Consultation | null> {
  const [row] = await sql<Consultation[]>`
    select ${columns(sql)} from providers.consultation c where c.provider = ${provider} and c.id = ${id}`
  return row ?? null
}

export async function insertConsultation(
  tx: Tx,
  row: Omit<Consultation, 'answers' | 'outcome' | 'outcomeMs'>,
): Promise<void> {
  await tx`
    insert into providers.consultation
      (id, provider, version, title, intro, questions, opens_at, closes_at, by_person, at)
    values (${row.id}, ${row.provider}, ${row.version}, ${row.title}, ${row.intro},
      ${tx.json(row.questions as never)}, ${row.opensMs}::timestamptz, ${row.closesMs}::timestamptz, ${row.by},
      ${row.atMs}::timestamptz)`
}

/** False where the outcome stands already: it is told once and stays. */
export async function setOutcome(tx: Tx, id: string, outcome: string, atMs: number): Promise<boolean> {
  const set = await tx`
    update providers.consultation set outcome = ${outcome}, outcome_at = ${atMs}::timestamptz
    where id = ${id} and outcome is null`
  return set.count > 0
}

export async function insertAnswer(tx: Tx, consultation: string, row: ConsultationAnswer): Promise<void> {
  await tx`
    insert into providers.consultation_answer (id, consultation, who, heard_by, answers, at)
    values (${row.id}, ${consultation}, ${row.who}, ${row.heardBy}, ${tx.json(row.answers as never)},
      ${row.atMs}::timestamptz)`
}

/** A page of answers, newest first. */
export async function answersOf(
  sql: Query,
  consultation: string,
  page: { readonly skip: number; readonly most: number },
): Promise<ConsultationAnswer[]> {
  return await sql<ConsultationAnswer[]>`
    select id, who, heard_by as "heardBy", answers, at as "atMs" from providers.consultation_answer
    where consultation = ${consultation} order by at desc, id offset ${page.skip} limit ${page.most}`
}

export type AnswerCounts = {
  readonly who: Readonly<Record<string, number>>
  readonly heardBy: Readonly<Record<string, number>>
  /** How many said something to each question. */
  readonly said: Readonly<Record<string, number>>
}

export async function countAnswers(sql: Query, consultation: string): Promise<AnswerCounts> {
  const who = await sql<{ key: string; n: number }[]>`
    select who as key, count(*) as n from providers.consultation_answer
    where consultation = ${consultation} group by 1`
  const heard = await sql<{ key: string; n: number }[]>`
    select heard_by as key, count(*) as n from providers.consultation_answer
    where consultation = ${consultation} group by 1`
  const said = await sql<{ key: string; n: number }[]>`
    select key, count(*) as n from providers.consultation_answer, jsonb_object_keys(answers) as key
    where consultation = ${consultation} and answers is not null group by 1`
  const record = (rows: readonly { key: string; n: number }[]) =>
    Object.fromEntries(rows.map(({ key, n }) => [key, n]))
  return { who: record(who), heardBy: record(heard), said: record(said) }
}

/** The words go; that somebody answered stays. False where there was nothing to erase. */
export async function eraseAnswer(tx: Tx, consultation: string, id: string, atMs: number): Promise<boolean> {
  const erased = await tx`
    update providers.consultation_answer set answers = null, erased_at = ${atMs}::timestamptz
    where consultation = ${consultation} and id = ${id} and erased_at is null`
  return erased.count > 0
}
