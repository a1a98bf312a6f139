import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it, type TestContext } from 'node:test'
import { type Clock, Failure, silentLog, systemClock } from '#base/base.ts'
import type { ReelScan } from '#formats/reel/reel.ts'
import { startCameras } from '#simulator/cameras.ts'
import { type Rig, smallClip, startGstreamer } from '#tests/rig/gstreamer.ts'
import { decodeFrames, examineRun } from '#tests/rig/oracle.ts'
import { keysFromPrivate, type OpenedReel, openReel, reelsUnder } from '#tests/rig/reels.ts'
import { type RunningRecorder, type SignAlone, signAlone, startRecorder } from './recorder.ts'

type Site = {
  readonly folder: string
  readonly home: string
  /** Closed after the test, whatever became of it. */
  readonly running: RunningRecorder[]
  sign(over: Partial<SignAlone> & { untilMs: number }): Promise<void>
  /** Every reel opened with its day key, in order; throws when a byte does not fit. */
  reels(): Promise<OpenedReel[]>
}

function makeSite(t: TestContext, url: string): Site {
  const folder = mkdtempSync(join(tmpdir(), 'overt-recorder-'))
  const running: RunningRecorder[] = []
  t.after(async () => {
    for (const recorder of running) await recorder.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const home = join(folder, 'site')
  const keys = join(folder, 'keys')
  return {
    folder,
    home,
    running,
    async sign(over) {
      const nowMs = Date.now()
      await signAlone({
        out: home,
        keys,
        cameras: [{ camera: 'cam', url }],
        fromMs: nowMs - 1000,
        timeZone: 'Europe/London',
        retentionDays: 31,
        nowMs,
        ...over,
      })
    },
    async reels() {
      const known = JSON.parse(readFileSync(join(keys, 'day-keys', 'cam.json'), 'utf8')) as {
        keys: { kid: string; privateKey: string }[]
      }
      const keysOf = keysFromPrivate((head) =>
        Buffer.from(known.keys.find((key) => key.kid === head.kid)!.privateKey, 'base64url'),
      )
      const opened: OpenedReel[] = []
      for (const path of await reelsUnder(join(home, 'reels')))
        opened.push(await openReel(path, keysOf, { film: true }))
      return opened.sort((a, b) => (a.head.reel < b.head.reel ? -1 : 1))
    },
  }
}

const start = (
  site: Site,
  more: Partial<Parameters<typeof startRecorder>[0]> = {},
): Promise<RunningRecorder> =>
  startRecorder({ home: site.home, allow: ['127.0.0.0/8'], log: silentLog, ...more })

async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 120_000,
): Promise<void> {
  const endMs = Date.now() + withinMs
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error(`waited in vain until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const camera = (recorder: RunningRecorder) => recorder.status().cameras[0]!
const recordsAtLeast = (recorder: RunningRecorder, n: number) => () =>
  (camera(recorder).open?.sequence ?? 0) >= n

/** FFmpeg decodes every picture of the reels laid end to end, and each carries the next number. */
async function checkPictures(reels: readonly OpenedReel[], clipFrames: number): Promise<number> {
  let all = 0
  for (const reel of reels) {
    if (reel.frames === 0) continue
    equal(reel.frames, reel.framesClaimed)
    const decoded = await decodeFrames(reel.film)
    equal(decoded.length, reel.frames)
    const run = examineRun(decoded, clipFrames)
    deepEqual([run.missing, run.repeated, run.unreadable], [0, 0, 0])
    all += decoded.length
  }
  return all
}

/** Media and gaps cover the span without a hole that nobody accounts for. */
function checkNoUntoldHole(scans: readonly ReelScan[]): void {
  const spans = scans
    .flatMap((scan) => [
      ...scan.records.filter((r) => r.type === 'media').map((r) => [r.startMs, r.endMs] as const),
      ...scan.gaps
        .filter((gap) => gap.cause !== 'packets-lost')
        .map((gap) => [gap.fromMs, gap.toMs] as const),
    ])
    .sort((a, b) => a[0] - b[0])
  let endMs = spans[0]![1]
  for (const [from, to] of spans) {
    ok(from <= endMs, `between ${endMs} and ${from} nothing is there and nothing says why`)
    endMs = Math.max(endMs, to)
  }
}

const clip = smallClip('h264', false, 60)
const clipFrames = clip.fps * clip.seconds

/** In the long run the kills alone take minutes. */
const long = process.env['OVERT_TEST_LONG'] === '1'

describe('a recorder alone', { concurrency: 4, timeout: long ? 3_600_000 : 600_000 }, () => {
  let rig: Rig
  const rigReady = startGstreamer({
    mounts: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].map((name) => ({ name, clip })),
  }).then((r) => {
    rig = r
  })
  const cameraAt = async (t: TestContext, name: string) => {
    await rigReady
    return makeSite(t, rig.url(name))
  }

  it('records until its mandate ends, to the second, and every picture is there', async (t) => {
    const site = await cameraAt(t, 'a')
    const untilMs = Date.now() + 7000
    await site.sign({ untilMs })
    const recorder = await start(site)
    await until('the mandate is over', () => camera(recorder).state === 'no-mandate')
    ok(Date.now() >= untilMs && Date.now() < untilMs + 2000)
    await recorder.close()
    const reels = await site.reels()
    ok((await checkPictures(reels, clipFrames)) > 45)
    equal(reels.at(-1)!.scan.state, 'closed')
    equal(reels.at(-1)!.scan.close?.reason, 'mandate-over')
    const lastMs = reels.at(-1)!.lastMs
    ok(
      lastMs <= untilMs && lastMs > untilMs - 1000,
      `the last picture ended ${untilMs - lastMs} ms before the mandate`,
    )
    checkNoUntoldHole(reels.map((reel) => reel.scan))
    // Nothing of it can be read with what is on site: keys are in the other folder.
    for (const reel of reels) {
      equal(readFileSync(reel.path).includes('moof'), false)
      equal(readFileSync(reel.path).includes('avcC'), false)
    }
  })

  it('records a camera taken over from an older system until its leave ends, to the second, and then nothing', async (t) => {
    const site = await cameraAt(t, 'j')
    const untilMs = Date.now() + 6000
    await site.sign({ untilMs, class: 'transitional' })
    const recorder = await start(site)
    await until('the mandate is over', () => camera(recorder).state === 'no-mandate')
    ok(Date.now() >= untilMs && Date.now() < untilMs + 2000)
    await recorder.close()
    const reels = await site.reels()
    ok((await checkPictures(reels, clipFrames)) > 30)
    equal(reels.at(-1)!.scan.close?.reason, 'mandate-over')
    ok(reels.at(-1)!.lastMs <= untilMs)
    checkNoUntoldHole(reels.map((reel) => reel.scan))
  })

  it('without a mandate records nothing, and with one of tomorrow waits', async (t) => {
    const site = await cameraAt(t, 'b')
    await site.sign({ fromMs: Date.now() + 3_600_000, untilMs: Date.now() + 7_200_000 })
    const recorder = await start(site)
    await until('it waits', () => camera(recorder).state === 'waiting')
    await recorder.close()
    deepEqual(await site.reels(), [])
  })

  it('takes exactly one picture under a commissioning mandate, and none after a restart', async (t) => {
    const site = await cameraAt(t, 'c')
    await site.sign({ untilMs: Date.now() + 600_000, class: 'commissioning' })
    for (const _ of [1, 2]) {
      const recorder = await start(site)
      await until('the still is taken', () => camera(recorder).code === 'done')
      await recorder.close()
    }
    const reels = (await site.reels()).filter((reel) => reel.frames > 0)
    equal(reels.length, 1)
    equal(reels[0]!.frames, 1)
    equal((await decodeFrames(reels[0]!.film)).length, 1)
  })

  it('does not obey a mandate that was altered', async (t) => {
    const site = await cameraAt(t, 'd')
    await site.sign({ untilMs: Date.now() + 600_000 })
    const file = join(site.home, 'mandates', 'cam.jws')
    const jws = readFileSync(file, 'utf8').trim()
    writeFileSync(file, `${jws.slice(0, -3)}${jws.at(-3) === 'A' ? 'B' : 'A'}${jws.slice(-2)}`)
    const recorder = await start(site)
    await until('it says so', () => camera(recorder).state === 'no-mandate')
    await recorder.close()
    deepEqual(await site.reels(), [])
  })

  it('cuts off a torn tail at the next start, says why it was away, and loses no sealed fragment', async (t) => {
    const site = await cameraAt(t, 'e')
    await site.sign({ untilMs: Date.now() + 600_000 })
    const first = await start(site)
    await until('two fragments are written', recordsAtLeast(first, 4))
    await first.close()
    const [before] = await site.reels()
    // As a power cut leaves it: no end, and half a record of noise.
    const bytes = readFileSync(before!.path)
    const lastMedia = before!.scan.records.findLast((r) => r.type === 'media')!
    writeFileSync(before!.path, bytes.subarray(0, lastMedia.offset + 80 + lastMedia.bodyBytes + 32))
    appendFileSync(before!.path, bytes.subarray(lastMedia.offset, lastMedia.offset + 300))
    const second = await start(site)
    await until('it records again', recordsAtLeast(second, 3))
    await second.close()
    const reels = await site.reels()
    equal(reels[0]!.frames, before!.frames)
    equal(reels[0]!.scan.state, 'closed')
    equal(reels[0]!.scan.close?.reason, 'recovered')
    equal(reels[0]!.scan.gaps.at(-1)?.cause, 'recorder-stopped')
    equal(reels[1]!.head.previous, Buffer.from(reels[0]!.scan.chain).toString('hex'))
    await checkPictures(reels, clipFrames)
    checkNoUntoldHole(reels.map((reel) => reel.scan))
  })

  it('killed outright at any moment, loses no sealed fragment and can be read to the end', async (t) => {
    const site = await cameraAt(t, 'f')
    await site.sign({ untilMs: Date.now() + (long ? 3_600_000 : 600_000) })
    const script = join(site.folder, 'child.ts')
    writeFileSync(
      script,
      `import { runRecorder } from ${JSON.stringify(join(import.meta.dirname, 'recorder.ts'))}
process.exitCode = await runRecorder({ home: ${JSON.stringify(site.home)}, allow: ['127.0.0.0/8'] })\n`,
    )
    let sealedBytes = 0
    const rounds = long ? 100 : 4
    for (let round = 0; round < rounds; round += 1) {
      const child = spawn(process.execPath, [script], {
        stdio: 'ignore',
        env: { ...process.env, OVERT_LOG: 'error' },
      })
      const exited = new Promise((resolve) => child.once('exit', resolve))
      const beforeBytes = await bytesUnder(site)
      await until('something is written', async () => (await bytesUnder(site)) > beforeBytes + 20_000)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 1500))
      sealedBytes = await bytesUnder(site)
      child.kill('SIGKILL')
      await exited
    }
    const last = await start(site)
    await last.close()
    const reels = await site.reels()
    ok(reels.length >= rounds)
    for (const reel of reels) equal(reel.scan.state, 'closed', reel.scan.problem ?? '')
    await checkPictures(reels, clipFrames)
    checkNoUntoldHole(reels.map((reel) => reel.scan))
    // What stood in the files before the last kill stands there still, but for a record that was being written.
    const kept = reels.reduce((sum, reel) => sum + statSync(reel.path).size, 0)
    ok(kept > sealedBytes - 200_000, `${kept} of ${sealedBytes} bytes are left`)
  })

  it('tells a silent camera and a lost connection apart, and goes on by itself', async (t) => {
    const own = await startGstreamer({ mounts: [{ name: 'x', clip }] })
    t.after(() => own.close().catch(() => undefined))
    const site = makeSite(t, own.url('x'))
    await site.sign({ untilMs: Date.now() + 600_000 })
    const recorder = await start(site, { silentAfterSeconds: 2 })
    await until('it records', recordsAtLeast(recorder, 2))
    process.kill(own.pid, 'SIGSTOP')
    await until('it is silent', () => camera(recorder).state === 'silent')
    process.kill(own.pid, 'SIGCONT')
    await until('it records again', () => camera(recorder).state === 'recording')
    process.kill(own.pid, 'SIGKILL')
    await until('the connection is lost', () => camera(recorder).state === 'refused')
    equal(camera(recorder).code, 'refused')
    const again = await startGstreamer({ mounts: [{ name: 'x', clip }], port: own.port })
    t.after(() => again.close())
    await until('it records once more', () => camera(recorder).state === 'recording')
    await recorder.close()
    const reels = await site.reels()
    const causes = reels.flatMap((reel) => reel.scan.gaps.map((gap) => gap.cause))
    ok(causes.includes('camera-silent'), causes.join())
    ok(causes.filter((cause) => cause === 'connection-lost').length >= 1, causes.join())
    checkNoUntoldHole(reels.map((reel) => reel.scan))
  })

  it('drops what arrives in holes, tells how much, and passes no damaged picture as whole', async (t) => {
    const cameras = await startCameras({ cameras: [{ name: 'hall', scene: 'hallway', audio: true }] })
    t.after(() => cameras.close())
    const site = makeSite(t, cameras.urls['hall']!)
    await site.sign({ untilMs: Date.now() + 600_000 })
    const recorder = await start(site)
    await until('it records', recordsAtLeast(recorder, 2))
    cameras.fault('hall', 'drop-packets')
    await until('packets were lost', () => cameras.counts('hall').droppedPackets > 5)
    cameras.fault('hall', 'none')
    const sequence = camera(recorder).open!.sequence
    await until('it goes on', recordsAtLeast(recorder, sequence + 3))
    await recorder.close()
    const reels = await site.reels()
    const lost = reels.flatMap((reel) => reel.scan.gaps.filter((gap) => gap.cause === 'packets-lost'))
    const packets = lost.reduce((sum, gap) => sum + (gap.lost ?? 0), 0)
    equal(packets, cameras.counts('hall').droppedPackets)
    for (const reel of reels) equal(reel.frames, reel.framesClaimed)
    checkNoUntoldHole(reels.map((reel) => reel.scan))
    // Sound was offered and nobody asked for it.
    equal(cameras.counts('hall').soundSetups, 0)
  })

  it('follows a camera whose clock runs two in a hundred fast, without a step', async (t) => {
    const cameras = await startCameras({ cameras: [{ name: 'hall', scene: 'hallway' }] })
    t.after(() => cameras.close())
    const site = makeSite(t, cameras.urls['hall']!)
    await site.sign({ untilMs: Date.now() + 600_000 })
    cameras.fault('hall', 'clock-drift')
    const recorder = await start(site)
    await until('it records', recordsAtLeast(recorder, 8))
    // Two in a hundred are over a second and a half after 80 seconds: the recorder follows instead, a fragment behind.
    await until('its time is that of the clock', () => {
      return Math.abs(Date.now() - camera(recorder).lastFrameMs!) < 1500
    })
    await recorder.close()
    const reels = await site.reels()
    equal(reels.length, 1)
    // Until the first picture there may be a gap; none is a step of the clock.
    const causes = reels[0]!.scan.gaps.map((gap) => gap.cause)
    ok(causes.length <= 1 && causes.every((cause) => cause === 'connection-lost'), causes.join())
  })

  it('closes the reel at local midnight, and each day has its own key', async (t) => {
    const site = await cameraAt(t, 'g')
    // A clock that stands some seconds before midnight in London.
    const midnightMs = Date.UTC(2026, 11, 2)
    const offsetMs = midnightMs - 8000 - Date.now()
    const clock: Clock = { nowMs: () => Date.now() + offsetMs, monotonicMs: systemClock.monotonicMs }
    await site.sign({
      fromMs: midnightMs - 86_400_000,
      untilMs: midnightMs + 86_400_000,
      nowMs: midnightMs - 10_000,
    })
    const recorder = await start(site, { clock })
    await until(
      'the new day has a reel',
      () => clock.nowMs() > midnightMs + 3000 && (camera(recorder).open?.sequence ?? 0) >= 2,
    )
    await recorder.close()
    const reels = await site.reels()
    deepEqual([...new Set(reels.map((reel) => reel.head.day))], ['2026-12-01', '2026-12-02'])
    equal(reels[0]!.scan.close?.reason, 'midnight')
    ok(reels[0]!.head.kid !== reels[1]!.head.kid)
    equal(reels[0]!.lastMs, midnightMs)
    equal(reels[1]!.firstMs, midnightMs)
    // Nothing is lost between them: decode time runs on, and together they decode.
    equal(reels[1]!.fromTicks, reels[0]!.toTicks)
    const both = await decodeFrames(Buffer.concat([reels[0]!.film, withoutInit(reels[1]!.film)]))
    const run = examineRun(both, clipFrames)
    deepEqual([run.missing, run.repeated, run.unreadable], [0, 0, 0])
  })

  it('a clock set back does not prolong a mandate, not even over a restart', async (t) => {
    const site = await cameraAt(t, 'h')
    const untilMs = Date.now() + 5000
    await site.sign({ untilMs })
    const first = await start(site)
    await until('the mandate is over', () => camera(first).state === 'no-mandate')
    await first.close()
    const framesBefore = (await site.reels()).reduce((sum, reel) => sum + reel.frames, 0)
    const clock: Clock = { nowMs: () => Date.now() - 3_600_000, monotonicMs: systemClock.monotonicMs }
    const second = await start(site, { clock })
    await new Promise((resolve) => setTimeout(resolve, 2500))
    equal(camera(second).state, 'no-mandate')
    await second.close()
    equal(
      (await site.reels()).reduce((sum, reel) => sum + reel.frames, 0),
      framesBefore,
    )
  })

  it('refuses a second recorder in its folder, and a storage that is not its own', async (t) => {
    const site = await cameraAt(t, 'i')
    await site.sign({ untilMs: Date.now() + 600_000 })
    const storage = join(site.folder, 'disk')
    const first = await start(site, { storage })
    await rejects(start(site, { storage }), (error: Failure) => error.kind === 'conflict')
    await first.close()
    rmSync(storage, { recursive: true })
    mkdirSync(storage)
    await rejects(
      start(site, { storage }),
      (error: Failure) => error instanceof Failure && error.kind === 'conflict',
    )
  })

  after(async () => {
    await rigReady
    await rig.close()
  })
})

async function bytesUnder(site: Site): Promise<number> {
  const paths = await reelsUnder(join(site.home, 'reels')).catch(() => [])
  return paths.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0)
}

function withoutInit(film: Buffer): Buffer {
  let at = 0
  while (at < film.length) {
    const type = film.toString('latin1', at + 4, at + 8)
    if (type !== 'ftyp' && type !== 'moov') break
    at += film.readUInt32BE(at)
  }
  return film.subarray(at)
}
