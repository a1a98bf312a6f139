/**
 * The gates between a proposal and a mandate, computed from facts. Nobody sets a gate; a page can always ask why not
 * yet. A gate that the pack doesn't list does not exist for that provider.
 */
import type { Pack } from './pack.ts'
import type { DeploymentType, Sourced } from './values.ts'

export type GateState =
  /** What it asks for is there. */
  | 'met'
  /** Somebody can do it now: see `who`. */
  | 'open'
  /** Waits for another gate, or cannot be met as things are: see `why`. */
  | 'blocked'

export type Gate = {
  /** `purpose`, `alternatives`, `dpia`, `approval:<role>`, `resident-agreement`, `signs`, `site-checklist`, `reference-picture`, `dates`, `recorder`. */
  readonly code: string
  readonly label: string
  readonly state: GateState
  readonly clause: string | null
  /** The document doesn't ask for it; Overt does, and `why` says so. */
  readonly silent: boolean
  /** Role codes whose turn it is; empty when met. */
  readonly who: readonly string[]
  readonly why: string
}

/** Days are civil days at the site. */
export type GateFacts = {
  readonly deploymentType: string
  readonly today: string
  readonly proposedBy: string
  readonly purposes: readonly string[]
  readonly reason: string
  /** Less intrusive means tried, in words; '' when none recorded. */
  readonly alternatives: string
  /** The resident has no other means of capturing it; null when not asked. */
  readonly noOtherMeans: boolean | null
  readonly dpia: {
    readonly id: string
    readonly version: number
    readonly author: string
    readonly acceptedBy: string | null
    /** Day on which its review falls due; null until accepted. */
    readonly reviewDay: string | null
    /** A change since it was accepted asks for a new version. */
    readonly reopened: boolean
  } | null
  readonly approvals: readonly { readonly role: string; readonly by: string; readonly withdrawn: boolean }[]
  readonly agreement: { readonly day: string; readonly withdrawn: boolean } | null
  readonly signs: readonly {
    readonly id: string
    readonly version: number
    readonly place: string
    readonly photo: boolean
    readonly missing: boolean
  }[]
  readonly checklist: {
    readonly by: string
    readonly qualified: boolean
    readonly answered: readonly string[]
  } | null
  readonly reference: { readonly id: string; readonly accepted: boolean } | null
  readonly dates: {
    readonly from: string
    readonly until: string | null
    readonly removal: string | null
    readonly review: string | null
  } | null
  readonly recorder: { readonly enrolled: boolean; readonly cameraAnswers: boolean } | null
}
