/** The ways in which a simulated camera can misbehave. Each is a thing that real cameras do. */
export const faultKinds = [
  /** The connection stays up, keep-alives are answered, no picture comes. */
  'silence',
  /** Every connection is cut at once; new ones are welcome. A single event, not a state. */
  'drop-connection',
  /** Some RTP packets never arrive (by the seed); sequence numbers show it. */
  'drop-packets',
  /** Connections are refused: by TCP where the camera has its own port, else by a 503 answer. */
  'refuse',
  /** The password that was right no longer is. */
  'wrong-password',
  /** Requests are taken and never answered. */
  'never-answer',
  /** Bytes that are not RTSP, at once after connecting. */
  'garbage',
  /** The camera offers sound only. */
  'no-video',
  /** The camera's own clock runs 2% fast: burnt-in time, sender reports and RTP times with it. */
  'clock-drift',
  /** The camera's own clock jumps an hour back: burnt-in time and sender reports; RTP times go on. */
  'clock-step',
] as const

export type FaultKind = (typeof faultKinds)[number]

/** A small seeded generator (mulberry32): the same seed gives the same faults on every machine. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
