/**
 * `html` escapes everything except values of its own `Html` type, which only web/ can make. Arrays are joined;
 * null, undefined and false vanish.
 */
const made = Symbol('html')

export type Html = { readonly [made]: true; readonly text: string }

export type Printable = Html | string | number | null | undefined | false | readonly Printable[]

const replacements: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => replacements[c]!)

/** Markup known to be safe: GOV.UK macros' output and nothing from outside. Only web/ may call it (tidy test). */
export const trusted = (text: string): Html => ({ [made]: true, text })

export const isHtml = (value: unknown): value is Html =>
  typeof value === 'object' && value !== null && made in value

function print(value: Printable): string {
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'string') return escapeHtml(value)
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return (value as readonly Printable[]).map(print).join('')
  // Whatever else a value turns out to be when it runs, only markup made here goes out as it is.
  return isHtml(value) ? value.text : escapeHtml(String(value))
}

export function html(strings: TemplateStringsArray, ...values: readonly Printable[]): Html {
  let text = strings[0]!
  for (const [index, value] of values.entries()) text += print(value) + strings[index + 1]!
  return trusted(text)
}
