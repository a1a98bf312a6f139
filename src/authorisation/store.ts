/**
 * The SQL of a deployment's facts. Mandates have their own file.
 *
 * Stays whole past 400 lines: one statement per function and one type per row, looked up by name.
 */
import { isId, newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import {
  camerasById,
  type Reach,
  sheetsOf,
  signsOf,
  sitesById,
  systemsById,
  viewsOf,
  withinReach,
} from '#register/register.ts'
import { consultationsFor, newBuildsOf } from './consultation-store.ts'
import { matchingsOf, sitePhotosOf } from './installed-store.ts'
import { mandatesOfAll } from './mandate-store.ts'
import type {
  Agreement,
  AgreementWay,
  Approval,
  ApprovalDecision,
  ChecklistAnswer,
  Deployment,
  DeploymentFile,
  Detail,
  Dpia,
  EndCause,
  LocationRow,
  ReferencePicture,
  Stop,
} from './model.ts'
import { soundsOf } from './sound-store.ts'
import { transitionsOf } from './transition/store.ts'

export const deploymentListMax = 200

// ---- drafts ----

export type Draft = {
  readonly id: string
  readonly provider: string
  readonly personId: string
  readonly answers: Readonly<Record<string, unknown>>
  readonly extendsId: string | null
}

/** A person's unfinished proposals; more than this are refused. */
export const draftsMax = 20

export async function insertDraft(
  tx: Query,
  draft: Omit<Draft, 'id'> & { readonly nowMs: number },
): Promise<string> {
  const id = newId(draft.nowMs)
  await tx`
    insert into authorisation.draft (id, provider, person_id, answers, extends_id, created_at, updated_at)
    values (${id}, ${draft.provider}, ${draft.personId}, ${tx.json(draft.answers as never)}, ${draft.extendsId},
            ${draft.nowMs}, ${draft.nowMs})`
  return id
}

/** Adds what was typed on one step to what is there. Only the person's own draft. */
export async function saveDraft(
  tx: Query,
  id: string,
  personId: string,
  answers: Readonly<Record<string, unknown>>,
  nowMs: number,
): Promise<void> {
  await tx`
    update authorisation.draft set answers = answers || ${tx.json(answers as never)}, updated_at = ${nowMs}
    where id = ${id} and person_id = ${personId}`
}

export async function findDraft(sql: Query, id: string, personId: string): Promise<Draft | null> {
  if (!isId(id)) return null
  const [row] = await sql<DraftRow[]>`
    select * from authorisation.draft where id = ${id} and person_id = ${personId}`
  return row ? toDraft(row) : null
}

export async function draftsOf(sql: Query, personId: string): Promise<readonly Draft[]> {
  const rows = await sql<DraftRow[]>`
    select * from authorisation.draft where person_id = ${personId} order by updated_at desc limit ${draftsMax}`
  return rows.map(toDraft)
}

/** False: it is gone already, or is somebody else's. Of two at once one has it, and the other waits and is told so. */
export async function deleteDraft(tx: Query, id: string, personId: string): Promise<boolean> {
  const rows = await tx`delete from authorisation.draft where id = ${id} and person_id = ${personId}`
  return rows.count === 1
}

// ---- deployments ----

export async function nextReference(tx: Tx, provider: string, nowMs: number): Promise<string> {
  const year = new Date(nowMs).getUTCFullYear()
  const [row] = await tx<{ last: number }[]>`
    insert into authorisation.deployment_number (provider, year, last) values (${provider}, ${year}, 1)
    on conflict (provider, year) do update set last = authorisation.deployment_number.last + 1 returning last`
  return `D-${year}-${String(row!.last).padStart(4, '0')}`
}

export async function insertDeployment(
  tx: Tx,
  d: Omit<Deployment, 'version' | 'revisedBy' | 'ended' | 'removed'>,
): Promise<void> {
  await tx`
    insert into authorisation.deployment
      (id, reference, provider, type, policy_version, site_id, system_id, camera_id, purposes, lawful_basis, incident,
       reason, alternatives, no_other_means, schedule, equipment, from_day, until_day, removal_day, review_day,
       time_zone, proposed_by, proposed_at, extends_id, incident_other, aim, need, detail, proportion, technologies)
    values
      (${d.id}, ${d.reference}, ${d.provider}, ${d.type}, ${d.policyVersion}, ${d.siteId}, ${d.systemId}, ${d.cameraId},
       ${d.purposes as string[]}, ${d.lawfulBasis}, ${d.incident}, ${d.reason}, ${d.alternatives}, ${d.noOtherMeans},
       ${d.schedule}, ${d.equipment}, ${d.fromDay}, ${d.untilDay}, ${d.removalDay}, ${d.reviewDay}, ${d.timeZone},
       ${d.proposedBy}, ${d.proposedMs}, ${d.extendsId}, ${d.incidentOther}, ${d.aim}, ${d.need}, ${d.detail},
       ${d.proportion}, ${d.technologies as string[]})`
}

/** Changes what a proposal says. Null when somebody changed it since `version`; else the new version. */
export async function reviseDeployment(
  tx: Tx,
  d: Pick<
    Deployment,
    | 'id'
    | 'version'
    | 'reason'
    | 'alternatives'
    | 'noOtherMeans'
    | 'purposes'
    | 'lawfulBasis'
    | 'incident'
    | 'fromDay'
    | 'untilDay'
    | 'removalDay'
    | 'reviewDay'
    | 'schedule'
    | 'equipment'
    | 'incidentOther'
    | 'aim'
    | 'need'
    | 'detail'
    | 'proportion'
  > & { readonly revisedBy: string },
): Promise<number | null> {
  const [row] = await tx<{ version: number }[]>`
    update authorisation.deployment
    set purposes = ${d.purposes as string[]}, lawful_basis = ${d.lawfulBasis}, incident = ${d.incident},
        reason = ${d.reason}, alternatives = ${d.alternatives}, no_other_means = ${d.noOtherMeans},
        schedule = ${d.schedule}, equipment = ${d.equipment}, from_day = ${d.fromDay}, until_day = ${d.untilDay},
        removal_day = ${d.removalDay}, review_day = ${d.reviewDay}, incident_other = ${d.incidentOther}, aim = ${d.aim},
        need = ${d.need}, detail = ${d.detail}, proportion = ${d.proportion}, version = version + 1,
        revised_by = array_append(array_remove(revised_by, ${d.revisedBy}), ${d.revisedBy})
    where id = ${d.id} and version = ${d.version} and ended_at is null returning version`
  return row?.version ?? null
}

export async function findDeployment(sql: Query, id: string): Promise<Deployment | null> {
  if (!isId(id)) return null
  const [row] = await sql<DeploymentRow[]>`select * from authorisation.deployment where id = ${id}`
  return row ? toDeployment(row) : null
}

/** Several at once, in the order asked. */
export async function deploymentsById(sql: Query, ids: readonly string[]): Promise<readonly Deployment[]> {
  const rows = await sql<DeploymentRow[]>`
    select * from authorisation.deployment where id = any (${ids as string[]}::uuid[])`
  const found = new Map(rows.map((row) => [row.id, toDeployment(row)]))
  return ids.flatMap((id) => found.get(id) ?? [])
}

/** Every decision about a deployment takes this lock first, so that two of them never see the same facts. */
export async function lockDeployment(tx: Tx, id: string): Promise<Deployment | null> {
  const [row] = await tx<DeploymentRow[]>`select * from authorisation.deployment where id = ${id} for update`
  return row ? toDeployment(row) : null
}

/** Those that somebody may see, open ones first, newest first. */
export async function listDeployments(
  sql: Query,
  reach: Reach,
  options: { readonly text?: string; readonly open?: boolean } = {},
): Promise<readonly (Deployment & { readonly siteName: string; readonly cameraLabel: string })[]> {
  const text = options.text ?? ''
  const like = `%${text.replace(/[%_\\]/g, '\\$&')}%`
  const rows = await sql<(DeploymentRow & { site_name: string; camera_label: string })[]>`
    select d.*, s.name as site_name, c.label as camera_label
    from authorisation.deployment d
    join register.site s on s.id = d.site_id
    join register.camera c on c.id = d.camera_id
    where ${withinReach(sql, reach, 'd.provider', 's.area', 's.id')}
      and (${text} = '' or d.reference ilike ${like} or s.name ilike ${like} or c.label ilike ${like})
      and (${options.open ?? false} = false or d.ended_at is null)
    order by d.ended_at is not null, d.proposed_at desc limit ${deploymentListMax}`
  return rows.map((row) => ({
    ...toDeployment(row),
    siteName: row.site_name,
    cameraLabel: row.camera_label,
  }))
}

/** Of a camera's deployments first the one that counts: the open one (the older, while a continuation waits), else the newest. */
export const whatCountsFirst = (sql: Query) =>
  sql`camera_id, ended_at is not null, (ended_at is null and extends_id is not null), proposed_at desc`

/** For each of these cameras the deployment that counts. */
export async function countingDeployments(
  sql: Query,
  cameraIds: readonly string[],
): Promise<ReadonlyMap<string, Deployment>> {
  const rows = await sql<DeploymentRow[]>`
    select distinct on (camera_id) * from authorisation.deployment where camera_id = any (${cameraIds}::uuid[])
    order by ${whatCountsFirst(sql)}`
  return new Map(rows.map((row) => [row.camera_id, toDeployment(row)]))
}

/** Open deployments, for the daily look; and those ended whose camera still hangs. */
export async function openDeploymentIds(sql: Query): Promise<readonly string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from authorisation.deployment where ended_at is null order by proposed_at`
  return rows.map((row) => row.id)
}

/** Ends it for good; false when it has ended already. */
export async function endDeployment(
  tx: Tx,
  id: string,
  end: {
    readonly atMs: number
    readonly cause: EndCause
    readonly by: string | null
    readonly reason: string | null
  },
): Promise<boolean> {
  const rows = await tx`
    update authorisation.deployment
    set ended_at = ${end.atMs}, ended_cause = ${end.cause}, ended_by = ${end.by}, ended_reason = ${end.reason}
    where id = ${id} and ended_at is null`
  return rows.count === 1
}

export async function markRemoved(tx: Tx, id: string, by: string, nowMs: number): Promise<boolean> {
  const rows = await tx`
    update authorisation.deployment set removed_at = ${nowMs}, removed_by = ${by}
    where id = ${id} and removed_at is null and ended_at is not null`
  return rows.count === 1
}

// ---- DPIA ----

/** Writes the working draft (one per deployment), making it when there is none. Gives its version. */
export async function saveDpiaDraft(
  tx: Tx,
  dpia: {
    readonly deploymentId: string
    readonly proposalVersion: number
    readonly answers: Readonly<Record<string, string>>
    readonly authorId: string
    readonly nowMs: number
  },
): Promise<{ id: string; version: number }> {
  const [open] = await tx<{ id: string; version: number }[]>`
    update authorisation.dpia
    set answers = ${tx.json(dpia.answers)}, author_id = ${dpia.authorId}, proposal_version = ${dpia.proposalVersion},
        writer_ids = array_append(array_remove(writer_ids, ${dpia.authorId}), ${dpia.authorId}),
        updated_at = ${dpia.nowMs}
    where deployment_id = ${dpia.deploymentId} and submitted_at is null returning id, version`
  if (open) return open
  const [made] = await tx<{ id: string; version: number }[]>`
    insert into authorisation.dpia
      (id, deployment_id, version, proposal_version, answers, author_id, writer_ids, updated_at)
    select ${newId(dpia.nowMs)}, ${dpia.deploymentId}, coalesce(max(version), 0) + 1, ${dpia.proposalVersion},
           ${tx.json(dpia.answers)}, ${dpia.authorId}, array[${dpia.authorId}::uuid], ${dpia.nowMs}
    from authorisation.dpia where deployment_id = ${dpia.deploymentId}
    returning id, version`
  return made!
}

export async function submitDpia(
  tx: Tx,
  id: string,
  locations: readonly LocationRow[],
  nowMs: number,
): Promise<boolean> {
  const rows = await tx`
    update authorisation.dpia set submitted_at = ${nowMs}, locations = ${tx.json(locations as never)}
    where id = ${id} and submitted_at is null`
  return rows.count === 1
}

/** False when somebody decided it before. */
export async function decideDpia(
  tx: Tx,
  id: string,
  decision: {
    readonly outcome: 'accepted' | 'returned'
    readonly reason: string
    readonly by: string
    readonly reviewDay: string | null
    readonly nowMs: number
  },
): Promise<boolean> {
  const rows = await tx`
    update authorisation.dpia
    set decision = ${decision.outcome}, decision_reason = ${decision.reason}, decided_by = ${decision.by},
        decided_at = ${decision.nowMs}, review_day = ${decision.reviewDay}
    where id = ${id} and submitted_at is not null and decision is null`
  return rows.count === 1
}

// ---- approvals ----

/**
 * False when this role has decided already or this person has approved already: the unique indexes decide between two
 * people who press at once.
 */
export async function insertApproval(
  tx: Tx,
  deploymentId: string,
  approval: Omit<Approval, 'id'>,
): Promise<boolean> {
  const rows = await tx`
    insert into authorisation.approval (id, deployment_id, role, proposal_version, decision, reason, person_id, decided_at,
                                       deputy_for)
    values (${newId(approval.atMs)}, ${deploymentId}, ${approval.role}, ${approval.proposalVersion},
            ${approval.decision}, ${approval.reason}, ${approval.personId}, ${approval.atMs}, ${approval.deputyFor ?? null})
    on conflict do nothing`
  return rows.count === 1
}

// ---- agreement ----

export async function insertAgreement(
  tx: Tx,
  deploymentId: string,
  agreement: Omit<Agreement, 'id' | 'withdrawn'>,
): Promise<string | null> {
  const id = newId(agreement.recordedMs)
  const rows = await tx`
    insert into authorisation.agreement
      (id, deployment_id, resident_name, how, told_not_to_tamper, agreed_on, recorded_by, recorded_at)
    values (${id}, ${deploymentId}, ${agreement.residentName}, ${agreement.how}, ${agreement.toldNotToTamper},
            ${agreement.day}, ${agreement.recordedBy}, ${agreement.recordedMs})
    on conflict do nothing`
  return rows.count === 1 ? id : null
}

export async function withdrawAgreement(
  tx: Tx,
  deploymentId: string,
  how: AgreementWay,
  by: string,
  nowMs: number,
): Promise<string | null> {
  const [row] = await tx<{ id: string }[]>`
    update authorisation.agreement set withdrawn_at = ${nowMs}, withdrawn_by = ${by}, withdrawn_how = ${how}
    where deployment_id = ${deploymentId} and withdrawn_at is null returning id`
  return row?.id ?? null
}

// ---- installation ----

export async function saveChecklist(
  tx: Tx,
  deploymentId: string,
  answers: readonly { readonly item: string; readonly met: boolean; readonly note: string }[],
  stated: {
    readonly qualified: boolean
    readonly qualification: string
    readonly qualificationUntil: string | null
    readonly kit: readonly string[]
  },
  by: string,
  nowMs: number,
): Promise<void> {
  for (const answer of answers) {
    await tx`
      insert into authorisation.checklist_answer (deployment_id, item, met, note, answered_by, answered_at)
      values (${deploymentId}, ${answer.item}, ${answer.met}, ${answer.note}, ${by}, ${nowMs})
      on conflict (deployment_id, item) do update
      set met = excluded.met, note = excluded.note, answered_by = excluded.answered_by, answered_at = excluded.answered_at`
  }
  await tx`
    insert into authorisation.installation
      (deployment_id, installed_by, qualified, qualification, qualification_until, kit, stated_at)
    values (${deploymentId}, ${by}, ${stated.qualified}, ${stated.qualification}, ${stated.qualificationUntil},
            ${stated.kit as string[]}, ${nowMs})
    on conflict (deployment_id) do update
    set installed_by = excluded.installed_by, qualified = excluded.qualified, qualification = excluded.qualification,
        qualification_until = excluded.qualification_until, kit = excluded.kit, stated_at = excluded.stated_at`
}

export async function insertReference(
  tx: Tx,
  deploymentId: string,
  picture: {
    readonly attachmentId: string
    readonly reelId: string
    readonly aimVersion: number
    readonly takenMs: number
  },
): Promise<string> {
  const id = newId(picture.takenMs)
  await tx`
    insert into authorisation.reference_picture
      (id, deployment_id, attachment_id, reel_id, aim_version, taken_at, sealed)
    values (${id}, ${deploymentId}, ${picture.attachmentId}, ${picture.reelId}, ${picture.aimVersion},
            ${picture.takenMs}, true)`
  return id
}

/** The installer's word on the reference picture: it shows what was approved, or it doesn't. */
export async function judgeReference(
  tx: Tx,
  id: string,
  accepted: boolean,
  by: string,
  nowMs: number,
): Promise<boolean> {
  const rows = accepted
    ? await tx`
        update authorisation.reference_picture set accepted_by = ${by}, accepted_at = ${nowMs}
        where id = ${id} and accepted_at is null and refused_at is null`
    : await tx`
        update authorisation.reference_picture set refused_at = ${nowMs}
        where id = ${id} and accepted_at is null and refused_at is null`
  return rows.count === 1
}

/** What was installed for the deployment that this one continues stays installed. */
export async function copyInstallation(tx: Tx, fromId: string, toId: string, nowMs: number): Promise<void> {
  await tx`
    insert into authorisation.checklist_answer (deployment_id, item, met, note, answered_by, answered_at)
    select ${toId}, item, met, note, answered_by, answered_at from authorisation.checklist_answer
    where deployment_id = ${fromId}`
  await tx`
    insert into authorisation.installation
      (deployment_id, installed_by, qualified, qualification, qualification_until, kit, stated_at)
    select ${toId}, installed_by, qualified, qualification, qualification_until, kit, stated_at
    from authorisation.installation where deployment_id = ${fromId}`
  await tx`
    insert into authorisation.site_photo (id, deployment_id, attachment_id, note, taken_by, taken_at)
    select gen_random_uuid(), ${toId}, attachment_id, note, taken_by, taken_at
    from authorisation.site_photo where deployment_id = ${fromId}`
  await tx`
    insert into authorisation.reference_picture
      (id, deployment_id, attachment_id, reel_id, aim_version, taken_at, accepted_by, accepted_at, sealed)
    select ${newId(nowMs)}, ${toId}, attachment_id, reel_id, aim_version, taken_at, accepted_by, accepted_at, sealed
    from authorisation.reference_picture
    where deployment_id = ${fromId} and accepted_at is not null and gone_at is null
    order by taken_at desc limit 1`
}

// ---- stop ----

/** Null when it is stopped already. */
export async function insertStop(
  tx: Tx,
  deploymentId: string,
  by: string | null,
  reason: string,
  nowMs: number,
): Promise<string | null> {
  const id = newId(nowMs)
  const rows = await tx`
    insert into authorisation.stop (id, deployment_id, stopped_at, stopped_by, reason)
    values (${id}, ${deploymentId}, ${nowMs}, ${by}, ${reason}) on conflict do nothing`
  return rows.count === 1 ? id : null
}

export async function liftStop(
  tx: Tx,
  deploymentId: string,
  by: string,
  reason: string,
  nowMs: number,
): Promise<boolean> {
  const rows = await tx`
    update authorisation.stop set lifted_at = ${nowMs}, lifted_by = ${by}, lifted_reason = ${reason}
    where deployment_id = ${deploymentId} and lifted_at is null`
  return rows.count === 1
}

/** The deployment of a camera that counts now: the open one, else the newest; null: none was ever asked for. */
export async function newestDeploymentOf(sql: Query, cameraId: string): Promise<string | null> {
  const [row] = await sql<{ id: string }[]>`
    select id from authorisation.deployment where camera_id = ${cameraId}
    order by ended_at desc nulls first, id desc limit 1`
  return row?.id ?? null
}

// ---- the whole file ----

export async function readFile(sql: Query, deployment: Deployment): Promise<DeploymentFile> {
  return (await readFiles(sql, [deployment]))[0]!
}

/** Several files in as many questions as one. */
export async function readFiles(
  sql: Query,
  deployments: readonly Deployment[],
): Promise<readonly DeploymentFile[]> {
  const ids = deployments.map((d) => d.id)
  // Side by side: in a transaction they travel down its one connection together.
  const [sites, systems, cameras] = await Promise.all([
    sitesById(sql, distinct(deployments.map((d) => d.siteId))),
    systemsById(sql, distinct(deployments.map((d) => d.systemId))),
    camerasById(sql, distinct(deployments.map((d) => d.cameraId))),
  ])
  const [
    signs,
    sheets,
    dpias,
    approvals,
    agreements,
    checklists,
    installations,
    references,
    stops,
    mandates,
    consultations,
    newBuilds,
    sounds,
    sitePhotos,
    matchings,
    transitions,
    views,
  ] = await Promise.all([
    signsOf(sql, [...cameras.values()]),
    sheetsOf(sql, [...cameras.keys()]),
    sql<DpiaRow[]>`
      select * from authorisation.dpia where deployment_id = any (${ids}::uuid[]) order by version desc`.then(
      grouped,
    ),
    sql<ApprovalRow[]>`
      select * from authorisation.approval where deployment_id = any (${ids}::uuid[]) order by decided_at, id`.then(
      grouped,
    ),
    sql<AgreementRow[]>`
      select * from authorisation.agreement where deployment_id = any (${ids}::uuid[]) order by recorded_at desc, id desc`.then(
      grouped,
    ),
    sql<ChecklistRow[]>`
      select * from authorisation.checklist_answer where deployment_id = any (${ids}::uuid[]) order by item`.then(
      grouped,
    ),
    sql<InstallationRow[]>`
      select * from authorisation.installation where deployment_id = any (${ids}::uuid[])`.then(grouped),
    sql<ReferenceRow[]>`
      select * from authorisation.reference_picture where deployment_id = any (${ids}::uuid[])
      order by taken_at desc, id desc`.then(grouped),
    sql<StopRow[]>`
      select * from authorisation.stop where deployment_id = any (${ids}::uuid[]) order by stopped_at desc, id desc`.then(
      grouped,
    ),
    mandatesOfAll(sql, ids),
    consultationsFor(sql, ids),
    newBuildsOf(sql, ids),
    soundsOf(sql, ids),
    sitePhotosOf(sql, ids),
    matchingsOf(sql, ids),
    transitionsOf(sql, ids),
    viewsOf(sql, [...cameras.values()]),
  ])
  return deployments.map((deployment) => {
    const { id } = deployment
    const camera = cameras.get(deployment.cameraId)!
    const [agreement, installation, reference, stop] = [
      agreements(id)[0],
      installations(id)[0],
      references(id)[0],
      stops(id)[0],
    ]
    return {
      deployment,
      site: sites.get(deployment.siteId)!,
      system: systems.get(deployment.systemId)!,
      camera,
      consultation: consultations.get(id) ?? null,
      newBuild: newBuilds.get(id) ?? null,
      sound: sounds.get(id) ?? null,
      sitePhotos: sitePhotos.get(id) ?? [],
      matching: matchings.get(id) ?? null,
      dpias: dpias(id).map(toDpia),
      approvals: approvals(id).map(toApproval),
      agreement: agreement ? toAgreement(agreement) : null,
      checklist: checklists(id).map(toAnswer),
      installation: installation
        ? {
            by: installation.installed_by,
            qualified: installation.qualified,
            qualification: installation.qualification,
            qualificationUntil: installation.qualification_until,
            kit: installation.kit,
            atMs: installation.stated_at,
          }
        : null,
      signs: signs(camera),
      sheets: sheets(camera.id),
      reference: reference ? toReference(reference) : null,
      stop: stop ? toStop(stop) : null,
      view: views(camera.id),
      transition: transitions.get(id) ?? null,
      mandates: mandates.get(id) ?? [],
    }
  })
}

const distinct = (ids: readonly string[]): string[] => [...new Set(ids)]

function grouped<Row extends { deployment_id: string }>(
  rows: readonly Row[],
): (deploymentId: string) => readonly Row[] {
  const groups = Map.groupBy(rows, (row) => row.deployment_id)
  return (id) => groups.get(id) ?? []
}

// ---- rows ----

type DraftRow = {
  id: string
  provider: string
  person_id: string
  answers: Record<string, unknown>
  extends_id: string | null
}
type DeploymentRow = {
  id: string
  reference: string
  provider: string
  type: string
  policy_version: string
  site_id: string
  system_id: string
  camera_id: string
  purposes: string[]
  lawful_basis: string
  incident: string | null
  reason: string
  alternatives: string
  no_other_means: boolean | null
  schedule: string
  incident_other: string | null
  aim: string
  need: string
  detail: Detail | null
  proportion: string
  technologies: string[]
  equipment: string
  from_day: string
  until_day: string | null
  removal_day: string | null
  review_day: string | null
  time_zone: string
  proposed_by: string
  proposed_at: number
  revised_by: string[]
  version: number
  extends_id: string | null
  ended_at: number | null
  ended_cause: EndCause | null
  ended_by: string | null
  ended_reason: string | null
  removed_at: number | null
  removed_by: string | null
}
type DpiaRow = {
  id: string
  deployment_id: string
  version: number
  proposal_version: number
  answers: Record<string, string>
  locations: LocationRow[] | null
  author_id: string
  writer_ids: string[]
  updated_at: number
  submitted_at: number | null
  decision: 'accepted' | 'returned' | null
  decision_reason: string | null
  decided_by: string | null
  decided_at: number | null
  review_day: string | null
}
type ApprovalRow = {
  id: string
  deployment_id: string
  role: string
  proposal_version: number
  decision: ApprovalDecision
  reason: string
  person_id: string
  deputy_for: string | null
  decided_at: number
}
type AgreementRow = {
  id: string
  deployment_id: string
  resident_name: string
  how: AgreementWay
  told_not_to_tamper: boolean
  agreed_on: string
  recorded_by: string
  recorded_at: number
  withdrawn_at: number | null
  withdrawn_by: string | null
  withdrawn_how: AgreementWay | null
}
type ChecklistRow = {
  deployment_id: string
  item: string
  met: boolean
  note: string
  answered_by: string
  answered_at: number
}
type InstallationRow = {
  deployment_id: string
  installed_by: string
  qualified: boolean
  qualification: string
  qualification_until: string | null
  kit: string[]
  stated_at: number
}
type ReferenceRow = {
  id: string
  deployment_id: string
  attachment_id: string | null
  sealed: boolean
  reel_id: string
  aim_version: number
  taken_at: number
  accepted_by: string | null
  accepted_at: number | null
  refused_at: number | null
}
type StopRow = {
  id: string
  deployment_id: string
  stopped_at: number
  stopped_by: string | null
  reason: string
  lifted_at: number | null
  lifted_by: string | null
  lifted_reason: string | null
}

const toDraft = (row: DraftRow): Draft => ({
  id: row.id,
  provider: row.provider,
  personId: row.person_id,
  answers: row.answers,
  extendsId: row.extends_id,
})

const toDeployment = (row: DeploymentRow): Deployment => ({
  id: row.id,
  reference: row.reference,
  provider: row.provider,
  type: row.type,
  policyVersion: row.policy_version,
  siteId: row.site_id,
  systemId: row.system_id,
  cameraId: row.camera_id,
  purposes: row.purposes,
  lawfulBasis: row.lawful_basis,
  incident: row.incident,
  reason: row.reason,
  alternatives: row.alternatives,
  noOtherMeans: row.no_other_means,
  schedule: row.schedule,
  incidentOther: row.incident_other,
  aim: row.aim,
  need: row.need,
  detail: row.detail,
  proportion: row.proportion,
  technologies: row.technologies,
  equipment: row.equipment,
  fromDay: row.from_day,
  untilDay: row.until_day,
  removalDay: row.removal_day,
  reviewDay: row.review_day,
  timeZone: row.time_zone,
  proposedBy: row.proposed_by,
  proposedMs: row.proposed_at,
  revisedBy: row.revised_by,
  version: row.version,
  extendsId: row.extends_id,
  ended:
    row.ended_at === null
      ? null
      : { atMs: row.ended_at, cause: row.ended_cause!, by: row.ended_by, reason: row.ended_reason },
  removed: row.removed_at === null ? null : { atMs: row.removed_at, by: row.removed_by! },
})

const toDpia = (row: DpiaRow): Dpia => ({
  id: row.id,
  deploymentId: row.deployment_id,
  version: row.version,
  proposalVersion: row.proposal_version,
  answers: row.answers,
  locations: row.locations,
  authorId: row.author_id,
  writerIds: row.writer_ids,
  updatedMs: row.updated_at,
  submittedMs: row.submitted_at,
  decision:
    row.decision === null
      ? null
      : {
          outcome: row.decision,
          reason: row.decision_reason ?? '',
          by: row.decided_by!,
          atMs: row.decided_at!,
        },
  reviewDay: row.review_day,
})

const toApproval = (row: ApprovalRow): Approval => ({
  id: row.id,
  role: row.role,
  proposalVersion: row.proposal_version,
  decision: row.decision,
  reason: row.reason,
  personId: row.person_id,
  atMs: row.decided_at,
  deputyFor: row.deputy_for,
})

const toAgreement = (row: AgreementRow): Agreement => ({
  id: row.id,
  residentName: row.resident_name,
  how: row.how,
  toldNotToTamper: row.told_not_to_tamper,
  day: row.agreed_on,
  recordedBy: row.recorded_by,
  recordedMs: row.recorded_at,
  withdrawn:
    row.withdrawn_at === null
      ? null
      : { atMs: row.withdrawn_at, by: row.withdrawn_by!, how: row.withdrawn_how! },
})

const toAnswer = (row: ChecklistRow): ChecklistAnswer => ({
  item: row.item,
  met: row.met,
  note: row.note,
  by: row.answered_by,
  atMs: row.answered_at,
})

const toReference = (row: ReferenceRow): ReferencePicture => ({
  id: row.id,
  attachmentId: row.attachment_id,
  sealed: row.sealed,
  reelId: row.reel_id,
  aimVersion: row.aim_version,
  takenMs: row.taken_at,
  accepted: row.accepted_at === null ? null : { by: row.accepted_by!, atMs: row.accepted_at },
  refusedMs: row.refused_at,
})

const toStop = (row: StopRow): Stop => ({
  id: row.id,
  atMs: row.stopped_at,
  by: row.stopped_by,
  reason: row.reason,
  lifted:
    row.lifted_at === null
      ? null
      : { atMs: row.lifted_at, by: row.lifted_by!, reason: row.lifted_reason ?? '' },
})
