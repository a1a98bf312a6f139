/** For whoever keeps the records: everybody's training at a glance, one person's records, courses and briefings. */
import { civilDay } from '#base/base.ts'
import { actionLabels, courseWays } from '#policy/policy.ts'
import {
  components as c,
  day,
  type Html,
  html,
  marks,
  moment,
  type Page,
  type Person,
  type View,
} from '#web/web.ts'
import { keeps, type Landlord, type TrainingParts } from '../training-parts.ts'
import { standingNeeds } from '../training-reminders.ts'
import { type Need, type NeedState, worstOf } from '../training-state.ts'
import * as store from '../training-store.ts'
import { needTable } from './my-training.ts'
import {
  kindWords,
  masked,
  needTag,
  rolesWords,
  sourceOf,
  stateTagOf,
  titleOf,
  wayWords,
} from './training-words.ts'

export type Standing = { readonly member: store.Member; readonly needs: readonly Need[] }

const subPages = (landlord: Landlord, at: 'people' | 'courses' | 'briefings'): Html =>
  c.subNavigation('Training', [
    { href: `/training?at=${landlord.slug}`, text: 'People', current: at === 'people' },
    { href: `/training/courses?at=${landlord.slug}`, text: 'Courses', current: at === 'courses' },
    { href: `/training/briefings?at=${landlord.slug}`, text: 'Briefings', current: at === 'briefings' },
  ])

/** Of several landlords, which one is shown. */
const landlordLinks = (kept: readonly Landlord[], landlord: Landlord, path: string): Html | null =>
  kept.length < 2
    ? null
    : html`<p class="govuk-body">${kept
        .filter(({ slug }) => slug !== landlord.slug)
        .map(({ slug, name }) => marks.link(`${path}?at=${slug}`, `Show ${name}`))}</p>`

const wordsOfWorst: Readonly<Record<NeedState, string>> = {
  done: 'All in date',
  due: 'Ends soon',
  missing: 'To do',
  late: 'Late',
  over: 'Has ended',
}

export function overviewPage(kept: readonly Landlord[], landlord: Landlord, all: readonly Standing[]): Page {
  const count = (state: (needs: readonly Need[]) => boolean) => all.filter(({ needs }) => state(needs)).length
  const stopped = count((needs) =>
    needs.some((need) => need.before.length > 0 && ['missing', 'late', 'over'].includes(need.state)),
  )
  const read = all.filter(({ needs }) =>
    needs.some((need) => need.kind === 'policy' && need.state === 'done'),
  )
  const unread = all.filter(({ needs }) =>
    needs.some((need) => need.kind === 'policy' && need.state !== 'done'),
  )
  const done = count((needs) => worstOf(needs) === 'done')
  return {
    title: 'Training',
    body: html`${marks.heading({
      title: 'Training',
      caption: landlord.name,
      lead:
        all.length === 0
          ? 'Nobody has a role here yet.'
          : `${done} of ${all.length} people have all that is asked of them.${stopped > 0 ? ` ${stopped === 1 ? 'One waits' : `${stopped} wait`} with what needs training or a licence first.` : ''}`,
    })}${subPages(landlord, 'people')}${landlordLinks(kept, landlord, '/training')}${
      landlord.pack.values.training.comesFirst.value
        ? null
        : marks.silent({
            uses: 'reminders, and no picture waits for training',
            why: landlord.pack.values.training.comesFirst.why ?? undefined,
          })
    }${c.table({
      caption: 'People',
      columns: [{ text: 'Name' }, { text: 'State' }, { text: 'What is missing or ends' }],
      rows: all.map(({ member, needs }) => {
        const open = needs.filter((need) => need.state !== 'done')
        return [
          html`${marks.link(`/training/people/${member.id}?at=${landlord.slug}`, member.name)}<br><span class="overt-muted">${member.roles.map((role) => titleOf(landlord, role)).join(', ')}</span>`,
          stateTagOf(worstOf(needs), wordsOfWorst[worstOf(needs)]),
          open.length === 0
            ? html`<span class="overt-muted">Nothing</span>`
            : html`<ul class="govuk-list">${open.map(
                (need) =>
                  html`<li>${need.title}${need.day === null ? null : html` <span class="overt-muted">(${need.state === 'missing' ? 'by' : need.state === 'due' ? 'until' : need.state === 'late' ? 'was due' : 'ended'} ${day(need.day)})</span>`}</li>`,
              )}</ul>`,
        ]
      }),
      empty: marks.emptyState({
        title: 'Nobody yet',
        body: 'When somebody gets a role here, they appear with what is asked of them.',
      }),
    })}${marks.h2('Who has read the policy')}${marks.paragraph(
      html`${marks.link(`/policy/${landlord.slug}`, landlord.pack.title)}, the version of ${day(landlord.pack.version)}: ${read.length} of ${all.length} say that they have read it.`,
    )}${
      unread.length === 0
        ? null
        : c.details(
            unread.length === 1 ? 'Who has not' : `The ${unread.length} who have not`,
            marks.bullets(unread.map(({ member }) => member.name)),
          )
    }`,
  }
}

export async function personPage(
  parts: TrainingParts,
  view: View,
  person: Person,
  landlord: Landlord,
  memberId: string,
): Promise<Page | null> {
  const [standing] = await standingNeeds(parts, parts.sql, landlord, memberId)
  if (standing === undefined || !keeps(person, landlord, standing.member)) return null
  const { member, needs } = standing
  const [records, own] = [
    await store.recordsOf(parts.sql, member.id, landlord.slug),
    await store.ownCourses(parts.sql, landlord.slug),
  ]
  const { training, provider } = landlord.pack.values
  const courses = [...training.courses, ...own]
  const titles = new Map([...courses, ...training.licences].map(({ code, title }) => [code, title]))
  const licences = training.licences
  const me = member.id === person.id
  const today = civilDay(parts.clock.nowMs(), provider.timeZone)
  const at = `/training/people/${member.id}`
  return {
    title: member.name,
    back: { href: `/training?at=${landlord.slug}`, text: 'Training' },
    body: html`${marks.heading({
      title: member.name,
      caption: `${landlord.name} · ${member.roles.map((role) => titleOf(landlord, role)).join(', ')}`,
      state: stateTagOf(worstOf(needs), wordsOfWorst[worstOf(needs)]),
    })}${needTable(landlord.pack, needs, 'What is asked of them')}${
      me
        ? c.insetText('These are your own records. Another manager has to change them.')
        : html`${marks.h2('Record a training')}${c.form({
            view,
            files: true,
            action: at,
            body: html`${c.hidden('provider', landlord.slug)}${c.select({
              view,
              name: 'code',
              label: 'Which training?',
              empty: 'Choose a training',
              options: courses.map(({ code, title }) => ({ value: code, text: title })),
            })}${c.dateInput({ view, name: 'doneOn', label: 'Done on', labelSize: 's', value: today })}
${c.input({ view, name: 'givenBy', label: 'Who gave it?', hint: 'A name, or the firm that trains', width: 30, maxlength: 200 })}
${c.fileUpload({ view, name: 'evidence', label: 'Certificate or attendance sheet (optional)', hint: 'PDF, JPEG or PNG, 5 MB at most', accept: 'application/pdf,image/jpeg,image/png' })}
${c.button({ text: 'Record the training', once: true })}`,
          })}${
            licences.length === 0
              ? null
              : html`${marks.h2('Record a licence')}${marks.paragraph(marks.link(`${at}/licence?at=${landlord.slug}`, 'Record or renew a licence'))}`
          }`
    }${recordTable(view, records, titles, me)}`,
  }
}

function recordTable(
  view: View,
  records: readonly store.Record[],
  titles: ReadonlyMap<string, string>,
  me: boolean,
): Html {
  return c.table({
    caption: 'Records',
    columns: [
      { text: 'What' },
      { text: 'Done, and good until' },
      { text: 'Evidence' },
      { text: 'Take back', hidden: true },
    ],
    rows: records.map((record) => [
      html`${titles.get(record.code) ?? record.code}<br><span class="overt-muted">${kindWords[record.kind]}${record.kind === 'licence' ? html` ${masked(record.number)}` : null}${record.givenBy === null ? null : html`, ${record.givenBy}`}</span>`,
      html`${day(record.doneOn)}<br><span class="overt-muted">${
        record.endedMs !== null
          ? html`Taken back ${moment(record.endedMs)}: ${record.endedWhy}`
          : record.lastDay === null
            ? 'Does not run out'
            : html`Until ${day(record.lastDay)}`
      }</span>`,
      record.evidenceId === null
        ? html`<span class="overt-muted">None</span>`
        : marks.link(`/training/records/${record.id}/evidence`, 'Open'),
      record.endedMs !== null || me
        ? html``
        : c.details(
            'Take back',
            c.form({
              view,
              action: `/training/records/${record.id}/end`,
              body: html`${c.input({ name: 'why', id: `why-${record.id}`, label: 'Why?', hint: 'Recorded by mistake, or revoked', maxlength: 500 })}${c.button({ text: 'Take it back', kind: 'warning' })}`,
            }),
          ),
    ]),
    empty: marks.emptyState({ title: 'No record yet', body: 'Record a training when it has been done.' }),
  })
}

export async function licencePage(
  parts: TrainingParts,
  view: View,
  person: Person,
  landlord: Landlord,
  memberId: string,
): Promise<Page | null> {
  const [standing] = await standingNeeds(parts, parts.sql, landlord, memberId)
  if (standing === undefined || !keeps(person, landlord, standing.member)) return null
  const { member, needs } = standing
  const { licences } = landlord.pack.values.training
  const mine = needs.filter((need) => need.kind === 'licence')
  const records = (await store.recordsOf(parts.sql, member.id, landlord.slug)).filter(
    (record) => record.kind === 'licence' && record.endedMs === null,
  )
  const at = `/training/people/${member.id}`
  return {
    title: `Licence of ${member.name}`,
    back: { href: `${at}?at=${landlord.slug}`, text: member.name },
    body: html`${marks.heading({
      title: 'Licence',
      caption: member.name,
      lead: 'Copy what is printed on the card. The number is shown by its last four signs only, and can be forgotten.',
    })}${
      licences.length === 0
        ? marks.emptyState({ title: 'No licence is asked for', body: 'The policy names none.' })
        : html`${c.summaryList({
            rows: mine.map((need) => ({
              key: need.title,
              value: html`${needTag(need)} ${need.day === null ? null : html`${day(need.day)}`} ${need.record === null ? null : masked(need.record.number)} ${sourceOf(landlord.pack, need)}`,
            })),
          })}${
            member.id === person.id
              ? c.insetText('This is your own licence. Another manager has to record it.')
              : c.form({
                  view,
                  files: true,
                  action: `${at}/licence`,
                  body: html`${c.hidden('provider', landlord.slug)}${c.radios({
                    view,
                    name: 'code',
                    label: 'Which licence?',
                    labelSize: 'm',
                    ...(licences.length === 1 ? { value: licences[0]!.code } : {}),
                    choices: licences.map((one) => ({
                      value: one.code,
                      text: one.title,
                      hint: `Activity: ${one.sector}${one.before.length > 0 ? `. Needed to ${one.before.map(({ action }) => actionLabels[action]).join(' and to ')}` : ''}`,
                    })),
                  })}${c.input({ view, name: 'number', label: 'Number', width: 20, maxlength: 60, autocomplete: 'off', spellcheck: false })}
${c.dateInput({ view, name: 'doneOn', label: 'Good from', labelSize: 's' })}
${c.dateInput({ view, name: 'lastDay', label: 'Last day', labelSize: 's', hint: `We say so ${licences[0]!.warnDays.value.join(', ')} days before.` })}
${c.input({ view, name: 'givenBy', label: 'Who issued it?', width: 30, maxlength: 200, value: 'Security Industry Authority' })}
${c.fileUpload({ view, name: 'evidence', label: 'Picture of the card (optional)', hint: 'PDF, JPEG or PNG, 5 MB at most', accept: 'application/pdf,image/jpeg,image/png' })}
${c.button({ text: 'Record the licence', once: true })}`,
                })
          }${records
            .filter((record) => record.number !== null && member.id !== person.id)
            .map((record) =>
              c.form({
                view,
                action: `/training/records/${record.id}/forget-number`,
                body: c.button({
                  text: `Forget the number ${masked(record.number)}`,
                  kind: 'secondary',
                }),
              }),
            )}`
    }`,
  }
}

export async function coursesPage(
  parts: TrainingParts,
  view: View,
  kept: readonly Landlord[],
  landlord: Landlord,
): Promise<Page> {
  const own = await store.ownCourses(parts.sql, landlord.slug)
  const { training, roles } = landlord.pack.values
  const how = (months: number | null) =>
    months === null ? 'Once' : months === 12 ? 'Every year' : `Every ${months} months`
  return {
    title: 'Courses',
    body: html`${marks.heading({
      title: 'Courses and licences',
      caption: landlord.name,
      lead: 'What the policy asks people to learn and hold, and what you ask besides.',
    })}${subPages(landlord, 'courses')}${landlordLinks(kept, landlord, '/training/courses')}${c.table({
      caption: 'Asked by the policy',
      columns: [{ text: 'What' }, { text: 'For' }, { text: 'How often' }],
      rows: [
        ...training.courses.map((one) => [
          html`${one.title} <span class="overt-muted">${wayWords[one.way]}</span> ${sourceOf(landlord.pack, one)}${marks.bullets(one.covers)}`,
          rolesWords(landlord, one.for),
          how(one.months.value),
        ]),
        ...training.licences.map((one) => [
          html`${one.title} <span class="overt-muted">Licence</span> ${sourceOf(landlord.pack, one)}`,
          rolesWords(landlord, one.for),
          'Until its last day',
        ]),
      ],
    })}${c.table({
      caption: 'Your own',
      columns: [{ text: 'What' }, { text: 'For' }, { text: 'How often' }, { text: 'End it', hidden: true }],
      rows: own.map((one) => [
        html`${one.title} <span class="overt-muted">${wayWords[one.way]}</span><br>${one.covers}`,
        rolesWords(landlord, one.roles),
        how(one.months),
        c.form({
          view,
          action: `/training/courses/${one.id}/end`,
          classes: 'overt-inline',
          body: html`${c.hidden('provider', landlord.slug)}<button type="submit" class="overt-head__button">End<span class="govuk-visually-hidden"> ${one.title}</span></button>`,
        }),
      ]),
      empty: html`${marks.h2('Your own')}<p class="govuk-body overt-muted">You have added none.</p>`,
    })}${marks.h2('Add a course of your own')}${c.form({
      view,
      action: '/training/courses',
      body: html`${c.hidden('provider', landlord.slug)}
${c.input({ view, name: 'title', label: 'What is it called?', maxlength: 200 })}
${c.select({ view, name: 'way', label: 'How do people learn it?', value: 'team-session', options: courseWays.map((way) => ({ value: way, text: wayWords[way] })) })}
${c.checkboxes({ view, name: 'roles', label: 'Who needs it?', labelSize: 's', hint: 'Leave all empty for everybody.', small: true, choices: roles.map(({ code, title }) => ({ value: code, text: title })) })}
${c.input({ view, name: 'months', label: 'Months after which it is due again (optional)', hint: 'Leave empty for once', width: 3, maxlength: 3 })}
${c.input({ view, name: 'dueDays', label: 'Days that somebody new has for it', width: 3, maxlength: 3, value: '28' })}
${c.textarea({ view, name: 'covers', label: 'What must it cover?', rows: 3, maxlength: 1000 })}
${c.button({ text: 'Add the course', once: true })}`,
    })}`,
  }
}

export async function briefingsPage(
  parts: TrainingParts,
  view: View,
  kept: readonly Landlord[],
  landlord: Landlord,
): Promise<Page> {
  const all = await store.briefingsAt(parts.sql, landlord.slug)
  const needs = (await standingNeeds(parts, parts.sql, landlord)).flatMap((one) => one.needs)
  return {
    title: 'Briefings',
    body: html`${marks.heading({
      title: 'Briefings',
      caption: landlord.name,
      lead: 'A short note to people in some roles. Each says that they have read it, and who has not is reminded.',
    })}${subPages(landlord, 'briefings')}${landlordLinks(kept, landlord, '/training/briefings')}${c.table({
      caption: 'Given',
      columns: [{ text: 'What' }, { text: 'To' }, { text: 'Read' }],
      rows: all.map((one) => {
        const theirs = needs.filter((need) => need.kind === 'briefing' && need.code === one.id)
        const read = theirs.filter((need) => need.state === 'done').length
        return [
          html`${marks.link(`/briefings/${one.id}`, one.title)}<br><span class="overt-muted">${moment(one.givenMs)}</span>`,
          rolesWords(landlord, one.roles),
          html`${read} of ${theirs.length}<br><span class="overt-muted">By ${day(one.dueOn)}</span>`,
        ]
      }),
      empty: marks.emptyState({ title: 'No briefing yet', body: 'Write the first one below.' }),
    })}${marks.h2('Give a briefing')}${c.form({
      view,
      action: '/training/briefings',
      body: html`${c.hidden('provider', landlord.slug)}
${c.input({ view, name: 'title', label: 'What is it about?', maxlength: 200 })}
${c.textarea({ view, name: 'body', label: 'What should people know?', hint: 'No names or addresses of residents.', rows: 8, maxlength: 8000 })}
${c.checkboxes({ view, name: 'roles', label: 'For whom?', labelSize: 's', hint: 'Leave all empty for everybody.', small: true, choices: landlord.pack.values.roles.map(({ code, title }) => ({ value: code, text: title })) })}
${c.dateInput({ view, name: 'dueOn', label: 'Read by', labelSize: 's' })}
${c.button({ text: 'Give the briefing', once: true })}`,
    })}`,
  }
}
