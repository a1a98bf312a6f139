/** The authorities of a landlord that have not ended, each with the version of the policy it was made under. */
import type { Query } from '#engine/engine.ts'

export type RunningAuthority = {
  readonly id: string
  readonly reference: string
  readonly type: string
  readonly version: string
}

const listMax = 5_000

export async function runningAuthorities(sql: Query, provider: string): Promise<readonly RunningAuthority[]> {
  return await sql<RunningAuthority[]>`
    select d.id, d.reference, d.type, d.policy_version as version
    from authorisation.deployment d
    where d.provider = ${provider} and d.ended_at is null
      and exists (select 1 from authorisation.mandate m where m.deployment_id = d.id and m.class <> 'commissioning')
    order by d.reference limit ${listMax}`
}
