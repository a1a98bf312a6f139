/**
 * Goal: from nothing to a landlord whose people can sign in, as they would do it. Method: real Chromium, real server,
 * real PostgreSQL and the real policy packs; each page arrived at is checked by axe and at a phone's width.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { secretBox, silentLog, systemClock } from '#base/base.ts'
import { append, knowKinds } from '#ledger/ledger.ts'
import { authenticator, ledgerEvents, type PeopleParts, peopleRoutes, setupSecret } from '#people/people.ts'
import { openProviders, type Providers, ledgerEvents as providersEvents } from '#providers/providers.ts'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import { createWeb, dayWords, html, marks, route } from '#web/web.ts'
import { launchBrowser, type TestBrowser, type Visitor } from './browser.ts'

const adaPassword = 'three otters paddle home'
const oluPassword = 'seven quiet lanterns glow'

describe('a new installation', () => {
  let db: TestDatabase
  let app: FastifyInstance
  let browser: TestBrowser
  let providers: Providers
  let base: string
  let ada: Visitor
  let link: string

  before(async () => {
    db = await testDatabase()
    knowKinds({ ...ledgerEvents, ...providersEvents })
    providers = await openProviders({
      sql: db.sql,
      folder: join(import.meta.dirname, '../../policies'),
      clock: systemClock,
      log: silentLog,
      record: append,
    })
    const parts: PeopleParts = {
      box: secretBox(randomBytes(32), 'test'),
      sql: db.sql,
      clock: systemClock,
      realClock: systemClock,
      log: silentLog,
      record: append,
      providers: () =>
        providers
          .list()
          .map(({ slug, name }) => ({ slug, name, roles: providers.packOf(slug).values.roles })),
      packs: () =>
        providers.packs.map((pack) => ({
          code: pack.provider,
          title: pack.name,
          hint: `${pack.title} of ${dayWords(pack.version)}`,
        })),
      adoptPack: (tx, slug, { personId, nowMs }) => providers.adopt(tx, { slug, by: personId, nowMs }),
      afterSetup: () => providers.refresh(),
    }
    const home = route({
      method: 'GET',
      path: '/',
      permission: 'signed-in',
      ledger: { none: 'a page of this test that shows nothing' },
      handler: async () => ({
        data: null,
        page: () => ({
          title: 'Home',
          body: marks.heading({ title: 'Home', lead: html`Nothing waits for you.` }),
        }),
      }),
    })
    app = await createWeb({
      routes: [home, ...peopleRoutes(parts, null)],
      authenticate: authenticator(parts),
      permits: (person, permission) => ({
        allowed: permission === 'people.manage' && person.administrator,
        reasons: [],
      }),
      healthy: async () => true,
      nav: [
        { href: '/', text: 'My work', permission: 'signed-in' },
        { href: '/accounts', text: 'Accounts', permission: 'people.manage' },
      ],
      clock: systemClock,
      log: silentLog,
      publicUrl: null,
      csrfSecret: 'j'.repeat(32),
    })
    base = await app.listen({ port: 0, host: '127.0.0.1' })
    browser = await launchBrowser()
    ada = await browser.visitor(base)
  })
  after(async () => {
    await browser?.close()
    await app?.close()
    knowKinds(null)
    await db?.drop()
  })

  test('is set up by its one-time link: errors first, with what was typed kept, then signed in', async () => {
    const secret = await setupSecret(db.sql)
    await ada.visit(`/setup/${secret}`)
    await ada.picture('set-up')
    await ada.fill('Full name', 'Ada Admin')
    await ada.fill('Username', 'ada')
    await ada.fill('Password', 'Password1234')
    await ada.press('Set up and sign in')
    await ada.sees('There is a problem')
    await ada.sees('Choose a policy')
    await ada.picture('set-up-refused')
    await ada.tick(providers.packs.find((pack) => pack.provider === 'derby-homes')!.name)
    await ada.fill('Password', 'Password1234')
    await ada.press('Set up and sign in')
    await ada.sees('easy to guess')
    assert.equal(await ada.page.getByLabel('Full name').inputValue(), 'Ada Admin')
    await ada.fill('Password', adaPassword)
    await ada.press('Set up and sign in')
    await ada.sees('Overt is set up')
    await ada.sees('Ada Admin')
  })

  test('whose administrator makes an account with roles of the policy and gets a link to hand over', async () => {
    await ada.press('Accounts')
    await ada.press('New account')
    await ada.picture('account-new')
    await ada.fill('Username', 'olu')
    await ada.fill('Full name', 'Olu Officer')
    await ada.tick('Housing Officer')
    await ada.press('Make the account')
    await ada.sees('It works once')
    await ada.picture('account-link')
    link = new URL(await ada.page.getByLabel('Link').inputValue()).pathname
    await ada.visit('/accounts')
    await ada.sees('Has not signed in yet')
    await ada.picture('accounts')
  })

  test('whose officer chooses a password, signs out, mistypes, signs in, and makes a token', async () => {
    const olu = await browser.visitor(base)
    await olu.visit(link)
    await olu.picture('welcome')
    await olu.fill('New password', oluPassword)
    await olu.press('Save and sign in')
    await olu.sees('Your password is saved')
    await olu.doesNotSee('Accounts')
    await olu.press('Sign out')
    await olu.sees('You are signed out')
    await olu.picture('sign-in')
    await olu.fill('Username', 'olu')
    await olu.fill('Password', 'not the right one')
    await olu.press('Sign in')
    await olu.sees('The username or the password is not right')
    assert.equal(await olu.page.getByLabel('Username', { exact: true }).inputValue(), 'olu')
    assert.equal(await olu.page.getByLabel('Password', { exact: true }).inputValue(), '')
    await olu.picture('sign-in-refused')
    await olu.fill('Password', oluPassword)
    await olu.press('Sign in')
    await olu.visit('/account')
    await olu.sees('Housing Officer at Derby Homes')
    await olu.sees('You have no tokens.')
    await olu.fill('What is the token for?', 'Nightly report')
    await olu.press('Make a token')
    await olu.picture('token')
    const token = await olu.page.getByLabel('Token').inputValue()
    const me = await fetch(`${base}/api/v1/account`, { headers: { authorization: `Bearer ${token}` } })
    assert.equal(((await me.json()) as { username: string }).username, 'olu')
    await olu.visit('/account')
    await olu.picture('account')
    await olu.press('End the token for Nightly report')
    await olu.sees('The token is ended')
    assert.equal(
      (await fetch(`${base}/api/v1/account`, { headers: { authorization: `Bearer ${token}` } })).status,
      401,
    )
    await olu.visit('/accounts', 403)
    await olu.sees('You cannot open this page')
    await olu.picture('forbidden')

    // The administrator closes the account while the officer looks on.
    await ada.visit('/accounts')
    await ada.press('Olu Officer')
    await ada.picture('account-other')
    await ada.press('Close the account')
    await ada.sees('Olu Officer is out')
    await olu.page.goto(`${base}/account`)
    await olu.arrive()
    assert.match(olu.page.url(), /\/sign-in\?next=/)
    await olu.close()
  })
})
