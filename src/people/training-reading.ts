/** Briefings, and who says that they have read what: once for each version, by nobody but themselves. */
import { addDays, civilDay, newId, ok, type Result, refuse } from '#base/base.ts'
import { inTransaction, type Tx } from '#engine/engine.ts'
import type { Person } from '#web/web.ts'
import { type Landlord, no, type TrainingParts } from './training-parts.ts'
import { remind } from './training-reminders.ts'
import * as store from './training-store.ts'

export type NewBriefing = {
  readonly title: string
  readonly body: string
  readonly roles: readonly string[]
  readonly dueOn: string
}

/** A dated note that each of those meant acknowledges. */
export async function giveBriefing(
  parts: TrainingParts,
  by: Person,
  landlord: Landlord,
  briefing: NewBriefing,
): Promise<Result<{ readonly id: string }>> {
  const nowMs = parts.clock.nowMs()
  const zone = landlord.pack.values.provider.timeZone
  const today = civilDay(nowMs, zone)
  const known = new Set(landlord.pack.values.roles.map(({ code }) => code))
  if (briefing.roles.some((role) => !known.has(role)))
    return refuse(no('roles', 'Choose roles from the list.'))
  if (briefing.dueOn < today || briefing.dueOn > addDays(today, 365))
    return refuse(no('dueOn', 'Choose a day from today to a year ahead.'))
  const id = newId(nowMs)
  await inTransaction(parts.sql, async (tx) => {
    await store.insertBriefing(tx, {
      id,
      provider: landlord.slug,
      givenMs: nowMs,
      givenBy: by.id,
      ...briefing,
    })
    await parts.record(tx, {
      kind: 'briefing.given',
      actor: by.id,
      provider: landlord.slug,
      about: { briefing: id },
      data: { roles: [...briefing.roles], dueOn: briefing.dueOn },
      atMs: nowMs,
    })
    await remind(parts, tx, landlord, null)
  })
  return ok({ id })
}

/**
 * Somebody says that they have read something. Once for each version; saying it again changes nothing.
 * @returns false when they had said so before
 */
export async function acknowledge(
  parts: Pick<TrainingParts, 'record'>,
  tx: Tx,
  said: {
    readonly personId: string
    readonly provider: string
    readonly kind: store.AcknowledgedKind
    readonly subject: string
    readonly version: string
    readonly nowMs: number
  },
): Promise<boolean> {
  const { personId, provider, kind, subject, version, nowMs } = said
  const first = await store.insertAcknowledgement(tx, provider, {
    personId,
    kind,
    subject,
    version,
    atMs: nowMs,
  })
  if (first)
    await parts.record(tx, {
      kind: `${kind}.acknowledged`,
      actor: personId,
      provider,
      about: { person: personId, ...(kind === 'policy' ? {} : { [kind]: subject }) },
      data: kind === 'policy' ? { version } : {},
      atMs: nowMs,
    })
  return first
}

/** Reads the policy of this version, or a briefing, as the person themselves. */
export async function sayRead(
  parts: TrainingParts,
  person: Person,
  landlord: Landlord,
  what: { readonly kind: 'policy' | 'briefing'; readonly subject: string; readonly version: string },
): Promise<void> {
  const nowMs = parts.clock.nowMs()
  await inTransaction(parts.sql, async (tx) => {
    await acknowledge(parts, tx, { personId: person.id, provider: landlord.slug, ...what, nowMs })
    await remind(parts, tx, landlord, person.id)
  })
}
