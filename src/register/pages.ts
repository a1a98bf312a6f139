/** Sites and cameras as the register has them. How a camera is connected and whether it may record stands elsewhere. */
import { z } from 'zod'
import { inTransaction, publish, type Sql } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { type Answer, fields, marks, type Page, type Person, type Route, route } from '#web/web.ts'
import { type Packs, providersIn, reaches, reachOf } from './reach.ts'
import {
  camerasAt,
  findCamera,
  findSite,
  findSystem,
  insertSite,
  listSites,
  type Sign,
  type SiteKind,
  setManager,
  signsFor,
  siteKinds,
  systemsAt,
  updateCamera,
  updateSite,
} from './store.ts'
import { cameraForm, siteForm, sitePage, sitesPage } from './views.ts'

export type RegisterDeps = {
  readonly sql: Sql
  readonly packs: Packs
  named(ids: readonly string[]): Promise<ReadonlyMap<string, { readonly name: string }>>
  /** Accounts with any role at a landlord, for naming a manager. */
  staffOf(provider: string): Promise<readonly { readonly id: string; readonly name: string }[]>
}

const none: Answer = { notFound: 'There is no such place, or you may not see it.' }
const noCamera: Answer = { notFound: 'There is no such camera, or you may not see it.' }
const looking = { none: 'the register names places and cameras, and shows no picture' }
const withId = z.object({ id: fields.id('a place') })
const changed = [
  {
    field: null,
    message: 'Somebody else changed this meanwhile. Here is what it says now: type your change again.',
  },
]

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

export function registerRoutes(deps: RegisterDeps): Route[] {
  const { sql, packs } = deps
  const siteFor = async (person: Person, id: string, action: 'register.view' | 'register.edit') => {
    const site = await findSite(sql, id)
    return site && reaches(reachOf(person, action, packs), site.provider, site.area) ? site : null
  }
  const cameraFor = async (person: Person, id: string, action: 'register.view' | 'register.edit') => {
    const camera = await findCamera(sql, id)
    return camera && reaches(reachOf(person, action, packs), camera.provider, camera.area) ? camera : null
  }
  const gone = (what: string): Page => ({ title: 'Not found', body: marks.heading({ title: what }) })

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
        const site = await siteFor(ask.person!, ask.input.id, 'register.view')
        if (!site) return none
        const systems = await systemsAt(sql, site.id)
        const cameras = await camerasAt(sql, site.id)
        const signs: Sign[] = []
        for (const camera of cameras)
          for (const sign of await signsFor(sql, camera))
            if (!signs.some((s) => s.id === sign.id)) signs.push(sign)
        const mayEdit = (await siteFor(ask.person!, site.id, 'register.edit')) !== null
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
        const site = await siteFor(ask.person!, ask.input.id, 'register.edit')
        return site ? { data: site, page: () => siteForm(ask.view, site, []) } : none
      },
    }),
    route({
      method: 'POST',
      path: '/sites/:id/edit',
      permission: 'register.edit',
      ledger: 'site.changed',
      input: siteFields.extend({ id: fields.id('a place'), version: fields.whole('the version', 1, 1e9) }),
      form: async (ask) => {
        const site = await siteFor(ask.person!, String(ask.input['id']), 'register.edit')
        return site ? siteForm(ask.view, site, []) : gone('There is no such place')
      },
      api: { summary: 'Change a place' },
      async handler(ask) {
        const { id, version, name, address, kind, area } = ask.input
        const site = await siteFor(ask.person!, id, 'register.edit')
        if (!site) return none
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
    route({
      method: 'POST',
      path: '/systems/:id/manager',
      permission: 'register.edit',
      ledger: 'system.manager-named',
      input: z.object({ id: fields.id('a system'), managerId: fields.id('who answers for it') }),
      api: { summary: 'Name who answers for a system' },
      async handler(ask) {
        const system = await findSystem(sql, ask.input.id)
        const site = system ? await siteFor(ask.person!, system.siteId, 'register.edit') : null
        if (!system || !site) return none
        if (!(await deps.staffOf(system.provider)).some((p) => p.id === ask.input.managerId))
          return { refusal: [{ field: 'managerId', message: 'Choose somebody who works for this landlord' }] }
        await inTransaction(sql, async (tx) => {
          await setManager(tx, system.id, ask.input.managerId)
          await append(tx, {
            kind: 'system.manager-named',
            actor: ask.person!.id,
            provider: system.provider,
            about: { system: system.id, person: ask.input.managerId },
            atMs: ask.nowMs,
          })
        })
        return { data: null, location: `/sites/${site.id}`, flash: 'Saved.' }
      },
    }),
    route({
      method: 'GET',
      path: '/cameras/:id/edit',
      permission: 'register.edit',
      ledger: looking,
      input: z.object({ id: fields.id('a camera') }),
      async handler(ask) {
        const camera = await cameraFor(ask.person!, ask.input.id, 'register.edit')
        return camera ? { data: camera, page: () => cameraForm(ask.view, camera) } : noCamera
      },
    }),
    route({
      method: 'POST',
      path: '/cameras/:id/edit',
      permission: 'register.edit',
      ledger: 'camera.changed',
      input: z.object({
        id: fields.id('a camera'),
        version: fields.whole('the version', 1, 1e9),
        label: fields.text('a name for the camera', 100),
        position: fields.text('where it hangs and what it looks at', 1000),
        model: fields.optionalText('the model', 200),
        serial: fields.optionalText('the serial number', 200),
      }),
      form: async (ask) => {
        const camera = await cameraFor(ask.person!, String(ask.input['id']), 'register.edit')
        return camera ? cameraForm(ask.view, camera) : gone('There is no such camera')
      },
      api: { summary: 'Change what the register says of a camera' },
      async handler(ask) {
        const camera = await cameraFor(ask.person!, ask.input.id, 'register.edit')
        if (!camera) return noCamera
        const { id, version, label, position } = ask.input
        const moved = position !== camera.position
        const done = await inTransaction(sql, async (tx) => {
          const written = await updateCamera(tx, {
            id,
            version,
            label,
            position,
            model: ask.input.model ?? '',
            serial: ask.input.serial ?? '',
          })
          if (!written) return false
          await append(tx, {
            kind: 'camera.changed',
            actor: ask.person!.id,
            provider: camera.provider,
            about: { camera: id, system: camera.systemId },
            data: { moved },
            atMs: ask.nowMs,
          })
          // What it stood on may be gone: authorisation looks at once.
          if (moved) await publish(tx, 'camera.moved', { camera: id }, { key: id })
          return true
        })
        return done
          ? { data: { id }, location: `/cameras/${id}`, flash: 'The camera is changed.' }
          : { refusal: changed }
      },
    }),
  ]
}

const nameOf = (packs: Packs) => (slug: string) => packs.find(slug)?.name ?? slug
