/** What a camera recorded on a day, and what became of it: times only, never a picture. */
import { z } from 'zod'
import { addDays, civilDay, startOfDayMs } from '#base/base.ts'
import { findCamera, placeWords, reaches, reachOf } from '#register/register.ts'
import {
  components as c,
  clockWords,
  dayWords,
  fields,
  html,
  marks,
  moment,
  type Route,
  route,
  spanWords,
  until,
} from '#web/web.ts'
import type { FootageDeps } from '../deps.ts'
import { earlyEndsOf, holdsOn } from '../keeping-store.ts'
import { gapsIn, reelsIn } from '../store.ts'
import { authorisedTimes } from '../viewing/authority.ts'
import { spansList } from './spans-list.ts'
import { causeWords, clauseMark, signedIn, stripMarks } from './words.ts'

export function timelineRoutes(parts: FootageDeps): readonly Route[] {
  const { sql, keyring } = parts
  return [
    route({
      method: 'GET',
      path: '/cameras/:id/timeline',
      permission: 'footage.timeline',
      ledger: { none: 'times of recordings, gaps and deletions, no picture' },
      api: { summary: 'What a camera recorded on a day, and what became of it' },
      input: z.object({
        id: z.string(),
        day: fields.optionalDay('the day'),
      }),
      async handler({ person, input, nowMs }) {
        const camera = /^[0-9a-f-]{36}$/.test(input.id) ? await findCamera(sql, input.id) : null
        const me = signedIn(person)
        const reach = reachOf(me, 'footage.timeline', parts.packs)
        if (camera === null || !reaches(reach, camera.provider, camera.area, camera)) {
          return { notFound: 'There is no such camera, or you may not see it.' }
        }
        const zone = camera.timeZone
        const today = civilDay(nowMs, zone)
        const day = input.day ?? today
        const fromMs = startOfDayMs(day, zone)
        const toMs = startOfDayMs(addDays(day, 1), zone)
        const [reels, gaps, holds, ends, intervals] = await Promise.all([
          reelsIn(sql, camera.id, fromMs, toMs),
          gapsIn(sql, camera.id, fromMs, toMs),
          holdsOn(sql, camera.id, fromMs, toMs),
          earlyEndsOf(sql, camera.id),
          parts.authority.intervals(camera.id),
        ])
        const times = authorisedTimes(intervals)
        const pack = parts.packs.packOf(camera.provider)
        const lines = reels.map((reel) => {
          const first = Math.max(reel.firstMs ?? reel.openedMs, fromMs)
          const last = Math.min(reel.lastMs ?? nowMs, toMs)
          const gone = keyring.keysAt(reel.head, nowMs) === null
          const lawful = times.some((time) => first < time.toMs && last > time.fromMs)
          const kind = gone ? ('deleted' as const) : lawful ? ('kept' as const) : ('refused' as const)
          return { reel, fromMs: first, toMs: last, kind }
        })
        const kept = lines.filter((line) => line.kind === 'kept')
        const keptMs = kept.reduce((sum, line) => sum + line.toMs - line.fromMs, 0)
        const deleted = lines.filter((line) => line.kind === 'deleted')
        const late = ends.filter((end) => end.endedMs >= fromMs && end.endedMs < toMs)
        const data = {
          camera: camera.id,
          day,
          recorded: lines.map(({ fromMs: from, toMs: to, kind, reel }) => ({
            fromMs: from,
            toMs: to,
            kind,
            clause: reel.deletedClause,
            deletedMs: reel.keysDestroyedMs,
          })),
          gaps,
          overruns: late.map(({ endedMs, overrunMs, settledMs }) => ({ endedMs, overrunMs, settledMs })),
        }
        const words =
          lines.length === 0
            ? 'Nothing was recorded on this day. '
            : deleted.length === lines.length
              ? 'Everything that was recorded on this day is deleted. '
              : `${spanWords(keptMs)} recorded and kept. `
        return {
          data,
          page: () => ({
            title: `${camera.label} on ${dayWords(day)}`,
            wide: true,
            back: { href: `/cameras/${camera.id}`, text: camera.label },
            body: html`${marks.heading({ title: dayWords(day), caption: placeWords(camera), lead: 'What was recorded, and what became of it. No pictures here.' })}
${marks.timelineStrip({
  fromMs,
  toMs,
  spans: [
    ...lines.map(({ fromMs: from, toMs: to, kind }) => ({ fromMs: from, toMs: to, kind })),
    ...holds.map((hold) => ({
      fromMs: Math.max(hold.fromMs, fromMs),
      toMs: Math.min(hold.toMs, toMs),
      kind: 'held' as const,
    })),
    ...gaps.map((gap) => ({
      fromMs: Math.max(gap.fromMs, fromMs),
      toMs: Math.min(gap.toMs ?? nowMs, toMs),
      kind: 'gap' as const,
    })),
  ],
  marks: stripMarks(fromMs, toMs, zone),
  words,
})}
<p class="govuk-body">${marks.link(`/cameras/${camera.id}/timeline?day=${addDays(day, -1)}`, 'The day before')}${day < today ? html` · ${marks.link(`/cameras/${camera.id}/timeline?day=${addDays(day, 1)}`, 'The day after')}` : null}</p>
${late.map((end) =>
  c.insetText(
    html`An authority ended at ${clockWords(end.endedMs, zone)}. ${
      end.settledMs === null
        ? 'What the recorder stored after that is not shown; it is destroyed when the recorder can be reached.'
        : (end.overrunMs ?? 0) === 0
          ? 'Nothing was stored after that.'
          : `The recorder stored ${((end.overrunMs ?? 0) / 1000).toFixed(1)} seconds more before the news arrived. Their keys are destroyed.`
    }`,
  ),
)}
${spansList({
  caption: 'Recorded, in order',
  timeZone: zone,
  empty: 'No recorder told of anything on this day.',
  spans: [
    ...lines.map((line) => ({
      fromMs: line.fromMs,
      toMs: line.toMs,
      what:
        line.kind === 'kept'
          ? html`Kept until ${until(line.reel.goneByMs, zone)}`
          : line.kind === 'refused'
            ? 'Recorded without authority; nobody may see it'
            : line.reel.deletedCause === 'overrun'
              ? 'Deleted: it was recorded after the authority had ended'
              : html`Deleted ${line.reel.keysDestroyedMs === null ? null : moment(line.reel.keysDestroyedMs, zone)} under ${clauseMark(pack, line.reel.deletedClause) ?? 'Overt’s own limit, since the policy does not say'}`,
    })),
    ...gaps.map((gap) => ({
      fromMs: Math.max(gap.fromMs, fromMs),
      toMs: gap.toMs === null ? null : Math.min(gap.toMs, toMs),
      what: `Nothing recorded. ${causeWords[gap.cause] ?? gap.cause}`,
    })),
  ],
})}`,
          }),
        }
      },
    }),
  ]
}
