/**
 * Turns a stream's RTP timestamps into wall time. The host's clock is the authority (camera clocks are often wrong by
 * hours); the stream's own clock says how far apart pictures are. What links them is the smallest delay seen lately:
 * a picture can arrive late, never early, so the least of arrival − RTP time is nearest to the truth. Sender reports
 * count as arrivals without the encoder's delay.
 *
 * The link is slewed by at most 40 ms per second and never stepped; when it would have to move by more than a second
 * the stream's clock has jumped, which is told (`stepped`) and becomes a gap of its own.
 */
export class CameraClock {
  readonly #rate: number
  #last = -1
  #unwrapped = 0
  /** Wall ms − stream ms; null until the first fragment closes. */
  #offset: number | null = null
  #offsetAtMs = 0
  #windowStartMs = 0
  #windowLeast = Number.POSITIVE_INFINITY
  #previousLeast = Number.POSITIVE_INFINITY

  /** `rate`: RTP ticks per second. */
  constructor(rate: number) {
    this.#rate = rate / 1000
  }

  /** Follows a 32-bit RTP timestamp past its turn (every 13 hours at 90 kHz); pictures may go back a little (B-frames). */
  unwrap(rtp: number): number {
    if (this.#last === -1) this.#unwrapped = rtp
    else this.#unwrapped += (rtp - this.#last) | 0
    this.#last = rtp
    return this.#unwrapped
  }

  /** Where a timestamp stands on the unwrapped line, without moving along it (sender reports). */
  place(rtp: number): number {
    return this.#last === -1 ? rtp : this.#unwrapped + ((rtp - this.#last) | 0)
  }

  /** Something that stands for `pts` arrived at `arrivalMs`. */
  arrival(pts: number, arrivalMs: number): void {
    if (arrivalMs - this.#windowStartMs > 10_000 || arrivalMs < this.#windowStartMs) {
      this.#previousLeast = this.#windowLeast
      this.#windowLeast = Number.POSITIVE_INFINITY
      this.#windowStartMs = arrivalMs
    }
    const delay = arrivalMs - pts / this.#rate
    if (delay < this.#windowLeast) this.#windowLeast = delay
  }

  get #target(): number {
    return Math.min(this.#windowLeast, this.#previousLeast)
  }

  /** How far the link is from where the newest arrivals would put it, ms. */
  get strayMs(): number {
    return this.#offset === null ? 0 : Math.abs(this.#target - this.#offset)
  }

  /** True when the stream's clock and the host's have parted by more than a second. */
  get stepped(): boolean {
    return this.#offset !== null && Number.isFinite(this.#target) && this.strayMs > 1000
  }

  /** Moves the link towards the newest arrivals; called when a fragment closes. */
  slew(nowMs: number): void {
    const target = this.#target
    if (!Number.isFinite(target)) return
    if (this.#offset === null) this.#offset = target
    else {
      const most = Math.max(0, (nowMs - this.#offsetAtMs) / 25)
      this.#offset += Math.max(-most, Math.min(most, target - this.#offset))
    }
    this.#offsetAtMs = nowMs
  }

  wallMs(pts: number): number {
    return pts / this.#rate + (this.#offset ?? this.#target)
  }
}
