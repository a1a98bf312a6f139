/**
 * One ordinary MP4 from an initialisation segment and CMAF fragments: the samples are copied byte for byte, only the
 * index is written anew (ISO/IEC 14496-12: `moov` before `mdat`), so every player can open and seek it and nothing is
 * encoded again. A gap in decode time stretches the frame before it, so that the clock of the film stays true.
 * Portable and deterministic: a receiver builds the same file from the opened records and compares.
 */
import { Failure } from '#base/base.ts'

type Box = { readonly type: string; readonly start: number; readonly body: number; readonly end: number }

const damaged = (what: string): Failure =>
  new Failure('data-loss', `The video cannot be put together: ${what}.`)

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function boxes(bytes: Uint8Array, from = 0, to = bytes.byteLength): Box[] {
  const view = viewOf(bytes)
  const found: Box[] = []
  for (let start = from; start < to; ) {
    if (start + 8 > to) throw damaged('a box is cut short')
    let size = view.getUint32(start)
    let body = start + 8
    const type = String.fromCharCode(...bytes.subarray(start + 4, start + 8))
    if (size === 1) {
      if (start + 16 > to) throw damaged('a box is cut short')
      size = Number(view.getBigUint64(start + 8))
      body = start + 16
    } else if (size === 0) size = to - start
    if (size < body - start || start + size > to) throw damaged(`the box "${type}" has the wrong length`)
    found.push({ type, start, body, end: start + size })
    start += size
  }
  return found
}

function child(bytes: Uint8Array, parent: Box | null, type: string): Box {
  const found = boxes(bytes, parent?.body ?? 0, parent?.end ?? bytes.byteLength).find(
    (box) => box.type === type,
  )
  if (found === undefined) throw damaged(`there is no "${type}"`)
  return found
}

type Track = {
  readonly id: number
  readonly timescale: number
  readonly isVideo: boolean
  readonly defaults: { duration: number; size: number; flags: number }
  readonly tkhd: Uint8Array
  readonly mdhd: Uint8Array
  readonly hdlr: Uint8Array
  /** `vmhd` or `smhd`, and `dinf`. */
  readonly media: Uint8Array
  readonly stsd: Uint8Array
  readonly samples: { duration: number; size: number; sync: boolean; shift: number }[]
  readonly chunks: { samples: number; data: Uint8Array; at: number }[]
  startTime: number | null
  nextTime: number
}

/** Where a fragment begins in the film (seconds), for the clock beside it. */
export type VideoFragment = { readonly atSeconds: number; readonly seconds: number }

export type Video = {
  /** To be written one after the other. */
  readonly parts: readonly Uint8Array[]
  readonly bytes: number
  readonly frames: number
  readonly fragments: readonly VideoFragment[]
}

/** Builds the film. Throws `Failure('data-loss')` when init or a fragment is not what a recorder makes. */
export function assembleVideo(init: Uint8Array, fragments: readonly Uint8Array[]): Video {
  const moov = child(init, null, 'moov')
  const mvhd = child(init, moov, 'mvhd')
  const tracks = readTracks(init, moov)
  const film: VideoFragment[] = []
  for (const fragment of fragments) addFragment(tracks, fragment, film)
  const used = tracks.filter((track) => track.samples.length > 0)
  if (used.length === 0) throw damaged('it holds no frame')

  const ftyp = box('ftyp', ascii('isom'), u32(512), ascii('isomiso2avc1mp41'))
  const dataBytes = used.reduce(
    (sum, t) => sum + t.chunks.reduce((all, chunk) => all + chunk.data.byteLength, 0),
    0,
  )
  const mdatHeader =
    dataBytes + 8 > 0xffff_ffff ? largeMdat(dataBytes) : concat([u32(dataBytes + 8), ascii('mdat')])
  // Chunk offsets are always 64-bit, so the length of the index does not depend on their values.
  const moovBytes = moovBox(init, mvhd, used, 0).byteLength
  const dataStart = ftyp.byteLength + moovBytes + mdatHeader.byteLength
  const data = used.flatMap((track) => track.chunks).sort((a, b) => a.at - b.at)
  let offset = 0
  for (const chunk of data) {
    chunk.at = offset
    offset += chunk.data.byteLength
  }
  const index = moovBox(init, mvhd, used, dataStart)
  const parts = [ftyp, index, mdatHeader, ...data.map((chunk) => chunk.data)]
  const video = used.find((track) => track.isVideo) ?? used[0]!
  return { parts, bytes: dataStart + dataBytes, frames: video.samples.length, fragments: film }
}

function readTracks(init: Uint8Array, moov: Box): Track[] {
  const view = viewOf(init)
  const defaults = new Map<number, Track['defaults']>()
  for (const trex of boxes(init, child(init, moov, 'mvex').body, child(init, moov, 'mvex').end)) {
    if (trex.type !== 'trex' || trex.end - trex.body < 24) continue
    defaults.set(view.getUint32(trex.body + 4), {
      duration: view.getUint32(trex.body + 12),
      size: view.getUint32(trex.body + 16),
      flags: view.getUint32(trex.body + 20),
    })
  }
  return boxes(init, moov.body, moov.end)
    .filter((trak) => trak.type === 'trak')
    .map((trak) => {
      const tkhd = child(init, trak, 'tkhd')
      const mdia = child(init, trak, 'mdia')
      const mdhd = child(init, mdia, 'mdhd')
      const hdlr = child(init, mdia, 'hdlr')
      const minf = child(init, mdia, 'minf')
      const stsd = child(init, child(init, minf, 'stbl'), 'stsd')
      const kept = boxes(init, minf.body, minf.end).filter((each) =>
        ['vmhd', 'smhd', 'dinf'].includes(each.type),
      )
      const id = view.getUint32(tkhd.body + (init[tkhd.body] === 1 ? 20 : 12))
      const timescale = view.getUint32(mdhd.body + (init[mdhd.body] === 1 ? 20 : 12))
      if (timescale === 0) throw damaged('a track has no clock')
      return {
        id,
        timescale,
        isVideo: String.fromCharCode(...init.subarray(hdlr.body + 8, hdlr.body + 12)) === 'vide',
        defaults: defaults.get(id) ?? { duration: 0, size: 0, flags: 0 },
        tkhd: init.slice(tkhd.start, tkhd.end),
        mdhd: init.slice(mdhd.start, mdhd.end),
        hdlr: init.slice(hdlr.start, hdlr.end),
        media: concat(kept.map((each) => init.subarray(each.start, each.end))),
        stsd: init.slice(stsd.start, stsd.end),
        samples: [],
        chunks: [],
        startTime: null,
        nextTime: 0,
      }
    })
}

/** Flag bits of `tfhd` and `trun` (ISO/IEC 14496-12 sections 8.8.7 and 8.8.8). */
function addFragment(tracks: readonly Track[], bytes: Uint8Array, film: VideoFragment[]): void {
  const view = viewOf(bytes)
  for (const moof of boxes(bytes).filter((each) => each.type === 'moof')) {
    for (const traf of boxes(bytes, moof.body, moof.end).filter((each) => each.type === 'traf')) {
      const tfhd = child(bytes, traf, 'tfhd')
      const flags = view.getUint32(tfhd.body) & 0xff_ffff
      const track = tracks.find((each) => each.id === view.getUint32(tfhd.body + 4))
      if (track === undefined) throw damaged('a fragment names a track that is not there')
      let at = tfhd.body + 8
      const next = (present: boolean, otherwise: number): number => {
        if (!present) return otherwise
        at += 4
        return view.getUint32(at - 4)
      }
      if ((flags & 0x1) !== 0) throw damaged('a fragment points outside itself')
      next((flags & 0x2) !== 0, 0)
      const duration = next((flags & 0x8) !== 0, track.defaults.duration)
      const size = next((flags & 0x10) !== 0, track.defaults.size)
      const sampleFlags = next((flags & 0x20) !== 0, track.defaults.flags)
      const tfdt = child(bytes, traf, 'tfdt')
      const startTime =
        bytes[tfdt.body] === 1 ? Number(view.getBigUint64(tfdt.body + 4)) : view.getUint32(tfdt.body + 4)
      const last = track.samples.at(-1)
      if (last === undefined) {
        track.startTime = startTime
        track.nextTime = startTime
      } else if (startTime > track.nextTime) {
        last.duration += startTime - track.nextTime
        track.nextTime = startTime
      } else if (startTime < track.nextTime) throw damaged('two fragments overlap')
      const before = track.nextTime
      for (const trun of boxes(bytes, traf.body, traf.end).filter((each) => each.type === 'trun'))
        addRun(track, bytes, moof, trun, { duration, size, flags: sampleFlags }, chunksOf(tracks))
      if (track.isVideo)
        film.push({
          atSeconds: (before - track.startTime!) / track.timescale,
          seconds: (track.nextTime - before) / track.timescale,
        })
    }
  }
}

const chunksOf = (tracks: readonly Track[]): number =>
  tracks.reduce((sum, track) => sum + track.chunks.length, 0)

/** `place`: how many chunks came before, over all tracks; stands for the offset until the layout is known. */
function addRun(
  track: Track,
  bytes: Uint8Array,
  moof: Box,
  trun: Box,
  defaults: Track['defaults'],
  place: number,
): void {
  const view = viewOf(bytes)
  const version = bytes[trun.body]
  const flags = view.getUint32(trun.body) & 0xff_ffff
  const count = view.getUint32(trun.body + 4)
  if ((flags & 0x1) === 0) throw damaged('a run does not say where its data is')
  const dataStart = moof.start + view.getInt32(trun.body + 8)
  let at = trun.body + 12
  let firstFlags: number | null = null
  if ((flags & 0x4) !== 0) {
    firstFlags = view.getUint32(at)
    at += 4
  }
  const perSample = [0x100, 0x200, 0x400, 0x800].filter((bit) => (flags & bit) !== 0).length * 4
  if (at + count * perSample > trun.end) throw damaged('a run is cut short')
  let dataBytes = 0
  for (let i = 0; i < count; i += 1) {
    const take = (bit: number, otherwise: number): number => {
      if ((flags & bit) === 0) return otherwise
      at += 4
      return view.getUint32(at - 4)
    }
    const duration = take(0x100, defaults.duration)
    const size = take(0x200, defaults.size)
    const ownFlags = take(0x400, i === 0 && firstFlags !== null ? firstFlags : defaults.flags)
    let shift = take(0x800, 0)
    if (version !== 0 && shift > 0x7fff_ffff) shift -= 0x1_0000_0000
    track.samples.push({ duration, size, sync: (ownFlags & 0x1_0000) === 0, shift })
    track.nextTime += duration
    dataBytes += size
  }
  if (dataStart < 0 || dataStart + dataBytes > bytes.byteLength)
    throw damaged('a run points outside its fragment')
  track.chunks.push({
    samples: count,
    data: bytes.subarray(dataStart, dataStart + dataBytes),
    at: place,
  })
}

function moovBox(init: Uint8Array, mvhd: Box, tracks: readonly Track[], dataStart: number): Uint8Array {
  const header = init.slice(mvhd.start, mvhd.end)
  const movieScale = viewOf(header).getUint32(header[8] === 1 ? 28 : 20)
  const inMovie = (track: Track) => Math.round((ticks(track) / track.timescale) * movieScale)
  setDuration(header, header[8] === 1 ? 32 : 24, Math.max(...tracks.map(inMovie)))
  return box('moov', header, ...tracks.map((track) => trakBox(track, inMovie(track), dataStart)))
}

const ticks = (track: Track): number => track.samples.reduce((sum, sample) => sum + sample.duration, 0)

/** Writes a duration at `at` (counted from the box's first byte) in the width that the box's version has. */
function setDuration(bytes: Uint8Array, at: number, duration: number): void {
  const view = viewOf(bytes)
  if (bytes[8] === 1) view.setBigUint64(at, BigInt(duration))
  else view.setUint32(at, Math.min(duration, 0xffff_fffe))
}

function trakBox(track: Track, movieDuration: number, dataStart: number): Uint8Array {
  const tkhd = track.tkhd.slice()
  setDuration(tkhd, tkhd[8] === 1 ? 36 : 28, movieDuration)
  const mdhd = track.mdhd.slice()
  setDuration(mdhd, mdhd[8] === 1 ? 32 : 24, ticks(track))
  const { samples, chunks } = track
  const tables = [track.stsd, full('stts', runs(samples.map((sample) => sample.duration)))]
  if (samples.some((sample) => sample.shift !== 0))
    tables.push(full('ctts', runs(samples.map((sample) => sample.shift)), 1))
  if (samples.some((sample) => !sample.sync)) {
    const sync = samples.flatMap((sample, at) => (sample.sync ? [at + 1] : []))
    tables.push(full('stss', [sync.length, ...sync]))
  }
  tables.push(full('stsz', [0, samples.length, ...samples.map((sample) => sample.size)]))
  const perChunk: number[] = []
  for (const [at, chunk] of chunks.entries())
    if (chunk.samples !== chunks[at - 1]?.samples) perChunk.push(at + 1, chunk.samples, 1)
  tables.push(full('stsc', [perChunk.length / 3, ...perChunk]))
  const offsets = new Uint8Array(chunks.length * 8)
  for (const [at, chunk] of chunks.entries())
    viewOf(offsets).setBigUint64(at * 8, BigInt(dataStart + chunk.at))
  tables.push(box('co64', u32(0), u32(chunks.length), offsets))
  return box('trak', tkhd, box('mdia', mdhd, track.hdlr, box('minf', track.media, box('stbl', ...tables))))
}

/** Run lengths, as `stts` and `ctts` want them: count of entries, then (count, value) pairs. */
function runs(values: readonly number[]): number[] {
  const pairs: number[] = []
  for (const value of values) {
    if (pairs.at(-1) === value && pairs.length > 0) pairs[pairs.length - 2]! += 1
    else pairs.push(1, value)
  }
  return [pairs.length / 2, ...pairs]
}

function full(type: string, values: readonly number[], version = 0): Uint8Array {
  const body = new Uint8Array(4 + values.length * 4)
  body[0] = version
  const view = viewOf(body)
  for (const [at, value] of values.entries()) view.setUint32(4 + at * 4, value >>> 0)
  return box(type, body)
}

function box(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = concat(parts)
  return concat([u32(body.byteLength + 8), ascii(type), body])
}

function largeMdat(dataBytes: number): Uint8Array {
  const size = new Uint8Array(8)
  viewOf(size).setBigUint64(0, BigInt(dataBytes + 16))
  return concat([u32(1), ascii('mdat'), size])
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  viewOf(bytes).setUint32(0, value)
  return bytes
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}
