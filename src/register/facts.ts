/** Gathers what is known of systems in a few questions, however many there are. */
import type { Query } from '#engine/engine.ts'
import { camerasOfSystems } from './camera-store.ts'
import { requirementsOf, securityOf } from './check-store.ts'
import { rolesOf } from './controller-store.ts'
import type { SystemFacts } from './lacks.ts'
import { acknowledgementsOf, operatorsOf, proceduresOf } from './procedure-store.ts'
import { type Packs, shareGroup } from './reach.ts'
import type { System } from './system-store.ts'

export async function systemFacts(
  sql: Query,
  packs: Pick<Packs, 'find'>,
  systems: readonly System[],
): Promise<(systemId: string) => SystemFacts> {
  const ids = systems.map((system) => system.id)
  const cameras = await camerasOfSystems(sql, ids)
  const [operators, procedures, security, roles, requirements] = await Promise.all([
    operatorsOf(sql, ids),
    proceduresOf(sql, ids),
    securityOf(sql, ids),
    rolesOf(sql, ids),
    requirementsOf(
      sql,
      systems.flatMap(({ id }) => cameras(id).map((camera) => camera.id)),
    ),
  ])
  const acknowledged = await acknowledgementsOf(
    sql,
    [...procedures.values()].map(({ id }) => id),
  )
  const byId = new Map(systems.map((system) => [system.id, system]))
  return (systemId) => {
    const procedure = procedures.get(systemId) ?? null
    const system = byId.get(systemId)!
    const { landlord } = roles(systemId).controller
    return {
      system,
      cameras: cameras(systemId),
      operators: operators(systemId),
      procedure,
      acknowledged: (personId) => (procedure === null ? null : acknowledged(procedure.id, personId)),
      security: security(systemId),
      requirement: (cameraId) => requirements.get(cameraId) ?? null,
      roles: roles(systemId),
      sameGroup: landlord !== null && shareGroup(packs, landlord, system.provider),
    }
  }
}
