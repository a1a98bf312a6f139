import { readH264Sps, readH265Sps } from '../media/parameter-sets.ts'
import type { AllowedNetworks } from './address.ts'
import { Pacer } from './pacer.ts'
import { type CameraSource, chooseStreams, describe, type VideoMedia } from './session.ts'
import { RtspTrouble, type TroubleCode, wordsFor } from './trouble.ts'

export type ProbeResult = {
  readonly code: TroubleCode | 'ok'
  readonly words: string
  /** What the camera says it sends; null when it does not say before playing. */
  readonly video: { readonly codec: string; readonly width: number; readonly height: number } | null
}

/** All of a probe, three answers included, ends within this. */
const probeMsMax = 11_000

/** Says what is at an address by OPTIONS and DESCRIBE: no stream is set up, no picture crosses the wire. Never throws. */
export async function probeCamera(source: CameraSource, networks: AllowedNetworks): Promise<ProbeResult> {
  const { promise: late, resolve: giveUp } = Promise.withResolvers<ProbeResult>()
  const timer = setTimeout(() => giveUp(trouble('no-answer')), probeMsMax)
  try {
    return await Promise.race([ask(source, networks), late])
  } finally {
    clearTimeout(timer)
  }
}

async function ask(source: CameraSource, networks: AllowedNetworks): Promise<ProbeResult> {
  try {
    const { connection, sdp } = await describe(source, networks, new Pacer(0), 5000, {
      onPacket: () => undefined,
      onClose: () => undefined,
    })
    connection.close()
    const { video } = chooseStreams(sdp)
    return {
      code: 'ok',
      words: `The camera answers and offers ${video.codec === 'h264' ? 'H.264' : 'H.265'} video.`,
      video: shapeOf(video),
    }
  } catch (error) {
    const code = error instanceof RtspTrouble ? error.code : 'not-a-camera'
    return trouble(code)
  }
}

const trouble = (code: TroubleCode): ProbeResult => ({ code, words: wordsFor(code), video: null })

/** Picture size from the parameter sets of the session description, where the camera put them there. */
function shapeOf(video: VideoMedia): ProbeResult['video'] {
  const name = video.codec === 'h264' ? 'sprop-parameter-sets' : 'sprop-sps'
  const sps = Buffer.from((video.parameters.get(name) ?? '').split(',')[0] ?? '', 'base64')
  try {
    const { codec, width, height } = video.codec === 'h264' ? readH264Sps(sps) : readH265Sps(sps)
    return { codec, width, height }
  } catch {
    return null // said in the stream only, or damaged: nothing a probe has to judge
  }
}
