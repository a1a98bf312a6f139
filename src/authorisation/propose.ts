/** Asking for a camera: what is typed, step by step, and what becomes of it. */
import { z } from 'zod'
import { civilDay, daysBetween, isId, newId, type Reason, type Result } from '#base/base.ts'
import { inTransaction, type Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { type DeploymentType, decide, type Pack } from '#policy/policy.ts'
import {
  findCamera,
  findSite,
  findSystem,
  insertCamera,
  insertSite,
  insertSystem,
  reaches,
  reachOf,
  type Site,
  siteKinds,
  systemsAt,
} from '#register/register.ts'
import { fields, type Person } from '#web/web.ts'
import { act, ask, denied, no, notHere, principalAt, reason, yes } from './asking.ts'
import { evaluate } from './evaluate.ts'
import type { Deployment } from './model.ts'
import type { AuthorisationDeps } from './parts.ts'
import * as store from './store.ts'
import { inTurn } from './turns.ts'

const optionalDay = (what: string) =>
  z.preprocess((v) => (v === '' || v === undefined ? null : v), fields.day(what).nullable())
const optionalId = (what: string) =>
  z.preprocess((v) => (v === '' || v === 'new' || v === undefined ? null : v), fields.id(what).nullable())
const optionalCode = (what: string) =>
  z.preprocess((v) => (v === '' || v === 'none' || v === undefined ? null : v), fields.code(what).nullable())

/** The steps of the form; together they are the proposal, which the API takes in one piece. */
export const steps = {
  kind: z.object({ provider: fields.code('the landlord'), type: fields.code('the kind of camera') }),
  place: z.object({
    siteId: optionalId('the place'),
    siteName: fields.optionalText('the name of the place'),
    siteAddress: fields.optionalText('the address', 500),
    siteKind: z.preprocess(
      (v) => (v === '' || v === undefined ? null : v),
      z.enum(siteKinds, { error: () => 'Choose what kind of place it is' }).nullable(),
    ),
    siteArea: fields.optionalText('the area', 100),
    cameraLabel: fields.text('a name for the camera', 100),
    cameraPosition: fields.text('where it will hang and what it will look at', 1000),
    equipment: fields.optionalText('the equipment', 1000),
  }),
  purpose: z.object({
    purposes: fields.codes('at least one purpose', { min: 1, max: 20 }),
    lawfulBasis: fields.code('the lawful basis'),
    incident: optionalCode('the kind of incident'),
    reason: fields.text('why a camera is needed here', 4000),
  }),
  means: z.object({
    alternatives: fields.text('what was tried or weighed before', 4000),
    noOtherMeans: z.preprocess(
      (v) => (v === 'yes' || v === true ? true : v === 'no' || v === false ? false : null),
      z.boolean().nullable(),
    ),
  }),
  dates: z.object({
    fromDay: fields.day('the first day'),
    untilDay: optionalDay('the last day'),
    removalDay: optionalDay('the day it is taken down'),
    reviewDay: optionalDay('the day of the review'),
    schedule: fields.optionalText('the hours', 500),
  }),
} as const
export type Step = keyof typeof steps
export const stepOrder: readonly Step[] = ['kind', 'place', 'purpose', 'means', 'dates']

export const proposalSchema = steps.kind
  .extend(steps.place.shape)
  .extend(steps.purpose.shape)
  .extend(steps.means.shape)
  .extend(steps.dates.shape)
export type Proposal = z.output<typeof proposalSchema>

const typeIn = (pack: Pack, code: string): DeploymentType | undefined =>
  pack.values.deploymentTypes.find((t) => t.code === code)

/** What is wrong with a place for this kind of camera. Reason codes are field names. */
export function checkPlace(
  type: DeploymentType,
  place: z.output<typeof steps.place>,
  site: Site | null,
): Reason[] {
  const found: Reason[] = []
  if (place.siteId === null) {
    if (place.siteName === null)
      found.push(reason('siteName', 'Give the place a name, such as the name of the building'))
    if (place.siteAddress === null) found.push(reason('siteAddress', 'Enter the address'))
    if (type.place !== 'home' && place.siteKind === null)
      found.push(reason('siteKind', 'Choose what kind of place it is'))
  } else if (site === null) found.push(reason('siteId', 'Choose a place from the list'))
  const kind = site?.kind ?? (type.place === 'home' ? 'home' : place.siteKind)
  if (kind !== null && (kind === 'home') !== (type.place === 'home'))
    found.push(
      reason(
        site === null ? 'siteKind' : 'siteId',
        type.place === 'home'
          ? 'This kind of camera belongs in a resident’s home, and this place is not one'
          : 'This kind of camera does not belong in a resident’s home',
        type.clause,
      ),
    )
  return found
}

export function checkMeans(type: DeploymentType, means: z.output<typeof steps.means>): Reason[] {
  const { noOtherMeansNeeded: needed } = type
  if (!needed.value) return []
  if (means.noOtherMeans === null)
    return [reason('noOtherMeans', 'Say whether the resident has other means of capture', needed.clause)]
  if (means.noOtherMeans === false)
    return [
      reason(
        'noOtherMeans',
        'The resident has other means of capturing this, so the policy allows no camera here',
        needed.clause,
      ),
    ]
  return []
}

/** Days against the pack's limits: `maxDays` counts the first and the last. */
export function checkDates(type: DeploymentType, d: z.output<typeof steps.dates>, today: string): Reason[] {
  const found: Reason[] = []
  const max = type.maxDays
  if (d.fromDay < today) found.push(reason('fromDay', 'The first day can’t be in the past'))
  if (daysBetween(today, d.fromDay) > 366)
    found.push(reason('fromDay', 'The first day is more than a year away'))
  if (d.untilDay === null) {
    if (type.permanence === 'temporary')
      found.push(
        reason(
          'untilDay',
          max.value === null
            ? 'Enter the last day it may record'
            : `Enter the last day it may record: ${max.value} days at most, the first and the last counted`,
          max.clause,
        ),
      )
  } else if (d.untilDay < d.fromDay) found.push(reason('untilDay', 'The last day is before the first'))
  else if (max.value !== null && daysBetween(d.fromDay, d.untilDay) + 1 > max.value)
    found.push(
      reason(
        'untilDay',
        `These are ${daysBetween(d.fromDay, d.untilDay) + 1} days and the policy allows ${max.value}`,
        max.clause,
      ),
    )
  if (type.removalDateNeeded.value && d.removalDay === null && d.untilDay === null)
    found.push(reason('removalDay', 'Enter the day it is taken down', type.removalDateNeeded.clause))
  if (d.removalDay !== null && d.untilDay !== null && d.removalDay < d.untilDay)
    found.push(reason('removalDay', 'It can’t be taken down before its last day'))
  if (type.permanence === 'permanent' && d.reviewDay === null)
    found.push(reason('reviewDay', 'Enter the day of the first review', type.reviewMonths.clause))
  if (d.reviewDay !== null && d.reviewDay < d.fromDay)
    found.push(reason('reviewDay', 'The review is before the first day'))
  return found
}

/** The day to offer as the last one, and as the review. */
export function offeredDays(
  type: DeploymentType,
  fromDay: string,
): { untilDay: string | null; reviewDay: string } {
  const from = Temporal.PlainDate.from(fromDay)
  return {
    untilDay: type.maxDays.value === null ? null : from.add({ days: type.maxDays.value - 1 }).toString(),
    reviewDay: from.add({ months: type.reviewMonths.value }).toString(),
  }
}

/**
 * Makes a deployment of a proposal: site, system and camera are entered in the register where they are new.
 * @param extendsId continue (or come back to) that deployment's camera by fresh approval
 */
export async function propose(
  deps: AuthorisationDeps,
  person: Person,
  proposal: Proposal,
  extendsId: string | null = null,
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
        site !== null && site.provider === proposal.provider && reaches(reach, site.provider, site.area)
          ? site
          : null
      const timeZone = known?.timeZone ?? pack.values.provider.timeZone
      const decision = decide(pack, {
        principal: principalAt(person, proposal.provider, known?.area ?? proposal.siteArea),
        action: 'deployment.propose',
        resource: { type: 'Provider', id: proposal.provider },
        context: {
          deploymentType: type.code,
          purposes: proposal.purposes,
          lawfulBasis: proposal.lawfulBasis,
          reason: proposal.reason,
        },
      })
      const incident = pack.values.incidents
      const reasons = [
        ...decision.reasons,
        ...checkPlace(type, { ...proposal, siteId }, known),
        ...checkMeans(type, proposal),
        ...checkDates(type, proposal, civilDay(nowMs, timeZone)),
        ...(proposal.incident !== null && !incident.list.some((i) => i.code === proposal.incident)
          ? [reason('incident', 'Choose a kind of incident from the list', incident.open.clause)]
          : []),
      ]
      if (reasons.length > 0) return decision.allowed ? no(...reasons) : denied(reasons)

      if (before !== null && (await openContinuation(tx, before.id)))
        return no(
          reason('extends', 'Somebody has already asked for this camera to go on. Look at that proposal.'),
        )

      const place = await placeOf(tx, person, proposal, { pack, type, known, before, timeZone, nowMs })
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
        incident: proposal.incident,
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
  const same = (await systemsAt(tx, siteId)).find(
    (s) => [...s.purposes].sort().join() === [...proposal.purposes].sort().join(),
  )
  let systemId = same?.id
  if (systemId === undefined) {
    systemId = await insertSystem(tx, {
      provider: proposal.provider,
      siteId,
      name: `${known?.name ?? proposal.siteName!}: ${type.label.toLowerCase()}`.slice(0, 200),
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

export const addressLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, 7)

export const revisionSchema = steps.purpose
  .extend(steps.means.shape)
  .extend(steps.dates.shape)
  .extend({ version: fields.whole('the version', 1, 1_000_000) })

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
      })
      const reasons = [
        ...decision.reasons,
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
        version: change.version,
        purposes: change.purposes,
        lawfulBasis: change.lawfulBasis,
        incident: change.incident,
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
    incident: d.incident ?? '',
    reason: d.reason,
    alternatives: d.alternatives,
    noOtherMeans: d.noOtherMeans === null ? '' : d.noOtherMeans ? 'yes' : 'no',
    schedule: d.schedule,
  }
}
