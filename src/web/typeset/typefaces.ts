/**
 * Which letters can be set on paper. Our own typeface has those of western and central Europe; names and translations
 * are in others too. Each further typeface is used when its package is installed, and what it has is read from its own
 * table, so nothing is called printable that would come out as an empty box.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

export const ownTypeface = 'Atkinson Hyperlegible Next'

/** Family, folder of its package, and how its files are named. */
const further = [
  ['Noto Sans', 'noto-sans', 'NotoSans'],
  ['Noto Sans Arabic', 'noto-sans-arabic', 'NotoSansArabic'],
  ['Noto Sans Bengali', 'noto-sans-bengali', 'NotoSansBengali'],
  ['Noto Sans Gurmukhi', 'noto-sans-gurmukhi', 'NotoSansGurmukhi'],
] as const

/** In every Typst: Greek, Cyrillic and more Latin, with feet. Better than no letter at all. */
const builtIn = { family: 'Libertinus Serif', files: [] }

/** Its letters, as far as a test sets each of them. */
const builtInLetters: readonly Span[] = [
  [0x0100, 0x017f],
  [0x01a0, 0x01a1],
  [0x01af, 0x01b0],
  [0x0386, 0x0386],
  [0x0388, 0x038a],
  [0x038c, 0x038c],
  [0x038e, 0x03a1],
  [0x03a3, 0x03ce],
  [0x0400, 0x045f],
  [0x0490, 0x0491],
  [0x1ea0, 0x1ef9],
]

export type Typeface = {
  readonly family: string
  /** Absolute paths, regular and bold; empty: Typst brings it. */
  readonly files: readonly string[]
}

type Span = readonly [from: number, to: number]

const cuts = ['400Regular', '700Bold'] as const

function installed(packageName: string, name: string): readonly string[] {
  try {
    const folder = dirname(require.resolve(`@expo-google-fonts/${packageName}/package.json`))
    const files = cuts.map((cut) => join(folder, cut, `${name}_${cut}.ttf`))
    return files.every((file) => existsSync(file)) ? files : []
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return []
    throw error
  }
}

let found: readonly Typeface[] | null = null

/** Ours first, then those that are installed: the first that has a letter sets it. */
export function typefaces(): readonly Typeface[] {
  found ??= [
    { family: ownTypeface, files: installed('atkinson-hyperlegible-next', 'AtkinsonHyperlegibleNext') },
    ...further
      .map(([family, folder, name]): Typeface => ({ family, files: installed(folder, name) }))
      .filter(({ files }) => files.length > 0),
    builtIn,
  ]
  return found
}

let letters: readonly Span[] | null = null

/** Can this letter be set by any typeface at hand? */
export function canBeSet(letter: string): boolean {
  const code = letter.codePointAt(0)!
  letters ??= [
    ...builtInLetters,
    ...typefaces().flatMap(({ files }) => (files[0] === undefined ? [] : lettersOf(readFileSync(files[0])))),
  ]
  return letters.some(([from, to]) => code >= from && code <= to)
}

/** Code points that a TrueType file has a picture for: its `cmap` table (OpenType 1.9), formats 4 and 12. */
export function lettersOf(font: Buffer): readonly Span[] {
  const tables = font.readUInt16BE(4)
  for (let at = 12; at < 12 + tables * 16; at += 16)
    if (font.toString('latin1', at, at + 4) === 'cmap') {
      const start = font.readUInt32BE(at + 8)
      return inCmap(font.subarray(start, start + font.readUInt32BE(at + 12)))
    }
  return []
}

function inCmap(cmap: Buffer): readonly Span[] {
  const spans: Span[] = []
  for (let at = 4; at < 4 + cmap.readUInt16BE(2) * 8; at += 8) {
    const unicode = cmap.readUInt16BE(at) === 0 || cmap.readUInt16BE(at) === 3
    const table = cmap.subarray(cmap.readUInt32BE(at + 4))
    if (unicode && table.readUInt16BE(0) === 4) spans.push(...inFormat4(table))
    if (unicode && table.readUInt16BE(0) === 12) spans.push(...inFormat12(table))
  }
  return spans
}

function inFormat4(table: Buffer): Span[] {
  const double = table.readUInt16BE(6)
  const spans: Span[] = []
  for (let at = 0; at < double; at += 2) {
    const to = table.readUInt16BE(14 + at)
    const from = table.readUInt16BE(16 + double + at)
    const delta = table.readUInt16BE(16 + 2 * double + at)
    const offsetAt = 16 + 3 * double + at
    const offset = table.readUInt16BE(offsetAt)
    for (let code = from; code <= to && code < 0xffff; code += 1) {
      const glyph =
        offset === 0 ? (code + delta) & 0xffff : table.readUInt16BE(offsetAt + offset + 2 * (code - from))
      if (glyph !== 0) spans.push([code, code])
    }
  }
  return joined(spans)
}

function inFormat12(table: Buffer): Span[] {
  return Array.from({ length: table.readUInt32BE(12) }, (_, n): Span => {
    const at = 16 + n * 12
    return [table.readUInt32BE(at), table.readUInt32BE(at + 4)]
  })
}

/** Neighbours as one span; they come in order. */
function joined(spans: readonly Span[]): Span[] {
  const whole: Span[] = []
  for (const [from, to] of spans) {
    const last = whole.at(-1)
    if (last !== undefined && last[1] === from - 1) whole[whole.length - 1] = [last[0], to]
    else whole.push([from, to])
  }
  return whole
}
