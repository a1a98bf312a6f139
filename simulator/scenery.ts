/** Things that stand in more than one scene: sheets in space, doors, sky, trees. All drawn once, into a background. */
import { type Canvas, type Colour, mix, shade } from './canvas.ts'
import type { Lens, Place } from './lens.ts'

/** The direction of walls and doors. */
export const up: Place = [0, 1, 0]

/** A flat rectangle in space: a corner and two sides. */
export type Sheet = { readonly corner: Place; readonly side: Place; readonly rise: Place }

const add = (a: Place, b: Place, times = 1): Place => [
  a[0] + b[0] * times,
  a[1] + b[1] * times,
  a[2] + b[2] * times,
]

/** A part of a sheet, by metres along its side and its rise. */
export function patch(lens: Lens, sheet: Sheet, u1: number, v1: number, u2: number, v2: number) {
  const { corner, side, rise } = sheet
  const place = (u: number, v: number) => lens.at(add(add(corner, side, u), rise, v))
  return [place(u1, v1), place(u2, v1), place(u2, v2), place(u1, v2)]
}

/** A door with frame, panels and handle, standing in a wall. */
export function door(canvas: Canvas, lens: Lens, wall: Sheet, u: number, colour: Colour, light = 1): void {
  const lit = shade(colour, light)
  canvas.fill(patch(lens, wall, u - 0.08, 0, u + 0.98, 2.12), shade([238, 234, 224], light * 0.95))
  canvas.fill(patch(lens, wall, u, 0.01, u + 0.9, 2.04), lit)
  for (const [v1, v2] of [
    [0.2, 0.9],
    [1.15, 1.85],
  ] as const) {
    canvas.fill(patch(lens, wall, u + 0.13, v1, u + 0.77, v2), shade(lit, 0.86))
    canvas.fill(patch(lens, wall, u + 0.16, v1 + 0.03, u + 0.74, v2 - 0.03), shade(lit, 1.06))
  }
  canvas.fill(patch(lens, wall, u + 0.28, 1.0, u + 0.62, 1.05), [206, 196, 160])
  canvas.fill(patch(lens, wall, u + 0.79, 0.98, u + 0.85, 1.1), [214, 206, 180])
}

export function sky(canvas: Canvas, height: number): void {
  canvas.fill(
    [
      [0, 0],
      [640, 0],
      [640, height],
      [0, height],
    ],
    (_x, y) => mix([150, 186, 214], [226, 234, 232], Math.min(1, y / height)),
  )
}

export function tree(canvas: Canvas, lens: Lens, place: Place, size: number, random: () => number): void {
  const [x, y] = lens.at(place)
  const metre = lens.scaleAt(place)
  const trunk = metre * 0.14 * size
  canvas.fill(
    [
      [x - trunk, y],
      [x + trunk, y],
      [x + trunk * 0.6, y - metre * 2 * size],
      [x - trunk * 0.6, y - metre * 2 * size],
    ],
    [88, 70, 54],
  )
  for (let leaf = 0; leaf < 70; leaf += 1) {
    const angle = random() * Math.PI * 2
    const away = Math.sqrt(random()) * 1.1 * size
    const light = 0.8 + 0.4 * random()
    canvas.ellipse(
      x + Math.cos(angle) * away * metre,
      y - metre * size * 2.6 + Math.sin(angle) * away * 0.9 * metre,
      metre * 0.35 * size,
      metre * 0.3 * size,
      shade([86, 124, 78], light - Math.sin(angle) * 0.12),
      0.9,
    )
  }
}

/** Darkens the corners a little, as a wide lens does. */
export function vignette(canvas: Canvas, width: number, height: number): void {
  canvas.fill(
    [
      [0, 0],
      [width, 0],
      [width, height],
      [0, height],
    ],
    [18, 22, 26],
    (x, y) => {
      const away = Math.hypot((x - width / 2) / (width / 2), (y - height / 2) / (height / 2))
      return Math.max(0, away - 0.75) * 0.38
    },
  )
}
