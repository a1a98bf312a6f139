/**
 * The strip of time under the picture: what is recorded, what is not, how much moves (a fragment of a busy moment takes
 * more bytes), where the picture is, and the span that is marked. A click goes there, dragging marks.
 */
import type { Index, Line } from './footage.ts'
import type { Frame } from './frame.ts'
import type { Facts } from './player.ts'

export type Strip = {
  draw(index: Index, lines: ReadonlyMap<string, readonly Line[]>): void
  at(ms: number): void
  mark(fromMs: number | null, toMs: number | null): void
}

const colours = {
  kept: '#c9dde0',
  deleted: '#cfcabb',
  refused: '#e7b7a8',
  missing: '#f0c7bb',
  gap: '#f0c7bb',
}
const bar = '#0b4f5c'
const steps = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 10_800, 21_600]
const markColour = 'rgba(255, 210, 63, .45)'
/** A press that moves less than this many pixels is a click. */
const dragPixels = 5
/** Height of the strip and of the times under it, in CSS pixels. */
const stripPixels = 64
const axisPixels = 20

export function createStrip(
  frame: Frame,
  facts: Facts,
  tell: { seek(ms: number): void; mark(fromMs: number, toMs: number): void },
): Strip {
  const { canvas } = frame
  const pen = canvas.getContext('2d')!
  const base = document.createElement('canvas')
  const lengthMs = Math.max(1, facts.toMs - facts.fromMs)
  let atMs = facts.fromMs
  let barHeight = stripPixels
  let marked: { fromMs: number; toMs: number } | null = null

  function fit(): void {
    const scale = window.devicePixelRatio || 1
    canvas.width = Math.max(300, Math.round(canvas.clientWidth * scale))
    canvas.height = Math.round((stripPixels + axisPixels) * scale)
    barHeight = Math.round(stripPixels * scale)
    base.width = canvas.width
    base.height = canvas.height
  }
  const x = (ms: number): number => ((ms - facts.fromMs) / lengthMs) * canvas.width
  const ms = (clientX: number): number => {
    const box = canvas.getBoundingClientRect()
    return facts.fromMs + Math.max(0, Math.min(1, (clientX - box.left) / box.width)) * lengthMs
  }

  function draw(index: Index, lines: ReadonlyMap<string, readonly Line[]>): void {
    fit()
    const on = base.getContext('2d')!
    on.clearRect(0, 0, base.width, base.height)
    const box = (fromMs: number, toMs: number, colour: string): void => {
      on.fillStyle = colour
      on.fillRect(
        x(Math.max(fromMs, facts.fromMs)),
        0,
        Math.max(1, x(Math.min(toMs, facts.toMs)) - x(Math.max(fromMs, facts.fromMs))),
        base.height,
      )
    }
    for (const reel of index.reels) box(reel.fromMs, reel.toMs, colours[reel.state])
    for (const gap of index.gaps) {
      box(gap.fromMs, gap.toMs ?? facts.toMs, colours.gap)
      // Stripes, so that a gap isn't told by its colour alone.
      on.strokeStyle = '#9c2a12'
      for (let at = x(gap.fromMs); at < x(Math.min(gap.toMs ?? facts.toMs, facts.toMs)); at += 8) {
        on.beginPath()
        on.moveTo(at, barHeight)
        on.lineTo(at + 8, 0)
        on.stroke()
      }
    }
    activity(on, [...lines.values()].flat())
    axis(on)
    paint()
  }

  /** Round times under the strip, as many as have room. */
  function axis(on: CanvasRenderingContext2D): void {
    const scale = canvas.height / (stripPixels + axisPixels)
    const most = Math.max(2, Math.floor(canvas.width / (90 * scale)))
    const step = (steps.find((seconds) => lengthMs / 1000 / seconds <= most) ?? 86_400) * 1000
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone: facts.zone,
      hour: '2-digit',
      minute: '2-digit',
      ...(step < 60_000 ? { second: '2-digit' } : {}),
    })
    on.fillStyle = '#fbfaf6'
    on.fillRect(0, barHeight, base.width, base.height - barHeight)
    on.fillStyle = '#4b5653'
    on.font = `${13 * scale}px "Atkinson Hyperlegible Next", system-ui, sans-serif`
    on.textBaseline = 'middle'
    for (let at = Math.ceil(facts.fromMs / step) * step; at < facts.toMs; at += step) {
      on.fillRect(x(at), barHeight, 1, 5 * scale)
      const text = format.format(at)
      if (x(at) + on.measureText(text).width < base.width)
        on.fillText(text, x(at) + 3, barHeight + 12 * scale)
    }
  }

  /** Bytes per second in each column, the usual amount at a third of the height. */
  function activity(on: CanvasRenderingContext2D, all: readonly Line[]): void {
    const columns = new Float64Array(base.width)
    for (const [, startMs, endMs, bytes] of all) {
      const rate = bytes / Math.max(1, endMs - startMs)
      for (
        let at = Math.max(0, Math.floor(x(startMs)));
        at <= Math.min(columns.length - 1, x(endMs));
        at += 1
      ) {
        columns[at] = Math.max(columns[at]!, rate)
      }
    }
    const usual = [...columns].filter((rate) => rate > 0).sort((a, b) => a - b)
    const median = usual[Math.floor(usual.length / 2)] ?? 1
    on.fillStyle = bar
    for (const [at, rate] of columns.entries()) {
      if (rate === 0) continue
      const height = Math.min(1, rate / (median * 3)) * barHeight
      on.fillRect(at, barHeight - height, 1, height)
    }
  }

  function paint(): void {
    pen.clearRect(0, 0, canvas.width, canvas.height)
    pen.drawImage(base, 0, 0)
    if (marked !== null) {
      pen.fillStyle = markColour
      pen.fillRect(x(marked.fromMs), 0, Math.max(2, x(marked.toMs) - x(marked.fromMs)), barHeight)
      pen.fillStyle = '#17211f'
      pen.fillRect(x(marked.fromMs), 0, 3, barHeight)
      pen.fillRect(x(marked.toMs) - 3, 0, 3, barHeight)
    }
    pen.fillStyle = '#b3261e'
    pen.fillRect(x(atMs) - 1.5, 0, 3, barHeight)
  }

  function mark(fromMs: number | null, toMs: number | null): void {
    const now = marked ?? { fromMs: facts.fromMs, toMs: facts.toMs }
    const next = { fromMs: fromMs ?? now.fromMs, toMs: toMs ?? now.toMs }
    if (next.toMs <= next.fromMs) {
      if (fromMs === null) next.fromMs = facts.fromMs
      else next.toMs = facts.toMs
    }
    marked = next
    paint()
    tell.mark(next.fromMs, next.toMs)
  }

  let pressed: { x: number; ms: number; dragged: boolean } | null = null
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId)
    pressed = { x: event.clientX, ms: ms(event.clientX), dragged: false }
  })
  canvas.addEventListener('pointermove', (event) => {
    if (pressed === null) return
    if (Math.abs(event.clientX - pressed.x) > dragPixels) pressed.dragged = true
    if (!pressed.dragged) return
    const to = ms(event.clientX)
    mark(Math.min(pressed.ms, to), Math.max(pressed.ms, to))
  })
  canvas.addEventListener('pointerup', (event) => {
    if (pressed !== null && !pressed.dragged) tell.seek(ms(event.clientX))
    pressed = null
  })
  canvas.addEventListener('pointercancel', () => {
    pressed = null
  })

  let last: Parameters<Strip['draw']> | null = null
  new ResizeObserver(() => {
    if (last !== null) draw(...last)
  }).observe(canvas)
  return {
    draw(index, lines) {
      last = [index, lines]
      draw(index, lines)
    },
    at(now) {
      atMs = now
      paint()
    },
    mark,
  }
}
