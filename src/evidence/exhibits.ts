/** Makes exhibits and lets people watch them: policy first, then the hold, then row and ledger entry in one transaction. */
import { newId, type Reason, type Result, refuse, story } from '#base/base.ts'
import { findCase } from '#casework/casework.ts'
import { inTransaction, type Tx } from '#engine/engine.ts'
import { casesSeenBy } from '#footage/footage.ts'
import { append } from '#ledger/ledger.ts'
import {
  type Action,
  decide,
  type Facts,
  grantsAt,
  missingFor,
  type Pack,
  principalAt,
  qualificationsAt,
} from '#policy/policy.ts'
import { type Camera, findCamera, reachOf } from '#register/register.ts'
import type { Person } from '#web/web.ts'
import type { EvidenceDeps } from './deps.ts'
import {
  type Exhibit,
  findExhibit,
  initialsOf,
  insertExhibit,
  insertLook,
  type Look,
  nextReference,
  takeInitials,
} from './store.ts'

/** A pack is checked in a receiver's browser; four hours of a camera are about as much as one can hold. */
export const spanHoursMax = 4
const lookMinutes = 60
const dayMs = 86_400_000

export type ExhibitWanted = {
  readonly cameraId: string
  readonly fromMs: number
  readonly toMs: number
  readonly purpose: string
  readonly description: string
  /** '' when none. */
  readonly caseReference: string
  /** The person looked for works for the landlord. */
  readonly colleague: boolean
  /** The maker's own viewing in which they saw it; null: they say none. */
  readonly viewing: string | null
  /** The person's own, needed for their first exhibit at this landlord. */
  readonly initials: string | null
}

/** A no, and whether it is the policy's (403) or about what was typed (422); `field` names the box. */
export type Refusal = {
  readonly ok: false
  readonly reasons: readonly (Reason & { readonly field?: string })[]
  readonly forbidden: boolean
}
export type Outcome<T> = { readonly ok: true; readonly value: T } | Refusal

export const wrong = (field: string, message: string): Refusal => ({
  ok: false,
  reasons: [{ code: field, message, clause: null, field }],
  forbidden: false,
})
export const denied = (reasons: readonly Reason[]): Refusal => ({ ok: false, reasons, forbidden: true })
const refused = (result: Extract<Result<unknown>, { ok: false }>): Refusal => ({
  ok: false,
  reasons: result.reasons,
  forbidden: false,
})

export function ask<A extends Action>(
  pack: Pack,
  person: Person,
  place: {
    readonly provider: string
    readonly area: string | null
    readonly siteId?: string | null
    readonly patchId?: string | null
    readonly caseId?: string | null
  },
  resource: { readonly type: 'Camera' | 'Exhibit' | 'Disclosure'; readonly id: string },
  action: A,
  context: Facts[A],
) {
  return decide(pack, {
    principal: principalAt(person, {
      provider: place.provider,
      area: place.area,
      patch: place.patchId ?? null,
      siteId: place.siteId ?? null,
      caseId: place.caseId ?? null,
    }),
    action,
    resource,
    context,
  } as Parameters<typeof decide>[1])
}

/** The camera, when this person may make exhibits there; null looks the same as none. */
export async function cameraFor(
  deps: EvidenceDeps,
  person: Person,
  cameraId: string,
): Promise<Camera | null> {
  const camera = await findCamera(deps.sql, cameraId)
  if (camera === null) return null
  const held = grantsAt(person.roles, { ...camera, patch: camera.patchId })
  return held.length > 0 && deps.packs.find(camera.provider) !== null ? camera : null
}

/** Did a second person agree to the looking in which all of this span was seen? */
async function consented(
  deps: Pick<EvidenceDeps, 'viewing'>,
  person: Person,
  { viewing, cameraId, fromMs, toMs, purpose }: ExhibitWanted,
): Promise<boolean> {
  const looked = viewing === null ? null : await deps.viewing(viewing, person.id)
  return (
    looked !== null &&
    looked.leaveId !== null &&
    looked.purpose === purpose &&
    looked.cameraIds.includes(cameraId) &&
    looked.fromMs <= fromMs &&
    toMs <= looked.toMs
  )
}

export async function makeExhibit(
  deps: EvidenceDeps,
  person: Person,
  wanted: ExhibitWanted,
): Promise<Outcome<Exhibit>> {
  const nowMs = deps.clock.nowMs()
  const camera = await cameraFor(deps, person, wanted.cameraId)
  if (camera === null) return wrong('camera', 'There is no such camera, or you may not see it.')
  if (wanted.toMs <= wanted.fromMs) return wrong('toTime', 'The end must be after the beginning.')
  if (wanted.toMs - wanted.fromMs > spanHoursMax * 3_600_000)
    return wrong('toTime', `An exhibit covers ${spanHoursMax} hours at most. Make several.`)
  const pack = deps.packs.packOf(camera.provider)
  const found =
    wanted.caseReference === ''
      ? null
      : await findCase(deps.sql, casesSeenBy(person, camera.provider), wanted.caseReference)
  if (wanted.caseReference !== '' && found === null)
    return wrong(
      'caseReference',
      `There is no case ${wanted.caseReference}. Check the reference, or open the case.`,
    )
  const type = await deps.deploymentType(camera.id, wanted.fromMs)
  const days = pack.values.holds.daysMax.value
  const facts = {
    deploymentType: type ?? '',
    caseReference: found?.reference ?? '',
    // What arrived after an authority's end is never among the fragments that a hold takes.
    overrun: false,
  }
  const { provider, area, siteId, patchId } = camera
  const place = { provider, area, siteId, patchId, caseId: found?.id ?? null }
  const resource = { type: 'Camera', id: camera.id } as const
  const decisions = [
    ask(pack, person, place, resource, 'footage.hold', {
      ...facts,
      reason: reasonOf(wanted),
      spanSeconds: Math.ceil((wanted.toMs - wanted.fromMs) / 1000),
      days,
    }),
    ask(pack, person, place, resource, 'exhibit.make', { ...facts, purpose: wanted.purpose, held: true }),
    // An exhibit is watched afterwards: what may not be looked at for this purpose doesn't become one.
    ask(pack, person, place, resource, 'footage.view', {
      ...facts,
      reason: reasonOf(wanted),
      purpose: wanted.purpose,
      spanSeconds: Math.ceil((wanted.toMs - wanted.fromMs) / 1000),
      mandateThen: true,
      colleague: wanted.colleague,
      consented: wanted.colleague && (await consented(deps, person, wanted)),
      exception: false,
    }),
  ]
  const reasons = decisions.flatMap((decision) => decision.reasons)
  if (decisions.some((decision) => !decision.allowed)) return denied(unique(reasons))
  const initials = await initialsOf(deps.sql, camera.provider, person.id)
  if (initials === null && wanted.initials === null)
    return wrong('initials', 'Enter your initials. Your exhibits are numbered under them.')

  // The hold comes first: a row without a hold would promise what is deleted tomorrow. It bears the exhibit's id.
  const id = newId(nowMs)
  const held = await deps.footage.holdSpan({
    id,
    cameraId: camera.id,
    fromMs: wanted.fromMs,
    toMs: wanted.toMs,
    provider: camera.provider,
    ownerId: person.id,
    reason: reasonOf(wanted),
    caseId: found?.id ?? null,
    endsMs: nowMs + days * dayMs,
  })
  if (!held.ok) return refused(held)
  try {
    const made = await inTransaction(deps.sql, async (tx) => {
      if (initials === null && !(await takeInitials(tx, camera.provider, person.id, wanted.initials!)))
        return null
      const exhibit: Exhibit = {
        id,
        provider: camera.provider,
        area: camera.area,
        siteId: camera.siteId,
        patchId: camera.patchId,
        reference: await nextReference(tx, camera.provider, person.id),
        cameraId: camera.id,
        deploymentType: type ?? '',
        fromMs: wanted.fromMs,
        toMs: wanted.toMs,
        purpose: wanted.purpose,
        description: wanted.description,
        caseId: found?.id ?? null,
        caseReference: found?.reference ?? null,
        holdId: held.value.id,
        holdEndsMs: held.value.endsMs,
        madeMs: nowMs,
        madeBy: person.id,
        derivedFrom: null,
      }
      await insertExhibit(tx, exhibit, await record(tx, exhibit, person.id))
      return exhibit
    })
    if (made !== null) return { ok: true, value: made }
  } catch (error) {
    await letGo(deps, id, person.id)
    throw error
  }
  await letGo(deps, id, person.id)
  return wrong('initials', 'Somebody else here uses these initials. Add a letter.')
}

async function letGo(deps: EvidenceDeps, holdId: string, by: string): Promise<void> {
  try {
    await deps.footage.releaseHold(holdId, by, 'The exhibit was not made.')
  } catch (error) {
    // The hold ends by itself; until then it keeps more than it should, which is told and harms nobody's evidence.
    deps.log.error(
      { hold: holdId, why: story(error) },
      "couldn't release the hold of an exhibit that was not made",
    )
  }
}

const reasonOf = (wanted: ExhibitWanted): string =>
  wanted.description === '' ? `Kept as evidence (${wanted.purpose}).` : wanted.description

function record(tx: Tx, exhibit: Exhibit, by: string): Promise<string> {
  return append(tx, {
    kind: 'exhibit.made',
    actor: by,
    provider: exhibit.provider,
    about: {
      exhibit: exhibit.id,
      camera: exhibit.cameraId,
      hold: exhibit.holdId,
      ...(exhibit.caseId === null ? {} : { case: exhibit.caseId }),
    },
    data: {
      reference: exhibit.reference,
      fromMs: exhibit.fromMs,
      toMs: exhibit.toMs,
      purpose: exhibit.purpose,
      holdEndsMs: exhibit.holdEndsMs,
    },
    ...(exhibit.description === '' ? {} : { personal: { description: exhibit.description } }),
    atMs: exhibit.madeMs,
  })
}

const unique = (reasons: readonly Reason[]): Reason[] => [
  ...new Map(reasons.map((reason) => [`${reason.code} ${reason.message}`, reason])).values(),
]

/** An exhibit that this person may see, else null. */
export async function exhibitFor(deps: EvidenceDeps, person: Person, id: string): Promise<Exhibit | null> {
  const exhibit = await findExhibit(deps.sql, id, reachOf(person, 'exhibit.view', deps.packs))
  if (exhibit === null) return null
  const pack = deps.packs.packOf(exhibit.provider)
  return ask(pack, person, exhibit, { type: 'Exhibit', id }, 'exhibit.view', {}).allowed ? exhibit : null
}

/** What somebody must hold before they see footage and doesn't at this moment: an exhibit is footage like any other. */
export function unqualified(
  deps: Pick<EvidenceDeps, 'packs'>,
  person: Person,
  { provider }: Pick<Exhibit, 'provider'>,
): Reason[] {
  const { training } = deps.packs.packOf(provider).values
  return missingFor(training, 'footage.view', qualificationsAt(person.qualifications, provider)).map(
    ({ title, clause }) => ({
      code: 'unqualified',
      message: `Before you see a picture this must be recorded and in date: ${title}.`,
      clause,
    }),
  )
}

/** Opens an hour in which this person may watch the exhibit; the reason is durable in the ledger before any frame. */
export async function openLook(
  deps: EvidenceDeps,
  person: Person,
  exhibit: Exhibit,
  reason: string,
): Promise<Result<Look>> {
  const nowMs = deps.clock.nowMs()
  if (reason.trim() === '') return refuse({ code: 'reason', message: 'Say why you watch it.', clause: null })
  const missing = unqualified(deps, person, exhibit)
  if (missing.length > 0) return refuse(...missing)
  const look: Look = {
    id: newId(nowMs),
    exhibitId: exhibit.id,
    personId: person.id,
    openedMs: nowMs,
    expiresMs: nowMs + lookMinutes * 60_000,
  }
  await inTransaction(deps.sql, async (tx) => {
    const entry = await append(tx, {
      kind: 'exhibit.watched',
      actor: person.id,
      provider: exhibit.provider,
      about: { look: look.id, exhibit: exhibit.id, camera: exhibit.cameraId },
      data: {
        reference: exhibit.reference,
        fromMs: exhibit.fromMs,
        toMs: exhibit.toMs,
        expiresMs: look.expiresMs,
      },
      personal: { reason },
      atMs: nowMs,
    })
    await insertLook(tx, look, entry)
  })
  return { ok: true, value: look }
}
