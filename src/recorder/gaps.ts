import type { GapCause } from '#formats/reel/reel.ts'

/** A stretch without pictures. `toMs` is null while it goes on. */
export type GapPiece = {
  readonly fromMs: number
  readonly toMs: number | null
  readonly cause: GapCause
  readonly detail: string | null
}

const piecesMax = 100

/**
 * One camera's missing stretches, from the moment pictures stop until they are sealed into a reel as records. The
 * first cause of a stretch stands while it lasts (a silent camera that then refuses the connection was silent first);
 * only the beginning and end of authority, and our own start, part it in two.
 */
export class GapKeeper {
  #pieces: GapPiece[]
  readonly #save: (pieces: readonly GapPiece[]) => void
  readonly #tell: (piece: GapPiece) => void

  /** @param pieces as saved by an earlier process. `save` keeps them durably, `tell` is for the hub. */
  constructor(
    pieces: readonly GapPiece[],
    save: (pieces: readonly GapPiece[]) => void,
    tell: (piece: GapPiece) => void,
  ) {
    this.#pieces = [...pieces]
    this.#save = save
    this.#tell = tell
  }

  get open(): GapPiece | null {
    const last = this.#pieces.at(-1)
    return last !== undefined && last.toMs === null ? last : null
  }

  begin(cause: GapCause, detail: string | null, fromMs: number): void {
    const open = this.open
    if (open !== null) {
      const parts = [open.cause, cause].includes('no-mandate') || open.cause === 'recorder-stopped'
      if (!parts || open.cause === cause) return
      this.#close(open, Math.round(fromMs))
    }
    const startMs = Math.max(Math.round(fromMs), open?.fromMs ?? 0)
    const code = detail === null ? null : detail.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 64) || null
    const piece: GapPiece = { fromMs: startMs, toMs: null, cause, detail: code }
    this.#pieces.push(piece)
    if (this.#pieces.length > piecesMax) {
      // A month of flapping without one picture in between: the oldest two become one, under the first's cause.
      const [first, second, ...rest] = this.#pieces as [GapPiece, GapPiece, ...GapPiece[]]
      this.#pieces = [{ ...first, toMs: second.toMs }, ...rest]
    }
    this.#save(this.#pieces)
    this.#tell(piece)
  }

  /** Pictures are there from `toMs`. Gives what is to be sealed before them, oldest first, and forgets it. */
  end(toMs: number): readonly (GapPiece & { readonly toMs: number })[] {
    if (this.#pieces.length === 0) return []
    const open = this.open
    const ended = this.#pieces.map((piece) => ({
      ...piece,
      toMs: Math.max(piece.fromMs, piece === open ? toMs : (piece.toMs ?? toMs)),
    }))
    this.#pieces = []
    this.#save(this.#pieces)
    return ended.filter((piece) => piece.toMs > piece.fromMs)
  }

  #close(open: GapPiece, atMs: number): void {
    const toMs = Math.max(open.fromMs, atMs)
    this.#pieces.pop()
    if (toMs === open.fromMs) return
    const closed = { ...open, toMs }
    this.#pieces.push(closed)
    this.#tell(closed)
  }
}
