/**
 * register: what exists and who answers for it: sites, systems, cameras, signs, and the small pictures that belong to them.
 * Promises: nobody sees a place that their role doesn't reach, counts included; a camera's password is written and
 * never shown again, and a copy of the database doesn't hold it readable; an edit of what somebody else has changed
 * meanwhile is refused, not lost. Never: decides whether a camera may record; that is authorisation's.
 */
export * from './address.ts'
export * from './camera-store.ts'
export { chaseAll, type RegisterWork, startRegister } from './chase.ts'
export * from './check-store.ts'
export * from './credentials.ts'
export { type DeviceFunction, type DeviceReading, devicePortOf, keepDeviceReading } from './device-reading.ts'
export * from './device-store.ts'
export { forgetOldUploads, takenOver } from './estate/store.ts'
export type { RunningCamera } from './estate/write-estate.ts'
export { ledgerEvents } from './events.ts'
export { systemFacts } from './facts.ts'
export { handRegisterOn, registerInHand } from './hand-on.ts'
export {
  type Change,
  type Changeable,
  changesOf,
  differences,
  type FieldChange,
  noteChanges,
} from './history.ts'
export { controlledElsewhere, outOfScope } from './lacks.ts'
export { listMax } from './listing.ts'
export { listAddress, pageNumber, pager, type RegisterDeps, searchText } from './pages/parts.ts'
export { patchesOf, patchManagerAt } from './patch-store.ts'
export * from './pictures.ts'
export { placeTyped, type TypedAnswer, type TypedPlace } from './place-typed.ts'
export { placeWords } from './place-words.ts'
export { insertArea, insertPlan, placeOnPlan } from './plan/store.ts'
export { type FieldOfView, viewsOf } from './plan/view.ts'
export * from './reach.ts'
export { registerRoutes } from './routes.ts'
export {
  areasFound,
  countsByKind,
  type FindableKind,
  type Found,
  find,
  findableKinds,
  findableWhere,
  foundPerPage,
  idsWithin,
  type Sought,
} from './search.ts'
export * from './sheet-store.ts'
export * from './sighting-store.ts'
export * from './sign-sheet/read-photo.ts'
export * from './sign-sheet/sign-code.ts'
export * from './sign-sheet/sign-says.ts'
export * from './sign-sheet/sign-sheet.ts'
export * from './sign-store.ts'
export * from './site-store.ts'
export * from './supplier-store.ts'
export * from './system-store.ts'
export {
  giveVisit,
  openVisits,
  overdueVisits,
  takeVisits,
  type Visit,
  visitsById,
  visitWindowOf,
} from './visit-store.ts'
