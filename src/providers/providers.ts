/**
 * providers: the landlords of this installation, the policy versions each has adopted, and what belongs to a policy:
 * its reviews, publication, translations and consultations, its library, its register of laws and standards, and what
 * people need to be able to read it.
 * Promises: a version, once adopted, stays what it was — its folder changed or gone stops the start with a clear word —
 * and every decision can be put again to the version it was made under; whether a rule held this month is counted from
 * the ledger and from refusals as they are told. Never: decides anything itself.
 *
 *   openProviders({ sql, folder, clock, log })    reads every pack, holds it against what was adopted
 *   .adopt(tx, { slug, name, by, … })             a landlord takes on a pack (set-up, demo, a new version)
 *   .packOf(slug, { day } | { version })          the pack to decide by; today's when not told
 *   .decidePoint(tx, …), .bringTasksInLine(tx)   what the policy leaves open and the landlord has to decide
 *   .addSubsidiary(tx, …)                         a landlord that decides by its group's policy
 *   .list()                                       the landlords
 *   adoptPacks(tx, providers, …)                  several at once, for set-up and the demo
 *   providersRoutes(deps)                         the policy pages, public ones too
 *   startProviders(deps)                          reminders and counts
 *   countRefusal(parts, refusal)                  told by web of every refusal
 *   withGuidance(parts, slug, stage, page)        a step's page with what the library has for it; libraryFor the list
 *   isPublished, translationsOf(sql, slug)        whether the policy stands on the website, and in which languages
 *   needsOf, needsOfMany(sql, …)                  how to write to one person, or to many, as far as the writer sees
 *   needingAt, formsNeededAt(sql, …)              who at a place needs something special; in which forms, without who
 *   withHomes(sql, reach, …)                      adds who lives at a place that a role reaches by area, patch or site
 *   policyCheckCommand(args)                      `policy check FOLDER`
 *   policyReportCommand(args, folder)             `policy report [--json]`
 */
export {
  adjustmentReach,
  formsNeededAt,
  type Needs,
  type NeedsSeen,
  needingAt,
  needsOf,
  needsOfMany,
  type Resident,
  withHomes,
} from './adjustments.ts'
export type { Running } from './changes.ts'
export { changesRoutes } from './changes-routes.ts'
export { policyCheckCommand, policyReportCommand } from './command.ts'
export { countRefusal } from './counts.ts'
export type { ProvidersDeps, TaskBook, Work } from './deps.ts'
export { isPublished, translationsOf } from './document-store.ts'
export { ledgerEvents } from './events.ts'
export type { Remark, Standing } from './held.ts'
export { goneUnder, type Keeping, keepings } from './kept.ts'
export { landlordsRoutes } from './landlords-routes.ts'
export { type LibraryLine, libraryFor, withGuidance } from './library.ts'
export type { Adoption, AppendToLedger, Provider, Providers } from './model.ts'
export { baseline, policyNewCommand } from './new-pack.ts'
export { adoptPacks, openProviders } from './open.ts'
export { openPointRoutes } from './open-points-routes.ts'
export { readPacks } from './packs.ts'
export { startProviders } from './reminders.ts'
export { providersRoutes } from './routes.ts'
export type { AdoptedVersion } from './store.ts'
