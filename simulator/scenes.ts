import type { SceneKind } from './camera.ts'
import { type Canvas, type Colour, createCanvas, mix, type Picture, shade } from './canvas.ts'
import { seeded } from './faults.ts'
import { createLens, type Lens, type Place } from './lens.ts'

/** The way somebody walks through a scene: from place to place along the ground, in so many seconds. */
export type Walk = { readonly from: Place; readonly to: Place; readonly seconds: number }

export type Scene = {
  /** Drawn once; frames copy it. */
  readonly background: Picture
  readonly lens: Lens
  readonly walks: readonly Walk[]
}

const up: Place = [0, 1, 0]

/** A flat rectangle in space: a corner and two sides. */
type Sheet = { readonly corner: Place; readonly side: Place; readonly rise: Place }

const add = (a: Place, b: Place, times = 1): Place => [
  a[0] + b[0] * times,
  a[1] + b[1] * times,
  a[2] + b[2] * times,
]

/** A part of a sheet, by metres along its side and its rise. */
function patch(lens: Lens, sheet: Sheet, u1: number, v1: number, u2: number, v2: number) {
  const { corner, side, rise } = sheet
  const place = (u: number, v: number) => lens.at(add(add(corner, side, u), rise, v))
  return [place(u1, v1), place(u2, v1), place(u2, v2), place(u1, v2)]
}

/** A door with frame, panels and handle, standing in a wall. */
function door(canvas: Canvas, lens: Lens, wall: Sheet, u: number, colour: Colour, light = 1): void {
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

function drawHallway(canvas: Canvas, lens: Lens): void {
  const end = 15
  const near = -0.35
  const fade = (z: number) => 1.04 - 0.018 * z
  const left: Sheet = { corner: [-1.1, 0, 0], side: [0, 0, 1], rise: up }
  const right: Sheet = { corner: [1.1, 0, 0], side: [0, 0, 1], rise: up }
  const ground: Sheet = { corner: [-1.1, 0, 0], side: [1, 0, 0], rise: [0, 0, 1] }
  const roof: Sheet = { corner: [-1.1, 2.6, 0], side: [1, 0, 0], rise: [0, 0, 1] }
  const step = 0.55
  for (let z = near; z < end; z += step) {
    const far = Math.min(end, z + step)
    const light = fade(z)
    canvas.fill(patch(lens, roof, 0, z, 2.2, far), shade([232, 230, 222], light))
    for (let tile = 0; tile < 4; tile += 1) {
      const odd = (Math.round(z / step) + tile) % 2
      canvas.fill(
        patch(lens, ground, tile * 0.55, z, (tile + 1) * 0.55, far),
        shade(odd ? [176, 166, 148] : [188, 178, 160], light),
      )
    }
    for (const [wall, dim] of [
      [left, 0.97],
      [right, 0.9],
    ] as const) {
      canvas.fill(patch(lens, wall, z, 1.06, far, 2.6), shade([240, 232, 212], light * dim))
      canvas.fill(patch(lens, wall, z, 0.14, far, 1.0), shade([112, 158, 158], light * dim))
      canvas.fill(patch(lens, wall, z, 1.0, far, 1.06), shade([226, 222, 208], light * dim))
      canvas.fill(patch(lens, wall, z, 0, far, 0.14), shade([94, 84, 74], light * dim))
    }
  }
  for (const [wall, u, colour] of [
    [left, 3.2, [58, 92, 128]],
    [right, 4.4, [150, 62, 54]],
    [left, 7.0, [150, 62, 54]],
    [right, 8.4, [64, 108, 84]],
    [left, 11.2, [64, 108, 84]],
  ] as const) {
    door(canvas, lens, wall, u, colour, fade(u))
    canvas.fill(
      patch(
        lens,
        { corner: [-1.1, 0.012, 0], side: [1, 0, 0], rise: [0, 0, 1] },
        wall === left ? 0.05 : 1.6,
        u + 0.05,
        wall === left ? 0.6 : 2.15,
        u + 0.85,
      ),
      [86, 74, 66],
    )
  }
  const back: Sheet = { corner: [-1.1, 0, end], side: [1, 0, 0], rise: up }
  canvas.fill(patch(lens, back, 0, 0, 2.2, 2.6), shade([226, 220, 204], 0.84))
  canvas.fill(patch(lens, back, 0.5, 0, 1.7, 2.15), [206, 204, 196])
  canvas.fill(patch(lens, back, 0.56, 0.9, 1.64, 2.08), (_x, y) =>
    mix([216, 236, 246], [178, 206, 186], Math.min(1, Math.max(0, (y - 80) / 30))),
  )
  canvas.fill(patch(lens, back, 1.08, 0, 1.12, 2.1), [180, 180, 174])
  for (const z of [1.8, 5.4, 9, 12.6]) {
    canvas.fill(patch(lens, { ...roof, corner: [-1.1, 2.59, 0] }, 0.75, z, 1.45, z + 1.3), [255, 254, 246])
    const pool = lens.at([0, 0.01, z + 0.6])
    const metre = lens.scaleAt([0, 0, z + 0.6])
    for (const size of [1, 0.75, 0.5]) {
      canvas.ellipse(pool[0], pool[1], metre * 0.8 * size, metre * 0.3 * size, [244, 238, 222], 0.12)
    }
  }
  // Radiator and notice board, so that the place is known again.
  canvas.fill(patch(lens, right, 2.4, 0.25, 3.7, 0.85), [236, 234, 226])
  for (let u = 2.45; u < 3.68; u += 0.1) {
    canvas.fill(patch(lens, right, u, 0.28, u + 0.05, 0.82), [214, 211, 202])
  }
  canvas.fill(patch(lens, left, 4.9, 1.25, 6.3, 2.0), [122, 90, 60])
  canvas.fill(patch(lens, left, 4.95, 1.29, 6.25, 1.96), [176, 140, 100])
  for (const [u, v, colour] of [
    [5.05, 1.4, [250, 250, 240]],
    [5.45, 1.5, [240, 214, 120]],
    [5.85, 1.38, [206, 228, 240]],
  ] as const) {
    canvas.fill(patch(lens, left, u, v, u + 0.3, v + 0.4), colour)
  }
}

function sky(canvas: Canvas, height: number): void {
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

function tree(canvas: Canvas, lens: Lens, place: Place, size: number, random: () => number): void {
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

function drawFrontDoor(canvas: Canvas, lens: Lens, random: () => number): void {
  sky(canvas, 200)
  const ground: Sheet = { corner: [-9, 0, 0], side: [1, 0, 0], rise: [0, 0, 1] }
  canvas.fill(patch(lens, ground, 0, 1.6, 18, 7), [132, 152, 102])
  for (let index = 0; index < 500; index += 1) {
    const u = random() * 16
    const v = 2 + random() * 5
    canvas.fill(
      patch(lens, ground, u, v, u + 0.35, v + 0.08),
      shade([126, 148, 96], 0.9 + random() * 0.2),
      0.5,
    )
  }
  const wall: Sheet = { corner: [-9, 0, 7], side: [1, 0, 0], rise: up }
  canvas.fill(patch(lens, wall, 0, 0, 18, 6), [186, 172, 158])
  for (let course = 0; course < 68; course += 1) {
    for (let brick = 0; brick < 56; brick += 1) {
      const u = brick * 0.32 + (course % 2) * 0.16
      const v = course * 0.09
      const colour = mix([168, 98, 76], [188, 118, 88], random())
      canvas.fill(patch(lens, wall, u, v, u + 0.3, v + 0.075), shade(colour, 0.92 + random() * 0.1))
    }
  }
  // A path of slabs from the gate to the step.
  for (let z = 1.7; z < 7; z += 0.6) {
    for (let slab = 0; slab < 3; slab += 1) {
      canvas.fill(
        patch(lens, ground, 8.0 + slab * 0.62, z, 8.6 + slab * 0.62, z + 0.57),
        shade([182, 176, 164], 0.94 + random() * 0.08),
      )
    }
  }
  const step: Sheet = { corner: [-9, 0.16, 6.5], side: [1, 0, 0], rise: [0, 0, 1] }
  canvas.fill(patch(lens, step, 8.1, 0, 9.8, 0.5), [206, 200, 188])
  canvas.fill(patch(lens, { ...wall, corner: [-9, 0, 6.5] }, 8.1, 0, 9.8, 0.16), [158, 152, 142])
  const raised: Sheet = { ...wall, corner: [-9, 0.16, 6.99] }
  door(canvas, lens, raised, 8.5, [44, 96, 104])
  canvas.fill(patch(lens, raised, 8.42, 2.12, 9.48, 2.6), [240, 236, 226])
  canvas.fill(patch(lens, raised, 8.5, 2.18, 9.4, 2.54), [168, 198, 208])
  for (const u of [5.2, 11.2]) {
    canvas.fill(patch(lens, wall, u - 0.1, 0.78, u + 1.9, 2.5), [240, 238, 230])
    canvas.fill(patch(lens, wall, u, 0.92, u + 1.8, 2.42), (_x, y) =>
      mix([176, 200, 210], [98, 116, 122], Math.min(1, Math.max(0, (y - 40) / 120))),
    )
    canvas.fill(patch(lens, wall, u + 0.87, 0.9, u + 0.93, 2.44), [240, 238, 230])
    canvas.fill(patch(lens, wall, u, 1.85, u + 1.8, 1.9), [240, 238, 230])
    canvas.fill(patch(lens, wall, u - 0.16, 0.7, u + 1.96, 0.8), [200, 192, 180])
  }
  // Lamp, house number plate, bins and hedge.
  canvas.fill(patch(lens, wall, 9.85, 2.0, 10.03, 2.32), [52, 54, 56])
  canvas.fill(patch(lens, wall, 9.88, 2.03, 10.0, 2.22), [252, 240, 196])
  canvas.fill(patch(lens, wall, 8.05, 1.6, 8.3, 1.82), [246, 246, 240])
  for (const [u, colour] of [
    [12.2, [62, 66, 70]],
    [12.95, [58, 94, 66]],
  ] as const) {
    const front: Sheet = { corner: [-9, 0, 6.3], side: [1, 0, 0], rise: up }
    canvas.fill(patch(lens, front, u, 0.05, u + 0.62, 1.02), colour)
    canvas.fill(patch(lens, front, u - 0.03, 0.98, u + 0.65, 1.1), shade(colour, 1.25))
    canvas.fill(patch(lens, front, u + 0.18, 0.5, u + 0.44, 0.72), shade(colour, 1.5))
  }
  for (let leaf = 0; leaf < 420; leaf += 1) {
    const place: Place = [-7.6 + random() * 3.6, 0.1 + random() * 0.9, 5.8 + random() * 0.6]
    const [x, y] = lens.at(place)
    const metre = lens.scaleAt(place)
    canvas.ellipse(
      x,
      y,
      metre * 0.17,
      metre * 0.13,
      shade([78, 116, 70], 0.75 + place[1] * 0.3 + random() * 0.2),
    )
  }
}

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

function drawCarPark(canvas: Canvas, lens: Lens, random: () => number): void {
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

/** Darkens the corners a little, as a wide lens does. */
function vignette(canvas: Canvas, width: number, height: number): void {
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

/** Draws a scene. The seed moves leaves and bricks, so two hallways are alike and not the same. */
export function createScene(kind: SceneKind, width: number, height: number, seed: number): Scene {
  const random = seeded(seed)
  const canvas = createCanvas(width, height)
  const size = { width, height }
  const finish = (lens: Lens, walks: readonly Walk[]): Scene => {
    vignette(canvas, width, height)
    return { background: canvas.toPicture(random), lens, walks }
  }
  if (kind === 'hallway') {
    const lens = createLens({ ...size, from: [0.3, 2.35, -0.6], down: 0.27, right: -0.03, focal: 430 })
    drawHallway(canvas, lens)
    return finish(lens, [
      { from: [0.35, 0, 14], to: [0.3, 0, 2.0], seconds: 11 },
      { from: [-0.45, 0, 2.0], to: [-0.35, 0, 14], seconds: 12 },
      { from: [-0.85, 0, 7.4], to: [0.2, 0, 2.0], seconds: 7 },
      { from: [0.8, 0, 8.8], to: [-0.3, 0, 14], seconds: 6 },
    ])
  }
  if (kind === 'front-door') {
    const lens = createLens({ ...size, from: [1.7, 2.7, -0.6], down: 0.2, right: -0.2, focal: 470 })
    drawFrontDoor(canvas, lens, random)
    return finish(lens, [
      { from: [-0.1, 0, 2.6], to: [-0.05, 0, 6.35], seconds: 5 },
      { from: [-0.05, 0, 6.35], to: [-0.2, 0, 2.4], seconds: 5 },
      { from: [5.4, 0, 5.4], to: [-6.5, 0, 4.6], seconds: 10 },
    ])
  }
  const lens = createLens({ ...size, from: [0, 5.2, 0], down: 0.22, right: 0, focal: 520 })
  drawCarPark(canvas, lens, random)
  return finish(lens, [
    { from: [-11, 0, 13], to: [12, 0, 15], seconds: 18 },
    { from: [3, 0, 27], to: [-1.5, 0, 9.5], seconds: 14 },
    { from: [10, 0, 11], to: [-10, 0, 16.5], seconds: 17 },
    { from: [-4.4, 0, 17.6], to: [-10, 0, 11], seconds: 8 },
  ])
}
