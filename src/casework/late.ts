import type { Query } from '#engine/engine.ts'

/**
 * Work that a rule asks for and that was late at any time since an instant: still open past its day, or done after it.
 * Counted by rule; what it was about stays with whom it belongs to.
 */
export async function lateWork(
  sql: Query,
  provider: string,
  sinceMs: number,
  nowMs: number,
): Promise<readonly { readonly clause: string; readonly open: number; readonly done: number }[]> {
  return await sql<{ clause: string; open: number; done: number }[]>`
    select clause, count(*) filter (where closed_at is null) as open,
      count(*) filter (where closed_at is not null) as done
    from casework.task
    where provider = ${provider} and clause is not null and due_at < ${nowMs}
      and (closed_at is null or (closed_at > due_at and closed_at >= ${sinceMs}))
    group by clause order by clause`
}
