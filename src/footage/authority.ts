/** What footage asks of authorisation, as one bundle of functions. */
import {
  type AuthorisationDeps,
  authorityIntervals,
  findDeployment,
  findMandate,
  heardCounters,
  mandateBundleFor,
  newestDeploymentOf,
  recordOverrun,
  recordReference,
  retentionOf,
  withdrawalFor,
} from '#authorisation/authorisation.ts'
import { isId } from '#base/base.ts'
import type { Authority } from './deps.ts'
import { intervalFor } from './viewing/authority.ts'

export function authorityFrom(deps: AuthorisationDeps): Authority {
  const { sql } = deps
  const only = (found: { readonly jws: string; readonly certificate: string } | null) =>
    found === null ? null : { jws: found.jws, certificate: found.certificate }
  return {
    intervals: (cameraId) => authorityIntervals(sql, cameraId),
    bundle: async (cameraId) => only(await mandateBundleFor(sql, cameraId)),
    withdrawal: async (cameraId) => only(await withdrawalFor(sql, deps.keys, cameraId)),
    async mandateOf(mandateId) {
      const found = isId(mandateId) ? await findMandate(sql, mandateId) : null
      return found === null ? null : { cameraId: found.cameraId, recorderId: found.recorderId }
    },
    retention: (cameraId, day, until) => retentionOf(sql, deps.packs, cameraId, day, until),
    async deploymentType(cameraId, atMs) {
      const interval = intervalFor(await authorityIntervals(sql, cameraId), atMs)
      const id = interval?.deploymentId ?? (await newestDeploymentOf(sql, cameraId))
      return id === null ? null : ((await findDeployment(sql, id))?.type ?? null)
    },
    heardCounters: (recorderId, words) => heardCounters(deps, recorderId, words),
    noteOverrun: (mandateId, overrunMs) => recordOverrun(deps, mandateId, overrunMs),
    recordReference: (still) => recordReference(deps, still),
  }
}
