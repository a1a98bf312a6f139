/**
 * Session descriptions (RFC 8866, and RFC 2326 appendix C for `a=control`), as far as a recorder needs them: which
 * streams there are, how each is coded and under which address to SETUP it. Tolerant of what cameras get wrong.
 */
export type SdpMedia = {
  /** `video`, `audio`, `application` … */
  readonly kind: string
  /** Payload type of the RTP packets, 0-127. */
  readonly payloadType: number
  /** Encoding name in lower case: `h264`, `h265`, `mpeg4-generic`, `pcmu` … empty when none is told. */
  readonly encoding: string
  /** RTP clock, ticks per second. */
  readonly clockRate: number
  readonly channels: number
  /** `a=fmtp` parameters, names in lower case. */
  readonly parameters: ReadonlyMap<string, string>
  readonly control: string | null
}

export type Sdp = { readonly control: string | null; readonly media: readonly SdpMedia[] }

const linesMax = 2000
const mediaMax = 32

/** Payload types without `a=rtpmap` that RFC 3551 §6 fixes and cameras use. */
const fixedTypes: ReadonlyMap<number, readonly [string, number]> = new Map([
  [0, ['pcmu', 8000]],
  [8, ['pcma', 8000]],
  [26, ['jpeg', 90_000]],
])

export function parseSdp(text: string): Sdp {
  type Draft = {
    kind: string
    types: number[]
    rtpmap: Map<number, readonly [string, number, number]>
    fmtp: Map<number, string>
    control: string | null
  }
  let control: string | null = null
  const drafts: Draft[] = []
  for (const line of text.split(/\r?\n|\r/).slice(0, linesMax)) {
    const draft = drafts.at(-1)
    if (line.startsWith('m=')) {
      if (drafts.length >= mediaMax) break
      const [kind, , , ...types] = line.slice(2).trim().split(/\s+/)
      drafts.push({
        kind: (kind ?? '').toLowerCase(),
        types: types.map(Number).filter((t) => Number.isInteger(t) && t >= 0 && t <= 127),
        rtpmap: new Map(),
        fmtp: new Map(),
        control: null,
      })
    } else if (line.startsWith('a=control:')) {
      const value = line.slice('a=control:'.length).trim()
      if (draft) draft.control = value
      else control = value
    } else if (line.startsWith('a=rtpmap:') && draft) {
      const match = /^(\d{1,3})\s+([^/\s]+)\/(\d{1,9})(?:\/(\d{1,3}))?/.exec(line.slice(9).trim())
      if (match)
        draft.rtpmap.set(Number(match[1]), [match[2]!.toLowerCase(), Number(match[3]), Number(match[4] ?? 1)])
    } else if (line.startsWith('a=fmtp:') && draft) {
      const match = /^(\d{1,3})\s+(.*)$/.exec(line.slice(7).trim())
      if (match) draft.fmtp.set(Number(match[1]), match[2]!)
    }
  }
  const media = drafts.flatMap((draft): SdpMedia[] => {
    const payloadType = draft.types[0]
    if (payloadType === undefined) return []
    const fixed = fixedTypes.get(payloadType)
    const [encoding, clockRate, channels] = draft.rtpmap.get(payloadType) ?? [
      fixed?.[0] ?? '',
      fixed?.[1] ?? 90_000,
      1,
    ]
    return [
      {
        kind: draft.kind,
        payloadType,
        encoding,
        clockRate: clockRate > 0 ? clockRate : 90_000,
        channels,
        parameters: parseFormat(draft.fmtp.get(payloadType) ?? ''),
        control: draft.control,
      },
    ]
  })
  return { control, media }
}

/** `name=value; name=value`; values may hold `=` (base64) and the list may end in a semicolon. */
function parseFormat(text: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const part of text.split(';').slice(0, 64)) {
    const at = part.indexOf('=')
    if (at > 0) parameters.set(part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim())
  }
  return parameters
}

/**
 * The address to SETUP or PLAY a `control` under (RFC 2326 C.1.1). Absolute controls stand; `*` and none mean the
 * base; a relative one is put after the base with exactly one slash, query strings of the base kept in front, as
 * cameras expect it (`rtsp://cam/h264?ch=1` + `trackID=1` → `rtsp://cam/h264?ch=1/trackID=1`).
 */
export function resolveControl(base: string, control: string | null): string {
  if (control === null || control === '' || control === '*') return base
  if (/^rtsps?:\/\//i.test(control)) return control
  if (control.startsWith('/')) {
    const origin = /^rtsps?:\/\/[^/?]*/i.exec(base)?.[0]
    // A camera that writes "/trackID=1" means it under its base; one that repeats the base's own path means the root.
    const path = origin === undefined ? '' : base.slice(origin.length)
    if (origin !== undefined && path.length > 1 && control.startsWith(path.replace(/\/$/, '')))
      return origin + control
    return base.replace(/\/$/, '') + control
  }
  return base.endsWith('/') ? base + control : `${base}/${control}`
}
