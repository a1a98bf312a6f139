/** Sites on a map: a list that works by itself, with marks beside it. Nothing is fetched from outside. */
import { z } from 'zod'
import { isId } from '#base/base.ts'
import { inTransaction, type Query } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { components as c, fields, html, marks, type Page, type Route, route, type View } from '#web/web.ts'
import { setCoordinates } from '../estate/store.ts'
import { gone, looking, noPlace, type RegisterDeps, siteFor } from '../pages/parts.ts'
import { type Reach, reachOf, withinReach } from '../reach.ts'
import { type Site, type SiteKind, siteKindLabels } from '../site-store.ts'
import { decimal } from './input.ts'

type Place = {
  readonly id: string
  readonly name: string
  readonly kind: SiteKind
  readonly address: readonly string[]
  readonly latitude: number | null
  readonly longitude: number | null
  readonly cameras: number
  readonly plan: boolean
}

/** More marks than this hide each other; the list says so and asks for a search. */
const mapMax = 1000

/** Places in reach; one that is somebody's home has a line and no mark: nobody finds a home by looking at a map. */
async function places(sql: Query, reach: Reach, text: string): Promise<readonly Place[]> {
  const like = `%${text.replace(/[%_\\]/g, '\\$&')}%`
  return sql<Place[]>`
    select t.id, t.name, t.kind, t.address, t.latitude, t.longitude,
           (select count(*) from register.camera c join register.system s on s.id = c.system_id
            where s.site_id = t.id and c.retired_at is null)::int as cameras,
           exists (select 1 from register.plan p where p.site_id = t.id and p.replaced_at is null) as plan
    from register.site t
    where ${withinReach(sql, reach, 't.provider', 't.area', 't.id')}
      and (${text} = '' or t.name ilike ${like} or array_to_string(t.address, ' ') ilike ${like} or t.area ilike ${like})
    order by t.name, t.id limit ${mapMax}`
}

function mapPage(found: readonly Place[], text: string, mayEdit: boolean, tiles: string | null): Page {
  const marked = found.filter((p) => p.latitude !== null && p.kind !== 'home')
  const data = JSON.stringify(
    marked.map(({ id, name, latitude, longitude, cameras }) => ({ id, name, latitude, longitude, cameras })),
  )
  return {
    title: 'Map of places',
    back: { href: '/sites', text: 'Places' },
    wide: true,
    islands: marked.length > 0 ? ['site-map'] : [],
    body: html`${marks.heading({
      title: 'Map of places',
      lead: 'Where your cameras are. Homes are in the list and never on the map.',
    })}${marks.filterForm({
      action: '/sites/map',
      fields: c.input({
        name: 'text',
        label: 'Search by name, address or area',
        value: text,
        type: 'search',
        width: 20,
      }),
      text: 'Search',
      ...(text ? { clear: '/sites/map' } : {}),
    })}${
      marked.length > 0
        ? html`<div class="overt-map" data-module="overt-site-map" data-places="${data}"${tiles === null ? null : html` data-tiles="${tiles}"`}><p class="govuk-body overt-map__without">The list below holds the same places. With JavaScript they stand on a map here.</p></div>`
        : found.length > 0
          ? c.insetText(
              'No place has a position yet. Set one on its line, or bring them in with the estate file.',
            )
          : null
    }${c.table({
      caption: 'Places',
      captionHidden: true,
      columns: [
        { text: 'Place' },
        { text: 'Kind' },
        { text: 'Cameras', numeric: true },
        { text: 'Position' },
        { text: 'Plan' },
      ],
      rows: found.map((p) => [
        html`<span id="place-${p.id}" tabindex="-1">${marks.link(`/sites/${p.id}`, p.name)}<br><span class="overt-muted">${p.address.join(', ')}</span></span>`,
        siteKindLabels[p.kind],
        String(p.cameras),
        html`${p.latitude === null || p.longitude === null ? 'Not set' : `${p.latitude}, ${p.longitude}`}${
          mayEdit
            ? html`<br>${marks.link(`/sites/${p.id}/position`, html`${p.latitude === null ? 'Set' : 'Change'}<span class="govuk-visually-hidden"> the position of ${p.name}</span>`)}`
            : null
        }`,
        marks.link(
          `/sites/${p.id}/plan`,
          html`${p.plan ? 'Look at it' : 'None yet'}<span class="govuk-visually-hidden">: plan of ${p.name}</span>`,
        ),
      ]),
      empty: marks.emptyState({
        title: text ? 'Nothing found' : 'No place yet',
        body: text
          ? 'Try part of the name, the street or the area.'
          : 'Places come here when they are in the register.',
      }),
    })}${found.length >= mapMax ? marks.small(`Only ${mapMax} are shown. Search for the one you need.`) : null}`,
  }
}

function positionForm(view: View, site: Site & Partial<Pick<Place, 'latitude' | 'longitude'>>): Page {
  return {
    title: `Position of ${site.name}`,
    back: { href: '/sites/map', text: 'Map of places' },
    body: html`${marks.heading({
      title: `Position of ${site.name}`,
      lead: 'In degrees, as maps and phones show them.',
    })}${c.form({
      view,
      body: html`${c.input({ name: 'latitude', label: 'Latitude', hint: 'Like 52.9219.', view, value: site.latitude == null ? '' : String(site.latitude), width: 10, inputmode: 'decimal' })}${c.input(
        {
          name: 'longitude',
          label: 'Longitude',
          hint: 'Like -1.4758; west of Greenwich with a minus.',
          view,
          value: site.longitude == null ? '' : String(site.longitude),
          width: 10,
          inputmode: 'decimal',
        },
      )}${c.button({ text: 'Save' })}`,
    })}`,
  }
}

export function mapRoutes(deps: RegisterDeps): Route[] {
  const { sql, packs } = deps
  const withPosition = async (site: Site) => {
    const [row] = await sql<{ latitude: number | null; longitude: number | null }[]>`
      select latitude, longitude from register.site where id = ${site.id}`
    return { ...site, ...row }
  }
  return [
    route({
      method: 'GET',
      path: '/sites/map',
      permission: 'register.view',
      ledger: looking,
      input: z.object({ text: z.string().max(100).optional() }),
      api: { summary: 'Places with their positions' },
      async handler(ask) {
        const text = (ask.input.text ?? '').replaceAll('\0', '')
        const found = await places(sql, reachOf(ask.person!, 'register.view', packs), text)
        const edit = reachOf(ask.person!, 'register.edit', packs)
        const mayEdit = edit.everywhere || edit.held.length > 0
        return { data: found, page: () => mapPage(found, text, mayEdit, deps.mapTiles ?? null) }
      },
    }),
    route({
      method: 'GET',
      path: '/sites/:id/position',
      permission: 'register.edit',
      ledger: looking,
      input: z.object({ id: fields.id('a place') }),
      async handler(ask) {
        const site = await siteFor(deps, ask.person!, ask.input.id, 'register.edit')
        if (site === null) return noPlace
        const page = positionForm(ask.view, await withPosition(site))
        return { data: null, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/sites/:id/position',
      permission: 'register.edit',
      ledger: 'site.changed',
      input: z.object({
        id: fields.id('a place'),
        latitude: decimal('the latitude', -90, 90),
        longitude: decimal('the longitude', -180, 180),
      }),
      form: async (ask) => {
        const id = ask.input['id']
        const site = isId(id) ? await siteFor(deps, ask.person!, id, 'register.edit') : null
        return site === null
          ? gone('There is no such place')
          : positionForm(ask.view, await withPosition(site))
      },
      api: { summary: 'Set where a place is: degrees, WGS 84' },
      async handler(ask) {
        const site = await siteFor(deps, ask.person!, ask.input.id, 'register.edit')
        if (site === null) return noPlace
        const { latitude, longitude } = ask.input
        await inTransaction(sql, async (tx) => {
          await setCoordinates(tx, site.id, latitude, longitude)
          await append(tx, {
            kind: 'site.changed',
            actor: ask.person!.id,
            provider: site.provider,
            about: { site: site.id },
            atMs: ask.nowMs,
          })
        })
        return { data: null, location: '/sites/map', flash: 'The position is set.' }
      },
    }),
  ]
}
