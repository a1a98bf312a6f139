/** Permission to look, from a second person: asking for an exception, deciding, opening the viewing, taking it back. */
import { z } from 'zod'
import { addDays, startOfDayMs } from '#base/base.ts'
import { caseById, findCase } from '#casework/casework.ts'
import { type Ask, fields, marks, type Page, type Person, type Route, route, type View } from '#web/web.ts'
import { casesSeenBy } from '../cases-seen.ts'
import type { FootageDeps } from '../deps.ts'
import { findLeave, type Leave, leavesAt, leavesOf } from '../leave-store.ts'
import { answerLeave, askLeave, deciding, takeBackLeave } from '../viewing/leaves.ts'
import { openViewing } from '../viewing/open-viewing.ts'
import { exceptionPage, leavePage, listPage } from './leave-pages.ts'
import { reachable } from './viewing-new.ts'
import { asFieldErrors, signedIn } from './words.ts'

type Parts = FootageDeps

const gone = { notFound: 'There is no such question, or it is not for you.' } as const
const byId = z.object({ id: fields.id('the question') })

const exceptionInput = z.object({
  camera: fields.id('the camera'),
  purpose: fields.code('what it is for'),
  reason: fields.text('why the reason is clear and fits the risk', 2000, 10),
  untilDay: fields.day('the last day'),
  caseReference: fields.optionalText('the case', 40),
})
const answerInput = byId.extend({
  outcome: fields.choice('yes or no', ['agree', 'refuse']),
  reason: fields.text('why', 2000, 3),
})

export function leaveRoutes(parts: Parts): readonly Route[] {
  /** Who asked, and who may decide. */
  async function shown(person: Person, id: string): Promise<{ leave: Leave; role: string | null } | null> {
    const leave = await findLeave(parts.sql, id)
    if (leave === null || parts.packs.find(leave.provider) === null) return null
    const role = await deciding(parts, person, leave)
    return role !== null || leave.personId === person.id ? { leave, role } : null
  }
  const page = async (view: View, person: Person, id: string, nowMs: number): Promise<Page> => {
    const found = await shown(person, id)
    return found === null ? lost : leavePage(parts, view, person, found.leave, found.role, nowMs)
  }
  const again = (ask: Pick<Ask<unknown>, 'person' | 'view' | 'nowMs'>, id: string) =>
    page(ask.view, signedIn(ask.person), id, ask.nowMs)

  return [
    route({
      method: 'GET',
      path: '/leaves',
      permission: 'signed-in',
      ledger: { none: 'a list of one’s own questions, and of those that one decides' },
      api: { summary: 'Permissions to look that you asked for, or that you decide on' },
      async handler({ person, nowMs }) {
        const me = signedIn(person)
        const providers = [...new Set(me.roles.map(({ provider }) => provider))]
        const [mine, all] = await Promise.all([leavesOf(parts.sql, me.id), leavesAt(parts.sql, providers)])
        const roles = await Promise.all(all.map((leave) => deciding(parts, me, leave)))
        const toDecide = all.filter((_, at) => roles[at] !== null)
        return { data: { mine, toDecide }, page: () => listPage(parts, mine, toDecide, nowMs) }
      },
    }),
    route({
      method: 'GET',
      path: '/leaves/new',
      permission: 'signed-in',
      ledger: { none: 'an empty form' },
      input: z.object({ camera: z.string().optional() }),
      async handler({ person, input, view, nowMs }) {
        const camera = await reachable(parts, signedIn(person), input.camera ?? '', false)
        if (camera === null) return { notFound: 'There is no such camera, or you may not look at it.' }
        const shownPage = await exceptionPage(parts, view, signedIn(person), camera, nowMs)
        return { data: {}, page: () => shownPage }
      },
    }),
    route({
      method: 'POST',
      path: '/leaves',
      permission: 'signed-in',
      ledger: 'leave.asked',
      api: { summary: 'Ask for an exception from what footage is never looked at for' },
      input: exceptionInput,
      async form({ person, view, input, nowMs }) {
        const camera = await reachable(parts, signedIn(person), String(input['camera'] ?? ''), false)
        return camera === null ? lost : exceptionPage(parts, view, signedIn(person), camera, nowMs)
      },
      async handler({ person, input, nowMs }) {
        const me = signedIn(person)
        const camera = await reachable(parts, me, input.camera, false)
        if (camera === null) return { notFound: 'There is no such camera, or you may not look at it.' }
        const found =
          input.caseReference === null
            ? null
            : await findCase(parts.sql, casesSeenBy(me, camera.provider), input.caseReference)
        if (input.caseReference !== null && found === null)
          return { refusal: [{ field: 'caseReference', message: 'There is no such case here' }] }
        const asked = await askLeave(parts, me, camera, {
          kind: 'exception',
          viewingKind: 'recorded',
          cameraIds: [camera.id],
          fromMs: null,
          toMs: null,
          purpose: input.purpose,
          reason: input.reason,
          caseId: found?.id ?? null,
          untilMs: startOfDayMs(addDays(input.untilDay, 1), camera.timeZone),
        })
        if (!asked.ok) {
          return {
            refusal: asFieldErrors(asked.reasons, {
              until: 'untilDay',
              reason: 'reason',
              'leave-purpose': 'purpose',
              'leave-nobody': 'purpose',
            }),
            forbidden: true,
            again: (view) => exceptionPage(parts, view, me, camera, nowMs),
          }
        }
        const { id } = asked.value
        return {
          data: { id },
          created: true,
          location: `/leaves/${id}`,
          flash: 'Asked. You will find the answer in your work.',
        }
      },
    }),
    route({
      method: 'GET',
      path: '/leaves/:id',
      permission: 'signed-in',
      ledger: { none: 'a question and its answer; it shows no picture' },
      api: { summary: 'One permission to look' },
      input: byId,
      async handler({ person, input, view, nowMs }) {
        const me = signedIn(person)
        const found = await shown(me, input.id)
        if (found === null) return gone
        const body = await leavePage(parts, view, me, found.leave, found.role, nowMs)
        return { data: found.leave, page: () => body }
      },
    }),
    route({
      method: 'POST',
      path: '/leaves/:id/decide',
      permission: 'signed-in',
      ledger: 'leave.given',
      api: { summary: 'Say yes or no, as the second person' },
      input: answerInput,
      form: (ask) => again(ask, String(ask.input['id'])),
      async handler(ask) {
        const { person, input } = ask
        const me = signedIn(person)
        const found = await shown(me, input.id)
        if (found === null) return gone
        const agreed = input.outcome === 'agree'
        const done = await answerLeave(parts, me, found.leave, { agreed, reason: input.reason })
        if (!done.ok)
          return {
            refusal: done.reasons,
            forbidden: true,
            again: (view) => page(view, me, input.id, ask.nowMs),
          }
        return {
          data: { agreed },
          location: `/leaves/${input.id}`,
          flash: agreed ? 'You agreed.' : 'You did not agree.',
        }
      },
    }),
    route({
      method: 'POST',
      path: '/leaves/:id/open',
      permission: 'signed-in',
      ledger: 'viewing.opened',
      api: { summary: 'Open the viewing that a second person agreed to' },
      input: byId,
      async handler({ person, input, nowMs }) {
        const me = signedIn(person)
        const leave = await findLeave(parts.sql, input.id)
        if (leave === null || leave.personId !== me.id || leave.kind !== 'colleague') return gone
        const found = leave.caseId === null ? null : await caseById(parts.sql, leave.caseId)
        const opened = await openViewing(parts, me, {
          kind: leave.viewingKind,
          cameraIds: leave.cameraIds,
          fromMs: leave.fromMs ?? nowMs,
          toMs: leave.toMs ?? nowMs + 1,
          purpose: leave.purpose,
          reason: leave.reason,
          caseReference: found?.reference ?? '',
          colleague: true,
          leaveId: leave.id,
        })
        if (!opened.ok)
          return {
            refusal: opened.reasons,
            forbidden: true,
            again: (view) => page(view, me, input.id, nowMs),
          }
        const { id } = opened.value
        return { data: { id }, created: true, location: `/viewings/${id}` }
      },
    }),
    route({
      method: 'POST',
      path: '/leaves/:id/end',
      permission: 'signed-in',
      ledger: 'leave.ended',
      api: { summary: 'Take a permission to look back: viewings that stand on it end' },
      input: byId,
      async handler({ person, input, nowMs }) {
        const me = signedIn(person)
        const found = await shown(me, input.id)
        if (found === null) return gone
        const done = await takeBackLeave(parts, me, found.leave)
        if (!done.ok)
          return {
            refusal: done.reasons,
            forbidden: true,
            again: (view) => page(view, me, input.id, nowMs),
          }
        return { data: { ended: true }, location: `/leaves/${input.id}`, flash: 'It is taken back.' }
      },
    }),
  ]
}

const lost: Page = { title: 'Permission to look', body: marks.paragraph(gone.notFound) }
