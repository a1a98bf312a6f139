/** The nouns of this room: a landlord, its adoption of a pack, and all landlords of an installation. */
import type { Result } from '#base/base.ts'
import type { Tx } from '#engine/engine.ts'
import type { Pack } from '#policy/policy.ts'
import type { Decision, WantedDecision } from './decisions.ts'
import type { WantedSubsidiary } from './group.ts'
import type { AdoptedVersion } from './store.ts'

export type Provider = {
  readonly slug: string
  /** What people read. */
  readonly name: string
  readonly timeZone: string
  /** The landlord by whose policy this one decides, or null for a policy of its own. */
  readonly group: string | null
  /** Of its group where it has one. */
  readonly versions: readonly AdoptedVersion[]
}

export type Adoption = {
  readonly slug: string
  /** The landlord's own name where it differs from the document's. */
  readonly name?: string
  /** Day of effect of the pack; the newest on disk when not given. */
  readonly version?: string
  /** First day to decide by it; today when not given. */
  readonly fromDay?: string
  readonly by: string | null
  readonly nowMs: number
}

/** Appends to the ledger in the same transaction: `main` hands in ledger's `append`. */
export type AppendToLedger = (
  tx: Tx,
  entry: {
    kind: string
    actor: string | null
    provider: string | null
    about: { [name: string]: string }
    data: { [name: string]: string }
    personal?: { [name: string]: string }
    atMs: number
  },
) => Promise<unknown>

export type Providers = {
  /** Every pack on disk, adopted or not: what a first administrator chooses from. */
  readonly packs: readonly Pack[]
  /** The adopted landlords, by name. */
  list(): readonly Provider[]
  /** null when nobody of that slug has adopted a policy here. */
  find(slug: string): Provider | null
  /**
   * The pack to decide by, with what the landlord itself decided where it is silent: that of a version (as kept with an
   * earlier decision), or the one in effect on a civil day, today when not told. `askedMs`: as for what was asked for
   * then, so that an answer given later changes nothing that runs. @throws Failure('not-found')
   */
  packOf(
    slug: string,
    at?: { readonly day?: string; readonly version?: string; readonly askedMs?: number },
  ): Pack
  /** A landlord takes on a pack. Adopting the same version again changes nothing. */
  adopt(tx: Tx, adoption: Adoption): Promise<Result<Provider>>
  /** A landlord of a group: decides by the group's policy from then on. */
  addSubsidiary(tx: Tx, wanted: WantedSubsidiary): Promise<Result<Provider>>
  /** The landlord answers what its policy leaves open. It counts once the transaction is kept and `refresh` was called. */
  decidePoint(tx: Tx, wanted: WantedDecision): Promise<Result<Decision>>
  /** Every answer a landlord gave, oldest first; of its group where it has one. */
  decisions(slug: string): readonly Decision[]
  /** Opens the task of each landlord that has something to decide, and closes that of one that hasn't. */
  bringTasksInLine(tx: Tx): Promise<void>
  /** Reads again what was adopted and decided, by another process too. */
  refresh(): Promise<void>
}
