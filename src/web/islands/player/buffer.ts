/** A MediaSource whose time is wall time since the viewing's beginning, in seconds. Appends one after the other. */

export type Buffer = {
  readonly ready: Promise<void>
  supports(codec: string): boolean
  /** `offsetMs`: what to add to the media's own time so that it becomes ms since the viewing's beginning. */
  append(bytes: ArrayBuffer, codec: string, offsetMs: number): Promise<void>
  remove(fromS: number, toS: number): Promise<void>
  clear(): Promise<void>
}

const mime = (codec: string): string => `video/mp4; codecs="${codec}"`

export function createBuffer(video: HTMLVideoElement, durationS: number | null): Buffer {
  const source = new MediaSource()
  video.src = URL.createObjectURL(source)
  let buffer: SourceBuffer | null = null
  let codecNow = ''
  let turn: Promise<void> = Promise.resolve()
  const ready = new Promise<void>((resolve) =>
    source.addEventListener('sourceopen', () => resolve(), { once: true }),
  )

  function inTurn(work: (buffer: SourceBuffer) => void): Promise<void> {
    const next = turn.then(
      () =>
        new Promise<void>((resolve, reject) => {
          if (buffer === null || source.readyState === 'closed') return resolve()
          const target = buffer
          const done = (): void => {
            target.removeEventListener('updateend', done)
            target.removeEventListener('error', failed)
            resolve()
          }
          const failed = (): void => {
            target.removeEventListener('updateend', done)
            target.removeEventListener('error', failed)
            reject(new Error('The picture can’t be decoded.'))
          }
          target.addEventListener('updateend', done)
          target.addEventListener('error', failed)
          try {
            work(target)
            if (!target.updating) done()
          } catch (error) {
            target.removeEventListener('updateend', done)
            target.removeEventListener('error', failed)
            reject(error)
          }
        }),
    )
    turn = next.catch(() => undefined)
    return next
  }

  return {
    ready,
    supports: (codec) => MediaSource.isTypeSupported(mime(codec)),
    async append(bytes, codec, offsetMs) {
      await ready
      if (buffer === null) {
        buffer = source.addSourceBuffer(mime(codec))
        if (durationS !== null) source.duration = durationS
      }
      await inTurn((target) => {
        if (codec !== codecNow) {
          if (codecNow !== '') target.changeType(mime(codec))
          codecNow = codec
        }
        target.timestampOffset = offsetMs / 1000
        target.appendBuffer(bytes)
      })
    },
    remove: (fromS, toS) =>
      inTurn((target) => (toS > fromS ? target.remove(Math.max(0, fromS), toS) : undefined)),
    clear: () => inTurn((target) => target.remove(0, Number.POSITIVE_INFINITY)),
  }
}

export function isBuffered(video: HTMLVideoElement, atS: number): boolean {
  for (let n = 0; n < video.buffered.length; n += 1) {
    if (atS >= video.buffered.start(n) - 0.02 && atS < video.buffered.end(n) - 0.02) return true
  }
  return false
}
