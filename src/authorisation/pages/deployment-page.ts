import { inSentence } from '#policy/policy.ts'
import { keptDays, signPlaceLabels } from '#register/register.ts'
import {
  components as c,
  dayWords,
  type Html,
  html,
  marks,
  moment,
  momentWords,
  type Page,
  spanWords,
  type View,
} from '#web/web.ts'
import { isStopped, type Standing, somethingHangs } from '../evaluate.ts'
import { causeWords } from '../events.ts'
import { breachesOf } from '../facts.ts'
import { authorityOf, dayOfAuthority } from '../lease.ts'
import type { MandateRow } from '../model.ts'
import { transitionBox } from '../transition/pages.ts'
import { unsureWords } from '../unsure.ts'
import { history } from './history.ts'
import { soundWords } from './sound-page.ts'
import { base, gateLines, type May, stateOf } from './standing-words.ts'
import {
  clauseMark,
  clauseOf,
  labelOf,
  needRows,
  placeTitle,
  proportionRows,
  typedText,
  typeOf,
} from './words.ts'

export function deploymentPage(
  view: View,
  standing: Standing,
  extra: {
    readonly may: May
    readonly nowMs: number
    readonly name: (id: string | null | undefined) => string
    readonly recorderName: string | null
    /** After a restored backup its recorder has yet to say what it holds. */
    readonly unsure: boolean
    /** They may let a camera of an older system go on. */
    readonly mayDecideTransition: boolean
    /** The landlord's own name, which may differ from the policy's. */
    readonly landlord: string
  },
): Page {
  const { file, pack } = standing
  const { deployment: d, camera } = file
  const { state, words } = stateOf(standing, extra.nowMs)
  return {
    title: `${d.reference}: ${camera.label}`,
    back: { href: '/deployments', text: 'Cameras asked for' },
    wide: true,
    body: html`${marks.heading({
      title: placeTitle(standing.file),
      caption: `${d.reference} · ${typeOf(pack, d.type)?.label ?? d.type} · ${extra.landlord}`,
      state: marks.stateTag(state, words),
      lead: leadOf(standing, extra.nowMs),
    })}${marks.columns(
      html`${countdown(standing, extra.nowMs)}${transitionBox(standing, { name: extra.name, nowMs: extra.nowMs, mayDecide: extra.mayDecideTransition })}${extra.unsure && d.ended === null ? marks.card({ state: 'attention', title: 'Waiting for its recorder', body: html`<p class="govuk-body">${unsureWords}</p>` }) : null}${endedBox(standing, extra)}${breachBox(standing, extra.nowMs)}${gatesBox(standing, extra.may)}${silences(standing)}${history(standing, extra.name)}`,
      html`${sideActions(view, standing, extra.may)}${signsBox(view, standing)}${summary(standing, extra)}`,
    )}`,
  }
}

/** Where the landlord's document is silent: what Overt asks for nevertheless, and why. */
function silences({ gates }: Standing): Html | null {
  const silent = gates.filter((g) => g.silent)
  if (silent.length === 0) return null
  return c.details(
    silent.length === 1
      ? 'Where the policy is silent: one step'
      : `Where the policy is silent: ${silent.length} steps`,
    html`${silent.map((g) => marks.silent({ uses: inSentence(g.label), why: g.silence ?? '' }))}`,
  )
}

/** What a running camera has lost, and until when it may be put right. */
function breachBox({ file, pack }: Standing, nowMs: number): Html | null {
  const { deployment: d } = file
  const running = file.mandates.some((m) => m.ended === null && m.class === 'ordinary')
  const found = d.ended === null && running ? breachesOf(file, pack, nowMs) : []
  if (found.length === 0) return null
  return marks.card({
    state: 'attention',
    title: 'To be put right',
    body: html`${found.map(
      (b) =>
        html`<p class="govuk-body">${b.words} ${
          b.endsMs > nowMs
            ? html`If it isn’t put right the camera stops on ${moment(b.endsMs, d.timeZone)}.`
            : 'The camera stops.'
        } ${clauseMark(pack, b.clause)}</p>`,
    )}`,
  })
}

/** Signs with their photos, and the button of whoever sees that one is gone. */
function signsBox(view: View, standing: Standing): Html | null {
  const { file } = standing
  if (file.signs.length === 0) return null
  return marks.card({
    title: 'Signs',
    body: html`${file.signs.map(
      (s) =>
        html`${marks.picture({ src: `${base(standing)}/pictures/${s.photoId}`, alt: `Photo of the sign: ${s.note || signPlaceLabels[s.place]}`, caption: s.note || signPlaceLabels[s.place] })}${
          s.missingMs === null
            ? file.deployment.ended === null
              ? c.form({
                  view: { ...view, refused: null },
                  action: `${base(standing)}/signs/${s.id}/missing`,
                  body: c.button({ text: 'This sign is missing', kind: 'secondary' }),
                })
              : null
            : html`<p class="govuk-body">${marks.stateTag('attention', s.trouble === 'damaged' ? 'Damaged' : 'Missing')} since ${moment(s.missingMs, file.deployment.timeZone)}</p>`
        }${s.sheetId === null ? null : html`<p class="govuk-body">${marks.link(`/signs/${s.sheetId}`, html`More about this sign<span class="govuk-visually-hidden">: ${s.note || signPlaceLabels[s.place]}</span>`)}</p>`}`,
    )}`,
  })
}

/** What is over needs its steps no more; they stay to be read. */
function gatesBox(standing: Standing, may: May): Html {
  const list = marks.gateList(gateLines(standing, may))
  return standing.file.deployment.ended === null
    ? html`${marks.h2('What must be true before it may record')}${list}`
    : c.details('Every step it took', list)
}

function leadOf(standing: Standing, nowMs: number): string {
  const { file, gates } = standing
  const { deployment: d } = file
  if (d.ended)
    return `Its authority ended on ${momentWords(d.ended.atMs, d.timeZone)} because ${causeWords(d.ended.cause)}.`
  if (isStopped(file)) return 'Somebody stopped it. It records nothing until an approver lets it go on.'
  const current = file.mandates.find((m) => m.ended === null && m.class === 'ordinary' && nowMs < m.untilMs)
  if (current) {
    const { untilMs } = authorityOf(d)
    return untilMs === null
      ? 'All steps are done. It may record until its review says otherwise.'
      : `All steps are done. It may record to the end of ${dayWords(d.untilDay!)} and stops then by itself.`
  }
  if (file.mandates.some((m) => m.ended === null && m.class === 'transitional' && nowMs < m.untilMs))
    return 'It was taken over from an older system and goes on for now, while what is missing is done.'
  const open = gates.filter((g) => g.state === 'open')
  if (open.length === 0 && gates.every((g) => g.state === 'met'))
    return `All steps are done. It begins on ${dayWords(d.fromDay)}.`
  const next = open[0]
  return next
    ? `No picture may be taken yet. Next: ${inSentence(next.label)}.`
    : 'No picture may be taken. See below what stands against it.'
}

function countdown(standing: Standing, nowMs: number): Html | null {
  const { file, pack } = standing
  const { deployment: d } = file
  const count = dayOfAuthority(d, nowMs)
  const { untilMs } = authorityOf(d)
  if (count === null || untilMs === null || !file.mandates.some((m) => m.class === 'ordinary')) return null
  if (d.ended !== null && d.ended.cause !== 'expired') return null
  const type = typeOf(pack, d.type)
  const warn = Math.max(0, ...(type?.warnDaysBefore.value ?? []))
  return marks.dayCount({
    day: count.day,
    of: count.of,
    ends: `${nowMs < untilMs ? 'Ends' : 'Ended'} on ${dayWords(d.untilDay!)}, at the end of the day`,
    clause: clauseOf(pack, type?.maxDays.clause ?? null)?.text ?? null,
    warnFromDay: count.of - warn,
  })
}

/** What came to an end, why, and what the recorder still stored before it knew. */
function endedBox(
  standing: Standing,
  extra: { readonly name: (id: string | null | undefined) => string },
): Html | null {
  const { file } = standing
  const { deployment: d } = file
  const last = file.mandates.find((m) => m.class === 'ordinary')
  const stop = isStopped(file) ? file.stop : null
  if (d.ended === null && stop === null && last?.ended == null) return null
  const atMs = d.ended?.atMs ?? stop?.atMs ?? last?.ended?.atMs
  if (atMs === undefined || (d.ended === null && stop === null && last?.ended?.cause === 'replaced'))
    return null
  const who = d.ended?.by ?? stop?.by ?? null
  const why = d.ended?.reason ?? stop?.reason ?? ''
  return marks.card({
    state: 'stopped',
    title: d.ended ? 'It has ended' : stop ? 'It is stopped' : 'Its mandate ended',
    body: html`<p class="govuk-body">${moment(atMs, d.timeZone, true)}, because ${causeWords(
      d.ended?.cause ?? (stop ? 'stopped' : (last?.ended?.cause ?? '')),
    )}${who ? ` (${extra.name(who)})` : ''}.</p>${why ? html`<p class="govuk-body">“${typedText(why)}”</p>` : null}${
      last?.ended ? html`<p class="govuk-body">${overrunWords(last)}</p>` : null
    }${
      somethingHangs(file) && d.ended?.cause !== 'extended'
        ? html`<p class="govuk-body"><strong>The camera still hangs.</strong> ${
            d.ended ? 'It has to be taken down.' : 'Take it down, or have an approver let it go on.'
          }</p>`
        : d.removed
          ? html`<p class="govuk-body">Taken down on ${moment(d.removed.atMs, d.timeZone)} by ${extra.name(d.removed.by)}.</p>`
          : null
    }`,
  })
}

function overrunWords(mandate: MandateRow): string {
  if (mandate.overrunMs === null)
    return 'What the recorder stored after that instant is refused. It has not yet said how much.'
  if (mandate.overrunMs === 0) return 'Nothing was stored after that instant.'
  return `What the recorder stored in the ${spanWords(mandate.overrunMs)} after that instant is refused, and its keys are destroyed.`
}

function sideActions(view: View, standing: Standing, may: May): Html {
  const { file } = standing
  const { deployment: d } = file
  const at = base(standing)
  const recorded = file.mandates.some((m) => m.class === 'ordinary')
  const items: Html[] = []
  if (d.ended === null) {
    items.push(
      file.mandates.some((m) => m.ended === null)
        ? c.button({ text: 'Stop this camera', kind: 'warning', href: `${at}/end` })
        : marks.link(`${at}/end`, isStopped(file) ? 'Let it go on, or end it' : 'Stop or end it'),
    )
    if (may.install) items.push(marks.link(`${at}/install`, 'Record the installation'))
    items.push(marks.link(`${at}/letters`, 'Letters to people there'))
    if (recorded && may.propose)
      items.push(
        html`${c.form({ view: { ...view, refused: null }, action: `${at}/extend`, body: c.button({ text: 'Ask for it to go on', kind: 'secondary' }) })}`,
      )
    if (!recorded && may.propose) items.push(marks.link(`${at}/revise`, 'Change the proposal'))
  } else if (may.install && somethingHangs(file) && d.ended.cause !== 'extended')
    items.push(
      c.form({
        view: { ...view, refused: null },
        action: `${at}/removed`,
        body: c.button({ text: 'It has been taken down' }),
      }),
    )
  if (d.ended !== null && may.propose && d.ended.cause !== 'extended')
    items.push(
      c.form({
        view: { ...view, refused: null },
        action: `${at}/extend`,
        body: c.button({ text: 'Ask for this camera again', kind: 'secondary' }),
      }),
    )
  items.push(marks.link(`/cameras/${d.cameraId}`, 'The camera’s page'))
  return marks.card({
    title: 'What you can do',
    body: html`${items.map((item) => html`<div class="govuk-!-margin-bottom-3">${item}</div>`)}`,
  })
}

function summary(
  standing: Standing,
  extra: {
    readonly name: (id: string | null | undefined) => string
    readonly recorderName: string | null
    readonly may: May
    readonly nowMs: number
  },
): Html {
  const { file, pack } = standing
  const { deployment: d, site, system, camera } = file
  const dpia = file.dpias.find((p) => p.decision?.outcome === 'accepted')
  return c.summaryList({
    title: 'What was asked for',
    rows: [
      {
        key: 'Place',
        value: lines(
          site.address[0]?.includes(site.name) === true ? site.address : [site.name, ...site.address],
        ),
      },
      { key: 'What it looks at', value: typedText(camera.position) },
      {
        key: 'Purposes',
        value: html`${d.purposes.map((code, i) => html`${i > 0 ? html`<br>` : null}${labelOf(pack.values.purposes, code)} ${clauseMark(pack, pack.values.purposes.find((p) => p.code === code)?.clause ?? null)}`)}`,
      },
      {
        key: 'Lawful basis',
        value: html`${labelOf(pack.values.lawfulBases, d.lawfulBasis)}<br><span class="overt-muted">${pack.values.lawfulBases.find((b) => b.code === d.lawfulBasis)?.law ?? ''}</span>`,
      },
      ...(d.incident || d.incidentOther
        ? [
            {
              key: 'Kind of trouble',
              value: d.incidentOther ?? labelOf(pack.values.incidents.list, d.incident),
            },
          ]
        : []),
      ...needRows(d),
      { key: 'Reason', value: typedText(d.reason) },
      { key: 'Tried before', value: typedText(d.alternatives) },
      ...(d.noOtherMeans === null
        ? []
        : [{ key: 'No other means of capture', value: d.noOtherMeans ? 'That is so' : 'No' }]),
      { key: 'Days', value: `${dayWords(d.fromDay)} to ${d.untilDay ? dayWords(d.untilDay) : 'its review'}` },
      ...(d.removalDay ? [{ key: 'Taken down', value: dayWords(d.removalDay) }] : []),
      ...(d.reviewDay ? [{ key: 'Review', value: dayWords(d.reviewDay) }] : []),
      { key: 'Hours', value: d.schedule === '' ? 'All day' : d.schedule },
      ...proportionRows(d),
      {
        key: 'Sound',
        value: html`${marks.link(`${base(standing)}/sound`, soundWords(standing, extra.nowMs))}`,
      },
      {
        key: 'Footage is kept',
        value: html`${keptDays(file.system, pack.values.retentionDays.value)} days ${pack.values.retentionDays.silent ? html`<br><span class="overt-muted">The policy does not say; Overt uses this.</span>` : clauseMark(pack, pack.values.retentionDays.clause)}`,
      },
      ...(file.reference?.attachmentId && extra.may.still
        ? [
            {
              key: 'Reference picture',
              value: html`${marks.link(`${base(standing)}/reference`, 'Look at it')}<br><span class="overt-muted">Each look is written in the ledger.</span>`,
            },
          ]
        : []),
      ...(d.equipment ? [{ key: 'Equipment', value: d.equipment }] : []),
      ...(extra.recorderName ? [{ key: 'Recorder', value: extra.recorderName }] : []),
      { key: 'Answers for it', value: extra.name(system.managerId) },
      { key: 'Asked by', value: html`${extra.name(d.proposedBy)}, ${moment(d.proposedMs, d.timeZone)}` },
      { key: 'Policy', value: `${pack.title} (${pack.reference}) of ${dayWords(d.policyVersion)}` },
      ...(dpia
        ? [
            {
              key: 'DPIA',
              value: html`${marks.link(`${base(standing)}/dpia`, `Version ${dpia.version}`)}, accepted`,
            },
          ]
        : []),
    ],
  })
}

const lines = (all: readonly string[]): Html =>
  html`${all.map((line, i) => html`${i > 0 ? html`<br>` : null}${line}`)}`
