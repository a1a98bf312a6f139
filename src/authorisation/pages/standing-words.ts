/** What a deployment's standing means to somebody who looks: what they may do, its state in words, its gates as lines. */
import { addDays, civilDay } from '#base/base.ts'
import type { Gate } from '#policy/policy.ts'
import { dayWords, type Person } from '#web/web.ts'
import { ask, principalAt } from '../asking.ts'
import { isStopped, type Standing, somethingHangs, withDayWords } from '../evaluate.ts'
import { clauseOf, roleTitles, typeOf } from './words.ts'

/** What this person may do here, asked of the policy once. */
export type May = {
  readonly propose: boolean
  readonly writeDpia: boolean
  readonly acceptDpia: boolean
  readonly approve: boolean
  readonly install: boolean
  readonly capture: boolean
  readonly withdraw: boolean
  readonly consult: boolean
  /** See the reference still: those who take it and those who decide on it. */
  readonly still: boolean
}

export function mayOf(standing: Standing, person: Person): May {
  const { file, pack } = standing
  const d = file.deployment
  const deploymentType = d.type
  const able = (action: Parameters<typeof ask>[3], context: object): boolean =>
    ask(pack, person, standing, action, context as never).allowed
  const { roles } = principalAt(person, d.provider, file.site)
  const acceptDpia = roles.some((role) => pack.values.abilities[role]?.includes('dpia.accept'))
  const approve = typeOf(pack, d.type)?.approvals.some((a) => roles.includes(a.role)) ?? false
  const capture = able('reference.capture', { deploymentType, minutes: 1 })
  const withdraw = able('deployment.withdraw', { deploymentType, reason: 'asked' })
  return {
    propose: able('deployment.propose', {
      deploymentType,
      purposes: d.purposes,
      lawfulBasis: d.lawfulBasis,
      reason: d.reason,
      technologies: d.technologies,
    }),
    writeDpia: able('dpia.write', { deploymentType }),
    acceptDpia,
    approve,
    install: able('deployment.install', { deploymentType }),
    capture,
    withdraw,
    consult: able('consultation.run', { deploymentType }),
    still: acceptDpia || approve || capture || withdraw,
  }
}

/** The four states of the look, with words: what a list and the top of the page show. */
export function stateOf(
  { file, gates }: Standing,
  nowMs: number,
): {
  readonly state: 'lawful' | 'waiting' | 'attention' | 'stopped'
  readonly words: string
} {
  const { deployment: d } = file
  if (d.ended !== null)
    return {
      state: somethingHangs(file) && d.ended.cause !== 'extended' ? 'attention' : 'stopped',
      words:
        d.ended.cause === 'refused'
          ? 'Refused'
          : d.ended.cause === 'extended'
            ? 'Continued by a fresh approval'
            : 'Ended',
    }
  if (isStopped(file)) return { state: 'stopped', words: 'Stopped' }
  const current = file.mandates.find((m) => m.ended === null && m.class === 'ordinary' && nowMs < m.untilMs)
  const open = gates.filter((g) => g.state !== 'met').length
  if (current)
    return open === 0
      ? { state: 'lawful', words: 'May record' }
      : { state: 'attention', words: 'May record, but something is open' }
  if (file.mandates.some((m) => m.ended === null && m.class === 'transitional' && nowMs < m.untilMs))
    return { state: 'attention', words: `Goes on for now: ${open === 1 ? 'one step' : `${open} steps`} open` }
  if (open === 0) return { state: 'waiting', words: 'Begins on its first day' }
  return { state: 'waiting', words: open === 1 ? 'Waits for one step' : `Waits for ${open} steps` }
}

export const base = (standing: Standing) => `/deployments/${standing.file.deployment.id}`

export function hrefOfGate(standing: Standing, gate: Gate, may: May): string | undefined {
  if (gate.state === 'met' || standing.file.deployment.ended !== null) return undefined
  const at = base(standing)
  const kind = gate.code.split(':')[0]
  if (kind === 'purpose' || kind === 'alternatives' || kind === 'dates')
    return may.propose ? `${at}/revise` : undefined
  if (kind === 'consultation') return `${at}/consultation`
  if (kind === 'dpia') return may.writeDpia || may.acceptDpia ? `${at}/dpia` : undefined
  if (kind === 'approval') return may.approve && gate.state === 'open' ? `${at}/approve` : undefined
  if (kind === 'resident-agreement') return may.propose || may.install ? `${at}/agreement` : undefined
  if (kind === 'field-of-view')
    return may.install
      ? `/sites/${standing.file.site.id}/plan?camera=${standing.file.camera.id}#camera`
      : undefined
  return may.install ? `${at}/install#${kind}` : undefined
}

export function gateLines(standing: Standing, may: May) {
  const { pack } = standing
  return standing.gates.map((gate) => {
    const clause = clauseOf(pack, gate.clause)
    const href = hrefOfGate(standing, gate, may)
    return {
      label: gate.label,
      state: gate.state,
      clause: clause?.text ?? null,
      ...(clause ? { clauseHref: clause.href } : {}),
      silent: gate.silent,
      ...(gate.who.length > 0 ? { who: roleTitles(pack, gate.who) } : {}),
      why: withDayWords(gate.why),
      ...(href ? { href } : {}),
    }
  })
}

/** "today", "tomorrow", "in 6 days" for a list. */
export function untilWords(untilDay: string | null, nowMs: number, timeZone: string): string {
  if (untilDay === null) return 'no last day'
  const today = civilDay(nowMs, timeZone)
  if (untilDay < today) return `ended on ${dayWords(untilDay)}`
  if (untilDay === today) return 'ends today'
  if (untilDay === addDays(today, 1)) return 'ends tomorrow'
  return `until ${dayWords(untilDay)}`
}
