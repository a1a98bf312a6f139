/**
 * What a person may do at this moment, worked out on every request and never kept: roles that have not ended, those
 * lent by somebody absent, line management, an engineer's visit, and what is withheld while a second step is overdue.
 */
import { civilDay, startOfDayMs } from '#base/base.ts'
import type { Person } from '#web/web.ts'
import { type Seen, seenById } from './access-store.ts'
import type { AccountRules, PeopleParts } from './parts.ts'
import * as held from './standing-store.ts'
import type { Account } from './store.ts'

const dayMs = 86_400_000
/** A role's end is told so long before. */
export const warnDays = 30

type Rules = (provider: string) => AccountRules | undefined
export const rulesOf =
  (parts: Pick<PeopleParts, 'providers'>): Rules =>
  (provider) =>
    parts.providers().find((one) => one.slug === provider)?.rules

export type Standing = {
  readonly roles: readonly held.Grant[]
  readonly administrator: boolean
  readonly conflicts: readonly held.Conflict[]
  /** Training and licences that are in date. */
  readonly qualifications: readonly { readonly provider: string; readonly code: string }[]
  /** Somebody of a supplier, let in for a visit. */
  readonly outside?: boolean
}

/** What they hold now. Null: an engineer while no visit of theirs goes on, or an account that is closed. */
export async function standingAt(
  parts: Pick<PeopleParts, 'sql' | 'providers' | 'visits'>,
  account: Account,
  nowMs: number,
): Promise<Standing | null> {
  if (!account.active) return null
  const { sql } = parts
  const rules = rulesOf(parts)
  const { grants: own, conflicts } = await held.heldAt(sql, account.id, nowMs)
  let grants = own
  if (account.kind === 'engineer') {
    const visit = (await parts.visits?.goingOn(sql, account.id, nowMs)) ?? null
    grants = visit === null ? [] : await held.heldForVisit(sql, account.id, visit)
    if (grants.length === 0) return null
  }
  const roles: held.Grant[] = []
  for (const given of grants) {
    const rule = rules(given.provider)
    const grant = { ...given, untilMs: endOf(rule, given) }
    if (grant.untilMs !== null && grant.untilMs <= nowMs) continue
    if (rule?.reportRoles.includes(grant.role)) {
      const of = grant.deputyFor ?? account.id
      const areas = await held.areasOfReports(sql, of, grant.provider, rule.areaRoles, nowMs)
      // An empty reach would be the whole landlord: without reports the role reaches nothing.
      if (areas.length > 0) roles.push({ ...grant, areas })
    } else if (!(rule?.areaRoles.includes(grant.role) && grant.areas.length === 0)) roles.push(grant)
  }
  return {
    roles,
    administrator: account.administrator && account.kind === 'staff',
    ...(account.kind === 'engineer' ? { outside: true } : {}),
    conflicts,
    // A licence that ends today counts until midnight, and not one picture longer.
    qualifications: account.qualifications
      .filter(({ untilMs }) => untilMs === null || nowMs < untilMs)
      .map(({ provider, code }) => ({ provider, code })),
  }
}

/** The same civil day so many months later, in the landlord's zone: from its first instant a role is not held. */
export const inMonths = (fromMs: number, months: number, timeZone: string): number =>
  startOfDayMs(Temporal.PlainDate.from(civilDay(fromMs, timeZone)).add({ months }).toString(), timeZone)

/** When a grant ends: on its own day, and a role that may see footage never later than the policy lets it be given. */
export function endOf(
  rule: AccountRules | undefined,
  grant: Pick<held.Grant, 'role' | 'untilMs' | 'givenMs'>,
): number | null {
  if (
    !rule ||
    rule.roleMonthsMax === null ||
    grant.givenMs === null ||
    !rule.pictureRoles.includes(grant.role)
  )
    return grant.untilMs
  const latest = inMonths(grant.givenMs, rule.roleMonthsMax, rule.timeZone)
  return grant.untilMs === null ? latest : Math.min(grant.untilMs, latest)
}

export type FactorState =
  | { readonly kind: 'not-asked' | 'set-up' }
  /** `leftMs` 0 or less: what needs it is withheld. */
  | { readonly kind: 'asked'; readonly leftMs: number }

/** Whether the second step is asked of somebody with this standing, and how long work goes on without it. */
export function factorState(
  rules: Rules,
  account: Pick<Seen, 'hasFactor' | 'factorAskedMs'>,
  standing: Standing,
  realMs: number,
): FactorState {
  if (account.hasFactor) return { kind: 'set-up' }
  const asking = standing.roles
    .map((grant) => ({ rule: rules(grant.provider), role: grant.role }))
    .filter(({ rule, role }) => rule && (rule.everybodyNeedsFactor || rule.pictureRoles.includes(role)))
    .map(({ rule }) => rule!.graceDays)
  if (standing.administrator) asking.push(administratorGraceDays)
  if (asking.length === 0) return { kind: 'not-asked' }
  const askedMs = account.factorAskedMs ?? realMs
  return { kind: 'asked', leftMs: askedMs + Math.min(...asking) * dayMs - realMs }
}

/** An administrator belongs to no landlord, so no policy sets theirs. */
export const administratorGraceDays = 14

/** Without the second step, when its days are over: no pictures and no administration. The other roles stay. */
export function withoutPictures(rules: Rules, standing: Standing): Standing {
  return {
    ...standing,
    administrator: false,
    roles: standing.roles.filter(({ provider, role }) => {
      const rule = rules(provider)
      return !(rule?.everybodyNeedsFactor || rule?.pictureRoles.includes(role))
    }),
  }
}

/** The person behind a session or token, as every room sees them. Null: they are not let in now. */
export async function personNow(parts: PeopleParts, seen: Seen, via: Person['via']): Promise<Person | null> {
  const rules = rulesOf(parts)
  const realMs = parts.realClock.nowMs()
  const nowMs = parts.clock.nowMs()
  const full = await standingAt(parts, seen, nowMs)
  if (full === null) return null
  const factor = factorState(rules, seen, full, realMs)
  if (factor.kind === 'asked' && seen.factorAskedMs === null) await held.noteAsked(parts.sql, seen.id, realMs)
  const standing = factor.kind === 'asked' && factor.leftMs <= 0 ? withoutPictures(rules, full) : full
  const notices = via === 'session' ? await held.unreadNotices(parts.sql, seen.id) : []
  return {
    id: seen.id,
    name: seen.name,
    username: seen.username,
    ...standing,
    via,
    remarks: [
      ...factorRemark(factor),
      ...notices.map(({ words }) => ({ text: words, href: '/account', link: 'Your account' })),
      ...(seen.kind === 'staff' ? endingSoon(parts, full, nowMs) : []),
    ],
  }
}

/** What somebody may do now who is not asking themselves (a picture still on their screen). Null: they are out. */
export async function rightsOf(parts: PeopleParts, personId: string): Promise<Standing | null> {
  const seen = await seenById(parts.sql, personId)
  if (seen === null) return null
  const rules = rulesOf(parts)
  const full = await standingAt(parts, seen, parts.clock.nowMs())
  if (full === null) return null
  const factor = factorState(rules, seen, full, parts.realClock.nowMs())
  return factor.kind === 'asked' && factor.leftMs <= 0 ? withoutPictures(rules, full) : full
}

function factorRemark(state: FactorState) {
  if (state.kind !== 'asked') return []
  const days = Math.ceil(state.leftMs / dayMs)
  return [
    {
      text:
        days <= 0
          ? 'You may see no footage and manage nothing until signing in also asks for a code from your own device.'
          : `Within ${days === 1 ? '1 day' : `${days} days`} signing in must also ask you for a code from your own device. After that, without it, you see no footage and manage nothing.`,
      href: '/account/second-step',
      link: 'Set it up',
    },
  ]
}

/** A role that ends soon is told before, to its holder. */
function endingSoon(parts: PeopleParts, standing: Standing, nowMs: number) {
  return standing.roles
    .filter((grant) => grant.deputyFor === null && grant.untilMs !== null)
    .filter((grant) => grant.untilMs! - nowMs < warnDays * dayMs && grant.untilMs! > nowMs)
    .map((grant) => {
      const provider = parts.providers().find(({ slug }) => slug === grant.provider)
      const title = provider?.roles.find(({ code }) => code === grant.role)?.title ?? grant.role
      const days = Math.ceil((grant.untilMs! - nowMs) / dayMs)
      return {
        text: `Your role ${title} ends in ${days === 1 ? '1 day' : `${days} days`}. If you still need it, ask for it to be given again.`,
        href: '/account',
        link: 'Your account',
      }
    })
}
