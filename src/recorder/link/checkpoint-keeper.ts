import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileDurably } from '#base/base.ts'
import { decodeNoteKey, followStep, type Step, verifyCheckpoint } from '#formats/log/log.ts'

/**
 * Keeps the newest ledger checkpoint this recorder has verified and takes none that does not follow from it, over the
 * turn of a year and over a restored backup. So a hub that its own administrator rewrote is found by every recorder
 * that ever saw it.
 */
export type CheckpointVerdict =
  | {
      readonly kept: true
      readonly size: number
      /** The ledger owns up to having lost what was held here: to be told to people. */
      readonly lost: boolean
    }
  | { readonly kept: false; readonly code: string; readonly heldNote: string | null }

type Held = { readonly note: string; readonly origin: string; readonly size: number }

export class CheckpointKeeper {
  readonly #path: string
  readonly #publicKey: Uint8Array
  #held: Held | null

  /** @param ledgerKey the note key pinned at enrolment; each log of the hub is signed by it under the log's own name */
  static async open(home: string, ledgerKey: string): Promise<CheckpointKeeper> {
    const path = join(home, 'checkpoint.json')
    const { publicKey } = decodeNoteKey(ledgerKey)
    let note: string | null = null
    try {
      note = (JSON.parse(await readFile(path, 'utf8')) as { note: string }).note
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    // Checked again on the way back: a file that was changed counts as none, and the next checkpoint is believed.
    const held = note === null ? null : verifyCheckpoint(note, { name: note.split('\n', 1)[0]!, publicKey })
    return new CheckpointKeeper(
      path,
      publicKey,
      held === null ? null : { note: note!, origin: held.origin, size: held.size },
    )
  }

  private constructor(path: string, publicKey: Uint8Array, held: Held | null) {
    this.#path = path
    this.#publicKey = publicKey
    this.#held = held
  }

  get held(): { readonly origin: string; readonly size: number } | null {
    return this.#held
  }

  /** Refusal codes are those of `followStep`: 'unsigned', 'other-log', 'shrunk', 'rewritten', 'unproven'. */
  async show(step: Step): Promise<CheckpointVerdict> {
    const heldNote = this.#held?.note ?? null
    const verdict = followStep(heldNote, step, this.#publicKey)
    if (!verdict.ok) return { kept: false, code: verdict.code, heldNote }
    const { note, origin, size, lost } = verdict
    if (note !== heldNote) await writeFileDurably(this.#path, `${JSON.stringify({ v: 1, note })}\n`)
    this.#held = { note, origin, size }
    return { kept: true, size, lost }
  }
}
