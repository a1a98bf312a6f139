// Goal: a full disk is said at once, harms nothing that is sealed, and is over when there is room again. Method: the
// recorder alone, its reels on a small tmpfs mounted in a namespace of its own (so nothing is left mounted, and an
// ordinary user can do it too), filled by another file and freed again.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, statfsSync, writeSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { signAlone } from '#recorder/recorder.ts'
import { type Rig, smallClip, startGstreamer } from '#tests/rig/gstreamer.ts'
import { keysFromPrivate, openReel, reelsUnder } from '#tests/rig/reels.ts'
import { surroundings } from '#tests/surroundings.ts'
import { everyGapHasItsCause, everyPictureOnce, nothingLost } from './afterwards.ts'
import { fragmentsUnder } from './estate.ts'

const program = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
/** Holds the run; the filler takes what is left of it. */
const diskMb = 80
/** 1 MB a second, so that the recorder's memory for unwritten fragments (8 MB a camera) is full within seconds. */
const clip = { ...smallClip(), kbps: 8000 }
/** An ordinary user needs a user namespace as well; some containers forbid both. */
const namespace = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount']
const canMount = spawnSync('unshare', [...namespace, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0

let folder: string
let rig: Rig
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'overt-full-'))
  rig = await startGstreamer({ mounts: [{ name: 'hallway', clip }] })
})
after(async () => {
  await rig.close()
  await rm(folder, { recursive: true, force: true })
})

/** Waits until `what` is true; the story of the recorder is told when it never is. */
async function until(
  what: () => Promise<boolean> | boolean,
  withinMs: number,
  story: () => string,
): Promise<void> {
  const deadline = performance.now() + withinMs
  while (performance.now() < deadline) {
    if (await what()) return
    await wait(100)
  }
  assert.fail(story())
}

/** Writes until nothing more fits. */
function fill(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (const size of [65_536, 4096, 1]) {
      const block = Buffer.alloc(size, 1)
      for (;;) {
        try {
          writeSync(file, block)
        } catch (error) {
          assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC')
          break
        }
      }
    }
  } finally {
    closeSync(file)
  }
}

test('a full disk harms nothing that is sealed, and recording goes on when there is room', {
  skip: canMount ? false : 'this machine lets nobody mount a small disk',
}, async () => {
  const home = join(folder, 'recorder')
  const keys = join(folder, 'keys')
  const nowMs = Date.now()
  await signAlone({
    out: home,
    keys,
    cameras: [{ camera: 'hallway', url: rig.url('hallway') }],
    fromMs: nowMs - 60_000,
    untilMs: nowMs + 3_600_000,
    timeZone: 'Europe/London',
    retentionDays: 31,
    nowMs,
  })
  await mkdir(join(home, 'reels'))
  const script = `mount -t tmpfs -o size=${diskMb}m tmpfs "$1" && shift && exec "$@"`
  const command = [process.execPath, program, 'recorder', '--home', home, '--allow', '127.0.0.0/8']
  const child: ChildProcess = spawn(
    'unshare',
    [...namespace, 'sh', '-c', script, 'sh', join(home, 'reels'), ...command],
    { stdio: ['ignore', 'ignore', 'pipe'], env: surroundings() },
  )
  let words = ''
  child.stderr!.on('data', (chunk) => {
    words += chunk
  })
  const story = (what: string) => () => `${what}\n${words.slice(-4000)}`
  // Its own view of the disk; ours has no such mount.
  const reels = join('/proc', String(child.pid), 'root', home, 'reels')
  try {
    const count = async () => (await fragmentsUnder(reels)).size
    await until(
      async () => (await count().catch(() => 0)) >= 4,
      20_000,
      story('nothing was recorded at first'),
    )
    const filler = join(reels, 'filler')
    const ends = async () => [...(await fragmentsUnder(reels)).values()].map(({ endMs }) => endMs)
    // Briefly, memory bridges it; for longer than memory lasts, there is a hole with its cause.
    for (const fullMs of [2000, 14_000]) {
      const saidBefore = words.length
      fill(filler)
      const full = await fragmentsUnder(reels)
      const told = () => /disk.?full|disk is full|ENOSPC/i.test(words.slice(saidBefore))
      const deadline = performance.now() + fullMs
      await until(told, 5000, story('nobody was told that the disk is full'))
      await wait(Math.max(0, deadline - performance.now()))
      assert.equal(child.exitCode, null, story('the recorder ended')())
      assert.equal(statfsSync(reels).bavail, 0)
      assert.equal(nothingLost(full, await fragmentsUnder(reels)).size, 0)
      await unlink(filler)
      const freedMs = Date.now()
      const goesOn = async () => Math.max(...(await ends())) > freedMs + 2000
      await until(goesOn, 15_000, story('recording did not go on when there was room'))
      assert.equal(nothingLost(full, await fragmentsUnder(reels)).size, 0)
    }

    // Stopped but still mounted: the shell that holds the namespace open is the recorder itself, so we hold it.
    const holder = openSync(reels, 'r')
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
    const after = join('/proc/self/fd', String(holder))
    const known = JSON.parse(await readFile(join(keys, 'day-keys', 'hallway.json'), 'utf8')) as {
      keys: { kid: string; privateKey: string }[]
    }
    const keysOf = keysFromPrivate((head) =>
      Buffer.from(known.keys.find(({ kid }) => kid === head.kid)!.privateKey, 'base64url'),
    )
    const opened = []
    for (const path of await reelsUnder(after)) opened.push(await openReel(path, keysOf, { film: true }))
    for (const { scan, path } of opened) assert.equal(scan.state, 'closed', `${path}: ${scan.problem}`)
    everyGapHasItsCause(opened, [])
    // Before the first picture stands the time it took to connect.
    const firstMs = Math.min(...opened.map((reel) => reel.firstMs))
    const gaps = opened.flatMap(({ scan }) => scan.gaps).filter(({ fromMs }) => fromMs >= firstMs)
    assert.deepEqual(
      gaps.map(({ cause }) => cause),
      ['disk-full'],
    )
    assert.ok(gaps[0]!.toMs - gaps[0]!.fromMs < 14_000, 'memory bridged a part of it')
    assert.ok((await everyPictureOnce(opened)) > 0)
    closeSync(holder)
  } finally {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
})
