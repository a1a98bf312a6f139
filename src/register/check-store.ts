/** All SQL about what a view must show and whether equipment is safe. */
import { newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'

/** How much somebody must be able to tell from the picture: the levels of BS EN 62676-4, in our words. */
export const viewLevels = ['monitor', 'detect', 'observe', 'recognise', 'identify', 'inspect'] as const
export type ViewLevel = (typeof viewLevels)[number]
/** Pixels per metre that the standard gives for each level (62676-4 gives millimetres per pixel: 80, 40, 16, 8, 4, 1). */
export const viewLevelPixels: Readonly<Record<ViewLevel, number>> = {
  monitor: 13,
  detect: 25,
  observe: 63,
  recognise: 125,
  identify: 250,
  inspect: 1_000,
}
export const viewLevelLabels: Readonly<Record<ViewLevel, string>> = {
  monitor: 'See whether there are many people or few',
  detect: 'See that somebody is there',
  observe: 'See what somebody wears and does',
  recognise: 'Tell whether it is somebody you have seen before',
  identify: 'Tell who it is, beyond doubt',
  inspect: 'Read small details, such as print',
}

export const dayAnswers = ['met', 'not-met', 'not-tried'] as const
export const nightAnswers = ['met', 'not-met', 'not-tried', 'not-needed'] as const
export type NightAnswer = (typeof nightAnswers)[number]
export const viewAnswerLabels: Readonly<Record<NightAnswer, string>> = {
  met: 'Yes',
  'not-met': 'No',
  'not-tried': 'Nobody has looked yet',
  'not-needed': 'Not needed at night',
}

export type ViewRequirement = {
  readonly cameraId: string
  readonly level: ViewLevel
  readonly mustSee: string
  readonly pixelsPerMetre: number | null
  readonly byDay: (typeof dayAnswers)[number]
  readonly byNight: NightAnswer
  readonly evidence: string
  readonly checkedDay: string | null
  readonly recheckDay: string | null
  /** The aim that was looked at. */
  readonly aimVersion: number
  readonly version: number
}

/** Version 0: the first. False when somebody wrote it since `version` was read. */
export async function writeRequirement(
  tx: Tx,
  given: ViewRequirement & { readonly by: string; readonly nowMs: number },
): Promise<boolean> {
  const rows = await tx`
    insert into register.view_requirement as r (camera_id, level, must_see, pixels_per_metre, by_day, by_night, evidence,
      checked_day, recheck_day, aim_version, written_at, written_by)
    values (${given.cameraId}, ${given.level}, ${given.mustSee}, ${given.pixelsPerMetre}, ${given.byDay}, ${given.byNight},
      ${given.evidence}, ${given.checkedDay}, ${given.recheckDay}, ${given.aimVersion}, ${given.nowMs}, ${given.by})
    on conflict (camera_id) do update
      set level = excluded.level, must_see = excluded.must_see, pixels_per_metre = excluded.pixels_per_metre,
          by_day = excluded.by_day, by_night = excluded.by_night, evidence = excluded.evidence,
          checked_day = excluded.checked_day, recheck_day = excluded.recheck_day, aim_version = excluded.aim_version,
          written_at = excluded.written_at, written_by = excluded.written_by, version = r.version + 1
      where r.version = ${given.version}`
  return rows.count === 1
}

export async function requirementsOf(
  sql: Query,
  cameraIds: readonly string[],
): Promise<ReadonlyMap<string, ViewRequirement>> {
  const rows = await sql<RequirementRow[]>`
    select * from register.view_requirement where camera_id = any (${cameraIds as string[]}::uuid[])`
  return new Map(rows.map((row) => [row.camera_id, toRequirement(row)]))
}

// ---- security ----

export const securityAnswers = ['met', 'not-met', 'not-there'] as const
export type SecurityAnswerCode = (typeof securityAnswers)[number]
export const securityAnswerLabels: Readonly<Record<SecurityAnswerCode, string>> = {
  met: 'Yes, that is so',
  'not-met': 'No, not yet',
  'not-there': 'There is no such thing here',
}

export type SecurityAnswer = {
  readonly systemId: string
  readonly code: string
  readonly answer: SecurityAnswerCode
  readonly evidence: string
  readonly day: string
  readonly recheckDay: string
  readonly by: string
}

export async function insertSecurityAnswer(
  tx: Tx,
  given: SecurityAnswer & { readonly nowMs: number },
): Promise<void> {
  await tx`
    insert into register.security_answer (id, system_id, code, answer, evidence, day, recheck_day, at, by)
    values (${newId(given.nowMs)}, ${given.systemId}, ${given.code}, ${given.answer}, ${given.evidence}, ${given.day},
            ${given.recheckDay}, ${given.nowMs}, ${given.by})`
}

/** The newest answer to each question, for these systems. */
export async function securityOf(
  sql: Query,
  systemIds: readonly string[],
): Promise<(systemId: string) => readonly SecurityAnswer[]> {
  const rows = await sql<SecurityRow[]>`
    select distinct on (system_id, code) * from register.security_answer
    where system_id = any (${systemIds as string[]}::uuid[]) order by system_id, code, at desc, id desc`
  return (systemId) =>
    rows
      .filter((row) => row.system_id === systemId)
      .map(({ system_id, code, answer, evidence, day, recheck_day, by }) => ({
        systemId: system_id,
        code,
        answer,
        evidence,
        day,
        recheckDay: recheck_day,
        by,
      }))
}

type RequirementRow = {
  camera_id: string
  level: ViewLevel
  must_see: string
  pixels_per_metre: number | null
  by_day: (typeof dayAnswers)[number]
  by_night: NightAnswer
  evidence: string
  checked_day: string | null
  recheck_day: string | null
  aim_version: number
  version: number
}
type SecurityRow = {
  system_id: string
  code: string
  answer: SecurityAnswerCode
  evidence: string
  day: string
  recheck_day: string
  by: string
}

const toRequirement = (row: RequirementRow): ViewRequirement => ({
  cameraId: row.camera_id,
  level: row.level,
  mustSee: row.must_see,
  pixelsPerMetre: row.pixels_per_metre,
  byDay: row.by_day,
  byNight: row.by_night,
  evidence: row.evidence,
  checkedDay: row.checked_day,
  recheckDay: row.recheck_day,
  aimVersion: row.aim_version,
  version: row.version,
})
