/**
 * formats/log: the tamper-evident log's arithmetic. RFC 6962 Merkle tree, inclusion and consistency proofs; signed notes
 * and checkpoints (C2SP signed-note, tlog-checkpoint) under Ed25519; tile and entry-bundle paths (C2SP tlog-tiles).
 * Knows no camera and no database: leaves are bytes. Checking also runs in a browser (`verify…Web`).
 */
export * from './checkpoint.ts'
export * from './follow.ts'
export * from './proof.ts'
export * from './tiles.ts'
export * from './tree.ts'
