/** Goal: what an installer says is proven by something on record. Method: real PostgreSQL and packs. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { addDays } from '#base/base.ts'
import { matchingOn } from './installed.ts'
import { addSitePhoto, answerChecklist, propose, recordMatching, switchMatchingOff } from './steps.ts'
import { homeProposal, jpeg, noon, type TestLandlords, testLandlords } from './test-landlord.ts'
import { codes, day0, placements, staffOf, value } from './test-placement.ts'

let land: TestLandlords
let { standing, stateOf, by } = {} as ReturnType<typeof placements>
before(async () => {
  land = await testLandlords(['derby-homes'])
  ;({ standing, stateOf, by } = placements(land))
})
after(async () => {
  await land.close()
})

async function proposed(change = {}) {
  land.clock.set(noon)
  const pack = land.packs.packOf('derby-homes')
  const staff = staffOf(pack)
  const { id } = value(await propose(land.deps, staff.as('housing-officer'), homeProposal(change)))
  return { id, pack, fitter: staff.as('crime-prevention-installer'), officer: staff.as('housing-officer') }
}

test('a tick for qualified or for the equipment needs what proves it', async () => {
  const { id, pack, fitter } = await proposed()
  const met = pack.values.siteChecklist.map((i) => i.code)
  const ticks = { ...by(fitter, id), met, notes: {}, qualified: true }
  const bare = await answerChecklist(ticks)
  assert.deepEqual(codes(bare).sort(), ['kit', 'qualification'])
  assert.deepEqual(bare.ok ? [] : bare.reasons.map((r) => r.clause).sort(), [
    'derby-4.2.1-e',
    'derby-4.2.5-d',
  ])
  const kit = ['Camera, M1, serial 1', 'Power supply, serial 2']
  const old = { ...ticks, kit, qualification: 'Card 4711', qualificationUntil: addDays(day0, -1) }
  assert.deepEqual(codes(await answerChecklist(old)), ['qualificationUntil'])
  assert.equal((await standing(id)).file.installation, null)
  value(await answerChecklist({ ...old, qualificationUntil: addDays(day0, 300) }))
  const { installation } = (await standing(id)).file
  assert.deepEqual([installation!.kit, installation!.qualification], [kit, 'Card 4711'])
  assert.equal(await stateOf(id, 'site-checklist'), 'met')
})

test('photos of the place are the installer’s, and no other file passes for one', async () => {
  const { id, fitter, officer } = await proposed()
  const photo = { note: 'The bracket over the door', photo: jpeg }
  assert.deepEqual(codes(await addSitePhoto({ ...by(officer, id), ...photo })), [
    'install-by-crime-prevention',
  ])
  assert.deepEqual(codes(await addSitePhoto({ ...by(fitter, id), note: '', photo: Buffer.from('<svg/>') })), [
    'sitePhoto',
  ])
  value(await addSitePhoto({ ...by(fitter, id), ...photo }))
  assert.equal((await standing(id)).file.sitePhotos[0]!.note, 'The bracket over the door')
})

test('matching is off unless its database has an owner and a check that still counts', async () => {
  const plain = await proposed({ siteName: 'Flat 8' })
  const database = {
    database: 'People barred from the building, housing system',
    owner: 'Head of Housing Management',
    checkedOn: day0,
    goodUntil: addDays(day0, 30),
  }
  assert.deepEqual(codes(await recordMatching({ ...by(plain.fitter, plain.id), ...database })), ['database'])
  const { id, fitter, officer } = await proposed({ siteName: 'Flat 9', technologies: ['movement'] })
  assert.equal(matchingOn(await standing(id), land.clock.nowMs()), false)
  assert.deepEqual(codes(await recordMatching({ ...by(officer, id), ...database })), [
    'install-by-crime-prevention',
  ])
  const wrong = { ...database, checkedOn: addDays(day0, 1), goodUntil: addDays(day0, 500) }
  assert.deepEqual(codes(await recordMatching({ ...by(fitter, id), ...wrong })).sort(), [
    'checkedOn',
    'goodUntil',
  ])
  value(await recordMatching({ ...by(fitter, id), ...database }))
  assert.equal(matchingOn(await standing(id), land.clock.nowMs()), true)
  land.clock.set(Date.parse(`${addDays(day0, 31)}T12:00:00Z`))
  assert.equal(matchingOn(await standing(id), land.clock.nowMs()), false)
  land.clock.set(noon)
  value(await switchMatchingOff(by(fitter, id)))
  assert.deepEqual(codes(await switchMatchingOff(by(fitter, id))), ['matching'])
})

test('a camera without a day of review is refused, an older one waits for it', async () => {
  land.clock.set(noon)
  const officer = staffOf(land.packs.packOf('derby-homes')).as('housing-officer')
  assert.deepEqual(codes(await propose(land.deps, officer, homeProposal({ reviewDay: null }))), ['reviewDay'])
  const { id } = value(await propose(land.deps, officer, homeProposal()))
  await land.db.owner`update authorisation.deployment set review_day = null where id = ${id}`
  assert.equal(await stateOf(id, 'dates'), 'open')
})
