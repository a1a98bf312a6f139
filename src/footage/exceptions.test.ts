/**
 * Goal: an exception from what footage is never looked at for is asked with a reason, decided by the role that the pack
 * names, and over on its day. Method: Handcrafted's pack, the only one with an exception, on a real database.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { addDays, civilDay, manualClock, newId, silentLog, startOfDayMs } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { adoptPacks, openProviders, type Providers } from '#providers/providers.ts'
import { type Camera, findCamera, insertCamera, insertSite, insertSystem } from '#register/register.ts'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import type { Person } from '#web/web.ts'
import { exceptionsOf, findLeave } from './leave-store.ts'
import { answerLeave, askLeave, fits, takeBackLeave } from './viewing/leaves.ts'

const noon = Date.parse('2026-11-22T12:00:00Z')
const provider = 'handcrafted'
const clock = manualClock(noon)
let db: TestDatabase
let packs: Providers
let camera: Camera

before(async () => {
  db = await testDatabase()
  const folder = join(import.meta.dirname, '..', '..', 'policies')
  packs = await openProviders({ sql: db.sql, folder, clock, log: silentLog })
  await inTransaction(db.sql, (tx) => adoptPacks(tx, packs, [{ slug: provider, by: null, nowMs: noon }]))
  await packs.refresh()
  const by = newId(noon)
  const made = await inTransaction(db.sql, async (tx) => {
    const siteId = await insertSite(tx, {
      provider,
      name: 'Oak House',
      address: ['1 Example Street'],
      kind: 'communal',
      timeZone: 'Europe/London',
      area: null,
      by,
      nowMs: noon,
    })
    const systemId = await insertSystem(tx, {
      provider,
      siteId,
      name: 'Entrance',
      purposes: [],
      managerId: null,
      by,
      nowMs: noon,
    })
    return insertCamera(tx, {
      provider,
      systemId,
      label: 'Entrance',
      position: 'Over the door',
      by,
      nowMs: noon,
    })
  })
  camera = (await findCamera(db.sql, made))!
})
after(() => db?.drop())

const person = (role: string): Person => {
  const id = newId(noon)
  const roles = [{ provider, role, areas: [] }]
  return { id, name: role, username: `u${id.slice(-6)}`, roles, administrator: false, via: 'session' }
}
const deps = () => ({ sql: db.sql, clock, packs })
const today = () => civilDay(clock.nowMs(), 'Europe/London')
const wanted = (more: object = {}) => ({
  kind: 'exception' as const,
  viewingKind: 'recorded' as const,
  cameraIds: [camera.id],
  fromMs: null,
  toMs: null,
  purpose: 'behaviour',
  reason: 'A resident was hurt twice on the stairs and cannot say how.',
  caseId: null,
  untilMs: startOfDayMs(addDays(today(), 8), 'Europe/London'),
  ...more,
})

test('only a purpose that the policy leaves open can be excepted, with a reason and an end that it allows', async () => {
  const who = person('designated-staff')
  for (const [more, code] of [
    [{ purpose: 'supervision' }, 'leave-purpose'],
    [{ purpose: 'discipline' }, 'leave-purpose'],
    [{ purpose: 'safeguarding' }, 'leave-purpose'],
    [{ reason: ' ' }, 'reason'],
    [{ untilMs: noon }, 'until'],
    [{ untilMs: noon + 15 * 86_400_000 }, 'until'],
  ] as const) {
    const asked = await askLeave(deps(), who, camera, wanted(more))
    assert.ok(!asked.ok, JSON.stringify(more))
    assert.equal(asked.reasons[0]!.code, code)
  }
})

test('the role that the policy names decides, never who asked; it ends on its day or when it is taken back', async () => {
  const who = person('designated-staff')
  const both: Person = {
    ...who,
    roles: [...who.roles, { provider, role: 'service-manager', areas: [] }],
  }
  const asked = await askLeave(deps(), who, camera, wanted())
  assert.ok(asked.ok)
  const leave = asked.value
  const looking = {
    personId: who.id,
    kind: 'recorded' as const,
    cameraIds: [camera.id],
    fromMs: noon - 1000,
    toMs: noon,
    purpose: 'behaviour',
  }
  const now = async () => (await findLeave(db.sql, leave.id))!
  assert.equal(fits(await now(), looking, clock.nowMs()), false, 'nobody has decided')
  const answer = { agreed: true, reason: 'Clear, and it fits.' }
  for (const other of [both, person('staff'), person('supervisor')])
    assert.equal((await answerLeave(deps(), other, leave, answer)).ok, false)
  assert.equal(
    (await answerLeave(deps(), person('service-manager'), leave, { ...answer, reason: '' })).ok,
    false,
  )
  const manager = person('service-manager')
  assert.equal((await answerLeave(deps(), manager, leave, answer)).ok, true)
  assert.equal((await answerLeave(deps(), manager, leave, { agreed: false, reason: 'No.' })).ok, false)

  assert.equal(fits(await now(), looking, clock.nowMs()), true)
  assert.equal((await exceptionsOf(db.sql, who.id, provider, clock.nowMs())).length, 1)
  for (const more of [
    { personId: both.id === who.id ? newId(noon) : both.id },
    { purpose: 'safeguarding' },
    { cameraIds: [newId(noon)] },
    { kind: 'live' as const },
  ])
    assert.equal(fits(await now(), { ...looking, ...more }, clock.nowMs()), false, JSON.stringify(more))
  assert.equal(fits(await now(), looking, leave.untilMs), false, 'its day is over')
  assert.equal((await takeBackLeave(deps(), person('staff'), leave)).ok, false)
  assert.equal((await takeBackLeave(deps(), manager, leave)).ok, true)
  assert.equal(fits(await now(), looking, clock.nowMs()), false)
  assert.equal((await exceptionsOf(db.sql, who.id, provider, clock.nowMs())).length, 0)
})
