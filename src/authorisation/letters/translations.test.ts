/**
 * Goal: a letter in another language is put in once, used for everybody who reads it, never claimed before it is there
 * and never used for a letter that says something else; needs and names follow the person to their household. Method:
 * real packs, PostgreSQL, a browser, and PDFs read back.
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
import { noon, person, standingOf, type TestLandlords, testLandlords } from '../test-landlord.ts'
import { servePages, type TestPages } from '../test-pages.ts'
import { codes, opening, proposalFor, value } from '../test-placement.ts'
import { letterFacts } from './letter-facts.ts'
import { onePage } from './letter-pages.ts'
import { headOf, letterData } from './letter-print.ts'
import { type LetterFacts, letterSays } from './letter-says.ts'
import { forgetAddresses, makeLetters } from './letter-steps.ts'
import { findBatch, lettersOf } from './letter-store.ts'
import { bodyText, letterText, readTranslation } from './letter-text.ts'
import { englishOf, mustStand, putTranslation, translationFor } from './translations.ts'
import { withNumbers } from './who-gets.ts'

let land: TestLandlords
let pages: TestPages
let folder = ''
const people = new Map<string, Person>()

before(async () => {
  land = await testLandlords(['connexus'])
  pages = await servePages(land, people, [])
  folder = await mkdtemp(join(tmpdir(), 'overt-translations-'))
})
after(async () => {
  await pages?.close()
  await land?.close()
  await rm(folder, { recursive: true, force: true })
})

const officer = person('connexus', 'housing-officer')
const by = (who: Person, deploymentId: string) => ({ deps: land.deps, person: who, deploymentId })

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
async function asked(area = ''): Promise<string> {
  camera += 1
  const proposal = proposalFor(land.packs.packOf('connexus'), 'communal-permanent', {
    siteName: `Elm House ${camera}`,
    cameraLabel: `Door ${camera}`,
    ...(area === '' ? {} : { siteArea: area }),
  })
  return value(await propose(land.deps, officer, proposal)).id
}

async function factsOf(id: string, kind: 'told' | 'consultation' = 'told'): Promise<LetterFacts> {
  const standing = (await standingOf(land.deps.sql, land.deps, id, noon))!
  const told = await letterFacts(land.deps.sql, land.deps, standing, kind, noon)
  assert.ok(told.ok)
  return told.facts
}

/** What a translator sends back: every word another, every number and address as it was. */
const translated = (facts: LetterFacts, easy = false, word = 'Zażółć'): string => {
  const keep = mustStand(facts, easy)
  return bodyText(englishOf(facts, easy))
    .split('\n')
    .map((line) =>
      line === '' || /^[=-]+$/.test(line)
        ? line
        : `${/^\[ \]/.test(line) ? '[ ] ' : ''}${word} ${keep.filter((one) => line.includes(one)).join(' ')}`,
    )
    .join('\n')
}
const tasks = async (batchId: string): Promise<string[]> =>
  (
    await land.db.sql<{ title: string }[]>`
      select title from casework.task
      where kind like 'letters.%' and closed_at is null and about @> ${land.db.sql.json({ letters: batchId })}
      order by title`
  ).map(({ title }) => title)
const words = async (pdf: Buffer): Promise<string> => {
  await writeFile(join(folder, 'letter.pdf'), pdf)
  return execFileSync('pdftotext', ['-layout', join(folder, 'letter.pdf'), '-']).toString()
}
const put = (id: string, batchId: string, body: string, more: Record<string, unknown> = {}) =>
  putTranslation({
    ...by(officer, id),
    batchId,
    language: 'pl',
    easy: false,
    body,
    translatedBy: 'Word House Ltd',
    translatedOn: '2026-11-22',
    ...more,
  })

test('a translation is read into the letter that it translates, and each part or number that it lost is told', async () => {
  const id = await asked()
  value(await openConsultation({ ...by(officer, id), ...opening }))
  const facts = await factsOf(id, 'consultation')
  for (const easy of [false, true]) {
    const english = letterSays(facts, easy ? 'easy' : 'plain')
    const back = readTranslation(bodyText(english), english, mustStand(facts, easy))
    assert.deepEqual(back, { ok: true, letter: english }, 'the English text is its own translation')
  }
  const english = letterSays(facts, 'plain')
  const must = mustStand(facts, false)
  assert.ok(must.includes('0800 000 0000') && must.includes(facts.notice))
  const good = translated(facts)
  const spoiled = (change: (text: string) => string) => {
    const read = readTranslation(change(good), english, must)
    return read.ok ? [] : read.mistakes
  }
  assert.deepEqual(
    spoiled((text) => text),
    [],
  )
  // As word processors leave it, and with digits of another script.
  assert.deepEqual(
    spoiled(
      (text) =>
        `\ufeff${text
          .replaceAll('\n', '\r\n')
          .replace(/-{3,}/g, '———')
          .replaceAll('[ ]', '\u2066☐')
          .replace('0800 000 0000', '০৮০০ ০০০ ০০০০')}`,
    ),
    [],
  )
  assert.match(spoiled((text) => text.replace(/\n-+\n/, '\n'))[0]!, /has \d+ headings, and this text has \d+/)
  assert.match(
    spoiled((text) => text.replaceAll('0800 000 0000', '0800 000 0001'))[0]!,
    /“0800 000 0000” stands/,
  )
  assert.match(spoiled((text) => text.replace('[ ] ', ''))[0]!, /3 lines that begin with \[ \]/)
  assert.match(spoiled(() => '')[0]!, /has 0/)
})

test('a telephone number keeps its order among letters that run from right to left', async () => {
  const id = await asked()
  const facts = await factsOf(id)
  const read = readTranslation(translated(facts, false, 'اسألنا'), letterSays(facts, 'plain'), [])
  assert.ok(read.ok)
  const text = (language: string) => letterText(facts, read.letter, headOf(facts, language), language)
  assert.match(text('ar'), /\u20660800 000 0000\u2069/)
  assert.doesNotMatch(text('pl'), /[\u2066\u2069]/)
  const standing = (await standingOf(land.deps.sql, land.deps, id, noon))!
  const page = (language: string) =>
    onePage(standing, facts, { letter: read.letter, language, translated: null }).body.text
  assert.match(page('ar'), /<div lang="ar" dir="rtl">/)
  assert.match(page('ar'), /<bdi dir="ltr">0800 000 0000<\/bdi>/)
  assert.doesNotMatch(page('pl'), /<bdi dir="ltr">/)
  assert.ok(letterData(facts, { letter: read.letter, language: 'ar', translated: null }, false, []).rtl)
})

test('a letter waits for its translation, which is put in once, serves everybody who reads it, and no letter that says something else', async () => {
  await needs('L-1', { language: 'pl' })
  await needs('L-2', { language: 'pl', formats: ['large-print'] })
  await needs('L-3', { language: 'pl', formats: ['easy-read'] })
  const id = await asked()
  const facts = await factsOf(id)
  const households = 'L-1; A. One; Flat 1\nL-2; B. Two; Flat 2\nL-3; C. Three; Flat 3\nL-4; D. Four; Flat 4'
  const make = async () => value(await makeLetters({ ...by(officer, id), kind: 'told', households })).batchId
  const first = await make()
  const waits = (easy: boolean) =>
    `One letter about ${facts.reference} can’t go out before the letter is translated: Polish${easy ? ', easy words' : ''}.`
  assert.deepEqual(await tasks(first), [waits(true), waits(false), waits(false)])
  // The camera may record from today on: nothing is late at once.
  const [due] = await land.db.sql<{ dueMs: number }[]>`
    select due_at as "dueMs" from casework.task where about @> ${land.db.sql.json({ letters: first })} limit 1`
  assert.equal(due!.dueMs, Date.parse('2026-11-24T00:00:00Z'))
  const good = translated(facts)
  for (const [what, more, code] of [
    ['a day to come', { translatedOn: '2026-11-23' }, 'translatedOn'],
    ['nobody waits for this language', { language: 'ur' }, 'not-found'],
    ['another list', { batchId: newId(noon) }, 'not-found'],
  ] as const)
    assert.deepEqual(codes(await put(id, first, good, more)), [code], what)
  assert.deepEqual(codes(await put(id, first, good.replace(facts.notice, ''))), ['body'])
  assert.deepEqual(
    codes(await put(id, first, good, { person: person('connexus', 'data-protection-officer') })),
    ['able'],
  )
  assert.equal(
    (await translationFor(land.deps.sql, { deploymentId: id, facts, language: 'pl', easy: false })).current,
    null,
  )
  value(await put(id, first, good))
  assert.deepEqual(await tasks(first), [waits(true)], 'easy words are another text')
  // A second list in the same words finds it there, and asks for the easy one alone.
  const second = await make()
  assert.deepEqual(await tasks(second), [waits(true)])
  value(await put(id, second, translated(facts, true), { easy: true }))
  assert.deepEqual([await tasks(first), await tasks(second)], [[], []])
  // The letter says something else from now on: what was translated is not sent in its name.
  await land.db.sql`update authorisation.deployment set review_day = '2027-01-31' where id = ${id}`
  const changed = await factsOf(id)
  assert.notDeepEqual(changed, facts)
  const third = await make()
  assert.deepEqual(
    await tasks(third),
    [waits(false), waits(false)],
    'the easy letter doesn’t name the day, so it says the same',
  )
  const stale = await translationFor(land.deps.sql, {
    deploymentId: id,
    facts: changed,
    language: 'pl',
    easy: false,
  })
  assert.deepEqual([stale.current, stale.older?.body], [null, good])
  const told = await land.db.owner<{ leaf: string }[]>`
    select leaf from ledger.pending where leaf like '%letters.%'
    union all select leaf from ledger.entry where leaf like '%letters.%'`
  assert.doesNotMatch(JSON.stringify(told), /"pl"|Polish|Word House|Zażółć/)
  // Nobody is left to tell once the names are gone.
  value(await forgetAddresses({ ...by(officer, id), batchId: third }))
  assert.deepEqual(await tasks(third), [])
})

test('a name in any letters keeps no list from being made: what paper lacks is somebody’s task, and no question mark is printed', async () => {
  const id = await asked()
  const households =
    'N-1; Γεώργιος Παπαδόπουλος; Flat 1\nN-2; Анна Петрова; Flat 2\n; 王小明; Flat 3\n; ; 王 4'
  const { batchId } = value(await makeLetters({ ...by(officer, id), kind: 'told', households }))
  const batch = (await findBatch(land.deps.sql, id, batchId))!
  assert.deepEqual(
    batch.forms.map(({ words: said, count }) => [said, count]),
    [
      ['Standard', 2],
      ['To be made: with a name or an address written by hand', 2],
    ],
  )
  assert.deepEqual(await tasks(batchId), [
    `2 letters about ${batch.facts.reference} must be made or said with a name or an address written by hand.`,
  ])
})

test('needs follow a person to the household: by their place, and by their name or address where no number is given', async () => {
  const id = await asked('North')
  const standing = (await standingOf(land.deps.sql, land.deps, id, noon))!
  const home_site = standing.file.site.id
  // Kept by somebody of another area, or of none: they live here, so whoever writes to people here sees what they need.
  await needs('H-1', { home_site, area: 'South', formats: ['large-print'] })
  await needs('H-2', { home_site, name: 'Bea  O’Example', formats: ['easy-read'] })
  await needs('H-3', { home_site, contact: 'Flat 3, Elm House', formats: ['coloured-paper'] })
  await needs('H-4', { area: 'South', formats: ['braille'] })
  const narrow = person('connexus', 'housing-officer', ['North'])
  const households =
    "h-1; ; Flat 1\n; Bea O'Example; Flat 2\n; ; FLAT 3 Elm House\nH-4; ; Flat 4\n; Bea; Flat 5"
  const { batchId } = value(await makeLetters({ ...by(narrow, id), kind: 'told', households }))
  assert.deepEqual(
    (await lettersOf(land.deps.sql, batchId, null)).map((row) => [row.reference, row.form]),
    [
      ['h-1', 'large'],
      ['H-2', 'easy'],
      ['H-3', 'coloured'],
      ['H-4', 'hand(as they need it, by somebody whose role reaches them)'],
      [null, 'standard'],
    ],
  )
  // Two who fit are no answer, nor is one who stands on the list already.
  const resident = (reference: string) => ({
    reference,
    name: 'A. Same',
    formats: [],
    language: null,
    contactWay: 'letter' as const,
    contact: null,
    note: null,
  })
  const line = { reference: null, name: 'A. Same', address: 'Flat 1' }
  assert.equal(withNumbers([line], [resident('S-1')])[0]!.reference, 'S-1')
  assert.equal(withNumbers([line], [resident('S-1'), resident('S-2')])[0]!.reference, null)
  assert.equal(withNumbers([line, { ...line, reference: 's-1' }], [resident('S-1')])[0]!.reference, null)
})

test('a translation is put in, read and printed on pages, and whoever may not see what people need puts nothing in', async () => {
  await needs('W-1', { language: 'pl' })
  await needs('W-2', { language: 'zh' })
  await needs('W-4', { language: 'ur' })
  const id = await asked()
  const standing = (await standingOf(land.deps.sql, land.deps, id, noon))!
  await needs('W-3', { language: 'pl', home_site: standing.file.site.id })
  const at = async (who: Person): Promise<Visitor> => {
    people.set(who.username, who)
    return pages.as(who.username)
  }
  const households = 'W-1; A. Example; Flat 1\nW-2; B. Example; Flat 2\nW-4; D. Example; Flat 4'
  const { batchId } = value(await makeLetters({ ...by(officer, id), kind: 'told', households }))
  const facts = await factsOf(id)
  const here = `/deployments/${id}/letters/batches/${batchId}`
  const writer = await at(officer)
  await writer.visit(here)
  await writer.sees('Not translated yet')
  await writer.sees('gets none of these letters: W-3')
  await writer.picture('letters-untranslated')
  const fetched = async (who: Visitor, path: string) => who.context.request.get(`${pages.url}${path}`)
  assert.equal((await fetched(writer, `${here}/print/0`)).status(), 404)
  assert.equal(
    await (await fetched(writer, `${here}/words/plain`)).text(),
    bodyText(letterSays(facts, 'plain')),
  )
  const reader = await at(person('connexus', 'data-protection-officer'))
  await reader.visit(here)
  await reader.sees('Waits for its translation')
  await reader.doesNotSee('W-3')
  assert.equal((await fetched(reader, `${here}/translations/pl/plain`)).status(), 403)
  assert.equal((await fetched(writer, `${here}/translations/cy/plain`)).status(), 404)
  await writer.visit(`${here}/translations/pl/plain`)
  await writer.picture('letter-translation-empty')
  await writer.fill('The translation', translated(facts).replaceAll(facts.notice, 'nowhere'))
  await writer.fill('Who translated it?', 'Word House Ltd')
  await writer.press('Use it')
  await writer.sees('stands in the letter, and not in this text')
  assert.match(await writer.page.getByLabel('The translation', { exact: true }).inputValue(), /nowhere/)
  await writer.fill('The translation', translated(facts))
  await writer.press('Use it')
  await writer.sees('The translation is kept')
  const [pile] = (await findBatch(land.deps.sql, id, batchId))!.forms
    .entries()
    .filter(([, form]) => form.code === 'lang(pl)')
  const printed = await fetched(writer, `${here}/print/${pile![0]}`)
  const text = await words(await printed.body())
  assert.match(text, /A\. Example/)
  assert.match(text, /Zażółć/)
  assert.match(text, /22 listopada 2026/)
  assert.match(text, /translated by Word House Ltd/)
  assert.match((await printed.body()).toString('latin1'), /\/Lang ?\(pl\)/)
  await writer.page.getByRole('link', { name: 'Read it in Polish' }).click()
  await writer.sees('Zażółć')
  assert.equal(await writer.page.locator('div[lang=pl][dir=ltr]').count(), 1)
  await writer.picture('letter-translated')
  // No typeface here has Chinese: it is read and printed from a browser, and no PDF of boxes is made.
  await writer.visit(`${here}/translations/zh/plain`)
  await writer.fill('The translation', translated(facts, false, '摄像'))
  await writer.fill('Who translated it?', 'Word House Ltd')
  await writer.press('Use it')
  await writer.sees('No typeface here has its letters')
  await writer.page.getByRole('link', { name: 'Read it in Chinese' }).click()
  await writer.sees('摄像')
  const html = new URL(writer.page.url()).pathname
  assert.equal((await fetched(writer, html.replace(/html$/, 'pdf'))).status(), 422)
  assert.match(await (await fetched(writer, html.replace(/html$/, 'text'))).text(), /摄像/)
  // From right to left, on a telephone's width, too.
  await writer.visit(`${here}/translations/ur/plain`)
  await writer.fill('The translation', translated(facts, false, 'ہم سے پوچھیں'))
  await writer.fill('Who translated it?', 'Word House Ltd')
  await writer.press('Use it')
  await writer.press('Read it in Urdu')
  assert.equal(await writer.page.locator('div[lang=ur][dir=rtl] bdi[dir=ltr]').count(), 2)
  await writer.picture('letter-translated-rtl')
  const stranger = await at(person('connexus', 'housing-officer', ['Elsewhere']))
  assert.equal((await fetched(stranger, html)).status(), 404)
})
