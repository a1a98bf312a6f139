/**
 * The engine is told what the rules of one action read, of a question that fits the schema. These tests hold that
 * against the plain way: every rule, every fact, the whole schema, checked by the engine itself.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { preparsePolicySet, preparseSchema, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import fc from 'fast-check'
import { type Asked, askRules, houseRules, layRules, readRules, type Verdict } from './cedar.ts'
import { askedOf } from './decide.ts'
import { actions, checkPack, type Pack, readCases } from './policy.ts'

const packs = ['derby-homes/2025-06-11', 'progress/2025-01-01', 'whg/2025-07-01', 'baseline/2026-11-22'].map(
  (at): Pack => {
    const { pack } = checkPack(fileURLToPath(new URL(`../../policies/${at}`, import.meta.url)))
    assert.ok(pack, at)
    return pack
  },
)

const laid = (answer: { type: string }) => assert.equal(answer.type, 'success')
laid(preparseSchema('whole', readFileSync(new URL('./overt.cedarschema', import.meta.url), 'utf8')))
for (const pack of packs) {
  const own = readRules('access.cedar', readFileSync(join(pack.folder, 'access.cedar'), 'utf8'), [])
  const rules = [...own, ...houseRules()].map((rule) => [rule.id, rule.text])
  laid(preparsePolicySet(`whole/${pack.provider}`, { staticPolicies: Object.fromEntries(rules) }))
}

function plainly(pack: Pack, { principal, action, resource, context }: Asked): Verdict {
  type Call = Parameters<typeof statefulIsAuthorized>[0]
  const uid = { type: 'Person', id: principal.id }
  const answer = statefulIsAuthorized({
    principal: uid,
    action: { type: 'Action', id: action },
    resource,
    context: context as Call['context'],
    preparsedSchemaName: 'whole',
    validateRequest: true,
    preparsedPolicySetId: `whole/${pack.provider}`,
    entities: [{ uid, attrs: principal.attrs as Call['context'], parents: [] }],
  })
  if (answer.type === 'failure') return { kind: 'failed', detail: answer.errors[0]?.message ?? '' }
  const { decision, diagnostics } = answer.response
  if (diagnostics.errors.length > 0) return { kind: 'failed', detail: 'errors' }
  return decision === 'allow' ? { kind: 'allow' } : { kind: 'deny', by: diagnostics.reason }
}

const said = (verdict: Verdict) =>
  verdict.kind === 'deny' ? `deny ${verdict.by.toSorted().join(' ')}` : verdict.kind

/** What both say of it; '' where the question can't even be put to the engine. */
function compare(pack: Pack, asked: Asked, about: string): string {
  let plain: string
  try {
    plain = said(plainly(pack, asked))
  } catch {
    plain = 'failed'
  }
  assert.equal(said(askRules(pack.engineName, asked)), plain, `${about}: ${JSON.stringify(asked)}`)
  return plain
}

const all = packs.flatMap((pack) =>
  readCases(pack.folder).cases.map((one) => ({
    pack,
    about: `${pack.provider}/${one.file}`,
    asked: askedOf(pack, one.question, one.question.context),
  })),
)

test('every case of a pack fits the schema, and is answered as the engine answers it whole', () => {
  for (const { pack, asked, about } of all)
    assert.notEqual(compare(pack, asked, about), 'failed', `${about} fits the schema`)
})

/** Values of every kind that JSON has, most of them out of place; numbers within what JSON carries exactly. */
const anyValue = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.boolean(),
  fc.integer(),
  fc.constantFrom(0.5, 1e300, null, '\ud800', -0),
  fc.array(fc.string(), { maxLength: 3 }),
  fc.array(fc.jsonValue(), { maxLength: 2 }),
  fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 2 }),
  fc.constant({ __entity: { type: 'Person', id: 'p' } }),
  fc.constant({ __extn: { fn: 'decimal', arg: '1.0' } }),
)

test('a fact taken away, added or of another kind fails here exactly when the engine would have refused it', () => {
  const counts = new Map<string, number>()
  fc.assert(
    fc.property(
      fc.nat(all.length - 1),
      fc.constantFrom('context', 'pack', 'principal'),
      fc.constantFrom('remove', 'add', 'replace'),
      fc.nat(),
      anyValue,
      (index, of, how, pick, value) => {
        const { pack, asked, about } = all[index]!
        const before = (
          of === 'principal' ? asked.principal.attrs : of === 'pack' ? asked.context['pack'] : asked.context
        ) as Record<string, unknown>
        const names = Object.keys(before)
        const name = how === 'add' ? 'unheardOf' : names[pick % names.length]!
        const { [name]: _gone, ...rest } = before
        const after = how === 'remove' ? rest : { ...rest, [name]: value }
        const changed: Asked =
          of === 'principal'
            ? { ...asked, principal: { ...asked.principal, attrs: after } }
            : { ...asked, context: of === 'pack' ? { ...asked.context, pack: after } : after }
        const kind = compare(pack, changed, `${about}, ${how} ${of}.${name}`).split(' ')[0]!
        counts.set(kind, (counts.get(kind) ?? 0) + 1)
      },
    ),
    { numRuns: 3000 },
  )
  for (const kind of ['allow', 'deny', 'failed'])
    assert.ok((counts.get(kind) ?? 0) > 20, `${kind} came up ${counts.get(kind)} times`)
})

test('facts of the right kind in any mixture are answered as the engine answers them whole', () => {
  fc.assert(
    fc.property(
      fc.nat(all.length - 1),
      fc.nat(),
      fc.infiniteStream(fc.boolean()),
      fc.infiniteStream(fc.nat(3)),
      (index, other, flags, picks) => {
        const { pack, asked, about } = all[index]!
        const bits = flags[Symbol.iterator]()
        const numbers = picks[Symbol.iterator]()
        const words = [...Object.keys(pack.values.abilities), 'on-the-job', 'sia', 'person-a', '']
        const word = () => words[(other + numbers.next().value * 7) % words.length]!
        const turned = (value: unknown): unknown => {
          if (bits.next().value) return value
          if (typeof value === 'boolean') return !value
          if (typeof value === 'number') return [-1, 0, 1, 90][numbers.next().value]
          if (typeof value === 'string') return word()
          if (Array.isArray(value)) return numbers.next().value === 0 ? [] : [word(), word()]
          return mixed(value as Record<string, unknown>)
        }
        const mixed = (facts: Readonly<Record<string, unknown>>) =>
          Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, turned(value)]))
        compare(
          pack,
          {
            ...asked,
            principal: { ...asked.principal, attrs: mixed(asked.principal.attrs) },
            context: mixed(asked.context),
          },
          about,
        )
      },
    ),
    { numRuns: 3000 },
  )
})

test('a question about another kind of thing, or of another action, fails as in the engine', () => {
  for (const { pack, asked, about } of all.filter((_, index) => index % 5 === 0)) {
    for (const type of ['Camera', 'Deployment', 'Exhibit', 'Disclosure', 'Provider', 'Person', 'Ship', ''])
      compare(pack, { ...asked, resource: { type, id: 'x' } }, about)
    for (const action of [...actions, 'footage.steal']) compare(pack, { ...asked, action }, about)
  }
})

test('nothing else in a question is believed: holes in lists, numbers that JSON changes, other forms of an id', () => {
  const { pack, asked } = all.find((one) => one.asked.action === 'footage.view')!
  const failed = (changed: Asked) => assert.equal(askRules(pack.engineName, changed).kind, 'failed')
  const attrs = asked.principal.attrs
  failed({ ...asked, principal: { ...asked.principal, attrs: { ...attrs, roles: new Array(1) } } })
  failed({ ...asked, context: { ...asked.context, spanSeconds: 2 ** 53 } })
  failed({ ...asked, context: { ...asked.context, spanSeconds: Number.NaN } })
  failed({ ...asked, context: Object.create(asked.context) })
  const disguised = { type: 'Camera', id: 'x', __entity: { type: 'Person', id: 'p' } }
  assert.deepEqual(
    askRules(pack.engineName, { ...asked, resource: disguised }),
    askRules(pack.engineName, { ...asked, resource: { type: 'Camera', id: 'x' } }),
  )
})

test('a rule that takes the person or the facts as a whole is told the whole', () => {
  const { asked } = all.find((one) => one.asked.action === 'footage.view')!
  const permit =
    '@id("permit-it") @silent("x") permit (principal, action == Action::"footage.view", resource);'
  const conditions = [
    'principal == Person::"person-a"',
    'principal is Person && principal.conflicted',
    '(if context.overrun then principal else principal).roles.contains("nobody")',
    '[principal].contains(Person::"person-a")',
    'principal has roles && context has reason && context.reason == ""',
    'context.pack has able && context.pack.secondsMax < 0',
    '{ all: context }.all.pack.able.contains("nobody")',
    'context["pack"]["able"].contains("nobody") || context["reason"] like "*nothing*"',
    'context.pack == context.pack',
    '{ ".": principal.roles, Var: context.reason } == { ".": principal.roles, Var: "" }',
  ]
  for (const [index, condition] of conditions.entries()) {
    const forbid = `@id("refuse-it") @silent("x") @message("m") forbid (principal, action == Action::"footage.view", resource) when { ${condition} };`
    const mistakes: { message: string }[] = []
    const rules = readRules('access.cedar', `${permit}\n${forbid}`, mistakes as never[])
    assert.deepEqual(mistakes, [], condition)
    const pack = { provider: `by-hand-${index}`, engineName: `by-hand-${index}` } as Pack
    layRules(pack.engineName, rules)
    laid(
      preparsePolicySet(`whole/${pack.provider}`, {
        staticPolicies: Object.fromEntries(rules.map((rule) => [rule.id, rule.text])),
      }),
    )
    const { attrs } = asked.principal
    const said = [
      compare(pack, asked, condition),
      compare(pack, { ...asked, principal: { id: 'person-a', attrs } }, condition),
      compare(
        pack,
        {
          ...asked,
          principal: { id: 'person-b', attrs: { ...attrs, conflicted: true, roles: ['nobody'] } },
          context: {
            ...asked.context,
            reason: '',
            pack: { ...(asked.context['pack'] as object), able: ['nobody'], secondsMax: -1 },
          },
        },
        condition,
      ),
    ]
    assert.ok(!said.includes('failed'), condition)
    assert.ok(said.includes('deny refuse-it'), condition)
  }
})
