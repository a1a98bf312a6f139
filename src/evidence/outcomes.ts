import type { Query } from '#engine/engine.ts'

/** Which of these cases have an exhibit. */
export async function withExhibits(sql: Query, caseIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await sql<{ caseId: string }[]>`
    select distinct case_id as "caseId" from evidence.exhibit where case_id = any (${[...caseIds]}::uuid[])`
  return new Set(rows.map(({ caseId }) => caseId))
}
