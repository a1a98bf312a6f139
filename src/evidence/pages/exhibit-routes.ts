import { z } from 'zod'
import { findCase } from '#casework/casework.ts'
import { casesSeenBy } from '#footage/footage.ts'
import { type Camera, findCamera, reachOf } from '#register/register.ts'
import { fields, type Page, type Route, route, type View } from '#web/web.ts'
import type { EvidenceParts } from '../deps.ts'
import { cameraFor, exhibitFor, makeExhibit } from '../exhibits.ts'
import { type Exhibit, initialsOf, listDisclosures, listExhibits } from '../store.ts'
import { type Asked, gone, noExhibit, noPicture, withId } from './answers.ts'
import { exhibitList, exhibitPage, newExhibitPage } from './exhibit-pages.ts'
import { asErrors, signedIn } from './words.ts'

const dayMs = 86_400_000
const instant = z.coerce.number().int().positive().max(8_640_000_000_000_000)

const span = {
  viewing: fields.id('a viewing').optional(),
  camera: fields.id('a camera'),
  from: instant,
  to: instant,
}
const newSpan = z.object({ ...span, case: z.string().max(40).optional() })
const newExhibit = z.object({
  ...span,
  description: z.preprocess(
    (v) => v ?? '',
    z.string().trim().max(500, 'What it shows must be 500 characters or fewer'),
  ),
  purpose: fields.code('what it is needed for'),
  caseReference: z.preprocess(
    (v) => v ?? '',
    z.string().trim().max(40, 'A case reference is like C-2026-0001'),
  ),
  colleague: z.preprocess((v) => v || 'no', fields.choice('whether it is about a colleague', ['yes', 'no'])),
  initials: z.preprocess(
    (v) => (typeof v === 'string' && v.trim() !== '' ? v.trim().toUpperCase() : null),
    z
      .string()
      .regex(/^[A-Z]{2,4}$/, 'Initials are two to four letters, like PN')
      .nullable(),
  ),
})
export function exhibitRoutes(parts: EvidenceParts): Route[] {
  const { sql, packs } = parts
  return [
    route({
      method: 'GET',
      path: '/exhibits',
      permission: 'exhibit.view',
      ledger: noPicture,
      input: z.object({ text: z.string().max(100).optional() }),
      api: { summary: 'Exhibits' },
      async handler(ask) {
        const text = ask.input.text?.trim() ?? ''
        const reach = reachOf(signedIn(ask.person), 'exhibit.view', packs)
        const exhibits = await listExhibits(sql, reach, text)
        const cameras = await camerasOf(parts, exhibits)
        const maySee = reachOf(signedIn(ask.person), 'disclosure.view', packs).held.length > 0
        return { data: exhibits, page: () => exhibitList(exhibits, cameras, text, maySee) }
      },
    }),
    route({
      method: 'GET',
      path: '/exhibits/new',
      permission: 'exhibit.make',
      ledger: { none: 'an empty form' },
      input: newSpan,
      async handler(ask) {
        const page = await newPage(parts, ask)
        return page === null
          ? { notFound: 'There is no such camera, or you may not see it.' }
          : { data: {}, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/exhibits',
      permission: 'exhibit.make',
      ledger: 'exhibit.made',
      input: newExhibit,
      api: { summary: 'Keep a span of a camera as an exhibit' },
      form: async (ask) => (await newPage(parts, ask)) ?? gone,
      async handler(ask) {
        const { input } = ask
        const made = await makeExhibit(parts, signedIn(ask.person), {
          cameraId: input.camera,
          fromMs: input.from,
          toMs: input.to,
          purpose: input.purpose,
          description: input.description,
          caseReference: input.caseReference,
          colleague: input.colleague === 'yes',
          viewing: input.viewing ?? null,
          initials: input.initials,
        })
        if (!made.ok) {
          const again = async (view: View) => (await newPage(parts, { ...ask, view })) ?? gone
          return { refusal: asErrors(made, fieldOf), forbidden: made.forbidden, again }
        }
        const { id, reference } = made.value
        return {
          data: made.value,
          created: true,
          location: `/exhibits/${id}`,
          flash: `Exhibit ${reference} is kept.`,
        }
      },
    }),
    route({
      method: 'GET',
      path: '/exhibits/:id',
      permission: 'exhibit.view',
      ledger: noPicture,
      input: withId,
      api: { summary: 'An exhibit' },
      async handler(ask) {
        const exhibit = await exhibitFor(parts, signedIn(ask.person), ask.input.id)
        if (exhibit === null) return noExhibit
        const page = await showExhibit(parts, ask, exhibit)
        return { data: exhibit, page: () => page }
      },
    }),
  ]
}

const fieldOf = {
  span: 'from',
  future: 'from',
  deleted: 'from',
  'nothing-there': 'from',
  'exhibit-purpose': 'purpose',
  'case-needed': 'caseReference',
  'colleague-consent': 'colleague',
}

async function newPage(parts: EvidenceParts, ask: Asked): Promise<Page | null> {
  const given = newSpan.safeParse(ask.input)
  const me = signedIn(ask.person)
  if (!given.success) return null
  const { camera: cameraId, from, to, viewing } = given.data
  const camera = await cameraFor(parts, me, cameraId)
  if (camera === null) return null
  const pack = parts.packs.packOf(camera.provider)
  const looked = viewing === undefined ? null : await parts.viewing(viewing, me.id)
  const itsCase =
    looked?.caseId == null ? null : await findCase(parts.sql, casesSeenBy(me, camera.provider), looked.caseId)
  return newExhibitPage({
    view: ask.view,
    camera,
    pack,
    fromMs: from,
    toMs: to,
    viewing: viewing ?? null,
    purpose: looked?.purpose ?? '',
    caseReference: given.data.case ?? itsCase?.reference ?? '',
    initials: await initialsOf(parts.sql, camera.provider, me.id),
    suggested: suggestedInitials(me.name),
    holdEndsMs: ask.nowMs + pack.values.holds.daysMax.value * dayMs,
  })
}

/** First letters of the first and last words of a name: a suggestion that the person may change. */
function suggestedInitials(name: string): string {
  const letters = name
    .normalize('NFD')
    .split(/[^\p{L}\p{M}]+/u)
    .map((word) => word[0]?.toUpperCase() ?? '')
    .filter((letter) => /[A-Z]/.test(letter))
  return letters.length < 2 ? '' : `${letters[0]}${letters.at(-1)}`
}

export async function showExhibit(parts: EvidenceParts, ask: Asked, exhibit: Exhibit): Promise<Page> {
  const me = signedIn(ask.person)
  const pack = parts.packs.packOf(exhibit.provider)
  const may = (action: 'disclosure.make' | 'disclosure.view') =>
    reachOf(me, action, parts.packs).held.some(({ provider }) => provider === exhibit.provider)
  const reach = reachOf(me, 'disclosure.view', parts.packs)
  const disclosures = may('disclosure.view') ? await listDisclosures(parts.sql, reach, exhibit.id) : null
  const names = await parts.namesOf([exhibit.madeBy, ...(disclosures ?? []).map(({ madeBy }) => madeBy)])
  return exhibitPage({
    view: ask.view,
    exhibit,
    camera: await findCamera(parts.sql, exhibit.cameraId),
    pack,
    names,
    nowMs: ask.nowMs,
    disclosures,
    mayHandOver: may('disclosure.make'),
  })
}

async function camerasOf(
  parts: EvidenceParts,
  exhibits: readonly Exhibit[],
): Promise<ReadonlyMap<string, Camera>> {
  const ids = [...new Set(exhibits.map(({ cameraId }) => cameraId))]
  const cameras = await Promise.all(ids.map((id) => findCamera(parts.sql, id)))
  return new Map(cameras.filter((camera) => camera !== null).map((camera) => [camera.id, camera]))
}
