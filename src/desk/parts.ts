/** What desk is given by `main`. */
import type { AuthorisationDeps } from '#authorisation/authorisation.ts'
import type { Clock } from '#base/base.ts'
import type { Sql } from '#engine/engine.ts'
import type { CameraState } from '#footage/footage.ts'
import type { Packs } from '#register/register.ts'

export type DeskParts = {
  readonly sql: Sql
  readonly clock: Clock
  readonly packs: Packs
  readonly recorders: AuthorisationDeps['recorders']
  /** What the recorder says of a camera. */
  cameraState(cameraId: string): Promise<CameraState>
  /** The cameras whose pictures arrive now: of which `cameraState` says 'recording'. */
  recordingCameras(): readonly string[]
  named(ids: readonly string[]): Promise<ReadonlyMap<string, { readonly name: string }>>
  /** Who holds the roles of a landlord now, and how far each reaches (empty: everywhere). */
  rolesHeld(
    provider: string,
  ): Promise<readonly { readonly role: string; readonly name: string; readonly areas: readonly string[] }[]>
  /** How e-mail goes: null where the landlord has set no mail server. */
  readonly mail: { trouble(): Promise<{ readonly people: number; readonly sinceMs: number } | null> } | null
  /** Moves the clock of a demo home, and does what falls due; null in a landlord's home, where no such page exists. */
  readonly demo: { moveBy(days: number, by: string): Promise<void> } | null
}
