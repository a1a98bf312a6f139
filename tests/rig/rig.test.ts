// Goal: the judges are themselves judged. Method: record from GStreamer with Debian's ffmpeg, damage the result in
// known ways, and see that the oracle says so.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { type Rig, smallClip, startGstreamer } from './gstreamer.ts'
import { decodeFrames, examineRun } from './oracle.ts'

const run = promisify(execFile)
let folder: string
let rig: Rig

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'overt-rig-test-'))
  rig = await startGstreamer({
    user: 'viewer',
    password: 'secret',
    mounts: [
      { name: 'plain', clip: smallClip() },
      { name: 'sound', clip: smallClip('h264', true) },
      { name: 'hevc', clip: smallClip('h265') },
    ],
  })
})
after(async () => {
  await rig.close()
  await rm(folder, { recursive: true, force: true })
})

for (const name of ['plain', 'sound', 'hevc']) {
  test(`what GStreamer's camera "${name}" sends is numbered without a hole`, async () => {
    const path = join(folder, `${name}.mp4`)
    const url = rig.url(name).replace('rtsp://', 'rtsp://viewer:secret@')
    await run('ffmpeg', ['-v', 'error', '-rtsp_transport', 'tcp', '-i', url, '-t', '3', '-c', 'copy', path])
    const frames = await decodeFrames(path)
    assert.ok(frames.length >= 40)
    assert.deepEqual(examineRun(frames).missing, 0)
    // ffmpeg as a client gives the first packet time zero, whatever it was; as a decoder it is to be trusted.
    const { skewMs, ...faults } = examineRun(frames.slice(1))
    assert.deepEqual(faults, { unreadable: 0, missing: 0, repeated: 0 })
    assert.ok(skewMs < 70, `the picture's clock and the file's differ by ${skewMs} ms`)
  })
}

test('without the password GStreamer shows nothing', async () => {
  const args = ['-v', 'error', '-rtsp_transport', 'tcp', '-i', rig.url('plain'), '-t', '1', '-f', 'null', '-']
  await assert.rejects(run('ffmpeg', args), /401/)
})

test('the oracle sees pictures that are missing or shown twice', async () => {
  const path = join(folder, 'plain.mp4')
  const damaged = join(folder, 'damaged.mp4')
  const filter = "select='not(eq(n,10))*not(eq(n,11))',setpts=N/15/TB"
  await run('ffmpeg', ['-v', 'error', '-i', path, '-vf', filter, '-bf', '0', damaged])
  assert.equal(examineRun(await decodeFrames(damaged)).missing, 2)
  const frames = await decodeFrames(path)
  assert.equal(examineRun([...frames.slice(0, 5), frames[4]!, ...frames.slice(5)]).repeated, 1)
})
