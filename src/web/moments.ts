/** Days and times in words, in the site's time zone. Machines read the `datetime` attribute; people read the words. */
import { type Html, html } from './html.ts'

const format = (timeZone: string, options: Intl.DateTimeFormatOptions) => {
  const key = `${timeZone}|${JSON.stringify(options)}`
  let made = formats.get(key)
  if (!made) {
    made = new Intl.DateTimeFormat('en-GB', { timeZone, ...options })
    formats.set(key, made)
  }
  return made
}
const formats = new Map<string, Intl.DateTimeFormat>()

const dayParts = { day: 'numeric', month: 'long', year: 'numeric' } as const

/** `2026-11-22` → "22 November 2026". */
export const dayWords = (day: string): string => format('UTC', dayParts).format(new Date(`${day}T12:00:00Z`))

/** "6:40pm"; with seconds "6:40:07pm". Midnight and midday are said as such. */
export function timeWords(ms: number, timeZone = 'Europe/London', seconds = false): string {
  const at = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone)
  if (!seconds && at.minute === 0 && at.hour === 0) return 'midnight'
  if (!seconds && at.minute === 0 && at.hour === 12) return 'midday'
  const pad = (n: number) => String(n).padStart(2, '0')
  const hour = at.hour % 12 === 0 ? 12 : at.hour % 12
  return `${hour}:${pad(at.minute)}${seconds ? `:${pad(at.second)}` : ''}${at.hour < 12 ? 'am' : 'pm'}`
}

/** "22 November 2026 at 6:40pm". */
export function momentWords(ms: number, timeZone = 'Europe/London', seconds = false): string {
  return `${format(timeZone, dayParts).format(new Date(ms))} at ${timeWords(ms, timeZone, seconds)}`
}

/** "18:40:07", for tables of many times. */
export const clockWords = (ms: number, timeZone = 'Europe/London'): string =>
  format(timeZone, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }).format(
    new Date(ms),
  )

export const moment = (ms: number, timeZone = 'Europe/London', seconds = false): Html =>
  html`<time datetime="${new Date(ms).toISOString()}">${momentWords(ms, timeZone, seconds)}</time>`

/** An end in words. Midnight is said by the day that it ends: "the end of 19 December 2026". */
export function untilWords(ms: number, timeZone = 'Europe/London', seconds = false): string {
  const at = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone)
  return at.epochMilliseconds === at.startOfDay().epochMilliseconds
    ? `the end of ${dayWords(at.toPlainDate().subtract({ days: 1 }).toString())}`
    : momentWords(ms, timeZone, seconds)
}

/** The same with the instant for machines. */
export const until = (ms: number, timeZone = 'Europe/London'): Html =>
  html`<time datetime="${new Date(ms).toISOString()}">${untilWords(ms, timeZone)}</time>`

export const day = (value: string): Html => html`<time datetime="${value}">${dayWords(value)}</time>`

/** A span in words: "2 hours 5 minutes", "45 seconds"; two units at most. */
export function spanWords(ms: number): string {
  const total = Math.round(Math.max(0, ms) / 1000)
  const units: [number, string][] = [
    [Math.floor(total / 86_400), 'day'],
    [Math.floor((total % 86_400) / 3600), 'hour'],
    [Math.floor((total % 3600) / 60), 'minute'],
    [total % 60, 'second'],
  ]
  const said = units.filter(([n]) => n > 0).slice(0, 2)
  if (said.length === 0) return 'less than a second'
  return said.map(([n, unit]) => `${n} ${unit}${n === 1 ? '' : 's'}`).join(' ')
}
