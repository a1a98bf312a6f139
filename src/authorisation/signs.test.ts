/**
 * Goal: a camera goes live, and goes on, only under signs that hang where they belong and say what is true. Method: real
 * PostgreSQL, real packs, people's own steps; the camera that photographs signs is the stand-in of test-landlord, which
 * shows what is written in the bytes it is given.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inTransaction } from '#engine/engine.ts'
import {
  findContact,
  type SignSheet,
  setContact,
  sheetByCode,
  sightingsOf,
  signAddress,
} from '#register/register.ts'
import type { Person } from '#web/web.ts'
import { signClause } from './signs-in-line.ts'
import {
  addSign,
  answerForSign,
  evaluateAll,
  guardSigns,
  homeProposal,
  jpeg,
  noon,
  person,
  placeSign,
  propose,
  reportSignMissing,
  standingOf,
  type TestLandlords,
  testLandlords,
} from './test-landlord.ts'
import { placements, value } from './test-placement.ts'

const derby = 'derby-homes'
const officer = person(derby, 'housing-officer')
const dpo = person(derby, 'data-protection-officer')
const fitter = person(derby, 'crime-prevention-installer')
const otherFitter = person(derby, 'crime-prevention-installer')
const stranger = person('progress', 'system-manager')
const day = 86_400_000

let land: TestLandlords
before(async () => {
  land = await testLandlords()
})
after(() => land.close())

const words = (result: { ok: boolean; reasons?: readonly { message: string }[] }): string =>
  (result.reasons ?? []).map((r) => r.message).join(' ')
const by = (who: Person, id: string) => ({ deps: land.deps, person: who, deploymentId: id })
const standing = async (id: string) => (await standingOf(land.db.sql, land.deps, id, land.clock.nowMs()))!
const gate = async (id: string) => (await standing(id)).gates.find((g) => g.code === 'signs')!
const sheetsOf = async (id: string): Promise<readonly SignSheet[]> => (await standing(id)).file.sheets
const tasks = async (id: string): Promise<readonly string[]> =>
  (
    await land.db.sql<{ kind: string }[]>`
      select kind from casework.task where closed_at is null and about ->> 'deployment' = ${id} order by kind`
  ).map((row) => row.kind)
const evaluate = () => evaluateAll(land.deps, 'all')
/** A photo of a sign, of whatever version. */
const photoOf = (sheet: { readonly code: string; readonly version: number }): Buffer =>
  Buffer.concat([jpeg, Buffer.from(signAddress('https://cctv.example.org', sheet))])
const blank = Buffer.concat([jpeg, Buffer.from('a wall')])
const hang = (id: string, photo: Buffer, more: Partial<Parameters<typeof placeSign>[0]> = {}) =>
  placeSign({ ...by(fitter, id), place: 'at-camera', note: '', photo, ...more })

const proposed = async (): Promise<string> => value(await propose(land.deps, officer, homeProposal())).id

async function running(): Promise<string> {
  const id = await placements(land).live(land.packs.packOf(derby), 'home-temporary')
  assert.ok(await records(id))
  return id
}
const records = async (id: string): Promise<boolean> =>
  (await standing(id)).file.mandates.some((m) => m.class === 'ordinary' && m.ended === null)

async function sayPhone(phone: string): Promise<void> {
  const contact = (await findContact(land.db.sql, derby))!
  await inTransaction(land.db.sql, (tx) =>
    setContact(tx, derby, { ...contact, phone }, null, land.clock.nowMs()),
  )
  await evaluate()
}

test('a camera asked for has its sign at once: operator, purpose and contact come from the record', async () => {
  const [sheet] = await sheetsOf(await proposed())
  assert.equal(sheet!.version, 1)
  assert.equal(sheet!.unlisted, true)
  assert.equal(sheet!.says.operator, land.packs.find(derby)!.name)
  assert.deepEqual(sheet!.says.purposes, [
    land.packs.packOf(derby).values.purposes.find((p) => p.code === 'asb')!.label,
  ])
  assert.equal(sheet!.says.contact!.phone, '0800 000 0000')
  assert.equal(sheet!.says.audio, false)
  assert.equal(sheet!.says.monitored, true)
})

test('a photo proves a sign by its code alone: a stranger’s, another camera’s and an older one are refused in words', async () => {
  const [id, other] = [await proposed(), await proposed()]
  const [sheet] = await sheetsOf(id)
  const foreign = photoOf({ code: 'K9HXRY61GQ90RTB0444T', version: 1 })
  for (const [photo, said] of [
    [
      Buffer.concat([jpeg, Buffer.from('https://example.org/menu HTTPS://EXAMPLE.ORG/MENU')]),
      /not one of our signs/,
    ],
    [foreign, /not one of our signs/],
    [photoOf((await sheetsOf(other))[0]!), /belongs to another place or camera/],
    [blank, /No code can be read/],
    [Buffer.from('no picture'), /not a JPEG or PNG/],
  ] as const) {
    const refused = await hang(id, photo, { unreadable: photo === blank ? null : 'It hangs high.' })
    assert.match(words(refused), said)
  }
  assert.equal((await gate(id)).state, 'open')
  assert.match(
    words(await placeSign({ ...by(officer, id), place: 'at-camera', note: '', photo: photoOf(sheet!) })),
    /./,
  )
  assert.match(words(await hang(id, photoOf(sheet!), { place: 'entry' })), /asks for no sign there/)
  assert.equal(value(await hang(id, photoOf(sheet!))).proof, 'read')
  assert.equal((await gate(id)).state, 'met')
  // What it must say changes before it is live: the old photo proves nothing, and an old sign is refused.
  await sayPhone('0800 000 0001')
  const [renewed] = await sheetsOf(id)
  assert.equal(renewed!.version, 2)
  assert.equal((await gate(id)).state, 'open')
  assert.match((await gate(id)).why, /older words/)
  assert.match(
    words(await hang(id, photoOf(sheet!), { unreadable: 'x' })),
    /shows version 1.*print version 2/,
  )
  assert.equal(value(await hang(id, photoOf(renewed!))).proof, 'read')
  assert.equal((await gate(id)).state, 'met')
})

test('a photo that can’t be read waits for a second person, who is never the first', async () => {
  const id = await proposed()
  const placed = value(await hang(id, blank, { unreadable: 'It hangs four metres up.' }))
  assert.equal(placed.proof, 'waiting')
  assert.match((await gate(id)).why, /second person/)
  assert.equal((await gate(id)).state, 'open')
  assert.ok((await tasks(id)).includes('sign.vouch'))
  const [sighting] = await sightingsOf(land.db.sql, (await sheetsOf(id))[0]!.id)
  const answer = { sightingId: sighting!.id, hangs: true, words: 'I stood before it.' }
  assert.match(words(await answerForSign({ ...by(fitter, id), ...answer })), /Somebody else/)
  assert.equal((await answerForSign({ ...by(dpo, id), ...answer })).ok, false)
  assert.equal((await answerForSign({ ...by(stranger, id), ...answer })).ok, false)
  await assert.rejects(
    land.db
      .sql`update register.sign_sighting set proof = 'word', answered_by = taken_by, answered_at = now() where id = ${sighting!.id}`,
    /check/,
  )
  assert.equal((await gate(id)).state, 'open')
  value(await answerForSign({ ...by(officer, id), ...answer }))
  assert.equal((await gate(id)).state, 'met')
  assert.equal((await tasks(id)).includes('sign.vouch'), false)
  assert.equal((await answerForSign({ ...by(otherFitter, id), ...answer })).ok, false)
})

test('a clause about signs at homes is quoted for a home, and never over a shared hallway', async () => {
  const pack = land.packs.packOf(derby)
  assert.equal(signClause(pack, 'home-temporary'), 'derby-4.2.1-g')
  assert.equal(signClause(pack, 'communal-temporary'), null, '4.3.3 does not carry the signs of 4.2.1 over')
})

test('a second person who can’t confirm it leaves the camera without its sign', async () => {
  const id = await proposed()
  value(await hang(id, blank, { unreadable: 'Behind glass.' }))
  const [sighting] = await sightingsOf(land.db.sql, (await sheetsOf(id))[0]!.id)
  value(
    await answerForSign({
      ...by(otherFitter, id),
      sightingId: sighting!.id,
      hangs: false,
      words: 'Not there.',
    }),
  )
  assert.equal((await gate(id)).state, 'open')
  assert.deepEqual((await standing(id)).file.signs, [])
})

test('each sign of a place needs its own photo', async () => {
  const id = await proposed()
  value(await addSign({ ...by(fitter, id), place: 'at-camera' }))
  assert.equal((await addSign({ ...by(officer, id), place: 'at-camera' })).ok, false)
  const [one, two] = await sheetsOf(id)
  assert.notEqual(one!.code, two!.code)
  value(await hang(id, photoOf(one!)))
  assert.equal((await gate(id)).state, 'open')
  assert.match(words(await hang(id, photoOf(one!), { sheetId: two!.id })), /belongs to another place/)
  value(await hang(id, photoOf(two!)))
  assert.equal((await gate(id)).state, 'met')
})

test('when other words are due a running camera goes on for 28 days, its installer is told, and then nothing is renewed', async () => {
  const id = await running()
  await sayPhone('0800 000 0002')
  assert.ok(await records(id))
  assert.equal((await gate(id)).state, 'met')
  assert.ok((await tasks(id)).includes('sign.renew'))
  const before = (await standing(id)).file.sheets[0]!
  await evaluate()
  assert.equal((await standing(id)).file.sheets[0]!.version, before.version, 'the same facts make no version')
  land.clock.advance(27 * day)
  assert.equal((await gate(id)).state, 'met')
  land.clock.advance(day)
  assert.equal((await gate(id)).state, 'open')
  land.clock.set(noon)
  value(await hang(id, photoOf((await sheetsOf(id))[0]!)))
  assert.equal((await tasks(id)).includes('sign.renew'), false)
})

test('a sign that doesn’t tell yet what people must learn at once has the grace of a missing one, and no more', async () => {
  const id = await running()
  const sheet = (await sheetsOf(id))[0]!
  // As when live pictures were off until now: the sign that hangs says nothing of them.
  await land.db.sql`
    update register.sign_version set says = says || '{"monitored": false}' where sheet_id = ${sheet.id}`
  await evaluate()
  const now = (await sheetsOf(id))[0]!
  assert.equal(now.mustVersion, now.version)
  assert.equal((await gate(id)).state, 'open')
  assert.ok(await records(id), 'the grace has not passed')
  land.clock.advance(3 * day)
  await evaluate()
  assert.equal(await records(id), false)
  value(await hang(id, photoOf(now)))
  assert.ok(await records(id))
  land.clock.set(noon)
})

test('anybody of the landlord reports a missing or damaged sign, nobody else; unmended it ends the mandate', async () => {
  const id = await running()
  const [sign] = (await standing(id)).file.signs
  const report = { signId: sign!.id, trouble: 'damaged' as const }
  assert.equal((await reportSignMissing({ ...by(stranger, id), ...report })).ok, false)
  value(await reportSignMissing({ ...by(dpo, id), ...report }))
  assert.equal((await reportSignMissing({ ...by(officer, id), ...report })).ok, false)
  assert.match((await gate(id)).why, /missing or damaged/)
  assert.ok(await records(id))
  land.clock.advance(3 * day)
  await evaluate()
  assert.equal(await records(id), false)
  value(await hang(id, photoOf((await sheetsOf(id))[0]!)))
  assert.ok(await records(id), 'hung again, it goes on')
  land.clock.set(noon)
})

test('each sign is looked at once a month: a task comes before, and a photo that is read closes it', async () => {
  const id = await running()
  land.clock.advance(20 * day)
  await evaluate()
  assert.equal((await tasks(id)).includes('sign.check'), false)
  land.clock.advance(5 * day)
  await evaluate()
  assert.ok((await tasks(id)).includes('sign.check'))
  const sheet = (await sheetsOf(id))[0]!
  const first = (await standing(id)).file.signs[0]!
  assert.match(words(await hang(id, blank)), /No code can be read/)
  assert.ok((await tasks(id)).includes('sign.check'))
  value(await hang(id, photoOf(sheet)))
  assert.equal((await tasks(id)).includes('sign.check'), false)
  const second = (await standing(id)).file.signs[0]!
  assert.equal(second.id, first.id)
  assert.equal(second.placedMs, first.placedMs)
  assert.equal(second.seenMs, land.clock.nowMs())
  assert.equal((await sightingsOf(land.db.sql, sheet.id)).length, 2)
  land.clock.set(noon)
  assert.equal((await sheetByCode(land.db.sql, sheet.code))!.id, sheet.id)
})

test('a system marked for safety gives nothing away from that moment, by whoever installs and nobody else', async () => {
  const pack = land.packs.packOf('progress')
  const id = await placements(land).live(pack, 'communal-permanent')
  const unlisted = async () => (await sheetsOf(id)).map((s) => s.unlisted)
  const installer = person('progress', 'installer')
  assert.deepEqual(await unlisted(), [false, false])
  const reason = 'Somebody was threatened here.'
  assert.equal((await guardSigns({ ...by(person('progress', 'operator'), id), reason })).ok, false)
  assert.equal((await guardSigns({ ...by(fitter, id), reason })).ok, false)
  value(await guardSigns({ ...by(installer, id), reason }))
  assert.deepEqual(await unlisted(), [true, true])
  assert.equal((await guardSigns({ ...by(installer, id), reason })).ok, false)
  await evaluate()
  assert.deepEqual(await unlisted(), [true, true])
  value(await guardSigns({ ...by(installer, id), reason: null }))
  assert.deepEqual(await unlisted(), [false, false])
})
