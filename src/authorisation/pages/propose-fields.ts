/** The fields of asking, step by step: the pages of a proposal and the page that changes one show the same. */
import { civilDay } from '#base/base.ts'
import { type DeploymentType, type Pack, technologies } from '#policy/policy.ts'
import { type Site, siteKindLabels, siteKinds } from '#register/register.ts'
import { components as c, type Html, html, type View } from '#web/web.ts'
import { detailLabels, details } from '../model.ts'
import { offeredDays, type Step } from '../proposal.ts'
import { clauseMark, ruleOf } from './words.ts'

/** What a step's fields begin with: what was typed in the draft. */
export type Typed = Readonly<Record<string, unknown>>
export const words = (typed: Typed, name: string): string => {
  const value = typed[name]
  return value === null || value === undefined ? '' : String(value)
}
export const many = (typed: Typed, name: string): readonly string[] => {
  const value = typed[name]
  return Array.isArray(value) ? value.map(String) : value ? [String(value)] : []
}

export type StepContext = {
  readonly pack: Pack
  readonly type: DeploymentType
  readonly sites: readonly Site[]
  readonly nowMs: number
  /** Continues that deployment: the place stands fast. */
  readonly fixedPlace: boolean
}

export function stepFields(
  step: Exclude<Step, 'kind'>,
  view: View,
  typed: Typed,
  context: StepContext,
): Html {
  if (step === 'place') return placeFields(view, typed, context)
  if (step === 'purpose') return purposeFields(view, typed, context)
  if (step === 'means') return meansFields(view, typed, context)
  return dateFields(view, typed, context)
}

function placeFields(view: View, typed: Typed, { pack, type, sites, fixedPlace }: StepContext): Html {
  const fitting = sites.filter((s) => (s.kind === 'home') === (type.place === 'home'))
  const site = fixedPlace
    ? html`${c.hidden('siteId', words(typed, 'siteId'))}${c.insetText('It stays at the place where it hangs.')}`
    : html`${
        fitting.length > 0
          ? c.select({
              name: 'siteId',
              label: 'Place',
              labelSize: 's',
              view,
              value: words(typed, 'siteId'),
              empty: 'A new place (fill in below)',
              options: fitting.map((s) => ({ value: s.id, text: `${s.name}, ${s.address[0] ?? ''}` })),
            })
          : null
      }${c.fieldGroup(
        fitting.length > 0 ? 'A new place' : 'The place',
        html`${c.input({
          name: 'siteName',
          label: 'Name of the place',
          hint:
            type.place === 'home'
              ? 'As staff call it, without the resident’s name: “Flat 4, Elm House”.'
              : 'As staff call it: “Elm House, ground floor”.',
          view,
          value: words(typed, 'siteName'),
          width: 'two-thirds',
        })}${c.textarea({
          name: 'siteAddress',
          label: 'Address',
          hint: type.place === 'home' ? 'Shown only to people whose work it is.' : 'One line each.',
          view,
          value: words(typed, 'siteAddress'),
          rows: 3,
        })}${
          type.place === 'home'
            ? null
            : c.radios({
                name: 'siteKind',
                label: 'What kind of place is it?',
                labelSize: 's',
                view,
                value: words(typed, 'siteKind'),
                choices: siteKinds
                  .filter((kind) => kind !== 'home')
                  .map((kind) => ({ value: kind, text: siteKindLabels[kind] })),
                small: true,
              })
        }${c.input({
          name: 'siteArea',
          label: 'Area or patch (if your landlord has them)',
          view,
          value: words(typed, 'siteArea'),
          width: 20,
        })}`,
      )}`
  return html`${site}${c.input({
    name: 'cameraLabel',
    label: 'Name for the camera',
    labelSize: 's',
    hint: 'Short, as it will be spoken of: “Hall camera”.',
    view,
    value: words(typed, 'cameraLabel'),
    width: 20,
  })}${c.textarea({
    name: 'cameraPosition',
    label: 'Where will it hang, and what will it look at?',
    labelSize: 's',
    hint: 'Say what must not be in the picture too: other front doors, windows, a neighbour’s garden.',
    view,
    value: words(typed, 'cameraPosition'),
    rows: 3,
  })}${c.input({
    name: 'equipment',
    label: 'Equipment, if known',
    hint: 'Make and model.',
    view,
    value: words(typed, 'equipment'),
    width: 'two-thirds',
  })}${c.checkboxes({
    name: 'technologies',
    label: 'Does it do more than film?',
    labelSize: 's',
    hint: 'Tick what will be used. Leave all empty if it only films.',
    view,
    values: many(typed, 'technologies'),
    small: true,
    choices: technologies.map((t) => {
      const refused = pack.values.technologiesRefused.find((r) => r.code === t.code)
      return {
        value: t.code,
        text: t.label,
        ...(refused
          ? {
              hint: html`Refused ${refused.clause ? clauseMark(pack, refused.clause) : '(the policy does not mention it)'} ${refused.route}`,
            }
          : {}),
      }
    }),
  })}`
}

function purposeFields(view: View, typed: Typed, { pack }: StepContext): Html {
  const { values } = pack
  const bases = values.lawfulBases
  return html`${c.checkboxes({
    name: 'purposes',
    label: 'Purposes',
    labelSize: 's',
    hint: `The list is that of ${pack.name}’s policy.`,
    view,
    values: many(typed, 'purposes'),
    choices: values.purposes.map((p) => ({
      value: p.code,
      text: p.label,
      ...(p.clause ? { hint: html`${clauseMark(pack, p.clause)}` } : {}),
    })),
  })}${c.radios({
    name: 'lawfulBasis',
    label: 'Lawful basis',
    labelSize: 's',
    hint: 'Why the law lets you do this. Your data protection officer can help.',
    view,
    value: words(typed, 'lawfulBasis') || (bases.length === 1 ? bases[0]!.code : ''),
    choices: bases.map((b) => ({ value: b.code, text: b.label, hint: b.law })),
  })}${c.select({
    name: 'incident',
    label: 'Kind of trouble',
    labelSize: 's',
    view,
    value: words(typed, 'incident') || 'none',
    options: [
      ...values.incidents.list.map((i) => ({ value: i.code, text: i.label })),
      ...(values.incidents.open.value ? [{ value: 'other', text: 'Another kind: say which below' }] : []),
      { value: 'none', text: 'None: no trouble has happened' },
    ],
  })}${
    values.incidents.open.value
      ? c.input({
          name: 'incidentOther',
          label: 'Another kind of trouble',
          hint: html`Only where none of the list fits. ${clauseMark(pack, values.incidents.open.clause)}`,
          view,
          value: words(typed, 'incidentOther'),
          width: 'two-thirds',
        })
      : null
  }${c.textarea({
    name: 'aim',
    label: 'What do you want to bring about?',
    labelSize: 's',
    hint: 'The legitimate aim, in a sentence: “No more break-ins at the bin store.”',
    view,
    value: words(typed, 'aim'),
    rows: 2,
    maxlength: 1000,
  })}${c.textarea({
    name: 'need',
    label: 'Why is it pressing?',
    labelSize: 's',
    hint: 'What goes wrong for whom if nothing is done.',
    view,
    value: words(typed, 'need'),
    rows: 3,
    maxlength: 4000,
  })}${c.textarea({
    name: 'reason',
    label: 'Why is a camera needed here?',
    labelSize: 's',
    hint: 'What happened, how often, to whom. Leave names out.',
    view,
    value: words(typed, 'reason'),
    rows: 6,
    maxlength: 4000,
  })}`
}

function meansFields(view: View, typed: Typed, { pack, type }: StepContext): Html {
  const needed = type.noOtherMeansNeeded
  return html`${c.textarea({
    name: 'alternatives',
    label: 'What was tried, or why would it not do?',
    labelSize: 's',
    hint: 'Better light, locks, visits, mediation, diary sheets, a doorbell that the resident owns.',
    view,
    value: words(typed, 'alternatives'),
    rows: 6,
    maxlength: 4000,
  })}${
    needed.value
      ? html`${c.radios({
          name: 'noOtherMeans',
          label: 'Has the resident no other means of capturing this?',
          labelSize: 's',
          view,
          value:
            words(typed, 'noOtherMeans') === 'true'
              ? 'yes'
              : words(typed, 'noOtherMeans') === 'false'
                ? 'no'
                : words(typed, 'noOtherMeans'),
          choices: [
            { value: 'yes', text: 'That is so: they have no other means' },
            { value: 'no', text: 'They have other means' },
          ],
        })}${ruleOf(pack, needed, 'the resident must have no other means')}`
      : null
  }`
}

function dateFields(view: View, typed: Typed, { pack, type, nowMs }: StepContext): Html {
  const today = civilDay(nowMs, pack.values.provider.timeZone)
  const fromDay = words(typed, 'fromDay') || today
  const offered = offeredDays(type, fromDay)
  const max = type.maxDays
  return html`${c.dateInput({
    name: 'fromDay',
    label: 'First day',
    labelSize: 's',
    view,
    value: fromDay,
  })}${c.dateInput({
    name: 'untilDay',
    label: type.permanence === 'temporary' ? 'Last day' : 'Last day, if it has one',
    labelSize: 's',
    hint:
      max.value === null
        ? 'It stops at the end of this day.'
        : `At most ${max.value} days, the first and the last counted. It stops at the end of this day.`,
    view,
    value: words(typed, 'untilDay') || offered.untilDay,
  })}${ruleOf(pack, max, max.value === null ? 'no limit of days' : `${max.value} days`)}${
    type.removalDateNeeded.value
      ? c.dateInput({
          name: 'removalDay',
          label: 'Day it is taken down',
          labelSize: 's',
          hint: 'Left empty: the last day.',
          view,
          value: words(typed, 'removalDay') || null,
        })
      : null
  }${c.dateInput({
    name: 'reviewDay',
    label: 'Day somebody asks whether it is still needed',
    labelSize: 's',
    view,
    value: words(typed, 'reviewDay') || offered.reviewDay,
  })}${c.input({
    name: 'schedule',
    label: 'Hours when it is needed, in words',
    hint: 'Left empty: all day. Overt keeps the words and shows them; it does not switch the camera by them.',
    view,
    value: words(typed, 'schedule'),
    width: 'two-thirds',
  })}${c.radios({
    name: 'detail',
    label: 'How much must a picture show?',
    labelSize: 's',
    hint: 'Choose the least that serves the purpose.',
    view,
    value: words(typed, 'detail'),
    choices: details.map((detail) => ({ value: detail, text: detailLabels[detail] })),
  })}${c.textarea({
    name: 'proportion',
    label: 'Why would fewer hours or less detail not do?',
    labelSize: 's',
    view,
    value: words(typed, 'proportion'),
    rows: 3,
    maxlength: 2000,
  })}`
}
