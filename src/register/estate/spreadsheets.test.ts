/**
 * Goal: what landlords' spreadsheets really write is taken as it was meant, or refused in a plain sentence with its row;
 * nothing is half done. Method: bytes as Excel and LibreOffice write them, uploaded over HTTP to the real register.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Person } from '#web/web.ts'
import { person, type TestRegister, testRegister } from '../test-register.ts'

const people = new Map<string, Person>([['maya', person('progress', 'system-manager')]])
let land: TestRegister
before(async () => {
  land = await testRegister(people)
})
after(() => land?.close())

type Told = {
  readonly id: string
  readonly problems: readonly {
    readonly line: number
    readonly column: string | null
    readonly message: string
  }[]
  readonly cameras: { readonly new: number }
}

async function upload(bytes: Buffer | string, name = 'cameras.csv') {
  const form = new FormData()
  form.set('provider', 'progress')
  form.set('file', new Blob([Buffer.from(bytes)]), name)
  return await land.post('maya', '/estate/import', form)
}
async function check(bytes: Buffer | string): Promise<Told> {
  const answer = await upload(bytes)
  assert.equal(answer.status, 201, answer.text)
  return answer.json()
}
const refusal = async (bytes: Buffer | string, name?: string): Promise<string> => {
  const answer = await upload(bytes, name)
  assert.equal(answer.status, 422, answer.text.slice(0, 500))
  return answer.text
}
const stored = async () => {
  const [row] = await land.db.sql<{ n: number }[]>`
    select (select count(*) from register.site) + (select count(*) from register.camera) as n`
  return Number(row!.n)
}

const heads = [
  'Reference',
  'Site',
  'Address',
  'Kind of place',
  'System',
  'Purposes',
  'Camera',
  'Position',
  'Serial number',
]
/** A sheet as Excel writes it: quotes only where they must be, CRLF. */
const sheet = (rows: readonly (readonly string[])[], mark = ';'): string =>
  rows
    .map((row) =>
      row.map((cell) => (/["\n;,\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(mark),
    )
    .join('\r\n')
    .concat('\r\n')
/** `n` cameras, four at a place, with an address over two lines. */
const cameras = (n: number, site = 'Court'): string[][] =>
  Array.from({ length: n }, (_, i) => [
    `${site}-${i}`,
    `${site} ${Math.floor(i / 4)}`,
    i % 4 === 0 ? `${i} Elm Street\nExampleton` : '',
    i % 4 === 0 ? 'communal' : '',
    'Doors',
    i % 4 === 0 ? 'crime-asb' : '',
    `Door ${i}; rear`,
    'Above the "old" door',
    `S-${site}-${i}`,
  ])

test('four hundred cameras as Excel saves them, with painted empty rows and columns, come in whole', async () => {
  const wide = (row: readonly string[]): string[] => [...row, '', '', '']
  const rows = [heads, ...cameras(400)].map(wide)
  // A landlord paints the sheet down to row 5,000: Excel writes every one of those rows.
  const text = `\uFEFF${sheet(rows)}${';;;;;;;;;;;\r\n'.repeat(4_600)}`
  const told = await check(text)
  assert.deepEqual(told.problems, [])
  assert.equal(told.cameras.new, 400)
  const done = await land.post('maya', `/estate/imports/${told.id}/confirm`)
  assert.equal(done.status, 200, done.text)
  const [row] = await land.db.sql<{ n: number; label: string; address: string[] }[]>`
    select (select count(*) from register.camera) as n, (select label from register.camera where serial = 'S-Court-7') as label,
      (select address from register.site where name = 'Court 0') as address`
  assert.equal(Number(row!.n), 400)
  assert.equal(row!.label, 'Door 7; rear')
  assert.deepEqual(row!.address, ['0 Elm Street', 'Exampleton'])
  assert.deepEqual((await check(text)).problems, [], 'the same file again')
})

test('a pound sign and an accent come in right from every code that a spreadsheet saves in', async () => {
  const rows = [heads, ['', 'Café £1', '1 Elm Street', 'communal', '', 'crime-asb', 'Door', 'Above it', '']]
  const swap = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16()
  const ways: Readonly<Record<string, Buffer>> = {
    'UTF-8 with its mark': Buffer.from(`\uFEFF${sheet(rows)}`),
    'UTF-8 without': Buffer.from(sheet(rows, ',')),
    'Windows-1252': Buffer.from(sheet(rows), 'latin1'),
    'UTF-16, tabs': Buffer.from(`\uFEFF${sheet(rows, '\t')}`, 'utf16le'),
    'UTF-16, the other way round': swap(Buffer.from(`\uFEFF${sheet(rows, '\t')}`, 'utf16le')),
    'a first line that names the separator': Buffer.from(`\uFEFFsep=;\r\n${sheet(rows)}`),
    'old Mac line ends': Buffer.from(sheet(rows).replaceAll('\r\n', '\r')),
  }
  for (const [way, bytes] of Object.entries(ways)) {
    const told = await check(bytes)
    assert.deepEqual(told.problems, [], way)
    const page = await fetch(`${land.url}/estate/imports/${told.id}`, {
      headers: { cookie: 'overt_session=maya' },
    })
    assert.match(await page.text(), /Café £1/, way)
  }
})

test('each mistake is named with its row and what to do, and nothing of the file is taken over', async () => {
  const before = await stored()
  const at = (told: Told, line: number) =>
    told.problems.filter((one) => one.line === line).map((one) => `${one.column}: ${one.message}`)
  const rows = cameras(6, 'Wrong')
  rows[1]![8] = '1.23457E+11'
  rows[2]![7] = '#NAME?'
  rows[3]![0] = '4,5E+12'
  rows[4]![3] = 'hostel'
  rows[5]![8] = 'S-Wrong-0'
  const told = await check(sheet([heads, ...rows]))
  assert.match(at(told, 3).join(), /I \(Serial number\): Your spreadsheet has shortened this number/)
  assert.match(at(told, 4).join(), /H \(Position\): Your spreadsheet could not work this cell out/)
  assert.match(at(told, 5).join(), /A \(Reference\): Your spreadsheet has shortened this number/)
  assert.match(at(told, 6).join(), /D \(Kind of place\): .*one of: home, communal/)
  assert.match(at(told, 7).join(), /I \(Serial number\): The same stands in row 2 already/)
  assert.equal((await land.post('maya', `/estate/imports/${told.id}/confirm`)).status, 422)
  const twice = await check(
    sheet([
      [...heads, 'Camera'],
      [...cameras(1, 'Twice')[0]!, 'x'],
    ]),
  )
  assert.match(at(twice, 1).join(), /J \(Camera\): This column is there twice/)
  const dates = await check(
    sheet([
      [...heads, 'Installed on'],
      [...cameras(1, 'Dates')[0]!, '23/11/2026'],
    ]),
  )
  assert.match(at(dates, 1).join(), /J \(Installed on\): There is no such column/)
  const bare = await check(sheet(cameras(2, 'Bare')))
  assert.match(at(bare, 1).join(), /The first line must hold the headings/)
  for (const days of ['23/11/2026', '2026-11-23', '31 days', '-1']) {
    const odd = await check(
      sheet([
        [...heads, 'Days kept'],
        [...cameras(1, 'Days')[0]!, days],
      ]),
    )
    assert.match(at(odd, 2).join(), /J \(Days kept\): Write a whole number of days/, days)
  }
  assert.equal(await stored(), before)
})

test('a list with headings of the landlord’s own is told of its headings, not of each row', async () => {
  const rows = Array.from({ length: 400 }, (_, i) => [`Camera ${i}`, 'Alder Court', '192.0.2.7', 'Dome'])
  const { problems } = await check(sheet([['Camera Name', 'Location', 'IP Address', 'Type'], ...rows]))
  assert.equal(problems.length, 5)
  assert.ok(problems.every(({ line }) => line === 1))
  assert.match(problems.map(({ message }) => message).join(), /There is no column “Site”/)
})

test('a workbook, a picture, a file far too large and an empty one are refused in words that help', async () => {
  const before = await stored()
  const zip = Buffer.concat([Buffer.from([0x50, 0x4b, 0x03, 0x04]), Buffer.alloc(4_000)])
  const old = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(4_000)])
  for (const [name, bytes] of [
    ['cameras.xlsx', zip],
    ['cameras.xls', old],
    ['cameras.csv', zip],
    ['cameras.csv', Buffer.from('89504e470d0a1a0a0000', 'hex')],
    ['nul.csv', Buffer.from('Site\0,Camera\n')],
  ] as const)
    assert.match(await refusal(bytes, name), /“Save as” and the kind “CSV UTF-8”/, name)
  assert.match(await refusal(Buffer.alloc(20 * 1024 * 1024, 'a,')), /must be 4 MB or smaller/)
  assert.match(await refusal(''), /The file is empty|Choose the file/)
  assert.match((await check('\uFEFF')).problems[0]!.message, /empty|headings/)
  assert.match((await check('\r\n'.repeat(100_000))).problems[0]!.message, /empty|headings/)
  assert.equal(await stored(), before)
})

test('a formula in a cell stays words here, and goes out as words that no spreadsheet runs', async () => {
  const cells = ["=cmd|' /C calc'!A0", '+44 1332', '@SUM(1)', '-2+3', '＝1+1', '=HYPERLINK("http://x","y")']
  const rows = cells.map((cell, i) => {
    const [row] = cameras(1, `Formula ${i}`)
    return row!.with(7, cell).with(6, cell)
  })
  const told = await check(sheet([heads, ...rows]))
  assert.deepEqual(told.problems, [])
  assert.equal((await land.post('maya', `/estate/imports/${told.id}/confirm`)).status, 200)
  const out = await land.get('maya', '/estate/export/progress')
  for (const cell of cells) {
    assert.ok(out.text.includes(`'${cell.replaceAll('"', '""')}`), cell)
    assert.ok(!out.text.includes(`,${cell}`) && !out.text.includes(`"${cell}`), cell)
  }
  const again = await check(out.text)
  assert.deepEqual(again.problems, [], 'what went out comes in again')
  assert.equal(again.cameras.new, 0)
})
