/**
 * What must be known before a policy can answer: one record per action. Plain values only; whoever asks reads them
 * from the database inside the transaction that acts on the answer. A fact that is missing is a denial.
 */
import type { Action } from './actions.ts'

/** Who asks. `roles` are those held at this provider that reach the place in question (`rolesAt`). */
export type Principal = {
  readonly id: string
  readonly roles: readonly string[]
  readonly administrator: boolean
  /** Codes of the pack's courses and licences that are in date for this person here. Left out: none. */
  readonly qualifications?: readonly string[]
  /** They declared a conflict that touches this place, case or person, and nobody has lifted it. */
  readonly conflicted?: boolean
  /** Those for whom they stand in, where only that gives them a role here. */
  readonly standsInFor?: readonly string[]
  /** Let in from outside for a visit: `outsideActions` is all they may. */
  readonly outside?: boolean
}

export type ResourceType = 'Camera' | 'Deployment' | 'Exhibit' | 'Disclosure' | 'Provider'
export type Resource = { readonly type: ResourceType; readonly id: string }

/** No facts at all: an extra one is refused like a missing one. */
type None = Readonly<Record<string, never>>

/** Looking: recorded or live. Codes are the pack's; times are counted by the caller. */
type Looking = {
  /** Deployment type code under which the picture was or is made. */
  readonly deploymentType: string
  /** A code of `values.viewing.purposes`; '' when none was chosen. */
  readonly purpose: string
  /** Own words of the viewer; '' when none were given. */
  readonly reason: string
  /** Our case reference (`C-2026-0001`); '' when there is none. */
  readonly caseReference: string
  /** The person looked for works for the landlord. */
  readonly colleague: boolean
  /** A second person, of a role that the pack names, agreed to just this looking. */
  readonly consented: boolean
  /** An exception for this purpose, camera and viewer is in force. */
  readonly exception: boolean
}

export type Facts = {
  'deployment.propose': {
    readonly deploymentType: string
    readonly purposes: readonly string[]
    readonly lawfulBasis: string
    readonly reason: string
    /** What it does besides filming: codes of `technologies`. */
    readonly technologies: readonly string[]
  }
  'deployment.view': None
  'deployment.approve': {
    readonly deploymentType: string
    /** The role the person now approves as. */
    readonly role: string
    readonly proposedBy: string
    /** Persons whose approval of this deployment stands. */
    readonly approvedBy: readonly string[]
    /** A DPIA of the present version is accepted. */
    readonly dpiaAccepted: boolean
    /** Alternatives are recorded as the pack asks (see gate `alternatives`). */
    readonly alternativesRecorded: boolean
    readonly purposesStated: boolean
  }
  'deployment.withdraw': { readonly deploymentType: string; readonly reason: string }
  'deployment.install': { readonly deploymentType: string }
  'deployment.stop': None
  'dpia.write': { readonly deploymentType: string }
  'dpia.accept': { readonly deploymentType: string; readonly author: string }
  /** One still with the installer present, under a commissioning mandate (at most 30 minutes). */
  'reference.capture': { readonly deploymentType: string; readonly minutes: number }
  /** Opening a consultation, recording answers, recording that a placement goes without one. */
  'consultation.run': { readonly deploymentType: string }
  'consultation.decide': {
    readonly deploymentType: string
    /** The role in which the result is stated. */
    readonly role: string
    readonly proposedBy: string
    /** Its last day is over. */
    readonly closed: boolean
    /** The counts that the decider saw are those of the answers recorded. */
    readonly counted: boolean
    readonly reason: string
  }
  'sound.decide': {
    readonly deploymentType: string
    readonly role: string
    readonly askedBy: string
    /** Persons whose approval of this sound stands. */
    readonly approvedBy: readonly string[]
    readonly purposes: readonly string[]
    readonly reason: string
    /** The first and the last counted. */
    readonly days: number
    /** The accepted assessment was written after sound was asked for. */
    readonly assessed: boolean
  }
  'footage.view': Looking & {
    readonly spanSeconds: number
    /** Every second asked for was recorded under a mandate in force then. */
    readonly mandateThen: boolean
    /** Some of it arrived after authority had ended. */
    readonly overrun: boolean
  }
  'footage.live': Looking & { readonly mandateNow: boolean }
  'footage.hold': {
    readonly deploymentType: string
    readonly reason: string
    readonly caseReference: string
    readonly spanSeconds: number
    /** Days until the hold ends by itself. */
    readonly days: number
    readonly overrun: boolean
  }
  'footage.timeline': None
  'exhibit.make': {
    readonly deploymentType: string
    readonly purpose: string
    readonly caseReference: string
    /** The span lies under a hold. */
    readonly held: boolean
    readonly overrun: boolean
  }
  'exhibit.view': None
  'disclosure.make': {
    readonly deploymentType: string
    /** Code of `values.disclosure.recipients`. */
    readonly recipientKind: string
    readonly recipientName: string
    /** Code of `values.disclosure.bases`. */
    readonly basis: string
    /** Why the recipient needs it, in words; '' when not recorded. */
    readonly necessity: string
    readonly caseReference: string
    /** The DPO's notice is written in the same transaction. */
    readonly dpoTold: boolean
    readonly logged: boolean
  }
  'disclosure.view': None
  'ledger.read': None
  'register.edit': None
  'register.view': None
  'recorder.enrol': None
  'people.manage': None
  'training.manage': None
  'providers.manage': None
  'policy.read': None
  'policy.keep': None
  'adjustment.keep': None
  'policy.decide': None
  'task.view': None
  'demo.clock': None
}

/** A question to a pack, typed per action. */
export type Question = {
  [A in Action]: {
    readonly principal: Principal
    readonly action: A
    readonly resource: Resource
    readonly context: Facts[A]
  }
}[Action]
