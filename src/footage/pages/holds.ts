/** Holds: what is held back from deletion, by whom, why and until when; and letting go. */
import { z } from 'zod'
import { addDays, civilDay, startOfDayMs } from '#base/base.ts'
import { caseById } from '#casework/casework.ts'
import { decide, principalAt } from '#policy/policy.ts'
import { type Camera, findCamera, placeWords, reaches, reachOf } from '#register/register.ts'
import {
  type Ask,
  components as c,
  day,
  fields,
  html,
  marks,
  moment,
  type Page,
  type Person,
  type Route,
  route,
  type View,
} from '#web/web.ts'
import type { FootageDeps } from '../deps.ts'
import { findHold, standingHolds } from '../keeping-store.ts'
import type { Hold } from '../model.ts'
import type { Footage } from '../start.ts'
import { authorisedTimes, partsOfSpan } from '../viewing/authority.ts'
import { findViewing } from '../viewing-store.ts'
import { asFieldErrors, clauseMark, signedIn } from './words.ts'

type Parts = FootageDeps & { readonly footage: Footage }

const instant = z.coerce.number().int().positive()
const asked = z.object({
  viewing: fields.id('a viewing'),
  camera: fields.id('a camera').optional(),
  from: instant,
  to: instant,
})
const wanted = asked.extend({
  camera: fields.id('a camera'),
  reason: fields.text('why it must be kept', 2000, 3),
  endsDay: fields.day('the day on which the hold ends'),
})

export function holdRoutes(parts: Parts): readonly Route[] {
  const { sql, footage } = parts
  return [
    route({
      method: 'GET',
      path: '/holds',
      permission: 'footage.hold',
      ledger: { none: 'a list of spans and reasons, no picture' },
      api: { summary: 'Holds that stand' },
      async handler({ person, view }) {
        const reach = reachOf(signedIn(person), 'footage.hold', parts.packs)
        const all = await standingHolds(sql, [...new Set(reach.held.map((held) => held.provider))])
        const seen: { hold: Hold; camera: Camera }[] = []
        for (const hold of all) {
          const camera = await findCamera(sql, hold.cameraId)
          if (camera !== null && reaches(reach, camera.provider, camera.area, camera))
            seen.push({ hold, camera })
        }
        const names = await parts.namesOf(seen.map(({ hold }) => hold.ownerId))
        return { data: seen.map(({ hold }) => hold), page: () => listPage(view, seen, names) }
      },
    }),
    route({
      method: 'GET',
      path: '/holds/new',
      permission: 'footage.hold',
      ledger: { none: 'an empty form' },
      input: asked,
      async handler(ask) {
        const page = await newPage(parts, ask)
        return page === null
          ? { notFound: 'There is no such viewing of yours.' }
          : { data: {}, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/holds',
      permission: 'footage.hold',
      ledger: 'hold.placed',
      api: { summary: 'Hold a span that you looked at' },
      input: wanted,
      form: async (ask) => (await newPage(parts, ask as never)) ?? gone,
      async handler(ask) {
        const { input } = ask
        const me = signedIn(ask.person)
        const viewing = await findViewing(sql, input.viewing, me.id)
        const camera = await findCamera(sql, input.camera)
        if (viewing === null || camera === null || !viewing.cameraIds.includes(camera.id)) {
          return { notFound: 'There is no such viewing of yours.' }
        }
        const again = async (view: View) => (await newPage(parts, { ...ask, view })) ?? gone
        const endsMs = startOfDayMs(addDays(input.endsDay, 1), camera.timeZone)
        const found = viewing.caseId === null ? null : await caseById(sql, viewing.caseId)
        const decision = await mayHold(parts, me, camera, {
          fromMs: input.from,
          toMs: input.to,
          reason: input.reason,
          caseReference: found?.reference ?? '',
          days: Math.ceil((endsMs - ask.nowMs) / 86_400_000),
        })
        if (!decision.allowed) {
          return { refusal: asFieldErrors(decision.reasons, fieldOf), forbidden: true, again }
        }
        const result = await footage.holdSpan({
          cameraId: camera.id,
          fromMs: input.from,
          toMs: input.to,
          provider: camera.provider,
          ownerId: me.id,
          reason: input.reason,
          caseId: viewing.caseId,
          endsMs,
        })
        if (!result.ok) return { refusal: asFieldErrors(result.reasons, fieldOf), again }
        return {
          data: result.value,
          created: true,
          location: '/holds',
          flash: `The span is held until ${input.endsDay}. It will not be deleted before.`,
        }
      },
    }),
    route({
      method: 'POST',
      path: '/holds/:id/release',
      permission: 'footage.hold',
      ledger: 'hold.ended',
      api: { summary: 'Let a hold go: what nothing else keeps is deleted at once' },
      input: z.object({
        id: fields.id('the hold'),
        reason: fields.text('why it is no longer needed', 2000, 3),
      }),
      async handler({ person, input }) {
        const me = signedIn(person)
        const hold = await findHold(sql, input.id)
        const camera = hold === null ? null : await findCamera(sql, hold.cameraId)
        const reach = reachOf(me, 'footage.hold', parts.packs)
        if (hold === null || camera === null || !reaches(reach, camera.provider, camera.area, camera)) {
          return { notFound: 'There is no such hold.' }
        }
        const result = await footage.releaseHold(hold.id, me.id, input.reason)
        if (!result.ok) return { refusal: result.reasons }
        return {
          data: { released: true },
          location: '/holds',
          flash: 'The hold is released and its keys are destroyed.',
        }
      },
    }),
  ]
}

const gone: Page = { title: 'Hold', body: marks.paragraph('This viewing is not there any more.') }
const fieldOf = {
  span: 'from',
  future: 'to',
  ends: 'endsDay',
  'hold-days': 'endsDay',
  'hold-reason': 'reason',
}

/** What the policy says of a hold; also asked by evidence through the face. */
export async function mayHold(
  parts: FootageDeps,
  person: Person,
  camera: Camera,
  asking: { fromMs: number; toMs: number; reason: string; caseReference: string; days: number },
) {
  const times = authorisedTimes(await parts.authority.intervals(camera.id))
  const within = partsOfSpan(times, asking.fromMs, asking.toMs)
  return decide(parts.packs.packOf(camera.provider), {
    principal: principalAt(person, { ...camera, patch: camera.patchId }),
    action: 'footage.hold',
    resource: { type: 'Camera', id: camera.id },
    context: {
      deploymentType:
        (await parts.authority.deploymentType(camera.id, within[0]?.fromMs ?? asking.fromMs)) ?? '',
      reason: asking.reason,
      caseReference: asking.caseReference,
      spanSeconds: Math.ceil((asking.toMs - asking.fromMs) / 1000),
      days: asking.days,
      overrun: within.length === 0,
    },
  })
}

async function newPage(
  parts: Parts,
  ask: Pick<Ask<unknown>, 'person' | 'input' | 'view' | 'nowMs'>,
): Promise<Page | null> {
  const given = asked.safeParse(ask.input)
  if (!given.success) return null
  const { viewing: viewingId, from, to } = given.data
  const viewing = await findViewing(parts.sql, viewingId, signedIn(ask.person).id)
  const camera =
    viewing === null ? null : await findCamera(parts.sql, given.data.camera ?? viewing.cameraIds[0]!)
  if (viewing === null || camera === null) return null
  const { holds } = parts.packs.packOf(camera.provider).values
  const pack = parts.packs.packOf(camera.provider)
  const offered = addDays(civilDay(ask.nowMs, camera.timeZone), Math.min(28, holds.daysMax.value - 1))
  const { view } = ask
  return {
    title: 'Hold footage',
    back: { href: `/viewings/${viewing.id}`, text: 'Viewing' },
    body: html`${marks.heading({
      title: 'Hold footage',
      caption: placeWords(camera),
      lead: 'A hold stops the deletion of exactly this span, until a day that you choose. You answer for it.',
    })}${c.summaryList({
      rows: [
        { key: 'From', value: moment(from, camera.timeZone, true) },
        { key: 'To', value: moment(to, camera.timeZone, true) },
      ],
    })}${
      holds.daysMax.silent
        ? marks.silent({ uses: `${holds.daysMax.value} days at most`, why: holds.daysMax.why })
        : clauseMark(pack, holds.daysMax.clause)
    }${c.form({
      view,
      action: '/holds',
      body: html`${c.hidden('viewing', viewing.id)}${c.hidden('camera', camera.id)}${c.hidden('from', from)}${c.hidden('to', to)}
${c.textarea({ view, name: 'reason', label: 'Why must it be kept?', rows: 4, maxlength: 2000 })}
${c.dateInput({ view, name: 'endsDay', label: 'Last day of the hold', labelSize: 's', value: offered })}
${c.button({ text: 'Hold it', once: true })}`,
    })}`,
  }
}

function listPage(
  view: View,
  seen: readonly { hold: Hold; camera: Camera }[],
  names: ReadonlyMap<string, { readonly name: string }>,
): Page {
  return {
    title: 'Holds',
    body: html`${marks.heading({ title: 'Holds', lead: 'Footage that is kept past its time, by whom, why and until when.' })}
${
  seen.length === 0
    ? marks.emptyState({
        title: 'Nothing is held',
        body: 'To hold a span, open a viewing of it and mark it there.',
      })
    : seen.map(({ hold, camera }) =>
        marks.card({
          title: placeWords(camera),
          body: html`${c.summaryList({
            noBorder: true,
            rows: [
              {
                key: 'Span',
                value: html`${moment(hold.fromMs, camera.timeZone, true)} to ${moment(hold.toMs, camera.timeZone, true)}`,
              },
              { key: 'Held by', value: names.get(hold.ownerId)?.name ?? 'Somebody who has left' },
              { key: 'Why', value: hold.reason },
              { key: 'Until', value: day(civilDay(hold.endsMs - 1, camera.timeZone)) },
            ],
          })}${c.details(
            'Let it go',
            c.form({
              view,
              action: `/holds/${hold.id}/release`,
              body: html`${c.warningText('What nothing else keeps and is past its time is deleted at once. It can’t be brought back.')}${c.textarea({ name: 'reason', id: `reason-${hold.id}`, label: 'Why is it no longer needed?', rows: 2 })}${c.button({ text: 'Let it go', kind: 'warning', once: true })}`,
            }),
          )}`,
        }),
      )
}`,
  }
}
