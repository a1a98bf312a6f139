/**
 * How long until the first picture? `npm run bench -- view [--days 31] [--cameras 20] [--samples 150]`
 * A month of cameras stands on a recorder's disk: reels of an hour with indexes of their real size and sparse bodies.
 * Measured is a signed-in request over HTTP until the first complete keyframe fragment has arrived, opened: for a new
 * viewing with its durable ledger entry (`open`), and for another random moment in it (`seek`). Hub room, PostgreSQL
 * with fsync, keyring and the recorder's own process are the real ones.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createCipheriv, hash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  addDays,
  canonicalJson,
  civilDay,
  type Json,
  newId,
  silentLog,
  startOfDayMs,
  systemClock,
} from '#base/base.ts'
import { connect, inTransaction, migrate, type Sql, startPostgres } from '#engine/engine.ts'
import { createEnrolmentToken } from '#footage/link/enrolment.ts'
import { closeReel, insertReel } from '#footage/store.ts'
import { provider, retentionDays, type TestFootage, testFootage, zone } from '#footage/test-rig.ts'
import {
  encodeIndex,
  encodePrelude,
  encodeRecordHeader,
  encodeTrailer,
  fragmentKey,
  type IndexEntry,
  indexEntryBytes,
  newReelKey,
  type RecordHeader,
  type ReelHead,
  recordHeaderBytes,
  wrapReelKey,
} from '#formats/reel/reel.ts'
import { append } from '#ledger/ledger.ts'
import { authenticator, createAccount, type PeopleParts } from '#people/people.ts'
import { makeToken } from '#people/tokens.ts'
import { insertCamera, insertSite, insertSystem } from '#register/register.ts'

/** Two seconds of 2 Mbit/s video. */
const fragmentBytes = 500_000
const fragmentMs = 2_000
const fragmentsPerHour = 1_800
const hourMs = 3_600_000
const warmUp = 20
const note = (text: string): boolean => process.stderr.write(`view: ${text}\n`)

type Moment = {
  readonly camera: string
  readonly day: string
  readonly hour: number
  readonly fragment: number
}
type Sample = { readonly open: Moment; readonly seek: Moment }

export async function run(args: string[]): Promise<object> {
  const { values } = parseArgs({
    args,
    options: {
      days: { type: 'string', default: '31' },
      cameras: { type: 'string', default: '20' },
      samples: { type: 'string', default: '150' },
    },
  })
  const [days, cameraCount, samples] = [Number(values.days), Number(values.cameras), Number(values.samples)]
  const home = await mkdtemp(join(tmpdir(), 'overt-bench-view-'))
  const postgres = await startPostgres({ home, log: silentLog })
  const closers: (() => Promise<unknown> | unknown)[] = [
    () => rm(home, { recursive: true, force: true }),
    () => postgres.close(),
  ]
  try {
    await migrate(postgres.ownerUrl, join(import.meta.dirname, '..', 'database'))
    const sql = connect(postgres.url, { log: silentLog })
    closers.push(() => sql.end({ timeout: 5 }))
    const people = peopleParts(sql)
    const rig = await testFootage({
      db: { sql, drop: async () => undefined },
      clock: systemClock,
      authenticate: authenticator(people),
    })
    closers.push(() => rig.close())
    const token = await signIn(sql, people)
    const today = civilDay(Date.now(), zone)
    const from = startOfDayMs(addDays(today, -days), zone)
    const cameras = await camerasOf(sql, rig, cameraCount)
    for (const cameraId of cameras) {
      rig.intervals.push({
        cameraId,
        fromMs: from,
        untilMs: Date.now() + 86_400_000,
        mandateId: newId(from),
        class: 'ordinary',
      })
    }

    const recorderHome = join(home, 'recorder')
    const first = await startRecorder(
      recorderHome,
      rig.hub().url,
      await createEnrolmentToken(sql, { name: 'Bench', nowMs: Date.now(), by: null }),
    )
    await until(() => rig.hub().footage.link.linkedRecorders().length === 1)
    const recorder = rig.hub().footage.link.linkedRecorders()[0]!
    await stop(first)

    const wanted = choose(cameras, today, days, samples + warmUp)
    const began = performance.now()
    const reels = await makeArchive(sql, rig, {
      recorder,
      cameras,
      today,
      days,
      wanted,
      folder: join(recorderHome, 'reels'),
    })
    note(
      `${reels} reels of ${days} days and ${cameras.length} cameras made in ${Math.round((performance.now() - began) / 1000)} s`,
    )
    const again = await startRecorder(recorderHome, rig.hub().url, null)
    closers.push(() => stop(again))
    await until(() => rig.hub().footage.link.linked(recorder))
    await settled(sql)
    note('the recorder is linked; measuring')

    const opens: number[] = []
    const seeks: number[] = []
    for (const [n, sample] of wanted.entries()) {
      const measured = await measure(rig, token, sample)
      if (n < warmUp) continue
      opens.push(measured.openMs)
      seeks.push(measured.seekMs)
    }
    const round = (ms: number): number => Math.round(ms * 10) / 10
    return {
      bench: 'view',
      open_median_ms: round(quantile(opens, 0.5)),
      seek_median_ms: round(quantile(seeks, 0.5)),
      seek_p99_ms: round(quantile(seeks, 0.99)),
      open_p99_ms: round(quantile(opens, 0.99)),
      samples,
      reels,
    }
  } finally {
    for (const close of closers.toReversed()) await close()
  }
}

const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))]!

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; n < 3_000; n += 1) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('waited in vain for five minutes')
}

/** The catalogue after sign-in writes rows; it must not be measured. */
async function settled(sql: Sql): Promise<void> {
  let before = -1
  await until(async () => {
    const [row] = await sql<
      { n: number }[]
    >`select sum(calls) as n from (select xact_commit as calls from pg_stat_database where datname = current_database()) s`
    const quiet = row!.n - before < 15
    before = row!.n
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    return quiet
  })
}

// ---- people, cameras, recorder ----

function peopleParts(sql: Sql): PeopleParts {
  return {
    sql,
    clock: systemClock,
    realClock: systemClock,
    log: silentLog,
    record: append,
    providers: () => [],
    packs: () => [],
    adoptPack: async () => ({ ok: true, value: null }),
  }
}

async function signIn(sql: Sql, people: PeopleParts): Promise<string> {
  const made = await inTransaction(sql, (tx) =>
    createAccount(
      tx,
      { username: 'bench', name: 'Bench', roles: [{ provider, role: 'asb-manager', areas: [] }] } as never,
      { record: append, nowMs: Date.now(), by: null },
    ),
  )
  assert.ok(made.ok)
  const token = await makeToken(people, made.value.id, 'bench', 1)
  assert.ok(token.ok)
  return token.value.secret
}

async function camerasOf(sql: Sql, rig: TestFootage, count: number): Promise<string[]> {
  const by = newId(Date.now())
  const cameras = [rig.cameraId]
  await inTransaction(sql, async (tx) => {
    const siteId = await insertSite(tx, {
      provider,
      name: 'Bench',
      address: ['1 Example Street'],
      kind: 'communal',
      timeZone: zone,
      area: null,
      by,
      nowMs: Date.now(),
    })
    const systemId = await insertSystem(tx, {
      provider,
      siteId,
      name: 'Bench',
      purposes: [],
      managerId: null,
      by,
      nowMs: Date.now(),
    })
    while (cameras.length < count) {
      cameras.push(
        await insertCamera(tx, {
          provider,
          systemId,
          label: `Camera ${cameras.length + 1}`,
          position: '',
          by,
          nowMs: Date.now(),
        }),
      )
    }
  })
  return cameras
}

async function startRecorder(home: string, hub: string, token: string | null): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, '..', 'src', 'main.ts'),
      'recorder',
      '--home',
      home,
      '--hub',
      hub,
      '--allow',
      '127.0.0.1/32',
      ...(token === null ? [] : ['--token', token]),
    ],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, OVERT_LOG: 'error' } },
  )
  return child
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  await closed
}

// ---- the archive ----

/** Two moments of one camera-day each, in different hours, so that no index is at hand twice. */
function choose(cameras: readonly string[], today: string, days: number, count: number): Sample[] {
  let seed = 20_261_122
  const random = (below: number): number => {
    // Numerical Recipes' linear congruential generator: the same moments in every run.
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
  return Array.from({ length: count }, () => {
    const camera = cameras[random(cameras.length)]!
    const day = addDays(today, -1 - random(days - 1))
    const hour = 1 + random(10)
    const moment = (at: number): Moment => ({ camera, day, hour: at, fragment: random(fragmentsPerHour) })
    return { open: moment(hour), seek: moment(hour + 10) }
  })
}

const momentMs = ({ day, hour, fragment }: Moment): number =>
  startOfDayMs(day, zone) + hour * hourMs + fragment * fragmentMs

type Archive = {
  readonly recorder: string
  readonly cameras: readonly string[]
  readonly today: string
  readonly days: number
  readonly wanted: readonly Sample[]
  readonly folder: string
}

async function makeArchive(sql: Sql, rig: TestFootage, archive: Archive): Promise<number> {
  const real = new Map<string, Set<number>>()
  for (const { open: a, seek: b } of archive.wanted) {
    for (const moment of [a, b]) {
      const key = `${moment.camera} ${moment.day} ${moment.hour}`
      real.set(key, (real.get(key) ?? new Set()).add(moment.fragment))
    }
  }
  const identity = JSON.parse(
    await readFile(join(archive.folder, 'storage.json'), 'utf8').catch(() => '{}'),
  ) as object
  assert.ok(
    Object.keys(identity).length > 0,
    `the recorder keeps its reels elsewhere than in ${archive.folder}`,
  )
  let reels = 0
  for (let ago = archive.days; ago >= 1; ago -= 1) {
    const day = addDays(archive.today, -ago)
    for (const camera of archive.cameras) {
      const [key] = await rig.hub().keyring.publicKeysFor(camera, [day], retentionDays + 1, {
        timeZone: zone,
        landlord: provider,
      })
      await mkdir(join(archive.folder, camera, day), { recursive: true })
      const made = await Promise.all(
        Array.from({ length: 24 }, (_, hour) =>
          writeReel(archive, {
            camera,
            day,
            hour,
            key: key!,
            fragments: real.get(`${camera} ${day} ${hour}`) ?? new Set(),
          }),
        ),
      )
      await inTransaction(sql, async (tx) => {
        for (const one of made) {
          await insertReel(
            tx,
            one.head,
            archive.recorder,
            startOfDayMs(addDays(day, retentionDays + 1), zone),
          )
          await closeReel(tx, {
            reelId: one.head.reel,
            recorderId: archive.recorder,
            ...one.closed,
            ledgerEntry: 'bench',
          })
        }
      })
      reels += made.length
    }
  }
  return reels
}

const clearFacts = { audio: false, uncertaintyMs: 5, monotonicUs: 0n, rtp: null, ntp: null }

const initBytes = 716
const overheadBytes = recordHeaderBytes + 32

const fragmentOffset = (preludeBytes: number, n: number): number =>
  preludeBytes + overheadBytes + initBytes + n * (overheadBytes + fragmentBytes)

let template: { readonly preludeBytes: number; readonly rows: Buffer } | null = null

/** Index rows of an hour: encoded once, then only the times are changed, for thousands of reels are made. */
function rowsFor(preludeBytes: number, openedMs: number): Buffer {
  if (template?.preludeBytes !== preludeBytes) {
    const entries: IndexEntry[] = [
      {
        offset: preludeBytes,
        sequence: 0,
        type: 'init',
        startsWithKeyframe: false,
        bodyBytes: initBytes,
        frames: 0,
        startMs: 0,
        endMs: 0,
        decodeTime: 0n,
        duration: 0,
        hash: Buffer.alloc(32),
      },
    ]
    for (let n = 0; n < fragmentsPerHour; n += 1) {
      entries.push({
        offset: fragmentOffset(preludeBytes, n),
        sequence: n + 1,
        type: 'media',
        startsWithKeyframe: true,
        bodyBytes: fragmentBytes,
        frames: 30,
        startMs: n * fragmentMs,
        endMs: (n + 1) * fragmentMs,
        decodeTime: BigInt(n * fragmentMs * 90),
        duration: fragmentMs * 90,
        hash: Buffer.alloc(32),
      })
    }
    template = { preludeBytes, rows: Buffer.from(encodeIndex(entries)) }
  }
  const rows = Buffer.from(template.rows)
  for (let at = 0; at < rows.byteLength; at += indexEntryBytes) {
    const n = at / indexEntryBytes
    const startMs = n === 0 ? openedMs : openedMs + (n - 1) * fragmentMs
    rows.writeBigInt64BE(BigInt(startMs), at + 24)
    rows.writeBigInt64BE(BigInt(n === 0 ? startMs : startMs + fragmentMs), at + 32)
    rows.writeBigUInt64BE(BigInt(n === 0 ? 0 : startMs * 90), at + 40)
  }
  return rows
}

async function writeReel(
  archive: Archive,
  given: {
    camera: string
    day: string
    hour: number
    key: { kid: string; publicKey: string }
    fragments: ReadonlySet<number>
  },
) {
  const { camera, day, hour, key } = given
  const openedMs = startOfDayMs(day, zone) + hour * hourMs
  const reel = newId(openedMs)
  const reelKey = newReelKey()
  const head: ReelHead = {
    v: 1,
    reel,
    recorder: archive.recorder,
    camera,
    stream: 'main',
    mandate: newId(openedMs),
    counter: 1,
    day,
    timeZone: zone,
    kid: key.kid,
    ...wrapReelKey(reelKey, key.publicKey, { camera, day, reel }),
    openedMs,
    untilMs: openedMs + hourMs,
    previous: '0'.repeat(64),
    codec: 'avc1.64001f',
    width: 1920,
    height: 1080,
    timescale: 90_000,
    epoch: 1,
  }
  const prelude = encodePrelude(head)
  const headHash = hash('sha256', prelude, 'buffer')
  const rows = rowsFor(prelude.byteLength, openedMs)
  const file = await open(join(archive.folder, camera, day, `${reel}.reel`), 'wx', 0o600)
  try {
    await file.write(prelude, 0, prelude.byteLength, 0)
    const seal = async (header: RecordHeader, body: Buffer, offset: number): Promise<void> => {
      const headerBytes = Buffer.alloc(recordHeaderBytes)
      encodeRecordHeader(header, headerBytes)
      const cipher = createCipheriv('aes-256-gcm', fragmentKey(reelKey, header.sequence), Buffer.alloc(12))
      cipher.setAAD(Buffer.concat([headHash, headerBytes]))
      const sealed = [headerBytes, cipher.update(body), cipher.final(), cipher.getAuthTag(), Buffer.alloc(32)]
      const bytes = Buffer.concat(sealed)
      await file.write(bytes, 0, bytes.byteLength, offset)
    }
    const at = {
      ...clearFacts,
      startMs: openedMs,
      endMs: openedMs,
      frames: 0,
      decodeTime: 0n,
      duration: 0,
      startsWithKeyframe: false,
    }
    await seal(
      { ...at, type: 'init', sequence: 0, bodyBytes: initBytes },
      Buffer.alloc(initBytes - 16),
      prelude.byteLength,
    )
    for (const n of given.fragments) {
      const startMs = openedMs + n * fragmentMs
      const facts = {
        ...clearFacts,
        type: 'media' as const,
        sequence: n + 1,
        bodyBytes: fragmentBytes,
        startMs,
        endMs: startMs + fragmentMs,
        frames: 30,
        decodeTime: BigInt(startMs * 90),
        duration: fragmentMs * 90,
        startsWithKeyframe: true,
      }
      await seal(
        facts,
        Buffer.alloc(fragmentBytes - 16, String(startMs)),
        fragmentOffset(prelude.byteLength, n),
      )
    }
    const records = fragmentsPerHour + 1
    let offset = fragmentOffset(prelude.byteLength, fragmentsPerHour)
    const indexOffset = offset
    const lastMs = openedMs + hourMs
    const close = {
      v: 1,
      reason: 'hour',
      records: records + 1,
      fragments: fragmentsPerHour,
      frames: 30 * fragmentsPerHour,
      firstMs: openedMs,
      lastMs,
      indexOffset,
    }
    const tail: Buffer[] = []
    let closeOffset = 0
    for (const [type, body] of [
      ['index', rows],
      ['close', Buffer.from(canonicalJson(close as unknown as Json))],
    ] as const) {
      if (type === 'close') closeOffset = offset
      const headerBytes = Buffer.alloc(recordHeaderBytes)
      encodeRecordHeader(
        {
          ...at,
          type,
          startMs: lastMs,
          endMs: lastMs,
          sequence: records + (type === 'close' ? 1 : 0),
          bodyBytes: body.byteLength,
        },
        headerBytes,
      )
      tail.push(headerBytes, body, Buffer.alloc(32))
      offset += recordHeaderBytes + body.byteLength + 32
    }
    tail.push(Buffer.from(encodeTrailer(indexOffset, closeOffset)))
    const bytes = Buffer.concat(tail)
    await file.write(bytes, 0, bytes.byteLength, indexOffset)
    return {
      head,
      closed: {
        closedMs: lastMs,
        chainHead: Buffer.alloc(32),
        records: records + 1,
        bytes: indexOffset + bytes.byteLength,
        firstMs: openedMs,
        lastMs,
      },
    }
  } finally {
    await file.close()
  }
}

// ---- measuring ----

async function measure(
  rig: TestFootage,
  token: string,
  sample: Sample,
): Promise<{ openMs: number; seekMs: number }> {
  const { url } = rig.hub()
  const headers = { authorization: `Bearer ${token}` }
  const picture = async (viewing: string, moment: Moment): Promise<void> => {
    const answer = await fetch(
      `${url}/api/v1/viewings/${viewing}/seek?camera=${moment.camera}&at=${momentMs(moment) + 700}`,
      { headers },
    )
    const bytes = Buffer.from(await answer.arrayBuffer())
    assert.equal(answer.status, 200, bytes.toString('utf8', 0, 500))
    assert.equal(bytes.byteLength, 700 + fragmentBytes - 16)
    assert.equal(
      bytes.toString('utf8', 700, 713),
      String(momentMs(moment)),
      'the picture of that moment, opened',
    )
  }
  const began = performance.now()
  const opened = await fetch(`${url}/api/v1/viewings`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({
      kind: 'recorded',
      cameras: [sample.open.camera],
      fromDay: sample.open.day,
      fromTime: '00:30',
      toTime: '23:30',
      purpose: 'asb-investigation',
      reason: 'To see how long it takes.',
      caseReference: rig.caseReference,
    }),
  })
  const { id } = (await opened.json()) as { id: string }
  assert.equal(opened.status, 201)
  await picture(id, sample.open)
  const openMs = performance.now() - began
  const sought = performance.now()
  await picture(id, sample.seek)
  return { openMs, seekMs: performance.now() - sought }
}
