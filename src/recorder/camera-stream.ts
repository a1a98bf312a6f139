import { CameraClock } from './camera-clock.ts'
import type { AudioParameters, VideoParameters } from './media/boxes.ts'
import type { ChunkPool } from './media/chunks.ts'
import { type Fragment, FragmentBuilder, framesMax, unitBytesMax } from './media/fragment.ts'
import { AacDepacketiser } from './rtsp/aac-depacketiser.ts'
import type { AllowedNetworks } from './rtsp/address.ts'
import type { Pacer } from './rtsp/pacer.ts'
import { readSenderReport, type SenderReport } from './rtsp/reports.ts'
import type { SdpMedia } from './rtsp/sdp.ts'
import { type CameraSource, RtspSession, type VideoMedia } from './rtsp/session.ts'
import { type UnitSink, VideoAssembler } from './rtsp/video-assembler.ts'

/** A fragment with its place in time. Memory of `parts` goes back to the pool right after the handler. */
export type TimedFragment = Fragment & {
  readonly startMs: number
  readonly endMs: number
  /** 90 kHz ticks, running on from fragment to fragment and over reconnections. */
  readonly decodeTime: number
  readonly durationTicks: number
  /** RTP timestamp of its first picture. */
  readonly rtp: number
  readonly report: SenderReport | null
  readonly monotonicUs: bigint
  /** Of the link between stream and host clock, ms; the host's own error comes on top. */
  readonly strayMs: number
}

/** What the owner of the stream decides before each picture: `cut` closes the fragment before it. */
export type FrameVerdict = 'add' | 'cut' | 'skip'

export type StreamHandlers = {
  /** Parameter sets for what follows; at least once before the first fragment. */
  parameters(video: VideoParameters, audio: AudioParameters | null): void
  frame(wallMs: number, keyframe: boolean): FrameVerdict
  /** After a 'cut' or 'skip', when the fragment before that picture is closed. */
  afterCut(): void
  fragment(fragment: TimedFragment): void
  /** Pictures between these instants are missing or damaged; `packets` is 0 when nobody can count them. */
  lost(fromMs: number, toMs: number, packets: number): void
  /** The stream's clock jumped: what follows has a new link to wall time. */
  clockStepped(atMs: number): void
  closed(error: Error | null): void
}

export type StreamOptions = {
  readonly source: CameraSource
  readonly networks: AllowedNetworks
  readonly pacer: Pacer
  readonly pool: ChunkPool
  readonly audio: boolean
  /** Sound that would last to or past this instant is dropped; absent: none is. */
  readonly audioUntilMs?: number
  readonly nowMs: () => number
  readonly timeline: Timeline
  readonly timeoutMs?: number
  readonly handlers: StreamHandlers
}

/** Decode time runs on while the process lives, so that reels of one epoch can be laid end to end. */
export class Timeline {
  #nextTicks = 0
  #nextWallMs: number | null = null

  /** Decode time for what begins at `wallMs`: where the last fragment ended, plus the time in between. */
  at(wallMs: number, continuous: boolean): number {
    if (this.#nextWallMs !== null && !continuous) {
      this.#nextTicks += Math.max(0, Math.round((wallMs - this.#nextWallMs) * 90))
    }
    return this.#nextTicks
  }

  ended(ticks: number, wallMs: number): void {
    this.#nextTicks = ticks
    this.#nextWallMs = wallMs
  }
}

/** Two seconds (design: a fragment closes at a keyframe or after two seconds, whichever is first). */
const fragmentTicksMax = 180_000
/** A timestamp this far from the last one is no reordering: the camera began a new count. */
const jumpTicks = 5 * 90_000

/** One connection to one camera, from its packets to timed fragments. */
/** ISO/IEC 14496-3: samples in one AAC frame. */
const aacFrameSamples = 1024

export class CameraStream implements UnitSink {
  readonly #options: StreamOptions
  readonly #builder: FragmentBuilder
  #clock = new CameraClock(90_000)
  #session: RtspSession | null = null
  #assembler: VideoAssembler | null = null
  #aac: AacDepacketiser | null = null
  #audioClock: CameraClock | null = null
  #audioNext: number | null = null
  #video: VideoParameters | null = null
  #pts = 0
  #lastPts: number | null = null
  #maxPts = Number.NEGATIVE_INFINITY
  /** Ticks of one picture as last seen. */
  #frameTicks = 6000
  #adding = false
  /** End of the fragment before, when this one follows on without a hole. */
  #followsMs: number | null = null
  #firstRtp = 0
  #firstMonotonicUs = 0n
  #report: SenderReport | null = null
  #lossFromMs: number | null = null
  #lossPackets = 0
  #closed = false
  #cutting = false
  #closedEarly: { readonly error: Error | null } | null = null
  /** When the newest packet of the video came, by the process's monotonic clock. */
  lastPacketMs = performance.now()

  constructor(options: StreamOptions) {
    this.#options = options
    this.#builder = new FragmentBuilder(options.pool)
  }

  /** Whether sound was asked for. */
  get audio(): boolean {
    return this.#options.audio
  }

  /** Resolves when the camera plays. Rejects with RtspTrouble; `closed` is called exactly once in any case. */
  async open(): Promise<void> {
    const { source, networks, pacer, audio, timeoutMs } = this.#options
    try {
      this.#session = await RtspSession.open({
        source,
        networks,
        pacer,
        audio,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        onDescribed: (video, sound) => this.#described(video, sound),
        onVideo: (bytes, start, end) => {
          this.lastPacketMs = performance.now()
          this.#assembler!.push(bytes, start, end)
        },
        onVideoReport: (bytes, start, end) => this.#onReport(bytes, start, end),
        onAudio: (bytes, start, end) => this.#aac?.push(bytes, start, end),
        // While the session is being set up, what went wrong is told by the step that failed, in its own words.
        onClose: (error) => {
          if (this.#session === null) this.#closedEarly = { error }
          else this.#finish(error)
        },
      })
      if (this.#closed) this.#session.close()
      if (this.#closedEarly !== null) this.#finish(this.#closedEarly.error)
      this.lastPacketMs = performance.now()
    } catch (error) {
      this.#finish(error instanceof Error ? error : new Error(String(error)))
      throw error
    }
  }

  /** About once a second: signs of life to the camera. */
  tick(): void {
    this.#session?.keepAlive()
  }

  immediate(on: boolean): void {
    this.#session?.immediate(on)
  }

  /** Closes what is gathered as a fragment now, whatever comes after (the mandate's end, a stop). */
  flush(): void {
    this.#cut(null)
  }

  close(): void {
    this.#session?.close()
    this.#finish(null)
  }

  #finish(error: Error | null): void {
    if (this.#closed) return
    this.#closed = true
    let reason = error
    try {
      this.#session?.close()
      this.#tellLoss()
      // The picture that was on its way is no loss of packets: the gap that begins now covers it.
      this.#assembler?.finish()
      this.#lossFromMs = null
      this.#cut(null)
    } catch (trouble) {
      reason ??= trouble instanceof Error ? trouble : new Error(String(trouble))
    } finally {
      this.#builder.drop()
      if (!this.#cutting) this.#builder.release()
      this.#options.handlers.closed(reason)
    }
  }

  #described(video: VideoMedia, sound: SdpMedia | null): void {
    this.#assembler = new VideoAssembler(video.codec, video.payloadType, this)
    const names = video.codec === 'h264' ? ['sprop-parameter-sets'] : ['sprop-vps', 'sprop-sps', 'sprop-pps']
    this.#assembler.addSets(
      names.flatMap((name) =>
        (video.parameters.get(name) ?? '').split(',').map((text) => Buffer.from(text, 'base64')),
      ),
    )
    if (sound === null) return
    const clock = new CameraClock(sound.clockRate)
    this.#audioClock = clock
    this.#aac = AacDepacketiser.create(sound, (bytes, timestamp) => {
      const pts = clock.unwrap(timestamp)
      const nowMs = this.#options.nowMs()
      clock.arrival(pts, nowMs)
      // By its own time and by the recorder's: neither a late packet nor a slow estimate carries sound past its end.
      const untilMs = this.#options.audioUntilMs
      if (untilMs !== undefined && Math.max(clock.wallMs(pts + aacFrameSamples), nowMs) > untilMs) return
      if (this.#builder.frames > 0 || this.#adding) this.#builder.sound(bytes, pts)
    })
  }

  #onReport(bytes: Buffer, start: number, end: number): void {
    const report = readSenderReport(bytes, start, end)
    if (report === null) return
    this.#report = report
    if (this.#lastPts === null) return
    const pts = this.#clock.place(report.rtp)
    // Some cameras send reports that have nothing to do with their stream's count.
    if (Math.abs(pts - this.#lastPts) < jumpTicks) this.#clock.arrival(pts, this.#options.nowMs())
  }

  // What the assembler tells ---------------------------------------------------------------------------------------

  parameters(video: VideoParameters): void {
    if (this.#video !== null) this.#cut(null) // pictures so far belong to the parameters before
    this.#video = video
    this.#options.handlers.parameters(video, this.#aac?.parameters ?? null)
  }

  begin(rtp: number, keyframe: boolean): void {
    const nowMs = this.#options.nowMs()
    const before = this.#lastPts
    const pts = this.#clock.unwrap(rtp)
    if (before !== null && Math.abs(pts - before) > jumpTicks) {
      this.#restartClock(rtp, nowMs)
      this.begin(rtp, keyframe)
      return
    }
    if (before !== null && pts > before && pts - before < 90_000) this.#frameTicks = pts - before
    this.#clock.arrival(pts, nowMs)
    this.#lastPts = pts
    this.#pts = pts
    const { handlers } = this.#options
    const verdict = handlers.frame(this.#clock.wallMs(pts), keyframe)
    this.#adding = verdict !== 'skip'
    const gathered = this.#builder.frames
    // A picture shown before one already gathered belongs with it (B-frames): no cut there unless it must be.
    const inOrder = pts > this.#maxPts
    const due = gathered > 0 && inOrder && (keyframe || pts - this.#builder.firstPts >= fragmentTicksMax)
    if (verdict === 'cut' || verdict === 'skip' || due || gathered >= framesMax - 1) {
      this.#cut(inOrder ? pts : null)
      if (this.#clock.stepped) {
        handlers.clockStepped(this.#clock.wallMs(pts))
        this.#restartClock(rtp, nowMs)
        this.#pts = this.#clock.unwrap(rtp)
        this.#clock.arrival(this.#pts, nowMs)
        this.#lastPts = this.#pts
      }
      if (verdict === 'skip') this.#followsMs = null
      if (verdict !== 'add') handlers.afterCut()
    }
    if (this.#closed) this.#adding = false
    if (!this.#adding) return
    if (this.#builder.frames === 0) {
      this.#firstRtp = rtp
      this.#firstMonotonicUs = process.hrtime.bigint() / 1000n
    }
    this.#maxPts = Math.max(this.#maxPts, this.#pts)
    this.#builder.begin(this.#pts, keyframe)
  }

  nalBegin(): void {
    if (this.#adding) this.#builder.nalBegin()
  }
  nalPart(bytes: Buffer, start: number, end: number): void {
    if (!this.#adding) return
    this.#builder.nalPart(bytes, start, end)
    if (this.#builder.unitBytes > unitBytesMax)
      throw new RangeError('the camera sent a picture that never ends')
  }
  nalEnd(): void {
    if (this.#adding) this.#builder.nalEnd()
  }

  commit(): void {
    if (!this.#adding) return
    this.#builder.commit()
    if (this.#lossFromMs !== null) this.#tellLoss()
  }

  drop(): void {
    if (!this.#adding) return
    this.#builder.drop()
    this.#lossFromMs ??= this.#clock.wallMs(this.#pts)
  }

  lost(packets: number): void {
    this.#lossPackets += packets
    if (this.#lastPts !== null) this.#lossFromMs ??= this.#clock.wallMs(this.#lastPts + this.#frameTicks)
  }

  // ----------------------------------------------------------------------------------------------------------------

  #tellLoss(): void {
    if (this.#lossFromMs === null) return
    const toMs = this.#lastPts === null ? this.#lossFromMs : this.#clock.wallMs(this.#lastPts)
    this.#options.handlers.lost(this.#lossFromMs, Math.max(this.#lossFromMs, toMs), this.#lossPackets)
    this.#lossFromMs = null
    this.#lossPackets = 0
  }

  #restartClock(rtp: number, nowMs: number): void {
    this.#cut(null)
    this.#clock = new CameraClock(90_000)
    this.#lastPts = null
    this.#maxPts = Number.NEGATIVE_INFINITY
    this.#followsMs = null
    this.#clock.arrival(this.#clock.place(rtp), nowMs)
  }

  #cut(nextPts: number | null): void {
    // A handler may close the stream, which would cut what is being cut.
    if (this.#builder.frames === 0 || this.#cutting) return
    this.#cutting = true
    try {
      this.#cutNow(nextPts)
    } finally {
      this.#cutting = false
      this.#builder.release()
    }
  }

  #cutNow(nextPts: number | null): void {
    const { handlers, timeline, nowMs } = this.#options
    const clock = this.#clock
    clock.slew(nowMs())
    const firstPts = this.#builder.firstPts
    const follows = this.#followsMs
    const startMs = follows ?? Math.round(clock.wallMs(firstPts))
    const decodeTime = timeline.at(startMs, follows !== null)
    let audioTime = 0
    const audioClock = this.#audioClock
    audioClock?.slew(nowMs())
    const fragment = this.#builder.take(
      nextPts,
      (pts) => decodeTime + pts - firstPts,
      (pts) => {
        const rate = this.#aac!.parameters.clockRate
        const exact = ((audioClock!.wallMs(pts) - startMs) / 1000 + decodeTime / 90_000) * rate
        // Sound runs on by its own count; only when it has really gone astray does it follow the wall clock.
        audioTime =
          this.#audioNext !== null && Math.abs(exact - this.#audioNext) < rate / 5 ? this.#audioNext : exact
        return Math.max(0, audioTime)
      },
      this.#frameTicks,
    )
    if (fragment === null) return
    if (fragment.audio) this.#audioNext = audioTime + fragment.soundTicks
    const durationTicks = fragment.endPts - fragment.firstPts
    const endMs = Math.max(startMs, Math.round(clock.wallMs(fragment.endPts)))
    timeline.ended(decodeTime + durationTicks, endMs)
    this.#followsMs = nextPts === null ? null : endMs
    handlers.fragment({
      ...fragment,
      startMs,
      endMs,
      decodeTime,
      durationTicks,
      rtp: this.#firstRtp,
      report: this.#report,
      monotonicUs: this.#firstMonotonicUs,
      strayMs: clock.strayMs,
    })
  }
}
