import { deepEqual, equal, throws } from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseSdp, resolveControl } from './sdp.ts'
import { chooseStreams } from './session.ts'
import type { RtspTrouble } from './trouble.ts'

const axis = `v=0
o=- 1 1 IN IP4 192.168.1.9
s=Session
c=IN IP4 0.0.0.0
t=0 0
a=control:rtsp://192.168.1.9/axis-media/media.amp?videocodec=h264
m=video 0 RTP/AVP 96
a=rtpmap:96 H264/90000
a=fmtp:96 packetization-mode=1;profile-level-id=4D0029;sprop-parameter-sets=Z00AKeKQDwBE/LgLcBAQGkHiRFQ=,aO48gA==
a=control:rtsp://192.168.1.9/axis-media/media.amp/stream=0?videocodec=h264
m=audio 0 RTP/AVP 97
a=rtpmap:97 mpeg4-generic/16000/1
a=fmtp:97 streamtype=5;profile-level-id=15;mode=AAC-hbr;config=1408;sizeLength=13;indexLength=3;indexDeltaLength=3
a=control:trackID=2
`.replaceAll('\n', '\r\n')

describe('session descriptions', () => {
  it('tells streams, codecs and parameters, base64 and all', () => {
    const { video, audio } = chooseStreams(axis)
    equal(video.codec, 'h264')
    equal(video.payloadType, 96)
    equal(video.parameters.get('sprop-parameter-sets'), 'Z00AKeKQDwBE/LgLcBAQGkHiRFQ=,aO48gA==')
    equal(audio?.encoding, 'mpeg4-generic')
    equal(audio?.clockRate, 16_000)
  })

  it('says no video for what it cannot record', () => {
    const only = (line: string) => `v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 ${line}\r\n`
    for (const sdp of [
      '',
      axis.replace('H264', 'MP4V-ES'),
      only('JPEG/90000'),
      'm=audio 0 RTP/AVP 0\r\n',
      'm=video 0 RTP/AVP\r\n',
    ]) {
      throws(
        () => chooseStreams(sdp),
        (error: RtspTrouble) => error.code === 'no-video',
      )
    }
    equal(chooseStreams(only('H265/90000')).video.codec, 'h265')
  })

  it('finds the address of each stream as cameras mean it', () => {
    const base = 'rtsp://10.0.0.2:554/cam/realmonitor?channel=1'
    for (const [from, control, to] of [
      [base, null, base],
      [base, '*', base],
      [base, 'trackID=0', `${base}/trackID=0`],
      ['rtsp://10.0.0.2/stream/', 'trackID=0', 'rtsp://10.0.0.2/stream/trackID=0'],
      ['rtsp://10.0.0.2/stream/', 'rtsp://10.0.0.2/other/1', 'rtsp://10.0.0.2/other/1'],
      ['rtsp://10.0.0.2/stream', '/trackID=1', 'rtsp://10.0.0.2/stream/trackID=1'],
      ['rtsp://10.0.0.2/stream/', '/stream/trackID=1', 'rtsp://10.0.0.2/stream/trackID=1'],
    ] as const) {
      equal(resolveControl(from, control), to)
    }
  })

  it('survives anything', () => {
    const piece = fc.constantFrom(
      'v=0',
      'm=video 0 RTP/AVP 96',
      'a=rtpmap:',
      '96 H264/90000',
      'a=fmtp:96 ',
      ';',
      '=',
      '\r\n',
      'a=control:',
      ' ',
      '0',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((p) => p.join('')),
        ),
        (text) => void parseSdp(text),
      ),
    )
    deepEqual(parseSdp('\0').media, [])
  })
})
