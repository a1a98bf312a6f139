/**
 * The address on a sign: an unguessable code that is the sign's public name, and the version of its words. In capitals,
 * which a QR code packs tighter (ISO/IEC 18004, alphanumeric mode).
 */
import { randomBytes } from 'node:crypto'

export type SignAddress = { readonly code: string; readonly version: number }

/** Crockford's letters: no I, L, O or U, so nobody types one for another. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 20 letters of 5 bits: 100 bits, and a guesser gets 60 tries a minute. */
const codeLength = 20
export const signVersionMax = 9_999

export const newSignCode = (): string =>
  Array.from(randomBytes(codeLength), (byte) => letters[byte & 31]).join('')

/** What staff call a sign: the beginning of its code, which opens nothing. */
export const signReference = (code: string): string => code.slice(0, 4)

/** `HTTPS://CCTV.EXAMPLE.ORG/S/<code>/<version>`: scheme and host don't care about capitals. A base with a path keeps its letters. */
export function signAddress(base: string, { code, version }: SignAddress): string {
  const plain = /^https?:\/\/[^/]+$/i.test(base)
  return `${plain ? base.toUpperCase() : base}/S/${code}/${version}`
}

/** The same for reading aloud and typing: small letters, the code in groups of four. */
export function addressShown(base: string, { code, version }: SignAddress): string {
  const groups = code.match(/.{4}/g)?.join('-') ?? code
  return `${base.replace(/^https?:\/\//i, '')}/s/${groups}/${version}`
}

/** As people type it: small letters, hyphens, O for 0, I or L for 1. Null: not a code of a sign. */
export function readSignCode(typed: string): string | null {
  const code = typed.toUpperCase().replace(/[-\s]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')
  return code.length === codeLength && [...code].every((letter) => letters.includes(letter)) ? code : null
}

/** The sign that a QR code's text names, wherever the pages stood when it was printed; null: not a sign of ours. */
export function readSignAddress(text: string): SignAddress | null {
  const found = /^https?:\/\/[^/\s]+(?:\/[^\s]*)?\/s\/([0-9A-Za-z-]{20,30})\/([1-9]\d{0,3})$/i.exec(text)
  const code = found === null ? null : readSignCode(found[1]!)
  return code === null ? null : { code, version: Number(found![2]) }
}
