/** What is seen of cameras taken over from an older system: what each lacks, and the decision. */
import { civilDay, daysBetween } from '#base/base.ts'
import { transitionRules } from '#policy/policy.ts'
import { components as c, dayWords, type Html, html, marks, moment, type Page, type View } from '#web/web.ts'
import type { Standing } from '../evaluate.ts'
import { base, gateLines, type May } from '../pages/standing-words.ts'
import { placeTitle, roleTitle, ruleOf, typedText } from '../pages/words.ts'
import { hindrance, lacks, lastDays, neverAllowed, spanInForce } from './keep-going.ts'

type Name = (id: string | null | undefined) => string

/** On the deployment's page: may it go on, how long, and what it lacks. Null: it was asked for in the ordinary way. */
export function transitionBox(
  standing: Standing,
  extra: { readonly name: Name; readonly nowMs: number; readonly mayDecide: boolean },
): Html | null {
  const { file, pack } = standing
  const { transition, deployment: d } = file
  if (transition === null || d.ended !== null || file.mandates.some((m) => m.class === 'ordinary'))
    return null
  const { decider, daysMax } = transitionRules(pack)
  const span = spanInForce(standing, extra.nowMs)
  const decision = transition.decision
  const decide = extra.mayDecide
    ? html`<p class="govuk-body">${marks.link(`${base(standing)}/transition`, decision === null ? 'Decide whether it may go on' : 'Decide again, or take it back')}</p>`
    : null
  if (span === null)
    return marks.card({
      state: decision === null ? 'waiting' : 'stopped',
      title: 'Taken over from an older system',
      body: html`<p class="govuk-body">${waitingWords(standing, roleTitle(pack, decider.value))}</p>${decide}`,
    })
  const day = daysBetween(transition.span!.firstDay, civilDay(extra.nowMs, d.timeZone)) + 1
  const of = daysBetween(transition.span!.firstDay, span.untilDay) + 1
  const why = hindrance(standing, extra.nowMs)
  return marks.card({
    state: 'attention',
    title: 'Goes on for now, taken over from an older system',
    body: html`${marks.dayCount({
      day,
      of,
      ends: `Ends on ${dayWords(span.untilDay)}, at the end of the day`,
      warnFromDay: of - lastDays,
    })}<p class="govuk-body">${extra.name(decision!.by)} (${roleTitle(pack, decision!.role)}) allowed it on ${moment(decision!.atMs, d.timeZone)}: “${typedText(decision!.reason)}” ${daysMax.value} days in all is the most.</p>${
      why === null ? null : html`<p class="govuk-body"><strong>It is not recorded now.</strong> ${why}</p>`
    }<p class="govuk-body">When the steps below are done an ordinary authority takes its place. If not, it stops by itself.</p>${decide}`,
  })
}

function waitingWords(standing: Standing, decider: string): string {
  const never = neverAllowed(standing)
  const { transition } = standing.file
  if (never !== null) return `It is not recorded. ${never}`
  if (transition!.decision === null)
    return `It is not recorded by Overt yet. The ${decider} decides whether it may go on while the steps below are done.`
  if (transition!.decision.outcome === 'allowed')
    return `Its time to be taken over ended on ${dayWords(transition!.span!.untilDay)}. It records nothing until every step below is done.`
  return `The ${decider} said no: “${transition!.decision.reason}” It records nothing until every step below is done.`
}

export function transitionPage(
  view: View,
  standing: Standing,
  extra: {
    readonly may: May
    readonly name: Name
    readonly nowMs: number
    readonly mayDecide: boolean
    /** Null: its days are spent. */
    readonly lastDay: string | null
    readonly before: { readonly daysKept: number | null; readonly sign: boolean } | null
  },
): Page {
  const { file, pack } = standing
  const { transition, deployment: d } = file
  const { decider, daysMax } = transitionRules(pack)
  const never = neverAllowed(standing)
  const open = lacks(standing).length
  const rows = gateLines(standing, extra.may).filter((line) => line.state !== 'met')
  return {
    title: 'May this camera go on for now?',
    back: { href: base(standing), text: `${d.reference}: ${file.camera.label}` },
    body: html`${marks.heading({
      title: 'May this camera go on for now?',
      caption: `${d.reference} · ${placeTitle(file)}`,
      lead: `An older system records it today. ${open === 0 ? 'Nothing is open any more.' : `Under the policy ${open === 1 ? 'one step is' : `${open} steps are`} open.`}`,
    })}${c.summaryList({
      rows: [
        { key: 'What it looks at', value: typedText(file.camera.position) },
        { key: 'Reason', value: typedText(d.reason) },
        {
          key: 'Brought in by',
          value: html`${extra.name(transition?.askedBy)}, ${moment(transition!.askedMs, d.timeZone)}`,
        },
        ...(extra.before?.daysKept != null
          ? [
              {
                key: 'Kept until now',
                value: `${extra.before.daysKept} days; Overt keeps ${pack.values.retentionDays.value}`,
              },
            ]
          : []),
        ...(extra.before
          ? [
              {
                key: 'Sign',
                value: extra.before.sign
                  ? 'The file says that one hangs. Its photo is still asked for.'
                  : 'The file names none.',
              },
            ]
          : []),
      ],
    })}${marks.h2('What it lacks')}${marks.gateList(rows)}${ruleOf(pack, decider, `the ${roleTitle(pack, decider.value)} decides`)}${
      never !== null
        ? c.warningText(never)
        : !extra.mayDecide
          ? c.insetText(
              `The ${roleTitle(pack, decider.value)} decides, and never the person who brought the camera in.`,
            )
          : decisionForm(view, standing, extra.lastDay, daysMax.value)
    }`,
  }
}

function decisionForm(view: View, standing: Standing, lastDay: string | null, daysMax: number): Html {
  const allowed = standing.file.transition?.decision?.outcome === 'allowed'
  return html`${marks.h2('Your decision')}${c.form({
    view,
    action: `${base(standing)}/transition`,
    body: html`${c.radios({
      name: 'outcome',
      label: 'May it go on while the steps are done?',
      labelSize: 's',
      view,
      choices: [
        ...(lastDay === null
          ? []
          : [
              {
                value: 'allowed',
                text: 'Yes, until a day',
                reveals: c.dateInput({
                  name: 'untilDay',
                  label: 'Last day',
                  hint: `At most ${daysMax} days in all: ${dayWords(lastDay)} at the latest.`,
                  view,
                  value: lastDay,
                }),
              },
            ]),
        { value: 'refused', text: 'No: it records nothing until every step is done' },
        ...(allowed ? [{ value: 'withdrawn', text: 'Take the earlier yes back: it stops at once' }] : []),
      ],
    })}${c.textarea({
      name: 'reason',
      label: 'Why?',
      labelSize: 's',
      hint: 'It goes into the record.',
      view,
      rows: 3,
      maxlength: 4000,
    })}${c.button({ text: 'Record the decision' })}`,
  })}`
}

export type TransitionLine = {
  readonly id: string
  readonly reference: string
  readonly title: string
  readonly state: 'waiting' | 'attention' | 'stopped'
  readonly words: string
  readonly lacks: readonly string[]
  readonly mayDecide: boolean
  readonly waiting: boolean
}

/** All cameras on their way from an older system, and the decision on many at once. */
export function transitionsPage(
  view: View,
  given: {
    readonly lines: readonly TransitionLine[]
    readonly cut: boolean
    readonly lastDay: string
  },
): Page {
  const decidable = given.lines.filter((line) => line.waiting && line.mayDecide)
  const list = c.table({
    caption: 'Cameras taken over from an older system',
    captionHidden: true,
    columns: [{ text: 'Camera' }, { text: 'State' }, { text: 'What it lacks' }],
    rows: given.lines.map((line) => [
      html`${marks.link(`/deployments/${line.id}`, line.title)}<br><span class="overt-muted">${line.reference}</span>`,
      marks.stateTag(line.state, line.words),
      line.lacks.length === 0 ? 'Nothing' : line.lacks.join(', '),
    ]),
    empty: marks.emptyState({
      title: 'No camera is on its way',
      body: 'Cameras come here when a file with cameras that already run is taken over.',
    }),
  })
  return {
    title: 'Cameras taken over from an older system',
    back: { href: '/deployments', text: 'Cameras asked for' },
    wide: true,
    body: html`${marks.heading({
      title: 'Cameras taken over from an older system',
      lead: 'What each lacks under the policy, and how long it may go on meanwhile. None goes on for more than 90 days in all.',
    })}${list}${given.cut ? marks.small('Only the first 200 are shown.') : null}${
      decidable.length === 0
        ? null
        : html`${marks.h2('Decide several at once')}${c.form({
            view,
            action: '/transitions',
            body: html`${c.checkboxes({
              name: 'deployments',
              label: 'Which may go on?',
              labelSize: 's',
              hint: 'Look at what each lacks first. Those you leave out stay undecided.',
              view,
              small: true,
              choices: decidable.map((line) => ({
                value: line.id,
                text: `${line.title} (${line.reference})`,
                hint: line.lacks.length === 0 ? 'Lacks nothing' : `Lacks: ${line.lacks.join(', ')}`,
              })),
            })}${c.dateInput({
              name: 'untilDay',
              label: 'Last day',
              labelSize: 's',
              hint: `For all of them, ${dayWords(given.lastDay)} at the latest.`,
              view,
              value: given.lastDay,
            })}${c.textarea({
              name: 'reason',
              label: 'Why?',
              labelSize: 's',
              hint: 'It goes into the record of each.',
              view,
              rows: 3,
              maxlength: 4000,
            })}${c.button({ text: 'Let them go on' })}`,
          })}`
    }`,
  }
}
