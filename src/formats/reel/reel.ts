/**
 * formats/reel: one camera's sealed file, an hour at most. A reel tells without any key what it holds, for which mandate
 * and day, where its gaps are and whether a byte was touched; it gives no frame without the key of that fragment.
 * Sealing and keys need Node; scanning and opening also run in a browser (WebCrypto). Byte by byte in
 * docs/reference/reel.md. Never reads a clock, never opens a file, never keeps a key after close.
 */
export * from './keys.ts'
export {
  bodyBytesMax,
  type CloseReason,
  chainBytes,
  closeReasons,
  decodePrelude,
  decodeRecordHeader,
  encodePrelude,
  encodeRecordHeader,
  type GapCause,
  gapCauses,
  headBytesMax,
  headProblem,
  indexEntryBytes,
  type Prelude,
  preludeFixedBytes,
  preludeLength,
  type RecordHeader,
  type RecordType,
  type ReelHead,
  recordHeaderBytes,
  recordMarker,
  recordsMax,
  recordTypes,
  reelMagic,
  reelVersion,
  tagBytes,
  trailerBytes,
  trailerMagic,
} from './layout.ts'
export * from './open.ts'
export * from './open-web.ts'
export * from './scan.ts'
export * from './seal.ts'
export * from './tail.ts'
