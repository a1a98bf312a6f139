/** Permission to look, from a second person: asking for an exception, deciding, opening the viewing, taking it back. */
import { z } from 'zod'
import { addDays, civilDay, startOfDayMs } from '#base/base.ts'
import { findCase, listCases } from '#casework/casework.ts'
import type { Pack } from '#policy/policy.ts'
import { type Camera, findCamera, placeWords } from '#register/register.ts'
import {
  type Ask,
  components as c,
  fields,
  type Html,
  html,
  marks,
  moment,
  type Page,
  type Person,
  type Route,
  route,
  until,
  type View,
} from '#web/web.ts'
import type { FootageDeps } from '../deps.ts'
import { findLeave, type Leave, leavesAt, leavesOf } from '../leave-store.ts'
import { answerLeave, askLeave, decidersOf, deciding, takeBackLeave } from '../viewing/leaves.ts'
import { openViewing } from '../viewing/open-viewing.ts'
import { reachable } from './viewing-new.ts'
import { asFieldErrors, clauseMark, signedIn } from './words.ts'

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
        const shownPage = await exceptionPage(parts, view, camera, nowMs)
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
        return camera === null ? lost : exceptionPage(parts, view, camera, nowMs)
      },
      async handler({ person, input, nowMs }) {
        const me = signedIn(person)
        const camera = await reachable(parts, me, input.camera, false)
        if (camera === null) return { notFound: 'There is no such camera, or you may not look at it.' }
        const found =
          input.caseReference === null
            ? null
            : await findCase(parts.sql, [camera.provider], input.caseReference)
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
            again: (view) => exceptionPage(parts, view, camera, nowMs),
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
        const found = leave.caseId === null ? null : await findCase(parts.sql, [leave.provider], leave.caseId)
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

/** What it is for, in the policy's words. */
const purposeWords = (pack: Pack, code: string): string =>
  [...pack.values.viewing.purposes, ...pack.values.viewing.forbiddenPurposes].find((one) => one.code === code)
    ?.label ?? code

function stateOf(leave: Leave, nowMs: number): Html {
  if (leave.endedMs !== null) return marks.stateTag('stopped', 'Taken back')
  if (leave.decided !== null && !leave.decided.agreed) return marks.stateTag('stopped', 'Not agreed')
  if (nowMs >= leave.untilMs) return marks.stateTag('stopped', 'Over')
  return leave.decided === null
    ? marks.stateTag('waiting', 'Waits for an answer')
    : marks.stateTag('lawful', 'Agreed')
}

function listPage(parts: Parts, mine: readonly Leave[], toDecide: readonly Leave[], nowMs: number): Page {
  const rows = (leaves: readonly Leave[]) =>
    leaves.map((leave) => [
      marks.link(`/leaves/${leave.id}`, moment(leave.askedMs)),
      leave.kind === 'colleague'
        ? 'Looking for a colleague'
        : purposeWords(parts.packs.packOf(leave.provider), leave.purpose),
      stateOf(leave, nowMs),
    ])
  const columns = [{ text: 'Asked' }, { text: 'What for' }, { text: 'State' }]
  return {
    title: 'Permission to look',
    body: html`${marks.heading({
      title: 'Permission to look',
      lead: 'Some looking needs the yes of a second person first: looking for a colleague, and exceptions.',
    })}${
      toDecide.length === 0 ? null : c.table({ caption: 'For you to decide', columns, rows: rows(toDecide) })
    }${c.table({
      caption: 'Asked by you',
      columns,
      rows: rows(mine),
      empty: marks.emptyState({
        title: 'Nothing asked',
        body: 'When you look for a colleague, the form for looking at footage asks a second person for you.',
      }),
    })}`,
  }
}

async function exceptionPage(parts: Parts, view: View, camera: Camera, nowMs: number): Promise<Page> {
  const pack = parts.packs.packOf(camera.provider)
  const { forbiddenPurposes, exceptions } = pack.values.viewing
  const purposes = forbiddenPurposes.filter((one) => one.exception)
  const cases = (await listCases(parts.sql, [camera.provider], '')).filter((one) => one.closedMs === null)
  const title = 'Ask for an exception'
  const back = { href: `/viewings/new?camera=${camera.id}`, text: 'Look at footage' }
  if (purposes.length === 0)
    return {
      title,
      back,
      body: html`${marks.heading({ title, caption: placeWords(camera) })}${marks.emptyState({
        title: 'There are no exceptions',
        body: 'The policy allows none, so nobody can give one.',
      })}`,
    }
  const last = addDays(civilDay(nowMs, camera.timeZone), exceptions.daysMax.value)
  return {
    title,
    back,
    body: html`${marks.heading({
      title,
      caption: placeWords(camera),
      lead: 'Somebody else decides. It has an end, and every look under it is written down.',
    })}${c.form({
      view,
      action: '/leaves',
      body: html`${c.hidden('camera', camera.id)}
${c.radios({
  view,
  name: 'purpose',
  label: 'What is it for?',
  labelSize: 'm',
  ...(purposes.length === 1 ? { value: purposes[0]!.code } : {}),
  choices: purposes.map((one) => ({
    value: one.code,
    text: one.label,
    ...(one.clause === null ? {} : { hint: html`${clauseMark(pack, one.clause)}` }),
  })),
})}
${c.textarea({ view, name: 'reason', label: 'Why is it clearly needed, and why does it fit the risk?', labelSize: 'm', hint: 'What happened, and what else was tried. Others can read this later.', rows: 5, maxlength: 2000 })}
${c.dateInput({ view, name: 'untilDay', label: 'Last day', labelSize: 'm', hint: `No later than ${last.split('-').reverse().map(Number).join(' ')}` })}
${exceptions.daysMax.silent ? marks.silent({ uses: `${exceptions.daysMax.value} days at most`, why: exceptions.daysMax.why }) : clauseMark(pack, exceptions.daysMax.clause)}
${c.select({
  view,
  name: 'caseReference',
  label: 'Open case',
  empty: cases.length === 0 ? 'There is none yet' : 'Choose a case',
  options: cases.map((one) => ({ value: one.reference, text: `${one.reference}: ${one.title}` })),
})}
${c.button({ text: 'Ask', once: true })}`,
    })}`,
  }
}

async function leavePage(
  parts: Parts,
  view: View,
  person: Person,
  leave: Leave,
  role: string | null,
  nowMs: number,
): Promise<Page> {
  const pack = parts.packs.packOf(leave.provider)
  const [names, cameras, found] = await Promise.all([
    parts.namesOf([leave.personId, ...(leave.decided === null ? [] : [leave.decided.by])]),
    Promise.all(leave.cameraIds.map((id) => findCamera(parts.sql, id))),
    leave.caseId === null ? null : findCase(parts.sql, [leave.provider], leave.caseId),
  ])
  const nameOf = (id: string): string => names.get(id)?.name ?? 'Somebody'
  const { roles, clause } = decidersOf(pack, leave.kind)
  const titles = roles.map((one) => pack.values.roles.find(({ code }) => code === one)?.title ?? one)
  const open = leave.endedMs === null && nowMs < leave.untilMs
  const title = leave.kind === 'colleague' ? 'Looking for a colleague' : 'An exception'
  const mine = leave.personId === person.id
  return {
    title,
    back: { href: '/leaves', text: 'Permission to look' },
    body: html`${marks.heading({
      title,
      state: stateOf(leave, nowMs),
      lead:
        leave.kind === 'colleague'
          ? 'A colleague may be in the picture, so a second person must agree before it is shown.'
          : 'Footage is not looked at for this, unless somebody named allows it for a while.',
    })}
${c.summaryList({
  rows: [
    { key: 'Asked by', value: html`${nameOf(leave.personId)}, ${moment(leave.askedMs)}` },
    {
      key: cameras.length === 1 ? 'Camera' : 'Cameras',
      value: cameras.map((camera) => (camera === null ? 'A camera' : placeWords(camera))).join('; '),
    },
    ...(leave.fromMs === null || leave.toMs === null
      ? leave.kind === 'colleague'
        ? [{ key: 'Pictures', value: 'Live' }]
        : []
      : [
          {
            key: 'Span',
            value: html`${moment(leave.fromMs, 'Europe/London', true)} to ${moment(leave.toMs, 'Europe/London', true)}`,
          },
        ]),
    { key: 'What for', value: purposeWords(pack, leave.purpose) },
    { key: 'Reason', value: leave.reason },
    ...(found === null ? [] : [{ key: 'Case', value: marks.link(`/cases/${found.id}`, found.reference) }]),
    {
      key: 'Decided by',
      value:
        leave.decided === null
          ? html`${titles.join(' or ')} ${clauseMark(pack, clause)}`
          : html`${nameOf(leave.decided.by)}, ${moment(leave.decided.atMs)}`,
    },
    ...(leave.decided === null
      ? []
      : [{ key: leave.decided.agreed ? 'Why yes' : 'Why no', value: leave.decided.reason }]),
    { key: leave.decided?.agreed ? 'Good until' : 'Falls away', value: until(leave.untilMs) },
  ],
})}
${
  role !== null && leave.decided === null && open
    ? c.form({
        view,
        action: `/leaves/${leave.id}/decide`,
        body: html`${c.radios({
          view,
          name: 'outcome',
          label: 'Do you agree?',
          labelSize: 'm',
          choices: [
            { value: 'agree', text: 'Yes, they may look' },
            { value: 'refuse', text: 'No' },
          ],
        })}${c.textarea({ view, name: 'reason', label: 'Why?', hint: 'Others can read this later.', rows: 3, maxlength: 2000 })}${c.button({ text: 'Decide', once: true })}`,
      })
    : null
}${
  mine && leave.kind === 'colleague' && leave.decided?.agreed && open
    ? c.form({
        view,
        action: `/leaves/${leave.id}/open`,
        body: c.button({
          text: leave.viewingKind === 'live' ? 'Open the live view' : 'Open the viewing',
          once: true,
        }),
      })
    : null
}${
  mine && leave.kind === 'exception' && leave.decided?.agreed && open
    ? c.button({ text: 'Look at footage', href: `/viewings/new?camera=${leave.cameraIds[0]!}` })
    : null
}${
  open && leave.decided?.agreed !== false && (mine || role !== null)
    ? c.form({
        view,
        action: `/leaves/${leave.id}/end`,
        body: c.button({ text: mine ? 'I no longer need it' : 'Take it back', kind: 'secondary' }),
      })
    : null
}`,
  }
}
