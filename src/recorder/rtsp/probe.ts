import type { AllowedNetworks } from './address.ts'
import { Pacer } from './pacer.ts'
import { type CameraSource, chooseStreams, describe } from './session.ts'
import { RtspTrouble, type TroubleCode, wordsFor } from './trouble.ts'

export type ProbeResult = { readonly code: TroubleCode | 'ok'; readonly words: string }

/** All of a probe, three answers included, ends within this. */
const probeMsMax = 11_000

/** Says what is at an address by OPTIONS and DESCRIBE: no stream is set up, no picture crosses the wire. Never throws. */
export async function probeCamera(source: CameraSource, networks: AllowedNetworks): Promise<ProbeResult> {
  const { promise: late, resolve: giveUp } = Promise.withResolvers<ProbeResult>()
  const timer = setTimeout(() => giveUp({ code: 'no-answer', words: wordsFor('no-answer') }), probeMsMax)
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
    }
  } catch (error) {
    const code = error instanceof RtspTrouble ? error.code : 'not-a-camera'
    return { code, words: wordsFor(code) }
  }
}
