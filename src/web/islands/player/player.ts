/**
 * The player of a viewing. Builds on the section that the server sent: picture, controls, strip of time, and keys for
 * all of it. Sealed footage is opened by the hub; here arrives what this viewing may show, piece by piece.
 */
import { buildFrame, type Frame } from './frame.ts'
import { playLive } from './live.ts'
import { playRecorded } from './recorded.ts'

export type Facts = {
  readonly viewing: string
  readonly camera: string
  readonly label: string
  readonly viewer: string
  readonly zone: string
  readonly fromMs: number
  readonly toMs: number
  /** How long the viewing lasts from now; the hub's clock is not this machine's. */
  readonly leftMs: number
}

function start(root: HTMLElement): void {
  const data = root.dataset
  const facts: Facts = {
    viewing: data['viewing'] ?? '',
    camera: data['camera'] ?? '',
    label: data['label'] ?? '',
    viewer: data['viewer'] ?? '',
    zone: data['zone'] ?? 'Europe/London',
    fromMs: Number(data['from']),
    toMs: Number(data['to']),
    leftMs: Number(data['left']),
  }
  const live = data['kind'] === 'live'
  const frame: Frame = buildFrame(root, facts, live)
  if (!('MediaSource' in window)) {
    frame.say('This browser can’t play footage. Use a current version of Chrome, Edge, Firefox or Safari.')
    return
  }
  if (live) playLive(frame, facts)
  else playRecorded(frame, facts)
}

for (const root of document.querySelectorAll<HTMLElement>('[data-module="overt-player"]')) start(root)
