/** What is asked of everybody and where it stands, and the work that comes of it: opened when due, closed when done. */
import { addDays, startOfDayMs } from '#base/base.ts'
import { inTransaction, type Tx } from '#engine/engine.ts'
import { rolesFor } from '#policy/policy.ts'
import type { Landlord, TrainingParts } from './training-parts.ts'
import { type Need, needsOf } from './training-state.ts'
import * as store from './training-store.ts'

/** Everything asked of everybody at a landlord, or of one person, with where it stands. */
export async function standingNeeds(
  parts: Pick<TrainingParts, 'clock'>,
  sql: TrainingParts['sql'] | Tx,
  landlord: Landlord,
  personId: string | null = null,
): Promise<readonly { readonly member: store.Member; readonly needs: readonly Need[] }[]> {
  const nowMs = parts.clock.nowMs()
  const { slug, pack, adoptedMs } = landlord
  const [members, records, said, courses, briefings] = [
    await store.membersOf(sql, slug, nowMs, personId),
    await store.standingRecords(sql, slug),
    await store.acknowledgements(sql, slug, personId),
    await store.ownCourses(sql, slug),
    await store.briefingsAt(sql, slug),
  ]
  const recordsBy = Map.groupBy(records, (one) => one.personId)
  const saidBy = Map.groupBy(said, (one) => one.personId)
  const asked = { pack, adoptedMs, courses, briefings }
  return members.map((member) => ({
    member,
    needs: needsOf(asked, member, recordsBy.get(member.id) ?? [], saidBy.get(member.id) ?? [], nowMs),
  }))
}

const pressing = (need: Need): boolean => need.state !== 'done'

/** Opens what is due for a person (null: for everybody here) and closes what is done. */
export async function remind(
  parts: TrainingParts,
  tx: Tx,
  landlord: Landlord,
  personId: string | null,
): Promise<void> {
  const nowMs = parts.clock.nowMs()
  const zone = landlord.pack.values.provider.timeZone
  const managers = rolesFor(landlord.pack, 'training.manage')
  for (const { member, needs } of await standingNeeds(parts, tx, landlord, personId)) {
    for (const need of needs) {
      const about = { provider: landlord.slug, trainee: member.id, what: need.kind, code: need.code }
      if (!pressing(need)) {
        await parts.closeTask(tx, { kind: 'training.*', about, nowMs })
        continue
      }
      const dueMs = need.day === null ? null : startOfDayMs(addDays(need.day, 1), zone)
      const { clause } = need
      await parts.openTask(tx, {
        kind: 'training.mine',
        provider: landlord.slug,
        title: words(need, 'mine'),
        roles: [],
        personId: member.id,
        about,
        dueMs,
        clause,
        nowMs,
      })
      // A manager hears of licences with each warning, and of the rest when it is late.
      const tellManager =
        need.kind === 'licence' || need.state === 'late' || need.state === 'over' || need.before.length > 0
      if (tellManager)
        await parts.openTask(tx, {
          kind: 'training.theirs',
          provider: landlord.slug,
          // Who keeps the records of one area alone hears of those who work there; of everybody else, who reaches all.
          area: member.areas.length === 1 ? member.areas[0]! : null,
          title: `${member.name}: ${words(need, 'theirs')}`,
          roles: managers,
          about,
          dueMs,
          clause,
          nowMs,
        })
      else await parts.closeTask(tx, { kind: 'training.theirs', about, nowMs })
    }
  }
}

function words(need: Need, whose: 'mine' | 'theirs'): string {
  const mine = whose === 'mine'
  switch (need.kind) {
    case 'policy':
      return mine ? 'Read the policy and say that you have' : 'has not said that they read the policy'
    case 'briefing':
      return mine ? `Read the briefing “${need.title}”` : `has not read the briefing “${need.title}”`
    case 'licence':
      return need.state === 'due'
        ? `${need.title} ends within ${need.warning} days`
        : need.state === 'over'
          ? `${need.title} has ended`
          : `${need.title} is not recorded`
    case 'training':
      return need.state === 'due'
        ? `${need.title}: due again within ${need.warning} days`
        : need.state === 'over'
          ? `${need.title}: must be done again`
          : `${need.title}: still to be done`
  }
}

/** Looks at everybody, for what time alone brings about. */
export async function remindEverybody(parts: TrainingParts): Promise<void> {
  for (const landlord of parts.landlords())
    await inTransaction(parts.sql, (tx) => remind(parts, tx, landlord, null))
  const nowMs = parts.clock.nowMs()
  const left = await store.leaversSince(parts.sql, nowMs - 40 * 86_400_000)
  await inTransaction(parts.sql, async (tx) => {
    for (const trainee of left) await parts.closeTask(tx, { kind: 'training.*', about: { trainee }, nowMs })
  })
}
