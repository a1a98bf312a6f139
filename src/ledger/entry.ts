import { createHmac, randomBytes } from 'node:crypto'
import { canonicalJson, Failure, type Json, newId } from '#base/base.ts'
import type { Tx } from '#engine/engine.ts'

/** What a room records, in the transaction of the change itself. */
export type Entry = {
  /** `viewing.opened`: room's noun, then what happened to it. */
  readonly kind: string
  /** Person id; null: Overt did it by itself. */
  readonly actor: string | null
  /** Slug of the landlord; null: concerns the installation. */
  readonly provider: string | null
  /** Ids of what it is about, by role: `{ camera, system, viewing }`. The page finds entries by them. */
  readonly about: Readonly<Record<string, string>>
  /** Codes, times, counts, hashes. Never a name, an address or free text: a leaf can't be erased. */
  readonly data?: { readonly [name: string]: Json }
  /** Names, reasons in people's own words and the like: only a salted commitment goes into the leaf. */
  readonly personal?: Readonly<Record<string, string>>
  /** By Overt's clock, ms since the epoch. */
  readonly atMs: number
}

/** What is hashed and signed: the canonical JSON of this. docs/reference/ledger.md has it byte by byte. */
export type Leaf = {
  readonly v: 1
  readonly id: string
  readonly kind: string
  readonly at: number
  readonly actor: string | null
  readonly provider: string | null
  readonly about: Readonly<Record<string, string>>
  readonly data: { readonly [name: string]: Json }
  /** base64url HMAC-SHA-256 by field, see `commitment`. */
  readonly personal: Readonly<Record<string, string>>
}

/** Sentences for entries, by kind: each room has its own, `main` merges them. */
export type LedgerEvents = Readonly<
  Record<
    string,
    (leaf: {
      readonly data: { readonly [name: string]: Json }
      readonly about: Readonly<Record<string, string>>
      /** Only fields that weren't erased. */
      readonly personal: Readonly<Record<string, string>>
    }) => string
  >
>

/** A leaf fits a C2SP entry bundle (2-byte length); personal texts lie outside it. */
export const leafBytesMax = 65_535
export const personalCharactersMax = 20_000
export const fieldsMax = 50
/** Ids are searched by, so they must fit an index. */
export const idCharactersMax = 200

const kindPattern = /^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)+$/
const namePattern = /^[a-z][A-Za-z0-9-]{0,39}$/

let known: ReadonlySet<string> | null = null

/**
 * From now on this process refuses to record a kind that nobody can put into words. One process has one catalogue,
 * given by `main` at start; without it (tests of one room) every well-formed kind is taken.
 */
export function knowKinds(catalogue: LedgerEvents | null): void {
  known = catalogue === null ? null : new Set(Object.keys(catalogue))
}

/**
 * Records an entry if, and only if, the transaction commits. It is then durable at once, and numbered and signed
 * within two seconds.
 * @returns the entry's id
 * @throws Failure('invalid') for an unknown kind, a bad name, or more than fits
 */
export async function append(tx: Tx, entry: Entry): Promise<string> {
  const id = newId(entry.atMs)
  const fields = Object.entries(entry.personal ?? {})
  const salts = fields.map(() => randomBytes(32))
  const leaf = leafText({
    v: 1,
    id,
    kind: entry.kind,
    at: entry.atMs,
    actor: entry.actor,
    provider: entry.provider,
    about: entry.about,
    data: entry.data ?? {},
    personal: Object.fromEntries(
      fields.map(([field, text], at) => [field, commitment(salts[at]!, id, field, text)]),
    ),
  })
  if (fields.length === 0) {
    await tx`insert into ledger.pending (id, leaf) values (${id}, ${leaf})`
    return id
  }
  // One statement, so one round trip, on a path that every viewing waits for.
  await tx`
    with pending as (insert into ledger.pending (id, leaf) values (${id}, ${leaf}))
    insert into ledger.personal (entry_id, field, salt, body)
    select ${id}, field, decode(salt, 'base64'), body
    from unnest(
      ${fields.map(([field]) => field)}::text[],
      ${salts.map((salt) => salt.toString('base64'))}::text[],
      ${fields.map(([, text]) => text)}::text[]
    ) as given (field, salt, body)`
  return id
}

/** Checks an entry's shape and writes it down the one way in which it is hashed. */
export function leafText(leaf: Leaf): string {
  if (!kindPattern.test(leaf.kind) || leaf.kind.length > 80) {
    throw new Failure('invalid', `"${leaf.kind}" is not a kind of ledger entry: write noun.verb`)
  }
  if (known !== null && !known.has(leaf.kind)) {
    throw new Failure(
      'invalid',
      `nobody can describe ledger entries of kind ${leaf.kind}: add it to a room's ledgerEvents`,
    )
  }
  const names = [...Object.keys(leaf.about), ...Object.keys(leaf.data), ...Object.keys(leaf.personal)]
  const bad = names.find((name) => !namePattern.test(name))
  if (bad !== undefined) throw new Failure('invalid', `"${bad}" can't name a field of a ledger entry`)
  const long = [...Object.values(leaf.about), leaf.actor ?? ''].find((id) => id.length > idCharactersMax)
  if (long !== undefined)
    throw new Failure('invalid', `an id in a ledger entry has at most ${idCharactersMax} characters`)
  if (names.length > fieldsMax) throw new Failure('invalid', `a ledger entry has at most ${fieldsMax} fields`)
  const text = canonicalJson(leaf as unknown as Json)
  // PostgreSQL's jsonb, by which entries are searched, has no zero character and no half of a surrogate pair.
  if (text.includes('\\u0000') || !text.isWellFormed() || /\\ud[89a-f]/.test(text)) {
    throw new Failure('invalid', 'a ledger entry holds text that is not well-formed')
  }
  if (Buffer.byteLength(text) > leafBytesMax) {
    throw new Failure('too-large', `a ledger entry of kind ${leaf.kind} is larger than ${leafBytesMax} bytes`)
  }
  return text
}

/**
 * What the leaf keeps of a personal detail: base64url(HMAC-SHA-256(salt, id ‖ 0x0A ‖ field ‖ 0x0A ‖ text)). It binds
 * us to the text, and without the 32-byte salt tells nothing about it, even to one who guesses.
 */
export function commitment(salt: Uint8Array, entryId: string, field: string, text: string): string {
  if (text.length > personalCharactersMax) {
    throw new Failure('too-large', `${field} is longer than ${personalCharactersMax} characters`)
  }
  if (text.includes('\0') || !text.isWellFormed())
    throw new Failure('invalid', `${field} is not well-formed text`)
  return createHmac('sha256', salt).update(`${entryId}\n${field}\n${text}`).digest('base64url')
}

/**
 * Erases one personal detail for good (UK GDPR Art. 17) and records that and why. The log still verifies: the leaf
 * holds only the commitment, which the erased salt makes meaningless.
 * @param why a code (`retention`, `request`): it goes into a leaf, so never words about the person
 * @returns false when there was nothing to erase: no such detail, or erased before
 */
export async function erasePersonal(
  tx: Tx,
  entryId: string,
  field: string,
  why: string,
  by: { actor: string | null; provider: string | null; atMs: number },
): Promise<boolean> {
  const rows = await tx`
    update ledger.personal set salt = null, body = null,
      erased_at = ${by.atMs}::timestamptz, erased_why = ${why}
    where entry_id = ${entryId} and field = ${field} and erased_at is null
    returning 1`
  if (rows.length === 0) return false
  await append(tx, {
    kind: 'ledger.erased',
    actor: by.actor,
    provider: by.provider,
    about: { entry: entryId },
    data: { field, why },
    atMs: by.atMs,
  })
  return true
}
