/** What the pages of sites look like; their rows are in `site-routes.ts`. */
import type { Pack } from '#policy/policy.ts'
import { components as c, type Html, html, marks, moment, type Page, type View } from '#web/web.ts'
import type { Camera } from '../camera-store.ts'
import type { Lack } from '../lacks.ts'
import type { Patch } from '../patch-store.ts'
import { type Sign, signPlaceLabels } from '../sign-store.ts'
import { type Site, siteKindLabels, siteKinds } from '../site-store.ts'
import type { System } from '../system-store.ts'
import type { Visit } from '../visit-store.ts'
import { listAddress, pager, ruleMark } from './parts.ts'
import { visitTag } from './visit-pages.ts'

export function sitesPage(list: {
  readonly sites: readonly Site[]
  readonly total: number
  readonly text: string
  readonly page: number
  readonly mayAdd: boolean
  provider(slug: string): string
}): Page {
  const { sites, total, text, page, mayAdd, provider } = list
  const several = new Set(sites.map((s) => s.provider)).size > 1
  return {
    title: 'Places',
    wide: true,
    back: { href: '/register', text: 'Register' },
    body: html`${marks.heading({ title: 'Places', lead: 'Where cameras hang or are asked for.' })}${
      mayAdd
        ? c.buttonGroup(
            c.button({ text: 'Add a place', href: '/sites/new' }),
            c.button({ text: 'Bring cameras in, or take the list out', href: '/estate', kind: 'secondary' }),
          )
        : null
    }<p class="govuk-body">${marks.link('/sites/map', 'See them on a map')}</p>${marks.filterForm({
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
        html`${siteKindLabels[s.kind]}${s.outOfScope === null ? null : html`<br>${marks.stateTag('stopped', 'Not covered by the policy')}`}`,
        s.area ?? 'All',
        ...(several ? [provider(s.provider)] : []),
      ]),
      empty: marks.emptyState({
        title: text ? 'Nothing found' : 'No place yet',
        body: text
          ? 'Try part of the name, the street or the area.'
          : 'A place comes into the register when a camera is asked for there, or when you add it.',
      }),
    })}${pager(total, page, (to) => listAddress('/sites', { text, page: to }))}`,
  }
}

export function siteForm(
  view: View,
  site: Site | null,
  choices: {
    readonly providers?: readonly { readonly slug: string; readonly name: string }[]
    readonly patches: readonly Patch[]
  },
): Page {
  const { providers = [], patches } = choices
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
      })}${c.input({ name: 'area', label: 'Area (if your landlord has them)', view, value: site?.area ?? '', width: 20 })}${
        patches.length === 0
          ? null
          : c.select({
              name: 'patchId',
              label: 'Patch',
              hint: 'The person who looks after the patch answers for this place.',
              view,
              value: site?.patchId ?? '',
              empty: 'No patch',
              options: patches.map((p) => ({
                value: p.id,
                text: providers.length > 1 ? `${p.name} (${nameIn(providers, p.provider)})` : p.name,
              })),
            })
      }${c.textarea({
        name: 'outOfScope',
        label: 'If the CCTV policy does not cover this place: why not?',
        hint: 'Leave it empty if it does. Where something stands here, no camera can be asked for.',
        view,
        value: site?.outOfScope ?? '',
        rows: 2,
      })}${c.button({ text: 'Save' })}`,
    })}`,
  }
}

const nameIn = (
  providers: readonly { readonly slug: string; readonly name: string }[],
  slug: string,
): string => providers.find((p) => p.slug === slug)?.name ?? slug

export type Shown = {
  readonly site: Site
  readonly systems: readonly { readonly system: System; readonly lacks: readonly Lack[] }[]
  readonly cameras: readonly Camera[]
  readonly signs: readonly Sign[]
  readonly mayEdit: boolean
  readonly patch: Patch | null
  readonly visits: readonly Visit[]
  /** Why no camera is asked for here, or null. */
  readonly scope: { readonly message: string; readonly clause: string | null } | null
  readonly pack: Pack
  name(id: string | null): string
}

export function sitePage(shown: Shown, purpose: (code: string) => string): Page {
  const { site, systems, cameras, signs, mayEdit, patch, visits, scope, pack } = shown
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
    body: html`${marks.heading({ title: site.name, caption: siteKindLabels[site.kind], lead: site.address.join(', ') })}<p class="govuk-body">${marks.link(`/sites/${site.id}/plan`, 'Plan of this place: what each camera sees')}</p>${
      site.kind === 'home'
        ? c.insetText('This is somebody’s home. Its address is shown only to people whose work it is.')
        : null
    }${scope === null ? null : c.insetText(html`${scope.message} ${scope.clause === null ? null : ruleMark(pack, scope.clause)}`)}${c.summaryList(
      {
        title: 'About this place',
        rows: [
          { key: 'Area', value: site.area ?? 'All of the landlord' },
          {
            key: 'Patch',
            value: patch === null ? 'None' : `${patch.name}, looked after by: ${shown.name(patch.managerId)}`,
          },
          { key: 'Time zone', value: site.timeZone },
        ],
        cardActions: [
          ...(mayEdit ? [{ href: `/sites/${site.id}/edit`, text: 'Change' }] : []),
          { href: `/register/changes/site/${site.id}`, text: 'What changed' },
        ],
      },
    )}${systems.map(
      ({ system, lacks }) =>
        html`${marks.h2(marks.link(`/systems/${system.id}`, system.name))}${c.summaryList({
          rows: [
            { key: 'Purposes', value: system.purposes.map(purpose).join('; ') || 'None stated' },
            { key: 'Answers for it', value: shown.name(system.managerId) },
            { key: 'On record', value: lacksTag(lacks) },
          ],
        })}${camerasOf(system)}`,
    )}${
      systems.length === 0
        ? marks.emptyState({
            title: 'No camera here',
            body: 'A camera comes here when somebody asks for one and every step is done.',
            ...(scope === null
              ? { action: c.button({ text: 'Ask for a camera', href: '/deployments/new' }) }
              : {}),
          })
        : null
    }${
      signs.length > 0
        ? html`${marks.h2('Signs')}${marks.bullets(
            signs.map(
              (sign) =>
                html`${signPlaceLabels[sign.place]}${sign.note ? html`: ${sign.note.replace(/\.$/, '')}` : null}, since ${moment(sign.placedMs, site.timeZone)}${sign.missingMs ? html` ${marks.stateTag('attention', 'Reported missing')}` : null}`,
            ),
          )}`
        : null
    }${marks.h2('Engineers’ visits')}${
      visits.length === 0
        ? marks.paragraph('Nobody from a supplier has come here yet.')
        : marks.bullets(
            visits
              .slice(0, 10)
              .map(
                (visit) =>
                  html`${marks.link(`/visits/${visit.id}`, html`${moment(visit.fromMs, site.timeZone)}: ${visit.supplierName}`)} ${visitTag(visit)}`,
              ),
          )
    }${mayEdit ? c.button({ text: 'Plan a visit', href: `/visits/new?site=${site.id}`, kind: 'secondary' }) : null}`,
  }
}

/** Whole, or what is missing in words. */
export const lacksTag = (lacks: readonly Lack[]): Html =>
  lacks.length === 0
    ? marks.stateTag('lawful', 'Nothing missing')
    : html`${marks.stateTag('attention', lacks.length === 1 ? 'One thing missing' : `${lacks.length} things missing`)}<br>${lacks.map((lack) => lack.words).join(', ')}`
