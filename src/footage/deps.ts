/** What footage is given by `main`: the parts below it that it can't build itself, as functions. */
import type { KeyObject } from 'node:crypto'
import type { HeldWord } from '#authorisation/authorisation.ts'
import type { Clock, Log, Result } from '#base/base.ts'
import type { Sql } from '#engine/engine.ts'
import type { CameraRow } from '#formats/link/link.ts'

import type { Packs } from '#register/register.ts'
import type { Person } from '#web/web.ts'
import type { Keyring } from './keyring/keyring.ts'

/** A time in which a camera had authority. What lies in none of them is shown to nobody. */
export type AuthorityInterval = {
  readonly fromMs: number
  /** Exclusive: the mandate's own end, or the instant at which it was ended before. */
  readonly untilMs: number
  readonly mandateId: string
  readonly class: 'ordinary' | 'commissioning' | 'transitional'
}

export type Authority = {
  /** Every interval that a camera ever had, in any order; they may touch and overlap. */
  intervals(cameraId: string): Promise<readonly AuthorityInterval[]>
  /** The mandate that the camera's recorder is to obey now, or null. */
  bundle(cameraId: string): Promise<{ readonly jws: string; readonly certificate: string } | null>
  /** The newest withdrawal, when nothing newer stands; null otherwise. */
  withdrawal(cameraId: string): Promise<{ readonly jws: string; readonly certificate: string } | null>
  /** Which camera and recorder a mandate was issued for; null when we issued no such mandate. */
  mandateOf(mandateId: string): Promise<{ readonly cameraId: string; readonly recorderId: string } | null>
  /**
   * Days kept, and the clause that says so (null: the policy is silent), for what was recorded on a day. `until`: of the
   * version that had the last word by that civil day, where a newer one shortened it.
   */
  retention(
    cameraId: string,
    day: string,
    until?: string,
  ): Promise<{ readonly days: number; readonly clause: string | null }>
  /**
   * Deployment type code under which a camera recorded at an instant; where it had no authority then, that of the
   * nearest; null when nobody ever asked for the camera. Says whose rules speak, never that it was allowed.
   */
  deploymentType(cameraId: string, atMs: number): Promise<string | null>
  /**
   * What a recorder holds of its cameras' authority, to be compared with what is remembered here (a restored backup
   * remembers less). Gives signed ends for cameras that record under a mandate nobody knows any more.
   */
  heardCounters?(
    recorderId: string,
    words: readonly HeldWord[],
  ): Promise<readonly { readonly camera: string; readonly jws: string; readonly certificate: string }[]>
  /** Tells how much was stored after a mandate's end before the news arrived. */
  noteOverrun(mandateId: string, overrunMs: number): Promise<void>
  /** Hands over the one commissioning still. */
  recordReference(still: {
    readonly deploymentId: string
    readonly jpeg: Buffer
    readonly reelId: string
    readonly atMs: number
  }): Promise<Result<unknown>>
}

export type HubIdentity = {
  readonly name: string
  /** Raw Ed25519 root key, base64url; recorders pin it. */
  readonly rootKey: string
  /** The ledger's note key, `name+id+key`. */
  readonly ledgerKey: string
  /** The signing key in force now, and the root's word for it. */
  signing(): Promise<{ readonly signer: { readonly privateKey: KeyObject }; readonly certificate: string }>
}

export type FootageDeps = {
  readonly sql: Sql
  readonly clock: Clock
  readonly log: Log
  readonly keyring: Keyring
  readonly hub: HubIdentity
  readonly authority: Authority
  /** Cameras that a recorder is to know of, with their opened credentials. */
  camerasOf(recorderId: string): Promise<readonly CameraRow[]>
  readonly packs: Packs
  /** Roles, training and licences of an account as they are now; null when it is not active any more. */
  rightsOf(personId: string): Promise<Pick<Person, 'roles' | 'qualifications' | 'conflicts'> | null>
  /** Names for ids, to show beside viewings and holds. */
  namesOf(personIds: readonly string[]): Promise<ReadonlyMap<string, { readonly name: string }>>
}
