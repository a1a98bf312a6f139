/**
 * Declared conflicts: "my neighbour", "my relative". Whoever declares one neither decides nor looks there from that
 * moment (the policy's rule `no-conflict`), until somebody else whom the policy names lifts it with a reason. Nobody
 * takes back their own: it would be worth nothing.
 */
import { newId, ok, type Result, refuse } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import type { Person } from '#web/web.ts'
import { tell } from './factor.ts'
import type { PeopleParts } from './parts.ts'
import { rulesOf } from './standing.ts'

export const conflictKinds = ['site', 'case', 'person'] as const
export type ConflictKind = (typeof conflictKinds)[number]

export type DeclaredConflict = {
  readonly id: string
  readonly personId: string
  readonly person: string
  readonly provider: string
  readonly kind: ConflictKind
  readonly thingId: string
  readonly label: string
  readonly why: string
  readonly declaredMs: number
  readonly liftedMs: number | null
  readonly liftedBy: string | null
  readonly liftReason: string | null
}

const no = (code: string, message: string) => refuse({ code, message, clause: null })
const openMax = 100

/** Declared for oneself. What it is about was found by the caller, within what the person may see. */
export async function declareConflict(
  parts: PeopleParts,
  tx: Tx,
  person: Person,
  conflict: {
    readonly provider: string
    readonly kind: ConflictKind
    readonly thingId: string
    readonly label: string
    readonly why: string
  },
): Promise<Result<{ readonly id: string }>> {
  const nowMs = parts.clock.nowMs()
  const open = await conflictsOf(tx, person.id)
  if (open.some((one) => one.liftedMs === null && one.thingId === conflict.thingId))
    return no('thing', 'You have declared this already')
  if (open.filter((one) => one.liftedMs === null).length >= openMax)
    return no('thing', `You have ${openMax} open declarations. Ask for some to be lifted first`)
  const id = newId(nowMs)
  await tx`
    insert into people.conflict (id, person_id, provider, kind, thing_id, label, why, declared_at)
    values (${id}, ${person.id}, ${conflict.provider}, ${conflict.kind}, ${conflict.thingId},
      ${conflict.label.slice(0, 200)}, ${conflict.why}, ${nowMs}::timestamptz)`
  await parts.record(tx, {
    kind: 'person.conflict-declared',
    actor: person.id,
    provider: conflict.provider,
    about: { person: person.id, [conflict.kind === 'person' ? 'other' : conflict.kind]: conflict.thingId },
    data: { kind: conflict.kind },
    personal: { name: person.name, why: conflict.why },
    atMs: nowMs,
  })
  return ok({ id })
}

/**
 * Landlords at which somebody may lift conflicts, in a role of their own or lent to them.
 * @param declarer whose conflict it is: what they lend lifts nothing of theirs
 */
export const liftsAt = (
  parts: PeopleParts,
  person: Person,
  declarer: string | null = null,
): readonly string[] => [
  ...new Set(
    person.roles
      .filter(({ provider, role }) => rulesOf(parts)(provider)?.conflictLifters.includes(role))
      // What somebody declared is personal: who reaches a part of the landlord alone reads none of it.
      .filter(({ areas, deputyFor }) => areas.length === 0 && (declarer === null || deputyFor !== declarer))
      .map(({ provider }) => provider),
  ),
]

/** Lifts somebody else's declaration. A refusal says why; a conflict out of reach looks like none. */
export async function liftConflict(
  parts: PeopleParts,
  tx: Tx,
  id: string,
  by: Person,
  reason: string,
): Promise<Result<null>> {
  const nowMs = parts.clock.nowMs()
  const [found] = await conflictsWhere(tx, tx`conflict.id = ${id} and conflict.lifted_at is null`)
  if (!found || (found.personId !== by.id && !liftsAt(parts, by).includes(found.provider)))
    return no('not-found', 'There is no such open declaration.')
  if (found.personId === by.id)
    return no('own-conflict', 'You cannot lift what you declared yourself. Somebody else must decide that')
  // A deputy always has a role of their own too: it is the lifting that must not be lent by who declared.
  if (!liftsAt(parts, by, found.personId).includes(found.provider))
    return no('own-conflict', 'You stand in for the person who declared this. Somebody else must decide that')
  if (found.kind === 'person' && found.thingId === by.id)
    return no('own-conflict', 'This is about you and them. Somebody else must decide that')
  await tx`
    update people.conflict
    set lifted_at = ${nowMs}::timestamptz, lifted_by = ${by.id}, lift_reason = ${reason}
    where id = ${id} and lifted_at is null`
  await tell(
    parts,
    tx,
    found.personId,
    `${by.name} has lifted the conflict that you declared: ${found.label}.`,
  )
  await parts.record(tx, {
    kind: 'person.conflict-lifted',
    actor: by.id,
    provider: found.provider,
    about: { person: found.personId },
    data: { kind: found.kind },
    personal: { name: found.person, reason },
    atMs: nowMs,
  })
  return ok(null)
}

export const conflictsOf = (sql: Query, personId: string): Promise<readonly DeclaredConflict[]> =>
  conflictsWhere(sql, sql`conflict.person_id = ${personId}`)

/** Open ones at these landlords, for those who may lift them. */
export const openConflictsAt = (
  sql: Query,
  providers: readonly string[],
): Promise<readonly DeclaredConflict[]> =>
  conflictsWhere(sql, sql`conflict.lifted_at is null and conflict.provider = any (${[...providers]}::text[])`)

/** Who has declared a conflict with one of these things: for the page on which others decide about it. */
export async function conflictedAt(sql: Query, thingIds: readonly string[]): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`
    select distinct person.name from people.conflict join people.person on person.id = conflict.person_id
    where conflict.lifted_at is null and conflict.thing_id = any (${[...thingIds]}::uuid[]) and person.active
    order by person.name limit 50`
  return rows.map(({ name }) => name)
}

function conflictsWhere(sql: Query, where: ReturnType<Query>): Promise<DeclaredConflict[]> {
  return sql<DeclaredConflict[]>`
    select conflict.id, person_id as "personId", person.name as person, provider, conflict.kind, thing_id as "thingId",
      label, why, declared_at as "declaredMs", lifted_at as "liftedMs", lifter.name as "liftedBy",
      lift_reason as "liftReason"
    from people.conflict
    join people.person on person.id = conflict.person_id
    left join people.person as lifter on lifter.id = conflict.lifted_by
    where ${where} order by lifted_at is not null, declared_at desc limit 500`
}
