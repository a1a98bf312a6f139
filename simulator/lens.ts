import type { Point } from './canvas.ts'

/** Metres: right, up, ahead. */
export type Place = readonly [number, number, number]

export type Lens = {
  /** Where a place in the scene appears in the picture, in pixels. */
  at(place: Place): Point
  /** Pixels per metre at that place. */
  scaleAt(place: Place): number
}

/** A camera on a wall: its place, how far it looks down and to the right (radians), its focal length in pixels. */
export function createLens(options: {
  readonly from: Place
  readonly down: number
  readonly right: number
  readonly focal: number
  readonly width: number
  readonly height: number
}): Lens {
  const { from, down, right, focal, width, height } = options
  const [cosDown, sinDown, cosRight, sinRight] = [
    Math.cos(down),
    Math.sin(down),
    Math.cos(right),
    Math.sin(right),
  ]
  const seen = ([x, y, z]: Place): Place => {
    const dx = x - from[0]
    const dy = y - from[1]
    const dz = z - from[2]
    const turnedX = dx * cosRight - dz * sinRight
    const turnedZ = dx * sinRight + dz * cosRight
    return [turnedX, dy * cosDown + turnedZ * sinDown, Math.max(0.05, turnedZ * cosDown - dy * sinDown)]
  }
  return {
    at(place) {
      const [x, y, z] = seen(place)
      return [width / 2 + (focal * x) / z, height / 2 - (focal * y) / z]
    },
    scaleAt: (place) => focal / seen(place)[2],
  }
}
