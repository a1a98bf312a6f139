/**
 * Goal: the pages of signs work in a real browser, refuse whom they must, and the page behind a sign's code tells people
 * their rights while it gives nothing away where somebody could be harmed. Method: Chromium and plain requests against
 * the real server with this room's rows; each person has a session named by their role, nobody has none.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { silentLog } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { able, actions, isAction } from '#policy/policy.ts'
import { type RegisterDeps, registerRoutes, retireSheets, type SignSheet } from '#register/register.ts'
import { launchBrowser, type TestBrowser } from '#tests/journeys/browser.ts'
import { createWeb, type Person } from '#web/web.ts'
import { authorisationRoutes } from './routes.ts'
import {
  homeProposal,
  person,
  propose,
  standingOf,
  type TestLandlords,
  testLandlords,
} from './test-landlord.ts'
import { placements, value } from './test-placement.ts'

let land: TestLandlords
let browser: TestBrowser
let url: string
let close: () => Promise<void>
const people = new Map<string, Person>()

before(async () => {
  land = await testLandlords()
  for (const role of ['housing-officer', 'data-protection-officer', 'crime-prevention-installer'])
    people.set(role, person('derby-homes', role))
  people.set('stranger', person('progress', 'installer'))
  people.set('keeper', { ...person('derby-homes', 'housing-officer'), administrator: true })
  const named = async () => new Map([...people.values()].map((p) => [p.id, { name: p.name }]))
  const app = await createWeb({
    routes: [
      ...authorisationRoutes({ ...land.deps, named }),
      ...registerRoutes({ sql: land.deps.sql, packs: land.packs, named } as unknown as RegisterDeps),
    ],
    authenticate: async ({ session }) => people.get(session ?? '') ?? null,
    permits(who, permission) {
      if (!isAction(permission)) throw new Error(permission)
      const [held] = who.roles
      return able(
        land.packs.packOf(held!.provider),
        { roles: [held!.role], administrator: who.administrator },
        permission,
      )
    },
    healthy: async () => true,
    nav: [],
    permissions: actions,
    clock: land.clock,
    log: silentLog,
    publicUrl: null,
    csrfSecret: 'a secret of thirty-two characters at least',
  })
  url = await app.listen({ host: '127.0.0.1', port: 0 })
  browser = await launchBrowser()
  close = async () => {
    await browser.close()
    await app.close()
    await land.close()
  }
})
after(() => close())

const sheetsOf = async (id: string): Promise<readonly SignSheet[]> =>
  (await standingOf(land.db.sql, land.deps, id, land.clock.nowMs()))!.file.sheets
async function asked(path: string, session?: string) {
  const answer = await fetch(url + path, {
    redirect: 'manual',
    headers: session === undefined ? {} : { cookie: `overt_session=${session}` },
  })
  return { answer, status: answer.status, text: await answer.text() }
}
const main = (page: string): string => page.slice(page.indexOf('<main'), page.indexOf('</main>'))

test('the page behind a sign in a home is the same before, during and after the camera’s life, and names no place', async () => {
  const { id } = value(await propose(land.deps, people.get('housing-officer')!, homeProposal()))
  const [sheet] = await sheetsOf(id)
  const before = await asked(`/s/${sheet!.code}/1`)
  assert.equal(before.status, 200)
  for (const told of [
    'Whom to ask',
    '0800 000 0000',
    'Information Commissioner',
    'Privacy notice',
    'At most 30 days',
  ])
    assert.ok(before.text.includes(told), told)
  for (const secret of [
    'Flat 4',
    'Example Street',
    'Hall camera',
    'D-2026',
    id,
    sheet!.id,
    'out of date',
    'taken down',
  ])
    assert.equal(before.text.includes(secret), false, secret)
  assert.equal(before.answer.headers.get('set-cookie'), null)
  assert.match(before.text, /name="robots" content="noindex"/)
  assert.equal(before.answer.headers.get('referrer-policy'), 'same-origin')

  const live = await placements(land).live(land.packs.packOf('derby-homes'), 'home-temporary')
  const [running] = await sheetsOf(live)
  const during = await asked(`/S/${running!.code}/1`)
  assert.equal(main(during.text), main(before.text))
  // Whichever version was read: it isn't said which is the newest.
  assert.equal(main((await asked(`/s/${running!.code}/7`)).text), main(before.text))
  await inTransaction(land.db.sql, (tx) => retireSheets(tx, running!.cameraId, land.clock.nowMs()))
  assert.equal(main((await asked(`/s/${running!.code}/1`)).text), main(before.text))
})

test('a listed sign names its place, and says when what was read is out of date or over', async () => {
  const id = await placements(land).live(land.packs.packOf('progress'), 'communal-permanent')
  const [sheet] = await sheetsOf(id)
  assert.equal(sheet!.unlisted, false)
  const now = await asked(`/s/${sheet!.code}/1`)
  const file = (await standingOf(land.db.sql, land.deps, id, land.clock.nowMs()))!.file
  assert.ok(now.text.includes(file.site.name))
  assert.doesNotMatch(now.text, /out of date/)
  assert.equal((await asked(`/s/${sheet!.code}/2`)).status, 404)
  await land.db.sql`
    insert into register.sign_version (sheet_id, version, says, change, since)
    select sheet_id, 2, says, 'whom to ask', now() from register.sign_version where sheet_id = ${sheet!.id}`
  await land.db.sql`update register.sign_sheet set version = 2 where id = ${sheet!.id}`
  assert.match((await asked(`/s/${sheet!.code}/1`)).text, /out of date/)
  assert.doesNotMatch((await asked(`/s/${sheet!.code}/2`)).text, /out of date/)
  // Marked for safety, it gives nothing away from then on.
  await land.db.sql`update register.sign_sheet set unlisted = true where id = ${sheet!.id}`
  const guarded = (await asked(`/s/${sheet!.code}/1`)).text
  assert.equal(guarded.includes(file.site.name), false)
  assert.doesNotMatch(guarded, /out of date/)
})

test('nobody sees or prints a sign that their role doesn’t reach, and strangers see none', async () => {
  const { id } = value(await propose(land.deps, people.get('housing-officer')!, homeProposal()))
  const [sheet] = await sheetsOf(id)
  for (const path of [
    `/signs/${sheet!.id}`,
    `/signs/${sheet!.id}/picture`,
    `/signs/${sheet!.id}/print/a4`,
    `/signs/${sheet!.id}/print/a4?for=shop`,
  ]) {
    assert.equal((await asked(path)).status, 302, path)
    assert.equal((await asked(path, 'stranger')).status, 404, path)
    assert.equal((await asked(path, 'housing-officer')).status, 200, path)
  }
  assert.equal((await asked('/signs', 'stranger')).text.includes(sheet!.code.slice(0, 4)), false)
  const pdf = await asked(`/signs/${sheet!.id}/print/door`, 'crime-prevention-installer')
  assert.equal(pdf.answer.headers.get('content-type'), 'application/pdf')
  assert.match(pdf.text, /^%PDF-1\.7/)
  assert.doesNotMatch(pdf.text, /TrimBox/)
  const shop = await asked(`/signs/${sheet!.id}/print/door?for=shop`, 'crime-prevention-installer')
  assert.match(shop.text, /\/TrimBox \[8\.5/)
  assert.match(shop.answer.headers.get('content-disposition') ?? '', /door-print-shop\.pdf/)
})

test('the register of signs, a sign, whom to ask and the page behind the code read well in a browser', async () => {
  const id = await placements(land).live(land.packs.packOf('derby-homes'), 'home-temporary')
  const [sheet] = await sheetsOf(id)
  const fitter = await browser.visitor(url)
  await fitter.context.addCookies([{ name: 'overt_session', value: 'crime-prevention-installer', url }])
  await fitter.visit('/signs')
  await fitter.visit('/signs?text=nothing+like+it')
  await fitter.sees('Nothing found')
  await fitter.visit(`/signs/${sheet!.id}`)
  await fitter.sees('read in its photo')
  await fitter.press('It is damaged')
  await fitter.visit(`/signs/${sheet!.id}`)
  await fitter.sees('Reported damaged')
  await fitter.press('Send the photo')
  await fitter.sees(/Choose a photo/)
  await fitter.page.getByText('No photo can show the code').click()
  await fitter.fill('Why can it not be read?', 'It hangs four metres up.')
  await fitter.page.getByLabel('Photo of the sign').setInputFiles({
    name: 'wall.jpg',
    mimeType: 'image/jpeg',
    buffer: Buffer.from('ffd8ffc0000b080001000101011100ffda0008010100003f0012ffd9', 'hex'),
  })
  await fitter.press('Send the photo')
  await fitter.sees('Somebody else must confirm')
  await fitter.sees('You took this photo')

  const officer = await browser.visitor(url)
  await officer.context.addCookies([{ name: 'overt_session', value: 'housing-officer', url }])
  await officer.visit(`/signs/${sheet!.id}`)
  await officer.press('Answer')
  await officer.sees('Choose whether it hangs')
  await officer.tick('Yes, I know that it does')
  await officer.fill('How do you know?', 'I stood before it.')
  await officer.press('Answer')
  await officer.sees('by a second person’s word')

  const keeper = await browser.visitor(url)
  await keeper.context.addCookies([{ name: 'overt_session', value: 'keeper', url }])
  await keeper.visit('/sign-contact?provider=derby-homes')
  await keeper.fill('Telephone', '')
  await keeper.press('Save')
  await keeper.sees('Give at least one way')
  await keeper.fill('Web page', 'www.example.org/cctv')
  await keeper.press('Save')
  await keeper.sees('each sign that says something else has a new version to hang.')

  const passer = await browser.visitor(url)
  await passer.visit(`/s/${sheet!.code}/1`)
  await passer.sees('www.example.org/cctv')
  assert.deepEqual(await passer.context.cookies(), [])
})

test('the privacy notice says what the register holds, sound included, and names no place', async () => {
  const before = await asked('/privacy/derby-homes')
  assert.equal(before.status, 200)
  assert.match(before.text, /None of them records voices/)
  assert.doesNotMatch(before.text, /worn by staff|Flat 4|Example Street/)
  for (const { label } of land.packs.packOf('derby-homes').values.purposes)
    assert.ok(before.text.includes(label.replaceAll('&', '&amp;')), label)
  await land.db.sql`
    insert into register.device (id, provider, kind, name, owner, has_audio, redeployable, status, created_at, created_by)
    values (gen_random_uuid(), 'derby-homes', 'body-worn', 'Body camera 7', 'landlord', true, true, 'store', now(),
            gen_random_uuid())`
  const after = await asked('/privacy/derby-homes')
  assert.match(after.text, /Cameras worn by staff/)
  assert.match(after.text, /record voices and other sound as well as video/)
  assert.equal(after.text.includes('Body camera 7'), false)
  assert.equal((await asked('/privacy/nobody')).status, 404)
  const passer = await browser.visitor(url)
  await passer.visit('/privacy/progress')
  assert.deepEqual(await passer.context.cookies(), [])
})

test('a guessed, mistyped or half an address leads nowhere, and guessing is slowed down', async () => {
  for (const path of [
    '/s/00000000000000000000/1',
    '/s/abc/1',
    '/s/U0000000000000000000',
    '/S/%00',
    "/s/'--/1",
  ])
    assert.equal((await asked(path)).status, 404, path)
  const answers = await Promise.all(Array.from({ length: 80 }, () => asked('/s/00000000000000000001/1')))
  assert.ok(answers.some(({ status }) => status === 429))
})
