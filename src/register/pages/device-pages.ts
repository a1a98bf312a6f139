/** What the pages of equipment look like; their rows are in `device-routes.ts`. */
import type { Pack } from '#policy/policy.ts'
import { components as c, day, type Html, html, marks, momentWords, type Page, type View } from '#web/web.ts'
import { type Move, moveLabels, movesFrom } from '../device-moves.ts'
import {
  type Device,
  type DeviceKind,
  type DeviceStatus,
  type DeviceStep,
  type DeviceStepKind,
  deviceKindLabels,
  deviceKinds,
  deviceOwnerLabels,
  deviceStatuses,
  deviceStatusLabels,
} from '../device-store.ts'
import { listAddress, pager, ruleMark } from './parts.ts'

export function statusTag(device: Device): Html {
  if (device.unwiped && device.status === 'store') return marks.stateTag('attention', 'In store, not wiped')
  const state = {
    store: 'waiting',
    issued: 'lawful',
    installed: 'lawful',
    repair: 'waiting',
    retired: 'stopped',
  } as const
  return marks.stateTag(state[device.status], deviceStatusLabels[device.status])
}

const whereWords = (device: Device, name: (id: string | null) => string): string =>
  [
    device.siteName,
    device.holderId === null ? null : `with ${name(device.holderId)}`,
    device.place === '' ? null : device.place,
  ]
    .filter((part) => part !== null)
    .join(', ') || 'Not given'

export function devicesPage(
  devices: readonly Device[],
  asked: {
    readonly text: string
    readonly kind: DeviceKind | null
    readonly status: DeviceStatus | null
    readonly page: number
    readonly total: number
    readonly mayAdd: boolean
    name(id: string | null): string
  },
): Page {
  const { text, kind, status, page, total, mayAdd, name } = asked
  const narrowed = text !== '' || kind !== null || status !== null
  return {
    title: 'Equipment',
    wide: true,
    back: { href: '/register', text: 'Register' },
    body: html`${marks.heading({
      title: 'Equipment',
      lead: 'Recorders, screens, doorbells, body-worn and dash cameras: what it is, where it is and who has it.',
    })}${mayAdd ? c.button({ text: 'Add equipment', href: '/devices/new' }) : null}${marks.filterForm({
      action: '/devices',
      fields: html`${c.input({ name: 'text', label: 'Name, make, serial number or place', value: text, type: 'search', width: 20 })}${c.select({ name: 'kind', label: 'Kind', value: kind ?? '', empty: 'Every kind', options: deviceKinds.map((value) => ({ value, text: deviceKindLabels[value] })) })}${c.select({ name: 'status', label: 'State', value: status ?? '', empty: 'Every state', options: deviceStatuses.map((value) => ({ value, text: deviceStatusLabels[value] })) })}`,
      text: 'Search',
      ...(narrowed ? { clear: '/devices' } : {}),
    })}${c.table({
      caption: 'Equipment',
      captionHidden: true,
      columns: [
        { text: 'What' },
        { text: 'Kind' },
        { text: 'Serial number' },
        { text: 'Where' },
        { text: 'State' },
      ],
      rows: devices.map((device) => [
        marks.link(`/devices/${device.id}`, device.name),
        deviceKindLabels[device.kind],
        device.serial || 'Not given',
        whereWords(device, name),
        statusTag(device),
      ]),
      empty: marks.emptyState({
        title: narrowed ? 'Nothing found' : 'No equipment yet',
        body: narrowed
          ? 'Only what your role reaches, and what you hold yourself, is searched.'
          : 'Add recorders, screens and every device that films, so that somebody answers for each.',
      }),
    })}${pager(total, page, (to) => listAddress('/devices', { text, kind, status, page: to }))}`,
  }
}

const stepWords: Readonly<Record<DeviceStepKind, string>> = {
  added: 'Came into the register',
  issued: 'Given out',
  returned: 'Came back into store',
  installed: 'Put in',
  repair: 'Went to be repaired',
  wiped: 'Wiped',
  retired: 'No longer used',
  declared: 'Declared',
}

export function devicePage(
  view: View,
  shown: {
    readonly device: Device
    readonly steps: readonly DeviceStep[]
    readonly mayEdit: boolean
    readonly staff: readonly { readonly id: string; readonly name: string }[]
    readonly sites: readonly { readonly id: string; readonly title: string }[]
    readonly timeZone: string
    readonly isMine: boolean
    name(id: string | null): string
  },
): Page {
  const { device, steps, mayEdit, timeZone, name } = shown
  return {
    title: device.name,
    back: { href: '/devices', text: 'Equipment' },
    body: html`${marks.heading({ title: device.name, caption: deviceKindLabels[device.kind], state: statusTag(device) })}${c.summaryList(
      {
        title: 'What it is',
        rows: [
          { key: 'Make and model', value: `${device.make} ${device.model}`.trim() || 'Not given' },
          { key: 'Serial number', value: device.serial || 'Not given' },
          { key: 'Whose it is', value: deviceOwnerLabels[device.owner] },
          { key: 'Sound', value: device.hasAudio ? 'It can record sound' : 'It cannot record sound' },
          { key: 'Moves from job to job', value: device.redeployable ? 'Yes' : 'No' },
          { key: 'Where it is', value: whereWords(device, name) },
          {
            key: 'May hold pictures',
            value: device.unwiped
              ? 'Yes: it has been out since it was last wiped'
              : 'No: it was wiped, or has never been out',
          },
          ...(device.declaredUntil === null
            ? []
            : [{ key: 'Declared until', value: day(device.declaredUntil) }]),
          ...(device.systemId === null
            ? []
            : [{ key: 'Belongs to', value: marks.link(`/systems/${device.systemId}`, 'Its system') }]),
        ],
        cardActions: [
          ...(mayEdit && device.status !== 'retired'
            ? [{ href: `/devices/${device.id}/edit`, text: 'Change' }]
            : []),
          { href: `/register/changes/device/${device.id}`, text: 'What changed' },
        ],
      },
    )}${mayEdit && device.owner !== 'staff' && device.status !== 'retired' ? moveForm(view, shown) : null}${
      device.owner === 'staff' && (shown.isMine || mayEdit) && device.status !== 'retired'
        ? c.form({
            view,
            action: `/devices/${device.id}/withdraw`,
            body: c.button({ text: 'It is no longer used at work', kind: 'secondary' }),
          })
        : null
    }${marks.h2('Where it has been')}${c.timelineOfEvents(
      steps.map((step) => ({
        title: `${stepWords[step.what]}${step.siteName === null ? '' : ` at ${step.siteName}`}${step.holderId === null ? '' : `, with ${name(step.holderId)}`}`,
        by: name(step.by),
        atMs: step.atMs,
        when: momentWords(step.atMs, timeZone),
        ...(step.note === '' ? {} : { body: marks.paragraph(step.note) }),
      })),
    )}`,
  }
}

function moveForm(
  view: View,
  {
    device,
    staff,
    sites,
  }: {
    readonly device: Device
    readonly staff: readonly { readonly id: string; readonly name: string }[]
    readonly sites: readonly { readonly id: string; readonly title: string }[]
  },
): Html {
  const reveals = (move: Move): Html | null =>
    move === 'issue'
      ? c.select({
          name: 'holderId',
          label: 'To whom?',
          view,
          value: '',
          empty: 'Choose somebody',
          options: staff.map((p) => ({ value: p.id, text: p.name })),
        })
      : move === 'install'
        ? c.select({
            name: 'siteId',
            label: 'At which place?',
            view,
            value: device.siteId ?? '',
            empty: 'Choose a place',
            options: sites.map((s) => ({ value: s.id, text: s.title })),
          })
        : null
  return html`${marks.h2('What happens to it now?')}${c.form({
    view,
    action: `/devices/${device.id}/move`,
    body: html`${c.hidden('version', device.version)}${c.radios({
      name: 'move',
      label: 'What happens to it now?',
      labelHidden: true,
      view,
      choices: movesFrom(device).map((move) => {
        const more = reveals(move)
        return { value: move, text: moveLabels[move], ...(more === null ? {} : { reveals: more }) }
      }),
    })}${c.input({ name: 'place', label: 'Where exactly (a shelf, a cabinet, a van)', view, value: '', width: 20 })}${c.input({ name: 'note', label: 'Note', hint: 'How it was wiped, what is broken, who collects it.', view, value: '', width: 'two-thirds' })}${c.button({ text: 'Save' })}`,
  })}`
}

export function deviceForm(
  view: View,
  options: {
    readonly device: Device | null
    readonly providers: readonly { readonly slug: string; readonly name: string }[]
    readonly sites: readonly { readonly id: string; readonly title: string }[]
    /** The system it is added to, when it was come from there. */
    readonly system: { readonly id: string; readonly name: string; readonly siteId: string } | null
  },
): Page {
  const { device, providers, sites, system } = options
  const title = device === null ? 'Add equipment' : `Change ${device.name}`
  return {
    title,
    back:
      device !== null
        ? { href: `/devices/${device.id}`, text: device.name }
        : system !== null
          ? { href: `/systems/${system.id}`, text: system.name }
          : { href: '/devices', text: 'Equipment' },
    body: html`${marks.heading({ title, ...(system === null ? {} : { caption: system.name }) })}${c.form({
      view,
      body: html`${device === null ? null : c.hidden('version', device.version)}${system === null ? null : c.hidden('systemId', system.id)}${
        device === null && system === null && providers.length > 1
          ? c.radios({
              name: 'provider',
              label: 'Whose is it?',
              labelSize: 's',
              view,
              choices: providers.map((p) => ({ value: p.slug, text: p.name })),
            })
          : null
      }${
        device === null
          ? c.radios({
              name: 'kind',
              label: 'What is it?',
              labelSize: 's',
              view,
              choices: deviceKinds.map((value) => ({ value, text: deviceKindLabels[value] })),
            })
          : null
      }${c.input({ name: 'name', label: 'What do people call it?', labelSize: 's', hint: 'For example: Recorder in the caretaker’s room.', view, value: device?.name ?? '', width: 'two-thirds' })}${c.input({ name: 'make', label: 'Make', view, value: device?.make ?? '', width: 20 })}${c.input({ name: 'model', label: 'Model', view, value: device?.model ?? '', width: 20 })}${c.input({ name: 'serial', label: 'Serial number', view, value: device?.serial ?? '', width: 20, spellcheck: false })}${
        device === null
          ? c.radios({
              name: 'owner',
              label: 'Whose property is it?',
              labelSize: 's',
              view,
              value: 'landlord',
              choices: [
                { value: 'landlord', text: deviceOwnerLabels.landlord },
                { value: 'supplier', text: deviceOwnerLabels.supplier },
              ],
            })
          : null
      }${c.checkbox({ name: 'hasAudio', label: 'It can record sound', view, checked: device?.hasAudio ?? false })}${c.checkbox({ name: 'redeployable', label: 'It moves from job to job', view, checked: device?.redeployable ?? false })}${
        device === null
          ? c.select({
              name: 'siteId',
              label: 'At which place is it in use?',
              hint: 'Leave it empty if it is in store.',
              view,
              value: system?.siteId ?? '',
              empty: 'In store',
              options: sites.map((s) => ({ value: s.id, text: s.title })),
            })
          : null
      }${c.input({ name: 'place', label: 'Where exactly (a shelf, a cabinet, a van)', view, value: device?.place ?? '', width: 20 })}${c.button({ text: 'Save' })}`,
    })}`,
  }
}

export function declarePage(
  view: View,
  options: {
    readonly mine: readonly Device[]
    readonly landlords: readonly {
      readonly slug: string
      readonly name: string
      readonly months: number | false
      readonly clause: string | null
      readonly pack: Pack
    }[]
  },
): Page {
  const { mine, landlords } = options
  const open = landlords.filter((one) => one.months !== false)
  return {
    title: 'Your own dash cam',
    back: { href: '/register', text: 'Register' },
    body: html`${marks.heading({
      title: 'Your own dash cam',
      lead: 'A dash cam in your own car films people while you work. Say so here before you use it at work.',
    })}${landlords.map((one) =>
      one.months === false
        ? marks.paragraph(
            html`${one.name}: dash cams of staff may not be used at work. ${ruleMark(one.pack, one.clause)}`,
          )
        : marks.paragraph(
            html`${one.name}: you declare it, and again after ${one.months} months. ${ruleMark(one.pack, one.clause)}`,
          ),
    )}${
      mine.length === 0
        ? null
        : html`${marks.h2('What you have declared')}${marks.bullets(
            mine.map(
              (device) =>
                html`${marks.link(`/devices/${device.id}`, device.name)}, until ${device.declaredUntil === null ? 'no end' : day(device.declaredUntil)} ${statusTag(device)}`,
            ),
          )}`
    }${
      open.length === 0
        ? landlords.length === 0
          ? marks.paragraph('You hold no role at a landlord, so there is nothing to declare.')
          : null
        : c.form({
            view,
            action: '/devices/declare',
            body: html`${
              open.length > 1
                ? c.radios({
                    name: 'provider',
                    label: 'For which landlord do you work with it?',
                    labelSize: 's',
                    view,
                    choices: open.map((p) => ({ value: p.slug, text: p.name })),
                  })
                : c.hidden('provider', open[0]!.slug)
            }${c.input({ name: 'name', label: 'What is it, in which car?', labelSize: 's', hint: 'For example: dash cam in my blue Fiesta.', view, value: '', width: 'two-thirds' })}${c.input({ name: 'make', label: 'Make', view, value: '', width: 20 })}${c.input({ name: 'model', label: 'Model', view, value: '', width: 20 })}${c.input({ name: 'serial', label: 'Serial number', view, value: '', width: 20, spellcheck: false })}${c.checkbox({ name: 'hasAudio', label: 'It can record sound', view })}${c.checkbox({ name: 'keeps', label: 'In working time I keep to the CCTV policy: I hand over nothing on my own, and I tell the data protection officer of what it recorded at work', view })}${c.button({ text: 'Declare it' })}`,
          })
    }`,
  }
}
