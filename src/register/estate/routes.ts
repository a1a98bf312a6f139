/** The rows of bringing an estate in and taking it out. */
import { z } from 'zod'
import { type Answer, fields, type Person, type Route, route } from '#web/web.ts'
import { nameOf, type RegisterDeps } from '../pages/parts.ts'
import { providersIn, reachOf } from '../reach.ts'
import { estateAsCsv, estateAsJson, estateTemplate } from './export.ts'
import { estatePage, uploadPage } from './pages.ts'
import { fileBytesMax } from './read-file.ts'
import { confirmUpload, discardUpload, lookAtUpload, takeOut, uploadEstate } from './work.ts'

const noUpload: Answer = { notFound: 'There is no such upload, or it is somebody else’s.' }
const noLandlord: Answer = { notFound: 'There is no such landlord, or your role doesn’t reach it.' }
const withId = z.object({ id: fields.id('an upload') })
const ofLandlord = { provider: fields.code('the landlord') }

export function estateRoutes(deps: RegisterDeps): Route[] {
  const { packs } = deps
  const own = (person: Person) => providersIn(reachOf(person, 'register.edit', packs), packs)
  const owns = (person: Person, provider: string) => own(person).some((p) => p.slug === provider)

  return [
    route({
      method: 'GET',
      path: '/estate',
      permission: 'register.edit',
      ledger: { none: 'a form and links say nothing about anybody' },
      async handler(ask) {
        const landlords = own(ask.person!)
        return { data: landlords, page: () => estatePage(ask.view, landlords) }
      },
    }),
    route({
      method: 'GET',
      path: '/estate/template/:provider',
      permission: 'register.edit',
      ledger: { none: 'an empty sheet says nothing about anybody' },
      input: z.object(ofLandlord),
      async handler(ask) {
        if (!owns(ask.person!, ask.input.provider)) return noLandlord
        const { purposes, deploymentTypes, provider } = packs.packOf(ask.input.provider).values
        const shared = deploymentTypes.find((t) => t.place !== 'home') ?? deploymentTypes[0]!
        const body = estateTemplate({
          purpose: purposes[0]!.code,
          placement: shared.code,
          basis: purposes[0]!.lawfulBases[0]!,
        })
        return csvFile(body, `cameras-of-${provider.slug}.csv`)
      },
    }),
    route({
      method: 'POST',
      path: '/estate/import',
      permission: 'register.edit',
      ledger: { none: 'a check changes nothing; the confirmation is in the ledger' },
      input: z.object({
        ...ofLandlord,
        // For programs: the whole text of a file, or the records of the JSON format as they are.
        text: z.string().max(fileBytesMax).optional(),
        cameras: z.array(z.unknown()).max(20_000).optional(),
      }),
      uploads: {
        field: 'file',
        files: 1,
        bytesMax: fileBytesMax,
        mimes: ['text/plain', 'text/x-legacy'],
        otherwise:
          'This is no CSV or JSON file. A workbook (.xlsx, .xls or .ods) can’t be read: in your spreadsheet choose “Save as” and the kind “CSV UTF-8”, and upload what it makes',
      },
      form: async (ask) => estatePage(ask.view, own(ask.person!)),
      api: { summary: 'Check a file of sites, systems and cameras; changes nothing' },
      rateMax: 20,
      async handler(ask) {
        const { provider, text, cameras } = ask.input
        if (!owns(ask.person!, provider))
          return { refusal: [{ field: 'provider', message: 'Choose one of your landlords' }] }
        const bytes =
          ask.files['file']?.bytes ??
          (cameras !== undefined
            ? Buffer.from(JSON.stringify({ format: 'overt-estate', version: 1, cameras }))
            : text !== undefined
              ? Buffer.from(text)
              : null)
        if (bytes === null || bytes.length === 0)
          return { refusal: [{ field: 'file', message: 'Choose the file to check' }] }
        const { upload, checked } = await uploadEstate(deps, ask.person!, provider, bytes, ask.nowMs)
        return {
          data: {
            id: upload.id,
            problems: checked!.problems,
            notes: checked!.notes,
            cameras: {
              new: checked!.cameras.filter((camera) => camera.id === null).length,
              changed: checked!.cameras.filter((camera) => camera.changes.length > 0).length,
              running: checked!.cameras.filter((camera) => camera.running !== null).length,
            },
          },
          created: true,
          location: `/estate/imports/${upload.id}`,
        }
      },
    }),
    route({
      method: 'GET',
      path: '/estate/imports/:id',
      permission: 'register.edit',
      ledger: { none: 'somebody looks at what they uploaded themselves' },
      input: withId,
      async handler(ask) {
        const looked = await lookAtUpload(deps, ask.person!, ask.input.id)
        if (looked === null || !owns(ask.person!, looked.upload.provider)) return noUpload
        const landlord = nameOf(packs)(looked.upload.provider)
        return { data: null, page: () => uploadPage(ask.view, looked, landlord) }
      },
    }),
    route({
      method: 'POST',
      path: '/estate/imports/:id/confirm',
      permission: 'register.edit',
      ledger: 'estate.imported',
      input: withId,
      api: { summary: 'Take a checked file over, whole or not at all' },
      async handler(ask) {
        const { id } = ask.input
        const looked = await lookAtUpload(deps, ask.person!, id)
        if (looked === null || !owns(ask.person!, looked.upload.provider)) return noUpload
        const done = await confirmUpload(deps, ask.person!, id, ask.nowMs)
        if (done === null) return noUpload
        if (!done.ok)
          return {
            refusal: [{ field: null, message: done.message }],
            again: async (view) =>
              uploadPage(
                view,
                (await lookAtUpload(deps, ask.person!, id)) ?? looked,
                nameOf(packs)(looked.upload.provider),
              ),
          }
        return { data: done.counts, location: `/estate/imports/${id}`, flash: 'The file is taken over.' }
      },
    }),
    route({
      method: 'POST',
      path: '/estate/imports/:id/discard',
      permission: 'register.edit',
      ledger: { none: 'what was never taken over leaves no trace but its hash' },
      input: withId,
      async handler(ask) {
        return (await discardUpload(deps, ask.person!, ask.input.id))
          ? { data: null, location: '/estate', flash: 'The file is forgotten. Nothing was changed.' }
          : noUpload
      },
    }),
    route({
      method: 'GET',
      path: '/estate/export/:provider',
      permission: 'register.edit',
      ledger: 'estate.exported',
      input: z.object({ ...ofLandlord, format: z.enum(['csv', 'json']).default('csv') }),
      api: {
        summary: 'All sites, systems and cameras in reach, without passwords',
        file: ['text/csv', 'application/json'],
      },
      async handler(ask) {
        const { provider, format } = ask.input
        if (!owns(ask.person!, provider)) return noLandlord
        const reach = reachOf(ask.person!, 'register.edit', packs)
        const estate = await takeOut(deps, ask.person!, provider, reach, ask.nowMs)
        return format === 'csv'
          ? csvFile(estateAsCsv(estate), `cameras-of-${provider}.csv`)
          : {
              file: {
                mime: 'application/json; charset=utf-8',
                body: estateAsJson(estate, provider),
                filename: `cameras-of-${provider}.json`,
              },
            }
      },
    }),
  ]
}

const csvFile = (body: Buffer, filename: string): Answer => ({
  file: { mime: 'text/csv; charset=utf-8', body, filename },
})
