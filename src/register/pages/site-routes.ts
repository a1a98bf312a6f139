/** Sites as the register has them. */
import { z } from 'zod'
import { inTransaction } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { fields, type Route, route } from '#web/web.ts'
import { camerasAt } from '../camera-store.ts'
import { providersIn, reaches, reachOf } from '../reach.ts'
import { signsOf } from '../sign-store.ts'
import { insertSite, listSites, type SiteKind, siteKinds, updateSite } from '../site-store.ts'
import { systemsAt } from '../system-store.ts'
import { changed, gone, looking, nameOf, noPlace, type RegisterDeps, siteFor, withId } from './parts.ts'
import { siteForm, sitePage, sitesPage } from './site-pages.ts'

const siteFields = z.object({
  name: fields.text('the name of the place', 200),
  address: fields.text('the address', 500),
  kind: fields.choice<SiteKind>('what kind of place it is', siteKinds),
  area: fields.optionalText('the area', 100),
})

export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, 7)

export function siteRoutes(deps: RegisterDeps): Route[] {
  const { sql, packs } = deps
  return [
    route({
      method: 'GET',
      path: '/sites',
      permission: 'register.view',
      ledger: looking,
      input: z.object({ text: z.string().max(100).optional() }),
      api: { summary: 'Places in the register' },
      async handler(ask) {
        const text = ask.input.text ?? ''
        const sites = await listSites(sql, reachOf(ask.person!, 'register.view', packs), text)
        const edit = reachOf(ask.person!, 'register.edit', packs)
        const mayAdd = edit.everywhere || edit.held.length > 0
        return { data: sites, page: () => sitesPage(sites, text, mayAdd, nameOf(packs)) }
      },
    }),
    route({
      method: 'GET',
      path: '/sites/new',
      permission: 'register.edit',
      ledger: { none: 'an empty form says nothing about anybody' },
      async handler(ask) {
        const page = siteForm(
          ask.view,
          null,
          providersIn(reachOf(ask.person!, 'register.edit', packs), packs),
        )
        return { data: null, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/sites/new',
      permission: 'register.edit',
      ledger: 'site.added',
      input: siteFields.extend({
        provider: z.preprocess((v) => v || null, fields.code('the landlord').nullable()),
      }),
      form: async (ask) =>
        siteForm(ask.view, null, providersIn(reachOf(ask.person!, 'register.edit', packs), packs)),
      api: { summary: 'Add a place' },
      async handler(ask) {
        const { name, address, kind, area } = ask.input
        const reach = reachOf(ask.person!, 'register.edit', packs)
        const own = providersIn(reach, packs)
        const provider = ask.input.provider ?? (own.length === 1 ? own[0]!.slug : null)
        if (provider === null || !own.some((p) => p.slug === provider))
          return { refusal: [{ field: 'provider', message: 'Choose the landlord' }] }
        if (!reaches(reach, provider, area))
          return { refusal: [{ field: 'area', message: 'Choose an area that your role reaches' }] }
        const id = await inTransaction(sql, async (tx) => {
          const made = await insertSite(tx, {
            provider,
            name,
            address: linesOf(address),
            kind,
            area,
            timeZone: packs.packOf(provider).values.provider.timeZone,
            by: ask.person!.id,
            nowMs: ask.nowMs,
          })
          await append(tx, {
            kind: 'site.added',
            actor: ask.person!.id,
            provider,
            about: { site: made },
            atMs: ask.nowMs,
          })
          return made
        })
        return {
          data: { id },
          created: true,
          location: `/sites/${id}`,
          flash: 'The place is in the register.',
        }
      },
    }),
    route({
      method: 'GET',
      path: '/sites/:id',
      permission: 'register.view',
      ledger: looking,
      input: withId,
      api: { summary: 'A place with its systems, cameras and signs' },
      async handler(ask) {
        const site = await siteFor(deps, ask.person!, ask.input.id, 'register.view')
        if (!site) return noPlace
        const systems = await systemsAt(sql, site.id)
        const cameras = await camerasAt(sql, site.id)
        const signed = await signsOf(sql, cameras)
        const signs = [...new Map(cameras.flatMap(signed).map((sign) => [sign.id, sign])).values()]
        const mayEdit = (await siteFor(deps, ask.person!, site.id, 'register.edit')) !== null
        const names = await deps.named(systems.flatMap((s) => (s.managerId ? [s.managerId] : [])))
        const staff = mayEdit ? await deps.staffOf(site.provider) : []
        const shown = {
          site,
          systems,
          cameras,
          signs,
          mayEdit,
          staff,
          name: (id: string | null) => (id ? (names.get(id)?.name ?? 'somebody who has left') : 'Nobody yet'),
        }
        const purposes = packs.packOf(site.provider).values.purposes
        return {
          data: { ...site, systems, cameras, signs },
          page: () =>
            sitePage(ask.view, shown, (code) => purposes.find((p) => p.code === code)?.label ?? code),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/sites/:id/edit',
      permission: 'register.edit',
      ledger: looking,
      input: withId,
      async handler(ask) {
        const site = await siteFor(deps, ask.person!, ask.input.id, 'register.edit')
        return site ? { data: site, page: () => siteForm(ask.view, site, []) } : noPlace
      },
    }),
    route({
      method: 'POST',
      path: '/sites/:id/edit',
      permission: 'register.edit',
      ledger: 'site.changed',
      input: siteFields.extend({ id: fields.id('a place'), version: fields.whole('the version', 1, 1e9) }),
      form: async (ask) => {
        const site = await siteFor(deps, ask.person!, String(ask.input['id']), 'register.edit')
        return site ? siteForm(ask.view, site, []) : gone('There is no such place')
      },
      api: { summary: 'Change a place' },
      async handler(ask) {
        const { id, version, name, address, kind, area } = ask.input
        const site = await siteFor(deps, ask.person!, id, 'register.edit')
        if (!site) return noPlace
        if (!reaches(reachOf(ask.person!, 'register.edit', packs), site.provider, area))
          return { refusal: [{ field: 'area', message: 'Choose an area that your role reaches' }] }
        if ((site.kind === 'home') !== (kind === 'home') && (await camerasAt(sql, id)).length > 0)
          return {
            refusal: [
              {
                field: 'kind',
                message: 'Cameras here were asked for under this kind of place. Add a new place instead.',
              },
            ],
          }
        const done = await inTransaction(sql, async (tx) => {
          const written = await updateSite(tx, { id, version, name, address: linesOf(address), kind, area })
          if (written)
            await append(tx, {
              kind: 'site.changed',
              actor: ask.person!.id,
              provider: site.provider,
              about: { site: id },
              atMs: ask.nowMs,
            })
          return written
        })
        return done
          ? { data: { id }, location: `/sites/${id}`, flash: 'The place is changed.' }
          : { refusal: changed }
      },
    }),
  ]
}
