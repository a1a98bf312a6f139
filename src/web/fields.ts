/**
 * Schemas for what people type, with messages that say what to do. Forms send strings; the JSON API sends the same
 * names with strings, numbers or arrays. `what` completes the sentence: `fields.text('the address', 200)`.
 */
import { z } from 'zod'

const sentence = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}`
/** HTML forms send CRLF; what is counted and stored is LF, and never a control character. */
const tidied = (value: unknown) =>
  typeof value === 'string'
    ? value
        .replace(/\r\n?/g, '\n')
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
        .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
        .trim()
    : value
const emptyIsNothing = (value: unknown) => {
  const text = tidied(value)
  return text === '' || text === undefined ? null : text
}
const sayMissing = (message: string) => ({
  error: (issue: { readonly input?: unknown }) => (issue.input === undefined ? message : undefined),
})

export const fields = {
  /** One line or several, required. */
  text(what: string, max = 200, min = 1) {
    return z.preprocess(
      tidied,
      z
        .string(sayMissing(`Enter ${what}`))
        .min(1, `Enter ${what}`)
        .min(min, `${sentence(what)} must be at least ${min} characters long`)
        .max(max, `${sentence(what)} must be ${max.toLocaleString('en-GB')} characters or fewer`),
    )
  },

  /** Left empty means null. */
  optionalText(what: string, max = 200) {
    return z.preprocess(
      emptyIsNothing,
      z
        .string()
        .max(max, `${sentence(what)} must be ${max.toLocaleString('en-GB')} characters or fewer`)
        .nullable(),
    )
  },

  /** One of a list. */
  choice<const T extends string>(what: string, values: readonly [T, ...T[]]) {
    return z.enum(values, { error: () => `Choose ${what}` })
  },

  /** One of a list that is only known later: any code; the handler checks it. */
  code(what: string) {
    return z.preprocess(
      tidied,
      z
        .string({ error: () => `Choose ${what}` })
        .regex(/^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,99}$/, `Choose ${what}`),
    )
  },

  /** Any number of codes; a single ticked box arrives as a plain string. */
  codes(what: string, { min = 0, max = 100 } = {}) {
    return z.preprocess(
      (value) => (value === undefined || value === '' ? [] : Array.isArray(value) ? value : [value]),
      z
        .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,99}$/, `Choose ${what}`))
        .min(min, `Choose ${what}`)
        .max(max, `Choose ${max} at most`),
    )
  },

  id(what: string) {
    return z
      .string({ error: () => `Choose ${what}` })
      .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, `Choose ${what}`)
  },

  /** A civil day as `YYYY-MM-DD`, from `dateInput` or the API. */
  day(what: string) {
    return z
      .string(sayMissing(`Enter ${what}`))
      .min(1, `Enter ${what}`)
      .refine(isDay, { error: `${sentence(what)} must be a real date, like 27 3 2027` })
  },

  /** Left empty means null. */
  optionalDay(what: string) {
    return z.preprocess(
      emptyIsNothing,
      z
        .string()
        .refine(isDay, { error: `${sentence(what)} must be a real date, like 27 3 2027` })
        .nullable(),
    )
  },

  /** A time of day as `HH:MM` or `HH:MM:SS`, 24 hours. */
  time(what: string) {
    return z.preprocess(
      tidied,
      z
        .string(sayMissing(`Enter ${what}`))
        .regex(/^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, `Enter ${what} like 18:40 or 18:40:15`)
        .transform((text) => (text.length === 4 || text.length === 7 ? `0${text}` : text)),
    )
  },

  whole(what: string, min: number, max: number) {
    return z.preprocess(
      (value) => (typeof value === 'string' && /^\s*-?\d{1,15}\s*$/.test(value) ? Number(value) : value),
      z
        .int({ error: () => `Enter ${what} as a whole number` })
        .min(min, `${sentence(what)} must be ${min} or more`)
        .max(max, `${sentence(what)} must be ${max} or less`),
    )
  },

  /** A whole number that may be left empty: null. */
  optionalWhole(what: string, min: number, max: number) {
    return z.preprocess(
      (typed) => (typeof typed === 'string' && typed.trim() === '' ? null : (typed ?? null)),
      fields.whole(what, min, max).nullable(),
    )
  },

  /** A ticked box: "yes"/true, else false. */
  tick() {
    return z.preprocess((value) => value === 'yes' || value === true || value === 'true', z.boolean())
  },

  /** A box that must be ticked. */
  confirmed(message: string) {
    return z.preprocess(
      (value) => value === 'yes' || value === true || value === 'true',
      z.literal(true, { error: () => message }),
    )
  },

  email(what: string) {
    return z.preprocess(
      emptyIsNothing,
      z
        .string()
        .max(254)
        .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, `Enter ${what} like name@example.org`)
        .nullable(),
    )
  },
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  try {
    Temporal.PlainDate.from(text, { overflow: 'reject' })
    return true
  } catch {
    return false
  }
}
