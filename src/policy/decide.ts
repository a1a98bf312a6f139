/** The one function that answers: facts in, decision with every failed clause out. Never throws, never lets through what it couldn't judge. */
import type { Decision, Reason } from '#base/base.ts'
import {
  type Action,
  actionLabels,
  administratorActions,
  everybodysActions,
  outsideActions,
} from './actions.ts'
import { type Asked, askRules } from './cedar.ts'
import { derive, saidByValue } from './derive.ts'
import type { Principal, Question } from './facts.ts'
import type { Pack } from './pack.ts'

const allowed: Decision = { allowed: true, reasons: [] }
const denied = (...reasons: readonly Reason[]): Decision => ({ allowed: false, reasons })

const unjudged: Decision = denied({
  code: 'facts-incomplete',
  message: 'Overt was not told everything that the policy needs to decide this, so the answer is no.',
  clause: null,
})

/** Roles of the pack that have an action at all. */
export const rolesFor = (pack: Pack, action: Action): readonly string[] =>
  Object.entries(pack.values.abilities)
    .filter(([, able]) => able.includes(action))
    .map(([role]) => role)

/**
 * May this be done, here and now, by this person? The reasons of a refusal are all rules that failed, each with its
 * clause, so that a page can tell the whole way to a yes.
 */
export function decide(pack: Pack, question: Question): Decision {
  try {
    return judge(pack, question)
  } catch {
    // A question that can't even be put (a hole where an object belongs) is a denial like any other.
    return unjudged
  }
}

function judge(pack: Pack, question: Question): Decision {
  const { principal, action } = question
  const facts = trimmed(question.context as Readonly<Record<string, unknown>>)
  // Stop needs no permission, and no trouble with a pack may keep anybody from it (design §5).
  if (everybodysActions.includes(action)) return allowed
  if (principal.outside && !outsideActions.includes(action)) return denied(fromOutside)
  if (pack.engineName === '') return unjudged
  const verdict = askRules(pack.engineName, askedOf(pack, question, facts))
  if (verdict.kind === 'allow') return allowed
  if (verdict.kind === 'failed') return unjudged
  if (verdict.by.length === 0 || !permits(pack, action)) return denied(nobody(pack, action))
  return denied(
    ...reasonsOf(pack, verdict.by, facts, { action, qualifications: principal.qualifications ?? [] }),
  )
}

/** The question as the rules are asked it: who, and every fact with what the pack's own values say about it. */
export function askedOf(
  pack: Pack,
  { principal, action, resource }: Question,
  facts: Readonly<Record<string, unknown>>,
): Asked {
  return {
    principal: {
      id: principal.id,
      attrs: {
        person: principal.id,
        roles: principal.roles,
        administrator: principal.administrator,
        qualifications: principal.qualifications ?? [],
        conflicted: principal.conflicted ?? false,
        standsInFor: principal.standsInFor ?? [],
      },
    },
    action,
    resource,
    context: { ...facts, pack: derive(pack.values, rolesFor(pack, action), action, facts) },
  }
}

/** A reason of spaces, or of signs that nobody can see, is no reason. */
const trimmed = (facts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '') : value,
    ]),
  )

/** Why an engineer who was let in for a visit may not do what their role lets staff do. */
export const fromOutside: Reason = {
  code: 'outside',
  message: 'Whoever is let in for a visit puts cameras in, and no more.',
  clause: null,
}

/** A step that the policy doesn't have is told as such, not as a role that the person lacks. */
const permits = (pack: Pack, action: Action): boolean =>
  [...pack.rules.values()].some((rule) => rule.effect === 'permit' && rule.actions.includes(action)) &&
  (administratorActions.includes(action) || rolesFor(pack, action).length > 0)

const nobody = (pack: Pack, action: Action): Reason => ({
  code: 'not-in-policy',
  message: `${pack.name}'s policy gives nobody the right to ${actionLabels[action] ?? 'do this'}.`,
  clause: null,
})

/** In the rules' own order; a house rule steps back when the pack's own rule says the same with a clause. */
function reasonsOf(
  pack: Pack,
  by: readonly string[],
  facts: Readonly<Record<string, unknown>>,
  asked: Parameters<typeof saidByValue>[3],
): Reason[] {
  const failed = new Set(by)
  const instead = new Set(
    [...pack.rules.values()].flatMap((r) => (failed.has(r.id) && r.instead ? [r.instead] : [])),
  )
  return [...pack.rules.values()]
    .filter((rule) => failed.has(rule.id) && !instead.has(rule.id))
    .map((rule) => {
      if (rule.value === null) return { code: rule.id, message: rule.message, clause: rule.clause }
      const { clause, names, route } = saidByValue(pack.values, rule.value, facts, asked)
      const missing = names.length > 0 ? ` Missing: ${names.join('; ')}.` : ''
      const instead = route ? ` ${route}` : ''
      return { code: rule.id, message: `${rule.message}${missing}${instead}`, clause }
    })
}

/**
 * Does a person with these roles have this action at all? Enough for a menu or a route's permission; the thing itself
 * is decided by `decide` with its facts.
 */
export function able(pack: Pack, who: Pick<Principal, 'roles' | 'administrator'>, action: Action): Decision {
  if (everybodysActions.includes(action)) return allowed
  if (who.administrator && administratorActions.includes(action)) return allowed
  const may = rolesFor(pack, action)
  if (who.roles.some((role) => may.includes(role))) return allowed
  if (may.length === 0) return denied(nobody(pack, action))
  const titles = pack.values.roles.filter((r) => may.includes(r.code)).map((r) => r.title)
  return denied({
    code: 'able',
    message: `To ${actionLabels[action]} you need one of these roles: ${titles.join(', ')}.`,
    clause: null,
  })
}
