/** What evidence is given by `main`: the parts below it that it can't build itself. */
import type { Clock, Log } from '#base/base.ts'
import type { Jobs, Sql } from '#engine/engine.ts'
import type { Footage } from '#footage/footage.ts'
import type { Signer } from '#formats/mandate/mandate.ts'
import type { Packs } from '#register/register.ts'
import type { Screening } from './watch.ts'

/** A viewing of somebody's, as far as what follows from it asks. */
export type Looked = {
  readonly purpose: string
  readonly caseId: string | null
  readonly cameraIds: readonly string[]
  readonly fromMs: number
  readonly toMs: number
  /** The leave of a second person on which it stood; null: on none. */
  readonly leaveId: string | null
}

export type EvidenceDeps = {
  readonly sql: Sql
  readonly clock: Clock
  readonly log: Log
  readonly jobs: Pick<Jobs, 'define' | 'send' | 'every'>
  /** Folder of finished packs, `OVERT_HOME/packs`. */
  readonly folder: string
  readonly footage: Pick<Footage, 'holdSpan' | 'holdStands' | 'readHeld' | 'releaseHold' | 'spanOf'>
  readonly packs: Packs
  readonly hub: {
    /** Raw Ed25519 root key, base64url. */
    readonly rootKey: string
    /** The ledger's note key, `name+id+key`. */
    readonly ledgerKey: string
    signing(): Promise<{ readonly signer: Signer; readonly certificate: string }>
  }
  /** Deployment type code whose rules speak for an instant (the nearest, where no authority was in force); null: none ever. */
  deploymentType(cameraId: string, atMs: number): Promise<string | null>
  /** The signed mandate and its certificate, as the recorder had them. */
  mandate(id: string): Promise<{ readonly jws: string; readonly certificate: string } | null>
  /** What somebody said when they opened a viewing, for the form that follows it; null when it isn't theirs. */
  viewing(id: string, personId: string): Promise<Looked | null>
  namesOf(personIds: readonly string[]): Promise<ReadonlyMap<string, { readonly name: string }>>
  /** `Overt 0.1.0` */
  readonly software: string
}

export type EvidenceParts = EvidenceDeps & { readonly screening: Screening }
