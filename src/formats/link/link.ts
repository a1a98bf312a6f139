/**
 * formats/link: what a recorder and its hub say to each other over the one WebSocket that the recorder dials
 * (`GET /recorder/link`), and how each proves who it is. One table of messages for both sides; whatever isn't in it is
 * refused before anybody acts on it. Sealed bytes travel in binary frames. Byte by byte in docs/reference/link.md.
 * Opens no socket, keeps no state.
 */
export * from './frames.ts'
export * from './messages.ts'
export * from './proofs.ts'
