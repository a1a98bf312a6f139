/**
 * Goal: every component is right for a reader of any kind. Method: one page with all of them, served by the real
 * server, seen by a real Chromium and axe; and GDS's own fixtures through our way of calling their macros.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { manualClock, silentLog } from '#base/base.ts'
import { launchBrowser, type TestBrowser } from '#tests/journeys/browser.ts'
import * as components from './components.ts'
import { fields } from './fields.ts'
import { type Html, html } from './html.ts'
import * as marks from './marks.ts'
import { day, dayWords, moment, momentWords, spanWords, timeWords } from './moments.ts'
import { type Person, route, type View } from './route.ts'
import { createWeb } from './server.ts'

const ben: Person = {
  id: '00000000-0000-7000-8000-000000000001',
  name: 'Bernadette Featherstonehaugh-Cholmondeley',
  username: 'ben',
  roles: [],
  administrator: true,
  via: 'session',
}
const hour = 3_600_000
const noon = Date.UTC(2026, 10, 22, 12)

function everyComponent(view: View): Html {
  const choices = [
    { value: 'asb', text: 'Anti-social behaviour', hint: 'Harassment, noise, damage' },
    {
      value: 'safety',
      text: 'Safety of a resident',
      reveals: components.input({ view, name: 'who', label: 'Who is at risk?' }),
    },
  ]
  return html`
${marks.heading({ title: 'Camera 3, the hallway of Rosehill Court', caption: 'Rosehill Court, Derby', lead: 'This camera records. It may do so until 3 December 2026, and Priya Shah answers for it.', state: marks.stateTag('lawful', 'Lawful and recording') })}
${marks.dayCount({ day: 9, of: 28, ends: 'Ends on 3 December 2026 at midnight', clause: 'Derby Homes 4.2.1' })}
${marks.dayCount({ day: 26, of: 28, warnFromDay: 21, ends: 'Ends in 2 days' })}
${marks.dayCount({ day: 29, of: 28 })}
${marks.dayCount({ day: 100, of: 365 })}
${marks.h2('What is kept')}
${marks.timelineStrip({
  fromMs: noon,
  toMs: noon + 6 * hour,
  words: 'Between midday and 6pm, 5 hours 20 minutes are recorded. 40 minutes are missing.',
  marks: [0, 1, 2, 3, 4, 5, 6].map((n) => ({ atMs: noon + n * hour, text: timeWords(noon + n * hour) })),
  spans: [
    { fromMs: noon, toMs: noon + 2 * hour, kind: 'kept' },
    { fromMs: noon + 2 * hour, toMs: noon + 2.66 * hour, kind: 'gap' },
    { fromMs: noon + 2.66 * hour, toMs: noon + 4 * hour, kind: 'held' },
    { fromMs: noon + 4 * hour, toMs: noon + 5 * hour, kind: 'kept' },
    { fromMs: noon + 5 * hour, toMs: noon + 6 * hour, kind: 'refused' },
  ],
})}
${marks.h2('Before it may record')}
${marks.gateList([
  {
    label: 'A purpose from the policy',
    state: 'met',
    clause: 'Derby Homes 3.1',
    why: 'Anti-social behaviour',
  },
  {
    label: 'Less intrusive means tried',
    state: 'open',
    clause: 'Derby Homes 3.4',
    who: 'Housing officer',
    href: '#a',
  },
  {
    label: 'Approval by the head of housing',
    state: 'open',
    clause: 'Derby Homes 4.2.1',
    clauseHref: '#c',
    who: 'Head of housing management',
    why: 'They have not yet answered',
  },
  {
    label: 'Signs on the wall',
    state: 'blocked',
    clause: null,
    silent: true,
    who: 'Installer',
    why: 'The sign was reported missing on 20 November 2026',
  },
])}
${marks.silent({ uses: '31 days', why: 'The shortest time that another published policy names.' })}
${marks.cards(
  marks.card({
    title: 'Approve the camera in Mill Lane',
    state: 'attention',
    href: '#x',
    body: html`<p class="govuk-body">Due ${day('2026-11-24')}. ${marks.clause('Derby Homes 4.2.1', '#c')}</p>`,
  }),
  marks.card({
    title: 'Read the assessment',
    state: 'waiting',
    href: '#x',
    body: html`<p class="govuk-body">From ${moment(noon)}.</p>`,
  }),
  marks.card({
    title: 'Take the camera down',
    state: 'stopped',
    body: marks.stateTag('stopped', 'Stopped, time is over'),
  }),
)}
${marks.columns(
  components.summaryList({
    title: 'Check your answers',
    rows: [
      {
        key: 'Place',
        value: 'Hallway of Rosehill Court',
        actions: [{ href: '#p', text: 'Change', hidden: 'place' }],
      },
      {
        key: 'Reason',
        value:
          'AVeryLongWordWithoutAnySpacesThatSomebodyPastedIntoTheFieldAndThatMustNotBreakThePageOnAPhone',
      },
    ],
  }),
  html`${marks.h2('What happened')}${components.timelineOfEvents([
    { title: 'Approved', by: 'Head of housing', atMs: noon, when: momentWords(noon), body: 'For 28 days.' },
    { title: 'Proposed', by: 'Olu Officer', atMs: noon - hour, when: momentWords(noon - hour) },
  ])}`,
)}
${components.table({
  caption: 'Recordings',
  columns: [{ text: 'From' }, { text: 'To' }, { text: 'Length', numeric: true }, { text: 'State' }],
  rows: [
    [moment(noon), moment(noon + hour), spanWords(hour), components.tag('Kept', 'green')],
    [moment(noon), moment(noon + hour), '40', components.tag('Gap', 'orange')],
  ],
})}
${components.table({ caption: 'Kept by day', scrolls: true, columns: ['Day', 'Promised', 'Kept', 'Held', 'Gaps', 'Longest gap'].map((text, index) => ({ text, numeric: index > 0 })), rows: [['22 November 2026', '31', '31', '2', '4', '12 s']] })}
${components.table({ caption: 'Exhibits', columns: [], rows: [], empty: marks.emptyState({ title: 'No exhibits yet', body: 'When somebody marks a span while viewing, it stands here.', action: components.button({ text: 'Open a viewing', href: '#v' }) }) })}
${marks.filterForm({ action: '/all', fields: html`${components.select({ name: 'site', label: 'Site', options: [{ value: 'a', text: 'Rosehill Court' }], empty: 'All sites' })}`, clear: '/all' })}
${components.warningText('Everything you look at is written down with your name.')}
${components.insetText('The landlord decides, and Overt keeps to it.')}
${components.details('What is a mandate?', 'The signed statement that a recorder obeys.')}
${components.notificationBanner({ body: 'The recorder has not answered for 3 minutes.' })}
${components.subNavigation('Parts of this camera', [
  { href: '/all', text: 'Overview', current: true },
  { href: '#f', text: 'Footage' },
  { href: '#r', text: 'Record' },
])}
${components.tabs('Both', [
  { id: 'one', label: 'One', body: html`<p class="govuk-body">1</p>` },
  { id: 'two', label: 'Two', body: html`<p class="govuk-body">2</p>` },
])}
${components.pagination({ page: 4, pages: 9, href: (n) => `/all?page=${n}` })}
${components.olderNewer({ older: '#o', label: 'More entries' })}
${marks.secretOnce('Copy this now', 'ovt_0123456789')}
${marks.picture({ src: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="320" height="180"><rect width="320" height="180" fill="green"/></svg>', alt: 'A hallway seen from the door', caption: 'Taken when the camera was put up', width: 320, height: 180 })}
${components.taskList([{ title: 'Assessment', status: marks.stateTag('waiting', 'Waiting'), href: '#t' }], 'tasks')}
${components.form({
  view,
  files: true,
  body: html`${components.fieldGroup(
    'A form',
    html`${components.input({ view, name: 'place', label: 'Place', hint: 'As in the register', width: 20 })}
${components.textarea({ view, name: 'reason', label: 'Reason', maxlength: 500 })}
${components.select({ view, name: 'site2', label: 'Another site', options: [{ value: 'a', text: 'Rosehill Court' }], empty: 'Choose a site' })}
${components.radios({ view, name: 'purpose', label: 'Purpose', choices })}
${components.checkboxes({
  view,
  name: 'tried',
  label: 'What was tried?',
  choices: [
    { value: 'light', text: 'Better lights' },
    { value: 'talk', text: 'A visit' },
  ],
})}
${components.checkbox({ view, name: 'sure', label: 'I have read the rule' })}
${components.dateInput({ view, name: 'from', label: 'First day', hint: 'For example, 27 3 2027' })}
${components.fileUpload({ view, name: 'photo', label: 'Photo of the sign', accept: 'image/jpeg' })}
${components.passwordInput({ view, name: 'password', label: 'Password' })}
${components.hidden('step', 1)}
${components.buttonGroup(components.button({ text: 'Send' }), components.button({ text: 'Save for later', kind: 'secondary' }), components.button({ text: 'Stop recording now', kind: 'warning' }))}`,
  )}`,
})}`
}

describe('components in a browser', () => {
  let app: FastifyInstance
  let browser: TestBrowser
  let base: string
  const none = { none: 'a page of a test shows nothing real' }
  before(async () => {
    const page = (view: View) => ({
      title: 'Every component',
      back: { href: '/', text: 'Back to cameras' },
      body: everyComponent(view),
    })
    app = await createWeb({
      routes: [
        route({
          method: 'GET',
          path: '/all',
          permission: 'signed-in',
          ledger: none,
          handler: async ({ view }) => ({ data: null, page: () => page(view) }),
        }),
        route({
          method: 'POST',
          path: '/all',
          permission: 'signed-in',
          ledger: none,
          uploads: { field: 'photo', files: 1, bytesMax: 1000, mimes: ['image/jpeg'] },
          input: z.object({
            place: fields.text('the place'),
            reason: fields.text('the reason'),
            purpose: fields.choice('a purpose', ['asb', 'safety']),
            from: fields.day('the first day'),
            site2: fields.code('a site'),
            tried: fields.codes('what was tried', { min: 1 }),
            sure: fields.confirmed('Tick that you have read the rule'),
          }),
          form: async ({ view }) => page(view),
          handler: async () => ({ data: null, location: '/all', flash: 'Sent' }),
        }),
        route({
          method: 'GET',
          path: '/failing',
          permission: 'public',
          ledger: none,
          handler: async () => Promise.reject(new Error('a bug')),
        }),
      ],
      authenticate: async ({ session }) => (session === 'good' ? ben : null),
      permits: () => ({ allowed: true, reasons: [] }),
      healthy: async () => true,
      notices: () => [html`<strong>Demo.</strong> This landlord and its staff are made up.`],
      nav: ['My work', 'Cameras', 'Footage', 'Evidence', 'Ledger', 'Policy', 'Accounts'].map((text) => ({
        text,
        href: text === 'Cameras' ? '/all' : `/${text}`,
        permission: 'x',
      })),
      clock: manualClock(noon),
      log: silentLog,
      publicUrl: null,
      csrfSecret: 'y'.repeat(32),
    })
    base = await app.listen({ port: 0, host: '127.0.0.1' })
    browser = await launchBrowser()
  })
  after(async () => {
    await browser?.close()
    await app?.close()
  })

  test('all of them pass axe, fit a phone and raise no complaint, before and after a refusal', async () => {
    const visitor = await browser.visitor(base)
    await visitor.context.addCookies([{ name: 'overt_session', value: 'good', url: base }])
    await visitor.visit('/all')
    await visitor.picture('components')
    await visitor.fill('Place', 'A <b>hallway</b>')
    await visitor.tick('Better lights')
    await visitor.press('Send')
    await visitor.picture('components-refused')
    await visitor.sees('There is a problem')
    await visitor.sees('Tick that you have read the rule')
    assert.equal(await visitor.page.getByLabel('Place', { exact: true }).inputValue(), 'A <b>hallway</b>')
    assert.equal(await visitor.page.getByLabel('Better lights').isChecked(), true)
    assert.equal(await visitor.page.evaluate('document.activeElement.className'), 'govuk-error-summary')
    for (const href of await visitor.page
      .locator('.govuk-error-summary a')
      .evaluateAll((all) => all.map((a) => a.getAttribute('href')))) {
      assert.equal(
        await visitor.page.locator(`input${href},textarea${href},select${href}`).count(),
        1,
        `${href} leads to its field`,
      )
    }
    await visitor.close()
  })

  test('error pages pass too, and on a phone the menu opens by a button', async () => {
    const visitor = await browser.visitor(base)
    await visitor.visit('/nothing', 404)
    await visitor.picture('not-found')
    await visitor.context.addCookies([{ name: 'overt_session', value: 'good', url: base }])
    await visitor.visit('/all')
    await visitor.page.setViewportSize({ width: 390, height: 844 })
    await visitor.page.getByRole('button', { name: 'Menu' }).click()
    assert.equal(await visitor.page.getByRole('link', { name: 'Ledger' }).isVisible(), true)
    await visitor.close()
  })

  test('without script every part of the page is there', async () => {
    const context = await browser.browser.newContext({
      javaScriptEnabled: false,
      viewport: { width: 390, height: 844 },
    })
    await context.addCookies([{ name: 'overt_session', value: 'good', url: base }])
    const page = await context.newPage()
    await page.goto(`${base}/all`)
    assert.equal(await page.getByRole('link', { name: 'Ledger' }).isVisible(), true)
    assert.equal(await page.getByLabel('Who is at risk?').isVisible(), true)
    await context.close()
  })
})

describe('GDS’s own fixtures', () => {
  type Fixture = { name: string; options: Record<string, unknown>; html: string }
  const folder = join(
    dirname(createRequire(import.meta.url).resolve('govuk-frontend/dist/govuk/all.mjs')),
    'components',
  )
  const squeezed = (text: string) => text.replace(/\s+/g, ' ').replace(/> </g, '><').trim()

  test('come out of our macro call as GDS wrote them', () => {
    let count = 0
    for (const component of readdirSync(folder)) {
      let fixtures: Fixture[]
      try {
        fixtures = (
          JSON.parse(readFileSync(join(folder, component, 'fixtures.json'), 'utf8')) as {
            fixtures: Fixture[]
          }
        ).fixtures
      } catch (error) {
        if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) continue
        throw error
      }
      const name = `govuk${component.replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase())}`
      for (const fixture of fixtures) {
        const made = components.macro(name, `govuk/components/${component}/macro.njk`, fixture.options)
        assert.equal(squeezed(made.text), squeezed(fixture.html), `${component}: ${fixture.name}`)
        count += 1
      }
    }
    assert.ok(count > 700, `${count} fixtures were tried`)
  })
})

describe('words for times', () => {
  test('follow the site’s clock, in summer and winter', () => {
    assert.equal(momentWords(Date.UTC(2026, 6, 1, 17, 40)), '1 July 2026 at 6:40pm')
    assert.equal(momentWords(Date.UTC(2026, 10, 22, 17, 40)), '22 November 2026 at 5:40pm')
    assert.equal(timeWords(Date.UTC(2026, 10, 22)), 'midnight')
    assert.equal(timeWords(Date.UTC(2026, 10, 22, 12)), 'midday')
    assert.equal(dayWords('2026-03-01'), '1 March 2026')
    assert.equal(spanWords(3_725_000), '1 hour 2 minutes')
    assert.equal(spanWords(400), 'less than a second')
  })
})
