/**
 * Goal: a camera that an older system records today comes in with a spreadsheet, is recorded by the real recorder only
 * when the data protection officer lets it go on, and stops when that is taken back. Method: the real demo with all its
 * processes; staff at real browsers; a stream of the demo's own cameras stands for the one that hangs already.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { beginWork, cameraCalled, until, type Work } from './work.ts'

const head =
  'Reference;Site;Address;Kind of place;Purposes;Camera;Position;Recorder;Stream address;Already running;Placement;Lawful basis;Reason;Days kept'

describe('a camera of an older system', () => {
  let work: Work
  /** Another landlord's stream, so that no camera of this one has its address. */
  let stream: string
  let recorder: string

  before(async () => {
    work = await beginWork()
    const other = (await work.ask('robin', '/estate/export/derby-homes')).bytes.toString('utf8')
    const row = /,([^,\r\n]*),(rtsp:\/\/[^,\r\n]+)/.exec(other)
    assert.ok(row, 'the demo has a camera with a stream')
    recorder = row[1]!
    stream = row[2]!
  })
  after(() => work?.close())

  const sheet = (change = (row: string) => row) => ({
    name: 'cameras.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(
      `\uFEFF${head}\r\n${change(`OLD-1;Poplar Court;"1 Poplar Road\r\nExampleton";communal;crime-asb;Old gate;Above the gate;${recorder};${stream};yes;communal-permanent;legitimate-interests;Fly-tipping at the gate;90`)}\r\n`,
    ),
  })

  test('comes in with a spreadsheet, and is not recorded because of it', async () => {
    const maya = await work.at('maya')
    await maya.visit('/estate')
    await maya.page.setInputFiles(
      'input[type=file]',
      sheet((row) => row.replace('crime-asb', 'pets')),
    )
    await maya.press('Check the file')
    await maya.sees('The policy has no such purpose')
    await maya.press('Upload the corrected file')
    await maya.page.setInputFiles('input[type=file]', sheet())
    await maya.press('Check the file')
    await maya.sees('It was kept for 90 days until now')
    await maya.press('Take all of it over')
    await maya.sees('It is in the register')
    const camera = await cameraCalled(work, 'maya', /old gate/i)
    assert.notEqual(camera.state, 'lawful')
    await maya.visit(`/cameras/${camera.id}`)
    await maya.sees('Not yet lawful')
  })

  test('is recorded once the data protection officer lets it go on, with what it lacks on its page', async (t) => {
    const ben = await work.at('ben')
    await ben.visit('/transitions')
    await ben.tick(/Old gate/)
    await ben.fill(/Why/, 'It deters fly-tipping while the assessment is written.')
    await ben.press('Let them go on')
    await ben.sees('One camera goes on for now')
    const camera = await cameraCalled(work, 'maya', /old gate/i)
    const maya = await work.at('maya')
    const { afterMs } = await until('pictures arrive', 30_000, async () =>
      (await work.ask('maya', `/cameras/${camera.id}`)).bytes.toString('utf8').includes('Recording for now'),
    )
    t.diagnostic(`pictures arrived after ${(afterMs / 1000).toFixed(1)} s`)
    await maya.visit(`/cameras/${camera.id}`)
    await maya.sees('What it lacks')
    await maya.sees('data protection impact assessment')
    await maya.picture('taken-over')
    // Who brought it in can't decide on it.
    const own = await work.ask('maya', `/deployments/${camera.deployment}/transition`)
    assert.equal(own.status, 200)
    assert.ok(!own.bytes.toString('utf8').includes('Record the decision'))
  })

  test('stops when it is taken back', async () => {
    const camera = await cameraCalled(work, 'maya', /old gate/i)
    const ben = await work.at('ben')
    await ben.visit(`/deployments/${camera.deployment}/transition`)
    await ben.tick(/Take the earlier yes back/)
    await ben.fill(/Why/, 'It looks into a flat.')
    await ben.press('Record the decision')
    await ben.sees('It records nothing')
    await until('the recorder stops', 30_000, async () =>
      (await work.ask('maya', `/cameras/${camera.id}`)).bytes.toString('utf8').includes('Not yet lawful'),
    )
  })
})
