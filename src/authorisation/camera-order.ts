/**
 * Cameras in the order in which they are looked at: trouble first, over the whole list and not only over one page of it.
 * One question to the database, cut by the person's reach like every list of the register, so the counts tell no more.
 */
import type { Query } from '#engine/engine.ts'
import { findableWhere, foundPerPage, type Reach, type Sought } from '#register/register.ts'
import { whatCountsFirst } from './store.ts'

/** The four ways in which a camera can stand, in the order in which they are looked at. */
export const cameraGroups = ['attention', 'waiting', 'stopped', 'lawful'] as const
export type CameraGroup = (typeof cameraGroups)[number]

/**
 * One page of the cameras that a person may see, and how many there are of each group over all pages.
 * A camera stands by its deployment that counts, as `countingDeployments` has it: `lawful` only with an ordinary mandate in
 * force and pictures arriving; a mandate without them, or one that is only for now, needs attention, lost pictures first.
 * @param asked.recording cameras whose pictures arrive now
 * @param asked.page counts from 1
 */
export async function camerasByUrgency(
  sql: Query,
  reach: Reach,
  asked: Omit<Sought, 'kinds'> & {
    readonly group?: CameraGroup | null
    readonly page: number
    readonly recording: readonly string[]
    readonly nowMs: number
  },
): Promise<{ readonly ids: readonly string[]; readonly counts: Readonly<Record<CameraGroup, number>> }> {
  const { where, begins } = findableWhere(sql, reach, { ...asked, kinds: ['camera'] })
  const group = asked.group ?? null
  // Only what is open is joined: a camera whose authorities have all ended stands like one that never had any.
  const [row] = await sql<{ ids: string[]; counts: Partial<Record<CameraGroup, number>> }[]>`
    with listed as materialized (
      select f.id, f.title, ${begins} as begins, case
        when d.id is null or stopped.deployment_id is not null then 'stopped'
        when m.class is null then 'waiting'
        when m.class = 'ordinary' and r.id is not null then 'lawful'
        else 'attention' end as state,
        r.id is not null as recording
      from register.findable f
      left join (
        select distinct on (camera_id) id, camera_id from authorisation.deployment where ended_at is null
        order by ${whatCountsFirst(sql)}
      ) d on d.camera_id = f.id
      left join authorisation.stop stopped on stopped.deployment_id = d.id and stopped.lifted_at is null
      left join authorisation.mandate m on m.camera_id = f.id and m.deployment_id = d.id and m.ended_at is null
        and m.class <> 'commissioning' and m.from_at <= ${asked.nowMs} and m.until_at > ${asked.nowMs}
      left join unnest(${asked.recording as string[]}::uuid[]) as r (id) on r.id = f.id
      where ${where}
    )
    select coalesce((select jsonb_object_agg(state, n) from
        (select state, count(*) as n from listed group by state) counted), '{}') as counts,
      array(select id from listed where ${group}::text is null or state = ${group}
        order by array_position(${cameraGroups as readonly string[] as string[]}::text[], state),
          state = 'attention' and recording, begins desc, title, id
        limit ${foundPerPage} offset ${(asked.page - 1) * foundPerPage}) as ids`
  return {
    ids: row!.ids,
    counts: { attention: 0, waiting: 0, stopped: 0, lawful: 0, ...row!.counts },
  }
}
