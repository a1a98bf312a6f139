/**
 * Goal: nobody gets a picture without the training that the policy asks, looks for a colleague alone, or looks for what
 * the policy forbids. Method: the real hub, pages and live socket on the rig's landlord; rights are taken away midway.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { tasksFor } from '#casework/casework.ts'
import type { Person } from '#web/web.ts'
import { noon, staff, type TestFootage, type TestRecorder, testFootage, until } from './test-rig.ts'
import { closeLapsed } from './viewing/leaves.ts'

const minute = 60_000
const hour = 60 * minute
const day = '2026-11-22'
let rig: TestFootage
let recorder: TestRecorder
let mandateId: string
let reel: string

before(async () => {
  rig = await testFootage()
  mandateId = rig.authorise(noon - 60 * minute, noon + 20 * 86_400_000)
  recorder = await rig.enrolRecorder()
  await recorder.link()
  const [key] = await rig.hub().footage.dayPublicKeys(rig.cameraId, [day])
  reel = recorder.open({ key: key!, mandateId, fromMs: noon - 10 * minute })
  recorder.record(reel, noon - 10 * minute, 300)
  recorder.closeReel(reel)
  await until('the reel is closed in the catalogue', async () => {
    const [row] = await rig.db.sql`select closed_at from footage.reel where id = ${reel}`
    return row?.['closed_at'] != null
  })
})
after(() => rig?.close())

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

const open = (client: Client, more: object = {}) => client.post('/api/v1/viewings', ask(more))
const picture = (client: Client, viewing: string) =>
  client.get(`/api/v1/viewings/${viewing}/fragments/${reel}/1`)
const idOf = async (answer: Response): Promise<string> => {
  assert.equal(answer.status, 201, await answer.clone().text())
  return ((await answer.json()) as { id: string }).id
}
const viewings = async (who: Person): Promise<number> =>
  (await rig.db.sql`select 1 from footage.viewing where person_id = ${who.id}`).length
const kinds = async () =>
  (await rig.db.sql<{ leaf: string }[]>`select leaf from ledger.pending order by seq`).map(
    ({ leaf }) => (JSON.parse(leaf) as { kind: string }).kind,
  )

test('without the training that the policy asks there is no viewing, recorded or live, and the clause says so', async () => {
  const untrained = staff('asb-manager', { qualifications: [] })
  const client = rig.signIn(untrained)
  for (const kind of ['recorded', 'live']) {
    const answer = await open(client, { kind })
    assert.equal(answer.status, 403)
    const words = await answer.text()
    assert.match(words, /training must be recorded and in date/)
    assert.match(words, /derby-10\.2-c/)
    assert.match(words, /Working with CCTV, learned on the job/)
  }
  assert.equal(await viewings(untrained), 0)
  assert.equal(await viewings(untrained), 0)
  const elsewhere = staff('asb-manager', { qualifications: [{ provider: 'whg', code: 'on-the-job' }] })
  assert.equal((await open(rig.signIn(elsewhere))).status, 403, 'recorded at another landlord')
})

test('training or a licence that ends in the middle of a viewing ends the viewing, at the API and on the live socket', async () => {
  const who = { ...staff('asb-manager') }
  const client = rig.signIn(who)
  const viewing = await idOf(await open(client))
  assert.equal((await picture(client, viewing)).status, 200)

  const [key] = await rig.hub().footage.dayPublicKeys(rig.cameraId, [day])
  const now = recorder.open({ key: key!, mandateId, fromMs: noon })
  const live = await idOf(await open(client, { kind: 'live' }))
  const socket = new WebSocket(
    `${rig.hub().url.replace('http', 'ws')}/viewings/${live}/live?camera=${rig.cameraId}`,
    { headers: { cookie: `overt_session=${client.token}`, origin: rig.hub().url } } as never,
  )
  let heard = 0
  let ended: string | null = null
  socket.onmessage = () => {
    heard += 1
  }
  socket.onclose = (event) => {
    ended = event.reason
  }
  await until('the recorder is asked', () =>
    recorder.heard.some((message) => message.type === 'live' && message.on),
  )
  recorder.record(now, noon, 2)
  await until('pictures came', () => heard === 4)

  ;(who as { qualifications: unknown }).qualifications = []
  assert.equal((await picture(client, viewing)).status, 403)
  recorder.record(now, noon + 4000, 1)
  await until('the live view ends', () => ended !== null)
  assert.equal(ended, 'unqualified')
  assert.equal(heard, 4, 'not one picture after it')
})

test('a purpose that the policy forbids opens nothing, whatever the reason', async () => {
  const who = staff('asb-manager')
  for (const purpose of ['staff-supervision', 'discipline']) {
    const answer = await open(rig.signIn(who), { purpose })
    assert.equal(answer.status, 403)
    assert.match(await answer.text(), /never looked at for that/)
  }
  const asked = await rig.signIn(who).post('/api/v1/leaves', {
    camera: rig.cameraId,
    purpose: 'discipline',
    reason: 'A colleague is said to come late.',
    untilDay: '2026-11-25',
  })
  assert.equal(asked.status, 403, 'this policy has no exceptions, so nobody can be asked')
  assert.equal(await viewings(who), 0)
})

test('who looks for a colleague opens nothing until a second person has agreed, and then only what was asked', async () => {
  const who = staff('asb-manager')
  const client = rig.signIn(who)
  const asked = await open(client, { colleague: 'yes' })
  assert.equal(asked.status, 201, await asked.clone().text())
  const { leave, waits } = (await asked.json()) as { leave: string; waits: boolean }
  assert.equal(waits, true)
  assert.equal(await viewings(who), 0)
  const early = await client.post(`/api/v1/leaves/${leave}/open`, {})
  assert.equal(early.status, 403, 'nobody has agreed yet')

  const officer = staff('data-protection-officer')
  assert.ok((await tasksFor(rig.db.sql, officer)).some((task) => task.about['leave'] === leave))
  // Neither who asked, nor somebody in another role, nor anybody without a reason.
  for (const [other, body, status] of [
    [client, { outcome: 'agree', reason: 'Yes.' }, 403],
    [rig.signIn(staff('asb-manager')), { outcome: 'agree', reason: 'Yes.' }, 404],
    [rig.signIn(staff('housing-officer')), { outcome: 'agree', reason: 'Yes.' }, 404],
    [rig.signIn(officer), { outcome: 'agree', reason: '' }, 422],
  ] as const)
    assert.equal((await other.post(`/api/v1/leaves/${leave}/decide`, body)).status, status)
  assert.equal((await rig.signIn(staff('asb-manager')).post(`/api/v1/leaves/${leave}/open`, {})).status, 404)

  const yes = await rig.signIn(officer).post(`/api/v1/leaves/${leave}/decide`, {
    outcome: 'agree',
    reason: 'The complaint is about that shift.',
  })
  assert.equal(yes.status, 200, await yes.clone().text())
  const again = await rig.signIn(officer).post(`/api/v1/leaves/${leave}/decide`, {
    outcome: 'refuse',
    reason: 'On second thoughts.',
  })
  assert.equal(again.status, 403, 'decided once')

  const viewing = await idOf(await client.post(`/api/v1/leaves/${leave}/open`, {}))
  assert.equal((await picture(client, viewing)).status, 200)
  const [row] = await rig.db.sql`select leave_id from footage.viewing where id = ${viewing}`
  assert.equal(row!['leave_id'], leave)
  // The yes is for that: another span needs another one.
  const other = await open(client, { colleague: 'yes', fromTime: '11:40' })
  assert.equal(((await other.json()) as { waits?: boolean }).waits, true)
  const told = await kinds()
  for (const kind of ['leave.asked', 'leave.given']) assert.ok(told.includes(kind), kind)

  const back = await rig.signIn(officer).post(`/api/v1/leaves/${leave}/end`, {})
  assert.equal(back.status, 200)
  assert.equal((await picture(client, viewing)).status, 403, 'taken back, the viewing is over')
})

test('a no opens nothing, and a yes is worth nothing after its hours', async () => {
  const who = staff('asb-manager')
  const client = rig.signIn(who)
  const officer = rig.signIn(staff('data-protection-officer'))
  const leaveOf = async () =>
    ((await (await open(client, { colleague: 'yes' })).json()) as { leave: string }).leave
  const refused = await leaveOf()
  await officer.post(`/api/v1/leaves/${refused}/decide`, { outcome: 'refuse', reason: 'Not needed.' })
  assert.equal((await client.post(`/api/v1/leaves/${refused}/open`, {})).status, 403)
  const late = await leaveOf()
  await officer.post(`/api/v1/leaves/${late}/decide`, { outcome: 'agree', reason: 'Needed today.' })
  rig.clock.advance(72 * hour)
  assert.equal((await client.post(`/api/v1/leaves/${late}/open`, {})).status, 403)
  assert.equal(await viewings(who), 0)
  const mine = async () =>
    (await tasksFor(rig.db.sql, who)).filter((task) => task.about['leave'] === late).length
  assert.equal(await mine(), 1)
  await closeLapsed(rig.hub().deps)
  assert.equal(await mine(), 0, 'what is over asks for nothing')
})
