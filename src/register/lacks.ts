/** What a system, a supplier or a place lacks by the landlord's policy: facts in, words and rules out. Pure. */
import { addDays } from '#base/base.ts'
import type { Pack } from '#policy/policy.ts'
import type { Camera } from './camera-store.ts'
import type { SecurityAnswer, ViewRequirement } from './check-store.ts'
import { viewLevelPixels } from './check-store.ts'
import type { Papers, Roles } from './controller-store.ts'
import type { Procedure } from './procedure-store.ts'
import type { Site } from './site-store.ts'
import type { Audit, Proof, Supplier } from './supplier-store.ts'
import type { System } from './system-store.ts'

export type Lack = {
  readonly code: string
  /** "a named manager": completes "It lacks". */
  readonly words: string
  readonly clause: string | null
  /** It counts as missing now, or will on this civil day. */
  readonly from: string | null
}

export type SystemFacts = {
  readonly system: System
  readonly cameras: readonly Camera[]
  readonly operators: readonly string[]
  readonly procedure: Procedure | null
  /** When this person said that they know the newest procedure; null: not yet. */
  acknowledged(personId: string): number | null
  readonly security: readonly SecurityAnswer[]
  requirement(cameraId: string): ViewRequirement | null
  readonly roles: Roles
  /** Another landlord is its controller, and both decide under one group. */
  readonly sameGroup: boolean
}

/** Who must say that they know the procedure: the manager and the operators, each once. */
export const mustAcknowledge = ({ system, operators }: Pick<SystemFacts, 'system' | 'operators'>) => [
  ...new Set([...(system.managerId === null ? [] : [system.managerId]), ...operators]),
]

/** Who has not said that they know the newest procedure. */
export const notAcknowledged = (facts: SystemFacts): readonly string[] =>
  facts.procedure === null ? [] : mustAcknowledge(facts).filter((id) => facts.acknowledged(id) === null)

export type SecurityLine = {
  readonly code: string
  readonly ask: string
  readonly clause: string | null
  readonly silent: string | null
  readonly answer: SecurityAnswer | null
  readonly state: 'met' | 'not-met' | 'missing' | 'old'
}

/** The policy's questions with their newest answers. An answer counts to the end of its re-check day. */
export const securityLines = (
  pack: Pack,
  answers: readonly SecurityAnswer[],
  today: string,
): readonly SecurityLine[] =>
  pack.values.register.security.map(({ code, ask, clause, silent }) => {
    const answer = answers.find((one) => one.code === code) ?? null
    const state =
      answer === null
        ? 'missing'
        : answer.answer === 'not-met'
          ? 'not-met'
          : answer.recheckDay < today
            ? 'old'
            : 'met'
    return { code, ask, clause, silent, answer, state }
  })

export type ViewState = 'met' | 'not-met' | 'missing' | 'old' | 'moved'

/** Does a view show what it must? Moved since it was looked at, or too few pixels, is no. */
export function viewState(camera: Camera, requirement: ViewRequirement | null, today: string): ViewState {
  if (requirement === null) return 'missing'
  const { byDay, byNight, pixelsPerMetre, level } = requirement
  if (byDay === 'not-met' || byNight === 'not-met') return 'not-met'
  if (pixelsPerMetre !== null && pixelsPerMetre < viewLevelPixels[level]) return 'not-met'
  if (byDay === 'not-tried' || byNight === 'not-tried' || requirement.recheckDay === null) return 'missing'
  if (requirement.aimVersion !== camera.aimVersion) return 'moved'
  return requirement.recheckDay < today ? 'old' : 'met'
}

/** What keeps a supplier from handling pictures on this day: "a contract in force"; empty: nothing does. */
export function processorLacks(pack: Pack, { supplier, proofs }: Papers, day: string): readonly Lack[] {
  const found: Lack[] = []
  const lack = (code: string, words: string, clause: string | null) =>
    found.push({ code, words, clause, from: null })
  if (!supplier.processor) lack('processor', 'a word on record that it handles pictures for us', null)
  if (!contractRuns(supplier, day)) lack('contract', 'a contract in force', null)
  for (const line of proofLines(pack, { ...supplier, processor: true }, proofs, day))
    if (line.code === 'processor-terms' && (line.state === 'missing' || line.state === 'over'))
      lack(line.code, 'signed terms as our processor in force', line.clause)
  return found
}

/**
 * Somebody else is the system's controller, so the landlord's own policy isn't asked of it (UK GDPR Art 4(7)). It is
 * asked all the same where both share a group, or where that body works under the landlord's contract and terms as its
 * processor (Progress Housing Group 2.4).
 */
export function controlledElsewhere(
  pack: Pack,
  { system, roles, sameGroup }: Pick<SystemFacts, 'system' | 'roles' | 'sameGroup'>,
  day: string,
): boolean {
  const { controller, controllerPapers } = roles
  if (controller.kind === 'own') return false
  if (controller.kind === 'landlord') return controller.landlord !== system.provider && !sameGroup
  return controllerPapers === null || processorLacks(pack, controllerPapers, day).length > 0
}

/** Everything that a system in use lacks. Without cameras, or under somebody else's control, it lacks nothing. */
export function systemLacks(pack: Pack, facts: SystemFacts, today: string): readonly Lack[] {
  const { register } = pack.values
  const found: Lack[] = []
  if (facts.cameras.length === 0 || controlledElsewhere(pack, facts, today)) return found
  const lack = (code: string, words: string, clause: string | null) =>
    found.push({ code, words, clause, from: null })
  if (facts.system.managerId === null) lack('manager', 'a named manager', register.operators.clause)
  if (register.operators.value && facts.operators.length === 0)
    lack('operators', 'named operators', register.operators.clause)
  if (register.procedure.value && facts.procedure === null)
    lack('procedure', 'a procedure', register.procedure.clause)
  const unread = notAcknowledged(facts).length
  if (register.procedure.value && unread > 0)
    lack(
      'acknowledgement',
      unread === 1
        ? 'one person’s word that they know the procedure'
        : `the word of ${unread} people that they know the procedure`,
      register.procedure.clause,
    )
  for (const processor of facts.roles.processors)
    for (const one of processorLacks(pack, processor, today))
      lack(`processor-${one.code}`, `for ${processor.supplier.name}: ${one.words}`, one.clause)
  const security = securityLines(pack, facts.security, today).filter((line) => line.state !== 'met')
  const firstRule = security.find((line) => line.clause !== null)?.clause ?? null
  const failed = security.filter((line) => line.state === 'not-met').length
  if (failed > 0)
    lack(
      'security-failed',
      failed === 1 ? 'one thing for its security' : `${failed} things for its security`,
      firstRule,
    )
  if (security.length > failed)
    lack(
      'security',
      security.length - failed === 1
        ? 'an answer on its security'
        : `${security.length - failed} answers on its security`,
      firstRule,
    )
  const views = facts.cameras.filter(
    (camera) => viewState(camera, facts.requirement(camera.id), today) !== 'met',
  ).length
  if (views > 0)
    lack(
      'views',
      views === 1 ? 'one camera’s view as it must be' : `the views of ${views} cameras as they must be`,
      null,
    )
  return found
}

export type ProofLine = {
  readonly code: string
  readonly label: string
  readonly blocks: boolean
  readonly clause: string | null
  readonly silent: string | null
  readonly proof: Proof | null
  readonly state: 'shown' | 'missing' | 'over' | 'soon'
}

/** What the policy asks a supplier to show, with what was shown. The last day of validity still counts. */
export function proofLines(
  pack: Pack,
  supplier: Supplier,
  proofs: readonly Proof[],
  today: string,
): readonly ProofLine[] {
  const warnFrom = addDays(today, pack.values.register.supplierWarnDays.value)
  return pack.values.register.supplierProofs
    .filter((line) => supplier.processor || line.code !== 'processor-terms')
    .map(({ code, label, blocks, clause, silent }) => {
      const proof = proofs.find((one) => one.code === code) ?? null
      const until = proof?.validUntil ?? null
      const state =
        proof === null
          ? 'missing'
          : until === null || until > warnFrom
            ? 'shown'
            : until < today
              ? 'over'
              : 'soon'
      return { code, label, blocks, clause, silent, proof, state }
    })
}

/** Is a contract in force on this day? */
export const contractRuns = (supplier: Supplier, day: string): boolean =>
  supplier.endedMs === null &&
  supplier.contractFrom !== null &&
  supplier.contractFrom <= day &&
  (supplier.contractUntil === null || supplier.contractUntil >= day)

/** Everything that a supplier lacks or will lack soon. One that we no longer work with lacks nothing. */
export function supplierLacks(
  pack: Pack,
  supplier: Supplier,
  proofs: readonly Proof[],
  audits: readonly Audit[],
  today: string,
): readonly Lack[] {
  if (supplier.endedMs !== null) return []
  const found: Lack[] = []
  const warnFrom = addDays(today, pack.values.register.supplierWarnDays.value)
  if (!contractRuns(supplier, today))
    found.push({ code: 'contract', words: 'a contract in force', clause: null, from: null })
  else if (supplier.contractUntil !== null && supplier.contractUntil <= warnFrom)
    found.push({ code: 'contract', words: 'a contract', clause: null, from: supplier.contractUntil })
  for (const line of proofLines(pack, supplier, proofs, today)) {
    if (line.state === 'shown') continue
    const words = `proof: ${line.label.charAt(0).toLowerCase()}${line.label.slice(1)}`
    found.push({
      code: line.code,
      words,
      clause: line.clause,
      from: line.state === 'soon' ? (line.proof?.validUntil ?? null) : null,
    })
  }
  const audit = audits[0]
  if (supplier.processor && (audit === undefined || audit.nextDay < today))
    found.push({
      code: 'audit',
      words: audit === undefined ? 'a first audit' : 'its next audit',
      clause: pack.values.register.supplierProofs.find((p) => p.code === 'audit-agreed')?.clause ?? null,
      from: null,
    })
  return found
}

/** Papers are counted: their names stand on the supplier's page. */
export function lacksInShort(lacks: readonly Lack[]): string[] {
  const other = lacks.filter((lack) => ['contract', 'audit'].includes(lack.code)).map((lack) => lack.words)
  const papers = lacks.length - other.length
  return [...other, ...(papers === 0 ? [] : [papers === 1 ? 'one paper' : `${papers} papers`])]
}

/** Why nobody of this supplier may come to work on this day; empty: they may. */
export function visitBars(
  pack: Pack,
  supplier: Supplier,
  proofs: readonly Proof[],
  day: string,
): readonly { readonly message: string; readonly clause: string | null }[] {
  const bars: { message: string; clause: string | null }[] = []
  if (supplier.endedMs !== null) bars.push({ message: 'We no longer work with this supplier.', clause: null })
  else if (!contractRuns(supplier, day))
    bars.push({ message: 'No contract with this supplier is in force on that day.', clause: null })
  for (const line of proofLines(pack, supplier, proofs, day))
    if (line.blocks && (line.state === 'missing' || line.state === 'over'))
      bars.push({
        message: `Nobody of theirs may work here without this on record: ${line.label}.`,
        clause: line.clause,
      })
  return bars
}

/** Why the landlord's policy has no say at a place, or null: it has. Its kind is the policy's rule, the rest a person's. */
export function outOfScope(
  pack: Pack,
  place: Pick<Site, 'kind' | 'outOfScope'>,
): { readonly message: string; readonly clause: string | null } | null {
  const rule = pack.values.register.sitesOut.find((out) => out.kind === place.kind)
  if (rule !== undefined)
    return {
      message: 'The policy does not cover places of this kind, so no camera is asked for here under it.',
      clause: rule.clause,
    }
  if (place.outOfScope !== null)
    return {
      message: `The register says that the policy does not cover this place: ${place.outOfScope}`,
      clause: null,
    }
  return null
}
