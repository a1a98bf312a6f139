import type { Query } from '#engine/engine.ts'

/** What this room knows against a landlord's policy, or in exception of it. */
export type AgainstPolicy = {
  /** Mandates that ended since the instant and after whose end something was still recorded. */
  readonly overruns: number
  /** Cameras of an older system that go on for a while by leave, and the last day of the last. */
  readonly transitional: { readonly cameras: number; readonly lastDay: string } | null
}

export async function againstPolicy(
  sql: Query,
  provider: string,
  sinceMs: number,
  today: string,
): Promise<AgainstPolicy> {
  const [overrun] = await sql<{ overruns: number }[]>`
    select count(*) as overruns from authorisation.mandate m
    join authorisation.deployment d on d.id = m.deployment_id
    where d.provider = ${provider} and m.overrun_ms > 0 and m.ended_at >= ${sinceMs}`
  const [leave] = await sql<{ cameras: number; lastDay: string | null }[]>`
    select count(*) as cameras, max(t.until_day) as "lastDay" from authorisation.transition t
    join authorisation.deployment d on d.id = t.deployment_id
    where d.provider = ${provider} and d.ended_at is null and t.decision = 'allowed'
      and ${today} between t.from_day and t.until_day`
  return {
    overruns: overrun?.overruns ?? 0,
    transitional: leave?.lastDay ? { cameras: leave.cameras, lastDay: leave.lastDay } : null,
  }
}
