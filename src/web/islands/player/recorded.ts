/** Plays recorded footage: loads what is looked at and a little ahead, leaps over gaps and says so, marks spans. */
import { createBuffer, isBuffered } from './buffer.ts'
import {
  askFragment,
  askIndex,
  askInit,
  askLines,
  askSeek,
  type Index,
  type Line,
  Refused,
} from './footage.ts'
import type { Frame } from './frame.ts'
import type { Facts } from './player.ts'
import { createStrip } from './strip.ts'

/** Loaded ahead of the picture, and kept behind it, in seconds of footage. */
const aheadS = 20
const behindS = 40
/** A fragment whose own clock is this far from the wall is set right. */
const driftMs = 40
const edgeMs = 150

type Place = { reel: string; codec: string; line: Line }

export function playRecorded(frame: Frame, facts: Facts): void {
  const { video } = frame
  const lengthS = (facts.toMs - facts.fromMs) / 1000
  const buffer = createBuffer(video, lengthS)
  const strip = createStrip(frame, facts, { seek: (ms) => void seekTo(ms), mark: showMark })
  let index: Index = { reels: [], gaps: [] }
  const lines = new Map<string, readonly Line[]>()
  const asked = new Map<string, Promise<void>>()
  const inits = new Map<string, ArrayBuffer>()
  const appended = new Set<string>()
  let lastReel = ''
  let offsetMs = Number.NaN
  let over = false
  let loading = false
  let seeking = 0
  const endsAt = performance.now() + facts.leftMs

  const wallMs = (): number => facts.fromMs + video.currentTime * 1000

  function stop(words: string): void {
    over = true
    video.pause()
    void buffer.clear().catch(() => undefined)
    frame.cover(words)
    frame.say(words)
  }

  function trouble(error: unknown): void {
    if (error instanceof Refused && (error.code === 'over' || error.code === 'no-viewing'))
      stop(error.message)
    else frame.say(error instanceof Error ? error.message : 'This can’t be shown now.')
  }

  /** Lines of one reel, asked for once (an open reel again, for it grows). */
  async function linesOf(reel: Index['reels'][number]): Promise<void> {
    if (lines.has(reel.id) && !reel.open) return
    const known = asked.get(reel.id)
    if (known !== undefined) return known
    const asking = askLines(facts.viewing, reel.id)
      .then((found) => {
        lines.set(reel.id, found)
        strip.draw(index, lines)
      })
      .finally(() => asked.delete(reel.id))
    asked.set(reel.id, asking)
    return asking
  }

  /** The fragment that shows an instant, or the next one after it. */
  function placeAt(ms: number): Place | null {
    let best: Place | null = null
    for (const reel of index.reels) {
      const found = (lines.get(reel.id) ?? []).find((line) => line[2] > ms)
      if (found !== undefined && (best === null || found[1] < best.line[1])) {
        best = { reel: reel.id, codec: reel.codec, line: found }
      }
    }
    return best
  }

  async function append(place: Place): Promise<void> {
    const key = `${place.reel} ${place.line[0]}`
    if (appended.has(key)) return
    const [init, bytes] = await Promise.all([
      inits.get(place.reel) ?? askInit(facts.viewing, place.reel),
      askFragment(facts.viewing, place.reel, place.line[0]),
    ])
    inits.set(place.reel, init)
    await put(place, init, bytes)
  }

  async function put(place: Place, init: ArrayBuffer | null, bytes: ArrayBuffer): Promise<void> {
    const wanted = place.line[1] - facts.fromMs - place.line[5] / 90
    if (place.reel !== lastReel || Math.abs(wanted - offsetMs) > driftMs) offsetMs = wanted
    if (init !== null && place.reel !== lastReel) await buffer.append(init, place.codec, offsetMs)
    lastReel = place.reel
    await buffer.append(bytes, place.codec, offsetMs)
    appended.add(`${place.reel} ${place.line[0]}`)
  }

  /** Keeps footage loaded around the picture. One at a time. */
  async function load(): Promise<void> {
    if (loading || over || seeking > 0) return
    loading = true
    try {
      let at = wallMs()
      const until = Math.min(facts.toMs, at + aheadS * 1000 * Math.max(1, video.playbackRate))
      for (let n = 0; n < 60 && at < until && !over && seeking === 0; n += 1) {
        for (const reel of index.reels) {
          if (reel.state === 'kept' && reel.reachable && reel.fromMs < until + 60_000 && reel.toMs > at)
            await linesOf(reel)
        }
        const place = placeAt(at)
        if (place === null || place.line[1] >= until) break
        await append(place)
        at = place.line[2]
      }
      await forget()
    } catch (error) {
      trouble(error)
    } finally {
      loading = false
    }
  }

  async function forget(): Promise<void> {
    const cut = video.currentTime - behindS
    if (cut <= 0 || video.buffered.length === 0 || video.buffered.start(0) >= cut) return
    await buffer.remove(0, cut)
    for (const key of appended) {
      const [reel, sequence] = key.split(' ')
      const line = lines.get(reel!)?.find((one) => one[0] === Number(sequence))
      if (line !== undefined && (line[2] - facts.fromMs) / 1000 < cut) appended.delete(key)
    }
  }

  async function seekTo(ms: number): Promise<void> {
    if (over) return
    const to = Math.max(facts.fromMs, Math.min(facts.toMs - 1, ms))
    const atS = (to - facts.fromMs) / 1000
    frame.showTime(to)
    if (isBuffered(video, atS)) {
      video.currentTime = atS
      void load()
      return
    }
    seeking += 1
    try {
      const found = await askSeek(facts.viewing, facts.camera, to)
      if (!buffer.supports(found.codec)) return cannotPlay(found.codec)
      await buffer.clear()
      appended.clear()
      lastReel = ''
      const line: Line = [found.sequence, found.startMs, found.endMs, 0, 1, found.decodeTime, 0]
      await put({ reel: found.reel, codec: found.codec, line }, null, found.bytes)
      video.currentTime = (Math.max(to, found.startMs) - facts.fromMs) / 1000
      frame.cover('')
      if (found.startMs > to + 2_000) frame.say(`Nothing before ${words(found.startMs)}: ${gapWords(to)}`)
      else frame.say('')
    } catch (error) {
      trouble(error)
      if (error instanceof Refused && !over) frame.cover(error.message)
    } finally {
      seeking -= 1
    }
    void load()
  }

  function cannotPlay(codec: string): void {
    const h265 = codec.startsWith('hvc1') || codec.startsWith('hev1')
    stop(
      h265
        ? 'This camera records in H.265, which this browser can’t play. Try Safari or Edge on a computer that can, or make an exhibit of the span.'
        : `This browser can’t play what the camera records (${codec}).`,
    )
  }

  const words = (ms: number): string =>
    new Intl.DateTimeFormat('en-GB', {
      timeZone: facts.zone,
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    }).format(ms)

  const causes: Readonly<Record<string, string>> = {
    'camera-silent': 'the camera sent no picture',
    'connection-lost': 'the connection to the camera was lost',
    'packets-lost': 'part of the picture was lost on the way',
    'writer-behind': 'the recorder could not write fast enough',
    'disk-full': 'the recorder’s disk was full',
    'no-mandate': 'there was no authority to record',
    'recorder-stopped': 'the recorder was not running',
    'clock-stepped': 'the clock was set',
  }
  function gapWords(ms: number): string {
    const gap = index.gaps.find((one) => one.fromMs <= ms + 1000 && (one.toMs ?? facts.toMs) > ms)
    return causes[gap?.cause ?? ''] ?? 'nothing was recorded'
  }

  /** Where nothing was recorded the picture would stand still for ever: go on at the next one, and say so. */
  function leap(): void {
    if (over || seeking > 0 || loading) return
    // Browsers stop somewhere within the last picture before a hole, never at its very end.
    const at = wallMs() + edgeMs
    if (isBuffered(video, video.currentTime + edgeMs / 1000)) return
    const next = placeAt(at)
    if (next === null) {
      if (!video.paused && at >= facts.toMs - 500) video.pause()
      return
    }
    if (next.line[1] > at + 20) {
      frame.say(`Nothing from ${words(at)} to ${words(next.line[1])}: ${gapWords(at)}.`)
      video.currentTime = (next.line[1] - facts.fromMs) / 1000 + 0.005
    }
    void load()
  }

  function frameMs(): number {
    const line = placeAt(wallMs())?.line
    return line === undefined || line[6] === 0 ? 1000 / 15 : (line[2] - line[1]) / line[6]
  }

  function showMark(fromMs: number, toMs: number): void {
    const form = document.querySelector<HTMLFormElement>('form[data-module="overt-mark"]')
    if (form === null) return
    for (const [name, value] of [
      ['from', fromMs],
      ['to', toMs],
    ] as const) {
      const input = form.elements.namedItem(name)
      if (input instanceof HTMLInputElement) input.value = String(Math.round(value))
    }
    const said = form.querySelector('[data-mark-words]')
    if (said !== null)
      said.textContent = `Marked: ${words(fromMs)} to ${words(toMs)}, ${Math.max(1, Math.round((toMs - fromMs) / 1000))} seconds.`
  }

  frame.on('play', () => void (video.paused ? video.play().catch(trouble) : video.pause()))
  frame.on('back', () => void seekTo(wallMs() - 10_000))
  frame.on('forward', () => void seekTo(wallMs() + 10_000))
  frame.on('frame-back', () => step(-1))
  frame.on('frame-forward', () => step(1))
  frame.on('mark-in', () => strip.mark(wallMs(), null))
  frame.on('mark-out', () => strip.mark(null, wallMs()))
  frame.slider.addEventListener('change', () => void seekTo(facts.fromMs + Number(frame.slider.value) * 1000))

  function step(direction: 1 | -1): void {
    video.pause()
    void seekTo(wallMs() + direction * frameMs())
  }

  video.addEventListener('timeupdate', () => {
    frame.showTime(wallMs())
    strip.at(wallMs())
  })
  video.addEventListener('waiting', leap)
  const timer = setInterval(() => {
    if (over) return clearInterval(timer)
    if (performance.now() >= endsAt)
      return stop('This viewing is over. Open a new one, with its reason, to look again.')
    if (!video.paused || video.readyState < 3) {
      void load()
      leap()
    }
  }, 500)

  async function begin(): Promise<void> {
    index = await askIndex(facts.viewing, facts.camera)
    strip.draw(index, lines)
    const first = index.reels.find((reel) => reel.state === 'kept' && reel.reachable)
    if (first === undefined) {
      const any = index.reels[0]
      const why =
        any === undefined
          ? 'Nothing was recorded in this span.'
          : any.state === 'deleted'
            ? 'What was recorded in this span is deleted.'
            : any.state === 'refused'
              ? 'This was recorded without authority, so nobody may see it.'
              : 'The recorder that holds this can’t be reached now. Try again later.'
      frame.cover(why)
      return frame.say(why)
    }
    if (!buffer.supports(first.codec)) return cannotPlay(first.codec)
    await seekTo(Math.max(facts.fromMs, first.fromMs))
    for (const reel of index.reels) if (reel.state === 'kept' && reel.reachable && !over) await linesOf(reel)
  }
  void begin().catch(trouble)
}
