/**
 * Engineers from outside: an account that opens for one planned visit of their supplier, at its place, in a role that
 * puts cameras in and in no other. The visit is the register's: the account opens when somebody there says that they are
 * who they say, and is shut when they have left, at the latest at the visit's end, whether or not anything ran.
 */
import { newId, ok, type Result, refuse } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import * as access from './access-store.ts'
import { tell } from './factor.ts'
import type { PeopleParts, PlannedVisit } from './parts.ts'
import { rulesOf } from './standing.ts'
import { heldAt } from './standing-store.ts'
import * as store from './store.ts'

/** An account let in for a visit, with the visit as the register has it now; null: the register knows none. */
export type LetIn = {
  readonly id: string
  readonly provider: string
  readonly role: string
  readonly visit: PlannedVisit | null
  readonly putOutMs: number | null
}

export type LetInState = 'to come' | 'in' | 'over' | 'called off' | 'put out'

/** How an account stands with a visit: the same words on the account's page and on the visit's. */
export function letInState(one: Pick<LetIn, 'visit' | 'putOutMs'>, nowMs: number): LetInState {
  if (one.putOutMs !== null) return 'put out'
  if (one.visit === null || one.visit.leftMs !== null) return 'over'
  if (one.visit.cancelledMs !== null) return 'called off'
  if (one.visit.untilMs <= nowMs) return 'over'
  return one.visit.arrivedMs === null ? 'to come' : 'in'
}

const no = (code: string, message: string) => refuse({ code, message, clause: null })

const sameName = (a: string, b: string): boolean =>
  a.normalize('NFKC').trim().toLowerCase() === b.normalize('NFKC').trim().toLowerCase()

/** Lets an engineer's account in for a visit. That the visit is within reach was checked by the caller. */
export async function letIn(
  parts: PeopleParts,
  tx: Tx,
  personId: string,
  asked: { readonly visitId: string; readonly role: string },
  by: string,
): Promise<Result<{ readonly id: string }>> {
  const nowMs = parts.clock.nowMs()
  const account = await store.accountById(tx, personId)
  if (account?.kind !== 'engineer') return no('kind', 'This is not an engineer’s account')
  if (!account.active) return no('not-active', 'This account is closed. Open it again first')
  const [visit] = (await parts.visits?.byId(tx, [asked.visitId])) ?? []
  if (visit === undefined) return no('visit', 'Choose a visit from the list')
  if (!['to come', 'in'].includes(letInState({ visit, putOutMs: null }, nowMs)))
    return no('visit', 'This visit is over or was called off. Plan another one')
  if (!sameName(account.name, visit.engineer))
    return no('visit', `That visit is for ${visit.engineer}, and this account is ${account.name}’s`)
  if (!(rulesOf(parts)(visit.provider)?.engineerRoles ?? []).includes(asked.role))
    return no('role', 'An engineer can only have a role that puts cameras in')
  // Two people let somebody in: one makes the account, another says that the right person has come.
  if (visit.supervisorId === by)
    return no('visit', 'You stay with them yourself. Ask another administrator to let them in')
  const supervisor = await store.accountById(tx, visit.supervisorId)
  const theirs =
    supervisor?.active && supervisor.kind === 'staff' ? (await heldAt(tx, supervisor.id, nowMs)).grants : []
  if (!theirs.some((grant) => grant.provider === visit.provider && grant.deputyFor === null))
    return no('visit', 'Whoever was to stay with them works here no more. Plan the visit again')
  if (!(await parts.visits!.give(tx, visit.id, personId)))
    return no('visit', 'Another account is let in for this visit')
  await tx`
    update people.engineer set ended_at = ${nowMs}::timestamptz
    where person_id = ${personId} and visit = ${visit.id} and ended_at is null`
  const id = newId(nowMs)
  await tx`
    insert into people.engineer (id, person_id, provider, role, sites, visit, supervisor_id, from_at, until, made_by, made_at)
    values (${id}, ${personId}, ${visit.provider}, ${asked.role}, ${[visit.siteId]}::uuid[], ${visit.id},
      ${visit.supervisorId}, ${visit.fromMs}::timestamptz, ${visit.untilMs}::timestamptz, ${by}, ${nowMs}::timestamptz)`
  await tell(
    parts,
    tx,
    visit.supervisorId,
    `You stay with ${account.name}, an engineer from outside. Their account opens when you say that they are here, and is shut when you say that they have left.`,
  )
  await parts.record(tx, {
    kind: 'person.engineer-let-in',
    actor: by,
    provider: visit.provider,
    about: { person: personId, supervisor: visit.supervisorId, visit: visit.id },
    data: { role: asked.role, sites: [visit.siteId], fromMs: visit.fromMs, untilMs: visit.untilMs },
    personal: { name: account.name },
    atMs: nowMs,
  })
  return ok({ id })
}

/** Out before the visit's end: something is wrong. The visit itself stays open until its supervisor closes it. */
export async function putOut(
  parts: PeopleParts,
  tx: Tx,
  personId: string,
  by: string,
): Promise<Result<null>> {
  const nowMs = parts.clock.nowMs()
  const account = await store.accountById(tx, personId)
  const open = (await letInsOf(parts, tx, personId)).filter((one) =>
    ['to come', 'in'].includes(letInState(one, nowMs)),
  )
  if (!account || open.length === 0) return no('visit', 'This engineer is not let in')
  await tx`
    update people.engineer set ended_at = ${nowMs}::timestamptz
    where person_id = ${personId} and ended_at is null and until > ${nowMs}::timestamptz`
  await parts.visits?.take(tx, personId)
  await access.deleteSessionsOf(tx, personId)
  await access.revokeTokensOf(tx, personId, parts.realClock.nowMs())
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

/** The visits that an account was let in for, the newest first. */
export async function letInsOf(parts: PeopleParts, sql: Query, personId: string): Promise<readonly LetIn[]> {
  const rows = await sql<(Omit<LetIn, 'visit'> & { visit: string | null })[]>`
    select id, provider, role, visit, ended_at as "putOutMs"
    from people.engineer where person_id = ${personId} order by from_at desc, made_at desc limit 100`
  const visits =
    (await parts.visits?.byId(
      sql,
      rows.flatMap(({ visit }) => visit ?? []),
    )) ?? []
  return rows.map((row) => ({ ...row, visit: visits.find(({ id }) => id === row.visit) ?? null }))
}

/** Makes an account into an engineer's, before anything else is given to it. */
export async function makeEngineer(tx: Tx, personId: string): Promise<void> {
  await tx`update people.person set kind = 'engineer' where id = ${personId} and not administrator`
}
