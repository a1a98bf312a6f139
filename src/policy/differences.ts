/**
 * What is different between two versions of a landlord's policy, in plain words: values, points, rules, roles and the
 * document's own clauses. Pure.
 */
import { createHash } from 'node:crypto'
import type { Action } from './actions.ts'
import type { Pack } from './pack.ts'
import { points } from './points.ts'
import { roleAbilities, settings } from './settings.ts'

export type Difference = {
  /** A short mark of what it says; the same difference has the same mark at every start. */
  readonly id: string
  readonly kind: 'value' | 'point' | 'role' | 'rule' | 'clause'
  readonly label: string
  /** Code of the kind of placement that it is about; null: every camera. */
  readonly type: string | null
  /** null: there was none before, or is none any more. */
  readonly before: string | null
  readonly after: string | null
  /** In the newer version. */
  readonly clause: string | null
  /** Whoever may do this answers for it. */
  readonly concerns: Action
}

/** What changes with every version and asks nothing of anybody. */
const always = new Set(['Reference', 'Day of effect', 'Next review of the document'])

/** All of it, in the policy's own order: first what decides, then what is only said otherwise. */
export function differences(before: Pack, after: Pack): Difference[] {
  return [
    ...ofSettings(before, after),
    ...ofPoints(before, after),
    ...ofRoles(before, after),
    ...ofRules(before, after),
    ...ofClauses(before, after),
  ]
}

/** Does it bear on a camera of this kind that is running? */
export const touches = (difference: Difference, type: string): boolean =>
  difference.kind !== 'clause' && (difference.type === null || difference.type === type)

type Said = { readonly words: string; readonly clause: string | null; readonly concerns: Action }

function compared(
  kind: Difference['kind'],
  before: ReadonlyMap<string, Said>,
  after: ReadonlyMap<string, Said>,
  about: (name: string) => { readonly label: string; readonly type: string | null },
): Difference[] {
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((name): Difference[] => {
    const [was, is] = [before.get(name), after.get(name)]
    if (was?.words === is?.words) return []
    const said = (is ?? was)!
    const one = { kind, ...about(name), before: was?.words ?? null, after: is?.words ?? null }
    const id = createHash('sha256').update(JSON.stringify(one)).digest('base64url').slice(0, 16)
    return [{ id, ...one, clause: is?.clause ?? null, concerns: said.concerns }]
  })
}

/** Lines of one label stand together: what is allowed for a camera is one list, not five differences. */
function ofSettings(before: Pack, after: Pack): Difference[] {
  const typeOf = (pack: Pack, placement: string | null) =>
    pack.values.deploymentTypes.find((type) => type.label === placement)?.code ?? null
  const read = (pack: Pack): Map<string, Said> => {
    const lines = settings(pack).filter((one) => !always.has(one.label))
    const by = Map.groupBy(lines, (one) => JSON.stringify([typeOf(pack, one.placement), one.label]))
    return new Map(
      [...by].map(([name, list]) => [
        name,
        {
          words: [...new Set(list.map((one) => one.words))].join('; '),
          clause: list.find((one) => one.clause !== null)?.clause ?? null,
          concerns: answersFor(list[0]!.label, list[0]!.placement !== null),
        },
      ]),
    )
  }
  const placement = (code: string | null) =>
    [after, before].flatMap((pack) => pack.values.deploymentTypes).find((type) => type.code === code)?.label
  return compared('value', read(before), read(after), (name) => {
    const [type, label] = JSON.parse(name) as [string | null, string]
    return { label: type === null ? label : `${placement(type) ?? type}: ${label}`, type }
  })
}

/** Points that repeat values are told once, with the values. */
function ofPoints(before: Pack, after: Pack): Difference[] {
  const read = (pack: Pack): Map<string, Said> =>
    new Map(
      points(pack)
        .filter((one) => one.key in pack.values.points)
        .map((one) => [
          one.label,
          {
            words: one.words ?? 'the landlord must decide',
            clause: one.clauses[0] ?? null,
            concerns: 'policy.decide' as const,
          },
        ]),
    )
  return compared('point', read(before), read(after), (label) => ({ label, type: null }))
}

function ofRoles(before: Pack, after: Pack): Difference[] {
  const read = (pack: Pack): Map<string, Said> =>
    new Map(
      roleAbilities(pack).map((role) => [
        role.title,
        { words: role.may.join('; ') || 'nothing', clause: role.clause, concerns: 'policy.decide' as const },
      ]),
    )
  return compared('role', read(before), read(after), (title) => ({
    label: `What a role may do: ${title}`,
    type: null,
  }))
}

function ofRules(before: Pack, after: Pack): Difference[] {
  const read = (pack: Pack): Map<string, Said> =>
    new Map(
      [...pack.rules.values()]
        .filter((rule) => rule.effect === 'forbid' && rule.value === null && rule.clause !== null)
        .map((rule) => [
          rule.id,
          {
            words: rule.message,
            clause: rule.clause,
            concerns: (rule.actions[0] ?? 'policy.decide') as Action,
          },
        ]),
    )
  return compared('rule', read(before), read(after), () => ({ label: 'What Overt refuses', type: null }))
}

function ofClauses(before: Pack, after: Pack): Difference[] {
  const read = (pack: Pack): Map<string, Said> =>
    new Map(
      [...pack.clauses.values()].map((clause) => [
        clause.number + clause.id.slice(-2),
        { words: clause.text, clause: clause.id, concerns: 'policy.decide' as const },
      ]),
    )
  return compared('clause', read(before), read(after), (name) => ({
    label: `The document says otherwise, ${name.slice(0, -2)}`,
    type: null,
  }))
}

/** Who has to see to a change of a value, by what it is about. */
const topics: readonly (readonly [RegExp, Action])[] = [
  [/kept for at most|data protection officer/i, 'dpia.accept'],
  [/assessment|opened again/i, 'dpia.write'],
  [/agreed to by|may approve/i, 'deployment.approve'],
  [/sign|installer confirms|Refused/i, 'deployment.install'],
  [/looked at|looking|viewing|watching/i, 'footage.view'],
  [/hold|evidence|handed over|given to|hand-over/i, 'disclosure.make'],
]

const answersFor = (label: string, placed: boolean): Action =>
  topics.find(([pattern]) => pattern.test(label))?.[1] ?? (placed ? 'deployment.propose' : 'policy.decide')
