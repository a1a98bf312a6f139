/**
 * footage: the hub's side of every picture — which recorder holds it, which key opens it, who may look and why, what is
 * held back from deletion and what is gone.
 * Promises: no reason, no view; what was sent is in the log before it leaves; nothing outlives its time unless a hold
 * with an owner, a reason and an end says so; what was recorded after an authority ended is shown to nobody and its
 * keys are destroyed. Never: keeps a key outside the keyring, writes a clear picture to disk, or takes "connected" for
 * "recording".
 */
export { authorityFrom } from './authority.ts'
export { casesSeenBy } from './cases-seen.ts'
export type { Authority, FootageDeps, HubIdentity } from './deps.ts'
export { ledgerEvents } from './events.ts'
export { holdsInForce } from './holds-in-force.ts'
export { closeViewingsOf, handHoldsOn, holdsInHand, lookedSince } from './in-hand.ts'
export { type Keyring, openKeyring } from './keyring/keyring.ts'
export { createEnrolmentToken } from './link/enrolment.ts'
export type * from './model.ts'
export { footageRoutes } from './routes.ts'
export { type Footage, startFootage } from './start.ts'
export { knownKeyring } from './store.ts'
export { findViewing, type Viewing } from './viewing-store.ts'
