/** Reads a YAML file with positions, so that each mistake names its line in plain words. */
import { type Document, isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml'
import type { z } from 'zod'

export type Mistake = { readonly file: string; readonly line: number; readonly message: string }

export type Sheet = {
  readonly file: string
  readonly given: unknown
  /** 1-based line of the value at `path`, or of the nearest thing around it. */
  lineOf(path: readonly PropertyKey[]): number
}

/** Parses one file; syntax errors and keys written twice are mistakes. */
export function readSheet(file: string, text: string, mistakes: Mistake[]): Sheet | null {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  for (const error of document.errors) {
    mistakes.push({
      file,
      line: lines.linePos(error.pos[0]).line,
      message: `this is not YAML: ${error.message}`,
    })
  }
  if (document.errors.length > 0) return null
  return {
    file,
    given: document.toJS(),
    lineOf: (path) => lines.linePos(offsetOf(document, path)).line,
  }
}

/** Walks down as far as the path exists; a key that is wrong by itself is found by its key, not its value. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  let at: unknown = document.contents
  let offset = startOf(at) ?? 0
  for (const step of path) {
    if (!isNode(at)) break
    if (isMap(at)) {
      const pair = at.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step))
      if (pair === undefined) break
      offset = startOf(pair.key) ?? offset
      at = pair.value
    } else if ('get' in at && typeof step === 'number') {
      at = (at as unknown as { get(key: number, keepScalar: true): unknown }).get(step, true)
      offset = startOf(at) ?? offset
    } else break
  }
  return offset
}

const startOf = (node: unknown): number | undefined =>
  isNode(node) ? ((node as Node).range?.[0] ?? undefined) : undefined

/** Checks the sheet against a schema; every issue becomes a mistake with its line. */
export function checkSheet<S extends z.ZodType>(
  sheet: Sheet,
  schema: S,
  mistakes: Mistake[],
): z.output<S> | null {
  const result = schema.safeParse(sheet.given)
  if (result.success) return result.data
  for (const issue of result.error.issues) report(sheet, issue, mistakes)
  return null
}

function report(sheet: Sheet, issue: z.core.$ZodIssue, mistakes: Mistake[]): void {
  const where = issue.path.map(String).join('.')
  const add = (path: readonly PropertyKey[], message: string) =>
    mistakes.push({ file: sheet.file, line: sheet.lineOf(path), message })
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys)
      add(
        [...issue.path, key],
        `"${key}" is not a word that a pack knows${where === '' ? '' : ` under ${where}`}`,
      )
    return
  }
  add(issue.path, `${where === '' ? 'the file' : where}: ${inPlainWords(issue)}`)
}

const kinds: Readonly<Record<string, string>> = {
  string: 'words',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of words and values',
  record: 'a group of words and values',
}

function inPlainWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && /undefined/.test(issue.message)
        ? `is missing: give ${kinds[issue.expected] ?? issue.expected}`
        : `must be ${kinds[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`
    case 'too_small':
      return `is too small or too short: at least ${issue.minimum}`
    case 'too_big':
      return `is too big or too long: at most ${issue.maximum}`
    case 'invalid_key':
      return 'has a name that is not a code of small letters, digits and hyphens'
    default:
      return issue.message
  }
}
