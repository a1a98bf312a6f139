/**
 * policy: a landlord's published policy as data, and the one function that answers what it allows. Pure: no database,
 * no clock, no network; a pack is read from a folder once and never changes afterwards.
 * Promises: a missing fact, an unknown word, an error in a rule or a pack that could not be read is a denial, and a
 * denial lists every clause that failed. Never: knows a landlord by name, or decides anything that a pack doesn't.
 *
 *   loadPack(folder): Promise<Result<Pack>>   mistakes are reasons whose message starts `file:line: `
 *   decide(pack, question): Decision          facts per action in `Facts`
 *   able(pack, roles, action): Decision       does any of these roles have this action at all (routes, menus)
 *   gates(pack, facts): Gate[]                why a deployment has no mandate yet
 *   controls, carriedBy(clause), policyReport(packs)   what in the code carries each clause out, and how strongly
 *   points(pack)                             the points on which policies differ: what this one says, or what silence means
 *   settings(pack), clauseLabel(pack, id)     what a pack sets, in plain words, for pages
 */
export { type AccountValues, pictureActions } from './accounts.ts'
export * from './actions.ts'
export { type Beyond, beyondAgreed, functionsFound } from './analytics.ts'
export { carriedBy, type ProviderReport, policyReport } from './carried.ts'
export { type Case, type CaseResult, readCases, runCases, untriedRules } from './cases.ts'
export {
  type Control,
  controlMistakes,
  controls,
  ownRule,
  type Strength,
  strengths,
  weakest,
} from './controls.ts'
export { able, decide, fromOutside, rolesFor } from './decide.ts'
export * from './decided.ts'
export { typeOf } from './derive.ts'
export * from './differences.ts'
export * from './facts.ts'
export { type FieldOfViewFacts, privateViewRule, unsettled } from './field-of-view.ts'
export * from './gates.ts'
export { checkPack, loadPack, type PackCheck, packFiles } from './load.ts'
export * from './pack.ts'

export { refusedTechnologies, technologies } from './placement.ts'
export {
  codeWords,
  inSentence,
  inWords,
  type Point,
  type PointSaid,
  type PointType,
  type PointValue,
  pointKeys,
  points,
  schemaOf,
  writtenPoints,
} from './points.ts'
export {
  deputyFor,
  grantsAt,
  type Holder,
  type Place,
  principalAt,
  reachKeys,
  rolesAt,
} from './reach.ts'

export { clauseHref, clauseLabel, roleAbilities, type Setting, settings } from './settings.ts'
export * from './training.ts'
export { type TransitionRules, transitionDaysMax, transitionRules } from './transition.ts'
export { paperKinds, type Stage, stageLabels, stages, standardKinds, standardStates } from './upkeep.ts'
export { type ControlCounts, controlCounts } from './uses.ts'
export * from './values.ts'
export type { Mistake } from './yaml.ts'
