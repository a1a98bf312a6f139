/** The nouns of authorisation. Instants are ms since the epoch; days are civil days at the site. */
import type { Camera, FieldOfView, Sign, SignSheet, Site, System } from '#register/register.ts'
import type { Consultation, NewBuild } from './consultation-store.ts'
import type { Matching, SitePhoto } from './installed-store.ts'
import type { Sound } from './sound-store.ts'
import type { Transition } from './transition/store.ts'

/** Why authority ended, for good. */
export const endCauses = ['expired', 'withdrawn', 'agreement-withdrawn', 'refused', 'extended'] as const
export type EndCause = (typeof endCauses)[number]

/** Why one mandate ended. `stopped` and `gate-reopened` can be followed by a new one. */
export type MandateEndCause =
  | 'replaced'
  | 'expired'
  | 'withdrawn'
  | 'stopped'
  | 'agreement-withdrawn'
  | 'reference-taken'
  | 'gate-reopened'
  | 'extended'
  | 'audio-expired'
  | 'audio-withdrawn'

export type MandateClass = 'ordinary' | 'commissioning' | 'transitional'

/** How much a picture must show (BS EN 62676-4), least first. */
export const details = ['monitor', 'detect', 'observe', 'recognise', 'identify'] as const
export type Detail = (typeof details)[number]
export const detailLabels: Readonly<Record<Detail, string>> = {
  monitor: 'That people are about',
  detect: 'That somebody is there',
  observe: 'What somebody does and wears',
  recognise: 'Whether it is somebody we know',
  identify: 'Who it is, beyond doubt',
}

/** One camera at one place under one authorisation. */
export type Deployment = {
  readonly id: string
  /** `D-2026-0001`. */
  readonly reference: string
  readonly provider: string
  readonly type: string
  readonly policyVersion: string
  readonly siteId: string
  readonly systemId: string
  readonly cameraId: string
  readonly purposes: readonly string[]
  readonly lawfulBasis: string
  readonly incident: string | null
  /** A kind of trouble that the pack's list doesn't have; null: it has, or none is given. */
  readonly incidentOther: string | null
  readonly aim: string
  readonly need: string
  readonly reason: string
  readonly alternatives: string
  readonly noOtherMeans: boolean | null
  readonly schedule: string
  /** How much a picture must show; null where it was asked for before that was recorded. */
  readonly detail: Detail | null
  /** Why fewer hours or less detail would not do. */
  readonly proportion: string
  /** What it does besides filming: codes of the policy's `technologies`. */
  readonly technologies: readonly string[]
  readonly equipment: string
  readonly fromDay: string
  /** Last day, whole; null where the type has no limit. */
  readonly untilDay: string | null
  readonly removalDay: string | null
  readonly reviewDay: string | null
  readonly timeZone: string
  readonly proposedBy: string
  readonly proposedMs: number
  /** Everybody who changed it since. */
  readonly revisedBy: readonly string[]
  /** Of the proposal: approvals and DPIA versions name the one that they were given for. */
  readonly version: number
  readonly extendsId: string | null
  readonly ended: {
    readonly atMs: number
    readonly cause: EndCause
    readonly by: string | null
    readonly reason: string | null
  } | null
  readonly removed: { readonly atMs: number; readonly by: string } | null
}

export type Dpia = {
  readonly id: string
  readonly deploymentId: string
  readonly version: number
  readonly proposalVersion: number
  /** Question code of the pack → answer. */
  readonly answers: Readonly<Record<string, string>>
  readonly locations: readonly LocationRow[] | null
  /** Who saved it last. */
  readonly authorId: string
  /** Everybody who has saved this version. */
  readonly writerIds: readonly string[]
  readonly updatedMs: number
  readonly submittedMs: number | null
  readonly decision: {
    readonly outcome: 'accepted' | 'returned'
    readonly reason: string
    readonly by: string
    readonly atMs: number
  } | null
  readonly reviewDay: string | null
}

/** One line of a DPIA's location table, filled from the register. */
export type LocationRow = {
  readonly place: string
  readonly camera: string
  readonly position: string
  readonly purposes: readonly string[]
  readonly retentionDays: number
  readonly audio: boolean
  readonly signs: number
}

export type ApprovalDecision = 'approve' | 'refuse' | 'defer'

export type Approval = {
  readonly id: string
  readonly role: string
  readonly proposalVersion: number
  readonly decision: ApprovalDecision
  readonly reason: string
  readonly personId: string
  readonly atMs: number
  /** Whose role it was, where the person stood in for them. */
  readonly deputyFor?: string | null
}

export const agreementWays = ['in-writing', 'in-person', 'by-phone'] as const
export type AgreementWay = (typeof agreementWays)[number]
export const agreementWayLabels: Readonly<Record<AgreementWay, string>> = {
  'in-writing': 'In writing',
  'in-person': 'In person',
  'by-phone': 'By phone',
}

export type Agreement = {
  readonly id: string
  readonly residentName: string
  readonly how: AgreementWay
  readonly toldNotToTamper: boolean
  readonly day: string
  readonly recordedBy: string
  readonly recordedMs: number
  readonly withdrawn: { readonly atMs: number; readonly by: string; readonly how: AgreementWay } | null
}

export type ChecklistAnswer = {
  readonly item: string
  readonly met: boolean
  readonly note: string
  readonly by: string
  readonly atMs: number
}

export type ReferencePicture = {
  readonly id: string
  /** Null: the picture itself is deleted. */
  readonly attachmentId: string | null
  /** Its bytes are sealed under a key in the keyring. */
  readonly sealed: boolean
  readonly reelId: string
  readonly aimVersion: number
  readonly takenMs: number
  readonly accepted: { readonly by: string; readonly atMs: number } | null
  readonly refusedMs: number | null
}

export type Stop = {
  readonly id: string
  readonly atMs: number
  /** Null: the hub itself, after a restored backup. */
  readonly by: string | null
  readonly reason: string
  readonly lifted: { readonly atMs: number; readonly by: string; readonly reason: string } | null
}

export type MandateRow = {
  readonly id: string
  readonly deploymentId: string
  readonly cameraId: string
  readonly recorderId: string
  readonly counter: number
  readonly class: MandateClass
  readonly fromMs: number
  /** End of the lease. */
  readonly untilMs: number
  /** End of the authority behind it; null: the policy sets none. */
  readonly authorityUntilMs: number | null
  /** Not one sample of sound at or after this instant; null: it carries none. */
  readonly audioUntilMs: number | null
  readonly retentionDays: number
  readonly jws: string
  readonly certificate: string
  readonly issuedMs: number
  readonly ended: { readonly atMs: number; readonly cause: MandateEndCause } | null
  readonly withdrawal: string | null
  readonly withdrawalCounter: number | null
  /** What the recorder stored after the end before the news arrived; null: not told yet. */
  readonly overrunMs: number | null
}

/** Everything known about one deployment, read in one transaction. */
export type DeploymentFile = {
  readonly deployment: Deployment
  readonly site: Site
  readonly system: System
  readonly camera: Camera
  /** The one that counts for this camera; null: none that asked about it. */
  readonly consultation: Consultation | null
  readonly newBuild: NewBuild | null
  /** The newest request for sound; null: nobody asked. */
  readonly sound: Sound | null
  readonly sitePhotos: readonly SitePhoto[]
  /** What its pictures are matched with; null: nothing. Counts only while its check does. */
  readonly matching: Matching | null
  /** Newest first. */
  readonly dpias: readonly Dpia[]
  readonly approvals: readonly Approval[]
  readonly agreement: Agreement | null
  readonly checklist: readonly ChecklistAnswer[]
  readonly installation: {
    readonly by: string
    readonly qualified: boolean
    /** Certificate, card or employer's word; '' where it was stated before that was asked. */
    readonly qualification: string
    readonly qualificationUntil: string | null
    /** What was fitted, a line each. */
    readonly kit: readonly string[]
    readonly atMs: number
  } | null
  readonly signs: readonly Sign[]
  /** Signs that belong to the camera, hanging or not. */
  readonly sheets: readonly SignSheet[]
  readonly reference: ReferencePicture | null
  readonly stop: Stop | null
  /** What it sees by the plan of its site. */
  readonly view: FieldOfView
  /** Set: it was taken over from an older system. */
  readonly transition: Transition | null
  /** Newest first. */
  readonly mandates: readonly MandateRow[]
}
