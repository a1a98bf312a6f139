/**
 * Goal: what people have learned, hold and have read is recorded by somebody else, told in time, and in date or not to
 * the instant. Method: the real rows on a real database under whg's own pack; only the clock is ours.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { addDays, civilDay, manualClock, secretBox, silentLog } from '#base/base.ts'
import { closeTask, openTask, tasksFor } from '#casework/casework.ts'
import { inTransaction } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import {
  createAccount,
  ledgerEvents,
  type PeopleParts,
  remindEverybody,
  rightsOf,
  type TrainingParts,
  trainingRoutes,
} from '#people/people.ts'
import { able, checkPack, isAction, type Pack, rolesFor, withDecisions } from '#policy/policy.ts'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import { createWeb, type Person } from '#web/web.ts'

const startMs = Date.parse('2026-11-22T12:00:00Z')
const dayMs = 86_400_000
const zone = 'Europe/London'
const clock = manualClock(startMs)
const today = () => civilDay(clock.nowMs(), zone)

function packAt(at: string): Pack {
  const { pack, mistakes } = checkPack(`${import.meta.dirname}/../../policies/${at}`)
  assert.deepEqual(mistakes, [])
  assert.ok(pack)
  return pack
}
const whg = packAt('whg/2025-07-01')
const connexus = packAt('connexus/2023-11-01')

let db: TestDatabase
let app: Awaited<ReturnType<typeof createWeb>>
let parts: TrainingParts
let people: PeopleParts
const ids = new Map<string, string>()

before(async () => {
  db = await testDatabase()
  people = {
    sql: db.sql,
    clock,
    realClock: clock,
    log: silentLog,
    record: append,
    box: secretBox(Buffer.alloc(32, 1), 'test'),
    providers: () => [],
    packs: () => [],
    adoptPack: async () => assert.fail('nothing is adopted here'),
  }
  const landlord = (pack: Pack) => ({ slug: pack.provider, name: pack.name, pack, adoptedMs: startMs })
  parts = {
    sql: db.sql,
    clock,
    record: append,
    landlords: () => [landlord(whg), landlord(connexus)],
    openTask,
    closeTask,
  }
  await inTransaction(db.sql, async (tx) => {
    for (const [username, provider, role, areas] of [
      ['dora', 'whg', 'licensed-decider', []],
      ['carl', 'whg', 'control-room-operator', []],
      ['sue', 'whg', 'supervisor', []],
      ['pat', 'whg', 'data-protection-officer', []],
      ['nora', 'whg', 'colleague', ['North']],
      ['norman', 'whg', 'supervisor', ['North']],
      ['lina', 'connexus', 'line-manager', []],
    ] as const) {
      const made = await createAccount(
        tx,
        { username, name: `Name of ${username}`, roles: [{ provider, role, areas }] },
        { record: append, nowMs: startMs, by: null },
      )
      assert.ok(made.ok)
      ids.set(username, made.value.id)
    }
  })
  app = await createWeb({
    routes: trainingRoutes(parts).map((row) => ({ ...row, rateMax: 10_000 })),
    ledgerKinds: Object.keys(ledgerEvents),
    authenticate: async ({ bearer, session }) => personOf(bearer ?? session ?? ''),
    permits(person, permission) {
      const decisions = person.roles.map(({ provider, role }) =>
        able(
          provider === 'whg' ? whg : connexus,
          { roles: [role], administrator: false },
          permission as never,
        ),
      )
      assert.ok(isAction(permission))
      return decisions.find((one) => one.allowed) ?? decisions[0] ?? { allowed: false, reasons: [] }
    },
    healthy: async () => true,
    nav: [],
    clock,
    log: silentLog,
    publicUrl: null,
    csrfSecret: 'z'.repeat(32),
  })
})
after(async () => {
  await app?.close()
  await db?.drop()
})

async function personOf(username: string): Promise<Person | null> {
  const id = ids.get(username)
  const now = id === undefined ? null : await rightsOf(people, id)
  return now === null || id === undefined
    ? null
    : { id, name: `Name of ${username}`, username, via: 'token', ...now }
}
const get = (who: string, url: string) =>
  app.inject({ url: `/api/v1${url}`, headers: { authorization: `Bearer ${who}` } })
const post = (who: string, url: string, body: object) =>
  app.inject({
    method: 'POST',
    url: `/api/v1${url}`,
    headers: { authorization: `Bearer ${who}`, 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  })
const page = (who: string, url: string) => app.inject({ url, cookies: { overt_session: who } })
const leaves = async () =>
  (await db.sql<{ leaf: string }[]>`select leaf from ledger.pending order by seq`).map(
    ({ leaf }) => JSON.parse(leaf) as { kind: string; data: Record<string, unknown> },
  )
const held = async (username: string): Promise<string[]> =>
  ((await personOf(username))?.qualifications ?? []).map(({ code }) => code).sort()
const tasksOf = async (username: string) => tasksFor(db.sql, (await personOf(username))!)
const licence = (more: object = {}) => ({
  provider: 'whg',
  code: 'sia-public-space',
  number: '1016-4455-6677-8899',
  doneOn: addDays(today(), -10),
  lastDay: addDays(today(), 130),
  givenBy: 'Security Industry Authority',
  ...more,
})
const training = (more: object = {}) => ({
  provider: 'whg',
  code: 'deciding-on-cctv',
  doneOn: today(),
  givenBy: 'R. Trainer',
  ...more,
})
const dora = () => ids.get('dora')!

describe('recording', () => {
  test('a manager records a licence for somebody else; its number is in no ledger entry and no answer', async () => {
    assert.deepEqual(await held('dora'), [])
    const made = await post('sue', `/training/people/${dora()}/licence`, licence())
    assert.equal(made.statusCode, 201, made.body)
    assert.deepEqual(await held('dora'), ['sia-public-space'])
    const answer = await get('sue', `/training/people/${dora()}?at=whg`)
    assert.equal(answer.statusCode, 200)
    const told = `${answer.body}${JSON.stringify(await leaves())}`
    assert.doesNotMatch(told, /1016-4455/)
    assert.equal((await leaves()).filter(({ kind }) => kind === 'licence.recorded').length, 1)
  })

  test('nobody records their own training or licence, nor anybody without the right', async () => {
    const own = await post('sue', `/training/people/${ids.get('sue')}`, training({ code: 'team-session' }))
    assert.equal(own.statusCode, 422)
    assert.match(own.body, /cannot record your own/)
    assert.equal((await post('dora', `/training/people/${dora()}`, training())).statusCode, 403)
    assert.equal((await post('carl', `/training/people/${dora()}/licence`, licence())).statusCode, 403)
    assert.equal((await get('dora', '/training')).statusCode, 403)
    assert.deepEqual(await held('sue'), [])
  })

  test('another landlord’s people, and those whom a role with areas does not reach, look like nobody', async () => {
    assert.equal((await get('lina', `/training/people/${dora()}?at=whg`)).statusCode, 404)
    assert.equal((await get('lina', `/training/people/${dora()}?at=connexus`)).statusCode, 404)
    assert.equal((await post('lina', `/training/people/${dora()}`, training())).statusCode, 404)
    assert.equal((await get('norman', `/training/people/${dora()}?at=whg`)).statusCode, 404)
    const seen = JSON.parse((await get('norman', '/training')).body) as { people: { name: string }[] }
    assert.deepEqual(seen.people.map(({ name }) => name).sort(), ['Name of nora', 'Name of norman'])
    const all = JSON.parse((await get('sue', '/training')).body) as { people: { name: string }[] }
    assert.equal(all.people.length, 6)
    assert.doesNotMatch(JSON.stringify(all), /lina/)
  })

  test('what cannot be is refused in plain words, and nothing of it is kept', async () => {
    const before = (await leaves()).length
    for (const [body, words] of [
      [licence({ lastDay: addDays(today(), -1) }), /has ended already/],
      [licence({ doneOn: addDays(today(), 1) }), /cannot be in the future/],
      [licence({ lastDay: addDays(today(), 9000) }), /Check the year/],
      [licence({ code: 'made-up' }), /Choose from the list/],
      [licence({ number: 'x' }), /at least 4/],
      [licence({ lastDay: '2027-02-30' }), /real date/],
    ] as const) {
      const answer = await post('sue', `/training/people/${dora()}/licence`, body)
      assert.equal(answer.statusCode, 422, answer.body)
      assert.match(answer.body, words)
    }
    const unknown = await post('sue', '/training/people/01900000-0000-7000-8000-000000000001', training())
    assert.equal(unknown.statusCode, 404)
    assert.equal((await leaves()).length, before)
  })

  test('evidence is what its bytes are, at most 5 MB, and opens only for whoever keeps the records', async () => {
    const send = (bytes: Buffer, name: string, mime: string) => {
      const boundary = 'b0undary'
      const field = (key: string, value: string) =>
        `--${boundary}\r\ncontent-disposition: form-data; name="${key}"\r\n\r\n${value}\r\n`
      const head = Object.entries(training())
        .map(([key, value]) => field(key, String(value)))
        .join('')
      return app.inject({
        method: 'POST',
        url: `/api/v1/training/people/${dora()}`,
        headers: { authorization: 'Bearer sue', 'content-type': `multipart/form-data; boundary=${boundary}` },
        payload: Buffer.concat([
          Buffer.from(
            `${head}--${boundary}\r\ncontent-disposition: form-data; name="evidence"; filename="${name}"\r\ncontent-type: ${mime}\r\n\r\n`,
          ),
          bytes,
          Buffer.from(`\r\n--${boundary}--\r\n`),
        ]),
      })
    }
    const program = await send(Buffer.from('PK\u0003\u0004 not a paper'), 'sheet.pdf', 'application/pdf')
    assert.equal(program.statusCode, 422, program.body)
    const large = await send(
      Buffer.concat([Buffer.from('%PDF-'), Buffer.alloc(5 * 1024 * 1024)]),
      'a.pdf',
      'application/pdf',
    )
    assert.ok(large.statusCode === 422 || large.statusCode === 413, large.body)
    const good = await send(Buffer.from('%PDF-1.7 a sheet'), '../../etc/passwd', 'text/html')
    assert.equal(good.statusCode, 201, good.body)
    const [row] = await db.sql<{ id: string }[]>`
      select id from people.qualification where evidence_id is not null`
    const file = await page('sue', `/training/records/${row!.id}/evidence`)
    assert.equal(file.statusCode, 200)
    assert.equal(file.headers['content-type'], 'application/pdf')
    assert.doesNotMatch(String(file.headers['content-disposition']), /passwd/)
    for (const other of ['norman', 'lina'])
      assert.equal((await page(other, `/training/records/${row!.id}/evidence`)).statusCode, 404)
    assert.equal((await page('dora', `/training/records/${row!.id}/evidence`)).statusCode, 403)
  })

  test('what was a mistake or was revoked is taken back, and counts for nothing from that instant', async () => {
    assert.deepEqual(await held('dora'), ['deciding-on-cctv', 'sia-public-space'])
    const [row] = await db.sql<{ id: string }[]>`
      select id from people.qualification where person_id = ${dora()} and kind = 'licence'`
    assert.equal(
      (await post('norman', `/training/records/${row!.id}/end`, { why: 'Revoked' })).statusCode,
      404,
    )
    assert.equal((await post('sue', `/training/records/${row!.id}/end`, { why: '' })).statusCode, 422)
    assert.equal((await post('sue', `/training/records/${row!.id}/end`, { why: 'Revoked' })).statusCode, 200)
    assert.deepEqual(await held('dora'), ['deciding-on-cctv'])
    assert.equal((await post('sue', `/training/records/${row!.id}/end`, { why: 'Again' })).statusCode, 422)
    await post('sue', `/training/people/${dora()}/licence`, licence())
  })

  test('the number of a licence can be forgotten; the licence stays', async () => {
    const [row] = await db.sql<{ id: string }[]>`
      select id from people.qualification where person_id = ${dora()} and number is not null and ended_at is null`
    assert.equal((await post('dora', `/training/records/${row!.id}/forget-number`, {})).statusCode, 403)
    assert.equal((await post('sue', `/training/records/${row!.id}/forget-number`, {})).statusCode, 200)
    const [after] = await db.sql`select number from people.qualification where id = ${row!.id}`
    assert.equal(after!['number'], null)
    assert.equal(
      (await post('sue', `/training/records/${row!.id}/forget-number`, {})).statusCode,
      200,
      'twice is once',
    )
    assert.ok((await held('dora')).includes('sia-public-space'))
  })
})

describe('in time', () => {
  const theirs = async () => (await tasksOf('sue')).filter(({ kind }) => kind === 'training.theirs')
  const mine = async (username: string) =>
    (await tasksOf(username)).filter(({ kind }) => kind === 'training.mine').map(({ title }) => title)

  test('a licence warns its holder and the managers 120, 60 and 30 days before its end', async () => {
    const about = (title: string) => /SIA licence/.test(title)
    await remindEverybody(parts)
    assert.ok(!(await mine('dora')).some(about), 'nothing to say with 130 days left')
    for (const days of [120, 60, 30]) {
      clock.set(startMs + (130 - days) * dayMs)
      await remindEverybody(parts)
      const [said] = (await mine('dora')).filter(about)
      assert.match(said ?? '', new RegExp(`ends within ${days} days`))
      const told = (await theirs()).find(({ title }) => about(title) && /dora/.test(title))
      assert.match(told?.title ?? '', new RegExp(`ends within ${days} days`))
      assert.equal(told?.clause, 'whg-1.8-a')
    }
  })

  test('a licence counts through its last day and not one instant longer', async () => {
    const endMs = Date.parse('2027-04-01T23:00:00Z')
    assert.equal(civilDay(endMs - 1, zone), addDays('2026-11-22', 130))
    clock.set(endMs - 1)
    assert.ok((await held('dora')).includes('sia-public-space'))
    clock.set(endMs)
    assert.ok(!(await held('dora')).includes('sia-public-space'))
    await remindEverybody(parts)
    assert.ok((await mine('dora')).some((title) => /SIA licence.*has ended/.test(title)))
    await post('sue', `/training/people/${dora()}/licence`, licence({ lastDay: addDays(today(), 900) }))
    assert.ok((await held('dora')).includes('sia-public-space'))
    assert.ok(!(await mine('dora')).some((title) => /SIA/.test(title)), 'renewed, and the work is done')
    assert.ok(!(await theirs()).some(({ title }) => /dora.*SIA/.test(title)))
  })

  test('somebody new has days from their start to learn and to read, and a manager hears when they are late', async () => {
    const madeMs = clock.nowMs()
    const made = await inTransaction(db.sql, (tx) =>
      createAccount(
        tx,
        {
          username: 'newt',
          name: 'Name of newt',
          roles: [{ provider: 'whg', role: 'colleague', areas: [] }],
        },
        { record: append, nowMs: madeMs, by: null },
      ),
    )
    assert.ok(made.ok)
    ids.set('newt', made.value.id)
    await remindEverybody(parts)
    const due = (await tasksOf('newt')).filter(({ kind }) => kind === 'training.mine')
    assert.deepEqual(due.map(({ title, dueMs }) => [title, civilDay(dueMs! - 1, zone)]).sort(), [
      ['Read the policy and say that you have', addDays(today(), 14)],
      ['Team session on the CCTV policy: still to be done', addDays(today(), 28)],
    ])
    assert.ok(!(await theirs()).some(({ title }) => /newt/.test(title)))
    clock.set(madeMs + 29 * dayMs)
    await remindEverybody(parts)
    assert.equal((await theirs()).filter(({ title }) => /newt/.test(title)).length, 2)
    const shown = await page('sue', '/training?at=whg')
    assert.match(shown.body, /Name of newt/)
    assert.match(shown.body, /was due/)
  })

  test('who keeps the records of one area hears of those who work there alone, and of nobody else', async () => {
    const told = async (username: string) =>
      (await tasksOf(username)).filter(({ kind }) => kind === 'training.theirs').map(({ title }) => title)
    const norman = (await told('norman')).join('\n')
    assert.match(norman, /Name of nora/)
    assert.doesNotMatch(norman, /Name of (newt|dora|carl|pat)/)
    const sue = (await told('sue')).join('\n')
    for (const name of ['nora', 'newt']) assert.match(sue, new RegExp(`Name of ${name}`))
  })

  test('what a landlord decided that people hold and learn is due as if its policy had said it', async () => {
    const said = packAt('handcrafted/2025-05-07')
    const decided = withDecisions(said, [
      { key: 'view.qualification', value: ['licence'] },
      { key: 'train.audience', value: ['induction', 'operators'] },
    ])
    const at = (pack: Pack): TrainingParts => ({
      ...parts,
      landlords: () => [{ slug: pack.provider, name: pack.name, pack, adoptedMs: startMs }],
    })
    const looker = rolesFor(said, 'footage.view')[0]!
    const made = await inTransaction(db.sql, (tx) =>
      createAccount(
        tx,
        {
          username: 'hanna',
          name: 'Name of hanna',
          roles: [{ provider: 'handcrafted', role: looker, areas: [] }],
        },
        { record: append, nowMs: clock.nowMs(), by: null },
      ),
    )
    assert.ok(made.ok)
    ids.set('hanna', made.value.id)
    const titles = async () =>
      (await tasksOf('hanna')).filter(({ kind }) => kind === 'training.mine').map(({ title }) => title)
    await remindEverybody(at(said))
    assert.doesNotMatch((await titles()).join('\n'), /SIA licence|Induction|Looking at footage/)
    await remindEverybody(at(decided))
    const due = (await titles()).join('\n')
    assert.match(due, /SIA licence, public space surveillance/)
    assert.match(due, /Induction to CCTV/)
    assert.match(due, /Looking at footage/)
  })
})

describe('reading', () => {
  test('who has read the policy says so once for its version, and who has not is shown and chased', async () => {
    const before = await page('sue', '/training?at=whg')
    assert.match(before.body, /0 of 7 say that they have read it/)
    const said = () =>
      post('newt', '/account/training/policy', { provider: 'whg', version: whg.version, read: true })
    assert.equal((await said()).statusCode, 200)
    assert.equal((await said()).statusCode, 200)
    assert.equal((await leaves()).filter(({ kind }) => kind === 'policy.acknowledged').length, 1)
    assert.match((await page('sue', '/training?at=whg')).body, /1 of 7 say that they have read it/)
    assert.ok(!(await tasksOf('newt')).some(({ title }) => /Read the policy/.test(title)))
  })

  test('an older version, an unticked box or another landlord’s policy is not read', async () => {
    for (const [who, body, status] of [
      ['dora', { provider: 'whg', version: '2024-01-01', read: true }, 422],
      ['dora', { provider: 'whg', version: whg.version }, 422],
      ['dora', { provider: 'connexus', version: connexus.version, read: true }, 404],
    ] as const)
      assert.equal((await post(who, '/account/training/policy', body)).statusCode, status)
    assert.equal((await leaves()).filter(({ kind }) => kind === 'policy.acknowledged').length, 1)
  })

  test('a briefing goes to its roles; each says that they have read it, and nobody else can', async () => {
    const body = 'From Monday the night shift notes each call in the log.\n\nAsk me when in doubt.'
    const wanted = {
      provider: 'whg',
      title: 'Night calls',
      body,
      roles: ['control-room-operator'],
      dueOn: addDays(today(), 7),
    }
    assert.equal((await post('carl', '/training/briefings', wanted)).statusCode, 403)
    assert.equal(
      (await post('sue', '/training/briefings', { ...wanted, dueOn: addDays(today(), -1) })).statusCode,
      422,
    )
    assert.equal(
      (await post('sue', '/training/briefings', { ...wanted, roles: ['made-up'] })).statusCode,
      422,
    )
    const given = await post('sue', '/training/briefings', wanted)
    assert.equal(given.statusCode, 201, given.body)
    const { id } = JSON.parse(given.body) as { id: string }
    assert.ok((await tasksOf('carl')).some(({ title }) => /Read the briefing “Night calls”/.test(title)))
    assert.ok(!(await tasksOf('dora')).some(({ title }) => /Night calls/.test(title)))
    for (const other of ['dora', 'lina'])
      assert.equal((await post(other, `/briefings/${id}/acknowledge`, {})).statusCode, 404)
    assert.equal((await get('dora', `/briefings/${id}`)).statusCode, 404)
    assert.match((await page('carl', `/briefings/${id}`)).body, /I have read this/)
    assert.equal((await post('carl', `/briefings/${id}/acknowledge`, {})).statusCode, 200)
    assert.ok(!(await tasksOf('carl')).some(({ title }) => /Night calls/.test(title)))
    assert.match((await page('sue', '/training/briefings?at=whg')).body, /1 of 1/)
  })

  test('a landlord adds a course of its own; people get it, and it goes when it is ended', async () => {
    const course = {
      provider: 'whg',
      title: 'Lone working',
      way: 'course',
      roles: ['supervisor'],
      months: 24,
      dueDays: 30,
      covers: 'Staying safe.',
    }
    assert.equal((await post('dora', '/training/courses', course)).statusCode, 403)
    const made = await post('pat', '/training/courses', course)
    assert.equal(made.statusCode, 201, made.body)
    assert.equal((await post('pat', '/training/courses', course)).statusCode, 422, 'one of each title')
    const sue = ids.get('sue')!
    const done = await post('pat', `/training/people/${sue}`, training({ code: 'own-lone-working' }))
    assert.equal(done.statusCode, 201, done.body)
    const [row] =
      await db.sql`select last_day::text from people.qualification where code = 'own-lone-working'`
    assert.equal(
      row!['last_day'],
      Temporal.PlainDate.from(today()).add({ months: 24 }).subtract({ days: 1 }).toString(),
    )
    const { id } = JSON.parse(made.body) as { id: string }
    assert.equal(
      (await post('lina', `/training/courses/${id}/end`, { provider: 'connexus' })).statusCode,
      404,
    )
    assert.equal((await post('pat', `/training/courses/${id}/end`, { provider: 'whg' })).statusCode, 200)
  })

  test('a person sees what is asked of them, what waits for it, and by which clause', async () => {
    const shown = await page('carl', '/account/training')
    assert.equal(shown.statusCode, 200)
    assert.match(shown.body, /SIA licence, public space surveillance/)
    assert.match(shown.body, /Without it you may not look at live pictures/)
    assert.match(shown.body, /whg 1\.8/)
    const silent = await page('lina', '/training?at=connexus')
    assert.match(silent.body, /reminders, and no picture waits for training/)
  })
})
