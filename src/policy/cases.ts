/** A pack's own test cases: `allow/*.json` must be allowed, `deny/*.json` denied for exactly the reasons written there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { actions } from './actions.ts'
import { decide } from './decide.ts'
import type { Question } from './facts.ts'
import type { Pack } from './pack.ts'
import { checkSheet, type Mistake, readSheet } from './yaml.ts'

const questionSchema = z.strictObject({
  principal: z.strictObject({
    id: z.string(),
    roles: z.array(z.string()),
    administrator: z.boolean(),
    qualifications: z.array(z.string()).optional(),
    conflicted: z.boolean().optional(),
    standsInFor: z.array(z.string()).optional(),
  }),
  action: z.enum(actions),
  resource: z.strictObject({
    type: z.enum(['Camera', 'Deployment', 'Exhibit', 'Disclosure', 'Provider']),
    id: z.string(),
  }),
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
})

const allowSchema = z.strictObject({ about: z.string().min(1), question: questionSchema })
const denySchema = allowSchema.extend({
  /** Ids of every rule that refuses, and every clause that is quoted; both complete, in any order. */
  rules: z.array(z.string()).min(1),
  clauses: z.array(z.string()),
})

export type Case = {
  readonly file: string
  readonly about: string
  readonly question: Question
  /** null: must be allowed. */
  readonly refused: { readonly rules: readonly string[]; readonly clauses: readonly string[] } | null
  /** Lines of what can be wrong in it. */
  readonly lines: { readonly roles: number; readonly rules: number; readonly clauses: number }
}

export type CaseResult = {
  readonly ran: number
  /** Ids of the rules that refused somebody as written; of a house rule too where a pack's rule spoke in its place. */
  readonly refusing: ReadonlySet<string>
  readonly failed: readonly Mistake[]
}

/** Reads the cases of a pack's folder. A file that isn't a case is told as failed by `runCases`. */
export function readCases(folder: string): { cases: Case[]; unreadable: Mistake[] } {
  const cases: Case[] = []
  const unreadable: Mistake[] = []
  for (const side of ['allow', 'deny'] as const) {
    const at = join(folder, side)
    if (!existsSync(at)) continue
    for (const name of readdirSync(at)
      .filter((n) => n.endsWith('.json'))
      .sort()) {
      const read = readCase(`${side}/${name}`, readFileSync(join(at, name), 'utf8'), side, unreadable)
      if (read !== null) cases.push(read)
    }
  }
  return { cases, unreadable }
}

/** One file. JSON is YAML too, so it is read with its lines; what only YAML allows is refused all the same. */
function readCase(file: string, text: string, side: 'allow' | 'deny', mistakes: Mistake[]): Case | null {
  const before = mistakes.length
  const sheet = readSheet(file, text, mistakes)
  if (!isJson(text)) {
    const [line] = mistakes.splice(before).map((one) => one.line)
    mistakes.push({ file, line: line ?? 1, message: 'this is not JSON' })
    return null
  }
  if (sheet === null) return null
  const lines = {
    roles: sheet.lineOf(['question', 'principal', 'roles']),
    rules: sheet.lineOf(['rules']),
    clauses: sheet.lineOf(['clauses']),
  }
  if (side === 'allow') {
    const given = checkSheet(sheet, allowSchema, mistakes)
    return given === null ? null : { file, about: given.about, question: asked(given), refused: null, lines }
  }
  const given = checkSheet(sheet, denySchema, mistakes)
  if (given === null) return null
  const { about, rules, clauses } = given
  return { file, about, question: asked(given), refused: { rules, clauses }, lines }
}

const asked = ({ question }: z.output<typeof allowSchema>): Question => question as unknown as Question

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Puts every case to the pack. */
export function runCases(pack: Pack): CaseResult {
  const { cases, unreadable } = readCases(pack.folder)
  const failed = [...unreadable]
  const refusing = new Set<string>()
  for (const one of cases) {
    const wrong = judge(pack, one)
    if (wrong !== null) failed.push({ file: one.file, ...wrong })
    else
      for (const id of one.refused?.rules ?? []) {
        refusing.add(id)
        const instead = pack.rules.get(id)?.instead
        if (instead) refusing.add(instead)
      }
  }
  return { ran: cases.length, failed, refusing }
}

type Wrong = Pick<Mistake, 'line' | 'message'>

function judge(pack: Pack, { question, refused, about, lines }: Case): Wrong | null {
  const stranger = question.principal.roles.find(
    (role) => !pack.values.roles.some(({ code }) => code === role),
  )
  if (stranger !== undefined)
    return { line: lines.roles, message: `"${stranger}" is not one of this pack's roles` }
  const decision = decide(pack, question)
  const rules = decision.reasons.map((r) => r.code)
  const clauses = [...new Set(decision.reasons.flatMap((r) => r.clause ?? []))]
  if (refused === null)
    return decision.allowed
      ? null
      : { line: 1, message: `should be allowed (${about}) but was refused by ${rules.join(', ')}` }
  if (decision.allowed) return { line: lines.rules, message: `should be refused (${about}) but was allowed` }
  const same = (a: readonly string[], b: readonly string[]) => [...a].sort().join() === [...b].sort().join()
  if (!same(rules, refused.rules))
    return {
      line: lines.rules,
      message: `should be refused by ${refused.rules.join(', ')} but was by ${rules.join(', ')}`,
    }
  if (!same(clauses, refused.clauses))
    return {
      line: lines.clauses,
      message: `should quote ${refused.clauses.join(', ') || 'no clause'} but quotes ${clauses.join(', ') || 'none'}`,
    }
  return null
}

/**
 * Rules of the pack's own that refuse nobody in any case: whether they do what they are meant to, nobody has tried. A
 * pack is checked for it before it is taken on; one that decides already goes on.
 */
export function untriedRules(pack: Pack, { refusing }: Pick<CaseResult, 'refusing'>): Mistake[] {
  const text = readFileSync(join(pack.folder, 'access.cedar'), 'utf8').split('\n')
  return text.flatMap((line, index) => {
    const id = /^@id\("([^"]+)"\)/.exec(line)?.[1]
    if (id === undefined || pack.rules.get(id)?.effect !== 'forbid' || refusing.has(id)) return []
    const message = `rule "${id}" refuses nobody in any case: write one into deny/`
    return [{ file: 'access.cedar', line: index + 1, message }]
  })
}
