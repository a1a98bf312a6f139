const startCode = Buffer.from([0, 0, 1])

/** Cuts an H.264 byte stream (ITU-T H.264 Annex B) at its start codes and returns the NAL units without them. */
export function splitAnnexB(bytes: Buffer): Buffer[] {
  const nals: Buffer[] = []
  let found = bytes.indexOf(startCode)
  while (found >= 0) {
    const start = found + startCode.length
    found = bytes.indexOf(startCode, start)
    let end = found < 0 ? bytes.length : found
    // A four-byte start code leaves a zero at the end of the unit before it; a NAL unit never ends in zero.
    while (end > start && bytes[end - 1] === 0) end -= 1
    if (end > start) nals.push(bytes.subarray(start, end))
  }
  return nals
}
