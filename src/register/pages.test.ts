/**
 * Goal: every page of the register works in a real browser, without script where it must, on a desk and on a phone, with
 * axe finding nothing; what was typed survives a refusal. Method: Chromium against the register's own rows.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inTransaction } from '#engine/engine.ts'
import { launchBrowser, type TestBrowser, type Visitor } from '#tests/journeys/browser.ts'
import type { Person } from '#web/web.ts'
import { insertCamera } from './camera-store.ts'
import { insertSite } from './site-store.ts'
import { insertSystem } from './system-store.ts'
import { noon, person, type TestRegister, testRegister } from './test-register.ts'

const people = new Map<string, Person>([
  ['maya', person('progress', 'system-manager')],
  ['kofi', person('progress', 'operator')],
  ['amir', person('derby-homes', 'asb-manager')],
])
const nameOf = (name: string): string => people.get(name)!.name

let land: TestRegister
let browser: TestBrowser
let ids: { site: string; system: string; camera: string }

before(async () => {
  land = await testRegister(people)
  browser = await launchBrowser()
  ids = await inTransaction(land.db.sql, async (tx) => {
    const by = people.get('maya')!.id
    const site = await insertSite(tx, {
      provider: 'progress',
      name: 'Larkhill House',
      address: ['Larkhill House', 'Station Road', 'Larkhill'],
      kind: 'communal',
      area: null,
      timeZone: 'Europe/London',
      by,
      nowMs: noon,
    })
    const given = {
      provider: 'progress',
      siteId: site,
      purposes: ['crime-asb'],
      managerId: null,
      by,
      nowMs: noon,
    }
    const system = await insertSystem(tx, { ...given, name: 'Car park cameras' })
    const camera = await insertCamera(tx, {
      provider: 'progress',
      systemId: system,
      label: 'Gate',
      position: 'On the lamp post by the gate, over the parking bays',
      model: 'Watchful 9',
      serial: 'WF-778123',
      by,
      nowMs: noon,
    })
    // Enough for a second page.
    for (let n = 1; n <= 60; n += 1)
      await insertSystem(tx, { ...given, name: `Door system ${String(n).padStart(2, '0')}` })
    return { site, system, camera }
  })
})
after(async () => {
  await browser?.close()
  await land?.close()
})

async function as(name: string): Promise<Visitor> {
  const visitor = await browser.visitor(land.url)
  await visitor.context.addCookies([{ name: 'overt_session', value: name, url: land.url }])
  return visitor
}

test('a system gets its manager, operators, procedure, views and security, and somebody says that they know it', async () => {
  const maya = await as('maya')
  await maya.visit('/register')
  await maya.picture('register')
  await maya.visit('/systems')
  await maya.sees('61 in all')
  await maya.picture('systems')
  await maya.press(/Next/)
  await maya.visit('/register?text=zebra')
  await maya.sees('Nothing found')
  await maya.visit('/register?text=car park')
  await maya.picture('register-found')
  await maya.press('Car park cameras')
  await maya.picture('system-lacking')
  await maya.page.getByText('Name a manager or an operator').click()
  await maya.pick('Who answers for this system?', nameOf('maya'))
  await maya.press('Save manager')
  await maya.page.getByText('Name a manager or an operator').click()
  await maya.press('Add operator')
  await maya.sees('Choose who operates it')
  await maya.pick('Who operates it?', nameOf('kofi'))
  await maya.press('Add operator')
  await maya.press('Give it a procedure')
  await maya.fill('What is it called?', 'Running the car park cameras')
  await maya.press('Put it in force')
  await maya.sees('Enter what manager and operators do and answer for')
  await maya.picture('procedure-refused')
  assert.equal(await maya.page.getByLabel('What is it called?').inputValue(), 'Running the car park cameras')
  await maya.fill(
    /What do the manager/,
    'The manager answers for it.\nOperators look only with a reason and a case.',
  )
  await maya.page
    .locator('input[type=file]')
    .setInputFiles({ name: 'procedure.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 x') })
  await maya.press('Put it in force')

  await maya.visit(`/systems/${ids.system}/controller`)
  await maya.picture('controller')
  await maya.tick('Somebody else')
  await maya.fill('Its name', 'Town Council')
  await maya.press('Save controller')
  await maya.sees('Enter how people can reach the controller')
  assert.equal(await maya.page.getByLabel('Its name').inputValue(), 'Town Council')
  await maya.picture('controller-refused')
  await maya.fill('How can people reach it?', 'Town Hall, 01234 567890')
  await maya.press('Save controller')
  await maya.sees('our policy does not cover this system')
  await maya.picture('system-of-others')
  await maya.visit(`/systems/${ids.system}/controller`)
  await maya.page.locator('#kind').check()
  await maya.press('Save controller')
  await maya.doesNotSee('our policy does not cover this system')

  const kofi = await as('kofi')
  await kofi.visit(`/systems/${ids.system}`)
  await kofi.press('Say so')
  await kofi.sees('Tick that you have read it')
  await kofi.tick(/I have read this procedure/)
  await kofi.press('Say so')
  await kofi.sees('Noted')
  await kofi.doesNotSee('Answer the questions')

  await maya.visit(`/cameras/${ids.camera}/view`)
  await maya.tick(/Tell whether it is somebody/)
  await maya.page.locator('#byDay').check()
  await maya.press('Save')
  await maya.sees('Enter what must be seen')
  await maya.picture('view-refused')
  await maya.fill(/What must be seen/, 'Faces of people at the gate, by day and by night.')
  await maya.page.locator('#byNight').check()
  await maya.fill('How was it seen?', 'Walk test at noon and at nine with a test chart.')
  await maya.press('Save')
  await maya.sees('Shows what it must')
  await kofi.visit(`/cameras/${ids.camera}/view`)
  await kofi.picture('view')

  await maya.press('Answer the questions')
  await maya.page.locator('#answer-locked').check()
  await maya.press('Save the answers')
  await maya.sees('Say what shows it')
  await maya.page.locator('#evidence-locked').fill('Cabinet in the office; the caretaker holds the key.')
  await maya.picture('security-refused')
  await maya.press('Save the answers')
  await maya.sees('Answered')
  await maya.picture('system')
  await maya.press(/^What changed/)
  await maya.picture('changes')
  await Promise.all([maya.close(), kofi.close()])
})

test('equipment comes, goes and is wiped; one’s own dash cam is declared', async () => {
  const maya = await as('maya')
  await maya.visit('/devices')
  await maya.picture('devices-empty')
  await maya.press('Add equipment')
  await maya.press('Save')
  await maya.sees('Choose what it is')
  await maya.picture('device-refused')
  await maya.tick('Camera')
  await maya.fill('What do people call it?', `Redeployable dome ${'x'.repeat(82)}`)
  await maya.fill('Serial number', 'AX-4711')
  await maya.tick('It moves from job to job')
  await maya.press('Save')
  await maya.sees('It is in the register')
  await maya.tick('Give it to somebody')
  await maya.pick('To whom?', nameOf('kofi'))
  await maya.press('Save')
  await maya.sees('Issued')
  await maya.tick('It came back into store')
  await maya.press('Save')
  await maya.sees('In store, not wiped')
  await maya.tick('Give it to somebody')
  await maya.press('Save')
  await maya.sees('Wipe it first')
  await maya.picture('device-unwiped')
  await maya.tick('It was wiped: it holds no pictures now')
  await maya.press('Save')
  await maya.visit('/devices')
  await maya.picture('devices')
  await maya.visit(`/devices/new?system=${ids.system}`)
  await maya.picture('device-new')
  await maya.tick('Recorder')
  await maya.fill('What do people call it?', 'Recorder in the office')
  await maya.press('Save')
  await maya.press(/^Change/)
  await maya.picture('device-edit')

  const kofi = await as('kofi')
  await kofi.visit('/devices/declare')
  await kofi.press('Declare it')
  await kofi.sees('Tick that you keep to the policy')
  await kofi.fill(/What is it/, 'Dash cam in my blue Fiesta')
  await kofi.tick(/In working time/)
  await kofi.press('Declare it')
  await kofi.sees('It is declared')
  await kofi.picture('declare')
  const amir = await as('amir')
  await amir.visit('/devices/declare')
  await amir.sees('may not be used at work')
  await Promise.all([maya.close(), kofi.close(), amir.close()])
})

test('a supplier is held to its papers, and its engineer is let in, watched and let out', async () => {
  const maya = await as('maya')
  await maya.visit('/suppliers')
  await maya.picture('suppliers-empty')
  await maya.press('Add a supplier')
  await maya.fill('Name of the firm', 'Brightlens Ltd')
  await maya.tick('Mends and maintains it')
  await maya.tick('Yes')
  await maya.fillDay('contractUntil', '2027-03-31')
  await maya.press('Save')
  await maya.sees('Enter the first day as well')
  await maya.picture('supplier-refused')
  await maya.fillDay('contractFrom', '2026-01-01')
  await maya.press('Save')
  await maya.picture('supplier-lacking')
  await maya.visit(`/visits/new?site=${ids.site}`)
  await maya.pick('Which supplier?', 'Brightlens Ltd')
  await maya.fill('Who comes?', 'Pat Doe')
  await maya.fill('What for?', 'New lens at the gate')
  await maya.pick('Who stays with them?', nameOf('maya'))
  await maya.fill('From', '12:00')
  await maya.fill('Until, at the latest', '14:00')
  await maya.press('Plan the visit')
  await maya.sees('Nobody of theirs may work here')
  await maya.picture('visit-refused')
  await maya.visit('/suppliers')
  await maya.press('Brightlens Ltd')
  await maya.page.getByText('Add what they showed').click()
  await maya.pick('What is it?', 'Signed terms as our processor')
  await maya.fill('Name or number of the paper', 'DPA 2026/4')
  await maya.press('Save the paper')
  await maya.page.getByText('Add an audit').click()
  await maya.press('Save the audit')
  await maya.sees('Choose the result')
  await maya.tick('All well')
  await maya.fill('What was found?', 'All papers seen at their office.')
  await maya.fillDay('nextDay', '2027-11-22')
  await maya.press('Save the audit')
  await maya.page.getByText('Add somebody').click()
  await maya.fill('Name', 'Jo Field')
  await maya.press('Save the contact')
  await maya.picture('supplier')
  await maya.visit(`/visits/new?site=${ids.site}`)
  await maya.pick('Which supplier?', 'Brightlens Ltd')
  await maya.fill('Who comes?', 'Pat Doe')
  await maya.fill('What for?', 'New lens at the gate')
  await maya.pick('Who stays with them?', nameOf('maya'))
  await maya.fill('From', '12:00')
  await maya.fill('Until, at the latest', '14:00')
  await maya.press('Plan the visit')
  await maya.sees('The visit is planned')
  await maya.press('Let them in')
  await maya.sees('Choose how you know that they are who they say')
  await maya.tick(/They showed a card/)
  await maya.picture('visit-arriving')
  await maya.press('Let them in')
  await maya.fill(/What did they touch/, 'Lens of the gate camera, nothing else.')
  await maya.press('They have left')
  await maya.picture('visit')
  await maya.visit(`/sites/${ids.site}`)
  await maya.picture('site-register')
  await maya.close()
})

test('a place changed by two people keeps what the second typed, and tells what the first made of it', async () => {
  const one = await as('maya')
  const two = await as('maya')
  await one.visit(`/sites/${ids.site}/edit`)
  await two.visit(`/sites/${ids.site}/edit`)
  await one.fill('Name of the place', 'Larkhill Tower')
  await one.press('Save')
  await two.fill('Name of the place', 'Larkhill Lodge')
  await two.press('Save')
  await two.sees('The register now says: Name of the place: Larkhill Tower')
  await two.picture('site-stale')
  assert.equal(await two.page.getByLabel('Name of the place').inputValue(), 'Larkhill Lodge')
  await two.press('Save')
  await two.sees('The place is changed')
  await one.visit('/patches')
  await one.press('Add a patch')
  await one.fill('Name of the patch', 'South 1')
  await one.pick('Who looks after it?', nameOf('kofi'))
  await one.press('Save')
  await one.picture('patches')
  await one.visit(`/sites/${ids.site}/edit`)
  await one.pick('Patch', 'South 1')
  await one.fill(/If the CCTV policy does not cover/, 'Another landlord runs the cameras here.')
  await one.press('Save')
  await one.sees('South 1, looked after by')
  await one.sees('does not cover this place')
  await one.doesNotSee('Ask for a camera')
  await one.visit('/sites')
  await one.picture('sites')
  await Promise.all([one.close(), two.close()])
})
