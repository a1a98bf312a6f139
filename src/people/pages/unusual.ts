/** Unusual use: what a rule noticed, the rule in words, and the answer of somebody else. */
import { z } from 'zod'
import { components, fields, html, marks, moment, type Page, type Route, route, type View } from '#web/web.ts'
import { type PeopleParts, unlessRefused } from '../parts.ts'
import { type Alarm, alarmFor, alarmsFor, answerAlarm, ruleWords, titles, watchesAt } from '../unusual.ts'
import { rules } from '../unusual-rules.ts'

const nothing = { notFound: 'There is nothing here, or it is not yours to look into.' } as const

const stateOf = (alarm: Alarm) =>
  alarm.answeredMs === null
    ? marks.stateTag('attention', 'To be looked into')
    : alarm.unusual
      ? marks.stateTag('stopped', 'Found unusual')
      : marks.stateTag('lawful', 'False alarm')

function listPage(alarms: readonly Alarm[]): Page {
  return {
    title: 'Unusual use',
    body: html`${marks.heading({ title: 'Unusual use', lead: 'Plain rules notice when somebody signs in or looks in a way that is not usual. They stop nobody. Look into it, and say what you found.' })}
${components.table({
  caption: 'What was noticed',
  columns: [{ text: 'Who and what' }, { text: 'When' }, { text: 'State' }],
  rows: alarms.map((alarm) => [
    html`${marks.link(`/unusual-use/${alarm.id}`, `${alarm.person}: ${titles[alarm.rule]}`)}`,
    moment(alarm.noticedMs),
    stateOf(alarm),
  ]),
  empty: html`<p class="govuk-body overt-muted">Nothing unusual was noticed.</p>`,
})}
${components.details('The rules', marks.bullets(Object.values(rules)))}`,
  }
}

function onePage(alarm: Alarm, view: View): Page {
  return {
    title: 'Unusual use',
    back: { href: '/unusual-use', text: 'Unusual use' },
    body: html`${marks.heading({ title: `${alarm.person}: ${titles[alarm.rule]}`, caption: 'Unusual use', state: stateOf(alarm) })}
${components.summaryList({
  rows: [
    { key: 'The rule', value: ruleWords(alarm.rule) },
    { key: 'How often', value: String(alarm.count) },
    { key: 'Noticed', value: moment(alarm.noticedMs) },
    {
      key: 'What they did',
      value: marks.link(`/ledger?about=${alarm.personId}`, 'Everything in the ledger about them'),
    },
    ...(alarm.answeredMs === null
      ? []
      : [
          {
            key: 'Answer',
            value: html`${alarm.answer} <span class="overt-muted">${alarm.answeredBy}, ${moment(alarm.answeredMs)}</span>`,
          },
        ]),
  ],
})}
${
  alarm.answeredMs !== null
    ? null
    : components.form({
        view,
        action: `/unusual-use/${alarm.id}`,
        body: html`${components.radios({
          view,
          name: 'found',
          label: 'What did you find?',
          choices: [
            { value: 'false-alarm', text: 'There is a good reason for it' },
            {
              value: 'unusual',
              text: 'It should not have happened',
              hint: 'Deal with it as your landlord does with misuse. An administrator can close the account at once.',
            },
          ],
        })}${components.textarea({ view, name: 'answer', label: 'Why do you think so?', rows: 3, maxlength: 500 })}${components.button({ text: 'Answer' })}`,
      })
}`,
  }
}

export function unusualRoutes(parts: PeopleParts): readonly Route[] {
  const one = z.object({ id: fields.id('what was noticed') })
  return [
    route({
      method: 'GET',
      path: '/unusual-use',
      permission: 'signed-in',
      ledger: { none: 'shows what rules noticed to those whom the policy names; answers are recorded' },
      api: { summary: 'Unusual use that I look into' },
      async handler({ person }) {
        if (watchesAt(parts, person!).length === 0) return nothing
        const alarms = await alarmsFor(parts, person!)
        return { data: { alarms }, page: () => listPage(alarms) }
      },
    }),
    route({
      method: 'GET',
      path: '/unusual-use/:id',
      permission: 'signed-in',
      ledger: { none: 'shows what a rule noticed to those whom the policy names; answers are recorded' },
      input: one,
      api: { summary: 'One thing that a rule noticed' },
      async handler({ person, input, view }) {
        const alarm = await alarmFor(parts, person!, input.id)
        return alarm === null ? nothing : { data: alarm, page: () => onePage(alarm, view) }
      },
    }),
    route({
      method: 'POST',
      path: '/unusual-use/:id',
      permission: 'signed-in',
      ledger: 'person.unusual-use-answered',
      input: one.extend({
        found: fields.choice('what you found', ['false-alarm', 'unusual']),
        answer: fields.text('why you think so', 500),
      }),
      async form({ person, input, view }) {
        const alarm = await alarmFor(parts, person!, String(input['id']))
        return alarm === null
          ? { title: 'Unusual use', body: marks.heading({ title: nothing.notFound }) }
          : onePage(alarm, view)
      },
      api: { summary: 'Answer unusual use: found and why' },
      async handler({ person, input }) {
        const alarm = await alarmFor(parts, person!, input.id)
        if (alarm === null) return nothing
        const given = { unusual: input.found === 'unusual', answer: input.answer }
        const done = await unlessRefused(parts.sql, (tx) => answerAlarm(parts, tx, alarm, given, person!.id))
        if (!done.ok) return { refusal: done.reasons }
        return { data: null, location: '/unusual-use', flash: 'Your answer is written down' }
      },
    }),
  ]
}
