/**
 * A real Chromium for journeys. Every page arrived at by `visit`, `press` or `arrive` is checked on arrival: axe with
 * WCAG 2.2 AA, nothing written to the console as an error, and no sideways scroll at a phone's width. So no page of a
 * journey can go unchecked.
 */
import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const require = createRequire(import.meta.url)
const chromiumPath = process.env['OVERT_TEST_CHROMIUM'] ?? '/usr/bin/chromium'
const desktop = { width: 1280, height: 900 }
const phone = { width: 390, height: 844 }
const stepMsMax = 20_000

const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

type Violation = {
  id: string
  help: string
  nodes: { html: string; target: unknown; failureSummary?: string }[]
}

export type Visitor = {
  readonly page: Page
  readonly context: BrowserContext
  /** Goes to a path of the site and checks what arrives. `status` is the answer expected (200). */
  visit(path: string, status?: number): Promise<void>
  /** Presses a button or link by its visible words and checks the page arrived at. */
  press(name: string | RegExp): Promise<void>
  /** Types into a field by its label. */
  fill(label: string | RegExp, value: string): Promise<void>
  /** Ticks a radio or checkbox by its label. */
  tick(label: string | RegExp): Promise<void>
  /** Picks an option of a select by its words. */
  pick(label: string | RegExp, option: string): Promise<void>
  /** Types a civil day into the three boxes of the date field called `name`. */
  fillDay(name: string, day: string): Promise<void>
  /** Asserts that these words stand on the page. */
  sees(words: string | RegExp): Promise<void>
  /** Asserts that these words do not stand on the page. */
  doesNotSee(words: string | RegExp): Promise<void>
  /** Checks the page as it stands now (after a script changed it). */
  arrive(): Promise<void>
  /** Writes `NAME-desktop.png` and `NAME-phone.png` into OVERT_TEST_PICTURES, when that is set. */
  picture(name: string): Promise<void>
  close(): Promise<void>
}

export type TestBrowser = {
  readonly browser: Browser
  /** A separate person: own cookies. */
  visitor(baseUrl: string): Promise<Visitor>
  close(): Promise<void>
}

export async function launchBrowser(): Promise<TestBrowser> {
  const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArguments })
  const axeSource = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8')
  return {
    browser,
    visitor: (baseUrl) => newVisitor(browser, axeSource, baseUrl),
    close: () => browser.close(),
  }
}

/**
 * KNOWN GAP: GOV.UK's radios that reveal a field say so by aria-expanded, which ARIA does not list for radios. GDS
 * tested it with assistive technology and keeps it (its Design System says so); we keep theirs.
 */
const knownOf = (rule: string, html: string) =>
  rule === 'aria-allowed-attr' && /class="govuk-radios__input"[^>]* aria-expanded=/.test(html)

/** axe and the phone's width on the page as it stands. Exported for tests that make pages without a server. */
export async function checkPage(page: Page, axeSource: string): Promise<void> {
  await page.evaluate(axeSource)
  const found = (await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: unknown): Promise<{ violations: unknown[] }> }
    }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
    return (await axe.run({ runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })).violations
  })) as Violation[]
  const violations = found
    .map((violation) => ({
      ...violation,
      nodes: violation.nodes.filter((node) => !knownOf(violation.id, node.html)),
    }))
    .filter((violation) => violation.nodes.length > 0)
  const told = violations.map(
    (violation) =>
      `${violation.id}: ${violation.help}\n${violation.nodes
        .slice(0, 5)
        .map((node) => `    ${node.html.slice(0, 300)}\n    ${node.failureSummary ?? ''}`)
        .join('\n')}`,
  )
  assert.equal(told.join('\n'), '', `axe found on ${page.url()}`)

  await page.setViewportSize(phone)
  const wide = (await page.evaluate(`(() => {
    const over = document.documentElement.scrollWidth - innerWidth
    if (over <= 0) return null
    const guilty = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.overt-table'))
    return over + ' px: ' + guilty.slice(0, 5).map((e) => e.outerHTML.slice(0, 160)).join(' | ')
  })()`)) as string | null
  await page.setViewportSize(desktop)
  assert.equal(wide, null, `${page.url()} scrolls sideways on a phone`)
}

async function newVisitor(browser: Browser, axeSource: string, baseUrl: string): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: desktop,
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    reducedMotion: 'reduce',
    // Our own script and policy are what is tested; axe is put in by the test, past the policy.
    bypassCSP: false,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(stepMsMax)
  const complaints: string[] = []
  page.on('console', (message) => {
    // A refused form is a 422 and a denied page a 403: the browser notes both, and both are meant.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))

  const arrive = async () => {
    await page.waitForLoadState('load')
    await checkPage(page, axeSource)
    assert.deepEqual(complaints.splice(0), [], `the browser's console complained on ${page.url()}`)
  }
  /** What a reader sees: hidden words do not count. */
  const shownWords = () => page.evaluate('document.body.innerText') as Promise<string>
  const field = (label: string | RegExp) =>
    page.getByLabel(label, typeof label === 'string' ? { exact: true } : {})
  return {
    page,
    context,
    arrive,
    async visit(path, status = 200) {
      const answer = await page.goto(new URL(path, baseUrl).href)
      // Null: only the part after # changed, so nothing was asked of the server.
      if (answer !== null) assert.equal(answer.status(), status, `${path} answered ${answer.status()}`)
      await arrive()
    },
    async press(name) {
      const exact = typeof name === 'string' ? { exact: true } : {}
      const target = page
        .getByRole('button', { name, ...exact })
        .or(page.getByRole('link', { name, ...exact }))
      const before = page.url()
      const answered = page.waitForEvent('load', { timeout: stepMsMax })
      await target.first().click()
      await answered.catch((error: unknown) => {
        throw new Error(`pressing "${name}" on ${before} led nowhere`, { cause: error })
      })
      await arrive()
    },
    async fill(label, value) {
      await field(label).first().fill(value)
    },
    async tick(label) {
      await field(label).first().check()
    },
    async pick(label, option) {
      await field(label).first().selectOption({ label: option })
    },
    async fillDay(name, day) {
      const [year, month, date] = day.split('-')
      await page.locator(`[name="${name}-day"]`).fill(String(Number(date)))
      await page.locator(`[name="${name}-month"]`).fill(String(Number(month)))
      await page.locator(`[name="${name}-year"]`).fill(year!)
    },
    async sees(words) {
      const text = await shownWords()
      if (typeof words === 'string')
        assert.ok(text.includes(words), `"${words}" is not on ${page.url()}:\n${text}`)
      else assert.match(text, words)
    },
    async doesNotSee(words) {
      const text = await shownWords()
      if (typeof words === 'string') assert.ok(!text.includes(words), `"${words}" is on ${page.url()}`)
      else assert.doesNotMatch(text, words)
    },
    async picture(name) {
      const folder = process.env['OVERT_TEST_PICTURES']
      if (!folder) return
      await mkdir(folder, { recursive: true })
      await page.screenshot({ path: join(folder, `${name}-desktop.png`), fullPage: true })
      await page.setViewportSize(phone)
      await page.screenshot({ path: join(folder, `${name}-phone.png`), fullPage: true })
      await page.setViewportSize(desktop)
    },
    close: () => context.close(),
  }
}
