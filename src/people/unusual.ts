/** Unusual use: noticed by the plain rules, told once to those whom the policy names, answered by somebody else. */
import { newId, ok, type Result, refuse } from '#base/base.ts'
import { inTransaction, type Query, type Tx } from '#engine/engine.ts'
import type { Person } from '#web/web.ts'
import type { PeopleParts } from './parts.ts'
import { rulesOf } from './standing.ts'
import { accountById } from './store.ts'
import { type Finding, findings, type NewPlace, type RuleCode, rules, thresholds } from './unusual-rules.ts'

const dayMs = 86_400_000
const listMax = 200

export type Alarm = {
  readonly id: string
  readonly personId: string
  readonly person: string
  readonly provider: string
  readonly rule: RuleCode
  readonly count: number
  readonly noticedMs: number
  readonly answeredMs: number | null
  readonly answeredBy: string | null
  readonly answer: string | null
  readonly unusual: boolean | null
}

/** Looks through what was done, and tells what is new. Run often; one thing is told once. */
export async function noticeUnusual(parts: PeopleParts): Promise<number> {
  const nowMs = parts.clock.nowMs()
  const sinceMs = nowMs - thresholds.lookBackDays * dayMs
  const [looks, refusals, letInAnew, newPlaces] = await Promise.all([
    parts.use?.looks(nowMs - thresholds.usualDays * dayMs) ?? [],
    parts.use?.refusals(sinceMs) ?? [],
    parts.use?.letInAnew?.(sinceMs - thresholds.letInAnewDays * dayMs) ?? [],
    newPlacesSince(parts.sql, sinceMs),
  ])
  const timeZone = parts.providers()[0]?.rules?.timeZone ?? 'Europe/London'
  let told = 0
  for (const finding of findings({ nowMs, timeZone, looks, refusals, letInAnew, newPlaces }))
    if (await inTransaction(parts.sql, (tx) => tell(parts, tx, finding, nowMs))) told += 1
  return told
}

const newPlacesSince = (sql: Query, sinceMs: number): Promise<NewPlace[]> =>
  sql<NewPlace[]>`
    select person_id as "personId", first_at as "atMs" from people.sign_in_place as place
    where first_at >= ${sinceMs}::timestamptz and exists (
      select from people.sign_in_place as before
      where before.person_id = place.person_id and before.first_at < place.first_at)
    limit 1000`

/** Whether it was new. */
async function tell(parts: PeopleParts, tx: Tx, finding: Finding, nowMs: number): Promise<boolean> {
  const account = await accountById(tx, finding.personId)
  const known = new Set(parts.providers().map(({ slug }) => slug))
  const provider =
    finding.provider ?? account?.roles.find((role) => known.has(role.provider))?.provider ?? [...known][0]
  if (!account || provider === undefined) return false
  const id = newId(nowMs)
  const made = await tx`
    insert into people.alarm (id, person_id, provider, rule, key, count, noticed_at)
    values (${id}, ${account.id}, ${provider}, ${finding.rule}, ${finding.key}, ${finding.count},
      ${nowMs}::timestamptz)
    on conflict (rule, key) do nothing`
  if (made.count === 0) return false
  await parts.record(tx, {
    kind: 'person.unusual-use-noticed',
    actor: null,
    provider,
    about: { person: account.id, alarm: id },
    data: { rule: finding.rule, count: finding.count },
    atMs: nowMs,
  })
  await parts.use?.openTask(tx, {
    alarm: id,
    provider,
    roles: answerersAt(parts, provider),
    title: `Look into unusual use: ${titles[finding.rule]}`,
    nowMs,
  })
  return true
}

export const titles: Readonly<Record<RuleCode, string>> = {
  'outside-hours': 'looking at unusual hours',
  'many-viewings': 'many viewings in a short time',
  'many-refusals': 'many refused sign-ins',
  'again-and-again': 'one camera again and again',
  'let-in-anew': 'looking soon after being let in anew',
  'new-place': 'a sign-in from a new network',
}

/** Who is told: the role that the policy names, and those who lift conflicts, so that nobody judges themselves alone. */
const answerersAt = (parts: PeopleParts, provider: string): readonly string[] => {
  const rule = rulesOf(parts)(provider)
  return rule === undefined ? [] : [...new Set([rule.unusualUseTo, ...rule.conflictLifters])]
}

/**
 * Landlords whose unusual use somebody looks into: those all of which their role reaches, since what is noticed has no place.
 * @param about whose use it is: what they lend lets nobody judge them
 */
export const watchesAt = (
  parts: PeopleParts,
  person: Person,
  about: string | null = null,
): readonly string[] => [
  ...new Set(
    person.roles
      .filter(({ areas, deputyFor }) => areas.length === 0 && (about === null || deputyFor !== about))
      .filter(({ provider, role }) => answerersAt(parts, provider).includes(role))
      .map(({ provider }) => provider),
  ),
]

/** What this person may look into: never what is about themselves, or about whom they stand in for. Open first. */
export async function alarmsFor(parts: PeopleParts, person: Person): Promise<readonly Alarm[]> {
  const alarms = await alarmsWhere(
    parts.sql,
    parts.sql`alarm.provider = any (${[...watchesAt(parts, person)]}::text[]) and alarm.person_id <> ${person.id}`,
  )
  return alarms.filter((alarm) => watchesAt(parts, person, alarm.personId).includes(alarm.provider))
}

export async function alarmFor(parts: PeopleParts, person: Person, id: string): Promise<Alarm | null> {
  const { sql } = parts
  const [found] = await alarmsWhere(
    sql,
    sql`alarm.id = ${id} and alarm.provider = any (${[...watchesAt(parts, person)]}::text[])
      and alarm.person_id <> ${person.id}`,
  )
  return found && watchesAt(parts, person, found.personId).includes(found.provider) ? found : null
}

export async function answerAlarm(
  parts: PeopleParts,
  tx: Tx,
  alarm: Alarm,
  given: { readonly unusual: boolean; readonly answer: string },
  by: string,
): Promise<Result<null>> {
  const nowMs = parts.clock.nowMs()
  const done = await tx`
    update people.alarm
    set answered_at = ${nowMs}::timestamptz, answered_by = ${by}, answer = ${given.answer}, unusual = ${given.unusual}
    where id = ${alarm.id} and answered_at is null and person_id <> ${by}`
  if (done.count === 0)
    return refuse({ code: 'answered', message: 'Somebody has answered this already', clause: null })
  await parts.use?.closeTask(tx, { alarm: alarm.id, by, nowMs })
  await parts.record(tx, {
    kind: 'person.unusual-use-answered',
    actor: by,
    provider: alarm.provider,
    about: { person: alarm.personId, alarm: alarm.id },
    data: { rule: alarm.rule, unusual: given.unusual },
    personal: { answer: given.answer },
    atMs: nowMs,
  })
  return ok(null)
}

export const ruleWords = (rule: RuleCode): string => rules[rule]

function alarmsWhere(sql: Query, where: ReturnType<Query>): Promise<Alarm[]> {
  return sql<Alarm[]>`
    select alarm.id, alarm.person_id as "personId", person.name as person, alarm.provider, rule, count,
      noticed_at as "noticedMs", answered_at as "answeredMs", other.name as "answeredBy", answer, unusual
    from people.alarm
    join people.person on person.id = alarm.person_id
    left join people.person as other on other.id = alarm.answered_by
    where ${where} order by answered_at is not null, noticed_at desc limit ${listMax}`
}
