import { type Colour, type Picture, shade, toYuv } from './canvas.ts'
import { seeded } from './faults.ts'
import type { Place } from './lens.ts'
import type { Scene } from './scenes.ts'

/** Coats, trousers, hair and skin of nobody in particular. */
const coats: readonly Colour[] = [
  [172, 66, 58],
  [52, 92, 128],
  [214, 170, 72],
  [86, 120, 92],
  [120, 90, 132],
  [70, 76, 84],
]
const trousers: readonly Colour[] = [
  [48, 54, 70],
  [70, 64, 58],
  [92, 96, 102],
]
const hairs: readonly Colour[] = [
  [50, 40, 34],
  [120, 86, 52],
  [150, 148, 144],
  [30, 28, 28],
]
const skins: readonly Colour[] = [
  [224, 188, 160],
  [150, 108, 78],
  [104, 74, 56],
  [236, 204, 178],
]

/** A rounded line from one point to another, smooth at the edge, painted over a picture. */
function limb(
  picture: Picture,
  from: readonly [number, number],
  to: readonly [number, number],
  radius: number,
  [luma, blue, red]: readonly [number, number, number],
  alpha = 1,
): void {
  const { width, height } = picture
  const dx = to[0] - from[0]
  const dy = to[1] - from[1]
  const lengthSquared = dx * dx + dy * dy || 1e-6
  const cover = (x: number, y: number, edge: number): number => {
    const along = Math.max(0, Math.min(1, ((x - from[0]) * dx + (y - from[1]) * dy) / lengthSquared))
    const away = Math.hypot(x - from[0] - dx * along, y - from[1] - dy * along)
    return alpha * Math.max(0, Math.min(1, (radius - away) / edge + 0.5))
  }
  const x1 = Math.max(0, Math.floor(Math.min(from[0], to[0]) - radius - 1)) & ~1
  const x2 = Math.min(width - 1, Math.ceil(Math.max(from[0], to[0]) + radius + 1))
  const y1 = Math.max(0, Math.floor(Math.min(from[1], to[1]) - radius - 1)) & ~1
  const y2 = Math.min(height - 1, Math.ceil(Math.max(from[1], to[1]) + radius + 1))
  for (let y = y1; y <= y2; y += 1) {
    for (let x = x1; x <= x2; x += 1) {
      const share = cover(x + 0.5, y + 0.5, 1)
      if (share === 0) continue
      const at = y * width + x
      picture.luma[at] = picture.luma[at]! + (luma - picture.luma[at]!) * share
    }
  }
  for (let y = y1; y <= y2; y += 2) {
    for (let x = x1; x <= x2; x += 2) {
      const share = cover(x + 1, y + 1, 2)
      if (share === 0) continue
      const at = (y >> 1) * (width >> 1) + (x >> 1)
      picture.blue[at] = picture.blue[at]! + (blue - picture.blue[at]!) * share
      picture.red[at] = picture.red[at]! + (red - picture.red[at]!) * share
    }
  }
}

function drawPerson(picture: Picture, scene: Scene, place: Place, stride: number, seed: number): void {
  const [x, y] = scene.lens.at(place)
  const random = seeded(seed)
  const pick = (from: readonly Colour[]): Colour => from[Math.floor(random() * from.length)]!
  const metre = scene.lens.scaleAt(place) * (0.94 + random() * 0.1)
  const coat = toYuv(pick(coats))
  const trouser = pick(trousers)
  const hair = toYuv(pick(hairs))
  const skin = toYuv(pick(skins))
  const swing = Math.sin(stride * Math.PI * 2)
  const bob = Math.abs(Math.cos(stride * Math.PI * 2)) * 0.03
  const at = (across: number, height: number): [number, number] => [
    x + across * metre,
    y - (height + bob) * metre * 0.93,
  ]
  limb(picture, [x - 0.28 * metre, y], [x + 0.28 * metre, y], 0.1 * metre, [24, 128, 128], 0.3)
  const legs = toYuv(trouser)
  limb(
    picture,
    at(-0.08, 0.85),
    at(-0.1 + swing * 0.05, 0.05 + Math.max(0, swing) * 0.12),
    0.085 * metre,
    toYuv(shade(trouser, 0.86)),
  )
  limb(
    picture,
    at(0.08, 0.85),
    at(0.1 - swing * 0.05, 0.05 + Math.max(0, -swing) * 0.12),
    0.085 * metre,
    legs,
  )
  const sleeve = toYuv(shade(pick(coats), 1))
  limb(picture, at(-0.24, 1.36), at(-0.28, 0.92 + swing * 0.05), 0.065 * metre, coat)
  limb(picture, at(0.24, 1.36), at(0.28, 0.92 - swing * 0.05), 0.065 * metre, coat)
  limb(picture, at(0, 0.95), at(0, 1.3), 0.2 * metre, coat)
  limb(picture, at(-0.12, 1.36), at(0.12, 1.36), 0.11 * metre, coat)
  limb(picture, at(-0.13, 1.1), at(-0.13, 1.34), 0.035 * metre, sleeve, 0.5)
  limb(picture, at(0, 1.46), at(0, 1.56), 0.055 * metre, skin)
  limb(picture, at(0, 1.64), at(0, 1.68), 0.105 * metre, skin)
  limb(picture, at(0, 1.72), at(0, 1.73), 0.1 * metre, hair)
}

/** Seconds between one visitor of a walk and the next. */
const quietSeconds = 9

/** Draws whoever is walking through at this time. The same time and seed always give the same picture. */
export function drawPeople(picture: Picture, scene: Scene, epochMs: number, seed: number): void {
  const seconds = epochMs / 1000
  const present: { place: Place; stride: number; seed: number }[] = []
  for (const [index, walk] of scene.walks.entries()) {
    const period = walk.seconds + quietSeconds + index * 7
    const since = (seconds + index * 11 + (seed % 17)) % period
    if (since > walk.seconds) continue
    const share = since / walk.seconds
    const [from, to] = [walk.from, walk.to]
    present.push({
      place: [
        from[0] + (to[0] - from[0]) * share,
        from[1] + (to[1] - from[1]) * share,
        from[2] + (to[2] - from[2]) * share,
      ],
      stride: since * 0.95,
      seed: (Math.floor((seconds + index * 11 + (seed % 17)) / period) * 31 + index * 7 + seed) >>> 0,
    })
  }
  present.sort((a, b) => b.place[2] - a.place[2])
  for (const person of present) drawPerson(picture, scene, person.place, person.stride, person.seed)
}
