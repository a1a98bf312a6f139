/**
 * What a landlord decides where its policy is silent and Overt will not answer in its place: by whom, in which role, when
 * and why. Kept for ever; deciding again is a new answer beside the old one.
 */
import { newId, ok, type Reason, type Result, refuse } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import {
  inSentence,
  inWords,
  mustDecide,
  openPoints,
  type Pack,
  type Point,
  type PointValue,
  decide as put,
  rolesFor,
  schemaOf,
} from '#policy/policy.ts'

export type Decision = {
  readonly id: string
  readonly provider: string
  readonly key: string
  readonly version: string
  readonly value: PointValue
  readonly reason: string
  readonly by: string
  readonly role: string
  readonly decidedMs: number
  readonly ledgerEntry: string | null
}

export type WantedDecision = {
  readonly slug: string
  readonly key: string
  readonly value: unknown
  readonly reason: string
  readonly by: string
  /** Roles that the person holds at this landlord. */
  readonly roles: readonly string[]
  readonly nowMs: number
}

const reasonMax = 1_000
const no = (code: string, message: string): Result<never> => refuse({ code, message, clause: null } as Reason)

/**
 * Is this decision one that may be taken, on a silence that there is? Gives its checked value and the role it is taken in.
 */
export function checkDecision(
  pack: Pack,
  wanted: WantedDecision,
): Result<{ readonly point: Point; readonly value: PointValue; readonly role: string }> {
  const may = put(pack, {
    principal: { id: wanted.by, roles: wanted.roles, administrator: false },
    action: 'policy.decide',
    resource: { type: 'Provider', id: wanted.slug },
    context: {},
  })
  if (!may.allowed) return refuse(...may.reasons)
  const point = mustDecide(pack).find((one) => one.key === wanted.key)
  if (point === undefined) return no('not-open', 'The policy leaves nothing of that name open.')
  const checked = schemaOf(point.type).safeParse(wanted.value)
  if (!checked.success) return no('value', `Choose an answer: ${inSentence(point.label)}.`)
  if (wanted.reason.trim() === '') return no('reason', 'Say why the landlord decides it this way.')
  if (wanted.reason.length > reasonMax)
    return no('reason', `The reason must be ${reasonMax.toLocaleString('en-GB')} characters or fewer.`)
  const role = rolesFor(pack, 'policy.decide').find((one) => wanted.roles.includes(one))
  return role === undefined
    ? no('able', 'None of your roles may decide this.')
    : ok({ point, value: checked.data, role })
}

/** The ledger entry of a decision. An answer in own words may name people, so it stands where it can be erased. */
export function entryOfDecision(decision: Decision, point: Point) {
  const words = inWords(decision.value)
  const own = point.type.kind === 'words'
  return {
    kind: 'policy.point-decided',
    actor: decision.by,
    provider: decision.provider,
    about: { provider: decision.provider },
    data: { key: decision.key, version: decision.version, ...(own ? {} : { value: words }) },
    personal: { reason: decision.reason, ...(own ? { value: words } : {}) },
    atMs: decision.decidedMs,
  }
}

export const newDecision = (
  pack: Pack,
  wanted: WantedDecision,
  checked: { readonly value: PointValue; readonly role: string },
): Omit<Decision, 'ledgerEntry'> => ({
  id: newId(wanted.nowMs),
  provider: wanted.slug,
  key: wanted.key,
  version: pack.version,
  value: checked.value,
  reason: wanted.reason.trim(),
  by: wanted.by,
  role: checked.role,
  decidedMs: wanted.nowMs,
})

/**
 * The decisions that count, one per key: the newest; for what was asked for at an earlier moment the newest of then, or
 * the first there ever was, since until then it had to wait.
 */
export function decisionsAt(all: readonly Decision[], askedMs: number | null): Decision[] {
  const byKey = Map.groupBy(all, (one) => one.key)
  return [...byKey.values()].map((list) => {
    const then = askedMs === null ? list.at(-1) : list.findLast((one) => one.decidedMs <= askedMs)
    return then ?? list[0]!
  })
}

/** What a landlord is told about its open points, or null when nothing is open. */
export function openPointsTask(
  pack: Pack,
): { readonly title: string; readonly roles: readonly string[] } | null {
  const open = openPoints(pack)
  if (open.length === 0) return null
  const holding = open.filter(
    (point) => point.silence.uses === null && point.silence.before !== 'no-camera',
  ).length
  const head =
    open.length === 1
      ? 'Decide one thing that the policy leaves open'
      : `Decide ${open.length} things that the policy leaves open`
  const held =
    holding === 0
      ? 'No camera waits for it.'
      : `No camera records until ${holding === 1 ? 'one of them is' : `${holding} of them are`} decided.`
  return { title: `${head}. ${held}`, roles: rolesFor(pack, 'policy.decide') }
}

export async function allDecisions(sql: Query): Promise<Decision[]> {
  return await sql<Decision[]>`
    select id, provider, key, version, value, reason, decided_by as "by", role, decided_at as "decidedMs",
      ledger_entry as "ledgerEntry"
    from providers.decision order by decided_at, id`
}

export async function insertDecision(tx: Tx, row: Decision): Promise<void> {
  await tx`
    insert into providers.decision (id, provider, key, version, value, reason, decided_by, role, decided_at, ledger_entry)
    values (${row.id}, ${row.provider}, ${row.key}, ${row.version}, ${tx.json(row.value as never)}, ${row.reason},
      ${row.by}, ${row.role}, ${row.decidedMs}::timestamptz, ${row.ledgerEntry})`
}
