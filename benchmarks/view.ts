/**
 * How long until the first picture? `npm run bench -- view [--days 31] [--cameras 20] [--samples 150]`
 * A month of cameras stands on a recorder's disk: reels of an hour with indexes of their real size and sparse bodies.
 * Measured is a signed-in request over HTTP until the first complete keyframe fragment has arrived, opened: for a new
 * viewing with its durable ledger entry (`open`), and for another random moment in it (`seek`). Hub, PostgreSQL with
 * fsync, keyring and the recorder's own process are the real ones.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { addDays, civilDay, startOfDayMs } from '#base/base.ts'
import { fragmentBytes, fragmentsPerHour, type Moment, makeArchive, momentMs } from './view-archive.ts'
import { type BenchHub, landlord, startHub, startRecorder, stop, timeZone } from './view-hub.ts'

const warmUp = 20
const note = (text: string): boolean => process.stderr.write(`view: ${text}\n`)

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
  const closers: (() => Promise<unknown>)[] = [() => rm(home, { recursive: true, force: true })]
  try {
    const today = civilDay(Date.now(), timeZone)
    const hub = await startHub(home, cameraCount, startOfDayMs(addDays(today, -days), timeZone))
    closers.push(() => hub.close())
    const { link } = hub.footage

    const recorderHome = join(home, 'recorder')
    const first = startRecorder(recorderHome, hub.url, await hub.enrolmentToken())
    closers.push(() => stop(first))
    await until('the recorder enrols', () => link.linkedRecorders().length === 1)
    const recorder = link.linkedRecorders()[0]!
    hub.believe(recorder)
    await stop(first)

    const wanted = choose(hub.cameras, today, days, samples + warmUp)
    const began = performance.now()
    const reels = await makeArchive(hub.keyring, {
      recorder,
      cameras: hub.cameras,
      mandateOf: hub.mandateOf,
      today,
      days,
      wanted: wanted.flatMap(({ open, seek }) => [open, seek]),
      folder: join(recorderHome, 'reels'),
      site: { timeZone, landlord },
    })
    const seconds = (): number => Math.round((performance.now() - began) / 1000)
    note(`${reels} reels of ${days} days and ${cameraCount} cameras are made, ${seconds()} s`)
    const again = startRecorder(recorderHome, hub.url, null)
    closers.push(() => stop(again))
    await until('the catalogue is told', async () => {
      const [row] = await hub.sql<
        { n: number }[]
      >`select count(*) as n from footage.reel where closed_at is not null`
      return row!.n === reels
    })
    note(`the recorder has told of all, ${seconds()} s; measuring`)

    const opens: number[] = []
    const seeks: number[] = []
    for (const [n, sample] of wanted.entries()) {
      const measured = await measure(hub, sample)
      if (n < warmUp) continue
      opens.push(measured.openMs)
      seeks.push(measured.seekMs)
    }
    return {
      bench: 'view',
      open_median_ms: quantile(opens, 0.5),
      seek_median_ms: quantile(seeks, 0.5),
      seek_p99_ms: quantile(seeks, 0.99),
      open_p99_ms: quantile(opens, 0.99),
      samples,
      reels,
    }
  } finally {
    for (const close of closers.toReversed()) await close()
  }
}

/** To a tenth of a millisecond. */
function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]! * 10) / 10
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; n < 1_200; n += 1) {
    if (await holds()) return
    await delay(500)
  }
  throw new Error(`waited ten minutes in vain: ${what}`)
}

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

async function measure(hub: BenchHub, sample: Sample): Promise<{ openMs: number; seekMs: number }> {
  const headers = { authorization: `Bearer ${hub.token}` }
  const picture = async (viewing: string, moment: Moment): Promise<void> => {
    const atMs = momentMs(moment, timeZone)
    const query = `camera=${moment.camera}&at=${atMs + 700}`
    const answer = await fetch(`${hub.url}/api/v1/viewings/${viewing}/seek?${query}`, { headers })
    const bytes = Buffer.from(await answer.arrayBuffer())
    assert.equal(answer.status, 200, bytes.toString('utf8', 0, 500))
    assert.equal(bytes.byteLength, 700 + fragmentBytes - 16)
    assert.equal(bytes.toString('utf8', 700, 713), String(atMs), 'the picture of that moment, opened')
  }
  const began = performance.now()
  const opened = await fetch(`${hub.url}/api/v1/viewings`, {
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
      caseReference: hub.caseReference,
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
