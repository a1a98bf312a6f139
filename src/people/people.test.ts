/**
 * Goal: nobody gets in, stays in or gains a right except as the pages say. Method: the real server with the real rows
 * on a real database; only the clocks are ours.
 */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Person } from '#web/web.ts'
import { holdersOf, ledgerEvents, named, principalOf, setupSecret, staffOf } from './people.ts'
import { waitMsAfter } from './sign-in.ts'
import { goodPassword, type House, openHouse } from './test-house.ts'

let house: House
let db: House['db']
let app: House['app']
let realClock: House['realClock']
let adopted: string[]

before(async () => {
  house = await openHouse()
  ;({ db, app, realClock, adopted } = house)
})
after(() => house?.close())
beforeEach(async () => {
  // Sessions, attempts, invitations and tokens of the test before; people stay.
  await db.owner`delete from people.attempt`
})

const newBrowser = () => house.newBrowser()
const kinds = () => house.kinds()
const countOf = (kind: string) => house.countOf(kind)
const makePerson: House['makePerson'] = (username, more) => house.makePerson(username, more)

describe('set-up', () => {
  test('the link works once, only the newest works, and a pack that cannot be adopted leaves nothing behind', async () => {
    const first = await setupSecret(db.sql)
    const second = await setupSecret(db.sql)
    assert.ok(first && second)
    const browser = newBrowser()
    assert.equal((await browser.get(`/setup/${first}`)).statusCode, 404)
    assert.equal((await browser.get(`/setup/${second}`)).statusCode, 200)
    const wanted = { name: 'Ada Admin', username: 'ada', password: goodPassword, pack: 'broken' }
    await db.owner`update people.setup set made_at = made_at - interval '25 hours'`
    assert.equal((await browser.get(`/setup/${second}`)).statusCode, 404, 'a day old')
    await db.owner`update people.setup set made_at = now()`
    const refused = await browser.post(`/setup/${second}`, wanted)
    assert.equal(refused.statusCode, 422)
    assert.match(refused.body, /This pack cannot be adopted/)
    assert.match(refused.body, /value="ada"/)
    assert.doesNotMatch(refused.body, new RegExp(goodPassword))
    const [{ count } = { count: 0 }] = await db.sql<{ count: number }[]>`select count(*) from people.person`
    assert.equal(count, 0)
    const unnamed = await browser.post(`/setup/${second}`, { ...wanted, pack: 'nobodys', landlord: '  ' })
    assert.equal(unnamed.statusCode, 422)
    assert.match(unnamed.body, /Enter the landlord’s name/)
    assert.match(unnamed.body, /value="ada"/)
    const other = newBrowser()
    const both = await Promise.all([
      browser.post(`/setup/${second}`, { ...wanted, pack: 'derby-homes' }),
      other.post(`/setup/${second}`, { ...wanted, username: 'eve', pack: 'derby-homes' }),
    ])
    assert.equal(both.filter((answer) => answer.statusCode === 303).length, 1, 'of two at once, one is first')
    const winner = both[0]!.statusCode === 303 ? browser : other
    await db.owner`update people.person set username = 'ada'`
    assert.deepEqual(adopted, ['derby-homes'])
    assert.equal((await winner.get('/accounts')).statusCode, 200)
    assert.equal((await newBrowser().get(`/setup/${second}`)).statusCode, 404)
    assert.equal(await setupSecret(db.sql), null)
    assert.ok((await kinds()).includes('person.set-up'))
  })
})

describe('signing in', () => {
  test('a wrong name and a wrong password say the same, count the same, and leave the same entry', async () => {
    await makePerson('sam')
    const answers: string[] = []
    for (const [username, password] of [
      ['sam', 'wrong password here'],
      ['nobody-here', goodPassword],
    ]) {
      const before = await countOf('person.sign-in-failed')
      const answer = await newBrowser().signIn(username!, password!)
      assert.equal(answer.statusCode, 422)
      answers.push(answer.body.replaceAll(username!, 'NAME').replace(/(nonce|value)="[^"]{20,}"/g, ''))
      assert.equal(await countOf('person.sign-in-failed'), before + 1)
    }
    assert.equal(answers[0], answers[1])
  })

  test('after five wrong tries the right password has to wait too, for an unknown name as for a known one', async () => {
    await makePerson('tess')
    for (const username of ['tess', 'nobody-at-all']) {
      for (let n = 0; n < 5; n += 1) await newBrowser().signIn(username, 'wrong password')
      const blocked = await newBrowser().signIn(username, goodPassword)
      assert.match(blocked.body, /too many wrong tries. Wait 30 seconds/)
    }
    realClock.advance(30_000)
    assert.equal((await newBrowser().signIn('TESS ', goodPassword)).statusCode, 303)
    assert.equal(waitMsAfter(4), 0)
    assert.equal(waitMsAfter(5), 30_000)
    assert.equal(waitMsAfter(6), 60_000)
    assert.equal(waitMsAfter(500), 15 * 60_000)
  })

  test('guesses sent at once are no more than guesses one after another', async () => {
    await makePerson('theo')
    const browsers = Array.from({ length: 12 }, newBrowser)
    for (const browser of browsers) await browser.get('/sign-in')
    const answers = await Promise.all(browsers.map((browser) => browser.signIn('theo', 'wrong password')))
    const tried = answers.filter((answer) => answer.body.includes('is not right')).length
    assert.ok(tried < 5, `${tried} were tried before the name had to wait`)
    assert.match((await newBrowser().signIn('theo', goodPassword)).body, /too many wrong tries/)
    const [counted] = await db.owner<{ failures: number }[]>`select failures from people.attempt`
    assert.equal(counted!.failures, 5)
  })

  test('each sign-in has a new secret, the one before it in that browser is dead, and only hashes are stored', async () => {
    await makePerson('uma')
    const browser = newBrowser()
    await browser.signIn('uma', goodPassword)
    const first = browser.jar.get('overt_session')!
    await browser.post('/sign-in', { username: 'uma', password: goodPassword }, '/account')
    assert.notEqual(browser.jar.get('overt_session'), first)
    assert.equal((await browser.get('/account')).statusCode, 200)
    assert.equal((await app.inject({ url: '/account', cookies: { overt_session: first } })).statusCode, 302)
    const stored = JSON.stringify(await db.owner`select * from people.session`)
    assert.ok(!stored.includes(browser.jar.get('overt_session')!))
  })

  test('a session ends when unused for 30 minutes, and after 12 hours whatever happens', async () => {
    await makePerson('vic')
    const browser = newBrowser()
    await browser.signIn('vic', goodPassword)
    assert.equal((await browser.get('/account')).statusCode, 200)
    realClock.advance(29 * 60_000)
    assert.equal((await browser.get('/account')).statusCode, 200)
    realClock.advance(30 * 60_000)
    assert.equal((await browser.get('/account')).statusCode, 302)
    await browser.signIn('vic', goodPassword)
    for (let minutes = 0; minutes < 12 * 60 - 20; minutes += 20) {
      realClock.advance(20 * 60_000)
      assert.equal((await browser.get('/account')).statusCode, 200, `after ${minutes} minutes`)
    }
    realClock.advance(20 * 60_000)
    assert.equal((await browser.get('/account')).statusCode, 302)
  })

  test('after signing in one goes where one was going, but never to another site', async () => {
    await makePerson('wes')
    for (const [next, location] of [
      ['/accounts?x=1', '/accounts?x=1'],
      ['https://evil.example/', '/'],
      ['//evil.example', '/'],
      ['/\\evil.example', '/'],
      ['/sign-in', '/'],
    ]) {
      const answer = await newBrowser().post('/sign-in', {
        username: 'wes',
        password: goodPassword,
        next: next!,
      })
      assert.equal(answer.headers.location, location)
    }
  })

  test('signing out, and signing out everywhere, end what they say', async () => {
    await makePerson('xan')
    const [one, two] = [newBrowser(), newBrowser()]
    await one.signIn('xan', goodPassword)
    await two.signIn('xan', goodPassword)
    const stolen = one.jar.get('overt_session')!
    await one.post('/sign-out', {}, '/account')
    assert.equal((await app.inject({ url: '/account', cookies: { overt_session: stolen } })).statusCode, 302)
    assert.equal((await two.get('/account')).statusCode, 200)
    await one.signIn('xan', goodPassword)
    await one.post('/account/sign-out-everywhere', {}, '/account')
    assert.equal((await two.get('/account')).statusCode, 302)
  })

  test('a changed password keeps this browser and puts out the others; the current one is asked', async () => {
    await makePerson('yas')
    const [one, two] = [newBrowser(), newBrowser()]
    await one.signIn('yas', goodPassword)
    await two.signIn('yas', goodPassword)
    const wrong = await one.post(
      '/account/password',
      { current: 'not it at all', password: 'seven quiet lanterns glow' },
      '/account',
    )
    assert.match(wrong.body, /Your current password is not right/)
    const done = await one.post(
      '/account/password',
      { current: goodPassword, password: 'seven quiet lanterns glow' },
      '/account',
    )
    assert.equal(done.statusCode, 303)
    assert.equal((await one.get('/account')).statusCode, 200)
    assert.equal((await two.get('/account')).statusCode, 302)
    assert.equal((await newBrowser().signIn('yas', goodPassword)).statusCode, 422)
  })
})

describe('accounts', () => {
  let admin: ReturnType<typeof newBrowser>
  before(async () => {
    await makePerson('boss', { administrator: true })
    admin = newBrowser()
    await admin.signIn('boss', goodPassword)
  })

  test('only an administrator sees them, by page and by API', async () => {
    await makePerson('zoe', { roles: [{ provider: 'derby-homes', role: 'housing-officer', areas: [] }] })
    const browser = newBrowser()
    await browser.signIn('zoe', goodPassword)
    const page = await browser.get('/accounts')
    assert.equal(page.statusCode, 403)
    assert.match(page.body, /Only an administrator looks after accounts/)
    assert.equal((await browser.get('/api/v1/accounts')).statusCode, 403)
    assert.equal((await app.inject('/api/v1/accounts')).statusCode, 401)
  })

  test('a new person gets a link, chooses a password that is not easy to guess, and has the roles given', async () => {
    const made = await admin.post(
      '/accounts',
      {
        name: 'Olu Officer',
        username: 'olu',
        roles: ['derby-homes:housing-officer', 'derby-homes:asb-manager'],
        areas: 'Alvaston, Normanton',
      },
      '/accounts/new',
    )
    assert.equal(made.statusCode, 201)
    const link = /\/welcome\/[A-Za-z0-9_-]{43}/.exec(made.body)?.[0]
    assert.ok(link)
    assert.equal((await newBrowser().signIn('olu', '')).statusCode, 422)
    const browser = newBrowser()
    for (const [password, words] of [
      ['short', /12 characters or more/],
      ['Password1234!', /easy to guess/],
      ['olu-officer-olu', /easy to guess/],
      ['aaaaaaaaaaaaaa', /easy to guess/],
    ] as const) {
      assert.match((await browser.post(link, { password })).body, words)
    }
    assert.equal((await browser.post(link, { password: goodPassword })).statusCode, 303)
    const account = await browser.get('/account')
    assert.match(account.body, /Housing officer at Derby Homes, in Alvaston, Normanton/)
    assert.equal((await newBrowser().get(link)).statusCode, 404, 'the link works once')
    const holders = await holdersOf(db.sql, 'derby-homes', 'asb-manager')
    assert.deepEqual(
      holders.map((one) => one.name),
      ['Olu Officer'],
    )
    assert.equal((await holdersOf(db.sql, 'derby-homes', 'asb-manager', 'Mackworth')).length, 0)
    assert.ok((await staffOf(db.sql, 'derby-homes')).some((one) => one.name === 'Olu Officer'))
    assert.equal((await staffOf(db.sql, 'another')).length, 0)
    assert.equal((await named(db.sql, [holders[0]!.id])).get(holders[0]!.id)?.name, 'Olu Officer')
  })

  test('a role that no policy names, and a username that is taken, are refused and what was typed is kept', async () => {
    const unknown = await admin.post(
      '/accounts',
      { name: 'A', username: 'new-one', roles: ['derby-homes:king'] },
      '/accounts/new',
    )
    assert.match(unknown.body, /Choose roles from the list/)
    assert.match(unknown.body, /value="new-one"/)
    const taken = await admin.post('/accounts', { name: 'A', username: 'BOSS' }, '/accounts/new')
    assert.match(taken.body, /Somebody has this username already/)
  })

  test('nobody changes their own rights, and the last administrator stays', async () => {
    const [{ id } = { id: '' }] = await db.sql<
      { id: string }[]
    >`select id from people.person where username = 'boss'`
    const own = await admin.post(
      `/accounts/${id}`,
      { name: 'Boss', roles: ['derby-homes:asb-manager'], administrator: 'yes' },
      '/account',
    )
    assert.equal(own.statusCode, 422)
    assert.match(own.body, /cannot change your own rights/)
    const close = await admin.post(`/accounts/${id}/close`, {}, '/account')
    assert.match(close.body, /cannot close your own account/)
    const [{ ada } = { ada: '' }] = await db.sql<
      { ada: string }[]
    >`select id as ada from people.person where username = 'ada'`
    assert.equal((await admin.post(`/accounts/${ada}/close`, {}, `/accounts/${ada}`)).statusCode, 303)
    const other = await makePerson('second', { administrator: true })
    await db.owner`update people.person set administrator = false where id not in (${id}, ${other})`
    const second = newBrowser()
    await second.signIn('second', goodPassword)
    assert.equal((await second.post(`/accounts/${id}`, { name: 'Boss' }, `/accounts/${id}`)).statusCode, 303)
    assert.equal((await admin.get('/accounts')).statusCode, 403, 'rights taken away are gone at once')
    await db.owner`update people.person set administrator = true where id = ${id}`
  })

  test('closing an account puts its person out at once, browser and token, and it is in the ledger', async () => {
    const id = await makePerson('leaver')
    const closedBefore = await countOf('person.deactivated')
    const browser = newBrowser()
    await browser.signIn('leaver', goodPassword)
    const token = /value="(overt_[A-Za-z0-9_-]+)"/.exec(
      (await browser.post('/account/tokens', { label: 'Report', days: '30' }, '/account')).body,
    )?.[1]
    assert.ok(token)
    const api = () => app.inject({ url: '/api/v1/account', headers: { authorization: `Bearer ${token}` } })
    assert.equal((await api()).json().username, 'leaver')
    assert.equal((await admin.post(`/accounts/${id}/close`, {}, `/accounts/${id}`)).statusCode, 303)
    assert.equal((await browser.get('/account')).statusCode, 302)
    assert.equal((await api()).statusCode, 401)
    assert.equal((await newBrowser().signIn('leaver', goodPassword)).statusCode, 422)
    assert.ok((await countOf('person.deactivated')) > closedBefore)
    await admin.post(`/accounts/${id}/open`, {}, `/accounts/${id}`)
    assert.equal((await newBrowser().signIn('leaver', goodPassword)).statusCode, 303)
    assert.equal((await api()).statusCode, 401, 'a token that was ended stays so')
  })
})

describe('access tokens', () => {
  test('are shown once, carry their person’s rights, cannot change the account, and end on their day', async () => {
    await makePerson('prog', { roles: [{ provider: 'derby-homes', role: 'asb-manager', areas: [] }] })
    const browser = newBrowser()
    await browser.signIn('prog', goodPassword)
    const made = await browser.post('/account/tokens', { label: 'Nightly report', days: '30' }, '/account')
    const token = /value="(overt_[A-Za-z0-9_-]+)"/.exec(made.body)?.[1]
    assert.ok(token)
    assert.doesNotMatch((await browser.get('/account')).body, new RegExp(token))
    const headers = { authorization: `Bearer ${token}` }
    const me = (await app.inject({ url: '/api/v1/account', headers })).json()
    assert.equal(me.roles[0].role, 'asb-manager')
    assert.equal((await app.inject({ url: '/account', headers })).statusCode, 302, 'pages are for browsers')
    assert.equal((await app.inject({ url: '/api/v1/accounts', headers })).statusCode, 403)
    realClock.advance(30 * 86_400_000)
    assert.equal((await app.inject({ url: '/api/v1/account', headers })).statusCode, 401)
  })

  test('another person’s token cannot be ended by its number', async () => {
    await makePerson('owner1')
    await makePerson('thief')
    const browser = newBrowser()
    await browser.signIn('owner1', goodPassword)
    await browser.post('/account/tokens', { label: 'Mine', days: '30' }, '/account')
    const id = /\/account\/tokens\/([0-9a-f-]{36})\/end/.exec((await browser.get('/account')).body)?.[1]
    const thief = newBrowser()
    await thief.signIn('thief', goodPassword)
    assert.equal((await thief.post(`/account/tokens/${id}/end`, {}, '/account')).statusCode, 404)
    assert.equal((await browser.post(`/account/tokens/${id}/end`, {}, '/account')).statusCode, 303)
  })
})

describe('a principal', () => {
  test('has only the roles of that landlord whose reach covers the place', () => {
    const person: Person = {
      id: 'x',
      name: 'X',
      username: 'x',
      administrator: false,
      via: 'session',
      roles: [
        { provider: 'a', role: 'officer', areas: [] },
        { provider: 'a', role: 'manager', areas: ['North'] },
        { provider: 'b', role: 'king', areas: [] },
      ],
    }
    assert.deepEqual(principalOf(person, 'a', 'North').roles, ['officer', 'manager'])
    assert.deepEqual(principalOf(person, 'a', 'South').roles, ['officer'])
    assert.deepEqual(principalOf(person, 'a').roles, ['officer'])
    assert.deepEqual(principalOf(person, 'c').roles, [])
  })
})

describe('the ledger’s words', () => {
  test('stand for every kind that people writes', async () => {
    for (const kind of new Set(await kinds())) assert.ok(ledgerEvents[kind], kind)
    for (const describeOne of Object.values(ledgerEvents)) {
      assert.match(describeOne({ data: {}, about: {}, personal: {} }), /\.$/)
    }
  })
})
