/** What the pages of sites look like; their rows are in `site-routes.ts`. */
import { components as c, type Html, html, marks, moment, type Page, type View } from '#web/web.ts'
import type { Camera } from '../camera-store.ts'
import { listMax } from '../listing.ts'
import { type Sign, signPlaceLabels } from '../sign-store.ts'
import { type Site, siteKindLabels, siteKinds } from '../site-store.ts'
import type { System } from '../system-store.ts'

export function sitesPage(
  sites: readonly Site[],
  text: string,
  mayAdd: boolean,
  provider: (slug: string) => string,
): Page {
  const several = new Set(sites.map((s) => s.provider)).size > 1
  return {
    title: 'Places',
    wide: true,
    body: html`${marks.heading({ title: 'Places', lead: 'Where cameras hang or are asked for.' })}${
      mayAdd ? c.button({ text: 'Add a place', href: '/sites/new' }) : null
    }${marks.filterForm({
      action: '/sites',
      fields: c.input({
        name: 'text',
        label: 'Search by name, address or area',
        value: text,
        type: 'search',
        width: 20,
      }),
      text: 'Search',
      ...(text ? { clear: '/sites' } : {}),
    })}${c.table({
      caption: 'Places',
      captionHidden: true,
      columns: [
        { text: 'Place' },
        { text: 'Address' },
        { text: 'Kind' },
        { text: 'Area' },
        ...(several ? [{ text: 'Landlord' }] : []),
      ],
      rows: sites.map((s) => [
        marks.link(`/sites/${s.id}`, s.name),
        s.address.join(', '),
        siteKindLabels[s.kind],
        s.area ?? 'All',
        ...(several ? [provider(s.provider)] : []),
      ]),
      empty: marks.emptyState({
        title: text ? 'Nothing found' : 'No place yet',
        body: text
          ? 'Try part of the name, the street or the area.'
          : 'A place comes into the register when a camera is asked for there, or when you add it.',
      }),
    })}${sites.length >= listMax ? marks.small(`Only ${listMax} are shown. Search for the one you need.`) : null}`,
  }
}

export function siteForm(
  view: View,
  site: Site | null,
  providers: readonly { slug: string; name: string }[],
): Page {
  return {
    title: site ? `Change ${site.name}` : 'Add a place',
    back: site ? { href: `/sites/${site.id}`, text: site.name } : { href: '/sites', text: 'Places' },
    body: html`${marks.heading({ title: site ? 'Change this place' : 'Add a place' })}${c.form({
      view,
      body: html`${site ? c.hidden('version', site.version) : null}${
        providers.length > 1
          ? c.radios({
              name: 'provider',
              label: 'Landlord',
              labelSize: 's',
              view,
              choices: providers.map((p) => ({ value: p.slug, text: p.name })),
            })
          : null
      }${c.input({ name: 'name', label: 'Name of the place', labelSize: 's', hint: 'As staff call it, without a resident’s name.', view, value: site?.name ?? '', width: 'two-thirds' })}${c.textarea(
        {
          name: 'address',
          label: 'Address',
          labelSize: 's',
          view,
          value: site?.address.join('\n') ?? '',
          rows: 4,
        },
      )}${c.radios({
        name: 'kind',
        label: 'What kind of place is it?',
        labelSize: 's',
        view,
        value: site?.kind ?? '',
        choices: siteKinds.map((kind) => ({ value: kind, text: siteKindLabels[kind] })),
      })}${c.input({ name: 'area', label: 'Area or patch (if your landlord has them)', view, value: site?.area ?? '', width: 20 })}${c.button({ text: 'Save' })}`,
    })}`,
  }
}

export type Shown = {
  readonly site: Site
  readonly systems: readonly System[]
  readonly cameras: readonly Camera[]
  readonly signs: readonly Sign[]
  readonly mayEdit: boolean
  readonly staff: readonly { readonly id: string; readonly name: string }[]
  name(id: string | null): string
}

export function sitePage(view: View, shown: Shown, purpose: (code: string) => string): Page {
  const { site, systems, cameras, signs, mayEdit, staff } = shown
  const camerasOf = (system: System): Html =>
    c.table({
      caption: `Cameras of ${system.name}`,
      captionHidden: true,
      columns: [{ text: 'Camera' }, { text: 'Looks at' }, { text: 'Model' }],
      rows: cameras
        .filter((camera) => camera.systemId === system.id)
        .map((camera) => [
          html`${marks.link(`/cameras/${camera.id}`, camera.label)}${mayEdit ? html`<br>${marks.link(`/cameras/${camera.id}/edit`, html`Change<span class="govuk-visually-hidden"> ${camera.label}</span>`)}` : null}`,
          camera.position,
          camera.model || 'Not given',
        ]),
      empty: marks.small('No camera.'),
    })
  return {
    title: site.name,
    back: { href: '/sites', text: 'Places' },
    wide: true,
    body: html`${marks.heading({ title: site.name, caption: siteKindLabels[site.kind], lead: site.address.join(', ') })}${
      site.kind === 'home'
        ? c.insetText('This is somebody’s home. Its address is shown only to people whose work it is.')
        : null
    }${c.summaryList({
      rows: [
        { key: 'Area', value: site.area ?? 'All of the landlord' },
        { key: 'Time zone', value: site.timeZone },
      ],
      ...(mayEdit
        ? { title: 'About this place', cardActions: [{ href: `/sites/${site.id}/edit`, text: 'Change' }] }
        : {}),
    })}${systems.map(
      (system) =>
        html`${marks.h2(system.name)}${c.summaryList({
          rows: [
            { key: 'Purposes', value: system.purposes.map(purpose).join('; ') },
            { key: 'Answers for it', value: shown.name(system.managerId) },
          ],
        })}${
          mayEdit && staff.length > 0
            ? c.details(
                'Name somebody else',
                c.form({
                  view: { ...view, refused: null },
                  action: `/systems/${system.id}/manager`,
                  body: html`${c.select({ name: 'managerId', id: `manager-${system.id}`, label: `Who answers for ${system.name}?`, options: staff.map((p) => ({ value: p.id, text: p.name })), value: system.managerId ?? '' })}${c.button({ text: 'Save', kind: 'secondary' })}`,
                }),
              )
            : null
        }${camerasOf(system)}`,
    )}${
      systems.length === 0
        ? marks.emptyState({
            title: 'No camera here',
            body: 'A camera comes here when somebody asks for one and every step is done.',
            action: c.button({ text: 'Ask for a camera', href: '/deployments/new' }),
          })
        : null
    }${
      signs.length > 0
        ? html`${marks.h2('Signs')}${marks.bullets(
            signs.map(
              (sign) =>
                html`${signPlaceLabels[sign.place]}${sign.note ? html`: ${sign.note}` : null}, since ${moment(sign.placedMs, site.timeZone)}${sign.missingMs ? html` ${marks.stateTag('attention', 'Reported missing')}` : null}`,
            ),
          )}`
        : null
    }`,
  }
}
