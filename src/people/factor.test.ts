/**
 * Goal: a stolen password opens nothing, a lost device locks nobody out for good, and a code opens once. Method: the
 * real pages; the codes are made by the test from the key that the page showed, for the time of our clock.
 */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import { spanOfCode } from './factor.ts'
import { type Browser, goodPassword, type House, openHouse, testRules } from './test-house.ts'

const dayMs = 86_400_000
let house: House

before(async () => {
  house = await openHouse({}, testRules)
})
after(() => house?.close())
beforeEach(async () => {
  await house.db.owner`delete from people.attempt`
  // Codes of one test must not be replays of the test before.
  house.realClock.advance(5 * 60_000)
})

const codeAt = (key: string, ms: number): string =>
  new TOTP({ secret: Secret.fromBase32(key), algorithm: 'SHA1', digits: 6, period: 30 }).generate({
    timestamp: ms,
  })
const codeNow = (key: string): string => codeAt(key, house.realClock.nowMs())
const codesIn = (body: string): string[] => body.match(/\b[A-Z2-7]{4}(-[A-Z2-7]{4}){3}\b/g) ?? []

/** Sets the second step up in a signed-in browser. */
async function enrol(browser: Browser): Promise<{ key: string; codes: string[] }> {
  const begun = await browser.post('/account/second-step', { password: goodPassword })
  assert.equal(begun.statusCode, 303, begun.body)
  const shown = await browser.get('/account/second-step/new')
  assert.match(shown.body, /src="data:image\/png;base64,/)
  const key = /id="key">([A-Z2-7 ]{32,})</.exec(shown.body)![1]!.replaceAll(' ', '')
  const done = await browser.post(
    '/account/second-step/confirm',
    { code: codeNow(key) },
    '/account/second-step/new',
  )
  assert.equal(done.statusCode, 200, done.body)
  house.realClock.advance(60_000)
  return { key, codes: codesIn(done.body) }
}

/** The password; then where the code is asked. */
async function withPassword(username: string) {
  const browser = house.newBrowser()
  const answer = await browser.signIn(username, goodPassword)
  assert.equal(answer.statusCode, 303)
  return { browser, page: String(answer.headers.location) }
}

const enter = ({ browser, page }: { browser: Browser; page: string }, code: string) =>
  browser.post(page.split('?')[0]!, { code, next: '/account' }, page)

const isIn = async (browser: Browser) => (await browser.get('/account')).statusCode === 200

describe('signing in with a second step', () => {
  test('the right password alone opens nothing but the page for the code', async () => {
    await house.makePerson('amy')
    const first = await house.signedIn('amy')
    const elsewhere = await house.signedIn('amy')
    const { key, codes } = await enrol(first)
    assert.equal(codes.length, 10)
    assert.ok(await isIn(first))
    assert.ok(!(await isIn(elsewhere)), 'a browser that has not passed the second step is out')
    const half = await withPassword('amy')
    assert.match(half.page, /^\/sign-in\/code\//)
    assert.ok(!(await isIn(half.browser)))
    assert.equal((await half.browser.get('/account')).statusCode, 302)
    const answer = await enter(half, codeNow(key))
    assert.equal(answer.statusCode, 303)
    assert.equal(answer.headers.location, '/account')
    assert.ok(await isIn(half.browser))
    const [row] = await house.db.owner<{ secret: Buffer }[]>`select secret from people.factor limit 1`
    assert.ok(!row!.secret.toString('latin1').includes(key), 'the key is sealed in the database')
  })

  test('a code opens once, an older one never again, and a clock half a minute off is fine', async () => {
    await house.makePerson('ben')
    const { key } = await enrol(await house.signedIn('ben'))
    house.realClock.advance(120_000)
    const code = codeNow(key)
    assert.equal((await enter(await withPassword('ben'), code)).statusCode, 303)
    const replayed = await enter(await withPassword('ben'), code)
    assert.equal(replayed.statusCode, 422)
    assert.match(replayed.body, /not right, or it was used already/)
    const before = codeAt(key, house.realClock.nowMs() - 30_000)
    assert.equal((await enter(await withPassword('ben'), before)).statusCode, 422, 'older than the one taken')
    house.realClock.advance(90_000)
    const early = codeAt(key, house.realClock.nowMs() + 30_000)
    assert.equal((await enter(await withPassword('ben'), early)).statusCode, 303)
    house.realClock.advance(120_000)
    const far = codeAt(key, house.realClock.nowMs() - 90_000)
    assert.equal((await enter(await withPassword('ben'), far)).statusCode, 422)
  })

  test('one page is one sign-in: it is dead when used, and after ten minutes', async () => {
    await house.makePerson('cat')
    const { key } = await enrol(await house.signedIn('cat'))
    const half = await withPassword('cat')
    assert.equal((await enter(half, codeNow(key))).statusCode, 303)
    house.realClock.advance(60_000)
    assert.equal((await half.browser.get(half.page)).statusCode, 404)
    const old = await withPassword('cat')
    house.realClock.advance(10 * 60_000)
    assert.equal((await old.browser.get(old.page)).statusCode, 404)
    assert.notEqual((await enter(old, codeNow(key))).statusCode, 303)
    assert.ok(!(await isIn(old.browser)))
    assert.equal((await house.newBrowser().get('/sign-in/code/made-up')).statusCode, 404)
  })

  test('a page for the code dies with the password that opened it', async () => {
    await house.makePerson('cora')
    const owner = await house.signedIn('cora')
    const { key } = await enrol(owner)
    const thief = await withPassword('cora')
    const changed = await owner.post(
      '/account/password',
      { current: goodPassword, password: 'seven herons cross slowly' },
      '/account',
    )
    assert.equal(changed.statusCode, 303, changed.body)
    assert.equal((await thief.browser.get(thief.page)).statusCode, 404)
    assert.notEqual((await enter(thief, codeNow(key))).statusCode, 303)
    assert.ok(!(await isIn(thief.browser)))
  })

  test('one code given many times at once opens one session', async () => {
    await house.makePerson('cleo')
    const { key } = await enrol(await house.signedIn('cleo'))
    const halves = await Promise.all(Array.from({ length: 4 }, () => withPassword('cleo')))
    const code = codeNow(key)
    const answers = await Promise.all(halves.map((half) => enter(half, code)))
    assert.equal(answers.filter(({ statusCode }) => statusCode === 303).length, 1)
  })

  test('wrong codes count and wait, also when a hundred come at once', async () => {
    await house.makePerson('dan')
    const { key } = await enrol(await house.signedIn('dan'))
    const half = await withPassword('dan')
    const answers = await Promise.all(Array.from({ length: 12 }, () => enter(half, '000000')))
    assert.ok(answers.every(({ statusCode }) => statusCode === 422))
    const right = await enter(half, codeNow(key))
    assert.equal(right.statusCode, 422)
    assert.match(right.body, /too many wrong codes/)
    house.realClock.advance(16 * 60_000)
    assert.equal((await enter(await withPassword('dan'), codeNow(key))).statusCode, 303)
    assert.ok((await house.countOf('person.second-step-failed')) >= 5)
  })

  test('a recovery code opens once, and new ones kill the old', async () => {
    await house.makePerson('eva')
    const { key, codes } = await enrol(await house.signedIn('eva'))
    const half = await withPassword('eva')
    assert.equal((await enter(half, codes[0]!.toLowerCase().replaceAll('-', ' '))).statusCode, 303)
    assert.equal((await enter(await withPassword('eva'), codes[0]!)).statusCode, 422)
    house.realClock.advance(60_000)
    const made = await half.browser.post(
      '/account/second-step/codes',
      { now: codeNow(key) },
      '/account/second-step',
    )
    assert.equal(codesIn(made.body).length, 10)
    assert.equal((await enter(await withPassword('eva'), codes[1]!)).statusCode, 422)
    assert.equal((await enter(await withPassword('eva'), codesIn(made.body)[0]!)).statusCode, 303)
    const stored = await house.db.owner<{ text: string }[]>`
      select encode(code_hash, 'escape') as text from people.recovery_code`
    assert.ok(stored.every(({ text }) => !codes.includes(text)))
  })

  test('a new password by a link still asks for the code', async () => {
    const ada = await house.makePerson('ada', { administrator: true })
    const id = await house.makePerson('fay')
    const { key } = await enrol(await house.signedIn('fay'))
    const { key: adas } = await enrol(await house.signedIn('ada'))
    const admin = await withPassword('ada')
    await enter(admin, codeNow(adas))
    const page = await admin.browser.post(`/accounts/${id}/invite`, {}, `/accounts/${id}`)
    const link = /\/welcome\/[A-Za-z0-9_-]+/.exec(page.body)![0]
    const thief = house.newBrowser()
    const answer = await thief.post(link, { password: 'quite another one here' })
    assert.equal(answer.statusCode, 303)
    assert.match(String(answer.headers.location), /^\/sign-in\/code\//)
    assert.ok(!(await isIn(thief)))
    const owner = { browser: thief, page: String(answer.headers.location) }
    assert.equal((await enter(owner, codeNow(key))).statusCode, 303)
    assert.ok(await isIn(thief))
    assert.ok(ada)
  })
})

describe('setting it up', () => {
  test('asks for the password, refuses a wrong first code, and shows no key that waited too long', async () => {
    await house.makePerson('gil')
    const browser = await house.signedIn('gil')
    const wrong = await browser.post('/account/second-step', { password: 'not my password' })
    assert.equal(wrong.statusCode, 422)
    assert.equal((await browser.get('/account/second-step/new')).statusCode, 302, 'nothing was begun')
    await browser.post('/account/second-step', { password: goodPassword })
    const refused = await browser.post(
      '/account/second-step/confirm',
      { code: '123' },
      '/account/second-step/new',
    )
    assert.equal(refused.statusCode, 422)
    assert.equal(
      (await house.newBrowser().signIn('gil', goodPassword)).headers.location,
      '/',
      'still one step: nothing was confirmed',
    )
    house.realClock.advance(16 * 60_000)
    const late = await browser.get('/account/second-step/new')
    assert.ok([302, 303].includes(late.statusCode))
  })

  test('another device needs a code of the one in use', async () => {
    await house.makePerson('hal')
    const browser = await house.signedIn('hal')
    const { key } = await enrol(browser)
    const without = await browser.post('/account/second-step', { password: goodPassword })
    assert.equal(without.statusCode, 422)
    const wrong = await browser.post('/account/second-step', { password: goodPassword, code: '000000' })
    assert.equal(wrong.statusCode, 422)
    const right = await browser.post('/account/second-step', { password: goodPassword, code: codeNow(key) })
    assert.equal(right.statusCode, 303)
    house.realClock.advance(60_000)
    assert.equal(
      (await enter(await withPassword('hal'), codeNow(key))).statusCode,
      303,
      'the old device holds until the new one is confirmed',
    )
  })

  test('a program cannot set it up or read its key', async () => {
    await house.makePerson('ivy')
    const browser = await house.signedIn('ivy')
    const page = await browser.post('/account/tokens', { label: 'x', days: '30' }, '/account')
    const token = /overt_[A-Za-z0-9_-]+/.exec(page.body)![0]
    for (const path of ['/account/second-step', '/account/second-step/new']) {
      const given = await house.app.inject({
        url: `/api/v1${path}`,
        headers: { authorization: `Bearer ${token}` },
      })
      assert.equal(given.statusCode, 404)
    }
  })
})

describe('where a policy asks for it', () => {
  const picturing = { roles: [{ provider: 'derby-homes', role: 'asb-manager', areas: [] }] }
  const rolesOf = async (browser: Browser): Promise<string[]> => {
    const given = await house.app.inject({
      url: '/api/v1/account',
      cookies: Object.fromEntries(browser.jar),
    })
    const body = JSON.parse(given.body) as { roles: { role: string }[]; administrator: boolean }
    return [...body.roles.map(({ role }) => role), ...(body.administrator ? ['administrator'] : [])]
  }

  test('every page says so in the days of grace; after them no pictures and no administration, until it is set up', async () => {
    const more = {
      roles: [...picturing.roles, { provider: 'derby-homes', role: 'housing-officer', areas: [] }],
    }
    await house.makePerson('jan', { ...more, administrator: true })
    let browser = await house.signedIn('jan')
    assert.deepEqual((await rolesOf(browser)).sort(), ['administrator', 'asb-manager', 'housing-officer'])
    assert.match((await browser.get('/accounts')).body, /Within 14 days/)
    house.realClock.advance(14 * dayMs + 1000)
    browser = await house.signedIn('jan')
    assert.deepEqual(await rolesOf(browser), ['housing-officer'])
    assert.equal((await browser.get('/accounts')).statusCode, 403)
    assert.match((await browser.get('/account')).body, /You may see no footage/)
    await enrol(browser)
    assert.deepEqual((await rolesOf(browser)).sort(), ['administrator', 'asb-manager', 'housing-officer'])
    assert.doesNotMatch((await browser.get('/account')).body, /You may see no footage/)
  })

  test('a program loses what its person loses', async () => {
    await house.makePerson('kim', picturing)
    const browser = await house.signedIn('kim')
    const page = await browser.post('/account/tokens', { label: 'x', days: '90' }, '/account')
    const headers = { authorization: `Bearer ${/overt_[A-Za-z0-9_-]+/.exec(page.body)![0]}` }
    const held = async () =>
      JSON.parse((await house.app.inject({ url: '/api/v1/account', headers })).body).roles as unknown[]
    assert.equal((await held()).length, 1)
    house.realClock.advance(15 * dayMs)
    assert.deepEqual(await held(), [])
  })

  test('who may see no pictures is not asked', async () => {
    await house.makePerson('lee', {
      roles: [{ provider: 'derby-homes', role: 'housing-officer', areas: [] }],
    })
    const browser = await house.signedIn('lee')
    assert.doesNotMatch((await browser.get('/account')).body, /Within 14 days/)
  })
})

describe('a lost device', () => {
  test('is taken off by another administrator, which signs its person out and tells them; nobody does it for themselves', async () => {
    const own = await house.makePerson('mia', { administrator: true })
    const id = await house.makePerson('ned')
    const neds = await house.signedIn('ned')
    await enrol(neds)
    const mias = await house.signedIn('mia')
    const { key } = await enrol(mias)
    const reset = (who: string, why: string) =>
      mias.post(`/accounts/${who}/second-step`, { why }, `/accounts/${id}`)
    assert.equal((await reset(own, 'I lost it')).statusCode, 422)
    assert.equal((await reset(id, '')).statusCode, 422, 'a reason is needed')
    assert.ok(await isIn(neds))
    assert.equal((await reset(id, 'Lost the phone, seen in person')).statusCode, 303)
    assert.ok(!(await isIn(neds)))
    const back = await house.signedIn('ned')
    assert.match((await back.get('/account')).body, /Name of mia has taken the device/)
    await back.post('/account/read', {}, '/account')
    assert.doesNotMatch((await back.get('/account')).body, /has taken the device/)
    assert.equal(await house.countOf('person.second-step-reset'), 1)
    assert.ok(key)
    const stranger = await house.signedIn('ned')
    assert.equal(
      (await stranger.post(`/accounts/${own}/second-step`, { why: 'x' }, '/account')).statusCode,
      403,
    )
  })
})

describe('changing a password', () => {
  test('ends access tokens and every other browser', async () => {
    await house.makePerson('oli')
    const browser = await house.signedIn('oli')
    const other = await house.signedIn('oli')
    const page = await browser.post('/account/tokens', { label: 'x', days: '90' }, '/account')
    const headers = { authorization: `Bearer ${/overt_[A-Za-z0-9_-]+/.exec(page.body)![0]}` }
    assert.equal((await house.app.inject({ url: '/api/v1/account', headers })).statusCode, 200)
    const done = await browser.post(
      '/account/password',
      { current: goodPassword, password: 'seven kettles sing at dawn' },
      '/account',
    )
    assert.equal(done.statusCode, 303)
    assert.equal((await house.app.inject({ url: '/api/v1/account', headers })).statusCode, 401)
    assert.ok(!(await isIn(other)))
    assert.ok(await isIn(browser))
  })
})

test('codes of RFC 6238 are known, one step early or late, and nothing else', () => {
  // Appendix B, SHA-1, key "12345678901234567890", cut to six digits.
  const key = Secret.fromLatin1('12345678901234567890').base32
  for (const [seconds, code] of [
    [59, '287082'],
    [1111111109, '081804'],
    [1234567890, '005924'],
    [20000000000, '353130'],
  ] as const) {
    const span = Math.floor(seconds / 30)
    assert.equal(spanOfCode(key, code, seconds * 1000), span)
    assert.equal(spanOfCode(key, code, (seconds + 30) * 1000), span)
    assert.equal(spanOfCode(key, code, (seconds + 61) * 1000), null)
  }
  for (const odd of ['', '28708', '2870822', 'abcdef', ' 287082'])
    assert.equal(spanOfCode(key, odd, 59_000), null)
})
