/**
 * desk: pages that look into many rooms at once: what waits for me, the cameras, one camera at a glance, and a demo's
 * clock; and each person told by e-mail how much waits. Promises: it shows only what the rooms below would show this person themselves, counts included.
 * Never: holds a rule or a table of its own.
 */
export { type ChasingParts, digestText, ledgerEvents, sendDigests, startChasing } from './digest.ts'
export { type LedgerPages, ledgerRoutes } from './ledger-pages.ts'
export type { DeskParts } from './parts.ts'
export { deskRoutes } from './routes.ts'
