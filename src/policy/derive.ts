/** What a pack's values say about the facts of one question. Pure; unknown or missing facts come out as refusals. */
import type { Action } from './actions.ts'
import { refusedTechnologies } from './placement.ts'
import type { DeploymentType, GateKind, Ruled, Values } from './values.ts'

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
  const looking = {
    purposeListed: values.viewing.purposes.some((p) => p.code === facts['purpose']),
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
      }
    case 'footage.view':
    case 'footage.live':
      return { ...typed, ...looking, secondsMax, liveAllowed: values.live.allowed.value }
    case 'footage.hold':
      return { ...typed, caseNeeded: looking.caseNeeded, secondsMax, daysMax: values.holds.daysMax.value }
    case 'exhibit.make':
      return { ...typed, ...looking }
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

/** Where an `@value` of a house rule points: the clause of that value in this pack, or that the document is silent. */
export function clauseOfValue(values: Values, path: string, facts: Loose): string | null {
  const type = typeOf(values, facts['deploymentType'])
  if (path === 'technologiesRefused')
    return refusedTechnologies(values.technologiesRefused, texts(facts['technologies']))[0]?.clause ?? null
  if (path.startsWith('gate.')) return type?.gates.find((g) => g.code === path.slice(5))?.clause ?? null
  let at: unknown = path.startsWith('type.') ? type : values
  for (const step of path.replace(/^type\./, '').split('.')) at = (at as Loose | undefined)?.[step]
  return (at as Ruled<unknown> | undefined)?.clause ?? null
}
