/** The nouns that footage hands to the rooms above it. Instants are ms since the epoch; spans exclude their end. */

export type Span = { readonly cameraId: string; readonly fromMs: number; readonly toMs: number }

/** What a recorder says, and what follows from it. "Connected" is not "recording": only `recording` is. */
export type CameraState = {
  readonly cameraId: string
  /** 'recording' only while sealed frames arrive; 'unknown' when the recorder has not spoken lately. */
  readonly state: 'recording' | 'connecting' | 'fault' | 'no-mandate' | 'unknown'
  /** In plain words, ready to print: "Recording", "The camera refuses the password". */
  readonly words: string
  readonly sinceMs: number | null
  readonly lastFrameMs: number | null
  /** Until when the mandate that the recorder obeys lets it record, or null. */
  readonly untilMs: number | null
  readonly mandateId: string | null
  /** When the recorder last said anything at all. */
  readonly heardMs: number | null
}

export type Gap = {
  readonly cameraId: string
  readonly fromMs: number
  /** Null while the gap is still open. */
  readonly toMs: number | null
  readonly cause: string
}

/** One record of a reel, with the key that opens it and nothing else; a gap's record is clear and has none. */
export type HeldRecord = {
  readonly sequence: number
  readonly kind: 'init' | 'media' | 'clear'
  readonly startMs: number
  readonly endMs: number
  readonly keyframe: boolean
  /** Header, ciphertext with tag, and chain value: byte for byte as on the recorder's disk. */
  readonly bytes: Buffer
  /** The 32-byte fragment key. */
  readonly key: Buffer | null
}

export type HeldReel = {
  readonly reelId: string
  readonly recorderId: string
  readonly mandateId: string
  /** The reel's opening bytes (magic, version, head), byte for byte. */
  readonly headBytes: Buffer
  /** Index and close record, whole and end to end; null while the reel is open. */
  readonly tailBytes: Buffer | null
  /** Hex of the chain after the last record, as the ledger has it; null while the reel is open. */
  readonly chainHead: string | null
  /** Id of the ledger entry that holds the chain head. */
  readonly ledgerEntry: string | null
  readonly codec: string
  /** The init segment, then the span's records without holes. */
  readonly records: AsyncIterable<HeldRecord>
}

export type Hold = {
  readonly id: string
  readonly cameraId: string
  readonly fromMs: number
  readonly toMs: number
  readonly ownerId: string
  readonly reason: string
  readonly caseId: string | null
  readonly provider: string
  readonly endsMs: number
  readonly madeMs: number
  readonly releasedMs: number | null
  /** Fragments whose keys were copied, and the bytes a recorder keeps for them. */
  readonly fragments: number
  readonly bytes: number
}

/** What stands recorded in a span, told without opening anything. */
export type SpanFacts = Span & {
  readonly reels: readonly {
    readonly reelId: string
    readonly mandateId: string
    readonly recorderId: string
    readonly day: string
    readonly chainHead: string | null
    readonly closed: boolean
  }[]
  readonly gaps: readonly Gap[]
  readonly fragments: number
  readonly bytes: number
  /** First and last moment with picture, or null where there is none. */
  readonly firstMs: number | null
  readonly lastMs: number | null
}
