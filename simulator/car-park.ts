import { type Canvas, type Colour, mix, shade } from './canvas.ts'
import type { Lens } from './lens.ts'
import { patch, type Sheet, sky, tree, up } from './scenery.ts'

function car(canvas: Canvas, lens: Lens, x: number, z: number, colour: Colour): void {
  const at = (px: number, py: number, pz: number) => lens.at([x + px, py, z + pz])
  const [cx, cy] = lens.at([x + 0.9, 0.02, z + 1.9])
  const metre = lens.scaleAt([x, 0, z])
  canvas.ellipse(cx, cy + metre * 0.1, metre * 1.25, metre * 0.5, [40, 42, 46], 0.35)
  const face = (points: readonly (readonly [number, number, number])[], paint: Colour) =>
    canvas.fill(
      points.map(([px, py, pz]) => at(px, py, pz)),
      paint,
    )
  // Bonnet towards us; far parts first.
  const side = x < 0 ? 1.8 : 0
  face(
    [
      [side, 0.35, 0],
      [side, 0.35, 4],
      [side, 0.85, 4],
      [side, 0.85, 0],
    ],
    shade(colour, 0.72),
  )
  face(
    [
      [side, 0.85, 1.1],
      [side, 0.85, 3.7],
      [side, 1.4, 3.1],
      [side, 1.4, 1.7],
    ],
    shade([70, 84, 94], 0.9),
  )
  face(
    [
      [0.12, 1.42, 1.7],
      [1.68, 1.42, 1.7],
      [1.68, 1.42, 3.1],
      [0.12, 1.42, 3.1],
    ],
    shade(colour, 1.12),
  )
  face(
    [
      [0.04, 0.86, 0],
      [1.76, 0.86, 0],
      [1.76, 0.9, 1.1],
      [0.04, 0.9, 1.1],
    ],
    shade(colour, 1.05),
  )
  face(
    [
      [0.06, 0.9, 1.05],
      [1.74, 0.9, 1.05],
      [1.66, 1.4, 1.7],
      [0.14, 1.4, 1.7],
    ],
    [112, 136, 150],
  )
  face(
    [
      [0.0, 0.3, 0],
      [1.8, 0.3, 0],
      [1.78, 0.86, 0],
      [0.02, 0.86, 0],
    ],
    shade(colour, 0.92),
  )
  face(
    [
      [0.5, 0.5, -0.01],
      [1.3, 0.5, -0.01],
      [1.3, 0.66, -0.01],
      [0.5, 0.66, -0.01],
    ],
    shade(colour, 0.5),
  )
  for (const u of [0.08, 1.38]) {
    face(
      [
        [u, 0.58, -0.02],
        [u + 0.34, 0.58, -0.02],
        [u + 0.34, 0.74, -0.02],
        [u, 0.74, -0.02],
      ],
      [246, 244, 226],
    )
    face(
      [
        [u, 0.08, 0.1],
        [u + 0.28, 0.08, 0.1],
        [u + 0.28, 0.34, 0.1],
        [u, 0.34, 0.1],
      ],
      [38, 38, 40],
    )
  }
  face(
    [
      [0.62, 0.36, -0.02],
      [1.18, 0.36, -0.02],
      [1.18, 0.47, -0.02],
      [0.62, 0.47, -0.02],
    ],
    [240, 226, 150],
  )
}

/** A car park behind a block of flats. */
export function drawCarPark(canvas: Canvas, lens: Lens, random: () => number): void {
  sky(canvas, 150)
  const ground: Sheet = { corner: [-20, 0, 0], side: [1, 0, 0], rise: [0, 0, 1] }
  canvas.fill(patch(lens, ground, 0, 2, 40, 40), (_x, y) =>
    mix([128, 130, 132], [104, 106, 110], Math.min(1, Math.max(0, (y - 120) / 240))),
  )
  for (let index = 0; index < 700; index += 1) {
    const u = 4 + random() * 32
    const v = 4 + random() * 24
    canvas.fill(patch(lens, ground, u, v, u + 0.3, v + 0.12), [140, 142, 144], 0.18)
  }
  const block: Sheet = { corner: [-20, 0, 34], side: [1, 0, 0], rise: up }
  canvas.fill(patch(lens, { ...ground, corner: [-20, 0.02, 0] }, 0, 29, 40, 34), [126, 146, 100])
  canvas.fill(patch(lens, block, 3, 0, 37, 8.4), [192, 170, 146])
  canvas.fill(patch(lens, block, 3, 8.2, 37, 8.8), [120, 116, 112])
  for (let floor = 0; floor < 3; floor += 1) {
    for (let bay = 0; bay < 9; bay += 1) {
      const u = 4.3 + bay * 3.7
      const v = 0.9 + floor * 2.6
      canvas.fill(patch(lens, block, u - 0.12, v - 0.12, u + 1.92, v + 1.62), [240, 236, 226])
      canvas.fill(
        patch(lens, block, u, v, u + 1.8, v + 1.5),
        random() < 0.25 ? [238, 222, 170] : shade([112, 134, 146], 0.8 + random() * 0.3),
      )
      canvas.fill(patch(lens, block, u + 0.86, v, u + 0.94, v + 1.5), [240, 236, 226])
    }
  }
  for (const [x, z, size] of [
    [-15, 30, 2.2],
    [-6.5, 31, 1.8],
    [8.5, 30.5, 2],
    [17, 31, 2.3],
  ] as const) {
    tree(canvas, lens, [x, 0, z], size, random)
  }
  for (let bay = 0; bay < 10; bay += 1) {
    const u = 6.8 + bay * 2.7
    canvas.fill(patch(lens, { ...ground, corner: [-20, 0.01, 0] }, u, 18, u + 0.12, 23), [226, 226, 220])
  }
  const colours: readonly Colour[] = [
    [158, 48, 44],
    [206, 208, 210],
    [52, 84, 126],
    [64, 68, 72],
    [92, 118, 96],
    [196, 176, 140],
  ]
  for (const [index, bay] of [0, 2, 3, 5, 7, 8].entries()) {
    car(canvas, lens, -20 + 6.8 + bay * 2.7 + 0.5, 18.4, colours[index]!)
  }
  for (const x of [-8.6, 7.4]) {
    const [bx, by] = lens.at([x, 0, 16])
    const [tx, ty] = lens.at([x, 6, 16])
    canvas.fill(
      [
        [bx - 2, by],
        [bx + 2, by],
        [tx + 1.4, ty],
        [tx - 1.4, ty],
      ],
      [74, 78, 82],
    )
    canvas.fill(
      [
        [tx - 1.4, ty],
        [tx + 22, ty - 4],
        [tx + 22, ty],
        [tx - 1.4, ty + 4],
      ],
      [74, 78, 82],
    )
  }
  const bay: Sheet = { ...ground, corner: [-20, 0.015, 0] }
  canvas.fill(patch(lens, bay, 17.6, 9.4, 22.4, 9.55), [226, 226, 220])
  for (let stripe = 0; stripe < 9; stripe += 1) {
    canvas.fill(patch(lens, bay, 17.6 + stripe * 0.55, 8.2, 17.9 + stripe * 0.55, 9.4), [232, 226, 180], 0.7)
  }
}
