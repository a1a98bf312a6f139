/**
 * providers: the landlords of this installation and the policy versions each has adopted.
 * Promises: a version, once adopted, stays what it was — its folder changed or gone stops the start with a clear word —
 * and every decision can be put again to the version it was made under. Never: decides anything itself.
 *
 *   openProviders({ sql, folder, clock, log })    reads every pack, holds it against what was adopted
 *   .adopt(tx, { slug, name, by, … })             a landlord takes on a pack (set-up, demo, a new version)
 *   .packOf(slug, { day } | { version })          the pack to decide by; today's when not told
 *   .decidePoint(tx, …), .bringTasksInLine(tx)   what the policy leaves open and the landlord has to decide
 *   .addSubsidiary(tx, …)                         a landlord that decides by its group's policy
 *   .list()                                       the landlords
 *   adoptPacks(tx, providers, …)                  several at once, for set-up and the demo
 *   providersRoutes(deps)                         the policy pages
 *   policyCheckCommand(args)                      `policy check FOLDER`
 *   policyReportCommand(args, folder)             `policy report [--json]`
 */
export { policyCheckCommand, policyReportCommand } from './command.ts'
export type { Decision, WantedDecision } from './decisions.ts'
export type { TaskBook } from './deps.ts'
export { ledgerEvents } from './events.ts'
export {
  type Adoption,
  type AppendToLedger,
  adoptPacks,
  openProviders,
  type Provider,
  type Providers,
} from './open.ts'
export { openPointRoutes } from './open-points-routes.ts'
export { readPacks } from './packs.ts'
export { type ProvidersDeps, providersRoutes } from './routes.ts'
export type { AdoptedVersion } from './store.ts'
