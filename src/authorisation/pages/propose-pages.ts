import { type Pack, technologies } from '#policy/policy.ts'
import type { Site } from '#register/register.ts'
import { components as c, dayWords, type Html, html, marks, type Page, type View } from '#web/web.ts'
import { type Step, stepOrder } from '../proposal.ts'
import type { Draft } from '../store.ts'
import { many, type StepContext, stepFields, words } from './propose-fields.ts'
import { clauseMark, clauseOf, labelOf, labelOfDetail, typedText } from './words.ts'

export const stepTitles: Readonly<Record<Step, string>> = {
  kind: 'What kind of camera?',
  place: 'Where?',
  purpose: 'What for?',
  means: 'What was tried before?',
  dates: 'From when until when?',
}

export const stepPath = (draftId: string, step: Step | 'check'): string =>
  step === 'kind' ? '/deployments/new' : `/deployments/drafts/${draftId}/${step}`

/** The step after this one, `check` at the end; straight back to the check when that is where one came from. */
export const stepAfter = (step: Step): Step | 'check' => stepOrder[stepOrder.indexOf(step) + 1] ?? 'check'
const stepBefore = (step: Step): Step => stepOrder[Math.max(0, stepOrder.indexOf(step) - 1)]!

type Choice = { readonly slug: string; readonly name: string; readonly pack: Pack }

export function kindPage(
  view: View,
  providers: readonly Choice[],
  drafts: readonly { id: string; words: string }[],
): Page {
  const choices = providers.flatMap(({ slug, name, pack }) =>
    pack.values.deploymentTypes.map((type) => ({
      value: `${slug}:${type.code}`,
      text: providers.length > 1 ? `${type.label} (${name})` : type.label,
      hint: html`${
        type.maxDays.value === null ? 'No limit of days in the policy' : `${type.maxDays.value} days at most`
      } · ${
        type.approvals.length === 0
          ? 'no separate approval'
          : `approved by ${type.approvals.map((a) => labelOfRole(pack, a.role)).join(' and ')}`
      } ${clauseMark(pack, type.clause)}`,
    })),
  )
  return {
    title: 'Ask for a camera',
    back: { href: '/deployments', text: 'Cameras asked for' },
    body: html`${marks.heading({
      title: 'Ask for a camera',
      lead: 'Five short pages. What you type is kept, so you can come back later.',
    })}${
      drafts.length > 0
        ? c.insetText(
            html`You have begun already: ${drafts.map(
              (d, i) => html`${i > 0 ? ', ' : ''}${marks.link(stepPath(d.id, 'check'), d.words)}`,
            )}.`,
          )
        : null
    }${c.form({
      view,
      action: '/deployments/new',
      body: html`${c.radios({
        name: 'kind',
        label: stepTitles.kind,
        labelSize: 'm',
        view,
        choices,
      })}${c.button({ text: 'Go on' })}`,
    })}`,
  }
}

const labelOfRole = (pack: Pack, code: string) =>
  pack.values.roles.find((r) => r.code === code)?.title ?? code

export function stepPage(view: View, draft: Draft, step: Exclude<Step, 'kind'>, context: StepContext): Page {
  const number = stepOrder.indexOf(step) + 1
  return {
    title: stepTitles[step],
    back: {
      href: step === 'place' ? '/deployments' : stepPath(draft.id, stepBefore(step)),
      text: step === 'place' ? 'Cameras asked for' : 'Back',
    },
    body: html`${marks.heading({
      title: stepTitles[step],
      caption: `${context.type.label}: page ${number} of ${stepOrder.length}`,
      lead: leads[step],
    })}${c.form({
      view,
      action: stepPath(draft.id, step),
      body: html`${stepFields(step, view, draft.answers, context)}${c.button({ text: 'Save and go on' })}`,
    })}`,
  }
}

const leads: Readonly<Record<Exclude<Step, 'kind'>, string>> = {
  place: 'Say where the camera hangs and what it will look at.',
  purpose: 'Only purposes that the policy names can be chosen. The reason is yours.',
  means: 'A camera comes last, when nothing that intrudes less would do.',
  dates: 'The camera stops by itself at the end of the last day.',
}

/** Everything typed, each line with its way back, and the button that asks. */
export function checkPage(
  view: View,
  draft: Draft,
  context: StepContext,
  site: Site | null,
  missing: readonly Step[],
): Page {
  const { pack, type } = context
  const a = draft.answers
  const change = (step: Step, hidden: string) => [
    { href: `${stepPath(draft.id, step)}`, text: 'Change', hidden },
  ]
  const row = (key: string, value: string | Html, step: Step) => ({
    key,
    value: value === '' ? html`<span class="overt-muted">Not given</span>` : value,
    actions: change(step, key.toLowerCase()),
  })
  const aDay = (name: string) => (words(a, name) === '' ? '' : dayWords(words(a, name)))
  return {
    title: 'Check what you ask for',
    back: { href: stepPath(draft.id, 'dates'), text: 'Back' },
    body: html`${marks.heading({
      title: 'Check what you ask for',
      caption: type.label,
      lead: html`When you ask, the people whose turn it is are told. ${clauseMark(pack, type.clause)}`,
    })}${
      missing.length > 0
        ? c.warningText(
            html`Something is still missing: ${missing.map((step, i) => html`${i > 0 ? ', ' : ''}${marks.link(stepPath(draft.id, step), stepTitles[step])}`)}`,
          )
        : null
    }${c.summaryList({
      rows: [
        row(
          'Place',
          site
            ? `${site.name}, ${site.address.join(', ')}`
            : [words(a, 'siteName'), words(a, 'siteAddress').replaceAll('\n', ', ')]
                .filter(Boolean)
                .join(', '),
          'place',
        ),
        row('Camera', words(a, 'cameraLabel'), 'place'),
        row('What it looks at', typedText(words(a, 'cameraPosition')), 'place'),
        row('Equipment', words(a, 'equipment'), 'place'),
        row(
          'Besides filming',
          many(a, 'technologies')
            .map((t) => labelOf(technologies, t))
            .join('; ') || 'Nothing',
          'place',
        ),
        row(
          'Purposes',
          many(a, 'purposes')
            .map((p) => labelOf(pack.values.purposes, p))
            .join('; '),
          'purpose',
        ),
        row('Lawful basis', labelOf(pack.values.lawfulBases, words(a, 'lawfulBasis')), 'purpose'),
        row(
          'Kind of trouble',
          words(a, 'incident') === 'other'
            ? words(a, 'incidentOther')
            : words(a, 'incident') === ''
              ? 'None'
              : labelOf(pack.values.incidents.list, words(a, 'incident')),
          'purpose',
        ),
        row('Aim', typedText(words(a, 'aim')), 'purpose'),
        row('Why it is pressing', typedText(words(a, 'need')), 'purpose'),
        row('Reason', typedText(words(a, 'reason')), 'purpose'),
        row('Tried before', typedText(words(a, 'alternatives')), 'means'),
        ...(type.noOtherMeansNeeded.value
          ? [
              row(
                'No other means of capture',
                words(a, 'noOtherMeans') === 'true' ? 'That is so' : '',
                'means',
              ),
            ]
          : []),
        row('First day', aDay('fromDay'), 'dates'),
        row('Last day', aDay('untilDay'), 'dates'),
        row('Taken down', aDay('removalDay') || aDay('untilDay'), 'dates'),
        row('Review', aDay('reviewDay'), 'dates'),
        row('Hours', words(a, 'schedule') || 'All day', 'dates'),
        row('A picture must show', labelOfDetail(words(a, 'detail')), 'dates'),
        row('Why no less would do', typedText(words(a, 'proportion')), 'dates'),
      ],
    })}${c.form({
      view,
      action: `/deployments/drafts/${draft.id}/propose`,
      body: c.buttonGroup(c.button({ text: 'Ask for this camera' })),
    })}${c.form({
      view,
      action: `/deployments/drafts/${draft.id}/delete`,
      body: c.button({ text: 'Throw this draft away', kind: 'secondary' }),
    })}`,
  }
}

export const clauseText = (pack: Pack, id: string | null): string => clauseOf(pack, id)?.text ?? ''
