import { z } from 'zod'
import { findCamera } from '#register/register.ts'
import { type Answer, type Ask, fields, type Route, route } from '#web/web.ts'
import type { EvidenceParts } from '../deps.ts'
import { exhibitFor, openLook, unqualified } from '../exhibits.ts'
import { findLook } from '../store.ts'
import { rangeOf } from '../watch.ts'
import { gone, noExhibit, withId } from './answers.ts'
import { watchPage } from './exhibit-pages.ts'
import { showExhibit } from './exhibit-routes.ts'
import { signedIn } from './words.ts'

export function watchRoutes(parts: EvidenceParts): Route[] {
  const { sql } = parts
  const withLook = z.object({ id: fields.id('an exhibit'), look: fields.id('a viewing of it') })
  /** The exhibit and this person's own hour with it; anybody else's looks the same as none. */
  const looking = async (ask: Ask<z.infer<typeof withLook>>) => {
    const me = signedIn(ask.person)
    const exhibit = await exhibitFor(parts, me, ask.input.id)
    // A licence can end while somebody watches.
    if (exhibit === null || unqualified(parts, me, exhibit).length > 0) return null
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
      api: { summary: 'One film of an exhibit', file: ['video/mp4'] },
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
