import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { newId } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { append, backlog } from '#ledger/ledger.ts'
import { formsNeededAt, needingAt, needsOf, needsOfMany, withHomes } from './adjustments.ts'
import { libraryFor } from './library.ts'
import { printed } from './print/print.ts'
import { remind } from './reminders.ts'
import { noon, person, places, type TestHouse, testHouse } from './test-house.ts'

const people = new Map([
  ['owner', person('derby-homes', 'policy-owner')],
  ['officer', person('derby-homes', 'housing-officer')],
  ['north', person('derby-homes', 'housing-officer', ['north'])],
  ['installer', person('derby-homes', 'crime-prevention-installer')],
  ['other', person('whg', 'policy-owner')],
  ['writer', person('connexus', 'policy-owner')],
])
let house: TestHouse
before(async () => {
  house = await testHouse(people)
})
after(async () => {
  await house.close()
})

const day = 86_400_000
const settle = async () => {
  for (let tries = 0; tries < 200 && (await backlog(house.db.sql)).entries > 0; tries += 1)
    await new Promise((done) => setTimeout(done, 25))
}
const heldOf = async (id: string, who = 'owner') => {
  const { clauses } = (await house.get(who, '/policy/derby-homes')).json() as {
    clauses: { id: string; held?: { state: string; uses: number; refusals: number; troubles: string[] } }[]
  }
  return clauses.find((clause) => clause.id === id)?.held
}

test('whether a rule held is counted: uses from the ledger, refusals as they are told, and what is known against it', async () => {
  const id = 'derby-4.3.1-a'
  const before = await heldOf('derby-5.1-b')
  assert.ok(before, 'people of the landlord see whether its rules held')
  const record = (kind: string, data: { [name: string]: string } = {}) =>
    inTransaction(house.db.sql, (tx) =>
      append(tx, {
        kind,
        actor: null,
        provider: 'derby-homes',
        about: { camera: newId(noon) },
        data,
        atMs: noon,
      }),
    )
  await record('mandate.ended', { cause: 'expired' })
  await record('mandate.ended', { cause: 'stopped' })
  await settle()
  const stops = [...house.providers.packOf('derby-homes').clauses.values()].find((clause) =>
    clause.controls.includes('recording.stops-at-expiry'),
  )!
  const held = await heldOf(stops.id)
  assert.ok(held!.uses >= 1)
  assert.equal(held!.state, 'held')
  const again = await heldOf(stops.id)
  assert.equal(again!.uses, held!.uses, 'an entry is counted once, however often the page is opened')

  house.stand({
    troubles: [{ clause: stops.id, control: null, words: 'One thing is late.' }],
    exceptions: [],
  })
  const broken = await heldOf(stops.id)
  assert.deepEqual([broken!.state, broken!.troubles], ['not-held', ['One thing is late.']])
  const page = await house.page('owner', '/policy/derby-homes?state=not-held')
  assert.match(page.text, /Did not hold this month/)
  assert.match(page.text, /One thing is late\./)
  house.stand({ troubles: [], exceptions: [] })
  assert.equal(await heldOf(id, 'other'), undefined, 'staff of another landlord see the rules and no count')
  const own = (await house.page('owner', '/policy/derby-homes')).text
  const others = (await house.page('other', '/policy/derby-homes')).text
  for (const path of ['open', 'changes']) {
    assert.ok(own.includes(`/policy/derby-homes/${path}`))
    assert.ok(
      !others.includes(`/policy/derby-homes/${path}`),
      'nobody is sent to a page that is not there for them',
    )
  }
})

test('each refusal that somebody is shown is counted by its rule, and never who it was', async () => {
  const count = async () =>
    (
      await house.db.sql<{ n: number }[]>`
        select coalesce(sum(refusals), 0)::bigint as n from providers.refusal_count
        where provider = 'derby-homes' and rule = 'able'`
    )[0]!.n
  const before = await count()
  assert.equal((await house.page('installer', '/adjustments')).status, 403)
  assert.equal((await house.get('installer', '/adjustments')).status, 403)
  assert.equal(await count(), before + 2)
  const columns = await house.db.sql<{ name: string }[]>`
    select column_name as name from information_schema.columns
    where table_schema = 'providers' and table_name = 'refusal_count'`
  assert.deepEqual(columns.map(({ name }) => name).sort(), ['clause', 'day', 'provider', 'refusals', 'rule'])

  const late = { reviewedOn: '2026-11-01', outcome: 'stays', note: 'All of us.', nextReview: '2030-01-01' }
  assert.equal((await house.post('owner', '/policy/derby-homes/reviews', late)).status, 422)
  const [told] = await house.db.sql<{ n: number }[]>`
    select sum(refusals)::bigint as n from providers.refusal_count where clause = 'derby-12.1-a'`
  assert.equal(told!.n, 1)
})

test('a long policy is searched and narrowed on its page, and an unknown word narrows to nothing with a way back', async () => {
  const found = await house.page('officer', '/policy/derby-homes?text=deferring')
  assert.match(found.text, /of 108 rules/)
  const none = await house.page('officer', '/policy/derby-homes?text=submarine')
  assert.match(none.text, /No rule is like that/)
  assert.match(none.text, /Show all/)
  const odd = await house.page('officer', '/policy/derby-homes?strength=%3Cscript%3E&state=nonsense')
  assert.equal(odd.status, 200)
  const whole = await house.page('officer', '/policy/derby-homes')
  assert.ok(whole.text.includes('<details class="overt-fold"'))
})

test('what cannot be right in a document is said as it is', async () => {
  const page = await house.page('other', '/policy/whg/document')
  assert.match(page.text, /printed as July 2028, the same as the day of the next review/)
  const connexus = await house.page('writer', '/policy/connexus/document')
  assert.match(connexus.text, /Review overdue/)
  assert.match(connexus.text, /30 November 2025/)
  assert.equal((await house.page('owner', '/policy/whg/document')).status, 404)
})

test('a review is asked for in time, never later than the policy allows, and closes its task', async () => {
  await remind(house.deps)
  const waiting = () => [...house.tasks.values()].filter((work) => work.kind === 'policy.review')
  assert.deepEqual(
    waiting().map((work) => work.provider),
    ['connexus'],
    'Derby Homes and whg are due in 2028',
  )
  assert.deepEqual(waiting()[0]!.roles, ['policy-owner'])
  assert.equal(waiting()[0]!.clause, 'connexus-control-d')
  const review = { reviewedOn: '2026-11-20', outcome: 'stays', note: 'All of us.', nextReview: '2027-11-20' }
  assert.equal((await house.post('owner', '/policy/connexus/reviews', review)).status, 403)
  assert.equal(
    (await house.post('writer', '/policy/connexus/reviews', { ...review, reviewedOn: '2026-12-24' })).status,
    422,
  )
  // Its document gives a day and no rhythm: a year, and nobody says that the document asks for it.
  const late = await house.post('writer', '/policy/connexus/reviews', { ...review, nextReview: '2027-11-21' })
  assert.equal(late.status, 422)
  assert.match(late.text, /The policy says nothing of how often/)
  assert.equal((await house.post('writer', '/policy/connexus/reviews', review)).status, 201)
  assert.deepEqual(waiting(), [])
  await remind(house.deps)
  assert.deepEqual(waiting(), [])
  await assert.rejects(house.db.sql`update providers.policy_review set note = 'x'`, /permission denied/)
})

test('the policy is public once it is published, in four formats, and shut again when it is not', async () => {
  assert.equal((await house.page(null, '/published/derby-homes')).status, 404)
  assert.equal(
    (await house.post('officer', '/policy/derby-homes/publications', { channel: 'website' })).status,
    403,
  )
  assert.equal(
    (await house.post('owner', '/policy/derby-homes/publications', { channel: 'website' })).status,
    200,
  )
  const page = await house.page(null, '/published/derby-homes')
  assert.equal(page.status, 200)
  for (const clause of house.providers.packOf('derby-homes').clauses.values())
    assert.ok(page.text.includes(`(${clause.number})`), clause.id)
  assert.doesNotMatch(page.text, /Did not hold|held this month/i)
  const text = await house.page(null, '/published/derby-homes/print?format=text')
  assert.match(text.text, /^Derby Homes: CCTV Policy\n=+\n/)
  const pack = house.providers.packOf('derby-homes')
  const folder = await mkdtemp(join(tmpdir(), 'overt-policy-pdf-'))
  try {
    for (const format of ['pdf', 'large'] as const) {
      const path = join(folder, `${format}.pdf`)
      await writeFile(path, (await printed(pack, format)).body)
      const info = execFileSync('/usr/bin/pdfinfo', [path]).toString()
      assert.match(info, /Tagged:\s+yes/)
      assert.match(info, /Title:\s+Derby Homes: CCTV Policy/)
      // Each rule is a passage of its own to who listens, below its heading, and the language is told.
      const heard = execFileSync('/usr/bin/pdfinfo', ['-struct', path], {
        stdio: ['ignore', 'pipe', 'ignore'],
      }).toString()
      assert.equal(heard.match(/^ +LBody/gm)?.length, pack.clauses.size)
      assert.equal(heard.match(/^ +H2/gm)?.length, pack.sections.length)
      assert.equal(heard.match(/^ +H1/gm)?.length, 1)
      assert.doesNotMatch(heard, /\bTD\b/)
      assert.match((await printed(pack, format)).body.toString('latin1'), /\/Lang ?\(en-GB\)/)
      const said = execFileSync('/usr/bin/pdftotext', [path, '-']).toString().replace(/\s+/g, ' ')
      for (const clause of pack.clauses.values()) assert.ok(said.includes(`(${clause.number})`), clause.id)
      if (process.env['OVERT_PICTURES'] !== undefined)
        await writeFile(
          join(process.env['OVERT_PICTURES'], `policy-${format}.pdf`),
          (await printed(pack, format)).body,
        )
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  await house.post('owner', '/policy/derby-homes/publications/end', { channel: 'website' })
  assert.equal((await house.page(null, '/published/derby-homes')).status, 404)
  await house.post('owner', '/policy/derby-homes/publications', { channel: 'website' })
})

test('people answer about the policy without an account, in its time only, and nobody’s name is kept', async () => {
  const made = await house.post('writer', '/policy/connexus/consultations', {
    title: 'Is our policy clear?',
    intro: 'We are changing it next year.',
    questions: ['unclear', 'easy'],
    own1: 'What did we forget?',
    opensOn: '2026-11-22',
    closesOn: '2026-12-13',
  })
  assert.equal(made.status, 201)
  const { id } = made.json() as { id: string }
  const path = `/published/connexus/consultations/${id}`
  const page = await house.page(null, path)
  assert.match(page.text, /Which parts are unclear or could be better\?/)
  assert.match(page.text, /What did we forget\?/)

  assert.equal((await house.fill(path, { 'answer-unclear': 'All of it.' }, 'forged')).status, 403)
  const empty = await house.fill(path, { who: 'resident' })
  assert.equal(empty.status, 422)
  assert.match(empty.text, /Answer one question at least/)
  const long = await house.fill(path, { 'answer-unclear': 'x'.repeat(2001) })
  assert.equal(long.status, 422)
  assert.ok(long.text.includes('x'.repeat(2001)), 'what was typed stays')
  assert.equal((await house.fill(path, { 'answer-unclear': 'Section 4', who: 'resident' })).status, 303)
  assert.equal((await house.fill(path, { 'answer-own-1': 'Doorbells' })).status, 303)

  const here = `/policy/connexus/consultations/${id}`
  assert.equal((await house.get('owner', here)).status, 403, 'another landlord’s owner reads no answer')
  const shown = await house.page('writer', here)
  assert.match(shown.text, /2 answers/)
  assert.match(shown.text, /Residents: 1/)
  assert.match(shown.text, /Section 4/)
  assert.equal((await house.post('writer', `${here}/outcome`, { outcome: 'Too soon.' })).status, 422)

  house.clock.advance(22 * day)
  const closed = await house.page(null, path)
  assert.doesNotMatch(closed.text, /Send my answer/)
  await remind(house.deps)
  assert.ok([...house.tasks.values()].some((work) => work.kind === 'policy.consultation'))
  const letter = { heardBy: 'paper', who: 'neighbour', 'answer-easy': 'No.' }
  assert.equal((await house.post('writer', `${here}/answers`, letter)).status, 201)
  assert.equal(
    (await house.post('writer', `${here}/outcome`, { outcome: 'We will rewrite section 4.' })).status,
    200,
  )
  assert.equal((await house.post('writer', `${here}/outcome`, { outcome: 'Something else.' })).status, 422)
  assert.equal((await house.post('writer', `${here}/answers`, letter)).status, 422)
  assert.match((await house.page(null, path)).text, /We will rewrite section 4\..*/s)
  assert.ok(![...house.tasks.values()].some((work) => work.kind === 'policy.consultation'))
  const [answer] = await house.db.sql<{ id: string }[]>`
    select id from providers.consultation_answer where consultation = ${id} and who = 'resident'`
  assert.equal((await house.post('writer', `${here}/erase`, { answer: answer!.id })).status, 200)
  const after = await house.page('writer', here)
  assert.doesNotMatch(after.text, /Section 4</)
  assert.match(after.text, /3 answers/)
  house.clock.advance(-22 * day)
})

test('a translation is shown as out of date as soon as the policy changes', async () => {
  const body = { language: 'ur', languageName: 'اردو', translatedOn: '2026-11-01', body: 'پالیسی' }
  assert.equal((await house.post('officer', '/policy/derby-homes/translations', body)).status, 403)
  assert.equal(
    (await house.post('owner', '/policy/derby-homes/translations', { ...body, body: '' })).status,
    422,
  )
  const made = await house.post('owner', '/policy/derby-homes/translations', body)
  assert.equal(made.status, 201, made.text)
  const { id } = made.json() as { id: string }
  const page = await house.page(null, `/published/derby-homes/translations/${id}`)
  assert.match(page.text, /lang="ur" dir="rtl"/)
  assert.match(page.text, /Up to date/)
  await house.db.owner`update providers.translation set of_hash = ${'0'.repeat(64)} where id = ${id}`
  assert.match(
    (await house.page(null, `/published/derby-homes/translations/${id}`)).text,
    /The policy has changed since/,
  )
  await remind(house.deps)
  assert.ok([...house.tasks.values()].some((work) => work.kind === 'policy.translation'))
  await house.post('owner', '/policy/derby-homes/translations', body)
  assert.ok(![...house.tasks.values()].some((work) => work.kind === 'policy.translation'))
})

test('a form sent wrongly to what is not there, or is another landlord’s, shows nothing of it and fails nowhere', async () => {
  const nobody = newId(noon)
  const made = await house.post('writer', '/policy/connexus/library', {
    kind: 'template',
    title: 'Letter to those who pay',
    ownerRole: 'policy-owner',
    url: 'https://example.org/letter',
    edition: '1',
    reviewOn: '2027-05-01',
  })
  assert.equal(made.status, 201, made.text)
  const { id } = made.json() as { id: string }
  const csrf = /name="_csrf" value="([^"]+)"/
  for (const [who, path] of [
    ['officer', `/adjustments/${nobody}`],
    ['owner', `/policy/connexus/library/${id}/versions`],
    ['owner', `/policy/connexus/library/${id}/reviewed`],
    ['owner', `/policy/connexus/library/${nobody}/versions`],
    ['owner', '/policy/connexus/standards'],
    ['owner', '/policy/connexus/standards/ico-fee'],
    ['owner', '/policy/connexus/reviews'],
    ['owner', '/policy/connexus/consultations'],
    ['owner', `/policy/connexus/consultations/${nobody}/answers`],
    ['owner', '/policy/connexus/translations'],
    ['owner', '/policy/connexus/library'],
    ['owner', '/policy/nobody/reviews'],
  ] as const) {
    const page = await fetch(`${house.url}/policy`, { headers: { cookie: `overt_session=${who}` } })
    const token = csrf.exec(await page.text())?.[1] ?? ''
    const cookies = page.headers.getSetCookie().map((line) => line.split(';')[0])
    const given = await fetch(`${house.url}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        cookie: [`overt_session=${who}`, ...cookies].join('; '),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ _csrf: token, provider: 'connexus' }),
    })
    const text = await given.text()
    assert.equal(given.status, 422, `${path}: ${text.slice(0, 300)}`)
    assert.match(text, /There is no such page, or you may not see it/, path)
    assert.doesNotMatch(text, /Letter to those who pay|example\.org/, path)
  }
})

test('somebody asks for another language or form, its keeper alone reads it, and the words go when it is given', async () => {
  const page = (await house.page(null, '/published/derby-homes')).text
  assert.match(page, /Ask for it in another language or form/)
  const csrf = /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
  const send = (values: Readonly<Record<string, string>>, token?: string) =>
    house.fill('/published/derby-homes', values, token, '/published/derby-homes/formats')
  assert.equal((await send({ wanted: 'braille' }, `${csrf}x`)).status, 403)
  assert.equal((await send({ wanted: ' ' })).status, 422)
  assert.equal((await send({ wanted: 'In Polish please', contact: '01632 960777' })).status, 303)
  const [work] = [...house.tasks.values()].filter((one) => one.kind === 'policy.format')
  assert.doesNotMatch(JSON.stringify(work), /Polish|960777/)
  assert.match(
    (await house.page('owner', '/policy/derby-homes/document')).text,
    /In Polish please.*01632 960777/s,
  )
  assert.doesNotMatch((await house.page('officer', '/policy/derby-homes/document')).text, /Polish|960777/)
  const request = work!.about['formatRequest']!
  assert.equal((await house.post('officer', '/policy/derby-homes/formats', { request })).status, 403)
  assert.equal((await house.post('owner', '/policy/derby-homes/formats', { request })).status, 200)
  const [row] = await house.db.owner`select to_jsonb(format_request) as row from providers.format_request`
  assert.doesNotMatch(JSON.stringify(row), /Polish|960777/)
  assert.ok(![...house.tasks.values()].some((one) => one.kind === 'policy.format'))
})

test('the library has what the policy names, opens at its step, and asks when a paper is due, dead or missing', async () => {
  const at = (stage: 'proposal' | 'dpia' | 'disclosure') => libraryFor(house.deps, 'derby-homes', stage)
  assert.deepEqual(
    (await at('proposal')).map((line) => line.title),
    ['Codes on surveillance powers (GOV.UK)'],
    'a link of the policy itself works from the start',
  )
  await remind(house.deps)
  const missing = () =>
    [...house.tasks.values()].filter((w) => w.kind === 'library.missing' && w.provider === 'derby-homes')
  assert.equal(missing().length, 4)
  assert.deepEqual(
    [...house.tasks.values()].filter((work) => work.dueMs === null).map(({ title }) => title),
    [],
    'without a day nobody would be told that it is late',
  )
  const paper = {
    code: 'asb-policy',
    kind: 'policy',
    title: 'Anti-Social Behaviour Policy',
    stages: ['proposal'],
    ownerRole: 'policy-owner',
    reviewOn: '2027-05-01',
    edition: 'March 2026',
  }
  const put = (change: object, who = 'owner') =>
    house.post(who, '/policy/derby-homes/library', { ...paper, ...change })
  assert.equal((await put({ url: 'https://example.org/asb' }, 'officer')).status, 403)
  assert.equal((await put({ url: 'http://example.org/asb' })).status, 422)
  assert.equal((await put({})).status, 422, 'neither a link nor a file')
  assert.equal((await put({ url: 'https://example.org/asb', reviewOn: '2035-01-01' })).status, 422)
  const made = await put({ url: 'https://example.org/asb' })
  assert.equal(made.status, 201, made.text)
  assert.equal((await put({ url: 'https://example.org/asb' })).status, 422, 'it is there already')
  assert.equal(missing().length, 3)
  const { id } = made.json() as { id: string }
  assert.equal((await at('proposal')).length, 2)
  assert.equal((await house.get('other', `/policy/derby-homes/library/${id}`)).status, 404)

  await house.post('owner', `/policy/derby-homes/library/${id}/dead`)
  assert.equal((await at('proposal')).length, 1, 'a dead link is not shown at its step')
  assert.ok([...house.tasks.values()].some((w) => w.kind === 'library.dead' && w.about['paper'] === id))

  const form = new FormData()
  form.set('edition', 'November 2026')
  form.set('reviewOn', '2027-11-01')
  form.set(
    'file',
    new Blob(['#!/bin/sh\nexit 0\n\x01\x02'], { type: 'application/pdf' }),
    '../../etc/asb.pdf',
  )
  assert.equal((await house.post('owner', `/policy/derby-homes/library/${id}/versions`, form)).status, 422)
  form.set('file', new Blob(['%PDF-1.7\n…'], { type: 'application/pdf' }), '../../etc/asb.pdf')
  const renewed = await house.post('owner', `/policy/derby-homes/library/${id}/versions`, form)
  assert.equal(renewed.status, 201, renewed.text)
  assert.ok(![...house.tasks.values()].some((w) => w.kind === 'library.dead'))
  const check = [...house.tasks.values()].find((w) => w.kind === 'policy.review-early')
  assert.match(check!.title, /has a newer version/)
  assert.equal((await at('proposal')).length, 2)
  const file = await fetch(`${house.url}/policy/derby-homes/library/${id}/file?number=2`, {
    headers: { cookie: 'overt_session=officer' },
  })
  assert.match(file.headers.get('content-disposition') ?? '', /filename="asb\.pdf"/)

  house.clock.advance(330 * day)
  await remind(house.deps)
  assert.ok([...house.tasks.values()].some((w) => w.kind === 'library.review' && w.about['paper'] === id))
  house.clock.advance(-330 * day)
  await assert.rejects(house.db.sql`delete from providers.paper_version`, /permission denied/)
})

test('the laws and standards that a policy names stand there from the start; a change asks for a look, an expiry is told', async () => {
  const list = async (provider: string, who: string) =>
    (await house.get(who, `/policy/${provider}/standards`)).json() as {
      code: string
      controls: string[]
      expiry: string
      state: string
      unproved: boolean
    }[]
  const whg = await list('whg', 'other')
  for (const code of [
    'data-protection-act-2018',
    'bs-7958',
    'prevention-of-terrorism-act-2005',
    'ico-registration',
  ])
    assert.ok(
      whg.some((line) => line.code === code && line.controls.length > 0),
      code,
    )
  assert.match(
    (await house.page('other', '/policy/whg/standards/bs-7958')).text,
    /1\.7 names the edition of 2015/,
  )

  // What the document claims is not yet so: a law that is gone, and a registration that nobody has shown.
  assert.equal(whg.find((line) => line.code === 'prevention-of-terrorism-act-2005')?.state, 'repealed')
  assert.deepEqual(
    whg.filter((line) => line.unproved).map((line) => line.code),
    ['sia-licence', 'ico-registration'],
  )
  assert.match((await house.page('other', '/policy/whg/standards')).text, /no number is recorded/)
  const numbers = () =>
    [...house.tasks.values()].filter((w) => w.kind === 'standard.number').map((w) => w.about['standard'])
  await remind(house.deps)
  assert.ok(numbers().includes('ico-registration'))

  const change = {
    kind: 'registration',
    title: 'Entry in the Information Commissioner’s register',
    ownerRole: 'policy-owner',
    expiresOn: '2027-01-10',
    number: 'ZA000000',
    state: 'in-force',
    controls: ['ledger.every-act'],
    what: 'Renewed for a year.',
  }
  const put = (body: object, who = 'other') => house.post(who, '/policy/whg/standards/ico-registration', body)
  assert.equal((await put(change, 'owner')).status, 403)
  assert.equal((await put({ ...change, controls: ['no.such-control'] })).status, 422)
  assert.equal((await put({ ...change, expiresOn: 'soon' })).status, 422)
  const done = await put(change)
  assert.equal(done.status, 200, done.text)
  assert.ok(
    [...house.tasks.values()].some(
      (w) => w.kind === 'policy.review-early' && w.about['standard'] === 'ico-registration',
    ),
  )
  assert.equal((await list('whg', 'other'))[0]!.expiry, 'soon')
  assert.ok(!numbers().includes('ico-registration'))
  await remind(house.deps)
  const expiry = () => [...house.tasks.values()].find((w) => w.kind === 'standard.expiry')
  assert.equal(expiry()?.clause, 'whg-1.6-b')
  await put({ ...change, expiresOn: '2028-01-10' })
  assert.equal(expiry(), undefined)
  assert.equal((await house.post('other', '/policy/whg/standards/ico-registration/checked')).status, 200)
  assert.ok(
    ![...house.tasks.values()].some(
      (w) => w.kind === 'policy.review-early' && w.about['standard'] === 'ico-registration',
    ),
  )
})

test('what a person needs is kept once, found by whoever writes to them, seen within reach only, and erased for good', async () => {
  const needs = {
    reference: 'T-1001',
    name: 'A. Person',
    area: 'south',
    formats: ['large-print'],
    language: 'pl',
    contactWay: 'telephone',
    contact: '01632 960001',
    note: 'Ring twice.',
  }
  assert.equal((await house.post('installer', '/adjustments', needs)).status, 403)
  assert.equal((await house.post('officer', '/adjustments', { ...needs, language: 'po' })).status, 422)
  assert.equal((await house.post('north', '/adjustments', needs)).status, 422)
  const made = await house.post('officer', '/adjustments', needs)
  assert.equal(made.status, 201, made.text)
  const { id } = made.json() as { id: string }
  assert.equal((await house.post('officer', '/adjustments', { ...needs, reference: 't-1001' })).status, 422)
  assert.deepEqual(await needsOf(house.db.sql, 'derby-homes', 't-1001'), {
    formats: ['large-print'],
    language: 'pl',
    contactWay: 'telephone',
    contact: '01632 960001',
    note: 'Ring twice.',
  })
  assert.equal(await needsOf(house.db.sql, 'whg', 'T-1001'), null)
  // Where they live is a place that the writer's role reaches; nobody learns of places elsewhere.
  const north = { ...needs, area: 'north', reference: 'T-2' }
  for (const home of ['Elm House', 'Nowhere'])
    assert.equal((await house.post('north', '/adjustments', { ...north, home })).status, 422)
  assert.equal((await house.post('north', '/adjustments', { ...north, home: 'Oak House' })).status, 201)
  const { sql } = house.db
  assert.deepEqual(await formsNeededAt(sql, 'derby-homes', places[1].id), {
    formats: ['large-print'],
    languages: ['pl'],
  })
  const all = [{ provider: 'derby-homes', areas: [] }]
  const south = [{ provider: 'derby-homes', areas: ['south'] }]
  const numbersAt = async (reach: Parameters<typeof needingAt>[1]) =>
    (await needingAt(sql, reach, 'derby-homes', places[1].id)).map(({ reference }) => reference)
  assert.deepEqual(await numbersAt(all), ['T-2'])
  assert.deepEqual(await numbersAt(south), [])
  // Somebody's place may come to another patch: who reaches it reaches who lives there, and nobody else.
  const patch = [{ provider: 'derby-homes', areas: ['patch:p1'] }]
  const lies = async (ids: readonly string[]) =>
    new Map(ids.map((id) => [id, { area: 'south', patchId: 'p1' }] as const))
  assert.deepEqual(await numbersAt(await withHomes(sql, patch, lies)), ['T-2'])
  assert.deepEqual(await numbersAt(await withHomes(sql, south, lies)), ['T-2'])
  assert.deepEqual(await numbersAt(await withHomes(sql, south, async () => new Map())), [])
  const ofPatch = await needsOfMany(sql, await withHomes(sql, patch, lies), 'derby-homes', ['t-1001', 'T-2'])
  assert.deepEqual([...ofPatch].map(([number, one]) => [number, one.reach]).sort(), [
    ['t-1001', false],
    ['t-2', true],
  ])
  const seen = await needsOfMany(sql, south, 'derby-homes', ['t-1001', 'T-2', 'T-3'])
  assert.deepEqual([...seen].map(([number, one]) => [number, one.reach]).sort(), [
    ['t-1001', true],
    ['t-2', false],
  ])
  const [other] = (await house.get('north', '/adjustments')).json() as { id: string; homeSite: string }[]
  assert.equal(other!.homeSite, places[1].id)
  assert.equal((await house.post('north', `/adjustments/${other!.id}/erase`)).status, 200)
  assert.deepEqual(await numbersAt(all), [])
  assert.deepEqual((await house.get('north', '/adjustments')).json(), [])
  assert.equal((await house.get('north', `/adjustments/${id}`)).status, 404)
  assert.equal((await house.post('north', `/adjustments/${id}/erase`)).status, 404)
  const change = { ...needs, seenMs: noon, formats: ['braille'] }
  assert.equal(
    (await house.post('officer', `/adjustments/${id}`, { ...change, seenMs: noon - 1 })).status,
    422,
  )
  assert.equal((await house.post('officer', `/adjustments/${id}`, change)).status, 200)
  assert.equal((await house.post('officer', `/adjustments/${id}/erase`)).status, 200)
  assert.equal(await needsOf(house.db.sql, 'derby-homes', 'T-1001'), null)
  const [row] = await house.db
    .owner`select to_jsonb(adjustment) as row from providers.adjustment where id = ${id}`
  assert.doesNotMatch(JSON.stringify(row), /Person|960001|Ring|T-1001|braille/)
  await settle()
  const leaves = await house.db.owner`select leaf from ledger.entry where kind like 'adjustment.%'`
  assert.doesNotMatch(JSON.stringify(leaves), /Person|960001|Ring|T-1001|braille|large-print/)
})
