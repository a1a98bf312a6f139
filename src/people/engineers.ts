/**
 * Engineers from outside: an account that opens for hours, at named sites, in a role that puts cameras in and in no
 * other, with somebody named who supervises. At the end they are out, whether or not anything ran.
 */
import { newId, ok, type Result, refuse } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { tell } from './factor.ts'
import type { PeopleParts } from './parts.ts'
import { rulesOf } from './standing.ts'
import { heldAt } from './standing-store.ts'
import * as store from './store.ts'

const hourMs = 3_600_000
export const hoursMax = 72

export type EngineerHours = {
  readonly id: string
  readonly provider: string
  readonly role: string
  readonly sites: readonly string[]
  readonly visit: string | null
  readonly supervisorId: string
  readonly supervisor: string
  readonly fromMs: number
  readonly untilMs: number
  readonly endedMs: number | null
}

export type NewHours = Pick<
  EngineerHours,
  'provider' | 'role' | 'sites' | 'visit' | 'supervisorId' | 'fromMs' | 'untilMs'
>

const no = (code: string, message: string) => refuse({ code, message, clause: null })

/** Lets an engineer's account in for some hours. Sites were checked by the caller to be of this landlord. */
export async function openHours(
  parts: PeopleParts,
  tx: Tx,
  personId: string,
  hours: NewHours,
  by: string,
): Promise<Result<{ readonly id: string }>> {
  const nowMs = parts.clock.nowMs()
  const account = await store.accountById(tx, personId)
  if (account?.kind !== 'engineer') return no('kind', 'This is not an engineer’s account')
  if (!account.active) return no('not-active', 'This account is closed. Open it again first')
  if (!(rulesOf(parts)(hours.provider)?.engineerRoles ?? []).includes(hours.role))
    return no('role', 'An engineer can only have a role that puts cameras in')
  if (hours.sites.length === 0) return no('sites', 'Choose at least one place')
  if (hours.untilMs <= nowMs || hours.untilMs <= hours.fromMs)
    return no('hours', 'The end must be after the beginning, and not in the past')
  if (hours.untilMs - hours.fromMs > hoursMax * hourMs)
    return no(
      'hours',
      `An engineer is let in for ${hoursMax} hours at most. Let them in again when they come back`,
    )
  const supervisor = await store.accountById(tx, hours.supervisorId)
  const theirs =
    supervisor?.active && supervisor.kind === 'staff' ? (await heldAt(tx, supervisor.id, nowMs)).grants : []
  if (!theirs.some((grant) => grant.provider === hours.provider && grant.deputyFor === null))
    return no('supervisor', 'Choose a colleague of this landlord who supervises')
  const id = newId(nowMs)
  await tx`
    insert into people.engineer (id, person_id, provider, role, sites, visit, supervisor_id, from_at, until, made_by, made_at)
    values (${id}, ${personId}, ${hours.provider}, ${hours.role}, ${[...hours.sites]}::uuid[], ${hours.visit},
      ${hours.supervisorId}, ${hours.fromMs}::timestamptz, ${hours.untilMs}::timestamptz, ${by},
      ${nowMs}::timestamptz)`
  await tell(
    parts,
    tx,
    hours.supervisorId,
    `You supervise ${account.name}, an engineer from outside. They are let in for hours only.`,
  )
  await parts.record(tx, {
    kind: 'person.engineer-let-in',
    actor: by,
    provider: hours.provider,
    about: {
      person: personId,
      supervisor: hours.supervisorId,
      ...(hours.visit ? { visit: hours.visit } : {}),
    },
    data: { role: hours.role, sites: [...hours.sites], fromMs: hours.fromMs, untilMs: hours.untilMs },
    personal: { name: account.name },
    atMs: nowMs,
  })
  return ok({ id })
}

/** Out before the end: the visit is over, or something is wrong. */
export async function endHours(
  parts: PeopleParts,
  tx: Tx,
  personId: string,
  by: string,
): Promise<Result<null>> {
  const nowMs = parts.clock.nowMs()
  const account = await store.accountById(tx, personId)
  const open = (await hoursOf(tx, personId)).filter((one) => one.endedMs === null && one.untilMs > nowMs)
  if (!account || open.length === 0) return no('hours', 'This engineer is not let in')
  await tx`
    update people.engineer set ended_at = ${nowMs}::timestamptz
    where person_id = ${personId} and ended_at is null and until > ${nowMs}::timestamptz`
  await store.deleteSessionsOf(tx, personId)
  await store.revokeTokensOf(tx, personId, parts.realClock.nowMs())
  await parts.record(tx, {
    kind: 'person.engineer-out',
    actor: by,
    provider: open[0]!.provider,
    about: { person: personId },
    personal: { name: account.name },
    atMs: nowMs,
  })
  return ok(null)
}

export const hoursOf = (sql: Query, personId: string): Promise<EngineerHours[]> =>
  sql<EngineerHours[]>`
    select engineer.id, provider, role, sites, visit, supervisor_id as "supervisorId", person.name as supervisor,
      from_at as "fromMs", until as "untilMs", ended_at as "endedMs"
    from people.engineer join people.person on person.id = engineer.supervisor_id
    where person_id = ${personId} order by from_at desc limit 100`

/** Makes an account into an engineer's, before anything else is given to it. */
export async function makeEngineer(tx: Tx, personId: string): Promise<void> {
  await tx`update people.person set kind = 'engineer' where id = ${personId} and not administrator`
}
