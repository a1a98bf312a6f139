// Goal: promise 4, "nothing is lost", under the crudest fault there is. Method: a whole Overt records real RTSP; its
// recorder, hub, database and parent are killed with SIGKILL at random moments, one to three of them nearly together, 10
// times each (100 in the long run); the parent is started again as systemd would. Before each kill the sealed records on the disk are noted. Afterwards
// everything must run again, every noted record be there unchanged, every hole have its cause, the ledger verify.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { seeded } from '#simulator/faults.ts'
import {
  everyGapHasItsCause,
  everyPictureOnce,
  ledgerVerifies,
  nothingLost,
  openEverything,
  readCatalogue,
} from './afterwards.ts'
import { createEstate, type Estate, type Fragment, type Victim, victims } from './estate.ts'

const timesEach = process.env['OVERT_TEST_LONG'] === '1' ? 100 : Number(process.env['OVERT_TEST_KILLS'] ?? 10)
const seed = Number(process.env['OVERT_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
/** A dead part is back and every live camera seals again within this. A supervisor waits at most ten seconds; a busy machine needs the rest. */
const backWithinMs = 120_000

let estate: Estate

before(async () => {
  estate = await createEstate()
  await estate.start()
})
after(async () => {
  try {
    await estate.stop()
  } finally {
    await estate.remove()
  }
})

/** The newest end of a sealed fragment of each camera. */
function newest(fragments: ReadonlyMap<string, Fragment>): Map<string, number> {
  const ends = new Map<string, number>()
  for (const { camera, endMs } of fragments.values()) ends.set(camera, Math.max(ends.get(camera) ?? 0, endMs))
  return ends
}

/** Waits until each of these cameras has sealed something that ends after `sinceMs`. */
async function sealedSince(cameras: readonly string[], sinceMs: number, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs
  let behind: string[] = []
  while (performance.now() < deadline) {
    const ends = newest(await estate.fragments())
    behind = cameras.filter((camera) => (ends.get(camera) ?? 0) <= sinceMs)
    if (behind.length === 0) return
    await wait(200)
  }
  assert.fail(
    `these cameras sealed nothing more within ${withinMs} ms: ${behind.join(', ')}\n${estate.words()}`,
  )
}

/** One to three different parts that die nearly together; the parent last, since it is who knows the others. */
function takeRound(order: Victim[], random: () => number): Victim[] {
  const round: Victim[] = []
  const wanted = 1 + Math.floor(random() * 3)
  for (let at = 0; at < order.length && round.length < wanted; at += 1) {
    if (round.includes(order[at]!)) continue
    round.push(...order.splice(at, 1))
    at -= 1
  }
  return round.sort((a, b) => victims.indexOf(a) - victims.indexOf(b))
}

test('kill -9 of any part loses no sealed fragment, and everything comes back', async (t) => {
  t.diagnostic(`OVERT_TEST_SEED=${seed}, ${timesEach} kills of each of ${victims.join(', ')}`)
  const random = seeded(seed)
  const order: Victim[] = Array.from({ length: timesEach }, () => victims).flat()
  for (let index = order.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1))
    ;[order[index], order[other]] = [order[other]!, order[index]!]
  }
  await estate.healthy(backWithinMs)
  let live: string[] = []
  for (let tries = 0; tries < 100 && live.length < 2; tries += 1) {
    live = [...newest(await estate.fragments()).keys()]
    await wait(200)
  }
  assert.ok(live.length >= 2, 'the demo has two cameras under mandates, and both record')

  const gone = new Set<string>()
  const backMs: Record<Victim, number[]> = { recorder: [], hub: [], postgres: [], parent: [] }
  while (order.length > 0) {
    const round = takeRound(order, random)
    await wait(random() * 2500)
    const fragments = await estate.fragments()
    const killedMs = Date.now()
    for (const victim of round) {
      assert.ok(
        estate.kill(victim),
        `${victim} was not running before it was to be killed\n${estate.words()}`,
      )
      await wait(random() * 300)
    }
    if (round.includes('parent')) await estate.start()
    await estate.healthy(backWithinMs)
    await sealedSince(live, killedMs, backWithinMs)
    for (const victim of round) backMs[victim].push(Date.now() - killedMs)
    for (const reel of nothingLost(fragments, await estate.fragments())) gone.add(reel)
  }

  for (const [victim, times] of Object.entries(backMs)) {
    times.sort((a, b) => a - b)
    const [median, worst] = [times[Math.floor(times.length / 2)], times.at(-1)]
    t.diagnostic(
      `${victim}: healthy and sealing again after ${median} ms in the middle, ${worst} ms at worst`,
    )
  }

  const everything = await estate.fragments()
  await estate.stop()
  for (const reel of nothingLost(everything, await estate.fragments())) gone.add(reel)
  const reels = await openEverything(estate.home, estate.keyring, true)
  assert.ok((await everyPictureOnce(reels)) > 0)
  const catalogue = await readCatalogue(estate.home)
  everyGapHasItsCause(reels, catalogue.gaps)
  for (const reel of gone)
    assert.ok(catalogue.removed.has(reel), `reel ${reel} is gone and nobody ordered it`)
  await ledgerVerifies(estate.home, estate.keyring)
})
