/** The policy to take away: tagged PDF, the same in large print, and plain text. Made once per pack and format. */
import { join } from 'node:path'
import type { Pack } from '#policy/policy.ts'
import { dayWords, printable, typeset } from '#web/web.ts'
import { roleTitle } from '../deps.ts'

export const printFormats = ['pdf', 'large', 'text'] as const
export type PrintFormat = (typeof printFormats)[number]

type File = { readonly mime: string; readonly body: Buffer; readonly filename: string }

/** A PDF takes a second of a processor: each is made once. A few landlords with three formats fit. */
const keptMax = 30
const kept = new Map<string, Promise<File>>()

/** @throws Failure('unavailable') when the PDF could not be set */
export function printed(pack: Pack, format: PrintFormat): Promise<File> {
  const key = `${pack.hash} ${pack.name} ${format}`
  const before = kept.get(key)
  if (before !== undefined) return before
  const made = make(pack, format)
  kept.set(key, made)
  // A failure is tried again by the next who asks.
  made.catch(() => kept.delete(key))
  if (kept.size > keptMax) kept.delete(kept.keys().next().value!)
  return made
}

async function make(pack: Pack, format: PrintFormat): Promise<File> {
  const name = `${pack.provider}-cctv-policy-${pack.version}`
  if (format === 'text')
    return { mime: 'text/plain; charset=utf-8', body: Buffer.from(plainText(pack)), filename: `${name}.txt` }
  const large = format === 'large'
  const { value } = printable({ ...sheetData(pack), large })
  const body = await typeset({ template: join(import.meta.dirname, 'policy.typ'), data: value, as: 'pdf' })
  return { mime: 'application/pdf', body, filename: `${name}${large ? '-large-print' : ''}.pdf` }
}

const vague = (given: string): string =>
  given.length === 10
    ? dayWords(given)
    : given.length === 7
      ? dayWords(`${given}-01`).replace(/^1 /, '')
      : given

/** What stands on the sheet: whose it is, then every rule in plain words. */
export function sheetData(pack: Pack) {
  const { document, upkeep } = pack.values
  return {
    provider: pack.name,
    title: pack.title,
    facts: [
      [
        'Version',
        `${dayWords(pack.version)}${document.effective.silent ? ' (the document gives no day of effect; this one stands in)' : ''}`,
      ],
      ['Kept by', roleTitle(pack, upkeep.ownerRole.value)],
      ['Written for', upkeep.audience.map((a) => a.label).join('; ')],
      [
        'Agreed by',
        upkeep.approvals
          .map((a) =>
            [a.body, a.on === null ? null : vague(a.on), a.doubt]
              .filter((part) => part !== null)
              .join('. ')
              .replace(/\.$/, ''),
          )
          .join('; '),
      ],
      ['Next review', vague(document.nextReview.value)],
    ] as readonly (readonly [string, string])[],
    about:
      'This tells the policy rule by rule in plain words. The number after each rule is that of the landlord’s own document, which decides where words differ.',
    sections: pack.sections.map((section) => ({
      title: section.title,
      rules: [...pack.clauses.values()]
        .filter((clause) => clause.section === section.code)
        .map((clause) => [clause.number, clause.text] as const),
    })),
  }
}

const underline = (text: string, sign: string): string => `${text}\n${sign.repeat(text.length)}`

/** For screen readers, braille printers and whoever wants to change letters and colours. */
export function plainText(pack: Pack): string {
  const sheet = sheetData(pack)
  return [
    underline(`${sheet.provider}: ${sheet.title}`, '='),
    sheet.facts.map(([name, value]) => `${name}: ${value}`).join('\n'),
    sheet.about,
    ...sheet.sections.map((section) =>
      [underline(section.title, '-'), ...section.rules.map(([number, text]) => `${text} (${number})`)].join(
        '\n\n',
      ),
    ),
    '',
  ].join('\n\n')
}
