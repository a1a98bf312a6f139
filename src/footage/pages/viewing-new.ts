/** The form that comes before any picture: which camera, which span, what for, why, and for which case. */
import { z } from 'zod'
import { caseKinds, findCase, listCases } from '#casework/casework.ts'
import { inTransaction } from '#engine/engine.ts'
import { withGuidance } from '#providers/providers.ts'
import {
  type Camera,
  camerasAt,
  find,
  findCamera,
  foundPerPage,
  listAddress,
  pageNumber,
  pager,
  placeWords,
  reaches,
  reachOf,
  searchText,
} from '#register/register.ts'
import {
  type Answer,
  type Ask,
  components as c,
  type FieldError,
  fields,
  html,
  marks,
  type Page,
  type Person,
  type Route,
  route,
  type View,
} from '#web/web.ts'
import { casesSeenBy } from '../cases-seen.ts'
import type { FootageDeps } from '../deps.ts'
import { exceptionsOf } from '../leave-store.ts'
import { askLeave, onlyConsentMissing } from '../viewing/leaves.ts'
import { openCaseAt, openViewing, type Wanted } from '../viewing/open-viewing.ts'
import { caseFields, colleagueFields, type Offer, purposeFields, spanFields } from './viewing-fields.ts'
import { asFieldErrors, instantOf, signedIn } from './words.ts'

type Parts = FootageDeps

const fieldOf = {
  span: 'toTime',
  future: 'fromDay',
  cameras: 'cameras',
  'no-camera': 'cameras',
  'no-case': 'caseReference',
  case: 'caseReference',
  'view-reason': 'reason',
  'view-purpose': 'purpose',
  'view-forbidden': 'purpose',
}

const asked = z.object({
  camera: z.string().optional(),
  live: z.string().optional(),
  /** For choosing among many cameras. */
  text: searchText,
  page: pageNumber,
  /** Instants in ms, from a timeline or a task. */
  from: z.coerce.number().int().positive().optional().catch(undefined),
  to: z.coerce.number().int().positive().optional().catch(undefined),
})

const wanted = z.object({
  kind: fields.choice('recorded or live', ['recorded', 'live']),
  cameras: fields.codes('a camera', { min: 1, max: 16 }),
  fromDay: fields.optionalText('the first day', 10),
  fromTime: fields.optionalText('the first time', 8),
  toDay: fields.optionalText('the last day', 10),
  toTime: fields.optionalText('the last time', 8),
  purpose: fields.code('what you look for'),
  reason: fields.text('why you need to look', 2000, 3),
  caseReference: fields.optionalText('the case', 40),
  newCaseTitle: fields.optionalText('what the case is about', 200),
  /** Left out: no. */
  colleague: z.preprocess((v) => v || 'no', fields.choice('whether you look for a colleague', ['yes', 'no'])),
  newCaseKind: z.preprocess((v) => (v === '' || v === undefined ? 'other' : v), z.enum(caseKinds)),
})

export function newViewingRoutes(parts: Parts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/viewings/new',
      permission: 'signed-in',
      ledger: { none: 'an empty form; opening the viewing is in the ledger' },
      input: asked,
      async handler({ person, input, view, nowMs }) {
        const me = signedIn(person)
        const live = input.live === 'yes'
        const camera = input.camera === undefined ? null : await reachable(parts, me, input.camera, live)
        if (input.camera !== undefined && camera === null) {
          return { notFound: 'There is no such camera, or you may not look at it.' }
        }
        const page =
          camera === null
            ? await choosePage(parts, me, live, input)
            : await withGuidance(
                parts,
                camera.provider,
                'viewing',
                await formPage(parts, view, me, camera, {
                  live,
                  fromMs: input.from ?? null,
                  toMs: input.to ?? null,
                  nowMs,
                }),
              )
        return { data: {}, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/viewings',
      // Recorded and live are two rights; which one is asked is decided with all the facts.
      permission: 'signed-in',
      ledger: 'viewing.opened',
      api: { summary: 'Open a viewing: without it there is no picture' },
      input: wanted,
      form: again(parts),
      async handler(ask) {
        const me = signedIn(ask.person)
        const { input } = ask
        const live = input.kind === 'live'
        const camera = await reachable(parts, me, input.cameras[0]!, live)
        if (camera === null) return { notFound: 'There is no such camera, or you may not look at it.' }
        const span = live ? { fromMs: ask.nowMs, toMs: ask.nowMs + 1 } : readSpan(input, camera.timeZone)
        if ('errors' in span) return { refusal: span.errors, again: (view) => again(parts)({ ...ask, view }) }
        const looking = {
          kind: input.kind,
          cameraIds: input.cameras,
          fromMs: span.fromMs,
          toMs: span.toMs,
          purpose: input.purpose,
          reason: input.reason,
          caseReference: input.caseReference ?? '',
          newCase: newCaseOf(input),
        }
        const colleague = input.colleague === 'yes'
        const result = await openViewing(parts, me, { ...looking, colleague, leaveId: '' })
        if (!result.ok && onlyConsentMissing(result.reasons))
          return askSecond(parts, me, camera, looking, ask.nowMs)
        if (!result.ok) {
          return {
            refusal: asFieldErrors(result.reasons, fieldOf),
            forbidden: true,
            again: (view) => again(parts)({ ...ask, view }),
          }
        }
        const { id, fromMs, toMs, expiresMs } = result.value
        return { data: { id, fromMs, toMs, expiresMs }, created: true, location: `/viewings/${id}` }
      },
    }),
  ]
}

/** Everything else is in order: the second person is asked, and nothing is opened. */
async function askSecond(
  parts: Parts,
  person: Person,
  camera: Camera,
  looking: Omit<Wanted, 'colleague' | 'leaveId'>,
  nowMs: number,
): Promise<Answer> {
  const found =
    looking.caseReference === ''
      ? looking.newCase &&
        (await inTransaction(parts.sql, (tx) => openCaseAt(tx, camera, looking.newCase!, person, nowMs)))
      : await findCase(parts.sql, casesSeenBy(person, camera.provider), looking.caseReference)
  const live = looking.kind === 'live'
  const asked = await askLeave(parts, person, camera, {
    kind: 'colleague',
    viewingKind: looking.kind,
    cameraIds: looking.cameraIds,
    fromMs: live ? null : looking.fromMs,
    toMs: live ? null : looking.toMs,
    purpose: looking.purpose,
    reason: looking.reason,
    caseId: found?.id ?? null,
    untilMs: null,
  })
  if (!asked.ok) return { refusal: asked.reasons, forbidden: true }
  return {
    data: { leave: asked.value.id, waits: true },
    created: true,
    location: `/leaves/${asked.value.id}`,
    flash: 'You look for a colleague, so a second person was asked. Nothing is shown before they agree.',
  }
}

/** The camera, when this person may look at it at all; somebody else's looks like none. */
export async function reachable(
  parts: Parts,
  person: Person,
  id: string,
  live: boolean,
): Promise<Camera | null> {
  if (!/^[0-9a-f-]{36}$/.test(id)) return null
  const camera = await findCamera(parts.sql, id)
  if (camera === null) return null
  const reach = reachOf(person, live ? 'footage.live' : 'footage.view', parts.packs)
  return reaches(reach, camera.provider, camera.area, camera) && !reach.everywhere ? camera : null
}

type Typed = { fromDay: string | null; fromTime: string | null; toDay: string | null; toTime: string | null }

function readSpan(
  typed: Typed,
  timeZone: string,
): { fromMs: number; toMs: number } | { errors: readonly FieldError[] } {
  const errors: FieldError[] = []
  const day = (value: string | null, field: string, what: string): string => {
    const read = fields.day(what).safeParse(value ?? '')
    if (!read.success) errors.push({ field, message: read.error.issues[0]!.message })
    return read.success ? read.data : '2000-01-01'
  }
  const time = (value: string | null, field: string, what: string): string => {
    const read = fields.time(what).safeParse(value ?? '')
    if (!read.success) errors.push({ field, message: read.error.issues[0]!.message })
    return read.success ? read.data : '00:00'
  }
  const fromDay = day(typed.fromDay, 'fromDay', 'the first day')
  const fromTime = time(typed.fromTime, 'fromTime', 'the first time')
  const toDay = typed.toDay === null ? fromDay : day(typed.toDay, 'toDay', 'the last day')
  const toTime = time(typed.toTime, 'toTime', 'the last time')
  if (errors.length > 0) return { errors }
  return { fromMs: instantOf(fromDay, fromTime, timeZone), toMs: instantOf(toDay, toTime, timeZone) }
}

/** The case to be opened with the viewing, where none was chosen and one is described. */
const newCaseOf = (input: z.output<typeof wanted>) =>
  input.caseReference !== null || input.newCaseTitle === null
    ? null
    : { kind: input.newCaseKind, title: input.newCaseTitle }

const again =
  (parts: Parts) =>
  async (ask: Pick<Ask<unknown>, 'person' | 'view' | 'nowMs'>): Promise<Page> => {
    const me = signedIn(ask.person)
    const values = ask.view.refused?.values ?? {}
    const live = values['kind'] === 'live'
    const given = values['cameras']
    const id = String((Array.isArray(given) ? given[0] : given) ?? '')
    const camera = await reachable(parts, me, id, live)
    if (camera === null) return choosePage(parts, me, live)
    return formPage(parts, ask.view, me, camera, { live, fromMs: null, toMs: null, nowMs: ask.nowMs })
  }

async function choosePage(
  parts: Parts,
  person: Person,
  live: boolean,
  { text, page }: { readonly text: string; readonly page: number } = { text: '', page: 1 },
): Promise<Page> {
  const reach = reachOf(person, live ? 'footage.live' : 'footage.view', parts.packs)
  const { found, total } = reach.everywhere
    ? { found: [], total: 0 }
    : await find(parts.sql, reach, { text, kinds: ['camera'], page })
  return {
    title: live ? 'Look at live pictures' : 'Look at footage',
    body: html`${marks.heading({
      title: live ? 'Look at live pictures' : 'Look at footage',
      lead: 'First choose the camera. Then say what for and why; that comes before any picture.',
    })}${
      total <= foundPerPage && text === ''
        ? null
        : marks.filterForm({
            action: '/viewings/new',
            fields: html`${live ? c.hidden('live', 'yes') : null}${c.input({ name: 'text', label: 'Camera, place or serial number', value: text, width: 20 })}`,
            text: 'Search',
            ...(text === '' ? {} : { clear: `/viewings/new${live ? '?live=yes' : ''}` }),
          })
    }${c.table({
      caption: 'Cameras that you may look at',
      columns: [{ text: 'Camera' }, { text: 'Place' }],
      rows: found.map((camera) => [
        marks.link(`/viewings/new?camera=${camera.id}${live ? '&live=yes' : ''}`, camera.title),
        camera.note,
      ]),
      empty: marks.emptyState(
        text === ''
          ? {
              title: 'No camera',
              body: 'There is no camera that your roles let you look at. Whoever looks after accounts can tell you why.',
            }
          : {
              title: `Nothing found for “${text}”`,
              body: 'Only cameras that your roles let you look at are searched. Try the name of the place.',
            },
      ),
    })}${pager(total, page, (to) => listAddress('/viewings/new', { live: live ? 'yes' : null, text, page: to }))}`,
  }
}

async function formPage(
  parts: Parts,
  view: View,
  person: Person,
  camera: Camera,
  offer: Offer,
): Promise<Page> {
  const pack = parts.packs.packOf(camera.provider)
  const [neighbours, cases, exceptions] = await Promise.all([
    camerasAt(parts.sql, camera.siteId),
    listCases(parts.sql, casesSeenBy(person, camera.provider), ''),
    exceptionsOf(parts.sql, person.id, camera.provider, offer.nowMs),
  ])
  const excepted = exceptions.filter(
    (leave) => leave.cameraIds.includes(camera.id) && (leave.viewingKind === 'live') === offer.live,
  )
  const reach = reachOf(person, offer.live ? 'footage.live' : 'footage.view', parts.packs)
  const others = neighbours.filter(
    (other) =>
      other.id !== camera.id && other.retiredMs === null && reaches(reach, other.provider, other.area, other),
  )
  const title = offer.live ? 'Look at live pictures' : 'Look at footage'
  return {
    title,
    back: { href: `/cameras/${camera.id}`, text: camera.label },
    body: html`${marks.heading({
      title,
      caption: placeWords(camera),
      lead: 'Say what for and why. It is written down under your name before the first picture is shown, and so is what you look at.',
    })}
${c.form({
  view,
  action: '/viewings',
  body: html`${c.hidden('kind', offer.live ? 'live' : 'recorded')}
${
  others.length > 0 && !offer.live
    ? c.checkboxes({
        view,
        name: 'cameras',
        label: 'Cameras',
        labelSize: 'm',
        values: [camera.id],
        choices: [camera, ...others].map((one) => ({ value: one.id, text: one.label })),
      })
    : c.hidden('cameras', camera.id)
}
${offer.live ? null : spanFields(view, camera.timeZone, offer)}
${purposeFields(view, pack, camera.id, excepted)}
${colleagueFields(view, pack)}
${caseFields(
  view,
  pack,
  cases.filter((one) => one.closedMs === null),
)}
${c.button({ text: offer.live ? 'Open the live view' : 'Open the viewing', once: true })}`,
})}`,
  }
}
