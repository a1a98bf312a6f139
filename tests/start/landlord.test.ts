/**
 * Goal: a landlord's first day. `npm start` on an empty folder, the one-time link, the policy, the people, and one camera
 * of another maker that records under a mandate; then a restart that keeps all of it. Method: the real command with all
 * its processes, a real Chromium for what people do first, GStreamer's RTSP server as the camera.
 */
import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { checkPack, openPoints } from '#policy/policy.ts'
import { someAnswer } from '#tests/decided.ts'
import { launchBrowser, type TestBrowser, type Visitor } from '#tests/journeys/browser.ts'
import { until } from '#tests/journeys/work.ts'
import { type Rig, smallClip, startGstreamer } from '#tests/rig/gstreamer.ts'
import { signPhoto } from '#visitor/visitor.ts'
import { begin, copyOfProgram, newPlace, type Place, type Running, runToEnd, saysOnly } from './overt.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers differ per path; whoever asks knows the shape
type Json = any

const passwords: Readonly<Record<string, string>> = {
  ada: 'three otters paddle home',
  olu: 'seven quiet lanterns glow',
  asif: 'nine copper kettles sing',
  ivy: 'four mossy ladders lean',
  dee: 'eleven silver buttons roll',
  gail: 'two woolly hedges rustle',
}
const staff = [
  ['olu', 'Olu Officer', 'Housing Officer'],
  ['asif', 'Asif Manager', 'Anti-Social Behaviour Manager'],
  ['ivy', 'Ivy Installer', 'Crime Prevention Team'],
  ['dee', 'Dee Protects', 'Data Protection Officer'],
  ['gail', 'Gail Area', 'Area Housing Services Manager'],
] as const

const today = (): string => Temporal.Now.plainDateISO('Europe/London').toString()
const inDays = (days: number): string => Temporal.PlainDate.from(today()).add({ days }).toString()

describe('a landlord’s first day', () => {
  let place: Place
  let from: string
  let overt: Running
  let rig: Rig
  let browser: TestBrowser
  let link: string
  let deployment: string
  const visitors = new Map<string, Visitor>()
  const env = { OVERT_CAMERA_NETWORKS: '127.0.0.0/8' }

  before(async () => {
    place = await newPlace()
    from = await copyOfProgram(join(place.folder, 'program'))
    rig = await startGstreamer({ mounts: [{ name: 'porch', clip: smallClip('h264', false, 300) }] })
    browser = await launchBrowser()
    overt = await begin(place, { env, from })
  })
  after(async () => {
    await browser?.close()
    await overt?.stop()
    await rig?.close()
    await place?.remove()
  })

  const linkIn = (words: string): string | undefined => /^ {2}(http\S+\/setup\/\S+)$/m.exec(words)?.[1]

  /** The JSON API with this person's own session, as their browser would ask it. */
  async function api(who: string, path: string, body?: Json): Promise<Json> {
    const { context, page } = visitors.get(who)!
    const url = new URL(`/api/v1${path}`, overt.url).href
    if (body === undefined) return (await context.request.get(url)).json()
    if ((await page.locator('input[name=_csrf]').count()) === 0) await page.goto(`${overt.url}/account`)
    const token = await page.locator('input[name=_csrf]').first().inputValue()
    const answer = await context.request.post(url, {
      ...(body.photo === undefined ? { data: body } : { multipart: body }),
      headers: { 'x-csrf-token': token, origin: overt.url },
    })
    assert.ok(answer.ok(), `${path} answered ${answer.status()}: ${(await answer.text()).slice(0, 800)}`)
    const text = await answer.text()
    return text === '' ? null : JSON.parse(text)
  }

  test('the terminal gives a one-time link; the administrator chooses the policy and a password, once', async () => {
    link = linkIn(overt.words())!
    assert.ok(link, `no link was printed:\n${overt.words()}`)
    assert.ok(link.startsWith(overt.url))
    const ada = await browser.visitor(overt.url)
    visitors.set('ada', ada)
    await ada.visit(new URL(link).pathname)
    await ada.tick(/Derby Homes/)
    await ada.fill('Full name', 'Ada Admin')
    await ada.fill('Username', 'ada')
    await ada.fill('Password', passwords['ada']!)
    await ada.press('Set up and sign in')
    await ada.sees('Overt is set up')
    const late = await browser.visitor(overt.url)
    await late.visit(new URL(link).pathname, 404)
    await late.sees(/set-up link has been used/)
    await late.close()
  })

  test('the administrator makes accounts with the policy’s roles; each person opens a link of their own', async () => {
    const ada = visitors.get('ada')!
    for (const [username, name, role] of staff) {
      await ada.visit('/accounts/new')
      await ada.fill('Username', username)
      await ada.fill('Full name', name)
      await ada.tick(role)
      await ada.press('Make the account')
      const welcome = new URL(await ada.page.getByLabel('Link').inputValue())
      assert.equal(welcome.origin, overt.url)
      const person = await browser.visitor(overt.url)
      visitors.set(username, person)
      await person.visit(welcome.pathname)
      await person.fill('New password', passwords[username]!)
      await person.press('Save and sign in')
      await person.sees('Your password is saved')
    }
  })

  test('what must be known before the first camera is said: whom people can ask, and what the policy leaves open', async () => {
    await api('ada', '/sign-contact', {
      provider: 'derby-homes',
      name: 'Customer services',
      phone: '0800 555 0123',
      email: 'cctv@willow.example',
      web: 'https://www.willow.example/cctv',
    })
    const { pack } = checkPack(join(from, 'policies/derby-homes/2025-06-11'))
    const { open } = await api('gail', '/policy/derby-homes/open')
    assert.ok(open.length > 0, 'the policy leaves nothing open')
    for (const { key } of open)
      await api('gail', `/policy/derby-homes/open/${key}`, {
        answer: someAnswer(openPoints(pack!).find((point) => point.key === key)!),
        reason: 'Decided before the first camera.',
      })
    assert.deepEqual((await api('gail', '/policy/derby-homes/open')).open, [])
  })

  test('one camera of another maker goes from the asking to lawful recording', async (t) => {
    const { id } = await api('olu', '/deployments', {
      provider: 'derby-homes',
      type: 'home-temporary',
      siteName: '9 Willow Way',
      siteAddress: '9 Willow Way, Derby',
      siteKind: 'home',
      cameraLabel: 'Willow porch',
      cameraPosition: 'In the porch, over the step.',
      purposes: ['asb'],
      lawfulBasis: 'public-task',
      aim: 'The resident is left alone.',
      need: 'The threats go on.',
      detail: 'recognise',
      proportion: 'They come at all hours.',
      reason: 'Threats at the door.',
      alternatives: 'Letters and visits.',
      noOtherMeans: true,
      fromDay: today(),
      untilDay: inDays(27),
      removalDay: inDays(28),
      reviewDay: inDays(14),
    })
    deployment = id
    const path = `/deployments/${id}`
    const pack = await readFile(join(from, 'policies/derby-homes/2025-06-11/policy.yaml'), 'utf8')
    const { dpiaQuestions, checklist, places } = codesIn(pack)
    await api('olu', `${path}/dpia`, {
      ...Object.fromEntries(dpiaQuestions.map((code) => [`answer-${code}`, 'The view is narrow.'])),
      do: 'submit',
    })
    const { dpias, mark } = await api('dee', path)
    await api('dee', `${path}/dpia/answer`, { dpia: dpias[0].id, outcome: 'accepted', mark })
    const resident = { residentName: 'Joan Whitfield', how: 'in-person', day: today(), toldNotToTamper: true }
    await api('olu', `${path}/agreement`, resident)
    const seen = await api('asif', path)
    await api('asif', `${path}/approve`, {
      role: 'asb-manager',
      decision: 'approve',
      mark: seen.mark,
      reason: 'Seen and agreed.',
    })
    const [recorder] = await api('ada', '/recorders')
    const { camera } = await api('ivy', path)
    await api('ivy', `${path}/install/connection`, {
      version: camera.version,
      recorderId: recorder.id,
      address: rig.url('porch'),
    })
    await api('ivy', `${path}/install/probe`, {})
    const signs: Json[] = await api('ivy', '/signs')
    for (const where of places) {
      const sign = signs.find((one) => one.cameraId === camera.id && one.place === where)
      const photo = signPhoto(`${overt.url.toUpperCase()}${sign.address.toUpperCase()}`)
      await api('ivy', `${path}/install/signs`, {
        place: where,
        note: 'At eye height.',
        photo: { name: 'sign.png', mimeType: 'image/png', buffer: photo },
      })
    }
    await api('ivy', `${path}/install/checklist`, {
      met: checklist,
      notes: 'Fixed and locked.',
      qualified: true,
      qualification: 'Installer’s card 4711',
      kit: ['Camera, M1, serial 1'],
    })
    await api('ivy', `${path}/install/reference`, {})
    const still = await until('a reference picture', 40_000, async () => {
      const found = (await api('ivy', path)).reference
      return found?.id !== undefined && found
    })
    await api('ivy', `${path}/install/reference/judge`, { reference: still.value.id, accepted: 'yes' })
    const recording = await until('the camera records lawfully', 30_000, async () => {
      const cameras: Json[] = await api('asif', '/cameras')
      return cameras.find(({ label, state }) => label === 'Willow porch' && state === 'lawful') ?? null
    })
    t.diagnostic(`recording ${(recording.afterMs / 1000).toFixed(1)} s after the last gate`)
  })

  test('a landlord’s clock cannot be moved, and neither the demo nor a second start gets into this home', async () => {
    for (const path of ['/demo/clock', '/api/v1/demo/clock', '/clock', '/demo'])
      for (const method of ['GET', 'POST'])
        assert.equal((await fetch(overt.url + path, { method })).status, 404, `${method} ${path}`)
    saysOnly(
      await runToEnd(place, { from }),
      /^Another up \(process \d+\) already runs in .*Stop it first\.$/,
    )
    saysOnly(
      await runToEnd(place, { from, command: 'demo' }),
      /belongs to a landlord, so the demo can't run in it/,
    )
  })

  test('a restart keeps people, policy, camera and recording, and prints no further link', async () => {
    assert.equal(await overt.stop(), 0)
    overt = await begin(place, { env, from })
    assert.equal(linkIn(overt.words()), undefined)
    const asif = await browser.visitor(overt.url)
    visitors.set('asif', asif)
    await asif.visit('/sign-in')
    await asif.fill('Username', 'asif')
    await asif.fill('Password', passwords['asif']!)
    await asif.press('Sign in')
    await until('the camera records again', 30_000, async () => {
      const cameras: Json[] = await api('asif', '/cameras')
      return cameras.some(({ label, state }) => label === 'Willow porch' && state === 'lawful')
    })
    assert.equal((await api('asif', `/deployments/${deployment}`)).id, deployment)
    const late = await browser.visitor(overt.url)
    await late.visit(new URL(link).pathname, 404)
  })

  test('an adopted policy that was changed on disk stops the next start, by name', async () => {
    await overt.stop()
    const file = join(from, 'policies/derby-homes/2025-06-11/policy.yaml')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('maxDays: { value: 28,', 'maxDays: { value: 56,'))
    saysOnly(
      await runToEnd(place, { env, from }),
      /^policies\/derby-homes\/2025-06-11 was adopted and has been changed since\. Put the files back/,
    )
    await rm(join(from, 'policies/derby-homes/2025-06-11'), { recursive: true })
    saysOnly(
      await runToEnd(place, { env, from }),
      /^policies\/derby-homes\/2025-06-11 was adopted and is gone/,
    )
  })
})

/** Codes that the pack asks for, read as a person would: by their headings. */
function codesIn(pack: string): { dpiaQuestions: string[]; checklist: string[]; places: string[] } {
  const under = (heading: RegExp): string[] => {
    const lines = pack.split('\n')
    const at = lines.findIndex((line) => heading.test(line))
    assert.ok(at >= 0, `the pack has no ${heading}`)
    const indent = lines[at]!.search(/\S/)
    const end = lines.findIndex((line, n) => n > at && line.trim() !== '' && line.search(/\S/) <= indent)
    const block = lines.slice(at + 1, end < 0 ? undefined : end).join('\n')
    return [...block.matchAll(/\bcode: ([a-z-]+)/g)].map((found) => found[1]!)
  }
  return {
    dpiaQuestions: under(/^ *questions:/),
    checklist: under(/^siteChecklist:/),
    places: under(/^ *places:/),
  }
}
