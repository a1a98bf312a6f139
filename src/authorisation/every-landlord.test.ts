/**
 * Goal: under each of the five policies, each kind of placement gets its mandate through its own steps, and through all of
 * them: one step left out and there is none. Method: real PostgreSQL, the real packs, people who hold one role each,
 * taken from what the pack itself says who may do.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { addDays } from '#base/base.ts'
import { tasksAbout } from '#casework/casework.ts'
import { mandateBundleFor } from './mandates.ts'
import { evaluateAll } from './periodic.ts'
import {
  eraseFromConsultation,
  handChargeOver,
  openConsultation,
  propose,
  recordAnswer,
  recordNewBuild,
  stateResult,
} from './steps.ts'
import { noon, type TestLandlords, testLandlords } from './test-landlord.ts'
import { codes, day0, opening, placements, proposalFor, staffOf, value } from './test-placement.ts'

const slugs = ['derby-homes', 'connexus', 'whg', 'progress', 'handcrafted']
/** What each policy has: a new kind of placement joins the test by itself, a lost one fails it. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  'derby-homes': ['home-temporary', 'communal-temporary'],
  connexus: ['communal-permanent', 'home-temporary', 'access-system'],
  whg: ['communal-permanent', 'communal-new-build'],
  progress: ['communal-permanent', 'communal-temporary'],
  handcrafted: ['communal-permanent', 'house-doorbell'],
}

let land: TestLandlords
let { standing, stateOf, by, consult, live } = {} as ReturnType<typeof placements>
before(async () => {
  land = await testLandlords(slugs)
  ;({ standing, stateOf, by, consult, live } = placements(land))
})
after(async () => {
  await land.close()
})

describe('every kind of placement of every policy', () => {
  for (const [slug, types] of Object.entries(kinds)) {
    test(`${slug}: the test knows every one`, () => {
      const known = land.packs.packOf(slug).values.deploymentTypes.map((t) => t.code)
      assert.deepEqual([...types].sort(), [...known].sort())
    })
    for (const code of types)
      test(`${slug}, ${code}: comes to a mandate by its own steps`, async () => {
        land.clock.set(noon)
        const pack = land.packs.packOf(slug)
        const id = await live(pack, code)
        const { file, gates } = await standing(id)
        assert.deepEqual(
          gates.filter((g) => g.state !== 'met'),
          [],
        )
        const bundle = await mandateBundleFor(land.deps.sql, file.camera.id)
        assert.ok(bundle, `${slug} ${code} has no mandate`)
        assert.equal(file.mandates.filter((m) => m.class === 'ordinary' && m.ended === null).length, 1)
      })
  }

  for (const [slug, types] of Object.entries(kinds))
    for (const code of types)
      test(`${slug}, ${code}: has no mandate with one of its steps left out`, async () => {
        const pack = land.packs.packOf(slug)
        const type = pack.values.deploymentTypes.find((t) => t.code === code)!
        const leavable = ['consultation', 'dpia', 'resident-agreement', 'signs', 'site-checklist', 'approval']
        for (const gate of type.gates.map((g) => g.code).filter((g) => leavable.includes(g))) {
          land.clock.set(noon)
          const early = gate === 'dpia' && type.approvals.length > 0
          if (early) continue // then nobody can approve: told in the deny cases of the pack
          const id = await live(pack, code, gate)
          const { camera } = (await standing(id)).file
          assert.equal(
            await mandateBundleFor(land.deps.sql, camera.id),
            null,
            `${slug} ${code} without ${gate}`,
          )
        }
      })
})

describe('a consultation', () => {
  test('asks long enough, about a cost, inside its days, and counts for as many cameras as it asked about', async () => {
    land.clock.set(noon)
    const pack = land.packs.packOf('connexus')
    const staff = staffOf(pack)
    const officer = staff.as('housing-officer')
    const decider = staff.as('line-manager')
    const proposal = proposalFor(pack, 'communal-permanent', { siteName: 'Long Court' })
    const { id } = value(await propose(land.deps, officer, proposal))
    const refused = await openConsultation({
      ...by(officer, id),
      ...opening,
      closesOn: addDays(day0, 3),
      yearlyCost: 0,
    })
    assert.deepEqual(codes(refused).sort(), ['closesOn', 'yearlyCost'])
    assert.equal(
      refused.ok ? '' : refused.reasons.find((r) => r.code === 'yearlyCost')!.clause,
      'connexus-3.3-b',
    )
    assert.deepEqual(codes(await openConsultation({ ...by(staff.as('installer'), id), ...opening })), [
      'able',
    ])
    await consult(id, pack, officer, decider, 'line-manager')
    const { consultation } = (await standing(id)).file
    assert.equal(consultation!.householdPence, 5001)
    const late = { stance: 'for' as const, cameOn: day0, way: 'letter' as const, who: null, words: null }
    assert.deepEqual(codes(await recordAnswer({ ...by(officer, id), ...late })), ['consultation'])

    // A second camera of the same system was not asked about.
    const { siteId } = (await standing(id)).file.deployment
    const { id: second } = value(
      await propose(land.deps, officer, {
        ...proposal,
        siteId,
        cameraLabel: 'Second camera',
        fromDay: '2026-12-13',
      }),
    )
    assert.equal((await standing(second)).file.consultation, null)
    assert.equal(await stateOf(second, 'consultation'), 'open')

    const charge = async () =>
      (await tasksAbout(land.db.sql, { deployment: id })).filter(
        (task) => task.kind === 'consultation.charge',
      )
    assert.ok((await charge())[0]!.dueMs !== null, 'who forgets it is told, and others after them')
    assert.equal((await charge())[0]!.clause, 'connexus-3.3-c')
    value(await handChargeOver(by(officer, id)))
    assert.deepEqual(await charge(), [])
    assert.deepEqual(codes(await handChargeOver(by(officer, id))), ['charge'])
  })

  test('against the camera blocks it, until another one says otherwise', async () => {
    land.clock.set(noon)
    const pack = land.packs.packOf('whg')
    const staff = staffOf(pack)
    const asker = staff.as('colleague')
    const proposal = proposalFor(pack, 'communal-permanent', { siteName: 'No Court' })
    const { id } = value(await propose(land.deps, asker, proposal))
    value(await openConsultation({ ...by(asker, id), ...opening }))
    assert.deepEqual(codes(await openConsultation({ ...by(asker, id), ...opening })), ['consultation'])
    land.clock.set(Date.parse('2026-12-20T12:00:00Z'))
    const result = {
      ...by(staff.as('licensed-decider'), id),
      role: 'licensed-decider',
      outcome: 'no' as const,
      reason: 'Nobody wants to pay.',
      counts: { for: 0, against: 0, comment: 0 },
    }
    value(await stateResult(result))
    assert.equal(await stateOf(id, 'consultation'), 'blocked')
    assert.deepEqual(codes(await stateResult(result)), ['consultation'])
    const again = { ...opening, opensOn: '2026-12-20', closesOn: '2027-01-20' }
    value(await openConsultation({ ...by(asker, id), ...again }))
    assert.equal(await stateOf(id, 'consultation'), 'open')
    land.clock.set(noon)
  })

  test('forgets who was asked and who answered, and keeps that they did', async () => {
    land.clock.set(noon)
    const pack = land.packs.packOf('connexus')
    const staff = staffOf(pack)
    const officer = staff.as('housing-officer')
    const proposal = proposalFor(pack, 'communal-permanent', { siteName: 'Quiet Court' })
    const { id } = value(await propose(land.deps, officer, proposal))
    value(await openConsultation({ ...by(officer, id), ...opening }))
    const answer = {
      stance: 'against' as const,
      cameOn: day0,
      way: 'visit' as const,
      who: 'B. Example',
      words: 'No.',
    }
    const { answerId } = value(await recordAnswer({ ...by(officer, id), ...answer }))
    value(await eraseFromConsultation({ ...by(officer, id), answerId }))
    value(await eraseFromConsultation({ ...by(officer, id), answerId: null }))
    assert.deepEqual(codes(await eraseFromConsultation({ ...by(officer, id), answerId })), ['erased'])
    const { consultation } = (await standing(id)).file
    assert.deepEqual(consultation!.counts, { for: 0, against: 1, comment: 0 })
    const left = await land.db.owner<{ n: number }[]>`
      select count(*)::int as n from authorisation.consultation_answer a
      join authorisation.consultation c on c.id = a.consultation_id
      where c.deployment_id = ${id} and (a.who is not null or a.words is not null or c.contacts is not null)`
    assert.equal(left[0]!.n, 0)
  })

  test('is not needed for a new building, but only before anybody lives there', async () => {
    land.clock.set(noon)
    const pack = land.packs.packOf('whg')
    const staff = staffOf(pack)
    const runner = staff.as('colleague')
    const { id } = value(
      await propose(land.deps, runner, proposalFor(pack, 'communal-new-build', { siteName: 'New Court' })),
    )
    const given = { ...by(runner, id), design: 'Drawing 7' }
    const refused = await recordNewBuild({ ...given, firstTenancyDay: day0 })
    assert.deepEqual(codes(refused), ['firstTenancyDay'])
    assert.equal(refused.ok ? '' : refused.reasons[0]!.clause, 'whg-2.9-a')
    value(await recordNewBuild({ ...given, firstTenancyDay: '2026-12-24' }))
    assert.equal(await stateOf(id, 'consultation'), 'met')
    // The work took longer: people moved in first.
    land.clock.set(Date.parse('2026-12-24T09:00:00Z'))
    await evaluateAll(land.deps, 'waiting')
    assert.equal(await stateOf(id, 'consultation'), 'open')
    const other = value(
      await propose(
        land.deps,
        runner,
        proposalFor(pack, 'communal-permanent', {
          siteName: 'Old Court',
          fromDay: '2026-12-24',
          reviewDay: '2027-12-24',
        }),
      ),
    )
    assert.deepEqual(
      codes(await recordNewBuild({ ...by(runner, other.id), design: 'x', firstTenancyDay: '2027-06-01' })),
      ['newBuild'],
    )
    land.clock.set(noon)
  })
})
