/**
 * Goal: footage of a case becomes an exhibit, is watched for a reason, handed over on a basis, and outlives its day.
 * Method: footage's own rig (real PostgreSQL, keyring, link and pages) with real H.264 in the recorder's reels, the real
 * ledger and jobs; what comes out is checked by our verifier and decoded by ffmpeg.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { addDays, newId, newSecret, silentLog, startOfDayMs } from '#base/base.ts'
import { tasksFor } from '#casework/casework.ts'
import { type Jobs, startJobs } from '#engine/engine.ts'
import {
  noon,
  provider,
  retentionDays,
  staff,
  type TestFootage,
  type TestRecorder,
  testFootage,
  until,
  zone,
} from '#footage/test-rig.ts'
import { encodeNoteKey } from '#formats/log/log.ts'
import { signerFromSeed, signMandate } from '#formats/mandate/mandate.ts'
import { createReelSealer } from '#formats/reel/reel.ts'
import { knowKinds, ledgerKey, type Sequencer, startSequencer } from '#ledger/ledger.ts'
import { able } from '#policy/policy.ts'
import { launchBrowser } from '#tests/journeys/browser.ts'
import { createWeb, type Person } from '#web/web.ts'
import { type Evidence, startEvidence, verifyPack } from './evidence.ts'
import { removeExpiredPacks } from './hand-over.ts'
import { certificate, filmFragments } from './sample-span.ts'

const day = '2026-11-22'
const seconds = 12
const fromMs = noon - 60_000
const film = filmFragments(seconds)

let rig: TestFootage
let recorder: TestRecorder
let jobs: Jobs
let sequencer: Sequencer
let evidence: Evidence
let url: string
let closeWeb: () => Promise<void>
let keys: { rootKey: string; ledgerKey: string }
const people = new Map<string, Person>()
const mandates = new Map<string, { jws: string; certificate: string }>()

const agreedLooking = newId(noon)
const otherLooking = newId(noon)
const manager = staff('asb-manager', { name: 'Amara Mensah' })
const dpo = staff('data-protection-officer', { name: 'Dilys Owen' })

before(async () => {
  rig = await testFootage()
  recorder = await rig.enrolRecorder()
  await recorder.link()
  const key = await ledgerKey(rig.folder)
  const home = { path: rig.folder, id: newId(noon), born: 'real' as const }
  sequencer = await startSequencer({ sql: rig.db.sql, home, key, clock: rig.clock, log: silentLog } as never)
  jobs = await startJobs(rig.db.sql, { clock: rig.clock, log: silentLog })
  const signer = signerFromSeed(Buffer.alloc(32, 2))
  keys = {
    rootKey: signerFromSeed(Buffer.alloc(32, 1)).publicKey,
    ledgerKey: encodeNoteKey({ name: 'overt', publicKey: key.publicKey }),
  }
  const deps = rig.hub().deps
  evidence = await startEvidence({
    sql: rig.db.sql,
    clock: rig.clock,
    log: silentLog,
    jobs,
    folder: join(rig.folder, 'packs'),
    footage: rig.hub().footage,
    packs: rig.packs,
    hub: { ...keys, signing: async () => ({ signer, certificate }) },
    deploymentType: deps.authority.deploymentType,
    mandate: async (id) => mandates.get(id) ?? null,
    // One that a second person agreed to, and one of which nobody was asked.
    viewing: async (id, personId) =>
      personId === manager.id && [agreedLooking, otherLooking].includes(id)
        ? {
            purpose: 'asb-investigation',
            caseId: null,
            cameraIds: [rig.cameraId],
            fromMs: noon - 3_600_000,
            toMs: noon,
            leaveId: id === agreedLooking ? newId(noon) : null,
          }
        : null,
    namesOf: async (ids) =>
      new Map(ids.map((id) => [id, { name: id === manager.id ? manager.name : 'Somebody' }])),
    software: 'Overt 0.1.0',
  })
  const web = await createWeb({
    routes: evidence.routes,
    webSockets: [],
    authenticate: async ({ session, bearer }) => people.get(session ?? bearer ?? '') ?? null,
    permits: (person, permission) => {
      const roles = person.roles.map(({ role }) => role)
      return able(rig.packs.packOf(provider), { roles, administrator: false }, permission as never)
    },
    healthy: async () => true,
    nav: [],
    clock: rig.clock,
    log: silentLog,
    publicUrl: null,
    csrfSecret: 'a'.repeat(64),
  })
  await web.listen({ host: '127.0.0.1', port: 0 })
  url = `http://127.0.0.1:${(web.server.address() as AddressInfo).port}`
  closeWeb = () => web.close()
})

after(async () => {
  await closeWeb?.()
  evidence?.close()
  await jobs?.close()
  await sequencer?.close()
  await rig?.close()
  knowKinds(null)
})

function signIn(person: Person) {
  const token = newSecret()
  people.set(token, person)
  const headers = { authorization: `Bearer ${token}` }
  return {
    get: (path: string, more: Record<string, string> = {}) =>
      fetch(`${url}/api/v1${path}`, { headers: { ...headers, ...more } }),
    post: (path: string, body: object) =>
      fetch(`${url}/api/v1${path}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
  }
}

/** A reel of real video, a fragment a second from `startMs`, with a lost packet after the fifth second. */
async function recordFilm(startMs: number): Promise<{ reel: string; close: () => Promise<void> }> {
  const mandateId = rig.authorise(startMs - 3_600_000, noon + 3_600_000)
  const [key] = await rig.hub().footage.dayPublicKeys(rig.cameraId, [day])
  const signer = signerFromSeed(Buffer.alloc(32, 2))
  const jws = signMandate(
    {
      ...{
        v: 1,
        id: mandateId,
        counter: 1,
        recorder: recorder.id,
        camera: rig.cameraId,
        provider,
        system: 's',
      },
      ...{ deployment: 'd', class: 'ordinary', purposes: [], streams: ['main'], audio: false, masks: [] },
      ...{
        fromMs: startMs - 3_600_000,
        untilMs: noon + 3_600_000,
        retentionDays,
        timeZone: zone,
        stillsMax: 0,
      },
      keys: [{ day, kid: key!.kid, publicKey: key!.publicKey }],
      basis: { policy: 'derby-homes@2025-06-11', clauses: [], dpia: null, approvals: [], signs: [] },
    },
    signer,
  )
  mandates.set(mandateId, { jws, certificate })
  const reel = newId(startMs)
  const sealer = createReelSealer({
    ...{
      reel,
      recorder: recorder.id,
      camera: rig.cameraId,
      mandate: mandateId,
      counter: 1,
      day,
      timeZone: zone,
    },
    ...{ publicKey: key!.publicKey, openedMs: startMs, untilMs: noon + 3_600_000, previous: '0'.repeat(64) },
    ...{ codec: 'avc1.64000c', width: 320, height: 180, epoch: 1 },
  })
  const parts = [sealer.prelude, ...sealer.init(film.init, startMs).buffers]
  for (const [at, body] of film.fragments.entries()) {
    const start = startMs + at * 1000
    if (at === 5)
      parts.push(...sealer.gap({ fromMs: start, toMs: start + 30, cause: 'packets-lost' }).buffers)
    const facts = {
      ...{ startsWithKeyframe: true, audio: false, frames: 15, startMs: start, endMs: start + 1000 },
      ...{
        decodeTime: BigInt(at * 90_000),
        duration: 90_000,
        uncertaintyMs: 7,
        monotonicUs: 0n,
        rtp: null,
        ntp: null,
      },
    }
    parts.push(...sealer.media(facts, body).buffers)
  }
  recorder.reels.set(reel, { sealer, parts, closed: null })
  recorder.send({ type: 'reel-opened', head: sealer.head })
  const known = (column: string) =>
    until(`the reel has ${column}`, async () => {
      const [row] = await rig.db.sql.unsafe(
        `select 1 from footage.reel where id = $1 and ${column} is not null`,
        [reel],
      )
      return row !== undefined
    })
  await known('opened_at')
  return {
    reel,
    async close() {
      recorder.closeReel(reel)
      await known('closed_at')
    },
  }
}

const wanted = (more: object = {}) => ({
  camera: rig.cameraId,
  from: fromMs + 2_300,
  to: fromMs + 8_700,
  purpose: 'asb-investigation',
  description: 'Two people at the lift door',
  caseReference: rig.caseReference,
  initials: 'AM',
  ...more,
})
const toPolice = (more: object = {}) => ({
  recipientKind: 'police',
  recipientName: 'PC 1234 Jones',
  basis: 'crime-prevention',
  necessity: 'They look for who broke the lift.',
  ...more,
})

type Client = ReturnType<typeof signIn>
type Shown = { state: string; words: string | null }

async function packOf(client: Client, disclosure: string): Promise<Shown> {
  let shown: Shown = { state: 'making', words: null }
  await until('the pack is made', async () => {
    rig.clock.advance(2_000)
    await jobs.tick()
    shown = (await (await client.get(`/disclosures/${disclosure}`)).json()) as Shown
    return shown.state !== 'making'
  })
  return shown
}

const framesIn = (path: string): number =>
  Number(
    execFileSync('/usr/bin/ffprobe', [
      ...['-v', 'error', '-count_frames', '-select_streams', 'v', '-show_entries', 'stream=nb_read_frames'],
      ...['-of', 'csv=p=0', path],
    ])
      .toString()
      .trim()
      .replace(',', ''),
  )

const kinds = async (): Promise<string[]> => {
  await sequencer.flush()
  const rows = await rig.db.sql<{ leaf: string }[]>`select leaf from ledger.entry order by index`
  return rows.map(({ leaf }) => (JSON.parse(leaf) as { kind: string }).kind)
}

let exhibit: string

test('a span becomes an exhibit only for who may, with a case, under initials of their own', async () => {
  const { close } = await recordFilm(fromMs)
  await close()
  const client = signIn(manager)
  const refusals: [Client, object, number][] = [
    [signIn(staff('housing-officer')), {}, 403],
    [client, { caseReference: '' }, 403],
    [client, { caseReference: 'C-2026-9999' }, 422],
    [client, { purpose: 'curiosity' }, 403],
    [client, { purpose: 'supervision' }, 403],
    [client, { colleague: 'yes' }, 403],
    [client, { colleague: 'yes', viewing: otherLooking }, 403],
    [client, { colleague: 'perhaps' }, 422],
    [signIn({ ...manager, qualifications: [] }), {}, 403],
    [client, { initials: '' }, 422],
    [client, { initials: 'A1' }, 422],
    [client, { from: fromMs + 9_000, to: fromMs + 8_000 }, 422],
    [client, { to: fromMs + 5 * 3_600_000 }, 422],
    [client, { from: noon - 40_000, to: noon - 35_000 }, 422],
  ]
  for (const [who, more, status] of refusals) {
    const answer = await who.post('/exhibits', wanted(more))
    assert.equal(answer.status, status, `${JSON.stringify(more)} ${await answer.clone().text()}`)
  }
  const holds = await rig.db.sql`select 1 from footage.hold where ended_at is null`
  assert.equal(holds.length, 0, 'nothing refused is held')

  const answer = await client.post('/exhibits', wanted())
  assert.equal(answer.status, 201, await answer.clone().text())
  const made = (await answer.json()) as { id: string; reference: string }
  assert.equal(made.reference, 'AM/1')
  exhibit = made.id
  const second = await client.post('/exhibits', wanted({ initials: '' }))
  assert.equal(((await second.json()) as { reference: string }).reference, 'AM/2')

  const agreed = { colleague: 'yes', viewing: agreedLooking, initials: '' }
  assert.equal((await client.post('/exhibits', wanted(agreed))).status, 201, 'a second person had agreed')
  assert.equal(
    (await signIn(staff('asb-manager')).post('/exhibits', wanted({ ...agreed, initials: 'CM' }))).status,
    403,
    'but to somebody else’s looking',
  )

  const other = signIn(staff('asb-manager'))
  assert.equal((await other.post('/exhibits', wanted())).status, 422, 'these initials are taken')
  const theirs = await other.post('/exhibits', wanted({ initials: 'BM' }))
  assert.equal(((await theirs.json()) as { reference: string }).reference, 'BM/1')
  assert.equal((await signIn(staff('housing-officer')).get(`/exhibits/${exhibit}`)).status, 403)
  assert.equal((await client.get('/exhibits/01900000-0000-7000-8000-000000000001')).status, 404)
})

test('a hand-over needs a listed recipient, a fitting basis and a need, is told, and its pack is verified', async () => {
  const client = signIn(dpo)
  const refusals: [Client, object, number][] = [
    [signIn(manager), { recipientKind: 'newspaper' }, 403],
    [client, { recipientKind: 'newspaper' }, 403],
    [client, { basis: 'subject-access' }, 403],
    [client, { basis: 'curiosity' }, 403],
    [client, { recipientName: '' }, 422],
    [client, { necessity: '' }, 422],
  ]
  for (const [who, more, status] of refusals) {
    const answer = await who.post(`/exhibits/${exhibit}/hand-over`, toPolice(more))
    assert.equal(answer.status, status, `${JSON.stringify(more)} ${await answer.clone().text()}`)
  }
  assert.ok(!(await kinds()).includes('disclosure.made'))

  const answer = await client.post(`/exhibits/${exhibit}/hand-over`, toPolice())
  assert.equal(answer.status, 201, await answer.clone().text())
  const { id } = (await answer.json()) as { id: string }
  const [task] = (await tasksFor(rig.db.sql, dpo)).filter(({ kind }) => kind === 'disclosure.see')
  assert.ok(task!.dueMs !== null, 'without a day nobody would hear that it was never looked at')
  assert.equal(task?.about['disclosure'], id)
  assert.doesNotMatch(task!.title, /Jones/, 'a task names no recipient')
  assert.deepEqual(await packOf(client, id).then(({ state, words }) => [state, words]), ['ready', null])

  assert.equal((await signIn(staff('housing-officer')).get(`/disclosures/${id}/pack`)).status, 403)
  const zip = join(rig.folder, 'fetched.zip')
  const file = await client.get(`/disclosures/${id}/pack`)
  assert.equal(file.status, 200)
  await writeFile(zip, Buffer.from(await file.arrayBuffer()))
  const checked = await verifyPack(zip, keys)
  assert.deepEqual(checked.problems, [])
  const statement = checked.statement!
  assert.equal(statement.exhibit.reference, 'AM/1')
  assert.equal(statement.recipient.name, 'PC 1234 Jones')
  assert.equal(statement.uncertaintyMs, 7)
  assert.deepEqual(
    statement.gaps.map(({ cause }) => cause),
    ['packets-lost'],
  )
  const folder = join(rig.folder, 'unpacked')
  execFileSync('/usr/bin/python3', ['-m', 'zipfile', '-e', zip, folder])
  assert.ok((await verifyPack(folder, keys)).ok)
  // From 2.3 s to 8.7 s: the whole fragments of seconds 2 to 8.
  assert.equal(framesIn(join(folder, statement.videos[0]!.path)), 7 * 15)

  const order = (await kinds()).filter((kind) => kind.startsWith('disclosure.'))
  assert.deepEqual(order, ['disclosure.made', 'disclosure.packed', 'disclosure.fetched'])
  assert.equal((await signIn(manager).post(`/disclosures/${id}/seen`, {})).status, 403)
  assert.equal((await client.post(`/disclosures/${id}/seen`, {})).status, 200)
  assert.equal((await tasksFor(rig.db.sql, dpo)).filter(({ kind }) => kind === 'disclosure.see').length, 0)
})

test('who lacks the training that the policy asks watches no exhibit and fetches no pack of one', async () => {
  const untrained = signIn({ ...dpo, qualifications: [] })
  const [handed] = (await (await untrained.get('/disclosures')).json()) as { id: string }[]
  assert.equal((await untrained.get(`/disclosures/${handed!.id}/pack`)).status, 403)
  const reason = { reason: 'Before the hearing' }
  const refused = await untrained.post(`/exhibits/${exhibit}/watch`, reason)
  assert.equal(refused.status, 422)
  assert.match(await refused.text(), /must be recorded and in date/)
  const answer = await signIn(dpo).post(`/exhibits/${exhibit}/watch`, reason)
  const { id: look } = (await answer.json()) as { id: string }
  assert.equal((await signIn(dpo).get(`/exhibits/${exhibit}/watch/${look}`)).status, 200)
  const path = `/exhibits/${exhibit}/watch/${look}/film/1`
  assert.equal((await untrained.get(path)).status, 404, 'what ends meanwhile ends the watching too')
})

test('who reaches only the place of a camera finds and hands over what was made there; who reaches elsewhere finds nothing', async () => {
  const patchId = newId(noon)
  await rig.db.sql`
    insert into register.patch (id, provider, name, created_by, created_at)
    values (${patchId}, ${provider}, 'Elm patch', ${dpo.id}, ${noon})`
  const [site] = await rig.db.sql<
    { id: string }[]
  >`update register.site set patch_id = ${patchId} returning id`
  const reaching = (word: string) =>
    signIn(
      staff('data-protection-officer', {
        roles: [{ provider, role: 'data-protection-officer', areas: [word] }],
      }),
    )
  const texts = async (who: Client) =>
    Promise.all(['/exhibits', '/disclosures'].map(async (path) => (await who.get(path)).text()))
  for (const word of [`site:${site!.id}`, `patch:${patchId}`]) {
    const who = reaching(word)
    assert.equal((await who.get(`/exhibits/${exhibit}`)).status, 200, word)
    for (const text of await texts(who)) assert.match(text, new RegExp(exhibit), word)
    const answer = await who.post(`/exhibits/${exhibit}/hand-over`, toPolice())
    assert.equal(answer.status, 201, await answer.clone().text())
  }
  for (const word of [`site:${patchId}`, `patch:${site!.id}`, 'North']) {
    const who = reaching(word)
    assert.equal((await who.get(`/exhibits/${exhibit}`)).status, 404, word)
    for (const text of await texts(who)) assert.doesNotMatch(text, new RegExp(exhibit), word)
    assert.equal((await who.post(`/exhibits/${exhibit}/hand-over`, toPolice())).status, 404, word)
  }
  await rig.db.sql`update register.site set patch_id = null`
})

test('the pages lead from a marked span to a downloaded pack, by keyboard, at a phone’s width', async () => {
  const browser = await launchBrowser()
  try {
    const visitor = await browser.visitor(url)
    const token = newSecret()
    people.set(token, manager)
    await visitor.context.addCookies([{ name: 'overt_session', value: token, url, httpOnly: true }])
    await visitor.visit('/exhibits')
    await visitor.picture('exhibits')
    const span = `from=${fromMs + 2_300}&to=${fromMs + 8_700}`
    await visitor.visit(`/exhibits/new?camera=${rig.cameraId}&${span}&case=${rig.caseReference}`)
    await visitor.fill('What it shows', 'Two people at the lift door')
    await visitor.press('Make the exhibit')
    await visitor.sees('Choose what it is needed for')
    await visitor.picture('exhibit-refused')
    await visitor.pick('What it is needed for', 'Look into reported anti-social behaviour')
    await visitor.press('Make the exhibit')
    await visitor.sees('Exhibit AM/')
    await visitor.picture('exhibit')
    await visitor.press('Watch the exhibit')
    await visitor.sees('Enter why you watch it')
    await visitor.fill('Why do you watch it?', 'Before the hearing')
    await visitor.press('Watch the exhibit')
    await visitor.sees('Parts were lost on the way')
    const hasPicture = () => visitor.page.evaluate<boolean>(`document.querySelector('video').readyState >= 2`)
    await until('the film has a picture', hasPicture)
    await visitor.page.evaluate(`document.querySelector('video').currentTime = 5`)
    await until('the film was sought', hasPicture)
    await visitor.picture('watch')
    await visitor.press(/^Exhibit AM/)
    await visitor.press('Hand it over')
    await visitor.picture('hand-over')
    await visitor.tick('Police')
    await visitor.fill('Their name', 'PC 1234 Jones')
    await visitor.tick('The person asked for their own data')
    await visitor.fill('Why do they need it?', 'They look for who broke the lift.')
    await visitor.press('Hand it over')
    await visitor.picture('hand-over-refused')
    await visitor.tick('To prevent or find crime')
    await visitor.press('Hand it over')
    await visitor.sees('the data protection officer is told')
    await visitor.picture('disclosure-making')
    const id = visitor.page.url().split('/').at(-1)!
    assert.equal((await packOf(signIn(dpo), id)).state, 'ready')
    await visitor.visit(`/disclosures/${id}`)
    await visitor.sees('passed its own check')
    await visitor.picture('disclosure')
    await visitor.visit('/disclosures')
    await visitor.picture('disclosures')
    await visitor.close()
  } finally {
    await browser.close()
  }
})

test('a pack waits while the recorder still writes, and is made when the reel is closed', async () => {
  const startMs = noon - 30_000
  const { reel, close } = await recordFilm(startMs)
  // A recorder that does not close the reel when asked: an older one, or one that is busy.
  const stubborn = recorder.reels.get(reel)!
  stubborn.closed = {} as never
  const client = signIn(dpo)
  const span = { from: startMs + 1_000, to: startMs + 3_000 }
  const answer = await signIn(manager).post('/exhibits', wanted(span))
  assert.equal(answer.status, 201, await answer.clone().text())
  assert.ok(
    recorder.heard.some((message) => message.type === 'cut' && message.camera === rig.cameraId),
    'the recorder is asked to close the reel now',
  )
  const { id } = (await answer.json()) as { id: string }
  const handed = (await (await client.post(`/exhibits/${id}/hand-over`, toPolice())).json()) as { id: string }
  await until('the page says what it waits for', async () => {
    await jobs.tick()
    const shown = (await (await client.get(`/disclosures/${handed.id}`)).json()) as Shown
    return shown.state === 'making' && (shown.words?.includes('still writing') ?? false)
  })
  stubborn.closed = null
  await close()
  assert.equal((await packOf(client, handed.id)).state, 'ready')
})

test('an exhibit is watched for a reason and outlives its day; its pack’s file goes, and can be made again', async () => {
  const client = signIn(manager)
  const goneMs = startOfDayMs(addDays(day, retentionDays), zone) + 1000
  rig.clock.set(goneMs)
  assert.equal((await rig.hub().footage.expire()).destroyed.length, 1)

  assert.equal((await client.post(`/exhibits/${exhibit}/watch`, { reason: '' })).status, 422)
  const answer = await client.post(`/exhibits/${exhibit}/watch`, { reason: 'Before the hearing' })
  assert.equal(answer.status, 201, await answer.clone().text())
  const { id: look } = (await answer.json()) as { id: string }
  assert.ok((await kinds()).includes('exhibit.watched'))
  const path = `/exhibits/${exhibit}/watch/${look}`
  const told = (await (await client.get(path)).json()) as { films: unknown[]; gaps: { cause: string }[] }
  assert.equal(told.films.length, 1)
  const whole = await client.get(`${path}/film/1`)
  assert.equal(whole.headers.get('cache-control'), 'no-store')
  const bytes = Buffer.from(await whole.arrayBuffer())
  const file = join(rig.folder, 'watched.mp4')
  await writeFile(file, bytes)
  assert.equal(framesIn(file), 7 * 15)
  const part = await client.get(`${path}/film/1`, { range: 'bytes=100-199' })
  assert.equal(part.status, 206)
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), bytes.subarray(100, 200))
  assert.equal((await client.get(`${path}/film/1`, { range: `bytes=${bytes.length}-` })).status, 416)
  assert.equal((await client.get(`${path}/film/2`)).status, 404)
  assert.equal(
    (await signIn(dpo).get(`${path}/film/1`)).status,
    404,
    'somebody else’s hour looks the same as none',
  )
  rig.clock.advance(3_600_001)
  assert.equal((await client.get(`${path}/film/1`)).status, 404, 'the hour is over')

  const officer = signIn(dpo)
  const [old] = (await (await officer.get('/disclosures')).json()) as { id: string; exhibitId: string }[]
  await removeExpiredPacks({ ...rig.hub().deps, folder: join(rig.folder, 'packs') } as never)
  assert.equal((await officer.get(`/disclosures/${old!.id}/pack`)).status, 404)
  assert.equal((await officer.post(`/disclosures/${old!.id}/again`, {})).status, 200)
  assert.equal(
    (await packOf(officer, old!.id)).state,
    'ready',
    'the hold still has the keys of exactly its span',
  )
})

test('an exhibit that is being watched ends with its hold, not when the film in memory is forgotten', async () => {
  const client = signIn(manager)
  const answer = await client.post(`/exhibits/${exhibit}/watch`, { reason: 'Before the hearing' })
  const { id: look } = (await answer.json()) as { id: string }
  const film = () => client.get(`/exhibits/${exhibit}/watch/${look}/film/1`)
  assert.equal((await film()).status, 200)
  const [held] = await rig.db.sql<{ hold_id: string; ends_at: number }[]>`
    select hold_id, ends_at from evidence.exhibit join footage.hold on hold.id = hold_id where exhibit.id = ${exhibit}`
  const nowMs = rig.clock.nowMs()
  await rig.db.sql`update footage.hold set ends_at = ${nowMs}::timestamptz where id = ${held!.hold_id}`
  assert.equal((await film()).status, 404, 'its end has come, whether or not anything ran')
  await rig.db
    .sql`update footage.hold set ends_at = ${held!.ends_at}::timestamptz where id = ${held!.hold_id}`
  assert.equal((await film()).status, 200)
  const released = await rig.hub().footage.releaseHold(held!.hold_id, manager.id, 'Done')
  assert.ok(released.ok)
  assert.equal((await film()).status, 404)
})
