/** The consultation of those who would pay: one page, from the questions to the result and the charge. */
import { addDays, civilDay } from '#base/base.ts'
import { type Pack, pointValue } from '#policy/policy.ts'
import { components as c, dayWords, type Html, html, marks, moment, type Page, type View } from '#web/web.ts'
import {
  type Consultation,
  type ConsultationAnswer,
  consultationWayLabels,
  consultationWays,
  type Stance,
  stances,
} from '../consultation-store.ts'
import type { Standing } from '../evaluate.ts'
import type { May } from './standing-words.ts'
import { clauseMark, ownView, placeTitle, roleTitle, roleTitles, ruleOf, typedText } from './words.ts'

type Name = (id: string | null | undefined) => string
export type ConsultationExtra = {
  readonly may: May
  readonly nowMs: number
  readonly name: Name
  /** Newest first, as many as a page shows. */
  readonly answers: readonly ConsultationAnswer[]
  /** Of the person's own roles, those that state a result. */
  readonly deciderRoles: readonly string[]
}

const stanceLabels: Readonly<Record<Stance, string>> = {
  for: 'For the camera',
  against: 'Against it',
  comment: 'Neither: a comment',
}
export const pounds = (pence: number): string =>
  `£${(pence / 100).toLocaleString('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
const at = (s: Standing) => `/deployments/${s.file.deployment.id}/consultation`

export function consultationPage(view: View, standing: Standing, extra: ConsultationExtra): Page {
  const { file, pack } = standing
  const { deployment: d, consultation: one } = file
  const gate = standing.gates.find((g) => g.code === 'consultation')
  const run = extra.may.consult && d.ended === null
  const closed = one !== null && civilDay(extra.nowMs, d.timeZone) > one.closesOn
  return {
    title: 'Consultation',
    back: { href: `/deployments/${d.id}`, text: `${d.reference}: ${file.camera.label}` },
    body: html`${marks.heading({
      title: 'Consultation',
      caption: `${d.reference} · ${placeTitle(file)}`,
      lead: 'Whoever would pay for a camera is asked before it goes in.',
      ...(gate ? { state: stateTag(one, gate.state === 'met', closed) } : {}),
    })}${gate ? html`<p class="govuk-body">${clauseMark(pack, gate.clause)}</p>` : c.insetText('The policy asks for no consultation about this kind of camera.')}${
      one === null
        ? gate && run
          ? begin(view, standing, extra, gate.state === 'met')
          : html`${file.newBuild ? newBuildShown(standing, extra.name) : marks.paragraph('None has been opened.')}`
        : html`${shown(standing, one, extra)}${one.result ? resultShown(view, standing, one, extra, run) : null}${
            one.result === null && closed ? resultForm(view, standing, one, extra) : null
          }${answers(view, standing, one, extra, run)}${
            one.result?.outcome === 'no' && run
              ? c.details('Hold a new consultation', openForm(view, standing, extra.nowMs))
              : null
          }`
    }`,
  }
}

/** Where nobody has been asked: the forms, folded away once a new building makes them needless. */
function begin(view: View, standing: Standing, extra: ConsultationExtra, met: boolean): Html {
  const forms = html`${newBuild(view, standing)}${openForm(view, standing, extra.nowMs)}`
  if (!met || standing.file.newBuild === null) return forms
  return html`${newBuildShown(standing, extra.name)}${c.details('Change it, or consult people after all', forms, view.refused !== null)}`
}

function stateTag(one: Consultation | null, met: boolean, closed: boolean): Html {
  if (met) return marks.stateTag('lawful', one ? 'Held, and in favour' : 'Not needed: nobody lives there yet')
  if (one === null) return marks.stateTag('waiting', 'Not held yet')
  if (one.result?.outcome === 'no') return marks.stateTag('stopped', 'It ended against the camera')
  return marks.stateTag('waiting', closed ? 'Waits for its result' : `Open until ${dayWords(one.closesOn)}`)
}

function shown(standing: Standing, one: Consultation, extra: ConsultationExtra): Html {
  const { deployment: d } = standing.file
  const private_ = extra.may.consult || extra.deciderRoles.length > 0
  return c.summaryList({
    rows: [
      { key: 'Who is asked', value: html`${one.households} households<br>${typedText(one.payers)}` },
      {
        key: 'How',
        value: one.ways.map((way) => consultationWayLabels[way]).join(', '),
      },
      { key: 'Days', value: `${dayWords(one.opensOn)} to ${dayWords(one.closesOn)}` },
      { key: 'Cameras asked about', value: String(one.cameras) },
      {
        key: 'Questions',
        value: html`${one.questions.map((q, i) => html`${i > 0 ? html`<br>` : null}${i + 1}. ${q}`)}`,
      },
      { key: 'Cost to run, a year', value: pounds(one.yearlyCostPence) },
      {
        key: 'Who pays',
        value:
          one.chargeBasis === 'service-charge'
            ? `Service charge: ${pounds(one.householdPence)} for each household a year`
            : 'The landlord',
      },
      { key: 'Opened by', value: html`${extra.name(one.openedBy)}, ${moment(one.openedMs, d.timeZone)}` },
      ...(private_ && (one.contacts !== null || one.contactsErasedMs !== null)
        ? [
            {
              key: 'Sent to',
              value:
                one.contacts === null
                  ? html`<span class="overt-muted">Erased on ${moment(one.contactsErasedMs!, d.timeZone)}</span>`
                  : typedText(one.contacts),
            },
          ]
        : []),
    ],
  })
}

const tally = (one: Consultation): Html =>
  html`<p class="govuk-body"><strong>${one.counts.for}</strong> for, <strong>${one.counts.against}</strong> against, <strong>${one.counts.comment}</strong> ${one.counts.comment === 1 ? 'comment' : 'comments'}, of ${one.households} households asked.</p>`

function answers(
  view: View,
  standing: Standing,
  one: Consultation,
  extra: ConsultationExtra,
  run: boolean,
): Html {
  const { deployment: d } = standing.file
  const today = civilDay(extra.nowMs, d.timeZone)
  const own = ownView(view, `${at(standing)}/answers`)
  const sees = extra.may.consult || extra.deciderRoles.length > 0
  const total = one.counts.for + one.counts.against + one.counts.comment
  const begun = today >= one.opensOn
  return html`${marks.h2('Answers', 'answers')}${total === 0 ? marks.paragraph('None is recorded.') : one.result === null ? tally(one) : null}${
    sees && extra.answers.length > 0
      ? c.table({
          caption:
            total > extra.answers.length ? `The newest ${extra.answers.length} answers` : 'Answers recorded',
          columns: [
            { text: 'Answer' },
            { text: 'Came' },
            { text: 'Who' },
            { text: 'Words' },
            ...(run ? [{ text: 'Erase', hidden: true }] : []),
          ],
          rows: extra.answers.map((a) => [
            stanceLabels[a.stance],
            html`${dayWords(a.cameOn)}<br><span class="overt-muted">${consultationWayLabels[a.way]}</span>`,
            a.erasedMs === null ? (a.who ?? '–') : html`<span class="overt-muted">Erased</span>`,
            a.erasedMs === null ? typedText(a.words ?? '–') : html`<span class="overt-muted">Erased</span>`,
            ...(run
              ? [
                  a.erasedMs === null && (a.who !== null || a.words !== null)
                    ? c.form({
                        view: { ...view, refused: null },
                        action: `${at(standing)}/answers/${a.id}/erase`,
                        body: c.button({ text: 'Erase who and words', kind: 'secondary' }),
                      })
                    : '',
                ]
              : []),
          ]),
        })
      : null
  }${
    run && one.result === null && begun
      ? html`${marks.h2('Record an answer')}${c.form({
          view: own,
          action: `${at(standing)}/answers`,
          body: html`${c.radios({
            name: 'stance',
            label: 'The answer',
            labelSize: 's',
            view: own,
            choices: stances.map((stance) => ({ value: stance, text: stanceLabels[stance] })),
            small: true,
          })}${c.dateInput({ name: 'cameOn', label: 'Day on which it came', labelSize: 's', view: own, value: [today, one.closesOn].toSorted()[0]! })}${c.radios(
            {
              name: 'way',
              label: 'How it came',
              labelSize: 's',
              view: own,
              choices: consultationWays.map((way) => ({ value: way, text: consultationWayLabels[way] })),
              small: true,
            },
          )}${c.input({ name: 'who', label: 'Who answered, if they said', hint: 'It can be erased later.', view: own, width: 'two-thirds', autocomplete: 'off' })}${c.textarea(
            { name: 'words', label: 'In their words', view: own, rows: 3, maxlength: 4000 },
          )}${c.button({ text: 'Record this answer' })}`,
        })}`
      : null
  }${run ? otherSteps(view, standing, one) : null}`
}

function otherSteps(view: View, standing: Standing, one: Consultation): Html {
  const plain = { ...view, refused: null }
  return html`${
    one.contacts === null
      ? null
      : c.form({
          view: plain,
          action: `${at(standing)}/contacts/erase`,
          body: c.button({ text: 'Erase whom it was sent to', kind: 'secondary' }),
        })
  }${
    one.result === null
      ? c.form({
          view: plain,
          action: `${at(standing)}/call-off`,
          body: c.button({ text: 'Call this consultation off', kind: 'secondary' }),
        })
      : null
  }`
}

function resultForm(view: View, standing: Standing, one: Consultation, extra: ConsultationExtra): Html {
  const { pack, file } = standing
  const roles = pack.values.consultation.resultBy
  if (extra.deciderRoles.length === 0)
    return c.insetText(`The answers are in. ${roleTitles(pack, roles.value)} states the result.`)
  const own = ownView(view, `${at(standing)}/result`)
  return html`${marks.h2('State the result', 'result')}${tally(one)}${ruleOf(pack, roles, `it is stated by ${roleTitles(pack, roles.value)}`)}${c.form(
    {
      view: own,
      action: `${at(standing)}/result`,
      body: html`${c.hidden('for', one.counts.for)}${c.hidden('against', one.counts.against)}${c.hidden('comment', one.counts.comment)}${
        extra.deciderRoles.length === 1
          ? html`${c.hidden('role', extra.deciderRoles[0]!)}<p class="govuk-body">You decide as <strong>${roleTitle(pack, extra.deciderRoles[0]!)}</strong>.</p>`
          : c.radios({
              name: 'role',
              label: 'You decide as',
              labelSize: 's',
              view: own,
              choices: extra.deciderRoles.map((role) => ({ value: role, text: roleTitle(pack, role) })),
            })
      }${c.radios({
        name: 'outcome',
        label: 'The result',
        labelSize: 's',
        view: own,
        choices: [
          { value: 'go-ahead', text: 'The camera may go ahead' },
          {
            value: 'no',
            text: 'It may not',
            hint: `${file.deployment.reference} waits until another consultation says otherwise.`,
          },
        ],
      })}${c.textarea({ name: 'reason', label: 'Why is this the result?', labelSize: 's', hint: 'Say what was done about answers against it.', view: own, rows: 4, maxlength: 4000 })}${c.button({ text: 'State the result' })}`,
    },
  )}`
}

function resultShown(
  view: View,
  standing: Standing,
  one: Consultation,
  extra: ConsultationExtra,
  run: boolean,
): Html {
  const { deployment: d } = standing.file
  const result = one.result!
  const charged = result.outcome === 'go-ahead' && one.chargeBasis === 'service-charge'
  return html`${marks.card({
    state: result.outcome === 'go-ahead' ? 'lawful' : 'stopped',
    title: result.outcome === 'go-ahead' ? 'The camera may go ahead' : 'The camera may not go ahead',
    body: html`${tally(one)}<p class="govuk-body">“${typedText(result.reason)}”</p><p class="govuk-body">${extra.name(result.by)}, ${roleTitle(standing.pack, result.role)}, ${moment(result.atMs, d.timeZone)}</p>`,
  })}${
    charged && extra.may.consult
      ? html`${marks.h2('The charge')}<p class="govuk-body">${pounds(one.householdPence)} for each of ${one.households} households a year. ${marks.link(`${at(standing)}/charge.csv`, 'Download the line for finance (CSV)')}</p>${
          one.chargeHandedMs === null
            ? run
              ? c.form({
                  view: { ...view, refused: null },
                  action: `${at(standing)}/charge`,
                  body: c.button({ text: 'Finance has it', kind: 'secondary' }),
                })
              : null
            : marks.small(html`Finance has had it since ${moment(one.chargeHandedMs, d.timeZone)}.`)
        }`
      : null
  }`
}

function newBuildShown(standing: Standing, name: Name): Html {
  const { newBuild: given, deployment: d } = standing.file
  if (given === null) return html``
  return c.summaryList({
    title: 'A new building',
    rows: [
      { key: 'Where the design has it', value: typedText(given.design) },
      { key: 'First tenancy', value: dayWords(given.firstTenancyDay) },
      { key: 'Recorded by', value: html`${name(given.recordedBy)}, ${moment(given.recordedMs, d.timeZone)}` },
    ],
  })
}

function newBuild(view: View, standing: Standing): Html | null {
  const { pack, file } = standing
  const exempt = pack.values.consultation.exemptions.find(
    (e) => e.code === 'new-build' && e.types.includes(file.deployment.type),
  )
  if (!exempt) return null
  const own = ownView(view, `${at(standing)}/new-build`)
  return html`${marks.h2('Nobody lives there yet')}<p class="govuk-body">Then there is nobody to ask, if the camera records before the first tenancy begins. ${clauseMark(pack, exempt.clause)}</p>${c.form(
    {
      view: own,
      action: `${at(standing)}/new-build`,
      body: html`${c.textarea({ name: 'design', label: 'Where does the design of the building have this camera?', labelSize: 's', hint: 'Drawing or paragraph of the design.', view: own, value: file.newBuild?.design ?? '', rows: 2 })}${c.dateInput({ name: 'firstTenancyDay', label: 'Day of the first tenancy', labelSize: 's', view: own, value: file.newBuild?.firstTenancyDay ?? null })}${c.button({ text: 'Record it' })}`,
    },
  )}`
}

/** What people are asked about the cost: what of it the service charge carries, as the policy or the landlord says. */
function chargeWords(pack: Pack): {
  readonly question: string | null
  readonly label: string
  readonly hint: string
} {
  if (pack.values.consultation.chargeBasis.value === 'landlord-pays')
    return {
      question: null,
      label: 'What it costs to run, a year',
      hint: 'In pounds. The landlord pays, and people are told so.',
    }
  const share = 'In pounds. Each household’s share is worked out and shown.'
  return pointValue(pack, 'consult.service_charge') === 'maintenance'
    ? {
        question: 'Would you pay for its upkeep in your service charge?',
        label: 'What its upkeep costs, a year',
        hint: `${share} Only upkeep goes into the service charge.`,
      }
    : {
        question: 'Would you pay for it in your service charge?',
        label: 'What it costs to run, a year, upkeep included',
        hint: share,
      }
}

function openForm(view: View, standing: Standing, nowMs: number): Html {
  const { pack, file } = standing
  const rules = pack.values.consultation
  const today = civilDay(nowMs, file.deployment.timeZone)
  const own = ownView(view, `${at(standing)}/open`)
  const charge = chargeWords(pack)
  return html`${marks.h2('Open a consultation', 'open')}${c.form({
    view: own,
    action: `${at(standing)}/open`,
    body: html`${c.textarea({ name: 'payers', label: 'Which addresses would pay?', labelSize: 's', hint: 'Without names: “Flats 1 to 24, Elm House”.', view: own, rows: 2, maxlength: 2000 })}${c.input({ name: 'households', label: 'How many households is that?', view: own, width: 5 })}${c.input({ name: 'cameras', label: 'How many cameras do you ask about?', hint: 'Of this system. The result holds for as many.', view: own, value: '1', width: 5 })}${c.checkboxes(
      {
        name: 'ways',
        label: 'How are they asked?',
        labelSize: 's',
        view: own,
        choices: consultationWays.map((way) => ({ value: way, text: consultationWayLabels[way] })),
        small: true,
      },
    )}${c.dateInput({ name: 'opensOn', label: 'First day', labelSize: 's', view: own, value: today })}${c.dateInput({ name: 'closesOn', label: 'Last day on which people may answer', labelSize: 's', hint: `At least ${rules.daysOpenMin.value} days.`, view: own, value: addDays(today, rules.daysOpenMin.value - 1) })}${ruleOf(pack, rules.daysOpenMin, `${rules.daysOpenMin.value} days`)}${c.textarea({ name: 'questions', label: 'Questions, one on each line', labelSize: 's', view: own, value: ['Do you want CCTV here?', charge.question].filter(Boolean).join('\n'), rows: 4 })}${c.input({ name: 'yearlyCost', label: charge.label, labelSize: 's', hint: charge.hint, view: own, width: 10 })}<p class="govuk-body">${rules.chargeBasis.value === 'service-charge' ? 'It is paid from service charges.' : 'The landlord pays.'} ${clauseMark(pack, rules.chargeBasis.clause)}</p>${c.textarea({ name: 'contacts', label: 'Whom it is sent to', hint: 'Names and addresses, if you keep them here. Only those who consult and decide see them, and they can be erased.', view: own, rows: 3, maxlength: 20_000 })}${c.button({ text: 'Open the consultation' })}`,
  })}`
}
