/**
 * The only file that asks Cedar. Rules are validated against the one schema and parsed once; a question that doesn't
 * fit the same schema (`shapes.ts`), a failure, or any error while evaluating is a denial: left to itself Cedar skips a
 * `forbid` that errors and so fails open. Of a question that fits, the engine is told what the rules of its action read.
 */
import { readFileSync } from 'node:fs'
import {
  type DetailedError,
  type PolicyJson,
  policySetTextToParts,
  policyToJson,
  policyToText,
  preparsePolicySet,
  type SchemaJson,
  schemaToJsonWithResolvedTypes,
  statefulIsAuthorized,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs'
import { actions, isAction } from './actions.ts'
import type { RuleSource } from './pack.ts'
import { factsFor, flattened, type Reading, type Shape, shapeOf } from './shapes.ts'
import type { Mistake } from './yaml.ts'

const schemaText = readFileSync(new URL('./overt.cedarschema', import.meta.url), 'utf8')
const houseText = readFileSync(new URL('./always.cedar', import.meta.url), 'utf8')

export type Rule = RuleSource & {
  readonly text: string
  readonly line: number
  /** As the engine needs it: without its annotations, which it would copy for each question. */
  readonly bare: PolicyJson | null
}

let parsedSchema: SchemaJson<string> | undefined
/** The one schema as the engine itself reads its text: handed back like this, it is not read again for each pack. */
function readSchema(): SchemaJson<string> {
  if (parsedSchema === undefined) {
    const whole = schemaToJsonWithResolvedTypes(schemaText)
    if (whole.type === 'failure') throw new Error(`overt.cedarschema: ${whole.errors[0]?.message}`)
    parsedSchema = whole.json
  }
  return parsedSchema
}

let shapes: ReadonlyMap<string, Shape> | undefined
/** What a question must look like, by action: the one schema's own definitions. */
function questionShapes(): ReadonlyMap<string, Shape> {
  shapes ??= new Map(actions.map((action) => [action, shapeOf(readSchema()['']!, action)]))
  return shapes
}

/** Reads the rules of one `access.cedar`. Offsets from Cedar are UTF-8 bytes. */
export function readRules(file: string, text: string, mistakes: Mistake[]): Rule[] {
  const bytes = Buffer.from(text)
  const lineAt = (offset: number) => bytes.subarray(0, offset).toString().split('\n').length
  const found: Mistake[] = []
  const say = (error: DetailedError, subject: string) => {
    const at = error.sourceLocations?.[0]
    const help = [at?.label, error.help].filter(Boolean).join('; ')
    found.push({
      file,
      line: lineAt(at?.start ?? 0),
      message: `${subject}${error.message}${help ? ` (${help})` : ''}`,
    })
  }
  const parts = policySetTextToParts(text)
  if (parts.type === 'failure') {
    for (const error of parts.errors) say(error, "this rule can't be read: ")
    mistakes.push(...found)
    return []
  }
  if (parts.policy_templates.length > 0)
    found.push({ file, line: 1, message: 'a pack has no rules with slots (?principal, ?resource)' })
  const checked = validate({ schema: readSchema(), policies: { staticPolicies: text } })
  if (checked.type === 'failure') for (const error of checked.errors) say(error, '')
  else
    for (const { error } of checked.validationErrors)
      say(
        { ...error, message: error.message.replace(/^for policy `[^`]*`, /, '') },
        'this rule asks for something that does not exist: ',
      )
  // Sort by place: Cedar hands the parts out in the order of its own ids.
  const rules = parts.policies
    .map((part) => readRule(file, part, lineAt(bytes.indexOf(part)), found))
    .sort((a, b) => a.line - b.line)
  mistakes.push(...found)
  return rules
}

function readRule(file: string, text: string, line: number, mistakes: Mistake[]): Rule {
  const parsed = policyToJson(text)
  const wrong = (message: string) => mistakes.push({ file, line, message })
  if (parsed.type === 'failure') {
    wrong(`this rule can't be read: ${parsed.errors[0]?.message}`)
    return {
      id: '',
      clause: null,
      message: '',
      effect: 'forbid',
      actions: [],
      text,
      line,
      bare: null,
      value: null,
      instead: null,
    }
  }
  const { annotations: notes = {}, ...bare } = parsed.json
  const id = notes['id'] ?? ''
  if (!/^[a-z][a-z0-9.-]{1,79}$/.test(id))
    wrong('a rule needs @id("…") of small letters, digits, dots and hyphens')
  const sources = ['clause', 'law', 'silent', 'value'].filter((key) => (notes[key] ?? '') !== '')
  if (sources.length !== 1)
    wrong(`rule "${id}" needs exactly one of @clause, @law or @silent, to say where it comes from`)
  for (const key of Object.keys(notes))
    if (!['id', 'clause', 'law', 'silent', 'value', 'message', 'instead'].includes(key))
      wrong(`rule "${id}" has @${key}, which nobody reads`)
  const message = notes['message'] ?? ''
  if (parsed.json.effect === 'forbid' && message === '')
    wrong(`rule "${id}" refuses people, so it needs @message("…") in plain words`)
  const actions = actionsOf(parsed.json.action)
  if (actions.length === 0)
    wrong(`rule "${id}" must name its actions: action == Action::"…" or action in [ … ]`)
  return {
    id,
    clause: notes['clause'] || null,
    message,
    effect: parsed.json.effect,
    actions,
    text,
    line,
    bare,
    value: notes['value'] || null,
    instead: notes['instead'] || null,
  }
}

function actionsOf(constraint: object): string[] {
  const given = constraint as { entity?: { id?: string }; entities?: { id?: string }[] }
  return [given.entity, ...(given.entities ?? [])].flatMap((e) =>
    e?.id !== undefined && isAction(e.id) ? [e.id] : [],
  )
}

let house: readonly Rule[] | undefined
/** The rules that every pack lies upon. A mistake in them is a bug of ours. */
export function houseRules(): readonly Rule[] {
  if (house === undefined) {
    const mistakes: Mistake[] = []
    const rules = readRules('always.cedar', houseText, mistakes)
    if (mistakes.length > 0) throw new Error(`always.cedar:${mistakes[0]?.line}: ${mistakes[0]?.message}`)
    house = rules
  }
  return house
}

/** A set of rules that lies parsed in the engine, and the facts that they read; null: told everything as it stands. */
type Laid = { readonly set: string; readonly readings: readonly Reading[] | null }

/** By name and action. */
const laid = new Map<string, Laid>()
/** By action and rules: most packs say the same of most actions, which then lies in the engine once. */
const sets = new Map<string, Laid>()

/**
 * Lays the rules parsed under a name, one set per action: every rule names its actions exactly, so the set of an
 * action holds all that can speak about it, and asking costs what it needs.
 * The engine has no drop: names carry the pack's hash and are re-used.
 */
export function layRules(name: string, rules: readonly Rule[]): void {
  questionShapes()
  for (const action of actions) {
    const mine = rules.filter((rule) => rule.actions.includes(action))
    const bare = mine.map((rule) => bareRule(rule, action))
    const content = JSON.stringify([action, mine.map(({ id }) => id), bare])
    let found = sets.get(content)
    if (found === undefined) {
      const flat = flattened(bare)
      const texts = (flat?.rules ?? bare).map(written)
      found = { set: `${action}/${sets.size}`, readings: flat?.readings ?? null }
      const answer = preparsePolicySet(found.set, {
        staticPolicies: Object.fromEntries(mine.map((rule, index) => [rule.id, texts[index]!])),
      })
      if (answer.type === 'failure')
        throw new Error(`couldn't lay the rules of ${name}: ${answer.errors[0]?.message}`)
      sets.set(content, found)
    }
    laid.set(`${name}/${action}`, found)
  }
}

/** The rule as it speaks about one action. */
function bareRule({ id, bare }: Rule, action: string): PolicyJson {
  if (bare === null) throw new Error(`rule "${id}" could not be read`)
  return { ...bare, action: { op: '==', entity: { type: 'Action', id: action } } }
}

function written(rule: PolicyJson): string {
  const text = policyToText(rule)
  if (text.type === 'failure') throw new Error(`couldn't write a rule again: ${text.errors[0]?.message}`)
  return text.text
}

export type Verdict =
  | { readonly kind: 'allow' }
  /** `by`: ids of the rules that refused; empty when nothing permitted. */
  | { readonly kind: 'deny'; readonly by: readonly string[] }
  /** The facts don't fit the schema, or a rule failed. Always a denial. */
  | { readonly kind: 'failed'; readonly detail: string }

export type Asked = {
  readonly principal: { readonly id: string; readonly attrs: Readonly<Record<string, unknown>> }
  readonly action: string
  readonly resource: { readonly type: string; readonly id: string }
  /** With the `pack` record that `derive` makes. */
  readonly context: Readonly<Record<string, unknown>>
}

/** Puts one question to the rules laid under this name. Never throws for what was told; a hole in it is `failed`. */
export function askRules(name: string, { principal, action, resource, context }: Asked): Verdict {
  const shape = questionShapes().get(action)
  if (
    !shape?.principal(principal.attrs) ||
    !shape.context(context) ||
    !shape.resourceTypes.has(resource.type)
  )
    return { kind: 'failed', detail: 'the facts do not fit the schema' }
  const found = laid.get(`${name}/${action}`)
  if (found === undefined) return { kind: 'failed', detail: `no rules lie under "${name}/${action}"` }
  const { set, readings } = found
  const person = { type: 'Person', id: principal.id }
  const whole = readings === null
  type Call = Parameters<typeof statefulIsAuthorized>[0]
  const answer = statefulIsAuthorized({
    principal: person,
    action: { type: 'Action', id: action },
    resource: { type: resource.type, id: resource.id },
    context: (whole ? context : factsFor(readings, principal.attrs, context)) as Call['context'],
    preparsedPolicySetId: set,
    // The thing asked about has no attributes, so it needn't be handed over: what is known of it stands in the context.
    entities: whole ? [{ uid: person, attrs: principal.attrs as Call['context'], parents: [] }] : [],
  })
  if (answer.type === 'failure')
    return { kind: 'failed', detail: answer.errors.map((e) => e.message).join('; ') }
  const { decision, diagnostics } = answer.response
  if (diagnostics.errors.length > 0) {
    return {
      kind: 'failed',
      detail: diagnostics.errors.map((e) => `${e.policyId}: ${e.error.message}`).join('; '),
    }
  }
  return decision === 'allow' ? { kind: 'allow' } : { kind: 'deny', by: diagnostics.reason }
}
