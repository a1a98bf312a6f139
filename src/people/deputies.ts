/**
 * Who stands in for somebody absent: in which of their roles, from when to when. It lends what the absent person holds
 * at that moment on their own account, never what was lent to them; the deputy's own licence, training and conflicts
 * count, and they decide under their own name ("as deputy for …"). Whom it must not help around a rule is refused by
 * the policy (`deputy-not-for-proposer`, `deputy-not-second-voice`).
 */
import { newId, ok, type Result, refuse } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import type { Person } from '#web/web.ts'
import { tell } from './factor.ts'
import type { PeopleParts } from './parts.ts'
import { rulesOf } from './standing.ts'
import { heldAt } from './standing-store.ts'
import { accountById } from './store.ts'

const dayMs = 86_400_000

export type Deputy = {
  readonly id: string
  readonly absentId: string
  readonly absent: string
  readonly deputyId: string
  readonly deputy: string
  readonly provider: string
  readonly roles: readonly string[]
  readonly fromMs: number
  readonly untilMs: number
  readonly endedMs: number | null
}

const no = (code: string, message: string) => refuse({ code, message, clause: null })

/** May this person say who stands in for that one: themselves, their manager, or who runs the installation. */
export async function mayNameFor(sql: Query, person: Person, absentId: string): Promise<boolean> {
  if (person.id === absentId || person.administrator) return true
  return (await accountById(sql, absentId))?.managerId === person.id
}

export type NewDeputy = Pick<Deputy, 'absentId' | 'deputyId' | 'provider' | 'roles' | 'fromMs' | 'untilMs'>

export async function nameDeputy(
  parts: PeopleParts,
  tx: Tx,
  wanted: NewDeputy,
  by: Person,
): Promise<Result<{ readonly id: string }>> {
  const nowMs = parts.clock.nowMs()
  if (!(await mayNameFor(tx, by, wanted.absentId)))
    return no('for', 'You can name a deputy for yourself and for those who report to you')
  const [absent, deputy] = [await accountById(tx, wanted.absentId), await accountById(tx, wanted.deputyId)]
  if (!absent?.active) return no('for', 'Choose somebody whose account is open')
  if (!deputy?.active || !deputy.hasPassword || deputy.kind !== 'staff')
    return no('deputy', 'Choose a colleague who can sign in')
  if (deputy.id === absent.id) return no('deputy', 'Choose somebody else than the person who is absent')
  // A manager or an administrator would give themselves the role: rights are given by somebody else, always.
  if (deputy.id === by.id)
    return no('deputy', 'You cannot name yourself. Ask the person who is absent, or an administrator')
  if (wanted.untilMs <= wanted.fromMs || wanted.untilMs <= nowMs)
    return no('until', 'The last day must not be before the first day, and not in the past')
  const daysMax = rulesOf(parts)(wanted.provider)?.deputyDaysMax ?? 60
  // One day's slack for the hour that a change of the clocks adds.
  if (wanted.untilMs - wanted.fromMs > (daysMax + 1) * dayMs)
    return no(
      'until',
      `Somebody can stand in for ${daysMax} days at most. A longer absence is a change of role`,
    )
  const held = (await heldAt(tx, absent.id, nowMs)).grants.filter(
    (grant) => grant.provider === wanted.provider && grant.deputyFor === null,
  )
  if (wanted.roles.length === 0 || !wanted.roles.every((role) => held.some((grant) => grant.role === role)))
    return no('roles', 'Choose among the roles that the absent person holds')
  const theirs = (await heldAt(tx, deputy.id, nowMs)).grants.filter((grant) => grant.deputyFor === null)
  if (!theirs.some((grant) => grant.provider === wanted.provider))
    return no('deputy', 'A deputy must already work for this landlord in a role of their own')
  const id = newId(nowMs)
  await tx`
    insert into people.deputy (id, absent_id, deputy_id, provider, roles, from_at, until, named_by, named_at)
    values (${id}, ${absent.id}, ${deputy.id}, ${wanted.provider}, ${[...wanted.roles]}::text[],
      ${wanted.fromMs}::timestamptz, ${wanted.untilMs}::timestamptz, ${by.id}, ${nowMs}::timestamptz)`
  await tell(
    parts,
    tx,
    deputy.id,
    by.id === absent.id
      ? `${by.name} has named you to stand in for them.`
      : `${by.name} has named you to stand in for ${absent.name}.`,
  )
  if (by.id !== absent.id)
    await tell(parts, tx, absent.id, `${by.name} has named ${deputy.name} to stand in for you.`)
  await parts.record(tx, {
    kind: 'person.deputy-named',
    actor: by.id,
    provider: wanted.provider,
    about: { person: absent.id, deputy: deputy.id },
    data: { roles: [...wanted.roles], fromMs: wanted.fromMs, untilMs: wanted.untilMs },
    personal: { name: absent.name, deputy: deputy.name },
    atMs: nowMs,
  })
  return ok({ id })
}

/** Ends it at once. False: there is none that this person may end. */
export async function endDeputy(parts: PeopleParts, tx: Tx, id: string, by: Person): Promise<boolean> {
  const nowMs = parts.clock.nowMs()
  const [found] = await deputiesWhere(tx, tx`deputy.id = ${id} and deputy.ended_at is null`)
  if (!found) return false
  if (by.id !== found.deputyId && !(await mayNameFor(tx, by, found.absentId))) return false
  await tx`update people.deputy set ended_at = ${nowMs}::timestamptz where id = ${id} and ended_at is null`
  await parts.record(tx, {
    kind: 'person.deputy-ended',
    actor: by.id,
    provider: found.provider,
    about: { person: found.absentId, deputy: found.deputyId },
    personal: { name: found.absent, deputy: found.deputy },
    atMs: nowMs,
  })
  return true
}

/** Ends all that somebody lent or was lent: they have left. */
export async function endDeputiesOf(tx: Tx, personId: string, nowMs: number): Promise<number> {
  const done = await tx`
    update people.deputy set ended_at = ${nowMs}::timestamptz
    where (absent_id = ${personId} or deputy_id = ${personId}) and ended_at is null`
  return done.count
}

/** Those that somebody sees and that are not over: their own, of their reports, and for an administrator all. */
export const deputiesSeenBy = (sql: Query, person: Person, nowMs: number): Promise<readonly Deputy[]> =>
  deputiesWhere(
    sql,
    sql`deputy.ended_at is null and deputy.until > ${nowMs}::timestamptz and (${person.administrator}
      or deputy.absent_id = ${person.id} or deputy.deputy_id = ${person.id} or absent.manager_id = ${person.id})`,
  )

function deputiesWhere(sql: Query, where: ReturnType<Query>): Promise<Deputy[]> {
  return sql<Deputy[]>`
    select deputy.id, absent_id as "absentId", absent.name as absent, deputy_id as "deputyId", other.name as deputy,
      provider, roles, from_at as "fromMs", until as "untilMs", ended_at as "endedMs"
    from people.deputy
    join people.person as absent on absent.id = deputy.absent_id
    join people.person as other on other.id = deputy.deputy_id
    where ${where} order by from_at, deputy.id limit 500`
}

/** For whom somebody may name a deputy: themselves, their reports, for an administrator everybody. */
export async function absentChoices(
  sql: Query,
  person: Person,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  return sql<{ id: string; name: string }[]>`
    select id, name from people.person
    where active and kind = 'staff'
      and (id = ${person.id} or manager_id = ${person.id} or ${person.administrator})
    order by id = ${person.id} desc, lower(name) limit 2000`
}
