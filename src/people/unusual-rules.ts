/**
 * What counts as unusual use: six plain rules, each with its threshold here and its words for the page. They look at
 * when and how often somebody looked, never at what was to be seen. A rule stops nobody; somebody else looks into it.
 */

/** One opened viewing, as footage tells it. */
export type Look = {
  readonly personId: string
  readonly provider: string
  readonly cameraIds: readonly string[]
  readonly atMs: number
  /** The case it was for came to something: an exhibit, or it was closed. */
  readonly outcome: boolean
}
/** One refused sign-in, code or door. */
export type Refusal = { readonly personId: string; readonly atMs: number }
/** Somebody else made their account, gave them a new password link, or took their second step off. */
export type LetInAnew = { readonly personId: string; readonly atMs: number }
/** The first sign-in from a network, by somebody who had signed in from others before. */
export type NewPlace = { readonly personId: string; readonly atMs: number }

export const thresholds = {
  /** Rules look back so far, at most. */
  lookBackDays: 7,
  /** What somebody usually does is read off so many days before. */
  usualDays: 60,
  /** An hour of the day is usual for somebody who has looked in it on so many days. */
  usualTimes: 3,
  workFromHour: 7,
  workToHour: 19,
  /** Viewings within one hour. */
  manyViewings: 20,
  /** Refused tries within a day. */
  manyRefusals: 10,
  /** Viewings of one camera within seven days, none of which came to anything. */
  againAndAgain: 6,
  /** How long after an account was opened by somebody else's hand its looking is told. */
  letInAnewDays: 7,
} as const

export const rules = {
  'outside-hours': `Footage was looked at before ${thresholds.workFromHour} in the morning, after ${thresholds.workToHour - 12} in the evening or at a weekend, by somebody who does not usually look at that hour.`,
  'many-viewings': `${thresholds.manyViewings} or more viewings were opened within one hour.`,
  'many-refusals': `${thresholds.manyRefusals} or more tries to sign in were refused within one day.`,
  'again-and-again': `One camera was looked at ${thresholds.againAndAgain} times or more within seven days, and no case came to anything.`,
  'let-in-anew': `Footage was looked at within ${thresholds.letInAnewDays} days after somebody else had made the account, had given it a new password link, or had taken its second step off. Ask the person in it whether it was they who looked.`,
  'new-place': 'Somebody signed in from a network that they had not used before.',
} as const
export type RuleCode = keyof typeof rules

export type Finding = {
  readonly rule: RuleCode
  readonly personId: string
  readonly provider: string | null
  readonly count: number
  /** Says whether two findings are the same. */
  readonly key: string
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Hour of the day, day of the week (1 to 7) and civil day at the landlord. */
function local(atMs: number, timeZone: string): { hour: number; weekday: number; day: string } {
  const at = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone)
  return { hour: at.hour, weekday: at.dayOfWeek, day: at.toPlainDate().toString() }
}

function byPerson<T extends { readonly personId: string }>(list: readonly T[]): Map<string, T[]> {
  const found = new Map<string, T[]>()
  for (const one of list) found.set(one.personId, [...(found.get(one.personId) ?? []), one])
  return found
}

/** Everything that the rules notice. `looks` reach back over the usual days, for what is usual. */
export function findings(facts: {
  readonly nowMs: number
  readonly timeZone: string
  readonly looks: readonly Look[]
  readonly refusals: readonly Refusal[]
  readonly newPlaces: readonly NewPlace[]
  readonly letInAnew?: readonly LetInAnew[]
}): readonly Finding[] {
  const sinceMs = facts.nowMs - thresholds.lookBackDays * dayMs
  const recent = (one: { readonly atMs: number }): boolean => one.atMs >= sinceMs && one.atMs <= facts.nowMs
  const found: Finding[] = []
  for (const [personId, looks] of byPerson(facts.looks)) {
    found.push(...outsideHours(personId, looks, looks.filter(recent), facts.timeZone))
    found.push(...manyViewings(personId, looks.filter(recent), facts.timeZone))
    found.push(...againAndAgain(personId, looks.filter(recent), facts))
  }
  for (const [personId, refusals] of byPerson(facts.refusals.filter(recent)))
    for (const [day, count] of perDay(refusals, facts.timeZone))
      if (count >= thresholds.manyRefusals)
        found.push({ rule: 'many-refusals', personId, provider: null, count, key: `${personId} ${day}` })
  found.push(...letInAnew(facts.letInAnew ?? [], facts.looks.filter(recent)))
  for (const place of facts.newPlaces.filter(recent))
    found.push({
      rule: 'new-place',
      personId: place.personId,
      provider: null,
      count: 1,
      key: `${place.personId} ${place.atMs}`,
    })
  return found
}

function outsideHours(
  personId: string,
  all: readonly Look[],
  recent: readonly Look[],
  timeZone: string,
): Finding[] {
  const daysOf = new Map<number, Set<string>>()
  for (const look of all) {
    const { hour, day } = local(look.atMs, timeZone)
    daysOf.set(hour, (daysOf.get(hour) ?? new Set()).add(day))
  }
  const odd = recent.filter((look) => {
    const { hour, weekday, day } = local(look.atMs, timeZone)
    const atWork = weekday <= 5 && hour >= thresholds.workFromHour && hour < thresholds.workToHour
    // The day itself is no proof that the hour is usual.
    const others = [...(daysOf.get(hour) ?? [])].filter((one) => one < day)
    return !atWork && others.length < thresholds.usualTimes
  })
  return [...perDay(odd, timeZone)].map(([day, count]) => ({
    rule: 'outside-hours',
    personId,
    provider: odd[0]!.provider,
    count,
    key: `${personId} ${day}`,
  }))
}

/** Whoever hands out a password link can use it: the first look after that is told to those who can ask its person. */
function letInAnew(all: readonly LetInAnew[], recent: readonly Look[]): Finding[] {
  const spanMs = thresholds.letInAnewDays * dayMs
  return [...byPerson(all)].flatMap(([personId, times]): Finding[] => {
    const after = ({ atMs }: LetInAnew): Look[] =>
      recent.filter((look) => look.personId === personId && look.atMs >= atMs && look.atMs < atMs + spanMs)
    const last = times.toSorted((a, b) => a.atMs - b.atMs).findLast((one) => after(one).length > 0)
    if (last === undefined) return []
    const looks = after(last)
    const { provider } = looks[0]!
    return [{ rule: 'let-in-anew', personId, provider, count: looks.length, key: `${personId} ${last.atMs}` }]
  })
}

function manyViewings(personId: string, recent: readonly Look[], timeZone: string): Finding[] {
  const sorted = recent.toSorted((a, b) => a.atMs - b.atMs)
  const found = new Map<string, Finding>()
  for (const [at, look] of sorted.entries()) {
    const within = sorted.slice(at).filter((one) => one.atMs < look.atMs + hourMs).length
    const key = `${personId} ${local(look.atMs, timeZone).day}`
    if (within >= thresholds.manyViewings && within > (found.get(key)?.count ?? 0))
      found.set(key, { rule: 'many-viewings', personId, provider: look.provider, count: within, key })
  }
  return [...found.values()]
}

function againAndAgain(
  personId: string,
  recent: readonly Look[],
  { nowMs, timeZone }: { readonly nowMs: number; readonly timeZone: string },
): Finding[] {
  const byCamera = new Map<string, Look[]>()
  for (const look of recent)
    for (const camera of look.cameraIds) byCamera.set(camera, [...(byCamera.get(camera) ?? []), look])
  // Once a week and camera: the Monday of the week that ends the span.
  const at = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone)
  const week = at
    .toPlainDate()
    .subtract({ days: at.dayOfWeek - 1 })
    .toString()
  return [...byCamera]
    .filter(([, looks]) => looks.length >= thresholds.againAndAgain && !looks.some(({ outcome }) => outcome))
    .map(([camera, looks]) => ({
      rule: 'again-and-again',
      personId,
      provider: looks[0]!.provider,
      count: looks.length,
      key: `${personId} ${camera} ${week}`,
    }))
}

function perDay(list: readonly { readonly atMs: number }[], timeZone: string): Map<string, number> {
  const days = new Map<string, number>()
  for (const { atMs } of list) {
    const { day } = local(atMs, timeZone)
    days.set(day, (days.get(day) ?? 0) + 1)
  }
  return days
}
