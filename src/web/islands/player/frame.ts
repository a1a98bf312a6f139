/** What is seen around the picture: the name over it, the buttons, the strip, and the words that say what happens. */
import type { Facts } from './player.ts'

export type Frame = {
  readonly root: HTMLElement
  readonly video: HTMLVideoElement
  readonly canvas: HTMLCanvasElement
  readonly slider: HTMLInputElement
  readonly speed: HTMLSelectElement
  /** Shown under the picture and read out. */
  say(words: string): void
  /** Covers the picture: nothing is to be seen any more. */
  cover(words: string): void
  /** The wall time of the picture shown, ms. */
  showTime(ms: number): void
  on(action: Action, act: () => void): void
}

export type Action = 'play' | 'back' | 'forward' | 'frame-back' | 'frame-forward' | 'mark-in' | 'mark-out'

const sheet = `
.overt-player{container-type:inline-size;margin:0 0 12px;outline:none;font-family:"Atkinson Hyperlegible Next",system-ui,sans-serif}
.overt-player~.overt-strip .overt-strip__picture,.overt-player~.overt-strip .overt-strip__marks{display:none}
.overt-player:focus-visible{outline:3px solid #ffd23f;outline-offset:4px}
.overt-player__stage{position:relative;background:#101615;border-radius:6px;overflow:hidden;width:100%;height:min(56.25cqw,72vh)}
.overt-player__stage video{width:100%;height:100%;object-fit:contain;display:block}
.overt-player__name{position:absolute;left:0;right:0;bottom:0;display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 16px;padding:6px 12px;color:#fff;font:700 1rem/1.4 "Atkinson Hyperlegible Next",system-ui,sans-serif;text-shadow:0 0 3px #000,0 0 2px #000;background:linear-gradient(#0000,#000a);pointer-events:none}
.overt-player__ghost{position:absolute;inset:0;display:grid;place-items:center;color:#fff;opacity:.16;font-size:clamp(1rem,3.4vw,2.4rem);font-weight:700;transform:rotate(-14deg);pointer-events:none;text-align:center}
.overt-player__cover{position:absolute;inset:0;display:grid;place-items:center;padding:24px;background:#101615;color:#fff;font-size:1.1875rem;text-align:center}
.overt-player__cover[hidden]{display:none}
.overt-player__row{display:flex;flex-wrap:wrap;align-items:center;gap:8px;margin:10px 0 0}
.overt-player__row button,.overt-player__row select{min-height:44px;min-width:44px;padding:6px 12px;border:2px solid #0b4f5c;border-radius:4px;background:#fff;color:#0b4f5c;font:700 1rem/1.2 "Atkinson Hyperlegible Next",system-ui,sans-serif;cursor:pointer}
.overt-player__row button[data-act=play]{background:#0b4f5c;color:#fff;min-width:92px}
.overt-player__row button:focus-visible,.overt-player__row select:focus-visible,.overt-player__slider:focus-visible{outline:3px solid #ffd23f;outline-offset:0;box-shadow:inset 0 0 0 2px #17211f}
.overt-player__row label{display:flex;align-items:center;gap:6px}
.overt-player__time{margin-left:auto;font-variant-numeric:tabular-nums;font-weight:700}
.overt-player__strip{position:relative;margin:12px 0 0}
.overt-player__strip canvas{display:block;width:100%;height:84px;border:1px solid #d6d1c4;border-radius:4px;background:#eeece4;touch-action:none;cursor:pointer}
.overt-player__slider{display:block;width:100%;margin:4px 0 0;accent-color:#0b4f5c;min-height:28px}
.overt-player__say{min-height:1.5em;margin:8px 0 0;color:#4b5653}
.overt-player__keys{margin:6px 0 0;color:#4b5653;font-size:.9375rem}
.overt-player__keys kbd{padding:1px 6px;border:1px solid #b9b3a3;border-radius:3px;background:#fff;font:inherit}
@media (max-width:40em){.overt-player__keys{display:none}.overt-player__row{display:grid;grid-template-columns:repeat(15,1fr);gap:8px 6px}.overt-player__row button{grid-column:span 3;padding:6px 2px;font-size:.875rem;min-width:0;white-space:nowrap}.overt-player__row button[data-act=play]{min-width:0}.overt-player__row label,.overt-player__row button[data-act^=mark]{grid-column:span 5}.overt-player__row label{font-size:0;gap:0}.overt-player__row select{width:100%;padding:6px 4px}.overt-player__time{grid-row:1;grid-column:1/-1;margin:0}.overt-player__row:not(:has(label)) button{grid-column:1/-1}}
`

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

const button = (act: Action, text: string, label: string) =>
  element('button', { type: 'button', 'data-act': act, title: label }, text)

/** Keys that work while the player has the focus. They stand on the page, too. */
const keys: Readonly<Record<string, Action>> = {
  ' ': 'play',
  k: 'play',
  ArrowLeft: 'back',
  ArrowRight: 'forward',
  j: 'back',
  l: 'forward',
  ',': 'frame-back',
  '.': 'frame-forward',
  i: 'mark-in',
  o: 'mark-out',
}

export function buildFrame(root: HTMLElement, facts: Facts, live: boolean): Frame {
  const style = new CSSStyleSheet()
  style.replaceSync(sheet)
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, style]

  const video = element('video', {
    playsinline: '',
    disablepictureinpicture: '',
    disableremoteplayback: '',
    'aria-label': `${live ? 'Live picture' : 'Footage'} of ${facts.label}`,
  })
  video.muted = true
  video.addEventListener('contextmenu', (event) => event.preventDefault())
  const name = element(
    'div',
    { class: 'overt-player__name' },
    element('span', {}, `${facts.viewer} · ${facts.label}`),
  )
  const ghost = element('div', { class: 'overt-player__ghost', 'aria-hidden': 'true' }, facts.viewer)
  const cover = element(
    'div',
    { class: 'overt-player__cover' },
    live ? 'Waiting for the first picture …' : 'Loading …',
  )
  const stage = element('div', { class: 'overt-player__stage' }, video, ghost, name, cover)

  const play = button('play', live ? 'Pause' : 'Play', 'Play or pause (space)')
  const speed = element('select', { 'aria-label': 'Speed' })
  for (const rate of ['0.25', '0.5', '1', '2', '4', '8']) {
    speed.append(
      element('option', rate === '1' ? { value: rate, selected: '' } : { value: rate }, `${rate}×`),
    )
  }
  const time = element('span', { class: 'overt-player__time' })
  const row = element('div', { class: 'overt-player__row', role: 'group', 'aria-label': 'Controls' })
  if (live) row.append(play, time)
  else {
    row.append(
      button('back', '−10 s', 'Back ten seconds (left arrow)'),
      button('frame-back', '‹ Frame', 'Back one frame (comma)'),
      play,
      button('frame-forward', 'Frame ›', 'Forward one frame (full stop)'),
      button('forward', '+10 s', 'Forward ten seconds (right arrow)'),
      element('label', {}, 'Speed', speed),
      button('mark-in', 'Mark start', 'Mark where the span begins (I)'),
      button('mark-out', 'Mark end', 'Mark where the span ends (O)'),
      time,
    )
  }
  const canvas = element('canvas', { width: '1200', height: '128', 'aria-hidden': 'true' })
  const slider = element('input', {
    type: 'range',
    class: 'overt-player__slider',
    min: '0',
    max: String(Math.max(1, Math.round((facts.toMs - facts.fromMs) / 1000))),
    step: '1',
    value: '0',
    'aria-label': 'Moment',
  })
  const strip = element('div', { class: 'overt-player__strip' }, canvas, slider)
  const words = element('p', { class: 'govuk-body overt-player__say', role: 'status' })
  const help = element('p', { class: 'overt-player__keys' })
  if (!live) {
    for (const [key, what] of [
      ['Space', 'play'],
      ['← →', 'ten seconds'],
      [', .', 'one frame'],
      ['< >', 'speed'],
      ['I O', 'mark a span; or drag over the strip'],
    ] as const) {
      help.append(element('kbd', {}, key), ` ${what}  `)
    }
  }
  root.replaceChildren(stage, row, ...(live ? [] : [strip]), words, help)
  root.tabIndex = 0

  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: facts.zone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  const acts = new Map<Action, () => void>()
  const doIt = (act: Action): void => acts.get(act)?.()
  row.addEventListener('click', (event) => {
    const act = (event.target as HTMLElement).closest('button')?.dataset['act']
    if (act !== undefined) doIt(act as Action)
  })
  root.addEventListener('keydown', (event) => {
    const target = event.target as HTMLElement
    if (event.ctrlKey || event.altKey || event.metaKey || target instanceof HTMLSelectElement) return
    if (event.key === '<' || event.key === '>') {
      const next = speed.selectedIndex + (event.key === '>' ? 1 : -1)
      if (next >= 0 && next < speed.options.length) {
        speed.selectedIndex = next
        speed.dispatchEvent(new Event('change'))
      }
      event.preventDefault()
      return
    }
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (act === undefined || (event.key === ' ' && target instanceof HTMLButtonElement)) return
    if (target === slider && event.key.startsWith('Arrow')) return
    event.preventDefault()
    doIt(act)
  })
  video.addEventListener('play', () => {
    play.textContent = 'Pause'
  })
  video.addEventListener('pause', () => {
    play.textContent = 'Play'
  })
  speed.addEventListener('change', () => {
    video.playbackRate = Number(speed.value)
  })

  return {
    root,
    video,
    canvas,
    slider,
    speed,
    say(text) {
      if (words.textContent !== text) words.textContent = text
    },
    cover(text) {
      cover.textContent = text
      cover.hidden = text === ''
    },
    showTime(ms) {
      const text = format.format(ms)
      time.textContent = text
      slider.value = String(Math.round((ms - facts.fromMs) / 1000))
      slider.setAttribute('aria-valuetext', text)
    },
    on: (act, work) => acts.set(act, work),
  }
}
