import type { ClipOrder } from '#tests/rig/clip.ts'
import { startGstreamer } from '#tests/rig/gstreamer.ts'

/** What the benchmark's cameras show: 1080p, 15 frames a second, 2 Mbit/s, numbered. The film is a minute long and loops. */
export const sourceClip: ClipOrder = {
  codec: 'h264',
  audio: false,
  width: 1920,
  height: 1080,
  fps: 15,
  kbps: 2000,
  seconds: 60,
}

/** Numbers in the pictures begin again after so many. */
export const sourceNumbers = sourceClip.fps * sourceClip.seconds

export type Sources = { url(camera: number): string; close(): Promise<void> }

/** Cameras for a run of so many seconds: the given address with `{n}` filled in, or GStreamer's own. */
export async function startSources(cameras: number, seconds: number, given: string | null): Promise<Sources> {
  if (given !== null) {
    if (cameras > 1 && !given.includes('{n}'))
      throw new Error('--source needs {n} for the number of the camera')
    return { url: (camera) => given.replace('{n}', String(camera)), close: async () => undefined }
  }
  const clip = { ...sourceClip, loops: Math.ceil(seconds / sourceClip.seconds) + 1 }
  const rig = await startGstreamer({
    mounts: Array.from({ length: cameras }, (_, camera) => ({ name: `cam${camera}`, clip })),
  })
  return { url: (camera) => rig.url(`cam${camera}`), close: () => rig.close() }
}
