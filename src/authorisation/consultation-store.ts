/** The SQL of consultations, their answers, and of buildings that nobody lives in yet. */
import { newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'

export const consultationWays = ['letter', 'email', 'meeting', 'visit', 'notice', 'survey'] as const
export type ConsultationWay = (typeof consultationWays)[number]
export const consultationWayLabels: Readonly<Record<ConsultationWay, string>> = {
  letter: 'Letter',
  email: 'Email',
  meeting: 'Meeting',
  visit: 'Visit at the door',
  notice: 'Notice in the building',
  survey: 'Online survey',
}

export const stances = ['for', 'against', 'comment'] as const
export type Stance = (typeof stances)[number]
export type Counts = Readonly<Record<Stance, number>>

export type Consultation = {
  readonly id: string
  readonly systemId: string
  /** On whose page it was opened. */
  readonly deploymentId: string
  /** How many cameras of the system it asks about. */
  readonly cameras: number
  readonly payers: string
  readonly households: number
  /** Personal; null: none kept, or erased. */
  readonly contacts: string | null
  readonly contactsErasedMs: number | null
  readonly ways: readonly ConsultationWay[]
  readonly opensOn: string
  /** Last day on which answers are taken. */
  readonly closesOn: string
  readonly questions: readonly string[]
  readonly yearlyCostPence: number
  readonly chargeBasis: 'service-charge' | 'landlord-pays'
  /** What each household would pay a year. */
  readonly householdPence: number
  readonly openedBy: string
  readonly openedMs: number
  /** Of the answers recorded. */
  readonly counts: Counts
  readonly result: {
    readonly outcome: 'go-ahead' | 'no'
    readonly reason: string
    readonly role: string
    readonly by: string
    readonly atMs: number
  } | null
  readonly chargeHandedMs: number | null
}

export type ConsultationAnswer = {
  readonly id: string
  readonly stance: Stance
  readonly cameOn: string
  readonly way: ConsultationWay
  readonly who: string | null
  readonly words: string | null
  readonly erasedMs: number | null
  readonly recordedBy: string
  readonly recordedMs: number
}

export type NewBuild = {
  readonly design: string
  readonly firstTenancyDay: string
  readonly recordedBy: string
  readonly recordedMs: number
}

/** People agreed to pay for it with their service charge, so finance gets a line. */
export const isCharged = (c: Consultation | null): c is Consultation =>
  c?.result?.outcome === 'go-ahead' && c.chargeBasis === 'service-charge'

/** More answers than this to one consultation are refused. */
export const answersMax = 5_000

/** Null when one is open for the system. */
export async function insertConsultation(
  tx: Tx,
  c: Omit<Consultation, 'id' | 'contactsErasedMs' | 'counts' | 'result' | 'chargeHandedMs'> & {
    readonly provider: string
  },
): Promise<string | null> {
  const id = newId(c.openedMs)
  const rows = await tx`
    insert into authorisation.consultation
      (id, provider, system_id, deployment_id, cameras, payers, households, contacts, ways, opens_on, closes_on,
       questions, yearly_cost_pence, charge_basis, household_pence, opened_by, opened_at)
    values (${id}, ${c.provider}, ${c.systemId}, ${c.deploymentId}, ${c.cameras}, ${c.payers}, ${c.households},
            ${c.contacts}, ${c.ways as string[]}, ${c.opensOn}, ${c.closesOn}, ${c.questions as string[]},
            ${c.yearlyCostPence}, ${c.chargeBasis}, ${c.householdPence}, ${c.openedBy}, ${c.openedMs})
    on conflict do nothing`
  return rows.count === 1 ? id : null
}

/**
 * The consultation that counts for each deployment: the newest of its system that wasn't called off, if it asked about
 * enough cameras. Earlier cameras of the system that still stand come first.
 */
export async function consultationsFor(
  sql: Query,
  deploymentIds: readonly string[],
): Promise<ReadonlyMap<string, Consultation>> {
  const rows = await sql<(Row & { for_deployment: string })[]>`
    select c.*, d.id as for_deployment,
      (select count(*)::int from authorisation.consultation_answer a where a.consultation_id = c.id and a.stance = 'for') as n_for,
      (select count(*)::int from authorisation.consultation_answer a where a.consultation_id = c.id and a.stance = 'against') as n_against,
      (select count(*)::int from authorisation.consultation_answer a where a.consultation_id = c.id and a.stance = 'comment') as n_comment
    from authorisation.deployment d
    join lateral (
      select * from authorisation.consultation
      where system_id = d.system_id and called_off_at is null order by opened_at desc, id desc limit 1
    ) c on true
    where d.id = any (${deploymentIds as string[]}::uuid[])
      and c.cameras > (
        select count(distinct o.camera_id) from authorisation.deployment o
        where o.system_id = d.system_id and o.ended_at is null and o.camera_id <> d.camera_id
          and (o.proposed_at, o.id) < (d.proposed_at, d.id))`
  return new Map(rows.map((row) => [row.for_deployment, toConsultation(row)]))
}

export async function newBuildsOf(
  sql: Query,
  deploymentIds: readonly string[],
): Promise<ReadonlyMap<string, NewBuild>> {
  const rows = await sql<
    {
      deployment_id: string
      design: string
      first_tenancy_day: string
      recorded_by: string
      recorded_at: number
    }[]
  >`
    select * from authorisation.new_build where deployment_id = any (${deploymentIds as string[]}::uuid[])`
  return new Map(
    rows.map((row) => [
      row.deployment_id,
      {
        design: row.design,
        firstTenancyDay: row.first_tenancy_day,
        recordedBy: row.recorded_by,
        recordedMs: row.recorded_at,
      },
    ]),
  )
}

export async function saveNewBuild(tx: Tx, deploymentId: string, given: NewBuild): Promise<void> {
  await tx`
    insert into authorisation.new_build (deployment_id, design, first_tenancy_day, recorded_by, recorded_at)
    values (${deploymentId}, ${given.design}, ${given.firstTenancyDay}, ${given.recordedBy}, ${given.recordedMs})
    on conflict (deployment_id) do update set design = excluded.design, first_tenancy_day = excluded.first_tenancy_day,
      recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at`
}

/** Every deployment of a system that hasn't ended: what a result of its consultation may let go on. */
export async function openDeploymentsOfSystem(sql: Query, systemId: string): Promise<readonly string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from authorisation.deployment where system_id = ${systemId} and ended_at is null order by proposed_at, id`
  return rows.map((row) => row.id)
}

export async function insertAnswer(
  tx: Tx,
  consultationId: string,
  a: Omit<ConsultationAnswer, 'id' | 'erasedMs'>,
): Promise<string> {
  const id = newId(a.recordedMs)
  await tx`
    insert into authorisation.consultation_answer
      (id, consultation_id, stance, came_on, way, who, words, recorded_by, recorded_at)
    values (${id}, ${consultationId}, ${a.stance}, ${a.cameOn}, ${a.way}, ${a.who}, ${a.words}, ${a.recordedBy},
            ${a.recordedMs})`
  return id
}

/** Newest first, a page of them. */
export async function answersOf(
  sql: Query,
  consultationId: string,
  limit = 200,
): Promise<readonly ConsultationAnswer[]> {
  const rows = await sql<
    {
      id: string
      stance: Stance
      came_on: string
      way: ConsultationWay
      who: string | null
      words: string | null
      erased_at: number | null
      recorded_by: string
      recorded_at: number
    }[]
  >`
    select * from authorisation.consultation_answer where consultation_id = ${consultationId}
    order by recorded_at desc, id desc limit ${limit}`
  return rows.map((row) => ({
    id: row.id,
    stance: row.stance,
    cameOn: row.came_on,
    way: row.way,
    who: row.who,
    words: row.words,
    erasedMs: row.erased_at,
    recordedBy: row.recorded_by,
    recordedMs: row.recorded_at,
  }))
}

/** Who and what words of one answer, for good. False when there is nothing to erase. */
export async function eraseAnswer(
  tx: Tx,
  consultationId: string,
  answerId: string,
  nowMs: number,
): Promise<boolean> {
  const rows = await tx`
    update authorisation.consultation_answer set who = null, words = null, erased_at = ${nowMs}
    where id = ${answerId} and consultation_id = ${consultationId} and erased_at is null`
  return rows.count === 1
}

export async function eraseContacts(tx: Tx, id: string, nowMs: number): Promise<boolean> {
  const rows = await tx`
    update authorisation.consultation set contacts = null, contacts_erased_at = ${nowMs}
    where id = ${id} and contacts is not null`
  return rows.count === 1
}

export async function callOff(tx: Tx, id: string, by: string, nowMs: number): Promise<boolean> {
  const rows = await tx`
    update authorisation.consultation set called_off_at = ${nowMs}, called_off_by = ${by}
    where id = ${id} and called_off_at is null and outcome is null`
  return rows.count === 1
}

/** False when somebody stated it before. */
export async function stateResult(
  tx: Tx,
  id: string,
  result: NonNullable<Consultation['result']>,
  counts: Counts,
): Promise<boolean> {
  const rows = await tx`
    update authorisation.consultation
    set outcome = ${result.outcome}, outcome_reason = ${result.reason}, outcome_role = ${result.role},
        outcome_by = ${result.by}, outcome_at = ${result.atMs}, count_for = ${counts.for},
        count_against = ${counts.against}, count_comment = ${counts.comment}
    where id = ${id} and outcome is null and called_off_at is null`
  return rows.count === 1
}

export async function markChargeHanded(tx: Tx, id: string, by: string, nowMs: number): Promise<boolean> {
  const rows = await tx`
    update authorisation.consultation set charge_handed_at = ${nowMs}, charge_handed_by = ${by}
    where id = ${id} and charge_handed_at is null and outcome = 'go-ahead'`
  return rows.count === 1
}

type Row = {
  id: string
  system_id: string
  deployment_id: string
  cameras: number
  payers: string
  households: number
  contacts: string | null
  contacts_erased_at: number | null
  ways: ConsultationWay[]
  opens_on: string
  closes_on: string
  questions: string[]
  yearly_cost_pence: number
  charge_basis: 'service-charge' | 'landlord-pays'
  household_pence: number
  opened_by: string
  opened_at: number
  outcome: 'go-ahead' | 'no' | null
  outcome_reason: string | null
  outcome_role: string | null
  outcome_by: string | null
  outcome_at: number | null
  charge_handed_at: number | null
  n_for: number
  n_against: number
  n_comment: number
}

const toConsultation = (row: Row): Consultation => ({
  id: row.id,
  systemId: row.system_id,
  deploymentId: row.deployment_id,
  cameras: row.cameras,
  payers: row.payers,
  households: row.households,
  contacts: row.contacts,
  contactsErasedMs: row.contacts_erased_at,
  ways: row.ways,
  opensOn: row.opens_on,
  closesOn: row.closes_on,
  questions: row.questions,
  yearlyCostPence: row.yearly_cost_pence,
  chargeBasis: row.charge_basis,
  householdPence: row.household_pence,
  openedBy: row.opened_by,
  openedMs: row.opened_at,
  counts: { for: row.n_for, against: row.n_against, comment: row.n_comment },
  result:
    row.outcome === null
      ? null
      : {
          outcome: row.outcome,
          reason: row.outcome_reason!,
          role: row.outcome_role ?? '',
          by: row.outcome_by!,
          atMs: row.outcome_at!,
        },
  chargeHandedMs: row.charge_handed_at,
})
