/**
 * What somebody has learned, holds and has read, against what the policy and the landlord ask: pure sums over records.
 * A day that is the last is still good; dates are civil days in the landlord's zone.
 */
import { addDays, civilDay, daysBetween } from '#base/base.ts'
import type { GatedAction, Pack } from '#policy/policy.ts'
import { dayWords } from '#web/web.ts'
import type { Acknowledged, Briefing, Member, OwnCourse, Record } from './training-store.ts'

export type NeedKind = 'training' | 'licence' | 'policy' | 'briefing'

/** missing: never done. due: still counts, ends soon. late: was due before today. over: it has ended. */
export type NeedState = 'done' | 'due' | 'missing' | 'late' | 'over'

export type Need = {
  readonly kind: NeedKind
  readonly code: string
  readonly title: string
  readonly state: NeedState
  /** Last day on which it counts, or by which it is to be done; null: neither. */
  readonly day: string | null
  /** Of a licence or course that ends: the number of days before the end that was reached last (120, 60, 30). */
  readonly warning: number | null
  readonly clause: string | null
  /** Why it is asked where the policy is silent; null where it is not, or where it is the landlord's own. */
  readonly silent: string | null
  readonly record: Record | null
  /** What nobody may do without it. */
  readonly before: readonly GatedAction[]
}

export type Asked = {
  readonly pack: Pack
  /** The day from which this installation decides by the pack. */
  readonly adoptedMs: number
  readonly courses: readonly OwnCourse[]
  readonly briefings: readonly Briefing[]
}

/** Days before the end of a course that is due again on which people are told. */
const refresherDays = [60, 30] as const

const forThem = (roles: readonly string[], member: Pick<Member, 'roles'>): boolean =>
  roles.length === 0 || roles.some((role) => member.roles.includes(role))

/** Everything that is asked of one person here, with where it stands; most pressing first. */
export function needsOf(
  asked: Asked,
  member: Member,
  records: readonly Record[],
  said: readonly Acknowledged[],
  nowMs: number,
): Need[] {
  const { pack } = asked
  const zone = pack.values.provider.timeZone
  const today = civilDay(nowMs, zone)
  const { training } = pack.values
  // Only what their roles would let them do waits for it.
  const waiting = (gates: readonly { readonly action: GatedAction }[]): GatedAction[] =>
    gates
      .map(({ action }) => action)
      .filter((action) => member.roles.some((role) => pack.values.abilities[role]?.includes(action)))
  const recordFor = (code: string): Record | null =>
    records
      .filter((one) => one.code === code && one.endedMs === null && one.personId === member.id)
      .sort((a, b) => (b.untilMs ?? Number.POSITIVE_INFINITY) - (a.untilMs ?? Number.POSITIVE_INFINITY))[0] ??
    null
  const dueBy = (fromMs: number, days: number): string =>
    addDays(civilDay(Math.max(member.madeMs, fromMs), zone), days)
  const timed = (
    what: Pick<Need, 'kind' | 'code' | 'title' | 'clause' | 'silent' | 'before'>,
    due: string,
    warnDays: readonly number[],
  ): Need => {
    const record = recordFor(what.code)
    if (record === null)
      return { ...what, record, state: due < today ? 'late' : 'missing', day: due, warning: null }
    if (record.lastDay === null) return { ...what, record, state: 'done', day: null, warning: null }
    if (record.lastDay < today) return { ...what, record, state: 'over', day: record.lastDay, warning: null }
    const left = daysBetween(today, record.lastDay)
    const reached = warnDays.filter((days) => left <= days)
    const warning = reached.length === 0 ? null : Math.min(...reached)
    return { ...what, record, state: warning === null ? 'done' : 'due', day: record.lastDay, warning }
  }
  const read = said.some(
    (one) =>
      one.personId === member.id &&
      one.kind === 'policy' &&
      one.subject === pack.provider &&
      one.version === pack.version,
  )
  const readBy = dueBy(asked.adoptedMs, training.policyReadDays.value)
  const unread = (by: string): NeedState => (by < today ? 'late' : 'missing')
  const needs: Need[] = [
    ...training.licences
      .filter((one) => forThem(one.for, member))
      .map((one) =>
        timed(
          { kind: 'licence', ...only(one), before: waiting(one.before) },
          dueBy(asked.adoptedMs, 0),
          one.warnDays.value,
        ),
      ),
    ...training.courses
      .filter((one) => forThem(one.for, member))
      .map((one) =>
        timed(
          { kind: 'training', ...only(one), before: waiting(one.before) },
          dueBy(asked.adoptedMs, one.dueDays.value),
          refresherDays,
        ),
      ),
    ...asked.courses
      .filter((one) => forThem(one.roles, member))
      .map((one) =>
        timed(
          { kind: 'training', code: one.code, title: one.title, clause: null, silent: null, before: [] },
          dueBy(one.madeMs, one.dueDays),
          refresherDays,
        ),
      ),
    {
      kind: 'policy',
      code: pack.version,
      title: `${pack.title}, version of ${dayWords(pack.version)}`,
      state: read ? 'done' : unread(readBy),
      day: read ? null : readBy,
      warning: null,
      clause: training.policyReadDays.clause,
      silent: null,
      record: null,
      before: [],
    },
    ...asked.briefings
      .filter((one) => forThem(one.roles, member) && one.givenBy !== member.id)
      .map((one): Need => {
        const seen = said.some(
          (at) => at.personId === member.id && at.kind === 'briefing' && at.subject === one.id,
        )
        return {
          kind: 'briefing',
          code: one.id,
          title: one.title,
          state: seen ? 'done' : unread(one.dueOn),
          day: seen ? null : one.dueOn,
          warning: null,
          clause: null,
          silent: null,
          record: null,
          before: [],
        }
      }),
  ]
  return needs.sort((a, b) => rank[a.state] - rank[b.state] || (a.day ?? '9').localeCompare(b.day ?? '9'))
}

const rank: { readonly [state in NeedState]: number } = { over: 0, late: 1, missing: 2, due: 3, done: 4 }

const only = (one: {
  readonly code: string
  readonly title: string
  readonly clause: string | null
  readonly silent: string | null
}) => ({ code: one.code, title: one.title, clause: one.clause, silent: one.silent })

/** The last day on which a training counts; null: it does not run out. */
export function lastDayOf(doneOn: string, months: number | null): string | null {
  if (months === null) return null
  return Temporal.PlainDate.from(doneOn).add({ months }).subtract({ days: 1 }).toString()
}

/** One word for the whole of a person, for the overview. */
export function worstOf(needs: readonly Need[]): NeedState {
  return needs.length === 0 ? 'done' : needs.reduce((a, b) => (rank[b.state] < rank[a.state] ? b : a)).state
}
