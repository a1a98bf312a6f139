/** What the pages of systems look like; their rows are in `system-routes.ts`. */
import type { Pack, Values } from '#policy/policy.ts'
import { components as c, day, type Html, html, marks, moment, type Page, type View } from '#web/web.ts'
import type { Camera } from '../camera-store.ts'
import { securityAnswerLabels, type ViewRequirement, viewLevelLabels } from '../check-store.ts'
import { type Device, deviceKindLabels, deviceStatusLabels } from '../device-store.ts'
import {
  controlledElsewhere,
  type Lack,
  type SecurityLine,
  type SystemFacts,
  type ViewState,
} from '../lacks.ts'
import type { Procedure } from '../procedure-store.ts'
import type { Site } from '../site-store.ts'
import { keptDays, type System } from '../system-store.ts'
import { rolesPart } from './controller-pages.ts'
import { listAddress, pager, ruleMark } from './parts.ts'

type Line = {
  readonly system: System
  readonly siteName: string
  readonly manager: string
  readonly cameras: number
  readonly lacks: readonly Lack[]
}

export function systemsPage(
  lines: readonly Line[],
  asked: { readonly text: string; readonly page: number; readonly total: number },
): Page {
  const { text, page, total } = asked
  return {
    title: 'Systems',
    wide: true,
    back: { href: '/register', text: 'Register' },
    body: html`${marks.heading({
      title: 'Systems',
      lead: 'The cameras that serve one purpose at a place, with those who answer for them.',
    })}${marks.filterForm({
      action: '/systems',
      fields: c.input({
        name: 'text',
        label: 'Search by system, place or area',
        value: text,
        type: 'search',
        width: 20,
      }),
      text: 'Search',
      ...(text ? { clear: '/systems' } : {}),
    })}${c.table({
      caption: 'Systems',
      captionHidden: true,
      columns: [
        { text: 'System' },
        { text: 'Place' },
        { text: 'Answers for it' },
        { text: 'Cameras', numeric: true },
        { text: 'On record' },
      ],
      rows: lines.map(({ system, siteName, manager, cameras, lacks }) => [
        marks.link(`/systems/${system.id}`, system.name),
        siteName,
        manager,
        String(cameras),
        lacks.length === 0
          ? marks.stateTag('lawful', 'Nothing missing')
          : marks.stateTag(
              'attention',
              lacks.length === 1 ? 'One thing missing' : `${lacks.length} things missing`,
            ),
      ]),
      empty: marks.emptyState({
        title: text ? 'Nothing found' : 'No system yet',
        body: text
          ? 'Only systems within your role’s reach are searched. Try part of the name or the place.'
          : 'A system comes into the register when its first camera is asked for.',
      }),
    })}${pager(total, page, (to) => listAddress('/systems', { text, page: to }))}`,
  }
}

export type ShownSystem = SystemFacts & {
  readonly site: Site
  readonly pack: Pack
  readonly mayEdit: boolean
  readonly lacks: readonly Lack[]
  readonly readers: readonly {
    readonly personId: string
    readonly name: string
    readonly atMs: number | null
  }[]
  readonly securityLines: readonly SecurityLine[]
  readonly views: readonly {
    readonly camera: Camera
    readonly requirement: ViewRequirement | null
    readonly state: ViewState
  }[]
  readonly devices: readonly Device[]
  readonly staff: readonly { readonly id: string; readonly name: string }[]
  /** The procedure waits for this person's word. */
  readonly asksMe: boolean
  readonly today: string
  landlord(slug: string): string
  purpose(code: string): string
  name(id: string | null): string
}

export function systemPage(view: View, shown: ShownSystem): Page {
  const { system, site, mayEdit } = shown
  return {
    title: system.name,
    wide: true,
    back: { href: `/sites/${site.id}`, text: site.name },
    body: html`${marks.heading({
      title: system.name,
      caption: site.name,
      state: controlledElsewhere(shown.pack, shown, shown.today)
        ? marks.stateTag('stopped', 'Not covered by our policy')
        : shown.lacks.length === 0
          ? marks.stateTag('lawful', 'Nothing missing on record')
          : marks.stateTag('attention', 'Something is missing'),
      lead:
        shown.lacks.length === 0
          ? undefined
          : `It lacks ${shown.lacks.map((lack) => lack.words).join(', ')}.`,
    })}${c.summaryList({
      title: 'Who answers for it',
      rows: [
        { key: 'Manager', value: shown.name(system.managerId) },
        {
          key: 'Operators',
          value: shown.operators.length === 0 ? 'Nobody named' : shown.operators.map(shown.name).join(', '),
        },
        { key: 'Purposes', value: system.purposes.map(shown.purpose).join('; ') || 'None stated' },
        {
          key: 'Pictures are kept',
          value: `${keptDays(system, shown.pack.values.retentionDays.value)} days${system.retentionDays === null ? ', as the policy says' : `, where the policy allows ${shown.pack.values.retentionDays.value}`}`,
        },
      ],
      cardActions: [
        ...(mayEdit ? [{ href: `/systems/${system.id}/edit`, text: 'Change' }] : []),
        { href: `/register/changes/system/${system.id}`, text: 'What changed' },
      ],
    })}${mayEdit ? people(view, shown) : null}${rolesPart(view, shown)}${procedurePart(view, shown)}${viewsPart(shown)}${securityPart(shown)}${devicesPart(shown)}`,
  }
}

function people(view: View, { system, operators, staff, name }: ShownSystem): Html {
  const wrong =
    view.refused !== null && ('managerId' in view.refused.values || 'operatorId' in view.refused.values)
  return c.details(
    'Name a manager or an operator',
    html`${c.form({
      view,
      action: `/systems/${system.id}/manager`,
      body: html`${c.select({ name: 'managerId', label: 'Who answers for this system?', view, value: system.managerId ?? '', empty: 'Choose somebody', options: staff.map((p) => ({ value: p.id, text: p.name })) })}${c.button({ text: 'Save manager', kind: 'secondary' })}`,
    })}${c.form({
      view,
      action: `/systems/${system.id}/operators`,
      body: html`${c.select({ name: 'operatorId', label: 'Who operates it?', view, value: '', empty: 'Choose somebody', options: staff.filter((p) => !operators.includes(p.id)).map((p) => ({ value: p.id, text: p.name })) })}${c.button({ text: 'Add operator', kind: 'secondary' })}`,
    })}${operators.map((personId) =>
      c.form({
        view,
        action: `/systems/${system.id}/operators/${personId}/end`,
        body: c.button({ text: `${name(personId)} no longer operates it`, kind: 'secondary' }),
      }),
    )}`,
    wrong,
  )
}

function procedurePart(view: View, shown: ShownSystem): Html {
  const { system, procedure, pack, readers, mayEdit, asksMe } = shown
  const rule = pack.values.register.procedure
  const change = mayEdit
    ? c.button({
        text: procedure === null ? 'Give it a procedure' : 'Put in a new version',
        href: `/systems/${system.id}/procedure`,
        kind: 'secondary',
      })
    : null
  const heading = html`${marks.h2('Procedure')}${rule.value ? html`<p class="govuk-body-s">${ruleMark(pack, rule.clause)}</p>` : null}`
  if (procedure === null)
    return html`${heading}${marks.paragraph(
      rule.value
        ? html`${marks.stateTag('attention', 'Missing')} It is not written down how this system is run.`
        : 'It has none. The policy does not ask for one.',
    )}${change}`
  const href = procedure.link ?? `/procedures/${procedure.id}/document`
  return html`${heading}${c.summaryList({
    rows: [
      { key: 'Document', value: html`${marks.link(href, procedure.title)}, version ${procedure.version}` },
      {
        key: 'Since',
        value: html`${moment(procedure.writtenMs, shown.site.timeZone)}, put in by ${shown.name(procedure.writtenBy)}`,
      },
      {
        key: 'What they do and answer for',
        value: html`${procedure.duties.split('\n').map((line) => html`${line}<br>`)}`,
      },
    ],
  })}${
    asksMe
      ? c.form({
          view,
          action: `/procedures/${procedure.id}/acknowledge`,
          body: html`${c.checkbox({ name: 'read', label: 'I have read this procedure and will keep to it', view })}${c.button({ text: 'Say so' })}`,
        })
      : null
  }${c.table({
    caption: 'Who has said that they know it',
    columns: [{ text: 'Name' }, { text: 'Said so' }],
    rows: readers.map(({ name, atMs }) => [
      name,
      atMs === null ? marks.stateTag('attention', 'Not yet') : moment(atMs, shown.site.timeZone),
    ]),
    empty: marks.paragraph('Nobody runs this system yet, so nobody is asked.'),
  })}${change}`
}

export const viewTags: Readonly<Record<ViewState, Html>> = {
  met: marks.stateTag('lawful', 'Shows what it must'),
  'not-met': marks.stateTag('attention', 'Does not show what it must'),
  missing: marks.stateTag('waiting', 'Not looked at yet'),
  old: marks.stateTag('attention', 'Look again: its day has passed'),
  moved: marks.stateTag('attention', 'Look again: the camera was moved'),
}

function viewsPart({ views, mayEdit, cameras }: ShownSystem): Html {
  return html`${marks.h2('What each camera must show')}${c.table({
    caption: 'Cameras and what they must show',
    captionHidden: true,
    columns: [{ text: 'Camera' }, { text: 'People must be able to' }, { text: 'State' }],
    rows: views.map(({ camera, requirement, state }) => [
      html`${marks.link(`/cameras/${camera.id}`, camera.label)}<br>${marks.link(`/cameras/${camera.id}/view`, html`${mayEdit ? 'Requirement and check' : 'Requirement'}<span class="govuk-visually-hidden"> of ${camera.label}</span>`)}`,
      requirement === null ? 'Not written down' : viewLevelLabels[requirement.level],
      viewTags[state],
    ]),
    empty: marks.paragraph(cameras.length === 0 ? 'This system has no camera in use.' : ''),
  })}`
}

export const securityTags: Readonly<Record<SecurityLine['state'], Html>> = {
  met: marks.stateTag('lawful', 'Answered'),
  'not-met': marks.stateTag('attention', 'Not so yet'),
  missing: marks.stateTag('waiting', 'Not answered'),
  old: marks.stateTag('attention', 'Answer again: its day has passed'),
}

function securityPart({ system, securityLines: lines, pack, mayEdit, name }: ShownSystem): Html {
  return html`${marks.h2('Is it safe from tampering and outsiders?')}${c.table({
    caption: 'Security questions',
    captionHidden: true,
    columns: [{ text: 'What is asked' }, { text: 'Answer and evidence' }, { text: 'State' }],
    rows: lines.map(({ ask, clause, answer, state }) => [
      html`${ask}<br>${ruleMark(pack, clause)}`,
      answer === null
        ? 'None yet'
        : html`${securityAnswerLabels[answer.answer]}: ${answer.evidence}<br><span class="govuk-body-s overt-muted">${name(answer.by)}, ${day(answer.day)}. Again by ${day(answer.recheckDay)}.</span>`,
      securityTags[state],
    ]),
  })}${mayEdit ? c.button({ text: 'Answer the questions', href: `/systems/${system.id}/security`, kind: 'secondary' }) : null}`
}

function devicesPart({ system, devices, name, mayEdit }: ShownSystem): Html {
  return html`${marks.h2('Equipment')}${c.table({
    caption: 'Equipment of this system',
    captionHidden: true,
    columns: [{ text: 'What' }, { text: 'Kind' }, { text: 'Serial number' }, { text: 'State' }],
    rows: devices.map((device) => [
      marks.link(`/devices/${device.id}`, device.name),
      deviceKindLabels[device.kind],
      device.serial || 'Not given',
      html`${deviceStatusLabels[device.status]}${device.holderId === null ? null : html`, with ${name(device.holderId)}`}`,
    ]),
    empty: marks.paragraph('No recorder, screen or other equipment is on record for this system.'),
  })}${mayEdit ? c.button({ text: 'Add equipment', href: `/devices/new?system=${system.id}`, kind: 'secondary' }) : null}`
}

export function systemForm(
  view: View,
  system: System,
  { purposes, retentionDays }: Pick<Values, 'purposes' | 'retentionDays'>,
): Page {
  return {
    title: `Change ${system.name}`,
    back: { href: `/systems/${system.id}`, text: system.name },
    body: html`${marks.heading({ title: `Change ${system.name}` })}${c.form({
      view,
      body: html`${c.hidden('version', system.version)}${c.input({ name: 'name', label: 'Name of the system', labelSize: 's', view, value: system.name, width: 'two-thirds' })}${c.checkboxes(
        {
          name: 'purposes',
          label: 'What is it for?',
          labelSize: 's',
          hint: 'Only purposes that the policy names.',
          view,
          values: system.purposes,
          choices: purposes.map((p) => ({ value: p.code, text: p.label })),
        },
      )}${c.input({
        name: 'retentionDays',
        label: 'For how many days are pictures kept? (optional)',
        labelSize: 's',
        hint: `As long as the purpose needs, and no more. The policy allows ${retentionDays.value} days; leave it empty for that. It holds for what is recorded from today on.`,
        view,
        value: system.retentionDays === null ? '' : String(system.retentionDays),
        width: 4,
        inputmode: 'numeric',
      })}${c.button({ text: 'Save' })}`,
    })}`,
  }
}

export function procedureForm(view: View, system: System, procedure: Procedure | null): Page {
  return {
    title: `Procedure of ${system.name}`,
    back: { href: `/systems/${system.id}`, text: system.name },
    body: html`${marks.heading({
      title: procedure === null ? 'Give it a procedure' : 'Put in a new version',
      caption: system.name,
      lead: 'Its manager and operators are then asked to read it and to say that they know it.',
    })}${c.form({
      view,
      files: true,
      body: html`${c.input({ name: 'title', label: 'What is it called?', labelSize: 's', view, value: procedure?.title ?? '', width: 'two-thirds' })}${c.textarea(
        {
          name: 'duties',
          label: 'What do the manager and the operators do and answer for?',
          labelSize: 's',
          hint: 'A few lines, so that nobody has to look for it in the document.',
          view,
          value: procedure?.duties ?? '',
          rows: 6,
        },
      )}${c.fileUpload({ name: 'file', label: 'The document', labelSize: 's', hint: 'PDF, JPEG or PNG, 10 MB at most.', accept: '.pdf,.jpg,.jpeg,.png', view })}${c.input(
        {
          name: 'link',
          label: 'Or its address in your library',
          labelSize: 's',
          hint: 'It begins with https:// or, for a page of Overt, with /.',
          view,
          value: '',
          width: 'two-thirds',
          spellcheck: false,
        },
      )}${c.button({ text: 'Put it in force' })}`,
    })}`,
  }
}
