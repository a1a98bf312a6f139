/**
 * authorisation: from the proposal of a camera to the mandate that its recorder obeys, and to its end.
 * Promises: no mandate is signed while one gate of the landlord's policy is open, by nobody; every refusal names the
 * clause; two people deciding at once, and a decision on facts that have changed, get a clear answer; stop needs no
 * permission; authority ends at the instant the hub records it, with a signed word for the recorder.
 * Never: sets a status by hand, or asks a rule that the pack doesn't hold. It knows no frame and no key of footage:
 * what it needs of them comes as functions (`parts.ts`).
 *
 * Outbox topics: `mandate.issued`, `mandate.ended`, `camera.changed` (key: camera).
 * It listens to `camera.moved` and `signs.contact-set`.
 */

export { type AgainstPolicy, againstPolicy } from './against-policy.ts'
export { type CameraGroup, cameraGroups, camerasByUrgency } from './camera-order.ts'
export { type Standing, standingOf, standingsOf } from './evaluate.ts'
export { causeWords, ledgerEvents } from './events.ts'
export { type HubKeys, openHubKeys } from './keys.ts'
export { authorityOf, dayOfAuthority } from './lease.ts'
export { currentMandate, findMandate } from './mandate-store.ts'
export {
  type AuthorityInterval,
  authorityIntervals,
  mandateAt,
  mandateBundleFor,
  retentionOf,
  withdrawalFor,
} from './mandates.ts'
export type * from './model.ts'
export { type AuthorisationDeps, type KnownRecorder, type ProbeResult, recordersFor } from './parts.ts'
export {
  authorisationListeners,
  evaluateAll,
  expireDue,
  recordOverrun,
  startAuthorisation,
} from './periodic.ts'
export { recordReference } from './reference.ts'
export { type HeldWord, heardCounters } from './restored.ts'
export { authorisationRoutes } from './routes.ts'
export { type RunningAuthority, runningAuthorities } from './running.ts'
export * as steps from './steps.ts'
export { countingDeployments, findDeployment, newestDeploymentOf } from './store.ts'
export { takeOver } from './transition/steps.ts'
export { takenOverAs } from './transition/store.ts'
export { unsureAfterRestore } from './unsure.ts'
