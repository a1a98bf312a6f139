/**
 * Does a question fit the schema, and which of its facts do the rules read? Both are worked out once: the check from
 * the schema's own definition of the action, the facts from the rules' own text. The engine could check each question
 * itself, at the price of copying the schema and building every fact: two thirds of the time of an answer.
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

/** A fact that rules read: of the person, of the context, or of the context's `pack`. */
export type Reading = { readonly of: 'principal' | 'context' | 'pack'; readonly fact: string }

/**
 * The same rules, with every fact read from one flat context under its whole name (`context["pack.able"]`), and which
 * facts these are. A record within a record, and a person with facts of their own, cost the engine as much again as the
 * facts. Null where a rule takes the person or the context as a whole, which only the whole can answer.
 */
export function flattened(
  rules: readonly PolicyJson[],
): { readonly rules: PolicyJson[]; readonly readings: readonly Reading[] } | null {
  const readings = new Map<string, Reading>()
  let whole = false
  const look = (at: unknown): unknown => {
    if (typeof at !== 'object' || at === null) return at
    if (Array.isArray(at)) return at.map(look)
    const reading = readingOf(at as Expr)
    if (reading !== null) {
      readings.set(nameOf(reading), reading)
      return { '.': { left: { Var: 'context' }, attr: nameOf(reading) } }
    }
    if (isVar(at as Expr, 'context') || isVar(at as Expr, 'principal')) whole = true
    return Object.fromEntries(Object.entries(at).map(([key, below]) => [key, look(below)]))
  }
  const flat = rules.map((rule) => ({
    ...rule,
    conditions: look(rule.conditions) as PolicyJson['conditions'],
  }))
  // `context.pack` without a further step is the pack as a whole.
  return whole || readings.has('context.pack') ? null : { rules: flat, readings: [...readings.values()] }
}

const nameOf = ({ of, fact }: Reading): string => `${of}.${fact}`

/** The facts of one question as flattened rules read them. @param context as its shape allows, with `pack` */
export function factsFor(readings: readonly Reading[], principal: Facts, context: Facts): Facts {
  const from = { principal, context, pack: context['pack'] as Facts }
  return Object.fromEntries(readings.map((reading) => [nameOf(reading), from[reading.of][reading.fact]]))
}

/** `context.pack.able`: { of: 'pack', fact: 'able' }; null where the expression is no such reading. */
function readingOf(expr: Expr): Reading | null {
  const step = stepOf(expr)
  if (step === null) return null
  if (isVar(step.left, 'principal')) return { of: 'principal', fact: step.attr }
  if (isVar(step.left, 'context')) return { of: 'context', fact: step.attr }
  const before = stepOf(step.left)
  return before?.attr === 'pack' && isVar(before.left, 'context') ? { of: 'pack', fact: step.attr } : null
}

const isVar = (expr: Expr, name: 'principal' | 'context'): boolean => 'Var' in expr && expr.Var === name

/** A record may have a field called "." as well; that one is no step. */
function stepOf(expr: Expr): { readonly left: Expr; readonly attr: string } | null {
  if (!('.' in expr)) return null
  const step = expr['.'] as { left: Expr; attr: string }
  return typeof step.attr === 'string' ? step : null
}
