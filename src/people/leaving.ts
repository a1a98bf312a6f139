/**
 * When somebody leaves: out at once, and nothing of theirs is orphaned. What they had in hand goes to a named successor,
 * or to the holders of the role; each hand-over is kept, and what is still in a leaver's hand is shown until it is not.
 */
import { newId, ok, type Result, refuse } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { deactivate } from './accounts.ts'
import { endDeputiesOf } from './deputies.ts'
import { tell } from './factor.ts'
import { deleteHalfSessionsOf } from './factor-store.ts'
import type { PeopleParts } from './parts.ts'
import { accountById } from './store.ts'

/** One kind of work that names a person: tasks, holds, systems, patches, reports. */
export type InHand = { readonly what: string; readonly count: number }

export type Leaver = {
  readonly id: string
  readonly name: string
  readonly leftMs: number
  readonly inHand: readonly InHand[]
  readonly handed: readonly {
    readonly what: string
    readonly count: number
    readonly to: string | null
    readonly atMs: number
  }[]
}

/** Everything that names this person, here and in the rooms above. */
export async function inHandOf(parts: PeopleParts, sql: Query, personId: string): Promise<readonly InHand[]> {
  const above = (await parts.work?.inHand(sql, personId)) ?? []
  const [row] = await sql<{ reports: number }[]>`
    select count(*) as reports from people.person where manager_id = ${personId} and active`
  return [...above, { what: 'people who report to them', count: row!.reports }].filter(
    ({ count }) => count > 0,
  )
}

/** Gives all of it to a successor, or with null to the holders of the role. */
export async function handOn(
  parts: PeopleParts,
  tx: Tx,
  leaverId: string,
  toId: string | null,
  by: string,
): Promise<Result<readonly InHand[]>> {
  const nowMs = parts.clock.nowMs()
  const leaver = await accountById(tx, leaverId)
  const to = toId === null ? null : await accountById(tx, toId)
  if (!leaver) return refuse({ code: 'not-found', message: 'There is no such account.', clause: null })
  if (toId !== null && (!to?.active || to.kind !== 'staff' || to.id === leaverId))
    return refuse({ code: 'successor', message: 'Choose a colleague whose account is open', clause: null })
  const moved = [...((await parts.work?.handOn(tx, leaverId, toId, nowMs)) ?? [])]
  const reports = await tx`
    update people.person set manager_id = case when id = ${toId}::uuid then null else ${toId}::uuid end
    where manager_id = ${leaverId} and active`
  moved.push({ what: 'people who report to them', count: reports.count })
  const done = moved.filter(({ count }) => count > 0)
  for (const { what, count } of done)
    await tx`
      insert into people.hand_over (id, leaver_id, to_id, what, count, by_id, at)
      values (${newId(nowMs)}, ${leaverId}, ${toId}, ${what}, ${count}, ${by}, ${nowMs}::timestamptz)`
  if (done.length > 0) {
    if (to) await tell(parts, tx, to.id, `What ${leaver.name} had in hand is yours now: ${wordsOf(done)}.`)
    await parts.record(tx, {
      kind: 'person.handed-on',
      actor: by,
      provider: leaver.roles[0]?.provider ?? null,
      about: { person: leaverId, ...(toId === null ? {} : { successor: toId }) },
      data: { things: done.map(({ what, count }) => `${count} ${what}`) },
      personal: { name: leaver.name, ...(to ? { successor: to.name } : {}) },
      atMs: nowMs,
    })
  }
  return ok(done)
}

export const wordsOf = (list: readonly InHand[]): string =>
  list.map(({ what, count }) => `${what}: ${count}`).join(', ')

/** Out at once, with everything handed on, in one transaction: refused together, done together. */
export async function leave(
  parts: PeopleParts,
  tx: Tx,
  id: string,
  toId: string | null,
  by: string,
): Promise<Result<readonly InHand[]>> {
  const out = await deactivate(parts, tx, id, by)
  if (!out.ok) return out
  await deleteHalfSessionsOf(tx, id)
  await endDeputiesOf(tx, id, parts.clock.nowMs())
  await parts.visits?.take(tx, id)
  await tx`
    update people.engineer set ended_at = ${parts.clock.nowMs()}::timestamptz
    where person_id = ${id} and ended_at is null and until > ${parts.clock.nowMs()}::timestamptz`
  return handOn(parts, tx, id, toId, by)
}

/** Everybody whose account is closed, newest first, with what is still in their hand and what was handed on. */
export async function leavers(parts: PeopleParts): Promise<readonly Leaver[]> {
  const { sql } = parts
  const gone = await sql<{ id: string; name: string; leftMs: number }[]>`
    select id, name, deactivated_at as "leftMs" from people.person
    where not active order by deactivated_at desc limit 200`
  const handed = await sql<
    { leaverId: string; what: string; count: number; to: string | null; atMs: number }[]
  >`
    select leaver_id as "leaverId", what, count, person.name as to, at as "atMs"
    from people.hand_over left join people.person on person.id = to_id
    where leaver_id = any (${gone.map(({ id }) => id)}::uuid[]) order by at desc, what limit 2000`
  return Promise.all(
    gone.map(async (one) => ({
      ...one,
      inHand: await inHandOf(parts, sql, one.id),
      handed: handed.filter(({ leaverId }) => leaverId === one.id),
    })),
  )
}
