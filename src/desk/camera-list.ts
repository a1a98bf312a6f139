/** The list of all cameras that a person may see: trouble first over the whole of it, and how many stand in which way. */
import { z } from 'zod'
import { type CameraGroup, cameraGroups, camerasByUrgency } from '#authorisation/authorisation.ts'
import {
  areasFound,
  camerasById,
  listAddress,
  pageNumber,
  pager,
  providersIn,
  reachOf,
  searchText,
} from '#register/register.ts'
import { components as c, type Html, html, marks, type Page, type Route, route } from '#web/web.ts'
import { lookAt, type Seen } from './cameras.ts'
import { offers } from './offers.ts'
import type { DeskParts } from './parts.ts'

const groupWords: Readonly<Record<CameraGroup, string>> = {
  attention: 'in trouble',
  waiting: 'waiting',
  stopped: 'stopped',
  lawful: 'lawful and recording',
}

/** A choice of a list that starts with “All”. */
const oneOf = z
  .string()
  .max(200)
  .transform((chosen) => (chosen === '' ? null : chosen.replaceAll('\0', '')))
  .nullable()
  .catch(null)
  .default(null)

type Asked = {
  readonly text: string
  readonly provider: string | null
  readonly area: string | null
  readonly state: CameraGroup | null
  readonly page: number
}
type Listed = {
  readonly seen: readonly Seen[]
  readonly counts: Readonly<Record<CameraGroup, number>>
  readonly providers: readonly { readonly slug: string; readonly name: string }[]
  readonly areas: readonly string[]
  readonly mayPropose: boolean
}

export function cameraListRoute(parts: DeskParts): Route {
  const { sql, packs } = parts
  return route({
    method: 'GET',
    path: '/cameras',
    permission: 'register.view',
    ledger: { none: 'the register shows no picture' },
    // What is no such choice asks for everything: nobody types these, links hold them.
    input: z.object({
      text: searchText,
      provider: oneOf,
      area: oneOf,
      state: z.enum(cameraGroups).nullable().catch(null).default(null),
      page: pageNumber,
    }),
    api: { summary: 'Cameras that you may see, trouble first, 50 on a page' },
    async handler({ person, input }) {
      const reach = reachOf(person!, 'register.view', packs)
      const { ids, counts } = await camerasByUrgency(sql, reach, {
        text: input.text,
        provider: input.provider,
        area: input.area,
        group: input.state,
        page: input.page,
        recording: parts.recordingCameras(),
        nowMs: parts.clock.nowMs(),
      })
      const [known, areas] = await Promise.all([camerasById(sql, ids), areasFound(sql, reach, ['camera'])])
      const seen = await lookAt(
        parts,
        ids.flatMap((id) => known.get(id) ?? []),
      )
      return {
        data: seen.map(({ camera, glance: at, standing }) => ({
          id: camera.id,
          label: camera.label,
          site: camera.siteName,
          provider: camera.provider,
          deployment: standing?.file.deployment.id ?? null,
          state: at.state,
          tag: at.tag,
          words: at.words,
        })),
        page: () =>
          listPage(input, {
            seen,
            counts,
            providers: providersIn(reach, packs),
            areas,
            mayPropose: offers(person!, packs).has('deployment.propose'),
          }),
      }
    },
  })
}

function listPage(asked: Asked, { seen, counts, providers, areas, mayPropose }: Listed): Page {
  const { text, provider, area, state, page } = asked
  const all = cameraGroups.reduce((sum, group) => sum + counts[group], 0)
  const narrowed = text !== '' || provider !== null || area !== null
  const choose = (name: string, label: string, options: readonly (readonly [string, string])[]): Html =>
    c.select({
      name,
      label,
      options: options.map(([value, words]) => ({ value, text: words })),
      value: { provider, area, state }[name] ?? '',
      empty: 'All',
    })
  return {
    title: 'Cameras',
    wide: true,
    body: html`${marks.heading({
      title: 'Cameras',
      lead:
        all === 0
          ? undefined
          : `${all === 1 ? 'One camera' : `${all.toLocaleString('en-GB')} cameras`}: ${cameraGroups
              .filter((group) => counts[group] > 0)
              .map((group) => `${counts[group].toLocaleString('en-GB')} ${groupWords[group]}`)
              .join(', ')}.`,
    })}${marks.filterForm({
      action: '/cameras',
      fields: html`${c.input({ name: 'text', label: 'Camera, place or serial number', value: text, width: 20 })}${
        providers.length > 1
          ? choose(
              'provider',
              'Landlord',
              providers.map(({ slug, name }) => [slug, name] as const),
            )
          : null
      }${
        areas.length > 1
          ? choose(
              'area',
              'Area',
              areas.map((one) => [one, one] as const),
            )
          : null
      }${choose(
        'state',
        'State',
        cameraGroups.map(
          (group) => [group, `${groupWords[group][0]!.toUpperCase()}${groupWords[group].slice(1)}`] as const,
        ),
      )}`,
      text: 'Search',
      ...(narrowed || state !== null ? { clear: '/cameras' } : {}),
    })}${c.table({
      caption: 'Cameras, those in trouble first',
      captionHidden: true,
      columns: [{ text: 'Camera' }, { text: 'Place' }, { text: 'State' }, { text: 'In words' }],
      rows: seen.map(({ camera, glance: at }) => [
        marks.link(`/cameras/${camera.id}`, camera.label),
        camera.siteName,
        marks.stateTag(at.state, at.tag),
        at.words,
      ]),
      empty: marks.emptyState(
        narrowed || state !== null
          ? {
              title: text === '' ? 'No camera is like this' : `Nothing found for “${text}”`,
              body: 'Only cameras within your role’s reach are searched. Try the name of the place, or choose “All”.',
            }
          : {
              title: 'No cameras yet',
              body: 'A camera appears here when somebody asks for one.',
              ...(mayPropose ? { action: marks.link('/deployments/new', 'Ask for a camera') } : {}),
            },
      ),
    })}${pager(state === null ? all : counts[state], page, (to) =>
      listAddress('/cameras', { text, provider, area, state, page: to }),
    )}`,
  }
}
