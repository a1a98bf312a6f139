/**
 * Does a question fit the schema, and which of its facts do the rules read? Both are worked out once: the check from
 * the schema's own definition of the action, the facts from the rules' own text. The engine could check each question
 * itself, at the price of copying the schema and building every fact twice: two thirds of the time of an answer.
 */
import type { Expr, PolicyJson, SchemaJson } from '@cedar-policy/cedar-wasm/nodejs'

type Facts = Readonly<Record<string, unknown>>
type Definition = SchemaJson<string>[string]
/** A type with every name resolved (`schemaToJsonWithResolvedTypes`). */
type Written = {
  readonly type: string
  readonly element?: Written
  readonly attributes?: Readonly<Record<string, Written & { readonly required?: boolean }>>
}
type Check = (value: unknown) => boolean

/** What the schema says of one action: nothing missing, nothing of the wrong kind, nothing that it doesn't know. */
export type Shape = {
  readonly principal: Check
  readonly resourceTypes: ReadonlySet<string>
  readonly context: Check
}

const isText: Check = (value) => typeof value === 'string' && value.isWellFormed()

/** @throws where the schema has no such action, or a type that nobody has taught this file */
export function shapeOf(whole: Definition, action: string): Shape {
  const defined = whole.actions[action]?.appliesTo
  if (defined === undefined) throw new Error(`overt.cedarschema has no action "${action}"`)
  const [principal, ...others] = defined.principalTypes
  if (principal !== 'Person' || others.length > 0)
    throw new Error(`overt.cedarschema: ${action} is for a Person and nobody else`)
  const person = whole.entityTypes['Person'] as { shape?: Written } | undefined
  const nothing: Written = { type: 'Record', attributes: {} }
  return {
    principal: checkOf(whole, person?.shape ?? nothing),
    resourceTypes: new Set(defined.resourceTypes),
    context: checkOf(whole, (defined.context as Written | undefined) ?? nothing),
  }
}

function checkOf(whole: Definition, written: Written): Check {
  switch (written.type) {
    case 'String':
      return isText
    case 'Bool':
      return (value) => typeof value === 'boolean'
    case 'Long':
      return Number.isSafeInteger
    case 'Set': {
      const element = checkOf(whole, written.element ?? { type: '' })
      // Not `every`, which passes over holes.
      return (value) => Array.isArray(value) && !value.includes(undefined) && value.every(element)
    }
    case 'Record':
      return recordOf(whole, written.attributes ?? {})
    default: {
      const named = whole.commonTypes?.[written.type] as Written | undefined
      if (named === undefined)
        throw new Error(`overt.cedarschema: nobody checks a fact of type "${written.type}"`)
      return checkOf(whole, named)
    }
  }
}

function recordOf(whole: Definition, attributes: NonNullable<Written['attributes']>): Check {
  const known = Object.entries(attributes).map(([name, { required, ...type }]) => {
    if (required === false)
      throw new Error(`overt.cedarschema: "${name}" may be missing; every fact must be told`)
    return { name, fits: checkOf(whole, type) }
  })
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    if (Object.keys(value).length !== known.length) return false
    for (const { name, fits } of known)
      if (!Object.hasOwn(value, name) || !fits((value as Facts)[name])) return false
    return true
  }
}

/** Names of the facts that rules read: of the person, of the context, and of the context's `pack`. */
export type Read = {
  readonly principal: readonly string[]
  readonly context: readonly string[]
  readonly pack: readonly string[]
}

/** Every fact that these rules can read; null where one takes the person or the context as a whole: then it is all of them. */
export function factsRead(rules: readonly PolicyJson[]): Read | null {
  const found = { principal: new Set<string>(), context: new Set<string>(), pack: new Set<string>() }
  let whole = false
  const look = (at: unknown): void => {
    if (typeof at !== 'object' || at === null) return
    const reached = reachedBy(at as Expr)
    if (reached !== null) {
      found[reached.of].add(reached.name)
      return
    }
    if ('Var' in at && (at.Var === 'context' || at.Var === 'principal')) whole = true
    for (const below of Object.values(at)) look(below)
  }
  for (const rule of rules) look(rule.conditions)
  // Reached without a step further down.
  if (whole || found.context.has('pack')) return null
  return { principal: [...found.principal], context: [...found.context], pack: [...found.pack] }
}

/** `context.pack.able`: { of: 'pack', name: 'able' }; null where the expression is no such reading. */
function reachedBy(expr: Expr): { readonly of: keyof Read; readonly name: string } | null {
  const step = stepOf(expr)
  if (step === null) return null
  if (isVar(step.left, 'principal')) return { of: 'principal', name: step.attr }
  if (isVar(step.left, 'context')) return { of: 'context', name: step.attr }
  const before = stepOf(step.left)
  return before?.attr === 'pack' && isVar(before.left, 'context') ? { of: 'pack', name: step.attr } : null
}

const isVar = (expr: Expr, name: 'principal' | 'context'): boolean => 'Var' in expr && expr.Var === name

const stepOf = (expr: Expr): { readonly left: Expr; readonly attr: string } | null =>
  '.' in expr ? (expr['.'] as { left: Expr; attr: string }) : null

/** These facts and no others. */
export const only = (facts: Facts, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, facts[name]]))
