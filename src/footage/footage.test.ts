import assert from 'node:assert/strict'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { addDays, startOfDayMs } from '#base/base.ts'
import { decodeRecordHeader, openRecord, recordHeaderBytes } from '#formats/reel/reel.ts'
import {
  noon,
  retentionDays,
  staff,
  type TestFootage,
  type TestRecorder,
  testFootage,
  until,
  zone,
} from './test-rig.ts'

const minute = 60_000
const day = '2026-11-22'
let rig: TestFootage
let recorder: TestRecorder
let mandateId: string
/** One reel of ten minutes before noon, closed, under authority. */
let reel: string

const manager = () => staff('asb-manager')

before(async () => {
  rig = await testFootage()
})
after(() => rig.close())

let first = true
beforeEach(async () => {
  if (!first) {
    await rig.close()
    rig = await testFootage()
  }
  first = false
  mandateId = rig.authorise(noon - 60 * minute, noon + 20 * 86_400_000)
  recorder = await rig.enrolRecorder()
  await recorder.link()
  const [key] = await rig.hub().footage.dayPublicKeys(rig.cameraId, [day])
  reel = recorder.open({ key: key!, mandateId, fromMs: noon - 10 * minute })
  recorder.record(reel, noon - 10 * minute, 300)
  recorder.closeReel(reel)
  await closed(reel)
})

const closed = (id: string) =>
  until('the reel is closed in the catalogue', async () => {
    const [row] = await rig.db.sql`select closed_at from footage.reel where id = ${id}`
    return row?.['closed_at'] != null
  })

const ask = (more: object = {}) => ({
  kind: 'recorded',
  cameras: [rig.cameraId],
  fromDay: day,
  fromTime: '11:50',
  toTime: '12:00',
  purpose: 'asb-investigation',
  reason: 'Shouting at the door was reported.',
  caseReference: rig.caseReference,
  ...more,
})

type Client = ReturnType<TestFootage['signIn']>
async function opened(client: Client, more: object = {}): Promise<string> {
  const answer = await client.post('/api/v1/viewings', ask(more))
  assert.equal(answer.status, 201, await answer.clone().text())
  return ((await answer.json()) as { id: string }).id
}
const picture = (client: Client, viewing: string, sequence = 1) =>
  client.get(`/api/v1/viewings/${viewing}/fragments/${reel}/${sequence}`)
const seek = (client: Client, viewing: string, atMs: number) =>
  client.get(`/api/v1/viewings/${viewing}/seek?camera=${rig.cameraId}&at=${atMs}`)
const ledger = async (kind: string) =>
  (await rig.db.sql`select leaf from ledger.pending order by seq`)
    .map(
      (row) =>
        JSON.parse(String(row['leaf'])) as {
          kind: string
          data: Record<string, never>
          about: Record<string, string>
        },
    )
    .filter((leaf) => leaf.kind === kind)

test('a viewing with its reason shows the picture, and the ledger had it before', async () => {
  const client = rig.signIn(manager())
  const viewing = await opened(client)
  assert.equal((await ledger('viewing.opened')).length, 1)
  const answer = await picture(client, viewing)
  assert.equal(answer.status, 200)
  assert.equal(await answer.text(), `picture at ${noon - 10 * minute}`)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  const sought = await seek(client, viewing, noon - 5 * minute + 500)
  assert.equal(await sought.text(), `init of ${reel}picture at ${noon - 5 * minute}`)
  assert.equal(sought.headers.get('overt-start'), String(noon - 5 * minute))
})

test('without a viewing there is no picture: not by page, not by API, not by a guessed address', async () => {
  const client = rig.signIn(manager())
  const viewing = await opened(client)
  const other = rig.signIn(manager())
  for (const path of [
    `index?camera=${rig.cameraId}`,
    `reels/${reel}`,
    `reels/${reel}/init`,
    `fragments/${reel}/1`,
    `seek?camera=${rig.cameraId}&at=${noon - minute}`,
  ]) {
    // Somebody else's viewing looks the same as none.
    for (const id of [viewing, '01900000-0000-7000-8000-000000000001']) {
      assert.equal((await other.get(`/api/v1/viewings/${id}/${path}`)).status, 404, path)
    }
    assert.equal((await fetch(`${rig.hub().url}/api/v1/viewings/${viewing}/${path}`)).status, 401, path)
    assert.equal((await fetch(`${rig.hub().url}/viewings/${viewing}/${path}`)).status, 404, path)
  }
  const officer = rig.signIn(staff('housing-officer'))
  assert.equal((await officer.get(`/api/v1/viewings/${viewing}/fragments/${reel}/1`)).status, 403)
  const administrator = rig.signIn(staff('none', { roles: [], administrator: true }))
  assert.equal((await administrator.get(`/api/v1/viewings/${viewing}/fragments/${reel}/1`)).status, 403)
  assert.equal((await ledger('viewing.served')).length, 0)
})

test('a viewing without reason, case, purpose or right is refused, and nothing is opened', async () => {
  const client = rig.signIn(manager())
  const asksAndStatus: [object, number][] = [
    [{ reason: '' }, 422],
    [{ caseReference: '' }, 403],
    [{ caseReference: 'C-2026-9999' }, 403],
    [{ purpose: 'curiosity' }, 403],
    [{ fromDay: '2026-11-20', toDay: '2026-11-22' }, 403],
    [{ toTime: '11:40' }, 403],
    [{ kind: 'live', cameras: ['01900000-0000-7000-8000-000000000001'] }, 404],
  ]
  for (const [more, status] of asksAndStatus) {
    const answer = await client.post('/api/v1/viewings', ask(more))
    assert.equal(answer.status, status, `${JSON.stringify(more)} ${await answer.text()}`)
  }
  const officer = rig.signIn(staff('housing-officer'))
  assert.equal((await officer.post('/api/v1/viewings', ask())).status, 404)
  assert.equal((await rig.db.sql`select id from footage.viewing`).length, 0)
  assert.equal((await ledger('viewing.opened')).length, 0)
})

test('a case out of reach is no reason to look, and a new one is opened with the viewing alone', async () => {
  const [{ site_id: siteId }] = (await rig.db.sql`
    select s.site_id from register.camera c join register.system s on s.id = c.system_id
    where c.id = ${rig.cameraId}`) as unknown as [{ site_id: string }]
  const { roles } = manager()
  const local = rig.signIn({
    ...manager(),
    roles: roles.map((one) => ({ ...one, areas: [`site:${siteId}`] })),
  })
  const count = async () => (await rig.db.sql`select 1 from casework."case"`).length
  const before = await count()
  const form = async () => {
    const headers = { cookie: `overt_session=${local.token}` }
    return (await fetch(`${rig.hub().url}/viewings/new?camera=${rig.cameraId}`, { headers })).text()
  }
  const empty = await form()
  assert.match(empty, /There is none yet/)
  assert.doesNotMatch(empty, /Noise at night/, 'it is about the whole landlord')
  const refused = await local.post('/api/v1/viewings', ask())
  assert.equal(refused.status, 403)
  assert.match(await refused.text(), /There is no case/)
  const fresh = { caseReference: '', newCaseTitle: 'Shouting in the hall', newCaseKind: 'complaint' }
  assert.equal((await local.post('/api/v1/viewings', ask({ ...fresh, purpose: 'curiosity' }))).status, 403)
  assert.equal(await count(), before, 'what is refused opens no case')
  await opened(local, fresh)
  const [made] = await rig.db.sql`select site_id from casework."case" where title = 'Shouting in the hall'`
  assert.equal(made?.['site_id'], siteId)
  assert.equal(await count(), before + 1)
  assert.match(await form(), /Shouting in the hall/, 'a case about this place is offered')
})

test('a viewing gives its own span and no more, and ends by its person, by time and by losing the role', async () => {
  const person = manager()
  const client = rig.signIn(person)
  const viewing = await opened(client, { fromTime: '11:55', toTime: '11:56' })
  assert.equal((await seek(client, viewing, noon - 5 * minute)).status, 200)
  assert.equal((await seek(client, viewing, noon - 6 * minute)).status, 403)
  assert.equal((await picture(client, viewing, 1)).status, 403)
  await client.post(`/api/v1/viewings/${viewing}/end`, {})
  assert.equal((await seek(client, viewing, noon - 5 * minute)).status, 403)
  const next = await opened(client)
  rig.clock.set(noon + 8 * 60 * minute)
  assert.equal((await seek(client, next, noon - 5 * minute)).status, 403)
  rig.clock.set(noon)
  const third = await opened(client)
  const demoted = rig.signIn({ ...person, roles: [] })
  assert.equal((await seek(demoted, third, noon - 5 * minute)).status, 403)
})

test('what was sent is in the ledger as spans, also when the hub dies in between', async () => {
  const client = rig.signIn(manager())
  const viewing = await opened(client)
  await picture(client, viewing, 1)
  await picture(client, viewing, 2)
  await seek(client, viewing, noon - minute)
  const noted = await rig.db
    .sql`select minute_at, told_at from footage.viewing_served where viewing_id = ${viewing}`
  assert.equal(noted.length, 2, 'each minute was durable before its picture left')
  await rig.restart()
  const served = await ledger('viewing.served')
  const spans = served.flatMap((leaf) => leaf.data['spans'] as unknown as [number, number][])
  assert.deepEqual(spans.map(([from]) => from).sort(), [noon - 10 * minute, noon - minute])
})

test('what was recorded after an authority ended is shown to nobody, its keys are destroyed, the rest stays', async () => {
  const endedMs = noon - 3 * minute - 1000
  const client = rig.signIn(manager())
  const viewing = await opened(client)
  assert.equal((await seek(client, viewing, noon - minute)).status, 200)
  rig.endAuthority(mandateId, endedMs)
  assert.equal(
    (await seek(client, viewing, noon - minute)).status,
    403,
    'at once, before anything is destroyed',
  )
  assert.equal(
    (await seek(client, viewing, endedMs)).status,
    403,
    'the fragment that reaches past the end too',
  )
  assert.equal((await seek(client, viewing, noon - 4 * minute)).status, 200)
  const told = {
    deployment: 'd',
    camera: rig.cameraId,
    recorder: recorder.id,
    mandateId,
    counter: 2,
    endedMs,
    cause: 'withdrawn',
  }
  await rig.db.sql.begin((tx) => rig.hub().footage.listeners['mandate.ended']!(told, tx))
  recorder.send({
    type: 'withdrawn',
    camera: rig.cameraId,
    mandate: mandateId,
    counter: 2,
    lastFrameMs: noon,
  })
  await until('the overrun is settled', () => rig.overruns.has(mandateId))
  assert.equal(rig.overruns.get(mandateId), noon - endedMs)
  const [entry] = await ledger('footage.overrun-destroyed')
  assert.equal(entry!.data['fragments'], 91)
  const row = rig.hub().keyring.keysOf(recorder.reels.get(reel)!.sealer.head)!
  assert.equal(row.keyOf(300), null)
  assert.equal(row.keyOf(210), null)
  assert.notEqual(row.keyOf(209), null)
  assert.equal(
    (await seek(client, viewing, noon - 4 * minute)).status,
    200,
    'what came before can still be seen',
  )
  const [fresh] = await rig.hub().footage.dayPublicKeys(rig.cameraId, [day])
  assert.notEqual(fresh!.kid, recorder.reels.get(reel)!.sealer.head.kid, 'a new authority gets a new key')
})

test('at its time footage is gone from keyring and recorder, a hold stays, and old copies yield nothing', async () => {
  const client = rig.signIn(manager())
  const viewing = await opened(client)
  const span = { cameraId: rig.cameraId, fromMs: noon - 5 * minute, toMs: noon - 4 * minute }
  const held = await rig.hub().footage.holdSpan({
    ...span,
    provider: 'derby-homes',
    ownerId: client.token.slice(0, 0) || '01900000-0000-7000-8000-000000000009',
    reason: 'Evidence for the case',
    caseId: null,
    endsMs: noon + 100 * 86_400_000,
  })
  assert.ok(held.ok)
  assert.equal(held.value.fragments, 30)
  const other = recorder.open({
    key: (await rig.hub().footage.dayPublicKeys(rig.cameraId, [day]))[0]!,
    mandateId,
    fromMs: noon - 30 * minute,
  })
  recorder.record(other, noon - 30 * minute, 10)
  recorder.closeReel(other)
  await closed(other)
  await cp(join(rig.folder, 'keyring'), join(rig.folder, 'old-keyring'), { recursive: true })

  rig.clock.set(startOfDayMs(addDays(day, retentionDays), zone) - 1)
  assert.deepEqual((await rig.hub().footage.expire()).destroyed, [])
  rig.clock.set(startOfDayMs(addDays(day, retentionDays), zone))
  const expired = await rig.hub().footage.expire()
  assert.equal(expired.destroyed.length, 1)
  assert.equal((await ledger('footage.expired')).length, 1)
  await until('the recorder removed the file that nobody holds', () => !recorder.reels.has(other))
  assert.ok(recorder.reels.has(reel), 'and kept the one that a hold needs')
  const { head } = recorder.reels.get(reel)!.sealer
  assert.equal(rig.hub().keyring.keysOf(head), null)

  const again = await rig.hub().footage.readHeld(held.value.id)
  const shown: string[] = []
  for await (const record of again!.reels[0]!.records) {
    const header = decodeRecordHeader(record.bytes)
    assert.ok(typeof header !== 'string')
    const body = record.bytes.subarray(recordHeaderBytes, recordHeaderBytes + header.bodyBytes)
    const { createHash } = await import('node:crypto')
    const headHash = createHash('sha256').update(again!.reels[0]!.headBytes).digest()
    shown.push(
      openRecord(record.key!, headHash, record.bytes.subarray(0, recordHeaderBytes), body).toString(),
    )
  }
  assert.equal(shown.length, 31)
  assert.equal(shown[1], `picture at ${span.fromMs}`)
  assert.equal(shown.at(-1), `picture at ${span.toMs - 2000}`)

  // The database from before, with the keyring as it is: nothing comes back.
  await rig.db
    .sql`update footage.reel set keys_destroyed_at = null, deleted_cause = null, deleted_clause = null`
  await rig.db.sql`delete from footage.expiry`
  await rig.restart()
  assert.equal(rig.hub().keyring.keysOf(head), null)
  const [row] = await rig.db.sql`select deleted_cause, deleted_clause from footage.reel where id = ${reel}`
  assert.equal(row!['deleted_cause'], 'retention')
  // The keyring from before, with the database as it is: what was destroyed is destroyed again.
  await rig.db
    .sql`insert into footage.expiry (key_group, gone_by, time_zone, gone_by_at, destroyed_at, camera_days)
    values (${expired.destroyed[0]!.name}, ${expired.destroyed[0]!.goneBy}, ${zone}, ${noon}, ${noon}, 1)
    on conflict do nothing`
  await rig.restart(async () => {
    await rm(join(rig.folder, 'keyring'), { recursive: true })
    await rm(join(rig.folder, 'keyring-copy'), { recursive: true })
    await cp(join(rig.folder, 'old-keyring'), join(rig.folder, 'keyring'), { recursive: true })
  })
  assert.equal(rig.hub().keyring.keysOf(head), null)
  void viewing
})

test('a hold found in the keyring alone gets its row back after a restore; a released one does not', async () => {
  const hold = async (fromMs: number) => {
    const held = await rig.hub().footage.holdSpan({
      cameraId: rig.cameraId,
      fromMs,
      toMs: fromMs + minute,
      provider: 'derby-homes',
      ownerId: '01900000-0000-7000-8000-000000000009',
      reason: 'Evidence',
      caseId: null,
      endsMs: noon + 86_400_000,
    })
    assert.ok(held.ok)
    return held.value.id
  }
  const kept = await hold(noon - 5 * minute)
  const released = await hold(noon - 3 * minute)
  await rig.hub().footage.releaseHold(released, '01900000-0000-7000-8000-000000000009', 'Done')
  await rig.db.sql`delete from footage.hold_part where hold_id = ${kept}`
  await rig.db.sql`delete from footage.hold where id = ${kept}`
  await rig.db
    .sql`update footage.hold set ended_at = null, ended_cause = null, ended_by = null where id = ${released}`
  await rig.restart()
  const rows = await rig.db.sql`select id, ended_cause from footage.hold order by from_at`
  assert.deepEqual(
    rows.map((row) => [row['id'], row['ended_cause']]),
    [
      [kept, null],
      [released, 'keys-gone'],
    ],
  )
  assert.equal((await ledger('hold.recovered')).length, 1)
})

test('a hold ends by itself at its end, and nothing that is not recorded can be held', async () => {
  const wanted = {
    cameraId: rig.cameraId,
    provider: 'derby-homes',
    ownerId: '01900000-0000-7000-8000-000000000009',
    reason: 'Evidence',
    caseId: null,
  }
  const empty = await rig.hub().footage.holdSpan({
    ...wanted,
    fromMs: noon - 50 * minute,
    toMs: noon - 40 * minute,
    endsMs: noon + minute,
  })
  assert.equal(empty.ok, false)
  const future = await rig
    .hub()
    .footage.holdSpan({ ...wanted, fromMs: noon - minute, toMs: noon + minute, endsMs: noon + 2 * minute })
  assert.equal(future.ok, false)
  const endless = await rig
    .hub()
    .footage.holdSpan({ ...wanted, fromMs: noon - minute, toMs: noon, endsMs: noon })
  assert.equal(endless.ok, false)
  const held = await rig
    .hub()
    .footage.holdSpan({ ...wanted, fromMs: noon - minute, toMs: noon, endsMs: noon + minute })
  assert.ok(held.ok)
  rig.clock.set(noon + minute)
  await rig.restart()
  const { endDueHolds } = await import('./holds.ts')
  const { deps, footage } = rig.hub()
  assert.equal(await endDueHolds({ ...deps, indexes: footage.serve.indexes, link: footage.link }), 1)
  assert.equal(await footage.readHeld(held.value.id), null)
  assert.deepEqual(rig.hub().keyring.holds(), [])
})

test('a span of a reel that is still written is closed first, so that it can be handed over at once', async () => {
  const [key] = await rig.hub().footage.dayPublicKeys(rig.cameraId, [day])
  const writing = recorder.open({ key: key!, mandateId, fromMs: noon - 4 * minute })
  recorder.record(writing, noon - 4 * minute, 30)
  await until('it is in the catalogue', async () => {
    const rows = await rig.db.sql`select 1 from footage.reel where id = ${writing}`
    return rows.length === 1
  })
  const held = await rig.hub().footage.holdSpan({
    cameraId: rig.cameraId,
    fromMs: noon - 4 * minute,
    toMs: noon - 3 * minute,
    provider: 'derby-homes',
    ownerId: '01900000-0000-7000-8000-000000000009',
    reason: 'Evidence',
    caseId: null,
    endsMs: noon + 86_400_000,
  })
  assert.ok(held.ok)
  const read = await rig.hub().footage.readHeld(held.value.id)
  const of = read!.reels.find(({ reelId }) => reelId === writing)!
  assert.notEqual(of.chainHead, null)
  assert.notEqual(of.ledgerEntry, null)
  assert.notEqual(of.tailBytes, null)
})

test('more than two days at once wait for a person and a second clock that agrees', async () => {
  for (const n of [1, 2, 3]) await rig.hub().footage.dayPublicKeys(rig.cameraId, [addDays(day, n)])
  rig.clock.set(startOfDayMs(addDays(day, retentionDays + 3), zone))
  const { destroyed, waiting } = await rig.hub().footage.expire()
  assert.deepEqual([destroyed.length, waiting.length], [0, 4])
  const [task] = await rig.db.sql`select kind, closed_at from casework.task where kind = 'expiry.agree'`
  assert.equal(task!['closed_at'], null)
  const officer = rig.signIn(staff('data-protection-officer'))
  recorder.clockOffMs = -3 * 86_400_000
  recorder.tellStatus()
  await until(
    'the clock was compared',
    () => rig.hub().footage.link.clockDifferenceMs(recorder.id) === -3 * 86_400_000,
  )
  const refused = await rig
    .hub()
    .footage.agreeToExpire('01900000-0000-7000-8000-000000000009', ['derby-homes'])
  assert.equal(refused.ok, false)
  recorder.clockOffMs = 0
  recorder.tellStatus()
  await until('the clocks agree', () => rig.hub().footage.link.clockDifferenceMs(recorder.id) === 0)
  const agreed = await rig
    .hub()
    .footage.agreeToExpire('01900000-0000-7000-8000-000000000009', ['derby-homes'])
  assert.ok(agreed.ok)
  assert.equal(agreed.value.destroyed.length, 4)
  const [after] = await rig.db.sql`select closed_at from casework.task where kind = 'expiry.agree'`
  assert.notEqual(after!['closed_at'], null)
  assert.equal((await officer.get('/expiry')).status, 302)
})

test('a token enrols one recorder within its time, and only the right key links', async () => {
  const body = (token: string, publicKey: string) => JSON.stringify({ v: 1, token, publicKey, name: 'x' })
  const post = (text: string) =>
    fetch(`${rig.hub().url}/recorder/enrol`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: text,
    })
  const { createEnrolmentToken } = await import('./link/enrolment.ts')
  const token = await createEnrolmentToken(rig.db.sql, { name: 'Shed', nowMs: noon, by: null })
  assert.match(token, /^[a-z]/, 'one that begins with a dash would be taken for an option')
  const key = Buffer.alloc(32, 7).toString('base64url')
  assert.equal((await post(body('x'.repeat(43), key))).status, 403)
  rig.clock.set(noon + 25 * 3_600_000)
  assert.equal((await post(body(token, key))).status, 403)
  rig.clock.set(noon)
  const enrolled = await post(body(token, key))
  assert.equal(enrolled.status, 201)
  const { recorder: enrolledId } = (await enrolled.json()) as { recorder: string }
  // The answer was lost: with the next token the same key is told who it is, and is no second recorder.
  const next = await createEnrolmentToken(rig.db.sql, { name: 'Shed', nowMs: noon, by: null })
  const again = (await (await post(body(next, key))).json()) as { recorder: string }
  assert.equal(again.recorder, enrolledId)
  assert.equal((await post(body(token, Buffer.alloc(32, 8).toString('base64url')))).status, 403)
  recorder.unlink()
  const { generateKeyPairSync } = await import('node:crypto')
  await assert.rejects(recorder.link(generateKeyPairSync('ed25519').privateKey), /could not prove/)
  await recorder.link()
  const administrator = rig.signIn(staff('none', { roles: [], administrator: true }))
  assert.equal((await rig.signIn(manager()).post(`/api/v1/recorders/${recorder.id}/revoke`, {})).status, 403)
  assert.equal((await administrator.post(`/api/v1/recorders/${recorder.id}/revoke`, {})).status, 200)
  await until('the link is cut', () => !rig.hub().footage.link.linked(recorder.id))
  await assert.rejects(recorder.link(), /not enrolled/)
  assert.equal(
    await rig.hub().footage.recorderHealthy(),
    'recorder-silent',
    'one is enrolled and never linked',
  )
  assert.equal((await administrator.post(`/api/v1/recorders/${enrolledId}/revoke`, {})).status, 200)
  assert.equal(await rig.hub().footage.recorderHealthy(), 'no-recorder', 'all are revoked')
  const late = await createEnrolmentToken(rig.db.sql, { name: 'Shed', nowMs: noon, by: null })
  const [shutOut] = await rig.db.sql<{ key: Buffer }[]>`
    select public_key as key from footage.recorder where id = ${recorder.id}`
  assert.equal((await post(body(late, shutOut!.key.toString('base64url')))).status, 403)
})

test('one recorder is not believed about another recorder’s cameras', async () => {
  const rogue = await rig.enrolRecorder()
  await rogue.link()
  const [key] = await rig.hub().footage.dayPublicKeys(rig.cameraId, [day])
  const forged = rogue.open({ key: key!, mandateId, fromMs: noon - 3 * minute })
  rogue.record(forged, noon - 3 * minute, 5)
  rogue.closeReel(forged)
  rogue.tellCatalogue()
  rogue.send({
    type: 'gap',
    camera: rig.cameraId,
    reel: null,
    fromMs: noon - 9 * minute,
    toMs: noon - 8 * minute,
    cause: 'disk-full',
    detail: null,
    lost: null,
  })
  rig.endAuthority(mandateId, noon - minute)
  const told = {
    camera: rig.cameraId,
    recorder: recorder.id,
    mandateId,
    endedMs: noon - minute,
    cause: 'withdrawn',
  }
  await rig.db.sql.begin((tx) => rig.hub().footage.listeners['mandate.ended']!(told, tx))
  rogue.send({ type: 'withdrawn', camera: rig.cameraId, mandate: mandateId, counter: 2, lastFrameMs: noon })
  recorder.unlink()
  await until('the real one is away', () => !rig.hub().footage.link.linked(recorder.id))
  rig.clock.advance(1)
  rogue.tellStatus()
  await until('everything was heard', async () => {
    const [row] = await rig.db.sql`select heard_at from footage.recorder where id = ${rogue.id}`
    return row?.['heard_at'] === noon + 1
  })
  assert.equal((await rig.db.sql`select 1 from footage.reel where recorder_id = ${rogue.id}`).length, 0)
  assert.equal((await rig.db.sql`select 1 from footage.gap`).length, 0)
  assert.equal((await ledger('reel.closed')).length, 1)
  const [end] = await rig.db.sql`select acknowledged_at from footage.early_end`
  assert.equal(end!['acknowledged_at'], null)
  assert.equal((await rig.hub().footage.cameraState(rig.cameraId)).state, 'unknown')
})

test('a role kept at another landlord does not keep a viewing open here', async () => {
  const person = manager()
  const viewing = await opened(rig.signIn(person))
  const elsewhere = rig.signIn({
    ...person,
    roles: [{ provider: 'progress', role: 'asb-manager', areas: [] }],
  })
  assert.equal((await picture(elsewhere, viewing)).status, 403)
  const otherArea = rig.signIn({
    ...person,
    roles: [{ provider: 'derby-homes', role: 'asb-manager', areas: ['North'] }],
  })
  assert.equal((await picture(otherArea, viewing)).status, 403)
  assert.equal((await picture(rig.signIn(person), viewing)).status, 200)
})

test('a conflict declared in the middle of a viewing ends it, and one elsewhere does not', async () => {
  const person = manager()
  const viewing = await opened(rig.signIn(person))
  const camera = (
    await rig.db.sql`
    select y.site_id from register.camera c join register.system y on y.id = c.system_id where c.id = ${rig.cameraId}`
  )[0]!
  const declaring = (id: string) => rig.signIn({ ...person, conflicts: [{ kind: 'site', id }] })
  const here = declaring(String(camera['site_id']))
  assert.equal((await picture(here, viewing)).status, 403)
  assert.equal((await seek(here, viewing, noon - 5 * minute)).status, 403)
  assert.equal((await picture(declaring(rig.cameraId), viewing)).status, 200, 'another place')
})

test('connected is not recording, and a recorder that is silent is not known to record', async () => {
  assert.equal((await rig.hub().footage.cameraState(rig.cameraId)).state, 'recording')
  assert.deepEqual(rig.hub().footage.recordingCameras(), [rig.cameraId])
  assert.equal(await rig.hub().footage.recorderHealthy(), true)
  rig.clock.advance(31_000)
  assert.deepEqual(rig.hub().footage.recordingCameras(), [])
  assert.equal((await rig.hub().footage.cameraState(rig.cameraId)).state, 'unknown')
  assert.equal(await rig.hub().footage.recorderHealthy(), 'recorder-silent')
  recorder.tellStatus()
  await until(
    'it spoke again',
    async () => (await rig.hub().footage.cameraState(rig.cameraId)).state === 'recording',
  )
  recorder.unlink()
  await until('the link is gone', () => !rig.hub().footage.link.linked(recorder.id))
  assert.equal((await rig.hub().footage.cameraState(rig.cameraId)).state, 'unknown')
})

test('a reel that vanished from its recorder is in the ledger, once', async () => {
  recorder.reels.clear()
  for (const n of [1, 2]) {
    recorder.unlink()
    await until('the link is gone', () => !rig.hub().footage.link.linked(recorder.id))
    await recorder.link()
    await until(`catalogue ${n}`, async () => (await ledger('reel.missing')).length >= 1)
  }
  recorder.tellCatalogue()
  recorder.tellStatus()
  await until('later words were heard', () => rig.hub().footage.link.heardMs(recorder.id) !== null)
  assert.equal((await ledger('reel.missing')).length, 1)
})

test('live pictures need their own viewing, come as they are made, and stop with it', async () => {
  const [key] = await rig.hub().footage.dayPublicKeys(rig.cameraId, [day])
  const now = recorder.open({ key: key!, mandateId, fromMs: noon })
  const officer = rig.signIn(staff('housing-officer'))
  assert.equal((await officer.post('/api/v1/viewings', ask({ kind: 'live' }))).status, 404)
  const client = rig.signIn(manager())
  const recorded = await opened(client)
  const viewing = await opened(client, { kind: 'live' })
  assert.equal((await ledger('viewing.live-opened')).length, 1)
  assert.equal(
    (await seek(client, viewing, noon - minute)).status,
    403,
    'a live viewing opens nothing recorded',
  )

  const look = (id: string, session: string) => {
    const socket = new WebSocket(
      `${rig.hub().url.replace('http', 'ws')}/viewings/${id}/live?camera=${rig.cameraId}`,
      { headers: { cookie: `overt_session=${session}`, origin: rig.hub().url } } as never,
    )
    socket.binaryType = 'arraybuffer'
    const heard: string[] = []
    let ended: string | null = null
    socket.onmessage = ({ data }) =>
      heard.push(
        typeof data === 'string'
          ? data
          : Buffer.from(data as ArrayBuffer)
              .subarray(24)
              .toString(),
      )
    socket.onclose = (event) => {
      ended = event.reason || String(event.code)
    }
    socket.onerror = () => {
      ended ??= 'error'
    }
    return { heard, ended: () => ended }
  }
  const wrong = look(recorded, client.token)
  await until('a recorded viewing is no live one', () => wrong.ended() !== null)
  const stranger = look(viewing, rig.signIn(manager()).token)
  await until('somebody else’s viewing shows nothing', () => stranger.ended() !== null)
  assert.deepEqual([...wrong.heard, ...stranger.heard], [])

  const screen = look(viewing, client.token)
  await until('the recorder is asked', () =>
    recorder.heard.some((message) => message.type === 'live' && message.on),
  )
  recorder.record(now, noon, 2)
  await until('both pictures came', () => screen.heard.length === 4)
  assert.equal(JSON.parse(screen.heard[0]!).codec, 'avc1.42c01e')
  assert.deepEqual(screen.heard.slice(1), [
    `init of ${now}`,
    `picture at ${noon}`,
    `picture at ${noon + 2000}`,
  ])
  rig.endAuthority(mandateId, noon + 5000)
  rig.hub().footage.live.authorityChanged(rig.cameraId)
  recorder.record(now, noon + 4000, 1)
  await client.post(`/api/v1/viewings/${viewing}/end`, {})
  rig.endAuthority(mandateId, noon + 86_400_000)
  rig.hub().footage.live.authorityChanged(rig.cameraId)
  recorder.record(now, noon + 8000, 1)
  await until('it ends with the viewing', () => screen.ended() !== null)
  assert.equal(screen.ended(), 'over')
  assert.equal(screen.heard.length, 4, 'nothing came after the authority or the viewing had ended')
  await until('the recorder is told to stop', () =>
    recorder.heard.some((message) => message.type === 'live' && !message.on),
  )
  const [row] = await rig.db
    .sql`select from_at, to_at from footage.viewing_served where viewing_id = ${viewing}`
  assert.deepEqual([row!['from_at'], row!['to_at']], [noon, noon + 4000])
})
