import { deepEqual, equal, ok } from 'node:assert/strict'
import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { startCameras } from '#simulator/cameras.ts'
import { makeClip } from '#tests/rig/clip.ts'
import { smallClip, startGstreamer } from '#tests/rig/gstreamer.ts'
import { CameraStream, type StreamHandlers, type TimedFragment, Timeline } from './camera-stream.ts'
import { initSegment } from './media/boxes.ts'
import { ChunkPool } from './media/chunks.ts'
import { allowNetworks } from './rtsp/address.ts'
import { Pacer } from './rtsp/pacer.ts'
import type { RtspTrouble } from './rtsp/trouble.ts'

/** Decoded pictures, each as its MD5: what FFmpeg sees, in order. Waited for, since other streams run meanwhile. */
async function pictures(file: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    '/usr/bin/ffmpeg',
    ['-v', 'error', '-xerror', '-i', file, '-map', '0:v', '-f', 'framemd5', '-'],
    { maxBuffer: 64 * 1024 * 1024 },
  )
  return stdout
    .split('\n')
    .filter((l) => l && !l.startsWith('#'))
    .map((l) => l.split(',').at(-1)!.trim())
}

type Source = { url: string; film: string; username?: string; password?: string; close(): Promise<void> }

/** A film with reordered pictures, which the rig's clips never have, served by the rig's own GStreamer server. */
async function reorderedFilm(): Promise<Source> {
  const folder = mkdtempSync(join(tmpdir(), 'overt-reordered-'))
  const film = join(folder, 'film.mp4')
  await promisify(execFile)('/usr/bin/ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=15,noise=alls=8:allf=t', '-t', '30'],
    ...[
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-g',
      '30',
      '-keyint_min',
      '30',
      '-sc_threshold',
      '0',
      '-bf',
      '2',
    ],
    ...['-pix_fmt', 'yuv420p', '-b:v', '400k', film],
  ])
  const script = join(import.meta.dirname, '../../tests/rig/rtsp-server.py')
  const child = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'ignore'] })
  const launch = `( filesrc location=${film} ! qtdemux name=d d.video_0 ! queue ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 )`
  child.stdin.write(
    `${JSON.stringify({ port: 0, user: null, password: null, mounts: [{ path: '/x', launch }] })}\n`,
  )
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const closed = once(child, 'close')
  return {
    url: `rtsp://127.0.0.1:${/\d+/.exec(line)![0]}/x`,
    film,
    async close() {
      child.kill('SIGKILL')
      await closed
      rmSync(folder, { recursive: true })
    },
  }
}

async function rigged(
  codec: 'h264' | 'h265',
  audio = false,
  auth: { user?: string; password?: string } = {},
): Promise<Source> {
  const clip = smallClip(codec, audio, 60)
  const rig = await startGstreamer({ mounts: [{ name: 'x', clip }], ...auth })
  const signIn = auth.user === undefined ? {} : { username: auth.user, password: auth.password! }
  return { url: rig.url('x'), film: await makeClip(clip), ...signIn, close: () => rig.close() }
}

const quiet: StreamHandlers = {
  parameters() {},
  frame: () => 'add',
  afterCut() {},
  fragment() {},
  lost() {},
  clockStepped() {},
  closed() {},
}

function openStream(
  source: Omit<Source, 'film' | 'close'>,
  handlers: Partial<StreamHandlers>,
  audio = false,
): CameraStream {
  return new CameraStream({
    source: { url: source.url, username: source.username ?? null, password: source.password ?? null },
    networks: allowNetworks(['127.0.0.1']),
    pacer: new Pacer(),
    pool: new ChunkPool(),
    audio,
    nowMs: Date.now,
    timeline: new Timeline(),
    // The recorder asks a camera again that did not answer in time; these ask once, on a machine that may be busy.
    timeoutMs: 120_000,
    handlers: { ...quiet, ...handlers },
  })
}

/**
 * Goal: what GStreamer's server sends comes out as CMAF that FFmpeg decodes to the very pictures of the film, every
 * one, none twice. Method: record some seconds, decode film and recording, find the one in the other.
 */
async function record(source: Source, seconds: number, audio = false) {
  const folder = mkdtempSync(join(tmpdir(), 'overt-stream-'))
  const fragments: TimedFragment[] = []
  const bytes: Buffer[] = []
  const { promise: done, resolve } = Promise.withResolvers<void>()
  try {
    const stream = openStream(
      source,
      {
        parameters: (video, sound) => bytes.push(initSegment(video, sound)),
        fragment(fragment) {
          fragments.push({ ...fragment, parts: [] })
          bytes.push(...fragment.parts.map((part) => Buffer.from(part)))
          if (fragment.endMs - fragments[0]!.startMs > seconds * 1000) stream.close()
        },
        lost: () => ok(false, 'nothing is lost over loopback'),
        clockStepped: () => ok(false, 'no clock was stepped'),
        closed: () => resolve(),
      },
      audio,
    )
    await stream.open()
    await done
    const file = join(folder, 'recorded.mp4')
    writeFileSync(file, Buffer.concat(bytes))
    return { fragments, pictures: await pictures(file), film: await pictures(source.film), file, folder }
  } finally {
    await source.close()
  }
}

function isRunOf(run: readonly string[], whole: readonly string[]): boolean {
  const at = whole.indexOf(run[0]!)
  return at >= 0 && run.every((picture, i) => whole[at + i] === picture)
}

describe('a stream from a real RTSP server', { concurrency: 3, timeout: 600_000 }, () => {
  for (const [kind, open] of [
    ['h264', () => rigged('h264')],
    ['h265', () => rigged('h265')],
    ['h264 with pictures out of order', reorderedFilm],
  ] as const) {
    it(`keeps every picture of ${kind}, none twice`, async () => {
      const got = await record(await open(), 5)
      equal(
        got.pictures.length,
        got.fragments.reduce((sum, f) => sum + f.frames, 0),
      )
      ok(got.pictures.length >= 60, `only ${got.pictures.length} pictures`)
      ok(isRunOf(got.pictures, got.film), 'the pictures are those of the film, in order')
      for (const [i, fragment] of got.fragments.entries()) {
        const next = got.fragments[i + 1]
        if (next) {
          equal(next.startMs, fragment.endMs)
          equal(next.decodeTime, fragment.decodeTime + fragment.durationTicks)
        }
      }
      ok(got.fragments[0]!.startsWithKeyframe)
      rmSync(got.folder, { recursive: true })
    })
  }

  it('signs in with Digest, whatever is in the password', async () => {
    const got = await record(await rigged('h264', false, { user: 'officer', password: 'pass"word' }), 2)
    ok(got.pictures.length > 20)
    rmSync(got.folder, { recursive: true })
  })

  it('signs in with Basic', async (t) => {
    const signIn = { username: 'officer', password: 'password' }
    const cameras = await startCameras({
      cameras: [{ name: 'x', scene: 'hallway', auth: 'basic', ...signIn }],
    })
    t.after(() => cameras.close())
    const { promise: came, resolve } = Promise.withResolvers<void>()
    const stream = openStream({ url: cameras.urls['x']!, ...signIn }, { fragment: () => resolve() })
    await stream.open()
    await came
    stream.close()
  })

  it('takes no sound unless asked, and sound in step when asked', async () => {
    const tracks = (file: string) =>
      execFileSync(
        '/usr/bin/ffprobe',
        ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', file],
        {
          encoding: 'utf8',
        },
      )
        .trim()
        .split('\n')
    const silent = await record(await rigged('h264', true), 3)
    const sounding = await record(await rigged('h264', true), 3, true)
    deepEqual(tracks(silent.file), ['h264'])
    ok(silent.fragments.every((f) => !f.audio))
    deepEqual(tracks(sounding.file), ['h264', 'aac'])
    execFileSync('/usr/bin/ffmpeg', ['-v', 'error', '-xerror', '-i', sounding.file, '-f', 'null', '-'])
    rmSync(silent.folder, { recursive: true })
    rmSync(sounding.folder, { recursive: true })
  })

  it('says wrong password, needs password, no video, refused, not allowed', async () => {
    const { url, close } = await rigged('h264', false, { user: 'officer', password: 'right' })
    const officer = { username: 'officer', password: 'right' }
    const attempt = (source: { url: string; username?: string; password?: string }) =>
      openStream(source, {})
        .open()
        .then(
          () => 'open',
          (error: RtspTrouble) => error.code,
        )
    equal(await attempt({ url, ...officer, password: 'wrong' }), 'wrong-password')
    equal(await attempt({ url }), 'needs-password')
    equal(await attempt({ url: url.replace('/x', '/nowhere'), ...officer }), 'no-video')
    equal(await attempt({ url: 'rtsp://127.0.0.2:554/' }), 'not-allowed')
    equal(await attempt({ url: 'rtsp://127.0.0.1:1/' }), 'refused')
    await close()
  })
})
