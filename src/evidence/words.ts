/** Times, lengths and causes in plain words, as a pack prints them. */

const causes: Readonly<Record<string, string>> = {
  'camera-silent': 'The camera sent nothing',
  'connection-lost': 'The connection to the camera was lost',
  'packets-lost': 'Parts were lost on the way',
  'writer-behind': 'The recorder could not keep up',
  'disk-full': 'The recorder’s disk was full',
  'no-mandate': 'The camera had no authority to record',
  'recorder-stopped': 'The recorder had stopped',
  'clock-stepped': 'The recorder’s clock was put right',
  unknown: 'The cause is not known',
}

export const gapWords = (cause: string): string => causes[cause] ?? cause

/** `22 November 2026 at 14:03:05`, with hundredths where they matter. */
export function momentWords(ms: number, timeZone: string, fine = false): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    ...{
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    },
    hourCycle: 'h23',
    ...(fine ? { fractionalSecondDigits: 2 as const } : {}),
  }).format(ms)
}

/** `40 ms`, `2.5 s`, `3 min`. */
export function lengthWords(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`
  const seconds = Math.round(ms / 100) / 10
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}

/** A camera and its place; where the camera's name says the place already, it is not said twice. */
export const placeWords = (camera: string, place: string): string =>
  place === '' || camera.includes(place) ? camera : `${camera}, ${place}`
