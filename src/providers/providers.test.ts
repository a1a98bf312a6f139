/** Landlords adopt policies in a real database; what was adopted stays what it was. */
import assert from 'node:assert/strict'
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Failure, manualClock, silentLog } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import type { Page } from '#web/web.ts'
import {
  adoptPacks,
  openProviders,
  policyCheckCommand,
  policyReportCommand,
  providersRoutes,
} from './providers.ts'

const policies = fileURLToPath(new URL('../../policies', import.meta.url))
const nowMs = Date.UTC(2026, 10, 22, 12)
const clock = manualClock(nowMs)
let db: TestDatabase
let home = ''
before(async () => {
  db = await testDatabase()
  home = mkdtempSync(join(tmpdir(), 'overt-providers-'))
})
after(async () => {
  await db.drop()
  rmSync(home, { recursive: true, force: true })
})

/** A folder with the Derby pack twice: as it is, and a second version of a later day. */
function copy(name: string): string {
  const folder = join(home, name)
  cpSync(join(policies, 'derby-homes'), join(folder, 'derby-homes'), { recursive: true })
  return folder
}

test('nobody has a policy until one is adopted; then it decides, under the landlord’s own name', async () => {
  const entries: { kind: string; data: Record<string, string> }[] = []
  const record = async (_tx: unknown, entry: { kind: string; data: Record<string, string> }) =>
    entries.push(entry)
  const providers = await openProviders({ sql: db.sql, folder: policies, clock, log: silentLog, record })
  assert.deepEqual(providers.list(), [])
  assert.throws(
    () => providers.packOf('derby-homes'),
    (e) => e instanceof Failure && e.kind === 'not-found',
  )
  assert.ok(providers.packs.some((p) => p.provider === 'progress'))

  await inTransaction(db.sql, (tx) =>
    adoptPacks(tx, providers, [
      { slug: 'derby-homes', name: 'Fernside Homes', by: null, nowMs },
      { slug: 'progress', name: 'Larkhill Housing', by: null, nowMs },
    ]),
  )
  assert.deepEqual(
    providers.list().map((p) => p.name),
    ['Fernside Homes', 'Larkhill Housing'],
  )
  assert.equal(providers.packOf('derby-homes').version, '2025-06-11')
  assert.equal(providers.packOf('derby-homes', { version: '2025-06-11' }).reference, 'HM023')
  assert.throws(
    () => providers.packOf('derby-homes', { version: '2020-01-01' }),
    /no policy in effect of version/,
  )
  assert.throws(
    () => providers.packOf('derby-homes', { day: '2026-11-21' }),
    /no policy in effect on 2026-11-21/,
  )
  assert.deepEqual(
    entries.map((e) => e.kind),
    ['policy.adopted', 'policy.adopted'],
  )
  assert.equal(entries[0]!.data['version'], '2025-06-11')
})

test('another process reads the same, and adopting again changes nothing', async () => {
  const providers = await openProviders({ sql: db.sql, folder: policies, clock, log: silentLog })
  assert.equal(providers.find('derby-homes')?.name, 'Fernside Homes')
  await inTransaction(db.sql, (tx) =>
    adoptPacks(tx, providers, [{ slug: 'derby-homes', name: 'Another name', by: null, nowMs }]),
  )
  assert.equal(providers.find('derby-homes')?.versions.length, 1)
  assert.equal(providers.find('derby-homes')?.name, 'Fernside Homes')
})

test('an adopted version that was changed or lost on disk stops the start, and says so', async () => {
  const open = (folder: string) => openProviders({ sql: db.sql, folder, clock, log: silentLog })
  const folder = copy('changed')
  cpSync(join(policies, 'progress'), join(folder, 'progress'), { recursive: true })
  await open(folder)
  appendFileSync(join(folder, 'derby-homes/2025-06-11/clauses.yaml'), '\n# a remark\n')
  await assert.rejects(
    open(folder),
    /policies\/derby-homes\/2025-06-11 was adopted and has been changed since/,
  )
  rmSync(join(folder, 'derby-homes'), { recursive: true })
  await assert.rejects(open(folder), /policies\/derby-homes\/2025-06-11 was adopted and is gone/)
})

test('a pack written more fully raises its revision, which is recorded once; going back is refused', async () => {
  const folder = copy('revised')
  cpSync(join(policies, 'progress'), join(folder, 'progress'), { recursive: true })
  const path = join(folder, 'derby-homes/2025-06-11/policy.yaml')
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^revision: .*$/m, 'revision: 99'))
  const other = await testDatabase()
  try {
    const kinds: string[] = []
    const record = async (_tx: unknown, entry: { kind: string }) => kinds.push(entry.kind)
    const open = (at: string) => openProviders({ sql: other.sql, folder: at, clock, log: silentLog, record })
    const first = await open(policies)
    await inTransaction(other.sql, (tx) => adoptPacks(tx, first, [{ slug: 'derby-homes', by: null, nowMs }]))
    const second = await open(folder)
    assert.equal(second.packOf('derby-homes').revision, 99)
    assert.equal(second.find('derby-homes')?.versions.length, 1)
    await open(folder)
    assert.deepEqual(kinds, ['policy.adopted', 'policy.revised'])
    await assert.rejects(
      open(policies),
      /is revision \d+, and this installation already decides by revision 99/,
    )
  } finally {
    await other.drop()
  }
})

test('a mistake in any pack stops the start, with file and line', async () => {
  const folder = copy('broken')
  appendFileSync(join(folder, 'derby-homes/2025-06-11/policy.yaml'), '\nsurprise: true\n')
  await assert.rejects(
    openProviders({ sql: db.sql, folder, clock, log: silentLog }),
    (e) =>
      e instanceof Failure && /policy\.yaml:\d+: "surprise" is not a word that a pack knows/.test(e.message),
  )
})

test('the running role cannot change or forget an adopted version', async () => {
  await assert.rejects(
    db.sql`update providers.adopted_version set hash = repeat('0', 64)`,
    /permission denied/,
  )
  await assert.rejects(db.sql`delete from providers.adopted_version`, /permission denied/)
})

test('a pack nobody has is refused, not thrown', async () => {
  const providers = await openProviders({ sql: db.sql, folder: policies, clock, log: silentLog })
  const result = await inTransaction(db.sql, (tx) =>
    providers.adopt(tx, { slug: 'nowhere', by: null, nowMs }),
  )
  assert.equal(result.ok, false)
  await assert.rejects(
    inTransaction(db.sql, (tx) => adoptPacks(tx, providers, [{ slug: 'nowhere', by: null, nowMs }])),
    /There is no policy pack for "nowhere"/,
  )
})

test('the policy page shows every clause, what it sets, and what the document leaves open', async () => {
  const providers = await openProviders({ sql: db.sql, folder: policies, clock, log: silentLog })
  const rows = providersRoutes({
    sql: db.sql,
    clock,
    providers,
    tasks: { open: async () => '', close: async () => 0 },
    standing: async () => ({ troubles: [], exceptions: [] }),
    named: async () => new Map(),
  })
  const show = async (path: string, input: unknown) => {
    const row = rows.find((r) => r.path === path)
    const answer = await row!.handler({ input: row!.input?.parse(input) ?? input, person: null } as never)
    assert.ok('page' in answer, JSON.stringify(answer))
    return { page: (answer as { page: () => Page }).page(), data: answer.data as Record<string, unknown> }
  }
  const list = await show('/policy', {})
  assert.match(list.page.body.text, /Fernside Homes/)
  const { page, data } = await show('/policy/:provider', { provider: 'derby-homes' })
  const pack = providers.packOf('derby-homes')
  for (const id of pack.clauses.keys()) assert.ok(page.body.text.includes(`id="${id}"`), id)
  assert.match(page.body.text, /In a resident&#39;s home: a camera runs for <strong>28 days<\/strong>/)
  assert.match(page.body.text, /Where the policy does not say/)
  const clause = (id: string) => page.body.text.split(`id="${id}"`)[1]!.split('</article>')[0]!
  assert.match(clause('derby-4.2.1-h'), /Cannot be broken through Overt.*Recording stops by itself/s)
  assert.match(clause('derby-4.2.1-g'), /Recorded, and shown when missing.*A photo of each sign/s)
  assert.match(clause('derby-3.1-a'), /Told here, and not checked/)
  assert.match(clause('derby-4.2.3-b'), /Not carried out by Overt yet/)
  const differ = page.body.text.split('id="points"')[1]!.split('id="silent"')[0]!
  assert.match(differ, /What a camera may not see.*no private property.*The policy does not say/s)
  assert.match(differ, /What of it the service charge carries.*The landlord must decide before going live/s)
  assert.equal((data['points'] as unknown[]).length, 84)
  assert.match(clause('derby-4.2.2-c'), /Partly carried out.*The rest is not in Overt yet/s)
  assert.match(page.body.text, /Footage is kept for at most<\/th>/)
  assert.equal((data['clauses'] as unknown[]).length, 108)
  const nobody = await rows
    .find((r) => r.path === '/policy/:provider')!
    .handler({ input: { provider: 'whg' } } as never)
  assert.ok('notFound' in nobody)
  const never = await rows
    .find((r) => r.path === '/policy/:provider')!
    .handler({ input: { provider: 'derby-homes', version: '1999-01-01' } } as never)
  assert.ok('notFound' in never)
})

test('policy check tells soundness, mistakes and wrong use by its exit code', () => {
  const said: string[] = []
  assert.equal(
    policyCheckCommand([policies], (l) => said.push(l)),
    0,
  )
  assert.match(said.join('\n'), /Derby Homes, version 2025-06-11, 108 clauses, \d+ cases: sound/)
  const folder = copy('checked')
  appendFileSync(
    join(folder, 'derby-homes/2025-06-11/access.cedar'),
    '\npermit (principal, action, resource);\n',
  )
  said.length = 0
  assert.equal(
    policyCheckCommand([join(folder, 'derby-homes/2025-06-11')], (l) => said.push(l)),
    1,
  )
  assert.match(said.join('\n'), /access\.cedar:\d+: a rule needs @id/)
  assert.equal(
    policyCheckCommand([], () => undefined),
    2,
  )
  assert.equal(
    policyCheckCommand([join(home, 'nowhere')], () => undefined),
    2,
  )
})

test('policy check names the line of a broken case, a role that is none, and a rule that nobody tried', () => {
  const at = join(copy('cases'), 'derby-homes/2025-06-11')
  const [one = ''] = readdirSync(join(at, 'deny')).filter((name) => name.includes('home'))
  const path = join(at, 'deny', one)
  const whole = readFileSync(path, 'utf8')
  const said = (text: string | null): string => {
    const lines: string[] = []
    if (text === null) rmSync(path)
    else writeFileSync(path, text)
    assert.equal(
      policyCheckCommand([at], (line) => lines.push(line)),
      1,
    )
    return lines.join('\n')
  }
  assert.match(said('{\n  "about": "x",\n'), new RegExp(`deny/${one}:\\d+: this is not JSON$`))
  assert.match(
    said(whole.replace(/"action": "[^"]+"/, '"action": "no.such"')),
    /:\d+: question\.action: must be one of/,
  )
  const stranger = said(whole.replace(/"roles": \[\s*"/, '$&x'))
  assert.match(stranger, /:\d+: "x[a-z-]+" is not one of this pack's roles/)
  for (const line of [...said(whole.replace(/"rules": \[\s*"/, '$&x')).matchAll(/\.json:(\d+): should/g)])
    assert.ok(Number(line[1]) > 1, 'the line of the rules, not of the file')
  // Without its cases a pack is no longer sound: which rules nobody tried is told where they stand.
  for (const name of readdirSync(join(at, 'deny')))
    if (join(at, 'deny', name) !== path) rmSync(join(at, 'deny', name))
  assert.match(
    said(null),
    /access\.cedar:\d+: rule "home-for-asb" refuses nobody in any case: write one into deny/,
  )
})

test('policy report puts every clause in one list, in words and as JSON, and refuses wrong use', () => {
  const lines: string[] = []
  const run = (...args: string[]) => policyReportCommand(args, policies, (line) => lines.push(line))
  assert.equal(run('--json'), 0)
  const report = JSON.parse(lines.pop()!) as Record<string, Record<string, unknown>>
  const derby = report['derby-homes']!
  assert.equal(derby['clauses'], 108)
  assert.ok((derby['enforced'] as string[]).includes('derby-4.2.1-h'))
  assert.ok((derby['evidenced'] as string[]).includes('derby-4.2.1-g'))
  assert.equal((derby['to_come'] as Record<string, string>)['derby-4.2.3-b'], 'F3')
  assert.equal(run(), 0)
  assert.ok(lines.some((line) => /^ {2}derby-4\.2\.1-h +enforced +authorisation\.within-days/.test(line)))
  assert.ok(lines.some((line) => /^ {2}derby-4\.2\.3-b +to come \(F3\)$/.test(line)))
  assert.equal(run('--loud'), 2)
  const broken = copy('broken-report')
  appendFileSync(join(broken, 'derby-homes/2025-06-11/clauses.yaml'), '\nwrong: 1\n')
  assert.equal(
    policyReportCommand([], broken, (line) => lines.push(line)),
    1,
  )
})
