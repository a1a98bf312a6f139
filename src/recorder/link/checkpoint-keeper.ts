import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileDurably } from '#base/base.ts'
import { decodeNoteKey, verifyCheckpoint, verifyConsistency } from '#formats/log/log.ts'

/**
 * Keeps, for each of the hub's logs, the newest ledger checkpoint this recorder has verified, and takes none that does
 * not extend it. So a hub that its own administrator rewrote is found by every recorder that ever saw it. The hub opens a
 * log a year, and one after a restored backup: a new one is taken when it comes after the newest held, and the older
 * ones are kept for ever.
 */
type Held = { readonly note: string; readonly size: number; readonly root: string }

export type CheckpointVerdict =
  | { readonly kept: true; readonly size: number }
  | { readonly kept: false; readonly code: string; readonly heldNote: string | null }

/** A log a year and a few restored backups: more is no landlord's life. */
const logsMax = 1_000

export class CheckpointKeeper {
  readonly #path: string
  readonly #key: ReturnType<typeof decodeNoteKey>
  readonly #held: Map<string, Held>

  /** @param ledgerKey the note key pinned at enrolment; its name is what all of the hub's logs begin with */
  static async open(home: string, ledgerKey: string): Promise<CheckpointKeeper> {
    const path = join(home, 'checkpoint.json')
    let held: Record<string, Held> = {}
    try {
      held = (JSON.parse(await readFile(path, 'utf8')) as { logs: Record<string, Held> }).logs
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    return new CheckpointKeeper(path, decodeNoteKey(ledgerKey), new Map(Object.entries(held)))
  }

  private constructor(path: string, key: ReturnType<typeof decodeNoteKey>, held: Map<string, Held>) {
    this.#path = path
    this.#key = key
    this.#held = held
  }

  /** Size of the newest log's checkpoint held; 0 when none. */
  get size(): number {
    return this.#newest()?.size ?? 0
  }

  #newest(): Held | null {
    const [newest] = [...this.#held].toSorted(([a], [b]) => order(b) - order(a))
    return newest?.[1] ?? null
  }

  /** Refusal codes: 'unsigned', 'other-log', 'shrunk', 'rewritten', 'unproven'. */
  async show(note: string, fromSize: number, proof: readonly string[]): Promise<CheckpointVerdict> {
    const origin = note.slice(0, 200).split('\n', 1)[0]!
    const held = this.#held.get(origin) ?? null
    const heldNote = (held ?? this.#newest())?.note ?? null
    const refuse = (code: string): CheckpointVerdict => ({ kept: false, code, heldNote })
    // Every log of one hub is signed with one key, under the log's own name.
    const shown = verifyCheckpoint(note, { name: origin, publicKey: this.#key.publicKey })
    if (shown === null || shown.origin !== origin) return refuse('unsigned')
    if (!origin.startsWith(`${this.#key.name}/`)) return refuse('other-log')
    if (held === null) {
      const newest = Math.max(0, ...[...this.#held.keys()].map(order))
      if (order(origin) <= newest || this.#held.size >= logsMax) return refuse('other-log')
    } else {
      if (shown.size < held.size) return refuse('shrunk')
      const heldRoot = Buffer.from(held.root, 'base64')
      if (shown.size === held.size) {
        if (!heldRoot.equals(shown.root)) return refuse('rewritten')
        return { kept: true, size: held.size }
      }
      if (fromSize !== held.size) return refuse('unproven')
      const hashes = proof.map((text) => Buffer.from(text, 'base64'))
      if (!verifyConsistency(held.size, shown.size, hashes, heldRoot, shown.root)) return refuse('rewritten')
    }
    const next: Held = { note, size: shown.size, root: Buffer.from(shown.root).toString('base64') }
    const logs = Object.fromEntries([...this.#held, [origin, next]])
    await writeFileDurably(this.#path, `${JSON.stringify({ v: 1, logs })}\n`)
    this.#held.set(origin, next)
    return { kept: true, size: next.size }
  }
}

/** `overt/HOME/2026` and `overt/HOME/2026.2` as numbers that grow in the order in which logs are opened. */
function order(origin: string): number {
  const match = /\/(\d{4})(?:\.(\d{1,4}))?$/.exec(origin)
  return match === null ? 0 : Number(match[1]) * 10_000 + Number(match[2] ?? 1)
}
