/** A pack's own test cases: `allow/*.json` must be allowed, `deny/*.json` denied for exactly the reasons written there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { actions } from './actions.ts'
import { decide } from './decide.ts'
import type { Question } from './facts.ts'
import type { Pack } from './pack.ts'

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
}

export type CaseResult = {
  readonly ran: number
  /** Ids of the rules that refused somebody as written; of a house rule too where a pack's rule spoke in its place. */
  readonly refusing: ReadonlySet<string>
  readonly failed: readonly { readonly file: string; readonly message: string }[]
}

/** Reads the cases of a pack's folder. A file that isn't a case is told as failed by `runCases`. */
export function readCases(folder: string): {
  cases: Case[]
  unreadable: { file: string; message: string }[]
} {
  const cases: Case[] = []
  const unreadable: { file: string; message: string }[] = []
  for (const side of ['allow', 'deny'] as const) {
    const at = join(folder, side)
    if (!existsSync(at)) continue
    for (const name of readdirSync(at)
      .filter((n) => n.endsWith('.json'))
      .sort()) {
      const file = `${side}/${name}`
      try {
        const given: unknown = JSON.parse(readFileSync(join(at, name), 'utf8'))
        const parsed = side === 'allow' ? { ...allowSchema.parse(given), refused: null } : readDeny(given)
        cases.push({
          file,
          about: parsed.about,
          question: parsed.question as unknown as Question,
          refused: parsed.refused,
        })
      } catch (error) {
        unreadable.push({
          file,
          message: `this is not a case: ${error instanceof Error ? error.message : error}`,
        })
      }
    }
  }
  return { cases, unreadable }
}

function readDeny(given: unknown) {
  const { about, question, rules, clauses } = denySchema.parse(given)
  return { about, question, refused: { rules, clauses } }
}

/** Puts every case to the pack. */
export function runCases(pack: Pack): CaseResult {
  const { cases, unreadable } = readCases(pack.folder)
  const failed = [...unreadable]
  const refusing = new Set<string>()
  for (const one of cases) {
    const message = judge(pack, one)
    if (message !== null) failed.push({ file: one.file, message })
    else
      for (const id of one.refused?.rules ?? []) {
        refusing.add(id)
        const instead = pack.rules.get(id)?.instead
        if (instead) refusing.add(instead)
      }
  }
  return { ran: cases.length, failed, refusing }
}

function judge(pack: Pack, { question, refused, about }: Case): string | null {
  const decision = decide(pack, question)
  const rules = decision.reasons.map((r) => r.code)
  const clauses = [...new Set(decision.reasons.flatMap((r) => r.clause ?? []))]
  if (refused === null)
    return decision.allowed ? null : `should be allowed (${about}) but was refused by ${rules.join(', ')}`
  if (decision.allowed) return `should be refused (${about}) but was allowed`
  const same = (a: readonly string[], b: readonly string[]) => [...a].sort().join() === [...b].sort().join()
  if (!same(rules, refused.rules))
    return `should be refused by ${refused.rules.join(', ')} but was by ${rules.join(', ')}`
  if (!same(clauses, refused.clauses))
    return `should quote ${refused.clauses.join(', ') || 'no clause'} but quotes ${clauses.join(', ') || 'none'}`
  return null
}
