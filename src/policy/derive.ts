/** What a pack's values say about the facts of one question. Pure; unknown or missing facts come out as refusals. */
import type { Action } from './actions.ts'
import { refusedTechnologies } from './placement.ts'
import { missingFor, needsBefore } from './training.ts'
import type { DeploymentType, GateKind, Ruled, Sourced, Values } from './values.ts'

type Loose = Readonly<Record<string, unknown>>
type Derived = Readonly<Record<string, boolean | number | readonly string[]>>

const text = (given: unknown): string => (typeof given === 'string' ? given : '')
const texts = (given: unknown): readonly string[] => (Array.isArray(given) ? given.map(text) : [])

export const typeOf = (values: Values, code: unknown): DeploymentType | undefined =>
  values.deploymentTypes.find((type) => type.code === code)

const hasGate = (type: DeploymentType | undefined, gate: GateKind): boolean =>
  type?.gates.some((rule) => rule.code === gate) ?? false

/** The `pack` record of the Cedar context, by action: see `overt.cedarschema`. */
export function derive(values: Values, able: readonly string[], action: Action, facts: Loose): Derived {
  const type = typeOf(values, facts['deploymentType'])
  const typed = { able, typeListed: type !== undefined }
  const forbidden = values.viewing.forbiddenPurposes.find((p) => p.code === facts['purpose'])
  const looking = {
    purposeListed:
      values.viewing.purposes.some((p) => p.code === facts['purpose']) ||
      (forbidden?.exception === true && facts['exception'] === true),
    caseNeeded: values.viewing.caseNeeded.value,
  }
  const secondsMax = values.viewing.spanHoursMax.value * 3600
  switch (action) {
    case 'deployment.propose':
      return {
        ...typed,
        ...proposal(values, texts(facts['purposes']), text(facts['lawfulBasis'])),
        technologiesAllowed:
          refusedTechnologies(values.technologiesRefused, texts(facts['technologies'])).length === 0,
      }
    case 'deployment.approve':
      return {
        ...typed,
        roleListed: type?.approvals.some((a) => a.role === facts['role']) ?? false,
        dpiaGate: hasGate(type, 'dpia'),
        alternativesGate: hasGate(type, 'alternatives'),
        purposeGate: hasGate(type, 'purpose'),
        ...needed(values, action),
      }
    case 'footage.view':
    case 'footage.live':
      return {
        ...typed,
        ...looking,
        ...needed(values, action),
        secondsMax,
        liveAllowed: values.live.allowed.value,
        // Only an exception that the pack foresees can lift it.
        purposeForbidden: forbidden !== undefined && !looking.purposeListed,
        consentNeeded: values.viewing.colleagueConsent.value.length > 0,
      }
    case 'footage.hold':
      return { ...typed, caseNeeded: looking.caseNeeded, secondsMax, daysMax: values.holds.daysMax.value }
    case 'exhibit.make':
      return { ...typed, ...looking, ...needed(values, action) }
    case 'disclosure.make':
      return {
        ...typed,
        caseNeeded: looking.caseNeeded,
        ...handOver(values, text(facts['recipientKind']), text(facts['basis'])),
      }
    case 'consultation.run':
      return { ...typed, consultationGate: hasGate(type, 'consultation') }
    case 'consultation.decide':
      return {
        ...typed,
        roleListed: values.consultation.resultBy.value.some((role) => role === facts['role']),
      }
    case 'sound.decide': {
      const { approvals, daysMax, purposes } = values.sound
      return {
        ...typed,
        soundAllowed: type?.audio.value === 'off-unless-approved',
        roleListed: approvals.some((a) => a.role === facts['role']),
        daysMax: daysMax.value,
        purposesFit: texts(facts['purposes']).every((code) => purposes.value.includes(code)),
      }
    }
    case 'deployment.withdraw':
    case 'deployment.install':
    case 'dpia.write':
    case 'dpia.accept':
    case 'reference.capture':
      return typed
    default:
      return { able }
  }
}

/** Codes that the person must have in date. */
function needed(values: Values, action: Action): Derived {
  const all = needsBefore(values.training, action)
  const of = (kind: string) => all.filter((need) => need.kind === kind).map((need) => need.code)
  return { licencesNeeded: of('licence'), trainingNeeded: of('training') }
}

/** Every purpose is the pack's own, and the one lawful basis fits each of them. */
function proposal(values: Values, purposes: readonly string[], basis: string): Derived {
  const chosen = purposes.map((code) => values.purposes.find((p) => p.code === code))
  return {
    purposesListed: chosen.every((p) => p !== undefined),
    basisFits: chosen.length > 0 && chosen.every((p) => p?.lawfulBases.includes(basis) ?? false),
  }
}

function handOver(values: Values, kind: string, basis: string): Derived {
  const permitted = values.disclosure.bases.find((b) => b.code === basis)
  return {
    recipientListed: values.disclosure.recipients.some((r) => r.code === kind),
    basisFits: permitted?.recipients.includes(kind) ?? false,
  }
}

/** What an `@value` of a house rule says in this pack: the clause (null: the document is silent), and what is meant. */
export function saidByValue(
  values: Values,
  path: string,
  facts: Loose,
  asked: { readonly action: Action; readonly qualifications: readonly string[] },
): { readonly clause: string | null; readonly names: readonly string[]; readonly route?: string } {
  const type = typeOf(values, facts['deploymentType'])
  const only = (clause: string | null | undefined) => ({ clause: clause ?? null, names: [] })
  if (path === 'technologiesRefused') {
    const refused = refusedTechnologies(values.technologiesRefused, texts(facts['technologies']))
    return { ...only(refused[0]?.clause), route: refused.flatMap((one) => one.route ?? []).join(' ') }
  }
  if (path.startsWith('gate.')) return only(type?.gates.find((g) => g.code === path.slice(5))?.clause)
  if (path === 'training.licences' || path === 'training.courses') {
    const kind = path === 'training.licences' ? 'licence' : 'training'
    const missing = missingFor(values.training, asked.action, asked.qualifications).filter(
      (need) => need.kind === kind,
    )
    return { clause: missing[0]?.clause ?? null, names: missing.map((need) => need.title) }
  }
  let at: unknown = path.startsWith('type.') ? type : values
  for (const step of path.replace(/^type\./, '').split('.')) at = (at as Loose | undefined)?.[step]
  if (Array.isArray(at)) {
    const meant = (at as (Sourced & { code: string })[]).find((one) => one.code === facts['purpose'])
    return only(meant?.clause)
  }
  return only((at as Ruled<unknown> | undefined)?.clause)
}
