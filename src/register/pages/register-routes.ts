/** The register's front page with its search, and what changed in it. */
import { z } from 'zod'
import {
  type Answer,
  components as c,
  fields,
  type Html,
  html,
  marks,
  moment,
  type Page,
  type Person,
  type Route,
  route,
} from '#web/web.ts'
import { findDevice } from '../device-store.ts'
import { type Change, type Changeable, changesOf, changesPerPage } from '../history.ts'
import { findPatch } from '../patch-store.ts'
import { reaches, reachOf } from '../reach.ts'
import { countsByKind, type FindableKind, type Found, find, findableKinds } from '../search.ts'
import { findSupplier } from '../supplier-store.ts'
import {
  cameraFor,
  listAddress,
  looking,
  mayEditSomething,
  nameOf,
  namesOf,
  pageNumber,
  pager,
  type RegisterDeps,
  searchText,
  siteFor,
  systemFor,
} from './parts.ts'

const kindWords: Readonly<
  Record<FindableKind, { readonly one: string; readonly many: string; readonly path: string }>
> = {
  site: { one: 'Place', many: 'Places', path: '/sites' },
  system: { one: 'System', many: 'Systems', path: '/systems' },
  camera: { one: 'Camera', many: 'Cameras', path: '/cameras' },
  device: { one: 'Equipment', many: 'Equipment', path: '/devices' },
  supplier: { one: 'Supplier', many: 'Suppliers', path: '/suppliers' },
}

const historyOf = ['site', 'patch', 'system', 'camera', 'device', 'supplier'] as const
type HistoryOf = (typeof historyOf)[number] & Changeable
const gone: Answer = { notFound: 'There is no such thing in the register, or you may not see it.' }

export function frontRoutes(deps: RegisterDeps): Route[] {
  const { sql, packs } = deps
  /** What a thing is called and where its page is, for those who may see it. */
  const thing = async (
    person: Person,
    what: HistoryOf,
    id: string,
  ): Promise<{ readonly title: string; readonly href: string; readonly timeZone: string } | null> => {
    const inReach = (
      provider: string,
      area: string | null,
      place: { readonly siteId?: string | null; readonly patchId?: string | null } = {},
    ) => reaches(reachOf(person, 'register.view', packs), provider, area, place)
    const zone = (provider: string) => packs.packOf(provider).values.provider.timeZone
    switch (what) {
      case 'site': {
        const site = await siteFor(deps, person, id, 'register.view')
        return site && { title: site.name, href: `/sites/${id}`, timeZone: site.timeZone }
      }
      case 'system': {
        const found = await systemFor(deps, person, id, 'register.view')
        return found && { title: found.system.name, href: `/systems/${id}`, timeZone: found.site.timeZone }
      }
      case 'camera': {
        const camera = await cameraFor(deps, person, id, 'register.view')
        return camera && { title: camera.label, href: `/cameras/${id}`, timeZone: camera.timeZone }
      }
      case 'patch': {
        const patch = await findPatch(sql, id)
        return patch && inReach(patch.provider, patch.area, { patchId: patch.id })
          ? { title: patch.name, href: '/patches', timeZone: zone(patch.provider) }
          : null
      }
      case 'device': {
        const device = await findDevice(sql, id)
        return device && inReach(device.provider, device.area, device)
          ? { title: device.name, href: `/devices/${id}`, timeZone: zone(device.provider) }
          : null
      }
      case 'supplier': {
        const supplier = await findSupplier(sql, id)
        return supplier && inReach(supplier.provider, null)
          ? { title: supplier.name, href: `/suppliers/${id}`, timeZone: zone(supplier.provider) }
          : null
      }
    }
  }
  return [
    route({
      method: 'GET',
      path: '/register',
      permission: 'register.view',
      ledger: looking,
      input: z.object({
        text: searchText,
        page: pageNumber,
        kind: z.enum(findableKinds).nullable().catch(null).default(null),
      }),
      api: { summary: 'Search over places, systems, cameras, equipment and suppliers, 50 on a page' },
      async handler(ask) {
        const { text, page, kind } = ask.input
        const reach = reachOf(ask.person!, 'register.view', packs)
        if (text === '') {
          const counts = await countsByKind(sql, reach)
          const mayEdit = mayEditSomething(ask.person!, packs)
          return { data: { counts, found: [], total: 0 }, page: () => frontPage(counts, mayEdit) }
        }
        const { found, total } = await find(sql, reach, {
          text,
          page,
          kinds: kind === null ? findableKinds : [kind],
        })
        return {
          data: { found, total },
          page: () => foundPage(found, { text, page, kind, total, provider: nameOf(packs) }),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/register/changes/:what/:id',
      permission: 'register.view',
      ledger: looking,
      input: z.object({
        what: z.enum(historyOf, { error: () => 'Choose what changed' }),
        id: fields.id('a thing in the register'),
        page: pageNumber,
      }),
      api: { summary: 'What changed: from what, to what, by whom and when' },
      async handler(ask) {
        const { what, id, page } = ask.input
        const found = await thing(ask.person!, what, id)
        if (found === null) return gone
        const { changes, total } = await changesOf(sql, what, id, page)
        const name = await namesOf(
          deps,
          changes.map((change) => change.by),
        )
        return {
          data: { changes, total },
          page: () => changesPage(changes, { ...found, what, id, page, total, name }),
        }
      },
    }),
  ]
}

const searchForm = (text: string, kind: FindableKind | null): Html =>
  marks.filterForm({
    action: '/register',
    fields: html`${c.input({ name: 'text', label: 'Name, address, make or serial number', value: text, type: 'search', width: 20 })}${c.select(
      {
        name: 'kind',
        label: 'What',
        value: kind ?? '',
        empty: 'Everything',
        options: findableKinds.map((one) => ({ value: one, text: kindWords[one].many })),
      },
    )}`,
    text: 'Search',
    ...(text ? { clear: '/register' } : {}),
  })

function frontPage(counts: Readonly<Record<FindableKind, number>>, mayEdit: boolean): Page {
  const says: Readonly<Record<FindableKind, string>> = {
    site: 'Where cameras hang or are asked for.',
    system: 'The cameras of one purpose at a place, with who answers for them and what is missing.',
    camera: 'Is each lawful, is it recording, until when.',
    device: 'Recorders, screens, doorbells, body-worn and dash cameras: who has what, and where.',
    supplier: 'Who works on cameras for us: contract, proofs, audits and visits.',
  }
  return {
    title: 'Register',
    wide: true,
    body: html`${marks.heading({
      title: 'Register',
      lead: 'What there is, where it is, and who answers for it.',
    })}${searchForm('', null)}${marks.cards(
      ...findableKinds.map((kind) =>
        marks.card({
          title: kindWords[kind].many,
          href: kindWords[kind].path,
          body: html`<p class="govuk-body"><strong>${counts[kind].toLocaleString('en-GB')}</strong> on record</p><p class="govuk-body-s">${says[kind]}</p>`,
        }),
      ),
      marks.card({
        title: 'Signs',
        href: '/signs',
        body: html`<p class="govuk-body-s">What tells people of cameras: to print, to hang, and to look at each month.</p>`,
      }),
      marks.card({
        title: 'Patches',
        href: '/patches',
        body: html`<p class="govuk-body-s">Parts of an area, and who looks after each.</p>`,
      }),
      marks.card({
        title: 'Your own dash cam',
        href: '/devices/declare',
        body: html`<p class="govuk-body-s">Say that you use one at work, where the policy lets you.</p>`,
      }),
    )}${
      mayEdit
        ? html`${marks.h2('Add something')}${marks.bullets([
            marks.link('/sites/new', 'A place'),
            marks.link('/devices/new', 'Equipment'),
            marks.link('/suppliers/new', 'A supplier'),
            marks.link('/patches/new', 'A patch'),
          ])}`
        : null
    }`,
  }
}

function foundPage(
  found: readonly Found[],
  asked: {
    readonly text: string
    readonly page: number
    readonly kind: FindableKind | null
    readonly total: number
    provider(slug: string): string
  },
): Page {
  const { text, page, kind, total } = asked
  const several = new Set(found.map((one) => one.provider)).size > 1
  return {
    title: `Search: ${text}`,
    wide: true,
    back: { href: '/register', text: 'Register' },
    body: html`${marks.heading({
      title:
        total === 0
          ? 'Nothing found'
          : total === 1
            ? 'One thing found'
            : `${total.toLocaleString('en-GB')} things found`,
    })}${searchForm(text, kind)}${c.table({
      caption: 'What was found',
      captionHidden: true,
      columns: [
        { text: 'Name' },
        { text: 'What' },
        { text: 'Where' },
        ...(several ? [{ text: 'Landlord' }] : []),
      ],
      rows: found.map((one) => [
        marks.link(`${kindWords[one.kind].path}/${one.id}`, one.title),
        kindWords[one.kind].one,
        one.note || 'Not given',
        ...(several ? [asked.provider(one.provider)] : []),
      ]),
      empty: marks.emptyState({
        title: 'Nothing here goes by these words',
        body: 'Only what your role reaches is searched. Try fewer words, or part of one: a street, a make, the end of a serial number.',
      }),
    })}${pager(total, page, (to) => listAddress('/register', { text, kind, page: to }))}`,
  }
}

function changesPage(
  changes: readonly Change[],
  of: {
    readonly title: string
    readonly href: string
    readonly timeZone: string
    readonly what: HistoryOf
    readonly id: string
    readonly page: number
    readonly total: number
    name(id: string | null): string
  },
): Page {
  return {
    title: `What changed: ${of.title}`,
    wide: true,
    back: { href: of.href, text: of.title },
    body: html`${marks.heading({
      title: 'What changed',
      caption: of.title,
      lead: 'Newest first. Passwords are never written down: only that one was changed.',
    })}${c.table({
      caption: 'Changes',
      captionHidden: true,
      plain: true,
      columns: [{ text: 'When' }, { text: 'What' }, { text: 'Before' }, { text: 'After' }, { text: 'By' }],
      rows: changes.map((change) => [
        moment(change.atMs, of.timeZone),
        change.field,
        change.was ?? '–',
        change.became ?? '–',
        change.by === null ? 'Overt' : of.name(change.by),
      ]),
      empty: marks.emptyState({
        title: 'Nothing has changed',
        body: 'Changes are written down here as they are made, from what to what and by whom.',
      }),
    })}${c.pagination({
      page: of.page,
      pages: Math.ceil(of.total / changesPerPage),
      href: (page) => listAddress(`/register/changes/${of.what}/${of.id}`, { page }),
      label: 'Pages of changes',
    })}`,
  }
}
