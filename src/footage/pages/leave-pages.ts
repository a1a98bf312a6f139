/** Pages of permission to look: the list, the question for an exception, the question and its answer. */
import { addDays, civilDay } from '#base/base.ts'
import { caseById, findCase, listCases } from '#casework/casework.ts'
import type { Pack } from '#policy/policy.ts'
import { type Camera, findCamera, placeWords } from '#register/register.ts'
import {
  components as c,
  type Html,
  html,
  marks,
  moment,
  type Page,
  type Person,
  until,
  type View,
} from '#web/web.ts'
import { casesSeenBy } from '../cases-seen.ts'
import type { FootageDeps } from '../deps.ts'
import type { Leave } from '../leave-store.ts'
import { decidersOf } from '../viewing/leaves.ts'
import { clauseMark } from './words.ts'

type Parts = FootageDeps

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

export function listPage(
  parts: Parts,
  mine: readonly Leave[],
  toDecide: readonly Leave[],
  nowMs: number,
): Page {
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

export async function exceptionPage(
  parts: Parts,
  view: View,
  person: Person,
  camera: Camera,
  nowMs: number,
): Promise<Page> {
  const pack = parts.packs.packOf(camera.provider)
  const { forbiddenPurposes, exceptions } = pack.values.viewing
  const purposes = forbiddenPurposes.filter((one) => one.exception)
  const cases = (await listCases(parts.sql, casesSeenBy(person, camera.provider), '')).filter(
    (one) => one.closedMs === null,
  )
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

export async function leavePage(
  parts: Parts,
  view: View,
  person: Person,
  leave: Leave,
  role: string | null,
  nowMs: number,
): Promise<Page> {
  const pack = parts.packs.packOf(leave.provider)
  const [names, cameras, found, openToMe] = await Promise.all([
    parts.namesOf([leave.personId, ...(leave.decided === null ? [] : [leave.decided.by])]),
    Promise.all(leave.cameraIds.map((id) => findCamera(parts.sql, id))),
    leave.caseId === null ? null : caseById(parts.sql, leave.caseId),
    leave.caseId === null ? null : findCase(parts.sql, casesSeenBy(person, leave.provider), leave.caseId),
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
    ...(found === null
      ? []
      : [
          {
            key: 'Case',
            value: openToMe === null ? found.reference : marks.link(`/cases/${found.id}`, found.reference),
          },
        ]),
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
  open && (mine || (role !== null && leave.decided?.agreed === true))
    ? c.form({
        view,
        action: `/leaves/${leave.id}/end`,
        body: c.button({
          text: !mine
            ? 'Take it back'
            : leave.decided?.agreed === false
              ? 'I have read the answer'
              : 'I no longer need it',
          kind: 'secondary',
        }),
      })
    : null
}`,
  }
}
