import { type AllowedNetworks, parseCameraAddress, resolveAllowed } from './address.ts'
import type { Credentials } from './authentication.ts'
import { RtspConnection } from './connection.ts'
import { parseInterleaved, parseSession, type RtspResponse } from './message.ts'
import type { Pacer } from './pacer.ts'
import { parseSdp, resolveControl, type SdpMedia } from './sdp.ts'
import { RtspTrouble } from './trouble.ts'

/**
 * One playing session with a camera: OPTIONS, DESCRIBE, SETUP of the video (and of the sound only when the mandate
 * carries it: what is not SETUP never crosses the wire), PLAY over the same TCP connection, signs of life, TEARDOWN.
 * Redirects are refused: they would lead past the list of allowed networks.
 */
export type CameraSource = {
  readonly url: string
  readonly username: string | null
  readonly password: string | null
}

export type SessionOptions = {
  readonly source: CameraSource
  readonly networks: AllowedNetworks
  readonly pacer: Pacer
  readonly audio: boolean
  /** Limit for connecting and for each answer. */
  readonly timeoutMs?: number
  /** The streams are known; packets come only after this. */
  onDescribed(video: VideoMedia, audio: SdpMedia | null): void
  onVideo(bytes: Buffer, start: number, end: number): void
  onVideoReport(bytes: Buffer, start: number, end: number): void
  onAudio(bytes: Buffer, start: number, end: number): void
  onClose(error: Error | null): void
}

export type VideoMedia = SdpMedia & { readonly codec: 'h264' | 'h265' }

/** The camera's own list of streams, chosen from; 'no-video' when there is nothing we can record. */
export function chooseStreams(sdpText: string): {
  control: string | null
  video: VideoMedia
  audio: SdpMedia | null
} {
  const sdp = parseSdp(sdpText)
  const codecs: Readonly<Record<string, 'h264' | 'h265'>> = { h264: 'h264', h265: 'h265', hevc: 'h265' }
  for (const media of sdp.media) {
    const codec = codecs[media.encoding]
    if (media.kind !== 'video' || codec === undefined || media.clockRate !== 90_000) continue
    // Interleaved packetisation (RFC 6184 §5.3 mode 2, RFC 7798 DONL) reorders units; no camera was ever seen with it.
    if (media.parameters.get('packetization-mode') === '2') continue
    if (Number(media.parameters.get('sprop-max-don-diff') ?? '0') > 0) continue
    const audio = sdp.media.find((m) => m.kind === 'audio' && m.encoding === 'mpeg4-generic') ?? null
    return { control: sdp.control, video: { ...media, codec }, audio }
  }
  throw new RtspTrouble('no-video', 'no-h264-h265')
}

function check(response: RtspResponse, method: string): RtspResponse {
  const { status } = response
  if (status >= 200 && status < 300) return response
  const detail = `${method.toLowerCase()}-${status}`
  if (status >= 300 && status < 400) throw new RtspTrouble('not-allowed', `redirect-${status}`)
  if (status === 404 || status === 415 || status === 461 || status === 406)
    throw new RtspTrouble('no-video', detail)
  throw new RtspTrouble('refused', detail)
}

type Described = { connection: RtspConnection; base: string; sdp: string; publicMethods: string }

/** Connects and asks what there is, without playing anything: the first half of a session, and the whole of a probe. */
export async function describe(
  source: CameraSource,
  networks: AllowedNetworks,
  pacer: Pacer,
  timeoutMs: number,
  handlers: Pick<Parameters<typeof RtspConnection.open>[0], 'onPacket' | 'onClose'>,
): Promise<Described> {
  const address = parseCameraAddress(source.url)
  const credentials: Credentials | null =
    source.username !== null && source.username !== ''
      ? { username: source.username, password: source.password ?? '' }
      : address.credentials
  const connection = await RtspConnection.open({
    address: await resolveAllowed(address, networks),
    port: address.port,
    credentials,
    pacer,
    timeoutMs,
    ...handlers,
  })
  try {
    const options = await connection.request('OPTIONS', address.url)
    const described = check(
      await connection.request('DESCRIBE', address.url, { Accept: 'application/sdp' }),
      'DESCRIBE',
    )
    const base =
      described.headers.get('content-base')?.[0] ||
      described.headers.get('content-location')?.[0] ||
      address.url
    return {
      connection,
      base: /^rtsps?:\/\//i.test(base) ? base : address.url,
      sdp: described.body.toString('utf8'),
      publicMethods: (options.headers.get('public') ?? []).join(',').toUpperCase(),
    }
  } catch (error) {
    connection.close()
    throw error
  }
}

export class RtspSession {
  readonly #connection: RtspConnection
  readonly #url: string
  readonly #sessionId: string
  readonly #method: 'GET_PARAMETER' | 'OPTIONS'
  readonly #aliveEveryMs: number
  #aliveAtMs: number
  #alivePending = false

  /** Resolves when the camera plays. Rejects with RtspTrouble. */
  static async open(options: SessionOptions): Promise<RtspSession> {
    const timeoutMs = options.timeoutMs ?? 8000
    // Channel → what to do with it; set when the server has said which channels it uses.
    const routes: (((bytes: Buffer, start: number, end: number) => void) | undefined)[] = []
    const { connection, base, sdp, publicMethods } = await describe(
      options.source,
      options.networks,
      options.pacer,
      timeoutMs,
      {
        onPacket: (channel, bytes, start, end) => routes[channel]?.(bytes, start, end),
        onClose: options.onClose,
      },
    )
    try {
      const streams = chooseStreams(sdp)
      const audio = options.audio ? streams.audio : null
      let session: { id: string; timeoutSeconds: number } | null = null
      for (const [i, media] of [streams.video, ...(audio ? [audio] : [])].entries()) {
        const answer = check(
          await connection.request('SETUP', resolveControl(base, media.control), {
            Transport: `RTP/AVP/TCP;unicast;interleaved=${i * 2}-${i * 2 + 1}`,
            ...(session ? { Session: session.id } : {}),
          }),
          'SETUP',
        )
        const sessionHeader = answer.headers.get('session')?.[0]
        if (sessionHeader !== undefined) session ??= parseSession(sessionHeader)
        const transport = answer.headers.get('transport')?.[0] ?? ''
        if (/udp/i.test(transport)) throw new RtspTrouble('no-video', 'no-tcp')
        const channels = parseInterleaved(transport) ?? { rtp: i * 2, rtcp: i * 2 + 1 }
        routes[channels.rtp] = i === 0 ? options.onVideo : options.onAudio
        if (i === 0) routes[channels.rtcp] = options.onVideoReport
      }
      if (session === null || session.id === '' || /[\r\n]/.test(session.id)) {
        throw new RtspTrouble('not-a-camera', 'no-session')
      }
      options.onDescribed(streams.video, audio)
      const url = resolveControl(base, streams.control)
      check(await connection.request('PLAY', url, { Session: session.id, Range: 'npt=0.000-' }), 'PLAY')
      connection.pace(true)
      return new RtspSession(connection, url, session, publicMethods)
    } catch (error) {
      connection.close()
      throw error
    }
  }

  private constructor(
    connection: RtspConnection,
    url: string,
    session: { id: string; timeoutSeconds: number },
    publicMethods: string,
  ) {
    this.#connection = connection
    this.#url = url
    this.#sessionId = session.id
    // Most cameras list GET_PARAMETER; those that do not may end the session on it, so they get OPTIONS.
    this.#method = publicMethods.includes('GET_PARAMETER') ? 'GET_PARAMETER' : 'OPTIONS'
    this.#aliveEveryMs = Math.min(30_000, (session.timeoutSeconds * 1000) / 2)
    this.#aliveAtMs = performance.now()
  }

  /** Called about once a second: tells the camera that somebody still listens when it is time. */
  keepAlive(): void {
    const nowMs = performance.now()
    if (this.#alivePending || nowMs - this.#aliveAtMs < this.#aliveEveryMs) return
    this.#aliveAtMs = nowMs
    this.#alivePending = true
    this.#connection
      .request(this.#method, this.#url, { Session: this.#sessionId })
      .then((answer) => {
        if (answer.status === 454) this.#connection.fail(new RtspTrouble('refused', 'session-454'))
      })
      .catch(() => {
        // No answer to a sign of life is no fault while pictures come; when they stop, the camera counts as silent.
      })
      .finally(() => {
        this.#alivePending = false
      })
  }

  /** True: bytes are handed on as they arrive, for who looks live. */
  immediate(on: boolean): void {
    this.#connection.pace(!on)
  }

  close(): void {
    this.#connection.send('TEARDOWN', this.#url, { Session: this.#sessionId })
    this.#connection.close()
  }
}
