/**
 * ledger: the record that cannot be rewritten unseen. What is appended in a transaction is durable with it, numbered
 * and signed within two seconds, and found by anybody who holds our public key and one earlier checkpoint if it is
 * later changed, removed or put elsewhere. Personal details lie beside the leaves and can be erased.
 * It knows nothing of cameras, never changes a leaf, and claims nothing against a hub whose checkpoints nobody holds.
 */
export { ledgerExportCommand, ledgerVerifyCommand } from './command.ts'
export {
  append,
  type Entry,
  erasePersonal,
  knowKinds,
  type Leaf,
  type LedgerEvents,
} from './entry.ts'
export { exportLog } from './export.ts'
export { stepsFrom } from './follow.ts'
export { decodePublicKey, encodePublicKey, type LedgerKey, ledgerKey, publicKeyFile } from './key.ts'
export {
  allCheckpoints,
  checkProof,
  checkpoint,
  consistency,
  type LedgerProof,
  proof,
  waitSequenced,
} from './proof.ts'
export {
  backlog,
  type EntryFilter,
  type EntryPage,
  type EntryReach,
  type ListedEntry,
  ledgerEvents,
  listEntries,
  readEntry,
  resumedLogs,
} from './read.ts'
export { originOf, type Sequencer, type SequencerParts, startSequencer } from './sequencer.ts'
export { servedFile } from './serve.ts'
export { type TalliedHour, tallyAfter } from './tally.ts'
export { type Against, type LedgerReport, verifyFolder, verifyLedger } from './verify.ts'
export type { LogReport, Problem } from './verify-log.ts'
