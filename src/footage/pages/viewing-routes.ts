/** Rows of viewings: the page, its end, and what the player asks for. */
import { z } from 'zod'
import { findCamera, placeWords, reachOf } from '#register/register.ts'
import {
  type Answer,
  components as c,
  fields,
  html,
  marks,
  moment,
  type Person,
  type Route,
  route,
} from '#web/web.ts'
import type { FootageDeps } from '../deps.ts'
import { closeViewing } from '../viewing/open-viewing.ts'
import {
  fragmentBytes,
  fragmentsOf,
  indexOf,
  initBytes,
  type NotShown,
  notShownWords,
  type ServeParts,
  type Shown,
  seek,
  validViewing,
} from '../viewing/serve.ts'
import { findViewing, type Viewing, viewingsOfPerson } from '../viewing-store.ts'
import { viewingPage } from './viewing.ts'
import { signedIn } from './words.ts'

type Parts = FootageDeps & { readonly serve: ServeParts }

const videoMime = 'video/mp4'
const id = fields.id('the viewing')
const sequence = z.coerce.number().int().min(0).max(1_000_000)
/** Twenty cameras fetch ten fragments a minute each, and seeking asks in bursts. */
const picturesPerMinute = 3_000
const why = { none: 'what is sent is told to the ledger as spans (viewing.served), before it leaves' }

/** A viewing that isn't there, or not this person's, is not found; everything else says why not. */
function refused(code: NotShown): Answer {
  if (code === 'no-viewing') return { notFound: notShownWords[code] }
  return { refusal: [{ code, message: notShownWords[code], clause: null }], forbidden: true }
}

const video = (bytes: Buffer, headers: Record<string, string> = {}): Answer => ({
  file: { mime: videoMime, body: bytes, headers: { 'cache-control': 'no-store', ...headers } },
})

export function viewingRoutes(parts: Parts): readonly Route[] {
  const { serve, sql } = parts

  /** Runs for the person's own viewing while it lasts, and while their role still gives the right. */
  async function within<T>(
    person: Person | null,
    viewingId: string,
    work: (viewing: Viewing) => Promise<Shown<T>>,
    give: (value: T) => Answer,
  ): Promise<Answer> {
    const valid = await validViewing(serve, viewingId, signedIn(person))
    if (!valid.ok) return refused(valid.why)
    if (valid.value.kind === 'live') return refused('nothing-there')
    const result = await work(valid.value)
    return result.ok ? give(result.value) : refused(result.why)
  }

  return [
    route({
      method: 'GET',
      path: '/viewings',
      permission: 'signed-in',
      ledger: { none: 'a person looks at the list of their own viewings' },
      api: { summary: 'Your last fifty viewings' },
      async handler({ person, nowMs }) {
        const viewings = await viewingsOfPerson(sql, signedIn(person).id)
        const labels = await labelsOf(parts, viewings)
        return {
          data: viewings,
          page: () => ({
            title: 'Your viewings',
            body: html`${marks.heading({ title: 'Your viewings', lead: 'What you looked at, and why. Each lasts for a limited time.' })}
${c.buttonGroup(c.button({ text: 'Look at footage', href: '/viewings/new' }))}
${c.table({
  caption: 'Newest first',
  columns: [{ text: 'Opened' }, { text: 'Camera' }, { text: 'Reason' }, { text: 'State' }],
  rows: viewings.map((viewing) => [
    marks.link(`/viewings/${viewing.id}`, moment(viewing.openedMs)),
    labels.get(viewing.cameraIds[0]!) ?? 'A camera',
    viewing.reason,
    viewing.endedMs === null && nowMs < viewing.expiresMs
      ? marks.stateTag('lawful', 'Open')
      : marks.stateTag('stopped', 'Over'),
  ]),
  empty: marks.emptyState({
    title: 'No viewing yet',
    body: 'Open one to look at footage. You will be asked what for and why.',
  }),
})}`,
          }),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/viewings/:id',
      permission: 'signed-in',
      ledger: { none: 'the page itself shows times and no picture' },
      input: z.object({ id, camera: z.string().optional() }),
      async handler({ person, input, view, nowMs }) {
        const me = signedIn(person)
        const viewing = await findViewing(sql, input.id, me.id)
        if (viewing === null) return { notFound: notShownWords['no-viewing'] }
        const over = viewing.endedMs !== null || nowMs >= viewing.expiresMs
        const cameraId = viewing.cameraIds.includes(input.camera ?? '')
          ? input.camera!
          : viewing.cameraIds[0]!
        const may = (action: 'exhibit.make' | 'footage.hold') =>
          reachOf(me, action, parts.packs).held.some((held) => held.provider === viewing.provider)
        const page = await viewingPage(parts, me, view, viewing, {
          cameraId,
          over,
          mayExhibit: may('exhibit.make'),
          mayHold: may('footage.hold'),
        })
        return { data: viewing, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/viewings/:id/end',
      permission: 'signed-in',
      ledger: 'viewing.ended',
      api: { summary: 'End your viewing' },
      input: z.object({ id }),
      async handler({ person, input }) {
        const me = signedIn(person)
        const viewing = await findViewing(sql, input.id, me.id)
        if (viewing === null) return { notFound: notShownWords['no-viewing'] }
        await closeViewing(parts, viewing, me.id)
        await serve.served.tell(viewing.id)
        return { data: { ended: true }, location: `/viewings/${viewing.id}`, flash: 'The viewing is over.' }
      },
    }),
    route({
      method: 'GET',
      path: '/viewings/:id/index',
      permission: 'footage.view',
      ledger: { none: 'times of reels and gaps, no picture' },
      apiOnly: true,
      api: { summary: 'What was recorded in a viewing’s span, and why not where not' },
      input: z.object({ id, camera: fields.id('a camera') }),
      handler: ({ person, input }) =>
        within(
          person,
          input.id,
          async (viewing) =>
            viewing.cameraIds.includes(input.camera)
              ? { ok: true, value: await indexOf(serve, viewing, input.camera) }
              : { ok: false, why: 'nothing-there' },
          ({ viewing: _, ...index }) => ({ data: index, page: () => nothing }),
        ),
    }),
    route({
      method: 'GET',
      path: '/viewings/:id/reels/:reel',
      permission: 'footage.view',
      ledger: { none: 'times and sizes of fragments, no picture' },
      apiOnly: true,
      api: { summary: 'Fragments of one reel within a viewing' },
      rateMax: picturesPerMinute,
      input: z.object({ id, reel: fields.id('a reel') }),
      handler: ({ person, input }) =>
        within(
          person,
          input.id,
          (viewing) => fragmentsOf(serve, viewing, input.reel),
          (value) => ({ data: value, page: () => nothing }),
        ),
    }),
    route({
      method: 'GET',
      path: '/viewings/:id/reels/:reel/init',
      permission: 'footage.view',
      ledger: { none: 'parameters of the stream, no picture' },
      apiOnly: true,
      api: { summary: 'Initialisation segment of a reel', file: [videoMime] },
      rateMax: picturesPerMinute,
      input: z.object({ id, reel: fields.id('a reel') }),
      handler: ({ person, input }) =>
        within(
          person,
          input.id,
          (viewing) => initBytes(serve, viewing, input.reel),
          (bytes) => video(bytes),
        ),
    }),
    route({
      method: 'GET',
      path: '/viewings/:id/fragments/:reel/:sequence',
      permission: 'footage.view',
      ledger: why,
      apiOnly: true,
      api: { summary: 'One fragment of video, opened', file: [videoMime] },
      rateMax: picturesPerMinute,
      input: z.object({ id, reel: fields.id('a reel'), sequence }),
      handler: ({ person, input }) =>
        within(
          person,
          input.id,
          (viewing) => fragmentBytes(serve, viewing, input.reel, input.sequence),
          (bytes) => video(bytes),
        ),
    }),
    route({
      method: 'GET',
      path: '/viewings/:id/seek',
      permission: 'footage.view',
      ledger: why,
      apiOnly: true,
      api: {
        summary: 'The first picture at an instant: initialisation segment and one fragment',
        file: [videoMime],
      },
      rateMax: picturesPerMinute,
      input: z.object({ id, camera: fields.id('a camera'), at: z.coerce.number().int().positive() }),
      handler: ({ person, input }) =>
        within(
          person,
          input.id,
          (viewing) => seek(serve, viewing, input.camera, input.at),
          ({ bytes, ...about }) =>
            video(bytes, {
              'overt-reel': about.reel,
              'overt-sequence': String(about.sequence),
              'overt-start': String(about.startMs),
              'overt-end': String(about.endMs),
              'overt-decode-time': String(about.decodeTime),
              'overt-codec': about.codec,
            }),
        ),
    }),
  ]
}

const nothing = { title: 'Viewing', body: html`` }

async function labelsOf(parts: Parts, viewings: readonly Viewing[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(viewings.map((viewing) => viewing.cameraIds[0]!))]
  const cameras = await Promise.all(ids.map((one) => findCamera(parts.sql, one)))
  return new Map(cameras.flatMap((camera) => (camera === null ? [] : [[camera.id, placeWords(camera)]])))
}
