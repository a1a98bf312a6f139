/** The rows of this room. */
import { createReadStream } from 'node:fs'
import { z } from 'zod'
import { findCase } from '#casework/casework.ts'
import { type Camera, findCamera, reachOf } from '#register/register.ts'
import { type Answer, type Ask, fields, marks, type Page, type Route, route, type View } from '#web/web.ts'
import type { EvidenceDeps } from './deps.ts'
import { ask as askPolicy, cameraFor, exhibitFor, makeExhibit, openLook } from './exhibits.ts'
import { handOver, packAgain, recordFetch, seeDisclosure, zipPathOf } from './hand-over.ts'
import { exhibitList, exhibitPage, newExhibitPage, watchPage } from './pages/exhibit-pages.ts'
import { disclosureList, disclosurePage, fileName, handOverPage } from './pages/hand-over-pages.ts'
import { asErrors, signedIn } from './pages/words.ts'
import {
  type Disclosure,
  type Exhibit,
  findDisclosure,
  findExhibit,
  findLook,
  initialsOf,
  listDisclosures,
  listExhibits,
} from './store.ts'
import { rangeOf, type Screening } from './watch.ts'

export type EvidenceParts = EvidenceDeps & { readonly screening: Screening }

const dayMs = 86_400_000
const noExhibit: Answer = { notFound: 'There is no such exhibit, or you may not see it.' }
const noDisclosure: Answer = { notFound: 'There is no such hand-over, or you may not see it.' }
const noPicture = { none: 'it tells of footage and shows none' }
const withId = z.object({ id: fields.id('an exhibit') })
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
  initials: z.preprocess(
    (v) => (typeof v === 'string' && v.trim() !== '' ? v.trim().toUpperCase() : null),
    z
      .string()
      .regex(/^[A-Z]{2,4}$/, 'Initials are two to four letters, like PN')
      .nullable(),
  ),
})
const newHandOver = z.object({
  id: fields.id('an exhibit'),
  recipientKind: fields.code('who it is for'),
  recipientName: fields.text('the name of the recipient', 200, 2),
  basis: fields.code('the basis'),
  necessity: fields.text('why they need it', 2000, 5),
})

export function evidenceRoutes(parts: EvidenceParts): Route[] {
  return [
    ...exhibitRoutes(parts),
    ...watchRoutes(parts),
    ...handOverRoutes(parts),
    ...disclosureRoutes(parts),
  ]
}

function exhibitRoutes(parts: EvidenceParts): Route[] {
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
        return { data: exhibits, page: () => exhibitList(exhibits, cameras, text) }
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
}
const gone: Page = {
  title: 'Not there any more',
  body: marks.paragraph('This is not there any more, or you may not see it.'),
}

type Asked = Pick<Ask<unknown>, 'person' | 'input' | 'view' | 'nowMs'>

async function newPage(parts: EvidenceParts, ask: Asked): Promise<Page | null> {
  const given = newSpan.safeParse(ask.input)
  const me = signedIn(ask.person)
  if (!given.success) return null
  const { camera: cameraId, from, to, viewing } = given.data
  const camera = await cameraFor(parts, me, cameraId)
  if (camera === null) return null
  const pack = parts.packs.packOf(camera.provider)
  const looked = viewing === undefined ? null : await parts.viewing(viewing, me.id)
  const itsCase = looked?.caseId == null ? null : await findCase(parts.sql, [camera.provider], looked.caseId)
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

async function showExhibit(parts: EvidenceParts, ask: Asked, exhibit: Exhibit): Promise<Page> {
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

function watchRoutes(parts: EvidenceParts): Route[] {
  const { sql } = parts
  const withLook = z.object({ id: fields.id('an exhibit'), look: fields.id('a viewing of it') })
  /** The exhibit and this person's own hour with it; anybody else's looks the same as none. */
  const looking = async (ask: Ask<z.infer<typeof withLook>>) => {
    const me = signedIn(ask.person)
    const exhibit = await exhibitFor(parts, me, ask.input.id)
    if (exhibit === null) return null
    const asked = { id: ask.input.look, exhibitId: exhibit.id, personId: me.id, nowMs: ask.nowMs }
    const look = await findLook(sql, asked)
    return look === null ? null : { exhibit, look, me }
  }
  const over: Answer = { notFound: 'You may not watch this now. Open the exhibit and say why you watch it.' }
  return [
    route({
      method: 'POST',
      path: '/exhibits/:id/watch',
      permission: 'exhibit.view',
      ledger: 'exhibit.watched',
      input: withId.extend({ reason: fields.text('why you watch it', 500, 3) }),
      api: { summary: 'Open an exhibit for watching, for an hour' },
      form: async (ask) => {
        const exhibit = await exhibitFor(parts, signedIn(ask.person), String(ask.input['id']))
        return exhibit === null ? gone : await showExhibit(parts, ask, exhibit)
      },
      async handler(ask) {
        const exhibit = await exhibitFor(parts, signedIn(ask.person), ask.input.id)
        if (exhibit === null) return noExhibit
        const look = await openLook(parts, signedIn(ask.person), exhibit, ask.input.reason)
        if (!look.ok) return { refusal: look.reasons }
        return { data: look.value, created: true, location: `/exhibits/${exhibit.id}/watch/${look.value.id}` }
      },
    }),
    route({
      method: 'GET',
      path: '/exhibits/:id/watch/:look',
      permission: 'exhibit.view',
      ledger: { none: 'opening it was recorded with its reason' },
      input: withLook,
      api: { summary: 'What can be watched of an exhibit: films and gaps' },
      async handler(ask) {
        const found = await looking(ask)
        if (found === null) return over
        const watched = await parts.screening.films(found.exhibit, found.look)
        const camera = await findCamera(sql, found.exhibit.cameraId)
        const films = watched.films.map(({ bytes, ...film }) => ({ ...film, bytes: bytes.byteLength }))
        return {
          data: { look: found.look, films, gaps: watched.gaps },
          page: () => watchPage({ view: ask.view, camera, watched, viewer: found.me.name, ...found }),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/exhibits/:id/watch/:look/film/:part',
      permission: 'exhibit.view',
      ledger: { none: 'opening it was recorded with its reason' },
      input: withLook.extend({ part: fields.whole('the part', 1, 1000) }),
      api: { summary: 'One film of an exhibit, MP4' },
      async handler(ask) {
        const found = await looking(ask)
        if (found === null) return over
        const { films } = await parts.screening.films(found.exhibit, found.look)
        const film = films[ask.input.part - 1]
        if (film === undefined) return { notFound: 'There is no such part.' }
        return filmAnswer(film.bytes, ask.headers['range'])
      },
    }),
  ]
}

function filmAnswer(bytes: Buffer, asked: string | string[] | undefined): Answer {
  const range = rangeOf(Array.isArray(asked) ? asked[0] : asked, bytes.byteLength)
  const headers = { 'accept-ranges': 'bytes', 'cache-control': 'no-store' }
  if (range === null) {
    const unmet = { ...headers, 'content-range': `bytes */${bytes.byteLength}` }
    return { file: { mime: 'video/mp4', body: Buffer.alloc(0), headers: unmet, status: 416 } }
  }
  if (range.whole) return { file: { mime: 'video/mp4', body: bytes, headers } }
  return {
    file: {
      mime: 'video/mp4',
      body: bytes.subarray(range.from, range.to + 1),
      status: 206,
      headers: { ...headers, 'content-range': `bytes ${range.from}-${range.to}/${bytes.byteLength}` },
    },
  }
}

function handOverRoutes(parts: EvidenceParts): Route[] {
  const formFor = async (ask: Asked, id: string): Promise<Page | null> => {
    const exhibit = await exhibitFor(parts, signedIn(ask.person), id)
    if (exhibit === null) return null
    const camera = await findCamera(parts.sql, exhibit.cameraId)
    return handOverPage(ask.view, exhibit, camera, parts.packs.packOf(exhibit.provider))
  }
  return [
    route({
      method: 'GET',
      path: '/exhibits/:id/hand-over',
      permission: 'disclosure.make',
      ledger: { none: 'an empty form' },
      input: withId,
      async handler(ask) {
        const page = await formFor(ask, ask.input.id)
        return page === null ? noExhibit : { data: {}, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/exhibits/:id/hand-over',
      permission: 'disclosure.make',
      ledger: 'disclosure.made',
      input: newHandOver,
      api: { summary: 'Hand an exhibit over to a named recipient' },
      form: async (ask) => (await formFor(ask, String(ask.input['id']))) ?? gone,
      async handler(ask) {
        const { id, ...wanted } = ask.input
        const exhibit = await exhibitFor(parts, signedIn(ask.person), id)
        if (exhibit === null) return noExhibit
        const made = await handOver(parts, signedIn(ask.person), exhibit, wanted)
        if (!made.ok) {
          const again = async (view: View) => (await formFor({ ...ask, view }, id)) ?? gone
          return { refusal: asErrors(made, handOverFields), forbidden: made.forbidden, again }
        }
        return {
          data: { id: made.value },
          created: true,
          location: `/disclosures/${made.value}`,
          flash: 'The hand-over is recorded and the data protection officer is told. The pack is being made.',
        }
      },
    }),
  ]
}

const handOverFields = {
  'disclose-recipient': 'recipientKind',
  'disclose-basis': 'basis',
  'disclose-necessity': 'necessity',
}

function disclosureRoutes(parts: EvidenceParts): Route[] {
  const { sql, packs } = parts
  const found = async (
    ask: Pick<Ask<unknown>, 'person'>,
    id: string,
    action: 'disclosure.view' | 'disclosure.make',
  ): Promise<{ disclosure: Disclosure; exhibit: Exhibit } | null> => {
    const me = signedIn(ask.person)
    const disclosure = await findDisclosure(sql, id, reachOf(me, action, packs))
    const exhibit = disclosure === null ? null : await findExhibit(sql, disclosure.exhibitId, null)
    if (disclosure === null || exhibit === null) return null
    const resource = { type: 'Disclosure', id } as const
    const pack = packs.packOf(disclosure.provider)
    if (!askPolicy(pack, me, exhibit, resource, 'disclosure.view', {}).allowed) return null
    return { disclosure, exhibit }
  }
  const isDpo = (ask: Pick<Ask<unknown>, 'person'>, provider: string): boolean =>
    signedIn(ask.person).roles.some(
      (held) => held.provider === provider && held.role === packs.packOf(provider).values.dpoRole,
    )
  const withOne = z.object({ id: fields.id('a hand-over') })
  return [
    route({
      method: 'GET',
      path: '/disclosures',
      permission: 'disclosure.view',
      ledger: noPicture,
      api: { summary: 'What was handed over' },
      async handler(ask) {
        const disclosures = await listDisclosures(
          sql,
          reachOf(signedIn(ask.person), 'disclosure.view', packs),
        )
        const names = await parts.namesOf([...new Set(disclosures.map(({ madeBy }) => madeBy))])
        const known = new Map(disclosures.map(({ provider }) => [provider, packs.packOf(provider)]))
        return { data: disclosures, page: () => disclosureList(disclosures, known, names) }
      },
    }),
    route({
      method: 'GET',
      path: '/disclosures/:id',
      permission: 'disclosure.view',
      ledger: noPicture,
      input: withOne,
      api: { summary: 'A hand-over' },
      async handler(ask) {
        const one = await found(ask, ask.input.id, 'disclosure.view')
        if (one === null) return noDisclosure
        const { disclosure, exhibit } = one
        const camera = await findCamera(sql, exhibit.cameraId)
        const names = await parts.namesOf([disclosure.madeBy])
        const maker = reachOf(signedIn(ask.person), 'disclosure.make', packs)
        return {
          data: disclosure,
          page: () =>
            disclosurePage({
              view: ask.view,
              disclosure,
              exhibit,
              camera,
              pack: packs.packOf(disclosure.provider),
              names,
              mayFetch: maker.held.some(({ provider }) => provider === disclosure.provider),
              maySee: isDpo(ask, disclosure.provider),
            }),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/disclosures/:id/pack',
      permission: 'disclosure.make',
      ledger: 'disclosure.fetched',
      input: withOne,
      api: { summary: 'The pack of a hand-over, ZIP' },
      async handler(ask) {
        const one = await found(ask, ask.input.id, 'disclosure.make')
        if (one === null || one.disclosure.state !== 'ready') return noDisclosure
        await recordFetch(parts, signedIn(ask.person), one.disclosure)
        return {
          file: {
            mime: 'application/zip',
            body: createReadStream(zipPathOf(parts, one.disclosure.id)),
            filename: fileName(one.exhibit),
            headers: { 'cache-control': 'no-store', 'content-length': String(one.disclosure.zipBytes) },
          },
        }
      },
    }),
    route({
      method: 'POST',
      path: '/disclosures/:id/again',
      permission: 'disclosure.make',
      ledger: { none: 'the same hand-over: its pack is recorded when it is made' },
      input: withOne,
      api: { summary: 'Make the pack of a hand-over again' },
      async handler(ask) {
        const one = await found(ask, ask.input.id, 'disclosure.make')
        if (one === null) return noDisclosure
        const { disclosure } = one
        if (disclosure.state === 'failed' || disclosure.state === 'removed')
          await packAgain(parts, disclosure)
        return { data: { id: disclosure.id }, location: `/disclosures/${disclosure.id}` }
      },
    }),
    route({
      method: 'POST',
      path: '/disclosures/:id/seen',
      permission: 'disclosure.view',
      ledger: 'disclosure.seen',
      input: withOne,
      api: { summary: 'The data protection officer has seen a hand-over' },
      async handler(ask) {
        const one = await found(ask, ask.input.id, 'disclosure.view')
        if (one === null) return noDisclosure
        if (!isDpo(ask, one.disclosure.provider)) {
          const message = 'Only the data protection officer can say that they have seen it.'
          return { refusal: [{ code: 'dpo', message, clause: null }], forbidden: true }
        }
        await seeDisclosure(parts, signedIn(ask.person), one.disclosure)
        return {
          data: { id: one.disclosure.id },
          location: `/disclosures/${one.disclosure.id}`,
          flash: 'Noted.',
        }
      },
    }),
  ]
}
