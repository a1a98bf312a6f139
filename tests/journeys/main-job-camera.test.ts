/**
 * Goal: the first half of the main job, from asking for a camera to its lawful recording and its end by withdrawal.
 * Method: the real demo with all its processes; each member of staff at a real browser; every page met is checked by
 * axe. What is measured (start, refusals of addresses, recording after the last gate, overrun) is told as diagnostics.
 * One camera's story, told in order, so it stays whole.
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Home, moveDemoClock } from '#base/base.ts'
import { here } from '#tests/here.ts'
import { signPhoto } from '#visitor/visitor.ts'
import { type Answered, beginWork, cameraCalled, until, type Work } from './work.ts'

/** Issue 2: an address that is no camera says so on the page within this. */
const probeMsMax = 15_000
/** Issue 2: recording begins within this after the last gate. */
const recordingMsMax = 5_000

const today = (): string => Temporal.Now.plainDateISO('Europe/London').toString()
const inDays = (days: number): string => Temporal.PlainDate.from(today()).add({ days }).toString()

describe('a camera, from the asking to the withdrawal', () => {
  let work: Work
  let cameraPort: string
  const servers: Server[] = []
  /** Birch Court's hallway, which the demo leaves waiting for its second approval. */
  let hallway: { id: string; camera: string }

  before(async () => {
    work = await beginWork()
    cameraPort = (await readFile(join(work.estate.home, 'camera-port'), 'utf8')).trim()
    const camera = await cameraCalled(work, 'tom', /hallway/i)
    hallway = { id: camera.deployment, camera: camera.id }
  })
  after(async () => {
    for (const server of servers) server.close()
    await work?.close()
  })

  test('the demo is ready within a minute, with two cameras recording and one waiting for a gate', async (t) => {
    t.diagnostic(`ready after ${(work.readyMs / 1000).toFixed(1)} s`)
    assert.ok(work.readyMs < here(60_000), `it took ${work.readyMs} ms`)
    await until('the porch camera records', 20_000, async () => {
      const door = await cameraCalled(work, 'amir', /front door/i)
      return door.state === 'lawful' && door
    })
    const carPark = await cameraCalled(work, 'kofi', /car park/i)
    assert.equal(carPark.state, 'lawful')
    const waiting = await cameraCalled(work, 'amir', /hallway/i)
    assert.equal(waiting.state, 'waiting')
    const amir = await work.at('amir')
    await amir.visit('/')
    await amir.picture('work-of-amir')
    await amir.visit('/cameras')
    await amir.picture('cameras')
    await amir.doesNotSee('Car park') // Another landlord's.
  })

  test('a housing officer asks for a camera in a home; mistakes are named by clause and what was typed is kept', async () => {
    const olivia = await work.at('olivia')
    await olivia.visit('/deployments/new')
    await olivia.picture('ask-kind')
    await olivia.tick(/In a resident.s home/)
    await olivia.press('Go on')
    await olivia.fill('Name of the place', '3 Cedar Close')
    await olivia.fill('Name for the camera', 'Cedar porch')
    await olivia.fill(/Where will it hang/, 'In the porch, over the step; not the neighbour’s door.')
    await olivia.press('Save and go on')
    await olivia.sees('Enter the address')
    await olivia.picture('ask-place-refused')
    assert.equal(await olivia.page.getByLabel('Name of the place').inputValue(), '3 Cedar Close')
    await olivia.fill('Address', '3 Cedar Close, Fernside')
    await olivia.press('Save and go on')
    await olivia.sees('Purposes')
    await olivia.doesNotSee('Marketing')
    await olivia.tick(/Prevent or find anti-social behaviour/)
    await olivia.tick(/A task in the public interest/)
    await olivia.fill(/What do you want to bring about/, 'The resident is left alone.')
    await olivia.fill(/Why is it pressing/, 'The threats go on.')
    await olivia.fill(/Why is a camera needed/, 'Threats at the door on three nights.')
    await olivia.press('Save and go on')
    await olivia.fill(/What was tried/, 'Letters and a visit.')
    await olivia.tick(/They have other means/)
    await olivia.press('Save and go on')
    await olivia.sees('the policy allows no camera here')
    await olivia.sees('4.2.1')
    await olivia.tick(/That is so/)
    await olivia.press('Save and go on')
    await olivia.tick(/Whether it is somebody we know/)
    await olivia.fill(/Why would fewer hours/, 'They come at all hours.')
    await olivia.fillDay('fromDay', today())
    await olivia.fillDay('untilDay', inDays(28))
    await olivia.press('Save and go on')
    await olivia.sees('These are 29 days and the policy allows 28')
    await olivia.sees('4.2.1')
    await olivia.picture('ask-dates-refused')
    await olivia.fillDay('untilDay', inDays(27))
    await olivia.fillDay('reviewDay', inDays(14))
    await olivia.press('Save and go on')
    await olivia.picture('ask-check')
    await olivia.press('Ask for this camera')
    await olivia.sees('is asked for')
    await olivia.picture('asked')
    // Gates, whose turn, clause, silence.
    await olivia.sees('What must be true before it may record')
    await olivia.sees('Anti-Social Behaviour Manager')
    await olivia.sees('Data protection impact assessment')
    await olivia.sees('4.2.5')
    await olivia.sees('The policy does not say; Overt asks for it')
    await olivia.sees(/Where the policy is silent/)
  })

  test('the assessment comes before the approval, and whoever wrote it does not accept it', async () => {
    const olivia = await work.at('olivia')
    const home = new URL(olivia.page.url()).pathname
    // Out of turn: refused, with the clause that asks for the assessment first.
    const amir = await work.at('amir')
    await amir.visit(home)
    const early = await sends('amir', `${home}/approve`, {
      role: 'asb-manager',
      decision: 'approve',
      reason: 'At once.',
      mark: (await work.get('amir', home)).mark,
    })
    assert.ok([403, 422].includes(early.status), `${early.status}: ${early.bytes}`)
    assert.match(early.bytes.toString(), /derby-4\.2\.5|4\.2\.5/)

    await olivia.visit(`${home}/dpia`)
    await olivia.sees('filled in from the register')
    await olivia.sees('3 Cedar Close')
    await olivia.sees('30 days')
    await olivia.press('Send to the data protection officer')
    await olivia.sees('There is a problem')
    await olivia.picture('dpia-refused')
    for (const answer of await olivia.page.locator('textarea[name^="answer-"]').all())
      await answer.fill('The step and the path to it; callers and the resident.')
    await olivia.press('Send to the data protection officer')
    await olivia.sees('The assessment is sent to the data protection officer.')
    const [dpia] = (await work.get('olivia', home)).dpias
    const own = await sends('olivia', `${home}/dpia/answer`, { dpia: dpia.id, outcome: 'accepted' })
    assert.equal(own.status, 403)

    const dina = await work.at('dina')
    await dina.visit('/')
    await dina.sees(/D-2026-0003: Version 1 waits to be accepted/)
    await dina.visit(`${home}/dpia`)
    await dina.picture('dpia-answer')
    await dina.tick('I accept it')
    await dina.press('Answer')
    await dina.sees('The assessment is accepted.')

    // One approval for a home; and the resident's own agreement, for which the policy has no word.
    await amir.visit(`${home}/approve`)
    await amir.tick(/I approve this camera/)
    await amir.press('Decide')
    await amir.sees('You have approved it.')
    await olivia.visit(`${home}/agreement`)
    await olivia.fill('Who agreed?', 'Joan Whitfield')
    await olivia.tick('In person')
    await olivia.fillDay('day', today())
    await olivia.tick(/They were told not to move/)
    await olivia.press('Record their agreement')
    await olivia.sees('The agreement is recorded.')
    const { gates } = await work.get('olivia', home)
    const open = (gates as { code: string; state: string }[]).filter(({ state }) => state !== 'met')
    assert.deepEqual(open.map(({ code }) => code).sort(), [
      'field-of-view',
      'recorder',
      'reference-picture',
      'signs',
      'site-checklist',
    ])
  })

  test('the same asking under the other landlord’s policy has no approvals and no 28 days', async () => {
    const sam = await work.at('sam')
    await sam.visit('/deployments/new')
    await sam.doesNotSee('In a resident’s home')
    await sam.tick(/A mobile camera at one of our sites/)
    await sam.press('Go on')
    await sam.fill('Name of the place', 'Larkhill yard')
    await sam.fill('Address', 'Station Road, Larkhill')
    await sam.tick('A shared part of a building, or the land around it')
    await sam.fill('Name for the camera', 'Yard gate')
    await sam.fill(/Where will it hang/, 'On the gate post.')
    await sam.press('Save and go on')
    await sam.tick(/Put people off crime/)
    await sam.tick(/A legitimate interest/)
    await sam.fill(/What do you want to bring about/, 'No more thefts.')
    await sam.fill(/Why is it pressing/, 'It happens every week.')
    await sam.fill(/Why is a camera needed/, 'Bicycles were stolen.')
    await sam.press('Save and go on')
    await sam.doesNotSee('other means')
    await sam.fill(/What was tried/, 'Better locks.')
    await sam.press('Save and go on')
    await sam.tick(/Who it is, beyond doubt/)
    await sam.fill(/Why would fewer hours/, 'They come at night and by day.')
    await sam.fillDay('fromDay', today())
    await sam.fillDay('untilDay', inDays(90))
    await sam.press('Save and go on')
    await sam.press('Ask for this camera')
    await sam.picture('asked-larkhill')
    const id = new URL(sam.page.url()).pathname.split('/').at(-1)
    const { gates } = await work.get('sam', `/deployments/${id}`)
    const codes = (gates as { code: string }[]).map(({ code }) => code)
    assert.ok(!codes.some((code) => code.startsWith('approval')), `gates are ${codes.join(', ')}`)
    assert.ok(!codes.includes('resident-agreement'))
    // Another landlord's people neither see nor reach it.
    assert.equal((await work.ask('olivia', `/deployments/${id}`)).status, 404)
  })

  test('nobody approves what they asked for, or in a role that they do not hold', async () => {
    const olivia = await work.at('olivia')
    await olivia.visit(`/deployments/${hallway.id}`)
    await olivia.picture('hallway-waiting')
    await olivia.sees('Area Housing Services Manager')
    // She holds no approving role: the page is not hers.
    await olivia.visit(`/deployments/${hallway.id}/approve`, 403)
    await olivia.sees('You cannot open this page')

    // Amir gave the first approval; the second is not his, by page or by API.
    const amir = await work.at('amir')
    await amir.visit(`/deployments/${hallway.id}/approve`)
    const { mark } = await work.get('amir', `/deployments/${hallway.id}`)
    const refused = await sends('amir', `/deployments/${hallway.id}/approve`, {
      role: 'area-housing-services-manager',
      decision: 'approve',
      reason: 'me again',
      mark,
    })
    assert.ok([403, 422].includes(refused.status), `${refused.status}: ${refused.bytes}`)
    assert.match(refused.bytes.toString(), /4\.3\.1/)
  })

  test('the second approver approves, and the step stands done', async () => {
    const grace = await work.at('grace')
    await grace.visit('/')
    await grace.picture('work-of-grace')
    await grace.visit(`/deployments/${hallway.id}/approve`)
    await grace.picture('approve')
    await grace.press('Decide')
    await grace.sees('There is a problem')
    await grace.tick(/I approve this camera/)
    await grace.fill('Your reasons', 'Five households; nothing else helped.')
    await grace.press('Decide')
    await grace.sees('You have approved it.')
  })

  test('an address that is no camera is named within 15 s and harms no other camera', async (t) => {
    const silent = await listening((socket) => void socket.on('error', () => undefined))
    const chatty = await listening((socket) => {
      socket.on('error', () => undefined)
      socket.end('220 mail.example ESMTP\r\n')
    })
    const locked = await listening((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (request) => {
        const sequence = /CSeq: *(\d+)/i.exec(request.toString())?.[1] ?? '1'
        socket.write(
          `RTSP/1.0 401 Unauthorized\r\nCSeq: ${sequence}\r\nWWW-Authenticate: Digest realm="camera", nonce="9f3c1a"\r\n\r\n`,
        )
      })
    })
    const refusing = await listening(() => undefined)
    await new Promise((closed) => refusing.server.close(closed))
    const wrong = [
      { what: 'refuses', address: `rtsp://127.0.0.1:${refusing.port}/live`, code: 'refused', says: /refuse/i },
      { what: 'never answers', address: `rtsp://127.0.0.1:${silent.port}/live`, code: 'no-answer', says: /answer/i },
      { what: 'is not a camera', address: `rtsp://127.0.0.1:${chatty.port}/live`, code: 'not-a-camera', says: /not.*camera|camera/i },
      { what: 'needs a password', address: `rtsp://127.0.0.1:${locked.port}/live`, code: 'needs-password', says: /password/i },
      { what: 'is in another network', address: 'rtsp://10.200.1.2/live', code: 'not-allowed', says: /may not connect/i },
    ] // biome-ignore format: a table reads best as one
    const tom = await work.at('tom')
    const before = await cameraCalled(work, 'amir', /front door/i)
    assert.equal(before.state, 'lawful')
    const beganMs = Date.now()
    for (const { what, address, code, says } of wrong) {
      await tom.visit(`/deployments/${hallway.id}/install`)
      await tom.fill('Address of the camera’s stream', address)
      const began = performance.now()
      await tom.press('Save and try it')
      const tookMs = performance.now() - began
      t.diagnostic(`an address that ${what}: told after ${(tookMs / 1000).toFixed(1)} s`)
      await tom.sees(says)
      await tom.picture(`address-${code}`)
      assert.ok(tookMs < here(probeMsMax), `an address that ${what} took ${tookMs} ms to be told`)
      const camera = await work.get('tom', `/cameras/${hallway.camera}`)
      assert.equal(camera.address.code, code, `an address that ${what} is told as ${camera.address.words}`)
      await tom.visit(`/cameras/${hallway.camera}`)
      await tom.sees(camera.address.words)
    }
    for (const [who, label] of [
      ['amir', /front door/i],
      ['kofi', /car park/i],
    ] as const)
      assert.equal((await cameraCalled(work, who, label)).state, 'lawful', `${label} is harmed`)
    const { gaps } = await work.get('amir', `/cameras/${before.id}/timeline`)
    assert.deepEqual(
      (gaps as { fromMs: number; cause: string }[]).filter(({ fromMs }) => fromMs > beganMs),
      [],
      'the porch camera has a gap since the first wrong address',
    )
  })

  test('the installer connects the camera, hangs signs with a photo, ticks the list and takes the reference picture', async () => {
    const tom = await work.at('tom')
    const at = `/deployments/${hallway.id}/install`
    await tom.visit(at)
    await tom.picture('install')
    await tom.fill('Address of the camera’s stream', `rtsp://127.0.0.1:${cameraPort}/hallway`)
    await tom.press('Save and try it')
    assert.equal((await work.get('tom', `/cameras/${hallway.camera}`)).address.code, 'ok')

    await tom.fill('Where exactly?', 'Beside the stair door, at eye height.')
    await tom.press('Add this sign')
    await tom.sees(/Choose a photo|photo/i)
    // A photo of anything else, or of another camera's sign, proves nothing.
    const signs: { cameraId: string; address: string }[] = await work.get('tom', '/signs')
    const own = signs.find((sign) => sign.cameraId === hallway.camera)!
    const other = signs.find((sign) => sign.cameraId !== hallway.camera)!
    for (const [code, said] of [
      ['https://example.org/', /is not one of our signs/],
      [`https://cctv.example.org${other.address}`, /belongs to another place or camera/],
    ] as const) {
      await tom.fill('Where exactly?', 'Beside the stair door, at eye height.')
      await tom.page
        .getByLabel('Photo of the sign')
        .setInputFiles({ name: 'sign.png', mimeType: 'image/png', buffer: signPhoto(code) })
      await tom.press('Add this sign')
      await tom.sees(said)
    }
    const photo = signPhoto(`https://cctv.example.org${own.address}`)
    await tom.fill('Where exactly?', 'Beside the stair door, at eye height.')
    await tom.page
      .getByLabel('Photo of the sign')
      .setInputFiles({ name: 'sign.png', mimeType: 'image/png', buffer: photo })
    await tom.press('Add this sign')
    await tom.sees('The sign is recorded.')

    for (const box of await tom.page.locator('input[name="met"]').all()) await box.check()
    await tom.tick(/I am qualified/)
    await tom.fill('What was fitted', 'Camera, M1, serial 1')
    await tom.fill('What shows it?', 'Card 4711')
    await tom.press('Save the checklist')
    await tom.sees('The checklist is complete.')

    const { mandates: none } = await work.get('tom', `/deployments/${hallway.id}`)
    assert.deepEqual(none, [], 'no mandate stands before the reference picture is asked for')
    await tom.press('Take the reference picture')
    await until('the reference picture has come', 20_000, async () => {
      const { reference } = await work.get('tom', `/deployments/${hallway.id}`)
      return reference !== null && reference
    })
    const { mandates } = await work.get('tom', `/deployments/${hallway.id}`)
    assert.deepEqual(
      mandates.map((mandate: { class: string }) => mandate.class),
      ['commissioning'],
    )
    assert.ok(
      mandates[0].untilMs - mandates[0].fromMs <= 30 * 60_000,
      'commissioning lasts 30 minutes at most',
    )
  })

  test('when the last gate closes the camera is lawful and recording within 5 s', async (t) => {
    const tom = await work.at('tom')
    await tom.visit(`/deployments/${hallway.id}/install`)
    await tom.picture('install-reference')
    const yes = tom.page.getByRole('button', { name: 'Yes, it shows only that' })
    const began = performance.now()
    await yes.click()
    const watcher = await (await work.at('amir')).context.newPage()
    await until('the camera’s page says lawful and recording', 20_000, async () => {
      await watcher.goto(`${work.estate.url()}/cameras/${hallway.camera}`)
      return /Lawful and recording/i.test((await watcher.locator('main').textContent()) ?? '')
    })
    const tookMs = performance.now() - began
    await watcher.close()
    t.diagnostic(`lawful and recording ${(tookMs / 1000).toFixed(2)} s after the last gate`)
    assert.ok(tookMs <= here(recordingMsMax), `it took ${tookMs} ms from the last gate to recording`)
    const amir = await work.at('amir')
    await amir.visit(`/cameras/${hallway.camera}`)
    await amir.picture('camera-live')
    await amir.sees(/Day 1 of/)
    await amir.sees(/Ends at the end of/)
    const { mandates } = await work.get('amir', `/deployments/${hallway.id}`)
    const ordinary = mandates.filter(
      (mandate: { class: string; ended: unknown }) => mandate.class === 'ordinary' && mandate.ended === null,
    )
    assert.equal(ordinary.length, 1)
  })

  test('the API answers a token of one’s own with the same rows and the same refusals', async () => {
    const olivia = await tokenOf('olivia')
    const amir = await tokenOf('amir')
    const asked = (token: string | null, path: string, body?: object) =>
      fetch(`${work.estate.url()}${path}`, {
        redirect: 'manual',
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      })
    const cameras = await asked(amir, '/api/v1/cameras')
    assert.equal(cameras.status, 200)
    const own = (list: { id: string }[]) => list.map(({ id }) => id).sort()
    assert.deepEqual(own((await cameras.json()) as { id: string }[]), own(await work.get('amir', '/cameras')))
    assert.equal((await asked(amir, '/api/v1/ledger')).status, 200)
    assert.equal((await asked(olivia, '/api/v1/ledger')).status, 403)
    assert.equal((await asked(null, '/api/v1/cameras')).status, 401)
    assert.equal((await asked(`${amir}x`, '/api/v1/cameras')).status, 401)
    // A token is for the API and opens no page.
    assert.notEqual((await asked(amir, '/cameras')).status, 200)
    const nowMs = Date.now()
    const unreasoned = await asked(amir, '/api/v1/viewings', { kind: 'live', cameras: [hallway.camera] })
    assert.equal(unreasoned.status, 422)
    const said = { kind: 'live', cameras: [hallway.camera], purpose: 'quality-check', reason: 'Is it sharp?' }
    const viewing = await asked(amir, '/api/v1/viewings', { ...said, newCaseTitle: 'Sharpness' })
    assert.equal(viewing.status, 201, await viewing.clone().text())
    assert.ok(((await viewing.json()) as { expiresMs: number }).expiresMs > nowMs)
    assert.equal((await asked(olivia, '/api/v1/viewings', { ...said, newCaseTitle: 'Curious' })).status, 404)
  })

  test('the API describes itself, and health is told to anybody', async () => {
    const api = (await work.ask(null, '/api/v1/openapi.json')).json()
    assert.match(api.openapi, /^3\./)
    assert.ok(api.info.title && api.info.version)
    const operations = new Set<string>()
    for (const [path, item] of Object.entries<Record<string, Record<string, unknown>>>(api.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((found) => found[1])
      for (const [method, operation] of Object.entries(item)) {
        const where = `${method} ${path}`
        assert.match(method, /^(get|post|put|delete|patch)$/, where)
        assert.ok(operation['summary'], `${where} says what it does`)
        assert.ok(Object.keys(operation['responses'] ?? {}).length > 0, `${where} says what it answers`)
        const declared = (
          (operation['parameters'] ?? []) as { in: string; name: string; required: boolean }[]
        )
          .filter((parameter) => parameter.in === 'path' && parameter.required)
          .map(({ name }) => name)
        assert.deepEqual(declared.sort(), inPath.sort(), `${where} declares its path`)
        const id = operation['operationId']
        if (id !== undefined) assert.ok(!operations.has(String(id)), `${String(id)} twice`)
        operations.add(String(id ?? where))
      }
    }
    assert.ok(operations.size > 30, `${operations.size} operations`)
    for (const [, ref] of JSON.stringify(api).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = ref!.split('/').reduce((at, key) => at?.[key.replaceAll('~1', '/')], api)
      assert.ok(found, `${ref} is not there`)
    }
    const health = await work.ask(null, '/health')
    assert.equal(health.status, 200)
    assert.deepEqual(health.json(), { status: 'ok' })
  })

  test('an approver withdraws it: at that instant it may record no more, and the removal waits for somebody', async (t) => {
    const amir = await work.at('amir')
    await amir.visit(`/deployments/${hallway.id}/end`)
    await amir.press('Withdraw the approval')
    await amir.sees('There is a problem')
    await amir.fill('Why?', 'The household at the end moved out.')
    await amir.picture('withdraw')
    await amir.press('Withdraw the approval')
    await amir.sees('its authority has ended')
    type Mandate = {
      class: string
      ended: { atMs: number; cause: string } | null
      overrunMs: number | null
    }
    const { value: ended, afterMs } = await until(
      'the recorder says how much it stored after',
      30_000,
      async () => {
        const { mandates } = await work.get('amir', `/deployments/${hallway.id}`)
        const last = (mandates as Mandate[]).find((one) => one.class === 'ordinary')
        return last?.ended != null && last.overrunMs !== null && last
      },
    )
    t.diagnostic(
      `stored after the withdrawal: ${ended.overrunMs} ms, known ${(afterMs / 1000).toFixed(1)} s after it`,
    )
    assert.equal(ended.ended!.cause, 'withdrawn')
    await until('the recorder stores no more', 10_000, async () => {
      const camera = await work.get('amir', `/cameras/${hallway.camera}`)
      return camera.recorder.state !== 'recording' && camera
    })
    const stored = [...(await work.estate.fragments()).values()].filter(
      ({ camera }) => camera === hallway.camera,
    )
    const lastMs = Math.max(...stored.map(({ endMs }) => endMs))
    assert.ok(lastMs <= ended.ended!.atMs + 1_000, `its last frame is ${lastMs - ended.ended!.atMs} ms late`)

    await amir.visit(`/deployments/${hallway.id}`)
    await amir.picture('withdrawn')
    await amir.sees('It has ended')
    await amir.sees('“The household at the end moved out.”')
    await amir.sees(
      /Nothing was stored after that instant|after that instant is refused, and its keys are destroyed/,
    )
    await amir.visit(`/cameras/${hallway.camera}/timeline`)
    await amir.sees(/authority ended at/i)
    await amir.sees(/Nothing was stored after that|seconds more before the news arrived/)
    await amir.visit(`/cameras/${hallway.camera}`)
    await amir.doesNotSee('Lawful and recording')
    await amir.picture('camera-ended')
    const tom = await work.at('tom')
    await tom.visit('/')
    await tom.sees(/[Tt]ake.* down/)
    await tom.picture('work-of-tom')

    // What lies before the end can be looked at for a reason; what came after it can not, by anybody.
    const session = await tokenOf('amir')
    const asked = (path: string, body?: object) =>
      fetch(`${work.estate.url()}/api/v1${path}`, {
        headers: { authorization: `Bearer ${session}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      })
    const day = today()
    const clock = (ms: number) =>
      Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO('Europe/London').toPlainTime()
    const viewing = await asked('/viewings', {
      kind: 'recorded',
      cameras: [hallway.camera],
      fromDay: day,
      fromTime: clock(ended.ended!.atMs - 60_000).toString({ smallestUnit: 'second' }),
      toTime: clock(Math.min(Date.now(), ended.ended!.atMs + 5_000)).toString({ smallestUnit: 'second' }),
      purpose: 'asb-investigation',
      reason: 'What happened just before the end?',
      newCaseTitle: 'The end of the hallway camera',
    })
    assert.equal(viewing.status, 201, await viewing.clone().text())
    const { id } = (await viewing.json()) as { id: string }
    const seek = (ms: number) => asked(`/viewings/${id}/seek?camera=${hallway.camera}&at=${ms}`)
    const lawful = await seek(ended.ended!.atMs - 5_000)
    assert.equal(lawful.headers.get('content-type'), 'video/mp4')
    assert.ok(Number(lawful.headers.get('overt-end')) <= ended.ended!.atMs)
    const late = await seek(ended.ended!.atMs + 1)
    assert.ok([403, 404].includes(late.status), `what came after the end answered ${late.status}`)
  })

  test('a camera at the end of its days stops by itself, with the hub dead', async (t) => {
    const door = await cameraCalled(work, 'amir', /front door/i)
    const { mandates } = await work.get('amir', `/deployments/${door.deployment}`)
    const { authorityUntilMs: untilMs } = mandates.find(
      (one: { class: string; ended: unknown }) => one.class === 'ordinary' && one.ended === null,
    )
    // Half a minute before the end of its 28th day, by the clock that hub, recorder and cameras share.
    const home = { path: work.estate.home, born: 'demo' } as Home
    const offsetMs = await moveDemoClock(home, untilMs - 30_000 - Date.now())
    const nowMs = () => Date.now() + offsetMs
    const newest = async () =>
      Math.max(
        0,
        ...[...(await work.estate.fragments()).values()]
          .filter(({ camera }) => camera === door.id)
          .map(({ endMs }) => endMs),
      )
    const { afterMs } = await until('it records on its last day', 25_000, async () => {
      const last = await newest()
      return last > untilMs - 28_000 && last
    })
    t.diagnostic(`recording again ${(afterMs / 1000).toFixed(1)} s after the clock moved 27 days`)
    // `up` starts the hub again each time: it must not live to say anything.
    let kills = 0
    while (nowMs() < untilMs + 4_000) {
      if (work.estate.kill('hub')) kills += 1
      await wait(100)
    }
    assert.ok(kills > 0)
    const last = await newest()
    t.diagnostic(
      `its last frame ends ${last - untilMs} ms after its authority; the hub was killed ${kills} times`,
    )
    assert.ok(last <= untilMs + 1_000, `it recorded ${last - untilMs} ms past its end`)
    assert.ok(last > untilMs - 3_000, `it stopped ${untilMs - last} ms early`)

    await work.estate.healthy(60_000)
    await until('the hub knows that it has ended', 30_000, async () => {
      const camera = await cameraCalled(work, 'amir', /front door/i)
      return camera.state !== 'lawful' && camera
    })
    assert.equal(await newest(), last, 'nothing was recorded after it')
    const amir = await work.at('amir')
    await amir.visit(`/deployments/${door.deployment}`)
    await amir.sees(/Its authority ended on/)
    await amir.picture('expired')
  })

  /** Sends to the API with this person's session and the token of the page before them. */
  async function sends(username: string, path: string, body: object): Promise<Answered> {
    const { page } = await work.at(username)
    const csrf = await page.locator('input[name="_csrf"]').first().inputValue()
    return work.ask(username, `/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-csrf-token': csrf, origin: work.estate.url() },
      body: JSON.stringify(body),
    })
  }

  /** A token made where a person makes it. */
  async function tokenOf(username: string): Promise<string> {
    const visitor = await work.at(username)
    await visitor.visit('/account')
    await visitor.fill('What is the token for?', 'Journey')
    await visitor.press('Make a token')
    return visitor.page.getByLabel('Token').inputValue()
  }

  async function listening(greet: (socket: import('node:net').Socket) => void) {
    const server = createServer(greet)
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    servers.push(server)
    return { server, port: (server.address() as { port: number }).port }
  }
})
