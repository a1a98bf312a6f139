/** What the pages of engineers' visits look like; their rows are in `visit-routes.ts`. */
import { components as c, type Html, html, marks, moment, type Page, type View } from '#web/web.ts'
import type { Site } from '../site-store.ts'
import type { Supplier } from '../supplier-store.ts'
import type { System } from '../system-store.ts'
import { identityWayLabels, identityWays, type Visit } from '../visit-store.ts'

export function visitTag(visit: Visit): Html {
  if (visit.cancelledMs !== null) return marks.stateTag('stopped', 'Called off')
  if (visit.leftMs !== null) return marks.stateTag('lawful', 'Over')
  return visit.arrivedMs === null
    ? marks.stateTag('waiting', 'Planned')
    : marks.stateTag('attention', 'The engineer is there')
}

export function visitForm(
  view: View,
  options: {
    readonly site: Site
    readonly systems: readonly System[]
    readonly suppliers: readonly Supplier[]
    readonly staff: readonly { readonly id: string; readonly name: string }[]
    readonly today: string
  },
): Page {
  const { site, systems, suppliers, staff, today } = options
  return {
    title: 'Plan a visit',
    back: { href: `/sites/${site.id}`, text: site.name },
    body: html`${marks.heading({
      title: 'Plan a visit',
      caption: site.name,
      lead: 'An engineer comes at a time that is agreed before, stays with somebody of ours, and tells what they touched.',
    })}${
      suppliers.length === 0
        ? marks.emptyState({
            title: 'No supplier yet',
            body: 'A visit belongs to a supplier with a contract. Put the supplier into the register first.',
            action: c.button({ text: 'Add a supplier', href: '/suppliers/new' }),
          })
        : c.form({
            view,
            action: '/visits/new',
            body: html`${c.hidden('siteId', site.id)}${c.select({ name: 'supplierId', label: 'Which supplier?', labelSize: 's', view, value: '', empty: 'Choose a supplier', options: suppliers.map((s) => ({ value: s.id, text: s.name })) })}${c.input(
              {
                name: 'engineer',
                label: 'Who comes?',
                labelSize: 's',
                hint: 'Their full name, as on their card.',
                view,
                value: '',
                width: 20,
                autocomplete: 'off',
              },
            )}${c.textarea({ name: 'purpose', label: 'What for?', labelSize: 's', view, value: '', rows: 2 })}${
              systems.length === 0
                ? null
                : c.select({
                    name: 'systemId',
                    label: 'At which system?',
                    view,
                    value: '',
                    empty: 'None in particular',
                    options: systems.map((s) => ({ value: s.id, text: s.name })),
                  })
            }${c.select({ name: 'supervisorId', label: 'Who stays with them?', labelSize: 's', view, value: '', empty: 'Choose somebody', options: staff.map((p) => ({ value: p.id, text: p.name })) })}${c.dateInput(
              { name: 'day', label: 'Which day?', labelSize: 's', view, value: today },
            )}${c.input({ name: 'from', label: 'From', hint: 'For example 09:30', view, value: '', width: 5 })}${c.input({ name: 'until', label: 'Until, at the latest', hint: 'For example 12:00. Access that was opened for the visit ends then by itself.', view, value: '', width: 5 })}${c.button({ text: 'Plan the visit' })}`,
          })
    }`,
  }
}

export function visitPage(
  view: View,
  visit: Visit,
  options: {
    readonly mayRecord: boolean
    readonly mayLetIn: boolean
    readonly administrator: boolean
    readonly nowMs: number
    name(id: string | null): string
  },
): Page {
  const { mayRecord, mayLetIn, administrator, nowMs, name } = options
  const zone = visit.timeZone
  const over = visit.leftMs !== null || visit.cancelledMs !== null
  return {
    title: `Visit of ${visit.supplierName}`,
    back: { href: `/sites/${visit.siteId}`, text: visit.siteName },
    body: html`${marks.heading({
      title: `Visit of ${visit.supplierName}`,
      caption: visit.siteName,
      state: visitTag(visit),
    })}${
      !over && nowMs >= visit.untilMs
        ? c.warningText('The time of this visit is over. Whatever access was opened for it has ended.')
        : null
    }${c.summaryList({
      rows: [
        { key: 'Engineer', value: visit.engineer },
        { key: 'What for', value: visit.purpose },
        { key: 'Stays with them', value: name(visit.supervisorId) },
        { key: 'Account in Overt', value: accountWords(visit, { administrator, nowMs, name }) },
        { key: 'From', value: moment(visit.fromMs, zone) },
        { key: 'Until, at the latest', value: moment(visit.untilMs, zone) },
        {
          key: 'Known to be genuine',
          value: visit.identity === null ? 'Not looked at yet' : identityWayLabels[visit.identity],
        },
        { key: 'Arrived', value: visit.arrivedMs === null ? 'Not yet' : moment(visit.arrivedMs, zone) },
        { key: 'Left', value: visit.leftMs === null ? 'Not yet' : moment(visit.leftMs, zone) },
        { key: 'Touched', value: visit.touched ?? 'Not said yet' },
      ],
    })}${!mayRecord || over ? null : visit.arrivedMs === null ? arrival(view, visit, mayLetIn) : leaving(view, visit)}`,
  }
}

/** Whether an account is open for the visit: the same that its own page says. */
function accountWords(
  visit: Visit,
  {
    administrator,
    nowMs,
    name,
  }: { readonly administrator: boolean; readonly nowMs: number; name(id: string | null): string },
): Html {
  const over = visit.leftMs !== null || visit.cancelledMs !== null || nowMs >= visit.untilMs
  if (visit.accountId === null)
    return administrator && !over
      ? html`None. ${marks.link(`/accounts/engineer?visit=${visit.id}`, 'Let them in with one')}`
      : html`None`
  const who = name(visit.accountId)
  const state = over
    ? 'shut, for the visit is over'
    : visit.arrivedMs === null
      ? 'opens when you say here that they are genuine'
      : 'open until they have left, at the latest until the end'
  return html`${administrator ? marks.link(`/accounts/${visit.accountId}`, who) : who}: ${state}`
}

const arrival = (view: View, visit: Visit, mayLetIn: boolean): Html =>
  html`${
    mayLetIn
      ? html`${marks.h2('They are here')}${c.form({
          view,
          action: `/visits/${visit.id}/arrive`,
          body: html`${c.radios({
            name: 'identity',
            label: 'How do you know that they are who they say?',
            labelSize: 's',
            hint: 'Do not let anybody in before you know.',
            view,
            choices: identityWays.map((value) => ({ value, text: identityWayLabels[value] })),
          })}${c.button({ text: 'Let them in' })}`,
        })}`
      : null
  }${c.form({
    view,
    action: `/visits/${visit.id}/cancel`,
    body: c.button({ text: 'Call the visit off', kind: 'secondary' }),
  })}`

const leaving = (view: View, visit: Visit): Html =>
  html`${marks.h2('They are leaving')}${c.form({
    view,
    action: `/visits/${visit.id}/leave`,
    body: html`${c.textarea({
      name: 'touched',
      label: 'What did they touch or change?',
      labelSize: 's',
      hint: 'Equipment, settings, passwords. If nothing: say so.',
      view,
      value: '',
      rows: 4,
    })}${c.button({ text: 'They have left' })}`,
  })}`
