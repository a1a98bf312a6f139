/** What an estate file is compared with, and what each of its lines becomes. */
import type { Reason } from '#base/base.ts'
import type { Values } from '#policy/policy.ts'
import type { SignPlace } from '../sign-store.ts'
import type { SiteKind } from '../site-store.ts'
import type { EstateKey } from './columns.ts'

export type KnownSite = {
  readonly id: string
  readonly name: string
  readonly address: readonly string[]
  readonly kind: SiteKind
  readonly area: string | null
  readonly latitude: number | null
  readonly longitude: number | null
}
export type KnownSystem = {
  readonly id: string
  readonly siteId: string
  readonly name: string
  readonly purposes: readonly string[]
  readonly managerId: string | null
}
export type KnownCamera = {
  readonly id: string
  readonly systemId: string
  readonly siteId: string
  readonly reference: string | null
  readonly label: string
  readonly position: string
  readonly model: string
  readonly serial: string
  readonly recorderId: string | null
  readonly rtspUrl: string | null
  /** Opened: compared with the file, never shown. Null: none stored. */
  readonly credentials: { readonly username: string; readonly password: string } | null
  readonly daysKept: number | null
  readonly sign: SignPlace | null
  readonly running: boolean | null
}

/** The landlord's register as far as the person's role reaches, and what names in a file may mean. */
export type Known = {
  readonly sites: readonly KnownSite[]
  readonly systems: readonly KnownSystem[]
  readonly cameras: readonly KnownCamera[]
  readonly recorders: readonly { readonly id: string; readonly name: string }[]
  readonly staff: readonly { readonly id: string; readonly name: string }[]
  readonly values: Pick<Values, 'purposes' | 'lawfulBases' | 'deploymentTypes' | 'retentionDays'>
  /** May this person enter a place of this area? */
  reaches(area: string | null): boolean
  /** What the policy has against a camera like this: the same rules as where one is asked for anew. */
  against(camera: {
    readonly placement: string
    readonly purposes: readonly string[]
    readonly basis: string
    readonly reason: string
  }): readonly Reason[]
}

export type SiteStep = Omit<KnownSite, 'id'> & {
  /** Null: it is new. */
  readonly id: string | null
  readonly coordinatesChange: boolean
}
export type SystemStep = Omit<KnownSystem, 'id' | 'siteId'> & {
  readonly id: string | null
  readonly site: SiteStep
  /** It stands in the register without a manager, and the file names one. */
  readonly managerChange: boolean
}
export type CameraStep = {
  readonly line: number
  /** Null: it is new. */
  readonly id: string | null
  readonly system: SystemStep
  readonly reference: string | null
  readonly label: string
  readonly position: string
  readonly model: string
  readonly serial: string
  readonly connection: { readonly recorderId: string; readonly url: string } | null
  /** Null: the file names none, so what is stored stays. */
  readonly credentials: { readonly username: string; readonly password: string } | null
  /** In words; empty with a new camera, and when nothing would change. */
  readonly changes: readonly string[]
  readonly daysKept: number | null
  readonly sign: SignPlace | null
  /** Set: it records today, and authority to take it over is asked for. */
  readonly running: {
    readonly placement: string
    readonly basis: string
    readonly reason: string
  } | null
}

/** Says what is wrong with a cell of the line at hand; null: with all of it. */
export type Wrong = (key: EstateKey | null, message: string) => void

/** Names are the same whatever their capitals and spaces. */
export const mark = (text: string): string => text.trim().toLowerCase().replace(/\s+/g, ' ')
/** A code by itself or by its words; null: the list has neither. */
export const codeOf = (
  text: string,
  list: readonly { readonly code: string; readonly label: string }[],
): string | null =>
  list.find((e) => mark(e.code) === mark(text) || mark(e.label) === mark(text))?.code ?? null
