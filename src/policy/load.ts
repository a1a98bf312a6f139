/** Reads a pack folder whole or not at all. Everything wrong with it is told at once: file, line, plain words. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { ok, type Result, refuse } from '#base/base.ts'
import { actions } from './actions.ts'
import { checkCarried } from './carried.ts'
import { houseRules, layRules, type Rule, readRules } from './cedar.ts'
import { strengths } from './controls.ts'
import { saidAtOnce } from './laying.ts'
import type { Clause, Pack } from './pack.ts'
import { checkReferences } from './references.ts'
import { clauseId, valuesSchema } from './values.ts'
import { checkSheet, type Mistake, readSheet } from './yaml.ts'

/** What decides and what is shown: these three make the pack's hash; cases under allow/ and deny/ only test it. */
export const packFiles = ['policy.yaml', 'access.cedar', 'clauses.yaml'] as const

const fileBytesMax = 512 * 1024

const clausesSchema = z.strictObject({
  version: z.literal(1),
  sections: z
    .array(z.strictObject({ code: z.string().min(1).max(20), title: z.string().min(1).max(120) }))
    .min(1),
  clauses: z
    .array(
      z.strictObject({
        id: clauseId,
        number: z.string().min(1).max(40),
        section: z.string().min(1).max(20),
        kind: z.enum(['obligation', 'permission', 'prohibition', 'definition', 'measure', 'role']),
        text: z.string().trim().min(8).max(400),
        note: z.string().trim().min(1).max(600).nullable().default(null),
        controls: z.array(z.string()).max(10).default([]),
        to_come: z
          .string()
          .regex(/^[A-L]\d{1,2}$/, 'a row of the list of capabilities looks like C4')
          .nullable()
          .default(null),
        at_most: z.enum(strengths).nullable().default(null),
      }),
    )
    .min(1)
    .max(1000),
})

export type PackCheck =
  | { readonly pack: Pack; readonly mistakes: readonly [] }
  | { readonly pack: null; readonly mistakes: readonly Mistake[] }

/** Like `checkPack`, as a Result: each reason's message is `file:line: words`. */
export function loadPack(folder: string): Result<Pack> {
  const checked = checkPack(folder)
  if (checked.pack !== null) return ok(checked.pack)
  return refuse(
    ...checked.mistakes.map((m) => ({
      code: 'pack-mistake',
      message: `${join(folder, m.file)}:${m.line}: ${m.message}`,
      clause: null,
    })),
  )
}

/** Reads the pack at `policies/<slug>/<day of effect>`; on any mistake there is no pack. */
export function checkPack(folder: string): PackCheck {
  const mistakes: Mistake[] = []
  const texts = readTexts(folder, mistakes)
  const sheetOf = (file: 'policy.yaml' | 'clauses.yaml') =>
    texts[file] === undefined ? null : readSheet(file, texts[file], mistakes)
  const sheet = sheetOf('policy.yaml')
  const clauseSheet = sheetOf('clauses.yaml')
  const values = sheet && checkSheet(sheet, valuesSchema, mistakes)
  const listed = clauseSheet && checkSheet(clauseSheet, clausesSchema, mistakes)
  const rulesText = texts['access.cedar']
  const own = rulesText === undefined ? [] : readRules('access.cedar', rulesText, mistakes)
  const clauses = new Map<string, Clause>()
  for (const [index, clause] of (listed?.clauses ?? []).entries()) {
    const wrong = (message: string) =>
      mistakes.push({ file: 'clauses.yaml', line: clauseSheet?.lineOf(['clauses', index]) ?? 1, message })
    if (clauses.has(clause.id)) wrong(`clause ${clause.id} stands here a second time`)
    if (!listed?.sections.some((s) => s.code === clause.section))
      wrong(`clause ${clause.id} names section "${clause.section}", which is not among the sections`)
    const { to_come: toCome, at_most: atMost, ...rest } = clause
    clauses.set(clause.id, { ...rest, toCome, atMost })
    for (const message of checkCarried(clauses.get(clause.id) as Clause, values, own)) wrong(message)
  }
  checkRuleIds(own, mistakes)
  const version = basename(resolve(folder))
  if (sheet && values && listed)
    checkReferences(
      { sheet, values, rules: own, clauses, slug: basename(dirname(resolve(folder))), version },
      mistakes,
    )
  if (mistakes.length > 0 || !values || !listed) return { pack: null, mistakes: inOrder(mistakes) }

  const hash = hashOf(texts as Texts)
  const rules = [...own, ...houseRules()]
  const engineName = `${values.provider.slug}@${version}#${hash}`
  layRules(engineName, rules)
  const pack: Pack = {
    provider: values.provider.slug,
    version,
    revision: values.revision,
    name: values.provider.name,
    title: values.document.title,
    reference: values.document.reference.value,
    values: saidAtOnce(values, clauses),
    decided: null,
    clauses,
    sections: listed.sections,
    rules: new Map(rules.map(({ text: _text, line: _line, bare: _bare, ...source }) => [source.id, source])),
    hash,
    folder,
    engineName,
  }
  return { pack, mistakes: [] }
}

type Texts = Record<(typeof packFiles)[number], string>

/** What can be read of the three; what can't is a mistake, and hides none in the others. */
function readTexts(folder: string, mistakes: Mistake[]): Partial<Texts> {
  const texts: Partial<Texts> = {}
  for (const file of packFiles) {
    const path = join(folder, file)
    if (!existsSync(path)) {
      mistakes.push({ file, line: 1, message: 'this file is missing from the pack' })
      continue
    }
    const bytes = readFileSync(path)
    if (bytes.length > fileBytesMax)
      mistakes.push({ file, line: 1, message: `this file is larger than ${fileBytesMax} bytes` })
    else texts[file] = bytes.toString('utf8')
  }
  return texts
}

/** SHA-256 over `name NUL length NUL content` of each file, in the order of `packFiles`. */
function hashOf(texts: Texts): string {
  const hash = createHash('sha256')
  for (const file of packFiles)
    hash.update(`${file}\0${Buffer.byteLength(texts[file])}\0`).update(texts[file])
  return hash.digest('hex')
}

function checkRuleIds(rules: readonly Rule[], mistakes: Mistake[]): void {
  const house = new Set(houseRules().map((rule) => rule.id))
  const seen = new Set<string>()
  for (const rule of rules) {
    const wrong = (message: string) => mistakes.push({ file: 'access.cedar', line: rule.line, message })
    if (house.has(rule.id)) wrong(`@id("${rule.id}") is taken by a rule that holds under every pack`)
    if (seen.has(rule.id)) wrong(`@id("${rule.id}") stands here a second time`)
    if (rule.value !== null)
      wrong(
        `rule "${rule.id}": @value is for the rules that hold under every pack; use @clause, @law or @silent`,
      )
    if (rule.instead !== null && !house.has(rule.instead))
      wrong(`@instead("${rule.instead}") names no rule that holds under every pack`)
    seen.add(rule.id)
  }
  const permitted = new Set(rules.filter((r) => r.effect === 'permit').flatMap((r) => r.actions))
  for (const action of permitted) {
    const [, second] = rules.filter((r) => r.effect === 'permit' && r.actions.includes(action))
    // One broad permit per action: with two, a denial could no longer name what failed.
    if (second !== undefined)
      mistakes.push({
        file: 'access.cedar',
        line: second.line,
        message: `${action} is permitted a second time; keep one broad permit and refuse with forbid … unless`,
      })
  }
  if (rules.length > 0 && !actions.some((a) => permitted.has(a)))
    mistakes.push({ file: 'access.cedar', line: 1, message: 'no rule permits anything' })
}

const order = (file: string) => packFiles.indexOf(file as (typeof packFiles)[number])
const inOrder = (mistakes: readonly Mistake[]): Mistake[] =>
  [...mistakes].sort((a, b) => order(a.file) - order(b.file) || a.line - b.line)
