/** Where people decide: assessment, approval, agreement, stop and withdrawal. */
import { components as c, dayWords, type Html, html, marks, moment, type Page, type View } from '#web/web.ts'
import { locationTable } from '../assess.ts'
import { isStopped, type Standing } from '../evaluate.ts'
import { dpiaThatCounts, factsMark } from '../facts.ts'
import { agreementWayLabels, agreementWays, type Dpia } from '../model.ts'
import { asked } from './asked.ts'
import { gateLines, type May } from './standing-words.ts'
import {
  clauseMark,
  labelOf,
  needRows,
  ownView,
  placeTitle,
  proportionRows,
  roleTitle,
  ruleOf,
  typedText,
  typeOf,
} from './words.ts'

type Name = (id: string | null | undefined) => string
const base = (s: Standing) => `/deployments/${s.file.deployment.id}`
const backTo = (s: Standing) => ({
  href: base(s),
  text: `${s.file.deployment.reference}: ${s.file.camera.label}`,
})

// ---- DPIA ----

export function dpiaPage(
  view: View,
  standing: Standing,
  extra: { may: May; personId: string; name: Name },
): Page {
  const { file, pack } = standing
  const d = file.deployment
  const draft = file.dpias.find((p) => p.submittedMs === null)
  const waiting = file.dpias.find(
    (p) => p.submittedMs !== null && p.decision === null && p.proposalVersion === d.version,
  )
  const counts = dpiaThatCounts(file)
  const returned = file.dpias.find((p) => p.decision?.outcome === 'returned')
  const accepted =
    counts?.decision?.outcome === 'accepted' && counts.proposalVersion === d.version ? counts : null
  const write = extra.may.writeDpia && !waiting && d.ended === null
  const showReturned =
    returned && !waiting && !accepted && file.dpias.find((p) => p.submittedMs !== null)?.id === returned.id
  return {
    title: 'Data protection impact assessment',
    back: backTo(standing),
    body: html`${marks.heading({
      title: 'Data protection impact assessment',
      caption: `${d.reference} · ${placeTitle(file)}`,
      lead: 'What the camera does to people’s privacy, and what is done about it. It comes before the camera.',
      state: waiting
        ? marks.stateTag('waiting', `Version ${waiting.version} waits for the data protection officer`)
        : accepted
          ? marks.stateTag('lawful', `Version ${accepted.version} is accepted`)
          : marks.stateTag('waiting', 'Not written yet'),
    })}${asked(standing)}${ruleOf(pack, pack.values.dpia.needed, 'an assessment before the first picture')}${
      showReturned
        ? c.warningText(
            html`Version ${returned.version} was returned: ${typedText(returned.decision!.reason)}`,
          )
        : null
    }${waiting ? shown(standing, waiting, extra.name) : null}${
      waiting && extra.may.acceptDpia ? answerForm(view, standing, waiting, extra.personId) : null
    }${accepted && !write ? shown(standing, accepted, extra.name) : null}${
      write
        ? html`${accepted ? html`${shown(standing, accepted, extra.name)}${c.details('Write a new version', writeForm(view, standing, draft ?? accepted))}` : writeForm(view, standing, draft ?? counts ?? returned ?? null)}`
        : !waiting && !accepted
          ? marks.paragraph('Somebody who may write it has to begin.')
          : null
    }`,
  }
}

function locations(standing: Standing, dpia: Dpia | null): Html {
  const rows = dpia?.locations ?? locationTable(standing)
  return c.table({
    caption: 'Where, what for and how long (filled in from the register)',
    columns: [
      { text: 'Place and camera' },
      { text: 'Looks at' },
      { text: 'Purposes' },
      { text: 'Kept' },
      { text: 'Sound' },
      { text: 'Signs' },
    ],
    rows: rows.map((r) => [
      placeTitle({ camera: { label: r.camera }, site: { name: r.place } }),
      r.position,
      r.purposes.join('; '),
      `${r.retentionDays} days`,
      r.audio ? 'On' : 'Off',
      String(r.signs),
    ]),
  })
}

function shown(standing: Standing, dpia: Dpia, name: Name): Html {
  const { pack, file } = standing
  return html`${locations(standing, dpia)}${c.summaryList({
    title: `Version ${dpia.version}`,
    rows: [
      ...pack.values.dpia.questions.map((q) => ({
        key: q.ask,
        value: typedText(dpia.answers[q.code] ?? ''),
      })),
      {
        key: 'Written by',
        value: html`${name(dpia.authorId)}, ${moment(dpia.submittedMs ?? dpia.updatedMs, file.deployment.timeZone)}`,
      },
      ...(dpia.decision
        ? [
            {
              key: dpia.decision.outcome === 'accepted' ? 'Accepted by' : 'Returned by',
              value: html`${name(dpia.decision.by)}, ${moment(dpia.decision.atMs, file.deployment.timeZone)}`,
            },
          ]
        : []),
      ...(dpia.reviewDay ? [{ key: 'To be looked at again', value: dayWords(dpia.reviewDay) }] : []),
    ],
  })}`
}

function writeForm(view: View, standing: Standing, from: Dpia | null): Html {
  const { pack } = standing
  const own = ownView(view, `${base(standing)}/dpia`)
  return html`${locations(standing, null)}${c.form({
    view: own,
    action: `${base(standing)}/dpia`,
    body: html`${pack.values.dpia.questions.map(
      (q) =>
        html`${c.textarea({
          name: `answer-${q.code}`,
          label: q.ask,
          labelSize: 's',
          hint: html`${q.help}${q.clause ? html` ${clauseMark(pack, q.clause)}` : null}`,
          view: own,
          value: from?.answers[q.code] ?? '',
          rows: 4,
          maxlength: 8000,
        })}`,
    )}${c.buttonGroup(
      c.button({ text: 'Send to the data protection officer', name: 'do', value: 'submit' }),
      c.button({ text: 'Save and come back later', kind: 'secondary', name: 'do', value: 'save' }),
    )}`,
  })}`
}

function answerForm(view: View, standing: Standing, dpia: Dpia, personId: string): Html {
  if (dpia.authorId === personId)
    return c.insetText('You wrote this assessment, so somebody else must accept it.')
  const own = ownView(view, `${base(standing)}/dpia/answer`)
  return c.form({
    view: own,
    action: `${base(standing)}/dpia/answer`,
    body: html`${c.hidden('dpia', dpia.id)}${c.hidden('mark', factsMark(standing.file))}${c.radios({
      name: 'outcome',
      label: 'Your answer as data protection officer',
      labelSize: 'm',
      view: own,
      choices: [
        { value: 'accepted', text: 'I accept it' },
        { value: 'returned', text: 'I return it: something has to be put right' },
      ],
    })}${c.textarea({
      name: 'reason',
      label: 'Your reasons',
      hint: 'Needed when you return it. Advice can stand here too.',
      view: own,
      rows: 4,
      maxlength: 4000,
    })}${c.button({ text: 'Answer' })}`,
  })
}

// ---- approval ----

export function approvePage(
  view: View,
  standing: Standing,
  extra: { may: May; roles: readonly string[]; name: Name; conflicted: readonly string[] },
): Page {
  const { file, pack } = standing
  const d = file.deployment
  const type = typeOf(pack, d.type)
  const mine = (type?.approvals ?? []).filter((a) => extra.roles.includes(a.role))
  const counts = dpiaThatCounts(file)
  return {
    title: 'Approve this camera?',
    back: backTo(standing),
    body: html`${marks.heading({
      title: 'Approve this camera?',
      caption: `${d.reference} · ${placeTitle(file)}`,
      lead: 'Read what is asked for. Your decision and your reasons are written in the ledger.',
    })}${c.summaryList({
      rows: [
        { key: 'What it looks at', value: typedText(file.camera.position) },
        { key: 'Purposes', value: d.purposes.map((p) => labelOf(pack.values.purposes, p)).join('; ') },
        ...needRows(d),
        { key: 'Reason', value: typedText(d.reason) },
        { key: 'Tried before', value: typedText(d.alternatives) },
        {
          key: 'Days',
          value: `${dayWords(d.fromDay)} to ${d.untilDay ? dayWords(d.untilDay) : 'its review'}`,
        },
        { key: 'Hours', value: d.schedule === '' ? 'All day' : d.schedule },
        ...(extra.conflicted.length === 0
          ? []
          : [
              {
                key: 'Declared conflicts',
                value: `${extra.conflicted.join(', ')}: they neither decide nor look here.`,
              },
            ]),
        ...proportionRows(d),
        { key: 'Asked by', value: extra.name(d.proposedBy) },
        {
          key: 'Assessment',
          value: counts
            ? html`${marks.link(`${base(standing)}/dpia`, `Version ${counts.version}`)}, ${counts.decision ? 'accepted' : 'waits for the data protection officer'}`
            : 'Not written yet',
        },
      ],
    })}${c.details('Every step of this camera', marks.gateList(gateLines(standing, { ...extra.may, propose: false, install: false, writeDpia: false, acceptDpia: false, approve: false })))}${
      mine.length === 0
        ? c.insetText('The policy asks for no approval by a role that you hold.')
        : c.form({
            view,
            action: `${base(standing)}/approve`,
            body: html`${c.hidden('mark', factsMark(file))}${
              mine.length === 1
                ? html`${c.hidden('role', mine[0]!.role)}<p class="govuk-body">You decide as <strong>${roleTitle(pack, mine[0]!.role)}</strong>. ${clauseMark(pack, mine[0]!.clause)}</p>`
                : c.radios({
                    name: 'role',
                    label: 'You decide as',
                    labelSize: 's',
                    view,
                    choices: mine.map((a) => ({
                      value: a.role,
                      text: roleTitle(pack, a.role),
                      hint: html`${clauseMark(pack, a.clause)}`,
                    })),
                  })
            }${c.radios({
              name: 'decision',
              label: 'Your decision',
              labelSize: 'm',
              view,
              choices: [
                { value: 'approve', text: 'I approve this camera' },
                { value: 'refuse', text: 'I refuse it', hint: 'The proposal ends.' },
                { value: 'defer', text: 'Not yet', hint: 'It goes on waiting. Say what for.' },
              ],
            })}${c.textarea({ name: 'reason', label: 'Your reasons', hint: 'Needed unless you approve.', view, rows: 4, maxlength: 4000 })}${c.button({ text: 'Decide' })}`,
          })
    }`,
  }
}

// ---- agreement ----

export function agreementPage(view: View, standing: Standing, extra: { name: Name }): Page {
  const { file, pack } = standing
  const d = file.deployment
  const rule = pack.values.agreement
  const type = typeOf(pack, d.type)
  const at = `${base(standing)}/agreement`
  const standingOne = file.agreement !== null && file.agreement.withdrawn === null ? file.agreement : null
  const record = ownView(view, at)
  const take = ownView(view, `${at}/withdraw`)
  return {
    title: 'The resident’s agreement',
    back: backTo(standing),
    body: html`${marks.heading({
      title: 'The resident’s agreement',
      caption: `${d.reference} · ${placeTitle(file)}`,
      lead: 'It is their home. They can take their agreement back at any time, without giving a reason, and the camera stops at once.',
    })}${type ? ruleOf(pack, type.residentAgreement, 'no camera in a home without the resident’s agreement') : null}${
      standingOne
        ? html`${c.summaryList({
            rows: [
              { key: 'Agreed', value: standingOne.residentName },
              { key: 'How', value: agreementWayLabels[standingOne.how] },
              { key: 'On', value: dayWords(standingOne.day) },
              {
                key: 'Told not to tamper with the camera',
                value: standingOne.toldNotToTamper ? 'Yes' : 'No',
              },
              {
                key: 'Recorded by',
                value: html`${extra.name(standingOne.recordedBy)}, ${moment(standingOne.recordedMs, d.timeZone)}`,
              },
            ],
          })}${
            d.ended === null
              ? html`${marks.h2('The resident takes it back')}${c.form({
                  view: take,
                  action: `${at}/withdraw`,
                  body: html`${c.radios({
                    name: 'how',
                    label: 'How did they say so?',
                    labelSize: 's',
                    view: take,
                    choices: agreementWays.map((way) => ({ value: way, text: agreementWayLabels[way] })),
                  })}${c.button({ text: 'Record it and stop the camera now', kind: 'warning' })}`,
                })}`
              : null
          }`
        : d.ended !== null
          ? marks.paragraph('It was taken back, or never given, and the camera has ended.')
          : html`${c.details('What the resident is told', marks.bullets(rule.wording), true)}${c.form({
              view: record,
              action: at,
              body: html`${c.input({ name: 'residentName', label: 'Who agreed?', labelSize: 's', hint: 'The resident’s name. It is shown only here.', view: record, width: 'two-thirds', autocomplete: 'off' })}${c.radios(
                {
                  name: 'how',
                  label: 'How?',
                  labelSize: 's',
                  view: record,
                  choices: agreementWays.map((way) => ({ value: way, text: agreementWayLabels[way] })),
                },
              )}${c.dateInput({ name: 'day', label: 'On which day?', labelSize: 's', view: record })}${c.checkbox(
                {
                  name: 'toldNotToTamper',
                  label: 'They were told not to move, cover or switch off the camera',
                  view: record,
                },
              )}${rule.toldNotToTamper.silent ? null : html`<p>${clauseMark(pack, rule.toldNotToTamper.clause)}</p>`}${c.button({ text: 'Record their agreement' })}`,
            })}`
    }`,
  }
}

// ---- the end ----

export function endPage(view: View, standing: Standing, extra: { may: May; sees: boolean }): Page {
  const { file, pack } = standing
  const d = file.deployment
  const stop = ownView(view, `${base(standing)}/stop`)
  const take = ownView(view, `${base(standing)}/withdraw`)
  const go = ownView(view, `${base(standing)}/resume`)
  const stopped = isStopped(file)
  const type = typeOf(pack, d.type)
  const rule = type?.endsAtOnce.find((e) => e.what === 'approval-withdrawn')
  return {
    title: 'Stop this camera',
    back: extra.sees ? backTo(standing) : { href: '/', text: 'Home' },
    body: html`${marks.heading({
      title: stopped ? 'This camera is stopped' : 'Stop this camera',
      caption: `${d.reference} · ${file.camera.label}`,
      lead: stopped
        ? 'It records nothing. Somebody who may approve can let it go on.'
        : 'Anybody who is signed in may stop a camera. It stops within seconds.',
    })}${
      d.ended !== null
        ? marks.paragraph('Its authority has ended already.')
        : html`${
            stopped
              ? extra.may.withdraw
                ? c.form({
                    view: go,
                    action: `${base(standing)}/resume`,
                    body: html`${c.textarea({ name: 'reason', label: 'Why may it go on?', labelSize: 's', view: go, rows: 3, maxlength: 1000 })}${c.button({ text: 'Let it go on' })}`,
                  })
                : null
              : c.form({
                  view: stop,
                  action: `${base(standing)}/stop`,
                  body: html`${c.textarea({ name: 'reason', label: 'Why? (you can leave this empty)', labelSize: 's', view: stop, rows: 3, maxlength: 1000 })}${c.button({ text: 'Stop it now', kind: 'warning' })}`,
                })
          }${
            extra.may.withdraw
              ? html`${marks.h2('Withdraw the approval')}${marks.paragraph('This ends its authority for good. To record again, somebody must ask afresh.')}${rule ? html`<p>${clauseMark(pack, rule.clause)}</p>` : null}${c.form(
                  {
                    view: take,
                    action: `${base(standing)}/withdraw`,
                    body: html`${c.textarea({ name: 'withdrawReason', label: 'Why?', labelSize: 's', view: take, rows: 3, maxlength: 4000 })}${c.button({ text: 'Withdraw the approval', kind: 'warning' })}`,
                  },
                )}`
              : null
          }`
    }`,
  }
}
