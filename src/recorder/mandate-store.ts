import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure, type Log, type Reason, type Result, refuse, writeFileDurably } from '#base/base.ts'
import { type Mandate, verifyMandate, verifyWithdrawal, type Withdrawal } from '#formats/mandate/mandate.ts'
import type { GapPiece } from './gaps.ts'

/**
 * What this recorder may do, camera by camera, in one small durable file each. The newest mandate or withdrawal is
 * kept and nothing older is ever taken again; a withdrawal outlives restarts; a gap that goes on is remembered with
 * its cause. What cannot be honoured whole (masks) is refused, not done in part.
 */
export type Authority = {
  readonly mandate: Mandate
  /** Null while it stands. */
  readonly withdrawal: Withdrawal | null
  /** The one still of a commissioning mandate was taken. */
  readonly stillTaken: boolean
}

type Kept = {
  readonly v: 1
  readonly counter: number
  readonly mandate: { readonly jws: string; readonly certificate: string; readonly acceptedMs: number } | null
  readonly withdrawal: {
    readonly jws: string
    readonly certificate: string
    readonly acceptedMs: number
  } | null
  readonly stillTaken: boolean
  readonly gaps: readonly GapPiece[]
  /** How many days each recorded day may be kept: the least that any mandate of that day said. */
  readonly retention: Readonly<Record<string, number>>
}

const nothing: Kept = {
  v: 1,
  counter: 0,
  mandate: null,
  withdrawal: null,
  stillTaken: false,
  gaps: [],
  retention: {},
}
const safeName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

const why = (code: string, message: string): Reason => ({ code, message, clause: null })

export class MandateStore {
  readonly #folder: string
  readonly #rootKey: string
  readonly #recorder: string
  readonly #kept = new Map<string, Kept>()
  readonly #authority = new Map<string, Authority>()
  readonly #writing = new Map<string, Promise<void>>()

  static async open(parts: {
    folder: string
    rootKey: string
    recorder: string
    log: Log
  }): Promise<MandateStore> {
    const store = new MandateStore(parts.folder, parts.rootKey, parts.recorder)
    await mkdir(parts.folder, { recursive: true, mode: 0o700 })
    for (const name of await readdir(parts.folder)) {
      if (!name.endsWith('.json') || name.startsWith('.')) continue
      await store.#load(name.slice(0, -5), parts.log)
    }
    return store
  }

  private constructor(folder: string, rootKey: string, recorder: string) {
    this.#folder = folder
    this.#rootKey = rootKey
    this.#recorder = recorder
  }

  /** Signatures are checked again on the way back from disk, as of when they were accepted. */
  async #load(camera: string, log: Log): Promise<void> {
    let kept: Kept
    try {
      kept = JSON.parse(await readFile(join(this.#folder, `${camera}.json`), 'utf8')) as Kept
      if (kept.v !== 1) throw new Failure('unsupported', 'a newer version wrote it')
    } catch (error) {
      log.error(
        { camera, story: String(error) },
        "a camera's mandate file cannot be read; it may not record until told again",
      )
      return
    }
    this.#kept.set(camera, kept)
    if (kept.mandate === null) return
    const mandate = verifyMandate({ ...kept.mandate, ...this.#pins(0), nowMs: kept.mandate.acceptedMs })
    if (!mandate.ok || mandate.value.camera !== camera) {
      log.error({ camera }, 'the mandate on disk does not hold any more; it is not obeyed')
      return
    }
    let withdrawal: Withdrawal | null = null
    if (kept.withdrawal !== null) {
      const read = verifyWithdrawal({
        ...kept.withdrawal,
        ...this.#pins(0),
        nowMs: kept.withdrawal.acceptedMs,
      })
      // A withdrawal that was altered on disk still ends the mandate: whoever altered it wanted the opposite.
      withdrawal = read.ok
        ? read.value
        : {
            v: 1,
            camera,
            recorder: this.#recorder,
            mandate: mandate.value.id,
            counter: kept.counter,
            endedMs: 0,
            cause: 'unreadable',
          }
    }
    this.#authority.set(camera, { mandate: mandate.value, withdrawal, stillTaken: kept.stillTaken })
  }

  #pins(lastCounter: number) {
    return { rootKey: this.#rootKey, recorder: this.#recorder, lastCounter }
  }

  cameras(): string[] {
    return [...this.#kept.keys()]
  }
  of(camera: string): Authority | null {
    return this.#authority.get(camera) ?? null
  }
  counter(camera: string): number {
    return this.#kept.get(camera)?.counter ?? 0
  }
  counters(): { camera: string; counter: number }[] {
    return [...this.#kept].map(([camera, kept]) => ({ camera, counter: kept.counter }))
  }
  /** Stretches without pictures that no reel holds yet. */
  gaps(camera: string): readonly GapPiece[] {
    return this.#kept.get(camera)?.gaps ?? []
  }

  /**
   * Takes a mandate in, durably, before it is obeyed. Refusals: those of `verifyMandate`, 'other-camera',
   * 'masks-unsupported', 'over'. The very mandate that is in force already is accepted again (the hub repeats itself).
   */
  async accept(camera: string, jws: string, certificate: string, nowMs: number): Promise<Result<Mandate>> {
    const kept = this.#kept.get(camera) ?? nothing
    const result = verifyMandate({ jws, certificate, ...this.#pins(kept.counter), nowMs })
    if (!result.ok) return result
    const mandate = result.value
    if (mandate.camera !== camera || !safeName.test(camera)) {
      return refuse(why('other-camera', 'This mandate was made for another camera.'))
    }
    if (mandate.counter === kept.counter && !(kept.mandate?.jws === jws && kept.withdrawal === null)) {
      return refuse(why('older', `This mandate has number ${mandate.counter}, which was used before.`))
    }
    if (mandate.masks.length > 0) {
      return refuse(
        why(
          'masks-unsupported',
          'This mandate asks for parts of the picture to be hidden, which this recorder cannot do yet.',
        ),
      )
    }
    if (kept.mandate?.jws === jws) return result
    await this.#keep(camera, {
      v: 1,
      counter: mandate.counter,
      mandate: { jws, certificate, acceptedMs: nowMs },
      withdrawal: null,
      stillTaken: false,
      gaps: kept.gaps,
      retention: kept.retention,
    })
    this.#authority.set(camera, { mandate, withdrawal: null, stillTaken: false })
    return result
  }

  /** Refusals: those of `verifyWithdrawal`, 'other-camera'. Obeyed at once and kept for good. */
  async withdraw(
    camera: string,
    jws: string,
    certificate: string,
    nowMs: number,
  ): Promise<Result<Withdrawal>> {
    const kept = this.#kept.get(camera) ?? nothing
    const result = verifyWithdrawal({ jws, certificate, ...this.#pins(kept.counter), nowMs })
    if (!result.ok) return result
    const withdrawal = result.value
    if (withdrawal.camera !== camera || !safeName.test(camera)) {
      return refuse(why('other-camera', 'This withdrawal was made for another camera.'))
    }
    const authority = this.#authority.get(camera)
    // Obeyed before it is on disk: stopping a moment early harms nobody.
    if (authority) this.#authority.set(camera, { ...authority, withdrawal })
    if (kept.withdrawal?.jws === jws) return result
    await this.#keep(camera, {
      ...kept,
      counter: withdrawal.counter,
      withdrawal: { jws, certificate, acceptedMs: nowMs },
    })
    return result
  }

  async stillTaken(camera: string): Promise<void> {
    const kept = this.#kept.get(camera)
    const authority = this.#authority.get(camera)
    if (!kept || !authority) return
    this.#authority.set(camera, { ...authority, stillTaken: true })
    await this.#keep(camera, { ...kept, stillTaken: true })
  }

  /** Remembers what is missing and why, until a reel holds it. */
  async setGaps(camera: string, gaps: readonly GapPiece[]): Promise<void> {
    if (!safeName.test(camera)) return
    await this.#keep(camera, { ...(this.#kept.get(camera) ?? nothing), gaps: [...gaps] })
  }

  /** Forgets what was missing before `fromMs`, and gives what is missing since. */
  async gapsSince(camera: string, fromMs: number): Promise<readonly GapPiece[]> {
    const held = this.gaps(camera)
    const since = held.filter((piece) => piece.fromMs >= fromMs)
    if (since.length < held.length) await this.setGaps(camera, since)
    return since
  }

  /** When all that was asked to be kept is on the disk, or its asker was told that it isn't. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#writing.values())
  }

  /** Days that a recorded day may be kept; null when nothing is known of it. */
  retentionOf(camera: string, day: string): number | null {
    return (
      this.#kept.get(camera)?.retention[day] ?? this.#authority.get(camera)?.mandate.retentionDays ?? null
    )
  }

  /** Never lengthens what was noted before for the same day. */
  async noteRetention(camera: string, day: string, days: number): Promise<void> {
    const kept = this.#kept.get(camera) ?? nothing
    const noted = kept.retention[day]
    if (noted !== undefined && noted <= days) return
    await this.#keep(camera, { ...kept, retention: { ...kept.retention, [day]: days } })
  }

  /** Forgets days of which no reel is left. */
  async forgetDays(camera: string, held: ReadonlySet<string>): Promise<void> {
    const kept = this.#kept.get(camera)
    if (!kept) return
    const left = Object.entries(kept.retention).filter(([day]) => held.has(day))
    if (left.length === Object.keys(kept.retention).length) return
    await this.#keep(camera, { ...kept, retention: Object.fromEntries(left) })
  }

  /** Writes of one camera follow each other; the last one stands. */
  async #keep(camera: string, kept: Kept): Promise<void> {
    this.#kept.set(camera, kept)
    const before = this.#writing.get(camera) ?? Promise.resolve()
    const write = before
      .catch(() => undefined) // who asked for that write was told
      .then(async () => {
        const newest = this.#kept.get(camera)
        await writeFileDurably(join(this.#folder, `${camera}.json`), `${JSON.stringify(newest)}\n`)
      })
    this.#writing.set(camera, write)
    await write
  }
}
