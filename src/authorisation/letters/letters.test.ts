/**
 * Goal: letters to households say what the record says, each person gets theirs in the form that they told us once, and
 * whose form that is stays with those who may know. Method: real packs, PostgreSQL, a browser, and PDFs read back.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { newId } from '#base/base.ts'
import type { Visitor } from '#tests/journeys/browser.ts'
import type { Person } from '#web/web.ts'
import { openConsultation, propose } from '../steps.ts'
import {
  homeProposal,
  noon,
  person,
  standingOf,
  type TestLandlords,
  testLandlords,
} from '../test-landlord.ts'
import { servePages, type TestPages } from '../test-pages.ts'
import { codes, opening, proposalFor, value } from '../test-placement.ts'
import { letterFacts } from './letter-facts.ts'
import { letterPdf } from './letter-print.ts'
import { letterLacks, letterSays } from './letter-says.ts'
import { forgetAddresses, forgetOldAddresses, lettersSent, madeByHand, makeLetters } from './letter-steps.ts'
import { addressDaysMax, batchesOf, findBatch, lettersOf } from './letter-store.ts'
import { letterText } from './letter-text.ts'
import { signForms } from './sign-forms.ts'
import { inEnglishWords } from './translations.ts'
import {
  formCode,
  formFor,
  formWords,
  lettersMax,
  pilesOf,
  readForm,
  readHouseholds,
  standardForm,
} from './who-gets.ts'

let land: TestLandlords
let pages: TestPages
let folder = ''
const people = new Map<string, Person>()

before(async () => {
  land = await testLandlords(['connexus', 'derby-homes'])
  pages = await servePages(land, people, [])
  folder = await mkdtemp(join(tmpdir(), 'overt-letters-'))
})
after(async () => {
  await pages?.close()
  await land?.close()
  await rm(folder, { recursive: true, force: true })
})

const officer = person('connexus', 'housing-officer')
/** Sees the camera, and keeps nobody's needs. */
const owner = person('connexus', 'data-protection-officer')
const by = (who: Person, deploymentId: string) => ({ deps: land.deps, person: who, deploymentId })

/** What somebody needs, as it was told once. */
async function needs(reference: string, more: Record<string, unknown> = {}): Promise<void> {
  const row = { formats: [], language: null, contact_way: 'letter', area: null, home_site: null, ...more }
  await land.db.sql`
    insert into providers.adjustment ${land.db.sql({
      id: newId(noon),
      provider: 'connexus',
      reference,
      at: new Date(noon),
      changed_at: new Date(noon),
      ...row,
    } as never)}`
}

let camera = 0
async function asked(consult = true): Promise<string> {
  camera += 1
  land.clock.set(noon)
  const pack = land.packs.packOf('connexus')
  const proposal = proposalFor(pack, 'communal-permanent', {
    siteName: `Elm House ${camera}`,
    cameraLabel: `Door ${camera}`,
  })
  const { id } = value(await propose(land.deps, officer, proposal))
  if (consult) value(await openConsultation({ ...by(officer, id), ...opening }))
  return id
}

const words = async (pdf: Buffer): Promise<string> => {
  const path = join(folder, 'letter.pdf')
  await writeFile(path, pdf)
  return execFileSync('pdftotext', ['-layout', path, '-']).toString()
}
/** What a screen reader is given of the letter last read. */
const structure = (): string =>
  execFileSync('pdfinfo', ['-struct-text', join(folder, 'letter.pdf')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  }).toString()
/** Every entry of the ledger about letters, as it is hashed. */
const entries = async (): Promise<string> =>
  (
    await land.db.owner<{ leaf: string }[]>`
      select leaf from ledger.pending where leaf like '%letters.%'
      union all select leaf from ledger.entry where leaf like '%letters.%'`
  )
    .map((row) => row.leaf)
    .join('\n')

test('a list of households is read line by line, and each mistake is told with its line', () => {
  const read = readHouseholds('T1; A. Example; Flat 1, Elm House\n\n; ; Flat 2\nT3\tB. Example\tFlat 3\n')
  assert.deepEqual(read, {
    ok: true,
    households: [
      { reference: 'T1', name: 'A. Example', address: 'Flat 1, Elm House' },
      { reference: null, name: null, address: 'Flat 2' },
      { reference: 'T3', name: 'B. Example', address: 'Flat 3' },
    ],
  })
  const wrong = readHouseholds(`T1; A; Flat 1\nt1; B; Flat 2\nFlat 3\n;;\n${'x'.repeat(61)}; ; Flat 4`)
  assert.ok(!wrong.ok)
  assert.deepEqual(
    wrong.mistakes.map((one) => one.slice(0, 7)),
    ['Line 2:', 'Line 3:', 'Line 4:', 'Line 5:'],
  )
  assert.ok(!readHouseholds(' \n ').ok)
  const many = (count: number) => Array.from({ length: count }, (_, at) => `T${at}; ; Flat ${at}`).join('\n')
  assert.ok(readHouseholds(many(lettersMax)).ok)
  assert.ok(!readHouseholds(many(lettersMax + 1)).ok)
})

test('what a person needs decides the form, and what nobody here can make is never said to be made', () => {
  const none = { formats: [], language: null, contactWay: 'letter', contact: null, note: null } as const
  assert.equal(formCode(formFor(null)), 'standard')
  assert.equal(formCode(formFor(none)), 'standard')
  assert.equal(
    formWords(formFor({ ...none, formats: ['large-print', 'easy-read'] })),
    'Large print, easy words',
  )
  assert.equal(formWords(formFor({ ...none, contactWay: 'email' })), 'Plain text, by e-mail')
  for (const [given, says] of [
    [{ formats: ['braille'] }, 'in braille'],
    [{ formats: ['audio'] }, 'as audio'],
    [{ formats: ['sign-language'] }, 'in sign language'],
    [{ contactWay: 'telephone' }, 'read out by telephone'],
  ] as const)
    assert.equal(formWords(formFor({ ...none, ...given } as never)), `To be made: ${says}`)
  assert.equal(formWords(formFor({ ...none, language: 'en-GB' })), 'Standard')
  for (const given of [
    { language: 'pl' },
    { language: 'zh-Hant', formats: ['easy-read', 'large-print'] },
    { contactWay: 'telephone', formats: ['coloured-paper'] },
  ] as const) {
    const form = formFor({ ...none, ...given } as never)
    const { byHand, ...made } = form
    assert.deepEqual(readForm(formCode(form)), { ...made, hand: byHand.length > 0 })
  }
  const piles = pilesOf([formFor({ ...none, language: 'pl' }), standardForm, standardForm])
  assert.deepEqual(
    piles.map(({ code, count }) => [code, count]),
    [
      ['standard', 2],
      ['lang(pl)', 1],
    ],
  )
})

test('a letter says what, why, where, until when, whom to ask, what people may ask for, and where to complain', async () => {
  const id = await asked()
  const standing = (await standingOf(land.deps.sql, land.deps, id, noon))!
  for (const kind of ['told', 'consultation'] as const) {
    const told = await letterFacts(land.deps.sql, land.deps, standing, kind, noon)
    assert.ok(told.ok)
    const text = letterText(told.facts, letterSays(told.facts, 'plain'))
    for (const must of [
      told.facts.place,
      ...told.facts.purposes,
      '0800 000 0000',
      `${told.facts.retentionDays} days`,
      'No sound',
      'pictures of you',
      'object to the camera',
      'Information Commissioner',
      'https://cctv.example.org/privacy/connexus',
      '22 November 2026',
      'large print',
    ])
      assert.ok(text.includes(must), `${kind}: "${must}" is missing`)
    assert.equal(text.includes('Do you want it?'), kind === 'consultation')
    assert.equal(text.includes('I am against it'), kind === 'consultation')
    // Who is asked learns where the answer goes, and until when, in every form.
    assert.equal(
      /Send this back to Connexus.*tell us: 0800 000 0000.*We need it by/.test(text),
      kind === 'consultation',
    )
    for (const form of ['plain', 'easy'] as const) assert.ok(letterSays(told.facts, form).sections.length > 5)
    for (const easy of [false, true])
      for (const large of [false, true]) {
        const pdf = await letterPdf(told.facts, inEnglishWords(told.facts, easy), large, [
          { reference: 'T1', name: 'A. Example', address: 'Flat 1, Elm House' },
        ])
        const printed = await words(pdf)
        assert.match(printed, /A\. Example/)
        assert.match(printed, /Information Commissioner/)
        const read = structure()
        assert.match(read, /H1 "/)
        assert.ok(read.match(/^ +H2 "/gm)!.length > 5)
        // Whom it is for, and every box of the slip, is a passage of its own to who listens.
        assert.match(read, /P \(block\)\n +"A\. Example"\n/)
        assert.equal(
          /LBody \(block\)\n +P \(block\)\n +"I am against it"/.test(read),
          kind === 'consultation',
        )
        assert.match(pdf.toString('latin1'), /\/Lang ?\(en-GB\)/)
      }
    // A camera that records already is not told of as one that is planned.
    const live = { ...standing.file, mandates: [{ class: 'ordinary', ended: null }] } as never
    const running = await letterFacts(land.deps.sql, land.deps, { ...standing, file: live }, kind, noon)
    assert.ok(running.ok)
    for (const form of ['plain', 'easy'] as const) {
      const planned = /plans|put up|put in|at the earliest|or later/
      assert.match(JSON.stringify(letterSays(told.facts, form)), planned)
      assert.doesNotMatch(JSON.stringify(letterSays(running.facts, form)), planned)
    }
  }
  assert.deepEqual(letterLacks({ contact: null, purposes: [] }), [
    'what the camera is for',
    'whom people can ask',
  ])
})

test('letters are made for a list: each in the form that was told once, the rest as tasks, and whose it is in no entry', async () => {
  await needs('C-1', { formats: ['large-print'] })
  await needs('C-2', { formats: ['braille'] })
  await needs('C-3', { language: 'pl' })
  await needs('C-4', { formats: ['plain-text'] })
  await needs('C-5', { formats: ['easy-read', 'large-print'], area: 'Elsewhere' })
  const id = await asked()
  const households = ['C-0', 'c-1', 'C-2', 'C-3', 'C-4', 'C-5', '']
    .map((number, at) => `${number}; Resident ${at}; Flat ${at}, Elm House`)
    .join('\n')
  const { batchId } = value(await makeLetters({ ...by(officer, id), kind: 'consultation', households }))
  const batch = (await findBatch(land.deps.sql, id, batchId))!
  assert.deepEqual(
    batch.forms.map(({ words: said, count }) => [said, count]),
    [
      ['Standard', 2],
      ['To be made: in braille', 1],
      ['In Polish', 1],
      ['Large print', 1],
      ['Large print, easy words', 1],
      ['Plain text, by e-mail', 1],
    ],
  )
  const tasks = await land.db.sql<{ title: string }[]>`
    select title from casework.task where kind in ('letters.by-hand', 'letters.translation') and about @> ${land.db.sql.json({ letters: batchId })}`
  assert.equal(tasks.length, 2)
  for (const { title } of tasks) assert.doesNotMatch(title, /Resident|Flat|C-\d/)
  const told = await entries()
  assert.match(told, /letters\.made/)
  assert.doesNotMatch(told, /Resident|Flat \d|C-\d|braille|Polish/)

  // Somebody whose role reaches one area only learns nothing of people elsewhere: their letter waits for another.
  const narrow = person('connexus', 'housing-officer', ['North'])
  const north = value(
    await propose(
      land.deps,
      narrow,
      proposalFor(land.packs.packOf('connexus'), 'communal-permanent', {
        siteName: 'Ash House',
        siteArea: 'North',
        cameraLabel: 'Ash door',
      }),
    ),
  )
  const made = value(
    await makeLetters({ ...by(narrow, north.id), kind: 'told', households: 'C-5; ; Flat 5\nC-2; ; Flat 2' }),
  )
  const seen = (await findBatch(land.deps.sql, north.id, made.batchId))!
  assert.deepEqual(
    seen.forms.map((form) => [form.words, form.count]),
    [['To be made: as they need it, by somebody whose role reaches them', 2]],
  )
})

test('nobody makes, prints or forgets letters but those who may see what people need; nothing is half made', async () => {
  const id = await asked()
  const told = { kind: 'told' as const, households: 'T1; ; Flat 1' }
  for (const who of [
    owner,
    person('connexus', 'housing-officer', ['South']),
    person('derby-homes', 'housing-officer'),
  ])
    assert.ok(!(await makeLetters({ ...by(who, id), ...told })).ok)
  assert.deepEqual(codes(await makeLetters({ ...by(owner, id), ...told })), ['able'])
  assert.deepEqual(codes(await makeLetters({ ...by(officer, id), ...told, households: 'T1' })), [
    'households',
  ])
  assert.equal((await batchesOf(land.deps.sql, id)).length, 0)
  const without = await asked(false)
  assert.deepEqual(codes(await makeLetters({ ...by(officer, without), ...told, kind: 'consultation' })), [
    'letters',
  ])
  const { batchId } = value(await makeLetters({ ...by(officer, id), ...told }))
  const batch = { batchId, day: '2026-11-22', form: 'hand(in braille)' }
  for (const act of [lettersSent, forgetAddresses])
    assert.deepEqual(codes(await act({ ...by(owner, id), ...batch })), ['able'])
  assert.deepEqual(codes(await madeByHand({ ...by(officer, id), ...batch })), ['not-found'])
  assert.deepEqual(codes(await lettersSent({ ...by(officer, without), ...batch })), ['not-found'])
  assert.deepEqual(codes(await lettersSent({ ...by(officer, id), ...batch, day: '2026-11-23' })), ['day'])
  assert.deepEqual(codes(await lettersSent({ ...by(officer, id), ...batch, day: '2026-11-21' })), ['day'])
  value(await lettersSent({ ...by(officer, id), ...batch }))
  assert.deepEqual(codes(await lettersSent({ ...by(officer, id), ...batch })), ['sent'])
})

test('no letter gives away a camera in a home or one marked for safety', async () => {
  const teller = person('derby-homes', 'housing-officer')
  const { id } = value(await propose(land.deps, teller, homeProposal()))
  assert.deepEqual(
    codes(await makeLetters({ ...by(teller, id), kind: 'told', households: 'T1; ; Flat 1' })),
    ['letters'],
  )
  const shared = await asked()
  const standing = (await standingOf(land.deps.sql, land.deps, shared, noon))!
  await land.db.sql`
    insert into register.guarded_system ${land.db.sql({
      system_id: standing.file.deployment.systemId,
      reason: 'Somebody hides here.',
      guarded_by: officer.id,
      guarded_at: new Date(noon),
    } as never)}`
  const told = await letterFacts(land.deps.sql, land.deps, standing, 'told', noon)
  assert.ok(!told.ok && /give that away/.test(told.why))
})

test('names and addresses go when asked, and by themselves after their days; what was said and how many stays', async () => {
  const id = await asked()
  const make = async () =>
    value(await makeLetters({ ...by(officer, id), kind: 'told', households: 'T1; A. Example; Flat 1' }))
      .batchId
  const [one, two] = [await make(), await make()]
  value(await forgetAddresses({ ...by(officer, id), batchId: one }))
  assert.equal((await lettersOf(land.deps.sql, one, null)).length, 0)
  assert.equal((await findBatch(land.deps.sql, id, one))!.letters, 1)
  assert.deepEqual(codes(await forgetAddresses({ ...by(officer, id), batchId: one })), ['erased'])
  land.clock.set(noon + addressDaysMax * 86_400_000 - 1)
  await forgetOldAddresses(land.deps)
  assert.equal((await lettersOf(land.deps.sql, two, null)).length, 1)
  land.clock.set(noon + addressDaysMax * 86_400_000)
  await forgetOldAddresses(land.deps)
  assert.equal((await lettersOf(land.deps.sql, two, null)).length, 0)
  assert.equal(await forgetOldAddresses(land.deps), 0)
  land.clock.set(noon)
})

test('letters are read, made, seen by pile, printed and sent on pages; others see how many, and not whose', async () => {
  const id = await asked()
  const standing = (await standingOf(land.deps.sql, land.deps, id, noon))!
  await needs('P-1', { formats: ['large-print'], home_site: standing.file.site.id })
  await needs('P-2', { formats: ['audio'], home_site: standing.file.site.id })
  const at = async (who: Person): Promise<Visitor> => {
    people.set(who.username, who)
    return pages.as(who.username)
  }
  const writer = await at(officer)
  await writer.visit(`/deployments/${id}/letters`)
  await writer.sees('P-1, P-2')
  await writer.sees('None yet')
  await writer.picture('letters-empty')
  await writer.visit(`/deployments/${id}/letters/consultation/html`)
  await writer.sees('Information Commissioner')
  await writer.picture('letter-read')
  await writer.visit(`/deployments/${id}/letters`)
  await writer.tick('Asking those who would pay')
  await writer.fill('Who gets one?', 'P-1; A. Example; Flat 1\nFlat 2')
  await writer.press('Make the letters')
  await writer.sees('Line 2: give number; name; address')
  assert.match(await writer.page.getByLabel('Who gets one?').inputValue(), /Flat 2/)
  await writer.picture('letters-refused')
  await writer.fill(
    'Who gets one?',
    'P-1; A. Example; Flat 1, Elm House\nP-2; B. Example; Flat 2, Elm House\n; ; Flat 3, Elm House\nP-9; D. Example; Flat 4, Elm House',
  )
  await writer.press('Make the letters')
  await writer.sees('4 letters: 2 standard, 2 in another form')
  await writer.sees('To be made: as audio')
  await writer.picture('letters-made')
  const here = new URL(writer.page.url()).pathname
  const fetched = async (who: Visitor, path: string) => who.context.request.get(`${pages.url}${path}`)
  const [batch] = await batchesOf(land.deps.sql, id)
  for (const [index, form] of batch!.forms.entries()) {
    const file = await fetched(writer, `${here}/print/${index}`)
    if (form.code.includes('hand(')) assert.equal(file.status(), 404)
    else {
      assert.equal(file.headers()['content-type'], 'application/pdf')
      assert.equal(file.headers()['cache-control'], 'private, no-store')
      const printed = await words(await file.body())
      assert.equal(/A\. Example/.test(printed), form.code === 'large')
      assert.equal(/D\. Example/.test(printed), form.code === 'standard')
      assert.doesNotMatch(printed, /B\. Example/)
    }
  }
  await writer.press('They have it')
  await writer.sees('these people have been told')
  await writer.sees('Nobody waits for it any more')
  await writer.doesNotSee('A task is open')
  await writer.press('They went out')
  await writer.sees('Sent on 22 November 2026')
  await writer.press('Erase names and addresses')
  await writer.sees('Names and addresses are erased')
  assert.equal((await fetched(writer, `${here}/print/0`)).status(), 404)

  const reader = await at(owner)
  await reader.visit(`/deployments/${id}/letters`)
  await reader.doesNotSee('P-1')
  await reader.sees('makes and prints them')
  await reader.visit(here)
  await reader.sees('2 standard, 2 in another form')
  await reader.doesNotSee('Example')
  assert.equal((await fetched(reader, `${here}/print/0`)).status(), 403)
  const stranger = await at(person('derby-homes', 'housing-officer'))
  await stranger.visit(`/deployments/${id}/letters`, 404)
  await stranger.visit(here, 404)
  assert.equal((await fetched(stranger, `${here}/print/0`)).status(), 404)
})

test('the sign step asks for the forms that people there read, and tells nobody whose they are; at a home it says nothing', async () => {
  const id = await asked()
  const standing = (await standingOf(land.deps.sql, land.deps, id, noon))!
  assert.deepEqual(await signForms(land.deps.sql, standing), [])
  const there = { home_site: standing.file.site.id }
  await needs('S-1', { ...there, formats: ['large-print', 'braille'], name: 'A. Example' })
  await needs('S-2', { ...there, language: 'pl' })
  await needs('S-3', { formats: ['audio'] })
  const forms = await signForms(land.deps.sql, standing)
  assert.equal(forms.length, 3)
  assert.match(forms.join(' '), /A3.*In Polish.*In braille/)
  assert.doesNotMatch(forms.join(' '), /S-\d|Example|\b[12]\b/)
  const fitter = person('connexus', 'installer')
  people.set(fitter.username, fitter)
  const visitor = await pages.as(fitter.username)
  await visitor.visit(`/deployments/${id}/install`)
  await visitor.sees('Some people here read signs in another form')
  await visitor.doesNotSee('S-1')
  await visitor.picture('sign-forms')
  await visitor.visit('/adjustments', 404)
  // A form alone would say whose it is where one household lives.
  const teller = person('derby-homes', 'housing-officer')
  const home = value(await propose(land.deps, teller, homeProposal({ siteName: 'Flat 9' })))
  const inside = (await standingOf(land.deps.sql, land.deps, home.id, noon))!
  await needs('S-4', { provider: 'derby-homes', home_site: inside.file.site.id, formats: ['large-print'] })
  assert.deepEqual(await signForms(land.deps.sql, inside), [])
})
