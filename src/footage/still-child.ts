/**
 * Turns one fragment into one JPEG: initialisation segment and fragment on standard input, picture on standard output.
 * A process of its own, ended after one picture, because FFmpeg's libraries (GPL-3, through node-av) belong in no
 * process that holds keys. It opens no file and no connection.
 */
import { Decoder, Demuxer, Encoder, FilterAPI } from 'node-av/api'
import { AV_LOG_QUIET, FF_ENCODER_MJPEG } from 'node-av/constants'
import { Log } from 'node-av/lib'

Log.setLevel(AV_LOG_QUIET)

const chunks: Buffer[] = []
for await (const chunk of process.stdin) chunks.push(chunk as Buffer)

async function firstPicture(bytes: Buffer): Promise<Buffer> {
  await using input = await Demuxer.open(bytes, { format: 'mp4' })
  const stream = input.video()
  if (stream === undefined) throw new Error('there is no video in this fragment')
  using decoder = await Decoder.create(stream)
  using filter = FilterAPI.create('format=yuvj420p')
  for await (const frame of filter.frames(decoder.frames(input.packets(stream.index)))) {
    if (frame === null) continue
    return await Encoder.encodeOne(FF_ENCODER_MJPEG, frame, { options: { qmin: 3, qmax: 3 } })
  }
  throw new Error('no picture could be decoded')
}

const picture = await firstPicture(Buffer.concat(chunks))
await new Promise<void>((resolve, reject) => {
  process.stdout.write(picture, (error) => (error ? reject(error) : resolve()))
})
process.exit(0)
