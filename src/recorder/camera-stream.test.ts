import { deepEqual, equal, ok } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { CameraStream, type TimedFragment, Timeline } from './camera-stream.ts'
import { type FilmKind, film, startCameras } from './fixtures/gstreamer.ts'
import { initSegment } from './media/boxes.ts'
import { ChunkPool } from './media/chunks.ts'
import { allowNetworks } from './rtsp/address.ts'
import { Pacer } from './rtsp/pacer.ts'
import type { RtspTrouble } from './rtsp/trouble.ts'

/** Decoded pictures, each as its MD5: what FFmpeg sees, in order. */
function pictures(file: string): string[] {
  const text = execFileSync(
    '/usr/bin/ffmpeg',
    ['-v', 'error', '-xerror', '-i', file, '-map', '0:v', '-f', 'framemd5', '-'],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 64 * 1024 * 1024,
    },
  )
  return text
    .split('\n')
    .filter((l) => l && !l.startsWith('#'))
    .map((l) => l.split(',').at(-1)!.trim())
}

/**
 * Goal: what GStreamer's server sends comes out as CMAF that FFmpeg decodes to the very pictures of the film, every
 * one, none twice. Method: record some seconds, decode film and recording, find the one in the other.
 */
async function record(
  kind: FilmKind,
  options: { seconds: number; audio?: boolean; auth?: readonly [string, string, 'basic' | 'digest'] },
) {
  const cameras = await startCameras(kind, options.auth ? { auth: options.auth } : {})
  const folder = mkdtempSync(join(tmpdir(), 'overt-stream-'))
  const fragments: TimedFragment[] = []
  const bytes: Buffer[] = []
  try {
    const { promise: done, resolve } = Promise.withResolvers<void>()
    const stream = new CameraStream({
      source: {
        url: cameras.url(),
        username: options.auth?.[0] ?? null,
        password: options.auth?.[1] ?? null,
      },
      networks: allowNetworks(['127.0.0.1']),
      pacer: new Pacer(),
      pool: new ChunkPool(),
      audio: options.audio ?? false,
      nowMs: Date.now,
      timeline: new Timeline(),
      handlers: {
        parameters: (video, audio) => bytes.push(initSegment(video, audio)),
        frame: () => 'add',
        afterCut() {},
        fragment(fragment) {
          fragments.push({ ...fragment, parts: [] })
          bytes.push(...fragment.parts.map((part) => Buffer.from(part)))
          if (fragment.endMs - fragments[0]!.startMs > options.seconds * 1000) stream.close()
        },
        lost: () => ok(false, 'nothing is lost over loopback'),
        clockStepped: () => ok(false, 'no clock was stepped'),
        closed: () => resolve(),
      },
    })
    await stream.open()
    await done
    const file = join(folder, 'recorded.mp4')
    writeFileSync(file, Buffer.concat(bytes))
    return { fragments, pictures: pictures(file), film: pictures(film(kind)), file, folder }
  } finally {
    await cameras.close()
  }
}

function isRunOf(run: readonly string[], whole: readonly string[]): boolean {
  const at = whole.indexOf(run[0]!)
  return at >= 0 && run.every((picture, i) => whole[at + i] === picture)
}

describe('a stream from a real RTSP server', { concurrency: 3, timeout: 60_000 }, () => {
  for (const kind of ['h264', 'h265', 'h264-bframes'] as const) {
    it(`keeps every picture of ${kind}, none twice`, async () => {
      const got = await record(kind, { seconds: 5 })
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

  it('signs in with Digest', async () => {
    const got = await record('h264', { seconds: 2, auth: ['officer', 'pass"word', 'digest'] })
    ok(got.pictures.length > 20)
    rmSync(got.folder, { recursive: true })
  })

  it('signs in with Basic', async () => {
    const got = await record('h264', { seconds: 2, auth: ['officer', 'password', 'basic'] })
    ok(got.pictures.length > 20)
    rmSync(got.folder, { recursive: true })
  })

  it('takes no sound unless asked, and sound in step when asked', async () => {
    const tracks = (file: string) =>
      execFileSync(
        '/usr/bin/ffprobe',
        ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', file],
        { encoding: 'utf8' },
      )
        .trim()
        .split('\n')
    const [silent, sounding] = await Promise.all([
      record('h264aac', { seconds: 3 }),
      record('h264aac', { seconds: 3, audio: true }),
    ])
    deepEqual(tracks(silent.file), ['h264'])
    ok(silent.fragments.every((f) => !f.audio))
    deepEqual(tracks(sounding.file), ['h264', 'aac'])
    execFileSync('/usr/bin/ffmpeg', ['-v', 'error', '-xerror', '-i', sounding.file, '-f', 'null', '-'])
    rmSync(silent.folder, { recursive: true })
    rmSync(sounding.folder, { recursive: true })
  })

  it('says wrong password, needs password, no video', async () => {
    const cameras = await startCameras('h264', { auth: ['officer', 'right', 'digest'] })
    const attempt = async (url: string, username: string | null, password: string | null) => {
      const stream = new CameraStream({
        source: { url, username, password },
        networks: allowNetworks(['127.0.0.1']),
        pacer: new Pacer(),
        pool: new ChunkPool(),
        audio: false,
        nowMs: Date.now,
        timeline: new Timeline(),
        handlers: {
          parameters() {},
          frame: () => 'add',
          afterCut() {},
          fragment() {},
          lost() {},
          clockStepped() {},
          closed() {},
        },
      })
      return await stream.open().then(
        () => 'open',
        (error: RtspTrouble) => error.code,
      )
    }
    equal(await attempt(cameras.url(), 'officer', 'wrong'), 'wrong-password')
    equal(await attempt(cameras.url(), null, null), 'needs-password')
    equal(await attempt(`rtsp://127.0.0.1:${cameras.port}/nowhere`, 'officer', 'right'), 'no-video')
    equal(await attempt('rtsp://127.0.0.2:554/', null, null), 'not-allowed')
    equal(await attempt('rtsp://127.0.0.1:1/', null, null), 'refused')
    await cameras.close()
  })
})
