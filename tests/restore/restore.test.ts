/**
 * Goal: a database restored from a backup neither revives nor loses footage, forgets no end of authority that a recorder
 * has heard of, and says in its ledger what it lost; a history rewritten instead is refused by every recorder.
 * Method: the real demo in processes of its own; a backup as the guide says (stopped, the folder copied); then a hold, a
 * withdrawal and 33 days; the old database put back; and what a thief with all old copies can still open.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { openedBy, yieldOf } from '#tests/journeys/thief.ts'
import { until } from '#tests/journeys/work.ts'
import { begin, newPlace, type Place, type Running, repository } from '#tests/start/overt.ts'
import { type Client, signInAs } from '#visitor/visitor.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers differ per path; whoever asks knows the shape
type Json = any

const run = promisify(execFile)
/** Longer than the 31 days after which the demo's footage must be gone. */
const daysPassed = 33

describe('a restore from an old backup', () => {
  let place: Place
  let overt: Running
  let door: Json
  let carPark: Json
  let firstDay: string
  let hold: Json
  let kept: { door: Json; carPark: Json }
  let newest: string
  const backup = (): string => join(place.folder, 'backup')
  const clients = new Map<string, Promise<Client>>()

  /** Somebody of the demo's staff, signed in anew after each start. */
  function as(username: string): Promise<Client> {
    let client = clients.get(username)
    if (client === undefined) {
      const password = new RegExp(`^ {2}${username} +(\\S+) `, 'm').exec(overt.words())?.[1]
      assert.ok(password, `no password for ${username} was printed`)
      client = signInAs(overt.url, username, password)
      clients.set(username, client)
    }
    return client
  }
  async function start(): Promise<void> {
    clients.clear()
    overt = await begin(place, { command: 'demo' })
  }
  const get = async (who: string, path: string): Promise<Json> => (await as(who)).get(path)
  const cameraOf = async (who: string, label: RegExp): Promise<Json> =>
    (await get(who, '/cameras')).find((camera: Json) => label.test(camera.label))
  const timeline = (who: string, camera: string, day: string): Promise<Json> =>
    get(who, `/cameras/${camera}/timeline?day=${day}`)
  const entries = async (kind: string): Promise<Json[]> =>
    (await get('robin', `/ledger?kind=${kind}`)).entries
  /** Today by the demo's own clock. */
  const today = async (): Promise<string> => {
    const offsetMs = Number(await readFile(join(place.home, 'demo-clock'), 'utf8').catch(() => '0'))
    return Temporal.Instant.fromEpochMilliseconds(Date.now() + offsetMs)
      .toZonedDateTimeISO('Europe/London')
      .toPlainDate()
      .toString()
  }
  const recorded = async (who: string, camera: string, day: string): Promise<Json[]> =>
    (await timeline(who, camera, day)).recorded
  const ledgerVerify = async (): Promise<{ code: number; words: string }> => {
    const file = join(place.folder, 'newest.txt')
    await writeFile(file, newest)
    const args = [join(repository, 'src/main.ts'), 'ledger', 'verify', '--checkpoint', file]
    const env = {
      ...process.env,
      OVERT_HOME: place.home,
      OVERT_KEYRING: place.keyring,
      NODE_NO_WARNINGS: '1',
    }
    return run(process.execPath, args, { env }).then(
      ({ stdout }) => ({ code: 0, words: stdout }),
      (error: { code: number; stdout: string }) => ({ code: error.code, words: error.stdout }),
    )
  }
  /** As the guide says: the database's folder as it was, its owner too. */
  async function restore(): Promise<void> {
    const data = join(place.home, 'postgres')
    await rm(data, { recursive: true })
    await run('cp', ['-a', join(backup(), 'postgres'), data])
  }

  before(async () => {
    place = await newPlace()
    await start()
    await until('both cameras have recorded a while', 240_000, async () => {
      door = await cameraOf('amir', /front door/i)
      carPark = await cameraOf('kofi', /car park/i)
      firstDay = await today()
      const spans = [
        ...(await recorded('amir', door.id, firstDay)),
        ...(await recorded('kofi', carPark.id, firstDay)),
      ]
      return spans.filter(({ fromMs, toMs }) => toMs - fromMs > 8_000).length >= 2
    })
    assert.equal(await overt.stop(), 0)
    await run('cp', ['-a', place.home, backup()])
    await start()
  })
  after(async () => {
    await overt?.stop()
    await place?.remove()
  })

  test('life goes on after the backup: a span is held, an approval withdrawn, and a month goes by', async () => {
    const [span] = (await recorded('amir', door.id, firstDay)).filter(({ kind }) => kind === 'kept')
    const fromMs = span.fromMs + 1_000
    const toMs = span.fromMs + 7_000
    const clock = (ms: number): string =>
      Temporal.Instant.fromEpochMilliseconds(ms)
        .toZonedDateTimeISO('Europe/London')
        .toPlainDateTime()
        .toString({ smallestUnit: 'second' })
    const amir = await as('amir')
    const viewing = await amir.post('/viewings', {
      kind: 'recorded',
      cameras: [door.id],
      fromDay: firstDay,
      fromTime: clock(fromMs).slice(11),
      toDay: firstDay,
      toTime: clock(toMs + 1_000).slice(11),
      newCaseTitle: 'Kicks at the door',
      purpose: 'asb-investigation',
      reason: 'The door was kicked.',
    })
    hold = await amir.post('/holds', {
      viewing: viewing.id,
      camera: door.id,
      from: fromMs,
      to: toMs,
      reason: 'Wanted by the police.',
      endsDay: Temporal.PlainDate.from(firstDay).add({ days: 80 }).toString(),
    })
    await amir.post(`/deployments/${door.deployment}/withdraw`, { withdrawReason: 'The resident has moved.' })
    await until('the recorder has heard of the end', 20_000, async () => {
      const [end] = (await timeline('amir', door.id, firstDay)).overruns
      return end?.settledMs !== null && end !== undefined
    })
    // What anybody may have copied by then: the recorder's disk as it is, besides the whole backup.
    await cp(join(place.home, 'recorder'), join(place.folder, 'old-reels'), { recursive: true })
    await (await as('robin')).post('/demo/clock', { days: daysPassed })
    await until('the first day is deleted everywhere', 240_000, async () => {
      const spans = [
        ...(await recorded('amir', door.id, firstDay)),
        ...(await recorded('kofi', carPark.id, firstDay)),
      ]
      return spans.length >= 2 && spans.every(({ kind }) => kind === 'deleted')
    })
    const later = await today()
    await until('the car park is recorded a month later', 240_000, async () => {
      const spans = await recorded('kofi', carPark.id, later)
      return spans.some(({ kind, fromMs, toMs }: Json) => kind === 'kept' && toMs - fromMs > 5_000)
    })
    kept = {
      door: await timeline('amir', door.id, firstDay),
      carPark: await timeline('kofi', carPark.id, later),
    }
    // Its authority would go on by itself: only the recorder will know that it was ended.
    await (await as('maya')).post(`/deployments/${carPark.deployment}/withdraw`, {
      withdrawReason: 'The gate is mended.',
    })
    await until('the recorder has heard of that too', 20_000, async () => {
      const [end] = (await timeline('kofi', carPark.id, later)).overruns
      return end !== undefined && end.settledMs !== null
    })
    newest = await (await fetch(`${overt.url}/ledger/checkpoint`)).text()
    assert.equal(await overt.stop(), 0)
  })

  test('the old database is put back, and the ledger says itself what it lost', async () => {
    await restore()
    assert.match((await ledgerVerify()).words, /cut back/)
    await start()
    const lost = await until('the ledger has gone on under a new name', 20_000, async () => {
      const note = await (await fetch(`${overt.url}/ledger/checkpoint`)).text()
      return (
        /^overt-demo\/[0-9a-f-]+\/\d{4}(\.\d+)?\n/.test(note) && note.split('\n')[0] !== newest.split('\n')[0]
      )
    })
    assert.ok(lost.value)
    const verified = await ledgerVerify()
    assert.equal(verified.code, 0, verified.words)
    assert.match(verified.words, /lost entries in a restore/)
    assert.equal((await entries('ledger.resumed')).length, 1)
  })

  test('recorders go along with it: none of them raises the alarm', async () => {
    await until('the recorder holds the new log', 90_000, async () => {
      const { logs, note = '' } = JSON.parse(
        await readFile(join(place.home, 'recorder', 'checkpoint.json'), 'utf8'),
      )
      const held = `${note}${Object.keys(logs ?? {}).join('\n')}`
      const now = await (await fetch(`${overt.url}/ledger/checkpoint`)).text()
      return held.includes(now.split('\n')[0]!)
    })
    assert.deepEqual(await entries('ledger.disputed'), [])
  })

  test('nothing that was deleted comes back: the timeline says deleted, and old copies yield nothing', async () => {
    for (const [who, camera] of [
      ['amir', door.id],
      ['kofi', carPark.id],
    ]) {
      const spans = await recorded(who, camera, firstDay)
      assert.ok(spans.length > 0, 'the old recordings are not even mentioned')
      assert.ok(
        spans.every(({ kind, clause }: Json) => kind === 'deleted' && clause !== undefined),
        JSON.stringify(spans),
      )
    }
    const keyring = join(place.folder, 'keyring-today')
    await cp(place.keyring, keyring, { recursive: true, filter: (path) => !path.endsWith('/lock') })
    const left = await yieldOf(join(place.folder, 'old-reels'), keyring)
    assert.equal(left.reels, 0, 'a day’s key is still there')
    assert.ok(left.sealed > 0)
    // Only the held span opens, under the hold's own key.
    assert.equal(left.heldReels.size, new Set(left.heldReels).size)
    const words = await run(
      'bash',
      ['-c', `cat $(find ${JSON.stringify(backup())} -path '*/base/*' -type f)`],
      {
        encoding: 'latin1',
        maxBuffer: 2 ** 30,
      },
    )
    const opened = await openedBy(join(place.folder, 'old-reels'), words.stdout)
    assert.equal(opened.reels, 0, 'the old database holds a key')
  })

  test('footage that has its keys is not lost: the recorder tells of it again', async () => {
    const later = await today()
    const again = await until('the catalogue is complete again', 240_000, async () => {
      const spans = await recorded('kofi', carPark.id, later)
      return (
        kept.carPark.recorded
          .filter(({ kind }: Json) => kind === 'kept')
          .every(({ fromMs }: Json) =>
            spans.some((one: Json) => one.fromMs === fromMs && one.kind === 'kept'),
          ) && spans
      )
    })
    assert.ok(again.value.length > 0)
  })

  test('the hold placed after the backup still stands, and says that its reason is lost', async () => {
    const found = await until('the hold is back', 30_000, async () =>
      (await get('amir', '/holds')).find(({ id }: Json) => id === hold.id),
    )
    assert.equal(found.value.fromMs, hold.fromMs)
    assert.equal(found.value.toMs, hold.toMs)
    assert.match(found.value.reason, /restored/)
    assert.equal((await entries('hold.recovered')).length, 1)
  })

  test('the withdrawals after the backup hold: nothing is recorded, and a person is asked', async () => {
    const told = await until('the car park is said to be stopped', 30_000, async () => {
      const found = (await entries('mandate.recorder-ahead')).find(({ about }) => about.camera === carPark.id)
      return found ?? null
    })
    assert.equal(told.value.data.outcome, 'stopped')
    for (const [who, camera] of [
      ['amir', door],
      ['kofi', carPark],
    ]) {
      const now = (await get(who, '/cameras')).find(({ id }: Json) => id === camera.id)
      assert.ok(now === undefined || now.state !== 'lawful', `${camera.label} is ${now?.state}`)
    }
    const spans = await recorded('kofi', carPark.id, await today())
    const lastMs = Math.max(...kept.carPark.recorded.map(({ toMs }: Json) => toMs))
    assert.ok(
      spans.every(({ toMs }: Json) => toMs <= lastMs + 10_000),
      'it was recorded after the restore',
    )
    assert.equal((await get('maya', `/deployments/${carPark.deployment}`)).state, 'stopped')
  })

  test('a history rewritten and signed again is refused by the recorder, and that is told', async () => {
    assert.equal(await overt.stop(), 0)
    await restore()
    // Whoever rewrites hides what shows it: the newest checkpoint beside the keys.
    await rename(join(place.home, 'ledger-head'), join(place.folder, 'hidden-head'))
    await start()
    const told = await until(
      'the recorder refuses',
      90_000,
      async () => (await entries('ledger.disputed'))[0],
    )
    assert.ok(told.value)
    assert.equal((await ledgerVerify()).code, 1)
  })
})
