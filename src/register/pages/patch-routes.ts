/** Patches: parts of an area, each looked after by one person. */
import { z } from 'zod'
import { inTransaction } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import {
  type Answer,
  components as c,
  fields,
  html,
  marks,
  type Page,
  type Person,
  type Route,
  route,
  type View,
} from '#web/web.ts'
import { differences, noteChanges } from '../history.ts'
import { findPatch, insertPatch, listPatches, type Patch, patchNamed, updatePatch } from '../patch-store.ts'
import { providersIn, reaches, reachOf } from '../reach.ts'
import {
  changedMeanwhile,
  gone,
  looking,
  mayEditSomething,
  nameOf,
  namesOf,
  type RegisterAction,
  type RegisterDeps,
} from './parts.ts'

const noPatch: Answer = { notFound: 'There is no such patch, or you may not see it.' }
const patchFields = z.object({
  name: fields.text('the name of the patch', 100),
  area: fields.optionalText('the area', 100),
  managerId: z.preprocess((v) => v || null, fields.id('who looks after it').nullable()),
})

export function patchRoutes(deps: RegisterDeps): Route[] {
  const { sql, packs } = deps
  const patchFor = async (person: Person, id: string, action: RegisterAction) => {
    const patch = await findPatch(sql, id)
    const reach = reachOf(person, action, packs)
    return patch && reaches(reach, patch.provider, patch.area, { patchId: patch.id }) ? patch : null
  }
  const labels = (name: (id: string | null) => string) =>
    [
      ['Name of the patch', (p: Patch) => p.name],
      ['Area', (p: Patch) => p.area],
      ['Looked after by', (p: Patch) => (p.managerId === null ? null : name(p.managerId))],
    ] as const
  const isStaff = async (provider: string, id: string | null): Promise<boolean> =>
    id === null || (await deps.staffOf(provider)).some((one) => one.id === id)
  const form = async (view: View, person: Person, patch: Patch | null): Promise<Page> => {
    const providers =
      patch === null
        ? providersIn(reachOf(person, 'register.edit', packs), packs)
        : [{ slug: patch.provider, name: nameOf(packs)(patch.provider) }]
    const staff = (
      await Promise.all(
        providers.map(async ({ slug, name }) =>
          (
            await deps.staffOf(slug)
          ).map((one) => ({
            value: one.id,
            text: providers.length > 1 ? `${one.name} (${name})` : one.name,
          })),
        ),
      )
    ).flat()
    return patchForm(view, patch, providers, staff)
  }
  return [
    route({
      method: 'GET',
      path: '/patches',
      permission: 'register.view',
      ledger: looking,
      api: { summary: 'Patches and who looks after each' },
      async handler(ask) {
        const patches = await listPatches(sql, reachOf(ask.person!, 'register.view', packs))
        const name = await namesOf(
          deps,
          patches.map((p) => p.managerId),
        )
        const mayAdd = mayEditSomething(ask.person!, packs)
        return { data: patches, page: () => listPage(patches, name, mayAdd) }
      },
    }),
    route({
      method: 'GET',
      path: '/patches/new',
      permission: 'register.edit',
      ledger: { none: 'an empty form says nothing about anybody' },
      async handler(ask) {
        const page = await form(ask.view, ask.person!, null)
        return { data: null, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/patches/new',
      permission: 'register.edit',
      ledger: 'patch.added',
      input: patchFields.extend({
        provider: z.preprocess((v) => v || null, fields.code('the landlord').nullable()),
      }),
      form: (ask) => form(ask.view, ask.person!, null),
      api: { summary: 'Add a patch' },
      async handler(ask) {
        const { name, area, managerId } = ask.input
        const reach = reachOf(ask.person!, 'register.edit', packs)
        const own = providersIn(reach, packs)
        const provider = ask.input.provider ?? (own.length === 1 ? own[0]!.slug : null)
        if (provider === null || !own.some((p) => p.slug === provider))
          return { refusal: [{ field: 'provider', message: 'Choose the landlord' }] }
        if (!reaches(reach, provider, area))
          return { refusal: [{ field: 'area', message: 'Choose an area that your role reaches' }] }
        if (!(await isStaff(provider, managerId)))
          return { refusal: [{ field: 'managerId', message: 'Choose somebody who works for this landlord' }] }
        const id = await inTransaction(sql, async (tx) => {
          const by = ask.person!.id
          const made = await insertPatch(tx, { provider, name, area, managerId, by, nowMs: ask.nowMs })
          if (made === null) return null
          await append(tx, {
            kind: 'patch.added',
            actor: by,
            provider,
            about: { patch: made },
            atMs: ask.nowMs,
          })
          return made
        })
        return id === null
          ? {
              refusal: [
                { field: 'name', message: 'There is a patch of that name already. Choose another name' },
              ],
            }
          : { data: { id }, created: true, location: '/patches', flash: 'The patch is in the register.' }
      },
    }),
    route({
      method: 'GET',
      path: '/patches/:id/edit',
      permission: 'register.edit',
      ledger: looking,
      input: z.object({ id: fields.id('a patch') }),
      async handler(ask) {
        const patch = await patchFor(ask.person!, ask.input.id, 'register.edit')
        if (!patch) return noPatch
        const page = await form(ask.view, ask.person!, patch)
        return { data: patch, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/patches/:id/edit',
      permission: 'register.edit',
      ledger: 'patch.changed',
      input: patchFields.extend({ id: fields.id('a patch'), version: fields.whole('the version', 1, 1e9) }),
      form: async (ask) => {
        const patch = await patchFor(ask.person!, String(ask.input['id']), 'register.edit')
        return patch ? form(ask.view, ask.person!, patch) : gone('There is no such patch')
      },
      api: { summary: 'Change a patch, or who looks after it' },
      async handler(ask) {
        const { id, name, area, managerId, version } = ask.input
        const patch = await patchFor(ask.person!, id, 'register.edit')
        if (!patch) return noPatch
        if (!reaches(reachOf(ask.person!, 'register.edit', packs), patch.provider, area))
          return { refusal: [{ field: 'area', message: 'Choose an area that your role reaches' }] }
        if (!(await isStaff(patch.provider, managerId)))
          return { refusal: [{ field: 'managerId', message: 'Choose somebody who works for this landlord' }] }
        const same = await patchNamed(sql, patch.provider, name)
        if (same !== null && same.id !== id)
          return {
            refusal: [
              { field: 'name', message: 'There is a patch of that name already. Choose another name' },
            ],
          }
        const say = labels(await namesOf(deps, [patch.managerId, managerId]))
        const typed = { ...patch, name, area, managerId, version }
        const other = await inTransaction(sql, async (tx) => {
          const before = (await findPatch(tx, id))!
          if (!(await updatePatch(tx, typed))) return differences(typed, before, say)
          await noteChanges(
            tx,
            { what: 'patch', id, provider: patch.provider, by: ask.person!.id, atMs: ask.nowMs },
            differences(before, typed, say),
          )
          await append(tx, {
            kind: 'patch.changed',
            actor: ask.person!.id,
            provider: patch.provider,
            about: { patch: id },
            atMs: ask.nowMs,
          })
          return null
        })
        return other === null
          ? { data: { id }, location: '/patches', flash: 'The patch is changed.' }
          : { refusal: changedMeanwhile(other) }
      },
    }),
  ]
}

function listPage(
  patches: readonly (Patch & { readonly sites: number })[],
  name: (id: string | null) => string,
  mayAdd: boolean,
): Page {
  return {
    title: 'Patches',
    wide: true,
    back: { href: '/register', text: 'Register' },
    body: html`${marks.heading({
      title: 'Patches',
      lead: 'A patch is a part of an area that one person looks after.',
    })}${mayAdd ? c.button({ text: 'Add a patch', href: '/patches/new' }) : null}${c.table({
      caption: 'Patches',
      captionHidden: true,
      columns: [
        { text: 'Patch' },
        { text: 'Area' },
        { text: 'Looked after by' },
        { text: 'Places', numeric: true },
        { text: 'History' },
      ],
      rows: patches.map((p) => [
        mayAdd ? marks.link(`/patches/${p.id}/edit`, p.name) : p.name,
        p.area ?? 'All of the landlord',
        p.managerId === null ? marks.stateTag('attention', 'Nobody yet') : name(p.managerId),
        String(p.sites),
        marks.link(
          `/register/changes/patch/${p.id}`,
          html`What changed<span class="govuk-visually-hidden"> at ${p.name}</span>`,
        ),
      ]),
      empty: marks.emptyState({
        title: 'No patch yet',
        body: 'Add one when areas are shared out among colleagues. Places then say in which patch they lie.',
      }),
    })}`,
  }
}

function patchForm(
  view: View,
  patch: Patch | null,
  providers: readonly { readonly slug: string; readonly name: string }[],
  staff: readonly { readonly value: string; readonly text: string }[],
): Page {
  return {
    title: patch === null ? 'Add a patch' : `Change ${patch.name}`,
    back: { href: '/patches', text: 'Patches' },
    body: html`${marks.heading({ title: patch === null ? 'Add a patch' : `Change ${patch.name}` })}${c.form({
      view,
      body: html`${patch === null ? null : c.hidden('version', patch.version)}${
        providers.length > 1
          ? c.radios({
              name: 'provider',
              label: 'Landlord',
              labelSize: 's',
              view,
              choices: providers.map((p) => ({ value: p.slug, text: p.name })),
            })
          : null
      }${c.input({ name: 'name', label: 'Name of the patch', labelSize: 's', view, value: patch?.name ?? '', width: 20 })}${c.input(
        {
          name: 'area',
          label: 'Area (if your landlord has them)',
          view,
          value: patch?.area ?? '',
          width: 20,
        },
      )}${c.select({
        name: 'managerId',
        label: 'Who looks after it?',
        view,
        value: patch?.managerId ?? '',
        empty: 'Nobody yet',
        options: staff,
      })}${c.button({ text: 'Save' })}`,
    })}`,
  }
}
