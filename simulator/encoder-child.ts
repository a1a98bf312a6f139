/**
 * The child process of the simulator: paints pictures and encodes them with x264, one encoder per camera.
 * FFmpeg's libraries (GPL-3, through node-av) are loaded here and nowhere else. Standard input carries orders, standard
 * output access units; both in the frames of encoder-wire.ts. It ends when its input ends, so it cannot outlive its
 * parent.
 */
import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_LOG_ERROR,
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  FF_ENCODER_LIBX264,
} from 'node-av/constants'
import { Codec, CodecContext, Dictionary, FFmpegError, Frame, Log, Packet, Rational } from 'node-av/lib'
import {
  type CameraOrder,
  framesPerSecond,
  gopFrames,
  pictureHeight,
  pictureWidth,
  readOrders,
  writeParameters,
  writeUnit,
} from './encoder-wire.ts'
import { createPainter } from './painter.ts'

Log.setLevel(AV_LOG_ERROR)

/**
 * node-av 6.1.1 frees an options dictionary when opening a codec and again when it is collected, which corrupts the heap
 * ("free(): invalid pointer" a few pictures later). Kept here they are never collected; there is one per camera.
 */
const keptForEver: Dictionary[] = []

type Encoder = (epochMs: number, frame: number, key: boolean) => void

function createEncoder(order: CameraOrder): Encoder {
  const painter = createPainter({ ...order, width: pictureWidth, height: pictureHeight })
  const codec = Codec.findEncoderByName(FF_ENCODER_LIBX264)
  if (codec === null) throw new Error('node-av was built without libx264')
  const context = new CodecContext()
  context.allocContext3(codec)
  context.width = pictureWidth
  context.height = pictureHeight
  context.pixelFormat = AV_PIX_FMT_YUV420P
  context.timeBase = new Rational(1, framesPerSecond)
  context.framerate = new Rational(framesPerSecond, 1)
  context.gopSize = gopFrames
  context.maxBFrames = 0
  // Many small pictures on few cores: threads would cost more than they gain.
  context.threadCount = 1
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER)
  const options = new Dictionary()
  keptForEver.push(options)
  options.set('preset', 'ultrafast')
  options.set('tune', 'zerolatency')
  options.set('profile', 'main')
  options.set('crf', '25')
  options.set('x264-params', 'scenecut=0:bframes=0:cabac=1')
  FFmpegError.throwIfError(context.open2Sync(codec, options), 'open the encoder')
  const parameters = context.extraData
  if (parameters === null) throw new Error('the encoder gave no parameter sets')
  writeParameters(order.camera, parameters)

  const packet = new Packet()
  packet.alloc()
  let pts = 0n
  return (epochMs, frame, key) => {
    const picture = painter.paint(epochMs, frame)
    const native = Frame.fromVideoBuffer(picture.bytes, {
      width: pictureWidth,
      height: pictureHeight,
      format: AV_PIX_FMT_YUV420P,
      pts,
    })
    native.pictType = key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE
    pts += 1n
    try {
      FFmpegError.throwIfError(context.sendFrameSync(native), 'encode a picture')
      FFmpegError.throwIfError(context.receivePacketSync(packet), 'take an encoded picture')
      if (packet.data === null) throw new Error('the encoder gave an empty packet')
      writeUnit(order.camera, frame, packet.isKeyframe, packet.data)
    } finally {
      packet.unref()
      native.free()
    }
  }
}

const encoders = new Map<number, Encoder>()

readOrders(process.stdin, {
  camera: (order) => encoders.set(order.camera, createEncoder(order)),
  picture: (camera, frame, epochMs, key) => encoders.get(camera)?.(epochMs, frame, key),
})
process.stdin.on('end', () => process.exit(0))
