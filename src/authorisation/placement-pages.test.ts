/**
 * Goal: consulting those who would pay, a new building, sound, and what an installer records work in a real browser,
 * keep what was typed and refuse by clause. Method: Chromium against the real server with this room's rows.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Visitor } from '#tests/journeys/browser.ts'
import type { Person } from '#web/web.ts'
import { propose } from './steps.ts'
import { noon, person, recorderId, type TestLandlords, testLandlords } from './test-landlord.ts'
import { servePages, type TestPages } from './test-pages.ts'
import { placements, proposalFor, staffOf, value } from './test-placement.ts'

let land: TestLandlords
let pages: TestPages
let url: string
const people = new Map<string, Person>()

before(async () => {
  land = await testLandlords(['connexus', 'whg', 'progress'])
  pages = await servePages(land, people, [
    { href: '/deployments', text: 'Cameras asked for', permission: 'deployment.view' },
  ])
  url = pages.url
})
after(async () => {
  await pages?.close()
  await land?.close()
})

function at(who: Person): Promise<Visitor> {
  people.set(who.username, who)
  return pages.as(who.username)
}

test('those who would pay are consulted, and the result is stated by another person after the last day', async () => {
  land.clock.set(noon)
  const pack = land.packs.packOf('connexus')
  const staff = staffOf(pack)
  const asker = staff.as('housing-officer')
  const decider = staff.as('line-manager')
  const { id } = value(
    await propose(land.deps, asker, proposalFor(pack, 'communal-permanent', { siteName: 'Elm House' })),
  )
  const officer = await at(asker)
  await officer.visit(`/deployments/${id}`)
  await officer.sees('Those who would pay have not been consulted yet')
  await officer.visit(`/deployments/${id}/consultation`)
  await officer.picture('consultation-empty')
  await officer.fillDay('closesOn', '2026-11-25')
  await officer.press('Open the consultation')
  await officer.sees('Enter which addresses would pay')
  await officer.fill(/Which addresses would pay/, 'Flats 1 to 24, Elm House, both stairs')
  await officer.fill(/How many households/, '24')
  await officer.tick('Letter')
  await officer.tick('Meeting')
  await officer.fill(/What its upkeep costs/, '£1,200.50')
  await officer.fill(/Whom it is sent to/, 'A. Example, Flat 1')
  await officer.press('Open the consultation')
  await officer.sees('People need at least 21 days to answer')
  await officer.picture('consultation-refused')
  assert.equal(await officer.page.getByLabel(/What its upkeep costs/).inputValue(), '£1,200.50')
  await officer.fillDay('closesOn', '2026-12-12')
  await officer.press('Open the consultation')
  await officer.sees('The consultation is open')
  await officer.sees('£50.03 for each household a year')
  await officer.press('Record this answer')
  await officer.sees('Choose whether they are for it or against it')
  await officer.tick('Against it')
  await officer.page.locator('input[name=way][value=letter]').check()
  await officer.fill(/Who answered/, 'A. Example')
  await officer.fill(/In their words/, `We are asked to pay for ${'a very long time '.repeat(20)}`)
  await officer.press('Record this answer')
  await officer.sees('The answer is recorded')
  await officer.picture('consultation-open')
  await officer.press('Erase who and words')
  await officer.sees('is erased. That there was an answer stays.')
  await officer.doesNotSee('A. Example, Flat 1x')

  const manager = await at(decider)
  await manager.visit(`/deployments/${id}/consultation`)
  await manager.doesNotSee('State the result')
  land.clock.set(Date.parse('2026-12-13T12:00:00Z'))
  await manager.visit(`/deployments/${id}/consultation`)
  await manager.tick('The camera may go ahead')
  await manager.press('State the result')
  await manager.sees('Enter why this is the result')
  await manager.fill(/Why is this the result/, 'One answer, and its writer was visited.')
  await manager.picture('consultation-result')
  await manager.press('State the result')
  await manager.sees('The result is recorded')
  await officer.visit(`/deployments/${id}/consultation`)
  await officer.sees('Held, and in favour')
  await officer.picture('consultation-done')
  const line = await officer.page.request.get(`${url}/deployments/${id}/consultation/charge.csv`)
  assert.match(await line.text(), /"Flats 1 to 24, Elm House, both stairs","24","1200\.50","50\.03"/)
  await officer.press('Finance has it')
  await officer.sees('Finance has had it since')
  await officer.visit(`/deployments/${id}`)
  await officer.picture('consultation-deployment')
  land.clock.set(noon)
  for (const visitor of [officer, manager]) await visitor.close()
})

test('a new building says why nobody is asked', async () => {
  const pack = land.packs.packOf('whg')
  const asker = staffOf(pack).as('colleague')
  const { id } = value(
    await propose(land.deps, asker, proposalFor(pack, 'communal-new-build', { siteName: 'New Court' })),
  )
  const colleague = await at(asker)
  await colleague.visit(`/deployments/${id}/consultation`)
  await colleague.picture('new-build')
  await colleague.fill(/Where does the design/, 'Drawing 7, stair A')
  await colleague.fillDay('firstTenancyDay', '2026-11-22')
  await colleague.press('Record it')
  await colleague.sees('People live there before the camera records')
  await colleague.fillDay('firstTenancyDay', '2027-02-01')
  await colleague.press('Record it')
  await colleague.sees('Not needed: nobody lives there yet')
  await colleague.picture('new-build-done')
  await colleague.close()
})

test('sound is asked for, and the page says what is still to be done', async () => {
  land.clock.set(noon)
  const pack = land.packs.packOf('progress')
  const staff = staffOf(pack)
  const { live, standing } = placements(land)
  const id = await live(pack, 'communal-permanent', null, { purposes: ['crime-asb'] })
  const officer = await at(staff.as('operational-officer'))
  await officer.visit(`/deployments/${id}`)
  await officer.press('Off')
  await officer.picture('sound-off')
  await officer.fillDay('untilDay', '2027-11-22')
  await officer.press('Ask for sound')
  await officer.sees('Enter why pictures alone will not do')
  await officer.fill(/Why will pictures alone not do/, 'Threats are spoken.')
  await officer.press('Ask for sound')
  await officer.sees('sound may last 28')
  await officer.fillDay('untilDay', '2026-11-28')
  await officer.press('Ask for sound')
  await officer.sees('It is off until everybody has agreed')
  await officer.picture('sound-asked')
  const dpo = await at(staff.as('data-protection-officer'))
  await dpo.visit(`/deployments/${id}/sound`)
  await dpo.tick('I agree to sound until that day')
  await dpo.fill(/Your reasons/, 'It is needed.')
  await dpo.press('Decide')
  await dpo.sees('The assessment must be written again and accepted, with sound in it')
  await dpo.picture('sound-refused')
  for (const visitor of [officer, dpo]) await visitor.close()

  // A reach may name a site or a patch as well as an area: who decides there is offered it, and nobody elsewhere.
  const { site } = (await standing(id)).file
  const [here, elsewhere] = await Promise.all(
    [site.id, recorderId].map((place) =>
      at(person('progress', 'data-protection-officer', [`site:${place}`])),
    ),
  )
  await here!.visit(`/deployments/${id}/sound`)
  await here!.sees('I agree to sound until that day')
  const shut = await elsewhere!.page.request.get(`${url}/deployments/${id}/sound`)
  assert.equal(shut.status(), 404)
  for (const visitor of [here!, elsewhere!]) await visitor.close()
})
