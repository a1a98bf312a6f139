/**
 * Canonical JSON (RFC 8785 for the values we use: strings, whole numbers within ±2^53, booleans, null, arrays,
 * objects): keys sorted by UTF-16 code unit, no white space. What is hashed or signed is always written this way.
 */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value))
      throw new RangeError(`canonical JSON takes whole numbers only, not ${value}`)
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonicalJson).join(',')}]`
  const entries = value as { readonly [key: string]: Json }
  const members = Object.keys(entries)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(entries[key] as Json)}`)
  return `{${members.join(',')}}`
}
