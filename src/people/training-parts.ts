/** What training is given by `main`, and for whom somebody keeps the records. */
import type { Reason } from '#base/base.ts'
import type { Tx } from '#engine/engine.ts'
import type { Pack } from '#policy/policy.ts'
import type { Person } from '#web/web.ts'
import type { PeopleParts } from './parts.ts'
import type * as store from './training-store.ts'

/** A task of casework, which people may not know: `main` hands the functions over. */
type Task = {
  readonly kind: string
  readonly provider: string
  readonly area?: string | null
  readonly title: string
  readonly roles: readonly string[]
  readonly personId?: string | null
  readonly about: Readonly<Record<string, string>>
  readonly dueMs?: number | null
  readonly clause?: string | null
  readonly nowMs: number
}

export type TrainingParts = Pick<PeopleParts, 'sql' | 'clock' | 'record'> & {
  /** Landlords here with the pack they decide by now. */
  landlords(): readonly {
    readonly slug: string
    readonly name: string
    readonly pack: Pack
    readonly adoptedMs: number
  }[]
  openTask(tx: Tx, task: Task): Promise<unknown>
  closeTask(
    tx: Tx,
    done: {
      readonly kind: string
      readonly about: Readonly<Record<string, string>>
      readonly by?: string | null
      readonly nowMs: number
    },
  ): Promise<unknown>
}

export const no = (code: string, message: string, clause: string | null = null): Reason => ({
  code,
  message,
  clause,
})

export type Landlord = ReturnType<TrainingParts['landlords']>[number]

export const landlordOf = (parts: TrainingParts, slug: string): Landlord | null =>
  parts.landlords().find((one) => one.slug === slug) ?? null

/** Landlords at which somebody keeps the records. */
export const keptBy = (parts: TrainingParts, person: Person): readonly Landlord[] =>
  parts
    .landlords()
    .filter(({ slug, pack }) =>
      person.roles.some(
        (held) =>
          held.provider === slug && (pack.values.abilities[held.role] ?? []).includes('training.manage'),
      ),
    )

/** Does the reach of whoever keeps the records hold this person? A role with areas reaches those who work in one of them. */
export const keeps = (person: Person, landlord: Landlord, member: Pick<store.Member, 'areas'>): boolean =>
  person.roles.some(
    (held) =>
      held.provider === landlord.slug &&
      (landlord.pack.values.abilities[held.role] ?? []).includes('training.manage') &&
      (held.areas.length === 0 || member.areas.some((area) => held.areas.includes(area))),
  )
