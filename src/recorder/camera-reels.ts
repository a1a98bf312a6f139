import { addDays, civilDay, type Log, type MarkedClock, newId, startOfDayMs, story } from '#base/base.ts'
import type { CloseReason, GapCause, ReelHead, ReelSummary, Sealed } from '#formats/reel/reel.ts'
import type { TimedFragment } from './camera-stream.ts'
import { GapKeeper, type GapPiece } from './gaps.ts'
import type { Authority, MandateStore } from './mandate-store.ts'
import { type AudioParameters, initSegment, type VideoParameters } from './media/boxes.ts'
import { type OpenReel, ReelWriter } from './reel-writer.ts'
import type { Storage } from './storage.ts'
import type { Syncer } from './syncer.ts'

/**
 * One camera's fragments on their way into reels: which reel, under which day's key, where one ends and the next begins
 * (the hour, local midnight, another mandate, other parameter sets, a failed write), and what is missing in between.
 * Every instant between the first fragment and the last is covered by a fragment or by a gap with its cause.
 */
export type GapFact = GapPiece & {
  readonly lost: number | null
  /** The reel whose record it became; null when none was open to hold it. */
  readonly reel: string | null
}

export type ReelEvents = {
  gap(camera: string, gap: GapFact): void
  opened(head: ReelHead): void
  sealed(head: ReelHead, record: Sealed): void
  closed(head: ReelHead, summary: ReelSummary): void
  /** The disk refuses ('ENOSPC' …), or takes again (null). */
  writeTrouble(code: string | null): void
}

export type CameraReelsParts = {
  readonly recorder: string
  readonly camera: string
  readonly mandates: MandateStore
  readonly storage: Storage
  readonly syncer: Syncer
  readonly time: MarkedClock
  readonly log: Log
  readonly events: ReelEvents
  readonly ringBytes?: number
}

const hourMs = 3_600_000
/** How long a change that may wait for a keyframe waits, so that the next reel can be played from its start. */
const keyframeWaitMs = 10_000
/** Of the way from the lens to our own reading: the beat of the reader and a usual encoder's delay. */
const transportMs = 200
const lossesMax = 50

export class CameraReels {
  readonly #parts: CameraReelsParts
  readonly writer: ReelWriter
  readonly gaps: GapKeeper
  #video: VideoParameters | null = null
  #init: Buffer | null = null
  #epoch = 0
  #lastEndMs: number | null
  /** Where the last fragment would have ended, had its day not ended first. */
  #spillMs: number | null = null
  #losses: { fromMs: number; toMs: number; packets: number }[] = []
  /** A change that waits for a keyframe, and until when. */
  #roll: { reason: CloseReason; byMs: number } | null = null
  /** The reason for the cut that is being made. */
  #rollNow: CloseReason | null = null

  static async create(parts: CameraReelsParts): Promise<CameraReels> {
    const { storage, camera } = parts
    return new CameraReels(parts, await storage.newestChain(camera), await storage.newestEndMs(camera))
  }

  private constructor(parts: CameraReelsParts, chain: string, newestEndMs: number | null) {
    const { camera, mandates, storage, syncer, log, events, ringBytes } = parts
    this.#parts = parts
    this.#lastEndMs = newestEndMs
    this.gaps = new GapKeeper(
      mandates.gaps(camera),
      (pieces) =>
        void mandates.setGaps(camera, pieces).catch((error: unknown) => {
          log.warn({ camera, story: story(error) }, "couldn't note a gap; it stays in memory")
        }),
      (piece) => events.gap(camera, { ...piece, lost: null, reel: null }),
    )
    this.writer = new ReelWriter({
      storage,
      syncer,
      log,
      chain,
      ...(ringBytes === undefined ? {} : { ringBytes }),
      events: {
        opened: events.opened,
        sealed: events.sealed,
        closed: events.closed,
        trouble: events.writeTrouble,
        broken: (fromMs, code) => {
          this.#lastEndMs = Math.min(this.#lastEndMs ?? fromMs, fromMs)
          this.gaps.begin('unknown', code, this.#lastEndMs)
        },
      },
    })
    // A crash leaves footage that ends and no word about why.
    if (newestEndMs !== null && this.gaps.open === null)
      this.gaps.begin('recorder-stopped', null, newestEndMs)
  }

  get open(): OpenReel | null {
    return this.writer.open
  }
  /** End of the last footage sealed, null when there is none. */
  get lastEndMs(): number | null {
    return this.#lastEndMs
  }

  /** Pictures are missing from the end of the last footage on, or from `fromMs` when that is later. */
  beginGap(cause: GapCause, detail: string | null, fromMs = 0): void {
    this.gaps.begin(cause, detail, Math.max(fromMs, this.#lastEndMs ?? this.#parts.time.nowMs()))
  }

  /** The stream's parameter sets; the same ones as before change nothing. */
  parameters(video: VideoParameters, audio: AudioParameters | null): void {
    const init = initSegment(video, audio)
    if (this.#init?.equals(init)) return
    this.finish('parameters-changed')
    this.#video = video
    this.#init = init
    this.#epoch += 1
  }

  /** Closes the open reel at the next keyframe (or soon, when none comes) and goes on in a new one. */
  rollSoon(reason: CloseReason): void {
    if (this.open) this.#roll = { reason, byMs: this.#parts.time.nowMs() + keyframeWaitMs }
  }

  /** Whether a picture goes into the reel that is open, or has to begin another. */
  verdict(wallMs: number, keyframe: boolean): 'add' | 'cut' {
    const reel = this.open
    if (reel === null) return 'add'
    if (wallMs >= reel.head.untilMs) {
      this.#rollNow = 'midnight'
      return 'cut'
    }
    const hourIsOver = wallMs >= hourEnd(reel.head.openedMs)
    const due = this.#roll?.reason ?? (reel.failed ? 'write-failed' : hourIsOver ? 'hour' : null)
    if (due === null) return 'add'
    const waited =
      this.#parts.time.nowMs() >= (this.#roll?.byMs ?? hourEnd(reel.head.openedMs) + keyframeWaitMs)
    if (!keyframe && !waited) return 'add'
    this.#rollNow = due
    return 'cut'
  }

  /** After a cut: the fragment before is sealed, the next picture is not in yet. */
  afterCut(): void {
    if (this.#rollNow !== null) this.finish(this.#rollNow)
  }

  /** Why the open reel must close although no picture came to do it, or null. */
  overdue(nowMs: number): CloseReason | null {
    const reel = this.open
    if (reel === null) return null
    if (nowMs >= reel.head.untilMs + 1000) return 'midnight'
    if (nowMs >= hourEnd(reel.head.openedMs) + keyframeWaitMs) return 'hour'
    return this.#roll !== null && nowMs >= this.#roll.byMs ? this.#roll.reason : null
  }

  /** @returns true when the fragment was sealed */
  take(fragment: TimedFragment, authority: Authority): boolean {
    const { mandate, withdrawal } = authority
    const floorMs = Math.max(mandate.fromMs, this.#lastEndMs ?? 0)
    // The picture that stood across midnight ended with its day; what follows on begins where the day did.
    const follows = this.#spillMs !== null && fragment.startMs === this.#spillMs
    this.#spillMs = null
    let startMs = follows ? floorMs : Math.max(fragment.startMs, floorMs)
    if (this.#init === null || startMs >= mandate.untilMs) return false
    // Authority ended somewhere in this fragment: what cannot be parted any more is not kept.
    if (withdrawal !== null && fragment.endMs > withdrawal.endedMs) return false
    if (!this.writer.hasRoom()) {
      const { trouble } = this.writer
      this.gaps.begin(trouble === null ? 'writer-behind' : 'disk-full', trouble, startMs)
      return false
    }
    const reel = this.open ?? this.#openReel(startMs, authority)
    if (reel === null) return false
    if (startMs >= reel.head.untilMs) startMs = reel.head.untilMs - 1 // rounding at the very edge of the day
    const endMs = Math.max(startMs, Math.min(fragment.endMs, reel.head.untilMs))
    this.#sealGaps(startMs, reel)
    this.writer.media(
      {
        startsWithKeyframe: fragment.startsWithKeyframe,
        audio: fragment.audio,
        frames: fragment.frames,
        startMs,
        endMs,
        decodeTime: BigInt(Math.round(fragment.decodeTime)),
        duration: fragment.durationTicks,
        uncertaintyMs: Math.ceil(fragment.strayMs) + transportMs + this.#parts.time.uncertaintyMs(),
        monotonicUs: fragment.monotonicUs,
        rtp: fragment.rtp,
        ntp: fragment.report === null ? null : { time: fragment.report.ntp, rtp: fragment.report.rtp },
      },
      fragment.parts,
    )
    this.#lastEndMs = endMs
    this.#spillMs = fragment.endMs > endMs ? fragment.endMs : null
    this.#sealLosses(reel)
    return true
  }

  lost(fromMs: number, toMs: number, packets: number): void {
    const from = Math.round(fromMs)
    this.#losses.push({ fromMs: from, toMs: Math.max(from, Math.round(toMs)), packets })
    if (this.#losses.length <= lossesMax) return
    // A camera that loses something in every picture must not fill the memory: neighbours become one.
    const packetsLost = this.#losses.reduce((sum, loss) => sum + loss.packets, 0)
    this.#losses = [
      { fromMs: this.#losses[0]!.fromMs, toMs: this.#losses.at(-1)!.toMs, packets: packetsLost },
    ]
  }

  finish(reason: CloseReason): void {
    this.#roll = null
    this.#rollNow = null
    const reel = this.open
    if (reel === null) return
    this.#sealLosses(reel)
    this.writer.finish(reason, this.#parts.time.nowMs())
  }

  #openReel(startMs: number, { mandate }: Authority): OpenReel | null {
    const { camera, mandates, log, recorder, time } = this.#parts
    const day = civilDay(startMs, mandate.timeZone)
    const key = mandate.keys.find((candidate) => candidate.day === day)
    if (key === undefined) {
      this.gaps.begin('no-mandate', 'no-key', startMs)
      return null
    }
    const { codec, width, height } = this.#video!.shape
    this.writer.start(
      {
        reel: newId(time.nowMs()),
        recorder,
        camera,
        mandate: mandate.id,
        counter: mandate.counter,
        day,
        timeZone: mandate.timeZone,
        publicKey: key.publicKey,
        openedMs: startMs,
        untilMs: Math.min(mandate.untilMs, startOfDayMs(addDays(day, 1), mandate.timeZone)),
        codec,
        width,
        height,
        epoch: this.#epoch,
      },
      this.#init!,
    )
    mandates.noteRetention(camera, day, mandate.retentionDays).catch((error: unknown) => {
      log.warn({ camera, story: story(error) }, "couldn't note how long a day may be kept")
    })
    return this.open
  }

  /** Pictures are there from `toMs`: what was missing before them becomes records of this reel. */
  #sealGaps(toMs: number, reel: OpenReel): void {
    if (this.gaps.open === null && this.#lastEndMs !== null && toMs > this.#lastEndMs) {
      this.gaps.begin('unknown', null, this.#lastEndMs)
    }
    for (const piece of this.gaps.end(toMs)) {
      const fact = { ...piece, lost: null }
      this.writer.gap(fact)
      this.#parts.events.gap(this.#parts.camera, { ...fact, reel: reel.head.reel })
    }
  }

  #sealLosses(reel: OpenReel): void {
    for (const { fromMs, toMs, packets } of this.#losses) {
      const fact = { fromMs, toMs, cause: 'packets-lost' as const, detail: null, lost: packets || null }
      this.writer.gap(fact)
      this.#parts.events.gap(this.#parts.camera, { ...fact, reel: reel.head.reel })
    }
    this.#losses = []
  }
}

const hourEnd = (openedMs: number): number => (Math.floor(openedMs / hourMs) + 1) * hourMs
