/** A viewing's own page: the player where there is script, and the same facts as a table everywhere. */
import { caseById } from '#casework/casework.ts'
import type { Pack } from '#policy/policy.ts'
import { type Camera, findCamera, placeWords } from '#register/register.ts'
import {
  components as c,
  type Html,
  html,
  marks,
  moment,
  momentWords,
  type Page,
  type Person,
  spanWords,
  timeWords,
  type View,
} from '#web/web.ts'
import type { FootageDeps } from '../deps.ts'
import { holdsOn } from '../keeping-store.ts'
import { partsOutside } from '../viewing/authority.ts'
import type { ServeParts, ViewingIndex } from '../viewing/serve.ts'
import { indexOf } from '../viewing/serve.ts'
import type { Viewing } from '../viewing-store.ts'
import { spansList } from './spans-list.ts'
import { causeWords, clauseMark, labelOf, stripMarks } from './words.ts'

type Parts = FootageDeps & { readonly serve: ServeParts }

export async function viewingPage(
  parts: Parts,
  person: Person,
  view: View,
  viewing: Viewing,
  options: {
    readonly cameraId: string
    readonly over: boolean
    readonly mayExhibit: boolean
    readonly mayHold: boolean
  },
): Promise<Page> {
  const cameras = (await Promise.all(viewing.cameraIds.map((id) => findCamera(parts.sql, id)))).filter(
    (one) => one !== null,
  )
  const camera = cameras.find((one) => one.id === options.cameraId) ?? cameras[0]!
  const pack = parts.packs.packOf(viewing.provider)
  const found = viewing.caseId === null ? null : await caseById(parts.sql, viewing.caseId)
  const index = viewing.kind === 'live' ? null : await indexOf(parts.serve, viewing, camera.id)
  const held = index === null ? [] : await holdsOn(parts.sql, camera.id, viewing.fromMs, viewing.toMs)
  const title = viewing.kind === 'live' ? 'Live view' : 'Viewing'
  return {
    title: `${title}: ${camera.label}`,
    wide: true,
    islands: options.over ? [] : ['player'],
    back: { href: `/cameras/${camera.id}`, text: camera.label },
    body: html`${marks.heading({
      title,
      caption: placeWords(camera),
      state: options.over
        ? marks.stateTag('stopped', 'This viewing is over')
        : marks.stateTag('lawful', `Open until ${timeWords(viewing.expiresMs, camera.timeZone)}`),
    })}
${cameras.length > 1 ? cameraLinks(viewing, cameras, camera.id) : null}
${options.over ? overWords(viewing) : player(person, viewing, camera, parts.clock.nowMs())}
${index === null ? null : strip(viewing, index, camera, held)}
${!options.over && index !== null && (options.mayExhibit || options.mayHold) ? markForm(viewing, camera, options) : null}
${summary(viewing, camera, pack, found?.reference ?? null, view, options.over)}
${index === null ? null : facts(index, camera, pack)}`,
  }
}

function cameraLinks(viewing: Viewing, cameras: readonly Camera[], shown: string): Html {
  return c.subNavigation(
    'Cameras of this viewing',
    cameras.map((one) => ({
      text: one.label,
      href: `/viewings/${viewing.id}?camera=${one.id}`,
      current: one.id === shown,
    })),
  )
}

function overWords(viewing: Viewing): Html {
  const again = `/viewings/new?camera=${viewing.cameraIds[0]}${viewing.kind === 'live' ? '&live=yes' : `&from=${viewing.fromMs}&to=${viewing.toMs}`}`
  return c.insetText(
    html`No pictures are shown any more. To look again, ${marks.link(again, 'open a new viewing')} and say why.`,
  )
}

/** Everything the island needs stands in data attributes; without script the sentence inside is what is seen. */
function player(person: Person, viewing: Viewing, camera: Camera, nowMs: number): Html {
  return html`<section class="overt-player" data-module="overt-player" aria-label="Player" data-viewing="${viewing.id}" data-kind="${viewing.kind}" data-camera="${camera.id}" data-label="${camera.label}" data-from="${viewing.fromMs}" data-to="${viewing.toMs}" data-left="${viewing.expiresMs - nowMs}" data-zone="${camera.timeZone}" data-viewer="${person.name}"><noscript><div class="overt-player__without">${c.insetText(
    'Playing needs JavaScript. What was recorded is listed below, and the form to mark a span works without it.',
  )}</div></noscript></section>
${marks.small('Your name stands over the picture so that a photograph of the screen tells who took it. That discourages; it cannot prevent.')}`
}

function strip(
  viewing: Viewing,
  index: ViewingIndex,
  camera: Camera,
  held: readonly { fromMs: number; toMs: number }[],
): Html {
  const kept = index.reels.filter((reel) => reel.state === 'kept')
  const keptMs = kept.reduce((sum, reel) => sum + (reel.toMs - reel.fromMs), 0)
  const words = `${momentWords(viewing.fromMs, camera.timeZone, true)} to ${momentWords(viewing.toMs, camera.timeZone, true)}: ${spanWords(keptMs)} recorded, ${index.gaps.length === 0 ? 'no gap told' : index.gaps.length === 1 ? 'one gap' : `${index.gaps.length} gaps`}. `
  return marks.timelineStrip({
    fromMs: viewing.fromMs,
    toMs: viewing.toMs,
    spans: [
      ...index.reels.map(({ fromMs, toMs, state }) => ({
        fromMs,
        toMs,
        kind:
          state === 'kept'
            ? ('kept' as const)
            : state === 'refused'
              ? ('refused' as const)
              : state === 'deleted'
                ? ('deleted' as const)
                : ('gap' as const),
      })),
      ...held.map(({ fromMs, toMs }) => ({
        fromMs: Math.max(fromMs, viewing.fromMs),
        toMs: Math.min(toMs, viewing.toMs),
        kind: 'held' as const,
      })),
      ...index.gaps.map(({ fromMs, toMs }) => ({
        fromMs: Math.max(fromMs, viewing.fromMs),
        toMs: Math.min(toMs ?? viewing.toMs, viewing.toMs),
        kind: 'gap' as const,
      })),
    ],
    marks: stripMarks(viewing.fromMs, viewing.toMs, camera.timeZone),
    words,
    data: { viewing: viewing.id },
  })
}

/** Works as typed times without script; the player fills them when a span is marked. */
function markForm(viewing: Viewing, camera: Camera, may: { mayExhibit: boolean; mayHold: boolean }): Html {
  const action = may.mayExhibit ? '/exhibits/new' : '/holds/new'
  return html`${marks.h2('Keep a span as evidence', 'mark')}
<form method="get" action="${action}" class="overt-mark-span" data-module="overt-mark">
${c.hidden('viewing', viewing.id)}${c.hidden('camera', camera.id)}${c.hidden('from', viewing.fromMs)}${c.hidden('to', viewing.toMs)}
<p class="govuk-body" data-mark-words aria-live="polite">Marked: the whole viewing. In the player, press Mark start where it begins and Mark end where it ends.</p>
<div class="govuk-button-group">${may.mayExhibit ? c.button({ text: 'Make an exhibit of it' }) : c.button({ text: 'Hold it' })}${
    may.mayExhibit && may.mayHold
      ? html`<button type="submit" class="govuk-button govuk-button--secondary" formaction="/holds/new">Only hold it</button>`
      : null
  }</div></form>`
}

function summary(
  viewing: Viewing,
  camera: Camera,
  pack: Pack,
  caseReference: string | null,
  view: View,
  over: boolean,
): Html {
  return html`${marks.h2('What you said')}
${c.summaryList({
  rows: [
    { key: 'Looking for', value: labelOf(pack.values.viewing.purposes, viewing.purpose) },
    { key: 'Reason', value: viewing.reason },
    { key: 'Case', value: caseReference ?? 'None: this policy asks for none' },
    { key: 'Opened', value: moment(viewing.openedMs, camera.timeZone) },
    {
      key: over ? 'Over since' : 'Open until',
      value: moment(viewing.endedMs ?? viewing.expiresMs, camera.timeZone),
    },
  ],
})}
${over ? null : c.form({ view, action: `/viewings/${viewing.id}/end`, body: c.button({ text: 'End this viewing', kind: 'secondary' }) })}`
}

const stateWords = {
  kept: 'Recorded',
  deleted: 'Deleted',
  refused: 'Recorded without authority; nobody may see it',
  missing: 'The recorder no longer has it',
} as const

const nothing = (cause: string): string => `Nothing recorded. ${causeWords[cause] ?? cause}`

/** The same as the strip, as a table for whoever can't see it. */
function facts(index: ViewingIndex, camera: Camera, pack: Pack): Html {
  const { fromMs: spanFromMs, toMs: spanToMs } = index.viewing
  const told = [
    ...index.reels.map((reel) => ({
      fromMs: reel.fromMs,
      toMs: reel.toMs,
      what:
        reel.state === 'deleted' && reel.cause === 'retention'
          ? html`Deleted at the end of its time ${clauseMark(pack, reel.clause)}`
          : reel.state === 'deleted' && reel.cause === 'overrun'
            ? 'Deleted: it was recorded after the authority had ended'
            : reel.state === 'kept' && !reel.reachable
              ? 'Recorded; its recorder can’t be reached now'
              : stateWords[reel.state],
    })),
    ...index.gaps.map((gap) => ({
      fromMs: Math.max(gap.fromMs, spanFromMs),
      toMs: Math.min(gap.toMs ?? spanToMs, spanToMs),
      what: nothing(gap.cause),
    })),
  ]
  // No recorder tells of the time before it had a mandate, or after its last: that is known here.
  const rows = [
    ...told,
    ...partsOutside([...index.authority, ...told], spanFromMs, spanToMs).map((part) => ({
      ...part,
      what: nothing('no-mandate'),
    })),
  ]
  return html`${marks.h2('What there is', 'facts')}${spansList({
    caption: 'Recorded spans and gaps, in order',
    captionHidden: true,
    timeZone: camera.timeZone,
    spans: rows,
    empty:
      'In this span the camera recorded nothing, and no recorder told of a gap. Check the times, or ask who looks after the camera.',
  })}`
}
