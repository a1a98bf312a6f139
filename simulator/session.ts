import { randomBytes, randomInt } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Feed, TimedUnit } from './feed.ts'
import { createRtpStream, type RtpStream } from './rtp.ts'
import { createRequestReader, formatResponse, type Request } from './rtsp-message.ts'
import { challenge, isSignedIn } from './sign-in.ts'

/** How a camera answers just now; faults change it. */
export type Manner = 'normal' | 'refuse' | 'wrong-password' | 'never-answer' | 'garbage' | 'no-video'

/** What a session needs to know of the camera it serves. */
export type Served = {
  readonly path: string
  readonly feed: Feed
  readonly parameters: readonly Buffer[]
  readonly signIn: { username: string; password: string; kind: 'digest' | 'basic' } | null
  readonly audio: boolean
  readonly sockets: Set<Socket>
  manner: Manner
  /** True when this RTP packet is to be withheld. */
  lose(): boolean
  soundAsked(): void
  signInRefused(): void
}

const sessionTimeoutS = 60
const reportEveryMs = 5000
/** A client that reads this slowly loses packets, as it would with a real camera. */
const unsentBytesMax = 2 * 1024 * 1024

/** A second of mains hum in 8-bit mu-law (ITU-T G.711), so that a sound track carries sound. */
const hum = Buffer.from(
  Array.from({ length: 8000 }, (_, index) => {
    const sample = Math.round(Math.sin((index / 8000) * 2 * Math.PI * 100) * 1200)
    const magnitude = Math.min(32_635, Math.abs(sample)) + 132
    const exponent = Math.max(0, 31 - Math.clz32(magnitude) - 7)
    return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | ((magnitude >> (exponent + 3)) & 15)) & 0xff
  }),
)

function describe(camera: Served): string {
  const lines = ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=Simulated camera', 'c=IN IP4 0.0.0.0', 't=0 0']
  lines.push('a=control:*', 'a=range:npt=0-')
  if (camera.manner !== 'no-video') {
    const [sequenceSet] = camera.parameters
    const profile = sequenceSet?.subarray(1, 4).toString('hex').toUpperCase() ?? '42C01E'
    const sets = camera.parameters.map((nal) => nal.toString('base64')).join(',')
    lines.push('m=video 0 RTP/AVP 96', 'b=AS:1500', 'a=rtpmap:96 H264/90000')
    lines.push(`a=fmtp:96 packetization-mode=1;profile-level-id=${profile};sprop-parameter-sets=${sets}`)
    lines.push('a=framerate:15', 'a=control:video')
  }
  if (camera.audio || camera.manner === 'no-video') {
    lines.push('m=audio 0 RTP/AVP 0', 'a=rtpmap:0 PCMU/8000', 'a=control:audio')
  }
  return `${lines.join('\r\n')}\r\n`
}

/** Serves one connection until it closes. `find` gives the camera of a path, or nothing. */
export function serveConnection(socket: Socket, find: (path: string) => Served | undefined): void {
  const nonce = randomBytes(16).toString('hex')
  const sessionId = randomBytes(8).toString('hex')
  const rtpOffset = randomInt(2 ** 31)
  let camera: Served | undefined
  let video: RtpStream | null = null
  let audio: RtpStream | null = null
  let stopWatching: (() => void) | null = null
  let heardMs = performance.now()

  // Cameras drop a client that has stopped sending keep-alives (RFC 2326 section 12.37), with some patience.
  const patience = setInterval(() => {
    if (stopWatching !== null && performance.now() - heardMs > sessionTimeoutS * 1250) socket.destroy()
  }, 5000)
  patience.unref()

  function stop(): void {
    stopWatching?.()
    stopWatching = null
  }

  function play(served: Served): void {
    let started = false
    let reportAtTicks = 0
    let soundSamples = 0
    let firstTicks = 0
    const send = (unit: TimedUnit): void => {
      if (!started && !unit.key) return
      if (!started) firstTicks = unit.ticks
      started = true
      const full = socket.writableLength > unsentBytesMax
      const rtpTime = unit.ticks + rtpOffset
      if (video !== null) {
        if (unit.ticks >= reportAtTicks) {
          reportAtTicks = unit.ticks + reportEveryMs * 90
          socket.write(video.report(unit.epochMs, rtpTime))
        }
        const nals = unit.key ? [...served.parameters, ...unit.nals] : unit.nals
        const packets = video.video(nals, rtpTime, () => full || served.lose())
        if (packets.length > 0) socket.write(packets)
      }
      if (audio !== null && !full) {
        const due = Math.floor(((unit.ticks - firstTicks) / 90_000) * 8000)
        const from = soundSamples % hum.length
        const count = Math.min(due - soundSamples, 1000, hum.length - from)
        if (count > 0) socket.write(audio.audio(hum.subarray(from, from + count), soundSamples + rtpOffset))
        soundSamples = count > 0 ? soundSamples + count : soundSamples
      }
    }
    stop()
    stopWatching = served.feed.watch(send)
  }

  function setup(request: Request, served: Served, track: string): string {
    const sequence = request.headers.get('cseq')
    const transport = request.headers.get('transport') ?? ''
    const wanted = transport.split(',').find((one) => /RTP\/AVP\/TCP/i.test(one))
    if (wanted === undefined) return formatResponse(461, sequence)
    const known = track === 'video' ? served.manner !== 'no-video' : track === 'audio' && served.audio
    if (!known) return formatResponse(404, sequence)
    const channel = Number(/interleaved=(\d+)/.exec(wanted)?.[1] ?? (track === 'video' ? 0 : 2))
    if (channel > 254) return formatResponse(400, sequence)
    const ssrc = randomInt(2 ** 32)
    const firstSequence = randomInt(2 ** 16)
    if (track === 'video') video = createRtpStream({ channel, payloadType: 96, ssrc, firstSequence })
    else {
      served.soundAsked()
      audio = createRtpStream({ channel, payloadType: 0, ssrc, firstSequence })
    }
    const id = ssrc.toString(16).padStart(8, '0').toUpperCase()
    return formatResponse(200, sequence, {
      Transport: `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1};ssrc=${id}`,
      Session: `${sessionId};timeout=${sessionTimeoutS}`,
    })
  }

  function answer(request: Request): string | null {
    const sequence = request.headers.get('cseq')
    const [, path = '', track = ''] = /^rtsp:\/\/[^/]+\/([^/?]*)\/?([^/?]*)/i.exec(request.url) ?? []
    const served = find(path)
    if (served !== undefined && camera === undefined) {
      camera = served
      camera.sockets.add(socket)
    }
    if (served?.manner === 'never-answer') return null
    if (served?.manner === 'garbage') {
      socket.end(randomBytes(600))
      return null
    }
    if (served?.manner === 'refuse') return formatResponse(503, sequence)
    if (request.method === 'OPTIONS') {
      return formatResponse(200, sequence, {
        Public: 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN',
      })
    }
    if (served === undefined || served !== camera) return formatResponse(404, sequence)
    if (served.signIn !== null || served.manner === 'wrong-password') {
      const { username, password, kind } = served.signIn ?? { username: '', password: '', kind: 'digest' }
      const right = served.manner !== 'wrong-password' && isSignedIn(request, kind, nonce, username, password)
      if (!right) {
        if (request.headers.has('authorization')) served.signInRefused()
        return formatResponse(401, sequence, { 'WWW-Authenticate': challenge(kind, nonce) })
      }
    }
    switch (request.method) {
      case 'DESCRIBE':
        return formatResponse(
          200,
          sequence,
          {
            'Content-Type': 'application/sdp',
            'Content-Base': `${request.url.replace(/\/$/, '')}/`,
          },
          describe(served),
        )
      case 'SETUP':
        return setup(request, served, track)
      case 'PLAY':
        if (video === null && audio === null) return formatResponse(455, sequence)
        play(served)
        return formatResponse(200, sequence, {
          Session: sessionId,
          Range: 'npt=0.000-',
          'RTP-Info': `url=${request.url.replace(/\/$/, '')}/video;seq=${video?.nextSequence() ?? 0}`,
        })
      case 'GET_PARAMETER':
        return formatResponse(200, sequence, { Session: sessionId })
      case 'TEARDOWN':
        stop()
        return formatResponse(200, sequence)
      default:
        return formatResponse(405, sequence, {
          Allow: 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN',
        })
    }
  }

  const read = createRequestReader(
    (request) => {
      heardMs = performance.now()
      const response = answer(request)
      if (response !== null && socket.writable) socket.write(response)
    },
    () => socket.end(formatResponse(400, undefined)),
    () => {
      heardMs = performance.now()
    },
  )
  socket.setNoDelay(true)
  socket.on('data', read)
  // A client may vanish in the middle of a write; `close` follows and does what there is to do.
  socket.on('error', () => undefined)
  socket.on('close', () => {
    clearInterval(patience)
    stop()
    camera?.sockets.delete(socket)
  })
}
