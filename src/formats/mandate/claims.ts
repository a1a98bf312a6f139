/** What mandates, certificates and withdrawals say, and the checks that a parsed one has exactly that shape. */

export const mandateClasses = ['ordinary', 'commissioning', 'transitional'] as const
export type MandateClass = (typeof mandateClasses)[number]

/** Parts of a thousand of the picture's width and height. */
export type Mask = { readonly x: number; readonly y: number; readonly w: number; readonly h: number }

export type Mandate = {
  readonly v: 1
  readonly id: string
  /** Per camera, never reused; a recorder refuses what is older than the newest it has seen. */
  readonly counter: number
  readonly recorder: string
  readonly camera: string
  readonly provider: string
  readonly system: string
  readonly deployment: string
  readonly class: MandateClass
  readonly purposes: readonly string[]
  readonly streams: readonly ['main']
  readonly fromMs: number
  /** Not one frame at or after this instant. */
  readonly untilMs: number
  readonly audio: boolean
  /** Not one sample of sound at or after this instant; absent: sound, where there is any, lasts as long as the mandate. */
  readonly audioUntilMs?: number
  readonly masks: readonly Mask[]
  readonly retentionDays: number
  readonly timeZone: string
  /** Stills that may be taken: 1 for commissioning, else 0. */
  readonly stillsMax: number
  /** A raw X25519 public key (base64url) for each civil day; `untilMs` is never after the last day's end. */
  readonly keys: readonly DayKey[]
  readonly basis: {
    /** `derby-homes@2025-06-11` */
    readonly policy: string
    readonly clauses: readonly string[]
    readonly dpia: { readonly id: string; readonly version: number } | null
    readonly approvals: readonly string[]
    readonly signs: readonly { readonly id: string; readonly version: number }[]
  }
}

export type DayKey = { readonly day: string; readonly kid: string; readonly publicKey: string }

/** The root's word for a signing key: good for mandates and withdrawals signed from `fromMs` until `untilMs`. */
export type SigningCertificate = {
  readonly v: 1
  readonly use: 'mandate'
  readonly kid: string
  /** Raw Ed25519 public key, base64url. */
  readonly publicKey: string
  readonly fromMs: number
  readonly untilMs: number
}

export type Withdrawal = {
  readonly v: 1
  readonly camera: string
  readonly recorder: string
  /** Id of the mandate that ends. */
  readonly mandate: string
  /** Higher than that mandate's. */
  readonly counter: number
  /** The instant the hub recorded the end; frames at or after it are refused. */
  readonly endedMs: number
  /** A code: 'approval-withdrawn', 'agreement-withdrawn', 'stopped', 'replaced' … */
  readonly cause: string
}

/** The hub's word for the statement of a pack that it handed over (formats/pack). */
export type PackSeal = {
  readonly v: 1
  readonly pack: string
  /** Of `data/overt-pack.json`, lower-case hex. */
  readonly sha256: string
  readonly madeMs: number
}

/** A compact JWS longer than this was not made by us: 400 day keys take about 50 kB. */
export const jwsBytesMax = 131_072
const listMax = 400

type Check = (value: unknown) => boolean

const text =
  (max = 200): Check =>
  (value) =>
    typeof value === 'string' && value.length > 0 && value.length <= max
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const permille: Check = (value) => count(value) && (value as number) <= 1000
const key: Check = (value) => typeof value === 'string' && /^[\w-]{43}$/.test(value)
const kid: Check = (value) => typeof value === 'string' && /^[\w-]{22}$/.test(value)
const day: Check = (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)
const list =
  (each: Check, max = listMax): Check =>
  (value) =>
    Array.isArray(value) && value.length <= max && value.every(each)
const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const given = value as Record<string, unknown>
    return (
      Object.keys(given).every((name) => Object.hasOwn(fields, name)) &&
      Object.entries(fields).every(([name, fits]) => fits(given[name]))
    )
  }
const versioned = shape({ id: text(), version: count })

const isOne: Check = (value) => value === 1

const mandateShape = shape({
  v: isOne,
  id: text(64),
  counter: count,
  recorder: text(64),
  camera: text(64),
  provider: text(64),
  system: text(64),
  deployment: text(64),
  class: (value) => mandateClasses.includes(value as MandateClass),
  purposes: list(text()),
  streams: (value) => Array.isArray(value) && value.length === 1 && value[0] === 'main',
  fromMs: count,
  untilMs: count,
  audio: (value) => typeof value === 'boolean',
  audioUntilMs: (value) => value === undefined || count(value),
  masks: list(shape({ x: permille, y: permille, w: permille, h: permille }), 64),
  retentionDays: count,
  timeZone: text(64),
  stillsMax: count,
  keys: list(shape({ day, kid, publicKey: key })),
  basis: shape({
    policy: text(),
    clauses: list(text()),
    dpia: (value) => value === null || versioned(value),
    approvals: list(text()),
    signs: list(versioned),
  }),
})

export const isMandate = (value: unknown): value is Mandate =>
  mandateShape(value) &&
  (value as Mandate).fromMs < (value as Mandate).untilMs &&
  ((value as Mandate).audioUntilMs === undefined || (value as Mandate).audio)

const certificateShape = shape({
  v: isOne,
  use: (value) => value === 'mandate',
  kid,
  publicKey: key,
  fromMs: count,
  untilMs: count,
})
export const isCertificate = (value: unknown): value is SigningCertificate => certificateShape(value)

const withdrawalShape = shape({
  v: isOne,
  camera: text(64),
  recorder: text(64),
  mandate: text(64),
  counter: count,
  endedMs: count,
  cause: text(64),
})
export const isWithdrawal = (value: unknown): value is Withdrawal => withdrawalShape(value)

const packSealShape = shape({
  v: isOne,
  pack: text(64),
  sha256: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  madeMs: count,
})
export const isPackSeal = (value: unknown): value is PackSeal => packSealShape(value)
