/** Small things that the pages of this room say the same way. */
import type { Reason } from '#base/base.ts'
import type { Pack } from '#policy/policy.ts'
import type { FieldError, Html, Person } from '#web/web.ts'
import { marks } from '#web/web.ts'

/** "Derby Homes 4.2.1" with where it can be read; nothing where there is no clause. */
export function clauseMark(pack: Pack, id: string | null): Html | null {
  if (id === null) return null
  return marks.clause(`${pack.name} ${pack.clauses.get(id)?.number ?? id}`, `/policy/${pack.provider}#${id}`)
}

export const labelOf = (
  list: readonly { readonly code: string; readonly label: string }[],
  code: string,
): string => list.find((item) => item.code === code)?.label ?? code

/** Rows ask for a permission, so somebody is signed in. */
export function signedIn(person: Person | null): Person {
  if (person === null) throw new Error('the row asks for a signed-in person')
  return person
}

export const causeWords: Readonly<Record<string, string>> = {
  'camera-silent': 'The camera sent no picture',
  'connection-lost': 'The connection to the camera was lost',
  'packets-lost': 'Part of the picture was lost on the way',
  'writer-behind': 'The recorder could not write fast enough',
  'disk-full': 'The recorder’s disk was full',
  'no-mandate': 'There was no authority to record',
  'recorder-stopped': 'The recorder was not running',
  'clock-stepped': 'The clock was set',
  unknown: 'The cause is not known',
}

/** Shown beside the field that can mend it, else above the form. */
export function asFieldErrors(
  reasons: readonly Reason[],
  fieldOf: Readonly<Record<string, string>>,
): readonly FieldError[] {
  return reasons.map(({ code, message, clause }) => ({ field: fieldOf[code] ?? null, message, clause }))
}

/** An instant of a civil day and a time of day at the site; the later of two where the clock goes back. */
export function instantOf(day: string, time: string, timeZone: string): number {
  return Temporal.PlainDateTime.from(`${day}T${time}`).toZonedDateTime(timeZone, {
    disambiguation: 'compatible',
  }).epochMilliseconds
}

const pad = (n: number): string => String(n).padStart(2, '0')
/** `14:05:07` at the site. */
export function timeOfDay(ms: number, timeZone: string): string {
  const at = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone)
  return `${pad(at.hour)}:${pad(at.minute)}:${pad(at.second)}`
}

/** At most twelve marks for a strip of time, on round times. */
export function stripMarks(fromMs: number, toMs: number, timeZone: string): { atMs: number; text: string }[] {
  const steps = [1, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600, 86_400]
  const step = (steps.find((s) => (toMs - fromMs) / (s * 1000) <= 10) ?? 86_400) * 1000
  const marksAt: { atMs: number; text: string }[] = []
  for (let at = Math.ceil(fromMs / step) * step; at < toMs && marksAt.length < 12; at += step) {
    const text = timeOfDay(at, timeZone)
    marksAt.push({ atMs: at, text: step < 60_000 ? text : text.slice(0, 5) })
  }
  return marksAt
}
