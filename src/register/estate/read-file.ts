/**
 * Reads an estate file: CSV as spreadsheets write it (a mark at the start, semicolons or tabs, CRLF, line breaks within
 * quotes) or JSON. Pure. What can't be read is named with its line; nothing is guessed.
 */
import { CsvError, parse } from 'csv-parse/sync'
import { columnLetter, type EstateKey, estateColumns, headingMark } from './columns.ts'

export const fileBytesMax = 4 * 1024 * 1024
/** 3,000 cameras, and the places and systems that have none. */
export const rowsMax = 5000

/**
 * Where and what: `line` is the row as a spreadsheet counts it (the headings are 1; a line break within a cell starts no
 * row); in JSON the number of the record, and where a file can't be read at all the line of its text.
 */
export type Problem = {
  readonly line: number
  /** "F (Camera)"; null: the whole line or file. */
  readonly column: string | null
  readonly message: string
}

export type EstateRow = {
  readonly line: number
  readonly values: Readonly<Partial<Record<EstateKey, string>>>
}

export type EstateFile = {
  readonly format: 'csv' | 'json'
  readonly rows: readonly EstateRow[]
  readonly problems: readonly Problem[]
  /** How a column is called in this file. */
  column(key: EstateKey): string
}

/** @param bytes as uploaded; UTF-8, or the Windows code page that older spreadsheets write */
export function readEstateFile(bytes: Buffer): EstateFile {
  if (bytes.length > fileBytesMax)
    return broken('csv', `The file is larger than ${fileBytesMax / 1024 / 1024} MB. Split it.`)
  const text = decode(bytes)
  return /^\s*[{[]/.test(text) ? readJson(text) : readCsv(withoutTail(text.replace(/\r\n?/g, '\n')))
}

const titles = new Map(estateColumns.map((c) => [c.key, c.title]))
const broken = (format: 'csv' | 'json', message: string, line = 1): EstateFile => ({
  format,
  rows: [],
  problems: [{ line, column: null, message }],
  column: (key) => titles.get(key)!,
})

function decode(bytes: Buffer): string {
  // UTF-16 with its mark: "Unicode text" of older spreadsheets.
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** Without the rows at the end that hold only separators: a spreadsheet writes thousands of them once a row was painted. */
function withoutTail(text: string): string {
  let end = text.length
  while (end > 0 && ';,\t\n '.includes(text[end - 1]!)) end -= 1
  const next = text.indexOf('\n', end)
  return next < 0 ? text : text.slice(0, next + 1)
}

/** Excel's own first line, which names the separator and is no row of the sheet. */
const separatorLine = /^\uFEFF?sep=([;,\t])\n/

/** A heading of ours by its mark; also the short names that JSON uses. */
const keyOf = new Map<string, EstateKey>(
  estateColumns.flatMap((c) => [
    [headingMark(c.title), c.key],
    [headingMark(c.key), c.key],
  ]),
)

type Parsed = { readonly record: readonly string[]; readonly info: { readonly lines: number } }

function readCsv(whole: string): EstateFile {
  const told = separatorLine.exec(whole)
  const text = told === null ? whole : whole.slice(told[0].length)
  let parsed: readonly Parsed[]
  try {
    parsed = parse(text, {
      bom: true,
      delimiter: told?.[1] ?? delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: false,
      info: true,
      to: rowsMax + 2,
      max_record_size: 64 * 1024,
    }) as unknown as Parsed[]
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return broken(
      'csv',
      'From this line of its text on the file can’t be read: a quotation mark is missing or one too many.',
      Number(error['lines'] ?? 1),
    )
  }
  const [head, ...rest] = parsed
  if (head === undefined) return broken('csv', 'The file is empty.')
  if (rest.length > rowsMax)
    return broken(
      'csv',
      `The file has more than ${rowsMax.toLocaleString('en-GB')} lines. Split it and upload one after the other.`,
    )
  const problems: Problem[] = []
  const keys = head.record.map((title, index) => {
    const key = keyOf.get(headingMark(title)) ?? null
    if (key === null && title.trim() !== '')
      problems.push({
        line: 1,
        column: `${columnLetter(index)} (${title.trim().slice(0, 60)})`,
        message: 'There is no such column. Take it out, or name it as in the template.',
      })
    return key
  })
  for (const [index, key] of keys.entries())
    if (key !== null && keys.indexOf(key) < index)
      problems.push({
        line: 1,
        column: `${columnLetter(index)} (${titles.get(key)})`,
        message: 'This column is there twice. Take one out.',
      })
  if (!keys.includes('site'))
    problems.push({
      line: 1,
      column: null,
      message: 'There is no column “Site”. The first line must hold the headings of the template.',
    })
  const rows: EstateRow[] = []
  // Without its places no row can be judged: the same said of each of 400 rows would bury what to do.
  for (const [index, { record }] of keys.includes('site') ? rest.entries() : []) {
    const line = index + 2
    if (record.every((cell) => cell.trim() === '')) continue
    if (record.slice(keys.length).some((cell) => cell.trim() !== ''))
      problems.push({ line, column: null, message: 'This line has more cells than there are headings.' })
    const values: Partial<Record<EstateKey, string>> = {}
    for (const [index, key] of keys.entries()) if (key !== null) values[key] = plainCell(record[index] ?? '')
    rows.push({ line, values })
  }
  return {
    format: 'csv',
    rows,
    problems,
    column(key) {
      const index = keys.indexOf(key)
      return index < 0 ? titles.get(key)! : `${columnLetter(index)} (${titles.get(key)})`
    },
  }
}

/** What stands most often outside quotes in the first line: comma, semicolon or tab. */
function delimiterOf(text: string): string {
  const first = text.slice(0, text.search(/\r|\n|$/)).replace(/"[^"]*"/g, '')
  const counted = [',', ';', '\t'].map((mark) => ({ mark, times: first.split(mark).length }))
  return counted.reduce((best, next) => (next.times > best.times ? next : best)).mark
}

/** Without the mark that makes a formula harmless (see `harmless` in export), control characters and outer space. */
const plainCell = (cell: string): string => tidied(cell.replace(/^'(?=[=+\-@\t\r＝＋－＠])/, ''))
const tidied = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
    .trim()

function readJson(text: string): EstateFile {
  let data: unknown
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    // A mistake in what somebody uploaded: they are told where, which the parser alone does not say.
    return broken('json', 'From this line on the file is not JSON.', lineOfMistake(text))
  }
  const file = data as { format?: unknown; version?: unknown; cameras?: unknown }
  if (typeof data !== 'object' || data === null || Array.isArray(data) || file.format !== 'overt-estate')
    return broken('json', 'The file must begin with "format": "overt-estate".')
  if (file.version !== 1) return broken('json', 'Only version 1 of this format is known.')
  if (!Array.isArray(file.cameras)) return broken('json', 'The file must have a list called "cameras".')
  if (file.cameras.length > rowsMax)
    return broken(
      'json',
      `The file has more than ${rowsMax.toLocaleString('en-GB')} records. Split it and upload one after the other.`,
    )
  const problems: Problem[] = []
  const rows: EstateRow[] = []
  for (const [index, record] of (file.cameras as unknown[]).entries()) {
    const line = index + 1
    if (typeof record !== 'object' || record === null || Array.isArray(record)) {
      problems.push({ line, column: null, message: 'This record is not an object in curly brackets.' })
      continue
    }
    const values: Partial<Record<EstateKey, string>> = {}
    for (const [name, value] of Object.entries(record)) {
      const key = keyOf.get(headingMark(name))
      const column = name.slice(0, 60)
      if (key === undefined) problems.push({ line, column, message: 'There is no such field. Take it out.' })
      else if (key in values) problems.push({ line, column, message: 'This field is there twice.' })
      else {
        const plain = plainValue(value)
        if (plain === null)
          problems.push({ line, column, message: 'Give text, a number, true or false, or a list of texts.' })
        else values[key] = plain
      }
    }
    rows.push({ line, values })
  }
  return { format: 'json', rows, problems, column: (key) => key }
}

function plainValue(value: unknown): string | null {
  if (value === null) return ''
  if (typeof value === 'string') return tidied(value)
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return Array.isArray(value) && value.every((v) => typeof v === 'string') ? tidied(value.join(' | ')) : null
}

/**
 * The line of the first character that no JSON can have there. The parser doesn't always say where it stopped, but the
 * text before that character is only unfinished, not wrong, so halving finds it.
 */
function lineOfMistake(text: string): number {
  let [good, bad] = [0, text.length]
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (unfinished(text.slice(0, middle))) good = middle
    else bad = middle
  }
  return text.slice(0, bad).split('\n').length
}

function unfinished(start: string): boolean {
  try {
    JSON.parse(start)
    return true
  } catch (error) {
    const said = error instanceof Error ? error.message : ''
    const at = /position (\d+)/.exec(said)
    return /end of JSON input|Unterminated/.test(said) || (at !== null && Number(at[1]) >= start.length)
  }
}
