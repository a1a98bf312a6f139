/**
 * Goal: the pages of accounts can be used by everybody, on a phone and without being told how. Method: real Chromium on
 * the real rows and a real database; every page arrived at is checked with axe and at a phone's width, also refused,
 * empty and full of long words.
 */
import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import { launchBrowser, type TestBrowser, type Visitor } from '#tests/journeys/browser.ts'
import { goodPassword, type House, openHouse, startMs, testRules, testVisits } from './test-house.ts'
import { noticeUnusual } from './unusual.ts'

const slug = 'derby-homes'
const role = (code: string) => [{ provider: slug, role: code, areas: [] }]
const long = 'Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch Sheltered Housing Scheme, Block C'
const site = { id: '01a30000-0000-7000-8000-000000000001', name: long, provider: slug }

describe('the pages of accounts', () => {
  let house: House
  let browser: TestBrowser
  let base: string
  const hands = new Map<string, number>()
  let dora: string
  let visits: ReturnType<typeof testVisits>

  before(async () => {
    visits = testVisits({ nowMs: () => house.clock.nowMs() }, [site])
    house = await openHouse(
      {
        visits: visits.parts,
        places: {
          sites: async () => [site],
          patches: async () => [{ id: '01a30000-0000-7000-8000-00000000000a', name: 'North 1' }],
          caseBy: async () => null,
        },
        work: {
          inHand: async (_sql, id) => [{ what: 'open tasks', count: hands.get(id) ?? 0 }],
          async handOn(_tx, from) {
            const count = hands.get(from) ?? 0
            hands.delete(from)
            return [{ what: 'open tasks', count }]
          },
        },
        use: {
          looks: async () => [
            {
              personId: dora,
              provider: slug,
              cameraIds: ['c'],
              atMs: startMs - 7 * 3_600_000,
              outcome: false,
            },
          ],
          refusals: async () => [],
          openTask: async () => undefined,
          closeTask: async () => undefined,
        },
      },
      testRules,
    )
    await house.makePerson('ada', { administrator: true, roles: role('housing-officer') })
    dora = await house.makePerson('dora', { roles: role('asb-manager') })
    await house.makePerson('paul', { roles: role('data-protection-officer') })
    // The browser keeps cookies by its own clock.
    house.realClock.set(Date.now())
    await house.app.listen({ port: 0, host: '127.0.0.1' })
    base = `http://127.0.0.1:${(house.app.server.address() as AddressInfo).port}`
    browser = await launchBrowser()
  })
  after(async () => {
    await browser?.close()
    await house?.close()
  })

  async function signIn(username: string): Promise<Visitor> {
    const visitor = await browser.visitor(base)
    await visitor.visit('/sign-in')
    await visitor.fill('Username', username)
    await visitor.fill('Password', goodPassword)
    await visitor.press('Sign in')
    return visitor
  }

  test('somebody sets up their second step, signs in with it, and names a deputy and a conflict', async () => {
    const me = await signIn('dora')
    await me.visit('/account')
    await me.sees('Within 14 days')
    await me.picture('accounts-account')
    await me.press('Set it up')
    await me.picture('accounts-second-step')
    await me.fill('Your password', 'not it')
    await me.press('Show me the key')
    await me.sees('Your password is not right')
    await me.fill('Your password', goodPassword)
    await me.press('Show me the key')
    await me.picture('accounts-second-step-key')
    const key = (await me.page.locator('#key').textContent())!.replaceAll(' ', '')
    const totp = new TOTP({ secret: Secret.fromBase32(key), algorithm: 'SHA1', digits: 6, period: 30 })
    await me.fill('Six digits from your device', totp.generate({ timestamp: house.realClock.nowMs() }))
    await me.press('Confirm')
    await me.sees('They cannot be shown again')
    await me.picture('accounts-recovery-codes')
    await me.visit('/account/second-step')
    await me.picture('accounts-second-step-on')
    await me.close()
    house.realClock.advance(60_000)
    const again = await signIn('dora')
    await again.sees('Enter your code')
    await again.picture('accounts-code')
    await again.fill('Code', '000000')
    await again.press('Continue')
    await again.sees('This code is not right')
    await again.fill('Code', totp.generate({ timestamp: house.realClock.nowMs() }))
    await again.page.getByRole('button', { name: 'Continue' }).click()
    await again.page.waitForLoadState('load')
    await again.visit('/deputies')
    await again.picture('accounts-deputies-empty')
    await again.press('Name the deputy')
    await again.pick('Who stands in?', 'Name of paul')
    await again.tick('ASB manager')
    await again.fillDay('from', '2026-11-23')
    await again.fillDay('to', '2026-11-30')
    await again.press('Name the deputy')
    await again.sees('The deputy is named')
    await again.picture('accounts-deputies')
    await again.visit('/conflicts')
    await again.press('Declare it')
    await again.picture('accounts-conflicts-refused')
    await again.tick('A place')
    await again.pick('Which place?', long)
    await again.fill('Why?', 'My sister lives here')
    await again.press('Declare it')
    await again.sees('Declared.')
    await again.picture('accounts-conflicts')
    await again.close()
  })

  test('who may lift a conflict and look into unusual use does both', async () => {
    house.clock.set(startMs)
    assert.equal(await noticeUnusual(house.parts), 1)
    const paul = await signIn('paul')
    await paul.visit('/conflicts')
    await paul.picture('accounts-conflicts-lift')
    await paul.press('Lift it')
    await paul.sees('Say why it is lifted')
    await paul.fill(/after all/, 'She has moved away')
    await paul.press('Lift it')
    await paul.visit('/unusual-use')
    await paul.picture('accounts-unusual')
    await paul.press('Name of dora: looking at unusual hours')
    await paul.press('Answer')
    await paul.tick('There is a good reason for it')
    await paul.fill('Why do you think so?', 'On call that night')
    await paul.picture('accounts-unusual-one')
    await paul.press('Answer')
    await paul.sees('False alarm')
    await paul.close()
  })

  test('an administrator gives roles with ends, lets an engineer in, and closes an account without orphans', async () => {
    const ada = await signIn('ada')
    await ada.visit('/accounts/new')
    await ada.picture('accounts-new')
    await ada.press('Make the account')
    await ada.fill('Username', 'new.person')
    await ada.fill('Full name', long)
    await ada.tick('ASB manager')
    await ada.fillDay('until', '2027-02-01')
    await ada.pick('Reports to (optional)', 'Name of dora')
    await ada.press('Make the account')
    await ada.visit('/accounts')
    await ada.picture('accounts-list')
    await ada.press(long)
    await ada.sees('Roles that end')
    await ada.picture('accounts-one')
    await ada.visit('/accounts/engineer')
    await ada.sees('No visit is planned')
    await ada.picture('accounts-engineer-none')
    const visit = visits.plan({
      supervisorId: dora,
      fromMs: startMs + 3_600_000,
      untilMs: startMs + 7_200_000,
    })
    await ada.visit(`/accounts/engineer?visit=${visit}`)
    await ada.picture('accounts-engineer')
    await ada.press('Let them in')
    await ada.fill('Username', 'eli')
    await ada.press('Let them in')
    await ada.sees('Check that they come from the supplier')
    await ada.tick('I have checked that they come from the supplier')
    await ada.press('Let them in')
    await ada.sees('Password link')
    await ada.visit('/accounts')
    await ada.press('Eli Engineer')
    await ada.sees('Opens when they are let in')
    visits.change(visit, { arrivedMs: startMs })
    await ada.page.reload()
    await ada.arrive()
    await ada.sees('Put them out now')
    await ada.picture('accounts-engineer-one')
    hands.set(dora, 4)
    await ada.visit(`/accounts/${dora}`)
    await ada.picture('accounts-close')
    await ada.press('Close the account')
    await ada.sees('is out')
    hands.set(dora, 2)
    await ada.visit('/accounts/leavers')
    await ada.sees('Still in hand')
    await ada.picture('accounts-leavers')
    await ada.press('Hand it on')
    await ada.sees('Nothing is left in the hand')
    await ada.close()
  })
})
