/** Sites as the register has them. */
import { z } from 'zod'
import { civilDay } from '#base/base.ts'
import { inTransaction, type Query } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { fields, type Page, type Person, type Route, route, type View } from '#web/web.ts'
import { camerasAt } from '../camera-store.ts'
import { systemFacts } from '../facts.ts'
import { differences, noteChanges } from '../history.ts'
import { outOfScope, systemLacks } from '../lacks.ts'
import { findPatch, patchesOf } from '../patch-store.ts'
import { providersIn, reaches, reachOf } from '../reach.ts'
import { find } from '../search.ts'
import { signsOf } from '../sign-store.ts'
import {
  findSite,
  insertSite,
  type Site,
  type SiteKind,
  siteKindLabels,
  siteKinds,
  sitesById,
  updateSite,
} from '../site-store.ts'
import { systemsAt } from '../system-store.ts'
import { visitsAt } from '../visit-store.ts'
import {
  changedMeanwhile,
  gone,
  looking,
  mayEditSomething,
  nameOf,
  namesOf,
  noPlace,
  pageNumber,
  type RegisterDeps,
  searchText,
  siteFor,
  withId,
} from './parts.ts'
import { siteForm, sitePage, sitesPage } from './site-pages.ts'

const siteFields = z.object({
  name: fields.text('the name of the place', 200),
  address: fields.text('the address', 500),
  kind: fields.choice<SiteKind>('what kind of place it is', siteKinds),
  area: fields.optionalText('the area', 100),
  patchId: z.preprocess((v) => v || null, fields.id('a patch from the list').nullable()),
  outOfScope: fields.optionalText('why the policy does not cover it', 500),
})

const siteLabels: readonly (readonly [string, (site: Site & { patch?: string | null }) => string | null])[] =
  [
    ['Name of the place', (site) => site.name],
    ['Address', (site) => site.address.join(', ')],
    ['Kind of place', (site) => siteKindLabels[site.kind]],
    ['Area', (site) => site.area],
    ['Patch', (site) => site.patch ?? null],
    ['Not covered by the policy', (site) => site.outOfScope],
  ]

export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, 7)

export function siteRoutes(deps: RegisterDeps): Route[] {
  const { sql, packs } = deps
  const patchOf = async (query: Query, id: string | null) => (id === null ? null : findPatch(query, id))
  const patchFits = async (provider: string, id: string | null): Promise<boolean> =>
    id === null || (await findPatch(sql, id))?.provider === provider
  /** A site with its patch by name, as the history tells it. */
  const siteSaid = async (query: Query, id: string) => {
    const site = (await findSite(query, id))!
    return { ...site, patch: (await patchOf(query, site.patchId))?.name ?? null }
  }
  const newForm = async (person: Person, view: View): Promise<Page> => {
    const providers = providersIn(reachOf(person, 'register.edit', packs), packs)
    const patches = (await Promise.all(providers.map(({ slug }) => patchesOf(sql, slug)))).flat()
    return siteForm(view, null, { providers, patches })
  }
  return [
    route({
      method: 'GET',
      path: '/sites',
      permission: 'register.view',
      ledger: looking,
      input: z.object({ text: searchText, page: pageNumber }),
      api: { summary: 'Places in the register, 50 on a page' },
      async handler(ask) {
        const { text, page } = ask.input
        const reach = reachOf(ask.person!, 'register.view', packs)
        const { found, total } = await find(sql, reach, { text, kinds: ['site'], page })
        const known = await sitesById(
          sql,
          found.map((one) => one.id),
        )
        const sites = found.flatMap((one) => known.get(one.id) ?? [])
        const mayAdd = mayEditSomething(ask.person!, packs)
        return {
          data: sites,
          page: () => sitesPage({ sites, total, text, page, mayAdd, provider: nameOf(packs) }),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/sites/new',
      permission: 'register.edit',
      ledger: { none: 'an empty form says nothing about anybody' },
      async handler(ask) {
        const page = await newForm(ask.person!, ask.view)
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
      form: (ask) => newForm(ask.person!, ask.view),
      api: { summary: 'Add a place' },
      async handler(ask) {
        const { name, address, kind, area, patchId, outOfScope } = ask.input
        const reach = reachOf(ask.person!, 'register.edit', packs)
        const own = providersIn(reach, packs)
        const provider = ask.input.provider ?? (own.length === 1 ? own[0]!.slug : null)
        if (provider === null || !own.some((p) => p.slug === provider))
          return { refusal: [{ field: 'provider', message: 'Choose the landlord' }] }
        if (!reaches(reach, provider, area))
          return { refusal: [{ field: 'area', message: 'Choose an area that your role reaches' }] }
        if (!(await patchFits(provider, patchId)))
          return { refusal: [{ field: 'patchId', message: 'Choose a patch from the list' }] }
        const id = await inTransaction(sql, async (tx) => {
          const made = await insertSite(tx, {
            provider,
            name,
            address: linesOf(address),
            kind,
            area,
            patchId,
            outOfScope,
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
          const now = await siteSaid(tx, made)
          await noteChanges(
            tx,
            { what: 'site', id: made, provider, by: ask.person!.id, atMs: ask.nowMs },
            siteLabels
              .map(([label, say]) => [label, null, say(now)] as const)
              .filter(([, , said]) => said !== null),
          )
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
        const pack = packs.packOf(site.provider)
        const today = civilDay(ask.nowMs, site.timeZone)
        const factsOf = await systemFacts(sql, deps.packs, systems)
        const patch = site.patchId === null ? null : await findPatch(sql, site.patchId)
        const name = await namesOf(deps, [patch?.managerId ?? null, ...systems.map((s) => s.managerId)])
        const shown = {
          site,
          systems: systems.map((system) => ({ system, lacks: systemLacks(pack, factsOf(system.id), today) })),
          cameras,
          signs,
          mayEdit,
          patch,
          visits: await visitsAt(sql, site.id),
          scope: outOfScope(pack, site),
          pack,
          name,
        }
        const purposes = pack.values.purposes
        return {
          data: { ...site, patch, systems, cameras, signs },
          page: () => sitePage(shown, (code) => purposes.find((p) => p.code === code)?.label ?? code),
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
        if (!site) return noPlace
        const patches = await patchesOf(sql, site.provider)
        return { data: site, page: () => siteForm(ask.view, site, { patches }) }
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
        return site
          ? siteForm(ask.view, site, { patches: await patchesOf(sql, site.provider) })
          : gone('There is no such place')
      },
      api: { summary: 'Change a place' },
      async handler(ask) {
        const { id, version, name, address, kind, area, patchId, outOfScope } = ask.input
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
        if (!(await patchFits(site.provider, patchId)))
          return { refusal: [{ field: 'patchId', message: 'Choose a patch from the list' }] }
        const typed = { id, version, name, address: linesOf(address), kind, area, patchId, outOfScope }
        const other = await inTransaction(sql, async (tx) => {
          const before = await siteSaid(tx, id)
          if (!(await updateSite(tx, typed))) {
            const wished = { ...before, ...typed, patch: (await patchOf(tx, patchId))?.name ?? null }
            return differences(wished, before, siteLabels)
          }
          const changes = differences(before, await siteSaid(tx, id), siteLabels)
          await noteChanges(
            tx,
            { what: 'site', id, provider: site.provider, by: ask.person!.id, atMs: ask.nowMs },
            changes,
          )
          await append(tx, {
            kind: 'site.changed',
            actor: ask.person!.id,
            provider: site.provider,
            about: { site: id },
            data: { fields: changes.length },
            atMs: ask.nowMs,
          })
          return null
        })
        return other === null
          ? { data: { id }, location: `/sites/${id}`, flash: 'The place is changed.' }
          : { refusal: changedMeanwhile(other) }
      },
    }),
  ]
}
