/**
 * Goal: a camera of an older system goes on only by a named person's decision, never longer than 90 days in all, never
 * in a home, and stops by itself; an ordinary mandate takes its place when every step is done. Method: real PostgreSQL,
 * the real packs and keys; the recorder's answers are given by hand.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId, type Result, startOfDayMs } from '#base/base.ts'
import { tasksAbout, tasksFor } from '#casework/casework.ts'
import { inTransaction } from '#engine/engine.ts'
import { verifyMandate } from '#formats/mandate/mandate.ts'
import { transitionRules } from '#policy/policy.ts'
import {
  insertArea,
  insertCamera,
  insertPlan,
  insertSite,
  insertSystem,
  placeOnPlan,
  recordProbe,
  type SiteKind,
  setConnection,
  storePicture,
  updateCamera,
} from '#register/register.ts'
import type { Person } from '#web/web.ts'
import { standingOf } from '../evaluate.ts'
import { mandateAt, mandateBundleFor, withdrawalFor } from '../mandates.ts'
import { evaluateAll, expireDue } from '../periodic.ts'
import { stopDeployment } from '../steps.ts'
import { jpeg, noon, person, recorderId, type TestLandlords, testLandlords } from '../test-landlord.ts'
import { decideTransition, lastDayPossible, mayDecide, probeTakenOver, takeOver } from './steps.ts'

const day = 86_400_000
let land: TestLandlords
before(async () => {
  land = await testLandlords()
})
after(async () => {
  await land.close()
})

const dpo = person('progress', 'data-protection-officer')
const manager = person('progress', 'system-manager')
const elsewhere = person('derby-homes', 'data-protection-officer')
let made = 0

/** A camera as an estate file brings it, connected or not, with its deployment; null where none was entered. */
async function brought(
  given: { by?: Person; serial?: string; kind?: SiteKind; placement?: string; answers?: boolean } = {},
): Promise<{ id: string; cameraId: string } | null> {
  const { sql, clock } = land.deps
  const nowMs = clock.nowMs()
  const by = (given.by ?? manager).id
  made += 1
  return inTransaction(sql, async (tx) => {
    const common = { provider: 'progress', by, nowMs }
    const siteId = await insertSite(tx, {
      ...common,
      name: `Block ${made}`,
      address: ['1 Example Street'],
      kind: given.kind ?? 'communal',
      timeZone: 'Europe/London',
      area: null,
      patchId: null,
      outOfScope: null,
    } as Parameters<typeof insertSite>[1])
    const systemId = await insertSystem(tx, {
      ...common,
      siteId,
      name: 'Doors',
      purposes: ['crime-asb'],
      managerId: null,
    } as Parameters<typeof insertSystem>[1])
    const cameraId = await insertCamera(tx, {
      ...common,
      systemId,
      label: `Door ${made}`,
      position: 'Above the door',
      serial: given.serial ?? '',
    })
    await setConnection(tx, {
      id: cameraId,
      version: 1,
      recorderId,
      rtspUrl: `rtsp://192.0.2.10:554/${made}`,
      credentials: 'none',
    })
    if (given.answers !== false)
      await recordProbe(tx, cameraId, { code: 'ok', words: 'The camera answers.', atMs: nowMs })
    const entered = await takeOver(land.deps, tx, {
      ...common,
      siteId,
      systemId,
      cameraId,
      timeZone: 'Europe/London',
      purposes: ['crime-asb'],
      placement: given.placement ?? 'communal-permanent',
      basis: 'legitimate-interests',
      reason: 'Fly-tipping at the bins.',
    })
    const [row] = await tx<{ id: string }[]>`
      select id from authorisation.deployment where camera_id = ${cameraId}`
    return entered ? { id: row!.id, cameraId } : null
  })
}

const decide = (
  who: Person,
  deploymentId: string,
  untilDay: string | null,
  outcome: 'allowed' | 'refused' | 'withdrawn' = 'allowed',
) => decideTransition({ deps: land.deps, person: who, deploymentId, outcome, reason: 'It deters.', untilDay })
const standing = async (id: string) => (await standingOf(land.deps.sql, land.deps, id, land.clock.nowMs()))!
const words = (result: Result<unknown>) => (result.ok ? 'ok' : result.reasons[0]!.message)
const codes = (result: Result<unknown>) => (result.ok ? [] : result.reasons.map((r) => r.code))
const at = (iso: string) => land.clock.set(Date.parse(iso))

test('a camera of an older system gets no mandate until somebody decides; then one that its recorder takes', async () => {
  at('2026-11-22T12:00:00Z')
  const { id, cameraId } = (await brought())!
  await evaluateAll(land.deps, 'waiting')
  assert.equal(await mandateBundleFor(land.deps.sql, cameraId), null)
  const asked = (await tasksFor(land.deps.sql, dpo)).find((t) => t.about['deployment'] === id)
  assert.match(asked!.title, /decide whether a camera of the older system may go on/)

  assert.equal(words(await decide(dpo, id, '2026-12-20')), 'ok')
  const bundle = (await mandateBundleFor(land.deps.sql, cameraId))!
  const { rootKey } = land.deps.keys
  const mandate = verifyMandate({
    ...bundle,
    rootKey,
    nowMs: land.clock.nowMs(),
    lastCounter: 0,
    recorder: recorderId,
  })
  assert.ok(mandate.ok)
  assert.equal(mandate.value.class, 'transitional')
  assert.equal(mandate.value.untilMs, startOfDayMs('2026-12-21', 'Europe/London'))
  assert.equal(mandate.value.basis.dpia, null)
  const { file, gates } = await standing(id)
  assert.equal(file.mandates[0]?.class, 'transitional')
  assert.ok(gates.some((g) => g.code === 'dpia' && g.state === 'open'))
  const tasks = await tasksAbout(land.deps.sql, { deployment: id })
  assert.ok(tasks.some((t) => t.kind === 'gate.dpia' && t.dueMs === mandate.value.untilMs))
  assert.ok(tasks.some((t) => t.kind === 'transition.lacks'))
  assert.ok(!tasks.some((t) => t.kind === 'transition.decide'))
})

test('who brought a camera in never decides, nor another role, nor another landlord’s', async () => {
  at('2026-11-22T12:00:00Z')
  const both = {
    ...person('progress', 'data-protection-officer'),
    roles: ['data-protection-officer', 'system-manager'].map((role) => ({
      provider: 'progress',
      role,
      areas: [],
    })),
  }
  const { id, cameraId } = (await brought({ by: both }))!
  assert.deepEqual(codes(await decide(both, id, '2026-12-01')), ['transition-asker'])
  assert.deepEqual(codes(await decide(manager, id, '2026-12-01')), ['transition-role'])
  assert.deepEqual(codes(await decide(elsewhere, id, '2026-12-01')), ['not-found'])
  assert.equal(mayDecide(both, await standing(id)), false)
  assert.equal(mayDecide(dpo, await standing(id)), true)
  assert.equal(await mandateBundleFor(land.deps.sql, cameraId), null)
})

test('who reaches only the place, by its site or its patch, decides there and nowhere else', async () => {
  at('2026-11-22T12:00:00Z')
  const { id } = (await brought())!
  const { site } = (await standing(id)).file
  const patchId = newId(noon)
  await land.deps.sql`
    insert into register.patch (id, provider, name, created_by, created_at)
    values (${patchId}, 'progress', 'Larch patch', ${manager.id}, ${noon})`
  await land.deps.sql`update register.site set patch_id = ${patchId} where id = ${site.id}`
  const reaching = (word: string) => person('progress', 'data-protection-officer', [word])
  for (const word of [`site:${recorderId}`, `patch:${recorderId}`, 'North'])
    assert.deepEqual(codes(await decide(reaching(word), id, '2026-12-01')), ['not-found'])
  for (const word of [`site:${site.id}`, `patch:${patchId}`])
    assert.equal(words(await decide(reaching(word), id, '2026-12-01')), 'ok')
})

test('never more than 90 days in all, however often it is decided and under whatever name it is entered', async () => {
  at('2026-11-22T12:00:00Z')
  const { id } = (await brought({ serial: 'EX-77' }))!
  assert.match(words(await decide(dpo, id, '2027-02-20')), /At most 90 days in all/)
  assert.match(words(await decide(dpo, id, '2026-11-21')), /today or later/)
  assert.match(words(await decide(dpo, id, null)), /Give the last day/)
  assert.equal(words(await decide(dpo, id, '2026-12-01')), 'ok')
  at('2026-12-20T12:00:00Z')
  await evaluateAll(land.deps, 'all')
  // The 90 days run from the first, not from the decision, and not from a fresh entry of the same device.
  assert.match(words(await decide(dpo, id, '2027-02-20')), /2027-02-19 at the latest/)
  const again = (await brought({ serial: 'ex-77' }))!
  assert.match(words(await decide(dpo, again.id, '2027-02-20')), /2027-02-19 at the latest/)
  assert.equal(words(await decide(dpo, again.id, '2027-02-19')), 'ok')
  at('2027-02-20T12:00:00Z')
  await evaluateAll(land.deps, 'all')
  assert.match(words(await decide(dpo, again.id, '2027-02-20')), /has had its 90 days/)
  assert.equal(lastDayPossible('2026-11-22', '2027-02-19', 365), '2027-02-19')
  assert.equal(lastDayPossible('2026-11-22', '2027-02-20', 365), null)
  await assert.rejects(
    land.db
      .sql`update authorisation.transition set until_day = '2027-06-01' where deployment_id = ${again.id}`,
    /check constraint/,
  )
  await assert.rejects(
    land.db.sql`update authorisation.transition set decided_by = asked_by where deployment_id = ${again.id}`,
    /check constraint/,
  )
})

test('a camera in a home is never taken over this way', async () => {
  at('2026-11-22T12:00:00Z')
  const found = (await brought({ kind: 'home' }))!
  assert.match(words(await decide(dpo, found.id, '2026-12-01')), /in a home never goes on/)
  assert.equal(await mandateBundleFor(land.deps.sql, found.cameraId), null)
  assert.equal(await brought({ placement: 'drone' }), null)
})

test('it stops by itself at the end of its last day, with a word to its recorder and a task', async () => {
  at('2026-11-22T12:00:00Z')
  const { id, cameraId } = (await brought())!
  await decide(dpo, id, '2026-12-01')
  at('2026-11-25T12:00:00Z')
  await evaluateAll(land.deps, 'all')
  const warned = (await tasksFor(land.deps.sql, dpo)).find(
    (t) => t.kind === 'transition.lacks' && t.about['deployment'] === id,
  )
  assert.match(warned!.title, /stops in 7 days/)
  const end = startOfDayMs('2026-12-02', 'Europe/London')
  land.clock.set(end + 3_000)
  await expireDue(land.deps)
  assert.equal(await mandateBundleFor(land.deps.sql, cameraId), null)
  const word = await withdrawalFor(land.deps.sql, land.deps.keys, cameraId)
  assert.equal(word?.endedMs, end)
  assert.equal(await mandateAt(land.deps.sql, cameraId, end), null)
  assert.equal((await mandateAt(land.deps.sql, cameraId, end - 1))?.class, 'transitional')
  const left = await tasksAbout(land.deps.sql, { deployment: id })
  assert.ok(left.some((t) => t.kind === 'transition.over'))
  // Nothing starts it again by itself.
  land.clock.advance(day)
  await evaluateAll(land.deps, 'all')
  assert.equal(await mandateBundleFor(land.deps.sql, cameraId), null)
})

test('its lease is renewed while it runs, and never beyond its last day', async () => {
  at('2026-11-22T12:00:00Z')
  const { id } = (await brought())!
  await decide(dpo, id, '2027-02-10')
  const first = (await standing(id)).file.mandates[0]!
  assert.equal(first.untilMs, startOfDayMs('2026-12-28', 'Europe/London'))
  at('2026-12-20T12:00:00Z')
  await evaluateAll(land.deps, 'all')
  const second = (await standing(id)).file.mandates[0]!
  assert.equal(second.fromMs, first.fromMs)
  assert.equal(second.untilMs, startOfDayMs('2027-01-25', 'Europe/London'))
  at('2027-02-01T12:00:00Z')
  await evaluateAll(land.deps, 'all')
  assert.equal((await standing(id)).file.mandates[0]?.untilMs, startOfDayMs('2027-02-11', 'Europe/London'))
})

test('re-aimed, taken back, refused or stopped it records nothing', async () => {
  at('2026-11-22T12:00:00Z')
  const moved = (await brought())!
  await decide(dpo, moved.id, '2026-12-20')
  const { camera } = (await standing(moved.id)).file
  await inTransaction(land.deps.sql, (tx) => updateCamera(tx, { ...camera, position: 'At the neighbour’s' }))
  await evaluateAll(land.deps, 'all')
  assert.equal(await mandateBundleFor(land.deps.sql, moved.cameraId), null)

  const back = (await brought())!
  assert.match(words(await decide(dpo, back.id, null, 'withdrawn')), /nothing to take back/)
  await decide(dpo, back.id, '2026-12-20')
  assert.equal(words(await decide(dpo, back.id, null, 'withdrawn')), 'ok')
  assert.equal(await mandateBundleFor(land.deps.sql, back.cameraId), null)

  const refused = (await brought())!
  assert.equal(words(await decide(dpo, refused.id, null, 'refused')), 'ok')
  assert.equal(await mandateBundleFor(land.deps.sql, refused.cameraId), null)

  const stopped = (await brought())!
  await decide(dpo, stopped.id, '2026-12-20')
  await stopDeployment({
    deps: land.deps,
    person: manager,
    deploymentId: stopped.id,
    reason: 'Private window.',
  })
  await evaluateAll(land.deps, 'all')
  assert.equal(await mandateBundleFor(land.deps.sql, stopped.cameraId), null)
})

test('a camera that does not answer gets none; once the recorder reaches it, it does', async () => {
  at('2026-11-22T12:00:00Z')
  const { id, cameraId } = (await brought({ answers: false }))!
  await decide(dpo, id, '2026-12-20')
  assert.equal(await mandateBundleFor(land.deps.sql, cameraId), null)
  land.answerProbe({ code: 'no-answer', words: 'Nothing answered.' })
  await probeTakenOver(land.deps, id)
  assert.equal(await mandateBundleFor(land.deps.sql, cameraId), null)
  land.answerProbe({ code: 'ok', words: 'The camera answers.' })
  await probeTakenOver(land.deps, id)
  assert.notEqual(await mandateBundleFor(land.deps.sql, cameraId), null)
})

test('a camera that comes to see a private room stops at once, and records again when it looks elsewhere', async () => {
  at('2026-11-22T12:00:00Z')
  const { id, cameraId } = (await brought())!
  await decide(dpo, id, '2026-12-20')
  assert.notEqual(await mandateBundleFor(land.deps.sql, cameraId), null)
  const { file } = await standing(id)
  const common = { by: manager.id, nowMs: land.clock.nowMs() }
  const planId = await inTransaction(land.deps.sql, async (tx) => {
    const pictureId = await storePicture(tx, {
      provider: 'progress',
      mime: 'image/jpeg',
      bytes: jpeg,
      ...common,
    })
    return insertPlan(tx, { siteId: file.site.id, pictureId, widthM: 40, heightM: 25, ...common })
  })
  const look = (direction: number) =>
    inTransaction(land.deps.sql, (tx) =>
      placeOnPlan(tx, {
        planId,
        cameraId,
        cone: { x: 20, y: 20, direction, angle: 60, range: 12 },
        aimVersion: file.camera.aimVersion,
        ...common,
      }),
    )
  await look(0)
  await evaluateAll(land.deps, 'all')
  assert.notEqual(await mandateBundleFor(land.deps.sql, cameraId), null)
  await inTransaction(land.deps.sql, (tx) =>
    insertArea(tx, {
      planId,
      name: 'Flat 2, bathroom',
      kind: 'private-room',
      seeThrough: false,
      corners: [
        { x: 18, y: 10 },
        { x: 22, y: 10 },
        { x: 22, y: 13 },
      ],
      ...common,
    }),
  )
  await evaluateAll(land.deps, 'all')
  assert.equal(await mandateBundleFor(land.deps.sql, cameraId), null)
  assert.match(words(await decide(dpo, id, '2026-12-20')), /Flat 2, bathroom, which is a private room/)
  await look(180)
  await evaluateAll(land.deps, 'all')
  assert.notEqual(await mandateBundleFor(land.deps.sql, cameraId), null)
})

test('a camera with authority is not taken over a second time', async () => {
  at('2026-11-22T12:00:00Z')
  const { cameraId } = (await brought())!
  const { file } = await standing(
    (
      await land.deps.sql<{ id: string }[]>`
      select id from authorisation.deployment where camera_id = ${cameraId}`
    )[0]!.id,
  )
  const second = await inTransaction(land.deps.sql, (tx) =>
    takeOver(land.deps, tx, {
      provider: 'progress',
      siteId: file.site.id,
      systemId: file.system.id,
      cameraId,
      timeZone: 'Europe/London',
      purposes: ['crime-asb'],
      placement: 'communal-permanent',
      basis: 'legitimate-interests',
      reason: 'Again.',
      by: manager.id,
      nowMs: noon,
    }),
  )
  assert.equal(second, false)
})

test('where a policy is silent the data protection officer decides, and the page says that it is silent', () => {
  for (const slug of ['derby-homes', 'progress']) {
    const rules = transitionRules(land.packs.packOf(slug))
    assert.equal(rules.decider.value, land.packs.packOf(slug).values.dpoRole)
    assert.equal(rules.decider.silent, true)
    assert.equal(rules.daysMax.value, 90)
  }
})
