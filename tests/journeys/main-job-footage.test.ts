/**
 * Goal: the second half of the main job, from "no reason, no picture" over evidence that its receiver checks alone to
 * footage that nobody can read any more, and the ledger that tells all of it. Method: the real demo, recording for the
 * whole of the test; its ASB manager, DPO and administrator at real browsers; the pack judged by the command, by a page
 * opened from disk, and by ffmpeg; the deletion by what a thief with yesterday's copies could do.
 * One story, told in order, so it stays whole.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { newId } from '#base/base.ts'
import { verifyPack } from '#evidence/evidence.ts'
import { decodeFrames, examineRun } from '#tests/rig/oracle.ts'
import { reelsUnder } from '#tests/rig/reels.ts'
import { databaseOf, openedBy, yieldOf } from './thief.ts'
import { beginWork, cameraCalled, until, type Work } from './work.ts'

const run = promisify(execFile)
/** Enough footage for a viewing with a span of ten seconds in its middle. */
const recordedMsMin = 35_000

describe('footage, from the reason to the deletion', () => {
  let work: Work
  let folder: string
  let door: string
  let firstDay: string
  let viewing: string
  let live: string
  let exhibit: string
  let disclosure: string
  let packZip: string
  let packFolder: string
  let checkpointFile: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'overt-journey-'))
    work = await beginWork()
    door = (await cameraCalled(work, 'amir', /front door/i)).id
    firstDay = Temporal.Now.plainDateISO('Europe/London').toString()
    checkpointFile = join(folder, 'checkpoint.txt')
    await writeFile(checkpointFile, (await work.ask(null, '/ledger/checkpoint')).bytes)
  })
  after(async () => {
    await work?.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** Entries of a kind about a thing, as the ASB manager may read them. */
  const entries = async (kind: string, about: string): Promise<{ data: Record<string, unknown> }[]> =>
    (await work.get('amir', `/ledger?kind=${kind}&about=${about}`)).entries

  /** What the camera recorded on the first day, as its timeline tells. */
  const timeline = (who = 'amir', camera = door) =>
    work.get(who, `/cameras/${camera}/timeline?day=${firstDay}`)

  /** A refusal: no page of footage, no picture, no video, whatever the path. */
  async function refusesPicture(who: string | null, path: string): Promise<void> {
    const answer = await work.ask(who, path)
    const toSignIn = [302, 303].includes(answer.status) && answer.bytes.length < 2_000
    assert.ok(
      [401, 403, 404].includes(answer.status) || toSignIn,
      `${path} answered ${who ?? 'nobody'} with ${answer.status} ${answer.mime}`,
    )
    assert.doesNotMatch(answer.mime, /^(image|video)\//, `${path} gave ${who ?? 'nobody'} a picture`)
    assert.ok(!answer.bytes.includes('ftyp') && !answer.bytes.includes('moof'), `${path} gave away video`)
  }

  test('without a viewing there is no picture: not by page, API, guessed address or another person’s right', async () => {
    const reels = (await reelsUnder(join(work.estate.home, 'recorder'))).map(
      (path) => /([0-9a-f-]{36})\.reel$/.exec(path)![1],
    )
    const guess = newId(Date.now())
    const now = Date.now()
    const paths = [
      `/viewings/${guess}`,
      ...['', '/api/v1'].flatMap((root) => [
        `${root}/viewings/${guess}/seek?camera=${door}&at=${now}`,
        `${root}/viewings/${guess}/index?camera=${door}`,
        `${root}/viewings/${guess}/reels/${reels[0]}/init`,
        `${root}/viewings/${guess}/fragments/${reels[0]}/1`,
        `${root}/viewings/${guess}/live?camera=${door}`,
        `${root}/viewings/${door}/seek?camera=${door}&at=${now}`,
        `${root}/exhibits/${guess}/watch/${guess}/film/1`,
        `${root}/disclosures/${guess}/pack`,
        `${root}/cameras/${door}/live`,
        `${root}/cameras/${door}/still`,
        `${root}/reels/${reels[0]}`,
      ]),
      `/recorder/reels/${reels[0]}.reel`,
      '/..%2f..%2frecorder/reels',
    ]
    for (const who of [null, 'olivia', 'amir', 'robin', 'kofi'])
      for (const path of paths) await refusesPicture(who, path)
  })

  test('a viewing needs a span, a purpose, a reason and a case, and what was typed is kept', async () => {
    await until('enough is recorded', 90_000, async () => {
      const { recorded } = await timeline()
      const [first] = recorded
      return first !== undefined && Date.now() - first.fromMs > recordedMsMin && first
    })
    const amir = await work.at('amir')
    await amir.visit(`/cameras/${door}`)
    await amir.press('Look at recorded footage')
    await amir.picture('viewing-new')
    await amir.press('Open the viewing')
    await amir.sees('There is a problem')
    await amir.picture('viewing-refused')
    assert.deepEqual((await work.get('amir', '/viewings')).length, 0)
    // Somebody without the right gets no form at all.
    for (const who of ['olivia', 'grace', 'dina', 'kofi'])
      assert.ok([403, 404].includes((await work.ask(who, `/viewings/new?camera=${door}`)).status), who)
  })

  test('the reason is in the ledger before the first picture is asked for', async () => {
    const amir = await work.at('amir')
    await amir.fill('What is it about?', 'Damage to a front door')
    await amir.tick(/Look into reported anti-social behaviour/)
    await amir.fill('Why do you need to look?', 'The resident heard kicks at the door a minute ago.')
    let askedFirst: Promise<number> | null = null
    await amir.page.route(/\/api\/v1\/viewings\/[^/]+\/(seek|fragments|reels)/, async (route) => {
      const id = /viewings\/([^/]+)\//.exec(route.request().url())![1]!
      // The ledger's page shows an entry once it is sequenced; until then no picture is let through.
      askedFirst ??= until('the reason is in the ledger', 10_000, async () => {
        const { length } = await entries('viewing.opened', id)
        return length > 0 && length
      }).then(({ value }) => value)
      await askedFirst
      await route.continue()
    })
    await amir.press('Open the viewing')
    viewing = new URL(amir.page.url()).pathname.split('/')[2]!
    await until('the player asks for a picture', 20_000, async () => askedFirst !== null)
    assert.equal(await askedFirst, 1, 'the ledger has the reason when the first picture is asked for')
    await amir.page.unrouteAll({ behavior: 'wait' })
    const [opened] = await entries('viewing.opened', viewing)
    assert.match(JSON.stringify(opened), /asb-investigation/)
  })

  test('the player plays under the viewer’s name, with gaps, activity, and one frame at a time', async (t) => {
    const amir = await work.at('amir')
    const { page } = amir
    const video = (what: string) =>
      page.evaluate(`document.querySelector('.overt-player video').${what}`) as Promise<number>
    const began = performance.now()
    await until('the first picture stands', 20_000, async () => (await video('readyState')) >= 2)
    t.diagnostic(`first picture ${Math.round(performance.now() - began)} ms after looking for it`)
    assert.match((await page.locator('.overt-player__name').textContent()) ?? '', /Amir Khan/)
    await page.locator('[data-act="play"]').click()
    const from = await video('currentTime')
    await until('the picture moves', 20_000, async () => (await video('currentTime')) > from + 1)
    assert.ok((await page.evaluate(`document.querySelector('.overt-player video').videoWidth`)) as number)
    await amir.picture('player')
    await page.locator('[data-act="play"]').click()
    await until('it stands still', 5_000, async () => (await video('paused')) as unknown as boolean)
    const still = await video('currentTime')
    await page.locator('[data-act="frame-forward"]').click()
    const stepped = await until('it goes one frame on', 5_000, async () => {
      const now = await video('currentTime')
      return now > still && now
    })
    assert.ok(stepped.value - still < 0.2, `one frame is ${stepped.value - still} s`)
    await page.locator('[data-act="frame-back"]').click()
    await until('it goes one frame back', 5_000, async () => (await video('currentTime')) < stepped.value)
    // The strip shows how much moves: it is not of one colour.
    const colours = (await page.evaluate(`(() => {
      const canvas = document.querySelector('.overt-player__strip canvas')
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      const seen = new Set()
      for (let at = 0; at < data.length; at += 4) seen.add(data[at] << 16 | data[at + 1] << 8 | data[at + 2])
      return seen.size
    })()`)) as number
    assert.ok(colours > 2, `the activity strip has ${colours} colours`)
    await amir.sees('What there is')
    await amir.sees('Recorded')
    await amir.arrive()
    // What was before the mandate is told as nothing recorded, in words.
    const { reels } = await work.get('amir', `/viewings/${viewing}/index?camera=${door}`)
    assert.ok(reels.length > 0)
    // It is Amir's viewing: nobody else's session opens anything with it.
    const at = reels[0].fromMs + 1_000
    for (const who of [null, 'olivia', 'grace', 'tom', 'kofi', 'robin'])
      for (const path of [
        `/viewings/${viewing}`,
        `/api/v1/viewings/${viewing}/seek?camera=${door}&at=${at}`,
        `/api/v1/viewings/${viewing}/fragments/${reels[0].id}/1`,
      ])
        await refusesPicture(who, path)
    const own = await work.ask('amir', `/api/v1/viewings/${viewing}/seek?camera=${door}&at=${at}`)
    assert.equal(own.mime, 'video/mp4')
    // Not outside its span, nor another landlord's camera.
    const { fromMs } = (await work.get('amir', '/viewings'))[0]
    await refusesPicture('amir', `/api/v1/viewings/${viewing}/seek?camera=${newId(Date.now())}&at=${at}`)
    await refusesPicture('amir', `/api/v1/viewings/${viewing}/seek?camera=${door}&at=${fromMs - 60_000}`)
  })

  test('live is a right of its own', async () => {
    assert.ok([403, 404].includes((await work.ask('grace', `/viewings/new?camera=${door}&live=yes`)).status))
    assert.ok([403, 404].includes((await work.ask('olivia', `/viewings/new?camera=${door}&live=yes`)).status))
    const tom = await work.at('tom')
    await tom.visit(`/viewings/new?camera=${door}&live=yes`)
    await tom.pick('Open case', 'C-2026-0001: Damage to a front door')
    await tom.tick(/Check that the system works/)
    await tom.fill('Why do you need to look?', 'The lens was wiped; is the picture sharp?')
    await tom.press('Open the live view')
    live = new URL(tom.page.url()).pathname.split('/')[2]!
    const time = () =>
      tom.page.evaluate(
        `(() => { const v = document.querySelector('.overt-player video'); return v.readyState >= 2 ? v.currentTime : 0 })()`,
      ) as Promise<number>
    const first = await until('a live picture', 20_000, async () => {
      const now = await time()
      return now > 0 && now
    })
    await until('the live picture moves', 20_000, async () => (await time()) > first.value + 0.5)
    assert.match((await tom.page.locator('.overt-player__name').textContent()) ?? '', /Tom Reed/)
    await tom.picture('live')
    await tom.press('End this viewing')
    await until('the live view is in the ledger', 10_000, async () => {
      const told = await entries('viewing.live-opened', live)
      return told.length === 1 && told
    })
  })

  test('a marked span becomes exhibit AK/1', async () => {
    const amir = await work.at('amir')
    const { page } = amir
    await amir.visit(`/viewings/${viewing}`)
    const video = (what: string) =>
      page.evaluate(`document.querySelector('.overt-player video').${what}`) as Promise<number>
    await until('the picture stands', 20_000, async () => (await video('readyState')) >= 2)
    const begins = await video('currentTime')
    await page.locator('[data-act="mark-in"]').click()
    await page.locator('[data-act="forward"]').click()
    await until('ten seconds on', 20_000, async () => (await video('currentTime')) > begins + 8)
    await page.locator('[data-act="mark-out"]').click()
    await amir.sees(/Marked: .* (9|10|11) seconds/)
    await amir.picture('player-marked')
    await amir.press('Make an exhibit of it')
    await amir.picture('exhibit-new')
    assert.equal(await page.getByLabel('Your initials').inputValue(), 'AK')
    await amir.fill('What it shows', 'Somebody at the front step.')
    await amir.press('Make the exhibit')
    await amir.sees('Exhibit AK/1 is kept.')
    await amir.picture('exhibit')
    exhibit = new URL(page.url()).pathname.split('/')[2]!
    const { recorded } = await timeline()
    assert.ok(recorded.length > 0)
  })

  test('the exhibit is watched for a reason, by nobody who gave none', async () => {
    const amir = await work.at('amir')
    await amir.visit(`/exhibits/${exhibit}`)
    await amir.press('Watch the exhibit')
    await amir.sees('There is a problem')
    await amir.fill('Why do you watch it?', 'To describe it for the police.')
    await amir.press('Watch the exhibit')
    await plays(amir.page)
    await amir.picture('exhibit-watch')
    await refusesPicture('olivia', new URL(amir.page.url()).pathname)
    await refusesPicture('dina', `${new URL(amir.page.url()).pathname}/film/1`)
  })

  /** The film on the page has a picture and it moves. */
  async function plays(page: import('playwright-core').Page): Promise<void> {
    const time = () =>
      page.evaluate(
        `(() => { const v = document.querySelector('video'); v.muted = true; if (v.paused && !v.ended) void v.play(); return v.readyState >= 2 || v.ended ? v.currentTime : 0 })()`,
      ) as Promise<number>
    await until('the film moves', 20_000, async () => (await time()) > 0.5)
  }

  test('it is handed over to a named recipient on a stated basis, the DPO is told, and the pack is fetched', async () => {
    const amir = await work.at('amir')
    await amir.visit(`/exhibits/${exhibit}`)
    await amir.press('Hand it over')
    await amir.picture('hand-over')
    await amir.tick('Police')
    await amir.fill('Their name', 'PC 4211 Dale, St Mary’s Wharf')
    await amir.tick(/The person asked for their own data/)
    await amir.fill('Why do they need it?', 'It shows who kicked the door on the night reported.')
    await amir.press('Hand it over')
    await amir.sees('There is a problem')
    await amir.picture('hand-over-refused')
    assert.equal(await amir.page.getByLabel('Their name').inputValue(), 'PC 4211 Dale, St Mary’s Wharf')
    await amir.tick(/To prevent or find crime/)
    await amir.press('Hand it over')
    await amir.sees('the data protection officer is told')
    disclosure = new URL(amir.page.url()).pathname.split('/')[2]!
    const dina = await work.at('dina')
    await dina.visit('/')
    await dina.sees(/AK\/1/)
    await dina.picture('work-of-dina')
    await until('the pack is ready', 60_000, async () => {
      const { state, words } = await work.get('amir', `/disclosures/${disclosure}`)
      assert.notEqual(state, 'failed', words)
      return state === 'ready'
    })
    await dina.visit(`/disclosures/${disclosure}`)
    await dina.press('I have seen this hand-over')
    await amir.visit(`/disclosures/${disclosure}`)
    await amir.sees('Saw it on')
    await amir.picture('hand-over-done')
    const [download] = await Promise.all([
      amir.page.waitForEvent('download'),
      amir.page.getByRole('button', { name: /Download the pack/ }).click(),
    ])
    packZip = join(folder, download.suggestedFilename())
    await download.saveAs(packZip)
    assert.equal(download.suggestedFilename(), 'exhibit-AK-1.zip')
    for (const who of ['olivia', 'grace', 'tom', 'robin'])
      await refusesPicture(who, `/disclosures/${disclosure}/pack`)
    await until('the fetching is in the ledger', 10_000, async () => {
      const told = await entries('disclosure.fetched', disclosure)
      return told.length === 1 && told
    })
  })

  test('the pack is verified by the command, and one flipped bit in any file is named', async (t) => {
    const whole = await work.overt('verify', packZip)
    assert.match(whole.words, /verified/i)
    assert.equal(whole.code, 0, whole.words)
    packFolder = join(folder, 'pack')
    await mkdir(packFolder)
    await run('python3', ['-m', 'zipfile', '-e', packZip, packFolder])
    const files = (await readdir(packFolder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
    const video = files.find((file) => file.endsWith('.mp4'))!
    const sealed = files.find((file) => /records-01\.bin$/.test(file))!
    for (const file of files) {
      const bytes = await readFile(file)
      const name = file.slice(packFolder.length + 1)
      const at = Math.floor(Math.random() * bytes.length)
      const bit = 1 << Math.floor(Math.random() * 8)
      const altered = Buffer.from(bytes)
      altered[at]! ^= bit
      await writeFile(file, altered)
      const where = `${name}, byte ${at} of ${bytes.length}, bit ${bit}`
      if (file === video || file === sealed) {
        const told = await work.overt('verify', packFolder)
        assert.equal(told.code, 1, `${where}: ${told.words}`)
        assert.ok(told.words.includes(name), `${where}: ${told.words}`)
      } else {
        const { ok, problems } = await verifyPack(packFolder)
        assert.equal(ok, false, `${where} was not noticed`)
        assert.ok(
          problems.some((problem) => name.endsWith(problem.file) || problem.file.endsWith(name)),
          `${where}: ${JSON.stringify(problems)}`,
        )
      }
      await writeFile(file, bytes)
    }
    t.diagnostic(`${files.length} files altered one by one, each named`)
    assert.equal((await work.overt('verify', packFolder)).code, 0)
  })

  test('the receiver’s browser verifies and plays it from the folder alone', async () => {
    const [index] = (await readdir(packFolder, { recursive: true })).filter((name) =>
      name.endsWith('index.html'),
    )
    const bag = join(packFolder, index!, '..')
    const visitor = await work.stranger()
    const asked: string[] = []
    visitor.on('request', (request) => {
      if (!/^(file|blob|data):/.test(request.url())) asked.push(request.url())
    })
    await visitor.goto(pathToFileURL(join(bag, 'index.html')).href)
    await visitor.setInputFiles('#folder', bag)
    await visitor.waitForSelector('.verdict', { timeout: 30_000 })
    assert.equal(await visitor.textContent('.verdict h2'), 'Verified')
    await plays(visitor)
    assert.deepEqual(asked, [], 'the page asks no network')
    await visitor.close()
  })

  test('ffmpeg finds every frame of the span in the film, none twice, at the time that the index says', async (t) => {
    const checked = await verifyPack(packFolder)
    const { statement } = checked
    assert.ok(statement)
    assert.equal(statement.videos.length, 1, 'one film for one span of one camera')
    const [film] = statement.videos
    const [verified] = checked.videos
    assert.ok(film && verified)
    const [path] = (await readdir(packFolder, { recursive: true })).filter((name) => name.endsWith('.mp4'))
    const frames = await decodeFrames(join(packFolder, path!))
    assert.equal(frames.length, film.frames)
    const faults = examineRun(frames)
    assert.deepEqual({ ...faults, skewMs: 0 }, { unreadable: 0, missing: 0, repeated: 0, skewMs: 0 })
    assert.ok(film.firstMs <= statement.fromMs && film.lastMs >= statement.toMs, 'the whole span is in it')
    const frameMs = (film.lastMs - film.firstMs) / film.frames
    const beginMs = frames[0]!.ptsMs
    const away = frames.map((frame) => {
      const inFilm = (frame.ptsMs - beginMs) / 1000
      const part =
        verified.clock.findLast(({ atSeconds }) => atSeconds <= inFilm + 0.001) ?? verified.clock[0]!
      return Math.abs(part.wallMs + (inFilm - part.atSeconds) * 1000 - frame.clock!.epochMs)
    })
    t.diagnostic(
      `${frames.length} frames of ${frameMs.toFixed(1)} ms; clock in the picture and index differ by ${Math.max(...away).toFixed(1)} ms at most`,
    )
    assert.ok(Math.max(...away) <= frameMs, `they differ by ${Math.max(...away)} ms`)
  })

  test('when the viewing is over nothing more is shown, and the spans served are in the ledger', async () => {
    const amir = await work.at('amir')
    await amir.visit(`/viewings/${viewing}`)
    await amir.press('End this viewing')
    await amir.sees('The viewing is over.')
    const { fromMs } = (await work.get('amir', '/viewings'))[0]
    await refusesPicture('amir', `/api/v1/viewings/${viewing}/seek?camera=${door}&at=${fromMs + 5_000}`)
    const { value: served } = await until('the spans are told', 20_000, async () => {
      const told = await entries('viewing.served', viewing)
      return told.length > 0 && told
    })
    const spans = served.flatMap(({ data }) => data['spans'] as [number, number][])
    assert.ok(spans.length > 0 && spans.every(([from, to]) => to > from), JSON.stringify(spans))
    assert.ok((await entries('viewing.served', live)).length > 0, 'what was seen live is told, too')
  })

  test('at the end of retention the keys and reels are gone, the timeline says why, the exhibit plays', async (t) => {
    const recorder = join(work.estate.home, 'recorder')
    // What a thief may have: the disk of the recorder and the whole database of the day before; not the keyring's.
    const stolen = join(folder, 'stolen')
    const keyringBefore = join(folder, 'keyring-before')
    const database = await databaseOf(work.estate.home)
    let dump: string
    try {
      dump = await database.dump()
    } finally {
      await database.close()
    }
    const old = await reelsUnder(recorder)
    await cp(recorder, stolen, { recursive: true })
    await cp(work.estate.keyring, keyringBefore, { recursive: true })
    const groupsBefore = await readdir(join(work.estate.keyring, 'groups'))
    const before = await yieldOf(stolen, keyringBefore)
    assert.ok(before.reels > 0 && before.fragments > 0 && before.sealed === 0, JSON.stringify(before))

    const robin = await work.at('robin')
    await robin.visit('/demo/clock')
    await robin.tick(/31 days/)
    await robin.picture('demo-clock')
    const began = performance.now()
    await robin.press('Move the clock')
    await robin.sees('It is now')
    t.diagnostic(
      `the clock was moved and what was due was done in ${((performance.now() - began) / 1000).toFixed(1)} s`,
    )
    const groups = new Set(await readdir(join(work.estate.keyring, 'groups')))
    const gone = groupsBefore.filter((name) => !groups.has(name))
    assert.ok(gone.length > 0, `the keyring still has ${[...groups].join(', ')}`)

    const keyringAfter = join(folder, 'keyring-after')
    await cp(work.estate.keyring, keyringAfter, { recursive: true })
    const left = await yieldOf(stolen, keyringAfter)
    // A reel of which a part is held stays, as noise but for that part.
    const heldReel = (path: string) => [...left.heldReels].some((reel) => path.includes(reel))
    await until('the reels of the day are gone from the disk', 60_000, async () => {
      const there = new Set(await reelsUnder(recorder))
      return old.every((path) => heldReel(path) || !there.has(path))
    })
    t.diagnostic(
      `keys and files gone ${((performance.now() - began) / 1000).toFixed(1)} s after the clock moved`,
    )
    assert.ok(old.filter(heldReel).length < old.length)
    assert.equal(left.reels, 0, 'no reel of the day has its key left')
    t.diagnostic(
      `${left.fragments} held fragments open by the hold's keys, ${left.sealed} are sealed for ever`,
    )
    assert.ok(left.fragments > 0 && left.sealed > left.fragments, JSON.stringify(left))
    // Nothing in yesterday's database opens anything either; a key, were there one in it, would be found.
    const searched = await openedBy(stolen, dump)
    t.diagnostic(`${searched.tried} values of the database tried as keys`)
    assert.equal(searched.reels, 0)
    const planted = `${dump}\t${before.aKey!.toString('base64url')}\n`
    assert.equal((await openedBy(stolen, planted)).reels, 1)

    const { recorded } = await timeline()
    assert.ok(recorded.length > 0)
    for (const line of recorded) assert.equal(line.kind, 'deleted')
    const amir = await work.at('amir')
    await amir.visit(`/cameras/${door}/timeline?day=${firstDay}`)
    await amir.sees('Everything that was recorded on this day is deleted.')
    await amir.sees(/Deleted .* under/)
    await amir.picture('timeline-deleted')
    const maya = await work.at('maya')
    const carPark = (await cameraCalled(work, 'maya', /car park/i)).id
    await maya.visit(`/cameras/${carPark}/timeline?day=${firstDay}`)
    await maya.sees(/Deleted .* under/)

    await amir.visit(`/exhibits/${exhibit}`)
    await amir.fill('Why do you watch it?', 'The court date is near.')
    await amir.press('Watch the exhibit')
    await plays(amir.page)
  })

  test('the ledger tells it in plain words, verifies against an earlier checkpoint, and finds a changed entry', async () => {
    const amir = await work.at('amir')
    await amir.visit('/ledger')
    await amir.picture('ledger')
    await amir.sees('Exhibit AK/1 was watched')
    await amir.sees(/The keys of \d+ camera-days? were destroyed/)
    const kinds = new Set<string>()
    for (let path = '/ledger'; path !== ''; ) {
      const page = await work.get('amir', path)
      for (const entry of page.entries) {
        kinds.add(entry.kind)
        assert.ok(
          entry.words.length > 10 && !/undefined|NaN|\[object/.test(entry.words),
          JSON.stringify(entry),
        )
      }
      path = page.older === null ? '' : `/ledger?before=${page.older}`
    }
    for (const kind of [
      'deployment.proposed', 'dpia.accepted', 'approval.given', 'mandate.issued', 'viewing.opened', 'viewing.served',
      'exhibit.made', 'disclosure.made', 'disclosure.packed', 'disclosure.fetched', 'footage.expired',
    ]) // biome-ignore format: a list reads best as one
      assert.ok(kinds.has(kind), `${kind} is not in the ledger: ${[...kinds].join(', ')}`)
    // Housing officers may not read it.
    assert.equal((await work.ask('olivia', '/ledger')).status, 403)

    const whole = await work.overt('ledger', 'verify', '--checkpoint', checkpointFile)
    assert.equal(whole.code, 0, whole.words)
    assert.match(whole.words, /verified/)

    const [first] = await entries('viewing.opened', viewing)
    const database = await databaseOf(work.estate.home)
    try {
      await database.alterLeaf((first as unknown as { id: string }).id)
    } finally {
      await database.close()
    }
    const changed = await work.overt('ledger', 'verify', '--checkpoint', checkpointFile)
    assert.equal(changed.code, 1, changed.words)
    assert.match(changed.words, /entry \d+/)
  })
})
