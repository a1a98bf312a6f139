/** The cover sheet (PDF/UA-1) of a pack: what it is, its gaps, how far its times can be trusted, and how to check it. */
import { join } from 'node:path'
import { Failure } from '#base/base.ts'
import type { PackStatement } from '#formats/pack/pack.ts'
import { runChild } from '../run-child.ts'
import { gapWords, lengthWords, momentWords, placeWords } from '../words.ts'

const child = join(import.meta.dirname, 'cover-child.ts')
const gapsShownMax = 20

/** Letters that the sheet's typeface has, by its own table (Atkinson Hyperlegible Next); any other would stop the sheet. */
const unprintable =
  /[^\n -~\u00a0-\u00ac\u00ae-\u00b4\u00b6-\u0107\u010a-\u0113\u0116-\u011b\u011e-\u0123\u012e-\u0133\u0139-\u013e\u0141-\u0148\u0150-\u0155\u0158-\u015b\u015e-\u0165\u016e-\u017e\u0218-\u021b\u1e80-\u1e85\u2009\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u20ac\u2122\u2212]/gu

/** What people typed may be in any script; what the typeface lacks is shown as "?", and the sheet says so. */
function printable<T>(value: T, seen: { lacking: boolean }): T {
  if (typeof value === 'string') {
    const shown = value.normalize('NFC').replace(unprintable, '?')
    if (shown !== value.normalize('NFC')) seen.lacking = true
    return shown as T
  }
  if (Array.isArray(value)) return value.map((one) => printable(one, seen)) as T
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, printable(one, seen)])) as T
  return value
}

/** Throws `Failure('unavailable')` when it could not be set, warnings included. */
export async function coverSheet(statement: PackStatement): Promise<Buffer> {
  try {
    return await runChild(child, JSON.stringify(coverData(statement)))
  } catch (cause) {
    throw new Failure('unavailable', 'The cover sheet could not be made.', cause)
  }
}

export function coverData(statement: PackStatement) {
  const seen = { lacking: false }
  const data = printable(wholeData(statement), seen)
  if (!seen.lacking) return data
  const note =
    'Some letters can’t be printed on this sheet and stand as “?”. They are whole in data/overt-pack.json.'
  return { ...data, facts: [...data.facts, ['Letters', note]] }
}

function wholeData(statement: PackStatement) {
  const { timeZone } = statement
  const at = (ms: number) => momentWords(ms, timeZone)
  const shown = statement.gaps.slice(0, gapsShownMax)
  const films = statement.videos.length
  return {
    reference: statement.exhibit.reference,
    pack: statement.pack,
    provider: statement.provider.name,
    description: statement.exhibit.description || 'Not described.',
    facts: [
      ['Camera', placeWords(statement.camera.name, statement.camera.place)],
      ['Time', `${at(statement.fromMs)} to ${at(statement.toMs)} (${timeZone})`],
      ['Recorded for', statement.purpose || 'Not stated'],
      ['Handed to', `${statement.recipient.name} (${statement.recipient.kind})`],
      ['On the basis', [statement.basis.label, statement.basis.law].filter((text) => text !== '').join(', ')],
      ['Why it is needed', statement.basis.necessity || 'Not stated'],
      ['Our case', statement.caseReference ?? 'None'],
      ['Made by', `${statement.madeBy}, ${at(statement.madeMs)}`],
      ['Policy', statement.provider.policy],
    ],
    clock:
      `Times are those of the recorder’s clock, which was right to ±${lengthWords(statement.uncertaintyMs)}. ` +
      'A time that the camera itself writes into the picture comes from another clock and may differ.',
    gaps: shown.map((gap) => [
      momentWords(gap.fromMs, timeZone, true),
      lengthWords(gap.toMs - gap.fromMs),
      gapWords(gap.cause),
    ]),
    moreGaps: statement.gaps.length - shown.length,
    keys: [
      ['Root key', statement.keys.root],
      ['Ledger key', statement.keys.ledger],
    ],
    contents: [
      [
        'data/sealed',
        'The master: the recording as the recorder sealed it, with the keys of this span only, and the proof that our ledger held its sum.',
      ],
      [
        'data/video',
        `${films === 1 ? 'The film' : `${films} films`}, made of exactly those records without encoding them again. A copy for looking at.`,
      ],
      ['data/mandates', 'The signed statement under which the camera was allowed to record.'],
      ['data/overt-pack.json', 'Everything on this sheet, for programs, with the sum of every file.'],
    ],
    care:
      'This footage shows people. It was given to you for the reason above and for nothing else. Keep it where only those ' +
      'who need it can see it, do not pass it on without asking us, and destroy it when you no longer need it.',
  }
}
