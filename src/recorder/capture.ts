import { civilDay, story } from '#base/base.ts'
import type { RecordingState } from '#formats/link/link.ts'
import type { Mandate } from '#formats/mandate/mandate.ts'
import type { CloseReason, GapCause } from '#formats/reel/reel.ts'
import { CameraReels, type CameraReelsParts, type ReelEvents } from './camera-reels.ts'
import { CameraStream, type FrameVerdict, type TimedFragment, Timeline } from './camera-stream.ts'
import type { Authority } from './mandate-store.ts'
import type { ChunkPool } from './media/chunks.ts'
import type { AllowedNetworks } from './rtsp/address.ts'
import type { Pacer } from './rtsp/pacer.ts'
import type { CameraSource } from './rtsp/session.ts'
import { RtspTrouble } from './rtsp/trouble.ts'

/**
 * One camera, from its mandate to its sealed reels. Records only while a mandate is in force by the recorder's own
 * time, cuts the last fragment at the mandate's end, connects again for ever, and says what state it is in. A fault in
 * here stops this camera only, and only for a while. It stays whole past 400 lines: each state ends in another.
 */
export type CaptureEvents = Omit<ReelEvents, 'writeTrouble'> & {
  /** The state or its reason changed. */
  changed(): void
}

export type CaptureParts = Omit<CameraReelsParts, 'events'> & {
  readonly pacer: Pacer
  readonly pool: ChunkPool
  readonly networks: AllowedNetworks
  readonly events: CaptureEvents
  readonly silentAfterMs?: number
}

const backoffMsMax = 15_000
/** A camera that turns our password down is asked rarely: many lock out who tries too often. */
const passwordBackoffMs = 30_000
const silentAfterMsUsual = 10_000

/** May sound be fetched at this instant? */
const hears = (mandate: Mandate, atMs: number): boolean =>
  mandate.audio && atMs < (mandate.audioUntilMs ?? mandate.untilMs)

/** Whether a picture may be kept, and if not, why not. */
type Force = 'yes' | 'none' | 'waiting' | 'over' | 'withdrawn' | 'done' | 'no-key'

const stopped: Readonly<Record<Exclude<Force, 'yes' | 'waiting'>, string>> = {
  none: 'There is no mandate for this camera.',
  over: 'The mandate has ended.',
  // Also where its time was over and the hub said so: the camera's page tells the cause, which the hub alone knows.
  withdrawn: 'The mandate is no longer in force.',
  done: 'The reference picture was taken.',
  'no-key': 'The mandate brings no key for today.',
}

export class Capture {
  readonly camera: string
  readonly #parts: CaptureParts
  readonly #timeline = new Timeline()
  #reels!: CameraReels
  #source: CameraSource | null = null
  #stream: CameraStream | null = null
  #playing = false
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
    const capture = new Capture(parts)
    capture.#reels = await CameraReels.create({
      ...parts,
      events: { ...parts.events, writeTrouble: (code) => capture.#onWriteTrouble(code) },
    })
    return capture
  }

  private constructor(parts: CaptureParts) {
    this.#parts = parts
    this.camera = parts.camera
    this.#sinceMs = parts.time.nowMs()
  }

  get reels(): CameraReels {
    return this.#reels
  }

  status() {
    const reel = this.#reels.open
    return {
      camera: this.camera,
      state: this.#state,
      code: this.#code,
      words: this.#words,
      sinceMs: this.#sinceMs,
      lastFrameMs: this.#lastFrameMs,
      mandate: this.#authority()?.mandate.id ?? null,
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
    const authority = this.#authority()
    const reel = this.#reels.open
    if (reel && authority && reel.head.mandate !== authority.mandate.id) {
      // A renewal may wait for a keyframe; a single still, or one without sound, may not.
      const renewal = authority.mandate.class !== 'commissioning' && !this.#soundDiffers(authority)
      if (renewal) this.#reels.rollSoon('mandate-replaced')
      else {
        this.#dropStream('connection-lost', 'mandate-replaced')
        this.#reels.finish('mandate-replaced')
      }
    }
    if (authority?.mandate.class === 'commissioning' && !authority.stillTaken) this.#stillFrames = 0
    this.#retryAtMs = 0
    this.tick()
  }

  /** Closes the open reel at the next keyframe and goes on in a new one. */
  cut(): void {
    this.#reels.rollSoon('asked')
  }

  /** Somebody looks live: read this camera at once instead of on the beat. */
  live(on: boolean): void {
    this.#live = on
    this.#stream?.immediate(on)
  }

  /** The recorder's clock leapt: what is open ends here, what follows begins anew. */
  clockStepped(fromMs: number): void {
    this.#dropStream('clock-stepped', null, fromMs)
    this.#reels.finish('clock-stepped')
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
      this.#reels.finish('recorder-stopped')
    } finally {
      await this.#reels.writer.close()
    }
  }

  // ----------------------------------------------------------------------------------------------------------------

  #authority(): Authority | null {
    return this.#parts.mandates.of(this.camera)
  }

  /** The sound of the stream that runs now is not what the mandate says. */
  #soundDiffers(authority: Authority): boolean {
    return this.#stream !== null && this.#stream.audio !== hears(authority.mandate, this.#parts.time.nowMs())
  }

  #inForce(authority: Authority | null, atMs: number): Force {
    if (authority === null) return 'none'
    const { mandate, withdrawal, stillTaken } = authority
    if (withdrawal !== null) return 'withdrawn'
    if (atMs >= mandate.untilMs) return 'over'
    if (atMs < mandate.fromMs) return 'waiting'
    if (mandate.class === 'commissioning' && stillTaken) return 'done'
    return 'yes'
  }

  #look(): void {
    const nowMs = this.#parts.time.nowMs()
    const authority = this.#authority()
    let force = this.#inForce(authority, nowMs)
    if (force === 'yes' && !this.#keyOfToday(authority!, nowMs)) force = 'no-key'
    if (force !== 'yes') {
      this.#endAuthority(force, authority)
      return
    }
    const overdue = this.#reels.overdue(nowMs)
    if (overdue !== null) {
      this.#stream?.flush()
      this.#reels.finish(overdue)
    }
    if (this.#stream === null) {
      if (this.#source === null)
        this.#setState('refused', 'no-address', 'No address is known for this camera.')
      else if (performance.now() >= this.#retryAtMs) this.#connect(authority!, this.#source)
      return
    }
    // Its time for sound is over: from here on it isn't even fetched.
    if (this.#stream.audio && !hears(authority!.mandate, nowMs)) {
      this.#dropStream('connection-lost', 'sound-over')
      return
    }
    this.#stream.tick()
    const silentAfterMs = this.#parts.silentAfterMs ?? silentAfterMsUsual
    if (this.#playing && performance.now() - this.#stream.lastPacketMs > silentAfterMs) {
      this.#dropStream('camera-silent', null)
      this.#setState('silent', null, 'The camera stopped sending pictures.')
      this.#retryLater()
    }
  }

  /** Days are looked up a few times a second for each camera, so the answer is kept while it holds. */
  #keyDay: { readonly mandate: string; readonly fromMs: number; readonly has: boolean } | null = null
  #keyOfToday({ mandate }: Authority, nowMs: number): boolean {
    const minuteMs = Math.floor(nowMs / 60_000) * 60_000
    if (this.#keyDay?.mandate !== mandate.id || this.#keyDay.fromMs !== minuteMs) {
      const day = civilDay(nowMs, mandate.timeZone)
      this.#keyDay = {
        mandate: mandate.id,
        fromMs: minuteMs,
        has: mandate.keys.some((key) => key.day === day),
      }
    }
    return this.#keyDay.has
  }

  #connect(authority: Authority, source: CameraSource): void {
    if (this.#state !== 'silent' && this.#state !== 'refused') this.#setState('connecting', null, null)
    // Missing for want of a mandate until now; from now on for want of a camera.
    const nowMs = this.#parts.time.nowMs()
    const open = this.#reels.gaps.open
    if (open === null || open.cause === 'no-mandate' || open.cause === 'recorder-stopped') {
      this.#reels.beginGap('connection-lost', 'starting', open === null ? authority.mandate.fromMs : nowMs)
    }
    const reels = this.#reels
    const stream = new CameraStream({
      source,
      networks: this.#parts.networks,
      pacer: this.#parts.pacer,
      pool: this.#parts.pool,
      audio: hears(authority.mandate, nowMs),
      audioUntilMs: authority.mandate.audioUntilMs ?? authority.mandate.untilMs,
      nowMs: () => this.#parts.time.nowMs(),
      timeline: this.#timeline,
      handlers: {
        parameters: (video, audio) => reels.parameters(video, audio),
        frame: (wallMs, keyframe) => this.#onFrame(wallMs, keyframe),
        afterCut: () => this.#afterCut(),
        fragment: (fragment) => this.#onFragment(fragment),
        lost: (fromMs, toMs, packets) => reels.lost(fromMs, toMs, packets),
        clockStepped: () => reels.beginGap('clock-stepped', 'camera'),
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

  #onStreamClosed(stream: CameraStream, error: Error | null): undefined {
    if (this.#stream !== stream) return
    this.#stream = null
    this.#playing = false
    if (this.#stopped) return
    const trouble = error instanceof RtspTrouble ? error : null
    if (trouble === null && error !== null && !isNetworkError(error)) return this.#fault(error)
    const code = trouble?.detail ?? (error as NodeJS.ErrnoException | null)?.code ?? 'closed'
    this.#reels.beginGap('connection-lost', code)
    if (trouble) this.#setState('refused', trouble.code, trouble.message)
    else this.#setState('connecting', code, null)
    this.#retryLater(trouble?.code ?? null)
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
  #fault(error: unknown): undefined {
    const { log } = this.#parts
    log.error(
      { camera: this.camera, story: story(error), stack: (error as Error).stack },
      'recording a camera failed',
    )
    this.#setState('fault', 'internal', 'Recording this camera failed. It is tried again.')
    try {
      this.#dropStream('unknown', 'fault')
      this.#reels.finish('write-failed')
    } catch (again) {
      log.error({ camera: this.camera, story: story(again) }, "couldn't close after a failure")
    }
    this.#retryLater()
  }

  #onFrame(wallMs: number, keyframe: boolean): FrameVerdict {
    const authority = this.#authority()
    // Both the picture's own time and the recorder's must lie within the mandate: neither a late packet nor a slow
    // estimate carries a picture past its end.
    const force = this.#inForce(authority, Math.max(wallMs, this.#parts.time.nowMs() - 1000))
    if (force !== 'yes' || wallMs < authority!.mandate.fromMs) return 'skip'
    this.#lastFrameMs = Math.round(wallMs)
    if (authority!.mandate.class !== 'commissioning') return this.#reels.verdict(wallMs, keyframe)
    if (this.#stillFrames > 0 || !keyframe) return 'skip'
    this.#stillFrames = 1
    return 'add'
  }

  #afterCut(): void {
    this.#reels.afterCut()
    // Ending the authority closes the connection, which must not happen while its bytes are being read.
    if (this.#stillFrames > 0 && this.#authority()?.mandate.class === 'commissioning')
      setImmediate(() => this.tick())
  }

  #onFragment(fragment: TimedFragment): void {
    const authority = this.#authority()
    if (authority === null || !this.#reels.take(fragment, authority)) return
    if (this.#reels.writer.trouble === null) this.#setState('recording', null, null)
    if (authority.mandate.class !== 'commissioning') return
    this.#parts.mandates.stillTaken(this.camera).then(
      () => this.tick(),
      (error: unknown) => this.#fault(error),
    )
  }

  #endAuthority(force: Exclude<Force, 'yes'>, authority: Authority | null): void {
    const detail = force === 'no-key' || force === 'waiting' ? force : null
    const endedMs =
      force === 'over'
        ? authority!.mandate.untilMs
        : force === 'withdrawn'
          ? authority!.withdrawal!.endedMs
          : 0
    const reasons: Partial<Record<Force, CloseReason>> = {
      withdrawn: 'mandate-withdrawn',
      waiting: 'mandate-replaced',
    }
    this.#dropStream('no-mandate', detail, endedMs)
    this.#reels.finish(reasons[force] ?? 'mandate-over')
    if (force === 'waiting') this.#setState('waiting', null, null)
    else this.#setState('no-mandate', force, stopped[force])
  }

  /** Closes the connection; its last fragment is sealed on the way. What it tells after that is no news. */
  #dropStream(cause: GapCause, detail: string | null, fromMs?: number): void {
    const stream = this.#stream
    this.#stream = null
    this.#playing = false
    stream?.close()
    // Nothing recorded and nothing to be recorded yet: that is no gap.
    if (stream === null && this.#reels.lastEndMs === null) return
    if (stream !== null || cause === 'no-mandate' || cause === 'recorder-stopped')
      this.#reels.beginGap(cause, detail, fromMs)
  }

  #onWriteTrouble(code: string | null): void {
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      this.#setState('disk-full', code, 'The disk is full. Recording goes on when there is room.')
    } else if (code !== null) this.#setState('fault', code, 'The disk does not take what is recorded.')
    else if (this.#stream !== null) this.#setState('recording', null, null)
  }

  #setState(state: RecordingState, code: string | null, words: string | null): void {
    const codeOnly = code === null ? null : code.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 64)
    if (state === this.#state && codeOnly === this.#code) return
    this.#state = state
    this.#code = codeOnly
    this.#words = words
    this.#sinceMs = this.#parts.time.nowMs()
    this.#parts.events.changed()
  }
}

const isNetworkError = (error: NodeJS.ErrnoException): boolean =>
  error.code !== undefined && error.syscall !== undefined
