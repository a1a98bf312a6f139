/**
 * Goal: the receiver's browser, with no network and no program of ours, tells a true pack from an altered one.
 * Method: real packs in real Chromium from file://, each request watched.
 */
import assert from 'node:assert/strict'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { writePackFolder } from './make-pack.ts'
import { offlinePage } from './offline-page.ts'
import { certificate, ledgerKey, root, sampleSpan, signer } from './sample-span.ts'

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const home = await mkdtemp(join(tmpdir(), 'overt-page-'))
const whole = join(home, 'whole')
let browser: Browser

before(async () => {
  const { part, facts } = sampleSpan({ seconds: 6, pick: [1, 4], gapAfter: 3, size: '640x360' })
  await writePackFolder(whole, {
    facts,
    reels: (async function* () {
      yield part
    })(),
    signer,
    certificate,
    rootKey: root.publicKey,
    ledgerKey,
    coverSheet: async () => Buffer.from('%PDF-1.7 cover'),
    page: await offlinePage(),
  })
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
})
after(async () => {
  await browser?.close()
  await rm(home, { recursive: true, force: true })
})

async function opened(folder: string, size = { width: 1280, height: 900 }) {
  const context = await browser.newContext({ viewport: size, bypassCSP: false })
  const page = await context.newPage()
  const outside: string[] = []
  const trouble: string[] = []
  page.on('request', (request) => {
    if (!/^(file|blob|data):/.test(request.url())) outside.push(request.url())
  })
  page.on('pageerror', (error) => trouble.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') trouble.push(message.text())
  })
  await page.goto(pathToFileURL(join(folder, 'index.html')).href)
  return { page, outside, trouble, close: () => context.close() }
}

async function checked(page: Page, folder: string): Promise<string> {
  await page.setInputFiles('#folder', folder)
  await page.waitForSelector('.verdict', { timeout: 30_000 })
  return (await page.textContent('.verdict h2')) ?? ''
}

/** Broken rules of WCAG 2.2 AA, by axe. Run through the debugger: the page's own policy lets no script in. */
async function axeProblems(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  await session.send('Runtime.evaluate', { expression: await readFile(axe, 'utf8') })
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run().then((r) => JSON.stringify(r.violations.map((v) => v.id + ': ' + v.nodes[0].html)))`,
    awaitPromise: true,
  })
  return JSON.parse(String(result.value)) as string[]
}

test('a true pack is verified in the browser, plays, and asks nothing of any network', async () => {
  const { page, outside, trouble, close } = await opened(whole)
  assert.deepEqual(await axeProblems(page), [])
  assert.equal(await checked(page, whole), 'Verified')
  await page.waitForFunction(`document.querySelector('video')?.readyState === 4`)
  const played = await page.evaluate<{ frames: number; duration: number; width: number }>(`(async () => {
    const video = document.querySelector('video')
    video.muted = true
    await video.play()
    await new Promise((resolve) => video.addEventListener('ended', resolve, { once: true }))
    const { totalVideoFrames } = video.getVideoPlaybackQuality()
    return { frames: totalVideoFrames, duration: video.duration, width: video.videoWidth }
  })()`)
  assert.ok(Math.abs(played.duration - 3) < 0.05, `${played.duration}`)
  assert.ok(played.frames >= 40, `${played.frames}`)
  assert.equal(played.width, 640)
  assert.match((await page.textContent('.clock')) ?? '', /14:03:0[345]\.\d\d/)
  assert.match((await page.textContent('#result')) ?? '', /Parts were lost on the way/)
  assert.equal(await page.evaluate('document.activeElement?.id'), 'verdict')
  assert.deepEqual(await axeProblems(page), [])
  if (process.env['OVERT_PICTURES'] !== undefined)
    await page.screenshot({ path: join(process.env['OVERT_PICTURES'], 'page-good.png'), fullPage: true })
  assert.deepEqual(outside, [])
  assert.deepEqual(trouble, [])
  await close()
})

test('an altered copy is not verified, and the file is named; an altered film is not shown', async () => {
  for (const file of [
    'data/video/PN-1.mp4',
    'data/sealed/019ab000-0000-7000-8000-00000000000a/records-01.bin',
  ]) {
    const copy = join(home, 'altered')
    await cp(whole, copy, { recursive: true })
    const bytes = await readFile(join(copy, file))
    bytes[Math.floor(bytes.byteLength / 2)]! ^= 4
    await writeFile(join(copy, file), bytes)
    const { page, close } = await opened(copy, { width: 390, height: 800 })
    assert.equal(await checked(page, copy), 'Not verified')
    assert.match((await page.textContent('#problems')) ?? '', new RegExp(file))
    assert.equal(await page.locator('video').count(), 0)
    assert.deepEqual(await axeProblems(page), [])
    assert.ok(
      await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
      'no sideways scrolling',
    )
    if (process.env['OVERT_PICTURES'] !== undefined)
      await page.screenshot({ path: join(process.env['OVERT_PICTURES'], 'page-bad.png'), fullPage: true })
    await close()
    await rm(copy, { recursive: true })
  }
})

test('a folder that is no pack is said to be none', async () => {
  const { page, close } = await opened(whole)
  assert.equal(await checked(page, join(whole, 'data', 'video')), 'This is not the folder')
  await close()
})
