/**
 * Goal: the pages from asking to stopping work in a real browser, keep what was typed, and refuse by clause.
 * Method: Chromium against the real server with this room's rows; each person has a session named by their role.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Visitor } from '#tests/journeys/browser.ts'
import type { Person } from '#web/web.ts'
import { recordReference } from './reference.ts'
import { listDeployments } from './store.ts'
import { jpeg, person, type TestLandlords, testLandlords } from './test-landlord.ts'
import { servePages, type TestPages } from './test-pages.ts'

let land: TestLandlords
let pages: TestPages
let url: string
const people = new Map<string, Person>()

before(async () => {
  land = await testLandlords()
  for (const role of [
    'housing-officer',
    'asb-manager',
    'data-protection-officer',
    'crime-prevention-installer',
    'area-housing-services-manager',
  ])
    people.set(role, person('derby-homes', role))
  pages = await servePages(land, people, [
    { href: '/deployments', text: 'Cameras asked for', permission: 'deployment.view' },
    { href: '/sites', text: 'Places', permission: 'register.view' },
    { href: '/cases', text: 'Cases', permission: 'task.view' },
  ])
  url = pages.url
})
after(async () => {
  await pages?.close()
  await land?.close()
})

const as = (who: string): Promise<Visitor> => pages.as(who)

const newest = async () => {
  const reach = { everywhere: true, held: [] }
  return (await listDeployments(land.deps.sql, reach))[0]!
}

test('a camera in a home, from the first question to the signed mandate and the stop', async () => {
  const officer = await as('housing-officer')
  await officer.visit('/deployments')
  await officer.picture('deployments-empty')
  await officer.press('Ask for a camera')
  await officer.press('Go on')
  await officer.sees('There is a problem')
  await officer.tick(/In a resident.s home/)
  await officer.picture('propose-kind')
  await officer.press('Go on')
  await officer.fill(/Name of the place/, 'Flat 4, Elm House')
  await officer.fill(/Address/, '4 Elm House\nExampleton')
  await officer.fill(/Name for the camera/, 'Hall camera')
  await officer.picture('propose-place')
  await officer.press('Save and go on')
  await officer.sees('Enter where it will hang and what it will look at')
  await officer.fill(/Where will it hang/, 'Inside, above the front door, looking at the door.')
  await officer.press('Save and go on')
  await officer.tick(/Prevent or find anti-social behaviour/)
  await officer.tick(/A task in the public interest/)
  await officer.fill(/What do you want to bring about/, 'The resident is left alone.')
  await officer.fill(/Why is it pressing/, 'The threats go on and the resident cannot sleep.')
  await officer.fill(/Why is a camera needed here/, 'Three threats at the door in two weeks.')
  await officer.picture('propose-purpose')
  await officer.press('Save and go on')
  await officer.fill(/What was tried/, 'Diary sheets and two visits.')
  await officer.tick(/They have other means/)
  await officer.press('Save and go on')
  await officer.sees('the policy allows no camera here')
  await officer.picture('propose-means-refused')
  await officer.tick(/That is so: they have no other means/)
  await officer.press('Save and go on')
  await officer.tick(/Whether it is somebody we know/)
  await officer.fill(/Why would fewer hours/, 'They come at all hours.')
  await officer.fillDay('untilDay', '2026-12-31')
  await officer.press('Save and go on')
  await officer.sees('the policy allows 28')
  await officer.picture('propose-dates-refused')
  await officer.fillDay('untilDay', '2026-12-19')
  await officer.press('Save and go on')
  await officer.picture('propose-check')
  await officer.press('Ask for this camera')
  await officer.sees('is asked for')
  await officer.sees('The policy does not say')
  await officer.picture('deployment-proposed')
  const { id } = await newest()

  await officer.press(/Data protection impact assessment/)
  await officer.press('Send to the data protection officer')
  await officer.sees('Answer:')
  await officer.picture('dpia-write')
  for (const box of await officer.page.locator('textarea').all()) await box.fill('As little as possible.')
  await officer.press('Send to the data protection officer')
  await officer.sees('is sent to the data protection officer')

  const manager = await as('asb-manager')
  await manager.visit(`/deployments/${id}/approve`)
  await manager.tick(/I approve this camera/)
  await manager.press('Decide')
  await manager.sees('must be accepted before anybody approves')
  await manager.picture('approve-refused')

  const dpo = await as('data-protection-officer')
  await dpo.visit(`/deployments/${id}/dpia`)
  await dpo.picture('dpia-answer')
  await dpo.tick(/I accept it/)
  await dpo.press('Answer')
  await manager.visit(`/deployments/${id}/approve`)
  await manager.tick(/I approve this camera/)
  await manager.picture('approve')
  await manager.press('Decide')
  await manager.sees('You have approved it')

  await officer.visit(`/deployments/${id}/agreement`)
  await officer.fill(/Who agreed\?/, 'R. Example')
  await officer.tick(/In person/)
  await officer.fillDay('day', '2026-11-22')
  await officer.tick(/They were told not to move/)
  await officer.picture('agreement')
  await officer.press('Record their agreement')

  const fitter = await as('crime-prevention-installer')
  await fitter.visit(`/deployments/${id}/install`)
  await fitter.picture('install-empty')
  await fitter.fill(/Address of the camera/, 'http://192.0.2.10/')
  await fitter.press('Save and try it')
  await fitter.sees('must begin with rtsp://')
  await fitter.fill(/Address of the camera/, 'rtsp://viewer:secret@192.0.2.10/main')
  await fitter.press('Save and try it')
  await fitter.sees('The camera answers')
  await fitter.doesNotSee('secret')
  for (const place of land.packs.packOf('derby-homes').values.sign.places) {
    const radio = fitter.page.locator(`input[name=place][value=${place.code}]`)
    await radio.check()
    await fitter.page
      .locator('input[name=photo]')
      .setInputFiles({ name: 'sign.jpg', mimeType: 'image/jpeg', buffer: jpeg })
    await fitter.press('Add this sign')
  }
  for (const box of await fitter.page.locator('input[name=met]').all()) await box.check()
  await fitter.tick(/I am qualified/)
  await fitter.press('Save the checklist')
  await fitter.sees('Say what shows that you are qualified')
  await fitter.fill('What was fitted', 'Camera, M1, serial 1')
  await fitter.fill('What shows it?', 'Card 4711')
  await fitter.press('Save the checklist')
  await fitter.sees('The checklist is complete')
  await fitter.press('Take the reference picture')
  await fitter.sees('The recorder is taking the picture')
  const real = await fitter.page.screenshot({ type: 'jpeg', clip: { x: 0, y: 0, width: 640, height: 360 } })
  await recordReference(land.deps, {
    deploymentId: id,
    jpeg: real,
    reelId: id,
    atMs: land.clock.nowMs(),
  })
  await fitter.visit(`/deployments/${id}/install`)
  await fitter.picture('install-picture')
  await fitter.press('Yes, it shows only that')
  await fitter.sees('That was the last step. The mandate is signed.')
  await fitter.sees('May record')
  await fitter.sees('Day 1 of 28')
  await fitter.picture('deployment-live')

  await officer.visit('/deployments')
  await officer.picture('deployments')
  await officer.press(/Hall camera/)
  await officer.press('Stop this camera')
  await officer.picture('stop')
  await officer.press('Stop it now')
  await officer.sees('It is stopped')
  await officer.picture('deployment-stopped')
  await manager.visit(`/deployments/${id}/end`)
  await manager.fill(/Why may it go on\?/, 'It was a mistake.')
  await manager.press('Let it go on')
  await manager.sees('It may go on')
  await manager.visit(`/deployments/${id}/end`)
  await manager.page.locator('#withdrawReason').fill('The case is closed.')
  await manager.press('Withdraw the approval')
  await manager.sees('Its authority ended on')
  await manager.sees('The camera still hangs')
  await manager.picture('deployment-ended')

  await officer.visit(`/deployments/${id}`)
  await officer.press('Ask for this camera again')
  await officer.sees('What for?')
  await officer.press('Save and go on')
  await officer.press('Save and go on')
  await officer.press('Save and go on')
  await officer.sees('Check what you ask for')
  await officer.press('Ask for this camera')
  await officer.sees('D-2026-0002 is asked for')
  await officer.sees('The camera')
  assert.notEqual((await newest()).id, id)
  for (const visitor of [officer, manager, dpo, fitter]) await visitor.close()
})

test('places and cases: empty, long, refused, found', async () => {
  const manager = await as('asb-manager')
  await manager.visit('/sites')
  await manager.picture('sites')
  await manager.press('Add a place')
  await manager.press('Save')
  await manager.sees('Enter the name of the place')
  await manager.fill(/Name of the place/, `Verylongword${'w'.repeat(180)}`)
  await manager.fill(/Address/, `${'A very long line of an address, '.repeat(12)}`)
  await manager.tick(/A shared part of a building/)
  await manager.press('Save')
  await manager.sees('The place is in the register')
  await manager.picture('site-long')
  await manager.visit('/sites?text=Elm')
  await manager.press('Flat 4, Elm House')
  await manager.sees('This is somebody’s home')
  await manager.picture('site')
  await manager.visit('/cases')
  await manager.picture('cases-empty')
  await manager.press('Open a case')
  await manager.press('Open the case')
  await manager.sees('Choose what kind of case it is')
  await manager.tick(/Anti-social behaviour/)
  await manager.fill(/What is it about\?/, 'Noise in the stairwell')
  await manager.press('Open the case')
  await manager.sees('C-2026-0001')
  await manager.picture('case')
  await manager.close()
})

test('the API refuses with the same reasons and clauses, and knows no page’s forms', async () => {
  const { id } = await newest()
  const call = (method: string, path: string, body?: object, token = 'housing-officer') =>
    fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  const seen = (await (await call('GET', `/deployments/${id}`)).json()) as { mark: string; gates: unknown[] }
  assert.ok(seen.gates.length > 5)
  const refused = await call('POST', `/deployments/${id}/approve`, {
    role: 'asb-manager',
    decision: 'approve',
    mark: seen.mark,
  })
  assert.equal(refused.status, 403)
  const long = await call('POST', '/deployments', {
    provider: 'derby-homes',
    type: 'home-temporary',
    siteName: 'Flat 9',
    siteAddress: '9 Elm House',
    cameraLabel: 'Hall camera',
    cameraPosition: 'Above the door',
    purposes: ['asb'],
    lawfulBasis: 'public-task',
    aim: 'Peace at the door',
    need: 'It goes on every night',
    detail: 'recognise',
    proportion: 'They come at any hour',
    reason: 'Threats',
    alternatives: 'Visits',
    noOtherMeans: true,
    fromDay: '2026-11-22',
    untilDay: '2026-12-20',
  })
  assert.equal(long.status, 422)
  const told = JSON.stringify(await long.json())
  assert.match(told, /derby-4\.2\.1-h/)
  assert.equal((await call('GET', `/deployments/${id}`, undefined, 'nobody')).status, 401)
})
