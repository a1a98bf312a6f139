/** Documents for paper: a Typst template and data in, a tagged PDF (PDF/UA-1) or one picture of it (SVG) out. */
import { join } from 'node:path'
import { Failure, runChild } from '#base/base.ts'
import { canBeSet } from './typefaces.ts'

const child = join(import.meta.dirname, 'typeset-child.ts')

/** Letters that our own typeface lacks, by its table (Atkinson Hyperlegible Next): another is asked for each. */
const foreign =
  /[^\n -~\u00a0-\u00ac\u00ae-\u00b4\u00b6-\u0107\u010a-\u0113\u0116-\u011b\u011e-\u0123\u012e-\u0133\u0139-\u013e\u0141-\u0148\u0150-\u0155\u0158-\u015b\u015e-\u0165\u016e-\u017e\u0218-\u021b\u1e80-\u1e85\u2009\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u20ac\u2122\u2212]/gu

/** Shows nothing, and may turn the letters around it (marks of direction, a file's first mark): never printed. */
const unseen = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g

/**
 * What people typed may be in any script; what no typeface at hand has becomes "?", in every text of the value.
 * `lacking` says whether anything did, so that the document can say so.
 */
export function printable<T>(value: T): { readonly value: T; readonly lacking: boolean } {
  const seen = { lacking: false }
  return { value: printed(value, seen), lacking: seen.lacking }
}

function printed<T>(value: T, seen: { lacking: boolean }): T {
  if (typeof value === 'string') {
    const whole = value.normalize('NFC').replace(unseen, '')
    const shown = whole.replace(foreign, (letter) => (canBeSet(letter) ? letter : '?'))
    if (shown !== whole) seen.lacking = true
    return shown as T
  }
  if (Array.isArray(value)) return value.map((one) => printed(one, seen)) as T
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, printed(one, seen)])) as T
  return value
}

/**
 * Sets a template in a process of its own. The template reads its data as JSON (`json(bytes(sys.inputs.data))`), so
 * what people typed is never read as markup, and sets its text in `typefaces`: the first of them that has a letter sets it.
 * @throws Failure `unavailable` when it could not be set, warnings included
 */
export async function typeset(sheet: {
  /** Absolute path of the `.typ` file. */
  readonly template: string
  /** Already `printable`. */
  readonly data: unknown
  readonly as: 'pdf' | 'svg'
}): Promise<Buffer> {
  try {
    return await runChild(child, JSON.stringify(sheet))
  } catch (cause) {
    throw new Failure('unavailable', 'The document could not be made.', cause)
  }
}
