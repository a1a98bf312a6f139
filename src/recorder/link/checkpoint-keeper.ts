import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileDurably } from '#base/base.ts'
import { decodeNoteKey, verifyCheckpoint, verifyConsistency } from '#formats/log/log.ts'

/**
 * Keeps the newest ledger checkpoint this recorder has verified and takes no other that does not extend it. So a hub
 * whose ledger is rewritten, by its own administrator even, is found by every box on every site.
 */
export type CheckpointVerdict =
  | { readonly kept: true; readonly size: number }
  | { readonly kept: false; readonly code: string; readonly heldNote: string | null }

type Held = { readonly note: string; readonly size: number; readonly root: string }

export class CheckpointKeeper {
  readonly #path: string
  readonly #key: ReturnType<typeof decodeNoteKey>
  #held: Held | null

  static async open(home: string, ledgerKey: string): Promise<CheckpointKeeper> {
    const path = join(home, 'checkpoint.json')
    let held: Held | null = null
    try {
      held = JSON.parse(await readFile(path, 'utf8')) as Held
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    return new CheckpointKeeper(path, decodeNoteKey(ledgerKey), held)
  }

  private constructor(path: string, key: ReturnType<typeof decodeNoteKey>, held: Held | null) {
    this.#path = path
    this.#key = key
    this.#held = held
  }

  get size(): number {
    return this.#held?.size ?? 0
  }

  /** Refusal codes: 'unsigned', 'other-log', 'shrunk', 'rewritten', 'unproven'. */
  async show(note: string, fromSize: number, proof: readonly string[]): Promise<CheckpointVerdict> {
    const held = this.#held
    const refuse = (code: string): CheckpointVerdict => ({ kept: false, code, heldNote: held?.note ?? null })
    const shown = verifyCheckpoint(note, this.#key)
    if (shown === null) return refuse('unsigned')
    if (held !== null) {
      if (held.note.split('\n', 1)[0] !== shown.origin) return refuse('other-log')
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
    await writeFileDurably(this.#path, `${JSON.stringify(next)}\n`)
    this.#held = next
    return { kept: true, size: next.size }
  }
}
