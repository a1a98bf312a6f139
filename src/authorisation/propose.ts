/** Asking for a camera: what becomes of a proposal. What it may say is in `proposal.ts`. */
import type { z } from 'zod'
import { civilDay, isId, newId, type Result } from '#base/base.ts'
import { inTransaction, type Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { type DeploymentType, decide, inSentence, type Pack } from '#policy/policy.ts'
import {
  controlledElsewhere,
  findCamera,
  findSite,
  findSystem,
  insertCamera,
  insertSite,
  insertSystem,
  reaches,
  reachOf,
  type Site,
  systemFacts,
  systemsAt,
} from '#register/register.ts'
import type { Person } from '#web/web.ts'
import { act, ask, denied, no, notHere, principalAt, reason, yes } from './asking.ts'
import { evaluate } from './evaluate.ts'
import type { Deployment } from './model.ts'
import type { AuthorisationDeps } from './parts.ts'
import {
  addressLines,
  checkDates,
  checkIncident,
  checkMeans,
  checkPlace,
  checkScope,
  type Proposal,
  type revisionSchema,
  typeIn,
  urgentReasons,
} from './proposal.ts'
import * as store from './store.ts'
import { inTurn } from './turns.ts'

/**
 * Makes a deployment of a proposal: site, system and camera are entered in the register where they are new.
 * @param extendsId continue (or come back to) that deployment's camera by fresh approval
 * @param draftId the draft it was written in: sent once, however often the button is pressed
 */
export async function propose(
  deps: AuthorisationDeps,
  person: Person,
  proposal: Proposal,
  extendsId: string | null = null,
  draftId: string | null = null,
): Promise<Result<{ readonly id: string; readonly reference: string }>> {
  if (deps.packs.find(proposal.provider) === null)
    return no(reason('provider', 'Choose one of your own landlords'))
  const pack = deps.packs.packOf(proposal.provider)
  const type = typeIn(pack, proposal.type)
  if (!type) return no(reason('type', 'Choose one of the kinds of camera that the policy names'))
  const reach = reachOf(person, 'deployment.propose', deps.packs)

  return inTurn(deps.sql, () =>
    inTransaction(deps.sql, async (tx) => {
      const nowMs = deps.clock.nowMs()
      const before = extendsId === null ? null : await store.lockDeployment(tx, extendsId)
      if (extendsId !== null && (before === null || before.provider !== proposal.provider)) return notHere
      const siteId = before?.siteId ?? proposal.siteId
      const site = siteId === null ? null : await findSite(tx, siteId)
      const known =
        site !== null &&
        site.provider === proposal.provider &&
        reaches(reach, site.provider, site.area, { siteId: site.id, patchId: site.patchId })
          ? site
          : null
      const timeZone = known?.timeZone ?? pack.values.provider.timeZone
      const decision = decide(pack, {
        principal: principalAt(person, proposal.provider, known ?? { area: proposal.siteArea }),
        action: 'deployment.propose',
        resource: { type: 'Provider', id: proposal.provider },
        context: {
          deploymentType: type.code,
          purposes: proposal.purposes,
          lawfulBasis: proposal.lawfulBasis,
          reason: proposal.reason,
          technologies: proposal.technologies,
        },
      })
      const reasons = [
        ...decision.reasons,
        ...checkPlace(type, { ...proposal, siteId }, known),
        ...checkScope(pack, type, { ...proposal, siteId }, known),
        ...checkMeans(type, proposal),
        ...checkDates(type, proposal, civilDay(nowMs, timeZone)),
        ...checkIncident(pack, proposal),
        ...urgentReasons(pack, proposal),
      ]
      if (reasons.length > 0) return decision.allowed ? no(...reasons) : denied(reasons)

      if (before !== null && (await openContinuation(tx, before.id)))
        return no(
          reason('extends', 'Somebody has already asked for this camera to go on. Look at that proposal.'),
        )

      if (draftId !== null && !(await store.deleteDraft(tx, draftId, person.id))) return notHere

      const place = await placeOf(tx, deps, person, proposal, { pack, type, known, before, timeZone, nowMs })
      const id = newId(nowMs)
      const reference = await store.nextReference(tx, proposal.provider, nowMs)
      const deployment = {
        id,
        reference,
        provider: proposal.provider,
        type: type.code,
        policyVersion: pack.version,
        ...place,
        purposes: proposal.purposes,
        lawfulBasis: proposal.lawfulBasis,
        incident: proposal.incident === 'other' ? null : proposal.incident,
        incidentOther: proposal.incident === 'other' ? proposal.incidentOther : null,
        aim: proposal.aim,
        need: proposal.need,
        detail: proposal.detail,
        proportion: proposal.proportion,
        technologies: proposal.technologies,
        reason: proposal.reason,
        alternatives: proposal.alternatives,
        noOtherMeans: type.noOtherMeansNeeded.value ? proposal.noOtherMeans : null,
        schedule: proposal.schedule ?? '',
        equipment: proposal.equipment ?? '',
        fromDay: proposal.fromDay,
        untilDay: proposal.untilDay,
        removalDay: proposal.removalDay ?? proposal.untilDay,
        reviewDay: proposal.reviewDay,
        timeZone,
        proposedBy: person.id,
        proposedMs: nowMs,
        extendsId: before?.id ?? null,
      }
      await store.insertDeployment(tx, deployment)
      if (before !== null) await store.copyInstallation(tx, before.id, id, nowMs)
      await append(tx, {
        kind: 'deployment.proposed',
        actor: person.id,
        provider: proposal.provider,
        about: { deployment: id, camera: place.cameraId, system: place.systemId, site: place.siteId },
        data: {
          reference,
          type: type.code,
          purposes: proposal.purposes,
          policy: `${pack.provider}@${pack.version}`,
          fromDay: proposal.fromDay,
          untilDay: proposal.untilDay,
        },
        personal: { reason: proposal.reason },
        atMs: nowMs,
      })
      await evaluate(tx, deps, id, person.id)
      return yes({ id, reference })
    }),
  )
}

async function openContinuation(tx: Tx, extendsId: string): Promise<boolean> {
  const rows = await tx`
    select 1 from authorisation.deployment where extends_id = ${extendsId} and ended_at is null`
  return rows.length > 0
}

/** Site, system and camera of a proposal, entered where they are new. */
async function placeOf(
  tx: Tx,
  { packs }: Pick<AuthorisationDeps, 'packs'>,
  person: Person,
  proposal: Proposal,
  given: {
    pack: Pack
    type: DeploymentType
    known: Site | null
    before: Deployment | null
    timeZone: string
    nowMs: number
  },
): Promise<{ siteId: string; systemId: string; cameraId: string }> {
  const { before, known, type, nowMs } = given
  if (before !== null) return { siteId: before.siteId, systemId: before.systemId, cameraId: before.cameraId }
  const by = person.id
  const entered = (kind: string, about: Record<string, string>) =>
    append(tx, { kind, actor: by, provider: proposal.provider, about, atMs: nowMs })
  let siteId = known?.id
  if (siteId === undefined) {
    siteId = await insertSite(tx, {
      provider: proposal.provider,
      name: proposal.siteName!,
      address: addressLines(proposal.siteAddress!),
      kind: type.place === 'home' ? 'home' : proposal.siteKind!,
      timeZone: given.timeZone,
      area: proposal.siteArea,
      by,
      nowMs,
    })
    await entered('site.added', { site: siteId })
  }
  const there = await systemsAt(tx, siteId)
  const factsOf = await systemFacts(tx, packs, there)
  const today = civilDay(nowMs, given.timeZone)
  // Never into a system that somebody else controls: the policy doesn't cover what is in it.
  const same = there.find(
    (s) =>
      [...s.purposes].sort().join() === [...proposal.purposes].sort().join() &&
      !controlledElsewhere(given.pack, factsOf(s.id), today),
  )
  let systemId = same?.id
  if (systemId === undefined) {
    systemId = await insertSystem(tx, {
      provider: proposal.provider,
      siteId,
      name: `${known?.name ?? proposal.siteName!}: ${inSentence(type.label)}`.slice(0, 200),
      purposes: proposal.purposes,
      // Who asks answers for it until somebody else is named.
      managerId: by,
      by,
      nowMs,
    })
    await entered('system.added', { system: systemId, site: siteId })
  }
  const cameraId = await insertCamera(tx, {
    provider: proposal.provider,
    systemId,
    label: proposal.cameraLabel,
    position: proposal.cameraPosition,
    model: (proposal.equipment ?? '').slice(0, 200),
    by,
    nowMs,
  })
  await entered('camera.added', { camera: cameraId, system: systemId })
  return { siteId, systemId, cameraId }
}

/**
 * Changes what a proposal says while no mandate stands on it. Assessment and approvals were given for what it said
 * before, so they are asked for again.
 */
export function revise(
  deps: AuthorisationDeps,
  person: Person,
  deploymentId: string,
  change: z.output<typeof revisionSchema>,
): Promise<Result<{ version: number }>> {
  return act({
    deps,
    person,
    deploymentId,
    async work(tx, standing, nowMs) {
      const { file, pack } = standing
      const d = file.deployment
      const type = typeIn(pack, d.type)!
      const decision = ask(pack, person, standing, 'deployment.propose', {
        deploymentType: d.type,
        purposes: change.purposes,
        lawfulBasis: change.lawfulBasis,
        reason: change.reason,
        technologies: d.technologies,
      })
      const reasons = [
        ...decision.reasons,
        ...checkIncident(pack, change),
        ...checkMeans(type, change),
        ...checkDates(type, change, civilDay(d.proposedMs, d.timeZone)),
      ]
      if (reasons.length > 0) return decision.allowed ? no(...reasons) : denied(reasons)
      if (file.mandates.some((m) => m.class === 'ordinary'))
        return no(
          reason(
            'running',
            'A camera records on this proposal. Ask for it to go on, or for a new one, instead.',
          ),
        )
      const version = await store.reviseDeployment(tx, {
        id: d.id,
        revisedBy: person.id,
        version: change.version,
        purposes: change.purposes,
        lawfulBasis: change.lawfulBasis,
        incident: change.incident === 'other' ? null : change.incident,
        incidentOther: change.incident === 'other' ? change.incidentOther : null,
        aim: change.aim,
        need: change.need,
        detail: change.detail,
        proportion: change.proportion,
        reason: change.reason,
        alternatives: change.alternatives,
        noOtherMeans: type.noOtherMeansNeeded.value ? change.noOtherMeans : null,
        fromDay: change.fromDay,
        untilDay: change.untilDay,
        removalDay: change.removalDay ?? change.untilDay,
        reviewDay: change.reviewDay,
        schedule: change.schedule ?? '',
        equipment: d.equipment,
      })
      if (version === null)
        return no(
          reason(
            'facts-changed',
            'Somebody else changed this proposal while you were typing. Read it again.',
          ),
        )
      await append(tx, {
        kind: 'deployment.revised',
        actor: person.id,
        provider: d.provider,
        about: { deployment: d.id, camera: d.cameraId, system: d.systemId },
        data: { version, fromDay: change.fromDay, untilDay: change.untilDay, purposes: change.purposes },
        personal: { reason: change.reason },
        atMs: nowMs,
      })
      return yes({ version })
    },
  })
}

/** What a fresh proposal for the same camera begins with. */
export async function answersFrom(
  deps: AuthorisationDeps,
  d: Deployment,
): Promise<Readonly<Record<string, unknown>>> {
  const [camera, system] = [await findCamera(deps.sql, d.cameraId), await findSystem(deps.sql, d.systemId)]
  if (!camera || !system || !isId(d.siteId)) throw new Error('a deployment lost its camera or system')
  return {
    provider: d.provider,
    type: d.type,
    siteId: d.siteId,
    cameraLabel: camera.label,
    cameraPosition: camera.position,
    equipment: d.equipment,
    purposes: [...d.purposes],
    lawfulBasis: d.lawfulBasis,
    incident: d.incidentOther === null ? (d.incident ?? '') : 'other',
    incidentOther: d.incidentOther,
    aim: d.aim,
    need: d.need,
    detail: d.detail,
    proportion: d.proportion,
    technologies: [...d.technologies],
    reason: d.reason,
    alternatives: d.alternatives,
    noOtherMeans: d.noOtherMeans === null ? '' : d.noOtherMeans ? 'yes' : 'no',
    schedule: d.schedule,
  }
}
