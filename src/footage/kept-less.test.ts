/**
 * A newer version of the policy may shorten the life of what is recorded and never lengthen it, from its own day on.
 * Method: two landlords on real packs, one of them with versions of its own that keep 30, then 21, then 31 days; a real
 * database, keyring and link; the clock is moved over the days.
 */
import assert from 'node:assert/strict'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { addDays, newId, startOfDayMs } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { adoptPacks } from '#providers/providers.ts'
import {
  noon,
  provider,
  staff,
  type TestFootage,
  type TestRecorder,
  testFootage,
  until,
  zone,
} from './test-rig.ts'

const minute = 60_000
const recorded = '2026-11-22'
const shorter = '2026-12-01'
const longer = '2026-12-20'
const adopter = newId(noon)
const elsewhere = '01900000-0000-7000-8000-00000000000b'
let policies: string
let rig: TestFootage
let recorder: TestRecorder
let reel: string
let days = 30

const silent = /^retentionDays:\n {2}silent: true\n {2}uses: 30\n {2}why: >-\n(?: {4}.*\n)+/m

before(async () => {
  policies = await mkdtemp(join(tmpdir(), 'overt-kept-less-'))
  await cp(join(import.meta.dirname, '..', '..', 'policies'), policies, { recursive: true })
  const old = join(policies, provider, '2025-06-11')
  for (const [day, kept] of [
    [shorter, 21],
    [longer, 31],
  ] as const) {
    await cp(old, join(policies, provider, day), { recursive: true })
    const path = join(policies, provider, day, 'policy.yaml')
    const yaml = await readFile(path, 'utf8')
    assert.match(yaml, silent)
    await writeFile(
      path,
      yaml
        .replace('effective: { value: "2025-06-11"', `effective: { value: "${day}"`)
        .replace(silent, `retentionDays: { value: ${kept}, clause: derby-7.3-a }\n`),
    )
  }
})
after(async () => {
  await rig?.close()
  await rm(policies, { recursive: true, force: true })
})

let begun = false
beforeEach(async () => {
  if (begun) await rig.close()
  begun = true
  days = 30
  rig = await testFootage({ policies, version: '2025-06-11', retention: () => days })
  await inTransaction(rig.db.sql, (tx) =>
    adoptPacks(tx, rig.packs, [{ slug: 'progress', by: null, nowMs: noon }]),
  )
  await rig.packs.refresh()
  const mandateId = rig.authorise(noon - 60 * minute, noon + 20 * 86_400_000)
  recorder = await rig.enrolRecorder()
  await recorder.link()
  const [key] = await rig.hub().footage.dayPublicKeys(rig.cameraId, [recorded])
  reel = recorder.open({ key: key!, mandateId, fromMs: noon - 10 * minute })
  recorder.record(reel, noon - 10 * minute, 300)
  recorder.closeReel(reel)
  await until('the reel is closed in the catalogue', async () => {
    const [row] = await rig.db.sql`select closed_at from footage.reel where id = ${reel}`
    return row?.['closed_at'] != null
  })
})

async function take(version: string, fromDay: string, by: string | null = adopter): Promise<void> {
  await inTransaction(rig.db.sql, (tx) =>
    adoptPacks(tx, rig.packs, [{ slug: provider, version, fromDay, by, nowMs: rig.clock.nowMs() }]),
  )
  await rig.packs.refresh()
}

const keyring = () => rig.hub().keyring
const expire = () => rig.hub().footage.expire()
const at = (day: string) => rig.clock.set(startOfDayMs(day, zone))
const head = () => recorder.reels.get(reel)!.sealer.head
const goneBy = () => keyring().goneBy(head().kid)?.goneBy ?? null
/** A day's key of some landlord's camera, with nothing recorded under it. */
const keyOf = async (camera: string, day: string, landlord: string, kept = 30) =>
  (await keyring().publicKeysFor(camera, [day], kept, { timeZone: zone, landlord }))[0]!.kid
const told = async (kind: string) =>
  (await rig.db.sql`select leaf from ledger.pending order by seq`)
    .map(
      (row) =>
        JSON.parse(String(row['leaf'])) as { kind: string; provider: string; data: Record<string, unknown> },
    )
    .filter((leaf) => leaf.kind === kind)
const hold = () =>
  rig.hub().footage.holdSpan({
    cameraId: rig.cameraId,
    fromMs: noon - 5 * minute,
    toMs: noon - 4 * minute,
    provider,
    ownerId: adopter,
    reason: 'Evidence for the case',
    caseId: null,
    endsMs: noon + 100 * 86_400_000,
  })

test('a version that keeps less shortens what is recorded on its day, not before, and the timeline names its clause', async () => {
  await take(shorter, shorter)
  const theirs = await keyOf(elsewhere, recorded, 'progress', 31)
  const held = await hold()
  assert.ok(held.ok)
  rig.clock.set(startOfDayMs(shorter, zone) - 1)
  await expire()
  assert.equal(goneBy(), addDays(recorded, 30), 'the day before nothing has moved')

  at(shorter)
  await expire()
  assert.equal(goneBy(), addDays(recorded, 21))
  assert.equal(keyring().goneBy(theirs)!.goneBy, addDays(recorded, 31), 'another landlord’s stays as it is')
  const [entry, ...more] = await told('footage.kept-less')
  assert.deepEqual(more, [])
  assert.equal(entry!.provider, provider)
  assert.deepEqual(entry!.data, { version: shorter, days: 21, cameraDays: 1, clause: 'derby-7.3-a' })
  const client = rig.signIn(staff('asb-manager'))
  const timeline = async () =>
    (await (await client.get(`/api/v1/cameras/${rig.cameraId}/timeline?day=${recorded}`)).json()) as {
      recorded: { kind: string; clause: string | null }[]
    }
  assert.equal((await timeline()).recorded[0]!.kind, 'kept')
  const [row] = await rig.db.sql`select gone_by_at from footage.reel where id = ${reel}`
  assert.equal(row!['gone_by_at'], startOfDayMs(addDays(recorded, 21), zone), 'what pages say of it')

  rig.clock.set(startOfDayMs(addDays(recorded, 21), zone) - 1)
  await expire()
  assert.notEqual(keyring().keysOf(head()), null)
  at(addDays(recorded, 21))
  await expire()
  assert.equal(keyring().keysOf(head()), null)
  assert.deepEqual(
    (await timeline()).recorded.map(({ kind, clause }) => [kind, clause]),
    [['deleted', 'derby-7.3-a']],
  )
  const again = await rig.hub().footage.readHeld(held.value.id)
  let opened = 0
  for await (const record of again!.reels[0]!.records) if (record.key !== null) opened += 1
  assert.equal(opened, 31, 'what is held stays')
  assert.ok(recorder.reels.has(reel))
})

test('a version that keeps longer extends nothing that is recorded', async () => {
  await take(longer, '2026-12-01')
  at('2026-12-01')
  await expire()
  assert.equal(goneBy(), addDays(recorded, 30))
  days = 31
  await rig.hub().footage.dayPublicKeys(rig.cameraId, [recorded])
  assert.equal(goneBy(), addDays(recorded, 30))
  assert.deepEqual(await told('footage.kept-less'), [])
  at(addDays(recorded, 30))
  await expire()
  assert.equal(keyring().keysOf(head()), null)
})

test('what a shorter version took stays taken when a longer one follows, after restarts too', async () => {
  await take(shorter, shorter)
  await take(longer, '2026-12-05')
  at(shorter)
  await expire()
  at('2026-12-05')
  await expire()
  await rig.restart()
  await expire()
  assert.equal(goneBy(), addDays(recorded, 21))
  assert.equal((await told('footage.kept-less')).length, 1)
})

test('of two versions that begin while nothing runs, the one that keeps less is named, and not the longer one', async () => {
  await take(shorter, shorter)
  await take(longer, '2026-12-05')
  at('2026-12-05')
  await expire()
  assert.equal(goneBy(), addDays(recorded, 21))
  const entries = await told('footage.kept-less')
  assert.deepEqual(
    entries.map(({ data }) => [data['version'], data['cameraDays']]),
    [[shorter, 1]],
  )
})

test('many days at once need a second clock beside the word of whoever took the version on; until then nobody sees them', async () => {
  const old = ['2026-11-04', '2026-11-06', '2026-11-08']
  const kids: string[] = []
  for (const day of old) kids.push(await keyOf(rig.cameraId, day, provider))
  await take(shorter, shorter)
  at(shorter)
  recorder.clockOffMs = -3 * 86_400_000
  recorder.tellStatus()
  const { link } = rig.hub().footage
  await until('the clock was compared', () => link.clockDifferenceMs(recorder.id) === -3 * 86_400_000)
  const { destroyed, waiting } = await expire()
  assert.deepEqual([destroyed.length, waiting.length], [0, 1])
  for (const kid of kids) assert.equal(keyring().goneBy(kid)!.goneBy, shorter, 'over, and open to nobody')
  const [task] = await rig.db.sql`select title, closed_at from casework.task where kind = 'expiry.agree'`
  assert.match(String(task!['title']), /Footage of 3 days/)
  recorder.clockOffMs = 0
  recorder.tellStatus()
  await until('the clocks agree', () => link.clockDifferenceMs(recorder.id) === 0)
  assert.equal((await expire()).destroyed.length, 1)
  for (const kid of kids) assert.equal(keyring().goneBy(kid), null)
  const [row] = await rig.db.sql`select agreed_by, agreed_recorder from footage.expiry`
  assert.deepEqual([row!['agreed_by'], row!['agreed_recorder']], [adopter, recorder.id])
})

test('where nobody took the version on, somebody is asked before many days go', async () => {
  for (const day of ['2026-11-04', '2026-11-06', '2026-11-08']) await keyOf(rig.cameraId, day, provider)
  await take(shorter, shorter, null)
  at(shorter)
  recorder.tellStatus()
  await until('the clocks agree', () => rig.hub().footage.link.clockDifferenceMs(recorder.id) === 0)
  assert.equal((await expire()).waiting.length, 1)
  const agreed = await rig.hub().footage.agreeToExpire(adopter, [provider])
  assert.ok(agreed.ok)
  assert.equal(agreed.value.destroyed.length, 1)
})

test('an old copy of the keyring brings back neither the longer time nor what went under the shorter one', async () => {
  const other = await keyOf(rig.cameraId, '2026-11-28', provider)
  await cp(join(rig.folder, 'keyring'), join(rig.folder, 'old-keyring'), { recursive: true })
  await take(shorter, shorter)
  at(shorter)
  await expire()
  at(addDays(recorded, 21))
  await expire()
  const gone = head()
  await rig.restart(async () => {
    await rm(join(rig.folder, 'keyring'), { recursive: true })
    await rm(join(rig.folder, 'keyring-copy'), { recursive: true })
    await cp(join(rig.folder, 'old-keyring'), join(rig.folder, 'keyring'), { recursive: true })
  })
  assert.equal(keyring().keysOf(gone), null)
  assert.equal(keyring().goneBy(other)!.goneBy, addDays('2026-11-28', 21))
})

test('a version taken on in the course of its first day leaves until midnight what went with that day', async () => {
  const natural = await keyOf(rig.cameraId, '2026-11-01', provider)
  const tooOld = await keyOf(rig.cameraId, '2026-11-05', provider)
  at(shorter)
  await expire()
  assert.equal(keyring().goneBy(natural), null, 'its day’s keys are destroyed already')
  await take(shorter, shorter)
  rig.clock.set(startOfDayMs(shorter, zone) + 14 * 60 * minute)
  await expire()
  assert.equal(keyring().goneBy(tooOld)!.goneBy, addDays(shorter, 1))
  at(addDays(shorter, 1))
  await expire()
  assert.equal(keyring().goneBy(tooOld), null)
})
