/** The table of messages: one zod shape for each type, strict (unknown fields are refused), every list bounded. */
import { z } from 'zod'
import { type Reason, type Result, refuse } from '#base/base.ts'
import { gapCauses, type ReelHead } from '#formats/reel/reel.ts'

export const linkVersion = 1
/** The longest text message taken by either side. A page of 500 catalogued reels takes about 700 kB. */
export const textBytesMax = 2 * 1024 * 1024
export const camerasMax = 1000
export const cataloguePageMax = 500
export const unlinkMax = 1000
export const linkPath = '/recorder/link'
export const enrolPath = '/recorder/enrol'

const id = z.string().min(1).max(64)
const ms = z.int().nonnegative()
const count = z.int().nonnegative()
const code = z.string().regex(/^[a-zA-Z0-9-]{1,64}$/)
const hash = z.string().regex(/^[0-9a-f]{64}$/)
const key = z.string().regex(/^[\w-]{43}$/)
const nonce = z.string().regex(/^[\w-]{43}$/)
const signature = z.string().regex(/^[\w-]{86}$/)
const jws = z.string().min(1).max(131_072)
const note = z.string().min(1).max(65_536)
const request = z.int().min(1).max(0xffff_ffff)
const words = z.string().max(500)

/** Heads are checked field by field where reels are read; here only that one is an object of bounded size. */
const head = z.custom<ReelHead>(
  (value) => typeof value === 'object' && value !== null && JSON.stringify(value).length <= 16_384,
)

export const recordingStates = [
  'recording',
  'connecting',
  'silent',
  'waiting', // its mandate has not begun
  'no-mandate',
  'refused', // the camera doesn't let us in, see `probe`
  'disk-full',
  'fault',
] as const
export type RecordingState = (typeof recordingStates)[number]

export const probeCodes = [
  'ok',
  'refused',
  'needs-password',
  'wrong-password',
  'no-answer',
  'not-a-camera',
  'not-allowed',
  'no-video',
] as const
export type ProbeCode = (typeof probeCodes)[number]

export const deviceCodes = [
  'ok',
  'refused',
  'needs-password',
  'wrong-password',
  'no-answer',
  'not-onvif',
  'not-allowed',
] as const
export type DeviceCode = (typeof deviceCodes)[number]

/** An analytic module or rule that is set up on a camera, as the camera calls it. */
const deviceFunction = z.strictObject({
  kind: z.enum(['module', 'rule']),
  type: z.string().max(100),
  name: z.string().max(100),
})
export const deviceFunctionsMax = 64

/** Where a camera is, and who it lets in. */
const address = {
  url: z.string().min(1).max(2000),
  username: z.string().max(200).nullable(),
  password: z.string().max(200).nullable(),
} as const

const cameraRow = z.strictObject({
  camera: id,
  ...address,
})

const cameraStatus = z.strictObject({
  camera: id,
  state: z.enum(recordingStates),
  /** Why, when the state is 'refused' or 'fault'; a probe code or an error code. */
  code: code.nullable(),
  words: words.nullable(),
  sinceMs: ms,
  lastFrameMs: ms.nullable(),
  mandate: id.nullable(),
  counter: count,
  /** The open reel, its newest record and its chain head. */
  open: z.strictObject({ reel: id, sequence: count, chainHead: hash, bytes: count }).nullable(),
})

const closed = {
  chainHead: hash,
  records: count,
  fragments: count,
  frames: count,
  bytes: count,
  firstMs: ms.nullable(),
  lastMs: ms.nullable(),
  reason: code,
}

const heldReel = z.strictObject({
  head,
  /** Null while the reel is open. */
  closed: z.strictObject(closed).nullable(),
})

/** Hub → recorder. */
export const hubMessages = {
  challenge: z.strictObject({
    type: z.literal('challenge'),
    v: z.literal(1),
    nonce,
    certificate: jws,
    /** `hubProof` over the recorder's nonce. */
    signature,
  }),
  welcome: z.strictObject({ type: z.literal('welcome'), nowMs: ms, statusSeconds: z.int().min(1).max(3600) }),
  /** The whole list: a camera that isn't in it is let go. */
  cameras: z.strictObject({ type: z.literal('cameras'), cameras: z.array(cameraRow).max(camerasMax) }),
  mandate: z.strictObject({ type: z.literal('mandate'), camera: id, jws, certificate: jws }),
  withdraw: z.strictObject({ type: z.literal('withdraw'), camera: id, jws, certificate: jws }),
  /** Whole records, first to last inclusive, of a closed or open reel. */
  read: z.strictObject({
    type: z.literal('read'),
    request,
    reel: id,
    fromSequence: count,
    toSequence: count,
  }),
  /** Prelude and index rows so far, of a closed or open reel. */
  index: z.strictObject({ type: z.literal('index'), request, reel: id }),
  /** Sealed records of a camera as they are made, until the same request is sent with `on: false`. */
  live: z.strictObject({ type: z.literal('live'), request, camera: id, on: z.boolean() }),
  /** Close this camera's open reel now (reason 'asked') and go on in a new one: a span of it is wanted as evidence. */
  cut: z.strictObject({ type: z.literal('cut'), camera: id }),
  unlink: z.strictObject({ type: z.literal('unlink'), reels: z.array(id).max(unlinkMax) }),
  probe: z.strictObject({
    type: z.literal('probe'),
    request,
    ...address,
  }),
  /** What does the camera do besides filming? Asked over ONVIF at the host of `url`; `port` null: 80. */
  device: z.strictObject({
    type: z.literal('device'),
    request,
    ...address,
    port: z.int().min(1).max(65_535).nullable(),
  }),
  /** The ledger's newest checkpoint, and the proof that it extends the one the recorder said it holds. */
  checkpoint: z.strictObject({
    type: z.literal('checkpoint'),
    note,
    fromSize: count,
    proof: z.array(z.base64().length(44)).max(64),
    /** Where the log is another than the one held: the leaf that opened it, with its audit path (`followStep`). */
    opening: z
      .strictObject({ leaf: z.string().min(1).max(65_535), path: z.array(z.base64().length(44)).max(64) })
      .nullable()
      .optional(),
  }),
} as const

/** Recorder → hub. */
export const recorderMessages = {
  hello: z.strictObject({
    type: z.literal('hello'),
    v: z.literal(1),
    recorder: id,
    nonce,
    software: z.string().max(64),
    /** Newest counter seen for each camera, of mandate or withdrawal. */
    counters: z.array(z.strictObject({ camera: id, counter: count })).max(camerasMax),
    /** Size of the newest ledger checkpoint held; 0 when none. */
    checkpointSize: count,
    /** Name of the log that it is of, which changes each year; absent or null when none is held. */
    checkpointOrigin: z.string().min(1).max(200).nullable().optional(),
  }),
  proof: z.strictObject({ type: z.literal('proof'), signature }),
  status: z.strictObject({
    type: z.literal('status'),
    nowMs: ms,
    uncertaintyMs: count,
    disk: z.strictObject({ freeBytes: count, totalBytes: count }),
    cameras: z.array(cameraStatus).max(camerasMax),
  }),
  'reel-opened': z.strictObject({ type: z.literal('reel-opened'), head }),
  'reel-closed': z.strictObject({ type: z.literal('reel-closed'), head, ...closed }),
  gap: z.strictObject({
    type: z.literal('gap'),
    camera: id,
    /** The reel that holds the gap record; null when no reel was open to hold it. */
    reel: id.nullable(),
    fromMs: ms,
    /** Null while the gap goes on. */
    toMs: ms.nullable(),
    cause: z.enum(gapCauses),
    detail: code.nullable(),
    lost: count.nullable(),
  }),
  /** After every sign-in: all reels held, in pages; what the last page didn't bring is not there. */
  catalogue: z.strictObject({
    type: z.literal('catalogue'),
    page: count,
    last: z.boolean(),
    reels: z.array(heldReel).max(cataloguePageMax),
  }),
  'mandate-accepted': z.strictObject({
    type: z.literal('mandate-accepted'),
    camera: id,
    mandate: id,
    counter: count,
  }),
  'mandate-refused': z.strictObject({
    type: z.literal('mandate-refused'),
    camera: id,
    counter: count,
    code,
    words,
  }),
  /** A withdrawal was obeyed; `lastFrameMs` is the end of the last frame stored, for the overrun. */
  withdrawn: z.strictObject({
    type: z.literal('withdrawn'),
    camera: id,
    mandate: id,
    counter: count,
    lastFrameMs: ms.nullable(),
  }),
  /** A `read`, `index` or `live` that can't be answered ('no-such-reel', 'no-such-record', 'unreadable', 'busy'). */
  failed: z.strictObject({ type: z.literal('failed'), request, code, words }),
  'probe-result': z.strictObject({
    type: z.literal('probe-result'),
    request,
    code: z.enum(probeCodes),
    words,
    /** What the camera offers, when it answered. */
    video: z.strictObject({ codec: z.string().max(64), width: count, height: count }).nullable(),
  }),
  'device-result': z.strictObject({
    type: z.literal('device-result'),
    request,
    code: z.enum(deviceCodes),
    words,
    functions: z.array(deviceFunction).max(deviceFunctionsMax),
  }),
  'checkpoint-kept': z.strictObject({ type: z.literal('checkpoint-kept'), size: count }),
  /** The hub showed a ledger that does not extend the one held: an alarm, told with both. */
  'checkpoint-refused': z.strictObject({
    type: z.literal('checkpoint-refused'),
    code,
    heldNote: note.nullable(),
    shownNote: note,
  }),
  unlinked: z.strictObject({ type: z.literal('unlinked'), reels: z.array(id).max(unlinkMax) }),
} as const

type Infer<Table extends Record<string, z.ZodType>> = {
  [Name in keyof Table]: z.infer<Table[Name]>
}[keyof Table]
export type HubMessage = Infer<typeof hubMessages>
export type RecorderMessage = Infer<typeof recorderMessages>
export type CameraRow = z.infer<typeof cameraRow>
export type DeviceFunction = z.infer<typeof deviceFunction>
export type CameraStatus = z.infer<typeof cameraStatus>
export type HeldReel = z.infer<typeof heldReel>
export type ClosedReel = Omit<z.infer<(typeof recorderMessages)['reel-closed']>, 'type' | 'head'>

const why = (codeOf: string, message: string): Reason => ({ code: codeOf, message, clause: null })

function decode<Message>(text: string, table: Readonly<Record<string, z.ZodType>>): Result<Message> {
  // UTF-8 never takes fewer bytes than there are UTF-16 units.
  if (text.length > textBytesMax)
    return refuse(why('too-large', 'The message is longer than the link allows.'))
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return refuse(why('not-json', 'The message is not JSON.'))
  }
  const type = (value as { type?: unknown } | null)?.type
  const shape = typeof type === 'string' && Object.hasOwn(table, type) ? table[type] : undefined
  if (shape === undefined)
    return refuse(why('unknown-type', 'The message is of no type that version 1 knows.'))
  const parsed = shape.safeParse(value)
  if (parsed.success) return { ok: true, value: parsed.data as Message }
  const issue = parsed.error.issues[0]
  return refuse(
    why('wrong-shape', `The "${type}" message has a wrong field: ${issue?.path.join('.') ?? ''}.`),
  )
}

/** What the recorder takes from its hub. Refusals: 'too-large', 'not-json', 'unknown-type', 'wrong-shape'. */
export const decodeHubMessage = (text: string): Result<HubMessage> => decode(text, hubMessages)
/** What the hub takes from a recorder. */
export const decodeRecorderMessage = (text: string): Result<RecorderMessage> => decode(text, recorderMessages)

export const encodeMessage = (message: HubMessage | RecorderMessage): string => JSON.stringify(message)

/** `POST /recorder/enrol`: a one-time token for a place beside the cameras. */
export const enrolAsk = z.strictObject({
  v: z.literal(1),
  token: z.string().min(20).max(200),
  /** Raw Ed25519 identity key, base64url. */
  publicKey: key,
  name: z.string().min(1).max(100),
})
export const enrolAnswer = z.strictObject({
  v: z.literal(1),
  recorder: id,
  /** Raw Ed25519 root key to pin, base64url. */
  rootKey: key,
  /** The ledger's note key: `name+id+key`. */
  ledgerKey: z.string().max(300),
  hub: z.string().max(200),
})
export type EnrolAsk = z.infer<typeof enrolAsk>
export type EnrolAnswer = z.infer<typeof enrolAnswer>
