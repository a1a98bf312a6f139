/** The SQL of sound: who asked for it, who agreed, until when. */
import { newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'

export type SoundDecision = {
  readonly role: string
  readonly decision: 'approve' | 'refuse'
  readonly reason: string
  readonly by: string
  readonly atMs: number
}

export type Sound = {
  readonly id: string
  readonly proposalVersion: number
  readonly purposes: readonly string[]
  /** Why pictures alone will not do. */
  readonly reason: string
  /** Last day with sound, whole, at the site. */
  readonly untilDay: string
  readonly askedBy: string
  readonly askedMs: number
  /** In the order given. */
  readonly decisions: readonly SoundDecision[]
  readonly ended: {
    readonly atMs: number
    readonly cause: 'expired' | 'withdrawn' | 'refused'
    readonly by: string | null
  } | null
}

/** Null when sound is asked for or on already. */
export async function insertSound(
  tx: Tx,
  deploymentId: string,
  given: Omit<Sound, 'id' | 'decisions' | 'ended'>,
): Promise<string | null> {
  const id = newId(given.askedMs)
  const rows = await tx`
    insert into authorisation.sound
      (id, deployment_id, proposal_version, purposes, reason, until_day, asked_by, asked_at)
    values (${id}, ${deploymentId}, ${given.proposalVersion}, ${given.purposes as string[]}, ${given.reason},
            ${given.untilDay}, ${given.askedBy}, ${given.askedMs})
    on conflict do nothing`
  return rows.count === 1 ? id : null
}

/** False when this role or this person has decided before: the unique indexes decide between two at once. */
export async function insertSoundDecision(tx: Tx, soundId: string, given: SoundDecision): Promise<boolean> {
  const rows = await tx`
    insert into authorisation.sound_decision (id, sound_id, role, decision, reason, person_id, decided_at)
    values (${newId(given.atMs)}, ${soundId}, ${given.role}, ${given.decision}, ${given.reason}, ${given.by},
            ${given.atMs})
    on conflict do nothing`
  return rows.count === 1
}

export async function endSoundRow(tx: Tx, id: string, end: NonNullable<Sound['ended']>): Promise<boolean> {
  const rows = await tx`
    update authorisation.sound set ended_at = ${end.atMs}, ended_cause = ${end.cause}, ended_by = ${end.by}
    where id = ${id} and ended_at is null`
  return rows.count === 1
}

/** The newest of each deployment. */
export async function soundsOf(
  sql: Query,
  deploymentIds: readonly string[],
): Promise<ReadonlyMap<string, Sound>> {
  const rows = await sql<
    {
      deployment_id: string
      id: string
      proposal_version: number
      purposes: string[]
      reason: string
      until_day: string
      asked_by: string
      asked_at: number
      ended_at: number | null
      ended_cause: 'expired' | 'withdrawn' | 'refused' | null
      ended_by: string | null
    }[]
  >`
    select distinct on (deployment_id) * from authorisation.sound
    where deployment_id = any (${deploymentIds as string[]}::uuid[])
    order by deployment_id, asked_at desc, id desc`
  if (rows.length === 0) return new Map()
  const decisions = await sql<
    {
      sound_id: string
      role: string
      decision: 'approve' | 'refuse'
      reason: string
      person_id: string
      decided_at: number
    }[]
  >`
    select * from authorisation.sound_decision where sound_id = any (${rows.map((r) => r.id)}::uuid[])
    order by decided_at, id`
  return new Map(
    rows.map((row) => [
      row.deployment_id,
      {
        id: row.id,
        proposalVersion: row.proposal_version,
        purposes: row.purposes,
        reason: row.reason,
        untilDay: row.until_day,
        askedBy: row.asked_by,
        askedMs: row.asked_at,
        decisions: decisions
          .filter((d) => d.sound_id === row.id)
          .map((d) => ({
            role: d.role,
            decision: d.decision,
            reason: d.reason,
            by: d.person_id,
            atMs: d.decided_at,
          })),
        ended:
          row.ended_at === null ? null : { atMs: row.ended_at, cause: row.ended_cause!, by: row.ended_by },
      },
    ]),
  )
}

/** Deployments with a mandate whose sound is over, or sound that has no end written yet. At most 1,000 at a time. */
export async function soundsRunOut(sql: Query, nowMs: number): Promise<readonly string[]> {
  const rows = await sql<{ deployment_id: string }[]>`
    select deployment_id from authorisation.mandate where ended_at is null and audio_until_at <= ${nowMs} limit 1000`
  return rows.map((row) => row.deployment_id)
}
