/** Landlords are added and take on newer versions through the page, as far as it is right, and nothing half. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { manualClock, silentLog } from '#base/base.ts'
import { append } from '#ledger/ledger.ts'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import type { Answer } from '#web/web.ts'
import { sheetData } from './print/print.ts'
import { landlordsRoutes, openProviders, type Providers } from './providers.ts'

const policies = fileURLToPath(new URL('../../policies', import.meta.url))
const clock = manualClock(Date.UTC(2026, 10, 22, 12))
const person = { id: randomUUID(), roles: [], administrator: true }
let db: TestDatabase
let folder = ''
let providers: Providers
before(async () => {
  db = await testDatabase()
  folder = mkdtempSync(join(tmpdir(), 'overt-landlords-'))
  for (const slug of ['baseline', 'derby-homes', 'progress'])
    cpSync(join(policies, slug), join(folder, slug), { recursive: true })
  const newer = join(folder, 'derby-homes', '2026-12-01')
  cpSync(join(folder, 'derby-homes', '2025-06-11'), newer, { recursive: true })
  const yaml = readFileSync(join(newer, 'policy.yaml'), 'utf8')
  writeFileSync(
    join(newer, 'policy.yaml'),
    yaml.replace('effective: { value: "2025-06-11"', 'effective: { value: "2026-12-01"'),
  )
  providers = await openProviders({ sql: db.sql, folder, clock, log: silentLog, record: append })
})
after(async () => {
  await db.drop()
  rmSync(folder, { recursive: true, force: true })
})

async function ask(method: string, path: string, given: Record<string, unknown> = {}): Promise<Answer> {
  const row = landlordsRoutes({ sql: db.sql, clock, providers }).find(
    (r) => r.method === method && r.path === path,
  )!
  const input = row.input === undefined ? given : row.input.parse(given)
  return row.handler({
    input,
    person,
    nowMs: clock.nowMs(),
    view: { path: '/landlords', refused: null },
  } as never)
}
const refusal = async (given: Promise<Answer>): Promise<string> => {
  const answer = await given
  assert.ok('refusal' in answer, JSON.stringify(answer))
  return answer.refusal.map((one) => one.message).join(' ')
}

test('a landlord is added with its own policy and name, once', async () => {
  const add = () => ask('POST', '/landlords', { policy: 'derby-homes@2025-06-11', ownName: 'Fernside Homes' })
  assert.ok('location' in (await add()))
  assert.equal(providers.find('derby-homes')?.name, 'Fernside Homes')
  assert.match(await refusal(add()), /no landlord has yet/)
  assert.match(
    await refusal(ask('POST', '/landlords', { policy: 'nobody@2025-06-11', ownName: 'X' })),
    /no policy pack/,
  )
  assert.match(
    await refusal(ask('POST', '/landlords', { policy: 'progress', ownName: 'X' })),
    /no landlord has yet/,
  )
  assert.equal(providers.find('progress'), null)
})

test('a landlord that begins with the baseline goes by its own name, and leaves the pack itself nameless', async () => {
  const pack = providers.packs.find((one) => one.provider === 'baseline')!
  await ask('POST', '/landlords', { policy: `baseline@${pack.version}`, ownName: 'Sunhill Co-operative' })
  assert.equal(providers.packOf('baseline').name, 'Sunhill Co-operative')
  assert.notEqual(pack.name, 'Sunhill Co-operative')
  assert.equal(sheetData(providers.packOf('baseline')).provider, 'Sunhill Co-operative')
})

test('a newer version is taken on from today or later, never from a day that has passed, and decides from its day', async () => {
  const take = (fromDay: string, version = '2026-12-01', provider = 'derby-homes') =>
    ask('POST', '/landlords/:provider/versions', { provider, version, fromDay })
  assert.match(await refusal(take('2026-11-21')), /can’t have passed/)
  assert.match(await refusal(take('2029-11-21')), /two years ahead/)
  assert.match(await refusal(take('2026-12-01', '2025-06-11')), /has taken on that version already/)
  assert.match(await refusal(take('2026-12-01', '2030-01-01')), /There is no policy pack/)
  assert.ok('notFound' in (await take('2026-12-01', '2026-12-01', 'progress')))
  assert.throws(() =>
    landlordsRoutes({ sql: db.sql, clock, providers })[3]!.input!.parse({
      provider: 'derby-homes',
      version: '2026-12-01',
      fromDay: 'soon',
    }),
  )
  assert.ok('location' in (await take('2026-12-01')))
  assert.equal(providers.packOf('derby-homes').version, '2025-06-11')
  assert.equal(providers.packOf('derby-homes', { day: '2026-12-01' }).version, '2026-12-01')
})

test('a landlord joins a group and follows it, through the page', async () => {
  const join = (slug: string, group = 'derby-homes') =>
    ask('POST', '/landlords/group', { slug, name: 'Fernside East', group })
  assert.match(await refusal(join('derby-homes')), /already the short name/)
  assert.match(await refusal(join('progress')), /of a policy/)
  assert.match(await refusal(join('fernside-east', 'whg')), /Choose the landlord/)
  assert.ok('location' in (await join('fernside-east')))
  assert.equal(providers.packOf('fernside-east').version, '2025-06-11')
  assert.equal(providers.packOf('fernside-east', { day: '2026-12-01' }).version, '2026-12-01')
  assert.match(
    await refusal(
      ask('POST', '/landlords/:provider/versions', {
        provider: 'fernside-east',
        version: '2027-01-01',
        fromDay: '2027-01-01',
      }),
    ),
    /There is no policy pack/,
  )
  const shown = await ask('GET', '/landlords')
  assert.ok('page' in shown)
  assert.match(shown.page().body.text, /Fernside East[\s\S]*Fernside Homes/)
})
