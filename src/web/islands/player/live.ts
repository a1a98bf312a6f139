/** Plays live pictures as the hub sends them: 24 bytes of header (kind, start, decode time) and a piece of video. */
import { createBuffer } from './buffer.ts'
import type { Frame } from './frame.ts'
import type { Facts } from './player.ts'

const headerBytes = 24
const keptS = 30
/** The picture runs this far behind the newest one at most. */
const behindMostS = 6

const ends: Readonly<Record<string, string>> = {
  over: 'This live view is over. Open a new one, with its reason, to look again.',
  'no-viewing': 'There is no such live view of yours.',
  unreachable: 'The recorder of this camera can’t be reached now.',
  'live-ended': 'The camera stopped, or its authority ended.',
  'too-slow': 'The connection is too slow for live pictures.',
  'too-many': 'Too many people look at this camera now.',
}

export function playLive(frame: Frame, facts: Facts): void {
  const { video } = frame
  const buffer = createBuffer(video, null)
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  const socket = new WebSocket(
    `${scheme}://${location.host}/viewings/${facts.viewing}/live?camera=${facts.camera}`,
  )
  socket.binaryType = 'arraybuffer'
  let codec = ''
  let firstDecode = Number.NaN
  let firstStart = 0
  let turn: Promise<void> = Promise.resolve()

  function stop(words: string): void {
    frame.cover(words)
    frame.say(words)
    void buffer.clear().catch(() => undefined)
  }

  async function take(data: ArrayBuffer): Promise<void> {
    const view = new DataView(data)
    const startMs = view.getFloat64(8)
    const decode = view.getFloat64(16) / 90
    const bytes = data.slice(headerBytes)
    if (view.getUint8(0) === 1)
      return buffer.append(bytes, codec, Number.isNaN(firstDecode) ? 0 : -firstDecode)
    if (Number.isNaN(firstDecode)) {
      firstDecode = decode
      firstStart = startMs
    }
    await buffer.append(bytes, codec, -firstDecode)
    const edge = video.buffered.length > 0 ? video.buffered.end(video.buffered.length - 1) : 0
    if (video.currentTime < edge - behindMostS) video.currentTime = Math.max(0, edge - 1)
    if (edge > keptS * 2) await buffer.remove(0, edge - keptS)
    frame.cover('')
  }

  socket.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (typeof data === 'string') {
      codec = (JSON.parse(data) as { codec: string }).codec
      if (!buffer.supports(codec)) {
        socket.close()
        stop(
          /^h(vc|ev)1/.test(codec)
            ? 'This camera sends H.265, which this browser can’t play.'
            : `This browser can’t play what the camera sends (${codec}).`,
        )
      }
      return
    }
    turn = turn
      .then(() => take(data))
      .catch((error: unknown) =>
        frame.say(error instanceof Error ? error.message : 'The picture can’t be shown.'),
      )
    if (video.paused && video.currentTime === 0) void video.play().catch(() => undefined)
  })
  socket.addEventListener('close', (event) => stop(ends[event.reason] ?? 'The live view ended.'))
  frame.on('play', () => void (video.paused ? video.play().catch(() => undefined) : video.pause()))
  video.addEventListener('timeupdate', () => frame.showTime(firstStart + video.currentTime * 1000))
}
