/**
 * Who a letter goes to, and in which form. Pure. A list is typed or pasted a line each; what a person needs decides the
 * form, and what nobody here can make is said to be made by somebody, never left out in silence.
 */
import type { Needs, Resident } from '#providers/providers.ts'
import { languageName } from '#web/web.ts'

/** Letters of one batch; more are made in parts. */
export const lettersMax = 200

export type Household = {
  /** The landlord's number; null: an address alone. */
  readonly reference: string | null
  readonly name: string | null
  readonly address: string
}

/**
 * `number; name; address`, a line each, as a spreadsheet's columns come (tabs do as well). Number and name may be empty.
 * Every mistake with its line, or the households.
 */
export function readHouseholds(
  typed: string,
):
  | { readonly ok: true; readonly households: readonly Household[] }
  | { readonly ok: false; readonly mistakes: readonly string[] } {
  const mistakes: string[] = []
  const households: Household[] = []
  const seen = new Map<string, number>()
  for (const [index, whole] of typed.split('\n').entries()) {
    const text = whole.trim()
    if (text === '') continue
    const line = index + 1
    const parts = (text.includes('\t') ? whole.split('\t') : text.split(';')).map((part) => part.trim())
    const [reference, name] = parts
    const address = parts
      .slice(2)
      .filter((part) => part !== '')
      .join(', ')
    if (parts.length < 3 || address === '')
      mistakes.push(`Line ${line}: give number; name; address. Number and name may be empty.`)
    else if (reference!.length > 60) mistakes.push(`Line ${line}: the number is longer than 60 letters.`)
    else if (name!.length > 120) mistakes.push(`Line ${line}: the name is longer than 120 letters.`)
    else if (address.length > 300) mistakes.push(`Line ${line}: the address is longer than 300 letters.`)
    else {
      const same = (reference || address).toLowerCase()
      const before = seen.get(same)
      if (before !== undefined) mistakes.push(`Line ${line}: the same as line ${before}. Leave one out.`)
      seen.set(same, line)
      households.push({ reference: reference || null, name: name || null, address })
    }
    if (households.length > lettersMax) {
      mistakes.push(`More than ${lettersMax} letters. Make them in parts.`)
      break
    }
  }
  if (households.length === 0 && mistakes.length === 0) mistakes.push('Enter at least one household.')
  return mistakes.length > 0
    ? { ok: false, mistakes: mistakes.slice(0, mistakesMax) }
    : { ok: true, households }
}
const mistakesMax = 20

/** As two people would write the same: letters and digits, small. */
const bare = (text: string): string =>
  text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]/gu, '')

/**
 * Needs follow the person to the household: a line without a number gets that of the one resident of this place whose
 * name or address it has. Two who fit are no answer, nor is one who stands on the list with their number.
 */
export function withNumbers(
  households: readonly Household[],
  residents: readonly Resident[],
): readonly Household[] {
  const listed = new Set(households.flatMap((one) => one.reference?.toLowerCase() ?? []))
  const free = residents.filter((one) => one.reference !== null && !listed.has(one.reference.toLowerCase()))
  return households.map((one) => {
    if (one.reference !== null) return one
    const fitting = free.filter(
      (resident) =>
        (one.name !== null && resident.name !== null && bare(one.name) === bare(resident.name)) ||
        (resident.contactWay === 'letter' &&
          resident.contact !== null &&
          bare(one.address) === bare(resident.contact)),
    )
    return fitting.length === 1 ? { ...one, reference: fitting[0]!.reference } : one
  })
}

/** How one letter is made. */
export type LetterForm = {
  /** 18 point at least. */
  readonly large: boolean
  readonly easy: boolean
  /** Sent as plain text, not on paper. */
  readonly text: boolean
  readonly coloured: boolean
  /** Its code; null: English. A letter in another is made once its translation is there, and not before. */
  readonly language: string | null
  /** What somebody must make or do, in words: "in braille", "by telephone". Nothing here pretends to have done it. */
  readonly byHand: readonly string[]
}

export const standardForm: LetterForm = {
  large: false,
  easy: false,
  text: false,
  coloured: false,
  language: null,
  byHand: [],
}

/** The name or address has letters that no typeface at hand has: somebody writes it, and nobody gets question marks. */
export const withoutTypeface = (form: LetterForm): LetterForm =>
  form.text ? form : { ...form, byHand: [...form.byHand, 'with a name or an address written by hand'] }

const byHandFormats = {
  braille: 'in braille',
  audio: 'as audio',
  'sign-language': 'in sign language',
} as const
const byHandWays = {
  telephone: 'read out by telephone',
  'text-message': 'by text message',
  visit: 'told on a visit',
  'somebody-else': 'through somebody else',
} as const

/** The form that these needs ask for; null: nothing special is known. */
export function formFor(needs: Needs | null): LetterForm {
  if (needs === null) return standardForm
  const formats = new Set(needs.formats)
  const way = needs.contactWay
  return {
    large: formats.has('large-print'),
    easy: formats.has('easy-read'),
    text: formats.has('plain-text') || way === 'email',
    coloured: formats.has('coloured-paper'),
    language: needs.language === null || isEnglish(needs.language) ? null : needs.language,
    byHand: [
      ...(['braille', 'audio', 'sign-language'] as const)
        .filter((one) => formats.has(one))
        .map((one) => byHandFormats[one]),
      ...(way in byHandWays ? [byHandWays[way as keyof typeof byHandWays]] : []),
    ],
  }
}

const isEnglish = (code: string): boolean => /^en\b/i.test(code)

/** A form's code: the same needs, the same pile. */
export const formCode = (form: LetterForm): string =>
  [
    ...(form.large ? ['large'] : []),
    ...(form.easy ? ['easy'] : []),
    ...(form.text ? ['text'] : []),
    ...(form.coloured ? ['coloured'] : []),
    ...(form.language === null ? [] : [`lang(${form.language})`]),
    ...(form.byHand.length > 0 ? [`hand(${form.byHand.join(', ')})`] : []),
  ].join('+') || 'standard'

/** What a code says of how a pile is made. */
export function readForm(code: string): Omit<LetterForm, 'byHand'> & { readonly hand: boolean } {
  const parts = code.split('+')
  const has = (part: string) => parts.includes(part)
  return {
    large: has('large'),
    easy: has('easy'),
    text: has('text'),
    coloured: has('coloured'),
    language: parts.find((part) => part.startsWith('lang('))?.slice(5, -1) ?? null,
    hand: code.includes('hand('),
  }
}

/** "Large print, easy words; to be made: in braille". */
export function formWords(form: LetterForm): string {
  const made = [
    ...(form.large ? ['large print'] : []),
    ...(form.easy ? ['easy words'] : []),
    ...(form.text ? ['plain text, by e-mail'] : []),
    ...(form.coloured ? ['coloured paper'] : []),
    ...(form.language === null ? [] : [`in ${languageName(form.language)}`]),
  ].join(', ')
  const hand = form.byHand.length === 0 ? '' : `to be made: ${form.byHand.join(', ')}`
  const words = [made, hand].filter((part) => part !== '').join('; ') || 'standard'
  return words[0]!.toUpperCase() + words.slice(1)
}

/** One pile of letters: its form and how many; never whose. */
export type Pile = {
  readonly code: string
  readonly words: string
  readonly form: LetterForm
  readonly count: number
}

/** Standard first, then the largest. */
export function pilesOf(forms: readonly LetterForm[]): readonly Pile[] {
  const piles = new Map<string, Pile>()
  for (const form of forms) {
    const code = formCode(form)
    piles.set(code, { code, words: formWords(form), form, count: (piles.get(code)?.count ?? 0) + 1 })
  }
  return [...piles.values()].sort(
    (a, b) =>
      Number(b.code === 'standard') - Number(a.code === 'standard') ||
      b.count - a.count ||
      a.code.localeCompare(b.code),
  )
}
