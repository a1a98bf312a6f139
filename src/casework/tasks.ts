import { canonicalJson, newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { reachKeys } from '#policy/policy.ts'
import type { Person } from '#web/web.ts'

export type NewTask = {
  /** A code of the room that opens it: `deployment.approve`. */
  readonly kind: string
  readonly provider: string
  /** Area of the place it is about; holders whose role reaches elsewhere don't see it. Null: the whole provider. */
  readonly area?: string | null
  /** Where within it, for holders whose role reaches a patch or a site alone. */
  readonly patchId?: string | null
  readonly siteId?: string | null
  /** One plain sentence without a resident's name or address. */
  readonly title: string
  /** Any holder of one of these may do it. */
  readonly roles: readonly string[]
  /** Or one person. */
  readonly personId?: string | null
  /** Ids of what it is about; with `kind` it says whether two tasks are the same. */
  readonly about: Readonly<Record<string, string>>
  readonly dueMs?: number | null
  /** A task that is open already keeps the day on which it was due. */
  readonly keepDue?: boolean
  readonly clause?: string | null
  readonly nowMs: number
}

export type Task = {
  readonly id: string
  readonly kind: string
  readonly provider: string
  readonly area: string | null
  readonly title: string
  readonly roles: readonly string[]
  readonly personId: string | null
  readonly about: Readonly<Record<string, string>>
  readonly dueMs: number | null
  readonly clause: string | null
  readonly openedMs: number
  /** When it was told to `escalatedTo` that it is late; null: not yet. */
  readonly escalatedMs: number | null
  readonly escalatedTo: readonly string[]
}

/** A task on somebody's list: theirs to do, or told to them because it is late. */
export type ListedTask = Task & { readonly own: boolean }

/** A person's list never grows without end: where it is full, the page says that there is more. */
export const taskListMax = 200

/** Opens a task, or brings the open one with the same kind and `about` up to date. Gives its id. */
export async function openTask(tx: Tx, task: NewTask): Promise<string> {
  const { patchId = null, siteId = null } = task
  const place = reachKeys({ area: null, patch: patchId, siteId })
  const [row] = await tx<{ id: string }[]>`
    insert into casework.task (id, kind, provider, area, place, title, roles, person_id, about, key, due_at, clause,
            opened_at)
    values (${newId(task.nowMs)}, ${task.kind}, ${task.provider}, ${task.area ?? null}, ${place as string[]}, ${task.title},
            ${task.roles as string[]}, ${task.personId ?? null}, ${tx.json(task.about)}, ${canonicalJson(task.about)},
            ${task.dueMs ?? null}, ${task.clause ?? null}, ${task.nowMs})
    on conflict (kind, key) where closed_at is null do update
      set title = excluded.title, roles = excluded.roles, person_id = excluded.person_id,
          due_at = case when ${task.keepDue ?? false} then coalesce(casework.task.due_at, excluded.due_at) else excluded.due_at end,
          clause = excluded.clause, area = excluded.area, place = excluded.place
    returning id`
  return row!.id
}

/**
 * Closes every open task of this kind whose `about` holds these ids. `kind` may end in `*` for all kinds that begin so.
 * None open is fine: the promise is that none is.
 */
export async function closeTask(
  tx: Tx,
  done: {
    readonly kind: string
    readonly about: Readonly<Record<string, string>>
    readonly by?: string | null
    readonly nowMs: number
  },
): Promise<number> {
  const kind = done.kind.endsWith('*')
    ? tx`kind like ${`${done.kind.slice(0, -1).replace(/[%_\\]/g, '\\$&')}%`}`
    : tx`kind = ${done.kind}`
  const rows = await tx`
    update casework.task set closed_at = ${done.nowMs}, closed_by = ${done.by ?? null}
    where closed_at is null and ${kind} and about @> ${tx.json(done.about)}`
  return rows.count
}

/**
 * What waits for this person: named to them, or for a role that they hold and that reaches the place; and what is late
 * and was told to a role of theirs. Soonest due first.
 */
export async function tasksFor(
  sql: Query,
  person: Pick<Person, 'id' | 'roles'>,
): Promise<readonly ListedTask[]> {
  const held = person.roles.map((r) => ({ provider: r.provider, role: r.role, areas: [...r.areas] }))
  const rows = await sql<(Row & { own: boolean })[]>`
    with held as (
      select * from jsonb_to_recordset(${sql.json(held)}) as h (provider text, role text, areas jsonb)
    ), seen as (
      select t.*, t.person_id is not distinct from ${person.id} or (t.person_id is null and exists (
          select 1 from held h where h.provider = t.provider and h.role = any (t.roles)
            and (jsonb_array_length(h.areas) = 0 or h.areas ?| array_append(t.place, t.area)))) as own,
        t.escalated_at is not null and exists (
          select 1 from held h where h.provider = t.provider and h.role = any (t.escalated_to)
            and (jsonb_array_length(h.areas) = 0 or h.areas ?| array_append(t.place, t.area))) as told
      from casework.task t
      where t.closed_at is null
        and (t.person_id = ${person.id} or t.provider in (select provider from held))
    )
    select * from seen where own or told
    order by not own, due_at nulls last, opened_at
    limit ${taskListMax}`
  return rows.map((row) => ({ ...toTask(row), own: row.own }))
}

/** Open tasks about one thing, for the page that shows it. The caller has decided that the person may see the thing. */
export async function tasksAbout(
  sql: Query,
  about: Readonly<Record<string, string>>,
): Promise<readonly Task[]> {
  const rows = await sql<Row[]>`
    select * from casework.task where closed_at is null and about @> ${sql.json(about)}
    order by due_at nulls last, opened_at limit ${taskListMax}`
  return rows.map(toTask)
}

type Row = {
  id: string
  kind: string
  provider: string
  area: string | null
  title: string
  roles: string[]
  person_id: string | null
  about: Record<string, string>
  due_at: number | null
  clause: string | null
  opened_at: number
  escalated_at: number | null
  escalated_to: string[]
}

const toTask = (row: Row): Task => ({
  id: row.id,
  kind: row.kind,
  provider: row.provider,
  area: row.area,
  title: row.title,
  roles: row.roles,
  personId: row.person_id,
  about: row.about,
  dueMs: row.due_at,
  clause: row.clause,
  openedMs: row.opened_at,
  escalatedMs: row.escalated_at,
  escalatedTo: row.escalated_to,
})
