/** What a camera's RTCP sender report says (RFC 3550 §6.4.1). */
export type SenderReport = {
  /** 64-bit NTP time: seconds since 1900 in the upper, fractions in the lower half. */
  readonly ntp: bigint
  /** The RTP timestamp that stands for the same instant. */
  readonly rtp: number
}

/** Finds the sender report in a compound RTCP packet; null when there is none or it is cut short. */
export function readSenderReport(bytes: Buffer, start: number, end: number): SenderReport | null {
  let at = start
  while (at + 8 <= end && bytes[at]! >> 6 === 2) {
    const length = (bytes.readUInt16BE(at + 2) + 1) * 4
    if (bytes[at + 1] === 200 && at + 20 <= end) {
      const ntp = bytes.readBigUInt64BE(at + 8)
      // A camera without a clock sends zeros: that is no report.
      return ntp === 0n ? null : { ntp, rtp: bytes.readUInt32BE(at + 16) }
    }
    at += length
  }
  return null
}

/** NTP time to ms since 1970. The NTP era that is nearest to now is meant (it turns in 2036). */
export function ntpToMs(ntp: bigint, nearMs: number): number {
  const seconds = Number(ntp >> 32n)
  const ms = (seconds - 2_208_988_800) * 1000 + (Number(ntp & 0xffffffffn) * 1000) / 2 ** 32
  const eraMs = 2 ** 32 * 1000
  return ms + Math.round((nearMs - ms) / eraMs) * eraMs
}
