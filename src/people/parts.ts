/** What people/ is given by `main`, and the kinds of thing it writes to the ledger. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock, Json, Log, Result, SecretBox } from '#base/base.ts'
import { inTransaction, type Query, type Sql, type Tx } from '#engine/engine.ts'
import type { Person } from '#web/web.ts'
import type { LetInAnew, Look, Refusal } from './unusual-rules.ts'

/** One entry of the ledger: `ledger.append` takes it as it is. */
export type PeopleEntry = {
  readonly kind: string
  readonly actor: string | null
  readonly provider: string | null
  readonly about: Readonly<Record<string, string>>
  readonly data?: { readonly [name: string]: Json }
  readonly personal?: Readonly<Record<string, string>>
  readonly atMs: number
}

/** What a landlord's policy says about accounts, as far as people/ carries it out. */
export type AccountRules = {
  readonly everybodyNeedsFactor: boolean
  /** Roles that may see pictures of people. */
  readonly pictureRoles: readonly string[]
  readonly graceDays: number
  /** A picture role is given for so long at most; null: no end. */
  readonly roleMonthsMax: number | null
  readonly areaRoles: readonly string[]
  readonly reportRoles: readonly string[]
  readonly deputyDaysMax: number
  readonly conflictLifters: readonly string[]
  /** Roles that put cameras in: the only ones that an engineer from outside can have. */
  readonly engineerRoles: readonly string[]
  readonly unusualUseTo: string
  readonly timeZone: string
}

/** A visit of a supplier's engineer, as the register has it. */
export type PlannedVisit = {
  readonly id: string
  readonly provider: string
  readonly siteId: string
  readonly siteName: string
  readonly timeZone: string
  readonly supplierName: string
  readonly engineer: string
  readonly supervisorId: string
  readonly fromMs: number
  readonly untilMs: number
  readonly arrivedMs: number | null
  readonly leftMs: number | null
  readonly cancelledMs: number | null
}

export type Named = { readonly id: string; readonly name: string; readonly provider?: string }

export type PeopleParts = {
  readonly sql: Sql
  /** Overt's clock: for the ledger and for what is shown as a date. */
  readonly clock: Clock
  /** Real time, also where a demo moves Overt's clock: for sessions, tokens and waiting. */
  readonly realClock: Clock
  readonly log: Log
  /** `ledger.append`, in the transaction of the change. */
  record(tx: Tx, entry: PeopleEntry): Promise<unknown>
  /** The landlords of this installation with the roles their policies name. */
  providers(): readonly {
    readonly slug: string
    readonly name: string
    readonly roles: readonly { readonly code: string; readonly title: string }[]
    /** What its policy says about accounts; absent: nothing, so nothing is asked. */
    readonly rules?: AccountRules
  }[]
  /** The policy packs that a first administrator may choose from. */
  packs(): readonly {
    readonly code: string
    readonly title: string
    readonly hint?: string
    /** It is nobody's published policy, so the landlord has to say its own name. */
    readonly needsName?: boolean
  }[]
  /** Adopts the chosen pack in the transaction of the set-up. `name` null: the landlord whose document it is. */
  adoptPack(
    tx: Tx,
    code: string,
    by: { readonly personId: string; readonly name: string | null; readonly nowMs: number },
  ): Promise<Result<unknown>>
  /** Seals the keys of second factors. */
  readonly box: SecretBox
  /** Called after a set-up has committed (so that what was adopted is read again). */
  afterSetup?(): Promise<void>
  /** What in the rooms above names a person, and how it goes to somebody else. Absent: nothing does. */
  readonly work?: {
    inHand(
      sql: Query,
      personId: string,
    ): Promise<readonly { readonly what: string; readonly count: number }[]>
    /** `toId` null: to the holders of the role. */
    handOn(
      tx: Tx,
      fromId: string,
      toId: string | null,
      nowMs: number,
    ): Promise<readonly { readonly what: string; readonly count: number }[]>
  }
  /** What unusual use is read off, and where it is told. Absent: only sign-ins are looked at, and nobody is told. */
  readonly use?: {
    looks(sinceMs: number): Promise<readonly Look[]>
    refusals(sinceMs: number): Promise<readonly Refusal[]>
    /** Whose account somebody else made, gave a new link or freed from its second step, and when. */
    letInAnew?(sinceMs: number): Promise<readonly LetInAnew[]>
    openTask(
      tx: Tx,
      task: {
        readonly alarm: string
        readonly provider: string
        readonly roles: readonly string[]
        readonly title: string
        readonly nowMs: number
      },
    ): Promise<unknown>
    closeTask(
      tx: Tx,
      done: { readonly alarm: string; readonly by: string; readonly nowMs: number },
    ): Promise<unknown>
  }
  /** Places, patches and cases, as far as somebody may see them; people/ keeps their ids and nothing else. */
  readonly places?: {
    sites(person: Person, text: string): Promise<readonly Named[]>
    patches(provider: string): Promise<readonly Named[]>
    caseBy(person: Person, reference: string): Promise<(Named & { readonly provider: string }) | null>
  }
  /** The register's visits, for which alone an engineer from outside is let in. Absent: none ever is. */
  readonly visits?: {
    /** Planned or going on, at places that this person may see. */
    open(person: Person): Promise<readonly PlannedVisit[]>
    byId(sql: Query, ids: readonly string[]): Promise<readonly PlannedVisit[]>
    /** Writes on the visit whose account it is; false: another account has it. */
    give(tx: Tx, visitId: string, personId: string): Promise<boolean>
    /** Writes on the visits of an account that are not over that they have none any more. */
    take(tx: Tx, personId: string): Promise<void>
    /** The visit of an account that goes on: the engineer was known and let in, has not left, and its end is to come. */
    goingOn(
      sql: Query,
      personId: string,
      nowMs: number,
    ): Promise<{ readonly visitId: string; readonly siteId: string; readonly untilMs: number } | null>
  }
  /** Ends a session that was not used for so long. Default 30 minutes. */
  readonly idleMs?: number
}

export const sessionMs = 12 * 3_600_000
export const idleMsDefault = 30 * 60_000
export const invitationMs = 7 * 24 * 3_600_000

export const idleMsOf = (parts: PeopleParts): number => parts.idleMs ?? idleMsDefault

/** What the database holds of a 256-bit secret; no salt is needed for what cannot be guessed. */
export const secretHash = (secret: string): Buffer => createHash('sha256').update(secret).digest()

export const sameHash = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)

export const plainUsername = (text: string): string => text.normalize('NFKC').trim().toLowerCase()

/** Runs work whose refusal must leave nothing behind: the transaction rolls back, and the refusal comes out as a value. */
export async function unlessRefused<T>(sql: Sql, work: (tx: Tx) => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await inTransaction(sql, async (tx) => {
      const result = await work(tx)
      if (!result.ok) throw new Refused(result)
      return result
    })
  } catch (error) {
    if (error instanceof Refused) return error.result
    throw error
  }
}

/** Never leaves this file. */
class Refused extends Error {
  readonly result: Extract<Result<never>, { ok: false }>
  constructor(result: Extract<Result<never>, { ok: false }>) {
    super('refused')
    this.result = result
  }
}
