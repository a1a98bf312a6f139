/** Chasing by e-mail, over real SMTP and a real database; only the clock is set. */
import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { Failure, manualClock, newId, silentLog } from '#base/base.ts'
import { openTask } from '#casework/casework.ts'
import { inTransaction, type Mail, openMail } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { createAccount, digestTrouble } from '#people/people.ts'
import { adoptPacks, openProviders, type Providers } from '#providers/providers.ts'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import { type ChasingParts, sendDigests } from './desk.ts'
import { concernedBy, isVacant, neededRoles, vacantWords } from './roles-needed.ts'

/** A Monday, at noon. */
const monday = Date.parse('2026-11-23T12:00:00Z')
const dayMs = 86_400_000
const clock = manualClock(monday)
let db: TestDatabase
let packs: Providers
let server: SMTPServer
let mail: Mail
const inbox: ParsedMail[] = []
const refused = new Set<string>()

before(async () => {
  db = await testDatabase()
  packs = await openProviders({
    sql: db.sql,
    folder: join(import.meta.dirname, '../../policies'),
    clock,
    log: silentLog,
  })
  await inTransaction(db.sql, (tx) =>
    adoptPacks(tx, packs, [{ slug: 'derby-homes', by: null, nowMs: monday }]),
  )
  await packs.refresh()
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: ({ address }, _session, done) =>
      done(refused.has(address) ? new Error('no such mailbox here') : null),
    onData: (stream, _session, done) => {
      simpleParser(stream).then((parsed) => {
        inbox.push(parsed)
        done()
      }, done)
    },
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.server.address() as AddressInfo
  mail = openMail({ url: `smtp://127.0.0.1:${port}`, from: 'overt@landlord.example' })
})
after(async () => {
  mail.close()
  await new Promise<void>((closed) => server.close(() => closed()))
  await db.drop()
})

async function person(role: string, email: string | null): Promise<string> {
  const username = `p${Math.random().toString(36).slice(2, 10)}`
  const made = await inTransaction(db.sql, (tx) =>
    createAccount(
      tx,
      {
        username,
        name: `Nell ${username}`,
        email,
        roles: [{ provider: 'derby-homes', role, areas: [] }],
      },
      { record: append, nowMs: clock.nowMs(), by: null },
    ),
  )
  assert.ok(made.ok)
  return made.value.id
}
const work = (change: object) =>
  inTransaction(db.sql, (tx) =>
    openTask(tx, {
      kind: 'test.look',
      provider: 'derby-homes',
      title: 'Look at the porch camera of 14 Alder Row',
      roles: ['housing-officer'],
      about: { thing: newId(monday) },
      nowMs: monday,
      ...change,
    }),
  )
const send = (by: Mail = mail) => {
  const parts: ChasingParts & { readonly mail: Mail } = {
    sql: db.sql,
    clock,
    packs,
    log: silentLog,
    mail: by,
    url: 'https://overt.example',
    timeZone: 'Europe/London',
    async personOf(id) {
      const roles = await db.sql<{ provider: string; role: string; areas: string[] }[]>`
        select provider, role, areas from people.role where person_id = ${id}`
      return { id, roles: [...roles] }
    },
  }
  return sendDigests(parts)
}
const sentTo = (address: string) => inbox.filter((one) => JSON.stringify(one.to).includes(address))

test('each working day from seven a person is told how much waits, once, and never what or about whom', async () => {
  await person('housing-officer', 'officer@landlord.example')
  await person('installer-without-work', 'idle@landlord.example')
  await work({ dueMs: monday - dayMs })
  await work({ dueMs: monday + dayMs })
  await work({ dueMs: monday + 30 * dayMs })
  clock.set(Date.parse('2026-11-23T06:59:00Z'))
  await send()
  assert.equal(inbox.length, 0)
  clock.set(Date.parse('2026-11-23T07:00:00Z'))
  await Promise.all([send()])
  await send()
  const [only, ...more] = sentTo('officer@landlord.example')
  assert.equal(more.length, 0)
  assert.equal(only!.subject, 'Overt: one thing is overdue')
  assert.match(only!.text!, /One thing overdue/)
  assert.match(only!.text!, /One thing due soon/)
  assert.match(only!.text!, /One thing with more time/)
  assert.match(only!.text!, /https:\/\/overt\.example\/account\/mail/)
  assert.doesNotMatch(`${only!.subject}${only!.text}`, /Alder|camera of|Nell|porch|derby/i)
  assert.equal(only!.html, false)
  assert.equal(sentTo('idle@landlord.example').length, 0)
  const rows = await db.sql<{ leaf: string }[]>`
    select leaf from ledger.pending where leaf::jsonb ->> 'kind' = 'work.told'`
  assert.equal(rows.length, 1)
  assert.doesNotMatch(rows[0]!.leaf, /@|Nell/)
})

test('who wants it weekly is written to on Mondays, who wants none never, and nobody at the weekend', async () => {
  const weekly = await person('housing-officer', 'weekly@landlord.example')
  const never = await person('housing-officer', 'never@landlord.example')
  await db.sql`insert into people.digest (person_id, often) values (${weekly}, 'weekly'), (${never}, 'never')`
  for (let day = 1; day <= 7; day += 1) {
    clock.set(monday + day * dayMs)
    const before = inbox.length
    await send()
    if (day === 5 || day === 6) assert.equal(inbox.length, before, 'written to at the weekend')
  }
  assert.equal(sentTo('weekly@landlord.example').length, 1)
  assert.equal(sentTo('never@landlord.example').length, 0)
})

test('one mailbox that is refused holds up nobody, is tried again, and is told to who runs the installation', async () => {
  const gone = await person('housing-officer', 'a-gone@landlord.example')
  await person('housing-officer', 'z-there@landlord.example')
  refused.add('a-gone@landlord.example')
  clock.set(monday + 8 * dayMs)
  await send()
  assert.equal(sentTo('z-there@landlord.example').length, 1)
  assert.deepEqual(await digestTrouble(db.sql), { people: 1, sinceMs: clock.nowMs() })
  refused.clear()
  clock.advance(600_000)
  await send()
  assert.equal(sentTo('a-gone@landlord.example').length, 1)
  assert.equal(sentTo('z-there@landlord.example').length, 1)
  assert.equal(await digestTrouble(db.sql), null)
  await db.sql`update people.person set active = false, deactivated_at = now() where id = ${gone}`
  clock.advance(dayMs)
  await send()
  assert.equal(sentTo('a-gone@landlord.example').length, 1, 'somebody who has left is written to')
})

test('nobody is written to twice: not by two that send at once, nor after a crash; a lost answer is retried as the same message', async () => {
  const id = await person('housing-officer', 'once@landlord.example')
  clock.set(monday + 14 * dayMs)
  await Promise.all([send(), send()])
  assert.equal(sentTo('once@landlord.example').length, 1)
  clock.advance(dayMs)
  const last: Mail = {
    close: () => undefined,
    async send(message) {
      await mail.send(message)
      // The process ends here: it went, and nobody noted that.
      if (message.to === 'once@landlord.example') await new Promise(() => undefined)
    },
  }
  void send(last)
  while (sentTo('once@landlord.example').length < 2) await new Promise((later) => setTimeout(later, 20))
  await send()
  assert.equal(sentTo('once@landlord.example').length, 2, 'one for each day')
  clock.advance(dayMs)
  const deaf: Mail = {
    close: () => undefined,
    async send(message) {
      await mail.send(message)
      throw new Failure('unavailable', 'the line broke before the answer')
    },
  }
  await send(deaf)
  clock.advance(600_000)
  await send()
  const [, , third, fourth] = sentTo('once@landlord.example')
  assert.ok(third?.messageId)
  assert.equal(fourth?.messageId, third.messageId, 'by which a mailbox drops the double')
  await db.sql`update people.person set active = false, deactivated_at = now() where id = ${id}`
})

test('a mail address that is no address of a server, or no SMTP, is refused with what to write instead', () => {
  for (const url of ['mail.example.org', 'http://mail.example.org'])
    assert.throws(() => openMail({ url, from: 'a@b.example' }), /smtp:\/\//)
})

test('a role that nobody holds shows, to those whom it concerns, with how much waits for it', async () => {
  await work({ roles: ['crime-prevention-installer'], dueMs: monday - dayMs })
  const parts = {
    sql: db.sql,
    clock,
    packs,
    rolesHeld: async () => [{ role: 'housing-officer', name: 'Nell', areas: [] }],
  }
  const everywhere = { administrator: true, roles: [] }
  const needed = await neededRoles(parts, ['derby-homes'], everywhere)
  const installer = needed.find(({ role }) => role === 'crime-prevention-installer')
  assert.deepEqual([installer?.open, installer?.overdue, installer?.holders], [1, 1, []])
  assert.match(vacantWords(installer!), /Nobody holds .*One thing waits for it, 1 overdue/)
  assert.deepEqual(needed.find(({ role }) => role === 'housing-officer')?.holders, ['Nell'])
  assert.ok(
    needed.some(({ role }) => role === 'asb-manager'),
    'a deciding role is needed with nothing waiting',
  )
  await work({ roles: ['area-housing-services-manager'], area: 'South' })
  await work({ roles: ['area-housing-services-manager'], area: 'North', about: { thing: newId(monday + 1) } })
  const local = {
    ...parts,
    rolesHeld: async () => [{ role: 'area-housing-services-manager', name: 'Gus', areas: ['North'] }],
  }
  const area = async (asked: Parameters<typeof neededRoles>[2]) =>
    (await neededRoles(local, ['derby-homes'], asked)).find(
      ({ role }) => role === 'area-housing-services-manager',
    )!
  const all = await area(everywhere)
  assert.deepEqual([all.open, all.unreached, isVacant(all)], [2, 1, true], 'nobody reaches the South')
  assert.match(vacantWords(all), /Nobody who holds .* reaches the place of one thing that waits/)
  const grant = (areas: readonly string[]) => ({ provider: 'derby-homes', role: 'housing-officer', areas })
  const north = await area({ administrator: false, roles: [grant(['North'])] })
  assert.deepEqual(
    [north.open, north.unreached, isVacant(north)],
    [1, 0, false],
    'no count beyond their reach',
  )
  const nobody = await area({ administrator: false, roles: [grant(['West'])] })
  assert.deepEqual([nobody.open, nobody.overdue], [0, 0])
  const who = (role: string | null) => ({
    id: newId(monday),
    name: 'A',
    username: 'a',
    administrator: role === null,
    roles: role === null ? [] : [{ provider: 'derby-homes', role, areas: [] }],
    via: 'session' as const,
  })
  assert.deepEqual(concernedBy({ packs }, who(null)), ['derby-homes'])
  assert.deepEqual(concernedBy({ packs }, who('asb-manager')), ['derby-homes'])
  assert.deepEqual(concernedBy({ packs }, who('housing-officer')), [])
})
