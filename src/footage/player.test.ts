/** Goal: a person with keys or a mouse looks at real video in a real browser. Method: Chromium, ffmpeg's H.264, the real hub. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launchBrowser, type TestBrowser, type Visitor } from '#tests/journeys/browser.ts'
import {
  type Film,
  makeFilm,
  noon,
  staff,
  type TestFootage,
  type TestRecorder,
  testFootage,
  until,
} from './test-rig.ts'

const minute = 60_000
let rig: TestFootage
let recorder: TestRecorder
let browser: TestBrowser
let film: Film

before(async () => {
  rig = await testFootage()
  recorder = await rig.enrolRecorder()
  await recorder.link()
  const mandateId = rig.authorise(noon - 30 * minute, noon + 86_400_000)
  const [key] = await rig.hub().footage.dayPublicKeys(rig.cameraId, ['2026-11-22'])
  film = await makeFilm(rig.folder, 60)
  assert.equal(film.fragments.length, 30)
  // Two reels of a minute, and between them a minute in which the camera was silent.
  for (const fromMs of [noon - 4 * minute, noon - 2 * minute]) {
    const reel = recorder.open({ key: key!, mandateId, fromMs, film })
    recorder.record(reel, fromMs, 30, 2000, film)
    recorder.closeReel(reel)
    await until(
      'closed',
      async () =>
        (await rig.db.sql`select 1 from footage.reel where id = ${reel} and closed_at is not null`).length ===
        1,
    )
  }
  recorder.send({
    type: 'gap',
    camera: rig.cameraId,
    reel: null,
    fromMs: noon - 3 * minute,
    toMs: noon - 2 * minute,
    cause: 'camera-silent',
    detail: null,
    lost: null,
  })
  await until('the gap is told', async () => (await rig.db.sql`select 1 from footage.gap`).length === 1)
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  await rig?.close()
})

async function signedIn(role: string): Promise<Visitor> {
  const visitor = await browser.visitor(rig.hub().url)
  const { token } = rig.signIn(staff(role, { name: 'Sam Okafor' }))
  await visitor.context.addCookies([{ name: 'overt_session', value: token, url: rig.hub().url }])
  return visitor
}

// As text, because this file is checked without a browser's types.
const player = `document.querySelector('[data-module="overt-player"]')`
const wall = (visitor: Visitor): Promise<number> =>
  visitor.page.evaluate(`Number(${player}.dataset.from) + document.querySelector('video').currentTime * 1000`)
const pictureWidth = (visitor: Visitor): Promise<number> =>
  visitor.page.evaluate(`document.querySelector('video').videoWidth`)

test('a manager opens a viewing, sees the picture, steps, leaps the gap, marks a span and ends it', async () => {
  const visitor = await signedIn('asb-manager')
  await visitor.visit(`/viewings/new?camera=${rig.cameraId}&from=${noon - 4 * minute}&to=${noon}`)
  await visitor.picture('viewing-new')
  await visitor.press('Open the viewing')
  await visitor.sees('There is a problem')
  await visitor.tick('Look into reported anti-social behaviour')
  await visitor.fill('Why do you need to look?', 'Shouting in the hallway was reported at noon.')
  await visitor.pick('Open case', `${rig.caseReference}: Noise at night`)
  await visitor.press('Open the viewing')
  await visitor.sees('Open until')
  await until('the first picture is there', async () => (await pictureWidth(visitor)) === 640)
  assert.ok(Math.abs((await wall(visitor)) - (noon - 4 * minute)) < 100)
  await visitor.sees('Sam Okafor · Hall camera')
  await until('the strip is drawn', () =>
    visitor.page.evaluate<boolean>(
      `document.querySelector('canvas').getContext('2d').getImageData(40, 60, 1, 1).data[3] === 255`,
    ),
  )
  await visitor.arrive()
  await visitor.picture('viewing')

  const keys = visitor.page.locator('[data-module="overt-player"]')
  await keys.focus()
  const before = await wall(visitor)
  await keys.press('.')
  await until('one frame on', async () => Math.abs((await wall(visitor)) - before - 1000 / 15) < 20)
  await keys.press('ArrowRight')
  await until('ten seconds on', async () => (await wall(visitor)) > before + 9_900)
  await keys.press('i')
  await keys.press('ArrowRight')
  await until('twenty seconds on', async () => (await wall(visitor)) > before + 19_900)
  await keys.press('o')
  const values = await visitor.page.evaluate<{ from: string; to: string }>(
    `Object.fromEntries(new FormData(document.querySelector('form[data-module="overt-mark"]')))`,
  )
  assert.ok(Math.abs(Number(values.to) - Number(values.from) - 10_000) < 300, JSON.stringify(values))

  await visitor.page.evaluate(`{
    const slider = document.querySelector('.overt-player__slider')
    slider.value = '57'
    slider.dispatchEvent(new Event('change'))
  }`)
  await until('near the gap', async () => (await wall(visitor)) >= noon - 4 * minute + 56_000)
  await keys.focus()
  await keys.press('k')
  await until('it went on after the gap', async () => (await wall(visitor)) >= noon - 2 * minute)
  await visitor.sees('the camera sent no picture')
  await keys.press('k')

  await visitor.press('End this viewing')
  await visitor.sees('This viewing is over')
  await visitor.doesNotSee('Make an exhibit of it')
  await visitor.picture('viewing-over')
  await visitor.close()
})

test('whoever has no right is not even shown the form', async () => {
  const visitor = await signedIn('housing-officer')
  await visitor.visit(`/viewings/new?camera=${rig.cameraId}`, 404)
  await visitor.visit('/viewings/new')
  await visitor.sees('No camera')
  await visitor.visit('/viewings')
  await visitor.sees('No viewing yet')
  await visitor.close()
})

test('recorders, holds, timeline and expiry have their pages, empty and full', async () => {
  const manager = await signedIn('asb-manager')
  await manager.visit('/holds')
  await manager.sees('Nothing is held')
  await manager.visit(`/cameras/${rig.cameraId}/timeline?day=2026-11-22`)
  await manager.sees('The camera sent no picture')
  await manager.picture('timeline')
  await manager.visit(`/cameras/${rig.cameraId}/timeline?day=2026-11-20`)
  await manager.sees('Nothing was recorded')
  await manager.close()
  const officer = await signedIn('data-protection-officer')
  await officer.visit('/expiry')
  await officer.sees('Nothing waits')
  await officer.close()
  const administrator = await browser.visitor(rig.hub().url)
  const { token } = rig.signIn(staff('none', { roles: [], administrator: true, name: 'Ada Admin' }))
  await administrator.context.addCookies([{ name: 'overt_session', value: token, url: rig.hub().url }])
  await administrator.visit('/recorders')
  await administrator.sees('Plant room')
  await administrator.picture('recorders')
  await administrator.fill('Name', 'Shed')
  await administrator.press('Make a token')
  await administrator.sees('It is not shown again')
  await administrator.close()
})

test('a commissioning mandate gives one JPEG, opened by nobody else, and no viewing', async () => {
  const mandateId = rig.authorise(noon, noon + 30 * minute, 'commissioning')
  const [key] = await rig.hub().footage.dayPublicKeys(rig.cameraId, ['2026-11-22'])
  await rig.hub().footage.captureReference({
    deploymentId: '01900000-0000-7000-8000-00000000000d',
    cameraId: rig.cameraId,
    mandateId,
    untilMs: noon + 30 * minute,
  })
  const reel = recorder.open({ key: key!, mandateId, fromMs: noon, film })
  recorder.record(reel, noon, 2, 2000, film)
  await until('the still is taken', () => rig.stills.length === 1)
  assert.equal(rig.stills[0]!.subarray(0, 3).toString('hex'), 'ffd8ff')
  assert.ok(rig.stills[0]!.length > 5_000, `${rig.stills[0]!.length} bytes`)
})

test('one camera is found among very many, before any picture', async () => {
  await rig.db.sql`
    insert into register.camera (id, provider, system_id, label, position, created_at, created_by)
    select gen_random_uuid(), c.provider, c.system_id, 'Landing ' || lpad(n::text, 3, '0'), 'There', c.created_at, c.created_by
    from register.camera c, generate_series(1, 230) n where c.id = ${rig.cameraId}`
  const visitor = await signedIn('asb-manager')
  await visitor.visit('/viewings/new?live=yes')
  await visitor.sees('231 in all, 50 on a page.')
  await visitor.fill('Camera, place or serial number', 'landing 217')
  await visitor.press('Search')
  await visitor.sees('Landing 217')
  await visitor.doesNotSee('Landing 001')
  await visitor.picture('viewing-choose')
  assert.match(
    (await visitor.page.getByRole('link', { name: 'Landing 217' }).getAttribute('href')) ?? '',
    /live=yes/,
  )
  await visitor.fill('Camera, place or serial number', 'no such')
  await visitor.press('Search')
  await visitor.sees('Nothing found for “no such”')
  await visitor.close()
})
