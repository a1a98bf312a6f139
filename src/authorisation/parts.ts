/** What authorisation is given from outside, built in main. */
import type { Clock, Log } from '#base/base.ts'
import type { Sql } from '#engine/engine.ts'
import type { DayKey } from '#formats/mandate/mandate.ts'
import type { CredentialBox, DeviceFunction, Packs } from '#register/register.ts'
import type { HubKeys } from './keys.ts'

/** A recorder as footage knows it. */
export type KnownRecorder = {
  readonly id: string
  readonly name: string
  /** It has spoken lately. */
  readonly online: boolean
  /** Landlords whose cameras it may dial; absent: those of all. Others neither see its name nor use it. */
  readonly providers?: readonly string[]
}

/** The recorders that a landlord's cameras may hang on. */
export async function recordersFor(
  deps: Pick<AuthorisationDeps, 'recorders'>,
  provider: string,
): Promise<readonly KnownRecorder[]> {
  return (await deps.recorders()).filter((r) => r.providers === undefined || r.providers.includes(provider))
}

export type ProbeResult = { readonly code: string; readonly words: string }

export type SignParts = {
  /** Where people reach us, for the code on a sign: `https://cctv.example.org`. */
  base(): string
  /** The texts of the QR codes in a photo; empty when none can be read. */
  readCodes(photo: Buffer): Promise<readonly string[]>
}

/** What a camera's recorder brings back when it asked the camera what it does. */
export type DeviceSaid = {
  /** `ok`, or why the camera didn't say. */
  readonly code: string
  readonly words: string
  readonly functions: readonly DeviceFunction[]
}

export type AuthorisationDeps = {
  readonly sql: Sql
  readonly clock: Clock
  readonly log: Log
  readonly packs: Packs
  readonly keys: HubKeys
  readonly box: CredentialBox
  /** Public halves of the camera-day keys, made where there are none yet: one per day, in the order asked. */
  dayPublicKeys(cameraId: string, days: readonly string[]): Promise<readonly DayKey[]>
  /** Enrolled recorders that haven't been revoked. */
  recorders(): Promise<readonly KnownRecorder[]>
  /** Asks the camera's recorder to try its address (15 s at most) and says what came of it. */
  probe(cameraId: string): Promise<ProbeResult>
  /** Asks the camera, through its recorder, what it does besides filming (15 s at most). */
  readDevice(cameraId: string): Promise<DeviceSaid>
  /**
   * Told when a commissioning mandate is out: footage takes the first whole picture under it, calls
   * `recordReference`, and keeps nothing else of it.
   */
  captureReference(of: {
    readonly deploymentId: string
    readonly cameraId: string
    readonly mandateId: string
    readonly untilMs: number
  }): Promise<void>
  /** Seals reference pictures; their keys live in the keyring alone, and a picture is gone with its key. */
  readonly stills: {
    /** Sealed bytes; the key is durable before this resolves. */
    seal(id: string, clear: Buffer): Promise<Buffer>
    /** Null: the key is gone. */
    open(id: string, sealed: Buffer): Buffer | null
    destroy(id: string): Promise<void>
    /** All keys, with when each was made. */
    all(): readonly { readonly id: string; readonly madeMs: number }[]
  }
  readonly signs: SignParts
  /** Names of those who declared a conflict with one of these (a site, a colleague): shown to who decides. */
  conflictedAt?(ids: readonly string[]): Promise<readonly string[]>
  /** Names of accounts. */
  named(ids: readonly string[]): Promise<ReadonlyMap<string, { readonly name: string }>>
}
