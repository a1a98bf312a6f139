/** The cover sheet (PDF/UA-1) of a pack: what it is, its gaps, how far its times can be trusted, and how to check it. */
import { join } from 'node:path'
import { Failure } from '#base/base.ts'
import type { PackStatement } from '#formats/pack/pack.ts'
import { printable, typeset } from '#web/web.ts'
import { gapWords, lengthWords, momentWords, placeWords } from '../words.ts'

const template = join(import.meta.dirname, 'cover.typ')
const gapsShownMax = 20

/** Throws `Failure('unavailable')` when it could not be set, warnings included. */
export async function coverSheet(statement: PackStatement): Promise<Buffer> {
  try {
    return await typeset({ template, data: coverData(statement), as: 'pdf' })
  } catch (cause) {
    throw new Failure('unavailable', 'The cover sheet could not be made.', cause)
  }
}

export function coverData(statement: PackStatement) {
  const { value: data, lacking } = printable(wholeData(statement))
  if (!lacking) return data
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
