/** The rows of what an installer leaves on record: photos of the place, and what pictures are matched with. */
import { z } from 'zod'
import { pictureBytesMax, readPicture } from '#register/register.ts'
import { type Ask, fields, type Page, type Route, route } from '#web/web.ts'
import { seen } from './asking.ts'
import { at, by as byOf, done, ofDeployment, withId } from './deployment-rows.ts'
import { addSitePhoto, matchingSchema, recordMatching, switchMatchingOff } from './installed.ts'
import type { AuthorisationDeps } from './parts.ts'

/** @param again the installation's page, which these forms are part of, shown again with what was typed */
export function installedRoutes(
  deps: AuthorisationDeps,
  again: (ask: Ask<Readonly<Record<string, unknown>>>) => Promise<Page>,
): Route[] {
  const by = byOf(deps)
  const home = (ask: { input: { id: string } }) => at(ask, '/install#site-checklist')
  return [
    route({
      method: 'GET',
      path: '/deployments/:id/install/photos/:photo',
      permission: 'deployment.view',
      ledger: { none: 'a photo of the place was taken by the installer to be shown, and is no footage' },
      input: withId.extend({ photo: fields.id('a photo') }),
      async handler(ask) {
        const standing = await seen(deps.sql, deps, ask.person!, ask.input.id)
        const own = standing?.file.sitePhotos.find((p) => p.id === ask.input.photo)
        const picture = own ? await readPicture(deps.sql, own.attachmentId) : null
        return picture
          ? {
              file: {
                mime: picture.mime,
                body: picture.bytes,
                headers: { 'cache-control': 'private, no-store' },
              },
            }
          : { notFound: 'There is no such photo, or you may not see it.' }
      },
    }),
    route({
      method: 'POST',
      path: '/deployments/:id/install/photos',
      permission: 'deployment.install',
      ledger: 'site.photographed',
      input: z.object({ ...ofDeployment, note: fields.optionalText('what the photo shows', 300) }),
      uploads: {
        field: 'sitePhoto',
        files: 1,
        bytesMax: pictureBytesMax,
        mimes: ['image/jpeg', 'image/png'],
      },
      form: again,
      api: { summary: 'Add a photo of the place' },
      async handler(ask) {
        const photo = ask.files['sitePhoto']?.bytes
        const result = await addSitePhoto({ ...by(ask), note: ask.input.note ?? '', photo })
        return done(result, home(ask), 'The photo is added.', ['sitePhoto'])
      },
    }),
    route({
      method: 'POST',
      path: '/deployments/:id/install/matching',
      permission: 'deployment.install',
      ledger: 'matching.recorded',
      input: matchingSchema.extend(ofDeployment),
      form: again,
      api: { summary: 'Record the database that pictures are matched with' },
      async handler(ask) {
        const { id: _id, ...given } = ask.input
        const result = await recordMatching({ ...by(ask), ...given })
        return done(result, home(ask), 'The database is recorded.', Object.keys(matchingSchema.shape))
      },
    }),
    route({
      method: 'POST',
      path: '/deployments/:id/install/matching/off',
      permission: 'deployment.install',
      ledger: 'matching.off',
      input: withId,
      form: again,
      api: { summary: 'Switch matching off' },
      async handler(ask) {
        return done(await switchMatchingOff(by(ask)), home(ask), 'Matching is off.')
      },
    }),
  ]
}
