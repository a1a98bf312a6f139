/** Rows of hand-overs: deciding one, the list, one, its pack. */
import { createReadStream } from 'node:fs'
import { z } from 'zod'
import { withGuidance } from '#providers/providers.ts'
import { findCamera, reachOf } from '#register/register.ts'
import { type Ask, fields, type Page, type Route, route, type View } from '#web/web.ts'
import type { EvidenceParts } from '../deps.ts'
import { ask as askPolicy, exhibitFor, unqualified } from '../exhibits.ts'
import { handOver, packAgain, recordFetch, seeDisclosure, zipPathOf } from '../hand-over.ts'
import { type Disclosure, type Exhibit, findDisclosure, findExhibit, listDisclosures } from '../store.ts'
import { type Asked, gone, noDisclosure, noExhibit, noPicture, withId } from './answers.ts'
import { disclosureList, disclosurePage, fileName, handOverPage } from './hand-over-pages.ts'
import { asErrors, signedIn } from './words.ts'

const newHandOver = z.object({
  id: fields.id('an exhibit'),
  recipientKind: fields.code('who it is for'),
  recipientName: fields.text('the name of the recipient', 200, 2),
  basis: fields.code('the basis'),
  necessity: fields.text('why they need it', 2000, 5),
})

export function handOverRoutes(parts: EvidenceParts): Route[] {
  const formFor = async (ask: Asked, id: string): Promise<Page | null> => {
    const exhibit = await exhibitFor(parts, signedIn(ask.person), id)
    if (exhibit === null) return null
    const camera = await findCamera(parts.sql, exhibit.cameraId)
    const page = handOverPage(ask.view, exhibit, camera, parts.packs.packOf(exhibit.provider))
    return withGuidance(parts, exhibit.provider, 'disclosure', page)
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

export function disclosureRoutes(parts: EvidenceParts): Route[] {
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
      api: { summary: 'The pack of a hand-over', file: ['application/zip'] },
      async handler(ask) {
        const one = await found(ask, ask.input.id, 'disclosure.make')
        // The pack can be watched by whoever has it, so nobody fetches one who may not watch what is in it.
        const watchable = one && (await exhibitFor(parts, signedIn(ask.person), one.exhibit.id))
        if (!one || !watchable || one.disclosure.state !== 'ready') return noDisclosure
        const missing = unqualified(parts, signedIn(ask.person), one.exhibit)
        if (missing.length > 0) return { refusal: missing, forbidden: true }
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
