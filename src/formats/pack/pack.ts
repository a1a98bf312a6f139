/**
 * formats/pack: what the receiver of footage gets, and the one program that checks it. A pack is a BagIt folder (RFC 8493)
 * with the sealed records as they were recorded, the keys of exactly these, proof from the landlord's ledger, the
 * mandate, a playable film made of nothing else, and a page that checks all of it in a browser. `verifyPackFiles` runs
 * unchanged there and in Node. Layout in docs/reference/pack.md. Never asks a network, never trusts a name.
 */
export * from './statement.ts'
export * from './verify.ts'
export * from './video.ts'
