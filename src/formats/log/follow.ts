/**
 * Following a ledger from checkpoint to checkpoint, over the turn of a year and over a restored backup, by one who
 * holds the last checkpoint that was shown and believes nothing else. Node only (a recorder).
 */
import { type NoteKey, verifyCheckpoint } from './checkpoint.ts'
import { verifyConsistency, verifyInclusion } from './proof.ts'
import { type Hash, leafHash } from './tree.ts'

/** What is shown to who holds a checkpoint (or none): the next one, and why it follows. */
export type Step = {
  readonly note: string
  /** Size of the held checkpoint that `proof` starts from; 0 for the first of a log. */
  readonly fromSize: number
  /** Consistency proof within one log, base64. */
  readonly proof: readonly string[]
  /** For the first checkpoint of a further log: its leaf 0, and that leaf's audit path in the note's tree, base64. */
  readonly opening: { readonly leaf: string; readonly path: readonly string[] } | null
}

export type StepVerdict =
  | {
      readonly ok: true
      /** The one to hold from now on. */
      readonly note: string
      readonly origin: string
      readonly size: number
      /** True when the ledger says that it lost what the held checkpoint had: allowed, and to be told to people. */
      readonly lost: boolean
    }
  | { readonly ok: false; readonly code: 'unsigned' | 'other-log' | 'shrunk' | 'rewritten' | 'unproven' }

const hashes = (texts: readonly string[]): Hash[] => texts.map((text) => Buffer.from(text, 'base64'))
const no = (code: Extract<StepVerdict, { ok: false }>['code']): StepVerdict => ({ ok: false, code })

/** `overt/HOME/2026.2` → home `overt/HOME`, and a number by which later logs are larger. */
function readOrigin(origin: string): { home: string; order: number } | null {
  const match = /^(overt(?:-demo)?\/[0-9a-f-]{36})\/(\d{4})(?:\.(\d{1,4}))?$/.exec(origin)
  if (match === null) return null
  return { home: match[1]!, order: Number(match[2]) * 10_000 + Number(match[3] ?? 1) }
}

/**
 * @param held the signed note held so far, checked when it was taken; null: nothing yet, so the first is believed
 * @param publicKey raw Ed25519 key of the ledger; it signs each log under that log's name
 */
export function followStep(held: string | null, step: Step, publicKey: Uint8Array): StepVerdict {
  const keyOf = (note: string): NoteKey => ({ name: note.split('\n', 1)[0] ?? '', publicKey })
  const shown = verifyCheckpoint(step.note, keyOf(step.note))
  if (shown === null || shown.origin !== keyOf(step.note).name) return no('unsigned')
  const good = (lost: boolean): StepVerdict => ({
    ok: true,
    note: step.note,
    origin: shown.origin,
    size: shown.size,
    lost,
  })
  if (held === null) return good(false)
  const before = verifyCheckpoint(held, keyOf(held))
  if (before === null) return no('unsigned')
  if (before.origin === shown.origin) {
    if (shown.size < before.size) return no('shrunk')
    if (step.fromSize !== before.size) return no('unproven')
    const extend = verifyConsistency(before.size, shown.size, hashes(step.proof), before.root, shown.root)
    return extend ? good(false) : no('rewritten')
  }
  // Another log: later, of the same home, and opening with what is held here.
  const [from, to] = [readOrigin(before.origin), readOrigin(shown.origin)]
  if (from === null || to === null || from.home !== to.home || to.order <= from.order) return no('other-log')
  const { opening } = step
  if (opening === null) return no('unproven')
  if (
    !verifyInclusion(leafHash(Buffer.from(opening.leaf)), 0, shown.size, hashes(opening.path), shown.root)
  ) {
    return no('unproven')
  }
  const { kind, data } = JSON.parse(opening.leaf) as {
    kind?: unknown
    data?: { previous?: unknown; lost?: unknown }
  }
  if (data?.previous === held) return good(kind === 'ledger.resumed')
  // A restored ledger opens with an older end than the one held, and owns up to having signed at least as much.
  if (kind !== 'ledger.resumed' || typeof data?.lost !== 'string') return no('rewritten')
  const lost = verifyCheckpoint(data.lost, keyOf(data.lost))
  return lost !== null && lost.origin === before.origin && lost.size >= before.size
    ? good(true)
    : no('rewritten')
}
