/** What a policy leaves open is the landlord's to decide, by the right role, once or again, and cameras wait for it. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { manualClock, silentLog } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import {
  type GateFacts,
  gates,
  mustDecide,
  openPoints,
  type Pack,
  points,
  pointValue,
} from '#policy/policy.ts'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import { decideEverything } from '#tests/decided.ts'
import { adoptPacks, openProviders, type Providers } from './providers.ts'

const policies = fileURLToPath(new URL('../../policies', import.meta.url))
const nowMs = Date.UTC(2026, 10, 22, 12)
const clock = manualClock(nowMs)
const slug = 'derby-homes'
const head = randomUUID()
/** What waits, by its kind; `main` hands in casework's own functions. */
const tasks = new Map<string, string>()
let db: TestDatabase
let providers: Providers
before(async () => {
  db = await testDatabase()
})
after(() => db.drop())
beforeEach(async () => {
  await db.owner`truncate providers.decision`
  tasks.clear()
  providers = await openProviders({
    sql: db.sql,
    folder: policies,
    clock,
    log: silentLog,
    record: append,
    tasks: {
      open: async (_tx, { kind, title }) => tasks.set(kind, title),
      close: async (_tx, { kind }) => tasks.delete(kind),
    },
  })
  if (providers.find(slug) === null)
    await inTransaction(db.sql, (tx) => adoptPacks(tx, providers, [{ slug, by: null, nowMs }]))
  await providers.refresh()
})

const decide = (key: string, value: unknown, more: Partial<Parameters<Providers['decidePoint']>[1]> = {}) =>
  inTransaction(db.sql, (tx) =>
    providers.decidePoint(tx, {
      slug,
      key,
      value,
      reason: 'Agreed by the board.',
      by: head,
      roles: ['head-of-housing-management'],
      nowMs,
      ...more,
    }),
  ).finally(() => providers.refresh())

const nothingYet: Omit<GateFacts, 'deploymentType'> = {
  today: '2026-11-22',
  proposedBy: head,
  purposes: [],
  reason: '',
  alternatives: '',
  noOtherMeans: null,
  dpia: null,
  approvals: [],
  agreement: null,
  signs: [],
  checklist: null,
  reference: null,
  dates: null,
  recorder: null,
}

const undecided = (pack: Pack, deploymentType: string) =>
  gates(pack, { ...nothingYet, deploymentType }).find((gate) => gate.code === 'landlord-decisions')

test('until the landlord has decided what its policy leaves open, a gate holds every camera back and says who decides', () => {
  const pack = providers.packOf(slug)
  assert.ok(openPoints(pack).length > 0)
  const gate = undecided(pack, 'home-temporary')
  assert.equal(gate?.state, 'open')
  assert.deepEqual(gate?.who, ['area-housing-services-manager', 'head-of-housing-management'])
  // Three are named, so that a task's title is never cut within a word.
  assert.match(gate?.why ?? '', /^The landlord has yet to decide: ([^;]+; ){0,3}(and \d+ more|[^;]+)\.$/)
  assert.ok((gate?.why ?? '').length < 260)
  // A camera in a home does not wait for what concerns shared areas alone.
  const label =
    mustDecide(pack)
      .find((one) => one.key === 'consult.service_charge')
      ?.label.toLowerCase() ?? '?'
  assert.ok(!gate?.why.includes(label))
  assert.ok(undecided(pack, 'communal-temporary')?.why.includes(label))
})

test('a decision is kept with who, role, reason and its ledger entry, and is the value that counts', async () => {
  const made = await decide('resident.decision_deadline', 10)
  assert.ok(made.ok)
  const pack = providers.packOf(slug)
  assert.equal(pointValue(pack, 'resident.decision_deadline'), 10)
  const said = points(pack).find((one) => one.key === 'resident.decision_deadline')
  assert.equal(said?.words, '10')
  assert.equal(said?.silent, true)
  assert.equal(said?.decided, true)
  const [row] = providers.decisions(slug)
  assert.equal(row?.by, head)
  assert.equal(row?.role, 'head-of-housing-management')
  const [entry] = await db.sql<{ leaf: string }[]>`
    select leaf from ledger.pending where id = ${row!.ledgerEntry}
    union all select leaf from ledger.entry where id = ${row!.ledgerEntry}`
  assert.match(entry!.leaf, /policy\.point-decided/)
  assert.doesNotMatch(entry!.leaf, /Agreed by the board/)
})

test('when all is decided the gate is gone, and with the last decision the task closes', async () => {
  await inTransaction(db.sql, (tx) => providers.bringTasksInLine(tx))
  assert.match(
    tasks.get('policy.open') ?? '',
    /^Decide \d+ things that the policy leaves open\. No camera records/,
  )
  await inTransaction(db.sql, (tx) => decideEverything(tx, providers, slug, nowMs))
  await providers.refresh()
  const pack = providers.packOf(slug)
  assert.equal(undecided(pack, 'home-temporary'), undefined)
  assert.equal(undecided(pack, 'communal-temporary'), undefined)
  await inTransaction(db.sql, (tx) => providers.bringTasksInLine(tx))
  assert.equal(tasks.size, 0)
})

test('nobody else decides: no role, another role, an administrator; nor a point that the policy sets, nor a value that does not fit', async () => {
  const codes = async (given: ReturnType<typeof decide>) => {
    const made = await given
    return made.ok ? [] : made.reasons.map((reason) => reason.code)
  }
  assert.deepEqual(await codes(decide('authorise.ripa', 'not-bound', { roles: [] })), ['able'])
  assert.deepEqual(await codes(decide('authorise.ripa', 'not-bound', { roles: ['housing-officer'] })), [
    'able',
  ])
  assert.deepEqual(await codes(decide('tech.covert', 'police-only')), ['not-open'])
  assert.deepEqual(await codes(decide('no.such_point', 'yes')), ['not-open'])
  assert.deepEqual(await codes(decide('resident.decision_deadline', 0)), ['value'])
  assert.deepEqual(await codes(decide('resident.decision_deadline', 10, { reason: '  ' })), ['reason'])
  assert.deepEqual(await codes(decide('resident.decision_deadline', 10, { reason: 'x'.repeat(1001) })), [
    'reason',
  ])
  assert.deepEqual(providers.decisions(slug), [])
})

test('deciding again counts for what is asked for afterwards; what was asked for before goes on under the first', async () => {
  const later = nowMs + 86_400_000
  await decide('consult.residents', 'not-asked')
  await decide('consult.residents', 'every-shared-camera', { nowMs: later })
  const asks = (pack: Pack) =>
    pack.values.deploymentTypes
      .find((type) => type.code === 'communal-temporary')
      ?.gates.some((gate) => gate.code === 'consultation')
  assert.equal(asks(providers.packOf(slug)), true)
  assert.equal(asks(providers.packOf(slug, { askedMs: later })), true)
  assert.equal(asks(providers.packOf(slug, { askedMs: later - 1 })), false)
  // What was asked for before anybody had decided had to wait for the first answer, and that one counts.
  assert.equal(asks(providers.packOf(slug, { askedMs: nowMs - 1 })), false)
  assert.equal(providers.decisions(slug).length, 2)
})

test('the running role can neither change nor forget a decision', async () => {
  await decide('authorise.ripa', 'not-bound')
  await assert.rejects(db.sql`update providers.decision set reason = 'another'`, /permission denied/)
  await assert.rejects(db.sql`delete from providers.decision`, /permission denied/)
})

test('a subsidiary decides by the policy and the decisions of its group, and can take on no other', async () => {
  const join = (more: object = {}) =>
    inTransaction(db.sql, (tx) =>
      providers.addSubsidiary(tx, {
        slug: 'fernside-east',
        name: 'Fernside East',
        group: slug,
        by: null,
        nowMs,
        ...more,
      }),
    )
  const refused = async (more: object) => {
    const made = await join(more)
    return made.ok ? '' : made.reasons[0]!.message
  }
  assert.match(await refused({ slug: 'derby-homes' }), /already the short name/)
  assert.match(await refused({ slug: 'progress' }), /already the short name of a landlord or of a policy/)
  assert.match(await refused({ slug: 'Fern Side' }), /small letters/)
  assert.match(await refused({ group: 'nowhere' }), /Choose the landlord/)
  assert.match(await refused({ name: ' ' }), /Enter the landlord’s name/)
  assert.ok((await join()).ok)
  await decide('resident.decision_deadline', 10)
  const pack = providers.packOf('fernside-east')
  assert.equal(pack.provider, 'fernside-east')
  assert.equal(pack.hash, providers.packOf(slug).hash)
  assert.equal(pointValue(pack, 'resident.decision_deadline'), 10)
  assert.equal(providers.packOf('fernside-east', { version: '2025-06-11' }).reference, 'HM023')
  assert.match(await refused({ slug: 'fernside-west', group: 'fernside-east' }), /itself part of a group/)
  const own = await decide('authorise.ripa', 'not-bound', { slug: 'fernside-east' })
  assert.match(own.ok ? '' : own.reasons[0]!.message, /decides this for the whole group/)
  const taken = await inTransaction(db.sql, (tx) => providers.adopt(tx, { slug: 'whg', by: null, nowMs }))
  assert.ok(taken.ok, 'another landlord may still come with a policy of its own')
  await assert.rejects(db.sql`delete from providers.subsidiary`, /permission denied/)
})
