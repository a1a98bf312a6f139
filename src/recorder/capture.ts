import { addDays, civilDay, type Log, type MarkedClock, newId, startOfDayMs, story } from '#base/base.ts'
import type { RecordingState } from '#formats/link/link.ts'
import type { CloseReason, GapCause, ReelHead, ReelSummary, Sealed } from '#formats/reel/reel.ts'
import { CameraStream, type FrameVerdict, type TimedFragment, Timeline } from './camera-stream.ts'
import type { Authority, MandateStore, OpenGap } from './mandate-store.ts'
import { type AudioParameters, initSegment, type VideoParameters } from './media/boxes.ts'
import type { ChunkPool } from './media/chunks.ts'
import { type OpenReel, ReelWriter } from './reel-writer.ts'
import type { AllowedNetworks } from './rtsp/address.ts'
import type { Pacer } from './rtsp/pacer.ts'
import type { CameraSource } from './rtsp/session.ts'
import { RtspTrouble } from './rtsp/trouble.ts'
import type { Storage } from './storage.ts'
import type { Syncer } from './syncer.ts'

/**
 * One camera, from its mandate to its sealed reels. Records only while a mandate is in force by the recorder's own
 * time, cuts the last fragment at the mandate's end, opens and closes reels at the hour, at local midnight and at every
 * change, and writes down why whenever pictures are missing. A fault in here stops this camera only, and only for a
 * while.
 */
export type GapFact = OpenGap & {
  readonly toMs: number | null
  readonly lost: number | null
  readonly reel: string | null
}

export type CaptureEvents = {
  /** The state or its reason changed. */
  changed(): void
  gap(camera: string, gap: GapFact): void
  opened(head: ReelHead): void
  sealed(head: ReelHead, record: Sealed): void
  closed(head: ReelHead, summary: ReelSummary): void
}

export type CaptureParts = {
  readonly recorder: string
  readonly camera: string
  readonly mandates: MandateStore
  readonly storage: Storage
  readonly syncer: Syncer
  readonly time: MarkedClock
  readonly pacer: Pacer
  readonly pool: ChunkPool
  readonly networks: AllowedNetworks
  readonly log: Log
  readonly events: CaptureEvents
  readonly silentAfterMs?: number
  readonly ringBytes?: number
}

const hourMs = 3_600_000
/** How long a change that may wait for a keyframe waits, so that the next reel can be played from its start. */
const keyframeWaitMs = 10_000
const backoffMsMax = 15_000
/** A camera that turns our password down is asked rarely: many lock out who tries too often. */
const passwordBackoffMs = 30_000

export class Capture {
  readonly camera: string
  readonly #parts: CaptureParts
  readonly #writer: ReelWriter
  readonly #timeline = new Timeline()
  #source: CameraSource | null = null
  #stream: CameraStream | null = null
  #playing = false
  #video: VideoParameters | null = null
  #init: Buffer | null = null
  #epoch = 0
  /** End of what was sealed last. */
  #lastEndMs: number | null
  /** Where the last fragment would have ended, had its day not ended first. */
  #spillMs: number | null = null
  #gap: OpenGap | null
  #losses: { fromMs: number; toMs: number; packets: number }[] = []
  #roll: { reason: CloseReason; byMs: number } | null = null
  #rollNow: CloseReason | null = null
  #retryAtMs = 0
  #backoffMs = 500
  #playingSinceMs = 0
  #stillFrames = 0
  #live = false
  #stopped = false
  #state: RecordingState = 'no-mandate'
  #code: string | null = null
  #words: string | null = null
  #sinceMs: number
  #lastFrameMs: number | null = null

  static async create(parts: CaptureParts): Promise<Capture> {
    const chain = await parts.storage.newestChain(parts.camera)
    return new Capture(parts, chain, await parts.storage.newestEndMs(parts.camera))
  }

  private constructor(parts: CaptureParts, chain: string, newestEndMs: number | null) {
    this.#parts = parts
    this.camera = parts.camera
    this.#lastEndMs = newestEndMs
    this.#gap = parts.mandates.gap(parts.camera)
    this.#sinceMs = parts.time.nowMs()
    this.#writer = new ReelWriter({
      storage: parts.storage,
      syncer: parts.syncer,
      log: parts.log,
      chain,
      ...(parts.ringBytes === undefined ? {} : { ringBytes: parts.ringBytes }),
      events: {
        opened: parts.events.opened,
        sealed: parts.events.sealed,
        closed: parts.events.closed,
        trouble: (code) => this.#onWriteTrouble(code),
        broken: (fromMs, code) => this.#onBroken(fromMs, code),
      },
    })
  }

  status() {
    const authority = this.#parts.mandates.of(this.camera)
    const reel = this.#writer.open
    return {
      camera: this.camera,
      state: this.#state,
      code: this.#code,
      words: this.#words,
      sinceMs: this.#sinceMs,
      lastFrameMs: this.#lastFrameMs,
      mandate: authority?.mandate.id ?? null,
      counter: this.#parts.mandates.counter(this.camera),
      open: reel
        ? {
            reel: reel.head.reel,
            sequence: Math.max(0, reel.sealer.records() - 1),
            chainHead: reel.sealer.chainHead(),
            bytes: reel.sealer.bytes(),
          }
        : null,
    }
  }

  get openReel(): OpenReel | null {
    return this.#writer.open
  }
  get writer(): ReelWriter {
    return this.#writer
  }
  /** End of the last footage sealed, null when there is none. */
  get lastEndMs(): number | null {
    return this.#lastEndMs
  }

  /** Where the camera is; null lets it go. A new address ends the connection to the old one. */
  setSource(source: CameraSource | null): void {
    const same = JSON.stringify(source) === JSON.stringify(this.#source)
    this.#source = source
    if (same) return
    this.#retryAtMs = 0
    this.#backoffMs = 500
    this.#dropStream('connection-lost', source === null ? 'removed' : 'address-changed')
    this.tick()
  }

  /** A mandate came, was replaced or withdrawn. */
  authorityChanged(): void {
    const authority = this.#parts.mandates.of(this.camera)
    const reel = this.#writer.open
    if (reel && authority && reel.head.mandate !== authority.mandate.id) {
      // A renewal may wait for a keyframe; what narrows the old one may not.
      const narrower = authority.mandate.class !== 'ordinary' || authority.withdrawal !== null
      if (narrower) this.#stopNow('mandate-replaced')
      else this.#roll = { reason: 'mandate-replaced', byMs: this.#parts.time.nowMs() + keyframeWaitMs }
    }
    if (authority?.mandate.class === 'commissioning' && !authority.stillTaken) this.#stillFrames = 0
    this.#retryAtMs = 0
    this.tick()
  }

  /** Closes the open reel at the next keyframe and goes on in a new one. */
  cut(): void {
    if (this.#writer.open) this.#roll = { reason: 'asked', byMs: this.#parts.time.nowMs() + keyframeWaitMs }
  }

  /** Somebody looks live: read this camera at once instead of on the beat. */
  live(on: boolean): void {
    this.#live = on
    this.#stream?.immediate(on)
  }

  /** The recorder's clock leapt: what is open ends here, what follows begins anew. */
  clockStepped(fromMs: number): void {
    this.#dropStream('clock-stepped', null, fromMs)
    this.#finishReel('clock-stepped')
    this.tick()
  }

  /** A few times a second: does what time asks for. */
  tick(): void {
    if (this.#stopped) return
    try {
      this.#look()
    } catch (error) {
      this.#fault(error)
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    try {
      this.#dropStream('recorder-stopped', null)
      this.#finishReel('recorder-stopped')
    } finally {
      await this.#writer.close()
    }
  }

  // ----------------------------------------------------------------------------------------------------------------

  /** Whether a picture taken at `atMs` may be kept, and if not, why not. */
  #inForce(
    authority: Authority | null,
    atMs: number,
  ): 'yes' | 'none' | 'waiting' | 'over' | 'withdrawn' | 'done' {
    if (authority === null) return 'none'
    if (authority.withdrawal !== null) return 'withdrawn'
    if (atMs >= authority.mandate.untilMs) return 'over'
    if (atMs < authority.mandate.fromMs) return 'waiting'
    if (authority.mandate.class === 'commissioning' && authority.stillTaken) return 'done'
    return 'yes'
  }

  #look(): void {
    const nowMs = this.#parts.time.nowMs()
    const authority = this.#parts.mandates.of(this.camera)
    const force = this.#inForce(authority, nowMs)
    if (force !== 'yes') {
      if (force === 'waiting' && !this.#writer.open) {
        this.#dropStream('no-mandate', null)
        this.#setState('waiting', null, null)
        return
      }
      this.#endAuthority(force === 'withdrawn' ? 'mandate-withdrawn' : 'mandate-over', authority, force)
      return
    }
    const day = civilDay(nowMs, authority!.mandate.timeZone)
    if (!authority!.mandate.keys.some((key) => key.day === day)) {
      this.#endAuthority('mandate-over', authority, 'no-key')
      return
    }
    const reel = this.#writer.open
    if (reel) {
      if (nowMs >= reel.head.untilMs + 1000) this.#stopFragment('midnight')
      else if (nowMs >= hourEnd(reel.head.openedMs) + keyframeWaitMs) this.#stopFragment('hour')
      else if (this.#roll && nowMs >= this.#roll.byMs) this.#stopFragment(this.#roll.reason)
    }
    if (this.#stream === null) {
      if (this.#source !== null && performance.now() >= this.#retryAtMs) this.#connect(authority!)
      if (this.#source === null)
        this.#setState('refused', 'no-address', 'No address is known for this camera.')
      return
    }
    this.#stream.tick()
    if (
      this.#playing &&
      performance.now() - this.#stream.lastPacketMs > (this.#parts.silentAfterMs ?? 10_000)
    ) {
      this.#dropStream('camera-silent', null)
      this.#setState('silent', null, 'The camera stopped sending pictures.')
      this.#retryLater()
    }
  }

  #connect(authority: Authority): void {
    if (this.#state !== 'silent' && this.#state !== 'refused') this.#setState('connecting', null, null)
    if (this.#gap === null)
      this.#openGap('connection-lost', 'starting', Math.max(authority.mandate.fromMs, this.#gapStart()))
    const stream = new CameraStream({
      source: this.#source!,
      networks: this.#parts.networks,
      pacer: this.#parts.pacer,
      pool: this.#parts.pool,
      audio: authority.mandate.audio,
      nowMs: () => this.#parts.time.nowMs(),
      timeline: this.#timeline,
      handlers: {
        parameters: (video, audio) => this.#onParameters(video, audio),
        frame: (wallMs, keyframe) => this.#onFrame(wallMs, keyframe),
        afterCut: () => this.#afterCut(),
        fragment: (fragment) => this.#onFragment(fragment),
        lost: (fromMs, toMs, packets) => this.#onLost(fromMs, toMs, packets),
        clockStepped: (atMs) => this.#openGap('clock-stepped', 'camera', this.#lastEndMs ?? atMs),
        closed: (error) => this.#onStreamClosed(stream, error),
      },
    })
    this.#stream = stream
    this.#playing = false
    stream.open().then(
      () => {
        if (this.#stream !== stream) return
        this.#playing = true
        this.#playingSinceMs = performance.now()
        if (this.#live) stream.immediate(true)
      },
      () => undefined, // `closed` was told
    )
  }

  #onStreamClosed(stream: CameraStream, error: Error | null): void {
    if (this.#stream !== stream) return
    this.#stream = null
    this.#playing = false
    if (this.#stopped) return
    if (error instanceof RtspTrouble || error === null || isNetworkError(error)) {
      const trouble = error instanceof RtspTrouble ? error : null
      const code = trouble?.detail ?? (error as NodeJS.ErrnoException | null)?.code ?? 'closed'
      this.#openGap('connection-lost', code, this.#gapStart())
      if (trouble) this.#setState('refused', trouble.code, trouble.message)
      else this.#setState('connecting', code, null)
    } else {
      this.#fault(error)
    }
    this.#retryLater(error instanceof RtspTrouble ? error.code : null)
  }

  #retryLater(code: string | null = null): void {
    if (this.#playingSinceMs > 0 && performance.now() - this.#playingSinceMs > 10_000) this.#backoffMs = 500
    this.#playingSinceMs = 0
    const wait = code === 'wrong-password' || code === 'needs-password' ? passwordBackoffMs : this.#backoffMs
    this.#backoffMs = Math.min(backoffMsMax, this.#backoffMs * 2)
    // Uneven, so that cameras behind one broken switch do not all knock at the same instant.
    this.#retryAtMs = performance.now() + wait * (0.75 + Math.random() * 0.5)
  }

  /** Our own mistake, or a camera that found one: this camera rests for a moment, all others go on. */
  #fault(error: unknown): void {
    this.#parts.log.error(
      { camera: this.camera, story: story(error), stack: (error as Error).stack },
      'a camera’s recording failed',
    )
    this.#setState('fault', 'internal', 'Recording this camera failed. It is tried again.')
    try {
      this.#openGap('unknown', 'fault', this.#gapStart())
      const stream = this.#stream
      this.#stream = null
      stream?.close()
      this.#finishReel('write-failed')
    } catch (again) {
      this.#parts.log.error({ camera: this.camera, story: story(again) }, 'could not close after a failure')
    }
    this.#retryLater()
  }

  // What the stream tells ------------------------------------------------------------------------------------------

  #onParameters(video: VideoParameters, audio: AudioParameters | null): void {
    const init = initSegment(video, audio)
    if (this.#init?.equals(init)) return
    this.#finishReel('parameters-changed')
    this.#video = video
    this.#init = init
    this.#epoch += 1
  }

  #onFrame(wallMs: number, keyframe: boolean): FrameVerdict {
    const nowMs = this.#parts.time.nowMs()
    const authority = this.#parts.mandates.of(this.camera)
    // Both the picture's own time and the recorder's must lie within the mandate: neither a late packet nor a slow
    // estimate carries a picture past its end.
    const force = this.#inForce(authority, Math.max(wallMs, nowMs - 1000))
    if (force !== 'yes' || wallMs < authority!.mandate.fromMs) return 'skip'
    this.#lastFrameMs = Math.round(wallMs)
    if (authority!.mandate.class === 'commissioning') {
      if (this.#stillFrames > 0) return 'skip'
      if (!keyframe) return 'skip'
      this.#stillFrames = 1
      return 'add'
    }
    const reel = this.#writer.open
    if (reel === null) return 'add'
    if (wallMs >= reel.head.untilMs) {
      this.#rollNow = 'midnight'
      return 'cut'
    }
    const due =
      this.#roll?.reason ??
      (reel.failed ? 'write-failed' : wallMs >= hourEnd(reel.head.openedMs) ? 'hour' : null)
    const waited = nowMs >= (this.#roll?.byMs ?? hourEnd(reel.head.openedMs) + keyframeWaitMs)
    if (due === null || !(keyframe || waited)) return 'add'
    this.#rollNow = due
    return 'cut'
  }

  /** After a 'cut' or 'skip': the fragment before is sealed, the next picture is not yet in. */
  #afterCut(): void {
    if (this.#rollNow !== null) {
      const reason = this.#rollNow
      this.#rollNow = null
      this.#roll = null
      this.#finishReel(reason)
    }
    // Ending the authority closes the connection, which must not happen while its bytes are being read.
    const authority = this.#parts.mandates.of(this.camera)
    if (this.#stillFrames > 0 && authority?.mandate.class === 'commissioning') setImmediate(() => this.tick())
  }

  #onFragment(fragment: TimedFragment): void {
    const authority = this.#parts.mandates.of(this.camera)
    if (authority === null || this.#init === null) return
    const { mandate } = authority
    const floorMs = Math.max(mandate.fromMs, this.#lastEndMs ?? 0)
    // The picture that stood across midnight ended with its day; what follows on begins where the day did.
    const follows = this.#spillMs !== null && fragment.startMs === this.#spillMs
    this.#spillMs = null
    let startMs = follows ? floorMs : Math.max(fragment.startMs, floorMs)
    if (startMs >= mandate.untilMs) return
    // Authority ended somewhere in this fragment: what cannot be parted any more is not kept.
    if (authority.withdrawal !== null && fragment.endMs > authority.withdrawal.endedMs) return
    if (!this.#writer.hasRoom()) {
      this.#openGap(
        this.#writer.trouble === null ? 'writer-behind' : 'disk-full',
        this.#writer.trouble,
        startMs,
      )
      return
    }
    if (this.#writer.open === null && !this.#openReel(startMs, authority)) return
    const reel = this.#writer.open!
    if (startMs >= reel.head.untilMs) startMs = reel.head.untilMs - 1 // rounding at the very edge of the day
    const endMs = Math.max(startMs, Math.min(fragment.endMs, reel.head.untilMs))
    this.#closeGap(startMs)
    this.#writer.media(
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
    this.#sealLosses()
    if (this.#writer.trouble === null) this.#setState('recording', null, null)
    if (mandate.class === 'commissioning') void this.#stillDone()
  }

  async #stillDone(): Promise<void> {
    try {
      await this.#parts.mandates.stillTaken(this.camera)
    } catch (error) {
      this.#fault(error)
    }
    this.tick()
  }

  #onLost(fromMs: number, toMs: number, packets: number): void {
    const from = Math.round(fromMs)
    this.#losses.push({ fromMs: from, toMs: Math.max(from, Math.round(toMs)), packets })
    // A camera that loses something in every picture must not fill the memory: neighbours become one.
    if (this.#losses.length > 50) {
      const all = this.#losses
      const packetsLost = all.reduce((sum, loss) => sum + loss.packets, 0)
      this.#losses = [{ fromMs: all[0]!.fromMs, toMs: all.at(-1)!.toMs, packets: packetsLost }]
    }
  }

  #sealLosses(): void {
    const reel = this.#writer.open
    if (this.#losses.length === 0 || reel === null) return
    for (const loss of this.#losses) {
      const fact = {
        fromMs: loss.fromMs,
        toMs: loss.toMs,
        cause: 'packets-lost' as const,
        detail: null,
        lost: loss.packets === 0 ? null : loss.packets,
      }
      this.#writer.gap(fact)
      this.#parts.events.gap(this.camera, { ...fact, reel: reel.head.reel })
    }
    this.#losses = []
  }

  // Reels ----------------------------------------------------------------------------------------------------------

  #openReel(startMs: number, authority: Authority): boolean {
    const { mandate } = authority
    const day = civilDay(startMs, mandate.timeZone)
    const key = mandate.keys.find((candidate) => candidate.day === day)
    if (key === undefined) {
      this.#openGap('no-mandate', 'no-key', startMs)
      return false
    }
    const { shape } = this.#video!
    this.#writer.start(
      {
        reel: newId(this.#parts.time.nowMs()),
        recorder: this.#parts.recorder,
        camera: this.camera,
        mandate: mandate.id,
        counter: mandate.counter,
        day,
        timeZone: mandate.timeZone,
        publicKey: key.publicKey,
        openedMs: startMs,
        untilMs: Math.min(mandate.untilMs, startOfDayMs(addDays(day, 1), mandate.timeZone)),
        codec: shape.codec,
        width: shape.width,
        height: shape.height,
        epoch: this.#epoch,
      },
      this.#init!,
    )
    this.#parts.mandates.noteRetention(this.camera, day, mandate.retentionDays).catch((error: unknown) => {
      this.#parts.log.warn(
        { camera: this.camera, story: story(error) },
        "couldn't note how long a day may be kept",
      )
    })
    return true
  }

  #finishReel(reason: CloseReason): void {
    this.#roll = null
    this.#rollNow = null
    const reel = this.#writer.open
    if (reel === null) return
    this.#sealLosses()
    this.#writer.finish(reason, this.#parts.time.nowMs())
  }

  /** Closes fragment and reel between two pictures, because time asks for it and no picture came to do it. */
  #stopFragment(reason: CloseReason): void {
    this.#stream?.flush()
    this.#finishReel(reason)
  }

  #stopNow(reason: CloseReason): void {
    this.#dropStream('no-mandate', null)
    this.#finishReel(reason)
  }

  #endAuthority(reason: CloseReason, authority: Authority | null, force: string): void {
    const over = authority !== null && force === 'over' ? authority.mandate.untilMs : null
    const ended = authority?.withdrawal ? Math.max(authority.withdrawal.endedMs, this.#lastEndMs ?? 0) : over
    const recording = this.#stream !== null || this.#writer.open !== null
    if (recording) this.#dropStream('no-mandate', force === 'no-key' ? 'no-key' : null, ended ?? undefined)
    this.#finishReel(reason)
    const words: Readonly<Record<string, string>> = {
      none: 'There is no mandate for this camera.',
      over: 'The mandate has ended.',
      withdrawn: 'The mandate was withdrawn.',
      done: 'The reference picture was taken.',
      'no-key': 'The mandate brings no key for today.',
    }
    this.#setState('no-mandate', force, words[force] ?? null)
  }

  // Gaps -----------------------------------------------------------------------------------------------------------

  #gapStart(): number {
    return this.#lastEndMs ?? this.#parts.time.nowMs()
  }

  /** From `fromMs` on pictures are missing. The first cause stands until pictures come again or authority ends. */
  #openGap(cause: GapCause, detail: string | null, fromMs: number): void {
    const before = this.#gap
    if (before !== null && (before.cause === cause || cause !== 'no-mandate')) return
    if (before !== null)
      this.#parts.events.gap(this.camera, {
        ...before,
        toMs: Math.max(before.fromMs, fromMs),
        lost: null,
        reel: null,
      })
    const code = detail === null ? null : detail.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 64) || null
    this.#gap = { fromMs: Math.round(fromMs), cause, detail: code }
    this.#parts.events.gap(this.camera, { ...this.#gap, toMs: null, lost: null, reel: null })
    this.#keepGap()
  }

  /** Pictures are there again from `toMs`: the gap becomes a record of the reel, before them. */
  #closeGap(toMs: number): void {
    let gap = this.#gap
    if (gap === null && this.#lastEndMs !== null && toMs > this.#lastEndMs) {
      gap = { fromMs: this.#lastEndMs, cause: 'unknown', detail: null }
    }
    if (gap === null) return
    const fact = { ...gap, toMs: Math.max(gap.fromMs, toMs), lost: null }
    this.#gap = null
    this.#keepGap()
    if (fact.toMs === fact.fromMs) return
    this.#writer.gap(fact)
    this.#parts.events.gap(this.camera, { ...fact, reel: this.#writer.open!.head.reel })
  }

  #keepGap(): void {
    this.#parts.mandates.setGap(this.camera, this.#gap).catch((error: unknown) => {
      this.#parts.log.warn(
        { camera: this.camera, story: story(error) },
        "couldn't note a gap; it stays in memory",
      )
    })
  }

  #dropStream(cause: GapCause, detail: string | null, fromMs?: number): void {
    const stream = this.#stream
    this.#playing = false
    if (stream) {
      // Its last fragment is sealed while closing; what it tells after that is no news.
      this.#stream = null
      stream.close()
    }
    if (stream || cause === 'no-mandate')
      this.#openGap(cause, detail, Math.max(fromMs ?? 0, this.#gapStart()))
  }

  #onWriteTrouble(code: string | null): void {
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      this.#setState('disk-full', code, 'The disk is full. Recording goes on when there is room.')
    } else if (code !== null) this.#setState('fault', code, 'The disk does not take what is recorded.')
    else if (this.#stream !== null) this.#setState('recording', null, null)
  }

  #onBroken(fromMs: number, code: string): void {
    this.#lastEndMs = Math.min(this.#lastEndMs ?? fromMs, fromMs)
    this.#openGap('unknown', code, this.#lastEndMs)
  }

  #setState(state: RecordingState, code: string | null, words: string | null): void {
    if (state === this.#state && code === this.#code) return
    this.#state = state
    this.#code = code === null ? null : code.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 64)
    this.#words = words
    this.#sinceMs = this.#parts.time.nowMs()
    this.#parts.events.changed()
  }
}

/** Of the way from the lens to our own reading: the beat of the reader and a usual encoder's delay. */
const transportMs = 120

const hourEnd = (openedMs: number): number => (Math.floor(openedMs / hourMs) + 1) * hourMs

const isNetworkError = (error: Error): boolean =>
  typeof (error as NodeJS.ErrnoException).code === 'string' &&
  (error as NodeJS.ErrnoException).syscall !== undefined
