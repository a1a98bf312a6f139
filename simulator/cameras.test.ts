// Goal: a simulated camera is good enough that what the tests say about a recorder is true. Method: Debian's ffmpeg,
// which nobody here wrote, watches over real RTSP; its decoded pictures are read by their clock strips.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { manualClock, systemClock } from '../src/base/base.ts'
import { type Cameras, type ClockReading, drawClock, readClock, startCameras } from './cameras.ts'

let cameras: Cameras

before(async () => {
  cameras = await startCameras({
    seed: 5,
    cameras: [
      { name: 'hallway', scene: 'hallway', audio: true },
      { name: 'locked', scene: 'front-door', username: 'viewer', password: 'a pass: word' },
      { name: 'basic', scene: 'front-door', username: 'viewer', password: 'pass', auth: 'basic' },
      { name: 'alone', scene: 'car-park', port: 0 },
    ],
  })
})
after(() => cameras.close())

/** What ffmpeg sees of an address: the decoded clock strips, its exit code and what it complained of. */
function watch(
  url: string,
  seconds: number,
  more: readonly string[] = [],
): Promise<{ code: number | null; words: string; readings: (ClockReading | null)[] }> {
  const seen = ['-an', '-t', String(seconds), '-pix_fmt', 'gray', '-f', 'rawvideo', '-']
  const child = spawn(
    'ffmpeg',
    ['-v', 'warning', '-rtsp_transport', 'tcp', '-timeout', '3000000', ...more, '-i', url, ...seen],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const size = 640 * 360
  let rest: Buffer = Buffer.alloc(0)
  let words = ''
  const readings: (ClockReading | null)[] = []
  child.stderr.on('data', (chunk) => {
    words += chunk
  })
  child.stdout.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= size) {
      readings.push(readClock(rest.subarray(0, size), 640, 360))
      rest = rest.subarray(size)
    }
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, words, readings })))
}

const withSignIn = (url: string, signIn: string) => url.replace('rtsp://', `rtsp://${signIn}@`)

test('a clock strip that was drawn is read back, at any size, and damage is not read as a time', () => {
  for (const [width, height] of [
    [640, 360],
    [1920, 1080],
    [320, 180],
  ] as const) {
    const luma = Buffer.alloc(width * height, 90)
    const reading = { epochMs: 1_795_371_605_123, frame: 54_321, camera: 7 }
    assert.equal(readClock(luma, width, height), null)
    drawClock(luma, width, height, reading)
    assert.deepEqual(readClock(luma, width, height), reading)
    const block = width / 80
    luma.fill(
      235,
      (height - block) * width + width / 2 - block * 4,
      (height - block) * width + width / 2 + block * 4,
    )
    for (let row = height - block; row < height; row += 1) {
      luma.fill(
        luma[row * width + width / 2]! > 120 ? 16 : 235,
        row * width + width / 2,
        row * width + width / 2 + block,
      )
    }
    assert.equal(readClock(luma, width, height), null)
  }
})

test('ffmpeg plays a camera without a complaint, and every picture is there once with its time', async () => {
  const from = Date.now()
  const { code, words, readings } = await watch(cameras.urls['hallway']!, 4)
  assert.equal(code, 0)
  assert.equal(words, '')
  assert.ok(readings.length >= 58 && readings.length <= 62, `${readings.length} pictures in 4 seconds`)
  for (const [index, reading] of readings.entries()) {
    assert.ok(reading !== null, `picture ${index} has no readable clock`)
    const previous = readings[index - 1]
    if (!previous) continue
    assert.equal(reading.frame, previous.frame + 1)
    assert.ok(Math.abs(reading.epochMs - previous.epochMs - 1000 / 15) <= 3, 'the clock runs evenly')
  }
  assert.ok(readings[0]!.epochMs >= from - 1000 && readings[0]!.epochMs <= Date.now())
})

test('a camera with a password lets in who knows it and nobody else', async () => {
  const before = cameras.counts('locked').refusedSignIns
  assert.notEqual((await watch(cameras.urls['locked']!, 1)).code, 0)
  const wrong = await watch(withSignIn(cameras.urls['locked']!, 'viewer:wrong'), 1)
  assert.match(wrong.words, /401/)
  assert.ok(cameras.counts('locked').refusedSignIns > before)
  assert.equal((await watch(withSignIn(cameras.urls['locked']!, 'viewer:a%20pass%3A%20word'), 1)).code, 0)
  assert.equal((await watch(withSignIn(cameras.urls['basic']!, 'viewer:pass'), 1)).code, 0)
  cameras.fault('locked', 'wrong-password')
  assert.match(
    (await watch(withSignIn(cameras.urls['locked']!, 'viewer:a%20pass%3A%20word'), 1)).words,
    /401/,
  )
  cameras.fault('locked', 'none')
})

test('sound is offered where asked for and never sent to a client that did not take it', async () => {
  const before = cameras.counts('hallway').soundSetups
  await watch(cameras.urls['hallway']!, 1, ['-allowed_media_types', 'video'])
  assert.equal(cameras.counts('hallway').soundSetups, before)
  await watch(cameras.urls['hallway']!, 1)
  assert.equal(cameras.counts('hallway').soundSetups, before + 1)
})

/** Opens a connection, says a line if given one, and tells what came back: bytes, nothing within a second, or refusal. */
function knock(url: string, say: string | null): Promise<'refused' | 'nothing' | 'closed' | string> {
  const { port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), '127.0.0.1')
    let heard = ''
    const timer = setTimeout(() => {
      resolve(heard === '' ? 'nothing' : heard)
      socket.destroy()
    }, 1000)
    socket.on('connect', () => {
      if (say !== null) socket.write(say)
    })
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      resolve(error.code === 'ECONNREFUSED' ? 'refused' : 'closed')
    })
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(heard === '' ? 'closed' : heard)
    })
  })
}

test('the faults do what they say, at one camera only, and end when told', async () => {
  const url = cameras.urls['alone']!
  const describe = (to: string) => `DESCRIBE ${to} RTSP/1.0\r\nCSeq: 1\r\n\r\n`
  cameras.fault('alone', 'refuse')
  assert.equal(await knock(url, null), 'refused')
  cameras.fault('alone', 'never-answer')
  // The listener reopens in the background.
  for (let tries = 0; tries < 50 && (await knock(url, null)) === 'refused'; tries += 1);
  assert.equal(await knock(url, describe(url)), 'nothing')
  cameras.fault('alone', 'garbage')
  assert.doesNotMatch(await knock(url, null), /^(RTSP|refused|nothing|closed)/)
  cameras.fault('alone', 'no-video')
  const sdp = await knock(url, describe(url))
  assert.match(sdp, /m=audio/)
  assert.doesNotMatch(sdp, /m=video/)
  cameras.fault('hallway', 'refuse')
  assert.match(await knock(cameras.urls['hallway']!, describe(cameras.urls['hallway']!)), /^RTSP\/1.0 503/)
  cameras.fault('hallway', 'none')
  cameras.fault('alone', 'none')
  assert.match(await knock(url, describe(url)), /^RTSP\/1.0 200/)
  assert.match(await knock(cameras.urls['hallway']!, describe(cameras.urls['hallway']!)), /^RTSP\/1.0 200/)
})

test('a silent camera keeps its connection and its next picture is whole', async () => {
  const seen = watch(cameras.urls['alone']!, 4, [])
  while (cameras.counts('alone').watching === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  const at = cameras.counts('alone').frames
  while (cameras.counts('alone').frames < at + 20) await new Promise((resolve) => setTimeout(resolve, 20))
  cameras.fault('alone', 'silence')
  await new Promise((resolve) => setTimeout(resolve, 1000))
  cameras.fault('alone', 'none')
  const { code, readings } = await seen
  assert.equal(code, 0)
  const clocks = readings.filter((reading) => reading !== null)
  assert.equal(clocks.length, readings.length)
  const gap = clocks.findIndex(
    (reading, index) => index > 0 && reading.epochMs - clocks[index - 1]!.epochMs > 800,
  )
  assert.ok(gap > 0, 'the silence shows as a jump of the clock')
})

test('lost packets are seeded, counted and seen by the client', async () => {
  cameras.fault('alone', 'drop-packets')
  await watch(cameras.urls['alone']!, 3)
  assert.ok(cameras.counts('alone').droppedPackets > 0)
  cameras.fault('alone', 'none')
})

test('the injected clock is the time in the picture', async () => {
  const startMs = Date.UTC(2031, 2, 4, 5, 6, 7)
  const manual = manualClock(startMs)
  const clock = { nowMs: () => manual.nowMs(), monotonicMs: () => systemClock.monotonicMs() }
  const travelling = await startCameras({ cameras: [{ name: 'later', scene: 'hallway' }], clock })
  try {
    const { readings } = await watch(travelling.urls['later']!, 1)
    assert.ok(Math.abs((readings[0]?.epochMs ?? 0) - startMs) < 1000)
  } finally {
    await travelling.close()
  }
})
