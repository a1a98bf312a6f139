import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { manualClock, newId, silentLog } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { adoptPacks, openProviders, type Providers } from '#providers/providers.ts'
import { type TestDatabase, testDatabase } from '#tests/database.ts'
import type { Person } from '#web/web.ts'
import { credentialBox } from '../credentials.ts'
import type { RegisterDeps } from '../pages/parts.ts'
import { reachOf } from '../reach.ts'
import { estateColumns } from './columns.ts'
import { estateAsCsv, estateAsJson, estateTemplate, harmless } from './export.ts'
import { fileBytesMax, readEstateFile, rowsMax } from './read-file.ts'
import { forgetOldUploads } from './store.ts'
import { confirmUpload, discardUpload, lookAtUpload, takeOut, uploadEstate } from './work.ts'
import type { RunningCamera } from './write-estate.ts'

const noon = Date.parse('2026-11-22T12:00:00Z')
const policies = join(import.meta.dirname, '../../../policies')
const recorderId = newId(noon)

let db: TestDatabase
let folder: string
let packs: Providers
let deps: RegisterDeps
const asked: RunningCamera[] = []
const box = credentialBox(randomBytes(32))

before(async () => {
  db = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'overt-estate-'))
  const slugs = ['progress', 'derby-homes']
  for (const slug of slugs) await cp(join(policies, slug), join(folder, slug), { recursive: true })
  packs = await openProviders({ sql: db.sql, folder, clock: manualClock(noon), log: silentLog })
  await inTransaction(db.sql, (tx) =>
    adoptPacks(
      tx,
      packs,
      slugs.map((slug) => ({ slug, by: null, nowMs: noon })),
    ),
  )
  await packs.refresh()
  deps = {
    sql: db.sql,
    packs,
    box,
    named: async () => new Map([[manager.id, { name: manager.name }]]),
    staffOf: async () => [manager],
    recordersFor: async () => [{ id: recorderId, name: 'North box' }],
    takeOver: async (_tx, camera) => {
      asked.push(camera)
      return true
    },
    takenOverAs: async (_person, ids) =>
      new Map(asked.filter((one) => ids.includes(one.cameraId)).map((one) => [one.cameraId, one])),
  }
})
after(async () => {
  await db.drop()
  await rm(folder, { recursive: true, force: true })
})

const manager = { id: newId(noon), name: 'Maya Osei' }
const person = (areas: readonly string[] = []): Person => ({
  id: newId(noon),
  name: 'Maya Osei',
  username: 'maya',
  roles: [{ provider: 'progress', role: 'system-manager', areas }],
  administrator: false,
  via: 'session',
})
const upload = (who: Person, text: string | Buffer) =>
  uploadEstate(deps, who, 'progress', Buffer.from(text), noon)
const counted = async (): Promise<number> => {
  const [row] = await db.sql<{ n: number }[]>`
    select (select count(*) from register.site) + (select count(*) from register.system)
         + (select count(*) from register.camera) as n`
  return Number(row!.n)
}

const head = 'Site,Address,Kind of place,System,Purposes,Camera,Position,Serial number'
const good = `${head}
Elm Court,"1 Elm Street
Exampleton",communal,Doors,crime-asb,Front door,Above the door,E-1
Elm Court,,,Doors,,Back door,Above the back door,E-2
`

describe('an estate file is read as spreadsheets write it', () => {
  const rows = (text: string | Buffer) => readEstateFile(Buffer.from(text)).rows

  test('with a mark, semicolons, CRLF and a line break within quotes, and rows counted as a spreadsheet does', () => {
    const file = readEstateFile(
      Buffer.from('\uFEFFSite;address;CAMERA\r\nA;"1 Street\r\nTown";x\r\n\r\nB;"say ""hi""; twice";y\r\n'),
    )
    assert.deepEqual(file.problems, [])
    assert.deepEqual(file.rows, [
      { line: 2, values: { site: 'A', address: '1 Street\nTown', camera: 'x' } },
      { line: 4, values: { site: 'B', address: 'say "hi"; twice', camera: 'y' } },
    ])
  })

  test('in the code page of older spreadsheets, in UTF-16, with tabs', () => {
    assert.equal(
      rows(Buffer.from('Site,Camera\nCaf\xe9 \x96 north,x\n', 'latin1'))[0]?.values.site,
      'Café – north',
    )
    assert.equal(rows(Buffer.from('\uFEFFSite\tCamera\r\nCafé\tx\r\n', 'utf16le'))[0]?.values.site, 'Café')
  })

  test('a broken quotation, an unknown column, one that is there twice and a cell too many are named with their line', () => {
    assert.match(readEstateFile(Buffer.from('Site,Camera\nA,"x\n')).problems[0]!.message, /quotation mark/)
    const file = readEstateFile(Buffer.from('Site,Colour,Camera,Camera\nA,red,x,y,z\n'))
    assert.deepEqual(
      file.problems.map((p) => [p.line, p.column]),
      [
        [1, 'B (Colour)'],
        [1, 'D (Camera)'],
        [2, null],
      ],
    )
    assert.match(readEstateFile(Buffer.from('Camera\nx\n')).problems[0]!.message, /no column “Site”/)
  })

  test('JSON that is broken is named with its line, and one of another kind is not guessed at', () => {
    const broken = readEstateFile(Buffer.from('{"format":"overt-estate",\n"version":1,\n"cameras":[}'))
    assert.equal(broken.problems[0]?.line, 3)
    assert.match(readEstateFile(Buffer.from('{"cameras":[]}')).problems[0]!.message, /overt-estate/)
    assert.match(
      readEstateFile(Buffer.from('{"format":"overt-estate","version":2,"cameras":[]}')).problems[0]!.message,
      /version 1/,
    )
    const odd = readEstateFile(
      Buffer.from('{"format":"overt-estate","version":1,"cameras":[{"site":{}},7,{"colour":"red"}]}'),
    )
    assert.deepEqual(
      odd.problems.map((p) => [p.line, p.column]),
      [
        [1, 'site'],
        [2, null],
        [3, 'colour'],
      ],
    )
  })

  test('a file too large or with too many lines is refused whole', () => {
    assert.match(readEstateFile(Buffer.alloc(fileBytesMax + 1, 'a')).problems[0]!.message, /larger than 4 MB/)
    const most = `Site,Camera\n${'A,x\n'.repeat(rowsMax)}`
    assert.equal(readEstateFile(Buffer.from(most)).rows.length, rowsMax)
    assert.ok(
      rowsMax > 3000,
      'a list of 3,000 cameras has rows for places without any, and must come in again',
    )
    const file = readEstateFile(Buffer.from(`${most}A,x\n`))
    assert.equal(file.rows.length, 0)
    assert.match(file.problems[0]!.message, /more than 5,000 lines/)
  })
})

test('a check names every problem of every line with its column, and changes nothing', async () => {
  const who = person()
  const before = await counted()
  const { checked } = await upload(
    who,
    `Reference,Site,Address,Kind of place,Latitude,Longitude,System,Purposes,Manager,Camera,Position,Serial number,Recorder,Stream address,Password,Already running,Placement,Lawful basis,Reason,Days kept,Sign
1,,,,,,,,,Lost,,,,,,,,,,,
2,New place,,castle,91,,,pets,Nobody Here,Door,,S1,South box,http://x,secret,perhaps,,,,many,roof
3,Elm,1 St,communal,,,,crime-asb,,Door,Above,S1,North box,rtsp://192.0.2.1/a,,yes,,,,,
4,Elm,2 St,,,,,deter-crime,,Door,Above,S1,North box,rtsp://192.0.2.1/a,,no,,,,,
`,
  )
  const found = checked!.problems.map((p) => `${p.line} ${p.column?.replace(/^\w+ /, '')}`)
  for (const expected of [
    '2 (Site)',
    '3 (Address)',
    '3 (Kind of place)',
    '3 (Latitude)',
    '3 (Longitude)',
    '3 (Purposes)',
    '3 (Manager)',
    '3 (Recorder)',
    '3 (Stream address)',
    '3 (Already running)',
    '3 (Days kept)',
    '3 (Sign)',
    '3 (Position)',
    '4 (Placement)',
    '4 (Lawful basis)',
    '4 (Reason)',
    '5 (Address)',
    '5 (Purposes)',
    '5 (Camera)',
    '5 (Serial number)',
    '5 (Stream address)',
  ])
    assert.ok(found.includes(expected), `${expected} is not among ${found.join(', ')}`)
  for (const { message } of checked!.problems) assert.match(message, /^[A-Z].{10,}[.]$/s)
  assert.equal(await counted(), before)
})

test('what nobody could ask for anew does not come in as running already', async () => {
  const who: Person = {
    ...person(),
    roles: [{ provider: 'derby-homes', role: 'asb-manager', areas: [] }],
  }
  const line = (purposes: string) =>
    uploadEstate(
      deps,
      who,
      'derby-homes',
      Buffer.from(`Site,Address,Kind of place,System,Purposes,Camera,Position,Already running,Placement,Lawful basis,Reason
Elm Court,1 Elm Street,communal,Doors,${purposes},Front door,Above the door,yes,communal-temporary,public-task,Damage
`),
      noon,
    )
  assert.deepEqual(
    (await line('staff-safety')).checked!.problems.map(({ message }) => message),
    ['A camera goes into a shared area only to prevent or find anti-social behaviour.'],
  )
  assert.deepEqual((await line('asb')).checked!.problems, [])
})

test('a file with a problem cannot be confirmed, and nothing of it is taken over', async () => {
  const who = person()
  const { upload: kept } = await upload(who, `${good}Elm Court,,,Doors,,Third,,\n`)
  const before = await counted()
  const done = await confirmUpload(deps, who, kept.id, noon)
  assert.equal(done?.ok, false)
  assert.equal(await counted(), before)
})

test('one confirmation takes all of it over; the same file again changes nothing', async () => {
  const who = person()
  const first = await upload(who, good)
  assert.deepEqual(first.checked?.problems, [])
  const done = await confirmUpload(deps, who, first.upload.id, noon)
  assert.deepEqual(done, { ok: true, counts: { sites: 1, systems: 1, cameras: 2, changed: 0, takenOver: 0 } })
  const after = await counted()
  assert.deepEqual(await confirmUpload(deps, who, first.upload.id, noon), done)
  const again = await upload(who, good)
  assert.deepEqual(await confirmUpload(deps, who, again.upload.id, noon), {
    ok: true,
    counts: { sites: 0, systems: 0, cameras: 0, changed: 0, takenOver: 0 },
  })
  assert.equal(await counted(), after)
  const changed = await upload(who, good.replace('Above the back door', 'Over the bins'))
  assert.deepEqual(changed.checked?.cameras[1]?.changes, ['position'])
  const second = await confirmUpload(deps, who, changed.upload.id, noon)
  assert.equal(second?.ok && second.counts.changed, 1)
})

test('when the register says no to one line, the lines before it are not taken over either', async () => {
  const inArea = person(['North'])
  const everywhere = person()
  const text = (area: string, name: string) =>
    `Reference,Site,Address,Kind of place,Area,Purposes,Camera,Position\nR-9,${name},1 St,communal,${area},crime-asb,Cam,Above\n`
  const south = await upload(everywhere, text('South', 'South block'))
  await confirmUpload(deps, everywhere, south.upload.id, noon)
  const before = await counted()
  // The number is taken by a camera that this person does not see, so only the database can say it.
  const north = await upload(inArea, text('North', 'North block'))
  assert.deepEqual(north.checked?.problems, [])
  const done = await confirmUpload(deps, inArea, north.upload.id, noon)
  assert.equal(done?.ok, false)
  assert.match(done?.ok === false ? done.message : '', /Nothing was taken over. Row 2/)
  assert.equal(await counted(), before)
})

test('an upload is its own person’s: nobody else sees, confirms or discards it, and it is forgotten after a day', async () => {
  const who = person()
  const other = person()
  const { upload: kept } = await upload(who, good)
  assert.equal(await lookAtUpload(deps, other, kept.id), null)
  assert.equal(await confirmUpload(deps, other, kept.id, noon), null)
  assert.equal(await discardUpload(deps, other, kept.id), false)
  await forgetOldUploads(db.sql, noon + 25 * 3_600_000)
  assert.equal((await lookAtUpload(deps, who, kept.id))?.checked, null)
  assert.equal((await confirmUpload(deps, who, kept.id, noon))?.ok, false)
})

test('a password goes sealed into the box, is in no clear byte of the database, and never comes out again', async () => {
  const who = person()
  const secret = 'Tr0ub4dor-and-3'
  const { upload: kept } = await upload(
    who,
    `Site,Address,Kind of place,Purposes,Camera,Position,Recorder,Stream address,User name,Password,Manager\nOak House,2 Oak St,communal,crime-asb,Lobby,Above,north box,rtsp://192.0.2.7/main,viewer,${secret},maya osei\n`,
  )
  const [waiting] = await db.sql<{ sealed: Buffer }[]>`
    select sealed from register.estate_import where id = ${kept.id}`
  assert.equal(waiting!.sealed.includes(secret), false)
  assert.equal(waiting!.sealed.includes(Buffer.from(secret).toString('base64').slice(0, 12)), false)
  await confirmUpload(deps, who, kept.id, noon)
  const [camera] = await db.sql<{ id: string; credentials: Buffer; rtsp_url: string; forgotten: boolean }[]>`
    select c.id, c.credentials, c.rtsp_url,
           (select sealed is null from register.estate_import where id = ${kept.id}) as forgotten
    from register.camera c where label = 'Lobby'`
  assert.equal(camera!.forgotten, true)
  assert.equal(camera!.credentials.includes(secret), false)
  assert.deepEqual(box.open(camera!.id, camera!.credentials), { username: 'viewer', password: secret })
  const reach = reachOf(who, 'register.edit', packs)
  const out = await takeOut(deps, who, 'progress', reach, noon)
  for (const written of [estateAsCsv(out), estateAsJson(out, 'progress')]) {
    assert.equal(written.includes(secret), false)
    assert.equal(written.includes('viewer'), false)
    assert.ok(written.includes('rtsp://192.0.2.7/main'))
  }
})

test('a stored password is not taken along to another device', async () => {
  const who = person()
  const head = 'Site,System,Camera,Recorder,Stream address,User name,Password\n'
  const [there] = await db.sql<{ system: string }[]>`
    select s.name as system from register.camera c join register.system s on s.id = c.system_id where label = 'Lobby'`
  const problems = async (line: string) =>
    (await upload(who, `${head}Oak House,${there!.system},Lobby,north box,${line}\n`)).checked!.problems
  const elsewhere = await problems('rtsp://192.0.2.66/main,,')
  assert.match(elsewhere.map(({ message }) => message).join(), /leads to another device/)
  assert.deepEqual(await problems('rtsp://192.0.2.7/sub,,'), [], 'another stream of the same device')
  assert.deepEqual(await problems('rtsp://192.0.2.66/main,viewer,new-one'), [])
})

test('what goes out comes in again and changes nothing, as CSV and as JSON', async () => {
  const who = person()
  const reach = reachOf(who, 'register.edit', packs)
  const out = await takeOut(deps, who, 'progress', reach, noon)
  for (const written of [estateAsCsv(out), estateAsJson(out, 'progress')]) {
    const { checked, upload: kept } = await upload(who, written)
    assert.deepEqual(checked?.problems, [])
    const done = await confirmUpload(deps, who, kept.id, noon)
    assert.deepEqual(done?.ok && done.counts, { sites: 0, systems: 0, cameras: 0, changed: 0, takenOver: 0 })
  }
})

test('a place that has no system yet goes out and comes in', async () => {
  const who = person()
  const text = (name: string) => `Site,Address,Kind of place,Area\n${name},9 Elder Way,land,West\n`
  const first = await upload(who, text('Elder garages'))
  assert.deepEqual(first.checked?.problems, [])
  const done = await confirmUpload(deps, who, first.upload.id, noon)
  assert.deepEqual(done?.ok && done.counts, { sites: 1, systems: 0, cameras: 0, changed: 0, takenOver: 0 })
  const out = await takeOut(deps, who, 'progress', reachOf(who, 'register.edit', packs), noon)
  for (const written of [estateAsCsv(out), estateAsJson(out, 'progress')])
    assert.deepEqual((await upload(who, written)).checked?.problems, [])
  const stray = await upload(who, 'Site,Address,Kind of place,Serial number\nElder yard,1 Way,land,S-77\n')
  assert.match(stray.checked!.problems[0]!.message, /names no camera/)
})

test('a list goes out as far as a role reaches: not one name more', async () => {
  const who = person(['North'])
  const out = await takeOut(deps, who, 'progress', reachOf(who, 'register.edit', packs), noon)
  assert.equal(estateAsCsv(out).includes('South block'), false)
  assert.equal(out.cameras.length, 0)
})

test('an upload for an area that the role does not reach is refused', async () => {
  const { checked } = await upload(
    person(['North']),
    'Site,Address,Kind of place,Area,Purposes,Camera,Position\nZ,1 St,communal,South,crime-asb,Cam,Above\n',
  )
  assert.match(checked!.problems[0]!.message, /doesn’t reach this area/)
})

test('a cell that a spreadsheet would run is text when it goes out, and itself again when it comes in', () => {
  for (const cell of ['=1+1', '+44 1', '-x', '@SUM(A1)', '\tx', '=HYPERLINK("http://x")']) {
    assert.equal(harmless(cell), `'${cell}`)
    assert.equal(
      readEstateFile(Buffer.from(`Site\n"'${cell.replaceAll('"', '""')}"\n`)).rows[0]?.values.site,
      cell.trim(),
    )
  }
  assert.equal(harmless('-1.4758'), '-1.4758')
  assert.equal(harmless(-3), '-3')
})

test('a camera that already runs is handed to authorisation, one in a home is refused', async () => {
  const who = person()
  const line = (kind: string, placement: string) =>
    `Site,Address,Kind of place,Purposes,Camera,Position,Already running,Placement,Lawful basis,Reason,Days kept,Sign\nAsh ${kind},3 Ash St,${kind},crime-asb,Gate,Above,yes,${placement},legitimate-interests,Fly-tipping,90,entry\n`
  const { upload: kept, checked } = await upload(who, line('communal', 'communal-permanent'))
  assert.deepEqual(checked?.problems, [])
  assert.match(checked!.notes[0]!.message, /90 days until now/)
  assert.equal(asked.length, 0)
  const done = await confirmUpload(deps, who, kept.id, noon)
  assert.equal(done?.ok && done.counts.takenOver, 1)
  assert.equal(asked[0]?.placement, 'communal-permanent')
  assert.equal(asked[0]?.reason, 'Fly-tipping')
  const again = await upload(who, line('communal', 'communal-permanent'))
  assert.equal(again.checked?.cameras[0]?.running, null)
  const home = await upload(who, line('home', 'communal-permanent'))
  assert.match(home.checked!.problems[0]!.message, /in a home can’t be taken over/)
})

test('a camera that was taken over goes out with why, so that the list comes in where nothing is known', async () => {
  const who = person()
  const out = await takeOut(deps, who, 'progress', reachOf(who, 'register.edit', packs), noon)
  const running = { ...out, cameras: out.cameras.filter((camera) => camera.running === true) }
  const sites = new Set(running.cameras.map((camera) => camera.siteId))
  const part = { ...running, sites: out.sites.filter((site) => sites.has(site.id)) }
  const before = asked.length
  for (const [written, name] of [
    [estateAsCsv(part), 'Birch'],
    [estateAsJson(part, 'progress'), 'Cedar'],
  ] as const) {
    const { checked, upload: kept } = await upload(who, written.toString().replaceAll('Ash communal', name))
    assert.deepEqual(checked?.problems, [])
    const done = await confirmUpload(deps, who, kept.id, noon)
    assert.deepEqual(done?.ok && [done.counts.cameras, done.counts.takenOver], [1, 1])
  }
  for (const again of asked.slice(before))
    assert.deepEqual(
      [again.placement, again.basis, again.reason],
      ['communal-permanent', 'legitimate-interests', 'Fly-tipping'],
    )
})

test('the template is an estate file itself, with a column for everything that is read', async () => {
  const text = estateTemplate({
    purpose: 'crime-asb',
    placement: 'communal-permanent',
    basis: 'legitimate-interests',
  })
  const { checked } = await upload(person(), text)
  assert.deepEqual(checked?.problems, [])
  assert.equal(checked?.cameras.length, 2)
  for (const column of estateColumns) assert.ok(text.includes(column.title))
})
