/** The fields of the form that comes before any picture: when, what for and why, whom, and for which case. */
import { addDays, civilDay } from '#base/base.ts'
import { caseKindLabels, caseKinds } from '#casework/casework.ts'
import type { Pack } from '#policy/policy.ts'
import { components as c, type Html, html, marks, until, type View } from '#web/web.ts'
import type { Leave } from '../leave-store.ts'
import { clauseMark, timeOfDay } from './words.ts'

export type Offer = {
  readonly live: boolean
  readonly fromMs: number | null
  readonly toMs: number | null
  readonly nowMs: number
}

export function spanFields(view: View, timeZone: string, offer: Offer): Html {
  const toMs = offer.toMs ?? offer.nowMs
  const fromMs = offer.fromMs ?? toMs - 15 * 60_000
  const sameDay = civilDay(fromMs, timeZone) === civilDay(toMs, timeZone)
  return html`${c.fieldGroup(
    'When',
    html`${c.dateInput({ view, name: 'fromDay', label: 'First day', labelSize: 's', value: civilDay(fromMs, timeZone) })}
${c.input({ view, name: 'fromTime', label: 'From', hint: 'Such as 18:40, or 18:40:15', width: 10, value: timeOfDay(fromMs, timeZone) })}
${c.input({ view, name: 'toTime', label: 'To', width: 10, value: timeOfDay(toMs, timeZone) })}
${c.details(
  'It ends on another day',
  c.dateInput({
    view,
    name: 'toDay',
    label: 'Last day',
    labelSize: 's',
    value: sameDay ? '' : civilDay(toMs, timeZone),
    hint: `Leave it empty for the same day. The longest span is set by the policy; days run to ${addDays(civilDay(offer.nowMs, timeZone), 0)}.`,
  }),
  !sameDay || view.refused?.errors.some((error) => error.field === 'toDay'),
)}`,
  )}`
}

/** Roles in the policy's own words, as "the Service Manager or the Supervisor". */
const titlesOf = (pack: Pack, roles: readonly string[]): string =>
  roles
    .map((role) => pack.values.roles.find(({ code }) => code === role)?.title ?? role)
    .map((title) => `the ${title}`)
    .join(' or ')

export function colleagueFields(view: View, pack: Pack): Html {
  const { colleagueConsent } = pack.values.viewing
  const asks = colleagueConsent.value.length > 0
  return html`${c.radios({
    view,
    name: 'colleague',
    label: 'Is the person you look for a colleague?',
    labelSize: 'm',
    hint: asks
      ? `With a yes, ${titlesOf(pack, colleagueConsent.value)} must agree before you see a picture.`
      : 'The answer is written down with your reason.',
    value: 'no',
    inline: true,
    choices: [
      { value: 'no', text: 'No' },
      { value: 'yes', text: 'Yes' },
    ],
  })}${
    asks && colleagueConsent.silent
      ? marks.silent({ uses: 'the yes of a second person', why: colleagueConsent.why })
      : clauseMark(pack, colleagueConsent.clause)
  }`
}

export function purposeFields(view: View, pack: Pack, cameraId: string, excepted: readonly Leave[]): Html {
  const { viewing } = pack.values
  const exceptions = viewing.forbiddenPurposes.filter((one) => one.exception)
  return html`${c.radios({
    view,
    name: 'purpose',
    label: 'What do you look for?',
    labelSize: 'm',
    choices: [
      ...viewing.purposes.map((purpose) => ({
        value: purpose.code,
        text: purpose.label,
        ...(purpose.clause === null ? {} : { hint: html`${clauseMark(pack, purpose.clause)}` }),
      })),
      ...exceptions.flatMap((purpose) => {
        const leave = excepted.find((one) => one.purpose === purpose.code)
        return leave === undefined
          ? []
          : [
              {
                value: purpose.code,
                text: `${purpose.label} (by way of exception)`,
                hint: html`Allowed until ${until(leave.untilMs)}`,
              },
            ]
      }),
    ],
  })}
${
  viewing.forbiddenPurposes.length > 0
    ? c.details(
        'What it may never be used for',
        marks.bullets(
          viewing.forbiddenPurposes.map(
            (one) =>
              html`${one.label} ${clauseMark(pack, one.clause) ?? one.silent}${
                one.exception
                  ? html` ${marks.link(`/leaves/new?camera=${cameraId}`, 'Ask for an exception')}`
                  : null
              }`,
          ),
        ),
      )
    : null
}
${c.textarea({ view, name: 'reason', label: 'Why do you need to look?', labelSize: 'm', hint: 'What was reported, and what you hope to see. Others can read this later.', rows: 4, maxlength: 2000 })}`
}

export function caseFields(
  view: View,
  pack: Pack,
  cases: readonly { reference: string; title: string }[],
): Html {
  const needed = pack.values.viewing.caseNeeded
  return c.fieldGroup(
    'Which case does it belong to?',
    html`${
      needed.silent && needed.value
        ? marks.silent({ uses: 'a case for every viewing', why: needed.why })
        : clauseMark(pack, needed.clause)
    }
${c.select({
  view,
  name: 'caseReference',
  label: 'Open case',
  empty: cases.length === 0 ? 'There is none yet' : 'Choose a case',
  options: cases.map((one) => ({ value: one.reference, text: `${one.reference}: ${one.title}` })),
})}
${c.details(
  'Open a new case instead',
  html`${c.input({ view, name: 'newCaseTitle', label: 'What is it about?', hint: 'One line without names', maxlength: 200 })}
${c.select({ view, name: 'newCaseKind', label: 'Kind', value: 'antisocial-behaviour', options: caseKinds.map((kind) => ({ value: kind, text: caseKindLabels[kind] })) })}`,
  cases.length === 0 || (view.refused?.values['newCaseTitle'] ?? '') !== '',
)}`,
  )
}
