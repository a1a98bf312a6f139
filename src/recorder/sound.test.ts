/**
 * Goal: sound is stored only inside the time that the mandate gives it, to the sample, and pictures go on. Method: a real
 * RTSP server sends H.264 with AAC; the mandate's sound ends while it records; the reels are opened and sound is counted
 * from the samples inside, not from what a header claims.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { silentLog } from '#base/base.ts'
import { smallClip, startGstreamer } from '#tests/rig/gstreamer.ts'
import { boxesIn, keysFromPrivate, openReel, reelsUnder } from '#tests/rig/reels.ts'
import { signAlone, startRecorder } from './recorder.ts'

/** AAC frames in all fragments of a film. */
function soundFramesIn(film: Buffer): number {
  let frames = 0
  for (const moof of boxesIn(film)) {
    if (moof.type !== 'moof') continue
    for (const traf of boxesIn(moof.body)) {
      if (traf.type !== 'traf') continue
      let track = 0
      for (const box of boxesIn(traf.body)) {
        if (box.type === 'tfhd') track = box.body.readUInt32BE(4)
        if (box.type === 'trun' && track === 2) frames += box.body.readUInt32BE(4)
      }
    }
  }
  return frames
}

/** Samples a second of the film's sound, from its track header. */
function soundRateIn(film: Buffer): number {
  const mdhd = film.indexOf('mdhd', film.indexOf('mdhd') + 4)
  return film.readUInt32BE(mdhd + 4 + 12)
}

async function recordFor(
  t: TestContext,
  sound: { readonly audio: boolean; readonly soundSeconds?: number },
  seconds: number,
) {
  const folder = mkdtempSync(join(tmpdir(), 'overt-sound-'))
  const rig = await startGstreamer({ mounts: [{ name: 'a', clip: smallClip('h264', true, 60) }] })
  t.after(async () => {
    await rig.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const [home, keys] = [join(folder, 'site'), join(folder, 'keys')]
  const nowMs = Date.now()
  const audioUntilMs = sound.soundSeconds === undefined ? undefined : nowMs + sound.soundSeconds * 1000
  await signAlone({
    out: home,
    keys,
    cameras: [
      {
        camera: 'cam',
        url: rig.url('a'),
        audio: sound.audio,
        ...(audioUntilMs === undefined ? {} : { audioUntilMs }),
      },
    ],
    fromMs: nowMs - 1000,
    untilMs: nowMs + seconds * 1000,
    timeZone: 'Europe/London',
    retentionDays: 31,
    nowMs,
  })
  const recorder = await startRecorder({ home, allow: ['127.0.0.0/8'], log: silentLog })
  const endMs = nowMs + (seconds + 20) * 1000
  while (recorder.status().cameras[0]!.state !== 'no-mandate' && Date.now() < endMs)
    await new Promise((resolve) => setTimeout(resolve, 100))
  await recorder.close()
  const known = JSON.parse(readFileSync(join(keys, 'day-keys', 'cam.json'), 'utf8')) as {
    keys: { kid: string; privateKey: string }[]
  }
  const keysOf = keysFromPrivate((head) =>
    Buffer.from(known.keys.find((key) => key.kid === head.kid)!.privateKey, 'base64url'),
  )
  const reels = []
  for (const path of await reelsUnder(join(home, 'reels')))
    reels.push(await openReel(path, keysOf, { film: true }))
  return { reels: reels.sort((a, b) => a.firstMs - b.firstMs), audioUntilMs: audioUntilMs ?? nowMs }
}

describe('sound', { concurrency: 2, timeout: 600_000 }, () => {
  it('is stored until its last sample’s time and not one sample longer, and the pictures go on', async (t) => {
    const { reels, audioUntilMs } = await recordFor(t, { audio: true, soundSeconds: 7 }, 14)
    const media = reels.flatMap((reel) => reel.scan.records.filter((r) => r.type === 'media'))
    const sounding = media.filter((r) => r.type === 'media' && r.audio)
    ok(sounding.length > 0, 'no sound was stored at all')
    for (const record of sounding)
      ok(record.startMs < audioUntilMs, `sound at ${record.startMs}, after ${audioUntilMs}`)
    const heard = reels.filter((reel) => soundFramesIn(reel.film) > 0)
    equal(heard.length, 1)
    const rate = soundRateIn(heard[0]!.film)
    const heardMs = (soundFramesIn(heard[0]!.film) * 1024 * 1000) / rate
    ok(heardMs > 2000, `only ${heardMs} ms of sound`)
    ok(
      sounding[0]!.startMs + heardMs <= audioUntilMs + 50,
      `${heardMs} ms of sound since ${sounding[0]!.startMs}, its time was over at ${audioUntilMs}`,
    )
    // The pictures go on, in a film that has no track for sound any more.
    const after = reels.filter((reel) => reel.firstMs >= audioUntilMs)
    ok(after.reduce((sum, reel) => sum + reel.frames, 0) > 30, 'no pictures after the sound had ended')
    for (const reel of after) equal(soundFramesIn(reel.film), 0)
    deepEqual(
      reels.map((reel) => reel.film.includes('mp4a')),
      reels.map((reel) => reel === heard[0]),
    )
  })

  it('is neither fetched nor stored where the mandate has none', async (t) => {
    const { reels } = await recordFor(t, { audio: false }, 5)
    ok(reels.reduce((sum, reel) => sum + reel.frames, 0) > 15)
    for (const reel of reels) {
      equal(soundFramesIn(reel.film), 0)
      ok(!reel.film.includes('mp4a'))
    }
  })
})
